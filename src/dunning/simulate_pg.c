/*
 * simulate_pg.c
 *		dunning_simulate: the steps of one item over some time, and what it shares
 *		with dunning_backtest.
 */
#include "dunning/simulate_pg.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "calendar/calendar_pg.h"
#include "interest/interest_pg.h"

/* Histories --------------------------------------------------------------------- */

void
rcv_history_add(rcv_history *history, rcv_money amount, int32 day, bool received)
{
	if (history->n >= RCV_HISTORY_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("an item has more than %d changes", RCV_HISTORY_MAX),
						errhint("Sum them up by day.")));
	if (history->n == history->room)
	{
		history->room = history->room == 0 ? 16 : 2 * history->room;
		if (history->changes == NULL)
			history->changes = palloc(history->room * sizeof(rcv_change));
		else
			history->changes = repalloc_huge(history->changes, history->room * sizeof(rcv_change));
	}
	history->changes[history->n++] = (rcv_change){
		.units = amount.units, .day = day, .scale = (int16_t) amount.scale, .received = received};
}

static int
compare_days(const void *a, const void *b)
{
	int32 x = ((const rcv_change *) a)->day;
	int32 y = ((const rcv_change *) b)->day;

	return (x > y) - (x < y);
}

void
rcv_history_sort(rcv_history *history)
{
	if (history->n > 1)
		qsort(history->changes, history->n, sizeof(rcv_change), compare_days);
}

/* Runs ---------------------------------------------------------------------------- */

void
rcv_simulation_check_days(int32 from, int32 to)
{
	char text[2][RCV_DAY_TEXT + 1];

	if (from <= to)
		return;
	rcv_day_print(from, text[0]);
	rcv_day_print(to, text[1]);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("to_day lies before from_day"),
					errdetail("from_day is %s, to_day is %s.", text[0], text[1])));
}

void
rcv_simulation_check_last(const rcv_dunning_facts *facts)
{
	char text[2][RCV_DAY_TEXT + 1];

	if (facts->last_step < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("last_step must not be negative")));
	if (facts->last_on <= facts->as_of)
		return;
	rcv_day_print(facts->last_on, text[0]);
	rcv_day_print(facts->as_of, text[1]);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the last step was taken after the first day asked for"),
					errdetail("last_step_on is %s, from_day is %s.", text[0], text[1]),
					errhint("Give the last step that was taken up to from_day.")));
}

bool
rcv_simulation_take(rcv_simulation *s, rcv_taken *out)
{
	bool taken = false;
	rcv_rate_gap gap;
	rcv_status status;

	while (!taken && s->next != RCV_DAY_NONE)
	{
		CHECK_FOR_INTERRUPTS();
		status = rcv_simulation_ask(s, &out->answer, &taken);
		rcv_check(status, status == RCV_EDATE ? "day of a dunning step" : "open amount");
		if (taken)
		{
			status = rcv_dunning_amounts(s->policy, &s->facts, &out->answer, &gap);
			if (status == RCV_EDOMAIN)
				rcv_rate_gap_error(&gap);
			rcv_check(status, "interest of a dunning step");
			out->day = s->facts.as_of;
			out->open = s->facts.open;
			out->after = s->at;
		}
		rcv_simulation_go_on(s, &out->answer, taken);
	}
	return taken;
}

/* Rows ----------------------------------------------------------------------------- */

static void
set_text(const rcv_dunning_policy *policy, uint32 place, Datum *value, bool *null)
{
	*null = place == 0;
	if (!*null)
		*value = CStringGetTextDatum(rcv_policy_text(policy, place));
}

void
rcv_taken_columns(const rcv_dunning_policy *policy, const rcv_taken *taken, Datum *values,
				  bool *nulls)
{
	const rcv_dunning_answer *answer = &taken->answer;
	const rcv_ladder_step *step = answer->step;

	memset(nulls, 0, RCV_TAKEN_COLUMNS * sizeof(bool));
	values[RCV_TAKEN_DAY] = DateADTGetDatum(taken->day);
	values[RCV_TAKEN_STEP] = Int32GetDatum(answer->number);
	values[RCV_TAKEN_ACTION] = CStringGetTextDatum(
		step->flags & RCV_STEP_APPROVAL ? "approve" : rcv_dunning_action_names[step->action]);
	set_text(policy, answer->channel, &values[RCV_TAKEN_CHANNEL], &nulls[RCV_TAKEN_CHANNEL]);
	set_text(policy, step->template, &values[RCV_TAKEN_TEMPLATE], &nulls[RCV_TAKEN_TEMPLATE]);
	values[RCV_TAKEN_OPEN] = rcv_money_numeric(taken->open.units, taken->open.scale);
	values[RCV_TAKEN_FEE] = rcv_money_numeric(answer->fee, policy->scale);
	nulls[RCV_TAKEN_INTEREST] = !answer->interest_known;
	if (answer->interest_known)
		values[RCV_TAKEN_INTEREST] = rcv_money_numeric(answer->interest, policy->scale);
	values[RCV_TAKEN_INDEMNITY] = rcv_money_numeric(answer->indemnity, policy->scale);
}

Datum
rcv_taken_reason(const rcv_taken *taken)
{
	return CStringGetTextDatum(rcv_dunning_reason_names[taken->answer.reason]);
}

/* dunning_simulate -------------------------------------------------------------------- */

