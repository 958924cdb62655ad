/*
 * clv_model_pg.c
 *		The types clv_model and spend_model: text, JSON and binary forms,
 *		accessors, and intervals of the parameters.
 *
 * Both types are one struct; a spend_model is of the kind gamma-gamma.
 */
#include "clv/clv_pg.h"

#include <math.h>

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "num/special.h"

#define BINARY_VERSION 1
#define KEYS_MAX 24

static const char *
type_name(bool spend)
{
	return spend ? "spend_model" : "clv_model";
}

const rcv_clv_model *
rcv_clv_model_arg(Datum datum)
{
	const rcv_clv_value *value = (const rcv_clv_value *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(value) != sizeof(rcv_clv_value))
		rcv_check(RCV_EBINARY, "model");
	if (value->model.version != RCV_CLV_VERSION)
		rcv_check(RCV_EVERSION, "model");
	return &value->model;
}

/* One of the many NaNs. */
static void
set_nan(double *value)
{
	if (isnan(*value))
		*value = NAN;
}

Datum
rcv_clv_model_datum(const rcv_clv_model *model)
{
	rcv_clv_value *value = palloc0(sizeof(*value));

	SET_VARSIZE(value, sizeof(*value));
	value->model = *model;
	set_nan(&value->model.loglik); /* equal models have the same bytes */
	set_nan(&value->model.correlation);
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		set_nan(&value->model.parameter[i]);
	return PointerGetDatum(value);
}

/* Reading -------------------------------------------------------------- */

bool
rcv_clv_unit(const rcv_json *json, const char *key, int32 *out)
{
	char *text = rcv_json_text(json, key);
	int days;
	int used = 0;

	if (text == NULL)
		return false;
	if (strcmp(text, "day") == 0)
		days = 1;
	else if (strcmp(text, "week") == 0)
		days = 7;
	else if (sscanf(text, "%5d days%n", &days, &used) != 1 || text[used] != '\0' || used == 0 ||
			 days < 1 || days > RCV_CLV_UNIT_MAX)
		rcv_json_error(json,
					   "\"%s\" must be \"day\", \"week\" or a number of days as in \"30 days\", at "
					   "most %d; months differ in length.",
					   key, RCV_CLV_UNIT_MAX);
	*out = days;
	return true;
}

/* Keys of a kind of model, ending with NULL. */
static void
list_keys(int kind, const char **keys)
{
	int n = 0;

	keys[n++] = "model";
	if (kind == RCV_CLV_CNBD)
		keys[n++] = "k";
	if (kind != RCV_CLV_SPEND)
		keys[n++] = "unit";
	for (int i = 0; i < rcv_clv_parameters(kind); i++)
		keys[n++] = rcv_clv_parameter_name(kind, i);
	keys[n++] = "loglik";
	keys[n++] = "aic";
	keys[n++] = "n";
	if (kind == RCV_CLV_SPEND)
	{
		keys[n++] = "excluded";
		keys[n++] = "correlation";
	}
	keys[n++] = "iterations";
	keys[n++] = "status";
	keys[n++] = "covariance";
	keys[n] = NULL;
}

static void
read_parameters(const rcv_json *json, rcv_clv_model *model)
{
	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
	{
		const char *name = rcv_clv_parameter_name(model->kind, i);

		model->parameter[i] = NAN;
		if (!rcv_json_double(json, name, &model->parameter[i]) && model->status <= RCV_CLV_SCORED)
			rcv_json_error(json, "\"%s\" is missing: a parameter of %s.", name,
						   rcv_clv_kind_names[model->kind]);
		if (model->parameter[i] < RCV_CLV_PARAMETER_MIN ||
			model->parameter[i] > RCV_CLV_PARAMETER_MAX)
			rcv_json_error(json, "\"%s\" must lie between 1e-15 and 1e15.", name);
	}
}

