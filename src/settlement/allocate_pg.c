/*
 * allocate_pg.c
 *		allocate_payments as an aggregate over the documents of an account.
 *
 * The state is a bytea, so that it can travel between servers: the terms, and
 * the documents in the order they came.  Any user may call the state functions,
 * or make an aggregate of them that begins with any bytes: each call checks what
 * it needs to stay inside the state, and each document is checked before it is
 * allocated.
 */
#include "settlement/allocation_pg.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#define STATE_MARK 0x414C4C01 /* "ALL", version 1 */
#define FIRST_DOCUMENTS 8
#define DOCUMENTS_MAX 10000000 /* 320 MB, with charges 560 MB */

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

typedef struct documents_state
{
	int32 vl_len_;
	uint32 mark;
	int32 as_of;
	int32 method;
	int32 rest;
	int32 tolerance_scale;
	int64 tolerance;
	int32 scale;   /* of all amounts */
	int32 charges; /* do documents have them? */
	int64 n;
	char data[FLEXIBLE_ARRAY_MEMBER]; /* a document, and its charges if there are any, and so on */
} documents_state;

#define STATE_HEADER offsetof(documents_state, data)

StaticAssertDecl(STATE_HEADER % sizeof(int64) == 0, "documents are aligned");
StaticAssertDecl(sizeof(rcv_document) == 32 && sizeof(rcv_charges) == 24,
				 "documents have no stray bytes");

static const char *const what_state = "state of allocate_payments";

/* States ------------------------------------------------------------------- */

static Size
width_of(const documents_state *state)
{
	return sizeof(rcv_document) + (state->charges ? sizeof(rcv_charges) : 0);
}

static int64
room_of(const documents_state *state)
{
	return (VARSIZE(state) - STATE_HEADER) / width_of(state);
}

static rcv_document *
document_at(documents_state *state, int64 i)
{
	return (rcv_document *) (state->data + i * width_of(state));
}

static rcv_charges *
charges_at(documents_state *state, int64 i)
{
	return state->charges ? (rcv_charges *) (document_at(state, i) + 1) : NULL;
}

static bool
state_readable(const documents_state *state)
{
	return state->mark == STATE_MARK && state->n >= 0 && state->n <= room_of(state) &&
		   state->scale >= RCV_SCALE_MIN && state->scale <= RCV_SCALE_MAX;
}

