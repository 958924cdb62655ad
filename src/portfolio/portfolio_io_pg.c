/*
 * portfolio_io_pg.c
 *		Text and binary forms of the type portfolio.
 *
 * Text: [first day,last day]{customer:value:documents:day+n+n...,...}; the days
 * are those of all lines, the list behind documents is the first purchase day
 * and then the days from each purchase day to the next.  Binary: the same
 * fields in network byte order.  Both are read into a portfolio as canonical
 * as the one that was written.
 */
#include "portfolio/portfolio_pg.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"

#define BINARY_VERSION 1
#define WORD_DAYS 64

static bool
is_canonical(rcv_portfolio_flat *flat)
{
	rcv_portfolio_view view = rcv_portfolio_arg(PointerGetDatum(flat));

	return rcv_portfolio_check(&view) == RCV_OK;
}

/* A flat, canonical datum of either form. */
static rcv_portfolio_flat *
flat_of(Datum value)
{
	return (rcv_portfolio_flat *) PG_DETOAST_DATUM(value);
}

/* Text ---------------------------------------------------------------------- */

/* The first purchase day at or after a bit; -1 when there is none. */
static int
next_day(const uint64 *days, int words, int bit)
{
	for (int word = bit / WORD_DAYS; word < words; word++)
	{
		uint64 left = days[word];

		if (word == bit / WORD_DAYS)
			left &= ~UINT64CONST(0) << (bit % WORD_DAYS);
		if (left != 0)
			return word * WORD_DAYS + __builtin_ctzll(left);
	}
	return -1;
}

static void
append_row(StringInfo out, const rcv_portfolio_view *view, Size i)
{
	const rcv_portfolio_row *row = &view->rows[i];
	const uint64 *days = view->days + i * view->words;
	char text[RCV_MONEY_TEXT];
	int before = -1;

	rcv_money_print(row->units, view->scale, text);
	appendStringInfo(out, INT64_FORMAT ":%s:%d:", row->customer, text, row->documents);
	for (int bit = next_day(days, view->words, 0); bit >= 0;
		 bit = next_day(days, view->words, bit + 1))
	{
		if (before >= 0)
			appendStringInfo(out, "+%d", bit - before);
		else
		{
			rcv_day_print(view->base_day + bit, text);
			appendStringInfoString(out, text);
		}
		before = bit;
	}
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_out);
Datum
pgrcv_portfolio_out(PG_FUNCTION_ARGS)
{
	rcv_portfolio_view view = rcv_portfolio_arg(PointerGetDatum(flat_of(PG_GETARG_DATUM(0))));
	char day[RCV_DAY_TEXT + 1];
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	if (view.n > 0)
	{
		rcv_day_print(view.min_day, day);
		appendStringInfo(&out, "%s,", day);
		rcv_day_print(view.max_day, day);
		appendStringInfoString(&out, day);
	}
	appendStringInfoString(&out, "]{");
	for (Size i = 0; i < view.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoChar(&out, ',');
		append_row(&out, &view, i);
	}
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

typedef struct text_reader
{
	const char *text;
	const char *at;
	const char *end;
} text_reader;

static void
text_error(const text_reader *in, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type portfolio at character %d",
						   (int) (in->at - in->text) + 1),
					errdetail("%s", detail),
					errhint("Write [first day,last day]{customer:value:documents:day+n+n,...}.")));
}

static void
expect(text_reader *in, char mark)
{
	if (*in->at != mark)
		text_error(in, psprintf("\"%c\" is expected here.", mark));
	in->at++;
}

static int64
read_whole(text_reader *in, const char *what, int64 least, int64 most)
{
	const char *digits = in->at + (*in->at == '-');
	char *next;
	int64 value;

	errno = 0;
	value = strtoll(in->at, &next, 10);
	if (*digits < '0' || *digits > '9' || errno != 0 || value < least || value > most)
		text_error(in, psprintf("%s is expected here.", what));
	in->at = next;
	return value;
}

static int32
read_day(text_reader *in)
{
	int32 day;

	if (rcv_day_parse(in->at, in->end, &day) != RCV_OK)
		text_error(in, "A day as YYYY-MM-DD is expected here.");
	in->at += RCV_DAY_TEXT;
	return day;
}

static rcv_money
read_money(text_reader *in)
{
	rcv_money money;
	const char *next;
	rcv_status status = rcv_money_parse(in->at, in->end, &money, &next);

	if (status == RCV_ETEXT)
		text_error(in, "An amount is expected here.");
	rcv_check(status, "value");
	in->at = next;
	return money;
}

/* One customer's purchases; each line is worth nothing, the value is added by itself. */
static void
read_days(text_reader *in, rcv_portfolio_row *row, uint64 *days, const rcv_portfolio_view *view)
{
	int32 day = 0;

	for (bool first = true; first ? *in->at >= '0' && *in->at <= '9' : *in->at == '+';
		 first = false)
	{
		if (first)
			day = read_day(in);
		else
		{
			in->at++;
			day += (int32) read_whole(in, "A number of days over zero", 1, RCV_DAY_MAX);
		}
		if (day < view->min_day || day > view->max_day)
			text_error(in, "A purchase day lies outside the span.");
		if (first)
			row->first_day = day;
		row->last_day = day;
		row->frequency++;
		days[(day - view->base_day) / WORD_DAYS] |= UINT64CONST(1)
													<< ((day - view->base_day) % WORD_DAYS);
	}
}

/* Counts customers, to know the size before reading. */
static Size
count_rows(const text_reader *in)
{
	Size commas = 0;

	if (*in->at == '}')
		return 0;
	for (const char *s = in->at; *s != '\0'; s++)
		commas += *s == ',';
	return commas + 1;
}

