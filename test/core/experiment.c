/*
 * experiment.c
 *		Assignment against published vectors, summaries against their rows, what
 *		has no answer, looking again and again, and posteriors.
 */
#include "check.h"

#include <math.h>
#include <string.h>

#include "experiment/ab_bandit.h"
#include "experiment/ab_hash.h"

static rcv_ab_text
text_of(const char *text)
{
	return (rcv_ab_text){text, strlen(text)};
}

static double
bucket_of(const char *seed, const char *key, int version)
{
	double bucket;

	return rcv_ab_bucket(text_of(seed), text_of(key), version, &bucket) == RCV_OK ? bucket : NAN;
}

/* Assignment ------------------------------------------------------------------ */

/* GrowthBook's own test cases of its hash. */
static void
test_hash(void)
{
	static const struct
	{
		const char *seed;
		const char *key;
		int version;
		double bucket;
	} cases[] = {
		{"", "a", 1, .22},
		{"", "b", 1, .077},
		{"b", "a", 1, .946},
		{"ef", "d", 1, .652},
		{"asdf", "8952klfjas09ujk", 1, .549},
		{"", "123", 1, .011},
		{"", "___)((*\":&", 1, .563},
		{"seed", "a", 2, .0505},
		{"seed", "b", 2, .2696},
		{"foo", "ab", 2, .2575},
		{"foo", "def", 2, .2019},
		{"89123klj", "8952klfjas09ujkasdf", 2, .124},
		{"90850943850283058242805", "123", 2, .7516},
		{"()**(%$##$%#$#", "___)((*\":&", 2, .0128},
	};
	double bucket;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(bucket_of(cases[i].seed, cases[i].key, cases[i].version) == cases[i].bucket,
			  cases[i].key);
	CHECK(rcv_ab_bucket(text_of("a"), text_of("b"), 3, &bucket) == RCV_EDOMAIN, "no version 3");
	CHECK(rcv_ab_bucket(text_of("a"), text_of("b"), 0, &bucket) == RCV_EDOMAIN, "no version 0");
}

/* GrowthBook's cases of whole experiments, keys 1 .. 9. */
static void
test_arms(void)
{
	static const double halves[] = {.5, .5};
	static const double thirds[] = {1. / 3, 1. / 3, 1. / 3};
	static const int in_part[] = {-1, 0, 0, -1, 1, -1, 0, 1, -1};
	static const int of_three[] = {2, 0, 0, 2, 1, 2, 0, 1, 0};
	bool part = true;
	bool three = true;

	for (int i = 0; i < 9; i++)
	{
		char key[2] = {(char) ('1' + i), '\0'};
		double bucket = bucket_of("my-test", key, 1);

		part = part && rcv_ab_arm(bucket, halves, 2, .4) == in_part[i];
		three = three && rcv_ab_arm(bucket, thirds, 3, 1) == of_three[i];
	}
	CHECK(part, "published cases: coverage");
	CHECK(three, "published cases: three arms");
	CHECK(rcv_ab_arm(.2, halves, 2, .4) == RCV_AB_OUTSIDE && rcv_ab_arm(.5, halves, 2, .4) == 1 &&
			  rcv_ab_arm(0, halves, 2, 0) == RCV_AB_OUTSIDE,
		  "a range holds its start and not its end");
}

/* A larger coverage lets further keys in, and moves none. */
static void
test_coverage(void)
{
	static const double weights[] = {.2, .5, .3};
	bool kept = true;
	int more = 0;

	for (int i = 0; i < 10000; i++)
	{
		int small = rcv_ab_arm(i / 10000., weights, 3, .3);
		int large = rcv_ab_arm(i / 10000., weights, 3, .8);

		kept = kept && (small == RCV_AB_OUTSIDE || small == large);
		more += small != large;
	}
	CHECK(kept, "no key changes its arm");
	CHECK(more > 4990 && more < 5010, "and half of the keys come in");
}

static void
test_even(void)
{
	int count[10] = {0};
	bool even = true;

	for (int i = 0; i < 100000; i++)
	{
		char key[12];

		snprintf(key, sizeof(key), "%d", i);
		count[(int) (bucket_of("dunning-2025", key, 2) * 10)]++;
	}
	for (int i = 0; i < 10; i++)
		even = even && count[i] > 9700 && count[i] < 10300;
	CHECK(even, "100,000 keys fall evenly on ten parts");
}

