/*
 * clv_fit.c
 *		Maximum likelihood, on scales where the surface is near a parabola.
 *
 * Parameters of a gamma distribution are fitted as logarithms.  A pair a, b of a
 * beta distribution is fitted as the logit of its mean a / (a + b) and the
 * logarithm of a + b: a and b themselves are correlated by .9 and more.
 * Gamma-gamma's q is fitted as ln(q - 1), for the mean spend to exist.  What is
 * a time or an amount is fitted relative to the mean one, so that units and
 * currencies make no difference.
 */
#include <string.h>

#include "clv/clv_kinds.h"

#define BOUND 18.0
#define SPREAD_MAX 20.0 /* a standard error on these scales: nothing is known then */

/* What is fitted in place of a parameter. */
typedef enum scale
{
	NONE,
	LOG,
	LOG_ABOVE_1,
	MEAN, /* of a pair, with CONCENTRATION after it */
	CONCENTRATION
} scale;

static const scale scales[RCV_CLV_KINDS][RCV_CLV_PARAMETERS] = {
	{LOG, LOG, MEAN, CONCENTRATION},
	{LOG, LOG, MEAN, CONCENTRATION},
	{LOG, LOG, LOG, LOG},
	{LOG, LOG, MEAN, CONCENTRATION},
	{MEAN, CONCENTRATION, MEAN, CONCENTRATION},
	{MEAN, CONCENTRATION},
	{LOG, LOG_ABOVE_1, LOG},
};

/* Parameters with their first and second derivatives in what is fitted. */
typedef struct parameters
{
	double p[RCV_CLV_PARAMETERS];
	double first[RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS];
	double second[RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS];
} parameters;

/* a = exp(v) m, b = exp(v) (1 - m), m = logistic(u). */
static void
set_pair(parameters *out, int i, double u, double v)
{
	double mean = 1 / (1 + exp(-u));
	double rest = 1 / (1 + exp(u));
	double concentration = exp(v);
	double slope = concentration * mean * rest;

	for (int side = 0; side < 2; side++)
	{
		int sign = side == 0 ? 1 : -1;
		double value = concentration * (side == 0 ? mean : rest);
		int at = i + side;

		out->p[at] = value;
		out->first[at][i] = sign * slope;
		out->first[at][i + 1] = value;
		out->second[at][i][i] = sign * slope * (rest - mean);
		out->second[at][i][i + 1] = out->second[at][i + 1][i] = sign * slope;
		out->second[at][i + 1][i + 1] = value;
	}
}

static parameters
parameters_of(const rcv_clv_fit *fit, const double *at)
{
	int kind = fit->model.kind;
	parameters out = {0};

	for (int i = 0; i < rcv_clv_parameters(kind); i++)
		if (scales[kind][i] == MEAN)
			set_pair(&out, i, at[i], at[i + 1]);
		else if (scales[kind][i] != CONCENTRATION)
		{
			double value = fit->size[i] * exp(at[i]);

			out.p[i] = value + (scales[kind][i] == LOG_ABOVE_1);
			out.first[i][i] = out.second[i][i][i] = value;
		}
	return out;
}

/* Derivatives in the parameters become those in what is fitted. */
static void
change_scale(int n, const parameters *by, const rcv_derivatives *in, rcv_derivatives *out)
{
	memset(out, 0, sizeof(*out));
	out->value = in->value;
	for (int u = 0; u < n; u++)
		for (int i = 0; i < n; i++)
		{
			out->first[u] += in->first[i] * by->first[i][u];
			for (int v = 0; v <= u; v++)
			{
				out->second[u][v] += in->first[i] * by->second[i][u][v];
				for (int j = 0; j < n; j++)
					out->second[u][v] += by->first[i][u] *
										 in->second[i > j ? i : j][i > j ? j : i] * by->first[j][v];
			}
		}
}

#define SLICE 16384
#define SLICE_DISCRETE 512 /* a customer of bg/bb has up to a thousand terms */

/* Adds the next groups to the evaluation at the trial; false when that was the last of them. */
static bool
add_slice(rcv_clv_fit *fit)
{
	int kind = fit->model.kind;
	size_t slice = rcv_clv_discrete(kind) ? SLICE_DISCRETE : SLICE;
	size_t n = fit->n - fit->done < slice ? fit->n - fit->done : slice;
	parameters by = parameters_of(fit, fit->newton.trial);
	rcv_derivatives part;

	rcv_clv_loglik(kind, fit->k, by.p, fit->groups + fit->done, n, &part);
	fit->sum.value += part.value;
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
	{
		fit->sum.first[i] += part.first[i];
		for (int j = 0; j <= i; j++)
			fit->sum.second[i][j] += part.second[i][j];
	}
	fit->done += n;
	return fit->done < fit->n;
}

/* Begin ------------------------------------------------------------------------ */

