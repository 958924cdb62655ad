/*
 * rules_program_pg.h
 *		Segment rules bound to a row type: what runs once a row.
 *
 * A condition is a tree of tests.  Those of one column against a constant are
 * done in place; all else is an expression of PostgreSQL's own, made by its
 * parser from the columns and the literals, and evaluated by its executor, so
 * that types, operators, collations and nulls mean what they mean in SQL.
 */
#ifndef RCV_SEGMENT_RULES_PROGRAM_PG_H
#define RCV_SEGMENT_RULES_PROGRAM_PG_H

#include "segment/rules_pg.h"

#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "utils/typcache.h"

/* SQL's three truth values. */
typedef enum rcv_truth
{
	RCV_FALSE,
	RCV_TRUE,
	RCV_UNKNOWN
} rcv_truth;

typedef enum rcv_test_kind
{
	RCV_TEST_AND,
	RCV_TEST_OR,
	RCV_TEST_NOT,
	RCV_TEST_CONSTANT,
	RCV_TEST_RULE,	/* the condition of another rule */
	RCV_TEST_NULL,	/* column IS NULL */
	RCV_TEST_INT16, /* low <= column <= high, also the next six */
	RCV_TEST_INT32,
	RCV_TEST_INT64,
	RCV_TEST_BOOL,
	RCV_TEST_FLOAT4, /* in the order of rcv_float_key */
	RCV_TEST_FLOAT8,
	RCV_TEST_NUMERIC, /* in units of 10^-4; other numbers by call */
	RCV_TEST_TEXT,	  /* column = constant, byte by byte */
	RCV_TEST_EXPRESSION
} rcv_test_kind;

typedef struct rcv_test
{
	rcv_test_kind kind;
	bool inverted;	 /* a range, text or null test: NOT of it */
	int16 column;	 /* from 0 */
	int32 count;	 /* arguments */
	rcv_truth truth; /* CONSTANT */
	int32 position;	 /* RULE */
	int64 low;
	int64 high;
	const char *text;	   /* TEXT, with its length in high */
	FunctionCallInfo call; /* NUMERIC that is not in units: the operator's function */
	bool constant_first;   /* the constant is the first argument of the call */
	ExprState *expression;
	uint64 tried_row; /* EXPRESSION of a guarded program: the row of the next two */
	rcv_truth tried;
	MemoryContext own;		   /* of the expression, once it had to be made anew */
	const char *fault;		   /* why the expression has no value, or NULL */
	const rcv_rule_node *node; /* what it was made of */
	struct rcv_test **arguments;
} rcv_test;

/*
 * The rules as one run of steps, each a test with where to go on when it holds
 * and when it does not: to another step, or past the end (rules_code_pg.c).
 */
typedef struct rcv_step
{
	int16 kind; /* rcv_test_kind, or RCV_STEP_PREVIOUS */
	int16 column;
	bool inverted; /* it holds when its test is false, not when it is true */
	int32 rule;	   /* position of the rule that it belongs to */
	int32 pass;
	int32 fail;
	int64 low;
	int64 high;
	rcv_test *test;
} rcv_step;

#define RCV_STEP_PREVIOUS (RCV_TEST_EXPRESSION + 1) /* the row was in this segment before */
#define RCV_STEP_NONE PG_INT32_MIN					/* no rule holds */
#define RCV_STEP_RULE(position) (-1 - (position))	/* this one does; its own inverse */

/* The comparison that settled a test, and how far off it is. */
typedef struct rcv_decision
{
	const rcv_test *leaf;
	bool has_distance;
	Datum distance; /* numeric */
} rcv_decision;

/* A rule bound to the row type. */
typedef struct rcv_bound_rule
{
	const rcv_rule *rule;
	bool valid;		 /* on the day that was asked for */
	bool referred;	 /* another rule's condition refers to this one */
	rcv_test *enter; /* NULL: ELSE */
	rcv_test *keep;	 /* or NULL */
	Datum name;
	Datum points;	 /* or 0 */
	rcv_truth known; /* the truth of enter in the row known_row */
	uint64 known_row;
	int missing[2]; /* of rules_explain_pg.c: for FALSE and TRUE, in the row missing_row */
	uint64 missing_row[2];
	rcv_decision decided[2]; /* the same, by how it was asked for */
	uint64 decided_row[2];
} rcv_bound_rule;

