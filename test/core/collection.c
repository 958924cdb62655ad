/*
 * collection.c
 *		Instalments, promises, payment histories and priorities; plans and
 *		probabilities against ref/collection.py.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collection/history.h"
#include "collection/instalment.h"
#include "collection/priority.h"
#include "collection/promise.h"

static uint64_t seed = 20250131;

static uint64_t
below(uint64_t limit)
{
	return check_random(&seed) % limit;
}

static rcv_money
cents(int64_t units)
{
	return (rcv_money){units, 2};
}

/* The reference table ------------------------------------------------------ */

static char *at; /* what of the line is still to be read */

static const char *
next_word(void)
{
	const char *word = at + strspn(at, " ");

	at += word - at;
	at += strcspn(at, " \n");
	if (*at != '\0')
		*at++ = '\0';
	return word;
}

static int64_t
next(void)
{
	return strtoll(next_word(), NULL, 10);
}

static bool
plan_line(void)
{
	rcv_plan plan = {.amount = next(), .parts = (int32_t) next(), .first_on = (int32_t) next()};
	rcv_plan_run run;
	rcv_plan_part part;
	rcv_status status;
	bool refused;

	plan.months = (int32_t) next();
	plan.days = (int32_t) next();
	plan.method = (rcv_plan_method) next();
	plan.remainder = (rcv_plan_remainder) next();
	plan.rate = next();
	refused = strcmp(next_word(), "refused") == 0;
	status = rcv_plan_start(&plan, &run);
	for (int i = 0; i < plan.parts && status == RCV_OK; i++)
	{
		status = rcv_plan_next(&run, &part);
		if (status != RCV_OK || refused)
			continue;
		if (part.part != i + 1 || part.due_on != next() || part.amount != next() ||
			part.interest != next() || part.balance != next() ||
			part.amount != part.principal + part.interest)
			return false;
	}
	return status == (refused ? RCV_EDOMAIN : RCV_OK);
}

static bool
paid_line(void)
{
	rcv_history_day days[64];
	rcv_history history = {days, (int32_t) next()};
	int32_t late;
	int32_t within;
	double p = 0;
	rcv_status status;
	const char *expected;

	for (int i = 0; i < history.count; i++)
	{
		days[i] = (rcv_history_day){.days_late = (int32_t) next()};
		days[i].paid = next();
		days[i].open = next();
	}
	late = (int32_t) next();
	within = (int32_t) next();
	status = rcv_history_paid(&history, late, within, &p);
	if (rcv_history_check(&history) != RCV_OK || rcv_history_at_risk(&history, late) != next())
		return false;
	expected = next_word();
	if (strcmp(expected, "none") == 0)
		return status == RCV_EDOMAIN;
	return status == RCV_OK && fabs(p - strtod(expected, NULL)) < 1e-14;
}

static void
test_reference(void)
{
	FILE *file = fopen("test/core/ref/collection.txt", "r");
	char line[4000];
	char copy[4000];
	int seen[2] = {0};
	int wrong[2] = {0};

	if (!CHECK(file != NULL, "test/core/ref/collection.txt is there"))
		return;
	while (fgets(line, sizeof(line), file) != NULL)
	{
		int kind;

		memcpy(copy, line, sizeof(copy));
		at = line;
		kind = strcmp(next_word(), "plan") != 0;
		seen[kind]++;
		if (!(kind ? paid_line() : plan_line()) && wrong[kind]++ < 3)
			printf("# %s", copy);
	}
	fclose(file);
	CHECK(seen[0] == 260 && wrong[0] == 0, "plans");
	CHECK(seen[1] == 120 && wrong[1] == 0, "probabilities of payment");
}

/* Plans ------------------------------------------------------------------- */

/* The amounts of a plan of equal parts are these. */
static bool
parts_are(int64_t amount, int parts, rcv_plan_remainder remainder, const int64_t *expected)
{
	rcv_plan plan = {.amount = amount, .parts = parts, .months = 1, .remainder = remainder};
	rcv_plan_run run;
	rcv_plan_part part;

	if (rcv_plan_start(&plan, &run) != RCV_OK)
		return false;
	for (int i = 0; i < parts; i++)
		if (rcv_plan_next(&run, &part) != RCV_OK || part.amount != expected[i])
			return false;
	return part.balance == 0 && rcv_plan_next(&run, &part) == RCV_EDOMAIN;
}

