/*
 * quantile.c
 *		Selection of several ranks at once by three-way partitioning.
 */
#include "num/quantile.h"

#include <math.h>
#include <stdlib.h>

#define SMALL 24 /* sorted by insertion */

static void
insertion_sort(double *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		double v = values[i];
		size_t j = i;

		for (; j > 0 && values[j - 1] > v; j--)
			values[j] = values[j - 1];
		values[j] = v;
	}
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median3(double a, double b, double c)
{
	if (a < b)
		return b < c ? b : (a < c ? c : a);
	return a < c ? a : (b < c ? c : b);
}

/* Median of three medians of three (J. W. Tukey's ninther). */
static double
choose_pivot(const double *values, size_t n)
{
	size_t step = n / 9;

	return median3(median3(values[0], values[step], values[2 * step]),
				   median3(values[3 * step], values[4 * step], values[5 * step]),
				   median3(values[6 * step], values[7 * step], values[8 * step]));
}

/*
 * Splits into < pivot, = pivot, > pivot.  Each pass always swaps and counts by a
 * comparison (N. Lomuto's scheme without a branch): on random values a branch
 * would be guessed wrong every other time.
 */
static void
partition(double *values, size_t n, double pivot, size_t *less, size_t *more)
{
	size_t low = 0;
	size_t equal;

	for (size_t i = 0; i < n; i++)
	{
		double value = values[i];

		values[i] = values[low];
		values[low] = value;
		low += value < pivot;
	}
	equal = low;
	for (size_t i = low; i < n; i++)
	{
		double value = values[i];

		values[i] = values[equal];
		values[equal] = value;
		equal += value == pivot;
	}
	*less = low;
	*more = equal;
}

/* Ranks are counted from base, where values begins. */
static void
select_within(double *values, size_t n, size_t base, const size_t *ranks, size_t nranks, int depth)
{
	while (nranks > 0 && n > 1)
	{
		size_t less;
		size_t more;
		size_t left = 0;
		size_t right;

		if (n <= SMALL)
		{
			insertion_sort(values, n);
			return;
		}
		if (depth-- == 0) /* bad pivots: no quadratic time */
		{
			qsort(values, n, sizeof(*values), compare_doubles);
			return;
		}
		partition(values, n, choose_pivot(values, n), &less, &more);
		while (left < nranks && ranks[left] - base < less)
			left++;
		right = left;
		while (right < nranks && ranks[right] - base < more)
			right++;
		select_within(values, less, base, ranks, left, depth);
		values += more;
		base += more;
		n -= more;
		ranks += right;
		nranks -= right;
	}
}

void
rcv_select_ranks(double *values, size_t n, const size_t *ranks, size_t nranks)
{
	int depth = 8;

	for (size_t m = n; m > 0; m >>= 1)
		depth += 2;
	select_within(values, n, 0, ranks, nranks, depth);
}

/* Keeps ranks ascending: one that was added before is not added again. */
static size_t
add_rank(size_t *ranks, size_t nranks, size_t rank)
{
	if (nranks == 0 || rank > ranks[nranks - 1])
		ranks[nranks++] = rank;
	return nranks;
}

/*
 * The point rest/parts of the way from a to b, rest < parts.  Whole hundredths
 * (money, days, counts) are weighted as whole numbers and divided once, so the
 * answer is the double nearest to the exact one: 254.8, not 254.79999999999998.
 * Of different signs, b - a could be too large for a double.
 */
static double
between(double a, double b, size_t rest, size_t parts)
{
	double x = rint(a * 100.0);
	double y = rint(b * 100.0);
	double limit = 9007199254740992.0 / (double) parts;

	if (rest == 0 || a == b)
		return a;
	if (fabs(x) < limit && fabs(y) < limit && x / 100.0 == a && y / 100.0 == b)
		return (x * (double) (parts - rest) + y * (double) rest) / ((double) parts * 100.0);
	if (a < 0.0 && b > 0.0)
		return a * ((double) (parts - rest) / (double) parts) +
			   b * ((double) rest / (double) parts);
	return a + (b - a) * ((double) rest / (double) parts);
}

/*
 * Type 7: position (n - 1) p, between two neighbours by the remainder.
 * Type 1: the smallest value that a share p of the sample does not exceed.
 */
rcv_status
rcv_quantiles(double *values, size_t n, int parts, rcv_quantile_rule rule, double *out)
{
	size_t ranks[2 * RCV_QUANTILE_PARTS_MAX];
	size_t nranks = 0;
	size_t k = (size_t) parts;

	if (n == 0 || parts < 2 || parts > RCV_QUANTILE_PARTS_MAX)
		return RCV_EDOMAIN;
	for (size_t i = 1; i < k; i++)
	{
		size_t low = rule == RCV_QUANTILE_CONT ? (n - 1) * i / k : (n * i + k - 1) / k - 1;

		nranks = add_rank(ranks, nranks, low);
		if (rule == RCV_QUANTILE_CONT && low + 1 < n)
			nranks = add_rank(ranks, nranks, low + 1);
	}
	rcv_select_ranks(values, n, ranks, nranks);
	for (size_t i = 1; i < k; i++)
	{
		size_t low = rule == RCV_QUANTILE_CONT ? (n - 1) * i / k : (n * i + k - 1) / k - 1;
		size_t rest = rule == RCV_QUANTILE_CONT ? (n - 1) * i % k : 0;

		out[i - 1] = between(values[low], values[rest == 0 ? low : low + 1], rest, k);
	}
	return RCV_OK;
}
