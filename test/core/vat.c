/*
 * vat.c
 *		VAT on receipts: known figures, and what must hold for any receipts.
 */
#include "check.h"

#include <string.h>

#include "vat/vat.h"

static uint64_t seed = 20250401;

static int64_t
below(int64_t limit)
{
	return (int64_t) (check_random(&seed) % (uint64_t) limit);
}

static rcv_money
cents(int64_t units)
{
	return (rcv_money){units, 2};
}

static rcv_receipts
received(int64_t units)
{
	return (rcv_receipts){units, 2};
}

/* The collected part, or a number that no test expects. */
static int64_t
collected(rcv_money part, rcv_money total, rcv_receipts so_far, int scale)
{
	rcv_int128 out;

	return rcv_vat_collected(part, total, &so_far, scale, &out) == RCV_OK ? (int64_t) out
																		  : INT64_MIN;
}

static void
test_known(void)
{
	rcv_vat_run run = {{0, 2}, 0};
	int64_t parts[3];
	rcv_int128 out = 0;
	bool ran = true;

	for (int i = 0; i < 3; i++)
	{
		ran &= rcv_vat_run_add(&run, cents(2000), cents(12000), cents(4000), 2, &out) == RCV_OK;
		parts[i] = (int64_t) out;
	}
	CHECK(ran && parts[0] == 667 && parts[1] == 666 && parts[2] == 667, "three thirds of 20.00");
	CHECK(collected(cents(10000), cents(11500), received(6000), 2) == 5217 &&
			  collected(cents(1000), cents(11500), received(6000), 2) == 522,
		  "60.00 of 115.00: base 52.17, tax 5.22");
	CHECK(collected(cents(10000), cents(11000), received(5500), 2) == 5000 &&
			  collected(cents(1000), cents(11000), received(5500), 2) == 500,
		  "one of two instalments");
	CHECK(collected(cents(2000), cents(12000), received(15000), 2) == 2000 &&
			  collected(cents(2000), cents(12000), received(-1), 2) == 0,
		  "no more than the whole, no less than nothing");
	CHECK(collected(cents(-2000), cents(-12000), received(-6000), 2) == -1000 &&
			  collected(cents(-2000), cents(-12000), received(6000), 2) == 0,
		  "a credit note");
	CHECK(collected(cents(0), cents(0), received(100), 2) == 0 &&
			  collected(cents(1), cents(0), received(100), 2) == 0,
		  "nothing of nothing");
	CHECK(collected(cents(25), cents(100), received(50), 2) == 13 &&
			  collected(cents(-25), cents(-100), received(-50), 2) == -13,
		  "half a unit goes away from zero");
	CHECK(collected(cents(20000), cents(120000), received(40000), 0) == 67,
		  "a currency without decimals");
	CHECK(collected((rcv_money){12345, 3}, (rcv_money){1000000, 3}, received(33333), 3) == 4115,
		  "three decimals, and receipts with two");
}

static void
test_refused(void)
{
	rcv_receipts some = received(100);
	rcv_receipts most = {(rcv_int128) INT64_MAX << 60, 2};
	rcv_int128 out;

	CHECK(rcv_vat_collected(cents(101), cents(100), &some, 2, &out) == RCV_EDOMAIN &&
			  rcv_vat_collected(cents(-101), cents(100), &some, 2, &out) == RCV_EDOMAIN &&
			  rcv_vat_collected((rcv_money){1001, 3}, cents(100), &some, 2, &out) == RCV_EDOMAIN,
		  "a part larger than the total");
	CHECK(rcv_vat_check(cents(-100), cents(100)) == RCV_OK &&
			  rcv_vat_check(cents(101), cents(-100)) == RCV_EDOMAIN &&
			  rcv_vat_check(cents(101), cents(0)) == RCV_OK,
		  "as large as the total, larger, and no total");
	CHECK(rcv_vat_collected(cents(-100), cents(100), &some, 2, &out) == RCV_OK &&
			  rcv_vat_collected((rcv_money){1000, 3}, cents(100), &some, 2, &out) == RCV_OK,
		  "a part as large as the total");
	CHECK(rcv_vat_collected(cents(1), cents(100), &some, -1, &out) == RCV_EDOMAIN &&
			  rcv_vat_collected(cents(1), cents(100), &some, 7, &out) == RCV_EDOMAIN,
		  "decimals that no currency has");
	CHECK(rcv_vat_collected(cents(1), (rcv_money){INT64_MAX, 18}, &most, 2, &out) ==
				  RCV_EOVERFLOW &&
			  rcv_receipts_add(&most, (rcv_money){1, 18}) == RCV_EOVERFLOW,
		  "more digits than fit");
	most.units = INT64_MAX - 1;
	CHECK(rcv_vat_collected(cents(INT64_MAX - 2), cents(INT64_MAX), &most, 2, &out) == RCV_OK &&
			  rcv_vat_collected(cents(INT64_MAX - 2), cents(INT64_MAX), &most, 3, &out) ==
				  RCV_EOVERFLOW,
		  "the largest amounts");
}

