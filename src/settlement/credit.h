/*
 * credit.h
 *		Invoices credited in part, discounts for early payment, and what it costs
 *		to let one go.
 *
 * Amounts are whole numbers of units of one scale, rates of 10^-6 percent;
 * halves are rounded away from zero.
 */
#ifndef RCV_CREDIT_H
#define RCV_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"
#include "base/status.h"

#define RCV_PCT_DECIMALS 6
#define RCV_PCT_WHOLE 100000000 /* 100 % in units of 10^-6 % */
#define RCV_TAX_PCT_MAX (10 * (int64_t) RCV_PCT_WHOLE)

/* percent of an amount, rounded: RCV_EOVERFLOW. */
extern rcv_status rcv_percent_of(int64_t amount, int64_t pct, int64_t *out);

/*
 * What an invoice asks for at one rate of tax, and what of it is credited so
 * far.  All of one sign: a line below zero is credited by amounts below zero.
 */
typedef struct rcv_credit_line
{
	int64_t net;
	int64_t tax;
	int64_t tax_pct;	/* 0 .. RCV_TAX_PCT_MAX */
	int64_t net_before; /* credited by earlier notes */
	int64_t tax_before;
} rcv_credit_line;

typedef struct rcv_credited
{
	int64_t net;
	int64_t tax;
	int64_t total;
} rcv_credited;

/*
 * Tax on the first part of a line's net amount, from the rate of the line:
 *
 *	T(part) = part x tax_pct / 100, rounded, never beyond the line's tax
 *	T(net)	= the line's tax, as printed on the invoice
 *
 * RCV_EDOMAIN unless part lies between 0 and net.
 */
extern rcv_status rcv_credit_tax(const rcv_credit_line *line, int64_t part, int64_t *out);

/*
 * A further credit note: the tax of all that is credited then, less the tax
 * credited before, so that rounding never adds up; the note that uses up the
 * net amount takes all that is left of the tax.  A tax that was credited too
 * high before is not taken back: 0 until the sum has caught up.
 *
 * RCV_EDOMAIN when more would be credited than the line holds, or the signs or
 * the rate are impossible.
 */
extern rcv_status rcv_credit_split(const rcv_credit_line *line, int64_t now, rcv_credited *out);

/* What becomes of the tax when a discount is offered. */
typedef enum rcv_discount_tax
{
	RCV_DISCOUNT_NEVER,		 /* the tax stays what it is */
	RCV_DISCOUNT_ON_PAYMENT, /* it is reduced when the discount is taken */
	RCV_DISCOUNT_ALWAYS,	 /* it is reduced on the invoice, taken or not */
	RCV_DISCOUNT_TAXES
} rcv_discount_tax;

extern const char *const rcv_discount_tax_names[RCV_DISCOUNT_TAXES + 1]; /* NULL at the end */

typedef struct rcv_discount_offer
{
	int64_t net;
	int64_t tax;	  /* on the whole net amount */
	int64_t excluded; /* taxes that no discount reduces */
	bool by_amount;
	int64_t pct;	/* 0 .. RCV_PCT_WHOLE */
	int64_t amount; /* of the net amount: between 0 and it */
	rcv_discount_tax mode;
} rcv_discount_offer;

typedef struct rcv_discount
{
	int64_t net; /* how much less is paid for the goods, and of the tax */
	int64_t tax;
	int64_t tax_due;
	int64_t to_pay;
} rcv_discount;

/* What is paid in time, or else.  RCV_EDOMAIN, RCV_EOVERFLOW. */
extern rcv_status rcv_early_discount(const rcv_discount_offer *offer, bool in_time,
									 rcv_discount *out);

typedef enum rcv_discount_method
{
	RCV_DISCOUNT_COMPOUND,
	RCV_DISCOUNT_SIMPLE,
	RCV_DISCOUNT_METHODS
} rcv_discount_method;

extern const char *const rcv_discount_method_names[RCV_DISCOUNT_METHODS + 1];

/*
 * rcv_discount_rate
 *		Yearly rate, a fraction, of the credit that is taken by paying after
 *		days_late more days instead of with a discount of pct percent.
 *
 *	compound	(1 - d)^(-basis / days) - 1
 *	simple		d / (1 - d) x basis / days,  d = pct / 100
 *
 * Domain: 0 <= pct < 100, days > 0, basis > 0: RCV_EDOMAIN.  RCV_EOVERFLOW.
 * compound is expm1(-basis / days x log1p(-d)), which keeps the digits of small
 * discounts.
 */
extern rcv_status rcv_discount_rate(double pct, int32_t days, int32_t basis,
									rcv_discount_method method, double *out);

#endif
