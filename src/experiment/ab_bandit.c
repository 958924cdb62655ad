/*
 * ab_bandit.c
 *		Beta posteriors compared on the scale of the logit, where densities are
 *		analytic and trapezoidal sums converge as in num/expect.h.
 */
#include "experiment/ab_bandit.h"

#include "num/gauss.h"
#include "num/special.h"

#define STEP_MAX 0.2
#define STEP_WIDTHS 0.5 /* of a standard deviation */
#define PANEL_MAX 1.0
#define VANISHED (-50.0)
#define LIMIT 64.0 /* logits this far out are at their limits: exp(-64) = 2e-28 */

/* beta(a, b) on the scale of the logit. */
typedef struct posterior
{
	double a;
	double b;
	double centre; /* the mode */
	double width;
} posterior;

static posterior
posterior_of(double a, double b)
{
	return (posterior){a, b, log(a / b), sqrt(1 / a + 1 / b)};
}

/* That of 1 - the variable. */
static posterior
mirrored(const posterior *p)
{
	return (posterior){p->b, p->a, -p->centre, p->width};
}

/*
 * Logarithm of the density over that of the mode, v away from it.  With the mean
 * m = a / (a + b):
 *
 *	a v - (a + b) ln(1 + m (exp(v) - 1))
 *
 * and the same with a and b exchanged and v turned.  Written with differences
 * from the mode only, shapes of 1e9 leave no large terms to cancel.
 */
static double
log_weight(const posterior *p, double v)
{
	double total = p->a + p->b;

	if (p->a <= p->b)
		return p->a * v - total * log1p(p->a / total * expm1(v));
	return -p->b * v - total * log1p(p->b / total * expm1(-v));
}

static double
weight_at(const posterior *p, double logit)
{
	return exp(log_weight(p, logit - p->centre));
}

/* The variable at a logit, less the mean m: m (1 - m) (e^v - 1) / (1 - m + m e^v). */
static double
from_mean(const posterior *p, double logit)
{
	double m = p->a / (p->a + p->b);
	double other = p->b / (p->a + p->b);
	double v = logit - p->centre;

	if (v < 0)
		return m * other * expm1(v) / (other + m * exp(v));
	return -m * other * expm1(-v) / (m + other * exp(-v));
}

/* The logits between which a density lies: it has vanished there, or is at its limit. */
static void
range_of(const posterior *p, double limit, double *from, double *to)
{
	double reach = 8;

	while (p->centre - reach * p->width > -limit && log_weight(p, -reach * p->width) > VANISHED)
		reach *= 1.5;
	*from = fmax(-limit, p->centre - reach * p->width);
	reach = 8;
	while (p->centre + reach * p->width < limit && log_weight(p, reach * p->width) > VANISHED)
		reach *= 1.5;
	*to = fmin(limit, p->centre + reach * p->width);
}

/* Integral of the density over a stretch, by Gauss-Legendre panels. */
static double
integral(const posterior *p, double from, double to)
{
	double panels = fmax(1, ceil((to - from) / fmin(PANEL_MAX, p->width)));
	double size = (to - from) / panels;
	double sum = 0;

	for (double i = 0; i < panels; i++)
		for (int j = 0; j < RCV_GAUSS_NODES; j++)
			sum += rcv_gauss_weight[j] * weight_at(p, from + size * (i + rcv_gauss_node[j]));
	return sum * size;
}

/* The wider posterior, summed up from the left as far as it is asked. */
typedef struct sweep
{
	posterior p;
	double from;
	double to;
	double at;
	double below; /* integral up to there */
	double mass;  /* of all */
} sweep;

/* Outside its range, where it has not vanished, the density is exp(a logit) or exp(-b logit). */
static void
sweep_begin(const posterior *p, double limit, sweep *s)
{
	s->p = *p;
	range_of(p, limit, &s->from, &s->to);
	s->at = s->from;
	s->below = weight_at(p, s->from) / p->a;
	s->mass = s->below + integral(p, s->from, s->to) + weight_at(p, s->to) / p->b;
}

/* Onwards to a logit; the share of the posterior below it. */
static double
sweep_to(sweep *s, double logit)
{
	if (logit < s->from)
		return weight_at(&s->p, logit) / s->p.a / s->mass;
	if (logit > s->to)
		return 1 - weight_at(&s->p, logit) / s->p.b / s->mass;
	if (logit > s->at)
	{
		s->below += integral(&s->p, s->at, logit);
		s->at = logit;
	}
	return s->below / s->mass;
}

typedef struct comparison
{
	double below;	  /* chance that the wider one is below the narrower one */
	double shortfall; /* mean of narrower - wider where that is positive */
} comparison;

/* What one node of the trapezoidal sum stands for; beyond: how fast its terms fall from there on. */
static double
with_rest(double fall, double step, bool end)
{
	return end ? -1 / expm1(-fall * step) : 1;
}

