/*
 * clv.c
 *		Purchase and spend models: likelihoods against differences, scores
 *		against each other, customers from days.
 */
#include "clv_random.h"

#include "clv/clv_days.h"
#include "clv/clv_groups.h"

#define RUNS 200

/* Likelihood against differences ------------------------------------------------ */

/* The worst error of first and second derivatives times the parameters, relative to the value. */
static double
derivative_error(const rcv_clv_model *model, const rcv_clv_group *groups, size_t n)
{
	const double *p = model->parameter;
	rcv_derivatives here = loglik_at(model, groups, n, 0, 0);
	double worst = 0;

	for (int i = 0; i < rcv_clv_parameters(model->kind); i++)
	{
		double h = 1e-3 * p[i];
		rcv_derivatives at[4];
		double first;

		for (int step = 0; step < 4; step++)
			at[step] = loglik_at(model, groups, n, i, h * (step < 2 ? step - 2 : step - 1));
		first = (8 * (at[2].value - at[1].value) - (at[3].value - at[0].value)) / (12 * h);
		worst = fmax(worst, p[i] * fabs(first - here.first[i]) / (1 + fabs(here.value)));
		for (int j = 0; j <= i; j++)
		{
			double second =
				(8 * (at[2].first[j] - at[1].first[j]) - (at[3].first[j] - at[0].first[j])) /
				(12 * h);

			worst = fmax(worst, p[i] * p[j] * fabs(second - here.second[i][j]) /
									(1 + fabs(here.value) + p[j] * fabs(here.first[j])));
		}
	}
	return worst;
}

static void
test_derivatives(void)
{
	for (int kind = 0; kind < RCV_CLV_KINDS; kind++)
	{
		uint64_t seed = 20 + (uint64_t) kind;
		double worst = 0;

		for (int run = 0; run < RUNS; run++)
		{
			rcv_clv_model model = random_model(kind, &seed);
			rcv_clv_group groups[GROUPS];

			random_groups(kind, &seed, groups, GROUPS);
			worst = fmax(worst, derivative_error(&model, groups, GROUPS));
		}
		if (!CHECK(worst < 3e-10, rcv_clv_kind_names[kind]))
			printf("# derivatives off by %g\n", worst);
	}
}

/* Groups of one customer each say the same as one group of many. */
static void
test_weights(void)
{
	for (int kind = 0; kind < RCV_CLV_KINDS; kind++)
	{
		uint64_t seed = 40 + (uint64_t) kind;
		double worst = 0;

		for (int run = 0; run < RUNS; run++)
		{
			rcv_clv_model model = random_model(kind, &seed);
			rcv_clv_group groups[GROUPS];
			double sum = 0;

			random_groups(kind, &seed, groups, GROUPS);
			for (int i = 0; i < GROUPS; i++)
				for (int copy = 0; copy < (int) groups[i].n; copy++)
				{
					rcv_clv_group one = {groups[i].customer, 1};

					sum += loglik_at(&model, &one, 1, 0, 0).value;
				}
			worst = fmax(worst, relative(loglik_at(&model, groups, GROUPS, 0, 0).value, sum));
		}
		CHECK(worst < 1e-12, "weights are repetitions");
	}
}

