/*
 * allocation_ledger_pg.c
 *		Flat arrays of documents, hash tables of accounts and names.
 */
#include "settlement/allocation_ledger_pg.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "num/mix.h"
#include "num/radix.h"

#define FIRST_SLOTS 1024
#define FIRST_DOCUMENTS 4096		  /* room for at least so many at first, ... */
#define FIRST_DOCUMENTS_MAX (1 << 20) /* and at most so many */
#define FIRST_BYTES 8192
#define EMPTY (-1)
#define ACCOUNTS_OF(slots) ((slots) / 4 * 3) /* the most that they hold */
#define INTERRUPT_EVERY 65536

typedef struct name_entry
{
	Size offset;
	uint32 length;
	uint32 hash;
} name_entry;

static void *
huge(MemoryContext context, Size size)
{
	return MemoryContextAllocHuge(context, size);
}

static int32 *
empty_slots(MemoryContext context, uint32 size)
{
	int32 *slots = huge(context, size * sizeof(int32));

	memset(slots, 0xFF, size * sizeof(int32));
	return slots;
}

static void
begin_names(name_table *table, MemoryContext context)
{
	table->size = FIRST_SLOTS;
	table->slots = empty_slots(context, FIRST_SLOTS);
	table->entries = huge(context, FIRST_SLOTS / 2 * sizeof(name_entry));
	table->room = FIRST_BYTES;
	table->bytes = huge(context, FIRST_BYTES);
}

/* Names ----------------------------------------------------------------------- */

static bool
name_is(const name_table *table, uint32 number, const char *bytes, uint32 length)
{
	const name_entry *entry = &table->entries[number];

	return entry->length == length && memcmp(table->bytes + entry->offset, bytes, length) == 0;
}

static void
grow_names(name_table *table)
{
	MemoryContext context = GetMemoryChunkContext(table->slots);

	CHECK_FOR_INTERRUPTS();
	pfree(table->slots);
	table->size *= 2;
	table->slots = empty_slots(context, table->size);
	table->entries = repalloc_huge(table->entries, table->size / 2 * sizeof(name_entry));
	for (uint32 i = 0; i < table->n; i++)
	{
		uint32 at = table->entries[i].hash & (table->size - 1);

		while (table->slots[at] != EMPTY)
			at = (at + 1) & (table->size - 1);
		table->slots[at] = (int32) i;
	}
}

static uint32
add_name(name_table *table, uint32 at, uint32 hash, const char *bytes, uint32 length)
{
	if (table->used + length > table->room)
	{
		table->room = Max(table->room * 2, table->used + length);
		table->bytes = repalloc_huge(table->bytes, table->room);
	}
	memcpy(table->bytes + table->used, bytes, length);
	table->entries[table->n] = (name_entry){table->used, length, hash};
	table->used += length;
	table->slots[at] = (int32) table->n;
	return table->n++;
}

uint32
ledger_name(name_table *table, const char *bytes, uint32 length)
{
	uint32 hash;
	uint32 at;

	if (table->n > 0 && name_is(table, table->last, bytes, length))
		return table->last;
	if (table->n == table->size / 2)
		grow_names(table);
	hash = hash_bytes((const unsigned char *) bytes, (int) length);
	for (at = hash & (table->size - 1); table->slots[at] != EMPTY;
		 at = (at + 1) & (table->size - 1))
		if (name_is(table, (uint32) table->slots[at], bytes, length))
			return table->last = (uint32) table->slots[at];
	return table->last = add_name(table, at, hash, bytes, length);
}

char *
ledger_name_text(const name_table *table, uint32 number)
{
	return pnstrdup(table->bytes + table->entries[number].offset, table->entries[number].length);
}

/* Accounts --------------------------------------------------------------------- */

static inline uint32
first_slot(const ledger *l, int64 customer, int32 currency)
{
	uint64 key = (uint64) customer * RCV_MIX_STEP + (uint64) (int64) currency;

	return (uint32) rcv_mix64(key) & (l->size - 1);
}

/* The slot that holds an account, or the empty one in which it belongs. */
static inline account_slot *
find_slot(const ledger *l, int64 customer, int32 currency)
{
	uint32 at = first_slot(l, customer, currency);

	while (l->slots[at].number != EMPTY &&
		   (l->slots[at].customer != customer || l->slots[at].currency != currency))
		at = (at + 1) & (l->size - 1);
	return &l->slots[at];
}

