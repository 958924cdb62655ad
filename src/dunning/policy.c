/*
 * policy.c
 *		A dunning policy as a flat value.
 */
#include "dunning/policy.h"

#include <string.h>

const char *const rcv_dunning_base_names[RCV_BASES + 1] = {
	"due", "due_month_end", "previous", "previous_month_end", "invoice", NULL};
const char *const rcv_dunning_progression_names[RCV_PROGRESSIONS + 1] = {"sequential", "highest",
																		 NULL};
const char *const rcv_dispute_rule_names[RCV_DISPUTE_RULES + 1] = {"exclude", "hold", "ignore",
																   NULL};
const char *const rcv_charges_rule_names[RCV_CHARGES_RULES + 1] = {"forget", "dun", NULL};
const char *const rcv_blocked_rule_names[RCV_BLOCKED_RULES + 1] = {"stop", "skip", NULL};
const char *const rcv_dunning_action_names[RCV_ACTIONS + 1] = {
	"remind", "call",  "letter", "formal_notice", "block", "visit", "collect",
	"agency", "legal", "report", "write_off",	  "none",  NULL};
const char *const rcv_dunning_stop_names[RCV_STOPS + 1] = {
	"insolvency", "written_off", "handed_over", "prescription", "cost", NULL};

_Static_assert(sizeof(rcv_dunning_policy) % 8 == 0, "ladders are aligned");
_Static_assert(sizeof(rcv_dunning_ladder) == 16, "no stray bytes");
_Static_assert(sizeof(rcv_ladder_step) == 80, "no stray bytes");
_Static_assert(sizeof(rcv_policy_tier) == 24, "no stray bytes");
_Static_assert(sizeof(rcv_policy_minimum) == 24, "no stray bytes");

/* Parts ------------------------------------------------------------------ */

const rcv_dunning_ladder *
rcv_policy_ladders(const rcv_dunning_policy *policy)
{
	return (const rcv_dunning_ladder *) (policy + 1);
}

const rcv_ladder_step *
rcv_policy_steps(const rcv_dunning_policy *policy)
{
	return (const rcv_ladder_step *) (rcv_policy_ladders(policy) + policy->ladders);
}

const rcv_policy_tier *
rcv_policy_tiers(const rcv_dunning_policy *policy)
{
	return (const rcv_policy_tier *) (rcv_policy_steps(policy) + policy->steps);
}

const rcv_policy_minimum *
rcv_policy_minimums(const rcv_dunning_policy *policy)
{
	return (const rcv_policy_minimum *) (rcv_policy_tiers(policy) + policy->tiers);
}

const uint32_t *
rcv_policy_channels(const rcv_dunning_policy *policy)
{
	return (const uint32_t *) (rcv_policy_minimums(policy) + policy->minimums);
}

const char *
rcv_policy_text(const rcv_dunning_policy *policy, uint32_t place)
{
	return (const char *) (rcv_policy_channels(policy) + policy->channels) + place;
}

size_t
rcv_policy_size(const rcv_dunning_policy *policy)
{
	return sizeof(*policy) + policy->ladders * sizeof(rcv_dunning_ladder) +
		   policy->steps * sizeof(rcv_ladder_step) + policy->tiers * sizeof(rcv_policy_tier) +
		   policy->minimums * sizeof(rcv_policy_minimum) + policy->channels * sizeof(uint32_t) +
		   policy->texts;
}

int
rcv_money_compare(rcv_money a, rcv_money b)
{
	rcv_int128 x = (rcv_int128) a.units * rcv_pow10(b.scale);
	rcv_int128 y = (rcv_int128) b.units * rcv_pow10(a.scale);

	return (x > y) - (x < y);
}

/* Faults ----------------------------------------------------------------- */

static bool
amount_valid(rcv_policy_amount amount)
{
	return amount.units >= 0 && amount.scale >= RCV_SCALE_MIN && amount.scale <= RCV_SCALE_MAX &&
		   amount.unused == 0;
}

static bool
in_range(int64_t value, int64_t least, int64_t most)
{
	return value >= least && value <= most;
}

static bool
is_previous(const rcv_ladder_step *step)
{
	return step->base == RCV_BASE_PREVIOUS || step->base == RCV_BASE_PREVIOUS_MONTH_END;
}

