/*
 * activity_io_pg.c
 *		Text and binary forms of the type activity.
 *
 * Text: {day:documents:amount,...} with ISO days and exact amounts, whatever
 * DateStyle or locale; days may come in any order on input, and lines of the
 * same day are merged.  Binary: version byte, scale byte, number of days, then
 * day, documents and units of each.
 */
#include "activity/activity_pg.h"

#include <ctype.h>

#include "libpq/pqformat.h"
#include "miscadmin.h"

#define BINARY_LINE 16 /* bytes of a day in the binary form */
#define BINARY_VERSION 1

typedef struct line_list
{
	rcv_activity_line *lines;
	Size n;
	Size room;
	int scale;
} line_list;

static void
text_error(const char *text, const char *at, const char *detail)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		 errmsg("invalid input syntax for type activity at character %d", (int) (at - text) + 1),
		 errdetail("%s", detail),
		 errhint("Write {day:documents:amount,...}, for instance {2025-01-31:1:120.00}.")));
}

static const char *
skip_space(const char *s)
{
	while (isspace((unsigned char) *s))
		s++;
	return s;
}

static void
add_line(line_list *list, int32 day, int32 documents, rcv_money amount)
{
	if (list->n == list->room)
	{
		list->room *= 2;
		list->lines = repalloc_huge(list->lines, list->room * sizeof(*list->lines));
	}
	if (amount.scale > list->scale)
	{
		rcv_check(rcv_activity_rescale_lines(list->lines, list->n, list->scale, amount.scale),
				  "amount");
		list->scale = amount.scale;
	}
	rcv_check(rcv_money_rescale(amount.units, amount.scale, list->scale, &amount.units), "amount");
	list->lines[list->n++] = (rcv_activity_line){day, documents, amount.units};
}

/* Reads one day:documents:amount; returns what follows it. */
static const char *
parse_line(const char *text, const char *s, const char *end, line_list *list)
{
	const char *field;
	int32 day;
	rcv_money documents;
	rcv_money amount;
	rcv_status status = rcv_day_parse(s, end, &day);

	if (status == RCV_EDATE)
		rcv_check(status, "day");
	if (status != RCV_OK || s[RCV_DAY_TEXT] != ':')
		text_error(text, s, "A day as YYYY-MM-DD and a colon are expected here.");
	field = s += RCV_DAY_TEXT + 1;
	if (rcv_money_parse(s, end, &documents, &s) != RCV_OK || documents.units < 0 ||
		documents.units > (int64) PG_INT32_MAX * 100 || documents.units % 100 != 0 || *s != ':')
		text_error(text, field, "A whole number of documents and a colon are expected here.");
	field = s + 1;
	status = rcv_money_parse(field, end, &amount, &s);
	if (status == RCV_EOVERFLOW)
		rcv_check(status, "amount");
	if (status != RCV_OK)
		text_error(text, field, "An amount is expected here.");
	if (documents.units == 0 && amount.units > 0)
		text_error(text, field, "A positive amount has at least one document.");
	add_line(list, day, (int32) (documents.units / 100), amount);
	return skip_space(s);
}

static Datum
list_result(line_list *list)
{
	struct varlena *value = rcv_activity_of_lines(list->lines, list->n, list->scale);

	pfree(list->lines);
	return PointerGetDatum(value);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_in);
Datum
pgrcv_activity_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	const char *end = text + strlen(text);
	const char *s = skip_space(text);
	line_list list = {palloc(16 * sizeof(rcv_activity_line)), 0, 16, RCV_SCALE_MIN};

	if (*s != '{')
		text_error(text, s, "An opening brace is expected here.");
	s = skip_space(s + 1);
	for (bool more = *s != '}'; more;)
	{
		CHECK_FOR_INTERRUPTS();
		s = parse_line(text, s, end, &list);
		more = *s == ',';
		if (more)
			s = skip_space(s + 1);
		else if (*s != '}')
			text_error(text, s, "A comma or a closing brace is expected here.");
	}
	s = skip_space(s + 1);
	if (*s != '\0')
		text_error(text, s, "Nothing may follow the closing brace.");
	return list_result(&list);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_out);
Datum
pgrcv_activity_out(PG_FUNCTION_ARGS)
{
	rcv_activity_reader reader;
	rcv_activity_line line;
	StringInfoData out;
	char day[RCV_DAY_TEXT + 1];
	char amount[RCV_MONEY_TEXT];

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	rcv_activity_open(rcv_activity_image(PG_GETARG_DATUM(0)), &reader);
	while (rcv_activity_next(&reader, &line))
	{
		rcv_day_print(line.day, day);
		rcv_money_print(line.units, reader.scale, amount);
		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&out, "%s%s:%d:%s", out.len > 1 ? "," : "", day, line.documents, amount);
	}
	rcv_activity_end(&reader);
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_send);
Datum
pgrcv_activity_send(PG_FUNCTION_ARGS)
{
	const uint8_t *image = rcv_activity_image(PG_GETARG_DATUM(0));
	rcv_activity_reader reader;
	rcv_activity_line line;
	StringInfoData out;

	rcv_activity_open(image, &reader);
	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendbyte(&out, reader.scale);
	pq_sendint32(&out, reader.left);
	while (rcv_activity_next(&reader, &line))
	{
		pq_sendint32(&out, line.day);
		pq_sendint32(&out, line.documents);
		pq_sendint64(&out, line.units);
	}
	rcv_activity_end(&reader);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

static bool
line_possible(const rcv_activity_line *line)
{
	return rcv_day_valid(line->day) && line->documents >= 0 &&
		   (line->documents > 0 || line->units <= 0);
}

PG_FUNCTION_INFO_V1(pgrcv_activity_recv);
Datum
pgrcv_activity_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	int scale;
	uint32 n;
	line_list list;

	if (version != BINARY_VERSION)
		rcv_check(RCV_EVERSION, "activity");
	scale = pq_getmsgbyte(in);
	n = pq_getmsgint(in, 4);
	if (scale < RCV_SCALE_MIN || scale > RCV_SCALE_MAX ||
		(uint64) n * BINARY_LINE != (uint64) (in->len - in->cursor))
		rcv_check(RCV_EBINARY, "activity");
	list = (line_list){palloc_extended((n + (Size) 1) * sizeof(rcv_activity_line), MCXT_ALLOC_HUGE),
					   n, n, scale};
	for (uint32 i = 0; i < n; i++)
	{
		list.lines[i].day = (int32) pq_getmsgint(in, 4);
		list.lines[i].documents = (int32) pq_getmsgint(in, 4);
		list.lines[i].units = pq_getmsgint64(in);
		if (!line_possible(&list.lines[i]) || (i > 0 && list.lines[i].day <= list.lines[i - 1].day))
			rcv_check(RCV_EBINARY, "activity");
	}
	return list_result(&list);
}
