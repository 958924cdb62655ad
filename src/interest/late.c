/*
 * late.c
 *		Interest on what is paid late.
 */
#include "interest/late.h"

#include "base/day.h"

#define PERCENT 100
#define RATE_UNITS 1000000 /* 10^RCV_RATE_SCALE */

const char *const rcv_rate_rule_names[RCV_RATE_RULES + 1] = {"per_period", "at_start", "at_end",
															 NULL};
const char *const rcv_day_count_names[RCV_DAY_COUNTS + 1] = {"act/365", "act/360", "act/act",
															 "30/360",	"30e/360", NULL};
const char *const rcv_interest_rounding_names[RCV_INTEREST_ROUNDINGS + 1] = {"once", "per_period",
																			 NULL};

/* Days ------------------------------------------------------------------- */

static bool
is_leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of leap years from 0001-01-01 up to and with a day. */
static int32_t
leap_days_until(int32_t day)
{
	int32_t year;
	int32_t month;
	int32_t mday;
	int32_t begin;
	int32_t before;

	rcv_day_to_civil(day, &year, &month, &mday);
	before = year - 1;
	before = 366 * (before / 4 - before / 100 + before / 400);
	if (!is_leap(year))
		return before;
	(void) rcv_day_from_civil(year, 1, 1, &begin);
	return before + day - begin + 1;
}

static int32_t
days_of_30(int32_t from, int32_t to, bool european)
{
	int32_t y1;
	int32_t m1;
	int32_t d1;
	int32_t y2;
	int32_t m2;
	int32_t d2;

	rcv_day_to_civil(from, &y1, &m1, &d1);
	rcv_day_to_civil(to, &y2, &m2, &d2);
	if (d1 == 31)
		d1 = 30;
	if (d2 == 31 && (european || d1 == 30))
		d2 = 30;
	return 360 * (y2 - y1) + 30 * (m2 - m1) + d2 - d1;
}

void
rcv_interest_days(int32_t from, int32_t to, rcv_day_count day_count, int32_t *main, int32_t *leap)
{
	*main = *leap = 0;
	if (to <= from)
		return;
	if (day_count == RCV_30_360 || day_count == RCV_30E_360)
	{
		*main = days_of_30(from, to, day_count == RCV_30E_360);
		return;
	}
	if (day_count == RCV_ACT_ACT)
		*leap = leap_days_until(to) - leap_days_until(from);
	*main = to - from - *leap;
}

/* Amounts ---------------------------------------------------------------- */

/*
 * A sum of units x rate x days, in units of 10^-(scale + 6) percent days, as an
 * amount of terms->scale decimals: main by 365 or 360, leap by 366.
 */
static rcv_status
amount_of(rcv_int128 main, rcv_int128 leap, int scale, const rcv_interest_terms *terms,
		  rcv_int128 *out)
{
	bool by_360 = terms->day_count != RCV_ACT_365 && terms->day_count != RCV_ACT_ACT;
	rcv_int128 divisor = (rcv_int128) PERCENT * RATE_UNITS * (by_360 ? 360 : 365);

	if (terms->day_count == RCV_ACT_ACT)
	{
		if (__builtin_mul_overflow(main, (rcv_int128) 366, &main) ||
			__builtin_mul_overflow(leap, (rcv_int128) 365, &leap) ||
			__builtin_add_overflow(main, leap, &main))
			return RCV_EOVERFLOW;
		divisor *= 366;
	}
	if (terms->scale < scale)
		divisor *= rcv_pow10(scale - terms->scale);
	else if (__builtin_mul_overflow(main, (rcv_int128) rcv_pow10(terms->scale - scale), &main))
		return RCV_EOVERFLOW;
	*out = rcv_money_divide(main, divisor);
	return RCV_OK;
}

/* What is added up over stretches of days. */
typedef struct total
{
	const rcv_interest_terms *terms;
	int scale;
	int32_t start; /* the day that interest is counted from */
	rcv_int128 main;
	rcv_int128 leap;
	rcv_int128 rounded;
} total;

/* Days of (from, to], as a part of those from the start. */
static void
stretch_days(const total *sum, int32_t from, int32_t to, int32_t *main, int32_t *leap)
{
	bool whole = sum->terms->day_count != RCV_30_360 || from == sum->start;
	int32_t before;

	rcv_interest_days(whole ? from : sum->start, to, sum->terms->day_count, main, leap);
	if (whole)
		return;
	rcv_interest_days(sum->start, from, RCV_30_360, &before, leap);
	*main -= before;
}

static rcv_status
add_stretch(total *sum, int64_t units, int64_t rate, int32_t from, int32_t to)
{
	int32_t days;
	int32_t leap_year_days;
	rcv_int128 main;
	rcv_int128 leap;

	stretch_days(sum, from, to, &days, &leap_year_days);
	main = (rcv_int128) units * (rate * days);
	leap = (rcv_int128) units * (rate * leap_year_days);
	if (sum->terms->rounding == RCV_ROUND_PER_PERIOD)
	{
		rcv_status status = amount_of(main, leap, sum->scale, sum->terms, &main);

		if (status == RCV_OK && __builtin_add_overflow(sum->rounded, main, &sum->rounded))
			status = RCV_EOVERFLOW;
		return status;
	}
	if (__builtin_add_overflow(sum->main, main, &sum->main) ||
		__builtin_add_overflow(sum->leap, leap, &sum->leap))
		return RCV_EOVERFLOW;
	return RCV_OK;
}

