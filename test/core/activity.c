/*
 * activity.c
 *		Images of activities against a naive model: one array, one total a day.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "activity/activity.h"
#include "base/day.h"

#define ROUNDS 3000
#define MOST_LINES 400
#define MODEL_DAYS 700

/* What the days 0 .. MODEL_DAYS - 1 hold, at one scale. */
typedef struct model
{
	int64_t documents[MODEL_DAYS];
	int64_t units[MODEL_DAYS];
	bool seen[MODEL_DAYS];
} model;

static uint64_t seed = 20250131;

static uint64_t
below(uint64_t limit)
{
	return check_random(&seed) % limit;
}

static rcv_activity_line
random_line(int days)
{
	rcv_activity_line line = {(int32_t) below((uint64_t) days), 0, 0};

	line.units = (int64_t) below(2000000) - 500000;
	if (below(10) == 0)
		line.units = 0;
	if (below(10) == 0)
		line.units *= INT64_C(1000000000);
	line.documents = line.units > 0 ? 1 + (below(8) == 0 ? (int32_t) below(1000) : 0) : 0;
	return line;
}

static void
add_to_model(model *m, const rcv_activity_line *line)
{
	m->seen[line->day] = true;
	m->documents[line->day] += line->documents;
	m->units[line->day] += line->units;
}

static size_t
model_lines(const model *m, rcv_activity_line *out)
{
	size_t n = 0;

	for (int day = 0; day < MODEL_DAYS; day++)
		if (m->seen[day])
			out[n++] = (rcv_activity_line){day, (int32_t) m->documents[day], m->units[day]};
	return n;
}

static bool
lines_equal(const rcv_activity_line *a, const rcv_activity_line *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].day != b[i].day || a[i].documents != b[i].documents || a[i].units != b[i].units)
			return false;
	return true;
}

static bool
facts_equal(const rcv_activity_facts *a, const rcv_activity_facts *b)
{
	return a->frequency == b->frequency && a->documents == b->documents && a->units == b->units &&
		   (a->frequency == 0 || (a->first_day == b->first_day && a->last_day == b->last_day));
}

static rcv_activity_facts
model_facts(const model *m, int first, int last)
{
	rcv_activity_facts facts = {0};

	for (int day = first; day <= last; day++)
	{
		facts.units += m->units[day];
		facts.documents += m->documents[day];
		if (m->documents[day] == 0)
			continue;
		if (facts.frequency++ == 0)
			facts.first_day = day;
		facts.last_day = day;
	}
	return facts;
}

/* The canonical image of a pending one, made as the aggregates make it. */
static uint8_t *
canonical(const uint8_t *image)
{
	size_t n = rcv_activity_count(image);
	rcv_activity_line *lines = calloc(2 * n + 1, sizeof(*lines));
	uint8_t *out = NULL;
	int from = rcv_activity_scale(image);
	int to;
	size_t room;

	if (rcv_activity_lines(image, lines) == RCV_OK &&
		rcv_activity_merge_lines(lines, &n, lines + n) == RCV_OK)
	{
		to = rcv_activity_reduce_scale(lines, n, from);
		(void) rcv_activity_rescale_lines(lines, n, from, to);
		room = rcv_activity_room(lines, n);
		out = malloc(room);
		if (rcv_activity_write(out, room, lines, n, to) != RCV_OK)
		{
			free(out);
			out = NULL;
		}
	}
	free(lines);
	return out;
}

static bool
images_equal(const uint8_t *a, const uint8_t *b)
{
	size_t size = rcv_activity_size(a);

	return size == rcv_activity_size(b) && memcmp(a, b, size) == 0;
}

static void
test_empty(void)
{
	uint8_t image[RCV_ACTIVITY_HEADER];
	rcv_activity_reader reader;
	rcv_activity_line line;
	rcv_activity_facts facts;
	double gap;

	rcv_activity_init(image);
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_OK, "an empty image is sound");
	CHECK(rcv_activity_canonical(image) && rcv_activity_count(image) == 0 &&
			  rcv_activity_size(image) == RCV_ACTIVITY_HEADER &&
			  rcv_activity_scale(image) == RCV_SCALE_MIN,
		  "it has no line");
	rcv_activity_open(image, &reader);
	CHECK(!rcv_activity_next(&reader, &line) && reader.left == 0, "none is read");
	CHECK(rcv_activity_facts_at(image, RCV_DAY_MAX, &facts) == RCV_OK && facts.frequency == 0 &&
			  facts.documents == 0 && facts.units == 0,
		  "no facts");
	CHECK(rcv_activity_average_gap(&facts, &gap) == RCV_EDOMAIN, "no gap");
}

