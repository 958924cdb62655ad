/*
 * check.h
 *		Tests of the pure core: one TAP line for each CHECK().
 *
 *	int
 *	main(void)
 *	{
 *		CHECK(1 + 1 == 2, "one and one");
 *		return check_done();
 *	}
 */
#ifndef RCV_CHECK_H
#define RCV_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static int check_count;
static int check_failures;

#define CHECK(cond, name) check_that((cond), (name), __FILE__, __LINE__)

/* Returns what it was given, so that a loop can stop at the first failure. */
static inline bool
check_that(bool passed, const char *name, const char *file, int line)
{
	check_count++;
	if (passed)
		printf("ok - %s\n", name);
	else
	{
		check_failures++;
		printf("not ok - %s # %s:%d\n", name, file, line);
	}
	return passed;
}

/* Exit code of main: 0 when there were checks and all of them held. */
static inline int
check_done(void)
{
	if (check_count == 0)
		printf("not ok - no check was made\n");
	return check_failures != 0 || check_count == 0;
}

/* The same random numbers in every run: xorshift64*. */
static inline uint64_t
check_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

#endif
