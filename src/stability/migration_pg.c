/*
 * migration_pg.c
 *		The aggregates migration_agg and rollup, and migrations of arrays.
 *
 * The state is a bytea that holds an open migration (migration.h), changed in
 * place inside an aggregate.  Any user may call the state functions with any
 * bytes: the layout is checked for each row, and the rest where it is used.
 */
#include "stability/migration_pg.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"

static const char *const what_state = "state of a migration";

/* Errors ----------------------------------------------------------------- */

static void
limit_error(int side)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many different segments %s", side == RCV_BEFORE ? "before" : "after"),
			 errdetail("A migration holds up to %d on each side.", RCV_MIGRATION_LABELS_MAX),
			 errhint("Give segments, not customers, or merge small segments beforehand.")));
	pg_unreachable();
}

static void
check_label(rcv_label label)
{
	if (unlikely(label.length > RCV_MIGRATION_LABEL_BYTES_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("name of a segment is too long"),
				 errdetail("It has %u bytes; a migration holds up to %d.", label.length,
						   RCV_MIGRATION_LABEL_BYTES_MAX)));
}

static void
check_total(rcv_status status)
{
	if (status == RCV_EOVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of customers is out of range"),
				 errdetail("A migration counts up to %lld.", (long long) RCV_MIGRATION_TOTAL_MAX)));
	if (status == RCV_EDOMAIN)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("customers with no segment before and none after are not counted"),
						errhint("Leave them out, or write 0.")));
	rcv_check(status, what_state);
}

/* Open migrations ------------------------------------------------------------ */

static rcv_migration *
new_open(const uint32_t *room, uint32_t text_room)
{
	Size size = rcv_migration_size(1, room, text_room);
	rcv_migration *open = palloc0(size); /* no stray bytes in a state that travels */

	SET_VARSIZE(open, size);
	rcv_migration_init(open, room, text_room);
	return open;
}

rcv_migration *
rcv_migration_open(void)
{
	static const uint32_t room[RCV_SIDES] = {RCV_MIGRATION_FIRST_ROOM, RCV_MIGRATION_FIRST_ROOM};

	return new_open(room, RCV_MIGRATION_FIRST_TEXT);
}

/* The same with room for a label more on each side that is full, and for its text. */
static rcv_migration *
enlarge(rcv_migration *open)
{
	uint32_t room[RCV_SIDES];
	uint32_t text_room = open->text_room;
	rcv_migration *larger;

	CHECK_FOR_INTERRUPTS();
	for (int side = 0; side < RCV_SIDES; side++)
		room[side] = open->n[side] == open->room[side] ? 2 * open->room[side] : open->room[side];
	if (open->text_room - open->text_used <= RCV_MIGRATION_LABEL_BYTES_MAX)
		text_room = Max(2 * text_room, open->text_used + 2 * RCV_MIGRATION_LABEL_BYTES_MAX);
	larger = new_open(room, text_room);
	rcv_check(rcv_migration_copy(open, larger), what_state);
	return larger;
}

/* After a failure other than a full side: a larger one, to try again with, or an error. */
static rcv_migration *
after_failure(rcv_migration *open, rcv_status status)
{
	if (status != RCV_EROOM)
		check_total(status);
	return enlarge(open);
}

rcv_migration *
rcv_migration_open_label(rcv_migration *open, int side, rcv_label label, uint32_t *out)
{
	rcv_status status;

	check_label(label);
	while ((status = rcv_migration_find(open, side, label, out)) != RCV_OK)
	{
		if (status == RCV_ELIMIT)
			limit_error(side);
		open = after_failure(open, status);
	}
	return open;
}

rcv_migration *
rcv_migration_open_add(rcv_migration *open, rcv_label before, rcv_label after, int64 n)
{
	rcv_status status;
	uint32_t index;

	check_label(before);
	check_label(after);
	while (unlikely((status = rcv_migration_add(open, before, after, n)) != RCV_OK))
	{
		if (status == RCV_ELIMIT)
			limit_error(rcv_migration_find(open, RCV_BEFORE, before, &index) == RCV_OK
							? RCV_AFTER
							: RCV_BEFORE);
		open = after_failure(open, status);
	}
	return open;
}

static rcv_migration *
merge(rcv_migration *open, const rcv_migration *other)
{
	rcv_migration_map *map = palloc0(sizeof(*map));
	rcv_status status;

	while ((status = rcv_migration_merge(open, other, map)) != RCV_OK)
	{
		if (status == RCV_ELIMIT)
			limit_error(map->done[RCV_BEFORE] < other->n[RCV_BEFORE] ? RCV_BEFORE : RCV_AFTER);
		open = after_failure(open, status);
	}
	pfree(map);
	CHECK_FOR_INTERRUPTS();
	return open;
}

