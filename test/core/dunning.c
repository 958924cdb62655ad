/*
 * dunning.c
 *		Policies as bytes; the next step at each edge; and that what is said of a
 *		day to come holds on that day, for random policies and items.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "dunning/policy.h"
#include "dunning/step.h"

#define STEPS 8
#define D0 8800 /* 2024-02-04, a Sunday */

/* A policy with one ladder called "default", of n steps that may have channels. */
typedef struct small_policy
{
	rcv_dunning_policy head;
	rcv_dunning_ladder ladder;
	rcv_ladder_step steps[STEPS];
	uint32_t channels[STEPS];
	char texts[16];
} small_policy;

static rcv_ladder_step
plain_step(int number, int base, int delay)
{
	rcv_ladder_step step;

	memset(&step, 0, sizeof(step));
	step.number = number;
	step.base = (uint8_t) base;
	step.delay = delay;
	step.pay_by_days = RCV_PAY_BY_NONE;
	step.cost.scale = RCV_SCALE_MIN;
	return step;
}

/* The bytes of a policy in one piece, to be freed. */
static rcv_dunning_policy *
flat(const small_policy *in)
{
	size_t steps = in->head.steps * sizeof(rcv_ladder_step);
	size_t channels = in->head.channels * sizeof(uint32_t);
	char *bytes = calloc(1, sizeof(*in));
	rcv_dunning_policy *out = (rcv_dunning_policy *) bytes;

	memcpy(bytes, &in->head, sizeof(in->head));
	memcpy(bytes + sizeof(in->head), &in->ladder, sizeof(in->ladder));
	memcpy(bytes + sizeof(in->head) + sizeof(in->ladder), in->steps, steps);
	memcpy(bytes + sizeof(in->head) + sizeof(in->ladder) + steps, in->channels, channels);
	memcpy(bytes + sizeof(in->head) + sizeof(in->ladder) + steps + channels, "\0default", 9);
	return out;
}

static small_policy
policy_of(int n, const rcv_ladder_step *steps)
{
	small_policy policy;

	memset(&policy, 0, sizeof(policy));
	policy.head.version = RCV_DUNNING_VERSION;
	policy.head.promise_broken = RCV_PROMISE_CARRY_ON;
	policy.head.promise_min_pct = INT64_C(100000000);
	policy.head.scale = 2;
	policy.head.reset = 1;
	policy.head.stop = RCV_STOP_DEFAULT;
	policy.head.ladders = 1;
	policy.head.steps = (uint32_t) n;
	policy.head.texts = 9;
	policy.ladder.name = 1;
	policy.ladder.count = (uint32_t) n;
	memcpy(policy.steps, steps, (size_t) n * sizeof(*steps));
	return policy;
}

/* Levels at 5, 20 and 40 days. */
static small_policy
three_levels(void)
{
	rcv_ladder_step steps[3] = {plain_step(1, RCV_BASE_DUE, 5), plain_step(2, RCV_BASE_DUE, 20),
								plain_step(3, RCV_BASE_DUE, 40)};

	return policy_of(3, steps);
}

static rcv_dunning_facts
facts_of(int as_of)
{
	return rcv_dunning_plain_facts(D0, (rcv_money){10000, 2}, D0 + as_of);
}

/* Whether the answer is this step, this many days after D0, for this reason. */
static bool
answers(const small_policy *policy, const rcv_dunning_facts *facts, int number, int day,
		rcv_dunning_reason reason)
{
	rcv_dunning_policy *bytes = flat(policy);
	rcv_dunning_answer answer;
	rcv_status status = rcv_policy_check(bytes, rcv_policy_size(bytes));
	bool same;

	if (status == RCV_OK)
		status = rcv_dunning_decide(bytes, facts, &answer);
	same = status == RCV_OK && answer.number == number && answer.reason == reason &&
		   (answer.step != NULL ? answer.due_on == D0 + day : answer.due_on == RCV_DAY_NONE);
	if (!same && status == RCV_OK)
		printf("# step %d, day %d, %s\n", answer.number, answer.due_on - D0,
			   rcv_dunning_reason_names[answer.reason]);
	free(bytes);
	return same;
}

