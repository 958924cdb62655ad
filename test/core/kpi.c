/*
 * kpi.c
 *		Figures of the receivables desk: published ones, edges, and means of days
 *		in any order.
 */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/day.h"
#include "kpi/kpi.h"

static uint64_t seed = 20241130;

static int64_t
below(int64_t limit)
{
	return (int64_t) (check_random(&seed) % (uint64_t) limit);
}

static bool
near(double value, double expected)
{
	return fabs(value - expected) <= 4e-15 * fabs(expected);
}

static void
test_totals(void)
{
	double out;

	CHECK(rcv_dso(30000, 60000, 90, &out) && out == 45 && rcv_dso(20000, 45000, 90, &out) &&
			  out == 40 && rcv_dso(18000, 20000, 30, &out) && out == 27 &&
			  rcv_dso(5700, 7600, 91, &out) && out == 68.25,
		  "days sales outstanding");
	CHECK(rcv_dso(0, 1, 90, &out) && out == 0 && !rcv_dso(1, 0, 90, &out) &&
			  !rcv_dso(1, -1, 90, &out) && !rcv_dso(-1, 1, 90, &out) &&
			  !rcv_dso(NAN, 1, 90, &out) && !rcv_dso(1, NAN, 90, &out),
		  "no days without sales");
	CHECK(rcv_days_delinquent(30000, 20000, 60000, 90, &out) && out == 15 &&
			  rcv_days_delinquent(30000, 30001, 60000, 90, &out) && near(out, -0.0015) &&
			  rcv_days_delinquent(5, 5, 100, 90, &out) && out == 0 &&
			  !rcv_days_delinquent(-1, 0, 100, 90, &out) &&
			  !rcv_days_delinquent(1, -1, 100, 90, &out) && !rcv_days_delinquent(1, 0, 0, 90, &out),
		  "days delinquent, also below 0, where both kinds of days have an answer");
	CHECK(rcv_cei(6200, 10890.0 / 3, 6340, 3590, &out) && near(out, 100 * 3490.0 / 6240) &&
			  rcv_cei(6200, 10890, 6340, 3590, &out) && near(out, 100 * 10750.0 / 13500),
		  "collection effectiveness");
	CHECK(rcv_cei(100, 50, 20, 20, &out) && out == 100 && !rcv_cei(100, 0, 100, 100, &out) &&
			  !rcv_cei(0, 0, 0, 1, &out) && !rcv_cei(NAN, 0, 0, 1, &out),
		  "all was collected; nothing could be");
}

static double
countback(int64_t balance, const rcv_month *months, int n)
{
	bool answered;
	double out;
	rcv_status status = rcv_dso_countback((rcv_money){balance, 2}, months, n, &answered, &out);

	return status == RCV_OK && answered ? out : -1;
}

static void
test_countback(void)
{
	static rcv_month many[RCV_COUNTBACK_MONTHS_MAX + 1];
	rcv_month months[] = {{{120000, 2}, 30}, {{80000, 2}, 31}, {{7000000, 4}, 30}};
	rcv_month odd[] = {{{0, 2}, 30}, {{-5000, 2}, 31}, {{10000, 2}, 30}};
	bool answered;
	double out;

	CHECK(near(countback(250000, months, 3), 61 + 500.0 / 700 * 30), "two months and a part");
	CHECK(countback(270000, months, 3) == 91 && countback(270001, months, 3) == -1 &&
			  countback(200000, months, 3) == 61 && countback(0, months, 3) == 0 &&
			  countback(0, months, 0) == 0 && countback(-1, months, 3) == -1 &&
			  countback(1, months, 0) == -1,
		  "whole months, none, and a balance larger than all of them");
	CHECK(countback(5000, odd, 3) == 91 && near(countback(2500, odd, 3), 61 + 0.75 * 30),
		  "a month without sales, and one with credit notes only");
	for (int i = 0; i <= RCV_COUNTBACK_MONTHS_MAX; i++)
		many[i] = (rcv_month){{-INT64_MAX, 2}, 366};
	CHECK(countback(INT64_MAX, many, RCV_COUNTBACK_MONTHS_MAX) == -1 &&
			  rcv_dso_countback((rcv_money){1, 2}, many, RCV_COUNTBACK_MONTHS_MAX + 1, &answered,
								&out) == RCV_ELIMIT,
		  "the most months");
	months[2].days = 367;
	CHECK(rcv_dso_countback((rcv_money){1, 2}, months, 3, &answered, &out) == RCV_EDOMAIN,
		  "a month too long");
	months[2].days = 0;
	CHECK(rcv_dso_countback((rcv_money){1, 2}, months, 3, &answered, &out) == RCV_EDOMAIN,
		  "a month without days");
}

