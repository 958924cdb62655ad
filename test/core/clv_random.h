/*
 * clv_random.h
 *		Random models and customers, always the same ones; shared by tests of clv.
 */
#ifndef RCV_CLV_RANDOM_H
#define RCV_CLV_RANDOM_H

#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clv/clv.h"

#define GROUPS 12

static inline double
uniform(uint64_t *seed)
{
	return (double) (check_random(seed) >> 11) * 0x1p-53;
}

/* Of any size between two powers of ten. */
static inline double
sized(uint64_t *seed, double from, double to)
{
	return pow(10, from + (to - from) * uniform(seed));
}

static inline double
below(uint64_t *seed, uint64_t n)
{
	return (double) (check_random(seed) % n);
}

static inline double
relative(double value, double expected)
{
	return fabs(value - expected) / (fabs(expected) + 1e-300);
}

/* Random models and customers ------------------------------------------------- */

static inline rcv_clv_model
random_model(int kind, uint64_t *seed)
{
	rcv_clv_model model = {.version = RCV_CLV_VERSION, .kind = (uint8_t) kind, .unit_days = 1};

	model.k = kind == RCV_CLV_CNBD ? (uint8_t) (1 + below(seed, RCV_CLV_K_MAX)) : 1;
	for (int i = 0; i < rcv_clv_parameters(kind); i++)
		model.parameter[i] = sized(seed, -1, 1);
	if (kind != RCV_CLV_BGBB && kind != RCV_CLV_SBG && kind != RCV_CLV_SPEND)
		model.parameter[1] *= model.k * 10;
	if (kind == RCV_CLV_PARETO)
		model.parameter[3] *= 10;
	return model;
}

static inline rcv_clv_customer
random_customer(int kind, uint64_t *seed)
{
	rcv_clv_customer c = {0};

	if (kind == RCV_CLV_SPEND)
		return (rcv_clv_customer){1 + below(seed, 20), sized(seed, -2, 4), 0};
	if (rcv_clv_discrete(kind))
	{
		c.t = below(seed, 20);
		c.t_x = c.t == 0 ? 0 : below(seed, (uint64_t) c.t + 1);
		c.x = kind == RCV_CLV_SBG || c.t_x == 0 ? c.t_x : 1 + below(seed, (uint64_t) c.t_x);
		return c;
	}
	c.t = check_random(seed) % 8 == 0 ? 0 : sized(seed, -1, 3);
	c.x = floor(sized(seed, -0.5, 1.5));
	if (c.x > 0) /* now and then t_x = t, or all on the first day */
		c.t_x = check_random(seed) % 6 == 0 ? c.t : c.t * fmax(0, uniform(seed) * 1.1 - 0.1);
	return c;
}

static inline int
compare_groups(const void *a, const void *b)
{
	const rcv_clv_customer *p = &((const rcv_clv_group *) a)->customer;
	const rcv_clv_customer *q = &((const rcv_clv_group *) b)->customer;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	if (p->t_x != q->t_x)
		return p->t_x < q->t_x ? -1 : 1;
	return (p->t > q->t) - (p->t < q->t);
}

static inline void
random_groups(int kind, uint64_t *seed, rcv_clv_group *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		groups[i] = (rcv_clv_group){random_customer(kind, seed), 1 + below(seed, 5)};
	qsort(groups, n, sizeof(*groups), compare_groups);
}

static inline rcv_derivatives
loglik_at(const rcv_clv_model *model, const rcv_clv_group *groups, size_t n, int moved, double by)
{
	rcv_derivatives out;
	double parameter[RCV_CLV_PARAMETERS];

	memcpy(parameter, model->parameter, sizeof(parameter));
	parameter[moved] += by;
	rcv_clv_loglik(model->kind, model->k, parameter, groups, n, &out);
	return out;
}

#endif
