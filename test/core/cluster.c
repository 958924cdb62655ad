/*
 * cluster.c
 *		Clustering: loops over blocks, the order of rows, scales, k-means,
 *		silhouettes, Gower's distance.
 *
 * block.c is included, so that the loops for every width of register that this
 * machine has are tested, and kmeans.c for iterations from given centres.
 */
#include "cluster/block.c"
#include "cluster/kmeans.c"

#include "check.h"

#include <stdlib.h>

#include "cluster/gower.h"
#include "cluster/kmeans.h"
#include "cluster/order.h"
#include "cluster/silhouette.h"

static int pauses;

static void
pause_here(void)
{
	pauses++;
}

static double
uniform(uint64_t *seed)
{
	return (double) (check_random(seed) >> 11) * 0x1p-53;
}

static bool
near(double value, double expected, double tolerance)
{
	return fabs(value - expected) <= tolerance * fmax(1, fabs(expected));
}

static void *
room(size_t n, size_t size)
{
	void *result = calloc(n > 0 ? n : 1, size);

	if (result == NULL)
		abort();
	return result;
}

/* Rows one after the other into blocks; to be freed. */
static rcv_blocks
blocks_of(const double *rows, size_t n, int columns)
{
	rcv_blocks out = {NULL, n, columns};

	out.data = room(rcv_blocks_count(&out) * RCV_BLOCK * (size_t) columns, sizeof(double));
	for (size_t i = 0; i < n; i++)
		for (int j = 0; j < columns; j++)
			rcv_block_row(&out, i)[j * RCV_BLOCK] = rows[i * (size_t) columns + (size_t) j];
	return out;
}

/* Blocks ------------------------------------------------------------------ */

typedef void (*nearest_fn)(const double *, int, const double *, int, uint16_t *, double *);
typedef void (*approach_fn)(const double *, int, const double *, double *);
typedef void (*potential_fn)(const double *, int, const double *, const double *, double *);
typedef void (*distances_fn)(const double *, int, const double *, double *);

static void
test_width(const char *name, nearest_fn nearest, approach_fn approach, potential_fn potential,
		   distances_fn distances)
{
	static double block[RCV_BLOCK * 9];
	static double points[40 * 9];
	uint64_t seed = 5;
	bool right = true;

	for (int run = 0; run < 100 && right; run++)
	{
		int columns = 1 + (int) (check_random(&seed) % 9);
		int k = 1 + (int) (check_random(&seed) % 40);
		uint16_t label[RCV_BLOCK];
		double squares[RCV_BLOCK];
		double lower[RCV_BLOCK];
		double away[RCV_BLOCK];
		double sums[LANES];
		double expected[LANES] = {0};

		/* whole numbers in every other run, so that there are ties */
		for (int i = 0; i < RCV_BLOCK * columns; i++)
			block[i] = run % 2 ? uniform(&seed) - 0.5 : floor(3 * uniform(&seed));
		for (int i = 0; i < k * columns; i++)
			points[i] = run % 2 ? uniform(&seed) - 0.5 : floor(3 * uniform(&seed));
		nearest(block, columns, points, k, label, squares);
		for (int i = 0; i < RCV_BLOCK; i++)
			lower[i] = uniform(&seed) * columns;
		memcpy(away, lower, sizeof(lower));
		potential(block, columns, points, lower, sums);
		approach(block, columns, points, lower);
		for (int i = 0; i < RCV_BLOCK; i++)
		{
			double row[9];
			double square;
			double first;

			for (int j = 0; j < columns; j++)
				row[j] = block[j * RCV_BLOCK + i];
			right &= rcv_kmeans_nearest(points, k, columns, row, &square) == label[i] &&
					 square == squares[i];
			rcv_kmeans_nearest(points, 1, columns, row, &first);
			right &= lower[i] == (first < away[i] ? first : away[i]);
			expected[i % LANES] += lower[i];
			away[i] = sqrt(first);
		}
		right &= memcmp(sums, expected, sizeof(sums)) == 0;
		distances(block, columns, points, lower);
		right &= memcmp(lower, away, sizeof(lower)) == 0;
	}
	CHECK(right, name);
}

