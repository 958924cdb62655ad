/*
 * step.c
 *		The next dunning step of an item.
 */
#include "dunning/step.h"

#include <string.h>

#include "base/day.h"

#define PCT_UNITS 6 /* decimals of a percentage */

const char *const rcv_dunning_reason_names[RCV_REASONS + 1] = {"due",
															   "approval",
															   "promise_broken",
															   "charges_only",
															   "not_due",
															   "done_today",
															   "hold",
															   "promise_pending",
															   "gap",
															   "missing_due",
															   "missing_base",
															   "credit",
															   "settled",
															   "insolvency",
															   "written_off",
															   "handed_over",
															   "prescribed",
															   "prescribes_first",
															   "disputed",
															   "no_ladder",
															   "no_more_levels",
															   "below_minimum",
															   "below_cost",
															   "no_channel",
															   NULL};

const char *const rcv_dunning_rule_names[RCV_DUNNING_RULES + 1] = {
	"facts", "open amount", "stop", "dispute", "ladder", "hold",		 "promise",	 "gap",
	"step",	 "minimum",		"cost", "channel", "day",	 "prescription", "approval", NULL};

rcv_dunning_facts
rcv_dunning_plain_facts(int32_t due_on, rcv_money open, int32_t as_of)
{
	const rcv_money nothing = {0, RCV_SCALE_MIN};

	return (rcv_dunning_facts){.due_on = due_on,
							   .as_of = as_of,
							   .last_on = RCV_DAY_NONE,
							   .promise_on = RCV_DAY_NONE,
							   .hold_until = RCV_DAY_NONE,
							   .invoice_on = RCV_DAY_NONE,
							   .prescribed_on = RCV_DAY_NONE,
							   .has_open = true,
							   .open = open,
							   .promised = nothing,
							   .disputed = nothing,
							   .charges = nothing,
							   .stop = -1,
							   .channel_count = -1};
}

/* Amounts ---------------------------------------------------------------- */

/* a + sign x b */
static rcv_status
money_add(rcv_money a, rcv_money b, int sign, rcv_money *out)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;
	rcv_int128 x = (rcv_int128) a.units * rcv_pow10(scale - a.scale);
	rcv_int128 y = (rcv_int128) b.units * rcv_pow10(scale - b.scale);

	return rcv_money_reduce(x + sign * y, scale, out);
}

/* Whether amount >= pct / 100 x whole. */
static bool
covers(rcv_money amount, int64_t pct, rcv_money whole)
{
	rcv_int128 x = (rcv_int128) amount.units;
	rcv_int128 y = (rcv_int128) whole.units * pct;
	int shift = whole.scale + PCT_UNITS + 2 - amount.scale;

	/* x >= y / 10^shift, compared by the whole part of y where x cannot be multiplied */
	if (shift <= 0)
		return x >= y * rcv_pow10(-shift);
	for (; shift > 0; shift--)
		y = y / 10 + (y % 10 > 0);
	return x >= y;
}

/* Whole, not negative, half up; exponent 0 .. 36. */
static rcv_int128
divide_pow10(rcv_int128 dividend, int exponent)
{
	rcv_int128 divisor = rcv_pow10(exponent / 2);

	divisor *= rcv_pow10(exponent - exponent / 2);
	return dividend / divisor + (dividend % divisor >= divisor - dividend % divisor);
}

/* The amount of the tier of an amount; 0 when there is none, or it is not above 0. */
static int64_t
tier_amount(const rcv_policy_tier *tiers, int n, rcv_money amount)
{
	int i = 0;

	if (n == 0 || amount.units <= 0)
		return 0;
	while (i < n - 1 && rcv_money_compare(amount, rcv_policy_money(tiers[i].up_to)) > 0)
		i++;
	return tiers[i].amount;
}

/* Days ------------------------------------------------------------------- */

