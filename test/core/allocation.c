/*
 * allocation.c
 *		Splitting by largest remainder; which payment pays which invoice: worked
 *		cases for each method, and laws that hold for all ledgers.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "num/mix.h"
#include "settlement/allocation.h"
#include "settlement/document.h"
#include "settlement/split.h"

/* Splitting ----------------------------------------------------------------- */

#define PARTS_MAX 40

static bool
splits_into(int64_t total, const int64_t *weights, size_t n, const int64_t *expected)
{
	rcv_int128 spare[PARTS_MAX];
	int64_t parts[PARTS_MAX];

	return rcv_split(total, weights, n, spare, parts) == RCV_OK &&
		   memcmp(parts, expected, n * sizeof(*parts)) == 0;
}

static void
test_split_cases(void)
{
	const int64_t even[] = {1, 1, 1};
	const int64_t two[] = {0, 5, 0, 5};
	const int64_t huge[] = {INT64_MAX, INT64_MAX};
	const int64_t none[] = {0, 0};
	const int64_t negative[] = {1, -1};
	rcv_int128 spare[3];
	int64_t parts[3];

	CHECK(splits_into(10000, even, 3, (int64_t[]){3334, 3333, 3333}), "100.00 by 1:1:1");
	CHECK(splits_into(5, even, 3, (int64_t[]){2, 2, 1}), "0.05 by 1:1:1");
	CHECK(splits_into(-10000, even, 3, (int64_t[]){-3334, -3333, -3333}), "-100.00 by 1:1:1");
	CHECK(splits_into(3, two, 4, (int64_t[]){0, 2, 0, 1}), "a weight of 0 gets nothing");
	CHECK(splits_into(0, even, 3, (int64_t[]){0, 0, 0}), "nothing to split");
	CHECK(splits_into(INT64_MAX, huge, 2, (int64_t[]){INT64_MAX / 2 + 1, INT64_MAX / 2}),
		  "the largest amount and weights");
	CHECK(rcv_split(1, none, 2, spare, parts) == RCV_EDOMAIN, "weights of 0 alone");
	CHECK(rcv_split(1, negative, 2, spare, parts) == RCV_EDOMAIN, "a negative weight");
	CHECK(rcv_split(1, even, 0, spare, parts) == RCV_EDOMAIN, "no weight");
	CHECK(rcv_split(INT64_MIN, even, 3, spare, parts) == RCV_EDOMAIN, "-2^63");
}

/*
 * Hamilton's rule in other words: the parts add up, each is its share rounded
 * down or up, and who was rounded up has no smaller remainder than who was not,
 * nor comes later with an equal one.
 */
static bool
is_hamilton(int64_t total, const int64_t *weights, size_t n, const int64_t *parts)
{
	rcv_int128 sum = 0;
	rcv_int128 all = 0;

	for (size_t i = 0; i < n; i++)
	{
		sum += weights[i];
		all += parts[i];
	}
	if (all != total)
		return false;
	for (size_t i = 0; i < n; i++)
	{
		rcv_int128 share = (rcv_int128) total * weights[i];
		int64_t up = parts[i] - (int64_t) (share / sum);

		if (up != 0 && up != 1)
			return false;
		for (size_t j = 0; j < n; j++)
		{
			rcv_int128 other = (rcv_int128) total * weights[j];
			int64_t other_up = parts[j] - (int64_t) (other / sum);

			if (up == 0 && other_up == 1 &&
				(share % sum > other % sum || (share % sum == other % sum && i < j)))
				return false;
		}
	}
	return true;
}

static void
test_split_law(void)
{
	uint64_t seed = 71;
	bool holds = true;
	bool mirrored = true;

	for (int run = 0; run < 3000 && holds && mirrored; run++)
	{
		size_t n = 1 + check_random(&seed) % PARTS_MAX;
		int64_t total = (int64_t) (check_random(&seed) >> (1 + check_random(&seed) % 62));
		int shift = (int) (1 + check_random(&seed) % 62);
		rcv_int128 spare[PARTS_MAX];
		int64_t weights[PARTS_MAX];
		int64_t parts[PARTS_MAX];
		int64_t opposite[PARTS_MAX];

		for (size_t i = 0; i < n; i++)
			weights[i] = (int64_t) (check_random(&seed) >> shift);
		weights[check_random(&seed) % n] |= 1;
		holds = rcv_split(total, weights, n, spare, parts) == RCV_OK &&
				is_hamilton(total, weights, n, parts);
		rcv_split(-total, weights, n, spare, opposite);
		for (size_t i = 0; i < n; i++)
			mirrored = mirrored && opposite[i] == -parts[i];
	}
	CHECK(holds, "3000 splits follow the largest remainder");
	CHECK(mirrored, "the parts of -total are those of total with the other sign");
}

