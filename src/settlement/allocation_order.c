/*
 * allocation_order.c
 *		Who comes first: documents are sorted by whole numbers, and those of the
 *		same number stay in their order.
 */
#include "settlement/allocation_order.h"

#include <string.h>

#include "num/mix.h"

void
rcv_order_begin(rcv_order *order, int32_t n)
{
	order->n = n;
	for (int32_t i = 0; i < n; i++)
		order->items[i].value = (uint64_t) i;
}

void
rcv_order_by(rcv_order *order, rcv_place_fn place, const void *documents)
{
	for (int32_t i = 0; i < order->n; i++)
		order->items[i].key = place(documents, (int32_t) order->items[i].value);
	if (rcv_radix_sort(order->items, order->spare, (size_t) order->n) == order->spare)
	{
		rcv_keyed *other = order->items;

		order->items = order->spare;
		order->spare = other;
	}
}

/* Sorts n items from a certain one on, which stay in their place. */
static void
order_part(rcv_order *order, int32_t from, int32_t n, rcv_place_fn place, const void *documents)
{
	rcv_order part = {order->items + from, order->spare + from, n};

	rcv_order_by(&part, place, documents);
	if (part.items != order->items + from)
		memcpy(order->items + from, part.items, (size_t) n * sizeof(*part.items));
}

void
rcv_order_ties(rcv_order *order, rcv_place_fn place, const void *documents)
{
	int32_t end;

	for (int32_t from = 0; from < order->n; from = end)
	{
		uint64_t key = order->items[from].key;

		for (end = from + 1; end < order->n && order->items[end].key == key;)
			end++;
		if (end > from + 1)
			order_part(order, from, end - from, place, documents);
	}
}

void
rcv_order_copy(const rcv_order *order, int32_t *index)
{
	for (int32_t i = 0; i < order->n; i++)
		index[i] = (int32_t) order->items[i].value;
}

#define PATIENCE 8 /* times n: collisions that the table may have */

/* A hash table in the room of the spare items: a half to a quarter of it is used. */
static bool
hashed_apart(rcv_order *order, rcv_place_fn place, const void *documents, int32_t n)
{
	int32_t *slots = (int32_t *) order->spare;
	int64_t patience = (int64_t) n * PATIENCE;
	size_t size = 1;

	while (size < (size_t) n * 2)
		size *= 2;
	memset(slots, 0xFF, size * sizeof(*slots));
	for (int32_t i = 0; i < n; i++)
	{
		uint64_t key = place(documents, i);
		size_t at = rcv_mix64(key) & (size - 1);

		for (; slots[at] >= 0; at = (at + 1) & (size - 1))
			if (order->items[slots[at]].key == key || --patience < 0)
				return false;
		slots[at] = i;
		order->items[i].key = key;
	}
	return true;
}

bool
rcv_order_distinct(rcv_order *order, rcv_place_fn place, const void *documents, int32_t n)
{
	int32_t ascending = 1;

	while (ascending < n && place(documents, ascending - 1) < place(documents, ascending))
		ascending++;
	return ascending >= n || hashed_apart(order, place, documents, n);
}

void
rcv_arrange(void *documents, size_t size, rcv_order *order)
{
	char *base = documents;
	char held[sizeof(rcv_debt) > sizeof(rcv_credit) ? sizeof(rcv_debt) : sizeof(rcv_credit)];
	rcv_keyed *items = order->items;

	for (size_t start = 0; start < (size_t) order->n; start++)
	{
		size_t at = start;

		if (items[start].value == start)
			continue;
		memcpy(held, base + start * size, size);
		while (items[at].value != start)
		{
			size_t from = items[at].value;

			memcpy(base + at * size, base + from * size, size);
			items[at].value = at;
			at = from;
		}
		memcpy(base + at * size, held, size);
		items[at].value = at;
	}
}

/* Whole numbers whose order as unsigned ones is theirs. */
static uint64_t
of_int64(int64_t value)
{
	return (uint64_t) value ^ (uint64_t) 1 << 63;
}

static uint64_t
of_int32(int32_t value)
{
	return (uint32_t) value ^ (uint32_t) 1 << 31;
}

/* Of a finite double; both zeros are the same. */
static uint64_t
of_double(double value)
{
	uint64_t bits;

	value += 0.0;
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t) 1 << 63;
}

static const rcv_debt *
debt_at(const void *documents, int32_t i)
{
	return (const rcv_debt *) documents + i;
}

static const rcv_credit *
credit_at(const void *documents, int32_t i)
{
	return (const rcv_credit *) documents + i;
}

uint64_t
rcv_debt_id(const void *documents, int32_t i)
{
	return of_int64(debt_at(documents, i)->id);
}

uint64_t
rcv_debt_day(const void *documents, int32_t i)
{
	return of_int32(debt_at(documents, i)->day);
}

uint64_t
rcv_debt_due(const void *documents, int32_t i)
{
	return of_int32(debt_at(documents, i)->due);
}

uint64_t
rcv_debt_day_due(const void *documents, int32_t i)
{
	return rcv_debt_day(documents, i) << 32 | rcv_debt_due(documents, i);
}

uint64_t
rcv_debt_due_day(const void *documents, int32_t i)
{
	return rcv_debt_due(documents, i) << 32 | rcv_debt_day(documents, i);
}

uint64_t
rcv_debt_weight(const void *documents, int32_t i)
{
	return ~of_double(debt_at(documents, i)->weight);
}

uint64_t
rcv_credit_id(const void *documents, int32_t i)
{
	return of_int64(credit_at(documents, i)->id);
}

uint64_t
rcv_credit_turn(const void *documents, int32_t i)
{
	const rcv_credit *credit = credit_at(documents, i);
	uint64_t turn = credit->amount < 0 ? 2 : !credit->note;

	return of_int32(credit->day) << 2 | turn;
}

uint64_t
rcv_rank_itself(const void *ranks, int32_t i)
{
	return of_int32(((const int32_t *) ranks)[i]);
}