static int32_t
month_end(int32_t day)
{
	int32_t year;
	int32_t month;
	int32_t mday;
	int32_t next;

	rcv_day_to_civil(day, &year, &month, &mday);
	if (month == 12)
		return day + 31 - mday;
	(void) rcv_day_from_civil(year, month + 1, 1, &next);
	return next - 1;
}

static rcv_status
roll(const rcv_dunning_facts *facts, int32_t day, rcv_roll convention, int32_t *out)
{
	*out = day;
	if (!rcv_day_valid(day))
		return RCV_EDATE;
	return facts->days == NULL ? RCV_OK : rcv_roll_day(facts->days, day, convention, out);
}

/* Never back. */
static rcv_status
roll_on(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts, int32_t day, int32_t *out)
{
	return roll(facts, day, policy->roll == RCV_ROLL_NONE ? RCV_ROLL_NONE : RCV_ROLL_FOLLOWING,
				out);
}

/* The day from which a step counts, RCV_DAY_NONE when it is not known. */
static int32_t
base_day(const rcv_ladder_step *step, const rcv_dunning_facts *facts, int32_t previous)
{
	switch ((rcv_dunning_base) step->base)
	{
		case RCV_BASE_DUE_MONTH_END:
			return month_end(facts->due_on);
		case RCV_BASE_PREVIOUS:
			return previous;
		case RCV_BASE_PREVIOUS_MONTH_END:
			return previous == RCV_DAY_NONE ? RCV_DAY_NONE : month_end(previous);
		case RCV_BASE_INVOICE:
			return facts->invoice_on;
		default:
			return facts->due_on;
	}
}

/* A step's own day, as it is and rolled; both RCV_DAY_NONE when its base is not known. */
static rcv_status
own_day(const rcv_dunning_policy *policy, const rcv_ladder_step *step,
		const rcv_dunning_facts *facts, int32_t previous, int32_t *natural, int32_t *rolled)
{
	int32_t base = base_day(step, facts, previous);

	*natural = *rolled = RCV_DAY_NONE;
	if (base == RCV_DAY_NONE)
		return RCV_OK;
	*natural = base + step->delay;
	if (*natural >= facts->due_on && *natural < facts->due_on + policy->grace_days)
		*natural = facts->due_on + policy->grace_days;
	return roll(facts, *natural, (rcv_roll) policy->roll, rolled);
}

/* Rules ------------------------------------------------------------------ */

static bool
decide(rcv_dunning_answer *answer, rcv_dunning_reason reason, rcv_dunning_rule rule)
{
	answer->reason = reason;
	answer->decided = rule;
	return true;
}

static bool
stops(const rcv_dunning_policy *policy, rcv_dunning_stop stop)
{
	return (policy->stop >> stop & 1) != 0;
}

static bool
facts_valid(const rcv_dunning_facts *facts)
{
	return facts->last_step >= 0 && facts->disputed.units >= 0 && facts->charges.units >= 0 &&
		   facts->promised.units >= 0 && facts->last_on <= facts->as_of;
}

/* Paid, a credit, or nothing left but charges; true when that ends it. */
static bool
open_rule(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		  rcv_dunning_answer *answer)
{
	if (facts->open.units < 0)
		return decide(answer, RCV_REASON_CREDIT, RCV_RULE_OPEN);
	if (facts->open.units > 0)
		return false;
	answer->charges_only = facts->charges.units > 0;
	if (answer->charges_only && policy->charges == RCV_CHARGES_DUN)
	{
		answer->claim = facts->charges;
		return false;
	}
	if (policy->reset)
		answer->number = 0;
	return decide(answer, answer->charges_only ? RCV_REASON_CHARGES_ONLY : RCV_REASON_SETTLED,
				  RCV_RULE_OPEN);
}

