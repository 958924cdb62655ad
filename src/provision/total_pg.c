/*
 * total_pg.c
 *		The aggregate provision_amount: the allowance for many items.
 *
 * The state is the total of total.h in a bytea, which never grows and is changed in
 * place inside an aggregate.  Any user may call the state functions, or make an
 * aggregate of them that begins with any bytes: an item is added once the parts
 * fit, and to a bucket only when the state's matrix is byte for byte the one of the
 * argument; all of it is checked before states are merged or a total is made.
 */
#include "provision/item_pg.h"

#include "utils/builtins.h"

#include "provision/total.h"

static const char *const what_state = "state of provision_amount";
static const char *const what_total = "total allowance";

/* Arguments of provision_amount_add. */
enum
{
	ARG_STATE,
	ARG_OPEN,
	ARG_DAYS,
	ARG_MATRIX,
	ARG_COVER,
	ARG_ROUNDING,
	ARG_OVERRIDE,
	ARG_SEGMENT,
	ARG_CUSTOMER_DAYS
};

/* The state of the running aggregate itself, or a copy of one from anywhere. */
static inline rcv_total *
state_arg(FunctionCallInfo fcinfo)
{
	rcv_total *state = (rcv_total *) DatumGetPointer(PG_GETARG_DATUM(ARG_STATE));

	if (unlikely(!rcv_state_is_own(fcinfo, sizeof(rcv_total))))
		state = rcv_state_copy(PG_GETARG_DATUM(ARG_STATE), sizeof(rcv_total), what_state);
	rcv_check(rcv_total_fits(state, VARSIZE(state)), what_state);
	return state;
}

/* It is asked of every row: 'line', the usual one, is seen at once. */
static inline rcv_provision_rounding
rounding_arg(Datum value)
{
	const text *name = (const text *) PG_DETOAST_DATUM_PACKED(value);
	int found;

	if (likely(VARSIZE_ANY_EXHDR(name) == 4 && memcmp(VARDATA_ANY(name), "line", 4) == 0))
		return RCV_PROVISION_BY_LINE;
	found = rcv_find_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), rcv_provision_rounding_names);
	if (found < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there is no rounding \"%s\"", text_to_cstring(name)),
						errhint("There are: %s.  The cover of one item is a number without quotes, "
								"or cover => '...'.",
								rcv_list_names(rcv_provision_rounding_names))));
	return (rcv_provision_rounding) found;
}

static rcv_total *
first_state(rcv_provision_rounding rounding, const rcv_matrix *matrix)
{
	Size size = rcv_total_size(rounding, matrix, VARSIZE(matrix));
	rcv_total *state = palloc(size);

	rcv_total_init(state, rounding, matrix, VARSIZE(matrix));
	SET_VARSIZE(state, size);
	return state;
}

/* All bytes but the first word, which belongs to what holds the matrix. */
static bool
same_matrix(const rcv_total *state, const rcv_matrix *matrix)
{
	return state->matrix == VARSIZE(matrix) &&
		   memcmp((const char *) rcv_total_matrix(state) + sizeof(uint32),
				  (const char *) matrix + sizeof(uint32), VARSIZE(matrix) - sizeof(uint32)) == 0;
}

static void
add_item(FunctionCallInfo fcinfo, rcv_total *state, const rcv_matrix *matrix, bool wide)
{
	rcv_provision_item item = {
		.open = rcv_numeric_money(PG_GETARG_DATUM(ARG_OPEN), "open_excl_vat"),
		.cover = rcv_numeric_money(PG_GETARG_DATUM(ARG_COVER), "cover"),
		.days = rcv_contagion_days(matrix, PG_GETARG_INT32(ARG_DAYS),
								   wide ? &fcinfo->args[ARG_CUSTOMER_DAYS] : NULL),
		.segment = wide ? rcv_segment_arg(matrix, &fcinfo->args[ARG_SEGMENT]) : 0,
		.scalar = RCV_SCALAR_ONE,
		.override = wide && !PG_ARGISNULL(ARG_OVERRIDE)
						? rcv_override_arg(PG_GETARG_DATUM(ARG_OVERRIDE))
						: RCV_NO_OVERRIDE};
	rcv_provision provision;
	rcv_status status;

	rcv_provision_check(rcv_provision_of(matrix, &item, &provision));
	if (item.override >= 0 || state->rounding == RCV_PROVISION_BY_LINE)
		status = rcv_total_add_line(state, provision.amount, matrix->scale);
	else
		status = rcv_total_add_base(
			state, rcv_matrix_segments(matrix)[item.segment].first + provision.bucket,
			provision.base);
	rcv_check(status, what_total);
}

