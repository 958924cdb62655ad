/*
 * backtest_pg.c
 *		dunning_backtest: what a policy would have done with the items of a ledger.
 *
 * Items and payments come sorted by item, so that one item is in memory at a time.
 */
#include "dunning/query_pg.h"
#include "dunning/simulate_pg.h"

#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "calendar/calendar_pg.h"
#include "interest/interest_pg.h"
#include "pg/json.h"

enum
{
	ARG_POLICY,
	ARG_ITEMS,
	ARG_PAYMENTS,
	ARG_FROM,
	ARG_TO,
	ARG_OPTIONS,
	ARG_CALENDAR,
	ARG_RATES
};

enum
{
	ITEM_ITEM,
	ITEM_DUE_ON,
	ITEM_AMOUNT,
	ITEM_CUSTOMER,
	ITEM_SEGMENT,
	ITEM_CURRENCY,
	ITEM_ISSUED_ON,
	ITEM_LAST_STEP,
	ITEM_LAST_ON,
	ITEM_PRESCRIBED_ON,
	ITEM_COLUMNS
};

/* A null due date or amount has an answer of its own: no step. */
static const rcv_query_column item_columns[ITEM_COLUMNS] = {
	{"item", RCV_QUERY_KEY, .needed = true},
	{"due_on", RCV_QUERY_DAY, .needed = true, .nullable = true},
	{"amount", RCV_QUERY_AMOUNT, .needed = true, .nullable = true},
	{"customer", RCV_QUERY_TEXT},
	{"segment", RCV_QUERY_TEXT},
	{"currency", RCV_QUERY_TEXT},
	{"issued_on", RCV_QUERY_DAY},
	{"last_step", RCV_QUERY_INTEGER},
	{"last_step_on", RCV_QUERY_DAY},
	{"prescribed_on", RCV_QUERY_DAY},
};

enum
{
	PAYMENT_ITEM,
	PAYMENT_DAY,
	PAYMENT_AMOUNT,
	PAYMENT_RECEIVED,
	PAYMENT_COLUMNS
};

/* What was paid for no item, or not on account of one yet, is of none. */
static const rcv_query_column payment_columns[PAYMENT_COLUMNS] = {
	{"item", RCV_QUERY_KEY, .needed = true, .skip = true},
	{"day", RCV_QUERY_DAY, .needed = true},
	{"amount", RCV_QUERY_AMOUNT, .needed = true},
	{"received", RCV_QUERY_BOOLEAN},
};

/* Columns of the result: item, customer, segment, those of a step, and these. */
#define LEAD_COLUMNS 3

enum
{
	COLUMN_COST = LEAD_COLUMNS + RCV_TAKEN_COLUMNS,
	COLUMN_PAID,
	COLUMN_DAYS,
	COLUMN_REASON,
	COLUMNS
};

typedef struct backtest
{
	const rcv_dunning_policy *policy;
	rcv_dunning_facts facts; /* what is the same for all items */
	int32 to;
	rcv_schedule rates;
	rcv_query items;
	rcv_query payments;
	bool has_payment; /* one is in payments.out */
	rcv_history history;
	Size paying; /* the last payment looked at: they only come later */
	ReturnSetInfo *result;
	MemoryContext row_context;
} backtest;

/* Arguments ------------------------------------------------------------------------- */

static void
read_channels(const rcv_json *options, rcv_dunning_facts *facts)
{
	rcv_dunning_text *channels;
	rcv_json_list list;

	if (!rcv_json_open_list(options, "channels", 1000, &list))
		return;
	channels = palloc((list.length + 1) * sizeof(*channels));
	for (int i = 0; i < list.length; i++)
	{
		channels[i].at = rcv_json_item_text(&list, i);
		channels[i].length = strlen(channels[i].at);
	}
	facts->channels = channels;
	facts->channel_count = list.length;
}

static void
read_arguments(FunctionCallInfo fcinfo, backtest *b)
{
	static const char *const keys[] = {"channels", NULL};
	static const char *const names[] = {"policy", "items", NULL, "from_day", "to_day", "options"};
	const rcv_money nothing = {0, RCV_SCALE_MIN};
	rcv_json options;

	for (int i = 0; i < lengthof(names); i++)
		if (names[i] != NULL && PG_ARGISNULL(i))
			rcv_null_error(names[i]);
	b->policy = rcv_dunning_kept_arg(fcinfo, false)->policy;
	b->facts = rcv_dunning_plain_facts(RCV_DAY_NONE, nothing,
									   rcv_day_arg(PG_GETARG_DATEADT(ARG_FROM), "from_day"));
	b->to = rcv_day_arg(PG_GETARG_DATEADT(ARG_TO), "to_day");
	rcv_simulation_check_days(b->facts.as_of, b->to);
	options = rcv_json_open(PG_GETARG_JSONB_P(ARG_OPTIONS), "options of dunning_backtest", keys);
	read_channels(&options, &b->facts);
	if (!PG_ARGISNULL(ARG_CALENDAR))
		b->facts.days = rcv_business_days_arg(fcinfo, ARG_CALENDAR);
	if (PG_ARGISNULL(ARG_RATES))
		return;
	b->rates = rcv_schedule_arg(PG_GETARG_DATUM(ARG_RATES));
	b->facts.rates = &b->rates;
}

