/*
 * settlement.c
 *		Ageing: buckets, sums, and images that nobody can vouch for.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "settlement/ageing.h"

static const int32_t standard[] = {30, 60, 90, 120};

#define STANDARD 4

static int
bucket_of(int32_t late)
{
	return rcv_ageing_bucket(late, standard, STANDARD);
}

/* Upper edges belong to their bucket: the rule of ERPNext's receivables report. */
static void
test_edges(void)
{
	static const int cases[][2] = {
		{-1, 0}, {0, 1}, {30, 1}, {31, 2}, {60, 2}, {61, 3}, {90, 3}, {91, 4}, {120, 4}, {121, 5},
	};
	const int32_t zero = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char name[40];

		snprintf(name, sizeof(name), "%d days late: bucket %d", cases[i][0], cases[i][1]);
		CHECK(bucket_of(cases[i][0]) == cases[i][1], name);
	}
	CHECK(rcv_ageing_bucket(0, &zero, 1) == 1, "a bucket of the due day alone");
	CHECK(rcv_ageing_bucket(1, &zero, 1) == 2, "the day after it");
	CHECK(bucket_of(RCV_DAY_MIN - RCV_DAY_MAX) == 0, "as early as can be");
	CHECK(bucket_of(RCV_DAY_MAX - RCV_DAY_MIN) == 5, "as late as can be");
}

/* n random bounds; returns them ascending. */
static void
random_bounds(uint64_t *seed, int32_t *bounds, int n)
{
	int32_t bound = (int32_t) (check_random(seed) % 3) - 1;

	for (int i = 0; i < n; i++)
	{
		bound += 1 + (int32_t) (check_random(seed) % 20);
		bounds[i] = bound;
	}
}

static int
plain_bucket(int32_t late, const int32_t *bounds, int n)
{
	int bucket = 1;

	if (late < 0)
		return 0;
	while (bucket <= n && late > bounds[bucket - 1])
		bucket++;
	return bucket;
}

static void
test_every_number_of_bounds(void)
{
	uint64_t seed = 1;
	bool equal = true;

	for (int n = 1; n <= RCV_AGEING_BOUNDS_MAX; n++)
	{
		int32_t bounds[RCV_AGEING_BOUNDS_MAX];

		random_bounds(&seed, bounds, n);
		for (int32_t late = -2; late <= bounds[n - 1] + 2; late++)
			equal = equal && rcv_ageing_bucket(late, bounds, n) == plain_bucket(late, bounds, n);
	}
	CHECK(equal, "1 to 100 bounds, each day: as counted one by one");
}

static void
test_bounds(void)
{
	int32_t many[RCV_AGEING_BOUNDS_MAX + 1];
	int fault;

	for (int i = 0; i <= RCV_AGEING_BOUNDS_MAX; i++)
		many[i] = i;
	CHECK(rcv_ageing_check_bounds(standard, STANDARD, &fault) == RCV_OK, "usual bounds");
	CHECK(rcv_ageing_check_bounds(many, RCV_AGEING_BOUNDS_MAX, &fault) == RCV_OK, "100 bounds");
	CHECK(rcv_ageing_check_bounds(many, RCV_AGEING_BOUNDS_MAX + 1, &fault) == RCV_EDOMAIN &&
			  fault == RCV_AGEING_BOUNDS_MAX + 1,
		  "101 bounds");
	CHECK(rcv_ageing_check_bounds(many, 0, &fault) == RCV_EDOMAIN && fault == 0, "no bound");
	many[0] = -1;
	CHECK(rcv_ageing_check_bounds(many, 2, &fault) == RCV_EDOMAIN && fault == 0,
		  "a negative bound");
	many[0] = 1;
	CHECK(rcv_ageing_check_bounds(many, 2, &fault) == RCV_EDOMAIN && fault == 1, "equal bounds");
	many[0] = INT32_MAX - 1;
	many[1] = INT32_MAX;
	many[2] = INT32_MIN;
	CHECK(rcv_ageing_check_bounds(many, 2, &fault) == RCV_OK, "the largest bounds");
	CHECK(rcv_ageing_check_bounds(many, 3, &fault) == RCV_EDOMAIN && fault == 2,
		  "descending bounds");
}

static rcv_money
money(int64_t units, int scale)
{
	return (rcv_money){units, scale};
}

static rcv_int128
total(const uint8_t *image)
{
	rcv_int128 sum = 0;

	for (int bucket = 0; bucket <= rcv_ageing_count(image) + 1; bucket++)
		sum += rcv_ageing_sum(image, bucket);
	return sum;
}

static uint8_t *
new_image(void)
{
	uint8_t *image = malloc(rcv_ageing_size(STANDARD));

	rcv_ageing_init(image, 9000, standard, STANDARD);
	return image;
}

