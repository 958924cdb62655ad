/*
 * order.c
 *		Rows by hash, in time linear in their number.
 */
#include "cluster/order.h"

#include <stdbool.h>
#include <string.h>

#include "num/mix.h"

#define PART 262144 /* items sorted, merged or hashed between two pauses */
#define FEW 32		/* rows of one hash that are sorted by insertion */
#define SIGN (UINT64_C(1) << 63)

uint64_t
rcv_order_key(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits & SIGN ? ~bits : bits | SIGN;
}

double
rcv_order_value(uint64_t key)
{
	uint64_t bits = key & SIGN ? key & ~SIGN : ~key;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

uint64_t
rcv_order_hash(const double *row, int columns)
{
	uint64_t h = RCV_MIX_STEP;

	for (int j = 0; j < columns; j++)
	{
		uint64_t bits;

		memcpy(&bits, &row[j], sizeof(bits));
		h = rcv_mix64(h + bits);
	}
	return h;
}

/* Two sorted lists into one, those of the first before equal ones of the second. */
static void
merge(const rcv_keyed *a, size_t na, const rcv_keyed *b, size_t nb, rcv_keyed *out,
	  rcv_pause_fn pause)
{
	size_t i = 0;
	size_t j = 0;

	while (i < na || j < nb)
	{
		if ((i + j) % PART == 0)
			pause();
		if (j == nb || (i < na && a[i].key <= b[j].key))
			out[i + j] = a[i], i++;
		else
			out[i + j] = b[j], j++;
	}
}

rcv_keyed *
rcv_order_sort(rcv_keyed *items, rcv_keyed *spare, size_t n, rcv_pause_fn pause)
{
	for (size_t at = 0; at < n; at += PART)
	{
		size_t count = n - at < PART ? n - at : PART;
		rcv_keyed *sorted = rcv_radix_sort(items + at, spare + at, count);

		if (sorted != items + at)
			memcpy(items + at, sorted, count * sizeof(*items));
		pause();
	}
	for (size_t width = PART; width < n; width *= 2)
	{
		rcv_keyed *other = items;

		for (size_t at = 0; at < n; at += 2 * width)
		{
			size_t first = n - at < width ? n - at : width;
			size_t second = n - at - first < width ? n - at - first : width;

			merge(items + at, first, items + at + first, second, spare + at, pause);
		}
		items = spare;
		spare = other;
	}
	return items;
}

static int
compare_rows(const double *a, const double *b, int columns)
{
	for (int j = 0; j < columns; j++)
		if (a[j] != b[j])
			return a[j] < b[j] ? -1 : 1;
	return 0;
}

/* Rows of the same hash by their values: columns from the last to the first. */
static void
sort_many(const double *rows, int columns, rcv_keyed *items, rcv_keyed *spare, size_t n,
		  rcv_pause_fn pause)
{
	uint64_t hash = items[0].key;

	for (int j = columns - 1; j >= 0; j--)
	{
		rcv_keyed *sorted;

		for (size_t i = 0; i < n; i++)
			items[i].key = rcv_order_key(rows[items[i].value * (size_t) columns + (size_t) j]);
		sorted = rcv_order_sort(items, spare, n, pause);
		if (sorted != items)
			memcpy(items, sorted, n * sizeof(*items));
	}
	for (size_t i = 0; i < n; i++)
		items[i].key = hash;
}

static void
sort_few(const double *rows, int columns, rcv_keyed *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		rcv_keyed item = items[i];
		const double *row = rows + item.value * (size_t) columns;
		size_t at = i;

		for (; at > 0; at--)
		{
			if (compare_rows(rows + items[at - 1].value * (size_t) columns, row, columns) <= 0)
				break;
			items[at] = items[at - 1];
		}
		items[at] = item;
	}
}

/* Whether rows of the same hash are all the same, as they nearly always are. */
static bool
all_same(const double *rows, int columns, const rcv_keyed *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare_rows(rows + items[0].value * (size_t) columns,
						 rows + items[i].value * (size_t) columns, columns) != 0)
			return false;
	return true;
}

rcv_keyed *
rcv_order_rows(const double *rows, size_t n, int columns, rcv_keyed *items, rcv_keyed *spare,
			   rcv_pause_fn pause)
{
	rcv_keyed *sorted;

	for (size_t i = 0; i < n; i++)
	{
		if (i % (PART / 16) == 0)
			pause();
		items[i] = (rcv_keyed){rcv_order_hash(rows + i * (size_t) columns, columns), i};
	}
	sorted = rcv_order_sort(items, spare, n, pause);
	if (sorted == spare)
		spare = items;
	for (size_t from = 0, to; from < n; from = to)
	{
		for (to = from + 1; to < n && sorted[to].key == sorted[from].key; to++)
			if (to % (PART / 16) == 0)
				pause();
		if (to - from == 1 || all_same(rows, columns, sorted + from, to - from))
			continue;
		if (to - from <= FEW)
			sort_few(rows, columns, sorted + from, to - from);
		else
			sort_many(rows, columns, sorted + from, spare, to - from, pause);
	}
	return sorted;
}
