/*
 * block.c
 *		The loops over blocks, each for the registers of the machine at hand.
 */
#include "cluster/block.h"

#include <math.h>
#include <string.h>

#define LANES 16

/* 16 bytes: what every machine has, or is made up by the compiler. */
#define WIDTH 2
#define NAME(what) narrow_##what
#define TARGET
#include "cluster/block_loops.h"
#undef WIDTH
#undef NAME
#undef TARGET

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDTH 4
#define NAME(what) avx2_##what
#define TARGET __attribute__((target("avx2")))
#include "cluster/block_loops.h"
#undef WIDTH
#undef NAME
#undef TARGET

#define WIDTH 8
#define NAME(what) avx512_##what
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl")))
#include "cluster/block_loops.h"
#undef WIDTH
#undef NAME
#undef TARGET

#define DISPATCH(what, ...)                                                                        \
	do                                                                                             \
	{                                                                                              \
		if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&             \
			__builtin_cpu_supports("avx512vl"))                                                    \
			avx512_##what(__VA_ARGS__);                                                            \
		else if (__builtin_cpu_supports("avx2"))                                                   \
			avx2_##what(__VA_ARGS__);                                                              \
		else                                                                                       \
			narrow_##what(__VA_ARGS__);                                                            \
	} while (0)
#else
#define DISPATCH(what, ...) narrow_##what(__VA_ARGS__)
#endif

void
rcv_block_nearest(const double *block, int columns, const double *points, int k, uint16_t *label,
				  double *near)
{
	DISPATCH(nearest, block, columns, points, k, label, near);
}

void
rcv_block_approach(const double *block, int columns, const double *point, double *near)
{
	DISPATCH(approach, block, columns, point, near);
}

/* Partial sums two by two, always in the same order. */
static double
sum_of_lanes(double *sums)
{
	for (int half = LANES / 2; half > 0; half /= 2)
		for (int lane = 0; lane < half; lane++)
			sums[lane] += sums[lane + half];
	return sums[0];
}

double
rcv_block_potential(const double *block, int columns, const double *point, const double *near)
{
	double sums[LANES];

	DISPATCH(potential, block, columns, point, near, sums);
	return sum_of_lanes(sums);
}

double
rcv_block_sum(const double *values)
{
	double sums[LANES] = {0};

	for (int i = 0; i < RCV_BLOCK; i += LANES)
		for (int lane = 0; lane < LANES; lane++)
			sums[lane] += values[i + lane];
	return sum_of_lanes(sums);
}

void
rcv_block_distances(const double *block, int columns, const double *point, double *out)
{
	DISPATCH(distances, block, columns, point, out);
}
