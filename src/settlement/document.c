/*
 * document.c
 *		Documents into invoices and credits.
 */
#include "settlement/document.h"

#include <math.h>

#include "base/day.h"
#include "base/money.h"

void
rcv_document_set_credit(rcv_document *document, bool note, bool refers)
{
	if (note)
		document->due = refers ? RCV_DUE_NAMING_NOTE : RCV_DUE_NOTE;
	else
		document->due = refers ? RCV_DUE_NAMING_PAYMENT : RCV_DUE_PAYMENT;
}

rcv_status
rcv_document_debt(const rcv_document *document, const rcv_charges *charges, rcv_debt *out)
{
	static const rcv_charges none = {0, 0, 0.0};
	const rcv_charges *with = charges != NULL ? charges : &none;

	*out = (rcv_debt){.id = document->id,
					  .total = document->units,
					  .costs = with->costs,
					  .interest = with->interest,
					  .weight = with->weight,
					  .day = document->day,
					  .due = document->due};
	if (document->units < 0 || with->costs < 0 || with->interest < 0 || !isfinite(with->weight) ||
		document->due > RCV_DAY_MAX ||
		(document->day != RCV_DAY_ALWAYS && !rcv_day_valid(document->day)) ||
		(document->due != RCV_DAY_ALWAYS && !rcv_day_valid(document->due)))
		return RCV_EBINARY;
	if (__builtin_add_overflow(out->total, with->costs, &out->total) ||
		__builtin_add_overflow(out->total, with->interest, &out->total))
		return RCV_EOVERFLOW;
	return out->total > 0 ? RCV_OK : RCV_EBINARY;
}

rcv_status
rcv_document_credit(const rcv_document *document, rcv_credit *out)
{
	*out = (rcv_credit){.id = document->id,
						.amount = document->units,
						.reference = document->reference,
						.day = document->day,
						.refers = document->due == RCV_DUE_NAMING_NOTE ||
								  document->due == RCV_DUE_NAMING_PAYMENT,
						.note = document->due <= RCV_DUE_NAMING_NOTE};
	if (document->due < RCV_DUE_NOTE || document->due > RCV_DUE_NAMING_PAYMENT ||
		!rcv_day_valid(document->day) || document->units == 0 || document->units == INT64_MIN ||
		(out->note && document->units < 0))
		return RCV_EBINARY;
	return RCV_OK;
}

rcv_status
rcv_document_rescale(rcv_document *document, rcv_charges *charges, int from, int to)
{
	rcv_status status = rcv_money_rescale(document->units, from, to, &document->units);

	if (status == RCV_OK && charges != NULL)
		status = rcv_money_rescale(charges->interest, from, to, &charges->interest);
	if (status == RCV_OK && charges != NULL)
		status = rcv_money_rescale(charges->costs, from, to, &charges->costs);
	return status;
}

/* The largest power of ten up to this one that all amounts are multiples of. */
static int64_t
common_unit(const rcv_debt *debts, int32_t n, const rcv_credit *credits, int32_t m, int64_t unit)
{
	for (int32_t i = 0; i < n; i++)
		while (debts[i].total % unit != 0 || debts[i].costs % unit != 0 ||
			   debts[i].interest % unit != 0)
			unit /= 10;
	for (int32_t i = 0; i < m; i++)
		while (credits[i].amount % unit != 0)
			unit /= 10;
	return unit;
}

int
rcv_allocation_reduce(rcv_debt *debts, int32_t n, rcv_credit *credits, int32_t m, int scale,
					  int least)
{
	int64_t unit = common_unit(debts, n, credits, m, rcv_pow10(scale - least));

	for (int32_t i = 0; i < n && unit > 1; i++)
	{
		debts[i].total /= unit;
		debts[i].costs /= unit;
		debts[i].interest /= unit;
	}
	for (int32_t i = 0; i < m && unit > 1; i++)
		credits[i].amount /= unit;
	for (; unit > 1; unit /= 10)
		scale--;
	return scale;
}
