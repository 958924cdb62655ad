/*
 * rfm.c
 *		Fits and scores against a plain implementation that sorts and counts.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rfm/rfm.h"

#define MOST 600
#define ROOM (sizeof(rcv_rfm_model) + 3000 * sizeof(double))

/* A fit with all the room it may need. */
typedef struct fit
{
	rcv_rfm_values values[MOST];
	size_t n;
	double scratch[MOST];
	rcv_rfm_scores kept[MOST];
	union
	{
		rcv_rfm_model model;
		char room[ROOM];
	} u;
} fit;

static rcv_status
run_fit(fit *f, const rcv_rfm_spec *spec)
{
	rcv_status status = RCV_OK;

	for (int d = 0; d < RCV_RFM_DIMENSIONS && status == RCV_OK; d++)
		status = rcv_rfm_fit(spec, f->values, f->n, d, f->scratch, f->kept, &f->u.model);
	return status;
}

static rcv_rfm_spec
spec_of(int bins)
{
	rcv_rfm_spec spec;

	CHECK(rcv_rfm_spec_init(&spec, bins) == RCV_OK, "bins are possible");
	return spec;
}

/* Whole days and orders, amounts in cents; few different values make many ties. */
static void
random_values(fit *f, size_t n, int distinct, uint64_t *seed)
{
	f->n = n;
	for (size_t i = 0; i < n; i++)
	{
		f->values[i].value[RCV_RECENCY] = (double) (check_random(seed) % (uint64_t) distinct);
		f->values[i].value[RCV_FREQUENCY] = (double) (1 + check_random(seed) % 9);
		f->values[i].value[RCV_MONETARY] =
			(double) ((int64_t) (check_random(seed) % (uint64_t) (distinct * 100)) - 500) / 100.0;
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Plain implementation --------------------------------------------------- */

/* Breaks of the customers whose scores before dimension d are those of like. */
static size_t
naive_breaks(const fit *f, const rcv_rfm_rule *rule, int d, const rcv_rfm_scores *scores,
			 const rcv_rfm_scores *like, double *out)
{
	double sorted[MOST];
	size_t n = 0;
	size_t k = (size_t) rule->breaks[d] + 1;

	for (size_t i = 0; i < f->n; i++)
	{
		bool same = true;

		for (int before = 0; before < d && like != NULL; before++)
			same = same && scores[i].score[before] == like->score[before];
		if (same)
			sorted[n++] = f->values[i].value[d];
	}
	if (n == 0)
		return 0;
	qsort(sorted, n, sizeof(double), compare);
	for (size_t i = 1; i < k; i++)
	{
		size_t low = rule->method == RCV_RFM_DISC ? (size_t) ceil((double) (n * i) / (double) k) - 1
												  : (n - 1) * i / k;
		double a = sorted[low];

		if (rule->method != RCV_RFM_DISC && (n - 1) * i % k != 0)
		{
			double rest = (double) ((n - 1) * i % k);

			/* whole cents: weights as whole numbers, one division */
			a = (rint(a * 100) * ((double) k - rest) + rint(sorted[low + 1] * 100) * rest) /
				(100.0 * (double) k);
		}
		out[i - 1] = rule->method == RCV_RFM_PKG ? a + 1 : a;
	}
	return n;
}

static int16_t
naive_score(const rcv_rfm_rule *rule, int d, const double *breaks, double value)
{
	int score = 1;

	for (int i = 0; i < rule->breaks[d]; i++)
		if (value > breaks[i] || (rule->left && value == breaks[i]))
			score++;
	return (int16_t) (rule->low_best[d] ? rule->breaks[d] + 2 - score : score);
}

/* Scores each customer by breaks made for it alone from all the others. */
static void
naive_scores(const fit *f, const rcv_rfm_rule *rule, rcv_rfm_scores *scores)
{
	double breaks[RCV_RFM_BREAKS_MAX];

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		for (size_t i = 0; i < f->n; i++)
		{
			if (i == 0 || rule->nested)
				naive_breaks(f, rule, d, scores, rule->nested ? &scores[i] : NULL, breaks);
			scores[i].score[d] = naive_score(rule, d, breaks, f->values[i].value[d]);
		}
}

static bool
fits_as_naive(fit *f, const rcv_rfm_spec *spec)
{
	rcv_rfm_scores naive[MOST];
	bool right = run_fit(f, spec) == RCV_OK &&
				 rcv_rfm_model_check(&f->u.model, rcv_rfm_model_size(&spec->rule)) == RCV_OK;

	naive_scores(f, &spec->rule, naive);
	for (size_t i = 0; i < f->n && right; i++)
	{
		rcv_rfm_scores scores = rcv_rfm_score(&f->u.model, &f->values[i]);

		right = memcmp(&scores, &naive[i], sizeof(scores)) == 0;
	}
	return right;
}

static void
random_rule(rcv_rfm_spec *spec, uint64_t *seed)
{
	bool nested = check_random(seed) % 2 == 0;

	rcv_rfm_spec_init(spec, 5);
	spec->rule.nested = nested;
	spec->rule.method = (uint8_t) (check_random(seed) % RCV_RFM_METHODS);
	spec->rule.left = check_random(seed) % 2 == 0;
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		spec->rule.breaks[d] = 1 + (int) (check_random(seed) % (nested ? 9 : 99));
		spec->rule.low_best[d] = check_random(seed) % 2 == 0;
	}
}

static void
test_against_naive(void)
{
	static fit f;
	uint64_t seed = 20250131;
	bool right = true;

	for (int run = 0; run < 1500 && right; run++)
	{
		rcv_rfm_spec spec;

		random_rule(&spec, &seed);
		random_values(&f, 1 + check_random(&seed) % (run % 3 == 0 ? MOST : 40),
					  1 + (int) (check_random(&seed) % 300), &seed);
		right = fits_as_naive(&f, &spec);
	}
	CHECK(right, "random customers and rules score as by sorting and counting");
}

/* One customer, all equal, fewer customers than bins ---------------------- */

static void
set_values(fit *f, size_t n, const double (*values)[RCV_RFM_DIMENSIONS])
{
	f->n = n;
	for (size_t i = 0; i < n; i++)
		memcpy(f->values[i].value, values[i], sizeof(f->values[i].value));
}

static bool
scores_are(const rcv_rfm_model *model, const rcv_rfm_values *values, int r, int f, int m)
{
	rcv_rfm_scores scores = rcv_rfm_score(model, values);

	return scores.score[RCV_RECENCY] == r && scores.score[RCV_FREQUENCY] == f &&
		   scores.score[RCV_MONETARY] == m;
}

static void
test_few(void)
{
	static const double equal[4][3] = {{30, 2, 50}, {30, 2, 50}, {30, 2, 50}, {30, 2, 50}};
	static const double three[3][3] = {{1, 1, 10}, {2, 2, 20}, {3, 3, 30}};
	static fit f;
	rcv_rfm_spec spec = spec_of(5);
	bool right = true;

	set_values(&f, 1, equal);
	CHECK(run_fit(&f, &spec) == RCV_OK && f.u.model.rule.customers == 1, "one customer");
	/* no break is below the only value: the lowest score, of recency the highest */
	CHECK(scores_are(&f.u.model, &f.values[0], 5, 1, 1), "the only customer");
	spec.rule.left = 1;
	CHECK(run_fit(&f, &spec) == RCV_OK && scores_are(&f.u.model, &f.values[0], 1, 5, 5),
		  "the only customer, left boundary");
	spec.rule.left = 0;
	set_values(&f, 4, equal);
	CHECK(run_fit(&f, &spec) == RCV_OK && scores_are(&f.u.model, &f.values[3], 5, 1, 1),
		  "all equal");
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		for (int i = 0; i < 4; i++)
			right = right && f.u.model.breaks[4 * d + i] == equal[0][d];
	CHECK(right, "all equal: all breaks are the value");
	spec.rule.method = RCV_RFM_PKG;
	spec.rule.left = 1;
	CHECK(run_fit(&f, &spec) == RCV_OK && scores_are(&f.u.model, &f.values[3], 5, 1, 1),
		  "all equal, rfm_pkg");

	/* 1, 2, 3 at fifths: 1.4, 1.8, 2.2, 2.6 */
	spec = spec_of(5);
	set_values(&f, 3, three);
	CHECK(run_fit(&f, &spec) == RCV_OK && f.u.model.breaks[0] == 1.4 &&
			  f.u.model.breaks[1] == 1.8 && f.u.model.breaks[2] == 2.2 &&
			  f.u.model.breaks[3] == 2.6,
		  "three customers, five bins");
	CHECK(scores_are(&f.u.model, &f.values[0], 5, 1, 1) &&
			  scores_are(&f.u.model, &f.values[1], 3, 3, 3) &&
			  scores_are(&f.u.model, &f.values[2], 1, 5, 5),
		  "three customers keep the ends");
	f.n = 0;
	CHECK(run_fit(&f, &spec) == RCV_EDOMAIN, "no customer");
}

/* Ties, boundaries, directions -------------------------------------------- */

static void
test_ties(void)
{
	static fit f;
	uint64_t seed = 5;
	bool together = true;
	bool monotone = true;

	for (int run = 0; run < 300 && together && monotone; run++)
	{
		rcv_rfm_spec spec;

		rcv_rfm_spec_init(&spec, 2 + (int) (check_random(&seed) % 20));
		spec.rule.method = (uint8_t) (run % RCV_RFM_METHODS);
		spec.rule.left = run % 2;
		random_values(&f, 1 + check_random(&seed) % 100, 6, &seed);
		run_fit(&f, &spec);
		for (size_t i = 0; i < f.n; i++)
			for (size_t k = 0; k < f.n; k++)
			{
				rcv_rfm_scores a = rcv_rfm_score(&f.u.model, &f.values[i]);
				rcv_rfm_scores b = rcv_rfm_score(&f.u.model, &f.values[k]);

				for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
				{
					double x = f.values[i].value[d];
					double y = f.values[k].value[d];
					int rise = (d == RCV_RECENCY ? -1 : 1) * (b.score[d] - a.score[d]);

					together = together && (x != y || a.score[d] == b.score[d]);
					monotone = monotone && (x >= y || rise >= 0);
				}
			}
	}
	CHECK(together, "equal values have equal scores");
	CHECK(monotone, "a better value never has a lower score");
}

static void
test_order(void)
{
	static fit f;
	static fit g;
	uint64_t seed = 6;
	bool same = true;

	for (int run = 0; run < 200 && same; run++)
	{
		rcv_rfm_spec spec;

		random_rule(&spec, &seed);
		random_values(&f, 1 + check_random(&seed) % 200, 30, &seed);
		memcpy(&g, &f, sizeof(f));
		for (size_t i = g.n - 1; i > 0; i--)
		{
			size_t k = check_random(&seed) % (i + 1);
			rcv_rfm_values t = g.values[i];

			g.values[i] = g.values[k];
			g.values[k] = t;
		}
		same = run_fit(&f, &spec) == RCV_OK && run_fit(&g, &spec) == RCV_OK &&
			   memcmp(&f.u.model, &g.u.model, rcv_rfm_model_size(&spec.rule)) == 0;
	}
	CHECK(same, "any order of the customers makes the same model, to the last bit");
}

/* Own breaks: 10, 20, 20, 30 in each dimension. */
static rcv_rfm_spec
own_spec(void)
{
	static const double own[4] = {10, 20, 20, 30};
	rcv_rfm_spec spec = spec_of(2);

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		spec.given[d] = 1;
		spec.rule.breaks[d] = 4;
		memcpy(spec.own[d], own, sizeof(own));
	}
	return spec;
}

