/*
 * clv_score.c
 *		Questions to a model, whatever its kind, and what the kinds share.
 */
#include <string.h>

#include "clv/clv_kinds.h"

#include "num/expect.h"
#include "num/gauss.h"

static const rcv_clv_kind_functions *const kinds[RCV_CLV_KINDS] = {
	&rcv_clv_bg_functions,	 &rcv_clv_bg_functions,	  &rcv_clv_pareto_functions,
	&rcv_clv_bg_functions,	 &rcv_clv_bgbb_functions, &rcv_clv_sbg_functions,
	&rcv_clv_spend_functions};

void
rcv_clv_loglik(int kind, int k, const double *parameter, const rcv_clv_group *groups, size_t n,
			   rcv_derivatives *out)
{
	kinds[kind]->loglik(kind, k, parameter, groups, n, out);
}

double
rcv_clv_alive(const rcv_clv_model *model, const rcv_clv_customer *customer)
{
	return kinds[model->kind]->alive(model, customer);
}

double
rcv_clv_expected(const rcv_clv_model *model, const rcv_clv_customer *customer, double horizon)
{
	return kinds[model->kind]->expected(model, customer, horizon);
}

double
rcv_clv_at_least(const rcv_clv_model *model, const rcv_clv_customer *customer, double horizon,
				 double n)
{
	return kinds[model->kind]->at_least(model, customer, horizon, n);
}

double
rcv_clv_discounted(const rcv_clv_model *model, const rcv_clv_customer *customer, double horizon,
				   double delta)
{
	if (delta == 0)
		return rcv_clv_expected(model, customer, horizon);
	return kinds[model->kind]->discounted(model, customer, horizon, delta);
}

double
rcv_clv_residual(const rcv_clv_model *model, const rcv_clv_customer *customer, double delta)
{
	return kinds[model->kind]->residual(model, customer, delta);
}

/* Doubling, then halving; the chance of more than n falls with n. */
double
rcv_clv_quantile(const rcv_clv_model *model, const rcv_clv_customer *customer, double horizon,
				 double q)
{
	double low = -1; /* exceeded with more than 1 - q */
	double high = 0;

	while (rcv_clv_at_least(model, customer, horizon, high + 1) > 1 - q)
	{
		low = high;
		high = 2 * high + 1;
		if (high > RCV_CLV_PURCHASES_MAX)
			return NAN;
	}
	while (high - low > 1)
	{
		double middle = floor((low + high) / 2);

		if (rcv_clv_at_least(model, customer, horizon, middle + 1) > 1 - q)
			low = middle;
		else
			high = middle;
	}
	return high;
}

#define GRADIENT_STEP 1e-4 /* relative: errors of its square, and of 1e-12 / step */

void
rcv_clv_discounted_gradient(const rcv_clv_model *model, const rcv_clv_customer *customer,
							double horizon, double delta, double *out)
{
	rcv_clv_model moved = *model;

	memset(out, 0, RCV_CLV_PARAMETERS * sizeof(*out));
	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
	{
		double parameter = model->parameter[i];
		double up;
		double down;

		moved.parameter[i] = parameter * exp(GRADIENT_STEP);
		up = rcv_clv_discounted(&moved, customer, horizon, delta);
		moved.parameter[i] = parameter * exp(-GRADIENT_STEP);
		down = rcv_clv_discounted(&moved, customer, horizon, delta);
		moved.parameter[i] = parameter;
		out[i] = (up - down) / (2 * GRADIENT_STEP * parameter);
	}
}

/* What kinds share -------------------------------------------------------------- */

