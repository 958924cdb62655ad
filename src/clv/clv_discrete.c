/*
 * clv_discrete.c
 *		bg/bb: purchases on given occasions; sbg: renewals of a contract.
 *
 * bg/bb: beta(alpha, beta) chance to buy on an occasion, beta(gamma, delta)
 * risk to be lost before one.  The likelihood sums over the occasion after
 * which the customer was lost.  sbg: beta(alpha, beta) risk not to renew; x
 * renewals of the t that could be seen, lost at the next one when x < t.
 */
#include "clv/clv_kinds.h"

#include "num/rising.h"

enum
{
	PALPHA,
	PBETA,
	PGAMMA,
	PDELTA
};

/* ln of B(a, b + n) / B(a, b) with derivatives, a and b being parameters at and at + 1. */
static void
add_survival(const double *p, int at, double n, rcv_derivatives *out)
{
	rcv_rising kept = rcv_rising_factorial(p[at + 1], n);
	rcv_rising all = rcv_rising_factorial(p[at] + p[at + 1], n);

	out->value += kept.log - all.log;
	out->first[at] -= all.first;
	out->first[at + 1] += kept.first - all.first;
	out->second[at][at] -= all.second;
	out->second[at + 1][at] -= all.second;
	out->second[at + 1][at + 1] += kept.second - all.second;
}

/* ln of a / (a + b + n): lost after surviving n. */
static void
add_loss(const double *p, int at, double n, rcv_derivatives *out)
{
	double inverse = 1 / (p[at] + p[at + 1] + n);

	out->value += log(p[at] * inverse);
	out->first[at] += 1 / p[at] - inverse;
	out->first[at + 1] -= inverse;
	out->second[at][at] += inverse * inverse - 1 / (p[at] * p[at]);
	out->second[at + 1][at] += inverse * inverse;
	out->second[at + 1][at + 1] += inverse * inverse;
}

/* ln of B(alpha + x, beta + n - x) / B(alpha, beta): x purchases on n occasions. */
static void
add_purchases(const double *p, double x, double n, rcv_derivatives *out)
{
	rcv_rising bought = rcv_rising_factorial(p[PALPHA], x);
	rcv_rising not_bought = rcv_rising_factorial(p[PBETA], n - x);
	rcv_rising all = rcv_rising_factorial(p[PALPHA] + p[PBETA], n);

	out->value += bought.log + not_bought.log - all.log;
	out->first[PALPHA] += bought.first - all.first;
	out->first[PBETA] += not_bought.first - all.first;
	out->second[PALPHA][PALPHA] += bought.second - all.second;
	out->second[PBETA][PALPHA] -= all.second;
	out->second[PBETA][PBETA] += not_bought.second - all.second;
}

/* bg/bb ------------------------------------------------------------------------ */

/* The customer was lost after n occasions, or (all of them) perhaps not yet. */
static void
bgbb_term(const double *p, const rcv_clv_customer *c, double n, rcv_derivatives *out)
{
	*out = (rcv_derivatives){0};
	add_purchases(p, c->x, n, out);
	add_survival(p, PGAMMA, n, out);
	if (n < c->t)
		add_loss(p, PGAMMA, n, out);
}

static void
bgbb_loglik(int kind, int k, const double *p, const rcv_clv_group *groups, size_t n,
			rcv_derivatives *out)
{
	rcv_clv_sum sum = {{0}, 0};

	(void) kind;
	(void) k;
	for (size_t i = 0; i < n; i++)
	{
		const rcv_clv_customer *c = &groups[i].customer;
		rcv_derivatives term;
		rcv_clv_mixture mixture;

		rcv_clv_mixture_begin(&mixture);
		for (double last = c->t_x; last <= c->t; last++)
		{
			bgbb_term(p, c, last, &term);
			rcv_clv_mixture_add(&mixture, &term);
		}
		term = (rcv_derivatives){0};
		rcv_clv_mixture_end(&mixture, &term);
		rcv_clv_sum_add(&sum, &term, groups[i].n);
	}
	rcv_clv_sum_end(&sum, out);
}

/* Chance not to have been lost by occasion t: P(alive) on the next one without its own risk. */
static double
bgbb_present(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	const double *p = model->parameter;
	double term = 1; /* relative to that of not being lost */
	double sum = 1;

	for (double n = c->t - 1; n >= c->t_x; n--)
	{
		/* from n + 1 occasions seen to n: one not bought on less, one survived less */
		term *= (p[PALPHA] + p[PBETA] + n) / (p[PBETA] + n - c->x) * (p[PGAMMA] + p[PDELTA] + n) /
				(p[PDELTA] + n);
		sum += term * p[PGAMMA] / (p[PGAMMA] + p[PDELTA] + n);
	}
	return 1 / sum;
}

