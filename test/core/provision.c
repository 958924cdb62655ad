/*
 * provision.c
 *		Matrices of rates of loss, allowances and their totals, movements,
 *		expected credit loss, rolls.
 */
#include "check.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "provision/loss.h"
#include "provision/total.h"

#define PERCENT (RCV_LOSS_ALL / 100)

/* Room for a matrix with all its parts, aligned. */
typedef union room
{
	rcv_matrix matrix;
	int64_t bytes[500];
} room;

/* Segments of these numbers of buckets; the caller sets edges, rates and names. */
static rcv_matrix *
make_matrix(room *at, const int *counts, int segments, int scenarios, int texts)
{
	rcv_matrix *matrix = &at->matrix;

	memset(at, 0, sizeof(*at));
	*matrix = (rcv_matrix){.version = RCV_MATRIX_VERSION,
						   .scale = 2,
						   .from = RCV_DAY_MIN,
						   .to = RCV_DAY_MAX,
						   .segments = segments,
						   .scenarios = scenarios,
						   .texts = texts,
						   .scalar = RCV_SCALAR_ONE};
	for (int s = 0; s < segments; s++)
	{
		rcv_matrix_segments(matrix)[s] =
			(rcv_matrix_segment){0, 0, matrix->buckets, counts[s], RCV_SCALAR_ONE};
		matrix->buckets += counts[s];
	}
	for (int b = 0; b < matrix->buckets; b++)
		rcv_matrix_buckets(matrix)[b].scalar = RCV_SCALAR_ONE;
	return matrix;
}

/* The five buckets of IFRS 9, illustrative example 12. */
static rcv_matrix *
example(room *at)
{
	static const int edges[] = {0, 30, 60, 90, INT32_MAX};
	static const int tenths[] = {3, 16, 36, 66, 106};
	static const int counts[] = {5};
	rcv_matrix *matrix = make_matrix(at, counts, 1, 0, 0);

	for (int b = 0; b < 5; b++)
	{
		rcv_matrix_buckets(matrix)[b].up_to = edges[b];
		rcv_matrix_buckets(matrix)[b].rate = tenths[b] * PERCENT / 10;
	}
	rcv_matrix_finish(matrix);
	return matrix;
}

static rcv_int128
amount_of(const rcv_matrix *matrix, int64_t open, int scale, int32_t days)
{
	rcv_provision_item item = {.open = {open, scale},
							   .cover = {0, 2},
							   .days = days,
							   .scalar = RCV_SCALAR_ONE,
							   .override = RCV_NO_OVERRIDE};
	rcv_provision out;

	return rcv_provision_of(matrix, &item, &out) == RCV_OK ? out.amount : -1;
}

/* Matrices ----------------------------------------------------------------- */

static void
test_buckets(void)
{
	bool right = true;
	uint64_t seed = 1;

	for (int n = 1; n <= RCV_MATRIX_BUCKETS_MAX; n++)
	{
		rcv_bucket buckets[RCV_MATRIX_BUCKETS_MAX];
		int edge = (int) (check_random(&seed) % 3);

		for (int b = 0; b < n; b++, edge += 1 + (int) (check_random(&seed) % 4))
			buckets[b].up_to = b == n - 1 ? INT32_MAX : edge;
		for (int days = -3; days < edge + 5; days++)
		{
			int slow = 0;

			while (days > buckets[slow].up_to)
				slow++;
			right = right && rcv_bucket_find(buckets, n, days) == slow;
		}
		right = right && rcv_bucket_find(buckets, n, INT32_MAX) == n - 1 &&
				rcv_bucket_find(buckets, n, INT32_MIN) == 0;
	}
	CHECK(right, "buckets of all numbers, as by looking at one after the other");
}

