/*
 * rfm.c
 *		Scores from breaks, breaks from customers.
 */
#include "rfm/rfm.h"

#include <math.h>
#include <string.h>

rcv_status
rcv_rfm_spec_init(rcv_rfm_spec *spec, int bins)
{
	static const double weights[RCV_RFM_DIMENSIONS] = {100, 10, 1};

	memset(spec, 0, sizeof(*spec));
	if (bins < RCV_RFM_BINS_MIN || bins > RCV_RFM_BINS_MAX)
		return RCV_EDOMAIN;
	spec->rule.version = RCV_RFM_VERSION;
	spec->rule.method = RCV_RFM_CONT;
	spec->rule.low_best[RCV_RECENCY] = 1;
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		spec->rule.breaks[d] = bins - 1;
		spec->rule.weights[d] = weights[d];
	}
	return RCV_OK;
}

rcv_status
rcv_rfm_rule_check(const rcv_rfm_rule *rule)
{
	int most = rule->nested ? RCV_RFM_NESTED_MAX - 1 : RCV_RFM_BREAKS_MAX;

	if (rule->version != RCV_RFM_VERSION)
		return RCV_EVERSION;
	if (rule->method >= RCV_RFM_METHODS || rule->left > 1 || rule->nested > 1 || rule->dated > 1 ||
		rule->customers < 0)
		return RCV_EDOMAIN;
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		if (rule->breaks[d] < 1 || rule->breaks[d] > most || rule->low_best[d] > 1 ||
			!isfinite(rule->weights[d]))
			return RCV_EDOMAIN;
	return RCV_OK;
}

int
rcv_rfm_sets(const rcv_rfm_rule *rule, int dimension)
{
	int sets = 1;

	if (rule->nested)
		for (int d = 0; d < dimension; d++)
			sets *= rule->breaks[d] + 1;
	return sets;
}

size_t
rcv_rfm_breaks_count(const rcv_rfm_rule *rule)
{
	size_t count = 0;

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		count += (size_t) rcv_rfm_sets(rule, d) * (size_t) rule->breaks[d];
	return count;
}

size_t
rcv_rfm_model_size(const rcv_rfm_rule *rule)
{
	return sizeof(rcv_rfm_model) + rcv_rfm_breaks_count(rule) * sizeof(double);
}

/* Which of a dimension's sets holds for these scores. */
static size_t
set_number(const rcv_rfm_rule *rule, int dimension, const rcv_rfm_scores *before)
{
	size_t set = 0;

	if (rule->nested)
		for (int d = 0; d < dimension; d++)
			set = set * (size_t) (rule->breaks[d] + 1) + (size_t) (before->score[d] - 1);
	return set;
}

/* Position of the first break of a dimension's set. */
static size_t
set_offset(const rcv_rfm_rule *rule, int dimension, const rcv_rfm_scores *before)
{
	size_t offset = 0;

	for (int d = 0; d < dimension; d++)
		offset += (size_t) rcv_rfm_sets(rule, d) * (size_t) rule->breaks[d];
	return offset + set_number(rule, dimension, before) * (size_t) rule->breaks[dimension];
}

const double *
rcv_rfm_set(const rcv_rfm_model *model, int dimension, const rcv_rfm_scores *before)
{
	return model->breaks + set_offset(&model->rule, dimension, before);
}

static bool
ascending(const double *breaks, int n)
{
	for (int i = 0; i < n; i++)
		if (!isfinite(breaks[i]) || (i > 0 && breaks[i] < breaks[i - 1]))
			return false;
	return true;
}

rcv_status
rcv_rfm_model_check(const rcv_rfm_model *model, size_t length)
{
	const double *breaks = model->breaks;
	rcv_status status;

	if (length < sizeof(rcv_rfm_model))
		return RCV_EBINARY;
	status = rcv_rfm_rule_check(&model->rule);
	if (status != RCV_OK)
		return status;
	if (length != rcv_rfm_model_size(&model->rule))
		return RCV_EBINARY;
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		for (int set = 0; set < rcv_rfm_sets(&model->rule, d); set++)
		{
			if (!ascending(breaks, model->rule.breaks[d]))
				return RCV_EDOMAIN;
			breaks += model->rule.breaks[d];
		}
	return RCV_OK;
}

/* Breaks that lie below a value, on the side of the boundary rule. */
static inline int
breaks_below(const double *breaks, int n, bool left, double value)
{
	int below = 0;

	if (left)
		for (int i = 0; i < n; i++)
			below += breaks[i] <= value;
	else
		for (int i = 0; i < n; i++)
			below += breaks[i] < value;
	return below;
}

static inline int
score_of_below(const rcv_rfm_rule *rule, int dimension, int below)
{
	return rule->low_best[dimension] ? rule->breaks[dimension] + 1 - below : below + 1;
}

static inline int16_t
score_one(const rcv_rfm_model *model, int dimension, const rcv_rfm_scores *before, double value)
{
	const rcv_rfm_rule *rule = &model->rule;
	int below = breaks_below(rcv_rfm_set(model, dimension, before), rule->breaks[dimension],
							 rule->left, value);

	return (int16_t) score_of_below(rule, dimension, below);
}

rcv_rfm_scores
rcv_rfm_score(const rcv_rfm_model *model, const rcv_rfm_values *values)
{
	rcv_rfm_scores scores = {{1, 1, 1}};

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		scores.score[d] = score_one(model, d, &scores, values->value[d]);
	return scores;
}

