/*
 * ab_rates.c
 *		Success rates and shares.
 */
#include "experiment/ab_rates.h"

#include "experiment/ab_hash.h"
#include "num/special.h"

static double
critical(double conf)
{
	return -rcv_normal_quantile((1 - conf) / 2);
}

static bool
between_0_and_1(double value)
{
	return value > 0 && value < 1;
}

bool
rcv_ab_count_valid(rcv_ab_count count)
{
	return count.successes >= 0 && count.successes <= count.n && count.n <= RCV_AB_ROWS_MAX;
}

rcv_ab_bounds
rcv_ab_wilson(rcv_ab_count count, double conf)
{
	double n = (double) count.n;
	double rate = (double) count.successes / n;
	double other = (double) (count.n - count.successes) / n;
	double z = critical(conf);
	double zz = z * z / n;
	double half = z * sqrt((rate * other + zz / 4) / n);
	double divisor = 1 + zz;

	if (count.n == 0)
		return (rcv_ab_bounds){NAN, NAN};
	/* at the ends exactly 0 and 1 */
	return (rcv_ab_bounds){count.successes == 0 ? 0 : (rate + zz / 2 - half) / divisor,
						   count.successes == count.n ? 1 : (rate + zz / 2 + half) / divisor};
}

rcv_status
rcv_ab_nps(int64_t promoters, int64_t detractors, int64_t n, double conf, double *score,
		   rcv_ab_bounds *bounds)
{
	double p = (double) promoters / (double) n;
	double d = (double) detractors / (double) n;
	double half;

	*score = bounds->lower = bounds->upper = NAN;
	if (promoters < 0 || detractors < 0 || n < 0 || n > RCV_AB_ROWS_MAX || promoters > n ||
		detractors > n - promoters || !between_0_and_1(conf))
		return RCV_EDOMAIN;
	if (n == 0)
		return RCV_OK;
	*score = 100 * ((double) (promoters - detractors) / (double) n);
	if (promoters == n || detractors == n || promoters + detractors == 0)
		return RCV_OK;
	half = 100 * critical(conf) * sqrt((p + d - (p - d) * (p - d)) / (double) n);
	*bounds = (rcv_ab_bounds){*score - half, *score + half};
	return RCV_OK;
}

/* Pooled z, and the chi-square with and without Yates's correction. */
static void
set_tests(rcv_ab_count control, rcv_ab_count variant, rcv_ab_prop_result *out)
{
	double n1 = (double) control.n;
	double n2 = (double) variant.n;
	double pooled = ((double) control.successes + (double) variant.successes) / (n1 + n2);
	double failed =
		((double) (control.n - control.successes) + (double) (variant.n - variant.successes)) /
		(n1 + n2);
	double inverse = 1 / n1 + 1 / n2;
	double off = fabs(out->difference) / inverse; /* of a count from its expectation */
	double std_error = sqrt(pooled * failed * inverse);
	double corrected;

	out->z = out->difference / std_error;
	out->chi2 = out->z * out->z;
	out->p_value = 2 * rcv_normal_above(fabs(out->z));
	corrected = (off - fmin(0.5, off)) * inverse / std_error;
	out->chi2_yates = corrected * corrected;
	out->p_yates = 2 * rcv_normal_above(corrected);
}

static void
set_newcombe(rcv_ab_count control, rcv_ab_count variant, double conf, rcv_ab_prop_result *out)
{
	rcv_ab_bounds c = rcv_ab_wilson(control, conf);
	rcv_ab_bounds v = rcv_ab_wilson(variant, conf);

	out->newcombe.lower =
		out->difference - hypot(out->rate_variant - v.lower, c.upper - out->rate_control);
	out->newcombe.upper =
		out->difference + hypot(v.upper - out->rate_variant, out->rate_control - c.lower);
}

/* Of the variance of a rate, over n. */
static double
rate_variance(rcv_ab_count count)
{
	double n = (double) count.n;

	return (double) count.successes / n * ((double) (count.n - count.successes) / n) / n;
}

