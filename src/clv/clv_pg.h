/*
 * clv_pg.h
 *		The SQL types clv_model and spend_model as glue sees them.
 */
#ifndef RCV_CLV_PG_H
#define RCV_CLV_PG_H

#include "pg/rcv_pg.h"

#include "pg/json.h"

#include "clv/clv.h"

/* A model datum: a varlena aligned as a double. */
typedef struct rcv_clv_value
{
	int32 vl_len_;
	int32 unused; /* zero */
	rcv_clv_model model;
} rcv_clv_value;

/* The model of a datum; an error when another version wrote it. */
extern const rcv_clv_model *rcv_clv_model_arg(Datum value);

extern Datum rcv_clv_model_datum(const rcv_clv_model *model);

/* Days of a unit: "day", "week" or "N days"; false when the key is absent. */
extern bool rcv_clv_unit(const rcv_json *json, const char *key, int32 *out);

/* Raises 22023 for what is wrong with a customer, if anything, with its values. */
extern void rcv_clv_check_customer(int kind, const rcv_clv_customer *customer);

/* An estimate of an amount as a numeric with ten decimals: more are noise. */
extern Datum rcv_clv_amount(double value);

/* A finite argument, or an error that names it. */
extern double rcv_clv_finite_arg(double value, const char *what);

/* The customer of a kind of model that an activity is at as_of; false without a purchase. */
extern bool rcv_clv_customer_arg(Datum activity, int32 as_of, int kind, int unit_days,
								 rcv_clv_customer *out, double *log_gaps);

/*
 * Repeat purchase days and their mean net amount: all amounts after the first
 * purchase day, by their number.  False without a purchase.
 */
extern bool rcv_clv_spend_arg(Datum activity, int32 as_of, double *x, double *mean);

/* What to fit, and the most memory for it. */
typedef struct rcv_clv_spec
{
	int32 kind;
	int32 k; /* 0: the most likely */
	int32 unit_days;
	int32 max_mb;
	int32 dated; /* from days: as_of holds */
	int32 as_of;
} rcv_clv_spec;

extern void rcv_clv_spec_init(rcv_clv_spec *spec, int kind);
extern void *rcv_clv_spec_of_options(Datum options, MemoryContext context);

/* Raises 54000: n customers of this size are more than max_mb. */
extern void rcv_clv_limit_error(const rcv_clv_spec *spec, int64 n, Size entry)
	pg_attribute_noreturn();

/* Fits groups, ascending by x, t_x, t; log_gaps as in rcv_clv_fit. */
extern Datum rcv_clv_fit_groups(const rcv_clv_spec *spec, rcv_clv_group *groups, Size n,
								double log_gaps, int64 excluded);

#endif
