/*
 * query_pg.c
 *		A query given as text, whose columns are known by their names.
 */
#include "dunning/query_pg.h"

#include "catalog/pg_collation_d.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#define ROWS_A_RESET 1024

/* Columns ----------------------------------------------------------------------- */

static const char *const type_names[] = {"bigint or integer, or text", "text",	  "date",
										 "numeric, bigint or integer", "integer", "boolean"};

static bool
is_integer(Oid type)
{
	return type == INT8OID || type == INT4OID || type == INT2OID;
}

static bool
is_text(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == BPCHAROID;
}

static bool
type_fits(const rcv_query *query, rcv_query_type type, Oid oid)
{
	switch (type)
	{
		case RCV_QUERY_KEY:
			return query->key == InvalidOid || (query->key == INT8OID) == is_integer(oid);
		case RCV_QUERY_DAY:
			return oid == DATEOID;
		case RCV_QUERY_AMOUNT:
			return oid == NUMERICOID || is_integer(oid);
		case RCV_QUERY_INTEGER:
			return oid == INT4OID || oid == INT2OID;
		case RCV_QUERY_BOOLEAN:
			return oid == BOOLOID;
		default:
			return true;
	}
}

static void
type_error(const rcv_query *query, int c, Oid type)
{
	const rcv_query_column *column = &query->columns[c];
	const char *wanted = type_names[column->type];

	if (column->type == RCV_QUERY_KEY)
		wanted = query->key == INT8OID ? "bigint or integer, as in the other query"
									   : "text, as in the other query";
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" of the query for %s is of type %s", column->name,
						   query->name, format_type_be(type)),
					errdetail("It must be of type %s.", wanted), errhint("Cast it in the query.")));
}

static void
bind_column(rcv_query *query, int c, TupleDesc desc)
{
	const rcv_query_column *column = &query->columns[c];

	query->at[c] = -1;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (strcmp(NameStr(attribute->attname), column->name) != 0)
			continue;
		if (query->at[c] >= 0)
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("the query for %s returns two columns \"%s\"", query->name,
								   column->name)));
		if (!type_fits(query, column->type, attribute->atttypid))
			type_error(query, c, attribute->atttypid);
		query->at[c] = i;
		query->types[c] = attribute->atttypid;
		query->last = Max(query->last, i + 1);
	}
	if (query->at[c] < 0 && column->needed)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the query for %s returns no column \"%s\"", query->name, column->name),
				 errdetail("It must be of type %s.", type_names[column->type]),
				 errhint("Name it in the query, as in '%s'.", query->example)));
}

/* Types of sorted rows. */
static Oid
sorted_type(const rcv_query *query, int c)
{
	switch (query->columns[c].type)
	{
		case RCV_QUERY_KEY:
			return query->key;
		case RCV_QUERY_DAY:
			return DATEOID;
		case RCV_QUERY_AMOUNT:
			return NUMERICOID;
		case RCV_QUERY_INTEGER:
			return INT4OID;
		case RCV_QUERY_BOOLEAN:
			return BOOLOID;
		default:
			return TEXTOID;
	}
}

static void
set_output(rcv_query *query, int c)
{
	Oid function;
	bool varlena;

	if (query->at[c] < 0 || sorted_type(query, c) != TEXTOID || is_text(query->types[c]))
		return;
	getTypeOutputInfo(query->types[c], &function, &varlena);
	fmgr_info_cxt(function, &query->outputs[c], query->context);
}

static void
begin_sort(rcv_query *query)
{
	TupleDesc desc = CreateTemplateTupleDesc(query->n);
	AttrNumber column = 1;
	Oid less = query->key == INT8OID ? Int8LessOperator : TextLessOperator;
	Oid collation = query->key == INT8OID ? InvalidOid : C_COLLATION_OID;
	bool nulls_first = false;

	for (int c = 0; c < query->n; c++)
	{
		TupleDescInitEntry(desc, (AttrNumber) (c + 1), query->columns[c].name,
						   sorted_type(query, c), -1, 0);
		set_output(query, c);
	}
	query->sort = tuplesort_begin_heap(desc, 1, &column, &less, &collation, &nulls_first, work_mem,
									   NULL, TUPLESORT_NONE);
	query->in = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	query->out = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
}

static void
start_rows(DestReceiver *self, int operation, TupleDesc desc)
{
	rcv_query *query = (rcv_query *) self;
	MemoryContext old;

	for (int c = 0; c < query->n; c++)
		bind_column(query, c, desc);
	if (query->key == InvalidOid)
		query->key = is_integer(query->types[0]) ? INT8OID : TEXTOID;
	old = MemoryContextSwitchTo(query->context);
	begin_sort(query);
	MemoryContextSwitchTo(old);
}

/* Rows ---------------------------------------------------------------------------- */

static int64
integer_of(Datum value, Oid type)
{
	switch (type)
	{
		case INT8OID:
			return DatumGetInt64(value);
		case INT4OID:
			return DatumGetInt32(value);
		default:
			return DatumGetInt16(value);
	}
}

