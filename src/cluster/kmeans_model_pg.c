/*
 * kmeans_model_pg.c
 *		The type kmeans_model: text, JSON and binary forms, comparison, accessors.
 */
#include "cluster/kmeans_pg.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/json.h"

#define BINARY_VERSION 1
#define CELLS_MAX (RCV_KMEANS_K_MAX * RCV_KMEANS_COLUMNS_MAX)
#define KNOTS_MAX (RCV_KNOTS * RCV_KMEANS_COLUMNS_MAX)

static const char *const keys[] = {"k",			"scale", "columns", "names",	 "center",
								   "spread",	"knots", "values",	"shares",	 "sizes",
								   "centroids", "n",	 "skipped", "objective", "iterations",
								   "starts",	"seed",	 "status",	NULL};

const rcv_kmeans_model *
rcv_kmeans_model_arg(Datum datum)
{
	const rcv_kmeans_value *value = (const rcv_kmeans_value *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(value) < sizeof(rcv_kmeans_value))
		rcv_check(RCV_EBINARY, "kmeans_model");
	if (value->model.version != RCV_KMEANS_VERSION)
		rcv_check(RCV_EVERSION, "kmeans_model");
	if (VARSIZE(value) != offsetof(rcv_kmeans_value, model) + rcv_kmeans_model_size(&value->model))
		rcv_check(RCV_EBINARY, "kmeans_model");
	return &value->model;
}

rcv_kmeans_value *
rcv_kmeans_new_value(const rcv_kmeans_model *header)
{
	Size size = offsetof(rcv_kmeans_value, model) + rcv_kmeans_model_size(header);
	rcv_kmeans_value *value = palloc0(size);

	SET_VARSIZE(value, size);
	memcpy(&value->model, header, sizeof(*header));
	value->model.version = RCV_KMEANS_VERSION;
	if (isnan(value->model.objective)) /* equal models have the same bytes */
		value->model.objective = NAN;
	return value;
}

/* Reading -------------------------------------------------------------- */

/* Numbers of a key that must be there, without -0. */
static double *
needed(const rcv_json *json, const char *key, int depth, int most, int *sizes)
{
	double *out = rcv_json_doubles(json, key, depth, most, sizes);
	int n = depth == 2 ? sizes[0] * sizes[1] : sizes[0];

	if (out == NULL)
		rcv_json_error(json, "\"%s\" is missing.", key);
	for (int i = 0; i < n; i++)
		out[i] += 0.0;
	return out;
}

static void
read_header(const rcv_json *json, rcv_kmeans_model *m)
{
	int choice = 0;
	int64 number = 0;

	if (!rcv_json_choice(json, "scale", rcv_scale_names, &choice))
		rcv_json_error(json, "\"scale\" is missing: zscore, none, log1p or rank.");
	m->scale = (uint8) choice;
	choice = RCV_KMEANS_OK;
	rcv_json_choice(json, "status", rcv_kmeans_status_names, &choice);
	m->status = (uint8) choice;
	if (rcv_json_int64(json, "iterations", 0, PG_INT32_MAX, &number))
		m->iterations = (int32) number;
	number = 0;
	if (rcv_json_int64(json, "starts", 0, RCV_KMEANS_STARTS_MAX, &number))
		m->starts = (int32) number;
	rcv_json_int64(json, "seed", -(INT64CONST(1) << 53), INT64CONST(1) << 53, &m->seed);
	rcv_json_int64(json, "skipped", 0, INT64CONST(1) << 53, &m->skipped);
	m->objective = NAN;
	rcv_json_double(json, "objective", &m->objective);
	m->objective += 0.0;
	m->named = rcv_json_has(json, "names");
}

static void
check_count(const rcv_json *json, const char *key, int found)
{
	int64 number = found;

	rcv_json_int64(json, key, 0, PG_INT32_MAX, &number);
	if (number != found)
		rcv_json_error(json, "\"%s\" is " INT64_FORMAT ", but \"centroids\" has %d.", key, number,
					   found);
}

