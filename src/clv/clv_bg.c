/*
 * clv_bg.c
 *		bg/nbd, mbg/nbd and mbg/cnbd-k: gamma purchase rates, beta drop-out
 *		after a purchase.
 *
 * One likelihood for the three.  With R = r + kx, A = alpha + t, y the purchases
 * after which the customer could drop out (x; modified: x + 1):
 *
 *	ln Gamma(R)/Gamma(r) + r ln alpha - R ln A - x ln (k-1)!
 *		+ ln B(a, b+y)/B(a, b) + ln(S + [y > 0] exp(u))
 *	S = sum over j < k of (R)_j / j! ((t - t_x) / A)^j		alive, j events into a gap
 *	u = ln(a / (b+y-1)) + R ln(A / (alpha + t_x))			dropped out at t_x
 *
 * and P(alive) = S / (S + exp(u)).  Nothing here needs a hypergeometric function.
 */
#include <string.h>

#include "clv/clv_kinds.h"

#include "num/expect.h"
#include "num/rising.h"
#include "num/special.h"

enum
{
	PR,
	PALPHA,
	PA,
	PB
};

/* Purchases after which the customer could drop out. */
static double
chances(int kind, double x)
{
	return kind == RCV_CLV_BG ? x : x + 1;
}

/* Likelihood ------------------------------------------------------------------ */

/* What the terms of one x have in common. */
typedef struct by_x
{
	double x;
	double events; /* k x */
	double risk;   /* b + y - 1 */
	double odds;   /* ln(a / risk); -infinity when y = 0 */
	rcv_derivatives term;
	rcv_rising stage[RCV_CLV_K_MAX]; /* of (R)_j / j! */
} by_x;

static void
begin_x(by_x *at, int kind, int k, const double *p, double x)
{
	double y = chances(kind, x);
	rcv_rising rate = rcv_rising_factorial(p[PR], k * x);
	rcv_rising kept = rcv_rising_factorial(p[PB], y);
	rcv_rising all = rcv_rising_factorial(p[PA] + p[PB], y);
	rcv_derivatives *term = &at->term;

	at->x = x;
	at->events = k * x;
	at->risk = p[PB] + (y - 1); /* exact for a tiny b */
	at->odds = y > 0 ? log(p[PA] / at->risk) : -INFINITY;
	for (int j = 0; j < k; j++)
	{
		at->stage[j] = rcv_rising_factorial(p[PR] + at->events, j);
		at->stage[j].log -= rcv_rising_log(1, j);
	}
	*term = (rcv_derivatives){0};
	term->value = rate.log + (kept.log - all.log) - x * rcv_rising_log(1, k - 1);
	term->first[PR] = rate.first;
	term->first[PA] = -all.first;
	term->first[PB] = kept.first - all.first;
	term->second[PR][PR] = rate.second;
	term->second[PA][PA] = -all.second;
	term->second[PB][PA] = -all.second;
	term->second[PB][PB] = kept.second - all.second;
}

/* Gamma purchase times, without a look at what happened after t_x. */
static void
add_times(const by_x *at, const double *p, double log_alpha, double spread, double t,
		  rcv_derivatives *out)
{
	double a = 1 / (p[PALPHA] + t);
	double r = p[PR] + at->events;

	*out = at->term;
	out->value -= at->events * (log_alpha + spread) + p[PR] * spread;
	out->first[PR] -= spread;
	out->first[PALPHA] += p[PR] / p[PALPHA] - r * a;
	out->second[PALPHA][PR] += 1 / p[PALPHA] - a;
	out->second[PALPHA][PALPHA] += r * a * a - p[PR] / (p[PALPHA] * p[PALPHA]);
}

/* u with its derivatives. */
static void
dropped(const by_x *at, const double *p, double q, const rcv_clv_customer *c, rcv_derivatives *u)
{
	double a = 1 / (p[PALPHA] + c->t);
	double last = 1 / (p[PALPHA] + c->t_x);
	double r = p[PR] + at->events;

	*u = (rcv_derivatives){.value = at->odds + r * q};
	u->first[PR] = q;
	u->first[PALPHA] = r * (a - last);
	u->first[PA] = 1 / p[PA];
	u->first[PB] = -1 / at->risk;
	u->second[PALPHA][PR] = a - last;
	u->second[PALPHA][PALPHA] = r * (last - a) * (last + a);
	u->second[PA][PA] = -u->first[PA] * u->first[PA];
	u->second[PB][PB] = u->first[PB] * u->first[PB];
}

