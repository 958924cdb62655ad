/*
 * history_pg.c
 *		The type payment_history: its forms, the aggregates that make it, and
 *		what it says.
 *
 * The value and the states of the aggregates have one layout; a state has
 * spare room at its end and is a bytea, so that it can travel between servers.
 * Any user may call the state functions with any bytes: what a call needs to
 * stay inside the state is checked each time, all of it at the end.
 */
#include "pg/rcv_pg.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "collection/history.h"
#include "pg/json.h"

#define HISTORY_MARK 0x50484901 /* "PHI", version 1 */
#define BINARY_VERSION 1
#define FIRST_DAYS 8
#define DAYS_MAX (2 * RCV_HISTORY_DAYS_MAX + 1)

typedef struct history_value
{
	int32 vl_len_;
	uint32 mark;
	int32 count;
	int32 unused;
	rcv_history_day days[FLEXIBLE_ARRAY_MEMBER];
} history_value;

#define HISTORY_HEADER offsetof(history_value, days)

StaticAssertDecl(sizeof(rcv_history_day) == 24, "days of a history have no stray bytes");

static const char *const what_history = "payment_history";
static const char *const what_state = "state of payment_history_agg";
static const char *const history_keys[] = {"days", NULL};

static rcv_history
history_of(const history_value *value)
{
	return (rcv_history){value->days, value->count};
}

/* Values -------------------------------------------------------------------- */

static history_value *
new_value(int32 room)
{
	Size size = HISTORY_HEADER + room * sizeof(rcv_history_day);
	history_value *value = palloc0(size);

	SET_VARSIZE(value, size);
	value->mark = HISTORY_MARK;
	return value;
}

static const history_value *
history_arg(Datum datum)
{
	const history_value *value = (const history_value *) PG_DETOAST_DATUM(datum);
	Size size = VARSIZE(value);

	if (size < HISTORY_HEADER)
		rcv_check(RCV_EBINARY, what_history);
	if (value->mark != HISTORY_MARK)
		rcv_check(RCV_EVERSION, what_history);
	if (value->count < 1 || value->count > DAYS_MAX ||
		size != HISTORY_HEADER + value->count * sizeof(rcv_history_day))
		rcv_check(RCV_EBINARY, what_history);
	return value;
}

static int64
count_of(const rcv_json *json, double found)
{
	if (!(found >= 0 && found <= (double) RCV_HISTORY_COUNT_MAX && found == (double) (int64) found))
		rcv_json_error(json, "Numbers of items must be whole, from 0 to 2^52.");
	return (int64) found;
}

static Datum
history_of_jsonb(Jsonb *jsonb)
{
	rcv_json json = rcv_json_open(jsonb, what_history, history_keys);
	int sizes[2] = {RCV_JSON_ANY, 3};
	double *figures = rcv_json_doubles(&json, "days", 2, 3 * DAYS_MAX, sizes);
	history_value *value;
	rcv_history history;

	if (figures == NULL || sizes[0] == 0)
		rcv_json_error(&json, "\"days\" must be an array of [days late, paid, open].");
	value = new_value(sizes[0]);
	value->count = sizes[0];
	for (int i = 0; i < value->count; i++)
	{
		double late = figures[3 * i];

		if (!(fabs(late) <= RCV_HISTORY_DAYS_MAX && late == (double) (int32) late))
			rcv_json_error(&json, "Days late must be whole, from -%d to %d.", RCV_HISTORY_DAYS_MAX,
						   RCV_HISTORY_DAYS_MAX);
		value->days[i] = (rcv_history_day){.days_late = (int32) late,
										   .paid = count_of(&json, figures[3 * i + 1]),
										   .open = count_of(&json, figures[3 * i + 2])};
	}
	history = history_of(value);
	if (rcv_history_check(&history) != RCV_OK)
		rcv_json_error(&json, "Days must ascend, and none be without items.");
	return PointerGetDatum(value);
}

static Datum
history_of_text(const char *text)
{
	return history_of_jsonb(rcv_json_of_text(text, what_history));
}

