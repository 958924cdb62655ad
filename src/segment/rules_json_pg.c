/*
 * rules_json_pg.c
 *		Segment rules as JSON and back, for user interfaces.
 *
 *		{"rules": [{"name": "champions", "dunning": "vip", "when": CONDITION, "keep": CONDITION},
 *				   {"name": "others", "else": true}]}
 *
 * A condition is a string, a number, a boolean or null for a literal; else an
 * object with one of the keys
 *
 *		"column": name			"date": "YYYY-MM-DD"		"segment": name of a rule
 *		"and": [two or more]	"or": [two or more]			"not": condition
 *		"op": operator as it is written, "args": [its arguments]
 *		"cast": type, "arg": value
 */
#include "segment/rules_pg.h"

#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/json.h"

static const char *const what_rules = "segment_rules";

static const char *const root_keys[] = {"rules", NULL};
static const char *const rule_keys[] = {"name",	 "family", "dunning", "price", "loyalty",
										"offer", "points", "from",	  "to",	   "note",
										"when",	 "keep",   "else",	  NULL};
static const char *const node_keys[] = {"column", "date", "segment", "and", "or", "not",
										"op",	  "args", "cast",	 "arg", NULL};

/* Writing -------------------------------------------------------------- */

static void write_node(StringInfo out, const rcv_rule_node *node);

static void
write_list(StringInfo out, const rcv_rule_node *node)
{
	appendStringInfoChar(out, '[');
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
	{
		write_node(out, item);
		if (item->next != NULL)
			appendStringInfoString(out, ", ");
	}
	appendStringInfoChar(out, ']');
}

/* An object of one key, whose value is a text. */
static void
write_named(StringInfo out, const char *key, const char *text)
{
	appendStringInfo(out, "{\"%s\": ", key);
	escape_json(out, text);
	appendStringInfoChar(out, '}');
}

static void
write_operator(StringInfo out, const rcv_rule_node *node)
{
	const char *text = rcv_rule_op_text(node->op);
	bool is = node->op >= RCV_RULE_IS_NULL && node->op <= RCV_RULE_DISTINCT;

	appendStringInfo(out, "{\"op\": \"%s%s%s\", \"args\": ", is ? "IS " : "",
					 node->negated ? "NOT " : "", text);
	write_list(out, node);
	appendStringInfoChar(out, '}');
}

static void
write_node(StringInfo out, const rcv_rule_node *node)
{
	switch (node->op)
	{
		case RCV_RULE_NUMBER:
			appendStringInfoString(out, node->text);
			break;
		case RCV_RULE_STRING:
			escape_json(out, node->text);
			break;
		case RCV_RULE_TRUE:
			appendStringInfoString(out, "true");
			break;
		case RCV_RULE_FALSE:
			appendStringInfoString(out, "false");
			break;
		case RCV_RULE_NULL:
			appendStringInfoString(out, "null");
			break;
		case RCV_RULE_DATE:
			write_named(out, "date", node->text);
			break;
		case RCV_RULE_COLUMN:
			write_named(out, "column", node->text);
			break;
		case RCV_RULE_SEGMENT:
			write_named(out, "segment", node->text);
			break;
		case RCV_RULE_AND:
		case RCV_RULE_OR:
			appendStringInfo(out, "{\"%s\": ", node->op == RCV_RULE_AND ? "and" : "or");
			write_list(out, node);
			appendStringInfoChar(out, '}');
			break;
		case RCV_RULE_NOT:
			appendStringInfoString(out, "{\"not\": ");
			write_node(out, node->first);
			appendStringInfoChar(out, '}');
			break;
		case RCV_RULE_CAST:
			appendStringInfo(out, "{\"cast\": \"%s\", \"arg\": ", node->text);
			write_node(out, node->first);
			appendStringInfoChar(out, '}');
			break;
		case RCV_RULE_MINUS:
			if (node->first->op == RCV_RULE_NUMBER &&
				node->first->text[strspn(node->first->text, "0.")] != '\0') /* JSON has no -0 */
			{
				appendStringInfo(out, "-%s", node->first->text);
				break;
			}
			/* FALLTHROUGH */
		default:
			write_operator(out, node);
	}
}

static void
write_rule(StringInfo out, const rcv_rule *rule)
{
	appendStringInfoString(out, "{\"name\": ");
	escape_json(out, rule->name);
	for (int key = 0; key < RCV_RULE_KEYS; key++)
	{
		if (rule->values[key] == NULL)
			continue;
		appendStringInfo(out, ", \"%s\": ", rcv_rule_key_names[key]);
		if (key == RCV_RULE_POINTS)
			appendStringInfoString(out, rule->values[key]);
		else
			escape_json(out, rule->values[key]);
	}
	if (rule->condition == NULL)
		appendStringInfoString(out, ", \"else\": true");
	else
	{
		appendStringInfoString(out, ", \"when\": ");
		write_node(out, rule->condition);
	}
	if (rule->keep != NULL)
	{
		appendStringInfoString(out, ", \"keep\": ");
		write_node(out, rule->keep);
	}
	appendStringInfoChar(out, '}');
}

