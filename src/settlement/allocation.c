/*
 * allocation.c
 *		Payments against invoices, day by day.
 *
 * Invoices are sorted by the order of the method first, so that an invoice's
 * place in the array is its rank.  Those that are open are kept in a heap by
 * rank (by amount, for the largest first), in a list for the proportional
 * method, and for the statutory order in two heaps, matured ones and later
 * ones.  An entry whose invoice was closed by a credit that named it is dropped
 * when it comes up.
 */
#include "settlement/allocation.h"

#include <string.h>

#include "settlement/allocation_heap.h"
#include "settlement/allocation_order.h"
#include "settlement/split.h"

typedef struct run
{
	rcv_allocation_terms terms;
	rcv_debt *debts; /* by rank */
	rcv_credit *credits;
	int32_t n;
	int32_t m;
	rcv_allocated_fn take;
	void *context;
	rcv_allocated row; /* what is handed out */
	int32_t today;

	rcv_rank_list live;
	rcv_rank_list later;
	bool listed_in_order; /* live as a list: is it sorted? */
	bool live_disordered; /* live as a heap by amount: is it to be made anew? */
	int32_t *by_id;
	int32_t *by_day;
	int32_t *by_due;
	int32_t next_due;
	int32_t *group; /* invoices that share one credit, ... */
	int64_t *weights;
	int64_t *parts;
	rcv_int128 *remainders;
	int32_t *queue; /* credits with a rest for the invoices to come */
	int32_t head;
	int32_t tail;
	int32_t *deficits; /* what was taken back and is not covered */
	int32_t deficit_head;
	int32_t deficit_tail;
	int32_t last_paid; /* no invoice of a higher rank is paid, ... */
	int32_t last_rest; /* and no later credit so far has a rest */
	rcv_order order;   /* room to sort */
} run;

/* Working room ------------------------------------------------------------- */

#define ROOM_ALIGN 16

/* Cuts an aligned piece off the room; only counts when there is none. */
static void *
carve(char *room, size_t *used, size_t size)
{
	void *piece = room != NULL ? room + *used : NULL;

	*used += (size + ROOM_ALIGN - 1) / ROOM_ALIGN * ROOM_ALIGN;
	return piece;
}

static size_t
carve_all(run *r, char *room, size_t n, size_t m)
{
	size_t used = 0;
	size_t both = n > m ? n : m;

	r->remainders = carve(room, &used, n * sizeof(*r->remainders));
	r->weights = carve(room, &used, n * sizeof(*r->weights));
	r->parts = carve(room, &used, n * sizeof(*r->parts));
	r->live.at = carve(room, &used, n * sizeof(int32_t));
	r->later.at = carve(room, &used, n * sizeof(int32_t));
	r->by_id = carve(room, &used, n * sizeof(int32_t));
	r->by_day = carve(room, &used, n * sizeof(int32_t));
	r->by_due = carve(room, &used, n * sizeof(int32_t));
	r->group = carve(room, &used, n * sizeof(int32_t));
	r->queue = carve(room, &used, m * sizeof(int32_t));
	r->deficits = carve(room, &used, m * sizeof(int32_t));
	r->order.items = carve(room, &used, both * sizeof(*r->order.items));
	r->order.spare = carve(room, &used, both * sizeof(*r->order.spare));
	return used;
}

size_t
rcv_allocation_room(size_t debts, size_t credits)
{
	run r;

	return carve_all(&r, NULL, debts, credits) + ROOM_ALIGN;
}

/* Sorts by one thing more, see rcv_order_by(). */
static void
order_by(run *r, rcv_place_fn place, const void *documents)
{
	rcv_order_by(&r->order, place, documents);
	r->take(r->context, NULL);
}

/* An index of all invoices, sorted by one thing. */
static void
index_debts(run *r, int32_t *index, rcv_place_fn place)
{
	rcv_order_begin(&r->order, r->n);
	order_by(r, place, r->debts);
	rcv_order_copy(&r->order, index);
}

/* Open invoices ------------------------------------------------------------------ */

/* Does the method take invoices by itself, without a credit that names one? */
static bool
takes_any(const run *r)
{
	return r->terms.method != RCV_SPECIFIC || r->terms.rest;
}

