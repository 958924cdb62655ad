/*
 * agreement_pg.c
 *		Questions to a migration, and population stability of two arrays.
 */
#include "stability/agreement.h"
#include "stability/migration_pg.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* segment_migration: the cells that are not empty ------------------------------- */

typedef struct cells_call
{
	const rcv_migration *m;
	uint32_t i; /* places of the next cell; the last place is no segment */
	uint32_t j;
	int64 row_total;
} cells_call;

/* Label at a place in the order of rows: 1, 2 .. n, and none. */
static inline uint32_t
label_at(const rcv_migration *m, int side, uint32_t place)
{
	return place < m->n[side] ? place + 1 : 0;
}

static int64
row_total(const rcv_migration *m, uint32_t i)
{
	int64 total = 0;

	for (uint32_t j = 0; j <= m->n[RCV_AFTER]; j++)
		total += rcv_migration_count(m, i, j);
	return total;
}

static void
put_label(const rcv_migration *m, int side, uint32_t i, Datum *value, bool *null)
{
	rcv_label label = rcv_migration_label(m, side, i);

	*null = label.text == NULL;
	if (!*null)
		*value = PointerGetDatum(cstring_to_text_with_len(label.text, (int) label.length));
}

static Datum
cell_row(FuncCallContext *call, const cells_call *state, uint32_t i, uint32_t j)
{
	int64 n = rcv_migration_count(state->m, i, j);
	Datum values[4] = {0};
	bool nulls[4] = {false};

	put_label(state->m, RCV_BEFORE, i, &values[0], &nulls[0]);
	put_label(state->m, RCV_AFTER, j, &values[1], &nulls[1]);
	values[2] = Int64GetDatum(n);
	values[3] = Float8GetDatum((double) n / (double) state->row_total);
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
}

/* The next cell with customers: its labels; false at the end. */
static bool
next_cell(cells_call *state, uint32_t *i, uint32_t *j)
{
	const rcv_migration *m = state->m;

	for (; state->i <= m->n[RCV_BEFORE]; state->i++, state->j = 0)
	{
		*i = label_at(m, RCV_BEFORE, state->i);
		if (state->j == 0)
			state->row_total = row_total(m, *i);
		while (state->j <= m->n[RCV_AFTER])
		{
			*j = label_at(m, RCV_AFTER, state->j++);
			if (rcv_migration_count(m, *i, *j) > 0)
				return true;
		}
	}
	return false;
}

static Datum
cells(FunctionCallInfo fcinfo, bool arrays)
{
	FuncCallContext *call;
	cells_call *state;
	uint32_t i;
	uint32_t j;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		call = rcv_first_call(fcinfo, sizeof(*state));
		state = call->user_fctx;
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (arrays)
			state->m = rcv_migration_of_arrays(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
		else
			state->m =
				rcv_migration_arg(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (!next_cell(state, &i, &j))
		SRF_RETURN_DONE(call);
	SRF_RETURN_NEXT(call, cell_row(call, state, i, j));
}

PG_FUNCTION_INFO_V1(pgrcv_segment_migration);
Datum
pgrcv_segment_migration(PG_FUNCTION_ARGS)
{
	return cells(fcinfo, false);
}

PG_FUNCTION_INFO_V1(pgrcv_segment_migration_arrays);
Datum
pgrcv_segment_migration_arrays(PG_FUNCTION_ARGS)
{
	return cells(fcinfo, true);
}

/* Figures ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(pgrcv_stay_share);
Datum
pgrcv_stay_share(PG_FUNCTION_ARGS)
{
	int64_t stayed;
	int64_t both;

	rcv_migration_stay(rcv_migration_arg(PG_GETARG_DATUM(0)), &stayed, &both);
	if (both == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) stayed / (double) both);
}

static Datum
adjusted_rand(FunctionCallInfo fcinfo, const rcv_migration *m)
{
	double index;

	if (rcv_migration_rand(m, &index) != RCV_OK)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(index);
}

PG_FUNCTION_INFO_V1(pgrcv_adjusted_rand);
Datum
pgrcv_adjusted_rand(PG_FUNCTION_ARGS)
{
	return adjusted_rand(fcinfo, rcv_migration_arg(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_adjusted_rand_arrays);
Datum
pgrcv_adjusted_rand_arrays(PG_FUNCTION_ARGS)
{
	return adjusted_rand(fcinfo, rcv_migration_of_arrays(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

/* Population stability ------------------------------------------------------------- */

static double
add_arg(double add)
{
	if (isnan(add) || add < 0 || add > RCV_PSI_MOST)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("add must be a number of customers, not negative"),
				 errhint("It is put on the count of each bin: 0.5 is usual, 0 adds nothing.")));
	return add;
}

static void
check_bin(double count, int i, const char *what)
{
	if (isnan(count) || isinf(count) || count < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must hold counts or shares, finite and not negative", what),
						errdetail("Element %d is %g.", i + 1, count)));
	if (count > RCV_PSI_MOST)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("an element of %s is out of range", what),
				 errdetail("Element %d is %g; the most is %g.", i + 1, count, RCV_PSI_MOST)));
}

/* The numbers of an array, not all of them 0. */
static double *
bins_arg(Datum datum, const char *what, int *n)
{
	ArrayType *array = DatumGetArrayTypeP(datum);
	double *bins;
	bool any = false;

	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be an array of one dimension", what)));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an element of %s is null", what),
				 errhint("Write 0 for a bin without customers.")));
	bins = (double *) ARR_DATA_PTR(array);
	for (int i = 0; i < *n; i++)
	{
		check_bin(bins[i], i, what);
		any = any || bins[i] > 0;
	}
	if (!any)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s adds up to nothing", what),
				 errdetail("There are no shares of nothing.")));
	return bins;
}

/* Null: a bin is empty on one side, and there is no finite value. */
static Datum
stability(FunctionCallInfo fcinfo, const double *expected, const double *actual, size_t n,
		  double add)
{
	double value;

	rcv_check(rcv_psi(expected, actual, n, add, &value), "population stability");
	if (isinf(value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

PG_FUNCTION_INFO_V1(pgrcv_psi);
Datum
pgrcv_psi(PG_FUNCTION_ARGS)
{
	double add = add_arg(PG_GETARG_FLOAT8(2));
	int n;
	int n_actual;
	double *expected = bins_arg(PG_GETARG_DATUM(0), "expected", &n);
	double *actual = bins_arg(PG_GETARG_DATUM(1), "actual", &n_actual);

	if (n != n_actual)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("expected and actual must have the same length"),
						errdetail("They have %d and %d elements.", n, n_actual),
						errhint("The same place in both is the same bin; write 0 for an empty "
								"one.")));
	return stability(fcinfo, expected, actual, n, add);
}

PG_FUNCTION_INFO_V1(pgrcv_psi_migration);
Datum
pgrcv_psi_migration(PG_FUNCTION_ARGS)
{
	const rcv_migration *m = rcv_migration_arg(PG_GETARG_DATUM(0));
	double add = add_arg(PG_GETARG_FLOAT8(1));
	double *before = palloc(RCV_MIGRATION_BINS_MAX * sizeof(*before));
	double *after = palloc(RCV_MIGRATION_BINS_MAX * sizeof(*after));

	/* a day on which nobody has a segment has no mix */
	if (m->n[RCV_BEFORE] == 0 || m->n[RCV_AFTER] == 0)
		PG_RETURN_NULL();
	return stability(fcinfo, before, after, rcv_migration_mix(m, before, after), add);
}
