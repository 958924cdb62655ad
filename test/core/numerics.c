/*
 * numerics.c
 *		What fits and scores are made of: rising factorials, expected values,
 *		sorting by keys, Newton's method, special functions, Gauss's rule.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/exact.h"
#include "num/expect.h"
#include "num/gauss.h"
#include "num/newton.h"
#include "num/radix.h"
#include "num/rising.h"
#include "num/special.h"

static double
uniform(uint64_t *seed)
{
	return (double) (check_random(seed) >> 11) * 0x1p-53;
}

/* Of any size between two powers of ten. */
static double
sized(uint64_t *seed, double from, double to)
{
	return pow(10, from + (to - from) * uniform(seed));
}

static bool
near(double value, double expected, double tolerance)
{
	return fabs(value - expected) <= tolerance * fabs(expected);
}

/* Rising factorials --------------------------------------------------------- */

/* ln Gamma(z+n) - ln Gamma(z) and its derivatives, by mpmath 1.3 with 40 digits. */
static void
test_rising_known(void)
{
	static const double known[][5] = {
		{1e10, 1e6, 23025900.928223876002, 0.000099995000338307835383, -9.9990001009898510199e-15},
		{0.5, 1e3, 5908.1018109057527886, 8.8712653466702199065, -4.9338022006280126136},
		{1e-12, 30, 43.626017851243422456, 1000000000003.9616538, -1.0e+24},
		{30, 1e5, 1051561.8440482111468, 8.1287822887849233184, -0.033885063306870034121},
		{1e15, 1e9, 34538776894.910518094, 9.9999950000033383308e-7, -9.99999000001000999e-22},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		rcv_rising r = rcv_rising_factorial(known[i][0], known[i][1]);

		CHECK(near(r.log, known[i][2], 4e-15) && near(r.first, known[i][3], 4e-15) &&
				  near(r.second, known[i][4], 4e-15),
			  "rising factorial: known value");
	}
	for (double z = 1e-9; z < 1e12; z *= 7)
	{
		rcv_rising r = rcv_rising_factorial(z, 0);

		if (!CHECK(r.log == 0 && r.first == 0 && r.second == 0, "no factor: 1"))
			break;
	}
}

/* The sum of the logarithms of its factors. */
static void
test_rising_sums(void)
{
	uint64_t seed = 1;
	double worst = 0;

	for (int run = 0; run < 2000; run++)
	{
		double z = sized(&seed, -6, 12);
		double n = floor(sized(&seed, 0, 3));
		rcv_rising r = rcv_rising_factorial(z, n);
		long double log_sum = 0;
		long double first = 0;
		long double second = 0;
		double size = 0;

		for (double i = 0; i < n; i++)
		{
			log_sum += logl((long double) z + i);
			size += fabs(log(z + i));
			first += 1 / ((long double) z + i);
			second -= 1 / (((long double) z + i) * ((long double) z + i));
		}
		worst = fmax(worst, fabs(r.log - (double) log_sum) / size);
		worst = fmax(worst, fabs(r.first / (double) first - 1));
		worst = fmax(worst, fabs(r.second / (double) second - 1));
		worst = fmax(worst, fabs(r.log - rcv_rising_log(z, n)) / size);
	}
	CHECK(worst < 3e-15, "random rising factorials are the sums over their factors");
}

/* Expected values ------------------------------------------------------------- */

static double
laplace(const void *context, double x, double y)
{
	(void) y;
	return exp(-*(const double *) context * x);
}

static double
the_x(const void *context, double x, double y)
{
	(void) context;
	(void) y;
	return x;
}

static double
the_y(const void *context, double x, double y)
{
	(void) context;
	(void) x;
	return y;
}

static double
the_product(const void *context, double x, double y)
{
	(void) context;
	return x * y;
}

static void
test_expect(void)
{
	uint64_t seed = 2;
	double gamma = 0;
	double beta = 0;

	for (int run = 0; run < 500; run++)
	{
		double a = sized(&seed, -3, 5);
		double b = sized(&seed, -3, 5);
		double s = b * sized(&seed, -3, 1) / fmax(a, 1);

		gamma = fmax(gamma, fabs(rcv_expect_gamma(a, b, laplace, &s) / exp(-a * log1p(s / b)) - 1));
		gamma = fmax(gamma, fabs(rcv_expect_gamma(a, b, the_x, NULL) / (a / b) - 1));
		beta = fmax(beta, fabs(rcv_expect_beta(a, b, the_x, NULL) / (a / (a + b)) - 1));
		beta = fmax(beta, fabs(rcv_expect_beta(a, b, the_y, NULL) / (b / (a + b)) - 1));
		beta = fmax(
			beta,
			fabs(rcv_expect_beta(a, b, the_product, NULL) / (a / (a + b) * b / (a + b + 1)) - 1));
	}
	CHECK(gamma < 1e-12, "gamma: mean and Laplace transform");
	CHECK(beta < 1e-12, "beta: mean and variance");
}