/* The bytes of the header file's layout, worked out by hand. */
static void
test_layout(void)
{
	static const uint8_t lines[] = {
		0x99, 0xbc, 0x04, 0xe0, 0x5d, /* 9155: 18310 * 4 + 1 document; 6000 is 12000 */
		0x38, 0xcf, 0x0f,			  /* 7 days on: 14 * 4 + 0; -1000 is 1999 */
		0x0b, 0x02, 0x02,			  /* 1 day on: 2 * 4 + 3, and 2 documents more; 1 is 2 */
	};
	uint8_t image[RCV_ACTIVITY_HEADER + 3 * RCV_ACTIVITY_LINE_MAX];
	rcv_activity_line line = {9155, 1, 6000};

	rcv_activity_init(image);
	(void) rcv_activity_append(image, sizeof(image), &line);
	line = (rcv_activity_line){9162, 0, -1000};
	(void) rcv_activity_append(image, sizeof(image), &line);
	line = (rcv_activity_line){9163, 5, 1};
	(void) rcv_activity_append(image, sizeof(image), &line);
	CHECK(rcv_activity_size(image) == RCV_ACTIVITY_HEADER + sizeof(lines) &&
			  memcmp(image + RCV_ACTIVITY_HEADER, lines, sizeof(lines)) == 0,
		  "three lines in eleven bytes");
	CHECK(image[0] == RCV_ACTIVITY_VERSION && image[1] == 1 && image[2] == 2 && image[3] == 0,
		  "version, canonical, scale");
}

static void
test_append_limits(void)
{
	uint8_t image[RCV_ACTIVITY_HEADER + RCV_ACTIVITY_LINE_MAX];
	uint8_t before[sizeof(image)];
	const rcv_activity_line longest = {RCV_DAY_MAX, INT32_MAX, INT64_MIN};
	rcv_activity_line read;

	rcv_activity_init(image);
	CHECK(rcv_activity_append(image, sizeof(image), &(rcv_activity_line){RCV_DAY_MAX + 1, 1, 1}) ==
			  RCV_EDOMAIN,
		  "no day past 9999");
	CHECK(rcv_activity_append(image, sizeof(image), &(rcv_activity_line){RCV_DAY_MIN - 1, 1, 1}) ==
			  RCV_EDOMAIN,
		  "no day before 0001");
	CHECK(rcv_activity_append(image, sizeof(image), &(rcv_activity_line){0, -1, 1}) == RCV_EDOMAIN,
		  "no negative number of documents");
	memcpy(before, image, sizeof(image));
	CHECK(rcv_activity_append(image, sizeof(image) - 1, &longest) == RCV_EROOM &&
			  memcmp(before, image, sizeof(image)) == 0,
		  "without room nothing is changed");
	CHECK(rcv_activity_append(image, sizeof(image), &longest) == RCV_OK &&
			  rcv_activity_size(image) <= sizeof(image) &&
			  rcv_activity_lines(image, &read) == RCV_OK && lines_equal(&read, &longest, 1),
		  "the longest line");
	CHECK(rcv_activity_append(image, sizeof(image), &longest) == RCV_EROOM,
		  "room for one line only");
}

static void
test_canonical_flag(void)
{
	uint8_t image[200];

	rcv_activity_init(image);
	(void) rcv_activity_append(image, sizeof(image), &(rcv_activity_line){10, 1, 1});
	(void) rcv_activity_append(image, sizeof(image), &(rcv_activity_line){11, 1, 1});
	CHECK(rcv_activity_canonical(image), "ascending days stay canonical");
	(void) rcv_activity_append(image, sizeof(image), &(rcv_activity_line){11, 1, 1});
	CHECK(!rcv_activity_canonical(image), "a second line of a day is pending");
	(void) rcv_activity_append(image, sizeof(image), &(rcv_activity_line){12, 1, 1});
	CHECK(!rcv_activity_canonical(image), "and stays so");
	rcv_activity_init(image);
	(void) rcv_activity_append(image, sizeof(image), &(rcv_activity_line){-5, 1, 1});
	CHECK(rcv_activity_canonical(image), "a first day before 2000");
	(void) rcv_activity_append(image, sizeof(image), &(rcv_activity_line){-6, 1, 1});
	CHECK(!rcv_activity_canonical(image), "an earlier day is pending");
}

