/*
 * ageing_pg.c
 *		Ageing bucket of an item, and the ageing balance as an aggregate.
 *
 * The state of the aggregate is the image of ageing.h in a bytea: a plain SQL
 * type, so that it can be sent to another server and stored.  It never grows
 * and is changed in place inside an aggregate.  No byte of a state is trusted:
 * anybody may call the state functions, or make an aggregate of them.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "settlement/ageing.h"

static const char *const what_state = "ageing state";
static const char *const bounds_hint =
	"Give the upper edges of the buckets in days past due, as in '{30,60,90,120}'.";

/* Bounds ---------------------------------------------------------------- */

/* Elements of an int[]; its shape is checked, its order is not. */
typedef struct bounds_array
{
	const int32 *days;
	int n;
} bounds_array;

static void pg_attribute_cold
shape_error(const ArrayType *array)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("bounds must be a one-dimensional array"),
						errdetail("The array has %d dimensions.", ARR_NDIM(array)),
						errhint("%s", bounds_hint)));
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("bounds must not contain nulls"),
			 errdetail("A bucket without an upper edge cannot be told from the next one."),
			 errhint("%s", bounds_hint)));
}

static inline bounds_array
open_bounds(Datum value)
{
	const ArrayType *array = (const ArrayType *) DatumGetPointer(value);

	if (unlikely(!VARATT_IS_4B_U(array)))
		array = DatumGetArrayTypeP(value);
	if (unlikely(ARR_NDIM(array) == 0))
		return (bounds_array){NULL, 0};
	if (unlikely(ARR_NDIM(array) > 1 || array_contains_nulls((ArrayType *) array)))
		shape_error(array);
	return (bounds_array){(const int32 *) ARR_DATA_PTR(array), ARR_DIMS(array)[0]};
}

static void pg_attribute_cold
order_error(const bounds_array *bounds, int fault)
{
	if (fault == bounds->n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bounds must have 1 to %d elements", RCV_AGEING_BOUNDS_MAX),
				 errdetail("The array has %d elements.", bounds->n), errhint("%s", bounds_hint)));
	if (bounds->days[fault] < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bounds must not be negative"),
				 errdetail("Bound %d is %d.", fault + 1, bounds->days[fault]),
				 errhint("Amounts not yet due have a bucket of their own, number 0.")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("bounds must ascend"),
					errdetail("Bound %d is %d, the one before it %d.", fault + 1,
							  bounds->days[fault], bounds->days[fault - 1]),
					errhint("%s", bounds_hint)));
}

static inline void
check_order(const bounds_array *bounds)
{
	int fault;

	if (unlikely(rcv_ageing_check_bounds(bounds->days, bounds->n, &fault) != RCV_OK))
		order_error(bounds, fault);
}

PG_FUNCTION_INFO_V1(pgrcv_ageing_bucket);
Datum
pgrcv_ageing_bucket(PG_FUNCTION_ARGS)
{
	int32 as_of = rcv_day_arg(PG_GETARG_DATEADT(0), "as_of");
	int32 due = rcv_day_arg(PG_GETARG_DATEADT(1), "due");
	bounds_array bounds = open_bounds(PG_GETARG_DATUM(2));

	check_order(&bounds);
	PG_RETURN_INT32(rcv_ageing_bucket(as_of - due, bounds.days, bounds.n));
}

/* States ---------------------------------------------------------------- */

static struct varlena *
new_state(int32 as_of, const bounds_array *bounds)
{
	Size size = VARHDRSZ + rcv_ageing_size(bounds->n);
	struct varlena *state = palloc(size);

	SET_VARSIZE(state, size);
	rcv_ageing_init((uint8_t *) VARDATA(state), as_of, bounds->days, bounds->n);
	return state;
}

/* The image in a state that is only read. */
static const uint8_t *
read_state(Datum value)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(value);
	const uint8_t *image = (const uint8_t *) VARDATA_ANY(stored);

	rcv_check(rcv_ageing_check(image, VARSIZE_ANY_EXHDR(stored)), what_state);
	return image;
}

