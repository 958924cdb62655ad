/*
 * portfolio.c
 *		Any bytes as a tidied image of a portfolio, and as lines put into two
 *		that are merged.
 */
#include "base/day.h"
#include "portfolio/portfolio.h"
#include "target.h"

#define LINE_BYTES 8
#define IMAGE_HEADER 16

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
	result = realloc(old, size);
	must(result != NULL);
	return result;
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

static rcv_status
merge(rcv_portfolio *portfolio, const rcv_portfolio_view *other)
{
	rcv_status status;
	size_t done = 0;

	do
		status = rcv_portfolio_merge(portfolio, other, &done);
	while (status == RCV_OK && done < other->n);
	return status;
}

/* The rows and days of a view, tidied; to be freed by the caller. */
static rcv_portfolio_view
tidied(const rcv_portfolio_view *view)
{
	rcv_keyed *keys = calloc(view->n + 1, sizeof(*keys));
	rcv_keyed *spare = calloc(view->n + 1, sizeof(*spare));
	const rcv_keyed *ordered = rcv_portfolio_order(view, keys, spare);
	rcv_portfolio_view out;
	rcv_portfolio_row *rows;
	uint64_t *days;

	rcv_portfolio_tidy(view, &out);
	rows = calloc(view->n + 1, sizeof(*rows));
	days = calloc(view->n * (size_t) out.words + 1, sizeof(*days));
	for (size_t i = 0; i < view->n; i++)
		rcv_portfolio_copy_row(view, ordered[i].value, &out, &rows[i],
							   days + i * (size_t) out.words);
	out.rows = rows;
	out.days = days;
	free(keys);
	free(spare);
	return out;
}

static void
must_be_equal(const rcv_portfolio_view *a, const rcv_portfolio_view *b)
{
	must(a->n == b->n && a->words == b->words && a->base_day == b->base_day &&
		 a->min_day == b->min_day && a->max_day == b->max_day && a->scale == b->scale);
	must(memcmp(a->rows, b->rows, a->n * sizeof(*a->rows)) == 0);
	must(memcmp(a->days, b->days, a->n * (size_t) a->words * sizeof(*a->days)) == 0);
}

static void
free_view(rcv_portfolio_view *view)
{
	free((void *) view->rows);
	free((void *) view->days);
}

/* What passes the check is what a portfolio made of it gives back. */
static void
any_image(const uint8_t *data, size_t size)
{
	rcv_portfolio_view view = {0};
	rcv_portfolio portfolio;
	size_t stride;

	if (size < IMAGE_HEADER)
		return;
	memcpy(&view.min_day, data, 4);
	memcpy(&view.max_day, data + 4, 4);
	memcpy(&view.base_day, data + 8, 4);
	view.scale = data[12];
	view.words = data[13];
	stride = rcv_portfolio_stride(view.words);
	view.n = (size - IMAGE_HEADER) / stride;
	view.rows = malloc(view.n * sizeof(*view.rows) + 1);
	view.days = malloc(view.n * (size_t) view.words * sizeof(*view.days) + 1);
	must(view.rows != NULL && view.days != NULL);
	memcpy((void *) view.rows, data + IMAGE_HEADER, view.n * sizeof(*view.rows));
	memcpy((void *) view.days, data + IMAGE_HEADER + view.n * sizeof(*view.rows),
		   view.n * (size_t) view.words * sizeof(*view.days));
	if (rcv_portfolio_check(&view) == RCV_OK)
	{
		rcv_portfolio_view again;

		rcv_portfolio_init(&portfolio, resize, NULL);
		must(merge(&portfolio, &view) == RCV_OK);
		again = tidied(&portfolio.view);
		must_be_equal(&again, &view);
		free_view(&again);
		stop(&portfolio);
	}
	free_view(&view);
}

/* Each eight bytes a line, put into one portfolio, and into two that are merged. */
static void
any_lines(const uint8_t *data, size_t size)
{
	rcv_portfolio all[3];
	rcv_portfolio_view views[2];
	rcv_status status = RCV_OK;

	for (int i = 0; i < 3; i++)
		rcv_portfolio_init(&all[i], resize, NULL);
	for (; size >= LINE_BYTES && status == RCV_OK; data += LINE_BYTES, size -= LINE_BYTES)
	{
		int64_t customer = (int8_t) data[0];
		int32_t day = (data[1] | data[2] << 8) % 3000 - 1500;
		rcv_money amount;

		if (data[3] == 0) /* seldom a day far away */
			day *= 100;
		must(rcv_money_reduce((int16_t) (data[4] | data[5] << 8), 2 + data[6] % 5, &amount) ==
			 RCV_OK);
		for (int i = 0; i < 2 && status == RCV_OK; i++)
			status = rcv_portfolio_add(&all[i == 0 ? 0 : 1 + data[7] % 2], customer, day, amount);
	}
	for (int i = 0; i < 3 && status == RCV_OK; i++)
		status = rcv_portfolio_flush(&all[i]);
	if (status == RCV_OK && merge(&all[1], &all[2].view) == RCV_OK)
	{
		for (int i = 0; i < 2; i++)
			views[i] = tidied(&all[i].view);
		must(rcv_portfolio_check(&views[0]) == RCV_OK);
		must_be_equal(&views[0], &views[1]);
		for (int i = 0; i < 2; i++)
			free_view(&views[i]);
	}
	for (int i = 0; i < 3; i++)
		stop(&all[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	any_image(data, size);
	any_lines(data, size);
	return 0;
}
