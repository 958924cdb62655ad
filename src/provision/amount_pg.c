/*
 * amount_pg.c
 *		provision_amount for an item, its explanation, and how an allowance moves.
 */
#include "provision/item_pg.h"

#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/json.h"

int64
rcv_override_arg(Datum value)
{
	int64 rate;

	if (!rcv_fraction_arg(value, "override_rate", RCV_LOSS_SCALE, RCV_LOSS_ALL, &rate))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("override_rate must lie between 0 and 1"),
						errhint("It is a fraction: 60 %% is 0.6.")));
	return rate;
}

int32
rcv_contagion_days(const rcv_matrix *matrix, int32 days, const NullableDatum *customer_days)
{
	if (!matrix->contagion)
		return days;
	if (customer_days == NULL || customer_days->isnull)
		ereport(
			ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("customer_days must not be null"),
			 errdetail("The matrix says \"contagion\": \"customer\": the days of the customer's "
					   "latest item hold for all of them."),
			 errhint("Give max(days_past_due) OVER (PARTITION BY customer).")));
	return Max(days, DatumGetInt32(customer_days->value));
}

int32
rcv_segment_arg(const rcv_matrix *matrix, const NullableDatum *segment)
{
	const text *name;

	if (matrix->segments == 1 || segment->isnull)
		return 0;
	name = (const text *) PG_DETOAST_DATUM_PACKED(segment->value);
	return rcv_matrix_find_segment(matrix, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

void
rcv_cover_error(void)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cover must not be negative"),
					errdetail("It is what insurance, deposits or payments take off the amount.")));
}

void
rcv_provision_check(rcv_status status)
{
	if (unlikely(status == RCV_EDOMAIN))
		rcv_cover_error();
	rcv_check(status, "open_excl_vat less cover");
}

/* One item ------------------------------------------------------------------ */

/* Arguments of provision_amount and provision_explain. */
enum
{
	ARG_OPEN,
	ARG_DAYS,
	ARG_MATRIX,
	ARG_OVERRIDE,
	ARG_COVER,
	ARG_SCALAR,
	ARG_SEGMENT,
	ARG_CUSTOMER_DAYS
};

static bool
any_null(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(ARG_OPEN) || PG_ARGISNULL(ARG_DAYS) || PG_ARGISNULL(ARG_MATRIX) ||
		   PG_ARGISNULL(ARG_COVER) || PG_ARGISNULL(ARG_SCALAR);
}

static rcv_provision_item
item_args(FunctionCallInfo fcinfo, const rcv_matrix *matrix)
{
	return (rcv_provision_item){
		.open = rcv_numeric_money(PG_GETARG_DATUM(ARG_OPEN), "open_excl_vat"),
		.cover = rcv_numeric_money(PG_GETARG_DATUM(ARG_COVER), "cover"),
		.days =
			rcv_contagion_days(matrix, PG_GETARG_INT32(ARG_DAYS), &fcinfo->args[ARG_CUSTOMER_DAYS]),
		.segment = rcv_segment_arg(matrix, &fcinfo->args[ARG_SEGMENT]),
		.scalar = rcv_scalar_arg(PG_GETARG_DATUM(ARG_SCALAR), "scalar"),
		.override = PG_ARGISNULL(ARG_OVERRIDE) ? RCV_NO_OVERRIDE
											   : rcv_override_arg(PG_GETARG_DATUM(ARG_OVERRIDE))};
}

/* What every row of a query has in common. */
typedef struct constants
{
	const rcv_matrix *matrix; /* or NULL: it varies */
	int64 cover;			  /* in units of 10^-4, or -1: it varies */
	bool scalar_is_one;
} constants;

/* The constant that an argument is, or NULL. */
static const Const *
constant_arg(FunctionCallInfo fcinfo, int argument)
{
	const Node *call = fcinfo->flinfo->fn_expr;
	const Node *node;

	if (call == NULL || !IsA(call, FuncExpr) ||
		argument >= list_length(((const FuncExpr *) call)->args))
		return NULL;
	node = list_nth(((const FuncExpr *) call)->args, argument);
	return IsA(node, Const) && !((const Const *) node)->constisnull ? (const Const *) node : NULL;
}

