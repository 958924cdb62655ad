/*
 * scale.c
 *		Scaling of columns: learnt, applied, and taken back.
 */
#include "cluster/scale.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "cluster/order.h"

#define PAUSE_BLOCKS 1024

const char *const rcv_scale_names[RCV_SCALES + 1] = {"zscore", "none", "log1p", "rank", NULL};

/* Position of the last knot at or below x; -1: x is below all. */
static int
find(const double *knots, int n, double x)
{
	int below = -1;
	int above = n;

	while (above - below > 1)
	{
		int middle = below + (above - below) / 2;

		if (knots[middle] <= x)
			below = middle;
		else
			above = middle;
	}
	return below;
}

/* The piecewise linear function through points (from, to), level beyond them. */
static double
interpolate(const double *from, const double *to, int n, double x)
{
	int i = find(from, n, x);

	if (i < 0)
		return to[0];
	if (i == n - 1 || from[i] == x)
		return to[i];
	return to[i] + (to[i + 1] - to[i]) * ((x - from[i]) / (from[i + 1] - from[i]));
}

static double
scale_value(const rcv_scaling *s, int j, double x)
{
	switch (s->kind)
	{
		case RCV_SCALE_ZSCORE:
			return s->spread[j] > 0 ? (x - s->center[j]) / s->spread[j] : 0;
		case RCV_SCALE_LOG1P:
			return log1p(x);
		case RCV_SCALE_RANK:
			return interpolate(s->value + s->first[j], s->share + s->first[j],
							   s->first[j + 1] - s->first[j], x);
		default:
			return x;
	}
}

static rcv_status
check_value(int kind, double x)
{
	if (!(fabs(x) <= RCV_CLUSTER_MOST))
		return RCV_EOVERFLOW;
	return kind == RCV_SCALE_LOG1P && x <= -1 ? RCV_EDOMAIN : RCV_OK;
}

rcv_status
rcv_scale_row(const rcv_scaling *s, const double *row, double *out, int *bad)
{
	for (int j = 0; j < s->columns; j++)
	{
		rcv_status status = check_value(s->kind, row[j]);

		if (status == RCV_OK)
		{
			out[j] = scale_value(s, j, row[j]);
			if (!(fabs(out[j]) <= RCV_CLUSTER_MOST))
				status = RCV_EOVERFLOW;
		}
		if (status != RCV_OK)
		{
			if (bad != NULL)
				*bad = j;
			return status;
		}
	}
	return RCV_OK;
}

double
rcv_scale_back(const rcv_scaling *s, int j, double scaled)
{
	switch (s->kind)
	{
		case RCV_SCALE_ZSCORE:
			return s->center[j] + s->spread[j] * scaled;
		case RCV_SCALE_LOG1P:
			return expm1(scaled);
		case RCV_SCALE_RANK:
			return interpolate(s->share + s->first[j], s->value + s->first[j],
							   s->first[j + 1] - s->first[j], scaled);
		default:
			return scaled;
	}
}

/* Learning ---------------------------------------------------------------- */

/* The sum of a function of a column: f(x) = ((x - center) / unit)^power, power 1 or 2. */
static double
column_sum(const rcv_blocks *rows, int j, double center, double unit, int power, rcv_pause_fn pause)
{
	double sum = 0;
	double low = 0; /* what rounding has cut off: Neumaier's sum */
	double values[RCV_BLOCK];

	for (size_t block = 0; block < rcv_blocks_count(rows); block++)
	{
		const double *column = rcv_block_at(rows, block) + (size_t) j * RCV_BLOCK;
		size_t left = rows->n - block * RCV_BLOCK;
		double term;
		double next;

		if (block % PAUSE_BLOCKS == 0)
			pause();
		for (size_t i = 0; i < RCV_BLOCK; i++)
		{
			double x = i < left ? (column[i] - center) / unit : 0;

			values[i] = power == 2 ? x * x : x;
		}
		term = rcv_block_sum(values);
		next = sum + term;
		low += fabs(sum) >= fabs(term) ? sum - next + term : term - next + sum;
		sum = next;
	}
	return sum + low;
}

/* Whether a column is the same in all rows; its greatest distance from a center. */
static bool
is_constant(const rcv_blocks *rows, int j, double center, double *reach)
{
	double first = rcv_block_row(rows, 0)[(size_t) j * RCV_BLOCK];
	bool constant = true;

	*reach = 0;
	for (size_t i = 0; i < rows->n; i++)
	{
		double x = rcv_block_row(rows, i)[(size_t) j * RCV_BLOCK];

		constant &= x == first;
		*reach = fmax(*reach, fabs(x - center));
	}
	return constant;
}

/* Distances are divided by the greatest before they are squared: none is lost. */
static void
learn_zscore(rcv_scaling *s, const rcv_blocks *rows, int j, rcv_pause_fn pause)
{
	double n = (double) rows->n;
	double first = rcv_block_row(rows, 0)[(size_t) j * RCV_BLOCK];
	double reach;

	s->center[j] = first + column_sum(rows, j, first, 1, 1, pause) / n;
	s->spread[j] = 0;
	if (is_constant(rows, j, s->center[j], &reach))
		s->center[j] = first;
	else
		s->spread[j] = reach * sqrt(column_sum(rows, j, s->center[j], reach, 2, pause) / (n - 1));
}

