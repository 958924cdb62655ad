/*
 * kmeans_seed.c
 *		Centres to start from: k-means++.
 *
 * The first centre is any row; each further one is drawn with a probability
 * proportional to its squared distance from the nearest centre so far.  Of
 * 2 + ln k rows drawn in this way the one that leaves the least sum is taken,
 * as the authors suggest and scikit-learn does.
 */
#include "cluster/kmeans.h"

#include <math.h>
#include <string.h>

#include "num/mix.h"

static uint64_t
next_random(rcv_kmeans *fit)
{
	return rcv_mix64(fit->random += RCV_MIX_STEP);
}

/* 0 <= u < 1 */
static double
next_uniform(rcv_kmeans *fit)
{
	return (double) (next_random(fit) >> 11) * 0x1p-53;
}

static void
copy_row(const rcv_blocks *rows, size_t row, double *out)
{
	const double *from = rcv_block_row(rows, row);

	for (int j = 0; j < rows->columns; j++)
		out[j] = from[(size_t) j * RCV_BLOCK];
}

/* Blocks between two pauses, when each takes so many distances. */
static size_t
pause_blocks(const rcv_kmeans *fit, int distances)
{
	size_t blocks = 8000000 / ((size_t) distances * (size_t) fit->rows.columns * RCV_BLOCK);

	return blocks > 0 ? blocks : 1;
}

/* Takes a centre into account; the sum of near is returned. */
static double
approach(rcv_kmeans *fit, const double *centre, bool first)
{
	size_t step = pause_blocks(fit, 1);
	double total = 0;

	for (size_t block = 0; block < rcv_blocks_count(&fit->rows); block++)
	{
		double *near = fit->near + block * RCV_BLOCK;

		if (block % step == 0)
			fit->pause();
		for (size_t i = 0; first && i < RCV_BLOCK; i++)
			near[i] = block * RCV_BLOCK + i < fit->rows.n ? INFINITY : 0;
		rcv_block_approach(rcv_block_at(&fit->rows, block), fit->rows.columns, centre, near);
		total += fit->block_sums[block] = rcv_block_sum(near);
	}
	return total;
}

/* A row at a place in the sum of near; never one that is at a centre. */
static size_t
row_at(const rcv_kmeans *fit, double place)
{
	size_t blocks = rcv_blocks_count(&fit->rows);
	size_t last = 0;
	size_t block = 0;

	while (block < blocks && !(fit->block_sums[block] > place))
		place -= fit->block_sums[block++];
	if (block == blocks) /* by rounding: the last row that has a distance */
		for (block = blocks - 1; block > 0 && !(fit->block_sums[block] > 0);)
			block--;
	for (size_t i = block * RCV_BLOCK; i < fit->rows.n && i < (block + 1) * RCV_BLOCK; i++)
	{
		if (fit->near[i] > 0)
			last = i;
		if (fit->near[i] > place)
			return i;
		place -= fit->near[i];
	}
	return last;
}

/* The best of some rows drawn, as a centre; trials holds their columns. */
static void
draw_centre(rcv_kmeans *fit, double total, double *out, double *trials)
{
	int columns = fit->rows.columns;
	int n = 2 + (int) log(fit->k);
	size_t step = pause_blocks(fit, n);
	double sums[2 + 7] = {0}; /* ln k <= ln 1000 < 7 */
	int best = 0;

	for (int t = 0; t < n; t++)
		copy_row(&fit->rows, row_at(fit, next_uniform(fit) * total),
				 trials + (size_t) t * (size_t) columns);
	for (size_t block = 0; block < rcv_blocks_count(&fit->rows); block++)
	{
		if (block % step == 0)
			fit->pause();
		for (int t = 0; t < n; t++)
			sums[t] += rcv_block_potential(rcv_block_at(&fit->rows, block), columns,
										   trials + (size_t) t * (size_t) columns,
										   fit->near + block * RCV_BLOCK);
	}
	for (int t = 1; t < n; t++)
		if (sums[t] < sums[best])
			best = t;
	memcpy(out, trials + (size_t) best * (size_t) columns, (size_t) columns * sizeof(*out));
}

rcv_status
rcv_kmeans_seed(rcv_kmeans *fit, double *centroids)
{
	double trials[(2 + 7) * RCV_KMEANS_COLUMNS_MAX];
	size_t columns = (size_t) fit->rows.columns;

	copy_row(&fit->rows, (size_t) (next_uniform(fit) * (double) fit->rows.n), centroids);
	for (fit->found = 1; fit->found < fit->k; fit->found++)
	{
		double *centre = centroids + (size_t) fit->found * columns;
		double total = approach(fit, centre - columns, fit->found == 1);

		if (!(total > 0))
			return RCV_EDOMAIN;
		draw_centre(fit, total, centre, trials);
	}
	return RCV_OK;
}
