/*
 * ab_summary_pg.c
 *		The type ab_summary: text, JSON and binary forms, the aggregates that make
 *		it, and its accessors.
 *
 * The state of the aggregates is the type itself, changed in place.
 */
#include "experiment/ab_pg.h"

#include <math.h>

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "pg/json.h"

#define BINARY_VERSION 2
#define TYPE_NAME "ab_summary"

static const char *const keys[] = {"n",			 "mean",	  "mean_low", "squares", "mean_x",
								   "mean_x_low", "squares_x", "products", NULL};

static const rcv_ab_value *
value_arg(Datum datum)
{
	const rcv_ab_value *value = (const rcv_ab_value *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(value) != sizeof(rcv_ab_value))
		rcv_check(RCV_EBINARY, TYPE_NAME);
	if (value->summary.version != RCV_AB_SUMMARY_VERSION)
		rcv_check(RCV_EVERSION, TYPE_NAME);
	return value;
}

const rcv_ab_summary *
rcv_ab_summary_arg(Datum datum)
{
	return &value_arg(datum)->summary;
}

static rcv_ab_value *
new_value(void)
{
	rcv_ab_value *value = palloc0(sizeof(*value));

	SET_VARSIZE(value, sizeof(*value));
	return value;
}

/* A summary from outside, checked. */
static Datum
checked_datum(const rcv_ab_summary *summary, int sqlstate)
{
	const char *fault = rcv_ab_summary_fault(summary);
	rcv_ab_value *value = new_value();

	if (fault != NULL)
		ereport(ERROR, (errcode(sqlstate), errmsg("invalid " TYPE_NAME), errdetail("%s", fault)));
	value->summary = *summary;
	rcv_ab_summary_finish(&value->summary);
	return PointerGetDatum(value);
}

/* Text and JSON ------------------------------------------------------------------ */

static void
need(const rcv_json *json, const char *key, double *out)
{
	if (!rcv_json_double(json, key, out))
		rcv_json_error(json, "\"%s\" is missing.", key);
}

static Datum
summary_of_jsonb(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, TYPE_NAME, keys);
	rcv_ab_summary s;

	rcv_ab_summary_init(&s, rcv_json_has(&json, "mean_x") || rcv_json_has(&json, "mean_x_low") ||
								rcv_json_has(&json, "squares_x") ||
								rcv_json_has(&json, "products"));
	if (!rcv_json_int64(&json, "n", 0, RCV_AB_ROWS_MAX, &s.n))
		rcv_json_error(&json, "\"n\" is missing: the number of rows.");
	need(&json, "mean", &s.mean);
	(void) rcv_json_double(&json, "mean_low", &s.mean_low);
	need(&json, "squares", &s.squares);
	if (s.has_x)
	{
		need(&json, "mean_x", &s.mean_x);
		(void) rcv_json_double(&json, "mean_x_low", &s.mean_x_low);
		need(&json, "squares_x", &s.squares_x);
		need(&json, "products", &s.products);
	}
	return checked_datum(&s, ERRCODE_INVALID_PARAMETER_VALUE);
}

static void
append(StringInfo out, const char *key, double value)
{
	rcv_json_append_key(out, key);
	rcv_append_double(out, value);
}

/* The low part of a mean that one double holds is left out. */
static void
append_low(StringInfo out, const char *key, double value)
{
	if (value != 0)
		append(out, key, value);
}

static char *
summary_text(const rcv_ab_summary *s)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "{\"n\": " INT64_FORMAT, s->n);
	append(&out, "mean", s->mean);
	append_low(&out, "mean_low", s->mean_low);
	append(&out, "squares", s->squares);
	if (s->has_x)
	{
		append(&out, "mean_x", s->mean_x);
		append_low(&out, "mean_x_low", s->mean_x_low);
		append(&out, "squares_x", s->squares_x);
		append(&out, "products", s->products);
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_in);
Datum
pgrcv_ab_summary_in(PG_FUNCTION_ARGS)
{
	return summary_of_jsonb(rcv_json_of_text(PG_GETARG_CSTRING(0), TYPE_NAME));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_out);
Datum
pgrcv_ab_summary_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(summary_text(rcv_ab_summary_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_from_jsonb);
Datum
pgrcv_ab_summary_from_jsonb(PG_FUNCTION_ARGS)
{
	return summary_of_jsonb(PG_GETARG_JSONB_P(0));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_to_jsonb);
Datum
pgrcv_ab_summary_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(
		jsonb_in, CStringGetDatum(summary_text(rcv_ab_summary_arg(PG_GETARG_DATUM(0)))));
}