static void
test_golden(void)
{
	CHECK(parts_are(100000, 3, RCV_REMAINDER_LAST, (int64_t[]){33333, 33333, 33334}), "1000.00/3");
	CHECK(parts_are(10000, 7, RCV_REMAINDER_LAST,
					(int64_t[]){1428, 1428, 1428, 1428, 1428, 1428, 1432}),
		  "100.00/7");
	CHECK(parts_are(5, 3, RCV_REMAINDER_LAST, (int64_t[]){1, 1, 3}), "0.05/3");
	CHECK(parts_are(100000, 3, RCV_REMAINDER_SPREAD, (int64_t[]){33334, 33333, 33333}),
		  "1000.00/3, spread");
	CHECK(parts_are(10000, 7, RCV_REMAINDER_SPREAD,
					(int64_t[]){1429, 1429, 1429, 1429, 1428, 1428, 1428}),
		  "100.00/7, spread");
	CHECK(parts_are(5, 3, RCV_REMAINDER_SPREAD, (int64_t[]){2, 2, 1}), "0.05/3, spread");
	CHECK(parts_are(99999, 4, RCV_REMAINDER_SPREAD, (int64_t[]){25000, 25000, 25000, 24999}),
		  "999.99/4, spread");
}

static rcv_status
start(rcv_plan plan)
{
	rcv_plan_run run;

	return rcv_plan_start(&plan, &run);
}

static void
test_plan_limits(void)
{
	rcv_plan plan = {.amount = 100, .parts = 2, .months = 1};
	rcv_plan_run run;
	rcv_plan_part part;

	CHECK(start(plan) == RCV_OK, "a plan");
	plan.days = 1;
	CHECK(start(plan) == RCV_EDOMAIN, "months and days");
	plan.months = plan.days = 0;
	CHECK(start(plan) == RCV_EDOMAIN, "neither");
	plan.months = -1;
	CHECK(start(plan) == RCV_EDOMAIN, "backwards");
	plan = (rcv_plan){.amount = 0, .parts = 2, .months = 1};
	CHECK(start(plan) == RCV_EDOMAIN, "nothing to pay");
	plan = (rcv_plan){.amount = 100, .parts = RCV_PLAN_PARTS_MAX + 1, .months = 1};
	CHECK(start(plan) == RCV_EDOMAIN, "too many parts");
	plan = (rcv_plan){.amount = 100, .parts = 2, .months = 1, .rate = RCV_PLAN_RATE_MAX + 1};
	CHECK(start(plan) == RCV_EDOMAIN, "too high a rate");
	plan = (rcv_plan){.amount = 100, .parts = 2, .months = 1, .first_on = RCV_DAY_MAX + 1};
	CHECK(start(plan) == RCV_EDATE, "no such day");
	plan.first_on = RCV_DAY_MAX;
	CHECK(rcv_plan_start(&plan, &run) == RCV_OK && rcv_plan_next(&run, &part) == RCV_OK &&
			  part.due_on == RCV_DAY_MAX && rcv_plan_next(&run, &part) == RCV_EDATE,
		  "the end of all days");
	plan = (rcv_plan){.amount = INT64_MAX, .parts = 1, .months = 1200, .rate = RCV_PLAN_RATE_MAX};
	CHECK(rcv_plan_start(&plan, &run) == RCV_OK && rcv_plan_next(&run, &part) == RCV_EOVERFLOW,
		  "1000 % a year on 2^63 for a century");
	plan.method = RCV_PLAN_ANNUITY;
	CHECK(start(plan) == RCV_EOVERFLOW, "and as an annuity");
}

/* An annuity over many parts is one amount but for the last, which is near it. */
static void
test_annuities(void)
{
	bool same = true;

	for (int i = 0; i < 300 && same; i++)
	{
		rcv_plan plan = {.amount = 10000000 + (int64_t) below(100000000),
						 .parts = 2 + (int32_t) below(358),
						 .first_on = (int32_t) below(9000),
						 .months = 1,
						 .method = RCV_PLAN_ANNUITY,
						 .rate = (int64_t) below(20000) * 1000};
		rcv_plan_run run;
		rcv_plan_part part;
		int64_t paid_off = 0;
		int64_t payment = 0;

		same = rcv_plan_start(&plan, &run) == RCV_OK;
		for (int j = 1; j <= plan.parts && same; j++)
		{
			same = rcv_plan_next(&run, &part) == RCV_OK &&
				   (j == 1 || j == plan.parts || part.amount == payment);
			payment = j == 1 ? part.amount : payment;
			paid_off += part.principal;
		}
		/* each part's rounding grows with interest until the end */
		same = same && paid_off == plan.amount && part.balance == 0 &&
			   llabs(part.amount - payment) < plan.parts * 400;
	}
	CHECK(same, "annuities close exactly");
}

