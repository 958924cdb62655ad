/*
 * vat.c
 *		VAT that becomes due as an invoice is paid.
 */
#include "vat/vat.h"

#include <stdbool.h>

rcv_status
rcv_receipts_add(rcv_receipts *sum, rcv_money amount)
{
	rcv_int128 before = sum->units;
	rcv_int128 units = amount.units;

	if (amount.scale > sum->scale)
	{
		if (__builtin_mul_overflow(before, (rcv_int128) rcv_pow10(amount.scale - sum->scale),
								   &before))
			return RCV_EOVERFLOW;
		sum->scale = amount.scale;
	}
	else if (amount.scale < sum->scale)
		units *= rcv_pow10(sum->scale - amount.scale); /* within 2^63 x 10^18 */
	if (__builtin_add_overflow(before, units, &units))
		return RCV_EOVERFLOW;
	sum->units = units;
	return RCV_OK;
}

static rcv_int128
magnitude(rcv_int128 value)
{
	return value < 0 ? -value : value;
}

/* Whether |part| > |total|, which is not 0. */
static bool
is_larger(rcv_money part, rcv_money total)
{
	rcv_int128 a = magnitude(part.units);
	rcv_int128 b = magnitude(total.units);

	if (b == 0)
		return false;
	if (part.scale != total.scale)
	{
		a *= rcv_pow10(total.scale);
		b *= rcv_pow10(part.scale);
	}
	return a > b;
}

/*
 * Total and what was received of it, at one scale and both above zero or zero:
 * those of a credit note with their signs changed.
 */
static rcv_status
cut(rcv_money total, const rcv_receipts *received, rcv_int128 *t, rcv_int128 *r)
{
	*t = total.units;
	*r = received->units;
	if (total.scale < received->scale)
		*t *= rcv_pow10(received->scale - total.scale);
	else if (total.scale > received->scale &&
			 __builtin_mul_overflow(*r, (rcv_int128) rcv_pow10(total.scale - received->scale), r))
		return RCV_EOVERFLOW;
	if (*t < 0)
	{
		if (__builtin_sub_overflow((rcv_int128) 0, *r, r))
			return RCV_EOVERFLOW;
		*t = -*t;
	}
	*r = *r < 0 ? 0 : (*r > *t ? *t : *r);
	return RCV_OK;
}

/* The same for a part of any size. */
static rcv_status
share_of(rcv_money part, rcv_money total, const rcv_receipts *received, int scale, rcv_int128 *out)
{
	rcv_int128 t;
	rcv_int128 r;
	rcv_status status = cut(total, received, &t, &r);

	*out = 0;
	if (status != RCV_OK || r == 0)
		return status;
	if (r == t)
		r = t = 1;
	if (__builtin_mul_overflow(r, (rcv_int128) part.units, &r) ||
		(scale > part.scale &&
		 __builtin_mul_overflow(r, (rcv_int128) rcv_pow10(scale - part.scale), &r)) ||
		(scale < part.scale &&
		 __builtin_mul_overflow(t, (rcv_int128) rcv_pow10(part.scale - scale), &t)))
		return RCV_EOVERFLOW;
	*out = rcv_money_divide(r, t);
	return RCV_OK;
}

rcv_status
rcv_vat_check(rcv_money part, rcv_money total)
{
	return is_larger(part, total) ? RCV_EDOMAIN : RCV_OK;
}

rcv_status
rcv_vat_collected(rcv_money part, rcv_money total, const rcv_receipts *received, int scale,
				  rcv_int128 *out)
{
	*out = 0;
	if (scale < 0 || scale > RCV_VAT_SCALE_MAX || is_larger(part, total))
		return RCV_EDOMAIN;
	return share_of(part, total, received, scale, out);
}

rcv_status
rcv_vat_run_add(rcv_vat_run *run, rcv_money part, rcv_money total, rcv_money received, int scale,
				rcv_int128 *out)
{
	rcv_int128 collected;
	rcv_status status = rcv_receipts_add(&run->received, received);

	*out = 0;
	if (status == RCV_OK)
		status = rcv_vat_collected(part, total, &run->received, scale, &collected);
	if (status != RCV_OK)
		return status;
	*out = collected - run->collected;
	run->collected = collected;
	return RCV_OK;
}

/* The sum as an amount of 64 bits. */
static rcv_status
as_money(const rcv_receipts *sum, rcv_money *out)
{
	return rcv_money_reduce(sum->units, sum->scale, out);
}

static rcv_status
add_line(rcv_receipts *sum, const rcv_vat_line *line, rcv_money *out)
{
	rcv_status status = rcv_receipts_add(sum, line->base);

	if (status == RCV_OK)
		status = rcv_receipts_add(sum, line->vat);
	return status == RCV_OK ? as_money(sum, out) : status;
}

rcv_status
rcv_vat_shares(const rcv_vat_line *lines, int n, const rcv_receipts *received, int scale,
			   rcv_vat_share *out)
{
	rcv_receipts sum = {0, RCV_SCALE_MIN};
	rcv_money total = {0, RCV_SCALE_MIN};
	rcv_money so_far;
	rcv_int128 before = 0;
	rcv_status status = n >= 0 && n <= RCV_VAT_LINES_MAX ? RCV_OK : RCV_ELIMIT;

	if (scale < 0 || scale > RCV_VAT_SCALE_MAX)
		return RCV_EDOMAIN;
	for (int i = 0; i < n && status == RCV_OK; i++)
		status = add_line(&sum, &lines[i], &total);
	sum = (rcv_receipts){0, RCV_SCALE_MIN};
	for (int i = 0; i < n && status == RCV_OK; i++)
	{
		rcv_int128 after = 0;
		rcv_int128 vat = 0;

		status = add_line(&sum, &lines[i], &so_far);
		if (status == RCV_OK)
			status = share_of(so_far, total, received, scale, &after);
		if (status == RCV_OK)
			status = share_of(lines[i].vat, total, received, scale, &vat);
		out[i] = (rcv_vat_share){after - before - vat, vat, after - before};
		before = after;
	}
	return status;
}
