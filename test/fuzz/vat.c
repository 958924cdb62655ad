/*
 * vat.c
 *		Any amounts as parts, totals and receipts: the core refuses or answers,
 *		within the part, and receipts add up.
 */
#include "vat/vat.h"
#include "target.h"

#define LINES_MAX 8

/* Of any size and scale, more often a small one in cents. */
static rcv_money
take_money(input *in)
{
	uint8_t kind;
	int32_t small;
	rcv_money money = {0, RCV_SCALE_MIN};

	take(in, &kind, 1);
	if (kind % 4 == 0)
	{
		take(in, &money.units, sizeof(money.units));
		money.scale += kind / 4 % (RCV_SCALE_MAX - RCV_SCALE_MIN + 1);
		return money;
	}
	take(in, &small, sizeof(small));
	money.units = small;
	return money;
}

static void
any_run(input *in, int scale)
{
	rcv_money vat = take_money(in);
	rcv_money total = take_money(in);
	rcv_vat_run run = {{0, RCV_SCALE_MIN}, 0};
	rcv_int128 all = 0;
	rcv_int128 one;

	for (int i = 0; i < 6; i++)
	{
		rcv_status status = rcv_vat_run_add(&run, vat, total, take_money(in), scale, &one);

		must(status == RCV_OK || status == RCV_EDOMAIN || status == RCV_EOVERFLOW);
		if (status != RCV_OK)
			return;
		all += one;
		must(all == run.collected);
	}
	must(scale != vat.scale ||
		 (vat.units < 0 ? all <= 0 && all >= vat.units : all >= 0 && all <= vat.units));
}

static void
any_lines(input *in, int scale)
{
	rcv_vat_line lines[LINES_MAX];
	rcv_vat_share shares[LINES_MAX];
	rcv_receipts so_far = {0, RCV_SCALE_MIN};
	rcv_status status;
	uint8_t n;

	take(in, &n, 1);
	n %= LINES_MAX + 1;
	for (int i = 0; i < n; i++)
	{
		lines[i].base = take_money(in);
		lines[i].vat = take_money(in);
	}
	must(rcv_receipts_add(&so_far, take_money(in)) == RCV_OK);
	status = rcv_vat_shares(lines, n, &so_far, scale, shares);
	must(status == RCV_OK || status == RCV_EDOMAIN || status == RCV_EOVERFLOW);
	for (int i = 0; i < n && status == RCV_OK; i++)
		must(shares[i].base + shares[i].vat == shares[i].received);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input in = {data, size};
	uint8_t scale;

	take(&in, &scale, 1);
	any_run(&in, scale % (RCV_VAT_SCALE_MAX + 1));
	any_lines(&in, scale % (RCV_VAT_SCALE_MAX + 1));
	return 0;
}