/* Times in another unit: alpha and beta scale, ln L moves by -k x ln c. */
static void
test_units(void)
{
	for (int kind = RCV_CLV_MBG; kind <= RCV_CLV_CNBD; kind++)
	{
		uint64_t seed = 60 + (uint64_t) kind;
		double worst = 0;
		double score = 0;

		for (int run = 0; run < RUNS; run++)
		{
			rcv_clv_model model = random_model(kind, &seed);
			rcv_clv_model scaled = model;
			rcv_clv_group group = {random_customer(kind, &seed), 1};
			rcv_clv_group longer = group;
			double c = sized(&seed, -2, 2);
			double horizon = sized(&seed, 0, 2);

			longer.customer.t *= c;
			longer.customer.t_x *= c;
			scaled.parameter[1] *= c;
			if (kind == RCV_CLV_PARETO)
				scaled.parameter[3] *= c;
			worst = fmax(worst, fabs(loglik_at(&scaled, &longer, 1, 0, 0).value -
									 loglik_at(&model, &group, 1, 0, 0).value +
									 model.k * group.customer.x * log(c)) /
									(10 + model.k * group.customer.x));
			score = fmax(score, relative(rcv_clv_expected(&scaled, &longer.customer, horizon * c),
										 rcv_clv_expected(&model, &group.customer, horizon)));
			score = fmax(score, relative(rcv_clv_alive(&scaled, &longer.customer),
										 rcv_clv_alive(&model, &group.customer)));
		}
		CHECK(worst < 1e-12, "the likelihood in another unit");
		if (!CHECK(score < 1e-10, "scores in another unit"))
			printf("# %g\n", score);
	}
}

/* Scores against each other -------------------------------------------------------- */

/* Nobody bought within t, seen from the start: a likelihood, and 1 minus a score. */
static void
test_first_purchase(void)
{
	for (int kind = 0; kind < RCV_CLV_SPEND; kind++)
	{
		uint64_t seed = 80 + (uint64_t) kind;
		bool sbg = kind == RCV_CLV_SBG; /* all renewed, rather */
		double worst = 0;

		for (int run = 0; run < RUNS; run++)
		{
			rcv_clv_model model = random_model(kind, &seed);
			double t = 1 + floor(sized(&seed, 0, 1.5));
			rcv_clv_group group = {{sbg ? t : 0, sbg ? t : 0, t}, 1};
			rcv_clv_customer new_one = {0, 0, 0};
			double p = exp(loglik_at(&model, &group, 1, 0, 0).value);
			double q = rcv_clv_at_least(&model, &new_one, t, sbg ? t : 1);

			worst = fmax(worst, fabs(sbg ? p - q : p + q - 1));
		}
		if (!CHECK(worst < 1e-12, "likelihood of no purchase = 1 - P(purchase)"))
			printf("# %s: %g\n", rcv_clv_kind_names[kind], worst);
	}
}

/* Random model, customer and a horizon that may hold some 30 purchases. */
static double
random_request(int kind, uint64_t *seed, rcv_clv_model *model, rcv_clv_customer *c)
{
	*model = random_model(kind, seed);
	*c = random_customer(kind, seed);
	if (rcv_clv_discrete(kind))
		return 1 + below(seed, 40);
	return (model->parameter[1] + c->t) / (model->parameter[0] + c->x) * sized(seed, -2, 0.5);
}

static void
test_at_least(void)
{
	for (int kind = 0; kind < RCV_CLV_SPEND; kind++)
	{
		uint64_t seed = 100 + (uint64_t) kind;
		double worst = 0;
		bool falls = true;
		bool ordered = true;

		for (int run = 0; run < RUNS; run++)
		{
			rcv_clv_model model;
			rcv_clv_customer c;
			double horizon = random_request(kind, &seed, &model, &c);
			double sum = 0;
			double before = rcv_clv_alive(&model, &c) * (1 + 1e-12);
			double p = 1;

			if (kind == RCV_CLV_SBG || kind == RCV_CLV_BGBB)
				before = 1;
			for (double n = 1; n <= 4000 && p > 1e-16 * (1 + sum); n++)
			{
				p = rcv_clv_at_least(&model, &c, horizon, n);
				falls = falls && p >= 0 && p <= before * (1 + 1e-12);
				before = p;
				sum += p;
			}
			worst = fmax(worst, fabs(rcv_clv_expected(&model, &c, horizon) - sum) / (1e-3 + sum));
			for (double q = 0.1; q < 1; q += 0.2)
			{
				double n = rcv_clv_quantile(&model, &c, horizon, q);

				ordered = ordered && rcv_clv_at_least(&model, &c, horizon, n + 1) <= 1 - q &&
						  (n == 0 || rcv_clv_at_least(&model, &c, horizon, n) > 1 - q);
			}
		}
		if (!CHECK(worst < 1e-9, "sum of P(at least n) = expected purchases"))
			printf("# %s: %g\n", rcv_clv_kind_names[kind], worst);
		CHECK(falls, "P(at least n) falls, and never exceeds P(alive)");
		CHECK(ordered, "a quantile is the first number not exceeded");
	}
}

