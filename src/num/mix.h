/*
 * mix.h
 *		64 bits well mixed: for hashes, and for numbers that look random but are not.
 */
#ifndef RCV_MIX_H
#define RCV_MIX_H

#include <stdint.h>

#define RCV_MIX_STEP UINT64_C(0x9e3779b97f4a7c15)

/*
 * A bijection of 64 bits, the finalizer of SplitMix64 (Steele, Lea, Flood, Fast
 * Splittable Pseudorandom Number Generators, OOPSLA 2014); of k RCV_MIX_STEP +
 * seed for k = 1, 2 ... it is that generator.
 */
static inline uint64_t
rcv_mix64(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#endif
