/*
 * clv_value_pg.c
 *		Values in money: clv, residual_clv, clv_explain.
 *
 *	value = margin x (1 - loss_rate) x expected spend x discounted purchases
 *			x (1 + annual_rate)^(-pay_delay_days / 365.25)
 */
#include "clv/clv_value_pg.h"

#include <math.h>

#include "access/htup_details.h"
#include "utils/builtins.h"

double
rcv_clv_terms_arg(FunctionCallInfo fcinfo, int argument, bool endless, double *force)
{
	double margin = rcv_clv_finite_arg(PG_GETARG_FLOAT8(argument + 1), "margin");
	double delay = rcv_clv_finite_arg(PG_GETARG_FLOAT8(argument + 2), "pay_delay_days");
	double loss = rcv_clv_finite_arg(PG_GETARG_FLOAT8(argument + 3), "loss_rate");

	*force = rcv_clv_force_arg(PG_GETARG_FLOAT8(argument), endless);
	if (margin > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("margin must be at most 1"),
				 errdetail("The value given is %g.", margin),
				 errhint("It is the share of an amount that is kept, as a fraction: 0.35 for "
						 "35 percent; it may be negative.")));
	if (delay < 0 || delay > RCV_CLV_TIME_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("pay_delay_days must be from 0 to %.0f", RCV_CLV_TIME_MAX),
						errdetail("The value given is %g.", delay)));
	if (loss < 0 || loss > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("loss_rate must be from 0 to 1"),
				 errdetail("The value given is %g.", loss),
				 errhint("It is a fraction: 0.02 for 2 percent.")));
	return margin * (1 - loss) * exp(-*force * delay);
}

bool
rcv_clv_money_activity(FunctionCallInfo fcinfo, int models, rcv_clv_money *money)
{
	bool asked = rcv_clv_request_activity(fcinfo, models, models + 2, &money->request);

	money->spend = rcv_clv_model_arg(PG_GETARG_DATUM(models + 1));
	if (!asked || !rcv_clv_spend_arg(PG_GETARG_DATUM(models + 2), PG_GETARG_DATEADT(models + 3),
									 &money->x, &money->mean))
		return false;
	return money->spend->status <= RCV_CLV_SCORED;
}

bool
rcv_clv_money_values(FunctionCallInfo fcinfo, int models, rcv_clv_money *money)
{
	bool asked = rcv_clv_request_values(fcinfo, models, models + 2, &money->request);

	money->spend = rcv_clv_model_arg(PG_GETARG_DATUM(models + 1));
	money->x = money->request.customer.x;
	money->mean = rcv_clv_finite_arg(PG_GETARG_FLOAT8(models + 5), "mean");
	return asked && money->spend->status <= RCV_CLV_SCORED;
}

/* The value up to the horizon, or without end. */
static Datum
value(FunctionCallInfo fcinfo, bool asked, const rcv_clv_money *money, int terms, bool endless)
{
	const rcv_clv_request *request = &money->request;
	double force;
	double factor = rcv_clv_terms_arg(fcinfo, terms, endless, &force);
	double delta;
	double spend;
	double purchases;

	if (!asked)
		PG_RETURN_NULL();
	spend = rcv_clv_spend(money->spend, money->x, money->mean);
	if (isnan(spend))
		PG_RETURN_NULL();
	delta = force * request->model->unit_days;
	purchases =
		endless ? rcv_clv_residual(request->model, &request->customer, delta)
				: rcv_clv_discounted(request->model, &request->customer, request->horizon, delta);
	return rcv_clv_amount(rcv_clv_figure(factor * spend * purchases));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_activity);
Datum
pgrcv_clv_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_money money;
	bool asked = rcv_clv_money_activity(fcinfo, 0, &money);

	rcv_clv_request_days(&money.request, PG_GETARG_INT32(4));
	return value(fcinfo, asked, &money, 5, false);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_values);
Datum
pgrcv_clv_values(PG_FUNCTION_ARGS)
{
	rcv_clv_money money;
	bool asked = rcv_clv_money_values(fcinfo, 0, &money);

	money.request.horizon =
		rcv_clv_horizon_arg(money.request.model, PG_GETARG_FLOAT8(6), "horizon");
	return value(fcinfo, asked, &money, 7, false);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_residual_activity);
Datum
pgrcv_clv_residual_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_money money;
	bool asked = rcv_clv_money_activity(fcinfo, 0, &money);

	return value(fcinfo, asked, &money, 4, true);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_residual_values);
