/*
 * credit_pg.c
 *		credit_note_split, early_payment_discount, effective_discount_rate.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "settlement/credit.h"

#define PARTS_MAX 10000

static const char *
shown(int64 units, int scale)
{
	char *text = palloc(RCV_MONEY_TEXT);

	rcv_money_print(units, scale, text);
	return text;
}

/* A percentage in units of 10^-6, from 0 to most. */
static int64
pct_arg(Datum value, int64 most, const char *what)
{
	int64 pct;

	if (rcv_money_at_scale(rcv_numeric_money(value, what), RCV_PCT_DECIMALS, &pct) != RCV_OK ||
		pct < 0 || pct > most)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must lie between 0 and %d, with at most %d decimals", what,
							   (int) (most / 1000000), RCV_PCT_DECIMALS)));
	return pct;
}

/* Credit notes ------------------------------------------------------------- */

static void pg_attribute_cold
pg_attribute_noreturn() line_error(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("these cannot be figures of one invoice and its credit notes"),
					errdetail("%s", detail)));
	pg_unreachable();
}

/* Says what does not fit; nothing is found when all does. */
static void pg_attribute_cold
split_error(const rcv_credit_line *line, int64 now, int scale)
{
	int sign = line->net < 0 ? -1 : 1;
	int64 left = line->net - line->net_before;

	if (line->tax * sign < 0 || (line->net == 0 && line->tax != 0))
		line_error("invoice_tax has another sign than invoice_net.");
	if (line->net_before * sign < 0 || line->net_before * sign > line->net * sign)
		line_error("credited_before does not lie between 0 and invoice_net.");
	if (line->tax_before * sign < 0 || line->tax_before * sign > line->tax * sign)
		line_error("tax_before does not lie between 0 and the tax of the invoice.");
	if (now * sign < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a credit must have the sign of what it credits"),
						errdetail("The invoice has %s, the credit is %s.", shown(line->net, scale),
								  shown(now, scale))));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a credit of %s is more than what is left of the invoice", shown(now, scale)),
			 errdetail("Of %s, %s are credited: %s are left.", shown(line->net, scale),
					   shown(line->net_before, scale), shown(left, scale))));
}

static rcv_credited
split_line(rcv_credit_line *line, bool tax_known, bool tax_before_known, int64 now, int scale)
{
	rcv_credited credit;
	rcv_status status;

	if (!tax_known)
		rcv_check(rcv_percent_of(line->net, line->tax_pct, &line->tax), "tax of the invoice");
	if (!tax_before_known && rcv_credit_tax(line, line->net_before, &line->tax_before) != RCV_OK)
		split_error(line, now, scale);
	status = rcv_credit_split(line, now, &credit);
	if (status == RCV_EDOMAIN)
		split_error(line, now, scale);
	rcv_check(status, "credit");
	return credit;
}

static void
put_credit(Datum *values, const rcv_credited *credit, int scale)
{
	values[0] = rcv_money_numeric(credit->net, scale);
	values[1] = rcv_money_numeric(credit->tax, scale);
	values[2] = rcv_money_numeric(credit->total, scale);
}

/*
 * credit_note_split(invoice_net, tax_pct, credited_before, credited_now, scale,
 * invoice_tax, tax_before)
 */
