/*
 * ab_test.h
 *		Control and variant compared: difference, lift, intervals and p-values
 *		from two summaries.
 */
#ifndef RCV_AB_TEST_H
#define RCV_AB_TEST_H

#include "experiment/ab_summary.h"

typedef enum rcv_ab_method
{
	RCV_AB_WELCH,  /* means, unequal variances, Student with Welch's degrees of freedom */
	RCV_AB_POOLED, /* means, one variance: Student's test */
	RCV_AB_Z,	   /* means, normal: for large samples */
	RCV_AB_CUPED,  /* means, adjusted by a covariate from before the experiment */
	RCV_AB_ANCOVA, /* the same with the slope within the arms: that of a linear model */
	RCV_AB_RATIO,  /* sum of y over sum of x, delta method over rows */
	RCV_AB_METHODS
} rcv_ab_method;

/* Why some figures are missing. */
typedef enum rcv_ab_reason
{
	RCV_AB_FINE,
	RCV_AB_CONTROL_EMPTY,
	RCV_AB_VARIANT_EMPTY,
	RCV_AB_CONTROL_SINGLE,
	RCV_AB_VARIANT_SINGLE,
	RCV_AB_NO_COVARIATE,
	RCV_AB_COVARIATE_CONSTANT,
	RCV_AB_NO_DENOMINATOR,
	RCV_AB_NO_VARIANCE,
	RCV_AB_NO_CONTROL_MEAN,
	RCV_AB_OUT_OF_RANGE,
	RCV_AB_NO_RATE_SPREAD,
	RCV_AB_REASONS
} rcv_ab_reason;

/* The names and the reasons in words, NULL for RCV_AB_FINE; both lists end with NULL. */
extern const char *const rcv_ab_method_names[RCV_AB_METHODS + 1];
extern const char *const rcv_ab_reason_texts[RCV_AB_REASONS + 1];

/* NaN: no such figure, see the reason. */
typedef struct rcv_ab_result
{
	int64_t n_control;
	int64_t n_variant;
	double mean_control;
	double mean_variant;
	double difference;
	double std_error;
	double statistic;
	double df;
	double p_value;
	double lower;
	double upper;
	double lift;
	double lift_lower;
	double lift_upper;
	double always_valid_p;
	double always_valid_lower;
	double always_valid_upper;
	double variance_ratio; /* what the covariate leaves of the variance of y */
	rcv_ab_reason reason;
} rcv_ab_result;

/*
 * rcv_ab_test
 *		Variant less control.
 *
 *	welch	(m2 - m1) / sqrt(v1/n1 + v2/n2); df of Welch (Biometrika 34, 1947)
 *	cuped	y - theta (x - mean of x), theta = sum of products / sum of squares of
 *			x, over all rows of both arms (Deng, Xu, Kohavi, Walker, WSDM 2013),
 *			then as welch
 *	ancova	the same with theta from deviations within each arm, so that the
 *			difference is the coefficient of the arm in the linear model y ~ arm + x
 *	ratio	R = sum y / sum x of an arm, variance of R = var(y - R x) / (n mean_x^2),
 *			which is the cluster-robust one of the mean over the things that x
 *			counts, with the factor n / (n - 1); then as welch
 *
 * The interval of the lift is that of the delta method: variance of m2/m1 =
 * v2 / m1^2 + v1 m2^2 / m1^4.
 *
 * Domain: 0 < conf < 1, tuning > 0; otherwise RCV_EDOMAIN.
 */
extern rcv_status rcv_ab_test(const rcv_ab_summary *control, const rcv_ab_summary *variant,
							  rcv_ab_method method, double conf, double tuning, rcv_ab_result *out);

/* An estimate watched while rows come in. */
typedef struct rcv_ab_always_valid
{
	double p;
	double half; /* of the interval around the estimate */
} rcv_ab_always_valid;

/*
 * rcv_ab_always_valid_of
 *		Asymptotic confidence sequence of an estimate from n rows in all.
 *
 *	rho^2 = (-2 ln a + ln(-2 ln a + 1)) / tuning, a = 1 - conf
 *	half  = s sqrt(2 (n rho^2 + 1) / (n^2 rho^2) ln(sqrt(n rho^2 + 1) / a))
 *	p	  = min(1, sqrt(n rho^2 + 1) exp(-n rho^2 / (n rho^2 + 1) z^2 / 2))
 *
 * with s = std_error sqrt(n) and z = estimate / std_error.  Source: Waudby-Smith,
 * Arbour, Sinha, Kennedy, Ramdas, Time-uniform central limit theory and asymptotic
 * confidence sequences, Annals of Statistics 52 (2024).  tuning is the n at which
 * the interval is about the tightest for it.
 */
extern rcv_ab_always_valid rcv_ab_always_valid_of(double estimate, double std_error, double n,
												  double conf, double tuning);

#endif
