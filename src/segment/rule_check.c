/*
 * rule_check.c
 *		What a set of segment rules must satisfy beyond its grammar.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "segment/rule.h"

const char *const rcv_rule_key_names[RCV_RULE_KEYS + 1] = {
	"family", "dunning", "price", "loyalty", "offer", "points", "from", "to", "note", NULL};

static const char *const families[] = {"demographic",	"geographic",	 "behavioural",
									   "psychographic", "transactional", NULL};

static const char *const cast_types[] = {"text",   "numeric",  "integer",	"int",
										 "bigint", "smallint", "float8",	"real",
										 "date",   "boolean",  "timestamp", NULL};

/* The state of a check: which rules' conditions were followed already. */
typedef struct checker
{
	rcv_rules *rules;
	rcv_rule_error *error;
	int32_t *depths; /* of each rule's condition with references followed; or a mark below */
	bool in_value;	 /* what is followed is a part of a value: no place for a reference */
} checker;

#define NOT_FOLLOWED (-1)
#define BEING_FOLLOWED (-2)

static bool fail(rcv_rule_error *error, rcv_status status, int32_t location, const char *hint,
				 const char *message, ...) __attribute__((format(printf, 5, 6)));

static bool
fail(rcv_rule_error *error, rcv_status status, int32_t location, const char *hint,
	 const char *message, ...)
{
	va_list arguments;

	error->status = status;
	error->location = location;
	snprintf(error->hint, sizeof(error->hint), "%s", hint);
	va_start(arguments, message);
	vsnprintf(error->message, sizeof(error->message), message, arguments);
	va_end(arguments);
	return false;
}

static bool
is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

bool
rcv_rule_cast_known(const char *type)
{
	return is_one_of(type, cast_types);
}

/* Names --------------------------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
	const rcv_rule *left = *(rcv_rule *const *) a;
	const rcv_rule *right = *(rcv_rule *const *) b;
	int order = strcmp(left->name, right->name);

	return order != 0 ? order
					  : (left->position > right->position) - (left->position < right->position);
}

/* Fills by_position, and by_name with positions. */
static void
index_rules(rcv_rules *rules, rcv_rule_memory *memory)
{
	size_t n = (size_t) rules->count;
	rcv_rule **sorted = memory->alloc(memory->context, n * sizeof(*sorted));
	int32_t i = 0;

	rules->by_position = memory->alloc(memory->context, n * sizeof(*rules->by_position));
	rules->by_name = memory->alloc(memory->context, n * sizeof(*rules->by_name));
	for (rcv_rule *rule = rules->first; rule != NULL; rule = rule->next, i++)
	{
		rules->by_position[i] = sorted[i] = rule;
		rule->position = i;
	}
	qsort(sorted, n, sizeof(*sorted), compare_names);
	for (i = 0; i < rules->count; i++)
		rules->by_name[i] = sorted[i]->position;
}