/* A state may come from any user: its labels must be text of this database. */
static void
verify_labels(const rcv_migration *value)
{
	for (int side = 0; side < RCV_SIDES; side++)
		for (uint32 i = 1; i <= value->n[side]; i++)
		{
			rcv_label label = rcv_migration_label(value, side, i);

			pg_verifymbstr(label.text, (int) label.length, false);
		}
}

rcv_migration *
rcv_migration_value(const rcv_migration *open)
{
	rcv_migration_order *order = palloc(sizeof(*order));
	rcv_migration *value;
	Size size;

	check_total(rcv_migration_sort(open, order));
	size = rcv_migration_size(0, order->n, order->text);
	value = palloc0(size);
	rcv_migration_close(open, order, value);
	SET_VARSIZE(value, size);
	pfree(order);
	verify_labels(value);
	return value;
}

const rcv_migration *
rcv_migration_arg(Datum datum)
{
	const rcv_migration *value = (const rcv_migration *) PG_DETOAST_DATUM(datum);

	rcv_check(rcv_migration_check_closed(value, VARSIZE(value)), "migration");
	return value;
}

/* States --------------------------------------------------------------------- */

/* A state from anywhere, aligned. */
static rcv_migration *
copied_state(Datum datum)
{
	rcv_migration *state = rcv_state_copy(datum, sizeof(*state), what_state);

	rcv_check(rcv_migration_check_open(state, VARSIZE(state)), what_state);
	return state;
}

/* The state of the running aggregate itself, or a copy. */
static inline rcv_migration *
own_state(FunctionCallInfo fcinfo)
{
	rcv_migration *state = (rcv_migration *) DatumGetPointer(PG_GETARG_DATUM(0));

	if (!rcv_state_is_own(fcinfo, sizeof(*state)))
		return copied_state(PG_GETARG_DATUM(0));
	rcv_check(rcv_migration_check_open(state, VARSIZE(state)), what_state);
	return state;
}

static inline rcv_label
label_arg(FunctionCallInfo fcinfo, int argument)
{
	text *label;

	if (PG_ARGISNULL(argument))
		return (rcv_label){NULL, 0};
	label = PG_GETARG_TEXT_PP(argument);
	return (rcv_label){VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)};
}

/*
 * migration_add(state, before, after): not strict, as a null is "no segment";
 * a customer with two of them has not moved, and is not counted.
 */
PG_FUNCTION_INFO_V1(pgrcv_migration_add);
Datum
pgrcv_migration_add(PG_FUNCTION_ARGS)
{
	rcv_migration *state;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	state = PG_ARGISNULL(0) ? rcv_migration_open() : own_state(fcinfo);
	PG_RETURN_POINTER(rcv_migration_open_add(state, label_arg(fcinfo, 1), label_arg(fcinfo, 2), 1));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_add_value);
Datum
pgrcv_migration_add_value(PG_FUNCTION_ARGS)
{
	rcv_migration *state;

	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	state = PG_ARGISNULL(0) ? rcv_migration_open() : own_state(fcinfo);
	PG_RETURN_POINTER(merge(state, rcv_migration_arg(PG_GETARG_DATUM(1))));
}

/* migration_merge(a, b): the combine function; a null one adds nothing. */
PG_FUNCTION_INFO_V1(pgrcv_migration_merge);
Datum
pgrcv_migration_merge(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return rcv_same_state(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(copied_state(PG_GETARG_DATUM(1)));
	PG_RETURN_POINTER(merge(own_state(fcinfo), copied_state(PG_GETARG_DATUM(1))));
}

PG_FUNCTION_INFO_V1(pgrcv_migration_finish);
Datum
pgrcv_migration_finish(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(rcv_migration_value(own_state(fcinfo)));
}

/* Arrays ----------------------------------------------------------------------- */

typedef struct label_array
{
	Datum *values;
	bool *nulls;
	int n;
} label_array;

static label_array
read_array(Datum datum, const char *what)
{
	ArrayType *array = DatumGetArrayTypeP(datum);
	label_array out;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be an array of one dimension", what)));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &out.values, &out.nulls, &out.n);
	return out;
}

static rcv_label
array_label(const label_array *array, int i)
{
	text *label;

	if (array->nulls[i])
		return (rcv_label){NULL, 0};
	label = DatumGetTextPP(array->values[i]);
	return (rcv_label){VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)};
}

rcv_migration *
rcv_migration_of_arrays(Datum before, Datum after)
{
	label_array from = read_array(before, "before");
	label_array to = read_array(after, "after");
	rcv_migration *open = rcv_migration_open();

	if (from.n != to.n)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("before and after must have the same length"),
						errdetail("They have %d and %d elements.", from.n, to.n),
						errhint("The same place in both is the same customer; write NULL for one "
								"without a segment.")));
	for (int i = 0; i < from.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!from.nulls[i] || !to.nulls[i])
			open = rcv_migration_open_add(open, array_label(&from, i), array_label(&to, i), 1);
	}
	return rcv_migration_value(open);
}
