/*
 * rules_expr_pg.c
 *		A part of a condition as an expression of PostgreSQL.
 *
 * The tree of a rule becomes a raw parse tree of columns, literals and
 * operators of pg_catalog, which the server's own parser gives types.  There
 * is nothing else it could hold, so a stored rule is data, never code.
 */
#include "segment/rules_program_pg.h"

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

/* What the hook for columns needs. */
typedef struct binding
{
	const rcv_rules_tree *tree;
	TupleDesc tuple_desc;
} binding;

static Node *raw(const rcv_rule_node *node);

/* Raw parse trees --------------------------------------------------------- */

static Node *
string_literal(const char *text, int location)
{
	A_Const *constant = makeNode(A_Const);

	constant->val.sval.type = T_String;
	constant->val.sval.sval = pstrdup(text);
	constant->location = location;
	return (Node *) constant;
}

/* An integer where the server's scanner would have one, else a number with a point. */
static Node *
number_literal(const char *text, bool negative, int location)
{
	A_Const *constant = makeNode(A_Const);
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (*end == '\0' && errno == 0 && value <= PG_INT32_MAX)
	{
		constant->val.ival.type = T_Integer;
		constant->val.ival.ival = (int) (negative ? -value : value);
	}
	else
	{
		constant->val.fval.type = T_Float;
		constant->val.fval.fval = psprintf("%s%s", negative ? "-" : "", text);
	}
	constant->location = location;
	return (Node *) constant;
}

static Node *
boolean_literal(bool value, int location)
{
	A_Const *constant = makeNode(A_Const);

	constant->val.boolval.type = T_Boolean;
	constant->val.boolval.boolval = value;
	constant->location = location;
	return (Node *) constant;
}

static Node *
null_literal(int location)
{
	A_Const *constant = makeNode(A_Const);

	constant->isnull = true;
	constant->location = location;
	return (Node *) constant;
}

static Node *
column_reference(const char *name, int location)
{
	ColumnRef *reference = makeNode(ColumnRef);

	reference->fields = list_make1(makeString(pstrdup(name)));
	reference->location = location;
	return (Node *) reference;
}

static Node *
cast_to(Node *value, const char *type, int location)
{
	static const struct
	{
		const char *name;
		const char *catalog;
	} names[] = {{"integer", "int4"},  {"int", "int4"},	   {"bigint", "int8"},
				 {"smallint", "int2"}, {"real", "float4"}, {"boolean", "bool"}};
	TypeCast *cast = makeNode(TypeCast);

	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(names[i].name, type) == 0)
			type = names[i].catalog;
	cast->arg = value;
	cast->typeName = SystemTypeName(pstrdup(type));
	cast->location = location;
	return (Node *) cast;
}

/* An operator of pg_catalog, whatever the search path. */
static Node *
operator(const char *name, Node *left, Node *right, int location)
{
	return (Node *) makeA_Expr(AEXPR_OP,
							   list_make2(makeString("pg_catalog"), makeString(pstrdup(name))),
							   left, right, location);
}

static Node *
negated(Node *node, bool yes)
{
	return yes ? (Node *) makeBoolExpr(NOT_EXPR, list_make1(node), -1) : node;
}

static Node *
boolean_test(const rcv_rule_node *node, BoolTestType is, BoolTestType is_not)
{
	BooleanTest *test = makeNode(BooleanTest);

	test->arg = (Expr *) raw(node->first);
	test->booltesttype = node->negated ? is_not : is;
	test->location = node->location;
	return (Node *) test;
}

static Node *
null_test(const rcv_rule_node *node)
{
	NullTest *test = makeNode(NullTest);

	test->arg = (Expr *) raw(node->first);
	test->nulltesttype = node->negated ? IS_NOT_NULL : IS_NULL;
	test->location = node->location;
	return (Node *) test;
}

static Node *
distinct(const rcv_rule_node *node)
{
	Node *test =
		(Node *) makeA_Expr(AEXPR_DISTINCT, list_make2(makeString("pg_catalog"), makeString("=")),
							raw(node->first), raw(node->last), node->location);

	return negated(test, node->negated);
}