rcv_rfm_position
rcv_rfm_position_of(const rcv_rfm_model *model, int dimension, const rcv_rfm_scores *before,
					double value)
{
	const rcv_rfm_rule *rule = &model->rule;
	const double *breaks = rcv_rfm_set(model, dimension, before);
	int n = rule->breaks[dimension];
	int below = breaks_below(breaks, n, rule->left, value);
	int next = below;
	rcv_rfm_position position;

	/* equal breaks are passed together */
	while (next < n && breaks[next] == breaks[below])
		next++;
	position.score = score_of_below(rule, dimension, below);
	position.next_score = score_of_below(rule, dimension, next);
	position.below = below > 0 ? breaks[below - 1] : -INFINITY;
	position.above = below < n ? breaks[below] : INFINITY;
	return position;
}

double
rcv_rfm_total(const rcv_rfm_model *model, const rcv_rfm_scores *scores)
{
	double total = 0.0;

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		total += model->rule.weights[d] * scores->score[d];
	return total;
}

/*
 * Right boundary: the value must exceed the break; left: it must reach it.
 * The product may be off by a rounding of the break, which is undone where
 * the multiple before it is past the break already.  Where doubles are too
 * coarse for single units, the break itself is the best answer.
 */
double
rcv_rfm_past(const rcv_rfm_model *model, double limit, double per_unit)
{
	double units = floor(limit * per_unit) - 1;

	if (!(fabs(units) < 4503599627370496.0))
		return limit;
	while (model->rule.left ? units / per_unit < limit : units / per_unit <= limit)
		units++;
	return units / per_unit;
}

static rcv_status
fit_breaks(const rcv_rfm_spec *spec, int dimension, double *scratch, size_t n, double *out)
{
	rcv_quantile_rule rule =
		spec->rule.method == RCV_RFM_DISC ? RCV_QUANTILE_DISC : RCV_QUANTILE_CONT;
	int breaks = spec->rule.breaks[dimension];
	rcv_status status = rcv_quantiles(scratch, n, breaks + 1, rule, out);

	if (status == RCV_OK && spec->rule.method == RCV_RFM_PKG)
		for (int i = 0; i < breaks; i++)
			out[i] += 1.0;
	return status;
}

/*
 * Copies the values of a dimension to scratch, those of each set together;
 * end[s] becomes the end of set s, which is the beginning of the next one.
 */
static void
gather(const rcv_rfm_rule *rule, const rcv_rfm_values *values, const rcv_rfm_scores *scores,
	   size_t n, int dimension, double *scratch, size_t *end)
{
	int sets = rcv_rfm_sets(rule, dimension);
	size_t before = 0;

	memset(end, 0, (size_t) sets * sizeof(*end));
	for (size_t i = 0; i < n; i++)
		end[set_number(rule, dimension, &scores[i])]++;
	for (int s = 0; s < sets; s++)
	{
		size_t members = end[s];

		end[s] = before;
		before += members;
	}
	for (size_t i = 0; i < n; i++)
		scratch[end[set_number(rule, dimension, &scores[i])]++] = values[i].value[dimension];
}

static rcv_status
fit_sets(const rcv_rfm_spec *spec, const rcv_rfm_values *values, size_t n, int dimension,
		 double *scratch, const rcv_rfm_scores *scores, rcv_rfm_model *model)
{
	rcv_rfm_scores first = {{1, 1, 1}};
	int breaks = spec->rule.breaks[dimension];
	int sets = rcv_rfm_sets(&spec->rule, dimension);
	double *out = model->breaks + set_offset(&spec->rule, dimension, &first);
	double all[RCV_RFM_BREAKS_MAX];
	size_t end[RCV_RFM_NESTED_MAX * RCV_RFM_NESTED_MAX] = {0};
	rcv_status status;

	for (size_t i = 0; i < n; i++)
		scratch[i] = values[i].value[dimension];
	status = fit_breaks(spec, dimension, scratch, n, all);
	if (sets > 1)
		gather(&spec->rule, values, scores, n, dimension, scratch, end);
	for (int set = 0; set < sets && status == RCV_OK; set++, out += breaks)
	{
		size_t begin = set == 0 ? 0 : end[set - 1];

		memcpy(out, all, (size_t) breaks * sizeof(double));
		if (end[set] > begin)
			status = fit_breaks(spec, dimension, scratch + begin, end[set] - begin, out);
	}
	return status;
}

rcv_status
rcv_rfm_fit(const rcv_rfm_spec *spec, const rcv_rfm_values *values, size_t n, int dimension,
			double *scratch, rcv_rfm_scores *scores, rcv_rfm_model *model)
{
	rcv_status status = rcv_rfm_rule_check(&spec->rule);
	rcv_rfm_scores first = {{1, 1, 1}};

	if (status != RCV_OK || n == 0)
		return status != RCV_OK ? status : RCV_EDOMAIN;
	if (dimension == 0)
	{
		model->rule = spec->rule;
		model->rule.customers = (int64_t) n;
	}
	if (spec->given[dimension])
	{
		double *out = model->breaks + set_offset(&spec->rule, dimension, &first);
		int breaks = spec->rule.breaks[dimension];

		for (int set = 0; set < rcv_rfm_sets(&spec->rule, dimension); set++, out += breaks)
			memcpy(out, spec->own[dimension], (size_t) breaks * sizeof(double));
	}
	else
		status = fit_sets(spec, values, n, dimension, scratch, scores, model);
	if (status == RCV_OK && spec->rule.nested)
		for (size_t i = 0; i < n; i++)
			scores[i].score[dimension] =
				score_one(model, dimension, &scores[i], values[i].value[dimension]);
	return status;
}