static void
test_boundaries(void)
{
	static const double at[8] = {9.99, 10, 10.01, 20, 20.01, 30, 30.01, -5};
	static const int right[8] = {1, 1, 2, 2, 4, 4, 5, 1};
	static const int left[8] = {1, 2, 2, 4, 4, 5, 5, 1};
	static fit f;
	rcv_rfm_spec spec = own_spec();
	rcv_rfm_values values;
	bool as_said = true;

	f.n = 1;
	for (int side = 0; side < 2; side++)
		for (int low = 0; low < 8; low++)
		{
			spec.rule.left = (uint8_t) side;
			for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
				spec.rule.low_best[d] = (low >> d) & 1;
			as_said = as_said && run_fit(&f, &spec) == RCV_OK;
			for (int i = 0; i < 8; i++)
			{
				int score[3];

				for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
				{
					values.value[d] = at[i];
					score[d] = side ? left[i] : right[i];
					if ((low >> d) & 1)
						score[d] = 6 - score[d];
				}
				as_said = as_said && scores_are(&f.u.model, &values, score[0], score[1], score[2]);
			}
		}
	CHECK(as_said, "a value at a break, both sides, all directions; equal breaks leave 3 unused");
}

/* Own breaks in one dimension, fitted ones in the others; nested repeats them. */
static void
test_own_and_fitted(void)
{
	static fit f;
	uint64_t seed = 9;
	rcv_rfm_spec spec = spec_of(3);
	bool repeated = true;

	random_values(&f, 200, 100, &seed);
	spec.given[RCV_FREQUENCY] = 1;
	spec.rule.breaks[RCV_FREQUENCY] = 1;
	spec.own[RCV_FREQUENCY][0] = 4;
	CHECK(run_fit(&f, &spec) == RCV_OK && f.u.model.breaks[2] == 4, "own breaks are taken over");
	CHECK(rcv_rfm_breaks_count(&f.u.model.rule) == 5, "2 + 1 + 2 breaks");
	spec.rule.nested = 1;
	CHECK(run_fit(&f, &spec) == RCV_OK, "nested with own breaks");
	CHECK(rcv_rfm_breaks_count(&f.u.model.rule) == 2 + 3 * 1 + 6 * 2, "2, 3 x 1 and 6 x 2 breaks");
	for (int16_t r = 1; r <= 3; r++)
	{
		rcv_rfm_scores cell = {{r, 1, 1}};

		repeated = repeated && rcv_rfm_set(&f.u.model, RCV_FREQUENCY, &cell)[0] == 4;
	}
	CHECK(repeated, "nested: own breaks hold in each cell");
}