static rcv_status
finish(const total *sum, rcv_int128 *out)
{
	*out = sum->rounded;
	if (sum->terms->rounding == RCV_ROUND_PER_PERIOD)
		return RCV_OK;
	return amount_of(sum->main, sum->leap, sum->scale, sum->terms, out);
}

/* Rates ------------------------------------------------------------------ */

static rcv_status
no_rate(const rcv_schedule *schedule, int32_t from, int32_t to, rcv_rate_gap *gap)
{
	bool before = from < schedule->rates[0].from;

	gap->from = before ? from : (from > schedule->to ? from : schedule->to + 1);
	gap->to = before && to >= schedule->rates[0].from ? schedule->rates[0].from - 1 : to;
	return RCV_EDOMAIN;
}

/* Each day of (from, to] with its own rate. */
static rcv_status
add_periods(total *sum, int64_t units, int32_t from, int32_t to, const rcv_schedule *schedule,
			rcv_rate_gap *gap)
{
	int32_t i = rcv_schedule_find(schedule, from + 1);
	rcv_status status = RCV_OK;

	if (i < 0 || to > schedule->to)
		return no_rate(schedule, from + 1, to, gap);
	for (; status == RCV_OK && from < to; i++)
	{
		int32_t last = i + 1 < schedule->count ? schedule->rates[i + 1].from - 1 : to;

		last = last < to ? last : to;
		status = add_stretch(sum, units, schedule->rates[i].rate, from, last);
		from = last;
	}
	return status;
}

static rcv_status
add_days(total *sum, int64_t units, int32_t from, int32_t to, const rcv_schedule *schedule,
		 rcv_rate_gap *gap, int32_t end)
{
	int32_t day = sum->terms->rule == RCV_RATE_AT_START ? sum->start : end;
	int32_t i;

	if (sum->terms->rule == RCV_RATE_PER_PERIOD)
		return add_periods(sum, units, from, to, schedule, gap);
	i = rcv_schedule_find(schedule, day);
	if (i < 0)
		return no_rate(schedule, day, day, gap);
	return add_stretch(sum, units, schedule->rates[i].rate, from, to);
}

rcv_status
rcv_late_interest(rcv_money principal, int32_t from, int32_t to, const rcv_schedule *schedule,
				  const rcv_interest_terms *terms, rcv_int128 *out, rcv_rate_gap *gap)
{
	total sum = {.terms = terms, .scale = principal.scale, .start = from};
	rcv_status status;

	*out = 0;
	if (!rcv_day_valid(from) || !rcv_day_valid(to))
		return RCV_EDATE;
	if (to <= from || principal.units == 0)
		return RCV_OK;
	status = add_days(&sum, principal.units, from, to, schedule, gap, to);
	return status == RCV_OK ? finish(&sum, out) : status;
}

/* The balance from a day on. */
typedef struct balance
{
	rcv_int128 units;
	int32_t from;
} balance;

/* Interest on a balance up to a day; end = the last day of all. */
static rcv_status
add_balance(total *sum, const balance *now, int32_t to, int32_t end, const rcv_schedule *schedule,
			rcv_rate_gap *gap)
{
	if (now->units <= 0 || to <= now->from)
		return RCV_OK;
	if (now->units > INT64_MAX)
		return RCV_EOVERFLOW;
	return add_days(sum, (int64_t) now->units, now->from, to, schedule, gap, end);
}

rcv_status
rcv_late_interest_balance(const rcv_balance_change *changes, int64_t n, int scale, int32_t to,
						  const rcv_schedule *schedule, const rcv_interest_terms *terms,
						  rcv_int128 *out, rcv_rate_gap *gap)
{
	total sum = {.terms = terms, .scale = scale};
	balance now = {0, RCV_DAY_MIN};
	rcv_status status = rcv_day_valid(to) ? RCV_OK : RCV_EDATE;
	int64_t i = 0;

	*out = 0;
	while (status == RCV_OK && i < n && changes[i].day < to)
	{
		balance next = {now.units, changes[i].day};

		if (!rcv_day_valid(next.from) || next.from < now.from)
			return RCV_EDATE;
		for (; i < n && changes[i].day == next.from; i++)
			next.units += changes[i].units;
		if (next.units == now.units) /* one stretch still */
			continue;
		status = add_balance(&sum, &now, next.from, to, schedule, gap);
		if (now.units <= 0 && next.units > 0)
			sum.start = next.from;
		now = next;
	}
	if (status == RCV_OK)
		status = add_balance(&sum, &now, to, to, schedule, gap);
	return status == RCV_OK ? finish(&sum, out) : status;
}
