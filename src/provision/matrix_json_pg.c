/*
 * matrix_json_pg.c
 *		The type provision_matrix: text, JSON and binary forms.
 */
#include "provision/provision_pg.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/json.h"

#define BINARY_VERSION 1
#define PERCENT_SCALE (RCV_LOSS_SCALE - 2)
#define UP_TO_MAX 1000000

static const char *const what_matrix = "provision_matrix";
static const char *const root_keys[] = {"buckets",	 "segments", "scalar", "scalars",
										"scenarios", "from",	 "to",	   "source",
										"contagion", "scale",	 NULL};
static const char *const bucket_keys[] = {"up_to", "rate_pct", "scalar", NULL};
static const char *const scenario_keys[] = {"name", "weight", "scalar", NULL};
static const char *const contagion_names[] = {"item", "customer", NULL};

/* Reading --------------------------------------------------------------- */

/* A number from 0 to most of at most so many decimals, in units of them. */
static bool
read_fraction(const rcv_json *json, const char *key, int decimals, int64 most, int64 *out)
{
	rcv_money found;
	rcv_int128 units;
	rcv_int128 limit = most;

	if (!rcv_json_money(json, key, &found))
		return false;
	units = found.units;
	if (found.scale > decimals)
		limit *= rcv_pow10(found.scale - decimals);
	else
		units *= rcv_pow10(decimals - found.scale);
	if (units < 0 || units > limit)
		rcv_json_error(json, "\"%s\" must lie between 0 and " INT64_FORMAT ".", key,
					   most / rcv_pow10(decimals));
	if (found.scale > decimals)
		rcv_json_error(json, "\"%s\" has more than %d decimals.", key, decimals);
	*out = (int64) units;
	return true;
}

static int64
read_scalar(const rcv_json *json, const char *key)
{
	int64 scalar = RCV_SCALAR_ONE;

	read_fraction(json, key, RCV_SCALAR_SCALE, RCV_SCALAR_MAX, &scalar);
	return scalar;
}

static rcv_bucket
read_bucket(const rcv_json_list *list, int i)
{
	rcv_json json = rcv_json_item(list, i, bucket_keys);
	rcv_bucket bucket = {.up_to = INT32_MAX};
	int64 up_to;
	bool last = i == list->length - 1;

	if (rcv_json_int64(&json, "up_to", 0, UP_TO_MAX, &up_to))
		bucket.up_to = (int32) up_to;
	if (last && bucket.up_to != INT32_MAX)
		rcv_json_error(&json, "The last bucket of \"%s\" ends after %d days: nothing holds later.",
					   list->key, bucket.up_to);
	if (!last && bucket.up_to == INT32_MAX)
		rcv_json_error(&json, "Bucket %d of \"%s\" has no \"up_to\", and is not the last.", i + 1,
					   list->key);
	if (!read_fraction(&json, "rate_pct", PERCENT_SCALE, RCV_LOSS_ALL, &bucket.rate))
		rcv_json_error(&json, "Bucket %d of \"%s\" needs \"rate_pct\", a number.", i + 1,
					   list->key);
	bucket.scalar = read_scalar(&json, "scalar");
	return bucket;
}

/* The buckets under a key as those of the last segment. */
static void
read_buckets(const rcv_json *json, const char *key, rcv_matrix_parts *parts)
{
	rcv_matrix_segment *segment = &parts->segments[parts->head.segments - 1];
	rcv_json_list list;

	if (!rcv_json_open_list(json, key, RCV_MATRIX_BUCKETS_MAX, &list) || list.length == 0)
		rcv_json_error(json, "\"%s\" must be an array of at least one bucket.", key);
	parts->buckets =
		repalloc(parts->buckets, (parts->head.buckets + list.length) * sizeof(rcv_bucket));
	for (int i = 0; i < list.length; i++)
	{
		rcv_bucket bucket = read_bucket(&list, i);

		if (i > 0 && bucket.up_to <= parts->buckets[segment->first + i - 1].up_to)
			rcv_json_error(json,
						   "Bucket %d of \"%s\" ends after %d days, the one before it after %d.",
						   i + 1, key, bucket.up_to, parts->buckets[segment->first + i - 1].up_to);
		parts->buckets[parts->head.buckets++] = bucket;
		segment->count++;
	}
}

