/*
 * portfolio_scores_pg.c
 *		Questions asked of a whole portfolio: RFM scores, breaks, customers.
 */
#include "portfolio/portfolio_pg.h"

#include "access/htup_details.h"
#include "utils/builtins.h"

#include "rfm/rfm_pg.h"
#include "segment/segment_map.h"

/* A call of rfm_scores under way. */
typedef struct scores_call
{
	rcv_portfolio_view view;
	int decimals;
	int32 as_of;
	const rcv_rfm_model *model; /* NULL: nobody has a purchase */
	bool named;					/* five scores in each dimension: cells have segments */
	HeapTupleHeader form;		/* header of a row without null */
	Datum segments[RCV_SEGMENT_CELLS];
	Datum prospect;
} scores_call;

void
rcv_portfolio_check_as_of(const rcv_portfolio_view *view, int32 as_of)
{
	char last[RCV_DAY_TEXT + 1];
	char asked[RCV_DAY_TEXT + 1];

	if (view->n == 0 || view->max_day <= as_of)
		return;
	rcv_day_print(view->max_day, last);
	rcv_day_print(as_of, asked);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the portfolio holds days after as_of"),
					errdetail("Its last ledger line is of %s, as_of is %s.", last, asked),
					errhint("A portfolio keeps totals, not lines: add FILTER (WHERE day <= as_of) "
							"to portfolio_agg.")));
}

/* The decimals that values need: the same for either form of a datum. */
static int
decimals_of(const rcv_portfolio_view *view)
{
	rcv_portfolio_view tidy;

	rcv_portfolio_tidy(view, &tidy);
	return tidy.scale;
}

static Datum
value_of_row(const rcv_portfolio_view *view, Size i, int decimals)
{
	return rcv_money_numeric(view->rows[i].units / rcv_pow10(view->scale - decimals), decimals);
}

static bool
values_of_row(const rcv_portfolio_view *view, Size i, int32 as_of, rcv_rfm_values *out)
{
	const rcv_portfolio_row *row = &view->rows[i];

	if (row->documents == 0)
		return false;
	out->value[RCV_RECENCY] = as_of - row->last_day;
	out->value[RCV_FREQUENCY] = row->frequency;
	out->value[RCV_MONETARY] = rcv_money_double(row->units, view->scale);
	return true;
}

/* Breaks of all customers with a purchase; NULL without any. */
static rcv_rfm_value *
fit_portfolio(const rcv_portfolio_view *view, int32 as_of, rcv_rfm_spec *spec)
{
	rcv_rfm_values *values =
		MemoryContextAllocHuge(CurrentMemoryContext, (view->n + 1) * sizeof(*values));
	rcv_rfm_value *value = NULL;
	Size n = 0;

	spec->rule.dated = 1;
	spec->rule.as_of = as_of;
	for (Size i = 0; i < view->n; i++)
		n += values_of_row(view, i, as_of, &values[n]);
	if (n > 0)
		value = rcv_rfm_fit_value(spec, values, n);
	pfree(values);
	return value;
}

static int32
as_of_arg(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		rcv_null_error("as_of");
	return rcv_day_arg(PG_GETARG_DATEADT(argument), "as_of");
}

static int
bins_arg(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		rcv_null_error("bins");
	return PG_GETARG_INT32(argument);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_rfm_fit);
Datum
pgrcv_portfolio_rfm_fit(PG_FUNCTION_ARGS)
{
	int32 as_of = as_of_arg(fcinfo, 1);
	rcv_portfolio_view view;
	rcv_rfm_value *value;
	rcv_rfm_spec spec;

	rcv_rfm_spec_of_bins(bins_arg(fcinfo, 2), &spec);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	view = rcv_portfolio_arg(PG_GETARG_DATUM(0));
	rcv_portfolio_check_as_of(&view, as_of);
	value = fit_portfolio(&view, as_of, &spec);
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(value);
}

/* rfm_scores ---------------------------------------------------------------- */

/* Copies a varlena of less than 127 bytes to where no alignment is needed. */
static char *
put_short(char *at, Datum value)
{
	const struct varlena *varlena = (const struct varlena *) DatumGetPointer(value);
	Size size = VARSIZE(varlena) - VARHDRSZ + VARHDRSZ_SHORT;

	SET_VARSIZE_SHORT(at, size);
	memcpy(at + VARHDRSZ_SHORT, VARDATA(varlena), size - VARHDRSZ_SHORT);
	return at + size;
}

/*
 * A row without null.  Most are, and each has the same layout: it is put
 * together here in a quarter of the time that heap_form_tuple() takes.
 */
static Datum
full_row(const scores_call *state, int64 customer, const rcv_rfm_values *figures, Datum monetary,
		 const rcv_rfm_scores *scores, Datum segment)
{
	int32 days[] = {(int32) figures->value[RCV_RECENCY], (int32) figures->value[RCV_FREQUENCY]};
	Size start = state->form->t_hoff;
	Size room = start + sizeof(customer) + sizeof(days) + VARSIZE(DatumGetPointer(monetary)) +
				sizeof(int16) + sizeof(*scores) + VARSIZE(DatumGetPointer(segment));
	char *row = palloc(room);
	char *at = row + start;

	memcpy(row, state->form, start);
	memcpy(at, &customer, sizeof(customer));
	at += sizeof(customer);
	memcpy(at, days, sizeof(days));
	at = put_short(at + sizeof(days), monetary);
	if ((at - row) % sizeof(int16) != 0)
		*at++ = 0;
	memcpy(at, scores, sizeof(*scores));
	at = put_short(at + sizeof(*scores), segment);
	HeapTupleHeaderSetDatumLength((HeapTupleHeader) row, at - row);
	return PointerGetDatum(row);
}

