/*
 * scale.h
 *		Columns of unlike units made comparable before distances are taken.
 *
 *	none	x
 *	zscore	(x - mean) / sd, with the divisor n - 1 in sd: R's scale(), SQL's
 *			stddev(); scikit-learn's StandardScaler has n.  A column that is the
 *			same in all rows becomes 0.
 *	log1p	ln(1 + x), x > -1
 *	rank	the share of rows below x and half of those at x, from 0 to 1: mid-ranks
 *
 * Ranks of new rows come from knots: each value of the column with its share if
 * there are at most 101, else those at every hundredth of the rows, and the
 * values next to one that more than a hundredth have; values between two knots
 * are interpolated, those beyond the ends have the ends' share.  That is within
 * two hundredths of the rank.  The rows of a fit are scaled in the same way, so
 * that a model says of them what the fit did.
 */
#ifndef RCV_SCALE_H
#define RCV_SCALE_H

#include "base/status.h"
#include "cluster/block.h"
#include "num/radix.h"

#define RCV_HUNDREDTHS 100
#define RCV_KNOTS 303		   /* the most of a column */
#define RCV_CLUSTER_MOST 1e140 /* of a value: squares and their sums stay finite */

typedef enum rcv_scale
{
	RCV_SCALE_ZSCORE,
	RCV_SCALE_NONE,
	RCV_SCALE_LOG1P,
	RCV_SCALE_RANK,
	RCV_SCALES
} rcv_scale;

extern const char *const rcv_scale_names[RCV_SCALES + 1];

/* How the columns of some rows are scaled; what a kind does not need is NULL. */
typedef struct rcv_scaling
{
	int kind; /* rcv_scale */
	int columns;
	double *center; /* zscore */
	double *spread; /* zscore; 0: a constant column */
	int32_t *first; /* rank: the knots of column j are first[j] .. first[j + 1] - 1 */
	double *value;	/* rank: of each knot, ascending in a column */
	double *share;	/* rank: likewise, in 0 .. 1 */
} rcv_scaling;

/*
 * Scales a row.  RCV_EDOMAIN: log1p of -1 or less; RCV_EOVERFLOW: beyond
 * RCV_CLUSTER_MOST or not finite.  bad, if not NULL, takes the column at fault.
 */
extern rcv_status rcv_scale_row(const rcv_scaling *scaling, const double *row, double *out,
								int *bad);

/* The value of a column that is scaled to this: rank: the least one. */
extern double rcv_scale_back(const rcv_scaling *scaling, int column, double scaled);

/*
 * Learns the scaling of rows, and scales them in place.  The arrays of the kind
 * have room for all columns, value and share for RCV_KNOTS each; items and spare
 * (rank) for all rows.  The same statuses; rows must not be empty.
 */
extern rcv_status rcv_scale_fit(rcv_scaling *scaling, rcv_blocks *rows, rcv_keyed *items,
								rcv_keyed *spare, rcv_pause_fn pause, int *bad);

#endif
