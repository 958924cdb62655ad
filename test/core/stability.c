/*
 * stability.c
 *		Migrations: counting, merging, limits, damaged bytes; figures against a
 *		table made by scikit-learn and mpmath (ref/stability.py).
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stability/agreement.h"

/* Open migrations on the heap -------------------------------------------------- */

static rcv_migration *
new_open(const uint32_t *room, uint32_t text_room)
{
	rcv_migration *m = calloc(1, rcv_migration_size(1, room, text_room));

	if (m == NULL)
		abort();
	rcv_migration_init(m, room, text_room);
	return m;
}

static rcv_migration *
first_open(void)
{
	uint32_t room[RCV_SIDES] = {RCV_MIGRATION_FIRST_ROOM, RCV_MIGRATION_FIRST_ROOM};

	return new_open(room, RCV_MIGRATION_FIRST_TEXT);
}

static rcv_migration *
enlarged(rcv_migration *m)
{
	uint32_t room[RCV_SIDES];
	rcv_migration *larger;

	for (int side = 0; side < RCV_SIDES; side++)
		room[side] = m->n[side] == m->room[side] ? 2 * m->room[side] : m->room[side];
	larger = new_open(room, 2 * m->text_room + RCV_MIGRATION_LABEL_BYTES_MAX);
	if (rcv_migration_copy(m, larger) != RCV_OK)
		abort();
	free(m);
	return larger;
}

static rcv_label
label(const char *text)
{
	return (rcv_label){text, text == NULL ? 0 : (uint32_t) strlen(text)};
}

/* S1, S2 ..; 0: none.  The text lasts until the fourth call after. */
static rcv_label
numbered(int i)
{
	static char texts[4][16];
	static int next;
	char *text = texts[next++ % 4];

	if (i == 0)
		return label(NULL);
	snprintf(text, sizeof(texts[0]), "S%d", i);
	return label(text);
}

static rcv_status
add(rcv_migration **m, rcv_label before, rcv_label after, int64_t n)
{
	rcv_status status;

	while ((status = rcv_migration_add(*m, before, after, n)) == RCV_EROOM)
		*m = enlarged(*m);
	return status;
}

static rcv_status
merge(rcv_migration **m, const rcv_migration *other)
{
	rcv_migration_map *map = calloc(1, sizeof(*map));
	rcv_status status;

	while ((status = rcv_migration_merge(*m, other, map)) == RCV_EROOM)
		*m = enlarged(*m);
	free(map);
	return status;
}

/* The closed copy and its size; NULL with the status. */
static rcv_migration *
closed(const rcv_migration *open, size_t *size, rcv_status *status)
{
	static rcv_migration_order order;
	rcv_migration *out;

	*status = rcv_migration_sort(open, &order);
	if (*status != RCV_OK)
		return NULL;
	*size = rcv_migration_size(0, order.n, order.text);
	out = calloc(1, *size);
	if (out == NULL)
		abort();
	rcv_migration_close(open, &order, out);
	return out;
}

static bool
same(const rcv_migration *a, const rcv_migration *b)
{
	rcv_status status;
	size_t size_a = 0;
	size_t size_b = 0;
	rcv_migration *x = closed(a, &size_a, &status);
	rcv_migration *y = closed(b, &size_b, &status);
	bool equal = x != NULL && y != NULL && size_a == size_b && memcmp(x, y, size_a) == 0 &&
				 rcv_migration_check_closed(x, size_a) == RCV_OK;

	free(x);
	free(y);
	return equal;
}

/* Counting ------------------------------------------------------------------------ */

static void
test_labels(void)
{
	static const char *const texts[] = {
		"B", "A", "", "AB", "A", "abcdefgh", "abcdefghi", "abcdefgh", "ABCD", "\xC3\x89t\xC3\xA9"};
	static const char *const sorted[] = {"",  "A",		  "AB",		   "ABCD",
										 "B", "abcdefgh", "abcdefghi", "\xC3\x89t\xC3\xA9"};
	rcv_migration *open = first_open();
	rcv_status status = RCV_OK;
	size_t size = 0;
	rcv_migration *m;
	bool ascending = true;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && status == RCV_OK; i++)
		status = add(&open, label(texts[i]), label(NULL), (int64_t) i + 1);
	CHECK(status == RCV_OK && open->n[RCV_BEFORE] == 8 && open->n[RCV_AFTER] == 0,
		  "labels of any length, the same ones once");
	m = closed(open, &size, &status);
	for (uint32_t i = 1; m != NULL && i <= 8; i++)
		ascending = ascending && rcv_label_compare(rcv_migration_label(m, RCV_BEFORE, i),
												   label(sorted[i - 1])) == 0;
	CHECK(m != NULL && m->n[RCV_BEFORE] == 8 && ascending, "sorted bytewise");
	CHECK(m != NULL && rcv_migration_count(m, 2, 0) == 2 + 5 &&
			  rcv_migration_count(m, 6, 0) == 6 + 8 && rcv_migration_count(m, 1, 0) == 3,
		  "counts of the same label are added");
	CHECK(m != NULL && rcv_migration_label(m, RCV_BEFORE, 0).text == NULL, "0 is no segment");
	free(open);
	free(m);
}

