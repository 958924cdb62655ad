/*
 * calendar_json_pg.c
 *		Calendars from JSON, and as JSON; calendars by name.
 */
#include "calendar/calendar_pg.h"

#include "pg/json.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "calendar/calendar_data.h"

#define NESTED_MAX 4 /* named calendars that name others: as deep as those shipped need */
#define TEXT_MAX 500

static const char *const what_calendar = "business_calendar";

static const char *const calendar_keys[] = {"weekend", "holidays", "working_days", "union", NULL};
static const char *const holiday_keys[] = {"month",	   "day",  "weekday", "nth",   "easter",
										   "date",	   "from", "to",	  "every", "on",
										   "observed", "name", "source",  NULL};

/* Parts of a calendar as they are collected. */
typedef struct parts
{
	rcv_calendar head;
	rcv_holiday *rules;
	int32 *working;
	uint16 members[RCV_CALENDAR_MEMBERS_MAX];
	StringInfoData texts;
} parts;

/* Names ------------------------------------------------------------------ */

static void
name_error(const char *name)
{
	StringInfoData names;

	initStringInfo(&names);
	for (const rcv_named_calendar *c = rcv_named_calendars; c->name != NULL; c++)
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", c->name);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("there is no business calendar \"%s\"", name),
					errhint("Calendars with a name are %s; any other one is written as JSON, as in "
							"{\"weekend\": [6, 7], \"holidays\": [{\"month\": 5, \"day\": 1}]}.",
							names.data)));
}

static const rcv_named_calendar *
find_named(const char *name)
{
	for (const rcv_named_calendar *c = rcv_named_calendars; c->name != NULL; c++)
		if (pg_strcasecmp(c->name, name) == 0)
			return c;
	name_error(name);
	pg_unreachable();
}

const rcv_calendar *
rcv_calendar_named(const char *name)
{
	const rcv_named_calendar *named = find_named(name);
	Datum json = DirectFunctionCall1(jsonb_in, CStringGetDatum(named->rules));

	return rcv_calendar_arg(rcv_calendar_of_jsonb(DatumGetJsonbP(json)));
}

/* Putting a calendar together ---------------------------------------------- */

static void
open_parts(parts *out)
{
	memset(out, 0, sizeof(*out));
	out->head.version = RCV_CALENDAR_VERSION;
	initStringInfo(&out->texts);
	appendStringInfoChar(&out->texts, '\0');
}

/* Place of a text that is new. */
static uint16
add_text(parts *out, const char *text)
{
	int place = out->texts.len;

	appendBinaryStringInfo(&out->texts, text, (int) strlen(text) + 1);
	if (out->texts.len > RCV_CALENDAR_TEXTS_MAX)
		ereport(
			ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s is too large", what_calendar),
			 errdetail("Its names and sources have more than %d bytes.", RCV_CALENDAR_TEXTS_MAX)));
	return (uint16) place;
}

static Datum
close_parts(parts *in)
{
	Size size;
	struct varlena *value;
	char *at;

	in->head.texts = (uint16) in->texts.len;
	size = VARHDRSZ + rcv_calendar_size(&in->head);
	value = palloc0(size);
	SET_VARSIZE(value, size);
	at = VARDATA(value);
#define APPEND(source, bytes) (memcpy(at, (source), (bytes)), at += (bytes))
	APPEND(&in->head, sizeof(in->head));
	if (in->head.rules > 0)
		APPEND(in->rules, in->head.rules * sizeof(rcv_holiday));
	if (in->head.working > 0)
		APPEND(in->working, in->head.working * sizeof(int32));
	APPEND(in->members, in->head.members * sizeof(uint16));
	APPEND(in->texts.data, in->texts.len);
#undef APPEND
	rcv_check(rcv_calendar_check(VARDATA(value), size - VARHDRSZ), what_calendar);
	return PointerGetDatum(value);
}

Datum
rcv_calendar_of_name(const char *name, Size length)
{
	parts calendar;

	open_parts(&calendar);
	calendar.members[0] = add_text(&calendar, find_named(pnstrdup(name, length))->name);
	calendar.head.members = 1;
	return close_parts(&calendar);
}

/* Arrays ------------------------------------------------------------------- */