static void
test_blocks(void)
{
	double values[RCV_BLOCK];
	double sum = 0;

	test_width("16 bytes: the same bits as row by row", narrow_nearest, narrow_approach,
			   narrow_potential, narrow_distances);
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		test_width("AVX2: the same bits as row by row", avx2_nearest, avx2_approach, avx2_potential,
				   avx2_distances);
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
		__builtin_cpu_supports("avx512vl"))
		test_width("AVX-512: the same bits as row by row", avx512_nearest, avx512_approach,
				   avx512_potential, avx512_distances);
#endif
	for (int i = 0; i < RCV_BLOCK; i++)
		sum += values[i] = i * 0.5 - 3;
	CHECK(rcv_block_sum(values) == sum, "sum of a block");
}

/* Order -------------------------------------------------------------------- */

static void
test_order_keys(void)
{
	static const double ascending[] = {-1e300, -2, -1, -1e-310, 0, 5e-324, 1e-10, 1, 1.5, 1e300};
	bool right = true;

	for (size_t i = 0; i < sizeof(ascending) / sizeof(*ascending); i++)
	{
		right &= rcv_order_value(rcv_order_key(ascending[i])) == ascending[i];
		if (i > 0)
			right &= rcv_order_key(ascending[i - 1]) < rcv_order_key(ascending[i]);
	}
	CHECK(right, "keys sort as numbers do, and give them back");
}

/* The second column that gives (b, .) the hash of (a, second). */
static bool
collide(double a, double second, double b, double *out)
{
	uint64_t bits;

	memcpy(&bits, &second, sizeof(bits));
	bits += rcv_order_hash(&a, 1) - rcv_order_hash(&b, 1);
	memcpy(out, &bits, sizeof(bits));
	return isfinite(*out) && *out != 0;
}

/* Rows in the order, one after the other, must be the same for two shuffles. */
static bool
same_order(const double *rows, size_t n, int columns, uint64_t *seed)
{
	rcv_keyed *items = room(n, sizeof(*items));
	rcv_keyed *spare = room(n, sizeof(*spare));
	double *shuffled = room(n * (size_t) columns, sizeof(double));
	double *ordered[2];
	bool right = true;

	memcpy(shuffled, rows, n * (size_t) columns * sizeof(double));
	for (int run = 0; run < 2; run++)
	{
		const rcv_keyed *order;

		for (size_t i = n; i-- > 1;)
			for (size_t other = check_random(seed) % (i + 1), j = 0; j < (size_t) columns; j++)
			{
				double kept = shuffled[i * (size_t) columns + j];

				shuffled[i * (size_t) columns + j] = shuffled[other * (size_t) columns + j];
				shuffled[other * (size_t) columns + j] = kept;
			}
		order = rcv_order_rows(shuffled, n, columns, items, spare, pause_here);
		ordered[run] = room(n * (size_t) columns, sizeof(double));
		for (size_t i = 0; i < n; i++)
		{
			right &= i == 0 || order[i - 1].key <= order[i].key;
			memcpy(ordered[run] + i * (size_t) columns,
				   shuffled + order[i].value * (size_t) columns, (size_t) columns * sizeof(double));
		}
	}
	right &= memcmp(ordered[0], ordered[1], n * (size_t) columns * sizeof(double)) == 0;
	free(ordered[0]);
	free(ordered[1]);
	free(shuffled);
	free(items);
	free(spare);
	return right;
}

static void
test_order(void)
{
	enum
	{
		MANY = 700000
	};
	double *rows = room(MANY, 2 * sizeof(double));
	uint64_t seed = 6;
	size_t n = 0;

	for (size_t i = 0; i < MANY; i++)
		rows[i] = floor(1e5 * uniform(&seed));
	CHECK(same_order(rows, MANY, 1, &seed), "one column, in several parts, with equal rows");
	CHECK(same_order(rows, 1000, 2, &seed) && same_order(rows, 1, 2, &seed) &&
			  same_order(rows, 0, 2, &seed),
		  "few rows, one, none");
	/* groups of 3 and of 60 rows of one hash */
	for (double a = 1; n < 3 * 20; a++)
		if (collide(1, 2 + floor((double) n / 3), a, &rows[2 * n + 1]))
			rows[2 * n++] = a;
	for (double a = 1; n < 200; a++)
		if (collide(0.5, 0.25, a, &rows[2 * n + 1]))
			rows[2 * n++] = a;
	CHECK(rcv_order_hash(rows + 120, 2) == rcv_order_hash(rows + 124, 2) &&
			  rcv_order_hash(rows, 2) == rcv_order_hash(rows + 2, 2),
		  "rows of one hash");
	CHECK(same_order(rows, n, 2, &seed), "rows of one hash are ordered by their values");
	free(rows);
}

