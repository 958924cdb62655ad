/*
 * priority.h
 *		Whom to call first: what an action on an open item gains.
 */
#ifndef RCV_PRIORITY_H
#define RCV_PRIORITY_H

#include <stdint.h>

#include "base/status.h"

/*
 * rcv_priority
 *		What an action gains, in units of 10^-scale:
 *
 *	open x (p_chased - p_pay) - value - cost
 *
 * The difference of probabilities is rounded to 10^-9, the product to a unit.
 * Domain: probabilities 0 .. 1, value and cost not negative: RCV_EDOMAIN.
 * RCV_EOVERFLOW.
 */
extern rcv_status rcv_priority(int64_t open, double p_pay, double p_chased, int64_t value,
							   int64_t cost, int64_t *out);

#endif
