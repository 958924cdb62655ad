/*
 * rules_gaps_pg.c
 *		segment_gaps: what pure range rules leave out, share, or never reach,
 *		without a row.
 *
 * The constants that a column is compared with cut its values into points and
 * open intervals; all values of one piece are alike to the rules.  So one value
 * of each piece stands for all, and every combination of pieces (a cell) is
 * tried on the rules themselves.
 */
#include "segment/rules_program_pg.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "pg/json.h"

#define CELLS_MAX 1000000

/* A set of values of one column that the rules cannot tell apart. */
typedef struct piece
{
	Datum value; /* one of them */
	bool isnull;
	char *text; /* "r = 2", "2 < r < 3", "r IS NULL" */
} piece;

typedef struct column
{
	const char *name;
	Oid type; /* NUMERICOID, TEXTOID, DATEOID, BOOLOID; InvalidOid so far */
	Datum *constants;
	int constants_count;
	bool nullable; /* some rule asks whether it is null */
	bool whole;	   /* whole numbers from low to high only */
	bool bounded;
	Datum low;
	Datum high;
	piece *pieces;
	int count;
} column;

typedef struct gaps
{
	const rcv_rules_tree *tree;
	const rcv_rule *rule; /* being read */
	column *columns;
	int count;
} gaps;

/* Constants ---------------------------------------------------------------- */

static void
not_a_range(const gaps *g, const rcv_rule_node *node)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("the rule \"%s\" does not only compare columns with constants", g->rule->name),
			 errhint("segment_check counts on the rows of a table, whatever the rules."),
			 rcv_rules_errposition(g->tree->text, g->tree->length, node->location)));
}

static column *
find_column(gaps *g, const rcv_rule_node *node)
{
	for (int i = 0; i < g->count; i++)
		if (strcmp(g->columns[i].name, node->text) == 0)
			return &g->columns[i];
	if (g->count == MaxTupleAttributeNumber)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the rules compare more than %d columns", MaxTupleAttributeNumber)));
	g->columns = g->columns == NULL ? palloc(sizeof(column))
									: repalloc(g->columns, (g->count + 1) * sizeof(column));
	memset(&g->columns[g->count], 0, sizeof(column));
	g->columns[g->count].name = node->text;
	return &g->columns[g->count++];
}

static Datum
number(const char *text)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/* The value of a literal, with its type; InvalidOid when it is none. */
static Oid
literal(const rcv_rule_node *node, Datum *out)
{
	int32 day;

	switch (node->op)
	{
		case RCV_RULE_NUMBER:
			*out = number(node->text);
			return NUMERICOID;
		case RCV_RULE_MINUS:
			if (node->first->op != RCV_RULE_NUMBER)
				return InvalidOid;
			*out = DirectFunctionCall1(numeric_uminus, number(node->first->text));
			return NUMERICOID;
		case RCV_RULE_STRING:
			if (rcv_day_parse(node->text, node->text + strlen(node->text), &day) == RCV_OK)
			{
				*out = DateADTGetDatum(day);
				return DATEOID;
			}
			*out = CStringGetTextDatum(node->text);
			return TEXTOID;
		case RCV_RULE_DATE:
			if (rcv_day_parse(node->text, node->text + strlen(node->text), &day) != RCV_OK)
				return InvalidOid;
			*out = DateADTGetDatum(day);
			return DATEOID;
		case RCV_RULE_TRUE:
		case RCV_RULE_FALSE:
			*out = BoolGetDatum(node->op == RCV_RULE_TRUE);
			return BOOLOID;
		default:
			return InvalidOid;
	}
}

static int
compare_values(const void *a, const void *b, void *type)
{
	Datum left = *(const Datum *) a;
	Datum right = *(const Datum *) b;

	switch (*(const Oid *) type)
	{
		case NUMERICOID:
			return DatumGetInt32(DirectFunctionCall2(numeric_cmp, left, right));
		case TEXTOID:
			return strcmp(TextDatumGetCString(left), TextDatumGetCString(right));
		case DATEOID:
			return (DatumGetDateADT(left) > DatumGetDateADT(right)) -
				   (DatumGetDateADT(left) < DatumGetDateADT(right));
		default:
			return (int) DatumGetBool(left) - (int) DatumGetBool(right);
	}
}

static void
add_constant(gaps *g, column *c, const rcv_rule_node *node, bool ordered)
{
	Datum value;
	Oid type = literal(node, &value);

	if (type == InvalidOid || (c->type != InvalidOid && c->type != type) ||
		(ordered && type == TEXTOID))
		not_a_range(g, node);
	c->type = type;
	if ((c->constants_count & (c->constants_count - 1)) == 0)
	{
		Size size = Max(c->constants_count * 2, 1) * sizeof(Datum);

		c->constants = c->constants == NULL ? palloc(size) : repalloc(c->constants, size);
	}
	c->constants[c->constants_count++] = value;
}