static char *
text_of_history(const history_value *value)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"days\": [");
	for (int i = 0; i < value->count; i++)
		appendStringInfo(&out, "%s[%d, " INT64_FORMAT ", " INT64_FORMAT "]", i == 0 ? "" : ", ",
						 value->days[i].days_late, value->days[i].paid, value->days[i].open);
	appendStringInfoString(&out, "]}");
	return out.data;
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_in);
Datum
pgrcv_payment_history_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(history_of_text(PG_GETARG_CSTRING(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_out);
Datum
pgrcv_payment_history_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_of_history(history_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_recv);
Datum
pgrcv_payment_history_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, what_history);
	PG_RETURN_DATUM(history_of_text(pq_getmsgtext(in, in->len - in->cursor, &length)));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_send);
Datum
pgrcv_payment_history_send(PG_FUNCTION_ARGS)
{
	const char *text = text_of_history(history_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_from_jsonb);
Datum
pgrcv_payment_history_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(history_of_jsonb(PG_GETARG_JSONB_P(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_to_jsonb);
Datum
pgrcv_payment_history_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(jsonb_in,
							   CStringGetDatum(text_of_history(history_arg(PG_GETARG_DATUM(0)))));
}

/* States -------------------------------------------------------------------- */

static int32
room_of(const history_value *state)
{
	return (int32) ((VARSIZE(state) - HISTORY_HEADER) / sizeof(rcv_history_day));
}

static history_value *
state_arg(FunctionCallInfo fcinfo, int arg)
{
	history_value *state = rcv_state_arg(fcinfo, arg, HISTORY_HEADER, what_state);

	if (state->mark != HISTORY_MARK || state->count < 0 || state->count > DAYS_MAX ||
		state->count > room_of(state))
		rcv_check(RCV_EBINARY, what_state);
	return state;
}

/* All of a state from anywhere. */
static history_value *
checked_state_arg(FunctionCallInfo fcinfo, int arg)
{
	history_value *state = state_arg(fcinfo, arg);
	rcv_history history = history_of(state);

	if (rcv_history_check(&history) != RCV_OK)
		rcv_check(RCV_EBINARY, what_state);
	return state;
}

static history_value *
enlarge(history_value *state)
{
	history_value *larger = new_value(Min(state->count * 2 + FIRST_DAYS, DAYS_MAX));

	CHECK_FOR_INTERRUPTS();
	larger->count = state->count;
	memcpy(larger->days, state->days, state->count * sizeof(rcv_history_day));
	return larger;
}

static void
add_counts(rcv_history_day *day, int64 paid, int64 open)
{
	if (__builtin_add_overflow(day->paid, paid, &day->paid) ||
		__builtin_add_overflow(day->open, open, &day->open) || day->paid > RCV_HISTORY_COUNT_MAX ||
		day->open > RCV_HISTORY_COUNT_MAX)
		rcv_check(RCV_EOVERFLOW, "number of items");
}

static history_value *
add_items(history_value *state, int32 late, int64 paid, int64 open)
{
	rcv_history history = history_of(state);
	int32 at = rcv_history_find(&history, late);

	if (at < state->count && state->days[at].days_late == late)
	{
		add_counts(&state->days[at], paid, open);
		return state;
	}
	if (state->count == DAYS_MAX) /* days that do not ascend */
		rcv_check(RCV_EBINARY, what_state);
	if (state->count == room_of(state))
		state = enlarge(state);
	memmove(&state->days[at + 1], &state->days[at], (state->count - at) * sizeof(rcv_history_day));
	state->days[at] = (rcv_history_day){.days_late = late};
	state->count++;
	add_counts(&state->days[at], paid, open);
	return state;
}

/* add(state, days_late, paid) */
PG_FUNCTION_INFO_V1(pgrcv_payment_history_add);
Datum
pgrcv_payment_history_add(PG_FUNCTION_ARGS)
{
	history_value *state;
	int32 late;
	bool paid;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	late = PG_GETARG_INT32(1);
	paid = PG_GETARG_BOOL(2);
	if (late < -RCV_HISTORY_DAYS_MAX || late > RCV_HISTORY_DAYS_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("days_late must lie between -%d and %d", RCV_HISTORY_DAYS_MAX,
							   RCV_HISTORY_DAYS_MAX)));
	state = PG_ARGISNULL(0) ? new_value(FIRST_DAYS) : state_arg(fcinfo, 0);
	PG_RETURN_POINTER(add_items(state, late, paid, !paid));
}

static history_value *
add_history(history_value *state, const rcv_history *other)
{
	for (int32 i = 0; i < other->count; i++)
	{
		const rcv_history_day *day = &other->days[i];

		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
		state = add_items(state, day->days_late, day->paid, day->open);
	}
	return state;
}

/* rollup_add(state, history) */
PG_FUNCTION_INFO_V1(pgrcv_payment_history_rollup);
Datum
pgrcv_payment_history_rollup(PG_FUNCTION_ARGS)
{
	rcv_history other;

	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	other = history_of(history_arg(PG_GETARG_DATUM(1)));
	PG_RETURN_POINTER(
		add_history(PG_ARGISNULL(0) ? new_value(other.count) : state_arg(fcinfo, 0), &other));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_merge);
Datum
pgrcv_payment_history_merge(PG_FUNCTION_ARGS)
{
	rcv_history other = history_of(checked_state_arg(fcinfo, 1));

	PG_RETURN_POINTER(add_history(state_arg(fcinfo, 0), &other));
}

PG_FUNCTION_INFO_V1(pgrcv_payment_history_finish);
Datum
pgrcv_payment_history_finish(PG_FUNCTION_ARGS)
{
	const history_value *state = checked_state_arg(fcinfo, 0);
	history_value *value = new_value(state->count);

	if (state->count == 0)
		rcv_check(RCV_EBINARY, what_state);
	value->count = state->count;
	memcpy(value->days, state->days, state->count * sizeof(rcv_history_day));
	PG_RETURN_POINTER(value);
}

/* Questions ------------------------------------------------------------------ */

static void
check_within(int32 within)
{
	if (within < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("within_days must not be negative")));
}

