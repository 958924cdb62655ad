/*
 * rules_eval_pg.c
 *		segment_of and its kin: segment rules on one row.
 */
#include "segment/rules_program_pg.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* Tests ------------------------------------------------------------------ */

static inline rcv_truth
truth_of(bool value)
{
	return value ? RCV_TRUE : RCV_FALSE;
}

static inline rcv_truth
within(const rcv_test *test, int64 value)
{
	return truth_of((value >= test->low && value <= test->high) != test->inverted);
}

static rcv_truth
call_truth(const rcv_test *test, Datum value)
{
	FunctionCallInfo call = test->call;

	call->args[test->constant_first ? 1 : 0].value = value;
	call->isnull = false;
	return truth_of(DatumGetBool(FunctionCallInvoke(call)));
}

static inline rcv_truth
numeric_truth(const rcv_test *test, Datum value)
{
	int64 units;

	if (likely(rcv_numeric_units(value, &units)))
		return within(test, units);
	return call_truth(test, value);
}

static inline rcv_truth
text_truth(const rcv_test *test, Datum value)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

	return truth_of((VARSIZE_ANY_EXHDR(text) == test->high &&
					 memcmp(VARDATA_ANY(text), test->text, test->high) == 0) != test->inverted);
}

rcv_truth
rcv_expression_truth(rcv_rules_program *program, const rcv_test *test)
{
	bool isnull;
	Datum value = ExecEvalExpr(test->expression, program->expr_context, &isnull);

	return isnull ? RCV_UNKNOWN : truth_of(DatumGetBool(value));
}

static inline rcv_truth
expression_truth(rcv_rules_program *program, const rcv_test *test)
{
	if (unlikely(program->guarded))
		return rcv_expression_guarded(program, unconstify(rcv_test *, test));
	return rcv_expression_truth(program, test);
}

/* A test of one column that is not null. */
static inline rcv_truth
column_truth(const rcv_test *test, Datum value)
{
	switch (test->kind)
	{
		case RCV_TEST_INT16:
			return within(test, DatumGetInt16(value));
		case RCV_TEST_INT32:
			return within(test, DatumGetInt32(value));
		case RCV_TEST_INT64:
			return within(test, DatumGetInt64(value));
		case RCV_TEST_BOOL:
			return within(test, DatumGetBool(value));
		case RCV_TEST_FLOAT4:
			return within(test, rcv_float_key(DatumGetFloat4(value)));
		case RCV_TEST_FLOAT8:
			return within(test, rcv_float_key(DatumGetFloat8(value)));
		case RCV_TEST_NUMERIC:
			return numeric_truth(test, value);
		default:
			return text_truth(test, value);
	}
}

/* AND ends with the first false, OR with the first true. */
static rcv_truth
joined_truth(rcv_rules_program *program, const rcv_test *test, rcv_truth ending)
{
	bool unknown = false;

	for (int i = 0; i < test->count; i++)
	{
		rcv_truth truth = rcv_test_truth(program, test->arguments[i]);

		if (truth == ending)
			return ending;
		unknown |= truth == RCV_UNKNOWN;
	}
	if (unknown)
		return RCV_UNKNOWN;
	return ending == RCV_FALSE ? RCV_TRUE : RCV_FALSE;
}

static rcv_truth
negated(rcv_truth truth)
{
	return truth == RCV_UNKNOWN ? RCV_UNKNOWN : truth_of(truth == RCV_FALSE);
}

rcv_truth
rcv_test_truth(rcv_rules_program *program, const rcv_test *test)
{
	switch (test->kind)
	{
		case RCV_TEST_AND:
			return joined_truth(program, test, RCV_FALSE);
		case RCV_TEST_OR:
			return joined_truth(program, test, RCV_TRUE);
		case RCV_TEST_NOT:
			return negated(rcv_test_truth(program, test->arguments[0]));
		case RCV_TEST_CONSTANT:
			return test->truth;
		case RCV_TEST_RULE:
			return rcv_rule_truth(program, test->position, false);
		case RCV_TEST_NULL:
			return truth_of(program->slot->tts_isnull[test->column] != test->inverted);
		case RCV_TEST_EXPRESSION:
			return expression_truth(program, test);
		default:
			if (program->slot->tts_isnull[test->column])
				return RCV_UNKNOWN;
			return column_truth(test, program->slot->tts_values[test->column]);
	}
}

