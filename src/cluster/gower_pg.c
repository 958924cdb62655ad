/*
 * gower_pg.c
 *		Gower's distance of records: the aggregate gower_fit, and gower().
 *
 * What a record type has for the columns of a model is looked up once, and kept
 * in fn_extra until another type, model or weights come.
 */
#include "cluster/gower_pg.h"

#include <math.h>

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "pg/json.h"

/* Types ---------------------------------------------------------------------- */

int
rcv_gower_kind_of(Oid type, int32 typmod, Oid *base)
{
	*base = getBaseTypeAndTypmod(type, &typmod);
	switch (*base)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return RCV_GOWER_NUMBER;
		case DATEOID:
			return RCV_GOWER_DATE;
		case BOOLOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return RCV_GOWER_CATEGORY;
		default:
			return type_is_enum(*base) ? RCV_GOWER_CATEGORY : -1;
	}
}

double
rcv_gower_number(Datum value, Oid type, const char *name)
{
	double x;

	switch (type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT8OID:
			return (double) DatumGetInt64(value);
		case DATEOID:
			return rcv_day_arg(DatumGetDateADT(value), name);
		case NUMERICOID:
			return rcv_numeric_double(value, name);
		default:
			x = type == FLOAT4OID ? DatumGetFloat4(value) : DatumGetFloat8(value);
			if (!isfinite(x))
				ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
								errmsg("%s must be finite", name)));
			return x + 0.0;
	}
}

static void
type_error(const char *name, Oid type)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" has a type that has no distance: %s", name,
						   format_type_be(type)),
					errhint("Numbers, dates, texts, booleans and enums have one. Select the "
							"columns that count, and cast others.")));
}

/* Records --------------------------------------------------------------------- */

/* What a record type has for some columns. */
typedef struct record_plan
{
	rcv_row_type row_type;
	MemoryContext context; /* of a plan of gower_fit */
	TupleDesc descriptor;
	Datum *values;
	bool *nulls;
	int n;
	rcv_gower_attribute *attributes;
} record_plan;

static bool
same_type(const record_plan *plan, HeapTupleHeader record)
{
	return rcv_row_type_is(&plan->row_type, HeapTupleHeaderGetTypeId(record),
						   HeapTupleHeaderGetTypMod(record));
}

/* A plan without attributes, with room for so many. */
static void
begin_plan(record_plan *plan, HeapTupleHeader record, MemoryContext context, int room)
{
	Oid type = HeapTupleHeaderGetTypeId(record);
	int32 typmod = HeapTupleHeaderGetTypMod(record);
	rcv_row_type row_type = rcv_row_type_of(type, typmod);
	MemoryContext old = MemoryContextSwitchTo(context);

	plan->descriptor = lookup_rowtype_tupdesc_copy(type, typmod);
	plan->values = palloc0(plan->descriptor->natts * sizeof(Datum));
	plan->nulls = palloc0(plan->descriptor->natts * sizeof(bool));
	plan->n = 0;
	plan->attributes =
		palloc0((room > 0 ? room : plan->descriptor->natts) * sizeof(rcv_gower_attribute));
	plan->row_type = row_type;
	MemoryContextSwitchTo(old);
}

static void
add_attribute(record_plan *plan, int number)
{
	Form_pg_attribute form = TupleDescAttr(plan->descriptor, number);
	rcv_gower_attribute *out = &plan->attributes[plan->n++];

	out->number = number;
	out->kind = rcv_gower_kind_of(form->atttypid, form->atttypmod, &out->type);
	if (out->kind < 0)
		type_error(NameStr(form->attname), form->atttypid);
}

/* Values of a record, which lie in the plan until the next one. */
static void
deform(const record_plan *plan, HeapTupleHeader record)
{
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(record), .t_data = record};

	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, plan->descriptor, plan->values, plan->nulls);
}

/* gower_fit ------------------------------------------------------------------------ */

static bool
names_possible(const rcv_gower_column *column)
{
	Size length = strnlen(column->name, RCV_GOWER_NAME);

	for (Size i = length; i < RCV_GOWER_NAME; i++)
		if (column->name[i] != 0)
			return false;
	return length > 0 && length < RCV_GOWER_NAME &&
		   pg_verifymbstr(column->name, (int) length, true);
}

static bool
column_possible(const rcv_gower_column *column)
{
	if (!names_possible(column) || column->kind < 0 || column->kind >= RCV_GOWER_KINDS)
		return false;
	if (column->known == 0)
		return column->least == 0 && column->most == 0;
	if (column->kind == RCV_GOWER_DATE &&
		!(column->least == floor(column->least) && column->most == floor(column->most) &&
		  fabs(column->least) < 1e9 && fabs(column->most) < 1e9 &&
		  rcv_day_valid((int32) column->least) && rcv_day_valid((int32) column->most)))
		return false;
	return column->known == 1 && column->kind != RCV_GOWER_CATEGORY && isfinite(column->least) &&
		   isfinite(column->most) && column->least <= column->most;
}

