/*
 * allocation_ledger_pg.h
 *		The documents of a whole ledger in flat arrays, by account.
 *
 * A document takes 40 bytes, one of a ledger with charges 64; there is room for
 * those expected, and arrays grow by doubling.  Customers and currencies that are
 * texts are kept once.
 */
#ifndef RCV_ALLOCATION_LEDGER_PG_H
#define RCV_ALLOCATION_LEDGER_PG_H

#include "settlement/allocation_pg.h"

#define LEDGER_DOCUMENTS_MAX 100000000 /* of each query */
#define LEDGER_NO_CURRENCY (-1)

/* Texts with numbers from 0, in the order they came. */
typedef struct name_table
{
	struct name_entry *entries;
	int32 *slots; /* a number, or -1 */
	char *bytes;
	Size used;
	Size room;
	uint32 n;
	uint32 size; /* of slots: a power of two; entries are half as many */
	uint32 last;
} name_table;

typedef struct account
{
	int64 customer; /* or the number of its name */
	int32 currency; /* number of its name, or LEDGER_NO_CURRENCY */
} account;

/* Of the hash table: one cache line holds four. */
typedef struct account_slot
{
	int64 customer;
	int32 currency;
	int32 number; /* or -1: empty */
} account_slot;

#define LEDGER_BATCH 256

/* What one query returns. */
typedef struct ledger_side
{
	rcv_document *documents;
	rcv_charges *charges; /* or NULL */
	uint32 *accounts;	  /* of the documents */
	uint32 *starts;		  /* of accounts in the index, when grouped */
	uint32 *index;		  /* documents by account */
	uint32 n;
	uint32 room;
	account asked[LEDGER_BATCH]; /* of the last documents: not looked up yet */
	int n_asked;
} ledger_side;

typedef struct ledger
{
	MemoryContext context;
	MemoryContext row_context; /* lives for some rows */
	bool text_customers;
	int32 as_of;
	int scale; /* of all amounts */
	name_table customers;
	name_table currencies;
	account *accounts;
	account_slot *slots;
	uint32 n_accounts;
	uint32 size; /* of slots; three quarters of them are for accounts */
	ledger_side invoices;
	ledger_side payments;
} ledger;

extern ledger *ledger_begin(bool text_customers, int32 as_of);

/* To be said before the first document of a side: about how many come, and whether with charges. */
extern void ledger_expect(ledger *l, ledger_side *side, double documents, bool charges);

/* Amounts get at least this scale. */
extern void ledger_raise_scale_slow(ledger *l, int scale);

static inline void
ledger_raise_scale(ledger *l, int scale)
{
	if (unlikely(scale > l->scale))
		ledger_raise_scale_slow(l, scale);
}

/* The number of a text. */
extern uint32 ledger_name(name_table *table, const char *bytes, uint32 length);

/* The text of a number, allocated. */
extern char *ledger_name_text(const name_table *table, uint32 number);

extern void ledger_add(ledger *l, ledger_side *side, int64 customer, int32 currency,
					   const rcv_document *document, const rcv_charges *charges);

/* Sorts accounts by customer and currency, and documents by them. */
extern void ledger_group(ledger *l);

/* The customer and the currency of an account, allocated. */
extern char *ledger_customer_text(const ledger *l, uint32 account);
extern char *ledger_currency_text(const ledger *l, uint32 account);

/* An error where a document names an invoice of its customer in another currency; when grouped. */
extern void ledger_check_currencies(const ledger *l);

#endif
