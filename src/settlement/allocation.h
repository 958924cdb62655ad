/*
 * allocation.h
 *		Which payment pays which invoice: the documents of one account, in one
 *		currency, taken in the order of their days.
 *
 * Of a day, the invoices come first, then credit notes, payments, and payments
 * taken back.  A credit goes to the invoices that are open on its day, in the
 * order of the method; what is left of it waits for the invoices to come.  So
 * what was allocated up to a day does not depend on later documents: leaving
 * those out gives the state of that day.
 *
 * Each invoice is paid costs first, then interest, then principal (Code civil,
 * art. 1343-1).  No more than it is open is ever allocated to an invoice, and
 * the rows of each document add up to its amount.
 */
#ifndef RCV_ALLOCATION_H
#define RCV_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"

typedef enum rcv_allocation_method
{
	RCV_OLDEST_DUE,		/* by due day, then day of issue, then id */
	RCV_FIFO,			/* by day of issue, then due day, then id */
	RCV_SPECIFIC,		/* the invoice that the credit names, and no other */
	RCV_PROPORTIONAL,	/* all in proportion to what is open, by largest remainder */
	RCV_LARGEST_FIRST,	/* by what is open, largest first; then as oldest due */
	RCV_INTEREST_FIRST, /* as oldest due */
	RCV_STATUTORY,		/* Code civil, art. 1342-10 */
	RCV_ALLOCATION_METHODS
} rcv_allocation_method;

typedef enum rcv_allocated_kind
{
	RCV_PRINCIPAL,
	RCV_INTEREST,
	RCV_COSTS,
	RCV_OPEN, /* what is open at the end, of the same three */
	RCV_OPEN_INTEREST,
	RCV_OPEN_COSTS,
	RCV_WRITE_OFF,	 /* a rest within the tolerance */
	RCV_UNALLOCATED, /* the rest of a credit */
	RCV_REFUND,		 /* of a credit, and the same with the other sign of what took it back */
	RCV_ALLOCATED_KINDS
} rcv_allocated_kind;

#define RCV_ALL_ALLOCATED (((uint32_t) 1 << RCV_ALLOCATED_KINDS) - 1)

/* The day of issue of an invoice that is known from the start. */
#define RCV_DAY_ALWAYS INT32_MIN

typedef struct rcv_debt
{
	int64_t id;
	int64_t total; /* all that is owed; above 0 */
	int64_t costs; /* of which costs and interest, none negative */
	int64_t interest;
	double weight; /* statutory: the debtor's interest in discharging it; finite */
	int32_t day;   /* of issue, or RCV_DAY_ALWAYS */
	int32_t due;

	/* set by rcv_allocate() */
	int64_t open;
	int64_t waived;
	int32_t waiting; /* the first and last credit that name it and came before it */
	int32_t waiting_last;
	int8_t place; /* where it is listed */
	bool issued;
} rcv_debt;

typedef struct rcv_credit
{
	int64_t id;
	int64_t amount;	   /* not 0; below 0: taken back */
	int64_t reference; /* the id of an invoice, if refers */
	int32_t day;
	bool refers;
	bool note; /* a credit note, not a payment: ids of both may be equal */

	/* set by rcv_allocate() */
	int64_t left;
	int32_t next; /* that waits for the same invoice */
} rcv_credit;

typedef struct rcv_allocated
{
	const rcv_debt *debt;	  /* or NULL */
	const rcv_credit *credit; /* or NULL */
	int64_t units;
	int32_t day; /* of the allocation; the due day of what is open */
	rcv_allocated_kind kind;
} rcv_allocated;

typedef struct rcv_allocation_terms
{
	rcv_allocation_method method;
	bool rest;		   /* specific: what is left falls to the oldest due */
	int64_t tolerance; /* a rest up to it is written off after a credit; not negative */
	int64_t unit;	   /* a power of ten: shares of a credit are multiples of it, or of a smaller
						* one where what is shared is not; 0: 1 */
	uint32_t kinds;	   /* of rows that are handed out, a bit for each; 0: all */
} rcv_allocation_terms;

/*
 * Takes a row, or NULL: a sign that work goes on, for long stretches without
 * rows.  It need not return.
 */
typedef void (*rcv_allocated_fn)(void *context, const rcv_allocated *row);

/* An id that occurs twice, when rcv_allocate() answers RCV_EDOMAIN. */
typedef struct rcv_allocation_fault
{
	int64_t id;
	bool credit;
	bool note;
} rcv_allocation_fault;

/* Bytes of working room for so many documents. */
extern size_t rcv_allocation_room(size_t debts, size_t credits);

/*
 * Allocates all credits and calls take for each row of the kinds asked for.
 * debts and credits, in any order, are rearranged; up to 2^30 of each.
 */
extern rcv_status rcv_allocate(const rcv_allocation_terms *terms, rcv_debt *debts, int32_t n,
							   rcv_credit *credits, int32_t m, void *room, rcv_allocated_fn take,
							   void *context, rcv_allocation_fault *fault);

#endif