static void
test_weights(void)
{
	static const double good[] = {.333, .333, .334};
	static const double low[] = {.5, .48};
	static const double high[] = {.5, .52};
	static const double negative[] = {1.1, -.1};
	static const double unknown[] = {.5, NAN};

	CHECK(rcv_ab_weights_fault(good, 3) == NULL, "weights");
	CHECK(rcv_ab_weights_fault(low, 2) != NULL && rcv_ab_weights_fault(high, 2) != NULL,
		  "weights that do not add up");
	CHECK(rcv_ab_weights_fault(negative, 2) != NULL && rcv_ab_weights_fault(unknown, 2) != NULL &&
			  rcv_ab_weights_fault(good, 0) != NULL,
		  "weights that are none");
}

/* Summaries ------------------------------------------------------------------- */

static double
uniform(uint64_t *seed)
{
	return ((double) (check_random(seed) >> 12) + .5) * 0x1p-52;
}

static double
normal(uint64_t *seed)
{
	return sqrt(-2 * log(uniform(seed))) * cos(6.283185307179586 * uniform(seed));
}

static bool
close_to(double a, double b, double error)
{
	return fabs(a - b) <= error * fmax(fabs(a), fabs(b));
}

static bool
same_summary(const rcv_ab_summary *a, const rcv_ab_summary *b)
{
	return a->n == b->n && close_to(a->mean, b->mean, 1e-13) &&
		   close_to(a->squares, b->squares, 1e-12) && close_to(a->mean_x, b->mean_x, 1e-13) &&
		   close_to(a->squares_x, b->squares_x, 1e-12) &&
		   fabs(a->products - b->products) <= 1e-12 * sqrt(a->squares) * sqrt(a->squares_x);
}

/* Parts of any size merged in any order are the whole. */
static void
test_merge(void)
{
	uint64_t seed = 7;
	rcv_ab_summary whole;
	rcv_ab_summary merged;
	rcv_ab_summary part[10];

	rcv_ab_summary_init(&whole, true);
	rcv_ab_summary_init(&merged, true);
	for (int i = 0; i < 10; i++)
		rcv_ab_summary_init(&part[i], true);
	for (int i = 0; i < 50000; i++)
	{
		double x = 100 + 20 * normal(&seed);
		double y = x + 30 * normal(&seed);

		(void) rcv_ab_summary_add_pair(&whole, y, x);
		(void) rcv_ab_summary_add_pair(&part[check_random(&seed) % 1000 % 9], y, x);
	}
	for (int i = 9; i >= 0; i--) /* the last one is empty */
		CHECK(rcv_ab_summary_merge(&merged, &part[i]) == RCV_OK, "merge");
	CHECK(same_summary(&whole, &merged), "parts merged are the whole");
	CHECK(rcv_ab_summary_fault(&merged) != NULL, "which is not done yet");
	rcv_ab_summary_finish(&merged);
	CHECK(rcv_ab_summary_fault(&merged) == NULL, "and then a sound summary");
	CHECK(merged.mean_low == 0, "whose mean needs no second double");
	merged.mean_low = merged.mean * 1e-15;
	CHECK(rcv_ab_summary_fault(&merged) != NULL, "a low part that is not below the last digit");
	CHECK(fabs(whole.products / whole.squares_x - 1) < .02, "slope of y on x");
}

/* Row i of n that rise from mean to mean + 1, or stand in another order. */
static double
ramp(double mean, int i, int n, int order)
{
	int place = order == 0 ? i : order == 1 ? n - 1 - i : (int) ((int64_t) i * 7919 % n);

	return mean + (double) place / 1024;
}

/*
 * Ascending, descending and mixed rows, in one summary and in parts, around means
 * up to 1e9 (every row is exact in a double): n rows at distances d have a mean of
 * (n - 1) d / 2 and squares of d^2 n (n^2 - 1) / 12.
 */
