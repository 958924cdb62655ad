/*
 * clv_ref.c
 *		Likelihoods and scores against tables that mpmath made (ref/clv.py), and
 *		worked customers of the papers and packages (facts, golden/clv.md).
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "clv/clv.h"

#define NUMBERS_MAX 20
#define TINY 1e-290 /* below, results are compared absolutely */

typedef double (*result_fn)(const double *in);

/* One column of results. */
typedef struct column
{
	const char *name;
	result_fn result;
	double tolerance;
	bool of_log; /* the error counts relative to max(1, |value|) */
	int count;
	int given_up;
	int line; /* of the worst */
	double worst;
	double got;
	double expected;
} column;

static int kind_now;

/* Lines of models: k, four parameters, x, t_x, t, horizon, delta, n. */
#define INPUTS 11

static rcv_clv_model
model_of(const double *in)
{
	rcv_clv_model model = {.version = RCV_CLV_VERSION,
						   .kind = (uint8_t) kind_now,
						   .k = (uint8_t) in[0],
						   .unit_days = 1};

	for (int i = 0; i < RCV_CLV_PARAMETERS; i++)
		model.parameter[i] = in[1 + i];
	return model;
}

static rcv_clv_customer
customer_of(const double *in)
{
	return (rcv_clv_customer){in[5], in[6], in[7]};
}

static double
loglik_of(const double *in)
{
	rcv_clv_group group = {customer_of(in), 1};
	rcv_derivatives out;

	rcv_clv_loglik(kind_now, (int) in[0], in + 1, &group, 1, &out);
	return out.value;
}

static double
alive_of(const double *in)
{
	rcv_clv_model model = model_of(in);
	rcv_clv_customer customer = customer_of(in);

	return rcv_clv_alive(&model, &customer);
}

static double
expected_of(const double *in)
{
	rcv_clv_model model = model_of(in);
	rcv_clv_customer customer = customer_of(in);

	return rcv_clv_expected(&model, &customer, in[8]);
}

static double
at_least_of(const double *in)
{
	rcv_clv_model model = model_of(in);
	rcv_clv_customer customer = customer_of(in);

	return rcv_clv_at_least(&model, &customer, in[8], in[10]);
}

static double
discounted_of(const double *in)
{
	rcv_clv_model model = model_of(in);
	rcv_clv_customer customer = customer_of(in);

	return rcv_clv_discounted(&model, &customer, in[8], in[9]);
}

static double
residual_of(const double *in)
{
	rcv_clv_model model = model_of(in);
	rcv_clv_customer customer = customer_of(in);

	return rcv_clv_residual(&model, &customer, in[9]);
}

/* The limits of clv_bg.c, past which purchases of mbg/cnbd-k may be NaN. */
#define EVENTS_MAX 2e6
#define RATIO_MAX 1e5

static bool
may_give_up(const double *in)
{
	double ratio = in[8] / (in[2] + in[7]);

	return kind_now == RCV_CLV_CNBD && in[0] > 1 &&
		   (ratio > RATIO_MAX || in[0] * (in[1] + in[0] * (in[5] + 1)) * ratio > EVENTS_MAX);
}

/* Lines of gamma-gamma: p, q, v, x, mean. */
#define SPEND_INPUTS 5

static double
spend_loglik_of(const double *in)
{
	rcv_clv_group group = {{in[3], in[4], 0}, 1};
	double parameter[RCV_CLV_PARAMETERS] = {in[0], in[1], in[2]};
	rcv_derivatives out;

	rcv_clv_loglik(RCV_CLV_SPEND, 1, parameter, &group, 1, &out);
	return out.value;
}

static double
spend_of(const double *in)
{
	rcv_clv_model model = {.version = RCV_CLV_VERSION,
						   .kind = RCV_CLV_SPEND,
						   .k = 1,
						   .unit_days = 1,
						   .parameter = {in[0], in[1], in[2], 0}};

	return rcv_clv_spend(&model, in[3], in[4]);
}

/* Tables ------------------------------------------------------------------------ */

static int
numbers_of(char *line, double *out)
{
	int n = 0;

	for (char *end; n < NUMBERS_MAX; line = end)
	{
		out[n] = strtod(line, &end);
		if (end == line)
			break;
		n++;
	}
	return n;
}

