/*
 * late.h
 *		Interest on what is paid late.
 *
 * Interest runs on the days after the day it is counted from, up to and with
 * the last one: (from, to].  A principal bears on each of them the rate that
 * holds on that day, or one rate for all:
 *
 *		interest = principal x sum of (rate x days) / (100 x basis)
 *
 * The sum is exact; the one division comes last, and rounds half away from zero.
 * Days are counted from the day that interest is counted from, whatever number of
 * stretches with a rate of their own they fall into: two stretches with the same
 * rate are worth what one is, also by 30/360, whose days do not add up by themselves.
 */
#ifndef RCV_INTEREST_LATE_H
#define RCV_INTEREST_LATE_H

#include "base/money.h"
#include "interest/schedule.h"

/* Which rate holds. */
typedef enum rcv_rate_rule
{
	RCV_RATE_PER_PERIOD, /* of each day: French and most national law */
	RCV_RATE_AT_START,	 /* of the day it is counted from, for all days */
	RCV_RATE_AT_END,	 /* of the last day, for all days: Ireland, S.I. 580/2012 */
	RCV_RATE_RULES
} rcv_rate_rule;

/*
 * How days become parts of a year; letters of the 2006 ISDA Definitions, section 4.16.
 * Actual/Actual looks at the days that bear interest, (from, to], where ISDA takes
 * [from, to): the two differ by a day's share where a leap year begins or ends.
 */
typedef enum rcv_day_count
{
	RCV_ACT_365, /* (d) Actual/365 (Fixed) */
	RCV_ACT_360, /* (e) Actual/360 */
	RCV_ACT_ACT, /* (b) Actual/Actual: days of leap years by 366, others by 365 */
	RCV_30_360,	 /* (f) 30/360, bond basis */
	RCV_30E_360, /* (g) 30E/360, eurobond basis */
	RCV_DAY_COUNTS
} rcv_day_count;

typedef enum rcv_interest_rounding
{
	RCV_ROUND_ONCE,
	RCV_ROUND_PER_PERIOD, /* each stretch with one rate and one balance, then the sum of them */
	RCV_INTEREST_ROUNDINGS
} rcv_interest_rounding;

extern const char *const rcv_rate_rule_names[RCV_RATE_RULES + 1]; /* NULL at the end */
extern const char *const rcv_day_count_names[RCV_DAY_COUNTS + 1];
extern const char *const rcv_interest_rounding_names[RCV_INTEREST_ROUNDINGS + 1];

/* Four members of one size: no stray bytes where it is part of a stored state. */
typedef struct rcv_interest_terms
{
	rcv_rate_rule rule;
	rcv_day_count day_count;
	rcv_interest_rounding rounding;
	int scale; /* decimals of the result, 0 .. RCV_INTEREST_SCALE_MAX */
} rcv_interest_terms;

#define RCV_INTEREST_SCALE_MAX 6

/* The days from .. to that have no rate, both included. */
typedef struct rcv_rate_gap
{
	int32_t from;
	int32_t to;
} rcv_rate_gap;

/*
 * Days of (from, to] by a convention, split into those of ordinary and of leap
 * years where it makes a difference; 0 when to <= from.  Days of the range.
 */
extern void rcv_interest_days(int32_t from, int32_t to, rcv_day_count day_count, int32_t *main,
							  int32_t *leap);

/*
 * Interest on a principal over (from, to], in units of 10^-scale; 0 when to <=
 * from.  RCV_EDOMAIN when some day has no rate: *gap says which days.
 * RCV_EDATE, RCV_EOVERFLOW.
 */
extern rcv_status rcv_late_interest(rcv_money principal, int32_t from, int32_t to,
									const rcv_schedule *schedule, const rcv_interest_terms *terms,
									rcv_int128 *out, rcv_rate_gap *gap);

/* A change of the balance. */
typedef struct rcv_balance_change
{
	int32_t day;
	int32_t unused;
	int64_t units;
} rcv_balance_change;

/*
 * Interest up to and with to on a balance that changes: a change counts from
 * the day after it.  Days with a balance below zero bear none; interest is
 * counted from the day on which the balance last rose above zero.  The units of
 * changes are of 10^-scale.  RCV_EDATE also when the days do not ascend.
 */
extern rcv_status rcv_late_interest_balance(const rcv_balance_change *changes, int64_t n, int scale,
											int32_t to, const rcv_schedule *schedule,
											const rcv_interest_terms *terms, rcv_int128 *out,
											rcv_rate_gap *gap);

#endif
