/*
 * kmeans.c
 *		Lloyd's iterations.
 *
 * The sums of clusters follow the rows that change their cluster; when no row
 * does, they are made anew, so that the centres at the end are plain means.
 */
#include "cluster/kmeans.h"

#include <math.h>
#include <string.h>

#define NO_LABEL UINT16_MAX

int
rcv_kmeans_nearest(const double *centroids, int k, int columns, const double *row, double *square)
{
	int nearest = 0;

	for (int c = 0; c < k; c++, centroids += columns)
	{
		double sum = 0;

		for (int j = 0; j < columns; j++)
			sum += (row[j] - centroids[j]) * (row[j] - centroids[j]);
		if (c == 0 || sum < *square)
		{
			*square = sum;
			nearest = c;
		}
	}
	return nearest;
}

static size_t
cells(const rcv_kmeans *fit)
{
	return (size_t) fit->k * (size_t) fit->rows.columns;
}

/* Adds a row to the sums of a cluster (sign 1), or takes it out (-1). */
static void
move(const rcv_kmeans *fit, rcv_partition *p, size_t row, uint16_t label, int sign)
{
	const double *x = rcv_block_row(&fit->rows, row);
	double *sums = p->sums + (size_t) label * (size_t) fit->rows.columns;

	p->sizes[label] += sign;
	for (int j = 0; j < fit->rows.columns; j++)
		sums[j] += sign * x[(size_t) j * RCV_BLOCK];
}

static void
relabel(const rcv_kmeans *fit, rcv_partition *p, size_t row, uint16_t label)
{
	if (p->labels[row] != NO_LABEL)
		move(fit, p, row, p->labels[row], -1);
	move(fit, p, row, label, 1);
	p->labels[row] = label;
}

/* Gives each row to the nearest centre; how many rows that changes. */
static size_t
assign(rcv_kmeans *fit, rcv_partition *p)
{
	size_t step = 8000000 / (cells(fit) * RCV_BLOCK) + 1;
	uint16_t labels[RCV_BLOCK];
	size_t moved = 0;

	p->objective = 0;
	for (size_t block = 0; block < rcv_blocks_count(&fit->rows); block++)
	{
		size_t first = block * RCV_BLOCK;
		size_t rows = fit->rows.n - first < RCV_BLOCK ? fit->rows.n - first : RCV_BLOCK;
		double *near = fit->near + first;

		if (block % step == 0)
			fit->pause();
		rcv_block_nearest(rcv_block_at(&fit->rows, block), fit->rows.columns, p->centroids, fit->k,
						  labels, near);
		for (size_t i = rows; i < RCV_BLOCK; i++)
			near[i] = 0;
		p->objective += rcv_block_sum(near);
		for (size_t i = 0; i < rows; i++)
			if (labels[i] != p->labels[first + i])
			{
				relabel(fit, p, first + i, labels[i]);
				moved++;
			}
	}
	return moved;
}

/* The row farthest from its centre, of a cluster that has others; n: there is none. */
static size_t
farthest(const rcv_kmeans *fit, const rcv_partition *p)
{
	size_t found = fit->rows.n;

	for (size_t i = 0; i < fit->rows.n; i++)
		if (p->sizes[p->labels[i]] > 1 && (found == fit->rows.n || fit->near[i] > fit->near[found]))
			found = i;
	return found;
}

/* Gives a row to each cluster without one. */
static size_t
fill_empty(rcv_kmeans *fit, rcv_partition *p)
{
	size_t filled = 0;

	for (int c = 0; c < fit->k; c++)
	{
		size_t row;

		if (p->sizes[c] > 0 || (row = farthest(fit, p)) == fit->rows.n)
			continue;
		fit->pause();
		relabel(fit, p, row, (uint16_t) c);
		fit->near[row] = 0;
		filled++;
	}
	return filled;
}

/* Sums anew, by the labels. */
static void
sum_up(const rcv_kmeans *fit, rcv_partition *p)
{
	memset(p->sums, 0, cells(fit) * sizeof(*p->sums));
	memset(p->sizes, 0, (size_t) fit->k * sizeof(*p->sizes));
	for (size_t i = 0; i < fit->rows.n; i++)
	{
		if (i % (RCV_BLOCK * 256) == 0)
			fit->pause();
		move(fit, p, i, p->labels[i], 1);
	}
}

