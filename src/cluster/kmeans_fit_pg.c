/*
 * kmeans_fit_pg.c
 *		The aggregate kmeans_fit, and what a model says of a row.
 */
#include "cluster/kmeans_pg.h"
#include "cluster/rows_pg.h"

#include <math.h>

#include "common/hashfn.h"
#include "utils/memutils.h"

/* Options -------------------------------------------------------------------- */

typedef struct fit_options
{
	rcv_rows_spec spec; /* but for k */
	int n_names;
	char names[RCV_KMEANS_COLUMNS_MAX * RCV_KMEANS_NAME];
} fit_options;

static const char *const option_keys[] = {"scale",	   "starts", "seed",  "max_iterations",
										  "tolerance", "max_mb", "names", NULL};

static const rcv_rows_spec default_spec = {.use = RCV_ROWS_KMEANS,
										   .scale = RCV_SCALE_ZSCORE,
										   .starts = 10,
										   .max_iterations = 300,
										   .max_mb = 512,
										   .seed = 1};

static int32
int_option(const rcv_json *json, const char *key, int64 most, int32 otherwise)
{
	int64 number = otherwise;

	rcv_json_int64(json, key, 1, most, &number);
	return (int32) number;
}

static void *
build_options(Datum argument, MemoryContext context)
{
	fit_options *out = MemoryContextAllocZero(context, sizeof(*out));
	rcv_json json = rcv_json_open(DatumGetJsonbP(argument), "options of kmeans_fit", option_keys);
	rcv_rows_spec *spec = &out->spec;
	int scale = RCV_SCALE_ZSCORE;

	*spec = default_spec;
	rcv_json_choice(&json, "scale", rcv_scale_names, &scale);
	spec->scale = scale;
	spec->starts = int_option(&json, "starts", RCV_KMEANS_STARTS_MAX, spec->starts);
	spec->max_iterations =
		int_option(&json, "max_iterations", RCV_KMEANS_ITERATIONS_MAX, spec->max_iterations);
	spec->max_mb = int_option(&json, "max_mb", RCV_ROWS_MB_MAX, spec->max_mb);
	rcv_json_int64(&json, "seed", -(INT64CONST(1) << 53), INT64CONST(1) << 53, &spec->seed);
	rcv_json_double(&json, "tolerance", &spec->tolerance);
	if (!(spec->tolerance >= 0 && spec->tolerance <= 1))
		rcv_json_error(&json, "\"tolerance\" must lie between 0 and 1: a share of the objective.");
	spec->tolerance += 0.0;
	if (rcv_json_has(&json, "names"))
	{
		out->n_names = rcv_kmeans_names(&json, RCV_KMEANS_COLUMNS_MAX, out->names);
		spec->hash = DatumGetUInt64(hash_any_extended((const unsigned char *) out->names,
													  out->n_names * RCV_KMEANS_NAME, 1));
	}
	return out;
}

static int32
k_arg(FunctionCallInfo fcinfo)
{
	int32 k;

	if (PG_ARGISNULL(2))
		rcv_null_error("k");
	k = PG_GETARG_INT32(2);
	if (k < 1 || k > RCV_KMEANS_K_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("k must lie between 1 and %d", RCV_KMEANS_K_MAX),
						errdetail("It is %d.", k)));
	return k;
}

/* Gathering rows ---------------------------------------------------------------- */

static Datum
add_row(FunctionCallInfo fcinfo, const fit_options *options)
{
	rcv_rows_spec spec = options == NULL ? default_spec : options->spec;
	double row[RCV_KMEANS_COLUMNS_MAX];
	rcv_rows *state;
	int columns;

	spec.k = k_arg(fcinfo);
	state = rcv_rows_for(fcinfo, &spec, options == NULL ? NULL : options->names,
						 options == NULL ? 0 : options->n_names);
	columns = rcv_row_arg(fcinfo, 1, row);
	if (columns == 0)
		state->skipped++;
	else
		rcv_rows_add(state, row, columns);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_fit_add);
Datum
pgrcv_kmeans_fit_add(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, NULL);
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_fit_add_options);
Datum
pgrcv_kmeans_fit_add_options(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(3))
		rcv_null_error("options");
	return add_row(fcinfo, rcv_cached(fcinfo, PG_GETARG_DATUM(3), build_options));
}

/* The fit ------------------------------------------------------------------------ */

static void
k_error(int k, int64 found)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are fewer rows than clusters"),
			 errdetail("k is %d, and the number of different rows, once they are scaled, is %lld.",
					   k, (long long) found),
			 errhint("Ask for fewer clusters.")));
}

static rcv_partition
new_partition(const rcv_kmeans *fit)
{
	Size cells = (Size) fit->k * fit->rows.columns;

	return (rcv_partition){.centroids = rcv_rows_alloc(cells, sizeof(double)),
						   .sums = rcv_rows_alloc(cells, sizeof(double)),
						   .sizes = rcv_rows_alloc(fit->k, sizeof(int64)),
						   .labels = rcv_rows_alloc(fit->rows.n, sizeof(uint16))};
}

/* Rows in their order, scaled. */
static rcv_blocks
scaled_rows(const rcv_rows *state, rcv_scaling *scaling)
{
	rcv_keyed *items;
	rcv_keyed *spare;
	rcv_blocks rows = rcv_rows_ordered(state, &items, &spare);
	int bad = 0;
	rcv_status status = rcv_scale_fit(scaling, &rows, items, spare, rcv_rows_pause, &bad);

	if (status != RCV_OK)
		rcv_scale_error(status, bad, state->n_names > 0 ? state->names : NULL);
	pfree(items);
	pfree(spare);
	return rows;
}

