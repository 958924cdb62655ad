/*
 * schedule_pg.c
 *		The type rate_schedule: text, JSON and binary forms, and its rates.
 */
#include "interest/interest_pg.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "pg/json.h"

#define BINARY_VERSION 1

static const char *const what_schedule = "rate_schedule";
static const char *const root_keys[] = {"rates", "to", NULL};
static const char *const rate_keys[] = {"from", "to", "rate_pct", NULL};

#define SCHEDULE_HEADER offsetof(rcv_schedule_value, rates)

/* Values ---------------------------------------------------------------- */

rcv_schedule
rcv_schedule_arg(Datum datum)
{
	const rcv_schedule_value *value = (const rcv_schedule_value *) PG_DETOAST_DATUM(datum);
	Size size = VARSIZE(value);

	if (size < SCHEDULE_HEADER)
		rcv_check(RCV_EBINARY, what_schedule);
	if (value->version != RCV_SCHEDULE_VERSION)
		rcv_check(RCV_EVERSION, what_schedule);
	if (value->count < 1 || value->count != (size - SCHEDULE_HEADER) / sizeof(rcv_rate))
		rcv_check(RCV_EBINARY, what_schedule);
	return (rcv_schedule){value->rates, value->count, value->to};
}

Datum
rcv_schedule_datum(const rcv_rate *rates, int32 count, int32 to)
{
	Size size = SCHEDULE_HEADER + count * sizeof(rcv_rate);
	rcv_schedule_value *value = palloc0(size);

	SET_VARSIZE(value, size);
	value->version = RCV_SCHEDULE_VERSION;
	value->count = count;
	value->to = to;
	memcpy(value->rates, rates, count * sizeof(rcv_rate));
	return PointerGetDatum(value);
}

static const char *
day_text(int32 day)
{
	char *text = palloc(RCV_DAY_TEXT + 1);

	rcv_day_print(day, text);
	return text;
}

static void
limit_error(void)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("a rate schedule has more than %d rates", RCV_SCHEDULE_RATES_MAX)));
}

void
rcv_rate_gap_error(const rcv_rate_gap *gap)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the rate schedule has no rate for some days"),
					gap->from == gap->to ? errdetail("There is none for %s.", day_text(gap->from))
										 : errdetail("There is none from %s to %s.",
													 day_text(gap->from), day_text(gap->to)),
					errhint("Add the rates of these days to the schedule.")));
	pg_unreachable();
}

/* Reading --------------------------------------------------------------- */

static int64
read_rate_pct(const rcv_json *json)
{
	rcv_money rate;
	int64 units;

	if (!rcv_json_money(json, "rate_pct", &rate))
		rcv_json_error(json, "A rate needs \"rate_pct\", a number.");
	if (rate.scale > RCV_RATE_SCALE)
		rcv_json_error(json, "\"rate_pct\" has more than %d decimals.", RCV_RATE_SCALE);
	if (rcv_money_rescale(rate.units, rate.scale, RCV_RATE_SCALE, &units) != RCV_OK ||
		units < -RCV_RATE_MAX || units > RCV_RATE_MAX)
		rcv_json_error(json, "\"rate_pct\" must lie between -1000 and 1000.");
	return units;
}

/* One rate; *to is the last day it says, or RCV_DAY_MAX. */
static rcv_rate
read_rate(const rcv_json_list *rates, int i, int32 *to)
{
	rcv_json json = rcv_json_item(rates, i, rate_keys);
	rcv_rate rate = {0};

	if (!rcv_json_day(&json, "from", &rate.from))
		rcv_json_error(&json, "A rate needs \"from\", its first day.");
	*to = RCV_DAY_MAX;
	if (rcv_json_day(&json, "to", to) && *to < rate.from)
		rcv_json_error(&json, "The rate from %s ends before it begins.", day_text(rate.from));
	rate.rate = read_rate_pct(&json);
	return rate;
}

/* Each rate begins after the one before it, and where that one says its end, on the next day. */
static void
check_order(const rcv_json *json, const rcv_rate *before, int32 before_to, const rcv_rate *rate)
{
	if (rate->from <= before->from)
		rcv_json_error(json, "The rate from %s does not come after the one from %s.",
					   day_text(rate->from), day_text(before->from));
	if (before_to == RCV_DAY_MAX)
		return;
	if (before_to >= rate->from)
		rcv_json_error(json, "Two rates hold from %s to %s.", day_text(rate->from),
					   day_text(before_to));
	if (before_to + 1 < rate->from)
		rcv_json_error(json, "No rate holds from %s to %s.", day_text(before_to + 1),
					   day_text(rate->from - 1));
}

static Datum
schedule_of_jsonb(Jsonb *jsonb)
{
	rcv_json json = rcv_json_open(jsonb, what_schedule, root_keys);
	rcv_json_list list;
	rcv_rate *rates;
	int32 last_to = RCV_DAY_MAX;
	int32 to = RCV_DAY_MAX;

	rcv_json_open_list(&json, "rates", RCV_SCHEDULE_RATES_MAX, &list);
	if (list.length == 0)
		rcv_json_error(&json, "\"rates\" must be an array of at least one rate.");
	rates = palloc(list.length * sizeof(*rates));
	for (int i = 0; i < list.length; i++)
	{
		int32 before_to = last_to;

		rates[i] = read_rate(&list, i, &last_to);
		if (i > 0)
			check_order(&json, &rates[i - 1], before_to, &rates[i]);
	}
	if (rcv_json_day(&json, "to", &to) && last_to != RCV_DAY_MAX && last_to != to)
		rcv_json_error(&json, "\"to\" of the last rate and of the schedule differ.");
	to = Min(to, last_to);
	if (to < rates[list.length - 1].from)
		rcv_json_error(&json, "The schedule ends before its last rate begins.");
	return rcv_schedule_datum(rates, list.length, to);
}

