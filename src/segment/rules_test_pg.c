/*
 * rules_test_pg.c
 *		From an expression of PostgreSQL to tests that need no executor.
 *
 * A column compared with a constant is a range of whole numbers for integers,
 * days, times, booleans, floats (in their order as bits) and nearly all
 * numerics; equality of text is one of bytes.
 */
#include "segment/rules_program_pg.h"

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* How a comparison is written: c stands for the column. */
typedef enum comparison
{
	IS_EQ,
	IS_NE,
	IS_LT,
	IS_LE,
	IS_GT,
	IS_GE
} comparison;

typedef struct known_function
{
	Oid function;
	comparison compares;
	rcv_test_kind kind;
} known_function;

#define COMPARISONS(prefix, kind)                                                                  \
	{prefix##EQ, IS_EQ, kind}, {prefix##NE, IS_NE, kind}, {prefix##LT, IS_LT, kind},               \
		{prefix##LE, IS_LE, kind}, {prefix##GT, IS_GT, kind},                                      \
	{                                                                                              \
		prefix##GE, IS_GE, kind                                                                    \
	}

/* clang-format off */
static const known_function known_functions[] = {
	COMPARISONS(F_INT2, RCV_TEST_INT16),
	COMPARISONS(F_INT4, RCV_TEST_INT32),
	COMPARISONS(F_INT8, RCV_TEST_INT64),
	COMPARISONS(F_INT24, RCV_TEST_INT16),
	COMPARISONS(F_INT28, RCV_TEST_INT16),
	COMPARISONS(F_INT42, RCV_TEST_INT32),
	COMPARISONS(F_INT48, RCV_TEST_INT32),
	COMPARISONS(F_INT82, RCV_TEST_INT64),
	COMPARISONS(F_INT84, RCV_TEST_INT64),
	COMPARISONS(F_DATE_, RCV_TEST_INT32),
	COMPARISONS(F_TIMESTAMP_, RCV_TEST_INT64),
	COMPARISONS(F_TIMESTAMPTZ_, RCV_TEST_INT64),
	COMPARISONS(F_BOOL, RCV_TEST_BOOL),
	COMPARISONS(F_FLOAT4, RCV_TEST_FLOAT4),
	COMPARISONS(F_FLOAT8, RCV_TEST_FLOAT8),
	COMPARISONS(F_FLOAT48, RCV_TEST_FLOAT4),
	COMPARISONS(F_FLOAT84, RCV_TEST_FLOAT8),
	COMPARISONS(F_NUMERIC_, RCV_TEST_NUMERIC),
	{F_TEXTEQ, IS_EQ, RCV_TEST_TEXT},
	{F_TEXTNE, IS_NE, RCV_TEST_TEXT},
};
/* clang-format on */

/* With the constant on the left the comparison is the other way round. */
static comparison
mirrored(comparison compares)
{
	static const comparison mirror[] = {IS_EQ, IS_NE, IS_GT, IS_GE, IS_LT, IS_LE};

	return mirror[compares];
}

rcv_test *
rcv_test_make(rcv_test_kind kind, const rcv_rule_node *node)
{
	rcv_test *test = palloc0(sizeof(*test));

	test->kind = kind;
	test->node = node;
	return test;
}

static rcv_test *
constant_test(rcv_truth truth, const rcv_rule_node *node)
{
	rcv_test *test = rcv_test_make(RCV_TEST_CONSTANT, node);

	test->truth = truth;
	return test;
}

static void
read_column(rcv_rules_program *program, rcv_test *test, const Var *column)
{
	test->column = column->varattno - 1;
	program->last_column = Max(program->last_column, column->varattno);
}

/* low .. high for "column compares value"; false when nothing can satisfy it. */
static bool
set_range(rcv_test *test, comparison compares, int64 value)
{
	test->low = PG_INT64_MIN;
	test->high = PG_INT64_MAX;
	test->inverted = compares == IS_NE;
	if (compares == IS_EQ || compares == IS_NE)
		test->low = test->high = value;
	else if (compares == IS_GE || compares == IS_GT)
		test->low = value;
	else
		test->high = value;
	if (compares == IS_GT && test->low++ == PG_INT64_MAX)
		return false;
	return compares != IS_LT || test->high-- != PG_INT64_MIN;
}

/* The constant as the test wants it; false when it can't be that. */
static bool
constant_key(const Const *constant, rcv_test_kind kind, int64 *out)
{
	switch (constant->consttype)
	{
		case INT2OID:
			*out = DatumGetInt16(constant->constvalue);
			return true;
		case INT4OID:
		case DATEOID:
			*out = DatumGetInt32(constant->constvalue);
			return true;
		case INT8OID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			*out = DatumGetInt64(constant->constvalue);
			return true;
		case BOOLOID:
			*out = DatumGetBool(constant->constvalue);
			return true;
		case FLOAT4OID:
			*out = rcv_float_key(DatumGetFloat4(constant->constvalue));
			return true;
		case FLOAT8OID:
			*out = rcv_float_key(DatumGetFloat8(constant->constvalue));
			return true;
		case NUMERICOID:
			return rcv_numeric_units(constant->constvalue, out);
		default:
			return false;
	}
}

/* A call of the operator's function with the constant in place. */
static void
set_call(rcv_rules_program *program, rcv_test *test, const OpExpr *operation, const Const *constant)
{
	FmgrInfo *function = palloc0(sizeof(*function));

	test->call = palloc0(SizeForFunctionCallInfo(2));
	fmgr_info(operation->opfuncid, function);
	fmgr_info_set_expr((Node *) operation, function);
	InitFunctionCallInfoData(*test->call, function, 2, operation->inputcollid, NULL, NULL);
	test->call->args[test->constant_first ? 0 : 1].value = constant->constvalue;
	program->allocates = true;
}

/* Equality of text is one of bytes, unless the collation says otherwise. */
static bool
set_text(rcv_rules_program *program, rcv_test *test, const OpExpr *operation, const Const *constant,
		 comparison compares)
{
	struct varlena *text;

	if (!OidIsValid(operation->inputcollid) ||
		!get_collation_isdeterministic(operation->inputcollid))
		return false;
	text = PG_DETOAST_DATUM_PACKED(constant->constvalue);
	test->text = VARDATA_ANY(text);
	test->high = VARSIZE_ANY_EXHDR(text);
	test->inverted = compares == IS_NE;
	program->allocates = true; /* a long value is unpacked */
	return true;
}

static Expr *
without_relabel(Expr *expression)
{
	while (IsA(expression, RelabelType))
		expression = ((RelabelType *) expression)->arg;
	return expression;
}

/* "column operator constant" or the reverse; NULL for anything else. */
static rcv_test *
comparison_test(rcv_rules_program *program, OpExpr *operation, const rcv_rule_node *node)
{
	Expr *left;
	Expr *right;
	const Const *constant;
	rcv_test *test;
	comparison compares;
	int64 key;
	int i = 0;

	if (list_length(operation->args) != 2)
		return NULL;
	left = without_relabel(linitial(operation->args));
	right = without_relabel(lsecond(operation->args));
	if (!(IsA(left, Var) && IsA(right, Const)) && !(IsA(left, Const) && IsA(right, Var)))
		return NULL;
	constant = (const Const *) (IsA(left, Const) ? left : right);
	while (i < lengthof(known_functions) && known_functions[i].function != operation->opfuncid)
		i++;
	if (constant->constisnull || i == lengthof(known_functions))
		return NULL;
	test = rcv_test_make(known_functions[i].kind, node);
	test->constant_first = IsA(left, Const);
	compares =
		test->constant_first ? mirrored(known_functions[i].compares) : known_functions[i].compares;
	read_column(program, test, (const Var *) (test->constant_first ? right : left));
	if (test->constant_first && test->kind != RCV_TEST_NUMERIC && test->kind != RCV_TEST_TEXT)
		return NULL; /* the kind is that of the left argument */
	if (test->kind == RCV_TEST_TEXT)
		return set_text(program, test, operation, constant, compares) ? test : NULL;
	if (!constant_key(constant, test->kind, &key) || !set_range(test, compares, key))
		return NULL;
	if (test->kind == RCV_TEST_NUMERIC)
		set_call(program, test, operation, constant);
	return test;
}

static rcv_test *
joined_test(rcv_rules_program *program, const BoolExpr *expression, const rcv_rule_node *node)
{
	static const rcv_test_kind kinds[] = {
		[AND_EXPR] = RCV_TEST_AND, [OR_EXPR] = RCV_TEST_OR, [NOT_EXPR] = RCV_TEST_NOT};
	rcv_test *test = rcv_test_make(kinds[expression->boolop], node);
	ListCell *cell;

	test->arguments = palloc(list_length(expression->args) * sizeof(*test->arguments));
	foreach (cell, expression->args)
		test->arguments[test->count++] = rcv_test_of_expression(program, lfirst(cell), node);
	return test;
}

static rcv_test *
expression_test(rcv_rules_program *program, Expr *expression, const rcv_rule_node *node)
{
	rcv_test *test = rcv_test_make(RCV_TEST_EXPRESSION, node);

	test->expression = ExecInitExpr(expression, NULL);
	program->allocates = true;
	return test;
}

rcv_test *
rcv_test_of_expression(rcv_rules_program *program, Expr *expression, const rcv_rule_node *node)
{
	rcv_test *test = NULL;

	if (IsA(expression, Const))
	{
		const Const *constant = (const Const *) expression;

		return constant_test(constant->constisnull				  ? RCV_UNKNOWN
							 : DatumGetBool(constant->constvalue) ? RCV_TRUE
																  : RCV_FALSE,
							 node);
	}
	if (IsA(expression, BoolExpr))
		return joined_test(program, (const BoolExpr *) expression, node);
	if (IsA(expression, OpExpr))
		test = comparison_test(program, (OpExpr *) expression, node);
	else if (IsA(expression, Var) && ((const Var *) expression)->vartype == BOOLOID)
	{
		test = rcv_test_make(RCV_TEST_BOOL, node);
		read_column(program, test, (const Var *) expression);
		test->low = test->high = true;
	}
	else if (IsA(expression, NullTest) && !((const NullTest *) expression)->argisrow &&
			 IsA(((const NullTest *) expression)->arg, Var))
	{
		test = rcv_test_make(RCV_TEST_NULL, node);
		read_column(program, test, (const Var *) ((const NullTest *) expression)->arg);
		test->inverted = ((const NullTest *) expression)->nulltesttype == IS_NOT_NULL;
	}
	return test != NULL ? test : expression_test(program, expression, node);
}
