/*
 * portfolio.c
 *		Portfolios against a naive model: a sorted list of lines, one customer
 *		after the other.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "portfolio/portfolio.h"

typedef struct line
{
	int64_t customer;
	int32_t day;
	rcv_money amount;
} line;

static uint64_t seed = 20250131;
static size_t largest_request;

static uint64_t
below(uint64_t limit)
{
	return check_random(&seed) % limit;
}

static void *
resize(void *context, void *old, size_t size)
{
	void *result;

	(void) context;
	if (size == 0)
	{
		free(old);
		return NULL;
	}
	if (size > largest_request)
		largest_request = size;
	result = realloc(old, size);
	if (result == NULL)
		abort();
	return result;
}

static void
start(rcv_portfolio *portfolio)
{
	rcv_portfolio_init(portfolio, resize, NULL);
}

static void
stop(rcv_portfolio *portfolio)
{
	for (size_t i = 0; i < portfolio->groups * (size_t) portfolio->view.words; i++)
		free(portfolio->blocks[i]);
	free(portfolio->blocks);
	free(portfolio->rows);
	free(portfolio->slots);
	free(portfolio->lines);
}

static void *
room_for(size_t n, size_t size)
{
	void *result = calloc(n + 1, size);

	if (result == NULL)
		abort();
	return result;
}

/* Tidied images ---------------------------------------------------------- */

typedef struct image
{
	rcv_portfolio_view view;
	rcv_portfolio_row *rows;
	uint64_t *days;
} image;

static image
new_image(const rcv_portfolio_view *header)
{
	image out = {*header, room_for(header->n, sizeof(*out.rows)),
				 room_for(header->n * (size_t) header->words, sizeof(*out.days))};

	out.view.rows = out.rows;
	out.view.days = out.days;
	return out;
}

static void
free_image(image *image)
{
	free(image->rows);
	free(image->days);
}

static image
tidied(const rcv_portfolio_view *view)
{
	rcv_keyed *keys = room_for(view->n, sizeof(*keys));
	rcv_keyed *spare = room_for(view->n, sizeof(*spare));
	const rcv_keyed *ordered = rcv_portfolio_order(view, keys, spare);
	rcv_portfolio_view header;
	image out;

	rcv_portfolio_tidy(view, &header);
	out = new_image(&header);
	for (size_t i = 0; i < view->n; i++)
		rcv_portfolio_copy_row(view, ordered[i].value, &header, &out.rows[i],
							   out.days + i * (size_t) header.words);
	free(keys);
	free(spare);
	return out;
}

static bool
images_equal(const image *a, const image *b)
{
	return a->view.n == b->view.n && a->view.words == b->view.words &&
		   a->view.base_day == b->view.base_day && a->view.min_day == b->view.min_day &&
		   a->view.max_day == b->view.max_day && a->view.scale == b->view.scale &&
		   memcmp(a->rows, b->rows, a->view.n * sizeof(*a->rows)) == 0 &&
		   memcmp(a->days, b->days, a->view.n * (size_t) a->view.words * sizeof(*a->days)) == 0;
}

static bool
equals_image(rcv_portfolio *portfolio, const image *expected)
{
	image own;
	bool equal;

	if (rcv_portfolio_flush(portfolio) != RCV_OK)
		return false;
	own = tidied(&portfolio->view);
	equal = images_equal(&own, expected);
	free_image(&own);
	return equal;
}

static rcv_status
merge_all(rcv_portfolio *portfolio, const rcv_portfolio_view *other)
{
	rcv_status status;
	size_t done = 0;

	do
		status = rcv_portfolio_merge(portfolio, other, &done);
	while (status == RCV_OK && done < other->n);
	return status;
}

/* The model -------------------------------------------------------------- */

