/*
 * split.c
 *		The method of the largest remainder.
 */
#include "settlement/split.h"

#include <stdbool.h>

/* Restores a heap with the largest on top, from this place downwards. */
static void
sift_down(rcv_int128 *heap, size_t n, size_t at)
{
	rcv_int128 moved = heap[at];

	for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1)
	{
		if (child + 1 < n && heap[child + 1] > heap[child])
			child++;
		if (heap[child] <= moved)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

/* The k-th largest, 1 <= k <= n; the values change places. */
static rcv_int128
select_largest(rcv_int128 *values, size_t n, size_t k)
{
	for (size_t at = n / 2; at-- > 0;)
		sift_down(values, n, at);
	for (; k > 1; k--)
	{
		values[0] = values[--n];
		sift_down(values, n, 0);
	}
	return values[0];
}

static rcv_int128
remainder_of(rcv_int128 total, int64_t weight, rcv_int128 sum)
{
	return total * weight % sum;
}

/* One unit more for each of the k largest remainders; spare holds them all. */
static void
hand_out(rcv_int128 total, rcv_int128 sum, size_t k, const int64_t *weights, size_t n,
		 rcv_int128 *spare, int64_t *parts)
{
	rcv_int128 least;
	size_t equal = k;

	if (k == 0)
		return;
	least = select_largest(spare, n, k);
	for (size_t i = 0; i < n; i++)
		if (remainder_of(total, weights[i], sum) > least)
		{
			parts[i]++;
			equal--;
		}
	for (size_t i = 0; i < n && equal > 0; i++)
		if (remainder_of(total, weights[i], sum) == least)
		{
			parts[i]++;
			equal--;
		}
}

rcv_status
rcv_split(int64_t total, const int64_t *weights, size_t n, rcv_int128 *spare, int64_t *parts)
{
	rcv_int128 whole = total < 0 ? -(rcv_int128) total : total;
	rcv_int128 left = whole;
	rcv_int128 sum = 0;
	bool negative = total < 0;

	for (size_t i = 0; i < n; i++)
	{
		if (weights[i] < 0)
			return RCV_EDOMAIN;
		sum += weights[i];
	}
	if (sum == 0 || n > INT32_MAX || total == INT64_MIN)
		return RCV_EDOMAIN;

	for (size_t i = 0; i < n; i++)
	{
		rcv_int128 product = whole * weights[i];

		parts[i] = (int64_t) (product / sum);
		spare[i] = product % sum;
		left -= product / sum;
	}
	hand_out(whole, sum, (size_t) left, weights, n, spare, parts);
	for (size_t i = 0; i < n && negative; i++)
		parts[i] = -parts[i];
	return RCV_OK;
}
