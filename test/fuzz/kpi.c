/*
 * kpi.c
 *		Any bytes as months and balances, and as states of a mean of days: the
 *		core refuses or answers.
 */
#include "base/day.h"
#include "kpi/kpi.h"
#include "target.h"

#define MONTHS_MAX 24

static void
any_months(const uint8_t *data, size_t size)
{
	rcv_month months[MONTHS_MAX] = {{{0, RCV_SCALE_MIN}, 0}};
	rcv_money balance = {0, RCV_SCALE_MIN};
	int32_t as_of = 0;
	int n = (int) (size / 9 < MONTHS_MAX ? size / 9 : MONTHS_MAX);
	int total = 0;
	bool answered;
	double days;

	if (size >= 12)
	{
		memcpy(&balance.units, data, sizeof(balance.units));
		memcpy(&as_of, data + 8, sizeof(as_of));
		balance.scale += data[0] % (RCV_SCALE_MAX - RCV_SCALE_MIN + 1);
	}
	for (int i = 0; i < n; i++)
	{
		memcpy(&months[i].sales.units, data + 9 * i, sizeof(int64_t));
		months[i].sales.scale += data[9 * i + 8] % (RCV_SCALE_MAX - RCV_SCALE_MIN + 1);
	}
	rcv_months_before(rcv_day_valid(as_of) ? as_of : RCV_DAY_MIN, n, months);
	for (int i = 0; i < n; i++)
	{
		must(months[i].days >= 1 && months[i].days <= 31);
		total += months[i].days;
	}
	must(rcv_dso_countback(balance, months, n, &answered, &days) == RCV_OK);
	must(!answered || (days >= 0 && days <= total));
}

static void
any_state(const uint8_t *data, size_t size)
{
	uint8_t state[RCV_DAYS_MEAN_SIZE] = {0};
	uint8_t other[RCV_DAYS_MEAN_SIZE];
	rcv_money amount = {-1, RCV_SCALE_MAX};
	double mean;

	if (size > 0)
		memcpy(state, data, size < sizeof(state) ? size : sizeof(state));
	if (size % 2 == 0)
		rcv_days_mean_init(state, size > 8 ? data[8] : 0);
	if (rcv_days_mean_check(state, sizeof(state)) != RCV_OK)
		return;
	rcv_days_mean_init(other, rcv_days_mean_as_of(state));
	if (size > 60)
		memcpy(other + 8, data + 40, 20);
	if (rcv_days_mean_merge(state, other) == RCV_OK &&
		rcv_days_mean_add(state, amount, RCV_DAY_MAX - RCV_DAY_MIN) == RCV_OK &&
		rcv_days_mean(state, &mean))
		must(mean == mean);
	must(rcv_days_mean_check(state, sizeof(state)) == RCV_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	any_months(data, size);
	any_state(data, size);
	return 0;
}