/* By definition: 2 x |out x t - p x r| <= t, and away from zero when it is equal. */
static bool
is_rounded(rcv_int128 out, int64_t p, int64_t t, int64_t r)
{
	rcv_int128 twice = 2 * (out * t - (rcv_int128) p * r);

	if (p < 0)
		twice = -twice;
	return twice > -(rcv_int128) t && twice <= t;
}

static void
test_rounding(void)
{
	int64_t bound = 10;
	bool holds = true;

	for (int run = 0; run < 100000 && holds; run++)
	{
		int64_t t;
		int64_t r;
		int64_t p;
		rcv_receipts so_far;
		rcv_int128 out;

		bound = bound > INT64_C(1) << 60 ? 10 : bound * 3 / 2;
		t = 1 + below(bound);
		r = below(t + 1);
		p = below(2 * t + 1) - t;
		so_far = received(r);
		holds = rcv_vat_collected(cents(p), cents(t), &so_far, 2, &out) == RCV_OK &&
				is_rounded(out, p, t, r);
		so_far = received(-r);
		if (holds)
		{
			rcv_int128 mirrored;

			holds = rcv_vat_collected(cents(-p), cents(-t), &so_far, 2, &mirrored) == RCV_OK &&
					mirrored == -out;
		}
	}
	CHECK(holds, "rounded once, half away from zero; a credit note is the mirror image");
}

/* Any receipts and refunds, in amounts of two to four decimals. */
static void
test_runs(void)
{
	bool adds_up = true;
	bool settled = true;

	for (int run = 0; run < 3000 && adds_up && settled; run++)
	{
		rcv_money total = cents(1 + below(1000000));
		rcv_money vat = cents(below(total.units + 1));
		rcv_vat_run sum = {{0, 2}, 0};
		rcv_int128 one;
		rcv_int128 all = 0;
		int n = (int) below(12);

		for (int i = 0; i < n && adds_up; i++)
		{
			rcv_money amount = {below(2 * total.units) - total.units / 2, 2 + (int) below(3)};

			adds_up = rcv_vat_run_add(&sum, vat, total, amount, 2, &one) == RCV_OK;
			all += one;
			adds_up &= all == sum.collected && all >= 0 && all <= vat.units;
		}
		/* what is missing, once more than the whole: the VAT and no cent else */
		settled = rcv_vat_run_add(&sum, vat, total, cents(INT64_C(20000000)), 2, &one) == RCV_OK &&
				  all + one == vat.units;
	}
	CHECK(adds_up, "receipts and refunds add up to what was collected");
	CHECK(settled, "a paid invoice has brought its VAT to the cent");
}

static void
test_credit_note(void)
{
	rcv_vat_run run = {{0, 2}, 0};
	rcv_int128 a = 0;
	rcv_int128 b = 0;
	rcv_int128 c = 0;
	bool ran = rcv_vat_run_add(&run, cents(2000), cents(12000), cents(9000), 2, &a) == RCV_OK &&
			   rcv_vat_run_add(&run, cents(1000), cents(6000), cents(0), 2, &b) == RCV_OK &&
			   rcv_vat_run_add(&run, cents(1000), cents(6000), cents(-3000), 2, &c) == RCV_OK;

	CHECK(ran && a == 1500 && b == -500 && c == 0,
		  "a credit note below what was received gives VAT back, the refund no more");
}

