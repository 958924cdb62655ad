/*
 * dunning_pg.h
 *		The SQL types dunning_policy and dunning_step as their glue sees them.
 */
#ifndef RCV_DUNNING_PG_H
#define RCV_DUNNING_PG_H

#include "pg/rcv_pg.h"

#include "dunning/policy.h"
#include "dunning/step.h"
#include "utils/jsonb.h"

/* policy_json_pg.c, policy_type_pg.c: values ------------------------------ */

/* A policy in the current memory context; an error for what cannot be. */
extern Datum rcv_dunning_policy_of_jsonb(Jsonb *in);

/* A policy datum, checked; detoasted where need be. */
extern const rcv_dunning_policy *rcv_dunning_policy_arg(Datum value);

/* As JSON. */
extern char *rcv_dunning_policy_json(const rcv_dunning_policy *policy);

/* step_pg.c: calls --------------------------------------------------------- */

/* Columns of the row type dunning_step. */
enum
{
	RCV_STEP_NUMBER,
	RCV_STEP_ACTION,
	RCV_STEP_CHANNEL,
	RCV_STEP_TEMPLATE,
	RCV_STEP_DUE_ON,
	RCV_STEP_PAY_BY,
	RCV_STEP_FEE,
	RCV_STEP_INTEREST_SUM,
	RCV_STEP_INDEMNITY,
	RCV_STEP_REASON,
	RCV_STEP_COLUMNS
};

/* An amount and its numeric; a number that fits into 64 bits fits here. */
typedef struct rcv_kept_amount
{
	int64 units;
	bool used;
	char bytes[32] pg_attribute_aligned(8);
} rcv_kept_amount;

#define RCV_AMOUNTS_KEPT 16

/* A policy kept for a query, with what is the same in every row made of it. */
typedef struct rcv_dunning_kept
{
	const rcv_dunning_policy *policy;
	MemoryContext context;
	TupleDesc row;
	Datum actions[RCV_ACTIONS + 1]; /* texts */
	Datum reasons[RCV_REASONS];
	Datum *texts; /* by place; 0: not made yet */
	rcv_kept_amount amounts[3][RCV_AMOUNTS_KEPT];
} rcv_dunning_kept;

/* The policy of argument 0, kept; row: whether rows of dunning_step are made of it. */
extern rcv_dunning_kept *rcv_dunning_kept_arg(FunctionCallInfo fcinfo, bool row);

/* The policy of an argument, kept. */
extern const rcv_dunning_policy *rcv_dunning_policy_kept(FunctionCallInfo fcinfo, int arg);

/* The facts of a call, in the order of arguments of dunning_next_step; no rates. */
extern void rcv_dunning_read_facts(FunctionCallInfo fcinfo, rcv_dunning_facts *facts);

/* A text, which must outlive the facts, and the texts of an array without its nulls. */
extern rcv_dunning_text rcv_dunning_text_of(Datum datum);

/* The same of a currency; 22023 for what no policy can name. */
extern rcv_dunning_text rcv_dunning_currency_of(Datum datum);
extern void rcv_dunning_read_channels(Datum array, rcv_dunning_facts *facts);

/* The rates of a call, in room; NULL when none are given. */
extern const rcv_schedule *rcv_dunning_rates_arg(FunctionCallInfo fcinfo, rcv_schedule *room);

/* Decides, with the errors of SQL; amounts: those of the step too. */
extern void rcv_dunning_ask(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
							bool amounts, rcv_dunning_answer *answer);

/* The columns of an answer as a row. */
extern void rcv_dunning_columns(rcv_dunning_kept *kept, const rcv_dunning_answer *answer,
								Datum *values, bool *nulls);

/* plan_pg.c ------------------------------------------------------------------ */

/* Names of a step's channels, with commas between them; allocated. */
extern char *rcv_dunning_channels_text(const rcv_dunning_policy *policy,
									   const rcv_ladder_step *step);

#endif
