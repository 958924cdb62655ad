/*
 * calendar.c
 *		Days of rules, and calendars as bytes and as bitmaps.
 */
#include "calendar/calendar.h"

#include <string.h>

const char *const rcv_observed_names[RCV_OBSERVED_KINDS + 1] = {"none", "monday", "nearest",
																"next_free", NULL};

/* Parts of the flat value ------------------------------------------------ */

const rcv_holiday *
rcv_calendar_rules(const rcv_calendar *calendar)
{
	return (const rcv_holiday *) (calendar + 1);
}

const int32_t *
rcv_calendar_working(const rcv_calendar *calendar)
{
	return (const int32_t *) (rcv_calendar_rules(calendar) + calendar->rules);
}

static const uint16_t *
members(const rcv_calendar *calendar)
{
	return (const uint16_t *) (rcv_calendar_working(calendar) + calendar->working);
}

const char *
rcv_calendar_text(const rcv_calendar *calendar, int place)
{
	return (const char *) (members(calendar) + calendar->members) + place;
}

const char *
rcv_calendar_member(const rcv_calendar *calendar, int i)
{
	return rcv_calendar_text(calendar, members(calendar)[i]);
}

size_t
rcv_calendar_size(const rcv_calendar *calendar)
{
	return sizeof(*calendar) + calendar->rules * sizeof(rcv_holiday) +
		   calendar->working * sizeof(int32_t) + calendar->members * sizeof(uint16_t) +
		   calendar->texts;
}

/* Checks ----------------------------------------------------------------- */

static const char *
fixed_fault(const rcv_holiday *rule)
{
	int32_t day;

	/* 2000 is a leap year: 29 February is a day of some years */
	if (rcv_day_from_civil(2000, rule->month, rule->mday, &day) != RCV_OK)
		return "There is no such day of the month";
	return NULL;
}

static const char *
nth_fault(const rcv_holiday *rule)
{
	if (rule->month < 1 || rule->month > 12)
		return "\"month\" runs from 1 to 12";
	if (rule->weekday < 1 || rule->weekday > 7)
		return "\"weekday\" runs from 1, Monday, to 7, Sunday";
	if (rule->nth == 0 || rule->nth < -5 || rule->nth > 5)
		return "\"nth\" runs from 1 to 5, or from -1, the last, to -5";
	return NULL;
}

static const char *
years_fault(const rcv_holiday *rule)
{
	if (rule->from < RCV_CALENDAR_YEAR_MIN || rule->to > RCV_CALENDAR_YEAR_MAX)
		return "Years run from 1583 to 2599";
	if (rule->from > rule->to)
		return "\"from\" must not be later than \"to\"";
	if (rule->every < 1 || rule->every > RCV_CALENDAR_EVERY_MAX)
		return "\"every\" runs from 1 to 100 years";
	if (rule->on == 0 || rule->on > RCV_CALENDAR_WEEK)
		return "\"on\" must list weekdays from 1, Monday, to 7, Sunday";
	return NULL;
}

const char *
rcv_holiday_fault(const rcv_holiday *rule)
{
	const char *fault = NULL;

	switch (rule->kind)
	{
		case RCV_HOLIDAY_DATE:
			if (rule->value < RCV_CALENDAR_FIRST || rule->value > RCV_CALENDAR_LAST)
				fault = "Days run from 1583-01-01 to 2599-12-31";
			break;
		case RCV_HOLIDAY_FIXED:
			fault = fixed_fault(rule);
			break;
		case RCV_HOLIDAY_EASTER:
			if (rule->value < -RCV_CALENDAR_EASTER_MAX || rule->value > RCV_CALENDAR_EASTER_MAX)
				fault = "\"easter\" runs from -200 to 200 days";
			break;
		case RCV_HOLIDAY_NTH:
			fault = nth_fault(rule);
			break;
		default:
			fault = "There is no such kind of holiday";
	}
	if (fault == NULL)
		fault = years_fault(rule);
	if (fault == NULL && rule->observed >= RCV_OBSERVED_KINDS)
		fault = "There is no such rule for weekends";
	return fault;
}

