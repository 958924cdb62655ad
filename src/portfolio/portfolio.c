/*
 * portfolio.c
 *		All customers of a ledger in one hash table.
 */
#include "portfolio/portfolio.h"

#include <string.h>

#include "base/day.h"

#define WORD_DAYS 64
#define SPARE_WORDS 4 /* the span grows by as many at least */
#define FIRST_ROWS 1024
#define FIRST_SLOT_BITS 11
#define PART_BITS 8
#define PART_LINES 4096
#define WHOLE_ROWS 8192		 /* up to here the table is one part */
#define DIVIDED_SLOT_BITS 21 /* from then on: see below */
#define AHEAD 64			 /* lines whose memory is asked for together */
#define MERGE_ROWS 4096		 /* room is made for as many at once: most may be known already */
#define ROW_BITS 25			 /* of a slot: row number + 1 */
#define ROW_MASK ((UINT32_C(1) << ROW_BITS) - 1)
#define NO_ROW UINT32_MAX

_Static_assert(1 << PART_BITS == RCV_PORTFOLIO_PARTS, "a part for each value of the bits");

/*
 * Lines are worked in part by part, so new customers come to one section of the
 * slots at a time: were it to run full, it would be searched from end to end.
 */
_Static_assert(1 << (DIVIDED_SLOT_BITS - PART_BITS) >= 2 * PART_LINES,
			   "half of a section is free after the first lines of its part");

/* The limit in bytes keeps row numbers within their bits. */
_Static_assert(RCV_PORTFOLIO_BYTES_MAX / (sizeof(rcv_portfolio_row) + sizeof(uint64_t)) < ROW_MASK,
			   "a slot holds any row number");

static void
new_slots(rcv_portfolio *portfolio, int bits)
{
	size_t size = sizeof(*portfolio->slots) << bits;

	portfolio->slots = portfolio->resize(portfolio->context, NULL, size);
	portfolio->slot_bits = bits;
	memset(portfolio->slots, 0, size);
}

void
rcv_portfolio_init(rcv_portfolio *portfolio, rcv_resize_fn resize, void *context)
{
	memset(portfolio, 0, sizeof(*portfolio));
	portfolio->view.scale = RCV_SCALE_MIN;
	portfolio->resize = resize;
	portfolio->context = context;
	new_slots(portfolio, FIRST_SLOT_BITS);
	portfolio->lines = resize(context, NULL, PART_LINES * sizeof(*portfolio->lines));
}

/* Finalizer of MurmurHash3 (A. Appleby, public domain): every bit moves every other. */
static uint32_t
hash_customer(int64_t customer)
{
	uint64_t h = (uint64_t) customer;

	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t) (h >> 32);
}

/* Greatest multiple of 64 that is not after the day. */
static int32_t
word_start(int32_t day)
{
	return day - (int32_t) ((uint32_t) day % WORD_DAYS);
}

/* Growth ------------------------------------------------------------------ */

static bool
fits(size_t rows, int32_t words)
{
	return rows <= RCV_PORTFOLIO_BYTES_MAX / rcv_portfolio_stride(words);
}

static void
grow_rows(rcv_portfolio *portfolio, size_t least)
{
	size_t room = portfolio->rows_room > 0 ? portfolio->rows_room : FIRST_ROWS;

	if (least <= portfolio->rows_room)
		return;
	while (room < least)
		room *= 2;
	portfolio->rows =
		portfolio->resize(portfolio->context, portfolio->rows, room * sizeof(*portfolio->rows));
	portfolio->view.rows = portfolio->rows;
	portfolio->rows_room = room;
}

/* The leading bits number slots too, so that a part has a section of them. */
static size_t
first_slot(const rcv_portfolio *portfolio, uint32_t hash)
{
	return hash >> (32 - portfolio->slot_bits);
}

