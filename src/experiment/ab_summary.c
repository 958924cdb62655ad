/*
 * ab_summary.c
 *		What is not done for each row.
 */
#include "experiment/ab_summary.h"

#include <float.h>

#include "num/special.h"

#define SLACK 1e-9		 /* by which a correlation may exceed 1: rounding */
#define UNDERFLOW 1e-290 /* squares that small have lost digits, or are lost */

void
rcv_ab_summary_init(rcv_ab_summary *s, bool has_x)
{
	*s = (rcv_ab_summary){.version = RCV_AB_SUMMARY_VERSION, .has_x = has_x};
}

rcv_status
rcv_ab_summary_merge(rcv_ab_summary *s, const rcv_ab_summary *other)
{
	double from = other->mean - s->mean;
	double from_x = other->mean_x - s->mean_x;
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
	s->mean += from * share;
	s->squares += other->squares + from * from * weight;
	s->mean_x += from_x * share;
	s->squares_x += other->squares_x + from_x * from_x * weight;
	s->products += other->products + from * from_x * weight;
	return isfinite(s->mean + s->squares) && isfinite(s->mean_x + s->squares_x) &&
				   isfinite(s->products)
			   ? RCV_OK
			   : RCV_EOVERFLOW;
}

static bool
possible_sums(int64_t n, double mean, double squares)
{
	return isfinite(mean) && isfinite(squares) && squares >= 0 && (n > 1 || squares == 0) &&
		   (n > 0 || mean == 0);
}

const char *
rcv_ab_summary_fault(const rcv_ab_summary *s)
{
	if (s->has_x > 1 || s->unused16 != 0 || s->unused32 != 0)
		return "The binary form is damaged.";
	if (s->n < 0 || s->n > RCV_AB_ROWS_MAX)
		return "n must lie within 0 .. 2^53.";
	if (!possible_sums(s->n, s->mean, s->squares) || !possible_sums(s->n, s->mean_x, s->squares_x))
		return "Means and squares must be finite, squares not negative, and 0 under two rows.";
	if (!(fabs(s->products) <=
		  sqrt(s->squares + UNDERFLOW) * sqrt(s->squares_x + UNDERFLOW) * (1 + SLACK)))
		return "The products must not exceed the root of both squares.";
	if (!s->has_x && (s->mean_x != 0 || s->squares_x != 0 || s->products != 0))
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