PG_FUNCTION_INFO_V1(pgrcv_segment_rules_to_jsonb);
Datum
pgrcv_segment_rules_to_jsonb(PG_FUNCTION_ARGS)
{
	const rcv_rules_tree *tree = rcv_rules_arg(fcinfo, 0);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"rules\": [");
	for (const rcv_rule *rule = tree->rules.first; rule != NULL; rule = rule->next)
	{
		write_rule(&out, rule);
		if (rule->next != NULL)
			appendStringInfoString(&out, ", ");
	}
	appendStringInfoString(&out, "]}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

/* Reading --------------------------------------------------------------- */

static rcv_rule_node *read_node(JsonbValue *value, int depth);

static rcv_rule_node *
make(rcv_rule_op op, const char *text)
{
	return rcv_rule_node_make(rcv_rules_memory(), op, -1, text, NULL, NULL);
}

/* The object that a value is; what to say otherwise. */
static rcv_json
open_object(JsonbValue *value, const char *otherwise)
{
	rcv_json json = {NULL, what_rules};

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		rcv_json_error(&json, "%s", otherwise);
	json.object = value->val.binary.data;
	return json;
}

static JsonbValue *
member(const rcv_json *json, const char *key)
{
	return getKeyJsonValueFromContainer(json->object, key, (int) strlen(key), NULL);
}

/* Adds the elements of an array; at least this many. */
static void
read_list(const rcv_json *json, const char *key, int least, rcv_rule_node *node, int depth)
{
	JsonbValue *list = member(json, key);
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue value;

	if (list == NULL || list->type != jbvBinary || !JsonContainerIsArray(list->val.binary.data) ||
		JsonContainerSize(list->val.binary.data) < least)
		rcv_json_error(json, "\"%s\" must be an array of %d or more.", key, least);
	it = JsonbIteratorInit(list->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		rcv_rule_node *item;

		if (token != WJB_ELEM)
			continue;
		item = read_node(&value, depth + 1);
		if (item->op == node->op && (node->op == RCV_RULE_AND || node->op == RCV_RULE_OR))
			rcv_rule_node_take(node, item);
		else
			rcv_rule_node_add(node, item);
	}
}

/* The operator of a text such as "NOT IN" or "is not null", in any case. */
static rcv_rule_node *
make_operator(const rcv_json *json, const char *text)
{
	for (int op = RCV_RULE_IS_NULL; op < RCV_RULE_CAST; op++)
	{
		bool is = op <= RCV_RULE_DISTINCT;
		bool negatable = is || (op >= RCV_RULE_BETWEEN && op <= RCV_RULE_ILIKE);
		char written[32];
		rcv_rule_node *node;

		for (int negated = 0; negated <= negatable; negated++)
		{
			snprintf(written, sizeof(written), "%s%s%s", is ? "IS " : "", negated ? "NOT " : "",
					 rcv_rule_op_text(op));
			if (pg_strcasecmp(text, written) != 0)
				continue;
			node = make(op, NULL);
			node->negated = negated;
			return node;
		}
	}
	rcv_json_error(json, "There is no operator \"%s\".", text);
}

static int
least_arguments(rcv_rule_op op)
{
	if (op == RCV_RULE_BETWEEN)
		return 3;
	return op <= RCV_RULE_IS_UNKNOWN || op == RCV_RULE_MINUS ? 1 : 2;
}

static rcv_rule_node *
read_operator(const rcv_json *json, int depth)
{
	char *text = rcv_json_text(json, "op");
	rcv_rule_node *node = make_operator(json, text);
	int least = least_arguments(node->op);

	read_list(json, "args", least - (node->op == RCV_RULE_SUBTRACT), node, depth);
	if (node->op == RCV_RULE_SUBTRACT && node->count == 1)
		node->op = RCV_RULE_MINUS;
	else if (node->count != least && node->op != RCV_RULE_IN)
		rcv_json_error(json, "\"%s\" takes %d arguments.", text, least);
	return node;
}

static rcv_rule_node *
read_number(Numeric number)
{
	char *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	rcv_rule_node *node;

	if (text[0] != '-')
		return make(RCV_RULE_NUMBER, text);
	node = make(RCV_RULE_MINUS, NULL);
	rcv_rule_node_add(node, make(RCV_RULE_NUMBER, text + 1));
	return node;
}

static rcv_rule_node *
read_object(const rcv_json *json, int depth)
{
	rcv_rule_node *node;
	const char *text;

	if ((text = rcv_json_text(json, "column")) != NULL)
		return make(RCV_RULE_COLUMN, text);
	if ((text = rcv_json_text(json, "date")) != NULL)
		return make(RCV_RULE_DATE, text);
	if ((text = rcv_json_text(json, "segment")) != NULL)
		return make(RCV_RULE_SEGMENT, text);
	if (rcv_json_has(json, "op"))
		return read_operator(json, depth);
	if ((text = rcv_json_text(json, "cast")) != NULL)
	{
		node = make(RCV_RULE_CAST, text);
		rcv_rule_node_add(node, read_node(member(json, "arg"), depth + 1));
		return node;
	}
	if (rcv_json_has(json, "not"))
	{
		node = make(RCV_RULE_NOT, NULL);
		rcv_rule_node_add(node, read_node(member(json, "not"), depth + 1));
		return node;
	}
	node = make(rcv_json_has(json, "or") ? RCV_RULE_OR : RCV_RULE_AND, NULL);
	read_list(json, node->op == RCV_RULE_OR ? "or" : "and", 2, node, depth);
	return node;
}

/* Whether the known keys of an object of a condition are those of one kind of node. */
static bool
is_one_node(const rcv_json *json)
{
	bool op = rcv_json_has(json, "op");
	bool args = rcv_json_has(json, "args");
	bool cast = rcv_json_has(json, "cast");
	bool arg = rcv_json_has(json, "arg");

	if (JsonContainerSize(json->object) == 2)
		return (op && args) || (cast && arg);
	return JsonContainerSize(json->object) == 1 && !op && !args && !cast && !arg;
}

static rcv_rule_node *
read_node(JsonbValue *value, int depth)
{
	rcv_json json;

	if (depth > RCV_RULE_DEPTH_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("invalid %s: a condition is nested more than %d levels deep",
							   what_rules, RCV_RULE_DEPTH_MAX)));
	switch (value->type)
	{
		case jbvNull:
			return make(RCV_RULE_NULL, NULL);
		case jbvBool:
			return make(value->val.boolean ? RCV_RULE_TRUE : RCV_RULE_FALSE, NULL);
		case jbvString:
			return make(RCV_RULE_STRING, pnstrdup(value->val.string.val, value->val.string.len));
		case jbvNumeric:
			return read_number(value->val.numeric);
		default:
			json = open_object(value, "A condition is a literal or an object, not an array.");
	}
	rcv_json_check_keys(&json, node_keys);
	if (!is_one_node(&json))
		rcv_json_error(&json, "An object of a condition has one of the keys column, date, segment, "
							  "and, or, not; or op with args; or cast with arg.");
	return read_object(&json, depth);
}

