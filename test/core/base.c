/*
 * base.c
 *		Days against a calendar walked day by day, amounts against plain
 *		arithmetic in 128 bits.
 */
#include "check.h"

#include <string.h>

#include "base/day.h"
#include "base/money.h"

#define RANDOM_AMOUNTS 200000

static int32_t
parse_day(const char *text, rcv_status *status)
{
	int32_t day = 0;

	*status = rcv_day_parse(text, text + strlen(text), &day);
	return day;
}

/* Day numbers as PostgreSQL's own: SELECT date '...' - date '2000-01-01'. */
static void
test_known_days(void)
{
	static const struct
	{
		const char *text;
		int32_t day;
	} known[] = {
		{"0001-01-01", -730119}, {"1582-10-15", -152384}, {"1900-02-28", -36466},
		{"1900-03-01", -36465},	 {"1970-01-01", -10957},  {"1999-12-31", -1},
		{"2000-01-01", 0},		 {"2000-02-29", 59},	  {"2000-03-01", 60},
		{"2024-02-29", 8825},	 {"2025-01-31", 9162},	  {"9999-12-31", 2921939},
	};
	char text[RCV_DAY_TEXT + 1];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		rcv_status status;
		int32_t day = parse_day(known[i].text, &status);

		rcv_day_print(known[i].day, text);
		CHECK(status == RCV_OK && day == known[i].day && strcmp(text, known[i].text) == 0,
			  known[i].text);
	}
}

/*
 * The whole range, walked with the calendar's own rule: twelve months, and a
 * 29 February each fourth year but in centuries that 400 does not divide.
 */
static void
test_every_day(void)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int32_t day = RCV_DAY_MIN;
	bool same = true;

	for (int32_t year = 1; year <= 9999; year++)
		for (int32_t month = 1; month <= 12; month++)
		{
			bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
			int last = length[month - 1] + (month == 2 && leap);

			for (int32_t mday = 1; mday <= last; mday++, day++)
			{
				int32_t again = 0;
				int32_t y;
				int32_t m;
				int32_t d;
				char text[RCV_DAY_TEXT + 1];

				rcv_day_to_civil(day, &y, &m, &d);
				rcv_day_print(day, text);
				same = same && y == year && m == month && d == mday &&
					   rcv_day_from_civil(year, month, mday, &again) == RCV_OK && again == day &&
					   rcv_day_parse(text, text + RCV_DAY_TEXT, &again) == RCV_OK && again == day;
			}
			same = same && rcv_day_from_civil(year, month, last + 1, &(int32_t){0}) == RCV_EDATE;
		}
	CHECK(same, "each day of 0001 .. 9999, there and back, by number and by text");
	CHECK(day == RCV_DAY_MAX + 1, "no day too many");
}

static void
test_bad_days(void)
{
	static const struct
	{
		const char *text;
		rcv_status status;
	} bad[] = {
		{"", RCV_ETEXT},		   {"2025-01-3", RCV_ETEXT},  {"2025-1-31", RCV_ETEXT},
		{"2025/01/31", RCV_ETEXT}, {"2025-01-3x", RCV_ETEXT}, {"-025-01-31", RCV_ETEXT},
		{"2025- 1-31", RCV_ETEXT}, {"20250131xx", RCV_ETEXT}, {"0000-01-01", RCV_EDATE},
		{"2025-00-31", RCV_EDATE}, {"2025-13-01", RCV_EDATE}, {"2025-02-29", RCV_EDATE},
		{"1900-02-29", RCV_EDATE}, {"2025-04-31", RCV_EDATE}, {"2025-01-00", RCV_EDATE},
	};
	rcv_status status;
	char name[40];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		snprintf(name, sizeof(name), "no day: '%s'", bad[i].text);
		(void) parse_day(bad[i].text, &status);
		CHECK(status == bad[i].status, name);
	}
	CHECK(parse_day("2025-01-31:1", &status) == 9162 && status == RCV_OK, "a day ends by itself");
	CHECK(rcv_day_from_civil(10000, 1, 1, &(int32_t){0}) == RCV_EDATE, "no year 10000");
	CHECK(rcv_day_valid(RCV_DAY_MIN) && rcv_day_valid(RCV_DAY_MAX) &&
			  !rcv_day_valid(RCV_DAY_MIN - 1) && !rcv_day_valid(RCV_DAY_MAX + 1) &&
			  !rcv_day_valid(INT64_MIN) && !rcv_day_valid(INT64_MAX),
		  "limits of days");
}