rcv_truth
rcv_rule_truth(rcv_rules_program *program, int position, bool was_in)
{
	rcv_bound_rule *bound = &program->rules[position];
	rcv_truth truth;
	rcv_truth keep;

	if (bound->referred && bound->known_row == program->row)
		truth = bound->known;
	else
	{
		truth = bound->enter == NULL ? RCV_TRUE : rcv_test_truth(program, bound->enter);
		bound->known = truth;
		bound->known_row = program->row;
	}
	if (!was_in || bound->keep == NULL || truth == RCV_TRUE)
		return truth;
	keep = rcv_test_truth(program, bound->keep);
	return keep == RCV_FALSE ? truth : keep;
}

/* Rows ------------------------------------------------------------------- */

void
rcv_rules_tuple(rcv_rules_program *program, HeapTuple tuple)
{
	if (program->allocates)
		ResetExprContext(program->expr_context);
	ExecStoreHeapTuple(tuple, program->slot, false);
	if (program->last_column > 0)
		slot_getsomeattrs(program->slot, program->last_column);
	program->row++;
	program->guarded = false;
}

void
rcv_rules_row(rcv_rules_program *program, HeapTupleHeader row)
{
	program->tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&program->tuple.t_self);
	program->tuple.t_tableOid = InvalidOid;
	program->tuple.t_data = row;
	rcv_rules_tuple(program, &program->tuple);
}

bool
rcv_rule_is_named(const rcv_bound_rule *bound, const text *name)
{
	const text *own = (const text *) DatumGetPointer(bound->name);

	return name != NULL && VARSIZE_ANY_EXHDR(own) == VARSIZE_ANY_EXHDR(name) &&
		   memcmp(VARDATA_ANY(own), VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0;
}

/* Says which rule an error comes from. */
typedef struct rule_context
{
	const rcv_rules_program *program;
	const rcv_step **step;
} rule_context;

static void
name_rule(void *argument)
{
	const rule_context *where = argument;
	const rcv_step *step = *(const rcv_step *volatile *) where->step;

	if (step != NULL)
		errcontext("segment rule \"%s\"", where->program->rules[step->rule].rule->name);
}

static void
name_asked_rule(void *argument)
{
	const rcv_bound_rule *bound = argument;

	errcontext("segment rule \"%s\"", bound->rule->name);
}

rcv_truth
rcv_rule_asked(rcv_rules_program *program, int position)
{
	ErrorContextCallback callback = {error_context_stack, name_asked_rule,
									 &program->rules[position]};
	rcv_truth truth;

	error_context_stack = &callback;
	truth = rcv_rule_truth(program, position, false);
	error_context_stack = callback.previous;
	return truth;
}

/* A test that is no comparison of one column: whether it is as the step wants it. */
static pg_noinline bool
step_holds(rcv_rules_program *program, const rcv_step *step, const text *previous)
{
	if (step->kind == RCV_STEP_PREVIOUS)
		return rcv_rule_is_named(&program->rules[step->rule], previous);
	return rcv_test_truth(program, step->test) == (step->inverted ? RCV_FALSE : RCV_TRUE);
}

/* The same for a comparison of a column, which is not null. */
static inline bool
column_holds(const rcv_step *step, Datum value)
{
	int64 key;

	switch (step->kind)
	{
		case RCV_TEST_INT16:
			key = DatumGetInt16(value);
			break;
		case RCV_TEST_INT32:
			key = DatumGetInt32(value);
			break;
		case RCV_TEST_INT64:
			key = DatumGetInt64(value);
			break;
		case RCV_TEST_BOOL:
			key = DatumGetBool(value);
			break;
		case RCV_TEST_FLOAT4:
			key = rcv_float_key(DatumGetFloat4(value));
			break;
		case RCV_TEST_FLOAT8:
			key = rcv_float_key(DatumGetFloat8(value));
			break;
		case RCV_TEST_NUMERIC:
			if (unlikely(!rcv_numeric_units(value, &key)))
				return (call_truth(step->test, value) == RCV_TRUE) !=
					   (step->inverted != step->test->inverted);
			break;
		default:
			return (text_truth(step->test, value) == RCV_TRUE) !=
				   (step->inverted != step->test->inverted);
	}
	return (key >= step->low && key <= step->high) != step->inverted;
}

int
rcv_rules_first(rcv_rules_program *program, const text *previous)
{
	const Datum *values = program->slot->tts_values;
	const bool *nulls = program->slot->tts_isnull;
	const rcv_step *step = NULL;
	rule_context where = {program, &step};
	ErrorContextCallback callback = {error_context_stack, name_rule, &where};
	int at = program->first_step;

	error_context_stack = &callback;
	while (at >= 0)
	{
		bool holds;

		step = &program->steps[at];
		if (likely(step->kind >= RCV_TEST_INT16 && step->kind <= RCV_TEST_TEXT))
			holds = !nulls[step->column] && column_holds(step, values[step->column]);
		else
			holds = step_holds(program, step, previous);
		at = holds ? step->pass : step->fail;
	}
	error_context_stack = callback.previous;
	return at == RCV_STEP_NONE ? -1 : RCV_STEP_RULE(at);
}

/* Functions --------------------------------------------------------------- */

rcv_rules_program *
rcv_rules_row_arg(FunctionCallInfo fcinfo, rcv_rules_tree *tree, int32 as_of)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	rcv_rules_program *program =
		rcv_rules_bind(tree, HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row), as_of);

	rcv_rules_row(program, row);
	return program;
}