/* A cell that nobody is in takes the breaks of all. */
static void
test_empty_cell(void)
{
	/* equal recency: everybody is in the best half, the cells under R = 1 are empty */
	static const double values[4][3] = {{7, 1, 10}, {7, 2, 20}, {7, 3, 30}, {7, 4, 40}};
	static fit f;
	rcv_rfm_spec spec = spec_of(2);
	rcv_rfm_scores empty = {{1, 1, 1}};
	rcv_rfm_scores full = {{2, 1, 1}};

	spec.rule.nested = 1;
	set_values(&f, 4, values);
	CHECK(run_fit(&f, &spec) == RCV_OK, "nested");
	CHECK(rcv_rfm_set(&f.u.model, RCV_FREQUENCY, &empty)[0] == 2.5, "empty: frequency of all");
	CHECK(rcv_rfm_set(&f.u.model, RCV_FREQUENCY, &full)[0] == 2.5, "full: frequency of all too");
	CHECK(rcv_rfm_set(&f.u.model, RCV_MONETARY, &empty)[0] == 25, "empty: monetary of all");
	CHECK(rcv_rfm_set(&f.u.model, RCV_MONETARY, &full)[0] == 15, "monetary of F = 1");
	full.score[RCV_FREQUENCY] = 2;
	CHECK(rcv_rfm_set(&f.u.model, RCV_MONETARY, &full)[0] == 35, "monetary of F = 2");
}