/* Breaks one thing at a time. */
static void
test_check(void)
{
	static const int counts[] = {2, 1, 1};
	room at;
	room copy;
	rcv_matrix *matrix = make_matrix(&at, counts, 3, 2, 12);
	size_t size = rcv_matrix_size(matrix);
	rcv_matrix *c = &copy.matrix;

	rcv_matrix_buckets(matrix)[0] = (rcv_bucket){30, 0, PERCENT, RCV_SCALAR_ONE, 0};
	for (int b = 1; b < 4; b++)
		rcv_matrix_buckets(matrix)[b] = (rcv_bucket){INT32_MAX, 0, b * PERCENT, RCV_SCALAR_ONE, 0};
	rcv_matrix_segments(matrix)[1].name_length = 1;
	rcv_matrix_segments(matrix)[2].name = 1;
	rcv_matrix_segments(matrix)[2].name_length = 2;
	memcpy(rcv_matrix_texts(matrix), "zaaxyboards.", 12);
	rcv_matrix_scenarios(matrix)[0] = (rcv_scenario){3, 1, RCV_SCALAR_ONE / 4, RCV_SCALAR_ONE * 2};
	rcv_matrix_scenarios(matrix)[1] = (rcv_scenario){4, 1, RCV_SCALAR_ONE / 4 * 3, 0};
	matrix->source = 7;
	rcv_matrix_finish(matrix);
	CHECK(rcv_matrix_check(matrix, size) == RCV_OK, "a matrix with all parts");
	CHECK(rcv_matrix_find_segment(matrix, "z", 1) == 1 &&
			  rcv_matrix_find_segment(matrix, "aa", 2) == 2 &&
			  rcv_matrix_find_segment(matrix, "zz", 2) == 0 &&
			  rcv_matrix_find_segment(matrix, "", 0) == 0,
		  "segments by name");
	CHECK(rcv_matrix_scenario_scalar(matrix) == RCV_SCALAR_ONE / 2, "a weighted scalar");
#define BREAKS(what, status, name)                                                                 \
	copy = at;                                                                                     \
	what;                                                                                          \
	CHECK(rcv_matrix_check(c, size) == status, name)
	BREAKS(c->version++, RCV_EVERSION, "another version");
	BREAKS(c->buckets++, RCV_EBINARY, "a bucket more");
	BREAKS(c->segments = 0, RCV_EBINARY, "no segment");
	BREAKS(c->texts--, RCV_EBINARY, "a byte less");
	BREAKS(c->source = 13, RCV_EBINARY, "a source of more bytes than there are");
	BREAKS(c->scale = 7, RCV_EDOMAIN, "seven decimals");
	BREAKS(c->contagion = 2, RCV_EDOMAIN, "another contagion");
	BREAKS(c->from = RCV_DAY_MAX + 1, RCV_EDOMAIN, "no day");
	BREAKS((c->from = 5, c->to = 4), RCV_EDOMAIN, "days in the wrong order");
	BREAKS(c->scalar = -1, RCV_EDOMAIN, "a scalar below 0");
	BREAKS(rcv_matrix_segments(c)[1].scalar = RCV_SCALAR_MAX + 1, RCV_EDOMAIN, "a scalar over 100");
	BREAKS(rcv_matrix_segments(c)[1].first = 1, RCV_EBINARY, "overlapping segments");
	BREAKS(rcv_matrix_segments(c)[2].count = 2, RCV_EBINARY, "buckets beyond the last one");
	BREAKS(rcv_matrix_segments(c)[2].name = 11, RCV_EBINARY, "a name beyond the texts");
	BREAKS(rcv_matrix_segments(c)[1].name_length = 2, RCV_EDOMAIN, "names in the wrong order");
	BREAKS(rcv_matrix_buckets(c)[0].up_to = INT32_MAX, RCV_EDOMAIN,
		   "an open bucket before another");
	BREAKS(rcv_matrix_buckets(c)[1].up_to = 60, RCV_EDOMAIN, "a last bucket with an edge");
	BREAKS(rcv_matrix_buckets(c)[0].up_to = -1, RCV_EDOMAIN, "an edge below 0");
	BREAKS(rcv_matrix_buckets(c)[0].rate = RCV_LOSS_ALL + 1, RCV_EDOMAIN, "a rate over 100 %");
	BREAKS(rcv_matrix_buckets(c)[0].rate = -1, RCV_EDOMAIN, "a rate below 0");
	BREAKS(rcv_matrix_buckets(c)[0].factor++, RCV_EDOMAIN, "a factor that is not the rate's");
	BREAKS(rcv_matrix_buckets(c)[0].decimals--, RCV_EDOMAIN, "its decimals");
	BREAKS(rcv_matrix_scenarios(c)[0].weight--, RCV_EDOMAIN, "weights that do not add up to 1");
	BREAKS(rcv_matrix_scenarios(c)[0].name = -1, RCV_EBINARY, "a name before the texts");
	CHECK(rcv_matrix_check(matrix, size - 1) == RCV_EBINARY &&
			  rcv_matrix_check(matrix, 0) == RCV_EBINARY,
		  "bytes missing");
}

