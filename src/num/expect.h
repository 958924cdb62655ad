/*
 * expect.h
 *		Expected values under gamma and beta distributions, by the trapezoidal
 *		rule on the logarithm or logit of the variable.
 *
 * There both densities are analytic in a strip around the real line, and the
 * trapezoidal rule errs by exp(-c / step) only (Trefethen and Weideman, The
 * Exponentially Convergent Trapezoidal Rule, SIAM Review 56, 2014).  Weights
 * are divided by their own sum, so that no gamma function is needed.
 */
#ifndef RCV_EXPECT_H
#define RCV_EXPECT_H

/*
 * What to average.  x is the variable; y its complement 1 - x under a beta
 * distribution, exact where x is near 1.  It must vary no faster than a power
 * of the variable, and tend to a limit at both ends.
 */
typedef double (*rcv_expect_fn)(const void *context, double x, double y);

/* Mean of f over gamma(shape, rate). */
extern double rcv_expect_gamma(double shape, double rate, rcv_expect_fn f, const void *context);

/* Mean of f over beta(a, b). */
extern double rcv_expect_beta(double a, double b, rcv_expect_fn f, const void *context);

#endif