/* Knots of each column, counted; in all. */
static double *
read_knots(const rcv_json *json, rcv_kmeans_model *m)
{
	int sizes[1] = {m->columns};
	double *knots = needed(json, "knots", 1, m->columns, sizes);
	double total = 0;

	for (int j = 0; j < m->columns; j++)
	{
		if (!(knots[j] >= 1 && knots[j] <= RCV_KNOTS && knots[j] == floor(knots[j])))
			rcv_json_error(json, "\"knots\" must be whole numbers from 1 to %d.", RCV_KNOTS);
		total += knots[j];
	}
	m->knots = (int32) total;
	return knots;
}

static void
read_scaling(const rcv_json *json, const rcv_kmeans_model *m, const double *knots,
			 const rcv_scaling *s)
{
	int sizes[1] = {m->columns};

	if (m->scale == RCV_SCALE_ZSCORE)
	{
		memcpy(s->center, needed(json, "center", 1, m->columns, sizes),
			   m->columns * sizeof(double));
		memcpy(s->spread, needed(json, "spread", 1, m->columns, sizes),
			   m->columns * sizeof(double));
	}
	if (m->scale != RCV_SCALE_RANK)
		return;
	for (int j = 0; j < m->columns; j++)
		s->first[j + 1] = s->first[j] + (int32) knots[j];
	sizes[0] = m->knots;
	memcpy(s->value, needed(json, "values", 1, KNOTS_MAX, sizes), m->knots * sizeof(double));
	memcpy(s->share, needed(json, "shares", 1, KNOTS_MAX, sizes), m->knots * sizeof(double));
}

static void
read_sizes(const rcv_json *json, rcv_kmeans_model *m, int64 *out)
{
	int shape[1] = {m->k};
	double *sizes = rcv_json_doubles(json, "sizes", 1, m->k, shape);
	int64 n;

	m->n = 0;
	for (int c = 0; sizes != NULL && c < m->k; c++)
	{
		if (!(sizes[c] >= 0 && sizes[c] <= 0x1p40 && sizes[c] == floor(sizes[c])))
			rcv_json_error(json, "\"sizes\" must be whole numbers from 0 on.");
		out[c] = (int64) sizes[c];
		m->n += out[c];
	}
	n = m->n;
	rcv_json_int64(json, "n", 0, INT64CONST(1) << 53, &n);
	if (n != m->n)
		rcv_json_error(json, "\"n\" must be the sum of \"sizes\".");
}

static Datum
model_of_jsonb(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, "kmeans_model", keys);
	rcv_kmeans_model header = {0};
	int sizes[2] = {RCV_JSON_ANY, RCV_JSON_ANY};
	double *centroids = needed(&json, "centroids", 2, CELLS_MAX, sizes);
	double *knots = NULL;
	rcv_kmeans_value *value;
	rcv_kmeans_parts parts;
	const char *fault;

	header.k = sizes[0];
	header.columns = sizes[1];
	if (header.k < 1 || header.k > RCV_KMEANS_K_MAX || header.columns < 1 ||
		header.columns > RCV_KMEANS_COLUMNS_MAX)
		rcv_json_error(&json, "\"centroids\" must be 1 to %d arrays of 1 to %d numbers.",
					   RCV_KMEANS_K_MAX, RCV_KMEANS_COLUMNS_MAX);
	check_count(&json, "k", header.k);
	check_count(&json, "columns", header.columns);
	read_header(&json, &header);
	if (header.scale == RCV_SCALE_RANK)
		knots = read_knots(&json, &header);
	value = rcv_kmeans_new_value(&header);
	parts = rcv_kmeans_parts_of(&value->model);
	memcpy(parts.centroids, centroids, (Size) header.k * header.columns * sizeof(double));
	read_scaling(&json, &header, knots, &parts.scaling);
	read_sizes(&json, &value->model, parts.sizes);
	if (parts.names != NULL &&
		rcv_kmeans_names(&json, header.columns, parts.names) != header.columns)
		rcv_json_error(&json, "\"names\" must hold a name for each column.");
	fault = rcv_kmeans_model_fault(&value->model);
	if (fault != NULL)
		rcv_json_error(&json, "%s", fault);
	PG_RETURN_POINTER(value);
}

