/*
 * activity_pg.c
 *		Aggregates and questions of the type activity.
 *
 * The state of the aggregates is the type itself, so that it can be stored,
 * sent to another server as text and merged again.  Inside an aggregate the
 * state is a varlena with room at its end, changed in place; everywhere else
 * values are canonical and exactly as long as they must be.
 */
#include "activity/activity_pg.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"

#define FIRST_SIZE 128 /* bytes of a new state: some twenty days */
#define TIDY_LINES 64  /* from here on, same-day lines merge before growing */

static const char *const what_activity = "activity";

static inline uint8_t *
image_of(struct varlena *value)
{
	return (uint8_t *) VARDATA(value);
}

static inline Size
capacity_of(const struct varlena *value)
{
	return VARSIZE(value) - VARHDRSZ;
}

static struct varlena *
new_value(Size capacity)
{
	struct varlena *value;

	if (capacity > MaxAllocSize - VARHDRSZ)
		rcv_check(RCV_ELIMIT, what_activity);
	value = palloc(capacity + VARHDRSZ);
	SET_VARSIZE(value, capacity + VARHDRSZ);
	return value;
}

static rcv_activity_line *
read_lines(const uint8_t *image)
{
	rcv_activity_line *lines;

	lines = MemoryContextAllocHuge(CurrentMemoryContext,
								   ((Size) rcv_activity_count(image) + 1) * sizeof(*lines));
	rcv_check(rcv_activity_lines(image, lines), what_activity);
	return lines;
}

/* A value of merged lines with at least spare bytes of room behind them. */
static struct varlena *
value_of_lines(const rcv_activity_line *lines, Size n, int scale, Size spare)
{
	Size room = rcv_activity_room(lines, n);
	struct varlena *value = new_value(room + spare);

	rcv_check(rcv_activity_write(image_of(value), room + spare, lines, n, scale), what_activity);
	return value;
}

static rcv_status
merge_lines(rcv_activity_line *lines, Size *n)
{
	rcv_activity_line *spare = NULL;
	rcv_status status;

	CHECK_FOR_INTERRUPTS();
	if (*n > RCV_ACTIVITY_FEW)
		spare = MemoryContextAllocHuge(CurrentMemoryContext, *n * sizeof(*spare));
	status = rcv_activity_merge_lines(lines, n, spare);
	if (spare != NULL)
		pfree(spare);
	CHECK_FOR_INTERRUPTS();
	return status;
}

struct varlena *
rcv_activity_of_lines(rcv_activity_line *lines, Size n, int scale)
{
	struct varlena *value;
	int smallest;

	rcv_check(merge_lines(lines, &n), "the documents or the amount of a day");
	smallest = rcv_activity_reduce_scale(lines, n, scale);
	rcv_check(rcv_activity_rescale_lines(lines, n, scale, smallest), "amount");
	value = value_of_lines(lines, n, smallest, 0);
	SET_VARSIZE(value, rcv_activity_size(image_of(value)) + VARHDRSZ);
	return value;
}

static struct varlena *
canonical_copy(const uint8_t *image)
{
	rcv_activity_line *lines;
	struct varlena *value;

	if (rcv_activity_canonical(image))
	{
		Size size = rcv_activity_size(image);

		value = new_value(size);
		memcpy(image_of(value), image, size);
		return value;
	}
	lines = read_lines(image);
	value = rcv_activity_of_lines(lines, rcv_activity_count(image), rcv_activity_scale(image));
	pfree(lines);
	return value;
}

static const uint8_t *
raw_image(Datum value)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(value);
	const uint8_t *image = (const uint8_t *) VARDATA_ANY(stored);

	rcv_check(rcv_activity_check(image, VARSIZE_ANY_EXHDR(stored)), what_activity);
	return image;
}

const uint8_t *
rcv_activity_image(Datum value)
{
	const uint8_t *image = raw_image(value);

	return likely(rcv_activity_canonical(image)) ? image : image_of(canonical_copy(image));
}

rcv_activity_facts
rcv_activity_facts_arg(Datum value, int32 as_of)
{
	rcv_activity_facts facts;

	rcv_check(rcv_activity_facts_at(rcv_activity_image(value), as_of, &facts), what_activity);
	return facts;
}

/* States --------------------------------------------------------------- */

/* The state with room for more lines, at the given scale or its own. */
static struct varlena *
enlarge(struct varlena *state, int scale)
{
	uint8_t *image = image_of(state);
	Size n = rcv_activity_count(image);
	int own = rcv_activity_scale(image);
	rcv_activity_line *lines;
	struct varlena *larger;

	CHECK_FOR_INTERRUPTS();
	if (scale <= own && n < TIDY_LINES)
	{
		Size used = rcv_activity_size(image);

		/* memory comes in powers of two: take all of one */
		larger =
			new_value(pg_nextpower2_size_t(used + VARHDRSZ + RCV_ACTIVITY_LINE_MAX) - VARHDRSZ);
		memcpy(image_of(larger), image, used);
		return larger;
	}
	lines = read_lines(image);
	(void) merge_lines(lines, &n); /* a day's total too large now may fit at the end */
	scale = Max(scale, own);
	rcv_check(rcv_activity_rescale_lines(lines, n, own, scale), "amount");
	larger = value_of_lines(lines, n, scale, rcv_activity_room(lines, n) + FIRST_SIZE);
	pfree(lines);
	return larger;
}

