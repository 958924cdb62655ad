/*
 * ab_test.c
 *		Each method makes of an arm a mean and the variance of that mean; the
 *		rest is the same for all.
 */
#include "experiment/ab_test.h"

#include "num/special.h"

const char *const rcv_ab_method_names[RCV_AB_METHODS + 1] = {"welch",  "pooled", "z", "cuped",
															 "ancova", "ratio",	 NULL};

const char *const rcv_ab_reason_texts[RCV_AB_REASONS + 1] = {
	NULL,
	"the control has no rows",
	"the variant has no rows",
	"the control has a single row",
	"the variant has a single row",
	"there is no covariate: use ab_stats(y, x)",
	"the covariate is the same in all rows of both arms",
	"x adds up to zero in an arm",
	"nothing varies in either arm",
	"the control has a mean of zero: there is no lift",
	"the figures are beyond a double",
	"nobody or everybody succeeded, in both arms: only the Newcombe interval holds",
	NULL};

/* An arm as a method sees it. */
typedef struct arm
{
	double mean;
	double low;		 /* what mean lacks: arms with large means differ in their low digits */
	double variance; /* of the mean */
	double rows;
} arm;

#define ROUNDING 1e-12 /* a share of squares that is no more than this is none */

/* Squared deviations of y - slope x; 0 when y is a line of x. */
static double
residual_squares(const rcv_ab_summary *s, double slope)
{
	double line = slope * slope * s->squares_x;
	double squares = s->squares + line - 2 * slope * s->products;

	return squares <= ROUNDING * (s->squares + line) ? 0 : squares;
}

/* Of mean, or of mean - theta off with a theta other than 0; off: mean_x less its centre. */
static arm
mean_arm(const rcv_ab_summary *s, double theta, double off)
{
	double rows = (double) s->n;
	double squares = s->squares;
	arm out = {s->mean, s->mean_low, 0, rows};

	if (theta != 0)
	{
		rcv_ab_carry(&out.mean, &out.low, -theta * off);
		squares = residual_squares(s, theta);
	}
	out.variance = squares / (rows - 1) / rows;
	return out;
}

static arm
ratio_arm(const rcv_ab_summary *s)
{
	double ratio = s->mean / s->mean_x;
	double rows = (double) s->n;
	double variance = residual_squares(s, ratio) / (rows - 1) / rows;

	return (arm){ratio, 0, variance / s->mean_x / s->mean_x, rows};
}

/* Degrees of freedom; INFINITY: normal. */
static double
df_of(const arm *control, const arm *variant, rcv_ab_method method)
{
	double share = control->variance / (control->variance + variant->variance);

	if (method == RCV_AB_Z)
		return INFINITY;
	if (method == RCV_AB_POOLED)
		return control->rows + variant->rows - 2;
	return 1 /
		   (share * share / (control->rows - 1) + (1 - share) * (1 - share) / (variant->rows - 1));
}

/* Chance of a statistic at least as far from 0, on both sides. */
static double
p_of(double statistic, double df)
{
	return 2 *
		   (isinf(df) ? rcv_normal_above(fabs(statistic)) : rcv_student_above(fabs(statistic), df));
}

static double
critical(double conf, double df)
{
	return isinf(df) ? -rcv_normal_quantile((1 - conf) / 2)
					 : rcv_student_quantile_above((1 - conf) / 2, df);
}

rcv_ab_always_valid
rcv_ab_always_valid_of(double estimate, double std_error, double n, double conf, double tuning)
{
	double logs = -2 * log(1 - conf);
	double grown = n * ((logs + log1p(logs)) / tuning); /* n rho^2 */
	double z = estimate / std_error;
	rcv_ab_always_valid out;

	out.p = fmin(1, exp(0.5 * (log1p(grown) - grown / (grown + 1) * z * z)));
	out.half = std_error * sqrt((grown + 1) / grown * (log1p(grown) + logs));
	return out;
}

/* Lift, and its interval by the delta method. */
static void
set_lift(const arm *control, const arm *variant, double width, rcv_ab_result *out)
{
	double ratio = variant->mean / control->mean;
	double half =
		width * sqrt(variant->variance + control->variance * ratio * ratio) / fabs(control->mean);

	if (control->mean == 0 || !isfinite(half))
	{
		out->reason = control->mean == 0 ? RCV_AB_NO_CONTROL_MEAN : RCV_AB_OUT_OF_RANGE;
		return;
	}
	out->lift = out->difference / control->mean;
	out->lift_lower = out->lift - half;
	out->lift_upper = out->lift + half;
}

static void
compare(const arm *control, const arm *variant, rcv_ab_method method, double conf, double tuning,
		rcv_ab_result *out)
{
	double std_error = sqrt(control->variance + variant->variance);
	rcv_ab_always_valid always;
	double df;
	double width;

	out->mean_control = control->mean;
	out->mean_variant = variant->mean;
	out->difference = (variant->mean - control->mean) + (variant->low - control->low);
	if (!isfinite(std_error) || !isfinite(out->difference))
	{
		out->mean_control = out->mean_variant = out->difference = NAN;
		out->reason = RCV_AB_OUT_OF_RANGE;
		return;
	}
	if (rcv_ab_constant(std_error, fmax(fabs(control->mean), fabs(variant->mean))))
	{
		out->reason = RCV_AB_NO_VARIANCE;
		return;
	}
	df = df_of(control, variant, method);
	width = critical(conf, df) * std_error;
	always = rcv_ab_always_valid_of(out->difference, std_error, control->rows + variant->rows, conf,
									tuning);
	if (!isfinite(width) || !isfinite(always.half) || !isfinite(out->difference / std_error))
	{
		out->reason = RCV_AB_OUT_OF_RANGE;
		return;
	}
	out->std_error = std_error;
	out->statistic = out->difference / std_error;
	out->df = isinf(df) ? NAN : df;
	out->p_value = p_of(out->statistic, df);
	out->lower = out->difference - width;
	out->upper = out->difference + width;
	out->always_valid_p = always.p;
	out->always_valid_lower = out->difference - always.half;
	out->always_valid_upper = out->difference + always.half;
	set_lift(control, variant, width / std_error, out);
}

