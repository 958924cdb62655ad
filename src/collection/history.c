/*
 * history.c
 *		Payment histories and probabilities of payment.
 */
#include "collection/history.h"

#include <math.h>

int32_t
rcv_history_find(const rcv_history *history, int32_t days_late)
{
	int32_t low = 0;
	int32_t high = history->count;

	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;

		if (history->days[middle].days_late < days_late)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

rcv_status
rcv_history_check(const rcv_history *history)
{
	int64_t all = 0;

	for (int32_t i = 0; i < history->count; i++)
	{
		const rcv_history_day *day = &history->days[i];

		if (day->days_late < -RCV_HISTORY_DAYS_MAX || day->days_late > RCV_HISTORY_DAYS_MAX ||
			(i > 0 && day->days_late <= history->days[i - 1].days_late) || day->unused != 0 ||
			day->paid < 0 || day->open < 0 || day->paid > RCV_HISTORY_COUNT_MAX ||
			day->open > RCV_HISTORY_COUNT_MAX || (day->paid == 0 && day->open == 0))
			return RCV_EDOMAIN;
		all += day->paid + day->open;
		if (all > RCV_HISTORY_COUNT_MAX)
			return RCV_EDOMAIN;
	}
	return RCV_OK;
}

static int32_t
first_after(const rcv_history *history, int32_t days_late)
{
	return days_late == INT32_MAX ? history->count : rcv_history_find(history, days_late + 1);
}

int64_t
rcv_history_at_risk(const rcv_history *history, int32_t days_late)
{
	int64_t n = 0;

	for (int32_t i = first_after(history, days_late); i < history->count; i++)
		n += history->days[i].paid + history->days[i].open;
	return n;
}

rcv_status
rcv_history_paid(const rcv_history *history, int32_t days_late, int32_t within, double *out)
{
	int64_t at_risk = rcv_history_at_risk(history, days_late);
	double open = 1.0;

	*out = 0.0;
	if (at_risk == 0 || within < 0)
		return RCV_EDOMAIN;
	for (int32_t i = first_after(history, days_late); i < history->count; i++)
	{
		const rcv_history_day *day = &history->days[i];

		if ((int64_t) day->days_late > (int64_t) days_late + within)
			break;
		open *= (double) (at_risk - day->paid) / (double) at_risk;
		at_risk -= day->paid + day->open;
	}
	*out = 1.0 - open;
	return RCV_OK;
}

rcv_status
rcv_history_shrunk(double share, int64_t n, double prior, double weight, double *out)
{
	*out = 0.0;
	if (!(share >= 0 && share <= 1 && prior >= 0 && prior <= 1 && weight >= 0) || n < 0 ||
		!(isfinite(weight) && (double) n + weight > 0))
		return RCV_EDOMAIN;
	*out = ((double) n * share + weight * prior) / ((double) n + weight);
	return RCV_OK;
}
