/*
 * rfm_fit_pg.c
 *		Fitting: the aggregates rfm_fit, and the window form of rfm_score.
 *
 * The aggregates' state is a bytea, so that it can travel between servers as
 * text: what to fit, then the three values of each customer (24 bytes).  Any
 * user may call the state functions, so a state that was not made by this
 * backend's aggregate is checked.
 */
#include "rfm/rfm_pg.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"
#include "windowapi.h"

#define FIRST_CUSTOMERS 64

typedef struct fit_state
{
	int32 vl_len_;
	uint32 mark; /* STATE_MARK */
	int64 n;
	rcv_rfm_spec spec;
	rcv_rfm_values customers[FLEXIBLE_ARRAY_MEMBER];
} fit_state;

#define STATE_MARK 0x52464D01 /* "RFM", version 1 */
#define STATE_HEADER offsetof(fit_state, customers)
/* a little less than an allocation: a state may travel in a tuple */
#define CUSTOMERS_MAX ((MaxAllocSize - 2 * STATE_HEADER) / sizeof(rcv_rfm_values))

/* States ---------------------------------------------------------------- */

static Size
state_room(const fit_state *state)
{
	return (VARSIZE(state) - STATE_HEADER) / sizeof(rcv_rfm_values);
}

static fit_state *
new_state(const rcv_rfm_spec *spec, Size room)
{
	Size size = STATE_HEADER + room * sizeof(rcv_rfm_values);
	fit_state *state;

	if (room > CUSTOMERS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many customers in one rfm_fit"),
						errdetail("A fit holds up to %d customers of %d bytes each.",
								  (int) CUSTOMERS_MAX, (int) sizeof(rcv_rfm_values)),
						errhint("Fit on a sample of the customers, or group them.")));
	state = palloc0(size); /* no stray bytes in a state that travels */
	SET_VARSIZE(state, size);
	state->mark = STATE_MARK;
	state->spec = *spec;
	return state;
}

static void
check_values(const rcv_rfm_values *values, Size n)
{
	for (Size i = 0; i < n; i++)
		for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
			if (!isfinite(values[i].value[d]))
				rcv_check(RCV_EBINARY, "state of rfm_fit");
}

static void
check_spec(const rcv_rfm_spec *spec)
{
	if (rcv_rfm_rule_check(&spec->rule) != RCV_OK)
		rcv_check(RCV_EBINARY, "state of rfm_fit");
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		if (spec->given[d] > 1)
			rcv_check(RCV_EBINARY, "state of rfm_fit");
		for (int i = 0; spec->given[d] && i < spec->rule.breaks[d]; i++)
			if (!isfinite(spec->own[d][i]) || (i > 0 && spec->own[d][i] < spec->own[d][i - 1]))
				rcv_check(RCV_EBINARY, "state of rfm_fit");
	}
}

/* A state from anywhere: aligned, and checked down to each number. */
static fit_state *
checked_state(Datum datum)
{
	fit_state *state = rcv_state_copy(datum, STATE_HEADER, "state of rfm_fit");

	if (state->mark != STATE_MARK || state->n < 0 || state->n > (int64) state_room(state))
		rcv_check(RCV_EBINARY, "state of rfm_fit");
	check_spec(&state->spec);
	check_values(state->customers, state->n);
	return state;
}

/* The state of the running aggregate itself, or a checked copy. */
static fit_state *
own_state(FunctionCallInfo fcinfo)
{
	Datum datum = PG_GETARG_DATUM(0);
	fit_state *state = (fit_state *) DatumGetPointer(datum);

	if (rcv_state_is_own(fcinfo, STATE_HEADER) && state->mark == STATE_MARK && state->n >= 0 &&
		state->n <= (int64) state_room(state))
		return state;
	return checked_state(datum);
}

static fit_state *
put_customers(fit_state *state, const rcv_rfm_values *values, Size n)
{
	Size needed = state->n + n;

	if (needed > state_room(state))
	{
		fit_state *larger = new_state(&state->spec, Max(needed, Min(needed * 2, CUSTOMERS_MAX)));

		CHECK_FOR_INTERRUPTS();
		memcpy(larger->customers, state->customers, state->n * sizeof(*values));
		larger->n = state->n;
		state = larger;
	}
	memcpy(state->customers + state->n, values, n * sizeof(*values));
	state->n += n;
	return state;
}