static rcv_ab_reason
rows_reason(const rcv_ab_summary *control, const rcv_ab_summary *variant)
{
	if (control->n == 0)
		return RCV_AB_CONTROL_EMPTY;
	if (variant->n == 0)
		return RCV_AB_VARIANT_EMPTY;
	if (control->n == 1)
		return RCV_AB_CONTROL_SINGLE;
	if (variant->n == 1)
		return RCV_AB_VARIANT_SINGLE;
	return RCV_AB_FINE;
}

static bool
adjusts(rcv_ab_method method)
{
	return method == RCV_AB_CUPED || method == RCV_AB_ANCOVA;
}

/* Why the arms have no answer by this method. */
static rcv_ab_reason
reason_of(const rcv_ab_summary *control, const rcv_ab_summary *variant, rcv_ab_method method)
{
	rcv_ab_reason reason = rows_reason(control, variant);

	if (reason != RCV_AB_FINE || (!adjusts(method) && method != RCV_AB_RATIO))
		return reason;
	if (!control->has_x || !variant->has_x)
		return RCV_AB_NO_COVARIATE;
	if (adjusts(method) && !(control->squares_x + variant->squares_x > 0))
		return RCV_AB_COVARIATE_CONSTANT;
	if (method == RCV_AB_RATIO && (control->mean_x == 0 || variant->mean_x == 0))
		return RCV_AB_NO_DENOMINATOR;
	return RCV_AB_FINE;
}

static void
pool(const rcv_ab_summary *control, const rcv_ab_summary *variant, arm *c, arm *v)
{
	double pooled = (control->squares + variant->squares) / (c->rows + v->rows - 2);

	c->variance = pooled / c->rows;
	v->variance = pooled / v->rows;
}

/* Deviations that the slope is taken from: over both arms together, or within each. */
static rcv_status
deviations(const rcv_ab_summary *control, const rcv_ab_summary *variant, rcv_ab_method method,
		   rcv_ab_summary *out)
{
	*out = *control;
	if (method == RCV_AB_CUPED)
		return rcv_ab_summary_merge(out, variant);
	out->squares += variant->squares;
	out->squares_x += variant->squares_x;
	out->products += variant->products;
	return RCV_OK;
}

/* Both arms with the covariate's part taken out, and the share of the variance that is left. */
static void
adjust(const rcv_ab_summary *control, const rcv_ab_summary *variant, rcv_ab_method method, arm *c,
	   arm *v, double *ratio)
{
	double off = rcv_ab_mean_x_less(variant, control) / (c->rows + v->rows);
	rcv_ab_summary both;
	double theta = NAN; /* no figures, for ones beyond a double */

	if (deviations(control, variant, method, &both) == RCV_OK)
		theta = both.products / both.squares_x;
	*c = mean_arm(control, theta, -off * v->rows);
	*v = mean_arm(variant, theta, off * c->rows);
	if (both.squares > 0)
		*ratio = residual_squares(&both, theta) / both.squares;
}

rcv_status
rcv_ab_test(const rcv_ab_summary *control, const rcv_ab_summary *variant, rcv_ab_method method,
			double conf, double tuning, rcv_ab_result *out)
{
	arm c;
	arm v;

	*out = (rcv_ab_result){control->n, variant->n, NAN, NAN, NAN, NAN, NAN, NAN, NAN,		 NAN,
						   NAN,		   NAN,		   NAN, NAN, NAN, NAN, NAN, NAN, RCV_AB_FINE};
	if (!(conf > 0 && conf < 1) || !(tuning > 0 && isfinite(tuning)))
		return RCV_EDOMAIN;
	out->reason = reason_of(control, variant, method);
	if (out->reason != RCV_AB_FINE)
	{
		/* what was measured holds all the same, unless the method is about something else */
		if (control->n > 0 && method != RCV_AB_RATIO)
			out->mean_control = control->mean;
		if (variant->n > 0 && method != RCV_AB_RATIO)
			out->mean_variant = variant->mean;
		out->difference =
			(out->mean_variant - out->mean_control) + (variant->mean_low - control->mean_low);
		return RCV_OK;
	}
	c = method == RCV_AB_RATIO ? ratio_arm(control) : mean_arm(control, 0, 0);
	v = method == RCV_AB_RATIO ? ratio_arm(variant) : mean_arm(variant, 0, 0);
	if (method == RCV_AB_POOLED)
		pool(control, variant, &c, &v);
	if (adjusts(method))
		adjust(control, variant, method, &c, &v, &out->variance_ratio);
	compare(&c, &v, method, conf, tuning, out);
	if (out->reason == RCV_AB_NO_VARIANCE || out->reason == RCV_AB_OUT_OF_RANGE)
		out->variance_ratio = NAN;
	return RCV_OK;
}
