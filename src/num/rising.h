/*
 * rising.h
 *		The rising factorial z (z+1) ... (z+n-1) = Gamma(z+n) / Gamma(z), in logs.
 */
#ifndef RCV_RISING_H
#define RCV_RISING_H

/* Its logarithm, and that one's first and second derivative in z. */
typedef struct rcv_rising
{
	double log;
	double first;  /* digamma(z+n) - digamma(z) */
	double second; /* trigamma(z+n) - trigamma(z) */
} rcv_rising;

/*
 * z > 0, n >= 0 a whole number.  Relative error about 1e-15 for any size of z,
 * where a difference of two values of ln Gamma would lose all digits of a
 * large z.
 */
extern rcv_rising rcv_rising_factorial(double z, double n);

/* The same for any d >= 0: Gamma(z + d) / Gamma(z). */
extern rcv_rising rcv_gamma_ratio(double z, double d);

/* The logarithm alone, n whole. */
extern double rcv_rising_log(double z, double n);

/* ln of B(a, b + n) / B(a, b): the chance to survive n trials of a beta(a, b) risk, n whole. */
extern double rcv_survival_log(double a, double b, double n);

#endif