/* Random customers, against a plain table. */
static void
test_counts(void)
{
	enum
	{
		MOST = 60
	};
	static int64_t table[MOST + 1][MOST + 1];
	uint64_t seed = 1;
	bool right = true;

	for (int run = 0; run < 60 && right; run++)
	{
		rcv_migration *open = first_open();
		int n = 1 + (int) (check_random(&seed) % MOST);
		uint32_t i = 0;
		uint32_t j = 0;

		memset(table, 0, sizeof(table));
		for (int row = 0; row < 3000; row++)
		{
			int before = (int) (check_random(&seed) % (uint64_t) (n + 1));
			int after = (int) (check_random(&seed) % (uint64_t) (n + 1));

			table[before][after]++;
			right = right && add(&open, numbered(before), numbered(after), 1) == RCV_OK;
		}
		for (int before = 0; before <= n; before++)
			for (int after = 0; after <= n; after++)
			{
				right = right &&
						rcv_migration_find(open, RCV_BEFORE, numbered(before), &i) == RCV_OK &&
						rcv_migration_find(open, RCV_AFTER, numbered(after), &j) == RCV_OK &&
						rcv_migration_count(open, i, j) == table[before][after];
			}
		free(open);
	}
	CHECK(right, "random customers are counted as in a table");
}

/* In one go, in another order, and in parts that are merged, open or closed. */
static void
test_merge(void)
{
	enum
	{
		ROWS = 500
	};
	uint64_t seed = 2;
	bool right = true;

	for (int run = 0; run < 100 && right; run++)
	{
		rcv_migration *whole = first_open();
		rcv_migration *backwards = first_open();
		rcv_migration *parts[3] = {first_open(), first_open(), first_open()};
		rcv_migration *stored = first_open();
		uint64_t kinds = 2 + check_random(&seed) % 40;
		int rows[ROWS][2];

		for (int row = 0; row < ROWS; row++)
		{
			rows[row][0] = (int) (check_random(&seed) % kinds);
			rows[row][1] = 1 + (int) (check_random(&seed) % kinds);
			right = right &&
					add(&whole, numbered(rows[row][0]), numbered(rows[row][1]), 1) == RCV_OK &&
					add(&parts[check_random(&seed) % 3], numbered(rows[row][0]),
						numbered(rows[row][1]), 1) == RCV_OK;
		}
		for (int row = ROWS - 1; row >= 0; row--)
			right = right &&
					add(&backwards, numbered(rows[row][0]), numbered(rows[row][1]), 1) == RCV_OK;
		for (int part = 0; part < 3; part++)
		{
			rcv_status status;
			size_t size;
			rcv_migration *value = closed(parts[part], &size, &status);

			right = right && value != NULL && merge(&stored, value) == RCV_OK;
			free(value);
		}
		right =
			right && merge(&parts[2], parts[0]) == RCV_OK && merge(&parts[2], parts[1]) == RCV_OK;
		right = right && same(whole, backwards) && same(whole, parts[2]) && same(whole, stored);
		free(whole);
		free(backwards);
		free(stored);
		for (int part = 0; part < 3; part++)
			free(parts[part]);
	}
	CHECK(right, "any order and any parts give the same bytes");
}

/* Limits and damage ------------------------------------------------------------------ */

