/*
 * interest.c
 *		Rates by date, days, late interest and the sum for recovery costs; figures
 *		against a table that counts day after day (ref/interest.py).
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "interest/indemnity.h"
#include "interest/late.h"

#define SCHEDULES_MAX 100
#define RATES_MAX 32
#define CHANGES_MAX 16

static uint64_t seed = 20240531;

static uint64_t
below(uint64_t limit)
{
	return check_random(&seed) % limit;
}

static int32_t
day(int year, int month, int mday)
{
	int32_t out;

	if (rcv_day_from_civil(year, month, mday, &out) != RCV_OK)
		abort();
	return out;
}

/* The reference table ------------------------------------------------------ */

static rcv_rate rates[SCHEDULES_MAX][RATES_MAX];
static rcv_schedule schedules[SCHEDULES_MAX];
static int n_schedules;

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

static rcv_int128
next_wide(void)
{
	const char *word = next_word();
	bool negative = *word == '-';
	rcv_int128 value = 0;

	for (word += negative; *word >= '0' && *word <= '9'; word++)
		value = value * 10 + (*word - '0');
	return negative ? -value : value;
}

static int64_t
next(void)
{
	return (int64_t) next_wide();
}

static rcv_interest_terms
next_terms(void)
{
	rcv_interest_terms terms;

	terms.rule = (rcv_rate_rule) next();
	terms.day_count = (rcv_day_count) next();
	terms.rounding = (rcv_interest_rounding) next();
	terms.scale = (int) next();
	return terms;
}

/* Whether a result is the one at the end of the line. */
static bool
same_result(rcv_status status, rcv_int128 interest, const rcv_rate_gap *gap)
{
	if (strcmp(next_word(), "ok") == 0)
		return status == RCV_OK && interest == next_wide();
	return status == RCV_EDOMAIN && gap->from == next() && gap->to == next();
}

static bool
days_line(void)
{
	rcv_day_count day_count = (rcv_day_count) next();
	int32_t from = (int32_t) next();
	int32_t to = (int32_t) next();
	int32_t main;
	int32_t leap;

	rcv_interest_days(from, to, day_count, &main, &leap);
	return main == next() && leap == next();
}

static bool
schedule_line(void)
{
	rcv_schedule *schedule = &schedules[n_schedules];

	schedule->rates = rates[n_schedules];
	schedule->to = (int32_t) next();
	schedule->count = (int32_t) next();
	for (int i = 0; i < schedule->count; i++)
	{
		rates[n_schedules][i].from = (int32_t) next();
		rates[n_schedules][i].rate = next();
	}
	n_schedules++;
	return rcv_schedule_check(schedule) == RCV_OK;
}

static bool
late_line(void)
{
	const rcv_schedule *schedule = &schedules[next()];
	int64_t units = next();
	rcv_money principal = {units, (int) next()};
	int32_t from = (int32_t) next();
	int32_t to = (int32_t) next();
	rcv_interest_terms terms = next_terms();
	rcv_rate_gap gap = {0};
	rcv_int128 interest;
	rcv_status status = rcv_late_interest(principal, from, to, schedule, &terms, &interest, &gap);

	return same_result(status, interest, &gap);
}

static int
by_day(const void *a, const void *b)
{
	int32_t x = ((const rcv_balance_change *) a)->day;
	int32_t y = ((const rcv_balance_change *) b)->day;

	return (x > y) - (x < y);
}

static bool
balance_line(void)
{
	const rcv_schedule *schedule = &schedules[next()];
	int scale = (int) next();
	int32_t to = (int32_t) next();
	rcv_interest_terms terms = next_terms();
	int64_t n = next();
	rcv_balance_change changes[CHANGES_MAX] = {{0}};
	rcv_rate_gap gap = {0};
	rcv_int128 interest;
	rcv_status status;

	for (int64_t i = 0; i < n; i++)
	{
		changes[i].day = (int32_t) next();
		changes[i].units = next();
	}
	qsort(changes, (size_t) n, sizeof(*changes), by_day);
	status = rcv_late_interest_balance(changes, n, scale, to, schedule, &terms, &interest, &gap);
	return same_result(status, interest, &gap);
}

