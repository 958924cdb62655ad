/*
 * allocate_pg.c
 *		allocate_payments as an aggregate over the documents of an account.
 *
 * The state is a bytea, so that it can travel between servers: the terms, and
 * the documents, packed, in the order they came.  Any user may call the state
 * functions, or make an aggregate of them that begins with any bytes: each call
 * checks what it needs to stay inside the state, and each document is checked
 * before it is allocated.
 */
#include "settlement/allocation_pg.h"

#include "settlement/document_pack.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#define STATE_MARK 0x414C4C03 /* "ALL", version 3 */
#define FIRST_SIZE 256		  /* of a state: about twenty documents */
#define DOCUMENTS_MAX 10000000

/* Arguments of the three forms: ... options come last. */
enum
{
	ARG_STATE,
	ARG_PAYMENT,
	ARG_INVOICE,
	ARG_DAY,
	ARG_AMOUNT,
	ARG_DUE,
	ARGS_PLAIN,
	ARGS_OPTIONS = ARGS_PLAIN + 2,
	ARG_REFERENCE = ARGS_PLAIN,
	ARG_INTEREST,
	ARG_COSTS,
	ARG_WEIGHT,
	ARGS_CHARGES = ARG_WEIGHT + 3
};

/* Small: each row of a query reads the head of some state anew. */
typedef struct documents_state
{
	int32 vl_len_;
	uint32 mark;
	int32 as_of;
	int8 method;
	int8 rest;
	int8 tolerance_scale;
	int8 scale; /* the largest of a document */
	int64 tolerance;
	rcv_packed_before before; /* the next document */
	uint32 invoices;
	uint32 credits;
	uint32 used; /* bytes of documents */
	int8 share_scale;
	int8 unused;
	uint16 kinds; /* of rows, a bit for each */
	uint8 documents[FLEXIBLE_ARRAY_MEMBER];
} documents_state;

#define STATE_HEADER offsetof(documents_state, documents)

StaticAssertDecl(STATE_HEADER == 64, "the head of a state has no stray bytes");
/* Bytes of documents, before one more is added. */
#define USED_MAX ((int64) DOCUMENTS_MAX * RCV_PACKED_DOCUMENT_MAX)

StaticAssertDecl(USED_MAX + RCV_PACKED_DOCUMENT_MAX + STATE_HEADER < MaxAllocSize,
				 "a full state can be allocated");

static const char *const what_state = "state of allocate_payments";

/* States ------------------------------------------------------------------- */

static bool
state_readable(const documents_state *state)
{
	return state->mark == STATE_MARK && state->used <= VARSIZE(state) - STATE_HEADER &&
		   (uint64) state->invoices + state->credits <= state->used / RCV_PACKED_DOCUMENT_MIN;
}

/* Whether an aggregate can have made its terms. */
static bool
terms_possible(const documents_state *state)
{
	return state->method >= 0 && state->method < RCV_ALLOCATION_METHODS && state->tolerance >= 0 &&
		   state->tolerance_scale >= RCV_SCALE_MIN && state->tolerance_scale <= RCV_SCALE_MAX &&
		   state->scale >= RCV_SCALE_MIN && state->scale <= RCV_SCALE_MAX &&
		   state->share_scale >= 0 && state->share_scale <= RCV_SCALE_MAX && state->kinds > 0 &&
		   state->kinds <= RCV_ALL_ALLOCATED;
}

/* The state of the running aggregate itself, or a copy of one from anywhere. */
static documents_state *
state_arg(FunctionCallInfo fcinfo, int arg)
{
	documents_state *state = rcv_state_arg(fcinfo, arg, STATE_HEADER, what_state);

	if (!state_readable(state))
		rcv_check(RCV_EBINARY, what_state);
	return state;
}

static void
limit_error(void)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("an account has more than %d documents", DOCUMENTS_MAX),
					errhint("The form that takes two queries holds more.")));
}

/* The same, up to what is used of it, in this many bytes. */
static documents_state *
resize(const documents_state *state, Size size)
{
	documents_state *larger = palloc0(size); /* no stray bytes in a state that travels */

	CHECK_FOR_INTERRUPTS();
	memcpy(larger, state, STATE_HEADER + state->used);
	SET_VARSIZE(larger, size);
	return larger;
}

static bool
same_terms(const documents_state *a, const documents_state *b)
{
	return a->method == b->method && a->rest == b->rest && a->tolerance == b->tolerance &&
		   a->tolerance_scale == b->tolerance_scale && a->share_scale == b->share_scale &&
		   a->kinds == b->kinds;
}

