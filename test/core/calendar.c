/*
 * calendar.c
 *		Easter, rules of holidays, business days against counting them one by
 *		one, terms of payment.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "calendar/business_days.h"
#include "calendar/calendar_data.h"
#include "calendar/terms.h"

static int32_t
day_of(const char *text)
{
	int32_t day;

	if (rcv_day_parse(text, text + strlen(text), &day) != RCV_OK)
		abort();
	return day;
}

/* Easter -------------------------------------------------------------------- */

static void
test_easter(void)
{
	FILE *file = fopen("test/core/ref/easter.txt", "r");
	char line[32];
	int years = 0;
	bool same = file != NULL;
	int32_t day;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
	{
		int32_t expected;

		line[RCV_DAY_TEXT] = '\0';
		expected = day_of(line);
		same = same && rcv_easter(1583 + years, &day) == RCV_OK && day == expected;
		years++;
	}
	if (file != NULL)
		fclose(file);
	CHECK(same && years == 1017, "Easter of each year 1583 to 2599 is that of another program");
	CHECK(rcv_easter(1582, &day) == RCV_EDOMAIN && rcv_easter(2600, &day) == RCV_EDOMAIN,
		  "no Easter outside these years");
}

/* Rules ---------------------------------------------------------------------- */

static rcv_holiday
plain_rule(int kind)
{
	return (rcv_holiday){.kind = (uint8_t) kind,
						 .from = RCV_CALENDAR_YEAR_MIN,
						 .to = RCV_CALENDAR_YEAR_MAX,
						 .every = 1,
						 .on = RCV_CALENDAR_WEEK};
}

static rcv_holiday
fixed(int month, int mday)
{
	rcv_holiday rule = plain_rule(RCV_HOLIDAY_FIXED);

	rule.month = (uint8_t) month;
	rule.mday = (uint8_t) mday;
	return rule;
}

static rcv_holiday
nth(int month, int weekday, int n)
{
	rcv_holiday rule = plain_rule(RCV_HOLIDAY_NTH);

	rule.month = (uint8_t) month;
	rule.weekday = (uint8_t) weekday;
	rule.nth = (int8_t) n;
	return rule;
}

static bool
falls(rcv_holiday rule, int year, const char *day)
{
	int32_t found;

	return rcv_holiday_fault(&rule) == NULL && rcv_holiday_day(&rule, year, &found) &&
		   found == day_of(day);
}

static bool
falls_not(rcv_holiday rule, int year)
{
	int32_t found;

	return rcv_holiday_fault(&rule) == NULL && !rcv_holiday_day(&rule, year, &found);
}

static void
test_rules(void)
{
	rcv_holiday rule = plain_rule(RCV_HOLIDAY_EASTER);

	rule.value = 39;
	CHECK(falls(rule, 2024, "2024-05-09") && falls(rule, 2008, "2008-05-01"), "Ascension Day");
	CHECK(falls(nth(11, 4, 4), 2024, "2024-11-28") && falls(nth(11, 4, 4), 2023, "2023-11-23"),
		  "fourth Thursday of November");
	CHECK(falls(nth(5, 1, -1), 2024, "2024-05-27") && falls(nth(12, 7, -1), 2023, "2023-12-31"),
		  "last weekday of a month");
	CHECK(falls(nth(2, 4, 5), 2024, "2024-02-29") && falls_not(nth(2, 4, 5), 2023) &&
			  falls(nth(2, 4, -5), 2024, "2024-02-01") && falls_not(nth(2, 4, -5), 2023),
		  "a fifth weekday only where there is one");
	CHECK(falls(fixed(2, 29), 2024, "2024-02-29") && falls_not(fixed(2, 29), 2023),
		  "29 February in leap years");
	rule = fixed(5, 5);
	rule.from = 1990;
	rule.to = 2020;
	rule.every = 5;
	CHECK(falls(rule, 1990, "1990-05-05") && falls(rule, 2020, "2020-05-05") &&
			  falls_not(rule, 1989) && falls_not(rule, 2021) && falls_not(rule, 2004),
		  "years of a rule");
	rule = fixed(2, 1);
	rule.on = 1 << 4;
	CHECK(falls(rule, 2030, "2030-02-01") && falls_not(rule, 2031), "only on a weekday");
}

