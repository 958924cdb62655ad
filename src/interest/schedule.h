/*
 * schedule.h
 *		Rates of interest by date.
 */
#ifndef RCV_INTEREST_SCHEDULE_H
#define RCV_INTEREST_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/money.h"

#define RCV_RATE_SCALE 6		/* decimals of a rate in percent */
#define RCV_RATE_MAX 1000000000 /* 1,000 % a year, in units of 10^-6 percent */
#define RCV_SCHEDULE_RATES_MAX 10000

typedef struct rcv_rate
{
	int32_t from; /* first day */
	int32_t unused;
	int64_t rate; /* percent a year, in units of 10^-6 */
} rcv_rate;

/* Rates in order of their first days; each holds until the day before the next. */
typedef struct rcv_schedule
{
	const rcv_rate *rates;
	int32_t count;
	int32_t to; /* last day; RCV_DAY_MAX when open */
} rcv_schedule;

/*
 * Whether the days ascend and lie before the end, and the rates are within
 * -RCV_RATE_MAX .. RCV_RATE_MAX: RCV_EDOMAIN, RCV_EDATE, RCV_ELIMIT.
 */
extern rcv_status rcv_schedule_check(const rcv_schedule *schedule);

/* The position of the rate of a day, or -1. */
extern int32_t rcv_schedule_find(const rcv_schedule *schedule, int32_t day);

/*
 * The larger of the contractual rate and factor x the legal one, on each day
 * that both schedules have; equal rates in a row become one.  rates has room for
 * contract->count + legal->count; *floor is made of it.  RCV_EDOMAIN when there
 * is no such day, RCV_EOVERFLOW when a rate that holds has more than RCV_RATE_SCALE
 * decimals or is over RCV_RATE_MAX, RCV_ELIMIT.
 */
extern rcv_status rcv_schedule_floor(const rcv_schedule *contract, const rcv_schedule *legal,
									 rcv_money factor, rcv_rate *rates, rcv_schedule *floor);

#endif