static void
test_accuracy(void)
{
	static const double means[] = {0, 100, 1e6, 1e9, -1e12};
	const int n = 200000;
	const double squares = (double) n * ((double) n * n - 1) / 12 / 1024 / 1024;
	double worst = 0;
	double worst_mean = 0;

	for (int run = 0; run < 15; run++)
	{
		double mean = means[run / 3];
		rcv_ab_summary part[3];

		for (int i = 0; i < 3; i++)
			rcv_ab_summary_init(&part[i], true);
		for (int i = 0; i < n; i++)
		{
			double y = ramp(mean, i, n, run % 3);

			(void) rcv_ab_summary_add_pair(&part[0], y, -y);
			(void) rcv_ab_summary_add_pair(&part[1 + (i > n / 3)], y, -y);
		}
		(void) rcv_ab_summary_merge(&part[1], &part[2]);
		for (int i = 0; i < 2; i++)
		{
			double off = (part[i].mean - mean) + part[i].mean_low;

			worst = fmax(worst, fabs(part[i].squares / squares - 1));
			worst = fmax(worst, fabs(part[i].squares_x / squares - 1));
			worst = fmax(worst, fabs(part[i].products / squares + 1));
			worst_mean = fmax(worst_mean, fabs(off / ((n - 1) / 2048.) - 1));
		}
	}
	printf("# rising rows: error of squares %.2g, of means %.2g\n", worst, worst_mean);
	CHECK(worst < 1e-14 && worst_mean < 1e-14, "rising rows around any mean keep their digits");
}

/* Means of 1e9 that differ by 1/512: the same test as around 0. */
static void
test_large_means(void)
{
	rcv_ab_summary arms[2][2];
	rcv_ab_result r[2];
	bool same = true;

	for (int method = 0; method < RCV_AB_RATIO; method++)
	{
		for (int far = 0; far < 2; far++)
		{
			for (int arm = 0; arm < 2; arm++)
			{
				rcv_ab_summary_init(&arms[far][arm], true);
				for (int i = 0; i < 3001; i++)
					(void) rcv_ab_summary_add_pair(&arms[far][arm],
												   far * 1e9 + i / 1024. + arm * (1 + i % 2) / 512.,
												   far * 1e9 + i % 7 / 8. + arm / 64.);
			}
			(void) rcv_ab_test(&arms[far][0], &arms[far][1], (rcv_ab_method) method, .95, 5000,
							   &r[far]);
		}
		same = same && close_to(r[0].difference, r[1].difference, 1e-12) &&
			   close_to(r[0].statistic, r[1].statistic, 1e-12) &&
			   close_to(r[0].p_value, r[1].p_value, 1e-12);
	}
	CHECK(same, "a test around 1e9 is that around 0");
}

/* One row far off, first: what it leaves in the mean is no less exact. */
static void
test_outlier(void)
{
	rcv_ab_summary s;

	rcv_ab_summary_init(&s, false);
	(void) rcv_ab_summary_add(&s, 0x1p40 + .25);
	for (int i = 0; i < 999999; i++)
		(void) rcv_ab_summary_add(&s, .25);
	/* mean .25 + 2^40 / n, squares 2^80 (1 - 1/n) */
	CHECK(close_to(s.mean, .25 + 0x1p40 / 1e6, 1e-14), "mean with one row far off");
	CHECK(close_to(s.squares, 0x1p80 * (1 - 1e-6), 1e-14), "squares with one row far off");
}

/* A line is a correlation of 1 and no more, whatever is rounded. */
static void
test_line(void)
{
	static const double scales[] = {1e-300, 1e-160, 1e-12, 1, 1e9, 1e140};
	static const double shifts[] = {0, 1, 1e9, 1e15};

	for (int i = 0; i < 24; i++)
	{
		double scale = scales[i % 6];
		double shift = shifts[i / 6];
		rcv_ab_summary s;

		rcv_ab_summary_init(&s, true);
		for (int row = 0; row < 1000; row++)
			(void) rcv_ab_summary_add_pair(&s, scale * (shift + row % 7), shift + row % 7);
		rcv_ab_summary_finish(&s);
		CHECK(rcv_ab_summary_fault(&s) == NULL, "a line is a sound summary");
	}
}

