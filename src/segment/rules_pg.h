/*
 * rules_pg.h
 *		The type segment_rules, for the files of its glue.
 *
 * A value is a version byte and the canonical text of the rules.
 */
#ifndef RCV_SEGMENT_RULES_PG_H
#define RCV_SEGMENT_RULES_PG_H

#include "pg/rcv_pg.h"

#include "segment/rule.h"

/* Rules as a tree, with the text that its locations point into. */
typedef struct rcv_rules_tree
{
	rcv_rules rules;
	const char *text; /* ends with a zero byte */
	int length;
	MemoryContext context;				/* of the tree, and of what is made of it */
	struct rcv_rules_program *programs; /* rules_bind_pg.c: for the row types seen */
} rcv_rules_tree;

/* rules_type_pg.c ------------------------------------------------------- */

/* The tree of a text, in the current memory context; an error with its place. */
extern rcv_rules_tree *rcv_rules_read(const char *text, Size length);

/* Checks a tree put together by hand, and makes its numbers canonical. */
extern void rcv_rules_finish(rcv_rules *rules);

extern Datum rcv_rules_datum(const rcv_rules *rules);

/* The tree of a value, in the current memory context. */
extern rcv_rules_tree *rcv_rules_of(Datum value);

/* The tree of an argument, kept for the query. */
extern rcv_rules_tree *rcv_rules_arg(FunctionCallInfo fcinfo, int arg);

/* Memory of the current context, for the functions of rule.h. */
extern rcv_rule_memory *rcv_rules_memory(void);

/* Appends to a StringInfo. */
extern rcv_rule_sink rcv_rules_sink(StringInfo out);

/* Days that rules may be judged on, besides those of a calendar. */
#define RCV_NO_DAY PG_INT32_MIN			/* no day was given */
#define RCV_ALL_DAYS (PG_INT32_MIN + 1) /* rules count whatever their validity */

/* Whether a rule is valid on a day; without one, a rule with dates is an error. */
extern bool rcv_rule_valid(const rcv_rule *rule, int32 as_of);

/* A node as text, allocated. */
extern char *rcv_rules_node_text(const rcv_rule_node *node);

/*
 * Within ereport(): shows the line of the text where this byte stands, with a
 * mark under it.
 */
extern int rcv_rules_errposition(const char *text, int length, int location);

#endif
