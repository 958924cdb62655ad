/*
 * num.c
 *		Quantiles by selection against quantiles by sorting.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/quantile.h"

#define MOST 2000

typedef enum shape
{
	RANDOM,
	TIES, /* few different values */
	CENTS,
	EQUAL,
	SORTED,
	REVERSED,
	ORGAN_PIPE,
	SAW,
	SHAPES
} shape;

static const char *const shape_names[SHAPES] = {"random", "heavy ties", "cents",	  "all equal",
												"sorted", "reversed",	"organ pipe", "saw"};

static double
shaped(shape s, size_t i, size_t n, uint64_t *seed)
{
	uint64_t random = check_random(seed) >> 16;

	switch (s)
	{
		case RANDOM:
			return (double) random * 1e-3 - 1e11;
		case TIES:
			return (double) (random % 4);
		case CENTS:
			return (double) ((int64_t) (random % 2000001) - 1000000) / 100.0;
		case EQUAL:
			return 254.8;
		case SORTED:
			return (double) i;
		case REVERSED:
			return (double) (n - i);
		case ORGAN_PIPE:
			return (double) (i < n / 2 ? i : n - i);
		default:
			return (double) (i % 9);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Type 7 with an exact position; the weights in more digits than a double has. */
static double
naive_cont(const double *sorted, size_t n, int i, int parts)
{
	size_t low = (n - 1) * (size_t) i / (size_t) parts;
	long double rest = (long double) ((n - 1) * (size_t) i % (size_t) parts) / parts;

	if (rest == 0)
		return sorted[low];
	return (double) (sorted[low] * (1 - rest) + sorted[low + 1] * rest);
}

/* Type 1, by its definition: the smallest value with a share of i/parts at or below it. */
static double
naive_disc(const double *sorted, size_t n, int i, int parts)
{
	size_t k = 0;

	while ((k + 1) * (size_t) parts < (size_t) i * n)
		k++;
	return sorted[k];
}

/* A rounding or two of the neighbours, which may cancel out. */
static bool
near(double a, double b, double size)
{
	return fabs(a - b) <= 4 * DBL_EPSILON * size;
}

/* One sample: both rules, and nothing lost or invented by the reordering. */
static bool
agrees(const double *sample, size_t n, int parts)
{
	double *sorted = malloc(n * sizeof(double));
	double *work = malloc(n * sizeof(double));
	double cont[RCV_QUANTILE_PARTS_MAX];
	double disc[RCV_QUANTILE_PARTS_MAX];
	double size;
	bool right;

	memcpy(sorted, sample, n * sizeof(double));
	memcpy(work, sample, n * sizeof(double));
	qsort(sorted, n, sizeof(double), compare);
	size = fmax(fabs(sorted[0]), fabs(sorted[n - 1]));
	right = rcv_quantiles(work, n, parts, RCV_QUANTILE_CONT, cont) == RCV_OK &&
			rcv_quantiles(work, n, parts, RCV_QUANTILE_DISC, disc) == RCV_OK;
	for (int i = 1; i < parts && right; i++)
		right = near(cont[i - 1], naive_cont(sorted, n, i, parts), size) &&
				disc[i - 1] == naive_disc(sorted, n, i, parts) &&
				(i == 1 || (cont[i - 2] <= cont[i - 1] && disc[i - 2] <= disc[i - 1]));
	qsort(work, n, sizeof(double), compare);
	right = right && memcmp(work, sorted, n * sizeof(double)) == 0;
	free(work);
	free(sorted);
	return right;
}

static void
test_against_sorting(void)
{
	static const int parts[] = {2, 3, 4, 5, 7, 10, 31, 99, 100};
	double sample[MOST];
	uint64_t seed = 20250131;

	for (int s = 0; s < SHAPES; s++)
	{
		bool right = true;

		for (size_t n = 1; n <= MOST && right; n += n < 130 ? 1 : 1 + n / 4)
			for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]) && right; p++)
			{
				for (size_t i = 0; i < n; i++)
					sample[i] = shaped((shape) s, i, n, &seed);
				right = agrees(sample, n, parts[p]);
			}
		CHECK(right, shape_names[s]);
	}
}