/* Centres are means; whether one of them changes. */
static bool
set_centroids(const rcv_kmeans *fit, rcv_partition *p)
{
	bool changed = false;

	for (size_t cell = 0; cell < cells(fit); cell++)
	{
		int64_t size = p->sizes[cell / (size_t) fit->rows.columns];
		double mean = size > 0 ? p->sums[cell] / (double) size : p->centroids[cell];

		changed |= mean != p->centroids[cell];
		p->centroids[cell] = mean;
	}
	return changed;
}

/* The sum of squares by the labels. */
static void
set_objective(rcv_kmeans *fit, rcv_partition *p)
{
	double low = 0; /* what rounding has cut off: Neumaier's sum */

	p->objective = 0;
	for (size_t block = 0; block < rcv_blocks_count(&fit->rows); block++)
	{
		double values[RCV_BLOCK] = {0};
		double term;
		double next;

		for (size_t i = block * RCV_BLOCK; i < fit->rows.n && i < (block + 1) * RCV_BLOCK; i++)
		{
			const double *x = rcv_block_row(&fit->rows, i);
			const double *c = p->centroids + p->labels[i] * (size_t) fit->rows.columns;
			double *sum = &values[i % RCV_BLOCK];

			for (int j = 0; j < fit->rows.columns; j++, x += RCV_BLOCK)
				*sum += (*x - c[j]) * (*x - c[j]);
		}
		if (block % 256 == 0)
			fit->pause();
		term = rcv_block_sum(values);
		next = p->objective + term;
		low += p->objective >= term ? p->objective - next + term : term - next + p->objective;
		p->objective = next;
	}
	p->objective += low;
}

static void
set_centroid(const rcv_kmeans *fit, rcv_partition *p, int cluster)
{
	size_t from = (size_t) cluster * (size_t) fit->rows.columns;

	for (size_t cell = from; cell < from + (size_t) fit->rows.columns; cell++)
		p->centroids[cell] = p->sums[cell] / (double) p->sizes[cluster];
}

/*
 * The cluster to which a row had better move: that changes the sum by
 * d_b n_b / (n_b + 1) - d_a n_a / (n_a - 1), where d are squared distances from
 * the centres of its own cluster a and the other one b.  Its own: none.
 */
static int
better_cluster(const rcv_kmeans *fit, const rcv_partition *p, const double *row, int own)
{
	int columns = fit->rows.columns;
	const double *c = p->centroids;
	double least = INFINITY;
	double stay = 0;
	int best = own;

	for (int cluster = 0; cluster < fit->k; cluster++, c += columns)
	{
		double n = (double) p->sizes[cluster];
		double square = 0;

		for (int j = 0; j < columns; j++)
			square += (row[j] - c[j]) * (row[j] - c[j]);
		if (cluster == own)
			stay = square * (n / (n - 1));
		else if (square * (n / (n + 1)) < least)
		{
			least = square * (n / (n + 1));
			best = cluster;
		}
	}
	return least < stay * (1 - 1e-12) ? best : own;
}

/*
 * Moves single rows where that lowers the sum, which it can do although each row
 * is with the nearest centre, as the centres then move too (Hartigan, Wong, A
 * K-Means Clustering Algorithm, Applied Statistics 28, 1979).  How many.
 */
static size_t
exchange(rcv_kmeans *fit, rcv_partition *p)
{
	size_t moved = 0;

	for (size_t i = 0; i < fit->rows.n; i++)
	{
		const double *x = rcv_block_row(&fit->rows, i);
		double row[RCV_KMEANS_COLUMNS_MAX];
		int own = p->labels[i];
		int other;

		if (i % RCV_BLOCK == 0)
			fit->pause();
		if (p->sizes[own] == 1)
			continue;
		for (int j = 0; j < fit->rows.columns; j++, x += RCV_BLOCK)
			row[j] = *x;
		other = better_cluster(fit, p, row, own);
		if (other == own)
			continue;
		relabel(fit, p, i, (uint16_t) other);
		set_centroid(fit, p, own);
		set_centroid(fit, p, other);
		moved++;
	}
	return moved;
}

/*
 * Iterates from the centres that are set, and from labels or none.  At the end
 * centres are the means of their rows, and if it converged, each row is with the
 * nearest.
 */
