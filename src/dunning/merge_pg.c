/*
 * merge_pg.c
 *		dunning_merge: steps of the items of one customer as one letter.
 *
 * A letter is what one step is, or several: the state of the aggregate holds
 * one, as a bytea of fixed fields and four texts.  Two letters make one: the
 * texts are those of the higher step, of two alike those of the earlier day,
 * then the ones that come first by their bytes, so that the order of rows makes
 * no difference.  Any user may call the state functions with any bytes.
 */
#include "dunning/dunning_pg.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "mb/pg_wchar.h"
#include "utils/typcache.h"

#include "pg/json.h"

#define STATE_MARK 0x44554E01 /* "DUN", version 1 */
#define TEXT_MAX 1000
#define TEXT_NULL 0xFFFF

static const char *const what_state = "state of dunning_merge";
static const char *const option_keys[] = {"fee", NULL};
static const char *const fee_names[] = {"letter", "item", NULL};

enum
{
	TEXT_ACTION,
	TEXT_CHANNEL,
	TEXT_TEMPLATE,
	TEXT_REASON,
	TEXTS
};

/* Rules of the fee of a letter; the first two are in fee_names. */
enum
{
	FEE_LETTER, /* that of the highest step once */
	FEE_ITEM,	/* all of them */
	FEE_POLICY, /* of each step as its policy says: both, of one kind each */
	FEE_RULES
};

/*
 * Sums; fee_once is that of the highest step, the largest of those alike.  By
 * the policy's rule, a step has its fee in one of the first two.
 */
enum
{
	SUM_FEE_ONCE,
	SUM_FEE,
	SUM_INTEREST,
	SUM_INDEMNITY,
	SUMS
};

typedef struct letter_sum
{
	int64 units;
	int16 scale;
	int16 shown;   /* decimals that it is written with */
	int32 is_null; /* one of them was not known */
} letter_sum;

typedef struct letter_fields
{
	letter_sum sums[SUMS];
	int32 step;
	int32 step_on; /* the earliest day of that step */
	int32 due_on;  /* the earliest of all */
	int32 pay_by;  /* likewise, or RCV_DAY_NONE */
	int32 fee_rule;
	uint16 lengths[TEXTS];
	int32 has_once; /* FEE_POLICY: fee_once is that of some step; else 0 */
} letter_fields;

typedef struct merge_state
{
	int32 vl_len_;
	uint32 mark;
	letter_fields fields;
	char texts[FLEXIBLE_ARRAY_MEMBER];
} merge_state;

#define STATE_HEADER offsetof(merge_state, texts)

StaticAssertDecl(sizeof(letter_fields) == 96, "no stray bytes");

typedef struct letter
{
	letter_fields fields;
	const char *texts[TEXTS];
} letter;

/* States ------------------------------------------------------------------- */

static Size
text_size(const letter_fields *fields, int i)
{
	return fields->lengths[i] == TEXT_NULL ? 0 : fields->lengths[i];
}

static bool
fields_valid(const letter_fields *fields, Size room)
{
	for (int i = 0; i < SUMS; i++)
		if (fields->sums[i].scale < RCV_SCALE_MIN || fields->sums[i].scale > RCV_SCALE_MAX ||
			fields->sums[i].shown < 0 || fields->sums[i].shown > RCV_SCALE_MAX ||
			(fields->sums[i].is_null & ~1) != 0)
			return false;
	for (int i = 0; i < TEXTS; i++)
	{
		Size size = text_size(fields, i);

		if (size > TEXT_MAX || size > room)
			return false;
		room -= size;
	}
	return room == 0 && rcv_day_valid(fields->step_on) && rcv_day_valid(fields->due_on) &&
		   (fields->pay_by == RCV_DAY_NONE || rcv_day_valid(fields->pay_by)) &&
		   fields->fee_rule >= 0 && fields->fee_rule < FEE_RULES &&
		   (fields->has_once == 0 || (fields->has_once == 1 && fields->fee_rule == FEE_POLICY));
}