/* Ledgers ---------------------------------------------------------------------- */

#define DOCUMENTS_MAX 40
#define ROWS_MAX 20000

typedef struct result
{
	int n;
	int64_t debt[ROWS_MAX]; /* ids, or -1 */
	int64_t credit[ROWS_MAX];
	bool note[ROWS_MAX];
	int64_t units[ROWS_MAX];
	int32_t day[ROWS_MAX];
	rcv_allocated_kind kind[ROWS_MAX];
} result;

typedef struct ledger
{
	rcv_allocation_terms terms;
	rcv_debt debts[DOCUMENTS_MAX];
	rcv_credit credits[DOCUMENTS_MAX];
	int n;
	int m;
} ledger;

static void
keep(void *context, const rcv_allocated *row)
{
	result *out = context;

	if (row == NULL || out->n == ROWS_MAX)
		return;
	out->debt[out->n] = row->debt ? row->debt->id : -1;
	out->credit[out->n] = row->credit ? row->credit->id : -1;
	out->note[out->n] = row->credit && row->credit->note;
	out->units[out->n] = row->units;
	out->day[out->n] = row->day;
	out->kind[out->n] = row->kind;
	out->n++;
}

static rcv_status
run(const ledger *l, result *out, rcv_allocation_fault *fault)
{
	ledger copy = *l;
	void *room = malloc(rcv_allocation_room((size_t) l->n, (size_t) l->m));
	rcv_status status;

	out->n = 0;
	status = rcv_allocate(&l->terms, copy.debts, l->n, copy.credits, l->m, room, keep, out, fault);
	free(room);
	return status;
}

static void
debt(ledger *l, int64_t id, int32_t day, int32_t due, int64_t total)
{
	l->debts[l->n++] = (rcv_debt){.id = id, .total = total, .day = day, .due = due};
}

static void
credit(ledger *l, int64_t id, int32_t day, int64_t amount)
{
	l->credits[l->m++] = (rcv_credit){.id = id, .amount = amount, .day = day};
}

static void
naming(ledger *l, int64_t id, int32_t day, int64_t amount, int64_t reference)
{
	credit(l, id, day, amount);
	l->credits[l->m - 1].refers = true;
	l->credits[l->m - 1].reference = reference;
}

/* What all rows of this kind between this invoice and this credit come to. */
static int64_t
amount_of(const result *r, int64_t invoice, int64_t payment, rcv_allocated_kind kind)
{
	int64_t sum = 0;

	for (int i = 0; i < r->n; i++)
		if (r->debt[i] == invoice && r->credit[i] == payment && r->kind[i] == kind)
			sum += r->units[i];
	return sum;
}

/* Invoices 1 .. 3 with principals paid by payment 10. */
static bool
pays(const ledger *l, int64_t first, int64_t second, int64_t third)
{
	static result r;
	rcv_allocation_fault fault;

	return run(l, &r, &fault) == RCV_OK && amount_of(&r, 1, 10, RCV_PRINCIPAL) == first &&
		   amount_of(&r, 2, 10, RCV_PRINCIPAL) == second &&
		   amount_of(&r, 3, 10, RCV_PRINCIPAL) == third;
}

/* Instalments of ERPNext's test of its receivables report. */
static void
test_instalments(void)
{
	ledger l = {.terms = {.method = RCV_OLDEST_DUE}};
	static result r;
	rcv_allocation_fault fault;

	debt(&l, 3, 0, 90, 4000);
	debt(&l, 1, 0, 30, 6000);
	debt(&l, 2, 0, 60, 10000);
	credit(&l, 10, 10, 4000);
	credit(&l, 10, 20, 10000);
	l.credits[1].note = true;
	CHECK(run(&l, &r, &fault) == RCV_OK && r.n == 5, "instalments: five rows");
	CHECK(amount_of(&r, 1, 10, RCV_PRINCIPAL) == 6000 &&
			  amount_of(&r, 2, 10, RCV_PRINCIPAL) == 8000,
		  "a payment and a credit note of the same id");
	CHECK(amount_of(&r, 1, -1, RCV_OPEN) == 0 && amount_of(&r, 2, -1, RCV_OPEN) == 2000 &&
			  amount_of(&r, 3, -1, RCV_OPEN) == 4000,
		  "what is open of each");
}

