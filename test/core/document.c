/*
 * document.c
 *		Documents as invoices and credits; documents packed in few bytes and back.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "settlement/document.h"
#include "settlement/document_pack.h"

/* Documents that nobody can vouch for. */

static void
test_documents(void)
{
	rcv_document d = {.id = 1, .units = 100, .day = 5, .due = 9};
	rcv_charges charges = {.interest = 7, .costs = 3, .weight = 0.5};
	rcv_debt debt;
	rcv_credit credit;

	CHECK(rcv_document_debt(&d, &charges, &debt) == RCV_OK && debt.total == 110 && debt.due == 9,
		  "an invoice with charges");
	CHECK(rcv_document_credit(&d, &credit) == RCV_EBINARY, "an invoice is no credit");
	charges.costs = -1;
	CHECK(rcv_document_debt(&d, &charges, &debt) == RCV_EBINARY, "negative costs");
	charges.costs = INT64_MAX;
	CHECK(rcv_document_debt(&d, &charges, &debt) == RCV_EOVERFLOW, "too much together");
	d.day = RCV_DAY_MAX + 1;
	CHECK(rcv_document_debt(&d, NULL, &debt) == RCV_EBINARY, "a day out of range");
	d.day = 5;
	d.units = 0;
	CHECK(rcv_document_debt(&d, NULL, &debt) == RCV_EBINARY, "an invoice of nothing");
	d.units = -100;
	rcv_document_set_credit(&d, false, true);
	CHECK(rcv_document_credit(&d, &credit) == RCV_OK && credit.refers && !credit.note,
		  "a returned payment that names an invoice");
	rcv_document_set_credit(&d, true, false);
	CHECK(rcv_document_credit(&d, &credit) == RCV_EBINARY, "a credit note below 0");
	d.units = INT64_MAX / 10;
	CHECK(rcv_document_rescale(&d, NULL, 2, 4) == RCV_EOVERFLOW, "too large for four decimals");
}

/* Packing ------------------------------------------------------------------- */

#define N 1000

typedef struct entry
{
	rcv_document document;
	rcv_charges charges;
	int scale;
} entry;

/* Of any size: few are large. */
static int64_t
any_number(uint64_t *seed)
{
	return (int64_t) check_random(seed) >> check_random(seed) % 64;
}

static int32_t
any_day(uint64_t *seed)
{
	switch (check_random(seed) % 8)
	{
		case 0:
			return RCV_DAY_MIN;
		case 1:
			return RCV_DAY_MAX;
		default:
			return (int32_t) (check_random(seed) % 10000);
	}
}

static entry
any_entry(uint64_t *seed)
{
	entry e = {.scale = RCV_SCALE_MIN};
	int kind = (int) (check_random(seed) % 3);

	e.document.id = any_number(seed);
	e.document.units = any_number(seed);
	e.document.day = any_day(seed);
	e.document.due = e.document.day;
	if (check_random(seed) % 4 == 0)
		e.scale = RCV_SCALE_MIN + (int) (check_random(seed) % (RCV_SCALE_MAX - 1));
	if (kind == RCV_DOCUMENT_INVOICE)
	{
		if (check_random(seed) % 4 == 0)
			e.document.day = RCV_DAY_ALWAYS;
		if (check_random(seed) % 2 == 0)
			e.document.due = any_day(seed);
		if (check_random(seed) % 2 == 0)
			e.charges = (rcv_charges){any_number(seed), any_number(seed), -0.1};
	}
	else
	{
		bool refers = check_random(seed) % 2 == 0;

		rcv_document_set_credit(&e.document, kind == RCV_DOCUMENT_NOTE, refers);
		e.document.reference = refers ? any_number(seed) : 0;
	}
	return e;
}

static bool
same_entry(const entry *a, const entry *b)
{
	return a->document.id == b->document.id && a->document.units == b->document.units &&
		   a->document.reference == b->document.reference && a->document.day == b->document.day &&
		   a->document.due == b->document.due && a->charges.interest == b->charges.interest &&
		   a->charges.costs == b->charges.costs && a->charges.weight == b->charges.weight &&
		   a->scale == b->scale;
}

