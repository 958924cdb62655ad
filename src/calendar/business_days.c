/*
 * business_days.c
 *		Rank and select on the business days of a calendar.
 */
#include "calendar/business_days.h"

const char *const rcv_roll_names[RCV_ROLLS + 1] = {
	"following", "preceding", "modified_following", "modified_preceding", "none", NULL};

static inline int
count_bits(uint64_t bits)
{
	bits -= bits >> 1 & UINT64_C(0x5555555555555555);
	bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
	bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int) (bits * UINT64_C(0x0101010101010101) >> 56);
}

void
rcv_business_days_build(const uint64_t *off, rcv_business_days *out)
{
	int32_t count = 0;

	for (int i = 0; i < RCV_CALENDAR_WORDS; i++)
	{
		uint64_t open = ~off[i];

		if (i == RCV_CALENDAR_WORDS - 1 && RCV_CALENDAR_DAYS % 64 != 0)
			open &= (UINT64_C(1) << RCV_CALENDAR_DAYS % 64) - 1;
		out->open[i] = open;
		out->before[i] = count;
		for (int bit = 0; bit < 64; bit++)
		{
			out->day[count] = RCV_CALENDAR_FIRST + i * 64 + bit; /* overwritten when it is off */
			count += (int32_t) (open >> bit & 1);
		}
	}
	out->before[RCV_CALENDAR_WORDS] = count;
}

/* Number of business days before a day. */
static inline int32_t
rank(const rcv_business_days *days, int32_t day)
{
	uint32_t i = (uint32_t) (day - RCV_CALENDAR_FIRST);

	return days->before[i / 64] + count_bits(days->open[i / 64] & ((UINT64_C(1) << i % 64) - 1));
}

static inline bool
is_open(const rcv_business_days *days, int32_t day)
{
	uint32_t i = (uint32_t) (day - RCV_CALENDAR_FIRST);

	return (days->open[i / 64] >> i % 64 & 1) != 0;
}

/* The business day of this number, from 0. */
static inline rcv_status
select_day(const rcv_business_days *days, int64_t number, int32_t *out)
{
	if (number < 0 || number >= days->before[RCV_CALENDAR_WORDS])
		return RCV_EDATE;
	*out = days->day[number];
	return RCV_OK;
}

rcv_status
rcv_is_business_day(const rcv_business_days *days, int32_t day, bool *out)
{
	*out = false;
	if (!rcv_calendar_has(day))
		return RCV_EDATE;
	*out = is_open(days, day);
	return RCV_OK;
}

rcv_status
rcv_add_business_days(const rcv_business_days *days, int32_t day, int32_t n, int32_t *out)
{
	int64_t number;

	*out = 0;
	if (!rcv_calendar_has(day))
		return RCV_EDATE;
	number = rank(days, day) + (int64_t) n;
	if (n > 0 && !is_open(days, day))
		number--;
	return select_day(days, number, out);
}

rcv_status
rcv_business_days_between(const rcv_business_days *days, int32_t from, int32_t to, int32_t *out)
{
	*out = 0;
	if (!rcv_calendar_has(from) || !rcv_calendar_has(to))
		return RCV_EDATE;
	*out = rank(days, to) + is_open(days, to) - rank(days, from) - is_open(days, from);
	return RCV_OK;
}

static bool
same_month(int32_t a, int32_t b)
{
	int32_t year[2];
	int32_t month[2];
	int32_t mday;

	rcv_day_to_civil(a, &year[0], &month[0], &mday);
	rcv_day_to_civil(b, &year[1], &month[1], &mday);
	return year[0] == year[1] && month[0] == month[1];
}

rcv_status
rcv_roll_day(const rcv_business_days *days, int32_t day, rcv_roll convention, int32_t *out)
{
	bool back = convention == RCV_ROLL_PRECEDING || convention == RCV_ROLL_MODIFIED_PRECEDING;
	bool modified =
		convention == RCV_ROLL_MODIFIED_FOLLOWING || convention == RCV_ROLL_MODIFIED_PRECEDING;
	rcv_status status;

	*out = day;
	if (!rcv_calendar_has(day))
		return RCV_EDATE;
	if (convention == RCV_ROLL_NONE || is_open(days, day))
		return RCV_OK;
	status = rcv_add_business_days(days, day, back ? -1 : 1, out);
	if (modified && (status != RCV_OK || !same_month(day, *out)))
		status = rcv_add_business_days(days, day, back ? 1 : -1, out);
	return status;
}
