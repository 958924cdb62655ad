/*
 * clv.c
 *		Any bytes as a model within its limits, a customer and a horizon, and as
 *		customers to fit: every figure is a number where it must be one, chances
 *		are chances, and nothing takes long.
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "clv/clv.h"
#include "clv/clv_groups.h"
#include "target.h"

#define GROUPS_MAX 16
#define SECONDS_MAX 20 /* under sanitizers; a figure alone takes one or two */

/* The source, byte by byte; zeros when it is used up. */
typedef struct source
{
	const uint8_t *at;
	size_t left;
} source;

static unsigned
next_byte(source *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

/* Between two powers of ten, ends included; now and then a whole number. */
static double
next_sized(source *in, double from, double to)
{
	unsigned high = next_byte(in);
	double part = (high + next_byte(in) / 256.0) / 255.99609375;
	double value = pow(10, from + (to - from) * part);

	return high % 4 == 0 && value >= 1 ? floor(value) : value;
}

/* Most parameters are of usual size, some anything that is allowed. */
static rcv_clv_model
next_model(source *in)
{
	unsigned choice = next_byte(in);
	rcv_clv_model model = {.version = RCV_CLV_VERSION, .unit_days = 1, .k = 1};
	/* pareto/nbd: P(purchase) takes long where r and s are smaller than 1e-6 */
	double extreme = 15;

	model.kind = choice % RCV_CLV_KINDS;
	if (model.kind == RCV_CLV_CNBD)
		model.k = (uint8_t) (1 + choice / RCV_CLV_KINDS % RCV_CLV_K_MAX);
	for (int i = 0; i < rcv_clv_parameters(model.kind); i++)
		model.parameter[i] =
			choice >= 240 ? next_sized(in, -extreme, extreme) : next_sized(in, -2, 3);
	return model;
}

static rcv_clv_customer
next_customer(source *in, int kind)
{
	bool discrete = rcv_clv_discrete(kind);
	unsigned choice = next_byte(in);
	rcv_clv_customer c = {0};

	c.t = choice % 16 == 0 ? 0 : next_sized(in, discrete ? 0 : -2, discrete ? 2 : 4);
	if (choice % 16 == 1)
		c.t = discrete ? RCV_CLV_OCCASIONS_MAX : RCV_CLV_TIME_MAX;
	if (choice % 3 > 0)
		c.x = floor(next_sized(in, 0, choice % 32 == 2 ? 9 : 3));
	if (discrete)
	{
		c.t = floor(c.t);
		c.x = fmin(c.x, c.t);
		c.t_x = kind == RCV_CLV_SBG || c.x == 0 ? c.x : c.x + floor((c.t - c.x) * (choice / 256.0));
	}
	else if (c.x > 0)
		c.t_x = choice % 5 == 0 ? c.t : c.t * (next_byte(in) / 255.0);
	return c;
}

static bool
is_chance(double p)
{
	return p >= 0 && p <= 1 + 1e-9;
}

/* A figure that may be beyond what can be computed: NaN or an infinity, never less than zero. */
static void
must_be_figure(double value)
{
	must(isnan(value) || value >= -1e-9);
}

static void
scores(source *in)
{
	rcv_clv_model model = next_model(in);
	rcv_clv_customer c = next_customer(in, model.kind);
	bool discrete = rcv_clv_discrete(model.kind);
	bool usual = true;
	double horizon = discrete ? floor(next_sized(in, 0, 3)) : next_sized(in, -3, 4);
	double delta = next_sized(in, -6, 0);
	double gradient[RCV_CLV_PARAMETERS];
	double alive;
	double expected;

	for (int i = 0; i < rcv_clv_parameters(model.kind); i++)
		usual = usual && model.parameter[i] >= 0.01 && model.parameter[i] <= 1000;
	must(rcv_clv_model_check(&model) == RCV_OK);
	if (model.kind == RCV_CLV_SPEND)
	{
		must_be_figure(rcv_clv_spend(&model, c.x, c.t));
		rcv_clv_spend_gradient(&model, c.x, c.t, gradient);
		return;
	}
	must(rcv_clv_customer_fault(model.kind, &c) == NULL);
	alive = rcv_clv_alive(&model, &c);
	expected = rcv_clv_expected(&model, &c, horizon);
	must(is_chance(alive));
	must_be_figure(expected);
	/* only counts of a million events and horizons of many lives are past what is summed */
	must(!usual || model.kind == RCV_CLV_CNBD || isfinite(expected));
	must(!usual || is_chance(rcv_clv_at_least(&model, &c, horizon, 1)));
	rcv_clv_at_least(&model, &c, horizon, floor(next_sized(in, 0, 5)));
	if (usual)
		rcv_clv_quantile(&model, &c, horizon, next_byte(in) / 256.0);
	must_be_figure(rcv_clv_discounted(&model, &c, horizon, delta));
	must_be_figure(rcv_clv_discounted(&model, &c, horizon, -delta / (1 + horizon)));
	must_be_figure(rcv_clv_residual(&model, &c, delta));
	if (model.kind != RCV_CLV_CNBD)
		rcv_clv_discounted_gradient(&model, &c, horizon, delta, gradient);
}

static void
fits(source *in)
{
	rcv_clv_group groups[GROUPS_MAX];
	rcv_clv_group spare[GROUPS_MAX];
	rcv_clv_fit fit = {.groups = groups};
	unsigned choice = next_byte(in);

	fit.model.kind = choice % RCV_CLV_KINDS;
	fit.model.k = fit.model.kind == RCV_CLV_CNBD ? choice % 4 : 1;
	fit.model.unit_days = 1;
	fit.log_gaps = choice % 3 == 0 ? NAN : choice / 10.0;
	for (fit.n = 0; fit.n < GROUPS_MAX && in->left > 0; fit.n++)
	{
		rcv_clv_group *group = &groups[fit.n];

		group->customer = next_customer(in, fit.model.kind);
		group->n = 1 + next_byte(in);
		if (fit.model.kind == RCV_CLV_SPEND)
			group->customer =
				(rcv_clv_customer){1 + group->customer.x, 0.01 + group->customer.t, 0};
	}
	fit.n = rcv_clv_merge_groups(groups, spare, fit.n);
	if (fit.n == 0 || rcv_clv_fit_begin(&fit) != RCV_OK)
		return;
	while (rcv_clv_fit_step(&fit))
		;
	must(rcv_clv_model_check(&fit.model) == RCV_OK);
	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		for (int j = 0; j < RCV_CLV_PARAMETERS; j++)
			must(isfinite(fit.model.covariance[i][j]) && fit.model.covariance[i][i] >= 0 &&
				 fit.model.covariance[i][j] == fit.model.covariance[j][i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	source in = {data, size};
	clock_t start = clock();

	if (next_byte(&in) % 4 == 0)
		fits(&in);
	else
		scores(&in);
	must((double) (clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
	return 0;
}
