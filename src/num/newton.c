/*
 * newton.c
 *		Steps by Cholesky's factor of minus the second derivatives; where that has
 *		none, or the value falls, the diagonal is raised until it has.
 */
#include "num/newton.h"

#include <math.h>
#include <string.h>

#define STEP_MAX 1.5
#define GAIN_MIN 1e-13
#define DAMPING_MIN 1e-4
#define DAMPING_MAX 1e12

typedef double matrix[RCV_NEWTON_MAX][RCV_NEWTON_MAX];

/* Cholesky's factor of a symmetric matrix, in its lower triangle; false when not positive. */
static bool
factor(int n, matrix m)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
		{
			double sum = m[i][j];

			for (int k = 0; k < j; k++)
				sum -= m[i][k] * m[j][k];
			if (i != j)
				m[i][j] = sum / m[j][j];
			else if (sum > 0 && isfinite(sum))
				m[i][i] = sqrt(sum);
			else
				return false;
		}
	return true;
}

static void
solve(int n, matrix m, double *x)
{
	for (int i = 0; i < n; i++)
	{
		for (int k = 0; k < i; k++)
			x[i] -= m[i][k] * x[k];
		x[i] /= m[i][i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			x[i] -= m[k][i] * x[k];
		x[i] /= m[i][i];
	}
}

/* Minus the second derivatives, damped; variables left out have a row of the unit matrix. */
static void
curvature(const rcv_newton *newton, unsigned mask, double damping, matrix out)
{
	for (int i = 0; i < newton->n; i++)
		for (int j = 0; j <= i; j++)
		{
			double second = -newton->here.second[i][j];
			bool both = (mask >> i & 1) != 0 && (mask >> j & 1) != 0;

			if (i == j)
				second += damping * (fabs(second) + 1e-12);
			out[i][j] = both ? second : i == j;
		}
}

/* Newton's step in the variables of the mask; raises the damping until it goes up. */
static void
solve_step(rcv_newton *newton, unsigned mask, double *step)
{
	matrix m;

	for (;;)
	{
		curvature(newton, mask, newton->damping, m);
		if (factor(newton->n, m) || newton->damping > DAMPING_MAX)
			break;
		newton->damping = fmax(newton->damping * 10, DAMPING_MIN);
	}
	for (int i = 0; i < newton->n; i++)
		step[i] = (mask >> i & 1) != 0 ? newton->here.first[i] : 0;
	solve(newton->n, m, step);
}

/* Variables on their bound that a step pushes further take no part in it. */
static unsigned
pushed_out(const rcv_newton *newton, const double *step)
{
	unsigned out = 0;

	for (int i = 0; i < newton->n; i++)
		if (fabs(newton->at[i]) >= newton->bound && newton->at[i] * step[i] > 0)
			out |= 1U << i;
	return out;
}

/* The step from here, no longer than STEP_MAX and within the bounds. */
static void
find_step(rcv_newton *newton, double *step, double *gain)
{
	unsigned mask = (1U << newton->n) - 1;
	double shorter = 1;

	solve_step(newton, mask, step);
	for (unsigned out; (out = pushed_out(newton, step)) != 0;)
		solve_step(newton, mask &= ~out, step);
	for (int i = 0; i < newton->n; i++)
	{
		double room =
			fmin(STEP_MAX, newton->bound - copysign(newton->at[i], newton->at[i] * step[i]));

		if (fabs(step[i]) * shorter > room)
			shorter = room / fabs(step[i]);
	}
	*gain = 0;
	for (int i = 0; i < newton->n; i++)
	{
		step[i] *= shorter;
		*gain += step[i] * newton->here.first[i];
	}
}

void
rcv_newton_init(rcv_newton *newton, int n, const double *start, double bound)
{
	memset(newton, 0, sizeof(*newton));
	newton->n = n;
	newton->bound = bound;
	memcpy(newton->at, start, (size_t) n * sizeof(*start));
	memcpy(newton->trial, start, (size_t) n * sizeof(*start));
}

/* Goes to the trial, unless it is worse: then the next one is closer. */
static void
judge(rcv_newton *newton, const rcv_derivatives *there)
{
	/* the last digits of a long sum are noise */
	double worst = newton->here.value - 1e-12 * (1 + fabs(newton->here.value));

	if (newton->evaluations > 1 && !(isfinite(there->value) && there->value >= worst))
	{
		newton->damping = fmax(newton->damping * 10, DAMPING_MIN);
		return;
	}
	if (newton->evaluations > 1)
		newton->damping = newton->damping <= DAMPING_MIN ? 0 : newton->damping / 10;
	memcpy(newton->at, newton->trial, sizeof(newton->at));
	newton->here = *there;
}

bool
rcv_newton_tell(rcv_newton *newton, const rcv_derivatives *there)
{
	double step[RCV_NEWTON_MAX] = {0};
	double gain;

	newton->evaluations++;
	judge(newton, there);
	if (!isfinite(newton->here.value))
		return false;
	find_step(newton, step, &gain);
	newton->converged = newton->damping <= 1 && gain < GAIN_MIN * (1 + fabs(newton->here.value));
	for (int i = 0; i < newton->n; i++)
	{
		newton->trial[i] = newton->at[i] + step[i];
		if (fabs(newton->trial[i]) > newton->bound * (1 - 1e-9)) /* not a rounding short of it */
			newton->trial[i] = copysign(newton->bound, newton->trial[i]);
	}
	if (newton->converged)
		memcpy(newton->at, newton->trial, sizeof(newton->at));
	return !newton->converged && newton->evaluations < RCV_NEWTON_EVALUATIONS_MAX &&
		   newton->damping <= DAMPING_MAX;
}

bool
rcv_newton_covariance(const rcv_newton *newton, unsigned mask,
					  double out[RCV_NEWTON_MAX][RCV_NEWTON_MAX])
{
	matrix m;

	memset(out, 0, sizeof(matrix));
	curvature(newton, mask, 0, m);
	if (!factor(newton->n, m))
		return false;
	for (int i = 0; i < newton->n; i++)
	{
		double column[RCV_NEWTON_MAX] = {0};

		column[i] = 1;
		solve(newton->n, m, column);
		for (int j = 0; j < newton->n; j++)
			if ((mask >> i & 1) != 0 && (mask >> j & 1) != 0)
				out[j][i] = column[j];
	}
	return true;
}
