/*
 * segment.c
 *		Every cell of every map, and the notation of cells.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "segment/segment_map.h"

/* One letter for each segment, in the tables below. */
static const char *const letters[] = {
	"C", "Champions", "L", "Loyal",		 "P", "Potential Loyalist", "R", "Recent",
	"N", "New",		  "M", "Promising",	 "A", "Need Attention",		"S", "About To Sleep",
	"K", "At Risk",	  "X", "Can't Lose", "H", "Hibernating",		"T", "Lost",
	"-", "Others",
};

static const char *
segment_of_letter(char letter)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i += 2)
		if (letters[i][0] == letter)
			return letters[i + 1];
	return "?";
}

static const rcv_segment_map *
map_named(const char *name)
{
	return rcv_segment_map_find(name, strlen(name));
}

/* grid: a row for each R from 5 down to 1; in it the second score from 1 to 5. */
static bool
equals_grid(const char *name, const char *const *grid)
{
	const rcv_segment_map *map = map_named(name);
	const char *segments[RCV_SEGMENT_CELLS];
	bool equal = rcv_segment_table(map, segments) == RCV_OK;

	for (int r = 1; r <= 5; r++)
		for (int f = 1; f <= 5; f++)
			for (int m = 1; m <= 5; m++)
			{
				int second = map->basis == RCV_BASIS_RF ? f : (f + m + 1) / 2;

				equal = equal && strcmp(segments[rcv_segment_cell(r, f, m)],
										segment_of_letter(grid[5 - r][second - 1])) == 0;
			}
	return equal;
}

/* cube: 25 words, R from 1 to 5 and in it F from 1 to 5; in a word M from 1 to 5. */
static bool
equals_cube(const char *name, const char *const *cube)
{
	const char *segments[RCV_SEGMENT_CELLS];
	bool equal = rcv_segment_table(map_named(name), segments) == RCV_OK;

	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
		equal = equal && strcmp(segments[cell], segment_of_letter(cube[cell / 5][cell % 5])) == 0;
	return equal;
}

static void
test_cells(void)
{
	static const char *const rfm11[] = {"RPLCC", "MPPLC", "MAPLL", "SAAKK", "THKXX"};
	static const char *const rf10[] = {"NPPCC", "MPPLL", "SSALL", "HHKKX", "HHKKX"};
	static const char *const putler[] = {"PPLCC", "PPLCC", "PPLLL", "SALLL", "HKKKK"};
	static const char *const rfm125[] = {
		"TTXXX", "THHKK", "THKKK", "TKKXK", "TKKXX", /* R = 1 */
		"HHSXX", "SHHKK", "HHHKK", "HKKKK", "HKKKK", /* R = 2 */
		"RSMMM", "SHPAA", "SHPAL", "PPALL", "PPPLL", /* R = 3 */
		"RRMMM", "RRPMM", "PPPAL", "PPALC", "PPPCC", /* R = 4 */
		"RRMMM", "MMMMM", "PPPAA", "PPLCC", "PPPCC", /* R = 5 */
	};
	static const char *const rfm_pkg[] = {
		"TTTTT", "TTTKK", "TTAXX", "TTAXX", "TTAKK", /* R = 1 */
		"SSSS-", "SLLLK", "SLLLX", "-LLLX", "--AKK", /* R = 2 */
		"SSMMM", "SLLLM", "SPPPP", "-PPPP", "-PPPP", /* R = 3 */
		"NNMMM", "NLLLM", "NPPPP", "-PPPP", "-PPPP", /* R = 4 */
		"NNNNN", "NNNNN", "NPPPP", "-PPPP", "-PPPC", /* R = 5 */
	};

	CHECK(equals_grid("rfm11", rfm11), "every cell of rfm11");
	CHECK(equals_grid("rf10", rf10), "every cell of rf10");
	CHECK(equals_grid("putler", putler), "every cell of putler");
	CHECK(equals_cube("rfm125", rfm125), "every cell of rfm125");
	CHECK(equals_cube("rfm_pkg", rfm_pkg), "every cell of rfm_pkg");
}

typedef struct cover_counts
{
	int gaps;
	int overlaps;
	int most;						/* rules in one cell */
	int won[RCV_SEGMENT_RULES_MAX]; /* cells of each rule */
} cover_counts;

static cover_counts
count_cover(const char *name)
{
	cover_counts counts = {0};
	uint32_t rules[RCV_SEGMENT_CELLS];

	if (rcv_segment_cover(map_named(name), rules) != RCV_OK)
		return counts;
	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
	{
		int n = __builtin_popcount(rules[cell]);

		counts.gaps += n == 0;
		counts.overlaps += n > 1;
		counts.most = n > counts.most ? n : counts.most;
		if (n > 0)
			counts.won[__builtin_ctz(rules[cell])]++;
	}
	return counts;
}

static bool
is_partition(const char *name)
{
	cover_counts counts = count_cover(name);

	return counts.gaps == 0 && counts.overlaps == 0 && counts.most == 1;
}