static void
test_orders(void)
{
	ledger l = {0};

	debt(&l, 1, 5, 90, 3000); /* issued second, due last */
	debt(&l, 2, 0, 60, 5000); /* issued first */
	debt(&l, 3, 6, 30, 1000); /* due first */
	credit(&l, 10, 10, 4500);
	l.terms.method = RCV_OLDEST_DUE;
	CHECK(pays(&l, 0, 3500, 1000), "oldest due first");
	l.terms.method = RCV_FIFO;
	CHECK(pays(&l, 0, 4500, 0), "first issued first");
	l.terms.method = RCV_LARGEST_FIRST;
	l.credits[0].amount = 6000;
	CHECK(pays(&l, 1000, 5000, 0), "largest first");
	l.terms.method = RCV_PROPORTIONAL;
	l.credits[0].amount = 1000;
	CHECK(pays(&l, 333, 556, 111), "in proportion, by largest remainder");
	l.terms.method = RCV_SPECIFIC;
	CHECK(pays(&l, 0, 0, 0), "no name: nothing is paid");
	l.credits[0].refers = true;
	l.credits[0].reference = 3;
	l.credits[0].amount = 1500;
	CHECK(pays(&l, 0, 0, 1000), "the named one, and no more than it is open");
	l.terms.rest = true;
	CHECK(pays(&l, 0, 500, 1000), "the rest to the oldest due");
}

/* Equal remainders: the units left over go to those due first, whenever they were issued. */
static void
test_ties(void)
{
	ledger l = {.terms = {.method = RCV_PROPORTIONAL}};

	debt(&l, 1, 5, 10, 100);
	debt(&l, 2, 0, 20, 100);
	debt(&l, 3, 6, 15, 100);
	credit(&l, 10, 10, 1);
	CHECK(pays(&l, 1, 0, 0), "in proportion, a tie: the first cent to the oldest due");
	l.credits[0].amount = 2;
	CHECK(pays(&l, 1, 0, 1), "the second one to the next");
	l.debts[0].due = l.debts[1].due = 15;
	l.credits[0].amount = 1;
	CHECK(pays(&l, 0, 1, 0), "due the same day: to the one issued first");
	l.debts[0].day = l.debts[1].day = 6;
	CHECK(pays(&l, 1, 0, 0), "issued the same day, too: to the lowest id");
}

static void
test_law(void)
{
	ledger l = {.terms = {.method = RCV_STATUTORY}};

	debt(&l, 1, 0, 90, 3000);
	debt(&l, 2, 0, 20, 5000);
	debt(&l, 3, 0, 10, 1000);
	credit(&l, 10, 30, 4500);
	CHECK(pays(&l, 0, 3500, 1000), "the older of two matured debts first");
	l.debts[1].weight = 0.1;
	CHECK(pays(&l, 0, 4500, 0), "the one that costs the debtor more first");
	l.debts[0].weight = 0.2;
	CHECK(pays(&l, 0, 4500, 0), "however much one costs that is not due");
	l.credits[0].amount = 7000;
	CHECK(pays(&l, 1000, 5000, 1000), "which comes when all matured ones are paid");
	l.debts[1].weight = 0;
	l.debts[2].due = 20;
	l.credits[0].amount = 3000;
	CHECK(pays(&l, 0, 2500, 500), "all else equal: in proportion");
	l.credits[0].refers = true;
	l.credits[0].reference = 1;
	CHECK(pays(&l, 3000, 0, 0), "the debtor's choice before all");
	l.credits[0].day = 95;
	l.credits[0].refers = false;
	CHECK(pays(&l, 3000, 0, 0), "matured since, the most interesting one");
}