/* ln(S + exp(u)) and its derivatives, for any k. */
static void
add_stages(const by_x *at, int k, const double *p, const rcv_clv_customer *c,
		   const rcv_derivatives *u, rcv_derivatives *out)
{
	double a = 1 / (p[PALPHA] + c->t);
	double since = (c->t - c->t_x) * a;
	double log_since = log(since);
	rcv_clv_mixture mixture;

	rcv_clv_mixture_begin(&mixture);
	rcv_clv_mixture_add(&mixture, u);
	for (int j = 0; j < k && (j == 0 || since > 0); j++)
	{
		const rcv_rising *stage = &at->stage[j];
		rcv_derivatives term = {.value = stage->log};

		if (j > 0)
			term.value += j * log_since;
		term.first[PR] = stage->first;
		term.first[PALPHA] = -j * a;
		term.second[PR][PR] = stage->second;
		term.second[PALPHA][PALPHA] = j * a * a;
		rcv_clv_mixture_add(&mixture, &term);
	}
	rcv_clv_mixture_end(&mixture, out);
}

/* What is needed of a time; of whole ones, computed once. */
typedef struct at_time
{
	double spread;	/* ln(1 + t / alpha) */
	double inverse; /* 1 / (alpha + t); 0: not computed yet */
} at_time;

#define TABLE_TIMES 4096

static at_time
look_up(at_time *table, double alpha, double t)
{
	int i = t < TABLE_TIMES ? (int) t : 0;

	if (t != i)
		return (at_time){log1p(t / alpha), 1 / (alpha + t)};
	if (table[i].inverse == 0)
		table[i] = (at_time){log1p(t / alpha), 1 / (alpha + t)};
	return table[i];
}

/* For k = 1: sums over the customers of one x, from which all derivatives follow. */
typedef struct x_sums
{
	double n;
	double spread; /* of ln(A / alpha) */
	double a;	   /* 1 / A */
	double aa;
	double gone;	/* ln(1 + exp(u)) */
	double product; /* of the factors 1 + exp(-|u|) whose logarithm is still to be taken */
	double s;		/* share of those who dropped out: 1 - P(alive) */
	double sq;		/* times q = ln(A / (alpha + t_x)) */
	double sd;		/* times d = 1 / A - 1 / (alpha + t_x) */
	double sdd;		/* times 1 / (alpha + t_x)^2 - 1 / A^2 */
	double v;		/* s (1 - s) */
	double vq;
	double vqq;
	double vd;
	double vqd;
	double vdd;
} x_sums;

/* base^n for a small whole n. */
static double
small_power(double base, double n)
{
	double out = 1;

	for (int i = (int) n; i > 0; i >>= 1, base *= base)
		if (i & 1)
			out *= base;
	return out;
}

#define SMALL 32.0		  /* customers alike: at most 2^32 as a factor */
#define PRODUCT_MAX 1e290 /* times 2^32 is still a double */

/* Adds n ln(1 + e), 0 <= e <= 1: logarithms of many factors are taken at once. */
static void
add_log1p(x_sums *sums, double e, double n)
{
	if (n == 1)
		sums->product *= 1 + e;
	else if (n > SMALL)
		sums->gone += n * log1p(e);
	else
		sums->product *= small_power(1 + e, n);
	if (sums->product > PRODUCT_MAX)
	{
		sums->gone += log(sums->product);
		sums->product = 1;
	}
}

static void
add_customers(const by_x *at, const double *p, const rcv_clv_group *group, at_time *table,
			  x_sums *sums)
{
	double n = group->n;
	at_time now = look_up(table, p[PALPHA], group->customer.t);
	at_time last = look_up(table, p[PALPHA], group->customer.t_x);
	double q = now.spread - last.spread;
	double d = now.inverse - last.inverse;
	double u = at->odds + (p[PR] + at->events) * q;
	double e = exp(-fabs(u));
	double share = 1 / (1 + e);
	double s = n * (u > 0 ? share : e * share);
	double v = n * e * share * share;

	sums->n += n;
	sums->spread += n * now.spread;
	sums->a += n * now.inverse;
	sums->aa += n * now.inverse * now.inverse;
	if (at->odds == -INFINITY)
		return;
	sums->gone += u > 0 ? n * u : 0;
	add_log1p(sums, e, n);
	sums->s += s;
	sums->sq += s * q;
	sums->sd += s * d;
	sums->sdd -= s * d * (last.inverse + now.inverse);
	sums->v += v;
	sums->vq += v * q;
	sums->vqq += v * q * q;
	sums->vd += v * d;
	sums->vqd += v * q * d;
	sums->vdd += v * d * d;
}