static bool
honours_names(const run *r)
{
	return r->terms.method == RCV_SPECIFIC || r->terms.method == RCV_STATUTORY;
}

/* An invoice is open, or open again. */
static void
list_open(run *r, int32_t rank)
{
	rcv_debt *debt = &r->debts[rank];

	if (!takes_any(r))
		return;
	if (r->terms.method == RCV_STATUTORY && debt->due > r->today)
	{
		if (debt->place == RCV_LISTED_NOWHERE)
			rcv_heap_push(&r->later, rank);
	}
	else if (debt->place != RCV_LISTED_LIVE && r->terms.method != RCV_PROPORTIONAL)
		rcv_heap_push(&r->live, rank);
	else if (debt->place != RCV_LISTED_LIVE)
	{
		r->live.at[r->live.n++] = rank;
		debt->place = RCV_LISTED_LIVE;
		r->listed_in_order = false;
	}
	else if (r->terms.method == RCV_LARGEST_FIRST)
		r->live_disordered = true;
}

/* Statutory: what has come due since. */
static void
mature(run *r)
{
	while (r->next_due < r->n && r->debts[r->by_due[r->next_due]].due <= r->today)
	{
		int32_t rank = r->by_due[r->next_due++];

		if (r->debts[rank].place == RCV_LISTED_LATER)
		{
			r->debts[rank].place = RCV_LISTED_NOWHERE;
			if (r->debts[rank].open > 0)
				rcv_heap_push(&r->live, rank);
		}
	}
}

/* Rows ------------------------------------------------------------------------- */

static void
work_goes_on(run *r)
{
	r->take(r->context, NULL);
}

static void
put(run *r, const rcv_debt *debt, const rcv_credit *credit, int32_t day, rcv_allocated_kind kind,
	int64_t units)
{
	if (!(r->terms.kinds >> kind & 1))
	{
		work_goes_on(r); /* to leave rows out is work as well */
		return;
	}
	r->row = (rcv_allocated){debt, credit, units, day, kind};
	r->take(r->context, &r->row);
}

static int64_t
paid_of(const rcv_debt *debt)
{
	return debt->total - debt->waived - debt->open;
}

static int64_t
overlap(int64_t from, int64_t to, int64_t low, int64_t high)
{
	from = from > low ? from : low;
	to = to < high ? to : high;
	return to > from ? to - from : 0;
}

/*
 * The stretch from .. to of an invoice, of which the costs come first, then
 * interest: up to three rows.
 */
static void
put_stretch(run *r, const rcv_debt *debt, const rcv_credit *credit, int32_t day,
			rcv_allocated_kind principal, int64_t from, int64_t to, int sign)
{
	int64_t charges = debt->costs + debt->interest;
	int64_t parts[3] = {to - from, 0, 0};

	if (charges > 0)
	{
		parts[RCV_COSTS] = overlap(from, to, 0, debt->costs);
		parts[RCV_INTEREST] = overlap(from, to, debt->costs, charges);
		parts[RCV_PRINCIPAL] = overlap(from, to, charges, debt->total);
	}
	for (int part = RCV_COSTS; part >= RCV_PRINCIPAL; part--)
		if (parts[part] > 0)
			put(r, debt, credit, day, principal + (rcv_allocated_kind) part, sign * parts[part]);
}

/* Paying ----------------------------------------------------------------------- */

/* Puts units of a credit, no more than is open, on an invoice. */
static void
pay(run *r, rcv_debt *debt, rcv_credit *credit, int64_t units)
{
	int64_t paid = paid_of(debt);

	if (units == 0)
		return;
	put_stretch(r, debt, credit, r->today, RCV_PRINCIPAL, paid, paid + units, 1);
	credit->left -= units;
	debt->open -= units;
	if (debt - r->debts > r->last_paid)
		r->last_paid = (int32_t) (debt - r->debts);
	if (debt->open > 0 && debt->open <= r->terms.tolerance)
	{
		put(r, debt, NULL, r->today, RCV_WRITE_OFF, debt->open);
		debt->waived += debt->open;
		debt->open = 0;
	}
}

static void
pay_what_fits(run *r, rcv_debt *debt, rcv_credit *credit)
{
	pay(r, debt, credit, credit->left < debt->open ? credit->left : debt->open);
}

