/*
 * silhouette_pg.c
 *		The aggregate silhouette: of rows with their cluster, and of rows by a model.
 *
 * The state holds rows with the number of their cluster as one column more.
 */
#include "cluster/kmeans_pg.h"
#include "cluster/rows_pg.h"

#include <math.h>

#include "common/hashfn.h"
#include "utils/memutils.h"

static const char *const option_keys[] = {"scale", NULL};

static void *
build_options(Datum argument, MemoryContext context)
{
	rcv_rows_spec *spec = MemoryContextAllocZero(context, sizeof(*spec));
	rcv_json json = rcv_json_open(DatumGetJsonbP(argument), "options of silhouette", option_keys);
	int scale = RCV_SCALE_ZSCORE;

	rcv_json_choice(&json, "scale", rcv_scale_names, &scale);
	spec->use = RCV_ROWS_SILHOUETTE;
	spec->scale = scale;
	return spec;
}

static Datum
add_row(FunctionCallInfo fcinfo, const rcv_rows_spec *spec)
{
	double row[RCV_KMEANS_COLUMNS_MAX + 1];
	int columns = PG_ARGISNULL(2) ? 0 : rcv_row_arg(fcinfo, 1, row);
	rcv_rows *state;

	if (columns == 0)
		return rcv_same_state(fcinfo);
	row[columns] = PG_GETARG_INT32(2);
	state = rcv_rows_for(fcinfo, spec, NULL, 0);
	rcv_rows_add(state, row, columns + 1);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

PG_FUNCTION_INFO_V1(pgrcv_silhouette_add);
Datum
pgrcv_silhouette_add(PG_FUNCTION_ARGS)
{
	static const rcv_rows_spec spec = {.use = RCV_ROWS_SILHOUETTE, .scale = RCV_SCALE_ZSCORE};

	return add_row(fcinfo, &spec);
}

PG_FUNCTION_INFO_V1(pgrcv_silhouette_add_options);
Datum
pgrcv_silhouette_add_options(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(3))
		rcv_null_error("options");
	return add_row(fcinfo, rcv_cached(fcinfo, PG_GETARG_DATUM(3), build_options));
}

/* By a model: rows are scaled as they come -------------------------------------- */

typedef struct own_model
{
	rcv_rows_spec spec;
	rcv_kmeans_model *model;
	rcv_kmeans_parts parts;
} own_model;

static void *
build_model(Datum argument, MemoryContext context)
{
	const rcv_kmeans_model *model = rcv_kmeans_model_arg(argument);
	Size size = rcv_kmeans_model_size(model);
	own_model *out = MemoryContextAllocZero(context, sizeof(*out));

	out->model = MemoryContextAlloc(context, size);
	memcpy(out->model, model, size);
	out->parts = rcv_kmeans_parts_of(out->model);
	out->spec.use = RCV_ROWS_SILHOUETTE;
	out->spec.scale = RCV_SCALE_NONE;
	out->spec.hash =
		DatumGetUInt64(hash_any_extended((const unsigned char *) model, (int) size, 1));
	return out;
}

PG_FUNCTION_INFO_V1(pgrcv_silhouette_add_model);
Datum
pgrcv_silhouette_add_model(PG_FUNCTION_ARGS)
{
	double row[RCV_KMEANS_COLUMNS_MAX + 1];
	const own_model *own;
	rcv_rows *state;
	double square;
	int columns;

	if (PG_ARGISNULL(1))
		rcv_null_error("model");
	own = rcv_cached(fcinfo, PG_GETARG_DATUM(1), build_model);
	if (!rcv_kmeans_scaled_arg(fcinfo, 2, own->model, &own->parts, row))
		return rcv_same_state(fcinfo);
	columns = own->model->columns;
	row[columns] =
		rcv_kmeans_nearest(own->parts.centroids, own->model->k, columns, row, &square) + 1;
	state = rcv_rows_for(fcinfo, &own->spec, NULL, 0);
	rcv_rows_add(state, row, columns + 1);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/* The answer -------------------------------------------------------------------------- */

/* Cluster of a row as a key that sorts as the number does. */
static uint64
cluster_key(const rcv_rows *state, uint64 row)
{
	double cluster = state->rows[(row + 1) * state->columns - 1];

	if (!(cluster == floor(cluster) && fabs(cluster) <= 2147483648.0))
		rcv_check(RCV_EBINARY, "state of rows");
	return (uint64) ((int64) cluster + (INT64CONST(1) << 31));
}

/*
 * Rows without their clusters, by cluster, and in each in an order that does not
 * depend on chance; where clusters begin, and the end: how many.
 */
static int
by_cluster(const rcv_rows *state, rcv_blocks *rows, Size *first)
{
	Size n = state->n;
	rcv_keyed *items = rcv_rows_alloc(n, sizeof(*items));
	rcv_keyed *spare = rcv_rows_alloc(n, sizeof(*spare));
	rcv_keyed *order = rcv_order_rows(state->rows, n, state->columns, items, spare, rcv_rows_pause);
	int clusters = 0;

	for (Size i = 0; i < n; i++)
		order[i].key = cluster_key(state, order[i].value);
	order = rcv_radix_sort(order, order == items ? spare : items, n);
	*rows = (rcv_blocks){.n = n, .columns = state->columns - 1};
	rows->data = palloc0(rcv_blocks_count(rows) * RCV_BLOCK * rows->columns * sizeof(double));
	for (Size i = 0; i < n; i++)
	{
		if (i == 0 || order[i].key != order[i - 1].key)
			first[clusters++] = i;
		for (int j = 0; j < rows->columns; j++)
			rcv_block_row(rows, i)[j * RCV_BLOCK] =
				state->rows[order[i].value * state->columns + j];
	}
	first[clusters] = n;
	return clusters;
}

static void
scale_rows(const rcv_rows *state, rcv_blocks *rows)
{
	rcv_scaling scaling = rcv_new_scaling(state->spec.scale, rows->columns);
	rcv_keyed *items = rcv_rows_alloc(2 * rows->n, sizeof(*items));
	int bad = 0;
	rcv_status status = rcv_scale_fit(&scaling, rows, items, items + rows->n, rcv_rows_pause, &bad);

	if (status != RCV_OK)
		rcv_scale_error(status, bad, NULL);
	pfree(items);
}

PG_FUNCTION_INFO_V1(pgrcv_silhouette_finish);
Datum
pgrcv_silhouette_finish(PG_FUNCTION_ARGS)
{
	const rcv_rows *state = rcv_rows_arg(PG_GETARG_DATUM(0));
	rcv_blocks rows;
	double value;
	Size *first;
	int clusters;

	if (state->spec.use != RCV_ROWS_SILHOUETTE || state->columns == 1)
		rcv_check(RCV_EBINARY, "state of rows");
	if (state->n == 0)
		PG_RETURN_NULL();
	first = palloc((state->n + 1) * sizeof(*first));
	clusters = by_cluster(state, &rows, first);
	if (clusters < 2)
		PG_RETURN_NULL();
	scale_rows(state, &rows);
	rcv_check(rcv_silhouette(&rows, first, clusters, palloc(clusters * sizeof(double)),
							 rcv_rows_pause, &value),
			  "silhouette");
	PG_RETURN_FLOAT8(value);
}
