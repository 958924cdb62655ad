/*
 * activity.c
 *		Ledger lines of one customer in a few bytes a day.
 */
#include "activity/activity.h"

#include <string.h>

#include "base/day.h"
#include "base/varint.h"

#define AT_CANONICAL 1
#define AT_SCALE 2
#define AT_COUNT 4
#define AT_USED 8
#define AT_LAST 12

#define DIGIT_BITS 11 /* two digits hold any day of the range */

_Static_assert(RCV_DAY_MAX - RCV_DAY_MIN < 1 << 2 * DIGIT_BITS, "a day in two digits");

static uint32_t
get_u32(const uint8_t *image, int at)
{
	uint32_t value;

	memcpy(&value, image + at, sizeof(value));
	return value;
}

static void
put_u32(uint8_t *image, int at, uint32_t value)
{
	memcpy(image + at, &value, sizeof(value));
}

static uint64_t
line_key(const rcv_activity_line *line, int32_t before)
{
	return rcv_zigzag((int64_t) line->day - before) << 2 |
		   (uint64_t) (line->documents < 3 ? line->documents : 3);
}

static uint8_t *
put_line(uint8_t *at, const rcv_activity_line *line, int32_t before)
{
	at = rcv_varint_put(at, line_key(line, before));
	if (line->documents >= 3)
		at = rcv_varint_put(at, (uint64_t) line->documents - 3);
	return rcv_varint_put(at, rcv_zigzag(line->units));
}

void
rcv_activity_init(uint8_t *image)
{
	memset(image, 0, RCV_ACTIVITY_HEADER);
	image[0] = RCV_ACTIVITY_VERSION;
	image[AT_CANONICAL] = 1;
	image[AT_SCALE] = RCV_SCALE_MIN;
}

bool
rcv_activity_canonical(const uint8_t *image)
{
	return image[AT_CANONICAL] != 0;
}

int
rcv_activity_scale(const uint8_t *image)
{
	return image[AT_SCALE];
}

uint32_t
rcv_activity_count(const uint8_t *image)
{
	return get_u32(image, AT_COUNT);
}

size_t
rcv_activity_size(const uint8_t *image)
{
	return RCV_ACTIVITY_HEADER + (size_t) get_u32(image, AT_USED);
}

rcv_status
rcv_activity_check(const uint8_t *image, size_t length)
{
	if (length < RCV_ACTIVITY_HEADER)
		return RCV_EBINARY;
	if (image[0] != RCV_ACTIVITY_VERSION)
		return RCV_EVERSION;
	if (image[AT_CANONICAL] > 1 || image[AT_SCALE] < RCV_SCALE_MIN ||
		image[AT_SCALE] > RCV_SCALE_MAX || rcv_activity_size(image) > length ||
		rcv_activity_count(image) > get_u32(image, AT_USED) / 2)
		return RCV_EBINARY;
	return RCV_OK;
}

rcv_status
rcv_activity_append(uint8_t *image, size_t capacity, const rcv_activity_line *line)
{
	uint32_t count = rcv_activity_count(image);
	uint32_t used = get_u32(image, AT_USED);
	int32_t before = (int32_t) get_u32(image, AT_LAST);
	uint8_t *start = image + RCV_ACTIVITY_HEADER + used;
	uint8_t *end;

	if (!rcv_day_valid(line->day) || line->documents < 0)
		return RCV_EDOMAIN;
	if (RCV_ACTIVITY_HEADER + (size_t) used + RCV_ACTIVITY_LINE_MAX > capacity)
		return RCV_EROOM;
	end = put_line(start, line, before);
	if (count > 0 && line->day <= before)
		image[AT_CANONICAL] = 0;
	put_u32(image, AT_COUNT, count + 1);
	put_u32(image, AT_USED, used + (uint32_t) (end - start));
	put_u32(image, AT_LAST, (uint32_t) line->day);
	return RCV_OK;
}

