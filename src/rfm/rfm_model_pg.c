/*
 * rfm_model_pg.c
 *		The type rfm_model: text, JSON and binary forms, and options of a fit.
 *
 * The text form is JSON with keys in a fixed order, defaults left out, so that
 * two models can be compared line by line.  The stored form is flat and read
 * in place.
 */
#include "rfm/rfm_pg.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "pg/json.h"

#define BINARY_VERSION 1

const char *const rcv_rfm_names[RCV_RFM_DIMENSIONS + 1] = {"recency", "frequency", "monetary",
														   NULL};
static const char *const method_names[] = {"cont", "disc", "rfm_pkg", NULL};
static const char *const boundary_names[] = {"right", "left", NULL};
static const char *const best_names[] = {"high", "low", NULL};
static const char *const model_keys[] = {"as_of",	  "bins",	  "method", "boundary",
										 "direction", "weights",  "nested", "recency",
										 "frequency", "monetary", "n",		NULL};
static const char *const option_keys[] = {"bins",	"method",  "boundary",	"direction", "weights",
										  "nested", "recency", "frequency", "monetary",	 NULL};

#define OFFSET offsetof(rcv_rfm_value, model)

rcv_rfm_value *
rcv_rfm_new_value(const rcv_rfm_rule *rule)
{
	Size size = OFFSET + rcv_rfm_model_size(rule);
	rcv_rfm_value *value = palloc0(size);

	SET_VARSIZE(value, size);
	return value;
}

const rcv_rfm_model *
rcv_rfm_model_arg(Datum datum)
{
	const rcv_rfm_value *value = (const rcv_rfm_value *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(value) < sizeof(rcv_rfm_value))
		rcv_check(RCV_EBINARY, "rfm_model");
	if (value->model.rule.version != RCV_RFM_VERSION)
		rcv_check(RCV_EVERSION, "rfm_model");
	return &value->model;
}

/* Reading -------------------------------------------------------------- */

void
rcv_rfm_spec_of_bins(int bins, rcv_rfm_spec *spec)
{
	if (rcv_rfm_spec_init(spec, bins) != RCV_OK)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("bins must be from %d to %d", RCV_RFM_BINS_MIN, RCV_RFM_BINS_MAX),
						errdetail("The number of bins given is %d.", bins),
						errhint("Five bins are usual: scores run from 1 to 5.")));
}

/* Keys that options and models share. */
static void
read_rule(const rcv_json *json, rcv_rfm_spec *spec)
{
	rcv_rfm_rule *rule = &spec->rule;
	rcv_json direction;
	int64 bins = 5;
	int method = RCV_RFM_CONT;
	int left;
	bool nested = false;
	double *weights;
	int three = RCV_RFM_DIMENSIONS;

	rcv_json_int64(json, "bins", RCV_RFM_BINS_MIN, RCV_RFM_BINS_MAX, &bins);
	rcv_rfm_spec_of_bins((int) bins, spec);
	rcv_json_choice(json, "method", method_names, &method);
	left = method == RCV_RFM_PKG;
	rcv_json_choice(json, "boundary", boundary_names, &left);
	rcv_json_bool(json, "nested", &nested);
	rule->method = (uint8_t) method;
	rule->left = (uint8_t) left;
	rule->nested = nested;
	if (rcv_json_object(json, "direction", rcv_rfm_names, &direction))
		for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		{
			int low = rule->low_best[d];

			rcv_json_choice(&direction, rcv_rfm_names[d], best_names, &low);
			rule->low_best[d] = (uint8_t) low;
		}
	weights = rcv_json_doubles(json, "weights", 1, RCV_RFM_DIMENSIONS, &three);
	if (weights != NULL)
		memcpy(rule->weights, weights, sizeof(rule->weights));
}

static void
check_ascending(const rcv_json *json, const char *key, const double *breaks, int n)
{
	for (int i = 1; i < n; i++)
		if (breaks[i] < breaks[i - 1])
			rcv_json_error(json, "The breaks of \"%s\" must ascend.", key);
}

static void
check_nested(const rcv_json *json, const rcv_rfm_rule *rule)
{
	for (int d = 0; rule->nested && d < RCV_RFM_DIMENSIONS; d++)
		if (rule->breaks[d] >= RCV_RFM_NESTED_MAX)
			rcv_json_error(json, "A nested model has at most %d bins in each dimension.",
						   RCV_RFM_NESTED_MAX);
}