static size_t
next_slot(const rcv_portfolio *portfolio, size_t slot)
{
	return (slot + 1) & (((size_t) 1 << portfolio->slot_bits) - 1);
}

static uint32_t
slot_of(uint32_t hash, size_t row)
{
	return hash << ROW_BITS | (uint32_t) (row + 1);
}

static bool
slot_may_be(uint32_t slot, uint32_t hash)
{
	return (slot ^ hash << ROW_BITS) >> ROW_BITS == 0;
}

/* At most half of the slots are taken. */
static void
grow_slots(rcv_portfolio *portfolio, size_t rows)
{
	int bits = portfolio->slot_bits;

	if (portfolio->part_bits > 0 && bits < DIVIDED_SLOT_BITS)
		bits = DIVIDED_SLOT_BITS;
	while (rows > (size_t) 1 << (bits - 1))
		bits += 2;
	if (bits == portfolio->slot_bits)
		return;
	portfolio->resize(portfolio->context, portfolio->slots, 0);
	new_slots(portfolio, bits);
	for (size_t i = 0; i < portfolio->view.n; i++)
	{
		uint32_t hash = hash_customer(portfolio->rows[i].customer);
		size_t at = first_slot(portfolio, hash);

		while (portfolio->slots[at] != 0)
			at = next_slot(portfolio, at);
		portfolio->slots[at] = slot_of(hash, i);
	}
}

/* Words of the least span that holds min_day .. max_day. */
static int32_t
least_words(const rcv_portfolio_view *view)
{
	return (word_start(view->max_day) - word_start(view->min_day)) / WORD_DAYS + 1;
}

/* Blocks of more groups, or over another span, which holds all bits that are set. */
static void
relay_blocks(rcv_portfolio *portfolio, int32_t base_day, int32_t words, size_t groups)
{
	rcv_portfolio_view *view = &portfolio->view;
	size_t size = groups * (size_t) words * sizeof(*portfolio->blocks);
	uint64_t **blocks = portfolio->resize(portfolio->context, NULL, size);
	size_t shift = (size_t) (view->base_day - base_day) / WORD_DAYS;

	memset(blocks, 0, size);
	for (size_t i = 0; i < portfolio->groups; i++)
		memcpy(blocks + i * (size_t) words + shift, portfolio->blocks + i * (size_t) view->words,
			   (size_t) view->words * sizeof(*blocks));
	portfolio->resize(portfolio->context, portfolio->blocks, 0);
	portfolio->blocks = blocks;
	portfolio->groups = groups;
	view->blocks = blocks;
	view->base_day = base_day;
	view->words = words;
}

/* Gives rows rows blocks over a span that holds min_day .. max_day of the view. */
static void
cover(rcv_portfolio *portfolio, size_t rows)
{
	rcv_portfolio_view *view = &portfolio->view;
	int32_t base = word_start(view->min_day);
	int32_t words = least_words(view);
	size_t groups = (rows + RCV_PORTFOLIO_GROUP - 1) / RCV_PORTFOLIO_GROUP;

	if (view->words > 0)
	{
		int32_t spare = view->words / 2 > SPARE_WORDS ? view->words / 2 : SPARE_WORDS;
		int32_t before = (view->base_day - base) / WORD_DAYS; /* words to add at either end */
		int32_t after = words - before - view->words;

		before = before > 0 ? before + spare : 0;
		after = after > 0 ? after + spare : 0;
		base = view->base_day - before * WORD_DAYS;
		words = before + view->words + after;
	}
	else
		view->base_day = base;
	if (groups > portfolio->groups)
		groups += portfolio->groups;
	else
		groups = portfolio->groups;
	if (words != view->words || groups != portfolio->groups)
		relay_blocks(portfolio, base, words, groups);
}

