/*
 * kmeans.h
 *		k-means: k centres with the least sum of squared distances of rows from
 *		the nearest of them.
 *
 * From each of several starts by k-means++ (Arthur, Vassilvitskii, k-means++:
 * The Advantages of Careful Seeding, SODA 2007), in their greedy form of several
 * trials a centre, Lloyd's iterations (Least Squares Quantization in PCM, IEEE
 * Transactions on Information Theory 28, 1982) until no row changes its cluster;
 * the start that ends with the least sum wins, the first of several.  A cluster
 * that loses all its rows is given the row that is farthest from its centre.  Of
 * up to RCV_KMEANS_EXCHANGE_MAX rows, single ones are then moved where that
 * lowers the sum, and iterations go on.
 *
 * Clusters are numbered by their sizes from the largest on, and those of one
 * size by their centres, column by column.
 */
#ifndef RCV_KMEANS_H
#define RCV_KMEANS_H

#include <stdbool.h>

#include "base/status.h"
#include "cluster/block.h"
#include "cluster/scale.h"

#define RCV_KMEANS_K_MAX 1000
#define RCV_KMEANS_COLUMNS_MAX 100
#define RCV_KMEANS_STARTS_MAX 1000
#define RCV_KMEANS_EXCHANGE_MAX 100000 /* rows */
#define RCV_KMEANS_ITERATIONS_MAX 100000

/* A set of k centres, and how the rows fall to them. */
typedef struct rcv_partition
{
	double *centroids; /* k x columns */
	double *sums;	   /* k x columns: of the rows of a cluster */
	int64_t *sizes;	   /* k */
	uint16_t *labels;  /* of each row of all blocks: 0 .. k - 1 */
	double objective;  /* sum of squared distances of rows from their centres */
	int iterations;
	bool converged;
} rcv_partition;

/* What to do.  The arrays are the caller's. */
typedef struct rcv_kmeans
{
	rcv_blocks rows; /* scaled, in an order that does not depend on chance */
	int k;
	int starts;
	int max_iterations; /* of one start */
	double tolerance;	/* also ends a start: the sum falls by no more than this share of it */
	uint64_t seed;
	rcv_pause_fn pause;
	double *near;		/* squared distance from the nearest centre, of each row of all blocks */
	double *block_sums; /* of near, of each block */
	rcv_partition best; /* the result */
	rcv_partition other;
	uint64_t random;
	int found; /* centres that the last start found */
} rcv_kmeans;

/*
 * Needs 1 <= k <= rows.  RCV_EDOMAIN: k is more than the number of rows that
 * differ, of which there are (k's of) found.
 */
extern rcv_status rcv_kmeans_fit(rcv_kmeans *fit);

/* kmeans_seed.c: k centres for a start: rows, no two of which are the same. */
extern rcv_status rcv_kmeans_seed(rcv_kmeans *fit, double *centroids);

/*
 * The nearest of k centres to a scaled row, 0 .. k - 1, the first of several as
 * near, and the square of its distance: the same bits as the fit.
 */
extern int rcv_kmeans_nearest(const double *centroids, int k, int columns, const double *row,
							  double *square);

/* kmeans_model.c ------------------------------------------------------------ */

#define RCV_KMEANS_VERSION 1
#define RCV_KMEANS_NAME 64 /* bytes of a column's name, with the zero at the end */

typedef enum rcv_kmeans_status
{
	RCV_KMEANS_OK,
	RCV_KMEANS_NOT_CONVERGED,
	RCV_KMEANS_STATUSES
} rcv_kmeans_status;

extern const char *const rcv_kmeans_status_names[RCV_KMEANS_STATUSES + 1];

/* A fitted model: plain bytes, all of them meant, equal when bytes are. */
typedef struct rcv_kmeans_model
{
	uint8_t version;
	uint8_t scale;	/* rcv_scale */
	uint8_t status; /* rcv_kmeans_status */
	uint8_t named;	/* columns have names */
	int32_t k;
	int32_t columns;
	int32_t knots; /* of all columns together; 0 unless scale is rank */
	int32_t iterations;
	int32_t starts;
	int64_t seed;
	int64_t n; /* rows fitted on; 0: not known, and no sizes */
	int64_t skipped;
	double objective; /* NaN: not known */
	double data[];	  /* see rcv_kmeans_parts */
} rcv_kmeans_model;

/* Where the parts of a model are. */
typedef struct rcv_kmeans_parts
{
	rcv_scaling scaling;
	double *centroids; /* k x columns, scaled */
	int64_t *sizes;	   /* k */
	char *names;	   /* columns x RCV_KMEANS_NAME, zeros behind each; NULL */
} rcv_kmeans_parts;

/* Bytes of a model with this header. */
extern size_t rcv_kmeans_model_size(const rcv_kmeans_model *header);

extern rcv_kmeans_parts rcv_kmeans_parts_of(const rcv_kmeans_model *model);

/*
 * What is wrong with the content of a model, whose header has possible sizes, in
 * words; NULL: nothing.
 */
extern const char *rcv_kmeans_model_fault(const rcv_kmeans_model *model);

#endif
