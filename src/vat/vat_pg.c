/*
 * vat_pg.c
 *		VAT of receipts: for one receipt, for several rates, and as a window function.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "windowapi.h"

#include "pg/json.h"
#include "vat/vat.h"

#define DEFAULT_SCALE 2

static int
scale_arg(int32 scale)
{
	if (unlikely(scale < 0 || scale > RCV_VAT_SCALE_MAX))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("scale must lie between 0 and %d", RCV_VAT_SCALE_MAX),
						errdetail("It is the number of decimals of the currency.")));
	return scale;
}

static void pg_attribute_cold
larger_error(void)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("vat is larger than the total of the invoice"),
					errdetail("The total is the amount with all taxes; parts of an array are "
							  "added up."),
					errhint("The order is vat, total, received.")));
}

/* Of one part; where a rate alone is below 0, the parts are given as an array. */
static void
check_signs(rcv_money vat, rcv_money total)
{
	if (unlikely((vat.units < 0 && total.units > 0) || (vat.units > 0 && total.units < 0)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("vat and the total of the invoice have opposite signs"),
				 errdetail("Both are above 0 for an invoice, and below 0 for a credit note."),
				 errhint("The order is vat, total, received. Where what is returned at another "
						 "rate makes it so, give the VAT of all rates as an array.")));
}

static inline void
check_vat(rcv_status status)
{
	if (unlikely(status == RCV_EDOMAIN))
		larger_error();
	rcv_check(status, "VAT of a receipt");
}

static rcv_receipts
receipts(rcv_money amount)
{
	return (rcv_receipts){amount.units, amount.scale};
}

/* vat_collected(vat, total, received, scale) */
PG_FUNCTION_INFO_V1(pgrcv_vat_collected);
Datum
pgrcv_vat_collected(PG_FUNCTION_ARGS)
{
	rcv_money vat = rcv_numeric_money(PG_GETARG_DATUM(0), "vat");
	rcv_money total = rcv_numeric_money(PG_GETARG_DATUM(1), "total");
	rcv_receipts received = receipts(rcv_numeric_money(PG_GETARG_DATUM(2), "received"));
	int scale = scale_arg(PG_GETARG_INT32(3));
	rcv_int128 collected;

	check_signs(vat, total);
	check_vat(rcv_vat_collected(vat, total, &received, scale, &collected));
	PG_RETURN_DATUM(rcv_money_numeric(collected, scale));
}

/* Receipts before and with the one in question: arguments 2 and 3 of vat_on_receipt. */
typedef struct receipt
{
	rcv_receipts before;
	rcv_receipts after;
} receipt;

static receipt
receipt_args(Datum before, Datum now)
{
	receipt both;

	both.after = both.before = receipts(rcv_numeric_money(before, "received_before"));
	check_vat(rcv_receipts_add(&both.after, rcv_numeric_money(now, "received_now")));
	return both;
}

static Datum
vat_of_receipt(rcv_money vat, rcv_money total, const receipt *received, int scale)
{
	rcv_int128 before;
	rcv_int128 after;

	check_vat(rcv_vat_collected(vat, total, &received->before, scale, &before));
	check_vat(rcv_vat_collected(vat, total, &received->after, scale, &after));
	return rcv_money_numeric(after - before, scale);
}

/* vat_on_receipt(vat, total, received_before, received_now, scale) */
PG_FUNCTION_INFO_V1(pgrcv_vat_on_receipt);
Datum
pgrcv_vat_on_receipt(PG_FUNCTION_ARGS)
{
	rcv_money vat = rcv_numeric_money(PG_GETARG_DATUM(0), "vat");
	rcv_money total = rcv_numeric_money(PG_GETARG_DATUM(1), "total");
	receipt received = receipt_args(PG_GETARG_DATUM(2), PG_GETARG_DATUM(3));

	check_signs(vat, total);
	PG_RETURN_DATUM(vat_of_receipt(vat, total, &received, scale_arg(PG_GETARG_INT32(4))));
}

/* Several rates ------------------------------------------------------------------- */

/* The amounts of a numeric[] of one dimension or none. */
static int
amounts_arg(ArrayType *array, const char *what, Datum **out)
{
	bool *nulls;
	int n;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must be a one-dimensional array", what)));
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, out, &nulls, &n);
	if (n > RCV_VAT_LINES_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("%s has more than %d elements", what, RCV_VAT_LINES_MAX)));
	for (int i = 0; i < n; i++)
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("%s must not contain nulls", what),
							errhint("Give 0 where there is no tax.")));
	return n;
}

/* vat_on_receipt(vat[], total, received_before, received_now, scale) */
PG_FUNCTION_INFO_V1(pgrcv_vat_on_receipt_rates);
Datum
pgrcv_vat_on_receipt_rates(PG_FUNCTION_ARGS)
{
	Datum *parts;
	int n = amounts_arg(PG_GETARG_ARRAYTYPE_P(0), "vat", &parts);
	rcv_money total = rcv_numeric_money(PG_GETARG_DATUM(1), "total");
	receipt received = receipt_args(PG_GETARG_DATUM(2), PG_GETARG_DATUM(3));
	int scale = scale_arg(PG_GETARG_INT32(4));

	rcv_receipts sum = {0, RCV_SCALE_MIN};
	rcv_money whole;

	for (int i = 0; i < n; i++)
	{
		rcv_money part = rcv_numeric_money(parts[i], "vat");

		check_vat(rcv_receipts_add(&sum, part));
		parts[i] = vat_of_receipt(part, total, &received, scale);
	}
	check_vat(rcv_money_reduce(sum.units, sum.scale, &whole));
	check_vat(rcv_vat_check(whole, total));
	PG_RETURN_ARRAYTYPE_P(construct_array(parts, n, NUMERICOID, -1, false, TYPALIGN_INT));
}

