/*
 * clv_fit.c
 *		Fits of purchase and spend models: published figures, data without an
 *		inner maximum, the same model in any order of the rows.
 */
#include "clv_random.h"

#include "clv/clv_groups.h"

/* Fits sorted groups; k as in rcv_clv_fit_begin(). */
static rcv_clv_model
fit_model(int kind, int k, rcv_clv_group *groups, size_t n, double log_gaps)
{
	rcv_clv_fit fit = {.groups = groups, .n = n, .log_gaps = log_gaps};

	fit.model.kind = (uint8_t) kind;
	fit.model.k = (uint8_t) k;
	fit.model.unit_days = 1;
	fit.model.correlation = NAN;
	if (!CHECK(rcv_clv_fit_begin(&fit) == RCV_OK, "a fit begins"))
		return fit.model;
	while (rcv_clv_fit_step(&fit))
		;
	return fit.model;
}

/* What holds of a model whatever its status. */
static bool
sound(const rcv_clv_model *model)
{
	rcv_clv_customer c = {1, 1, 2};
	bool right = rcv_clv_model_check(model) == RCV_OK;

	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		for (int j = 0; j < RCV_CLV_PARAMETERS; j++)
			right = right && isfinite(model->covariance[i][j]) &&
					model->covariance[i][j] == model->covariance[j][i] &&
					model->covariance[i][i] >= 0;
	if (model->status > RCV_CLV_SCORED || model->kind == RCV_CLV_SPEND)
		return right;
	c.t_x = model->kind == RCV_CLV_SBG ? 1 : c.t_x;
	return right && rcv_clv_alive(model, &c) >= 0 && rcv_clv_alive(model, &c) <= 1 &&
		   rcv_clv_expected(model, &c, 10) >= 0;
}

/* Fader and Hardie 2007: of 1,000 customers, those who were left after each of seven years. */
static rcv_clv_model
fit_sbg(const double *left)
{
	rcv_clv_group groups[8];

	for (int i = 0; i < 7; i++)
		groups[i] = (rcv_clv_group){{i, i, 7}, (i == 0 ? 1000 : left[i - 1]) - left[i]};
	groups[7] = (rcv_clv_group){{7, 7, 7}, left[6]};
	return fit_model(RCV_CLV_SBG, 1, groups, 8, NAN);
}

static void
test_sbg(void)
{
	rcv_clv_model regular = fit_sbg((double[7]){631, 468, 382, 326, 289, 262, 241});
	rcv_clv_model high_end = fit_sbg((double[7]){869, 743, 653, 593, 551, 517, 491});

	CHECK(relative(regular.parameter[0], 0.704077298) < 1e-8 &&
			  relative(regular.parameter[1], 1.18204303) < 1e-8 &&
			  fabs(regular.loglik + 1680.265188) < 1e-6 && regular.status == RCV_CLV_FIT_OK,
		  "sBG, regular customers");
	CHECK(relative(high_end.parameter[0], 0.668088351) < 1e-8 &&
			  relative(high_end.parameter[1], 3.80609496) < 1e-8 &&
			  fabs(high_end.loglik + 1611.158147) < 1e-6 && high_end.customers == 1000,
		  "sBG, high end");
}

/* Purchases at this rate, dropping out with a chance p after each. */
static rcv_clv_customer
simulated(uint64_t *seed, double rate, double p, double t)
{
	rcv_clv_customer c = {0, 0, t};
	double at = 0;

	while (uniform(seed) >= p)
	{
		at += -log(1 - uniform(seed)) / rate;
		if (at > t)
			break;
		c.x++;
		c.t_x = ceil(at);
	}
	return c;
}

static size_t
simulated_groups(uint64_t *seed, double p, rcv_clv_group *groups, size_t n)
{
	rcv_clv_group *spare = malloc(n * sizeof(*spare));

	for (size_t i = 0; i < n; i++)
		groups[i] = (rcv_clv_group){simulated(seed, (double) (1 + i % 5) / 40,
											  i % 2 == 0 ? p : p / 9, 100 + (double) (i % 7) * 10),
									1};
	n = rcv_clv_merge_groups(groups, spare, n);
	free(spare);
	return n;
}