static void
test_write_flag(void)
{
	uint8_t image[200];
	const rcv_activity_line cents[] = {{1, 1, 100}, {2, 1, 250}};
	const rcv_activity_line mills[] = {{1, 1, 100}, {2, 1, 251}};
	const rcv_activity_line twice[] = {{1, 1, 100}, {1, 1, 251}};

	CHECK(rcv_activity_write(image, sizeof(image), cents, 2, 2) == RCV_OK &&
			  rcv_activity_canonical(image),
		  "written at two decimals");
	CHECK(rcv_activity_write(image, sizeof(image), cents, 2, 3) == RCV_OK &&
			  !rcv_activity_canonical(image),
		  "written with a decimal too many: not canonical");
	CHECK(rcv_activity_write(image, sizeof(image), mills, 2, 3) == RCV_OK &&
			  rcv_activity_canonical(image),
		  "three decimals where they are needed");
	CHECK(rcv_activity_write(image, sizeof(image), twice, 2, 3) == RCV_OK &&
			  !rcv_activity_canonical(image),
		  "a day twice: not canonical");
	CHECK(rcv_activity_write(image, RCV_ACTIVITY_HEADER + RCV_ACTIVITY_LINE_MAX, cents, 2, 2) ==
			  RCV_EROOM,
		  "no room to write");
}

/* Appends lines in any order to an image that never has to grow. */
static bool
append_all(uint8_t *image, size_t room, const rcv_activity_line *lines, size_t n)
{
	rcv_activity_init(image);
	for (size_t i = 0; i < n; i++)
		if (rcv_activity_append(image, room, &lines[i]) != RCV_OK)
			return false;
	return true;
}

static void
shuffle(rcv_activity_line *lines, size_t n)
{
	for (size_t i = n; i > 1; i--)
	{
		size_t j = below(i);
		rcv_activity_line line = lines[i - 1];

		lines[i - 1] = lines[j];
		lines[j] = line;
	}
}

/*
 * Random lines: in any order and any split the image is the same, its lines
 * are those of the model, and so are the facts of any days.
 */
static void
test_against_model(void)
{
	static rcv_activity_line lines[MOST_LINES];
	static rcv_activity_line expected[MODEL_DAYS];
	static rcv_activity_line read[MODEL_DAYS];
	static uint8_t image[RCV_ACTIVITY_HEADER + MOST_LINES * RCV_ACTIVITY_LINE_MAX];
	bool same_lines = true;
	bool same_order = true;
	bool same_facts = true;

	for (int round = 0; round < ROUNDS; round++)
	{
		size_t n = below(round % 10 == 0 ? MOST_LINES : 40);
		int days = 1 + (int) below(round % 3 == 0 ? 10 : MODEL_DAYS);
		model m = {0};
		size_t merged;
		uint8_t *one;
		uint8_t *other;

		for (size_t i = 0; i < n; i++)
		{
			lines[i] = random_line(days);
			add_to_model(&m, &lines[i]);
		}
		merged = model_lines(&m, expected);
		(void) append_all(image, sizeof(image), lines, n);
		one = canonical(image);
		same_lines = same_lines && one != NULL && rcv_activity_canonical(one) &&
					 rcv_activity_count(one) == merged && rcv_activity_lines(one, read) == RCV_OK &&
					 lines_equal(read, expected, merged);
		shuffle(lines, n);
		(void) append_all(image, sizeof(image), lines, n);
		other = canonical(image);
		same_order = same_order && one != NULL && other != NULL && images_equal(one, other);
		for (int i = 0; i < 5 && same_order; i++)
		{
			int first = (int) below(MODEL_DAYS);
			int last = (int) below(MODEL_DAYS);
			rcv_activity_facts facts;
			rcv_activity_facts naive = model_facts(&m, first, last);

			same_facts = same_facts &&
						 rcv_activity_facts_between(one, first, last, &facts) == RCV_OK &&
						 facts_equal(&facts, &naive);
			naive = model_facts(&m, 0, last);
			same_facts = same_facts && rcv_activity_facts_at(one, last, &facts) == RCV_OK &&
						 facts_equal(&facts, &naive);
		}
		free(one);
		free(other);
	}
	CHECK(same_lines, "lines of random images are those of the model");
	CHECK(same_order, "any order gives the same bytes");
	CHECK(same_facts, "facts of any days are those of the model");
}