static void
test_reference(void)
{
	static const struct
	{
		const char *name;
		bool (*holds)(void);
	} kinds[] = {{"days", days_line},
				 {"schedule", schedule_line},
				 {"late", late_line},
				 {"balance", balance_line}};
	int seen[4] = {0};
	int wrong[4] = {0};
	FILE *file = fopen("test/core/ref/interest.txt", "r");
	char line[4000];
	char copy[4000];

	if (!CHECK(file != NULL, "test/core/ref/interest.txt is there"))
		return;
	while (fgets(line, sizeof(line), file) != NULL)
	{
		const char *kind;

		memcpy(copy, line, sizeof(copy));
		at = line;
		kind = next_word();
		for (int i = 0; i < 4; i++)
			if (strcmp(kind, kinds[i].name) == 0)
			{
				seen[i]++;
				if (!kinds[i].holds() && wrong[i]++ < 3)
					printf("# %s", copy);
			}
	}
	fclose(file);
	CHECK(seen[0] > 600 && wrong[0] == 0, "days by each convention");
	CHECK(seen[1] > 50 && wrong[1] == 0, "schedules");
	CHECK(seen[2] > 1400 && wrong[2] == 0, "interest on one amount");
	CHECK(seen[3] > 600 && wrong[3] == 0, "interest on a balance");
}

/* Schedules ---------------------------------------------------------------- */

static void
test_schedule_check(void)
{
	rcv_rate list[3] = {{.from = 0, .rate = 1}, {.from = 10, .rate = 2}, {.from = 20, .rate = 3}};
	static rcv_rate many[RCV_SCHEDULE_RATES_MAX + 1];

	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 20}) == RCV_OK, "one day of the last rate");
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 19}) == RCV_EDOMAIN, "end before last rate");
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 0, 20}) == RCV_EDOMAIN, "no rate");
	CHECK(rcv_schedule_check(&(rcv_schedule){list, -1, 20}) == RCV_EDOMAIN, "less than none");
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, RCV_DAY_MAX + 1}) == RCV_EDATE, "end far");
	list[1].from = 20;
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 30}) == RCV_EDOMAIN, "two rates of one day");
	list[1] = (rcv_rate){.from = 10, .rate = RCV_RATE_MAX};
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 30}) == RCV_OK, "1000 percent");
	list[1].rate = -RCV_RATE_MAX;
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 30}) == RCV_OK, "-1000 percent");
	list[1].rate = RCV_RATE_MAX + 1;
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 30}) == RCV_EDOMAIN, "more than 1000");
	list[1].rate = -RCV_RATE_MAX - 1;
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 30}) == RCV_EDOMAIN, "less than -1000");
	list[0].from = RCV_DAY_MIN - 1;
	list[1].rate = 0;
	CHECK(rcv_schedule_check(&(rcv_schedule){list, 3, 30}) == RCV_EDATE, "a day too early");
	for (int i = 0; i <= RCV_SCHEDULE_RATES_MAX; i++)
		many[i].from = i;
	CHECK(rcv_schedule_check(&(rcv_schedule){many, RCV_SCHEDULE_RATES_MAX, 99999}) == RCV_OK,
		  "10,000 rates");
	CHECK(rcv_schedule_check(&(rcv_schedule){many, RCV_SCHEDULE_RATES_MAX + 1, 99999}) ==
			  RCV_ELIMIT,
		  "10,001 rates");
}

static void
test_schedule_find(void)
{
	rcv_rate list[3] = {{.from = 0}, {.from = 10}, {.from = 20}};
	rcv_schedule schedule = {list, 3, 25};
	bool same = true;

	for (int32_t d = -5; d <= 30; d++)
		same = same && rcv_schedule_find(&schedule, d) == (d < 0 || d > 25 ? -1
														   : d < 10		   ? 0
														   : d < 20		   ? 1
																		   : 2);
	CHECK(same, "the rate of each day, and of none outside");
	CHECK(rcv_schedule_find(&schedule, INT32_MAX) == -1 &&
			  rcv_schedule_find(&schedule, INT32_MIN) == -1,
		  "no rate on days that are none");
}

