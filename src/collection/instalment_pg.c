/*
 * instalment_pg.c
 *		instalment_plan, and instalment_status as an aggregate.
 *
 * The state of the aggregate is the struct of instalment.h in a bytea of fixed
 * size.  Any user may call the state functions with any bytes: each call checks
 * all of it.
 */
#include "pg/rcv_pg.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "collection/instalment.h"
#include "pg/json.h"

#define STATE_MARK 0x49535401 /* "IST", version 1 */

typedef struct standing_state
{
	int32 vl_len_;
	uint32 mark;
	rcv_standing standing;
} standing_state;

StaticAssertDecl(sizeof(rcv_standing) == 552, "a standing has no stray bytes");

static const char *const what_state = "state of instalment_status";
static const char *const option_keys[] = {"late_parts", "late_days", "grace_days", NULL};

/* Plans ------------------------------------------------------------------- */

static void pg_attribute_cold
pg_attribute_noreturn() plan_error(const char *message, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message),
					hint != NULL ? errhint("%s", hint) : 0));
	pg_unreachable();
}

static void
every_arg(const Interval *every, rcv_plan *plan)
{
	if (every->time != 0 || (every->month != 0) == (every->day != 0) || every->month < 0 ||
		every->day < 0)
		plan_error("every must be some whole months, or some whole days or weeks",
				   "Write '1 month', '3 months', '2 weeks', '10 days'.");
	if (every->month > 1200 || every->day > 36600)
		plan_error("every must not be more than 100 years", NULL);
	plan->months = every->month;
	plan->days = every->day;
}

static int64
rate_arg(Datum value)
{
	int64 rate;

	if (rcv_money_at_scale(rcv_numeric_money(value, "rate_pct"), 6, &rate) != RCV_OK || rate < 0 ||
		rate > RCV_PLAN_RATE_MAX)
		plan_error("rate_pct must lie between 0 and 1000, with at most 6 decimals", NULL);
	return rate;
}

static void
check_part(rcv_status status)
{
	if (status == RCV_EDOMAIN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("amount is too small for so many parts"),
				 errdetail("Each part must pay off at least one unit of the last decimal.")));
	rcv_check(status, status == RCV_EDATE ? "last day of the plan" : "part of the plan");
}