/* Takes the constants of a comparison of one column. */
static void
read_comparison(gaps *g, const rcv_rule_node *node)
{
	const rcv_rule_node *subject = node->first;
	bool ordered = node->op >= RCV_RULE_LT && node->op <= RCV_RULE_BETWEEN;
	column *c;

	if (subject->op != RCV_RULE_COLUMN && node->count == 2 && node->last->op == RCV_RULE_COLUMN)
		subject = node->last;
	if (subject->op != RCV_RULE_COLUMN)
		not_a_range(g, node);
	c = find_column(g, subject);
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		if (item != subject)
			add_constant(g, c, item, ordered);
}

static void
read_condition(gaps *g, const rcv_rule_node *node)
{
	switch (node->op)
	{
		case RCV_RULE_AND:
		case RCV_RULE_OR:
		case RCV_RULE_NOT:
		case RCV_RULE_IS_TRUE:
		case RCV_RULE_IS_FALSE:
		case RCV_RULE_IS_UNKNOWN:
			for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
				read_condition(g, item);
			break;
		case RCV_RULE_COLUMN:
			find_column(g, node)->type = BOOLOID;
			break;
		case RCV_RULE_IS_NULL:
			if (node->first->op != RCV_RULE_COLUMN)
				not_a_range(g, node);
			find_column(g, node->first)->nullable = true;
			break;
		case RCV_RULE_EQ:
		case RCV_RULE_NE:
		case RCV_RULE_LT:
		case RCV_RULE_LE:
		case RCV_RULE_GT:
		case RCV_RULE_GE:
		case RCV_RULE_BETWEEN:
		case RCV_RULE_IN:
			read_comparison(g, node);
			break;
		case RCV_RULE_TRUE:
		case RCV_RULE_FALSE:
		case RCV_RULE_NULL:
		case RCV_RULE_SEGMENT: /* the condition of a rule that is read too */
			break;
		default:
			not_a_range(g, node);
	}
}

/* Domains --------------------------------------------------------------------- */

/* {"r": [1, 5]}: whole numbers from 1 to 5; {"x": {"from": 0, "to": 1}}: all numbers between. */
static void
read_domain(gaps *g, Jsonb *domain)
{
	static const char *const bounds[] = {"from", "to", NULL};
	const char **names = palloc((g->count + 1) * sizeof(*names));
	rcv_json json;

	for (int i = 0; i < g->count; i++)
		names[i] = g->columns[i].name;
	names[g->count] = NULL;
	json = rcv_json_open(domain, "domain of segment_gaps", names);
	for (int i = 0; i < g->count; i++)
	{
		column *c = &g->columns[i];
		JsonbValue *value =
			getKeyJsonValueFromContainer(json.object, c->name, (int) strlen(c->name), NULL);
		double ends[2];
		rcv_json inner;

		if (value == NULL)
			continue;
		if (c->type != NUMERICOID)
			rcv_json_error(&json, "\"%s\" is not compared with numbers.", c->name);
		c->bounded = true;
		c->whole = value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data);
		if (c->whole)
			memcpy(ends, rcv_json_doubles(&json, c->name, 1, 2, (int[]){2}), sizeof(ends));
		else if (!rcv_json_object(&json, c->name, bounds, &inner) ||
				 !rcv_json_double(&inner, "from", &ends[0]) ||
				 !rcv_json_double(&inner, "to", &ends[1]))
			rcv_json_error(&json, "\"%s\" needs \"from\" and \"to\".", c->name);
		if (ends[0] > ends[1] ||
			(c->whole && (ends[0] != floor(ends[0]) || ends[1] != floor(ends[1]))))
			rcv_json_error(&json,
						   "\"%s\" must run from the smaller to the larger number, "
						   "both of them whole in an array.",
						   c->name);
		c->low = rcv_double_numeric(ends[0]);
		c->high = rcv_double_numeric(ends[1]);
	}
}

/* Pieces ---------------------------------------------------------------------- */

static char *
value_text(const column *c, Datum value)
{
	char day[RCV_DAY_TEXT + 1];

	switch (c->type)
	{
		case NUMERICOID:
			return DatumGetCString(DirectFunctionCall1(numeric_out, value));
		case DATEOID:
			rcv_day_print(DatumGetDateADT(value), day);
			return pstrdup(day);
		case BOOLOID:
			return pstrdup(DatumGetBool(value) ? "true" : "false");
		default:
			return quote_literal_cstr(TextDatumGetCString(value));
	}
}

static void
add_piece(column *c, Datum value, char *text)
{
	c->pieces[c->count++] = (piece){value, false, text};
}

