/*
 * segment_map.h
 *		Named maps from R, F and M scores, each 1 .. 5, to segments.
 *
 * A map is a list of rules, each a segment and the cells it takes; the first
 * rule that has a cell wins it.  Cells are written in the scores the map is
 * based on, as words of one digit or range for each: "55 54 45" or
 * "[3-5][3-5][2-5]".  A cell of no rule belongs to RCV_SEGMENT_OTHERS.
 */
#ifndef RCV_SEGMENT_MAP_H
#define RCV_SEGMENT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_SEGMENT_SCORE_MAX 5
#define RCV_SEGMENT_CELLS 125
#define RCV_SEGMENT_RULES_MAX 32
#define RCV_SEGMENT_DEFAULT_MAP "rfm11"
#define RCV_SEGMENT_PROSPECT "prospect" /* no purchase: no scores */
#define RCV_SEGMENT_OTHERS "Others"

/* The scores that cells are written in. */
typedef enum rcv_segment_basis
{
	RCV_BASIS_RFM, /* r,f,m */
	RCV_BASIS_RF,  /* r,f */
	RCV_BASIS_R_FM /* r,fm where fm = floor((f + m + 1) / 2) */
} rcv_segment_basis;

/* Bits of the scores that a map needs. */
#define RCV_NEEDS_R 1
#define RCV_NEEDS_F 2
#define RCV_NEEDS_M 4

typedef struct rcv_segment_rule
{
	const char *segment;
	const char *cells;
} rcv_segment_rule;

typedef struct rcv_segment_map
{
	const char *name;
	rcv_segment_basis basis;
	int count; /* of rules */
	const rcv_segment_rule *rules;
	const char *source;
} rcv_segment_map;

static inline bool
rcv_segment_score_valid(int64_t score)
{
	return score >= 1 && score <= RCV_SEGMENT_SCORE_MAX;
}

/* Number of a cell, 0 .. RCV_SEGMENT_CELLS - 1, in the order of r, f, m. */
static inline int
rcv_segment_cell(int r, int f, int m)
{
	return ((r - 1) * RCV_SEGMENT_SCORE_MAX + f - 1) * RCV_SEGMENT_SCORE_MAX + m - 1;
}

/* The map of this number, from 0; NULL past the last. */
extern const rcv_segment_map *rcv_segment_map_at(int i);

/* The map of this name, which need not end in a zero byte; NULL if there is none. */
extern const rcv_segment_map *rcv_segment_map_find(const char *name, size_t length);

/* 'r,f,m', 'r,f' or 'r,fm'. */
extern const char *rcv_segment_basis_text(rcv_segment_basis basis);

/* RCV_NEEDS_... of a basis. */
extern int rcv_segment_needs(rcv_segment_basis basis);

/*
 * Sets bit in rules[cell] for each of the RCV_SEGMENT_CELLS cells that the
 * words name.  RCV_ETEXT where a word is none.
 */
extern rcv_status rcv_segment_mark(const char *cells, rcv_segment_basis basis, uint32_t bit,
								   uint32_t *rules);

/* For each cell, bit i is set when rule i of the map has it. */
extern rcv_status rcv_segment_cover(const rcv_segment_map *map, uint32_t *rules);

/* For each cell, its segment. */
extern rcv_status rcv_segment_table(const rcv_segment_map *map, const char **segments);

#endif
