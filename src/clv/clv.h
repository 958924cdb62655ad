/*
 * clv.h
 *		Customer lifetime value: models of how often, how long and for how much
 *		customers buy, fitted by maximum likelihood, and what they predict.
 *
 * A customer is known by x, the number of repeat purchases (the first one
 * starts the clock), t_x, the time of the last one, and t, the time observed;
 * all times count from the first purchase, in the unit of the model.
 *
 * Sources:
 *	bg/nbd		Fader, Hardie, Lee, "Counting Your Customers" the Easy Way,
 *				Marketing Science 24 (2005)
 *	mbg/nbd		Batislam, Denizel, Filiztekin, International Journal of Research
 *				in Marketing 24 (2007): drop-out also right after the first purchase
 *	mbg/cnbd-k	Platzer, Reutterer, Ticking Away the Moments, Marketing Science 35
 *				(2016), and their BTYDplus: gaps are Erlang-k, more regular
 *	pareto/nbd	Schmittlein, Morrison, Colombo, Counting Your Customers, Management
 *				Science 33 (1987)
 *	bg/bb		Fader, Hardie, Shang, Customer-Base Analysis in a Discrete-Time
 *				Noncontractual Setting, Marketing Science 29 (2010)
 *	sbg			Fader, Hardie, How to Project Customer Retention, Journal of
 *				Interactive Marketing 21 (2007)
 *	gamma-gamma	Fader, Hardie, Lee, RFM and CLV, Journal of Marketing Research 42
 *				(2005): the mean spend
 */
#ifndef RCV_CLV_H
#define RCV_CLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "num/newton.h"

#define RCV_CLV_VERSION 1
#define RCV_CLV_PARAMETERS RCV_NEWTON_MAX
#define RCV_CLV_K_MAX 12
#define RCV_CLV_PARAMETER_MIN 1e-15
#define RCV_CLV_PARAMETER_MAX 1e15
#define RCV_CLV_UNIT_MAX 3660	   /* days */
#define RCV_CLV_PURCHASES_MAX 1e9  /* of a customer */
#define RCV_CLV_TIME_MAX 1e7	   /* of a customer, and the longest horizon */
#define RCV_CLV_OCCASIONS_MAX 1000 /* of bg/bb and sbg, observed or ahead */

typedef enum rcv_clv_kind
{
	RCV_CLV_MBG,
	RCV_CLV_BG,
	RCV_CLV_PARETO,
	RCV_CLV_CNBD,
	RCV_CLV_BGBB,
	RCV_CLV_SBG,
	RCV_CLV_SPEND, /* gamma-gamma: a spend_model, the others are clv_models */
	RCV_CLV_KINDS
} rcv_clv_kind;

/* How a fit ended.  Up to RCV_CLV_SCORED the model can be asked. */
typedef enum rcv_clv_fit_status
{
	RCV_CLV_FIT_OK,
	RCV_CLV_SAME_RATE,	  /* the spread of purchase rates went to none: the limit is asked */
	RCV_CLV_SAME_DROPOUT, /* likewise of drop-out */
	RCV_CLV_NO_SPREAD,	  /* gamma-gamma: a customer's purchases are all alike; likewise */
	RCV_CLV_SCORED = RCV_CLV_NO_SPREAD,
	RCV_CLV_NO_DROPOUT, /* nobody seems to drop out: only the purchase parameters hold */
	RCV_CLV_ALL_DROPOUT,
	RCV_CLV_NO_MEAN, /* gamma-gamma: q went to 1, the mean spend is infinite */
	RCV_CLV_NO_REPEATERS,
	RCV_CLV_NO_TIME,
	RCV_CLV_BOUNDARY, /* some other parameter has no estimate */
	RCV_CLV_NOT_CONVERGED,
	RCV_CLV_FIT_STATUSES
} rcv_clv_fit_status;

/* A fitted model: plain bytes, all of them meant, equal when bytes are. */
typedef struct rcv_clv_model
{
	uint8_t version;
	uint8_t kind;	/* rcv_clv_kind */
	uint8_t status; /* rcv_clv_fit_status */
	uint8_t k;		/* purchases of a Poisson process to one of the customer: 1, or 2 .. 12 */
	int32_t unit_days;
	int32_t iterations; /* evaluations of the likelihood; 0: not fitted here */
	int32_t unused;		/* zero */
	int64_t customers;
	int64_t excluded; /* gamma-gamma: customers with a mean spend of 0 or less */
	double parameter[RCV_CLV_PARAMETERS]; /* NaN where there is no estimate */
	double loglik;						  /* NaN when not known */
	double correlation; /* gamma-gamma: of frequency and mean spend; NaN likewise */
	double covariance[RCV_CLV_PARAMETERS][RCV_CLV_PARAMETERS]; /* zero where unknown */
} rcv_clv_model;

