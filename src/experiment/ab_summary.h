/*
 * ab_summary.h
 *		One arm of an experiment, summed up: number of rows, mean and squared
 *		deviations of what was measured, and of a covariate beside it.
 *
 * Deviations are from the mean itself, never differences of large sums: each row
 * moves the mean by Welford's step (Technometrics 4, 1962), and two summaries
 * merge by the formula of Chan, Golub and LeVeque (1979).  Means and sums carry
 * what rounding took from them in a second double (TwoSum: Knuth, The Art of
 * Computer Programming 2, 4.2.2), so that rows in ascending order, whose steps
 * are all rounded to the same side, lose no digits either: squares are within
 * some 1e-15 of themselves in any order.
 */
#ifndef RCV_AB_SUMMARY_H
#define RCV_AB_SUMMARY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_AB_SUMMARY_VERSION 2
#define RCV_AB_ROWS_MAX (INT64_C(1) << 53)

/* Plain bytes, all of them meant, equal when bytes are. */
typedef struct rcv_ab_summary
{
	uint8_t version;
	uint8_t has_x;
	uint16_t unused16; /* zero */
	uint32_t unused32; /* zero */
	int64_t n;
	double mean;
	double mean_low; /* what mean lacks: at most half of its last digit */
	double squares;	 /* sum of squared deviations from the mean */
	double mean_x;
	double mean_x_low;
	double squares_x;
	double products; /* sum of products of both deviations */
	/* the same for the sums, while rows are added: 0 in a summary that is done */
	double squares_low;
	double squares_x_low;
	double products_low;
} rcv_ab_summary;

/* A summary without rows. */
extern void rcv_ab_summary_init(rcv_ab_summary *s, bool has_x);

/*
 * The figures as they are to be kept: without the low parts of the sums, and with
 * that of a mean only where it is over 1e-13 standard errors, which takes a mean
 * of some thousand standard errors.
 */
extern void rcv_ab_summary_finish(rcv_ab_summary *s);

/* Adds a term to a sum in two doubles. */
static inline void
rcv_ab_carry(double *sum, double *low, double term)
{
	double exact = term + *low;
	double total = *sum + exact;
	double moved = total - *sum;

	*low = (*sum - (total - moved)) + (exact - moved);
	*sum = total;
}

/*
 * One row more.  RCV_EOVERFLOW when y was not finite or the squares are beyond a
 * double.  What is added to squares and products is made of the same factors, so
 * that no rounding makes a correlation beyond 1.
 */
static inline rcv_status
rcv_ab_summary_add(rcv_ab_summary *s, double y)
{
	double from = (y - s->mean) - s->mean_low;
	double step = from / (double) ++s->n;

	rcv_ab_carry(&s->mean, &s->mean_low, step);
	rcv_ab_carry(&s->squares, &s->squares_low, from * (from - step));
	return s->squares <= 1.7976931348623157e308 ? RCV_OK : RCV_EOVERFLOW;
}

/* The same with a covariate. */
static inline rcv_status
rcv_ab_summary_add_pair(rcv_ab_summary *s, double y, double x)
{
	double from_y = (y - s->mean) - s->mean_low;
	double from_x = (x - s->mean_x) - s->mean_x_low;
	rcv_status status = rcv_ab_summary_add(s, y);
	double step = from_x / (double) s->n;

	rcv_ab_carry(&s->mean_x, &s->mean_x_low, step);
	rcv_ab_carry(&s->squares_x, &s->squares_x_low, from_x * (from_x - step));
	rcv_ab_carry(&s->products, &s->products_low, from_y * (from_x - step));
	return status == RCV_OK && isfinite(s->squares_x) ? RCV_OK : RCV_EOVERFLOW;
}

/*
 * All rows of both.  A summary without rows adds nothing; RCV_EDOMAIN when only
 * one of them has a covariate, RCV_ELIMIT over 2^53 rows, RCV_EOVERFLOW when the
 * squares are beyond a double.
 */
extern rcv_status rcv_ab_summary_merge(rcv_ab_summary *s, const rcv_ab_summary *other);

/* What is wrong with the figures of a summary, in words; NULL: nothing. */
extern const char *rcv_ab_summary_fault(const rcv_ab_summary *s);

/* Mean of y in one less that in another, to the last digit of both. */
static inline double
rcv_ab_mean_less(const rcv_ab_summary *s, const rcv_ab_summary *other)
{
	return (s->mean - other->mean) + (s->mean_low - other->mean_low);
}

static inline double
rcv_ab_mean_x_less(const rcv_ab_summary *s, const rcv_ab_summary *other)
{
	return (s->mean_x - other->mean_x) + (s->mean_x_low - other->mean_x_low);
}

/* Sample variance, squares / (n - 1); NaN under two rows. */
extern double rcv_ab_variance(const rcv_ab_summary *s);

/*
 * Half width of Student's interval of the mean; NaN under two rows and when all
 * rows are the same: there is then no width to state.
 */
extern double rcv_ab_mean_half(const rcv_ab_summary *s, double conf);

/* Whether a standard error is no more than rounding of the figures it comes from, as in R's t.test. */
extern bool rcv_ab_constant(double std_error, double figure);

#endif