static void
test_summary_limits(void)
{
	rcv_ab_summary s;
	rcv_ab_summary other;

	rcv_ab_summary_init(&s, false);
	CHECK(isnan(rcv_ab_variance(&s)) && isnan(rcv_ab_mean_half(&s, .95)), "no rows, no variance");
	CHECK(rcv_ab_summary_add(&s, 5) == RCV_OK && isnan(rcv_ab_variance(&s)), "one row, neither");
	CHECK(rcv_ab_summary_add(&s, 5) == RCV_OK && rcv_ab_variance(&s) == 0 &&
			  isnan(rcv_ab_mean_half(&s, .95)),
		  "all the same: a variance of 0, and no interval");
	other = s;
	CHECK(rcv_ab_summary_add(&other, 1e200) == RCV_EOVERFLOW, "squares beyond a double");
	other = s;
	CHECK(rcv_ab_summary_add(&other, INFINITY) == RCV_EOVERFLOW, "infinity");
	other = s;
	CHECK(rcv_ab_summary_add(&other, NAN) == RCV_EOVERFLOW, "NaN");
	rcv_ab_summary_init(&other, false);
	CHECK(rcv_ab_summary_add(&other, -INFINITY) == RCV_EOVERFLOW, "infinity as the first row");
	rcv_ab_summary_init(&other, true);
	CHECK(rcv_ab_summary_merge(&s, &other) == RCV_OK, "an empty summary adds nothing");
	CHECK(rcv_ab_summary_add_pair(&other, 1, INFINITY) == RCV_EOVERFLOW, "infinite covariate");
	rcv_ab_summary_init(&other, true);
	(void) rcv_ab_summary_add_pair(&other, 1, 2);
	CHECK(rcv_ab_summary_merge(&s, &other) == RCV_EDOMAIN, "with and without a covariate");
	s.n = other.n = RCV_AB_ROWS_MAX;
	other.has_x = 0;
	CHECK(rcv_ab_summary_merge(&s, &other) == RCV_ELIMIT, "too many rows");
}

/* What has no answer ------------------------------------------------------------ */

static rcv_ab_summary
rows_of(int n, const double *y, const double *x)
{
	rcv_ab_summary s;

	rcv_ab_summary_init(&s, x != NULL);
	for (int i = 0; i < n; i++)
		(void) (x == NULL ? rcv_ab_summary_add(&s, y[i]) : rcv_ab_summary_add_pair(&s, y[i], x[i]));
	return s;
}

static rcv_ab_reason
reason_of(rcv_ab_summary control, rcv_ab_summary variant, rcv_ab_method method)
{
	rcv_ab_result r;
	bool silent;

	if (rcv_ab_test(&control, &variant, method, .95, 5000, &r) != RCV_OK)
		return RCV_AB_REASONS;
	/* no p-value where there is none, and always a word on why */
	silent = isnan(r.p_value) && isnan(r.statistic) && isnan(r.lower) && isnan(r.always_valid_p);
	return silent == (r.reason != RCV_AB_FINE && r.reason != RCV_AB_NO_CONTROL_MEAN)
			   ? r.reason
			   : RCV_AB_REASONS;
}

static void
test_reasons(void)
{
	static const double y[] = {1, 2, 4, 8};
	static const double x[] = {2, 4, 8, 16};
	static const double same[] = {.1, .1, .1, .1};
	static const double around_0[] = {-1, 1, 2, -2};
	rcv_ab_summary none = rows_of(0, y, NULL);
	rcv_ab_summary one = rows_of(1, y, NULL);
	rcv_ab_summary plain = rows_of(4, y, NULL);
	rcv_ab_summary flat = rows_of(4, same, NULL);

	CHECK(reason_of(none, plain, RCV_AB_WELCH) == RCV_AB_CONTROL_EMPTY, "empty control");
	CHECK(reason_of(plain, none, RCV_AB_WELCH) == RCV_AB_VARIANT_EMPTY, "empty variant");
	CHECK(reason_of(one, plain, RCV_AB_Z) == RCV_AB_CONTROL_SINGLE, "single control");
	CHECK(reason_of(plain, one, RCV_AB_POOLED) == RCV_AB_VARIANT_SINGLE, "single variant");
	CHECK(reason_of(flat, flat, RCV_AB_WELCH) == RCV_AB_NO_VARIANCE, "no variance");
	CHECK(reason_of(flat, plain, RCV_AB_WELCH) == RCV_AB_FINE, "no variance in one arm is fine");
	CHECK(reason_of(rows_of(4, around_0, NULL), plain, RCV_AB_WELCH) == RCV_AB_NO_CONTROL_MEAN,
		  "a mean of zero has no lift, but a p-value");
	CHECK(reason_of(plain, plain, RCV_AB_CUPED) == RCV_AB_NO_COVARIATE, "cuped without covariate");
	CHECK(reason_of(plain, plain, RCV_AB_RATIO) == RCV_AB_NO_COVARIATE, "ratio without x");
	CHECK(reason_of(rows_of(4, y, same), rows_of(4, x, same), RCV_AB_CUPED) ==
			  RCV_AB_COVARIATE_CONSTANT,
		  "constant covariate");
	CHECK(reason_of(rows_of(4, y, x), rows_of(4, x, around_0), RCV_AB_RATIO) ==
			  RCV_AB_NO_DENOMINATOR,
		  "x adds up to zero");
	CHECK(reason_of(rows_of(4, y, x), rows_of(4, y, x), RCV_AB_RATIO) == RCV_AB_NO_VARIANCE,
		  "ratios all the same: rounding is no variance");
	CHECK(reason_of(rows_of(4, y, x), rows_of(4, y, x), RCV_AB_CUPED) == RCV_AB_NO_VARIANCE,
		  "covariate that tells all: rounding is no variance");
}

