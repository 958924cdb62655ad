/*
 * promise_pg.c
 *		promise_kept as an aggregate, and collection_priority.
 */
#include "pg/rcv_pg.h"

#include "collection/priority.h"
#include "collection/promise.h"

#include "utils/builtins.h"

#define STATE_MARK 0x50524B01 /* "PRK", version 1 */

typedef struct promise_state
{
	int32 vl_len_;
	uint32 mark;
	rcv_promises promises;
} promise_state;

StaticAssertDecl(sizeof(rcv_promises) == 96, "promises have no stray bytes");

static const char *const what_state = "state of promise_kept";

static promise_state *
state_arg(FunctionCallInfo fcinfo, int arg)
{
	promise_state *state = rcv_state_arg(fcinfo, arg, sizeof(*state), what_state);

	if (VARSIZE(state) != sizeof(*state) || state->mark != STATE_MARK ||
		!rcv_promises_valid(&state->promises))
		rcv_check(RCV_EBINARY, what_state);
	return state;
}

static void
check_same(const rcv_promises *promises, int32 as_of, int32 grace_days)
{
	if (promises->as_of != as_of)
		rcv_varying_error("as_of");
	if (promises->grace_days != grace_days)
		rcv_varying_error("grace_days");
}

static int32
grace_arg(int32 days)
{
	if (days < 0 || days > RCV_PROMISE_GRACE_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("grace_days must lie between 0 and %d", RCV_PROMISE_GRACE_MAX)));
	return days;
}

static promise_state *
first_state(int32 as_of, int32 grace_days)
{
	promise_state *state = palloc0(sizeof(*state));

	SET_VARSIZE(state, sizeof(*state));
	state->mark = STATE_MARK;
	rcv_promises_init(&state->promises, as_of, grace_days);
	return state;
}

/* Says which promise it is: names are the caller's. */
static void pg_attribute_cold
sign_error(FunctionCallInfo fcinfo, bool received)
{
	char *text =
		DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(received ? 3 : 1)));
	char day[RCV_DAY_TEXT + 1];

	rcv_day_print(rcv_day_arg(PG_GETARG_DATEADT(2), "pay_by"), day);

	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg(received ? "received must not be negative" : "promised must be above 0"),
					errdetail("It is %s for a promise to pay by %s.", text, day),
					received ? errhint("A payment that came back leaves nothing received: "
									   "greatest(received, 0).")
							 : 0));
}

/* add(state, promised, pay_by, received, as_of, grace_days); a null received is nothing received. */
PG_FUNCTION_INFO_V1(pgrcv_promise_kept_add);
Datum
pgrcv_promise_kept_add(PG_FUNCTION_ARGS)
{
	rcv_money received = {0, RCV_SCALE_MIN};
	promise_state *state;
	rcv_status status;
	int32 as_of;
	int32 grace_days;

	if (PG_ARGISNULL(5))
		rcv_null_error("grace_days");
	grace_days = grace_arg(PG_GETARG_INT32(5));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	if (PG_ARGISNULL(4))
		rcv_null_error("as_of");
	as_of = rcv_day_arg(PG_GETARG_DATEADT(4), "as_of");
	if (!PG_ARGISNULL(3))
		received = rcv_numeric_money(PG_GETARG_DATUM(3), "received");
	if (PG_ARGISNULL(0))
		state = first_state(as_of, grace_days);
	else
	{
		state = state_arg(fcinfo, 0);
		check_same(&state->promises, as_of, grace_days);
	}
	status = rcv_promises_add(&state->promises, rcv_numeric_money(PG_GETARG_DATUM(1), "promised"),
							  rcv_day_arg(PG_GETARG_DATEADT(2), "pay_by"), received);
	if (status == RCV_EDOMAIN)
		sign_error(fcinfo, received.units < 0);
	rcv_check(status, "sum of promises");
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_promise_kept_merge);
Datum
pgrcv_promise_kept_merge(PG_FUNCTION_ARGS)
{
	promise_state *state = state_arg(fcinfo, 0);
	promise_state *other = state_arg(fcinfo, 1);

	check_same(&state->promises, other->promises.as_of, other->promises.grace_days);
	rcv_check(rcv_promises_merge(&state->promises, &other->promises), "sum of promises");
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_promise_kept_finish);
Datum
pgrcv_promise_kept_finish(PG_FUNCTION_ARGS)
{
	const rcv_promises *promises = &state_arg(fcinfo, 0)->promises;
	Datum values[12];
	bool nulls[12] = {false};
	double sums[RCV_PROMISE_SUMS];

	values[0] = Int64GetDatum(promises->due + promises->pending);
	values[1] = Int64GetDatum(promises->pending);
	values[2] = Int64GetDatum(promises->due);
	values[3] = Int64GetDatum(promises->kept);
	values[4] = Int64GetDatum(promises->partly);
	values[5] = Int64GetDatum(promises->due - promises->kept - promises->partly);
	for (int i = 0; i < RCV_PROMISE_SUMS; i++)
	{
		values[6 + i] = rcv_money_numeric(rcv_sum_units(&promises->sums[i]), promises->scale);
		sums[i] = rcv_money_double(rcv_sum_units(&promises->sums[i]), promises->scale);
	}
	nulls[9] = nulls[10] = nulls[11] = promises->due == 0 || !(sums[RCV_PROMISED] > 0);
	if (!nulls[9])
	{
		values[9] = Float8GetDatum((double) promises->kept / (double) promises->due);
		values[10] = Float8GetDatum(sums[RCV_PROMISED_KEPT] / sums[RCV_PROMISED]);
		values[11] = Float8GetDatum(sums[RCV_PROMISE_RECEIVED] / sums[RCV_PROMISED]);
	}
	return rcv_one_row(fcinfo, values, nulls);
}

/* Priority ----------------------------------------------------------------- */

/* An amount rounded to the scale: estimates come with more decimals. */
static int64
rounded_arg(Datum value, int scale, const char *what)
{
	rcv_money money = rcv_numeric_money(value, what);
	int64 units;

	if (money.scale > scale)
		return (int64) rcv_money_divide(money.units, rcv_pow10(money.scale - scale));
	rcv_check(rcv_money_rescale(money.units, money.scale, scale, &units), what);
	return units;
}

static double
probability_arg(double p, const char *what)
{
	if (!(p >= 0 && p <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must lie between 0 and 1", what),
						errhint("It is a probability, not a percentage.")));
	return p;
}

/* collection_priority(open_amount, p_pay, value, cost, p_chased, scale) */
PG_FUNCTION_INFO_V1(pgrcv_collection_priority);
Datum
pgrcv_collection_priority(PG_FUNCTION_ARGS)
{
	int scale = rcv_scale_arg(PG_GETARG_INT32(5));
	int64 open = rounded_arg(PG_GETARG_DATUM(0), scale, "open_amount");
	double p_pay = probability_arg(PG_GETARG_FLOAT8(1), "p_pay");
	int64 value = rounded_arg(PG_GETARG_DATUM(2), scale, "value");
	int64 cost = rounded_arg(PG_GETARG_DATUM(3), scale, "cost");
	double p_chased = probability_arg(PG_GETARG_FLOAT8(4), "p_chased");
	int64 gain;
	rcv_status status = rcv_priority(open, p_pay, p_chased, value, cost, &gain);

	if (status == RCV_EDOMAIN)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must not be negative", value < 0 ? "value" : "cost")));
	rcv_check(status, "priority");
	PG_RETURN_DATUM(rcv_money_numeric(gain, scale));
}
