/*
 * rule_print.c
 *		From the tree of segment rules to text: their own, and SQL.
 */
#include <stdio.h>
#include <string.h>

#include "segment/rule.h"

/* How tightly an operator binds; as the grammar has it. */
typedef enum level
{
	LEVEL_OR = 1,
	LEVEL_AND,
	LEVEL_NOT,
	LEVEL_IS,
	LEVEL_COMPARE,
	LEVEL_MEMBER,
	LEVEL_VALUE, /* what stands between BETWEEN and AND */
	LEVEL_FIELD = LEVEL_VALUE,
	LEVEL_ADD,
	LEVEL_MULTIPLY,
	LEVEL_MINUS,
	LEVEL_CAST,
	LEVEL_PRIMARY
} level;

typedef struct op_style
{
	level own;
	level left;	 /* that its first argument needs */
	level right; /* that the others need */
	const char *text;
} op_style;

static const op_style styles[RCV_RULE_OPS] = {
	[RCV_RULE_NUMBER] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_STRING] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_DATE] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_TRUE] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_FALSE] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_NULL] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_COLUMN] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_SEGMENT] = {LEVEL_PRIMARY, 0, 0, NULL},
	[RCV_RULE_OR] = {LEVEL_OR, LEVEL_AND, LEVEL_AND, "OR"},
	[RCV_RULE_AND] = {LEVEL_AND, LEVEL_NOT, LEVEL_NOT, "AND"},
	[RCV_RULE_NOT] = {LEVEL_NOT, LEVEL_NOT, 0, "NOT"},
	[RCV_RULE_IS_NULL] = {LEVEL_IS, LEVEL_COMPARE, 0, "NULL"},
	[RCV_RULE_IS_TRUE] = {LEVEL_IS, LEVEL_COMPARE, 0, "TRUE"},
	[RCV_RULE_IS_FALSE] = {LEVEL_IS, LEVEL_COMPARE, 0, "FALSE"},
	[RCV_RULE_IS_UNKNOWN] = {LEVEL_IS, LEVEL_COMPARE, 0, "UNKNOWN"},
	[RCV_RULE_DISTINCT] = {LEVEL_IS, LEVEL_COMPARE, LEVEL_COMPARE, "DISTINCT FROM"},
	[RCV_RULE_EQ] = {LEVEL_COMPARE, LEVEL_MEMBER, LEVEL_MEMBER, "="},
	[RCV_RULE_NE] = {LEVEL_COMPARE, LEVEL_MEMBER, LEVEL_MEMBER, "<>"},
	[RCV_RULE_LT] = {LEVEL_COMPARE, LEVEL_MEMBER, LEVEL_MEMBER, "<"},
	[RCV_RULE_LE] = {LEVEL_COMPARE, LEVEL_MEMBER, LEVEL_MEMBER, "<="},
	[RCV_RULE_GT] = {LEVEL_COMPARE, LEVEL_MEMBER, LEVEL_MEMBER, ">"},
	[RCV_RULE_GE] = {LEVEL_COMPARE, LEVEL_MEMBER, LEVEL_MEMBER, ">="},
	[RCV_RULE_BETWEEN] = {LEVEL_MEMBER, LEVEL_VALUE, LEVEL_VALUE, "BETWEEN"},
	[RCV_RULE_IN] = {LEVEL_MEMBER, LEVEL_VALUE, LEVEL_OR, "IN"},
	[RCV_RULE_LIKE] = {LEVEL_MEMBER, LEVEL_VALUE, LEVEL_VALUE, "LIKE"},
	[RCV_RULE_ILIKE] = {LEVEL_MEMBER, LEVEL_VALUE, LEVEL_VALUE, "ILIKE"},
	[RCV_RULE_FIELD] = {LEVEL_FIELD, LEVEL_FIELD, LEVEL_ADD, "->"},
	[RCV_RULE_FIELD_TEXT] = {LEVEL_FIELD, LEVEL_FIELD, LEVEL_ADD, "->>"},
	[RCV_RULE_ADD] = {LEVEL_ADD, LEVEL_ADD, LEVEL_MULTIPLY, "+"},
	[RCV_RULE_SUBTRACT] = {LEVEL_ADD, LEVEL_ADD, LEVEL_MULTIPLY, "-"},
	[RCV_RULE_MULTIPLY] = {LEVEL_MULTIPLY, LEVEL_MULTIPLY, LEVEL_MINUS, "*"},
	[RCV_RULE_DIVIDE] = {LEVEL_MULTIPLY, LEVEL_MULTIPLY, LEVEL_MINUS, "/"},
	[RCV_RULE_REMAINDER] = {LEVEL_MULTIPLY, LEVEL_MULTIPLY, LEVEL_MINUS, "%"},
	[RCV_RULE_MINUS] = {LEVEL_MINUS, LEVEL_MINUS, 0, "-"},
	[RCV_RULE_CAST] = {LEVEL_CAST, LEVEL_CAST, 0, "::"},
};

