/*
 * amount.c
 *		Allowance for one open item, and how it moves.
 */
#include "provision/amount.h"

#include "provision/wide.h"

const char *const rcv_provision_reason_names[] = {"matrix", "individual", "credit", "covered",
												  NULL};

_Static_assert(sizeof(rcv_provision_reason_names) / sizeof(char *) == RCV_PROVISION_REASONS + 1,
			   "a name for each reason");

/* 10^exponent, exponent 0 .. 36. */
static rcv_int128
power(int exponent)
{
	return exponent <= RCV_SCALE_MAX
			   ? (rcv_int128) rcv_pow10(exponent)
			   : (rcv_int128) rcv_pow10(RCV_SCALE_MAX) * rcv_pow10(exponent - RCV_SCALE_MAX);
}

rcv_status
rcv_provision_scaled(rcv_int128 value, int from, int64_t factor, int decimals, int to,
					 rcv_int128 *out)
{
	int digits = from + decimals - to;
	rcv_int128 unit = power(digits < 0 ? -digits : digits);

	*out = 0;
	if (value < 0 || factor < 0)
		return RCV_EDOMAIN;
	if (value == 0 || factor == 0)
		return RCV_OK;
	if (value > RCV_WIDE_MAX / factor)
		return RCV_EOVERFLOW;
	value *= factor;
	if (digits <= 0)
	{
		if (value > RCV_WIDE_MAX / unit)
			return RCV_EOVERFLOW;
		*out = value * unit;
		return RCV_OK;
	}
	*out = value / unit + (value % unit >= unit - value % unit);
	return RCV_OK;
}

rcv_status
rcv_provision_part(rcv_int128 value, int from, int64_t factor, int decimals, int to,
				   rcv_int128 *out)
{
	rcv_status status = rcv_provision_scaled(value, from, factor, decimals, to, out);

	if (status == RCV_OK && from > to && *out > value / power(from - to))
		*out = value / power(from - to);
	return status;
}

/* Open less cover, at the larger scale of both. */
static rcv_status
set_base(const rcv_provision_item *item, rcv_provision *out)
{
	int scale = item->open.scale > item->cover.scale ? item->open.scale : item->cover.scale;
	rcv_int128 base = (rcv_int128) item->open.units * rcv_pow10(scale - item->open.scale) -
					  (rcv_int128) item->cover.units * rcv_pow10(scale - item->cover.scale);

	out->base = (rcv_money){0, RCV_SCALE_MIN};
	if (item->cover.units < 0)
		return RCV_EDOMAIN;
	if (item->open.units <= 0 || base <= 0)
	{
		out->reason = item->open.units <= 0 ? RCV_PROVISION_CREDIT : RCV_PROVISION_COVERED;
		return RCV_OK;
	}
	return rcv_money_reduce(base, scale, &out->base);
}

rcv_status
rcv_provision_of(const rcv_matrix *matrix, const rcv_provision_item *item, rcv_provision *out)
{
	const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[item->segment];
	rcv_status status;

	out->bucket =
		rcv_bucket_find(&rcv_matrix_buckets(matrix)[segment->first], segment->count, item->days);
	if (item->override >= 0)
	{
		out->reason = RCV_PROVISION_INDIVIDUAL;
		out->rate = item->override;
	}
	else
	{
		out->reason = RCV_PROVISION_MATRIX;
		out->rate = rcv_matrix_rate(matrix, item->segment, out->bucket, item->scalar);
	}
	status = set_base(item, out);
	if (status != RCV_OK)
		return status;
	return rcv_provision_part(out->base.units, out->base.scale, out->rate, RCV_LOSS_SCALE,
							  matrix->scale, &out->amount);
}

rcv_status
rcv_provision_movement(rcv_int128 now, rcv_int128 old, rcv_int128 used, rcv_int128 *charge,
					   rcv_int128 *reversal)
{
	rcv_int128 left = old - used;

	*charge = *reversal = 0;
	if (now < 0 || old < 0 || used < 0 || used > old)
		return RCV_EDOMAIN;
	if (now > left)
		*charge = now - left;
	else
		*reversal = left - now;
	return RCV_OK;
}