/* An ordinary item, in 64 bits; false when it is none. */
static inline bool
quick_add(FunctionCallInfo fcinfo, rcv_total *state, const rcv_matrix *matrix, bool wide)
{
	const rcv_bucket *bucket;
	int64 amount;
	int64 cover;
	int64 base;

	if (!rcv_numeric_units(PG_GETARG_DATUM(ARG_COVER), &cover) ||
		!rcv_item_quick(matrix, PG_GETARG_DATUM(ARG_OPEN), cover, PG_GETARG_INT32(ARG_DAYS),
						wide ? &fcinfo->args[ARG_SEGMENT] : NULL,
						wide ? &fcinfo->args[ARG_CUSTOMER_DAYS] : NULL, &base, &bucket))
		return false;
	if (state->rounding == RCV_PROVISION_BY_BUCKET)
		rcv_check(rcv_total_add_base(state, (int32) (bucket - rcv_matrix_buckets(matrix)),
									 (rcv_money){base, 4}),
				  what_total);
	else if (rcv_provision_quick(base, bucket, matrix->scale, &amount))
		rcv_check(rcv_total_add_line(state, amount, matrix->scale), what_total);
	else
		return false;
	return true;
}

/*
 * provision_amount_add(state, open_excl_vat, days_past_due, matrix, cover, rounding
 * [, override_rate, segment, customer_days]): not strict, as a null item leaves the
 * state as it is.
 */
PG_FUNCTION_INFO_V1(pgrcv_provision_amount_add);
Datum
pgrcv_provision_amount_add(PG_FUNCTION_ARGS)
{
	bool wide = PG_NARGS() > ARG_OVERRIDE;
	rcv_provision_rounding rounding;
	const rcv_matrix *matrix;
	rcv_total *state;

	if (unlikely(PG_ARGISNULL(ARG_ROUNDING)))
		rcv_null_error("rounding");
	rounding = rounding_arg(PG_GETARG_DATUM(ARG_ROUNDING));
	if (PG_ARGISNULL(ARG_OPEN) || PG_ARGISNULL(ARG_DAYS) || PG_ARGISNULL(ARG_MATRIX) ||
		PG_ARGISNULL(ARG_COVER))
		return rcv_same_state(fcinfo);
	matrix = rcv_matrix_arg(PG_GETARG_DATUM(ARG_MATRIX));
	state = PG_ARGISNULL(ARG_STATE) ? first_state(rounding, matrix) : state_arg(fcinfo);
	if (unlikely(state->rounding != rounding))
		rcv_varying_error("rounding");
	if (rounding == RCV_PROVISION_BY_BUCKET && unlikely(!same_matrix(state, matrix)))
		rcv_varying_error("the matrix of a total that is rounded by bucket");
	if (likely(!wide || PG_ARGISNULL(ARG_OVERRIDE)) &&
		likely(quick_add(fcinfo, state, matrix, wide)))
		PG_RETURN_POINTER(state);
	add_item(fcinfo, state, matrix, wide);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_provision_amount_merge);
Datum
pgrcv_provision_amount_merge(PG_FUNCTION_ARGS)
{
	rcv_total *other = rcv_state_copy(PG_GETARG_DATUM(1), sizeof(rcv_total), what_state);
	rcv_total *state = state_arg(fcinfo);
	rcv_status status;

	rcv_check(rcv_total_check(other, VARSIZE(other)), what_state);
	status = rcv_total_merge(state, other);
	if (status == RCV_EDOMAIN)
		rcv_varying_error("rounding, and the matrix of a total that is rounded by bucket,");
	rcv_check(status, what_total);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_provision_amount_finish);
Datum
pgrcv_provision_amount_finish(PG_FUNCTION_ARGS)
{
	rcv_total *state = rcv_state_copy(PG_GETARG_DATUM(0), sizeof(rcv_total), what_state);
	rcv_int128 total;

	rcv_check(rcv_total_check(state, VARSIZE(state)), what_state);
	rcv_check(rcv_total_value(state, &total), what_total);
	PG_RETURN_DATUM(rcv_money_numeric(total, state->scale));
}