/* Breaks that the user sets instead of fitting them. */
static void
read_own_breaks(const rcv_json *json, rcv_rfm_spec *spec)
{
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		int n = RCV_JSON_ANY;
		double *breaks = rcv_json_doubles(json, rcv_rfm_names[d], 1, RCV_RFM_BREAKS_MAX, &n);

		if (breaks == NULL)
			continue;
		if (n == 0)
			rcv_json_error(json, "\"%s\" must hold at least one break.", rcv_rfm_names[d]);
		check_ascending(json, rcv_rfm_names[d], breaks, n);
		spec->given[d] = 1;
		spec->rule.breaks[d] = n;
		memcpy(spec->own[d], breaks, n * sizeof(double));
	}
	check_nested(json, &spec->rule);
}

void *
rcv_rfm_spec_of_options(Datum options, MemoryContext context)
{
	rcv_rfm_spec *spec = MemoryContextAllocZero(context, sizeof(*spec));
	rcv_json json = rcv_json_open(DatumGetJsonbP(options), "options of rfm_fit", option_keys);

	read_rule(&json, spec);
	read_own_breaks(&json, spec);
	return spec;
}

/*
 * Breaks of a dimension: one array, or of a nested model one for each cell,
 * in arrays of the dimensions before it.
 */
static double *
read_breaks(const rcv_json *json, int d, rcv_rfm_rule *rule)
{
	const int most[RCV_RFM_DIMENSIONS] = {99, 999, 9999};
	int depth = rule->nested ? d + 1 : 1;
	int sizes[RCV_RFM_DIMENSIONS];
	double *breaks;

	for (int i = 0; i < depth - 1; i++)
		sizes[i] = rule->breaks[i] + 1;
	sizes[depth - 1] = RCV_JSON_ANY;
	breaks = rcv_json_doubles(json, rcv_rfm_names[d], depth, most[depth - 1], sizes);
	if (breaks == NULL)
		rcv_json_error(json, "\"%s\" is missing: the breaks between scores.", rcv_rfm_names[d]);
	if (sizes[depth - 1] == 0)
		rcv_json_error(json, "\"%s\" must hold at least one break.", rcv_rfm_names[d]);
	if (rcv_json_has(json, "bins") && sizes[depth - 1] != rule->breaks[d])
		rcv_json_error(json, "With \"bins\" %d, \"%s\" must hold %d, not %d.", rule->breaks[d] + 1,
					   rcv_rfm_names[d], rule->breaks[d], sizes[depth - 1]);
	rule->breaks[d] = sizes[depth - 1];
	for (int set = 0; set < rcv_rfm_sets(rule, d); set++)
		check_ascending(json, rcv_rfm_names[d], breaks + set * rule->breaks[d], rule->breaks[d]);
	return breaks;
}

static rcv_rfm_value *
model_of_jsonb(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, "rfm_model", model_keys);
	double *breaks[RCV_RFM_DIMENSIONS];
	int64 customers = 0;
	rcv_rfm_spec spec;
	rcv_rfm_value *value;
	double *out;

	read_rule(&json, &spec);
	spec.rule.dated = rcv_json_day(&json, "as_of", &spec.rule.as_of);
	rcv_json_int64(&json, "n", 0, INT64CONST(1) << 53, &customers);
	spec.rule.customers = customers;
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		breaks[d] = read_breaks(&json, d, &spec.rule);
	check_nested(&json, &spec.rule);
	rcv_check(rcv_rfm_rule_check(&spec.rule), "rfm_model");
	value = rcv_rfm_new_value(&spec.rule);
	value->model.rule = spec.rule;
	out = value->model.breaks;
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		int n = rcv_rfm_sets(&spec.rule, d) * spec.rule.breaks[d];

		memcpy(out, breaks[d], n * sizeof(double));
		out += n;
	}
	return value;
}

/* Writing -------------------------------------------------------------- */

static void
append_breaks(StringInfo out, const double **at, const rcv_rfm_rule *rule, int d, int depth)
{
	int n = depth == 0 ? rule->breaks[d] : rule->breaks[d - depth] + 1;

	appendStringInfoChar(out, '[');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		if (depth > 0)
			append_breaks(out, at, rule, d, depth - 1);
		else
			rcv_append_double(out, *(*at)++);
	}
	appendStringInfoChar(out, ']');
}

static void
append_direction(StringInfo out, const rcv_rfm_rule *rule, const rcv_rfm_rule *usual)
{
	if (memcmp(rule->low_best, usual->low_best, sizeof(rule->low_best)) == 0)
		return;
	rcv_json_append_key(out, "direction");
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		appendStringInfo(out, "%s\"%s\": \"%s\"", d == 0 ? "{" : ", ", rcv_rfm_names[d],
						 best_names[rule->low_best[d]]);
	appendStringInfoChar(out, '}');
}

