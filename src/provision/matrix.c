/*
 * matrix.c
 *		Rates of loss by days past due.
 */
#include "provision/matrix.h"

#include <string.h>

#include "base/day.h"

/* Rates have 20 decimals while scalars are multiplied in. */
#define WORK_ONE ((rcv_int128) RCV_LOSS_ALL * 1000000)

/* Half away from zero, of a value that is not negative. */
static rcv_int128
divide(rcv_int128 value, int64_t by)
{
	return (value + by / 2) / by;
}

static rcv_int128
times(rcv_int128 rate, int64_t scalar)
{
	return divide(rate * scalar, RCV_SCALAR_ONE);
}

static rcv_int128
capped(rcv_int128 rate)
{
	return rate < WORK_ONE ? rate : WORK_ONE;
}

/*
 * With 20 decimals, five scalars of up to 100 stay below 10^30 and, before the
 * last division, below 2^127.
 */
int64_t
rcv_matrix_rate(const rcv_matrix *matrix, int32_t segment, int32_t bucket, int64_t scalar)
{
	const rcv_matrix_segment *part = &rcv_matrix_segments(matrix)[segment];
	const rcv_bucket *at = &rcv_matrix_buckets(matrix)[part->first + bucket];
	rcv_int128 rate = (rcv_int128) at->rate * (WORK_ONE / RCV_LOSS_ALL);
	rcv_int128 sum = 0;

	rate = times(times(times(times(rate, matrix->scalar), part->scalar), at->scalar), scalar);
	if (matrix->scenarios == 0)
		sum = capped(rate);
	for (int32_t i = 0; i < matrix->scenarios; i++)
	{
		const rcv_scenario *scenario = &rcv_matrix_scenarios(matrix)[i];

		sum += capped(times(rate, scenario->scalar)) * scenario->weight;
	}
	if (matrix->scenarios > 0)
		return (int64_t) divide(sum, (int64_t) (WORK_ONE / RCV_LOSS_ALL) * RCV_SCALAR_ONE);
	return (int64_t) divide(sum, (int64_t) (WORK_ONE / RCV_LOSS_ALL));
}

int64_t
rcv_matrix_scenario_scalar(const rcv_matrix *matrix)
{
	rcv_int128 sum = 0;

	if (matrix->scenarios == 0)
		return RCV_SCALAR_ONE;
	for (int32_t i = 0; i < matrix->scenarios; i++)
		sum += (rcv_int128) rcv_matrix_scenarios(matrix)[i].weight *
			   rcv_matrix_scenarios(matrix)[i].scalar;
	return (int64_t) divide(sum, RCV_SCALAR_ONE);
}

/* The factor without trailing zeros, so that products are small. */
static void
set_factor(rcv_bucket *bucket, int64_t rate)
{
	bucket->decimals = RCV_LOSS_SCALE;
	while (bucket->decimals > 0 && rate % 10 == 0)
	{
		rate /= 10;
		bucket->decimals--;
	}
	bucket->factor = rate;
}

void
rcv_matrix_finish(rcv_matrix *matrix)
{
	for (int32_t s = 0; s < matrix->segments; s++)
	{
		const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[s];

		for (int32_t b = 0; b < segment->count; b++)
			set_factor(&rcv_matrix_buckets(matrix)[segment->first + b],
					   rcv_matrix_rate(matrix, s, b, RCV_SCALAR_ONE));
	}
}

/* Names by their lengths, then by their bytes. */
static int
compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return memcmp(a, b, a_length);
}

