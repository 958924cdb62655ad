/*
 * interest_pg.h
 *		The type rate_schedule, for the files of its glue.
 */
#ifndef RCV_INTEREST_PG_H
#define RCV_INTEREST_PG_H

#include "pg/rcv_pg.h"

#include "interest/late.h"
#include "pg/json.h"

/* A value is read in place. */
typedef struct rcv_schedule_value
{
	int32 vl_len_;
	uint16 version;
	uint16 unused;
	int32 count;
	int32 to;
	rcv_rate rates[FLEXIBLE_ARRAY_MEMBER];
} rcv_schedule_value;

#define RCV_SCHEDULE_VERSION 1

/* The schedule of an argument; checked only as far as reading it in place needs. */
extern rcv_schedule rcv_schedule_arg(Datum datum);

extern Datum rcv_schedule_datum(const rcv_rate *rates, int32 count, int32 to);

/* rule, day_count, rounding and scale of an options argument. */
extern void rcv_interest_terms_options(rcv_interest_terms *terms, const rcv_json *json);

/* Raises 22023: some days have no rate. */
extern void rcv_rate_gap_error(const rcv_rate_gap *gap) pg_attribute_noreturn();

#endif