/* instalment_plan(amount, parts, first_on, every, method, rate_pct, remainder, scale) */
PG_FUNCTION_INFO_V1(pgrcv_instalment_plan);
Datum
pgrcv_instalment_plan(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int scale = rcv_scale_arg(PG_GETARG_INT32(7));
	rcv_plan plan = {
		.amount = rcv_numeric_at_scale(PG_GETARG_DATUM(0), scale, "amount"),
		.parts = PG_GETARG_INT32(1),
		.first_on = rcv_day_arg(PG_GETARG_DATEADT(2), "first_on"),
		.method = rcv_choice_arg(PG_GETARG_TEXT_PP(4), "method of a plan", rcv_plan_method_names),
		.rate = rate_arg(PG_GETARG_DATUM(5)),
		.remainder =
			rcv_choice_arg(PG_GETARG_TEXT_PP(6), "remainder of a plan", rcv_plan_remainder_names)};
	rcv_plan_run run;

	every_arg(PG_GETARG_INTERVAL_P(3), &plan);
	if (plan.amount <= 0)
		plan_error("amount must be above 0", NULL);
	if (plan.parts < 1 || plan.parts > RCV_PLAN_PARTS_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("parts must lie between 1 and %d", RCV_PLAN_PARTS_MAX)));
	if (plan.method == RCV_PLAN_ANNUITY && plan.remainder != RCV_REMAINDER_LAST)
		plan_error("the remainder of an annuity is in its last part",
				   "Leave remainder out, or take equal parts.");
	rcv_check(rcv_plan_start(&plan, &run), "plan");
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < plan.parts; i++)
	{
		rcv_plan_part part;
		Datum values[6];
		bool nulls[6] = {false};

		CHECK_FOR_INTERRUPTS();
		check_part(rcv_plan_next(&run, &part));
		values[0] = Int32GetDatum(part.part);
		values[1] = DateADTGetDatum(part.due_on);
		values[2] = rcv_money_numeric(part.amount, scale);
		values[3] = rcv_money_numeric(part.principal, scale);
		values[4] = rcv_money_numeric(part.interest, scale);
		values[5] = rcv_money_numeric(part.balance, scale);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Standing ----------------------------------------------------------------- */

static void *
build_rule(Datum argument, MemoryContext context)
{
	rcv_plan_rule *rule = MemoryContextAlloc(context, sizeof(*rule));
	rcv_json json =
		rcv_json_open(DatumGetJsonbP(argument), "options of instalment_status", option_keys);
	int64 value;

	*rule = (rcv_plan_rule){.late_parts = 2, .late_days = 30};
	if (rcv_json_int64(&json, "late_parts", 1, RCV_LATE_PARTS_MAX, &value))
		rule->late_parts = (int32) value;
	if (rcv_json_int64(&json, "late_days", 0, RCV_PLAN_DAYS_MAX, &value))
		rule->late_days = (int32) value;
	if (rcv_json_int64(&json, "grace_days", 0, RCV_PLAN_DAYS_MAX, &value))
		rule->grace_days = (int32) value;
	if (rule->late_days < rule->grace_days)
		rcv_json_error(&json, "\"late_days\" must not be less than \"grace_days\".");
	return rule;
}

static standing_state *
state_arg(FunctionCallInfo fcinfo, int arg)
{
	standing_state *state = rcv_state_arg(fcinfo, arg, sizeof(*state), what_state);

	if (VARSIZE(state) != sizeof(*state) || state->mark != STATE_MARK ||
		!rcv_standing_valid(&state->standing))
		rcv_check(RCV_EBINARY, what_state);
	return state;
}

static standing_state *
first_state(const rcv_plan_rule *rule)
{
	standing_state *state = palloc0(sizeof(*state));

	SET_VARSIZE(state, sizeof(*state));
	state->mark = STATE_MARK;
	rcv_standing_init(&state->standing, rule);
	return state;
}

static void
check_same(const rcv_plan_rule *a, const rcv_plan_rule *b)
{
	if (a->as_of != b->as_of)
		rcv_varying_error("as_of");
	if (a->late_parts != b->late_parts || a->late_days != b->late_days ||
		a->grace_days != b->grace_days)
		rcv_varying_error("options");
}

/* add(state, due_on, amount, paid, as_of [, options]); a null paid is nothing paid. */
PG_FUNCTION_INFO_V1(pgrcv_instalment_status_add);
Datum
pgrcv_instalment_status_add(PG_FUNCTION_ARGS)
{
	rcv_plan_rule rule = {.late_parts = 2, .late_days = 30};
	rcv_money paid = {0, RCV_SCALE_MIN};
	standing_state *state;
	rcv_status status;

	if (PG_NARGS() > 5 && PG_ARGISNULL(5))
		rcv_null_error("options");
	if (PG_NARGS() > 5)
		rule = *(rcv_plan_rule *) rcv_cached(fcinfo, PG_GETARG_DATUM(5), build_rule);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return rcv_same_state(fcinfo);
	if (PG_ARGISNULL(4))
		rcv_null_error("as_of");
	rule.as_of = rcv_day_arg(PG_GETARG_DATEADT(4), "as_of");
	if (!PG_ARGISNULL(3))
		paid = rcv_numeric_money(PG_GETARG_DATUM(3), "paid");
	if (PG_ARGISNULL(0))
		state = first_state(&rule);
	else
	{
		state = state_arg(fcinfo, 0);
		check_same(&state->standing.rule, &rule);
	}
	status = rcv_standing_add(&state->standing, rcv_day_arg(PG_GETARG_DATEADT(1), "due_on"),
							  rcv_numeric_money(PG_GETARG_DATUM(2), "amount"), paid);
	if (status == RCV_EDOMAIN)
		plan_error(paid.units < 0 ? "paid must not be negative"
								  : "amount of a part must be above 0",
				   NULL);
	rcv_check(status, "sum of a plan");
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_instalment_status_merge);
Datum
pgrcv_instalment_status_merge(PG_FUNCTION_ARGS)
{
	standing_state *state = state_arg(fcinfo, 0);
	standing_state *other = state_arg(fcinfo, 1);

	check_same(&state->standing.rule, &other->standing.rule);
	rcv_check(rcv_standing_merge(&state->standing, &other->standing), "sum of a plan");
	PG_RETURN_POINTER(state);
}

/* Columns of instalment_standing. */
enum
{
	COL_STANDING,
	COL_PARTS,
	COL_SETTLED_PARTS,
	COL_LATE_PARTS,
	COL_AMOUNT,
	COL_PAID,
	COL_OPEN,
	COL_DUE,
	COL_OVERDUE,
	COL_OLDEST_UNPAID,
	COL_NEXT_ON,
	COL_NEXT_AMOUNT,
	COL_HOLD_UNTIL,
	COL_BROKEN,
	COL_BROKEN_ON,
	COL_BROKEN_BY,
	COLUMNS
};

static void
put_sums(const rcv_standing *standing, Datum *values)
{
	static const int columns[RCV_STANDING_SUMS] = {COL_AMOUNT, COL_PAID,	COL_OPEN,
												   COL_DUE,	   COL_OVERDUE, COL_NEXT_AMOUNT};

	for (int i = 0; i < RCV_STANDING_SUMS; i++)
		values[columns[i]] = rcv_money_numeric(rcv_sum_units(&standing->sums[i]), standing->scale);
}

PG_FUNCTION_INFO_V1(pgrcv_instalment_status_finish);
Datum
pgrcv_instalment_status_finish(PG_FUNCTION_ARGS)
{
	const rcv_standing *standing = &state_arg(fcinfo, 0)->standing;
	bool has_next = standing->next_on <= RCV_DAY_MAX;
	rcv_standing_result result;
	bool broken;
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {false};

	rcv_standing_judge(standing, &result);
	broken = result.kind == RCV_STANDING_BROKEN;
	put_sums(standing, values);
	values[COL_STANDING] = CStringGetTextDatum(rcv_standing_names[result.kind]);
	values[COL_PARTS] = Int64GetDatum(standing->parts);
	values[COL_SETTLED_PARTS] = Int64GetDatum(standing->settled);
	values[COL_LATE_PARTS] = Int64GetDatum(standing->late);
	values[COL_OLDEST_UNPAID] = DateADTGetDatum(standing->unpaid[0]);
	nulls[COL_OLDEST_UNPAID] = standing->unpaid_known == 0;
	values[COL_NEXT_ON] = DateADTGetDatum(standing->next_on);
	nulls[COL_NEXT_ON] = nulls[COL_NEXT_AMOUNT] = !has_next;
	values[COL_HOLD_UNTIL] = DateADTGetDatum(result.hold_until);
	nulls[COL_HOLD_UNTIL] = broken || result.kind == RCV_STANDING_SETTLED;
	values[COL_BROKEN] = BoolGetDatum(broken);
	values[COL_BROKEN_ON] = DateADTGetDatum(result.hold_until + 1);
	values[COL_BROKEN_BY] = CStringGetTextDatum(result.by_parts ? "late_parts" : "late_days");
	nulls[COL_BROKEN_ON] = nulls[COL_BROKEN_BY] = !broken;
	return rcv_one_row(fcinfo, values, nulls);
}