/* A random schedule over days 0 .. 400 or so. */
static rcv_schedule
random_schedule(rcv_rate *list)
{
	int32_t count = 1 + (int32_t) below(8);
	int32_t from = (int32_t) below(50);

	for (int32_t i = 0; i < count; i++, from += 1 + (int32_t) below(60))
		list[i] = (rcv_rate){.from = from, .rate = (int64_t) below(9) * 1000000};
	return (rcv_schedule){list, count, list[count - 1].from + (int32_t) below(60)};
}

static int64_t
rate_of(const rcv_schedule *schedule, int32_t d)
{
	int32_t i = rcv_schedule_find(schedule, d);

	return i < 0 ? -1 : schedule->rates[i].rate;
}

/* On each day it is what the definition says, in as few rates as can be. */
static bool
floor_holds(const rcv_schedule *contract, const rcv_schedule *legal, rcv_money factor)
{
	rcv_rate list[16];
	rcv_schedule floor;
	rcv_status status = rcv_schedule_floor(contract, legal, factor, list, &floor);
	bool common = false;

	for (int32_t d = -1; d < 700; d++)
	{
		int64_t a = rate_of(contract, d);
		int64_t b = rate_of(legal, d) * factor.units / 10000;
		bool both = a >= 0 && rate_of(legal, d) >= 0;

		common = common || both;
		if (status == RCV_OK && rate_of(&floor, d) != (!both ? -1 : a > b ? a : b))
			return false;
	}
	for (int32_t i = 1; status == RCV_OK && i < floor.count; i++)
		if (list[i].rate == list[i - 1].rate)
			return false;
	return status == (common ? RCV_OK : RCV_EDOMAIN) &&
		   (status != RCV_OK || rcv_schedule_check(&floor) == RCV_OK);
}

static void
test_floor(void)
{
	rcv_rate a[8];
	rcv_rate b[8];
	rcv_rate out[16];
	rcv_schedule floor;
	bool same = true;

	for (int i = 0; i < 2000 && same; i++)
	{
		rcv_schedule contract = random_schedule(a);
		rcv_schedule legal = random_schedule(b);

		same = floor_holds(&contract, &legal, (rcv_money){(int64_t) below(4) * 7500, 4});
	}
	CHECK(same, "the floor, day by day");
	a[0] = (rcv_rate){.from = 0, .rate = 5000000};
	b[0] = (rcv_rate){.from = 0, .rate = 400000000};
	CHECK(rcv_schedule_floor(&(rcv_schedule){a, 1, RCV_DAY_MAX}, &(rcv_schedule){b, 1, RCV_DAY_MAX},
							 (rcv_money){250, 2}, out, &floor) == RCV_OK &&
			  floor.count == 1 && out[0].rate == RCV_RATE_MAX && floor.to == RCV_DAY_MAX,
		  "a floor of 1000 percent, without end");
	CHECK(rcv_schedule_floor(&(rcv_schedule){a, 1, 9}, &(rcv_schedule){b, 1, 9},
							 (rcv_money){251, 2}, out, &floor) == RCV_EOVERFLOW,
		  "a floor of more");
	b[0].rate = 5000001;
	CHECK(rcv_schedule_floor(&(rcv_schedule){a, 1, 9}, &(rcv_schedule){b, 1, 9}, (rcv_money){15, 1},
							 out, &floor) == RCV_EOVERFLOW,
		  "a floor of more than six decimals");
	CHECK(rcv_schedule_floor(&(rcv_schedule){a, 1, 9}, &(rcv_schedule){b, 1, 9},
							 (rcv_money){INT64_MAX, 0}, out, &floor) == RCV_EOVERFLOW,
		  "a factor of 2^63 - 1");
	CHECK(rcv_schedule_floor(&(rcv_schedule){a, 1, 9}, &(rcv_schedule){b, 1, 9},
							 (rcv_money){INT64_MAX, 18}, out, &floor) == RCV_EOVERFLOW,
		  "a factor of 18 decimals");
}

/* Interest ----------------------------------------------------------------- */

static rcv_rate flat[1] = {{.from = RCV_DAY_MIN, .rate = 10000000}};
static const rcv_schedule ten_percent = {flat, 1, RCV_DAY_MAX};

