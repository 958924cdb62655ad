/*
 * rows_pg.c
 *		Rows of numbers gathered by an aggregate.
 *
 * Any user may call the state functions with any bytes, so a flat state is
 * checked as a whole.
 */
#include "cluster/rows_pg.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"

#define EXPANDED_MAGIC 0x524F5731 /* "ROW1" */
#define STATE_MARK 0x434C5501	  /* "CLU", version 1 */
#define FIRST_ROOM 16
#define AHEAD 16 /* rows fetched before they are needed */

typedef struct flat_rows
{
	int32 vl_len_;
	uint32 mark; /* STATE_MARK */
	rcv_rows_spec spec;
	int32 columns;
	int32 n_names;
	int64 n;
	int64 skipped;
	double data[FLEXIBLE_ARRAY_MEMBER]; /* rows, then names */
} flat_rows;

#define FLAT_HEADER offsetof(flat_rows, data)

StaticAssertDecl(FLAT_HEADER % sizeof(double) == 0, "rows are aligned");

void
rcv_rows_pause(void)
{
	CHECK_FOR_INTERRUPTS();
}

void *
rcv_rows_alloc(Size n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * size);
}

/* Rows from arrays --------------------------------------------------------- */

static void
shape_error(int dimensions, int columns)
{
	if (dimensions > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a row must be an array of one dimension, not %d", dimensions)));
	if (columns == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a row must have at least one column"),
						errhint("Give an array of numbers, as in ARRAY[recency, frequency].")));
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a row has %d columns", columns),
			 errdetail("It can have %d at most.", RCV_KMEANS_COLUMNS_MAX)));
}

static void
check_number(double x, int column)
{
	if (fabs(x) <= RCV_CLUSTER_MOST)
		return;
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("column %d of a row is out of range", column + 1),
					errdetail("It must be a number from -1e140 to 1e140."),
					errhint("Leave such rows out, or make them null: these are skipped.")));
}

/* The numbers of an array that may have a bitmap of nulls; 0: it has a null. */
static int
slow_row(Datum datum, const char **data)
{
	ArrayType *array = DatumGetArrayTypeP(datum);

	if (array_contains_nulls(array))
		return 0;
	*data = ARR_DATA_PTR(array);
	return ARR_DIMS(array)[0];
}

/*
 * Read in place: arrays in tables have a short header, and would be copied to
 * give them the one that ArrayType has.
 */
int
rcv_row_arg(FunctionCallInfo fcinfo, int arg, double *out)
{
	struct varlena *array;
	const char *data;
	int32 head[5]; /* as of ArrayType: ndim, dataoffset, elemtype, dimension, lower bound */
	int columns;

	if (PG_ARGISNULL(arg))
		return 0;
	array = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(arg));
	data = VARDATA_ANY(array);
	memset(head, 0, sizeof(head));
	memcpy(head, data, Min(sizeof(head), VARSIZE_ANY_EXHDR(array)));
	if (head[0] != 1 || head[3] > RCV_KMEANS_COLUMNS_MAX)
		shape_error(head[0], head[0] == 0 ? 0 : head[3]);
	columns = head[3];
	data += ARR_OVERHEAD_NONULLS(1) - VARHDRSZ;
	if (head[1] != 0 && (columns = slow_row(PointerGetDatum(array), &data)) == 0)
		return 0;
	memcpy(out, data, columns * sizeof(double));
	for (int j = 0; j < columns; j++)
	{
		if (unlikely(!(fabs(out[j]) <= RCV_CLUSTER_MOST)))
			check_number(out[j], j);
		out[j] += 0.0; /* no -0 */
	}
	return columns;
}

/* Expanded form ------------------------------------------------------------- */

static Size
flat_size(ExpandedObjectHeader *header)
{
	const rcv_rows *state = (const rcv_rows *) header;
	Size size = FLAT_HEADER + state->n * state->columns * sizeof(double) +
				(Size) state->n_names * RCV_KMEANS_NAME;

	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many rows for one state of an aggregate"),
						errdetail("A process can send 1 GB to another at most."),
						errhint("Set max_parallel_workers_per_gather to 0, or take a sample.")));
	return size;
}

