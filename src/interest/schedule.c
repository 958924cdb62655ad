/*
 * schedule.c
 *		Rates of interest by date.
 */
#include "interest/schedule.h"

#include <stddef.h>

#include "base/day.h"

rcv_status
rcv_schedule_check(const rcv_schedule *schedule)
{
	if (schedule->count < 1)
		return RCV_EDOMAIN;
	if (schedule->count > RCV_SCHEDULE_RATES_MAX)
		return RCV_ELIMIT;
	for (int32_t i = 0; i < schedule->count; i++)
	{
		const rcv_rate *rate = &schedule->rates[i];

		if (!rcv_day_valid(rate->from) || !rcv_day_valid(schedule->to))
			return RCV_EDATE;
		if (rate->rate < -RCV_RATE_MAX || rate->rate > RCV_RATE_MAX ||
			(i > 0 && rate->from <= rate[-1].from))
			return RCV_EDOMAIN;
	}
	return schedule->rates[schedule->count - 1].from <= schedule->to ? RCV_OK : RCV_EDOMAIN;
}

int32_t
rcv_schedule_find(const rcv_schedule *schedule, int32_t day)
{
	int32_t low = 0;
	int32_t high = schedule->count; /* rates[low - 1].from <= day < rates[high].from */

	if (day > schedule->to)
		return -1;
	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;

		if (schedule->rates[middle].from <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}