/*
 * The state to add to: the given one, which must have been begun with the
 * same as_of and options, or a new one.
 */
static fit_state *
state_for(FunctionCallInfo fcinfo, const rcv_rfm_spec *spec)
{
	fit_state *state;

	if (PG_ARGISNULL(0))
		return new_state(spec, FIRST_CUSTOMERS);
	state = own_state(fcinfo);
	if (state->spec.rule.dated != spec->rule.dated || state->spec.rule.as_of != spec->rule.as_of)
		rcv_varying_error("as_of of rfm_fit");
	if (memcmp(&state->spec.rule, &spec->rule, sizeof(spec->rule)) != 0 ||
		memcmp(state->spec.given, spec->given, sizeof(spec->given)) != 0)
		rcv_varying_error("options of rfm_fit");
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		if (spec->given[d] &&
			memcmp(state->spec.own[d], spec->own[d], spec->rule.breaks[d] * sizeof(double)) != 0)
			rcv_varying_error("options of rfm_fit");
	return state;
}

/* The spec of an optional last argument, kept in fn_extra. */
static rcv_rfm_spec *
spec_of_bins(FunctionCallInfo fcinfo, int argument)
{
	rcv_rfm_spec *spec = fcinfo->flinfo->fn_extra;
	int bins = 5;

	if (PG_NARGS() > argument)
	{
		if (PG_ARGISNULL(argument))
			rcv_null_error("bins");
		bins = PG_GETARG_INT32(argument);
	}
	if (spec == NULL)
		spec = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(*spec));
	if (spec->rule.version == 0 || spec->rule.breaks[0] != bins - 1)
		rcv_rfm_spec_of_bins(bins, spec);
	return spec;
}

static rcv_rfm_spec *
spec_of_options(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		rcv_null_error("options");
	return rcv_cached(fcinfo, PG_GETARG_DATUM(argument), rcv_rfm_spec_of_options);
}

static Datum
add_activity(FunctionCallInfo fcinfo, rcv_rfm_spec *spec)
{
	rcv_rfm_values values;

	if (PG_ARGISNULL(2))
		rcv_null_error("as_of of rfm_fit");
	spec->rule.dated = 1;
	spec->rule.as_of = rcv_day_arg(PG_GETARG_DATEADT(2), "as_of");
	if (PG_ARGISNULL(1) ||
		!rcv_rfm_values_of_activity(PG_GETARG_DATUM(1), spec->rule.as_of, &values))
		return rcv_same_state(fcinfo);
	PG_RETURN_POINTER(put_customers(state_for(fcinfo, spec), &values, 1));
}

static Datum
add_values(FunctionCallInfo fcinfo, const rcv_rfm_spec *spec)
{
	rcv_rfm_values values;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return rcv_same_state(fcinfo);
	values = rcv_rfm_values_of(PG_GETARG_INT32(1), PG_GETARG_FLOAT8(2), PG_GETARG_DATUM(3));
	PG_RETURN_POINTER(put_customers(state_for(fcinfo, spec), &values, 1));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_fit_add_activity);
Datum
pgrcv_rfm_fit_add_activity(PG_FUNCTION_ARGS)
{
	return add_activity(fcinfo, spec_of_bins(fcinfo, 3));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_fit_add_activity_options);
Datum
pgrcv_rfm_fit_add_activity_options(PG_FUNCTION_ARGS)
{
	return add_activity(fcinfo, spec_of_options(fcinfo, 3));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_fit_add_values);
Datum
pgrcv_rfm_fit_add_values(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, spec_of_bins(fcinfo, 4));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_fit_add_values_options);
Datum
pgrcv_rfm_fit_add_values_options(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, spec_of_options(fcinfo, 4));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_fit_merge);
Datum
pgrcv_rfm_fit_merge(PG_FUNCTION_ARGS)
{
	fit_state *other = checked_state(PG_GETARG_DATUM(1));
	fit_state *state = state_for(fcinfo, &other->spec);

	PG_RETURN_POINTER(put_customers(state, other->customers, other->n));
}

/* Fits ------------------------------------------------------------------ */

