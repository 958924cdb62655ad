/*
 * factoring_pg.c
 *		Quotes of a factor and yearly cost as rows, and rates a year.
 */
#include "pg/rcv_pg.h"

#include "access/htup_details.h"

#include "factoring/factoring.h"
#include "pg/json.h"

static const char *const what_terms = "factoring terms";

static const char *const keys[] = {"advance_pct",
								   "commission_pct",
								   "commission_min",
								   "annual_commission_min",
								   "annual_turnover",
								   "financing_pct",
								   "basis",
								   "interest_on",
								   "interest_taken",
								   "fees",
								   "annual_fees",
								   "annual_savings",
								   "vat_pct",
								   "vat_recovered",
								   "overdraft_pct",
								   "overdraft_basis",
								   "year_days",
								   "scale",
								   "from",
								   "to",
								   "name",
								   "source",
								   NULL};
static const char *const interest_on_names[] = {"advance", "cash", NULL};
static const char *const interest_taken_names[] = {"start", "end", NULL};

/* Terms with the days on which they hold. */
typedef struct dated_terms
{
	rcv_factoring_terms terms;
	int32 from;
	int32 to;
} dated_terms;

/* Reading ------------------------------------------------------------------- */

static bool
read_pct(const rcv_json *json, const char *key, int64 *out)
{
	rcv_money pct;

	if (!rcv_json_money(json, key, &pct))
		return false;
	if (pct.scale > RCV_PCT_SCALE)
		rcv_json_error(json, "\"%s\" has more than %d decimals.", key, RCV_PCT_SCALE);
	if (pct.units < 0 || rcv_money_rescale(pct.units, pct.scale, RCV_PCT_SCALE, out) != RCV_OK ||
		*out > RCV_PCT_MAX)
		rcv_json_error(json, "\"%s\" must lie between 0 and 1000: it is in percent.", key);
	return true;
}

/* Units of an amount with no more decimals than the currency has; false when it has more. */
static bool
currency_units(rcv_money amount, int scale, int64 *out)
{
	int64 power;

	if (amount.scale <= scale)
		return rcv_money_rescale(amount.units, amount.scale, scale, out) == RCV_OK;
	power = rcv_pow10(amount.scale - scale);
	*out = amount.units / power;
	return amount.units % power == 0;
}

static void
read_amount(const rcv_json *json, const char *key, int scale, int64 *out)
{
	rcv_money amount;

	if (!rcv_json_money(json, key, &amount))
		return;
	if (amount.units < 0 || !currency_units(amount, scale, out) ||
		*out > INT64CONST(100000000000000000))
		rcv_json_error(json, "\"%s\" must be an amount not below 0 with at most %d decimals.", key,
					   scale);
}

static int
read_year(const rcv_json *json, const char *key, int otherwise)
{
	int64 days = otherwise;

	if (rcv_json_int64(json, key, 0, 1000, &days) && days != 360 && days != 365)
		rcv_json_error(json, "\"%s\" must be 360 or 365.", key);
	return (int) days;
}

static void
read_amounts(const rcv_json *json, rcv_factoring_terms *terms)
{
	int64 scale = 2;

	rcv_json_int64(json, "scale", 0, RCV_FACTORING_SCALE_MAX, &scale);
	terms->scale = (int) scale;
	read_amount(json, "commission_min", terms->scale, &terms->commission_min);
	read_amount(json, "annual_commission_min", terms->scale, &terms->annual_commission_min);
	read_amount(json, "annual_turnover", terms->scale, &terms->annual_turnover);
	read_amount(json, "fees", terms->scale, &terms->fees);
	read_amount(json, "annual_fees", terms->scale, &terms->annual_fees);
	read_amount(json, "annual_savings", terms->scale, &terms->annual_savings);
}

static void
read_rates(const rcv_json *json, rcv_factoring_terms *terms)
{
	int choice = 0;

	if (!read_pct(json, "advance_pct", &terms->advance))
		rcv_json_error(json,
					   "\"advance_pct\" is missing: the part of an invoice that is advanced.");
	if (terms->advance == 0 || terms->advance > RCV_PCT_WHOLE)
		rcv_json_error(json, "\"advance_pct\" must be above 0 and at most 100.");
	read_pct(json, "commission_pct", &terms->commission);
	read_pct(json, "financing_pct", &terms->financing);
	read_pct(json, "vat_pct", &terms->vat);
	terms->has_overdraft = read_pct(json, "overdraft_pct", &terms->overdraft);
	if (rcv_json_choice(json, "interest_on", interest_on_names, &choice))
		terms->on_cash = choice == 1;
	if (rcv_json_choice(json, "interest_taken", interest_taken_names, &choice))
		terms->at_end = choice == 1;
	terms->vat_recovered = true;
	rcv_json_bool(json, "vat_recovered", &terms->vat_recovered);
	terms->basis = read_year(json, "basis", 360);
	terms->overdraft_basis = read_year(json, "overdraft_basis", terms->basis);
	terms->year_days = read_year(json, "year_days", terms->basis);
}

