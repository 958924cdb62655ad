/*
 * clv_total_pg.c
 *		Totals over customers with their standard errors: the aggregates
 *		expected_purchases_total and clv_total.
 *
 * The error is that of the parameters, by the delta method: the gradient of the
 * total in the logarithms of the parameters, times their covariance.  Sums are
 * whole numbers of 2^-40, so that they are the same in any order.
 */
#include "clv/clv_value_pg.h"

#include <math.h>

#include "access/htup_details.h"

#define UNIT 0x1p-40
#define TERM_MAX 1e18
#define NORMAL_95 1.9599639845400543 /* standard errors on each side of a 95 % interval */
#define MODELS 2
#define SUMS (1 + MODELS * RCV_CLV_PARAMETERS) /* the total, then its gradient */

typedef struct total_state
{
	int32 vl_len_;
	uint32 mark; /* STATE_MARK */
	int64 n;
	rcv_clv_model models[MODELS]; /* of purchases and of spend, if any: else zero */
	uint64 sums[SUMS][2];		  /* rcv_int128 of UNIT: low, high */
} total_state;

#define STATE_MARK 0x434C5402 /* "CLT", version 2 */

/* States ------------------------------------------------------------------- */

static total_state *
checked_state(Datum datum)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(datum);
	total_state *state = palloc(sizeof(*state));

	if (VARSIZE_ANY_EXHDR(stored) != sizeof(*state) - VARHDRSZ)
		rcv_check(RCV_EBINARY, "state of a total");
	memcpy((char *) state + VARHDRSZ, VARDATA_ANY(stored), sizeof(*state) - VARHDRSZ);
	SET_VARSIZE(state, sizeof(*state));
	if (state->mark != STATE_MARK || state->n < 0)
		rcv_check(RCV_EBINARY, "state of a total");
	return state;
}

static total_state *
own_state(FunctionCallInfo fcinfo)
{
	total_state *state = (total_state *) DatumGetPointer(PG_GETARG_DATUM(0));

	if (AggCheckCallContext(fcinfo, NULL) && VARATT_IS_4B_U(state) &&
		(uintptr_t) state % MAXIMUM_ALIGNOF == 0 && VARSIZE(state) == sizeof(*state) &&
		state->mark == STATE_MARK)
		return state;
	return checked_state(PG_GETARG_DATUM(0));
}

/* The state to add to, of the same models; spend may be NULL. */
static total_state *
state_for(FunctionCallInfo fcinfo, const rcv_clv_model *purchases, const rcv_clv_model *spend)
{
	static const rcv_clv_model none;
	total_state *state;

	if (spend == NULL)
		spend = &none;
	if (PG_ARGISNULL(0))
	{
		state = palloc0(sizeof(*state));
		SET_VARSIZE(state, sizeof(*state));
		state->mark = STATE_MARK;
		state->models[0] = *purchases;
		state->models[1] = *spend;
		return state;
	}
	state = own_state(fcinfo);
	if (memcmp(&state->models[0], purchases, sizeof(*purchases)) != 0 ||
		memcmp(&state->models[1], spend, sizeof(*spend)) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the models of a total must be the same in every row"),
						errhint("Group by the model, and add up the groups' totals.")));
	return state;
}

static void
add_units(total_state *state, int i, unsigned __int128 units)
{
	unsigned __int128 sum =
		((unsigned __int128) state->sums[i][1] << 64 | state->sums[i][0]) + units;

	state->sums[i][0] = (uint64) sum;
	state->sums[i][1] = (uint64) (sum >> 64);
}

static void
add_term(total_state *state, int i, double term)
{
	if (!(fabs(term) < TERM_MAX))
		rcv_check(RCV_EOVERFLOW, "value of a customer");
	add_units(state, i, (unsigned __int128) (rcv_int128) nearbyint(term / UNIT));
}

static double
sum_of(const total_state *state, int i)
{
	return (double) (rcv_int128) ((unsigned __int128) state->sums[i][1] << 64 | state->sums[i][0]) *
		   UNIT;
}