static Datum
arithmetic(PGFunction function, Datum a, Datum b)
{
	return DirectFunctionCall2(function, a, b);
}

/* One number between two, or beyond one of them; false when there is none to be had. */
static bool
number_between(const column *c, const Datum *low, const Datum *high, Datum *out)
{
	Datum one = number("1");

	if (low == NULL && high == NULL)
		*out = number("0");
	else if (low == NULL)
		*out = arithmetic(numeric_sub, *high, one);
	else if (c->whole || high == NULL)
		*out = arithmetic(numeric_add, c->whole ? DirectFunctionCall1(numeric_floor, *low) : *low,
						  one);
	else
		*out = arithmetic(numeric_mul, arithmetic(numeric_add, *low, *high), number("0.5"));
	if (c->bounded && (DatumGetBool(arithmetic(numeric_lt, *out, c->low)) ||
					   DatumGetBool(arithmetic(numeric_gt, *out, c->high))))
		return false;
	return high == NULL || DatumGetBool(arithmetic(numeric_lt, *out, *high));
}

static bool
day_between(const Datum *low, const Datum *high, Datum *out)
{
	int32 day = low != NULL	   ? DatumGetDateADT(*low) + 1
				: high != NULL ? DatumGetDateADT(*high) - 1
							   : 0;

	*out = DateADTGetDatum(day);
	return high == NULL || day < DatumGetDateADT(*high);
}

/* The open interval between two constants, either of which may be missing. */
static void
add_interval(column *c, const Datum *low, const Datum *high)
{
	Datum value;

	if (c->type == DATEOID ? !day_between(low, high, &value)
						   : !number_between(c, low, high, &value))
		return;
	if (low != NULL && high != NULL)
		add_piece(c, value,
				  psprintf("%s < %s < %s", value_text(c, *low), c->name, value_text(c, *high)));
	else if (low != NULL || high != NULL)
		add_piece(c, value,
				  psprintf("%s %s %s", c->name, low != NULL ? ">" : "<",
						   value_text(c, low != NULL ? *low : *high)));
}

static bool
in_domain(const column *c, Datum value)
{
	if (!c->bounded)
		return true;
	if (DatumGetBool(arithmetic(numeric_lt, value, c->low)) ||
		DatumGetBool(arithmetic(numeric_gt, value, c->high)))
		return false;
	return !c->whole ||
		   DatumGetBool(arithmetic(numeric_eq, DirectFunctionCall1(numeric_floor, value), value));
}

/* Points and intervals of numbers and days. */
static void
cut_ordered(column *c)
{
	const Datum *before = NULL;

	for (int i = 0; i < c->constants_count; i++)
	{
		add_interval(c, before, &c->constants[i]);
		if (in_domain(c, c->constants[i]))
			add_piece(c, c->constants[i],
					  psprintf("%s = %s", c->name, value_text(c, c->constants[i])));
		before = &c->constants[i];
	}
	add_interval(c, before, NULL);
}

/* The ends of a domain are constants like those of the rules. */
static void
add_bounds(column *c)
{
	if (!c->bounded)
		return;
	c->constants = repalloc(c->constants, (c->constants_count + 2) * sizeof(Datum));
	c->constants[c->constants_count++] = c->low;
	c->constants[c->constants_count++] = c->high;
}

static void
sort_constants(column *c)
{
	int n = 0;

	if (c->constants_count == 0)
		return;
	qsort_arg(c->constants, c->constants_count, sizeof(Datum), compare_values, &c->type);
	for (int i = 0; i < c->constants_count; i++)
		if (n == 0 || compare_values(&c->constants[n - 1], &c->constants[i], &c->type) != 0)
			c->constants[n++] = c->constants[i];
	c->constants_count = n;
}

/* Each constant, and a text that is none of them: the longest of them with one letter more. */
static void
cut_texts(column *c)
{
	char *other = "";

	for (int i = 0; i < c->constants_count; i++)
	{
		char *constant = TextDatumGetCString(c->constants[i]);

		add_piece(c, c->constants[i], psprintf("%s = %s", c->name, quote_literal_cstr(constant)));
		if (strlen(constant) >= strlen(other))
			other = psprintf("%sx", constant);
	}
	add_piece(c, CStringGetTextDatum(other), psprintf("%s is another text", c->name));
}

static void
cut_column(column *c)
{
	if (c->type == InvalidOid) /* only asked whether it is null */
		c->type = BOOLOID;
	add_bounds(c);
	sort_constants(c);
	c->pieces = palloc((2 * c->constants_count + 3) * sizeof(piece));
	if (c->type == TEXTOID)
		cut_texts(c);
	else if (c->type == BOOLOID)
	{
		add_piece(c, BoolGetDatum(false), psprintf("NOT %s", c->name));
		add_piece(c, BoolGetDatum(true), pstrdup(c->name));
	}
	else
		cut_ordered(c);
	if (c->nullable)
		c->pieces[c->count++] = (piece){0, true, psprintf("%s IS NULL", c->name)};
}