/* An object with any keys; false when absent. */
static bool
open_object(const rcv_json *json, const char *key, rcv_json *out)
{
	JsonbValue *value = getKeyJsonValueFromContainer(json->object, key, (int) strlen(key), NULL);

	if (value == NULL)
		return false;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		rcv_json_error(json, "\"%s\" must be an object.", key);
	*out = (rcv_json){value->val.binary.data, json->what};
	return true;
}

static void
check_name(const rcv_json *json, const char *key, const char *name)
{
	if (name[0] == '\0' || strlen(name) > RCV_MATRIX_TEXT_MAX)
		rcv_json_error(json, "A name in \"%s\" must have 1 to %d bytes.", key, RCV_MATRIX_TEXT_MAX);
}

static void
read_segments(const rcv_json *json, rcv_matrix_parts *parts)
{
	rcv_json segments;
	char **names;
	int n;

	if (!open_object(json, "segments", &segments))
		return;
	n = rcv_json_names(&segments, &names);
	if (n > RCV_MATRIX_SEGMENTS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a provision matrix has more than %d segments", RCV_MATRIX_SEGMENTS_MAX)));
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		check_name(json, "segments", names[i]);
		rcv_matrix_parts_segment(parts, names[i]);
		read_buckets(&segments, names[i], parts);
	}
}

static void
read_scalars(const rcv_json *json, rcv_matrix_parts *parts)
{
	rcv_json scalars;
	char **names;
	int n;

	parts->head.scalar = read_scalar(json, "scalar");
	if (!open_object(json, "scalars", &scalars))
		return;
	n = rcv_json_names(&scalars, &names);
	for (int i = 0; i < n; i++)
	{
		rcv_matrix_segment *segment = NULL;

		for (int s = 1; s < parts->head.segments && segment == NULL; s++)
			if (parts->segments[s].name_length == strlen(names[i]) &&
				memcmp(parts->texts.data + parts->segments[s].name, names[i], strlen(names[i])) ==
					0)
				segment = &parts->segments[s];
		if (segment == NULL)
			rcv_json_error(json, "\"scalars\" has the segment \"%s\", which \"segments\" has not.",
						   names[i]);
		segment->scalar = read_scalar(&scalars, names[i]);
	}
}

static rcv_scenario
read_scenario(const rcv_json_list *list, int i, rcv_matrix_parts *parts)
{
	rcv_json json = rcv_json_item(list, i, scenario_keys);
	char *name = rcv_json_text(&json, "name");
	rcv_scenario scenario = {0};

	if (name == NULL)
		rcv_json_error(&json, "A scenario needs \"name\", a text.");
	check_name(&json, "scenarios", name);
	scenario.name = parts->texts.len;
	scenario.name_length = (int) strlen(name);
	for (int j = 0; j < i; j++)
		if (parts->scenarios[j].name_length == scenario.name_length &&
			memcmp(parts->texts.data + parts->scenarios[j].name, name, scenario.name_length) == 0)
			rcv_json_error(&json, "There are two scenarios \"%s\".", name);
	appendStringInfoString(&parts->texts, name);
	if (!read_fraction(&json, "weight", RCV_SCALAR_SCALE, RCV_SCALAR_ONE, &scenario.weight))
		rcv_json_error(&json, "The scenario \"%s\" needs \"weight\", a number.", name);
	scenario.scalar = read_scalar(&json, "scalar");
	return scenario;
}

