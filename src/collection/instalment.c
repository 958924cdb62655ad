/*
 * instalment.c
 *		Instalments: the plan, and how it stands.
 */
#include "collection/instalment.h"

#include <math.h>
#include <string.h>

#define RATE_WHOLE 100000000 /* 100 % in units of 10^-6 % */
#define NO_DAY (RCV_DAY_MAX + 1)

const char *const rcv_plan_method_names[RCV_PLAN_METHODS + 1] = {"equal", "annuity", NULL};
const char *const rcv_plan_remainder_names[RCV_PLAN_REMAINDERS + 1] = {"last", "spread", NULL};
const char *const rcv_standing_names[RCV_STANDING_KINDS + 1] = {"settled", "on_time", "late",
																"broken", NULL};

/* Plans ------------------------------------------------------------------- */

/* The period of a plan is years_of / years_by years. */
static int32_t
years_of(const rcv_plan *plan)
{
	return plan->months > 0 ? plan->months : plan->days;
}

static int32_t
years_by(const rcv_plan *plan)
{
	return plan->months > 0 ? 12 : 365;
}

static rcv_status
narrow(rcv_int128 wide, int64_t *out)
{
	*out = (int64_t) wide;
	return *out == wide ? RCV_OK : RCV_EOVERFLOW;
}

static rcv_status
annuity_payment(const rcv_plan *plan, int64_t *out)
{
	double i = (double) plan->rate / RATE_WHOLE * years_of(plan) / years_by(plan);
	double payment;

	if (plan->rate == 0)
		return narrow(rcv_money_divide(plan->amount, plan->parts), out);
	payment = (double) plan->amount * i / -expm1(-plan->parts * log1p(i));
	if (!(payment < 0x1p62))
		return RCV_EOVERFLOW;
	*out = (int64_t) floor(payment + 0.5);
	return RCV_OK;
}

rcv_status
rcv_plan_start(const rcv_plan *plan, rcv_plan_run *run)
{
	*run = (rcv_plan_run){.plan = *plan, .balance = plan->amount};
	if (plan->amount <= 0 || plan->parts < 1 || plan->parts > RCV_PLAN_PARTS_MAX ||
		plan->rate < 0 || plan->rate > RCV_PLAN_RATE_MAX || plan->months < 0 || plan->days < 0 ||
		(plan->months > 0) == (plan->days > 0))
		return RCV_EDOMAIN;
	if (!rcv_day_valid(plan->first_on))
		return RCV_EDATE;
	return plan->method == RCV_PLAN_ANNUITY ? annuity_payment(plan, &run->payment) : RCV_OK;
}

/* Day of the part after this many others. */
static rcv_status
part_day(const rcv_plan *plan, int32_t done, int32_t *out)
{
	int64_t steps = (int64_t) done * years_of(plan);

	if (steps > RCV_DAY_MAX - RCV_DAY_MIN)
		return RCV_EDATE;
	if (plan->months > 0)
		return rcv_day_add_months(plan->first_on, (int32_t) steps, out);
	*out = plan->first_on + (int32_t) steps;
	return rcv_day_valid(*out) ? RCV_OK : RCV_EDATE;
}

/* Principal of an equal part that is not the last. */
static int64_t
equal_principal(const rcv_plan *plan, int32_t done)
{
	int64_t part = plan->amount / plan->parts;

	return part + (plan->remainder == RCV_REMAINDER_SPREAD && done < plan->amount % plan->parts);
}