/* Cells ------------------------------------------------------------------------ */

static int64
count_cells(const gaps *g)
{
	int64 cells = 1;

	for (int i = 0; i < g->count; i++)
	{
		cells *= g->columns[i].count;
		if (cells > CELLS_MAX)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("the rules cut their columns into too many cells"),
							errdetail("More than %d of them would have to be tried.", CELLS_MAX),
							errhint("segment_check counts on the rows of a table.")));
	}
	return cells;
}

static TupleDesc
describe(const gaps *g)
{
	TupleDesc tuple_desc = CreateTemplateTupleDesc(g->count);

	for (int i = 0; i < g->count; i++)
		TupleDescInitEntry(tuple_desc, i + 1, g->columns[i].name, g->columns[i].type, -1, 0);
	return tuple_desc;
}

/* The row that stands for a cell; its pieces in words. */
static HeapTuple
cell_row(const gaps *g, TupleDesc tuple_desc, int64 cell, StringInfo region)
{
	Datum *values = palloc((g->count + 1) * sizeof(Datum));
	bool *nulls = palloc0(g->count + 1);
	const char **texts = palloc((g->count + 1) * sizeof(*texts));

	for (int i = g->count - 1; i >= 0; cell /= g->columns[i].count, i--)
	{
		const piece *p = &g->columns[i].pieces[cell % g->columns[i].count];

		values[i] = p->value;
		nulls[i] = p->isnull;
		texts[i] = p->text;
	}
	resetStringInfo(region);
	for (int i = 0; i < g->count; i++)
		appendStringInfo(region, "%s%s", i == 0 ? "" : " AND ", texts[i]);
	return heap_form_tuple(tuple_desc, values, nulls);
}

static void
put_finding(ReturnSetInfo *result, const char *finding, const char *segments, int rules,
			const char *region)
{
	Datum values[4] = {CStringGetTextDatum(finding), 0, Int32GetDatum(rules), 0};
	bool nulls[4] = {false, segments == NULL, false, region == NULL};

	if (segments != NULL)
		values[1] = CStringGetTextDatum(segments);
	if (region != NULL)
		values[3] = CStringGetTextDatum(region);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* The rules whose conditions hold in the cell: a row when none or several do. */
static void
judge_cell(ReturnSetInfo *result, rcv_rules_program *program, const char *region, bool *first,
		   StringInfo names)
{
	int n = 0;

	resetStringInfo(names);
	for (int i = 0; i < program->count; i++)
	{
		const rcv_rule *rule = program->rules[i].rule;

		if (rcv_rule_truth(program, i, false) != RCV_TRUE || (rule->condition == NULL && n > 0))
			continue;
		if (n++ == 0)
			first[i] = true;
		appendStringInfo(names, "%s%s", n > 1 ? ", " : "", rule->name);
	}
	if (n != 1)
		put_finding(result, n == 0 ? "gap" : "overlap", n == 0 ? NULL : names->data, n, region);
}

static void
try_cells(ReturnSetInfo *result, gaps *g)
{
	int64 cells = count_cells(g);
	rcv_rules_program *program = rcv_rules_bind_desc(g->tree, describe(g), RCV_ALL_DAYS);
	bool *first = palloc0(program->count);
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "segment_gaps", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	for (int64 cell = 0; cell < cells; cell++)
	{
		StringInfoData region;
		StringInfoData names;

		CHECK_FOR_INTERRUPTS();
		initStringInfo(&region);
		initStringInfo(&names);
		rcv_rules_tuple(program, cell_row(g, program->tuple_desc, cell, &region));
		judge_cell(result, program, region.data, first, &names);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old);
	for (int i = 0; i < program->count; i++)
		if (!first[i])
			put_finding(result, "unreachable", program->rules[i].rule->name, 1, NULL);
}

/* segment_gaps(rules, domain) */
PG_FUNCTION_INFO_V1(pgrcv_segment_gaps);
Datum
pgrcv_segment_gaps(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	gaps g = {rcv_rules_arg(fcinfo, 0), NULL, NULL, 0};

	InitMaterializedSRF(fcinfo, 0);
	for (const rcv_rule *rule = g.tree->rules.first; rule != NULL; rule = rule->next)
	{
		g.rule = rule;
		if (rule->condition != NULL)
			read_condition(&g, rule->condition);
	}
	read_domain(&g, PG_GETARG_JSONB_P(1));
	for (int i = 0; i < g.count; i++)
		cut_column(&g.columns[i]);
	try_cells(result, &g);
	PG_RETURN_NULL();
}