static rcv_status
parse_money(const char *text, rcv_money *out)
{
	const char *end = text + strlen(text);
	const char *next;
	rcv_status status = rcv_money_parse(text, end, out, &next);

	return status == RCV_OK && next != end ? RCV_ETEXT : status;
}

static void
test_read_amounts(void)
{
	static const struct
	{
		const char *text;
		int64_t units;
		int scale;
	} good[] = {
		{"0", 0, 2},
		{"-0.00", 0, 2},
		{"5", 500, 2},
		{"5.", 500, 2},
		{".5", 50, 2},
		{"+0.05", 5, 2},
		{"-12.30", -1230, 2},
		{"1.234", 1234, 3},
		{"1.2300000", 123, 2},
		{"000000000000000000000000000000007", 700, 2},
		{"0.000000000000000001", 1, 18},
		{"9.223372036854775807", INT64_MAX, 18},
		{"-9.223372036854775808", INT64_MIN, 18},
		{"92233720368547758.07", INT64_MAX, 2},
		{"92233720368547758.070000000000000000", INT64_MAX, 2},
		{"-92233720368547758.08", INT64_MIN, 2},
		{"-92233720368547758.080000000000000000", INT64_MIN, 2},
	};
	rcv_money money;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(parse_money(good[i].text, &money) == RCV_OK && money.units == good[i].units &&
				  money.scale == good[i].scale,
			  good[i].text);
}

static void
test_refused_amounts(void)
{
	static const struct
	{
		const char *text;
		rcv_status status;
	} bad[] = {
		{"", RCV_ETEXT},
		{"-", RCV_ETEXT},
		{".", RCV_ETEXT},
		{"- 1", RCV_ETEXT},
		{"--1", RCV_ETEXT},
		{"x", RCV_ETEXT},
		{"1e2", RCV_ETEXT},
		{"1.2.3", RCV_ETEXT},
		{"NaN", RCV_ETEXT},
		{"0.0000000000000000001", RCV_EOVERFLOW},
		{"1.0000000000000000000", RCV_EOVERFLOW},
		{"9.223372036854775808", RCV_EOVERFLOW},
		{"92233720368547758.08", RCV_EOVERFLOW},
		{"-92233720368547758.09", RCV_EOVERFLOW},
		{"92233720368547758.071", RCV_EOVERFLOW},
		{"100000000000000000", RCV_EOVERFLOW},
		/* in hundredths, a little over 2^128: not to be taken for what is over */
		{"3402823669209384634633746074317682115", RCV_EOVERFLOW},
		{"340282366920938463463374607431768211457", RCV_EOVERFLOW},
		{"99999999999999999999999999999999999999999999999999", RCV_EOVERFLOW},
	};
	rcv_money money;
	const char *next;
	const char *text = "7.5:rest";

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		char name[80];

		snprintf(name, sizeof(name), "no amount: '%s'", bad[i].text);
		CHECK(parse_money(bad[i].text, &money) == bad[i].status, name);
	}
	CHECK(rcv_money_parse(text, text + 8, &money, &next) == RCV_OK && money.units == 750 &&
			  next == text + 3,
		  "an amount ends where no more of it follows");
	CHECK(rcv_money_parse(text, text + 2, &money, &next) == RCV_OK && money.units == 700 &&
			  next == text + 2,
		  "nothing is read from the end on");
}

static void
test_print(void)
{
	static const struct
	{
		int64_t units;
		int scale;
		const char *text;
	} cases[] = {
		{0, 0, "0"},
		{0, 2, "0.00"},
		{7, 0, "7"},
		{-7, 2, "-0.07"},
		{100, 2, "1.00"},
		{-123456, 3, "-123.456"},
		{1, 18, "0.000000000000000001"},
		{INT64_MAX, 2, "92233720368547758.07"},
		{INT64_MIN, 18, "-9.223372036854775808"},
	};
	const rcv_int128 lowest = -((rcv_int128) 1 << 126) * 2;
	char text[RCV_MONEY_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		int length = rcv_money_print(cases[i].units, cases[i].scale, text);

		CHECK(strcmp(text, cases[i].text) == 0 && length == (int) strlen(text), cases[i].text);
	}
	CHECK(rcv_money_print(lowest, 18, text) == 41 &&
			  strcmp(text, "-170141183460469231731.687303715884105728") == 0,
		  "the lowest of 128 bits");
}

/* A random amount of any size: all digits counts come about as often. */
static int64_t
random_units(uint64_t *seed)
{
	return (int64_t) check_random(seed) >> (check_random(seed) % 64);
}

