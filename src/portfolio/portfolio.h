/*
 * portfolio.h
 *		All customers of a ledger in one hash table.
 *
 * For each customer: first and last purchase day, number of purchases, net
 * value, and a bitmap of the days with a purchase, which tells the number of
 * purchase days and answers cohort and lifetime questions.  A customer takes
 * 32 bytes and one bit for each day of the ledger's span.
 *
 * While lines are added, the days of 1,024 customers are held in blocks: a word
 * of each of them, side by side.  A ledger that comes by date touches one block
 * of each customer's group for weeks, and a longer span needs new blocks only.
 *
 * Why not a GROUP BY: with many customers in random order, a server's hash
 * aggregate spends most of its time waiting for memory, one ledger line after
 * the other.  Here lines are first put aside by the leading bits of their
 * hash; when a part has gathered enough of them, they are worked in together,
 * on a section of the table that fits in a core's cache.
 *
 * The table is open addressing with linear probing over slots of 4 bytes (7
 * bits of the hash, 25 of the row number); rows lie densely in order of arrival.
 */
#ifndef RCV_PORTFOLIO_H
#define RCV_PORTFOLIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "base/status.h"
#include "num/radix.h"

#define RCV_PORTFOLIO_PARTS 256
#define RCV_PORTFOLIO_GROUP 1024					  /* rows whose days share blocks */
#define RCV_PORTFOLIO_BYTES_MAX ((size_t) 1000 << 20) /* of all rows: a datum holds no more */

/* A customer. */
typedef struct rcv_portfolio_row
{
	int64_t customer;
	int64_t units;	   /* net value at the portfolio's scale */
	int32_t first_day; /* of a purchase; only when documents > 0 */
	int32_t last_day;  /* likewise */
	int32_t documents;
	int32_t frequency; /* days with a purchase: bits set in its days */
} rcv_portfolio_row;

/*
 * Rows as they are read, whoever holds them.  The days of a row are words, in
 * which bit i is a purchase on base_day + i.
 */
typedef struct rcv_portfolio_view
{
	const rcv_portfolio_row *rows;
	const uint64_t *days;	 /* the words of a row side by side; NULL where they are in blocks */
	uint64_t *const *blocks; /* see rcv_portfolio_word() */
	size_t n;
	int32_t words;
	int32_t base_day; /* a multiple of 64 */
	int32_t min_day;  /* of any line, purchase or not; only when n > 0 */
	int32_t max_day;
	int scale;
} rcv_portfolio_view;

/* A ledger line that was put aside. */
typedef struct rcv_portfolio_line
{
	int64_t customer;
	int64_t units;
	int32_t day;
	uint32_t hash;
} rcv_portfolio_line;

/* Gives size bytes with the old content; never NULL (it may leave by an error). */
typedef void *(*rcv_resize_fn)(void *context, void *old, size_t size);

typedef struct rcv_portfolio
{
	rcv_portfolio_view view; /* complete after rcv_portfolio_flush() */
	rcv_portfolio_row *rows;
	uint64_t **blocks; /* view.words for each group of rows, NULL where no bit is set */
	size_t rows_room;  /* rows that fit */
	size_t groups;	   /* of RCV_PORTFOLIO_GROUP rows, which have their blocks */
	uint32_t *slots;
	int slot_bits;							 /* of the hash that number a slot */
	int part_bits;							 /* of the hash that number a part: 0, then 8 */
	uint32_t put_aside[RCV_PORTFOLIO_PARTS]; /* lines of each part */
	rcv_portfolio_line *lines;				 /* as many places for each part */
	rcv_resize_fn resize;
	void *context;
} rcv_portfolio;

/* One word of a row's days. */
static inline uint64_t
rcv_portfolio_word(const rcv_portfolio_view *view, size_t row, size_t word)
{
	const uint64_t *block;

	if (view->days != NULL)
		return view->days[row * (size_t) view->words + word];
	block = view->blocks[row / RCV_PORTFOLIO_GROUP * (size_t) view->words + word];
	return block == NULL ? 0 : block[row % RCV_PORTFOLIO_GROUP];
}

/* Bytes of a customer. */
static inline size_t
rcv_portfolio_stride(int32_t words)
{
	return sizeof(rcv_portfolio_row) + (size_t) words * sizeof(uint64_t);
}

extern void rcv_portfolio_init(rcv_portfolio *portfolio, rcv_resize_fn resize, void *context);

/*
 * Adds one ledger line; when its part is full it is worked in.  RCV_EDATE,
 * RCV_EOVERFLOW when a value cannot be held, RCV_ELIMIT past
 * RCV_PORTFOLIO_BYTES_MAX; the portfolio is of no use after an error.
 */
extern rcv_status rcv_portfolio_add(rcv_portfolio *portfolio, int64_t customer, int32_t day,
									rcv_money amount);

/* Works in all that was put aside; the view is complete afterwards. */
extern rcv_status rcv_portfolio_flush(rcv_portfolio *portfolio);

/*
 * Adds customers of another portfolio, some thousand from number *done on: call
 * it until *done is their number.
 */
extern rcv_status rcv_portfolio_merge(rcv_portfolio *portfolio, const rcv_portfolio_view *other,
									  size_t *done);

/*
 * The canonical arrangement of a complete view: the words and base day of the
 * least span, and the smallest scale.
 */
extern void rcv_portfolio_tidy(const rcv_portfolio_view *view, rcv_portfolio_view *out);

/* Row i of one view as a row, with its days, of a tidied one. */
extern void rcv_portfolio_copy_row(const rcv_portfolio_view *from, size_t i,
								   const rcv_portfolio_view *to, rcv_portfolio_row *row,
								   uint64_t *days);

/*
 * The n rows of a view by ascending customer, with the row's number as value:
 * keys or spare, each with room for n.
 */
extern const rcv_keyed *rcv_portfolio_order(const rcv_portfolio_view *view, rcv_keyed *keys,
											rcv_keyed *spare);

/* RCV_EBINARY unless rows, days, counts and order are those of a tidied portfolio. */
extern rcv_status rcv_portfolio_check(const rcv_portfolio_view *view);

#endif