/* Both ways of sorting, also with the days at the ends of the range. */
static void
test_sort(void)
{
	enum
	{
		MANY = 5000
	};
	static rcv_activity_line lines[MANY];
	static rcv_activity_line spare[MANY];
	static const size_t sizes[] = {0, 1, 2, RCV_ACTIVITY_FEW, RCV_ACTIVITY_FEW + 1, 1000, MANY};
	bool sorted = true;

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (int round = 0; round < 20; round++)
		{
			size_t n = sizes[s];
			rcv_int128 total = 0;
			int64_t documents = 0;

			for (size_t i = 0; i < n; i++)
			{
				lines[i] = random_line(RCV_DAY_MAX - RCV_DAY_MIN + 1);
				lines[i].day += RCV_DAY_MIN;
				if (round % 2 == 1)
					lines[i].day = i % 2 == 0 ? RCV_DAY_MIN : RCV_DAY_MAX;
				total += lines[i].units;
				documents += lines[i].documents;
			}
			sorted = sorted && rcv_activity_merge_lines(
								   lines, &n, n <= RCV_ACTIVITY_FEW ? NULL : spare) == RCV_OK;
			for (size_t i = 0; i < n; i++)
			{
				total -= lines[i].units;
				documents -= lines[i].documents;
				sorted = sorted && (i == 0 || lines[i].day > lines[i - 1].day);
			}
			sorted = sorted && total == 0 && documents == 0;
		}
	CHECK(sorted, "lines are sorted and merged, few or many, and nothing is lost");
}

static void
test_merge_limits(void)
{
	rcv_activity_line fits[] = {{5, 1, INT64_MAX}, {5, 1, INT64_MAX}, {5, 0, -INT64_MAX}};
	rcv_activity_line amount[] = {{5, 1, INT64_MAX}, {4, 1, 7}, {5, 1, 1}};
	rcv_activity_line documents[] = {{5, INT32_MAX, 1}, {5, 1, 1}};
	rcv_activity_line lowest[] = {{5, 0, INT64_MIN}, {5, 0, -1}, {5, 1, 1}};
	size_t n = 3;

	CHECK(rcv_activity_merge_lines(fits, &n, NULL) == RCV_OK && n == 1 && fits[0].documents == 2 &&
			  fits[0].units == INT64_MAX,
		  "amounts that cancel out do not overflow on the way");
	n = 3;
	CHECK(rcv_activity_merge_lines(amount, &n, NULL) == RCV_EOVERFLOW && n == 3 &&
			  amount[0].day == 4 && amount[1].day == 5 && amount[2].day == 5 &&
			  amount[1].units == INT64_MAX && amount[2].units == 1,
		  "a day's amount past 64 bits stays in its lines");
	n = 2;
	CHECK(rcv_activity_merge_lines(documents, &n, NULL) == RCV_EOVERFLOW && n == 2,
		  "a day's documents past 31 bits");
	n = 3;
	CHECK(rcv_activity_merge_lines(lowest, &n, NULL) == RCV_OK && n == 1 &&
			  lowest[0].units == INT64_MIN,
		  "the lowest amount of a day");
}

static void
test_scales(void)
{
	rcv_activity_line lines[] = {{1, 1, 1200}, {2, 1, 345000}, {3, 0, 0}};
	rcv_activity_line one[] = {{1, 1, 1}};
	rcv_activity_line large[] = {{1, 1, INT64_MAX}};

	CHECK(rcv_activity_reduce_scale(lines, 3, 5) == 3, "smallest scale of all");
	CHECK(rcv_activity_reduce_scale(lines, 3, 2) == 2, "never under two decimals");
	CHECK(rcv_activity_reduce_scale(lines, 0, 18) == 2, "of no line");
	CHECK(rcv_activity_reduce_scale(one, 1, 18) == 18, "all decimals needed");
	CHECK(rcv_activity_rescale_lines(lines, 3, 5, 3) == RCV_OK && lines[0].units == 12 &&
			  lines[1].units == 3450,
		  "to a smaller scale");
	CHECK(rcv_activity_rescale_lines(lines, 3, 3, 7) == RCV_OK && lines[0].units == 120000,
		  "to a larger scale");
	CHECK(rcv_activity_rescale_lines(large, 1, 2, 2) == RCV_OK, "the largest at its own scale");
	CHECK(rcv_activity_rescale_lines(large, 1, 2, 3) == RCV_EOVERFLOW, "and past it");
}

static void
test_average_gap(void)
{
	rcv_activity_facts facts = {.frequency = 4, .first_day = 10, .last_day = 20};
	double gap;

	CHECK(rcv_activity_average_gap(&facts, &gap) == RCV_OK && gap == 10.0 / 3.0,
		  "ten days in three gaps");
	facts.frequency = 1;
	CHECK(rcv_activity_average_gap(&facts, &gap) == RCV_EDOMAIN && gap == 0.0,
		  "one purchase day has no gap");
}

