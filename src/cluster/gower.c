/*
 * gower.c
 *		Ranges, and distances by them.
 */
#include "cluster/gower.h"

#include <math.h>
#include <stddef.h>

const char *const rcv_gower_kind_names[RCV_GOWER_KINDS + 1] = {"number", "date", "category", NULL};

void
rcv_gower_widen(rcv_gower_column *column, double value)
{
	if (!column->known || value < column->least)
		column->least = value;
	if (!column->known || value > column->most)
		column->most = value;
	column->known = 1;
}

void
rcv_gower_merge(rcv_gower_column *column, const rcv_gower_column *other)
{
	if (!other->known)
		return;
	rcv_gower_widen(column, other->least);
	rcv_gower_widen(column, other->most);
}

/* Halves, so that the range of 1e308 and -1e308 is finite. */
double
rcv_gower_apart(const rcv_gower_column *column, double a, double b)
{
	double range = column->most / 2 - column->least / 2;
	double apart = fabs(a / 2 - b / 2);

	if (a == b)
		return 0;
	return apart >= range ? 1 : apart / range;
}
