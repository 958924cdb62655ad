/*
 * allocate_bulk_pg.c
 *		allocate_payments over a whole ledger, given as two queries.
 *
 * The queries run as the caller, through the executor, whose rows come straight
 * into flat arrays: no row is copied.  Customers get dense numbers from a hash
 * table, documents are sorted by them by counting, and each account (a customer
 * and a currency) is allocated in room that all accounts share.
 */
#include "settlement/allocation_pg.h"

#include "num/radix.h"
#include "pg/query.h"
#include "settlement/allocation_ledger_pg.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

static void *
huge(Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size);
}

/* Columns ------------------------------------------------------------------- */

typedef enum column_type
{
	TYPE_CUSTOMER,
	TYPE_ID,
	TYPE_DAY,
	TYPE_AMOUNT,
	TYPE_TEXT
} column_type;

typedef struct column
{
	const char *name;
	column_type type;
} column;

enum
{
	COLUMN_CUSTOMER,
	COLUMN_CURRENCY,
	COLUMN_ID,
	COLUMN_AMOUNT,
	COLUMN_DAY,
	COLUMN_DUE,
	COLUMN_REFERENCE,
	COLUMN_KIND,
	COLUMN_INTEREST,
	COLUMN_COSTS,
	COLUMN_WEIGHT,
	COLUMNS
};

static const column columns[COLUMNS] = {
	{"customer", TYPE_CUSTOMER}, {"currency", TYPE_TEXT}, {"id", TYPE_ID},
	{"amount", TYPE_AMOUNT},	 {"day", TYPE_DAY},		  {"due", TYPE_DAY},
	{"reference", TYPE_ID},		 {"kind", TYPE_TEXT},	  {"interest", TYPE_AMOUNT},
	{"costs", TYPE_AMOUNT},		 {"weight", TYPE_AMOUNT},
};

static const char *const type_names[] = {"bigint or integer", "bigint or integer", "date",
										 "numeric, bigint or integer", "text"};

#define BIT(column) (1 << (column))
#define ALWAYS_NEEDED (BIT(COLUMN_CUSTOMER) | BIT(COLUMN_ID) | BIT(COLUMN_AMOUNT))
#define INVOICE_COLUMNS (~BIT(COLUMN_KIND))
#define PAYMENT_COLUMNS                                                                            \
	(ALWAYS_NEEDED | BIT(COLUMN_CURRENCY) | BIT(COLUMN_DAY) | BIT(COLUMN_REFERENCE) |              \
	 BIT(COLUMN_KIND))

/* One of the two queries while it runs. */
typedef struct reader
{
	DestReceiver dest; /* first */
	const char *name;
	const struct reader *other; /* that ran before */
	bool payments;
	int needed; /* bits of columns */
	int known;
	ledger *to;
	int last;		 /* the last of the query's columns that matters */
	int at[COLUMNS]; /* where it is in the query, from 0, or -1 */
	Oid types[COLUMNS];
	double expected; /* rows, by the planner */
	uint64 rows;
} reader;

static bool
type_fits(const reader *r, column_type type, Oid oid)
{
	bool integer = oid == INT8OID || oid == INT4OID || oid == INT2OID;

	switch (type)
	{
		case TYPE_CUSTOMER:
			return r->to->text_customers || integer;
		case TYPE_ID:
			return integer;
		case TYPE_DAY:
			return oid == DATEOID;
		case TYPE_AMOUNT:
			return integer || oid == NUMERICOID;
		default:
			return oid == TEXTOID || oid == VARCHAROID || oid == BPCHAROID;
	}
}

static void
missing_error(const reader *r, int c)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("the query for %s returns no column \"%s\"", r->name, columns[c].name),
					errdetail("%s must be of type %s.",
							  r->needed & BIT(c) ? "It" : "A credit note needs it; it",
							  c == COLUMN_CUSTOMER && r->to->text_customers
								  ? "text, or another that has a text form"
								  : type_names[columns[c].type]),
					errhint("Name it in the query, as in 'SELECT %s AS %s, ...'.",
							rcv_allocation_source(columns[c].name, r->payments), columns[c].name)));
}

