/*
 * allocation.c
 *		Any bytes as documents and terms: the core refuses them, or the rows of
 *		each document add up to it.
 */
#include <math.h>

#include "settlement/allocation.h"
#include "settlement/document_pack.h"
#include "settlement/split.h"
#include "target.h"

#define DOCUMENTS_MAX 24

/* Small ones mostly: so that ids meet and amounts pair. */
static int64_t
take_number(input *in)
{
	int64_t any;

	switch (take_byte(in) % 8)
	{
		case 0:
			take(in, &any, sizeof(any));
			return any;
		case 1:
			return INT64_MAX - take_byte(in);
		default:
			return take_byte(in);
	}
}

static void
take_document(input *in, rcv_document *document)
{
	uint8_t kind = take_byte(in);

	*document = (rcv_document){.id = take_number(in), .units = take_number(in)};
	document->day = kind & 8 ? RCV_DAY_ALWAYS : (int32_t) take_number(in);
	document->due = (int32_t) take_number(in);
	document->reference = take_number(in) % 256;
	if (kind & 1)
		rcv_document_set_credit(document, kind & 2, kind & 4);
}

typedef struct sums
{
	rcv_int128 debts;
	rcv_int128 credits;
} sums;

static void
add_row(void *context, const rcv_allocated *row)
{
	sums *sum = context;

	if (row == NULL)
		return;
	must(row->kind < RCV_ALLOCATED_KINDS && (row->debt != NULL || row->credit != NULL));
	if (row->debt != NULL)
		sum->debts += row->units;
	if (row->credit != NULL)
		sum->credits += row->units;
}

static void
allocate(input *in, int count)
{
	rcv_debt debts[DOCUMENTS_MAX];
	rcv_credit credits[DOCUMENTS_MAX];
	rcv_allocation_terms terms = {.method = take_byte(in) % RCV_ALLOCATION_METHODS,
								  .rest = take_byte(in) % 2,
								  .tolerance = take_number(in) & INT64_MAX,
								  .unit = rcv_pow10(take_byte(in) % 7),
								  .kinds = take_byte(in)};
	rcv_allocation_fault fault;
	sums expected = {0, 0};
	sums found = {0, 0};
	int n = 0;
	int m = 0;
	void *room = malloc(rcv_allocation_room(DOCUMENTS_MAX, DOCUMENTS_MAX));

	for (int i = 0; i < count; i++)
	{
		rcv_document document;
		rcv_charges charges = {.weight = take_byte(in) % 3};

		take_document(in, &document);
		charges.interest = take_byte(in) % 2 ? take_number(in) : 0;
		charges.costs = take_byte(in) % 2 ? take_number(in) : 0;
		if (rcv_document_debt(&document, &charges, &debts[n]) == RCV_OK)
			expected.debts += debts[n++].total;
		else if (rcv_document_credit(&document, &credits[m]) == RCV_OK)
			expected.credits += credits[m++].amount;
	}
	if (rcv_allocate(&terms, debts, n, credits, m, room, add_row, &found, &fault) == RCV_OK &&
		terms.kinds == 0)
		must(found.debts == expected.debts && found.credits == expected.credits);
	free(room);
}

/* Any bytes as packed documents: what can be read is written and read again. */
static void
unpack(input *in)
{
	rcv_packed_reader reader = rcv_packed_open(in->data, in->size);
	rcv_packed_before before = RCV_PACKED_START;
	rcv_document document;
	rcv_charges charges;

	while (rcv_document_unpack(&reader, &document, &charges) == RCV_OK)
	{
		uint8_t bytes[RCV_PACKED_DOCUMENT_MAX];
		rcv_packed_reader again = {bytes, bytes, before};
		rcv_document copy;
		rcv_charges copied;

		again.end += rcv_document_pack(&before, &document, &charges, reader.before.scale, bytes);
		must(rcv_document_unpack(&again, &copy, &copied) == RCV_OK && again.at == again.end);
		must(memcmp(&again.before, &before, sizeof(before)) == 0 &&
			 before.scale == reader.before.scale);
		must(memcmp(&copy, &document, sizeof(copy)) == 0);
		must(copied.interest == charges.interest && copied.costs == charges.costs &&
			 (copied.weight == charges.weight || isnan(charges.weight)));
	}
}

static void
split(input *in, int count)
{
	int64_t weights[DOCUMENTS_MAX];
	int64_t parts[DOCUMENTS_MAX];
	rcv_int128 spare[DOCUMENTS_MAX];
	rcv_int128 sum = 0;
	int64_t total = take_number(in);

	for (int i = 0; i < count; i++)
		weights[i] = take_number(in);
	if (rcv_split(total, weights, (size_t) count, spare, parts) != RCV_OK)
		return;
	for (int i = 0; i < count; i++)
		sum += parts[i];
	must(sum == total);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input in = {data, size};
	int count = take_byte(&in) % (DOCUMENTS_MAX + 1);

	switch (take_byte(&in) % 5)
	{
		case 0:
			split(&in, count);
			break;
		case 4:
			unpack(&in);
			break;
		default:
			allocate(&in, count);
	}
	return 0;
}