/* By hand: 60 % x 1.1 is 66 %; by scenario 66 %, 92.4 %, 100 % for 132 %. */
static void
test_rates(void)
{
	static const int counts[] = {1};
	room at;
	rcv_matrix *matrix = make_matrix(&at, counts, 1, 3, 3);
	rcv_bucket *bucket = rcv_matrix_buckets(matrix);

	*bucket = (rcv_bucket){INT32_MAX, 0, 60 * PERCENT, RCV_SCALAR_ONE, 0};
	matrix->scalar = RCV_SCALAR_ONE / 10 * 11;
	for (int i = 0; i < 3; i++)
		rcv_matrix_scenarios(matrix)[i] = (rcv_scenario){i, 1,
														 RCV_SCALAR_ONE / 10 *
															 (i == 1   ? 3
															  : i == 0 ? 6
																	   : 1),
														 0};
	rcv_matrix_scenarios(matrix)[0].scalar = RCV_SCALAR_ONE;
	rcv_matrix_scenarios(matrix)[1].scalar = RCV_SCALAR_ONE / 10 * 14;
	rcv_matrix_scenarios(matrix)[2].scalar = RCV_SCALAR_ONE * 2;
	CHECK(rcv_matrix_rate(matrix, 0, 0, RCV_SCALAR_ONE) == (int64_t) 7732 * PERCENT / 100,
		  "scenarios: 0.6 x 66 + 0.3 x 92.4 + 0.1 x 100 = 77.32 %");
	CHECK(rcv_matrix_rate(matrix, 0, 0, 0) == 0, "times nothing");
	CHECK(rcv_matrix_rate(matrix, 0, 0, RCV_SCALAR_MAX) == RCV_LOSS_ALL, "times 100: all is lost");
	matrix->scalar = bucket->scalar = RCV_SCALAR_MAX;
	rcv_matrix_segments(matrix)->scalar = RCV_SCALAR_MAX;
	rcv_matrix_scenarios(matrix)[2].scalar = RCV_SCALAR_MAX;
	bucket->rate = RCV_LOSS_ALL;
	CHECK(rcv_matrix_rate(matrix, 0, 0, RCV_SCALAR_MAX) == RCV_LOSS_ALL,
		  "the largest of all scalars");
	bucket->rate = 1;
	matrix->scalar = bucket->scalar = rcv_matrix_segments(matrix)->scalar = RCV_SCALAR_ONE;
	matrix->scenarios = 0;
	CHECK(rcv_matrix_rate(matrix, 0, 0, RCV_SCALAR_ONE / 2) == 1 &&
			  rcv_matrix_rate(matrix, 0, 0, RCV_SCALAR_ONE / 10 * 4) == 0,
		  "rounded half away from zero at 14 decimals");
}

/* Allowances ----------------------------------------------------------------- */

static void
test_example(void)
{
	static const int64_t gross[] = {15000000, 7500000, 4000000, 2500000, 1000000};
	static const int64_t allowance[] = {45000, 120000, 144000, 165000, 106000};
	static const int32_t days[] = {0, 30, 60, 90, 91};
	room at;
	rcv_matrix *matrix = example(&at);
	bool right = true;

	for (int i = 0; i < 5; i++)
		right = right && amount_of(matrix, gross[i] * 100, 2, days[i]) == allowance[i] * 100;
	CHECK(right, "IFRS 9, illustrative example 12");
	CHECK(amount_of(matrix, 0, 2, 91) == 0 && amount_of(matrix, -100, 2, 91) == 0 &&
			  amount_of(matrix, INT64_MIN, 18, 91) == 0,
		  "nothing, and credit");
	CHECK(amount_of(matrix, INT64_MAX, 2, 91) == ((rcv_int128) INT64_MAX * 106 + 500) / 1000,
		  "the largest amount");
}

