/*
 * allocation_pg.h
 *		What the two forms of allocate_payments share.
 */
#ifndef RCV_ALLOCATION_PG_H
#define RCV_ALLOCATION_PG_H

#include "pg/rcv_pg.h"

#include "settlement/allocation.h"
#include "settlement/document.h"

#include "utils/jsonb.h"

/* Allocated as one piece, names behind it. */
typedef struct rcv_allocation_options
{
	rcv_allocation_method method;
	bool rest;
	rcv_money tolerance;
	int currencies; /* with a tolerance of their own */
	char **names;
	rcv_money *tolerances;
} rcv_allocation_options;

/* Reads the options; tolerances by currency only where there are currencies. */
extern void rcv_allocation_options_read(Jsonb *json, bool by_currency, rcv_allocation_options *out);

/* The terms for one account: amounts are in units of 10^-scale. */
extern rcv_allocation_terms rcv_allocation_terms_of(const rcv_allocation_options *options,
													const char *currency, int scale);

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

/* Texts of all kinds, as datums; allocated. */
extern Datum *rcv_allocated_kinds(void);

static inline void
rcv_allocated_values(const rcv_allocated *row, int scale, const Datum *kinds, Datum *values,
					 bool *nulls)
{
	nulls[0] = row->debt == NULL;
	nulls[1] = row->credit == NULL || row->credit->note;
	nulls[2] = row->credit == NULL || !row->credit->note;
	nulls[3] = row->day == RCV_DAY_ALWAYS;
	nulls[4] = nulls[5] = false;
	values[0] = nulls[0] ? (Datum) 0 : Int64GetDatum(row->debt->id);
	values[1] = nulls[1] ? (Datum) 0 : Int64GetDatum(row->credit->id);
	values[2] = nulls[2] ? (Datum) 0 : Int64GetDatum(row->credit->id);
	values[3] = DateADTGetDatum(row->day);
	values[4] = rcv_money_numeric(row->units, scale);
	values[5] = kinds[row->kind];
}

#endif