static void
flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	const rcv_rows *state = (const rcv_rows *) header;
	flat_rows *flat = result;
	Size cells = state->n * state->columns;

	memset(flat, 0, FLAT_HEADER);
	SET_VARSIZE(flat, size);
	flat->mark = STATE_MARK;
	flat->spec = state->spec;
	flat->columns = state->columns;
	flat->n_names = state->n_names;
	flat->n = state->n;
	flat->skipped = state->skipped;
	if (cells > 0)
		memcpy(flat->data, state->rows, cells * sizeof(double));
	if (state->n_names > 0)
		memcpy(flat->data + cells, state->names, (Size) state->n_names * RCV_KMEANS_NAME);
}

static const ExpandedObjectMethods methods = {flat_size, flatten};

static rcv_rows *
new_rows(MemoryContext parent, const rcv_rows_spec *spec, const char *names, int n_names)
{
	MemoryContext context = AllocSetContextCreate(parent, "rows to cluster", ALLOCSET_SMALL_SIZES);
	rcv_rows *state = MemoryContextAllocZero(context, sizeof(*state));

	EOH_init_header(&state->header, &methods, context);
	state->magic = EXPANDED_MAGIC;
	state->spec = *spec;
	state->n_names = n_names;
	if (n_names > 0)
	{
		state->names = MemoryContextAlloc(context, (Size) n_names * RCV_KMEANS_NAME);
		memcpy(state->names, names, (Size) n_names * RCV_KMEANS_NAME);
	}
	return state;
}

static bool
is_expanded(Datum datum)
{
	return VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum));
}

static rcv_rows *
object_of(Datum datum)
{
	rcv_rows *state = (rcv_rows *) DatumGetEOHP(datum);

	if (state->magic != EXPANDED_MAGIC)
		elog(ERROR, "not an expanded state of rows");
	return state;
}

static int64
rows_most(const rcv_rows *state)
{
	int64 bytes = 16 * state->columns + 32; /* as they came, and for the fit */

	if (state->spec.use == RCV_ROWS_SILHOUETTE)
		return RCV_SILHOUETTE_ROWS_MAX;
	return ((int64) state->spec.max_mb << 20) / bytes;
}

static void
limit_error(const rcv_rows *state)
{
	if (state->spec.use == RCV_ROWS_SILHOUETTE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many rows for a silhouette"),
				 errdetail("It compares each row with each other one, and takes %d at most.",
						   RCV_SILHOUETTE_ROWS_MAX),
				 errhint("Take a sample of the rows, as with WHERE hashint8(id) %% 100 = 0 "
						 "or TABLESAMPLE.")));
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many rows for one fit"),
					errdetail("%lld rows of %d columns take all of the %d MB of \"max_mb\".",
							  (long long) rows_most(state), state->columns, state->spec.max_mb),
					errhint("Raise the option \"max_mb\", up to %d, or fit on a sample of the "
							"rows.",
							RCV_ROWS_MB_MAX)));
}

/* Room for more rows, of which there must not be too many in all. */
static void
make_room(rcv_rows *state, int64 more)
{
	int64 most = rows_most(state);
	int64 room = Max(state->room * 2, Max(state->n + more, FIRST_ROOM));
	Size size;

	if (state->n + more <= state->room)
		return;
	if (state->n + more > most)
		limit_error(state);
	room = Min(room, most);
	size = room * state->columns * sizeof(double);
	CHECK_FOR_INTERRUPTS();
	state->rows = state->rows == NULL ? MemoryContextAllocHuge(state->header.eoh_context, size)
									  : repalloc_huge(state->rows, size);
	state->room = room;
}

static void
set_columns(rcv_rows *state, int columns)
{
	if (state->columns == 0)
		state->columns = columns;
	if (state->columns != columns)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("rows differ in their number of columns"),
			 errdetail("One has %d, another one %d.",
					   Min(columns, state->columns) - (state->spec.use == RCV_ROWS_SILHOUETTE),
					   Max(columns, state->columns) - (state->spec.use == RCV_ROWS_SILHOUETTE))));
	if (state->n_names > 0 && state->n_names != columns)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rows have %d columns, but \"names\" has %d", columns, state->n_names)));
}

