/*
 * rule.h
 *		Segment rules: their text, as a tree, and back.
 *
 * A set of rules is read top down, and the first one that holds names the
 * segment:
 *
 *		champions [dunning = 'vip']: r >= 4 AND f >= 4
 *		risky: overdue_share > 0.3 OR broken_promises >= 2
 *		others: ELSE
 *
 * The grammar, in rule_parse.y, is a subset of SQL's for conditions; nothing
 * here knows a column or a type.  Trees are made of memory that the caller
 * hands out and takes back as a whole.
 */
#ifndef RCV_SEGMENT_RULE_H
#define RCV_SEGMENT_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_RULE_TEXT_MAX (1 << 20) /* bytes of a set of rules */
#define RCV_RULE_DEPTH_MAX 200		/* levels of a condition, references followed */
#define RCV_RULE_NAME_MAX 200		/* bytes of a name */

/* Memory for one set of rules; alloc never returns NULL. */
typedef struct rcv_rule_memory
{
	void *(*alloc)(void *context, size_t size);
	void *context;
} rcv_rule_memory;

/* What a node is; in comments, what its text and its arguments are. */
typedef enum rcv_rule_op
{
	RCV_RULE_NUMBER, /* text: digits, without a sign */
	RCV_RULE_STRING, /* text */
	RCV_RULE_DATE,	 /* text: YYYY-MM-DD */
	RCV_RULE_TRUE,
	RCV_RULE_FALSE,
	RCV_RULE_NULL,
	RCV_RULE_COLUMN,	 /* text: name */
	RCV_RULE_SEGMENT,	 /* text: name of a rule; holds when the condition of that rule does */
	RCV_RULE_OR,		 /* two arguments or more */
	RCV_RULE_AND,		 /* two arguments or more */
	RCV_RULE_NOT,		 /* condition */
	RCV_RULE_IS_NULL,	 /* value */
	RCV_RULE_IS_TRUE,	 /* condition */
	RCV_RULE_IS_FALSE,	 /* condition */
	RCV_RULE_IS_UNKNOWN, /* condition */
	RCV_RULE_DISTINCT,	 /* two values */
	RCV_RULE_EQ,		 /* two values, also the next five */
	RCV_RULE_NE,
	RCV_RULE_LT,
	RCV_RULE_LE,
	RCV_RULE_GT,
	RCV_RULE_GE,
	RCV_RULE_BETWEEN,	 /* value, low, high */
	RCV_RULE_IN,		 /* value, then one or more of a list */
	RCV_RULE_LIKE,		 /* value, pattern */
	RCV_RULE_ILIKE,		 /* value, pattern */
	RCV_RULE_FIELD,		 /* document, key */
	RCV_RULE_FIELD_TEXT, /* document, key */
	RCV_RULE_ADD,		 /* two values, also the next four */
	RCV_RULE_SUBTRACT,
	RCV_RULE_MULTIPLY,
	RCV_RULE_DIVIDE,
	RCV_RULE_REMAINDER,
	RCV_RULE_MINUS, /* value */
	RCV_RULE_CAST,	/* value; text: name of a type */
	RCV_RULE_OPS
} rcv_rule_op;

typedef struct rcv_rule_node
{
	rcv_rule_op op;
	bool negated;				 /* NOT BETWEEN, IS NOT NULL ...: of ops from IS_NULL on */
	int32_t location;			 /* byte of the text where it, or its operator, stands */
	int32_t depth;				 /* levels below it */
	int32_t count;				 /* arguments */
	const char *text;			 /* or NULL */
	struct rcv_rule_node *first; /* arguments, as a list */
	struct rcv_rule_node *last;
	struct rcv_rule_node *next; /* the next argument of the same node */
} rcv_rule_node;

/* What a rule carries beside its condition; all optional. */
typedef enum rcv_rule_key
{
	RCV_RULE_FAMILY,  /* demographic, geographic, behavioural, psychographic, transactional */
	RCV_RULE_DUNNING, /* names in the user's own tables: ladder of reminders, ... */
	RCV_RULE_PRICE,
	RCV_RULE_LOYALTY,
	RCV_RULE_OFFER,
	RCV_RULE_POINTS, /* a number */
	RCV_RULE_FROM,	 /* YYYY-MM-DD, the first day it is valid */
	RCV_RULE_TO,	 /* YYYY-MM-DD, the last day */
	RCV_RULE_NOTE,
	RCV_RULE_KEYS
} rcv_rule_key;