static int
compare_lines(const void *a, const void *b)
{
	const line *x = a;
	const line *y = b;

	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

static int32_t
floor_64(int32_t day)
{
	return day >= 0 ? day / 64 * 64 : -((63 - day) / 64 * 64);
}

static int64_t
units_at(rcv_money amount, int scale)
{
	return amount.units * rcv_pow10(scale - amount.scale);
}

/* Adds the lines of one customer; returns how many they are. */
static size_t
model_row(image *out, const line *lines, size_t n)
{
	rcv_portfolio_row *row = &out->rows[out->view.n];
	uint64_t *days = out->days + out->view.n * (size_t) out->view.words;
	size_t i;

	row->customer = lines[0].customer;
	for (i = 0; i < n && lines[i].customer == row->customer; i++)
	{
		int32_t bit = lines[i].day - out->view.base_day;

		row->units += units_at(lines[i].amount, out->view.scale);
		if (lines[i].amount.units <= 0)
			continue;
		if (row->documents++ == 0)
			row->first_day = lines[i].day;
		if (row->documents == 1 || lines[i].day != row->last_day)
			row->frequency++;
		row->last_day = lines[i].day;
		days[bit / 64] |= UINT64_C(1) << (bit % 64);
	}
	out->view.n++;
	return i;
}

/* The tidied image that the lines must give. */
static image
modelled(const line *given, size_t n)
{
	line *lines = room_for(n, sizeof(*lines));
	rcv_portfolio_view header = {.scale = RCV_SCALE_MIN, .n = n};
	image out;
	bool even = true;

	memcpy(lines, given, n * sizeof(*lines));
	qsort(lines, n, sizeof(*lines), compare_lines);
	header.min_day = header.max_day = lines[0].day;
	for (size_t i = 0; i < n; i++)
	{
		if (lines[i].day < header.min_day)
			header.min_day = lines[i].day;
		if (lines[i].day > header.max_day)
			header.max_day = lines[i].day;
		if (lines[i].amount.scale > header.scale)
			header.scale = lines[i].amount.scale;
	}
	header.base_day = floor_64(header.min_day);
	header.words = (floor_64(header.max_day) - header.base_day) / 64 + 1;
	out = new_image(&header);
	out.view.n = 0;
	for (size_t i = 0; i < n;)
		i += model_row(&out, lines + i, n - i);
	while (out.view.scale > RCV_SCALE_MIN && even)
	{
		for (size_t i = 0; i < out.view.n; i++)
			even = even && out.rows[i].units % 10 == 0;
		for (size_t i = 0; i < out.view.n && even; i++)
			out.rows[i].units /= 10;
		out.view.scale -= even;
	}
	free(lines);
	return out;
}

static rcv_status
add_lines(rcv_portfolio *portfolio, const line *lines, size_t n)
{
	rcv_status status = RCV_OK;

	for (size_t i = 0; i < n && status == RCV_OK; i++)
		status = rcv_portfolio_add(portfolio, lines[i].customer, lines[i].day, lines[i].amount);
	return status;
}

/* Random ledgers ------------------------------------------------------------ */

typedef enum day_order
{
	RANDOM,
	ASCENDING,
	DESCENDING,
	OUTWARDS
} day_order;

typedef struct shape
{
	const char *name;
	size_t lines;
	size_t customers;
	int32_t first;
	int32_t last;
	day_order order;
	int purchases; /* of 10 lines */
	int max_scale;
	bool extreme; /* customer numbers */
} shape;

static const shape shapes[] = {
	{"one line", 1, 1, 0, 0, RANDOM, 10, 2, false},
	{"one customer", 300, 1, 0, 1000, RANDOM, 8, 2, false},
	{"one customer, many lines", 20000, 1, 0, 1000, RANDOM, 8, 2, false},
	{"few customers", 5000, 7, -500, 500, RANDOM, 8, 2, true},
	{"ascending days", 9000, 300, -900, 5000, ASCENDING, 8, 3, false},
	{"descending days", 9000, 300, -900, 5000, DESCENDING, 8, 3, false},
	{"days outwards", 9000, 300, -5000, 5000, OUTWARDS, 8, 3, true},
	{"all years", 300, 10, RCV_DAY_MIN, RCV_DAY_MAX, RANDOM, 8, 2, false},
	{"all years outwards", 20000, 4, RCV_DAY_MIN, RCV_DAY_MAX, OUTWARDS, 8, 2, false},
	{"credit notes only", 3000, 100, 0, 400, RANDOM, 0, 2, false},
	{"rare purchases", 9000, 2000, 0, 400, RANDOM, 1, 2, false},
	{"several scales", 9000, 500, 0, 400, RANDOM, 7, 10, false},
	{"one day", 9000, 500, 7777, 7777, RANDOM, 7, 2, true},
	{"just undivided", 30000, 8192, 0, 1095, RANDOM, 8, 2, true},
	{"divided", 60000, 20000, 0, 1095, RANDOM, 8, 2, true},
	{"divided, descending, several scales", 60000, 20000, -700, 1095, DESCENDING, 8, 5, false},
	{"100,000 customers", 300000, 100000, 0, 1095, RANDOM, 8, 2, true},
};

static int64_t
customer_of(const shape *shape, uint64_t number)
{
	if (!shape->extreme)
		return (int64_t) number * 10 - 50;
	switch (number)
	{
		case 0:
			return INT64_MIN;
		case 1:
			return INT64_MAX;
		case 2:
			return 0;
		case 3:
			return -1;
		default:
			return (int64_t) (number * UINT64_C(0x9E3779B97F4A7C15));
	}
}

static int32_t
day_of(const shape *shape, size_t i)
{
	int64_t span = shape->last - shape->first;
	int64_t step = span * (int64_t) i / (int64_t) shape->lines;

	switch (shape->order)
	{
		case ASCENDING:
			return (int32_t) (shape->first + step);
		case DESCENDING:
			return (int32_t) (shape->last - step);
		case OUTWARDS:
			step /= 2;
			return (int32_t) ((shape->first + shape->last) / 2 + (i % 2 ? step : -step));
		default:
			return (int32_t) (shape->first + (int64_t) below((uint64_t) span + 1));
	}
}

static rcv_money
amount_of(const shape *shape)
{
	int scale = RCV_SCALE_MIN + (int) below((uint64_t) (shape->max_scale - RCV_SCALE_MIN) + 1);
	int64_t units = (int64_t) below(100000) + 1;
	rcv_money out;

	if ((int) below(10) >= shape->purchases)
		units = below(5) == 0 ? 0 : -units;
	(void) rcv_money_reduce(units, scale, &out);
	return out;
}

static line *
random_ledger(const shape *shape)
{
	line *lines = room_for(shape->lines, sizeof(*lines));

	for (size_t i = 0; i < shape->lines; i++)
		lines[i] =
			(line){customer_of(shape, below(shape->customers)), day_of(shape, i), amount_of(shape)};
	return lines;
}

static void
shuffle(line *lines, size_t n)
{
	for (size_t i = n; i > 1; i--)
	{
		size_t other = below(i);
		line kept = lines[i - 1];

		lines[i - 1] = lines[other];
		lines[other] = kept;
	}
}

/* Tests ------------------------------------------------------------------- */

/* The lines in the order given and shuffled, flushed at the end and often. */
static bool
adds_up(const shape *shape, line *lines, const image *expected)
{
	bool right = true;

	for (int round = 0; round < 3; round++)
	{
		size_t half = shape->lines / 2;
		rcv_portfolio portfolio;

		start(&portfolio);
		right = right && add_lines(&portfolio, lines, half) == RCV_OK;
		for (int flush = 0; flush < round; flush++)
			right = right && rcv_portfolio_flush(&portfolio) == RCV_OK;
		right = right && add_lines(&portfolio, lines + half, shape->lines - half) == RCV_OK;
		right = right && equals_image(&portfolio, expected) && equals_image(&portfolio, expected);
		stop(&portfolio);
		shuffle(lines, shape->lines);
	}
	return right;
}

/* Parts of the lines, merged in either order, as they are or tidied. */
static bool
merges(const shape *shape, const line *lines, const image *expected)
{
	size_t cut = below(shape->lines + 1);
	rcv_portfolio parts[2];
	rcv_portfolio whole;
	image flat[2];
	bool right = true;

	start(&parts[0]);
	start(&parts[1]);
	right = add_lines(&parts[0], lines, cut) == RCV_OK &&
			add_lines(&parts[1], lines + cut, shape->lines - cut) == RCV_OK;
	for (int i = 0; i < 2; i++)
	{
		right = right && rcv_portfolio_flush(&parts[i]) == RCV_OK;
		flat[i] = tidied(&parts[i].view);
		right = right && rcv_portfolio_check(&flat[i].view) == RCV_OK;
	}
	for (int order = 0; order < 4; order++)
	{
		bool tidy = order >= 2;

		start(&whole);
		for (int i = 0; i < 2; i++)
		{
			int part = (order + i) % 2;

			right =
				right && merge_all(&whole, tidy ? &flat[part].view : &parts[part].view) == RCV_OK;
		}
		right = right && equals_image(&whole, expected);
		stop(&whole);
	}
	/* into one that still has lines put aside; more lines afterwards */
	start(&whole);
	right = right && add_lines(&whole, lines + cut, (shape->lines - cut) / 2) == RCV_OK;
	right = right && merge_all(&whole, &parts[0].view) == RCV_OK;
	right = right && add_lines(&whole, lines + cut + (shape->lines - cut) / 2,
							   shape->lines - cut - (shape->lines - cut) / 2) == RCV_OK;
	right = right && equals_image(&whole, expected);
	stop(&whole);
	for (int i = 0; i < 2; i++)
	{
		stop(&parts[i]);
		free_image(&flat[i]);
	}
	return right;
}

static void
test_shapes(void)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
	{
		const shape *shape = &shapes[i];
		line *lines = random_ledger(shape);
		image expected = modelled(lines, shape->lines);

		CHECK(rcv_portfolio_check(&expected.view) == RCV_OK, shape->name);
		CHECK(adds_up(shape, lines, &expected), shape->name);
		CHECK(merges(shape, lines, &expected), shape->name);
		free_image(&expected);
		free(lines);
	}
}

