/*
 * ab_hash.h
 *		Who gets what: the public hash of GrowthBook, its ranges of buckets, and
 *		uniform numbers from a seed.
 *
 * Source: GrowthBook's guide to building an SDK, whose hash is 32-bit FNV-1a
 * (Fowler, Noll, Vo) over the bytes of the text in UTF-8.
 */
#ifndef RCV_AB_HASH_H
#define RCV_AB_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_AB_ARMS_MAX 1000 /* of one experiment */
#define RCV_AB_OUTSIDE (-1)	 /* no arm: the key falls outside the coverage */

/* Some bytes, with no zero at their end. */
typedef struct rcv_ab_text
{
	const char *bytes;
	size_t length;
} rcv_ab_text;

/*
 * rcv_ab_bucket
 *		The place of a key within 0 .. 1 for a seed.
 *
 *	version 1: (fnv(key seed) mod 1000) / 1000
 *	version 2: (fnv(decimal digits of fnv(seed key)) mod 10000) / 10000
 *
 * RCV_EDOMAIN for any other version.
 */
extern rcv_status rcv_ab_bucket(rcv_ab_text seed, rcv_ab_text key, int version, double *out);

/* What is wrong with the shares of the arms; NULL: nothing. */
extern const char *rcv_ab_weights_fault(const double *weights, size_t n);

/*
 * rcv_ab_arm
 *		The arm of a bucket, from 0, or RCV_AB_OUTSIDE.
 *
 * Arm i holds start(i) <= bucket < start(i) + coverage x weight(i), and starts
 * where the shares before it add up to: a coverage that grows moves nobody from
 * one arm to another.  Weights have no fault, coverage is within 0 .. 1.
 */
extern int rcv_ab_arm(double bucket, const double *weights, size_t n, double coverage);

/* 64 bits of a text: FNV-1a over its bytes. */
extern uint64_t rcv_ab_seed(rcv_ab_text text);

/* A number within 0 .. 1, neither of them, for each position of a seed. */
extern double rcv_ab_uniform(uint64_t seed, uint64_t position);

#endif