static void
read_row(text_reader *in, const rcv_portfolio_view *view, rcv_portfolio_row *row, uint64 *days,
		 rcv_money *value)
{
	row->customer = read_whole(in, "A customer number", PG_INT64_MIN, PG_INT64_MAX);
	expect(in, ':');
	*value = read_money(in);
	expect(in, ':');
	row->documents = (int32) read_whole(in, "A number of documents", 0, PG_INT32_MAX);
	expect(in, ':');
	read_days(in, row, days, view);
}

static void
read_rows(text_reader *in, const rcv_portfolio_view *view, rcv_portfolio_flat *flat)
{
	uint64 *days = rcv_portfolio_flat_days(flat);
	rcv_money *values =
		MemoryContextAllocHuge(CurrentMemoryContext, (view->n + 1) * sizeof(*values));

	for (Size i = 0; i < view->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			expect(in, ',');
		read_row(in, view, &flat->rows[i], days + i * view->words, &values[i]);
		flat->scale = Max(flat->scale, values[i].scale);
	}
	for (Size i = 0; i < view->n; i++)
		rcv_check(
			rcv_money_rescale(values[i].units, values[i].scale, flat->scale, &flat->rows[i].units),
			"value");
	pfree(values);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_in);
Datum
pgrcv_portfolio_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	text_reader in = {text, text, text + strlen(text)};
	rcv_portfolio_view view = {.scale = RCV_SCALE_MIN};
	rcv_portfolio_flat *flat;
	bool spans;

	expect(&in, '[');
	spans = *in.at != ']';
	if (spans)
	{
		view.min_day = read_day(&in);
		expect(&in, ',');
		view.max_day = read_day(&in);
	}
	expect(&in, ']');
	expect(&in, '{');
	view.n = count_rows(&in);
	if (view.max_day < view.min_day)
		text_error(&in, "The span ends before it begins.");
	if (spans != (view.n > 0))
		text_error(&in, "A span and customers go together.");
	rcv_portfolio_tidy(&view, &view);
	flat = rcv_portfolio_new_flat(&view);
	read_rows(&in, &view, flat);
	expect(&in, '}');
	if (*in.at != '\0')
		text_error(&in, "Nothing may follow the closing brace.");
	if (!is_canonical(flat))
		text_error(&in, "Customers ascend; each has a document for each of its days at least, "
						"and without one no value over zero.");
	PG_RETURN_POINTER(flat);
}

/* Binary -------------------------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_portfolio_send);
Datum
pgrcv_portfolio_send(PG_FUNCTION_ARGS)
{
	rcv_portfolio_view view = rcv_portfolio_arg(PointerGetDatum(flat_of(PG_GETARG_DATUM(0))));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendbyte(&out, view.scale);
	pq_sendint32(&out, view.words);
	pq_sendint32(&out, view.base_day);
	pq_sendint32(&out, view.min_day);
	pq_sendint32(&out, view.max_day);
	pq_sendint64(&out, (int64) view.n);
	pq_sendint32(&out, 0);
	for (Size i = 0; i < view.n; i++)
	{
		const rcv_portfolio_row *row = &view.rows[i];

		CHECK_FOR_INTERRUPTS();
		pq_sendint64(&out, row->customer);
		pq_sendint64(&out, row->units);
		pq_sendint32(&out, row->first_day);
		pq_sendint32(&out, row->last_day);
		pq_sendint32(&out, row->documents);
		pq_sendint32(&out, row->frequency);
		for (int32 word = 0; word < view.words; word++)
			pq_sendint64(&out, view.days[i * view.words + word]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

static void
receive_row(StringInfo in, rcv_portfolio_row *row, uint64 *days, int32 words)
{
	row->customer = pq_getmsgint64(in);
	row->units = pq_getmsgint64(in);
	row->first_day = (int32) pq_getmsgint(in, 4);
	row->last_day = (int32) pq_getmsgint(in, 4);
	row->documents = (int32) pq_getmsgint(in, 4);
	row->frequency = (int32) pq_getmsgint(in, 4);
	for (int32 word = 0; word < words; word++)
		days[word] = (uint64) pq_getmsgint64(in);
}

PG_FUNCTION_INFO_V1(pgrcv_portfolio_recv);
Datum
pgrcv_portfolio_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	rcv_portfolio_view view = {NULL};
	rcv_portfolio_flat *flat;
	int64 n;
	Size stride;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, "portfolio");
	view.scale = pq_getmsgbyte(in);
	view.words = (int32) pq_getmsgint(in, 4);
	view.base_day = (int32) pq_getmsgint(in, 4);
	view.min_day = (int32) pq_getmsgint(in, 4);
	view.max_day = (int32) pq_getmsgint(in, 4);
	n = pq_getmsgint64(in);
	if (pq_getmsgint(in, 4) != 0 || n < 0 || view.words < 0 ||
		view.words > (RCV_DAY_MAX - RCV_DAY_MIN) / WORD_DAYS + 2)
		rcv_check(RCV_EBINARY, "portfolio");
	stride = rcv_portfolio_stride(view.words);
	if (n > (in->len - in->cursor) / (int64) stride || n * (int64) stride != in->len - in->cursor)
		rcv_check(RCV_EBINARY, "portfolio");
	view.n = (Size) n;
	flat = rcv_portfolio_new_flat(&view);
	for (Size i = 0; i < view.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		receive_row(in, &flat->rows[i], rcv_portfolio_flat_days(flat) + i * view.words, view.words);
	}
	if (!is_canonical(flat))
		rcv_check(RCV_EBINARY, "portfolio");
	PG_RETURN_POINTER(flat);
}
