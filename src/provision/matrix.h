/*
 * matrix.h
 *		Rates of loss by days past due.
 *
 * A matrix has buckets of days past due with ascending upper edges, inclusive;
 * the last one has none.  A first edge of 0 is what is not overdue: not yet due,
 * or due today.  Other segments of customers may have buckets of their own.  The
 * rate of a bucket, as given in percent, is multiplied by scalars: of the
 * matrix, of the segment, of the bucket, and of the call; and scenarios weigh
 * what comes out:
 *
 *		rate = sum over scenarios of weight x min(1, rate_pct / 100 x scalars x its scalar)
 *
 * The cap comes before the weights, as no scenario loses more than all (IFRS 9,
 * 5.5.17(a): an amount weighted by probability).  The product is worked out with
 * 20 decimals and rounded, half away from zero, to a whole number of 10^-14.
 *
 * A matrix is flat and read in place: this header, then segments, buckets,
 * scenarios, and their texts.  Segment 0 is the default, without a name; the
 * others are in order of their names, the shorter first, as in jsonb.
 */
#ifndef RCV_PROVISION_MATRIX_H
#define RCV_PROVISION_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "base/status.h"

#define RCV_LOSS_SCALE 14					  /* decimals of a rate as a fraction */
#define RCV_LOSS_ALL INT64_C(100000000000000) /* the rate 1 */
#define RCV_SCALAR_SCALE 8					  /* decimals of scalars and weights */
#define RCV_SCALAR_ONE INT64_C(100000000)	  /* 1 */
#define RCV_SCALAR_MAX (100 * RCV_SCALAR_ONE) /* the largest scalar */
#define RCV_PROVISION_SCALE_MAX 6			  /* decimals of an allowance */
#define RCV_MATRIX_VERSION 1
#define RCV_MATRIX_SEGMENTS_MAX 1000
#define RCV_MATRIX_BUCKETS_MAX 100 /* of a segment */
#define RCV_MATRIX_SCENARIOS_MAX 100
#define RCV_MATRIX_TEXT_MAX 1000 /* bytes of a name or of the source */

typedef struct rcv_matrix
{
	uint32_t container; /* belongs to what holds the matrix */
	uint16_t version;
	uint8_t scale;	   /* decimals of an allowance */
	uint8_t contagion; /* 1: the days of a customer's latest item hold for all of them */
	int32_t from;	   /* first and last day on which it holds */
	int32_t to;
	int32_t segments;
	int32_t buckets; /* of all segments */
	int32_t scenarios;
	int32_t texts; /* bytes of names, then of the source */
	int64_t scalar;
	int32_t source; /* bytes of the source, the last of the texts */
	int32_t unused;
} rcv_matrix;

typedef struct rcv_matrix_segment
{
	int32_t name; /* its place among the texts */
	int32_t name_length;
	int32_t first; /* bucket */
	int32_t count;
	int64_t scalar;
} rcv_matrix_segment;

typedef struct rcv_bucket
{
	int32_t up_to;	  /* last day past due; INT32_MAX: no end */
	int32_t decimals; /* of factor */
	int64_t rate;	  /* as given, in units of 10^-14 */
	int64_t scalar;
	int64_t factor; /* the rate with all scalars and scenarios, in units of 10^-decimals */
} rcv_bucket;

typedef struct rcv_scenario
{
	int32_t name;
	int32_t name_length;
	int64_t weight; /* they add up to RCV_SCALAR_ONE */
	int64_t scalar;
} rcv_scenario;

static inline rcv_matrix_segment *
rcv_matrix_segments(const rcv_matrix *matrix)
{
	return (rcv_matrix_segment *) (matrix + 1);
}

static inline rcv_bucket *
rcv_matrix_buckets(const rcv_matrix *matrix)
{
	return (rcv_bucket *) (rcv_matrix_segments(matrix) + matrix->segments);
}

static inline rcv_scenario *
rcv_matrix_scenarios(const rcv_matrix *matrix)
{
	return (rcv_scenario *) (rcv_matrix_buckets(matrix) + matrix->buckets);
}

static inline char *
rcv_matrix_texts(const rcv_matrix *matrix)
{
	return (char *) (rcv_matrix_scenarios(matrix) + matrix->scenarios);
}

/* Bytes of a matrix with these numbers of parts. */
static inline size_t
rcv_matrix_size(const rcv_matrix *matrix)
{
	return sizeof(rcv_matrix) + (size_t) matrix->segments * sizeof(rcv_matrix_segment) +
		   (size_t) matrix->buckets * sizeof(rcv_bucket) +
		   (size_t) matrix->scenarios * sizeof(rcv_scenario) + (size_t) matrix->texts;
}

/* Whether the parts that the header tells of lie within size bytes: RCV_EVERSION, RCV_EBINARY. */
static inline rcv_status
rcv_matrix_fits(const rcv_matrix *matrix, size_t size)
{
	if (size < sizeof(rcv_matrix))
		return RCV_EBINARY;
	if (matrix->version != RCV_MATRIX_VERSION)
		return RCV_EVERSION;
	if (matrix->segments < 1 || matrix->buckets < 1 || matrix->scenarios < 0 || matrix->texts < 0 ||
		rcv_matrix_size(matrix) != size)
		return RCV_EBINARY;
	return RCV_OK;
}

/*
 * Whether all is as rcv_matrix_finish() leaves it: RCV_EVERSION; RCV_EBINARY
 * where parts do not fit; RCV_EDOMAIN where edges do not ascend, a rate, scalar,
 * weight or day is outside its limits, names are not in order, or a factor is not
 * what the rates give.
 */
extern rcv_status rcv_matrix_check(const rcv_matrix *matrix, size_t size);

/* Sets the factor of each bucket from the rates, scalars and scenarios. */
extern void rcv_matrix_finish(rcv_matrix *matrix);

/* The segment of a name; 0, the default, where there is none of it. */
extern int32_t rcv_matrix_find_segment(const rcv_matrix *matrix, const char *name, size_t length);

#define RCV_FEW_BUCKETS 8

/*
 * The bucket, counted from 0, of days past due: the first whose edge is not
 * below.  Without branches: days come in no order that a processor could guess.
 */
static inline int32_t
rcv_bucket_find(const rcv_bucket *buckets, int32_t count, int32_t days)
{
	int32_t low = 0;

	if (count <= RCV_FEW_BUCKETS) /* none waits for the one before */
	{
		for (int32_t i = 0; i < count - 1; i++)
			low += buckets[i].up_to < days;
		return low;
	}
	while (count > 1)
	{
		int32_t half = count / 2;

		low += half & -(int32_t) (buckets[low + half - 1].up_to < days);
		count -= half;
	}
	return low;
}

/*
 * The rate of a bucket of a segment, in units of 10^-14, with the scalar of a
 * call, 0 .. RCV_SCALAR_MAX.
 */
extern int64_t rcv_matrix_rate(const rcv_matrix *matrix, int32_t segment, int32_t bucket,
							   int64_t scalar);

/* The weighted scalar of the scenarios, rounded to RCV_SCALAR_SCALE; 1 where there are none. */
extern int64_t rcv_matrix_scenario_scalar(const rcv_matrix *matrix);

#endif
