/*
 * rules_list_pg.c
 *		Segment rules as rows, as SQL, and the strategy that belongs to a segment.
 */
#include "segment/rules_pg.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#define SQL_MAX (16 << 20) /* bytes of a CASE expression */

/* What segment_list prints of a rule. */
typedef enum list_column
{
	LIST_POSITION,
	LIST_SEGMENT,
	LIST_CONDITION,
	LIST_KEEP,
	LIST_KEYS, /* the keys in their order, from here on */
	LIST_COLUMNS = LIST_KEYS + RCV_RULE_KEYS
} list_column;

static Datum
key_datum(const rcv_rule *rule, int key)
{
	switch (key)
	{
		case RCV_RULE_POINTS:
			return DirectFunctionCall3(numeric_in, CStringGetDatum(rule->values[key]),
									   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
		case RCV_RULE_FROM:
			return DateADTGetDatum(rule->from);
		case RCV_RULE_TO:
			return DateADTGetDatum(rule->to);
		default:
			return CStringGetTextDatum(rule->values[key]);
	}
}

/* segment_list(rules): one row a rule. */
PG_FUNCTION_INFO_V1(pgrcv_segment_list);
Datum
pgrcv_segment_list(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const rcv_rules_tree *tree = rcv_rules_arg(fcinfo, 0);

	InitMaterializedSRF(fcinfo, 0);
	for (const rcv_rule *rule = tree->rules.first; rule != NULL; rule = rule->next)
	{
		Datum values[LIST_COLUMNS] = {0};
		bool nulls[LIST_COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		values[LIST_POSITION] = Int32GetDatum(rule->position + 1);
		values[LIST_SEGMENT] = CStringGetTextDatum(rule->name);
		values[LIST_CONDITION] = CStringGetTextDatum(
			rule->condition == NULL ? "ELSE" : rcv_rules_node_text(rule->condition));
		nulls[LIST_KEEP] = rule->keep == NULL;
		if (rule->keep != NULL)
			values[LIST_KEEP] = CStringGetTextDatum(rcv_rules_node_text(rule->keep));
		for (int key = 0; key < RCV_RULE_KEYS; key++)
		{
			nulls[LIST_KEYS + key] = rule->values[key] == NULL;
			if (rule->values[key] != NULL)
				values[LIST_KEYS + key] = key_datum(rule, key);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}

/* segment_strategy(rules, segment, key): NULL when the rule has no such key, or there is no such rule. */
PG_FUNCTION_INFO_V1(pgrcv_segment_strategy);
Datum
pgrcv_segment_strategy(PG_FUNCTION_ARGS)
{
	const rcv_rules *rules = &rcv_rules_arg(fcinfo, 0)->rules;
	int position = rcv_rules_find(rules, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	int key = rcv_choice_arg(PG_GETARG_TEXT_PP(2), "key of a rule", rcv_rule_key_names);
	const char *value = position < 0 ? NULL : rules->by_position[position]->values[key];

	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}

static void
append_when(StringInfo out, const rcv_rules *rules, const rcv_rule *rule)
{
	rcv_rule_sink sink = rcv_rules_sink(out);

	appendStringInfoString(out, rule->condition == NULL ? "    ELSE " : "    WHEN ");
	if (rule->condition != NULL)
	{
		if (out->len >= SQL_MAX ||
			!rcv_rule_print_sql(rules, rule->condition, SQL_MAX - out->len, &sink))
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("the rules take more than %d bytes as SQL", SQL_MAX),
							errdetail("Each segment() is written out.")));
		appendStringInfoString(out, " THEN ");
	}
	rcv_rule_print_literal(rule->name, &sink);
	appendStringInfoChar(out, '\n');
}

/* segment_sql(rules, as_of): not strict, as the day may be null. */
PG_FUNCTION_INFO_V1(pgrcv_segment_sql);
Datum
pgrcv_segment_sql(PG_FUNCTION_ARGS)
{
	const rcv_rules *rules;
	int32 as_of = PG_ARGISNULL(1) ? RCV_NO_DAY : rcv_day_arg(PG_GETARG_DATEADT(1), "as_of");
	StringInfoData out;
	bool any = false;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rules = &rcv_rules_arg(fcinfo, 0)->rules;
	initStringInfo(&out);
	appendStringInfoString(&out, "CASE\n");
	for (const rcv_rule *rule = rules->first; rule != NULL; rule = rule->next)
	{
		CHECK_FOR_INTERRUPTS();
		if (!rcv_rule_valid(rule, as_of))
			continue;
		if (rule->condition == NULL && !any) /* a CASE needs a WHEN */
			appendStringInfoString(&out, "    WHEN FALSE THEN NULL\n");
		append_when(&out, rules, rule);
		any = true;
	}
	if (!any)
		appendStringInfoString(&out, "    WHEN FALSE THEN NULL\n");
	appendStringInfoString(&out, "END");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