static rcv_int128
late(int64_t cents, int32_t from, int32_t to, const rcv_schedule *schedule, rcv_day_count day_count,
	 rcv_interest_rounding rounding, int scale)
{
	rcv_interest_terms terms = {RCV_RATE_PER_PERIOD, day_count, rounding, scale};
	rcv_rate_gap gap;
	rcv_int128 out;

	return rcv_late_interest((rcv_money){cents, 2}, from, to, schedule, &terms, &out, &gap) ==
				   RCV_OK
			   ? out
			   : -1;
}

static void
test_golden(void)
{
	rcv_rate list[2] = {{.from = day(2024, 1, 1), .rate = 14500000},
						{.from = day(2024, 7, 1), .rate = 14250000}};
	rcv_schedule halves = {list, 2, day(2024, 12, 31)};
	int32_t from = day(2024, 5, 31);
	int32_t to = day(2024, 9, 30);

	CHECK(late(500000, day(2024, 1, 1), day(2024, 1, 31), &ten_percent, RCV_ACT_365, 0, 2) == 4110,
		  "5,000.00 at 10 %, 30 days: 41.10");
	CHECK(late(10000, day(2012, 1, 1), day(2012, 1, 16), &ten_percent, RCV_ACT_365, 0, 2) == 41,
		  "100.00 at 10 %, 15 days: 0.41");
	CHECK(late(1200000, from, to, &halves, RCV_ACT_365, RCV_ROUND_ONCE, 2) == 57403,
		  "over two half-years, rounded once: 574.03");
	CHECK(late(1200000, from, to, &halves, RCV_ACT_365, RCV_ROUND_PER_PERIOD, 2) == 57402,
		  "over two half-years, each rounded: 574.02");
	CHECK(late(36500, 0, 5, &ten_percent, RCV_ACT_365, 0, 0) == 1 &&
			  late(-36500, 0, 5, &ten_percent, RCV_ACT_365, 0, 0) == -1 &&
			  late(36499, 0, 5, &ten_percent, RCV_ACT_365, 0, 0) == 0,
		  "a half is rounded away from zero");
}

/* (from, to] is what its parts are, before rounding, by every count but 30/360. */
static void
test_parts(void)
{
	static const rcv_day_count counts[] = {RCV_ACT_365, RCV_ACT_360, RCV_ACT_ACT, RCV_30E_360};
	bool same = true;

	for (int i = 0; i < 20000 && same; i++)
	{
		rcv_day_count day_count = counts[below(4)];
		int32_t a = (int32_t) below(20000);
		int32_t b = a + (int32_t) below(500);
		int32_t c = b + (int32_t) below(500);
		int32_t part[3];
		int32_t leap[3];

		rcv_interest_days(a, b, day_count, &part[0], &leap[0]);
		rcv_interest_days(b, c, day_count, &part[1], &leap[1]);
		rcv_interest_days(a, c, day_count, &part[2], &leap[2]);
		same = part[0] + part[1] == part[2] && leap[0] + leap[1] == leap[2];
	}
	CHECK(same, "days of parts add up");
}

/* A rate that does not change makes no difference where it is cut. */
static void
test_cuts(void)
{
	rcv_rate list[10];
	bool same = true;

	for (int i = 0; i < 5000 && same; i++)
	{
		rcv_day_count day_count = (rcv_day_count) below(RCV_DAY_COUNTS);
		int32_t from = (int32_t) below(9000);
		int32_t to = from + (int32_t) below(900);

		for (int j = 0; j < 10; j++)
			list[j] = (rcv_rate){.from = from - 5 + j * (1 + (int32_t) below(90) / 10 * 10),
								 .rate = 10000000};
		for (int j = 1; j < 10; j++)
			if (list[j].from <= list[j - 1].from)
				list[j].from = list[j - 1].from + 1;
		same = late(123456789, from, to, &(rcv_schedule){list, 10, RCV_DAY_MAX}, day_count, 0, 6) ==
			   late(123456789, from, to, &ten_percent, day_count, 0, 6);
	}
	CHECK(same, "the same rate twice is one");
}