static void
test_faults(void)
{
	rcv_holiday bad[12] = {fixed(2, 30),  fixed(13, 1), fixed(4, 31), nth(0, 1, 1),
						   nth(1, 8, 1),  nth(1, 0, 1), nth(1, 1, 0), nth(1, 1, 6),
						   nth(1, 1, -6), fixed(1, 1),	fixed(1, 1),  fixed(1, 1)};

	bad[9].from = 2001;
	bad[9].to = 2000;
	bad[10].every = 0;
	bad[11].on = 0;
	for (int i = 0; i < 12; i++)
		CHECK(rcv_holiday_fault(&bad[i]) != NULL, "a rule that cannot be is refused");
}

/* Calendars ------------------------------------------------------------------- */

/* A calendar with rules and worked days and no names, in static memory. */
static const rcv_calendar *
calendar_of(uint8_t weekend, const rcv_holiday *rules, int n, const int32_t *working, int n_working)
{
	static union
	{
		rcv_calendar head;
		char bytes[4096];
	} value;
	char *at = value.bytes + sizeof(rcv_calendar);

	memset(&value, 0, sizeof(value));
	value.head = (rcv_calendar){.version = RCV_CALENDAR_VERSION,
								.weekend = weekend,
								.rules = (uint16_t) n,
								.working = (uint16_t) n_working,
								.texts = 1};
	if (n > 0)
		memcpy(at, rules, (size_t) n * sizeof(*rules));
	at += (size_t) n * sizeof(*rules);
	if (n_working > 0)
		memcpy(at, working, (size_t) n_working * sizeof(*working));
	if (rcv_calendar_check(&value, rcv_calendar_size(&value.head)) != RCV_OK)
		abort();
	return &value.head;
}

static uint64_t off[RCV_CALENDAR_WORDS];
static rcv_business_days days;

static void
build(const rcv_calendar *calendar)
{
	memset(off, 0, sizeof(off));
	if (rcv_calendar_mark(calendar, off, NULL) != RCV_OK)
		abort();
	rcv_business_days_build(off, &days);
}

static bool
is_open(const char *day)
{
	bool open;

	return rcv_is_business_day(&days, day_of(day), &open) == RCV_OK && open;
}

/* Christmas on a weekend, as the United Kingdom moves it. */
static void
test_observed(void)
{
	rcv_holiday rules[3] = {fixed(12, 25), fixed(12, 26), fixed(7, 4)};
	rcv_holiday crowd[7];
	int32_t working = day_of("2021-12-18");

	rules[0].observed = rules[1].observed = RCV_OBSERVED_NEXT_FREE;
	rules[2].observed = RCV_OBSERVED_NEAREST;
	build(calendar_of(1 << 5 | 1 << 6, rules, 3, &working, 1));
	CHECK(!is_open("2021-12-27") && !is_open("2021-12-28") && is_open("2021-12-29"),
		  "Saturday and Sunday become Monday and Tuesday");
	CHECK(!is_open("2022-12-26") && !is_open("2022-12-27") && is_open("2022-12-28"),
		  "Sunday and Monday become Tuesday and Monday");
	CHECK(!is_open("2020-12-25") && !is_open("2020-12-28") && is_open("2020-12-29"),
		  "Friday and Saturday become Friday and Monday");
	CHECK(!is_open("2026-07-03") && is_open("2026-07-06") && !is_open("2027-07-05") &&
			  is_open("2027-07-02"),
		  "nearest: Saturday to Friday, Sunday to Monday");
	CHECK(is_open("2021-12-18"), "a Saturday that is worked");
	for (int i = 0; i < 7; i++)
	{
		crowd[i] = fixed(12, 25);
		crowd[i].observed = RCV_OBSERVED_NEXT_FREE;
	}
	build(calendar_of(RCV_CALENDAR_WEEK ^ 1, crowd, 7, NULL, 0));
	CHECK(!is_open("2021-12-27") && !is_open("2022-01-24") && is_open("2022-01-31"),
		  "one Monday for each, within 31 days");
	rules[0].observed = RCV_OBSERVED_MONDAY;
	build(calendar_of(1 << 5 | 1 << 6, rules, 1, NULL, 0));
	CHECK(!is_open("2021-12-27") && !is_open("2022-12-26") && is_open("2021-12-28"),
		  "monday: to the next Monday");
	CHECK(is_open("2020-12-28") && !is_open("2020-12-25"), "a weekday does not move");
}

