/*
 * calendar_pg.h
 *		The SQL type business_calendar as its glue sees it.
 */
#ifndef RCV_CALENDAR_PG_H
#define RCV_CALENDAR_PG_H

#include "pg/rcv_pg.h"

#include "calendar/business_days.h"
#include "calendar/calendar.h"
#include "utils/jsonb.h"

/* A calendar datum, checked; detoasted where need be. */
extern const rcv_calendar *rcv_calendar_arg(Datum value);

/* calendar_json_pg.c: from and to JSON ----------------------------------- */

/* A calendar in the current memory context; an error for what cannot be. */
extern Datum rcv_calendar_of_jsonb(Jsonb *in);

/* A calendar that is another one by its name. */
extern Datum rcv_calendar_of_name(const char *name, Size length);

/* The rules of a calendar by its name, in whatever case; an error where there is none. */
extern const rcv_calendar *rcv_calendar_named(const char *name);

/* The name of a calendar that is but another one; else NULL. */
extern const char *rcv_calendar_name(const rcv_calendar *calendar);

/* As JSON. */
extern char *rcv_calendar_json(const rcv_calendar *calendar);

/* calendar_days_pg.c ------------------------------------------------------ */

/* The business days of a calendar argument, kept for the query. */
extern const rcv_business_days *rcv_business_days_arg(FunctionCallInfo fcinfo, int arg);

/*
 * Days off of a calendar and of those that it names, as a bitmap.  When found
 * is set, a list of each calendar's own holidays goes there.
 */
typedef struct rcv_calendar_holidays
{
	int32 from;
	int32 to;
	int count;
	rcv_holiday_list lists[RCV_CALENDAR_MEMBERS_MAX * RCV_CALENDAR_MEMBERS_MAX + 1];
	const rcv_calendar *calendars[RCV_CALENDAR_MEMBERS_MAX * RCV_CALENDAR_MEMBERS_MAX + 1];
} rcv_calendar_holidays;

extern uint64 *rcv_calendar_off(const rcv_calendar *calendar, rcv_calendar_holidays *found);

/* A day of the years of calendars, or an error. */
extern int32 rcv_calendar_day_arg(DateADT day);

/* A convention of rolling by its name; an error for an unknown one. */
extern rcv_roll rcv_roll_arg(Datum name);

/* A day rolled to a business day; an error where there is none. */
extern int32 rcv_rolled(const rcv_business_days *days, int32 day, rcv_roll convention);

#endif
