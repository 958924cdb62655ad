/*
 * day.h
 *		Days as whole numbers: 0 is 2000-01-01, the epoch of PostgreSQL's date.
 *
 * A day of a ledger lies in 0001-01-01 .. 9999-12-31 of the proleptic
 * Gregorian calendar: four-digit years, so that the ISO text form is exact.
 */
#ifndef RCV_DAY_H
#define RCV_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_DAY_MIN (-730119) /* 0001-01-01 */
#define RCV_DAY_MAX 2921939	  /* 9999-12-31 */
#define RCV_DAY_TEXT 10		  /* characters of an ISO day */

static inline bool
rcv_day_valid(int64_t day)
{
	return day >= RCV_DAY_MIN && day <= RCV_DAY_MAX;
}

/* Day number of a civil date; RCV_EDATE when there is no such date. */
extern rcv_status rcv_day_from_civil(int32_t year, int32_t month, int32_t mday, int32_t *out);

/* Civil date of a day; any day of the range. */
extern void rcv_day_to_civil(int32_t day, int32_t *year, int32_t *month, int32_t *mday);

/*
 * A day of a month, or its last day when it has no such day; months are counted
 * from January of year 0.  mday 1 .. 31; RCV_EDATE outside the range.
 */
extern rcv_status rcv_day_of_month(int32_t months, int32_t mday, int32_t *out);

/* The same day some months later or, where there is none, the last of that month. */
extern rcv_status rcv_day_add_months(int32_t day, int32_t months, int32_t *out);

/* Writes YYYY-MM-DD and a final zero byte: RCV_DAY_TEXT + 1 bytes. */
extern void rcv_day_print(int32_t day, char *out);

/* Reads exactly YYYY-MM-DD at s, which ends at end: RCV_ETEXT, RCV_EDATE. */
extern rcv_status rcv_day_parse(const char *s, const char *end, int32_t *out);

#endif
