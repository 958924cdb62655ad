/*
 * loss_pg.c
 *		Rates of loss and of rolling from history, and expected credit loss.
 *
 * Rates are quotients of numeric, of 16 significant digits at least: exact sums of
 * amounts are divided once.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "provision/loss.h"

#define PERIODS_MAX 10000

static const char *const what_rolls = "state of roll_rates";
static const char *const horizon_names[] = {"lifetime", "12-month", NULL};

/* Arrays ------------------------------------------------------------------- */

static Datum
numeric_array(Datum *items, bool *nulls, int n, int first)
{
	return PointerGetDatum(
		construct_md_array(items, nulls, 1, &n, &first, NUMERICOID, -1, false, TYPALIGN_INT));
}

static void
check_shape(const ArrayType *array, const char *what)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must be a one-dimensional array", what)));
	if (array_contains_nulls((ArrayType *) array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("%s must not contain nulls", what)));
}

/* Flows -------------------------------------------------------------------- */

/* Amounts that reach one bucket after another, the last of them the loss. */
static rcv_money *
open_flows(ArrayType *array, Datum **items, int *n)
{
	rcv_money *flows;

	check_shape(array, "flows");
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, items, NULL, n);
	if (*n < 2)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("flows need two amounts at least"),
			 errhint("Give what was sold, what reached each bucket, and at last what was lost.")));
	flows = palloc(*n * sizeof(rcv_money));
	for (int i = 0; i < *n; i++)
	{
		flows[i] = rcv_numeric_money((*items)[i], "a flow");
		if (flows[i].units < 0 ||
			(i > 0 && DatumGetBool(DirectFunctionCall2(numeric_gt, (*items)[i], (*items)[i - 1]))))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("flows must neither be negative nor ascend"),
					 errdetail("Flow %d is %s.", i + 1,
							   DatumGetCString(DirectFunctionCall1(numeric_out, (*items)[i]))),
					 errhint("What reaches a bucket has passed through the one before it.")));
	}
	return flows;
}

/* The share of each flow that reaches the next one, or the last one; null of nothing. */
static Datum
flow_rates(FunctionCallInfo fcinfo, bool to_last)
{
	Datum *items;
	int n;
	rcv_money *flows = open_flows(PG_GETARG_ARRAYTYPE_P(0), &items, &n);
	Datum *rates = palloc(n * sizeof(Datum));
	bool *nulls = palloc0(n * sizeof(bool));

	for (int i = 0; i < n - !to_last; i++)
	{
		nulls[i] = flows[i].units == 0;
		if (!nulls[i])
			rates[i] = DirectFunctionCall2(numeric_div, items[to_last ? n - 1 : i + 1], items[i]);
	}
	return numeric_array(rates, nulls, n - !to_last, 1);
}

PG_FUNCTION_INFO_V1(pgrcv_loss_rates);
Datum
pgrcv_loss_rates(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(flow_rates(fcinfo, true));
}

PG_FUNCTION_INFO_V1(pgrcv_roll_rates);
Datum
pgrcv_roll_rates(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(flow_rates(fcinfo, false));
}

/* Snapshots ------------------------------------------------------------------ */

/* The state of the running aggregate itself, or a copy of one from anywhere. */
static rcv_rolls *
rolls_arg(FunctionCallInfo fcinfo, int arg)
{
	rcv_rolls *state = rcv_state_arg(fcinfo, arg, sizeof(rcv_rolls), what_rolls);

	if (VARSIZE(state) != sizeof(rcv_rolls) || state->mark != RCV_ROLLS_MARK ||
		state->scale < RCV_SCALE_MIN || state->scale > RCV_SCALE_MAX)
		rcv_check(RCV_EBINARY, what_rolls);
	return state;
}

/* add(state, bucket, next_bucket, amount): not strict, a null leaves the state as it is. */
PG_FUNCTION_INFO_V1(pgrcv_roll_rates_add);
Datum
pgrcv_roll_rates_add(PG_FUNCTION_ARGS)
{
	rcv_rolls *state;
	rcv_status status;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return rcv_same_state(fcinfo);
	if (PG_ARGISNULL(0))
	{
		state = palloc(sizeof(rcv_rolls));
		rcv_rolls_init(state);
		SET_VARSIZE(state, sizeof(rcv_rolls));
	}
	else
		state = rolls_arg(fcinfo, 0);
	status = rcv_rolls_add(state, PG_GETARG_INT32(1), PG_GETARG_INT32(2),
						   rcv_numeric_money(PG_GETARG_DATUM(3), "amount"));
	if (status == RCV_EDOMAIN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bucket or amount out of range"),
				 errdetail("Buckets run from 0 to %d, an amount is not negative, and "
						   "next_bucket may be -1: paid.",
						   RCV_ROLL_BUCKETS_MAX - 1),
				 errhint("Three numbers are a row of a snapshot; flows are one array: "
						 "loss_rates(ARRAY[...]).")));
	rcv_check(status, "sum of a bucket");
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_roll_rates_merge);
Datum
pgrcv_roll_rates_merge(PG_FUNCTION_ARGS)
{
	rcv_rolls *other = rolls_arg(fcinfo, 1);
	rcv_rolls *state = rolls_arg(fcinfo, 0);

	rcv_check(rcv_rolls_check(other), what_rolls);
	rcv_check(rcv_rolls_merge(state, other), "sum of a bucket");
	PG_RETURN_POINTER(state);
}

