/*
 * explain_pg.c
 *		dunning_explain: why that step, why that day, or why none.
 *
 * The decision is that of the core; here its inputs and what it looked at on
 * the way are put into words, a row for each rule in the order in which the
 * core looks at them.
 */
#include "dunning/dunning_pg.h"

#include "utils/builtins.h"
#include "utils/tuplestore.h"

#define COLUMNS 5

/* What the words are made of. */
typedef struct words
{
	const rcv_dunning_policy *policy;
	const rcv_dunning_facts *facts;
	const rcv_dunning_answer *answer;
} words;

typedef struct line
{
	const char *inputs;
	const char *result;
	const char *would_change; /* NULL: nothing to say */
} line;

static char *
day_text(int32 day)
{
	char *text = palloc(RCV_DAY_TEXT + 1);

	if (day == RCV_DAY_NONE)
		return pstrdup("null");
	if (!rcv_day_valid(day) || day == RCV_DAY_MAX)
		return pstrdup("infinity");
	rcv_day_print(day, text);
	return text;
}

static char *
money_text(rcv_money money)
{
	char *text = palloc(RCV_MONEY_TEXT);

	rcv_money_print(money.units, money.scale, text);
	return text;
}

static char *
given_text(rcv_dunning_text text)
{
	return text.at == NULL ? pstrdup("null") : pnstrdup(text.at, text.length);
}

/* The rule at which it ended, when it ended with no step. */
static bool
ended_at(const words *w, rcv_dunning_rule rule)
{
	return w->answer->step == NULL && w->answer->decided == rule;
}

/* Rules on the item ------------------------------------------------------------- */

static line
facts_line(const words *w)
{
	line out = {psprintf("due_on %s, open_amount %s, as_of %s", day_text(w->facts->due_on),
						 w->facts->has_open ? money_text(w->facts->open) : "null",
						 day_text(w->facts->as_of)),
				"known", NULL};

	if (ended_at(w, RCV_RULE_FACTS))
	{
		out.result = "missing_due";
		out.would_change = "a due date and an open amount";
	}
	return out;
}

static line
open_line(const words *w)
{
	line out = {psprintf("open_amount %s, open_charges %s, charges_only %s",
						 money_text(w->facts->open), money_text(w->facts->charges),
						 rcv_charges_rule_names[w->policy->charges]),
				w->answer->charges_only ? "only charges are left, and they are dunned" : "open",
				"payment of the open amount"};

	if (ended_at(w, RCV_RULE_OPEN))
	{
		out.result = rcv_dunning_reason_names[w->answer->reason];
		out.would_change = w->answer->charges_only ? "\"charges_only\": \"dun\" in the policy"
												   : "an open amount above 0";
	}
	return out;
}

static line
stop_line(const words *w)
{
	const char *stop = w->facts->stop < 0 ? "null" : rcv_dunning_stop_names[w->facts->stop];
	line out = {psprintf("stop %s, prescribed_on %s", stop, day_text(w->facts->prescribed_on)),
				w->facts->stop < 0 ? "none" : "the policy does not stop for it", NULL};

	if (ended_at(w, RCV_RULE_STOP))
	{
		out.result = rcv_dunning_reason_names[w->answer->reason];
		out.would_change = w->answer->reason == RCV_REASON_PRESCRIBED
							   ? "an act that interrupts prescription: a later prescribed_on"
							   : psprintf("\"stop\" of the policy without \"%s\"", stop);
	}
	return out;
}

static line
dispute_line(const words *w)
{
	line out = {psprintf("disputed_amount %s of %s, dispute %s", money_text(w->facts->disputed),
						 money_text(w->facts->open), rcv_dispute_rule_names[w->policy->dispute]),
				psprintf("%s to be dunned", money_text(w->answer->claim)), NULL};

	if (ended_at(w, RCV_RULE_DISPUTE))
	{
		out.result = "disputed";
		out.would_change = w->policy->dispute == RCV_DISPUTE_HOLD ? "the end of the dispute"
																  : "a smaller disputed amount";
	}
	else if (w->answer->charges_only)
		out.result = "only charges are left";
	return out;
}

