/*
 * calendar_list_pg.c
 *		The calendars that have a name, and the holidays of a calendar, as rows.
 */
#include "calendar/calendar_pg.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "calendar/calendar_data.h"

PG_FUNCTION_INFO_V1(pgrcv_business_calendars);
Datum
pgrcv_business_calendars(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	const rcv_named_calendar *named;
	Datum values[4];
	bool nulls[4] = {false};
	Datum row;

	if (SRF_IS_FIRSTCALL())
		(void) rcv_first_call(fcinfo, 0);
	call = SRF_PERCALL_SETUP();
	named = &rcv_named_calendars[call->call_cntr];
	if (named->name == NULL)
		SRF_RETURN_DONE(call);
	values[0] = CStringGetTextDatum(named->name);
	values[1] = CStringGetTextDatum(named->title);
	values[2] = CStringGetTextDatum(named->source);
	values[3] = rcv_calendar_of_name(named->name, strlen(named->name));
	row = HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
	SRF_RETURN_NEXT(call, row);
}

/* Holidays -------------------------------------------------------------------- */

typedef struct holiday
{
	int32 day;
	int32 moved;
	const char *name;
} holiday;

typedef struct holidays_call
{
	holiday *holidays; /* by day and name, each once */
	int count;
} holidays_call;

static int
compare_holidays(const void *a, const void *b)
{
	const holiday *x = a;
	const holiday *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->moved != y->moved)
		return x->moved - y->moved;
	return strcmp(x->name, y->name);
}

static bool
is_off(const uint64 *off, int32 day)
{
	int32 i = day - RCV_CALENDAR_FIRST;

	return (off[i / 64] >> i % 64 & 1) != 0;
}

/* Those of all lists that no worked day takes away. */
static void
collect(const rcv_calendar_holidays *found, const uint64 *off, holidays_call *out)
{
	int total = 0;
	int kept = 0;

	for (int list = 0; list < found->count; list++)
		total += found->lists[list].count;
	out->holidays = MemoryContextAllocHuge(CurrentMemoryContext, (total + 1) * sizeof(holiday));
	for (int list = 0; list < found->count; list++)
	{
		const rcv_calendar *calendar = found->calendars[list];

		for (int i = 0; i < found->lists[list].count; i++)
		{
			rcv_holiday_found one = found->lists[list].found[i];
			int name = rcv_calendar_rules(calendar)[one.rule].name;

			if (is_off(off, one.day))
				out->holidays[out->count++] =
					(holiday){one.day, one.moved, rcv_calendar_text(calendar, name)};
		}
	}
	CHECK_FOR_INTERRUPTS();
	qsort(out->holidays, out->count, sizeof(holiday), compare_holidays);
	for (int i = 0; i < out->count; i++)
		if (kept == 0 || compare_holidays(&out->holidays[kept - 1], &out->holidays[i]) != 0)
			out->holidays[kept++] = out->holidays[i];
	out->count = kept;
}

static void
list_holidays(FunctionCallInfo fcinfo)
{
	FuncCallContext *call = rcv_first_call(fcinfo, sizeof(holidays_call));
	MemoryContext old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
	rcv_calendar_holidays *found = palloc0(sizeof(*found));

	found->from = rcv_calendar_day_arg(PG_GETARG_DATEADT(1));
	found->to = rcv_calendar_day_arg(PG_GETARG_DATEADT(2));
	collect(found, rcv_calendar_off(rcv_calendar_arg(PG_GETARG_DATUM(0)), found), call->user_fctx);
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(pgrcv_calendar_holidays);
Datum
pgrcv_calendar_holidays(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	const holidays_call *state;
	const holiday *one;
	Datum values[2];
	bool nulls[2] = {false};
	Datum row;

	if (SRF_IS_FIRSTCALL())
		list_holidays(fcinfo);
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (call->call_cntr >= (uint64) state->count)
		SRF_RETURN_DONE(call);
	one = &state->holidays[call->call_cntr];
	values[0] = DateADTGetDatum(one->day);
	nulls[1] = one->name[0] == '\0';
	values[1] =
		nulls[1]
			? (Datum) 0
			: CStringGetTextDatum(psprintf("%s%s", one->name, one->moved ? " (observed)" : ""));
	row = HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
	SRF_RETURN_NEXT(call, row);
}