/* Items ------------------------------------------------------------------------------- */

static bool
given(const rcv_query *query, int column)
{
	return !query->out->tts_isnull[column];
}

static Datum
value(const rcv_query *query, int column)
{
	return query->out->tts_values[column];
}

static int32
day_of(const rcv_query *query, int column)
{
	if (!given(query, column))
		return RCV_DAY_NONE;
	return rcv_day_arg(DatumGetDateADT(value(query, column)), query->columns[column].name);
}

static rcv_dunning_text
text_of(const rcv_query *query, int column)
{
	const text *name;

	if (!given(query, column))
		return (rcv_dunning_text){NULL, 0};
	name = (const text *) DatumGetPointer(value(query, column));
	return (rcv_dunning_text){VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};
}

static rcv_dunning_facts
read_item(backtest *b)
{
	const rcv_query *items = &b->items;
	rcv_dunning_facts facts = b->facts;

	facts.due_on = day_of(items, ITEM_DUE_ON);
	facts.invoice_on = day_of(items, ITEM_ISSUED_ON);
	facts.last_step =
		given(items, ITEM_LAST_STEP) ? DatumGetInt32(value(items, ITEM_LAST_STEP)) : 0;
	facts.last_on = day_of(items, ITEM_LAST_ON);
	facts.prescribed_on = day_of(items, ITEM_PRESCRIBED_ON);
	facts.segment = text_of(items, ITEM_SEGMENT);
	if (given(items, ITEM_CURRENCY))
		facts.currency = rcv_dunning_currency_of(value(items, ITEM_CURRENCY));
	facts.has_open = given(items, ITEM_AMOUNT);
	rcv_simulation_check_last(&facts);
	b->history.n = b->paying = 0;
	if (facts.has_open)
		rcv_history_add(&b->history, rcv_numeric_money(value(items, ITEM_AMOUNT), "amount"),
						facts.invoice_on == RCV_DAY_NONE ? RCV_DAY_MIN : facts.invoice_on, false);
	return facts;
}

static void
read_payment(backtest *b)
{
	rcv_money amount = rcv_numeric_money(value(&b->payments, PAYMENT_AMOUNT), "amount");

	if (amount.units == PG_INT64_MIN)
		rcv_check(RCV_EOVERFLOW, "amount");
	amount.units = -amount.units;
	rcv_history_add(&b->history, amount, day_of(&b->payments, PAYMENT_DAY),
					!given(&b->payments, PAYMENT_RECEIVED) ||
						DatumGetBool(value(&b->payments, PAYMENT_RECEIVED)));
}

/* Payments of the item; those of items before it are of none. */
static void
read_payments(backtest *b)
{
	while (b->has_payment)
	{
		int order = rcv_query_compare(&b->items, value(&b->payments, PAYMENT_ITEM),
									  value(&b->items, ITEM_ITEM));

		CHECK_FOR_INTERRUPTS();
		if (order > 0)
			break;
		if (order == 0)
			read_payment(b);
		b->has_payment = rcv_query_next(&b->payments);
	}
	rcv_history_sort(&b->history);
}

/* Rows -------------------------------------------------------------------------------- */