static bool
state_possible(const rcv_gower_model *state)
{
	return state->mark == RCV_GOWER_STATE && state->columns >= 0 &&
		   state->columns <= RCV_GOWER_COLUMNS_MAX && state->n >= 0 &&
		   state->n <= INT64CONST(1) << 52 && state->unused == 0 &&
		   VARSIZE(state) == RCV_GOWER_HEADER + state->columns * sizeof(rcv_gower_column);
}

/* A state from anywhere, aligned, with columns that are checked. */
static rcv_gower_model *
copied_state(Datum datum)
{
	rcv_gower_model *state = rcv_state_copy(datum, RCV_GOWER_HEADER, "state of gower_fit");

	if (!state_possible(state))
		rcv_check(RCV_EBINARY, "state of gower_fit");
	for (int i = 0; i < state->columns; i++)
	{
		if (!column_possible(&state->column[i]))
			rcv_check(RCV_EBINARY, "state of gower_fit");
		for (int j = 0; j < i; j++)
			if (strcmp(state->column[i].name, state->column[j].name) == 0)
				rcv_check(RCV_EBINARY, "state of gower_fit");
	}
	return state;
}

/* The state of the running aggregate itself, its columns not checked, or a checked copy. */
static rcv_gower_model *
own_state(FunctionCallInfo fcinfo)
{
	Datum datum = PG_GETARG_DATUM(0);
	rcv_gower_model *state = (rcv_gower_model *) DatumGetPointer(datum);

	if (rcv_state_is_own(fcinfo, RCV_GOWER_HEADER) && state_possible(state))
		return state;
	return copied_state(datum);
}

/* All columns of a record type. */
static record_plan *
fit_plan(FunctionCallInfo fcinfo, HeapTupleHeader record)
{
	record_plan *plan = fcinfo->flinfo->fn_extra;
	record_plan fresh = {.context = NULL};

	if (plan != NULL && plan->descriptor != NULL && same_type(plan, record))
		return plan;
	if (plan == NULL)
		plan = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(*plan));
	fresh.context = AllocSetContextCreate(CurrentMemoryContext, "gower_fit", ALLOCSET_SMALL_SIZES);
	begin_plan(&fresh, record, fresh.context, 0);
	for (int i = 0; i < fresh.descriptor->natts; i++)
		if (!TupleDescAttr(fresh.descriptor, i)->attisdropped)
			add_attribute(&fresh, i);
	if (fresh.n > RCV_GOWER_COLUMNS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a record has %d columns", fresh.n),
						errdetail("It can have %d at most.", RCV_GOWER_COLUMNS_MAX)));
	if (plan->context != NULL)
		MemoryContextDelete(plan->context);
	MemoryContextSetParent(fresh.context, fcinfo->flinfo->fn_mcxt);
	*plan = fresh;
	return plan;
}

static const char *
name_of(const record_plan *plan, int i)
{
	return NameStr(TupleDescAttr(plan->descriptor, plan->attributes[i].number)->attname);
}

static rcv_gower_model *
first_state(const record_plan *plan)
{
	rcv_gower_model *state = rcv_gower_new(RCV_GOWER_STATE, plan->n);

	for (int i = 0; i < plan->n; i++)
	{
		strlcpy(state->column[i].name, name_of(plan, i), RCV_GOWER_NAME);
		state->column[i].kind = plan->attributes[i].kind;
		for (int j = 0; j < i; j++)
			if (strcmp(state->column[i].name, state->column[j].name) == 0)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("a record has two columns \"%s\"", state->column[i].name),
								errhint("Give them names by AS.")));
	}
	return state;
}

static void
columns_error(const char *name)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("records of one gower_fit differ in column \"%s\"",
						   pnstrdup(name, RCV_GOWER_NAME)),
					errdetail("All must have the same columns of the same kinds, in one order.")));
}

static bool
same_name(const char *a, const char *b)
{
	return strncmp(a, b, RCV_GOWER_NAME) == 0;
}

/* Takes value i of a record into account. */
static void
add_value(rcv_gower_column *column, const record_plan *plan, int i)
{
	const rcv_gower_attribute *attribute = &plan->attributes[i];

	if (column->kind != attribute->kind || !same_name(column->name, name_of(plan, i)))
		columns_error(name_of(plan, i));
	if (column->kind != RCV_GOWER_CATEGORY && !plan->nulls[attribute->number])
		rcv_gower_widen(column, rcv_gower_number(plan->values[attribute->number], attribute->type,
												 name_of(plan, i)));
}

