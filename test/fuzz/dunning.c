/*
 * dunning.c
 *		Any bytes as a policy, and as what is known of an item: the core refuses or
 *		answers, and its answers keep to their own rules.
 */
#include "base/day.h"
#include "dunning/policy.h"
#include "dunning/step.h"
#include "target.h"

/* None, any valid day, or one near the epoch. */
static int32_t
take_day(input *in)
{
	int16_t near;
	uint32_t any;

	switch (take_byte(in) % 8)
	{
		case 6:
			return RCV_DAY_NONE;
		case 7:
			take(in, &any, sizeof(any));
			return RCV_DAY_MIN + (int32_t) (any % (uint32_t) (RCV_DAY_MAX - RCV_DAY_MIN + 1));
		default:
			take(in, &near, sizeof(near));
			return near / 64;
	}
}

static rcv_money
take_money(input *in)
{
	rcv_money money = {0, RCV_SCALE_MIN + take_byte(in) % 17};

	take(in, &money.units, take_byte(in) % 16 / 2);
	return money;
}

/* Parts of a policy, of which few bytes are off. */
static void
take_step(input *in, rcv_ladder_step *step, int i, rcv_dunning_policy *head)
{
	memset(step, 0, sizeof(*step));
	step->number = i + 1;
	step->base = i == 0 ? RCV_BASE_DUE : take_byte(in) % RCV_BASES;
	step->delay = 20 * i + take_byte(in) % 32 - (i == 0 ? 8 : 4);
	step->action = take_byte(in) % RCV_ACTIONS;
	step->flags = take_byte(in) % (RCV_STEP_FLAGS + 1);
	step->pay_by_days = take_byte(in) % 32 - 1;
	take(in, &step->fee_fixed, take_byte(in) % 8);
	take(in, &step->fee_pct, take_byte(in) % 4);
	step->cost.scale = RCV_SCALE_MIN;
	take(in, &step->cost.units, take_byte(in) % 4);
	step->fee_tier = head->tiers;
	head->tiers += step->fee_tiers = take_byte(in) % 3;
	step->indemnity_tier = head->tiers;
	head->tiers += step->indemnity_tiers = take_byte(in) % 3;
	step->minimum = head->minimums;
	head->minimums += step->minimums = take_byte(in) % 2;
	step->channel = head->channels;
	step->channels = take_byte(in) % 3;
	head->channels += step->channels;
}

static void
take_head(input *in, rcv_dunning_policy *head)
{
	memset(head, 0, sizeof(*head));
	head->version = RCV_DUNNING_VERSION;
	head->progression = take_byte(in) % RCV_PROGRESSIONS;
	head->grace_days = take_byte(in) % 8;
	head->min_gap_days = take_byte(in) % 16;
	head->promise_grace_days = take_byte(in) % 8;
	head->promise_broken = take_byte(in) % 8 - 1;
	take(in, &head->promise_min_pct, take_byte(in) % 4);
	head->scale = take_byte(in) % (RCV_DUNNING_SCALE_MAX + 1);
	head->dispute = take_byte(in) % RCV_DISPUTE_RULES;
	head->charges = take_byte(in) % RCV_CHARGES_RULES;
	head->minimum_includes_charges = take_byte(in) % 4;
	head->blocked = head->minimum_includes_charges / 2;
	head->minimum_includes_charges %= 2;
	head->stop = take_byte(in) % (1 << RCV_STOPS);
	head->day_count = take_byte(in) % RCV_DAY_COUNTS;
	head->ladders = 1;
	head->steps = 1 + take_byte(in) % 5;
	head->texts = 9;
}

