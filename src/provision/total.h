/*
 * total.h
 *		Allowance for many items, rounded for each of them or for each bucket.
 *
 * Rounded by line, a total is the sum of allowances.  Rounded by bucket, the
 * bases of a bucket are added up first, and the allowance is rounded once for
 * each; items with an individual rate are still rounded one by one.  Sums are of
 * whole numbers, so that no order of the items makes a difference.
 *
 * A total is flat: this header, then when it is rounded by bucket the matrix,
 * which is the same for all items, and a sum for each of its buckets.  No byte
 * of one is trusted.
 */
#ifndef RCV_PROVISION_TOTAL_H
#define RCV_PROVISION_TOTAL_H

#include "provision/amount.h"
#include "provision/wide.h"

typedef enum rcv_provision_rounding
{
	RCV_PROVISION_BY_LINE,
	RCV_PROVISION_BY_BUCKET,
	RCV_PROVISION_ROUNDINGS
} rcv_provision_rounding;

extern const char *const rcv_provision_rounding_names[RCV_PROVISION_ROUNDINGS + 1];

#define RCV_TOTAL_MARK 0x544F5001 /* "POT", version 1 */
#define RCV_TOTAL_SCALE 6		  /* decimals of the sum of lines */
#define RCV_BASE_SCALE_MIN 4	  /* decimals of sums of bases, or more where one has more */

typedef struct rcv_total
{
	uint32_t container; /* belongs to what holds the total */
	uint32_t mark;
	uint8_t rounding;
	uint8_t scale;		/* of the result: the largest of the matrices */
	uint8_t base_scale; /* of the sums of bases */
	uint8_t unused;
	int32_t matrix; /* its bytes; 0 by line */
	rcv_wide lines; /* allowances of single items */
} rcv_total;

static inline rcv_matrix *
rcv_total_matrix(const rcv_total *total)
{
	return (rcv_matrix *) (total + 1);
}

/* Bytes of a total of this rounding with a matrix of these sizes. */
extern size_t rcv_total_size(rcv_provision_rounding rounding, const rcv_matrix *matrix,
							 size_t matrix_size);

/* A total of no item; matrix is copied when it is rounded by bucket. */
extern void rcv_total_init(rcv_total *total, rcv_provision_rounding rounding,
						   const rcv_matrix *matrix, size_t matrix_size);

/* What reading its parts in place needs; and all that a total made here has: RCV_EBINARY. */
extern rcv_status rcv_total_fits(const rcv_total *total, size_t size);
extern rcv_status rcv_total_check(const rcv_total *total, size_t size);

/* Adds the allowance of one line, in units of 10^-scale: RCV_EOVERFLOW. */
extern rcv_status rcv_total_add_line(rcv_total *total, rcv_int128 amount, int scale);

/* Adds the base of an item to a bucket of the matrix, counted over all segments: RCV_EOVERFLOW. */
extern rcv_status rcv_total_add_base(rcv_total *total, int32_t bucket, rcv_money base);

/* Adds another total: RCV_EDOMAIN when it has another rounding or matrix, RCV_EOVERFLOW. */
extern rcv_status rcv_total_merge(rcv_total *total, const rcv_total *other);

/* The allowance, in units of 10^-scale of the total: RCV_EOVERFLOW. */
extern rcv_status rcv_total_value(const rcv_total *total, rcv_int128 *out);

#endif