/* A little interest, and a lot of time. */
static void
test_discounted(void)
{
	for (int kind = 0; kind < RCV_CLV_SPEND; kind++)
	{
		uint64_t seed = 120 + (uint64_t) kind;
		double little = 0;
		double long_time = 0;
		double negative = 0;
		bool less = true;

		for (int run = 0; run < RUNS; run++)
		{
			rcv_clv_model model;
			rcv_clv_customer c;
			double horizon = random_request(kind, &seed, &model, &c);
			double expected = rcv_clv_expected(&model, &c, horizon);
			double delta = rcv_clv_discrete(kind) ? 0.1 : 3 / horizon;
			double end = rcv_clv_discrete(kind) ? 1000 : 25 * horizon;
			double value = rcv_clv_discounted(&model, &c, horizon, delta);
			double all = rcv_clv_discounted(&model, &c, end, delta);

			less = less && value <= expected * (1 + 1e-12) && value >= 0 &&
				   value >= expected * exp(-delta * horizon) * (1 - 1e-12);
			little = fmax(little, relative(rcv_clv_discounted(&model, &c, horizon, 1e-13 / horizon),
										   expected));
			negative =
				fmax(negative,
					 relative(rcv_clv_discounted(&model, &c, horizon, -1e-9 / horizon), expected));
			long_time = fmax(long_time, relative(all, rcv_clv_residual(&model, &c, delta)));
		}
		CHECK(less, "a discount takes something away, and no more than that of the horizon");
		if (!CHECK(little < 1e-10, "without interest: the expected purchases"))
			printf("# %s: %g\n", rcv_clv_kind_names[kind], little);
		if (!CHECK(negative < 1e-8, "a little below zero likewise"))
			printf("# %s: %g\n", rcv_clv_kind_names[kind], negative);
		if (!CHECK(long_time < 1e-9, "a long horizon: the residual"))
			printf("# %s: %g\n", rcv_clv_kind_names[kind], long_time);
	}
}

/* Where published forms divide by zero, and around it. */
static void
test_no_poles(void)
{
	static const int kinds[] = {RCV_CLV_MBG, RCV_CLV_BG, RCV_CLV_PARETO, RCV_CLV_CNBD};
	static const double at[][4] = {
		{1.5, 10, 1, 2}, {1.5, 10, 0.25, 0.75}, {1.5, 10, 1, 10}, {2, 7, 1, 7}, {1, 10, 2, 1}};
	static const rcv_clv_customer customers[] = {{0, 0, 0},	  {0, 0, 40},  {3, 0, 0},
												 {3, 30, 30}, {3, 12, 40}, {20000, 900, 1000}};
	double worst = 0;

	for (size_t k = 0; k < 4; k++)
		for (size_t m = 0; m < sizeof(at) / sizeof(at[0]); m++)
			for (size_t c = 0; c < sizeof(customers) / sizeof(customers[0]); c++)
				for (double horizon = 1; horizon < 2000; horizon *= 30)
				{
					rcv_clv_model model = {.kind = (uint8_t) kinds[k], .unit_days = 1};
					double figure[3];

					model.k = kinds[k] == RCV_CLV_CNBD ? 3 : 1;
					for (int side = -1; side <= 1; side++)
					{
						memcpy(model.parameter, at[m], sizeof(at[m]));
						model.parameter[2] *= 1 + 1e-6 * side;
						figure[side + 1] = rcv_clv_expected(&model, &customers[c], horizon);
					}
					worst = fmax(worst, relative((figure[0] + figure[2]) / 2, figure[1]));
				}
	if (!CHECK(worst < 1e-9,
			   "nothing is singular at a = 1, a + b = 1, s = 1, alpha = beta, x = 20000"))
		printf("# %g\n", worst);
}

