/*
 * ab_plan.c
 *		Before an experiment, how many rows; after several, what their p-values
 *		say together.
 */
#include "experiment/ab_rates.h"

#include <stdlib.h>

#include "num/special.h"

#define ROWS_LEAST 2.0
#define ROWS_MOST 1e15
#define STEPS 200 /* of a search: each halves what is left, at least every third time */
#define EXACT 1e-13

const char *const rcv_ab_adjustment_names[RCV_AB_ADJUSTMENTS + 1] = {"holm", "bh", "bonferroni",
																	 "none", NULL};

static bool
between_0_and_1(double value)
{
	return value > 0 && value < 1;
}

static bool
rates_valid(double p_control, double p_variant, double alpha)
{
	return between_0_and_1(p_control) && between_0_and_1(p_variant) && p_control != p_variant &&
		   between_0_and_1(alpha);
}

/* Standard deviations of a difference of rates, for one row in each arm: under no effect, and under this one. */
static void
deviations(double p_control, double p_variant, double *none, double *effect)
{
	*none = sqrt((p_control + p_variant) * (1 - (p_control + p_variant) / 2));
	*effect = sqrt(p_control * (1 - p_control) + p_variant * (1 - p_variant));
}

rcv_status
rcv_ab_sample_size(double p_control, double p_variant, double power, double alpha, double *out)
{
	double none;
	double effect;
	double root;

	*out = 0.0;
	if (!rates_valid(p_control, p_variant, alpha) || !(power > alpha / 2 && power < 1))
		return RCV_EDOMAIN;
	deviations(p_control, p_variant, &none, &effect);
	root = (-rcv_normal_quantile(alpha / 2) * none + rcv_normal_quantile(power) * effect) /
		   (p_control - p_variant);
	*out = root * root;
	return isfinite(*out) ? RCV_OK : RCV_EOVERFLOW;
}

rcv_status
rcv_ab_power(double n, double p_control, double p_variant, double alpha, double *out)
{
	double none;
	double effect;

	*out = 0.0;
	if (!rates_valid(p_control, p_variant, alpha) || !(n >= 1 && isfinite(n)))
		return RCV_EDOMAIN;
	deviations(p_control, p_variant, &none, &effect);
	*out = rcv_normal_above(
		(-rcv_normal_quantile(alpha / 2) * none - sqrt(n) * fabs(p_control - p_variant)) / effect);
	return RCV_OK;
}

/* Power of Student's test with n rows in each arm; effect in standard deviations. */
static double
power_of(double n, double effect, double alpha)
{
	double df = 2 * (n - 1);
	double noncentrality = sqrt(n / 2) * effect;
	double needed = rcv_student_quantile_above(alpha / 2, df);

	/* past this the tail is 1 to the last digit, or the statistic is normal */
	if (noncentrality - needed > 40)
		return 1;
	return rcv_student_noncentral_above(needed, df, noncentrality);
}

rcv_status
rcv_ab_power_mean(double n, double difference, double stddev, double alpha, double *out)
{
	double effect = fabs(difference / stddev);

	*out = 0.0;
	if (!(n >= ROWS_LEAST && n <= ROWS_MOST) || !isfinite(difference) || difference == 0 ||
		!(stddev > 0 && isfinite(stddev)) || !between_0_and_1(alpha) ||
		!(effect > 0 && isfinite(effect)))
		return RCV_EDOMAIN;
	*out = power_of(n, effect, alpha);
	return isfinite(*out) ? RCV_OK : RCV_EOVERFLOW;
}

/*
 * The n between low and high at which the power is reached: false position with
 * the Illinois step, on the logarithm of n.
 */
static double
search(double low, double high, double effect, double power, double alpha)
{
	double x[2] = {log(low), log(high)};
	double f[2] = {power_of(low, effect, alpha) - power, power_of(high, effect, alpha) - power};
	int kept = -1;

	for (int i = 0; i < STEPS && x[1] - x[0] > EXACT * fabs(x[1]); i++)
	{
		double middle =
			i % 3 == 2 ? (x[0] + x[1]) / 2 : (x[0] * f[1] - x[1] * f[0]) / (f[1] - f[0]);
		double value = power_of(exp(middle), effect, alpha) - power;
		int side = value >= 0;

		if (value == 0)
			return exp(middle);
		x[side] = middle;
		f[side] = value;
		if (kept == side)
			f[!side] /= 2;
		kept = side;
	}
	return exp((x[0] + x[1]) / 2);
}

rcv_status
rcv_ab_sample_size_mean(double difference, double stddev, double power, double alpha, double *out)
{
	double effect = fabs(difference / stddev);
	double low = ROWS_LEAST;
	double high;
	rcv_status status;

	*out = 0.0;
	if (!between_0_and_1(alpha) || !(power > alpha / 2 && power < 1))
		return RCV_EDOMAIN;
	status = rcv_ab_power_mean(ROWS_LEAST, difference, stddev, alpha, out);
	if (status != RCV_OK)
		return status;
	if (*out >= power)
	{
		*out = ROWS_LEAST;
		return RCV_OK;
	}
	for (high = 4; power_of(high, effect, alpha) < power; high *= 2)
	{
		if (high > ROWS_MOST)
			return RCV_EOVERFLOW;
		low = high;
	}
	*out = search(low, high, effect, power, alpha);
	return RCV_OK;
}

static int
by_p(const void *a, const void *b)
{
	double p = ((const rcv_ab_ranked *) a)->p;
	double q = ((const rcv_ab_ranked *) b)->p;

	return (p > q) - (p < q);
}

/* From the smallest on, times the number that are left, and never less than before. */
static void
holm(const rcv_ab_ranked *ranked, size_t n, double *p)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
	{
		most = fmax(most, fmin(1, (double) (n - i) * ranked[i].p));
		p[ranked[i].place] = most;
	}
}

/* From the largest on, times n / rank, and never more than before. */
static void
benjamini_hochberg(const rcv_ab_ranked *ranked, size_t n, double *p)
{
	double least = 1;

	for (size_t i = n; i-- > 0;)
	{
		least = fmin(least, (double) n / (double) (i + 1) * ranked[i].p);
		p[ranked[i].place] = least;
	}
}

rcv_status
rcv_ab_adjust(rcv_ab_adjustment how, double *p, size_t n, rcv_ab_ranked *room)
{
	for (size_t i = 0; i < n; i++)
	{
		if (!(p[i] >= 0 && p[i] <= 1))
			return RCV_EDOMAIN;
		room[i] = (rcv_ab_ranked){p[i], i};
	}
	if (how == RCV_AB_BONFERRONI)
		for (size_t i = 0; i < n; i++)
			p[i] = fmin(1, (double) n * p[i]);
	if (how != RCV_AB_HOLM && how != RCV_AB_BH)
		return RCV_OK;
	qsort(room, n, sizeof(*room), by_p);
	if (how == RCV_AB_HOLM)
		holm(room, n, p);
	else
		benjamini_hochberg(room, n, p);
	return RCV_OK;
}
