/*
 * plan_pg.c
 *		dunning_ladder: the steps of a policy in plain columns; dunning_plan: the
 *		steps of an item that are to come.
 */
#include "dunning/dunning_pg.h"

#include "utils/builtins.h"
#include "utils/tuplestore.h"

#define ARG_LAST_UNTIL 19

/* Steps of a ladder ------------------------------------------------------------ */

enum
{
	LADDER_NAME,
	LADDER_STEP,
	LADDER_BASE,
	LADDER_DELAY,
	LADDER_ACTION,
	LADDER_CHANNELS,
	LADDER_TEMPLATE,
	LADDER_FEE_FIXED,
	LADDER_FEE_PCT,
	LADDER_FEE_TIERS,
	LADDER_FEE_PER,
	LADDER_INTEREST,
	LADDER_INDEMNITY,
	LADDER_MINIMUM,
	LADDER_PAY_BY,
	LADDER_APPROVAL,
	LADDER_COST,
	LADDER_COLUMNS
};

static void
append_amount(StringInfo out, int64 units, int scale)
{
	char text[RCV_MONEY_TEXT];

	rcv_money_print(units, scale, text);
	appendStringInfoString(out, text);
}

char *
rcv_dunning_channels_text(const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < step->channels; i++)
		appendStringInfo(&out, "%s%s", i > 0 ? ", " : "",
						 rcv_policy_text(policy, rcv_policy_channels(policy)[step->channel + i]));
	return out.data;
}

/* A sum, or "40.00 up to 1000.00, 70.00 above". */
static char *
tiers_text(const rcv_dunning_policy *policy, uint32 first, int n)
{
	const rcv_policy_tier *tiers = rcv_policy_tiers(policy) + first;
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < n; i++)
	{
		append_amount(&out, tiers[i].amount, policy->scale);
		if (i < n - 1)
		{
			appendStringInfoString(&out, " up to ");
			append_amount(&out, tiers[i].up_to.units, tiers[i].up_to.scale);
			appendStringInfoString(&out, ", ");
		}
		else if (n > 1)
			appendStringInfoString(&out, " above");
	}
	return out.data;
}

/* "10.00", or "EUR 10.00, JPY 1500.00". */
static char *
minimum_text(const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	const rcv_policy_minimum *minimums = rcv_policy_minimums(policy) + step->minimum;
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < step->minimums; i++)
	{
		if (i > 0)
			appendStringInfoString(&out, ", ");
		if (minimums[i].currency != 0)
			appendStringInfo(&out, "%s ", rcv_policy_text(policy, minimums[i].currency));
		else if (step->minimums > 1)
			appendStringInfoString(&out, "default ");
		append_amount(&out, minimums[i].amount.units, minimums[i].amount.scale);
	}
	return out.data;
}

static void
set_text(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text[0] == '\0';
	values[column] = CStringGetTextDatum(text);
}

static void
amount_columns(const rcv_dunning_policy *policy, const rcv_ladder_step *step, Datum *values,
			   bool *nulls)
{
	bool has_fee = step->fee_fixed != 0 || step->fee_pct != 0 || step->fee_tiers != 0;
	rcv_money pct;

	rcv_check(rcv_money_reduce(step->fee_pct, RCV_RATE_SCALE, &pct), "fee");
	values[LADDER_FEE_FIXED] = rcv_money_numeric(step->fee_fixed, policy->scale);
	nulls[LADDER_FEE_FIXED] = step->fee_fixed == 0;
	values[LADDER_FEE_PCT] = rcv_money_numeric(pct.units, pct.scale);
	nulls[LADDER_FEE_PCT] = step->fee_pct == 0;
	set_text(values, nulls, LADDER_FEE_TIERS, tiers_text(policy, step->fee_tier, step->fee_tiers));
	set_text(values, nulls, LADDER_FEE_PER,
			 !has_fee							   ? ""
			 : step->flags & RCV_STEP_FEE_PER_ITEM ? "item"
												   : "letter");
	set_text(values, nulls, LADDER_INDEMNITY,
			 tiers_text(policy, step->indemnity_tier, step->indemnity_tiers));
	set_text(values, nulls, LADDER_MINIMUM, minimum_text(policy, step));
	values[LADDER_COST] = rcv_money_numeric(step->cost.units, step->cost.scale);
	nulls[LADDER_COST] = step->cost.units == 0;
}