static void
iterate(rcv_kmeans *fit, rcv_partition *p)
{
	double before = INFINITY;
	bool fresh = false; /* sums are of the labels, without a trace of the way */

	p->converged = false;
	while (p->iterations < fit->max_iterations && !p->converged)
	{
		size_t moved = assign(fit, p);

		p->iterations++;
		if (moved > 0)
			moved += fill_empty(fit, p);
		if (moved == 0 && !fresh)
			sum_up(fit, p);
		fresh = moved == 0;
		if (!set_centroids(fit, p) && fresh)
			p->converged = fresh = fit->rows.n > RCV_KMEANS_EXCHANGE_MAX || exchange(fit, p) == 0;
		else if (fit->tolerance > 0 && isfinite(before) &&
				 before - p->objective <= fit->tolerance * before)
			p->converged = fresh = true;
		before = p->objective;
	}
	sum_up(fit, p);
	set_centroids(fit, p);
	set_objective(fit, p);
}

static void
swap(rcv_partition *a, rcv_partition *b)
{
	rcv_partition kept = *a;

	*a = *b;
	*b = kept;
}

/* Whether cluster a goes before cluster b. */
static bool
precedes(const rcv_kmeans *fit, const rcv_partition *p, int a, int b)
{
	const double *x = p->centroids + (size_t) a * (size_t) fit->rows.columns;
	const double *y = p->centroids + (size_t) b * (size_t) fit->rows.columns;

	if (p->sizes[a] != p->sizes[b])
		return p->sizes[a] > p->sizes[b];
	for (int j = 0; j < fit->rows.columns; j++)
		if (x[j] != y[j])
			return x[j] < y[j];
	return false;
}

/* Numbers the clusters in their order; false when they have these numbers already. */
static bool
renumber(rcv_kmeans *fit, rcv_partition *p, rcv_partition *spare)
{
	size_t columns = (size_t) fit->rows.columns;
	uint16_t number[RCV_KMEANS_K_MAX]; /* that a cluster gets */
	bool changed = false;

	for (int a = 0; a < fit->k; a++)
	{
		number[a] = 0;
		for (int b = 0; b < fit->k; b++)
			number[a] += b != a && (precedes(fit, p, b, a) || (b < a && !precedes(fit, p, a, b)));
		changed |= number[a] != a;
	}
	if (!changed)
		return false;
	memcpy(spare->centroids, p->centroids, cells(fit) * sizeof(*p->centroids));
	memcpy(spare->sums, p->sums, cells(fit) * sizeof(*p->sums));
	memcpy(spare->sizes, p->sizes, (size_t) fit->k * sizeof(*p->sizes));
	for (int a = 0; a < fit->k; a++)
	{
		memcpy(p->centroids + number[a] * columns, spare->centroids + (size_t) a * columns,
			   columns * sizeof(*p->centroids));
		memcpy(p->sums + number[a] * columns, spare->sums + (size_t) a * columns,
			   columns * sizeof(*p->sums));
		p->sizes[number[a]] = spare->sizes[a];
	}
	for (size_t i = 0; i < fit->rows.n; i++)
		p->labels[i] = number[p->labels[i]];
	return true;
}

/*
 * Final numbers.  As a row that is as near to two centres belongs to the first,
 * other numbers may move it; then iterations go on, which lowers the sum.
 */
static void
settle(rcv_kmeans *fit)
{
	rcv_partition *p = &fit->best;

	while (renumber(fit, p, &fit->other) && p->converged && p->iterations < fit->max_iterations)
	{
		int iterations = p->iterations;

		iterate(fit, p);
		if (p->iterations == iterations + 1)
			p->iterations = iterations; /* it only looked */
	}
}

rcv_status
rcv_kmeans_fit(rcv_kmeans *fit)
{
	rcv_status status;

	fit->random = fit->seed;
	for (int start = 0; start < fit->starts; start++)
	{
		rcv_partition *p = &fit->other;

		if ((status = rcv_kmeans_seed(fit, p->centroids)) != RCV_OK)
			return status;
		p->iterations = 0;
		memset(p->sums, 0, cells(fit) * sizeof(*p->sums));
		memset(p->sizes, 0, (size_t) fit->k * sizeof(*p->sizes));
		memset(p->labels, 0xff, fit->rows.n * sizeof(*p->labels));
		iterate(fit, p);
		if (start == 0 || p->objective < fit->best.objective)
			swap(&fit->best, p);
	}
	settle(fit);
	return RCV_OK;
}
