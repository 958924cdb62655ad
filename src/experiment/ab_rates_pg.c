/*
 * ab_rates_pg.c
 *		Success rates, shares, sample sizes, corrections, and posteriors.
 */
#include "experiment/ab_pg.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "experiment/ab_bandit.h"
#include "experiment/ab_rates.h"

#define CORRECTED_MAX 1000000 /* p-values: sorting more of them could not be interrupted */

/* Successes and n from an argument on. */
static rcv_ab_count
count_arg(FunctionCallInfo fcinfo, int first, const char *what)
{
	rcv_ab_count count = {PG_GETARG_INT64(first), PG_GETARG_INT64(first + 1)};

	if (!rcv_ab_count_valid(count))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must have 0 to n successes", what),
						errdetail("There are " INT64_FORMAT " successes of " INT64_FORMAT ".",
								  count.successes, count.n)));
	return count;
}

/* Rates -------------------------------------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_ab_prop_test);
Datum
pgrcv_ab_prop_test(PG_FUNCTION_ARGS)
{
	rcv_ab_row row = {0};
	rcv_ab_prop_result r;

	rcv_check(rcv_ab_prop_test(
				  count_arg(fcinfo, 0, "the control"), count_arg(fcinfo, 2, "the variant"),
				  rcv_ab_conf_arg(PG_GETARG_FLOAT8(4)), rcv_ab_tuning_arg(PG_GETARG_FLOAT8(5)), &r),
			  "ab_prop_test");
	rcv_ab_put_figure(&row, r.rate_control);
	rcv_ab_put_figure(&row, r.rate_variant);
	rcv_ab_put_figure(&row, r.difference);
	rcv_ab_put_figure(&row, r.z);
	rcv_ab_put_figure(&row, r.chi2);
	rcv_ab_put_figure(&row, r.p_value);
	rcv_ab_put_figure(&row, r.chi2_yates);
	rcv_ab_put_figure(&row, r.p_yates);
	rcv_ab_put_figure(&row, r.wald.lower);
	rcv_ab_put_figure(&row, r.wald.upper);
	rcv_ab_put_figure(&row, r.newcombe.lower);
	rcv_ab_put_figure(&row, r.newcombe.upper);
	rcv_ab_put_figure(&row, r.lift);
	rcv_ab_put_figure(&row, r.always_valid_p);
	rcv_ab_put_reason(&row, r.reason);
	return rcv_ab_row_datum(fcinfo, &row);
}

static rcv_ab_bounds
wilson(FunctionCallInfo fcinfo)
{
	return rcv_ab_wilson(count_arg(fcinfo, 0, "a rate"), rcv_ab_conf_arg(PG_GETARG_FLOAT8(2)));
}

PG_FUNCTION_INFO_V1(pgrcv_wilson_lower);
Datum
pgrcv_wilson_lower(PG_FUNCTION_ARGS)
{
	RCV_AB_RETURN_FIGURE(wilson(fcinfo).lower);
}

PG_FUNCTION_INFO_V1(pgrcv_wilson_upper);
Datum
pgrcv_wilson_upper(PG_FUNCTION_ARGS)
{
	RCV_AB_RETURN_FIGURE(wilson(fcinfo).upper);
}

static rcv_ab_bounds
nps(FunctionCallInfo fcinfo, double conf, double *score)
{
	int64 promoters = PG_GETARG_INT64(0);
	int64 detractors = PG_GETARG_INT64(1);
	int64 n = PG_GETARG_INT64(2);
	rcv_ab_bounds bounds;

	if (rcv_ab_nps(promoters, detractors, n, conf, score, &bounds) != RCV_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("promoters and detractors must be parts of n"),
				 errdetail("There are " INT64_FORMAT " and " INT64_FORMAT " of " INT64_FORMAT ".",
						   promoters, detractors, n)));
	return bounds;
}

PG_FUNCTION_INFO_V1(pgrcv_nps);
Datum
pgrcv_nps(PG_FUNCTION_ARGS)
{
	double score;

	(void) nps(fcinfo, 0.95, &score);
	RCV_AB_RETURN_FIGURE(score);
}

PG_FUNCTION_INFO_V1(pgrcv_nps_lower);
Datum
pgrcv_nps_lower(PG_FUNCTION_ARGS)
{
	double score;

	RCV_AB_RETURN_FIGURE(nps(fcinfo, rcv_ab_conf_arg(PG_GETARG_FLOAT8(3)), &score).lower);
}

PG_FUNCTION_INFO_V1(pgrcv_nps_upper);
Datum
pgrcv_nps_upper(PG_FUNCTION_ARGS)
{
	double score;

	RCV_AB_RETURN_FIGURE(nps(fcinfo, rcv_ab_conf_arg(PG_GETARG_FLOAT8(3)), &score).upper);
}

/* Shares ------------------------------------------------------------------------------- */