static void
compare(column *c, const double *in, double expected, int line)
{
	double got;
	double error;

	if (isnan(expected)) /* not computed */
		return;
	got = c->result(in);
	if (isnan(got) && (c->result == expected_of || c->result == discounted_of) && may_give_up(in))
	{
		c->given_up++;
		return;
	}
	error = got == expected ? 0 : fabs(got - expected) / fmax(fabs(expected), c->of_log ? 1 : TINY);
	if (c->count++ == 0 || !(error <= c->worst))
	{
		c->worst = isnan(error) ? INFINITY : error;
		c->line = line;
		c->got = got;
		c->expected = expected;
	}
}

static void
report(const char *path, column *c)
{
	char name[120];

	printf("# %s, %s: %d values, worst error %.2g, line %d: %.17g, not %.17g\n", path, c->name,
		   c->count, c->worst, c->line, c->got, c->expected);
	if (c->given_up > 0)
		printf("# past the limits of the core: %d more\n", c->given_up);
	snprintf(name, sizeof(name), "%s: %s to %g", path, c->name, c->tolerance);
	CHECK(c->count > 0 && c->worst <= c->tolerance, name);
}

static void
test_table(const char *path, int inputs, column *columns, int n)
{
	FILE *file = fopen(path, "r");
	char text[1024];
	bool whole = true;
	int line = 0;

	if (!CHECK(file != NULL, path))
		return;
	while (fgets(text, sizeof(text), file) != NULL)
	{
		double numbers[NUMBERS_MAX];

		line++;
		if (text[0] == '#')
			continue;
		whole = whole && numbers_of(text, numbers) == inputs + n;
		for (int i = 0; i < n && whole; i++)
			compare(&columns[i], numbers, numbers[inputs + i], line);
	}
	fclose(file);
	CHECK(whole, "every line has all numbers");
	for (int i = 0; i < n; i++)
		report(path, &columns[i]);
}

static void
test_kind(int kind, const char *path)
{
	column columns[] = {
		{.name = "log-likelihood", .result = loglik_of, .tolerance = 1e-11, .of_log = true},
		{.name = "alive", .result = alive_of, .tolerance = 1e-9},
		{.name = "expected", .result = expected_of, .tolerance = 1e-9},
		{.name = "at least", .result = at_least_of, .tolerance = 1e-9},
		{.name = "discounted", .result = discounted_of, .tolerance = 1e-9},
		{.name = "residual", .result = residual_of, .tolerance = 1e-9},
	};

	kind_now = kind;
	test_table(path, INPUTS, columns, sizeof(columns) / sizeof(columns[0]));
}

/* Where p x and q are 1e5 and more, the likelihood is a difference of terms that large. */
static void
test_spend(const char *path)
{
	column columns[] = {
		{.name = "log-likelihood", .result = spend_loglik_of, .tolerance = 1e-10, .of_log = true},
		{.name = "mean", .result = spend_of, .tolerance = 1e-9},
	};

	test_table(path, SPEND_INPUTS, columns, sizeof(columns) / sizeof(columns[0]));
}

/* Worked customers ----------------------------------------------------------------- */

/*
 * A figure as printed; error: half a unit of its last digit, or 1e-9 of a longer one.
 * More where printed figure and printed parameters do not fit together, for reasons
 * unknown: customer 1516 (by 4e-5) and 78 weeks (2e-4); there ref/clv.py agrees with us.
 */
typedef struct worked
{
	const char *name;
	int kind;
	result_fn result;
	double in[INPUTS];
	double expected;
	double error;
} worked;

/*
 * Published parameters, and those of maximum likelihood on the CDNOW sample, in weeks.
 * Of bg/bb 1.2035, .7497, .6567 and 2.7836 are printed: only within their rounding
 * they give all nine figures.
 */
#define BG 1, .243, 4.414, .793, 2.426
#define BG_ML 1, .242594522, 4.41360202, .792922017, 2.42590678
#define MBG_ML 1, .524843159, 6.18308528, .891359391, 1.61400224
#define PARETO_ML 1, .553277047, 10.5776835, .606239989, 11.6687353
#define DERT 1, .5629966, 12.559037, .4081095, 10.5148048
#define BGBB 1, 1.2035091, .74971212, .65674431, 2.78360459
#define YEARLY .095310179804324860 /* ln 1.1 */

