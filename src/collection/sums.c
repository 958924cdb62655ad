/*
 * sums.c
 *		Sums of amounts in states.
 */
#include "collection/sums.h"

__extension__ typedef unsigned __int128 rcv_unsigned128;

static const rcv_int128 sum_max = (rcv_int128) (~(rcv_unsigned128) 0 >> 1);

static void
set_units(rcv_sum *sum, rcv_int128 units)
{
	sum->low = (uint64_t) units;
	sum->high = (int64_t) (units >> 64);
}

/* Multiplies, which for 128 bits not every compiler checks without help. */
static rcv_status
multiply(rcv_int128 *units, int64_t factor)
{
	if (*units > sum_max / factor || *units < -(sum_max / factor))
		return RCV_EOVERFLOW;
	*units *= factor;
	return RCV_OK;
}

rcv_status
rcv_sums_rescale(rcv_sum *sums, int n, int32_t *scale, int32_t to)
{
	for (int i = 0; i < n && to > *scale; i++)
	{
		rcv_int128 units = rcv_sum_units(&sums[i]);

		if (multiply(&units, rcv_pow10(to - *scale)) != RCV_OK)
			return RCV_EOVERFLOW;
		set_units(&sums[i], units);
	}
	if (to > *scale)
		*scale = to;
	return RCV_OK;
}

rcv_status
rcv_sum_add_units(rcv_sum *sum, rcv_int128 units)
{
	if (__builtin_add_overflow(rcv_sum_units(sum), units, &units))
		return RCV_EOVERFLOW;
	set_units(sum, units);
	return RCV_OK;
}

rcv_status
rcv_sums_add(rcv_sum *sums, int n, int32_t *scale, int which, rcv_money amount)
{
	rcv_status status = rcv_sums_rescale(sums, n, scale, amount.scale);

	if (status != RCV_OK)
		return status;
	/* at most 2^63 x 10^16 */
	return rcv_sum_add_units(&sums[which],
							 (rcv_int128) amount.units * rcv_pow10(*scale - amount.scale));
}

rcv_status
rcv_sums_merge(rcv_sum *sums, int n, int32_t *scale, const rcv_sum *others, int32_t others_scale)
{
	rcv_status status = rcv_sums_rescale(sums, n, scale, others_scale);

	for (int i = 0; i < n && status == RCV_OK; i++)
	{
		rcv_int128 units = rcv_sum_units(&others[i]);

		status = multiply(&units, rcv_pow10(*scale - others_scale));
		if (status == RCV_OK)
			status = rcv_sum_add_units(&sums[i], units);
	}
	return status;
}