static void
read_covariance(const rcv_json *json, rcv_clv_model *model)
{
	int n = rcv_clv_parameters(model->kind);
	int sizes[2] = {n, n};
	double *covariance = rcv_json_doubles(json, "covariance", 2, n * n, sizes);

	for (int i = 0; covariance != NULL && i < n * n; i++)
		model->covariance[i / n][i % n] = covariance[i];
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
			if (model->covariance[i][j] != model->covariance[j][i] || model->covariance[i][i] < 0 ||
				fabs(model->covariance[i][j]) >
					sqrt(model->covariance[i][i]) * sqrt(model->covariance[j][j]) * (1 + 1e-9))
				rcv_json_error(json, "\"covariance\" must be symmetric, with no negative variance "
									 "and no correlation beyond 1.");
}

static void
read_counts(const rcv_json *json, rcv_clv_model *model)
{
	int64 count = 0;

	rcv_json_int64(json, "iterations", 0, PG_INT32_MAX, &count);
	model->iterations = (int32) count;
	rcv_json_int64(json, "n", 0, INT64CONST(1) << 53, &model->customers);
	if (model->kind == RCV_CLV_SPEND)
	{
		rcv_json_int64(json, "excluded", 0, INT64CONST(1) << 53, &model->excluded);
		rcv_json_double(json, "correlation", &model->correlation);
	}
	if (model->kind == RCV_CLV_CNBD)
	{
		count = 0;
		if (!rcv_json_int64(json, "k", 1, RCV_CLV_K_MAX, &count))
			rcv_json_error(json, "\"k\" is missing: how regular purchases are.");
		model->k = (uint8) count;
	}
}

/* Which kind of model this is; the other keys depend on it. */
static int
read_kind(Jsonb *in, bool spend)
{
	rcv_json json = rcv_json_open(in, type_name(spend), NULL);
	int kind = spend ? RCV_CLV_SPEND : RCV_CLV_MBG;

	if (!rcv_json_choice(&json, "model", rcv_clv_kind_names, &kind) && !spend)
		rcv_json_error(&json, "\"model\" is missing, as in {\"model\": \"mbg/nbd\", ...}.");
	if ((kind == RCV_CLV_SPEND) != spend)
		rcv_json_error(&json, "\"%s\" is a model for the type %s.", rcv_clv_kind_names[kind],
					   type_name(!spend));
	return kind;
}

static Datum
model_of_jsonb(Jsonb *in, bool spend)
{
	const char *keys[KEYS_MAX];
	rcv_clv_model model = {.version = RCV_CLV_VERSION, .k = 1, .unit_days = 1};
	int status = RCV_CLV_FIT_OK;
	double aic;
	rcv_json json;

	model.kind = (uint8) read_kind(in, spend);
	list_keys(model.kind, keys);
	json = rcv_json_open(in, type_name(spend), keys);
	model.loglik = model.correlation = NAN;
	rcv_json_choice(&json, "status", rcv_clv_status_names, &status);
	model.status = (uint8) status;
	rcv_clv_unit(&json, "unit", &model.unit_days);
	read_parameters(&json, &model);
	read_counts(&json, &model);
	rcv_json_double(&json, "loglik", &model.loglik);
	rcv_json_double(&json, "aic", &aic); /* follows from the rest */
	read_covariance(&json, &model);
	rcv_check(rcv_clv_model_check(&model), type_name(spend));
	return rcv_clv_model_datum(&model);
}

static Datum
model_of_text(const char *text, bool spend)
{
	return model_of_jsonb(rcv_json_of_text(text, type_name(spend)), spend);
}

/* Writing -------------------------------------------------------------- */

static void
append_known(StringInfo out, const char *key, double value)
{
	if (isnan(value))
		return;
	rcv_json_append_key(out, key);
	rcv_append_double(out, value);
}

static void
append_count(StringInfo out, const char *key, int64 value)
{
	if (value == 0)
		return;
	rcv_json_append_key(out, key);
	appendStringInfo(out, INT64_FORMAT, value);
}

static bool
has_covariance(const rcv_clv_model *model)
{
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		if (model->covariance[i][i] != 0)
			return true;
	return false;
}

