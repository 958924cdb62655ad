/*
 * ageing.h
 *		Open amounts at a day, sorted by how long they are past due.
 *
 * Bounds are the upper edges of the buckets, in days past due: strictly
 * ascending, none negative.  With n of them there are n + 2 buckets:
 *		0		not yet due: due after as_of
 *		1		0 .. bounds[0] days past due, the upper edge included
 *		i		bounds[i - 2] + 1 .. bounds[i - 1] days past due
 *		n + 1	more than bounds[n - 1] days past due
 * Each amount goes into one bucket, so that their sums add up to what is open.
 *
 * An ageing is an *image* in a buffer of the caller, which never grows.
 * Layout, host byte order, no alignment needed:
 *		0	version			uint16, so that an image of the other byte order is refused
 *		2	scale			1 byte
 *		3	bounds			1 byte, their number n
 *		4	as_of			int32
 *		8	bounds			n x int32
 *			sums			(n + 2) x int128, units of 10^-scale
 */
#ifndef RCV_AGEING_H
#define RCV_AGEING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/money.h"
#include "base/status.h"

#define RCV_AGEING_VERSION 1
#define RCV_AGEING_HEADER 8 /* bytes before the bounds */
#define RCV_AGEING_BOUNDS_MAX 100
#define RCV_AGEING_BUCKETS_MAX (RCV_AGEING_BOUNDS_MAX + 2)

static inline int32_t
rcv_ageing_bound(const void *bounds, int i)
{
	int32_t bound;

	memcpy(&bound, (const uint8_t *) bounds + (size_t) i * sizeof(bound), sizeof(bound));
	return bound;
}

/*
 * The bucket of an amount that is late days past due (negative: not yet due)
 * among n >= 1 bounds, int32 each, not aligned.  A binary search without
 * branches: days past due come in no order that a processor could guess.
 */
static inline int
rcv_ageing_bucket(int32_t late, const void *bounds, int n)
{
	int low = 0;

	if (late < 0)
		return 0;
	while (n > 1)
	{
		int half = n / 2;

		low += rcv_ageing_bound(bounds, low + half - 1) < late ? half : 0;
		n -= half;
	}
	return 1 + low + (rcv_ageing_bound(bounds, low) < late);
}

/*
 * RCV_EDOMAIN when these cannot be bounds; *fault is then the number, from 0,
 * of the first that is negative or not larger than the one before it, or n
 * when there are none or over RCV_AGEING_BOUNDS_MAX of them.
 */
extern rcv_status rcv_ageing_check_bounds(const void *bounds, int n, int *fault);

/* Bytes of an image with n bounds. */
static inline size_t
rcv_ageing_size(int n)
{
	return RCV_AGEING_HEADER + (size_t) n * sizeof(int32_t) + ((size_t) n + 2) * sizeof(rcv_int128);
}

/* An image without amounts; the bounds have been checked. */
extern void rcv_ageing_init(uint8_t *image, int32_t as_of, const void *bounds, int n);

/*
 * RCV_EVERSION or RCV_EBINARY when these bytes are no image.  The header alone
 * is what must be right for amounts to be added; the full check sees to the
 * bounds too.
 */
extern rcv_status rcv_ageing_check_header(const uint8_t *image, size_t length);
extern rcv_status rcv_ageing_check(const uint8_t *image, size_t length);

/* Fields of an image. */
static inline int
rcv_ageing_scale(const uint8_t *image)
{
	return image[2];
}

static inline int
rcv_ageing_count(const uint8_t *image)
{
	return image[3];
}

static inline int32_t
rcv_ageing_as_of(const uint8_t *image)
{
	int32_t as_of;

	memcpy(&as_of, image + 4, sizeof(as_of));
	return as_of;
}

static inline const uint8_t *
rcv_ageing_bounds(const uint8_t *image)
{
	return image + RCV_AGEING_HEADER;
}

/* Sum of a bucket, 0 .. count + 1, in units of the image's scale. */
extern rcv_int128 rcv_ageing_sum(const uint8_t *image, int bucket);

/* Adds an amount; the image takes its scale if that is larger.  RCV_EOVERFLOW. */
extern rcv_status rcv_ageing_add(uint8_t *image, int32_t due, rcv_money amount);

/*
 * Adds the sums of another image.  RCV_EDOMAIN when it has another as_of or
 * other bounds, RCV_EOVERFLOW; the image is then of no more use.
 */
extern rcv_status rcv_ageing_merge(uint8_t *image, const uint8_t *other);

#endif
