/*
 * step_pg.c
 *		dunning_next_step, and its day alone.
 */
#include "dunning/dunning_pg.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "calendar/calendar_pg.h"
#include "interest/interest_pg.h"

#define TEXTS_KEPT 65536 /* bytes of texts, up to which they are kept as datums */

/* Arguments of dunning_next_step, and of all that take the same. */
enum
{
	ARG_POLICY,
	ARG_DUE_ON,
	ARG_OPEN,
	ARG_AS_OF,
	ARG_LAST_STEP,
	ARG_LAST_ON,
	ARG_PROMISE_ON,
	ARG_PROMISED,
	ARG_DISPUTED,
	ARG_HOLD_UNTIL,
	ARG_CHARGES,
	ARG_SEGMENT,
	ARG_CHANNELS,
	ARG_CALENDAR,
	ARG_RATES,
	ARG_INVOICE_ON,
	ARG_CURRENCY,
	ARG_STOP,
	ARG_PRESCRIBED_ON
};

static const char *const stop_names[] = {"insolvency", "written_off", "handed_over", NULL};

StaticAssertDecl(lengthof(stop_names) == RCV_STOP_GIVEN + 1, "the reasons that can be given");

/* Policies kept for a query ---------------------------------------------------- */

static void *
build_kept(Datum argument, MemoryContext context)
{
	rcv_dunning_kept *kept = MemoryContextAllocZero(context, sizeof(*kept));
	const rcv_dunning_policy *policy = rcv_dunning_policy_arg(argument);
	Size size = VARSIZE(policy);
	void *copy = MemoryContextAlloc(context, size);

	memcpy(copy, policy, size);
	kept->policy = copy;
	kept->context = context;
	return kept;
}

static void
prepare_rows(FunctionCallInfo fcinfo, rcv_dunning_kept *kept)
{
	MemoryContext old = MemoryContextSwitchTo(kept->context);
	TupleDesc row;

	for (int i = 0; i < RCV_ACTIONS; i++)
		kept->actions[i] = CStringGetTextDatum(rcv_dunning_action_names[i]);
	kept->actions[RCV_ACTION_APPROVE] = CStringGetTextDatum("approve");
	for (int i = 0; i < RCV_REASONS; i++)
		kept->reasons[i] = CStringGetTextDatum(rcv_dunning_reason_names[i]);
	if (kept->policy->texts <= TEXTS_KEPT)
		kept->texts = palloc0(kept->policy->texts * sizeof(Datum));
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE ||
		row->natts != RCV_STEP_COLUMNS)
		elog(ERROR, "function must return dunning_step");
	kept->row = BlessTupleDesc(row);
	MemoryContextSwitchTo(old);
}

rcv_dunning_kept *
rcv_dunning_kept_arg(FunctionCallInfo fcinfo, bool row)
{
	rcv_dunning_kept *kept = rcv_cached(fcinfo, PG_GETARG_DATUM(ARG_POLICY), build_kept);

	if (unlikely(row && kept->row == NULL))
		prepare_rows(fcinfo, kept);
	return kept;
}

const rcv_dunning_policy *
rcv_dunning_policy_kept(FunctionCallInfo fcinfo, int arg)
{
	rcv_dunning_kept *kept = rcv_cached(fcinfo, PG_GETARG_DATUM(arg), build_kept);

	return kept->policy;
}

/* Facts ------------------------------------------------------------------------- */

static inline int32
day_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	return PG_ARGISNULL(arg) ? RCV_DAY_NONE : rcv_day_arg(PG_GETARG_DATEADT(arg), what);
}

static pg_attribute_cold void
negative_error(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be negative", what)));
}

/* An amount that is not negative; 0 when null. */
static inline rcv_money
money_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	rcv_money money = {0, RCV_SCALE_MIN};

	if (!PG_ARGISNULL(arg))
		money = rcv_numeric_money(PG_GETARG_DATUM(arg), what);
	if (unlikely(money.units < 0))
		negative_error(what);
	return money;
}

rcv_dunning_text
rcv_dunning_text_of(Datum datum)
{
	const text *value = DatumGetTextPP(datum);

	return (rcv_dunning_text){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

static pg_attribute_cold void
currency_error(rcv_dunning_text name)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid currency \"%s\"", pnstrdup(name.at, name.length)),
					errdetail("A currency has three letters from A to Z, as in a policy's "
							  "\"min_amount\"."),
					errhint("Write upper(trim(currency)), and null where there is none.")));
}

rcv_dunning_text
rcv_dunning_currency_of(Datum datum)
{
	rcv_dunning_text name = rcv_dunning_text_of(datum);

	if (unlikely(!rcv_currency_valid(name.at, name.length)))
		currency_error(name);
	return name;
}

static inline rcv_dunning_text
text_arg(FunctionCallInfo fcinfo, int arg)
{
	if (PG_ARGISNULL(arg))
		return (rcv_dunning_text){NULL, 0};
	return rcv_dunning_text_of(PG_GETARG_DATUM(arg));
}