static void
empty_accounts(ledger *l, uint32 size)
{
	l->size = size;
	l->slots = huge(l->context, size * sizeof(account_slot));
	memset(l->slots, 0xFF, size * sizeof(account_slot));
}

static void
grow_accounts(ledger *l)
{
	CHECK_FOR_INTERRUPTS();
	pfree(l->slots);
	empty_accounts(l, l->size * 2);
	l->accounts = repalloc_huge(l->accounts, ACCOUNTS_OF(l->size) * sizeof(account));
	for (uint32 i = 0; i < l->n_accounts; i++)
	{
		const account *known = &l->accounts[i];

		*find_slot(l, known->customer, known->currency) =
			(account_slot){known->customer, known->currency, (int32) i};
	}
}

static uint32
account_number(ledger *l, int64 customer, int32 currency)
{
	account_slot *slot = find_slot(l, customer, currency);

	if (likely(slot->number != EMPTY))
		return (uint32) slot->number;
	if (l->n_accounts == ACCOUNTS_OF(l->size))
	{
		grow_accounts(l);
		slot = find_slot(l, customer, currency);
	}
	*slot = (account_slot){customer, currency, (int32) l->n_accounts};
	l->accounts[l->n_accounts] = (account){customer, currency};
	return l->n_accounts++;
}

/* Looks up the accounts of the last documents: slots are fetched into the cache beforehand. */
static void
look_up(ledger *l, ledger_side *side)
{
	uint32 *accounts = side->accounts + side->n - side->n_asked;

	for (int i = 0; i < side->n_asked; i++)
		__builtin_prefetch(
			&l->slots[first_slot(l, side->asked[i].customer, side->asked[i].currency)]);
	for (int i = 0; i < side->n_asked; i++)
		accounts[i] = account_number(l, side->asked[i].customer, side->asked[i].currency);
	side->n_asked = 0;
}

ledger *
ledger_begin(bool text_customers, int32 as_of)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "allocate_payments", ALLOCSET_DEFAULT_SIZES);
	ledger *l = MemoryContextAllocZero(context, sizeof(*l));

	l->context = context;
	l->row_context =
		AllocSetContextCreate(context, "allocate_payments rows", ALLOCSET_DEFAULT_SIZES);
	l->text_customers = text_customers;
	l->as_of = as_of;
	l->scale = RCV_SCALE_MIN;
	begin_names(&l->customers, context);
	begin_names(&l->currencies, context);
	empty_accounts(l, FIRST_SLOTS);
	l->accounts = huge(context, ACCOUNTS_OF(FIRST_SLOTS) * sizeof(account));
	return l;
}

/* Documents ---------------------------------------------------------------------- */

/*
 * Room for as many as are expected, within limits: what is not used is not touched,
 * and an array that has to grow is copied.
 */
void
ledger_expect(ledger *l, ledger_side *side, double documents, bool charges)
{
	side->room = (uint32) Min(Max(documents, FIRST_DOCUMENTS), FIRST_DOCUMENTS_MAX);
	side->documents = huge(l->context, side->room * sizeof(rcv_document));
	side->accounts = huge(l->context, side->room * sizeof(uint32));
	side->charges = charges ? huge(l->context, side->room * sizeof(rcv_charges)) : NULL;
}

static void
enlarge_side(ledger_side *side)
{
	if (side->n >= LEDGER_DOCUMENTS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a query returns more than %d rows", LEDGER_DOCUMENTS_MAX),
						errhint("Allocate the customers in several parts.")));
	side->room = Min(side->room * 2, LEDGER_DOCUMENTS_MAX);
	side->documents = repalloc_huge(side->documents, side->room * sizeof(rcv_document));
	side->accounts = repalloc_huge(side->accounts, side->room * sizeof(uint32));
	if (side->charges != NULL)
		side->charges = repalloc_huge(side->charges, side->room * sizeof(rcv_charges));
}

void
ledger_add(ledger *l, ledger_side *side, int64 customer, int32 currency,
		   const rcv_document *document, const rcv_charges *charges)
{
	if (side->n == side->room)
		enlarge_side(side);
	side->documents[side->n] = *document;
	if (side->charges != NULL)
		side->charges[side->n] = *charges;
	side->n++;
	side->asked[side->n_asked++] = (account){customer, currency};
	if (side->n_asked == LEDGER_BATCH)
		look_up(l, side);
}