static void
test_round_trip(void)
{
	uint64_t seed = 1;
	bool same = true;

	for (int i = 0; i < RANDOM_AMOUNTS && same; i++)
	{
		int64_t units = random_units(&seed);
		int scale = RCV_SCALE_MIN + (int) (check_random(&seed) % 17);
		rcv_money read;
		rcv_money reduced;
		char text[RCV_MONEY_TEXT];

		(void) rcv_money_print(units, scale, text);
		same = parse_money(text, &read) == RCV_OK &&
			   rcv_money_reduce(units, scale, &reduced) == RCV_OK && read.units == reduced.units &&
			   read.scale == reduced.scale && reduced.scale <= scale &&
			   (rcv_int128) reduced.units * rcv_pow10(scale - reduced.scale) == units &&
			   (reduced.scale == RCV_SCALE_MIN || reduced.units % 10 != 0);
	}
	CHECK(same, "printed and read again, any amount is the same, at its smallest scale");
}

static void
test_rescale(void)
{
	uint64_t seed = 2;
	int64_t out;
	bool right = true;

	for (int i = 0; i < RANDOM_AMOUNTS && right; i++)
	{
		int64_t units = random_units(&seed);
		int from = (int) (check_random(&seed) % 19);
		int to = from + (int) (check_random(&seed) % (uint64_t) (19 - from));
		rcv_int128 exact = (rcv_int128) units * rcv_pow10(to - from);

		if (exact == (int64_t) exact)
			right = rcv_money_rescale(units, from, to, &out) == RCV_OK && out == exact;
		else
			right = rcv_money_rescale(units, from, to, &out) == RCV_EOVERFLOW;
	}
	CHECK(right, "an amount at a finer scale is exact or refused");
	CHECK(rcv_money_rescale(INT64_MAX, 2, 2, &out) == RCV_OK && out == INT64_MAX, "largest kept");
	CHECK(rcv_money_rescale(INT64_MIN, 2, 3, &out) == RCV_EOVERFLOW, "lowest times ten");
	CHECK(rcv_money_rescale(INT64_MAX / 10, 2, 3, &out) == RCV_OK, "last that fits, times ten");
	CHECK(rcv_money_rescale(1, 3, 2, &out) == RCV_EDOMAIN, "never to a coarser scale");
	CHECK(rcv_money_rescale(1, 2, 19, &out) == RCV_EDOMAIN, "no more than 18 decimals");
	CHECK(rcv_money_rescale(1, -1, 2, &out) == RCV_EDOMAIN, "no negative scale");
}

static void
test_reduce(void)
{
	rcv_money money;

	CHECK(rcv_money_reduce((rcv_int128) INT64_MAX * 1000, 5, &money) == RCV_OK &&
			  money.units == INT64_MAX && money.scale == 2,
		  "what needs over 64 bits only for its zeros");
	CHECK(rcv_money_reduce((rcv_int128) INT64_MAX + 1, 2, &money) == RCV_EOVERFLOW, "one too many");
	CHECK(rcv_money_reduce(INT64_MIN, 2, &money) == RCV_OK, "the lowest amount");
	CHECK(rcv_money_reduce((rcv_int128) INT64_MIN - 1, 2, &money) == RCV_EOVERFLOW, "one too low");
	CHECK(rcv_money_reduce(1, 19, &money) == RCV_EOVERFLOW, "a nineteenth decimal");
	CHECK(rcv_money_reduce(10, 19, &money) == RCV_OK && money.units == 1 && money.scale == 18,
		  "a nineteenth decimal of zero");
	CHECK(rcv_money_reduce(0, 36, &money) == RCV_OK && money.units == 0 && money.scale == 2,
		  "zero");
}

static void
test_double(void)
{
	CHECK(rcv_money_double(12345, 2) == 123.45, "nearest double of 123.45");
	CHECK(rcv_money_double(-1, 18) == -1e-18, "nearest double of the least unit");
	CHECK(rcv_money_double((INT64_C(1) << 53) - 1, 2) == 90071992547409.91, "up to 2^53 units");
	CHECK(rcv_money_double((rcv_int128) INT64_C(49846169549) * 100000000, 10) == 498461695.49,
		  "over 2^53 units, with zeros to take off");
	CHECK(rcv_money_double(INT64_C(922337203685477579), 4) == 92233720368547.7579 &&
			  rcv_money_double(INT64_C(-922337203685477579), 4) == -92233720368547.7579,
		  "over 2^53 units, through text");
}

int
main(void)
{
	test_known_days();
	test_every_day();
	test_bad_days();
	test_read_amounts();
	test_refused_amounts();
	test_print();
	test_round_trip();
	test_rescale();
	test_reduce();
	test_double();
	return check_done();
}