static int64
constant_units(FunctionCallInfo fcinfo, int argument)
{
	const Const *constant = constant_arg(fcinfo, argument);
	int64 units;

	return constant != NULL && rcv_numeric_units(constant->constvalue, &units) ? Max(units, -1)
																			   : -1;
}

/* Looked for once in a query.  A constant stays where it is as long as the call does. */
static const constants *
find_constants(FunctionCallInfo fcinfo)
{
	constants *known = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(*known));

	known->matrix =
		constant_arg(fcinfo, ARG_MATRIX) != NULL && VARATT_IS_4B_U(PG_GETARG_POINTER(ARG_MATRIX))
			? rcv_matrix_arg(PG_GETARG_DATUM(ARG_MATRIX))
			: NULL;
	known->cover = constant_units(fcinfo, ARG_COVER);
	known->scalar_is_one = constant_units(fcinfo, ARG_SCALAR) == 10000;
	return fcinfo->flinfo->fn_extra = known;
}

/* An ordinary item, in 64 bits. */
static inline bool
quick_amount(FunctionCallInfo fcinfo, const constants *known, const rcv_matrix *matrix, int64 *out)
{
	const rcv_bucket *bucket;
	int64 cover = known->cover;
	int64 base;

	if (!known->scalar_is_one || !PG_ARGISNULL(ARG_OVERRIDE) ||
		(cover < 0 && !rcv_numeric_units(PG_GETARG_DATUM(ARG_COVER), &cover)))
		return false;
	return rcv_item_quick(matrix, PG_GETARG_DATUM(ARG_OPEN), cover, PG_GETARG_INT32(ARG_DAYS),
						  &fcinfo->args[ARG_SEGMENT], &fcinfo->args[ARG_CUSTOMER_DAYS], &base,
						  &bucket) &&
		   rcv_provision_quick(base, bucket, matrix->scale, out);
}

/* Any item. */
static pg_noinline Datum
exact_amount(FunctionCallInfo fcinfo, const rcv_matrix *matrix)
{
	rcv_provision_item item = item_args(fcinfo, matrix);
	rcv_provision provision;

	rcv_provision_check(rcv_provision_of(matrix, &item, &provision));
	return rcv_money_numeric(provision.amount, matrix->scale);
}

/* provision_amount(open_excl_vat, days_past_due, matrix, override_rate, cover, scalar, segment, customer_days) */
PG_FUNCTION_INFO_V1(pgrcv_provision_amount);
Datum
pgrcv_provision_amount(PG_FUNCTION_ARGS)
{
	const constants *known = fcinfo->flinfo->fn_extra;
	const rcv_matrix *matrix;
	int64 amount;

	if (any_null(fcinfo))
		PG_RETURN_NULL();
	if (unlikely(known == NULL))
		known = find_constants(fcinfo);
	matrix = known->matrix ? known->matrix : rcv_matrix_arg(PG_GETARG_DATUM(ARG_MATRIX));
	if (likely(quick_amount(fcinfo, known, matrix, &amount)))
		PG_RETURN_DATUM(rcv_money_numeric(amount, matrix->scale));
	PG_RETURN_DATUM(exact_amount(fcinfo, matrix));
}

/* Explanation --------------------------------------------------------------- */

enum
{
	COL_SCALAR,
	COL_SEGMENT,
	COL_BUCKET,
	COL_FROM,
	COL_TO,
	COL_BASE,
	COL_RATE,
	COL_METHOD,
	COL_AMOUNT,
	COL_REASON,
	COL_TRAIL,
	COLUMNS
};

static void
append_number(StringInfo out, const char *key, int64 units, int scale)
{
	rcv_json_append_key(out, key);
	rcv_append_shortest(out, units, scale);
}

static void
append_money(StringInfo out, const char *key, rcv_money money)
{
	char text[RCV_MONEY_TEXT];

	rcv_json_append_key(out, key);
	rcv_money_print(money.units, money.scale, text);
	appendStringInfoString(out, text);
}

