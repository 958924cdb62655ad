/*
 * late_agg_pg.c
 *		late_interest_agg: interest on a balance that payments reduce.
 *
 * The state is a bytea, so that it can travel between servers: the terms, the
 * schedule, and the changes of the balance in the order they came.  Any user
 * may call the state functions, or make an aggregate of them that begins with
 * any bytes: each call checks what it needs to stay inside the state, and all
 * of it is checked before interest is counted.  The changes are sorted then.
 */
#include "interest/interest_pg.h"

#include "miscadmin.h"

#include "num/radix.h"
#include "pg/json.h"

#define STATE_MARK 0x4C494E01 /* "LIN", version 1 */
#define FIRST_CHANGES 8
#define CHANGES_MAX 10000000 /* 160 MB */

typedef struct balance_state
{
	int32 vl_len_;
	uint32 mark;
	rcv_interest_terms terms;
	int32 to;
	int32 scale; /* of the changes */
	int32 rates; /* of the schedule, which comes first in the data */
	int32 schedule_to;
	int64 n;
	char data[FLEXIBLE_ARRAY_MEMBER]; /* rates, then changes */
} balance_state;

#define STATE_HEADER offsetof(balance_state, data)

StaticAssertDecl(STATE_HEADER % sizeof(int64) == 0, "rates are aligned");
StaticAssertDecl(sizeof(rcv_balance_change) == 16, "changes have no stray bytes");

static const char *const what_state = "state of late_interest_agg";
static const char *const option_keys[] = {"rule", "day_count", "rounding", "scale", NULL};

static rcv_rate *
rates_of(balance_state *state)
{
	return (rcv_rate *) state->data;
}

static rcv_balance_change *
changes_of(balance_state *state)
{
	return (rcv_balance_change *) (state->data + state->rates * sizeof(rcv_rate));
}

static int64
room_of(const balance_state *state)
{
	return (VARSIZE(state) - STATE_HEADER - state->rates * sizeof(rcv_rate)) /
		   sizeof(rcv_balance_change);
}

static rcv_schedule
schedule_of(balance_state *state)
{
	return (rcv_schedule){rates_of(state), state->rates, state->schedule_to};
}

/* States ------------------------------------------------------------------ */

/* Whether its parts lie inside of it, and its scale can be worked with. */
static bool
state_readable(const balance_state *state)
{
	Size room = VARSIZE(state) - STATE_HEADER;

	return state->mark == STATE_MARK && state->rates >= 1 &&
		   state->rates <= room / sizeof(rcv_rate) && state->n >= 0 && state->n <= room_of(state) &&
		   state->scale >= RCV_SCALE_MIN && state->scale <= RCV_SCALE_MAX;
}

/* Whether an aggregate can have made it, but for the days of its changes. */
static bool
state_possible(balance_state *state)
{
	rcv_schedule schedule = schedule_of(state);

	return (unsigned) state->terms.rule < RCV_RATE_RULES &&
		   (unsigned) state->terms.day_count < RCV_DAY_COUNTS &&
		   (unsigned) state->terms.rounding < RCV_INTEREST_ROUNDINGS &&
		   (unsigned) state->terms.scale <= RCV_INTEREST_SCALE_MAX && rcv_day_valid(state->to) &&
		   rcv_schedule_check(&schedule) == RCV_OK;
}

/* The state of the running aggregate itself, or a copy of one from anywhere. */
static balance_state *
state_arg(FunctionCallInfo fcinfo, int arg)
{
	balance_state *state = rcv_state_arg(fcinfo, arg, STATE_HEADER, what_state);

	if (!state_readable(state))
		rcv_check(RCV_EBINARY, what_state);
	return state;
}

static void
limit_error(void)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("a balance has more than %d changes", CHANGES_MAX),
					errhint("Add up the changes of each day first.")));
}

/* The same with room for this many changes. */
static balance_state *
enlarge(balance_state *state, int64 room)
{
	Size used = STATE_HEADER + state->rates * sizeof(rcv_rate);
	Size size = used + room * sizeof(rcv_balance_change);
	balance_state *larger = palloc0(size); /* no stray bytes in a state that travels */

	CHECK_FOR_INTERRUPTS();
	memcpy(larger, state, used + state->n * sizeof(rcv_balance_change));
	SET_VARSIZE(larger, size);
	return larger;
}

static balance_state *
first_state(const rcv_schedule *schedule, int32 to, const rcv_interest_terms *terms)
{
	Size size = STATE_HEADER + schedule->count * sizeof(rcv_rate) +
				FIRST_CHANGES * sizeof(rcv_balance_change);
	balance_state *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->mark = STATE_MARK;
	state->terms = *terms;
	state->to = to;
	state->scale = RCV_SCALE_MIN;
	state->rates = schedule->count;
	state->schedule_to = schedule->to;
	memcpy(state->data, schedule->rates, schedule->count * sizeof(rcv_rate));
	return state;
}

static bool
same_schedule(balance_state *state, const rcv_schedule *schedule)
{
	return state->rates == schedule->count && state->schedule_to == schedule->to &&
		   memcmp(rates_of(state), schedule->rates, schedule->count * sizeof(rcv_rate)) == 0;
}

static bool
same_terms(const rcv_interest_terms *a, const rcv_interest_terms *b)
{
	return a->rule == b->rule && a->day_count == b->day_count && a->rounding == b->rounding &&
		   a->scale == b->scale;
}

