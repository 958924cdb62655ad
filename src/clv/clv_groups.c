/*
 * clv_groups.c
 *		Packed customers are sorted by their keys, others by a merge sort.
 */
#include "clv/clv_groups.h"

#include <string.h>

#define X_BITS 20
#define TIME_BITS 22

static bool
packs(double value, int bits, uint64_t *out)
{
	if (!(value >= 0) || value >= (double) (INT64_C(1) << bits))
		return false;
	*out = (uint64_t) (int64_t) value;
	return value == (double) (int64_t) value;
}

bool
rcv_clv_pack(const rcv_clv_customer *customer, uint64_t *key)
{
	uint64_t x;
	uint64_t t_x;
	uint64_t t;

	if (!packs(customer->x, X_BITS, &x) || !packs(customer->t_x, TIME_BITS, &t_x) ||
		!packs(customer->t, TIME_BITS, &t))
		return false;
	*key = x << (2 * TIME_BITS) | t_x << TIME_BITS | t;
	return true;
}

rcv_clv_customer
rcv_clv_unpack(uint64_t key)
{
	const uint64_t time = (UINT64_C(1) << TIME_BITS) - 1;

	return (rcv_clv_customer){(double) (key >> (2 * TIME_BITS)), (double) (key >> TIME_BITS & time),
							  (double) (key & time)};
}

size_t
rcv_clv_merge_keys(rcv_keyed *keys, rcv_keyed *spare, size_t n)
{
	const rcv_keyed *sorted = rcv_radix_sort(keys, spare, n);
	size_t merged = 0;

	for (size_t i = 0; i < n; i++)
		if (merged > 0 && keys[merged - 1].key == sorted[i].key)
			keys[merged - 1].value += sorted[i].value;
		else
			keys[merged++] = sorted[i];
	return merged;
}

static int
compare(const rcv_clv_customer *a, const rcv_clv_customer *b)
{
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	if (a->t_x != b->t_x)
		return a->t_x < b->t_x ? -1 : 1;
	if (a->t != b->t)
		return a->t < b->t ? -1 : 1;
	return 0;
}

/* Two sorted runs that follow each other, into out. */
static void
merge_runs(const rcv_clv_group *in, size_t left, size_t right, size_t end, rcv_clv_group *out)
{
	size_t a = left;
	size_t b = right;

	for (size_t i = left; i < end; i++)
		if (a < right && (b >= end || compare(&in[a].customer, &in[b].customer) <= 0))
			out[i] = in[a++];
		else
			out[i] = in[b++];
}

size_t
rcv_clv_merge_groups(rcv_clv_group *groups, rcv_clv_group *spare, size_t n)
{
	rcv_clv_group *from = groups;
	rcv_clv_group *to = spare;
	size_t merged = 0;

	for (size_t run = 1; run < n; run *= 2)
	{
		rcv_clv_group *other = from;

		for (size_t left = 0; left < n; left += 2 * run)
		{
			size_t right = left + run < n ? left + run : n;

			merge_runs(from, left, right, right + run < n ? right + run : n, to);
		}
		from = to;
		to = other;
	}
	for (size_t i = 0; i < n; i++)
		if (merged > 0 && compare(&groups[merged - 1].customer, &from[i].customer) == 0)
			groups[merged - 1].n += from[i].n;
		else
			groups[merged++] = from[i];
	return merged;
}

void
rcv_clv_unpack_keys(const rcv_keyed *keys, size_t n, rcv_clv_group *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (rcv_clv_group){rcv_clv_unpack(keys[i].key), (double) keys[i].value};
}