static const worked customers[] = {
	{"bg/nbd, 39 weeks", RCV_CLV_BG, expected_of, {BG, 2, 30.43, 38.86, 39}, 1.2260281747671, 1e-9},
	{"bg/nbd, new: a day", RCV_CLV_BG, expected_of, {BG_ML, 0, 0, 0, .1429}, .0078, 5e-5},
	{"bg/nbd, new: a week", RCV_CLV_BG, expected_of, {BG_ML, 0, 0, 0, 1}, .0532, 5e-5},
	{"bg/nbd, new: 3 weeks", RCV_CLV_BG, expected_of, {BG_ML, 0, 0, 0, 3}, .1506, 5e-5},
	{"bg/nbd, new: 223 days", RCV_CLV_BG, expected_of, {BG_ML, 0, 0, 0, 31.8571}, 1.0405, 5e-5},
	{"bg/nbd, new: 32 weeks", RCV_CLV_BG, expected_of, {BG_ML, 0, 0, 0, 32}, 1.0437, 5e-5},
	{"bg/nbd, new: 78 weeks", RCV_CLV_BG, expected_of, {BG_ML, 0, 0, 0, 78}, 1.8576, 5e-4},
	{"bg/nbd, new: any purchase in 39 weeks",
	 RCV_CLV_BG,
	 at_least_of,
	 {BG, 0, 0, 0, 39, 0, 1},
	 1 - .5737864,
	 5e-8},
	{"bg/nbd, customer 1516",
	 RCV_CLV_BG,
	 expected_of,
	 {BG_ML, 26, 216. / 7, 31, 52},
	 25.7565380518,
	 1e-3},
	{"bg/nbd, customer 1516: alive",
	 RCV_CLV_BG,
	 alive_of,
	 {BG_ML, 26, 216. / 7, 31},
	 .968852152,
	 3e-6},
	{"pareto/nbd, customer 1516",
	 RCV_CLV_PARETO,
	 expected_of,
	 {PARETO_ML, 26, 216. / 7, 31, 52},
	 25.4541832736,
	 1.1e-3},
	{"pareto/nbd, customer 1516: alive",
	 RCV_CLV_PARETO,
	 alive_of,
	 {PARETO_ML, 26, 216. / 7, 31},
	 .997873408,
	 1e-8},
	{"pareto/nbd, residual after 0",
	 RCV_CLV_PARETO,
	 residual_of,
	 {DERT, 7, 0, 77.86, 0, .0027},
	 4.29148e-5,
	 5e-11},
	{"pareto/nbd, residual after 20",
	 RCV_CLV_PARETO,
	 residual_of,
	 {DERT, 7, 20, 77.86, 0, .0027},
	 .0974665,
	 5e-8},
	{"pareto/nbd, residual after 40",
	 RCV_CLV_PARETO,
	 residual_of,
	 {DERT, 7, 40, 77.86, 0, .0027},
	 3.7206348,
	 5e-8},
	{"pareto/nbd, residual after 60",
	 RCV_CLV_PARETO,
	 residual_of,
	 {DERT, 7, 60, 77.86, 0, .0027},
	 14.7847183,
	 5e-8},
	{"pareto/nbd, residual after 77.86",
	 RCV_CLV_PARETO,
	 residual_of,
	 {DERT, 7, 77.86, 77.86, 0, .0027},
	 18.5037383,
	 5e-8},
	{"mbg/nbd, customer 1: alive", RCV_CLV_MBG, alive_of, {MBG_ML, 2, 30.43, 38.86}, .706126, 5e-7},
	{"mbg/nbd, customer 1: 39 weeks",
	 RCV_CLV_MBG,
	 expected_of,
	 {MBG_ML, 2, 30.43, 38.86, 39},
	 1.262669,
	 5e-7},
	{"bg/bb (0, 0): alive", RCV_CLV_BGBB, alive_of, {BGBB, 0, 0, 6}, .108135, 5e-7},
	{"bg/bb (0, 0): next 5", RCV_CLV_BGBB, expected_of, {BGBB, 0, 0, 6, 5}, .072864, 5e-7},
	{"bg/bb (0, 0): residual",
	 RCV_CLV_BGBB,
	 residual_of,
	 {BGBB, 0, 0, 6, 0, YEARLY},
	 .114753,
	 5e-7},
	{"bg/bb (2, 4): alive", RCV_CLV_BGBB, alive_of, {BGBB, 2, 4, 6}, .589653, 5e-7},
	{"bg/bb (2, 4): next 5", RCV_CLV_BGBB, expected_of, {BGBB, 2, 4, 6, 5}, 1.057591, 5e-7},
	{"bg/bb (2, 4): residual",
	 RCV_CLV_BGBB,
	 residual_of,
	 {BGBB, 2, 4, 6, 0, YEARLY},
	 1.665594,
	 5e-7},
	{"bg/bb (6, 6): alive", RCV_CLV_BGBB, alive_of, {BGBB, 6, 6, 6}, .930432, 5e-7},
	{"bg/bb (6, 6): next 5", RCV_CLV_BGBB, expected_of, {BGBB, 6, 6, 6, 5}, 3.752530, 5e-7},
	{"bg/bb (6, 6): residual",
	 RCV_CLV_BGBB,
	 residual_of,
	 {BGBB, 6, 6, 6, 0, YEARLY},
	 5.909837,
	 5e-7},
};