/* Adds a line to a state that may be changed; returns it or a larger one. */
static inline struct varlena *
put_line(struct varlena *state, rcv_activity_line line, int scale)
{
	int own = rcv_activity_scale(image_of(state));
	rcv_status status;

	if (unlikely(scale > own))
		state = enlarge(state, scale);
	else if (scale < own)
		rcv_check(rcv_money_rescale(line.units, scale, own, &line.units), "amount");
	status = rcv_activity_append(image_of(state), capacity_of(state), &line);
	if (unlikely(status == RCV_EROOM))
	{
		state = enlarge(state, scale);
		status = rcv_activity_append(image_of(state), capacity_of(state), &line);
	}
	rcv_check(status, what_activity);
	return state;
}

static struct varlena *
new_state(void)
{
	struct varlena *state = new_value(FIRST_SIZE - VARHDRSZ);

	rcv_activity_init(image_of(state));
	return state;
}

/* A state that may be changed: the given one inside an aggregate, else a copy. */
static struct varlena *
writable_state(Datum value, bool in_aggregate)
{
	const uint8_t *image;
	Size used;
	struct varlena *state;

	if (in_aggregate && VARATT_IS_4B_U(DatumGetPointer(value)))
	{
		state = (struct varlena *) DatumGetPointer(value);
		rcv_check(rcv_activity_check(image_of(state), capacity_of(state)), what_activity);
		return state;
	}
	image = raw_image(value);
	used = rcv_activity_size(image);
	state = new_value(used + FIRST_SIZE);
	memcpy(image_of(state), image, used);
	return state;
}

/* What a state function returns: the state itself only inside an aggregate. */
static Datum
state_result(struct varlena *state, bool in_aggregate)
{
	return PointerGetDatum(in_aggregate ? state : canonical_copy(image_of(state)));
}

/*
 * Among many groups the state is rarely in a cache: its header and the lines
 * behind it are asked for together, not one after the other.
 */
static inline void
ask_for_state(FunctionCallInfo fcinfo)
{
	const char *state = DatumGetPointer(PG_GETARG_DATUM(0));

	for (int at = 0; at <= FIRST_SIZE; at += 64)
		__builtin_prefetch(state + at, 1);
}

/*
 * activity_add(state, day, amount): not strict, because a null day or amount
 * leaves the state as it is.
 */
PG_FUNCTION_INFO_V1(pgrcv_activity_add);
Datum
pgrcv_activity_add(PG_FUNCTION_ARGS)
{
	bool in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	struct varlena *state;
	rcv_activity_line line;
	rcv_money amount;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	if (!PG_ARGISNULL(0))
		ask_for_state(fcinfo);
	amount = rcv_numeric_money(PG_GETARG_DATUM(2), "amount");
	line.day = rcv_day_arg(PG_GETARG_DATEADT(1), "day");
	line.documents = amount.units > 0;
	line.units = amount.units;
	state = PG_ARGISNULL(0) ? new_state() : writable_state(PG_GETARG_DATUM(0), in_aggregate);
	PG_RETURN_DATUM(state_result(put_line(state, line, amount.scale), in_aggregate));
}

/*
 * activity_merge(a, b): all lines of both; combine function and state function
 * of rollup.  Not strict, because a null adds nothing and must lose nothing.
 */
PG_FUNCTION_INFO_V1(pgrcv_activity_merge);
Datum
pgrcv_activity_merge(PG_FUNCTION_ARGS)
{
	bool in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	struct varlena *state;
	rcv_activity_reader reader;
	rcv_activity_line line;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
	{
		int given = PG_ARGISNULL(0) ? 1 : 0;

		if (PG_ARGISNULL(given))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(given));
	}
	state = writable_state(PG_GETARG_DATUM(0), in_aggregate);
	rcv_activity_open(raw_image(PG_GETARG_DATUM(1)), &reader);
	while (rcv_activity_next(&reader, &line))
	{
		CHECK_FOR_INTERRUPTS();
		state = put_line(state, line, reader.scale);
	}
	rcv_activity_end(&reader);
	PG_RETURN_DATUM(state_result(state, in_aggregate));
}

PG_FUNCTION_INFO_V1(pgrcv_activity_finish);
Datum
pgrcv_activity_finish(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(canonical_copy(raw_image(PG_GETARG_DATUM(0))));
}

/* Questions ------------------------------------------------------------ */

static rcv_activity_facts
facts_at(FunctionCallInfo fcinfo)
{
	return rcv_activity_facts_arg(PG_GETARG_DATUM(0),
								  rcv_day_or_infinity_arg(PG_GETARG_DATEADT(1), "as_of"));
}

