/*
 * newton.h
 *		The maximum of a smooth function of a few variables, by Newton's method.
 *
 * With the damping of Levenberg and Marquardt, a longest step and bounds.  The
 * caller evaluates the function where it is asked to, in as many parts as it
 * likes, and tells the result:
 *
 *	rcv_newton_init(&newton, n, start, bound);
 *	do
 *		evaluate(newton.trial, &there);
 *	while (rcv_newton_tell(&newton, &there));
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

typedef struct rcv_newton
{
	int n;
	double trial[RCV_NEWTON_MAX]; /* where to evaluate next */
	double at[RCV_NEWTON_MAX];	  /* the best so far; at the end, the result */
	double bound;				  /* variables stay in -bound .. bound */
	rcv_derivatives here;
	double damping;
	int evaluations;
	bool converged;
} rcv_newton;

extern void rcv_newton_init(rcv_newton *newton, int n, const double *start, double bound);

/*
 * Takes value and derivatives at trial; false at the end, when converged says
 * how it ended: the expected gain of a further step was below 1e-13 of the
 * value.  That step is made too, and as the method is quadratic it gives the
 * last digits; value and derivatives stay those of the point before it.
 */
extern bool rcv_newton_tell(rcv_newton *newton, const rcv_derivatives *there);

/*
 * The inverse of minus the second derivatives where it ended: a covariance.
 * Only of the variables in the mask; the rest is zero.  False when the surface
 * has no maximum in them.
 */
extern bool rcv_newton_covariance(const rcv_newton *newton, unsigned mask,
								  double out[RCV_NEWTON_MAX][RCV_NEWTON_MAX]);

#endif