static void
type_error(const reader *r, int c, Oid type)
{
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" of the query for %s is of type %s", columns[c].name,
						   r->name, format_type_be(type)),
					errdetail("It must be of type %s.", type_names[columns[c].type]),
					errhint("%s", rcv_allocation_cast_hint(columns[c].name))));
}

static void
bind_column(reader *r, int c, TupleDesc desc)
{
	r->at[c] = -1;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (strcmp(NameStr(attribute->attname), columns[c].name) != 0 || !(r->known & BIT(c)))
			continue;
		if (r->at[c] >= 0)
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("the query for %s returns two columns \"%s\"", r->name,
								   columns[c].name)));
		r->at[c] = i;
		r->types[c] = getBaseType(attribute->atttypid); /* of a domain */
		if (!type_fits(r, columns[c].type, r->types[c]))
			type_error(r, c, attribute->atttypid);
		r->last = Max(r->last, i + 1);
	}
	if (r->at[c] < 0 && (r->needed & BIT(c)))
		missing_error(r, c);
}

static void
start_rows(DestReceiver *self, int operation, TupleDesc desc)
{
	reader *r = (reader *) self;
	bool charges;

	for (int c = 0; c < COLUMNS; c++)
		bind_column(r, c, desc);
	if (r->other != NULL && (r->at[COLUMN_CURRENCY] < 0) != (r->other->at[COLUMN_CURRENCY] < 0))
		rcv_allocation_currency_error(r->at[COLUMN_CURRENCY] < 0 ? r->name : r->other->name);
	charges = r->at[COLUMN_INTEREST] >= 0 || r->at[COLUMN_COSTS] >= 0 || r->at[COLUMN_WEIGHT] >= 0;
	ledger_expect(r->to, r->payments ? &r->to->payments : &r->to->invoices, r->expected, charges);
}

/* Values --------------------------------------------------------------------- */

typedef struct row
{
	const reader *reader;
	TupleTableSlot *slot;
} row;

static inline bool
is_null(const row *row, int c)
{
	int at = row->reader->at[c];

	return at < 0 || row->slot->tts_isnull[at];
}

static void pg_attribute_cold
null_error(const row *row, int c)
{
	const reader *r = row->reader;
	bool id = c != COLUMN_ID && !is_null(row, COLUMN_ID);
	char *value = NULL;

	if (r->at[c] < 0)
		missing_error(r, c);
	if (id)
		value = psprintf("It is that of id " INT64_FORMAT ".",
						 r->types[COLUMN_ID] == INT8OID
							 ? DatumGetInt64(row->slot->tts_values[r->at[COLUMN_ID]])
							 : (int64) DatumGetInt32(row->slot->tts_values[r->at[COLUMN_ID]]));
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("the query for %s returns a null in column \"%s\"", r->name, columns[c].name),
			 value ? errdetail("%s", value) : 0,
			 errhint("Leave such rows out, or give them a value with coalesce().")));
}

static inline Datum
value_of(const row *row, int c)
{
	if (unlikely(is_null(row, c)))
		null_error(row, c);
	return row->slot->tts_values[row->reader->at[c]];
}

static inline int64
integer_of(const row *row, int c)
{
	Datum value = value_of(row, c);

	switch (row->reader->types[c])
	{
		case INT8OID:
			return DatumGetInt64(value);
		case INT4OID:
			return DatumGetInt32(value);
		default:
			return DatumGetInt16(value);
	}
}

static inline rcv_money
money_of(const row *row, int c)
{
	rcv_money money = {0, RCV_SCALE_MIN};

	if (row->reader->types[c] == NUMERICOID)
		return rcv_numeric_money(value_of(row, c), columns[c].name);
	rcv_check(rcv_money_rescale(integer_of(row, c), 0, RCV_SCALE_MIN, &money.units),
			  columns[c].name);
	return money;
}

static double
double_of(const row *row, int c)
{
	if (is_null(row, c))
		return 0.0;
	if (row->reader->types[c] == NUMERICOID)
		return rcv_numeric_double(value_of(row, c), columns[c].name);
	return (double) integer_of(row, c);
}