/* Whether an aggregate can have made its terms. */
static bool
terms_possible(const documents_state *state)
{
	return state->method >= 0 && state->method < RCV_ALLOCATION_METHODS && state->tolerance >= 0 &&
		   state->tolerance_scale >= RCV_SCALE_MIN && state->tolerance_scale <= RCV_SCALE_MAX;
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

/* An empty state of these terms. */
static documents_state *
new_state(const documents_state *terms)
{
	Size size = STATE_HEADER + FIRST_DOCUMENTS * width_of(terms);
	documents_state *state = palloc0(size);

	memcpy(state, terms, STATE_HEADER);
	SET_VARSIZE(state, size);
	return state;
}

static bool
same_terms(const documents_state *a, const documents_state *b)
{
	return a->method == b->method && a->rest == b->rest && a->tolerance == b->tolerance &&
		   a->tolerance_scale == b->tolerance_scale && !a->charges == !b->charges;
}

/* The same with room for this many documents. */
static documents_state *
enlarge(documents_state *state, int64 room)
{
	Size size = STATE_HEADER + room * width_of(state);
	documents_state *larger = palloc0(size); /* no stray bytes in a state that travels */

	CHECK_FOR_INTERRUPTS();
	memcpy(larger, state, STATE_HEADER + state->n * width_of(state));
	SET_VARSIZE(larger, size);
	return larger;
}

static void
set_scale(documents_state *state, int scale)
{
	for (int64 i = 0; i < state->n; i++)
		rcv_check(
			rcv_document_rescale(document_at(state, i), charges_at(state, i), state->scale, scale),
			"amount");
	state->scale = scale;
}

/* Adds a document whose amounts are at this scale. */
static documents_state *
add_document(documents_state *state, rcv_document document, rcv_charges charges, int scale)
{
	if (scale > state->scale)
		set_scale(state, scale);
	rcv_check(rcv_document_rescale(&document, &charges, scale, state->scale), "amount");
	if (state->n >= DOCUMENTS_MAX)
		limit_error();
	if (state->n == room_of(state))
		state = enlarge(state, Min(state->n * 2 + FIRST_DOCUMENTS, DOCUMENTS_MAX));
	*document_at(state, state->n) = document;
	if (state->charges)
		*charges_at(state, state->n) = charges;
	state->n++;
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
	rcv_allocation_options options = {.tolerance = {0, RCV_SCALE_MIN}};
	int last = PG_NARGS() - 1;

	*terms = (documents_state){.mark = STATE_MARK, .as_of = RCV_DAY_MAX, .scale = RCV_SCALE_MIN};
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
	terms->charges = PG_NARGS() == ARGS_CHARGES;
}

/* The state to which a row adds. */
static documents_state *
state_for_row(FunctionCallInfo fcinfo)
{
	documents_state asked;
	documents_state *state;

	asked_terms(fcinfo, &asked);
	if (PG_ARGISNULL(ARG_STATE))
		return new_state(&asked);
	state = state_arg(fcinfo, ARG_STATE);
	if (state->as_of != asked.as_of)
		rcv_varying_error("as_of");
	if (!same_terms(state, &asked))
		rcv_varying_error("options");
	return state;
}

/* add(state, payment, invoice, day, amount, due [, reference, interest, costs, weight] [, as_of,
 * options]) */
PG_FUNCTION_INFO_V1(pgrcv_allocate_add);
Datum
pgrcv_allocate_add(PG_FUNCTION_ARGS)
{
	documents_state *state;
	rcv_document document;
	rcv_charges charges = {0};
	rcv_money amount;
	int scale;

	if (PG_ARGISNULL(ARG_AMOUNT) || (!PG_ARGISNULL(ARG_PAYMENT) && PG_ARGISNULL(ARG_DAY)))
		return rcv_same_state(fcinfo);
	amount = rcv_numeric_money(PG_GETARG_DATUM(ARG_AMOUNT), "amount");
	document = document_args(fcinfo, amount);
	scale = amount.scale;
	if (rcv_document_kind_of(&document) != RCV_DOCUMENT_INVOICE && document.day == RCV_DAY_ALWAYS)
		return rcv_same_state(fcinfo);
	if (PG_NARGS() == ARGS_CHARGES)
		charges = charges_args(fcinfo, &document, &scale);
	state = state_for_row(fcinfo);
	if (document.day > state->as_of ||
		(document.units == 0 && charges.interest == 0 && charges.costs == 0))
		PG_RETURN_POINTER(state);
	PG_RETURN_POINTER(add_document(state, document, charges, scale));
}

PG_FUNCTION_INFO_V1(pgrcv_allocate_merge);
Datum
pgrcv_allocate_merge(PG_FUNCTION_ARGS)
{
	documents_state *state = state_arg(fcinfo, 0);
	documents_state *other = state_arg(fcinfo, 1);

	if (state->as_of != other->as_of)
		rcv_varying_error("as_of");
	if (!same_terms(state, other))
		rcv_varying_error("options");
	for (int64 i = 0; i < other->n; i++)
	{
		const rcv_charges *charges = charges_at(other, i);

		state = add_document(state, *document_at(other, i), charges ? *charges : (rcv_charges){0},
							 other->scale);
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
									  .tolerance = {state->tolerance, state->tolerance_scale}};
	rcv_allocation_terms terms = rcv_allocation_terms_of(&options, NULL, state->scale);
	rcv_debt *debts = huge((state->n + 1) * sizeof(*debts));
	rcv_credit *credits = huge((state->n + 1) * sizeof(*credits));
	rcv_allocation_fault fault;
	int32 n = 0;
	int32 m = 0;

	for (int64 i = 0; i < state->n; i++)
	{
		const rcv_document *document = document_at(state, i);

		if (rcv_document_kind_of(document) == RCV_DOCUMENT_INVOICE)
			rcv_check(rcv_document_debt(document, charges_at(state, i), &debts[n++]), what_state);
		else
			rcv_check(rcv_document_credit(document, &credits[m++]), what_state);
	}
	out->scale = state->scale;
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
	if (state->n > DOCUMENTS_MAX)
		limit_error();
	open_result(fcinfo, &out);
	allocate(state, &out);
	PG_RETURN_ARRAYTYPE_P(array_of(&out, HeapTupleHeaderGetTypeId(out.head->t_data)));
}