/* The letter of a state, which it points into. */
static void
letter_of_state(const merge_state *state, letter *out)
{
	const char *at = state->texts;

	if (state->mark != STATE_MARK || !fields_valid(&state->fields, VARSIZE(state) - STATE_HEADER))
		rcv_check(RCV_EBINARY, what_state);
	out->fields = state->fields;
	for (int i = 0; i < TEXTS; i++)
	{
		out->texts[i] = at;
		if (!pg_verifymbstr(at, (int) text_size(&out->fields, i), true))
			rcv_check(RCV_EBINARY, what_state);
		at += text_size(&out->fields, i);
	}
}

static merge_state *
state_of_letter(const letter *in)
{
	Size size = STATE_HEADER;
	merge_state *state;
	char *at;

	for (int i = 0; i < TEXTS; i++)
		size += text_size(&in->fields, i);
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->mark = STATE_MARK;
	state->fields = in->fields;
	at = state->texts;
	for (int i = 0; i < TEXTS; i++)
	{
		memcpy(at, in->texts[i], text_size(&in->fields, i));
		at += text_size(&in->fields, i);
	}
	return state;
}

static merge_state *
state_arg(FunctionCallInfo fcinfo, int arg)
{
	return rcv_state_arg(fcinfo, arg, STATE_HEADER, what_state);
}

/* Two letters ---------------------------------------------------------------- */

/* Nulls come last. */
static int
compare_texts(const letter *a, const letter *b)
{
	for (int i = 0; i < TEXTS; i++)
	{
		Size size[2] = {text_size(&a->fields, i), text_size(&b->fields, i)};
		int order = memcmp(a->texts[i], b->texts[i], Min(size[0], size[1]));

		if (order == 0)
			order = (int) a->fields.lengths[i] - (int) b->fields.lengths[i];
		if (order != 0)
			return order;
	}
	return 0;
}

static void
add_sum(letter_sum *a, const letter_sum *b)
{
	int scale = Max(a->scale, b->scale);
	rcv_int128 units = (rcv_int128) a->units * rcv_pow10(scale - a->scale) +
					   (rcv_int128) b->units * rcv_pow10(scale - b->scale);
	rcv_money sum;

	rcv_check(rcv_money_reduce(units, scale, &sum), "a sum of dunning_merge");
	a->units = sum.units;
	a->scale = (int16) sum.scale;
	a->shown = Max(a->shown, b->shown);
	a->is_null |= b->is_null;
}

/* The larger one; a null is none. */
static void
take_larger(letter_sum *a, const letter_sum *b)
{
	int16 shown = Max(a->shown, b->shown);

	if (!b->is_null && (a->is_null || rcv_money_compare((rcv_money){b->units, b->scale},
														(rcv_money){a->units, a->scale}) > 0))
		*a = *b;
	a->shown = shown;
}

/* The fee once, of the highest step. */
static void
add_once(letter_fields *a, const letter_fields *b)
{
	if (b->step > a->step)
	{
		a->sums[SUM_FEE_ONCE] = b->sums[SUM_FEE_ONCE];
		a->has_once = b->has_once;
	}
	else if (b->step == a->step)
	{
		take_larger(&a->sums[SUM_FEE_ONCE], &b->sums[SUM_FEE_ONCE]);
		a->has_once |= b->has_once;
	}
}

/* Adds b to a; whether the texts are now those of b. */
static bool
add_letter(letter *a, const letter *b)
{
	letter_fields *fields = &a->fields;
	const letter_fields *other = &b->fields;
	bool same = other->step == fields->step;
	bool replace = other->step > fields->step ||
				   (same && (other->step_on < fields->step_on ||
							 (other->step_on == fields->step_on && compare_texts(b, a) < 0)));

	for (int i = SUM_FEE; i < SUMS; i++)
		add_sum(&fields->sums[i], &other->sums[i]);
	add_once(fields, other);
	fields->due_on = Min(fields->due_on, other->due_on);
	if (other->pay_by != RCV_DAY_NONE &&
		(fields->pay_by == RCV_DAY_NONE || other->pay_by < fields->pay_by))
		fields->pay_by = other->pay_by;
	if (!replace)
		return false;
	fields->step = other->step;
	fields->step_on = other->step_on;
	memcpy(fields->lengths, other->lengths, sizeof(fields->lengths));
	memcpy(a->texts, b->texts, sizeof(a->texts));
	return true;
}

