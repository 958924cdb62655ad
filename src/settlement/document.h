/*
 * document.h
 *		Invoices, credit notes and payments as they are kept until they are
 *		allocated: 32 bytes each.
 */
#ifndef RCV_DOCUMENT_H
#define RCV_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"
#include "settlement/allocation.h"

typedef enum rcv_document_kind
{
	RCV_DOCUMENT_INVOICE,
	RCV_DOCUMENT_NOTE, /* a credit note */
	RCV_DOCUMENT_PAYMENT,
	RCV_DOCUMENT_KINDS
} rcv_document_kind;

/* due of a credit says what it is; that of an invoice is a day. */
typedef struct rcv_document
{
	int64_t id;
	int64_t units;	   /* of an invoice: its principal; of a note: above 0 */
	int64_t reference; /* the invoice that a credit names, if it does */
	int32_t day;
	int32_t due;
} rcv_document;

/* What an invoice may have beside its principal. */
typedef struct rcv_charges
{
	int64_t interest;
	int64_t costs;
	double weight;
} rcv_charges;

/* In the place of a due day; after all days. */
enum
{
	RCV_DUE_NOTE = RCV_DAY_MAX + 1,
	RCV_DUE_NAMING_NOTE,
	RCV_DUE_PAYMENT,
	RCV_DUE_NAMING_PAYMENT
};

static inline rcv_document_kind
rcv_document_kind_of(const rcv_document *document)
{
	if (document->due <= RCV_DAY_MAX)
		return RCV_DOCUMENT_INVOICE;
	return document->due < RCV_DUE_PAYMENT ? RCV_DOCUMENT_NOTE : RCV_DOCUMENT_PAYMENT;
}

/* The same document as a credit of this kind. */
extern void rcv_document_set_credit(rcv_document *document, bool note, bool refers);

/*
 * The invoice that a document is, with its charges (or NULL), and the credit.
 * Nothing of a document is trusted: RCV_EBINARY for one that cannot be,
 * RCV_EOVERFLOW when principal and charges together are too large.
 */
extern rcv_status rcv_document_debt(const rcv_document *document, const rcv_charges *charges,
									rcv_debt *out);
extern rcv_status rcv_document_credit(const rcv_document *document, rcv_credit *out);

/* The units of a document and its charges at another, not smaller, scale: RCV_EOVERFLOW. */
extern rcv_status rcv_document_rescale(rcv_document *document, rcv_charges *charges, int from,
									   int to);

/*
 * Brings the amounts of an account, which are in units of 10^-scale, to the fewest
 * decimals that hold them all, but not under least; returns these.
 */
extern int rcv_allocation_reduce(rcv_debt *debts, int32_t n, rcv_credit *credits, int32_t m,
								 int scale, int least);

#endif
