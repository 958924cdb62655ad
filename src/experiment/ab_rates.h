/*
 * ab_rates.h
 *		Counts: success rates compared, shares checked, sample sizes, and p-values
 *		of several tests at once.
 */
#ifndef RCV_AB_RATES_H
#define RCV_AB_RATES_H

#include <stddef.h>

#include "experiment/ab_test.h"

/* Successes among n: 0 <= successes <= n <= 2^53. */
typedef struct rcv_ab_count
{
	int64_t successes;
	int64_t n;
} rcv_ab_count;

typedef struct rcv_ab_bounds
{
	double lower;
	double upper;
} rcv_ab_bounds;

extern bool rcv_ab_count_valid(rcv_ab_count count);

/*
 * rcv_ab_wilson
 *		Interval of a rate by the score test (Wilson, JASA 22, 1927), as R's
 *		prop.test without correction; NaN when n is 0.
 */
extern rcv_ab_bounds rcv_ab_wilson(rcv_ab_count count, double conf);

/*
 * rcv_ab_nps
 *		Net promoter score 100 (promoters - detractors) / n, and its normal interval.
 *
 *	standard error = 100 sqrt(((p + d) - (p - d)^2) / n), p and d as shares
 *
 * NaN when n is 0; bounds NaN when all answers are of one kind.  RCV_EDOMAIN
 * when a count is negative or both together are more than n.
 */
extern rcv_status rcv_ab_nps(int64_t promoters, int64_t detractors, int64_t n, double conf,
							 double *score, rcv_ab_bounds *bounds);

typedef struct rcv_ab_prop_result
{
	double rate_control;
	double rate_variant;
	double difference;
	double z; /* pooled */
	double chi2;
	double p_value;
	double chi2_yates;
	double p_yates;
	rcv_ab_bounds wald;		/* unpooled */
	rcv_ab_bounds newcombe; /* method 10 of Newcombe, Statistics in Medicine 17 (1998) */
	double lift;
	double always_valid_p;
	rcv_ab_reason reason;
} rcv_ab_prop_result;

/* Two rates.  RCV_EDOMAIN for impossible counts, conf or tuning. */
extern rcv_status rcv_ab_prop_test(rcv_ab_count control, rcv_ab_count variant, double conf,
								   double tuning, rcv_ab_prop_result *out);

typedef struct rcv_ab_srm_result
{
	double chi2;
	double df;
	double p_value;
} rcv_ab_srm_result;

/*
 * rcv_ab_srm
 *		Sample ratio mismatch: do the numbers in the arms fit the shares?
 *		Pearson's chi-square against n x weight; NULL weights: equal ones.
 *
 * Weights are those of rcv_ab_arm, which need not be exactly 1 together: a share is
 * the weight over their sum.  An arm of weight 0 is left out.
 *
 * RCV_EDOMAIN for weights that rcv_ab_weights_fault refuses, unless 2 arms or more
 * have a weight, for a negative count, and for a count in an arm of weight 0.  NaN
 * when all counts are 0.
 */
extern rcv_status rcv_ab_srm(const int64_t *counts, const double *weights, size_t n,
							 rcv_ab_srm_result *out);

/*
 * rcv_ab_sample_size
 *		Rows in each arm to find p_variant instead of p_control with this power by
 *		a two-sided test at alpha; as R's power.prop.test.
 *
 *	n = ((z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2)) / (p1 - p2))^2,  p = (p1 + p2) / 2
 *
 * RCV_EDOMAIN unless both rates lie between 0 and 1 and differ, and alpha / 2 <
 * power < 1.  rcv_ab_power is the same the other way round, for n >= 1.
 */
extern rcv_status rcv_ab_sample_size(double p_control, double p_variant, double power, double alpha,
									 double *out);
extern rcv_status rcv_ab_power(double n, double p_control, double p_variant, double alpha,
							   double *out);

/*
 * rcv_ab_sample_size_mean
 *		The same for a difference of means, by the non-central t distribution; as
 *		R's power.t.test of two samples.  At least 2.
 *
 * RCV_EDOMAIN unless difference is finite and not 0, stddev positive and finite;
 * RCV_EOVERFLOW when more than 1e15 rows were needed.
 */
extern rcv_status rcv_ab_sample_size_mean(double difference, double stddev, double power,
										  double alpha, double *out);
extern rcv_status rcv_ab_power_mean(double n, double difference, double stddev, double alpha,
									double *out);

typedef enum rcv_ab_adjustment
{
	RCV_AB_HOLM,	   /* Holm, Scandinavian Journal of Statistics 6 (1979) */
	RCV_AB_BH,		   /* Benjamini, Hochberg, JRSS B 57 (1995): false discovery rate */
	RCV_AB_BONFERRONI, /* p x number of tests */
	RCV_AB_NONE,
	RCV_AB_ADJUSTMENTS
} rcv_ab_adjustment;

extern const char *const rcv_ab_adjustment_names[RCV_AB_ADJUSTMENTS + 1];

/* A p-value and its place in the array it comes from. */
typedef struct rcv_ab_ranked
{
	double p;
	size_t place;
} rcv_ab_ranked;

/*
 * rcv_ab_adjust
 *		p-values of n tests corrected for their number, in place, as R's p.adjust.
 *
 * RCV_EDOMAIN when one lies outside 0 .. 1.  room: n entries to work in.
 */
extern rcv_status rcv_ab_adjust(rcv_ab_adjustment how, double *p, size_t n, rcv_ab_ranked *room);

#endif