void
rcv_dunning_read_channels(Datum array, rcv_dunning_facts *facts)
{
	Datum *elements;
	bool *nulls;
	int n;
	rcv_dunning_text *channels;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &n);
	channels = palloc((n + 1) * sizeof(*channels));
	facts->channel_count = 0;
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			channels[facts->channel_count++] = rcv_dunning_text_of(elements[i]);
	facts->channels = channels;
}

static pg_attribute_cold void
last_step_error(int32 last_on, int32 as_of)
{
	char text[2][RCV_DAY_TEXT + 1];

	rcv_day_print(last_on, text[0]);
	rcv_day_print(as_of, text[1]);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the last step was taken after the day asked for"),
					errdetail("last_step_on is %s, as_of is %s.", text[0], text[1]),
					errhint("Give the last step up to as_of, as it was known on that day.")));
}

static void
read_history(FunctionCallInfo fcinfo, rcv_dunning_facts *facts)
{
	facts->last_step = PG_ARGISNULL(ARG_LAST_STEP) ? 0 : PG_GETARG_INT32(ARG_LAST_STEP);
	if (unlikely(facts->last_step < 0))
		negative_error("last_step");
	facts->last_on = day_arg(fcinfo, ARG_LAST_ON, "last_step_on");
	if (unlikely(facts->last_on > facts->as_of))
		last_step_error(facts->last_on, facts->as_of);
	facts->promise_on = day_arg(fcinfo, ARG_PROMISE_ON, "promise_on");
	facts->has_promise_amount = !PG_ARGISNULL(ARG_PROMISED);
	facts->promised = money_arg(fcinfo, ARG_PROMISED, "promise_amount");
	facts->hold_until =
		PG_ARGISNULL(ARG_HOLD_UNTIL)
			? RCV_DAY_NONE
			: rcv_day_or_infinity_arg(PG_GETARG_DATEADT(ARG_HOLD_UNTIL), "hold_until");
	facts->stop = PG_ARGISNULL(ARG_STOP)
					  ? -1
					  : rcv_choice_arg(PG_GETARG_TEXT_PP(ARG_STOP), "reason to stop", stop_names);
	facts->prescribed_on = day_arg(fcinfo, ARG_PRESCRIBED_ON, "prescribed_on");
}

void
rcv_dunning_read_facts(FunctionCallInfo fcinfo, rcv_dunning_facts *facts)
{
	if (PG_ARGISNULL(ARG_AS_OF))
		rcv_null_error("as_of");
	facts->as_of = rcv_day_arg(PG_GETARG_DATEADT(ARG_AS_OF), "as_of");
	facts->due_on = day_arg(fcinfo, ARG_DUE_ON, "due_on");
	facts->has_open = !PG_ARGISNULL(ARG_OPEN);
	facts->open = (rcv_money){0, RCV_SCALE_MIN};
	if (facts->has_open)
		facts->open = rcv_numeric_money(PG_GETARG_DATUM(ARG_OPEN), "open_amount");
	facts->disputed = money_arg(fcinfo, ARG_DISPUTED, "disputed_amount");
	facts->charges = money_arg(fcinfo, ARG_CHARGES, "open_charges");
	read_history(fcinfo, facts);
	facts->segment = text_arg(fcinfo, ARG_SEGMENT);
	facts->channels = NULL;
	facts->channel_count = -1;
	if (!PG_ARGISNULL(ARG_CHANNELS))
		rcv_dunning_read_channels(PG_GETARG_DATUM(ARG_CHANNELS), facts);
	facts->days = PG_ARGISNULL(ARG_CALENDAR) ? NULL : rcv_business_days_arg(fcinfo, ARG_CALENDAR);
	facts->invoice_on = day_arg(fcinfo, ARG_INVOICE_ON, "invoice_on");
	facts->currency = (rcv_dunning_text){NULL, 0};
	if (!PG_ARGISNULL(ARG_CURRENCY))
		facts->currency = rcv_dunning_currency_of(PG_GETARG_DATUM(ARG_CURRENCY));
}

const rcv_schedule *
rcv_dunning_rates_arg(FunctionCallInfo fcinfo, rcv_schedule *room)
{
	if (PG_ARGISNULL(ARG_RATES))
		return NULL;
	*room = rcv_schedule_arg(PG_GETARG_DATUM(ARG_RATES));
	return room;
}

/* Answers ------------------------------------------------------------------------ */

static pg_attribute_cold void
day_error(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
			 errmsg("the day of a dunning step is out of range"),
			 errdetail("Days run from 0001-01-01 to 9999-12-31; with a calendar they are its "
					   "business days from 1583-01-01 to 2599-12-31.")));
}

void
rcv_dunning_ask(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts, bool amounts,
				rcv_dunning_answer *answer)
{
	rcv_status status = rcv_dunning_decide(policy, facts, answer);
	rcv_rate_gap gap;

	if (unlikely(status == RCV_EDATE))
		day_error();
	rcv_check(status, "dunning step");
	if (!amounts)
		return;
	status = rcv_dunning_amounts(policy, facts, answer, &gap);
	if (unlikely(status == RCV_EDOMAIN))
		rcv_rate_gap_error(&gap);
	rcv_check(status, "interest of a dunning step");
}