static void
test_items(void)
{
	room at;
	rcv_matrix *matrix = example(&at);
	rcv_provision_item item = {.open = {400000, 2},
							   .cover = {0, 2},
							   .days = 45,
							   .scalar = RCV_SCALAR_ONE,
							   .override = 40 * PERCENT};
	rcv_provision out;

	CHECK(rcv_provision_of(matrix, &item, &out) == RCV_OK && out.amount == 160000 &&
			  out.reason == RCV_PROVISION_INDIVIDUAL && out.bucket == 2,
		  "an individual rate wins");
	item.override = 0;
	CHECK(rcv_provision_of(matrix, &item, &out) == RCV_OK && out.amount == 0 &&
			  out.reason == RCV_PROVISION_INDIVIDUAL,
		  "also one of 0");
	item.override = RCV_NO_OVERRIDE;
	item.cover = (rcv_money){3999999, 3};
	CHECK(rcv_provision_of(matrix, &item, &out) == RCV_OK && out.base.units == 1 &&
			  out.base.scale == 3 && out.amount == 0 && out.reason == RCV_PROVISION_MATRIX,
		  "cover of other decimals");
	item.cover = (rcv_money){400000, 2};
	CHECK(rcv_provision_of(matrix, &item, &out) == RCV_OK && out.reason == RCV_PROVISION_COVERED &&
			  out.amount == 0,
		  "cover of it all");
	item.cover.units = -1;
	CHECK(rcv_provision_of(matrix, &item, &out) == RCV_EDOMAIN, "cover below 0");
	item.cover = (rcv_money){1, 18};
	CHECK(rcv_provision_of(matrix, &item, &out) == RCV_EOVERFLOW,
		  "a difference of too many digits");
}

static void
test_scaled(void)
{
	rcv_int128 out;

	CHECK(rcv_provision_scaled(5, 1, 1, 0, 0, &out) == RCV_OK && out == 1 &&
			  rcv_provision_scaled(4, 1, 1, 0, 0, &out) == RCV_OK && out == 0 &&
			  rcv_provision_scaled(15, 1, 1, 0, 0, &out) == RCV_OK && out == 2,
		  "halves go up");
	CHECK(rcv_provision_scaled(7, 2, 3, 0, 6, &out) == RCV_OK && out == 210000, "more decimals");
	CHECK(rcv_provision_scaled(RCV_WIDE_MAX, 18, 1, 14, 0, &out) == RCV_OK &&
			  out == RCV_WIDE_MAX / ((rcv_int128) rcv_pow10(18) * rcv_pow10(14)) + 1,
		  "the largest sum, 32 digits less");
	CHECK(rcv_provision_scaled(RCV_WIDE_MAX, 2, 2, 0, 2, &out) == RCV_EOVERFLOW &&
			  rcv_provision_scaled(RCV_WIDE_MAX, 2, 1, 0, 3, &out) == RCV_EOVERFLOW,
		  "too large");
	CHECK(rcv_provision_scaled(-1, 2, 1, 0, 2, &out) == RCV_EDOMAIN, "negative");
}

/* Rounding does not go above the value, however many decimals it has; else it is that of above. */
static void
test_part(void)
{
	rcv_int128 out;
	rcv_int128 scaled;
	uint64_t seed = 3;
	bool right = true;
	int cut = 0;

	CHECK(rcv_provision_part(100006, 3, 1, 0, 2, &out) == RCV_OK && out == 10000,
		  "all of 100.006 is 100.00");
	CHECK(rcv_provision_part(59, 4, 9, 1, 2, &out) == RCV_OK && out == 0,
		  "0.9 of 0.0059 is no cent");
	CHECK(rcv_provision_part(100006, 3, 9999, 4, 2, &out) == RCV_OK && out == 10000 &&
			  rcv_provision_part(100006, 3, 9, 1, 2, &out) == RCV_OK && out == 9001,
		  "halves go up below it");
	for (int run = 0; run < 100000 && right; run++)
	{
		int decimals = (int) (check_random(&seed) % 15);
		int64_t factor = (int64_t) (check_random(&seed) % (uint64_t) (rcv_pow10(decimals) + 1));
		int64_t value = (int64_t) (check_random(&seed) >> (1 + check_random(&seed) % 62));
		int from = (int) (check_random(&seed) % 19);
		int to = (int) (check_random(&seed) % 7);

		right = rcv_provision_scaled(value, from, factor, decimals, to, &scaled) == RCV_OK &&
				rcv_provision_part(value, from, factor, decimals, to, &out) == RCV_OK &&
				out * rcv_pow10(from) <= (rcv_int128) value * rcv_pow10(to) &&
				(out == scaled || (out == scaled - 1 &&
								   scaled * rcv_pow10(from) > (rcv_int128) value * rcv_pow10(to)));
		cut += out < scaled;
	}
	CHECK(right && cut > 100, "as rounded, or one less where that is above the value");
}

