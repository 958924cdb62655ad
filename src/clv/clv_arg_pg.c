/*
 * clv_arg_pg.c
 *		Arguments of fits and scores: customers, their spend, checked figures.
 */
#include "clv/clv_pg.h"

#include <math.h>

#include "utils/fmgrprotos.h"

#include "activity/activity_pg.h"
#include "clv/clv_days.h"

void
rcv_clv_check_customer(int kind, const rcv_clv_customer *customer)
{
	const char *fault = rcv_clv_customer_fault(kind, customer);

	if (likely(fault == NULL))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", fault),
			 errdetail("The customer has x = %g, t_x = %g, t = %g.", customer->x, customer->t_x,
					   customer->t),
			 rcv_clv_discrete(kind)
				 ? errhint("Times are numbers of occasions, of the length that the option "
						   "\"unit\" says, as in \"30 days\".")
				 : errhint("x counts purchases after the first one; t_x is the time from the "
						   "first to the last purchase, t that from the first to as_of.")));
}

double
rcv_clv_finite_arg(double value, const char *what)
{
	if (unlikely(!isfinite(value)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a finite number", what)));
	return value;
}

Datum
rcv_clv_amount(double value)
{
	return DirectFunctionCall2(numeric_round, rcv_double_numeric(value), Int32GetDatum(10));
}

/* All purchase days up to as_of. */
static void
read_days(Datum activity, rcv_clv_days *days)
{
	rcv_activity_reader reader;
	rcv_activity_line line;

	rcv_activity_open(rcv_activity_image(activity), &reader);
	while (rcv_activity_next(&reader, &line))
	{
		if (line.day > days->as_of)
			return;
		if (line.documents > 0)
			rcv_clv_days_add(days, line.day);
	}
	rcv_activity_end(&reader);
}

bool
rcv_clv_customer_arg(Datum activity, int32 as_of, int kind, int unit_days, rcv_clv_customer *out,
					 double *log_gaps)
{
	rcv_clv_days days;

	rcv_clv_days_begin(&days, kind, unit_days, log_gaps != NULL, as_of);
	read_days(activity, &days);
	if (log_gaps != NULL)
		*log_gaps = days.log_gaps;
	return rcv_clv_days_end(&days, out);
}

bool
rcv_clv_spend_arg(Datum activity, int32 as_of, double *x, double *mean)
{
	const uint8_t *image = rcv_activity_image(activity);
	rcv_activity_facts all;
	rcv_activity_facts later = {0};

	rcv_check(rcv_activity_facts_at(image, as_of, &all), "activity");
	if (all.frequency == 0)
		return false;
	if (all.first_day < as_of)
		rcv_check(rcv_activity_facts_between(image, all.first_day + 1, as_of, &later), "activity");
	*x = all.frequency - 1;
	*mean = *x > 0 ? rcv_money_double(later.units, later.scale) / *x : 0;
	return true;
}