/* Samples of all sizes and parts, of a few values each. */
static void
test_random_sizes(void)
{
	double sample[MOST];
	uint64_t seed = 42;
	bool right = true;

	for (int run = 0; run < 4000 && right; run++)
	{
		size_t n = 1 + check_random(&seed) % (run % 2 == 0 ? 60 : MOST);
		int parts = 2 + (int) (check_random(&seed) % 99);
		uint64_t values = 1 + check_random(&seed) % (2 * n);

		for (size_t i = 0; i < n; i++)
			sample[i] = (double) (check_random(&seed) % values) / 100.0;
		right = agrees(sample, n, parts);
	}
	CHECK(right, "random sizes, parts and numbers of values");
}

static void
swap(size_t *a, size_t *b)
{
	size_t t = *a;

	*a = *b;
	*b = t;
}

/*
 * A sample with a bad pivot at every step: the nine values looked at are always
 * the smallest left.  Made by the steps that selection of the greatest takes:
 * the five smallest go, and the rest is left in this order.
 */
static void
make_worst(double *values, size_t n)
{
	size_t *at = malloc(n * sizeof(*at)); /* where the values now stand were at first */
	size_t begin = 0;

	for (size_t i = 0; i < n; i++)
	{
		at[i] = i;
		values[i] = (double) (n + i);
	}
	for (; n - begin > 24; begin += 5)
	{
		size_t step = (n - begin) / 9;
		size_t low = begin;
		size_t high = n;
		size_t seen[9];

		for (size_t k = 0; k < 9; k++)
		{
			seen[k] = at[begin + k * step];
			values[seen[k]] = (double) (begin + k);
		}
		for (size_t i = begin; i < high;)
		{
			if (values[at[i]] < (double) (begin + 4))
				swap(&at[low++], &at[i++]);
			else if (values[at[i]] > (double) (begin + 4))
				swap(&at[i], &at[--high]);
			else
				i++;
		}
		for (size_t k = 5; k < 9; k++)
			values[seen[k]] = (double) (n + seen[k]);
	}
	free(at);
}

static void
test_worst(void)
{
	size_t n = 20000;
	double *values = malloc(n * sizeof(double));
	double *sorted = malloc(n * sizeof(double));
	size_t ranks[2] = {n / 2, n - 1};

	make_worst(values, n);
	memcpy(sorted, values, n * sizeof(double));
	qsort(sorted, n, sizeof(double), compare);
	rcv_select_ranks(values, n, ranks, 2);
	CHECK(values[ranks[0]] == sorted[ranks[0]] && values[ranks[1]] == sorted[ranks[1]],
		  "a bad pivot at every step");
	free(sorted);
	free(values);
}

static void
test_ranks(void)
{
	double values[500];
	double sorted[500];
	uint64_t seed = 3;
	bool right = true;

	for (int run = 0; run < 2000 && right; run++)
	{
		size_t n = 1 + check_random(&seed) % 500;
		size_t ranks[20];
		size_t nranks = 0;

		for (size_t i = 0; i < n; i++)
			values[i] = sorted[i] = (double) (check_random(&seed) % (1 + n / 3));
		qsort(sorted, n, sizeof(double), compare);
		for (size_t rank = check_random(&seed) % n; rank < n && nranks < 20;
			 rank += 1 + check_random(&seed) % 40)
			ranks[nranks++] = rank;
		rcv_select_ranks(values, n, ranks, nranks);
		for (size_t i = 0; i < nranks; i++)
			right = right && values[ranks[i]] == sorted[ranks[i]];
	}
	CHECK(right, "each rank has the value that sorting gives it");
	rcv_select_ranks(values, 0, NULL, 0);
	rcv_select_ranks(values, 500, NULL, 0);
	CHECK(true, "no value, no rank");
}

