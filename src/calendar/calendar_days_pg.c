/*
 * calendar_days_pg.c
 *		Functions on business days.
 *
 * The days of a calendar are worked out once for a query, about a tenth of a
 * millisecond for a short calendar, and then looked up.
 */
#include "calendar/calendar_pg.h"

#include "utils/builtins.h"

/* The bitmap ------------------------------------------------------------- */

static void
note_list(rcv_calendar_holidays *found, const rcv_calendar *calendar, uint64 *off)
{
	rcv_holiday_list *list = &found->lists[found->count];
	int years = found->to < found->from ? 0 : (found->to - found->from) / 365 + 3;

	if (found->count == lengthof(found->lists))
		elog(ERROR, "too many calendars name each other");
	*list = (rcv_holiday_list){found->from, found->to, NULL, years * calendar->rules, 0};
	list->found = palloc((list->room + 1) * sizeof(rcv_holiday_found));
	found->calendars[found->count++] = calendar;
	rcv_check(rcv_calendar_mark(calendar, off, list), "list of holidays");
}

uint64 *
rcv_calendar_off(const rcv_calendar *calendar, rcv_calendar_holidays *found)
{
	uint64 *off = palloc0(RCV_CALENDAR_WORDS * sizeof(uint64));

	for (int i = 0; i < calendar->members; i++)
	{
		uint64 *of_member =
			rcv_calendar_off(rcv_calendar_named(rcv_calendar_member(calendar, i)), found);

		for (int word = 0; word < RCV_CALENDAR_WORDS; word++)
			off[word] |= of_member[word];
		pfree(of_member);
	}
	if (found != NULL)
		note_list(found, calendar, off);
	else
		rcv_check(rcv_calendar_mark(calendar, off, NULL), "business_calendar");
	return off;
}

static void *
build_days(Datum argument, MemoryContext context)
{
	rcv_business_days *days = MemoryContextAlloc(context, sizeof(*days));
	uint64 *off = rcv_calendar_off(rcv_calendar_arg(argument), NULL);

	rcv_business_days_build(off, days);
	pfree(off);
	return days;
}

const rcv_business_days *
rcv_business_days_arg(FunctionCallInfo fcinfo, int arg)
{
	return rcv_cached(fcinfo, PG_GETARG_DATUM(arg), build_days);
}

/* Checks ------------------------------------------------------------------ */

static pg_attribute_cold void
days_error(int32 day)
{
	char text[RCV_DAY_TEXT + 1];

	rcv_day_print(rcv_day_arg(day, "day"), text);
	if (!rcv_calendar_has(day))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
						errmsg("day %s is outside the years of business calendars", text),
						errhint("They run from 1583-01-01 to 2599-12-31.")));
	ereport(ERROR, (errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
					errmsg("there is no such business day from %s on", text),
					errdetail("The calendar has no more of them from 1583-01-01 to 2599-12-31.")));
}

int32
rcv_calendar_day_arg(DateADT day)
{
	if (!rcv_calendar_has(day))
		days_error(day);
	return day;
}

/* A status of a function on a day; RCV_EDATE is the only one that fails. */
static inline void
check_day(rcv_status status, int32 day)
{
	if (unlikely(status != RCV_OK))
		days_error(day);
}

rcv_roll
rcv_roll_arg(Datum datum)
{
	const text *name = DatumGetTextPP(datum);
	int found = rcv_find_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), rcv_roll_names);

	if (likely(found >= 0))
		return (rcv_roll) found;
	if (VARSIZE_ANY_EXHDR(name) == 8 && memcmp(VARDATA_ANY(name), "modified", 8) == 0)
		return RCV_ROLL_MODIFIED_FOLLOWING; /* as it is called for short */
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("there is no convention \"%s\"", text_to_cstring(name)),
					errhint("The conventions are: %s.", rcv_list_names(rcv_roll_names))));
}

int32
rcv_rolled(const rcv_business_days *days, int32 day, rcv_roll convention)
{
	int32 rolled;

	check_day(rcv_roll_day(days, day, convention, &rolled), day);
	return rolled;
}

/* SQL functions ------------------------------------------------------------ */

static Datum
add_days(FunctionCallInfo fcinfo, int calendar, int32 n)
{
	int32 day = PG_GETARG_DATEADT(0);
	int32 result;

	check_day(rcv_add_business_days(rcv_business_days_arg(fcinfo, calendar), day, n, &result), day);
	PG_RETURN_DATEADT(result);
}

PG_FUNCTION_INFO_V1(pgrcv_is_business_day);
Datum
pgrcv_is_business_day(PG_FUNCTION_ARGS)
{
	int32 day = PG_GETARG_DATEADT(0);
	bool result;

	check_day(rcv_is_business_day(rcv_business_days_arg(fcinfo, 1), day, &result), day);
	PG_RETURN_BOOL(result);
}

PG_FUNCTION_INFO_V1(pgrcv_next_business_day);
Datum
pgrcv_next_business_day(PG_FUNCTION_ARGS)
{
	return add_days(fcinfo, 1, 1);
}

PG_FUNCTION_INFO_V1(pgrcv_previous_business_day);
Datum
pgrcv_previous_business_day(PG_FUNCTION_ARGS)
{
	return add_days(fcinfo, 1, -1);
}

PG_FUNCTION_INFO_V1(pgrcv_add_business_days);
Datum
pgrcv_add_business_days(PG_FUNCTION_ARGS)
{
	return add_days(fcinfo, 2, PG_GETARG_INT32(1));
}

PG_FUNCTION_INFO_V1(pgrcv_add_business_days_last);
Datum
pgrcv_add_business_days_last(PG_FUNCTION_ARGS)
{
	return add_days(fcinfo, 1, PG_GETARG_INT32(2));
}

PG_FUNCTION_INFO_V1(pgrcv_business_days_between);
Datum
pgrcv_business_days_between(PG_FUNCTION_ARGS)
{
	int32 from = PG_GETARG_DATEADT(0);
	int32 to = PG_GETARG_DATEADT(1);
	int32 result;

	check_day(rcv_business_days_between(rcv_business_days_arg(fcinfo, 2), from, to, &result),
			  rcv_calendar_has(from) ? to : from);
	PG_RETURN_INT32(result);
}

PG_FUNCTION_INFO_V1(pgrcv_roll);
Datum
pgrcv_roll(PG_FUNCTION_ARGS)
{
	rcv_roll convention = rcv_roll_arg(PG_GETARG_DATUM(2));

	PG_RETURN_DATEADT(
		rcv_rolled(rcv_business_days_arg(fcinfo, 1), PG_GETARG_DATEADT(0), convention));
}