static void
append_covariance(StringInfo out, const rcv_clv_model *model)
{
	int n = rcv_clv_parameters(model->kind);

	if (!has_covariance(model))
		return;
	rcv_json_append_key(out, "covariance");
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			appendStringInfoString(out, j > 0 ? ", " : i > 0 ? "], [" : "[[");
			rcv_append_double(out, model->covariance[i][j]);
		}
	appendStringInfoString(out, "]]");
}

static void
append_kind(StringInfo out, const rcv_clv_model *model)
{
	rcv_json_append_key(out, "model");
	appendStringInfo(out, "\"%s\"", rcv_clv_kind_names[model->kind]);
	if (model->kind == RCV_CLV_CNBD)
		append_count(out, "k", model->k);
	if (model->kind == RCV_CLV_SPEND)
		return;
	rcv_json_append_key(out, "unit");
	if (model->unit_days == 1)
		appendStringInfoString(out, "\"day\"");
	else if (model->unit_days == 7)
		appendStringInfoString(out, "\"week\"");
	else
		appendStringInfo(out, "\"%d days\"", model->unit_days);
}

static char *
model_text(const rcv_clv_model *model)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_kind(&out, model);
	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
		append_known(&out, rcv_clv_parameter_name(model->kind, i), model->parameter[i]);
	append_known(&out, "loglik", model->loglik);
	append_known(&out, "aic", rcv_clv_aic(model));
	append_count(&out, "n", model->customers);
	append_count(&out, "excluded", model->excluded);
	if (model->kind == RCV_CLV_SPEND)
		append_known(&out, "correlation", model->correlation);
	append_count(&out, "iterations", model->iterations);
	rcv_json_append_key(&out, "status");
	appendStringInfo(&out, "\"%s\"", rcv_clv_status_names[model->status]);
	append_covariance(&out, model);
	appendStringInfoChar(&out, '}');
	return out.data;
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_in);
Datum
pgrcv_clv_model_in(PG_FUNCTION_ARGS)
{
	return model_of_text(PG_GETARG_CSTRING(0), false);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_model_in);
Datum
pgrcv_spend_model_in(PG_FUNCTION_ARGS)
{
	return model_of_text(PG_GETARG_CSTRING(0), true);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_out);
Datum
pgrcv_clv_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_text(rcv_clv_model_arg(PG_GETARG_DATUM(0))));
}

static Datum
receive(StringInfo in, bool spend)
{
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, type_name(spend));
	return model_of_text(pq_getmsgtext(in, in->len - in->cursor, &length), spend);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_recv);
Datum
pgrcv_clv_model_recv(PG_FUNCTION_ARGS)
{
	return receive((StringInfo) PG_GETARG_POINTER(0), false);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_model_recv);
Datum
pgrcv_spend_model_recv(PG_FUNCTION_ARGS)
{
	return receive((StringInfo) PG_GETARG_POINTER(0), true);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_send);
Datum
pgrcv_clv_model_send(PG_FUNCTION_ARGS)
{
	char *text = model_text(rcv_clv_model_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_from_jsonb);
Datum
pgrcv_clv_model_from_jsonb(PG_FUNCTION_ARGS)
{
	return model_of_jsonb(PG_GETARG_JSONB_P(0), false);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_model_from_jsonb);
Datum
pgrcv_spend_model_from_jsonb(PG_FUNCTION_ARGS)
{
	return model_of_jsonb(PG_GETARG_JSONB_P(0), true);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_to_jsonb);
Datum
pgrcv_clv_model_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(jsonb_in,
							   CStringGetDatum(model_text(rcv_clv_model_arg(PG_GETARG_DATUM(0)))));
}

/* Comparison: all bytes of a model are meant ------------------------------ */