/* Art. 1343-1: 3,000 of interest on 20,000; 18,000 are paid. */
static void
test_interest_first(void)
{
	ledger l = {.terms = {.method = RCV_INTEREST_FIRST}};
	static result r;
	rcv_allocation_fault fault;

	debt(&l, 1, 0, 30, 2310000);
	l.debts[0].interest = 300000;
	l.debts[0].costs = 10000;
	credit(&l, 10, 40, 5000);
	credit(&l, 11, 41, 1805000);
	CHECK(run(&l, &r, &fault) == RCV_OK && amount_of(&r, 1, 10, RCV_COSTS) == 5000 &&
			  amount_of(&r, 1, 11, RCV_COSTS) == 5000,
		  "costs first, over two payments");
	CHECK(amount_of(&r, 1, 11, RCV_INTEREST) == 300000 &&
			  amount_of(&r, 1, 11, RCV_PRINCIPAL) == 1500000 &&
			  amount_of(&r, 1, -1, RCV_OPEN) == 500000,
		  "then interest, then principal: 5,000 left bearing interest");
	l.m = 1;
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 1, -1, RCV_OPEN_COSTS) == 5000 &&
			  amount_of(&r, 1, -1, RCV_OPEN_INTEREST) == 300000 &&
			  amount_of(&r, 1, -1, RCV_OPEN) == 2000000,
		  "what is open, by part");
}

static void
test_time(void)
{
	ledger l = {.terms = {.method = RCV_OLDEST_DUE}};
	static result r;
	rcv_allocation_fault fault;

	debt(&l, 1, 0, 90, 1000);
	debt(&l, 2, 20, 30, 1000); /* issued after the payment, due earlier */
	credit(&l, 10, 10, 1500);
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 1, 10, RCV_PRINCIPAL) == 1000 && r.day[0] == 10,
		  "a payment goes to what is open on its day");
	CHECK(amount_of(&r, 2, 10, RCV_PRINCIPAL) == 500 && r.day[1] == 20,
		  "its rest to a later invoice, on that one's day");
	l.debts[0].day = l.debts[1].day = RCV_DAY_ALWAYS;
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 2, 10, RCV_PRINCIPAL) == 1000,
		  "invoices without a day are there from the start");

	l = (ledger){.terms = {.method = RCV_SPECIFIC}};
	naming(&l, 10, 5, 700, 1);
	debt(&l, 1, 8, 30, 1000);
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 1, 10, RCV_PRINCIPAL) == 700 && r.day[0] == 8,
		  "a payment waits for the invoice that it names");
}

static void
test_tolerance(void)
{
	ledger l = {.terms = {.method = RCV_OLDEST_DUE, .tolerance = 5}};
	static result r;
	rcv_allocation_fault fault;

	debt(&l, 1, 0, 30, 1000);
	credit(&l, 10, 10, 995);
	run(&l, &r, &fault);
	CHECK(r.n == 2 && amount_of(&r, 1, -1, RCV_WRITE_OFF) == 5,
		  "a rest of the tolerance is written off");
	l.credits[0].amount = 994;
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 1, -1, RCV_OPEN) == 6, "a larger one is not");
	l.debts[0].total = 4;
	l.m = 0;
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 1, -1, RCV_OPEN) == 4, "nor an invoice that nothing was paid of");
}

static void
test_taking_back(void)
{
	ledger l = {.terms = {.method = RCV_SPECIFIC, .rest = true}};
	static result r;
	rcv_allocation_fault fault;

	debt(&l, 1, 0, 10, 1000);
	debt(&l, 2, 0, 20, 1000);
	credit(&l, 10, 5, 2300);
	naming(&l, 11, 6, -400, 1);
	run(&l, &r, &fault);
	CHECK(amount_of(&r, 1, 11, RCV_PRINCIPAL) == -400 && amount_of(&r, 1, -1, RCV_OPEN) == 400,
		  "a returned payment opens the invoice that it names again");
	l.credits[1].refers = false;
	run(&l, &r, &fault);
	CHECK(amount_of(&r, -1, 10, RCV_REFUND) == 300 && amount_of(&r, -1, 11, RCV_REFUND) == -300 &&
			  amount_of(&r, 2, 11, RCV_PRINCIPAL) == -100,
		  "else it takes what is left of others, then the last of the order");
	l.credits[1].amount = -2500;
	credit(&l, 12, 7, 500);
	run(&l, &r, &fault);
	CHECK(amount_of(&r, -1, 12, RCV_REFUND) == 200 && amount_of(&r, 1, 12, RCV_PRINCIPAL) == 300,
		  "what it could not take is covered by the next payment");
	l.m = 0;
	credit(&l, 10, 5, 300);
	l.credits[0].note = true;
	naming(&l, 11, 6, -300, 10);
	l.n = 0;
	run(&l, &r, &fault);
	CHECK(amount_of(&r, -1, 11, RCV_REFUND) == -300 && r.n == 2, "a credit note that is paid out");
}