static bool
stop_rule(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		  rcv_dunning_answer *answer)
{
	if (facts->stop >= 0 && stops(policy, (rcv_dunning_stop) facts->stop))
		return decide(answer, (rcv_dunning_reason) (RCV_REASON_INSOLVENCY + facts->stop),
					  RCV_RULE_STOP);
	if (facts->prescribed_on != RCV_DAY_NONE && stops(policy, RCV_STOP_PRESCRIPTION) &&
		facts->as_of >= facts->prescribed_on)
		return decide(answer, RCV_REASON_PRESCRIBED, RCV_RULE_STOP);
	return false;
}

/* Sets the claim. */
static rcv_status
dispute_rule(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			 rcv_dunning_answer *answer, bool *decided)
{
	rcv_status status = RCV_OK;
	bool disputed;

	*decided = false;
	if (answer->charges_only)
		return RCV_OK;
	answer->claim = facts->open;
	if (facts->disputed.units == 0 || policy->dispute == RCV_DISPUTE_IGNORE)
		return RCV_OK;
	disputed =
		policy->dispute == RCV_DISPUTE_HOLD || rcv_money_compare(facts->disputed, facts->open) >= 0;
	if (!disputed)
		status = money_add(facts->open, facts->disputed, -1, &answer->claim);
	*decided = disputed && decide(answer, RCV_REASON_DISPUTED, RCV_RULE_DISPUTE);
	return status;
}

/* Rules on the item as a whole, up to its ladder. */
static rcv_status
item_rules(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		   rcv_dunning_answer *answer, bool *decided)
{
	rcv_status status;

	*decided = true;
	if (!facts->has_open || facts->due_on == RCV_DAY_NONE)
	{
		decide(answer, RCV_REASON_MISSING_DUE, RCV_RULE_FACTS);
		return RCV_OK;
	}
	if (open_rule(policy, facts, answer) || stop_rule(policy, facts, answer))
		return RCV_OK;
	status = dispute_rule(policy, facts, answer, decided);
	if (status != RCV_OK || *decided)
		return status;
	answer->ladder = rcv_policy_ladder(policy, facts->segment.at, facts->segment.length);
	*decided = answer->ladder == NULL && decide(answer, RCV_REASON_NO_LADDER, RCV_RULE_LADDER);
	return RCV_OK;
}

static void
not_before(rcv_dunning_answer *answer, int32_t day, rcv_dunning_rule rule)
{
	if (day <= answer->floor)
		return;
	answer->floor = day;
	answer->floor_rule = rule;
}

/*
 * Whether a promise is to be waited for, or was broken without an answer: it
 * covers enough, and no step was taken after it ran out.
 */
static bool
promise_counts(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			   const rcv_dunning_answer *answer)
{
	if (facts->promise_on == RCV_DAY_NONE ||
		facts->last_on > facts->promise_on + policy->promise_grace_days)
		return false;
	return !facts->has_promise_amount ||
		   covers(facts->promised, policy->promise_min_pct, answer->claim);
}

/* Days before which no step is taken; *decided when none ever is. */
static rcv_status
waiting_rules(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			  rcv_dunning_answer *answer, bool *decided)
{
	*decided = facts->hold_until == RCV_DAY_MAX && decide(answer, RCV_REASON_HOLD, RCV_RULE_HOLD);
	if (facts->hold_until != RCV_DAY_NONE && !*decided)
		not_before(answer, facts->hold_until + 1, RCV_RULE_HOLD);
	if (promise_counts(policy, facts, answer))
	{
		answer->promise_end = facts->promise_on + policy->promise_grace_days;
		not_before(answer, answer->promise_end + 1, RCV_RULE_PROMISE);
	}
	if (facts->last_on != RCV_DAY_NONE)
	{
		answer->gap_end = facts->last_on + (policy->min_gap_days > 1 ? policy->min_gap_days : 1);
		not_before(answer, answer->gap_end, RCV_RULE_GAP);
	}
	if (answer->floor == RCV_DAY_NONE || *decided)
		return RCV_OK;
	return roll_on(policy, facts, answer->floor, &answer->first);
}