/* For figures counted from as_of, which must be a day. */
static rcv_activity_facts
facts_at_day(FunctionCallInfo fcinfo)
{
	return rcv_activity_facts_arg(PG_GETARG_DATUM(0), rcv_day_arg(PG_GETARG_DATEADT(1), "as_of"));
}

static rcv_activity_facts
facts_between(FunctionCallInfo fcinfo)
{
	DateADT from = PG_GETARG_DATEADT(1);
	rcv_activity_facts facts;

	rcv_check(rcv_activity_facts_between(
				  rcv_activity_image(PG_GETARG_DATUM(0)),
				  DATE_IS_NOBEGIN(from) ? RCV_DAY_MIN : rcv_day_arg(from, "from_day"),
				  rcv_day_or_infinity_arg(PG_GETARG_DATEADT(2), "to_day"), &facts),
			  what_activity);
	return facts;
}

static Datum
int32_result(int64 value, const char *what)
{
	if (value > PG_INT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("number of %s is out of range", what),
						errdetail("It is %lld; an integer holds up to %d.", (long long) value,
								  PG_INT32_MAX)));
	PG_RETURN_INT32((int32) value);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_recency);
Datum
pgrcv_activity_recency(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = facts_at_day(fcinfo);

	if (facts.frequency == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(PG_GETARG_DATEADT(1) - facts.last_day);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_tenure);
Datum
pgrcv_activity_tenure(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = facts_at_day(fcinfo);

	if (facts.frequency == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(PG_GETARG_DATEADT(1) - facts.first_day);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_frequency);
Datum
pgrcv_activity_frequency(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(facts_at(fcinfo).frequency);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_documents);
Datum
pgrcv_activity_documents(PG_FUNCTION_ARGS)
{
	return int32_result(facts_at(fcinfo).documents, "documents");
}

PG_FUNCTION_INFO_V1(pgrcv_activity_monetary);
Datum
pgrcv_activity_monetary(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = facts_at(fcinfo);

	return rcv_money_numeric(facts.units, facts.scale);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_first_day);
Datum
pgrcv_activity_first_day(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = rcv_activity_facts_arg(PG_GETARG_DATUM(0), RCV_DAY_MAX);

	if (facts.frequency == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(facts.first_day);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_last_day);
Datum
pgrcv_activity_last_day(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = facts_at(fcinfo);

	if (facts.frequency == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(facts.last_day);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_average_gap);
Datum
pgrcv_activity_average_gap(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = facts_at(fcinfo);
	double gap;

	if (rcv_activity_average_gap(&facts, &gap) != RCV_OK)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(gap);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_active_days);
Datum
pgrcv_activity_active_days(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(facts_between(fcinfo).frequency);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_amount_between);
Datum
pgrcv_activity_amount_between(PG_FUNCTION_ARGS)
{
	rcv_activity_facts facts = facts_between(fcinfo);

	return rcv_money_numeric(facts.units, facts.scale);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_days);
Datum
pgrcv_activity_days(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	rcv_activity_reader *reader;
	rcv_activity_line line;
	Datum values[3];
	bool nulls[3] = {false, false, false};

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		call = rcv_first_call(fcinfo, sizeof(*reader));
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		rcv_activity_open(image_of(canonical_copy(raw_image(PG_GETARG_DATUM(0)))), call->user_fctx);
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	reader = call->user_fctx;
	if (!rcv_activity_next(reader, &line))
	{
		rcv_activity_end(reader);
		SRF_RETURN_DONE(call);
	}
	values[0] = DateADTGetDatum(line.day);
	values[1] = Int32GetDatum(line.documents);
	values[2] = rcv_money_numeric(line.units, reader->scale);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

/* Comparison ----------------------------------------------------------- */

static bool
values_equal(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	const uint8_t *x = rcv_activity_image(PointerGetDatum(a));
	const uint8_t *y = rcv_activity_image(PointerGetDatum(b));
	Size size = rcv_activity_size(x);
	bool equal = size == rcv_activity_size(y) && memcmp(x, y, size) == 0;

	/* an index may call this for many toasted values within one context */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return equal;
}

PG_FUNCTION_INFO_V1(pgrcv_activity_eq);
Datum
pgrcv_activity_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_equal(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_activity_ne);
Datum
pgrcv_activity_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!values_equal(fcinfo));
}

PG_FUNCTION_INFO_V1(pgrcv_activity_hash);
Datum
pgrcv_activity_hash(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	const uint8_t *image = rcv_activity_image(PointerGetDatum(a));
	Datum hash = hash_any(image, (int) rcv_activity_size(image));

	PG_FREE_IF_COPY(a, 0);
	return hash;
}

PG_FUNCTION_INFO_V1(pgrcv_activity_hash_extended);
Datum
pgrcv_activity_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	const uint8_t *image = rcv_activity_image(PointerGetDatum(a));
	Datum hash = hash_any_extended(image, (int) rcv_activity_size(image), PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(a, 0);
	return hash;
}