static void
append_weights(StringInfo out, const rcv_rfm_rule *rule, const rcv_rfm_rule *usual)
{
	if (memcmp(rule->weights, usual->weights, sizeof(rule->weights)) == 0)
		return;
	rcv_json_append_key(out, "weights");
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		appendStringInfoString(out, d == 0 ? "[" : ", ");
		rcv_append_double(out, rule->weights[d]);
	}
	appendStringInfoChar(out, ']');
}

static void
append_rule(StringInfo out, const rcv_rfm_rule *rule)
{
	rcv_rfm_spec usual;
	char day[RCV_DAY_TEXT + 1];

	rcv_rfm_spec_of_bins(5, &usual);
	if (rule->dated)
	{
		rcv_day_print(rule->as_of, day);
		rcv_json_append_key(out, "as_of");
		appendStringInfo(out, "\"%s\"", day);
	}
	if (rule->breaks[0] == rule->breaks[1] && rule->breaks[0] == rule->breaks[2])
	{
		rcv_json_append_key(out, "bins");
		appendStringInfo(out, "%d", rule->breaks[0] + 1);
	}
	rcv_json_append_key(out, "method");
	appendStringInfo(out, "\"%s\"", method_names[rule->method]);
	if (rule->left != (rule->method == RCV_RFM_PKG))
	{
		rcv_json_append_key(out, "boundary");
		appendStringInfo(out, "\"%s\"", boundary_names[rule->left]);
	}
	append_direction(out, rule, &usual.rule);
	append_weights(out, rule, &usual.rule);
	if (rule->nested)
	{
		rcv_json_append_key(out, "nested");
		appendStringInfoString(out, "true");
	}
}

static char *
model_text(const rcv_rfm_model *model)
{
	const rcv_rfm_rule *rule = &model->rule;
	const double *at = model->breaks;
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_rule(&out, rule);
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		rcv_json_append_key(&out, rcv_rfm_names[d]);
		append_breaks(&out, &at, rule, d, rule->nested ? d : 0);
	}
	if (rule->customers > 0)
	{
		rcv_json_append_key(&out, "n");
		appendStringInfo(&out, INT64_FORMAT, rule->customers);
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

static rcv_rfm_value *
model_of_text(const char *text)
{
	return model_of_jsonb(rcv_json_of_text(text, "rfm_model"));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_in);
Datum
pgrcv_rfm_model_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(model_of_text(PG_GETARG_CSTRING(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_out);
Datum
pgrcv_rfm_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_text(rcv_rfm_model_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_recv);
Datum
pgrcv_rfm_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, "rfm_model");
	PG_RETURN_POINTER(model_of_text(pq_getmsgtext(in, in->len - in->cursor, &length)));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_send);
Datum
pgrcv_rfm_model_send(PG_FUNCTION_ARGS)
{
	char *text = model_text(rcv_rfm_model_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_from_jsonb);
Datum
pgrcv_rfm_model_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(model_of_jsonb(PG_GETARG_JSONB_P(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_to_jsonb);
Datum
pgrcv_rfm_model_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(jsonb_in,
							   CStringGetDatum(model_text(rcv_rfm_model_arg(PG_GETARG_DATUM(0)))));
}

/* Comparison: the stored form is canonical ------------------------------- */

static bool
models_equal(Datum a, Datum b)
{
	const rcv_rfm_model *x = rcv_rfm_model_arg(a);
	const rcv_rfm_model *y = rcv_rfm_model_arg(b);
	Size size = rcv_rfm_model_size(&x->rule);

	return size == rcv_rfm_model_size(&y->rule) && memcmp(x, y, size) == 0;
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_eq);
Datum
pgrcv_rfm_model_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(models_equal(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_ne);
Datum
pgrcv_rfm_model_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!models_equal(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_hash);
Datum
pgrcv_rfm_model_hash(PG_FUNCTION_ARGS)
{
	const rcv_rfm_model *model = rcv_rfm_model_arg(PG_GETARG_DATUM(0));

	return hash_any((const unsigned char *) model, (int) rcv_rfm_model_size(&model->rule));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_model_hash_extended);
Datum
pgrcv_rfm_model_hash_extended(PG_FUNCTION_ARGS)
{
	const rcv_rfm_model *model = rcv_rfm_model_arg(PG_GETARG_DATUM(0));

	return hash_any_extended((const unsigned char *) model, (int) rcv_rfm_model_size(&model->rule),
							 PG_GETARG_INT64(1));
}