/* Binary form: version, whether there is a covariate, n, and three or seven figures ---- */

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_recv);
Datum
pgrcv_ab_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	rcv_ab_summary s;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, TYPE_NAME);
	rcv_ab_summary_init(&s, false);
	s.has_x = (uint8) pq_getmsgbyte(in);
	s.n = pq_getmsgint64(in);
	s.mean = pq_getmsgfloat8(in);
	s.mean_low = pq_getmsgfloat8(in);
	s.squares = pq_getmsgfloat8(in);
	if (s.has_x)
	{
		s.mean_x = pq_getmsgfloat8(in);
		s.mean_x_low = pq_getmsgfloat8(in);
		s.squares_x = pq_getmsgfloat8(in);
		s.products = pq_getmsgfloat8(in);
	}
	return checked_datum(&s, ERRCODE_INVALID_BINARY_REPRESENTATION);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_send);
Datum
pgrcv_ab_summary_send(PG_FUNCTION_ARGS)
{
	const rcv_ab_summary *s = rcv_ab_summary_arg(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendbyte(&out, s->has_x);
	pq_sendint64(&out, s->n);
	pq_sendfloat8(&out, s->mean);
	pq_sendfloat8(&out, s->mean_low);
	pq_sendfloat8(&out, s->squares);
	if (s->has_x)
	{
		pq_sendfloat8(&out, s->mean_x);
		pq_sendfloat8(&out, s->mean_x_low);
		pq_sendfloat8(&out, s->squares_x);
		pq_sendfloat8(&out, s->products);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

/* Comparison: all bytes are meant ---------------------------------------------------- */

static bool
summaries_equal(FunctionCallInfo fcinfo)
{
	return memcmp(rcv_ab_summary_arg(PG_GETARG_DATUM(0)), rcv_ab_summary_arg(PG_GETARG_DATUM(1)),
				  sizeof(rcv_ab_summary)) == 0;
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_eq);
Datum
pgrcv_ab_summary_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(summaries_equal(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_ne);
Datum
pgrcv_ab_summary_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!summaries_equal(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_hash);
Datum
pgrcv_ab_summary_hash(PG_FUNCTION_ARGS)
{
	return hash_any((const unsigned char *) rcv_ab_summary_arg(PG_GETARG_DATUM(0)),
					sizeof(rcv_ab_summary));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_hash_extended);
Datum
pgrcv_ab_summary_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((const unsigned char *) rcv_ab_summary_arg(PG_GETARG_DATUM(0)),
							 sizeof(rcv_ab_summary), PG_GETARG_INT64(1));
}

/* Aggregates ------------------------------------------------------------------------- */

/* The state to change: the aggregate's own, or a copy of a value from anywhere. */
static rcv_ab_value *
own_state(FunctionCallInfo fcinfo)
{
	const rcv_ab_value *value = value_arg(PG_GETARG_DATUM(0));
	rcv_ab_value *copy;

	if (likely(AggCheckCallContext(fcinfo, NULL)))
		return unconstify(rcv_ab_value *, value);
	copy = new_value();
	copy->summary = value->summary;
	return copy;
}

/*
 * The changed state.  Within an aggregate it keeps the low parts of its sums for
 * the next row; anywhere else it is a value, which has none.
 */
static Datum
changed(FunctionCallInfo fcinfo, rcv_ab_value *state)
{
	if (unlikely(!AggCheckCallContext(fcinfo, NULL)))
		rcv_ab_summary_finish(&state->summary);
	return PointerGetDatum(state);
}

static void
check_room(const rcv_ab_summary *s)
{
	if (unlikely(s->n >= RCV_AB_ROWS_MAX))
		rcv_check(RCV_ELIMIT, "number of rows of an " TYPE_NAME);
}

static rcv_ab_value *
state_for(FunctionCallInfo fcinfo, bool has_x)
{
	rcv_ab_value *state;

	if (likely(!PG_ARGISNULL(0)))
		return own_state(fcinfo);
	state = new_value();
	rcv_ab_summary_init(&state->summary, has_x);
	return state;
}

static void
pg_attribute_noreturn() pg_attribute_cold figure_error(double y, double x)
{
	if (isnan(y) || isinf(y) || isnan(x) || isinf(x))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s of ab_stats must be finite", isfinite(y) ? "x" : "y"),
						errhint("Give NULL for a row without a figure: it is skipped.")));
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("sum of squares of ab_stats is out of range"),
					errhint("Figures around 1e154 and above cannot be squared.")));
	pg_unreachable();
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_add);
Datum
pgrcv_ab_summary_add(PG_FUNCTION_ARGS)
{
	rcv_ab_value *state;

	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	state = state_for(fcinfo, false);
	check_room(&state->summary);
	if (unlikely(state->summary.has_x))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the summary has a covariate, the row has none")));
	if (unlikely(rcv_ab_summary_add(&state->summary, PG_GETARG_FLOAT8(1)) != RCV_OK))
		figure_error(PG_GETARG_FLOAT8(1), 0);
	return changed(fcinfo, state);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_add_pair);