/* Golden figures A1: three levels, sequential, edges inclusive. */
static void
test_levels(void)
{
	small_policy policy = three_levels();
	rcv_dunning_facts facts = facts_of(4);

	CHECK(answers(&policy, &facts, 1, 5, RCV_REASON_NOT_DUE), "D0+4, no history: nothing yet");
	facts.as_of = D0 + 5;
	CHECK(answers(&policy, &facts, 1, 5, RCV_REASON_DUE), "D0+5: level 1");
	facts.as_of = D0 + 30;
	CHECK(answers(&policy, &facts, 1, 5, RCV_REASON_DUE), "D0+30, none processed: still level 1");
	facts.last_step = 1;
	facts.last_on = D0 + 5;
	CHECK(answers(&policy, &facts, 2, 20, RCV_REASON_DUE), "D0+30, level 1 processed: level 2");
	facts.hold_until = RCV_DAY_MAX;
	CHECK(answers(&policy, &facts, 1, 0, RCV_REASON_HOLD), "blocked without end: stays at 1");
	facts.as_of = D0 + 50;
	facts.hold_until = RCV_DAY_NONE;
	facts.open.units = 0;
	CHECK(answers(&policy, &facts, 0, 0, RCV_REASON_SETTLED), "paid: nothing, and back to 0");
	policy.head.progression = RCV_HIGHEST;
	facts = facts_of(39);
	CHECK(answers(&policy, &facts, 2, 20, RCV_REASON_DUE), "highest, D0+39: level 2");
	facts.as_of = D0 + 40;
	CHECK(answers(&policy, &facts, 3, 40, RCV_REASON_DUE), "highest, D0+40: level 3");
}

/* Each day before, at and after the edge of a rule. */
static void
test_edges(void)
{
	small_policy policy = three_levels();
	rcv_dunning_facts facts = facts_of(10);

	facts.hold_until = D0 + 9;
	CHECK(answers(&policy, &facts, 1, 10, RCV_REASON_DUE), "hold until yesterday");
	facts.hold_until = D0 + 10;
	CHECK(answers(&policy, &facts, 1, 11, RCV_REASON_HOLD), "hold until today is held");
	facts = facts_of(10);
	policy.head.promise_grace_days = 3;
	for (int day = 6; day <= 8; day++)
	{
		facts.promise_on = D0 + day;
		CHECK(day == 6 ? answers(&policy, &facts, 1, 10, RCV_REASON_PROMISE_BROKEN)
					   : answers(&policy, &facts, 1, day + 4, RCV_REASON_PROMISE_PENDING),
			  "a promise with three days of grace");
	}
	facts = facts_of(25);
	facts.last_step = 1;
	policy.head.min_gap_days = 14;
	for (int day = 10; day <= 12; day++)
	{
		facts.last_on = D0 + day;
		CHECK(answers(&policy, &facts, 2, day == 10 ? 24 : day + 14,
					  day + 14 > 25 ? RCV_REASON_GAP : RCV_REASON_DUE),
			  "a gap of fourteen days");
	}
	facts = facts_of(11);
	policy.head.grace_days = 12;
	CHECK(answers(&policy, &facts, 1, 12, RCV_REASON_NOT_DUE), "grace until tomorrow");
	facts.as_of = D0 + 12;
	CHECK(answers(&policy, &facts, 1, 12, RCV_REASON_DUE), "grace is over today");
	for (int day = 11; day <= 13; day++)
	{
		facts.prescribed_on = D0 + day;
		CHECK(day == 13 ? answers(&policy, &facts, 1, 12, RCV_REASON_DUE)
						: answers(&policy, &facts, 0, 0, RCV_REASON_PRESCRIBED),
			  "prescription");
	}
	facts.as_of = D0 + 11;
	for (int day = 11; day <= 13; day++)
	{
		facts.prescribed_on = D0 + day;
		CHECK(day == 11	  ? answers(&policy, &facts, 0, 0, RCV_REASON_PRESCRIBED)
			  : day == 12 ? answers(&policy, &facts, 0, 0, RCV_REASON_PRESCRIBES_FIRST)
						  : answers(&policy, &facts, 1, 12, RCV_REASON_NOT_DUE),
			  "prescription by the day of the step, or before it");
	}
	facts.as_of = D0 + 30;
	facts.prescribed_on = D0 + 30;
	CHECK(answers(&policy, &facts, 0, 0, RCV_REASON_PRESCRIBED), "prescribed today, due before");
	facts.prescribed_on = D0 + 31;
	CHECK(answers(&policy, &facts, 1, 12, RCV_REASON_DUE), "prescribed tomorrow");
}

