/*
 * interest.c
 *		Any bytes as a schedule with terms, days and changes of a balance, and as
 *		tiers: the core refuses or answers, without undefined arithmetic.
 */
#include "base/day.h"
#include "interest/indemnity.h"
#include "interest/late.h"
#include "target.h"

#define RATES_MAX 15

/* Any day, or one near the epoch, or one of either end. */
static int32_t
take_day(input *in)
{
	int16_t near;
	int32_t any;

	switch (take_byte(in) % 8)
	{
		case 0:
			take(in, &any, sizeof(any));
			return any;
		case 1:
			return (take_byte(in) % 2 ? RCV_DAY_MAX : RCV_DAY_MIN) - take_byte(in) % 3 + 1;
		default:
			take(in, &near, sizeof(near));
			return near;
	}
}

/* A rate that holds on a day, found the slow way. */
static int32_t
slow_find(const rcv_schedule *schedule, int32_t day)
{
	int32_t found = -1;

	for (int32_t i = 0; i < schedule->count && day <= schedule->to; i++)
		if (schedule->rates[i].from <= day)
			found = i;
	return found;
}

static rcv_schedule
take_schedule(input *in, rcv_rate *rates)
{
	rcv_schedule schedule = {rates, take_byte(in) % (RATES_MAX + 2) - 1, 0};
	int32_t from = take_day(in);

	for (int32_t i = 0; i < schedule.count; i++)
	{
		rates[i].from = from;
		take(in, &rates[i].rate, sizeof(rates[i].rate));
		if (take_byte(in) % 8 != 0)
			rates[i].rate %= RCV_RATE_MAX + 1;
		from = take_byte(in) % 8 == 0 ? take_day(in) : (int32_t) ((uint32_t) from + take_byte(in));
	}
	schedule.to = take_byte(in) % 2 ? RCV_DAY_MAX : take_day(in);
	return schedule;
}

static rcv_interest_terms
take_terms(input *in)
{
	rcv_interest_terms terms;

	terms.rule = (rcv_rate_rule) (take_byte(in) % RCV_RATE_RULES);
	terms.day_count = (rcv_day_count) (take_byte(in) % RCV_DAY_COUNTS);
	terms.rounding = (rcv_interest_rounding) (take_byte(in) % RCV_INTEREST_ROUNDINGS);
	terms.scale = take_byte(in) % (RCV_INTEREST_SCALE_MAX + 1);
	return terms;
}

static void
check_result(rcv_status status, const rcv_schedule *schedule, const rcv_rate_gap *gap)
{
	must(status == RCV_OK || status == RCV_EDATE || status == RCV_EOVERFLOW ||
		 status == RCV_EDOMAIN);
	if (status == RCV_EDOMAIN)
		must(gap->from <= gap->to && rcv_schedule_find(schedule, gap->from) == -1 &&
			 rcv_schedule_find(schedule, gap->to) == -1);
}

/* One amount, and the same one as a balance. */
static void
one_amount(input *in, const rcv_schedule *schedule, const rcv_interest_terms *terms)
{
	int64_t units;
	int scale = RCV_SCALE_MIN + take_byte(in) % (RCV_SCALE_MAX - RCV_SCALE_MIN + 1);
	int32_t from = take_day(in);
	int32_t to = take_day(in);
	rcv_balance_change change = {.day = from};
	rcv_rate_gap gap = {0};
	rcv_int128 interest;
	rcv_int128 on_balance;
	rcv_status status;

	take(in, &units, sizeof(units));
	status =
		rcv_late_interest((rcv_money){units, scale}, from, to, schedule, terms, &interest, &gap);
	check_result(status, schedule, &gap);
	if (units <= 0 || from >= to)
		return;
	change.units = units;
	must(rcv_late_interest_balance(&change, 1, scale, to, schedule, terms, &on_balance, &gap) ==
		 status);
	must(status != RCV_OK || interest == on_balance);
}

static void
any_balance(input *in, const rcv_schedule *schedule, const rcv_interest_terms *terms)
{
	int scale = RCV_SCALE_MIN + take_byte(in) % (RCV_SCALE_MAX - RCV_SCALE_MIN + 1);
	int32_t to = take_day(in);
	int32_t day = take_day(in);
	size_t n = in->size / 9;
	rcv_balance_change *changes = calloc(n + 1, sizeof(*changes));
	rcv_rate_gap gap = {0};
	rcv_int128 interest;

	must(changes != NULL);
	for (size_t i = 0; i < n; i++)
	{
		changes[i].day = day;
		take(in, &changes[i].units, sizeof(changes[i].units));
		day = (int32_t) ((uint32_t) day + take_byte(in) % 64u);
	}
	check_result(rcv_late_interest_balance(changes, (int64_t) n, scale, to, schedule, terms,
										   &interest, &gap),
				 schedule, &gap);
	free(changes);
}

static void
any_tiers(input *in)
{
	int count = take_byte(in) % 5;
	rcv_tiers *tiers = calloc(1, sizeof(*tiers) + (size_t) count * sizeof(rcv_tier));
	rcv_money amount = {0, 2};

	must(tiers != NULL);
	tiers->count = count;
	for (int i = 0; i < count; i++)
	{
		rcv_tier *tier = &tiers->tier[i];

		take(in, &tier->up_to.units, 8);
		tier->up_to.scale = RCV_SCALE_MIN + take_byte(in) % 17;
		tier->amount = (rcv_money){i + 1, RCV_SCALE_MIN};
		tier->open = (take_byte(in) % 4 == 0) != (i == count - 1);
	}
	take(in, &amount.units, 8);
	if (rcv_tiers_check(tiers) == RCV_OK)
		must((rcv_recovery_indemnity(tiers, amount).units > 0) == (amount.units > 0));
	free(tiers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input in = {data, size};
	rcv_rate rates[RATES_MAX];
	rcv_rate legal_rates[RATES_MAX];
	rcv_rate floor_rates[2 * RATES_MAX];
	rcv_schedule schedule;
	rcv_schedule legal;
	rcv_schedule floor;
	rcv_interest_terms terms;
	rcv_money factor = {0, RCV_SCALE_MIN};

	any_tiers(&in);
	terms = take_terms(&in);
	schedule = take_schedule(&in, rates);
	if (rcv_schedule_check(&schedule) != RCV_OK)
		return 0;
	for (int i = 0; i < 4; i++)
	{
		int32_t day = take_day(&in);

		must(rcv_schedule_find(&schedule, day) == slow_find(&schedule, day));
	}
	one_amount(&in, &schedule, &terms);
	take(&in, &factor.units, take_byte(&in) % 9);
	factor.units &= INT64_MAX;
	legal = take_schedule(&in, legal_rates);
	if (rcv_schedule_check(&legal) == RCV_OK &&
		rcv_schedule_floor(&schedule, &legal, factor, floor_rates, &floor) == RCV_OK)
		must(rcv_schedule_check(&floor) == RCV_OK);
	any_balance(&in, &schedule, &terms);
	return 0;
}