/* Scales ---------------------------------------------------------------------- */

typedef struct scaled
{
	rcv_scaling scaling;
	rcv_blocks rows;
	rcv_status status;
	int bad;
} scaled;

static scaled
scale(const double *rows, size_t n, int columns, int kind)
{
	size_t d = (size_t) columns;
	scaled out = {{kind, columns, room(d, 8), room(d, 8), room(d + 1, 4), room(d * RCV_KNOTS, 8),
				   room(d * RCV_KNOTS, 8)},
				  blocks_of(rows, n, columns),
				  RCV_OK,
				  -1};
	rcv_keyed *items = room(n, 2 * sizeof(*items));

	out.status = rcv_scale_fit(&out.scaling, &out.rows, items, items + n, pause_here, &out.bad);
	free(items);
	return out;
}

static void
free_scaled(scaled *s)
{
	free(s->scaling.center);
	free(s->scaling.spread);
	free(s->scaling.first);
	free(s->scaling.value);
	free(s->scaling.share);
	free(s->rows.data);
}

/* A row by itself is scaled as in the fit, and back again to tolerance. */
static bool
row_by_row(const scaled *s, const double *rows, double tolerance)
{
	bool right = s->status == RCV_OK;

	for (size_t i = 0; i < s->rows.n; i++)
	{
		double out[10];

		right &=
			rcv_scale_row(&s->scaling, rows + i * (size_t) s->rows.columns, out, NULL) == RCV_OK;
		for (int j = 0; j < s->rows.columns; j++)
			right &= out[j] == rcv_block_row(&s->rows, i)[j * RCV_BLOCK] &&
					 near(rcv_scale_back(&s->scaling, j, out[j]),
						  rows[i * (size_t) s->rows.columns + (size_t) j], tolerance);
	}
	return right;
}

static void
test_zscore(void)
{
	enum
	{
		N = 1000
	};
	static double rows[N * 3];
	uint64_t seed = 7;
	long double sum = 0;
	long double squares = 0;
	scaled s;

	for (size_t i = 0; i < N; i++)
	{
		sum += rows[3 * i] = 1e6 + uniform(&seed);
		rows[3 * i + 1] = -7.7;
		rows[3 * i + 2] = 1e-200 * (double) (i % 2);
	}
	for (size_t i = 0; i < N; i++)
		squares += (rows[3 * i] - sum / N) * (rows[3 * i] - sum / N);
	s = scale(rows, N, 3, RCV_SCALE_ZSCORE);
	CHECK(near(s.scaling.center[0], (double) (sum / N), 1e-16) &&
			  near(s.scaling.spread[0] / (double) sqrtl(squares / (N - 1)), 1, 1e-12),
		  "mean and sd with n - 1");
	CHECK(s.scaling.spread[1] == 0 && s.scaling.center[1] == -7.7, "a constant column");
	CHECK(near(s.scaling.spread[2] / 1e-200, sqrt(250.0 / 999), 1e-14),
		  "squares of small numbers are not lost");
	CHECK(row_by_row(&s, rows, 1e-15), "zscore row by row");
	free_scaled(&s);
	s = scale(rows, 1, 3, RCV_SCALE_ZSCORE);
	CHECK(row_by_row(&s, rows, 0) && s.scaling.spread[0] == 0, "one row is a constant");
	free_scaled(&s);
}

