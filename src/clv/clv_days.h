/*
 * clv_days.h
 *		A customer of the models from the days of the purchases.
 */
#ifndef RCV_CLV_DAYS_H
#define RCV_CLV_DAYS_H

#include "clv/clv.h"

/* Days as they come, ascending. */
typedef struct rcv_clv_days
{
	int kind;
	int unit_days;
	bool with_gaps;
	int32_t as_of;
	int32_t first;
	int32_t last;
	int32_t purchases; /* days with one, the first included */
	int32_t occasions; /* discrete kinds: of those after the first day, with a purchase */
	int32_t last_occasion;
	double log_gaps; /* sum of ln(gap) in units of time, when with_gaps */
} rcv_clv_days;

extern void rcv_clv_days_begin(rcv_clv_days *days, int kind, int unit_days, bool with_gaps,
							   int32_t as_of);

/* A day with a purchase, at most as_of, after those before. */
extern void rcv_clv_days_add(rcv_clv_days *days, int32_t day);

/*
 * The customer; false without a purchase.  Discrete kinds: the time after the
 * first day is cut into occasions of a unit each, the last one complete by
 * as_of; for sbg x is the number of occasions with a purchase before the first
 * one without.
 */
extern bool rcv_clv_days_end(const rcv_clv_days *days, rcv_clv_customer *out);

#endif
