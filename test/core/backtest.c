/*
 * backtest.c
 *		Tests of src/dunning/simulate.c: an item through time under a policy.
 *
 * The one property that matters is that leaving days out changes nothing: on
 * random policies and items the steps are those of asking every single day.
 */
#include <string.h>

#include "base/day.h"
#include "check.h"
#include "dunning/simulate.h"

#define STEPS 4
#define CHANGES 8
#define MOST 200 /* steps of one run */

/* A policy with one ladder, called "default". */
typedef struct policy
{
	rcv_dunning_policy head;
	rcv_dunning_ladder ladder;
	rcv_ladder_step steps[STEPS];
	rcv_policy_minimum minimums[STEPS];
	char texts[16];
} policy;

static rcv_business_days weekdays;

static policy
plain_policy(int steps, const int *delays)
{
	policy p;

	memset(&p, 0, sizeof(p));
	p.head.version = RCV_DUNNING_VERSION;
	p.head.roll = RCV_ROLL_FOLLOWING;
	p.head.promise_broken = RCV_PROMISE_CARRY_ON;
	p.head.scale = 2;
	p.head.stop = RCV_STOP_DEFAULT;
	p.head.ladders = 1;
	p.head.steps = STEPS; /* of which the ladder has some: the parts keep their places */
	p.head.minimums = STEPS;
	p.head.texts = sizeof(p.texts);
	p.ladder = (rcv_dunning_ladder){.name = 1, .count = (uint32_t) steps};
	memcpy(p.texts, "\0default", 9);
	for (int i = 0; i < STEPS; i++)
	{
		p.steps[i].number = i + 1;
		p.steps[i].delay = i < steps ? delays[i] : 0;
		p.steps[i].cost.scale = RCV_SCALE_MIN;
		p.steps[i].pay_by_days = RCV_PAY_BY_NONE;
		p.steps[i].action = RCV_ACTION_REMIND;
		p.steps[i].minimum = (uint32_t) i;
		p.minimums[i].amount.scale = RCV_SCALE_MIN;
	}
	return p;
}

typedef struct taken
{
	int32_t day;
	int32_t step;
	rcv_money open;
	rcv_dunning_reason reason;
} taken;

typedef struct run
{
	taken steps[MOST];
	int n;
	int asked;
	rcv_status status;
} run;

static void
take_down(run *out, const rcv_dunning_facts *facts, const rcv_dunning_answer *answer)
{
	if (out->n < MOST)
		out->steps[out->n++] = (taken){facts->as_of, answer->number, facts->open, answer->reason};
}

static run
simulate(const policy *p, const rcv_dunning_facts *facts, const rcv_change *changes, size_t n,
		 int32_t to)
{
	run out = {.n = 0};
	rcv_simulation s;

	out.status = rcv_simulation_begin(&s, &p->head, facts, changes, n, to);
	while (out.status == RCV_OK && s.next != RCV_DAY_NONE)
	{
		rcv_dunning_answer answer;
		bool found;

		out.status = rcv_simulation_ask(&s, &answer, &found);
		out.asked++;
		if (out.status != RCV_OK)
			break;
		if (found)
			take_down(&out, &s.facts, &answer);
		rcv_simulation_go_on(&s, &answer, found);
	}
	return out;
}

/* The same by asking on each day from the first change on. */
static run
every_day(const policy *p, const rcv_dunning_facts *given, const rcv_change *changes, size_t n,
		  int32_t to)
{
	run out = {.n = 0};
	rcv_dunning_facts facts = *given;

	for (; facts.as_of <= to; facts.as_of++)
	{
		rcv_dunning_answer answer;

		facts.open.units = 0;
		for (size_t i = 0; i < n; i++)
			facts.open.units += changes[i].day <= facts.as_of ? changes[i].units : 0;
		if (facts.as_of < changes[0].day)
			continue;
		out.status = rcv_dunning_decide(&p->head, &facts, &answer);
		out.asked++;
		if (out.status != RCV_OK)
			break;
		if (answer.step == NULL)
			facts.last_step = answer.number;
		else if (answer.due_on <= facts.as_of)
		{
			take_down(&out, &facts, &answer);
			facts.last_step = answer.number;
			facts.last_on = facts.as_of;
		}
	}
	return out;
}