/* Weekdays of an array as bits; false when absent. */
static bool
weekdays_of(const rcv_json *json, const char *key, uint8 *out)
{
	int sizes[] = {RCV_JSON_ANY};
	double *days = rcv_json_doubles(json, key, 1, 7, sizes);

	if (days == NULL)
		return false;
	*out = 0;
	for (int i = 0; i < sizes[0]; i++)
	{
		if (!(days[i] >= 1 && days[i] <= 7) || days[i] != (int) days[i])
			rcv_json_error(json, "\"%s\" must hold weekdays from 1, Monday, to 7, Sunday.", key);
		*out |= (uint8) (1 << ((int) days[i] - 1));
	}
	return true;
}

/* Holidays ------------------------------------------------------------------ */

static uint16
read_text(const rcv_json *json, const char *key, parts *out)
{
	char *text = rcv_json_text(json, key);

	if (text == NULL || text[0] == '\0')
		return 0;
	if (strlen(text) > TEXT_MAX)
		rcv_json_error(json, "\"%s\" has more than %d bytes.", key, TEXT_MAX);
	return add_text(out, text);
}

static bool
read_int(const rcv_json *json, const char *key, int64 least, int64 most, int *out)
{
	int64 value;

	if (!rcv_json_int64(json, key, least, most, &value))
		return false;
	*out = (int) value;
	return true;
}

/* Refuses these keys. */
static void
refuse(const rcv_json *json, const char *with, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (rcv_json_has(json, *keys))
			rcv_json_error(json, "\"%s\" does not go with \"%s\".", *keys, with);
}

static void
read_day_rule(const rcv_json *json, rcv_holiday *out)
{
	static const char *const not_date[] = {
		"month", "day", "weekday", "nth", "easter", "from", "to", "every", "on", "observed", NULL};
	static const char *const not_easter[] = {"month", "day", "weekday", "nth", NULL};
	static const char *const not_nth[] = {"day", NULL};
	int month = 0;
	int mday = 0;
	int weekday = 0;
	int nth = 0;
	int32 value = 0;

	if (rcv_json_day(json, "date", &value))
	{
		refuse(json, "date", not_date);
		out->kind = RCV_HOLIDAY_DATE;
	}
	else if (read_int(json, "easter", -RCV_CALENDAR_EASTER_MAX, RCV_CALENDAR_EASTER_MAX, &value))
	{
		refuse(json, "easter", not_easter);
		out->kind = RCV_HOLIDAY_EASTER;
	}
	else if (!read_int(json, "month", 1, 12, &month))
		rcv_json_error(json, "One of \"date\", \"easter\" and \"month\" says when it is.");
	else if (read_int(json, "weekday", 1, 7, &weekday))
	{
		refuse(json, "weekday", not_nth);
		out->kind = RCV_HOLIDAY_NTH;
		if (!read_int(json, "nth", -5, 5, &nth) || nth == 0)
			rcv_json_error(json, "\"weekday\" needs \"nth\": 1 to 5, or -1 for the last.");
	}
	else if (read_int(json, "day", 1, 31, &mday))
	{
		if (rcv_json_has(json, "nth"))
			rcv_json_error(json, "\"nth\" needs \"weekday\".");
		out->kind = RCV_HOLIDAY_FIXED;
	}
	else
		rcv_json_error(json, "\"month\" needs \"day\", or \"weekday\" and \"nth\".");
	out->value = value;
	out->month = (uint8) month;
	out->mday = (uint8) mday;
	out->weekday = (uint8) weekday;
	out->nth = (int8) nth;
}

static void
read_years(const rcv_json *json, rcv_holiday *out)
{
	int from = RCV_CALENDAR_YEAR_MIN;
	int to = RCV_CALENDAR_YEAR_MAX;
	int every = 1;

	read_int(json, "from", RCV_CALENDAR_YEAR_MIN, RCV_CALENDAR_YEAR_MAX, &from);
	read_int(json, "to", RCV_CALENDAR_YEAR_MIN, RCV_CALENDAR_YEAR_MAX, &to);
	if (read_int(json, "every", 1, RCV_CALENDAR_EVERY_MAX, &every) && !rcv_json_has(json, "from"))
		rcv_json_error(json, "\"every\" needs \"from\", the year that it counts from.");
	out->from = (int16) from;
	out->to = (int16) to;
	out->every = (uint8) every;
}

