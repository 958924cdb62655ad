/*
 * query_pg.h
 *		A query given as text, whose columns are known by their names.
 *
 * It runs as the caller, read-only, through the executor; its rows go into a
 * sort by the first column as they come, which spills to disk past work_mem.
 * Nothing else is kept of it.
 */
#ifndef RCV_QUERY_PG_H
#define RCV_QUERY_PG_H

#include "pg/query.h"

#include "utils/tuplesort.h"

typedef enum rcv_query_type
{
	RCV_QUERY_KEY, /* bigint, or text of anything that is no integer */
	RCV_QUERY_TEXT,
	RCV_QUERY_DAY,
	RCV_QUERY_AMOUNT,
	RCV_QUERY_INTEGER,
	RCV_QUERY_BOOLEAN
} rcv_query_type;

typedef struct rcv_query_column
{
	const char *name;
	rcv_query_type type;
	bool needed;   /* a query without it is an error; so is a null, but for these: */
	bool nullable; /* nulls are taken */
	bool skip;	   /* rows with a null are left out */
} rcv_query_column;

#define RCV_QUERY_COLUMNS_MAX 16

typedef struct rcv_query
{
	DestReceiver dest;	  /* first */
	const char *function; /* for messages */
	const char *name;
	const char *example;
	const rcv_query_column *columns; /* the first is the key */
	int n;
	Oid key;  /* INT8OID or TEXTOID; InvalidOid: what the query says */
	int last; /* of the query's columns, the last one that matters */
	int at[RCV_QUERY_COLUMNS_MAX];
	Oid types[RCV_QUERY_COLUMNS_MAX];
	FmgrInfo outputs[RCV_QUERY_COLUMNS_MAX];
	MemoryContext context; /* where the sort lives */
	MemoryContext row_context;
	Tuplesortstate *sort;
	TupleTableSlot *in;
	TupleTableSlot *out;
	uint64 rows;
} rcv_query;

/*
 * Runs it, between SPI_connect() and SPI_finish(), and sorts its rows.  The
 * members up to key are set beforehand; the current memory context of the time
 * before SPI_connect() is in context.
 */
extern void rcv_query_run(rcv_query *query, const text *sql);

/* The next row is in query->out, all columns of it; false at the end. */
extern bool rcv_query_next(rcv_query *query);

/* -1, 0 or 1: the order of two keys of rows. */
extern int rcv_query_compare(const rcv_query *query, Datum a, Datum b);

/* A key as text; allocated. */
extern char *rcv_query_key_text(const rcv_query *query, Datum key);

extern void rcv_query_end(rcv_query *query);

#endif