static void
start_newton(rcv_clv_fit *fit)
{
	int kind = fit->model.kind;
	double times = 0;
	double spends = 0;
	double customers = 0;
	double start[RCV_CLV_PARAMETERS] = {-0.7, -2.3, -0.7, 1.1};

	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		fit->size[i] = 1;
	for (size_t i = 0; i < fit->n; i++)
	{
		customers += fit->groups[i].n;
		spends += fit->groups[i].n * fit->groups[i].customer.t_x;
		times += fit->groups[i].n * fit->groups[i].customer.t;
	}
	if (kind == RCV_CLV_SPEND)
	{
		fit->size[2] = spends / customers;
		start[0] = 1.4;
		start[1] = start[2] = -0.7;
	}
	else if (kind == RCV_CLV_PARETO)
	{
		fit->size[1] = fit->size[3] = times / customers;
		start[3] = -0.7;
	}
	else if (rcv_clv_discrete(kind))
	{
		start[1] = start[3] = 1;
		start[0] = -0.7;
		start[2] = -2;
	}
	else
	{
		fit->size[1] = times / customers;
		start[1] += log(fit->k);
	}
	rcv_newton_init(&fit->newton, rcv_clv_parameters(kind), start, BOUND);
	fit->done = 0;
	fit->sum = (rcv_derivatives){0};
}

/* A model without estimates, and the reason. */
static void
give_up(rcv_clv_fit *fit, rcv_clv_fit_status status)
{
	fit->model.status = (uint8_t) status;
	fit->k = fit->k_last + 1;
}

rcv_status
rcv_clv_fit_begin(rcv_clv_fit *fit)
{
	rcv_clv_model *model = &fit->model;
	double repeats = 0;
	double latest = 0;

	if (model->k == 0 && isnan(fit->log_gaps))
		return RCV_EDOMAIN;
	model->version = RCV_CLV_VERSION;
	fit->k = model->k == 0 ? 1 : model->k;
	fit->k_last = model->k == 0 ? RCV_CLV_K_MAX : model->k;
	model->k = (uint8_t) fit->k;
	model->loglik = NAN;
	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
		model->parameter[i] = NAN;
	for (size_t i = 0; i < fit->n; i++)
	{
		const rcv_clv_group *group = &fit->groups[i];

		model->customers += (int64_t) group->n;
		repeats += group->n * group->customer.x;
		latest = fmax(latest, group->customer.t);
	}
	start_newton(fit);
	if (model->kind != RCV_CLV_SPEND && latest == 0)
		give_up(fit, RCV_CLV_NO_TIME);
	else if (repeats == 0)
		give_up(fit, RCV_CLV_NO_REPEATERS);
	return RCV_OK;
}

/* End --------------------------------------------------------------------------- */

/* Variables about which the likelihood says nothing where the search ended. */
static unsigned
unknown(const rcv_newton *newton)
{
	double covariance[RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS];
	unsigned out = 0;

	for (int i = 0; i < newton->n; i++)
		if (fabs(newton->at[i]) >= BOUND ||
			-newton->here.second[i][i] * SPREAD_MAX * SPREAD_MAX < 1)
			out |= 1U << i;
	/* what is left may still be a ridge: then the flattest of its variables is unknown */
	for (;;)
	{
		unsigned all = (1U << newton->n) - 1;
		int flattest = -1;

		if (out == all)
			return out;
		if (rcv_newton_covariance(newton, all & ~out, covariance))
		{
			for (int i = 0; i < newton->n; i++)
				if ((out >> i & 1) == 0 && covariance[i][i] > SPREAD_MAX * SPREAD_MAX)
					out |= 1U << i;
			return out;
		}
		for (int i = 0; i < newton->n; i++)
			if ((out >> i & 1) == 0 &&
				(flattest < 0 ||
				 -newton->here.second[i][i] < -newton->here.second[flattest][flattest]))
				flattest = i;
		out |= 1U << flattest;
	}
}

/* What it means for a pair mean, concentration of drop-out, at position i. */
static rcv_clv_fit_status
pair_status(const double *at, unsigned unknown, int i)
{
	if ((unknown >> i & 1) != 0)
		return at[i] < 0 ? RCV_CLV_NO_DROPOUT : RCV_CLV_ALL_DROPOUT;
	if ((unknown >> (i + 1) & 1) == 0)
		return RCV_CLV_FIT_OK;
	return at[i + 1] > 0 ? RCV_CLV_SAME_DROPOUT : RCV_CLV_BOUNDARY;
}

static rcv_clv_fit_status
dropout_status(int kind, const double *at, unsigned unknown)
{
	switch (kind)
	{
		case RCV_CLV_PARETO:
			if ((unknown & 12U) == 0)
				return RCV_CLV_FIT_OK;
			return at[2] > 5 ? RCV_CLV_SAME_DROPOUT : RCV_CLV_NO_DROPOUT;
		case RCV_CLV_SBG:
			return pair_status(at, unknown, 0);
		case RCV_CLV_SPEND:
			return RCV_CLV_FIT_OK;
		default:
			return pair_status(at, unknown, 2);
	}
}

