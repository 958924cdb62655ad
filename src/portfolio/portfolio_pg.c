/*
 * portfolio_pg.c
 *		The aggregate portfolio_agg, and the form of its state.
 */
#include "portfolio/portfolio_pg.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define EXPANDED_MAGIC 0x50464C31 /* "PFL1" */

typedef struct portfolio_object
{
	ExpandedObjectHeader header;
	int magic;
	rcv_portfolio portfolio;
	rcv_portfolio_view tidy; /* made by get_flat_size for flatten_into */
} portfolio_object;

static Size portfolio_flat_size(ExpandedObjectHeader *header);
static void portfolio_flatten(ExpandedObjectHeader *header, void *result, Size size);

static const ExpandedObjectMethods portfolio_methods = {
	portfolio_flat_size,
	portfolio_flatten,
};

void
rcv_portfolio_status(rcv_status status, const rcv_portfolio_view *view)
{
	if (likely(status == RCV_OK))
		return;
	if (status == RCV_ELIMIT)
		ereport(
			ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("portfolio is too large"),
			 errdetail("%zu customers or more over %d days would take over %zu MB: 32 bytes and "
					   "one bit a day for each.",
					   view->n, view->max_day - view->min_day + 1, RCV_PORTFOLIO_BYTES_MAX >> 20),
			 errhint("Leave out rows with impossible days, take fewer years or customers, or use "
					 "GROUP BY with activity_agg, which has no such limit.")));
	if (status == RCV_EOVERFLOW)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the value or the documents of a customer are out of range"),
						errdetail("All values of a portfolio have the decimals of its finest "
								  "amount, and 18 digits with them."),
						errhint("Round amounts to the decimals of their currency, as in "
								"round(amount, 2), or use GROUP BY with activity_agg.")));
	rcv_check(status, "portfolio");
}

static void *
resize(void *context, void *old, size_t size)
{
	CHECK_FOR_INTERRUPTS();
	if (size == 0)
	{
		if (old != NULL)
			pfree(old);
		return NULL;
	}
	return old == NULL ? MemoryContextAllocHuge(context, size) : repalloc_huge(old, size);
}

/* Expanded form ------------------------------------------------------------ */

static portfolio_object *
new_object(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "portfolio", ALLOCSET_DEFAULT_SIZES);
	portfolio_object *object = MemoryContextAllocZero(context, sizeof(*object));

	EOH_init_header(&object->header, &portfolio_methods, context);
	object->magic = EXPANDED_MAGIC;
	rcv_portfolio_init(&object->portfolio, resize, context);
	return object;
}

static Size
portfolio_flat_size(ExpandedObjectHeader *header)
{
	portfolio_object *object = (portfolio_object *) header;
	rcv_portfolio_view *view = &object->portfolio.view;
	Size size;

	rcv_portfolio_status(rcv_portfolio_flush(&object->portfolio), view);
	rcv_portfolio_tidy(view, &object->tidy);
	size = offsetof(rcv_portfolio_flat, rows) + view->n * rcv_portfolio_stride(object->tidy.words);
	if (!AllocSizeIsValid(size))
		rcv_portfolio_status(RCV_ELIMIT, view);
	return size;
}

static void
fill_header(rcv_portfolio_flat *flat, const rcv_portfolio_view *tidy, Size size)
{
	memset(flat, 0, offsetof(rcv_portfolio_flat, rows));
	SET_VARSIZE(flat, size);
	flat->version = RCV_PORTFOLIO_VERSION;
	flat->scale = (uint8) tidy->scale;
	flat->words = tidy->words;
	flat->base_day = tidy->base_day;
	flat->min_day = tidy->min_day;
	flat->max_day = tidy->max_day;
	flat->n = (int64) tidy->n;
}

static void
portfolio_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	portfolio_object *object = (portfolio_object *) header;
	rcv_portfolio_view *view = &object->portfolio.view;
	rcv_portfolio_flat *flat = result;
	Size room = (view->n + 1) * sizeof(rcv_keyed);
	rcv_keyed *keys = MemoryContextAllocHuge(object->header.eoh_context, room);
	rcv_keyed *spare = MemoryContextAllocHuge(object->header.eoh_context, room);
	const rcv_keyed *ordered;
	uint64_t *days;

	CHECK_FOR_INTERRUPTS();
	fill_header(flat, &object->tidy, size);
	ordered = rcv_portfolio_order(view, keys, spare);
	days = rcv_portfolio_flat_days(flat);
	for (Size i = 0; i < view->n; i++, days += object->tidy.words)
	{
		CHECK_FOR_INTERRUPTS();
		rcv_portfolio_copy_row(view, ordered[i].value, &object->tidy, &flat->rows[i], days);
	}
	pfree(spare);
	pfree(keys);
}

uint64_t *
rcv_portfolio_flat_days(rcv_portfolio_flat *flat)
{
	return (uint64_t *) &flat->rows[flat->n];
}

