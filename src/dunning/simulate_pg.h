/*
 * simulate_pg.h
 *		Simulations of items, as dunning_simulate and dunning_backtest use them.
 */
#ifndef RCV_SIMULATE_PG_H
#define RCV_SIMULATE_PG_H

#include "dunning/dunning_pg.h"

#include "dunning/simulate.h"

#define RCV_HISTORY_MAX 1000000 /* changes of one item */

/* Changes of an item, in room that grows. */
typedef struct rcv_history
{
	rcv_change *changes;
	Size n;
	Size room;
} rcv_history;

/* For a history that outlives the current context, which is where it first is. */
extern void rcv_history_add(rcv_history *history, rcv_money amount, int32 day, bool received);

/* By day; whatever the order it came in, the same days end with the same amount open. */
extern void rcv_history_sort(rcv_history *history);

/* What a run begins with is possible, or an error. */
extern void rcv_simulation_check_days(int32 from, int32 to);
extern void rcv_simulation_check_last(const rcv_dunning_facts *facts);

/* A step that was taken, with its amounts. */
typedef struct rcv_taken
{
	rcv_dunning_answer answer;
	int32 day;
	rcv_money open;
	Size after; /* the first change after that day */
} rcv_taken;

/* The next step; false when there is none any more. */
extern bool rcv_simulation_take(rcv_simulation *s, rcv_taken *out);

/* Columns that both functions begin with. */
enum
{
	RCV_TAKEN_DAY,
	RCV_TAKEN_STEP,
	RCV_TAKEN_ACTION,
	RCV_TAKEN_CHANNEL,
	RCV_TAKEN_TEMPLATE,
	RCV_TAKEN_OPEN,
	RCV_TAKEN_FEE,
	RCV_TAKEN_INTEREST,
	RCV_TAKEN_INDEMNITY,
	RCV_TAKEN_COLUMNS
};

extern void rcv_taken_columns(const rcv_dunning_policy *policy, const rcv_taken *taken,
							  Datum *values, bool *nulls);
extern Datum rcv_taken_reason(const rcv_taken *taken);

#endif
