/*
 * gower_model_pg.c
 *		The type gower_model: text, JSON and binary forms, comparison.
 */
#include "cluster/gower_pg.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/json.h"

#define BINARY_VERSION 1

static const char *const model_keys[] = {"columns", "n", NULL};
static const char *const column_keys[] = {"name", "kind", "min", "max", NULL};

const rcv_gower_model *
rcv_gower_model_arg(Datum datum)
{
	const rcv_gower_model *m = (const rcv_gower_model *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(m) < RCV_GOWER_HEADER)
		rcv_check(RCV_EBINARY, "gower_model");
	if (m->mark != RCV_GOWER_MODEL)
		rcv_check(RCV_EVERSION, "gower_model");
	return m;
}

rcv_gower_model *
rcv_gower_new(int32 mark, int columns)
{
	Size size = RCV_GOWER_HEADER + columns * sizeof(rcv_gower_column);
	rcv_gower_model *m = palloc0(size);

	SET_VARSIZE(m, size);
	m->mark = mark;
	m->columns = columns;
	return m;
}

/* Reading -------------------------------------------------------------------- */

static void
read_limit(const rcv_json *json, const char *key, int kind, bool *found, double *out)
{
	int32 day = 0;

	if (kind == RCV_GOWER_DATE)
	{
		*found = rcv_json_day(json, key, &day);
		*out = day;
	}
	else
		*found = rcv_json_double(json, key, out);
	*out += 0.0;
}

static void
read_column(const rcv_json *json, rcv_gower_column *out)
{
	char *name = rcv_json_text(json, "name");
	bool least;
	bool most;
	int kind = 0;

	if (name == NULL || name[0] == '\0' || strlen(name) >= RCV_GOWER_NAME)
		rcv_json_error(json, "Each column needs a \"name\" of 1 to %d bytes.", RCV_GOWER_NAME - 1);
	strcpy(out->name, name);
	if (!rcv_json_choice(json, "kind", rcv_gower_kind_names, &kind))
		rcv_json_error(json, "Column \"%s\" needs a \"kind\": number, date or category.", name);
	out->kind = kind;
	read_limit(json, "min", kind, &least, &out->least);
	read_limit(json, "max", kind, &most, &out->most);
	if (least != most || (least && kind == RCV_GOWER_CATEGORY) || out->least > out->most)
		rcv_json_error(json,
					   "Column \"%s\" must have a \"min\" and a \"max\" not below it, or none if "
					   "it is a category.",
					   name);
	out->known = least;
}

static void
check_names(const rcv_json *json, const rcv_gower_model *m)
{
	for (int i = 0; i < m->columns; i++)
		for (int j = 0; j < i; j++)
			if (strcmp(m->column[i].name, m->column[j].name) == 0)
				rcv_json_error(json, "There are two columns \"%s\".", m->column[i].name);
}

static Datum
model_of_jsonb(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, "gower_model", model_keys);
	rcv_json_list list;
	rcv_gower_model *m;

	if (!rcv_json_open_list(&json, "columns", RCV_GOWER_COLUMNS_MAX, &list))
		rcv_json_error(&json, "\"columns\" is missing: an array of objects.");
	m = rcv_gower_new(RCV_GOWER_MODEL, list.length);
	rcv_json_int64(&json, "n", 0, INT64CONST(1) << 53, &m->n);
	for (int i = 0; i < list.length; i++)
	{
		rcv_json column = rcv_json_item(&list, i, NULL);

		column.what = "column of a gower_model";
		rcv_json_check_keys(&column, column_keys);
		read_column(&column, &m->column[i]);
	}
	check_names(&json, m);
	PG_RETURN_POINTER(m);
}

static Datum
model_of_text(const char *text)
{
	return model_of_jsonb(rcv_json_of_text(text, "gower_model"));
}

/* Writing -------------------------------------------------------------------- */

static void
append_limit(StringInfo out, const char *key, int kind, double value)
{
	char day[RCV_DAY_TEXT + 1];

	appendStringInfo(out, ", \"%s\": ", key);
	if (kind == RCV_GOWER_DATE)
	{
		rcv_day_print((int32) value, day);
		appendStringInfo(out, "\"%s\"", day);
	}
	else
		rcv_append_double(out, value);
}

static char *
model_text(const rcv_gower_model *m)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"columns\": [");
	for (int i = 0; i < m->columns; i++)
	{
		const rcv_gower_column *column = &m->column[i];

		appendStringInfoString(&out, i > 0 ? ", {\"name\": " : "{\"name\": ");
		escape_json(&out, column->name);
		appendStringInfo(&out, ", \"kind\": \"%s\"", rcv_gower_kind_names[column->kind]);
		if (column->known)
		{
			append_limit(&out, "min", column->kind, column->least);
			append_limit(&out, "max", column->kind, column->most);
		}
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoChar(&out, ']');
	if (m->n > 0)
		appendStringInfo(&out, ", \"n\": " INT64_FORMAT, m->n);
	appendStringInfoChar(&out, '}');
	return out.data;
}

PG_FUNCTION_INFO_V1(pgrcv_gower_model_in);
Datum
pgrcv_gower_model_in(PG_FUNCTION_ARGS)
{
	return model_of_text(PG_GETARG_CSTRING(0));
}

PG_FUNCTION_INFO_V1(pgrcv_gower_model_out);
Datum
pgrcv_gower_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_text(rcv_gower_model_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_gower_model_recv);
Datum
pgrcv_gower_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, "gower_model");
	return model_of_text(pq_getmsgtext(in, in->len - in->cursor, &length));
}

PG_FUNCTION_INFO_V1(pgrcv_gower_model_send);
Datum
pgrcv_gower_model_send(PG_FUNCTION_ARGS)
{
	char *text = model_text(rcv_gower_model_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_gower_model_from_jsonb);
Datum
pgrcv_gower_model_from_jsonb(PG_FUNCTION_ARGS)
{
	return model_of_jsonb(PG_GETARG_JSONB_P(0));
}

PG_FUNCTION_INFO_V1(pgrcv_gower_model_to_jsonb);
Datum
pgrcv_gower_model_to_jsonb(PG_FUNCTION_ARGS)
{
	char *text = model_text(rcv_gower_model_arg(PG_GETARG_DATUM(0)));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}
