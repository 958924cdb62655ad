/*
 * calendar.h
 *		Which days are worked: the rules of a business calendar.
 *
 * A calendar is a weekend, holidays, days that are worked all the same, and
 * other calendars by name.  A day is off when it is off in one of these, or a
 * day of the weekend, or a holiday, and is not among the worked days.
 *
 * As a value a calendar is flat: the struct rcv_calendar, then its rules, the
 * worked days, the places of the names of other calendars, and the texts.
 */
#ifndef RCV_CALENDAR_H
#define RCV_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"

#define RCV_CALENDAR_VERSION 1
#define RCV_CALENDAR_YEAR_MIN 1583 /* the first whole year of the Gregorian calendar */
#define RCV_CALENDAR_YEAR_MAX 2599
#define RCV_CALENDAR_FIRST (-152306) /* 1583-01-01 */
#define RCV_CALENDAR_LAST 219145	 /* 2599-12-31 */
#define RCV_CALENDAR_RULES_MAX 1000
#define RCV_CALENDAR_WORKING_MAX 4000
#define RCV_CALENDAR_MEMBERS_MAX 16
#define RCV_CALENDAR_TEXTS_MAX 65535 /* bytes of all texts */
#define RCV_CALENDAR_EASTER_MAX 200	 /* days from Easter */
#define RCV_CALENDAR_EVERY_MAX 100
#define RCV_CALENDAR_MOVED_MAX 31 /* days that a holiday moves to be free, at most */
#define RCV_CALENDAR_WEEK 127	  /* a bit for each weekday, the lowest for Monday */

typedef enum rcv_holiday_kind
{
	RCV_HOLIDAY_DATE,	/* one day: value */
	RCV_HOLIDAY_FIXED,	/* month, mday */
	RCV_HOLIDAY_EASTER, /* value: days after Easter Sunday */
	RCV_HOLIDAY_NTH,	/* the nth weekday of a month; from its end when negative */
	RCV_HOLIDAY_KINDS
} rcv_holiday_kind;

/* Where a holiday moves to when it falls on a day of the weekend. */
typedef enum rcv_observed
{
	RCV_OBSERVED_NOT,		/* nowhere */
	RCV_OBSERVED_MONDAY,	/* the next Monday */
	RCV_OBSERVED_NEAREST,	/* Saturday: the day before; Sunday: the day after */
	RCV_OBSERVED_NEXT_FREE, /* the next day that is neither weekend nor holiday, if near */
	RCV_OBSERVED_KINDS
} rcv_observed;

extern const char *const rcv_observed_names[RCV_OBSERVED_KINDS + 1]; /* NULL at the end */

typedef struct rcv_holiday
{
	int32_t value;
	int16_t from; /* years, the first and the last */
	int16_t to;
	uint8_t kind;
	uint8_t month;
	uint8_t mday;
	uint8_t weekday; /* 1 = Monday .. 7 = Sunday */
	int8_t nth;
	uint8_t observed;
	uint8_t on;		 /* only when it falls on one of these weekdays, as bits */
	uint8_t every;	 /* years from one to the next, counted from "from" */
	uint16_t name;	 /* place in the texts; 0: none */
	uint16_t source; /* likewise */
} rcv_holiday;

typedef struct rcv_calendar
{
	uint8_t version;
	uint8_t weekend; /* a bit for each weekday */
	uint16_t members;
	uint16_t rules;
	uint16_t working;
	uint16_t texts; /* bytes, each text ends with a zero byte; the first is empty */
	uint16_t unused;
} rcv_calendar;

/* Parts of a calendar. */
extern const rcv_holiday *rcv_calendar_rules(const rcv_calendar *calendar);
extern const int32_t *rcv_calendar_working(const rcv_calendar *calendar); /* ascending */
extern const char *rcv_calendar_member(const rcv_calendar *calendar, int i);
extern const char *rcv_calendar_text(const rcv_calendar *calendar, int place);
extern size_t rcv_calendar_size(const rcv_calendar *calendar);

/* Whether these bytes are a calendar: RCV_EBINARY, RCV_EVERSION. */
extern rcv_status rcv_calendar_check(const void *bytes, size_t size);

/* What is wrong with a rule, or NULL. */
extern const char *rcv_holiday_fault(const rcv_holiday *rule);

/* 1 = Monday .. 7 = Sunday. */
extern int rcv_weekday(int32_t day);

/* Easter Sunday; RCV_EDOMAIN outside the years of calendars. */
extern rcv_status rcv_easter(int32_t year, int32_t *out);

/*
 * The day on which a rule falls in a year, before it moves; false when it does
 * not.
 */
extern bool rcv_holiday_day(const rcv_holiday *rule, int32_t year, int32_t *out);

/* A holiday found: its day and its rule; moved from another day. */
typedef struct rcv_holiday_found
{
	int32_t day;
	int16_t rule;
	int16_t moved;
} rcv_holiday_found;

/* Where rcv_calendar_mark() writes what it finds from one day to another. */
typedef struct rcv_holiday_list
{
	int32_t from;
	int32_t to;
	rcv_holiday_found *found;
	int32_t room;
	int32_t count;
} rcv_holiday_list;

#define RCV_CALENDAR_DAYS (RCV_CALENDAR_LAST - RCV_CALENDAR_FIRST + 1)
#define RCV_CALENDAR_WORDS ((RCV_CALENDAR_DAYS + 63) / 64)

/*
 * Sets the bit of each day that is off by the calendar's own rules in a bitmap
 * of RCV_CALENDAR_WORDS, bit 0 for RCV_CALENDAR_FIRST, and clears those of its
 * worked days.  Bits that are set at first are holidays too.  list may be NULL;
 * RCV_EROOM when it is too small.
 */
extern rcv_status rcv_calendar_mark(const rcv_calendar *calendar, uint64_t *off,
									rcv_holiday_list *list);

#endif