const char *
rcv_ladder_step_fault(const rcv_ladder_step *steps, int i)
{
	const rcv_ladder_step *step = &steps[i];

	if (step->base >= RCV_BASES || step->action >= RCV_ACTIONS || step->flags > RCV_STEP_FLAGS)
		return "it has an unknown base or action";
	if (!in_range(step->number, 1, RCV_DUNNING_STEPS_MAX))
		return "\"step\" is a number from 1 to 100";
	if (i == 0 && is_previous(step))
		return "the first step of a ladder has no step before it to count from";
	if (is_previous(step) && step->delay < 0)
		return "it cannot come before the step that it counts from";
	if (!in_range(step->delay, RCV_DUNNING_DELAY_MIN, RCV_DUNNING_DELAY_MAX))
		return "\"delay_days\" lies between -3660 and 36600";
	if (!in_range(step->pay_by_days, RCV_PAY_BY_NONE, RCV_DUNNING_DAYS_MAX))
		return "\"pay_by_days\" lies between 0 and 3660";
	if (step->fee_fixed < 0 || !in_range(step->fee_pct, 0, RCV_DUNNING_PCT_MAX))
		return "a fee is not below 0, and its percentage at most 1000";
	if (!amount_valid(step->cost))
		return "\"cost\" is not below 0";
	return NULL;
}

int
rcv_ladder_step_disorder(const rcv_ladder_step *steps, int i)
{
	const rcv_ladder_step *step = &steps[i];

	if (i > 0 && steps[i - 1].number >= step->number)
		return i - 1;
	if (is_previous(step))
		return -1;
	for (int j = i - 1; j >= 0; j--)
		if (steps[j].base == step->base)
			return steps[j].delay >= step->delay ? j : -1;
	return -1;
}

bool
rcv_policy_tiers_valid(const rcv_policy_tier *tiers, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (!amount_valid(tiers[i].up_to) || tiers[i].amount < 0)
			return false;
		if (i < n - 1 && i > 0 &&
			rcv_money_compare(rcv_policy_money(tiers[i].up_to),
							  rcv_policy_money(tiers[i - 1].up_to)) <= 0)
			return false;
	}
	return true;
}

/* Any bytes ------------------------------------------------------------------ */

/* How far the parts have been used up by the steps looked at. */
typedef struct used
{
	uint32_t tiers;
	uint32_t minimums;
	uint32_t channels;
} used;

/* A part of a step begins where that of the one before ends. */
static bool
follows(uint32_t first, uint32_t count, uint32_t most, uint32_t all, uint32_t *next)
{
	if (first != *next || count > most || count > all - *next)
		return false;
	*next += count;
	return true;
}

/* A place where a text begins. */
static bool
place_valid(const rcv_dunning_policy *policy, uint32_t place)
{
	return place > 0 && place < policy->texts && *rcv_policy_text(policy, place - 1) == '\0' &&
		   *rcv_policy_text(policy, place) != '\0' &&
		   strlen(rcv_policy_text(policy, place)) <= RCV_DUNNING_TEXT_MAX;
}

static bool
parts_of_step_valid(const rcv_dunning_policy *policy, const rcv_ladder_step *step, used *next)
{
	const rcv_policy_tier *tiers = rcv_policy_tiers(policy);
	const rcv_policy_minimum *minimums = rcv_policy_minimums(policy);

	if (!follows(step->fee_tier, step->fee_tiers, RCV_DUNNING_TIERS_MAX, policy->tiers,
				 &next->tiers) ||
		!follows(step->indemnity_tier, step->indemnity_tiers, RCV_DUNNING_TIERS_MAX, policy->tiers,
				 &next->tiers) ||
		!follows(step->minimum, step->minimums, RCV_DUNNING_MINIMUMS_MAX, policy->minimums,
				 &next->minimums) ||
		!follows(step->channel, step->channels, RCV_DUNNING_CHANNELS_MAX, policy->channels,
				 &next->channels))
		return false;
	for (int i = 0; i < step->minimums; i++)
	{
		const rcv_policy_minimum *minimum = &minimums[step->minimum + i];

		if (!amount_valid(minimum->amount) ||
			(minimum->currency != 0 && !place_valid(policy, minimum->currency)))
			return false;
	}
	for (int i = 0; i < step->channels; i++)
		if (!place_valid(policy, rcv_policy_channels(policy)[step->channel + i]))
			return false;
	return (step->template == 0 || place_valid(policy, step->template)) &&
		   rcv_policy_tiers_valid(&tiers[step->fee_tier], step->fee_tiers) &&
		   rcv_policy_tiers_valid(&tiers[step->indemnity_tier], step->indemnity_tiers);
}

