/*
 * clv_bulk_pg.c
 *		Fits and scores of a whole portfolio.
 */
#include "clv/clv_pg.h"

#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "clv/clv_days.h"
#include "clv/clv_groups.h"
#include "clv/clv_request_pg.h"
#include "num/exact.h"
#include "portfolio/portfolio_pg.h"

#define CUSTOMERS_A_LOOK 8192 /* for interrupts */

/* Customers ------------------------------------------------------------------ */

/* The customer of a row; kinds that need only the ends do without the bitmap. */
static bool
customer_of_row(const rcv_portfolio_view *view, Size i, rcv_clv_days *days, rcv_clv_customer *out)
{
	const rcv_portfolio_row *row = &view->rows[i];

	rcv_clv_days_begin(days, days->kind, days->unit_days, days->with_gaps, days->as_of);
	if (!days->with_gaps && !rcv_clv_discrete(days->kind))
	{
		days->purchases = row->frequency;
		days->first = row->first_day;
		days->last = row->last_day;
	}
	else
		for (int32 word = 0; word < view->words; word++)
			for (uint64 bits = rcv_portfolio_word(view, i, word); bits != 0; bits &= bits - 1)
				rcv_clv_days_add(days, view->base_day + 64 * word + __builtin_ctzll(bits));
	return rcv_clv_days_end(days, out);
}

static rcv_portfolio_view
portfolio_arg(FunctionCallInfo fcinfo, int as_of_argument, int32 *as_of)
{
	rcv_portfolio_view view = {0};

	if (PG_ARGISNULL(as_of_argument))
		rcv_null_error("as_of");
	*as_of = rcv_day_arg(PG_GETARG_DATEADT(as_of_argument), "as_of");
	if (PG_ARGISNULL(0))
		return view;
	view = rcv_portfolio_arg(PG_GETARG_DATUM(0));
	rcv_portfolio_check_as_of(&view, *as_of);
	return view;
}

/* clv_fit ---------------------------------------------------------------------- */

/* Customers of a portfolio, identical ones counted together. */
typedef struct customers
{
	rcv_clv_group *groups;
	Size n;
	double log_gaps;
} customers;

static rcv_clv_group *
sorted_keys(rcv_keyed *keys, Size *n)
{
	rcv_keyed *spare = MemoryContextAllocHuge(CurrentMemoryContext, (*n + 1) * sizeof(*spare));
	rcv_clv_group *groups;

	*n = rcv_clv_merge_keys(keys, spare, *n);
	pfree(spare);
	groups = MemoryContextAllocHuge(CurrentMemoryContext, (*n + 1) * sizeof(*groups));
	rcv_clv_unpack_keys(keys, *n, groups);
	pfree(keys);
	return groups;
}

static rcv_clv_group *
sorted_groups(rcv_clv_group *groups, Size *n)
{
	rcv_clv_group *spare = MemoryContextAllocHuge(CurrentMemoryContext, (*n + 1) * sizeof(*spare));

	*n = rcv_clv_merge_groups(groups, spare, *n);
	pfree(spare);
	return groups;
}

/* Times in days are packed; in longer units they are fractions. */
static customers
customers_of(const rcv_portfolio_view *view, const rcv_clv_spec *spec)
{
	bool packed = spec->unit_days == 1 || rcv_clv_discrete(spec->kind);
	Size size = packed ? sizeof(rcv_keyed) : sizeof(rcv_clv_group);
	char *items;
	rcv_clv_days days = {.kind = spec->kind,
						 .unit_days = spec->unit_days,
						 .with_gaps = spec->kind == RCV_CLV_CNBD,
						 .as_of = spec->as_of};
	customers out = {0};
	rcv_exact log_gaps = {0, 0};

	if (view->n > ((Size) spec->max_mb << 20) / size)
		rcv_clv_limit_error(spec, view->n, size);
	items = MemoryContextAllocHuge(CurrentMemoryContext, (view->n + 1) * size);
	for (Size i = 0; i < view->n; i++)
	{
		rcv_clv_customer customer;
		rcv_keyed key = {0, 1};

		if (i % CUSTOMERS_A_LOOK == 0)
			CHECK_FOR_INTERRUPTS();
		if (!customer_of_row(view, i, &days, &customer))
			continue;
		rcv_clv_check_customer(spec->kind, &customer);
		rcv_exact_add(&log_gaps, days.log_gaps, 1);
		if (!packed)
			((rcv_clv_group *) items)[out.n++] = (rcv_clv_group){customer, 1};
		else if (rcv_clv_pack(&customer, &key.key))
			((rcv_keyed *) items)[out.n++] = key;
		else
			rcv_check(RCV_ELIMIT, "number of purchases of a customer");
	}
	out.log_gaps = rcv_exact_value(&log_gaps);
	out.groups = packed ? sorted_keys((rcv_keyed *) items, &out.n)
						: sorted_groups((rcv_clv_group *) items, &out.n);
	return out;
}