static line
ladder_line(const words *w)
{
	const char *segment = given_text(w->facts->segment);
	line out = {psprintf("segment %s", segment), "no_ladder",
				"a ladder of that name, or one called \"default\""};
	const char *name;

	if (w->answer->ladder == NULL)
		return out;
	name = rcv_policy_text(w->policy, w->answer->ladder->name);
	out.would_change = NULL;
	out.result = psprintf("ladder %s, %u steps", name, w->answer->ladder->count);
	if (w->facts->segment.at != NULL && strcmp(name, segment) != 0)
	{
		out.result =
			psprintf("no ladder \"%s\": default, %u steps", segment, w->answer->ladder->count);
		out.would_change = "a ladder of that name";
	}
	return out;
}

/* Rules that move the day --------------------------------------------------------- */

static line
hold_line(const words *w)
{
	int32 hold = w->facts->hold_until;
	line out = {psprintf("hold_until %s", day_text(hold)), "no hold", NULL};

	if (hold == RCV_DAY_NONE)
		return out;
	out.result = hold == RCV_DAY_MAX	   ? "held without end"
				 : hold >= w->facts->as_of ? psprintf("not before %s", day_text(hold + 1))
										   : "over";
	if (hold >= w->facts->as_of)
		out.would_change = "lifting the hold";
	return out;
}

static line
promise_line(const words *w)
{
	const rcv_dunning_answer *answer = w->answer;
	const rcv_dunning_policy *policy = w->policy;
	int32 end = answer->promise_end;
	rcv_money pct;
	line out = {NULL, "no promise", NULL};

	rcv_check(rcv_money_reduce(policy->promise_min_pct, RCV_RATE_SCALE, &pct), "promise");
	out.inputs = psprintf("promise_on %s, promise_amount %s, promise_grace_days %d, "
						  "promise_min_pct %s",
						  day_text(w->facts->promise_on),
						  w->facts->has_promise_amount ? money_text(w->facts->promised) : "null",
						  policy->promise_grace_days, money_text(pct));
	if (end != RCV_DAY_NONE)
	{
		out.result = end >= w->facts->as_of ? psprintf("not before %s", day_text(end + 1))
											: psprintf("broken after %s", day_text(end));
		out.would_change = "payment as promised";
	}
	else if (w->facts->promise_on != RCV_DAY_NONE &&
			 w->facts->last_on > w->facts->promise_on + policy->promise_grace_days)
		out.result = "broken, and answered by the last step";
	else if (w->facts->promise_on != RCV_DAY_NONE)
	{
		out.result = "too small to be waited for";
		out.would_change = "a promise of more";
	}
	return out;
}

static line
gap_line(const words *w)
{
	line out = {psprintf("last_step_on %s, min_gap_days %d", day_text(w->facts->last_on),
						 w->policy->min_gap_days),
				"no step before", NULL};

	if (w->answer->gap_end != RCV_DAY_NONE)
		out.result = w->answer->gap_end > w->facts->as_of
						 ? psprintf("not before %s", day_text(w->answer->gap_end))
						 : "over";
	if (w->facts->last_on == w->facts->as_of)
		out.would_change = "asking on another day";
	else if (w->answer->gap_end > w->facts->as_of)
		out.would_change = "a smaller \"min_gap_days\" in the policy";
	return out;
}

/* Rules on the step ---------------------------------------------------------------- */

/* "; passed over: step 1 (no_channel)", or nothing. */
static char *
passed_over(const words *w)
{
	const rcv_dunning_ladder *ladder = w->answer->ladder;
	const rcv_ladder_step *step = rcv_policy_steps(w->policy) + ladder->first;
	rcv_dunning_reason reason;
	StringInfoData out;

	initStringInfo(&out);
	if (w->policy->blocked != RCV_BLOCKED_SKIP)
		return out.data;
	for (; step < w->answer->candidate; step++)
		if (step->number > w->facts->last_step &&
			rcv_dunning_blocked(w->policy, w->facts, w->answer, step, &reason))
			appendStringInfo(&out, "%s step %d (%s)", out.len == 0 ? "; passed over:" : ",",
							 step->number, rcv_dunning_reason_names[reason]);
	return out.data;
}

