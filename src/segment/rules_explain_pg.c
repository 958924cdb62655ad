/*
 * rules_explain_pg.c
 *		segment_explain: why a row is in its segment, and what was missing for others.
 *
 * All conditions are asked, also those that finding the segment never came to:
 * rules after the first that holds, and what an AND or OR guards.  Such a
 * comparison may fail on the row, as by a division by zero.  It is then unknown,
 * and shown as not reached.
 */
#include "segment/rules_program_pg.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

typedef enum explain_column
{
	EXPLAIN_POSITION,
	EXPLAIN_SEGMENT,
	EXPLAIN_VERDICT,
	EXPLAIN_CHOSEN,
	EXPLAIN_DECIDED_BY,
	EXPLAIN_VALUE,
	EXPLAIN_DISTANCE,
	EXPLAIN_MISSING,
	EXPLAIN_NEAREST,
	EXPLAIN_COLUMNS
} explain_column;

/* Comparisons that may fail ----------------------------------------------------- */

/* What a failed expression may have left half done goes with it. */
static void
renew_expression(rcv_rules_program *program, rcv_test *test)
{
	Expr *expression = test->expression->expr;
	MemoryContext old;

	if (test->own == NULL)
		test->own =
			AllocSetContextCreate(program->context, "segment rule tried", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(test->own);
	old = MemoryContextSwitchTo(test->own);
	test->expression = ExecInitExpr(expression, NULL);
	MemoryContextSwitchTo(old);
}

/* The expression's truth, or why it has none: errors of the data only. */
static rcv_truth
try_expression(rcv_rules_program *program, rcv_test *test)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile rcv_truth truth = RCV_UNKNOWN;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		truth = rcv_expression_truth(program, test);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION)
			ReThrowError(error);
		test->fault = error->message;
		renew_expression(program, test);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return truth;
}

rcv_truth
rcv_expression_guarded(rcv_rules_program *program, rcv_test *test)
{
	if (test->tried_row == program->row)
		return test->tried;
	test->fault = NULL;
	test->tried = try_expression(program, test);
	test->tried_row = program->row;
	return test->tried;
}

/* Reasons ------------------------------------------------------------------------ */

static int missing(rcv_rules_program *program, const rcv_test *test, rcv_truth wanted);

/* The same of a rule that others refer to: once a row, however often they do. */
static int
missing_of_rule(rcv_rules_program *program, int position, rcv_truth wanted)
{
	rcv_bound_rule *bound = &program->rules[position];

	if (bound->missing_row[wanted] != program->row)
	{
		bound->missing[wanted] = missing(program, bound->enter, wanted);
		bound->missing_row[wanted] = program->row;
	}
	return bound->missing[wanted];
}

/* Whether a test is one comparison of the rule, though it may run as several: BETWEEN. */
static bool
is_comparison(const rcv_test *test)
{
	rcv_rule_op op = test->node->op;

	return op != RCV_RULE_AND && op != RCV_RULE_OR && op != RCV_RULE_NOT && op != RCV_RULE_SEGMENT;
}

/* How many comparisons would have to come out otherwise for the test to be as wanted. */
static int
missing(rcv_rules_program *program, const rcv_test *test, rcv_truth wanted)
{
	bool all;
	int total = 0;
	int least = PG_INT32_MAX;

	if (is_comparison(test))
		return rcv_test_truth(program, test) == wanted ? 0 : 1;
	switch (test->kind)
	{
		case RCV_TEST_NOT:
			return missing(program, test->arguments[0], wanted == RCV_TRUE ? RCV_FALSE : RCV_TRUE);
		case RCV_TEST_RULE:
			return missing_of_rule(program, test->position, wanted);
		case RCV_TEST_AND:
		case RCV_TEST_OR:
			all = (test->kind == RCV_TEST_AND) == (wanted == RCV_TRUE);
			for (int i = 0; i < test->count; i++)
			{
				int one = missing(program, test->arguments[i], wanted);

				total = Min(total, PG_INT32_MAX / 2) + Min(one, PG_INT32_MAX / 2);
				least = Min(least, one);
			}
			return all ? total : least;
		default:
			return rcv_test_truth(program, test) == wanted ? 0 : 1;
	}
}