/* Rows --------------------------------------------------------------------- */

static const Oid column_types[RCV_STEP_COLUMNS] = {INT4OID,	   TEXTOID, TEXTOID,	TEXTOID,
												   DATEOID,	   DATEOID, NUMERICOID, NUMERICOID,
												   NUMERICOID, TEXTOID};

/* The columns of a row of dunning_step. */
static void
open_row(Datum datum, Datum *values, bool *nulls)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(datum);
	TupleDesc type =
		lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData row = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};

	if (type->natts != RCV_STEP_COLUMNS)
		elog(ERROR, "dunning_step has been changed");
	for (int i = 0; i < RCV_STEP_COLUMNS; i++)
		if (TupleDescAttr(type, i)->atttypid != column_types[i])
			elog(ERROR, "dunning_step has been changed");
	heap_deform_tuple(&row, type, values, nulls);
	ReleaseTupleDesc(type);
}

static letter_sum
sum_of(Datum value, bool is_null, const char *what)
{
	letter_sum sum = {0, RCV_SCALE_MIN, 0, is_null};
	rcv_money money;

	if (is_null)
		return sum;
	money = rcv_numeric_money(value, what);
	sum.units = money.units;
	sum.scale = (int16) money.scale;
	sum.shown =
		(int16) Min(DatumGetInt32(DirectFunctionCall1(numeric_scale, value)), RCV_SCALE_MAX);
	return sum;
}

static void
take_text(letter *out, int i, Datum value, bool is_null)
{
	const text *found;

	out->fields.lengths[i] = TEXT_NULL;
	out->texts[i] = "";
	if (is_null)
		return;
	found = DatumGetTextPP(value);
	if (VARSIZE_ANY_EXHDR(found) > TEXT_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a text of a dunning_step has more than %d bytes", TEXT_MAX)));
	out->fields.lengths[i] = (uint16) VARSIZE_ANY_EXHDR(found);
	out->texts[i] = VARDATA_ANY(found);
}

/* False for a row without a step or a day. */
static bool
letter_of_row(Datum row, int fee_rule, letter *out)
{
	Datum values[RCV_STEP_COLUMNS];
	bool nulls[RCV_STEP_COLUMNS];
	letter_fields *fields = &out->fields;

	open_row(row, values, nulls);
	if (nulls[RCV_STEP_NUMBER] || nulls[RCV_STEP_DUE_ON])
		return false;
	memset(fields, 0, sizeof(*fields));
	fields->step = DatumGetInt32(values[RCV_STEP_NUMBER]);
	fields->step_on = fields->due_on =
		rcv_day_arg(DatumGetDateADT(values[RCV_STEP_DUE_ON]), "due_on");
	fields->pay_by = nulls[RCV_STEP_PAY_BY]
						 ? RCV_DAY_NONE
						 : rcv_day_arg(DatumGetDateADT(values[RCV_STEP_PAY_BY]), "pay_by");
	fields->fee_rule = fee_rule;
	fields->sums[SUM_FEE] = sum_of(values[RCV_STEP_FEE], nulls[RCV_STEP_FEE], "fee");
	fields->sums[SUM_FEE_ONCE] = fields->sums[SUM_FEE];
	fields->sums[SUM_INTEREST] =
		sum_of(values[RCV_STEP_INTEREST_SUM], nulls[RCV_STEP_INTEREST_SUM], "interest");
	fields->sums[SUM_INDEMNITY] =
		sum_of(values[RCV_STEP_INDEMNITY], nulls[RCV_STEP_INDEMNITY], "indemnity");
	take_text(out, TEXT_ACTION, values[RCV_STEP_ACTION], nulls[RCV_STEP_ACTION]);
	take_text(out, TEXT_CHANNEL, values[RCV_STEP_CHANNEL], nulls[RCV_STEP_CHANNEL]);
	take_text(out, TEXT_TEMPLATE, values[RCV_STEP_TEMPLATE], nulls[RCV_STEP_TEMPLATE]);
	take_text(out, TEXT_REASON, values[RCV_STEP_REASON], nulls[RCV_STEP_REASON]);
	return true;
}

/* Fees by a policy ------------------------------------------------------------- */

static pg_attribute_cold void
no_step_error(const rcv_dunning_policy *policy, const rcv_dunning_ladder *ladder, int number)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the policy has no dunning step %d", number),
			 ladder == NULL ? errdetail("It has no ladder for the segment, and none for others.")
							: errdetail("It is not in the ladder \"%s\".",
										rcv_policy_text(policy, ladder->name)),
			 errhint("Give the policy and the segment that the step was asked for with.")));
}

