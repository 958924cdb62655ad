/*
 * clv_model.c
 *		Kinds of models, their parameters, and what a customer must be for them.
 */
#include "clv/clv_kinds.h"

const char *const rcv_clv_kind_names[RCV_CLV_KINDS + 1] = {
	"mbg/nbd", "bg/nbd", "pareto/nbd", "mbg/cnbd-k", "bg/bb", "sbg", "gamma-gamma", NULL};

const char *const rcv_clv_status_names[RCV_CLV_FIT_STATUSES + 1] = {
	"ok",
	"boundary: the same purchase rate for all",
	"boundary: the same drop-out for all",
	"boundary: no spread within customers",
	"boundary: no drop-out",
	"boundary: drop-out of all",
	"boundary: no finite mean spend",
	"no repeat purchases",
	"no time observed",
	"boundary: a parameter has no estimate",
	"not converged",
	NULL};

static const char *const parameter_names[RCV_CLV_KINDS][RCV_CLV_PARAMETERS] = {
	{"r", "alpha", "a", "b"},
	{"r", "alpha", "a", "b"},
	{"r", "alpha", "s", "beta"},
	{"r", "alpha", "a", "b"},
	{"alpha", "beta", "gamma", "delta"},
	{"alpha", "beta"},
	{"p", "q", "v"},
};

int
rcv_clv_parameters(int kind)
{
	int n = 0;

	while (n < RCV_CLV_PARAMETERS && parameter_names[kind][n] != NULL)
		n++;
	return n;
}

const char *
rcv_clv_parameter_name(int kind, int i)
{
	return parameter_names[kind][i];
}

bool
rcv_clv_discrete(int kind)
{
	return kind == RCV_CLV_BGBB || kind == RCV_CLV_SBG;
}

rcv_status
rcv_clv_model_check(const rcv_clv_model *model)
{
	int k_max = model->kind == RCV_CLV_CNBD ? RCV_CLV_K_MAX : 1;

	if (model->kind >= RCV_CLV_KINDS || model->status >= RCV_CLV_FIT_STATUSES || model->k < 1 ||
		model->k > k_max || model->unit_days < 1 || model->unit_days > RCV_CLV_UNIT_MAX ||
		model->customers < 0 || model->excluded < 0 || model->iterations < 0)
		return RCV_EDOMAIN;
	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
	{
		double parameter = model->parameter[i];

		if (isnan(parameter)
				? model->status <= RCV_CLV_SCORED
				: parameter < RCV_CLV_PARAMETER_MIN || parameter > RCV_CLV_PARAMETER_MAX)
			return RCV_EDOMAIN;
	}
	return RCV_OK;
}

bool
rcv_clv_parameter_finite(const rcv_clv_model *model, int i)
{
	bool of_dropout = model->kind == RCV_CLV_SBG || i >= 2;

	switch (model->status)
	{
		case RCV_CLV_SAME_RATE:
			return i >= 2;
		case RCV_CLV_SAME_DROPOUT:
			return !of_dropout;
		case RCV_CLV_NO_SPREAD:
			return i == 1; /* p goes to infinity and v to 0 */
		default:
			return true;
	}
}

double
rcv_clv_aic(const rcv_clv_model *model)
{
	return 2 * (rcv_clv_parameters(model->kind) + (model->k > 1)) - 2 * model->loglik;
}

/* For finite values up to the limits above. */
static bool
whole(double value)
{
	return value == (double) (int64_t) value;
}

static const char *
discrete_fault(int kind, const rcv_clv_customer *c)
{
	if (!whole(c->t_x) || !whole(c->t))
		return "t_x and t must be whole numbers of occasions";
	if (c->t > RCV_CLV_OCCASIONS_MAX)
		return "t must not exceed 1000 occasions";
	if (c->x > c->t_x)
		return "x must not exceed t_x: one purchase an occasion at most";
	if (kind == RCV_CLV_SBG && c->x != c->t_x)
		return "t_x must be x: renewals follow each other";
	return NULL;
}

const char *
rcv_clv_customer_fault(int kind, const rcv_clv_customer *c)
{
	/* the usual case first, in which no comparison with a NaN holds */
	if (c->x <= RCV_CLV_PURCHASES_MAX && c->t <= RCV_CLV_TIME_MAX && c->t_x <= c->t &&
		c->t_x >= 0 && c->x >= (c->t_x > 0) && whole(c->x) && !rcv_clv_discrete(kind))
		return NULL;
	if (!isfinite(c->x) || !isfinite(c->t_x) || !isfinite(c->t))
		return "x, t_x and t must be finite numbers";
	if (c->x > RCV_CLV_PURCHASES_MAX || c->t > RCV_CLV_TIME_MAX)
		return "x or t is too large";
	if (c->x < 0 || !whole(c->x))
		return "x must be a whole number, not negative";
	if (c->t_x < 0 || c->t < 0)
		return "t_x and t must not be negative";
	if (c->t_x > c->t)
		return "t_x must not exceed t";
	if (c->x == 0 && c->t_x > 0)
		return "t_x must be 0 when x is 0";
	return rcv_clv_discrete(kind) ? discrete_fault(kind, c) : NULL;
}
