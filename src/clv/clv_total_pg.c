/*
 * clv_total_pg.c
 *		Totals over customers with their standard errors: the aggregates
 *		expected_purchases_total and clv_total.
 *
 * The error is that of the parameters, by the delta method: the gradient of the
 * total in the logarithms of each model's parameters, times their covariance.
 * Different models count as independent.
 */
#include "clv/clv_value_pg.h"

#include <math.h>

#include "access/htup_details.h"

#include "num/exact.h"

#define TERM_MAX 1e18
#define NORMAL_95 1.9599639845400543 /* standard errors on each side of a 95 % interval */
#define PARTS_MAX 64

/* How the total moves with one model, of purchases or of spend. */
typedef struct total_part
{
	rcv_clv_model model;
	rcv_exact gradient[RCV_CLV_PARAMETERS];
} total_part;

typedef struct total_state
{
	int32 vl_len_;
	uint32 mark; /* STATE_MARK */
	int64 n;
	rcv_exact total;
	int32 money; /* of clv_total */
	int32 dated; /* from activities: as_of holds */
	int32 as_of;
	int32 count;							 /* of parts */
	total_part parts[FLEXIBLE_ARRAY_MEMBER]; /* ascending by the bytes of the model */
} total_state;

#define STATE_MARK 0x434C5405 /* "CLT", version 5 */
#define STATE_HEADER offsetof(total_state, parts)
#define STATE_SIZE(count) (STATE_HEADER + (Size) (count) * sizeof(total_part))

/* States ------------------------------------------------------------------- */

static bool
state_possible(const total_state *state)
{
	return state->mark == STATE_MARK && state->n >= 0 && state->count >= 0 &&
		   state->count <= PARTS_MAX && VARSIZE(state) == STATE_SIZE(state->count);
}

static total_state *
checked_state(Datum datum)
{
	total_state *state = rcv_state_copy(datum, STATE_HEADER, "state of a total");

	if (!state_possible(state))
		rcv_check(RCV_EBINARY, "state of a total");
	return state;
}

static total_state *
own_state(FunctionCallInfo fcinfo)
{
	total_state *state = (total_state *) DatumGetPointer(PG_GETARG_DATUM(0));

	if (rcv_state_is_own(fcinfo, STATE_HEADER) && state_possible(state))
		return state;
	return checked_state(PG_GETARG_DATUM(0));
}

/* The state to add to: the given one, which must be of the same kind and day, or a new one. */
static total_state *
state_for(FunctionCallInfo fcinfo, bool money, bool dated, int32 as_of)
{
	total_state *state;

	if (PG_ARGISNULL(0))
	{
		state = palloc0(STATE_HEADER);
		SET_VARSIZE(state, STATE_HEADER);
		state->mark = STATE_MARK;
		state->money = money;
		state->dated = dated;
		state->as_of = as_of;
		return state;
	}
	state = own_state(fcinfo);
	if (state->money != money || state->dated != dated)
		rcv_check(RCV_EBINARY, "state of a total");
	if (state->as_of != as_of)
		rcv_varying_error("as_of of a total");
	return state;
}

/* The state with one part more, at this place. */
static total_state *
insert_part(const total_state *state, int32 place, const rcv_clv_model *model)
{
	total_state *larger = palloc0(STATE_SIZE(state->count + 1));

	if (state->count == PARTS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("more than %d models in one total", PARTS_MAX),
						errhint("Group by the model, and add up the totals of the groups.")));
	memcpy(larger, state, STATE_SIZE(place));
	larger->parts[place].model = *model;
	memcpy(&larger->parts[place + 1], &state->parts[place],
		   (state->count - place) * sizeof(total_part));
	larger->count++;
	SET_VARSIZE(larger, STATE_SIZE(larger->count));
	return larger;
}

/* The part of this model; the state may become another one. */
static total_part *
part_for(total_state **state, const rcv_clv_model *model)
{
	int32 place = 0;
	int order = 1;

	for (; place < (*state)->count; place++)
	{
		order = memcmp(model, &(*state)->parts[place].model, sizeof(*model));
		if (order <= 0)
			break;
	}
	if (place == (*state)->count || order != 0)
		*state = insert_part(*state, place, model);
	return &(*state)->parts[place];
}

