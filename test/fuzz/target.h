/*
 * target.h
 *		What the fuzz targets share: the entry point, a check, and the input as
 *		numbers.
 */
#ifndef RCV_FUZZ_TARGET_H
#define RCV_FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

/* What is left of the input; zeros once it has been read. */
typedef struct input
{
	const uint8_t *data;
	size_t size;
} input;

static inline void
take(input *in, void *out, size_t size)
{
	size_t n = in->size < size ? in->size : size;

	memset(out, 0, size);
	memcpy(out, in->data, n);
	in->data += n;
	in->size -= n;
}

static inline uint8_t
take_byte(input *in)
{
	uint8_t byte;

	take(in, &byte, 1);
	return byte;
}

#endif
