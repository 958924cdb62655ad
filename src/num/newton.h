/*
 * newton.h
 *		The maximum of a smooth function of a few variables, by Newton's method.
 *
 * With the damping of Levenberg and Marquardt, a longest step and bounds.  One
 * call is one evaluation of the function, so that a caller can look for
 * interrupts.
 */
#ifndef RCV_NEWTON_H
#define RCV_NEWTON_H

#include <stdbool.h>

#define RCV_NEWTON_MAX 4 /* variables */
#define RCV_NEWTON_EVALUATIONS_MAX 200

/* A value with its derivatives; only the lower triangle of the second ones is read. */
typedef struct rcv_derivatives
{
	double value;
	double first[RCV_NEWTON_MAX];
	double second[RCV_NEWTON_MAX][RCV_NEWTON_MAX];
} rcv_derivatives;

typedef void (*rcv_objective_fn)(void *context, const double *at, rcv_derivatives *out);

typedef struct rcv_newton
{
	int n;
	double at[RCV_NEWTON_MAX];
	double bound; /* variables stay in -bound .. bound */
	rcv_derivatives here;
	double damping;
	int evaluations;
	bool converged;
} rcv_newton;

extern void rcv_newton_init(rcv_newton *newton, int n, const double *start, double bound);

/*
 * One evaluation; false at the end, when converged says how it ended: the
 * expected gain of a further step was below 1e-13 of the value.  That step is
 * made too, and as the method is quadratic it gives the last digits; value and
 * derivatives stay those of the point before it.
 */
extern bool rcv_newton_step(rcv_newton *newton, rcv_objective_fn objective, void *context);

/*
 * The inverse of minus the second derivatives where it ended: a covariance.
 * Only of the variables in the mask; the rest is zero.  False when the surface
 * has no maximum in them.
 */
extern bool rcv_newton_covariance(const rcv_newton *newton, unsigned mask,
								  double out[RCV_NEWTON_MAX][RCV_NEWTON_MAX]);

#endif
