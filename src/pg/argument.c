/*
 * argument.c
 *		Days as arguments, and arguments that must not change.
 */
#include "pg/rcv_pg.h"

int32
rcv_day_arg(DateADT day, const char *what)
{
	if (likely(rcv_day_valid(day)))
		return day;
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s must be finite", what),
				 errhint("Give a day from 0001-01-01 to 9999-12-31.")));
	rcv_check_slow(RCV_EDATE, what);
	pg_unreachable();
}

int32
rcv_day_or_infinity_arg(DateADT day, const char *what)
{
	return DATE_IS_NOEND(day) ? RCV_DAY_MAX : rcv_day_arg(day, what);
}

void
rcv_varying_error(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s must be the same in every row", what),
					errhint("Give a constant, or group by it.")));
	pg_unreachable();
}
