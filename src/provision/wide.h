/*
 * wide.h
 *		Sums in 128 bits inside of states, without their alignment; never negative.
 */
#ifndef RCV_PROVISION_WIDE_H
#define RCV_PROVISION_WIDE_H

#include <string.h>

#include "base/money.h"
#include "base/status.h"

#define RCV_WIDE_MAX ((rcv_int128) INT64_MAX << 64 | (rcv_int128) UINT64_MAX)

typedef struct rcv_wide
{
	uint64_t low;
	uint64_t high;
} rcv_wide;

/* Negative only when the bytes are not ours. */
static inline rcv_int128
rcv_wide_value(const rcv_wide *wide)
{
	rcv_int128 value;

	memcpy(&value, wide, sizeof(value));
	return value;
}

/* The sum x by + value; by is above 0.  RCV_EOVERFLOW, also for a negative sum or value. */
static inline rcv_status
rcv_wide_raise(rcv_wide *wide, int64_t by, rcv_int128 value)
{
	rcv_int128 sum = rcv_wide_value(wide);

	if (sum < 0 || value < 0 || sum > (RCV_WIDE_MAX - value) / by)
		return RCV_EOVERFLOW;
	sum = sum * by + value;
	memcpy(wide, &sum, sizeof(sum));
	return RCV_OK;
}

/* The same with by = 1, which needs no division. */
static inline rcv_status
rcv_wide_add(rcv_wide *wide, rcv_int128 value)
{
	rcv_int128 sum = rcv_wide_value(wide);

	if (sum < 0 || value < 0 || sum > RCV_WIDE_MAX - value)
		return RCV_EOVERFLOW;
	sum += value;
	memcpy(wide, &sum, sizeof(sum));
	return RCV_OK;
}

#endif