void
rcv_rows_add(rcv_rows *state, const double *row, int columns)
{
	if (unlikely(state->columns != columns))
		set_columns(state, columns);
	if (unlikely(state->n == state->room))
		make_room(state, 1);
	memcpy(state->rows + state->n * columns, row, columns * sizeof(double));
	state->n++;
}

/* Flat states ------------------------------------------------------------------ */

static bool
spec_possible(const rcv_rows_spec *spec)
{
	if (spec->scale < 0 || spec->scale >= RCV_SCALES)
		return false;
	if (spec->use == RCV_ROWS_SILHOUETTE)
		return true;
	return spec->use == RCV_ROWS_KMEANS && spec->k >= 1 && spec->k <= RCV_KMEANS_K_MAX &&
		   spec->starts >= 1 && spec->starts <= RCV_KMEANS_STARTS_MAX &&
		   spec->max_iterations >= 1 && spec->max_iterations <= RCV_KMEANS_ITERATIONS_MAX &&
		   spec->max_mb >= 1 && spec->max_mb <= RCV_ROWS_MB_MAX && spec->tolerance >= 0 &&
		   spec->tolerance <= 1;
}

static bool
sizes_possible(const flat_rows *flat)
{
	Size size = VARSIZE(flat) - FLAT_HEADER;
	int most = RCV_KMEANS_COLUMNS_MAX + (flat->spec.use == RCV_ROWS_SILHOUETTE);

	if (flat->n < 0 || flat->skipped < 0 || flat->skipped > INT64CONST(1) << 52 ||
		flat->columns < 0 || flat->columns > most || flat->n > (int64) MaxAllocSize ||
		(flat->columns == 0) != (flat->n == 0))
		return false;
	if (flat->n_names < 0 || flat->n_names > RCV_KMEANS_COLUMNS_MAX ||
		(flat->n_names > 0 && flat->n > 0 && flat->n_names != flat->columns))
		return false;
	return size ==
		   (Size) flat->n * flat->columns * sizeof(double) + (Size) flat->n_names * RCV_KMEANS_NAME;
}

static bool
names_possible(const char *names, int n)
{
	for (int i = 0; i < n; i++, names += RCV_KMEANS_NAME)
	{
		Size length = strnlen(names, RCV_KMEANS_NAME);

		if (length == RCV_KMEANS_NAME || !pg_verifymbstr(names, length, true))
			return false;
		for (Size j = length; j < RCV_KMEANS_NAME; j++)
			if (names[j] != 0)
				return false;
	}
	return true;
}

/* A checked copy of a flat state, in a context of its own. */
static rcv_rows *
copied_rows(Datum datum, MemoryContext parent)
{
	flat_rows *flat = rcv_state_copy(datum, FLAT_HEADER, "state of rows");
	rcv_rows *state;
	Size cells;

	if (flat->mark != STATE_MARK || !spec_possible(&flat->spec) || !sizes_possible(flat))
		rcv_check(RCV_EBINARY, "state of rows");
	cells = flat->n * flat->columns;
	for (Size i = 0; i < cells; i++)
	{
		if (!(fabs(flat->data[i]) <= RCV_CLUSTER_MOST))
			rcv_check(RCV_EBINARY, "state of rows");
		flat->data[i] += 0.0;
	}
	if (!names_possible((const char *) (flat->data + cells), flat->n_names))
		rcv_check(RCV_EBINARY, "state of rows");
	state = new_rows(parent, &flat->spec, (const char *) (flat->data + cells), flat->n_names);
	state->skipped = flat->skipped;
	state->columns = flat->columns;
	if (flat->n > 0)
	{
		make_room(state, flat->n);
		memcpy(state->rows, flat->data, cells * sizeof(double));
		state->n = flat->n;
	}
	pfree(flat);
	return state;
}

const rcv_rows *
rcv_rows_arg(Datum state)
{
	return is_expanded(state) ? object_of(state) : copied_rows(state, CurrentMemoryContext);
}

static void
append(rcv_rows *state, const rcv_rows *other)
{
	if (memcmp(&state->spec, &other->spec, sizeof(state->spec)) != 0)
		rcv_varying_error("k, model or options of an aggregate");
	state->skipped += other->skipped;
	if (other->n == 0)
		return;
	set_columns(state, other->columns);
	make_room(state, other->n);
	memcpy(state->rows + state->n * state->columns, other->rows,
		   other->n * other->columns * sizeof(double));
	state->n += other->n;
}

