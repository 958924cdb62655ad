/*
 * clv_request_pg.h
 *		What is asked of a model; private to the domain's glue.
 */
#ifndef RCV_CLV_REQUEST_PG_H
#define RCV_CLV_REQUEST_PG_H

#include "clv/clv_pg.h"

#define RCV_CLV_YEAR 365.25 /* days, of an annual rate */

typedef struct rcv_clv_request
{
	const rcv_clv_model *model;
	rcv_clv_customer customer;
	double horizon; /* in units of the model */
} rcv_clv_request;

/*
 * The model of one argument, and a customer: of an activity and as_of, or of x,
 * t_x and t, from another one on.  False when there is nothing to say.
 */
extern bool rcv_clv_request_activity(FunctionCallInfo fcinfo, int model, int activity,
									 rcv_clv_request *request);
extern bool rcv_clv_request_values(FunctionCallInfo fcinfo, int model, int x,
								   rcv_clv_request *request);

/* Sets the horizon from days: for discrete kinds the occasions that are complete by then. */
extern void rcv_clv_request_days(rcv_clv_request *request, int32 days);

/* A horizon in units of the model, or an error; whole occasions for discrete kinds. */
extern double rcv_clv_horizon_arg(const rcv_clv_model *model, double horizon, const char *what);

/* The force of interest a day of an effective annual rate, or an error. */
extern double rcv_clv_force_arg(double annual_rate, bool endless);

/* The same figure when it is finite, or an error. */
extern double rcv_clv_figure(double value);

#endif
