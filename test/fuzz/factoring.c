/*
 * factoring.c
 *		Any bytes as terms, an amount and days: the core refuses or answers, and
 *		a quote adds up.
 */
#include "factoring/factoring.h"
#include "target.h"

/* What the input holds as plain numbers; it is too short: zeros. */
typedef struct numbers
{
	int64_t fields[11];
	int64_t amount;
	int64_t invoices;
	double cost;
	double funds;
	double days_of_rate;
	double year;
	int32_t days;
	uint8_t within; /* bring the fields into their limits */
	uint8_t flags;
	uint8_t scale;
	uint8_t years;
} numbers;

static int64_t
limited(const numbers *n, int i, int64_t limit)
{
	return n->within % 2 ? (int64_t) ((uint64_t) n->fields[i] % (uint64_t) (limit + 1))
						 : n->fields[i];
}

static rcv_factoring_terms
terms_of(const numbers *n)
{
	const int64_t most = INT64_C(100000000000000000);

	return (rcv_factoring_terms){
		.advance = limited(n, 0, RCV_PCT_WHOLE - 1) + n->within % 2,
		.commission = limited(n, 1, RCV_PCT_MAX),
		.financing = limited(n, 2, RCV_PCT_MAX),
		.vat = limited(n, 3, RCV_PCT_MAX),
		.overdraft = limited(n, 4, RCV_PCT_MAX),
		.commission_min = limited(n, 5, most),
		.annual_commission_min = limited(n, 6, most),
		.annual_turnover = limited(n, 7, most),
		.fees = limited(n, 8, most),
		.annual_fees = limited(n, 9, most),
		.annual_savings = limited(n, 10, most),
		.basis = n->years & 1 ? 360 : 365,
		.overdraft_basis = n->years & 2 ? 360 : 365,
		.year_days = n->years & 4 ? 360 : 365 + (n->years & 8),
		.scale = n->scale % 8,
		.has_overdraft = n->flags & 1,
		.on_cash = n->flags & 2,
		.at_end = n->flags & 4,
		.vat_recovered = n->flags & 8,
	};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	numbers n;
	rcv_factoring_terms terms;
	rcv_factoring_quote quote;
	rcv_factoring_cost cost;
	double rate;

	memset(&n, 0, sizeof(n));
	memcpy(&n, data, size < sizeof(n) ? size : sizeof(n));
	terms = terms_of(&n);
	if (n.within % 4 == 1)
	{
		n.amount = (int64_t) ((uint64_t) n.amount % UINT64_C(100000000000000000)) + 1;
		n.days = (int32_t) ((uint32_t) n.days % RCV_FACTORING_DAYS_MAX) + 1;
	}
	if (rcv_factoring_quote_of(&terms, n.amount, n.days, &quote) == RCV_OK)
	{
		must(rcv_factoring_check(&terms) == RCV_OK && quote.advance + quote.retention == n.amount);
		must(terms.at_end || quote.cash + quote.cost == quote.advance);
	}
	if (rcv_factoring_year_of(&terms, n.amount, n.invoices, n.days, &cost) == RCV_OK)
		must(cost.cost + cost.savings >= cost.commission + cost.fees + cost.financing);
	if (rcv_simple_annual_rate(n.cost, n.funds, n.days_of_rate, n.year, &rate) == RCV_OK)
		must(rate == rate);
	if (rcv_effective_annual_rate(n.cost, n.funds, n.days_of_rate, n.year, &rate) == RCV_OK)
		must(rate >= -1);
	return 0;
}
