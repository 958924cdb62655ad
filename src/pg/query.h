/*
 * query.h
 *		Queries given as text, whose rows go where the caller wants them.
 */
#ifndef RCV_QUERY_H
#define RCV_QUERY_H

#include "pg/rcv_pg.h"

#include "tcop/dest.h"

/* What messages say of a query. */
typedef struct rcv_select
{
	const char *function; /* that it is given to */
	const char *name;	  /* what it is for: "invoices" */
	const char *example;  /* what one looks like */
} rcv_select;

/*
 * Runs it between SPI_connect() and SPI_finish(), as the caller and read-only;
 * anything but one SELECT is an error.  Of dest, receiveSlot and rStartup are set.
 * expected, unless NULL, is set to the planner's guess of the rows, before the
 * first.
 */
extern void rcv_select_run(const rcv_select *select, DestReceiver *dest, const text *sql,
						   double *expected);

#endif
