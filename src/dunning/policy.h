/*
 * policy.h
 *		Whom to remind when and how: a dunning policy as a flat value.
 *
 * A policy is a list of ladders, one for each segment of customers, and the
 * rules that hold for all of them.  A ladder is a list of steps.
 *
 * As a value it is read in place: the struct rcv_dunning_policy, then ladders,
 * steps, tiers, minimums, channels and texts, in this order and without a hole.
 * Equal policies have equal bytes.
 */
#ifndef RCV_DUNNING_POLICY_H
#define RCV_DUNNING_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "calendar/business_days.h"
#include "interest/late.h"

#define RCV_DUNNING_VERSION 1
#define RCV_DUNNING_LADDERS_MAX 1000
#define RCV_DUNNING_STEPS_MAX 100 /* of one ladder, and the largest number of one */
#define RCV_DUNNING_CHANNELS_MAX 16
#define RCV_DUNNING_TIERS_MAX 100
#define RCV_DUNNING_MINIMUMS_MAX 200
#define RCV_DUNNING_TEXT_MAX 200 /* bytes of one text */
#define RCV_DUNNING_PARTS_MAX 1000000
#define RCV_DUNNING_SIZE_MAX 10000000 /* bytes */
#define RCV_DUNNING_DELAY_MIN (-3660) /* days */
#define RCV_DUNNING_DELAY_MAX 36600
#define RCV_DUNNING_DAYS_MAX 3660	   /* grace, gap, days to pay by */
#define RCV_DUNNING_PCT_MAX 1000000000 /* 1,000 %, in units of 10^-6 percent */
#define RCV_DUNNING_SCALE_MAX RCV_INTEREST_SCALE_MAX

/* The day from which the days of a step are counted. */
typedef enum rcv_dunning_base
{
	RCV_BASE_DUE,
	RCV_BASE_DUE_MONTH_END,		 /* last day of the month of the due date */
	RCV_BASE_PREVIOUS,			 /* the day on which the step before was taken */
	RCV_BASE_PREVIOUS_MONTH_END, /* last day of that day's month */
	RCV_BASE_INVOICE,
	RCV_BASES
} rcv_dunning_base;

typedef enum rcv_dunning_progression
{
	RCV_SEQUENTIAL, /* the step after the last one taken */
	RCV_HIGHEST,	/* the last one whose day has come */
	RCV_PROGRESSIONS
} rcv_dunning_progression;

/* What becomes of an item of which a part is disputed. */
typedef enum rcv_dispute_rule
{
	RCV_DISPUTE_EXCLUDE, /* the rest is dunned */
	RCV_DISPUTE_HOLD,	 /* nothing is */
	RCV_DISPUTE_IGNORE,	 /* all of it is */
	RCV_DISPUTE_RULES
} rcv_dispute_rule;

/* What becomes of charges when the item itself is paid. */
typedef enum rcv_charges_rule
{
	RCV_CHARGES_FORGET,
	RCV_CHARGES_DUN,
	RCV_CHARGES_RULES
} rcv_charges_rule;

typedef enum rcv_dunning_action
{
	RCV_ACTION_REMIND,
	RCV_ACTION_CALL,
	RCV_ACTION_LETTER,
	RCV_ACTION_FORMAL_NOTICE,
	RCV_ACTION_BLOCK,
	RCV_ACTION_VISIT,
	RCV_ACTION_COLLECT,
	RCV_ACTION_AGENCY,
	RCV_ACTION_LEGAL,
	RCV_ACTION_REPORT,
	RCV_ACTION_WRITE_OFF,
	RCV_ACTION_NONE,
	RCV_ACTIONS,
	RCV_ACTION_APPROVE = RCV_ACTIONS /* no step's own: it stands for one that waits for a yes */
} rcv_dunning_action;

/* What becomes of a step that cannot reach the customer, or whose minimum is not reached. */
typedef enum rcv_blocked_rule
{
	RCV_BLOCKED_STOP, /* it is waited for */
	RCV_BLOCKED_SKIP, /* the next one of the ladder is taken instead */
	RCV_BLOCKED_RULES
} rcv_blocked_rule;

/* Why a claim is no longer dunned; bits of "stop". */
typedef enum rcv_dunning_stop
{
	RCV_STOP_INSOLVENCY,
	RCV_STOP_WRITTEN_OFF,
	RCV_STOP_HANDED_OVER,
	RCV_STOP_GIVEN, /* the ones above are facts of an item, those below are found */
	RCV_STOP_PRESCRIPTION = RCV_STOP_GIVEN,
	RCV_STOP_COST,
	RCV_STOPS
} rcv_dunning_stop;

#define RCV_STOP_DEFAULT ((1 << RCV_STOP_COST) - 1) /* all but the cost */

extern const char *const rcv_dunning_base_names[RCV_BASES + 1]; /* NULL at the end */
extern const char *const rcv_dunning_progression_names[RCV_PROGRESSIONS + 1];
extern const char *const rcv_dispute_rule_names[RCV_DISPUTE_RULES + 1];
extern const char *const rcv_charges_rule_names[RCV_CHARGES_RULES + 1];
extern const char *const rcv_blocked_rule_names[RCV_BLOCKED_RULES + 1];
extern const char *const rcv_dunning_action_names[RCV_ACTIONS + 1];
extern const char *const rcv_dunning_stop_names[RCV_STOPS + 1];

