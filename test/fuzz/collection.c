/*
 * collection.c
 *		Any bytes as credit notes, discounts, plans, and states of standings,
 *		promises and histories: the core refuses or answers, without undefined
 *		arithmetic, and keeps what it promises.
 */
#include <math.h>

#include "collection/history.h"
#include "collection/instalment.h"
#include "collection/priority.h"
#include "collection/promise.h"
#include "settlement/credit.h"
#include "target.h"

#define DAYS_MAX 12

/* Any number, or a small one. */
static int64_t
take_number(input *in)
{
	int64_t number = 0;
	int16_t small;

	if (take_byte(in) % 4 == 0)
	{
		take(in, &number, sizeof(number));
		return number;
	}
	take(in, &small, sizeof(small));
	return small;
}

static int32_t
take_day(input *in)
{
	return (int32_t) take_number(in);
}

static double
take_double(input *in)
{
	double number;

	if (take_byte(in) % 2 == 0)
		return take_byte(in) / 200.0;
	take(in, &number, sizeof(number));
	return number;
}

static rcv_money
take_money(input *in)
{
	int64_t units = take_number(in);

	return (rcv_money){units, RCV_SCALE_MIN + take_byte(in) % (RCV_SCALE_MAX - 1)};
}

static void
any_credit(input *in)
{
	rcv_credit_line line = {take_number(in), take_number(in), take_number(in), take_number(in),
							take_number(in)};
	int64_t now = take_number(in);
	rcv_credited credit;
	int64_t tax;

	line.tax_pct = line.tax_pct == INT64_MIN ? 0 : llabs(line.tax_pct) % (RCV_TAX_PCT_MAX + 2);
	if (rcv_credit_split(&line, now, &credit) != RCV_OK)
		return;
	must(credit.net == now && credit.total == credit.net + credit.tax);
	must(llabs(credit.tax + line.tax_before) <= llabs(line.tax) || line.tax == INT64_MIN);
	line.net_before += now;
	line.tax_before += credit.tax;
	must(rcv_credit_tax(&line, line.net_before, &tax) == RCV_OK);
	if (now != 0 && line.net_before == line.net)
		must(line.tax_before == line.tax);
}

static void
any_discount(input *in)
{
	rcv_discount_offer offer = {.net = take_number(in),
								.tax = take_number(in),
								.excluded = take_number(in),
								.by_amount = take_byte(in) % 2,
								.pct = take_number(in) % (RCV_PCT_WHOLE + 2),
								.amount = take_number(in),
								.mode = (rcv_discount_tax) (take_byte(in) % RCV_DISCOUNT_TAXES)};
	rcv_discount in_time;
	rcv_discount late;
	double rate;

	if (rcv_early_discount(&offer, true, &in_time) == RCV_OK &&
		rcv_early_discount(&offer, false, &late) == RCV_OK)
		must((rcv_int128) late.to_pay - in_time.to_pay ==
			 (rcv_int128) in_time.net + in_time.tax - late.tax);
	if (rcv_discount_rate(take_double(in) * 100, (int32_t) take_number(in),
						  (int32_t) take_number(in), (rcv_discount_method) (take_byte(in) % 2),
						  &rate) == RCV_OK)
		must(isfinite(rate) && rate >= 0);
}

static void
any_plan(input *in)
{
	rcv_plan plan = {.amount = take_number(in),
					 .parts = (int32_t) (take_number(in) % (RCV_PLAN_PARTS_MAX + 2)),
					 .first_on = take_day(in),
					 .method = (rcv_plan_method) (take_byte(in) % RCV_PLAN_METHODS),
					 .remainder = (rcv_plan_remainder) (take_byte(in) % RCV_PLAN_REMAINDERS),
					 .rate = take_number(in) % (RCV_PLAN_RATE_MAX + 2)};
	rcv_plan_run run;
	rcv_plan_part part;
	rcv_int128 paid_off = 0;

	if (take_byte(in) % 2)
		plan.months = take_day(in);
	else
		plan.days = take_day(in);
	if (rcv_plan_start(&plan, &run) != RCV_OK)
		return;
	for (int i = 0; i < plan.parts; i++)
	{
		if (rcv_plan_next(&run, &part) != RCV_OK)
			return;
		must(part.principal > 0 && part.interest >= 0 && rcv_day_valid(part.due_on));
		paid_off += part.principal;
		must(part.balance == plan.amount - paid_off);
	}
	must(part.balance == 0);
}

static void
any_standing(input *in)
{
	rcv_standing standing;
	rcv_standing other;
	rcv_standing_result result;

	take(in, &standing, sizeof(standing));
	if (take_byte(in) % 2 || !rcv_standing_valid(&standing))
	{
		rcv_plan_rule rule = {1 + take_byte(in) % 4, take_byte(in), take_byte(in) % 9,
							  take_day(in)};

		if (rcv_plan_rule_check(&rule) != RCV_OK)
			return;
		rcv_standing_init(&standing, &rule);
	}
	other = standing;
	for (int i = 0; i < 8; i++)
	{
		rcv_money amount = take_money(in);

		if (rcv_standing_add(&standing, take_day(in), amount, take_money(in)) == RCV_EOVERFLOW)
			return;
		must(rcv_standing_valid(&standing));
	}
	rcv_standing_judge(&standing, &result);
	must(result.hold_until <= RCV_DAY_MAX);
	if (rcv_standing_merge(&other, &standing) == RCV_OK)
		rcv_standing_judge(&other, &result);
}

static void
any_promises(input *in)
{
	rcv_promises promises;
	rcv_promises other;

	take(in, &promises, sizeof(promises));
	if (!rcv_promises_valid(&promises))
		rcv_promises_init(&promises, 1000, take_byte(in) % 9);
	other = promises;
	for (int i = 0; i < 4; i++)
	{
		rcv_money promised = take_money(in);

		if (rcv_promises_add(&promises, promised, take_day(in), take_money(in)) == RCV_EOVERFLOW)
			return;
	}
	rcv_promises_merge(&promises, &other);
}

static void
any_history(input *in)
{
	rcv_history_day days[DAYS_MAX] = {{0}};
	rcv_history history = {days, take_byte(in) % (DAYS_MAX + 1)};
	int32_t late = take_day(in);
	int32_t within = take_day(in);
	int64_t gain;
	double p;
	double q;

	for (int32_t i = 0; i < history.count; i++)
	{
		days[i].days_late = (i > 0 ? days[i - 1].days_late : -20) + take_byte(in) % 16;
		days[i].paid = take_number(in) & INT64_MAX;
		days[i].open = take_number(in) & INT64_MAX;
	}
	if (rcv_history_check(&history) != RCV_OK)
		return;
	if (rcv_history_paid(&history, late, within, &p) == RCV_OK)
	{
		must(p >= 0 && p <= 1 && rcv_history_at_risk(&history, late) > 0);
		if (rcv_history_shrunk(p, rcv_history_at_risk(&history, late), take_double(in),
							   take_double(in), &q) == RCV_OK)
			must(q >= 0 && q <= 1 + 1e-15);
		rcv_priority(take_number(in), p, take_double(in), take_number(in), take_number(in), &gain);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input in = {data, size};

	switch (take_byte(&in) % 6)
	{
		case 0:
			any_credit(&in);
			break;
		case 1:
			any_discount(&in);
			break;
		case 2:
			any_plan(&in);
			break;
		case 3:
			any_standing(&in);
			break;
		case 4:
			any_promises(&in);
			break;
		default:
			any_history(&in);
	}
	return 0;
}