void
rcv_activity_open(const uint8_t *image, rcv_activity_reader *reader)
{
	reader->at = image + RCV_ACTIVITY_HEADER;
	reader->end = image + rcv_activity_size(image);
	reader->left = rcv_activity_count(image);
	reader->day = 0;
	reader->scale = rcv_activity_scale(image);
}

/* Inline, so that a loop over lines keeps the reader in registers. */
static inline bool
next_line(rcv_activity_reader *reader, rcv_activity_line *line)
{
	uint64_t key;
	uint64_t units;
	uint64_t more = 0;
	int64_t day;

	if (reader->left == 0 || !rcv_varint_get(&reader->at, reader->end, &key))
		return false;
	if ((key & 3) == 3 && !rcv_varint_get(&reader->at, reader->end, &more))
		return false;
	if (!rcv_varint_get(&reader->at, reader->end, &units))
		return false;
	if (more > INT32_MAX - 3 || (key >> 2) > UINT32_MAX)
		return false;
	day = reader->day + rcv_unzigzag(key >> 2);
	if (!rcv_day_valid(day))
		return false;
	reader->left--;
	reader->day = (int32_t) day;
	line->day = (int32_t) day;
	line->documents = (int32_t) ((key & 3) + more);
	line->units = rcv_unzigzag(units);
	return true;
}

bool
rcv_activity_next(rcv_activity_reader *reader, rcv_activity_line *line)
{
	return next_line(reader, line);
}

rcv_status
rcv_activity_lines(const uint8_t *image, rcv_activity_line *out)
{
	rcv_activity_reader reader;

	rcv_activity_open(image, &reader);
	while (reader.left > 0)
		if (!next_line(&reader, out++))
			return RCV_EBINARY;
	return RCV_OK;
}

static bool
days_ascend(const rcv_activity_line *lines, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (lines[i].day < lines[i - 1].day)
			return false;
	return true;
}

static void
insertion_sort(rcv_activity_line *lines, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		rcv_activity_line line = lines[i];
		size_t at = i;

		for (; at > 0 && lines[at - 1].day > line.day; at--)
			lines[at] = lines[at - 1];
		lines[at] = line;
	}
}

static inline uint32_t
digit_of(int32_t day, int shift)
{
	return (uint32_t) (day - RCV_DAY_MIN) >> shift & ((1 << DIGIT_BITS) - 1);
}

/* One pass of a radix sort, by DIGIT_BITS of the day from bit shift on. */
static void
distribute(const rcv_activity_line *from, size_t n, int shift, rcv_activity_line *to)
{
	size_t start[1 << DIGIT_BITS] = {0};
	size_t before = 0;

	for (size_t i = 0; i < n; i++)
		start[digit_of(from[i].day, shift)]++;
	for (int digit = 0; digit < 1 << DIGIT_BITS; digit++)
	{
		size_t here = start[digit];

		start[digit] = before;
		before += here;
	}
	for (size_t i = 0; i < n; i++)
		to[start[digit_of(from[i].day, shift)]++] = from[i];
}

/* Linear in the number of lines, so that even the longest is soon done. */
static void
sort_lines(rcv_activity_line *lines, size_t n, rcv_activity_line *spare)
{
	if (n <= RCV_ACTIVITY_FEW)
		insertion_sort(lines, n);
	else if (!days_ascend(lines, n))
	{
		distribute(lines, n, 0, spare);
		distribute(spare, n, DIGIT_BITS, lines);
	}
}

/*
 * A day's amounts are added in 128 bits, and a total that cannot be held is no
 * reason to give up before all lines are there: amounts which cancel out do
 * not overflow in one order and fit in another.
 */
