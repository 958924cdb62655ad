/*
 * migration.c
 *		Layout of migrations, counting, merging, and their canonical form.
 *
 * A state may be any bytes: offsets and label numbers are checked where they
 * are used, and no search takes more steps than there are slots.
 */
#include "stability/migration.h"

#include <stdbool.h>
#include <string.h>

#define ROOM_MAX 1024 /* of an open one: the power of two over LABELS_MAX */
#define TEXT_MAX (2u * RCV_MIGRATION_LABELS_MAX * RCV_MIGRATION_LABEL_BYTES_MAX)

typedef struct stored_label
{
	uint32_t at; /* in the text */
	uint32_t length;
} stored_label;

_Static_assert(sizeof(rcv_migration) % sizeof(int64_t) == 0, "counts are aligned");

/* Layout ------------------------------------------------------------------- */

static inline size_t
cells(const uint32_t *room)
{
	return ((size_t) room[RCV_BEFORE] + 1) * (room[RCV_AFTER] + 1);
}

static inline int64_t *
counts_of(const rcv_migration *m)
{
	return (int64_t *) (m + 1);
}

static inline int64_t *
cell_of(const rcv_migration *m, uint32_t i, uint32_t j)
{
	return counts_of(m) + (size_t) i * (m->room[RCV_AFTER] + 1) + j;
}

/* Of both sides, those before first. */
static inline stored_label *
all_labels(const rcv_migration *m)
{
	return (stored_label *) (counts_of(m) + cells(m->room));
}

static inline size_t
all_room(const rcv_migration *m)
{
	return (size_t) m->room[RCV_BEFORE] + m->room[RCV_AFTER];
}

static inline stored_label *
labels_of(const rcv_migration *m, int side)
{
	return all_labels(m) + (side == RCV_AFTER ? m->room[RCV_BEFORE] : 0);
}

/* Open ones only. */
static inline uint32_t *
hashes_of(const rcv_migration *m, int side)
{
	return (uint32_t *) (all_labels(m) + all_room(m)) +
		   (side == RCV_AFTER ? m->room[RCV_BEFORE] : 0);
}

/* Open ones only: twice as many as labels, each with the number of one, 0: free. */
static inline uint16_t *
slots_of(const rcv_migration *m, int side)
{
	return (uint16_t *) (hashes_of(m, RCV_BEFORE) + all_room(m)) +
		   (side == RCV_AFTER ? 2 * (size_t) m->room[RCV_BEFORE] : 0);
}

static inline char *
text_of(const rcv_migration *m)
{
	if (m->open)
		return (char *) (slots_of(m, RCV_BEFORE) + 2 * all_room(m));
	return (char *) (all_labels(m) + all_room(m));
}

size_t
rcv_migration_size(int open, const uint32_t *room, uint32_t text_room)
{
	size_t labels = (size_t) room[RCV_BEFORE] + room[RCV_AFTER];
	size_t size = sizeof(rcv_migration) + cells(room) * sizeof(int64_t);

	size += labels * sizeof(stored_label);
	if (open)
		size += labels * (sizeof(uint32_t) + 2 * sizeof(uint16_t));
	return size + text_room;
}

void
rcv_migration_init(rcv_migration *m, const uint32_t *room, uint32_t text_room)
{
	m->version = RCV_MIGRATION_VERSION;
	m->open = 1;
	memcpy(m->room, room, sizeof(m->room));
	m->text_room = text_room;
}

static bool
label_sound(const rcv_migration *m, stored_label label)
{
	return label.length <= RCV_MIGRATION_LABEL_BYTES_MAX && label.length <= m->text_used &&
		   label.at <= m->text_used - label.length;
}

/* Label i > 0, in bounds. */
static inline rcv_label
label_at(const rcv_migration *m, int side, uint32_t i)
{
	stored_label label = labels_of(m, side)[i - 1];

	return (rcv_label){text_of(m) + label.at, label.length};
}

rcv_label
rcv_migration_label(const rcv_migration *m, int side, uint32_t i)
{
	if (i == 0)
		return (rcv_label){NULL, 0};
	return label_at(m, side, i);
}

int64_t
rcv_migration_count(const rcv_migration *m, uint32_t i, uint32_t j)
{
	return *cell_of(m, i, j);
}

