/*
 * total.c
 *		Allowance for many items, rounded for each of them or for each bucket.
 */
#include "provision/total.h"

const char *const rcv_provision_rounding_names[] = {"line", "bucket", NULL};

_Static_assert(sizeof(rcv_provision_rounding_names) / sizeof(char *) == RCV_PROVISION_ROUNDINGS + 1,
			   "a name for each rounding");
_Static_assert(sizeof(rcv_total) % sizeof(int64_t) == 0, "the matrix is aligned");

static size_t
padded(size_t size)
{
	return (size + 7) & ~(size_t) 7;
}

static rcv_wide *
sums_of(const rcv_total *total)
{
	return (rcv_wide *) ((char *) (total + 1) + padded((size_t) total->matrix));
}

size_t
rcv_total_size(rcv_provision_rounding rounding, const rcv_matrix *matrix, size_t matrix_size)
{
	if (rounding == RCV_PROVISION_BY_LINE)
		return sizeof(rcv_total);
	return sizeof(rcv_total) + padded(matrix_size) + (size_t) matrix->buckets * sizeof(rcv_wide);
}

void
rcv_total_init(rcv_total *total, rcv_provision_rounding rounding, const rcv_matrix *matrix,
			   size_t matrix_size)
{
	memset(total, 0, rcv_total_size(rounding, matrix, matrix_size));
	total->mark = RCV_TOTAL_MARK;
	total->rounding = (uint8_t) rounding;
	total->scale = matrix->scale;
	total->base_scale = RCV_BASE_SCALE_MIN;
	if (rounding == RCV_PROVISION_BY_LINE)
		return;
	total->matrix = (int32_t) matrix_size;
	memcpy(total + 1, matrix, matrix_size);
	rcv_total_matrix(total)->container = 0;
}

rcv_status
rcv_total_fits(const rcv_total *total, size_t size)
{
	size_t room = size - sizeof(rcv_total);

	if (size < sizeof(rcv_total) || total->mark != RCV_TOTAL_MARK ||
		total->rounding >= RCV_PROVISION_ROUNDINGS || total->scale > RCV_PROVISION_SCALE_MAX ||
		total->base_scale < RCV_BASE_SCALE_MIN || total->base_scale > RCV_SCALE_MAX ||
		total->matrix < 0 || padded((size_t) total->matrix) > room)
		return RCV_EBINARY;
	if (total->rounding == RCV_PROVISION_BY_LINE)
		return room == 0 ? RCV_OK : RCV_EBINARY;
	if (rcv_matrix_fits(rcv_total_matrix(total), (size_t) total->matrix) != RCV_OK ||
		room - padded((size_t) total->matrix) !=
			(size_t) rcv_total_matrix(total)->buckets * sizeof(rcv_wide))
		return RCV_EBINARY;
	return RCV_OK;
}

rcv_status
rcv_total_check(const rcv_total *total, size_t size)
{
	rcv_status status = rcv_total_fits(total, size);

	if (status == RCV_OK && total->rounding == RCV_PROVISION_BY_BUCKET &&
		rcv_matrix_check(rcv_total_matrix(total), (size_t) total->matrix) != RCV_OK)
		return RCV_EBINARY;
	return status;
}

rcv_status
rcv_total_add_line(rcv_total *total, rcv_int128 amount, int scale)
{
	int64_t unit = rcv_pow10(RCV_TOTAL_SCALE - scale);

	if (amount > RCV_WIDE_MAX / unit)
		return RCV_EOVERFLOW;
	if (scale > total->scale)
		total->scale = (uint8_t) scale;
	return rcv_wide_add(&total->lines, amount * unit);
}

/* Bases in units of 10^-scale from now on. */
static rcv_status
raise_base_scale(rcv_total *total, int scale)
{
	for (int32_t i = 0; i < rcv_total_matrix(total)->buckets; i++)
	{
		rcv_status status =
			rcv_wide_raise(&sums_of(total)[i], rcv_pow10(scale - total->base_scale), 0);

		if (status != RCV_OK)
			return status;
	}
	total->base_scale = (uint8_t) scale;
	return RCV_OK;
}

rcv_status
rcv_total_add_base(rcv_total *total, int32_t bucket, rcv_money base)
{
	if (base.scale > total->base_scale)
	{
		rcv_status status = raise_base_scale(total, base.scale);

		if (status != RCV_OK)
			return status;
	}
	return rcv_wide_add(&sums_of(total)[bucket],
						(rcv_int128) base.units * rcv_pow10(total->base_scale - base.scale));
}

static bool
same_kind(const rcv_total *a, const rcv_total *b)
{
	return a->rounding == b->rounding && a->matrix == b->matrix &&
		   memcmp(a + 1, b + 1, (size_t) a->matrix) == 0;
}

rcv_status
rcv_total_merge(rcv_total *total, const rcv_total *other)
{
	rcv_status status = RCV_OK;

	if (!same_kind(total, other))
		return RCV_EDOMAIN;
	if (other->scale > total->scale)
		total->scale = other->scale;
	if (total->rounding == RCV_PROVISION_BY_BUCKET && other->base_scale > total->base_scale)
		status = raise_base_scale(total, other->base_scale);
	if (status == RCV_OK)
		status = rcv_wide_add(&total->lines, rcv_wide_value(&other->lines));
	if (total->rounding == RCV_PROVISION_BY_LINE)
		return status;
	for (int32_t i = 0; i < rcv_total_matrix(total)->buckets && status == RCV_OK; i++)
	{
		rcv_wide sum = sums_of(other)[i];

		status = rcv_wide_raise(&sum, rcv_pow10(total->base_scale - other->base_scale), 0);
		if (status == RCV_OK)
			status = rcv_wide_add(&sums_of(total)[i], rcv_wide_value(&sum));
	}
	return status;
}

rcv_status
rcv_total_value(const rcv_total *total, rcv_int128 *out)
{
	rcv_int128 sum = rcv_wide_value(&total->lines) / rcv_pow10(RCV_TOTAL_SCALE - total->scale);

	*out = sum;
	if (sum < 0)
		return RCV_EBINARY;
	if (total->rounding == RCV_PROVISION_BY_LINE)
		return RCV_OK;
	for (int32_t i = 0; i < rcv_total_matrix(total)->buckets; i++)
	{
		const rcv_bucket *bucket = &rcv_matrix_buckets(rcv_total_matrix(total))[i];
		rcv_int128 amount;
		rcv_int128 base = rcv_wide_value(&sums_of(total)[i]);
		rcv_status status = base < 0 ? RCV_EBINARY
									 : rcv_provision_part(base, total->base_scale, bucket->factor,
														  bucket->decimals, total->scale, &amount);

		if (status != RCV_OK)
			return status;
		if (sum > RCV_WIDE_MAX - amount)
			return RCV_EOVERFLOW;
		sum += amount;
	}
	*out = sum;
	return RCV_OK;
}