int
rcv_rules_find(const rcv_rules *rules, const char *name)
{
	int32_t low = 0;
	int32_t high = rules->count - 1;

	while (low <= high)
	{
		int32_t middle = (low + high) / 2;
		int order = strcmp(name, rules->by_position[rules->by_name[middle]]->name);

		if (order == 0)
			return rules->by_name[middle];
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1;
}

static bool
check_names(const rcv_rules *rules, rcv_rule_error *error)
{
	for (int32_t i = 0; i < rules->count; i++)
	{
		const rcv_rule *rule = rules->by_position[rules->by_name[i]];

		if (rule->name[0] == '\0')
			return fail(error, RCV_ETEXT, rule->location, "", "the name of a rule is empty");
		if (strlen(rule->name) > RCV_RULE_NAME_MAX)
			return fail(error, RCV_ETEXT, rule->location, "",
						"the name of a rule takes more than %d bytes", RCV_RULE_NAME_MAX);
		if (i > 0 && strcmp(rule->name, rules->by_position[rules->by_name[i - 1]]->name) == 0)
			return fail(error, RCV_ETEXT, rule->location,
						"Join the conditions of one segment with OR.",
						"two rules have the name \"%.200s\"", rule->name);
	}
	return true;
}

static bool
check_else(const rcv_rules *rules, rcv_rule_error *error)
{
	for (const rcv_rule *rule = rules->first; rule != NULL; rule = rule->next)
	{
		if (rule->condition == NULL && rule->next != NULL)
			return fail(error, RCV_ETEXT, rule->next->location,
						"ELSE takes every row that is left: put it last.",
						"a rule stands after ELSE");
		if (rule->condition == NULL && rule->keep != NULL)
			return fail(error, RCV_ETEXT, rule->location, "", "ELSE has no KEEP");
	}
	return true;
}

/* Keys ---------------------------------------------------------------- */

static bool
read_day(const rcv_rule *rule, rcv_rule_key key, int32_t *out, rcv_rule_error *error)
{
	const char *text = rule->values[key];

	if (text == NULL || rcv_day_parse(text, text + strlen(text), out) == RCV_OK)
		return true;
	return fail(error, RCV_ETEXT, rule->location, "Write a day as 'YYYY-MM-DD'.",
				"\"%s\" of the rule \"%.200s\" is not a day", rcv_rule_key_names[key], rule->name);
}

static bool
is_number(const char *text)
{
	size_t digits;
	size_t point;

	text += *text == '-';
	digits = strspn(text, "0123456789");
	point = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") + 1 : 0;
	return digits > 0 && digits <= 15 && point != 1 && point <= 16 && text[digits + point] == '\0';
}

static bool
check_keys(rcv_rule *rule, rcv_rule_error *error)
{
	const char *family = rule->values[RCV_RULE_FAMILY];
	const char *points = rule->values[RCV_RULE_POINTS];

	rule->from = RCV_DAY_MIN;
	rule->to = RCV_DAY_MAX;
	if (family != NULL && !is_one_of(family, families))
		return fail(error, RCV_ETEXT, rule->location,
					"The families are demographic, geographic, behavioural, psychographic, "
					"transactional.",
					"\"family\" of the rule \"%.200s\" is unknown", rule->name);
	if (points != NULL && !is_number(points))
		return fail(error, RCV_ETEXT, rule->location, "Write them as 10 or -2.5.",
					"\"points\" of the rule \"%.200s\" are not a number", rule->name);
	if (!read_day(rule, RCV_RULE_FROM, &rule->from, error) ||
		!read_day(rule, RCV_RULE_TO, &rule->to, error))
		return false;
	if (rule->from > rule->to)
		return fail(error, RCV_ETEXT, rule->location, "",
					"the rule \"%.200s\" ends before it begins", rule->name);
	return true;
}

/* Conditions ---------------------------------------------------------- */

static bool
check_text(const rcv_rule_node *node, rcv_rule_error *error)
{
	rcv_status status = RCV_OK;
	int32_t day;

	if (node->op == RCV_RULE_DATE)
		status = rcv_day_parse(node->text, node->text + strlen(node->text), &day);
	if (status != RCV_OK)
		return fail(error, RCV_ETEXT, node->location, "Write a day as DATE 'YYYY-MM-DD'.",
					status == RCV_EDATE ? "there is no such day" : "a day is not in ISO form");
	if (node->op == RCV_RULE_COLUMN && node->text[0] == '\0')
		return fail(error, RCV_ETEXT, node->location, "", "the name of a column is empty");
	if (node->op == RCV_RULE_CAST && !rcv_rule_cast_known(node->text))
		return fail(error, RCV_ETEXT, node->location,
					"The types are text, numeric, integer, bigint, smallint, float8, real, date, "
					"timestamp, boolean.",
					"no cast to this type is possible in a rule");
	return true;
}

static bool follow_rule(checker *check, int32_t position, int32_t level);

/* Checks the reference that a node is, and follows it. */
static bool
follow_reference(checker *check, const rcv_rule_node *node, int32_t level, int32_t *depth)
{
	int target = rcv_rules_find(check->rules, node->text);

	if (check->in_value)
		return fail(check->error, RCV_ETEXT, node->location,
					"It is a condition, which AND, OR and NOT may join.",
					"segment() stands where a value belongs");
	if (target < 0 && strlen(node->text) > RCV_RULE_NAME_MAX)
		return fail(check->error, RCV_ETEXT, node->location, "", "there is no rule of this name");
	if (target < 0)
		return fail(check->error, RCV_ETEXT, node->location, "", "there is no rule \"%.200s\"",
					node->text);
	if (check->rules->by_position[target]->condition == NULL)
		return fail(check->error, RCV_ETEXT, node->location, "",
					"the rule \"%.200s\" is ELSE and has no condition", node->text);
	if (check->depths[target] == BEING_FOLLOWED)
		return fail(check->error, RCV_ETEXT, node->location, "",
					"the rules refer to each other in a circle through \"%.200s\"", node->text);
	if (!follow_rule(check, target, level + 1))
		return false;
	if (*depth < level + 1 + check->depths[target])
		*depth = level + 1 + check->depths[target];
	return true;
}

/* How many nodes a value has as it is written, and as the server's parser makes it. */
typedef struct extent
{
	int64_t written;
	int64_t made; /* at most EXTENT_MAX */
	bool column;  /* there is one in it */
} extent;

#define EXTENT_MAX ((int64_t) 1 << 40)
#define REPEATED_MAX 100000

/*
 * The server makes a copy of the value of BETWEEN for either end, and of the
 * value of IN for each of the list that has a column and for the others
 * together: nested ones would double their work at each level.
 */
static extent
measure(const rcv_rule_node *node)
{
	extent all = {1, 1, node->op == RCV_RULE_COLUMN};
	extent item = {0, 0, false};
	int64_t value = 0;
	int64_t columns = 0;
	bool others = false;

	for (const rcv_rule_node *each = node->first; each != NULL; each = each->next)
	{
		item = measure(each);
		all.written += item.written;
		all.made += item.made;
		all.column |= item.column;
		if (each == node->first)
			value = item.made;
		else if (item.column)
			columns++;
		else
			others = true;
	}
	if (node->op == RCV_RULE_BETWEEN)
		all.made += value;
	else if (node->op == RCV_RULE_IN)
		all.made += value * (columns + others - 1);
	if (all.made > EXTENT_MAX)
		all.made = EXTENT_MAX;
	return all;
}

static bool
check_extent(const rcv_rule_node *node, rcv_rule_error *error)
{
	extent all = measure(node);

	if (all.made - all.written <= REPEATED_MAX)
		return true;
	return fail(error, RCV_ELIMIT, node->location,
				"Put the value into a column, or a part of the condition into a rule of its own.",
				"a comparison repeats its value too often");
}

/*
 * Checks a node that lies level levels deep, counted from the rule where
 * references were first followed; *depth is raised to its depth.
 */
static bool
follow_node(checker *check, const rcv_rule_node *node, int32_t level, int32_t *depth)
{
	bool in_value;

	if (level + node->depth > RCV_RULE_DEPTH_MAX)
		return fail(check->error, RCV_ELIMIT, node->location,
					"Name a part of the condition in a rule of its own.",
					"a condition is nested more than %d levels deep", RCV_RULE_DEPTH_MAX);
	if (!check_text(node, check->error))
		return false;
	if (*depth < level)
		*depth = level;
	if (node->op == RCV_RULE_SEGMENT && !follow_reference(check, node, level, depth))
		return false;
	in_value = check->in_value;
	check->in_value = in_value || (node->op != RCV_RULE_AND && node->op != RCV_RULE_OR &&
								   node->op != RCV_RULE_NOT);
	if (check->in_value && !in_value && !check_extent(node, check->error))
		return false;
	for (const rcv_rule_node *item = node->first; item != NULL; item = item->next)
		if (!follow_node(check, item, level + 1, depth))
			return false;
	check->in_value = in_value;
	return true;
}

/* Fills the depth of a rule, unless it is known. */
static bool
follow_rule(checker *check, int32_t position, int32_t level)
{
	const rcv_rule *rule = check->rules->by_position[position];
	int32_t depth = level;

	if (check->depths[position] < 0)
	{
		check->depths[position] = BEING_FOLLOWED;
		if (rule->condition != NULL && !follow_node(check, rule->condition, level, &depth))
			return false;
		if (rule->keep != NULL && !follow_node(check, rule->keep, level, &depth))
			return false;
		check->depths[position] = depth - level;
	}
	else if (level + check->depths[position] > RCV_RULE_DEPTH_MAX)
		return fail(check->error, RCV_ELIMIT, rule->location, "",
					"references between rules are more than %d levels deep", RCV_RULE_DEPTH_MAX);
	return true;
}

bool
rcv_rules_check(rcv_rules *rules, rcv_rule_memory *memory, rcv_rule_error *error)
{
	checker check = {.rules = rules, .error = error};

	if (rules->count == 0)
		return fail(error, RCV_ETEXT, 0, "Write one rule a line: name: condition.",
					"there are no rules");
	index_rules(rules, memory);
	if (!check_names(rules, error) || !check_else(rules, error))
		return false;
	check.depths = memory->alloc(memory->context, (size_t) rules->count * sizeof(*check.depths));
	for (int32_t i = 0; i < rules->count; i++)
		check.depths[i] = NOT_FOLLOWED;
	for (int32_t i = 0; i < rules->count; i++)
		if (!check_keys(rules->by_position[i], error) || !follow_rule(&check, i, 0))
			return false;
	return true;
}