Datum
pgrcv_ab_summary_add_pair(PG_FUNCTION_ARGS)
{
	rcv_ab_value *state;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	state = state_for(fcinfo, true);
	check_room(&state->summary);
	if (unlikely(!state->summary.has_x))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the summary has no covariate, the row has one")));
	if (unlikely(rcv_ab_summary_add_pair(&state->summary, PG_GETARG_FLOAT8(1),
										 PG_GETARG_FLOAT8(2)) != RCV_OK))
		figure_error(PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2));
	return changed(fcinfo, state);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_summary_merge);
Datum
pgrcv_ab_summary_merge(PG_FUNCTION_ARGS)
{
	const rcv_ab_summary *other;
	rcv_ab_value *state;
	rcv_status status;

	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	other = rcv_ab_summary_arg(PG_GETARG_DATUM(1));
	state = state_for(fcinfo, other->has_x);
	status = rcv_ab_summary_merge(&state->summary, other);
	if (status == RCV_EDOMAIN)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("summaries with and without a covariate cannot be merged"),
						errhint("Make both by ab_stats(y), or both by ab_stats(y, x).")));
	if (status == RCV_EOVERFLOW)
		figure_error(0, 0);
	rcv_check(status, "number of rows of an " TYPE_NAME);
	return changed(fcinfo, state);
}

/* The state itself is not touched: a window goes on with it. */
PG_FUNCTION_INFO_V1(pgrcv_ab_summary_finish);
Datum
pgrcv_ab_summary_finish(PG_FUNCTION_ARGS)
{
	rcv_ab_value *value = new_value();

	value->summary = *rcv_ab_summary_arg(PG_GETARG_DATUM(0));
	rcv_ab_summary_finish(&value->summary);
	PG_RETURN_POINTER(value);
}

/* Accessors -------------------------------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_ab_n);
Datum
pgrcv_ab_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(rcv_ab_summary_arg(PG_GETARG_DATUM(0))->n);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_mean);
Datum
pgrcv_ab_mean(PG_FUNCTION_ARGS)
{
	const rcv_ab_summary *s = rcv_ab_summary_arg(PG_GETARG_DATUM(0));

	RCV_AB_RETURN_FIGURE(s->n > 0 ? s->mean : NAN);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_mean_x);
Datum
pgrcv_ab_mean_x(PG_FUNCTION_ARGS)
{
	const rcv_ab_summary *s = rcv_ab_summary_arg(PG_GETARG_DATUM(0));

	RCV_AB_RETURN_FIGURE(s->n > 0 && s->has_x ? s->mean_x : NAN);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_stddev);
Datum
pgrcv_ab_stddev(PG_FUNCTION_ARGS)
{
	RCV_AB_RETURN_FIGURE(sqrt(rcv_ab_variance(rcv_ab_summary_arg(PG_GETARG_DATUM(0)))));
}

static double
half_width(FunctionCallInfo fcinfo)
{
	return rcv_ab_mean_half(rcv_ab_summary_arg(PG_GETARG_DATUM(0)),
							rcv_ab_conf_arg(PG_GETARG_FLOAT8(1)));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_lower);
Datum
pgrcv_ab_lower(PG_FUNCTION_ARGS)
{
	RCV_AB_RETURN_FIGURE(rcv_ab_summary_arg(PG_GETARG_DATUM(0))->mean - half_width(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_upper);
Datum
pgrcv_ab_upper(PG_FUNCTION_ARGS)
{
	RCV_AB_RETURN_FIGURE(rcv_ab_summary_arg(PG_GETARG_DATUM(0))->mean + half_width(fcinfo));
}