static void
test_cover(void)
{
	static const int sizes[] = {7, 8, 24, 7, 16, 8, 5, 22, 8, 14, 6};
	static const int holes[] = {215, 241, 251, 252, 341, 351, 441, 451, 541, 551};
	cover_counts counts = count_cover("rfm125");
	uint32_t rules[RCV_SEGMENT_CELLS];
	bool holes_found = true;

	CHECK(is_partition("rfm11"), "rfm11 is a complete partition");
	CHECK(is_partition("rf10"), "rf10 is a complete partition");
	CHECK(is_partition("rfm125"), "rfm125 is a complete partition");
	CHECK(memcmp(counts.won, sizes, sizeof(sizes)) == 0, "published sizes of rfm125");

	counts = count_cover("rfm_pkg");
	CHECK(counts.gaps == 10, "rfm_pkg: 10 gaps");
	CHECK(counts.overlaps == 58, "rfm_pkg: 58 overlaps");
	CHECK(counts.most == 5, "rfm_pkg: at most 5 rules in a cell");
	rcv_segment_cover(map_named("rfm_pkg"), rules);
	for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++)
		holes_found =
			holes_found &&
			rules[rcv_segment_cell(holes[i] / 100, holes[i] / 10 % 10, holes[i] % 10)] == 0;
	CHECK(holes_found, "rfm_pkg: the gaps are those published");
	for (int i = 0; i < map_named("rfm_pkg")->count; i++)
		CHECK(counts.won[i] > 0, "rfm_pkg: every rule wins a cell");

	counts = count_cover("putler");
	CHECK(counts.gaps == 0 && counts.overlaps > 0, "putler has no gap, but overlaps");
}

static rcv_status
mark(const char *cells, rcv_segment_basis basis, int *count)
{
	uint32_t rules[RCV_SEGMENT_CELLS] = {0};
	rcv_status status = rcv_segment_mark(cells, basis, 1, rules);

	*count = 0;
	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
		*count += rules[cell] != 0;
	return status;
}

static void
test_notation(void)
{
	static const char *const bad[] = {
		"5",	  "0 5", "56",	"06",	  "555",   "[1-2]", "5[1-2", "5[12]", "5[2-1]", "5[0-2]",
		"5[1-6]", "55 ", " 55", "55  54", "55,54", "5[",	"5[-2]", "x1",	  "5-5",	"[1-2]-1",
	};
	int n;

	CHECK(mark("", RCV_BASIS_RFM, &n) == RCV_OK && n == 0, "no word, no cell");
	CHECK(mark("123", RCV_BASIS_RFM, &n) == RCV_OK && n == 1, "one cell");
	CHECK(mark("[1-5][1-5][1-5]", RCV_BASIS_RFM, &n) == RCV_OK && n == 125, "all cells");
	CHECK(mark("[3-5][3-5][2-5]", RCV_BASIS_RFM, &n) == RCV_OK && n == 36, "a box");
	CHECK(mark("11 1[1-2] 12", RCV_BASIS_RF, &n) == RCV_OK && n == 10, "words may repeat a cell");
	CHECK(mark("11", RCV_BASIS_R_FM, &n) == RCV_OK && n == 1, "fm = 1 is f = m = 1");
	CHECK(mark("15", RCV_BASIS_R_FM, &n) == RCV_OK && n == 3, "fm = 5 is 5 5, 5 4, 4 5");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(mark(bad[i], RCV_BASIS_R_FM, &n) == RCV_ETEXT, bad[i]);
}

/* Random words are read to the end or refused, without reading past it. */
static void
test_random_notation(void)
{
	static const char alphabet[] = "1234505[]- 1[-]5";
	uint64_t seed = 20250131;
	bool right = true;

	for (int i = 0; i < 200000; i++)
	{
		size_t length = check_random(&seed) % 12;
		char *text = malloc(length + 1); /* so that a sanitizer sees a read too far */
		int n;
		rcv_status status;

		for (size_t k = 0; k < length; k++)
			text[k] = alphabet[check_random(&seed) % (sizeof(alphabet) - 1)];
		text[length] = '\0';
		status = mark(text, (rcv_segment_basis) (check_random(&seed) % 3), &n);
		right = right && (status == RCV_ETEXT || (status == RCV_OK && (n > 0) == (length > 0)));
		free(text);
	}
	CHECK(right, "random words are cells or refused");
}

static void
test_lookup(void)
{
	int n = 0;

	while (rcv_segment_map_at(n) != NULL)
	{
		const rcv_segment_map *map = rcv_segment_map_at(n++);

		CHECK(map_named(map->name) == map, map->name);
		CHECK(map->count <= RCV_SEGMENT_RULES_MAX, "a bit for each rule");
	}
	CHECK(n == 5, "five maps");
	CHECK(rcv_segment_map_at(-1) == NULL, "no map before the first");
	CHECK(map_named(RCV_SEGMENT_DEFAULT_MAP) != NULL, "the default is a map");
	CHECK(map_named("rfm") == NULL && map_named("rfm111") == NULL && map_named("") == NULL,
		  "a name must match in full");
	CHECK(rcv_segment_map_find("rf10x", 4) == map_named("rf10"), "a name needs no zero byte");
	CHECK(rcv_segment_needs(RCV_BASIS_RF) == (RCV_NEEDS_R | RCV_NEEDS_F), "r,f needs no m");
	CHECK(rcv_segment_needs(RCV_BASIS_R_FM) == (RCV_NEEDS_R | RCV_NEEDS_F | RCV_NEEDS_M),
		  "r,fm needs all");
	CHECK(rcv_segment_score_valid(1) && rcv_segment_score_valid(5), "scores 1 and 5");
	CHECK(!rcv_segment_score_valid(0) && !rcv_segment_score_valid(6), "scores 0 and 6");
	CHECK(rcv_segment_cell(1, 1, 1) == 0 && rcv_segment_cell(5, 5, 5) == 124 &&
			  rcv_segment_cell(2, 3, 4) == 38,
		  "number of a cell");
}

int
main(void)
{
	test_cells();
	test_cover();
	test_notation();
	test_random_notation();
	test_lookup();
	return check_done();
}