static bool
parts_sound(const rcv_calendar *calendar)
{
	const rcv_holiday *rules = rcv_calendar_rules(calendar);
	const int32_t *working = rcv_calendar_working(calendar);
	const char *texts = rcv_calendar_text(calendar, 0);

	if (calendar->texts < 1 || texts[0] != '\0' || texts[calendar->texts - 1] != '\0')
		return false;
	for (int i = 0; i < calendar->rules; i++)
		if (rcv_holiday_fault(&rules[i]) != NULL || rules[i].name >= calendar->texts ||
			rules[i].source >= calendar->texts)
			return false;
	for (int i = 0; i < calendar->working; i++)
		if (working[i] < RCV_CALENDAR_FIRST || working[i] > RCV_CALENDAR_LAST ||
			(i > 0 && working[i] <= working[i - 1]))
			return false;
	for (int i = 0; i < calendar->members; i++)
		if (members(calendar)[i] >= calendar->texts)
			return false;
	return true;
}

rcv_status
rcv_calendar_check(const void *bytes, size_t size)
{
	const rcv_calendar *calendar = bytes;

	if (size < sizeof(*calendar))
		return RCV_EBINARY;
	if (calendar->version != RCV_CALENDAR_VERSION)
		return RCV_EVERSION;
	if (size != rcv_calendar_size(calendar) || calendar->rules > RCV_CALENDAR_RULES_MAX ||
		calendar->working > RCV_CALENDAR_WORKING_MAX ||
		calendar->members > RCV_CALENDAR_MEMBERS_MAX || calendar->weekend >= RCV_CALENDAR_WEEK ||
		calendar->unused != 0 || !parts_sound(calendar))
		return RCV_EBINARY;
	return RCV_OK;
}

/* Days ------------------------------------------------------------------- */

int
rcv_weekday(int32_t day)
{
	/* day 0 is a Saturday; RCV_DAY_MIN is a Monday */
	return (day - RCV_DAY_MIN) % 7 + 1;
}

/*
 * rcv_easter
 *		Sunday after the first full moon of the computus on or after 21 March.
 *
 * The anonymous Gregorian algorithm (Nature, 20 April 1876), as given by
 * J. Meeus, Astronomical Algorithms, 2nd ed. 1998, chapter 8.
 */
rcv_status
rcv_easter(int32_t year, int32_t *out)
{
	int32_t a = year % 19;
	int32_t b = year / 100;
	int32_t c = year % 100;
	int32_t g = (8 * b + 13) / 25;
	int32_t h = (19 * a + b - b / 4 - g + 15) % 30;
	int32_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int32_t m = (a + 11 * h + 19 * l) / 433;
	int32_t n = h + l - 7 * m;
	int32_t month = (n + 90) / 25;

	*out = 0;
	if (year < RCV_CALENDAR_YEAR_MIN || year > RCV_CALENDAR_YEAR_MAX)
		return RCV_EDOMAIN;
	return rcv_day_from_civil(year, month, (n + 33 * month + 19) % 32, out);
}

/* The nth weekday of a month; false when the month has none. */
static bool
nth_weekday(const rcv_holiday *rule, int32_t year, int32_t *out)
{
	int32_t next_year = rule->month == 12 ? year + 1 : year;
	int32_t first;
	int32_t next;

	(void) rcv_day_from_civil(year, rule->month, 1, &first);
	(void) rcv_day_from_civil(next_year, rule->month % 12 + 1, 1, &next);
	if (rule->nth > 0)
		*out = first + (rule->weekday - rcv_weekday(first) + 7) % 7 + 7 * (rule->nth - 1);
	else
		*out = next - 1 - (rcv_weekday(next - 1) - rule->weekday + 7) % 7 + 7 * (rule->nth + 1);
	return *out >= first && *out < next;
}

bool
rcv_holiday_day(const rcv_holiday *rule, int32_t year, int32_t *out)
{
	bool found = true;

	*out = 0;
	if (year < rule->from || year > rule->to || (year - rule->from) % rule->every != 0)
		return false;
	switch (rule->kind)
	{
		case RCV_HOLIDAY_DATE:
			*out = rule->value;
			break;
		case RCV_HOLIDAY_FIXED:
			found = rcv_day_from_civil(year, rule->month, rule->mday, out) == RCV_OK;
			break;
		case RCV_HOLIDAY_EASTER:
			found = rcv_easter(year, out) == RCV_OK;
			*out += rule->value;
			break;
		default:
			found = nth_weekday(rule, year, out);
	}
	return found && (rule->on >> (rcv_weekday(*out) - 1) & 1) != 0;
}

/* Bitmaps ---------------------------------------------------------------- */

static bool
in_range(int32_t day)
{
	return day >= RCV_CALENDAR_FIRST && day <= RCV_CALENDAR_LAST;
}

static bool
is_set(const uint64_t *bits, int32_t day)
{
	uint32_t i = (uint32_t) (day - RCV_CALENDAR_FIRST);

	return in_range(day) && (bits[i / 64] >> i % 64 & 1) != 0;
}

