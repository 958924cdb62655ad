/*
 * agreement.h
 *		How alike two segmentations of the same customers are, and two mixes.
 *
 * Sources:
 *	adjusted Rand index		Hubert, Arabie, Comparing Partitions, Journal of
 *							Classification 2 (1985)
 *	population stability	the symmetrised divergence of Jeffreys, An Invariant Form
 *							for the Prior Probability, Proc. R. Soc. A 186 (1946), of
 *							the shares; the name is that of credit scoring
 */
#ifndef RCV_AGREEMENT_H
#define RCV_AGREEMENT_H

#include "stability/migration.h"

/* Customers with a segment on both sides, and those of them in the same one. */
extern void rcv_migration_stay(const rcv_migration *m, int64_t *stayed, int64_t *both);

/*
 * Adjusted Rand index of the customers with a segment on both sides:
 *
 *	(S - A B / T) / ((A + B) / 2 - A B / T)
 *
 * where of all T pairs of customers S are together on both sides, A before and
 * B after.  1 for identical partitions, about 0 for independent ones, -1/2 at
 * least.  RCV_EDOMAIN under two customers.  Error below 1e-15.
 */
extern rcv_status rcv_migration_rand(const rcv_migration *m, double *out);

/* Room for the bins of a mix: all labels of both sides. */
#define RCV_MIGRATION_BINS_MAX (2 * RCV_MIGRATION_LABELS_MAX)

/* Customers in each segment before and after, those with none left out; the number of bins. */
extern size_t rcv_migration_mix(const rcv_migration *m, double *before, double *after);

#define RCV_PSI_MOST 1e300 /* of a count */

/*
 * Population stability index, sum of (a - e) ln(a / e) over the shares of the
 * bins.  expected and actual are counts or shares, each divided by its sum;
 * add is put on each of them first.  A bin of 0 on both sides is none.
 *
 * Infinite when a bin is 0 on one side and add is 0.  RCV_EDOMAIN for a
 * negative or not finite number, or a side without anything; RCV_EOVERFLOW for
 * one over RCV_PSI_MOST.  Relative error a few times 1e-16 / |a/e - 1|.
 */
extern rcv_status rcv_psi(const double *expected, const double *actual, size_t n, double add,
						  double *out);

#endif