static rcv_vat_line *
lines_args(FunctionCallInfo fcinfo, int *n)
{
	Datum *bases;
	Datum *vats;
	rcv_vat_line *lines;

	*n = amounts_arg(PG_GETARG_ARRAYTYPE_P(0), "base", &bases);
	if (amounts_arg(PG_GETARG_ARRAYTYPE_P(1), "vat", &vats) != *n)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("base and vat must have the same number of elements")));
	lines = palloc((*n + 1) * sizeof(*lines));
	for (int i = 0; i < *n; i++)
	{
		lines[i] =
			(rcv_vat_line){rcv_numeric_money(bases[i], "base"), rcv_numeric_money(vats[i], "vat")};
		if (rcv_vat_check(lines[i].vat, lines[i].base) != RCV_OK)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("vat of line %d is larger than its base", i + 1),
					 errdetail("No rate is above 100 %%; a line of VAT alone has a base of 0."),
					 errhint("The order is base, vat, received_before, received_now.")));
	}
	return lines;
}

/* receipt_by_rate(base[], vat[], received_before, received_now, scale) */
PG_FUNCTION_INFO_V1(pgrcv_receipt_by_rate);
Datum
pgrcv_receipt_by_rate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int n;
	rcv_vat_line *lines = lines_args(fcinfo, &n);
	receipt received = receipt_args(PG_GETARG_DATUM(2), PG_GETARG_DATUM(3));
	int scale = scale_arg(PG_GETARG_INT32(4));
	rcv_vat_share *before = palloc0((n + 1) * sizeof(*before));
	rcv_vat_share *after = palloc0((n + 1) * sizeof(*after));

	check_vat(rcv_vat_shares(lines, n, &received.before, scale, before));
	check_vat(rcv_vat_shares(lines, n, &received.after, scale, after));
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < n; i++)
	{
		Datum values[4] = {Int32GetDatum(i + 1),
						   rcv_money_numeric(after[i].base - before[i].base, scale),
						   rcv_money_numeric(after[i].vat - before[i].vat, scale),
						   rcv_money_numeric(after[i].received - before[i].received, scale)};
		bool nulls[4] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}

/* Window function ------------------------------------------------------------------- */

static const char *const option_keys[] = {"scale", NULL};

/* Kept for a partition: the receipts of one invoice. */
typedef struct partition_run
{
	bool begun;
	int scale;
	rcv_vat_run run;
} partition_run;

static void *
build_scale(Datum argument, MemoryContext context)
{
	rcv_json json =
		rcv_json_open(DatumGetJsonbP(argument), "options of vat_on_receipt", option_keys);
	int *scale = MemoryContextAlloc(context, sizeof(*scale));
	int64 found = DEFAULT_SCALE;

	rcv_json_int64(&json, "scale", 0, RCV_VAT_SCALE_MAX, &found);
	*scale = (int) found;
	return scale;
}

static int
window_scale(FunctionCallInfo fcinfo, WindowObject window)
{
	bool isnull;
	Datum options;

	if (PG_NARGS() < 4)
		return DEFAULT_SCALE;
	options = WinGetFuncArgCurrent(window, 3, &isnull);
	if (isnull)
		rcv_null_error("options of vat_on_receipt");
	return *(int *) rcv_cached(fcinfo, options, build_scale);
}

/* vat_on_receipt(vat, total, received [, options]) OVER (PARTITION BY invoice ORDER BY day) */
PG_FUNCTION_INFO_V1(pgrcv_vat_on_receipt_window);
Datum
pgrcv_vat_on_receipt_window(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"vat", "total", "received"};
	WindowObject window = PG_WINDOW_OBJECT();
	partition_run *kept = WinGetPartitionLocalMemory(window, sizeof(*kept));
	rcv_money amounts[3];
	rcv_int128 vat;

	if (!kept->begun)
	{
		kept->begun = true;
		kept->scale = window_scale(fcinfo, window);
		kept->run.received.scale = RCV_SCALE_MIN;
	}
	else if (PG_NARGS() > 3 && window_scale(fcinfo, window) != kept->scale)
		rcv_varying_error("options of vat_on_receipt");
	for (int i = 0; i < lengthof(amounts); i++)
	{
		bool isnull;
		Datum value = WinGetFuncArgCurrent(window, i, &isnull);

		if (isnull)
			PG_RETURN_NULL();
		amounts[i] = rcv_numeric_money(value, names[i]);
	}
	check_signs(amounts[0], amounts[1]);
	check_vat(rcv_vat_run_add(&kept->run, amounts[0], amounts[1], amounts[2], kept->scale, &vat));
	PG_RETURN_DATUM(rcv_money_numeric(vat, kept->scale));
}
