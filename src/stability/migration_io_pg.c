/*
 * migration_io_pg.c
 *		Text, JSON and binary forms of the type migration, and its equality.
 *
 * Text: {"before": ["A", null], "after": ["A", "B"], "counts": [[3, 1], [2, 0]]},
 * a row of counts for each label before, a column for each label after, null
 * for no segment.  On input labels may come in any order, and those without
 * customers are left out.  Binary: a version byte, then the text.
 */
#include "stability/migration_pg.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/json.h"

#define BINARY_VERSION 1

static const char *const what_migration = "migration";
static const char *const side_keys[RCV_SIDES] = {"before", "after"};
static const char *const keys[] = {"before", "after", "counts", NULL};

/* Reading -------------------------------------------------------------------- */

/* The labels of an array in JSON, by their numbers in an open migration. */
typedef struct side_labels
{
	int n;
	uint32_t index[RCV_MIGRATION_LABELS_MAX + 1];
} side_labels;

static rcv_label
label_of(const rcv_json *json, const char *key, const JsonbValue *value)
{
	if (value->type == jbvNull)
		return (rcv_label){NULL, 0};
	if (value->type != jbvString)
		rcv_json_error(json, "\"%s\" must hold names of segments, or null for none.", key);
	return (rcv_label){value->val.string.val, value->val.string.len};
}

static void
check_new(const rcv_json *json, const char *key, const side_labels *labels, uint32_t index)
{
	for (int i = 0; i < labels->n; i++)
		if (labels->index[i] == index)
			rcv_json_error(json, "\"%s\" names the same segment twice.", key);
}

static rcv_migration *
read_labels(const rcv_json *json, int side, rcv_migration *open, side_labels *labels)
{
	const char *key = side_keys[side];
	JsonbValue *array = getKeyJsonValueFromContainer(json->object, key, (int) strlen(key), NULL);
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue value;

	labels->n = 0;
	if (array == NULL || array->type != jbvBinary || !JsonContainerIsArray(array->val.binary.data))
		rcv_json_error(json, "\"%s\" must be an array of names of segments.", key);
	it = JsonbIteratorInit(array->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		uint32_t index;

		if (token != WJB_ELEM)
			continue;
		open = rcv_migration_open_label(open, side, label_of(json, key, &value), &index);
		check_new(json, key, labels, index);
		labels->index[labels->n++] = index;
	}
	return open;
}

static int64
count_of(const rcv_json *json, double count)
{
	if (count < 0 || count > (double) RCV_MIGRATION_TOTAL_MAX || count != floor(count))
		rcv_json_error(json, "\"counts\" must hold numbers of customers, from 0 to %lld.",
					   (long long) RCV_MIGRATION_TOTAL_MAX);
	return (int64) count;
}

static rcv_migration *
migration_of_jsonb(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, what_migration, keys);
	side_labels *labels = palloc(RCV_SIDES * sizeof(*labels));
	rcv_migration *open = rcv_migration_open();
	int sizes[2];
	double *counts;

	for (int side = 0; side < RCV_SIDES; side++)
	{
		open = read_labels(&json, side, open, &labels[side]);
		sizes[side] = labels[side].n;
	}
	counts = rcv_json_doubles(&json, "counts", 2, sizes[0] * sizes[1], sizes);
	if (counts == NULL)
		rcv_json_error(&json, "\"counts\" is missing: a row for each segment before.");
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < sizes[0]; i++)
		for (int j = 0; j < sizes[1]; j++)
		{
			rcv_label before = rcv_migration_label(open, RCV_BEFORE, labels[0].index[i]);
			rcv_label after = rcv_migration_label(open, RCV_AFTER, labels[1].index[j]);

			open = rcv_migration_open_add(open, before, after,
										  count_of(&json, counts[i * sizes[1] + j]));
		}
	return rcv_migration_value(open);
}

static Datum
migration_of_text(const char *text)
{
	return PointerGetDatum(migration_of_jsonb(rcv_json_of_text(text, what_migration)));
}

/* Writing -------------------------------------------------------------------- */

/* The labels of a side in order, no segment last if it has customers. */
static int
listed(const rcv_migration *m, int side, uint32_t *index)
{
	int n = (int) m->n[side];

	for (int i = 0; i < n; i++)
		index[i] = i + 1;
	for (uint32_t j = 1; j <= m->n[1 - side]; j++)
		if ((side == RCV_BEFORE ? rcv_migration_count(m, 0, j) : rcv_migration_count(m, j, 0)) > 0)
		{
			index[n] = 0;
			return n + 1;
		}
	return n;
}

static void
append_labels(StringInfo out, const rcv_migration *m, int side, const uint32_t *index, int n)
{
	rcv_json_append_key(out, side_keys[side]);
	appendStringInfoChar(out, '[');
	for (int i = 0; i < n; i++)
	{
		rcv_label label = rcv_migration_label(m, side, index[i]);

		if (i > 0)
			appendStringInfoString(out, ", ");
		if (label.text == NULL)
			appendStringInfoString(out, "null");
		else
			escape_json(out, pnstrdup(label.text, label.length));
	}
	appendStringInfoChar(out, ']');
}

static void
append_counts(StringInfo out, const rcv_migration *m,
			  uint32_t (*index)[RCV_MIGRATION_LABELS_MAX + 1], const int *n)
{
	rcv_json_append_key(out, "counts");
	appendStringInfoChar(out, '[');
	for (int i = 0; i < n[RCV_BEFORE]; i++)
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(out, i > 0 ? ", [" : "[");
		for (int j = 0; j < n[RCV_AFTER]; j++)
			appendStringInfo(out, j > 0 ? ", " INT64_FORMAT : INT64_FORMAT,
							 rcv_migration_count(m, index[RCV_BEFORE][i], index[RCV_AFTER][j]));
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, ']');
}

static char *
migration_text(const rcv_migration *m)
{
	uint32_t index[RCV_SIDES][RCV_MIGRATION_LABELS_MAX + 1];
	int n[RCV_SIDES];
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int side = 0; side < RCV_SIDES; side++)
	{
		n[side] = listed(m, side, index[side]);
		append_labels(&out, m, side, index[side], n[side]);
	}
	append_counts(&out, m, index, n);
	appendStringInfoChar(&out, '}');
	return out.data;
}

PG_FUNCTION_INFO_V1(pgrcv_migration_in);
Datum
pgrcv_migration_in(PG_FUNCTION_ARGS)
{
	return migration_of_text(PG_GETARG_CSTRING(0));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_out);
Datum
pgrcv_migration_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(migration_text(rcv_migration_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_recv);
Datum
pgrcv_migration_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, what_migration);
	return migration_of_text(pq_getmsgtext(in, in->len - in->cursor, &length));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_send);
Datum
pgrcv_migration_send(PG_FUNCTION_ARGS)
{
	char *text = migration_text(rcv_migration_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_from_jsonb);
Datum
pgrcv_migration_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(migration_of_jsonb(PG_GETARG_JSONB_P(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_to_jsonb);
Datum
pgrcv_migration_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(
		jsonb_in, CStringGetDatum(migration_text(rcv_migration_arg(PG_GETARG_DATUM(0)))));
}
