/*
 * segment_map.c
 *		Maps as published, and their cells.
 */
#include "segment/segment_map.h"

#include <string.h>

#define MAX_POSITIONS 3

/* Eleven segments on R and the mean of F and M: a complete partition. */
static const rcv_segment_rule rfm11_rules[] = {
	{"Champions", "55 54 45"},
	{"Potential Loyalist", "52 42 33 43"},
	{"Loyal", "53 44 35 34"},
	{"Recent", "51"},
	{"Promising", "41 31"},
	{"Need Attention", "32 23 22"},
	{"About To Sleep", "21"},
	{"At Risk", "25 24 13"},
	{"Can't Lose", "15 14"},
	{"Hibernating", "12"},
	{"Lost", "11"},
};

/* Ten segments on R and F: a complete partition. */
static const rcv_segment_rule rf10_rules[] = {
	{"Hibernating", "[1-2][1-2]"},
	{"At Risk", "[1-2][3-4]"},
	{"Can't Lose", "[1-2]5"},
	{"About To Sleep", "3[1-2]"},
	{"Need Attention", "33"},
	{"Loyal", "[3-4][4-5]"},
	{"Promising", "41"},
	{"New", "51"},
	{"Potential Loyalist", "[4-5][2-3]"},
	{"Champions", "5[4-5]"},
};

/* Eleven segments, each of the 125 cells listed once: a complete partition. */
static const rcv_segment_rule rfm125_rules[] = {
	{"Champions", "555 554 544 545 454 455 445"},
	{"Loyal", "543 444 435 355 354 345 344 335"},
	{"Potential Loyalist", "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 "
						   "353 352 351 342 341 333 323"},
	{"Recent", "512 511 422 421 412 411 311"},
	{"Promising", "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313"},
	{"Need Attention", "535 534 443 434 343 334 325 324"},
	{"About To Sleep", "331 321 312 221 213"},
	{"At Risk", "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 "
				"125 124"},
	{"Can't Lose", "155 154 144 214 215 115 114 113"},
	{"Hibernating", "332 322 231 241 251 233 232 223 222 132 123 122 212 211"},
	{"Lost", "111 112 121 131 141 151"},
};

/* The example of the R package, overlaps and holes included. */
static const rcv_segment_rule rfm_pkg_rules[] = {
	{"Champions", "555"},
	{"Potential Loyalist", "[3-5][3-5][2-5]"},
	{"Loyal", "[2-4][2-4][2-4]"},
	{"Promising", "[3-4][1-3][3-5]"},
	{"New", "[4-5][1-3][1-5]"},
	{"Can't Lose", "[1-2][3-4][4-5]"},
	{"At Risk", "[1-2][2-5][4-5]"},
	{"Need Attention", "[1-3][3-5][3-5]"},
	{"About To Sleep", "[2-3][1-3][1-4]"},
	{"Lost", "1[1-5][1-5]"},
};

/*
 * Published on scores 0 .. 5, cut here to 1 .. 5, where wide rules come before
 * narrow ones: New, Promising, Can't Lose and Lost are left without a cell.
 */
static const rcv_segment_rule putler_rules[] = {
	{"Champions", "[4-5][4-5]"},
	{"Loyal", "[2-5][3-5]"},
	{"Potential Loyalist", "[3-5][1-3]"},
	{"New", "[4-5]1"},
	{"Promising", "[3-4]1"},
	{"Need Attention", "[2-3][2-3]"},
	{"About To Sleep", "[2-3][1-2]"},
	{"At Risk", "[1-2][2-5]"},
	{"Can't Lose", "1[4-5]"},
	{"Hibernating", "[1-2][1-2]"},
	{"Lost", "[1-2][1-2]"},
};

#define RULES(list) ((int) (sizeof(list) / sizeof((list)[0]))), (list)

static const rcv_segment_map maps[] = {
	{"rfm11", RCV_BASIS_R_FM, RULES(rfm11_rules), "widely copied SQL course solutions"},
	{"rf10", RCV_BASIS_RF, RULES(rf10_rules), "widely copied pandas tutorials"},
	{"rfm125", RCV_BASIS_RFM, RULES(rfm125_rules), "widely copied list of the 125 cells"},
	{"rfm_pkg", RCV_BASIS_RFM, RULES(rfm_pkg_rules), "example of the R package rfm 0.3.0"},
	{"putler", RCV_BASIS_R_FM, RULES(putler_rules),
	 "ranges in the manner of Putler, in their published order"},
};