static void
test_scales(void)
{
	uint8_t *image = new_image();

	CHECK(rcv_ageing_scale(image) == 2, "a new image is in cents");
	rcv_ageing_add(image, 9000, money(150, 2));
	CHECK(rcv_ageing_sum(image, 1) == 150, "cents");
	rcv_ageing_add(image, 9000, money(INT64_C(38170314999999995), 12));
	CHECK(rcv_ageing_scale(image) == 12, "the scale grows with the decimals");
	CHECK(rcv_ageing_sum(image, 1) == INT64_C(38171814999999995), "1.50 + 38170.314999999995");
	rcv_ageing_add(image, 9001, money(-25, 2));
	CHECK(rcv_ageing_sum(image, 0) == INT64_C(-250000000000), "a smaller scale is brought up");
	CHECK(total(image) == INT64_C(38171564999999995), "they add up");
	CHECK(rcv_ageing_check(image, rcv_ageing_size(STANDARD)) == RCV_OK, "the image is whole");
	free(image);
}

static void
test_overflow(void)
{
	uint8_t *image = new_image();
	uint8_t *other = new_image();
	rcv_status status = RCV_OK;
	int rows = 0;

	while (status == RCV_OK && rows++ < 100)
		status = rcv_ageing_add(image, 9000, money(INT64_MAX, 2));
	CHECK(status == RCV_OK, "a hundred of the largest amounts");
	CHECK(rcv_ageing_sum(image, 1) == (rcv_int128) INT64_MAX * 100, "are held exactly");
	while (status == RCV_OK && rows++ < 100000)
		status = rcv_ageing_add(image, 9000, money(INT64_MIN, 2));
	CHECK(status == RCV_OK, "and a hundred thousand of the lowest");
	CHECK(rcv_ageing_add(image, 9000, money(1, 18)) == RCV_EOVERFLOW, "but not with 18 decimals");

	rcv_ageing_add(other, 9000, money(1, 18));
	free(image);
	image = new_image();
	for (int i = 0; i < 2000; i++)
		rcv_ageing_add(image, 9000, money(INT64_MAX, 2));
	CHECK(rcv_ageing_merge(other, image) == RCV_EOVERFLOW, "nor when merged");
	free(image);
	free(other);
}

typedef struct item
{
	int32_t due;
	rcv_money amount;
} item;

#define ITEMS 500

static void
random_items(uint64_t *seed, item *items)
{
	for (int i = 0; i < ITEMS; i++)
	{
		items[i].due = 8800 + (int32_t) (check_random(seed) % 300);
		items[i].amount.scale = 2 + (int) (check_random(seed) % 7);
		items[i].amount.units = (int64_t) check_random(seed) >> (8 + check_random(seed) % 40);
	}
}

static void
add_items(uint8_t *image, const item *items, int from, int to)
{
	for (int i = from; i < to; i++)
		rcv_ageing_add(image, items[i].due, items[i].amount);
}

/* The sums as computed one by one at the largest scale of the items. */
static bool
sums_are_plain(const uint8_t *image, const item *items)
{
	rcv_int128 sums[STANDARD + 2] = {0};
	bool equal = true;
	int scale = 0;

	for (int i = 0; i < ITEMS; i++)
		scale = items[i].amount.scale > scale ? items[i].amount.scale : scale;
	for (int i = 0; i < ITEMS; i++)
		sums[plain_bucket(9000 - items[i].due, standard, STANDARD)] +=
			(rcv_int128) items[i].amount.units * rcv_pow10(scale - items[i].amount.scale);
	for (int bucket = 0; bucket <= STANDARD + 1; bucket++)
		equal = equal && rcv_ageing_sum(image, bucket) == sums[bucket];
	return equal && rcv_ageing_scale(image) == scale;
}

static void
test_order_and_merge(void)
{
	uint64_t seed = 2;
	bool equal = true;
	size_t size = rcv_ageing_size(STANDARD);

	for (int round = 0; round < 50; round++)
	{
		item items[ITEMS];
		int cut = (int) (check_random(&seed) % (ITEMS + 1));
		uint8_t *whole = new_image();
		uint8_t *left = new_image();
		uint8_t *right = new_image();

		random_items(&seed, items);
		add_items(whole, items, 0, ITEMS);
		equal = equal && sums_are_plain(whole, items);
		add_items(left, items, 0, cut);
		add_items(right, items, cut, ITEMS);
		equal = equal && rcv_ageing_merge(right, left) == RCV_OK && memcmp(whole, right, size) == 0;
		for (int i = 0; i < ITEMS; i++) /* the same items in another order */
		{
			int k = (int) (check_random(&seed) % ITEMS);
			item swapped = items[i];

			items[i] = items[k];
			items[k] = swapped;
		}
		rcv_ageing_init(left, 9000, standard, STANDARD);
		add_items(left, items, 0, ITEMS);
		equal = equal && memcmp(whole, left, size) == 0;
		free(whole);
		free(left);
		free(right);
	}
	CHECK(equal, "the same bytes in any order and in any parts, sums as one by one");
}