#define RCV_PROMISE_CARRY_ON (-1) /* a broken promise changes no day */
#define RCV_PROMISE_NEXT 0		  /* the next step, at once; above 0: the step to go to */

typedef struct rcv_dunning_policy
{
	int32_t header; /* the container's own */
	uint16_t version;
	uint8_t progression;
	uint8_t roll;
	int32_t grace_days;
	int32_t min_gap_days;
	int32_t promise_grace_days;
	int32_t promise_broken;
	int64_t promise_min_pct; /* units of 10^-6 percent */
	uint8_t scale;
	uint8_t dispute;
	uint8_t charges;
	uint8_t reset;
	uint8_t minimum_includes_charges;
	uint8_t stop; /* bits */
	uint8_t rate_rule;
	uint8_t day_count;
	uint8_t rounding;
	uint8_t blocked;
	uint8_t unused[2];
	uint32_t ladders; /* how many of each part there are */
	uint32_t steps;
	uint32_t tiers;
	uint32_t minimums;
	uint32_t channels;
	uint32_t texts; /* bytes; each text ends with a zero byte, and the first is empty */
	uint32_t unused2;
} rcv_dunning_policy;

typedef struct rcv_dunning_ladder
{
	uint32_t name; /* place in the texts */
	uint32_t first;
	uint32_t count;
	uint32_t unused;
} rcv_dunning_ladder;

/* rcv_money without stray bytes. */
typedef struct rcv_policy_amount
{
	int64_t units;
	int32_t scale;
	int32_t unused;
} rcv_policy_amount;

typedef struct rcv_policy_tier
{
	rcv_policy_amount up_to; /* inclusive; 0 in the last tier, which has no edge */
	int64_t amount;			 /* units of 10^-scale of the policy */
} rcv_policy_tier;

typedef struct rcv_policy_minimum
{
	rcv_policy_amount amount;
	uint32_t currency; /* place in the texts; 0: any other one */
	uint32_t unused;
} rcv_policy_minimum;

#define RCV_STEP_INTEREST 1
#define RCV_STEP_APPROVAL 2
#define RCV_STEP_FEE_PER_ITEM 4
#define RCV_STEP_FLAGS 7
#define RCV_PAY_BY_NONE (-1)

typedef struct rcv_ladder_step
{
	int64_t fee_fixed; /* units of 10^-scale of the policy */
	int64_t fee_pct;   /* units of 10^-6 percent */
	rcv_policy_amount cost;
	int32_t number;
	int32_t delay;
	int32_t pay_by_days;
	uint32_t template; /* place in the texts; 0: none */
	uint32_t fee_tier;
	uint32_t indemnity_tier;
	uint32_t minimum; /* the first of each, and how many */
	uint32_t channel;
	uint16_t fee_tiers;
	uint16_t indemnity_tiers;
	uint16_t minimums;
	uint8_t channels;
	uint8_t base;
	uint8_t action;
	uint8_t flags;
	uint8_t unused[6];
} rcv_ladder_step;

/* Parts of a policy. */
extern const rcv_dunning_ladder *rcv_policy_ladders(const rcv_dunning_policy *policy);
extern const rcv_ladder_step *rcv_policy_steps(const rcv_dunning_policy *policy);
extern const rcv_policy_tier *rcv_policy_tiers(const rcv_dunning_policy *policy);
extern const rcv_policy_minimum *rcv_policy_minimums(const rcv_dunning_policy *policy);
extern const uint32_t *rcv_policy_channels(const rcv_dunning_policy *policy);
extern const char *rcv_policy_text(const rcv_dunning_policy *policy, uint32_t place);
extern size_t rcv_policy_size(const rcv_dunning_policy *policy);

/* Whether aligned bytes are a policy: RCV_EBINARY, RCV_EVERSION. */
extern rcv_status rcv_policy_check(const void *bytes, size_t size);

/*
 * What is wrong with step i of a ladder as it follows the ones before it, but
 * for its order; NULL when nothing is.  scale is that of the policy.
 */
extern const char *rcv_ladder_step_fault(const rcv_ladder_step *steps, int i);

/*
 * The step before step i that has the same base and a delay not below it, or
 * whose number is not below; -1 when the ladder is in order up to here.
 */
extern int rcv_ladder_step_disorder(const rcv_ladder_step *steps, int i);

/* Whether the edges of tiers ascend, and amounts are not below 0. */
extern bool rcv_policy_tiers_valid(const rcv_policy_tier *tiers, int n);

/*
 * The ladder of a segment, or the one called "default"; NULL when there is
 * neither.  segment may be NULL.
 */
extern const rcv_dunning_ladder *rcv_policy_ladder(const rcv_dunning_policy *policy,
												   const char *segment, size_t length);

/* The step of a ladder with this number, or NULL. */
extern const rcv_ladder_step *rcv_ladder_step_find(const rcv_dunning_policy *policy,
												   const rcv_dunning_ladder *ladder,
												   int32_t number);

/* Whether a name is three letters from A to Z. */
static inline bool
rcv_currency_valid(const char *name, size_t length)
{
	return length == 3 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z' &&
		   name[2] >= 'A' && name[2] <= 'Z';
}

/* -1, 0 or 1 as a is less than, equal to or greater than b, whatever their scales. */
extern int rcv_money_compare(rcv_money a, rcv_money b);

static inline rcv_money
rcv_policy_money(rcv_policy_amount amount)
{
	return (rcv_money){amount.units, amount.scale};
}

#endif
