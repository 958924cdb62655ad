/*
 * radix.h
 *		Sorting by 64-bit keys, in time linear in their number.
 */
#ifndef RCV_RADIX_H
#define RCV_RADIX_H

#include <stddef.h>
#include <stdint.h>

typedef struct rcv_keyed
{
	uint64_t key;
	uint64_t value;
} rcv_keyed;

/*
 * The n items by ascending key, those of the same key in their order: items or
 * spare, each with room for n.
 */
extern rcv_keyed *rcv_radix_sort(rcv_keyed *items, rcv_keyed *spare, size_t n);

#endif