static void
test_order(void)
{
	enum
	{
		MOST = 2000
	};
	static rcv_clv_group rows[MOST];
	static rcv_clv_group shuffled[MOST];
	static rcv_clv_group spare[MOST];
	static rcv_keyed keys[MOST];
	static rcv_keyed spare_keys[MOST];
	uint64_t seed = 160;
	bool same = true;
	size_t n;
	size_t merged;
	rcv_clv_model model;

	for (size_t i = 0; i < MOST; i++)
		shuffled[i] = rows[i] = (rcv_clv_group){
			simulated(&seed, (double) (1 + i % 5) / 40, 0.2, 60 + (double) (i % 9)), 1};
	n = rcv_clv_merge_groups(rows, spare, MOST);
	model = fit_model(RCV_CLV_MBG, 1, rows, n, NAN);
	CHECK(model.status == RCV_CLV_FIT_OK && model.customers == MOST, "an ordinary fit");
	for (size_t i = MOST - 1; i > 0; i--)
	{
		size_t k = check_random(&seed) % (i + 1);
		rcv_clv_group t = shuffled[i];

		shuffled[i] = shuffled[k];
		shuffled[k] = t;
	}
	for (size_t i = 0; i < MOST; i++)
	{
		same = same && rcv_clv_pack(&shuffled[i].customer, &keys[i].key);
		keys[i].value = 1;
	}
	CHECK(same, "whole days are packed");
	merged = rcv_clv_merge_keys(keys, spare_keys, MOST);
	rcv_clv_unpack_keys(keys, merged, spare);
	CHECK(merged == n && memcmp(spare, rows, n * sizeof(*rows)) == 0,
		  "keys say the same as groups");
	CHECK(rcv_clv_merge_groups(shuffled, spare, MOST) == n &&
			  memcmp(shuffled, rows, n * sizeof(*rows)) == 0,
		  "groups of shuffled rows");
	for (int kind = 0; kind < 3; kind++)
	{
		rcv_clv_model a = fit_model(kind, 1, rows, n, NAN);
		rcv_clv_model b = fit_model(kind, 1, shuffled, n, NAN);

		CHECK(memcmp(&a, &b, sizeof(a)) == 0 && sound(&a), "the same model, to the last bit");
	}
}

/* At the maximum the slope is none, and a step to any side goes down. */
static void
test_maximum(void)
{
	static const int kinds[] = {RCV_CLV_MBG, RCV_CLV_BG, RCV_CLV_PARETO, RCV_CLV_CNBD};
	rcv_clv_group groups[1000];
	uint64_t seed = 180;
	size_t n = simulated_groups(&seed, 0.5, groups, 1000);

	for (int i = 0; i < 4; i++)
	{
		int k = kinds[i] == RCV_CLV_CNBD ? 2 : 1;
		rcv_clv_model model = fit_model(kinds[i], k, groups, n, 0);
		rcv_derivatives at = loglik_at(&model, groups, n, 0, 0);
		bool top = true;

		for (int j = 0; j < 4; j++)
		{
			double p = model.parameter[j];

			top = top && fabs(at.first[j] * p) < 1e-6 &&
				  loglik_at(&model, groups, n, j, 0.01 * p).value < at.value &&
				  loglik_at(&model, groups, n, j, -0.01 * p).value < at.value;
		}
		CHECK(top && sound(&model) && model.status == RCV_CLV_FIT_OK, rcv_clv_kind_names[kinds[i]]);
	}
}

static void
test_k(void)
{
	rcv_clv_group groups[1000];
	rcv_clv_fit fit = {.groups = groups, .log_gaps = NAN, .model.kind = RCV_CLV_CNBD};
	uint64_t seed = 200;
	size_t n = simulated_groups(&seed, 0.2, groups, 1000);
	double repeats = 0;
	rcv_clv_model even;
	rcv_clv_model uneven;

	for (size_t i = 0; i < n; i++)
		repeats += groups[i].n * groups[i].customer.x;
	/* all gaps alike cannot be; gaps of e^3 and of 1 tell regular from irregular */
	even = fit_model(RCV_CLV_CNBD, 0, groups, n, 4.2 * repeats);
	uneven = fit_model(RCV_CLV_CNBD, 0, groups, n, 0);
	CHECK(even.k == RCV_CLV_K_MAX && uneven.k == 1, "k follows the gaps");
	CHECK(sound(&even) && sound(&uneven), "both are models");
	CHECK(rcv_clv_aic(&even) == 10 - 2 * even.loglik &&
			  rcv_clv_aic(&uneven) == 8 - 2 * uneven.loglik,
		  "k above 1 is one parameter more");
	fit.n = n;
	CHECK(rcv_clv_fit_begin(&fit) == RCV_EDOMAIN, "no k without gaps");
}

static rcv_clv_model
fit_alike(int kind, rcv_clv_customer c, double n)
{
	rcv_clv_group group = {c, n};

	return fit_model(kind, kind == RCV_CLV_CNBD ? 2 : 1, &group, 1, 0);
}