/* A state that may be changed: the given one inside an aggregate, else a copy. */
static inline struct varlena *
writable_state(FunctionCallInfo fcinfo, Datum value)
{
	struct varlena *state = (struct varlena *) DatumGetPointer(value);

	if (unlikely(!VARATT_IS_4B_U(state) || !AggCheckCallContext(fcinfo, NULL)))
		state = PG_DETOAST_DATUM_COPY(value);
	rcv_check(rcv_ageing_check_header((const uint8_t *) VARDATA(state), VARSIZE(state) - VARHDRSZ),
			  what_state);
	return state;
}

static void pg_attribute_cold
unequal_error(void)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("as_of and bounds must be the same for all rows of an ageing"),
					errdetail("Sums of different days or buckets cannot be added."),
					errhint("Add the columns they come from to GROUP BY.")));
}

static inline void
check_same(const uint8_t *image, int32 as_of, const bounds_array *bounds)
{
	if (likely(rcv_ageing_as_of(image) == as_of && rcv_ageing_count(image) == bounds->n &&
			   memcmp(rcv_ageing_bounds(image), bounds->days, bounds->n * sizeof(int32)) == 0))
		return;
	rcv_day_arg(as_of, "as_of");
	check_order(bounds);
	unequal_error();
}

static inline void
check_sum(rcv_status status)
{
	if (unlikely(status != RCV_OK))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("sum of a bucket is out of range"),
						errdetail("Sums hold 38 digits, as many of them decimals as the amount "
								  "with the most has."),
						errhint("Round amounts to the decimals of their currency.")));
}

static void pg_attribute_cold
null_error(const char *what, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", what),
					errhint("%s", hint)));
}

/*
 * ageing_add(state, amount, due, as_of, bounds): not strict, because a null
 * amount or due leaves the state as it is and a null as_of is an error.
 */
PG_FUNCTION_INFO_V1(pgrcv_ageing_add);
Datum
pgrcv_ageing_add(PG_FUNCTION_ARGS)
{
	struct varlena *state;
	rcv_money amount;
	int32 due;
	bounds_array bounds;

	if (unlikely(PG_ARGISNULL(3)))
		null_error("as_of", "Give the day at which the balance is aged.");
	if (unlikely(PG_ARGISNULL(4)))
		null_error("bounds", bounds_hint);
	bounds = open_bounds(PG_GETARG_DATUM(4));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		check_order(&bounds);
		return rcv_same_state(fcinfo);
	}
	amount = rcv_numeric_money(PG_GETARG_DATUM(1), "amount");
	due = rcv_day_arg(PG_GETARG_DATEADT(2), "due");
	if (unlikely(PG_ARGISNULL(0)))
	{
		check_order(&bounds);
		state = new_state(rcv_day_arg(PG_GETARG_DATEADT(3), "as_of"), &bounds);
	}
	else
	{
		state = writable_state(fcinfo, PG_GETARG_DATUM(0));
		check_same((const uint8_t *) VARDATA(state), PG_GETARG_DATEADT(3), &bounds);
	}
	check_sum(rcv_ageing_add((uint8_t *) VARDATA(state), due, amount));
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_ageing_merge);
Datum
pgrcv_ageing_merge(PG_FUNCTION_ARGS)
{
	const uint8_t *other = read_state(PG_GETARG_DATUM(1));
	struct varlena *state = writable_state(fcinfo, PG_GETARG_DATUM(0));
	rcv_status status;

	read_state(PointerGetDatum(state));
	status = rcv_ageing_merge((uint8_t *) VARDATA(state), other);
	if (status == RCV_EDOMAIN)
		unequal_error();
	check_sum(status);
	PG_RETURN_POINTER(state);
}

/* The sums as an array whose subscripts are the buckets, from 0. */
PG_FUNCTION_INFO_V1(pgrcv_ageing_finish);
Datum
pgrcv_ageing_finish(PG_FUNCTION_ARGS)
{
	const uint8_t *image = read_state(PG_GETARG_DATUM(0));
	int scale = rcv_ageing_scale(image);
	int n = rcv_ageing_count(image) + 2;
	int first = 0;
	Datum sums[RCV_AGEING_BUCKETS_MAX];

	for (int bucket = 0; bucket < n; bucket++)
		sums[bucket] = rcv_money_numeric(rcv_ageing_sum(image, bucket), scale);
	PG_RETURN_ARRAYTYPE_P(
		construct_md_array(sums, NULL, 1, &n, &first, NUMERICOID, -1, false, TYPALIGN_INT));
}
