/*
 * late_agg_pg.c
 *		late_interest_agg: interest on a balance that payments reduce.
 *
 * The state is a bytea, so that it can travel between servers: the terms, the
 * schedule, and the changes of the balance in the order they came.  Any user
 * may call the state functions, so a state that was not made by this backend's
 * aggregate is checked, and the changes are sorted at the end.
 */
#include "interest/interest_pg.h"

#include "miscadmin.h"

#include "num/radix.h"
#include "pg/json.h"

#define STATE_MARK 0x4C494E01 /* "LIN", version 1 */
#define FIRST_CHANGES 8

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

static bool
state_possible(balance_state *state)
{
	rcv_schedule schedule;
	Size room = VARSIZE(state) - STATE_HEADER;

	if (state->mark != STATE_MARK || state->rates < 1 || state->rates > room / sizeof(rcv_rate) ||
		state->n < 0 || state->n > room_of(state) || state->terms.rule < 0 ||
		state->terms.rule >= RCV_RATE_RULES || state->terms.day_count < 0 ||
		state->terms.day_count >= RCV_DAY_COUNTS || state->terms.scale < 0 ||
		state->terms.scale > RCV_INTEREST_SCALE_MAX || state->scale < RCV_SCALE_MIN ||
		state->scale > RCV_SCALE_MAX || !rcv_day_valid(state->to))
		return false;
	schedule = schedule_of(state);
	return rcv_schedule_check(&schedule) == RCV_OK;
}

static balance_state *
own_state(FunctionCallInfo fcinfo, int arg)
{
	balance_state *state;

	if (arg == 0 && rcv_state_is_own(fcinfo, STATE_HEADER))
		return (balance_state *) DatumGetPointer(PG_GETARG_DATUM(0));
	state = rcv_state_copy(PG_GETARG_DATUM(arg), STATE_HEADER, "state of late_interest_agg");
	if (!state_possible(state))
		rcv_check(RCV_EBINARY, "state of late_interest_agg");
	for (int64 i = 0; i < state->n; i++)
		if (!rcv_day_valid(changes_of(state)[i].day))
			rcv_check(RCV_EBINARY, "state of late_interest_agg");
	return state;
}

/* The same with room for this many changes. */
static balance_state *
enlarge(balance_state *state, int64 room)
{
	Size used = STATE_HEADER + state->rates * sizeof(rcv_rate);
	Size size = used + room * sizeof(rcv_balance_change);
	balance_state *larger;

	if (room > (MaxAllocSize - used) / sizeof(rcv_balance_change))
		rcv_check(RCV_ELIMIT, "late_interest_agg");
	larger = palloc0(size);
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
	return a->rule == b->rule && a->day_count == b->day_count &&
		   a->round_periods == b->round_periods && a->scale == b->scale;
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
	if (state->n == room_of(state))
		state = enlarge(state, state->n * 2 + FIRST_CHANGES);
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

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	if (PG_ARGISNULL(3) || PG_ARGISNULL(4) || (PG_NARGS() > 5 && PG_ARGISNULL(5)))
		rcv_null_error(PG_ARGISNULL(3) ? "rates" : PG_ARGISNULL(4) ? "to_day" : "options");
	schedule = rcv_schedule_arg(PG_GETARG_DATUM(3));
	to = rcv_day_arg(PG_GETARG_DATEADT(4), "to_day");
	if (PG_NARGS() > 5)
		terms = *(rcv_interest_terms *) rcv_cached(fcinfo, PG_GETARG_DATUM(5), build_terms);
	if (PG_ARGISNULL(0))
		state = first_state(&schedule, to, &terms);
	else
	{
		state = own_state(fcinfo, 0);
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
	balance_state *state = own_state(fcinfo, 0);
	balance_state *other = own_state(fcinfo, 1);
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
	}
	PG_RETURN_POINTER(state);
}

/* The changes by day; those of one day in any order, as they add up. */
static rcv_balance_change *
sorted_changes(balance_state *state)
{
	Size n = state->n;
	rcv_keyed *items = MemoryContextAllocHuge(CurrentMemoryContext, (n + 1) * sizeof(*items));
	rcv_keyed *spare = MemoryContextAllocHuge(CurrentMemoryContext, (n + 1) * sizeof(*spare));
	rcv_balance_change *out = MemoryContextAllocHuge(CurrentMemoryContext, (n + 1) * sizeof(*out));

	for (Size i = 0; i < n; i++)
	{
		items[i].key = (uint64) (changes_of(state)[i].day - RCV_DAY_MIN);
		items[i].value = i;
	}
	CHECK_FOR_INTERRUPTS();
	items = rcv_radix_sort(items, spare, n);
	for (Size i = 0; i < n; i++)
		out[i] = changes_of(state)[items[i].value];
	return out;
}

PG_FUNCTION_INFO_V1(pgrcv_late_interest_finish);
Datum
pgrcv_late_interest_finish(PG_FUNCTION_ARGS)
{
	balance_state *state = own_state(fcinfo, 0);
	rcv_schedule schedule = schedule_of(state);
	rcv_int128 interest;
	rcv_rate_gap gap;
	rcv_status status;

	status = rcv_late_interest_balance(sorted_changes(state), state->n, state->scale, state->to,
									   &schedule, &state->terms, &interest, &gap);
	if (status == RCV_EDOMAIN)
		rcv_rate_gap_error(&gap);
	rcv_check(status, "late interest");
	PG_RETURN_DATUM(rcv_money_numeric(interest, state->terms.scale));
}