static void
test_small_random(void)
{
	bool right = true;

	for (int round = 0; round < 3000 && right; round++)
	{
		int32_t first = (int32_t) below(3000) - 1500;
		shape shape = {"",
					   1 + below(60),
					   1 + below(12),
					   first,
					   first + (int32_t) below(400),
					   (day_order) below(4),
					   (int) below(11),
					   2 + (int) below(4),
					   below(2) == 0};
		line *lines = random_ledger(&shape);
		image expected = modelled(lines, shape.lines);

		right = adds_up(&shape, lines, &expected) && merges(&shape, lines, &expected);
		free_image(&expected);
		free(lines);
	}
	CHECK(right, "3,000 small ledgers");
}

static rcv_status
add(rcv_portfolio *portfolio, int64_t customer, int32_t day, int64_t units, int scale)
{
	return rcv_portfolio_add(portfolio, customer, day, (rcv_money){units, scale});
}

static void
test_empty(void)
{
	rcv_portfolio empty;
	rcv_portfolio one;
	image flat;

	start(&empty);
	start(&one);
	CHECK(rcv_portfolio_flush(&empty) == RCV_OK && empty.view.n == 0, "nothing to flush");
	flat = tidied(&empty.view);
	CHECK(flat.view.words == 0 && flat.view.scale == RCV_SCALE_MIN, "nothing, tidied");
	CHECK(rcv_portfolio_check(&flat.view) == RCV_OK, "nothing is a portfolio");
	flat.view.max_day = 5;
	CHECK(rcv_portfolio_check(&flat.view) == RCV_EBINARY, "nothing has no span");
	free_image(&flat);
	CHECK(add(&one, 5, -400, 1050, 2) == RCV_OK, "a line");
	CHECK(merge_all(&one, &empty.view) == RCV_OK && one.view.n == 1, "merge of nothing");
	CHECK(one.view.min_day == -400 && one.view.max_day == -400, "nothing leaves the span");
	CHECK(merge_all(&empty, &one.view) == RCV_OK && empty.view.n == 1, "merge into nothing");
	CHECK(empty.view.min_day == -400 && empty.rows[0].units == 1050, "it is the same");
	stop(&empty);
	stop(&one);
}

