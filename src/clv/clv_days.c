/*
 * clv_days.c
 *		One pass over the days of the purchases.
 */
#include "clv/clv_days.h"

#include <math.h>

void
rcv_clv_days_begin(rcv_clv_days *days, int kind, int unit_days, bool with_gaps, int32_t as_of)
{
	*days = (rcv_clv_days){
		.kind = kind, .unit_days = unit_days, .with_gaps = with_gaps, .as_of = as_of};
}

/* Complete units of time from the first day to as_of. */
static int32_t
complete_occasions(const rcv_clv_days *days)
{
	return (days->as_of - days->first) / days->unit_days;
}

static void
add_occasion(rcv_clv_days *days, int32_t day)
{
	int32_t occasion = (day - days->first - 1) / days->unit_days + 1;

	if (occasion == days->last_occasion || occasion > complete_occasions(days))
		return;
	if (days->kind == RCV_CLV_SBG && occasion != days->last_occasion + 1)
		return; /* not renewed in time: lost, whatever came later */
	days->occasions++;
	days->last_occasion = occasion;
}

void
rcv_clv_days_add(rcv_clv_days *days, int32_t day)
{
	if (days->purchases++ == 0)
		days->first = day;
	else
	{
		if (days->with_gaps)
			days->log_gaps += log((double) (day - days->last) / days->unit_days);
		if (rcv_clv_discrete(days->kind))
			add_occasion(days, day);
	}
	days->last = day;
}

bool
rcv_clv_days_end(const rcv_clv_days *days, rcv_clv_customer *out)
{
	double unit = days->unit_days;

	if (days->purchases == 0)
		return false;
	if (rcv_clv_discrete(days->kind))
		*out = (rcv_clv_customer){days->occasions, days->last_occasion, complete_occasions(days)};
	else
		*out = (rcv_clv_customer){days->purchases - 1, (days->last - days->first) / unit,
								  (days->as_of - days->first) / unit};
	return true;
}
