/*
 * rules_plan_pg.c
 *		segment_of on the rows of a table, planned as the CASE that it is.
 *
 * Where the rules are a constant and the row is that of a relation of the query,
 * the planner gets the CASE of the rules' conditions on its columns instead of
 * the call: no row is put together only to be taken apart, and indexes and
 * statistics of the columns serve as they do for any CASE.
 *
 * The call stays where the row may be null, as on the nullable side of an outer
 * join (segment_of(NULL, rules) is null, while a CASE would go on to ELSE);
 * where a column of the row is computed, so that it is computed once; where a
 * rule has dates or a column is missing, which are errors of the run; and where
 * the rules are very many.
 */
#include "segment/rules_program_pg.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"

#define NODES_MAX 2000 /* of all conditions, with those that others refer to */

/* The row: its columns, and where it is no whole-row variable an expression for each. */
typedef struct row_source
{
	TupleDesc tuple_desc;
	const Var *whole; /* or NULL */
	List *columns;
} row_source;

/* The row --------------------------------------------------------------- */

/* Whether a join or another step of the query may put a null in the place of a row. */
static bool
may_be_null(const PlannerInfo *root, const Var *whole)
{
	ListCell *cell;

	if (whole->varlevelsup != 0)
		return true;
#if PG_VERSION_NUM >= 160000
	if (!bms_is_empty(whole->varnullingrels))
		return true;
#endif
#if PG_VERSION_NUM >= 180000
	if (whole->varreturningtype != VAR_RETURNING_DEFAULT)
		return true;
#endif
	if (root == NULL)
		return false;
	if (root->parse->groupingSets != NIL || root->parse->commandType == CMD_MERGE)
		return true;
	foreach (cell, root->parse->rtable)
	{
		const RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_JOIN && IS_OUTER_JOIN(entry->jointype) && PG_VERSION_NUM < 160000)
			return true;
	}
	return false;
}

static bool
from_columns(List *names, List *columns, row_source *out)
{
	int n = list_length(columns);

	if (list_length(names) != n)
		return false;
	out->columns = columns;
	out->tuple_desc = CreateTemplateTupleDesc(n);
	for (int i = 1; i <= n; i++)
	{
		Node *column = list_nth(columns, i - 1);

		TupleDescInitEntry(out->tuple_desc, i, strVal(list_nth(names, i - 1)), exprType(column),
						   exprTypmod(column), 0);
		TupleDescInitEntryCollation(out->tuple_desc, i, exprCollation(column));
	}
	return true;
}

/* The columns of a subquery, whose row has no type of its own. */
static bool
from_subquery(const PlannerInfo *root, const Var *whole, row_source *out)
{
	RangeTblEntry *entry;
	List *names;
	List *columns;

	if (root == NULL || whole->varno < 1 || whole->varno > list_length(root->parse->rtable))
		return false;
	entry = rt_fetch(whole->varno, root->parse->rtable);
	if (entry->rtekind != RTE_SUBQUERY && entry->rtekind != RTE_CTE)
		return false;
#if PG_VERSION_NUM >= 180000
	expandRTE(entry, whole->varno, 0, VAR_RETURNING_DEFAULT, -1, false, &names, &columns);
#else
	expandRTE(entry, whole->varno, 0, -1, false, &names, &columns);
#endif
	return from_columns(names, columns, out);
}

static bool
from_variable(const PlannerInfo *root, const Var *whole, row_source *out)
{
	if (whole->varattno != InvalidAttrNumber || may_be_null(root, whole))
		return false;
	if (whole->vartype == RECORDOID)
		return from_subquery(root, whole, out);
	out->whole = whole;
	out->tuple_desc = lookup_rowtype_tupdesc_copy(whole->vartype, whole->vartypmod);
	return true;
}

static bool
from_row(const RowExpr *row, row_source *out)
{
	if (row->row_typeid == RECORDOID)
		return from_columns(row->colnames, row->args, out);
	out->columns = row->args;
	out->tuple_desc = lookup_rowtype_tupdesc_copy(row->row_typeid, -1);
	return out->tuple_desc->natts == list_length(row->args);
}

static bool
find_row(const PlannerInfo *root, Node *row, row_source *out)
{
	memset(out, 0, sizeof(*out));
	if (IsA(row, Var))
		return from_variable(root, (Var *) row, out);
	return IsA(row, RowExpr) && from_row((RowExpr *) row, out);
}

/* Conditions -------------------------------------------------------------- */