static void
test_shares(void)
{
	static rcv_vat_line lines[RCV_VAT_LINES_MAX + 1];
	static rcv_vat_share shares[RCV_VAT_LINES_MAX + 1];
	rcv_receipts so_far = received(6000);
	bool holds = true;

	lines[0] = (rcv_vat_line){cents(10000), cents(1000)};
	lines[1] = (rcv_vat_line){cents(0), cents(500)};
	CHECK(rcv_vat_shares(lines, 2, &so_far, 2, shares) == RCV_OK && shares[0].base == 5217 &&
			  shares[0].vat == 522 && shares[0].received == 5739 && shares[1].base == 0 &&
			  shares[1].vat == 261 && shares[1].received == 261,
		  "two taxes on one base");
	for (int run = 0; run < 3000 && holds; run++)
	{
		int n = 1 + (int) below(run % 50 == 0 ? 1000 : 8);
		int64_t total = 0;
		rcv_int128 sum = 0;

		for (int i = 0; i < n; i++)
		{
			int64_t base = below(100000);

			lines[i] = (rcv_vat_line){cents(base), cents(base * 2 / 10)};
			total += base + base * 2 / 10;
		}
		so_far = received(below(total + total / 10 + 1));
		holds = rcv_vat_shares(lines, n, &so_far, 2, shares) == RCV_OK;
		for (int i = 0; i < n && holds; i++)
		{
			int64_t gross = lines[i].base.units + lines[i].vat.units;
			rcv_int128 paid = so_far.units < total ? so_far.units : total;
			rcv_int128 off = shares[i].received * total - gross * paid;

			holds =
				shares[i].base + shares[i].vat == shares[i].received && off < total &&
				-off < total &&
				(total > 0 ? is_rounded(shares[i].vat, lines[i].vat.units, total, (int64_t) paid)
						   : shares[i].vat == 0);
			sum += shares[i].received;
		}
		holds &= sum == (so_far.units < total ? so_far.units : total);
	}
	CHECK(holds, "lines add up to the receipt, each within a unit of its share");
	CHECK(rcv_vat_shares(lines, RCV_VAT_LINES_MAX + 1, &so_far, 2, shares) == RCV_ELIMIT &&
			  rcv_vat_shares(lines, 0, &so_far, 2, shares) == RCV_OK,
		  "no lines, too many lines");
	lines[0].base = cents(INT64_MAX);
	lines[1].base = cents(INT64_MAX);
	CHECK(rcv_vat_shares(lines, 2, &so_far, 2, shares) == RCV_EOVERFLOW, "a sum too large");
	lines[0] = (rcv_vat_line){cents(100), cents(20)};
	lines[1] = (rcv_vat_line){cents(-100), cents(0)};
	CHECK(rcv_vat_shares(lines, 2, &so_far, 7, shares) == RCV_EDOMAIN, "no such currency");
	lines[1].base = cents(-120);
	so_far = received(50);
	CHECK(rcv_vat_shares(lines, 2, &so_far, 2, shares) == RCV_OK && shares[0].received == 0 &&
			  shares[1].received == 0,
		  "lines that cancel out");
	lines[1] = (rcv_vat_line){cents(-60), cents(-12)};
	so_far = received(24);
	CHECK(rcv_vat_shares(lines, 2, &so_far, 2, shares) == RCV_OK && shares[0].received == 60 &&
			  shares[0].vat == 10 && shares[1].received == -36 && shares[1].vat == -6 &&
			  shares[1].base == -30,
		  "a discount of more than what is left");
}

int
main(void)
{
	test_known();
	test_refused();
	test_rounding();
	test_runs();
	test_credit_note();
	test_shares();
	return check_done();
}