int
rcv_label_compare(rcv_label a, rcv_label b)
{
	uint32_t common = a.length < b.length ? a.length : b.length;
	int order = common > 0 ? memcmp(a.text, b.text, common) : 0;

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Checks --------------------------------------------------------------------- */

static bool
room_open(uint32_t n, uint32_t room)
{
	return n <= room && n <= RCV_MIGRATION_LABELS_MAX && room >= RCV_MIGRATION_FIRST_ROOM &&
		   room <= ROOM_MAX && (room & (room - 1)) == 0;
}

rcv_status
rcv_migration_check_open(const rcv_migration *m, size_t size)
{
	if (size < sizeof(*m) || m->version != RCV_MIGRATION_VERSION || m->open != 1 ||
		!room_open(m->n[RCV_BEFORE], m->room[RCV_BEFORE]) ||
		!room_open(m->n[RCV_AFTER], m->room[RCV_AFTER]) || m->text_used > m->text_room ||
		m->text_room > TEXT_MAX || size < rcv_migration_size(1, m->room, m->text_room))
		return RCV_EBINARY;
	return RCV_OK;
}

static bool
header_closed(const rcv_migration *m, size_t size)
{
	for (int side = 0; side < RCV_SIDES; side++)
		if (m->n[side] > RCV_MIGRATION_LABELS_MAX || m->room[side] != m->n[side])
			return false;
	return m->open == 0 && m->unused == 0 && m->text_used == m->text_room &&
		   m->text_room <= TEXT_MAX && size == rcv_migration_size(0, m->room, m->text_room);
}

/* Labels ascend, and their text has no gap; *at goes from side to side. */
static bool
labels_closed(const rcv_migration *m, int side, uint32_t *at)
{
	for (uint32_t i = 1; i <= m->n[side]; i++)
	{
		stored_label label = labels_of(m, side)[i - 1];

		if (!label_sound(m, label) || label.at != *at)
			return false;
		*at += label.length;
		if (i > 1 && rcv_label_compare(label_at(m, side, i - 1), label_at(m, side, i)) >= 0)
			return false;
	}
	return true;
}

/*
 * Adds up the customers of the rows in *total, and marks the rows and columns
 * that have some.  False for a count that cannot be, or a total over the limit.
 */
static bool
add_up(const rcv_migration *m, int64_t *total, bool used[RCV_SIDES][ROOM_MAX + 1])
{
	*total = 0;
	for (uint32_t i = 0; i <= m->n[RCV_BEFORE]; i++)
		for (uint32_t j = 0; j <= m->n[RCV_AFTER]; j++)
		{
			int64_t n = *cell_of(m, i, j);

			if (n == 0)
				continue;
			if (n < 0 || n > RCV_MIGRATION_TOTAL_MAX - *total)
				return false;
			*total += n;
			used[RCV_BEFORE][i] = used[RCV_AFTER][j] = true;
		}
	return true;
}

rcv_status
rcv_migration_check_closed(const rcv_migration *m, size_t size)
{
	bool used[RCV_SIDES][ROOM_MAX + 1] = {{false}};
	uint32_t at = 0;
	int64_t total;

	if (size < sizeof(*m))
		return RCV_EBINARY;
	if (m->version != RCV_MIGRATION_VERSION)
		return RCV_EVERSION;
	if (!header_closed(m, size) || !labels_closed(m, RCV_BEFORE, &at) ||
		!labels_closed(m, RCV_AFTER, &at) || at != m->text_used || !add_up(m, &total, used) ||
		*cell_of(m, 0, 0) != 0)
		return RCV_EBINARY;
	for (int side = 0; side < RCV_SIDES; side++)
		for (uint32_t i = 1; i <= m->n[side]; i++)
			if (!used[side][i])
				return RCV_EBINARY;
	return RCV_OK;
}

/* Counting -------------------------------------------------------------------- */

static inline uint64_t
word_at(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return word;
}

static inline uint64_t
half_at(const char *text)
{
	uint32_t half;

	memcpy(&half, text, sizeof(half));
	return half;
}

static inline uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> 32;
}

