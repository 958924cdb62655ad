/*
 * factoring.c
 *		Quotes of a factor and yearly cost: published figures, edges, limits.
 *		Rates by mpmath 1.3 with 30 digits.
 */
#include "check.h"

#include <math.h>

#include "factoring/factoring.h"

#define PCT(whole, millionths) (INT64_C(whole) * 1000000 + (millionths))

static const rcv_factoring_terms plain = {
	.advance = PCT(90, 0),
	.commission = PCT(0, 900000),
	.financing = PCT(3, 200000),
	.vat = PCT(20, 0),
	.basis = 360,
	.overdraft_basis = 365,
	.year_days = 360,
	.scale = 2,
	.vat_recovered = true,
};

static bool
near(double value, double expected)
{
	return fabs(value - expected) <= 4e-15 * fabs(expected);
}

static void
test_quote(void)
{
	rcv_factoring_quote q;
	rcv_factoring_terms terms = plain;

	CHECK(rcv_factoring_quote_of(&terms, 1000000, 60, &q) == RCV_OK && q.advance == 900000 &&
			  q.commission == 9000 && q.financing == 4800 && q.vat == 1800 &&
			  q.retention == 100000 && q.cash == 886200 && q.cost == 13800 && q.overdraft == 0,
		  "10,000.00 for 60 days");
	terms.vat_recovered = false;
	CHECK(rcv_factoring_quote_of(&terms, 1000000, 60, &q) == RCV_OK && q.cash == 884400 &&
			  q.cost == 15600,
		  "VAT that is not recovered");
	terms = plain;
	terms.at_end = true;
	CHECK(rcv_factoring_quote_of(&terms, 1000000, 60, &q) == RCV_OK && q.cash == 891000 &&
			  q.financing == 4800 && q.cost == 13800,
		  "interest taken at the end");
	terms.on_cash = true;
	CHECK(rcv_factoring_quote_of(&terms, 1000000, 60, &q) == RCV_OK && q.cash == 891000 &&
			  q.financing == 4752,
		  "interest on cash, taken at the end");
	terms = (rcv_factoring_terms){.advance = PCT(94, 0),
								  .commission = PCT(4, 0),
								  .financing = PCT(12, 0),
								  .basis = 360,
								  .overdraft_basis = 360,
								  .year_days = 360,
								  .scale = 2,
								  .on_cash = true};
	CHECK(rcv_factoring_quote_of(&terms, 10000000, 60, &q) == RCV_OK && q.cash == 8823529 &&
			  q.financing == 176471 && q.retention == 600000 && q.commission == 400000,
		  "interest in advance on what is paid out");
	terms = plain;
	terms.has_overdraft = true;
	terms.overdraft = PCT(9, 0);
	CHECK(rcv_factoring_quote_of(&terms, 1000000, 60, &q) == RCV_OK && q.overdraft == 13111,
		  "an overdraft of the same cash");
	terms.fees = 2000000;
	CHECK(rcv_factoring_quote_of(&terms, 1000000, 60, &q) == RCV_OK && q.cash < 0 &&
			  q.overdraft == 0,
		  "fees above the advance leave less than nothing");
}

static void
test_minimum(void)
{
	rcv_factoring_quote q;
	rcv_factoring_terms terms = plain;

	terms.commission = PCT(1, 300000);
	terms.commission_min = 800;
	CHECK(rcv_factoring_quote_of(&terms, 100000, 30, &q) == RCV_OK && q.commission == 1300 &&
			  rcv_factoring_quote_of(&terms, 50000, 30, &q) == RCV_OK && q.commission == 800 &&
			  rcv_factoring_quote_of(&terms, 61538, 30, &q) == RCV_OK && q.commission == 800 &&
			  rcv_factoring_quote_of(&terms, 61577, 30, &q) == RCV_OK && q.commission == 801,
		  "1.3 % but 8.00 at least");
	terms.annual_commission_min = 2400000;
	terms.annual_turnover = 120000000;
	CHECK(rcv_factoring_quote_of(&terms, 100000, 30, &q) == RCV_OK && q.commission == 2000,
		  "a yearly minimum spread over the turnover");
}

static void
test_year(void)
{
	rcv_factoring_cost c;
	rcv_factoring_terms terms = {.advance = PCT(80, 0),
								 .commission = PCT(2, 0),
								 .financing = PCT(10, 0),
								 .vat = PCT(20, 0),
								 .annual_savings = 1800000,
								 .basis = 360,
								 .overdraft_basis = 360,
								 .year_days = 360,
								 .scale = 2,
								 .vat_recovered = true};

	CHECK(rcv_factoring_year_of(&terms, 120000000, 1000, 30, &c) == RCV_OK &&
			  c.outstanding == 10000000 && c.funds == 8000000 && c.financing == 800000 &&
			  c.commission == 2400000 && c.vat == 480000 && c.cost == 1400000,
		  "100,000 a month: 14,000 a year");
	terms.commission_min = 3000;
	terms.fees = 100;
	terms.annual_fees = 5000;
	terms.vat_recovered = false;
	CHECK(rcv_factoring_year_of(&terms, 120000000, 1000, 30, &c) == RCV_OK &&
			  c.commission == 3000000 && c.fees == 105000 && c.vat == 621000 &&
			  c.cost == 3000000 + 105000 + 621000 + 800000 - 1800000,
		  "a minimum for each invoice, and fees");
	terms.annual_commission_min = 4000000;
	terms.year_days = 365;
	CHECK(rcv_factoring_year_of(&terms, 120000000, 1000, 30, &c) == RCV_OK &&
			  c.commission == 4000000 && c.outstanding == 9863014 && c.funds == 7890411 &&
			  c.financing == 799999 + 1,
		  "a yearly minimum; a year of 365 days financed by 360");
}