/*
 * Whether a promise changes the step and its day when it is broken.  One that
 * ran out before the item was overdue, with its grace, changes nothing.
 */
static bool
promise_forces(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			   const rcv_dunning_answer *answer)
{
	return policy->promise_broken != RCV_PROMISE_CARRY_ON && answer->promise_end != RCV_DAY_NONE &&
		   answer->promise_end >= facts->due_on &&
		   answer->promise_end + 1 >= facts->due_on + policy->grace_days;
}

/* A broken promise brings the day forward, where the policy says so. */
static rcv_status
bring_forward(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			  rcv_dunning_answer *answer)
{
	int32_t day = answer->promise_end + 1;

	if (!promise_forces(policy, facts, answer) ||
		(answer->natural != RCV_DAY_NONE && answer->natural <= day))
		return RCV_OK;
	answer->natural = day;
	answer->forced = true;
	return roll_on(policy, facts, day, &answer->rolled);
}

/* Sets what is held against the minimum and the cost of a step. */
static rcv_status
measure(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		rcv_dunning_answer *answer)
{
	answer->measured = answer->claim;
	if (!policy->minimum_includes_charges || answer->charges_only)
		return RCV_OK;
	return money_add(answer->claim, facts->charges, 1, &answer->measured);
}

/* Whether a step can be taken ------------------------------------------------ */

bool
rcv_ladder_step_minimum(const rcv_dunning_policy *policy, const rcv_ladder_step *step,
						rcv_dunning_text currency, rcv_money *out)
{
	const rcv_policy_minimum *minimum = rcv_policy_minimums(policy) + step->minimum;
	bool found = false;

	for (int i = 0; i < step->minimums; i++)
	{
		const char *name = rcv_policy_text(policy, minimum[i].currency);
		bool own = minimum[i].currency != 0 && currency.at != NULL &&
				   strncmp(name, currency.at, currency.length) == 0 &&
				   name[currency.length] == '\0';

		if (own || minimum[i].currency == 0)
		{
			*out = rcv_policy_money(minimum[i].amount);
			found = true;
		}
		if (own)
			break;
	}
	return found;
}

static bool
available(const rcv_dunning_facts *facts, const char *channel)
{
	for (int i = 0; i < facts->channel_count; i++)
		if (strlen(channel) == facts->channels[i].length &&
			memcmp(channel, facts->channels[i].at, facts->channels[i].length) == 0)
			return true;
	return facts->channel_count < 0;
}

/* The first of a step's channels that is there; 0 when none is, or it has none. */
static uint32_t
reached_by(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		   const rcv_ladder_step *step)
{
	const uint32_t *channels = rcv_policy_channels(policy) + step->channel;

	for (int i = 0; i < step->channels; i++)
		if (available(facts, rcv_policy_text(policy, channels[i])))
			return channels[i];
	return 0;
}

bool
rcv_dunning_blocked(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
					const rcv_dunning_answer *answer, const rcv_ladder_step *step,
					rcv_dunning_reason *reason)
{
	rcv_money minimum;

	*reason = RCV_REASON_BELOW_MINIMUM;
	if (rcv_ladder_step_minimum(policy, step, facts->currency, &minimum) &&
		rcv_money_compare(answer->measured, minimum) < 0)
		return true;
	*reason = RCV_REASON_NO_CHANNEL;
	return step->channels > 0 && reached_by(policy, facts, step) == 0;
}

/* A step with its day, as it is and rolled. */
typedef struct choice
{
	const rcv_ladder_step *step;
	int32_t natural;
	int32_t rolled;
} choice;

/* What a walk up a ladder finds. */
typedef struct walk
{
	bool skip;	   /* steps that are blocked */
	int32_t least; /* only steps with this number or a higher one */
	int32_t day;   /* the first on which a step can be taken */
	int32_t limit;
	choice first;
	choice highest;	  /* the last one whose day is not after the limit */
	int32_t earliest; /* day of any of them */
	int32_t turn;	  /* after "day": from then on the walk may find another step */
} walk;