static void
test_degenerate(void)
{
	bool all_sound = true;
	rcv_clv_model model;

	for (int kind = 0; kind <= RCV_CLV_SPEND; kind++)
	{
		bool discrete = rcv_clv_discrete(kind);
		rcv_clv_customer some = {2, discrete ? 2 : 7, kind == RCV_CLV_SBG ? 2 : 10};

		all_sound = all_sound && (model = fit_alike(kind, some, 1), sound(&model));
		all_sound = all_sound && model.status != RCV_CLV_FIT_OK;
		all_sound = all_sound && (model = fit_alike(kind, some, 1e6), sound(&model));
		if (kind == RCV_CLV_SPEND)
			continue;
		model = fit_alike(kind, (rcv_clv_customer){0, 0, 10}, 50);
		CHECK(model.status == RCV_CLV_NO_REPEATERS && isnan(model.parameter[0]) &&
				  model.customers == 50 && sound(&model),
			  "no repeat purchases");
		model = fit_alike(kind, (rcv_clv_customer){0, 0, 0}, 50);
		CHECK(model.status == RCV_CLV_NO_TIME && sound(&model), "no time");
		if (!discrete)
		{
			model = fit_alike(kind, (rcv_clv_customer){3, 0, 0}, 50);
			CHECK(model.status == RCV_CLV_NO_TIME, "no time, but purchases");
		}
	}
	CHECK(all_sound, "everybody the same, or one customer: a sound model, with a status");
}

/* Regular customers, all of them due again soon: rates of 1 / 12, 1 / 6 ... 5 / 12. */
static void
test_no_dropout(void)
{
	rcv_clv_group groups[150];
	rcv_clv_group spare[150];
	size_t n;

	for (int i = 0; i < 150; i++)
	{
		double x = 5 * (1 + i % 5) + (double) (i / 5 % 5) - 2;
		double t = 60 + (double) (i % 3);

		groups[i] = (rcv_clv_group){{x, floor(t * (x + 0.5) / (x + 1)), t}, 1 + i % 2};
	}
	n = rcv_clv_merge_groups(groups, spare, 150);
	for (int kind = RCV_CLV_MBG; kind <= RCV_CLV_CNBD; kind++)
	{
		rcv_clv_model model = fit_model(kind, 1, groups, n, 0);

		CHECK(model.status == RCV_CLV_NO_DROPOUT && sound(&model),
			  "everybody is still there: no drop-out");
		CHECK(isnan(model.parameter[2]) && isnan(model.parameter[3]) &&
				  relative(model.parameter[0] / model.parameter[1], 0.25) < 0.05 &&
				  model.covariance[0][0] > 0 && model.covariance[2][2] == 0,
			  "purchase rates are still right");
	}
}

/* Random little data sets: whatever the status, a sound model. */
static void
test_any_data(void)
{
	for (int kind = 0; kind < RCV_CLV_KINDS; kind++)
	{
		uint64_t seed = 240 + (uint64_t) kind;
		bool right = true;

		for (int run = 0; run < 60 && right; run++)
		{
			rcv_clv_group groups[GROUPS];
			size_t n = 1 + check_random(&seed) % GROUPS;
			rcv_clv_fit fit = {.groups = groups, .n = n};

			random_groups(kind, &seed, groups, n);
			fit.model.kind = (uint8_t) kind;
			fit.model.k = kind == RCV_CLV_CNBD ? (uint8_t) (run % 4) : 1;
			fit.model.unit_days = 1;
			if (rcv_clv_fit_begin(&fit) == RCV_OK)
				while (rcv_clv_fit_step(&fit))
					;
			right = sound(&fit.model);
			if (!right)
				printf("# %s, run %d: status %d\n", rcv_clv_kind_names[kind], run,
					   fit.model.status);
		}
		CHECK(right, "a few random customers: a sound model");
	}
}

/* Amounts in another currency change v alone. */
static void
test_currency(void)
{
	rcv_clv_group groups[500];
	uint64_t seed = 260;
	rcv_clv_model model[3];

	for (int currency = 0; currency < 3; currency++)
	{
		seed = 260;
		for (int i = 0; i < 500; i++)
			groups[i] = (rcv_clv_group){
				{1 + i / 100, sized(&seed, 1, 2) * (double[3]){1, 1e-3, 1e9}[currency], 0}, 1};
		qsort(groups, 500, sizeof(*groups), compare_groups);
		model[currency] = fit_model(RCV_CLV_SPEND, 1, groups, 500, NAN);
	}
	for (int i = 1; i < 3; i++)
		CHECK(model[i].status == model[0].status &&
				  relative(model[i].parameter[0], model[0].parameter[0]) < 1e-6 &&
				  relative(model[i].parameter[1], model[0].parameter[1]) < 1e-6,
			  "spend in another currency");
}

int
main(void)
{
	test_sbg();
	test_order();
	test_maximum();
	test_k();
	test_degenerate();
	test_no_dropout();
	test_any_data();
	test_currency();
	return check_done();
}