static void
test_list(void)
{
	rcv_holiday rules[2] = {fixed(12, 25), fixed(1, 1)};
	rcv_holiday_found found[4];
	rcv_holiday_list list = {day_of("2021-01-01"), day_of("2022-12-31"), found, 4, 0};
	const rcv_calendar *calendar;

	rules[1].observed = RCV_OBSERVED_NEAREST;
	calendar = calendar_of(1 << 5 | 1 << 6, rules, 2, NULL, 0);
	memset(off, 0, sizeof(off));
	CHECK(rcv_calendar_mark(calendar, off, &list) == RCV_OK && list.count == 4 &&
			  found[3].day == day_of("2021-12-31") && found[3].moved == 1 && found[3].rule == 1,
		  "a list of holidays, one of them moved to the year before");
	list = (rcv_holiday_list){day_of("2021-01-01"), day_of("2022-12-31"), found, 3, 0};
	CHECK(rcv_calendar_mark(calendar, off, &list) == RCV_EROOM, "a list that is too short");
}

/* Business days ------------------------------------------------------------------ */

/* The nth open day after or before a day, step by step; INT32_MAX past the ends. */
static int32_t
step(int32_t day, int n)
{
	int way = n < 0 ? -1 : 1;

	for (; n != 0; n -= way)
	{
		bool open = false;

		for (day += way; rcv_calendar_has(day); day += way)
			if (rcv_is_business_day(&days, day, &open) == RCV_OK && open)
				break;
		if (!open)
			return INT32_MAX;
	}
	return day;
}

static bool
steps_agree(int32_t day, int n)
{
	int32_t expected = n == 0 ? step(day - 1, 1) : step(day, n);
	int32_t found;
	int32_t between;
	rcv_status status = rcv_add_business_days(&days, day, n, &found);

	if (status != RCV_OK)
		return status == RCV_EDATE && expected == INT32_MAX;
	if (found != expected)
		return false;
	if (rcv_business_days_between(&days, day, found, &between) != RCV_OK)
		return false;
	return n <= 0 || between == n;
}

/* Weekends and holidays of all kinds, and days near both ends. */
static void
test_steps(void)
{
	uint64_t seed = 7;
	rcv_holiday rules[40];
	bool same = true;

	for (int run = 0; run < 60 && same; run++)
	{
		uint8_t weekend = (uint8_t) (check_random(&seed) % RCV_CALENDAR_WEEK);

		for (int i = 0; i < 40; i++)
			rules[i] =
				fixed((int) (check_random(&seed) % 12) + 1, (int) (check_random(&seed) % 28) + 1);
		build(calendar_of(weekend, rules, 40, NULL, 0));
		for (int i = 0; i < 300 && same; i++)
		{
			int32_t day = RCV_CALENDAR_FIRST + (int32_t) (check_random(&seed) % RCV_CALENDAR_DAYS);

			if (i % 10 == 0)
				day = RCV_CALENDAR_FIRST + i / 10;
			if (i % 10 == 1)
				day = RCV_CALENDAR_LAST - i / 10;
			same = steps_agree(day, (int) (check_random(&seed) % 201) - 100);
		}
	}
	CHECK(same, "adding business days is stepping through them");
}

static void
test_limits(void)
{
	int32_t day;
	bool open;

	build(calendar_of(0, NULL, 0, NULL, 0));
	CHECK(rcv_add_business_days(&days, RCV_CALENDAR_FIRST, RCV_CALENDAR_DAYS - 1, &day) == RCV_OK &&
			  day == RCV_CALENDAR_LAST,
		  "from the first day to the last");
	CHECK(rcv_add_business_days(&days, RCV_CALENDAR_FIRST, RCV_CALENDAR_DAYS, &day) == RCV_EDATE &&
			  rcv_add_business_days(&days, RCV_CALENDAR_LAST, -RCV_CALENDAR_DAYS, &day) ==
				  RCV_EDATE &&
			  rcv_add_business_days(&days, 0, INT32_MAX, &day) == RCV_EDATE &&
			  rcv_add_business_days(&days, 0, INT32_MIN, &day) == RCV_EDATE,
		  "no day past the ends");
	CHECK(rcv_is_business_day(&days, RCV_CALENDAR_FIRST - 1, &open) == RCV_EDATE &&
			  rcv_is_business_day(&days, RCV_CALENDAR_LAST + 1, &open) == RCV_EDATE &&
			  rcv_business_days_between(&days, 0, INT32_MAX, &day) == RCV_EDATE &&
			  rcv_business_days_between(&days, INT32_MIN, 0, &day) == RCV_EDATE &&
			  rcv_roll_day(&days, INT32_MIN, RCV_ROLL_NONE, &day) == RCV_EDATE,
		  "days outside the years of calendars");
}

static bool
rolls(const char *from, rcv_roll convention, const char *to)
{
	int32_t day;

	return rcv_roll_day(&days, day_of(from), convention, &day) == RCV_OK && day == day_of(to);
}