/* The state that argument 0 is, which may be changed: outside an aggregate, a copy. */
static rcv_rows *
writable_rows(FunctionCallInfo fcinfo)
{
	MemoryContext context = CurrentMemoryContext;
	bool in_aggregate = AggCheckCallContext(fcinfo, &context) != 0;
	Datum datum = PG_GETARG_DATUM(0);
	const rcv_rows *from;
	rcv_rows *copy;

	if (in_aggregate && VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return object_of(datum);
	if (!is_expanded(datum))
		return copied_rows(datum, context);
	from = object_of(datum);
	copy = new_rows(context, &from->spec, from->names, from->n_names);
	append(copy, from);
	return copy;
}

rcv_rows *
rcv_rows_for(FunctionCallInfo fcinfo, const rcv_rows_spec *spec, const char *names, int n_names)
{
	MemoryContext context = CurrentMemoryContext;
	rcv_rows *state;

	AggCheckCallContext(fcinfo, &context);
	if (PG_ARGISNULL(0))
		return new_rows(context, spec, names, n_names);
	state = writable_rows(fcinfo);
	if (unlikely(memcmp(&state->spec, spec, sizeof(*spec)) != 0))
		rcv_varying_error(state->spec.k != spec->k ? "k of a fit"
												   : "options or model of an aggregate");
	return state;
}

PG_FUNCTION_INFO_V1(pgrcv_rows_merge);
Datum
pgrcv_rows_merge(PG_FUNCTION_ARGS)
{
	rcv_rows *state = writable_rows(fcinfo);

	append(state, rcv_rows_arg(PG_GETARG_DATUM(1)));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/* Final functions ---------------------------------------------------------------- */

rcv_blocks
rcv_rows_ordered(const rcv_rows *state, rcv_keyed **items, rcv_keyed **spare)
{
	Size n = state->n;
	rcv_blocks out = {.n = n, .columns = state->columns};
	rcv_keyed *order;
	Size cells;

	*items = rcv_rows_alloc(n, sizeof(**items));
	*spare = rcv_rows_alloc(n, sizeof(**spare));
	order = rcv_order_rows(state->rows, n, state->columns, *items, *spare, rcv_rows_pause);
	cells = rcv_blocks_count(&out) * RCV_BLOCK * state->columns;
	out.data = rcv_rows_alloc(cells, sizeof(double));
	memset(rcv_block_at(&out, rcv_blocks_count(&out) - 1), 0,
		   RCV_BLOCK * state->columns * sizeof(double));
	for (Size i = 0; i < n; i++)
	{
		const double *row = state->rows + order[i].value * state->columns;
		double *to = rcv_block_row(&out, i);

		if (i % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		if (i + AHEAD < n) /* rows lie anywhere: the memory is slow to find them */
			__builtin_prefetch(state->rows + order[i + AHEAD].value * state->columns);
		for (int j = 0; j < state->columns; j++)
			to[j * RCV_BLOCK] = row[j];
	}
	return out;
}

rcv_scaling
rcv_new_scaling(int kind, int columns)
{
	return (rcv_scaling){.kind = kind,
						 .columns = columns,
						 .center = palloc0(columns * sizeof(double)),
						 .spread = palloc0(columns * sizeof(double)),
						 .first = palloc0((columns + 1) * sizeof(int32)),
						 .value = palloc(columns * RCV_KNOTS * sizeof(double)),
						 .share = palloc(columns * RCV_KNOTS * sizeof(double))};
}

void
rcv_scale_error(rcv_status status, int column, const char *names)
{
	const char *name = names == NULL ? NULL : names + (Size) column * RCV_KMEANS_NAME;
	char *which = name ? psprintf("\"%s\"", name) : psprintf("%d", column + 1);

	if (status == RCV_EDOMAIN)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("column %s has a value of -1 or less", which),
						errdetail("\"log1p\" takes the logarithm of 1 + x."),
						errhint("Use the scale \"rank\" or \"zscore\", or shift the column.")));
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("column %s is out of range", which),
					errdetail("Values, scaled or not, lie between -1e140 and 1e140.")));
	pg_unreachable();
}