/* The share, as of one more item that may or may not have been paid; false when there are none. */
static bool
smoothed(const rcv_history *history, int32 late, int32 within, double *out)
{
	if (rcv_history_paid(history, late, within, out) != RCV_OK)
		return false;
	rcv_check(rcv_history_shrunk(*out, rcv_history_at_risk(history, late), 0.5, 1.0, out),
			  "probability");
	return true;
}

/* p_paid(history, days_late, within_days) */
PG_FUNCTION_INFO_V1(pgrcv_p_paid);
Datum
pgrcv_p_paid(PG_FUNCTION_ARGS)
{
	rcv_history history = history_of(history_arg(PG_GETARG_DATUM(0)));
	double p;

	check_within(PG_GETARG_INT32(2));
	if (!smoothed(&history, PG_GETARG_INT32(1), PG_GETARG_INT32(2), &p))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(p);
}

/* p_paid(history, segment, days_late, within_days, weight); a null history: the segment alone. */
PG_FUNCTION_INFO_V1(pgrcv_p_paid_segment);
Datum
pgrcv_p_paid_segment(PG_FUNCTION_ARGS)
{
	rcv_history segment;
	double weight;
	double p;
	double share;

	for (int i = 1; i < 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	segment = history_of(history_arg(PG_GETARG_DATUM(1)));
	weight = PG_GETARG_FLOAT8(4);
	check_within(PG_GETARG_INT32(3));
	if (!(weight > 0 && weight <= 1e9))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("weight must be above 0 and at most 1e9"),
						errdetail("It is the number of items that the segment counts as.")));
	if (!smoothed(&segment, PG_GETARG_INT32(2), PG_GETARG_INT32(3), &p))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(0))
	{
		rcv_history own = history_of(history_arg(PG_GETARG_DATUM(0)));

		if (rcv_history_paid(&own, PG_GETARG_INT32(2), PG_GETARG_INT32(3), &share) == RCV_OK)
			rcv_check(rcv_history_shrunk(share, rcv_history_at_risk(&own, PG_GETARG_INT32(2)), p,
										 weight, &p),
					  "probability");
	}
	PG_RETURN_FLOAT8(p);
}

PG_FUNCTION_INFO_V1(pgrcv_items_at_risk);
Datum
pgrcv_items_at_risk(PG_FUNCTION_ARGS)
{
	rcv_history history = history_of(history_arg(PG_GETARG_DATUM(0)));

	PG_RETURN_INT64(rcv_history_at_risk(&history, PG_GETARG_INT32(1)));
}

PG_FUNCTION_INFO_V1(pgrcv_history_days);
Datum
pgrcv_history_days(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const history_value *history = history_arg(PG_GETARG_DATUM(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < history->count; i++)
	{
		Datum values[3];
		bool nulls[3] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(history->days[i].days_late);
		values[1] = Int64GetDatum(history->days[i].paid);
		values[2] = Int64GetDatum(history->days[i].open);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
