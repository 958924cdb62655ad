/*
 * rows_pg.h
 *		Rows of numbers gathered by an aggregate: the state of kmeans_fit and
 *		silhouette.
 *
 * In the running aggregate it is an expanded object around one array of rows,
 * which grows where it lies; it is flattened only where it leaves the process.
 */
#ifndef RCV_ROWS_PG_H
#define RCV_ROWS_PG_H

#include "pg/rcv_pg.h"

#include "pg/json.h"
#include "utils/expandeddatum.h"

#include "cluster/kmeans.h"
#include "cluster/order.h"
#include "cluster/silhouette.h"

#define RCV_ROWS_MB_MAX 16000

/* What the rows are gathered for; zero bytes where a field does not apply. */
typedef enum rcv_rows_use
{
	RCV_ROWS_KMEANS,
	RCV_ROWS_SILHOUETTE /* the last column is the cluster */
} rcv_rows_use;

typedef struct rcv_rows_spec
{
	int32 use;
	int32 scale;
	int32 k;
	int32 starts;
	int32 max_iterations;
	int32 max_mb;
	int64 seed;
	double tolerance;
	uint64 hash; /* of the names, or of the model by which rows were scaled */
} rcv_rows_spec;

typedef struct rcv_rows
{
	ExpandedObjectHeader header;
	int magic;
	int columns; /* 0: not known yet */
	rcv_rows_spec spec;
	int64 n;
	int64 skipped; /* rows with a null */
	int64 room;	   /* for rows */
	double *rows;
	int n_names;
	char *names; /* n_names x RCV_KMEANS_NAME */
} rcv_rows;

/*
 * The numbers of a float8[] argument, at most RCV_KMEANS_COLUMNS_MAX: how many.
 * 0: it is null, or has a null.  Errors 22023, 54000 and 22003 for what is no row.
 */
extern int rcv_row_arg(FunctionCallInfo fcinfo, int arg, double *out);

/* The spec's state to add to: argument 0, which was begun with the same, or a new one. */
extern rcv_rows *rcv_rows_for(FunctionCallInfo fcinfo, const rcv_rows_spec *spec, const char *names,
							  int n_names);

/* Adds a row; of the same number of columns as those before. */
extern void rcv_rows_add(rcv_rows *state, const double *row, int columns);

/* A state of any origin, checked, to be read only. */
extern const rcv_rows *rcv_rows_arg(Datum state);

/*
 * The rows of a state in an order that does not depend on chance; items and spare
 * are allocated, and have room for all.
 */
extern rcv_blocks rcv_rows_ordered(const rcv_rows *state, rcv_keyed **items, rcv_keyed **spare);

/* A scaling with room for what a fit of it learns. */
extern rcv_scaling rcv_new_scaling(int kind, int columns);

/* Looks for interrupts. */
extern void rcv_rows_pause(void);

/* Allocates in the current context, also more than 1 GB. */
extern void *rcv_rows_alloc(Size n, Size size);

/* Raises the error of a status of scaling a column, which may have a name. */
extern void rcv_scale_error(rcv_status status, int column, const char *names)
	pg_attribute_noreturn();

#endif
