/*
 * clv_value_pg.h
 *		What a value in money is made of; private to the domain's glue.
 */
#ifndef RCV_CLV_VALUE_PG_H
#define RCV_CLV_VALUE_PG_H

#include "clv/clv_request_pg.h"

/* A request, with the customer's spend. */
typedef struct rcv_clv_money
{
	rcv_clv_request request;
	const rcv_clv_model *spend;
	double x;
	double mean;
} rcv_clv_money;

/*
 * Reads both models from this argument on, then the customer: an activity and
 * as_of, or x, t_x, t and the mean spend.  False when there is nothing to say.
 */
extern bool rcv_clv_money_activity(FunctionCallInfo fcinfo, int models, rcv_clv_money *money);
extern bool rcv_clv_money_values(FunctionCallInfo fcinfo, int models, rcv_clv_money *money);

/*
 * Reads annual_rate, margin, pay_delay_days and loss_rate from this argument
 * on: the factor of all purchases, and the force of interest a day.
 */
extern double rcv_clv_terms_arg(FunctionCallInfo fcinfo, int argument, bool endless, double *force);

#endif
