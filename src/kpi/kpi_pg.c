/*
 * kpi_pg.c
 *		Figures of the receivables desk: of totals, of months, of items.
 */
#include "pg/rcv_pg.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "kpi/kpi.h"

static double
amount_arg(FunctionCallInfo fcinfo, int argument, const char *what)
{
	return rcv_numeric_double(PG_GETARG_DATUM(argument), what);
}

static int32
days_arg(int32 days)
{
	if (days < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("days must be above 0"),
						errdetail("They are the days of the period that the sales were made in.")));
	return days;
}

/* Null when there is no answer; an error when it is too large. */
static Datum
answer(FunctionCallInfo fcinfo, bool answered, double value)
{
	if (!answered)
		PG_RETURN_NULL();
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("the answer is out of range"),
				 errdetail("It is beyond the largest double.")));
	PG_RETURN_FLOAT8(value);
}

/* Of totals ------------------------------------------------------------------- */

/* dso(receivables, credit_sales, days), and best_possible_dso with those not due */
PG_FUNCTION_INFO_V1(pgrcv_dso);
Datum
pgrcv_dso(PG_FUNCTION_ARGS)
{
	double receivables = amount_arg(fcinfo, 0, "receivables");
	double sales = amount_arg(fcinfo, 1, "credit_sales");
	double days;
	bool answered = rcv_dso(receivables, sales, days_arg(PG_GETARG_INT32(2)), &days);

	return answer(fcinfo, answered, days);
}

/* add(receivables, not_due, credit_sales, days) */
PG_FUNCTION_INFO_V1(pgrcv_add);
Datum
pgrcv_add(PG_FUNCTION_ARGS)
{
	double receivables = amount_arg(fcinfo, 0, "receivables");
	double not_due = amount_arg(fcinfo, 1, "not_due");
	double sales = amount_arg(fcinfo, 2, "credit_sales");
	double days;
	bool answered =
		rcv_days_delinquent(receivables, not_due, sales, days_arg(PG_GETARG_INT32(3)), &days);

	return answer(fcinfo, answered, days);
}

/* cei(opening, credit_sales, closing, closing_not_due) */
PG_FUNCTION_INFO_V1(pgrcv_cei);
Datum
pgrcv_cei(PG_FUNCTION_ARGS)
{
	double opening = amount_arg(fcinfo, 0, "opening");
	double sales = amount_arg(fcinfo, 1, "credit_sales");
	double closing = amount_arg(fcinfo, 2, "closing");
	double not_due = amount_arg(fcinfo, 3, "closing_not_due");
	double index;
	bool answered = rcv_cei(opening, sales, closing, not_due, &index);

	return answer(fcinfo, answered, index);
}

/* cei_monthly(opening, credit_sales, closing, closing_not_due, months) */
PG_FUNCTION_INFO_V1(pgrcv_cei_monthly);
Datum
pgrcv_cei_monthly(PG_FUNCTION_ARGS)
{
	double opening = amount_arg(fcinfo, 0, "opening");
	double sales = amount_arg(fcinfo, 1, "credit_sales");
	double closing = amount_arg(fcinfo, 2, "closing");
	double not_due = amount_arg(fcinfo, 3, "closing_not_due");
	int32 months = PG_GETARG_INT32(4);
	double index;
	bool answered;

	if (months < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("months must be above 0")));
	answered = rcv_cei(opening, sales / months, closing, not_due, &index);
	return answer(fcinfo, answered, index);
}

/* A quotient; null unless the divisor is above 0. */
static Datum
ratio(FunctionCallInfo fcinfo, double dividend, double divisor)
{
	return answer(fcinfo, divisor > 0, dividend / divisor);
}

/* turnover(credit_sales, receivables) */
PG_FUNCTION_INFO_V1(pgrcv_turnover);
Datum
pgrcv_turnover(PG_FUNCTION_ARGS)
{
	return ratio(fcinfo, amount_arg(fcinfo, 0, "credit_sales"),
				 amount_arg(fcinfo, 1, "receivables"));
}

/* bad_debt_ratio(written_off, credit_sales, recovered) */
PG_FUNCTION_INFO_V1(pgrcv_bad_debt_ratio);
Datum
pgrcv_bad_debt_ratio(PG_FUNCTION_ARGS)
{
	double lost = amount_arg(fcinfo, 0, "written_off") - amount_arg(fcinfo, 2, "recovered");

	return ratio(fcinfo, lost, amount_arg(fcinfo, 1, "credit_sales"));
}

/* recovery_rate(collected, collectable) */
PG_FUNCTION_INFO_V1(pgrcv_recovery_rate);
Datum
pgrcv_recovery_rate(PG_FUNCTION_ARGS)
{
	return ratio(fcinfo, amount_arg(fcinfo, 0, "collected"), amount_arg(fcinfo, 1, "collectable"));
}

/* Of months ------------------------------------------------------------------- */

static Datum *
elements(ArrayType *array, Oid type, const char *what, int *n)
{
	Datum *values;
	bool *nulls;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must be a one-dimensional array", what)));
	if (type == NUMERICOID)
		deconstruct_array(array, type, -1, false, TYPALIGN_INT, &values, &nulls, n);
	else
		deconstruct_array(array, type, sizeof(int32), true, TYPALIGN_INT, &values, &nulls, n);
	for (int i = 0; i < *n; i++)
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("%s must not contain nulls", what),
							errhint("A month without sales has sales of 0.")));
	return values;
}

