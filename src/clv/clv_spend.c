/*
 * clv_spend.c
 *		gamma-gamma: the mean of a customer's spend.
 *
 * A purchase is gamma(p, rate nu), nu is gamma(q, rate v) over customers.  With
 * x purchases of mean m (Fader, Hardie, Lee 2005):
 *
 *	ln L = ln Gamma(px+q) - ln Gamma(px) - ln Gamma(q) + q ln v
 *		+ (px-1) ln m + px ln x - (px+q) ln(v + xm)
 *
 * In a group, x is the number of purchases and t_x their mean.
 */
#include "clv/clv_kinds.h"

#include "num/rising.h"
#include "num/special.h"

enum
{
	PP,
	PQ,
	PV
};

/* What the terms of one x have in common: ln Gamma(px+q) / (Gamma(px) Gamma(q)). */
static void
begin_x(const double *p, double x, rcv_derivatives *term)
{
	double px = p[PP] * x;
	rcv_rising by_p = rcv_gamma_ratio(px, p[PQ]);
	rcv_rising by_q = rcv_gamma_ratio(p[PQ], px);

	*term = (rcv_derivatives){0};
	/* the large gamma functions cancel within the ratio */
	term->value = px >= p[PQ] ? by_p.log - rcv_log_gamma(p[PQ]) : by_q.log - rcv_log_gamma(px);
	term->first[PP] = x * by_p.first;
	term->first[PQ] = by_q.first;
	term->second[PP][PP] = x * x * by_p.second;
	term->second[PQ][PP] = x * rcv_trigamma(px + p[PQ]);
	term->second[PQ][PQ] = by_q.second;
}

/* The rest: - px ln(1 + v/(xm)) - q ln(1 + xm/v) - ln m. */
static void
add_mean(const double *p, double x, double mean, rcv_derivatives *term)
{
	double spent = x * mean;
	double rate = p[PV] + spent;
	double own = log1p(p[PV] / spent);
	double others = log1p(spent / p[PV]);

	term->value -= p[PP] * x * own + p[PQ] * others + log(mean);
	term->first[PP] -= x * own;
	term->first[PQ] -= others;
	term->first[PV] += (p[PQ] * spent / p[PV] - p[PP] * x) / rate;
	term->second[PV][PP] -= x / rate;
	term->second[PV][PQ] += spent / p[PV] / rate;
	term->second[PV][PV] +=
		(p[PP] * x - p[PQ] * spent / p[PV] * (1 + rate / p[PV])) / (rate * rate);
}

static void
loglik(int kind, int k, const double *p, const rcv_clv_group *groups, size_t n,
	   rcv_derivatives *out)
{
	rcv_clv_sum sum = {{0}, 0};
	rcv_derivatives common = {0};
	double x = -1;

	(void) kind;
	(void) k;
	for (size_t i = 0; i < n; i++)
	{
		rcv_derivatives term;

		if (groups[i].customer.x != x)
			begin_x(p, x = groups[i].customer.x, &common);
		term = common;
		add_mean(p, x, groups[i].customer.t_x, &term);
		rcv_clv_sum_add(&sum, &term, groups[i].n);
	}
	rcv_clv_sum_end(&sum, out);
}

const rcv_clv_kind_functions rcv_clv_spend_functions = {loglik, NULL, NULL, NULL, NULL, NULL};

double
rcv_clv_spend(const rcv_clv_model *model, double x, double mean)
{
	const double *p = model->parameter;
	double weight = p[PP] * x;
	double weights = weight + p[PQ] - 1;

	if (weights <= 0 || (x > 0 && mean <= 0))
		return NAN;
	return (p[PV] * p[PP] + (x > 0 ? weight * mean : 0)) / weights;
}

void
rcv_clv_spend_gradient(const rcv_clv_model *model, double x, double mean, double *out)
{
	const double *p = model->parameter;
	double weights = p[PP] * x + p[PQ] - 1;
	double spend = rcv_clv_spend(model, x, mean);

	out[PP] = (p[PV] + (x > 0 ? x * mean : 0) - spend * x) / weights;
	out[PQ] = -spend / weights;
	out[PV] = p[PP] / weights;
}
