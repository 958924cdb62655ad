/*
 * rfm_pg.h
 *		The SQL types rfm_model and rfm as glue sees them.
 */
#ifndef RCV_RFM_PG_H
#define RCV_RFM_PG_H

#include "pg/rcv_pg.h"

#include "utils/jsonb.h"

#include "rfm/rfm.h"

/* An rfm_model datum: a varlena aligned as a double. */
typedef struct rcv_rfm_value
{
	int32 vl_len_;
	int32 unused; /* zero */
	rcv_rfm_model model;
} rcv_rfm_value;

extern const char *const rcv_rfm_names[RCV_RFM_DIMENSIONS + 1]; /* ends with NULL */

/* The model of a datum; an error when another version wrote it. */
extern const rcv_rfm_model *rcv_rfm_model_arg(Datum value);

/* A zeroed datum with room for a model of this rule. */
extern rcv_rfm_value *rcv_rfm_new_value(const rcv_rfm_rule *rule);

/* What to fit, from a number of bins or from options; errors for impossible ones. */
extern void rcv_rfm_spec_of_bins(int bins, rcv_rfm_spec *spec);
extern void *rcv_rfm_spec_of_options(Datum options, MemoryContext context);

/* Fits all dimensions, looking for interrupts between them; n > 0. */
extern rcv_rfm_value *rcv_rfm_fit_value(const rcv_rfm_spec *spec, const rcv_rfm_values *values,
										Size n);

/* The three values of plain arguments; an error for impossible ones. */
extern rcv_rfm_values rcv_rfm_values_of(int32 recency, double frequency, Datum monetary);

/* The three values of an activity at as_of; false without a purchase. */
extern bool rcv_rfm_values_of_activity(Datum activity, int32 as_of, rcv_rfm_values *out);

/* The composite of three scores, from a form kept in fn_extra. */
extern Datum rcv_rfm_scores_datum(FunctionCallInfo fcinfo, const rcv_rfm_scores *scores);

#endif