#define MAP_COUNT ((int) (sizeof(maps) / sizeof(maps[0])))

const rcv_segment_map *
rcv_segment_map_at(int i)
{
	return i >= 0 && i < MAP_COUNT ? &maps[i] : NULL;
}

const rcv_segment_map *
rcv_segment_map_find(const char *name, size_t length)
{
	for (int i = 0; i < MAP_COUNT; i++)
		if (strlen(maps[i].name) == length && memcmp(maps[i].name, name, length) == 0)
			return &maps[i];
	return NULL;
}

const char *
rcv_segment_basis_text(rcv_segment_basis basis)
{
	static const char *const texts[] = {"r,f,m", "r,f", "r,fm"};

	return texts[basis];
}

int
rcv_segment_needs(rcv_segment_basis basis)
{
	return RCV_NEEDS_R | RCV_NEEDS_F | (basis == RCV_BASIS_RF ? 0 : RCV_NEEDS_M);
}

/* Reads a digit or a range such as [3-5]; returns what follows it, or NULL. */
static const char *
parse_range(const char *s, int *low, int *high)
{
	bool range = *s == '[';

	s += range;
	*low = *high = *s - '0';
	if (!rcv_segment_score_valid(*low))
		return NULL;
	s++;
	if (!range)
		return s;
	if (s[0] != '-' || !rcv_segment_score_valid(s[1] - '0') || s[2] != ']')
		return NULL;
	*high = s[1] - '0';
	return *low <= *high ? s + 3 : NULL;
}

/* The scores of a cell in the basis; returns how many they are. */
static int
cell_scores(int cell, rcv_segment_basis basis, int *scores)
{
	int f = cell / RCV_SEGMENT_SCORE_MAX % RCV_SEGMENT_SCORE_MAX + 1;
	int m = cell % RCV_SEGMENT_SCORE_MAX + 1;

	scores[0] = cell / (RCV_SEGMENT_SCORE_MAX * RCV_SEGMENT_SCORE_MAX) + 1;
	scores[1] = basis == RCV_BASIS_R_FM ? (f + m + 1) / 2 : f;
	scores[2] = m;
	return basis == RCV_BASIS_RFM ? 3 : 2;
}

static void
mark_box(const int *low, const int *high, rcv_segment_basis basis, uint32_t bit, uint32_t *rules)
{
	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
	{
		int scores[MAX_POSITIONS];
		int n = cell_scores(cell, basis, scores);
		bool inside = true;

		for (int i = 0; i < n; i++)
			inside = inside && scores[i] >= low[i] && scores[i] <= high[i];
		if (inside)
			rules[cell] |= bit;
	}
}

rcv_status
rcv_segment_mark(const char *cells, rcv_segment_basis basis, uint32_t bit, uint32_t *rules)
{
	int positions = basis == RCV_BASIS_RFM ? 3 : 2;

	while (*cells != '\0')
	{
		int low[MAX_POSITIONS];
		int high[MAX_POSITIONS];

		for (int i = 0; i < positions; i++)
		{
			cells = parse_range(cells, &low[i], &high[i]);
			if (cells == NULL)
				return RCV_ETEXT;
		}
		mark_box(low, high, basis, bit, rules);
		if (cells[0] == ' ' && cells[1] != '\0')
			cells++;
		else if (cells[0] != '\0')
			return RCV_ETEXT;
	}
	return RCV_OK;
}

rcv_status
rcv_segment_cover(const rcv_segment_map *map, uint32_t *rules)
{
	if (map->count > RCV_SEGMENT_RULES_MAX)
		return RCV_ELIMIT;
	memset(rules, 0, RCV_SEGMENT_CELLS * sizeof(*rules));
	for (int i = 0; i < map->count; i++)
	{
		rcv_status status =
			rcv_segment_mark(map->rules[i].cells, map->basis, UINT32_C(1) << i, rules);

		if (status != RCV_OK)
			return status;
	}
	return RCV_OK;
}

rcv_status
rcv_segment_table(const rcv_segment_map *map, const char **segments)
{
	uint32_t rules[RCV_SEGMENT_CELLS];
	rcv_status status = rcv_segment_cover(map, rules);

	if (status != RCV_OK)
		return status;
	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
	{
		int first = 0;

		while (first < map->count && !(rules[cell] >> first & 1))
			first++;
		segments[cell] = first < map->count ? map->rules[first].segment : RCV_SEGMENT_OTHERS;
	}
	return RCV_OK;
}
