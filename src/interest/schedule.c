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

/* The larger of a rate and factor x another one. */
static rcv_status
floored_rate(int64_t contract, int64_t legal, rcv_money factor, int64_t *out)
{
	rcv_int128 least = (rcv_int128) legal * factor.units;
	rcv_int128 unit = rcv_pow10(factor.scale);

	*out = contract;
	if (least <= contract * unit)
		return RCV_OK;
	if (least % unit != 0 || least / unit > RCV_RATE_MAX)
		return RCV_EOVERFLOW;
	*out = (int64_t) (least / unit);
	return RCV_OK;
}

/* The first day after those of a rate, or after a last day. */
static int32_t
next_day(const rcv_schedule *schedule, int32_t i, int32_t to)
{
	return i + 1 < schedule->count && schedule->rates[i + 1].from <= to
			   ? schedule->rates[i + 1].from
			   : to + 1;
}

rcv_status
rcv_schedule_floor(const rcv_schedule *contract, const rcv_schedule *legal, rcv_money factor,
				   rcv_rate *rates, rcv_schedule *floor)
{
	int32_t to = contract->to < legal->to ? contract->to : legal->to;
	int32_t day = contract->rates[0].from > legal->rates[0].from ? contract->rates[0].from
																 : legal->rates[0].from;

	*floor = (rcv_schedule){rates, 0, to};
	if (day > to)
		return RCV_EDOMAIN;
	while (day <= to)
	{
		int32_t i = rcv_schedule_find(contract, day);
		int32_t j = rcv_schedule_find(legal, day);
		int32_t next_i = next_day(contract, i, to);
		int32_t next_j = next_day(legal, j, to);
		rcv_rate *rate = &rates[floor->count];
		rcv_status status;

		*rate = (rcv_rate){.from = day};
		status = floored_rate(contract->rates[i].rate, legal->rates[j].rate, factor, &rate->rate);
		if (status != RCV_OK)
			return status;
		if (floor->count == 0 || rate->rate != rate[-1].rate)
			floor->count++;
		day = next_i < next_j ? next_i : next_j;
	}
	return floor->count > RCV_SCHEDULE_RATES_MAX ? RCV_ELIMIT : RCV_OK;
}