static rcv_rule_node *
read_condition(const rcv_json *json, const char *key)
{
	JsonbValue *value = member(json, key);

	return value == NULL ? NULL : read_node(value, 0);
}

static rcv_rule *
read_rule(rcv_json json)
{
	rcv_rule *rule = palloc0(sizeof(*rule));
	bool otherwise = false;

	rcv_json_check_keys(&json, rule_keys);
	rule->location = -1;
	rule->name = rcv_json_text(&json, "name");
	for (int key = 0; key < RCV_RULE_KEYS; key++)
	{
		JsonbValue *points = key == RCV_RULE_POINTS ? member(&json, "points") : NULL;

		if (points != NULL && points->type == jbvNumeric)
			rule->values[key] = DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(points->val.numeric)));
		else
			rule->values[key] = rcv_json_text(&json, rcv_rule_key_names[key]);
	}
	rule->condition = read_condition(&json, "when");
	rule->keep = read_condition(&json, "keep");
	rcv_json_bool(&json, "else", &otherwise);
	if (rule->name == NULL)
		rcv_json_error(&json, "A rule has no \"name\".");
	if (otherwise == (rule->condition != NULL))
		rcv_json_error(&json, "The rule \"%s\" needs either \"when\" or \"else\": true.",
					   rule->name);
	return rule;
}

PG_FUNCTION_INFO_V1(pgrcv_segment_rules_from_jsonb);
Datum
pgrcv_segment_rules_from_jsonb(PG_FUNCTION_ARGS)
{
	rcv_json json = rcv_json_open(PG_GETARG_JSONB_P(0), what_rules, root_keys);
	rcv_json_list list;
	rcv_rules rules = {0};
	rcv_rule **end = &rules.first;

	if (!rcv_json_open_list(&json, "rules", PG_INT32_MAX, &list))
		rcv_json_error(&json, "\"rules\" must be an array of rules.");
	for (int i = 0; i < list.length; i++)
	{
		*end = read_rule(rcv_json_item(&list, i, NULL));
		end = &(*end)->next;
		rules.count++;
	}
	rcv_rules_finish(&rules);
	PG_RETURN_DATUM(rcv_rules_datum(&rules));
}