static void
pay_in_order(run *r, rcv_credit *credit)
{
	int32_t rank;

	if (r->live_disordered)
		rcv_heap_make(&r->live);
	r->live_disordered = false;
	while (credit->left > 0 && (rank = rcv_heap_top(&r->live)) != RCV_NONE)
	{
		pay_what_fits(r, &r->debts[rank], credit);
		if (r->debts[rank].open == 0)
			rcv_heap_pop(&r->live);
		else if (r->terms.method == RCV_LARGEST_FIRST)
			rcv_heap_sift(&r->live, 0);
	}
}

/* The largest power of ten up to that of the terms of which what is shared is a multiple. */
static int64_t
share_unit(const run *r, int32_t count, int64_t left)
{
	int64_t unit = r->terms.unit > 1 ? r->terms.unit : 1;

	while (left % unit != 0)
		unit /= 10;
	for (int32_t i = 0; i < count && unit > 1; i++)
		while (r->weights[i] % unit != 0)
			unit /= 10;
	return unit;
}

/* Shares a credit out over count invoices of the group, in proportion to what is open. */
static void
pay_group(run *r, int32_t count, rcv_credit *credit)
{
	rcv_int128 open = 0;

	for (int32_t i = 0; i < count; i++)
	{
		r->weights[i] = r->debts[r->group[i]].open;
		open += r->weights[i];
	}
	if (credit->left >= open)
		memcpy(r->parts, r->weights, (size_t) count * sizeof(*r->parts));
	else
	{
		int64_t unit = share_unit(r, count, credit->left);

		rcv_split(credit->left / unit, r->weights, (size_t) count, r->remainders, r->parts);
		for (int32_t i = 0; i < count; i++)
			r->parts[i] *= unit;
	}
	for (int32_t i = 0; i < count; i++)
		pay(r, &r->debts[r->group[i]], credit, r->parts[i]);
}

/* Brings the ranks of a list in order. */
static void
sort_list(run *r, rcv_rank_list *list)
{
	rcv_order_begin(&r->order, list->n);
	order_by(r, rcv_rank_itself, list->at);
	for (int32_t i = 0; i < list->n; i++)
		r->order.items[i].value = (uint64_t) list->at[r->order.items[i].value];
	rcv_order_copy(&r->order, list->at);
}

/* Drops what is closed from the list, and brings it in order. */
static void
tidy_list(run *r)
{
	rcv_rank_list *live = &r->live;
	int32_t kept = 0;

	for (int32_t i = 0; i < live->n; i++)
	{
		if (r->debts[live->at[i]].open > 0)
			live->at[kept++] = live->at[i];
		else
			r->debts[live->at[i]].place = RCV_LISTED_NOWHERE;
	}
	live->n = kept;
	if (!r->listed_in_order)
		sort_list(r, live);
	r->listed_in_order = true;
}

static void
pay_proportionally(run *r, rcv_credit *credit)
{
	tidy_list(r);
	if (r->live.n == 0)
		return;
	memcpy(r->group, r->live.at, (size_t) r->live.n * sizeof(int32_t));
	pay_group(r, r->live.n, credit);
}

/* All else equal: art. 1342-10 shares a payment out over such debts. */
static bool
equal_claims(const rcv_debt *a, const rcv_debt *b)
{
	return a->weight == b->weight && a->due == b->due && a->day == b->day;
}

static void
pay_by_law(run *r, rcv_rank_list *heap, rcv_credit *credit)
{
	int32_t rank;

	while (credit->left > 0 && (rank = rcv_heap_top(heap)) != RCV_NONE)
	{
		int32_t first = rank;
		int32_t count = 0;

		while (rank != RCV_NONE && equal_claims(&r->debts[first], &r->debts[rank]))
		{
			r->group[count++] = rank;
			rcv_heap_pop(heap);
			rank = rcv_heap_top(heap);
		}
		pay_group(r, count, credit);
		for (int32_t i = 0; i < count; i++)
			if (r->debts[r->group[i]].open > 0)
				rcv_heap_push(heap, r->group[i]);
	}
}