static void
test_roll(void)
{
	build(calendar_of(1 << 5 | 1 << 6, NULL, 0, NULL, 0));
	CHECK(rolls("2025-05-31", RCV_ROLL_FOLLOWING, "2025-06-02") &&
			  rolls("2025-05-31", RCV_ROLL_PRECEDING, "2025-05-30") &&
			  rolls("2025-05-31", RCV_ROLL_MODIFIED_FOLLOWING, "2025-05-30") &&
			  rolls("2025-05-31", RCV_ROLL_NONE, "2025-05-31"),
		  "the end of a month");
	CHECK(rolls("2025-06-01", RCV_ROLL_MODIFIED_PRECEDING, "2025-06-02") &&
			  rolls("2025-06-01", RCV_ROLL_PRECEDING, "2025-05-30") &&
			  rolls("2025-06-07", RCV_ROLL_MODIFIED_PRECEDING, "2025-06-06") &&
			  rolls("2025-06-07", RCV_ROLL_MODIFIED_FOLLOWING, "2025-06-09"),
		  "the beginning of a month");
	CHECK(rolls("2025-06-04", RCV_ROLL_FOLLOWING, "2025-06-04") &&
			  rolls("2025-06-04", RCV_ROLL_PRECEDING, "2025-06-04"),
		  "a business day stays");
}

/* Terms ------------------------------------------------------------------------ */

static rcv_status
parse(const char *text, rcv_terms *terms, rcv_terms_error *error)
{
	return rcv_terms_parse(text, strlen(text), terms, error);
}

static bool
due(const char *issued, const char *text, const char *day)
{
	rcv_terms terms;
	rcv_terms_error error;
	int32_t found;

	return parse(text, &terms, &error) == RCV_OK && terms.parts == 1 &&
		   terms.part[0].share == RCV_SHARE_WHOLE &&
		   rcv_terms_due(&terms.part[0], day_of(issued), &found) == RCV_OK && found == day_of(day);
}