PG_FUNCTION_INFO_V1(pgrcv_gower_fit_add);
Datum
pgrcv_gower_fit_add(PG_FUNCTION_ARGS)
{
	HeapTupleHeader record;
	rcv_gower_model *state;
	record_plan *plan;

	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	record = PG_GETARG_HEAPTUPLEHEADER(1);
	plan = fit_plan(fcinfo, record);
	state = PG_ARGISNULL(0) ? first_state(plan) : own_state(fcinfo);
	if (state->columns != plan->n)
		columns_error(state->columns > plan->n ? state->column[plan->n].name
											   : name_of(plan, state->columns));
	deform(plan, record);
	for (int i = 0; i < plan->n; i++)
		add_value(&state->column[i], plan, i);
	state->n++;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_gower_fit_merge);
Datum
pgrcv_gower_fit_merge(PG_FUNCTION_ARGS)
{
	rcv_gower_model *state = own_state(fcinfo);
	const rcv_gower_model *other = copied_state(PG_GETARG_DATUM(1));

	if (state->columns != other->columns)
		columns_error(state->columns > other->columns ? state->column[other->columns].name
													  : other->column[state->columns].name);
	for (int i = 0; i < state->columns; i++)
	{
		if (state->column[i].kind != other->column[i].kind ||
			!same_name(state->column[i].name, other->column[i].name))
			columns_error(other->column[i].name);
		rcv_gower_merge(&state->column[i], &other->column[i]);
	}
	if (state->n > PG_INT64_MAX - other->n)
		rcv_check(RCV_ELIMIT, "number of records");
	state->n += other->n;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_gower_fit_finish);
Datum
pgrcv_gower_fit_finish(PG_FUNCTION_ARGS)
{
	rcv_gower_model *model = copied_state(PG_GETARG_DATUM(0));

	model->mark = RCV_GOWER_MODEL;
	PG_RETURN_POINTER(model);
}

/* gower --------------------------------------------------------------------------- */

/* Two record types seen by a model. */
typedef struct gower_plan
{
	MemoryContext context; /* of all that follows */
	rcv_gower_model *model;
	Jsonb *options;
	double *weights; /* of the model's columns */
	record_plan a;
	record_plan b;
} gower_plan;

static const char *const option_keys[] = {"weights", NULL};

static double *
weights_of(const rcv_gower_model *model, Jsonb *options)
{
	double *out = palloc(Max(model->columns, 1) * sizeof(double));
	const char **names = palloc((model->columns + 1) * sizeof(*names));
	rcv_json weights;
	rcv_json json;

	for (int i = 0; i < model->columns; i++)
	{
		out[i] = 1;
		names[i] = model->column[i].name;
	}
	names[model->columns] = NULL;
	if (options == NULL)
		return out;
	json = rcv_json_open(options, "options of gower", option_keys);
	if (!rcv_json_object(&json, "weights", names, &weights))
		return out;
	for (int i = 0; i < model->columns; i++)
	{
		rcv_json_double(&weights, names[i], &out[i]);
		if (!(out[i] >= 0 && out[i] <= 1e100))
			rcv_json_error(&json, "The weight of \"%s\" must lie between 0 and 1e100.", names[i]);
	}
	return out;
}

/* The model's columns in a record type. */
static void
match(record_plan *plan, const rcv_gower_model *model, HeapTupleHeader record,
	  MemoryContext context)
{
	begin_plan(plan, record, context, model->columns + 1);
	for (int i = 0; i < model->columns; i++)
	{
		const rcv_gower_column *column = &model->column[i];
		int number = 0;

		while (
			number < plan->descriptor->natts &&
			(TupleDescAttr(plan->descriptor, number)->attisdropped ||
			 strcmp(NameStr(TupleDescAttr(plan->descriptor, number)->attname), column->name) != 0))
			number++;
		if (number == plan->descriptor->natts)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
							errmsg("the record has no column \"%s\"", column->name),
							errdetail("The model was fitted with it.")));
		add_attribute(plan, number);
		if (plan->attributes[i].kind != column->kind)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("column \"%s\" of the record is of another kind", column->name),
							errdetail("It is a %s, and in the model a %s.",
									  rcv_gower_kind_names[plan->attributes[i].kind],
									  rcv_gower_kind_names[column->kind])));
	}
}

/* Categories are compared within texts, within booleans, and within one enum. */
static bool
comparable(Oid a, Oid b)
{
	bool text_a = a == TEXTOID || a == VARCHAROID || a == BPCHAROID;
	bool text_b = b == TEXTOID || b == VARCHAROID || b == BPCHAROID;

	return a == b || (text_a && text_b);
}