static const rcv_ladder_step *
step_of_policy(const rcv_dunning_policy *policy, const text *segment, int number)
{
	const rcv_dunning_ladder *ladder =
		rcv_policy_ladder(policy, segment == NULL ? NULL : VARDATA_ANY(segment),
						  segment == NULL ? 0 : VARSIZE_ANY_EXHDR(segment));
	const rcv_ladder_step *step =
		ladder == NULL ? NULL : rcv_ladder_step_find(policy, ladder, number);

	if (unlikely(step == NULL))
		no_step_error(policy, ladder, number);
	return step;
}

/* Leaves the fee of one step where the policy wants it. */
static void
place_fee(letter_fields *fields, const rcv_ladder_step *step)
{
	fields->has_once = (step->flags & RCV_STEP_FEE_PER_ITEM) == 0;
	if (fields->has_once)
		fields->sums[SUM_FEE] = (letter_sum){0, RCV_SCALE_MIN, 0, false};
	else
		fields->sums[SUM_FEE_ONCE] = (letter_sum){0, RCV_SCALE_MIN, 0, true};
}

static letter_sum
fee_of_letter(const letter_fields *fields)
{
	letter_sum fee = fields->sums[fields->fee_rule == FEE_LETTER ? SUM_FEE_ONCE : SUM_FEE];

	if (fields->has_once)
		add_sum(&fee, &fields->sums[SUM_FEE_ONCE]);
	return fee;
}

/* Functions ------------------------------------------------------------------ */

static void *
build_fee_rule(Datum argument, MemoryContext context)
{
	int *rule = MemoryContextAllocZero(context, sizeof(*rule));
	rcv_json json =
		rcv_json_open(DatumGetJsonbP(argument), "options of dunning_merge", option_keys);

	rcv_json_choice(&json, "fee", fee_names, rule);
	return rule;
}

/* The state with a letter more. */
static merge_state *
with_letter(merge_state *state, const letter *more)
{
	letter all;

	letter_of_state(state, &all);
	if (all.fields.fee_rule != more->fields.fee_rule)
		rcv_varying_error("options");
	if (add_letter(&all, more))
		return state_of_letter(&all);
	state->fields = all.fields;
	return state;
}

/* add(state, step [, options]), add(state, step, policy, segment) */
PG_FUNCTION_INFO_V1(pgrcv_dunning_merge_add);
Datum
pgrcv_dunning_merge_add(PG_FUNCTION_ARGS)
{
	bool by_policy = PG_NARGS() > 3;
	int rule = by_policy ? FEE_POLICY : FEE_LETTER;
	letter row;

	if (PG_NARGS() > 2 && PG_ARGISNULL(2))
		rcv_null_error(by_policy ? "policy" : "options");
	if (PG_NARGS() == 3)
		rule = *(int *) rcv_cached(fcinfo, PG_GETARG_DATUM(2), build_fee_rule);
	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	if (!letter_of_row(PG_GETARG_DATUM(1), rule, &row))
		return rcv_same_state(fcinfo);
	if (by_policy)
		place_fee(&row.fields,
				  step_of_policy(rcv_dunning_policy_kept(fcinfo, 2),
								 PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3), row.fields.step));
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(state_of_letter(&row));
	PG_RETURN_POINTER(with_letter(state_arg(fcinfo, 0), &row));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_merge_combine);
