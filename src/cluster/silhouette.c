/*
 * silhouette.c
 *		All distances of a row at a time, summed up by cluster.
 */
#include "cluster/silhouette.h"

#include <math.h>
#include <string.h>

#define LANES 8

/* In partial sums that can be added side by side. */
static double
sum(const double *values, size_t n)
{
	double sums[LANES] = {0};
	double rest = 0;
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (int lane = 0; lane < LANES; lane++)
			sums[lane] += values[i + (size_t) lane];
	for (; i < n; i++)
		rest += values[i];
	for (int lane = 0; lane < LANES; lane++)
		rest += sums[lane];
	return rest;
}

/* Sums of the distances of a row from the rows of each cluster. */
static void
sum_distances(const rcv_blocks *rows, const double *row, const size_t *first, int clusters,
			  double *sums)
{
	int c = 0;

	memset(sums, 0, (size_t) clusters * sizeof(*sums));
	for (size_t block = 0; block < rcv_blocks_count(rows); block++)
	{
		double distances[RCV_BLOCK];
		size_t at = block * RCV_BLOCK;
		size_t end = at + RCV_BLOCK < rows->n ? at + RCV_BLOCK : rows->n;

		rcv_block_distances(rcv_block_at(rows, block), rows->columns, row, distances);
		while (at < end)
		{
			size_t to = first[c + 1] < end ? first[c + 1] : end;

			sums[c] += sum(distances + at % RCV_BLOCK, to - at);
			c += to == first[c + 1];
			at = to;
		}
	}
}

static double
silhouette(const double *sums, const size_t *first, int clusters, int own)
{
	size_t others = first[own + 1] - first[own] - 1;
	double a = others > 0 ? sums[own] / (double) others : 0;
	double b = INFINITY;

	for (int c = 0; c < clusters; c++)
		if (c != own)
			b = fmin(b, sums[c] / (double) (first[c + 1] - first[c]));
	return others == 0 || a == b ? 0 : (b - a) / fmax(a, b);
}

rcv_status
rcv_silhouette(const rcv_blocks *rows, const size_t *first, int clusters, double *sums,
			   rcv_pause_fn pause, double *out)
{
	double total = 0;

	if (clusters < 2)
		return RCV_EDOMAIN;
	for (int own = 0; own < clusters; own++)
		for (size_t i = first[own]; i < first[own + 1]; i++)
		{
			const double *from = rcv_block_row(rows, i);
			double row[RCV_BLOCK];

			pause();
			for (int j = 0; j < rows->columns; j++)
				row[j] = from[(size_t) j * RCV_BLOCK];
			sum_distances(rows, row, first, clusters, sums);
			total += silhouette(sums, first, clusters, own);
		}
	*out = total / (double) rows->n;
	return RCV_OK;
}