rcv_status
rcv_plan_next(rcv_plan_run *run, rcv_plan_part *out)
{
	const rcv_plan *plan = &run->plan;
	rcv_status status;

	*out = (rcv_plan_part){.part = run->done + 1};
	if (run->done >= plan->parts)
		return RCV_EDOMAIN;
	status = part_day(plan, run->done, &out->due_on);
	if (status == RCV_OK)
		status = narrow(rcv_money_divide((rcv_int128) run->balance * plan->rate * years_of(plan),
										 (rcv_int128) RATE_WHOLE * years_by(plan)),
						&out->interest);
	if (status != RCV_OK)
		return status;
	if (out->part == plan->parts)
		out->principal = run->balance;
	else if (plan->method == RCV_PLAN_ANNUITY)
		out->principal = run->payment - out->interest;
	else
		out->principal = equal_principal(plan, run->done);
	if (out->principal <= 0 || (out->principal >= run->balance && out->part < plan->parts))
		return RCV_EDOMAIN;
	run->balance -= out->principal;
	run->done++;
	out->balance = run->balance;
	return __builtin_add_overflow(out->principal, out->interest, &out->amount) ? RCV_EOVERFLOW
																			   : RCV_OK;
}

/* Standing ----------------------------------------------------------------- */

rcv_status
rcv_plan_rule_check(const rcv_plan_rule *rule)
{
	if (rule->late_parts < 1 || rule->late_parts > RCV_LATE_PARTS_MAX || rule->grace_days < 0 ||
		rule->late_days < rule->grace_days || rule->late_days > RCV_PLAN_DAYS_MAX)
		return RCV_EDOMAIN;
	return rcv_day_valid(rule->as_of) ? RCV_OK : RCV_EDATE;
}

void
rcv_standing_init(rcv_standing *standing, const rcv_plan_rule *rule)
{
	memset(standing, 0, sizeof(*standing));
	standing->rule = *rule;
	standing->scale = RCV_SCALE_MIN;
	standing->next_on = NO_DAY;
}

bool
rcv_standing_valid(const rcv_standing *standing)
{
	bool ascend = true;

	if (rcv_plan_rule_check(&standing->rule) != RCV_OK || !rcv_sums_scale_valid(standing->scale) ||
		standing->late < 0 || standing->settled < 0 || standing->parts > RCV_PARTS_MAX ||
		standing->parts < standing->settled ||
		standing->parts - standing->settled < standing->late || standing->unpaid_known < 0 ||
		standing->unpaid_known > standing->rule.late_parts ||
		!(standing->next_on == NO_DAY || rcv_day_valid(standing->next_on)))
		return false;
	for (int i = 0; i < standing->unpaid_known; i++)
		ascend = ascend && rcv_day_valid(standing->unpaid[i]) &&
				 (i == 0 || standing->unpaid[i - 1] <= standing->unpaid[i]);
	return ascend;
}

/* Keeps the first days, in order. */
static void
keep_unpaid(rcv_standing *standing, int32_t due_on)
{
	int at = standing->unpaid_known;

	if (at == standing->rule.late_parts)
	{
		if (due_on >= standing->unpaid[at - 1])
			return;
		at--;
	}
	else
		standing->unpaid_known++;
	for (; at > 0 && standing->unpaid[at - 1] > due_on; at--)
		standing->unpaid[at] = standing->unpaid[at - 1];
	standing->unpaid[at] = due_on;
}

/* Adds what is open on a part that may be the next one to pay. */
static rcv_status
add_next(rcv_standing *standing, int32_t due_on, rcv_int128 units)
{
	if (due_on > standing->next_on)
		return RCV_OK;
	if (due_on < standing->next_on)
		standing->sums[RCV_SUM_NEXT] = (rcv_sum){0, 0};
	standing->next_on = due_on;
	return rcv_sum_add_units(&standing->sums[RCV_SUM_NEXT], units);
}

static rcv_status
add_unsettled(rcv_standing *standing, int32_t due_on, rcv_int128 open)
{
	rcv_status status = rcv_sum_add_units(&standing->sums[RCV_SUM_OPEN], open);

	keep_unpaid(standing, due_on);
	if (status == RCV_OK && standing->rule.as_of - due_on > standing->rule.grace_days)
	{
		standing->late++;
		status = rcv_sum_add_units(&standing->sums[RCV_SUM_OVERDUE], open);
	}
	if (status == RCV_OK && due_on >= standing->rule.as_of)
		status = add_next(standing, due_on, open);
	return status;
}