static void
test_scales(void)
{
	rcv_portfolio p;
	image flat;

	start(&p);
	CHECK(add(&p, 1, 0, 150, 2) == RCV_OK, "1.50");
	CHECK(add(&p, 2, 0, 100001, 5) == RCV_OK, "1.00001");
	CHECK(add(&p, 2, 0, -1, 5) == RCV_OK, "-0.00001");
	CHECK(rcv_portfolio_flush(&p) == RCV_OK && p.view.scale == 5, "five decimals");
	flat = tidied(&p.view);
	CHECK(flat.view.scale == 2 && flat.rows[1].units == 100, "tidied to two, as none needs more");
	free_image(&flat);
	CHECK(add(&p, 3, 0, 1, 18) == RCV_OK, "18 decimals");
	CHECK(add(&p, 1, 1, -50, 2) == RCV_OK, "two again");
	CHECK(rcv_portfolio_flush(&p) == RCV_OK && p.view.scale == 18, "18 decimals for all");
	flat = tidied(&p.view);
	CHECK(flat.view.scale == 18 && flat.rows[0].units == INT64_C(1000000000000000000) &&
			  flat.rows[2].units == 1,
		  "exact at 18 decimals");
	free_image(&flat);
	stop(&p);
}

static void
test_overflow(void)
{
	rcv_portfolio p;
	rcv_portfolio q;

	start(&p);
	CHECK(add(&p, 1, 0, INT64_MAX, 2) == RCV_OK && rcv_portfolio_flush(&p) == RCV_OK, "the most");
	CHECK(add(&p, 2, 0, INT64_MIN, 2) == RCV_OK && rcv_portfolio_flush(&p) == RCV_OK, "the least");
	CHECK(add(&p, 1, 0, 1, 2) == RCV_OK && rcv_portfolio_flush(&p) == RCV_EOVERFLOW, "past it");
	stop(&p);

	start(&p);
	CHECK(add(&p, 2, 0, INT64_MIN, 2) == RCV_OK && add(&p, 2, 0, -1, 2) == RCV_OK &&
			  rcv_portfolio_flush(&p) == RCV_EOVERFLOW,
		  "under the least");
	stop(&p);

	start(&p);
	CHECK(add(&p, 1, 0, 1000, 2) == RCV_OK, "10.00");
	CHECK(add(&p, 2, 0, 1, 18) == RCV_EOVERFLOW, "not with 18 decimals");
	stop(&p);

	start(&p);
	CHECK(add(&p, 2, 0, 1, 18) == RCV_OK, "18 decimals");
	CHECK(add(&p, 1, 0, 1000, 2) == RCV_EOVERFLOW, "then not 10.00");
	stop(&p);

	start(&p);
	start(&q);
	CHECK(add(&p, 1, 0, INT64_MAX, 2) == RCV_OK && add(&q, 1, 0, 1, 2) == RCV_OK, "two");
	CHECK(rcv_portfolio_flush(&q) == RCV_OK, "flush");
	CHECK(merge_all(&p, &q.view) == RCV_EOVERFLOW, "a merge past the most");
	stop(&p);
	stop(&q);

	start(&p);
	start(&q);
	CHECK(add(&p, 1, 0, 1000, 2) == RCV_OK && add(&q, 2, 0, 1, 18) == RCV_OK, "two scales");
	CHECK(rcv_portfolio_flush(&q) == RCV_OK && rcv_portfolio_flush(&p) == RCV_OK, "flush");
	CHECK(merge_all(&p, &q.view) == RCV_EOVERFLOW, "a finer one comes");
	stop(&p);
	start(&p);
	CHECK(add(&p, 1, 0, 1000, 2) == RCV_OK && merge_all(&q, &p.view) == RCV_OK &&
			  rcv_portfolio_flush(&p) == RCV_OK,
		  "lines put aside are not merged");
	CHECK(merge_all(&q, &p.view) == RCV_EOVERFLOW, "a coarser one comes");
	stop(&p);
	stop(&q);

	start(&p);
	start(&q);
	CHECK(add(&p, 1, 0, 1, 2) == RCV_OK && rcv_portfolio_flush(&p) == RCV_OK, "a document");
	p.rows[0].documents = INT32_MAX;
	CHECK(merge_all(&q, &p.view) == RCV_OK, "as many as can be counted");
	CHECK(merge_all(&q, &p.view) == RCV_EOVERFLOW, "more, by a merge");
	CHECK(add(&p, 1, 0, 1, 2) == RCV_OK && rcv_portfolio_flush(&p) == RCV_EOVERFLOW, "by a line");
	stop(&p);
	stop(&q);
}

