/*
 * business_days.h
 *		Counting and moving by business days.
 *
 * The days of a calendar as bits, with the number of business days before each
 * word of 64 (rank), and the business days by their number (select), so that
 * each question takes a few steps however many days lie between.
 */
#ifndef RCV_BUSINESS_DAYS_H
#define RCV_BUSINESS_DAYS_H

#include "calendar/calendar.h"

typedef struct rcv_business_days
{
	uint64_t open[RCV_CALENDAR_WORDS]; /* bit set: a business day */
	int32_t before[RCV_CALENDAR_WORDS + 1];
	int32_t day[RCV_CALENDAR_WORDS * 64 + 1]; /* as many as there are business days */
} rcv_business_days;

typedef enum rcv_roll
{
	RCV_ROLL_FOLLOWING,
	RCV_ROLL_PRECEDING,
	RCV_ROLL_MODIFIED_FOLLOWING, /* preceding where following leaves the month */
	RCV_ROLL_MODIFIED_PRECEDING, /* following where preceding leaves the month */
	RCV_ROLL_NONE,
	RCV_ROLLS
} rcv_roll;

extern const char *const rcv_roll_names[RCV_ROLLS + 1]; /* NULL at the end */

static inline bool
rcv_calendar_has(int32_t day)
{
	return day >= RCV_CALENDAR_FIRST && day <= RCV_CALENDAR_LAST;
}

/* From a bitmap of days off; its bits past the last day do not matter. */
extern void rcv_business_days_build(const uint64_t *off, rcv_business_days *out);

/*
 * The functions below: RCV_EDATE when a day, or the result, is outside
 * 1583-01-01 .. 2599-12-31.
 */

extern rcv_status rcv_is_business_day(const rcv_business_days *days, int32_t day, bool *out);

/*
 * The nth business day after a day, or before it when n < 0; the day itself
 * need not be one.  n = 0: the day, or the next business day when it is off.
 */
extern rcv_status rcv_add_business_days(const rcv_business_days *days, int32_t day, int32_t n,
										int32_t *out);

/* Business days after from up to and including to; negative when to is earlier. */
extern rcv_status rcv_business_days_between(const rcv_business_days *days, int32_t from, int32_t to,
											int32_t *out);

extern rcv_status rcv_roll_day(const rcv_business_days *days, int32_t day, rcv_roll convention,
							   int32_t *out);

#endif