static Datum
srm(FunctionCallInfo fcinfo, const double *weights, int n_weights)
{
	int n;
	const int64 *counts = rcv_ab_elements(PG_GETARG_ARRAYTYPE_P(0), "counts", &n);
	rcv_ab_row row = {0};
	rcv_ab_srm_result r;

	if (weights != NULL && n != n_weights)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("counts and weights must have the same length"),
						errdetail("They have %d and %d elements.", n, n_weights)));
	if (rcv_ab_srm((const int64_t *) counts, weights, (size_t) n, &r) != RCV_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counts and weights are not those of arms"),
				 errdetail("There must be two arms or more with a weight, no negative count, no "
						   "count in an arm of weight 0, and weights that add up to 1 (0.99 "
						   ".. 1.01)."),
				 errhint("Without weights, equal ones are meant.")));
	rcv_ab_put_figure(&row, r.chi2);
	rcv_ab_put_figure(&row, r.df);
	rcv_ab_put_figure(&row, r.p_value);
	return rcv_ab_row_datum(fcinfo, &row);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_srm);
Datum
pgrcv_ab_srm(PG_FUNCTION_ARGS)
{
	return srm(fcinfo, NULL, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_srm_weights);
Datum
pgrcv_ab_srm_weights(PG_FUNCTION_ARGS)
{
	int n;
	const double *weights = rcv_ab_elements(PG_GETARG_ARRAYTYPE_P(1), "weights", &n);

	return srm(fcinfo, weights, n);
}

/* Sizes -------------------------------------------------------------------------------- */

/* A size or a power; hint: what is asked for. */
static double
planned(rcv_status status, double result, const char *what, const char *hint)
{
	if (status == RCV_EOVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s is out of range", what),
				 errhint("The effect is too small to be found.")));
	if (status != RCV_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("arguments of %s are outside their domain", what), errhint("%s", hint)));
	return result;
}

#define RATES_HINT                                                                                 \
	"Rates lie between 0 and 1 and differ; alpha lies between 0 and 1, power "                     \
	"between alpha / 2 and 1; n is 1 or more."
#define MEANS_HINT                                                                                 \
	"The difference is not 0, the standard deviation positive; alpha lies between "                \
	"0 and 1, power between alpha / 2 and 1; n lies within 2 .. 1e15."

PG_FUNCTION_INFO_V1(pgrcv_ab_sample_size);
Datum
pgrcv_ab_sample_size(PG_FUNCTION_ARGS)
{
	double n;
	rcv_status status = rcv_ab_sample_size(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1),
										   PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3), &n);

	PG_RETURN_FLOAT8(planned(status, n, "ab_sample_size", RATES_HINT));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_power);
Datum
pgrcv_ab_power(PG_FUNCTION_ARGS)
{
	double power;
	rcv_status status = rcv_ab_power(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2),
									 PG_GETARG_FLOAT8(3), &power);

	PG_RETURN_FLOAT8(planned(status, power, "ab_power", RATES_HINT));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_sample_size_mean);
Datum
pgrcv_ab_sample_size_mean(PG_FUNCTION_ARGS)
{
	double n;
	rcv_status status = rcv_ab_sample_size_mean(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1),
												PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3), &n);

	PG_RETURN_FLOAT8(planned(status, n, "ab_sample_size_mean", MEANS_HINT));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_power_mean);
Datum
pgrcv_ab_power_mean(PG_FUNCTION_ARGS)
{
	double power;
	rcv_status status = rcv_ab_power_mean(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1),
										  PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3), &power);

	PG_RETURN_FLOAT8(planned(status, power, "ab_power_mean", MEANS_HINT));
}

/* Corrections: nulls stay, and are not counted ------------------------------------------- */

