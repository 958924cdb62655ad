/*
 * rules_code_pg.c
 *		Bound rules as one run of steps, for the first rule that holds.
 *
 * Which rule is the first asks of each condition only whether it is true:
 * false and unknown alike lead on.  An AND is true when all of its parts are,
 * false when one is; an OR the other way round; NOT asks the other question.
 * So every comparison becomes one step that knows where to go on in either
 * case.  Steps are made from the last to the first, so that targets are known.
 */
#include "segment/rules_program_pg.h"

typedef struct compiler
{
	rcv_rules_program *program;
	int rule;
	int count;
	int room;
} compiler;

static int
add_step(compiler *c, int kind, bool inverted, int pass, int fail, rcv_test *test)
{
	rcv_rules_program *program = c->program;
	rcv_step step = {.kind = kind, .inverted = inverted, .pass = pass, .fail = fail, .test = test};

	step.rule = c->rule;
	if (test != NULL && kind >= RCV_TEST_INT16 && kind <= RCV_TEST_TEXT)
	{
		step.column = test->column;
		step.low = test->low;
		step.high = test->high;
		step.inverted = inverted != test->inverted;
	}
	if (c->count == c->room)
	{
		c->room = Max(64, c->room * 2);
		program->steps = program->steps == NULL ? palloc(c->room * sizeof(step))
												: repalloc(program->steps, c->room * sizeof(step));
	}
	program->steps[c->count] = step;
	return c->count++;
}

/* Steps that lead to pass when the test is wanted (true, or false), else to fail; the first one. */
static int
compile(compiler *c, rcv_test *test, rcv_truth wanted, int pass, int fail)
{
	bool all;
	int next;

	switch (test->kind)
	{
		case RCV_TEST_NOT:
			return compile(c, test->arguments[0], wanted == RCV_TRUE ? RCV_FALSE : RCV_TRUE, pass,
						   fail);
		case RCV_TEST_CONSTANT:
			return test->truth == wanted ? pass : fail;
		case RCV_TEST_AND:
		case RCV_TEST_OR:
			all = (test->kind == RCV_TEST_AND) == (wanted == RCV_TRUE);
			next = all ? pass : fail;
			for (int i = test->count - 1; i >= 0; i--)
				next = compile(c, test->arguments[i], wanted, all ? next : pass, all ? fail : next);
			return next;
		default:
			return add_step(c, test->kind, wanted == RCV_FALSE, pass, fail, test);
	}
}

static int
compile_rule(compiler *c, const rcv_bound_rule *bound, int next)
{
	int accept = RCV_STEP_RULE(c->rule);

	if (bound->enter == NULL)
		return accept;
	if (bound->keep != NULL)
		next = add_step(c, RCV_STEP_PREVIOUS, false,
						compile(c, bound->keep, RCV_TRUE, accept, next), next, NULL);
	return compile(c, bound->enter, RCV_TRUE, accept, next);
}

void
rcv_rules_compile(rcv_rules_program *program)
{
	compiler c = {.program = program};
	int next = RCV_STEP_NONE;

	for (c.rule = program->count - 1; c.rule >= 0; c.rule--)
		if (program->rules[c.rule].valid)
			next = compile_rule(&c, &program->rules[c.rule], next);
	program->first_step = next;
}