static void *
build_terms(Datum argument, MemoryContext context)
{
	rcv_json json = rcv_json_open(DatumGetJsonbP(argument), what_terms, keys);
	dated_terms *dated = MemoryContextAllocZero(context, sizeof(*dated));

	read_rates(&json, &dated->terms);
	read_amounts(&json, &dated->terms);
	dated->from = RCV_DAY_MIN;
	dated->to = RCV_DAY_MAX;
	rcv_json_day(&json, "from", &dated->from);
	rcv_json_day(&json, "to", &dated->to);
	if (dated->to < dated->from)
		rcv_json_error(&json, "The terms end before they begin.");
	(void) rcv_json_text(&json, "name");
	(void) rcv_json_text(&json, "source");
	rcv_check(rcv_factoring_check(&dated->terms), what_terms);
	return dated;
}

/* The terms of an argument; on_day, which may be null, must be one of theirs. */
static const rcv_factoring_terms *
terms_args(FunctionCallInfo fcinfo, int argument)
{
	const dated_terms *dated = rcv_cached(fcinfo, PG_GETARG_DATUM(argument), build_terms);
	int32 day;

	if (PG_ARGISNULL(argument + 1))
		return &dated->terms;
	day = rcv_day_arg(PG_GETARG_DATEADT(argument + 1), "on_day");
	if (day < dated->from || day > dated->to)
	{
		char from[RCV_DAY_TEXT + 1];
		char to[RCV_DAY_TEXT + 1];

		rcv_day_print(dated->from, from);
		rcv_day_print(dated->to, to);
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the factoring terms do not hold on that day"),
						errdetail("They hold from %s to %s.", from, to)));
	}
	return &dated->terms;
}

static int64
amount_arg(Datum value, int scale, const char *what)
{
	rcv_money amount = rcv_numeric_money(value, what);
	int64 units = 0;

	if (amount.units <= 0 || !currency_units(amount, scale, &units) ||
		units > INT64CONST(100000000000000000))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be above 0, with at most %d decimals", what, scale),
						errhint("Leave out credit notes; \"scale\" of the terms is the number "
								"of decimals of the currency.")));
	return units;
}

static int32
days_arg(int32 days)
{
	if (days < 1 || days > RCV_FACTORING_DAYS_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("days must lie between 1 and %d", RCV_FACTORING_DAYS_MAX),
						errdetail("They are the days until the customer is expected to pay; %d are "
								  "given.",
								  days),
						errhint("An invoice that is past due is paid on a day to come, too: give "
								"the days until then.")));
	return days;
}

/* Rows ---------------------------------------------------------------------- */

#define COLUMNS_MAX 16

/* A row that is being filled. */
typedef struct row
{
	Datum values[COLUMNS_MAX];
	bool nulls[COLUMNS_MAX];
	int n;
	int scale;
} row;

static void
put_amount(row *out, rcv_int128 units)
{
	out->values[out->n++] = rcv_money_numeric(units, out->scale);
}

/* A rate in percent; null when it has no answer. */
static void
put_pct(row *out, rcv_status status, double rate)
{
	out->nulls[out->n] = status != RCV_OK;
	out->values[out->n++] = Float8GetDatum(100 * rate);
}

static void
put_ratio(row *out, rcv_int128 cost, rcv_int128 funds)
{
	double rate;
	rcv_status status = rcv_simple_annual_rate((double) cost, (double) funds, 1, 1, &rate);

	put_pct(out, status, rate);
}

static Datum
finish_row(FunctionCallInfo fcinfo, row *out)
{
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != out->n)
		elog(ERROR, "function must return its row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), out->values, out->nulls));
}

static void
put_rates(row *out, const rcv_factoring_quote *quote, int32 days)
{
	double cost = (double) quote->cost;
	double cash = (double) quote->cash;
	double rate;
	rcv_status status;

	put_ratio(out, quote->cost, quote->cash);
	put_ratio(out, quote->cost, quote->advance);
	status = rcv_simple_annual_rate(cost, cash, days, 360, &rate);
	put_pct(out, status, rate);
	status = rcv_simple_annual_rate(cost, cash, days, 365, &rate);
	put_pct(out, status, rate);
	status = rcv_effective_annual_rate(cost, cash, days, 365, &rate);
	put_pct(out, status, rate);
}

