/*
 * check.c
 *		Statuses of the core into PostgreSQL's errors.
 */
#include "pg/rcv_pg.h"

typedef struct status_error
{
	int sqlstate;
	const char *message; /* takes the name of the thing at fault */
	const char *hint;
} status_error;

static const status_error errors[] = {
	{0, NULL, NULL}, /* RCV_OK */
	{ERRCODE_INVALID_PARAMETER_VALUE, "%s is outside its domain", NULL},
	{ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "%s is out of range",
	 "An amount holds 18 digits, at least two of them decimals; a total holds 38."},
	{ERRCODE_NULL_VALUE_NOT_ALLOWED, "%s must not be null", NULL},
	{ERRCODE_DATETIME_FIELD_OVERFLOW, "%s is out of range",
	 "Days run from 0001-01-01 to 9999-12-31."},
	{ERRCODE_INVALID_TEXT_REPRESENTATION, "invalid text for %s", NULL},
	{ERRCODE_INVALID_BINARY_REPRESENTATION, "invalid binary value for %s",
	 "The value is damaged or was not written by this extension."},
	{ERRCODE_PROGRAM_LIMIT_EXCEEDED, "%s is too large", NULL},
	{ERRCODE_FEATURE_NOT_SUPPORTED, "%s was written by another version of receivables",
	 "Update the extension, or make the value again from its source."},
	{ERRCODE_INTERNAL_ERROR, "no room left for %s", NULL},
};

StaticAssertDecl(lengthof(errors) == RCV_STATUS_COUNT, "an error for each status");

void
rcv_check_slow(rcv_status status, const char *what)
{
	const status_error *error = &errors[status];

	ereport(ERROR, (errcode(error->sqlstate), errmsg(error->message, what),
					error->hint ? errhint("%s", error->hint) : 0));
}

void
rcv_null_error(const char *what)
{
	rcv_check_slow(RCV_ENULL, what);
	pg_unreachable();
}