/* Standing ------------------------------------------------------------------ */

#define PARTS 12

typedef struct plan_part
{
	int32_t due_on;
	int64_t amount;
	int64_t paid;
} plan_part;

/* Broken on this day, from the definition: so many late, or one so late. */
static bool
broken_on(const plan_part *parts, int n, rcv_plan_rule rule, int32_t day)
{
	int late = 0;

	for (int i = 0; i < n; i++)
		if (parts[i].paid < parts[i].amount)
		{
			late += day - parts[i].due_on > rule.grace_days;
			if (day - parts[i].due_on > rule.late_days)
				return true;
		}
	return late >= rule.late_parts;
}

static bool
same_sums(const rcv_standing *a, const rcv_standing *b)
{
	for (int i = 0; i < RCV_STANDING_SUMS; i++)
		if (rcv_sum_units(&a->sums[i]) * rcv_pow10(b->scale - RCV_SCALE_MIN) !=
			rcv_sum_units(&b->sums[i]) * rcv_pow10(a->scale - RCV_SCALE_MIN))
			return false;
	return true;
}

/* A random plan, its parts in one state and in two. */
static bool
standing_holds(void)
{
	plan_part parts[PARTS];
	int n = (int) below(PARTS + 1);
	rcv_plan_rule rule = {.late_parts = 1 + (int32_t) below(4), .grace_days = (int32_t) below(6)};
	rcv_standing all;
	rcv_standing half[2];
	rcv_standing_result result;
	int64_t open = 0;
	int64_t overdue = 0;
	int late = 0;

	rule.late_days = rule.grace_days + (int32_t) below(40);
	rule.as_of = (int32_t) below(200);
	rcv_standing_init(&all, &rule);
	rcv_standing_init(&half[0], &rule);
	rcv_standing_init(&half[1], &rule);
	for (int i = 0; i < n; i++)
	{
		plan_part *part = &parts[i];
		rcv_money paid = {0, 2 + (int) below(3)};

		*part = (plan_part){(int32_t) below(15) * 14, 1 + (int64_t) below(1000), 0};
		part->paid = below(3) ? (int64_t) below(2) * part->amount : (int64_t) below(1000);
		paid.units = part->paid * rcv_pow10(paid.scale - 2);
		if (rcv_standing_add(&all, part->due_on, cents(part->amount), paid) != RCV_OK ||
			rcv_standing_add(&half[below(2)], part->due_on, cents(part->amount), paid) != RCV_OK)
			return false;
		if (part->paid >= part->amount)
			continue;
		open += part->amount - part->paid;
		if (rule.as_of - part->due_on > rule.grace_days)
		{
			late++;
			overdue += part->amount - part->paid;
		}
	}
	if (rcv_standing_merge(&half[0], &half[1]) != RCV_OK || !rcv_standing_valid(&half[0]) ||
		!same_sums(&all, &half[0]) || half[0].next_on != all.next_on || half[0].late != all.late ||
		half[0].settled != all.settled || half[0].unpaid_known != all.unpaid_known ||
		memcmp(half[0].unpaid, all.unpaid, sizeof(all.unpaid)) != 0)
		return false;
	rcv_standing_judge(&all, &result);
	if (rcv_sum_units(&all.sums[RCV_SUM_OPEN]) != open * rcv_pow10(all.scale - 2) ||
		rcv_sum_units(&all.sums[RCV_SUM_OVERDUE]) != overdue * rcv_pow10(all.scale - 2) ||
		all.late != late)
		return false;
	if (open == 0)
		return result.kind == RCV_STANDING_SETTLED;
	return (result.kind == RCV_STANDING_BROKEN) == broken_on(parts, n, rule, rule.as_of) &&
		   (result.kind == RCV_STANDING_ON_TIME) ==
			   (result.kind != RCV_STANDING_BROKEN && late == 0) &&
		   !broken_on(parts, n, rule, result.hold_until) &&
		   broken_on(parts, n, rule, result.hold_until + 1);
}

