/*
 * silhouette.h
 *		How well rows lie in their clusters: Rousseeuw, Silhouettes: A Graphical Aid
 *		to the Interpretation and Validation of Cluster Analysis, Journal of
 *		Computational and Applied Mathematics 20 (1987).
 *
 * With a, the mean distance of a row from the others of its cluster, and b, that
 * from the rows of the nearest other cluster, s = (b - a) / max(a, b), from -1 to
 * 1; 0 for a row that is a cluster by itself, and where a = b = 0.
 */
#ifndef RCV_SILHOUETTE_H
#define RCV_SILHOUETTE_H

#include "base/status.h"
#include "cluster/block.h"

#define RCV_SILHOUETTE_ROWS_MAX 50000

/*
 * The mean of s over all rows, by all n^2 distances.  Cluster c has the rows
 * first[c] .. first[c + 1] - 1, at least one, and sums room for a number of each
 * cluster.  RCV_EDOMAIN: fewer than two clusters.
 */
extern rcv_status rcv_silhouette(const rcv_blocks *rows, const size_t *first, int clusters,
								 double *sums, rcv_pause_fn pause, double *out);

#endif