static void
test_days(void)
{
	rcv_portfolio p;

	start(&p);
	CHECK(add(&p, 1, RCV_DAY_MIN - 1, 1, 2) == RCV_EDATE, "before year 1");
	CHECK(add(&p, 1, RCV_DAY_MAX + 1, 1, 2) == RCV_EDATE, "after year 9999");
	CHECK(add(&p, 1, INT32_MAX, 1, 2) == RCV_EDATE && add(&p, 1, INT32_MIN, 1, 2) == RCV_EDATE,
		  "infinite days");
	CHECK(rcv_portfolio_flush(&p) == RCV_OK && p.view.n == 0, "none was added");
	stop(&p);
}

static void
test_limit(void)
{
	rcv_portfolio p;
	rcv_portfolio far;
	rcv_status status = RCV_OK;

	largest_request = 0;
	start(&p);
	for (int64_t i = 0; i < 20000 && status == RCV_OK; i++)
		status = add(&p, i, i % 2 == 0 ? RCV_DAY_MIN : RCV_DAY_MAX, 100, 2);
	CHECK(status == RCV_ELIMIT, "all years for 20,000 customers are too much");
	CHECK(largest_request < (size_t) 32 << 20, "refused before it is allocated");
	stop(&p);

	/* a merge must not ask for rows of customers who are there already */
	largest_request = 0;
	start(&p);
	start(&far);
	for (int64_t i = 0; i < 1500; i++)
	{
		status = add(&far, i, 0, 100, 2);
		if (status == RCV_OK)
			status = add(&p, i, i % 2 == 0 ? RCV_DAY_MIN : RCV_DAY_MIN + 2000000, 100, 2);
	}
	CHECK(status == RCV_OK && rcv_portfolio_flush(&p) == RCV_OK, "1,500 over 5,000 years");
	CHECK(rcv_portfolio_flush(&far) == RCV_OK, "1,500 on a day");
	for (int i = 0; i < 2; i++)
		CHECK(merge_all(&p, &far.view) == RCV_OK && p.view.n == 1500, "merged");
	CHECK(largest_request < RCV_PORTFOLIO_BYTES_MAX, "with less than the limit");
	stop(&p);
	stop(&far);
}