static void
test_domain(void)
{
	static const double y[] = {1, 2, 4, 8};
	rcv_ab_summary s = rows_of(4, y, NULL);
	rcv_ab_result r;
	double out;

	CHECK(rcv_ab_test(&s, &s, RCV_AB_WELCH, 0, 5000, &r) == RCV_EDOMAIN &&
			  rcv_ab_test(&s, &s, RCV_AB_WELCH, 1, 5000, &r) == RCV_EDOMAIN &&
			  rcv_ab_test(&s, &s, RCV_AB_WELCH, NAN, 5000, &r) == RCV_EDOMAIN,
		  "confidence");
	CHECK(rcv_ab_test(&s, &s, RCV_AB_WELCH, .9, 0, &r) == RCV_EDOMAIN &&
			  rcv_ab_test(&s, &s, RCV_AB_WELCH, .9, INFINITY, &r) == RCV_EDOMAIN,
		  "tuning");
	CHECK(rcv_ab_sample_size(.1, .1, .8, .05, &out) == RCV_EDOMAIN &&
			  rcv_ab_sample_size(0, .1, .8, .05, &out) == RCV_EDOMAIN &&
			  rcv_ab_sample_size(.1, .2, 1, .05, &out) == RCV_EDOMAIN,
		  "sample size of rates");
	CHECK(rcv_ab_sample_size_mean(0, 1, .8, .05, &out) == RCV_EDOMAIN &&
			  rcv_ab_sample_size_mean(1, 0, .8, .05, &out) == RCV_EDOMAIN &&
			  rcv_ab_sample_size_mean(1e-9, 1, .8, .05, &out) == RCV_EOVERFLOW,
		  "sample size of means");
	CHECK(rcv_ab_sample_size_mean(100, 1, .8, .05, &out) == RCV_OK && out == 2,
		  "two rows at the least");
}

/* Looking again and again --------------------------------------------------------- */

static void
test_always_valid(void)
{
	rcv_ab_always_valid a = rcv_ab_always_valid_of(.05, 1 / sqrt(5000), 5000, .95, 5000);
	rcv_ab_always_valid edge;

	CHECK(fabs(a.half - .0429243372) < 5e-11, "half width for s = 1, n = 5000, tuning 5000");
	edge = rcv_ab_always_valid_of(a.half, 1 / sqrt(5000), 5000, .95, 5000);
	CHECK(fabs(edge.p - .05) < 1e-12, "p is alpha where the interval ends");
	CHECK(rcv_ab_always_valid_of(0, 1, 100, .95, 5000).p == 1, "no difference, p of 1");
}

/* One A/A test with 20 looks at 50 rows more in each arm: alarms by both kinds of p. */
static void
look(uint64_t *seed, bool *ordinary, bool *always)
{
	rcv_ab_summary arm[2];
	rcv_ab_result r;

	*ordinary = *always = false;
	rcv_ab_summary_init(&arm[0], false);
	rcv_ab_summary_init(&arm[1], false);
	for (int rows = 1; rows <= 1000; rows++)
	{
		(void) rcv_ab_summary_add(&arm[0], 10 + 3 * normal(seed));
		(void) rcv_ab_summary_add(&arm[1], 10 + 3 * normal(seed));
		if (rows % 50 != 0)
			continue;
		if (rcv_ab_test(&arm[0], &arm[1], RCV_AB_WELCH, .95, 1000, &r) != RCV_OK)
			continue;
		*ordinary = *ordinary || r.p_value < .05;
		*always = *always || r.always_valid_p < .05;
	}
}