static void
rescale_side(ledger_side *side, int from, int to)
{
	for (uint32 i = 0; i < side->n; i++)
	{
		if (rcv_document_rescale(&side->documents[i], side->charges ? &side->charges[i] : NULL,
								 from, to) != RCV_OK)
			rcv_allocation_digits_error("amount");
		if (i % INTERRUPT_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

void
ledger_raise_scale_slow(ledger *l, int scale)
{
	rescale_side(&l->invoices, l->scale, scale);
	rescale_side(&l->payments, l->scale, scale);
	l->scale = scale;
}

/* Groups ---------------------------------------------------------------------------- */

/* Documents by account, in the order they came. */
static void
group_side(ledger *l, ledger_side *side, const uint32 *ranks)
{
	uint32 at = 0;

	side->starts = huge(l->context, ((Size) l->n_accounts + 1) * sizeof(uint32));
	side->index = huge(l->context, ((Size) side->n + 1) * sizeof(uint32));
	memset(side->starts, 0, ((Size) l->n_accounts + 1) * sizeof(uint32));
	for (uint32 i = 0; i < side->n; i++)
	{
		side->accounts[i] = ranks[side->accounts[i]];
		side->starts[side->accounts[i]]++;
	}
	for (uint32 i = 0; i <= l->n_accounts; i++)
	{
		uint32 count = side->starts[i];

		side->starts[i] = at;
		at += count;
	}
	CHECK_FOR_INTERRUPTS();
	for (uint32 i = 0; i < side->n; i++)
		side->index[side->starts[side->accounts[i]]++] = i;

	/* each start has moved to the next one's place */
	for (uint32 i = l->n_accounts; i > 0; i--)
		side->starts[i] = side->starts[i - 1];
	side->starts[0] = 0;
}

static int
compare_names(const void *a, const void *b, void *context)
{
	const name_table *table = context;
	const name_entry *x = &table->entries[*(const uint32 *) a];
	const name_entry *y = &table->entries[*(const uint32 *) b];
	int order =
		memcmp(table->bytes + x->offset, table->bytes + y->offset, Min(x->length, y->length));

	return order != 0 ? order : x->length < y->length ? -1 : x->length > y->length;
}

/* The place of each name when they are sorted by their bytes. */
static uint32 *
name_ranks(ledger *l, name_table *table)
{
	uint32 *sorted = huge(l->context, ((Size) table->n + 1) * sizeof(uint32));
	uint32 *ranks = huge(l->context, ((Size) table->n + 1) * sizeof(uint32));

	for (uint32 i = 0; i < table->n; i++)
		sorted[i] = i;
	qsort_arg(sorted, table->n, sizeof(uint32), compare_names, table);
	for (uint32 i = 0; i < table->n; i++)
		ranks[sorted[i]] = i;
	pfree(sorted);
	return ranks;
}

static uint64
sortable(int64 value)
{
	return (uint64) value ^ UINT64CONST(1) << 63;
}

/* By customer, then currency, none last; returns the new number of each. */
static uint32 *
order_accounts(ledger *l)
{
	uint32 *currency_ranks = name_ranks(l, &l->currencies);
	uint32 *customer_ranks = l->text_customers ? name_ranks(l, &l->customers) : NULL;
	Size n = l->n_accounts;
	rcv_keyed *items = huge(l->context, (n + 1) * sizeof(*items));
	rcv_keyed *spare = huge(l->context, (n + 1) * sizeof(*spare));
	rcv_keyed *other = spare;
	account *sorted = huge(l->context, (n + 1) * sizeof(account));
	uint32 *ranks = huge(l->context, (n + 1) * sizeof(uint32));

	for (Size i = 0; i < n; i++)
		items[i] = (rcv_keyed){l->accounts[i].currency == LEDGER_NO_CURRENCY
								   ? l->currencies.n
								   : currency_ranks[l->accounts[i].currency],
							   i};
	if (rcv_radix_sort(items, spare, n) == spare)
	{
		other = items;
		items = spare;
	}
	for (Size i = 0; i < n; i++)
	{
		int64 customer = l->accounts[items[i].value].customer;

		items[i].key = customer_ranks ? customer_ranks[customer] : sortable(customer);
	}
	items = rcv_radix_sort(items, other, n);
	for (Size i = 0; i < n; i++)
	{
		sorted[i] = l->accounts[items[i].value];
		ranks[items[i].value] = (uint32) i;
	}
	l->accounts = sorted;
	return ranks;
}

void
ledger_group(ledger *l)
{
	uint32 *ranks;

	look_up(l, &l->invoices);
	look_up(l, &l->payments);
	ranks = order_accounts(l);
	CHECK_FOR_INTERRUPTS();
	group_side(l, &l->invoices, ranks);
	CHECK_FOR_INTERRUPTS();
	group_side(l, &l->payments, ranks);
}

/* References across currencies ------------------------------------------------------ */

char *
ledger_currency_text(const ledger *l, uint32 account)
{
	int32 currency = l->accounts[account].currency;

	return currency == LEDGER_NO_CURRENCY ? pstrdup("null")
										  : ledger_name_text(&l->currencies, currency);
}

char *
ledger_customer_text(const ledger *l, uint32 account)
{
	int64 customer = l->accounts[account].customer;

	return l->text_customers ? ledger_name_text(&l->customers, customer)
							 : psprintf(INT64_FORMAT, customer);
}

static void
currency_error(const ledger *l, const rcv_credit *credit, uint32 account, uint32 other)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s " INT64_FORMAT " is in %s, the invoice that it names in %s",
					credit->note ? "credit note" : "payment", (int64) credit->id,
					ledger_currency_text(l, account), ledger_currency_text(l, other)),
			 errdetail("It names invoice " INT64_FORMAT " of customer %s.",
					   (int64) credit->reference, ledger_customer_text(l, account)),
			 errhint("Nothing is converted here: change the payment into the currency of the "
					 "invoice at a dated rate, or leave the reference out.")));
}