/* factoring_quote(amount, days, terms, on_day) */
PG_FUNCTION_INFO_V1(pgrcv_factoring_quote);
Datum
pgrcv_factoring_quote(PG_FUNCTION_ARGS)
{
	const rcv_factoring_terms *terms;
	rcv_factoring_quote quote;
	int32 days;
	row out = {.n = 0};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	terms = terms_args(fcinfo, 2);
	if (terms->annual_commission_min > 0 && terms->annual_turnover == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid %s", what_terms),
						errdetail("\"annual_commission_min\" needs \"annual_turnover\", which it "
								  "is spread over.")));
	days = days_arg(PG_GETARG_INT32(1));
	out.scale = terms->scale;
	rcv_check(rcv_factoring_quote_of(terms, amount_arg(PG_GETARG_DATUM(0), terms->scale, "amount"),
									 days, &quote),
			  "factoring quote");
	put_amount(&out, quote.advance);
	put_amount(&out, quote.commission);
	put_amount(&out, quote.fees);
	put_amount(&out, quote.financing);
	put_amount(&out, quote.vat);
	put_amount(&out, quote.retention);
	put_amount(&out, quote.cash);
	put_amount(&out, quote.cost);
	put_rates(&out, &quote, days);
	out.nulls[out.n] = out.nulls[out.n + 1] = !terms->has_overdraft;
	put_amount(&out, quote.overdraft);
	put_amount(&out, quote.cost - quote.overdraft);
	return finish_row(fcinfo, &out);
}

/* factoring_year(turnover, invoices, days, terms, on_day) */
PG_FUNCTION_INFO_V1(pgrcv_factoring_year);
Datum
pgrcv_factoring_year(PG_FUNCTION_ARGS)
{
	const rcv_factoring_terms *terms;
	rcv_factoring_cost cost;
	int64 turnover;
	row out = {.n = 0};

	for (int i = 0; i < 4; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	terms = terms_args(fcinfo, 3);
	out.scale = terms->scale;
	turnover = amount_arg(PG_GETARG_DATUM(0), terms->scale, "turnover");
	if (PG_GETARG_INT32(1) < 0 || PG_GETARG_INT32(1) > 1000000000)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invoices must lie between 0 and 1000000000")));
	rcv_check(rcv_factoring_year_of(terms, turnover, PG_GETARG_INT32(1),
									days_arg(PG_GETARG_INT32(2)), &cost),
			  "factoring of a year");
	put_amount(&out, cost.outstanding);
	put_amount(&out, cost.funds);
	put_amount(&out, cost.commission);
	put_amount(&out, cost.fees);
	put_amount(&out, cost.financing);
	put_amount(&out, cost.vat);
	put_amount(&out, cost.savings);
	put_amount(&out, cost.cost);
	put_ratio(&out, cost.cost, cost.funds);
	put_ratio(&out, cost.cost, turnover);
	return finish_row(fcinfo, &out);
}

/* Rates ------------------------------------------------------------------------ */

typedef rcv_status (*rate_of)(double cost, double funds, double days, double year, double *out);

static Datum
annual_rate(FunctionCallInfo fcinfo, rate_of rate)
{
	double cost = rcv_numeric_double(PG_GETARG_DATUM(0), "cost");
	double funds = rcv_numeric_double(PG_GETARG_DATUM(1), "funds");
	int32 days = PG_GETARG_INT32(2);
	int32 year = PG_GETARG_INT32(3);
	double result;

	if (days < 1 || year < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("days and year_days must be above 0")));
	if (funds <= 0 || cost <= -funds)
		PG_RETURN_NULL();
	if (rate(cost, funds, days, year, &result) != RCV_OK)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("annual rate is out of range"),
				 errdetail("It is beyond the largest double.")));
	PG_RETURN_FLOAT8(result);
}

PG_FUNCTION_INFO_V1(pgrcv_simple_annual_rate);
Datum
pgrcv_simple_annual_rate(PG_FUNCTION_ARGS)
{
	return annual_rate(fcinfo, rcv_simple_annual_rate);
}

PG_FUNCTION_INFO_V1(pgrcv_effective_annual_rate);
Datum
pgrcv_effective_annual_rate(PG_FUNCTION_ARGS)
{
	return annual_rate(fcinfo, rcv_effective_annual_rate);
}