static void
read_holiday(const rcv_json_list *list, int i, parts *out)
{
	rcv_json json = rcv_json_item(list, i, NULL);
	rcv_holiday *rule = &out->rules[i];
	int observed = RCV_OBSERVED_NOT;
	const char *fault;

	json.what = psprintf("holiday %d of business_calendar", i + 1);
	rcv_json_check_keys(&json, holiday_keys);
	read_day_rule(&json, rule);
	read_years(&json, rule);
	rule->on = RCV_CALENDAR_WEEK;
	weekdays_of(&json, "on", &rule->on);
	rcv_json_choice(&json, "observed", rcv_observed_names, &observed);
	rule->observed = (uint8) observed;
	rule->name = read_text(&json, "name", out);
	rule->source = read_text(&json, "source", out);
	fault = rcv_holiday_fault(rule);
	if (fault != NULL)
		rcv_json_error(&json, "%s.", fault);
}

static void
read_holidays(const rcv_json *json, parts *out)
{
	rcv_json_list list;

	rcv_json_open_list(json, "holidays", RCV_CALENDAR_RULES_MAX, &list);
	out->head.rules = (uint16) list.length;
	out->rules = palloc0((list.length + 1) * sizeof(rcv_holiday));
	for (int i = 0; i < list.length; i++)
		read_holiday(&list, i, out);
}

/* The other keys ------------------------------------------------------------ */

static int
compare_days(const void *a, const void *b)
{
	int32 x = *(const int32 *) a;
	int32 y = *(const int32 *) b;

	return (x > y) - (x < y);
}

static void
read_working(const rcv_json *json, parts *out)
{
	rcv_json_list list;
	int32 *days;
	int n = 0;

	rcv_json_open_list(json, "working_days", RCV_CALENDAR_WORKING_MAX, &list);
	days = palloc((list.length + 1) * sizeof(int32));
	for (int i = 0; i < list.length; i++)
	{
		char *text = rcv_json_item_text(&list, i);

		if (strlen(text) != RCV_DAY_TEXT ||
			rcv_day_parse(text, text + RCV_DAY_TEXT, &days[i]) != RCV_OK ||
			!rcv_calendar_has(days[i]))
			rcv_json_error(json, "\"working_days\" must hold days written as \"YYYY-MM-DD\", from "
								 "1583-01-01 to 2599-12-31.");
	}
	qsort(days, list.length, sizeof(int32), compare_days);
	for (int i = 0; i < list.length; i++)
		if (n == 0 || days[i] != days[n - 1])
			days[n++] = days[i];
	out->working = days;
	out->head.working = (uint16) n;
}

/* Weekend of a calendar and of those that it names. */
static uint8
whole_weekend(const rcv_calendar *calendar, int depth)
{
	uint8 weekend = calendar->weekend;

	if (depth > NESTED_MAX)
		elog(ERROR, "named calendars name each other");
	for (int i = 0; i < calendar->members; i++)
		weekend |= whole_weekend(rcv_calendar_named(rcv_calendar_member(calendar, i)), depth + 1);
	return weekend;
}

/* Names of other calendars, each once; adds their weekends. */
static void
read_union(const rcv_json *json, parts *out, uint8 *weekend)
{
	rcv_json_list list;

	rcv_json_open_list(json, "union", RCV_CALENDAR_MEMBERS_MAX, &list);
	for (int i = 0; i < list.length; i++)
	{
		const char *name = find_named(rcv_json_item_text(&list, i))->name;
		int known = 0;

		while (known < out->head.members &&
			   strcmp(out->texts.data + out->members[known], name) != 0)
			known++;
		if (known < out->head.members)
			continue;
		out->members[out->head.members++] = add_text(out, name);
		*weekend |= whole_weekend(rcv_calendar_named(name), 0);
	}
}

static Datum
of_object(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, what_calendar, calendar_keys);
	parts calendar;
	uint8 weekend;

	open_parts(&calendar);
	if (!weekdays_of(&json, "weekend", &calendar.head.weekend) && !rcv_json_has(&json, "union"))
		calendar.head.weekend = 1 << 5 | 1 << 6;
	weekend = calendar.head.weekend;
	read_union(&json, &calendar, &weekend);
	if (weekend == RCV_CALENDAR_WEEK)
		rcv_json_error(&json, "The weekend has all seven days: no day would be worked.");
	read_holidays(&json, &calendar);
	read_working(&json, &calendar);
	return close_parts(&calendar);
}

Datum
rcv_calendar_of_jsonb(Jsonb *in)
{
	JsonbValue value;

	if (JB_ROOT_IS_SCALAR(in) && JsonbExtractScalar(&in->root, &value) && value.type == jbvString)
		return rcv_calendar_of_name(value.val.string.val, value.val.string.len);
	return of_object(in);
}

