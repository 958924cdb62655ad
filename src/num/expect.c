/*
 * expect.c
 *		The trapezoidal sum is taken from the mode outwards.  A side ends where
 *		its weight has vanished, or where function and weight have reached their
 *		limits: what remains is then a geometric series.
 */
#include "num/expect.h"

#include <math.h>
#include <stdbool.h>

/*
 * The error for a gamma distribution of this shape is |Gamma(shape + 2 pi i / step)| /
 * Gamma(shape): with these steps below 1e-14 at any shape.
 */
#define STEP_MAX 0.2
#define STEP_WIDTHS 0.5 /* of a standard deviation */
#define VANISHED (-46.0)
#define LIMIT 64.0 /* logs this far from the centre are at their limits: exp(-64) = 2e-28 */

typedef struct density
{
	double a;
	double b; /* 0: a gamma distribution, of rate 1 */
	double scale;
} density;

/* Logarithm of the density at v, the log or logit of the variable. */
static double
log_weight(const density *d, double v)
{
	if (d->b == 0)
		return d->a * v - exp(v);
	return v < 0 ? d->a * v - (d->a + d->b) * log1p(exp(v))
				 : -d->b * v - (d->a + d->b) * log1p(exp(-v));
}

static double
value_at(const density *d, double v, rcv_expect_fn f, const void *context)
{
	if (d->b == 0)
		return f(context, exp(v) * d->scale, 0);
	if (v < 0)
		return f(context, exp(v) / (1 + exp(v)), 1 / (1 + exp(v)));
	return f(context, 1 / (1 + exp(-v)), exp(-v) / (1 + exp(-v)));
}

static double
mean_of(const density *d, double centre, double width, rcv_expect_fn f, const void *context)
{
	double step = fmin(STEP_MAX, STEP_WIDTHS * width);
	double top = log_weight(d, centre);
	double mass = 1;
	double sum = value_at(d, centre, f, context);

	for (int side = -1; side <= 1; side += 2)
	{
		/* how fast the weight falls in the end, on a logarithmic scale */
		double fall = side < 0 ? d->a : d->b;
		double limit = side > 0 && d->b == 0 ? INFINITY : fmax(LIMIT, fabs(centre) + LIMIT / 2);

		for (double n = 1;; n++)
		{
			double v = centre + side * n * step;
			double log_w = log_weight(d, v) - top;
			double w = exp(log_w);
			double value;

			if (log_w < VANISHED)
				break;
			value = value_at(d, v, f, context);
			if (side * v > limit)
				w /= -expm1(-fall * step);
			mass += w;
			sum += w * value;
			if (side * v > limit)
				break;
		}
	}
	return sum / mass;
}

double
rcv_expect_gamma(double shape, double rate, rcv_expect_fn f, const void *context)
{
	density d = {shape, 0, 1 / rate};

	return mean_of(&d, log(shape), 1 / sqrt(shape), f, context);
}

double
rcv_expect_beta(double a, double b, rcv_expect_fn f, const void *context)
{
	density d = {a, b, 1};

	return mean_of(&d, log(a / b), sqrt(1 / a + 1 / b), f, context);
}
