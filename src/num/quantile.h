/*
 * quantile.h
 *		Quantiles by selection, without sorting.
 */
#ifndef RCV_QUANTILE_H
#define RCV_QUANTILE_H

#include <stddef.h>

#include "base/status.h"

/*
 * Two definitions in the numbering of Hyndman and Fan, Sample Quantiles in
 * Statistical Packages, The American Statistician 50 (1996).
 */
typedef enum rcv_quantile_rule
{
	RCV_QUANTILE_CONT, /* type 7, linear: SQL's percentile_cont, R's default */
	RCV_QUANTILE_DISC  /* type 1, a value of the sample: SQL's percentile_disc */
} rcv_quantile_rule;

/*
 * Reorders values so that each of the ranks, which ascend and are below n,
 * holds the value it would hold if all were sorted.  Mean time n log(ranks);
 * never worse than sorting.  No value may be NaN.
 */
extern void rcv_select_ranks(double *values, size_t n, const size_t *ranks, size_t nranks);

#define RCV_QUANTILE_PARTS_MAX 100

/*
 * The parts - 1 quantiles at 1/parts, 2/parts ... of n > 0 values, ascending.
 * Positions are exact fractions, so a quantile that falls on a value is that
 * value, to the last bit.  Reorders values.  RCV_EDOMAIN when n is 0 or parts
 * is not in 2 .. RCV_QUANTILE_PARTS_MAX.
 */
extern rcv_status rcv_quantiles(double *values, size_t n, int parts, rcv_quantile_rule rule,
								double *out);

#endif