static void
test_limits(void)
{
	static rcv_rate highest[1] = {{.from = RCV_DAY_MIN, .rate = RCV_RATE_MAX}};
	rcv_schedule schedule = {highest, 1, RCV_DAY_MAX};
	rcv_interest_terms terms = {.scale = 2};
	rcv_rate_gap gap;
	rcv_int128 out;
	rcv_int128 expected = (rcv_int128) INT64_MAX * 10 * (RCV_DAY_MAX - RCV_DAY_MIN);

	CHECK(late(INT64_MAX, RCV_DAY_MIN, RCV_DAY_MAX, &schedule, RCV_ACT_365, 0, 2) ==
			  (2 * expected + 365) / 730,
		  "the largest amount at the highest rate over all days");
	CHECK(late(INT64_MIN, RCV_DAY_MIN, RCV_DAY_MAX, &schedule, RCV_ACT_365, 1, 2) ==
			  -((-2 * (rcv_int128) INT64_MIN * 10 * (RCV_DAY_MAX - RCV_DAY_MIN) + 365) / 730),
		  "the smallest one");
	terms = (rcv_interest_terms){.day_count = RCV_ACT_ACT, .scale = 6};
	CHECK(rcv_late_interest((rcv_money){INT64_MIN, 2}, RCV_DAY_MIN, RCV_DAY_MAX, &schedule, &terms,
							&out, &gap) == RCV_EOVERFLOW,
		  "more than 128 bits on the way");
	CHECK(rcv_late_interest((rcv_money){INT64_MIN, 18}, RCV_DAY_MIN, RCV_DAY_MAX, &schedule, &terms,
							&out, &gap) == RCV_OK &&
			  out < 0,
		  "of 18 decimals");
	CHECK(rcv_late_interest((rcv_money){1, 2}, RCV_DAY_MIN - 1, 0, &schedule, &terms, &out, &gap) ==
				  RCV_EDATE &&
			  rcv_late_interest((rcv_money){1, 2}, 0, INT32_MAX, &schedule, &terms, &out, &gap) ==
				  RCV_EDATE,
		  "days outside the range");
	CHECK(rcv_late_interest((rcv_money){1, 2}, 0, 0, &schedule, &terms, &out, &gap) == RCV_OK &&
			  out == 0 &&
			  rcv_late_interest((rcv_money){1, 2}, 5, -5, &schedule, &terms, &out, &gap) ==
				  RCV_OK &&
			  out == 0,
		  "no day, or less: none");
}

/* Balances ------------------------------------------------------------------- */

static rcv_status
on_balance(const rcv_balance_change *changes, int64_t n, int32_t to, rcv_int128 *out)
{
	rcv_interest_terms terms = {.scale = 2};
	rcv_rate_gap gap;

	return rcv_late_interest_balance(changes, n, 2, to, &ten_percent, &terms, out, &gap);
}

static void
test_balance(void)
{
	rcv_balance_change one[] = {{.day = 0, .units = 500000}, {.day = 30, .units = -500000}};
	rcv_balance_change paid_early[] = {{.day = -9, .units = -100}, {.day = 0, .units = 100}};
	rcv_balance_change wide[] = {{.day = 0, .units = INT64_MAX}, {.day = 0, .units = INT64_MAX}};
	rcv_balance_change back[] = {{.day = 5, .units = 1}, {.day = 4, .units = 1}};
	rcv_balance_change outside[] = {{.day = RCV_DAY_MIN - 1, .units = 1}};
	rcv_int128 out;

	CHECK(on_balance(one, 2, 90, &out) == RCV_OK && out == 4110, "paid after 30 days");
	CHECK(on_balance(one, 2, 15, &out) == RCV_OK && out == 2055, "a change still to come");
	CHECK(on_balance(one, 0, 90, &out) == RCV_OK && out == 0, "no change");
	CHECK(on_balance(paid_early, 2, 90, &out) == RCV_OK && out == 0, "paid before it was due");
	CHECK(on_balance(wide, 2, 90, &out) == RCV_EOVERFLOW, "a balance over 64 bits");
	CHECK(on_balance(wide, 2, 0, &out) == RCV_OK && out == 0, "that bears no day of interest");
	CHECK(on_balance(back, 2, 90, &out) == RCV_EDATE, "days out of order");
	CHECK(on_balance(outside, 1, 90, &out) == RCV_EDATE, "a day outside the range");
	CHECK(on_balance(one, 2, RCV_DAY_MAX + 1, &out) == RCV_EDATE, "a last day outside");
}

