/*
 * allocation_pg.h
 *		What the two forms of allocate_payments share.
 */
#ifndef RCV_ALLOCATION_PG_H
#define RCV_ALLOCATION_PG_H

#include "pg/rcv_pg.h"

#include "settlement/allocation.h"
#include "settlement/document.h"
#include "settlement/document_pack.h"

#include "access/htup_details.h"
#include "utils/jsonb.h"

/* Those that the options name. */
typedef struct rcv_currencies
{
	int n;
	char **names;
} rcv_currencies;

typedef struct rcv_allocation_options
{
	rcv_allocation_method method;
	bool rest;
	int scale; /* decimals of shares */
	rcv_money tolerance;
	uint32 kinds;				   /* of rows, a bit for each */
	rcv_currencies with_tolerance; /* of their own, in the same order */
	rcv_money *tolerances;
	rcv_currencies with_scale;
	int *scales;
} rcv_allocation_options;

#define RCV_ALLOCATION_SCALE 2 /* unless the options say otherwise */

/* Reads the options; tolerances and scales by currency only where there are currencies. */
extern void rcv_allocation_options_read(Jsonb *json, bool by_currency, rcv_allocation_options *out);

/* The fewest decimals that amounts are allocated with: those of a currency (or NULL), and of any. */
extern int rcv_allocation_least_scale(const rcv_allocation_options *options, const char *currency);
extern int rcv_allocation_finest_scale(const rcv_allocation_options *options);

/* The terms for one account: amounts are in units of 10^-scale. */
extern rcv_allocation_terms rcv_allocation_terms_of(const rcv_allocation_options *options,
													const char *currency, int scale);

/*
 * The next n invoices and m credits, in any order, with amounts at this scale;
 * an error about what when there are others, or they are not possible.
 */
extern void rcv_allocation_unpack(rcv_packed_reader *reader, int scale, rcv_debt *debts, int32 n,
								  rcv_credit *credits, int32 m, const char *what);

/* Raises the error for an amount that has no room at the scale of the finest one. */
extern void rcv_allocation_digits_error(const char *what) pg_attribute_noreturn();

/* Raises the error for an id that occurs twice. */
extern void rcv_allocation_fault_error(const rcv_allocation_fault *fault, const char *customer)
	pg_attribute_noreturn();

/* For hints: what a column may come from, and what to do when it has another type. */
extern const char *rcv_allocation_source(const char *column, bool payments);
extern const char *rcv_allocation_cast_hint(const char *column);

/* Raises the error for a column "currency" that one of two queries lacks. */
extern void rcv_allocation_currency_error(const char *query) pg_attribute_noreturn();

/* Columns of a row: invoice, payment, credit_note, day, amount, kind. */
#define RCV_ALLOCATED_COLUMNS 6

/* The most bytes that they take. */
#define RCV_ALLOCATED_BYTES (MAXIMUM_ALIGNOF + 2 * sizeof(int64) + 4 + RCV_PACKED_NUMERIC + 16)

/*
 * Writes the columns of a row into a tuple, from column first (0 or 2) on, where
 * the data of those before end, and their bits among those of the columns that
 * are not null; returns the end.
 */
extern char *rcv_allocated_fill(const rcv_allocated *row, int scale, bits8 *bits, int first,
								char *end);

/* The head of a tuple: its columns, and all columns of a row null. */
extern HeapTuple rcv_allocated_head(TupleDesc desc, const Datum *values, const bool *nulls);

#endif
