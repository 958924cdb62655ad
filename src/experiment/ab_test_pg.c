/*
 * ab_test_pg.c
 *		ab_test and, for several segments at once, ab_test_by.
 */
#include "experiment/ab_pg.h"

#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "experiment/ab_rates.h"

#define SEGMENTS_MAX 100000

static void
put_result(rcv_ab_row *row, rcv_ab_method method, const rcv_ab_result *r)
{
	rcv_ab_put(row, CStringGetTextDatum(rcv_ab_method_names[method]));
	rcv_ab_put(row, Int64GetDatum(r->n_control));
	rcv_ab_put(row, Int64GetDatum(r->n_variant));
	rcv_ab_put_figure(row, r->mean_control);
	rcv_ab_put_figure(row, r->mean_variant);
	rcv_ab_put_figure(row, r->difference);
	rcv_ab_put_figure(row, r->std_error);
	rcv_ab_put_figure(row, r->statistic);
	rcv_ab_put_figure(row, r->df);
	rcv_ab_put_figure(row, r->p_value);
	rcv_ab_put_figure(row, r->lower);
	rcv_ab_put_figure(row, r->upper);
	rcv_ab_put_figure(row, r->lift);
	rcv_ab_put_figure(row, r->lift_lower);
	rcv_ab_put_figure(row, r->lift_upper);
	rcv_ab_put_figure(row, r->always_valid_p);
	rcv_ab_put_figure(row, r->always_valid_lower);
	rcv_ab_put_figure(row, r->always_valid_upper);
	rcv_ab_put_figure(row, r->variance_ratio);
	rcv_ab_put_reason(row, r->reason);
}

/* An arm without rows is null. */
static rcv_ab_summary
arm_of(Datum datum, bool null)
{
	rcv_ab_summary none;

	if (!null)
		return *rcv_ab_summary_arg(datum);
	rcv_ab_summary_init(&none, false);
	return none;
}

static rcv_ab_method
method_arg(FunctionCallInfo fcinfo, int argument)
{
	return rcv_choice_arg(PG_GETARG_TEXT_PP(argument), "method of ab_test", rcv_ab_method_names);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_test);
Datum
pgrcv_ab_test(PG_FUNCTION_ARGS)
{
	rcv_ab_row row = {0};
	rcv_ab_summary control;
	rcv_ab_summary variant;
	rcv_ab_method method;
	rcv_ab_result result;

	if (PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	control = arm_of(PG_GETARG_DATUM(0), PG_ARGISNULL(0));
	variant = arm_of(PG_GETARG_DATUM(1), PG_ARGISNULL(1));
	method = method_arg(fcinfo, 2);
	rcv_check(rcv_ab_test(&control, &variant, method, rcv_ab_conf_arg(PG_GETARG_FLOAT8(3)),
						  rcv_ab_tuning_arg(PG_GETARG_FLOAT8(4)), &result),
			  "ab_test");
	put_result(&row, method, &result);
	return rcv_ab_row_datum(fcinfo, &row);
}

/* ab_test_by ------------------------------------------------------------------------- */

typedef struct by_call
{
	rcv_ab_method method;
	int n;
	Datum *segments;
	bool *no_segment;
	rcv_ab_result *results;
	double *adjusted; /* NaN: no p-value */
} by_call;

static Datum *
take_apart(FunctionCallInfo fcinfo, int argument, bool **nulls, int *n)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P_COPY(argument);
	Datum *elements;
	int16 length;
	bool by_value;
	char align;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &elements, nulls, n);
	return elements;
}

/* The p-values that there are, corrected for their number. */
static void
adjust(by_call *call, rcv_ab_adjustment how)
{
	double *p = palloc(call->n * sizeof(double) + 1);
	rcv_ab_ranked *room = palloc(call->n * sizeof(*room) + 1);
	int found = 0;

	for (int i = 0; i < call->n; i++)
		if (!isnan(call->results[i].p_value))
			p[found++] = call->results[i].p_value;
	rcv_check(rcv_ab_adjust(how, p, (size_t) found, room), "p-value");
	found = 0;
	call->adjusted = palloc(call->n * sizeof(double) + 1);
	for (int i = 0; i < call->n; i++)
		call->adjusted[i] = isnan(call->results[i].p_value) ? NAN : p[found++];
}

static void
test_segments(FunctionCallInfo fcinfo, by_call *call)
{
	double conf = rcv_ab_conf_arg(PG_GETARG_FLOAT8(4));
	double tuning = rcv_ab_tuning_arg(PG_GETARG_FLOAT8(6));
	bool *no_control;
	bool *no_variant;
	int controls;
	int variants;
	Datum *control = take_apart(fcinfo, 1, &no_control, &controls);
	Datum *variant = take_apart(fcinfo, 2, &no_variant, &variants);

	call->segments = take_apart(fcinfo, 0, &call->no_segment, &call->n);
	if (controls != call->n || variants != call->n)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("segments, controls and variants must have the same length"),
						errdetail("They have %d, %d and %d elements.", call->n, controls, variants),
						errhint("Make them by array_agg over the same rows, in the same order.")));
	if (call->n > SEGMENTS_MAX)
		rcv_check(RCV_ELIMIT, "number of segments");
	call->results = palloc(call->n * sizeof(rcv_ab_result) + 1);
	for (int i = 0; i < call->n; i++)
	{
		rcv_ab_summary c = arm_of(control[i], no_control[i]);
		rcv_ab_summary v = arm_of(variant[i], no_variant[i]);

		rcv_check(rcv_ab_test(&c, &v, call->method, conf, tuning, &call->results[i]), "ab_test_by");
	}
}

static void
begin_segments(FunctionCallInfo fcinfo, FuncCallContext *context)
{
	by_call *call = context->user_fctx;
	MemoryContext old = MemoryContextSwitchTo(context->multi_call_memory_ctx);

	call->method = method_arg(fcinfo, 3);
	test_segments(fcinfo, call);
	adjust(call, rcv_choice_arg(PG_GETARG_TEXT_PP(5), "correction of ab_test_by",
								rcv_ab_adjustment_names));
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_test_by);
Datum
pgrcv_ab_test_by(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	rcv_ab_row row = {0};
	by_call *call;
	int i;

	if (SRF_IS_FIRSTCALL())
		begin_segments(fcinfo, rcv_first_call(fcinfo, sizeof(by_call)));
	context = SRF_PERCALL_SETUP();
	call = context->user_fctx;
	i = (int) context->call_cntr;
	if (i >= call->n)
		SRF_RETURN_DONE(context);
	if (call->no_segment[i])
		rcv_ab_put_null(&row);
	else
		rcv_ab_put(&row, call->segments[i]);
	put_result(&row, call->method, &call->results[i]);
	rcv_ab_put_figure(&row, call->adjusted[i]);
	SRF_RETURN_NEXT(context,
					HeapTupleGetDatum(heap_form_tuple(context->tuple_desc, row.values, row.nulls)));
}
