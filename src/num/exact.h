/*
 * exact.h
 *		Sums of doubles that are the same in any order.
 *
 * A term is rounded to a whole number of 2^-40 (9e-13), and whole numbers are
 * added in 128 bits, so that neither the order of the terms nor the number of
 * parts in which they were summed up makes a difference.
 */
#ifndef RCV_EXACT_H
#define RCV_EXACT_H

#include <math.h>
#include <stdint.h>

#define RCV_EXACT_UNIT 0x1p-40

__extension__ typedef __int128 rcv_exact_signed;
__extension__ typedef unsigned __int128 rcv_exact_unsigned;

/* Two words of a two's complement number: no alignment of 16 bytes is needed. */
typedef struct rcv_exact
{
	uint64_t low;
	uint64_t high;
} rcv_exact;

/* Adds units; without sign, as a sum of any bytes must not overflow. */
static inline void
rcv_exact_add_units(rcv_exact *sum, rcv_exact_unsigned units)
{
	units += (rcv_exact_unsigned) sum->high << 64 | sum->low;
	sum->low = (uint64_t) units;
	sum->high = (uint64_t) (units >> 64);
}

/* Adds a term n times; finite, and |term| x n below 1e26. */
static inline void
rcv_exact_add(rcv_exact *sum, double term, int64_t n)
{
	rcv_exact_add_units(
		sum, (rcv_exact_unsigned) ((rcv_exact_signed) nearbyint(term / RCV_EXACT_UNIT) * n));
}

static inline void
rcv_exact_merge(rcv_exact *sum, const rcv_exact *other)
{
	rcv_exact_add_units(sum, (rcv_exact_unsigned) other->high << 64 | other->low);
}

/* The nearest double. */
static inline double
rcv_exact_value(const rcv_exact *sum)
{
	return (double) (rcv_exact_signed) ((rcv_exact_unsigned) sum->high << 64 | sum->low) *
		   RCV_EXACT_UNIT;
}

#endif