static void
test_limits(void)
{
	static char text[RCV_MIGRATION_LABEL_BYTES_MAX + 1];
	rcv_migration *open = first_open();
	rcv_status status = RCV_OK;
	size_t size;

	for (int i = 1; i <= RCV_MIGRATION_LABELS_MAX && status == RCV_OK; i++)
		status = add(&open, numbered(i), numbered(1), 1);
	CHECK(status == RCV_OK && add(&open, numbered(1000), numbered(1), 1) == RCV_OK,
		  "a thousand labels");
	CHECK(add(&open, numbered(1001), numbered(1), 1) == RCV_ELIMIT, "and no more");
	CHECK(add(&open, numbered(0), numbered(1), 1) == RCV_OK, "no segment is none of them");
	CHECK(same(open, open), "a thousand labels in canonical form");
	free(open);

	open = first_open();
	memset(text, 'x', sizeof(text));
	CHECK(add(&open, (rcv_label){text, sizeof(text) - 1}, label(NULL), 1) == RCV_OK,
		  "a label of a thousand bytes");
	CHECK(add(&open, (rcv_label){text, sizeof(text)}, label(NULL), 1) == RCV_ELIMIT,
		  "and no longer one");
	CHECK(add(&open, label("a"), label("b"), RCV_MIGRATION_TOTAL_MAX - 2) == RCV_OK &&
			  add(&open, label("a"), label("b"), 1) == RCV_OK && same(open, open),
		  "2^53 customers");
	CHECK(add(&open, label("a"), label("b"), 2) == RCV_EOVERFLOW, "a cell holds no more");
	CHECK(add(&open, label("a"), label("c"), 1) == RCV_OK && closed(open, &size, &status) == NULL &&
			  status == RCV_EOVERFLOW,
		  "nor do all of them");
	free(open);

	open = first_open();
	CHECK(add(&open, label(NULL), label(NULL), 1) == RCV_OK &&
			  closed(open, &size, &status) == NULL && status == RCV_EDOMAIN,
		  "none on both sides has no canonical form");
	CHECK(add(&open, label("a"), label(NULL), -1) == RCV_EBINARY, "no negative count");
	free(open);
}

static rcv_migration *
sample(size_t *size)
{
	rcv_migration *open = first_open();
	rcv_migration *m;
	rcv_status status;

	add(&open, label("B"), label("A"), 3);
	add(&open, label("A"), label("A"), 2);
	add(&open, label(NULL), label("C"), 1);
	add(&open, label("AA"), label(NULL), 1);
	m = closed(open, size, &status);
	free(open);
	return m;
}

/* A damaged value is refused, or read without harm. */
static void
test_damage(void)
{
	size_t size = 0;
	rcv_migration *m = sample(&size);
	int refused = 0;
	bool shorter = m != NULL;
	bool sound = m != NULL;

	for (size_t n = 0; n < size && m != NULL; n++)
	{
		rcv_migration *part = malloc(n + 1);

		memcpy(part, m, n);
		shorter = shorter && rcv_migration_check_closed(part, n) != RCV_OK;
		free(part);
	}
	CHECK(shorter, "every shorter value is refused");
	for (size_t bit = 32; bit < 8 * size && m != NULL; bit++)
	{
		rcv_migration *other = malloc(size);
		double figure;
		rcv_status status;

		memcpy(other, m, size);
		((uint8_t *) other)[bit / 8] ^= (uint8_t) (1 << bit % 8);
		status = rcv_migration_check_closed(other, size);
		refused += status != RCV_OK;
		if (status == RCV_OK)
			sound = sound && (rcv_migration_rand(other, &figure) != RCV_OK || figure >= -0.5);
		free(other);
	}
	CHECK(sound && refused > 300, "a value with a bit changed is refused, or a value");
	if (m != NULL)
		m->version = 2;
	CHECK(m != NULL && rcv_migration_check_closed(m, size) == RCV_EVERSION, "another version");
	free(m);
}

/* Figures ------------------------------------------------------------------------------- */

typedef struct worst_errors
{
	double rand;
	double psi;
	int lines;
	int bad;
} worst_errors;

static double
next_number(char **text)
{
	return strtod(*text, text);
}

static rcv_migration *
read_table(char **text)
{
	int n = (int) next_number(text);
	int m = (int) next_number(text);
	rcv_migration *open = first_open();

	for (int i = 0; i <= n; i++)
		for (int j = 0; j <= m; j++)
			if (add(&open, numbered(i), numbered(j), (int64_t) next_number(text)) != RCV_OK)
				abort();
	return open;
}

/* NaN: there is no value, which an infinity or an empty side tells. */
static double
psi_of(const rcv_migration *m, double add_count)
{
	static double before[RCV_MIGRATION_BINS_MAX];
	static double after[RCV_MIGRATION_BINS_MAX];
	size_t n = rcv_migration_mix(m, before, after);
	double value;

	if (rcv_psi(before, after, n, add_count, &value) != RCV_OK || isinf(value))
		return NAN;
	return value;
}

static double
error_of(double value, double expected)
{
	if (isnan(expected) || isnan(value))
		return isnan(expected) && isnan(value) ? 0 : INFINITY;
	return fabs(value - expected) / fmax(1, fabs(expected));
}

