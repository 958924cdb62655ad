/*
 * step.h
 *		The next dunning step of an item: which one, on which day, and why.
 *
 * A pure function of the policy and of what is known of the item on a day.
 * Rules are looked at in the order of rcv_dunning_rule.  The first seven, and
 * the amount, the cost, the channel and the prescription of the step found, can
 * end it: there is no step then.  The other ones only move the day on:
 *
 *		day of the step = max(roll(base + delay, not before due + grace),
 *							  hold + 1, promise + grace + 1, last step + gap)
 *
 * rolled to a business day where a calendar is given.  The day may lie before or
 * after the day asked for; a step is due when it does not lie after it.
 */
#ifndef RCV_DUNNING_STEP_H
#define RCV_DUNNING_STEP_H

#include "dunning/policy.h"

#define RCV_DAY_NONE INT32_MIN

typedef enum rcv_dunning_reason
{
	RCV_REASON_DUE,
	RCV_REASON_APPROVAL, /* due, once somebody says yes */
	RCV_REASON_PROMISE_BROKEN,
	RCV_REASON_CHARGES_ONLY,
	/* not yet: there is a day */
	RCV_REASON_NOT_DUE,
	RCV_REASON_DONE_TODAY,
	RCV_REASON_HOLD,
	RCV_REASON_PROMISE_PENDING,
	RCV_REASON_GAP,
	/* no step: there is no day */
	RCV_REASON_MISSING_DUE,
	RCV_REASON_MISSING_BASE,
	RCV_REASON_CREDIT,
	RCV_REASON_SETTLED,
	RCV_REASON_INSOLVENCY,
	RCV_REASON_WRITTEN_OFF,
	RCV_REASON_HANDED_OVER,
	RCV_REASON_PRESCRIBED,
	RCV_REASON_PRESCRIBES_FIRST, /* not yet, but before the day of the step */
	RCV_REASON_DISPUTED,
	RCV_REASON_NO_LADDER,
	RCV_REASON_NO_MORE_LEVELS,
	RCV_REASON_BELOW_MINIMUM,
	RCV_REASON_BELOW_COST,
	RCV_REASON_NO_CHANNEL,
	RCV_REASONS
} rcv_dunning_reason;

extern const char *const rcv_dunning_reason_names[RCV_REASONS + 1]; /* NULL at the end */

typedef enum rcv_dunning_rule
{
	RCV_RULE_FACTS,
	RCV_RULE_OPEN,
	RCV_RULE_STOP,
	RCV_RULE_DISPUTE,
	RCV_RULE_LADDER,
	RCV_RULE_HOLD,
	RCV_RULE_PROMISE,
	RCV_RULE_GAP,
	RCV_RULE_STEP,
	RCV_RULE_MINIMUM,
	RCV_RULE_COST,
	RCV_RULE_CHANNEL,
	RCV_RULE_DAY,
	RCV_RULE_PRESCRIPTION,
	RCV_RULE_APPROVAL,
	RCV_DUNNING_RULES
} rcv_dunning_rule;

extern const char *const rcv_dunning_rule_names[RCV_DUNNING_RULES + 1];

typedef struct rcv_dunning_text
{
	const char *at; /* NULL: not given */
	size_t length;
} rcv_dunning_text;

/* What is known of an item; days may be RCV_DAY_NONE, but for as_of. */
typedef struct rcv_dunning_facts
{
	int32_t due_on;
	int32_t as_of;
	int32_t last_on;
	int32_t last_step; /* 0: none */
	int32_t promise_on;
	int32_t hold_until; /* RCV_DAY_MAX: without end */
	int32_t invoice_on;
	int32_t prescribed_on; /* the first day on which it is */
	bool has_open;
	bool has_promise_amount; /* otherwise the promise is for all */
	rcv_money open;
	rcv_money promised;
	rcv_money disputed;
	rcv_money charges;
	int stop; /* rcv_dunning_stop, or -1 */
	rcv_dunning_text segment;
	rcv_dunning_text currency;
	const rcv_dunning_text *channels;
	int channel_count;			   /* -1: all are there */
	const rcv_business_days *days; /* may be NULL */
	const rcv_schedule *rates;	   /* may be NULL */
} rcv_dunning_facts;