static void
test_peeking(void)
{
	uint64_t seed = 20250131;
	int ordinary = 0;
	int always = 0;

	for (int run = 0; run < 2000; run++)
	{
		bool by_ordinary;
		bool by_always;

		look(&seed, &by_ordinary, &by_always);
		ordinary += by_ordinary;
		always += by_always;
	}
	printf("# 20 looks at 2000 tests of nothing: %d alarms, always valid %d\n", ordinary, always);
	CHECK(ordinary > 300, "looking 20 times, the ordinary p cries wolf in over 15 %");
	CHECK(always <= 40, "the always-valid p in 2 % at most");
}

/* Posteriors ------------------------------------------------------------------------ */

/* By 24-point Gauss-Legendre panels with 30 digits (mpmath), from the densities alone. */
static void
test_posteriors(void)
{
	static const struct
	{
		rcv_ab_count control;
		rcv_ab_count variant;
		double p_better;
		double loss;
	} cases[] = {
		{{20, 100}, {30, 100}, .947603103352369158, .00134559722437344476},
		{{30, 100}, {20, 100}, .0523968966476308425, .0993848129106479546},
		{{500, 1000}, {560, 1000}, .996400306680176647, .0000246264409149536561},
		{{0, 0}, {0, 0}, .5, 1. / 6},
		{{1, 1000000}, {2, 10}, .99999999999999604, 4.94886962194615258e-21},
		{{0, 10}, {500000000, 1000000000}, .999511718723144531, .000020345053426106797},
		{{500000000, 1000000000}, {5, 10}, .5, .0563964847133789044},
		{{500000000, 1000000000},
		 {500010000, 1000000000},
		 .672639576912684943,
		 4.79810705846167933e-6},
		{{100000000, 1000000000},
		 {100050000, 1000000000},
		 .999902869851467455,
		 3.11589960354109688e-10},
		{{3, 1000000000}, {5, 1000000000}, .746093750492187501, 4.76562496586036279e-10},
		{{999999999, 1000000000},
		 {1000000000, 1000000000},
		 .750000000124999998,
		 2.49999999125000002e-10},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		double p;
		double loss;

		CHECK(rcv_ab_p_better(cases[i].control, cases[i].variant, 1, 1, &p) == RCV_OK &&
				  rcv_ab_expected_loss(cases[i].control, cases[i].variant, 1, 1, &loss) == RCV_OK,
			  "posteriors");
		printf("# error of p %.2g, of loss %.2g\n", p - cases[i].p_better, loss - cases[i].loss);
		CHECK(fabs(p - cases[i].p_better) < 2e-12, "chance of the better one");
		CHECK(fabs(loss - cases[i].loss) < 1e-16 + 1e-6 * fmin(1e-6, cases[i].loss) ||
				  fabs(loss - cases[i].loss) < 1e-12 * cases[i].loss,
			  "expected loss");
	}
}

/* Either way round chances add up to 1, and losses differ by the means. */
static void
test_sides(void)
{
	static const double priors[] = {1e-6, .01, .5, 1, 30, 1e9};
	uint64_t seed = 3;
	bool chances = true;
	bool losses = true;

	for (int i = 0; i < 3000; i++)
	{
		double a = priors[check_random(&seed) % 6];
		double b = priors[check_random(&seed) % 6];
		rcv_ab_count c = {0, (int64_t) (exp(25 * uniform(&seed)) - 1)};
		rcv_ab_count v = {0, (int64_t) (exp(25 * uniform(&seed)) - 1)};
		double p[2];
		double loss[2];
		double lead;

		c.successes = (int64_t) ((double) c.n * uniform(&seed));
		v.successes = check_random(&seed) % 4 ? (int64_t) ((double) v.n * uniform(&seed)) : v.n;
		lead = (a + (double) c.successes) / (a + b + (double) c.n) -
			   (a + (double) v.successes) / (a + b + (double) v.n);
		chances = chances && rcv_ab_p_better(c, v, a, b, &p[0]) == RCV_OK &&
				  rcv_ab_p_better(v, c, a, b, &p[1]) == RCV_OK && fabs(p[0] + p[1] - 1) < 1e-9;
		losses = losses && rcv_ab_expected_loss(c, v, a, b, &loss[0]) == RCV_OK &&
				 rcv_ab_expected_loss(v, c, a, b, &loss[1]) == RCV_OK &&
				 fabs(loss[0] - loss[1] - lead) < 1e-11;
		if (!chances || !losses)
		{
			printf("# %lld of %lld, %lld of %lld, prior %g %g: %.17g %.17g %.17g %.17g\n",
				   (long long) c.successes, (long long) c.n, (long long) v.successes,
				   (long long) v.n, a, b, p[0], p[1], loss[0], loss[1]);
			break;
		}
	}
	CHECK(chances, "chances of both sides add up to 1");
	CHECK(losses, "losses of both sides differ by the means");
}

