/*
 * policy_type_pg.c
 *		The type dunning_policy: text, JSON and binary forms.
 */
#include "dunning/dunning_pg.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/json.h"

#define BINARY_VERSION 1

static const char *const what_policy = "dunning_policy";

const rcv_dunning_policy *
rcv_dunning_policy_arg(Datum datum)
{
	const struct varlena *value = PG_DETOAST_DATUM(datum);

	rcv_check(rcv_policy_check(value, VARSIZE(value)), what_policy);
	return (const rcv_dunning_policy *) value;
}

/* Writing ------------------------------------------------------------------- */

static void
append_int(StringInfo out, const char *key, int value)
{
	rcv_json_append_key(out, key);
	appendStringInfo(out, "%d", value);
}

static void
append_text(StringInfo out, const char *key, const char *text)
{
	rcv_json_append_key(out, key);
	escape_json(out, text);
}

static void
append_money(StringInfo out, const char *key, int64 units, int scale)
{
	char text[RCV_MONEY_TEXT];

	rcv_money_print(units, scale, text);
	rcv_json_append_key(out, key);
	appendStringInfoString(out, text);
}

static void
append_pct(StringInfo out, const char *key, int64 pct)
{
	rcv_money shown;

	rcv_check(rcv_money_reduce(pct, RCV_RATE_SCALE, &shown), what_policy);
	append_money(out, key, shown.units, shown.scale);
}

static void
append_tiers(StringInfo out, const char *key, const rcv_dunning_policy *policy,
			 const rcv_policy_tier *tiers, int n)
{
	rcv_json_append_key(out, key);
	appendStringInfoChar(out, '[');
	for (int i = 0; i < n; i++)
	{
		StringInfoData tier;

		initStringInfo(&tier);
		appendStringInfoChar(&tier, '{');
		if (i < n - 1)
			append_money(&tier, "up_to", tiers[i].up_to.units, tiers[i].up_to.scale);
		append_money(&tier, "amount", tiers[i].amount, policy->scale);
		appendStringInfo(out, "%s%s}", i > 0 ? ", " : "", tier.data);
		pfree(tier.data);
	}
	appendStringInfoChar(out, ']');
}

static void
append_fee(StringInfo out, const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	bool per_item = (step->flags & RCV_STEP_FEE_PER_ITEM) != 0;
	StringInfoData fee;

	if (step->fee_fixed == 0 && step->fee_pct == 0 && step->fee_tiers == 0 && !per_item)
		return;
	initStringInfo(&fee);
	appendStringInfoChar(&fee, '{');
	if (step->fee_fixed != 0)
		append_money(&fee, "fixed", step->fee_fixed, policy->scale);
	if (step->fee_pct != 0)
		append_pct(&fee, "pct", step->fee_pct);
	if (step->fee_tiers != 0)
		append_tiers(&fee, "tiers", policy, rcv_policy_tiers(policy) + step->fee_tier,
					 step->fee_tiers);
	if (per_item)
		append_text(&fee, "per", "item");
	rcv_json_append_key(out, "fee");
	appendStringInfo(out, "%s}", fee.data);
	pfree(fee.data);
}

static void
append_indemnity(StringInfo out, const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	const rcv_policy_tier *tiers = rcv_policy_tiers(policy) + step->indemnity_tier;

	if (step->indemnity_tiers == 1)
		append_money(out, "indemnity", tiers->amount, policy->scale);
	else if (step->indemnity_tiers > 1)
		append_tiers(out, "indemnity", policy, tiers, step->indemnity_tiers);
}