/* Interest or costs, 0 when there are none. */
static rcv_money
charge_of(const row *row, int c, bool credit)
{
	rcv_money money = {0, RCV_SCALE_MIN};

	if (is_null(row, c))
		return money;
	money = money_of(row, c);
	if (money.units < 0 || (credit && money.units > 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s of invoice " INT64_FORMAT " is not possible", columns[c].name,
							   integer_of(row, COLUMN_ID)),
						errdetail("Interest and costs are not negative, and a credit note has "
								  "none.")));
	return money;
}

/* Payments may be of two kinds. */
static bool
is_note(const row *row)
{
	static const char *const kinds[] = {"payment", "credit_note", NULL};

	if (is_null(row, COLUMN_KIND))
		return false;
	return rcv_choice_arg(DatumGetTextPP(value_of(row, COLUMN_KIND)), "kind of payment", kinds) ==
		   1;
}

static void pg_attribute_cold
negative_note_error(int64 id)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("credit note " INT64_FORMAT " of the query for payments is negative", id),
			 errhint("There, credit notes have amounts above 0.")));
}

/* The units of an amount, at the scale of the ledger. */
static inline int64
units_in(const ledger *l, rcv_money money, int c)
{
	int64 units = money.units;

	if (unlikely(money.scale != l->scale) &&
		rcv_money_rescale(money.units, money.scale, l->scale, &units) != RCV_OK)
		rcv_allocation_digits_error(columns[c].name);
	return units;
}

/* A payment, or an invoice below 0. */
static void
make_credit(const row *row, rcv_document *document)
{
	bool payments = row->reader->payments;
	bool note = !payments || is_note(row);
	bool refers = !is_null(row, COLUMN_REFERENCE);

	if (payments && note && document->units < 0)
		negative_note_error(document->id);
	if (!payments)
		document->units = -document->units;
	rcv_document_set_credit(document, note, refers);
	if (refers)
		document->reference = integer_of(row, COLUMN_REFERENCE);
}

/* With its units at the scale of the amount. */
static inline rcv_document
document_of(const row *row, rcv_money amount)
{
	bool credit = row->reader->payments || amount.units < 0;
	rcv_document document = {
		.id = integer_of(row, COLUMN_ID), .units = amount.units, .day = RCV_DAY_ALWAYS};

	if (credit || !is_null(row, COLUMN_DAY))
		document.day = rcv_day_arg(DatumGetDateADT(value_of(row, COLUMN_DAY)), "day");
	document.due = document.day;
	if (!credit && !is_null(row, COLUMN_DUE))
		document.due = rcv_day_arg(DatumGetDateADT(value_of(row, COLUMN_DUE)), "due");
	if (credit)
		make_credit(row, &document);
	return document;
}

/* The number of a text; one of type character(n) is as in SQL without the blanks at its end. */
static uint32
name_of(const row *row, int c, name_table *table)
{
	text *name = DatumGetTextPP(value_of(row, c));
	int length = VARSIZE_ANY_EXHDR(name);

	if (row->reader->types[c] == BPCHAROID)
		length = bpchartruelen(VARDATA_ANY(name), length);
	return ledger_name(table, VARDATA_ANY(name), length);
}

static int64
customer_of(const row *row)
{
	const reader *r = row->reader;
	Datum value = value_of(row, COLUMN_CUSTOMER);
	Oid output;
	bool varlena;
	char *written;

	if (!r->to->text_customers)
		return integer_of(row, COLUMN_CUSTOMER);
	if (type_fits(r, TYPE_TEXT, r->types[COLUMN_CUSTOMER]))
		return name_of(row, COLUMN_CUSTOMER, &r->to->customers);
	getTypeOutputInfo(r->types[COLUMN_CUSTOMER], &output, &varlena);
	written = OidOutputFunctionCall(output, value);
	return ledger_name(&r->to->customers, written, strlen(written));
}

static int
currency_of(const row *row)
{
	if (is_null(row, COLUMN_CURRENCY))
		return LEDGER_NO_CURRENCY;
	return (int) name_of(row, COLUMN_CURRENCY, &row->reader->to->currencies);
}