/* The likelihood of all customers of one x. */
static void
add_x(const by_x *at, const double *p, const x_sums *sums, rcv_clv_sum *out)
{
	double n = sums->n;
	double r = p[PR] + at->events;
	double ia = 1 / p[PA];
	double ib = 1 / at->risk;
	rcv_derivatives term = {0};

	term.value = n * (at->term.value - at->events * log(p[PALPHA])) - r * sums->spread +
				 sums->gone + log(sums->product);
	term.first[PR] = n * at->term.first[PR] - sums->spread + sums->sq;
	term.first[PALPHA] = n * p[PR] / p[PALPHA] - r * (sums->a - sums->sd);
	term.first[PA] = n * at->term.first[PA] + ia * sums->s;
	term.first[PB] = n * at->term.first[PB] - ib * sums->s;
	term.second[PR][PR] = n * at->term.second[PR][PR] + sums->vqq;
	term.second[PALPHA][PR] = n / p[PALPHA] - sums->a + sums->sd + r * sums->vqd;
	term.second[PALPHA][PALPHA] =
		r * (sums->aa + sums->sdd + r * sums->vdd) - n * p[PR] / (p[PALPHA] * p[PALPHA]);
	term.second[PA][PR] = ia * sums->vq;
	term.second[PA][PALPHA] = ia * r * sums->vd;
	term.second[PA][PA] = n * at->term.second[PA][PA] + ia * ia * (sums->v - sums->s);
	term.second[PB][PR] = -ib * sums->vq;
	term.second[PB][PALPHA] = -ib * r * sums->vd;
	term.second[PB][PA] = n * at->term.second[PB][PA] - ia * ib * sums->v;
	term.second[PB][PB] = n * at->term.second[PB][PB] + ib * ib * (sums->v + sums->s);
	rcv_clv_sum_add(out, &term, 1);
}

static void
loglik_nbd(int kind, const double *p, const rcv_clv_group *groups, size_t n, rcv_clv_sum *sum)
{
	by_x at = {.x = -1};
	x_sums sums = {0};
	at_time table[TABLE_TIMES];

	memset(table, 0, sizeof(table));
	for (size_t i = 0; i < n; i++)
	{
		if (groups[i].customer.x != at.x)
		{
			begin_x(&at, kind, 1, p, groups[i].customer.x);
			sums = (x_sums){.product = 1};
		}
		add_customers(&at, p, &groups[i], table, &sums);
		if (i + 1 == n || groups[i + 1].customer.x != at.x)
			add_x(&at, p, &sums, sum);
	}
}

static void
loglik_cnbd(int kind, int k, const double *p, const rcv_clv_group *groups, size_t n,
			rcv_clv_sum *sum)
{
	double log_alpha = log(p[PALPHA]);
	by_x at = {.x = -1};

	for (size_t i = 0; i < n; i++)
	{
		const rcv_clv_customer *c = &groups[i].customer;
		double spread = log1p(c->t / p[PALPHA]);
		rcv_derivatives term;
		rcv_derivatives u;

		if (c->x != at.x)
			begin_x(&at, kind, k, p, c->x);
		add_times(&at, p, log_alpha, spread, c->t, &term);
		dropped(&at, p, spread - log1p(c->t_x / p[PALPHA]), c, &u);
		add_stages(&at, k, p, c, &u, &term);
		rcv_clv_sum_add(sum, &term, groups[i].n);
	}
}

static void
loglik(int kind, int k, const double *p, const rcv_clv_group *groups, size_t n,
	   rcv_derivatives *out)
{
	rcv_clv_sum sum = {{0}, 0};

	if (k > 1)
		loglik_cnbd(kind, k, p, groups, n, &sum);
	else
		loglik_nbd(kind, p, groups, n, &sum);
	rcv_clv_sum_end(&sum, out);
}