/* Many purchases ahead of somebody who drops out soon. */
static void
test_no_underflow(void)
{
	rcv_clv_model model = {.kind = RCV_CLV_CNBD, .k = 2, .unit_days = 1};
	rcv_clv_customer c = {50, 99, 100};
	double sum = 0;

	memcpy(model.parameter, (double[4]){5, 10, 4e4, 6e4}, sizeof(model.parameter));
	for (double n = 1; n < 200; n++)
		sum += rcv_clv_at_least(&model, &c, 3650, n);
	CHECK(relative(rcv_clv_expected(&model, &c, 3650), sum) < 1e-9,
		  "surviving thousands of purchases is beyond a double, the expectation is not");
}

static void
test_gradients(void)
{
	for (int kind = 0; kind < RCV_CLV_SPEND; kind++)
	{
		uint64_t seed = 140 + (uint64_t) kind;
		double worst = 0;

		for (int run = 0; run < 50; run++)
		{
			rcv_clv_model model;
			rcv_clv_customer c;
			double horizon = random_request(kind, &seed, &model, &c);
			double delta = run % 2 == 0 ? 0 : 0.3 / horizon;
			double size = rcv_clv_discounted(&model, &c, horizon, delta);
			double gradient[RCV_CLV_PARAMETERS];

			rcv_clv_discounted_gradient(&model, &c, horizon, delta, gradient);
			for (int i = 0; i < rcv_clv_parameters(kind); i++)
			{
				static const double weights[] = {1, -8, 0, 8, -1};
				rcv_clv_model moved = model;
				double slope = 0;

				for (int step = -2; step <= 2; step++)
				{
					moved.parameter[i] = model.parameter[i] * (1 + 1e-3 * step);
					slope +=
						weights[step + 2] / 12e-3 * rcv_clv_discounted(&moved, &c, horizon, delta);
				}
				worst = fmax(worst, fabs(slope - gradient[i] * model.parameter[i]) /
										(size + fabs(slope) + 1e-300));
			}
		}
		if (!CHECK(worst < 1e-5, "derivatives of a score"))
			printf("# %s: %g\n", rcv_clv_kind_names[kind], worst);
	}
}

static void
test_spend(void)
{
	rcv_clv_model model = {.kind = RCV_CLV_SPEND, .k = 1, .unit_days = 1};
	double gradient[RCV_CLV_PARAMETERS] = {0};
	double worst = 0;

	memcpy(model.parameter, (double[3]){6.25, 3.74, 15.44}, 3 * sizeof(double));
	CHECK(relative(rcv_clv_spend(&model, 0, 0), 15.44 * 6.25 / 2.74) < 1e-15, "spend of all");
	CHECK(relative(rcv_clv_spend(&model, 2, 22.35), (15.44 * 6.25 + 12.5 * 22.35) / 15.24) < 1e-15,
		  "the own mean, drawn to that of all");
	CHECK(isnan(rcv_clv_spend(&model, 2, 0)) && isnan(rcv_clv_spend(&model, 2, -5)),
		  "no spend of a mean of zero or less");
	for (double x = 0; x < 10; x += 3)
	{
		rcv_clv_spend_gradient(&model, x, 20, gradient);
		for (int i = 0; i < 3; i++)
		{
			rcv_clv_model up = model;
			rcv_clv_model down = model;

			up.parameter[i] *= 1 + 1e-5;
			down.parameter[i] *= 1 - 1e-5;
			worst = fmax(worst, relative((rcv_clv_spend(&up, x, 20) - rcv_clv_spend(&down, x, 20)) /
											 (2e-5 * model.parameter[i]),
										 gradient[i]));
		}
	}
	CHECK(worst < 1e-8, "derivatives of the spend");
	model.parameter[1] = 0.9;
	CHECK(isnan(rcv_clv_spend(&model, 0, 0)) && rcv_clv_spend(&model, 1, 5) > 0,
		  "q below 1: no mean of somebody without a purchase");
}