/*
 * Reads an image that may be damaged through each function that trusts none;
 * it lies in a block of its own size, so that a byte too far is seen.
 */
static bool
survives(const uint8_t *bytes, size_t length)
{
	uint8_t *image = malloc(length > 0 ? length : 1);
	rcv_activity_facts facts;
	rcv_activity_line *lines;
	bool sound = true;

	memcpy(image, bytes, length);
	if (rcv_activity_check(image, length) == RCV_OK)
	{
		lines = calloc((size_t) rcv_activity_count(image) + 1, sizeof(*lines));
		if (rcv_activity_lines(image, lines) == RCV_OK)
			for (uint32_t i = 0; i < rcv_activity_count(image); i++)
				sound = sound && rcv_day_valid(lines[i].day) && lines[i].documents >= 0;
		(void) rcv_activity_facts_at(image, 300, &facts);
		(void) rcv_activity_facts_between(image, -5, 300, &facts);
		free(lines);
	}
	free(image);
	return sound;
}

static void
test_damaged(void)
{
	static rcv_activity_line lines[60];
	static uint8_t image[RCV_ACTIVITY_HEADER + 60 * RCV_ACTIVITY_LINE_MAX];
	uint8_t *whole;
	size_t size;
	size_t refused = 0;
	bool sound = true;

	for (int i = 0; i < 60; i++)
	{
		lines[i] = random_line(MODEL_DAYS);
		if (i % 7 == 0)
			lines[i].documents = 3 + i;
	}
	(void) append_all(image, sizeof(image), lines, 60);
	whole = canonical(image);
	size = rcv_activity_size(whole);
	for (size_t length = 0; length < size; length++)
	{
		refused += rcv_activity_check(whole, length) != RCV_OK;
		sound = sound && survives(whole, length);
	}
	CHECK(sound && refused == size, "an image cut anywhere is refused");
	for (size_t bit = 0; bit < size * 8; bit++)
	{
		whole[bit / 8] ^= (uint8_t) (1 << bit % 8);
		sound = sound && survives(whole, size);
		whole[bit / 8] ^= (uint8_t) (1 << bit % 8);
	}
	CHECK(sound, "an image with any bit changed harms nothing");
	for (int round = 0; round < 20000; round++)
	{
		size_t length = below(size + 1);

		memcpy(image, whole, length);
		for (uint64_t left = below(8); left > 0 && length > 0; left--)
			image[below(length)] = (uint8_t) below(256);
		sound = sound && survives(image, length);
	}
	CHECK(sound, "nor do many changed bytes");
	free(whole);
}

static void
test_header_faults(void)
{
	uint8_t image[RCV_ACTIVITY_HEADER + 4] = {0};
	rcv_activity_line line;
	const uint32_t none = 0;
	const uint32_t two = 2;
	const uint32_t many = UINT32_MAX;

	rcv_activity_init(image);
	image[0] = RCV_ACTIVITY_VERSION + 1;
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EVERSION, "another version");
	rcv_activity_init(image);
	image[1] = 2;
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EBINARY, "a flag of two");
	rcv_activity_init(image);
	image[2] = RCV_SCALE_MIN - 1;
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EBINARY, "scale of one");
	image[2] = RCV_SCALE_MAX + 1;
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EBINARY, "scale of nineteen");
	rcv_activity_init(image);
	memcpy(image + 8, &many, sizeof(many));
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EBINARY, "more bytes than there are");
	rcv_activity_init(image);
	memcpy(image + 4, &two, sizeof(two));
	memcpy(image + 8, &two, sizeof(two));
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EBINARY, "more lines than bytes allow");
	rcv_activity_init(image);
	memcpy(image + 4, &(uint32_t){1}, sizeof(uint32_t));
	memcpy(image + 8, &two, sizeof(two));
	memcpy(image + RCV_ACTIVITY_HEADER, "\x80\x80", 2);
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_OK &&
			  rcv_activity_lines(image, &line) == RCV_EBINARY,
		  "a number without an end");
	memcpy(image + 8, &none, sizeof(none));
	CHECK(rcv_activity_check(image, sizeof(image)) == RCV_EBINARY, "a line without bytes");
}

int
main(void)
{
	test_empty();
	test_layout();
	test_append_limits();
	test_canonical_flag();
	test_write_flag();
	test_against_model();
	test_sort();
	test_merge_limits();
	test_scales();
	test_average_gap();
	test_damaged();
	test_header_faults();
	return check_done();
}
