/*
 * document_pack.c
 *		Documents into bytes and back.
 */
#include "settlement/document_pack.h"

#include <string.h>

/* What a document has. */
enum
{
	HAS_CREDIT = 1,	 /* it is one: a payment, ... */
	HAS_NOTE = 2,	 /* ... or a credit note */
	HAS_NAME = 4,	 /* it names an invoice */
	HAS_DUE = 8,	 /* another day than its own */
	HAS_ALWAYS = 16, /* no day: always there */
	HAS_CHARGES = 32,
	HAS_SCALE = 64,
	HAS_ALL = 127
};

/* Any two numbers: what overflows comes back when it is added. */
static uint64_t
from_last(int64_t value, int64_t last)
{
	return rcv_zigzag((int64_t) ((uint64_t) value - (uint64_t) last));
}

static int
what_it_has(const rcv_document *document, const rcv_charges *charges, bool scale)
{
	int has = scale ? HAS_SCALE : 0;

	if (document->day == RCV_DAY_ALWAYS)
		has |= HAS_ALWAYS;
	if (charges->interest != 0 || charges->costs != 0 || charges->weight != 0.0)
		has |= HAS_CHARGES;
	if (document->due <= RCV_DAY_MAX)
		return document->due == document->day ? has : has | HAS_DUE;
	if (document->due <= RCV_DUE_NAMING_NOTE)
		has |= HAS_NOTE;
	if (document->due == RCV_DUE_NAMING_NOTE || document->due == RCV_DUE_NAMING_PAYMENT)
		has |= HAS_NAME;
	return has | HAS_CREDIT;
}

static int64_t *
last_id(rcv_packed_before *before, int has)
{
	return (has & (HAS_CREDIT | HAS_NOTE)) == HAS_CREDIT ? &before->payment : &before->invoice;
}

static uint8_t *
put_charges(uint8_t *at, const rcv_charges *charges)
{
	at = rcv_varint_put(at, rcv_zigzag(charges->interest));
	at = rcv_varint_put(at, rcv_zigzag(charges->costs));
	memcpy(at, &charges->weight, sizeof(charges->weight));
	return at + sizeof(charges->weight);
}

size_t
rcv_document_pack(rcv_packed_before *before, const rcv_document *document,
				  const rcv_charges *charges, int scale, uint8_t *out)
{
	int has = what_it_has(document, charges, scale != before->scale);
	int64_t reference_from = before->invoice;
	int64_t *id = last_id(before, has);
	uint8_t *at = out;

	*at++ = (uint8_t) has;
	if (has & HAS_SCALE)
		*at++ = (uint8_t) (before->scale = scale);
	at = rcv_varint_put(at, from_last(document->id, *id));
	*id = document->id;
	at = rcv_varint_put(at, rcv_zigzag(document->units));
	if (!(has & HAS_ALWAYS))
	{
		at = rcv_varint_put(at, from_last(document->day, before->day));
		before->day = document->day;
	}
	if (has & HAS_DUE)
		at = rcv_varint_put(at, from_last(document->due, document->day));
	if (has & HAS_NAME)
		at = rcv_varint_put(at, from_last(document->reference, reference_from));
	if (has & HAS_CHARGES)
		at = put_charges(at, charges);
	return (size_t) (at - out);
}

static bool
get_from_last(rcv_packed_reader *reader, int64_t last, int64_t *out)
{
	uint64_t value;

	if (!rcv_varint_get(&reader->at, reader->end, &value))
		return false;
	*out = (int64_t) ((uint64_t) last + (uint64_t) rcv_unzigzag(value));
	return true;
}

/* A day, or before all days: whether it is one is looked at later. */
static bool
get_day(rcv_packed_reader *reader, int32_t last, int32_t *out)
{
	int64_t day;

	if (!get_from_last(reader, last, &day) || day < INT32_MIN || day > RCV_DAY_MAX)
		return false;
	*out = (int32_t) day;
	return true;
}

static bool
get_charges(rcv_packed_reader *reader, rcv_charges *out)
{
	if (!get_from_last(reader, 0, &out->interest) || !get_from_last(reader, 0, &out->costs) ||
		reader->end - reader->at < (ptrdiff_t) sizeof(out->weight))
		return false;
	memcpy(&out->weight, reader->at, sizeof(out->weight));
	reader->at += sizeof(out->weight);
	return true;
}

static bool
get_scale(rcv_packed_reader *reader)
{
	if (reader->at == reader->end || *reader->at < RCV_SCALE_MIN || *reader->at > RCV_SCALE_MAX)
		return false;
	reader->before.scale = *reader->at++;
	return true;
}

/* Scale, id, units and day: what all documents have. */
static bool
get_head(rcv_packed_reader *reader, int has, rcv_document *out)
{
	int64_t *id = last_id(&reader->before, has);

	if ((has & HAS_SCALE) && !get_scale(reader))
		return false;
	if (!get_from_last(reader, *id, &out->id) || !get_from_last(reader, 0, &out->units))
		return false;
	*id = out->id;
	out->day = RCV_DAY_ALWAYS;
	if (!(has & HAS_ALWAYS))
	{
		if (!get_day(reader, reader->before.day, &out->day))
			return false;
		reader->before.day = out->day;
	}
	out->due = out->day;
	return true;
}

/* An invoice has no kind and no name of another, a credit no due day. */
static bool
can_have(int has)
{
	return has <= HAS_ALL && (has & (has & HAS_CREDIT ? HAS_DUE : HAS_NOTE | HAS_NAME)) == 0;
}

rcv_status
rcv_document_unpack(rcv_packed_reader *reader, rcv_document *document, rcv_charges *charges)
{
	int64_t reference_from = reader->before.invoice;
	int has;

	document->reference = 0;
	*charges = (rcv_charges){0, 0, 0.0};
	if (reader->at == reader->end)
		return RCV_EBINARY;
	has = *reader->at++;
	if (!can_have(has) || !get_head(reader, has, document))
		return RCV_EBINARY;
	if ((has & HAS_DUE) && !get_day(reader, document->day, &document->due))
		return RCV_EBINARY;
	if ((has & HAS_NAME) && !get_from_last(reader, reference_from, &document->reference))
		return RCV_EBINARY;
	if ((has & HAS_CHARGES) && !get_charges(reader, charges))
		return RCV_EBINARY;
	if (has & HAS_CREDIT)
		rcv_document_set_credit(document, has & HAS_NOTE, has & HAS_NAME);
	return RCV_OK;
}
