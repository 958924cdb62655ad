/*
 * allocation_order.c
 *		Merge sort of indexes, and who comes first.
 */
#include "settlement/allocation_order.h"

#include <string.h>

#define SHORT_RUN 8
#define LONG_MERGE 65536 /* items between two signs that work goes on */

static void
insertion_sort(const rcv_sorting *by, int32_t *index, int32_t n)
{
	for (int32_t i = 1; i < n; i++)
	{
		int32_t moved = index[i];
		int32_t at = i;

		for (; at > 0 && by->before(by->items, moved, index[at - 1]); at--)
			index[at] = index[at - 1];
		index[at] = moved;
	}
}

static void
merge(const rcv_sorting *by, const int32_t *from, int32_t *to, int32_t n, int32_t half)
{
	int32_t a = 0;
	int32_t b = half;

	for (int32_t i = 0; i < n; i++)
	{
		bool second = a == half || (b < n && by->before(by->items, from[b], from[a]));

		to[i] = second ? from[b++] : from[a++];
		if (i % LONG_MERGE == LONG_MERGE - 1)
			by->take(by->context, NULL);
	}
}

static bool
is_sorted(const rcv_sorting *by, const int32_t *index, int32_t n)
{
	for (int32_t i = 1; i < n; i++)
		if (by->before(by->items, index[i], index[i - 1]))
			return false;
	return true;
}

/* Merges runs of this width from one array into the other. */
static void
merge_runs(const rcv_sorting *by, const int32_t *from, int32_t *to, int32_t n, int32_t width)
{
	int32_t length;

	for (int32_t i = 0; i < n; i += length)
	{
		length = n - i > 2 * width ? 2 * width : n - i;
		merge(by, from + i, to + i, length, length < width ? length : width);
	}
}

void
rcv_sort_index(const rcv_sorting *by, int32_t *index, int32_t n)
{
	int32_t *from = index;
	int32_t *to = by->spare;

	if (is_sorted(by, index, n))
		return;
	for (int32_t i = 0; i < n; i += SHORT_RUN)
		insertion_sort(by, index + i, n - i < SHORT_RUN ? n - i : SHORT_RUN);
	for (int32_t width = SHORT_RUN; width < n; width *= 2)
	{
		int32_t *other = from;

		merge_runs(by, from, to, n, width);
		from = to;
		to = other;
	}
	if (from != index)
		memcpy(index, from, (size_t) n * sizeof(*index));
}

void
rcv_count_up(int32_t *index, int32_t n)
{
	for (int32_t i = 0; i < n; i++)
		index[i] = i;
}

void
rcv_arrange(void *items, size_t size, int32_t *index, int32_t n)
{
	char *base = items;
	char held[sizeof(rcv_debt) > sizeof(rcv_credit) ? sizeof(rcv_debt) : sizeof(rcv_credit)];

	for (int32_t start = 0; start < n; start++)
	{
		int32_t at = start;

		if (index[start] == start)
			continue;
		memcpy(held, base + (size_t) start * size, size);
		while (index[at] != start)
		{
			int32_t from = index[at];

			memcpy(base + (size_t) at * size, base + (size_t) from * size, size);
			index[at] = at;
			at = from;
		}
		memcpy(base + (size_t) at * size, held, size);
		index[at] = at;
	}
}

#define COMPARE(a, b)                                                                              \
	if ((a) != (b))                                                                                \
	return (a) < (b)

bool
rcv_older_due(const void *items, int32_t a, int32_t b)
{
	const rcv_debt *x = (const rcv_debt *) items + a;
	const rcv_debt *y = (const rcv_debt *) items + b;

	COMPARE(x->due, y->due);
	COMPARE(x->day, y->day);
	return x->id < y->id;
}

bool
rcv_older_issued(const void *items, int32_t a, int32_t b)
{
	const rcv_debt *x = (const rcv_debt *) items + a;
	const rcv_debt *y = (const rcv_debt *) items + b;

	COMPARE(x->day, y->day);
	COMPARE(x->due, y->due);
	return x->id < y->id;
}

bool
rcv_heavier(const void *items, int32_t a, int32_t b)
{
	const rcv_debt *x = (const rcv_debt *) items + a;
	const rcv_debt *y = (const rcv_debt *) items + b;

	COMPARE(y->weight, x->weight);
	return rcv_older_due(items, a, b);
}

bool
rcv_lower_id(const void *items, int32_t a, int32_t b)
{
	return ((const rcv_debt *) items)[a].id < ((const rcv_debt *) items)[b].id;
}

bool
rcv_earlier_day(const void *items, int32_t a, int32_t b)
{
	return ((const rcv_debt *) items)[a].day < ((const rcv_debt *) items)[b].day;
}

bool
rcv_earlier_due(const void *items, int32_t a, int32_t b)
{
	return ((const rcv_debt *) items)[a].due < ((const rcv_debt *) items)[b].due;
}

/* Of a day: credit notes, payments, payments taken back. */
static int
turn_of(const rcv_credit *credit)
{
	return credit->amount < 0 ? 2 : !credit->note;
}

bool
rcv_earlier_credit(const void *items, int32_t a, int32_t b)
{
	const rcv_credit *x = (const rcv_credit *) items + a;
	const rcv_credit *y = (const rcv_credit *) items + b;

	COMPARE(x->day, y->day);
	COMPARE(turn_of(x), turn_of(y));
	COMPARE(x->note, y->note);
	return x->id < y->id;
}

bool
rcv_lower_credit_id(const void *items, int32_t a, int32_t b)
{
	const rcv_credit *x = (const rcv_credit *) items + a;
	const rcv_credit *y = (const rcv_credit *) items + b;

	COMPARE(x->note, y->note);
	return x->id < y->id;
}

bool
rcv_rank_before(const void *items, int32_t a, int32_t b)
{
	(void) items;
	return a < b;
}
