/*
 * clv_score_pg.c
 *		Scores of customers: from an activity at as_of, or from x, t_x and t.
 *
 * Each score has a function over a request; its entry points only differ in
 * where the request comes from.  A model that cannot be asked, and a customer
 * without a purchase, give NULL.
 */
#include "clv/clv_pg.h"

#include <math.h>

#include "access/htup_details.h"
#include "utils/builtins.h"

#include "clv/clv_request_pg.h"

/* Requests ------------------------------------------------------------------------ */

static bool
model_request(FunctionCallInfo fcinfo, int model, rcv_clv_request *request)
{
	request->model = rcv_clv_model_arg(PG_GETARG_DATUM(model));
	return request->model->status <= RCV_CLV_SCORED;
}

double
rcv_clv_horizon_arg(const rcv_clv_model *model, double horizon, const char *what)
{
	if (!(horizon > 0 && horizon <= RCV_CLV_TIME_MAX))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be above 0 and at most %.0f", what, RCV_CLV_TIME_MAX),
						errdetail("The value given is %g.", horizon)));
	if (!rcv_clv_discrete(model->kind))
		return horizon;
	if (horizon < 1 || horizon != floor(horizon) || horizon > RCV_CLV_OCCASIONS_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be 1 to %d whole occasions for the model %s", what,
							   RCV_CLV_OCCASIONS_MAX, rcv_clv_kind_names[model->kind]),
						errhint("An occasion of this model is %d days.", model->unit_days)));
	return horizon;
}

bool
rcv_clv_request_activity(FunctionCallInfo fcinfo, int model, int activity, rcv_clv_request *request)
{
	bool scored = model_request(fcinfo, model, request);
	int32 as_of = rcv_day_arg(PG_GETARG_DATEADT(activity + 1), "as_of");

	if (!scored || !rcv_clv_customer_arg(PG_GETARG_DATUM(activity), as_of, request->model->kind,
										 request->model->unit_days, &request->customer, NULL))
		return false;
	rcv_clv_check_customer(request->model->kind, &request->customer);
	return true;
}

bool
rcv_clv_request_values(FunctionCallInfo fcinfo, int model, int x, rcv_clv_request *request)
{
	bool scored = model_request(fcinfo, model, request);

	request->customer =
		(rcv_clv_customer){PG_GETARG_FLOAT8(x), PG_GETARG_FLOAT8(x + 1), PG_GETARG_FLOAT8(x + 2)};
	rcv_clv_check_customer(request->model->kind, &request->customer);
	return scored;
}

void
rcv_clv_request_days(rcv_clv_request *request, int32 days)
{
	double horizon = (double) days / request->model->unit_days;

	if (rcv_clv_discrete(request->model->kind) && horizon >= 1)
		horizon = floor(horizon);
	request->horizon = rcv_clv_horizon_arg(request->model, horizon, "days");
}

double
rcv_clv_figure(double value)
{
	if (unlikely(!isfinite(value)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the figure cannot be computed for this customer and horizon"),
				 errhint("Parameters, purchases or the horizon are extreme: try a shorter one.")));
	return value;
}

/* p_alive ---------------------------------------------------------------------------- */

static Datum
p_alive(FunctionCallInfo fcinfo, bool asked, const rcv_clv_request *request)
{
	if (!asked)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rcv_clv_figure(rcv_clv_alive(request->model, &request->customer)));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_p_alive_activity);
Datum
pgrcv_clv_p_alive_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_activity(fcinfo, 0, 1, &request);

	return p_alive(fcinfo, asked, &request);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_p_alive_values);
Datum
pgrcv_clv_p_alive_values(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_values(fcinfo, 0, 1, &request);

	return p_alive(fcinfo, asked, &request);
}

/* Scores with a horizon: expected_purchases, p_purchase, purchases_quantile ------------- */

typedef double (*score_fn)(const rcv_clv_request *request);

static double
expected_of(const rcv_clv_request *request)
{
	return rcv_clv_expected(request->model, &request->customer, request->horizon);
}

static double
purchase_of(const rcv_clv_request *request)
{
	return rcv_clv_at_least(request->model, &request->customer, request->horizon, 1);
}

static Datum
score_activity(FunctionCallInfo fcinfo, score_fn score)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_activity(fcinfo, 0, 1, &request);

	rcv_clv_request_days(&request, PG_GETARG_INT32(3));
	if (!asked)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rcv_clv_figure(score(&request)));
}

static Datum
score_values(FunctionCallInfo fcinfo, score_fn score)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_values(fcinfo, 0, 1, &request);

	request.horizon = rcv_clv_horizon_arg(request.model, PG_GETARG_FLOAT8(4), "horizon");
	if (!asked)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rcv_clv_figure(score(&request)));
}

/* Of a customer on the day of the first purchase. */
static Datum
score_new(FunctionCallInfo fcinfo, score_fn score)
{
	rcv_clv_request request = {0};
	bool asked = model_request(fcinfo, 0, &request);

	request.horizon = rcv_clv_horizon_arg(request.model, PG_GETARG_FLOAT8(1), "horizon");
	if (!asked)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rcv_clv_figure(score(&request)));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_expected_activity);