/* Adds a document whose amounts are at this scale. */
static documents_state *
add_document(documents_state *state, const rcv_document *document, const rcv_charges *charges,
			 int scale)
{
	uint8 packed[RCV_PACKED_DOCUMENT_MAX];
	uint8 *end = state->documents + state->used;
	bool fits = VARSIZE(state) - STATE_HEADER - state->used >= sizeof(packed);
	Size length;
	Size needed;

	if (unlikely(state->invoices + state->credits >= DOCUMENTS_MAX || state->used > USED_MAX))
		limit_error();
	length = rcv_document_pack(&state->before, document, charges, scale, fits ? end : packed);
	needed = STATE_HEADER + state->used + length;
	if (needed > VARSIZE(state))
		state = resize(state, Min(Max(2 * VARSIZE(state), needed), MaxAllocSize));
	if (!fits)
		memcpy(state->documents + state->used, packed, length);
	state->used += length;
	if (rcv_document_kind_of(document) == RCV_DOCUMENT_INVOICE)
		state->invoices++;
	else
		state->credits++;
	state->scale = Max(state->scale, scale);
	return state;
}

/* Rows ------------------------------------------------------------------------ */

static rcv_money
money_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	return PG_ARGISNULL(arg) ? (rcv_money){0, RCV_SCALE_MIN}
							 : rcv_numeric_money(PG_GETARG_DATUM(arg), what);
}

static void
charge_error(const char *what, int64 id)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s of invoice " INT64_FORMAT " is not possible", what, id),
					errdetail("Interest and costs are not negative, and a credit note has none.")));
}

/* Charges of an invoice; raises the scale of the document to theirs. */
static rcv_charges
charges_args(FunctionCallInfo fcinfo, rcv_document *document, int *scale)
{
	rcv_money interest = money_arg(fcinfo, ARG_INTEREST, "interest");
	rcv_money costs = money_arg(fcinfo, ARG_COSTS, "costs");
	rcv_charges charges = {0};
	int most = Max(*scale, Max(interest.scale, costs.scale));
	bool credit = rcv_document_kind_of(document) != RCV_DOCUMENT_INVOICE;

	if (interest.units < 0 || (credit && interest.units > 0))
		charge_error("interest", document->id);
	if (costs.units < 0 || (credit && costs.units > 0))
		charge_error("costs", document->id);
	rcv_check(rcv_document_rescale(document, NULL, *scale, most), "amount");
	rcv_check(rcv_money_rescale(interest.units, interest.scale, most, &charges.interest),
			  "interest");
	rcv_check(rcv_money_rescale(costs.units, costs.scale, most, &charges.costs), "costs");
	if (!PG_ARGISNULL(ARG_WEIGHT))
		charges.weight = rcv_numeric_double(PG_GETARG_DATUM(ARG_WEIGHT), "weight");
	*scale = most;
	return charges;
}

static int64
reference_arg(FunctionCallInfo fcinfo, bool payment, bool *refers)
{
	int arg = payment && !PG_ARGISNULL(ARG_INVOICE) ? ARG_INVOICE : ARG_REFERENCE;

	*refers = (arg == ARG_INVOICE || PG_NARGS() == ARGS_CHARGES) && !PG_ARGISNULL(arg);
	return *refers ? PG_GETARG_INT64(arg) : 0;
}

/* The document of a row: a payment if it has the id of one, else an invoice or credit note. */
static rcv_document
document_args(FunctionCallInfo fcinfo, rcv_money amount)
{
	bool payment = !PG_ARGISNULL(ARG_PAYMENT);
	rcv_document document = {.day = RCV_DAY_ALWAYS, .units = amount.units};
	bool refers;

	if (!payment && PG_ARGISNULL(ARG_INVOICE))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("a document has neither the id of a payment nor that of an invoice"),
						errhint("Give an invoice its id in \"invoice\", a payment its id in "
								"\"payment\".")));
	document.id = PG_GETARG_INT64(payment ? ARG_PAYMENT : ARG_INVOICE);
	if (!PG_ARGISNULL(ARG_DAY))
		document.day = rcv_day_arg(PG_GETARG_DATEADT(ARG_DAY), "day");
	document.due = document.day;
	if (payment || amount.units < 0)
	{
		document.reference = reference_arg(fcinfo, payment, &refers);
		rcv_document_set_credit(&document, !payment, refers);
		if (!payment)
			document.units = -amount.units;
	}
	else if (!PG_ARGISNULL(ARG_DUE))
		document.due = rcv_day_arg(PG_GETARG_DATEADT(ARG_DUE), "due");
	return document;
}

/* Options -------------------------------------------------------------------- */

