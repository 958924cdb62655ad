/*
 * varint.h
 *		Whole numbers in as few bytes as they need: base 128, the lowest digit
 *		first; all but the last byte have their high bit set.
 */
#ifndef RCV_VARINT_H
#define RCV_VARINT_H

#include <stdbool.h>
#include <stdint.h>

#define RCV_VARINT_MAX 10 /* bytes */

/* Numbers near 0, of both signs, as small ones: 0, -1, 1, -2 ... */
static inline uint64_t
rcv_zigzag(int64_t value)
{
	return ((uint64_t) value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static inline int64_t
rcv_unzigzag(uint64_t value)
{
	return (int64_t) (value >> 1) ^ -(int64_t) (value & 1);
}

/* Writes a number; returns its end. */
static inline uint8_t *
rcv_varint_put(uint8_t *at, uint64_t value)
{
	while (value >= 0x80)
	{
		*at++ = (uint8_t) (value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t) value;
	return at;
}

static inline int
rcv_varint_size(uint64_t value)
{
	int size = 1;

	for (; value >= 0x80; value >>= 7)
		size++;
	return size;
}

/* Reads a number and goes to its end; false when it has none before end, or is too long. */
static inline bool
rcv_varint_get(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
	const uint8_t *next = *at;
	uint64_t value;

	if (next == end)
		return false;
	value = *next++;
	if (value >= 0x80)
	{
		uint64_t byte = 0x80;

		value &= 0x7f;
		for (int shift = 7; byte >= 0x80; shift += 7)
		{
			if (next == end || shift >= 64)
				return false;
			byte = *next++;
			value |= (byte & 0x7f) << shift;
		}
	}
	*at = next;
	*out = value;
	return true;
}

#endif