/* Words that are no column and no part of a bare name. */
static const char *const reserved[] = {"and",	"or",	   "not",	   "is",   "null",	  "true",
									   "false", "unknown", "distinct", "from", "between", "in",
									   "like",	"ilike",   "else",	   "keep", NULL};

/* Further words that SQL does not take as a column without quotes. */
static const char *const reserved_sql[] = {"all",
										   "analyse",
										   "analyze",
										   "any",
										   "array",
										   "as",
										   "asc",
										   "asymmetric",
										   "authorization",
										   "binary",
										   "both",
										   "case",
										   "cast",
										   "check",
										   "collate",
										   "collation",
										   "column",
										   "concurrently",
										   "constraint",
										   "create",
										   "cross",
										   "current_catalog",
										   "current_date",
										   "current_role",
										   "current_schema",
										   "current_time",
										   "current_timestamp",
										   "current_user",
										   "default",
										   "deferrable",
										   "desc",
										   "do",
										   "end",
										   "except",
										   "fetch",
										   "for",
										   "foreign",
										   "freeze",
										   "full",
										   "grant",
										   "group",
										   "having",
										   "initially",
										   "inner",
										   "intersect",
										   "into",
										   "isnull",
										   "join",
										   "lateral",
										   "leading",
										   "left",
										   "limit",
										   "localtime",
										   "localtimestamp",
										   "natural",
										   "notnull",
										   "offset",
										   "on",
										   "only",
										   "order",
										   "outer",
										   "overlaps",
										   "placing",
										   "primary",
										   "references",
										   "returning",
										   "right",
										   "select",
										   "session_user",
										   "similar",
										   "some",
										   "symmetric",
										   "system_user",
										   "table",
										   "tablesample",
										   "then",
										   "to",
										   "trailing",
										   "union",
										   "unique",
										   "user",
										   "using",
										   "variadic",
										   "verbose",
										   "when",
										   "where",
										   "window",
										   "with",
										   "bigint",
										   "bit",
										   "boolean",
										   "char",
										   "character",
										   "coalesce",
										   "dec",
										   "decimal",
										   "exists",
										   "extract",
										   "float",
										   "greatest",
										   "grouping",
										   "inout",
										   "int",
										   "integer",
										   "interval",
										   "least",
										   "national",
										   "nchar",
										   "none",
										   "normalize",
										   "nullif",
										   "numeric",
										   "out",
										   "overlay",
										   "position",
										   "precision",
										   "real",
										   "row",
										   "setof",
										   "smallint",
										   "substring",
										   "time",
										   "timestamp",
										   "treat",
										   "trim",
										   "values",
										   "varchar",
										   "xmlattributes",
										   "xmlconcat",
										   "xmlelement",
										   "xmlexists",
										   "xmlforest",
										   "xmlnamespaces",
										   "xmlparse",
										   "xmlpi",
										   "xmlroot",
										   "xmlserialize",
										   "xmltable",
										   "json",
										   "json_array",
										   "json_arrayagg",
										   "json_exists",
										   "json_object",
										   "json_objectagg",
										   "json_query",
										   "json_scalar",
										   "json_serialize",
										   "json_table",
										   "json_value",
										   "merge_action",
										   NULL};

/* What a printer needs: where to, and for SQL the rules and what room is left. */
typedef struct printer
{
	const rcv_rule_sink *sink;
	const rcv_rules *rules; /* SQL: what references lead to; NULL: the rules' own text */
	size_t left;			/* SQL: bytes that may still be written */
	bool full;
} printer;

const char *
rcv_rule_op_text(rcv_rule_op op)
{
	return styles[op].text;
}