/*
 * Trapezoidal sum over the narrower posterior, of the share of the wider one below,
 * and of E max(x - W, 0) = (x - m) P(W < x) + x (1 - x) density / (a + b).
 * The sum ends where the narrower one has vanished, or in geometric series.
 */
static comparison
compare(const posterior *narrow, const posterior *wide)
{
	double limit = fmax(LIMIT, fmax(fabs(narrow->centre), fabs(wide->centre)) + LIMIT / 2);
	double step = fmin(STEP_MAX, STEP_WIDTHS * narrow->width);
	double from;
	double to;
	double mass = 0;
	comparison sum = {0, 0};
	sweep s;

	sweep_begin(wide, limit, &s);
	range_of(narrow, limit, &from, &to);
	for (double left = floor((from - narrow->centre) / step), i = left;; i++)
	{
		double logit = narrow->centre + i * step;
		double w = exp(log_weight(narrow, i * step));
		double share = sweep_to(&s, logit);
		double more =
			from_mean(wide, logit) * share + weight_at(wide, logit) / s.mass / (wide->a + wide->b);
		bool first = i == left;
		bool last = logit >= to;
		double rest = first ? with_rest(narrow->a, step, true) : with_rest(narrow->b, step, last);

		mass += w * rest;
		sum.shortfall += w * rest * more;
		if (first)
			sum.below += w * share * with_rest(narrow->a + wide->a, step, true);
		else
			sum.below += w * (rest - (1 - share) * with_rest(narrow->b + wide->b, step, last));
		if (last)
			break;
	}
	return (comparison){sum.below / mass, sum.shortfall / mass};
}

static rcv_status
posteriors(rcv_ab_count control, rcv_ab_count variant, double prior_a, double prior_b, posterior *c,
		   posterior *v)
{
	if (!rcv_ab_count_valid(control) || !rcv_ab_count_valid(variant) ||
		control.n > RCV_AB_TRIALS_MAX || variant.n > RCV_AB_TRIALS_MAX ||
		!(prior_a >= RCV_AB_PRIOR_MIN && prior_a <= RCV_AB_PRIOR_MAX) ||
		!(prior_b >= RCV_AB_PRIOR_MIN && prior_b <= RCV_AB_PRIOR_MAX))
		return RCV_EDOMAIN;
	*c = posterior_of(prior_a + (double) control.successes,
					  prior_b + (double) (control.n - control.successes));
	*v = posterior_of(prior_a + (double) variant.successes,
					  prior_b + (double) (variant.n - variant.successes));
	return RCV_OK;
}

/* low against high: the chance that low is the lower one, and the mean of what high has more. */
static comparison
ordered(const posterior *low, const posterior *high)
{
	posterior narrow;
	posterior wide;

	if (high->width <= low->width)
		return compare(high, low);
	narrow = mirrored(low);
	wide = mirrored(high);
	return compare(&narrow, &wide);
}

rcv_status
rcv_ab_p_better(rcv_ab_count control, rcv_ab_count variant, double prior_a, double prior_b,
				double *out)
{
	posterior c;
	posterior v;
	rcv_status status = posteriors(control, variant, prior_a, prior_b, &c, &v);
	double p;

	*out = 0.0;
	if (status != RCV_OK)
		return status;
	p = ordered(&c, &v).below;
	*out = fmin(1, fmax(0, p));
	return isfinite(p) ? RCV_OK : RCV_EOVERFLOW;
}

rcv_status
rcv_ab_expected_loss(rcv_ab_count control, rcv_ab_count variant, double prior_a, double prior_b,
					 double *out)
{
	posterior c;
	posterior v;
	rcv_status status = posteriors(control, variant, prior_a, prior_b, &c, &v);
	double lead;
	double loss;

	*out = 0.0;
	if (status != RCV_OK)
		return status;
	lead = c.a / (c.a + c.b) - v.a / (v.a + v.b);
	/* of a control that leads: its lead, and what the variant may win */
	loss = lead > 0 ? lead + ordered(&c, &v).shortfall : ordered(&v, &c).shortfall;
	*out = fmax(0, loss);
	return isfinite(loss) ? RCV_OK : RCV_EOVERFLOW;
}

rcv_status
rcv_ab_draw(int64_t successes, int64_t failures, double u, double *out)
{
	*out = 0.0;
	if (successes < 0 || failures < 0 || successes > RCV_AB_TRIALS_MAX ||
		failures > RCV_AB_TRIALS_MAX || !(u > 0 && u < 1))
		return RCV_EDOMAIN;
	*out = rcv_beta_quantile(1 + (double) successes, 1 + (double) failures, u);
	return isfinite(*out) ? RCV_OK : RCV_EOVERFLOW;
}