Datum
pgrcv_clv_residual_values(PG_FUNCTION_ARGS)
{
	rcv_clv_money money;
	bool asked = rcv_clv_money_values(fcinfo, 0, &money);

	return value(fcinfo, asked, &money, 6, true);
}

/* clv_explain ------------------------------------------------------------------------ */

enum
{
	COL_X,
	COL_T_X,
	COL_T,
	COL_P_ALIVE,
	COL_EXPECTED,
	COL_DISCOUNTED,
	COL_MEAN,
	COL_SPEND,
	COL_MARGIN,
	COL_KEPT,
	COL_DELAY,
	COL_CLV,
	COL_REASON,
	COLUMNS
};

static void
put_float(Datum *values, bool *nulls, int column, double value)
{
	nulls[column] = isnan(value);
	if (!nulls[column])
		values[column] = Float8GetDatum(rcv_clv_figure(value));
}

static void
put_money(Datum *values, bool *nulls, int column, double value)
{
	nulls[column] = isnan(value);
	if (!nulls[column])
		values[column] = rcv_clv_amount(rcv_clv_figure(value));
}

static const char *
reason_of(const rcv_clv_money *money, bool bought, double spend)
{
	if (money->request.model->status > RCV_CLV_SCORED)
		return psprintf("no answer: the fit of the purchase model ended with \"%s\"",
						rcv_clv_status_names[money->request.model->status]);
	if (money->spend->status > RCV_CLV_SCORED)
		return psprintf("no answer: the fit of the spend model ended with \"%s\"",
						rcv_clv_status_names[money->spend->status]);
	if (!bought)
		return "no answer: no purchase by as_of";
	if (isnan(spend) && money->x > 0 && money->mean <= 0)
		return "no answer: repeat purchases net of credit notes have no positive mean";
	if (isnan(spend))
		return "no answer: the spend model has no finite mean";
	return money->x > 0 ? "own purchases, drawn towards the mean of all customers"
						: "no repeat purchase yet: the mean spend of all customers";
}

PG_FUNCTION_INFO_V1(pgrcv_clv_explain);
Datum
pgrcv_clv_explain(PG_FUNCTION_ARGS)
{
	rcv_clv_money money;
	rcv_clv_request *request = &money.request;
	bool asked = rcv_clv_request_activity(fcinfo, 0, 2, request);
	bool bought =
		rcv_clv_spend_arg(PG_GETARG_DATUM(2), PG_GETARG_DATEADT(3), &money.x, &money.mean);
	double force;
	double factor = rcv_clv_terms_arg(fcinfo, 5, false, &force);
	double margin = PG_GETARG_FLOAT8(6);
	double kept = 1 - PG_GETARG_FLOAT8(8);
	double spend = NAN;
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS];
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != COLUMNS)
		elog(ERROR, "clv_explain must return %d columns", COLUMNS);
	memset(nulls, true, sizeof(nulls));
	money.spend = rcv_clv_model_arg(PG_GETARG_DATUM(1));
	rcv_clv_request_days(request, PG_GETARG_INT32(4));
	put_float(values, nulls, COL_MARGIN, margin);
	put_float(values, nulls, COL_KEPT, kept);
	put_float(values, nulls, COL_DELAY, exp(-force * PG_GETARG_FLOAT8(7)));
	if (bought && money.spend->status <= RCV_CLV_SCORED)
		spend = rcv_clv_spend(money.spend, money.x, money.mean);
	if (bought && money.x > 0)
		put_money(values, nulls, COL_MEAN, money.mean);
	put_money(values, nulls, COL_SPEND, spend);
	if (asked)
	{
		double purchases = rcv_clv_discounted(request->model, &request->customer, request->horizon,
											  force * request->model->unit_days);

		put_float(values, nulls, COL_X, request->customer.x);
		put_float(values, nulls, COL_T_X, request->customer.t_x);
		put_float(values, nulls, COL_T, request->customer.t);
		put_float(values, nulls, COL_P_ALIVE, rcv_clv_alive(request->model, &request->customer));
		put_float(values, nulls, COL_EXPECTED,
				  rcv_clv_expected(request->model, &request->customer, request->horizon));
		put_float(values, nulls, COL_DISCOUNTED, purchases);
		put_money(values, nulls, COL_CLV, factor * spend * purchases);
	}
	values[COL_REASON] = CStringGetTextDatum(reason_of(&money, bought, spend));
	nulls[COL_REASON] = false;
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