/* With rows in both arms. */
static void
set_rates(rcv_ab_count control, rcv_ab_count variant, double conf, double tuning,
		  rcv_ab_prop_result *out)
{
	double std_error = sqrt(rate_variance(control) + rate_variance(variant));
	double half = critical(conf) * std_error;

	out->difference = out->rate_variant - out->rate_control;
	set_newcombe(control, variant, conf, out);
	if (control.successes > 0)
		out->lift = out->difference / out->rate_control;
	else
		out->reason = RCV_AB_NO_CONTROL_MEAN;
	if ((control.successes == 0 && variant.successes == 0) ||
		(control.successes == control.n && variant.successes == variant.n))
	{
		out->reason = RCV_AB_NO_RATE_SPREAD;
		return;
	}
	set_tests(control, variant, out);
	if (std_error == 0) /* 0 % against 100 %: no width to state */
	{
		out->reason = RCV_AB_NO_VARIANCE;
		return;
	}
	out->wald = (rcv_ab_bounds){out->difference - half, out->difference + half};
	out->always_valid_p =
		rcv_ab_always_valid_of(out->difference, std_error, (double) control.n + (double) variant.n,
							   conf, tuning)
			.p;
}

rcv_status
rcv_ab_prop_test(rcv_ab_count control, rcv_ab_count variant, double conf, double tuning,
				 rcv_ab_prop_result *out)
{
	*out = (rcv_ab_prop_result){.rate_control = NAN,
								.rate_variant = NAN,
								.difference = NAN,
								.z = NAN,
								.chi2 = NAN,
								.p_value = NAN,
								.chi2_yates = NAN,
								.p_yates = NAN,
								.wald = {NAN, NAN},
								.newcombe = {NAN, NAN},
								.lift = NAN,
								.always_valid_p = NAN,
								.reason = RCV_AB_FINE};
	if (!rcv_ab_count_valid(control) || !rcv_ab_count_valid(variant) || !between_0_and_1(conf) ||
		!(tuning > 0 && isfinite(tuning)))
		return RCV_EDOMAIN;
	if (control.n > 0)
		out->rate_control = (double) control.successes / (double) control.n;
	if (variant.n > 0)
		out->rate_variant = (double) variant.successes / (double) variant.n;
	if (control.n == 0 || variant.n == 0)
		out->reason = control.n == 0 ? RCV_AB_CONTROL_EMPTY : RCV_AB_VARIANT_EMPTY;
	else
		set_rates(control, variant, conf, tuning, out);
	return RCV_OK;
}

/* What the counts add up to, and the shares of the arms that have one. */
typedef struct srm_total
{
	double count;
	double share;
	int arms;
} srm_total;

static double
share_of(const double *weights, size_t arm)
{
	return weights == NULL ? 1 : weights[arm];
}

static rcv_status
add_up(const int64_t *counts, const double *weights, size_t n, srm_total *out)
{
	*out = (srm_total){0, 0, 0};
	if (weights != NULL && rcv_ab_weights_fault(weights, n) != NULL)
		return RCV_EDOMAIN;
	for (size_t i = 0; i < n; i++)
	{
		double share = share_of(weights, i);

		if (counts[i] < 0 || counts[i] > (share > 0 ? RCV_AB_ROWS_MAX : 0))
			return RCV_EDOMAIN;
		out->count += (double) counts[i];
		out->share += share;
		out->arms += share > 0;
	}
	return out->arms < 2 ? RCV_EDOMAIN : RCV_OK;
}

rcv_status
rcv_ab_srm(const int64_t *counts, const double *weights, size_t n, rcv_ab_srm_result *out)
{
	srm_total total;
	double chi2 = 0;

	*out = (rcv_ab_srm_result){NAN, NAN, NAN};
	if (add_up(counts, weights, n, &total) != RCV_OK)
		return RCV_EDOMAIN;
	if (total.count == 0)
		return RCV_OK;
	for (size_t i = 0; i < n; i++)
	{
		double expected = total.count * (share_of(weights, i) / total.share);
		double off = (double) counts[i] - expected;

		if (expected > 0)
			chi2 += off * off / expected;
	}
	out->chi2 = chi2;
	out->df = total.arms - 1;
	out->p_value = rcv_chi_square_above(chi2, out->df);
	return RCV_OK;
}