PG_FUNCTION_INFO_V1(pgrcv_credit_note_split);
Datum
pgrcv_credit_note_split(PG_FUNCTION_ARGS)
{
	rcv_credit_line line = {0};
	rcv_credited credit;
	int64 now;
	int scale;
	Datum values[3];
	bool nulls[3] = {false};

	for (int i = 0; i < 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	scale = rcv_scale_arg(PG_GETARG_INT32(4));
	line.net = rcv_numeric_at_scale(PG_GETARG_DATUM(0), scale, "invoice_net");
	line.tax_pct = pct_arg(PG_GETARG_DATUM(1), RCV_TAX_PCT_MAX, "tax_pct");
	line.net_before = rcv_numeric_at_scale(PG_GETARG_DATUM(2), scale, "credited_before");
	now = rcv_numeric_at_scale(PG_GETARG_DATUM(3), scale, "credited_now");
	if (!PG_ARGISNULL(5))
		line.tax = rcv_numeric_at_scale(PG_GETARG_DATUM(5), scale, "invoice_tax");
	if (!PG_ARGISNULL(6))
		line.tax_before = rcv_numeric_at_scale(PG_GETARG_DATUM(6), scale, "tax_before");
	credit = split_line(&line, !PG_ARGISNULL(5), !PG_ARGISNULL(6), now, scale);
	put_credit(values, &credit, scale);
	return rcv_one_row(fcinfo, values, nulls);
}

/* An array of amounts, of as many as the first one has; NULL when it is not given. */
static Datum *
amounts_arg(FunctionCallInfo fcinfo, int arg, const char *what, int *n)
{
	ArrayType *array;
	Datum *items;
	bool *nulls;
	int count;

	if (PG_ARGISNULL(arg))
		return NULL;
	array = PG_GETARG_ARRAYTYPE_P(arg);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must be a one-dimensional array", what)));
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, &items, &nulls, &count);
	if (*n < 0)
		*n = count;
	if (count != *n)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("arrays of a credit note must have the same length"),
						errdetail("invoice_net has %d elements, %s has %d.", *n, what, count)));
	for (int i = 0; i < count; i++)
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("%s must not contain nulls", what),
							errhint("Give 0 where nothing is credited.")));
	return items;
}

/* The same, with an array for each argument: one element for each rate of tax. */
PG_FUNCTION_INFO_V1(pgrcv_credit_note_split_rates);
Datum
pgrcv_credit_note_split_rates(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"invoice_net",	"tax_pct", "credited_before",
										"credited_now", "scale",   "invoice_tax",
										"tax_before"};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum *items[7] = {NULL};
	int n = -1;
	int scale;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 5; i++)
		if (PG_ARGISNULL(i))
			return (Datum) 0;
	scale = rcv_scale_arg(PG_GETARG_INT32(4));
	for (int i = 0; i < 7; i++)
		if (i != 4)
			items[i] = amounts_arg(fcinfo, i, names[i], &n);
	if (n > PARTS_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("an invoice has more than %d parts", PARTS_MAX)));
	for (int i = 0; i < n; i++)
	{
		rcv_credit_line line = {
			.net = rcv_numeric_at_scale(items[0][i], scale, names[0]),
			.tax_pct = pct_arg(items[1][i], RCV_TAX_PCT_MAX, names[1]),
			.net_before = rcv_numeric_at_scale(items[2][i], scale, names[2]),
			.tax = items[5] ? rcv_numeric_at_scale(items[5][i], scale, names[5]) : 0,
			.tax_before = items[6] ? rcv_numeric_at_scale(items[6][i], scale, names[6]) : 0};
		rcv_credited credit = split_line(&line, items[5] != NULL, items[6] != NULL,
										 rcv_numeric_at_scale(items[3][i], scale, names[3]), scale);
		Datum values[4];
		bool nulls[4] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(i + 1);
		put_credit(values + 1, &credit, scale);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Discounts ---------------------------------------------------------------- */

static void pg_attribute_cold
pg_attribute_noreturn() offer_error(const char *message, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message),
					hint != NULL ? errhint("%s", hint) : 0));
	pg_unreachable();
}

/*
 * early_payment_discount(net, tax, issued_on, paid_on, discount_pct,
 * discount_days, tax_mode, excluded_tax, scale, discount_amount)
 */
