/*
 * argument.c
 *		Days and names as arguments, and arguments that must not change.
 */
#include "pg/rcv_pg.h"

#include "utils/builtins.h"

int32
rcv_day_arg(DateADT day, const char *what)
{
	if (likely(rcv_day_valid(day)))
		return day;
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s must be finite", what),
				 errhint("Give a day from 0001-01-01 to 9999-12-31.")));
	rcv_check_slow(RCV_EDATE, what);
	pg_unreachable();
}

int32
rcv_day_or_infinity_arg(DateADT day, const char *what)
{
	return DATE_IS_NOEND(day) ? RCV_DAY_MAX : rcv_day_arg(day, what);
}

int
rcv_scale_arg(int32 scale)
{
	if (unlikely(scale < 0 || scale > 6))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("scale must lie between 0 and 6"),
				 errdetail("It is the number of decimals of the currency.")));
	return scale;
}

char *
rcv_list_names(const char *const *names)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; names[i] != NULL; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	return list.data;
}

static char
joined(char c)
{
	return c == ' ' || c == '-' ? '_' : c;
}

static bool
is_name(const char *bytes, Size length, const char *name)
{
	if (strlen(name) != length)
		return false;
	for (Size i = 0; i < length; i++)
		if (joined(bytes[i]) != joined(name[i]))
			return false;
	return true;
}

int
rcv_find_name(const char *bytes, Size length, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		if (is_name(bytes, length, names[i]))
			return i;
	return -1;
}

int
rcv_choice_arg(const text *value, const char *what, const char *const *names)
{
	int found = rcv_find_name(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), names);

	if (likely(found >= 0))
		return found;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("there is no %s \"%s\"", what, text_to_cstring(value)),
					errhint("There are: %s.", rcv_list_names(names))));
	pg_unreachable();
}

void
rcv_varying_error(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s must be the same in every row", what),
					errhint("Give a constant, or group by it.")));
	pg_unreachable();
}