/* Bits ---------------------------------------------------------------------- */

/* What check asks for, written down a second time: day by day. */
static bool
naive_possible(const image *image, size_t i)
{
	const rcv_portfolio_view *view = &image->view;
	const rcv_portfolio_row *row = &image->rows[i];
	int32_t first = 0;
	int32_t last = 0;
	int32_t n = 0;

	for (int32_t bit = 0; bit < view->words * 64; bit++)
		if (image->days[i * (size_t) view->words + (size_t) bit / 64] >> (bit % 64) & 1)
		{
			last = view->base_day + bit;
			if (last < view->min_day || last > view->max_day)
				return false;
			if (n++ == 0)
				first = last;
		}
	if (i > 0 && image->rows[i - 1].customer >= row->customer)
		return false;
	if (n == 0 && row->units > 0)
		return false;
	return n == row->frequency && row->documents >= n && (n > 0 || row->documents == 0) &&
		   row->first_day == first && row->last_day == last;
}

static bool
naive_check(const image *image)
{
	const rcv_portfolio_view *view = &image->view;
	bool fine = view->scale == RCV_SCALE_MIN;

	for (size_t i = 0; i < view->n; i++)
	{
		if (!naive_possible(image, i))
			return false;
		fine = fine || image->rows[i].units % 10 != 0;
	}
	return fine;
}

