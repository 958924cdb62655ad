/*
 * credit.c
 *		Credit notes in parts, discounts, and what they cost to let go.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "base/money.h"
#include "settlement/credit.h"

static uint64_t seed = 769;

static uint64_t
below(uint64_t limit)
{
	return check_random(&seed) % limit;
}

#define PCT(x) ((int64_t) (x) *1000000)

static rcv_credited
split(rcv_credit_line line, int64_t now)
{
	rcv_credited credit;

	if (rcv_percent_of(line.net, line.tax_pct, &line.tax) != RCV_OK ||
		rcv_credit_tax(&line, line.net_before, &line.tax_before) != RCV_OK ||
		rcv_credit_split(&line, now, &credit) != RCV_OK)
		return (rcv_credited){-1, -1, -1};
	return credit;
}

static bool
is(rcv_credited credit, int64_t net, int64_t tax, int64_t total)
{
	return credit.net == net && credit.tax == tax && credit.total == total;
}

static void
test_golden(void)
{
	rcv_credit_line line = {.net = 20000, .tax_pct = PCT(25)};
	rcv_credit_line other = {.net = 76900, .tax_pct = PCT(20)};

	CHECK(is(split(line, 19333), 19333, 4833, 24166), "193.33 of 200.00 at 25 %: 48.33");
	CHECK(is(split(other, 72686), 72686, 14537, 87223), "726.86 of 769.00 at 20 %: 145.37");
	other.net_before = 72686;
	CHECK(is(split(other, 4214), 4214, 843, 5057), "and the rest: 8.43");
	CHECK(is(split(other, 4215), -1, -1, -1), "a cent more is refused");
}

/* Notes of any size: parts add up, no note goes astray, and the tax so far is the rounded one. */
static bool
invoice_closes(void)
{
	int64_t sign = below(4) == 0 ? -1 : 1;
	rcv_credit_line line = {.net = sign * (int64_t) (1 + below(1000000)),
							.tax_pct = (int64_t) below(40) * 550000};
	int64_t tax = 0;
	int64_t total = 0;

	if (rcv_percent_of(line.net, line.tax_pct, &line.tax) != RCV_OK)
		return false;
	while (line.net_before != line.net)
	{
		int64_t left = sign * (line.net - line.net_before);
		int64_t now = sign * (int64_t) (1 + below((uint64_t) (left > 20 ? left / 3 : left)));
		rcv_credited credit;

		if (rcv_credit_split(&line, now, &credit) != RCV_OK || credit.net != now ||
			credit.total != credit.net + credit.tax || credit.tax * sign < 0)
			return false;
		line.net_before += now;
		line.tax_before += credit.tax;
		total += credit.total;
		tax += credit.tax;
		if (llabs(tax * INT64_C(200000000) - line.net_before * line.tax_pct * 2) >
			INT64_C(100000000))
			return false;
	}
	return tax == line.tax && total == line.net + line.tax;
}

static void
test_closing(void)
{
	bool same = true;
	rcv_credited credit;
	rcv_credit_line line = {
		.net = 10000, .tax = 2003, .tax_pct = PCT(20), .net_before = 5000, .tax_before = 1010};

	for (int i = 0; i < 20000 && same; i++)
		same = invoice_closes();
	CHECK(same, "an invoice credited in parts closes exactly");
	CHECK(rcv_credit_split(&line, 5000, &credit) == RCV_OK && credit.tax == 993,
		  "with its own tax, and what was credited of it");
	CHECK(rcv_credit_split(&line, 10, &credit) == RCV_OK && credit.tax == 0 && credit.total == 10,
		  "tax credited too high is not taken back");
	line.tax = 999;
	line.tax_before = 900;
	CHECK(rcv_credit_split(&line, 4000, &credit) == RCV_OK && credit.tax == 99,
		  "no more than the invoice has");
}