/* The R package's rule ----------------------------------------------------- */

/* R: breaks = quantile(x, type 7) + 1; score i where breaks[i-1] <= x < breaks[i]. */
static void
test_rfm_pkg(void)
{
	static fit f;
	static fit plain;
	uint64_t seed = 12;
	bool as_r = true;
	bool as_plain = true;

	for (int run = 0; run < 200; run++)
	{
		int bins = 2 + (int) (check_random(&seed) % 6);
		rcv_rfm_spec spec = {0};
		rcv_rfm_spec usual = {0};

		rcv_rfm_spec_init(&spec, bins);
		rcv_rfm_spec_init(&usual, bins);
		spec.rule.method = RCV_RFM_PKG;
		spec.rule.left = 1;
		/* n - 1 a multiple of bins: every quantile is a value, so whole numbers stay whole */
		random_values(&f, 1 + (size_t) bins * (1 + check_random(&seed) % 20), 40, &seed);
		for (size_t i = 0; i < f.n; i++)
			f.values[i].value[RCV_MONETARY] = floor(f.values[i].value[RCV_MONETARY]);
		memcpy(&plain, &f, sizeof(f));
		run_fit(&f, &spec);
		run_fit(&plain, &usual);
		for (size_t i = 0; i < rcv_rfm_breaks_count(&spec.rule); i++)
			as_r = as_r && f.u.model.breaks[i] == plain.u.model.breaks[i] + 1;
		for (size_t i = 0; i < f.n; i++)
		{
			rcv_rfm_scores a = rcv_rfm_score(&f.u.model, &f.values[i]);
			rcv_rfm_scores b = rcv_rfm_score(&plain.u.model, &f.values[i]);

			as_plain = as_plain && memcmp(&a, &b, sizeof(a)) == 0;
		}
	}
	CHECK(as_r, "rfm_pkg: the breaks are the quantiles and 1");
	CHECK(as_plain, "rfm_pkg scores whole numbers with whole quantiles as the plain rule does");

	/* its fault: amounts in thousands all fall under the first break */
	for (size_t i = 0; i < f.n; i++)
		f.values[i].value[RCV_MONETARY] = (double) i / 1000.0;
	{
		rcv_rfm_spec spec = spec_of(5);

		spec.rule.method = RCV_RFM_PKG;
		spec.rule.left = 1;
		run_fit(&f, &spec);
		CHECK(rcv_rfm_score(&f.u.model, &f.values[f.n - 1]).score[RCV_MONETARY] == 1,
			  "rfm_pkg with amounts in thousands");
	}
}