static bool
ladders_valid(const rcv_dunning_policy *policy)
{
	uint32_t next = 0;
	used parts = {0, 0, 0};

	for (uint32_t l = 0; l < policy->ladders; l++)
	{
		const rcv_dunning_ladder *ladder = &rcv_policy_ladders(policy)[l];
		const rcv_ladder_step *steps = rcv_policy_steps(policy) + next;

		if (!follows(ladder->first, ladder->count, RCV_DUNNING_STEPS_MAX, policy->steps, &next) ||
			!place_valid(policy, ladder->name))
			return false;
		for (int i = 0; i < (int) ladder->count; i++)
			if (rcv_ladder_step_fault(steps, i) != NULL ||
				rcv_ladder_step_disorder(steps, i) >= 0 ||
				!parts_of_step_valid(policy, &steps[i], &parts))
				return false;
	}
	return next == policy->steps && parts.tiers == policy->tiers &&
		   parts.minimums == policy->minimums && parts.channels == policy->channels;
}

static bool
head_valid(const rcv_dunning_policy *policy)
{
	return policy->blocked < RCV_BLOCKED_RULES && policy->progression < RCV_PROGRESSIONS &&
		   policy->roll < RCV_ROLLS && policy->dispute < RCV_DISPUTE_RULES &&
		   policy->charges < RCV_CHARGES_RULES && policy->reset <= 1 &&
		   policy->minimum_includes_charges <= 1 && policy->stop < 1 << RCV_STOPS &&
		   policy->rate_rule < RCV_RATE_RULES && policy->day_count < RCV_DAY_COUNTS &&
		   policy->rounding < RCV_INTEREST_ROUNDINGS && policy->scale <= RCV_DUNNING_SCALE_MAX &&
		   in_range(policy->grace_days, 0, RCV_DUNNING_DAYS_MAX) &&
		   in_range(policy->min_gap_days, 0, RCV_DUNNING_DAYS_MAX) &&
		   in_range(policy->promise_grace_days, 0, RCV_DUNNING_DAYS_MAX) &&
		   in_range(policy->promise_broken, RCV_PROMISE_CARRY_ON, RCV_DUNNING_STEPS_MAX) &&
		   in_range(policy->promise_min_pct, 0, RCV_DUNNING_PCT_MAX / 10) && policy->ladders >= 1 &&
		   policy->ladders <= RCV_DUNNING_LADDERS_MAX && policy->steps <= RCV_DUNNING_PARTS_MAX &&
		   policy->tiers <= RCV_DUNNING_PARTS_MAX && policy->minimums <= RCV_DUNNING_PARTS_MAX &&
		   policy->channels <= RCV_DUNNING_PARTS_MAX && policy->texts >= 1;
}

rcv_status
rcv_policy_check(const void *bytes, size_t size)
{
	const rcv_dunning_policy *policy = bytes;

	if (size < offsetof(rcv_dunning_policy, progression))
		return RCV_EBINARY;
	if (policy->version != RCV_DUNNING_VERSION)
		return RCV_EVERSION;
	if (size < sizeof(*policy) || !head_valid(policy) || rcv_policy_size(policy) != size)
		return RCV_EBINARY;
	if (*rcv_policy_text(policy, 0) != '\0' || *rcv_policy_text(policy, policy->texts - 1) != '\0')
		return RCV_EBINARY;
	return ladders_valid(policy) ? RCV_OK : RCV_EBINARY;
}

/* Segments ------------------------------------------------------------------- */

static const rcv_dunning_ladder *
find_ladder(const rcv_dunning_policy *policy, const char *name, size_t length)
{
	const rcv_dunning_ladder *ladder = rcv_policy_ladders(policy);

	for (uint32_t i = 0; i < policy->ladders; i++, ladder++)
	{
		const char *own = rcv_policy_text(policy, ladder->name);

		if (strncmp(own, name, length) == 0 && own[length] == '\0')
			return ladder;
	}
	return NULL;
}

const rcv_dunning_ladder *
rcv_policy_ladder(const rcv_dunning_policy *policy, const char *segment, size_t length)
{
	const rcv_dunning_ladder *ladder = NULL;

	if (segment != NULL && length <= RCV_DUNNING_TEXT_MAX)
		ladder = find_ladder(policy, segment, length);
	return ladder != NULL ? ladder : find_ladder(policy, "default", strlen("default"));
}

const rcv_ladder_step *
rcv_ladder_step_find(const rcv_dunning_policy *policy, const rcv_dunning_ladder *ladder,
					 int32_t number)
{
	const rcv_ladder_step *step = rcv_policy_steps(policy) + ladder->first;
	const rcv_ladder_step *end = step + ladder->count;

	while (step < end && step->number != number)
		step++;
	return step < end ? step : NULL;
}