/* In 64 bits as in 128, on random bases, rates and scales. */
static void
test_quick(void)
{
	uint64_t seed = 7;
	bool right = true;
	int quick = 0;

	for (int run = 0; run < 100000 && right; run++)
	{
		rcv_bucket bucket = {.decimals = (int32_t) (check_random(&seed) % 15)};
		int scale = (int) (check_random(&seed) % 7);
		int64_t base = (int64_t) (check_random(&seed) >> (1 + check_random(&seed) % 62));
		int64_t amount;
		rcv_int128 exact;

		bucket.factor =
			(int64_t) (check_random(&seed) % (uint64_t) (rcv_pow10(bucket.decimals) + 1));
		if (!rcv_provision_quick(base, &bucket, scale, &amount))
			continue;
		quick++;
		right =
			rcv_provision_part(base, 4, bucket.factor, bucket.decimals, scale, &exact) == RCV_OK &&
			exact == amount;
	}
	CHECK(right && quick > 20000, "the same in 64 bits, where they suffice");
}

static void
test_movement(void)
{
	rcv_int128 charge;
	rcv_int128 reversal;
	uint64_t seed = 5;
	bool right = true;

	CHECK(rcv_provision_movement(160000, 225000, 0, &charge, &reversal) == RCV_OK && charge == 0 &&
			  reversal == 65000,
		  "manual: reversal of 650");
	CHECK(rcv_provision_movement(300000, 262500, 0, &charge, &reversal) == RCV_OK &&
			  charge == 37500 && reversal == 0,
		  "manual: charge of 375");
	CHECK(rcv_provision_movement(-1, 0, 0, &charge, &reversal) == RCV_EDOMAIN &&
			  rcv_provision_movement(0, -1, 0, &charge, &reversal) == RCV_EDOMAIN &&
			  rcv_provision_movement(0, 1, -1, &charge, &reversal) == RCV_EDOMAIN &&
			  rcv_provision_movement(0, 1, 2, &charge, &reversal) == RCV_EDOMAIN,
		  "nothing negative, nor more used than there was");
	for (int run = 0; run < 1000; run++)
	{
		int64_t old = (int64_t) (check_random(&seed) % 1000);
		int64_t used = (int64_t) (check_random(&seed) % (uint64_t) (old + 1));
		int64_t now = (int64_t) (check_random(&seed) % 1000);

		right = right && rcv_provision_movement(now, old, used, &charge, &reversal) == RCV_OK &&
				charge >= 0 && reversal >= 0 && (charge == 0 || reversal == 0) &&
				now == old - used + charge - reversal;
	}
	CHECK(right, "new = old - used + charge - reversal");
}

/* Totals --------------------------------------------------------------------- */

typedef union total_room
{
	rcv_total total;
	int64_t bytes[200];
} total_room;

/* The same random items in one total, and in three that are merged. */
static void
test_totals(rcv_provision_rounding rounding)
{
	room at;
	rcv_matrix *matrix = example(&at);
	size_t size = rcv_matrix_size(matrix);
	total_room all;
	total_room parts[3];
	rcv_int128 bases[5] = {0};
	rcv_int128 lines = 0;
	rcv_int128 rounded = 0;
	rcv_int128 whole;
	rcv_int128 merged;
	uint64_t seed = 11;
	bool right = true;

	rcv_total_init(&all.total, rounding, matrix, size);
	for (int i = 0; i < 3; i++)
		rcv_total_init(&parts[i].total, rounding, matrix, size);
	for (int i = 0; i < 3000; i++)
	{
		int bucket = (int) (check_random(&seed) % 5);
		rcv_money base = {(int64_t) (check_random(&seed) % 1000000), 2 + (i % 3 == 0 ? 3 : 0)};
		rcv_total *into[] = {&all.total, &parts[i % 3].total};
		rcv_int128 amount;

		rcv_provision_part(base.units, base.scale, rcv_matrix_buckets(matrix)[bucket].rate, 14, 2,
						   &amount);
		lines += amount;
		bases[bucket] += (rcv_int128) base.units * rcv_pow10(5 - base.scale);
		for (int j = 0; j < 2; j++)
			right = right && (rounding == RCV_PROVISION_BY_LINE
								  ? rcv_total_add_line(into[j], amount, 2)
								  : rcv_total_add_base(into[j], bucket, base)) == RCV_OK;
	}
	for (int b = 0; b < 5; b++)
	{
		rcv_int128 amount;

		rcv_provision_scaled(bases[b], 5, rcv_matrix_buckets(matrix)[b].rate, 14, 2, &amount);
		rounded += amount;
	}
	right = right && rcv_total_merge(&parts[2].total, &parts[0].total) == RCV_OK &&
			rcv_total_merge(&parts[2].total, &parts[1].total) == RCV_OK &&
			rcv_total_value(&all.total, &whole) == RCV_OK &&
			rcv_total_value(&parts[2].total, &merged) == RCV_OK;
	CHECK(right && whole == (rounding == RCV_PROVISION_BY_LINE ? lines : rounded) &&
			  lines != rounded,
		  "a total, rounded by line or by bucket");
	CHECK(merged == whole, "the same in three parts");
}