/* Packs n entries into bytes of just their size, which are to be freed. */
static uint8_t *
pack_all(const entry *entries, int n, size_t *used)
{
	uint8_t *bytes = malloc((size_t) n * RCV_PACKED_DOCUMENT_MAX);
	rcv_packed_before before = RCV_PACKED_START;

	*used = 0;
	for (int i = 0; i < n; i++)
		*used += rcv_document_pack(&before, &entries[i].document, &entries[i].charges,
								   entries[i].scale, bytes + *used);
	return realloc(bytes, *used);
}

static rcv_status
unpack(rcv_packed_reader *reader, entry *out)
{
	rcv_status status = rcv_document_unpack(reader, &out->document, &out->charges);

	out->scale = reader->before.scale;
	return status;
}

static void
test_round_trip(void)
{
	static entry entries[N];
	uint64_t seed = 91;
	bool same = true;
	size_t used;
	uint8_t *bytes;
	rcv_packed_reader reader;

	for (int i = 0; i < N; i++)
		entries[i] = any_entry(&seed);
	bytes = pack_all(entries, N, &used);
	reader = rcv_packed_open(bytes, used);
	for (int i = 0; i < N && same; i++)
	{
		entry e;

		same = unpack(&reader, &e) == RCV_OK && same_entry(&e, &entries[i]);
	}
	CHECK(same && reader.at == reader.end, "1000 documents of any kind come back as they were");
	free(bytes);
}

/* Invoices and payments of an account by day, as most ledgers hold them. */
static void
test_size(void)
{
	static entry entries[N];
	size_t used;

	for (int i = 0; i < N; i++)
	{
		entry *e = &entries[i];

		*e = (entry){.scale = RCV_SCALE_MIN};
		e->document.id = 5000000 * (i % 2 + 1) + 30 * i;
		e->document.units = 12345 + 100 * i;
		e->document.day = 8000 + i;
		e->document.due = 8030 + i;
		if (i % 2 == 1)
			rcv_document_set_credit(&e->document, false, false);
	}
	free(pack_all(entries, N, &used));
	CHECK(used <= 8 * N, "a document of an ordinary ledger takes eight bytes");
}

/* Whatever is cut off, or is no document, is refused. */
static void
test_cut(void)
{
	uint64_t seed = 92;
	bool refused = true;

	for (int i = 0; i < N && refused; i++)
	{
		entry e = any_entry(&seed);
		size_t used;
		uint8_t *bytes = pack_all(&e, 1, &used);

		for (size_t cut = 0; cut < used && refused; cut++)
		{
			uint8_t *part = malloc(cut + 1);
			rcv_packed_reader reader = rcv_packed_open(part + 1, cut);

			memcpy(part + 1, bytes, cut);
			refused = unpack(&reader, &e) == RCV_EBINARY;
			free(part);
		}
		free(bytes);
	}
	CHECK(refused, "a document that is cut off is refused wherever it ends");
}

static rcv_status
read_bytes(const uint8_t *bytes, size_t size)
{
	rcv_packed_reader reader = rcv_packed_open(bytes, size);
	entry e;

	return unpack(&reader, &e);
}

#define READ(...) read_bytes((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void
test_bad_bytes(void)
{
	CHECK(READ(0, 2, 4, 6) == RCV_OK, "an invoice");
	CHECK(READ(128, 2, 4, 6) == RCV_EBINARY, "a flag that there is not");
	CHECK(READ(2, 2, 4, 6) == RCV_EBINARY && READ(4, 2, 4, 6, 2) == RCV_EBINARY,
		  "an invoice that is a credit note, or names an invoice");
	CHECK(READ(9, 2, 4, 6, 2) == RCV_EBINARY, "a credit with a due day");
	CHECK(READ(64, 18, 2, 4, 6) == RCV_OK && READ(64, 19, 2, 4, 6) == RCV_EBINARY &&
			  READ(64, 1, 2, 4, 6) == RCV_EBINARY,
		  "scales");
	CHECK(READ(0, 2, 4, 0xA6, 0xD7, 0xE4, 0x02) == RCV_OK &&
			  READ(0, 2, 4, 0xA8, 0xD7, 0xE4, 0x02) == RCV_EBINARY,
		  "a day after all days");
	CHECK(READ(0, 2, 4, 0x81, 0x80, 0x80, 0x80, 0x10) == RCV_EBINARY, "a day of more than 32 bits");
	CHECK(READ(0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 4, 6) ==
			  RCV_EBINARY,
		  "a number of eleven bytes");
}

int
main(void)
{
	test_documents();
	test_round_trip();
	test_size();
	test_cut();
	test_bad_bytes();
	return check_done();
}