rcv_status
rcv_standing_add(rcv_standing *standing, int32_t due_on, rcv_money amount, rcv_money paid)
{
	int32_t *scale = &standing->scale;
	rcv_sum *sums = standing->sums;
	rcv_int128 open;
	rcv_status status;

	if (amount.units <= 0 || paid.units < 0)
		return RCV_EDOMAIN;
	if (!rcv_day_valid(due_on))
		return RCV_EDATE;
	status = rcv_sums_add(sums, RCV_STANDING_SUMS, scale, RCV_SUM_AMOUNT, amount);
	if (status == RCV_OK)
		status = rcv_sums_add(sums, RCV_STANDING_SUMS, scale, RCV_SUM_PAID, paid);
	if (status == RCV_OK && due_on <= standing->rule.as_of)
		status = rcv_sums_add(sums, RCV_STANDING_SUMS, scale, RCV_SUM_DUE, amount);
	if (status != RCV_OK)
		return status;
	standing->parts++;
	open = (rcv_int128) amount.units * rcv_pow10(*scale - amount.scale) -
		   (rcv_int128) paid.units * rcv_pow10(*scale - paid.scale);
	if (open > 0)
		return add_unsettled(standing, due_on, open);
	standing->settled++;
	return RCV_OK;
}

rcv_status
rcv_standing_merge(rcv_standing *standing, const rcv_standing *other)
{
	rcv_sum next;
	rcv_standing addend = *other;
	rcv_status status =
		rcv_sums_rescale(addend.sums, RCV_STANDING_SUMS, &addend.scale, standing->scale);

	if (status == RCV_OK)
		status =
			rcv_sums_rescale(standing->sums, RCV_STANDING_SUMS, &standing->scale, addend.scale);
	if (status != RCV_OK)
		return status;
	next = standing->sums[RCV_SUM_NEXT];
	status = rcv_sums_merge(standing->sums, RCV_STANDING_SUMS, &standing->scale, addend.sums,
							addend.scale);
	standing->sums[RCV_SUM_NEXT] = next;
	if (status == RCV_OK && addend.next_on != NO_DAY)
		status = add_next(standing, addend.next_on, rcv_sum_units(&addend.sums[RCV_SUM_NEXT]));
	standing->parts += addend.parts; /* counts are at most RCV_PARTS_MAX */
	standing->settled += addend.settled;
	standing->late += addend.late;
	for (int i = 0; i < addend.unpaid_known; i++)
		keep_unpaid(standing, addend.unpaid[i]);
	return status;
}

void
rcv_standing_judge(const rcv_standing *standing, rcv_standing_result *out)
{
	const rcv_plan_rule *rule = &standing->rule;
	int32_t by_parts = RCV_DAY_MAX;
	int32_t by_days = RCV_DAY_MAX;

	*out = (rcv_standing_result){.kind = RCV_STANDING_SETTLED, .hold_until = RCV_DAY_MAX};
	if (standing->unpaid_known == 0)
		return;
	if (standing->unpaid[0] < RCV_DAY_MAX - rule->late_days)
		by_days = standing->unpaid[0] + rule->late_days;
	if (standing->unpaid_known == rule->late_parts &&
		standing->unpaid[rule->late_parts - 1] < RCV_DAY_MAX - rule->grace_days)
		by_parts = standing->unpaid[rule->late_parts - 1] + rule->grace_days;
	out->by_parts = by_parts <= by_days;
	out->hold_until = out->by_parts ? by_parts : by_days;
	if (rule->as_of > out->hold_until)
		out->kind = RCV_STANDING_BROKEN;
	else
		out->kind = standing->late > 0 ? RCV_STANDING_LATE : RCV_STANDING_ON_TIME;
}