static void
test_total_states(void)
{
	room at;
	rcv_matrix *matrix = example(&at);
	size_t size = rcv_total_size(RCV_PROVISION_BY_BUCKET, matrix, rcv_matrix_size(matrix));
	total_room total;
	total_room other;
	rcv_wide *sums;

	rcv_total_init(&total.total, RCV_PROVISION_BY_BUCKET, matrix, rcv_matrix_size(matrix));
	sums = (rcv_wide *) ((char *) &total + size) - 5;
	CHECK(rcv_total_check(&total.total, size) == RCV_OK &&
			  rcv_total_check(&total.total, size - 16) == RCV_EBINARY &&
			  rcv_total_check(&total.total, 0) == RCV_EBINARY,
		  "a state by its size");
	rcv_total_init(&other.total, RCV_PROVISION_BY_LINE, matrix, rcv_matrix_size(matrix));
	CHECK(rcv_total_merge(&total.total, &other.total) == RCV_EDOMAIN, "two roundings");
	other = total;
	rcv_matrix_buckets(rcv_total_matrix(&other.total))[0].rate++;
	CHECK(rcv_total_merge(&total.total, &other.total) == RCV_EDOMAIN &&
			  rcv_total_check(&other.total, size) == RCV_EBINARY,
		  "two matrices, one of them not as it was made");
	sums->high = UINT64_MAX;
	CHECK(rcv_total_add_base(&total.total, 0, (rcv_money){1, 2}) == RCV_EOVERFLOW,
		  "a negative sum");
	sums->high = INT64_MAX;
	sums->low = UINT64_MAX;
	CHECK(rcv_total_add_base(&total.total, 0, (rcv_money){1, 4}) == RCV_EOVERFLOW &&
			  rcv_total_add_base(&total.total, 1, (rcv_money){1, 5}) == RCV_EOVERFLOW,
		  "the largest sum");
}

/* Loss ------------------------------------------------------------------------ */

static bool
near(double value, double expected)
{
	return fabs(value - expected) <= 1e-14 * fabs(expected);
}

