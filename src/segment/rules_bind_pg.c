/*
 * rules_bind_pg.c
 *		Segment rules bound to a row type: the program that runs once a row.
 */
#include "segment/rules_program_pg.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The tests of a node: AND, OR, NOT and references here, the rest as an expression. */
static rcv_test *
bind_node(rcv_rules_program *program, const rcv_rules_tree *tree, const rcv_rule_node *node)
{
	rcv_test *test;

	if (node->op == RCV_RULE_SEGMENT)
	{
		test = rcv_test_make(RCV_TEST_RULE, node);
		test->position = rcv_rules_find(&tree->rules, node->text);
		program->rules[test->position].referred = true;
		return test;
	}
	if (node->op != RCV_RULE_AND && node->op != RCV_RULE_OR && node->op != RCV_RULE_NOT)
		return rcv_test_of_expression(
			program, rcv_rules_expression(tree, node, program->tuple_desc, true), node);
	test = rcv_test_make(node->op == RCV_RULE_AND  ? RCV_TEST_AND
						 : node->op == RCV_RULE_OR ? RCV_TEST_OR
												   : RCV_TEST_NOT,
						 node);
	test->arguments = palloc(node->count * sizeof(*test->arguments));
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		test->arguments[test->count++] = bind_node(program, tree, item);
	return test;
}

bool
rcv_rule_valid(const rcv_rule *rule, int32 as_of)
{
	if (as_of == RCV_ALL_DAYS ||
		(rule->values[RCV_RULE_FROM] == NULL && rule->values[RCV_RULE_TO] == NULL))
		return true;
	if (as_of == RCV_NO_DAY)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the rule \"%s\" is valid for some days only", rule->name),
						errhint("Say which day is meant, as in segment_on(row, rules, as_of).")));
	return as_of >= rule->from && as_of <= rule->to;
}

static void
bind_rule(rcv_rules_program *program, const rcv_rules_tree *tree, int position)
{
	rcv_bound_rule *bound = &program->rules[position];
	const rcv_rule *rule = tree->rules.by_position[position];

	CHECK_FOR_INTERRUPTS();
	bound->rule = rule;
	bound->valid = rcv_rule_valid(rule, program->as_of);
	bound->name = CStringGetTextDatum(rule->name);
	if (rule->values[RCV_RULE_POINTS] != NULL)
		bound->points =
			DirectFunctionCall3(numeric_in, CStringGetDatum(rule->values[RCV_RULE_POINTS]),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	if (rule->condition != NULL)
		bound->enter = bind_node(program, tree, rule->condition);
	if (rule->keep != NULL)
		bound->keep = bind_node(program, tree, rule->keep);
}

/* In the current memory context, which is the program's. */
static rcv_rules_program *
bind(const rcv_rules_tree *tree, TupleDesc tuple_desc, int32 as_of)
{
	rcv_rules_program *program = palloc0(sizeof(*program));

	program->context = CurrentMemoryContext;
	program->as_of = as_of;
	program->tuple_desc = tuple_desc;
	program->count = tree->rules.count;
	program->rules = palloc0(program->count * sizeof(*program->rules));
	for (int i = 0; i < program->count; i++)
		bind_rule(program, tree, i);
	rcv_rules_compile(program);
	program->slot = MakeSingleTupleTableSlot(tuple_desc, &TTSOpsHeapTuple);
	program->expr_context = CreateStandaloneExprContext();
	program->expr_context->ecxt_scantuple = program->slot;
	return program;
}

rcv_rules_program *
rcv_rules_bind_desc(const rcv_rules_tree *tree, TupleDesc tuple_desc, int32 as_of)
{
	return bind(tree, tuple_desc, as_of);
}

rcv_rules_program *
rcv_rules_bind(rcv_rules_tree *tree, Oid type, int32 typmod, int32 as_of)
{
	rcv_rules_program *program = tree->programs;
	rcv_row_type row_type;
	MemoryContext context;
	MemoryContext old;

	if (likely(program != NULL && program->as_of == as_of &&
			   rcv_row_type_is(&program->row_type, type, typmod)))
		return program;
	tree->programs = NULL;
	if (program != NULL)
		MemoryContextDelete(program->context);
	row_type = rcv_row_type_of(type, typmod);
	/* a child of the tree's only when nothing more can fail: errors leave no memory behind */
	context = AllocSetContextCreate(CurrentMemoryContext, "segment rules", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	program = bind(tree, lookup_rowtype_tupdesc_copy(type, typmod), as_of);
	program->row_type = row_type;
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, tree->context);
	tree->programs = program;
	return program;
}