static void
read_scenarios(const rcv_json *json, rcv_matrix_parts *parts)
{
	rcv_json_list list;
	int64 weights = 0;
	StringInfoData sum;

	if (!rcv_json_open_list(json, "scenarios", RCV_MATRIX_SCENARIOS_MAX, &list))
		return;
	if (list.length == 0)
		rcv_json_error(json, "\"scenarios\" must be an array of at least one scenario.");
	parts->scenarios = palloc(list.length * sizeof(rcv_scenario));
	for (int i = 0; i < list.length; i++)
	{
		parts->scenarios[i] = read_scenario(&list, i, parts);
		weights += parts->scenarios[i].weight;
	}
	parts->head.scenarios = list.length;
	if (weights == RCV_SCALAR_ONE)
		return;
	initStringInfo(&sum);
	rcv_append_shortest(&sum, weights, RCV_SCALAR_SCALE);
	rcv_json_error(json, "The weights of the scenarios add up to %s, not to 1.", sum.data);
}

static void
read_terms(const rcv_json *json, rcv_matrix_parts *parts)
{
	char *source = rcv_json_text(json, "source");
	int64 scale;
	int choice;

	rcv_json_day(json, "from", &parts->head.from);
	rcv_json_day(json, "to", &parts->head.to);
	if (parts->head.to < parts->head.from)
		rcv_json_error(json, "The matrix ends before it begins.");
	if (rcv_json_choice(json, "contagion", contagion_names, &choice))
		parts->head.contagion = (uint8) choice;
	if (rcv_json_int64(json, "scale", 0, RCV_PROVISION_SCALE_MAX, &scale))
		parts->head.scale = (uint8) scale;
	if (source == NULL)
		return;
	if (strlen(source) > RCV_MATRIX_TEXT_MAX)
		rcv_json_error(json, "\"source\" has more than %d bytes.", RCV_MATRIX_TEXT_MAX);
	parts->head.source = (int) strlen(source);
	appendStringInfoString(&parts->texts, source);
}

static Datum
matrix_of_jsonb(Jsonb *jsonb)
{
	rcv_json json = rcv_json_open(jsonb, what_matrix, root_keys);
	rcv_matrix_parts parts;

	rcv_matrix_parts_init(&parts);
	rcv_matrix_parts_segment(&parts, NULL);
	read_buckets(&json, "buckets", &parts);
	read_segments(&json, &parts);
	read_scalars(&json, &parts);
	read_scenarios(&json, &parts);
	read_terms(&json, &parts);
	return rcv_matrix_datum(&parts);
}

static Datum
matrix_of_text(const char *text)
{
	return matrix_of_jsonb(rcv_json_of_text(text, what_matrix));
}

/* Writing --------------------------------------------------------------- */

static void
append_text(StringInfo out, const rcv_matrix *matrix, int32 at, int32 length)
{
	escape_json(out, pnstrdup(rcv_matrix_texts(matrix) + at, length));
}

static void
append_scalar(StringInfo out, int64 scalar)
{
	if (scalar == RCV_SCALAR_ONE)
		return;
	appendStringInfoString(out, ", \"scalar\": ");
	rcv_append_shortest(out, scalar, RCV_SCALAR_SCALE);
}