enum
{
	ARG_POLICY,
	ARG_DUE_ON,
	ARG_AMOUNTS,
	ARG_DAYS,
	ARG_FROM,
	ARG_TO,
	ARG_SEGMENT,
	ARG_CHANNELS,
	ARG_CALENDAR,
	ARG_RATES,
	ARG_INVOICE_ON,
	ARG_CURRENCY,
	ARG_LAST_STEP,
	ARG_LAST_ON,
	ARG_PRESCRIBED_ON
};

static int32
day_of(FunctionCallInfo fcinfo, int arg, const char *what, bool needed)
{
	if (!PG_ARGISNULL(arg))
		return rcv_day_arg(PG_GETARG_DATEADT(arg), what);
	if (needed)
		rcv_null_error(what);
	return RCV_DAY_NONE;
}

static Datum *
elements_of(FunctionCallInfo fcinfo, int arg, Oid type, bool **nulls, int *n)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(arg);
	Datum *elements;

	deconstruct_array(array, type, type == DATEOID ? sizeof(DateADT) : -1, type == DATEOID,
					  TYPALIGN_INT, &elements, nulls, n);
	return elements;
}

static void
read_history(FunctionCallInfo fcinfo, rcv_history *history)
{
	bool *null[2];
	int n[2];
	Datum *amounts = elements_of(fcinfo, ARG_AMOUNTS, NUMERICOID, &null[0], &n[0]);
	Datum *days = elements_of(fcinfo, ARG_DAYS, DATEOID, &null[1], &n[1]);

	if (n[0] != n[1])
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("amounts and days must be of the same length"),
						errdetail("There are %d amounts and %d days.", n[0], n[1])));
	for (int i = 0; i < n[0]; i++)
	{
		if (null[0][i])
			rcv_null_error("an amount");
		if (null[1][i])
			rcv_null_error("a day");
		rcv_history_add(history, rcv_numeric_money(amounts[i], "amount"),
						rcv_day_arg(DatumGetDateADT(days[i]), "day"), i > 0);
	}
	rcv_history_sort(history);
}

static void
read_item(FunctionCallInfo fcinfo, rcv_dunning_facts *facts, rcv_schedule *room)
{
	const rcv_money nothing = {0, RCV_SCALE_MIN};

	*facts = rcv_dunning_plain_facts(day_of(fcinfo, ARG_DUE_ON, "due_on", false), nothing,
									 day_of(fcinfo, ARG_FROM, "from_day", true));
	facts->last_step = PG_ARGISNULL(ARG_LAST_STEP) ? 0 : PG_GETARG_INT32(ARG_LAST_STEP);
	facts->last_on = day_of(fcinfo, ARG_LAST_ON, "last_step_on", false);
	facts->invoice_on = day_of(fcinfo, ARG_INVOICE_ON, "invoice_on", false);
	facts->prescribed_on = day_of(fcinfo, ARG_PRESCRIBED_ON, "prescribed_on", false);
	if (!PG_ARGISNULL(ARG_SEGMENT))
		facts->segment = rcv_dunning_text_of(PG_GETARG_DATUM(ARG_SEGMENT));
	if (!PG_ARGISNULL(ARG_CURRENCY))
		facts->currency = rcv_dunning_currency_of(PG_GETARG_DATUM(ARG_CURRENCY));
	if (!PG_ARGISNULL(ARG_CHANNELS))
		rcv_dunning_read_channels(PG_GETARG_DATUM(ARG_CHANNELS), facts);
	if (!PG_ARGISNULL(ARG_CALENDAR))
		facts->days = rcv_business_days_arg(fcinfo, ARG_CALENDAR);
	if (!PG_ARGISNULL(ARG_RATES))
	{
		*room = rcv_schedule_arg(PG_GETARG_DATUM(ARG_RATES));
		facts->rates = room;
	}
}

/* dunning_simulate(policy, due_on, amounts, days, from_day, to_day, ...) */
PG_FUNCTION_INFO_V1(pgrcv_dunning_simulate);
Datum
pgrcv_dunning_simulate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	rcv_history history = {NULL, 0, 0};
	const rcv_dunning_policy *policy;
	rcv_dunning_facts facts;
	rcv_schedule rates;
	rcv_simulation s;
	rcv_taken taken;
	int32 to;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(ARG_POLICY) || PG_ARGISNULL(ARG_AMOUNTS) || PG_ARGISNULL(ARG_DAYS))
		PG_RETURN_NULL();
	policy = rcv_dunning_kept_arg(fcinfo, false)->policy;
	read_item(fcinfo, &facts, &rates);
	to = day_of(fcinfo, ARG_TO, "to_day", true);
	rcv_simulation_check_days(facts.as_of, to);
	rcv_simulation_check_last(&facts);
	read_history(fcinfo, &history);
	rcv_check(rcv_simulation_begin(&s, policy, &facts, history.changes, history.n, to),
			  "simulation");
	while (rcv_simulation_take(&s, &taken))
	{
		Datum values[RCV_TAKEN_COLUMNS + 1];
		bool nulls[RCV_TAKEN_COLUMNS + 1];

		rcv_taken_columns(policy, &taken, values, nulls);
		values[RCV_TAKEN_COLUMNS] = rcv_taken_reason(&taken);
		nulls[RCV_TAKEN_COLUMNS] = false;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}