Datum
pgrcv_clv_expected_activity(PG_FUNCTION_ARGS)
{
	return score_activity(fcinfo, expected_of);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_expected_values);
Datum
pgrcv_clv_expected_values(PG_FUNCTION_ARGS)
{
	return score_values(fcinfo, expected_of);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_expected_new);
Datum
pgrcv_clv_expected_new(PG_FUNCTION_ARGS)
{
	return score_new(fcinfo, expected_of);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_purchase_activity);
Datum
pgrcv_clv_purchase_activity(PG_FUNCTION_ARGS)
{
	return score_activity(fcinfo, purchase_of);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_purchase_values);
Datum
pgrcv_clv_purchase_values(PG_FUNCTION_ARGS)
{
	return score_values(fcinfo, purchase_of);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_purchase_new);
Datum
pgrcv_clv_purchase_new(PG_FUNCTION_ARGS)
{
	return score_new(fcinfo, purchase_of);
}

static Datum
quantile(FunctionCallInfo fcinfo, bool asked, const rcv_clv_request *request, double q)
{
	if (!(q >= 0 && q < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("q must be from 0 to below 1"),
				 errdetail("The value given is %g.", q)));
	if (!asked)
		PG_RETURN_NULL();
	q = rcv_clv_quantile(request->model, &request->customer, request->horizon, q);
	PG_RETURN_INT64((int64) rcv_clv_figure(q));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_quantile_activity);
Datum
pgrcv_clv_quantile_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_activity(fcinfo, 0, 1, &request);

	rcv_clv_request_days(&request, PG_GETARG_INT32(3));
	return quantile(fcinfo, asked, &request, PG_GETARG_FLOAT8(4));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_quantile_values);
Datum
pgrcv_clv_quantile_values(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_values(fcinfo, 0, 1, &request);

	request.horizon = rcv_clv_horizon_arg(request.model, PG_GETARG_FLOAT8(4), "horizon");
	return quantile(fcinfo, asked, &request, PG_GETARG_FLOAT8(5));
}

/* Residual purchases ------------------------------------------------------------------ */

#define ANNUAL_RATE_MAX 2 /* more is a percentage */
#define ENDLESS_RATE_MIN 1e-9

double
rcv_clv_force_arg(double annual_rate, bool endless)
{
	rcv_clv_finite_arg(annual_rate, "annual_rate");
	if (annual_rate <= -1 || annual_rate > ANNUAL_RATE_MAX ||
		(endless && annual_rate < ENDLESS_RATE_MIN))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 endless ? errmsg("annual_rate must be from %g to %d", ENDLESS_RATE_MIN,
								  ANNUAL_RATE_MAX)
						 : errmsg("annual_rate must be above -1 and at most %d", ANNUAL_RATE_MAX),
				 errdetail("The value given is %g.", annual_rate),
				 errhint("It is an effective rate as a fraction: 0.08 for 8 percent.")));
	return log1p(annual_rate) / RCV_CLV_YEAR;
}

static Datum
residual_purchases(FunctionCallInfo fcinfo, bool asked, const rcv_clv_request *request,
				   double annual_rate)
{
	double force = rcv_clv_force_arg(annual_rate, true);

	if (!asked)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rcv_clv_figure(
		rcv_clv_residual(request->model, &request->customer, force * request->model->unit_days)));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_residual_purchases_activity);
Datum
pgrcv_clv_residual_purchases_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_activity(fcinfo, 0, 1, &request);

	return residual_purchases(fcinfo, asked, &request, PG_GETARG_FLOAT8(3));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_residual_purchases_values);
Datum
pgrcv_clv_residual_purchases_values(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked = rcv_clv_request_values(fcinfo, 0, 1, &request);

	return residual_purchases(fcinfo, asked, &request, PG_GETARG_FLOAT8(4));
}

/* expected_spend ------------------------------------------------------------------------ */

static Datum
expected_spend(FunctionCallInfo fcinfo, bool bought, double x, double mean)
{
	const rcv_clv_model *model = rcv_clv_model_arg(PG_GETARG_DATUM(0));
	double spend = NAN;

	if (bought && model->status <= RCV_CLV_SCORED)
		spend = rcv_clv_spend(model, x, mean);
	if (isnan(spend))
		PG_RETURN_NULL();
	return rcv_clv_amount(rcv_clv_figure(spend));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_spend_activity);
Datum
pgrcv_clv_spend_activity(PG_FUNCTION_ARGS)
{
	double x = 0;
	double mean = 0;
	bool bought = rcv_clv_spend_arg(PG_GETARG_DATUM(1), rcv_day_arg(PG_GETARG_DATEADT(2), "as_of"),
									&x, &mean);

	return expected_spend(fcinfo, bought, x, mean);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_spend_values);
Datum
pgrcv_clv_spend_values(PG_FUNCTION_ARGS)
{
	rcv_clv_customer customer = {PG_GETARG_FLOAT8(1), 0, 0};

	rcv_clv_check_customer(RCV_CLV_SPEND, &customer);
	return expected_spend(fcinfo, true, customer.x,
						  rcv_clv_finite_arg(PG_GETARG_FLOAT8(2), "mean"));
}