static void
test_log1p(void)
{
	static const double rows[] = {0, -0.5, 1e-20, 99};
	static const double bad[] = {1, 2, 3, -1};
	static const double huge[] = {1, 1e141};
	double out[2];
	int at = -1;
	scaled s = scale(rows, 2, 2, RCV_SCALE_LOG1P);

	CHECK(row_by_row(&s, rows, 1e-15) && s.rows.data[RCV_BLOCK + 1] == log1p(99), "log1p");
	CHECK(rcv_scale_row(&s.scaling, bad + 2, out, &at) == RCV_EDOMAIN && at == 1,
		  "log1p of -1 in a row");
	CHECK(rcv_scale_row(&s.scaling, huge, out, &at) == RCV_EOVERFLOW, "too large in a row");
	free_scaled(&s);
	s = scale(bad, 2, 2, RCV_SCALE_LOG1P);
	CHECK(s.status == RCV_EDOMAIN && s.bad == 1, "log1p of -1 in a fit");
	free_scaled(&s);
	s = scale(huge, 1, 2, RCV_SCALE_NONE);
	CHECK(s.status == RCV_EOVERFLOW && s.bad == 1, "too large in a fit");
	free_scaled(&s);
}

static void
test_rank(void)
{
	enum
	{
		N = 5001
	};
	static double rows[N * 2];
	double x[2] = {15, -5};
	double out[2];
	bool right = true;
	uint64_t seed = 8;
	scaled s;

	/* column 0: 10 x 1, 20 x 3, 40 x 1; column 1: many values */
	for (size_t i = 0; i < 5; i++)
		rows[i] = i == 0 ? 10 : i < 4 ? 20 : 40;
	s = scale(rows, 5, 1, RCV_SCALE_RANK);
	CHECK(s.scaling.first[1] == 3 && s.rows.data[0] == 0.1 && s.rows.data[1] == 0.5 &&
			  s.rows.data[4] == 0.9,
		  "few values: mid-ranks");
	CHECK(row_by_row(&s, rows, 0), "ranks row by row");
	CHECK(rcv_scale_row(&s.scaling, x, out, NULL) == RCV_OK && near(out[0], 0.3, 1e-15) &&
			  rcv_scale_row(&s.scaling, x + 1, out, NULL) == RCV_OK && out[0] == 0.1,
		  "new values: between two, and below all");
	free_scaled(&s);
	for (size_t i = 0; i < N; i++)
	{
		rows[2 * i] = floor(exp(7 * uniform(&seed)));
		rows[2 * i + 1] = i % 4 == 0 ? 3 : uniform(&seed) * 10;
	}
	s = scale(rows, N, 2, RCV_SCALE_RANK);
	CHECK(s.scaling.first[1] > RCV_HUNDREDTHS / 2 && s.scaling.first[1] <= RCV_KNOTS &&
			  s.scaling.first[2] - s.scaling.first[1] <= RCV_KNOTS,
		  "many values: some hundred knots");
	for (size_t i = 0; i < N; i += 7)
		for (int j = 0; j < 2; j++)
		{
			double below = 0;

			for (size_t other = 0; other < N; other++)
				below += rows[2 * other + (size_t) j] < rows[2 * i + (size_t) j]	? 1
						 : rows[2 * other + (size_t) j] == rows[2 * i + (size_t) j] ? 0.5
																					: 0;
			right &= fabs(rcv_block_row(&s.rows, i)[j * RCV_BLOCK] - below / N) < 0.02;
		}
	CHECK(right, "many values: mid-ranks, to two hundredths");
	right = true;
	for (int j = 0; j < 2; j++)
		for (int i = s.scaling.first[j]; i + 1 < s.scaling.first[j + 1]; i++)
			right &= s.scaling.value[i] < s.scaling.value[i + 1] &&
					 s.scaling.share[i] < s.scaling.share[i + 1] && s.scaling.share[i] > 0;
	CHECK(right, "knots ascend");
	free_scaled(&s);
}

/* k-means ------------------------------------------------------------------------ */

static void
start_partition(rcv_partition *p, size_t n, int k, int columns)
{
	size_t cells = (size_t) k * (size_t) columns;

	p->centroids = room(cells, sizeof(double));
	p->sums = room(cells, sizeof(double));
	p->sizes = room((size_t) k, sizeof(int64_t));
	p->labels = room(n + RCV_BLOCK, sizeof(uint16_t));
}

static void
free_partition(rcv_partition *p)
{
	free(p->centroids);
	free(p->sums);
	free(p->sizes);
	free(p->labels);
}