/* The scalars of a bucket one by one, and the rates before and after them. */
static void
append_rates(StringInfo out, const rcv_matrix *matrix, const rcv_provision_item *item,
			 const rcv_provision *provision)
{
	const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[item->segment];
	const rcv_bucket *bucket = &rcv_matrix_buckets(matrix)[segment->first + provision->bucket];

	append_number(out, "matrix_rate_pct", bucket->rate, RCV_LOSS_SCALE - 2);
	append_number(out, "matrix_scalar", matrix->scalar, RCV_SCALAR_SCALE);
	append_number(out, "segment_scalar", segment->scalar, RCV_SCALAR_SCALE);
	append_number(out, "bucket_scalar", bucket->scalar, RCV_SCALAR_SCALE);
	append_number(out, "scenario_scalar", rcv_matrix_scenario_scalar(matrix), RCV_SCALAR_SCALE);
	append_number(out, "call_scalar", item->scalar, RCV_SCALAR_SCALE);
	append_number(out, "matrix_rate",
				  rcv_matrix_rate(matrix, item->segment, provision->bucket, item->scalar),
				  RCV_LOSS_SCALE);
	if (item->override >= 0)
		append_number(out, "override_rate", item->override, RCV_LOSS_SCALE);
}

static Datum
trail_of(FunctionCallInfo fcinfo, const rcv_matrix *matrix, const rcv_provision_item *item,
		 const rcv_provision *provision)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_money(&out, "open_excl_vat", item->open);
	append_money(&out, "cover", item->cover);
	append_money(&out, "base", provision->base);
	append_number(&out, "days_past_due", PG_GETARG_INT32(ARG_DAYS), 0);
	append_number(&out, "days_used", item->days, 0);
	append_rates(&out, matrix, item, provision);
	rcv_matrix_append_scenarios(&out, matrix);
	append_number(&out, "scale", matrix->scale, 0);
	if (!PG_ARGISNULL(ARG_SEGMENT))
	{
		rcv_json_append_key(&out, "segment");
		escape_json(&out, text_to_cstring(PG_GETARG_TEXT_PP(ARG_SEGMENT)));
	}
	rcv_matrix_append_days(&out, matrix);
	if (matrix->source > 0)
	{
		rcv_json_append_key(&out, "source");
		escape_json(&out, pnstrdup(rcv_matrix_texts(matrix) + matrix->texts - matrix->source,
								   matrix->source));
	}
	appendStringInfoChar(&out, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

/* The segment, null for the default, and the bucket with its edges. */
static void
put_bucket(Datum *values, bool *nulls, const rcv_matrix *matrix, const rcv_provision_item *item,
		   const rcv_provision *provision)
{
	const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[item->segment];
	const rcv_bucket *bucket = &rcv_matrix_buckets(matrix)[segment->first + provision->bucket];

	nulls[COL_SEGMENT] = item->segment == 0;
	values[COL_SEGMENT] = PointerGetDatum(
		cstring_to_text_with_len(rcv_matrix_texts(matrix) + segment->name, segment->name_length));
	values[COL_BUCKET] = Int32GetDatum(provision->bucket);
	nulls[COL_FROM] = provision->bucket == 0;
	values[COL_FROM] = Int32GetDatum(nulls[COL_FROM] ? 0 : bucket[-1].up_to + 1);
	nulls[COL_TO] = bucket->up_to == INT32_MAX;
	values[COL_TO] = Int32GetDatum(bucket->up_to);
}

/* All scalars of a bucket multiplied, to 8 decimals; null where the rate is an individual one. */
static Datum
scalar_of(const rcv_matrix *matrix, const rcv_provision_item *item, const rcv_provision *provision)
{
	const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[item->segment];
	const rcv_bucket *bucket = &rcv_matrix_buckets(matrix)[segment->first + provision->bucket];
	const int64 scalars[] = {matrix->scalar, segment->scalar, bucket->scalar, item->scalar,
							 rcv_matrix_scenario_scalar(matrix)};
	Datum product = rcv_money_numeric(1, 0);

	for (int i = 0; i < lengthof(scalars); i++)
		product = DirectFunctionCall2(numeric_mul, product,
									  rcv_shortest_numeric(scalars[i], RCV_SCALAR_SCALE));
	return DirectFunctionCall1(
		numeric_trim_scale,
		DirectFunctionCall2(numeric_round, product, Int32GetDatum(RCV_SCALAR_SCALE)));
}

/* What is missing for an answer, or NULL. */
static const char *
missing_argument(FunctionCallInfo fcinfo)
{
	static const char *const reasons[] = {"missing_amount", "missing_days",	 "missing_matrix", NULL,
										  "missing_cover",	"missing_scalar"};

	for (int i = ARG_OPEN; i <= ARG_SCALAR; i++)
		if (PG_ARGISNULL(i) && reasons[i] != NULL)
			return reasons[i];
	return NULL;
}

static void
explain(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	const rcv_matrix *matrix = rcv_matrix_arg(PG_GETARG_DATUM(ARG_MATRIX));
	rcv_provision_item item = item_args(fcinfo, matrix);
	rcv_provision provision;
	bool individual = item.override >= 0;

	memset(nulls, false, COLUMNS * sizeof(bool));
	rcv_provision_check(rcv_provision_of(matrix, &item, &provision));
	put_bucket(values, nulls, matrix, &item, &provision);
	values[COL_BASE] = rcv_money_numeric(provision.base.units, provision.base.scale);
	values[COL_RATE] = rcv_shortest_numeric(provision.rate, RCV_LOSS_SCALE);
	nulls[COL_SCALAR] = individual;
	if (!individual)
		values[COL_SCALAR] = scalar_of(matrix, &item, &provision);
	values[COL_METHOD] = CStringGetTextDatum(
		rcv_provision_reason_names[individual ? RCV_PROVISION_INDIVIDUAL : RCV_PROVISION_MATRIX]);
	values[COL_AMOUNT] = rcv_money_numeric(provision.amount, matrix->scale);
	values[COL_REASON] = CStringGetTextDatum(rcv_provision_reason_names[provision.reason]);
	values[COL_TRAIL] = trail_of(fcinfo, matrix, &item, &provision);
}

PG_FUNCTION_INFO_V1(pgrcv_provision_explain);
Datum
pgrcv_provision_explain(PG_FUNCTION_ARGS)
{
	const char *missing = missing_argument(fcinfo);
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS];
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != COLUMNS)
		elog(ERROR, "provision_explain must return %d columns", COLUMNS);
	memset(nulls, true, sizeof(nulls));
	if (missing == NULL)
		explain(fcinfo, values, nulls);
	else
	{
		values[COL_REASON] = CStringGetTextDatum(missing);
		nulls[COL_REASON] = false;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

/* Movement ------------------------------------------------------------------ */

/* provision_movement(new, old, used) -> charge, reversal, use */
PG_FUNCTION_INFO_V1(pgrcv_provision_movement);
Datum
pgrcv_provision_movement(PG_FUNCTION_ARGS)
{
	rcv_money now = rcv_numeric_money(PG_GETARG_DATUM(0), "new");
	rcv_money old = rcv_numeric_money(PG_GETARG_DATUM(1), "old");
	rcv_money used = rcv_numeric_money(PG_GETARG_DATUM(2), "used");
	int scale = Max(now.scale, Max(old.scale, used.scale));
	rcv_int128 moved[3];
	Datum values[3];
	bool nulls[3] = {false};
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != 3)
		elog(ERROR, "provision_movement must return three columns");
	moved[2] = (rcv_int128) used.units * rcv_pow10(scale - used.scale);
	if (rcv_provision_movement((rcv_int128) now.units * rcv_pow10(scale - now.scale),
							   (rcv_int128) old.units * rcv_pow10(scale - old.scale), moved[2],
							   &moved[0], &moved[1]) != RCV_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an allowance cannot move like this"),
				 errdetail("None of new, old and used may be negative, nor used above old.")));
	for (int i = 0; i < 3; i++)
		values[i] = rcv_money_numeric(moved[i], scale);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