rcv_status
rcv_activity_merge_lines(rcv_activity_line *lines, size_t *n, rcv_activity_line *spare)
{
	rcv_status status = RCV_OK;
	size_t kept = 0;

	sort_lines(lines, *n, spare);
	for (size_t i = 0; i < *n;)
	{
		int32_t day = lines[i].day;
		size_t first = i;
		int64_t documents = 0;
		rcv_int128 units = 0;

		for (; i < *n && lines[i].day == day; i++)
		{
			documents += lines[i].documents;
			units += lines[i].units;
		}
		if (documents <= INT32_MAX && units == (int64_t) units)
		{
			lines[kept++] = (rcv_activity_line){day, (int32_t) documents, (int64_t) units};
			continue;
		}
		status = RCV_EOVERFLOW;
		while (first < i)
			lines[kept++] = lines[first++];
	}
	*n = kept;
	return status;
}

int
rcv_activity_reduce_scale(const rcv_activity_line *lines, size_t n, int scale)
{
	int needed = RCV_SCALE_MIN;

	for (size_t i = 0; i < n && needed < scale; i++)
		while (needed < scale && lines[i].units % rcv_pow10(scale - needed) != 0)
			needed++;
	return needed;
}

rcv_status
rcv_activity_rescale_lines(rcv_activity_line *lines, size_t n, int from, int to)
{
	for (size_t i = 0; i < n; i++)
	{
		if (to < from)
			lines[i].units /= rcv_pow10(from - to);
		else if (to > from &&
				 rcv_money_rescale(lines[i].units, from, to, &lines[i].units) != RCV_OK)
			return RCV_EOVERFLOW;
	}
	return RCV_OK;
}

size_t
rcv_activity_room(const rcv_activity_line *lines, size_t n)
{
	size_t room = RCV_ACTIVITY_HEADER + RCV_ACTIVITY_LINE_MAX;
	int32_t before = 0;

	for (size_t i = 0; i < n; i++)
	{
		room += (size_t) rcv_varint_size(line_key(&lines[i], before)) +
				(size_t) rcv_varint_size(rcv_zigzag(lines[i].units));
		if (lines[i].documents >= 3)
			room += (size_t) rcv_varint_size((uint64_t) lines[i].documents - 3);
		before = lines[i].day;
	}
	return room;
}

rcv_status
rcv_activity_write(uint8_t *image, size_t capacity, const rcv_activity_line *lines, size_t n,
				   int scale)
{
	rcv_activity_init(image);
	for (size_t i = 0; i < n; i++)
	{
		rcv_status status = rcv_activity_append(image, capacity, &lines[i]);

		if (status != RCV_OK)
			return status;
	}
	image[AT_SCALE] = (uint8_t) scale;
	if (rcv_activity_reduce_scale(lines, n, scale) != scale)
		image[AT_CANONICAL] = 0;
	return RCV_OK;
}

rcv_status
rcv_activity_facts_between(const uint8_t *image, int32_t first, int32_t last,
						   rcv_activity_facts *out)
{
	rcv_activity_reader reader;
	rcv_activity_line line;
	rcv_activity_facts facts = {0};

	*out = facts;
	rcv_activity_open(image, &reader);
	facts.scale = reader.scale;
	while (reader.left > 0)
	{
		if (!next_line(&reader, &line))
			return RCV_EBINARY;
		if (line.day > last)
			break;
		if (line.day < first)
			continue;
		facts.units += line.units;
		if (line.documents == 0)
			continue;
		facts.documents += line.documents;
		facts.last_day = line.day;
		if (facts.frequency++ == 0)
			facts.first_day = line.day;
	}
	*out = facts;
	return RCV_OK;
}

rcv_status
rcv_activity_facts_at(const uint8_t *image, int32_t as_of, rcv_activity_facts *out)
{
	return rcv_activity_facts_between(image, RCV_DAY_MIN, as_of, out);
}

rcv_status
rcv_activity_average_gap(const rcv_activity_facts *facts, double *out)
{
	*out = 0.0;
	if (facts->frequency < 2)
		return RCV_EDOMAIN;
	*out = (double) (facts->last_day - facts->first_day) / (facts->frequency - 1);
	return RCV_OK;
}