/* The share of each bucket but the last that rolled on, by bucket from 0. */
PG_FUNCTION_INFO_V1(pgrcv_roll_rates_finish);
Datum
pgrcv_roll_rates_finish(PG_FUNCTION_ARGS)
{
	rcv_rolls *state = rolls_arg(fcinfo, 0);
	Datum rates[RCV_ROLL_BUCKETS_MAX];
	bool nulls[RCV_ROLL_BUCKETS_MAX];

	rcv_check(rcv_rolls_check(state), what_rolls);
	if (state->last == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < state->last; i++)
	{
		rcv_int128 total = rcv_wide_value(&state->bucket[i].total);

		nulls[i] = total == 0;
		if (!nulls[i])
			rates[i] = DirectFunctionCall2(
				numeric_div,
				rcv_money_numeric(rcv_wide_value(&state->bucket[i].rolled), state->scale),
				rcv_money_numeric(total, state->scale));
	}
	PG_RETURN_DATUM(numeric_array(rates, nulls, state->last, 0));
}

/*
 * The share of each bucket that comes to the last one, where all is lost: the
 * product of the shares that roll on.  Numerators and denominators are multiplied
 * apart, so that there is one division; null from a bucket that nothing was seen in.
 */
PG_FUNCTION_INFO_V1(pgrcv_loss_rates_finish);
Datum
pgrcv_loss_rates_finish(PG_FUNCTION_ARGS)
{
	rcv_rolls *state = rolls_arg(fcinfo, 0);
	Datum rates[RCV_ROLL_BUCKETS_MAX];
	bool nulls[RCV_ROLL_BUCKETS_MAX];
	Datum rolled = rcv_money_numeric(1, 0);
	Datum total = rcv_money_numeric(1, 0);
	bool unknown = false;

	rcv_check(rcv_rolls_check(state), what_rolls);
	for (int i = state->last; i >= 0; i--)
	{
		rcv_int128 units = rcv_wide_value(&state->bucket[i].total);

		if (i < state->last)
		{
			unknown = unknown || units == 0;
			total = DirectFunctionCall2(numeric_mul, total, rcv_money_numeric(units, 0));
			rolled =
				DirectFunctionCall2(numeric_mul, rolled,
									rcv_money_numeric(rcv_wide_value(&state->bucket[i].rolled), 0));
		}
		nulls[i] = unknown;
		if (!unknown)
			rates[i] = DirectFunctionCall2(numeric_div, rolled, total);
	}
	PG_RETURN_DATUM(numeric_array(rates, nulls, state->last + 1, 0));
}

/* Expected credit loss ------------------------------------------------------------ */

static const double *
open_doubles(ArrayType *array, const char *what, int *n)
{
	check_shape(array, what);
	*n = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	if (*n < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be empty", what)));
	if (*n > PERIODS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("%s has more than %d elements", what, PERIODS_MAX)));
	return (const double *) ARR_DATA_PTR(array);
}

static void
check_ecl(rcv_status status)
{
	if (status == RCV_EDOMAIN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an argument of ecl is outside its domain"),
				 errdetail("pd and lgd lie between 0 and 1, marginal pd add up to no more than 1, "
						   "ead is not negative, eir is above -1, and all are finite."),
				 errhint("Probabilities on condition that the periods before are survived may add "
						 "up to more than 1: say \"conditional\".")));
	rcv_check(status, "expected credit loss");
}

/* ecl(pd, lgd, ead, eir, pd_kind, periods_per_year, horizon) */
PG_FUNCTION_INFO_V1(pgrcv_ecl);
Datum
pgrcv_ecl(PG_FUNCTION_ARGS)
{
	int n;
	int n_ead;
	const double *pd = open_doubles(PG_GETARG_ARRAYTYPE_P(0), "pd", &n);
	double lgd = PG_GETARG_FLOAT8(1);
	const double *ead = open_doubles(PG_GETARG_ARRAYTYPE_P(2), "ead", &n_ead);
	double eir = PG_GETARG_FLOAT8(3);
	rcv_pd_kind kind = rcv_choice_arg(PG_GETARG_TEXT_PP(4), "pd_kind", rcv_pd_kind_names);
	int32 periods = PG_GETARG_INT32(5);
	bool year = rcv_choice_arg(PG_GETARG_TEXT_PP(6), "horizon", horizon_names) == 1;
	double loss;

	if (n != n_ead)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("pd and ead must have the same number of periods"),
						errdetail("There are %d and %d.", n, n_ead)));
	if (periods < 1 || periods > 366)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("periods_per_year must lie between 1 and 366")));
	check_ecl(rcv_ecl(pd, ead, n, lgd, eir, periods, kind, &loss));
	if (year && n > periods)
		check_ecl(rcv_ecl(pd, ead, periods, lgd, eir, periods, kind, &loss));
	PG_RETURN_FLOAT8(loss);
}

/* ecl_stage(days_past_due, stage_2_from, stage_3_from) */
PG_FUNCTION_INFO_V1(pgrcv_ecl_stage);
Datum
pgrcv_ecl_stage(PG_FUNCTION_ARGS)
{
	int32 days = PG_GETARG_INT32(0);
	int32 second = PG_GETARG_INT32(1);
	int32 third = PG_GETARG_INT32(2);

	if (second < 1 || third < second)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("stages must begin in their order"),
			 errdetail("Stage 2 would begin at %d days past due, stage 3 at %d.", second, third)));
	PG_RETURN_INT32(1 + (days >= second) + (days >= third));
}