static void
put_bytes(printer *p, const char *bytes, size_t length)
{
	if (p->rules != NULL)
	{
		p->full = p->full || length > p->left;
		if (p->full)
			return;
		p->left -= length;
	}
	p->sink->put(p->sink->context, bytes, length);
}

static void
put(printer *p, const char *text)
{
	put_bytes(p, text, strlen(text));
}

/* Text between quotes; a quote within it stands twice. */
static void
put_quoted(printer *p, const char *text, char quote)
{
	const char *from = text;

	put_bytes(p, &quote, 1);
	for (const char *c = text; *c != '\0'; c++)
		if (*c == quote)
		{
			put_bytes(p, from, (size_t) (c - from) + 1);
			from = c;
		}
	put(p, from);
	put_bytes(p, &quote, 1);
}

/*
 * A string in SQL: one with a backslash in the form that reads alike under both
 * settings of standard_conforming_strings.
 */
static void
put_literal(printer *p, const char *text)
{
	if (strchr(text, '\\') == NULL)
	{
		put_quoted(p, text, '\'');
		return;
	}
	put(p, "E'");
	for (const char *c = text; *c != '\0'; c++)
	{
		if (*c == '\'' || *c == '\\')
			put_bytes(p, c, 1);
		put_bytes(p, c, 1);
	}
	put(p, "'");
}

static bool
starts_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool
continues_word(char c)
{
	return starts_word(c) || (c >= '0' && c <= '9') || c == '$';
}

/* Whether a word of this length is one of the list, in any case. */
static bool
is_listed(const char *word, size_t length, const char *const *list)
{
	for (; *list != NULL; list++)
	{
		size_t i = 0;

		while (i < length && (*list)[i] != '\0' &&
			   (word[i] | ((word[i] >= 'A' && word[i] <= 'Z') ? 0x20 : 0)) == (*list)[i])
			i++;
		if (i == length && (*list)[i] == '\0')
			return true;
	}
	return false;
}

/* A name that is printed as it is: words and whole numbers, one blank apart. */
static bool
is_bare_name(const char *name)
{
	if (!starts_word(*name))
		return false;
	for (;;)
	{
		const char *word = name;

		if (starts_word(*name))
			while (continues_word(*name))
				name++;
		else
			while (*name >= '0' && *name <= '9')
				name++;
		if (name == word || is_listed(word, (size_t) (name - word), reserved))
			return false;
		if (*name == '\0')
			return true;
		if (*name++ != ' ')
			return false;
	}
}

/* A column that is printed as it is. */
static bool
is_bare_column(const char *name, bool sql)
{
	size_t length = strlen(name);

	if (!starts_word(*name) || is_listed(name, length, reserved) ||
		(sql && is_listed(name, length, reserved_sql)))
		return false;
	for (; *name != '\0'; name++)
		if (!continues_word(*name) || (*name >= 'A' && *name <= 'Z') || (sql && (*name & 0x80)))
			return false;
	return true;
}

static void
put_column(printer *p, const char *name, bool sql)
{
	if (is_bare_column(name, sql))
		put(p, name);
	else
		put_quoted(p, name, '"');
}

static void put_node(printer *p, const rcv_rule_node *node, level needed);

static void
put_leaf(printer *p, const rcv_rule_node *node)
{
	switch (node->op)
	{
		case RCV_RULE_NUMBER:
			put(p, node->text);
			break;
		case RCV_RULE_STRING:
			if (p->rules != NULL)
				put_literal(p, node->text);
			else
				put_quoted(p, node->text, '\'');
			break;
		case RCV_RULE_DATE:
			put(p, "DATE ");
			put_quoted(p, node->text, '\'');
			break;
		case RCV_RULE_TRUE:
			put(p, "TRUE");
			break;
		case RCV_RULE_FALSE:
			put(p, "FALSE");
			break;
		case RCV_RULE_NULL:
			put(p, "NULL");
			break;
		case RCV_RULE_COLUMN:
			put_column(p, node->text, p->rules != NULL);
			break;
		default: /* RCV_RULE_SEGMENT */
			put(p, "segment(");
			put_quoted(p, node->text, '\'');
			put(p, ")");
	}
}

static void
put_is(printer *p, const rcv_rule_node *node, const op_style *style)
{
	put_node(p, node->first, style->left);
	put(p, node->negated ? " IS NOT " : " IS ");
	put(p, style->text);
	if (node->op == RCV_RULE_DISTINCT)
	{
		put(p, " ");
		put_node(p, node->last, style->right);
	}
}