/* Adds a gradient, as one in the logarithms of the parameters. */
static void
add_gradient(total_state *state, int model, const double *gradient, double factor)
{
	const rcv_clv_model *m = &state->models[model];

	for (int i = 0; i < rcv_clv_parameters(m->kind); i++)
		add_term(state, 1 + model * RCV_CLV_PARAMETERS + i, factor * gradient[i] * m->parameter[i]);
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
add_purchases(FunctionCallInfo fcinfo, bool asked, const rcv_clv_request *request)
{
	double gradient[RCV_CLV_PARAMETERS];
	total_state *state;

	if (!asked)
		return rcv_same_state(fcinfo);
	state = state_for(fcinfo, request->model, NULL);
	rcv_clv_discounted_gradient(request->model, &request->customer, request->horizon, 0, gradient);
	add_term(state, 0, rcv_clv_expected(request->model, &request->customer, request->horizon));
	add_gradient(state, 0, gradient, 1);
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
	return add_purchases(fcinfo, asked, &request);
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
	return add_purchases(fcinfo, asked, &request);
}

static Datum
add_money(FunctionCallInfo fcinfo, bool asked, const rcv_clv_money *money, double factor,
		  double force)
{
	const rcv_clv_request *request = &money->request;
	double delta = force * request->model->unit_days;
	double spend = rcv_clv_spend(money->spend, money->x, money->mean);
	double gradient[RCV_CLV_PARAMETERS];
	double purchases;
	total_state *state;

	if (!asked || isnan(spend))
		return rcv_same_state(fcinfo);
	state = state_for(fcinfo, request->model, money->spend);
	purchases = rcv_clv_discounted(request->model, &request->customer, request->horizon, delta);
	add_term(state, 0, factor * spend * purchases);
	rcv_clv_discounted_gradient(request->model, &request->customer, request->horizon, delta,
								gradient);
	add_gradient(state, 0, gradient, factor * spend);
	rcv_clv_spend_gradient(money->spend, money->x, money->mean, gradient);
	add_gradient(state, 1, gradient, factor * purchases);
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
	return add_money(fcinfo, asked, &money, factor, force);
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
	return add_money(fcinfo, asked, &money, factor, force);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_total_merge);
Datum
pgrcv_clv_total_merge(PG_FUNCTION_ARGS)
{
	total_state *other = checked_state(PG_GETARG_DATUM(1));
	total_state *state = state_for(fcinfo, &other->models[0], &other->models[1]);

	state->n += other->n;
	for (int i = 0; i < SUMS; i++)
		add_units(state, i, (unsigned __int128) other->sums[i][1] << 64 | other->sums[i][0]);
	PG_RETURN_POINTER(state);
}

/* Results ---------------------------------------------------------------------- */

/* Of one model's parameters; NaN when a parameter's error is not known. */
static double
variance_of(const total_state *state, int model)
{
	const rcv_clv_model *m = &state->models[model];
	const int first = 1 + model * RCV_CLV_PARAMETERS;
	int n = rcv_clv_parameters(m->kind);
	double variance = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			if (!(m->covariance[i][i] > 0))
				return NAN;
			variance += sum_of(state, first + i) * sum_of(state, first + j) * m->covariance[i][j] /
						(m->parameter[i] * m->parameter[j]);
		}
	return variance;
}

static Datum
total(FunctionCallInfo fcinfo, bool money)
{
	total_state *state = own_state(fcinfo);
	double estimate;
	double error;
	double figures[4];
	Datum values[5];
	bool nulls[5] = {false};
	TupleDesc desc;

	for (int i = 0; i < 1 + money; i++)
		if (rcv_clv_model_check(&state->models[i]) != RCV_OK ||
			(state->models[i].kind == RCV_CLV_SPEND) != (i == 1))
			rcv_check(RCV_EBINARY, "state of a total");
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != 5)
		elog(ERROR, "a total must have five columns");
	estimate = sum_of(state, 0);
	error = sqrt(variance_of(state, 0) + (money ? variance_of(state, 1) : 0));
	memcpy(figures,
		   (double[4]){estimate, error, estimate - NORMAL_95 * error, estimate + NORMAL_95 * error},
		   sizeof(figures));
	values[0] = Int64GetDatum(state->n);
	for (int i = 0; i < 4; i++)
	{
		nulls[i + 1] = !isfinite(figures[i]);
		if (!nulls[i + 1])
			values[i + 1] = money ? rcv_double_numeric(figures[i]) : Float8GetDatum(figures[i]);
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