/* The word that has the bit of a day of a row, which lies within the span. */
static inline uint64_t *
word_of(rcv_portfolio *portfolio, size_t row, int32_t day)
{
	const rcv_portfolio_view *view = &portfolio->view;
	size_t word = (size_t) (day - view->base_day) / WORD_DAYS;
	uint64_t **block = &portfolio->blocks[row / RCV_PORTFOLIO_GROUP * (size_t) view->words + word];

	if (*block == NULL)
	{
		size_t size = RCV_PORTFOLIO_GROUP * sizeof(uint64_t);

		*block = portfolio->resize(portfolio->context, NULL, size);
		memset(*block, 0, size);
	}
	return *block + row % RCV_PORTFOLIO_GROUP;
}

static void
widen(rcv_portfolio_view *view, int32_t first, int32_t last)
{
	view->min_day = view->n == 0 || first < view->min_day ? first : view->min_day;
	view->max_day = view->n == 0 || last > view->max_day ? last : view->max_day;
}

/* Room for rows rows, and for the places of their days. */
static void
make_room(rcv_portfolio *portfolio, size_t rows)
{
	grow_rows(portfolio, rows);
	grow_slots(portfolio, rows);
	cover(portfolio, rows);
}

static rcv_status
rescale(rcv_portfolio *portfolio, int scale)
{
	rcv_portfolio_view *view = &portfolio->view;

	for (size_t i = 0; i < view->n; i++)
	{
		rcv_portfolio_row *row = &portfolio->rows[i];

		if (rcv_money_rescale(row->units, view->scale, scale, &row->units) != RCV_OK)
			return RCV_EOVERFLOW;
	}
	view->scale = scale;
	return RCV_OK;
}

/* Parts ------------------------------------------------------------------- */

/* The number of the customer's row, which is made if there is none. */
static size_t
find_row(rcv_portfolio *portfolio, int64_t customer, uint32_t hash)
{
	size_t at = first_slot(portfolio, hash);
	size_t row;

	for (;; at = next_slot(portfolio, at))
	{
		uint32_t slot = portfolio->slots[at];

		if (slot == 0)
			break;
		row = (slot & ROW_MASK) - 1;
		if (slot_may_be(slot, hash) && portfolio->rows[row].customer == customer)
			return row;
	}
	row = portfolio->view.n++;
	portfolio->slots[at] = slot_of(hash, row);
	memset(&portfolio->rows[row], 0, sizeof(portfolio->rows[row]));
	portfolio->rows[row].customer = customer;
	return row;
}

/*
 * Asks for the rows of the next lines, where their slots tell them at once:
 * row[i] becomes the row that line i is likely to belong to, NO_ROW if none.
 */
static void
ask_for_rows(const rcv_portfolio *portfolio, const rcv_portfolio_line *lines, size_t n,
			 uint32_t *likely)
{
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(&portfolio->slots[first_slot(portfolio, lines[i].hash)]);
	for (size_t i = 0; i < n; i++)
	{
		size_t at = first_slot(portfolio, lines[i].hash);
		uint32_t slot = portfolio->slots[at];

		while (slot != 0 && !slot_may_be(slot, lines[i].hash))
		{
			at = next_slot(portfolio, at);
			slot = portfolio->slots[at];
		}
		likely[i] = slot == 0 ? NO_ROW : (slot & ROW_MASK) - 1;
		if (slot != 0)
			__builtin_prefetch(&portfolio->rows[likely[i]], 1);
	}
}

static void
note_purchase(rcv_portfolio_row *row, int32_t day)
{
	if (row->documents == 0)
		row->first_day = row->last_day = day;
	else if (day > row->last_day)
		row->last_day = day;
	else if (day < row->first_day)
		row->first_day = day;
	row->documents++;
}