static rcv_kmeans
fit(const double *rows, size_t n, int columns, int k, int starts, rcv_status *status)
{
	rcv_kmeans out = {.rows = blocks_of(rows, n, columns),
					  .k = k,
					  .starts = starts,
					  .max_iterations = 300,
					  .seed = 1,
					  .pause = pause_here};

	out.near = room(n + RCV_BLOCK, sizeof(double));
	out.block_sums = room(rcv_blocks_count(&out.rows), sizeof(double));
	start_partition(&out.best, n, k, columns);
	start_partition(&out.other, n, k, columns);
	*status = rcv_kmeans_fit(&out);
	return out;
}

static void
free_fit(rcv_kmeans *f)
{
	free(f->rows.data);
	free(f->near);
	free(f->block_sums);
	free_partition(&f->best);
	free_partition(&f->other);
}

/* Sum of squares of rows from the means of their clusters. */
static double
within(const double *rows, size_t n, int columns, int k, const int *labels)
{
	double total = 0;

	for (int c = 0; c < k; c++)
		for (int j = 0; j < columns; j++)
		{
			double sum = 0;
			double count = 0;

			for (size_t i = 0; i < n; i++)
				if (labels[i] == c)
					sum += rows[i * (size_t) columns + (size_t) j], count++;
			for (size_t i = 0; i < n; i++)
				if (labels[i] == c)
					total += pow(rows[i * (size_t) columns + (size_t) j] - sum / count, 2);
		}
	return total;
}

/* The best of all k^n labellings. */
static double
least(const double *rows, size_t n, int columns, int k)
{
	int labels[10] = {0};
	double best = INFINITY;

	for (;;)
	{
		size_t at = 0;

		best = fmin(best, within(rows, n, columns, k, labels));
		while (at < n && ++labels[at] == k)
			labels[at++] = 0;
		if (at == n)
			return best;
	}
}

/* What holds of any result: sizes and means by labels, numbers by size, the sum of squares. */
static bool
sound(const rcv_kmeans *f, const double *rows)
{
	const rcv_partition *p = &f->best;
	size_t columns = (size_t) f->rows.columns;
	bool right = true;
	double total = 0;

	for (int c = 0; c < f->k; c++)
	{
		double sums[10] = {0};
		int64_t size = 0;

		for (size_t i = 0; i < f->rows.n; i++)
			if (p->labels[i] == c)
			{
				size++;
				for (size_t j = 0; j < columns; j++)
					sums[j] += rows[i * columns + j];
			}
		right &= size == p->sizes[c] && size > 0 && (c == 0 || size <= p->sizes[c - 1]);
		for (size_t j = 0; j < columns; j++)
			right &= near(p->centroids[(size_t) c * columns + j], sums[j] / (double) size, 1e-12);
	}
	for (size_t i = 0; i < f->rows.n; i++)
	{
		double square;

		right &= !p->converged || rcv_kmeans_nearest(p->centroids, f->k, (int) columns,
													 rows + i * columns, &square) == p->labels[i];
		rcv_kmeans_nearest(p->centroids + p->labels[i] * columns, 1, (int) columns,
						   rows + i * columns, &square);
		total += square;
	}
	return right && near(p->objective, total, 1e-12);
}

static void
test_kmeans_small(void)
{
	double rows[20];
	uint64_t seed = 9;
	bool best = true;
	bool all_sound = true;
	int refused = 0;

	for (int run = 0; run < 150; run++)
	{
		size_t n = 3 + check_random(&seed) % 5;
		int columns = 1 + (int) (check_random(&seed) % 2);
		int k = 1 + (int) (check_random(&seed) % 3);
		rcv_status status;
		rcv_kmeans f;

		/* few different numbers: equal rows, ties, more clusters than different rows */
		for (size_t i = 0; i < n * (size_t) columns; i++)
			rows[i] = run % 3 == 0 ? uniform(&seed) : floor(3 * uniform(&seed));
		f = fit(rows, n, columns, k, 30, &status);
		if (status == RCV_EDOMAIN)
		{
			int different = 0;

			for (size_t i = 0; i < n; i++)
			{
				size_t j = 0;

				while (j < i && memcmp(rows + i * (size_t) columns, rows + j * (size_t) columns,
									   (size_t) columns * sizeof(double)) != 0)
					j++;
				different += j == i;
			}
			refused++;
			best &= f.found == different && different < k;
		}
		else
		{
			best &= near(f.best.objective, least(rows, n, columns, k), 1e-12);
			all_sound &= sound(&f, rows) && f.best.converged;
		}
		free_fit(&f);
	}
	CHECK(best, "small sets: the best of all partitions");
	CHECK(all_sound, "small sets: means, sizes, numbers");
	CHECK(refused > 5, "more clusters than different rows");
}