/* For finding labels only: it is different on machines of another byte order. */
static inline uint32_t
hash_of(rcv_label label)
{
	const char *text = label.text;
	uint32_t left = label.length;
	uint64_t hash = left;

	for (; left > 8; text += 8, left -= 8)
		hash = mix(hash, word_at(text));
	if (left == 8)
		hash = mix(hash, word_at(text));
	else if (left >= 4) /* two halves that may overlap */
		hash = mix(hash, half_at(text) << 32 | half_at(text + left - 4));
	else if (left > 0)
		hash = mix(hash, (uint64_t) (uint8_t) text[0] << 16 |
							 (uint64_t) (uint8_t) text[left / 2] << 8 | (uint8_t) text[left - 1]);
	return (uint32_t) mix(hash, 0);
}

static rcv_status
put_label(rcv_migration *m, int side, rcv_label label, uint32_t hash, uint16_t *slot, uint32_t *out)
{
	uint32_t i = m->n[side];

	if (i >= RCV_MIGRATION_LABELS_MAX || label.length > RCV_MIGRATION_LABEL_BYTES_MAX)
		return RCV_ELIMIT;
	if (i >= m->room[side] || label.length > m->text_room - m->text_used)
		return RCV_EROOM;
	labels_of(m, side)[i] = (stored_label){m->text_used, label.length};
	hashes_of(m, side)[i] = hash;
	if (label.length > 0)
		memcpy(text_of(m) + m->text_used, label.text, label.length);
	m->text_used += label.length;
	*out = m->n[side] = i + 1;
	*slot = (uint16_t) (i + 1);
	return RCV_OK;
}

rcv_status
rcv_migration_find(rcv_migration *m, int side, rcv_label label, uint32_t *out)
{
	uint32_t mask = 2 * m->room[side] - 1;
	uint16_t *slots = slots_of(m, side);
	uint32_t hash;

	*out = 0;
	if (label.text == NULL)
		return RCV_OK;
	hash = hash_of(label);
	for (uint32_t step = 0; step <= mask; step++)
	{
		uint16_t *slot = &slots[(hash + step) & mask];
		uint32_t i = *slot;

		if (i == 0)
			return put_label(m, side, label, hash, slot, out);
		if (i > m->n[side] || !label_sound(m, labels_of(m, side)[i - 1]))
			return RCV_EBINARY;
		if (hashes_of(m, side)[i - 1] == hash &&
			rcv_label_compare(label_at(m, side, i), label) == 0)
		{
			*out = i;
			return RCV_OK;
		}
	}
	return RCV_EBINARY;
}

static inline rcv_status
add_to_cell(rcv_migration *m, uint32_t i, uint32_t j, int64_t n)
{
	int64_t *cell = cell_of(m, i, j);

	if (n < 0 || *cell < 0)
		return RCV_EBINARY;
	if (n > RCV_MIGRATION_TOTAL_MAX || *cell > RCV_MIGRATION_TOTAL_MAX - n)
		return RCV_EOVERFLOW;
	*cell += n;
	return RCV_OK;
}

rcv_status
rcv_migration_add(rcv_migration *m, rcv_label before, rcv_label after, int64_t n)
{
	uint32_t i = 0;
	uint32_t j = 0;
	rcv_status status = rcv_migration_find(m, RCV_BEFORE, before, &i);

	if (status == RCV_OK)
		status = rcv_migration_find(m, RCV_AFTER, after, &j);
	return status == RCV_OK ? add_to_cell(m, i, j, n) : status;
}

/* All labels of another one, as far as there is room. */
static rcv_status
find_all(rcv_migration *m, const rcv_migration *other, rcv_migration_map *map)
{
	for (int side = 0; side < RCV_SIDES; side++)
		while (map->done[side] < other->n[side])
		{
			uint32_t i = map->done[side] + 1;
			rcv_status status;

			if (!label_sound(other, labels_of(other, side)[i - 1]))
				return RCV_EBINARY;
			status = rcv_migration_find(m, side, label_at(other, side, i), &map->index[side][i]);
			if (status != RCV_OK)
				return status;
			map->done[side] = i;
		}
	return RCV_OK;
}

rcv_status
rcv_migration_merge(rcv_migration *m, const rcv_migration *other, rcv_migration_map *map)
{
	rcv_status status = find_all(m, other, map);

	for (uint32_t i = 0; i <= other->n[RCV_BEFORE] && status == RCV_OK; i++)
		for (uint32_t j = 0; j <= other->n[RCV_AFTER] && status == RCV_OK; j++)
			status = add_to_cell(m, map->index[RCV_BEFORE][i], map->index[RCV_AFTER][j],
								 *cell_of(other, i, j));
	return status;
}