int
rcv_kmeans_names(const rcv_json *json, int most, char *out)
{
	rcv_json_list list;

	rcv_json_open_list(json, "names", RCV_KMEANS_COLUMNS_MAX, &list);
	if (list.length > most)
		rcv_json_error(json, "\"names\" must hold a name for each column.");
	for (int i = 0; i < list.length; i++, out += RCV_KMEANS_NAME)
	{
		char *name = rcv_json_item_text(&list, i);

		if (strlen(name) >= RCV_KMEANS_NAME)
			rcv_json_error(json, "\"names\" must hold texts of at most %d bytes.",
						   RCV_KMEANS_NAME - 1);
		memset(out, 0, RCV_KMEANS_NAME);
		memcpy(out, name, strlen(name));
	}
	return list.length;
}

static Datum
model_of_text(const char *text)
{
	return model_of_jsonb(rcv_json_of_text(text, "kmeans_model"));
}

/* Writing -------------------------------------------------------------- */

static void
append_doubles(StringInfo out, const double *values, int n)
{
	appendStringInfoChar(out, '[');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		rcv_append_double(out, values[i]);
	}
	appendStringInfoChar(out, ']');
}

static void
append_array(StringInfo out, const char *key, const double *values, int n)
{
	rcv_json_append_key(out, key);
	append_doubles(out, values, n);
}

static void
append_count(StringInfo out, const char *key, int64 value)
{
	rcv_json_append_key(out, key);
	appendStringInfo(out, INT64_FORMAT, value);
}

static void
append_word(StringInfo out, const char *key, const char *word)
{
	rcv_json_append_key(out, key);
	appendStringInfo(out, "\"%s\"", word);
}

static void
append_names(StringInfo out, const char *names, int n)
{
	rcv_json_append_key(out, "names");
	for (int j = 0; j < n; j++)
	{
		appendStringInfoString(out, j > 0 ? ", " : "[");
		escape_json(out, names + j * RCV_KMEANS_NAME);
	}
	appendStringInfoChar(out, ']');
}

static void
append_scaling(StringInfo out, const rcv_kmeans_model *m, const rcv_scaling *s)
{
	if (m->scale == RCV_SCALE_ZSCORE)
	{
		append_array(out, "center", s->center, m->columns);
		append_array(out, "spread", s->spread, m->columns);
	}
	if (m->scale != RCV_SCALE_RANK)
		return;
	rcv_json_append_key(out, "knots");
	for (int j = 0; j < m->columns; j++)
		appendStringInfo(out, "%s%d", j > 0 ? ", " : "[", s->first[j + 1] - s->first[j]);
	appendStringInfoChar(out, ']');
	append_array(out, "values", s->value, m->knots);
	append_array(out, "shares", s->share, m->knots);
}

static void
append_clusters(StringInfo out, const rcv_kmeans_model *m, const rcv_kmeans_parts *parts)
{
	rcv_json_append_key(out, "centroids");
	for (int c = 0; c < m->k; c++)
	{
		appendStringInfoString(out, c > 0 ? ", " : "[");
		append_doubles(out, parts->centroids + (Size) c * m->columns, m->columns);
	}
	appendStringInfoChar(out, ']');
	if (m->n == 0)
		return;
	rcv_json_append_key(out, "sizes");
	for (int c = 0; c < m->k; c++)
		appendStringInfo(out, "%s" INT64_FORMAT, c > 0 ? ", " : "[", parts->sizes[c]);
	appendStringInfoChar(out, ']');
}

static char *
model_text(const rcv_kmeans_model *m)
{
	rcv_kmeans_parts parts = rcv_kmeans_parts_of(m);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_count(&out, "k", m->k);
	append_word(&out, "scale", rcv_scale_names[m->scale]);
	append_count(&out, "columns", m->columns);
	if (parts.names != NULL)
		append_names(&out, parts.names, m->columns);
	append_scaling(&out, m, &parts.scaling);
	append_clusters(&out, m, &parts);
	if (!isnan(m->objective))
	{
		rcv_json_append_key(&out, "objective");
		rcv_append_double(&out, m->objective);
	}
	if (m->n > 0)
		append_count(&out, "n", m->n);
	if (m->skipped > 0)
		append_count(&out, "skipped", m->skipped);
	if (m->iterations > 0)
		append_count(&out, "iterations", m->iterations);
	if (m->starts > 0)
	{
		append_count(&out, "starts", m->starts);
		append_count(&out, "seed", m->seed);
	}
	append_word(&out, "status", rcv_kmeans_status_names[m->status]);
	appendStringInfoChar(&out, '}');
	return out.data;
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_model_in);
Datum
pgrcv_kmeans_model_in(PG_FUNCTION_ARGS)
{
	return model_of_text(PG_GETARG_CSTRING(0));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_model_out);