/* value BETWEEN low AND high: the server's own would take operators from the search path. */
static Node *
between(const rcv_rule_node *node)
{
	const rcv_rule_node *low = node->first->next;
	Node *above = operator(">=", raw(node->first), raw(low), node->location);
	Node *below = operator("<=", raw(node->first), raw(low->next), node->location);

	return negated((Node *) makeBoolExpr(AND_EXPR, list_make2(above, below), node->location),
				   node->negated);
}

static Node *
in_list(const rcv_rule_node *node)
{
	List *items = NIL;

	for (const rcv_rule_node *item = node->first->next; item != NULL; item = item->next)
		items = lappend(items, raw(item));
	return negated((Node *) makeA_Expr(AEXPR_IN,
									   list_make2(makeString("pg_catalog"), makeString("=")),
									   raw(node->first), (Node *) items, node->location),
				   node->negated);
}

static Node *
joined(const rcv_rule_node *node)
{
	List *items = NIL;
	BoolExprType type = node->op == RCV_RULE_AND  ? AND_EXPR
						: node->op == RCV_RULE_OR ? OR_EXPR
												  : NOT_EXPR;

	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		items = lappend(items, raw(item));
	return (Node *) makeBoolExpr(type, items, node->location);
}

/* Minus signs before a literal are part of it, as in the server's grammar. */
static Node *
minus(const rcv_rule_node *node)
{
	const rcv_rule_node *value = node->first;
	bool negative = true;

	for (; value->op == RCV_RULE_MINUS; value = value->first)
		negative = !negative;
	if (value->op == RCV_RULE_NUMBER)
		return number_literal(value->text, negative, node->location);
	return operator("-", NULL, raw(node->first), node->location);
}

static Node *
raw(const rcv_rule_node *node)
{
	switch (node->op)
	{
		case RCV_RULE_NUMBER:
			return number_literal(node->text, false, node->location);
		case RCV_RULE_STRING:
			return string_literal(node->text, node->location);
		case RCV_RULE_DATE:
			return cast_to(string_literal(node->text, node->location), "date", node->location);
		case RCV_RULE_TRUE:
		case RCV_RULE_FALSE:
			return boolean_literal(node->op == RCV_RULE_TRUE, node->location);
		case RCV_RULE_NULL:
			return null_literal(node->location);
		case RCV_RULE_COLUMN:
			return column_reference(node->text, node->location);
		case RCV_RULE_AND:
		case RCV_RULE_OR:
		case RCV_RULE_NOT:
			return joined(node);
		case RCV_RULE_IS_NULL:
			return null_test(node);
		case RCV_RULE_IS_TRUE:
			return boolean_test(node, IS_TRUE, IS_NOT_TRUE);
		case RCV_RULE_IS_FALSE:
			return boolean_test(node, IS_FALSE, IS_NOT_FALSE);
		case RCV_RULE_IS_UNKNOWN:
			return boolean_test(node, IS_UNKNOWN, IS_NOT_UNKNOWN);
		case RCV_RULE_DISTINCT:
			return distinct(node);
		case RCV_RULE_BETWEEN:
			return between(node);
		case RCV_RULE_IN:
			return in_list(node);
		case RCV_RULE_LIKE:
			return operator(node->negated ? "!~~" : "~~", raw(node->first), raw(node->last),
							node->location);
		case RCV_RULE_ILIKE:
			return operator(node->negated ? "!~~*" : "~~*", raw(node->first), raw(node->last),
							node->location);
		case RCV_RULE_MINUS:
			return minus(node);
		case RCV_RULE_CAST:
			return cast_to(raw(node->first), node->text, node->location);
		default: /* two values; a reference is never within a value */
			return operator(rcv_rule_op_text(node->op), raw(node->first), raw(node->last),
							node->location);
	}
}

/* Columns ----------------------------------------------------------------- */