static void
compare_line(char *text, worst_errors *worst)
{
	rcv_status status;
	size_t size;
	rcv_migration *open = read_table(&text);
	rcv_migration *m = closed(open, &size, &status);
	double index = NAN;
	int64_t stayed;
	int64_t both;

	text += strspn(text, " |");
	rcv_migration_stay(m, &stayed, &both);
	worst->bad += both != (int64_t) next_number(&text);
	worst->bad += stayed != (int64_t) next_number(&text);
	if (rcv_migration_rand(m, &index) != RCV_OK)
		index = NAN;
	worst->rand = fmax(worst->rand, error_of(index, next_number(&text)));
	worst->psi = fmax(worst->psi, error_of(psi_of(m, 0), next_number(&text)));
	worst->psi = fmax(worst->psi, error_of(psi_of(m, 0.5), next_number(&text)));
	worst->lines++;
	free(open);
	free(m);
}

static void
test_table(void)
{
	FILE *file = fopen("test/core/ref/stability.txt", "r");
	worst_errors worst = {0, 0, 0, 0};
	static char text[16384];

	if (!CHECK(file != NULL, "the table of references is there"))
		return;
	while (fgets(text, sizeof(text), file) != NULL)
		if (text[0] != '#')
			compare_line(text, &worst);
	fclose(file);
	printf("# %d tables, worst error of the Rand index %.2g, of population stability %.2g\n",
		   worst.lines, worst.rand, worst.psi);
	CHECK(worst.lines > 350 && worst.bad == 0, "customers who stayed, in all tables");
	CHECK(worst.rand < 1e-15, "adjusted Rand index to 1e-15");
	CHECK(worst.psi < 2e-15, "population stability to 2e-15");
}

/* Facts §2.6, and mpmath. */
static void
test_psi_known(void)
{
	static const double e[] = {.06, .19, .26, .30, .12, .07};
	static const double a[] = {.05, .15, .24, .33, .15, .08};
	static const double even[] = {100, 100, 100, 100, 100, 100, 100, 100, 100, 100};
	static const double odd[] = {80, 95, 110, 105, 100, 90, 120, 105, 95, 100};
	static const double wide[][2] = {{1e300, 1e-300}, {1e-300, 1e300}, {1, 0}, {1e300, 5e-324}};
	double value;

	CHECK(rcv_psi(e, a, 6, 0, &value) == RCV_OK && fabs(value - .0237685467037810) < 1e-15,
		  "six shares");
	CHECK(rcv_psi(even, odd, 10, 0, &value) == RCV_OK && fabs(value - .0111168437023546) < 1e-15,
		  "ten counts");
	CHECK(rcv_psi(odd, even, 10, 0, &value) == RCV_OK && fabs(value - .0111168437023546) < 1e-15,
		  "the same the other way round");
	CHECK(rcv_psi(e, e, 6, 0, &value) == RCV_OK && value == 0, "0 of the same");
	CHECK(rcv_psi(wide[0], wide[1], 2, 0, &value) == RCV_OK &&
			  fabs(value / (2 * 600 * log(10)) - 1) < 1e-15,
		  "shares a double cannot hold");
	CHECK(rcv_psi(wide[3], wide[1], 2, 0, &value) == RCV_OK && isfinite(value) && value > 0,
		  "the smallest number there is");
	CHECK(rcv_psi(wide[2], wide[0], 2, 0, &value) == RCV_OK && isinf(value),
		  "a bin that is 0 on one side");
	CHECK(rcv_psi(wide[2], wide[2], 2, 0, &value) == RCV_OK && value == 0, "and on both");
	CHECK(rcv_psi(wide[2], wide[2], 2, .5, &value) == RCV_OK && value == 0, "add is put on no bin");
}

static void
test_psi_domain(void)
{
	static const double good[] = {1, 2};
	static const double bad[][2] = {{-1, 2}, {1, NAN}, {INFINITY, 1}, {0, 0}};
	static const double large[] = {1, 1.1e300};
	bool refused = true;
	double value;

	for (size_t i = 0; i < 4; i++)
		refused = refused && rcv_psi(good, bad[i], 2, 0, &value) == RCV_EDOMAIN &&
				  rcv_psi(bad[i], good, 2, 0.5, &value) == RCV_EDOMAIN && value == 0;
	CHECK(refused, "negative, not finite, or nothing at all");
	CHECK(rcv_psi(good, large, 2, 0, &value) == RCV_EOVERFLOW, "over 1e300");
	CHECK(rcv_psi(good, good, 2, -0.5, &value) == RCV_EDOMAIN &&
			  rcv_psi(good, good, 2, NAN, &value) == RCV_EDOMAIN &&
			  rcv_psi(good, good, 2, INFINITY, &value) == RCV_EDOMAIN,
		  "add is finite and not negative");
	CHECK(rcv_psi(good, good, 0, 0, &value) == RCV_EDOMAIN, "no bin");
}

int
main(void)
{
	test_labels();
	test_counts();
	test_merge();
	test_limits();
	test_damage();
	test_table();
	test_psi_known();
	test_psi_domain();
	return check_done();
}
