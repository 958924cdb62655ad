/*
 * history.h
 *		How late items were paid, day by day, and what that says of an item that
 *		is open.
 *
 * A history counts, for each number of days after the due date (negative:
 * before it), the items that were paid on that day and those that were still
 * open when they were last looked at.
 */
#ifndef RCV_HISTORY_H
#define RCV_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_HISTORY_DAYS_MAX 36600 /* before or after the due date */
#define RCV_HISTORY_COUNT_MAX (INT64_C(1) << 52)

typedef struct rcv_history_day
{
	int32_t days_late;
	int32_t unused; /* 0 */
	int64_t paid;
	int64_t open;
} rcv_history_day;

/* Days ascend, none without items. */
typedef struct rcv_history
{
	const rcv_history_day *days;
	int32_t count;
} rcv_history;

/* The first entry of days_late or more; count when there is none. */
extern int32_t rcv_history_find(const rcv_history *history, int32_t days_late);

/* RCV_EDOMAIN unless it is one. */
extern rcv_status rcv_history_check(const rcv_history *history);

/* Items that were neither paid nor last looked at by days_late days after their due date. */
extern int64_t rcv_history_at_risk(const rcv_history *history, int32_t days_late);

/*
 * rcv_history_paid
 *		Share of the items still open after days_late days that is paid within
 *		the next days.
 *
 *	1 - product over the days t after days_late, up to days_late + within, of
 *		(1 - paid(t) / (items that were open or paid on day t or later))
 *
 * (Kaplan and Meier, JASA 53, 1958, given that it is open after days_late.)
 * Where all items were paid or seen to the end, that is the plain share.  An
 * item that was open when last looked at counts up to that day and not after.
 * RCV_EDOMAIN when no item is left after days_late days, or within is negative.
 */
extern rcv_status rcv_history_paid(const rcv_history *history, int32_t days_late, int32_t within,
								   double *out);

/*
 * rcv_history_shrunk
 *		A share known from n items, and one known before that counts as much as
 *		weight items:  (n share + weight prior) / (n + weight).
 *
 * Domain: n >= 0, share and prior 0 .. 1, weight >= 0, n + weight > 0.
 */
extern rcv_status rcv_history_shrunk(double share, int64_t n, double prior, double weight,
									 double *out);

#endif