static void
test_duplicates(void)
{
	ledger l = {0};
	static result r;
	rcv_allocation_fault fault;

	debt(&l, 7, 0, 30, 1000);
	debt(&l, 8, 0, 10, 1000);
	debt(&l, 7, 1, 40, 1000);
	CHECK(run(&l, &r, &fault) == RCV_EDOMAIN && fault.id == 7 && !fault.credit, "an invoice twice");
	l.n = 2;
	credit(&l, 9, 3, 100);
	credit(&l, 10, 2, 100);
	credit(&l, 9, 1, -100);
	CHECK(run(&l, &r, &fault) == RCV_EDOMAIN && fault.id == 9 && fault.credit && !fault.note,
		  "a payment twice");
	l.credits[2].note = true;
	l.credits[2].amount = 100;
	CHECK(run(&l, &r, &fault) == RCV_OK, "but a credit note may have its number");
	l.n = l.m = 2;
	CHECK(run(&l, &r, &fault) == RCV_OK, "two of each");
	l.credits[1].id = 9;
	CHECK(run(&l, &r, &fault) == RCV_EDOMAIN && fault.id == 9, "the same payment");
	l.debts[1].id = 7;
	CHECK(run(&l, &r, &fault) == RCV_EDOMAIN && fault.id == 7 && !fault.credit, "the same invoice");
	l.n = l.m = 0;
	CHECK(run(&l, &r, &fault) == RCV_OK && r.n == 0, "no documents at all");
}

/* Laws --------------------------------------------------------------------------- */

static void
random_ledger(uint64_t *seed, ledger *l)
{
	static const int64_t powers[] = {1, 10, 100};
	int days = 1 + (int) (check_random(seed) % 60);
	int size = 1 + (int) (check_random(seed) % 2000);
	int64_t factor = powers[check_random(seed) % 3];

	memset(l, 0, sizeof(*l));
	l->terms.unit = powers[check_random(seed) % 3];
	l->terms.method = (rcv_allocation_method) (check_random(seed) % RCV_ALLOCATION_METHODS);
	l->terms.rest = l->terms.method == RCV_SPECIFIC && check_random(seed) % 2;
	l->terms.tolerance = check_random(seed) % 3 == 0 ? (int64_t) (check_random(seed) % 50) : 0;
	l->n = (int) (check_random(seed) % DOCUMENTS_MAX);
	l->m = (int) (check_random(seed) % DOCUMENTS_MAX);
	for (int i = 0; i < l->n; i++)
	{
		rcv_debt *d = &l->debts[i];

		d->id = (i * 7) % DOCUMENTS_MAX; /* 7 and 40 have no common factor: all differ */
		d->day = (int32_t) (check_random(seed) % (uint64_t) days);
		d->due = d->day + (int32_t) (check_random(seed) % 30);
		d->costs = check_random(seed) % 4 == 0 ? (int64_t) (check_random(seed) % 100) : 0;
		d->interest = check_random(seed) % 4 == 0 ? (int64_t) (check_random(seed) % 100) : 0;
		d->total = 1 + (int64_t) (check_random(seed) % (uint64_t) size) + d->costs + d->interest;
		d->costs *= factor;
		d->interest *= factor;
		d->total *= factor;
		d->weight = (double) (check_random(seed) % 3);
		if (check_random(seed) % 20 == 0)
			d->day = RCV_DAY_ALWAYS;
	}
	for (int i = 0; i < l->m; i++)
	{
		rcv_credit *c = &l->credits[i];

		c->id = (i * 11) % DOCUMENTS_MAX;
		c->day = (int32_t) (check_random(seed) % (uint64_t) days);
		c->amount = 1 + (int64_t) (check_random(seed) % (uint64_t) (2 * size));
		c->refers = check_random(seed) % 2;
		c->reference = (int64_t) (check_random(seed) % DOCUMENTS_MAX);
		c->note = check_random(seed) % 4 == 0;
		if (!c->note && check_random(seed) % 8 == 0)
			c->amount = -c->amount;
		c->amount *= factor;
	}
}