static void
test_bit_flips(void)
{
	shape shape = {"", 40, 8, -100, 200, RANDOM, 6, 4, true};
	size_t refused = 0;
	size_t accepted = 0;
	bool right = true;

	for (int round = 0; round < 20; round++)
	{
		line *lines = random_ledger(&shape);
		image image = modelled(lines, shape.lines);
		size_t row_bytes = image.view.n * sizeof(*image.rows);
		size_t day_bytes = image.view.n * (size_t) image.view.words * sizeof(*image.days);

		right = right && naive_check(&image);
		for (size_t bit = 0; bit < (row_bytes + day_bytes) * 8; bit++)
		{
			uint8_t *bytes = (uint8_t *) image.rows;
			size_t at = bit / 8;
			bool valid;

			if (at >= row_bytes)
			{
				bytes = (uint8_t *) image.days;
				at -= row_bytes;
			}
			bytes[at] ^= (uint8_t) (1u << bit % 8);
			valid = rcv_portfolio_check(&image.view) == RCV_OK;
			right = right && valid == naive_check(&image);
			accepted += valid;
			refused += !valid;
			bytes[at] ^= (uint8_t) (1u << bit % 8);
		}
		right = right && rcv_portfolio_check(&image.view) == RCV_OK;
		free_image(&image);
		free(lines);
	}
	CHECK(right, "each bit of rows and days: refused unless it is still a portfolio");
	CHECK(refused > 0 && accepted > 0, "both happen");
}

/* Bits of the header, with exactly the memory that it asks for. */
static void
test_header_flips(void)
{
	shape shape = {"", 40, 8, -100, 200, RANDOM, 6, 4, true};
	line *lines = random_ledger(&shape);
	image own = modelled(lines, shape.lines);
	bool right = true;

	for (int bit = 0; bit < 32; bit++)
	{
		int32_t flip = (int32_t) (UINT32_C(1) << bit);
		rcv_portfolio_view view = own.view;

		view.base_day ^= flip;
		right = right && rcv_portfolio_check(&view) == RCV_EBINARY;
		view = own.view;
		view.scale ^= flip; /* other values, if it is a scale */
		right = right && (rcv_portfolio_check(&view) == RCV_EBINARY ||
						  (view.scale >= RCV_SCALE_MIN && view.scale <= RCV_SCALE_MAX));
		view = own.view;
		view.words ^= flip;
		right = right && rcv_portfolio_check(&view) == RCV_EBINARY;
		view = own.view;
		view.min_day ^= flip; /* may be an earlier day of the same word */
		right = right && (rcv_portfolio_check(&view) == RCV_EBINARY ||
						  (view.min_day < own.view.min_day &&
						   floor_64(view.min_day) == floor_64(own.view.min_day)) ||
						  view.min_day > own.view.min_day);
		view = own.view;
		view.max_day ^= flip;
		right = right && (rcv_portfolio_check(&view) == RCV_EBINARY ||
						  floor_64(view.max_day) == floor_64(own.view.max_day));
	}
	CHECK(right, "each bit of the header");
	free_image(&own);
	free(lines);
}

int
main(void)
{
	test_shapes();
	test_small_random();
	test_empty();
	test_scales();
	test_overflow();
	test_days();
	test_limit();
	test_bit_flips();
	test_header_flips();
	return check_done();
}
