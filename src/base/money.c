/*
 * money.c
 *		Exact amounts.
 */
#include "base/money.h"

#include <stdbool.h>
#include <stdlib.h>

static const int64_t pow10_table[] = {
	INT64_C(1),
	INT64_C(10),
	INT64_C(100),
	INT64_C(1000),
	INT64_C(10000),
	INT64_C(100000),
	INT64_C(1000000),
	INT64_C(10000000),
	INT64_C(100000000),
	INT64_C(1000000000),
	INT64_C(10000000000),
	INT64_C(100000000000),
	INT64_C(1000000000000),
	INT64_C(10000000000000),
	INT64_C(100000000000000),
	INT64_C(1000000000000000),
	INT64_C(10000000000000000),
	INT64_C(100000000000000000),
	INT64_C(1000000000000000000),
};

_Static_assert(sizeof(pow10_table) / sizeof(pow10_table[0]) == RCV_SCALE_MAX + 1,
			   "a power of ten for each scale");

/* The largest amount in units of 10^-RCV_SCALE_MAX: no text of an amount needs more. */
#define MOST_UNITS (-(rcv_int128) INT64_MIN * INT64_C(10000000000000000))
_Static_assert(RCV_SCALE_MAX - RCV_SCALE_MIN == 16, "the power of ten in MOST_UNITS");

int64_t
rcv_pow10(int exponent)
{
	return pow10_table[exponent];
}

rcv_status
rcv_money_rescale(int64_t units, int from, int to, int64_t *out)
{
	*out = 0;
	if (from < 0 || to < from || to > RCV_SCALE_MAX)
		return RCV_EDOMAIN;
	return __builtin_mul_overflow(units, pow10_table[to - from], out) ? RCV_EOVERFLOW : RCV_OK;
}

rcv_status
rcv_money_reduce(rcv_int128 units, int scale, rcv_money *out)
{
	while (scale > RCV_SCALE_MIN && units % 10 == 0)
	{
		units /= 10;
		scale--;
	}
	out->units = (int64_t) units;
	out->scale = scale;
	return out->units == units && scale <= RCV_SCALE_MAX ? RCV_OK : RCV_EOVERFLOW;
}

rcv_status
rcv_money_at_scale(rcv_money money, int scale, int64_t *out)
{
	int64_t divisor;

	*out = 0;
	if (scale < 0 || scale > RCV_SCALE_MAX || money.scale < 0 || money.scale > RCV_SCALE_MAX)
		return RCV_EDOMAIN;
	if (money.scale <= scale)
		return rcv_money_rescale(money.units, money.scale, scale, out);
	divisor = pow10_table[money.scale - scale];
	if (money.units % divisor != 0)
		return RCV_EDOMAIN;
	*out = money.units / divisor;
	return RCV_OK;
}

static bool
exact_as_double(rcv_int128 units)
{
	const rcv_int128 limit = (rcv_int128) 1 << 53;

	return units > -limit && units < limit;
}

/*
 * A number of units under 2^53 and a power of ten up to 10^22 are exact
 * doubles, so their quotient is the double nearest to the amount: the one
 * that reading the same decimal text gives.  Larger numbers go through text.
 */
double
rcv_money_double(rcv_int128 units, int scale)
{
	char text[RCV_MONEY_TEXT];

	if (!exact_as_double(units))
		for (; scale > RCV_SCALE_MIN && units % 10 == 0; scale--)
			units /= 10;
	if (exact_as_double(units))
		return (double) units / (double) pow10_table[scale];
	rcv_money_print(units, scale, text);
	return strtod(text, NULL);
}

int
rcv_money_print(rcv_int128 units, int scale, char *out)
{
	char reversed[RCV_MONEY_TEXT];
	bool negative = units < 0;
	int n = 0;
	int length = 0;

	/* digits are taken from the negative side, which holds the lowest value too */
	for (int i = 0; units != 0 || i <= scale; i++)
	{
		int digit = (int) (units % 10);

		if (i == scale && scale > 0)
			reversed[n++] = '.';
		reversed[n++] = (char) ('0' + (digit < 0 ? -digit : digit));
		units /= 10;
	}
	if (negative)
		out[length++] = '-';
	while (n > 0)
		out[length++] = reversed[--n];
	out[length] = '\0';
	return length;
}

rcv_status
rcv_money_parse(const char *s, const char *end, rcv_money *out, const char **next)
{
	bool negative = false;
	bool point = false;
	int digits = 0;
	int scale = 0;
	rcv_int128 units = 0;

	out->units = 0;
	out->scale = RCV_SCALE_MIN;
	*next = s;
	if (s < end && (*s == '-' || *s == '+'))
		negative = *s++ == '-';
	for (; s < end; s++)
	{
		if (*s == '.' && !point)
		{
			point = true;
			continue;
		}
		if (*s < '0' || *s > '9')
			break;
		digits++;
		scale += point;
		if (scale > RCV_SCALE_MAX)
			return RCV_EOVERFLOW;
		units = units * 10 + (*s - '0');
		if (units > MOST_UNITS)
			return RCV_EOVERFLOW;
	}
	if (digits == 0)
		return RCV_ETEXT;
	*next = s;
	for (; scale < RCV_SCALE_MIN; scale++)
		units *= 10;
	return rcv_money_reduce(negative ? -units : units, scale, out);
}