static void
read_row(const row *row)
{
	const reader *r = row->reader;
	rcv_money amount = money_of(row, COLUMN_AMOUNT);
	rcv_money interest = charge_of(row, COLUMN_INTEREST, amount.units < 0);
	rcv_money costs = charge_of(row, COLUMN_COSTS, amount.units < 0);
	rcv_charges charges = {.weight = double_of(row, COLUMN_WEIGHT)};
	rcv_document document;

	document = document_of(row, amount);
	if (document.day > r->to->as_of)
		return; /* and so its decimals make no difference */
	ledger_raise_scale(r->to, Max(amount.scale, Max(interest.scale, costs.scale)));
	charges.interest = units_in(r->to, interest, COLUMN_INTEREST);
	charges.costs = units_in(r->to, costs, COLUMN_COSTS);
	document.units = units_in(r->to, (rcv_money){document.units, amount.scale}, COLUMN_AMOUNT);
	if (document.units != 0 || charges.interest != 0 || charges.costs != 0)
		ledger_add(r->to, r->payments ? &r->to->payments : &r->to->invoices, customer_of(row),
				   currency_of(row), &document, &charges);
}

static bool
take_row(TupleTableSlot *slot, DestReceiver *self)
{
	reader *r = (reader *) self;
	row row = {r, slot};
	MemoryContext old;

	slot_getsomeattrs(slot, r->last);
	old = MemoryContextSwitchTo(r->to->row_context);
	read_row(&row);
	MemoryContextSwitchTo(old);
	if (++r->rows % 4096 == 0)
		MemoryContextReset(r->to->row_context);
	return true;
}

/* Queries ------------------------------------------------------------------------- */

static void
run_query(reader *r, const text *query)
{
	const rcv_select select = {
		"allocate_payments", r->name,
		"SELECT customer_id AS customer, invoice_id AS id, due_on AS due, amount FROM invoice"};

	r->dest = (DestReceiver){.receiveSlot = take_row, .rStartup = start_rows};
	rcv_select_run(&select, &r->dest, query, &r->expected);
	MemoryContextReset(r->to->row_context);
}

static int
needed_of_invoices(rcv_allocation_method method, bool rest)
{
	if (method == RCV_FIFO)
		return ALWAYS_NEEDED | BIT(COLUMN_DAY);
	if (method == RCV_OLDEST_DUE || method == RCV_STATUTORY || rest)
		return ALWAYS_NEEDED | BIT(COLUMN_DUE);
	if (method == RCV_INTEREST_FIRST)
		return ALWAYS_NEEDED | BIT(COLUMN_DUE) | BIT(COLUMN_INTEREST);
	return ALWAYS_NEEDED;
}

static int
needed_of_payments(rcv_allocation_method method)
{
	return ALWAYS_NEEDED | BIT(COLUMN_DAY) | (method == RCV_SPECIFIC ? BIT(COLUMN_REFERENCE) : 0);
}

static void
read_ledger(ledger *l, const text *invoices, const text *payments,
			const rcv_allocation_options *options)
{
	reader first = {.name = "invoices",
					.to = l,
					.known = INVOICE_COLUMNS,
					.needed = needed_of_invoices(options->method, options->rest)};
	reader second = {.name = "payments",
					 .to = l,
					 .other = &first,
					 .payments = true,
					 .known = PAYMENT_COLUMNS,
					 .needed = needed_of_payments(options->method)};

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	run_query(&first, invoices);
	run_query(&second, payments);
	SPI_finish();
}

/* Accounts ---------------------------------------------------------------------------- */

#define LEAD_COLUMNS 2 /* customer, currency */

typedef struct writer
{
	const ledger *ledger;
	ReturnSetInfo *result;
	TupleTableSlot *slot; /* holds the tuple, which each row changes in place */
	MinimalTuple tuple;
	Size lead; /* bytes of it that all rows of an account have */
	int scale; /* of the account's amounts */
} writer;

