/*
 * stability.c
 *		Any bytes as a closed migration, as the content of an open one, and as
 *		counts.
 */
#include <math.h>

#include "stability/agreement.h"
#include "target.h"

/* The figures of a sound migration are numbers. */
static void
ask(const rcv_migration *m)
{
	static double before[RCV_MIGRATION_BINS_MAX];
	static double after[RCV_MIGRATION_BINS_MAX];
	int64_t stayed;
	int64_t both;
	double value;
	size_t n;

	rcv_migration_stay(m, &stayed, &both);
	must(stayed >= 0 && stayed <= both && both <= RCV_MIGRATION_TOTAL_MAX);
	if (rcv_migration_rand(m, &value) == RCV_OK)
		must(both >= 2 && value >= -0.5 - 1e-12 && value <= 1 + 1e-12);
	n = rcv_migration_mix(m, before, after);
	if (rcv_psi(before, after, n, 0.5, &value) == RCV_OK)
		must(value >= -1e-12 && isfinite(value));
}

static void
any_value(const uint8_t *data, size_t size)
{
	rcv_migration *m = malloc(size + 1);

	must(m != NULL);
	memcpy(m, data, size);
	if (rcv_migration_check_closed(m, size) == RCV_OK)
		ask(m);
	free(m);
}

static rcv_migration *
grown(rcv_migration *m)
{
	uint32_t room[RCV_SIDES] = {m->room[0] * 2, m->room[1] * 2};
	uint32_t text_room = m->text_room + 2 * RCV_MIGRATION_LABEL_BYTES_MAX;
	rcv_migration *larger = calloc(1, rcv_migration_size(1, room, text_room));
	rcv_status status;

	must(larger != NULL);
	rcv_migration_init(larger, room, text_room);
	status = rcv_migration_copy(m, larger);
	free(m);
	if (status == RCV_OK)
		return larger;
	must(status != RCV_ELIMIT);
	free(larger);
	return NULL;
}

static void
close_and_ask(const rcv_migration *open)
{
	static rcv_migration_order order;
	rcv_migration *out;
	size_t size;

	if (rcv_migration_sort(open, &order) != RCV_OK)
		return;
	size = rcv_migration_size(0, order.n, order.text);
	out = calloc(1, size);
	must(out != NULL);
	rcv_migration_close(open, &order, out);
	must(rcv_migration_check_closed(out, size) == RCV_OK);
	ask(out);
	free(out);
}

/* A layout that holds, and anything within it: half of the bytes are 0. */
static rcv_migration *
any_state(const uint8_t *data, size_t size)
{
	uint32_t room[RCV_SIDES] = {8u << data[0] % 2, 8u << data[1] % 2};
	uint32_t text_room = data[2];
	size_t bytes = rcv_migration_size(1, room, text_room);
	rcv_migration *m = calloc(1, bytes);

	must(m != NULL);
	for (size_t i = sizeof(*m); i < bytes; i++)
		((uint8_t *) m)[i] = data[3] & 1 || i % 8 == 0 ? data[(i - sizeof(*m)) % size] : 0;
	rcv_migration_init(m, room, text_room);
	m->n[RCV_BEFORE] = data[4] % (room[RCV_BEFORE] + 1);
	m->n[RCV_AFTER] = data[5] % (room[RCV_AFTER] + 1);
	m->text_used = data[6] % (text_room + 1);
	must(rcv_migration_check_open(m, bytes) == RCV_OK);
	return m;
}

/* The bytes as labels, ending where a low bit says so, put into an open migration. */
static rcv_migration *
put_labels(rcv_migration *m, const uint8_t *data, size_t size)
{
	rcv_label none = {NULL, 0};

	while (size > 0 && m != NULL)
	{
		rcv_label label = {(const char *) data, (uint32_t) (data[0] % 12 % (size + 1))};
		bool before = data[0] & 64;
		size_t step = label.length + 1 < size ? label.length + 1 : size;
		rcv_status status =
			rcv_migration_add(m, before ? label : none, before ? none : label, data[0] & 3);

		if (status == RCV_EROOM && m->room[0] < 256)
		{
			m = grown(m);
			continue;
		}
		if (status != RCV_OK)
			break;
		data += step;
		size -= step;
	}
	return m;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double counts[2][8] = {{0}};
	double value;
	rcv_migration *m;

	any_value(data, size);
	if (size < 8)
		return 0;
	m = put_labels(any_state(data, size), data, size);
	if (m != NULL)
		close_and_ask(m);
	free(m);
	memcpy(counts, data, size < sizeof(counts) ? size : sizeof(counts));
	if (rcv_psi(counts[0], counts[1], 8, data[7] * 0.25, &value) == RCV_OK)
		must(!isnan(value) && value >= -1e-12);
	return 0;
}