static void
test_standing(void)
{
	rcv_plan_rule rule = {.late_parts = 2, .late_days = 30};
	rcv_standing standing;
	rcv_standing_result result;
	bool same = true;

	for (int i = 0; i < 20000 && same; i++)
		same = standing_holds();
	CHECK(same, "standing, by its definition and in parts");
	rcv_standing_init(&standing, &rule);
	CHECK(rcv_standing_add(&standing, 0, cents(0), cents(0)) == RCV_EDOMAIN &&
			  rcv_standing_add(&standing, 0, cents(1), cents(-1)) == RCV_EDOMAIN &&
			  rcv_standing_add(&standing, RCV_DAY_MAX + 1, cents(1), cents(0)) == RCV_EDATE,
		  "parts that cannot be");
	CHECK(rcv_standing_add(&standing, RCV_DAY_MAX, cents(1), cents(0)) == RCV_OK, "a last day");
	rcv_standing_judge(&standing, &result);
	CHECK(result.kind == RCV_STANDING_ON_TIME && result.hold_until == RCV_DAY_MAX,
		  "days after the last one are the last one");
	standing.parts = RCV_PARTS_MAX + 1;
	CHECK(!rcv_standing_valid(&standing), "too many parts");
	rcv_standing_init(&standing, &rule);
	standing.unpaid_known = 2;
	standing.unpaid[0] = 1;
	CHECK(!rcv_standing_valid(&standing), "days that do not ascend");
	rule.late_parts = RCV_LATE_PARTS_MAX + 1;
	CHECK(rcv_plan_rule_check(&rule) == RCV_EDOMAIN, "too many late parts");
	rule = (rcv_plan_rule){.late_parts = 1, .late_days = 1, .grace_days = 2};
	CHECK(rcv_plan_rule_check(&rule) == RCV_EDOMAIN, "more grace than delay");
	rule = (rcv_plan_rule){.late_parts = 1, .as_of = RCV_DAY_MAX + 1};
	CHECK(rcv_plan_rule_check(&rule) == RCV_EDATE, "a day that is none");
}

/* Promises ------------------------------------------------------------------ */

static void
test_promises(void)
{
	rcv_promises promises;
	rcv_promises other;

	rcv_promises_init(&promises, 100, 3);
	rcv_promises_init(&other, 100, 3);
	CHECK(rcv_promises_add(&promises, cents(1000), 96, cents(1000)) == RCV_OK &&
			  rcv_promises_add(&promises, cents(500), 96, (rcv_money){49999, 4}) == RCV_OK &&
			  rcv_promises_add(&other, cents(700), 96, cents(0)) == RCV_OK &&
			  rcv_promises_add(&other, cents(800), 90, cents(900)) == RCV_OK &&
			  rcv_promises_add(&other, cents(100), 97, cents(100)) == RCV_OK,
		  "promises");
	CHECK(rcv_promises_merge(&promises, &other) == RCV_OK && rcv_promises_valid(&promises),
		  "two states as one");
	CHECK(promises.due == 4 && promises.kept == 2 && promises.partly == 1 && promises.pending == 1,
		  "kept, kept in part, broken and pending");
	CHECK(promises.scale == 4 && rcv_sum_units(&promises.sums[RCV_PROMISED]) == 300000 &&
			  rcv_sum_units(&promises.sums[RCV_PROMISED_KEPT]) == 180000 &&
			  rcv_sum_units(&promises.sums[RCV_PROMISE_RECEIVED]) == 229999,
		  "amounts");
	CHECK(rcv_promises_add(&promises, cents(0), 1, cents(0)) == RCV_EDOMAIN &&
			  rcv_promises_add(&promises, cents(1), 1, cents(-1)) == RCV_EDOMAIN &&
			  rcv_promises_add(&promises, cents(1), RCV_DAY_MIN - 1, cents(1)) == RCV_EDATE,
		  "promises that cannot be");
	promises.kept = 5;
	CHECK(!rcv_promises_valid(&promises), "more kept than due");
}

/* Sums ----------------------------------------------------------------------- */

static void
test_sums(void)
{
	rcv_sum sums[2] = {{0, 0}, {0, 0}};
	rcv_sum least = {0, INT64_MIN};
	int32_t scale = 2;

	CHECK(rcv_sums_add(sums, 2, &scale, 0, cents(-5)) == RCV_OK &&
			  rcv_sums_add(sums, 2, &scale, 1, (rcv_money){7, 18}) == RCV_OK && scale == 18 &&
			  rcv_sum_units(&sums[0]) == (rcv_int128) -5 * rcv_pow10(16) &&
			  rcv_sum_units(&sums[1]) == 7,
		  "sums take the scale of an amount");
	CHECK(rcv_sum_add_units(&least, -1) == RCV_EOVERFLOW && least.high == INT64_MIN,
		  "less than 128 bits hold");
	scale = 2;
	CHECK(rcv_sums_rescale(&least, 1, &scale, 3) == RCV_EOVERFLOW, "no room for a scale");
}