static void
test_draws(void)
{
	double x;
	double sum = 0;
	double squares = 0;

	for (uint64_t i = 0; i < 20000; i++)
	{
		if (rcv_ab_draw(29, 69, rcv_ab_uniform(42, i), &x) != RCV_OK)
			break;
		sum += x;
		squares += x * x;
	}
	sum /= 20000;
	CHECK(fabs(sum - .3) < .001, "mean of draws of beta(30, 70)");
	CHECK(fabs(squares / 20000 - sum * sum - .3 * .7 / 101) < 5e-5, "and their variance");
	CHECK(rcv_ab_draw(-1, 0, .5, &x) == RCV_EDOMAIN && rcv_ab_draw(0, 0, 0, &x) == RCV_EDOMAIN,
		  "draws of nothing");
	CHECK(rcv_ab_uniform(1, 0) != rcv_ab_uniform(1, 1) &&
			  rcv_ab_uniform(1, 0) != rcv_ab_uniform(2, 0),
		  "positions and seeds differ");
}

static void
test_rates(void)
{
	rcv_ab_prop_result r;
	rcv_ab_bounds bounds;
	double score;

	CHECK(rcv_ab_nps(60, 15, 100, .95, &score, &bounds) == RCV_OK && score == 45 &&
			  fabs(bounds.upper - 45 - 14.5024) < 5e-5,
		  "net promoter score");
	CHECK(rcv_ab_nps(60, 50, 100, .95, &score, &bounds) == RCV_EDOMAIN, "over 100 %");
	CHECK(rcv_ab_nps(0, 0, 0, .95, &score, &bounds) == RCV_OK && isnan(score), "nobody was asked");
	CHECK(rcv_ab_nps(5, 0, 5, .95, &score, &bounds) == RCV_OK && score == 100 &&
			  isnan(bounds.lower),
		  "all promoters: no width");
	CHECK(rcv_ab_wilson((rcv_ab_count){0, 5}, .95).lower == 0 &&
			  rcv_ab_wilson((rcv_ab_count){5, 5}, .95).upper == 1,
		  "rates end at 0 and 1");
	CHECK(rcv_ab_prop_test((rcv_ab_count){0, 10}, (rcv_ab_count){0, 12}, .95, 5000, &r) == RCV_OK &&
			  r.reason == RCV_AB_NO_RATE_SPREAD && isnan(r.p_value) && r.newcombe.upper > 0,
		  "no success at all");
	CHECK(rcv_ab_prop_test((rcv_ab_count){0, 10}, (rcv_ab_count){12, 12}, .95, 5000, &r) ==
				  RCV_OK &&
			  r.reason == RCV_AB_NO_VARIANCE && r.p_value < 1e-4 && isnan(r.wald.lower),
		  "none against all");
	CHECK(rcv_ab_prop_test((rcv_ab_count){0, 0}, (rcv_ab_count){1, 2}, .95, 5000, &r) == RCV_OK &&
			  r.reason == RCV_AB_CONTROL_EMPTY && r.rate_variant == .5,
		  "nobody in the control");
	CHECK(rcv_ab_prop_test((rcv_ab_count){3, 2}, (rcv_ab_count){1, 2}, .95, 5000, &r) ==
			  RCV_EDOMAIN,
		  "more successes than rows");
}

int
main(void)
{
	test_hash();
	test_arms();
	test_coverage();
	test_even();
	test_weights();
	test_merge();
	test_accuracy();
	test_large_means();
	test_outlier();
	test_line();
	test_summary_limits();
	test_reasons();
	test_domain();
	test_always_valid();
	test_peeking();
	test_posteriors();
	test_sides();
	test_draws();
	test_rates();
	return check_done();
}
