/*
 * simulate.h
 *		An item through time under a policy: the steps that would have been taken.
 *
 * The item is asked about in the evening of each day, with what is open by then
 * and with the steps that were taken before; a step that is due is taken on that
 * very day.  Days on which the answer cannot be another one are left out: the
 * next day worth a question is the day of the step to come, the day on which
 * another step may be chosen, or that of the next change of the open amount.
 */
#ifndef RCV_DUNNING_SIMULATE_H
#define RCV_DUNNING_SIMULATE_H

#include "dunning/step.h"

/* A change of what is open. */
typedef struct rcv_change
{
	int64_t units; /* of 10^-scale, 0 .. RCV_SCALE_MAX */
	int32_t day;   /* RCV_DAY_MIN: always so */
	int16_t scale;
	bool
		received; /* a payment, or one that goes back: not the item itself, a credit note, a write-off */
} rcv_change;

typedef struct rcv_simulation
{
	const rcv_dunning_policy *policy;
	rcv_dunning_facts facts; /* as they are on the day asked about, which is as_of */
	const rcv_change *changes;
	size_t n;
	size_t at; /* the first change after as_of */
	int scale; /* of the balance */
	rcv_int128 balance;
	int32_t to;
	int32_t next; /* the next day to ask about; RCV_DAY_NONE: none, it is over */
} rcv_simulation;

/*
 * Begins before the day facts->as_of, with all facts but the open amount.  The
 * last day is "to"; changes are ordered by day.  Over at once when there are no
 * changes, or facts say that no amount is known.  RCV_EDATE, RCV_EDOMAIN when
 * changes are in disorder or a scale is out of range.
 */
extern rcv_status rcv_simulation_begin(rcv_simulation *s, const rcv_dunning_policy *policy,
									   const rcv_dunning_facts *facts, const rcv_change *changes,
									   size_t n, int32_t to);

/*
 * Asks about the day s->next, whose facts are then in s->facts.  *taken: the step
 * of the answer is taken on that day, and its amounts are those of these facts
 * until rcv_simulation_go_on().  RCV_EOVERFLOW, and errors of rcv_dunning_decide().
 */
extern rcv_status rcv_simulation_ask(rcv_simulation *s, rcv_dunning_answer *answer, bool *taken);

/* Takes note of an answer, and finds the next day to ask about. */
extern void rcv_simulation_go_on(rcv_simulation *s, const rcv_dunning_answer *answer, bool taken);

/* The first change after a day, from change number "from" on; n when there is none. */
extern size_t rcv_changes_after(const rcv_change *changes, size_t n, size_t from, int32_t day);

/* What was received by the changes from .. end - 1, payments less what was paid back. */
extern rcv_status rcv_changes_received(const rcv_change *changes, size_t from, size_t end,
									   rcv_money *out);

/* The first payment among from .. end - 1; end when there is none. */
extern size_t rcv_changes_next_payment(const rcv_change *changes, size_t from, size_t end);

#endif