static void
test_months(void)
{
	rcv_month months[14];
	int32_t day;
	int leap_year = 0;

	CHECK(rcv_day_from_civil(2024, 11, 30, &day) == RCV_OK, "a day");
	rcv_months_before(day, 14, months);
	for (int i = 0; i < 12; i++)
		leap_year += months[i].days;
	CHECK(months[0].days == 30 && months[1].days == 31 && months[9].days == 29 && leap_year == 366,
		  "months of the calendar");
	rcv_months_before(day - 20, 2, months);
	CHECK(months[0].days == 10 && months[1].days == 31, "a month that has begun");
	rcv_months_before(RCV_DAY_MIN + 2, 3, months);
	CHECK(months[0].days == 3 && months[1].days == 31 && months[2].days == 31,
		  "before the first year");
}

static void
test_mean(void)
{
	uint8_t a[RCV_DAYS_MEAN_SIZE];
	uint8_t b[RCV_DAYS_MEAN_SIZE];
	uint8_t both[RCV_DAYS_MEAN_SIZE];
	long double amounts = 0;
	long double weighted = 0;
	double one;
	double other;
	bool added = true;

	rcv_days_mean_init(a, 100);
	rcv_days_mean_init(b, 100);
	rcv_days_mean_init(both, 100);
	CHECK(!rcv_days_mean(a, &one), "no mean of nothing");
	for (int i = 0; i < 1000; i++)
	{
		rcv_money amount = {1 + below(1000000), 2 + (int) below(4)};
		int32_t days = (int32_t) below(400) - 50;

		added &= rcv_days_mean_add(i % 3 ? a : b, amount, days) == RCV_OK &&
				 rcv_days_mean_add(both, amount, days) == RCV_OK;
		amounts += amount.units / powl(10, amount.scale);
		weighted += amount.units / powl(10, amount.scale) * days;
	}
	CHECK(added && rcv_days_mean_merge(b, a) == RCV_OK && rcv_days_mean(b, &one) &&
			  rcv_days_mean(both, &other) && one == other &&
			  fabs(one - (double) (weighted / amounts)) < 1e-13 * one,
		  "a mean of parts is that of the whole");
	CHECK(memcmp(b, both, sizeof(b)) == 0, "to the last bit");
	rcv_days_mean_init(a, 101);
	CHECK(rcv_days_mean_merge(a, b) == RCV_EDOMAIN, "two days");
	CHECK(rcv_days_mean_add(a, (rcv_money){-500, 2}, 3) == RCV_OK && !rcv_days_mean(a, &one),
		  "credit notes only");
}

static void
test_images(void)
{
	uint8_t a[RCV_DAYS_MEAN_SIZE + 1];
	uint8_t b[RCV_DAYS_MEAN_SIZE];

	rcv_days_mean_init(a, 100);
	CHECK(rcv_days_mean_check(a, RCV_DAYS_MEAN_SIZE) == RCV_OK &&
			  rcv_days_mean_check(a, RCV_DAYS_MEAN_SIZE + 1) == RCV_EBINARY &&
			  rcv_days_mean_check(a, 0) == RCV_EBINARY,
		  "the size of an image");
	a[0] = 9;
	CHECK(rcv_days_mean_check(a, RCV_DAYS_MEAN_SIZE) == RCV_EVERSION, "another version");
	rcv_days_mean_init(a, 100);
	a[2] = 19;
	CHECK(rcv_days_mean_check(a, RCV_DAYS_MEAN_SIZE) == RCV_EBINARY, "a scale too large");
	rcv_days_mean_init(a, RCV_DAY_MAX + 1);
	CHECK(rcv_days_mean_check(a, RCV_DAYS_MEAN_SIZE) == RCV_EBINARY, "a day outside");
	rcv_days_mean_init(a, 100);
	rcv_days_mean_init(b, 100);
	memset(a + 8, 0x7f, 32);
	memset(b + 8, 0x7f, 32);
	CHECK(rcv_days_mean_check(a, RCV_DAYS_MEAN_SIZE) == RCV_OK &&
			  rcv_days_mean_merge(a, b) == RCV_EOVERFLOW &&
			  rcv_days_mean_add(a, (rcv_money){1, 18}, 1) == RCV_EOVERFLOW,
		  "sums too large");
}

int
main(void)
{
	test_totals();
	test_countback();
	test_months();
	test_mean();
	test_images();
	return check_done();
}