static void
add_term(rcv_exact *sum, double term)
{
	if (!(fabs(term) < TERM_MAX))
		rcv_check(RCV_EOVERFLOW, "value of a customer");
	rcv_exact_add(sum, term, 1);
}

/* Adds a gradient, as one in the logarithms of the parameters. */
static void
add_gradient(total_state **state, const rcv_clv_model *model, const double *gradient, double factor)
{
	total_part *part = part_for(state, model);

	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
		add_term(&part->gradient[i], factor * gradient[i] * model->parameter[i]);
}

/* Customers ------------------------------------------------------------------ */

/* Arguments of a score follow the state. */
static bool
any_null(FunctionCallInfo fcinfo)
{
	for (int i = 1; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			return true;
	return false;
}

static Datum
add_purchases(FunctionCallInfo fcinfo, bool asked, const rcv_clv_request *request, bool dated,
			  int32 as_of)
{
	double gradient[RCV_CLV_PARAMETERS];
	total_state *state;

	if (!asked)
		return rcv_same_state(fcinfo);
	state = state_for(fcinfo, false, dated, as_of);
	rcv_clv_discounted_gradient(request->model, &request->customer, request->horizon, 0, gradient);
	add_gradient(&state, request->model, gradient, 1);
	add_term(&state->total, rcv_clv_expected(request->model, &request->customer, request->horizon));
	state->n++;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_add_purchases_activity);
Datum
pgrcv_clv_total_add_purchases_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked;

	if (any_null(fcinfo))
		return rcv_same_state(fcinfo);
	asked = rcv_clv_request_activity(fcinfo, 1, 2, &request);
	rcv_clv_request_days(&request, PG_GETARG_INT32(4));
	return add_purchases(fcinfo, asked, &request, true, PG_GETARG_DATEADT(3));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_add_purchases_values);
Datum
pgrcv_clv_total_add_purchases_values(PG_FUNCTION_ARGS)
{
	rcv_clv_request request;
	bool asked;

	if (any_null(fcinfo))
		return rcv_same_state(fcinfo);
	asked = rcv_clv_request_values(fcinfo, 1, 2, &request);
	request.horizon = rcv_clv_horizon_arg(request.model, PG_GETARG_FLOAT8(5), "horizon");
	return add_purchases(fcinfo, asked, &request, false, 0);
}

static Datum
add_money(FunctionCallInfo fcinfo, bool asked, const rcv_clv_money *money, double factor,
		  double force, bool dated, int32 as_of)
{
	const rcv_clv_request *request = &money->request;
	double delta = force * request->model->unit_days;
	double spend = asked ? rcv_clv_spend(money->spend, money->x, money->mean) : NAN;
	double gradient[RCV_CLV_PARAMETERS];
	double purchases;
	total_state *state;

	if (isnan(spend))
		return rcv_same_state(fcinfo);
	state = state_for(fcinfo, true, dated, as_of);
	purchases = rcv_clv_discounted(request->model, &request->customer, request->horizon, delta);
	rcv_clv_discounted_gradient(request->model, &request->customer, request->horizon, delta,
								gradient);
	add_gradient(&state, request->model, gradient, factor * spend);
	rcv_clv_spend_gradient(money->spend, money->x, money->mean, gradient);
	add_gradient(&state, money->spend, gradient, factor * purchases);
	add_term(&state->total, factor * spend * purchases);
	state->n++;
	PG_RETURN_POINTER(state);
}

/* Without the terms: no interest, the whole revenue, paid at once. */
PG_FUNCTION_INFO_V1(pgrcv_clv_total_add_activity);
Datum
pgrcv_clv_total_add_activity(PG_FUNCTION_ARGS)
{
	double factor = 1;
	double force = 0;
	rcv_clv_money money;
	bool asked;

	if (any_null(fcinfo))
		return rcv_same_state(fcinfo);
	asked = rcv_clv_money_activity(fcinfo, 1, &money);
	rcv_clv_request_days(&money.request, PG_GETARG_INT32(5));
	if (PG_NARGS() > 6)
		factor = rcv_clv_terms_arg(fcinfo, 6, false, &force);
	return add_money(fcinfo, asked, &money, factor, force, true, PG_GETARG_DATEADT(4));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_add_values);