static Datum
schedule_of_text(const char *text)
{
	if (isalpha((unsigned char) text[0]))
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"", what_schedule, text),
						errdetail("A schedule is JSON; names are not taken."),
						errhint("Those with a name are the rows of rate_schedules().")));
	return schedule_of_jsonb(rcv_json_of_text(text, what_schedule));
}

/* Writing --------------------------------------------------------------- */

static void
append_rate_pct(StringInfo out, int64 rate)
{
	char text[RCV_MONEY_TEXT];
	rcv_money shown;

	rcv_check(rcv_money_reduce(rate, RCV_RATE_SCALE, &shown), what_schedule);
	rcv_money_print(shown.units, shown.scale, text);
	appendStringInfoString(out, text);
}

static char *
text_of_schedule(const rcv_schedule *schedule)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"rates\": [");
	for (int i = 0; i < schedule->count; i++)
	{
		appendStringInfo(&out, "%s{\"from\": \"%s\", \"rate_pct\": ", i == 0 ? "" : ", ",
						 day_text(schedule->rates[i].from));
		append_rate_pct(&out, schedule->rates[i].rate);
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoChar(&out, ']');
	if (schedule->to != RCV_DAY_MAX)
		appendStringInfo(&out, ", \"to\": \"%s\"", day_text(schedule->to));
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* Functions of the type ---------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_rate_schedule_in);
Datum
pgrcv_rate_schedule_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(schedule_of_text(PG_GETARG_CSTRING(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_rate_schedule_out);
Datum
pgrcv_rate_schedule_out(PG_FUNCTION_ARGS)
{
	rcv_schedule schedule = rcv_schedule_arg(PG_GETARG_DATUM(0));

	PG_RETURN_CSTRING(text_of_schedule(&schedule));
}

PG_FUNCTION_INFO_V1(pgrcv_rate_schedule_recv);
Datum
pgrcv_rate_schedule_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, what_schedule);
	PG_RETURN_DATUM(schedule_of_text(pq_getmsgtext(in, in->len - in->cursor, &length)));
}

PG_FUNCTION_INFO_V1(pgrcv_rate_schedule_send);
Datum
pgrcv_rate_schedule_send(PG_FUNCTION_ARGS)
{
	rcv_schedule schedule = rcv_schedule_arg(PG_GETARG_DATUM(0));
	const char *text = text_of_schedule(&schedule);
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_rate_schedule_from_jsonb);
Datum
pgrcv_rate_schedule_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(schedule_of_jsonb(PG_GETARG_JSONB_P(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_rate_schedule_to_jsonb);
Datum
pgrcv_rate_schedule_to_jsonb(PG_FUNCTION_ARGS)
{
	rcv_schedule schedule = rcv_schedule_arg(PG_GETARG_DATUM(0));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text_of_schedule(&schedule)));
}

/* Rates -------------------------------------------------------------------- */

static Datum
rate_numeric(int64 rate)
{
	rcv_money shown;

	rcv_check(rcv_money_reduce(rate, RCV_RATE_SCALE, &shown), what_schedule);
	return rcv_money_numeric(shown.units, shown.scale);
}

PG_FUNCTION_INFO_V1(pgrcv_rate_at);
Datum
pgrcv_rate_at(PG_FUNCTION_ARGS)
{
	rcv_schedule schedule = rcv_schedule_arg(PG_GETARG_DATUM(0));
	int32 i = rcv_schedule_find(&schedule, rcv_day_arg(PG_GETARG_DATEADT(1), "day"));

	if (i < 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(rate_numeric(schedule.rates[i].rate));
}

PG_FUNCTION_INFO_V1(pgrcv_schedule_rates);
Datum
pgrcv_schedule_rates(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	rcv_schedule schedule = rcv_schedule_arg(PG_GETARG_DATUM(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < schedule.count; i++)
	{
		bool last = i + 1 == schedule.count;
		int32 to = last ? schedule.to : schedule.rates[i + 1].from - 1;
		Datum values[3];
		bool nulls[3] = {false, last && to == RCV_DAY_MAX, false};

		CHECK_FOR_INTERRUPTS();
		values[0] = DateADTGetDatum(schedule.rates[i].from);
		values[1] = DateADTGetDatum(to);
		values[2] = rate_numeric(schedule.rates[i].rate);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}

PG_FUNCTION_INFO_V1(pgrcv_rate_floor);
Datum
pgrcv_rate_floor(PG_FUNCTION_ARGS)
{
	rcv_schedule contract = rcv_schedule_arg(PG_GETARG_DATUM(0));
	rcv_schedule legal = rcv_schedule_arg(PG_GETARG_DATUM(1));
	rcv_money factor = rcv_numeric_money(PG_GETARG_DATUM(2), "factor");
	rcv_rate *rates = palloc((contract.count + legal.count) * sizeof(*rates));
	rcv_schedule result;
	rcv_status status;

	if (factor.units < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("factor must not be negative")));
	status = rcv_schedule_floor(&contract, &legal, factor, rates, &result);
	if (status == RCV_EDOMAIN)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the two rate schedules have no day in common")));
	if (status == RCV_EOVERFLOW)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("legal rate times factor is no possible rate"),
						errdetail("A rate has up to %d decimals and is at most %d.", RCV_RATE_SCALE,
								  RCV_RATE_MAX / 1000000)));
	if (status == RCV_ELIMIT)
		limit_error();
	PG_RETURN_DATUM(rcv_schedule_datum(rates, result.count, result.to));
}