/* A promise that is waited for is the reason, also where it brings the step forward. */
static void
test_promise_ahead(void)
{
	small_policy policy = three_levels();
	rcv_dunning_facts facts = facts_of(10);

	policy.head.promise_broken = RCV_PROMISE_NEXT;
	facts.last_step = 1;
	for (int day = 9; day <= 20; day++)
	{
		facts.promise_on = D0 + day;
		CHECK(day < 10	  ? answers(&policy, &facts, 2, 10, RCV_REASON_PROMISE_BROKEN)
			  : day == 19 ? answers(&policy, &facts, 2, 20, RCV_REASON_NOT_DUE)
						  : answers(&policy, &facts, 2, day + 1, RCV_REASON_PROMISE_PENDING),
			  "a promise of less, as much and more than the step's own day");
	}
	facts.promise_on = D0 + 12;
	facts.hold_until = D0 + 13;
	CHECK(answers(&policy, &facts, 2, 14, RCV_REASON_HOLD), "a hold that lasts longer");
}

/* Steps 1 and 2 have a channel, which is called "default". */
static void
test_blocked(void)
{
	small_policy policy = three_levels();
	const rcv_dunning_text there = {"default", 7};
	rcv_dunning_facts facts = facts_of(10);

	policy.head.channels = 2;
	for (uint32_t i = 0; i < 2; i++)
	{
		policy.channels[i] = 1;
		policy.steps[i].channel = i;
		policy.steps[i].channels = 1;
	}
	policy.steps[2].channel = 2;
	facts.channel_count = 0;
	CHECK(answers(&policy, &facts, 0, 0, RCV_REASON_NO_CHANNEL), "stop: the first step ends it");
	policy.head.blocked = RCV_BLOCKED_SKIP;
	CHECK(answers(&policy, &facts, 3, 40, RCV_REASON_NOT_DUE), "skip: the third one is next");
	facts.as_of = D0 + 40;
	CHECK(answers(&policy, &facts, 3, 40, RCV_REASON_DUE), "and due on its day");
	policy.steps[2].base = RCV_BASE_PREVIOUS;
	CHECK(answers(&policy, &facts, 3, 60, RCV_REASON_NOT_DUE), "40 days after the second one's");
	facts.last_step = 3;
	CHECK(answers(&policy, &facts, 3, 0, RCV_REASON_NO_MORE_LEVELS), "none is left");
	facts.last_step = 0;
	policy.head.steps = policy.ladder.count = 2;
	CHECK(answers(&policy, &facts, 0, 0, RCV_REASON_NO_CHANNEL), "all are blocked");
	facts.channels = &there;
	facts.channel_count = 1;
	CHECK(answers(&policy, &facts, 1, 5, RCV_REASON_DUE), "the channel is there");
	policy.head.blocked = RCV_BLOCKED_RULES;
	CHECK(!answers(&policy, &facts, 1, 5, RCV_REASON_DUE), "another byte is no policy");
}

