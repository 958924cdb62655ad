/*
 * terms.c
 *		Reads terms of payment, and counts days by them.
 */
#include "calendar/terms.h"

#include <stdbool.h>
#include <string.h>

/* Words ------------------------------------------------------------------ */

typedef enum word
{
	WORD_NET,
	WORD_DAYS,
	WORD_WEEKS,
	WORD_MONTHS,
	WORD_DAY, /* a unit after a number, or before a day of the month */
	WORD_MONTH_END,
	WORD_THE,
	WORD_RECEIPT,
	WORD_ISSUE, /* says what is so anyway: counted from the invoice */
	WORD_REST,
	WORD_NONE
} word;

/* In lower case; of phrases that begin alike the longer one comes first. */
static const struct phrase
{
	const char *text;
	word word;
} phrases[] = {
	{"nets", WORD_NET},
	{"net", WORD_NET},
	{"days", WORD_DAYS},
	{"day", WORD_DAY},
	{"d", WORD_DAYS},
	{"jours", WORD_DAYS},
	{"jour", WORD_DAYS},
	{"j", WORD_DAYS},
	{"weeks", WORD_WEEKS},
	{"week", WORD_WEEKS},
	{"semaines", WORD_WEEKS},
	{"semaine", WORD_WEEKS},
	{"months", WORD_MONTHS},
	{"month", WORD_MONTHS},
	{"mois", WORD_MONTHS},
	{"end of the month", WORD_MONTH_END},
	{"end of month", WORD_MONTH_END},
	{"eom", WORD_MONTH_END},
	{"fin de mois", WORD_MONTH_END},
	{"fin du mois", WORD_MONTH_END},
	{"fdm", WORD_MONTH_END},
	{"on the", WORD_THE},
	{"the", WORD_THE},
	{"le", WORD_THE},
	{"due on receipt", WORD_RECEIPT},
	{"upon receipt", WORD_RECEIPT},
	{"on receipt", WORD_RECEIPT},
	{"immediately", WORD_RECEIPT},
	{"immediate", WORD_RECEIPT},
	{"cash", WORD_RECEIPT},
	{"comptant", WORD_RECEIPT},
	{"\303\240 r\303\251ception de facture", WORD_RECEIPT},
	{"\303\240 r\303\251ception", WORD_RECEIPT},
	{"a reception de facture", WORD_RECEIPT},
	{"a reception", WORD_RECEIPT},
	{"after invoice date", WORD_ISSUE},
	{"from invoice date", WORD_ISSUE},
	{"after date of invoice", WORD_ISSUE},
	{"from date of invoice", WORD_ISSUE},
	{"date of invoice", WORD_ISSUE},
	{"date de facture", WORD_ISSUE},
	{"rest", WORD_REST},
	{"balance", WORD_REST},
	{"solde", WORD_REST},
};

typedef struct reader
{
	const char *text;
	size_t length;
	size_t at;
	rcv_terms_error *error;
	size_t peeked; /* where peek() looked last, 1 past it; 0: nowhere */
	size_t peeked_end;
	word peeked_word;
} reader;

/* A byte in lower case; the second byte of a Latin letter of UTF-8 too. */
static unsigned char
folded(const reader *in, size_t at)
{
	unsigned char c = (unsigned char) in->text[at];

	if (c >= 'A' && c <= 'Z')
		return (unsigned char) (c + ('a' - 'A'));
	if (c >= 0x80 && c <= 0x9E && at > 0 && (unsigned char) in->text[at - 1] == 0xC3)
		return (unsigned char) (c + 0x20);
	return c;
}

static bool
is_digit(const reader *in, size_t at)
{
	return at < in->length && in->text[at] >= '0' && in->text[at] <= '9';
}

static bool
is_letter(const reader *in, size_t at)
{
	unsigned char c;

	if (at >= in->length)
		return false;
	c = folded(in, at);
	return (c >= 'a' && c <= 'z') || c >= 0x80;
}

static bool
is_blank(const reader *in, size_t at)
{
	return at < in->length && (in->text[at] == ' ' || in->text[at] == '\t' ||
							   in->text[at] == '\n' || in->text[at] == '\r');
}

static void
skip_blanks(reader *in)
{
	while (is_blank(in, in->at))
		in->at++;
}

static rcv_status
fail(reader *in, const char *message, size_t at, size_t end)
{
	in->error->message = message;
	in->error->at = at;
	in->error->end = end;
	return RCV_ETEXT;
}

/* Fails at the word, number or sign that comes next. */
static rcv_status
fail_here(reader *in, const char *message)
{
	size_t end;

	skip_blanks(in);
	end = in->at;
	while (is_letter(in, end) || is_digit(in, end))
		end++;
	if (end == in->at && end < in->length)
		end++;
	return fail(in, message, in->at, end);
}

