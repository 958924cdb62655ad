/*
 * money.h
 *		Amounts as a whole number of units of 10^-scale.
 *
 * The scale of an amount is the smallest one that holds it exactly, but at
 * least RCV_SCALE_MIN (cents) and at most RCV_SCALE_MAX.  Totals are kept in
 * 128 bits.  No amount is ever a double; rcv_money_double() is for statistics.
 */
#ifndef RCV_MONEY_H
#define RCV_MONEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_SCALE_MIN 2
#define RCV_SCALE_MAX 18
#define RCV_MONEY_TEXT 44 /* bytes for any total: sign, 39 digits, point, zero byte */

__extension__ typedef __int128 rcv_int128;

/* The same in memory that is aligned to 8 bytes only, as palloc()'s is. */
typedef rcv_int128 rcv_int128_kept __attribute__((aligned(8)));

typedef struct rcv_money
{
	int64_t units;
	int scale;
} rcv_money;

/* 10^exponent, exponent 0 .. 18. */
extern int64_t rcv_pow10(int exponent);

/* Same amount at another, not smaller, scale: RCV_EOVERFLOW past 64 bits. */
extern rcv_status rcv_money_rescale(int64_t units, int from, int to, int64_t *out);

/* The smallest scale that holds the amount, with its units. */
extern rcv_status rcv_money_reduce(rcv_int128 units, int scale, rcv_money *out);

/*
 * The amount in units of 10^-scale, scale 0 .. RCV_SCALE_MAX: RCV_EDOMAIN when
 * it has more decimals, RCV_EOVERFLOW.
 */
extern rcv_status rcv_money_at_scale(rcv_money money, int scale, int64_t *out);
/*
 * A quotient rounded half away from zero, as PostgreSQL's round() of a numeric
 * does; divisor > 0.  Numbers of 64 bits are divided as such: several times faster.
 */
static inline rcv_int128
rcv_money_divide(rcv_int128 dividend, rcv_int128 divisor)
{
	rcv_int128 quotient;
	rcv_int128 rest;

	if (dividend == (int64_t) dividend && divisor == (int64_t) divisor)
	{
		quotient = (int64_t) dividend / (int64_t) divisor;
		rest = (int64_t) dividend % (int64_t) divisor;
	}
	else
	{
		quotient = dividend / divisor;
		rest = dividend % divisor;
	}
	if (rest >= divisor - rest)
		return quotient + 1;
	return -rest >= divisor + rest ? quotient - 1 : quotient;
}

/* The nearest double; for statistics only. */
extern double rcv_money_double(rcv_int128 units, int scale);

/* Decimal text with exactly scale decimals; returns its length. */
extern int rcv_money_print(rcv_int128 units, int scale, char *out);

/*
 * Reads [-+]digits[.digits] that starts at s and ends at or before end; *next
 * is the first byte after it.  RCV_ETEXT, RCV_EOVERFLOW (also when there are
 * more than RCV_SCALE_MAX decimals).
 */
extern rcv_status rcv_money_parse(const char *s, const char *end, rcv_money *out,
								  const char **next);

#endif