static bool
same(const run *a, const run *b)
{
	if (a->status != b->status || a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
		if (a->steps[i].day != b->steps[i].day || a->steps[i].step != b->steps[i].step ||
			a->steps[i].open.units != b->steps[i].open.units ||
			a->steps[i].reason != b->steps[i].reason)
			return false;
	return true;
}

/* Plain cases ------------------------------------------------------------- */

static rcv_change
issue(int32_t day, int64_t units)
{
	return (rcv_change){units, day, RCV_SCALE_MIN, false};
}

static rcv_change
payment(int32_t day, int64_t units)
{
	return (rcv_change){-units, day, RCV_SCALE_MIN, true};
}

static rcv_dunning_facts
item(int32_t due_on, int32_t from)
{
	return rcv_dunning_plain_facts(due_on, (rcv_money){0, RCV_SCALE_MIN}, from);
}

static bool
is_step(const run *r, int i, int32_t day, int32_t step, int64_t open)
{
	return i < r->n && r->steps[i].day == day && r->steps[i].step == step &&
		   r->steps[i].open.units == open;
}

static void
test_plain(void)
{
	const int delays[] = {5, 15, 30};
	policy p = plain_policy(3, delays);
	rcv_dunning_facts facts = item(100, 50);
	rcv_change changes[] = {issue(70, 10000), payment(112, 4000), payment(125, 6000)};
	run r = simulate(&p, &facts, changes, 3, 400);

	CHECK(r.n == 2 && is_step(&r, 0, 105, 1, 10000) && is_step(&r, 1, 115, 2, 6000),
		  "steps 5 and 15 days late, the second on what a payment left, none once it is paid");
	CHECK(r.asked <= 8, "and a year is asked about in a handful of questions");
	changes[2] = payment(130, 6000);
	r = simulate(&p, &facts, changes, 3, 400);
	CHECK(r.n == 2, "a payment on the very day of a step comes before it");
	changes[2] = payment(131, 6000);
	r = simulate(&p, &facts, changes, 3, 400);
	CHECK(r.n == 3 && is_step(&r, 2, 130, 3, 6000), "one on the day after comes after it");
	r = simulate(&p, &facts, changes, 3, 129);
	CHECK(r.n == 2, "no step after the last day");
	r = simulate(&p, &facts, changes, 3, 130);
	CHECK(r.n == 3, "but on the last day");
	facts.as_of = 120;
	r = simulate(&p, &facts, changes, 3, 400);
	CHECK(r.n == 3 && is_step(&r, 0, 120, 1, 6000) && is_step(&r, 1, 121, 2, 6000) &&
			  is_step(&r, 2, 130, 3, 6000),
		  "begun late, it takes one step a day until it has caught up");
	facts.last_step = 2;
	facts.last_on = 115;
	r = simulate(&p, &facts, changes, 3, 400);
	CHECK(r.n == 1 && is_step(&r, 0, 130, 3, 6000), "steps taken before are known");
}

static void
test_reopened(void)
{
	const int delays[] = {5, 15};
	policy p = plain_policy(2, delays);
	rcv_dunning_facts facts = item(100, 50);
	/* paid, and the direct debit comes back ten days later */
	rcv_change changes[] = {issue(70, 10000), payment(106, 10000), payment(120, -10000)};
	run r = simulate(&p, &facts, changes, 3, 400);

	CHECK(r.n == 2 && is_step(&r, 1, 120, 2, 10000), "a payment that comes back: the next step");
	p.head.reset = 1;
	r = simulate(&p, &facts, changes, 3, 400);
	CHECK(r.n == 3 && is_step(&r, 1, 120, 1, 10000) && is_step(&r, 2, 121, 2, 10000),
		  "or from the first one where being paid resets the ladder");
}

static void
test_ends(void)
{
	const int delays[] = {5};
	policy p = plain_policy(1, delays);
	rcv_dunning_facts facts = item(100, 50);
	rcv_change big[] = {issue(60, INT64_MAX), payment(60, -INT64_MAX)};
	rcv_change unordered[] = {issue(60, 100), payment(59, 50)};
	rcv_change change = issue(60, 100);
	run r = simulate(&p, &facts, NULL, 0, 400);

	CHECK(r.status == RCV_OK && r.n == 0 && r.asked == 0, "no amount, no question");
	facts.due_on = RCV_DAY_NONE;
	r = simulate(&p, &facts, &change, 1, 400);
	CHECK(r.status == RCV_OK && r.n == 0 && r.asked == 1, "no due date, no step");
	facts.due_on = 100;
	r = simulate(&p, &facts, &change, 1, 59);
	CHECK(r.asked == 0, "an item that begins after the last day");
	r = simulate(&p, &facts, big, 2, 400);
	CHECK(r.status == RCV_EOVERFLOW, "an open amount over 64 bits");
	r = simulate(&p, &facts, unordered, 2, 400);
	CHECK(r.status == RCV_EDOMAIN, "changes in disorder");
	change.day = RCV_DAY_MAX + 1;
	r = simulate(&p, &facts, &change, 1, 400);
	CHECK(r.status == RCV_EDATE, "a change on no day");
	change = (rcv_change){100, 60, RCV_SCALE_MAX + 1, false};
	r = simulate(&p, &facts, &change, 1, 400);
	CHECK(r.status == RCV_EDOMAIN, "too many decimals");
	change = issue(RCV_DAY_MAX, 100);
	facts.due_on = RCV_DAY_MAX - 5;
	facts.as_of = RCV_DAY_MAX - 10;
	r = simulate(&p, &facts, &change, 1, RCV_DAY_MAX);
	CHECK(r.status == RCV_OK && is_step(&r, 0, RCV_DAY_MAX, 1, 100), "the last day of all");
}

static void
test_received(void)
{
	const rcv_change changes[] = {
		issue(60, 10000), {-1250, 100, 3, true},	  payment(100, 200),		 payment(110, -50),
		payment(120, 7),  {-INT64_MAX, 130, 2, true}, {-INT64_MAX, 131, 2, true}};
	rcv_money sum;

	CHECK(rcv_changes_received(changes, 0, 4, &sum) == RCV_OK && sum.units == 275 && sum.scale == 2,
		  "1.250 and 2.00 received and 0.50 paid back: 2.75, the item itself apart");
	CHECK(rcv_changes_received(changes, 2, 2, &sum) == RCV_OK && sum.units == 0, "nothing: 0");
	CHECK(rcv_changes_received(changes, 5, 7, &sum) == RCV_EOVERFLOW, "too much: an overflow");
	CHECK(rcv_changes_after(changes, 5, 0, 99) == 1 && rcv_changes_after(changes, 5, 0, 100) == 3 &&
			  rcv_changes_after(changes, 5, 3, 1000) == 5,
		  "changes after a day");
	CHECK(rcv_changes_next_payment(changes, 0, 5) == 1 &&
			  rcv_changes_next_payment(changes, 3, 5) == 4 &&
			  rcv_changes_next_payment(changes, 3, 4) == 4 &&
			  rcv_changes_next_payment(changes, 0, 1) == 1,
		  "the next payment: neither the item nor money paid back is one");
}

/* Random ones --------------------------------------------------------------- */

static int
draw(uint64_t *seed, int from, int to)
{
	return from + (int) ((check_random(seed) >> 16) % (uint64_t) (to - from + 1));
}

static void
random_step(rcv_ladder_step *step, rcv_policy_minimum *minimum, int i, uint64_t *seed)
{
	static const rcv_dunning_base bases[] = {RCV_BASE_DUE,
											 RCV_BASE_DUE,
											 RCV_BASE_DUE_MONTH_END,
											 RCV_BASE_PREVIOUS,
											 RCV_BASE_PREVIOUS_MONTH_END,
											 RCV_BASE_INVOICE};

	step->base = (uint8_t) bases[draw(seed, 0, 5)];
	if (i == 0 && (step->base == RCV_BASE_PREVIOUS || step->base == RCV_BASE_PREVIOUS_MONTH_END))
		step->base = RCV_BASE_DUE;
	step->delay = draw(seed, -12 + 8 * i, 15 + 15 * i);
	step->minimums = draw(seed, 0, 3) == 0;
	minimum->amount.units = draw(seed, 0, 6000);
	step->cost.units = draw(seed, 0, 3) == 0 ? draw(seed, 0, 4000) : 0;
	step->flags = draw(seed, 0, 5) == 0 ? RCV_STEP_APPROVAL : 0;
	step->pay_by_days = draw(seed, -1, 10);
}

static policy
random_policy(uint64_t *seed)
{
	const int delays[STEPS] = {0, 0, 0, 0};
	policy p = plain_policy(draw(seed, 1, STEPS), delays);

	for (int i = 0; i < STEPS; i++)
		random_step(&p.steps[i], &p.minimums[i], i, seed);
	p.head.progression = (uint8_t) draw(seed, 0, 1);
	p.head.roll = (uint8_t) draw(seed, 0, RCV_ROLL_NONE);
	p.head.grace_days = draw(seed, 0, 1) * draw(seed, 0, 10);
	p.head.min_gap_days = draw(seed, 0, 1) * draw(seed, 0, 12);
	p.head.promise_grace_days = draw(seed, 0, 3);
	p.head.promise_broken = draw(seed, -1, 3);
	p.head.blocked = (uint8_t) draw(seed, 0, RCV_BLOCKED_RULES - 1);
	p.head.dispute = (uint8_t) draw(seed, 0, RCV_DISPUTE_RULES - 1);
	p.head.reset = (uint8_t) draw(seed, 0, 1);
	p.head.stop = draw(seed, 0, 1) ? RCV_STOP_DEFAULT : RCV_STOP_DEFAULT | 1 << RCV_STOP_COST;
	return p;
}

static rcv_dunning_facts
random_item(uint64_t *seed)
{
	rcv_dunning_facts facts = item(draw(seed, 90, 130), draw(seed, 50, 140));

	if (draw(seed, 0, 3) == 0)
		facts.hold_until = draw(seed, 60, 200);
	if (draw(seed, 0, 3) == 0)
		facts.promise_on = draw(seed, 80, 180);
	if (draw(seed, 0, 3) == 0)
		facts.disputed.units = draw(seed, 0, 6000);
	if (draw(seed, 0, 1))
		facts.invoice_on = facts.due_on - draw(seed, 0, 60);
	if (draw(seed, 0, 7) == 0)
		facts.prescribed_on = draw(seed, 100, 250);
	if (draw(seed, 0, 1))
		facts.days = &weekdays;
	if (draw(seed, 0, 3) == 0)
	{
		facts.last_step = draw(seed, 0, 3);
		facts.last_on = facts.as_of - draw(seed, 0, 20);
	}
	return facts;
}

static size_t
random_changes(rcv_change *changes, uint64_t *seed)
{
	size_t n = (size_t) draw(seed, 1, CHANGES);

	int64_t open = draw(seed, -100, 10000);

	changes[0] = issue(draw(seed, 40, 110), open);
	for (size_t i = 1; i < n; i++)
	{
		changes[i] = payment(changes[i - 1].day + draw(seed, 0, 40), draw(seed, -3000, 6000));
		if (draw(seed, 0, 3) == 0) /* paid in full */
			changes[i].units = -open;
		open += changes[i].units;
	}
	return n;
}

static void
test_every_day(void)
{
	uint64_t seed = 20240607;
	long steps = 0;
	long asked = 0;
	long days = 0;
	int differences = 0;
	int failures = 0;

	for (int i = 0; i < 30000; i++)
	{
		rcv_change changes[CHANGES];
		policy p = random_policy(&seed);
		rcv_dunning_facts facts = random_item(&seed);
		size_t n = random_changes(changes, &seed);
		run a = simulate(&p, &facts, changes, n, 320);
		run b = every_day(&p, &facts, changes, n, 320);

		differences += !same(&a, &b);
		failures += a.status != RCV_OK;
		steps += a.n;
		asked += a.asked;
		days += b.asked;
	}
	printf("# %ld steps, %ld questions for %ld days\n", steps, asked, days);
	CHECK(differences == 0, "30,000 random items: the steps are those of asking every day");
	CHECK(failures == 0 && steps > 15000 && asked * 10 < days,
		  "with enough steps among them, and few questions");
}

int
main(void)
{
	static uint64_t off[RCV_CALENDAR_WORDS];

	for (int32_t day = RCV_CALENDAR_FIRST; day <= RCV_CALENDAR_LAST; day++)
		if ((day % 7 + 7) % 7 < 2) /* 2000-01-01 was a Saturday */
			off[(day - RCV_CALENDAR_FIRST) / 64] |= UINT64_C(1) << (day - RCV_CALENDAR_FIRST) % 64;
	rcv_business_days_build(off, &weekdays);
	test_plain();
	test_reopened();
	test_ends();
	test_received();
	test_every_day();
	return check_done();
}