static rcv_clv_fit_status
spend_status(const double *at, unsigned unknown)
{
	if (unknown == 0)
		return RCV_CLV_FIT_OK;
	if ((unknown & 2U) != 0 && at[1] < -5)
		return RCV_CLV_NO_MEAN;
	return (unknown & 1U) != 0 && at[0] > 5 ? RCV_CLV_NO_SPREAD : RCV_CLV_BOUNDARY;
}

static rcv_clv_fit_status
rate_status(int kind, const double *at, unsigned unknown)
{
	if (kind == RCV_CLV_SPEND)
		return spend_status(at, unknown);
	if (kind == RCV_CLV_SBG || (unknown & 3U) == 0)
		return RCV_CLV_FIT_OK;
	if (kind == RCV_CLV_BGBB)
		return unknown & 1U || at[1] < 0 ? RCV_CLV_BOUNDARY : RCV_CLV_SAME_RATE;
	return at[0] > 5 && at[1] > -5 ? RCV_CLV_SAME_RATE : RCV_CLV_BOUNDARY;
}

/* The covariance of the parameters: that of what was fitted, to first order. */
static void
set_covariance(rcv_clv_model *model, const rcv_newton *newton, const parameters *by, unsigned mask)
{
	double fitted[RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS];
	int n = newton->n;
	bool finite = true;

	if (!rcv_newton_covariance(newton, mask, fitted))
		return;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double sum = 0;

			for (int u = 0; u < n; u++)
				for (int v = 0; v < n; v++)
					sum += by->first[i][u] * fitted[u][v] * by->first[j][v];
			model->covariance[i][j] = sum;
			finite = finite && isfinite(sum);
		}
	if (!finite)
		memset(model->covariance, 0, sizeof(model->covariance));
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			model->covariance[i][j] = model->covariance[j][i];
}

/* The parameters of drop-out have no estimate without drop-out. */
static void
forget_dropout(rcv_clv_model *model, unsigned *known)
{
	int first = model->kind == RCV_CLV_SBG ? 0 : 2;

	model->parameter[first] = model->parameter[first + 1] = NAN;
	*known &= ~(3U << first);
}

/* A parameter that cannot be written down has no estimate. */
static bool
forget_extremes(rcv_clv_model *model, unsigned *known)
{
	bool any = false;

	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
		if (!(model->parameter[i] >= RCV_CLV_PARAMETER_MIN &&
			  model->parameter[i] <= RCV_CLV_PARAMETER_MAX))
		{
			model->parameter[i] = NAN;
			*known &= ~(1U << i);
			any = true;
		}
	return any;
}

/* Keeps what was found for this k, if it is the most likely so far. */
static void
keep_result(rcv_clv_fit *fit)
{
	rcv_clv_model *model = &fit->model;
	const rcv_newton *newton = &fit->newton;
	parameters by = parameters_of(fit, newton->at);
	unsigned flat = unknown(newton);
	unsigned known = ~flat;
	double loglik = newton->here.value;
	rcv_clv_fit_status status;

	if (fit->k > 1)
		loglik += (fit->k - 1) * fit->log_gaps;
	if (!isnan(model->loglik) && !(loglik > model->loglik))
		return;
	status = dropout_status(model->kind, newton->at, flat);
	if (status <= RCV_CLV_SCORED && rate_status(model->kind, newton->at, flat) != RCV_CLV_FIT_OK)
		status = rate_status(model->kind, newton->at, flat);
	if (!newton->converged)
		status = RCV_CLV_NOT_CONVERGED;
	model->k = (uint8_t) fit->k;
	model->loglik = loglik;
	model->status = (uint8_t) status;
	memcpy(model->parameter, by.p, sizeof(by.p));
	memset(model->covariance, 0, sizeof(model->covariance));
	if (status == RCV_CLV_NO_DROPOUT || status == RCV_CLV_ALL_DROPOUT)
		forget_dropout(model, &known);
	if (forget_extremes(model, &known) && status <= RCV_CLV_SCORED)
		model->status = RCV_CLV_BOUNDARY;
	if (status != RCV_CLV_NOT_CONVERGED)
		set_covariance(model, newton, &by, known & ((1U << newton->n) - 1));
}

/* The likelihood at the trial is complete; false when that was the last one of this k. */
static bool
end_evaluation(rcv_clv_fit *fit)
{
	parameters by = parameters_of(fit, fit->newton.trial);
	rcv_derivatives there;

	change_scale(fit->newton.n, &by, &fit->sum, &there);
	fit->done = 0;
	fit->sum = (rcv_derivatives){0};
	fit->model.iterations++;
	return rcv_newton_tell(&fit->newton, &there);
}

bool
rcv_clv_fit_step(rcv_clv_fit *fit)
{
	if (fit->k > fit->k_last)
		return false;
	if (add_slice(fit) || end_evaluation(fit))
		return true;
	keep_result(fit);
	fit->k++;
	if (fit->k > fit->k_last)
		return false;
	start_newton(fit);
	return true;
}