/* Scores -------------------------------------------------------------------------- */

/* A customer as the model sees it. */
typedef struct state
{
	int k;
	double a;
	double b;	  /* b + y */
	double shape; /* R */
	double rate;  /* A */
	double alive;
	double stage[RCV_CLV_K_MAX]; /* chances to be j events into the gap, when alive */
} state;

static state
state_of(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	const double *p = model->parameter;
	double y = chances(model->kind, c->x);
	double sum = 1;
	double gone = 0;
	state s;

	s.k = model->k;
	s.a = p[PA];
	s.b = p[PB] + y;
	s.shape = p[PR] + s.k * c->x;
	s.rate = p[PALPHA] + c->t;
	s.stage[0] = 1;
	for (int j = 1; j < s.k; j++)
	{
		s.stage[j] = s.stage[j - 1] * (c->t - c->t_x) / s.rate * (s.shape + j - 1) / j;
		sum += s.stage[j];
	}
	if (y > 0) /* an infinity is right: nobody is alive then */
		gone = s.a / (p[PB] + (y - 1)) *
			   exp(s.shape * log1p((c->t - c->t_x) / (p[PALPHA] + c->t_x))) / sum;
	s.alive = 1 / (1 + gone);
	for (int j = 0; j < s.k; j++)
		s.stage[j] /= sum;
	return s;
}

static double
alive(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	return state_of(model, c).alive;
}

/* (1 - exp(-e l)) / e for l >= 0, also at e = 0. */
static double
decay(double e, double l)
{
	return fabs(e * l) < 1e-300 ? l : -expm1(-e * l) / e;
}

/*
 * Expected purchases of somebody alive, k = 1, by a series in z = h / (A + h):
 *
 *	G = c (1 - (1-z)^e) / e - (1-z)^e sum of tau_n,		e = a - 1, c = a + b - 1
 *	tau_1 = d z,	tau_n+1 = tau_n (e+n)(d+n) / ((c+n)(n+1)) z,	d = c - R
 *
 * Euler's transformation of the published form: its pole at a = 1 cancels by
 * hand, and x cannot overflow.
 */
static double
series(const state *s, double z, double l)
{
	double e = s->a - 1;
	double c = s->a + s->b - 1;
	double d = c - s->shape;
	double term = d * z;
	double ratio = 1;
	double sum = 0;

	for (double n = 1; fabs(term) > 1e-17 * (1 - z) * fabs(sum) || fabs(ratio) > (1 + z) / 2; n++)
	{
		sum += term;
		ratio = (e + n) * (d + n) / ((c + n) * (n + 1)) * z;
		term *= ratio;
	}
	return c * decay(e, l) - exp(-e * l) * sum;
}

/* Whether the series is short, and its parts are not much larger than its sum. */
static bool
series_good(const state *s, double z)
{
	double d = s->a + s->b - 1 - s->shape;

	return z <= 0.9 && fabs(d) * z <= 8 && d <= 1000 * s->shape && s->a <= 1000;
}

/* Purchases up to the horizon given the chance p to drop out: (1 - (A/(A + p h))^R) / p. */
typedef struct given_risk
{
	double shape;
	double ratio; /* h / A */
} given_risk;

static double
purchases_given_risk(const void *context, double p, double q)
{
	const given_risk *g = context;

	(void) q;
	return -expm1(-g->shape * log1p(p * g->ratio)) / p;
}

/*
 * Chance of m events of a gamma(shape) rate by a horizon that is ratio times its
 * A: I_z(m, shape), z = ratio / (1 + ratio), from the smaller of z and 1 - z.
 */
static double
events_chance(double m, double shape, double ratio)
{
	return ratio < 1 ? rcv_beta_below(m, shape, ratio / (1 + ratio))
					 : rcv_beta_above(shape, m, 1 / (1 + ratio));
}

#define EVENTS_MAX 2e6 /* of all stages: some milliseconds of work */
#define RATIO_MAX 1e5
#define SURVIVAL_MIN 1e-280

