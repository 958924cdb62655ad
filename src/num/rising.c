/*
 * rising.c
 *		Few factors are multiplied; of many, the first ones are, and for the rest
 *		Stirling's series (Abramowitz and Stegun 6.1.41, 6.3.18, 6.4.12) of both
 *		ends are subtracted term by term, so that the large parts cancel by hand.
 */
#include "num/rising.h"

#include <math.h>

#define FEW 24.0	  /* factors that are always multiplied */
#define STIRLING 24.0 /* from here on the series' terms below give all digits */

/* The corrections of Stirling's series for ln Gamma at w, and of its derivatives. */
static double
log_tail(double w)
{
	double v = 1 / (w * w);

	return (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v / 1188)))) / w;
}

static double
first_tail(double w)
{
	double v = 1 / (w * w);

	return -0.5 / w -
		   v * (1.0 / 12 - v * (1.0 / 120 - v * (1.0 / 252 - v * (1.0 / 240 - v / 132))));
}

static double
second_tail(double w)
{
	double v = 1 / (w * w);

	return 0.5 * v +
		   v / w * (1.0 / 6 - v * (1.0 / 30 - v * (1.0 / 42 - v * (1.0 / 30 - v * 5 / 66))));
}

static double
stirling_log(double z, double n)
{
	return (z - 0.5) * log1p(n / z) + n * (log(z + n) - 1) + (log_tail(z + n) - log_tail(z));
}

/* Factors to multiply before Stirling's series may begin. */
static double
first_factors(double z, double n)
{
	if (n <= FEW)
		return n;
	return z >= STIRLING ? 0 : ceil(STIRLING - z);
}

/* Adds what Stirling's series gives from z >= STIRLING on. */
static void
add_stirling(double z, double n, rcv_rising *out)
{
	out->log += stirling_log(z, n);
	out->first += log1p(n / z) + (first_tail(z + n) - first_tail(z));
	out->second += -n / (z * (z + n)) + (second_tail(z + n) - second_tail(z));
}

/* Adds the logarithm of one factor, with derivatives, or takes it away. */
static void
add_factor(double z, int sign, rcv_rising *out)
{
	out->log += sign * log(z);
	out->first += sign / z;
	out->second -= sign / (z * z);
}

rcv_rising
rcv_gamma_ratio(double z, double d)
{
	rcv_rising out = {0, 0, 0};

	for (; z < STIRLING; z++)
	{
		add_factor(z, 1, &out);
		add_factor(z + d, -1, &out);
	}
	add_stirling(z, d, &out);
	return out;
}

rcv_rising
rcv_rising_factorial(double z, double n)
{
	rcv_rising out = {0, 0, 0};
	double few = first_factors(z, n);

	out.log = rcv_rising_log(z, n);
	for (double i = 0; i < few; i++)
	{
		double inverse = 1 / (z + i);

		out.first += inverse;
		out.second -= inverse * inverse;
	}
	if (few < n)
	{
		double log = out.log;

		add_stirling(z + few, n - few, &out);
		out.log = log; /* already complete */
	}
	return out;
}

double
rcv_rising_log(double z, double n)
{
	double few = first_factors(z, n);
	double product = 1;
	double sum = 0;

	for (double i = 0; i < few; i++)
	{
		product *= z + i;
		if (product > 1e200 || product < 1e-200)
		{
			sum += log(product);
			product = 1;
		}
	}
	sum += log(product);
	return few < n ? sum + stirling_log(z + few, n - few) : sum;
}

double
rcv_survival_log(double a, double b, double n)
{
	/* of the same ratio of four gamma functions, the two differences that are smaller */
	if (n > a)
		return rcv_gamma_ratio(b, a).log - rcv_gamma_ratio(b + n, a).log;
	return rcv_rising_log(b, n) - rcv_rising_log(a + b, n);
}