/* Errors, and facts that end it. */
static void
test_refusals(void)
{
	small_policy policy = three_levels();
	rcv_dunning_policy *bytes = flat(&policy);
	rcv_dunning_facts facts = facts_of(30);
	rcv_dunning_answer answer;

	facts.last_on = D0 + 31;
	CHECK(rcv_dunning_decide(bytes, &facts, &answer) == RCV_EDOMAIN, "last step after as_of");
	facts.last_on = D0 + 30;
	facts.last_step = 1;
	CHECK(answers(&policy, &facts, 2, 31, RCV_REASON_DONE_TODAY), "the same day again");
	facts.last_step = -1;
	CHECK(rcv_dunning_decide(bytes, &facts, &answer) == RCV_EDOMAIN, "step below 0");
	facts = facts_of(30);
	facts.due_on = RCV_DAY_MAX;
	facts.as_of = RCV_DAY_MAX;
	CHECK(rcv_dunning_decide(bytes, &facts, &answer) == RCV_EDATE, "a day after the last one");
	facts = facts_of(30);
	facts.due_on = RCV_DAY_NONE;
	CHECK(answers(&policy, &facts, 0, 0, RCV_REASON_MISSING_DUE), "no due date");
	facts = facts_of(30);
	facts.open.units = -1;
	CHECK(answers(&policy, &facts, 0, 0, RCV_REASON_CREDIT), "a credit");
	free(bytes);
}

/* Bytes ------------------------------------------------------------------------ */

/* Each byte changed: refused, or a policy still. */
static void
test_bytes(void)
{
	small_policy policy = three_levels();
	rcv_dunning_policy *bytes = flat(&policy);
	size_t size = rcv_policy_size(bytes);
	rcv_dunning_answer answer;
	int refused = 0;

	CHECK(rcv_policy_check(bytes, size) == RCV_OK, "a policy");
	CHECK(rcv_policy_check(bytes, size - 1) == RCV_EBINARY &&
			  rcv_policy_check(bytes, size + 1) == RCV_EBINARY && rcv_policy_check(bytes, 3),
		  "cut off, or longer");
	bytes->version = 2;
	CHECK(rcv_policy_check(bytes, size) == RCV_EVERSION, "another version");
	bytes->version = RCV_DUNNING_VERSION;
	for (size_t i = sizeof(int32_t); i < size; i++)
		for (int bit = 0; bit < 8; bit++)
		{
			rcv_dunning_facts facts = facts_of(30);
			unsigned char *byte = (unsigned char *) bytes + i;

			*byte ^= (unsigned char) (1 << bit);
			if (rcv_policy_check(bytes, size) != RCV_OK)
				refused++;
			else
				(void) rcv_dunning_decide(bytes, &facts, &answer);
			*byte ^= (unsigned char) (1 << bit);
		}
	CHECK(refused > 1000, "most changes of a bit are refused");
	free(bytes);
}

/* Steps by their numbers, which need not follow one another; names of currencies. */
static void
test_names(void)
{
	rcv_ladder_step steps[2] = {plain_step(2, RCV_BASE_DUE, 5), plain_step(7, RCV_BASE_DUE, 9)};
	const char *const others[] = {"",	 "EU",	"EURO", "eur", "Eur", "@UR",
								  "[UR", "E@R", "E[R",	"EU@", "EU[", "EU "};
	small_policy in = policy_of(2, steps);
	rcv_dunning_policy *policy = flat(&in);
	const rcv_dunning_ladder *ladder = rcv_policy_ladder(policy, NULL, 0);
	const rcv_ladder_step *own = rcv_policy_steps(policy);

	CHECK(rcv_ladder_step_find(policy, ladder, 2) == own &&
			  rcv_ladder_step_find(policy, ladder, 7) == own + 1,
		  "the steps there are");
	CHECK(rcv_ladder_step_find(policy, ladder, 1) == NULL &&
			  rcv_ladder_step_find(policy, ladder, 3) == NULL &&
			  rcv_ladder_step_find(policy, ladder, 8) == NULL,
		  "and those there are not");
	free(policy);
	CHECK(rcv_currency_valid("EUR", 3) && rcv_currency_valid("AZA", 3), "currencies");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK(!rcv_currency_valid(others[i], strlen(others[i])), "no currency");
}

