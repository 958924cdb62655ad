/*
 * experiment_ref.c
 *		Tests of an experiment against tables made by R: ref/experiment.R.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/ab_rates.h"

#define LINE_MAX_BYTES 16384
#define NUMBERS_MAX 512

/* The worst case of a column. */
typedef struct column
{
	const char *name;
	double limit; /* of the error, relative where the figure is above 1e-300 */
	double worst;
	int compared;
} column;

static double
error_of(double got, double expected)
{
	if (isnan(got) || isnan(expected))
		return isnan(got) && isnan(expected) ? 0 : INFINITY;
	return got == expected ? 0 : fabs(got - expected) / fmax(fabs(expected), 1e-300);
}

/* scale: what a difference is as exact as; 0: the figure itself. */
static void
compare(column *c, double got, double expected, double scale)
{
	double error = error_of(got, expected);

	if (scale > 0 && !isnan(got) && !isnan(expected))
		error = fabs(got - expected) / scale;
	c->worst = fmax(c->worst, error);
	c->compared += !isnan(expected);
}

static void
report(const char *table, const column *columns, int n, int least)
{
	char name[100];

	for (int i = 0; i < n; i++)
	{
		printf("# %s %s: error %.2g in %d\n", table, columns[i].name, columns[i].worst,
			   columns[i].compared);
		snprintf(name, sizeof(name), "%s: %s", table, columns[i].name);
		CHECK(columns[i].worst <= columns[i].limit && columns[i].compared >= least, name);
	}
}

static int
numbers_of(char *text, double *numbers)
{
	int n = 0;

	for (char *word = strtok(text, " \n"); word != NULL && n < NUMBERS_MAX;
		 word = strtok(NULL, " \n"))
		numbers[n++] = strtod(word, NULL);
	return n;
}

typedef int (*line_fn)(const double *in, column *columns);

/* Each line is given to a function, which returns how many numbers it took. */
static void
read_table(const char *path, line_fn line, column *columns)
{
	static char text[LINE_MAX_BYTES];
	double numbers[NUMBERS_MAX];
	FILE *file = fopen(path, "r");
	bool whole = true;

	if (!CHECK(file != NULL, path))
		return;
	while (fgets(text, sizeof(text), file) != NULL)
		if (text[0] != '#')
		{
			int n = numbers_of(text, numbers);

			whole = whole && n > 0 && line(numbers, columns) == n;
		}
	fclose(file);
	CHECK(whole, "every line has all numbers");
}

/* Means --------------------------------------------------------------------- */

enum
{
	MEANS,
	DIFFERENCE,
	STD_ERROR,
	STATISTIC,
	DF,
	P_VALUE,
	BOUNDS,
	LIFT,
	VARIANCE_RATIO,
	MEANS_COLUMNS
};

static const double *
read_arm(const double *in, int n, rcv_ab_summary *s)
{
	rcv_ab_summary_init(s, true);
	for (int i = 0; i < n; i++, in += 2)
		(void) rcv_ab_summary_add_pair(s, in[0], in[1]);
	return in;
}

static int
means_line(const double *in, column *columns)
{
	const double *at = in + 4;
	rcv_ab_summary control;
	rcv_ab_summary variant;
	rcv_ab_result r;
	double size;

	at = read_arm(at, (int) in[2], &control);
	at = read_arm(at, (int) in[3], &variant);
	if (rcv_ab_test(&control, &variant, (rcv_ab_method) in[0], in[1], 5000, &r) != RCV_OK)
		return 0;
	size = fmax(fabs(at[0]), fabs(at[1])); /* differences are as exact as what they are of */
	compare(&columns[MEANS], r.mean_control, at[0], 0);
	compare(&columns[MEANS], r.mean_variant, at[1], 0);
	compare(&columns[DIFFERENCE], r.difference, at[2], size);
	compare(&columns[STD_ERROR], r.std_error, at[3], 0);
	compare(&columns[STATISTIC], r.statistic, at[4], fmax(1, size / at[3]));
	compare(&columns[DF], r.df, at[5], 0);
	compare(&columns[P_VALUE], r.p_value, at[6], 0);
	compare(&columns[BOUNDS], r.lower, at[7], fmax(size, at[8] - at[7]));
	compare(&columns[BOUNDS], r.upper, at[8], fmax(size, at[8] - at[7]));
	compare(&columns[LIFT], r.lift_lower, at[9], fmax(1, at[10] - at[9]));
	compare(&columns[LIFT], r.lift_upper, at[10], fmax(1, at[10] - at[9]));
	compare(&columns[VARIANCE_RATIO], r.variance_ratio, at[11], 0);
	return (int) (at - in) + 12;
}

static void
test_means(void)
{
	column columns[MEANS_COLUMNS] = {
		{"means", 1e-12, 0, 0},		{"difference", 1e-12, 0, 0}, {"standard error", 1e-10, 0, 0},
		{"statistic", 1e-11, 0, 0}, {"df", 1e-10, 0, 0},		 {"p", 1e-9, 0, 0},
		{"bounds", 1e-11, 0, 0},	{"lift", 1e-11, 0, 0},		 {"variance ratio", 1e-10, 0, 0},
	};

	read_table("test/core/ref/experiment_means.txt", means_line, columns);
	report("means", columns, MEANS_COLUMNS, 25);
}