static void
write_row(void *context, const rcv_allocated *row)
{
	writer *out = context;
	char *tuple = (char *) out->tuple;
	char *end;

	CHECK_FOR_INTERRUPTS();
	if (row == NULL)
		return;
	end = rcv_allocated_fill(row, out->scale, out->tuple->t_bits, LEAD_COLUMNS, tuple + out->lead);
	out->tuple->t_len = end - tuple;
	tuplestore_puttupleslot(out->result->setResult, out->slot);
}

/* Begins the tuple of an account. */
static void
set_account(writer *out, uint32 account)
{
	const ledger *l = out->ledger;
	int32 currency = l->accounts[account].currency;
	Datum values[LEAD_COLUMNS + RCV_ALLOCATED_COLUMNS] = {0};
	bool nulls[LEAD_COLUMNS + RCV_ALLOCATED_COLUMNS];
	HeapTuple head;

	memset(nulls, true, sizeof(nulls));
	nulls[0] = false;
	if (l->text_customers)
		values[0] = CStringGetTextDatum(ledger_customer_text(l, account));
	else
		values[0] = Int64GetDatum(l->accounts[account].customer);
	nulls[1] = currency == LEDGER_NO_CURRENCY;
	if (!nulls[1])
		values[1] = CStringGetTextDatum(ledger_currency_text(l, account));
	head = rcv_allocated_head(out->result->setDesc, values, nulls);
	out->lead = head->t_len - MINIMAL_TUPLE_OFFSET;
	out->tuple = palloc(out->lead + RCV_ALLOCATED_BYTES);
	memcpy(out->tuple, (char *) head->t_data + MINIMAL_TUPLE_OFFSET, out->lead);
	ExecStoreMinimalTuple(out->tuple, out->slot, false);
}

#define FETCHED 1024
#define AHEAD 32 /* documents that are on their way into the cache */

/* Documents in the order of accounts; many are fetched at once: they lie all over the memory. */
typedef struct document_queue
{
	const ledger_side *side;
	uint32 at; /* in the index */
	rcv_document fetched[FETCHED];
} document_queue;

/* Room for the largest account. */
typedef struct workshop
{
	document_queue invoices;
	document_queue payments;
	rcv_debt *debts;
	rcv_credit *credits;
	void *room;
	int32 n;
	int32 m;
} workshop;

static uint32
count_of(const ledger_side *side, uint32 account)
{
	return side->starts[account + 1] - side->starts[account];
}

static void
open_workshop(workshop *shop, const ledger *l)
{
	Size n = 0;
	Size m = 0;

	for (uint32 i = 0; i < l->n_accounts; i++)
	{
		n = Max(n, count_of(&l->invoices, i));
		m = Max(m, (Size) count_of(&l->invoices, i) + count_of(&l->payments, i));
	}
	shop->invoices.side = &l->invoices;
	shop->payments.side = &l->payments;
	shop->invoices.at = shop->payments.at = 0;
	shop->debts = huge((n + 1) * sizeof(rcv_debt));
	shop->credits = huge((m + 1) * sizeof(rcv_credit));
	shop->room = huge(rcv_allocation_room(n, m));
}

static void
fetch_documents(document_queue *queue)
{
	const ledger_side *side = queue->side;
	const uint32 *index = side->index + queue->at;
	uint32 left = side->n - queue->at;

	for (uint32 i = 0; i < Min(left, FETCHED); i++)
	{
		if (i + AHEAD < left)
			__builtin_prefetch(&side->documents[index[i + AHEAD]]);
		queue->fetched[i] = side->documents[index[i]];
	}
}

/* Takes those of the next account. */
static void
take_documents(workshop *shop, document_queue *queue, uint32 count)
{
	const ledger_side *side = queue->side;

	for (; count > 0; count--, queue->at++)
	{
		const rcv_document *document = &queue->fetched[queue->at % FETCHED];
		const rcv_charges *charges = side->charges ? &side->charges[side->index[queue->at]] : NULL;

		if (queue->at % FETCHED == 0)
			fetch_documents(queue);
		if (rcv_document_kind_of(document) == RCV_DOCUMENT_INVOICE)
			rcv_check(rcv_document_debt(document, charges, &shop->debts[shop->n++]),
					  "an invoice with its interest and costs");
		else
			rcv_check(rcv_document_credit(document, &shop->credits[shop->m++]), "a payment");
	}
}