static void
test_refused(void)
{
	rcv_credited credit;
	rcv_credit_line line = {.net = 100, .tax = 20, .tax_pct = PCT(20)};
	int64_t tax;

	CHECK(rcv_credit_split(&line, -1, &credit) == RCV_EDOMAIN, "a negative credit");
	CHECK(rcv_credit_split(&line, 101, &credit) == RCV_EDOMAIN, "too much");
	CHECK(rcv_credit_split(&line, 0, &credit) == RCV_OK && is(credit, 0, 0, 0), "nothing");
	line.net_before = 101;
	CHECK(rcv_credit_split(&line, 0, &credit) == RCV_EDOMAIN, "too much before");
	CHECK(rcv_credit_tax(&line, 101, &tax) == RCV_EDOMAIN, "tax of too much");
	line.net_before = INT64_MAX;
	CHECK(rcv_credit_split(&line, INT64_MAX, &credit) == RCV_EDOMAIN, "2^64");
	line = (rcv_credit_line){.net = 100, .tax = -20, .tax_pct = PCT(20)};
	CHECK(rcv_credit_split(&line, 1, &credit) == RCV_EDOMAIN, "tax of another sign");
	line = (rcv_credit_line){.net = 100, .tax = 20, .tax_pct = RCV_TAX_PCT_MAX + 1};
	CHECK(rcv_credit_split(&line, 1, &credit) == RCV_EDOMAIN, "a rate of over 1000 %");
	line = (rcv_credit_line){.net = INT64_MAX, .tax = INT64_MAX, .tax_pct = PCT(100)};
	CHECK(rcv_credit_split(&line, INT64_MAX, &credit) == RCV_EOVERFLOW, "a total over 2^63");
	CHECK(rcv_credit_split(&line, INT64_MAX / 4, &credit) == RCV_OK && credit.tax == INT64_MAX / 4,
		  "half of it is not");
	CHECK(rcv_percent_of(INT64_MAX, PCT(1000), &tax) == RCV_EOVERFLOW, "1000 % of 2^63");
	CHECK(rcv_percent_of(5, PCT(10), &tax) == RCV_OK && tax == 1 &&
			  rcv_percent_of(-5, PCT(10), &tax) == RCV_OK && tax == -1 &&
			  rcv_percent_of(4, PCT(10), &tax) == RCV_OK && tax == 0,
		  "halves go away from zero");
}

static void
test_discounts(void)
{
	rcv_discount_offer offer = {.net = 150000, .tax = 22500, .pct = PCT(10)};
	rcv_discount discount;

	offer.mode = RCV_DISCOUNT_ON_PAYMENT;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_OK && discount.net == 15000 &&
			  discount.tax == 2250 && discount.to_pay == 155250,
		  "10 % off 1,725.00: 150.00 and 22.50");
	CHECK(rcv_early_discount(&offer, false, &discount) == RCV_OK && discount.net == 0 &&
			  discount.tax == 0 && discount.to_pay == 172500,
		  "too late");
	offer.mode = RCV_DISCOUNT_NEVER;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_OK && discount.tax_due == 22500 &&
			  discount.to_pay == 157500,
		  "the tax stays");
	offer.mode = RCV_DISCOUNT_ALWAYS;
	CHECK(rcv_early_discount(&offer, false, &discount) == RCV_OK && discount.net == 0 &&
			  discount.tax_due == 20250 && discount.to_pay == 170250,
		  "the tax is reduced though it is not taken");
	offer.excluded = 300;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_OK && discount.to_pay == 155550,
		  "a tax that is not reduced");
	offer.by_amount = true;
	offer.amount = 15000;
	offer.pct = -1;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_OK && discount.net == 15000 &&
			  discount.tax == 2250,
		  "the same as an amount");
	offer.amount = 150001;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_EDOMAIN, "more than the net amount");
	offer =
		(rcv_discount_offer){.net = -150000, .tax = -22500, .by_amount = true, .amount = -15000};
	offer.mode = RCV_DISCOUNT_ON_PAYMENT;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_OK && discount.tax == -2250 &&
			  discount.to_pay == -155250,
		  "below zero");
	offer = (rcv_discount_offer){.net = INT64_MAX, .tax = 1};
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_EOVERFLOW, "over 2^63");
	offer.pct = RCV_PCT_WHOLE + 1;
	CHECK(rcv_early_discount(&offer, true, &discount) == RCV_EDOMAIN, "over 100 %");
}