/* Where all amounts are multiples of the unit, so are the shares. */
static bool
in_units(const ledger *l, const result *r)
{
	for (int i = 0; i < l->n; i++)
		if (l->debts[i].total % l->terms.unit != 0 || l->debts[i].costs % l->terms.unit != 0 ||
			l->debts[i].interest % l->terms.unit != 0)
			return true;
	for (int i = 0; i < l->m; i++)
		if (l->credits[i].amount % l->terms.unit != 0)
			return true;
	for (int j = 0; j < r->n; j++)
		if (r->units[j] % l->terms.unit != 0)
			return false;
	return true;
}

/* The rows of each document add up to it, and none says more than there is. */
static bool
adds_up(const ledger *l, const result *r)
{
	for (int i = 0; i < l->n; i++)
	{
		int64_t sum = 0;
		int64_t charged = 0;

		for (int j = 0; j < r->n; j++)
			if (r->debt[j] == l->debts[i].id)
			{
				bool charge = r->kind[j] == RCV_INTEREST || r->kind[j] == RCV_COSTS ||
							  r->kind[j] == RCV_OPEN_INTEREST || r->kind[j] == RCV_OPEN_COSTS;

				sum += r->units[j];
				charged += charge ? r->units[j] : 0;
				if (sum < 0 || sum > l->debts[i].total)
					return false;
			}
		if (sum != l->debts[i].total ||
			(l->terms.tolerance == 0 && charged != l->debts[i].costs + l->debts[i].interest))
			return false;
	}
	for (int i = 0; i < l->m; i++)
	{
		int64_t sum = 0;

		for (int j = 0; j < r->n; j++)
			if (r->credit[j] == l->credits[i].id && r->note[j] == l->credits[i].note)
				sum += r->units[j];
		if (sum != l->credits[i].amount)
			return false;
	}
	return true;
}

/* Nothing is left unallocated beside an open invoice that could take it. */
static bool
leaves_nothing(const ledger *l, const result *r)
{
	bool open = false;
	bool left = false;

	if (l->terms.method == RCV_SPECIFIC || l->terms.method == RCV_STATUTORY)
		return true;
	for (int j = 0; j < r->n; j++)
	{
		open = open || r->kind[j] == RCV_OPEN;
		left = left || (r->kind[j] == RCV_UNALLOCATED && r->units[j] > 0);
	}
	return !open || !left;
}

static bool
same_rows(const result *a, const result *b)
{
	bool same = a->n == b->n;

	for (int i = 0; i < a->n && same; i++)
		same = a->debt[i] == b->debt[i] && a->credit[i] == b->credit[i] &&
			   a->note[i] == b->note[i] && a->units[i] == b->units[i] && a->day[i] == b->day[i] &&
			   a->kind[i] == b->kind[i];
	return same;
}

static void
shuffle(uint64_t *seed, ledger *l)
{
	for (int i = l->n - 1; i > 0; i--)
	{
		int j = (int) (check_random(seed) % (uint64_t) (i + 1));
		rcv_debt held = l->debts[i];

		l->debts[i] = l->debts[j];
		l->debts[j] = held;
	}
	for (int i = l->m - 1; i > 0; i--)
	{
		int j = (int) (check_random(seed) % (uint64_t) (i + 1));
		rcv_credit held = l->credits[i];

		l->credits[i] = l->credits[j];
		l->credits[j] = held;
	}
}

/* The ledger as it was on a day. */
static ledger
known_at(const ledger *l, int32_t day)
{
	ledger then = *l;

	then.n = then.m = 0;
	for (int i = 0; i < l->n; i++)
		if (l->debts[i].day <= day)
			then.debts[then.n++] = l->debts[i];
	for (int i = 0; i < l->m; i++)
		if (l->credits[i].day <= day)
			then.credits[then.m++] = l->credits[i];
	return then;
}