/* Position, total, past ----------------------------------------------------- */

static void
test_position(void)
{
	static fit f;
	rcv_rfm_spec spec = own_spec();
	rcv_rfm_scores none = {{1, 1, 1}};
	rcv_rfm_position p;

	f.n = 1;
	run_fit(&f, &spec);
	p = rcv_rfm_position_of(&f.u.model, RCV_FREQUENCY, &none, 20);
	CHECK(p.score == 2 && p.below == 10 && p.above == 20 && p.next_score == 4,
		  "at 20 the next score is 4: two breaks are equal");
	p = rcv_rfm_position_of(&f.u.model, RCV_FREQUENCY, &none, 5);
	CHECK(p.score == 1 && p.below == -INFINITY && p.above == 10 && p.next_score == 2, "lowest");
	p = rcv_rfm_position_of(&f.u.model, RCV_FREQUENCY, &none, 31);
	CHECK(p.score == 5 && p.below == 30 && p.above == INFINITY && p.next_score == 5, "highest");
	p = rcv_rfm_position_of(&f.u.model, RCV_RECENCY, &none, 20);
	CHECK(p.score == 4 && p.next_score == 2, "recency falls from 4 to 2");
	spec.rule.left = 1;
	run_fit(&f, &spec);
	p = rcv_rfm_position_of(&f.u.model, RCV_FREQUENCY, &none, 20);
	CHECK(p.score == 4 && p.below == 20 && p.above == 30 && p.next_score == 5, "left boundary");
}

