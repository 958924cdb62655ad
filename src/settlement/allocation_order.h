/*
 * allocation_order.h
 *		The orders in which documents are taken: within the domain only.
 */
#ifndef RCV_ALLOCATION_ORDER_H
#define RCV_ALLOCATION_ORDER_H

#include "settlement/allocation.h"

typedef bool (*rcv_before_fn)(const void *items, int32_t a, int32_t b);

typedef struct rcv_sorting
{
	int32_t *spare; /* as much room as the index has */
	rcv_before_fn before;
	const void *items;
	rcv_allocated_fn take; /* called with NULL now and then */
	void *context;
} rcv_sorting;

/* Sorts an index of up to 2^30 items; equal ones keep their order. */
extern void rcv_sort_index(const rcv_sorting *by, int32_t *index, int32_t n);

extern void rcv_count_up(int32_t *index, int32_t n);

/* Puts item index[i] of the given size into place i, for all i; the index is lost. */
extern void rcv_arrange(void *items, size_t size, int32_t *index, int32_t n);

/* Invoices. */
extern bool rcv_older_due(const void *items, int32_t a, int32_t b);
extern bool rcv_older_issued(const void *items, int32_t a, int32_t b);
extern bool rcv_heavier(const void *items, int32_t a, int32_t b); /* then as older due */
extern bool rcv_lower_id(const void *items, int32_t a, int32_t b);
extern bool rcv_earlier_day(const void *items, int32_t a, int32_t b);
extern bool rcv_earlier_due(const void *items, int32_t a, int32_t b);

/* Credits. */
extern bool rcv_earlier_credit(const void *items, int32_t a, int32_t b);
extern bool rcv_lower_credit_id(const void *items, int32_t a, int32_t b);

/* Ranks themselves. */
extern bool rcv_rank_before(const void *items, int32_t a, int32_t b);

#endif