/* Adds up to AHEAD lines to rows, then sets the bits of their days. */
static rcv_status
work_in_lines(rcv_portfolio *portfolio, const rcv_portfolio_line *lines, size_t n)
{
	uint32_t number[AHEAD];
	uint64_t *word[AHEAD];

	ask_for_rows(portfolio, lines, n, number);
	for (size_t i = 0; i < n; i++)
	{
		rcv_portfolio_row *row;

		if (number[i] == NO_ROW || portfolio->rows[number[i]].customer != lines[i].customer)
			number[i] = (uint32_t) find_row(portfolio, lines[i].customer, lines[i].hash);
		row = &portfolio->rows[number[i]];
		if (__builtin_add_overflow(row->units, lines[i].units, &row->units) ||
			row->documents == INT32_MAX)
			return RCV_EOVERFLOW;
		if (lines[i].units > 0)
			note_purchase(row, lines[i].day);
		word[i] = word_of(portfolio, number[i], lines[i].day);
		__builtin_prefetch(word[i], 1);
	}
	for (size_t i = 0; i < n; i++)
	{
		uint64_t bit = (uint64_t) (lines[i].units > 0)
					   << ((uint32_t) (lines[i].day - portfolio->view.base_day) % WORD_DAYS);

		portfolio->rows[number[i]].frequency += (*word[i] & bit) != bit;
		*word[i] |= bit;
	}
	return RCV_OK;
}

/* The limit is of a datum of all rows, over the days of the ledger alone. */
static rcv_status
check_size(const rcv_portfolio_view *view)
{
	return fits(view->n, least_words(view)) ? RCV_OK : RCV_ELIMIT;
}

static rcv_status
work_in_part(rcv_portfolio *portfolio, size_t part)
{
	const rcv_portfolio_line *lines = portfolio->lines + part * PART_LINES;
	size_t n = portfolio->put_aside[part];
	int32_t first = lines[0].day;
	int32_t last = lines[0].day;
	rcv_status status = RCV_OK;

	for (size_t i = 1; i < n; i++)
	{
		first = lines[i].day < first ? lines[i].day : first;
		last = lines[i].day > last ? lines[i].day : last;
	}
	widen(&portfolio->view, first, last);
	make_room(portfolio, portfolio->view.n + n);
	for (size_t i = 0; i < n && status == RCV_OK; i += AHEAD)
		status = work_in_lines(portfolio, lines + i, n - i < AHEAD ? n - i : AHEAD);
	portfolio->put_aside[part] = 0;
	return status == RCV_OK ? check_size(&portfolio->view) : status;
}

/* From one part to many, once the table has outgrown a core's cache. */
static void
divide(rcv_portfolio *portfolio)
{
	portfolio->part_bits = PART_BITS;
	portfolio->lines =
		portfolio->resize(portfolio->context, portfolio->lines,
						  RCV_PORTFOLIO_PARTS * PART_LINES * sizeof(*portfolio->lines));
}

rcv_status
rcv_portfolio_flush(rcv_portfolio *portfolio)
{
	rcv_status status = RCV_OK;

	for (size_t part = 0; part < RCV_PORTFOLIO_PARTS && status == RCV_OK; part++)
		if (portfolio->put_aside[part] > 0)
			status = work_in_part(portfolio, part);
	return status;
}

/* Brings an amount and the portfolio to one scale. */
static rcv_status
agree_on_scale(rcv_portfolio *portfolio, rcv_money *amount)
{
	rcv_status status;

	if (amount->scale < portfolio->view.scale)
		return rcv_money_rescale(amount->units, amount->scale, portfolio->view.scale,
								 &amount->units);
	status = rcv_portfolio_flush(portfolio);
	return status == RCV_OK ? rescale(portfolio, amount->scale) : status;
}