static void
allocate_account(workshop *shop, const ledger *l, uint32 account,
				 const rcv_allocation_options *options, writer *out)
{
	bool named = (options->with_tolerance.n > 0 || options->with_scale.n > 0) &&
				 l->accounts[account].currency != LEDGER_NO_CURRENCY;
	const char *currency = named ? ledger_currency_text(l, account) : NULL;
	rcv_allocation_terms terms;
	rcv_allocation_fault fault;

	out->scale = l->scale;
	shop->n = shop->m = 0;
	take_documents(shop, &shop->invoices, count_of(&l->invoices, account));
	take_documents(shop, &shop->payments, count_of(&l->payments, account));
	if (l->scale > RCV_SCALE_MIN) /* what other accounts have makes no difference */
		out->scale = rcv_allocation_reduce(shop->debts, shop->n, shop->credits, shop->m, l->scale,
										   rcv_allocation_least_scale(options, currency));
	terms = rcv_allocation_terms_of(options, currency, out->scale);
	if (rcv_allocate(&terms, shop->debts, shop->n, shop->credits, shop->m, shop->room, write_row,
					 out, &fault) != RCV_OK)
		rcv_allocation_fault_error(&fault, ledger_customer_text(l, account));
}

static void
allocate_all(const ledger *l, const rcv_allocation_options *options, ReturnSetInfo *result)
{
	writer out = {.ledger = l, .result = result};
	MemoryContext account_context =
		AllocSetContextCreate(l->context, "allocate_payments account", ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	workshop *shop = palloc(sizeof(*shop));

	out.slot = MakeSingleTupleTableSlot(result->setDesc, &TTSOpsMinimalTuple);
	open_workshop(shop, l);
	old = MemoryContextSwitchTo(account_context);
	for (uint32 i = 0; i < l->n_accounts; i++)
	{
		set_account(&out, i);
		allocate_account(shop, l, i, options, &out);
		MemoryContextReset(account_context);
	}
	MemoryContextSwitchTo(old);
	ExecDropSingleTupleTableSlot(out.slot);
}

/* A key of options by currency that only nearly names one of the ledger. */
static void
check_key(const ledger *l, const char *key)
{
	const char *alike = NULL;

	for (uint32 i = 0; i < l->currencies.n; i++)
	{
		const char *known = ledger_name_text(&l->currencies, i);

		if (strcmp(known, key) == 0)
			return;
		if (pg_strcasecmp(known, key) == 0)
			alike = known;
	}
	if (alike != NULL || (l->currencies.n == 0 && l->n_accounts > 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("no document is in \"%s\", which the options name", key),
						alike ? errdetail("There are some in \"%s\".", alike)
							  : errdetail("The queries return no currencies."),
						errhint("Write currencies alike in the queries and in the options.")));
}

static void
check_keys(const ledger *l, const rcv_currencies *named)
{
	for (int i = 0; i < named->n; i++)
		check_key(l, named->names[i]);
}

/* allocate_payments(invoices, payments, as_of, options), and the same for text customers */
PG_FUNCTION_INFO_V1(pgrcv_allocate_bulk);
Datum
pgrcv_allocate_bulk(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"invoices", "payments", "as_of", "options"};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	rcv_allocation_options options;
	MemoryContext old;
	ledger *l;

	for (int i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i))
			rcv_null_error(names[i]);
	InitMaterializedSRF(fcinfo, 0);
	rcv_allocation_options_read(PG_GETARG_JSONB_P(3), true, &options);
	l = ledger_begin(TupleDescAttr(result->setDesc, 0)->atttypid == TEXTOID,
					 rcv_day_or_infinity_arg(PG_GETARG_DATEADT(2), "as_of"));
	ledger_raise_scale(l, rcv_allocation_finest_scale(&options));
	read_ledger(l, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), &options);
	old = MemoryContextSwitchTo(l->context);
	ledger_group(l);
	check_keys(l, &options.with_tolerance);
	check_keys(l, &options.with_scale);
	ledger_check_currencies(l);
	allocate_all(l, &options, result);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(l->context);
	return (Datum) 0;
}
