/*
 * agreement.c
 *		Share of those who stayed, adjusted Rand index, population stability.
 */
#include "stability/agreement.h"

#include <math.h>
#include <stdbool.h>

__extension__ typedef unsigned __int128 pairs;

/* Two lists of labels side by side ------------------------------------------- */

/* A step through the labels of both sides in order: their numbers, 0: not on that side. */
typedef struct label_walk
{
	uint32_t next[RCV_SIDES];
	uint32_t at[RCV_SIDES];
} label_walk;

static bool
walk(const rcv_migration *m, label_walk *w)
{
	bool more[RCV_SIDES];
	int order = 0;

	for (int side = 0; side < RCV_SIDES; side++)
		more[side] = w->next[side] < m->n[side];
	if (!more[RCV_BEFORE] && !more[RCV_AFTER])
		return false;
	if (more[RCV_BEFORE] && more[RCV_AFTER])
		order = rcv_label_compare(rcv_migration_label(m, RCV_BEFORE, w->next[RCV_BEFORE] + 1),
								  rcv_migration_label(m, RCV_AFTER, w->next[RCV_AFTER] + 1));
	else
		order = more[RCV_BEFORE] ? -1 : 1;
	w->at[RCV_BEFORE] = order <= 0 ? ++w->next[RCV_BEFORE] : 0;
	w->at[RCV_AFTER] = order >= 0 ? ++w->next[RCV_AFTER] : 0;
	return true;
}

/* Customers in label i of a side; both: only those with a segment on the other one. */
static int64_t
total_of(const rcv_migration *m, int side, uint32_t i, bool both)
{
	int64_t total = 0;

	for (uint32_t j = both ? 1 : 0; j <= m->n[1 - side]; j++)
		total += side == RCV_BEFORE ? rcv_migration_count(m, i, j) : rcv_migration_count(m, j, i);
	return total;
}

void
rcv_migration_stay(const rcv_migration *m, int64_t *stayed, int64_t *both)
{
	label_walk w = {{0}, {0}};

	*stayed = *both = 0;
	for (uint32_t i = 1; i <= m->n[RCV_BEFORE]; i++)
		*both += total_of(m, RCV_BEFORE, i, true);
	while (walk(m, &w))
		if (w.at[RCV_BEFORE] > 0 && w.at[RCV_AFTER] > 0)
			*stayed += rcv_migration_count(m, w.at[RCV_BEFORE], w.at[RCV_AFTER]);
}

size_t
rcv_migration_mix(const rcv_migration *m, double *before, double *after)
{
	label_walk w = {{0}, {0}};
	size_t n = 0;

	for (; walk(m, &w); n++)
	{
		uint32_t i = w.at[RCV_BEFORE];
		uint32_t j = w.at[RCV_AFTER];

		before[n] = i > 0 ? (double) total_of(m, RCV_BEFORE, i, false) : 0;
		after[n] = j > 0 ? (double) total_of(m, RCV_AFTER, j, false) : 0;
	}
	return n;
}

/* Adjusted Rand index ----------------------------------------------------------- */

/* n (n - 1) / 2; below 2^105 for all customers of a migration. */
static pairs
pairs_of(int64_t n)
{
	return n == 0 ? 0 : (pairs) n * (pairs) (n - 1) / 2;
}

static pairs
pairs_within(const rcv_migration *m, int side)
{
	pairs sum = 0;

	for (uint32_t i = 1; i <= m->n[side]; i++)
		sum += pairs_of(total_of(m, side, i, true));
	return sum;
}

/*
 * With the pairs together on both sides (S), before only (A - S), after only
 * (B - S) and on neither (T - A - B + S), all exact, it is
 *
 *	2 (both neither - before after) / (A (T - B) + B (T - A))
 *
 * whose denominator is a sum of positive terms, and no term of whose numerator
 * exceeds it: nothing is lost where S - A B / T would cancel.
 */
rcv_status
rcv_migration_rand(const rcv_migration *m, double *out)
{
	pairs a = pairs_within(m, RCV_BEFORE);
	pairs b = pairs_within(m, RCV_AFTER);
	int64_t customers = 0;
	pairs both = 0;
	pairs all;

	*out = 0;
	for (uint32_t i = 1; i <= m->n[RCV_BEFORE]; i++)
		for (uint32_t j = 1; j <= m->n[RCV_AFTER]; j++)
		{
			customers += rcv_migration_count(m, i, j);
			both += pairs_of(rcv_migration_count(m, i, j));
		}
	if (customers < 2)
		return RCV_EDOMAIN;
	all = pairs_of(customers);
	*out = 1;
	if (a != both || b != both)
		*out = 2 *
			   ((double) both * (double) (all - a - b + both) -
				(double) (a - both) * (double) (b - both)) /
			   ((double) a * (double) (all - b) + (double) b * (double) (all - a));
	return RCV_OK;
}

/* Population stability index ------------------------------------------------------- */

static rcv_status
check_bins(const double *counts, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
	{
		if (!isfinite(counts[i]) || counts[i] < 0)
			return RCV_EDOMAIN;
		if (counts[i] > RCV_PSI_MOST)
			return RCV_EOVERFLOW;
		any = any || counts[i] > 0;
	}
	return any ? RCV_OK : RCV_EDOMAIN;
}

/*
 * (a - e) ln(a / e), from counts and the totals of their sides.  Logarithms are
 * taken of counts, as the share of a tiny one may be 0.
 */
static double
bin_term(double e, double e_total, double a, double a_total)
{
	double expected = e / e_total;
	double difference = a / a_total - expected;

	if (fabs(difference) < 0.5 * expected)
		return difference * log1p(difference / expected);
	return difference * ((log(a) - log(a_total)) - (log(e) - log(e_total)));
}

/* Sum of x + add over the bins that are not 0 on both sides. */
static double
total_with(const double *x, const double *other, size_t n, double add)
{
	double total = 0;

	for (size_t i = 0; i < n; i++)
		if (x[i] > 0 || other[i] > 0)
			total += x[i] + add;
	return total;
}

/* All terms are positive, so that what is lost is rounding alone; Kahan's sum gets it back. */
static double
sum_terms(const double *expected, const double *actual, size_t n, double add)
{
	double e_total = total_with(expected, actual, n, add);
	double a_total = total_with(actual, expected, n, add);
	double sum = 0;
	double lost = 0;

	for (size_t i = 0; i < n; i++)
	{
		double e = expected[i] + add;
		double a = actual[i] + add;
		double term;
		double next;

		if (expected[i] == 0 && actual[i] == 0)
			continue;
		if (e == 0 || a == 0)
			return INFINITY;
		term = bin_term(e, e_total, a, a_total) - lost;
		next = sum + term;
		lost = (next - sum) - term;
		sum = next;
	}
	return sum;
}

rcv_status
rcv_psi(const double *expected, const double *actual, size_t n, double add, double *out)
{
	rcv_status status = check_bins(expected, n);

	*out = 0;
	if (status == RCV_OK)
		status = check_bins(actual, n);
	if (status == RCV_OK && !(add >= 0 && isfinite(add)))
		status = RCV_EDOMAIN;
	if (status == RCV_OK && add > RCV_PSI_MOST)
		status = RCV_EOVERFLOW;
	if (status == RCV_OK)
		*out = sum_terms(expected, actual, n, add);
	return status;
}
