/*
 * clv_kinds.h
 *		What each kind of model brings; private to the domain's core.
 */
#ifndef RCV_CLV_KINDS_H
#define RCV_CLV_KINDS_H

#include <math.h>

#include "clv/clv.h"

typedef struct rcv_clv_kind_functions
{
	void (*loglik)(int kind, int k, const double *parameter, const rcv_clv_group *groups, size_t n,
				   rcv_derivatives *out);
	double (*alive)(const rcv_clv_model *model, const rcv_clv_customer *customer);
	double (*expected)(const rcv_clv_model *model, const rcv_clv_customer *customer,
					   double horizon);
	double (*at_least)(const rcv_clv_model *model, const rcv_clv_customer *customer, double horizon,
					   double n);
	double (*discounted)(const rcv_clv_model *model, const rcv_clv_customer *customer,
						 double horizon, double delta);
	double (*residual)(const rcv_clv_model *model, const rcv_clv_customer *customer, double delta);
} rcv_clv_kind_functions;

extern const rcv_clv_kind_functions rcv_clv_bg_functions; /* bg, mbg, mbg/cnbd-k */
extern const rcv_clv_kind_functions rcv_clv_pareto_functions;
extern const rcv_clv_kind_functions rcv_clv_bgbb_functions;
extern const rcv_clv_kind_functions rcv_clv_sbg_functions;
extern const rcv_clv_kind_functions rcv_clv_spend_functions; /* the likelihood only */

/* Sums with the derivatives of a group; the value is added with compensation. */
typedef struct rcv_clv_sum
{
	rcv_derivatives total;
	double lost; /* what the additions rounded off the value */
} rcv_clv_sum;

static inline void
rcv_clv_sum_add(rcv_clv_sum *sum, const rcv_derivatives *term, double n)
{
	double value = n * term->value;
	double total = sum->total.value + value;

	sum->lost += fabs(sum->total.value) >= fabs(value) ? (sum->total.value - total) + value
													   : (value - total) + sum->total.value;
	sum->total.value = total;
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
	{
		sum->total.first[i] += n * term->first[i];
		for (int j = 0; j <= i; j++)
			sum->total.second[i][j] += n * term->second[i][j];
	}
}

static inline void
rcv_clv_sum_end(const rcv_clv_sum *sum, rcv_derivatives *out)
{
	*out = sum->total;
	out->value += sum->lost;
}

/*
 * ln of a sum of terms exp(value), with derivatives, one term after the other:
 * the terms are kept relative to the largest one so far.
 */
typedef struct rcv_clv_mixture
{
	double top;
	double mass;
	double first[RCV_CLV_PARAMETERS];
	double second[RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS];
} rcv_clv_mixture;

extern void rcv_clv_mixture_begin(rcv_clv_mixture *mixture);
extern void rcv_clv_mixture_add(rcv_clv_mixture *mixture, const rcv_derivatives *term);

/* Adds the logarithm to what out holds. */
extern void rcv_clv_mixture_end(const rcv_clv_mixture *mixture, rcv_derivatives *out);

/*
 * Discounting by parts: exp(-delta h) E(h) + delta x integral of exp(-delta u) E(u),
 * on panels that widen with u, starting at the size of scale.
 */
extern double rcv_clv_discount(const rcv_clv_kind_functions *kind, const rcv_clv_model *model,
							   const rcv_clv_customer *customer, double horizon, double delta,
							   double scale);

/*
 * Sum over n >= 0 of z^n B(a, b + n) / B(a, b) = 2F1(1, b; a + b; z), z = 1 - y,
 * 0 < y <= 1: discounted survival of a beta(a, b) risk.
 */
extern double rcv_clv_survival_sum(double a, double b, double y);

#endif