/* Appends "column = value" for each column of a node that is not among those before. */
static void
append_values(StringInfo out, rcv_rules_program *program, const rcv_rule_node *node,
			  Bitmapset **before)
{
	TupleDesc tuple_desc = program->tuple_desc;

	for (int i = 0; node->op == RCV_RULE_COLUMN && i < tuple_desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(tuple_desc, i);
		Oid output;
		bool is_varlena;
		bool isnull;
		Datum value;

		if (attribute->attisdropped || strcmp(NameStr(attribute->attname), node->text) != 0 ||
			bms_is_member(i, *before))
			continue;
		*before = bms_add_member(*before, i);
		value = slot_getattr(program->slot, i + 1, &isnull);
		getTypeOutputInfo(attribute->atttypid, &output, &is_varlena);
		appendStringInfo(out, "%s%s %s %s", out->len > 0 ? ", " : "", node->text,
						 isnull ? "is" : "=",
						 isnull ? "null" : OidOutputFunctionCall(output, value));
	}
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		append_values(out, program, item, before);
}

/* Why a comparison of this row has no value, or NULL. */
static const char *
fault_of(const rcv_rules_program *program, const rcv_test *test)
{
	const char *fault = test->tried_row == program->row ? test->fault : NULL;

	for (int i = 0; i < test->count && fault == NULL; i++) /* BETWEEN */
		if (test->arguments[i]->tried_row == program->row)
			fault = test->arguments[i]->fault;
	return fault;
}

/* Says so of a comparison that has no answer: one that finding the segment never came to. */
static void
append_fault(StringInfo out, const rcv_rules_program *program, const rcv_test *test)
{
	const char *fault = fault_of(program, test);

	if (fault != NULL)
		appendStringInfo(out, "%snot reached: %s", out->len > 0 ? "; " : "", fault);
}

/* A row that is explained, and whether the rule in question holds for it. */
typedef struct explanation
{
	const rcv_rules_tree *tree;
	rcv_rules_program *program;
	bool holds;
} explanation;

static Datum
numeric_distance(Datum a, Datum b)
{
	return DirectFunctionCall1(numeric_abs, DirectFunctionCall2(numeric_sub, a, b));
}

static Datum
lesser(Datum a, Datum b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, b, a)) ? b : a;
}

static bool
is_number(Oid type)
{
	type = getBaseType(type);
	return type == INT2OID || type == INT4OID || type == INT8OID || type == FLOAT4OID ||
		   type == FLOAT8OID || type == NUMERICOID;
}

/*
 * A number that a node is: a literal, or a column of a numeric type, or the
 * opposite of one; none of them can fail.
 */
