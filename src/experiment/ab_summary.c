/*
 * ab_summary.c
 *		What is not done for each row.
 */
#include "experiment/ab_summary.h"

#include <float.h>

#include "num/special.h"

#define SLACK 1e-9		 /* by which a correlation may exceed 1: rounding */
#define LOW_LEAST 1e-13	 /* standard errors that the low part of a mean must be, to be kept */
#define UNDERFLOW 1e-290 /* squares that small have lost digits, or are lost */

void
rcv_ab_summary_init(rcv_ab_summary *s, bool has_x)
{
	*s = (rcv_ab_summary){.version = RCV_AB_SUMMARY_VERSION, .has_x = has_x};
}

/* The low part of a mean, unless it is nothing beside the mean's own error. */
static double
meant_low(int64_t n, double low, double squares)
{
	return fabs(low) > LOW_LEAST * sqrt(squares) / (double) n ? low : 0.0;
}

/* Also -0 becomes 0, so that equal summaries have the same bytes. */
void
rcv_ab_summary_finish(rcv_ab_summary *s)
{
	s->mean += 0.0;
	s->mean_low = meant_low(s->n, s->mean_low, s->squares);
	s->squares += 0.0;
	s->mean_x += 0.0;
	s->mean_x_low = meant_low(s->n, s->mean_x_low, s->squares_x);
	s->squares_x += 0.0;
	s->products += 0.0;
	s->squares_low = s->squares_x_low = s->products_low = 0.0;
}

/* Adds a sum in two doubles and what the distance of the means makes of it. */
static void
merge_sums(double *sum, double *low, double other, double other_low, double between)
{
	rcv_ab_carry(sum, low, other);
	rcv_ab_carry(sum, low, between + other_low);
}

rcv_status
rcv_ab_summary_merge(rcv_ab_summary *s, const rcv_ab_summary *other)
{
	double from = rcv_ab_mean_less(other, s);
	double from_x = rcv_ab_mean_x_less(other, s);
	double share;
	double weight;

	if (other->n == 0)
		return RCV_OK;
	if (s->n == 0)
	{
		*s = *other;
		return RCV_OK;
	}
	if (s->has_x != other->has_x)
		return RCV_EDOMAIN;
	if (other->n > RCV_AB_ROWS_MAX - s->n)
		return RCV_ELIMIT;
	share = (double) other->n / (double) (s->n + other->n);
	weight = (double) s->n * share;
	s->n += other->n;
	rcv_ab_carry(&s->mean, &s->mean_low, from * share);
	rcv_ab_carry(&s->mean_x, &s->mean_x_low, from_x * share);
	merge_sums(&s->squares, &s->squares_low, other->squares, other->squares_low,
			   from * from * weight);
	merge_sums(&s->squares_x, &s->squares_x_low, other->squares_x, other->squares_x_low,
			   from_x * from_x * weight);
	merge_sums(&s->products, &s->products_low, other->products, other->products_low,
			   from * from_x * weight);
	return isfinite(s->mean + s->squares) && isfinite(s->mean_x + s->squares_x) &&
				   isfinite(s->products)
			   ? RCV_OK
			   : RCV_EOVERFLOW;
}

static bool
possible_sums(int64_t n, double mean, double low, double squares)
{
	return isfinite(mean) && mean + low == mean && isfinite(squares) && squares >= 0 &&
		   (n > 1 || squares == 0) && (n > 0 || (mean == 0 && low == 0));
}

const char *
rcv_ab_summary_fault(const rcv_ab_summary *s)
{
	if (s->has_x > 1 || s->unused16 != 0 || s->unused32 != 0)
		return "The binary form is damaged.";
	if (s->n < 0 || s->n > RCV_AB_ROWS_MAX)
		return "n must lie within 0 .. 2^53.";
	if (!possible_sums(s->n, s->mean, s->mean_low, s->squares) ||
		!possible_sums(s->n, s->mean_x, s->mean_x_low, s->squares_x))
		return "Means and squares must be finite, squares not negative, and 0 under two rows; the "
			   "low part of a mean is below its last digit.";
	if (s->squares_low != 0 || s->squares_x_low != 0 || s->products_low != 0)
		return "The binary form is damaged.";
	if (!(fabs(s->products) <=
		  sqrt(s->squares + UNDERFLOW) * sqrt(s->squares_x + UNDERFLOW) * (1 + SLACK)))
		return "The products must not exceed the root of both squares.";
	if (!s->has_x &&
		(s->mean_x != 0 || s->mean_x_low != 0 || s->squares_x != 0 || s->products != 0))
		return "A summary without a covariate has no figures of it.";
	return NULL;
}

double
rcv_ab_variance(const rcv_ab_summary *s)
{
	return s->n < 2 ? NAN : s->squares / (double) (s->n - 1);
}

bool
rcv_ab_constant(double std_error, double figure)
{
	return std_error <= 10 * DBL_EPSILON * fabs(figure);
}

double
rcv_ab_mean_half(const rcv_ab_summary *s, double conf)
{
	double std_error = sqrt(rcv_ab_variance(s) / (double) s->n);

	if (s->n < 2 || rcv_ab_constant(std_error, s->mean))
		return NAN;
	return rcv_student_quantile_above((1 - conf) / 2, (double) (s->n - 1)) * std_error;
}