static void
turns_on(walk *found, int32_t day)
{
	if (found->turn == RCV_DAY_NONE || day < found->turn)
		found->turn = day;
}

/*
 * Steps after the last one taken.  One whose day lies before the due date is
 * passed over when it would be taken after it: a courtesy is not sent late.  A
 * step that counts from one that is passed over counts from that one's own day.
 */
static rcv_status
walk_ladder(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			const rcv_dunning_answer *answer, walk *found)
{
	const rcv_dunning_ladder *ladder = answer->ladder;
	const rcv_ladder_step *steps = rcv_policy_steps(policy) + ladder->first;
	int32_t previous = facts->last_on;
	rcv_dunning_reason reason;

	found->first.step = found->highest.step = NULL;
	found->earliest = INT32_MAX;
	for (uint32_t i = 0; i < ladder->count; i++)
	{
		choice one = {&steps[i], 0, 0};
		rcv_status status;

		if (one.step->number <= facts->last_step)
			continue;
		status = own_day(policy, one.step, facts, previous, &one.natural, &one.rolled);
		if (status != RCV_OK)
			return status;
		previous = one.rolled;
		if (one.step->number < found->least ||
			(found->skip && rcv_dunning_blocked(policy, facts, answer, one.step, &reason)) ||
			(one.natural != RCV_DAY_NONE && one.natural < facts->due_on &&
			 (found->day > facts->due_on || one.rolled > facts->due_on)))
			continue;
		if (one.natural != RCV_DAY_NONE && one.natural < facts->due_on)
			turns_on(found, facts->due_on + 1);
		if (found->first.step == NULL)
			found->first = one;
		if (policy->progression == RCV_SEQUENTIAL)
			break;
		if (one.rolled != RCV_DAY_NONE && one.rolled <= found->limit)
			found->highest = one;
		if (one.rolled > found->day)
			turns_on(found, one.rolled);
		if (one.rolled != RCV_DAY_NONE && one.rolled < found->earliest)
			found->earliest = one.rolled;
	}
	return RCV_OK;
}

/* Any step, from number "least" on, unless the ladder is not that high. */
static rcv_status
walk_from(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		  const rcv_dunning_answer *answer, int32_t least, walk *found)
{
	rcv_status status;

	found->least = least;
	status = walk_ladder(policy, facts, answer, found);
	if (status != RCV_OK || found->first.step != NULL || least == 0)
		return status;
	found->least = 0;
	return walk_ladder(policy, facts, answer, found);
}

/* The step to take next, and its own day. */
static rcv_status
choose(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts, rcv_dunning_answer *answer)
{
	bool broken = promise_forces(policy, facts, answer);
	int32_t least = broken ? policy->promise_broken : 0;
	walk found = {.skip = policy->blocked == RCV_BLOCKED_SKIP, .turn = RCV_DAY_NONE};
	rcv_status status;
	choice chosen;

	found.day = found.limit = answer->first > facts->as_of ? answer->first : facts->as_of;
	status = walk_from(policy, facts, answer, least, &found);
	if (status == RCV_OK && found.first.step == NULL && found.skip)
	{
		found.skip = false; /* all are blocked: the first one says why */
		status = walk_from(policy, facts, answer, least, &found);
	}
	if (status == RCV_OK && found.highest.step == NULL && !broken && found.earliest != INT32_MAX)
	{
		found.limit = found.earliest;
		status = walk_ladder(policy, facts, answer, &found);
	}
	answer->turn = found.turn;
	if (status != RCV_OK || found.first.step == NULL)
		return status;
	chosen = found.highest.step != NULL ? found.highest : found.first;
	answer->candidate = chosen.step;
	answer->own = answer->natural = chosen.natural;
	answer->rolled = chosen.rolled;
	return bring_forward(policy, facts, answer);
}