static Datum
corrected(FunctionCallInfo fcinfo, rcv_ab_adjustment how)
{
	ArrayType *in = PG_GETARG_ARRAYTYPE_P(0);
	Datum *elements;
	bool *nulls;
	int n;
	int found = 0;
	double *p;
	rcv_ab_ranked *room;

	deconstruct_array(in, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &elements,
					  &nulls, &n);
	if (n > CORRECTED_MAX)
		rcv_check(RCV_ELIMIT, "array of p-values");
	p = palloc(n * sizeof(*p) + 1);
	room = palloc(n * sizeof(*room) + 1);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			p[found++] = DatumGetFloat8(elements[i]);
	if (rcv_ab_adjust(how, p, (size_t) found, room) != RCV_OK)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("p-values must lie within 0 .. 1"),
						errhint("Give NULL for a test without an answer: it is not counted.")));
	found = 0;
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			elements[i] = Float8GetDatum(p[found++]);
	return PointerGetDatum(construct_md_array(elements, nulls, ARR_NDIM(in), ARR_DIMS(in),
											  ARR_LBOUND(in), FLOAT8OID, sizeof(float8),
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(pgrcv_holm);
Datum
pgrcv_holm(PG_FUNCTION_ARGS)
{
	return corrected(fcinfo, RCV_AB_HOLM);
}

PG_FUNCTION_INFO_V1(pgrcv_bh);
Datum
pgrcv_bh(PG_FUNCTION_ARGS)
{
	return corrected(fcinfo, RCV_AB_BH);
}

/* Posteriors ----------------------------------------------------------------------------- */

typedef rcv_status (*compare_fn)(rcv_ab_count control, rcv_ab_count variant, double prior_a,
								 double prior_b, double *out);

static Datum
compared(FunctionCallInfo fcinfo, compare_fn compare)
{
	rcv_ab_count control = count_arg(fcinfo, 0, "the control");
	rcv_ab_count variant = count_arg(fcinfo, 2, "the variant");
	double out;

	if (compare(control, variant, PG_GETARG_FLOAT8(4), PG_GETARG_FLOAT8(5), &out) != RCV_OK)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("counts or priors are outside their domain"),
						errdetail("n is at most 1e12; priors lie within 1e-6 .. 1e9."),
						errhint("1 and 1 is the uniform prior, 0.5 and 0.5 that of Jeffreys.")));
	PG_RETURN_FLOAT8(out);
}

PG_FUNCTION_INFO_V1(pgrcv_p_better);
Datum
pgrcv_p_better(PG_FUNCTION_ARGS)
{
	return compared(fcinfo, rcv_ab_p_better);
}

PG_FUNCTION_INFO_V1(pgrcv_expected_loss);
Datum
pgrcv_expected_loss(PG_FUNCTION_ARGS)
{
	return compared(fcinfo, rcv_ab_expected_loss);
}

static Datum
pick(FunctionCallInfo fcinfo, uint64 seed)
{
	int n;
	int n_failures;
	const int64 *successes = rcv_ab_elements(PG_GETARG_ARRAYTYPE_P(0), "successes", &n);
	const int64 *failures = rcv_ab_elements(PG_GETARG_ARRAYTYPE_P(1), "failures", &n_failures);
	double best = -1;
	int arm = 0;

	if (n != n_failures || n == 0 || n > RCV_AB_ARMS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("successes and failures must name the same arms, 1 to %d", RCV_AB_ARMS_MAX),
				 errdetail("They have %d and %d elements.", n, n_failures)));
	for (int i = 0; i < n; i++)
	{
		double draw;

		if (rcv_ab_draw(successes[i], failures[i], rcv_ab_uniform(seed, i), &draw) != RCV_OK)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("successes and failures must lie within 0 .. 1e12"),
							errdetail("Arm %d has " INT64_FORMAT " and " INT64_FORMAT ".", i,
									  successes[i], failures[i])));
		if (draw > best)
		{
			best = draw;
			arm = i;
		}
	}
	PG_RETURN_INT32(arm);
}

PG_FUNCTION_INFO_V1(pgrcv_thompson_pick);
Datum
pgrcv_thompson_pick(PG_FUNCTION_ARGS)
{
	return pick(fcinfo, (uint64) PG_GETARG_INT64(2));
}

PG_FUNCTION_INFO_V1(pgrcv_thompson_pick_text);
Datum
pgrcv_thompson_pick_text(PG_FUNCTION_ARGS)
{
	return pick(fcinfo, rcv_ab_seed(rcv_ab_utf8(PG_GETARG_TEXT_PP(2))));
}