static void
append_minimum(StringInfo out, const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	const rcv_policy_minimum *minimums = rcv_policy_minimums(policy) + step->minimum;
	StringInfoData all;

	if (step->minimums == 0)
		return;
	if (step->minimums == 1 && minimums->currency == 0)
	{
		append_money(out, "min_amount", minimums->amount.units, minimums->amount.scale);
		return;
	}
	initStringInfo(&all);
	appendStringInfoChar(&all, '{');
	for (int i = 0; i < step->minimums; i++)
	{
		if (i > 0)
			appendStringInfoString(&all, ", ");
		escape_json(&all, minimums[i].currency == 0
							  ? "default"
							  : rcv_policy_text(policy, minimums[i].currency));
		appendStringInfoString(&all, ": ");
		{
			char text[RCV_MONEY_TEXT];

			rcv_money_print(minimums[i].amount.units, minimums[i].amount.scale, text);
			appendStringInfoString(&all, text);
		}
	}
	rcv_json_append_key(out, "min_amount");
	appendStringInfo(out, "%s}", all.data);
	pfree(all.data);
}

static void
append_channels(StringInfo out, const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	const uint32 *channels = rcv_policy_channels(policy) + step->channel;

	if (step->channels == 0)
		return;
	rcv_json_append_key(out, "channels");
	for (int i = 0; i < step->channels; i++)
	{
		appendStringInfoString(out, i > 0 ? ", " : "[");
		escape_json(out, rcv_policy_text(policy, channels[i]));
	}
	appendStringInfoChar(out, ']');
}

static char *
step_json(const rcv_dunning_policy *policy, const rcv_ladder_step *step)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_int(&out, "step", step->number);
	if (step->base != RCV_BASE_DUE)
		append_text(&out, "base", rcv_dunning_base_names[step->base]);
	append_int(&out, "delay_days", step->delay);
	append_text(&out, "action", rcv_dunning_action_names[step->action]);
	append_channels(&out, policy, step);
	if (step->template != 0)
		append_text(&out, "template", rcv_policy_text(policy, step->template));
	append_fee(&out, policy, step);
	if (step->flags & RCV_STEP_INTEREST)
	{
		rcv_json_append_key(&out, "interest");
		appendStringInfoString(&out, "true");
	}
	append_indemnity(&out, policy, step);
	append_minimum(&out, policy, step);
	if (step->pay_by_days != RCV_PAY_BY_NONE)
		append_int(&out, "pay_by_days", step->pay_by_days);
	if (step->flags & RCV_STEP_APPROVAL)
	{
		rcv_json_append_key(&out, "approval");
		appendStringInfoString(&out, "true");
	}
	if (step->cost.units != 0)
		append_money(&out, "cost", step->cost.units, step->cost.scale);
	appendStringInfoChar(&out, '}');
	return out.data;
}

static void
append_ladders(StringInfo out, const rcv_dunning_policy *policy)
{
	const rcv_dunning_ladder *ladder = rcv_policy_ladders(policy);

	rcv_json_append_key(out, "ladders");
	for (uint32 i = 0; i < policy->ladders; i++, ladder++)
	{
		appendStringInfoString(out, i > 0 ? ", " : "{");
		escape_json(out, rcv_policy_text(policy, ladder->name));
		appendStringInfoString(out, ": [");
		for (uint32 j = 0; j < ladder->count; j++)
		{
			char *step = step_json(policy, &rcv_policy_steps(policy)[ladder->first + j]);

			appendStringInfo(out, "%s%s", j > 0 ? ", " : "", step);
			pfree(step);
		}
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, '}');
}

static void
append_promise(StringInfo out, const rcv_dunning_policy *policy)
{
	if (policy->promise_grace_days != 0)
		append_int(out, "promise_grace_days", policy->promise_grace_days);
	if (policy->promise_min_pct != 100 * INT64CONST(1000000))
		append_pct(out, "promise_min_pct", policy->promise_min_pct);
	if (policy->promise_broken == RCV_PROMISE_NEXT)
		append_text(out, "promise_broken", "next");
	else if (policy->promise_broken > 0)
		append_int(out, "promise_broken", policy->promise_broken);
}