/* Whether the amount is too small for the step. */
static bool
amount_rules(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			 rcv_dunning_answer *answer)
{
	const rcv_ladder_step *step = answer->candidate;

	if (rcv_ladder_step_minimum(policy, step, facts->currency, &answer->minimum) &&
		rcv_money_compare(answer->measured, answer->minimum) < 0)
		return decide(answer, RCV_REASON_BELOW_MINIMUM, RCV_RULE_MINIMUM);
	return stops(policy, RCV_STOP_COST) &&
		   rcv_money_compare(answer->measured, rcv_policy_money(step->cost)) < 0 &&
		   decide(answer, RCV_REASON_BELOW_COST, RCV_RULE_COST);
}

/* Whether the step has channels and none of them is there. */
static bool
channel_rule(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			 rcv_dunning_answer *answer)
{
	answer->channel = reached_by(policy, facts, answer->candidate);
	return answer->channel == 0 && answer->candidate->channels > 0 &&
		   decide(answer, RCV_REASON_NO_CHANNEL, RCV_RULE_CHANNEL);
}

/*
 * The day of the step, and why it is that day.  One that is brought forward is
 * never later than the day before which nothing is allowed.
 */
static void
day_rule(const rcv_dunning_facts *facts, rcv_dunning_answer *answer)
{
	static const rcv_dunning_reason waits[] = {RCV_REASON_HOLD, RCV_REASON_PROMISE_PENDING,
											   RCV_REASON_GAP};

	answer->due_on = answer->first > answer->rolled ? answer->first : answer->rolled;
	if (answer->due_on > facts->as_of && answer->floor > facts->as_of &&
		(answer->floor > answer->rolled || answer->forced))
		decide(answer, waits[answer->floor_rule - RCV_RULE_HOLD], answer->floor_rule);
	else if (answer->due_on > facts->as_of)
		decide(answer, RCV_REASON_NOT_DUE, RCV_RULE_DAY);
	else if (answer->candidate->flags & RCV_STEP_APPROVAL)
		decide(answer, RCV_REASON_APPROVAL, RCV_RULE_APPROVAL);
	else if (answer->promise_end != RCV_DAY_NONE)
		decide(answer, RCV_REASON_PROMISE_BROKEN, RCV_RULE_PROMISE);
	else if (answer->charges_only)
		decide(answer, RCV_REASON_CHARGES_ONLY, RCV_RULE_OPEN);
}

/* The claim will be prescribed by the day on which the step would be taken. */
static bool
prescription_rule(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
				  rcv_dunning_answer *answer)
{
	if (facts->prescribed_on == RCV_DAY_NONE || !stops(policy, RCV_STOP_PRESCRIPTION) ||
		answer->due_on < facts->prescribed_on)
		return false;
	answer->due_on = RCV_DAY_NONE;
	return decide(answer, RCV_REASON_PRESCRIBES_FIRST, RCV_RULE_PRESCRIPTION);
}

/* The step that was found: whether it can be taken, and when. */
static rcv_status
step_rules(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
		   rcv_dunning_answer *answer)
{
	if (amount_rules(policy, facts, answer) || channel_rule(policy, facts, answer))
		return RCV_OK;
	if (answer->rolled == RCV_DAY_NONE)
	{
		decide(answer, RCV_REASON_MISSING_BASE, RCV_RULE_DAY);
		return RCV_OK;
	}
	day_rule(facts, answer);
	if (prescription_rule(policy, facts, answer))
		return RCV_OK;
	answer->step = answer->candidate;
	answer->number = answer->step->number;
	if (answer->step->pay_by_days == RCV_PAY_BY_NONE)
		return RCV_OK;
	return roll_on(policy, facts,
				   (answer->due_on > facts->as_of ? answer->due_on : facts->as_of) +
					   answer->step->pay_by_days,
				   &answer->pay_by);
}

