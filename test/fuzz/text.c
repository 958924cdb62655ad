/*
 * text.c
 *		Any bytes as a day and as an amount: what is read prints and reads the same.
 */
#include "base/day.h"
#include "base/money.h"
#include "target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	const char *end = text + size;
	const char *next;
	char day_text[RCV_DAY_TEXT + 1];
	char money_text[RCV_MONEY_TEXT];
	rcv_money money;
	rcv_money money_again;
	int32_t day;
	int32_t day_again;

	if (rcv_day_parse(text, end, &day) == RCV_OK)
	{
		must(rcv_day_valid(day));
		rcv_day_print(day, day_text);
		must(memcmp(day_text, text, RCV_DAY_TEXT) == 0);
		must(rcv_day_parse(day_text, day_text + RCV_DAY_TEXT, &day_again) == RCV_OK);
		must(day_again == day);
	}
	if (rcv_money_parse(text, end, &money, &next) == RCV_OK)
	{
		int length = rcv_money_print(money.units, money.scale, money_text);

		must(next > text && next <= end);
		must(length > 0 && length < RCV_MONEY_TEXT);
		must(rcv_money_parse(money_text, money_text + length, &money_again, &next) == RCV_OK);
		must(next == money_text + length);
		must(money_again.units == money.units && money_again.scale == money.scale);
	}
	return 0;
}