static double
quantile_of_two(double a, double b, int i, int parts)
{
	double values[2] = {a, b};
	double out[RCV_QUANTILE_PARTS_MAX];

	if (rcv_quantiles(values, 2, parts, RCV_QUANTILE_CONT, out) != RCV_OK)
		return NAN;
	return out[i - 1];
}

/* Between two amounts of whole cents: the double nearest to the exact quotient. */
static void
test_exactness(void)
{
	uint64_t seed = 11;
	bool right = true;

	CHECK(quantile_of_two(254, 255, 4, 5) == 254.8, "254.8, not 254.79999999999998");
	CHECK(quantile_of_two(0.1, 0.2, 1, 2) == 0.15, "half of 0.1 and 0.2");
	CHECK(quantile_of_two(1.10, 1.20, 3, 10) == 1.13, "1.13");
	CHECK(quantile_of_two(-0.3, 0.3, 1, 2) == 0.0 && !signbit(quantile_of_two(-0.3, 0.3, 1, 2)),
		  "zero in the middle has no sign");
	for (int run = 0; run < 200000 && right; run++)
	{
		int64_t a = (int64_t) (check_random(&seed) % 200000000000) - 100000000000;
		int64_t b = a + (int64_t) (check_random(&seed) % 1000000);
		int parts = 2 + (int) (check_random(&seed) % 99);
		int i = 1 + (int) (check_random(&seed) % (uint64_t) (parts - 1));

		/* whole numbers under 2^53, so one division, rounded once */
		right = quantile_of_two((double) a / 100, (double) b / 100, i, parts) ==
				(double) (a * (parts - i) + b * i) / (100.0 * parts);
	}
	CHECK(right, "cents are weighted as whole numbers");
}

static void
test_extremes(void)
{
	double most = 1.7976931348623157e308;
	double out[99];
	double one[1] = {-3.25};
	double two[2] = {most, -most};
	bool right = true;

	CHECK(rcv_quantiles(two, 2, 100, RCV_QUANTILE_CONT, out) == RCV_OK, "the ends of double");
	for (int i = 0; i < 99; i++)
		right = right && isfinite(out[i]) && (i == 0 || out[i - 1] < out[i]);
	CHECK(right && out[49] == 0.0, "what lies between them is finite and ascends");
	CHECK(quantile_of_two(most / 2, most, 1, 2) == most / 4 * 3, "large of one sign");
	CHECK(quantile_of_two(-4.9406564584124654e-324, 4.9406564584124654e-324, 1, 2) == 0.0 &&
			  quantile_of_two(4.9406564584124654e-324, 4.9406564584124654e-324, 1, 2) > 0.0,
		  "the smallest doubles");
	CHECK(rcv_quantiles(one, 1, 2, RCV_QUANTILE_CONT, out) == RCV_OK && out[0] == -3.25, "one");
	CHECK(rcv_quantiles(one, 1, 100, RCV_QUANTILE_DISC, out) == RCV_OK && out[0] == -3.25 &&
			  out[98] == -3.25,
		  "one, a hundred parts");
	CHECK(rcv_quantiles(one, 0, 5, RCV_QUANTILE_CONT, out) == RCV_EDOMAIN, "no value");
	CHECK(rcv_quantiles(one, 1, 1, RCV_QUANTILE_CONT, out) == RCV_EDOMAIN, "one part");
	CHECK(rcv_quantiles(one, 1, 0, RCV_QUANTILE_CONT, out) == RCV_EDOMAIN, "no part");
	CHECK(rcv_quantiles(one, 1, -1, RCV_QUANTILE_CONT, out) == RCV_EDOMAIN, "parts below zero");
	CHECK(rcv_quantiles(one, 1, 101, RCV_QUANTILE_DISC, out) == RCV_EDOMAIN, "101 parts");
}

int
main(void)
{
	test_against_sorting();
	test_random_sizes();
	test_worst();
	test_ranks();
	test_exactness();
	test_extremes();
	return check_done();
}
