/*
 * driver.c
 *		Feeds a fuzz target with random inputs, always the same ones, where no
 *		fuzzing engine is at hand:  target RUNS [SEED-FILE...]
 *
 * A target defines LLVMFuzzerTestOneInput(), so that it can be linked with
 * clang -fsanitize=fuzzer instead.
 */
#include <sanitizer/common_interface_defs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 400
#define SEEDS_MAX 100

typedef struct input
{
	size_t size;
	uint8_t bytes[INPUT_MAX];
} input;

static input seeds[SEEDS_MAX];
static int n_seeds;
static input current;
static uint64_t state = 88172645463325252u;

static uint64_t
next_random(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

static void
print_current(void)
{
	fprintf(stderr, "input of %zu bytes:", current.size);
	for (size_t i = 0; i < current.size; i++)
		fprintf(stderr, " %02x", current.bytes[i]);
	fputc('\n', stderr);
}

static void
read_seed(const char *name)
{
	FILE *file = fopen(name, "rb");

	if (file == NULL || n_seeds == SEEDS_MAX)
	{
		perror(name);
		exit(2);
	}
	seeds[n_seeds].size = fread(seeds[n_seeds].bytes, 1, INPUT_MAX, file);
	n_seeds++;
	fclose(file);
}

static void
mutate(void)
{
	switch (next_random(5))
	{
		case 0: /* one bit */
			if (current.size > 0)
				current.bytes[next_random(current.size)] ^= (uint8_t) (1u << next_random(8));
			break;
		case 1: /* one byte */
			if (current.size > 0)
				current.bytes[next_random(current.size)] = (uint8_t) next_random(256);
			break;
		case 2: /* the end is lost */
			current.size = next_random(current.size + 1);
			break;
		case 3: /* a byte more in the middle */
			if (current.size < INPUT_MAX)
			{
				size_t at = next_random(current.size + 1);

				memmove(current.bytes + at + 1, current.bytes + at, current.size - at);
				current.bytes[at] = (uint8_t) next_random(256);
				current.size++;
			}
			break;
		default: /* a part of a seed, over what is there */
			if (n_seeds > 0)
			{
				const input *other = &seeds[next_random((uint64_t) n_seeds)];
				size_t at = next_random(other->size + 1);
				size_t n = next_random(other->size - at + 1);

				memcpy(current.bytes + at, other->bytes + at, n);
				if (current.size < at + n)
					current.size = at + n;
			}
	}
}

static void
run(void)
{
	/* exact size, so that one byte too far is seen */
	uint8_t *copy = malloc(current.size > 0 ? current.size : 1);

	if (copy == NULL)
		exit(2);
	memcpy(copy, current.bytes, current.size);
	LLVMFuzzerTestOneInput(copy, current.size);
	free(copy);
}

int
main(int argc, char **argv)
{
	long runs = argc > 1 ? atol(argv[1]) : 20000;

	__sanitizer_set_death_callback(print_current);
	for (int i = 2; i < argc; i++)
		read_seed(argv[i]);
	for (int i = 0; i < n_seeds; i++)
	{
		current = seeds[i];
		run();
	}
	for (long i = 0; i < runs; i++)
	{
		if (n_seeds > 0 && next_random(4) > 0)
			current = seeds[next_random((uint64_t) n_seeds)];
		else
		{
			current.size = next_random(64);
			for (size_t at = 0; at < current.size; at++)
				current.bytes[at] = (uint8_t) next_random(256);
		}
		for (uint64_t left = next_random(6); left > 0; left--)
			mutate();
		run();
	}
	return 0;
}