static bool
is_rest(rcv_allocated_kind kind)
{
	return kind == RCV_UNALLOCATED || kind == RCV_OPEN || kind == RCV_OPEN_INTEREST ||
		   kind == RCV_OPEN_COSTS;
}

/* All that was allocated up to a day, and nothing else, is in the result of that day. */
static bool
begins_with(const result *all, const result *then, int32_t day)
{
	int j = 0;

	for (int i = 0; i < all->n; i++)
	{
		if (is_rest(all->kind[i]) || all->day[i] > day)
			continue;
		if (j >= then->n || all->debt[i] != then->debt[j] || all->credit[i] != then->credit[j] ||
			all->units[i] != then->units[j] || all->kind[i] != then->kind[j])
			return false;
		j++;
	}
	return j == then->n || is_rest(then->kind[j]);
}

/* The rows of a ledger of some kinds are those of all kinds without the others. */
static bool
leaves_out(const ledger *l, const result *all, uint32_t kinds)
{
	static result asked;
	static result wanted;
	ledger some = *l;
	rcv_allocation_fault fault;

	some.terms.kinds = kinds;
	wanted.n = 0;
	for (int i = 0; i < all->n; i++)
		if (kinds >> all->kind[i] & 1)
		{
			wanted.debt[wanted.n] = all->debt[i];
			wanted.credit[wanted.n] = all->credit[i];
			wanted.note[wanted.n] = all->note[i];
			wanted.units[wanted.n] = all->units[i];
			wanted.day[wanted.n] = all->day[i];
			wanted.kind[wanted.n++] = all->kind[i];
		}
	return run(&some, &asked, &fault) == RCV_OK && same_rows(&asked, &wanted);
}

static void
test_laws(void)
{
	static result r;
	static result other;
	rcv_allocation_fault fault;
	uint64_t seed = 1343;
	int seen[RCV_ALLOCATION_METHODS] = {0};
	int failed = -1;
	const char *law = "";

	for (int i = 0; i < 20000 && failed < 0; i++)
	{
		ledger l;
		ledger then;
		int32_t day = (int32_t) (check_random(&seed) % 60);

		random_ledger(&seed, &l);
		seen[l.terms.method]++;
		if (run(&l, &r, &fault) != RCV_OK || !adds_up(&l, &r))
			failed = i, law = "adds up";
		else if (!leaves_nothing(&l, &r))
			failed = i, law = "leaves nothing";
		else if (!in_units(&l, &r))
			failed = i, law = "in units";
		else if (!leaves_out(&l, &r, 1 + (uint32_t) (check_random(&seed) % RCV_ALL_ALLOCATED)))
			failed = i, law = "kinds";
		then = known_at(&l, day);
		shuffle(&seed, &l);
		if (failed < 0 && (run(&l, &other, &fault) != RCV_OK || !same_rows(&r, &other)))
			failed = i, law = "any order";
		if (failed < 0 && (run(&then, &other, &fault) != RCV_OK || !begins_with(&r, &other, day)))
			failed = i, law = "as of a day";
	}
	if (failed >= 0)
		printf("# ledger %d: %s\n", failed, law);
	CHECK(failed < 0, "20000 ledgers: documents add up, any order, the past does not change");
	for (int method = 0; method < RCV_ALLOCATION_METHODS; method++)
		CHECK(seen[method] > 1000, "with each method");
}

static void
test_units(void)
{
	ledger l = {.terms = {.method = RCV_PROPORTIONAL, .unit = 100}};
	int scale;

	debt(&l, 1, 0, 0, 10000);
	debt(&l, 2, 0, 0, 10000);
	debt(&l, 3, 0, 0, 10000);
	credit(&l, 10, 1, 10000);
	CHECK(pays(&l, 3400, 3300, 3300), "100 yen over three invoices, in hundredths");
	l.terms.unit = 0;
	CHECK(pays(&l, 3334, 3333, 3333), "and 100 euros");
	l.terms.unit = 1000;
	l.credits[0].amount = 10010;
	CHECK(pays(&l, 3340, 3340, 3330), "a payment of a finer unit is shared in that");
	credit(&l, 11, 2, 3);
	CHECK(pays(&l, 3340, 3340, 3330), "a later one makes no difference to it");
	l.m = 1;
	scale = rcv_allocation_reduce(l.debts, l.n, l.credits, l.m, 6, 2);
	CHECK(scale == 5 && l.debts[0].total == 1000 && l.credits[0].amount == 1001,
		  "as few decimals as hold all amounts");
	l.credits[0].amount = 1000;
	CHECK(rcv_allocation_reduce(l.debts, l.n, l.credits, l.m, 4, 2) == 2 && l.debts[2].total == 10,
		  "but not under the least");
}