static void
test_kmeans_large(void)
{
	enum
	{
		N = 3000,
		D = 3
	};
	static double rows[N * D];
	uint64_t seed = 10;
	rcv_status status;
	rcv_kmeans one;
	rcv_kmeans ten;

	for (size_t i = 0; i < N * D; i++)
		rows[i] = uniform(&seed) + (double) (i / D % 7) * (i % D == 1 ? 4 : 0.2);
	one = fit(rows, N, D, 40, 1, &status);
	CHECK(status == RCV_OK && one.best.converged && sound(&one, rows), "one start");
	ten = fit(rows, N, D, 40, 10, &status);
	CHECK(sound(&ten, rows) && ten.best.objective < one.best.objective, "ten are better");
	free_fit(&ten);
	ten = fit(rows, N, D, 40, 1, &status);
	CHECK(memcmp(ten.best.centroids, one.best.centroids, 40 * D * sizeof(double)) == 0 &&
			  ten.best.objective == one.best.objective,
		  "the same again");
	ten.max_iterations = 2;
	CHECK(rcv_kmeans_fit(&ten) == RCV_OK && !ten.best.converged && ten.best.iterations == 2 &&
			  sound(&ten, rows),
		  "not converged: still means and sizes");
	ten.max_iterations = 300;
	ten.tolerance = 0.01;
	CHECK(rcv_kmeans_fit(&ten) == RCV_OK && ten.best.converged &&
			  ten.best.iterations < one.best.iterations && ten.best.iterations > 2 &&
			  ten.best.objective < one.best.objective * 1.2,
		  "a tolerance ends it earlier");
	free_fit(&ten);
	free_fit(&one);
	ten = fit(rows, N, D, 1000, 1, &status);
	CHECK(status == RCV_OK && sound(&ten, rows), "a thousand clusters");
	free_fit(&ten);
}

static void
test_kmeans_empty(void)
{
	uint64_t seed = 11;
	bool right = true;

	/* many clusters of few rows in two bunches: empty ones come about */
	for (int run = 0; run < 200 && right; run++)
	{
		double rows[60];
		rcv_status status;
		rcv_kmeans f;

		for (int i = 0; i < 60; i++)
			rows[i] = floor(uniform(&seed) * 8) * (i % 2 ? 1 : 10);
		f = fit(rows, 30, 2, 12, 1, &status);
		right = status == RCV_EDOMAIN || sound(&f, rows);
		free_fit(&f);
	}
	CHECK(right, "no cluster ends empty");
}

/* Two of three centres are nobody's nearest. */
static void
test_kmeans_far(void)
{
	static const double rows[] = {0, 1, 2, 3, 50};
	static const double centres[] = {0, 1000, 2000};
	rcv_status status;
	rcv_kmeans f = fit(rows, 5, 1, 3, 1, &status);

	memcpy(f.best.centroids, centres, sizeof(centres));
	memset(f.best.labels, 0xff, 5 * sizeof(*f.best.labels));
	memset(f.best.sums, 0, 3 * sizeof(*f.best.sums));
	memset(f.best.sizes, 0, 3 * sizeof(*f.best.sizes));
	f.best.iterations = 0;
	iterate(&f, &f.best);
	CHECK(f.best.converged && f.best.centroids[1] == 50 && f.best.sizes[1] == 1 &&
			  f.best.sizes[0] == 2 && f.best.centroids[0] == 0.5 && f.best.centroids[2] == 2.5,
		  "empty clusters get the farthest rows: 50, then 3");
	CHECK(f.best.objective == 1, "2 was as near to 3, and is better with it");
	free_fit(&f);
}

