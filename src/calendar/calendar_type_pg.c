/*
 * calendar_type_pg.c
 *		The type business_calendar: text, JSON and binary forms, equality.
 */
#include "calendar/calendar_pg.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "pg/json.h"

#define BINARY_VERSION 1

const rcv_calendar *
rcv_calendar_arg(Datum datum)
{
	const struct varlena *value = PG_DETOAST_DATUM(datum);

	rcv_check(rcv_calendar_check(VARDATA(value), VARSIZE(value) - VARHDRSZ), "business_calendar");
	return (const rcv_calendar *) VARDATA(value);
}

/* Text that begins with a brace or a quotation mark is JSON, other text a name. */
static Datum
of_text(const char *text)
{
	Size length;

	text += strspn(text, " \t\n\r");
	if (*text == '{' || *text == '"' || *text == '[')
		return rcv_calendar_of_jsonb(rcv_json_of_text(text, "business_calendar"));
	length = strlen(text);
	while (length > 0 && strchr(" \t\n\r", text[length - 1]) != NULL)
		length--;
	return rcv_calendar_of_name(text, length);
}

static char *
as_text(Datum datum)
{
	const rcv_calendar *calendar = rcv_calendar_arg(datum);
	const char *name = rcv_calendar_name(calendar);

	return name != NULL ? pstrdup(name) : rcv_calendar_json(calendar);
}

PG_FUNCTION_INFO_V1(pgrcv_calendar_in);
Datum
pgrcv_calendar_in(PG_FUNCTION_ARGS)
{
	return of_text(PG_GETARG_CSTRING(0));
}

PG_FUNCTION_INFO_V1(pgrcv_calendar_out);
Datum
pgrcv_calendar_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(as_text(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(pgrcv_calendar_recv);
Datum
pgrcv_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;

	if (pq_getmsgbyte(in) != BINARY_VERSION)
		rcv_check(RCV_EVERSION, "business_calendar");
	return of_text(pq_getmsgtext(in, in->len - in->cursor, &length));
}

PG_FUNCTION_INFO_V1(pgrcv_calendar_send);
Datum
pgrcv_calendar_send(PG_FUNCTION_ARGS)
{
	char *text = as_text(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendbyte(&out, BINARY_VERSION);
	pq_sendtext(&out, text, (int) strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(pgrcv_calendar_from_jsonb);
Datum
pgrcv_calendar_from_jsonb(PG_FUNCTION_ARGS)
{
	return rcv_calendar_of_jsonb(PG_GETARG_JSONB_P(0));
}

/* A calendar that is a name gives the rules of that name. */
PG_FUNCTION_INFO_V1(pgrcv_calendar_to_jsonb);
Datum
pgrcv_calendar_to_jsonb(PG_FUNCTION_ARGS)
{
	const rcv_calendar *calendar = rcv_calendar_arg(PG_GETARG_DATUM(0));
	const char *name = rcv_calendar_name(calendar);

	if (name != NULL)
		calendar = rcv_calendar_named(name);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(rcv_calendar_json(calendar)));
}