/* Steps out of order, and what no ladder may begin with. */
static void
test_order(void)
{
	rcv_ladder_step steps[3] = {plain_step(1, RCV_BASE_DUE, 20),
								plain_step(2, RCV_BASE_PREVIOUS, 5),
								plain_step(3, RCV_BASE_DUE, 20)};

	CHECK(rcv_ladder_step_disorder(steps, 1) == -1 && rcv_ladder_step_disorder(steps, 2) == 0,
		  "a delay like that of the same base before");
	steps[2].delay = 21;
	CHECK(rcv_ladder_step_disorder(steps, 2) == -1, "a longer delay");
	steps[2].number = 2;
	CHECK(rcv_ladder_step_disorder(steps, 2) == 1, "the same number twice");
	CHECK(rcv_ladder_step_fault(steps, 1) == NULL && rcv_ladder_step_fault(steps + 1, 0) != NULL,
		  "only the first step cannot count from the one before");
}

/* Days to come ------------------------------------------------------------------- */

static int
between(uint64_t *seed, int least, int most)
{
	return least + (int) (check_random(seed) % (uint64_t) (most - least + 1));
}

static small_policy
random_policy(uint64_t *seed)
{
	rcv_ladder_step steps[STEPS];
	int n = between(seed, 1, STEPS);
	int delay[RCV_BASES] = {-10, -10, 0, 0, 0};
	small_policy policy;

	for (int i = 0; i < n; i++)
	{
		int base = between(seed, 0, RCV_BASES - 1);

		if (i == 0 && (base == RCV_BASE_PREVIOUS || base == RCV_BASE_PREVIOUS_MONTH_END))
			base = RCV_BASE_DUE;
		delay[base] += between(seed, 1, 12);
		steps[i] = plain_step(i + 1, base, delay[base]);
	}
	policy = policy_of(n, steps);
	policy.head.progression = (uint8_t) between(seed, 0, 1);
	policy.head.roll = (uint8_t) between(seed, 0, RCV_ROLLS - 1);
	policy.head.grace_days = between(seed, 0, 3);
	policy.head.min_gap_days = between(seed, 0, 9);
	policy.head.promise_grace_days = between(seed, 0, 2);
	policy.head.promise_broken = between(seed, -1, STEPS + 1);
	return policy;
}

static rcv_dunning_facts
random_facts(uint64_t *seed, const rcv_business_days *days)
{
	rcv_dunning_facts facts = facts_of(between(seed, -15, 60));

	facts.invoice_on = D0 - between(seed, 0, 45);
	facts.last_step = between(seed, 0, 3);
	if (facts.last_step > 0 || between(seed, 0, 9) == 0)
		facts.last_on = facts.as_of - between(seed, 0, 20);
	if (between(seed, 0, 2) == 0)
		facts.hold_until = facts.as_of + between(seed, -9, 9);
	if (between(seed, 0, 2) == 0)
		facts.promise_on = facts.as_of + between(seed, -9, 9);
	facts.days = between(seed, 0, 1) ? days : NULL;
	return facts;
}

/*
 * An answer with a day to come holds on that day: the same step is due then, and
 * on no day before it is any.
 */
static bool
holds_on_its_day(const rcv_dunning_policy *policy, rcv_dunning_facts facts)
{
	rcv_dunning_answer first;
	rcv_dunning_answer then;

	if (rcv_dunning_decide(policy, &facts, &first) != RCV_OK)
		return false;
	if (first.step == NULL || first.due_on <= facts.as_of)
		return true;
	while (facts.as_of < first.due_on)
	{
		facts.as_of++;
		if (rcv_dunning_decide(policy, &facts, &then) != RCV_OK || then.step == NULL ||
			(then.due_on <= facts.as_of) != (facts.as_of == first.due_on))
			return false;
	}
	return then.number == first.number && then.due_on == first.due_on &&
		   then.reason <= RCV_REASON_CHARGES_ONLY;
}