static void
append_stop(StringInfo out, const rcv_dunning_policy *policy)
{
	const char *comma = "";

	if (policy->stop == RCV_STOP_DEFAULT)
		return;
	rcv_json_append_key(out, "stop");
	appendStringInfoChar(out, '[');
	for (int i = 0; i < RCV_STOPS; i++)
		if (policy->stop >> i & 1)
		{
			appendStringInfo(out, "%s\"%s\"", comma, rcv_dunning_stop_names[i]);
			comma = ", ";
		}
	appendStringInfoChar(out, ']');
}

static void
append_interest(StringInfo out, const rcv_dunning_policy *policy)
{
	StringInfoData terms;

	initStringInfo(&terms);
	appendStringInfoChar(&terms, '{');
	if (policy->rate_rule != 0)
		append_text(&terms, "rule", rcv_rate_rule_names[policy->rate_rule]);
	if (policy->day_count != 0)
		append_text(&terms, "day_count", rcv_day_count_names[policy->day_count]);
	if (policy->rounding != 0)
		append_text(&terms, "rounding", rcv_interest_rounding_names[policy->rounding]);
	if (terms.len == 1)
		return;
	rcv_json_append_key(out, "interest");
	appendStringInfo(out, "%s}", terms.data);
}

/* A choice that is not the first one. */
static void
append_choice(StringInfo out, const char *key, const char *const *names, int choice)
{
	if (choice != 0)
		append_text(out, key, names[choice]);
}

char *
rcv_dunning_policy_json(const rcv_dunning_policy *policy)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_ladders(&out, policy);
	append_choice(&out, "progression", rcv_dunning_progression_names, policy->progression);
	if (policy->grace_days != 0)
		append_int(&out, "grace_days", policy->grace_days);
	if (policy->min_gap_days != 0)
		append_int(&out, "min_gap_days", policy->min_gap_days);
	if (policy->scale != 2)
		append_int(&out, "currency_scale", policy->scale);
	append_choice(&out, "roll", rcv_roll_names, policy->roll);
	append_promise(&out, policy);
	append_choice(&out, "dispute", rcv_dispute_rule_names, policy->dispute);
	if (policy->minimum_includes_charges)
		appendStringInfoString(&out, ", \"minimum_includes_charges\": true");
	append_choice(&out, "blocked", rcv_blocked_rule_names, policy->blocked);
	append_choice(&out, "charges_only", rcv_charges_rule_names, policy->charges);
	if (!policy->reset)
		appendStringInfoString(&out, ", \"reset\": false");
	append_stop(&out, policy);
	append_interest(&out, policy);
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* Functions of the type ---------------------------------------------------- */

static Datum
of_text(const char *text)
{
	return rcv_dunning_policy_of_jsonb(rcv_json_of_text(text, what_policy));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_policy_in);
Datum
pgrcv_dunning_policy_in(PG_FUNCTION_ARGS)
{
	return of_text(PG_GETARG_CSTRING(0));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_policy_out);
Datum
pgrcv_dunning_policy_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(rcv_dunning_policy_json(rcv_dunning_policy_arg(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_policy_recv);
Datum
pgrcv_dunning_policy_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, what_policy);
	return of_text(pq_getmsgtext(in, in->len - in->cursor, &length));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_policy_send);
Datum
pgrcv_dunning_policy_send(PG_FUNCTION_ARGS)
{
	char *text = rcv_dunning_policy_json(rcv_dunning_policy_arg(PG_GETARG_DATUM(0)));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_policy_from_jsonb);
Datum
pgrcv_dunning_policy_from_jsonb(PG_FUNCTION_ARGS)
{
	return rcv_dunning_policy_of_jsonb(PG_GETARG_JSONB_P(0));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_policy_to_jsonb);
Datum
pgrcv_dunning_policy_to_jsonb(PG_FUNCTION_ARGS)
{
	const rcv_dunning_policy *policy = rcv_dunning_policy_arg(PG_GETARG_DATUM(0));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(rcv_dunning_policy_json(policy)));
}