/* Customers ----------------------------------------------------------------------------- */

static bool
faulty(int kind, double x, double t_x, double t)
{
	rcv_clv_customer c = {x, t_x, t};

	return rcv_clv_customer_fault(kind, &c) != NULL;
}

static void
test_faults(void)
{
	uint64_t seed = 280;
	bool good = true;

	CHECK(faulty(RCV_CLV_MBG, NAN, 0, 1) && faulty(RCV_CLV_MBG, 1, NAN, 1) &&
			  faulty(RCV_CLV_MBG, 1, 1, NAN) && faulty(RCV_CLV_MBG, INFINITY, 1, 1) &&
			  faulty(RCV_CLV_MBG, 1, 1, INFINITY) && faulty(RCV_CLV_MBG, 1, -INFINITY, 1),
		  "not finite");
	CHECK(faulty(RCV_CLV_MBG, 1.5, 1, 1) && faulty(RCV_CLV_MBG, -1, 0, 1), "x");
	CHECK(faulty(RCV_CLV_MBG, 0, 0, -1) && faulty(RCV_CLV_MBG, 1, -1, 1), "negative times");
	CHECK(faulty(RCV_CLV_MBG, 1, 2, 1), "t_x past t");
	CHECK(faulty(RCV_CLV_MBG, 0, 1, 2), "t_x without a purchase");
	CHECK(faulty(RCV_CLV_MBG, 1e9 + 1, 1, 2) && faulty(RCV_CLV_MBG, 1, 1, 1e7 + 1) &&
			  !faulty(RCV_CLV_MBG, 1e9, 1e7, 1e7),
		  "too large");
	CHECK(faulty(RCV_CLV_BGBB, 1, 1.5, 2) && faulty(RCV_CLV_BGBB, 1, 1, 2.5) &&
			  faulty(RCV_CLV_BGBB, 2, 1, 2) && faulty(RCV_CLV_BGBB, 1, 1, 1001) &&
			  !faulty(RCV_CLV_BGBB, 1, 1000, 1000),
		  "bg/bb");
	CHECK(faulty(RCV_CLV_SBG, 1, 2, 3) && !faulty(RCV_CLV_SBG, 2, 2, 3), "sbg");
	for (int run = 0; run < 1000; run++)
		for (int kind = 0; kind < RCV_CLV_SPEND; kind++)
		{
			rcv_clv_customer c = random_customer(kind, &seed);

			good = good && !faulty(kind, c.x, c.t_x, c.t);
		}
	CHECK(good, "the random customers above have no fault");
}

static rcv_clv_customer
customer_of(int kind, int unit_days, const int *days, int n, int as_of)
{
	rcv_clv_customer c = {-1, -1, -1};
	rcv_clv_days at;

	rcv_clv_days_begin(&at, kind, unit_days, true, as_of);
	for (int i = 0; i < n; i++)
		rcv_clv_days_add(&at, days[i]);
	return rcv_clv_days_end(&at, &c) ? c : (rcv_clv_customer){-1, -1, -1};
}

static bool
is_customer(rcv_clv_customer c, double x, double t_x, double t)
{
	return c.x == x && c.t_x == t_x && c.t == t;
}