/* The position of the one column with this name, or -1. */
static int
column_position(const row_source *source, const char *name)
{
	int found = -1;

	for (int i = 0; i < source->tuple_desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(source->tuple_desc, i);

		if (column->attisdropped || strcmp(NameStr(column->attname), name) != 0)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

/* Whether each column is there and costs nothing to read, and the nodes are not too many. */
static bool
is_plain(const row_source *source, const rcv_rules_tree *tree, const rcv_rule_node *node,
		 int *nodes)
{
	if (++*nodes > NODES_MAX)
		return false;
	if (node->op == RCV_RULE_COLUMN)
	{
		int position = column_position(source, node->text);
		Node *column =
			position < 0 || source->whole != NULL ? NULL : list_nth(source->columns, position);

		return position >= 0 && (column == NULL || IsA(column, Var) || IsA(column, Const));
	}
	if (node->op == RCV_RULE_SEGMENT)
		return is_plain(
			source, tree,
			tree->rules.by_position[rcv_rules_find(&tree->rules, node->text)]->condition, nodes);
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		if (!is_plain(source, tree, item, nodes))
			return false;
	return true;
}

/* The expression of a condition, on the columns of the row as variables of relation 1. */
static Expr *
condition(const row_source *source, const rcv_rules_tree *tree, const rcv_rule_node *node)
{
	List *items = NIL;

	if (node->op == RCV_RULE_SEGMENT)
		return condition(
			source, tree,
			tree->rules.by_position[rcv_rules_find(&tree->rules, node->text)]->condition);
	if (node->op != RCV_RULE_AND && node->op != RCV_RULE_OR && node->op != RCV_RULE_NOT)
		return rcv_rules_expression(tree, node, source->tuple_desc, true);
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		items = lappend(items, condition(source, tree, item));
	return makeBoolExpr(node->op == RCV_RULE_AND  ? AND_EXPR
						: node->op == RCV_RULE_OR ? OR_EXPR
												  : NOT_EXPR,
						items, -1);
}

/* Puts the columns of the query in the place of those of relation 1. */
static Node *
place_columns(Node *node, void *context)
{
	const row_source *source = context;
	Var *column;

	if (node == NULL || !IsA(node, Var))
		return expression_tree_mutator(node, place_columns, context);
	column = (Var *) node;
	if (source->whole == NULL)
		return copyObject(list_nth(source->columns, column->varattno - 1));
	return (Node *) makeVar(source->whole->varno, column->varattno, column->vartype,
							column->vartypmod, column->varcollid, 0);
}

static Expr *
name_of(const rcv_rule *rule, Oid collation)
{
	return (Expr *) makeConst(TEXTOID, -1, collation, -1, CStringGetTextDatum(rule->name), false,
							  false);
}

/* The CASE ----------------------------------------------------------------- */

static Node *
case_of(const row_source *source, const rcv_rules_tree *tree, Oid collation)
{
	CaseExpr *all = makeNode(CaseExpr);

	all->casetype = TEXTOID;
	all->casecollid = collation;
	all->defresult = (Expr *) makeNullConst(TEXTOID, -1, collation);
	all->location = -1;
	for (const rcv_rule *rule = tree->rules.first; rule != NULL; rule = rule->next)
	{
		CaseWhen *when = makeNode(CaseWhen);

		if (rule->condition == NULL) /* ELSE, the last one */
		{
			all->defresult = name_of(rule, collation);
			break;
		}
		when->expr = condition(source, tree, rule->condition);
		when->result = name_of(rule, collation);
		when->location = -1;
		all->args = lappend(all->args, when);
	}
	return all->args != NIL ? (Node *) all : (Node *) all->defresult;
}

static bool
can_plan(const row_source *source, const rcv_rules_tree *tree)
{
	int nodes = 0;

	for (const rcv_rule *rule = tree->rules.first; rule != NULL; rule = rule->next)
		if (rule->values[RCV_RULE_FROM] != NULL || rule->values[RCV_RULE_TO] != NULL ||
			(rule->condition != NULL && !is_plain(source, tree, rule->condition, &nodes)))
			return false;
	return true;
}

/* The support function of segment_of(record, segment_rules). */
PG_FUNCTION_INFO_V1(pgrcv_segment_of_support);
Datum
pgrcv_segment_of_support(PG_FUNCTION_ARGS)
{
	SupportRequestSimplify *request = (SupportRequestSimplify *) PG_GETARG_POINTER(0);
	const Const *rules;
	rcv_rules_tree *tree;
	row_source source;
	Node *found;

	if (!IsA(request, SupportRequestSimplify) || list_length(request->fcall->args) != 2)
		PG_RETURN_POINTER(NULL);
	rules = lsecond(request->fcall->args);
	if (!IsA(rules, Const) || rules->constisnull ||
		!find_row(request->root, linitial(request->fcall->args), &source))
		PG_RETURN_POINTER(NULL);
	tree = rcv_rules_of(rules->constvalue);
	if (!can_plan(&source, tree))
		PG_RETURN_POINTER(NULL);
	found = case_of(&source, tree, request->fcall->funccollid);
	PG_RETURN_POINTER(eval_const_expressions(request->root, place_columns(found, &source)));
}