static Datum
score_row(FuncCallContext *call, const scores_call *state, Size i)
{
	const rcv_portfolio_view *view = &state->view;
	Datum monetary = value_of_row(view, i, state->decimals);
	Datum values[8] = {0};
	bool nulls[8] = {false};
	rcv_rfm_values figures = {{0}};
	rcv_rfm_scores scores;

	values[0] = Int64GetDatum(view->rows[i].customer);
	values[3] = monetary;
	if (values_of_row(view, i, state->as_of, &figures))
	{
		scores = rcv_rfm_score(state->model, &figures);
		if (state->named)
			return full_row(state, view->rows[i].customer, &figures, monetary, &scores,
							state->segments[rcv_segment_cell(scores.score[0], scores.score[1],
															 scores.score[2])]);
		values[1] = Int32GetDatum((int32) figures.value[RCV_RECENCY]);
		for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
			values[4 + d] = Int16GetDatum(scores.score[d]);
		nulls[7] = true;
	}
	else
	{
		nulls[1] = nulls[4] = nulls[5] = nulls[6] = true;
		values[7] = state->prospect;
	}
	values[2] = Int32GetDatum((int32) figures.value[RCV_FREQUENCY]);
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
}

/* The header of rows without null, taken from one. */
static HeapTupleHeader
form_of_rows(TupleDesc desc, const scores_call *state)
{
	Datum values[8] = {0};
	bool nulls[8] = {false};

	values[3] = rcv_money_numeric(0, 0);
	values[7] = state->prospect;
	return heap_form_tuple(desc, values, nulls)->t_data;
}

/* The texts of the default map, which is made for five scores a dimension. */
static void
name_segments(scores_call *state)
{
	const rcv_segment_map *map =
		rcv_segment_map_find(RCV_SEGMENT_DEFAULT_MAP, strlen(RCV_SEGMENT_DEFAULT_MAP));
	const char *names[RCV_SEGMENT_CELLS];

	state->prospect = CStringGetTextDatum(RCV_SEGMENT_PROSPECT);
	state->named = state->model != NULL;
	for (int d = 0; state->named && d < RCV_RFM_DIMENSIONS; d++)
		state->named = state->model->rule.breaks[d] == RCV_SEGMENT_SCORE_MAX - 1;
	rcv_check(rcv_segment_table(map, names), map->name);
	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
		state->segments[cell] = CStringGetTextDatum(names[cell]);
}

static void
begin_scores(FunctionCallInfo fcinfo, bool given_model, TupleDesc desc, scores_call *state)
{
	rcv_rfm_spec spec;

	state->as_of = as_of_arg(fcinfo, given_model ? 2 : 1);
	if (given_model && PG_ARGISNULL(1))
		rcv_null_error("model");
	if (!given_model)
		rcv_rfm_spec_of_bins(bins_arg(fcinfo, 2), &spec);
	if (PG_ARGISNULL(0))
		return;
	state->view = rcv_portfolio_arg(PG_GETARG_DATUM(0));
	state->decimals = decimals_of(&state->view);
	rcv_portfolio_check_as_of(&state->view, state->as_of);
	if (given_model)
		state->model = rcv_rfm_model_arg(PG_GETARG_DATUM(1));
	else
	{
		rcv_rfm_value *value = fit_portfolio(&state->view, state->as_of, &spec);

		state->model = value == NULL ? NULL : &value->model;
	}
	name_segments(state);
	state->form = form_of_rows(desc, state);
}

static Datum
rfm_scores(FunctionCallInfo fcinfo, bool given_model)
{
	FuncCallContext *call;
	scores_call *state;
	Datum row;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		call = rcv_first_call(fcinfo, sizeof(*state));
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		begin_scores(fcinfo, given_model, call->tuple_desc, call->user_fctx);
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (call->call_cntr >= state->view.n)
		SRF_RETURN_DONE(call);
	row = score_row(call, state, call->call_cntr); /* SRF_RETURN_NEXT counts first */
	SRF_RETURN_NEXT(call, row);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_scores);
Datum
pgrcv_portfolio_scores(PG_FUNCTION_ARGS)
{
	return rfm_scores(fcinfo, false);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_scores_model);
Datum
pgrcv_portfolio_scores_model(PG_FUNCTION_ARGS)
{
	return rfm_scores(fcinfo, true);
}

/* portfolio_customers --------------------------------------------------------- */

/* A call of portfolio_customers under way. */
typedef struct customers_call
{
	rcv_portfolio_view view;
	int decimals;
} customers_call;

static Datum
customer_row(FuncCallContext *call, const customers_call *state, Size i)
{
	const rcv_portfolio_view *view = &state->view;
	const rcv_portfolio_row *row = &view->rows[i];
	Datum values[6];
	bool nulls[6] = {false};

	nulls[1] = nulls[2] = row->documents == 0;
	values[0] = Int64GetDatum(row->customer);
	values[1] = DateADTGetDatum(row->first_day);
	values[2] = DateADTGetDatum(row->last_day);
	values[3] = Int32GetDatum(row->frequency);
	values[4] = Int32GetDatum(row->documents);
	values[5] = value_of_row(view, i, state->decimals);
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_customers);
Datum
pgrcv_portfolio_customers(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	customers_call *state;
	Datum row;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		call = rcv_first_call(fcinfo, sizeof(*state));
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		state = call->user_fctx;
		state->view = rcv_portfolio_arg(PG_GETARG_DATUM(0));
		state->decimals = decimals_of(&state->view);
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (call->call_cntr >= state->view.n)
		SRF_RETURN_DONE(call);
	row = customer_row(call, state, call->call_cntr);
	SRF_RETURN_NEXT(call, row);
}
