/*
 * ab_hash.c
 *		Hashes are of bytes: the glue sees to UTF-8.
 */
#include "experiment/ab_hash.h"

#include <math.h>
#include <stdio.h>

#include "num/mix.h"

#define FNV32_START UINT32_C(2166136261)
#define FNV32_PRIME UINT32_C(16777619)
#define FNV64_START UINT64_C(14695981039346656037)
#define FNV64_PRIME UINT64_C(1099511628211)

#define WEIGHTS_LEAST 0.99 /* what the shares may add up to, as in GrowthBook */
#define WEIGHTS_MOST 1.01

static uint32_t
fnv32(uint32_t hash, rcv_ab_text text)
{
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ (uint8_t) text.bytes[i]) * FNV32_PRIME;
	return hash;
}

rcv_status
rcv_ab_bucket(rcv_ab_text seed, rcv_ab_text key, int version, double *out)
{
	char digits[12];
	int length;

	*out = 0.0;
	if (version == 1)
	{
		*out = fnv32(fnv32(FNV32_START, key), seed) % 1000 / 1000.0;
		return RCV_OK;
	}
	if (version != 2)
		return RCV_EDOMAIN;
	length = snprintf(digits, sizeof(digits), "%lu",
					  (unsigned long) fnv32(fnv32(FNV32_START, seed), key));
	*out = fnv32(FNV32_START, (rcv_ab_text){digits, (size_t) length}) % 10000 / 10000.0;
	return RCV_OK;
}

const char *
rcv_ab_weights_fault(const double *weights, size_t n)
{
	double total = 0.0;

	if (n == 0)
		return "There is no arm.";
	if (n > RCV_AB_ARMS_MAX)
		return "There are more than 1000 arms.";
	for (size_t i = 0; i < n; i++)
	{
		if (!(weights[i] >= 0.0 && weights[i] <= WEIGHTS_MOST))
			return "A weight lies outside 0 .. 1.";
		total += weights[i];
	}
	if (total < WEIGHTS_LEAST || total > WEIGHTS_MOST)
		return "The weights do not add up to 1.";
	return NULL;
}

int
rcv_ab_arm(double bucket, const double *weights, size_t n, double coverage)
{
	double start = 0.0;

	for (size_t i = 0; i < n; i++)
	{
		if (bucket >= start && bucket < start + coverage * weights[i])
			return (int) i;
		start += weights[i];
	}
	return RCV_AB_OUTSIDE;
}

uint64_t
rcv_ab_seed(rcv_ab_text text)
{
	uint64_t hash = FNV64_START;

	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ (uint8_t) text.bytes[i]) * FNV64_PRIME;
	return hash;
}

double
rcv_ab_uniform(uint64_t seed, uint64_t position)
{
	uint64_t bits = rcv_mix64(rcv_mix64(seed) + (position + 1) * RCV_MIX_STEP);

	return ((double) (bits >> 12) + 0.5) * 0x1p-52;
}
