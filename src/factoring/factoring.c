/*
 * factoring.c
 *		What a factor pays for an invoice, and what that costs.
 */
#include "factoring/factoring.h"

#include <math.h>

#define AMOUNT_MAX INT64_C(100000000000000000) /* 10^17 */
#define INVOICES_MAX INT64_C(1000000000)

static bool
is_rate(int64_t rate)
{
	return rate >= 0 && rate <= RCV_PCT_MAX;
}

static bool
is_amount(int64_t amount)
{
	return amount >= 0 && amount <= AMOUNT_MAX;
}

static bool
is_year(int days)
{
	return days == 360 || days == 365;
}

rcv_status
rcv_factoring_check(const rcv_factoring_terms *terms)
{
	if (terms->advance < 1 || terms->advance > RCV_PCT_WHOLE || !is_rate(terms->commission) ||
		!is_rate(terms->financing) || !is_rate(terms->vat) || !is_rate(terms->overdraft) ||
		!is_amount(terms->commission_min) || !is_amount(terms->annual_commission_min) ||
		!is_amount(terms->annual_turnover) || !is_amount(terms->fees) ||
		!is_amount(terms->annual_fees) || !is_amount(terms->annual_savings) ||
		!is_year(terms->basis) || !is_year(terms->overdraft_basis) || !is_year(terms->year_days) ||
		terms->scale < 0 || terms->scale > RCV_FACTORING_SCALE_MAX)
		return RCV_EDOMAIN;
	return RCV_OK;
}

static rcv_int128
larger(rcv_int128 a, rcv_int128 b)
{
	return a > b ? a : b;
}

/* At most 10^26: an amount by a rate. */
static rcv_int128
percent_of(rcv_int128 amount, int64_t rate)
{
	return rcv_money_divide(amount * rate, RCV_PCT_WHOLE);
}

/* At most 10^30. */
static rcv_int128
interest_on(rcv_int128 amount, int64_t rate, int32_t days, int basis)
{
	return rcv_money_divide(amount * rate * days, (rcv_int128) RCV_PCT_WHOLE * basis);
}

static rcv_status
check_input(const rcv_factoring_terms *terms, int64_t amount, int32_t days)
{
	if (amount < 1 || amount > AMOUNT_MAX || days < 1 || days > RCV_FACTORING_DAYS_MAX)
		return RCV_EDOMAIN;
	return rcv_factoring_check(terms);
}

static rcv_int128
commission_of(const rcv_factoring_terms *terms, int64_t amount)
{
	rcv_int128 commission =
		larger(percent_of(amount, terms->commission), (rcv_int128) terms->commission_min);

	if (terms->annual_turnover > 0)
	{
		int64_t share = amount < terms->annual_turnover ? amount : terms->annual_turnover;

		commission =
			larger(commission, rcv_money_divide((rcv_int128) share * terms->annual_commission_min,
												terms->annual_turnover));
	}
	return commission;
}

/* What is left of the advance, of which net is there before interest. */
static void
lend(const rcv_factoring_terms *terms, rcv_int128 net, int32_t days, rcv_factoring_quote *out)
{
	rcv_int128 whole = (rcv_int128) RCV_PCT_WHOLE * terms->basis;

	out->cash = net;
	if (terms->on_cash && !terms->at_end && net > 0)
	{
		out->cash = rcv_money_divide(net * whole, whole + (rcv_int128) terms->financing * days);
		out->financing = net - out->cash;
		return;
	}
	out->financing = interest_on(terms->on_cash ? larger(net, 0) : out->advance, terms->financing,
								 days, terms->basis);
	if (!terms->at_end)
		out->cash -= out->financing;
}

rcv_status
rcv_factoring_quote_of(const rcv_factoring_terms *terms, int64_t amount, int32_t days,
					   rcv_factoring_quote *out)
{
	rcv_int128 charges;

	*out = (rcv_factoring_quote){0};
	if (check_input(terms, amount, days) != RCV_OK)
		return RCV_EDOMAIN;
	out->advance = percent_of(amount, terms->advance);
	out->retention = amount - out->advance;
	out->commission = commission_of(terms, amount);
	out->fees = terms->fees;
	out->vat = percent_of(out->commission + out->fees, terms->vat);
	charges = out->commission + out->fees + (terms->vat_recovered ? 0 : out->vat);
	lend(terms, out->advance - charges, days, out);
	out->cost = charges + out->financing;
	if (terms->has_overdraft)
		out->overdraft =
			interest_on(larger(out->cash, 0), terms->overdraft, days, terms->overdraft_basis);
	return RCV_OK;
}

rcv_status
rcv_factoring_year_of(const rcv_factoring_terms *terms, int64_t turnover, int64_t invoices,
					  int32_t days, rcv_factoring_cost *out)
{
	*out = (rcv_factoring_cost){0};
	if (check_input(terms, turnover, days) != RCV_OK || invoices < 0 || invoices > INVOICES_MAX)
		return RCV_EDOMAIN;
	out->outstanding = rcv_money_divide((rcv_int128) turnover * days, terms->year_days);
	out->funds = percent_of(out->outstanding, terms->advance);
	out->commission =
		larger(percent_of(turnover, terms->commission), (rcv_int128) terms->annual_commission_min);
	out->commission = larger(out->commission, (rcv_int128) terms->commission_min * invoices);
	out->fees = (rcv_int128) terms->fees * invoices + terms->annual_fees;
	out->financing = interest_on(out->funds, terms->financing, terms->year_days, terms->basis);
	out->vat = percent_of(out->commission + out->fees, terms->vat);
	out->savings = terms->annual_savings;
	out->cost = out->commission + out->fees + out->financing - out->savings +
				(terms->vat_recovered ? 0 : out->vat);
	return RCV_OK;
}

static rcv_status
check_rate(double cost, double funds, double days, double year)
{
	if (!isfinite(cost) || !isfinite(funds) || !isfinite(days) || !isfinite(year) || funds <= 0 ||
		cost <= -funds || days <= 0 || year <= 0)
		return RCV_EDOMAIN;
	return RCV_OK;
}

rcv_status
rcv_simple_annual_rate(double cost, double funds, double days, double year, double *out)
{
	*out = 0;
	if (check_rate(cost, funds, days, year) != RCV_OK)
		return RCV_EDOMAIN;
	*out = cost / funds * year / days;
	return isfinite(*out) ? RCV_OK : RCV_EOVERFLOW;
}

/* By log1p and expm1: a small cost keeps its digits. */
rcv_status
rcv_effective_annual_rate(double cost, double funds, double days, double year, double *out)
{
	*out = 0;
	if (check_rate(cost, funds, days, year) != RCV_OK)
		return RCV_EDOMAIN;
	*out = expm1(log1p(cost / funds) * year / days);
	return isfinite(*out) ? RCV_OK : RCV_EOVERFLOW;
}