/* The name of a column that a misspelt one may have meant, or NULL. */
static const char *
nearest_column(TupleDesc tuple_desc, const char *name)
{
	const char *nearest = NULL;
	int distance = Min((int) strlen(name) / 2, 3) + 1; /* as the server's own hints */

	if (strlen(name) >= NAMEDATALEN)
		return NULL;
	for (int i = 0; i < tuple_desc->natts; i++)
	{
		const char *column = NameStr(TupleDescAttr(tuple_desc, i)->attname);
		int found;

		if (TupleDescAttr(tuple_desc, i)->attisdropped)
			continue;
		found = varstr_levenshtein_less_equal(name, (int) strlen(name), column,
											  (int) strlen(column), 1, 1, 1, distance - 1, true);
		if (found < distance)
		{
			distance = found;
			nearest = column;
		}
	}
	return nearest;
}

/* Words that ask SQL for the time. */
static bool
is_clock(const char *name)
{
	static const char *const words[] = {"current_date", "current_time",	  "current_timestamp",
										"localtime",	"localtimestamp", "now",
										"today"};

	for (int i = 0; i < lengthof(words); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return false;
}

/* Within ereport(): what may have been meant. */
static int
column_hint(const binding *bound, const char *name, int location)
{
	const char *nearest = nearest_column(bound->tuple_desc, name);

	if (is_clock(name))
		return errhint("Rules know no clock: put the number of days into a column.");
	if (nearest != NULL)
		return errhint("Perhaps you meant \"%s\".", nearest);
	if (location >= 0 && bound->tree->text[location] == '"')
		return errhint("Double quotes are for names; a text stands in single quotes.");
	return 0;
}

static void
column_error(const binding *bound, const char *name, int location)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("the row has no column \"%s\"", name),
					column_hint(bound, name, location),
					rcv_rules_errposition(bound->tree->text, bound->tree->length, location)));
}

/*
 * A column of ROW() that was written as a literal or NULL, without a type.  It
 * takes its type from what it is compared with, as the literal itself would: for
 * the server's parser it is a parameter whose type is still open.
 */
static Node *
untyped_column(Form_pg_attribute attribute, int location)
{
	Param *open = makeNode(Param);

	open->paramkind = PARAM_EXTERN;
	open->paramid = attribute->attnum;
	open->paramtype = UNKNOWNOID;
	open->paramtypmod = -1;
	open->location = location;
	return (Node *) open;
}

static Node *
untyped_variable(const Param *open)
{
	Var *column = makeVar(1, open->paramid, UNKNOWNOID, -1, InvalidOid, 0);

	column->location = open->location;
	return (Node *) column;
}

/* A text that would be a day or a time of day by the session's settings. */
static void
refuse_setting(const binding *bound, const Param *open, Oid type)
{
	Oid input;
	Oid parameter;

	getTypeInputInfo(type, &input, &parameter);
	if (func_volatile(input) == PROVOLATILE_IMMUTABLE)
		return;
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" of the row has no type",
						   NameStr(TupleDescAttr(bound->tuple_desc, open->paramid - 1)->attname)),
					errhint("Give it one in the row, as in NULL::%s.", format_type_be(type)),
					rcv_rules_errposition(bound->tree->text, bound->tree->length, open->location)));
}

/* The column's text, read as the type that is wanted. */
static Node *
give_type(ParseState *state, Param *open, Oid type, int32 typmod, int location)
{
	CoerceViaIO *read = makeNode(CoerceViaIO);
	Oid base = getBaseType(type); /* of a domain: checked below */

	refuse_setting(state->p_ref_hook_state, open, base);
	read->arg = (Expr *) untyped_variable(open);
	read->resulttype = base;
	read->resultcollid = get_typcollation(base);
	read->coerceformat = COERCE_IMPLICIT_CAST;
	read->location = location;
	if (base == type)
		return (Node *) read;
	return coerce_to_domain((Node *) read, base, -1, type, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST,
							location, false);
}

/* What took no type, as in IS NULL, is the column as it is. */
static Node *
place_untyped(Node *node, void *context)
{
	if (node != NULL && IsA(node, Param))
		return untyped_variable((const Param *) node);
	return expression_tree_mutator(node, place_untyped, context);
}

