/*
 * ageing.c
 *		Sums of open amounts by days past due.
 */
#include "settlement/ageing.h"

#include <stdbool.h>

#include "base/day.h"

#define AT_SCALE 2
#define AT_COUNT 3
#define AT_AS_OF 4

static const rcv_int128 sum_max =
	(rcv_int128) INT64_MAX << 64 | (rcv_int128) UINT64_MAX; /* 2^127 - 1 */

static uint8_t *
sum_at(uint8_t *image, int bucket)
{
	return image + RCV_AGEING_HEADER + (size_t) rcv_ageing_count(image) * sizeof(int32_t) +
		   (size_t) bucket * sizeof(rcv_int128);
}

rcv_status
rcv_ageing_check_bounds(const void *bounds, int n, int *fault)
{
	int32_t before = -1;

	*fault = n;
	if (n < 1 || n > RCV_AGEING_BOUNDS_MAX)
		return RCV_EDOMAIN;
	for (int i = 0; i < n; i++)
	{
		int32_t bound = rcv_ageing_bound(bounds, i);

		if (bound <= before)
		{
			*fault = i;
			return RCV_EDOMAIN;
		}
		before = bound;
	}
	return RCV_OK;
}

void
rcv_ageing_init(uint8_t *image, int32_t as_of, const void *bounds, int n)
{
	uint16_t version = RCV_AGEING_VERSION;

	memset(image, 0, rcv_ageing_size(n));
	memcpy(image, &version, sizeof(version));
	image[AT_SCALE] = RCV_SCALE_MIN;
	image[AT_COUNT] = (uint8_t) n;
	memcpy(image + AT_AS_OF, &as_of, sizeof(as_of));
	memcpy(image + RCV_AGEING_HEADER, bounds, (size_t) n * sizeof(int32_t));
}

rcv_status
rcv_ageing_check_header(const uint8_t *image, size_t length)
{
	uint16_t version;

	if (length < RCV_AGEING_HEADER)
		return RCV_EBINARY;
	memcpy(&version, image, sizeof(version));
	if (version != RCV_AGEING_VERSION)
		return RCV_EVERSION;
	if (rcv_ageing_count(image) < 1 || length != rcv_ageing_size(rcv_ageing_count(image)) ||
		rcv_ageing_scale(image) < RCV_SCALE_MIN || rcv_ageing_scale(image) > RCV_SCALE_MAX ||
		!rcv_day_valid(rcv_ageing_as_of(image)))
		return RCV_EBINARY;
	return RCV_OK;
}

rcv_status
rcv_ageing_check(const uint8_t *image, size_t length)
{
	rcv_status status = rcv_ageing_check_header(image, length);
	int fault;

	if (status != RCV_OK)
		return status;
	status = rcv_ageing_check_bounds(rcv_ageing_bounds(image), rcv_ageing_count(image), &fault);
	return status == RCV_OK ? RCV_OK : RCV_EBINARY;
}

rcv_int128
rcv_ageing_sum(const uint8_t *image, int bucket)
{
	rcv_int128 sum;

	memcpy(&sum, sum_at((uint8_t *) image, bucket), sizeof(sum));
	return sum;
}

static rcv_status
add_to_sum(uint8_t *image, int bucket, rcv_int128 units)
{
	rcv_int128 sum = rcv_ageing_sum(image, bucket);

	if (__builtin_add_overflow(sum, units, &sum))
		return RCV_EOVERFLOW;
	memcpy(sum_at(image, bucket), &sum, sizeof(sum));
	return RCV_OK;
}

/* Multiplies, which for 128 bits not every compiler checks without help. */
static bool
multiply(rcv_int128 *sum, int64_t factor)
{
	if (*sum > sum_max / factor || *sum < -(sum_max / factor))
		return false;
	*sum *= factor;
	return true;
}

static rcv_status
raise_scale(uint8_t *image, int scale)
{
	int64_t factor = rcv_pow10(scale - rcv_ageing_scale(image));

	for (int bucket = 0; bucket <= rcv_ageing_count(image) + 1; bucket++)
	{
		rcv_int128 sum = rcv_ageing_sum(image, bucket);

		if (!multiply(&sum, factor))
			return RCV_EOVERFLOW;
		memcpy(sum_at(image, bucket), &sum, sizeof(sum));
	}
	image[AT_SCALE] = (uint8_t) scale;
	return RCV_OK;
}

rcv_status
rcv_ageing_add(uint8_t *image, int32_t due, rcv_money amount)
{
	int scale = rcv_ageing_scale(image);
	rcv_int128 units = amount.units;

	if (amount.scale > scale)
	{
		rcv_status status = raise_scale(image, amount.scale);

		if (status != RCV_OK)
			return status;
	}
	else if (amount.scale < scale)
		units *= rcv_pow10(scale - amount.scale); /* at most 2^63 * 10^16 */
	return add_to_sum(image,
					  rcv_ageing_bucket(rcv_ageing_as_of(image) - due, rcv_ageing_bounds(image),
										rcv_ageing_count(image)),
					  units);
}

rcv_status
rcv_ageing_merge(uint8_t *image, const uint8_t *other)
{
	int n = rcv_ageing_count(image);
	int raise = rcv_ageing_scale(image) - rcv_ageing_scale(other);
	rcv_status status = RCV_OK;

	if (n != rcv_ageing_count(other) || rcv_ageing_as_of(image) != rcv_ageing_as_of(other) ||
		memcmp(rcv_ageing_bounds(image), rcv_ageing_bounds(other), (size_t) n * sizeof(int32_t)) !=
			0)
		return RCV_EDOMAIN;
	if (raise < 0)
		status = raise_scale(image, rcv_ageing_scale(other));
	for (int bucket = 0; bucket <= n + 1 && status == RCV_OK; bucket++)
	{
		rcv_int128 sum = rcv_ageing_sum(other, bucket);

		if (raise > 0 && !multiply(&sum, rcv_pow10(raise)))
			return RCV_EOVERFLOW;
		status = add_to_sum(image, bucket, sum);
	}
	return status;
}