static rcv_month *
months_arg(ArrayType *array, int *n)
{
	Datum *sales = elements(array, NUMERICOID, "sales", n);
	rcv_month *months;

	if (*n > RCV_COUNTBACK_MONTHS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("sales of more than %d months", RCV_COUNTBACK_MONTHS_MAX)));
	months = palloc0((*n + 1) * sizeof(*months));
	for (int i = 0; i < *n; i++)
		months[i].sales = rcv_numeric_money(sales[i], "sales");
	return months;
}

static Datum
countback(FunctionCallInfo fcinfo, const rcv_month *months, int n)
{
	bool answered;
	double days;
	rcv_status status = rcv_dso_countback(rcv_numeric_money(PG_GETARG_DATUM(0), "balance"), months,
										  n, &answered, &days);

	if (status == RCV_EDOMAIN)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("days of a month must lie between 1 and 366")));
	rcv_check(status, "sales");
	return answer(fcinfo, answered, days);
}

/* dso_countback(balance, sales[], days[]) */
PG_FUNCTION_INFO_V1(pgrcv_dso_countback);
Datum
pgrcv_dso_countback(PG_FUNCTION_ARGS)
{
	int n;
	int n_days;
	rcv_month *months = months_arg(PG_GETARG_ARRAYTYPE_P(1), &n);
	Datum *days = elements(PG_GETARG_ARRAYTYPE_P(2), INT4OID, "days", &n_days);

	if (n != n_days)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("sales and days must have the same number of elements"),
						errdetail("There are %d and %d.", n, n_days)));
	for (int i = 0; i < n; i++)
		months[i].days = DatumGetInt32(days[i]);
	return countback(fcinfo, months, n);
}

/* dso_countback_at(balance, sales[], as_of) */
PG_FUNCTION_INFO_V1(pgrcv_dso_countback_at);
Datum
pgrcv_dso_countback_at(PG_FUNCTION_ARGS)
{
	int n;
	rcv_month *months = months_arg(PG_GETARG_ARRAYTYPE_P(1), &n);

	rcv_months_before(rcv_day_arg(PG_GETARG_DATEADT(2), "as_of"), n, months);
	return countback(fcinfo, months, n);
}

/* Of items: the image of kpi.h in a bytea --------------------------------------- */

static const char *const what_state = "state of a mean of days";
#define STATE_SIZE (VARHDRSZ + RCV_DAYS_MEAN_SIZE)

static uint8_t *
image_of(void *state)
{
	return (uint8_t *) VARDATA(state);
}

static void *
checked(void *state)
{
	rcv_check(rcv_days_mean_check(image_of(state), VARSIZE(state) - VARHDRSZ), what_state);
	return state;
}

/* A state that may be changed: the aggregate's own, else a copy. */
static void *
writable_state(FunctionCallInfo fcinfo)
{
	return checked(rcv_state_arg(fcinfo, 0, STATE_SIZE, what_state));
}

static void *
state_of(FunctionCallInfo fcinfo, int32 as_of)
{
	void *state;

	if (!PG_ARGISNULL(0))
	{
		state = writable_state(fcinfo);
		if (rcv_days_mean_as_of(image_of(state)) != as_of)
			rcv_varying_error("as_of");
		return state;
	}
	state = palloc(STATE_SIZE);
	SET_VARSIZE(state, STATE_SIZE);
	rcv_days_mean_init(image_of(state), as_of);
	return state;
}

/*
 * (state, amount, from_day, paid_on, as_of): an item that is not paid on as_of
 * is taken up to that day; days below least count as least.
 */
static Datum
add_item(FunctionCallInfo fcinfo, int32 least)
{
	rcv_money amount;
	int32 from;
	int32 to;
	void *state;

	if (PG_ARGISNULL(4))
		rcv_null_error("as_of");
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	amount = rcv_numeric_money(PG_GETARG_DATUM(1), "amount");
	from = rcv_day_arg(PG_GETARG_DATEADT(2), "day");
	to = rcv_day_arg(PG_GETARG_DATEADT(4), "as_of");
	state = state_of(fcinfo, to);
	if (!PG_ARGISNULL(3))
		to = Min(to, rcv_day_or_infinity_arg(PG_GETARG_DATEADT(3), "paid_on"));
	rcv_check(rcv_days_mean_add(image_of(state), amount, Max(to - from, least)), "sum of amounts");
	PG_RETURN_POINTER(state);
}

/* dso_true_add(state, amount, issued_on, paid_on, as_of): an item issued later does not exist yet. */
PG_FUNCTION_INFO_V1(pgrcv_dso_true_add);
Datum
pgrcv_dso_true_add(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(4) && PG_GETARG_DATEADT(2) > PG_GETARG_DATEADT(4))
		return rcv_same_state(fcinfo);
	return add_item(fcinfo, PG_INT32_MIN);
}

/* add_true_add(state, amount, due_on, paid_on, as_of): early counts as on time. */
PG_FUNCTION_INFO_V1(pgrcv_add_true_add);
Datum
pgrcv_add_true_add(PG_FUNCTION_ARGS)
{
	return add_item(fcinfo, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_days_mean_merge);
Datum
pgrcv_days_mean_merge(PG_FUNCTION_ARGS)
{
	void *state = writable_state(fcinfo);
	void *other = checked(rcv_state_copy(PG_GETARG_DATUM(1), STATE_SIZE, what_state));
	rcv_status status = rcv_days_mean_merge(image_of(state), image_of(other));

	if (status == RCV_EDOMAIN)
		rcv_varying_error("as_of");
	rcv_check(status, "sum of amounts");
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_days_mean_finish);
Datum
pgrcv_days_mean_finish(PG_FUNCTION_ARGS)
{
	void *state = checked(rcv_state_copy(PG_GETARG_DATUM(0), STATE_SIZE, what_state));
	double days;
	bool answered = rcv_days_mean(image_of(state), &days);

	return answer(fcinfo, answered, days);
}
