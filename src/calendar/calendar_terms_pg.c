/*
 * calendar_terms_pg.c
 *		Due dates by terms of payment.
 */
#include "calendar/calendar_pg.h"

#include "access/htup_details.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "calendar/terms.h"

static void
terms_error(const char *text, Size length, const rcv_terms_error *error)
{
	int character = 1;
	const char *all = pg_any_to_server(pnstrdup(text, length), (int) length, PG_UTF8);

	for (Size i = 0; i < error->at; i++)
		character += ((unsigned char) text[i] & 0xC0) != 0x80;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid terms of payment \"%s\"", all),
			 errdetail("Character %d: %s.", character, error->message),
			 errhint("Terms are written as in \"30 days\", \"net 30\", \"6 weeks\", \"2 months\", "
					 "\"45 days end of month\", \"end of month 45 days\", \"end of month\", \"30 "
					 "days the 15th\", \"on receipt\", and for instalments \"30%% 30 days, 70%% 60 "
					 "days\" or \"30%% on receipt, rest 60 days\".")));
}

static void *
build_terms(Datum datum, MemoryContext context)
{
	rcv_terms *out = MemoryContextAlloc(context, sizeof(*out));
	const text *terms = DatumGetTextPP(datum);
	const char *bytes = VARDATA_ANY(terms);
	Size length = VARSIZE_ANY_EXHDR(terms);
	rcv_terms_error error;

	if (GetDatabaseEncoding() != PG_UTF8)
	{
		bytes = pg_server_to_any(pnstrdup(bytes, length), (int) length, PG_UTF8);
		length = strlen(bytes);
	}
	if (rcv_terms_parse(bytes, length, out, &error) != RCV_OK)
		terms_error(bytes, length, &error);
	return out;
}

/* The day of a part, rolled when there is a calendar. */
static int32
due_day(const rcv_terms_part *part, int32 issued, const rcv_business_days *days, rcv_roll roll)
{
	int32 due;

	rcv_check(rcv_terms_due(part, issued, &due), "due date");
	return days == NULL ? due : rcv_rolled(days, due, roll);
}

/*
 * Terms and calendars are kept in one cache, by their bytes.  One is never taken
 * for the other: a calendar begins with its version, a byte that no terms have.
 */
static const rcv_business_days *
calendar_or_none(FunctionCallInfo fcinfo, int arg)
{
	return PG_ARGISNULL(arg) ? NULL : rcv_business_days_arg(fcinfo, arg);
}

PG_FUNCTION_INFO_V1(pgrcv_due_date);
Datum
pgrcv_due_date(PG_FUNCTION_ARGS)
{
	const rcv_terms *terms;
	int32 issued;
	rcv_roll roll;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	issued = rcv_day_arg(PG_GETARG_DATEADT(0), "day of issue");
	roll = rcv_roll_arg(PG_GETARG_DATUM(3));
	terms = rcv_cached(fcinfo, PG_GETARG_DATUM(1), build_terms);
	if (terms->parts != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("terms with instalments have more than one due date"),
						errdetail("These have %d.", terms->parts), errhint("Use due_dates.")));
	PG_RETURN_DATEADT(due_day(&terms->part[0], issued, calendar_or_none(fcinfo, 2), roll));
}

typedef struct due_call
{
	rcv_terms terms;
	int32 due[RCV_TERMS_PARTS_MAX];
} due_call;

/* No part when an argument is null. */
static void
list_due_dates(FunctionCallInfo fcinfo)
{
	FuncCallContext *call = rcv_first_call(fcinfo, sizeof(due_call));
	due_call *state = call->user_fctx;
	const rcv_business_days *days = NULL;
	int32 issued;
	rcv_roll roll;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		return;
	issued = rcv_day_arg(PG_GETARG_DATEADT(0), "day of issue");
	roll = rcv_roll_arg(PG_GETARG_DATUM(3));
	state->terms = *(const rcv_terms *) build_terms(PG_GETARG_DATUM(1), CurrentMemoryContext);
	if (!PG_ARGISNULL(2))
	{
		/* fn_extra is taken */
		rcv_business_days *built = palloc(sizeof(*built));

		rcv_business_days_build(rcv_calendar_off(rcv_calendar_arg(PG_GETARG_DATUM(2)), NULL),
								built);
		days = built;
	}
	for (int i = 0; i < state->terms.parts; i++)
		state->due[i] = due_day(&state->terms.part[i], issued, days, roll);
}

/* A share with as many decimals as the terms have. */
static Datum
share_numeric(const rcv_terms *terms, int32 share)
{
	for (int i = terms->decimals; i < RCV_SHARE_DECIMALS_MAX; i++)
		share /= 10;
	return rcv_money_numeric(share, terms->decimals);
}

PG_FUNCTION_INFO_V1(pgrcv_due_dates);
Datum
pgrcv_due_dates(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	const due_call *state;
	Datum values[3];
	bool nulls[3] = {false};
	Datum row;
	int i;

	if (SRF_IS_FIRSTCALL())
		list_due_dates(fcinfo);
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	i = (int) call->call_cntr;
	if (i >= state->terms.parts)
		SRF_RETURN_DONE(call);
	values[0] = Int32GetDatum(i + 1);
	values[1] = share_numeric(&state->terms, state->terms.part[i].share);
	values[2] = DateADTGetDatum(state->due[i]);
	row = HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls));
	SRF_RETURN_NEXT(call, row);
}