/* A customer; of n identical ones as a group.  Gamma-gamma: x and the mean spend as t_x. */
typedef struct rcv_clv_customer
{
	double x;
	double t_x;
	double t;
} rcv_clv_customer;

typedef struct rcv_clv_group
{
	rcv_clv_customer customer;
	double n;
} rcv_clv_group;

/* clv_model.c: what models are ------------------------------------------------ */

extern const char *const rcv_clv_kind_names[RCV_CLV_KINDS + 1];
extern const char *const rcv_clv_status_names[RCV_CLV_FIT_STATUSES + 1];

/* Number and names of the parameters of a kind. */
extern int rcv_clv_parameters(int kind);
extern const char *rcv_clv_parameter_name(int kind, int i);

/* Whether times are whole numbers of occasions: bg/bb and sbg. */
extern bool rcv_clv_discrete(int kind);

/* RCV_EDOMAIN unless kind, status, k, unit and parameters are those of a model. */
extern rcv_status rcv_clv_model_check(const rcv_clv_model *model);

/*
 * False for a parameter that the fit sent to its limit: the scores are those of
 * the limit, but the figure itself only says where the search ended.
 */
extern bool rcv_clv_parameter_finite(const rcv_clv_model *model, int i);

/* Akaike's criterion: 2 x parameters - 2 x log-likelihood; k counts when it was above 1. */
extern double rcv_clv_aic(const rcv_clv_model *model);

/* What is wrong with a customer, in words and with a hint; NULL: nothing. */
extern const char *rcv_clv_customer_fault(int kind, const rcv_clv_customer *customer);

/* clv_fit.c: fits ------------------------------------------------------------- */

typedef struct rcv_clv_fit
{
	rcv_clv_model model; /* complete at the end; kind, k and unit_days are set by the caller */
	const rcv_clv_group *groups; /* ascending by x, t_x, t */
	size_t n;
	double log_gaps; /* sum of ln(gap) over all gaps between purchases; NaN: not known */
	int k;			 /* the one that is tried */
	int k_last;
	double
		size[RCV_CLV_PARAMETERS]; /* what parameters are relative to: 1, mean time or mean spend */
	size_t done;				  /* groups of the evaluation under way */
	rcv_derivatives sum;		  /* of their likelihood */
	rcv_newton newton;
} rcv_clv_fit;

/*
 * Prepares a fit of the model's kind to groups of valid customers.  k of the
 * model is the only one tried, or 0 for the most likely of 1 .. RCV_CLV_K_MAX
 * (RCV_EDOMAIN then without log_gaps).
 */
extern rcv_status rcv_clv_fit_begin(rcv_clv_fit *fit);

/* Looks at some thousand groups, or fewer of slow kinds; false when the model is complete. */
extern bool rcv_clv_fit_step(rcv_clv_fit *fit);

/*
 * Log-likelihood of groups with its derivatives in the parameters.  log_gaps is
 * left out.
 */
extern void rcv_clv_loglik(int kind, int k, const double *parameter, const rcv_clv_group *groups,
						   size_t n, rcv_derivatives *out);

/* clv_score.c: what a scored model says of a valid customer -------------------- */

/* Probability that the customer is still a customer at t. */
extern double rcv_clv_alive(const rcv_clv_model *model, const rcv_clv_customer *customer);

/* Expected number of purchases in t .. t + horizon. */
extern double rcv_clv_expected(const rcv_clv_model *model, const rcv_clv_customer *customer,
							   double horizon);

/* Probability of at least n >= 1 of them. */
extern double rcv_clv_at_least(const rcv_clv_model *model, const rcv_clv_customer *customer,
							   double horizon, double n);

/* The smallest number of them that is not exceeded with probability q, 0 <= q < 1. */
extern double rcv_clv_quantile(const rcv_clv_model *model, const rcv_clv_customer *customer,
							   double horizon, double q);

/*
 * Expected purchases, each discounted at the force of interest delta a unit of
 * time from its own moment (discrete kinds: from the end of its period).
 */
extern double rcv_clv_discounted(const rcv_clv_model *model, const rcv_clv_customer *customer,
								 double horizon, double delta);

/* The same without end: delta > 0. */
extern double rcv_clv_residual(const rcv_clv_model *model, const rcv_clv_customer *customer,
							   double delta);

/*
 * Mean of a customer's spend: (v p + p x m) / (p x + q - 1), x purchases with
 * a mean of m; NaN when m <= 0 with x > 0, or when there is no finite mean.
 */
extern double rcv_clv_spend(const rcv_clv_model *model, double x, double mean);

/*
 * Derivatives of the discounted purchases (delta = 0: of the expected ones) in
 * the parameters, by central differences on their logarithms.
 */
extern void rcv_clv_discounted_gradient(const rcv_clv_model *model,
										const rcv_clv_customer *customer, double horizon,
										double delta, double *out);

/* Likewise of rcv_clv_spend(). */
extern void rcv_clv_spend_gradient(const rcv_clv_model *model, double x, double mean, double *out);

#endif