extern const char *const rcv_rule_key_names[RCV_RULE_KEYS + 1]; /* NULL at the end */

typedef struct rcv_rule
{
	const char *name;
	const char *values[RCV_RULE_KEYS]; /* or NULL */
	int32_t from;					   /* days of RCV_RULE_FROM and TO; all days when absent */
	int32_t to;
	const rcv_rule_node *condition; /* NULL: ELSE */
	const rcv_rule_node *keep;		/* weaker condition for who is in already; or NULL */
	int32_t location;
	int32_t position; /* in the set, from 0; filled by rcv_rules_check */
	struct rcv_rule *next;
} rcv_rule;

typedef struct rcv_rules
{
	rcv_rule *first;
	int32_t count;
	rcv_rule **by_position; /* filled by rcv_rules_check */
	int32_t *by_name;		/* positions, ascending by name */
} rcv_rules;

/* What is wrong with a text, and where. */
typedef struct rcv_rule_error
{
	rcv_status status; /* RCV_ETEXT, or RCV_ELIMIT */
	int32_t location;  /* byte, or -1 */
	char message[320];
	char hint[320]; /* may be empty */
} rcv_rule_error;

/*
 * Reads and checks a text; false with what is wrong when it has an error.
 * The text must stay as long as the tree; it need not end with a zero byte.
 */
extern bool rcv_rules_parse(const char *text, size_t length, rcv_rule_memory *memory,
							rcv_rules *out, rcv_rule_error *error);

/*
 * Checks rules put together by hand, as by the parser: names, ELSE, keys,
 * references, depth.
 */
extern bool rcv_rules_check(rcv_rules *rules, rcv_rule_memory *memory, rcv_rule_error *error);

/* The rule of a name, or -1. */
extern int rcv_rules_find(const rcv_rules *rules, const char *name);

/* Where text goes: puts these bytes behind those before. */
typedef struct rcv_rule_sink
{
	void (*put)(void *context, const char *bytes, size_t length);
	void *context;
} rcv_rule_sink;

/* The canonical text, which reads back as the same tree. */
extern void rcv_rules_print(const rcv_rules *rules, const rcv_rule_sink *sink);

/* A condition, or a part of one, as canonical text. */
extern void rcv_rule_print_node(const rcv_rule_node *node, const rcv_rule_sink *sink);

/*
 * The same as an SQL expression: references are written out.  False when it
 * would take more than limit bytes.
 */
extern bool rcv_rule_print_sql(const rcv_rules *rules, const rcv_rule_node *node, size_t limit,
							   const rcv_rule_sink *sink);

/* A string as an SQL literal, a name as an SQL identifier, with quotes where they are needed. */
extern void rcv_rule_print_literal(const char *text, const rcv_rule_sink *sink);
extern void rcv_rule_print_identifier(const char *name, const rcv_rule_sink *sink);

/* A node with these arguments, which may be NULL from the first NULL on. */
extern rcv_rule_node *rcv_rule_node_make(rcv_rule_memory *memory, rcv_rule_op op, int32_t location,
										 const char *text, rcv_rule_node *a, rcv_rule_node *b);

/* Adds an argument at the end. */
extern void rcv_rule_node_add(rcv_rule_node *node, rcv_rule_node *argument);

/* Adds the arguments of another node, which is then of no use. */
extern void rcv_rule_node_take(rcv_rule_node *node, rcv_rule_node *from);

/* a AND b, a OR b: chains of the same kind become one node. */
extern rcv_rule_node *rcv_rule_node_chain(rcv_rule_memory *memory, rcv_rule_op op, int32_t location,
										  rcv_rule_node *a, rcv_rule_node *b);

/* Whether the name of a type may stand in a cast. */
extern bool rcv_rule_cast_known(const char *type);

/* How a node's operator is written, as "AND" or ">="; NULL for literals and names. */
extern const char *rcv_rule_op_text(rcv_rule_op op);

#endif
