/*
 * radix.c
 *		One pass for each part of the key in which two items differ, from the last
 *		to the first; few items are merged.
 */
#include "num/radix.h"

#include <stdbool.h>
#include <string.h>

#define PART_BITS 11
#define PARTS (1 << PART_BITS)

/* Puts the items into spare by one part of their keys; false when it is the same in all. */
static bool
sort_by_part(const rcv_keyed *items, rcv_keyed *spare, size_t n, int shift)
{
	size_t places[PARTS] = {0};
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		places[items[i].key >> shift & (PARTS - 1)]++;
	for (int part = 0; part < PARTS; part++)
	{
		size_t count = places[part];

		if (count == n)
			return false;
		places[part] = at;
		at += count;
	}
	for (size_t i = 0; i < n; i++)
		spare[places[items[i].key >> shift & (PARTS - 1)]++] = items[i];
	return true;
}

#define FEW 512 /* items: counting parts takes longer than merging these */
#define SHORT_RUN 8

static void
insertion_sort(rcv_keyed *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		rcv_keyed moved = items[i];
		size_t at = i;

		for (; at > 0 && items[at - 1].key > moved.key; at--)
			items[at] = items[at - 1];
		items[at] = moved;
	}
}

/* Two sorted runs, the second one from the half on, into one. */
static void
merge(const rcv_keyed *from, rcv_keyed *to, size_t half, size_t n)
{
	size_t a = 0;
	size_t b = half;

	while (a < half && b < n)
	{
		bool second = from[b].key < from[a].key;

		*to++ = from[second ? b : a];
		b += second;
		a += !second;
	}
	memcpy(to, from + a, (half - a) * sizeof(*to));
	memcpy(to + (half - a), from + b, (n - b) * sizeof(*to));
}

static size_t
lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static rcv_keyed *
sort_few(rcv_keyed *items, rcv_keyed *spare, size_t n)
{
	for (size_t i = 0; i < n; i += SHORT_RUN)
		insertion_sort(items + i, lesser(SHORT_RUN, n - i));
	for (size_t width = SHORT_RUN; width < n; width *= 2)
	{
		rcv_keyed *other = items;

		for (size_t i = 0; i < n; i += 2 * width)
			merge(items + i, spare + i, lesser(width, n - i), lesser(2 * width, n - i));
		items = spare;
		spare = other;
	}
	return items;
}

rcv_keyed *
rcv_radix_sort(rcv_keyed *items, rcv_keyed *spare, size_t n)
{
	bool sorted = true;

	for (size_t i = 1; i < n && sorted; i++)
		sorted = items[i - 1].key <= items[i].key;
	if (!sorted && n <= FEW)
		return sort_few(items, spare, n);
	for (int shift = 0; shift < 64 && !sorted; shift += PART_BITS)
		if (sort_by_part(items, spare, n, shift))
		{
			rcv_keyed *other = items;

			items = spare;
			spare = other;
		}
	return items;
}