/* What was taken back without cover is covered first. */
static void
cover_deficits(run *r, rcv_credit *credit)
{
	while (credit->left > 0 && r->deficit_head < r->deficit_tail)
	{
		rcv_credit *deficit = &r->credits[r->deficits[r->deficit_head]];
		int64_t units = credit->left < -deficit->left ? credit->left : -deficit->left;

		put(r, NULL, credit, r->today, RCV_REFUND, units);
		put(r, NULL, deficit, r->today, RCV_REFUND, -units);
		credit->left -= units;
		deficit->left += units;
		if (deficit->left == 0)
			r->deficit_head++;
	}
}

/* Pays what the method takes by itself. */
static void
spend(run *r, rcv_credit *credit)
{
	if (credit->left > 0)
		cover_deficits(r, credit);
	if (credit->left == 0 || !takes_any(r))
		return;
	if (r->terms.method == RCV_PROPORTIONAL)
		pay_proportionally(r, credit);
	else if (r->terms.method == RCV_STATUTORY)
	{
		pay_by_law(r, &r->live, credit);
		pay_by_law(r, &r->later, credit);
	}
	else
		pay_in_order(r, credit);
}

static void
spend_and_queue(run *r, rcv_credit *credit)
{
	spend(r, credit);
	if (credit->left > 0 && takes_any(r))
		r->queue[r->tail++] = (int32_t) (credit - r->credits);
}

/* Invoices by name ---------------------------------------------------------------- */