static void
check_categories(const gower_plan *plan, const rcv_gower_model *model)
{
	for (int i = 0; i < model->columns; i++)
		if (model->column[i].kind == RCV_GOWER_CATEGORY &&
			!comparable(plan->a.attributes[i].type, plan->b.attributes[i].type))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" has different types in the two records",
							model->column[i].name),
					 errdetail("They are %s and %s.", format_type_be(plan->a.attributes[i].type),
							   format_type_be(plan->b.attributes[i].type))));
}

static bool
same_bytes(const struct varlena *a, const struct varlena *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

static void *
kept(MemoryContext context, const void *value)
{
	void *out;

	if (value == NULL)
		return NULL;
	out = MemoryContextAlloc(context, VARSIZE(value));
	memcpy(out, value, VARSIZE(value));
	return out;
}

static gower_plan *
plan_of(FunctionCallInfo fcinfo, const rcv_gower_model *model, Jsonb *options, HeapTupleHeader a,
		HeapTupleHeader b)
{
	gower_plan *plan = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (plan == NULL)
		plan = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(*plan));
	if (plan->model != NULL && same_type(&plan->a, a) && same_type(&plan->b, b) &&
		same_bytes((struct varlena *) plan->model, (const struct varlena *) model) &&
		same_bytes((struct varlena *) plan->options, (const struct varlena *) options))
		return plan;
	if (plan->context != NULL)
		MemoryContextDelete(plan->context);
	memset(plan, 0, sizeof(*plan)); /* an error leaves no half-made plan */
	plan->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "gower", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(plan->context);
	plan->options = kept(plan->context, options);
	plan->weights = weights_of(model, options);
	match(&plan->a, model, a, plan->context);
	match(&plan->b, model, b, plan->context);
	check_categories(plan, model);
	plan->model = kept(plan->context, model);
	MemoryContextSwitchTo(old);
	return plan;
}

/* Bytes of a text; blanks at the end of a char(n) do not count. */
static void
bytes_of(Datum value, Oid type, const char **data, Size *size)
{
	const struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

	*data = VARDATA_ANY(text);
	*size = VARSIZE_ANY_EXHDR(text);
	while (type == BPCHAROID && *size > 0 && (*data)[*size - 1] == ' ')
		(*size)--;
}

static bool
same_category(Datum a, Oid type_a, Datum b, Oid type_b)
{
	const char *data_a;
	const char *data_b;
	Size size_a;
	Size size_b;

	if (type_a == BOOLOID)
		return DatumGetBool(a) == DatumGetBool(b);
	if (type_a != TEXTOID && type_a != VARCHAROID && type_a != BPCHAROID)
		return DatumGetObjectId(a) == DatumGetObjectId(b);
	bytes_of(a, type_a, &data_a, &size_a);
	bytes_of(b, type_b, &data_b, &size_b);
	return size_a == size_b && memcmp(data_a, data_b, size_a) == 0;
}

/* Distance in one column of two records that both know it. */
static double
apart(const gower_plan *plan, int i)
{
	const rcv_gower_column *column = &plan->model->column[i];
	const rcv_gower_attribute *of_a = &plan->a.attributes[i];
	const rcv_gower_attribute *of_b = &plan->b.attributes[i];
	Datum a = plan->a.values[of_a->number];
	Datum b = plan->b.values[of_b->number];

	if (column->kind == RCV_GOWER_CATEGORY)
		return same_category(a, of_a->type, b, of_b->type) ? 0 : 1;
	return rcv_gower_apart(column, rcv_gower_number(a, of_a->type, column->name),
						   rcv_gower_number(b, of_b->type, column->name));
}

static Datum
gower(FunctionCallInfo fcinfo, Jsonb *options)
{
	const rcv_gower_model *model = rcv_gower_model_arg(PG_GETARG_DATUM(0));
	HeapTupleHeader a = PG_GETARG_HEAPTUPLEHEADER(1);
	HeapTupleHeader b = PG_GETARG_HEAPTUPLEHEADER(2);
	gower_plan *plan = plan_of(fcinfo, model, options, a, b);
	double sum = 0;
	double weights = 0;

	deform(&plan->a, a);
	deform(&plan->b, b);
	for (int i = 0; i < plan->model->columns; i++)
	{
		if (plan->weights[i] == 0 || plan->a.nulls[plan->a.attributes[i].number] ||
			plan->b.nulls[plan->b.attributes[i].number])
			continue;
		sum += plan->weights[i] * apart(plan, i);
		weights += plan->weights[i];
	}
	if (weights == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(sum / weights);
}

PG_FUNCTION_INFO_V1(pgrcv_gower);
Datum
pgrcv_gower(PG_FUNCTION_ARGS)
{
	return gower(fcinfo, NULL);
}

PG_FUNCTION_INFO_V1(pgrcv_gower_options);
Datum
pgrcv_gower_options(PG_FUNCTION_ARGS)
{
	return gower(fcinfo, PG_GETARG_JSONB_P(3));
}