static void
ladder_columns(const rcv_dunning_policy *policy, const rcv_dunning_ladder *ladder,
			   const rcv_ladder_step *step, Datum *values, bool *nulls)
{
	memset(nulls, 0, LADDER_COLUMNS * sizeof(bool));
	set_text(values, nulls, LADDER_NAME, rcv_policy_text(policy, ladder->name));
	values[LADDER_STEP] = Int32GetDatum(step->number);
	set_text(values, nulls, LADDER_BASE, rcv_dunning_base_names[step->base]);
	values[LADDER_DELAY] = Int32GetDatum(step->delay);
	set_text(values, nulls, LADDER_ACTION, rcv_dunning_action_names[step->action]);
	set_text(values, nulls, LADDER_CHANNELS, rcv_dunning_channels_text(policy, step));
	set_text(values, nulls, LADDER_TEMPLATE, rcv_policy_text(policy, step->template));
	amount_columns(policy, step, values, nulls);
	values[LADDER_INTEREST] = BoolGetDatum((step->flags & RCV_STEP_INTEREST) != 0);
	values[LADDER_PAY_BY] = Int32GetDatum(step->pay_by_days);
	nulls[LADDER_PAY_BY] = step->pay_by_days == RCV_PAY_BY_NONE;
	values[LADDER_APPROVAL] = BoolGetDatum((step->flags & RCV_STEP_APPROVAL) != 0);
}

/* dunning_ladder(policy, segment) */
PG_FUNCTION_INFO_V1(pgrcv_dunning_ladder);
Datum
pgrcv_dunning_ladder(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const rcv_dunning_policy *policy;
	const rcv_dunning_ladder *ladder;
	const text *segment;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	policy = rcv_dunning_policy_arg(PG_GETARG_DATUM(0));
	segment = PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1);
	ladder = rcv_policy_ladder(policy, segment == NULL ? NULL : VARDATA_ANY(segment),
							   segment == NULL ? 0 : VARSIZE_ANY_EXHDR(segment));
	for (uint32 i = 0; ladder != NULL && i < ladder->count; i++)
	{
		Datum values[LADDER_COLUMNS];
		bool nulls[LADDER_COLUMNS];

		ladder_columns(policy, ladder, &rcv_policy_steps(policy)[ladder->first + i], values, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}

/* Steps to come ------------------------------------------------------------------- */

/*
 * The step after one that is taken on its day.  A promise that it answered is
 * spent; one after it still counts.
 */
static void
take_step(rcv_dunning_facts *facts, const rcv_dunning_answer *answer)
{
	facts->last_step = answer->number;
	facts->last_on = Max(answer->due_on, facts->as_of);
	facts->as_of = facts->last_on;
}

/* dunning_plan(..., until) */
PG_FUNCTION_INFO_V1(pgrcv_dunning_plan);
Datum
pgrcv_dunning_plan(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32 until = RCV_DAY_MAX;
	rcv_dunning_kept *kept;
	rcv_dunning_facts facts;
	rcv_dunning_answer answer;
	rcv_schedule rates;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(ARG_LAST_UNTIL))
		until = rcv_day_or_infinity_arg(PG_GETARG_DATEADT(ARG_LAST_UNTIL), "until");
	kept = rcv_dunning_kept_arg(fcinfo, true);
	rcv_dunning_read_facts(fcinfo, &facts);
	facts.rates = rcv_dunning_rates_arg(fcinfo, &rates);
	for (bool first = true;; first = false)
	{
		Datum values[RCV_STEP_COLUMNS];
		bool nulls[RCV_STEP_COLUMNS];

		rcv_dunning_ask(kept->policy, &facts, true, &answer);
		if (answer.step == NULL || answer.due_on > until)
			break;
		if (!first && answer.reason == RCV_REASON_DONE_TODAY)
			answer.reason = RCV_REASON_NOT_DUE;
		rcv_dunning_columns(kept, &answer, values, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		take_step(&facts, &answer);
	}
	PG_RETURN_NULL();
}
