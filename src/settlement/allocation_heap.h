/*
 * allocation_heap.h
 *		Open invoices, listed by their places in an array: as a heap, the first of
 *		the order on top, or as a plain list.
 */
#ifndef RCV_ALLOCATION_HEAP_H
#define RCV_ALLOCATION_HEAP_H

#include "settlement/allocation.h"

#define RCV_NONE (-1)

/* Where an invoice is listed. */
enum
{
	RCV_LISTED_NOWHERE,
	RCV_LISTED_LATER, /* statutory: not due yet */
	RCV_LISTED_LIVE
};

typedef struct rcv_rank_list
{
	rcv_debt *debts; /* by rank */
	int32_t *at;	 /* ranks */
	int32_t n;
	int8_t place;
	bool by_amount; /* the largest open amount first, then by rank */
} rcv_rank_list;

static inline bool
rcv_rank_before(const rcv_rank_list *heap, int32_t a, int32_t b)
{
	if (heap->by_amount && heap->debts[a].open != heap->debts[b].open)
		return heap->debts[a].open > heap->debts[b].open;
	return a < b;
}

static inline void
rcv_heap_sift(rcv_rank_list *heap, int32_t at)
{
	int32_t moved = heap->at[at];

	for (int64_t child = 2 * (int64_t) at + 1; child < heap->n; child = 2 * (int64_t) at + 1)
	{
		if (child + 1 < heap->n && rcv_rank_before(heap, heap->at[child + 1], heap->at[child]))
			child++;
		if (!rcv_rank_before(heap, heap->at[child], moved))
			break;
		heap->at[at] = heap->at[child];
		at = (int32_t) child;
	}
	heap->at[at] = moved;
}

/* A heap of what is listed in any order. */
static inline void
rcv_heap_make(rcv_rank_list *heap)
{
	for (int32_t at = heap->n / 2; at-- > 0;)
		rcv_heap_sift(heap, at);
}

static inline void
rcv_heap_push(rcv_rank_list *heap, int32_t rank)
{
	int32_t at = heap->n++;

	for (; at > 0 && rcv_rank_before(heap, rank, heap->at[(at - 1) / 2]); at = (at - 1) / 2)
		heap->at[at] = heap->at[(at - 1) / 2];
	heap->at[at] = rank;
	heap->debts[rank].place = heap->place;
}

static inline void
rcv_heap_pop(rcv_rank_list *heap)
{
	rcv_debt *debt = &heap->debts[heap->at[0]];

	if (debt->place == heap->place)
		debt->place = RCV_LISTED_NOWHERE;
	heap->at[0] = heap->at[--heap->n];
	if (heap->n > 0)
		rcv_heap_sift(heap, 0);
}

/* The first open invoice of a heap, or RCV_NONE. */
static inline int32_t
rcv_heap_top(rcv_rank_list *heap)
{
	while (heap->n > 0)
	{
		const rcv_debt *debt = &heap->debts[heap->at[0]];

		if (debt->open > 0 && debt->place == heap->place)
			return heap->at[0];
		rcv_heap_pop(heap);
	}
	return RCV_NONE;
}

#endif