static void
test_days(void)
{
	static const int days[] = {100, 107, 110, 121, 200};

	CHECK(is_customer(customer_of(RCV_CLV_MBG, 1, days, 5, 240), 4, 100, 140), "in days");
	CHECK(is_customer(customer_of(RCV_CLV_MBG, 7, days, 4, 240), 3, 3, 20), "in weeks");
	CHECK(is_customer(customer_of(RCV_CLV_MBG, 1, days, 1, 100), 0, 0, 0), "the first day");
	CHECK(is_customer(customer_of(RCV_CLV_MBG, 1, days, 0, 100), -1, -1, -1), "no purchase");
	/* occasions of 10 days end on 110, 120, 130 ...: with 107 and 110, with 121, with 200 */
	CHECK(is_customer(customer_of(RCV_CLV_BGBB, 10, days, 5, 205), 3, 10, 10), "bg/bb");
	CHECK(is_customer(customer_of(RCV_CLV_BGBB, 10, days, 5, 200), 3, 10, 10), "bg/bb, last day");
	CHECK(is_customer(customer_of(RCV_CLV_BGBB, 10, days, 4, 129), 1, 1, 2),
		  "bg/bb: an occasion that is not over does not count");
	CHECK(is_customer(customer_of(RCV_CLV_SBG, 10, days, 5, 205), 1, 1, 10),
		  "sbg: lost in the second");
	CHECK(is_customer(customer_of(RCV_CLV_SBG, 30, days, 5, 205), 1, 1, 3), "sbg, of 30 days");
}

static void
test_pack(void)
{
	static const rcv_clv_customer whole[] = {
		{0, 0, 0}, {1, 2, 3}, {(1 << 20) - 1, (1 << 22) - 1, (1 << 22) - 1}};
	static const rcv_clv_customer other[] = {
		{1 << 20, 1, 1}, {1, 1, 1 << 22}, {1, 0.5, 1}, {1, 1, NAN}};
	uint64_t key;
	uint64_t last = 0;

	for (size_t i = 0; i < 3; i++)
	{
		bool packs = rcv_clv_pack(&whole[i], &key);
		rcv_clv_customer back = rcv_clv_unpack(key);

		CHECK(packs && memcmp(&back, &whole[i], sizeof(back)) == 0 && key >= last,
			  "packed and back");
		last = key;
	}
	for (size_t i = 0; i < 4; i++)
		CHECK(!rcv_clv_pack(&other[i], &key), "not packed");
}

static void
test_model_check(void)
{
	uint64_t seed = 300;
	rcv_clv_model good = random_model(RCV_CLV_MBG, &seed);
	rcv_clv_model m = good;

	CHECK(rcv_clv_model_check(&m) == RCV_OK, "a model");
	m.kind = RCV_CLV_KINDS;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "kind");
	m = good;
	m.k = 2;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "k of another kind");
	m.kind = RCV_CLV_CNBD;
	CHECK(rcv_clv_model_check(&m) == RCV_OK, "k of its own");
	m.k = 13;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "k too large");
	m = good;
	m.parameter[3] = NAN;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "a parameter is missing");
	m.status = RCV_CLV_NO_DROPOUT;
	CHECK(rcv_clv_model_check(&m) == RCV_OK, "which it may");
	m.parameter[0] = 0;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "zero");
	m = good;
	m.unit_days = 0;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "unit");
	m = good;
	m.status = RCV_CLV_FIT_STATUSES;
	CHECK(rcv_clv_model_check(&m) == RCV_EDOMAIN, "status");
	for (int i = 0; i <= RCV_CLV_FIT_STATUSES; i++)
		if ((rcv_clv_status_names[i] == NULL) != (i == RCV_CLV_FIT_STATUSES))
			CHECK(false, "every status has a name");
}

int
main(void)
{
	test_derivatives();
	test_weights();
	test_units();
	test_first_purchase();
	test_at_least();
	test_discounted();
	test_no_poles();
	test_no_underflow();
	test_gradients();
	test_spend();
	test_faults();
	test_days();
	test_pack();
	test_model_check();
	return check_done();
}