rcv_status
rcv_portfolio_add(rcv_portfolio *portfolio, int64_t customer, int32_t day, rcv_money amount)
{
	uint32_t hash = hash_customer(customer);
	rcv_portfolio_line *line;
	size_t part;
	rcv_status status = RCV_OK;

	if (!rcv_day_valid(day))
		return RCV_EDATE;
	if (amount.scale != portfolio->view.scale)
		status = agree_on_scale(portfolio, &amount);
	part = (uint64_t) hash << portfolio->part_bits >> 32;
	if (portfolio->put_aside[part] == PART_LINES && status == RCV_OK)
	{
		status = work_in_part(portfolio, part);
		if (portfolio->view.n > WHOLE_ROWS && portfolio->part_bits == 0)
		{
			divide(portfolio);
			part = (uint64_t) hash << portfolio->part_bits >> 32;
		}
	}
	if (status != RCV_OK)
		return status;
	line = &portfolio->lines[part * PART_LINES + portfolio->put_aside[part]++];
	*line = (rcv_portfolio_line){customer, amount.units, day, hash};
	__builtin_prefetch(line + 4, 1); /* where this part goes on */
	return RCV_OK;
}

/* Merging ----------------------------------------------------------------- */

static int32_t
count_bits(uint64_t word)
{
	return __builtin_popcountll(word);
}

/* Adds row i of another view, all of whose days lie within the portfolio's span. */
static rcv_status
merge_row(rcv_portfolio *portfolio, const rcv_portfolio_view *other, size_t i)
{
	const rcv_portfolio_row *from = &other->rows[i];
	size_t number = find_row(portfolio, from->customer, hash_customer(from->customer));
	rcv_portfolio_row *row = &portfolio->rows[number];
	int64_t units;

	if (rcv_money_rescale(from->units, other->scale, portfolio->view.scale, &units) != RCV_OK ||
		__builtin_add_overflow(row->units, units, &row->units) ||
		row->documents > INT32_MAX - from->documents)
		return RCV_EOVERFLOW;
	if (from->documents == 0)
		return RCV_OK;
	if (row->documents == 0 || from->first_day < row->first_day)
		row->first_day = from->first_day;
	if (row->documents == 0 || from->last_day > row->last_day)
		row->last_day = from->last_day;
	row->documents += from->documents;
	for (int32_t word = 0; word < other->words; word++)
	{
		uint64_t days = rcv_portfolio_word(other, i, (size_t) word);
		uint64_t *to;

		if (days == 0) /* words to spare may lie outside the span */
			continue;
		to = word_of(portfolio, number, other->base_day + word * WORD_DAYS);
		row->frequency += count_bits(days & ~*to);
		*to |= days;
	}
	return RCV_OK;
}

/* Adds n rows of another view, from row first on. */
static rcv_status
merge_rows(rcv_portfolio *portfolio, const rcv_portfolio_view *other, size_t first, size_t n)
{
	rcv_portfolio_view *view = &portfolio->view;
	rcv_status status = RCV_OK;

	widen(view, other->min_day, other->max_day);
	make_room(portfolio, view->n + n);
	for (size_t i = first; i < first + n && status == RCV_OK; i++)
		status = merge_row(portfolio, other, i);
	return status == RCV_OK ? check_size(view) : status;
}

rcv_status
rcv_portfolio_merge(rcv_portfolio *portfolio, const rcv_portfolio_view *other, size_t *done)
{
	rcv_portfolio_view *view = &portfolio->view;
	rcv_status status = rcv_portfolio_flush(portfolio);
	size_t n = other->n - *done < MERGE_ROWS ? other->n - *done : MERGE_ROWS;

	if (status == RCV_OK && other->scale > view->scale)
		status = rescale(portfolio, other->scale);
	if (n == 0 || status != RCV_OK)
		return status;
	if (view->n == 0) /* all of them are new */
	{
		widen(view, other->min_day, other->max_day);
		make_room(portfolio, other->n);
	}
	status = merge_rows(portfolio, other, *done, n);
	*done += n;
	return status;
}

/* Canonical form ---------------------------------------------------------- */

static int
needed_scale(const rcv_portfolio_view *view)
{
	int needed = RCV_SCALE_MIN;

	for (size_t i = 0; i < view->n && needed < view->scale; i++)
		while (needed < view->scale && view->rows[i].units % rcv_pow10(view->scale - needed) != 0)
			needed++;
	return needed;
}