/* Histories ------------------------------------------------------------------ */

static void
test_histories(void)
{
	rcv_history_day days[3] = {{-5, 0, 2, 0}, {0, 0, 1, 0}, {9, 0, 0, 4}};
	rcv_history history = {days, 3};
	double p;

	CHECK(rcv_history_check(&history) == RCV_OK, "a history");
	CHECK(rcv_history_at_risk(&history, INT32_MIN) == 7 && rcv_history_at_risk(&history, -5) == 5 &&
			  rcv_history_at_risk(&history, 8) == 4 && rcv_history_at_risk(&history, 9) == 0 &&
			  rcv_history_at_risk(&history, INT32_MAX) == 0,
		  "items at risk");
	CHECK(rcv_history_paid(&history, 0, INT32_MAX, &p) == RCV_OK && p == 0, "never paid");
	CHECK(rcv_history_paid(&history, INT32_MIN, INT32_MAX, &p) == RCV_OK &&
			  fabs(p - 2.0 / 7) < 1e-15,
		  "from before all days to the day before it is due");
	CHECK(rcv_history_paid(&history, 0, -1, &p) == RCV_EDOMAIN, "within less than no days");
	CHECK(rcv_history_paid(&history, INT32_MAX, 1, &p) == RCV_EDOMAIN, "after all days");
	days[2].paid = RCV_HISTORY_COUNT_MAX;
	CHECK(rcv_history_check(&history) == RCV_EDOMAIN, "too many items in all");
	days[2] = (rcv_history_day){0, 0, 1, 1};
	CHECK(rcv_history_check(&history) == RCV_EDOMAIN, "a day twice");
	days[2] = (rcv_history_day){9, 0, 0, 0};
	CHECK(rcv_history_check(&history) == RCV_EDOMAIN, "a day without items");
	days[2] = (rcv_history_day){RCV_HISTORY_DAYS_MAX + 1, 0, 1, 0};
	CHECK(rcv_history_check(&history) == RCV_EDOMAIN, "a day too far");
	CHECK(rcv_history_shrunk(0.8, 5, 0.2, 5, &p) == RCV_OK && fabs(p - 0.5) < 1e-15,
		  "halfway between");
	CHECK(rcv_history_shrunk(0.8, 0, 0.2, 0, &p) == RCV_EDOMAIN &&
			  rcv_history_shrunk(1.1, 1, 0.2, 1, &p) == RCV_EDOMAIN &&
			  rcv_history_shrunk(0.8, 1, NAN, 1, &p) == RCV_EDOMAIN &&
			  rcv_history_shrunk(0.8, 1, 0.2, INFINITY, &p) == RCV_EDOMAIN,
		  "shares that cannot be");
}

static void
test_priority(void)
{
	int64_t gain;

	CHECK(rcv_priority(100000, 0.6, 1, 0, 500, &gain) == RCV_OK && gain == 39500,
		  "1000.00 x 0.4 - 5.00");
	CHECK(rcv_priority(100000, 0.6, 0.7, 2500, 500, &gain) == RCV_OK && gain == 7000,
		  "1000.00 x 0.1 - 25.00 - 5.00");
	CHECK(rcv_priority(100000, 0.9, 0.7, 0, 0, &gain) == RCV_OK && gain == -20000, "a loss");
	CHECK(rcv_priority(1, 0.5, 1, 0, 0, &gain) == RCV_OK && gain == 1, "half a cent");
	CHECK(rcv_priority(100, -0.1, 1, 0, 0, &gain) == RCV_EDOMAIN &&
			  rcv_priority(100, 0, NAN, 0, 0, &gain) == RCV_EDOMAIN &&
			  rcv_priority(100, 0, 1, -1, 0, &gain) == RCV_EDOMAIN &&
			  rcv_priority(100, 0, 1, 0, -1, &gain) == RCV_EDOMAIN,
		  "outside the domain");
	CHECK(rcv_priority(INT64_MIN, 0, 1, INT64_MAX, 0, &gain) == RCV_EOVERFLOW, "below -2^63");
}

int
main(void)
{
	test_reference();
	test_golden();
	test_plan_limits();
	test_annuities();
	test_standing();
	test_promises();
	test_sums();
	test_histories();
	test_priority();
	return check_done();
}