/* All invoices of the accounts first .. end - 1, by id. */
static rcv_keyed *
invoices_by_id(const ledger *l, uint32 first, uint32 end, Size *n)
{
	const ledger_side *side = &l->invoices;
	rcv_keyed *items;
	rcv_keyed *spare;
	Size count = 0;

	for (uint32 i = first; i < end; i++)
		count += side->starts[i + 1] - side->starts[i];
	items = huge(CurrentMemoryContext, (count + 1) * sizeof(*items));
	spare = huge(CurrentMemoryContext, (count + 1) * sizeof(*spare));
	*n = 0;
	for (uint32 i = first; i < end; i++)
		for (uint32 at = side->starts[i]; at < side->starts[i + 1]; at++)
			if (rcv_document_kind_of(&side->documents[side->index[at]]) == RCV_DOCUMENT_INVOICE)
				items[(*n)++] = (rcv_keyed){(uint64) side->documents[side->index[at]].id, i};
	return rcv_radix_sort(items, spare, *n);
}

static void
check_reference(const ledger *l, const rcv_document *document, uint32 account,
				const rcv_keyed *invoices, Size n)
{
	rcv_credit credit;
	Size low = 0;
	Size high = n;

	if (rcv_document_credit(document, &credit) != RCV_OK || !credit.refers)
		return;
	while (low < high)
	{
		Size middle = low + (high - low) / 2;

		if (invoices[middle].key < (uint64) credit.reference)
			low = middle + 1;
		else
			high = middle;
	}
	high = low;
	for (; high < n && invoices[high].key == (uint64) credit.reference; high++)
		if (invoices[high].value == account)
			return;
	if (high > low)
		currency_error(l, &credit, account, (uint32) invoices[low].value);
}

static void
check_references_of(const ledger *l, const ledger_side *side, uint32 account,
					const rcv_keyed *invoices, Size n)
{
	for (uint32 at = side->starts[account]; at < side->starts[account + 1]; at++)
	{
		check_reference(l, &side->documents[side->index[at]], account, invoices, n);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Of customers with several currencies: no document names an invoice in another one. */
void
ledger_check_currencies(const ledger *l)
{
	uint32 first = 0;

	for (uint32 end = 1; end <= l->n_accounts; end++)
	{
		MemoryContext old;
		rcv_keyed *invoices;
		Size n;

		if (end < l->n_accounts && l->accounts[end].customer == l->accounts[first].customer)
			continue;
		if (end - first > 1)
		{
			old = MemoryContextSwitchTo(l->row_context);
			invoices = invoices_by_id(l, first, end, &n);
			for (uint32 i = first; i < end; i++)
			{
				check_references_of(l, &l->invoices, i, invoices, n);
				check_references_of(l, &l->payments, i, invoices, n);
			}
			MemoryContextSwitchTo(old);
			MemoryContextReset(l->row_context);
		}
		first = end;
	}
}
