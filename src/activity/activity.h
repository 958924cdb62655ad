/*
 * activity.h
 *		One customer's ledger lines, summed up by day.
 *
 * An activity is an *image*: a header and a run of variable-length lines, one
 * for each day, in place in a buffer of the caller.  A line holds the day, the
 * number of documents (lines of a positive amount: purchases) and the net
 * amount of that day.  A day of credit notes only, or of amounts of zero, has
 * no document: it changes the value and is no purchase.
 *
 * An image is canonical when its days ascend without repetition and its scale
 * is the smallest that holds each amount: two canonical images are equal just
 * when their bytes are.  Lines may be appended in any order; the image is then
 * pending, until rcv_activity_lines() and rcv_activity_write() make it anew.
 *
 * Layout, host byte order, no alignment needed:
 *		0	version			1 byte, RCV_ACTIVITY_VERSION
 *		1	canonical		1 byte
 *		2	scale			1 byte
 *		3	zero			1 byte
 *		4	lines			uint32
 *		8	used			uint32, bytes of lines
 *		12	last day		int32, of the line written last
 *		16	lines: key = zigzag(day - day before) * 4 + min(documents, 3),
 *			then documents - 3 when that is 3, then zigzag(units);
 *			each a little-endian base-128 number
 */
#ifndef RCV_ACTIVITY_H
#define RCV_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "base/status.h"

#define RCV_ACTIVITY_VERSION 1
#define RCV_ACTIVITY_HEADER 16	 /* bytes before the lines */
#define RCV_ACTIVITY_FEW 64		 /* lines sorted without spare room */
#define RCV_ACTIVITY_LINE_MAX 20 /* bytes of the longest line: 5 + 5 + 10 */

typedef struct rcv_activity_line
{
	int32_t day;
	int32_t documents;
	int64_t units;
} rcv_activity_line;

/* Reads lines one after the other. */
typedef struct rcv_activity_reader
{
	const uint8_t *at;
	const uint8_t *end;
	uint32_t left; /* lines still to read */
	int32_t day;
	int scale;
} rcv_activity_reader;

/* What is known of the days up to one day. */
typedef struct rcv_activity_facts
{
	int32_t frequency; /* days with a purchase */
	int32_t first_day; /* of a purchase; only when frequency > 0 */
	int32_t last_day;  /* likewise */
	int64_t documents;
	rcv_int128 units; /* net value */
	int scale;
} rcv_activity_facts;

/* An empty canonical image. */
extern void rcv_activity_init(uint8_t *image);

/* Header fields of an image of at least RCV_ACTIVITY_HEADER bytes. */
extern bool rcv_activity_canonical(const uint8_t *image);
extern int rcv_activity_scale(const uint8_t *image);
extern uint32_t rcv_activity_count(const uint8_t *image);
extern size_t rcv_activity_size(const uint8_t *image);

/* RCV_EVERSION or RCV_EBINARY when the header cannot be of this version. */
extern rcv_status rcv_activity_check(const uint8_t *image, size_t length);

/*
 * Appends a line at the image's own scale; the image is pending afterwards
 * unless the day comes after all others.  RCV_EROOM when fewer than
 * RCV_ACTIVITY_LINE_MAX bytes are left: nothing is changed then.
 */
extern rcv_status rcv_activity_append(uint8_t *image, size_t capacity,
									  const rcv_activity_line *line);

extern void rcv_activity_open(const uint8_t *image, rcv_activity_reader *reader);

/* The next line; false at the end or where the bytes are no line. */
extern bool rcv_activity_next(rcv_activity_reader *reader, rcv_activity_line *line);

/* Reads all lines, in stored order: rcv_activity_count() of them, or RCV_EBINARY. */
extern rcv_status rcv_activity_lines(const uint8_t *image, rcv_activity_line *out);

/*
 * Sorts lines by day and merges those of the same day; *n becomes the number
 * of lines.  RCV_EOVERFLOW when a day's documents or amount cannot be held: the
 * lines of such a day stay apart.  spare has room for as many lines; it is not
 * used, and may be NULL, for up to RCV_ACTIVITY_FEW.
 */
extern rcv_status rcv_activity_merge_lines(rcv_activity_line *lines, size_t *n,
										   rcv_activity_line *spare);

/* The smallest scale, at most the given one, that holds all amounts. */
extern int rcv_activity_reduce_scale(const rcv_activity_line *lines, size_t n, int scale);

/* Brings amounts from one scale to another: down only where exact; RCV_EOVERFLOW. */
extern rcv_status rcv_activity_rescale_lines(rcv_activity_line *lines, size_t n, int from, int to);

/* Bytes that rcv_activity_write() needs at most for merged lines. */
extern size_t rcv_activity_room(const rcv_activity_line *lines, size_t n);

/* Writes sorted lines; the image is canonical when days differ and scale is the smallest. */
extern rcv_status rcv_activity_write(uint8_t *image, size_t capacity,
									 const rcv_activity_line *lines, size_t n, int scale);

/* What a canonical image says of the days up to as_of, in one pass. */
extern rcv_status rcv_activity_facts_at(const uint8_t *image, int32_t as_of,
										rcv_activity_facts *out);

/* The same of the days first .. last, both included. */
extern rcv_status rcv_activity_facts_between(const uint8_t *image, int32_t first, int32_t last,
											 rcv_activity_facts *out);

/*
 * Mean number of days from one purchase day to the next:
 * (last - first) / (frequency - 1).  RCV_EDOMAIN under two purchase days.
 */
extern rcv_status rcv_activity_average_gap(const rcv_activity_facts *facts, double *out);

#endif