PG_FUNCTION_INFO_V1(pgrcv_early_payment_discount);
Datum
pgrcv_early_payment_discount(PG_FUNCTION_ARGS)
{
	rcv_discount_offer offer = {.by_amount = PG_ARGISNULL(4)};
	rcv_discount discount;
	rcv_status status;
	int64 until;
	int scale;
	int32 paid;
	Datum values[6];
	bool nulls[6] = {false};

	for (int i = 0; i < 9; i++)
		if (i != 4 && PG_ARGISNULL(i))
			PG_RETURN_NULL();
	if (offer.by_amount && PG_ARGISNULL(9))
		PG_RETURN_NULL();
	if (!offer.by_amount && !PG_ARGISNULL(9))
		offer_error("a discount is a percentage or an amount, not both",
					"Give null for discount_pct, or leave out discount_amount.");
	scale = rcv_scale_arg(PG_GETARG_INT32(8));
	offer.net = rcv_numeric_at_scale(PG_GETARG_DATUM(0), scale, "net");
	offer.tax = rcv_numeric_at_scale(PG_GETARG_DATUM(1), scale, "tax");
	until = rcv_day_arg(PG_GETARG_DATEADT(2), "issued_on");
	paid = rcv_day_arg(PG_GETARG_DATEADT(3), "paid_on");
	if (PG_GETARG_INT32(5) < 0)
		offer_error("discount_days must not be negative", NULL);
	until += PG_GETARG_INT32(5);
	rcv_check(rcv_day_valid(until) ? RCV_OK : RCV_EDATE, "last day of the discount");
	if (offer.by_amount)
		offer.amount = rcv_numeric_at_scale(PG_GETARG_DATUM(9), scale, "discount_amount");
	else
		offer.pct = pct_arg(PG_GETARG_DATUM(4), RCV_PCT_WHOLE, "discount_pct");
	offer.mode = rcv_choice_arg(PG_GETARG_TEXT_PP(6), "tax mode", rcv_discount_tax_names);
	offer.excluded = rcv_numeric_at_scale(PG_GETARG_DATUM(7), scale, "excluded_tax");
	status = rcv_early_discount(&offer, paid <= until, &discount);
	if (status == RCV_EDOMAIN)
		offer_error("discount_amount must lie between 0 and the net amount", NULL);
	rcv_check(status, "amount to pay");
	values[0] = BoolGetDatum(paid <= until);
	values[1] = DateADTGetDatum((DateADT) until);
	values[2] = rcv_money_numeric(discount.net, scale);
	values[3] = rcv_money_numeric(discount.tax, scale);
	values[4] = rcv_money_numeric(discount.tax_due, scale);
	values[5] = rcv_money_numeric(discount.to_pay, scale);
	return rcv_one_row(fcinfo, values, nulls);
}

/* effective_discount_rate(discount_pct, discount_days, net_days, method, basis) */
PG_FUNCTION_INFO_V1(pgrcv_effective_discount_rate);
Datum
pgrcv_effective_discount_rate(PG_FUNCTION_ARGS)
{
	double pct = rcv_numeric_double(PG_GETARG_DATUM(0), "discount_pct");
	int32 discount_days = PG_GETARG_INT32(1);
	int32 net_days = PG_GETARG_INT32(2);
	rcv_discount_method method =
		rcv_choice_arg(PG_GETARG_TEXT_PP(3), "method", rcv_discount_method_names);
	double rate;

	if (discount_days < 0 || net_days <= discount_days)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("net_days must be more than discount_days"),
						errdetail("The discount runs for %d days, the whole term for %d.",
								  discount_days, net_days)));
	if (!(pct >= 0 && pct < 100))
		offer_error("discount_pct must be at least 0 and less than 100", NULL);
	if (PG_GETARG_INT32(4) <= 0)
		offer_error("basis must be above 0", "It is the number of days of a year, 365 or 360.");
	if (rcv_discount_rate(pct, net_days - discount_days, PG_GETARG_INT32(4), method, &rate) !=
		RCV_OK)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("effective discount rate is out of range")));
	PG_RETURN_FLOAT8(rate);
}