static void
set(uint64_t *bits, int32_t day)
{
	uint32_t i = (uint32_t) (day - RCV_CALENDAR_FIRST);

	if (in_range(day))
		bits[i / 64] |= UINT64_C(1) << i % 64;
}

static void
clear(uint64_t *bits, int32_t day)
{
	uint32_t i = (uint32_t) (day - RCV_CALENDAR_FIRST);

	if (in_range(day))
		bits[i / 64] &= ~(UINT64_C(1) << i % 64);
}

static void
mark_weekends(uint8_t weekend, uint64_t *off)
{
	uint64_t week = weekend;
	uint64_t days[7]; /* 64 days that begin with each weekday */

	for (int first = 0; first < 7; first++)
	{
		days[first] = 0;
		for (int i = 0; i < 64; i++)
			days[first] |= (week >> (first + i) % 7 & 1) << i;
	}
	for (int i = 0; i < RCV_CALENDAR_WORDS; i++)
		off[i] |= days[(rcv_weekday(RCV_CALENDAR_FIRST) - 1 + i * (64 % 7)) % 7];
}

static bool
in_weekend(const rcv_calendar *calendar, int32_t day)
{
	return (calendar->weekend >> (rcv_weekday(day) - 1) & 1) != 0;
}

/* Where a holiday on this day is observed, by the rules that look at the week only. */
static int32_t
observed(const rcv_calendar *calendar, const rcv_holiday *rule, int32_t day)
{
	int weekday = rcv_weekday(day);

	if (!in_weekend(calendar, day))
		return day;
	if (rule->observed == RCV_OBSERVED_MONDAY)
		return day + 8 - weekday;
	if (rule->observed == RCV_OBSERVED_NEAREST && weekday >= 6)
		return weekday == 6 ? day - 1 : day + 1;
	return day;
}

/* The first day that is not off, from this one; the day itself when all near it are. */
static int32_t
next_free(const uint64_t *off, int32_t day)
{
	for (int32_t free = day; free <= day + RCV_CALENDAR_MOVED_MAX; free++)
		if (!is_set(off, free))
			return free;
	return day;
}

static rcv_status
note(rcv_holiday_list *list, int32_t day, int rule, bool moved)
{
	if (list == NULL || day < list->from || day > list->to)
		return RCV_OK;
	if (list->count == list->room)
		return RCV_EROOM;
	list->found[list->count++] = (rcv_holiday_found){day, (int16_t) rule, moved};
	return RCV_OK;
}

/* Years in which a rule can fall. */
static void
rule_years(const rcv_holiday *rule, int32_t *first, int32_t *last)
{
	int32_t month;
	int32_t mday;

	*first = rule->from;
	*last = rule->to;
	if (rule->kind != RCV_HOLIDAY_DATE)
		return;
	rcv_day_to_civil(rule->value, first, &month, &mday);
	*last = *first;
}

/* Days of one rule: those that wait for others (next_free), or the others. */
static rcv_status
mark_rule(const rcv_calendar *calendar, int i, bool waiting, uint64_t *off, rcv_holiday_list *list)
{
	const rcv_holiday *rule = &rcv_calendar_rules(calendar)[i];
	rcv_status status = RCV_OK;
	int32_t first;
	int32_t last;

	rule_years(rule, &first, &last);
	for (int32_t year = first; year <= last && status == RCV_OK; year++)
	{
		int32_t day;
		int32_t moved;

		if (!rcv_holiday_day(rule, year, &day) || !in_range(day))
			continue;
		if ((rule->observed == RCV_OBSERVED_NEXT_FREE && in_weekend(calendar, day)) != waiting)
			continue;
		moved = waiting ? next_free(off, day) : observed(calendar, rule, day);
		set(off, moved);
		status = note(list, moved, i, moved != day);
	}
	return status;
}

rcv_status
rcv_calendar_mark(const rcv_calendar *calendar, uint64_t *off, rcv_holiday_list *list)
{
	const int32_t *working = rcv_calendar_working(calendar);
	rcv_status status = RCV_OK;

	mark_weekends(calendar->weekend, off);
	for (int i = 0; i < calendar->rules && status == RCV_OK; i++)
		status = mark_rule(calendar, i, false, off, list);
	for (int i = 0; i < calendar->rules && status == RCV_OK; i++)
		if (rcv_calendar_rules(calendar)[i].observed == RCV_OBSERVED_NEXT_FREE)
			status = mark_rule(calendar, i, true, off, list);
	for (int i = 0; i < calendar->working; i++)
		clear(off, working[i]);
	return status;
}
