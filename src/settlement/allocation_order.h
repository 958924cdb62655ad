/*
 * allocation_order.h
 *		The orders in which documents are taken: within the domain only.
 */
#ifndef RCV_ALLOCATION_ORDER_H
#define RCV_ALLOCATION_ORDER_H

#include "num/radix.h"
#include "settlement/allocation.h"

/* The place of document i in some order; those of the same place are equal in it. */
typedef uint64_t (*rcv_place_fn)(const void *documents, int32_t i);

/* The numbers of documents (values of items), in the order they were sorted into. */
typedef struct rcv_order
{
	rcv_keyed *items;
	rcv_keyed *spare; /* as much room as items have */
	int32_t n;
} rcv_order;

/* As they are. */
extern void rcv_order_begin(rcv_order *order, int32_t n);

/* Sorts by one thing more, which comes before those so far. */
extern void rcv_order_by(rcv_order *order, rcv_place_fn place, const void *documents);

/* Sorts those that the last rcv_order_by() found equal by another thing. */
extern void rcv_order_ties(rcv_order *order, rcv_place_fn place, const void *documents);

extern void rcv_order_copy(const rcv_order *order, int32_t *index);

/*
 * Are all n places different?  It may answer no where it would take long to say: a
 * short cut to not sorting them.  Changes the order.
 */
extern bool rcv_order_distinct(rcv_order *order, rcv_place_fn place, const void *documents,
							   int32_t n);

/* Puts the documents, of the given size, into the order, which then is as they are. */
extern void rcv_arrange(void *documents, size_t size, rcv_order *order);

/* Invoices. */
extern uint64_t rcv_debt_id(const void *documents, int32_t i);
extern uint64_t rcv_debt_day(const void *documents, int32_t i);
extern uint64_t rcv_debt_due(const void *documents, int32_t i);
extern uint64_t rcv_debt_day_due(const void *documents, int32_t i);
extern uint64_t rcv_debt_due_day(const void *documents, int32_t i);
extern uint64_t rcv_debt_weight(const void *documents, int32_t i); /* the heaviest first */

/* Credits; of a day: credit notes, payments, payments taken back. */
extern uint64_t rcv_credit_id(const void *documents, int32_t i);
extern uint64_t rcv_credit_turn(const void *documents, int32_t i);

/* Ranks, in the place of documents. */
extern uint64_t rcv_rank_itself(const void *ranks, int32_t i);

#endif