/* Rates --------------------------------------------------------------------- */

static int
rates_line(const double *in, column *columns)
{
	rcv_ab_count control = {(int64_t) in[0], (int64_t) in[1]};
	rcv_ab_count variant = {(int64_t) in[2], (int64_t) in[3]};
	const double *out = in + 5;
	rcv_ab_prop_result r;
	rcv_ab_bounds wilson = rcv_ab_wilson(control, in[4]);

	if (rcv_ab_prop_test(control, variant, in[4], 5000, &r) != RCV_OK)
		return 0;
	compare(&columns[0], r.chi2, out[0], fmax(out[0], 1e-3));
	compare(&columns[1], r.p_value, out[1], 0);
	compare(&columns[2], r.chi2_yates, out[2], fmax(out[2], 1e-3));
	compare(&columns[3], r.p_yates, out[3], 0);
	compare(&columns[4], r.wald.lower, out[4], 1);
	compare(&columns[4], r.wald.upper, out[5], 1);
	compare(&columns[5], r.newcombe.lower, out[6], 1);
	compare(&columns[5], r.newcombe.upper, out[7], 1);
	compare(&columns[6], wilson.lower, out[8], 1);
	compare(&columns[6], wilson.upper, out[9], 1);
	return 15;
}

static void
test_rates(void)
{
	column columns[] = {{"chi2", 1e-11, 0, 0},		   {"p", 1e-9, 0, 0},
						{"chi2 (Yates)", 1e-11, 0, 0}, {"p (Yates)", 1e-9, 0, 0},
						{"Wald", 1e-14, 0, 0},		   {"Newcombe", 1e-13, 0, 0},
						{"Wilson", 1e-14, 0, 0}};

	read_table("test/core/ref/experiment_rates.txt", rates_line, columns);
	report("rates", columns, 7, 40);
}

/* Plans --------------------------------------------------------------------- */

static int
plan_line(const double *in, column *columns)
{
	bool means = in[0] == 1;
	column *c = columns + 2 * means;
	double n;
	double power;

	if ((means ? rcv_ab_sample_size_mean : rcv_ab_sample_size)(in[1], in[2], in[3], in[4], &n) !=
			RCV_OK ||
		(means ? rcv_ab_power_mean : rcv_ab_power)(in[5], in[1], in[2], in[4], &power) != RCV_OK)
		return 0;
	compare(&c[0], n, in[5], 0);
	compare(&c[1], power, in[6], 0);
	return 7;
}

static void
test_plans(void)
{
	column columns[] = {{"rows for rates", 1e-9, 0, 0},
						{"power for rates", 1e-10, 0, 0},
						{"rows for means", 1e-9, 0, 0},
						{"power for means", 1e-10, 0, 0}};

	read_table("test/core/ref/experiment_plan.txt", plan_line, columns);
	report("plans", columns, 4, 20);
}

/* Several tests, and shares --------------------------------------------------- */

static int
adjust_line(const double *in, column *columns)
{
	static const rcv_ab_adjustment hows[] = {RCV_AB_HOLM, RCV_AB_BH, RCV_AB_BONFERRONI};
	int n = (int) in[0];
	double p[32];
	rcv_ab_ranked room[32];

	for (int how = 0; how < 3; how++)
	{
		memcpy(p, in + 1, (size_t) n * sizeof(double));
		if (rcv_ab_adjust(hows[how], p, (size_t) n, room) != RCV_OK)
			return 0;
		for (int i = 0; i < n; i++)
			compare(&columns[how], p[i], in[1 + n * (how + 1) + i], 0);
	}
	return 1 + 4 * n;
}

static void
test_adjusted(void)
{
	column columns[] = {{"holm", 1e-15, 0, 0}, {"bh", 1e-15, 0, 0}, {"bonferroni", 1e-15, 0, 0}};

	read_table("test/core/ref/experiment_adjust.txt", adjust_line, columns);
	report("adjusted p", columns, 3, 100);
}

static int
srm_line(const double *in, column *columns)
{
	int n = (int) in[0];
	int64_t counts[16];
	rcv_ab_srm_result r;

	for (int i = 0; i < n; i++)
		counts[i] = (int64_t) in[1 + i];
	if (rcv_ab_srm(counts, in + 1 + n, (size_t) n, &r) != RCV_OK)
		return 0;
	compare(&columns[0], r.chi2, in[1 + 2 * n], 0);
	compare(&columns[1], r.df, in[2 + 2 * n], 0);
	compare(&columns[2], r.p_value, in[3 + 2 * n], 0);
	return 4 + 2 * n;
}

static void
test_srm(void)
{
	column columns[] = {{"chi2", 1e-10, 0, 0}, {"df", 0, 0, 0}, {"p", 1e-9, 0, 0}};

	read_table("test/core/ref/experiment_srm.txt", srm_line, columns);
	report("shares", columns, 3, 30);
}

int
main(void)
{
	test_means();
	test_rates();
	test_plans();
	test_adjusted();
	test_srm();
	return check_done();
}