Datum
pgrcv_clv_total_add_values(PG_FUNCTION_ARGS)
{
	double factor = 1;
	double force = 0;
	rcv_clv_money money;
	bool asked;

	if (any_null(fcinfo))
		return rcv_same_state(fcinfo);
	asked = rcv_clv_money_values(fcinfo, 1, &money);
	money.request.horizon =
		rcv_clv_horizon_arg(money.request.model, PG_GETARG_FLOAT8(7), "horizon");
	if (PG_NARGS() > 8)
		factor = rcv_clv_terms_arg(fcinfo, 8, false, &force);
	return add_money(fcinfo, asked, &money, factor, force, false, 0);
}

/* A kind must be known before the number of its parameters is asked. */
static void
check_models(const total_state *state)
{
	for (int32 i = 0; i < state->count; i++)
		if (rcv_clv_model_check(&state->parts[i].model) != RCV_OK)
			rcv_check(RCV_EBINARY, "state of a total");
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_merge);
Datum
pgrcv_clv_total_merge(PG_FUNCTION_ARGS)
{
	total_state *other = checked_state(PG_GETARG_DATUM(1));
	total_state *state = state_for(fcinfo, other->money, other->dated, other->as_of);

	state->n += other->n;
	rcv_exact_merge(&state->total, &other->total);
	for (int32 i = 0; i < other->count; i++)
	{
		total_part *part = part_for(&state, &other->parts[i].model);

		for (int g = 0; g < RCV_CLV_PARAMETERS; g++)
			rcv_exact_merge(&part->gradient[g], &other->parts[i].gradient[g]);
	}
	PG_RETURN_POINTER(state);
}

/* Results ---------------------------------------------------------------------- */

/* Of one model's parameters; NaN when a parameter's error is not known. */
static double
variance_of(const total_part *part)
{
	const rcv_clv_model *m = &part->model;
	int n = rcv_clv_parameters(m->kind);
	double variance = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			if (!(m->covariance[i][i] > 0))
				return NAN;
			variance += rcv_exact_value(&part->gradient[i]) * rcv_exact_value(&part->gradient[j]) *
						m->covariance[i][j] / (m->parameter[i] * m->parameter[j]);
		}
	return variance;
}

static double
error_of(const total_state *state)
{
	double variance = 0;

	for (int32 i = 0; i < state->count; i++)
		variance += variance_of(&state->parts[i]);
	return sqrt(variance);
}

static Datum
total(FunctionCallInfo fcinfo, bool money)
{
	total_state *state = own_state(fcinfo);
	double estimate = rcv_exact_value(&state->total);
	double error;
	double figures[4];
	Datum values[5];
	bool nulls[5] = {false};
	TupleDesc desc;

	check_models(state);
	if (state->money != money)
		rcv_check(RCV_EBINARY, "state of a total");
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != 5)
		elog(ERROR, "a total must have five columns");
	error = error_of(state);
	figures[0] = estimate;
	figures[1] = error;
	figures[2] = estimate - NORMAL_95 * error;
	figures[3] = estimate + NORMAL_95 * error;
	values[0] = Int64GetDatum(state->n);
	for (int i = 0; i < 4; i++)
	{
		nulls[i + 1] = !isfinite(figures[i]);
		if (!nulls[i + 1])
			values[i + 1] = money ? rcv_clv_amount(figures[i]) : Float8GetDatum(figures[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_purchases);
Datum
pgrcv_clv_total_purchases(PG_FUNCTION_ARGS)
{
	return total(fcinfo, false);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_money);
Datum
pgrcv_clv_total_money(PG_FUNCTION_ARGS)
{
	return total(fcinfo, true);
}