static Datum
model_of(const rcv_rows *state, const rcv_kmeans *fit, const rcv_scaling *scaling)
{
	rcv_kmeans_model header = {.scale = (uint8) scaling->kind,
							   .status =
								   fit->best.converged ? RCV_KMEANS_OK : RCV_KMEANS_NOT_CONVERGED,
							   .named = state->n_names > 0,
							   .k = fit->k,
							   .columns = state->columns,
							   .iterations = fit->best.iterations,
							   .starts = fit->starts,
							   .seed = state->spec.seed,
							   .n = state->n,
							   .skipped = state->skipped,
							   .objective = fit->best.objective};
	Size columns = state->columns;
	rcv_kmeans_value *value;
	rcv_kmeans_parts parts;

	if (scaling->kind == RCV_SCALE_RANK)
		header.knots = scaling->first[columns];
	value = rcv_kmeans_new_value(&header);
	parts = rcv_kmeans_parts_of(&value->model);
	for (Size i = 0; i < header.k * columns; i++)
		parts.centroids[i] = fit->best.centroids[i] + 0.0;
	memcpy(parts.sizes, fit->best.sizes, header.k * sizeof(int64));
	if (scaling->kind == RCV_SCALE_ZSCORE)
	{
		memcpy(parts.scaling.center, scaling->center, columns * sizeof(double));
		memcpy(parts.scaling.spread, scaling->spread, columns * sizeof(double));
	}
	if (scaling->kind == RCV_SCALE_RANK)
	{
		memcpy(parts.scaling.first, scaling->first, (columns + 1) * sizeof(int32));
		memcpy(parts.scaling.value, scaling->value, header.knots * sizeof(double));
		memcpy(parts.scaling.share, scaling->share, header.knots * sizeof(double));
	}
	if (state->n_names > 0)
		memcpy(parts.names, state->names, columns * RCV_KMEANS_NAME);
	PG_RETURN_POINTER(value);
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_fit_finish);
Datum
pgrcv_kmeans_fit_finish(PG_FUNCTION_ARGS)
{
	const rcv_rows *state = rcv_rows_arg(PG_GETARG_DATUM(0));
	rcv_scaling scaling;
	rcv_kmeans fit = {.k = state->spec.k,
					  .starts = state->spec.starts,
					  .max_iterations = state->spec.max_iterations,
					  .tolerance = state->spec.tolerance,
					  .seed = (uint64) state->spec.seed,
					  .pause = rcv_rows_pause};

	if (state->spec.use != RCV_ROWS_KMEANS)
		rcv_check(RCV_EBINARY, "state of rows");
	if (state->n == 0)
		PG_RETURN_NULL();
	if (state->n < fit.k)
		k_error(fit.k, state->n);
	scaling = rcv_new_scaling(state->spec.scale, state->columns);
	fit.rows = scaled_rows(state, &scaling);
	fit.near = rcv_rows_alloc(rcv_blocks_count(&fit.rows) * RCV_BLOCK, sizeof(double));
	fit.block_sums = rcv_rows_alloc(rcv_blocks_count(&fit.rows), sizeof(double));
	fit.best = new_partition(&fit);
	fit.other = new_partition(&fit);
	if (rcv_kmeans_fit(&fit) != RCV_OK)
		k_error(fit.k, fit.found);
	return model_of(state, &fit, &scaling);
}

/* What a model says of a row --------------------------------------------------------- */

bool
rcv_kmeans_scaled_arg(FunctionCallInfo fcinfo, int arg, const rcv_kmeans_model *model,
					  const rcv_kmeans_parts *parts, double *out)
{
	double row[RCV_KMEANS_COLUMNS_MAX];
	int columns = rcv_row_arg(fcinfo, arg, row);
	rcv_status status;
	int bad = 0;

	if (columns == 0)
		return false;
	if (columns != model->columns)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the row has %d columns, the model %d", columns, model->columns)));
	status = rcv_scale_row(&parts->scaling, row, out, &bad);
	if (unlikely(status != RCV_OK))
		rcv_scale_error(status, bad, parts->names);
	return true;
}

/* Cluster of the row in argument 1 by the model in argument 0; -1: none. */
static int
nearest(FunctionCallInfo fcinfo, double *square)
{
	const rcv_kmeans_model *model = rcv_kmeans_model_arg(PG_GETARG_DATUM(0));
	rcv_kmeans_parts parts = rcv_kmeans_parts_of(model);
	double row[RCV_KMEANS_COLUMNS_MAX];

	if (!rcv_kmeans_scaled_arg(fcinfo, 1, model, &parts, row))
		return -1;
	return rcv_kmeans_nearest(parts.centroids, model->k, model->columns, row, square);
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_assign);
Datum
pgrcv_kmeans_assign(PG_FUNCTION_ARGS)
{
	double square;
	int cluster = nearest(fcinfo, &square);

	if (cluster < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(cluster + 1);
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_distance);
Datum
pgrcv_kmeans_distance(PG_FUNCTION_ARGS)
{
	double square;

	if (nearest(fcinfo, &square) < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(sqrt(square));
}