static void
test_total(void)
{
	static fit f;
	rcv_rfm_spec spec = spec_of(5);
	rcv_rfm_scores scores = {{5, 4, 3}};

	f.n = 1;
	run_fit(&f, &spec);
	CHECK(rcv_rfm_total(&f.u.model, &scores) == 543, "total by the usual weights");
	spec.rule.weights[RCV_RECENCY] = 0.5;
	spec.rule.weights[RCV_FREQUENCY] = -1;
	spec.rule.weights[RCV_MONETARY] = 0;
	run_fit(&f, &spec);
	CHECK(rcv_rfm_total(&f.u.model, &scores) == -1.5, "total by other weights");
}

/* The smallest multiple of a unit past the break: it is past, and the one before is not. */
static bool
just_past(const rcv_rfm_model *model, double limit, double per_unit)
{
	double past = rcv_rfm_past(model, limit, per_unit);
	double before = (rint(past * per_unit) - 1) / per_unit;

	return model->rule.left ? past >= limit && before < limit : past > limit && before <= limit;
}

static void
test_past(void)
{
	static rcv_rfm_model model;
	uint64_t seed = 77;
	bool right = true;

	CHECK(rcv_rfm_past(&model, 254.8, 1) == 255 && rcv_rfm_past(&model, 254.8, 100) == 254.81,
		  "past 254.8: 255 orders, 254.81");
	CHECK(rcv_rfm_past(&model, 3, 1) == 4 && rcv_rfm_past(&model, -3, 1) == -2, "past a whole");
	model.rule.left = 1;
	CHECK(rcv_rfm_past(&model, 254.8, 1) == 255 && rcv_rfm_past(&model, 254.8, 100) == 254.8,
		  "reached: 255 orders, 254.80");
	CHECK(rcv_rfm_past(&model, 3, 1) == 3 && rcv_rfm_past(&model, -3, 1) == -3, "reached a whole");
	for (int i = 0; i < 200000 && right; i++)
	{
		double limit = (double) ((int64_t) (check_random(&seed) % 2000000000) - 1000000000) /
					   (double) (1 + check_random(&seed) % 1000);

		model.rule.left = i % 2;
		right = just_past(&model, limit, 1) && just_past(&model, limit, 100);
	}
	CHECK(right, "the smallest number of units past a random break");
	CHECK(rcv_rfm_past(&model, 1e300, 100) == 1e300 && rcv_rfm_past(&model, -1e300, 1) == -1e300,
		  "breaks too large for single units");
	CHECK(rcv_rfm_past(&model, 1.7976931348623157e308, 100) == 1.7976931348623157e308,
		  "the largest break");
}

/* Rules and models that cannot be ------------------------------------------ */