/* A policy in one allocation of just its size. */
static rcv_dunning_policy *
take_policy(input *in, size_t *size)
{
	rcv_dunning_policy head;
	rcv_dunning_ladder ladder = {.name = 1};
	rcv_ladder_step steps[6];
	rcv_dunning_policy *out;
	char *at;

	take_head(in, &head);
	for (int i = 0; i < (int) head.steps; i++)
		take_step(in, &steps[i], i, &head);
	ladder.count = head.steps;
	*size = rcv_policy_size(&head);
	out = calloc(1, *size);
	must(out != NULL);
	*out = head;
	at = (char *) (out + 1);
	memcpy(at, &ladder, sizeof(ladder));
	memcpy(at + sizeof(ladder), steps, head.steps * sizeof(rcv_ladder_step));
	for (uint32_t i = 0; i < head.tiers; i++)
	{
		rcv_policy_tier tier = {.up_to = {100 * (int64_t) i, RCV_SCALE_MIN, 0}};

		take(in, &tier.amount, take_byte(in) % 8);
		memcpy((char *) rcv_policy_tiers(out) + i * sizeof(tier), &tier, sizeof(tier));
	}
	for (uint32_t i = 0; i < head.minimums; i++)
	{
		rcv_policy_minimum minimum = {.amount = {take_byte(in), RCV_SCALE_MIN, 0}};

		memcpy((char *) rcv_policy_minimums(out) + i * sizeof(minimum), &minimum, sizeof(minimum));
	}
	for (uint32_t i = 0; i < head.channels; i++)
	{
		uint32_t place = take_byte(in) % 16 == 0 ? take_byte(in) : 1;

		memcpy((char *) rcv_policy_channels(out) + i * sizeof(place), &place, sizeof(place));
	}
	memcpy((char *) out + *size - 9, "\0default", 9);
	return out;
}

static rcv_dunning_facts
take_facts(input *in)
{
	int32_t due_on = take_day(in);
	rcv_money open = take_money(in);
	int32_t as_of = take_day(in);
	rcv_dunning_facts facts =
		rcv_dunning_plain_facts(due_on, open, as_of == RCV_DAY_NONE ? 0 : as_of);

	facts.last_step = take_byte(in) % 8;
	facts.last_on = take_byte(in) % 2 ? RCV_DAY_NONE : facts.as_of - take_byte(in) % 32;
	facts.promise_on = take_day(in);
	facts.has_promise_amount = take_byte(in) % 2;
	facts.promised = take_money(in);
	facts.hold_until = take_day(in);
	facts.disputed = take_money(in);
	facts.charges = take_money(in);
	facts.invoice_on = take_day(in);
	facts.prescribed_on = take_day(in);
	facts.stop = take_byte(in) % 16 < 3 ? take_byte(in) % 3 : -1;
	facts.segment.at = take_byte(in) % 2 ? "vip" : NULL;
	facts.segment.length = facts.segment.at != NULL ? 3 : 0;
	return facts;
}

static void
check_answer(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
			 rcv_dunning_answer *answer)
{
	static const rcv_rate rate = {RCV_DAY_MIN, 0, RCV_RATE_MAX};
	const rcv_schedule rates = {&rate, 1, RCV_DAY_MAX};
	rcv_dunning_facts with_rates = *facts;
	rcv_rate_gap gap;
	rcv_status status;

	must((answer->step == NULL) == (answer->due_on == RCV_DAY_NONE));
	must((unsigned) answer->reason < RCV_REASONS);
	if (answer->step != NULL)
	{
		must(answer->step->number > facts->last_step && answer->number == answer->step->number);
		must((answer->due_on <= facts->as_of) == (answer->reason <= RCV_REASON_CHARGES_ONLY));
		must(answer->due_on >= answer->floor);
		must(answer->pay_by == RCV_DAY_NONE || answer->pay_by >= facts->as_of);
	}
	with_rates.rates = &rates;
	status = rcv_dunning_amounts(policy, &with_rates, answer, &gap);
	must(status == RCV_OK || status == RCV_EDATE || status == RCV_EOVERFLOW ||
		 status == RCV_EDOMAIN);
	must(answer->fee >= 0 && answer->indemnity >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input in = {data, size};
	size_t bytes = 0;
	rcv_dunning_policy *policy;
	bool raw = take_byte(&in) % 8 == 7;
	rcv_dunning_facts facts = take_facts(&in);
	rcv_dunning_answer answer;
	rcv_status status;

	if (raw)
	{
		policy = calloc(1, in.size + 1);
		must(policy != NULL);
		bytes = in.size;
		memcpy(policy, in.data, in.size);
	}
	else
		policy = take_policy(&in, &bytes);
	if (rcv_policy_check(policy, bytes) == RCV_OK)
	{
		status = rcv_dunning_decide(policy, &facts, &answer);
		must(status == RCV_OK || status == RCV_EDOMAIN || status == RCV_EDATE ||
			 status == RCV_EOVERFLOW);
		if (status == RCV_OK)
			check_answer(policy, &facts, &answer);
	}
	free(policy);
	return 0;
}