/* A step, with what was received from the day after it up to the change before "end". */
static void
write_step(backtest *b, const rcv_taken *taken, Size end, Size last)
{
	const rcv_change *changes = b->history.changes;
	const rcv_ladder_step *step = taken->answer.step;
	MemoryContext old = MemoryContextSwitchTo(b->row_context);
	Datum values[COLUMNS];
	bool nulls[COLUMNS];
	rcv_money paid;

	values[0] =
		b->items.key == TEXTOID
			? value(&b->items, ITEM_ITEM)
			: CStringGetTextDatum(rcv_query_key_text(&b->items, value(&b->items, ITEM_ITEM)));
	nulls[0] = false;
	values[1] = value(&b->items, ITEM_CUSTOMER);
	nulls[1] = !given(&b->items, ITEM_CUSTOMER);
	values[2] = value(&b->items, ITEM_SEGMENT);
	nulls[2] = !given(&b->items, ITEM_SEGMENT);
	rcv_taken_columns(b->policy, taken, values + LEAD_COLUMNS, nulls + LEAD_COLUMNS);
	memset(nulls + COLUMN_COST, 0, (COLUMNS - COLUMN_COST) * sizeof(bool));
	values[COLUMN_COST] = rcv_money_numeric(step->cost.units, step->cost.scale);
	rcv_check(rcv_changes_received(changes, taken->after, end, &paid), "what was received");
	values[COLUMN_PAID] = rcv_money_numeric(paid.units, paid.scale);
	b->paying = rcv_changes_next_payment(changes, Max(b->paying, taken->after), last);
	nulls[COLUMN_DAYS] = b->paying == last;
	if (b->paying < last)
		values[COLUMN_DAYS] = Int32GetDatum(changes[b->paying].day - taken->day);
	values[COLUMN_REASON] = rcv_taken_reason(taken);
	tuplestore_putvalues(b->result->setResult, b->result->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(b->row_context);
}

static void
run_item(backtest *b)
{
	rcv_dunning_facts facts = read_item(b);
	rcv_taken taken[2];
	rcv_simulation s;
	Size last;
	int n = 0;

	read_payments(b);
	rcv_check(rcv_simulation_begin(&s, b->policy, &facts, b->history.changes, b->history.n, b->to),
			  "simulation");
	last = rcv_changes_after(b->history.changes, b->history.n, 0, b->to);
	for (; rcv_simulation_take(&s, &taken[n % 2]); n++)
		if (n > 0)
			write_step(b, &taken[(n - 1) % 2], taken[n % 2].after, last);
	if (n > 0)
		write_step(b, &taken[(n - 1) % 2], last, last);
}

static void
name_item(void *arg)
{
	const backtest *b = arg;

	errcontext("item %s of dunning_backtest",
			   rcv_query_key_text(&b->items, value(&b->items, ITEM_ITEM)));
}

static void
twice_error(const backtest *b)
{
	ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
					errmsg("the query for items returns an item twice"),
					errdetail("It is item %s.",
							  rcv_query_key_text(&b->items, value(&b->items, ITEM_ITEM))),
					errhint("Give a row for each item, or each part of it a name of its own.")));
}

static void
run_items(backtest *b)
{
	bool integers = b->items.key == INT8OID;
	ErrorContextCallback context = {error_context_stack, name_item, b};
	Datum before = 0;

	b->has_payment = rcv_query_next(&b->payments);
	for (bool first = true; rcv_query_next(&b->items); first = false)
	{
		Datum item = value(&b->items, ITEM_ITEM);

		if (!first && rcv_query_compare(&b->items, before, item) == 0)
			twice_error(b);
		if (!first && !integers)
			pfree(DatumGetPointer(before));
		before = datumCopy(item, integers, integers ? sizeof(int64) : -1);
		error_context_stack = &context;
		run_item(b);
		error_context_stack = context.previous;
	}
}

static void
run_queries(backtest *b, const text *items, const text *payments)
{
	b->items = (rcv_query){
		.function = "dunning_backtest",
		.name = "items",
		.example =
			"SELECT invoice_id AS item, customer_id AS customer, due_on, amount FROM invoice",
		.columns = item_columns,
		.n = ITEM_COLUMNS,
		.context = CurrentMemoryContext};
	b->payments =
		(rcv_query){.function = "dunning_backtest",
					.name = "payments",
					.example = "SELECT invoice_id AS item, paid_on AS day, amount FROM payment",
					.columns = payment_columns,
					.n = PAYMENT_COLUMNS,
					.context = CurrentMemoryContext};
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	rcv_query_run(&b->items, items);
	b->payments.key = b->items.key;
	if (payments != NULL)
		rcv_query_run(&b->payments, payments);
	SPI_finish();
}

/* dunning_backtest(policy, items, payments, from_day, to_day, options, calendar, rates) */
PG_FUNCTION_INFO_V1(pgrcv_dunning_backtest);
Datum
pgrcv_dunning_backtest(PG_FUNCTION_ARGS)
{
	backtest b = {.result = (ReturnSetInfo *) fcinfo->resultinfo};

	InitMaterializedSRF(fcinfo, 0);
	read_arguments(fcinfo, &b);
	run_queries(&b, PG_GETARG_TEXT_PP(ARG_ITEMS),
				PG_ARGISNULL(ARG_PAYMENTS) ? NULL : PG_GETARG_TEXT_PP(ARG_PAYMENTS));
	b.row_context = AllocSetContextCreate(CurrentMemoryContext, "rows of dunning_backtest",
										  ALLOCSET_SMALL_SIZES);
	run_items(&b);
	rcv_query_end(&b.items);
	rcv_query_end(&b.payments);
	PG_RETURN_NULL();
}
