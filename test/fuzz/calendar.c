/*
 * calendar.c
 *		Any bytes as terms of payment, and as a business calendar.
 */
#include "calendar/business_days.h"
#include "calendar/terms.h"
#include "target.h"

static uint64_t off[RCV_CALENDAR_WORDS];
static rcv_business_days days;

static void
terms(const char *text, size_t size)
{
	rcv_terms terms;
	rcv_terms_error error;
	int32_t sum = 0;

	if (rcv_terms_parse(text, size, &terms, &error) != RCV_OK)
	{
		must(error.message != NULL && error.at <= error.end && error.end <= size);
		return;
	}
	must(terms.parts >= 1 && terms.parts <= RCV_TERMS_PARTS_MAX);
	for (int i = 0; i < terms.parts; i++)
	{
		int32_t due;

		must(terms.part[i].share > 0);
		sum += terms.part[i].share;
		must(rcv_terms_due(&terms.part[i], 9146, &due) == RCV_OK && due >= 9146);
		if (rcv_terms_due(&terms.part[i], RCV_DAY_MAX - 40, &due) == RCV_OK)
			must(rcv_day_valid(due));
	}
	must(sum == RCV_SHARE_WHOLE);
}

static void
questions(void)
{
	static const int32_t some[] = {RCV_CALENDAR_FIRST, 0, 9146, RCV_CALENDAR_LAST};

	for (int i = 0; i < 4; i++)
		for (int32_t n = -30; n <= 30; n += 6)
		{
			int32_t day;
			int32_t between;

			if (rcv_add_business_days(&days, some[i], n, &day) != RCV_OK)
				continue;
			must(rcv_business_days_between(&days, some[i], day, &between) == RCV_OK);
			must(n <= 0 || between == n);
			for (int roll = 0; roll < RCV_ROLLS; roll++)
				must(rcv_roll_day(&days, day, (rcv_roll) roll, &between) == RCV_OK &&
					 between == day);
		}
}

static void
calendar(const uint8_t *data, size_t size)
{
	static union
	{
		rcv_calendar head;
		uint8_t bytes[512];
	} value;
	const rcv_calendar *calendar = &value.head;

	if (size > sizeof(value))
		return;
	memcpy(value.bytes, data, size);
	if (rcv_calendar_check(&value, size) != RCV_OK)
		return;
	for (int i = 0; i < calendar->members; i++)
		must(strlen(rcv_calendar_member(calendar, i)) < size);
	for (int i = 0; i < calendar->rules; i++)
	{
		const rcv_holiday *rule = &rcv_calendar_rules(calendar)[i];

		must(strlen(rcv_calendar_text(calendar, rule->name)) < size);
		must(strlen(rcv_calendar_text(calendar, rule->source)) < size);
	}
	memset(off, 0, sizeof(off));
	must(rcv_calendar_mark(calendar, off, NULL) == RCV_OK);
	rcv_business_days_build(off, &days);
	questions();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	terms((const char *) data, size);
	calendar(data, size);
	return 0;
}
