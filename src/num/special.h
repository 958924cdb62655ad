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

	/* The z below which a standard normal variable lies with probability p, 0 < p < 1. */
	extern double rcv_normal_quantile(double p);

#ifdef __cplusplus
}
#endif

#endif