Datum
pgrcv_kmeans_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_text(rcv_kmeans_model_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_model_recv);
Datum
pgrcv_kmeans_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, "kmeans_model");
	return model_of_text(pq_getmsgtext(in, in->len - in->cursor, &length));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_model_send);
Datum
pgrcv_kmeans_model_send(PG_FUNCTION_ARGS)
{
	char *text = model_text(rcv_kmeans_model_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_model_from_jsonb);
Datum
pgrcv_kmeans_model_from_jsonb(PG_FUNCTION_ARGS)
{
	return model_of_jsonb(PG_GETARG_JSONB_P(0));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_model_to_jsonb);
Datum
pgrcv_kmeans_model_to_jsonb(PG_FUNCTION_ARGS)
{
	char *text = model_text(rcv_kmeans_model_arg(PG_GETARG_DATUM(0)));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

/* Accessors ---------------------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_kmeans_parameter);
Datum
pgrcv_kmeans_parameter(PG_FUNCTION_ARGS)
{
	const rcv_kmeans_model *m = rcv_kmeans_model_arg(PG_GETARG_DATUM(0));
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	double value;

	if (strcmp(name, "objective") == 0)
		value = m->objective;
	else if (strcmp(name, "n") == 0)
		value = m->n > 0 ? (double) m->n : NAN;
	else if (strcmp(name, "k") == 0)
		value = m->k;
	else if (strcmp(name, "iterations") == 0)
		value = m->iterations > 0 ? m->iterations : NAN;
	else
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("kmeans_model has no parameter \"%s\"", name),
						errhint("Its parameters are k, n, objective, iterations.")));
	if (isnan(value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_fit_status);
Datum
pgrcv_kmeans_fit_status(PG_FUNCTION_ARGS)
{
	const rcv_kmeans_model *m = rcv_kmeans_model_arg(PG_GETARG_DATUM(0));

	PG_RETURN_TEXT_P(cstring_to_text(rcv_kmeans_status_names[m->status]));
}

/* kmeans_centers ------------------------------------------------------------ */

typedef struct centers_call
{
	rcv_kmeans_model *model;
	rcv_kmeans_parts parts;
} centers_call;

static Datum
centers_row(FuncCallContext *call, const centers_call *state, int cluster, int column)
{
	const rcv_kmeans_model *m = state->model;
	double scaled = state->parts.centroids[cluster * m->columns + column];
	double center = rcv_scale_back(&state->parts.scaling, column, scaled);
	Datum values[6] = {Int32GetDatum(cluster + 1), Int64GetDatum(state->parts.sizes[cluster]),
					   Int32GetDatum(column + 1),  (Datum) 0,
					   Float8GetDatum(center),	   Float8GetDatum(scaled)};
	bool nulls[6] = {false};

	nulls[1] = m->n == 0;
	nulls[3] = state->parts.names == NULL;
	nulls[4] = !isfinite(center);
	if (!nulls[3])
		values[3] = CStringGetTextDatum(state->parts.names + column * RCV_KMEANS_NAME);
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
}

PG_FUNCTION_INFO_V1(pgrcv_kmeans_centers);
Datum
pgrcv_kmeans_centers(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	centers_call *state;
	uint64 columns;
	Datum row;

	if (SRF_IS_FIRSTCALL())
	{
		const rcv_kmeans_model *m = rcv_kmeans_model_arg(PG_GETARG_DATUM(0));
		Size size = rcv_kmeans_model_size(m);

		call = rcv_first_call(fcinfo, sizeof(*state));
		state = call->user_fctx;
		state->model = MemoryContextAlloc(call->multi_call_memory_ctx, size);
		memcpy(state->model, m, size);
		state->parts = rcv_kmeans_parts_of(state->model);
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	columns = (uint64) state->model->columns;
	if (call->call_cntr >= state->model->k * columns)
		SRF_RETURN_DONE(call);
	row = centers_row(call, state, (int) (call->call_cntr / columns),
					  (int) (call->call_cntr % columns));
	SRF_RETURN_NEXT(call, row);
}
