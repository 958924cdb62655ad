/*
 * instalment.h
 *		Plans of payment by instalments, and how a plan stands.
 */
#ifndef RCV_INSTALMENT_H
#define RCV_INSTALMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "base/money.h"
#include "collection/sums.h"

/* Plans ------------------------------------------------------------------- */

#define RCV_PLAN_PARTS_MAX 1200
#define RCV_PLAN_RATE_MAX INT64_C(1000000000) /* 1000 % in units of 10^-6 % */

typedef enum rcv_plan_method
{
	RCV_PLAN_EQUAL,	  /* the same principal in each part, interest on top */
	RCV_PLAN_ANNUITY, /* the same amount in each part but the last */
	RCV_PLAN_METHODS
} rcv_plan_method;

typedef enum rcv_plan_remainder
{
	RCV_REMAINDER_LAST,	  /* all of it in the last part */
	RCV_REMAINDER_SPREAD, /* a unit each in the first ones: largest remainders */
	RCV_PLAN_REMAINDERS
} rcv_plan_remainder;

extern const char *const rcv_plan_method_names[RCV_PLAN_METHODS + 1]; /* NULL at the end */
extern const char *const rcv_plan_remainder_names[RCV_PLAN_REMAINDERS + 1];

typedef struct rcv_plan
{
	int64_t amount; /* units */
	int32_t parts;
	int32_t first_on;
	int32_t months; /* between two parts: months or days, the other is 0 */
	int32_t days;
	rcv_plan_method method;
	rcv_plan_remainder remainder; /* of equal parts */
	int64_t rate;				  /* yearly, 10^-6 percent */
} rcv_plan;

typedef struct rcv_plan_part
{
	int32_t part; /* from 1 */
	int32_t due_on;
	int64_t amount; /* principal + interest */
	int64_t principal;
	int64_t interest;
	int64_t balance; /* principal that is left after it */
} rcv_plan_part;

/* A plan of which some parts are known. */
typedef struct rcv_plan_run
{
	rcv_plan plan;
	int64_t payment; /* of an annuity */
	int64_t balance;
	int32_t done;
} rcv_plan_run;

/*
 * Begins a plan.  RCV_EDOMAIN: amount not above 0, parts not 1 .. max, step not
 * one of months or days above 0, or rate out of range; RCV_EDATE: the first day.
 *
 * The payment of an annuity is, with i the rate of one period (1/12 of a year
 * for each month, 1/365 for each day),
 *
 *	amount x i / (1 - (1 + i)^-parts)
 *
 * rounded to a unit; as -expm1(-parts log1p(i)) in doubles, exact to a unit up
 * to 10^14 units.
 */
extern rcv_status rcv_plan_start(const rcv_plan *plan, rcv_plan_run *run);

/*
 * The next part.  Interest is that of one period on what is left, rounded; the
 * last part takes all that is left.  The day is some whole periods after the
 * first one: months end where they must, and the 31st comes back.  RCV_EDOMAIN:
 * some part would have no principal; RCV_EDATE past 9999-12-31; RCV_EOVERFLOW.
 */
extern rcv_status rcv_plan_next(rcv_plan_run *run, rcv_plan_part *out);

/* Standing ----------------------------------------------------------------- */

#define RCV_LATE_PARTS_MAX 100
#define RCV_PLAN_DAYS_MAX 3660
#define RCV_PARTS_MAX (INT64_C(1) << 52)

/* When a plan is broken: by so many late parts, or by a part that is so late. */
typedef struct rcv_plan_rule
{
	int32_t late_parts; /* that many or more: 1 .. RCV_LATE_PARTS_MAX */
	int32_t late_days;	/* more than so many: grace_days .. RCV_PLAN_DAYS_MAX */
	int32_t grace_days; /* a part is late after these */
	int32_t as_of;
} rcv_plan_rule;

typedef enum rcv_standing_sum
{
	RCV_SUM_AMOUNT,
	RCV_SUM_PAID,
	RCV_SUM_OPEN,
	RCV_SUM_DUE,
	RCV_SUM_OVERDUE,
	RCV_SUM_NEXT,
	RCV_STANDING_SUMS
} rcv_standing_sum;

/* Parts summed up, in any order; fixed size, no stray bytes. */
typedef struct rcv_standing
{
	rcv_plan_rule rule;
	int64_t parts;
	int64_t settled;
	int64_t late;
	int32_t scale;
	int32_t next_on; /* RCV_DAY_MAX + 1: none */
	rcv_sum sums[RCV_STANDING_SUMS];
	int32_t unpaid_known;				/* how many of the days below are set */
	int32_t unpaid[RCV_LATE_PARTS_MAX]; /* first unsettled days, ascending, up to late_parts */
	int32_t unused;
} rcv_standing;

extern rcv_status rcv_plan_rule_check(const rcv_plan_rule *rule);
extern void rcv_standing_init(rcv_standing *standing, const rcv_plan_rule *rule);

/* Whether any bytes can be worked with. */
extern bool rcv_standing_valid(const rcv_standing *standing);

/* A part of the plan.  RCV_EDOMAIN: amount not above 0 or paid below; RCV_EDATE, RCV_EOVERFLOW. */
extern rcv_status rcv_standing_add(rcv_standing *standing, int32_t due_on, rcv_money amount,
								   rcv_money paid);

/* Both of one rule. */
extern rcv_status rcv_standing_merge(rcv_standing *standing, const rcv_standing *other);

typedef enum rcv_standing_kind
{
	RCV_STANDING_SETTLED,
	RCV_STANDING_ON_TIME,
	RCV_STANDING_LATE,
	RCV_STANDING_BROKEN,
	RCV_STANDING_KINDS
} rcv_standing_kind;

extern const char *const rcv_standing_names[RCV_STANDING_KINDS + 1];

typedef struct rcv_standing_result
{
	rcv_standing_kind kind;
	bool by_parts;		/* which rule breaks it first, when it is broken */
	int32_t hold_until; /* last day on which it is not broken when nothing more is paid */
} rcv_standing_result;

/*
 * hold_until is the earlier of: the day on which the late_parts-th unsettled
 * part was due, plus grace_days; the day on which the first one was due, plus
 * late_days.  The plan is broken after it.  A settled one has none: RCV_DAY_MAX.
 */
extern void rcv_standing_judge(const rcv_standing *standing, rcv_standing_result *out);

#endif