static double
bgbb_alive(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	const double *p = model->parameter;

	return bgbb_present(model, c) * (p[PDELTA] + c->t) / (p[PGAMMA] + p[PDELTA] + c->t);
}

/* Chance of somebody present to buy on an occasion, if alive then. */
static double
bgbb_rate(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	const double *p = model->parameter;

	return (p[PALPHA] + c->x) / (p[PALPHA] + p[PBETA] + c->t);
}

/* Sum over the coming occasions of survival times exp(-delta i). */
static double
survival_to(double a, double b, double horizon, double delta)
{
	double discount = exp(-delta);
	double survival = 1;
	double sum = 0;

	for (double i = 0; i + 1 <= horizon; i++)
	{
		survival *= (b + i) / (a + b + i) * discount;
		sum += survival;
	}
	return sum;
}

/* The same without end. */
static double
survival_all(double a, double b, double delta)
{
	return b / (a + b) * exp(-delta) * rcv_clv_survival_sum(a, b + 1, -expm1(-delta));
}

static double
bgbb_discounted(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double delta)
{
	const double *p = model->parameter;

	return bgbb_present(model, c) * bgbb_rate(model, c) *
		   survival_to(p[PGAMMA], p[PDELTA] + c->t, horizon, delta);
}

static double
bgbb_expected(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon)
{
	return bgbb_discounted(model, c, horizon, 0);
}

static double
bgbb_residual(const rcv_clv_model *model, const rcv_clv_customer *c, double delta)
{
	const double *p = model->parameter;

	return bgbb_present(model, c) * bgbb_rate(model, c) *
		   survival_all(p[PGAMMA], p[PDELTA] + c->t, delta);
}

/*
 * The n-th purchase falls on occasion i with survival to i and a beta negative
 * binomial chance: C(i-1, n-1) B(a+n, b+i-n) / B(a, b).
 */
static double
bgbb_at_least(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double n)
{
	const double *p = model->parameter;
	double a = p[PALPHA] + c->x;
	double b = p[PBETA] + c->t - c->x;
	double later = p[PDELTA] + c->t;
	double chance = exp(rcv_rising_log(a, n) - rcv_rising_log(a + b, n) +
						rcv_survival_log(p[PGAMMA], later, n));
	double sum = 0;

	for (double i = n; i <= horizon; i++)
	{
		sum += chance;
		chance *=
			i / (i - n + 1) * (b + i - n) / (a + b + i) * (later + i) / (p[PGAMMA] + later + i);
	}
	return bgbb_present(model, c) * sum;
}

const rcv_clv_kind_functions rcv_clv_bgbb_functions = {
	bgbb_loglik, bgbb_alive, bgbb_expected, bgbb_at_least, bgbb_discounted, bgbb_residual};

/* sbg ---------------------------------------------------------------------------- */

static void
sbg_loglik(int kind, int k, const double *p, const rcv_clv_group *groups, size_t n,
		   rcv_derivatives *out)
{
	rcv_clv_sum sum = {{0}, 0};

	(void) kind;
	(void) k;
	for (size_t i = 0; i < n; i++)
	{
		const rcv_clv_customer *c = &groups[i].customer;
		rcv_derivatives term = {0};

		add_survival(p, PALPHA, c->x, &term);
		if (c->x < c->t)
			add_loss(p, PALPHA, c->x, &term);
		rcv_clv_sum_add(&sum, &term, groups[i].n);
	}
	rcv_clv_sum_end(&sum, out);
}

static double
sbg_alive(const rcv_clv_model *model, const rcv_clv_customer *c)
{
	(void) model;
	return c->x == c->t;
}

static double
sbg_discounted(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double delta)
{
	const double *p = model->parameter;

	return sbg_alive(model, c) * survival_to(p[PALPHA], p[PBETA] + c->t, horizon, delta);
}

static double
sbg_expected(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon)
{
	return sbg_discounted(model, c, horizon, 0);
}

static double
sbg_residual(const rcv_clv_model *model, const rcv_clv_customer *c, double delta)
{
	const double *p = model->parameter;

	return sbg_alive(model, c) * survival_all(p[PALPHA], p[PBETA] + c->t, delta);
}

static double
sbg_at_least(const rcv_clv_model *model, const rcv_clv_customer *c, double horizon, double n)
{
	const double *p = model->parameter;

	if (n > horizon)
		return 0;
	return sbg_alive(model, c) * exp(rcv_survival_log(p[PALPHA], p[PBETA] + c->t, n));
}

const rcv_clv_kind_functions rcv_clv_sbg_functions = {sbg_loglik,	sbg_alive,		sbg_expected,
													  sbg_at_least, sbg_discounted, sbg_residual};