static int32_t
find_debt(const run *r, int64_t id)
{
	int32_t low = 0;
	int32_t high = r->n;

	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;

		if (r->debts[r->by_id[middle]].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->n && r->debts[r->by_id[low]].id == id ? r->by_id[low] : RCV_NONE;
}

static void
wait_for(run *r, rcv_debt *debt, int32_t credit)
{
	r->credits[credit].next = RCV_NONE;
	if (debt->waiting == RCV_NONE)
		debt->waiting = credit;
	else
		r->credits[debt->waiting_last].next = credit;
	debt->waiting_last = credit;
}

/* Does the credit have to wait for the invoice that it names?  If not, that one is paid. */
static bool
waits_or_pays(run *r, rcv_credit *credit)
{
	int32_t rank = find_debt(r, credit->reference);

	if (rank == RCV_NONE)
		return true;
	if (!r->debts[rank].issued)
	{
		wait_for(r, &r->debts[rank], (int32_t) (credit - r->credits));
		return true;
	}
	pay_what_fits(r, &r->debts[rank], credit);
	return false;
}

/* Taking back ------------------------------------------------------------------------ */

static int64_t
take_from_credit(run *r, rcv_credit *from, rcv_credit *back, int64_t owed)
{
	int64_t units = owed < from->left ? owed : from->left;

	if (units <= 0)
		return 0;
	put(r, NULL, from, r->today, RCV_REFUND, units);
	put(r, NULL, back, r->today, RCV_REFUND, -units);
	from->left -= units;
	return units;
}

/* Of an invoice, when it is issued. */
static int64_t
taken_in(const run *r, int32_t rank)
{
	return r->debts[rank].issued ? paid_of(&r->debts[rank]) : 0;
}

static int64_t
reopen(run *r, int32_t rank, rcv_credit *back, int64_t owed)
{
	rcv_debt *debt = &r->debts[rank];
	int64_t paid = taken_in(r, rank);
	int64_t units = owed < paid ? owed : paid;

	if (units == 0)
		return 0;
	put_stretch(r, debt, back, r->today, RCV_PRINCIPAL, paid - units, paid, -1);
	debt->open += units;
	list_open(r, rank);
	return units;
}

/* From the credit note or the invoice that is named. */
static int64_t
take_from_named(run *r, int32_t at, int64_t owed)
{
	rcv_credit *back = &r->credits[at];
	int64_t taken = 0;
	int32_t rank;

	for (int32_t i = at; i-- > 0 && taken == 0;)
		if (r->credits[i].note && r->credits[i].id == back->reference)
			taken = take_from_credit(r, &r->credits[i], back, owed);
	rank = find_debt(r, back->reference);
	if (rank != RCV_NONE)
		taken += reopen(r, rank, back, owed - taken);
	return taken;
}

/*
 * A payment that came back, or was paid out: first from what it names, then
 * from credits with a rest, the latest first, then from the invoices paid, the
 * last of the order first.
 */
static void
take_back(run *r, int32_t at)
{
	rcv_credit *back = &r->credits[at];
	int64_t owed = -back->amount;

	if (back->refers && honours_names(r))
		owed -= take_from_named(r, at, owed);
	while (r->last_rest >= 0 && r->credits[r->last_rest].left <= 0)
		r->last_rest--;
	for (int32_t i = r->last_rest; i >= 0 && owed > 0; i--)
		owed -= take_from_credit(r, &r->credits[i], back, owed);
	while (r->last_paid >= 0 && taken_in(r, r->last_paid) == 0)
		r->last_paid--;
	for (int32_t rank = r->last_paid; rank >= 0 && owed > 0; rank--)
		owed -= reopen(r, rank, back, owed);
	back->left = -owed;
	if (owed > 0)
		r->deficits[r->deficit_tail++] = at;
}

/* Days ------------------------------------------------------------------------------- */

static void
take_credit(run *r, int32_t at)
{
	rcv_credit *credit = &r->credits[at];

	work_goes_on(r);
	if (credit->amount < 0)
	{
		take_back(r, at);
		return;
	}
	credit->left = credit->amount;
	r->last_rest = at;
	if (credit->refers && honours_names(r) && waits_or_pays(r, credit))
		return;
	spend_and_queue(r, credit);
}

static void
pay_by_waiting(run *r, rcv_debt *debt)
{
	for (int32_t at = debt->waiting; at != RCV_NONE; at = r->credits[at].next)
	{
		pay_what_fits(r, debt, &r->credits[at]);
		if (r->credits[at].left > 0)
			spend_and_queue(r, &r->credits[at]);
	}
}

/* Invoices from .. to of by_day are issued: credits that waited for them pay. */
static void
issue(run *r, int32_t from, int32_t to)
{
	for (int32_t i = from; i < to; i++)
	{
		rcv_debt *debt = &r->debts[r->by_day[i]];

		debt->issued = true;
		debt->open = debt->total;
		list_open(r, r->by_day[i]);
	}
	work_goes_on(r);
	for (int32_t i = from; i < to && honours_names(r); i++)
		pay_by_waiting(r, &r->debts[r->by_day[i]]);
	for (; r->head < r->tail; r->head++)
	{
		rcv_credit *credit = &r->credits[r->queue[r->head]];

		spend(r, credit);
		if (credit->left > 0)
			break;
	}
}

static void
go_through_days(run *r)
{
	int32_t issued = 0;
	int32_t credit = 0;

	while (issued < r->n || credit < r->m)
	{
		int32_t first = issued;
		int32_t invoice_day = issued < r->n ? r->debts[r->by_day[issued]].day : INT32_MAX;
		int32_t credit_day = credit < r->m ? r->credits[credit].day : INT32_MAX;

		r->today = invoice_day < credit_day ? invoice_day : credit_day;
		if (r->terms.method == RCV_STATUTORY)
			mature(r);
		while (issued < r->n && r->debts[r->by_day[issued]].day == r->today)
			issued++;
		if (issued > first)
			issue(r, first, issued);
		for (; credit < r->m && r->credits[credit].day == r->today; credit++)
			take_credit(r, credit);
	}
}

static void
put_rests(run *r)
{
	for (int32_t i = 0; i < r->m; i++)
		if (r->credits[i].left != 0)
			put(r, NULL, &r->credits[i], r->credits[i].day, RCV_UNALLOCATED, r->credits[i].left);
	for (int32_t i = 0; i < r->n; i++)
	{
		const rcv_debt *debt = &r->debts[i];
		int64_t paid = paid_of(debt);

		if (debt->open > 0)
			put_stretch(r, debt, NULL, debt->due, RCV_OPEN, paid, paid + debt->open, 1);
	}
}

/* Preparing ------------------------------------------------------------------------- */

/*
 * Documents are sorted by days first, as most come in the order of days, and by
 * ids only within a day.
 */
static void
arrange_debts(run *r)
{
	rcv_order *order = &r->order;

	rcv_order_begin(order, r->n);
	order_by(r, r->terms.method == RCV_FIFO ? rcv_debt_day_due : rcv_debt_due_day, r->debts);
	rcv_order_ties(order, rcv_debt_id, r->debts);
	if (r->terms.method == RCV_STATUTORY)
		order_by(r, rcv_debt_weight, r->debts);
	rcv_arrange(r->debts, sizeof(rcv_debt), order);
	for (int32_t i = 0; i < r->n; i++)
	{
		r->debts[i].open = r->debts[i].waived = 0;
		r->debts[i].waiting = RCV_NONE;
		r->debts[i].place = RCV_LISTED_NOWHERE;
		r->debts[i].issued = false;
	}
	if (r->terms.method == RCV_FIFO) /* by day as it is */
		for (int32_t i = 0; i < r->n; i++)
			r->by_day[i] = i;
	else
		index_debts(r, r->by_day, rcv_debt_day);
	if (r->terms.method == RCV_STATUTORY)
		index_debts(r, r->by_due, rcv_debt_due);
}

static rcv_status
check_debts(run *r, rcv_allocation_fault *fault)
{
	bool distinct = !honours_names(r) && rcv_order_distinct(&r->order, rcv_debt_id, r->debts, r->n);

	work_goes_on(r);
	if (distinct)
		return RCV_OK;
	index_debts(r, r->by_id, rcv_debt_id);
	for (int32_t i = 1; i < r->n; i++)
	{
		int64_t id = r->debts[r->by_id[i]].id;

		if (id == r->debts[r->by_id[i - 1]].id)
		{
			*fault = (rcv_allocation_fault){id, false, false};
			return RCV_EDOMAIN;
		}
	}
	return RCV_OK;
}

static void
arrange_credits(run *r)
{
	rcv_order *order = &r->order;

	rcv_order_begin(order, r->m);
	order_by(r, rcv_credit_turn, r->credits);
	rcv_order_ties(order, rcv_credit_id, r->credits);
	rcv_arrange(r->credits, sizeof(rcv_credit), order);
	for (int32_t i = 0; i < r->m; i++)
		r->credits[i].left = 0;
}

/* A payment and a credit note may have the same id, two of a kind not. */
static rcv_status
check_credits(run *r, rcv_allocation_fault *fault)
{
	const rcv_order *order = &r->order;
	bool distinct = rcv_order_distinct(&r->order, rcv_credit_id, r->credits, r->m);
	bool seen[2] = {false, false};

	work_goes_on(r);
	if (distinct)
		return RCV_OK;
	rcv_order_begin(&r->order, r->m);
	order_by(r, rcv_credit_id, r->credits);
	for (int32_t i = 0; i < r->m; i++)
	{
		const rcv_credit *credit = &r->credits[order->items[i].value];

		if (i > 0 && order->items[i].key != order->items[i - 1].key)
			seen[0] = seen[1] = false;
		if (seen[credit->note])
		{
			*fault = (rcv_allocation_fault){credit->id, true, credit->note};
			return RCV_EDOMAIN;
		}
		seen[credit->note] = true;
	}
	return RCV_OK;
}

rcv_status
rcv_allocate(const rcv_allocation_terms *terms, rcv_debt *debts, int32_t n, rcv_credit *credits,
			 int32_t m, void *room, rcv_allocated_fn take, void *context,
			 rcv_allocation_fault *fault)
{
	run r = {.terms = *terms, .debts = debts, .n = n, .credits = credits, .m = m};
	size_t shift = (ROOM_ALIGN - (uintptr_t) room % ROOM_ALIGN) % ROOM_ALIGN;

	carve_all(&r, (char *) room + shift, (size_t) n, (size_t) m);
	if (r.terms.kinds == 0)
		r.terms.kinds = RCV_ALL_ALLOCATED;
	r.last_paid = r.last_rest = -1;
	r.take = take;
	r.context = context;
	r.live.debts = r.later.debts = debts;
	r.live.place = RCV_LISTED_LIVE;
	r.later.place = RCV_LISTED_LATER;
	r.live.by_amount = terms->method == RCV_LARGEST_FIRST;
	arrange_debts(&r);
	arrange_credits(&r);
	if (check_debts(&r, fault) != RCV_OK || check_credits(&r, fault) != RCV_OK)
		return RCV_EDOMAIN;
	go_through_days(&r);
	put_rests(&r);
	return RCV_OK;
}