typedef struct rcv_rules_program
{
	MemoryContext context;
	rcv_row_type row_type;
	int32 as_of;
	TupleDesc tuple_desc;
	TupleTableSlot *slot;
	HeapTupleData tuple;
	ExprContext *expr_context;
	int last_column; /* number of the last column that is read */
	bool allocates;	 /* tests may leave memory behind in a row */
	bool guarded;	 /* for the row in place: a test that fails is unknown */
	int count;
	rcv_bound_rule *rules;
	rcv_step *steps;
	int first_step; /* or past the end */
	uint64 row;		/* rows so far */
} rcv_rules_program;

/* rules_bind_pg.c: the program for rows of this type, kept with the tree. */
extern rcv_rules_program *rcv_rules_bind(rcv_rules_tree *tree, Oid type, int32 typmod, int32 as_of);

/* The same for a row type that is not in the catalogue; not kept. */
extern rcv_rules_program *rcv_rules_bind_desc(const rcv_rules_tree *tree, TupleDesc tuple_desc,
											  int32 as_of);

/* rules_expr_pg.c: the expression of a node, checked; raises errors at its place. */
extern Expr *rcv_rules_expression(const rcv_rules_tree *tree, const rcv_rule_node *node,
								  TupleDesc tuple_desc, bool condition);

/* rules_test_pg.c */
extern rcv_test *rcv_test_make(rcv_test_kind kind, const rcv_rule_node *node);
extern rcv_test *rcv_test_of_expression(rcv_rules_program *program, Expr *expression,
										const rcv_rule_node *node);

/* rules_code_pg.c: fills steps and first_step from the bound rules. */
extern void rcv_rules_compile(rcv_rules_program *program);

/* A double as a whole number with the same order: NaN is the largest, as in SQL. */
static inline int64
rcv_float_key(double value)
{
	int64 bits;

	if (unlikely(value != value))
		return PG_INT64_MAX;
	value += 0.0; /* -0 is 0 */
	memcpy(&bits, &value, sizeof(bits));
	return bits ^ ((bits >> 63) & PG_INT64_MAX);
}

/* rules_eval_pg.c -------------------------------------------------------- */

/* The program for the row of argument 0, with the row in place. */
extern rcv_rules_program *rcv_rules_row_arg(FunctionCallInfo fcinfo, rcv_rules_tree *tree,
											int32 as_of);

/* A day argument; RCV_NO_DAY when it is null. */
extern int32 rcv_rules_day_arg(FunctionCallInfo fcinfo, int arg);

/* Whether a rule has this name, which may be NULL. */
extern bool rcv_rule_is_named(const rcv_bound_rule *bound, const text *name);

/* Takes a row; the tests read it until the next one. */
extern void rcv_rules_row(rcv_rules_program *program, HeapTupleHeader row);
extern void rcv_rules_tuple(rcv_rules_program *program, HeapTuple tuple);

/* Whether an expression holds for the row. */
extern rcv_truth rcv_expression_truth(rcv_rules_program *program, const rcv_test *test);

/* The same in a guarded program, in rules_explain_pg.c: unknown where it fails. */
extern rcv_truth rcv_expression_guarded(rcv_rules_program *program, rcv_test *test);

/* Whether a test holds for the row. */
extern rcv_truth rcv_test_truth(rcv_rules_program *program, const rcv_test *test);

/* The same for the rule at this position, whose name the row had before or not. */
extern rcv_truth rcv_rule_truth(rcv_rules_program *program, int position, bool was_in);

/* The same without a name before, where the conditions of all rules are asked: errors name the rule. */
extern rcv_truth rcv_rule_asked(rcv_rules_program *program, int position);

/* The first rule that holds, or -1; previous may be NULL. */
extern int rcv_rules_first(rcv_rules_program *program, const text *previous);

#endif