/* An amount as a numeric; one that came lately is at hand. */
static Datum
amount_datum(rcv_dunning_kept *kept, int which, rcv_int128 units)
{
	rcv_kept_amount *at = &kept->amounts[which][(uint64) units / 4 % RCV_AMOUNTS_KEPT];
	Datum value;

	if (at->used && at->units == units)
		return PointerGetDatum(at->bytes);
	value = rcv_money_numeric(units, kept->policy->scale);
	if (units == (int64) units && VARSIZE(DatumGetPointer(value)) <= sizeof(at->bytes))
	{
		memcpy(at->bytes, DatumGetPointer(value), VARSIZE(DatumGetPointer(value)));
		at->units = (int64) units;
		at->used = true;
	}
	return value;
}

static Datum
text_datum(rcv_dunning_kept *kept, uint32 place)
{
	const char *text = rcv_policy_text(kept->policy, place);

	if (kept->texts == NULL)
		return CStringGetTextDatum(text);
	if (kept->texts[place] == 0)
	{
		MemoryContext old = MemoryContextSwitchTo(kept->context);

		kept->texts[place] = CStringGetTextDatum(text);
		MemoryContextSwitchTo(old);
	}
	return kept->texts[place];
}

static void
amount_columns(rcv_dunning_kept *kept, const rcv_dunning_answer *answer, Datum *values, bool *nulls)
{
	values[RCV_STEP_FEE] = amount_datum(kept, 0, answer->fee);
	values[RCV_STEP_INDEMNITY] = amount_datum(kept, 1, answer->indemnity);
	nulls[RCV_STEP_INTEREST_SUM] = !answer->interest_known;
	if (answer->interest_known)
		values[RCV_STEP_INTEREST_SUM] = amount_datum(kept, 2, answer->interest);
}

void
rcv_dunning_columns(rcv_dunning_kept *kept, const rcv_dunning_answer *answer, Datum *values,
					bool *nulls)
{
	const rcv_ladder_step *step = answer->step;

	memset(nulls, step == NULL, RCV_STEP_COLUMNS * sizeof(bool));
	nulls[RCV_STEP_NUMBER] = nulls[RCV_STEP_REASON] = false;
	values[RCV_STEP_NUMBER] = Int32GetDatum(answer->number);
	values[RCV_STEP_REASON] = kept->reasons[answer->reason];
	if (step == NULL)
		return;
	values[RCV_STEP_ACTION] =
		kept->actions[step->flags & RCV_STEP_APPROVAL ? RCV_ACTION_APPROVE : step->action];
	nulls[RCV_STEP_CHANNEL] = answer->channel == 0;
	if (answer->channel != 0)
		values[RCV_STEP_CHANNEL] = text_datum(kept, answer->channel);
	nulls[RCV_STEP_TEMPLATE] = step->template == 0;
	if (step->template != 0)
		values[RCV_STEP_TEMPLATE] = text_datum(kept, step->template);
	values[RCV_STEP_DUE_ON] = DateADTGetDatum(answer->due_on);
	nulls[RCV_STEP_PAY_BY] = answer->pay_by == RCV_DAY_NONE;
	values[RCV_STEP_PAY_BY] = DateADTGetDatum(answer->pay_by);
	amount_columns(kept, answer, values, nulls);
}

/* Functions ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(pgrcv_dunning_next_step);
Datum
pgrcv_dunning_next_step(PG_FUNCTION_ARGS)
{
	rcv_dunning_kept *kept;
	rcv_dunning_facts facts;
	rcv_dunning_answer answer;
	rcv_schedule rates;
	Datum values[RCV_STEP_COLUMNS];
	bool nulls[RCV_STEP_COLUMNS];

	if (PG_ARGISNULL(ARG_POLICY))
		PG_RETURN_NULL();
	kept = rcv_dunning_kept_arg(fcinfo, true);
	rcv_dunning_read_facts(fcinfo, &facts);
	facts.rates = rcv_dunning_rates_arg(fcinfo, &rates);
	rcv_dunning_ask(kept->policy, &facts, true, &answer);
	rcv_dunning_columns(kept, &answer, values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(kept->row, values, nulls)));
}

PG_FUNCTION_INFO_V1(pgrcv_dunning_next_on);
Datum
pgrcv_dunning_next_on(PG_FUNCTION_ARGS)
{
	rcv_dunning_facts facts;
	rcv_dunning_answer answer;

	if (PG_ARGISNULL(ARG_POLICY))
		PG_RETURN_NULL();
	rcv_dunning_read_facts(fcinfo, &facts);
	facts.rates = NULL;
	rcv_dunning_ask(rcv_dunning_kept_arg(fcinfo, false)->policy, &facts, false, &answer);
	if (answer.due_on == RCV_DAY_NONE)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(answer.due_on);
}