static void
test_terms(void)
{
	static const char *const cases[][3] = {
		/* the two readings, as law firms print them */
		{"2025-03-10", "45 days end of month", "2025-04-30"},
		{"2025-03-10", "end of month 45 days", "2025-05-15"},
		{"2025-04-10", "45 days end of month", "2025-05-31"},
		{"2025-04-10", "end of month 45 days", "2025-06-14"},
		{"2011-10-05", "45 jours fin de mois", "2011-11-30"},
		{"2011-10-05", "fin de mois 45 jours", "2011-12-15"},
		{"2011-10-22", "45 DAYS EOM", "2011-12-31"},
		{"2011-10-22", "EOM + 45 days", "2011-12-15"},
		{"2023-01-15", "45 days  end of the\tmonth", "2023-03-31"},
		{"2023-01-15", "fin de mois + 45 jours", "2023-03-17"},
		{"2025-01-15", "30 days", "2025-02-14"},
		{"2025-01-15", "net 30", "2025-02-14"},
		{"2025-01-15", "Net30", "2025-02-14"},
		{"2025-01-15", "30 days net", "2025-02-14"},
		{"2025-01-15", "net 30 days", "2025-02-14"},
		{"2025-01-15", "30 jours nets", "2025-02-14"},
		{"2025-01-15", "30 jours date de facture", "2025-02-14"},
		{"2025-01-15", "30 days after invoice date", "2025-02-14"},
		{"2025-01-15", "30j fin de mois le 10", "2025-03-10"},
		{"2025-01-15", "30 days the 15th", "2025-02-15"},
		{"2025-01-15", "60 days day 15", "2025-04-15"},
		{"2025-01-17", "30 days on the 15th", "2025-03-15"},
		{"2025-01-15", "the 1st", "2025-02-01"},
		{"2025-01-31", "1 month", "2025-02-28"},
		{"2024-01-31", "1 month", "2024-02-29"},
		{"2024-11-30", "3 months", "2025-02-28"},
		{"2024-10-31", "1 month end of month", "2024-11-30"},
		{"2025-01-15", "6 weeks", "2025-02-26"},
		{"2025-01-15", "2 mois", "2025-03-15"},
		{"2025-02-10", "end of month", "2025-02-28"},
		{"2025-02-28", "the 31st", "2025-02-28"},
		{"2025-04-10", "le 31", "2025-04-30"},
		{"2025-01-15", "on receipt", "2025-01-15"},
		{"2025-01-15", " Due on Receipt ", "2025-01-15"},
		{"2025-01-15", "immediate", "2025-01-15"},
		{"2025-01-15", "\303\240 r\303\251ception", "2025-01-15"},
		{"2025-01-15", "\303\200 R\303\211CEPTION de facture", "2025-01-15"},
		{"2025-01-15", "comptant", "2025-01-15"},
		{"2025-01-15", "0 days", "2025-01-15"},
		{"2025-01-15", "100% 30 days", "2025-02-14"},
		{"9999-12-01", "30 days", "9999-12-31"},
		{"9999-12-01", "end of month", "9999-12-31"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(due(cases[i][0], cases[i][1], cases[i][2]), cases[i][1]);
}

static bool
part_is(const rcv_terms *terms, int i, int32_t share, const char *day)
{
	int32_t found;

	return terms->part[i].share == share &&
		   rcv_terms_due(&terms->part[i], day_of("2025-01-15"), &found) == RCV_OK &&
		   found == day_of(day);
}

static void
test_instalments(void)
{
	rcv_terms terms;
	rcv_terms_error error;

	CHECK(parse("30% 30 days, 70 % 60 days", &terms, &error) == RCV_OK && terms.parts == 2 &&
			  terms.decimals == 0 && part_is(&terms, 0, 30000000, "2025-02-14") &&
			  part_is(&terms, 1, 70000000, "2025-03-16"),
		  "two instalments");
	CHECK(parse("33.33% on receipt; 33.33% 1 month; rest end of month", &terms, &error) == RCV_OK &&
			  terms.parts == 3 && terms.decimals == 2 && part_is(&terms, 2, 33340000, "2025-01-31"),
		  "the rest");
}

static void
test_bad_terms(void)
{
	/* text, byte where the fault is said to be */
	static const struct
	{
		const char *text;
		size_t at;
	} bad[] = {
		{"", 0},
		{"30", 2},
		{"30 daze", 3},
		{"thirty days", 0},
		{"30 days foo", 8},
		{"3661 days", 0},
		{"99999999999999999999 days", 0},
		{"121 months", 0},
		{"600 weeks", 0},
		{"the 32nd", 4},
		{"the 0th", 4},
		{"the", 3},
		{"on receipt 30 days", 11},
		{"net on receipt", 4},
		{"30 days 30 days 30 days 30 days 30 days", 32},
		{"30% 30 days", 0},
		{"30% 30 days, 60% 60 days", 0},
		{"30% 30 days, 80% 60 days", 13},
		{"0% 30 days, 100% 60 days", 0},
		{"101% 30 days", 0},
		{"100.5% 30 days", 0},
		{"10.1234567% 30 days, rest 60 days", 0},
		{"30 days, 60 days", 9},
		{"100% 30 days, rest 60 days", 19},
		{"rest 30 days", 0},
		{"30 days,", 8},
		{"2% 10 net 30", 6},
		{"\303\240 r\303\251ceptions", 0},
	};
	rcv_terms terms;
	rcv_terms_error error;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(parse(bad[i].text, &terms, &error) == RCV_ETEXT && error.message != NULL &&
				  error.at == bad[i].at && error.end <= strlen(bad[i].text),
			  bad[i].text);
}

static void
test_late_terms(void)
{
	rcv_terms terms;
	rcv_terms_error error;
	int32_t day;

	CHECK(parse("31 days", &terms, &error) == RCV_OK &&
			  rcv_terms_due(&terms.part[0], day_of("9999-12-01"), &day) == RCV_EDATE &&
			  parse("1 month", &terms, &error) == RCV_OK &&
			  rcv_terms_due(&terms.part[0], day_of("9999-12-01"), &day) == RCV_EDATE &&
			  parse("the 15th", &terms, &error) == RCV_OK &&
			  rcv_terms_due(&terms.part[0], day_of("9999-12-16"), &day) == RCV_EDATE &&
			  rcv_terms_due(&terms.part[0], INT32_MIN, &day) == RCV_EDATE,
		  "days past 9999-12-31");
}

/* Data --------------------------------------------------------------------------- */

static void
test_data(void)
{
	int n = 0;

	for (const rcv_named_calendar *c = rcv_named_calendars; c->name != NULL; c++, n++)
	{
		bool plain = c->title[0] != '\0' && c->source[0] != '\0' && c->rules[0] == '{';

		for (const char *s = c->rules; *s != '\0'; s++)
			plain = plain && (unsigned char) *s < 0x80;
		CHECK(plain, c->name);
	}
	CHECK(n == 12, "twelve calendars have a name");
}

int
main(void)
{
	test_easter();
	test_rules();
	test_faults();
	test_observed();
	test_list();
	test_steps();
	test_limits();
	test_roll();
	test_terms();
	test_instalments();
	test_bad_terms();
	test_late_terms();
	test_data();
	return check_done();
}
