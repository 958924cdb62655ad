/*
 * portfolio_pg.h
 *		The SQL type portfolio as glue sees it.
 *
 * As a datum it is flat: a header and rows by ascending customer, trimmed to
 * the span of the ledger.  As the state of its aggregate it is an expanded
 * object around the hash table, which is flattened only where it leaves the
 * process or is stored.
 */
#ifndef RCV_PORTFOLIO_PG_H
#define RCV_PORTFOLIO_PG_H

#include "pg/rcv_pg.h"

#include "utils/expandeddatum.h"

#include "portfolio/portfolio.h"

#define RCV_PORTFOLIO_VERSION 1

typedef struct rcv_portfolio_flat
{
	int32 vl_len_;
	uint8 version;
	uint8 scale;
	uint16 unused; /* zero */
	int32 words;
	int32 base_day;
	int32 min_day;
	int32 max_day;
	int64 n;
	rcv_portfolio_row rows[FLEXIBLE_ARRAY_MEMBER]; /* then the days of all rows */
} rcv_portfolio_flat;

/* The rows of a datum of either form; complete, valid as long as the datum. */
extern rcv_portfolio_view rcv_portfolio_arg(Datum value);

/* An error when the portfolio holds days after as_of: they cannot be taken out. */
extern void rcv_portfolio_check_as_of(const rcv_portfolio_view *view, int32 as_of);

/* Errors with the sizes at hand. */
extern void rcv_portfolio_status(rcv_status status, const rcv_portfolio_view *view);

/* A flat datum with the header of a tidied view; its rows and days are zero. */
extern rcv_portfolio_flat *rcv_portfolio_new_flat(const rcv_portfolio_view *tidy);

/* The days of a flat datum's rows. */
extern uint64_t *rcv_portfolio_flat_days(rcv_portfolio_flat *flat);

#endif