static void
test_checks(void)
{
	static fit f;
	uint64_t seed = 1;
	rcv_rfm_spec spec;
	rcv_rfm_rule rule;
	rcv_rfm_model *model = &f.u.model;
	size_t size;

	CHECK(rcv_rfm_spec_init(&spec, 1) == RCV_EDOMAIN, "1 bin");
	CHECK(rcv_rfm_spec_init(&spec, 0) == RCV_EDOMAIN, "0 bins");
	CHECK(rcv_rfm_spec_init(&spec, -2147483647 - 1) == RCV_EDOMAIN, "least int bins");
	CHECK(rcv_rfm_spec_init(&spec, 101) == RCV_EDOMAIN, "101 bins");
	CHECK(rcv_rfm_spec_init(&spec, 100) == RCV_OK, "100 bins");
	CHECK(rcv_rfm_rule_check(&spec.rule) == RCV_OK, "a rule of 100 bins");
	spec.rule.nested = 1;
	CHECK(rcv_rfm_rule_check(&spec.rule) == RCV_EDOMAIN, "100 bins nested");
	spec = spec_of(10);
	spec.rule.nested = 1;
	CHECK(rcv_rfm_rule_check(&spec.rule) == RCV_OK, "10 bins nested");
	CHECK(rcv_rfm_breaks_count(&spec.rule) == 9 + 90 + 900, "breaks of 10 bins nested");
	CHECK(rcv_rfm_model_size(&spec.rule) <= ROOM, "room for the largest nested model");

#define REFUSED(field, value, status)                                                              \
	(rule = spec.rule, rule.field = (value), rcv_rfm_rule_check(&rule) == (status))
	CHECK(REFUSED(version, 0, RCV_EVERSION) && REFUSED(version, 2, RCV_EVERSION), "versions");
	CHECK(REFUSED(method, RCV_RFM_METHODS, RCV_EDOMAIN), "method");
	CHECK(REFUSED(left, 2, RCV_EDOMAIN) && REFUSED(nested, 2, RCV_EDOMAIN) &&
			  REFUSED(dated, 2, RCV_EDOMAIN) && REFUSED(low_best[2], 2, RCV_EDOMAIN),
		  "flags");
	CHECK(REFUSED(customers, -1, RCV_EDOMAIN), "customers");
	CHECK(REFUSED(breaks[1], 0, RCV_EDOMAIN) && REFUSED(breaks[1], -1, RCV_EDOMAIN) &&
			  REFUSED(breaks[1], 10, RCV_EDOMAIN),
		  "breaks");
	CHECK(REFUSED(weights[0], NAN, RCV_EDOMAIN) && REFUSED(weights[0], INFINITY, RCV_EDOMAIN),
		  "weights");

	random_values(&f, 50, 20, &seed);
	spec = spec_of(4);
	run_fit(&f, &spec);
	size = rcv_rfm_model_size(&spec.rule);
	CHECK(rcv_rfm_model_check(model, size) == RCV_OK, "a model");
	CHECK(rcv_rfm_model_check(model, size - 1) == RCV_EBINARY &&
			  rcv_rfm_model_check(model, size + 8) == RCV_EBINARY &&
			  rcv_rfm_model_check(model, 0) == RCV_EBINARY,
		  "a model of another length");
	model->breaks[1] = model->breaks[0] - 1;
	CHECK(rcv_rfm_model_check(model, size) == RCV_EDOMAIN, "breaks that descend");
	model->breaks[1] = NAN;
	CHECK(rcv_rfm_model_check(model, size) == RCV_EDOMAIN, "a break that is no number");
	model->breaks[1] = INFINITY;
	CHECK(rcv_rfm_model_check(model, size) == RCV_EDOMAIN, "an infinite break");
	spec.rule.breaks[0] = 0;
	CHECK(run_fit(&f, &spec) == RCV_EDOMAIN, "a rule that cannot be is not fitted");
}

/*
 * 995 customers of the R package's own data are not in this tree: these are the
 * quantiles published for them, and its customer of 98 days, 7 orders and 596.
 */
static void
test_published(void)
{
	static const double breaks[3][4] = {
		{114, 180, 296.4, 481}, {3, 4, 5, 7}, {254.8, 381, 505.4, 665}};
	static fit f;
	rcv_rfm_spec spec = spec_of(5);
	rcv_rfm_values murphy = {{98, 7, 596}};

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		spec.given[d] = 1;
		memcpy(spec.own[d], breaks[d], sizeof(breaks[d]));
	}
	f.n = 1;
	run_fit(&f, &spec);
	CHECK(scores_are(&f.u.model, &murphy, 5, 4, 4), "98 days, 7 orders, 596 are 5, 4, 4");
}

int
main(void)
{
	test_against_naive();
	test_few();
	test_ties();
	test_order();
	test_boundaries();
	test_own_and_fitted();
	test_empty_cell();
	test_rfm_pkg();
	test_position();
	test_total();
	test_past();
	test_checks();
	test_published();
	return check_done();
}
