/*
 * day.c
 *		Civil dates and day numbers.
 *
 * The year is taken to begin in March, so that the leap day is its last one;
 * 400 years are 146,097 days (E. G. Richards, Mapping Time, 1998; the same
 * rule as PostgreSQL's date2j).
 */
#include "base/day.h"

#define DAYS_PER_ERA 146097 /* 400 years */
#define EPOCH_OFFSET 730425 /* from 0000-03-01 to 2000-01-01 */

static bool
leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int32_t
days_in_month(int32_t year, int32_t month)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && leap(year) ? 29 : days[month - 1];
}

rcv_status
rcv_day_from_civil(int32_t year, int32_t month, int32_t mday, int32_t *out)
{
	int32_t y;
	int32_t m;

	*out = 0;
	if (year < 1 || year > 9999 || month < 1 || month > 12 || mday < 1 ||
		mday > days_in_month(year, month))
		return RCV_EDATE;
	y = month <= 2 ? year - 1 : year;
	m = month <= 2 ? month + 9 : month - 3; /* 0 = March */
	*out = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + mday - 1 - EPOCH_OFFSET;
	return RCV_OK;
}

void
rcv_day_to_civil(int32_t day, int32_t *year, int32_t *month, int32_t *mday)
{
	int32_t z = day + EPOCH_OFFSET; /* not negative within the range */
	int32_t era = z / DAYS_PER_ERA;
	int32_t doe = z % DAYS_PER_ERA;
	int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int32_t m = (5 * doy + 2) / 153;

	*mday = doy - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = 400 * era + yoe + (m >= 10);
}

rcv_status
rcv_day_of_month(int32_t months, int32_t mday, int32_t *out)
{
	int32_t next;
	int32_t last;
	rcv_status status = rcv_day_from_civil(months / 12, months % 12 + 1, 1, out);

	if (status != RCV_OK)
		return status;
	if (rcv_day_from_civil((months + 1) / 12, (months + 1) % 12 + 1, 1, &next) != RCV_OK)
		next = RCV_DAY_MAX + 1;
	last = next - 1;
	*out = *out + mday - 1 < last ? *out + mday - 1 : last;
	return RCV_OK;
}

rcv_status
rcv_day_add_months(int32_t day, int32_t months, int32_t *out)
{
	int32_t year;
	int32_t month;
	int32_t mday;
	int64_t sum;

	*out = day;
	if (!rcv_day_valid(day))
		return RCV_EDATE;
	rcv_day_to_civil(day, &year, &month, &mday);
	sum = (int64_t) year * 12 + month - 1 + months;
	if (sum < 12 || sum >= 120000)
		return RCV_EDATE;
	return rcv_day_of_month((int32_t) sum, mday, out);
}

static void
print_digits(int32_t value, int width, char *out)
{
	for (int i = width - 1; i >= 0; i--, value /= 10)
		out[i] = (char) ('0' + value % 10);
}

void
rcv_day_print(int32_t day, char *out)
{
	int32_t year;
	int32_t month;
	int32_t mday;

	rcv_day_to_civil(day, &year, &month, &mday);
	print_digits(year, 4, out);
	out[4] = '-';
	print_digits(month, 2, out + 5);
	out[7] = '-';
	print_digits(mday, 2, out + 8);
	out[RCV_DAY_TEXT] = '\0';
}

static bool
parse_digits(const char *s, int width, int32_t *out)
{
	*out = 0;
	for (int i = 0; i < width; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (s[i] - '0');
	}
	return true;
}

rcv_status
rcv_day_parse(const char *s, const char *end, int32_t *out)
{
	int32_t year;
	int32_t month;
	int32_t mday;

	*out = 0;
	if (end - s < RCV_DAY_TEXT || s[4] != '-' || s[7] != '-' || !parse_digits(s, 4, &year) ||
		!parse_digits(s + 5, 2, &month) || !parse_digits(s + 8, 2, &mday))
		return RCV_ETEXT;
	return rcv_day_from_civil(year, month, mday, out);
}