Datum
pgrcv_dunning_merge_combine(PG_FUNCTION_ARGS)
{
	letter more;

	letter_of_state(state_arg(fcinfo, 1), &more);
	PG_RETURN_POINTER(with_letter(state_arg(fcinfo, 0), &more));
}

static Datum
sum_datum(const letter_sum *sum, bool *is_null)
{
	int64 units = sum->units;

	*is_null = sum->is_null != 0;
	if (sum->scale <= sum->shown)
		rcv_check(rcv_money_rescale(units, sum->scale, sum->shown, &units),
				  "a sum of dunning_merge");
	else if (units % rcv_pow10(sum->scale - sum->shown) != 0) /* bytes of no aggregate */
		return rcv_money_numeric(units, sum->scale);
	else
		units /= rcv_pow10(sum->scale - sum->shown);
	return rcv_money_numeric(units, sum->shown);
}

static Datum
text_column(const letter *in, int i, bool *is_null)
{
	*is_null = in->fields.lengths[i] == TEXT_NULL;
	return PointerGetDatum(cstring_to_text_with_len(in->texts[i], (int) text_size(&in->fields, i)));
}

static TupleDesc
row_type(FunctionCallInfo fcinfo)
{
	FmgrInfo *function = fcinfo->flinfo;
	MemoryContext old;
	TupleDesc row;

	if (function->fn_extra != NULL)
		return function->fn_extra;
	old = MemoryContextSwitchTo(function->fn_mcxt);
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE ||
		row->natts != RCV_STEP_COLUMNS)
		elog(ERROR, "function must return dunning_step");
	function->fn_extra = BlessTupleDesc(row);
	MemoryContextSwitchTo(old);
	return function->fn_extra;
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_merge_finish);
Datum
pgrcv_dunning_merge_finish(PG_FUNCTION_ARGS)
{
	Datum values[RCV_STEP_COLUMNS];
	bool nulls[RCV_STEP_COLUMNS] = {0};
	letter all;
	const letter_fields *fields = &all.fields;
	letter_sum fee;

	letter_of_state(state_arg(fcinfo, 0), &all);
	fee = fee_of_letter(fields);
	values[RCV_STEP_NUMBER] = Int32GetDatum(fields->step);
	values[RCV_STEP_ACTION] = text_column(&all, TEXT_ACTION, &nulls[RCV_STEP_ACTION]);
	values[RCV_STEP_CHANNEL] = text_column(&all, TEXT_CHANNEL, &nulls[RCV_STEP_CHANNEL]);
	values[RCV_STEP_TEMPLATE] = text_column(&all, TEXT_TEMPLATE, &nulls[RCV_STEP_TEMPLATE]);
	values[RCV_STEP_DUE_ON] = DateADTGetDatum(fields->due_on);
	values[RCV_STEP_PAY_BY] = DateADTGetDatum(fields->pay_by);
	nulls[RCV_STEP_PAY_BY] = fields->pay_by == RCV_DAY_NONE;
	values[RCV_STEP_FEE] = sum_datum(&fee, &nulls[RCV_STEP_FEE]);
	values[RCV_STEP_INTEREST_SUM] =
		sum_datum(&fields->sums[SUM_INTEREST], &nulls[RCV_STEP_INTEREST_SUM]);
	values[RCV_STEP_INDEMNITY] =
		sum_datum(&fields->sums[SUM_INDEMNITY], &nulls[RCV_STEP_INDEMNITY]);
	values[RCV_STEP_REASON] = text_column(&all, TEXT_REASON, &nulls[RCV_STEP_REASON]);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row_type(fcinfo), values, nulls)));
}