/* The largest number of purchases, up to n, that somebody may survive. */
static double
survivable(const state *s, double n)
{
	double low = 0;
	double high = n;

	if (rcv_survival_log(s->a, s->b, n) > log(SURVIVAL_MIN))
		return n;
	while (high - low > 1)
	{
		double middle = floor((low + high) / 2);

		if (rcv_survival_log(s->a, s->b, middle) > log(SURVIVAL_MIN))
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * Expected purchases of somebody alive who is j events into the gap: sum over n
 * of the chance to survive n - 1 purchases times that of nk - j events by the
 * horizon, from many events to few; the chances are added up relative to each
 * other.  NaN past the limits above.
 */
static double
stage_purchases(const state *s, int j, double ratio)
{
	double shape = s->shape + j;
	double z = ratio / (1 + ratio);
	double least = s->k - j; /* events to the first purchase */
	double m = fmax(least, floor((shape - 1) * ratio));
	double p = 1;
	double tail = 0;
	double sum = 0;
	double n;
	double survival;

	if (m * s->k > EVENTS_MAX || ratio > RATIO_MAX)
		return NAN;
	for (; p > 1e-18 * (1 - z); m++)
		p *= (shape + m) / (m + 1) * z;
	/* the purchase that the m-th event belongs to; those before it must be survived */
	n = fmin(floor((m + j) / s->k), survivable(s, floor((m + j) / s->k)) + 1);
	survival = exp(rcv_survival_log(s->a, s->b, n - 1));
	for (; m >= least; m--)
	{
		tail += p;
		if (n * s->k - j == m)
		{
			sum += survival * tail;
			n--;
			survival *= (s->a + s->b + n - 1) / (s->b + n - 1);
		}
		p *= m / ((shape + m - 1) * z);
	}
	return sum / tail * events_chance(least, shape, ratio);
}

static double
expected(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon)
{
	state s = state_of(model, c);
	double ratio = horizon / s.rate;
	double z = horizon / (s.rate + horizon);
	double sum = 0;

	if (s.k == 1 && series_good(&s, z))
		return s.alive * series(&s, z, log1p(ratio));
	if (s.k == 1)
	{
		given_risk g = {s.shape, ratio};

		return s.alive * rcv_expect_beta(s.a, s.b, purchases_given_risk, &g);
	}
	for (int j = 0; j < s.k && s.alive > 0; j++)
		if (s.stage[j] > 0)
			sum += s.stage[j] * stage_purchases(&s, j, ratio);
	return s.alive * sum;
}

static double
at_least(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double n)
{
	state s = state_of(model, c);
	double ratio = horizon / s.rate;
	double sum = 0;

	if (s.k == 1 && n == 1)
		return s.alive * -expm1(-s.shape * log1p(ratio));
	for (int j = 0; j < s.k; j++)
		if (s.stage[j] > 0)
			sum += s.stage[j] * events_chance(n * s.k - j, s.shape + j, ratio);
	return s.alive * exp(rcv_survival_log(s.a, s.b, n - 1)) * sum;
}

/* Purchases and drop-out bend with time on the scale of the gap between purchases. */
static double
discounted(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double delta)
{
	double shape = model->parameter[PR] + model->k * c->x;

	return rcv_clv_discount(&rcv_clv_bg_functions, model, c, horizon, delta,
							(model->parameter[PALPHA] + c->t) / fmax(1, shape));
}

/* Discounted purchases without end given the rate. */
typedef struct given_rate
{
	const state *s;
	double delta;
	int events; /* to the first purchase */
} given_rate;

static double
residual_given_rate(const void *context, double rate, double unused)
{
	const given_rate *g = context;
	double log_phi = -log1p(g->delta / rate); /* an event, discounted from the one before */

	(void) unused;
	return exp(g->events * log_phi) *
		   rcv_clv_survival_sum(g->s->a, g->s->b, -expm1(g->s->k * log_phi));
}

static double
residual(const rcv_clv_model *model, const rcv_clv_customer *c, double delta)
{
	state s = state_of(model, c);
	double sum = 0;

	for (int j = 0; j < s.k; j++)
		if (s.stage[j] > 0)
		{
			given_rate g = {&s, delta, s.k - j};

			sum += s.stage[j] * rcv_expect_gamma(s.shape + j, s.rate, residual_given_rate, &g);
		}
	return s.alive * sum;
}

const rcv_clv_kind_functions rcv_clv_bg_functions = {loglik,   alive,	   expected,
													 at_least, discounted, residual};
