/*
 * special.h
 *		Special functions: Boost.Math behind C declarations.
 *
 * Arguments outside the domain, and results that a double cannot hold, give
 * NaN or an infinity, never an exception.  Relative errors are a few times
 * 1e-16 away from zeros.
 */
#ifndef RCV_SPECIAL_H
#define RCV_SPECIAL_H

#ifdef __cplusplus
extern "C"
{
#endif

	/* ln Gamma(z), z > 0 */
	extern double rcv_log_gamma(double z);

	/* Its first and second derivative, z > 0. */
	extern double rcv_digamma(double z);
	extern double rcv_trigamma(double z);

	/* Regularised incomplete beta function I_x(a, b): a, b > 0, x in 0 .. 1. */
	extern double rcv_beta_below(double a, double b, double x);

	/* 1 - I_x(a, b), which is I_(1-x)(b, a), for an x that is near 0. */
	extern double rcv_beta_above(double a, double b, double x);

	/* The x below which a beta(a, b) variable lies with probability p, 0 < p < 1. */
	extern double rcv_beta_quantile(double a, double b, double p);

	/* The z below which a standard normal variable lies with probability p, 0 < p < 1. */
	extern double rcv_normal_quantile(double p);

	/* Upper tails: the chance of more than z, t or x.  df > 0, maybe a fraction. */
	extern double rcv_normal_above(double z);
	extern double rcv_student_above(double t, double df);
	extern double rcv_chi_square_above(double x, double df);

	/* The t above which Student's variable lies with probability p, 0 < p < 1. */
	extern double rcv_student_quantile_above(double p, double df);

	/* The chance of more than t of a non-central Student variable. */
	extern double rcv_student_noncentral_above(double t, double df, double noncentrality);

#ifdef __cplusplus
}
#endif

#endif