static Node *
resolve_column(ParseState *state, ColumnRef *reference)
{
	const binding *bound = state->p_ref_hook_state;
	const char *name = strVal(linitial(reference->fields));
	Form_pg_attribute found = NULL;
	Var *column;

	for (int i = 0; i < bound->tuple_desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(bound->tuple_desc, i);

		if (attribute->attisdropped || strcmp(NameStr(attribute->attname), name) != 0)
			continue;
		if (found != NULL)
			ereport(ERROR, (errcode(ERRCODE_AMBIGUOUS_COLUMN),
							errmsg("the row has two columns \"%s\"", name),
							rcv_rules_errposition(bound->tree->text, bound->tree->length,
												  reference->location)));
		found = attribute;
	}
	if (found == NULL)
		column_error(bound, name, reference->location);
	if (found->atttypid == UNKNOWNOID)
		return untyped_column(found, reference->location);
	column = makeVar(1, found->attnum, found->atttypid, found->atttypmod, found->attcollation, 0);
	column->location = reference->location;
	return (Node *) column;
}

/* Literals ---------------------------------------------------------------- */

static bool
match_digits(const char **at, int count)
{
	for (int i = 0; i < count; i++)
		if (!isdigit((unsigned char) (*at)[i]))
			return false;
	*at += count;
	return true;
}

/* ":mm" */
static bool
match_sexagesimal(const char **at)
{
	const char *from = *at;

	if (*(*at)++ == ':' && match_digits(at, 2))
		return true;
	*at = from;
	return false;
}

/* YYYY-MM-DD, and for a time [hh:mm[:ss[.f]]][zone]: read alike under all settings. */
static bool
is_iso(const char *text, Oid type)
{
	int32 day;

	if (strcmp(text, "infinity") == 0 || strcmp(text, "-infinity") == 0)
		return true;
	if (strlen(text) < RCV_DAY_TEXT || rcv_day_parse(text, text + RCV_DAY_TEXT, &day) != RCV_OK)
		return false;
	text += RCV_DAY_TEXT;
	if (*text == '\0' || type == DATEOID)
		return *text == '\0' && type != TIMESTAMPTZOID;
	if ((*text != ' ' && *text != 'T') || (text++, !match_digits(&text, 2)) ||
		!match_sexagesimal(&text))
		return false;
	if (match_sexagesimal(&text) && *text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (type == TIMESTAMPTZOID)
	{
		if (strcmp(text, "Z") == 0)
			return true;
		if ((*text != '+' && *text != '-') || (text++, !match_digits(&text, 2)))
			return false;
		(void) match_sexagesimal(&text);
	}
	return *text == '\0';
}

/* The string literal that stands at this place of the text. */
static char *
literal_at(const rcv_rules_tree *tree, int location)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = location + 1; i < tree->length; i++)
	{
		if (tree->text[i] == '\'' && tree->text[++i] != '\'')
			break;
		appendStringInfoChar(&out, tree->text[i]);
	}
	return out.data;
}

/* A string that became a value of another type must have become it whatever the settings. */
static bool
check_literals(Node *node, void *context)
{
	const rcv_rules_tree *tree = context;
	const Const *constant = (const Const *) node;
	Oid input;
	Oid parameter;
	bool iso;

	if (node == NULL)
		return false;
	if (!IsA(node, Const))
		return expression_tree_walker(node, check_literals, context);
	if (constant->constisnull || constant->location < 0 || constant->location >= tree->length ||
		tree->text[constant->location] != '\'')
		return false;
	getTypeInputInfo(constant->consttype, &input, &parameter);
	/* the label of an enum is a name, like that of a column */
	if (func_volatile(input) == PROVOLATILE_IMMUTABLE || type_is_enum(constant->consttype))
		return false;
	iso = constant->consttype == DATEOID || constant->consttype == TIMESTAMPOID ||
		  constant->consttype == TIMESTAMPTZOID;
	if (iso && is_iso(literal_at(tree, constant->location), constant->consttype))
		return false;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 iso ? errmsg("a literal of type %s is not in ISO form%s",
						  format_type_be(constant->consttype),
						  constant->consttype == TIMESTAMPTZOID ? " with its zone" : "")
				 : errmsg("a literal of type %s may mean different things under different settings",
						  format_type_be(constant->consttype)),
			 iso ? errhint("Write a day as '2025-01-31', and a time with time zone with its zone, "
						   "as in '2025-01-31 00:00+01'.")
				 : errhint("Put the figure to compare into a column."),
			 rcv_rules_errposition(tree->text, tree->length, constant->location)));
	pg_unreachable();
}