/* A text that is not stored elsewhere; blanks at the end of a char(n) do not count. */
static Datum
text_of(rcv_query *query, int c, Datum value)
{
	text *whole;
	int length;

	if (!is_text(query->types[c]))
		return CStringGetTextDatum(OutputFunctionCall(&query->outputs[c], value));
	whole = DatumGetTextPP(value);
	if (query->types[c] != BPCHAROID)
		return PointerGetDatum(whole);
	length = bpchartruelen(VARDATA_ANY(whole), (int) VARSIZE_ANY_EXHDR(whole));
	return PointerGetDatum(cstring_to_text_with_len(VARDATA_ANY(whole), length));
}

static Datum
sorted_value(rcv_query *query, int c, Datum value)
{
	Oid type = query->types[c];

	switch (sorted_type(query, c))
	{
		case INT8OID:
			return Int64GetDatum(integer_of(value, type));
		case INT4OID:
			return Int32GetDatum((int32) integer_of(value, type));
		case DATEOID:
		case BOOLOID:
			return value;
		case NUMERICOID:
			return type == NUMERICOID ? value
									  : NumericGetDatum(int64_to_numeric(integer_of(value, type)));
		default:
			return text_of(query, c, value);
	}
}

static void
null_error(const rcv_query *query, int c)
{
	const char *key = NULL;

	if (c > 0)
		key = rcv_query_key_text(query, query->in->tts_values[0]);
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("the query for %s returns a null in column \"%s\"", query->name,
					query->columns[c].name),
			 key != NULL ? errdetail("It is that of %s %s.", query->columns[0].name, key) : 0,
			 errhint("Leave such rows out, or give them a value with coalesce().")));
}

/* One row into the slot of the sort; false: it is left out. */
static bool
read_row(rcv_query *query, const TupleTableSlot *slot)
{
	for (int c = 0; c < query->n; c++)
	{
		const rcv_query_column *column = &query->columns[c];
		int at = query->at[c];
		bool null = at < 0 || slot->tts_isnull[at];

		if (null && column->skip)
			return false;
		query->in->tts_isnull[c] = null;
		if (!null)
			query->in->tts_values[c] = sorted_value(query, c, slot->tts_values[at]);
		else if (column->needed && !column->nullable)
			null_error(query, c);
	}
	return true;
}

static bool
take_row(TupleTableSlot *slot, DestReceiver *self)
{
	rcv_query *query = (rcv_query *) self;
	MemoryContext old;

	slot_getsomeattrs(slot, query->last);
	ExecClearTuple(query->in);
	old = MemoryContextSwitchTo(query->row_context);
	if (read_row(query, slot))
	{
		ExecStoreVirtualTuple(query->in);
		tuplesort_puttupleslot(query->sort, query->in);
	}
	MemoryContextSwitchTo(old);
	if (++query->rows % ROWS_A_RESET == 0)
		MemoryContextReset(query->row_context);
	return true;
}

/* Runs ------------------------------------------------------------------------------ */

void
rcv_query_run(rcv_query *query, const text *sql)
{
	const rcv_select select = {query->function, query->name, query->example};

	query->dest = (DestReceiver){.receiveSlot = take_row, .rStartup = start_rows};
	query->row_context =
		AllocSetContextCreate(query->context, "rows of a query", ALLOCSET_DEFAULT_SIZES);
	rcv_select_run(&select, &query->dest, sql, NULL);
	tuplesort_performsort(query->sort);
	MemoryContextReset(query->row_context);
}

bool
rcv_query_next(rcv_query *query)
{
	if (query->sort == NULL || !tuplesort_gettupleslot(query->sort, true, false, query->out, NULL))
		return false;
	slot_getallattrs(query->out);
	return true;
}

int
rcv_query_compare(const rcv_query *query, Datum a, Datum b)
{
	const text *x;
	const text *y;
	Size length[2];
	int order;

	if (query->key == INT8OID)
		return (DatumGetInt64(a) > DatumGetInt64(b)) - (DatumGetInt64(a) < DatumGetInt64(b));
	x = (const text *) DatumGetPointer(a);
	y = (const text *) DatumGetPointer(b);
	length[0] = VARSIZE_ANY_EXHDR(x);
	length[1] = VARSIZE_ANY_EXHDR(y);
	order = memcmp(VARDATA_ANY(x), VARDATA_ANY(y), Min(length[0], length[1]));
	if (order == 0)
		return (length[0] > length[1]) - (length[0] < length[1]);
	return order > 0 ? 1 : -1;
}

char *
rcv_query_key_text(const rcv_query *query, Datum key)
{
	return query->key == INT8OID ? psprintf(INT64_FORMAT, DatumGetInt64(key))
								 : TextDatumGetCString(key);
}

void
rcv_query_end(rcv_query *query)
{
	if (query->sort == NULL)
		return;
	ExecDropSingleTupleTableSlot(query->in);
	ExecDropSingleTupleTableSlot(query->out);
	tuplesort_end(query->sort);
	query->sort = NULL;
}
