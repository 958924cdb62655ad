/*
 * rfm.h
 *		Recency, frequency and monetary scores from breaks.
 *
 * Each dimension has breaks b1 <= b2 <= ...; the score of a value x is
 *		1 + number of breaks strictly below x		(boundary right, the default)
 *		1 + number of breaks at or below x			(boundary left, as width_bucket)
 * counted from the other end where a low value is the better one, as for
 * recency.  Equal values always have equal scores, in any order of the rows.
 * Equal breaks leave a score that nobody has; they never split a tie.
 *
 * Fitted breaks are the quantiles at i/bins.  Method rfm_pkg adds 1 to them
 * and takes the left boundary: the rule of the R package rfm (version 0.3.0),
 * right for whole numbers only.
 *
 * Nested: the breaks of frequency are fitted within each recency score, those
 * of monetary within each pair of scores (A. M. Hughes, Strategic Database
 * Marketing, 2000); a cell without customers takes the breaks of all.
 */
#ifndef RCV_RFM_H
#define RCV_RFM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "num/quantile.h"

#define RCV_RFM_VERSION 1
#define RCV_RFM_BINS_MIN 2
#define RCV_RFM_BINS_MAX RCV_QUANTILE_PARTS_MAX
#define RCV_RFM_BREAKS_MAX (RCV_RFM_BINS_MAX - 1)
#define RCV_RFM_NESTED_MAX 10 /* bins of a nested fit */

enum
{
	RCV_RECENCY,
	RCV_FREQUENCY,
	RCV_MONETARY,
	RCV_RFM_DIMENSIONS
};

typedef enum rcv_rfm_method
{
	RCV_RFM_CONT,
	RCV_RFM_DISC,
	RCV_RFM_PKG,
	RCV_RFM_METHODS
} rcv_rfm_method;

/* How to score; part of a fit's options and of the model it makes. */
typedef struct rcv_rfm_rule
{
	uint8_t version;
	uint8_t method; /* rcv_rfm_method */
	uint8_t left;	/* a value at a break goes above it */
	uint8_t nested;
	uint8_t low_best[RCV_RFM_DIMENSIONS]; /* the lowest value has the highest score */
	uint8_t dated;						  /* as_of is known */
	int32_t as_of;
	int32_t breaks[RCV_RFM_DIMENSIONS]; /* number of breaks: scores run to breaks + 1 */
	int64_t customers;					/* fitted on; 0 when not known */
	double weights[RCV_RFM_DIMENSIONS]; /* of the total */
} rcv_rfm_rule;

/* A model is a rule followed by its breaks: flat, read in place. */
typedef struct rcv_rfm_model
{
	rcv_rfm_rule rule;
	double breaks[]; /* recency, then frequency, then monetary; see rcv_rfm_set */
} rcv_rfm_model;

/* What to fit: own[d] holds rule.breaks[d] breaks when given[d]. */
typedef struct rcv_rfm_spec
{
	rcv_rfm_rule rule;
	uint8_t given[RCV_RFM_DIMENSIONS];
	double own[RCV_RFM_DIMENSIONS][RCV_RFM_BREAKS_MAX];
} rcv_rfm_spec;

/* One customer. */
typedef struct rcv_rfm_values
{
	double value[RCV_RFM_DIMENSIONS];
} rcv_rfm_values;

typedef struct rcv_rfm_scores
{
	int16_t score[RCV_RFM_DIMENSIONS];
} rcv_rfm_scores;

/* Where a value stands between the breaks of its dimension. */
typedef struct rcv_rfm_position
{
	int score;
	double below;	/* break under the value, -infinity at the lowest */
	double above;	/* break over it, infinity at the highest */
	int next_score; /* once the value is past above */
} rcv_rfm_position;

/* Equal bins for all dimensions, method cont, the usual directions and weights. */
extern rcv_status rcv_rfm_spec_init(rcv_rfm_spec *spec, int bins);

/* RCV_EDOMAIN unless the rule's fields are possible together. */
extern rcv_status rcv_rfm_rule_check(const rcv_rfm_rule *rule);

/* Number of break sets of a dimension: 1, or one for each cell of a nested rule. */
extern int rcv_rfm_sets(const rcv_rfm_rule *rule, int dimension);

/* Number of breaks of the whole model. */
extern size_t rcv_rfm_breaks_count(const rcv_rfm_rule *rule);

/* Bytes of a model with this rule. */
extern size_t rcv_rfm_model_size(const rcv_rfm_rule *rule);

/* The breaks of a dimension that hold for customers with the scores before it. */
extern const double *rcv_rfm_set(const rcv_rfm_model *model, int dimension,
								 const rcv_rfm_scores *before);

/* RCV_EVERSION, RCV_EBINARY or RCV_EDOMAIN when length bytes are no model of this version. */
extern rcv_status rcv_rfm_model_check(const rcv_rfm_model *model, size_t length);

/*
 * Fits one dimension after the other: call with dimension 0, 1 and 2 in turn,
 * on the same values.  model has room for rcv_rfm_model_size(&spec->rule);
 * scratch holds n doubles, scores n entries.  RCV_EDOMAIN when n is 0.
 */
extern rcv_status rcv_rfm_fit(const rcv_rfm_spec *spec, const rcv_rfm_values *values, size_t n,
							  int dimension, double *scratch, rcv_rfm_scores *scores,
							  rcv_rfm_model *model);

extern rcv_rfm_scores rcv_rfm_score(const rcv_rfm_model *model, const rcv_rfm_values *values);

/* The same for one dimension, given the scores before it. */
extern rcv_rfm_position rcv_rfm_position_of(const rcv_rfm_model *model, int dimension,
											const rcv_rfm_scores *before, double value);

/* Weighted sum of the three scores. */
extern double rcv_rfm_total(const rcv_rfm_model *model, const rcv_rfm_scores *scores);

/*
 * The smallest whole number of units past a break: what the value must become
 * for its score to change.  per_unit is 1 for days and orders, 100 for cents.
 */
extern double rcv_rfm_past(const rcv_rfm_model *model, double limit, double per_unit);

#endif
