/*
 * sums.h
 *		Some sums of amounts that share one scale, as parts of a state.
 *
 * Two words of a two's complement number each: no alignment of 16 bytes is
 * needed, and no bytes are stray.
 */
#ifndef RCV_SUMS_H
#define RCV_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"

typedef struct rcv_sum
{
	uint64_t low;
	int64_t high;
} rcv_sum;

static inline rcv_int128
rcv_sum_units(const rcv_sum *sum)
{
	return (rcv_int128) sum->high * ((rcv_int128) 1 << 64) + sum->low;
}

/* Whether a scale found in a state can be worked with. */
static inline bool
rcv_sums_scale_valid(int32_t scale)
{
	return scale >= RCV_SCALE_MIN && scale <= RCV_SCALE_MAX;
}

/* Sets all n sums to units of 10^-to, to >= *scale: RCV_EOVERFLOW. */
extern rcv_status rcv_sums_rescale(rcv_sum *sums, int n, int32_t *scale, int32_t to);

/* Adds an amount to one of n sums, which take its scale when it is larger: RCV_EOVERFLOW. */
extern rcv_status rcv_sums_add(rcv_sum *sums, int n, int32_t *scale, int which, rcv_money amount);

/* Adds units of the sums' own scale: RCV_EOVERFLOW. */
extern rcv_status rcv_sum_add_units(rcv_sum *sum, rcv_int128 units);

/* Adds n sums to n others: RCV_EOVERFLOW. */
extern rcv_status rcv_sums_merge(rcv_sum *sums, int n, int32_t *scale, const rcv_sum *others,
								 int32_t others_scale);

#endif