void
rcv_portfolio_tidy(const rcv_portfolio_view *view, rcv_portfolio_view *out)
{
	int scale = needed_scale(view); /* before out, which may be the view itself */

	*out = *view;
	out->rows = NULL;
	out->days = NULL;
	out->blocks = NULL;
	out->scale = scale;
	if (view->n == 0)
	{
		out->base_day = out->min_day = out->max_day = 0;
		out->words = 0;
		return;
	}
	out->base_day = word_start(view->min_day);
	out->words = (word_start(view->max_day) - out->base_day) / WORD_DAYS + 1;
}

void
rcv_portfolio_copy_row(const rcv_portfolio_view *from, size_t i, const rcv_portfolio_view *to,
					   rcv_portfolio_row *row, uint64_t *days)
{
	size_t shift = (size_t) (to->base_day - from->base_day) / WORD_DAYS;

	*row = from->rows[i];
	row->units /= rcv_pow10(from->scale - to->scale);
	for (int32_t word = 0; word < to->words; word++)
		days[word] = rcv_portfolio_word(from, i, shift + (size_t) word);
}

const rcv_keyed *
rcv_portfolio_order(const rcv_portfolio_view *view, rcv_keyed *keys, rcv_keyed *spare)
{
	for (size_t i = 0; i < view->n; i++)
	{
		/* as an unsigned number, negative customers come first too */
		keys[i].key = (uint64_t) view->rows[i].customer ^ UINT64_C(1) << 63;
		keys[i].value = i;
	}
	return rcv_radix_sort(keys, spare, view->n);
}

static bool
row_possible(const rcv_portfolio_view *view, size_t i)
{
	const rcv_portfolio_row *row = &view->rows[i];
	const uint64_t *days = view->days + i * (size_t) view->words;
	int32_t frequency = 0;
	int32_t first;
	int32_t last;

	for (int32_t word = 0; word < view->words; word++)
		frequency += count_bits(days[word]);
	if (row->frequency != frequency || frequency > row->documents ||
		(frequency == 0) != (row->documents == 0))
		return false;
	if (frequency == 0)
		return row->first_day == 0 && row->last_day == 0 && row->units <= 0;
	if (row->first_day < view->min_day || row->first_day > row->last_day ||
		row->last_day > view->max_day)
		return false;
	first = row->first_day - view->base_day;
	last = row->last_day - view->base_day;
	for (int32_t word = 0; word < view->words; word++)
		if (days[word] != 0 && (first > word * WORD_DAYS + __builtin_ctzll(days[word]) ||
								last < word * WORD_DAYS + 63 - __builtin_clzll(days[word])))
			return false;
	return (days[first / WORD_DAYS] >> (first % WORD_DAYS) & 1) != 0 &&
		   (days[last / WORD_DAYS] >> (last % WORD_DAYS) & 1) != 0;
}

rcv_status
rcv_portfolio_check(const rcv_portfolio_view *view)
{
	rcv_portfolio_view tidy;

	if (view->scale < RCV_SCALE_MIN || view->scale > RCV_SCALE_MAX || view->words < 0 ||
		(view->n > 0 && (!rcv_day_valid(view->min_day) || !rcv_day_valid(view->max_day) ||
						 view->min_day > view->max_day)))
		return RCV_EBINARY;
	rcv_portfolio_tidy(view, &tidy);
	if (tidy.words != view->words || tidy.base_day != view->base_day || tidy.scale != view->scale ||
		tidy.min_day != view->min_day || tidy.max_day != view->max_day)
		return RCV_EBINARY;
	for (size_t i = 0; i < view->n; i++)
		if (!row_possible(view, i) ||
			(i > 0 && view->rows[i - 1].customer >= view->rows[i].customer))
			return RCV_EBINARY;
	return RCV_OK;
}
