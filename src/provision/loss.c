/*
 * loss.c
 *		Expected credit loss, and what rolls into later buckets.
 */
#include "provision/loss.h"

#include <math.h>
#include <stdbool.h>

const char *const rcv_pd_kind_names[] = {"marginal", "conditional", NULL};

_Static_assert(sizeof(rcv_pd_kind_names) / sizeof(char *) == RCV_PD_KINDS + 1,
			   "a name for each kind");

#define EXCESS 1e-12 /* by which marginal probabilities may add up to more than 1 */

static bool
is_part(double value)
{
	return value >= 0 && value <= 1;
}

rcv_status
rcv_ecl(const double *pd, const double *ead, int n, double lgd, double eir, double periods,
		rcv_pd_kind kind, double *out)
{
	double survived = 1;
	double defaulted = 0;
	double sum = 0;

	*out = 0;
	if (!is_part(lgd) || !isfinite(eir) || eir <= -1 || !isfinite(periods) || periods <= 0)
		return RCV_EDOMAIN;
	for (int t = 0; t < n; t++)
	{
		double p = kind == RCV_PD_CONDITIONAL ? survived * pd[t] : pd[t];

		if (!is_part(pd[t]) || !isfinite(ead[t]) || ead[t] < 0)
			return RCV_EDOMAIN;
		survived *= 1 - pd[t];
		defaulted += p;
		sum += p * lgd * ead[t] * exp(-(t + 1) / periods * log1p(eir));
	}
	if (defaulted > 1 + EXCESS)
		return RCV_EDOMAIN;
	*out = sum;
	return isfinite(sum) ? RCV_OK : RCV_EOVERFLOW;
}

/* Rolls ------------------------------------------------------------------- */

void
rcv_rolls_init(rcv_rolls *rolls)
{
	memset(rolls, 0, sizeof(*rolls));
	rolls->mark = RCV_ROLLS_MARK;
	rolls->scale = RCV_SCALE_MIN;
}

rcv_status
rcv_rolls_check(const rcv_rolls *rolls)
{
	if (rolls->mark != RCV_ROLLS_MARK || rolls->scale < RCV_SCALE_MIN ||
		rolls->scale > RCV_SCALE_MAX || rolls->last < 0 || rolls->last >= RCV_ROLL_BUCKETS_MAX)
		return RCV_EBINARY;
	for (int i = 0; i < RCV_ROLL_BUCKETS_MAX; i++)
	{
		rcv_int128 total = rcv_wide_value(&rolls->bucket[i].total);
		rcv_int128 rolled = rcv_wide_value(&rolls->bucket[i].rolled);

		if (rolled < 0 || rolled > total || (i > rolls->last && total != 0))
			return RCV_EBINARY;
	}
	return RCV_OK;
}

static rcv_status
raise_scale(rcv_rolls *rolls, int scale)
{
	int64_t by = rcv_pow10(scale - rolls->scale);

	for (int i = 0; i < RCV_ROLL_BUCKETS_MAX; i++)
		if (rcv_wide_raise(&rolls->bucket[i].total, by, 0) != RCV_OK ||
			rcv_wide_raise(&rolls->bucket[i].rolled, by, 0) != RCV_OK)
			return RCV_EOVERFLOW;
	rolls->scale = scale;
	return RCV_OK;
}

rcv_status
rcv_rolls_add(rcv_rolls *rolls, int32_t from, int32_t to, rcv_money amount)
{
	rcv_int128 units;
	rcv_status status = RCV_OK;

	if (from < 0 || from >= RCV_ROLL_BUCKETS_MAX || to < RCV_ROLL_PAID ||
		to >= RCV_ROLL_BUCKETS_MAX || amount.units < 0)
		return RCV_EDOMAIN;
	if (amount.scale > rolls->scale)
		status = raise_scale(rolls, amount.scale);
	if (status != RCV_OK)
		return status;
	units = (rcv_int128) amount.units * rcv_pow10(rolls->scale - amount.scale);
	rolls->last = rolls->last > from ? rolls->last : from;
	rolls->last = rolls->last > to ? rolls->last : to;
	status = rcv_wide_add(&rolls->bucket[from].total, units);
	if (status == RCV_OK && to > from)
		status = rcv_wide_add(&rolls->bucket[from].rolled, units);
	return status;
}

rcv_status
rcv_rolls_merge(rcv_rolls *rolls, const rcv_rolls *other)
{
	rcv_rolls more = *other;

	if (more.scale < rolls->scale && raise_scale(&more, rolls->scale) != RCV_OK)
		return RCV_EOVERFLOW;
	if (more.scale > rolls->scale && raise_scale(rolls, more.scale) != RCV_OK)
		return RCV_EOVERFLOW;
	rolls->last = rolls->last > more.last ? rolls->last : more.last;
	for (int i = 0; i < RCV_ROLL_BUCKETS_MAX; i++)
		if (rcv_wide_add(&rolls->bucket[i].total, rcv_wide_value(&more.bucket[i].total)) !=
				RCV_OK ||
			rcv_wide_add(&rolls->bucket[i].rolled, rcv_wide_value(&more.bucket[i].rolled)) !=
				RCV_OK)
			return RCV_EOVERFLOW;
	return RCV_OK;
}