/* One decimal more on either side. */
static void
test_merge_scales(void)
{
	uint8_t *cents = new_image();
	uint8_t *mills = new_image();
	uint8_t *other = new_image();

	rcv_ageing_add(cents, 9000, money(1, 2));
	rcv_ageing_add(mills, 9000, money(1, 3));
	rcv_ageing_merge(other, mills);
	CHECK(rcv_ageing_merge(cents, other) == RCV_OK && rcv_ageing_scale(cents) == 3 &&
			  rcv_ageing_sum(cents, 1) == 11,
		  "0.01 + 0.001");
	rcv_ageing_init(other, 9000, standard, STANDARD);
	rcv_ageing_add(other, 9000, money(1, 2));
	CHECK(rcv_ageing_merge(mills, other) == RCV_OK && rcv_ageing_sum(mills, 1) == 11,
		  "0.001 + 0.01");
	free(cents);
	free(mills);
	free(other);
}

static void
test_unequal_merge(void)
{
	static const int32_t other_days[] = {30, 60, 90, 121};
	uint8_t *image = new_image();
	uint8_t *other = new_image();

	rcv_ageing_init(other, 9001, standard, STANDARD);
	CHECK(rcv_ageing_merge(image, other) == RCV_EDOMAIN, "another day");
	rcv_ageing_init(other, 9000, other_days, STANDARD);
	CHECK(rcv_ageing_merge(image, other) == RCV_EDOMAIN, "another bound");
	rcv_ageing_init(other, 9000, standard, STANDARD - 1);
	CHECK(rcv_ageing_merge(image, other) == RCV_EDOMAIN, "a bound less");
	free(image);
	free(other);
}

/* The status of a copy of the image that is just as long as told. */
static rcv_status
check_copy(const uint8_t *image, size_t length)
{
	uint8_t *copy = malloc(length + 1);
	rcv_status status;

	memcpy(copy, image, length);
	copy = realloc(copy, length > 0 ? length : 1);
	status = rcv_ageing_check(copy, length);
	free(copy);
	return status;
}

static void
test_damage(void)
{
	size_t size = rcv_ageing_size(STANDARD);
	uint8_t *image = new_image();
	bool cut_seen = true;
	bool safe = true;

	for (size_t length = 0; length < size; length++)
		cut_seen = cut_seen && check_copy(image, length) == RCV_EBINARY;
	CHECK(cut_seen, "an image cut short is refused");
	for (size_t bit = 0; bit < size * 8; bit++)
	{
		image[bit / 8] ^= (uint8_t) (1 << bit % 8);
		if (bit < 16)
			safe = safe && check_copy(image, size) == RCV_EVERSION;
		else if (check_copy(image, size) == RCV_OK)
			safe = safe && rcv_ageing_merge(image, image) != RCV_EBINARY;
		rcv_ageing_init(image, 9000, standard, STANDARD);
	}
	CHECK(safe, "with a bit changed it is refused or can be used");
	image[2] = RCV_SCALE_MAX + 1;
	CHECK(check_copy(image, size) == RCV_EBINARY, "a scale of 19");
	image[2] = RCV_SCALE_MIN - 1;
	CHECK(check_copy(image, size) == RCV_EBINARY, "a scale of 1");
	rcv_ageing_init(image, RCV_DAY_MAX + 1, standard, STANDARD);
	CHECK(check_copy(image, size) == RCV_EBINARY, "a day after the last");
	rcv_ageing_init(image, 9000, standard, STANDARD);
	memset(image + RCV_AGEING_HEADER, 0xff, sizeof(int32_t));
	CHECK(check_copy(image, size) == RCV_EBINARY, "a negative bound in an image");
	free(image);
}

static void
test_random_bytes(void)
{
	uint64_t seed = 3;
	bool safe = true;

	for (int i = 0; i < 100000; i++)
	{
		size_t length = check_random(&seed) % 200;
		uint8_t *image = malloc(length + 1);
		uint16_t version = RCV_AGEING_VERSION;

		for (size_t k = 0; k < length; k++)
			image[k] = (uint8_t) check_random(&seed);
		if (length >= 8 && i % 2 == 0) /* nearly right */
		{
			memcpy(image, &version, sizeof(version));
			image[2] = (uint8_t) (check_random(&seed) % 20);
			image[3] = (uint8_t) ((length - 40) / 20);
		}
		image = realloc(image, length > 0 ? length : 1);
		if (rcv_ageing_check_header(image, length) == RCV_OK)
			safe = safe && rcv_ageing_add(image, 9000, money(1, 3)) != RCV_EBINARY;
		free(image);
	}
	CHECK(safe, "random bytes are refused or can be used");
}

int
main(void)
{
	test_edges();
	test_every_number_of_bounds();
	test_bounds();
	test_scales();
	test_overflow();
	test_order_and_merge();
	test_merge_scales();
	test_unequal_merge();
	test_damage();
	test_random_bytes();
	return check_done();
}