static void
count_calls(void *context, const rcv_allocated *row)
{
	++*(int *) context;
}

/* Work that makes no rows says that it goes on, as often as it would make one. */
static void
test_calls(void)
{
	static ledger l = {.terms = {.method = RCV_LARGEST_FIRST, .kinds = 1 << RCV_WRITE_OFF}};
	rcv_allocation_fault fault;
	void *room = malloc(rcv_allocation_room(DOCUMENTS_MAX, 1));
	int calls = 0;

	for (int i = 0; i < DOCUMENTS_MAX; i++)
		debt(&l, i, 0, 0, 10);
	credit(&l, 1, 1, 10 * DOCUMENTS_MAX);
	CHECK(rcv_allocate(&l.terms, l.debts, l.n, l.credits, l.m, room, count_calls, &calls, &fault) ==
				  RCV_OK &&
			  calls > DOCUMENTS_MAX,
		  "a call for each row left out");
	free(room);
}

/* Ids that fall on one place of a hash table of 1024: none is taken for the twin of another. */
static void
test_colliding_ids(void)
{
	enum
	{
		N = 300
	};
	static rcv_debt debts[N];
	static result r;
	rcv_credit none;
	void *room = malloc(rcv_allocation_room(N, 0));
	rcv_allocation_terms terms = {.method = RCV_FIFO};
	rcv_allocation_fault fault;
	int64_t id = 0;

	for (int i = 0; i < N; i++)
	{
		while ((rcv_mix64((uint64_t) ++id ^ (uint64_t) 1 << 63) & 1023) != 0)
			;
		debts[i] = (rcv_debt){.id = id, .total = 1, .day = i, .due = i};
	}
	CHECK(rcv_allocate(&terms, debts, N, &none, 0, room, keep, &r, &fault) == RCV_OK,
		  "ids that collide are different");
	debts[7].id = debts[N - 1].id;
	CHECK(rcv_allocate(&terms, debts, N, &none, 0, room, keep, &r, &fault) == RCV_EDOMAIN &&
			  fault.id == debts[7].id,
		  "and twins among them are found");
	free(room);
}

/* Many documents of one account: sorted by merging, and in linear room. */
static void
test_large(void)
{
	enum
	{
		N = 5000
	};
	rcv_debt *debts = calloc(N, sizeof(*debts));
	rcv_credit *credits = calloc(N, sizeof(*credits));
	void *room = malloc(rcv_allocation_room(N, N));
	rcv_allocation_terms terms = {.method = RCV_FIFO};
	rcv_allocation_fault fault;
	static result r;
	bool ascending = true;
	int64_t paid = 0;

	for (int i = 0; i < N; i++)
	{
		debts[i] = (rcv_debt){.id = i * 7919 % N, .total = 100, .day = i * 3571 % N, .due = i};
		credits[i] = (rcv_credit){.id = i * 6007 % N, .amount = 100, .day = N + i * 4243 % N};
	}
	r.n = 0;
	CHECK(rcv_allocate(&terms, debts, N, credits, N, room, keep, &r, &fault) == RCV_OK && r.n == N,
		  "5000 invoices and payments pair by pair");
	for (int i = 0; i < r.n; i++)
	{
		ascending = ascending && (i == 0 || r.day[i] >= r.day[i - 1]);
		paid += r.units[i];
	}
	CHECK(ascending && paid == 100 * N, "in order of days");
	free(debts);
	free(credits);
	free(room);
}

int
main(void)
{
	test_split_cases();
	test_split_law();
	test_instalments();
	test_orders();
	test_ties();
	test_law();
	test_interest_first();
	test_time();
	test_tolerance();
	test_taking_back();
	test_duplicates();
	test_units();
	test_laws();
	test_calls();
	test_colliding_ids();
	test_large();
	return check_done();
}