static void
test_ecl(void)
{
	static const double pd[] = {0.01, 0.02, 0.03};
	static const double ead[] = {1000, 800, 600};
	static const double certain[] = {0.5, 0.5, 0.5};
	double out;

	/* by mpmath 1.3 with 30 digits */
	CHECK(rcv_ecl(pd, ead, 3, 0.45, 0.05, 1, RCV_PD_MARGINAL, &out) == RCV_OK &&
			  near(out, 17.8134110787172011661807580175),
		  "marginal probabilities");
	CHECK(rcv_ecl(pd, ead, 3, 0.45, 0.05, 1, RCV_PD_CONDITIONAL, &out) == RCV_OK &&
			  near(out, 17.5395918367346938775510204082),
		  "conditional probabilities");
	CHECK(rcv_ecl(pd, ead, 3, 0.45, 0.05, 12, RCV_PD_MARGINAL, &out) == RCV_OK &&
			  near(out, 19.6252300742804215710203505249),
		  "months");
	CHECK(rcv_ecl(pd, ead, 0, 0.45, 0.05, 1, RCV_PD_MARGINAL, &out) == RCV_OK && out == 0,
		  "no period");
	CHECK(rcv_ecl(certain, ead, 3, 1, 0, 1, RCV_PD_MARGINAL, &out) == RCV_EDOMAIN &&
			  rcv_ecl(certain, ead, 3, 1, 0, 1, RCV_PD_CONDITIONAL, &out) == RCV_OK &&
			  near(out, 500 + 200 + 75),
		  "more than 1 in all, unless conditional");
	CHECK(rcv_ecl(pd, ead, 3, 1.01, 0, 1, RCV_PD_MARGINAL, &out) == RCV_EDOMAIN &&
			  rcv_ecl(pd, ead, 3, NAN, 0, 1, RCV_PD_MARGINAL, &out) == RCV_EDOMAIN &&
			  rcv_ecl(pd, ead, 3, 1, -1, 1, RCV_PD_MARGINAL, &out) == RCV_EDOMAIN &&
			  rcv_ecl(pd, ead, 3, 1, INFINITY, 1, RCV_PD_MARGINAL, &out) == RCV_EDOMAIN &&
			  rcv_ecl(pd, ead, 3, 1, 0, 0, RCV_PD_MARGINAL, &out) == RCV_EDOMAIN,
		  "outside the domain");
	CHECK(rcv_ecl(pd, ead, 3, 1, -1 + 1e-16, 0.01, RCV_PD_MARGINAL, &out) == RCV_EOVERFLOW,
		  "overflow");
}

static void
test_rolls(void)
{
	rcv_rolls all;
	rcv_rolls parts[2];
	uint64_t seed = 3;
	bool right = true;

	rcv_rolls_init(&all);
	rcv_rolls_init(&parts[0]);
	rcv_rolls_init(&parts[1]);
	for (int i = 0; i < 1000; i++)
	{
		int from = (int) (check_random(&seed) % 9);
		int to = (int) (check_random(&seed) % 11) - 1;
		rcv_money amount = {(int64_t) (check_random(&seed) % 1000000), 2 + i % 4};

		right = right && rcv_rolls_add(&all, from, to, amount) == RCV_OK &&
				rcv_rolls_add(&parts[i % 2], from, to, amount) == RCV_OK;
	}
	right =
		right && rcv_rolls_merge(&parts[0], &parts[1]) == RCV_OK && rcv_rolls_check(&all) == RCV_OK;
	CHECK(right && memcmp(&all, &parts[0], sizeof(all)) == 0, "rolls: the same in two parts");
	rcv_rolls_init(&all);
	rcv_rolls_add(&all, 1, 2, (rcv_money){23000, 2});
	rcv_rolls_add(&all, 1, 1, (rcv_money){7000, 2});
	rcv_rolls_add(&all, 1, RCV_ROLL_PAID, (rcv_money){20000, 2});
	CHECK(rcv_wide_value(&all.bucket[1].total) == 50000 &&
			  rcv_wide_value(&all.bucket[1].rolled) == 23000 && all.last == 2,
		  "what rolls on, stays and is paid");
	CHECK(rcv_rolls_add(&all, -1, 0, (rcv_money){1, 2}) == RCV_EDOMAIN &&
			  rcv_rolls_add(&all, 0, -2, (rcv_money){1, 2}) == RCV_EDOMAIN &&
			  rcv_rolls_add(&all, RCV_ROLL_BUCKETS_MAX, 0, (rcv_money){1, 2}) == RCV_EDOMAIN &&
			  rcv_rolls_add(&all, 0, 0, (rcv_money){-1, 2}) == RCV_EDOMAIN,
		  "no such bucket or amount");
	all.bucket[1].rolled.low = 50001;
	CHECK(rcv_rolls_check(&all) == RCV_EBINARY, "more rolled than there was");
	all.bucket[1].rolled.high = all.bucket[1].total.high = INT64_MAX;
	CHECK(rcv_rolls_add(&all, 1, 1, (rcv_money){INT64_MAX, 18}) == RCV_EOVERFLOW, "sums too large");
}

int
main(void)
{
	test_buckets();
	test_check();
	test_rates();
	test_example();
	test_items();
	test_scaled();
	test_part();
	test_quick();
	test_movement();
	test_totals(RCV_PROVISION_BY_LINE);
	test_totals(RCV_PROVISION_BY_BUCKET);
	test_total_states();
	test_ecl();
	test_rolls();
	return check_done();
}