double
rcv_clv_discount(const rcv_clv_kind_functions *kind, const rcv_clv_model *model,
				 const rcv_clv_customer *customer, double horizon, double delta, double scale)
{
	/* later purchases weigh exp(-50); at a negative rate they weigh more and more */
	double end = delta > 0 ? fmin(horizon, 50 / delta) : horizon;
	double first = fmin(scale, 1 / fabs(delta));
	double range = log1p(end / first);
	int count = (int) ceil(range / 1.5);
	double width = range / count;
	double whole = kind->expected(model, customer, end);
	double sum = 0;

	for (int i = 0; i < count * RCV_GAUSS_NODES && isfinite(whole); i++)
	{
		double w = width * (i / RCV_GAUSS_NODES + rcv_gauss_node[i % RCV_GAUSS_NODES]);
		double u = first * expm1(w);

		sum += width * rcv_gauss_weight[i % RCV_GAUSS_NODES] * first * exp(w - delta * u) *
			   kind->expected(model, customer, u);
	}
	return exp(-delta * end) * whole + delta * sum;
}

/* The m-th partial numerator of the fraction below, over -z. */
static double
fraction_term(double b, double c, double m)
{
	double half = floor(m / 2);

	if (m == 1)
		return b / c; /* c - 1 cancels: it may be zero */
	if (fmod(m, 2) == 1)
		return (b + half) * (c - 1 + half) / ((c + m - 2) * (c + m - 1));
	return half * (c - b + half - 1) / ((c + m - 2) * (c + m - 1));
}

#define FRACTION_Y_MIN 1e-3 /* below, the fraction is longer than a mean over the risk */
#define FRACTION_TERMS_MAX 1000

/*
 * Gauss's continued fraction of 2F1(1, b; c; z) (Abramowitz and Stegun 15.2;
 * Lorentzen and Waadeland 1992), by Lentz's method: it falls steadily, by about
 * exp(-4 sqrt(1 - z)) a term.
 */
static double
survival_fraction(double b, double c, double z)
{
	double value = 1;
	double numerator = 1;
	double denominator = 0;
	double factor = 0;

	/* 1 / (1 - g1 z / (1 - g2 z / (1 - ... */
	for (double m = 1; m < FRACTION_TERMS_MAX && fabs(factor - 1) > 4e-16; m++)
	{
		double g = fraction_term(b, c, m);

		denominator = 1 / (1 - g * z * denominator);
		numerator = 1 - g * z / numerator;
		factor = numerator * denominator;
		value *= factor;
	}
	return 1 / value;
}

/* Given the chance p to drop out: sum of z^n (1 - p)^n, where y = 1 - z. */
static double
survival_given_risk(const void *context, double p, double q)
{
	double y = *(const double *) context;

	(void) q;
	return 1 / (y + p * (1 - y));
}

double
rcv_clv_survival_sum(double a, double b, double y)
{
	return y < FRACTION_Y_MIN ? rcv_expect_beta(a, b, survival_given_risk, &y)
							  : survival_fraction(b, a + b, 1 - y);
}

void
rcv_clv_mixture_begin(rcv_clv_mixture *mixture)
{
	memset(mixture, 0, sizeof(*mixture));
	mixture->top = -INFINITY;
}

void
rcv_clv_mixture_add(rcv_clv_mixture *mixture, const rcv_derivatives *term)
{
	double weight = 1;

	if (term->value == -INFINITY)
		return;
	if (term->value > mixture->top)
	{
		double scale = exp(mixture->top - term->value);

		mixture->top = term->value;
		mixture->mass *= scale;
		for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		{
			mixture->first[i] *= scale;
			for (int j = 0; j <= i; j++)
				mixture->second[i][j] *= scale;
		}
	}
	else
		weight = exp(term->value - mixture->top);
	mixture->mass += weight;
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
	{
		mixture->first[i] += weight * term->first[i];
		for (int j = 0; j <= i; j++)
			mixture->second[i][j] +=
				weight * (term->second[i][j] + term->first[i] * term->first[j]);
	}
}

void
rcv_clv_mixture_end(const rcv_clv_mixture *mixture, rcv_derivatives *out)
{
	double mean[RCV_CLV_PARAMETERS];

	out->value += mixture->top + log(mixture->mass);
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
	{
		mean[i] = mixture->first[i] / mixture->mass;
		out->first[i] += mean[i];
		for (int j = 0; j <= i; j++)
			out->second[i][j] += mixture->second[i][j] / mixture->mass - mean[i] * mean[j];
	}
}