static void
put_prefix(printer *p, const rcv_rule_node *node, const op_style *style)
{
	put(p, style->text);
	if (node->op == RCV_RULE_NOT || node->first->op == RCV_RULE_MINUS)
		put(p, " "); /* two minus signs in a row begin a comment */
	put_node(p, node->first, style->left);
}

/* The first argument, the operator, and the others. */
static void
put_infix(printer *p, const rcv_rule_node *node, const op_style *style)
{
	const rcv_rule_node *item = node->first->next;

	put_node(p, node->first, style->left);
	put(p, node->negated ? " NOT " : " ");
	put(p, style->text);
	put(p, node->op == RCV_RULE_IN ? " (" : " ");
	put_node(p, item, style->right);
	while ((item = item->next) != NULL)
	{
		if (node->op == RCV_RULE_IN)
			put(p, ", ");
		else
		{
			put(p, " ");
			put(p, node->op == RCV_RULE_BETWEEN ? "AND" : style->text);
			put(p, " ");
		}
		put_node(p, item, style->right);
	}
	if (node->op == RCV_RULE_IN)
		put(p, ")");
}

/* In SQL, what a reference stands for. */
static const rcv_rule_node *
referred(const printer *p, const rcv_rule_node *node)
{
	while (p->rules != NULL && node->op == RCV_RULE_SEGMENT)
		node = p->rules->by_position[rcv_rules_find(p->rules, node->text)]->condition;
	return node;
}

static void
put_node(printer *p, const rcv_rule_node *node, level needed)
{
	const op_style *style;
	bool enclosed;

	node = referred(p, node);
	style = &styles[node->op];
	enclosed = style->own < needed;
	if (p->full)
		return;
	if (enclosed)
		put(p, "(");
	if (style->text == NULL)
		put_leaf(p, node);
	else if (node->op == RCV_RULE_CAST)
	{
		put_node(p, node->first, style->left);
		put(p, style->text);
		put(p, node->text);
	}
	else if (node->op >= RCV_RULE_IS_NULL && node->op <= RCV_RULE_DISTINCT)
		put_is(p, node, style);
	else if (node->count == 1)
		put_prefix(p, node, style);
	else
		put_infix(p, node, style);
	if (enclosed)
		put(p, ")");
}

void
rcv_rule_print_node(const rcv_rule_node *node, const rcv_rule_sink *sink)
{
	printer p = {.sink = sink};

	put_node(&p, node, 0);
}

bool
rcv_rule_print_sql(const rcv_rules *rules, const rcv_rule_node *node, size_t limit,
				   const rcv_rule_sink *sink)
{
	printer p = {.sink = sink, .rules = rules, .left = limit};

	put_node(&p, node, 0);
	return !p.full;
}

void
rcv_rule_print_literal(const char *text, const rcv_rule_sink *sink)
{
	printer p = {.sink = sink};

	put_literal(&p, text);
}

void
rcv_rule_print_identifier(const char *name, const rcv_rule_sink *sink)
{
	printer p = {.sink = sink};

	put_column(&p, name, true);
}

static void
put_keys(printer *p, const rcv_rule *rule)
{
	bool any = false;

	for (int key = 0; key < RCV_RULE_KEYS; key++)
	{
		if (rule->values[key] == NULL)
			continue;
		put(p, any ? ", " : " [");
		put(p, rcv_rule_key_names[key]);
		put(p, " = ");
		if (key == RCV_RULE_POINTS)
			put(p, rule->values[key]);
		else
			put_quoted(p, rule->values[key], '\'');
		any = true;
	}
	if (any)
		put(p, "]");
}

void
rcv_rules_print(const rcv_rules *rules, const rcv_rule_sink *sink)
{
	printer p = {.sink = sink};

	for (const rcv_rule *rule = rules->first; rule != NULL; rule = rule->next)
	{
		if (is_bare_name(rule->name))
			put(&p, rule->name);
		else
			put_quoted(&p, rule->name, '"');
		put_keys(&p, rule);
		put(&p, ": ");
		if (rule->condition == NULL)
			put(&p, "ELSE");
		else
			put_node(&p, rule->condition, 0);
		if (rule->keep != NULL)
		{
			put(&p, " KEEP ");
			put_node(&p, rule->keep, 0);
		}
		if (rule->next != NULL)
			put(&p, "\n");
	}
}