rcv_status
rcv_migration_copy(const rcv_migration *from, rcv_migration *to)
{
	rcv_migration_map map = {{0}, {{0}}};

	return rcv_migration_merge(to, from, &map);
}

/* Canonical form ----------------------------------------------------------------- */

/* Where among the sorted labels this one belongs; *found: it is there. */
static uint32_t
place_of(const rcv_migration *m, int side, const uint32_t *sorted, uint32_t n, uint32_t label,
		 bool *found)
{
	rcv_label text = label_at(m, side, label);
	uint32_t low = 0;

	while (low < n)
	{
		uint32_t middle = low + (n - low) / 2;
		int order = rcv_label_compare(label_at(m, side, sorted[middle]), text);

		*found = *found || order == 0;
		if (order < 0)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* By insertion: labels are few. */
static rcv_status
sort_side(const rcv_migration *m, int side, const bool *used, rcv_migration_order *order)
{
	uint32_t *sorted = order->index[side];

	for (uint32_t i = 1; i <= m->n[side]; i++)
	{
		bool found = false;
		uint32_t at;

		if (!label_sound(m, labels_of(m, side)[i - 1]))
			return RCV_EBINARY;
		if (!used[i])
			continue;
		at = place_of(m, side, sorted, order->n[side], i, &found);
		if (found)
			return RCV_EBINARY;
		memmove(sorted + at + 1, sorted + at, (order->n[side] - at) * sizeof(*sorted));
		sorted[at] = i;
		order->n[side]++;
		order->text += labels_of(m, side)[i - 1].length;
	}
	return RCV_OK;
}

/* The customers are all counted: whether they can be is a matter of the total. */
static rcv_status
fault_of(const rcv_migration *m)
{
	for (uint32_t i = 0; i <= m->n[RCV_BEFORE]; i++)
		for (uint32_t j = 0; j <= m->n[RCV_AFTER]; j++)
			if (*cell_of(m, i, j) < 0)
				return RCV_EBINARY;
	return RCV_EOVERFLOW;
}

rcv_status
rcv_migration_sort(const rcv_migration *m, rcv_migration_order *order)
{
	bool used[RCV_SIDES][ROOM_MAX + 1] = {{false}};
	rcv_status status;
	int64_t total;

	memset(order, 0, sizeof(*order));
	if (!add_up(m, &total, used))
		return fault_of(m);
	if (*cell_of(m, 0, 0) != 0)
		return RCV_EDOMAIN;
	status = sort_side(m, RCV_BEFORE, used[RCV_BEFORE], order);
	if (status == RCV_OK)
		status = sort_side(m, RCV_AFTER, used[RCV_AFTER], order);
	return status;
}

static void
close_labels(const rcv_migration *m, const rcv_migration_order *order, int side, rcv_migration *out)
{
	for (uint32_t i = 1; i <= order->n[side]; i++)
	{
		rcv_label label = label_at(m, side, order->index[side][i - 1]);

		labels_of(out, side)[i - 1] = (stored_label){out->text_used, label.length};
		if (label.length > 0)
			memcpy(text_of(out) + out->text_used, label.text, label.length);
		out->text_used += label.length;
	}
}

void
rcv_migration_close(const rcv_migration *m, const rcv_migration_order *order, rcv_migration *out)
{
	out->version = RCV_MIGRATION_VERSION;
	out->open = 0;
	memcpy(out->n, order->n, sizeof(out->n));
	memcpy(out->room, order->n, sizeof(out->room));
	out->text_room = order->text;
	close_labels(m, order, RCV_BEFORE, out);
	close_labels(m, order, RCV_AFTER, out);
	for (uint32_t i = 0; i <= order->n[RCV_BEFORE]; i++)
		for (uint32_t j = 0; j <= order->n[RCV_AFTER]; j++)
		{
			uint32_t from = i == 0 ? 0 : order->index[RCV_BEFORE][i - 1];
			uint32_t to = j == 0 ? 0 : order->index[RCV_AFTER][j - 1];

			*cell_of(out, i, j) = *cell_of(m, from, to);
		}
}
