/*
 * clv_pareto.c
 *		pareto/nbd: gamma purchase rates, gamma death rates.
 *
 * With A = alpha + t, B = beta + t, R = r + x, the likelihood is
 *
 *	Gamma(R)/Gamma(r) alpha^r beta^s [ A^-R B^-s
 *		+ s integral from t_x to t of (alpha + v)^-R (beta + v)^-(s+1) dv ]
 *
 * where the first term is that of being alive.  The integral is taken as it
 * is, by Gauss's rule in ln(v), with the derivatives under the integral sign:
 * all terms are positive, so nothing cancels as t_x nears t (published forms
 * subtract two hypergeometric functions there).
 */
#include "clv/clv_kinds.h"

#include "num/gauss.h"
#include "num/rising.h"

enum
{
	PR,
	PALPHA,
	PS,
	PBETA
};

/* A variable v = from + scale (e^w - 1), w in panels of the same width. */
typedef struct panels
{
	double from;
	double scale;
	double width;
	int n;
} panels;

static panels
panels_of(double from, double to, double scale, double widest)
{
	double range = log1p((to - from) / scale);
	panels p = {from, scale, 0, (int) ceil(range / widest)};

	if (p.n > 0)
		p.width = range / p.n;
	return p;
}

/* Node i of n * RCV_GAUSS_NODES, and the logarithm of its weight. */
static double
panel_node(const panels *p, int i, double *log_weight)
{
	double w = p->width * (i / RCV_GAUSS_NODES + rcv_gauss_node[i % RCV_GAUSS_NODES]);

	*log_weight = log(p->width * rcv_gauss_weight[i % RCV_GAUSS_NODES] * p->scale) + w;
	return p->from + p->scale * expm1(w);
}

/* From t_x on, where the integrand falls fast, and no wider than the way to its poles. */
static panels
death_panels(const double *p, const rcv_clv_customer *c)
{
	double a = p[PALPHA] + c->t_x;
	double b = p[PBETA] + c->t_x;
	double scale = 1 / ((p[PR] + c->x) / a + (p[PS] + 1) / b);

	return panels_of(c->t_x, c->t, fmin(scale, fmin(a, b)), 2);
}

/* ln of the term at v without what all have in common: alive (1) or dead (0). */
static double
term_log(const double *p, double x, double v, int is_alive)
{
	double log_value = -(p[PR] + x) * log1p(v / p[PALPHA]) - p[PS] * log1p(v / p[PBETA]);

	return is_alive ? log_value : log_value + log(p[PS]) - log(p[PBETA] + v);
}

static void
term_at(const double *p, double x, double v, int is_alive, rcv_derivatives *out)
{
	double a = 1 / (p[PALPHA] + v);
	double b = 1 / (p[PBETA] + v);
	double shape = p[PR] + x;
	double s = p[PS] + !is_alive;

	*out = (rcv_derivatives){.value = term_log(p, x, v, is_alive)};
	out->first[PR] = -log1p(v / p[PALPHA]);
	out->first[PALPHA] = p[PR] / p[PALPHA] - shape * a;
	out->second[PALPHA][PR] = 1 / p[PALPHA] - a;
	out->second[PALPHA][PALPHA] = shape * a * a - p[PR] / (p[PALPHA] * p[PALPHA]);
	out->first[PS] = -log1p(v / p[PBETA]);
	out->first[PBETA] = p[PS] / p[PBETA] - s * b;
	out->second[PBETA][PS] = 1 / p[PBETA] - b;
	out->second[PBETA][PBETA] = s * b * b - p[PS] / (p[PBETA] * p[PBETA]);
	if (!is_alive)
	{
		out->first[PS] += 1 / p[PS];
		out->second[PS][PS] = -1 / (p[PS] * p[PS]);
	}
}

static void
loglik(int kind, int k, const double *p, const rcv_clv_group *groups, size_t n,
	   rcv_derivatives *out)
{
	rcv_clv_sum sum = {{0}, 0};
	rcv_rising rate = {0, 0, 0};
	double x = -1;

	(void) kind;
	(void) k;
	for (size_t i = 0; i < n; i++)
	{
		const rcv_clv_customer *c = &groups[i].customer;
		panels deaths = death_panels(p, c);
		rcv_clv_mixture mixture;
		rcv_derivatives term;

		if (c->x != x)
			rate = rcv_rising_factorial(p[PR], x = c->x);
		rcv_clv_mixture_begin(&mixture);
		term_at(p, x, c->t, 1, &term);
		rcv_clv_mixture_add(&mixture, &term);
		for (int node = 0; node < deaths.n * RCV_GAUSS_NODES; node++)
		{
			double log_weight;
			double v = panel_node(&deaths, node, &log_weight);

			term_at(p, x, v, 0, &term);
			term.value += log_weight;
			rcv_clv_mixture_add(&mixture, &term);
		}
		term = (rcv_derivatives){.value = rate.log - x * log(p[PALPHA])};
		term.first[PR] = rate.first;
		term.second[PR][PR] = rate.second;
		rcv_clv_mixture_end(&mixture, &term);
		rcv_clv_sum_add(&sum, &term, groups[i].n);
	}
	rcv_clv_sum_end(&sum, out);
}

static double
alive(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	const double *p = model->parameter;
	panels deaths = death_panels(p, c);
	double living = term_log(p, c->x, c->t, 1);
	double dead = 0;

	for (int node = 0; node < deaths.n * RCV_GAUSS_NODES; node++)
	{
		double log_weight;
		double v = panel_node(&deaths, node, &log_weight);

		dead += exp(term_log(p, c->x, v, 0) + log_weight - living);
	}
	return 1 / (1 + dead);
}