static Datum
fit_portfolio(FunctionCallInfo fcinfo, rcv_clv_spec spec)
{
	rcv_portfolio_view view = portfolio_arg(fcinfo, 1, &spec.as_of);
	customers found;

	if (view.n == 0)
		PG_RETURN_NULL();
	found = customers_of(&view, &spec);
	if (found.n == 0)
		PG_RETURN_NULL();
	return rcv_clv_fit_groups(&spec, found.groups, found.n, found.log_gaps, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_clv_fit);
Datum
pgrcv_portfolio_clv_fit(PG_FUNCTION_ARGS)
{
	rcv_clv_spec spec;

	rcv_clv_spec_init(&spec, RCV_CLV_MBG);
	return fit_portfolio(fcinfo, spec);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_clv_fit_options);
Datum
pgrcv_portfolio_clv_fit_options(PG_FUNCTION_ARGS)
{
	rcv_clv_spec *spec;

	if (PG_ARGISNULL(2))
		rcv_null_error("options");
	spec = rcv_clv_spec_of_options(PG_GETARG_DATUM(2), CurrentMemoryContext);
	return fit_portfolio(fcinfo, *spec);
}

/* clv_scores --------------------------------------------------------------------- */

enum
{
	COL_CUSTOMER,
	COL_X,
	COL_T_X,
	COL_T,
	COL_P_ALIVE,
	COL_EXPECTED,
	COL_P_PURCHASE,
	COLUMNS
};

typedef struct scores_call
{
	rcv_portfolio_view view;
	rcv_clv_request request;
	rcv_clv_days days;
} scores_call;

static void
begin_scores(FunctionCallInfo fcinfo, scores_call *state)
{
	const rcv_clv_model *model;

	if (PG_ARGISNULL(1))
		rcv_null_error("model");
	if (PG_ARGISNULL(3))
		rcv_null_error("days");
	model = rcv_clv_model_arg(PG_GETARG_DATUM(1));
	state->request.model = model;
	rcv_clv_request_days(&state->request, PG_GETARG_INT32(3));
	state->view = portfolio_arg(fcinfo, 2, &state->days.as_of);
	state->days.kind = model->kind;
	state->days.unit_days = model->unit_days;
}

static Datum
score_row(FuncCallContext *call, scores_call *state, Size i)
{
	rcv_clv_request *request = &state->request;
	rcv_clv_customer *c = &request->customer;
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS];

	memset(nulls, true, sizeof(nulls));
	values[COL_CUSTOMER] = Int64GetDatum(state->view.rows[i].customer);
	nulls[COL_CUSTOMER] = false;
	if (customer_of_row(&state->view, i, &state->days, c))
	{
		rcv_clv_check_customer(request->model->kind, c);
		values[COL_X] = Int32GetDatum((int32) c->x);
		values[COL_T_X] = Float8GetDatum(c->t_x);
		values[COL_T] = Float8GetDatum(c->t);
		nulls[COL_X] = nulls[COL_T_X] = nulls[COL_T] = false;
	}
	if (!nulls[COL_X] && request->model->status <= RCV_CLV_SCORED)
	{
		values[COL_P_ALIVE] = Float8GetDatum(rcv_clv_figure(rcv_clv_alive(request->model, c)));
		values[COL_EXPECTED] =
			Float8GetDatum(rcv_clv_figure(rcv_clv_expected(request->model, c, request->horizon)));
		values[COL_P_PURCHASE] = Float8GetDatum(
			rcv_clv_figure(rcv_clv_at_least(request->model, c, request->horizon, 1)));
		nulls[COL_P_ALIVE] = nulls[COL_EXPECTED] = nulls[COL_P_PURCHASE] = false;
	}
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_clv_scores);
Datum
pgrcv_portfolio_clv_scores(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	scores_call *state;
	Datum row;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		call = rcv_first_call(fcinfo, sizeof(*state));
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		begin_scores(fcinfo, call->user_fctx);
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (call->call_cntr >= state->view.n)
		SRF_RETURN_DONE(call);
	row = score_row(call, state, call->call_cntr);
	SRF_RETURN_NEXT(call, row);
}