/* A run of equal values among sorted ones. */
typedef struct run
{
	size_t from;
	size_t to;
} run;

static run
run_at(const rcv_keyed *sorted, size_t n, size_t from)
{
	run out = {from, from + 1};

	while (out.to < n && sorted[out.to].key == sorted[from].key)
		out.to++;
	return out;
}

/* A knot at a run, with the mid-rank of its rows as a share, unless it is one already. */
static int
add_knot(const rcv_keyed *sorted, size_t n, run r, int knots, double *value, double *share)
{
	double x = rcv_order_value(sorted[r.from].key);

	if (knots > 0 && value[knots - 1] == x)
		return knots;
	value[knots] = x;
	share[knots] = ((double) r.from + (double) r.to) / 2 / (double) n;
	return knots + 1;
}

/* The place of hundredth i among n sorted values. */
static size_t
place(size_t n, size_t i)
{
	return (size_t) ((double) i * (double) (n - 1) / RCV_HUNDREDTHS);
}

/* At hundredths of the rows; before and after a run of more than one, where shares leap, too. */
static int
learn_many(const rcv_keyed *sorted, size_t n, double *value, double *share)
{
	run before = {0, 0};
	size_t hundredth = 0;
	bool leapt = false;
	int knots = 0;

	while (before.to < n)
	{
		run r = run_at(sorted, n, before.to);
		bool leaps = (r.to - r.from) * RCV_HUNDREDTHS > n;
		bool wanted = leaps || leapt;

		for (; hundredth <= RCV_HUNDREDTHS && place(n, hundredth) < r.to; hundredth++)
			wanted = true;
		if (leaps && before.to > 0)
			knots = add_knot(sorted, n, before, knots, value, share);
		if (wanted)
			knots = add_knot(sorted, n, r, knots, value, share);
		leapt = leaps;
		before = r;
	}
	return knots;
}

/* Knots of sorted values: of all different ones if there are few. */
static int
learn_knots(const rcv_keyed *sorted, size_t n, double *value, double *share)
{
	int knots = 0;
	run r;

	for (size_t from = 0; from < n; from = r.to)
	{
		if (knots > RCV_HUNDREDTHS)
			return learn_many(sorted, n, value, share);
		r = run_at(sorted, n, from);
		knots = add_knot(sorted, n, r, knots, value, share);
	}
	return knots;
}

static void
learn_rank(rcv_scaling *s, const rcv_blocks *rows, int j, rcv_keyed *items, rcv_keyed *spare,
		   rcv_pause_fn pause)
{
	int first = s->first[j];

	for (size_t i = 0; i < rows->n; i++)
		items[i].key = rcv_order_key(rcv_block_row(rows, i)[(size_t) j * RCV_BLOCK]);
	items = rcv_order_sort(items, spare, rows->n, pause);
	s->first[j + 1] = first + learn_knots(items, rows->n, s->value + first, s->share + first);
}

/* Scales a column of all rows. */
static rcv_status
apply(const rcv_scaling *s, rcv_blocks *rows, int j, rcv_pause_fn pause)
{
	for (size_t i = 0; i < rows->n; i++)
	{
		double *x = rcv_block_row(rows, i) + (size_t) j * RCV_BLOCK;

		if (i % (PAUSE_BLOCKS * RCV_BLOCK) == 0)
			pause();
		if (!(fabs(*x = scale_value(s, j, *x)) <= RCV_CLUSTER_MOST))
			return RCV_EOVERFLOW;
	}
	return RCV_OK;
}

static rcv_status
check_column(int kind, const rcv_blocks *rows, int j)
{
	rcv_status status = RCV_OK;

	for (size_t i = 0; i < rows->n && status == RCV_OK; i++)
		status = check_value(kind, rcv_block_row(rows, i)[(size_t) j * RCV_BLOCK]);
	return status;
}

rcv_status
rcv_scale_fit(rcv_scaling *s, rcv_blocks *rows, rcv_keyed *items, rcv_keyed *spare,
			  rcv_pause_fn pause, int *bad)
{
	if (s->kind == RCV_SCALE_RANK)
		s->first[0] = 0;
	for (int j = 0; j < s->columns; j++)
	{
		rcv_status status = check_column(s->kind, rows, j);

		if (status == RCV_OK && s->kind == RCV_SCALE_ZSCORE)
			learn_zscore(s, rows, j, pause);
		if (status == RCV_OK && s->kind == RCV_SCALE_RANK)
			learn_rank(s, rows, j, items, spare, pause);
		if (status == RCV_OK && s->kind != RCV_SCALE_NONE)
			status = apply(s, rows, j, pause);
		if (status != RCV_OK)
		{
			*bad = j;
			return status;
		}
	}
	return RCV_OK;
}
