/*
 * priority.c
 *		What an action gains.
 */
#include "collection/priority.h"

#include <math.h>

#include "base/money.h"

rcv_status
rcv_priority(int64_t open, double p_pay, double p_chased, int64_t value, int64_t cost, int64_t *out)
{
	rcv_int128 gain;

	*out = 0;
	if (!(p_pay >= 0 && p_pay <= 1 && p_chased >= 0 && p_chased <= 1) || value < 0 || cost < 0)
		return RCV_EDOMAIN;
	gain = rcv_money_divide((rcv_int128) open * (int64_t) nearbyint((p_chased - p_pay) * 1e9),
							1000000000);
	gain -= (rcv_int128) value + cost;
	*out = (int64_t) gain;
	return *out == gain ? RCV_OK : RCV_EOVERFLOW;
}
