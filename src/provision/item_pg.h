/*
 * item_pg.h
 *		Arguments that describe an open item, for provision_amount and its aggregate.
 */
#ifndef RCV_PROVISION_ITEM_PG_H
#define RCV_PROVISION_ITEM_PG_H

#include "provision/provision_pg.h"

#include "access/htup_details.h"

#include "pg/json.h"

/* An individual rate in units of 10^-14, or 22023. */
extern int64 rcv_override_arg(Datum value);

/*
 * The days that hold for an item: under contagion those of the customer's latest
 * item, or 22004 where there are none; else its own.
 */
extern int32 rcv_contagion_days(const rcv_matrix *matrix, int32 days,
								const NullableDatum *customer_days);

/* The segment of a name, 0 for null and for one that the matrix does not have. */
extern int32 rcv_segment_arg(const rcv_matrix *matrix, const NullableDatum *segment);

/* Raises what rcv_provision_of() answers. */
extern void rcv_provision_check(rcv_status status);
extern void rcv_cover_error(void);

/*
 * The base of an item in units of 10^-4 and its bucket, for amounts of the usual
 * number of digits; false where they have others, or the cover, in the same units,
 * is negative, and rcv_provision_of() is to be asked.
 */
static inline bool
rcv_item_quick(const rcv_matrix *matrix, Datum open, int64 cover, int32 days,
			   const NullableDatum *segment, const NullableDatum *customer_days, int64 *base,
			   const rcv_bucket **bucket)
{
	const rcv_matrix_segment *part = rcv_matrix_segments(matrix);
	const rcv_bucket *buckets;

	if (unlikely(!rcv_numeric_units(open, base) || cover < 0))
		return false;
	if (matrix->segments > 1 && segment != NULL)
		part += rcv_segment_arg(matrix, segment);
	if (matrix->contagion)
		days = rcv_contagion_days(matrix, days, customer_days);
	*base = *base > cover ? *base - cover : 0;
	buckets = rcv_matrix_buckets(matrix) + part->first;
	*bucket = &buckets[rcv_bucket_find(buckets, part->count, days)];
	return true;
}

#endif