/* Facts of which nothing is known but these two days and the amount. */
extern rcv_dunning_facts rcv_dunning_plain_facts(int32_t due_on, rcv_money open, int32_t as_of);

typedef struct rcv_dunning_answer
{
	rcv_dunning_reason reason;
	rcv_dunning_rule decided;		  /* the rule that the reason comes from */
	int32_t number;					  /* of the step, or of the last one when there is none */
	const rcv_dunning_ladder *ladder; /* NULL: not got so far */
	const rcv_ladder_step *step;	  /* NULL: none to take */
	uint32_t channel;				  /* place in the policy's texts; 0: none */
	int32_t due_on;					  /* RCV_DAY_NONE: never */
	int32_t pay_by;

	/* what was looked at on the way */
	const rcv_ladder_step *candidate;
	rcv_money claim;	/* open and not disputed, or the charges when only they are left */
	rcv_money measured; /* what is held against the minimum */
	rcv_money minimum;
	int32_t own;		 /* the step's own day, with grace; RCV_DAY_NONE: its base is not known */
	int32_t natural;	 /* the same, or the day to which a broken promise brings it forward */
	int32_t rolled;		 /* the same, rolled */
	bool forced;		 /* it is brought forward */
	int32_t promise_end; /* RCV_DAY_NONE when no promise counts */
	int32_t gap_end;	 /* the first day after the last step's gap */
	int32_t floor;		 /* not before this day, RCV_DAY_NONE: any */
	int32_t first;		 /* the same, rolled */
	rcv_dunning_rule floor_rule;
	bool charges_only;

	/*
	 * With nothing changed but as_of, another step may be chosen from this day on;
	 * RCV_DAY_NONE: never.
	 */
	int32_t turn;

	/* by rcv_dunning_amounts(), in units of 10^-scale of the policy */
	rcv_int128 fee;
	rcv_int128 indemnity;
	rcv_int128 interest;
	bool interest_known;
} rcv_dunning_answer;

/*
 * The next step.  RCV_EDOMAIN when the last step lies after as_of, or a number
 * or an amount other than the open one is below 0; RCV_EDATE when a day leaves
 * its range, or the calendar has no business day there; RCV_EOVERFLOW.
 */
extern rcv_status rcv_dunning_decide(const rcv_dunning_policy *policy,
									 const rcv_dunning_facts *facts, rcv_dunning_answer *answer);

/*
 * Fee, indemnity and interest of the step of an answer, all 0 when it has none:
 *
 *		fee = fixed + open x pct / 100 + tier of open		(rounded once, half up)
 *		interest on open from the due date to max(as_of, day of the step)
 *
 * where open is without what is disputed, and without charges.  Interest is not
 * known without rates, or when they end after as_of and before the step's day.
 * RCV_EDOMAIN when a day up to as_of has no rate: *gap says which.
 */
extern rcv_status rcv_dunning_amounts(const rcv_dunning_policy *policy,
									  const rcv_dunning_facts *facts, rcv_dunning_answer *answer,
									  rcv_rate_gap *gap);

/*
 * Whether a step of the ladder of an answer cannot be taken, *reason says why:
 * below_minimum for what is measured of the item, or no_channel.  With "blocked":
 * "skip" in the policy such steps are passed over, unless all are such.
 */
extern bool rcv_dunning_blocked(const rcv_dunning_policy *policy, const rcv_dunning_facts *facts,
								const rcv_dunning_answer *answer, const rcv_ladder_step *step,
								rcv_dunning_reason *reason);

/* The smallest open amount for which a step is taken; false: any. */
extern bool rcv_ladder_step_minimum(const rcv_dunning_policy *policy, const rcv_ladder_step *step,
									rcv_dunning_text currency, rcv_money *out);

#endif