static void
test_days_to_come(void)
{
	uint64_t seed = 7;
	uint64_t *off = calloc(RCV_CALENDAR_WORDS, sizeof(*off));
	rcv_business_days *days = malloc(sizeof(*days));
	bool held = true;
	int waiting = 0;

	for (int32_t day = 0; day < RCV_CALENDAR_DAYS; day++)
		if (rcv_weekday(RCV_CALENDAR_FIRST + day) > 5 || day % 13 == 0)
			off[day / 64] |= UINT64_C(1) << day % 64;
	rcv_business_days_build(off, days);
	for (int run = 0; run < 200000 && held; run++)
	{
		small_policy policy = random_policy(&seed);
		rcv_dunning_facts facts = random_facts(&seed, days);
		rcv_dunning_policy *bytes = flat(&policy);
		rcv_dunning_answer answer;

		held = rcv_policy_check(bytes, rcv_policy_size(bytes)) == RCV_OK &&
			   holds_on_its_day(bytes, facts);
		if (rcv_dunning_decide(bytes, &facts, &answer) == RCV_OK && answer.due_on > facts.as_of)
			waiting++;
		if (!held)
			printf("# run %d: step %d on %d, %s, as of %d\n", run, answer.number,
				   answer.due_on - D0, rcv_dunning_reason_names[answer.reason], facts.as_of - D0);
		free(bytes);
	}
	CHECK(held && waiting > 50000, "what is said of a day to come holds on that day");
	free(off);
	free(days);
}

/* Amounts -------------------------------------------------------------------------- */

/* Fee in cents of 5.00 and a percentage of an open amount. */
static rcv_int128
fee_of(int64_t fixed, int64_t pct, rcv_money open)
{
	rcv_ladder_step step = plain_step(1, RCV_BASE_DUE, 0);
	small_policy policy;
	rcv_dunning_policy *bytes;
	rcv_dunning_facts facts = rcv_dunning_plain_facts(D0, open, D0);
	rcv_dunning_answer answer;
	rcv_rate_gap gap;

	step.fee_fixed = fixed;
	step.fee_pct = pct;
	policy = policy_of(1, &step);
	bytes = flat(&policy);
	if (rcv_dunning_decide(bytes, &facts, &answer) != RCV_OK ||
		rcv_dunning_amounts(bytes, &facts, &answer, &gap) != RCV_OK)
		answer.fee = -1;
	free(bytes);
	return answer.fee;
}

static void
test_fees(void)
{
	CHECK(fee_of(500, 2500000, (rcv_money){100000, 2}) == 3000, "5.00 + 2.5 % of 1000.00");
	CHECK(fee_of(500, 2500000, (rcv_money){20000, 2}) == 1000, "5.00 + 2.5 % of 200.00");
	CHECK(fee_of(0, 15000000, (rcv_money){10000, 2}) == 1500, "15 % of 100.00");
	CHECK(fee_of(0, 1000000, (rcv_money){50, 2}) == 1, "1 % of 0.50: half a cent is one");
	CHECK(fee_of(0, 1000000, (rcv_money){49, 2}) == 0, "1 % of 0.49: less is none");
	CHECK(fee_of(0, 1000000, (rcv_money){INT64_MAX, 2}) == (rcv_int128) (INT64_MAX / 100),
		  "1 % of the largest amount");
	CHECK(fee_of(0, RCV_DUNNING_PCT_MAX, (rcv_money){INT64_MAX, 2}) == (rcv_int128) INT64_MAX * 10,
		  "1000 % of the largest amount");
}

int
main(void)
{
	test_levels();
	test_edges();
	test_promise_ahead();
	test_blocked();
	test_refusals();
	test_bytes();
	test_names();
	test_order();
	test_days_to_come();
	test_fees();
	return check_done();
}
