/*
 * kpi.h
 *		Figures of the receivables desk: how fast, how well and at what loss
 *		customers pay.
 *
 * Figures for statistics only, so doubles; where there is no answer (nothing
 * was sold, nothing could be collected) a function says so with false.
 */
#ifndef RCV_KPI_H
#define RCV_KPI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"

/*
 * Days sales outstanding: receivables / credit_sales x days.  No answer when
 * sales are not above 0 or receivables are below 0.
 */
extern bool rcv_dso(double receivables, double credit_sales, double days, double *out);

/*
 * Average days delinquent: rcv_dso() of receivables less that of those not due,
 * with an answer where both have one.  Below 0 when less is receivable than is
 * not due, as with credits netted.
 */
extern bool rcv_days_delinquent(double receivables, double not_due, double credit_sales,
								double days, double *out);

/*
 * Collection effectiveness index, on a scale of 100:
 *		(opening + sales - closing) / (opening + sales - closing not due) x 100
 * what was collected of what could have been.  No answer when that is not above 0.
 */
extern bool rcv_cei(double opening, double sales, double closing, double closing_not_due,
					double *out);

#define RCV_COUNTBACK_MONTHS_MAX 1200

/* A month's credit sales and its days, or those of another period. */
typedef struct rcv_month
{
	rcv_money sales;
	int32_t days;
} rcv_month;

/*
 * DSO by count-back: months, the latest first, are taken off the balance as
 * long as it holds them whole; the next one counts for the part that it does.
 * Exact but for the last division.  A month without sales, or with more credit
 * notes than sales, counts whole.  No answer when the balance is below 0, or
 * larger than the sales of all months.  RCV_ELIMIT, RCV_EDOMAIN when a month has
 * days outside 1 .. 366.
 */
extern rcv_status rcv_dso_countback(rcv_money balance, const rcv_month *months, int n,
									bool *answered, double *out);

/* Days of the month of a day, up to and with it, and of those before it. */
extern void rcv_months_before(int32_t as_of, int n, rcv_month *months);

/*
 * Mean of days, weighted by amounts: sum of (amount x days) / sum of amounts.
 * A mean is an *image* of RCV_DAYS_MEAN_SIZE bytes, in host byte order, without
 * alignment:
 *		0	version			uint16, so that an image of the other byte order is refused
 *		2	scale			uint16
 *		4	as_of			int32
 *		8	sum of amounts			int128, units of 10^-scale
 *		24	sum of amounts x days	int128
 */
#define RCV_DAYS_MEAN_VERSION 1
#define RCV_DAYS_MEAN_SIZE 40

extern void rcv_days_mean_init(uint8_t *image, int32_t as_of);

/* RCV_EBINARY, RCV_EVERSION when these bytes are no image. */
extern rcv_status rcv_days_mean_check(const uint8_t *image, size_t length);

extern int32_t rcv_days_mean_as_of(const uint8_t *image);

/* RCV_EOVERFLOW. */
extern rcv_status rcv_days_mean_add(uint8_t *image, rcv_money amount, int32_t days);

/* RCV_EDOMAIN when the other one has another as_of; RCV_EOVERFLOW. */
extern rcv_status rcv_days_mean_merge(uint8_t *image, const uint8_t *other);

/* No answer when the sum of amounts is not above 0. */
extern bool rcv_days_mean(const uint8_t *image, double *out);

#endif