/* Silhouettes ------------------------------------------------------------------- */

static double
apart(const double *rows, int columns, size_t i, size_t j)
{
	double square = 0;

	for (int c = 0; c < columns; c++)
		square += pow(
			rows[i * (size_t) columns + (size_t) c] - rows[j * (size_t) columns + (size_t) c], 2);
	return sqrt(square);
}

static double
plain_silhouette(const double *rows, int columns, const size_t *first, int clusters)
{
	size_t n = first[clusters];
	double total = 0;

	for (int own = 0; own < clusters; own++)
		for (size_t i = first[own]; i < first[own + 1]; i++)
		{
			double a = 0;
			double b = INFINITY;

			for (int c = 0; c < clusters; c++)
			{
				double sum = 0;

				for (size_t j = first[c]; j < first[c + 1]; j++)
					sum += apart(rows, columns, i, j);
				if (c == own)
					a = sum / (double) (first[c + 1] - first[c] - 1);
				else
					b = fmin(b, sum / (double) (first[c + 1] - first[c]));
			}
			if (first[own + 1] - first[own] > 1 && fmax(a, b) > 0)
				total += (b - a) / fmax(a, b);
		}
	return total / (double) n;
}

static void
test_silhouette(void)
{
	static double rows[800 * 4];
	double sums[40];
	double value = 0;
	uint64_t seed = 12;
	double worst = 0;
	rcv_blocks blocks = {rows, 1, 1};
	size_t one[] = {0, 1};

	for (int run = 0; run < 60; run++)
	{
		int columns = 1 + run % 4;
		int clusters = 2 + (int) (check_random(&seed) % 30);
		size_t first[40] = {0};

		for (int c = 0; c < clusters; c++)
			first[c + 1] = first[c] + 1 + check_random(&seed) % 24;
		for (size_t i = 0; i < first[clusters] * (size_t) columns; i++)
			rows[i] = run % 5 == 0 ? floor(uniform(&seed) * 2) : uniform(&seed);
		blocks = blocks_of(rows, first[clusters], columns);
		rcv_silhouette(&blocks, first, clusters, sums, pause_here, &value);
		worst = fmax(worst, fabs(value - plain_silhouette(rows, columns, first, clusters)));
		free(blocks.data);
	}
	CHECK(worst < 1e-12, "silhouettes by their definition");
	blocks = (rcv_blocks){rows, 1, 1};
	CHECK(rcv_silhouette(&blocks, one, 1, sums, pause_here, &value) == RCV_EDOMAIN,
		  "one cluster has none");
}

/* Gower --------------------------------------------------------------------------- */

static void
test_gower(void)
{
	rcv_gower_column column = {.kind = RCV_GOWER_NUMBER};
	rcv_gower_column other = {.kind = RCV_GOWER_NUMBER};

	rcv_gower_merge(&column, &other);
	CHECK(!column.known && rcv_gower_apart(&column, 5, 5) == 0 &&
			  rcv_gower_apart(&column, 5, 6) == 1,
		  "a column without values");
	rcv_gower_widen(&column, 5);
	CHECK(column.least == 5 && column.most == 5 && rcv_gower_apart(&column, 5, 5) == 0 &&
			  rcv_gower_apart(&column, 5, 6) == 1,
		  "a constant column");
	rcv_gower_widen(&other, -15);
	rcv_gower_merge(&column, &other);
	CHECK(rcv_gower_apart(&column, -10, 0) == 0.5 && rcv_gower_apart(&column, 5, -15) == 1 &&
			  rcv_gower_apart(&column, 100, 0) == 1,
		  "a range, and values beyond it");
	rcv_gower_widen(&column, 1.7e308);
	rcv_gower_widen(&column, -1.7e308);
	CHECK(rcv_gower_apart(&column, 1.7e308, 0) == 0.5, "the largest range");
}

int
main(void)
{
	test_blocks();
	test_order_keys();
	test_order();
	test_zscore();
	test_log1p();
	test_rank();
	test_kmeans_small();
	test_kmeans_large();
	test_kmeans_empty();
	test_kmeans_far();
	test_silhouette();
	test_gower();
	CHECK(pauses > 1000, "pauses are made");
	return check_done();
}