static void
append_buckets(StringInfo out, const rcv_matrix *matrix, const rcv_matrix_segment *segment)
{
	appendStringInfoChar(out, '[');
	for (int i = 0; i < segment->count; i++)
	{
		const rcv_bucket *bucket = &rcv_matrix_buckets(matrix)[segment->first + i];

		appendStringInfoString(out, i > 0 ? ", {" : "{");
		if (bucket->up_to != INT32_MAX)
			appendStringInfo(out, "\"up_to\": %d, ", bucket->up_to);
		appendStringInfoString(out, "\"rate_pct\": ");
		rcv_append_shortest(out, bucket->rate, PERCENT_SCALE);
		append_scalar(out, bucket->scalar);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

static void
append_segments(StringInfo out, const rcv_matrix *matrix)
{
	if (matrix->segments == 1)
		return;
	appendStringInfoString(out, ", \"segments\": {");
	for (int i = 1; i < matrix->segments; i++)
	{
		const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[i];

		appendStringInfoString(out, i > 1 ? ", " : "");
		append_text(out, matrix, segment->name, segment->name_length);
		appendStringInfoString(out, ": ");
		append_buckets(out, matrix, segment);
	}
	appendStringInfoChar(out, '}');
}

static void
append_scalars(StringInfo out, const rcv_matrix *matrix)
{
	bool any = false;

	append_scalar(out, matrix->scalar);
	for (int i = 1; i < matrix->segments; i++)
	{
		const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[i];

		if (segment->scalar == RCV_SCALAR_ONE)
			continue;
		appendStringInfoString(out, any ? ", " : ", \"scalars\": {");
		append_text(out, matrix, segment->name, segment->name_length);
		appendStringInfoString(out, ": ");
		rcv_append_shortest(out, segment->scalar, RCV_SCALAR_SCALE);
		any = true;
	}
	appendStringInfoString(out, any ? "}" : "");
}

void
rcv_matrix_append_scenarios(StringInfo out, const rcv_matrix *matrix)
{
	if (matrix->scenarios == 0)
		return;
	appendStringInfoString(out, ", \"scenarios\": [");
	for (int i = 0; i < matrix->scenarios; i++)
	{
		const rcv_scenario *scenario = &rcv_matrix_scenarios(matrix)[i];

		appendStringInfo(out, "%s{\"name\": ", i > 0 ? ", " : "");
		append_text(out, matrix, scenario->name, scenario->name_length);
		appendStringInfoString(out, ", \"weight\": ");
		rcv_append_shortest(out, scenario->weight, RCV_SCALAR_SCALE);
		append_scalar(out, scenario->scalar);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

static void
append_day(StringInfo out, const char *key, int32 day, int32 none)
{
	char text[RCV_DAY_TEXT + 1];

	if (day == none)
		return;
	rcv_day_print(day, text);
	appendStringInfo(out, ", \"%s\": \"%s\"", key, text);
}

void
rcv_matrix_append_days(StringInfo out, const rcv_matrix *matrix)
{
	append_day(out, "from", matrix->from, RCV_DAY_MIN);
	append_day(out, "to", matrix->to, RCV_DAY_MAX);
}

static char *
text_of_matrix(const rcv_matrix *matrix)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"buckets\": ");
	append_buckets(&out, matrix, rcv_matrix_segments(matrix));
	append_segments(&out, matrix);
	append_scalars(&out, matrix);
	rcv_matrix_append_scenarios(&out, matrix);
	rcv_matrix_append_days(&out, matrix);
	if (matrix->source > 0)
	{
		appendStringInfoString(&out, ", \"source\": ");
		append_text(&out, matrix, matrix->texts - matrix->source, matrix->source);
	}
	if (matrix->contagion)
		appendStringInfo(&out, ", \"contagion\": \"%s\"", contagion_names[matrix->contagion]);
	if (matrix->scale != 2)
		appendStringInfo(&out, ", \"scale\": %d", matrix->scale);
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* Functions of the type ---------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_in);
Datum
pgrcv_provision_matrix_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(matrix_of_text(PG_GETARG_CSTRING(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_out);
Datum
pgrcv_provision_matrix_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_of_matrix(rcv_matrix_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_recv);
Datum
pgrcv_provision_matrix_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, what_matrix);
	PG_RETURN_DATUM(matrix_of_text(pq_getmsgtext(in, in->len - in->cursor, &length)));
}

PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_send);
Datum
pgrcv_provision_matrix_send(PG_FUNCTION_ARGS)
{
	const char *text = text_of_matrix(rcv_matrix_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_from_jsonb);
Datum
pgrcv_provision_matrix_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(matrix_of_jsonb(PG_GETARG_JSONB_P(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_to_jsonb);
Datum
pgrcv_provision_matrix_to_jsonb(PG_FUNCTION_ARGS)
{
	const char *text = text_of_matrix(rcv_matrix_arg(PG_GETARG_DATUM(0)));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}