/* Writing ------------------------------------------------------------------- */

const char *
rcv_calendar_name(const rcv_calendar *calendar)
{
	if (calendar->members == 1 && calendar->rules == 0 && calendar->working == 0 &&
		calendar->weekend == 0)
		return rcv_calendar_member(calendar, 0);
	return NULL;
}

static void
append_weekdays(StringInfo out, const char *key, uint8 weekdays)
{
	const char *comma = "";

	rcv_json_append_key(out, key);
	appendStringInfoChar(out, '[');
	for (int i = 0; i < 7; i++)
		if (weekdays >> i & 1)
		{
			appendStringInfo(out, "%s%d", comma, i + 1);
			comma = ", ";
		}
	appendStringInfoChar(out, ']');
}

static void
append_text(StringInfo out, const char *key, const char *text)
{
	if (text[0] == '\0')
		return;
	rcv_json_append_key(out, key);
	escape_json(out, text);
}

static void
append_int(StringInfo out, const char *key, int value)
{
	rcv_json_append_key(out, key);
	appendStringInfo(out, "%d", value);
}

static void
append_when(StringInfo out, const rcv_holiday *rule)
{
	char day[RCV_DAY_TEXT + 1];

	switch (rule->kind)
	{
		case RCV_HOLIDAY_DATE:
			rcv_day_print(rule->value, day);
			append_text(out, "date", day);
			break;
		case RCV_HOLIDAY_FIXED:
			append_int(out, "month", rule->month);
			append_int(out, "day", rule->mday);
			break;
		case RCV_HOLIDAY_EASTER:
			append_int(out, "easter", rule->value);
			break;
		default:
			append_int(out, "month", rule->month);
			append_int(out, "weekday", rule->weekday);
			append_int(out, "nth", rule->nth);
	}
}

static char *
holiday_json(const rcv_calendar *calendar, const rcv_holiday *rule)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	append_when(&out, rule);
	if (rule->from != RCV_CALENDAR_YEAR_MIN || rule->every != 1)
		append_int(&out, "from", rule->from);
	if (rule->to != RCV_CALENDAR_YEAR_MAX)
		append_int(&out, "to", rule->to);
	if (rule->every != 1)
		append_int(&out, "every", rule->every);
	if (rule->on != RCV_CALENDAR_WEEK)
		append_weekdays(&out, "on", rule->on);
	if (rule->observed != RCV_OBSERVED_NOT)
		append_text(&out, "observed", rcv_observed_names[rule->observed]);
	append_text(&out, "name", rcv_calendar_text(calendar, rule->name));
	append_text(&out, "source", rcv_calendar_text(calendar, rule->source));
	appendStringInfoChar(&out, '}');
	return out.data;
}

static void
append_holidays(StringInfo out, const rcv_calendar *calendar)
{
	const rcv_holiday *rules = rcv_calendar_rules(calendar);

	if (calendar->rules == 0)
		return;
	rcv_json_append_key(out, "holidays");
	appendStringInfoChar(out, '[');
	for (int i = 0; i < calendar->rules; i++)
		appendStringInfo(out, "%s%s", i > 0 ? ", " : "", holiday_json(calendar, &rules[i]));
	appendStringInfoChar(out, ']');
}

static void
append_working(StringInfo out, const rcv_calendar *calendar)
{
	char day[RCV_DAY_TEXT + 1];

	if (calendar->working == 0)
		return;
	rcv_json_append_key(out, "working_days");
	for (int i = 0; i < calendar->working; i++)
	{
		rcv_day_print(rcv_calendar_working(calendar)[i], day);
		appendStringInfo(out, "%s\"%s\"", i > 0 ? ", " : "[", day);
	}
	appendStringInfoChar(out, ']');
}

char *
rcv_calendar_json(const rcv_calendar *calendar)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	if (calendar->weekend != 0 || calendar->members == 0)
		append_weekdays(&out, "weekend", calendar->weekend);
	append_holidays(&out, calendar);
	append_working(&out, calendar);
	if (calendar->members > 0)
		rcv_json_append_key(&out, "union");
	for (int i = 0; i < calendar->members; i++)
	{
		appendStringInfoString(&out, i > 0 ? ", " : "[");
		escape_json(&out, rcv_calendar_member(calendar, i));
	}
	appendStringInfoString(&out, calendar->members > 0 ? "]}" : "}");
	return out.data;
}
