/*
 * vat.h
 *		VAT that becomes due as an invoice is paid.
 *
 * An invoice has a total with all taxes, and parts: its VAT at each rate, or
 * the amounts before tax.  When r of a total t has been received, the share of
 * a part p that belongs to what has been received is
 *
 *		collected(p, t, r) = round(p x min(r, t) / t)
 *
 * A receipt brings the difference of two such amounts.  Rounding the amount
 * collected so far, and not each receipt, makes the receipts of an invoice add
 * up to its VAT to the last unit (Tryton's account_tax_cash does the same).
 *
 * Receipts beyond the total, and a sum of receipts below zero, belong to no
 * part: r is cut to 0 .. t.  The total of a credit note and its refunds are
 * both negative; r is then cut to t .. 0.
 */
#ifndef RCV_VAT_H
#define RCV_VAT_H

#include "base/money.h"

#define RCV_VAT_SCALE_MAX 6
#define RCV_VAT_LINES_MAX 1000

/* What has been received so far, in units of 10^-scale. */
typedef struct rcv_receipts
{
	rcv_int128_kept units;
	int scale;
} rcv_receipts;

/* Adds a receipt; the sum takes its scale if that is larger.  RCV_EOVERFLOW. */
extern rcv_status rcv_receipts_add(rcv_receipts *sum, rcv_money amount);

/*
 * The share of a part in what has been received, in units of 10^-scale, scale
 * 0 .. RCV_VAT_SCALE_MAX.  RCV_EDOMAIN when the part is larger than the total
 * (both without sign), unless that is 0: then there is nothing to receive, and
 * the share is 0.  RCV_EOVERFLOW.
 */
extern rcv_status rcv_vat_collected(rcv_money part, rcv_money total, const rcv_receipts *received,
									int scale, rcv_int128 *out);

/* Whether |part| <= |total|, or there is no total: RCV_EDOMAIN. */
extern rcv_status rcv_vat_check(rcv_money part, rcv_money total);

/* The receipts of an invoice one after the other; zero before the first one. */
typedef struct rcv_vat_run
{
	rcv_receipts received;
	rcv_int128_kept collected;
} rcv_vat_run;

/*
 * What one receipt brings.  Part and total are those that hold on its day: when
 * a credit note has changed them, the next receipt, of 0 if need be, brings the
 * adjustment too.  Errors as above; the run is then of no more use.
 */
extern rcv_status rcv_vat_run_add(rcv_vat_run *run, rcv_money part, rcv_money total,
								  rcv_money received, int scale, rcv_int128 *out);

/* A line of an invoice: its amount before tax and its VAT. */
typedef struct rcv_vat_line
{
	rcv_money base;
	rcv_money vat;
} rcv_vat_line;

/* What of a line has been received, in units of the scale asked for: received = base + vat. */
typedef struct rcv_vat_share
{
	rcv_int128_kept base;
	rcv_int128_kept vat;
	rcv_int128_kept received;
} rcv_vat_share;

/*
 * The shares of all lines in what has been received of their sum.  The VAT of
 * a line is the collected share of it.  The received amounts of the lines add
 * up to what has been received, cut to the total and rounded to the scale: up
 * to and with each line they are the collected share of those lines' sum.
 * What is left of a line's received amount is its base.  Lines may be below 0, as
 * discounts are, and larger than the total.  RCV_EDOMAIN for the scale alone,
 * RCV_ELIMIT, RCV_EOVERFLOW.
 */
extern rcv_status rcv_vat_shares(const rcv_vat_line *lines, int n, const rcv_receipts *received,
								 int scale, rcv_vat_share *out);

#endif