/* All changes in units of 10^-scale. */
static void
set_scale(balance_state *state, int scale)
{
	for (int64 i = 0; i < state->n; i++)
		rcv_check(rcv_money_rescale(changes_of(state)[i].units, state->scale, scale,
									&changes_of(state)[i].units),
				  "delta");
	state->scale = scale;
}

static balance_state *
add_change(balance_state *state, int32 day, rcv_money delta)
{
	rcv_balance_change change = {.day = day};

	if (delta.scale > state->scale)
		set_scale(state, delta.scale);
	rcv_check(rcv_money_rescale(delta.units, delta.scale, state->scale, &change.units), "delta");
	if (state->n >= CHANGES_MAX)
		limit_error();
	if (state->n == room_of(state))
		state = enlarge(state, Min(state->n * 2 + FIRST_CHANGES, CHANGES_MAX));
	changes_of(state)[state->n++] = change;
	return state;
}

/* Functions ------------------------------------------------------------------ */

static void *
build_terms(Datum argument, MemoryContext context)
{
	rcv_interest_terms *terms = MemoryContextAlloc(context, sizeof(*terms));
	rcv_json json =
		rcv_json_open(DatumGetJsonbP(argument), "options of late_interest_agg", option_keys);

	rcv_interest_terms_options(terms, &json);
	return terms;
}

/* add(state, delta, on_day, rates, to_day [, options]) */
PG_FUNCTION_INFO_V1(pgrcv_late_interest_add);
Datum
pgrcv_late_interest_add(PG_FUNCTION_ARGS)
{
	rcv_interest_terms terms = {.scale = 2};
	rcv_schedule schedule;
	balance_state *state;
	int32 to;

	if (PG_NARGS() > 5 && PG_ARGISNULL(5))
		rcv_null_error("options");
	if (PG_NARGS() > 5)
		terms = *(rcv_interest_terms *) rcv_cached(fcinfo, PG_GETARG_DATUM(5), build_terms);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	if (PG_ARGISNULL(3) || PG_ARGISNULL(4))
		rcv_null_error(PG_ARGISNULL(3) ? "rates" : "to_day");
	schedule = rcv_schedule_arg(PG_GETARG_DATUM(3));
	to = rcv_day_arg(PG_GETARG_DATEADT(4), "to_day");
	if (PG_ARGISNULL(0))
		state = first_state(&schedule, to, &terms);
	else
	{
		state = state_arg(fcinfo, 0);
		if (!same_schedule(state, &schedule))
			rcv_varying_error("rates");
		if (state->to != to)
			rcv_varying_error("to_day");
		if (!same_terms(&state->terms, &terms))
			rcv_varying_error("options");
	}
	PG_RETURN_POINTER(add_change(state, rcv_day_arg(PG_GETARG_DATEADT(2), "on_day"),
								 rcv_numeric_money(PG_GETARG_DATUM(1), "delta")));
}

PG_FUNCTION_INFO_V1(pgrcv_late_interest_merge);
Datum
pgrcv_late_interest_merge(PG_FUNCTION_ARGS)
{
	balance_state *state = state_arg(fcinfo, 0);
	balance_state *other = state_arg(fcinfo, 1);
	rcv_schedule schedule = schedule_of(other);

	if (!same_schedule(state, &schedule))
		rcv_varying_error("rates");
	if (state->to != other->to)
		rcv_varying_error("to_day");
	if (!same_terms(&state->terms, &other->terms))
		rcv_varying_error("options");
	for (int64 i = 0; i < other->n; i++)
	{
		const rcv_balance_change *change = &changes_of(other)[i];

		state = add_change(state, change->day, (rcv_money){change->units, other->scale});
		if (i % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(state);
}

/* The changes by day; those of one day in any order, as they add up.  The state stays as it is. */
static rcv_balance_change *
sorted_changes(balance_state *state)
{
	Size n = state->n;
	rcv_keyed *items = palloc((n + 1) * sizeof(*items));
	rcv_keyed *spare = palloc((n + 1) * sizeof(*spare));
	rcv_balance_change *out = palloc((n + 1) * sizeof(*out));

	for (Size i = 0; i < n; i++)
	{
		const rcv_balance_change *change = &changes_of(state)[i];

		if (!rcv_day_valid(change->day))
			rcv_check(RCV_EBINARY, what_state);
		items[i] = (rcv_keyed){(uint64) (change->day - RCV_DAY_MIN), (uint64) change->units};
	}
	CHECK_FOR_INTERRUPTS();
	items = rcv_radix_sort(items, spare, n);
	CHECK_FOR_INTERRUPTS();
	for (Size i = 0; i < n; i++)
		out[i] = (rcv_balance_change){.day = (int32) items[i].key + RCV_DAY_MIN,
									  .units = (int64) items[i].value};
	return out;
}

PG_FUNCTION_INFO_V1(pgrcv_late_interest_finish);
Datum
pgrcv_late_interest_finish(PG_FUNCTION_ARGS)
{
	balance_state *state = state_arg(fcinfo, 0);
	rcv_schedule schedule = schedule_of(state);
	rcv_int128 interest;
	rcv_rate_gap gap;
	rcv_status status;

	if (!state_possible(state))
		rcv_check(RCV_EBINARY, what_state);
	if (state->n > CHANGES_MAX)
		limit_error();
	status = rcv_late_interest_balance(sorted_changes(state), state->n, state->scale, state->to,
									   &schedule, &state->terms, &interest, &gap);
	if (status == RCV_EDOMAIN)
		rcv_rate_gap_error(&gap);
	rcv_check(status, "late interest");
	PG_RETURN_DATUM(rcv_money_numeric(interest, state->terms.scale));
}
