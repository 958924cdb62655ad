/*
 * split_pg.c
 *		split_amount: amounts and weights of the usual size in 64 bits, all others
 *		as numerics; exact both ways.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "settlement/split.h"

#define UNITS_SCALE 4 /* of rcv_numeric_units() */

static Datum
call2(PGFunction function, Datum a, Datum b)
{
	return DirectFunctionCall2(function, a, b);
}

static int
compare(Datum a, Datum b)
{
	return DatumGetInt32(call2(numeric_cmp, a, b));
}

static Datum
number(int64 value)
{
	return NumericGetDatum(int64_to_numeric(value));
}

static Datum
with_scale(Datum value, int scale)
{
	return call2(numeric_round, value, Int32GetDatum(scale));
}

/* Arguments --------------------------------------------------------------- */

static void
weights_error(int code, const char *problem)
{
	ereport(ERROR, (errcode(code), errmsg("%s", problem),
					errhint("Weights are what each part is in proportion to: finite numbers from "
							"0, at least one of them above it.")));
}

static void
decimals_error(int scale)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("total has more than %d decimals", scale),
					errdetail("Parts of %d decimals cannot add up to it.", scale),
					errhint("Round it first, or split it at a larger scale.")));
}

static int
open_weights(ArrayType *array, Datum **weights)
{
	bool *nulls;
	int n;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("weights must be a one-dimensional array"),
						errdetail("The array has %d dimensions.", ARR_NDIM(array))));
	if (array_contains_nulls(array))
		weights_error(ERRCODE_NULL_VALUE_NOT_ALLOWED, "weights must not contain nulls");
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, weights, &nulls, &n);
	if (n == 0)
		weights_error(ERRCODE_INVALID_PARAMETER_VALUE, "weights must not be empty");
	return n;
}

static void
refuse_special(Datum value, const char *what)
{
	if (numeric_is_nan(DatumGetNumeric(value)) || numeric_is_inf(DatumGetNumeric(value)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a finite number", what)));
}

/* In 64 bits --------------------------------------------------------------- */

/* The total in units of 10^-scale; false when it is not of the usual size. */
static bool
usual_total(Datum value, int scale, int64 *out)
{
	int64 units;

	if (!rcv_numeric_units(value, &units))
		return false;
	if (scale >= UNITS_SCALE)
		return rcv_money_rescale(units, UNITS_SCALE, scale, out) == RCV_OK;
	if (units % rcv_pow10(UNITS_SCALE - scale) != 0)
		decimals_error(scale);
	*out = units / rcv_pow10(UNITS_SCALE - scale);
	return true;
}

static void *
align16(void *room)
{
	return (void *) TYPEALIGN(16, room);
}

static bool
split_usual(Datum total, int scale, const Datum *weights, int n, Datum *parts)
{
	rcv_int128 *spare = align16(palloc_extended(n * sizeof(*spare) + 16, MCXT_ALLOC_HUGE));
	int64 *units = palloc_extended(n * sizeof(*units), MCXT_ALLOC_HUGE);
	int64 *out = palloc_extended(n * sizeof(*out), MCXT_ALLOC_HUGE);
	int64 whole;

	if (!usual_total(total, scale, &whole))
		return false;
	for (int i = 0; i < n; i++)
		if (!rcv_numeric_units(weights[i], &units[i]))
			return false;
		else if (units[i] < 0)
			weights_error(ERRCODE_INVALID_PARAMETER_VALUE, "weights must not be negative");
	if (rcv_split(whole, units, n, spare, out) != RCV_OK)
		weights_error(ERRCODE_INVALID_PARAMETER_VALUE, "weights must not all be 0");
	for (int i = 0; i < n; i++)
		parts[i] = rcv_money_numeric(out[i], scale);
	return true;
}

/* As numerics ---------------------------------------------------------------- */

typedef struct leftover
{
	Datum value;
	int at;
} leftover;

static int
largest_remainder(const void *a, const void *b)
{
	const leftover *x = a;
	const leftover *y = b;
	int order = compare(y->value, x->value);

	CHECK_FOR_INTERRUPTS();
	return order != 0 ? order : x->at - y->at;
}

static Datum
sum_of(const Datum *weights, int n)
{
	Datum zero = number(0);
	Datum sum = zero;

	for (int i = 0; i < n; i++)
	{
		refuse_special(weights[i], "a weight");
		if (compare(weights[i], zero) < 0)
			weights_error(ERRCODE_INVALID_PARAMETER_VALUE, "weights must not be negative");
		sum = call2(numeric_add, sum, weights[i]);
	}
	if (compare(sum, zero) == 0)
		weights_error(ERRCODE_INVALID_PARAMETER_VALUE, "weights must not all be 0");
	return sum;
}

/* The method of split.c: the remainders are taken of units x weight, a whole multiple of the sum. */
static void
split_numerics(Datum total, int scale, const Datum *weights, int n, Datum *parts)
{
	Datum unit = rcv_money_numeric(1, scale);
	leftover *order = palloc_extended(n * sizeof(*order), MCXT_ALLOC_HUGE);
	Datum sum = sum_of(weights, n);
	Datum whole;
	Datum left;
	bool negative;

	refuse_special(total, "total");
	if (compare(with_scale(total, scale), total) != 0)
		decimals_error(scale);
	negative = compare(total, number(0)) < 0;
	whole = left = call2(numeric_div_trunc, DirectFunctionCall1(numeric_abs, total), unit);
	for (int i = 0; i < n; i++)
	{
		Datum product = call2(numeric_mul, whole, weights[i]);

		CHECK_FOR_INTERRUPTS();
		parts[i] = call2(numeric_div_trunc, product, sum);
		left = call2(numeric_sub, left, parts[i]);
		order[i].value = call2(numeric_sub, product, call2(numeric_mul, parts[i], sum));
		order[i].at = i;
	}
	qsort(order, n, sizeof(*order), largest_remainder);
	for (int i = DatumGetInt32(DirectFunctionCall1(numeric_int4, left)); i-- > 0;)
		parts[order[i].at] = call2(numeric_add, parts[order[i].at], number(1));
	for (int i = 0; i < n; i++)
	{
		parts[i] = with_scale(call2(numeric_mul, parts[i], unit), scale);
		if (negative)
			parts[i] = DirectFunctionCall1(numeric_uminus, parts[i]);
	}
}

PG_FUNCTION_INFO_V1(pgrcv_split_amount);
Datum
pgrcv_split_amount(PG_FUNCTION_ARGS)
{
	Datum total = PG_GETARG_DATUM(0);
	int scale = PG_GETARG_INT32(2);
	Datum *weights;
	Datum *parts;
	int n;

	if (scale < 0 || scale > RCV_SCALE_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("scale must be from 0 to %d", RCV_SCALE_MAX)));
	n = open_weights(PG_GETARG_ARRAYTYPE_P(1), &weights);
	parts = palloc_extended(n * sizeof(Datum), MCXT_ALLOC_HUGE);
	if (!split_usual(total, scale, weights, n, parts))
		split_numerics(total, scale, weights, n, parts);
	PG_RETURN_ARRAYTYPE_P(construct_array(parts, n, NUMERICOID, -1, false, TYPALIGN_INT));
}