static void *
build_options(Datum argument, MemoryContext context)
{
	rcv_allocation_options *options = MemoryContextAlloc(context, sizeof(*options));

	rcv_allocation_options_read(DatumGetJsonbP(argument), false, options);
	return options;
}

/* The terms that this row has: the head of a state. */
static void
asked_terms(FunctionCallInfo fcinfo, documents_state *terms)
{
	rcv_allocation_options options = {
		.scale = RCV_ALLOCATION_SCALE, .tolerance = {0, RCV_SCALE_MIN}, .kinds = RCV_ALL_ALLOCATED};
	int last = PG_NARGS() - 1;

	*terms = (documents_state){.mark = STATE_MARK,
							   .as_of = RCV_DAY_MAX,
							   .scale = RCV_SCALE_MIN,
							   .before = RCV_PACKED_START};
	if (PG_NARGS() > ARGS_PLAIN)
	{
		if (PG_ARGISNULL(last - 1) || PG_ARGISNULL(last))
			rcv_null_error(PG_ARGISNULL(last) ? "options" : "as_of");
		terms->as_of = rcv_day_or_infinity_arg(PG_GETARG_DATEADT(last - 1), "as_of");
		options =
			*(rcv_allocation_options *) rcv_cached(fcinfo, PG_GETARG_DATUM(last), build_options);
	}
	terms->method = options.method;
	terms->rest = options.rest;
	terms->tolerance = options.tolerance.units;
	terms->tolerance_scale = options.tolerance.scale;
	terms->share_scale = options.scale;
	terms->kinds = (uint16) options.kinds;
}

/* The state to which a row adds. */
static documents_state *
state_for_row(FunctionCallInfo fcinfo, const documents_state *asked)
{
	documents_state *state;

	if (PG_ARGISNULL(ARG_STATE))
		return resize(asked, FIRST_SIZE);
	state = state_arg(fcinfo, ARG_STATE);
	if (state->as_of != asked->as_of)
		rcv_varying_error("as_of");
	if (!same_terms(state, asked))
		rcv_varying_error("options");
	return state;
}

/* add(state, payment, invoice, day, amount, due [, reference, interest, costs, weight] [, as_of,
 * options]) */
PG_FUNCTION_INFO_V1(pgrcv_allocate_add);
Datum
pgrcv_allocate_add(PG_FUNCTION_ARGS)
{
	documents_state asked;
	documents_state *state;
	rcv_document document;
	rcv_charges charges = {0};
	rcv_money amount;
	int scale;

	asked_terms(fcinfo, &asked);
	if (PG_ARGISNULL(ARG_AMOUNT) || (!PG_ARGISNULL(ARG_PAYMENT) && PG_ARGISNULL(ARG_DAY)))
		return rcv_same_state(fcinfo);
	amount = rcv_numeric_money(PG_GETARG_DATUM(ARG_AMOUNT), "amount");
	document = document_args(fcinfo, amount);
	scale = amount.scale;
	if (rcv_document_kind_of(&document) != RCV_DOCUMENT_INVOICE && document.day == RCV_DAY_ALWAYS)
		return rcv_same_state(fcinfo);
	if (PG_NARGS() == ARGS_CHARGES)
		charges = charges_args(fcinfo, &document, &scale);
	state = state_for_row(fcinfo, &asked);
	if (document.day > state->as_of ||
		(document.units == 0 && charges.interest == 0 && charges.costs == 0))
		PG_RETURN_POINTER(state);
	PG_RETURN_POINTER(add_document(state, &document, &charges, scale));
}

