/*
 * document_pack.h
 *		Documents in few bytes each, one after the other: about ten for one of a
 *		ledger in the order of days, where rcv_document has 32 and its charges 24.
 *
 * A byte says what a document has; numbers follow, see base/varint.h, most of
 * them as differences from a document before:
 *
 *		scale		1 byte, when it is not that of the document before
 *		id			from the last one of its kind, an invoice's or a payment's
 *		units
 *		day			from the last one, unless it is always
 *		due			of an invoice, from its day, when it is another
 *		reference	of a credit that names an invoice, from the last invoice
 *		charges		interest, costs, and 8 bytes of weight, when there are any
 */
#ifndef RCV_DOCUMENT_PACK_H
#define RCV_DOCUMENT_PACK_H

#include <stddef.h>

#include "base/money.h"
#include "base/varint.h"
#include "settlement/document.h"

#define RCV_PACKED_DOCUMENT_MIN 3 /* bytes */
#define RCV_PACKED_DOCUMENT_MAX (2 + 7 * RCV_VARINT_MAX + 8)

/* What the next document is told from. */
typedef struct rcv_packed_before
{
	int64_t invoice; /* ids */
	int64_t payment;
	int32_t day;
	int32_t scale;
} rcv_packed_before;

/* Before the first one. */
#define RCV_PACKED_START ((rcv_packed_before){.scale = RCV_SCALE_MIN})

/* Writes up to RCV_PACKED_DOCUMENT_MAX bytes, returns how many. */
extern size_t rcv_document_pack(rcv_packed_before *before, const rcv_document *document,
								const rcv_charges *charges, int scale, uint8_t *out);

/* Reads documents one after the other. */
typedef struct rcv_packed_reader
{
	const uint8_t *at;
	const uint8_t *end;
	rcv_packed_before before; /* its scale: of the document read last */
} rcv_packed_reader;

static inline rcv_packed_reader
rcv_packed_open(const uint8_t *bytes, size_t used)
{
	return (rcv_packed_reader){bytes, bytes + used, RCV_PACKED_START};
}

/*
 * The next document.  Nothing is trusted: RCV_EBINARY where none begins, or none
 * that ends in time.  What comes out may be any numbers, as in a document from
 * anywhere; the scale is a possible one.
 */
extern rcv_status rcv_document_unpack(rcv_packed_reader *reader, rcv_document *document,
									  rcv_charges *charges);

#endif