static Datum
node_number(const rcv_rules_tree *tree, rcv_rules_program *program, const rcv_rule_node *node,
			bool *found)
{
	Expr *expression;
	Datum value;
	bool isnull;
	Oid output;
	bool is_varlena;

	*found = false;
	if (node->op == RCV_RULE_MINUS && node->first != NULL && node->first->next == NULL &&
		node->first->op != RCV_RULE_MINUS)
	{
		value = node_number(tree, program, node->first, found);
		return *found ? DirectFunctionCall1(numeric_uminus, value) : 0;
	}
	if (node->op != RCV_RULE_COLUMN && node->op != RCV_RULE_NUMBER)
		return 0;
	expression = rcv_rules_expression(tree, node, program->tuple_desc, false);
	if (!is_number(exprType((Node *) expression)))
		return 0;
	value = ExecEvalExpr(ExecInitExpr(expression, NULL), program->expr_context, &isnull);
	if (isnull)
		return 0;
	getTypeOutputInfo(exprType((Node *) expression), &output, &is_varlena);
	value = DirectFunctionCall3(numeric_in, CStringGetDatum(OidOutputFunctionCall(output, value)),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	*found = !numeric_is_nan(DatumGetNumeric(value)) && !numeric_is_inf(DatumGetNumeric(value));
	return value;
}

/*
 * How far a comparison with a number is from coming out otherwise, or false.  A
 * number that equals another needs no distance to differ from it.
 */
static bool
distance(const explanation *e, const rcv_test *leaf, Datum *out)
{
	const rcv_rule_node *node = leaf->node;
	Datum numbers[3] = {0};
	int n = 0;

	if ((node->op < RCV_RULE_EQ || node->op > RCV_RULE_BETWEEN) || node->op == RCV_RULE_NE ||
		node->negated || fault_of(e->program, leaf) != NULL ||
		(node->op == RCV_RULE_EQ && rcv_test_truth(e->program, leaf) == RCV_TRUE))
		return false;
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
	{
		bool found;

		numbers[n++] = node_number(e->tree, e->program, item, &found);
		if (!found)
			return false;
	}
	*out = numeric_distance(numbers[0], numbers[1]);
	if (n == 3)
		*out = lesser(*out, numeric_distance(numbers[0], numbers[2]));
	return true;
}

static rcv_decision decisive(const explanation *e, const rcv_test *test);

/* That of a rule that others refer to: once a row, however often they do. */
static rcv_decision
decisive_of_rule(const explanation *e, int position)
{
	rcv_bound_rule *bound = &e->program->rules[position];

	if (bound->decided_row[e->holds] != e->program->row)
	{
		bound->decided[e->holds] = decisive(e, bound->enter);
		bound->decided_row[e->holds] = e->program->row;
	}
	return bound->decided[e->holds];
}

/* Of parts that would each do, the one that misses the fewest comparisons, then the least distance. */
static rcv_decision
nearest_part(const explanation *e, const rcv_test *test, rcv_truth wanted)
{
	int fewest = PG_INT32_MAX;
	rcv_decision best = {0};

	for (int i = 0; i < test->count; i++)
		fewest = Min(fewest, missing(e->program, test->arguments[i], wanted));
	for (int i = 0; i < test->count; i++)
	{
		rcv_decision one;

		CHECK_FOR_INTERRUPTS();
		if (missing(e->program, test->arguments[i], wanted) > fewest)
			continue;
		one = decisive(e, test->arguments[i]);
		if (best.leaf == NULL ||
			(one.has_distance &&
			 (!best.has_distance ||
			  DatumGetBool(DirectFunctionCall2(numeric_lt, one.distance, best.distance)))))
			best = one;
	}
	return best;
}

/*
 * The comparison that settled a test: the first that ended an AND or an OR, or
 * left it open.  Where none ended it, the last of them for a rule that holds, and
 * for one that does not, the nearest to have ended it.
 */
static rcv_decision
decisive(const explanation *e, const rcv_test *test)
{
	rcv_decision out = {test, false, 0};
	rcv_truth truth;

	check_stack_depth();
	if (!is_comparison(test))
		switch (test->kind)
		{
			case RCV_TEST_NOT:
				return decisive(e, test->arguments[0]);
			case RCV_TEST_RULE:
				return decisive_of_rule(e, test->position);
			case RCV_TEST_AND:
			case RCV_TEST_OR:
				truth = rcv_test_truth(e->program, test);
				for (int i = 0; i < test->count; i++)
					if (rcv_test_truth(e->program, test->arguments[i]) == truth &&
						(truth == RCV_UNKNOWN ||
						 (truth == RCV_TRUE) == (test->kind == RCV_TEST_OR)))
						return decisive(e, test->arguments[i]);
				if (!e->holds)
					return nearest_part(e, test, truth == RCV_TRUE ? RCV_FALSE : RCV_TRUE);
				return decisive(e, test->arguments[test->count - 1]);
			default:
				break;
		}
	out.has_distance = !e->holds && distance(e, test, &out.distance);
	return out;
}

/* The condition that a rule is judged by: the one to enter, or for who was in it, to stay. */
static const rcv_test *
judged(rcv_rules_program *program, int position, bool was_in)
{
	const rcv_bound_rule *bound = &program->rules[position];

	return was_in && bound->keep != NULL && rcv_rule_truth(program, position, false) != RCV_TRUE
			   ? bound->keep
			   : bound->enter;
}

/* Verdict and reasons of one rule. */
static void
explain_rule(const rcv_rules_tree *tree, rcv_rules_program *program, int position, bool was_in,
			 Datum *values, bool *nulls)
{
	const rcv_bound_rule *bound = &program->rules[position];
	rcv_truth truth = rcv_rule_truth(program, position, was_in);
	const rcv_test *test = judged(program, position, was_in);
	explanation e = {tree, program, truth == RCV_TRUE};
	rcv_decision decision;
	Bitmapset *shown = NULL;
	StringInfoData text;

	values[EXPLAIN_POSITION] = Int32GetDatum(position + 1);
	values[EXPLAIN_SEGMENT] = bound->name;
	values[EXPLAIN_VERDICT] = BoolGetDatum(truth == RCV_TRUE);
	nulls[EXPLAIN_VERDICT] = truth == RCV_UNKNOWN;
	if (test == NULL)
	{
		values[EXPLAIN_DECIDED_BY] = CStringGetTextDatum("ELSE");
		values[EXPLAIN_MISSING] = Int32GetDatum(0);
		nulls[EXPLAIN_VALUE] = nulls[EXPLAIN_DISTANCE] = true;
		return;
	}
	decision = decisive(&e, test);
	values[EXPLAIN_DECIDED_BY] = CStringGetTextDatum(rcv_rules_node_text(decision.leaf->node));
	initStringInfo(&text);
	append_values(&text, program, decision.leaf->node, &shown);
	append_fault(&text, program, decision.leaf);
	values[EXPLAIN_VALUE] = CStringGetTextDatum(text.data);
	nulls[EXPLAIN_VALUE] = text.len == 0;
	values[EXPLAIN_DISTANCE] = decision.distance;
	nulls[EXPLAIN_DISTANCE] = !decision.has_distance;
	values[EXPLAIN_MISSING] = Int32GetDatum(missing(program, test, RCV_TRUE));
}

/* The fewest missing comparisons of the rules that do not hold. */
static int
fewest_missing(rcv_rules_program *program, const text *previous)
{
	int fewest = PG_INT32_MAX;

	for (int i = 0; i < program->count; i++)
	{
		const rcv_bound_rule *bound = &program->rules[i];
		bool was_in = rcv_rule_is_named(bound, previous);

		if (bound->valid && bound->enter != NULL && rcv_rule_truth(program, i, was_in) != RCV_TRUE)
			fewest = Min(fewest, missing(program, judged(program, i, was_in), RCV_TRUE));
	}
	return fewest;
}

/* segment_explain(row, rules, as_of, previous): not strict, as the last two may be null. */
PG_FUNCTION_INFO_V1(pgrcv_segment_explain);
Datum
pgrcv_segment_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const text *previous = PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3);
	rcv_rules_tree *tree;
	rcv_rules_program *program;
	int chosen;
	int fewest;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	tree = rcv_rules_arg(fcinfo, 1);
	program = rcv_rules_row_arg(fcinfo, tree, rcv_rules_day_arg(fcinfo, 2));
	chosen = rcv_rules_first(program, previous);
	program->guarded = !IsInParallelMode(); /* which has no subtransactions */
	fewest = fewest_missing(program, previous);
	for (int i = 0; i < program->count; i++)
	{
		Datum values[EXPLAIN_COLUMNS] = {0};
		bool nulls[EXPLAIN_COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		if (!program->rules[i].valid)
			continue;
		explain_rule(tree, program, i, rcv_rule_is_named(&program->rules[i], previous), values,
					 nulls);
		values[EXPLAIN_CHOSEN] = BoolGetDatum(i == chosen);
		values[EXPLAIN_NEAREST] =
			BoolGetDatum((nulls[EXPLAIN_VERDICT] || !DatumGetBool(values[EXPLAIN_VERDICT])) &&
						 DatumGetInt32(values[EXPLAIN_MISSING]) == fewest);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}