rcv_rfm_value *
rcv_rfm_fit_value(const rcv_rfm_spec *spec, const rcv_rfm_values *values, Size n)
{
	rcv_rfm_value *value = rcv_rfm_new_value(&spec->rule);
	MemoryContext here = CurrentMemoryContext;
	double *scratch = MemoryContextAllocHuge(here, n * sizeof(*scratch));
	rcv_rfm_scores *scores = NULL;

	if (spec->rule.nested)
		scores = MemoryContextAllocHuge(here, n * sizeof(*scores));
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		CHECK_FOR_INTERRUPTS();
		rcv_check(rcv_rfm_fit(spec, values, n, d, scratch, scores, &value->model), "rfm_fit");
	}
	pfree(scratch);
	if (scores != NULL)
		pfree(scores);
	return value;
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_fit_finish);
Datum
pgrcv_rfm_fit_finish(PG_FUNCTION_ARGS)
{
	fit_state *state = own_state(fcinfo);

	check_spec(&state->spec);
	check_values(state->customers, state->n);
	if (state->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(rcv_rfm_fit_value(&state->spec, state->customers, state->n));
}

/* Window form ------------------------------------------------------------ */

/* Kept for a partition: its model, made when its first row is asked for. */
typedef struct partition_fit
{
	bool fitted;
	int32 as_of;
	int bins;
	rcv_rfm_value *value; /* NULL: nobody has a purchase */
} partition_fit;

static Datum
window_argument(WindowObject window, int argument, const char *what)
{
	bool isnull;
	Datum value = WinGetFuncArgCurrent(window, argument, &isnull);

	if (isnull)
		rcv_null_error(what);
	return value;
}

static rcv_rfm_value *
fit_partition(WindowObject window, const rcv_rfm_spec *spec)
{
	int64 rows = WinGetPartitionRowCount(window);
	rcv_rfm_values *values =
		MemoryContextAllocHuge(CurrentMemoryContext, (rows + 1) * sizeof(*values));
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "rfm_score row", ALLOCSET_SMALL_SIZES);
	rcv_rfm_value *value = NULL;
	Size n = 0;

	for (int64 row = 0; row < rows; row++)
	{
		bool isnull;
		bool isout;
		MemoryContext old = MemoryContextSwitchTo(row_context);
		Datum activity = WinGetFuncArgInPartition(window, 0, (int) row, WINDOW_SEEK_HEAD, false,
												  &isnull, &isout);

		CHECK_FOR_INTERRUPTS();
		if (!isnull && !isout && rcv_rfm_values_of_activity(activity, spec->rule.as_of, &values[n]))
			n++;
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	MemoryContextDelete(row_context);
	if (n > 0)
		value = rcv_rfm_fit_value(spec, values, n);
	pfree(values);
	return value;
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_score_window);
Datum
pgrcv_rfm_score_window(PG_FUNCTION_ARGS)
{
	WindowObject window = PG_WINDOW_OBJECT();
	int32 as_of =
		rcv_day_arg(DatumGetDateADT(window_argument(window, 1, "as_of of rfm_score")), "as_of");
	int bins = DatumGetInt32(window_argument(window, 2, "bins of rfm_score"));
	partition_fit *fit = WinGetPartitionLocalMemory(window, sizeof(partition_fit));
	rcv_rfm_values values;
	rcv_rfm_scores scores;
	Datum activity;
	bool isnull;

	if (!fit->fitted)
	{
		rcv_rfm_spec spec;
		MemoryContext old;

		rcv_rfm_spec_of_bins(bins, &spec);
		spec.rule.dated = 1;
		spec.rule.as_of = as_of;
		old = MemoryContextSwitchTo(GetMemoryChunkContext(fit));
		fit->value = fit_partition(window, &spec);
		MemoryContextSwitchTo(old);
		fit->as_of = as_of;
		fit->bins = bins;
		fit->fitted = true;
	}
	if (fit->as_of != as_of)
		rcv_varying_error("as_of of rfm_score");
	if (fit->bins != bins)
		rcv_varying_error("bins of rfm_score");
	activity = WinGetFuncArgCurrent(window, 0, &isnull);
	if (isnull || fit->value == NULL)
		PG_RETURN_NULL();
	if (!rcv_rfm_values_of_activity(activity, as_of, &values))
		PG_RETURN_NULL();
	scores = rcv_rfm_score(&fit->value->model, &values);
	return rcv_rfm_scores_datum(fcinfo, &scores);
}