/*
 * Whether the text of a type hangs on a setting although the server calls the
 * function that makes it immutable: extra_float_digits, bytea_output.
 */
static bool
prints_by_setting(Oid type)
{
	char category;
	bool preferred;

	type = getBaseType(type);
	get_type_category_preferred(type, &category, &preferred);
	return type == FLOAT4OID || type == FLOAT8OID || type == BYTEAOID ||
		   category == TYPCATEGORY_GEOMETRIC;
}

static bool
check_texts(Node *node, void *context)
{
	const rcv_rules_tree *tree = context;
	const CoerceViaIO *cast = (const CoerceViaIO *) node;

	if (node == NULL)
		return false;
	if (IsA(node, CoerceViaIO) && prints_by_setting(exprType((Node *) cast->arg)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the text of a value of type %s depends on settings",
							   format_type_be(exprType((Node *) cast->arg))),
						errhint("Compare the value itself, cast a number to numeric first, or put "
								"the text into a column."),
						rcv_rules_errposition(tree->text, tree->length, cast->location)));
	return expression_tree_walker(node, check_texts, context);
}

/* Expressions ------------------------------------------------------------- */

/* Where an error arises. */
typedef struct place
{
	const rcv_rules_tree *tree;
	int location;
} place;

/* An error of the server's parser has a place in the text of the rules, not of the query. */
static void
transpose_position(void *argument)
{
	const rcv_rules_tree *tree = ((const place *) argument)->tree;
	int position = geterrposition();

	if (position <= 0 && getinternalerrposition() <= 0) /* an error of a constant */
		rcv_rules_errposition(tree->text, tree->length, ((const place *) argument)->location);
	if (position <= 0)
		return;
	errposition(0);
	rcv_rules_errposition(tree->text, tree->length,
						  pg_mbcharcliplen(tree->text, tree->length, position - 1));
}

static Expr *
transform(const rcv_rules_tree *tree, const rcv_rule_node *node, TupleDesc tuple_desc,
		  bool condition)
{
	binding bound = {tree, tuple_desc};
	ParseState *state = make_parsestate(NULL);
	Node *expression;

	state->p_sourcetext = tree->text;
	state->p_pre_columnref_hook = resolve_column;
	state->p_coerce_param_hook = give_type;
	state->p_ref_hook_state = &bound;
	expression = transformExpr(state, raw(node), EXPR_KIND_WHERE);
	if (condition)
		expression = coerce_to_boolean(state, expression, "a rule");
	else if (exprType(expression) == UNKNOWNOID)
		expression = coerce_type(state, expression, UNKNOWNOID, TEXTOID, -1, COERCION_IMPLICIT,
								 COERCE_IMPLICIT_CAST, -1);
	expression = place_untyped(expression, NULL);
	assign_expr_collations(state, expression);
	check_literals(expression, (void *) tree);
	check_texts(expression, (void *) tree);
	free_parsestate(state);
	return (Expr *) expression;
}

Expr *
rcv_rules_expression(const rcv_rules_tree *tree, const rcv_rule_node *node, TupleDesc tuple_desc,
					 bool condition)
{
	place here = {tree, node->location};
	ErrorContextCallback callback = {error_context_stack, transpose_position, &here};
	Expr *expression;

	error_context_stack = &callback;
	expression = expression_planner(transform(tree, node, tuple_desc, condition));
	if (contain_mutable_functions((Node *) expression))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a condition depends on settings such as the time zone"),
						errhint("Put the figure to compare into a column: its date, or its text."),
						rcv_rules_errposition(tree->text, tree->length, node->location)));
	convert_saop_to_hashed_saop((Node *) expression);
	error_context_stack = callback.previous;
	return expression;
}
