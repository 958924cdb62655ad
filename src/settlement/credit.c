/*
 * credit.c
 *		Credit notes and discounts.
 */
#include "settlement/credit.h"

#include <math.h>
#include <stddef.h>

const char *const rcv_discount_tax_names[RCV_DISCOUNT_TAXES + 1] = {"never", "on_payment", "always",
																	NULL};
const char *const rcv_discount_method_names[RCV_DISCOUNT_METHODS + 1] = {"compound", "simple",
																		 NULL};

static rcv_status
narrow(rcv_int128 wide, int64_t *out)
{
	*out = (int64_t) wide;
	return *out == wide ? RCV_OK : RCV_EOVERFLOW;
}

/* Whether a part has the sign of the whole and is not beyond it. */
static bool
within(int64_t part, int64_t whole)
{
	return whole >= 0 ? part >= 0 && part <= whole : part <= 0 && part >= whole;
}

rcv_status
rcv_percent_of(int64_t amount, int64_t pct, int64_t *out)
{
	return narrow(rcv_money_divide((rcv_int128) amount * pct, RCV_PCT_WHOLE), out);
}

static bool
line_possible(const rcv_credit_line *line)
{
	bool same_sign = line->net > 0	 ? line->tax >= 0
					 : line->net < 0 ? line->tax <= 0
									 : line->tax == 0;

	return same_sign && line->tax_pct >= 0 && line->tax_pct <= RCV_TAX_PCT_MAX &&
		   within(line->net_before, line->net) && within(line->tax_before, line->tax);
}

rcv_status
rcv_credit_tax(const rcv_credit_line *line, int64_t part, int64_t *out)
{
	rcv_int128 tax =
		rcv_money_divide((rcv_int128) part * line->tax_pct, (rcv_int128) RCV_PCT_WHOLE);

	*out = 0;
	if (!within(part, line->net))
		return RCV_EDOMAIN;
	if (part == line->net || (line->net < 0 ? tax < line->tax : tax > line->tax))
		*out = line->tax;
	else
		*out = (int64_t) tax;
	return RCV_OK;
}

rcv_status
rcv_credit_split(const rcv_credit_line *line, int64_t now, rcv_credited *out)
{
	int64_t after;
	int64_t tax;
	rcv_status status;

	*out = (rcv_credited){0, 0, 0};
	if (!line_possible(line) || __builtin_add_overflow(line->net_before, now, &after) ||
		!within(now, line->net) || !within(after, line->net))
		return RCV_EDOMAIN;
	if (now == 0)
		return RCV_OK;
	status = rcv_credit_tax(line, after, &tax);
	if (status != RCV_OK)
		return status;
	tax -= line->tax_before; /* both between 0 and the line's tax */
	if (line->net < 0 ? tax > 0 : tax < 0)
		tax = 0;
	*out = (rcv_credited){now, tax, 0};
	return __builtin_add_overflow(now, tax, &out->total) ? RCV_EOVERFLOW : RCV_OK;
}

/* What the discount would take off the net amount and off its tax. */
static rcv_status
discounts(const rcv_discount_offer *offer, int64_t *net, int64_t *tax)
{
	rcv_status status;

	if (!offer->by_amount)
	{
		if (offer->pct < 0 || offer->pct > RCV_PCT_WHOLE)
			return RCV_EDOMAIN;
		status = rcv_percent_of(offer->net, offer->pct, net);
		return status == RCV_OK ? rcv_percent_of(offer->tax, offer->pct, tax) : status;
	}
	if (!within(offer->amount, offer->net))
		return RCV_EDOMAIN;
	*net = offer->amount;
	if (offer->amount == 0)
		return RCV_OK;
	return narrow(
		rcv_money_divide((rcv_int128) offer->tax * (offer->amount < 0 ? -(rcv_int128) offer->amount
																	  : (rcv_int128) offer->amount),
						 offer->net < 0 ? -(rcv_int128) offer->net : (rcv_int128) offer->net),
		tax);
}

rcv_status
rcv_early_discount(const rcv_discount_offer *offer, bool in_time, rcv_discount *out)
{
	int64_t net = 0;
	int64_t tax = 0;
	rcv_int128 to_pay;
	rcv_status status = discounts(offer, &net, &tax);

	*out = (rcv_discount){0, 0, 0, 0};
	if (status != RCV_OK)
		return status;
	if (in_time)
		out->net = net;
	if (offer->mode == RCV_DISCOUNT_ALWAYS || (offer->mode == RCV_DISCOUNT_ON_PAYMENT && in_time))
		out->tax = tax;
	to_pay = (rcv_int128) offer->tax - out->tax;
	status = narrow(to_pay, &out->tax_due);
	to_pay += (rcv_int128) offer->net - out->net + offer->excluded;
	return status == RCV_OK ? narrow(to_pay, &out->to_pay) : status;
}

rcv_status
rcv_discount_rate(double pct, int32_t days, int32_t basis, rcv_discount_method method, double *out)
{
	double years;
	double d = pct / 100;

	*out = 0.0;
	if (!(pct >= 0 && pct < 100) || days <= 0 || basis <= 0)
		return RCV_EDOMAIN;
	years = (double) days / basis;
	*out = method == RCV_DISCOUNT_SIMPLE ? pct / (100 - pct) / years : expm1(-log1p(-d) / years);
	return isfinite(*out) ? RCV_OK : RCV_EOVERFLOW;
}