/* Of somebody alive: R B / A (1 - (B / (B + h))^(s-1)) / (s - 1). */
static double
expected(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon)
{
	const double *p = model->parameter;
	double b = p[PBETA] + c->t;
	double e = p[PS] - 1;
	double l = log1p(horizon / b);
	double part = fabs(e * l) < 1e-300 ? l : -expm1(-e * l) / e;

	return alive(model, c) * (p[PR] + c->x) * b / (p[PALPHA] + c->t) * part;
}

/*
 * The n-th purchase at a time v before death, for somebody alive: the density
 * of v is that of a beta prime variable v / A with parameters n and R, times
 * (B / (B + v))^s to have lived until then.
 */
typedef struct arrival
{
	double n;
	double shape; /* R */
	double s;
	double ratio; /* A / B */
} arrival;

/* First derivative of the log integrand in w = ln(v / A); *bend minus the second. */
static double
arrival_slope(const arrival *at, double w, double *bend)
{
	double bought = 1 / (1 + exp(-w));
	double died = 1 / (1 + exp(-w) / at->ratio);

	*bend = (at->n + at->shape) * bought * (1 - bought) + at->s * died * (1 - died);
	return at->n - (at->n + at->shape) * bought - at->s * died;
}

/* Where the slope, which falls all the way, is zero. */
static double
arrival_mode(const arrival *at, double *width)
{
	double low = -800;
	double high = 800;
	double bend = 0;

	for (int i = 0; i < 60; i++)
	{
		double middle = (low + high) / 2;

		if (arrival_slope(at, middle, &bend) > 0)
			low = middle;
		else
			high = middle;
	}
	*width = 1 / sqrt(bend);
	return low;
}

/* Logarithm of the integrand. */
static double
arrival_log(const arrival *at, double w)
{
	double v = exp(w);

	return at->n * w - (at->n + at->shape) * log1p(v) - at->s * log1p(at->ratio * v);
}

/* How far to go from w up (side 1) or down (-1), at most so far, until it has vanished. */
static double
reach(const arrival *at, double w, int side, double most)
{
	double top = arrival_log(at, w);
	double way = 1e-12;

	while (way < most && top - arrival_log(at, w + side * way) < 46)
		way *= 2;
	return fmin(way, most);
}

#define ARRIVAL_PANELS 12 /* at least: no more than some powers of e in each */

/* Gauss's rule in w, on panels as wide as the integrand, where it has not vanished. */
static double
at_least(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double n)
{
	const double *p = model->parameter;
	double a = p[PALPHA] + c->t;
	arrival at = {n, p[PR] + c->x, p[PS], a / (p[PBETA] + c->t)};
	double last = log(horizon / a);
	double width;
	double mode = arrival_mode(&at, &width);
	double start = fmin(mode, last);
	double from = start - reach(&at, start, -1, 1000);
	double range = start - from + (mode < last ? reach(&at, mode, 1, last - mode) : 0);
	int count = (int) ceil(range / fmin(2, 2 * width)) + ARRIVAL_PANELS;
	double panel = range / count;
	double log_norm = rcv_rising_log(at.shape, n) - rcv_rising_log(1, n - 1);
	double sum = 0;

	for (int i = 0; i < count * RCV_GAUSS_NODES; i++)
	{
		double w = from + panel * (i / RCV_GAUSS_NODES + rcv_gauss_node[i % RCV_GAUSS_NODES]);

		sum += panel * rcv_gauss_weight[i % RCV_GAUSS_NODES] * exp(log_norm + arrival_log(&at, w));
	}
	return alive(model, c) * fmin(sum, 1);
}

static double
discounted(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double delta)
{
	return rcv_clv_discount(&rcv_clv_pareto_functions, model, c, horizon, delta,
							(model->parameter[PBETA] + c->t) / fmax(1, model->parameter[PS]));
}

/*
 * exp(z) E_s(z) = integral over w >= 0 of exp(-z (e^w - 1) - (s-1) w): Lentz's
 * continued fraction (Abramowitz and Stegun 5.1.22) for z >= 1, else Gauss's
 * rule up to where the integrand has vanished.
 */
static double
scaled_expint(double s, double z)
{
	double b = z + s;
	double c = 1e300;
	double d = 1 / b;
	double value = d;

	if (z < 1)
	{
		double range = log1p(46 / z);
		int n;

		if (s > 1)
			range = fmin(range, 46 / (s - 1));
		n = (int) ceil(range / 2) + 6;
		value = 0;
		for (int i = 0; i < n * RCV_GAUSS_NODES; i++)
		{
			double w = range / n * (i / RCV_GAUSS_NODES + rcv_gauss_node[i % RCV_GAUSS_NODES]);

			value += range / n * rcv_gauss_weight[i % RCV_GAUSS_NODES] *
					 exp(-z * expm1(w) - (s - 1) * w);
		}
		return value;
	}
	for (double i = 1; i < 1000; i++)
	{
		double an = -i * (s - 1 + i);
		double factor;

		b += 2;
		d = 1 / (an * d + b);
		c = b + an / c;
		factor = c * d;
		value *= factor;
		if (fabs(factor - 1) < 4e-16)
			break;
	}
	return value;
}

/* P(alive) R B / A e^z E_s(z), z = delta B: the published Kummer form, that cannot overflow. */
static double
residual(const rcv_clv_model *model, const rcv_clv_customer *c, double delta)
{
	const double *p = model->parameter;
	double b = p[PBETA] + c->t;

	return alive(model, c) * (p[PR] + c->x) * b / (p[PALPHA] + c->t) *
		   scaled_expint(p[PS], delta * b);
}

const rcv_clv_kind_functions rcv_clv_pareto_functions = {loglik,   alive,	   expected,
														 at_least, discounted, residual};