/* A constant balance bears what an amount does; changes of nothing do not matter. */
static void
test_constant(void)
{
	bool same = true;

	for (int i = 0; i < 5000 && same; i++)
	{
		rcv_interest_terms terms = {
			(rcv_rate_rule) below(RCV_RATE_RULES), (rcv_day_count) below(RCV_DAY_COUNTS),
			(rcv_interest_rounding) below(RCV_INTEREST_ROUNDINGS), (int) below(7)};
		const rcv_schedule *schedule = &schedules[below((uint64_t) n_schedules)];
		int64_t units = 1 + (int64_t) below(1000000000);
		int32_t from = 7000 + (int32_t) below(2000);
		int32_t to = from + (int32_t) below(500);
		rcv_balance_change changes[] = {{.day = from - 3, .units = 0},
										{.day = from, .units = units},
										{.day = from + 20, .units = 77},
										{.day = from + 20, .units = -77},
										{.day = from + 31, .units = 0}};
		rcv_rate_gap gap[2] = {{0}};
		rcv_int128 out[2];

		same = rcv_late_interest((rcv_money){units, 2}, from, to, schedule, &terms, &out[0],
								 &gap[0]) == rcv_late_interest_balance(changes, 5, 2, to, schedule,
																	   &terms, &out[1], &gap[1]) &&
			   out[0] == out[1] && gap[0].from == gap[1].from && gap[0].to == gap[1].to;
	}
	CHECK(same, "a constant balance");
}

/* Recovery costs --------------------------------------------------------------- */

static void
test_tiers(void)
{
	rcv_tiers *tiers = calloc(1, sizeof(*tiers) + 3 * sizeof(rcv_tier));

	if (tiers == NULL)
		abort();
	tiers->count = 3;
	tiers->tier[0] = (rcv_tier){.up_to = {100000, 2}, .amount = {4000, 2}};
	tiers->tier[1] = (rcv_tier){.up_to = {10000000, 3}, .amount = {7000, 2}};
	tiers->tier[2] = (rcv_tier){.amount = {10000, 2}, .open = true};
	CHECK(rcv_tiers_check(tiers) == RCV_OK, "tiers");
	CHECK(rcv_recovery_indemnity(tiers, (rcv_money){100000, 2}).units == 4000 &&
			  rcv_recovery_indemnity(tiers, (rcv_money){100001, 2}).units == 7000 &&
			  rcv_recovery_indemnity(tiers, (rcv_money){1000000, 2}).units == 7000 &&
			  rcv_recovery_indemnity(tiers, (rcv_money){1000000000001, 8}).units == 10000 &&
			  rcv_recovery_indemnity(tiers, (rcv_money){INT64_MAX, 2}).units == 10000,
		  "both sides of each edge");
	CHECK(rcv_recovery_indemnity(tiers, (rcv_money){1, 18}).units == 4000 &&
			  rcv_recovery_indemnity(tiers, (rcv_money){0, 2}).units == 0 &&
			  rcv_recovery_indemnity(tiers, (rcv_money){-5, 2}).units == 0,
		  "none for an amount that is not above 0");
	tiers->tier[1].up_to = (rcv_money){1000000, 3};
	CHECK(rcv_tiers_check(tiers) == RCV_EDOMAIN, "edges that do not ascend");
	tiers->tier[1].open = true;
	CHECK(rcv_tiers_check(tiers) == RCV_EDOMAIN, "two open tiers");
	tiers->count = 1;
	CHECK(rcv_tiers_check(tiers) == RCV_EDOMAIN, "no open tier");
	tiers->count = 0;
	CHECK(rcv_tiers_check(tiers) == RCV_EDOMAIN, "no tier");
	free(tiers);
}

int
main(void)
{
	test_reference();
	test_schedule_check();
	test_schedule_find();
	test_floor();
	test_golden();
	test_parts();
	test_cuts();
	test_limits();
	test_balance();
	test_constant();
	test_tiers();
	return check_done();
}
