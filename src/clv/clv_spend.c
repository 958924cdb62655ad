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

#include "num/special.h"

enum
{
	PP,
	PQ,
	PV
};

/* What the terms of one x have in common: ln Gamma(px+q) / (Gamma(px) Gamma(q)) v^q. */
static void
begin_x(const double *p, double x, rcv_derivatives *term)
{
	double px = p[PP] * x;
	double all = rcv_trigamma(px + p[PQ]);

	*term = (rcv_derivatives){0};
	term->value = rcv_log_gamma(px + p[PQ]) - rcv_log_gamma(px) - rcv_log_gamma(p[PQ]) +
				  p[PQ] * log(p[PV]) + px * log(x);
	term->first[PP] = x * (rcv_digamma(px + p[PQ]) - rcv_digamma(px) + log(x));
	term->first[PQ] = rcv_digamma(px + p[PQ]) - rcv_digamma(p[PQ]) + log(p[PV]);
	term->first[PV] = p[PQ] / p[PV];
	term->second[PP][PP] = x * x * (all - rcv_trigamma(px));
	term->second[PQ][PP] = x * all;
	term->second[PQ][PQ] = all - rcv_trigamma(p[PQ]);
	term->second[PV][PQ] = 1 / p[PV];
	term->second[PV][PV] = -p[PQ] / (p[PV] * p[PV]);
}

static void
add_mean(const double *p, double x, double mean, rcv_derivatives *term)
{
	double shape = p[PP] * x + p[PQ];
	double rate = p[PV] + x * mean;
	double log_rate = log(rate);

	term->value += (p[PP] * x - 1) * log(mean) - shape * log_rate;
	term->first[PP] += x * (log(mean) - log_rate);
	term->first[PQ] -= log_rate;
	term->first[PV] -= shape / rate;
	term->second[PV][PP] -= x / rate;
	term->second[PV][PQ] -= 1 / rate;
	term->second[PV][PV] += shape / (rate * rate);
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