int32
rcv_rules_day_arg(FunctionCallInfo fcinfo, int arg)
{
	return PG_ARGISNULL(arg) ? RCV_NO_DAY : rcv_day_arg(PG_GETARG_DATEADT(arg), "as_of");
}

/* The first rule that holds for the row of argument 0. */
static Datum
first_segment(FunctionCallInfo fcinfo, int32 as_of, const text *previous)
{
	rcv_rules_program *program = rcv_rules_row_arg(fcinfo, rcv_rules_arg(fcinfo, 1), as_of);
	MemoryContext old = MemoryContextSwitchTo(program->expr_context->ecxt_per_tuple_memory);
	int position = rcv_rules_first(program, previous);

	MemoryContextSwitchTo(old);
	if (position < 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(program->rules[position].name);
}

/* segment_of(row, rules) */
PG_FUNCTION_INFO_V1(pgrcv_segment_of_row);
Datum
pgrcv_segment_of_row(PG_FUNCTION_ARGS)
{
	return first_segment(fcinfo, RCV_NO_DAY, NULL);
}

/* segment_on(row, rules, as_of, previous): not strict, as the last two may be null. */
PG_FUNCTION_INFO_V1(pgrcv_segment_on);
Datum
pgrcv_segment_on(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return first_segment(fcinfo, rcv_rules_day_arg(fcinfo, 2),
						 PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3));
}

/* The positions of the rules that hold; ELSE only where no other does. */
static int
holding(rcv_rules_program *program, int *positions)
{
	MemoryContext old = MemoryContextSwitchTo(program->expr_context->ecxt_per_tuple_memory);
	int n = 0;

	for (int i = 0; i < program->count; i++)
	{
		const rcv_bound_rule *bound = &program->rules[i];

		if (bound->valid && (bound->enter != NULL || n == 0) &&
			rcv_rule_asked(program, i) == RCV_TRUE)
			positions[n++] = i;
	}
	MemoryContextSwitchTo(old);
	return n;
}

PG_FUNCTION_INFO_V1(pgrcv_segment_all);
Datum
pgrcv_segment_all(PG_FUNCTION_ARGS)
{
	rcv_rules_program *program;
	int *positions;
	Datum *names;
	int n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	program = rcv_rules_row_arg(fcinfo, rcv_rules_arg(fcinfo, 1), rcv_rules_day_arg(fcinfo, 2));
	positions = palloc(program->count * sizeof(*positions));
	n = holding(program, positions);
	names = palloc((n + 1) * sizeof(*names));
	for (int i = 0; i < n; i++)
		names[i] = program->rules[positions[i]].name;
	PG_RETURN_ARRAYTYPE_P(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Points of all rules that hold; NULL when no rule has points. */
PG_FUNCTION_INFO_V1(pgrcv_segment_score);
Datum
pgrcv_segment_score(PG_FUNCTION_ARGS)
{
	rcv_rules_program *program;
	int *positions;
	Datum total;
	bool any = false;
	int n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	program = rcv_rules_row_arg(fcinfo, rcv_rules_arg(fcinfo, 1), rcv_rules_day_arg(fcinfo, 2));
	for (int i = 0; i < program->count && !any; i++)
		any = program->rules[i].points != 0;
	if (!any)
		PG_RETURN_NULL();
	positions = palloc(program->count * sizeof(*positions));
	n = holding(program, positions);
	total = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	for (int i = 0; i < n; i++)
		if (program->rules[positions[i]].points != 0)
			total = DirectFunctionCall2(numeric_add, total, program->rules[positions[i]].points);
	PG_RETURN_DATUM(total);
}