/* Sorting ----------------------------------------------------------------------- */

static int
compare_keyed(const void *a, const void *b)
{
	const rcv_keyed *x = a;
	const rcv_keyed *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

/* Values count upwards, so that the order of equal keys shows. */
static void
test_radix(void)
{
	enum
	{
		MOST = 3000
	};
	static rcv_keyed items[MOST];
	static rcv_keyed spare[MOST];
	static rcv_keyed sorted[MOST];
	uint64_t seed = 3;
	bool right = true;

	for (int run = 0; run < 400 && right; run++)
	{
		size_t n = check_random(&seed) % (run % 4 == 0 ? MOST : 40);
		int shift = (int) (check_random(&seed) % 64);
		uint64_t mask = check_random(&seed) >> shift;

		for (size_t i = 0; i < n; i++)
			items[i] = (rcv_keyed){check_random(&seed) & mask, i};
		if (run % 5 == 0)
			qsort(items, n, sizeof(*items), compare_keyed);
		memcpy(sorted, items, sizeof(items));
		qsort(sorted, n, sizeof(*sorted), compare_keyed);
		right = memcmp(rcv_radix_sort(items, spare, n), sorted, n * sizeof(*sorted)) == 0;
	}
	CHECK(right, "keys of any spread as qsort sorts them, equal ones in their order");
}

/* Newton -------------------------------------------------------------------------- */

/* -(x-1)^2 - 2 (y+2)^2 - (x-1)(y+2): covariance is the inverse of (2 1; 1 4). */
static void
quadratic(const double *at, rcv_derivatives *out)
{
	double x = at[0] - 1;
	double y = at[1] + 2;

	memset(out, 0, sizeof(*out));
	out->value = -x * x - 2 * y * y - x * y;
	out->first[0] = -2 * x - y;
	out->first[1] = -4 * y - x;
	out->second[0][0] = -2;
	out->second[1][0] = -1;
	out->second[1][1] = -4;
}

/* Rosenbrock's valley, upside down: not concave on the way. */
static void
valley(const double *at, rcv_derivatives *out)
{
	double x = at[0];
	double y = at[1];

	memset(out, 0, sizeof(*out));
	out->value = -(1 - x) * (1 - x) - 100 * (y - x * x) * (y - x * x);
	out->first[0] = 2 * (1 - x) + 400 * x * (y - x * x);
	out->first[1] = -200 * (y - x * x);
	out->second[0][0] = -2 + 400 * (y - 3 * x * x);
	out->second[1][0] = 400 * x;
	out->second[1][1] = -200;
}

/* Rises without end in the first variable. */
static void
endless(const double *at, rcv_derivatives *out)
{
	memset(out, 0, sizeof(*out));
	out->value = -exp(-at[0]) - at[1] * at[1];
	out->first[0] = exp(-at[0]);
	out->first[1] = -2 * at[1];
	out->second[0][0] = -exp(-at[0]);
	out->second[1][1] = -2;
}

static void
not_a_number(const double *at, rcv_derivatives *out)
{
	(void) at;
	memset(out, 0, sizeof(*out));
	out->value = NAN;
}

static rcv_newton
climb(void (*surface)(const double *at, rcv_derivatives *out), double x, double y)
{
	rcv_newton newton;
	rcv_derivatives there;
	double start[2] = {x, y};

	rcv_newton_init(&newton, 2, start, 18);
	do
		surface(newton.trial, &there);
	while (rcv_newton_tell(&newton, &there));
	return newton;
}

/* Terms of all sizes and signs, forwards, backwards, in two parts, and repeated. */
static void
test_exact(void)
{
	rcv_exact forwards = {0, 0};
	rcv_exact backwards = {0, 0};
	rcv_exact parts[2] = {{0, 0}, {0, 0}};
	rcv_exact thrice = {0, 0};
	rcv_exact repeated = {0, 0};
	double terms[1000];
	double sum = 0;
	uint64_t seed = 40;

	for (int i = 0; i < 1000; i++)
	{
		terms[i] = ldexp((double) (check_random(&seed) % 2000001) - 1000000, i % 60 - 30);
		sum += terms[i];
	}
	for (int i = 0; i < 1000; i++)
	{
		rcv_exact_add(&forwards, terms[i], 1);
		rcv_exact_add(&backwards, terms[999 - i], 1);
		rcv_exact_add(&parts[i % 2], terms[i], 1);
		rcv_exact_add(&thrice, terms[i], 3);
		for (int n = 0; n < 3; n++)
			rcv_exact_add(&repeated, terms[i], 1);
	}
	rcv_exact_merge(&parts[0], &parts[1]);
	CHECK(forwards.low == backwards.low && forwards.high == backwards.high, "exact: any order");
	CHECK(forwards.low == parts[0].low && forwards.high == parts[0].high, "exact: in two parts");
	CHECK(thrice.low == repeated.low && thrice.high == repeated.high, "exact: n times");
	CHECK(fabs(rcv_exact_value(&forwards) - sum) <= 1e-12 * fabs(sum) + 1000 * RCV_EXACT_UNIT,
		  "exact: the sum");
	rcv_exact_add(&forwards, -rcv_exact_value(&forwards), 1);
	CHECK(fabs(rcv_exact_value(&forwards)) <= 1e-12 * fabs(sum), "exact: back to nothing");
}

static void
test_newton(void)
{
	double covariance[RCV_NEWTON_MAX][RCV_NEWTON_MAX];
	rcv_newton newton = climb(quadratic, 0, 0);

	CHECK(newton.converged && newton.evaluations <= 5 && near(newton.at[0], 1, 1e-15) &&
			  near(newton.at[1], -2, 1e-15),
		  "a parabola is climbed at once");
	CHECK(rcv_newton_covariance(&newton, 3, covariance) && near(covariance[0][0], 4.0 / 7, 1e-15) &&
			  near(covariance[1][0], -1.0 / 7, 1e-15) && near(covariance[1][1], 2.0 / 7, 1e-15),
		  "its covariance");
	CHECK(rcv_newton_covariance(&newton, 2, covariance) && covariance[0][0] == 0 &&
			  covariance[0][1] == 0 && near(covariance[1][1], 0.25, 1e-15),
		  "of one variable alone");
	newton = climb(quadratic, -17, 17);
	CHECK(newton.converged && near(newton.at[0], 1, 1e-14) && near(newton.at[1], -2, 1e-14),
		  "from afar, in steps of limited length");
	newton = climb(valley, -1.2, 1);
	CHECK(newton.converged && near(newton.at[0], 1, 1e-7) && near(newton.at[1], 1, 1e-7),
		  "Rosenbrock's valley");
	newton = climb(endless, 0, 3);
	CHECK(newton.at[0] > 10 && newton.at[0] <= 18 && fabs(newton.at[1]) < 1e-6 &&
			  newton.evaluations <= RCV_NEWTON_EVALUATIONS_MAX,
		  "without a maximum it ends, within the bound");
	newton = climb(not_a_number, 0, 0);
	CHECK(!newton.converged && newton.evaluations == 1, "no value at the start");
}

/* Special functions, Gauss ------------------------------------------------------- */

static void
test_special(void)
{
	CHECK(near(rcv_log_gamma(0.5), 0.57236494292470008707, 4e-16) && rcv_log_gamma(1) == 0 &&
			  near(rcv_log_gamma(1e10), 220258509288.81058147, 4e-16),
		  "ln Gamma");
	CHECK(near(rcv_digamma(1), -0.57721566490153286061, 4e-16) &&
			  near(rcv_digamma(0.5), -1.9635100260214234794, 4e-16),
		  "digamma");
	CHECK(near(rcv_trigamma(1), 1.6449340668482264365, 4e-16) &&
			  near(rcv_trigamma(0.5), 4.9348022005446793094, 4e-16),
		  "trigamma");
	CHECK(near(rcv_beta_below(2, 3, 0.5), 0.6875, 4e-16) && rcv_beta_below(2, 3, 0) == 0 &&
			  rcv_beta_below(2, 3, 1) == 1,
		  "incomplete beta");
	CHECK(near(rcv_normal_quantile(0.975), 1.9599639845400542355, 4e-16) &&
			  fabs(rcv_normal_quantile(0.5)) < 1e-16 &&
			  near(rcv_normal_quantile(1e-10), -6.3613409024040562047, 1e-15),
		  "normal quantile");
	CHECK(isnan(rcv_beta_below(-1, 1, 0.5)) && isnan(rcv_beta_below(1, 1, 2)) &&
			  !isfinite(rcv_log_gamma(0)) && !isfinite(rcv_digamma(0)) &&
			  !isfinite(rcv_normal_quantile(1)) && !isfinite(rcv_normal_quantile(2)),
		  "outside the domain: no number, and no end of the process");
}

static void
test_gauss(void)
{
	bool right = true;

	for (int degree = 0; degree <= 31; degree++)
	{
		double sum = 0;

		for (int i = 0; i < RCV_GAUSS_NODES; i++)
			sum += rcv_gauss_weight[i] * pow(rcv_gauss_node[i], degree);
		right = right && near(sum, 1.0 / (degree + 1), 1e-14);
	}
	CHECK(right, "Gauss's rule is exact up to degree 31");
}

int
main(void)
{
	test_rising_known();
	test_rising_sums();
	test_expect();
	test_radix();
	test_exact();
	test_newton();
	test_special();
	test_gauss();
	return check_done();
}