/* End of a phrase that stands here, or 0; a blank of it is any number of blanks. */
static size_t
match(const reader *in, const char *phrase)
{
	size_t at = in->at;

	for (; *phrase != '\0'; phrase++)
	{
		if (*phrase == ' ')
		{
			if (!is_blank(in, at))
				return 0;
			while (is_blank(in, at))
				at++;
		}
		else if (at >= in->length || folded(in, at) != (unsigned char) *phrase)
			return 0;
		else
			at++;
	}
	return is_letter(in, at) ? 0 : at;
}

/* The word that comes next, without a step past it. */
static word
peek(reader *in, size_t *end)
{
	size_t i = 0;
	const size_t n = sizeof(phrases) / sizeof(phrases[0]);

	skip_blanks(in);
	if (in->peeked != in->at + 1)
	{
		unsigned char first = in->at < in->length ? folded(in, in->at) : 0;

		in->peeked = in->at + 1;
		in->peeked_end = 0;
		for (; i < n && in->peeked_end == 0; i++)
			if ((unsigned char) phrases[i].text[0] == first)
				in->peeked_end = match(in, phrases[i].text);
		in->peeked_word = in->peeked_end == 0 ? WORD_NONE : phrases[i - 1].word;
	}
	*end = in->peeked_end;
	return in->peeked_word;
}

static bool
accept(reader *in, word wanted)
{
	size_t end;

	if (peek(in, &end) != wanted)
		return false;
	in->at = end;
	return true;
}

static bool
accept_sign(reader *in, char sign)
{
	skip_blanks(in);
	if (in->at >= in->length || in->text[in->at] != sign)
		return false;
	in->at++;
	return true;
}

/* Numbers ---------------------------------------------------------------- */

static rcv_status
read_count(reader *in, int32_t most, const char *message, int32_t *out)
{
	size_t at = in->at;

	*out = 0;
	for (; is_digit(in, in->at); in->at++)
		if (*out <= most)
			*out = *out * 10 + (in->text[in->at] - '0');
	if (in->at == at)
		return fail_here(in, "a number is missing");
	return *out <= most ? RCV_OK : fail(in, message, at, in->at);
}

/* A share follows: a number, and the sign of a percentage after it. */
static bool
share_follows(const reader *in)
{
	size_t at = in->at;

	while (is_digit(in, at) || (at < in->length && in->text[at] == '.'))
		at++;
	while (is_blank(in, at))
		at++;
	return is_digit(in, in->at) && at < in->length && in->text[at] == '%';
}

static rcv_status
read_share(reader *in, int *decimals, int32_t *out)
{
	size_t at = in->at;
	int32_t unit = RCV_SHARE_WHOLE / 100;
	rcv_status status = read_count(in, 100, "a share is at most 100 %", out);

	if (status != RCV_OK)
		return status;
	*out *= unit;
	if (in->at < in->length && in->text[in->at] == '.')
	{
		int digits = 0;

		for (in->at++; is_digit(in, in->at); in->at++)
		{
			if (++digits > RCV_SHARE_DECIMALS_MAX)
				return fail(in, "a share has at most 6 decimals", at, in->at + 1);
			unit /= 10;
			*out += unit * (in->text[in->at] - '0');
		}
		*decimals = digits > *decimals ? digits : *decimals;
	}
	if (*out > RCV_SHARE_WHOLE)
		return fail(in, "a share is at most 100 %", at, in->at);
	return accept_sign(in, '%') ? RCV_OK : fail_here(in, "a share is a number of percent");
}

/* Steps ------------------------------------------------------------------ */

/* A number and its unit; after "net" the unit may be left out. */
static rcv_status
read_span(reader *in, bool unit_optional, rcv_term_step *out)
{
	size_t at = in->at;
	int32_t count;
	size_t end;
	rcv_status status = read_count(in, RCV_TERMS_DAYS_MAX, "that is too long", &count);

	if (status != RCV_OK)
		return status;
	out->kind = RCV_TERM_DAYS;
	switch (peek(in, &end))
	{
		case WORD_DAYS:
		case WORD_DAY:
			break;
		case WORD_WEEKS:
			count *= 7;
			break;
		case WORD_MONTHS:
			out->kind = RCV_TERM_MONTHS;
			break;
		default:
			if (!unit_optional)
				return fail_here(in, "days, weeks or months are missing after a number");
			end = in->at;
	}
	if (count > (out->kind == RCV_TERM_MONTHS ? RCV_TERMS_MONTHS_MAX : RCV_TERMS_DAYS_MAX))
		return fail(in, "that is too long", at, end);
	in->at = end;
	out->count = (int16_t) count;
	return RCV_OK;
}

/* "the 15th": also 1st, 2nd, 3rd, 1er. */
static rcv_status
read_day_of_month(reader *in, rcv_term_step *out)
{
	static const char *const endings[] = {"st", "nd", "rd", "th", "er"};
	size_t at;
	int32_t count;
	rcv_status status;

	skip_blanks(in);
	at = in->at;
	status = read_count(in, 31, "a month has no such day", &count);
	if (status != RCV_OK)
		return status;
	if (count == 0)
		return fail(in, "a month has no such day", at, in->at);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (match(in, endings[i]) != 0)
		{
			in->at = match(in, endings[i]);
			break;
		}
	*out = (rcv_term_step){RCV_TERM_DAY_OF_MONTH, (int16_t) count};
	return RCV_OK;
}