static void
test_rates(void)
{
	double rate;

	CHECK(rcv_effective_annual_rate(13800, 886200, 60, 365, &rate) == RCV_OK &&
			  near(rate, 0.0985600784879949320557),
		  "effective rate of the quote");
	CHECK(rcv_effective_annual_rate(2, 98, 20, 365, &rate) == RCV_OK &&
			  near(rate, 0.445852927312485120063),
		  "2/10 net 30");
	CHECK(rcv_effective_annual_rate(1e-12, 1, 365, 365, &rate) == RCV_OK && near(rate, 1e-12),
		  "a small cost keeps its digits");
	CHECK(rcv_simple_annual_rate(2, 98, 20, 360, &rate) == RCV_OK && near(rate, 36.0 / 98) &&
			  rcv_simple_annual_rate(-1, 98, 20, 360, &rate) == RCV_OK && rate < 0,
		  "simple rates");
	CHECK(rcv_effective_annual_rate(1, 0, 20, 365, &rate) == RCV_EDOMAIN &&
			  rcv_effective_annual_rate(-1, 1, 20, 365, &rate) == RCV_EDOMAIN &&
			  rcv_effective_annual_rate(1, 1, 0, 365, &rate) == RCV_EDOMAIN &&
			  rcv_simple_annual_rate(NAN, 1, 1, 365, &rate) == RCV_EDOMAIN &&
			  rcv_simple_annual_rate(1, INFINITY, 1, 365, &rate) == RCV_EDOMAIN,
		  "no rate without funds");
	CHECK(rcv_effective_annual_rate(1e9, 1, 1, 365, &rate) == RCV_EOVERFLOW,
		  "a rate too large for a number");
}

static void
test_limits(void)
{
	const int64_t most = INT64_C(100000000000000000);
	rcv_factoring_terms terms = plain;
	rcv_factoring_quote q;
	rcv_factoring_cost c;

	CHECK(rcv_factoring_quote_of(&terms, 0, 60, &q) == RCV_EDOMAIN &&
			  rcv_factoring_quote_of(&terms, most + 1, 60, &q) == RCV_EDOMAIN &&
			  rcv_factoring_quote_of(&terms, 1, 0, &q) == RCV_EDOMAIN &&
			  rcv_factoring_quote_of(&terms, 1, RCV_FACTORING_DAYS_MAX + 1, &q) == RCV_EDOMAIN &&
			  rcv_factoring_year_of(&terms, 1, -1, 30, &c) == RCV_EDOMAIN,
		  "amounts and days outside");
	terms.commission = terms.financing = terms.vat = terms.overdraft = RCV_PCT_MAX;
	terms.advance = RCV_PCT_WHOLE;
	terms.commission_min = terms.annual_commission_min = terms.fees = most;
	terms.annual_fees = terms.annual_savings = most;
	terms.annual_turnover = 1;
	terms.has_overdraft = true;
	CHECK(rcv_factoring_quote_of(&terms, most, RCV_FACTORING_DAYS_MAX, &q) == RCV_OK &&
			  rcv_factoring_year_of(&terms, most, 1000000000, RCV_FACTORING_DAYS_MAX, &c) ==
				  RCV_OK &&
			  c.fees == (rcv_int128) most * 1000000001,
		  "the largest of everything");
	terms = plain;
	terms.advance = 0;
	CHECK(rcv_factoring_check(&terms) == RCV_EDOMAIN, "no advance");
	terms = plain;
	terms.financing = RCV_PCT_MAX + 1;
	CHECK(rcv_factoring_check(&terms) == RCV_EDOMAIN, "a rate too high");
	terms = plain;
	terms.basis = 366;
	CHECK(rcv_factoring_check(&terms) == RCV_EDOMAIN, "no such year");
	terms = plain;
	terms.fees = -1;
	CHECK(rcv_factoring_check(&terms) == RCV_EDOMAIN && rcv_factoring_check(&plain) == RCV_OK,
		  "a fee below 0");
}

/* Whatever the terms: what comes in and what is kept add up to the invoice. */
static void
test_adds_up(void)
{
	uint64_t seed = 7;
	bool holds = true;

	for (int run = 0; run < 20000 && holds; run++)
	{
		rcv_factoring_terms terms = plain;
		rcv_factoring_quote q;
		int64_t amount = 1 + (int64_t) (check_random(&seed) % 100000000);

		terms.advance = 1 + (int64_t) (check_random(&seed) % RCV_PCT_WHOLE);
		terms.commission = (int64_t) (check_random(&seed) % 5000000);
		terms.financing = (int64_t) (check_random(&seed) % 20000000);
		terms.fees = (int64_t) (check_random(&seed) % 1000);
		terms.on_cash = check_random(&seed) % 2;
		terms.vat_recovered = check_random(&seed) % 2;
		holds = rcv_factoring_quote_of(&terms, amount, 1 + (int) (check_random(&seed) % 180), &q) ==
					RCV_OK &&
				q.cash + q.cost + q.retention == amount &&
				q.cost == q.commission + q.fees + q.financing + (terms.vat_recovered ? 0 : q.vat);
	}
	CHECK(holds, "cash, cost and retention add up to the invoice");
}

int
main(void)
{
	test_quote();
	test_minimum();
	test_year();
	test_rates();
	test_limits();
	test_adds_up();
	return check_done();
}
