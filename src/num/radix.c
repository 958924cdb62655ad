/*
 * radix.c
 *		One pass for each part of the key in which two items differ, from the last
 *		to the first.
 */
#include "num/radix.h"

#include <stdbool.h>

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

rcv_keyed *
rcv_radix_sort(rcv_keyed *items, rcv_keyed *spare, size_t n)
{
	bool sorted = true;

	for (size_t i = 1; i < n && sorted; i++)
		sorted = items[i - 1].key <= items[i].key;
	for (int shift = 0; shift < 64 && !sorted; shift += PART_BITS)
		if (sort_by_part(items, spare, n, shift))
		{
			rcv_keyed *other = items;

			items = spare;
			spare = other;
		}
	return items;
}