int32_t
rcv_matrix_find_segment(const rcv_matrix *matrix, const char *name, size_t length)
{
	int32_t low = 1;
	int32_t high = matrix->segments;

	while (low < high)
	{
		int32_t middle = low + (high - low) / 2;
		const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[middle];
		int order = compare(rcv_matrix_texts(matrix) + segment->name, (size_t) segment->name_length,
							name, length);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* Checking --------------------------------------------------------------- */

static bool
scalar_valid(int64_t scalar)
{
	return scalar >= 0 && scalar <= RCV_SCALAR_MAX;
}

/* A name of 1 to RCV_MATRIX_TEXT_MAX bytes among the texts. */
static bool
name_fits(const rcv_matrix *matrix, int32_t name, int32_t length)
{
	return length >= 1 && length <= RCV_MATRIX_TEXT_MAX && name >= 0 &&
		   name <= matrix->texts - length;
}

static rcv_status
check_buckets(const rcv_bucket *buckets, int32_t count)
{
	for (int32_t i = 0; i < count; i++)
	{
		const rcv_bucket *bucket = &buckets[i];

		if ((bucket->up_to == INT32_MAX) != (i == count - 1) ||
			bucket->up_to <= (i == 0 ? -1 : bucket[-1].up_to) || bucket->rate < 0 ||
			bucket->rate > RCV_LOSS_ALL || !scalar_valid(bucket->scalar))
			return RCV_EDOMAIN;
	}
	return RCV_OK;
}

static rcv_status
check_segments(const rcv_matrix *matrix)
{
	int32_t next = 0;

	for (int32_t i = 0; i < matrix->segments; i++)
	{
		const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[i];
		const char *texts = rcv_matrix_texts(matrix);
		rcv_status status;

		if (segment->first != next || segment->count < 1 ||
			segment->count > RCV_MATRIX_BUCKETS_MAX || segment->count > matrix->buckets - next ||
			(i > 0 && !name_fits(matrix, segment->name, segment->name_length)))
			return RCV_EBINARY;
		next += segment->count;
		if (!scalar_valid(segment->scalar) ||
			(i > 1 && compare(texts + segment[-1].name, (size_t) segment[-1].name_length,
							  texts + segment->name, (size_t) segment->name_length) >= 0))
			return RCV_EDOMAIN;
		status = check_buckets(&rcv_matrix_buckets(matrix)[segment->first], segment->count);
		if (status != RCV_OK)
			return status;
	}
	return next == matrix->buckets ? RCV_OK : RCV_EBINARY;
}

static rcv_status
check_scenarios(const rcv_matrix *matrix)
{
	int64_t weights = 0;

	for (int32_t i = 0; i < matrix->scenarios; i++)
	{
		const rcv_scenario *scenario = &rcv_matrix_scenarios(matrix)[i];

		if (!name_fits(matrix, scenario->name, scenario->name_length))
			return RCV_EBINARY;
		if (scenario->weight < 0 || scenario->weight > RCV_SCALAR_ONE ||
			!scalar_valid(scenario->scalar))
			return RCV_EDOMAIN;
		weights += scenario->weight;
	}
	return matrix->scenarios == 0 || weights == RCV_SCALAR_ONE ? RCV_OK : RCV_EDOMAIN;
}

static rcv_status
check_factors(const rcv_matrix *matrix)
{
	for (int32_t s = 0; s < matrix->segments; s++)
	{
		const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[s];

		for (int32_t b = 0; b < segment->count; b++)
		{
			const rcv_bucket *bucket = &rcv_matrix_buckets(matrix)[segment->first + b];
			rcv_bucket right;

			set_factor(&right, rcv_matrix_rate(matrix, s, b, RCV_SCALAR_ONE));
			if (bucket->factor != right.factor || bucket->decimals != right.decimals)
				return RCV_EDOMAIN;
		}
	}
	return RCV_OK;
}

rcv_status
rcv_matrix_check(const rcv_matrix *matrix, size_t size)
{
	rcv_status status = rcv_matrix_fits(matrix, size);

	if (status != RCV_OK)
		return status;
	if (matrix->segments > RCV_MATRIX_SEGMENTS_MAX + 1 ||
		matrix->scenarios > RCV_MATRIX_SCENARIOS_MAX || matrix->source < 0 ||
		matrix->source > matrix->texts || matrix->source > RCV_MATRIX_TEXT_MAX)
		return RCV_EBINARY;
	if (matrix->scale > RCV_PROVISION_SCALE_MAX || matrix->contagion > 1 ||
		!scalar_valid(matrix->scalar) || !rcv_day_valid(matrix->from) ||
		!rcv_day_valid(matrix->to) || matrix->from > matrix->to)
		return RCV_EDOMAIN;
	status = check_segments(matrix);
	if (status == RCV_OK)
		status = check_scenarios(matrix);
	return status == RCV_OK ? check_factors(matrix) : status;
}