static line
step_line(const words *w)
{
	const rcv_ladder_step *step = w->answer->candidate;
	line out = {psprintf("last_step %d, progression %s", w->facts->last_step,
						 rcv_dunning_progression_names[w->policy->progression]),
				"no_more_levels", "a further step in the ladder"};

	if (step == NULL)
		return out;
	out.result = psprintf("step %d, %s%s", step->number, rcv_dunning_action_names[step->action],
						  passed_over(w));
	out.would_change = NULL;
	return out;
}

static line
minimum_line(const words *w)
{
	const rcv_dunning_answer *answer = w->answer;
	rcv_money minimum;
	bool has = rcv_ladder_step_minimum(w->policy, answer->candidate, w->facts->currency, &minimum);
	line out = {psprintf("amount %s, min_amount %s, currency %s", money_text(answer->measured),
						 has ? money_text(minimum) : "none", given_text(w->facts->currency)),
				has ? "reached" : "none", NULL};

	if (has && rcv_money_compare(answer->measured, minimum) < 0)
	{
		out.result = "below_minimum";
		out.would_change = psprintf("an amount of %s", money_text(minimum));
	}
	return out;
}

static line
cost_line(const words *w)
{
	const rcv_dunning_answer *answer = w->answer;
	rcv_money cost = rcv_policy_money(answer->candidate->cost);
	bool stops = (w->policy->stop >> RCV_STOP_COST & 1) != 0;
	line out = {psprintf("amount %s, cost %s", money_text(answer->measured), money_text(cost)),
				stops ? "worth it" : "not looked at: \"cost\" is not in \"stop\"", NULL};

	if (stops && rcv_money_compare(answer->measured, cost) < 0)
	{
		out.result = "below_cost";
		out.would_change = psprintf("an amount of %s", money_text(cost));
	}
	return out;
}

static line
channel_line(const words *w)
{
	const rcv_dunning_facts *facts = w->facts;
	StringInfoData given;
	line out = {NULL, "none needed", NULL};

	initStringInfo(&given);
	for (int i = 0; i < facts->channel_count; i++)
		appendStringInfo(&given, "%s%s", i > 0 ? ", " : "",
						 pnstrdup(facts->channels[i].at, facts->channels[i].length));
	out.inputs = psprintf("of the step: %s; there are: %s",
						  w->answer->candidate->channels == 0
							  ? "none"
							  : rcv_dunning_channels_text(w->policy, w->answer->candidate),
						  facts->channel_count < 0	  ? "all"
						  : facts->channel_count == 0 ? "none"
													  : given.data);
	if (w->answer->channel != 0)
		out.result = rcv_policy_text(w->policy, w->answer->channel);
	else if (w->answer->candidate->channels > 0)
	{
		out.result = "no_channel";
		out.would_change = "an address for one of them";
	}
	return out;
}

static line
day_line(const words *w)
{
	const rcv_dunning_answer *answer = w->answer;
	const rcv_ladder_step *step = answer->candidate;
	line out = {psprintf("base %s, delay_days %d, grace_days %d, roll %s%s",
						 rcv_dunning_base_names[step->base], step->delay, w->policy->grace_days,
						 rcv_roll_names[w->policy->roll],
						 w->facts->days == NULL ? ", no calendar" : ""),
				"missing_base", "the day of the invoice, or of the last step"};

	if (answer->rolled == RCV_DAY_NONE)
		return out;
	out.result = psprintf("on %s", day_text(answer->natural));
	if (answer->forced)
		out.result = psprintf(
			"%s; promise broken%s: at once, %s",
			answer->own == RCV_DAY_NONE ? "missing_base" : psprintf("on %s", day_text(answer->own)),
			answer->promise_end < w->facts->as_of ? "" : " by then", out.result);
	if (answer->natural != answer->rolled)
		out.result = psprintf("%s, rolled to %s", out.result, day_text(answer->rolled));
	out.would_change = NULL;
	if (answer->floor > answer->rolled && answer->due_on != RCV_DAY_NONE)
		out.result = psprintf("%s; put off to %s", out.result, day_text(answer->due_on));
	if (answer->due_on > w->facts->as_of)
		out.would_change = psprintf("asking on %s", day_text(answer->due_on));
	return out;
}