rcv_status
rcv_dunning_decide(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
				   rcv_dunning_answer *answer)
{
	rcv_status status;
	bool decided;

	*answer = (rcv_dunning_answer){.reason = RCV_REASON_DUE,
								   .decided = RCV_RULE_DAY,
								   .number = facts->last_step,
								   .due_on = RCV_DAY_NONE,
								   .pay_by = RCV_DAY_NONE,
								   .claim = {0, RCV_SCALE_MIN},
								   .measured = {0, RCV_SCALE_MIN},
								   .minimum = {0, RCV_SCALE_MIN},
								   .own = RCV_DAY_NONE,
								   .natural = RCV_DAY_NONE,
								   .rolled = RCV_DAY_NONE,
								   .promise_end = RCV_DAY_NONE,
								   .gap_end = RCV_DAY_NONE,
								   .floor = RCV_DAY_NONE,
								   .turn = RCV_DAY_NONE,
								   .first = RCV_DAY_NONE};
	if (!facts_valid(facts))
		return RCV_EDOMAIN;
	status = item_rules(policy, facts, answer, &decided);
	if (status == RCV_OK && !decided)
		status = waiting_rules(policy, facts, answer, &decided);
	if (status != RCV_OK || decided)
		return status;
	status = measure(policy, facts, answer);
	if (status == RCV_OK)
		status = choose(policy, facts, answer);
	if (status != RCV_OK)
		return status;
	if (answer->candidate != NULL)
		status = step_rules(policy, facts, answer);
	else
		decide(answer, RCV_REASON_NO_MORE_LEVELS, RCV_RULE_STEP);
	if (status == RCV_OK && facts->last_on == facts->as_of)
		decide(answer, RCV_REASON_DONE_TODAY, RCV_RULE_GAP);
	return status;
}

/* Amounts of the step ------------------------------------------------------- */

static rcv_status
interest_of(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			rcv_dunning_answer *answer, rcv_money open, rcv_rate_gap *gap)
{
	rcv_interest_terms terms = {(rcv_rate_rule) policy->rate_rule,
								(rcv_day_count) policy->day_count,
								(rcv_interest_rounding) policy->rounding, policy->scale};
	int32_t to = answer->due_on > facts->as_of ? answer->due_on : facts->as_of;
	rcv_status status;

	answer->interest_known = facts->rates != NULL;
	if (facts->rates == NULL)
		return RCV_OK;
	status =
		rcv_late_interest(open, facts->due_on, to, facts->rates, &terms, &answer->interest, gap);
	if (status == RCV_EDOMAIN && gap->from > facts->as_of)
	{
		answer->interest_known = false;
		return RCV_OK;
	}
	return status;
}

rcv_status
rcv_dunning_amounts(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
					rcv_dunning_answer *answer, rcv_rate_gap *gap)
{
	const rcv_ladder_step *step = answer->step;
	const rcv_policy_tier *tiers = rcv_policy_tiers(policy);
	rcv_money open = answer->claim;

	answer->fee = answer->indemnity = answer->interest = 0;
	answer->interest_known = true;
	if (step == NULL)
		return RCV_OK;
	if (answer->charges_only)
		open = (rcv_money){0, RCV_SCALE_MIN};
	answer->fee =
		(rcv_int128) step->fee_fixed + tier_amount(tiers + step->fee_tier, step->fee_tiers, open);
	if (step->fee_pct != 0)
		answer->fee +=
			divide_pow10((rcv_int128) open.units * step->fee_pct * rcv_pow10(policy->scale),
						 open.scale + PCT_UNITS + 2);
	answer->indemnity = tier_amount(tiers + step->indemnity_tier, step->indemnity_tiers, open);
	if ((step->flags & RCV_STEP_INTEREST) == 0)
		return RCV_OK;
	return interest_of(policy, facts, answer, open, gap);
}
