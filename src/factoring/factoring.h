/*
 * factoring.h
 *		What a factor pays for an invoice, and what that costs.
 *
 * The factor advances a part of an invoice, and keeps the rest until the
 * customer pays.  It takes a commission on the whole amount and interest on what
 * it lends, on the days until then:
 *
 *		advance		= amount x advance %
 *		commission	= the largest of amount x commission %, a minimum for each
 *					  invoice, and yearly minimum x amount / yearly turnover
 *		financing	= lent x rate % x days / basis
 *		vat			= (commission + fees) x VAT %; interest bears none
 *		retention	= amount - advance
 *		cost		= commission + fees + financing, and VAT that is not recovered
 *
 * Lent is the advance, or the cash that is left of it: then interest bears on
 * what is paid out after all deductions, itself among them, and
 *
 *		cash = (advance - commission - fees) / (1 + rate % x days / basis)
 *
 * Each amount is rounded half away from zero to the decimals of the currency.
 */
#ifndef RCV_FACTORING_H
#define RCV_FACTORING_H

#include <stdbool.h>

#include "base/money.h"

#define RCV_PCT_SCALE 6			  /* decimals of a percentage */
#define RCV_PCT_MAX 1000000000	  /* 1,000 % in units of 10^-6 % */
#define RCV_PCT_WHOLE 100000000	  /* 100 % */
#define RCV_FACTORING_SCALE_MAX 6 /* decimals of a currency */
#define RCV_FACTORING_DAYS_MAX 3660

/* Percentages in units of 10^-6 %, amounts in units of 10^-scale; none negative. */
typedef struct rcv_factoring_terms
{
	int64_t advance;
	int64_t commission;
	int64_t financing;
	int64_t vat;
	int64_t overdraft;
	int64_t commission_min;		   /* of each invoice */
	int64_t annual_commission_min; /* of a year */
	int64_t annual_turnover;	   /* that the year's minimum is spread over; 0: unknown */
	int64_t fees;				   /* of each invoice */
	int64_t annual_fees;
	int64_t annual_savings; /* what the firm no longer spends on collection itself */
	int basis;				/* days of a year of financing: 360 or 365 */
	int overdraft_basis;
	int year_days; /* days of a year of turnover */
	int scale;
	bool has_overdraft;
	bool on_cash;		/* interest on what is paid out, not on the advance */
	bool at_end;		/* interest is taken when the customer pays, not from the advance */
	bool vat_recovered; /* VAT is no cost, and not counted as taken from the cash */
} rcv_factoring_terms;

/* RCV_EDOMAIN unless all is within its limits. */
extern rcv_status rcv_factoring_check(const rcv_factoring_terms *terms);

/* Amounts in units of 10^-scale. */
typedef struct rcv_factoring_quote
{
	rcv_int128 advance;
	rcv_int128 commission;
	rcv_int128 fees;
	rcv_int128 financing;
	rcv_int128 vat;
	rcv_int128 retention;
	rcv_int128 cash; /* on day 0 */
	rcv_int128 cost;
	rcv_int128 overdraft; /* cost of the same cash for the same days */
} rcv_factoring_quote;

/*
 * An invoice of amount units, 1 .. 10^17, paid days after the advance, 1 ..
 * RCV_FACTORING_DAYS_MAX.  RCV_EDOMAIN, RCV_EOVERFLOW.
 */
extern rcv_status rcv_factoring_quote_of(const rcv_factoring_terms *terms, int64_t amount,
										 int32_t days, rcv_factoring_quote *out);

/* A year of a contract; amounts as above. */
typedef struct rcv_factoring_cost
{
	rcv_int128 outstanding; /* in the mean */
	rcv_int128 funds;		/* lent in the mean */
	rcv_int128 commission;
	rcv_int128 fees;
	rcv_int128 financing;
	rcv_int128 vat;
	rcv_int128 savings;
	rcv_int128 cost; /* less savings */
} rcv_factoring_cost;

/*
 * A year with this turnover in so many invoices, 0 .. 10^9, paid days after
 * they are sold in the mean; domain and errors as above.
 */
extern rcv_status rcv_factoring_year_of(const rcv_factoring_terms *terms, int64_t turnover,
										int64_t invoices, int32_t days, rcv_factoring_cost *out);

/*
 * The rate a year of a cost for funds over so many days, as a fraction:
 *		simple		cost / funds x year / days
 *		effective	(1 + cost / funds)^(year / days) - 1
 * Domain: funds > 0, cost > -funds, days and year > 0; RCV_EDOMAIN, RCV_EOVERFLOW.
 */
extern rcv_status rcv_simple_annual_rate(double cost, double funds, double days, double year,
										 double *out);
extern rcv_status rcv_effective_annual_rate(double cost, double funds, double days, double year,
											double *out);

#endif