static void
check_worked(const char *name, double got, double expected, double error)
{
	printf("# %s: %.17g, published %.14g\n", name, got, expected);
	CHECK(fabs(got - expected) <= error, name);
}

static void
test_customers(void)
{
	for (size_t i = 0; i < sizeof(customers) / sizeof(customers[0]); i++)
	{
		kind_now = customers[i].kind;
		check_worked(customers[i].name, customers[i].result(customers[i].in), customers[i].expected,
					 customers[i].error);
	}
}

/* The mean spend of the first ten customers of CDNOW. */
static void
test_spenders(void)
{
	static const double spenders[][3] = {
		{2, 22.35, 24.65}, {1, 11.77, 18.91}, {0, 0, 35.17}, {0, 0, 35.17},		{0, 0, 35.17},
		{7, 73.74, 71.46}, {1, 11.77, 18.91}, {0, 0, 35.17}, {2, 25.55, 27.28}, {0, 0, 35.17}};
	double in[SPEND_INPUTS] = {6.24880249, 3.74458845, 15.447748, 0, 0};

	for (size_t i = 0; i < sizeof(spenders) / sizeof(spenders[0]); i++)
	{
		char name[40];

		in[3] = spenders[i][0];
		in[4] = spenders[i][1];
		snprintf(name, sizeof(name), "gamma-gamma, customer %d", (int) i + 1);
		check_worked(name, spend_of(in), spenders[i][2], .1);
	}
	in[3] = 2;
	in[4] = 22.35;
	check_worked("gamma-gamma, customer 1 to 4 decimals", spend_of(in), 24.6586, 5e-5);
}

/* alpha and beta of pareto/nbd scale with time; the log-likelihood moves by -x ln(scale). */
static void
test_unit(void)
{
	double weeks[INPUTS] = {PARETO_ML, 26, 216. / 7, 31, 52, .0027, 1};
	double days[INPUTS] = {PARETO_ML, 26, 216, 217, 364, .0027 / 7, 1};

	kind_now = RCV_CLV_PARETO;
	days[2] *= 7;
	days[4] *= 7;
	CHECK(fabs(loglik_of(days) - loglik_of(weeks) + 26 * log(7)) < 1e-11, "unit: log-likelihood");
	CHECK(fabs(residual_of(days) / residual_of(weeks) - 1) < 1e-12, "unit: residual");
	kind_now = RCV_CLV_MBG;
	days[4] /= 7;
	CHECK(fabs(loglik_of(days) - loglik_of(weeks) + 26 * log(7)) < 1e-11, "unit: mbg/nbd");
	CHECK(fabs(residual_of(days) / residual_of(weeks) - 1) < 1e-12, "unit: mbg/nbd residual");
}

int
main(void)
{
	test_customers();
	test_spenders();
	test_unit();
	test_spend("test/core/ref/clv_spend.txt");
	test_kind(RCV_CLV_SBG, "test/core/ref/clv_sbg.txt");
	test_kind(RCV_CLV_BGBB, "test/core/ref/clv_bgbb.txt");
	test_kind(RCV_CLV_PARETO, "test/core/ref/clv_pareto.txt");
	test_kind(RCV_CLV_BG, "test/core/ref/clv_bg.txt");
	test_kind(RCV_CLV_MBG, "test/core/ref/clv_mbg.txt");
	test_kind(RCV_CLV_CNBD, "test/core/ref/clv_cnbd.txt");
	return check_done();
}