static bool
part_ends(reader *in)
{
	skip_blanks(in);
	return in->at == in->length || in->text[in->at] == ',' || in->text[in->at] == ';';
}

static rcv_status
read_step(reader *in, bool unit_optional, rcv_term_step *out)
{
	skip_blanks(in);
	if (is_digit(in, in->at))
		return read_span(in, unit_optional, out);
	if (accept(in, WORD_MONTH_END))
	{
		*out = (rcv_term_step){RCV_TERM_MONTH_END, 0};
		return RCV_OK;
	}
	if (accept(in, WORD_THE))
	{
		(void) accept(in, WORD_DAY);
		return read_day_of_month(in, out);
	}
	if (accept(in, WORD_DAY))
		return read_day_of_month(in, out);
	return fail_here(in, "these are no terms of payment");
}

static rcv_status
read_steps(reader *in, rcv_terms_part *out)
{
	bool net = accept(in, WORD_NET);

	out->steps = 0;
	if (!net && accept(in, WORD_RECEIPT))
		return part_ends(in) ? RCV_OK : fail_here(in, "nothing may follow here");
	do
	{
		rcv_status status;

		if (out->steps > 0)
			(void) accept_sign(in, '+');
		if (out->steps == RCV_TERMS_STEPS_MAX)
			return fail_here(in, "these are too many steps");
		status = read_step(in, net && out->steps == 0, &out->step[out->steps]);
		if (status != RCV_OK)
			return status;
		out->steps++;
		while (accept(in, WORD_NET) || accept(in, WORD_ISSUE))
			;
	} while (!part_ends(in));
	return RCV_OK;
}

/* Parts ------------------------------------------------------------------ */

/* rest: what the parts before leave. */
static rcv_status
read_part(reader *in, int32_t rest, bool only, rcv_terms *terms, rcv_terms_part *out)
{
	skip_blanks(in);
	if (share_follows(in))
	{
		size_t at = in->at;
		rcv_status status = read_share(in, &terms->decimals, &out->share);

		if (status != RCV_OK)
			return status;
		if (out->share == 0 || out->share > rest)
			return fail(in, "shares must be positive and add up to 100 %", at, in->at);
	}
	else if (!only && accept(in, WORD_REST))
	{
		out->share = rest;
		if (rest == 0)
			return fail_here(in, "nothing is left for the rest");
	}
	else if (only)
		out->share = RCV_SHARE_WHOLE;
	else
		return fail_here(in, "a share in percent is missing");
	return read_steps(in, out);
}

rcv_status
rcv_terms_parse(const char *text, size_t length, rcv_terms *out, rcv_terms_error *error)
{
	reader in = {text, length, 0, error, 0, 0, WORD_NONE};
	int32_t rest = RCV_SHARE_WHOLE;

	out->parts = out->decimals = 0;
	*error = (rcv_terms_error){NULL, 0, 0};
	do
	{
		rcv_status status;

		if (out->parts == RCV_TERMS_PARTS_MAX)
			return fail_here(&in, "these are too many parts");
		status = read_part(&in, rest, out->parts == 0, out, &out->part[out->parts]);
		if (status != RCV_OK)
			return status;
		rest -= out->part[out->parts++].share;
	} while (accept_sign(&in, ',') || accept_sign(&in, ';'));
	if (in.at < in.length)
		return fail_here(&in, "nothing may follow here");
	if (rest != 0)
		return fail(&in, "shares must add up to 100 %", 0, length);
	return RCV_OK;
}

/* Days ------------------------------------------------------------------- */

static rcv_status
take_step(rcv_term_step step, int32_t *day)
{
	int32_t year;
	int32_t month;
	int32_t mday;
	int32_t months;
	int32_t from = *day;
	rcv_status status;

	rcv_day_to_civil(*day, &year, &month, &mday);
	months = year * 12 + month - 1;
	switch (step.kind)
	{
		case RCV_TERM_DAYS:
			*day += step.count;
			return rcv_day_valid(*day) ? RCV_OK : RCV_EDATE;
		case RCV_TERM_MONTHS:
			return rcv_day_add_months(from, step.count, day);
		case RCV_TERM_MONTH_END:
			return rcv_day_of_month(months, 31, day);
		default:
			status = rcv_day_of_month(months, step.count, day);
			return status == RCV_OK && *day < from ? rcv_day_of_month(months + 1, step.count, day)
												   : status;
	}
}

rcv_status
rcv_terms_due(const rcv_terms_part *part, int32_t issued, int32_t *out)
{
	rcv_status status = rcv_day_valid(issued) ? RCV_OK : RCV_EDATE;

	*out = issued;
	for (int i = 0; i < part->steps && status == RCV_OK; i++)
		status = take_step(part->step[i], out);
	return status;
}