static bool
rate_is(double pct, int32_t days, int32_t basis, rcv_discount_method method, double expected)
{
	double rate;

	return rcv_discount_rate(pct, days, basis, method, &rate) == RCV_OK &&
		   fabs(rate - expected) <= 1e-15 * expected;
}

/* Figures of mpmath with 40 digits. */
static void
test_rates(void)
{
	double rate;

	CHECK(rate_is(2, 20, 365, RCV_DISCOUNT_COMPOUND, 0.44585292731248518),
		  "2/10 net 30: 44.5853 %");
	CHECK(rate_is(2, 20, 365, RCV_DISCOUNT_SIMPLE, 0.37244897959183673), "simple: 37.2449 %");
	CHECK(rate_is(2, 20, 360, RCV_DISCOUNT_SIMPLE, 0.36734693877551020), "of 360: 36.7347 %");
	CHECK(rate_is(1, 35, 365, RCV_DISCOUNT_COMPOUND, 0.11050031202503245), "1/10 net 45: 11.05 %");
	CHECK(rate_is(1, 35, 365, RCV_DISCOUNT_SIMPLE, 0.10533910533910534), "simple: 10.53 %");
	CHECK(rate_is(2, 25, 365, RCV_DISCOUNT_COMPOUND, 0.34307199921265610), "2/20 net 45: 34.31 %");
	CHECK(rate_is(1e-9, 20, 365, RCV_DISCOUNT_COMPOUND, 1.82500000017565625e-10), "a tiny one");
	CHECK(rate_is(0, 20, 365, RCV_DISCOUNT_COMPOUND, 0) && rate_is(0, 1, 1, RCV_DISCOUNT_SIMPLE, 0),
		  "none");
	CHECK(rcv_discount_rate(100, 20, 365, RCV_DISCOUNT_SIMPLE, &rate) == RCV_EDOMAIN &&
			  rcv_discount_rate(-1, 20, 365, RCV_DISCOUNT_SIMPLE, &rate) == RCV_EDOMAIN &&
			  rcv_discount_rate(NAN, 20, 365, RCV_DISCOUNT_SIMPLE, &rate) == RCV_EDOMAIN &&
			  rcv_discount_rate(2, 0, 365, RCV_DISCOUNT_SIMPLE, &rate) == RCV_EDOMAIN &&
			  rcv_discount_rate(2, 20, 0, RCV_DISCOUNT_SIMPLE, &rate) == RCV_EDOMAIN,
		  "outside the domain");
	CHECK(rcv_discount_rate(99, 1, 365, RCV_DISCOUNT_COMPOUND, &rate) == RCV_EOVERFLOW,
		  "99 % for a day");
}

static void
test_kernel(void)
{
	bool same = true;
	int64_t out;

	for (int i = 0; i < 100000 && same; i++)
	{
		int64_t value = (int64_t) below(2000) - 1000;
		int64_t by = 1 + (int64_t) below(30);

		same = (int64_t) rcv_money_divide(value, by) == llround((double) value / (double) by);
	}
	CHECK(same, "division rounds halves away from zero");
	CHECK(rcv_money_at_scale((rcv_money){12300, 2}, 0, &out) == RCV_OK && out == 123 &&
			  rcv_money_at_scale((rcv_money){-12310, 2}, 1, &out) == RCV_OK && out == -1231 &&
			  rcv_money_at_scale((rcv_money){123, 2}, 4, &out) == RCV_OK && out == 12300,
		  "amounts at other scales");
	CHECK(rcv_money_at_scale((rcv_money){12345, 2}, 1, &out) == RCV_EDOMAIN &&
			  rcv_money_at_scale((rcv_money){1, 2}, -1, &out) == RCV_EDOMAIN &&
			  rcv_money_at_scale((rcv_money){INT64_MAX, 2}, 3, &out) == RCV_EOVERFLOW,
		  "amounts that have none there");
}

int
main(void)
{
	test_kernel();
	test_golden();
	test_closing();
	test_refused();
	test_discounts();
	test_rates();
	return check_done();
}