rcv_portfolio_flat *
rcv_portfolio_new_flat(const rcv_portfolio_view *tidy)
{
	Size size = offsetof(rcv_portfolio_flat, rows);
	rcv_portfolio_flat *flat;

	if (tidy->n > RCV_PORTFOLIO_BYTES_MAX / rcv_portfolio_stride(tidy->words))
		rcv_portfolio_status(RCV_ELIMIT, tidy);
	size += tidy->n * rcv_portfolio_stride(tidy->words);
	flat = palloc0(size);
	fill_header(flat, tidy, size);
	return flat;
}

static portfolio_object *
object_of(Datum value)
{
	portfolio_object *object = (portfolio_object *) DatumGetEOHP(value);

	if (object->magic != EXPANDED_MAGIC)
		elog(ERROR, "not an expanded portfolio");
	return object;
}

rcv_portfolio_view
rcv_portfolio_arg(Datum value)
{
	rcv_portfolio_flat *flat;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(value)))
	{
		portfolio_object *object = object_of(value);

		rcv_portfolio_status(rcv_portfolio_flush(&object->portfolio), &object->portfolio.view);
		return object->portfolio.view;
	}
	flat = (rcv_portfolio_flat *) PG_DETOAST_DATUM(value);
	if (flat->version != RCV_PORTFOLIO_VERSION)
		rcv_check(RCV_EVERSION, "portfolio");
	return (rcv_portfolio_view){.rows = flat->rows,
								.days = rcv_portfolio_flat_days(flat),
								.n = (size_t) flat->n,
								.words = flat->words,
								.base_day = flat->base_day,
								.min_day = flat->min_day,
								.max_day = flat->max_day,
								.scale = flat->scale};
}

/* Aggregate ---------------------------------------------------------------- */

static void
merge_into(portfolio_object *object, const rcv_portfolio_view *other)
{
	Size done = 0;

	do
	{
		CHECK_FOR_INTERRUPTS();
		rcv_portfolio_status(rcv_portfolio_merge(&object->portfolio, other, &done),
							 &object->portfolio.view);
	} while (done < other->n);
}

/* A new object, with the customers of the given state if there is one. */
static portfolio_object *
copied_object(FunctionCallInfo fcinfo, MemoryContext context)
{
	portfolio_object *object;
	rcv_portfolio_view view;

	if (PG_ARGISNULL(0))
		return new_object(context);
	view = rcv_portfolio_arg(PG_GETARG_DATUM(0));
	object = new_object(context);
	merge_into(object, &view);
	return object;
}

/*
 * The object of a state that may be changed.  Outside an aggregate, and where
 * the first state came flat, that is a copy.
 */
static inline portfolio_object *
writable_object(FunctionCallInfo fcinfo, MemoryContext context, bool in_aggregate)
{
	if (in_aggregate && !PG_ARGISNULL(0) &&
		VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0))))
		return object_of(PG_GETARG_DATUM(0));
	return copied_object(fcinfo, context);
}

/*
 * portfolio_add(state, customer, day, amount): not strict, because a line with
 * a null leaves the state as it is.
 */
PG_FUNCTION_INFO_V1(pgrcv_portfolio_add);
Datum
pgrcv_portfolio_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = CurrentMemoryContext;
	bool in_aggregate = AggCheckCallContext(fcinfo, &context) != 0;
	portfolio_object *object;
	rcv_money amount;
	int32 day;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return rcv_same_state(fcinfo);
	amount = rcv_numeric_money(PG_GETARG_DATUM(3), "amount");
	day = rcv_day_arg(PG_GETARG_DATEADT(2), "day");
	object = writable_object(fcinfo, context, in_aggregate);
	rcv_portfolio_status(rcv_portfolio_add(&object->portfolio, PG_GETARG_INT64(1), day, amount),
						 &object->portfolio.view);
	if (!in_aggregate) /* what can't be added must not become a value */
		rcv_portfolio_status(rcv_portfolio_flush(&object->portfolio), &object->portfolio.view);
	PG_RETURN_DATUM(EOHPGetRWDatum(&object->header));
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_merge);
Datum
pgrcv_portfolio_merge(PG_FUNCTION_ARGS)
{
	MemoryContext context = CurrentMemoryContext;
	bool in_aggregate = AggCheckCallContext(fcinfo, &context) != 0;
	portfolio_object *object;
	rcv_portfolio_view other;

	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	object = writable_object(fcinfo, context, in_aggregate);
	other = rcv_portfolio_arg(PG_GETARG_DATUM(1));
	merge_into(object, &other);
	PG_RETURN_DATUM(EOHPGetRWDatum(&object->header));
}

/*
 * portfolio_finish(state): the state itself, read only.  The pointer is copied
 * into the caller's memory context, where an aggregate's result is expected to
 * lie: before version 16 the server would flatten the object otherwise.  The
 * object lives as long as the aggregate's group.
 */
PG_FUNCTION_INFO_V1(pgrcv_portfolio_finish);
Datum
pgrcv_portfolio_finish(PG_FUNCTION_ARGS)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(PG_GETARG_DATUM(0));
	void *copy;

	if (!VARATT_IS_EXTERNAL_EXPANDED(value))
		PG_RETURN_POINTER(value);
	copy = palloc(EXPANDED_POINTER_SIZE);
	memcpy(copy, object_of(PointerGetDatum(value))->header.eoh_ro_ptr, EXPANDED_POINTER_SIZE);
	PG_RETURN_POINTER(copy);
}