static line
prescription_line(const words *w)
{
	line out = {psprintf("prescribed_on %s", day_text(w->facts->prescribed_on)), "not by then",
				NULL};

	if (ended_at(w, RCV_RULE_PRESCRIPTION))
	{
		out.result = "prescribed by the day of the step";
		out.would_change = "an act that interrupts prescription: a later prescribed_on";
	}
	return out;
}

static line
approval_line(const words *w)
{
	bool asked = (w->answer->candidate->flags & RCV_STEP_APPROVAL) != 0;
	line out = {psprintf("approval %s", asked ? "true" : "false"),
				asked ? "waits for a yes" : "not needed", asked ? "approval" : NULL};

	return out;
}

/* Rows ------------------------------------------------------------------------------- */

typedef line (*line_fn)(const words *);

static const line_fn lines[RCV_DUNNING_RULES] = {
	facts_line, open_line,	  stop_line, dispute_line,		ladder_line,
	hold_line,	promise_line, gap_line,	 step_line,			minimum_line,
	cost_line,	channel_line, day_line,	 prescription_line, approval_line};

/* The last rule that was looked at. */
static int
last_rule(const rcv_dunning_answer *answer)
{
	if (answer->step != NULL)
		return RCV_DUNNING_RULES - 1;
	if (answer->reason != RCV_REASON_DONE_TODAY)
		return answer->decided;
	return answer->candidate == NULL ? RCV_RULE_STEP : RCV_RULE_GAP;
}

static void
put_row(ReturnSetInfo *result, int position, const char *rule, const line *texts)
{
	Datum values[COLUMNS];
	bool nulls[COLUMNS] = {false, false, false, false, texts->would_change == NULL};

	values[0] = Int32GetDatum(position);
	values[1] = CStringGetTextDatum(rule);
	values[2] = CStringGetTextDatum(texts->inputs);
	values[3] = CStringGetTextDatum(texts->result);
	values[4] = nulls[4] ? (Datum) 0 : CStringGetTextDatum(texts->would_change);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static line
answer_line(const words *w)
{
	const rcv_dunning_answer *answer = w->answer;
	line out = {psprintf("as_of %s", day_text(w->facts->as_of)),
				rcv_dunning_reason_names[answer->reason], NULL};

	if (answer->step != NULL)
		out.result =
			psprintf("%s: step %d on %s", out.result, answer->number, day_text(answer->due_on));
	return out;
}

/* dunning_explain(...) */
PG_FUNCTION_INFO_V1(pgrcv_dunning_explain);
Datum
pgrcv_dunning_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	rcv_dunning_facts facts;
	rcv_dunning_answer answer;
	words w;
	line text;
	int n = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	w = (words){rcv_dunning_kept_arg(fcinfo, false)->policy, &facts, &answer};
	rcv_dunning_read_facts(fcinfo, &facts);
	facts.rates = NULL;
	rcv_dunning_ask(w.policy, &facts, false, &answer);
	for (int rule = 0; rule <= last_rule(&answer); rule++)
	{
		text = lines[rule](&w);
		put_row(result, ++n, rcv_dunning_rule_names[rule], &text);
	}
	text = answer_line(&w);
	put_row(result, ++n, "answer", &text);
	PG_RETURN_NULL();
}
