/*
 * block.h
 *		Rows in blocks of 256, column by column within a block, and the loops over
 *		them in which clustering spends its time.
 *
 * In this layout a loop over rows needs no sum across the lanes of a vector
 * register.  Every loop exists for three widths of register, of which the
 * machine at hand takes the widest it has.  All give the same bits: each row's
 * distance adds the squares of its columns in their order, nothing is fused
 * (-ffp-contract=off, see the Makefile), and sums over rows have 16 partial sums
 * whatever the width.
 */
#ifndef RCV_BLOCK_H
#define RCV_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define RCV_BLOCK 256 /* rows */

/* Called between two parts of a long loop; it need not return (longjmp). */
typedef void (*rcv_pause_fn)(void);

/* n rows; those that fill the last block up are zero. */
typedef struct rcv_blocks
{
	double *data;
	size_t n;
	int columns;
} rcv_blocks;

static inline size_t
rcv_blocks_count(const rcv_blocks *rows)
{
	return (rows->n + RCV_BLOCK - 1) / RCV_BLOCK;
}

static inline double *
rcv_block_at(const rcv_blocks *rows, size_t block)
{
	return rows->data + block * RCV_BLOCK * (size_t) rows->columns;
}

/* Where the columns of a row begin: one stands RCV_BLOCK after the other. */
static inline double *
rcv_block_row(const rcv_blocks *rows, size_t row)
{
	return rcv_block_at(rows, row / RCV_BLOCK) + row % RCV_BLOCK;
}

/*
 * For each row of a block, which of k points is nearest, the first of several
 * as near, and the square of its distance.
 */
extern void rcv_block_nearest(const double *block, int columns, const double *points, int k,
							  uint16_t *label, double *near);

/* Lowers the squared distances in near to those from a point, where these are less. */
extern void rcv_block_approach(const double *block, int columns, const double *point, double *near);

/* The sum of near after such an approach, which is not made. */
extern double rcv_block_potential(const double *block, int columns, const double *point,
								  const double *near);

/* The sum of a value of each row. */
extern double rcv_block_sum(const double *values);

/* The distances (not squared) of all rows from a point. */
extern void rcv_block_distances(const double *block, int columns, const double *point, double *out);

#endif