static bool
models_equal(FunctionCallInfo fcinfo)
{
	const rcv_clv_model *a = rcv_clv_model_arg(PG_GETARG_DATUM(0));
	const rcv_clv_model *b = rcv_clv_model_arg(PG_GETARG_DATUM(1));

	return memcmp(a, b, sizeof(*a)) == 0;
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_eq);
Datum
pgrcv_clv_model_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(models_equal(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_ne);
Datum
pgrcv_clv_model_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!models_equal(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_hash);
Datum
pgrcv_clv_model_hash(PG_FUNCTION_ARGS)
{
	const rcv_clv_model *model = rcv_clv_model_arg(PG_GETARG_DATUM(0));

	return hash_any((const unsigned char *) model, sizeof(*model));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_model_hash_extended);
Datum
pgrcv_clv_model_hash_extended(PG_FUNCTION_ARGS)
{
	const rcv_clv_model *model = rcv_clv_model_arg(PG_GETARG_DATUM(0));

	return hash_any_extended((const unsigned char *) model, sizeof(*model), PG_GETARG_INT64(1));
}

/* Accessors ---------------------------------------------------------------- */

static Datum
known(FunctionCallInfo fcinfo, double value)
{
	if (isnan(value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_parameter);
Datum
pgrcv_clv_parameter(PG_FUNCTION_ARGS)
{
	const rcv_clv_model *model = rcv_clv_model_arg(PG_GETARG_DATUM(0));
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
	{
		const char *parameter = rcv_clv_parameter_name(model->kind, i);

		if (strcmp(name, parameter) == 0)
			return known(fcinfo, model->parameter[i]);
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "", parameter);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("model %s has no parameter \"%s\"", rcv_clv_kind_names[model->kind], name),
			 errhint("Its parameters are %s.", names.data)));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_log_likelihood);
Datum
pgrcv_clv_log_likelihood(PG_FUNCTION_ARGS)
{
	return known(fcinfo, rcv_clv_model_arg(PG_GETARG_DATUM(0))->loglik);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_aic);
Datum
pgrcv_clv_aic(PG_FUNCTION_ARGS)
{
	return known(fcinfo, rcv_clv_aic(rcv_clv_model_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_status);
Datum
pgrcv_clv_fit_status(PG_FUNCTION_ARGS)
{
	const rcv_clv_model *model = rcv_clv_model_arg(PG_GETARG_DATUM(0));

	PG_RETURN_TEXT_P(cstring_to_text(rcv_clv_status_names[model->status]));
}

/* clv_params ---------------------------------------------------------------- */

typedef struct params_call
{
	rcv_clv_model model;
	double z; /* half width of an interval, in standard errors */
} params_call;

static double
half_width(double confidence)
{
	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("confidence must lie between 0 and 1"),
						errhint("0.95 is usual: 19 of 20 such intervals hold the true value.")));
	return rcv_normal_quantile((1 + confidence) / 2);
}

static Datum
params_row(FuncCallContext *call, const params_call *state, int i)
{
	const rcv_clv_model *model = &state->model;
	double estimate = model->parameter[i];
	double error = sqrt(model->covariance[i][i]);
	double factor = exp(state->z * error / estimate);
	Datum values[5] = {CStringGetTextDatum(rcv_clv_parameter_name(model->kind, i)),
					   Float8GetDatum(estimate), Float8GetDatum(error),
					   Float8GetDatum(estimate / factor), Float8GetDatum(estimate * factor)};
	bool nulls[5] = {false};

	nulls[1] = isnan(estimate);
	nulls[2] = nulls[1] || error == 0 || !rcv_clv_parameter_finite(model, i);
	nulls[3] = nulls[4] = nulls[2] || !isfinite(estimate * factor);
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_params);
Datum
pgrcv_clv_params(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	params_call *state;
	Datum row;

	if (SRF_IS_FIRSTCALL())
	{
		call = rcv_first_call(fcinfo, sizeof(*state));
		state = call->user_fctx;
		state->model = *rcv_clv_model_arg(PG_GETARG_DATUM(0));
		state->z = half_width(PG_GETARG_FLOAT8(1));
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (call->call_cntr >= (uint64) rcv_clv_parameters(state->model.kind))
		SRF_RETURN_DONE(call);
	row = params_row(call, state, (int) call->call_cntr);
	SRF_RETURN_NEXT(call, row);
}