PG_FUNCTION_INFO_V1(pgrcv_allocate_merge);
Datum
pgrcv_allocate_merge(PG_FUNCTION_ARGS)
{
	documents_state *state = state_arg(fcinfo, 0);
	documents_state *other = state_arg(fcinfo, 1);
	rcv_packed_reader reader = rcv_packed_open(other->documents, other->used);
	rcv_document document;
	rcv_charges charges;

	if (state->as_of != other->as_of)
		rcv_varying_error("as_of");
	if (!same_terms(state, other))
		rcv_varying_error("options");
	for (uint32 i = 0; i < other->invoices + other->credits; i++)
	{
		rcv_check(rcv_document_unpack(&reader, &document, &charges), what_state);
		state = add_document(state, &document, &charges, reader.before.scale);
		if (i % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(state);
}

/* The result ------------------------------------------------------------------ */

/* An array while rows are added to it. */
typedef struct collector
{
	HeapTuple head; /* what each row begins with */
	char *array;
	Size used;
	Size room;
	int n;
	int scale;
} collector;

static void
enlarge_array(collector *out)
{
	if (out->room == MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("an account has too many allocations for an array"),
						errhint("The form that takes two queries holds more.")));
	out->room = Min(out->room * 2, MaxAllocSize);
	out->array = repalloc(out->array, out->room);
}

static void
collect(void *context, const rcv_allocated *row)
{
	collector *out = context;
	Size head = out->head->t_len;
	HeapTupleHeader tuple;
	char *end;

	CHECK_FOR_INTERRUPTS();
	if (row == NULL)
		return;
	if (out->used + head + RCV_ALLOCATED_BYTES + MAXIMUM_ALIGNOF > out->room)
		enlarge_array(out);
	tuple = (HeapTupleHeader) (out->array + out->used);
	memcpy(tuple, out->head->t_data, head);
	end = rcv_allocated_fill(row, out->scale, tuple->t_bits, 0, (char *) tuple + head);
	HeapTupleHeaderSetDatumLength(tuple, end - (char *) tuple);
	memset(end, 0, MAXIMUM_ALIGNOF);
	out->used = MAXALIGN(end - out->array);
	out->n++;
}

/* Rows that were added, as an array of this type. */
static ArrayType *
array_of(const collector *out, Oid element)
{
	ArrayType *array = (ArrayType *) out->array;

	if (out->n == 0)
		return construct_empty_array(element);
	*array = (ArrayType){.ndim = 1, .elemtype = element};
	SET_VARSIZE(array, out->used);
	*ARR_DIMS(array) = out->n;
	*ARR_LBOUND(array) = 1;
	return array;
}

static void *
huge(Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size);
}

/* Allocates the documents of a state, which stays as it is. */
static void
allocate(documents_state *state, collector *out)
{
	rcv_allocation_options options = {.method = state->method,
									  .rest = state->rest != 0,
									  .scale = state->share_scale,
									  .tolerance = {state->tolerance, state->tolerance_scale},
									  .kinds = state->kinds};
	int scale = Max(state->scale, rcv_allocation_least_scale(&options, NULL));
	rcv_allocation_terms terms = rcv_allocation_terms_of(&options, NULL, scale);
	int32 n = (int32) state->invoices;
	int32 m = (int32) state->credits;
	rcv_debt *debts = huge((n + 1) * sizeof(*debts));
	rcv_credit *credits = huge((m + 1) * sizeof(*credits));
	rcv_packed_reader reader = rcv_packed_open(state->documents, state->used);
	rcv_allocation_fault fault;

	rcv_allocation_unpack(&reader, scale, debts, n, credits, m, what_state);
	out->scale = scale;
	if (rcv_allocate(&terms, debts, n, credits, m, huge(rcv_allocation_room(n, m)), collect, out,
					 &fault) != RCV_OK)
		rcv_allocation_fault_error(&fault, NULL);
}

/* What all rows of a query begin with. */
static HeapTuple
head_of_rows(FunctionCallInfo fcinfo)
{
	bool nulls[RCV_ALLOCATED_COLUMNS];
	Datum values[RCV_ALLOCATED_COLUMNS] = {0};
	Oid element = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	MemoryContext old;
	TupleDesc columns;
	HeapTuple head;

	if (!OidIsValid(element))
		elog(ERROR, "allocate_finish must return an array");
	columns = lookup_rowtype_tupdesc(element, -1);
	if (columns->natts != RCV_ALLOCATED_COLUMNS)
		elog(ERROR, "allocate_finish must return rows of %d columns", RCV_ALLOCATED_COLUMNS);
	memset(nulls, true, sizeof(nulls));
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	head = rcv_allocated_head(columns, values, nulls);
	MemoryContextSwitchTo(old);
	ReleaseTupleDesc(columns);
	return head;
}

static void
open_result(FunctionCallInfo fcinfo, collector *out)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = head_of_rows(fcinfo);
	out->head = fcinfo->flinfo->fn_extra;
	out->used = ARR_OVERHEAD_NONULLS(1);
	out->room = 4096;
	out->array = palloc(out->room);
}

PG_FUNCTION_INFO_V1(pgrcv_allocate_finish);
Datum
pgrcv_allocate_finish(PG_FUNCTION_ARGS)
{
	documents_state *state = state_arg(fcinfo, 0);
	collector out = {0};

	if (!terms_possible(state))
		rcv_check(RCV_EBINARY, what_state);
	if (state->invoices + state->credits > DOCUMENTS_MAX)
		limit_error();
	open_result(fcinfo, &out);
	allocate(state, &out);
	PG_RETURN_ARRAYTYPE_P(array_of(&out, HeapTupleHeaderGetTypeId(out.head->t_data)));
}
