/*
 * rules.c
 *		Segment rules: text to tree and back, what is refused and where.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "segment/rule.h"

/* Memory: a list of blocks that is freed as a whole. */
typedef struct block
{
	struct block *next;
	max_align_t bytes[];
} block;

static void *
take(void *context, size_t size)
{
	block **first = context;
	block *taken;

	if (size > (size_t) 1 << 30 || (taken = malloc(sizeof(*taken) + size)) == NULL)
		abort();
	taken->next = *first;
	*first = taken;
	return taken->bytes;
}

static void
give_back(block **first)
{
	while (*first != NULL)
	{
		block *next = (*first)->next;

		free(*first);
		*first = next;
	}
}

/* Text that grows. */
typedef struct buffer
{
	char *bytes;
	size_t length;
	size_t room;
} buffer;

static void
add(void *context, const char *bytes, size_t length)
{
	buffer *out = context;

	if (out->length + length >= out->room)
	{
		out->room = 2 * (out->length + length) + 64;
		if ((out->bytes = realloc(out->bytes, out->room)) == NULL)
			abort();
	}
	memcpy(out->bytes + out->length, bytes, length);
	out->length += length;
	out->bytes[out->length] = '\0';
}

static void
add_text(buffer *out, const char *text)
{
	add(out, text, strlen(text));
}

static void
add_times(buffer *out, const char *text, int times)
{
	for (int i = 0; i < times; i++)
		add_text(out, text);
}

/* A text as the name of a check: on one line. */
static const char *
line(const char *text)
{
	static char out[200];
	size_t i = 0;

	for (; text[i] != '\0' && i < sizeof(out) - 1; i++)
		out[i] = text[i] == '\n' ? ' ' : text[i];
	out[i] = '\0';
	return out;
}

/* The canonical text of a text, or "! message" when it is refused. */
static char *
canonical(const char *text, size_t length)
{
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	buffer out = {0};
	rcv_rule_sink sink = {add, &out};
	rcv_rules rules;
	rcv_rule_error error;
	char *copy = malloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = 'x'; /* not part of the text */
	add_text(&out, "");
	if (rcv_rules_parse(copy, length, &memory, &rules, &error))
		rcv_rules_print(&rules, &sink);
	else
	{
		add_text(&out, "! ");
		add_text(&out, error.message);
	}
	give_back(&blocks);
	free(copy);
	return out.bytes;
}

/* Prints as expected, and the print reads as itself. */
static void
prints(const char *text, const char *expected)
{
	char *once = canonical(text, strlen(text));
	char *twice = canonical(once, strlen(once));

	if (!CHECK(strcmp(once, expected) == 0, line(text)))
		printf("# %s\n", once);
	CHECK(strcmp(once, twice) == 0, "  and reads as itself");
	free(once);
	free(twice);
}

/* A condition on its own. */
static void
condition(const char *text, const char *expected)
{
	buffer rule = {0};
	buffer wanted = {0};

	add_text(&rule, "a: ");
	add_text(&rule, text);
	add_text(&wanted, "a: ");
	add_text(&wanted, expected);
	prints(rule.bytes, wanted.bytes);
	free(rule.bytes);
	free(wanted.bytes);
}

/* The SQL of the last rule's condition, with at most limit bytes; NULL when it takes more. */
static char *
sql_of(const char *text, size_t limit)
{
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	buffer out = {0};
	rcv_rule_sink sink = {add, &out};
	rcv_rules rules;
	rcv_rule_error error;
	bool fits = false;

	add_text(&out, "");
	if (rcv_rules_parse(text, strlen(text), &memory, &rules, &error))
		fits =
			rcv_rule_print_sql(&rules, rules.by_position[rules.count - 1]->condition, limit, &sink);
	give_back(&blocks);
	CHECK(out.length <= limit, "SQL keeps to its limit");
	if (fits)
		return out.bytes;
	free(out.bytes);
	return NULL;
}

static void
sql(const char *text, const char *expected)
{
	char *found = sql_of(text, 10000);

	if (!CHECK(found != NULL && strcmp(found, expected) == 0, expected))
		printf("# %s\n", found == NULL ? "refused" : found);
	free(found);
}

/* Is refused with this status, at this byte, with this in its message and its hint. */
static void
refuses_bytes(const char *text, size_t length, rcv_status status, int32_t location,
			  const char *message, const char *hint, const char *name)
{
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	rcv_rules rules;
	rcv_rule_error error = {.status = RCV_OK};
	bool passed = rcv_rules_parse(text, length, &memory, &rules, &error);

	if (!CHECK(!passed && error.status == status && error.location == location &&
				   strstr(error.message, message) != NULL && strstr(error.hint, hint) != NULL,
			   name))
		printf("# %d at %d: %s | %s\n", error.status, error.location, error.message, error.hint);
	give_back(&blocks);
}

static void
refuses(const char *text, int32_t location, const char *message, const char *hint)
{
	refuses_bytes(text, strlen(text), RCV_ETEXT, location, message, hint, line(text));
}

/* What is expected was written from PostgreSQL's own table of operators. */
static void
test_precedence(void)
{
	condition("a or b and c", "a OR b AND c");
	condition("(a or b) and c", "(a OR b) AND c");
	condition("a and b or c and d", "a AND b OR c AND d");
	condition("a or (b or c)", "a OR b OR c");
	condition("(a and b) and (c and d)", "a AND b AND c AND d");
	condition("not a and b", "NOT a AND b");
	condition("not (a and b)", "NOT (a AND b)");
	condition("not not a", "NOT NOT a");
	condition("not a = b", "NOT a = b");
	condition("(not a) = b", "(NOT a) = b");
	condition("not a is null", "NOT a IS NULL");
	condition("(not a) is null", "(NOT a) IS NULL");
	condition("a = b is null", "a = b IS NULL");
	condition("a = (b is null)", "a = (b IS NULL)");
	condition("a is distinct from b = c", "a IS DISTINCT FROM b = c");
	condition("(a is distinct from b) = c", "(a IS DISTINCT FROM b) = c");
	condition("a is null is not null", "(a IS NULL) IS NOT NULL");
	condition("a = b in (1)", "a = b IN (1)");
	condition("(a = b) in (1)", "(a = b) IN (1)");
	condition("a < b between 1 and 2", "a < b BETWEEN 1 AND 2");
	condition("a between 1 and 2 = b", "a BETWEEN 1 AND 2 = b");
	condition("a between 1 + 1 and 2 * 2 and b", "a BETWEEN 1 + 1 AND 2 * 2 AND b");
	condition("a between (1 = 2) and (b or c)", "a BETWEEN (1 = 2) AND (b OR c)");
	condition("a in (b or c, not d, 1 = 2)", "a IN (b OR c, NOT d, 1 = 2)");
	condition("a like b ->> 'c'", "a LIKE b ->> 'c'");
	condition("a ->> 'x' = 'y'", "a ->> 'x' = 'y'");
	condition("a -> 'x' ->> 'y' like 'z'", "a -> 'x' ->> 'y' LIKE 'z'");
	condition("a -> (b ->> c) = d", "a -> (b ->> c) = d");
	condition("a -> 1 + 2 = 3", "a -> 1 + 2 = 3");
	condition("(a -> 1) + 2 = 3", "(a -> 1) + 2 = 3");
	condition("a + b * c - d / e % f > 0", "a + b * c - d / e % f > 0");
	condition("(a + b) * (c - d) > 0", "(a + b) * (c - d) > 0");
	condition("a - (b - c) > 0", "a - (b - c) > 0");
	condition("(a - b) - c > 0", "a - b - c > 0");
	condition("a / (b * c) > 0", "a / (b * c) > 0");
	condition("-a + b > 0", "-a + b > 0");
	condition("-(a + b) > 0", "-(a + b) > 0");
	condition("- - a > -1", "- -a > -1");
	condition("a - -1 > -b", "a - -1 > -b");
	condition("-a::int > 0", "-a::int > 0");
	condition("(-a)::int > 0", "(-a)::int > 0");
	condition("a::int::text = '1'", "a::int::text = '1'");
	condition("(a + b)::INT > 0", "(a + b)::int > 0");
	condition("a * b::int > 0", "a * b::int > 0");
	condition("(a = b)::text = 'true'", "(a = b)::text = 'true'");
}

static void
test_operators(void)
{
	condition("a = 1 and a <> 2 and a != 3", "a = 1 AND a <> 2 AND a <> 3");
	condition("a<1 or a<=1 or a>1 or a>=1", "a < 1 OR a <= 1 OR a > 1 OR a >= 1");
	condition("a not between 1 and 2", "a NOT BETWEEN 1 AND 2");
	condition("a NOT\n\tIN (1, 2.50, 'x')", "a NOT IN (1, 2.50, 'x')");
	condition("a not in(1)", "a NOT IN (1)");
	condition("a not like 'x%' or a not ilike 'y_'", "a NOT LIKE 'x%' OR a NOT ILIKE 'y_'");
	condition("a like 'x' and a ilike 'y'", "a LIKE 'x' AND a ILIKE 'y'");
	condition("a is null or a is not null", "a IS NULL OR a IS NOT NULL");
	condition("a is true or a is not true", "a IS TRUE OR a IS NOT TRUE");
	condition("a is false or a is not false", "a IS FALSE OR a IS NOT FALSE");
	condition("a is unknown or a is not unknown", "a IS UNKNOWN OR a IS NOT UNKNOWN");
	condition("a is not distinct from null", "a IS NOT DISTINCT FROM NULL");
	condition("true and false", "TRUE AND FALSE");
	condition("a>=date'2024-02-29'", "a >= DATE '2024-02-29'");
	condition("a = 'it''s'", "a = 'it''s'");
	condition("a = ''", "a = ''");
	condition("a = '''' or a = ''''''", "a = '''' OR a = ''''''");
	condition("a > .5 and a > 1. and a > 1e3", "a > .5 AND a > 1. AND a > 1e3");
	condition("a -- the rest of the line is a comment: b\n> 1", "a > 1");
	condition("a > 1 -- the last", "a > 1");
	condition("a keep b", "a KEEP b");
	condition("a and b keep not c or d", "a AND b KEEP NOT c OR d");
}

static void
test_names(void)
{
	condition("Recency > 1", "recency > 1");
	condition("\"Recency\" > 1", "\"Recency\" > 1");
	condition("\"recency\" > 1", "recency > 1");
	condition("\"a \"\"b\"\"\" > 1", "\"a \"\"b\"\"\" > 1");
	condition("\"between\" > _x$1", "\"between\" > _x$1");
	condition("segment > date", "segment > date");
	condition("\xc3\x89t\xc3\xa9 > 1", "\xc3\x89t\xc3\xa9 > 1");
	prints("At Risk: x", "At Risk: x");
	prints("\"At Risk\": x", "At Risk: x");
	prints("\"At  Risk\": x", "\"At  Risk\": x");
	prints("tier 12 b: x", "tier 12 b: x");
	prints("\"12 tier\": x", "\"12 tier\": x");
	prints("tier 1.5: x", "\"tier 1.5\": x");
	prints("\"tier 12b\": x", "\"tier 12b\": x");
	prints("\"Can't Lose\": x", "\"Can't Lose\": x");
	prints("\"not in\": x\n\"Keep\": y\n\"else\": else",
		   "\"not in\": x\n\"Keep\": y\n\"else\": ELSE");
	prints("\"-\" x: y", "\"- x\": y");
	prints("a: x b: y; c: z;;", "a: x\nb: y\nc: z");
	prints("a: x = y\nb c: z::int = 1\nd: else", "a: x = y\nb c: z::int = 1\nd: ELSE");
	prints("date: x\nsegment: y", "date: x\nsegment: y");
	prints("a: segment ('b c') and not segment('d')\nb c: x\nd: y",
		   "a: segment('b c') AND NOT segment('d')\nb c: x\nd: y");
}

static void
test_keys(void)
{
	prints("a [dunning = vip]: x", "a [dunning = 'vip']: x");
	prints("a [POINTS = -2.5, Family=demographic, from='2024-01-01', to=date '2024-12-31']: x",
		   "a [family = 'demographic', points = -2.5, from = '2024-01-01', to = '2024-12-31']: x");
	prints("a [note = 'it''s', price=\"p 1\", loyalty=gold, offer=1]: x",
		   "a [price = 'p 1', loyalty = 'gold', offer = '1', note = 'it''s']: x");
	prints("a [from='2024-01-01', to='2024-01-01']: else",
		   "a [from = '2024-01-01', to = '2024-01-01']: ELSE");
}

static void
test_sql(void)
{
	char *found;

	sql("a: x > 1", "x > 1");
	sql("a: \"Select\" > 1 and \"user\" = \"x y\"", "\"Select\" > 1 AND \"user\" = \"x y\"");
	sql("a: user > 1 and \xc3\xa9 > 1", "\"user\" > 1 AND \"\xc3\xa9\" > 1");
	sql("a: x = 'it''s' or x = 'a\\b' or x = '\\'''",
		"x = 'it''s' OR x = E'a\\\\b' OR x = E'\\\\'''");
	sql("b: x or y\na: segment('b') and not segment('b') or segment('b')",
		"(x OR y) AND NOT (x OR y) OR (x OR y)");
	sql("c: x or y\nb: segment('c')\na: segment('b') and z", "(x OR y) AND z");
	free(found = sql_of("a: x > 1", 5));
	CHECK(found != NULL, "SQL of five bytes");
	CHECK(sql_of("a: x > 1", 4) == NULL, "does not fit into four");
}

/* 2^40 bytes of SQL, were it written out. */
static void
test_sql_limit(void)
{
	buffer text = {0};

	add_text(&text, "r40: x\n");
	for (int i = 39; i >= 0; i--)
	{
		char rule[64];

		snprintf(rule, sizeof(rule), "r%d: segment('r%d') and not segment('r%d')\n", i, i + 1,
				 i + 1);
		add_text(&text, rule);
	}
	CHECK(sql_of(text.bytes, 1 << 16) == NULL, "references that double forty times");
	free(text.bytes);
}

static void
test_syntax_errors(void)
{
	refuses("", 0, "syntax error at the end", "");
	refuses("  -- nothing\n", 13, "syntax error at the end", "");
	refuses("a", 1, "syntax error at the end", "the name of a rule ends");
	refuses("a: x > 1 y > 2", 11, "at or near \">\"", "Is an AND or an OR missing");
	refuses("a: x >", 6, "at the end", "");
	refuses("a: x > 1)", 8, "at or near \")\"", "");
	refuses("a: (x > 1", 9, "at the end", "");
	refuses("a: lower(x) = 'a'", 8, "at or near \"(\"", "Rules have no functions");
	refuses("a: x = y = z", 9, "at or near \"=\"", "");
	refuses("a: x in ()", 9, "at or near \")\"", "");
	refuses("a: else keep x", 8, "at or near \"keep\"", "");
	refuses("a: x = 'abc", 7, "a string has no closing quote", "");
	refuses("\"a: x", 0, "a quoted name has no closing quote", "");
	refuses("a: \"\" > 1", 3, "a name is empty", "");
	refuses("a: x > 12ab", 9, "a number runs into a word", "");
	refuses("tier 12b: x", 7, "a number runs into a word", "");
	refuses("a: x > 1e", 8, "a number runs into a word", "");
	refuses("a: x > $1", 7, "at or near \"$\"", "operators");
	refuses("a: t.x > 1", 4, "at or near \".\"", "names");
	refuses("a: x == 1", 6, "at or near \"=\"", "one sign");
	refuses("a: x; drop table y", 18, "at the end", "");
	refuses("a: x = 1 union b", 16, "at the end", "");
	refuses_bytes("a: x\0 > 1", 9, RCV_ETEXT, 4, "a character does not belong here", "",
				  "a zero byte");
	refuses_bytes("a: x = 'y\0z'", 12, RCV_ETEXT, 9, "a character does not belong here", "",
				  "a zero byte in a string");
	refuses("a: x > 1 "
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 = 1",
			51, "at or near \"=\"", "");
	refuses("a: x > in"
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9(",
			50, "at or near \"(\"", "");
	refuses("x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"\xc3\xa9\xc3\xa9 1.5 'y': z",
			50, "at or near \"'y'\"", "");
}

static void
test_word_is_cut(void)
{
	buffer text = {0};
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	rcv_rules rules;
	rcv_rule_error error;

	add_text(&text, "a: x > 1 'y");
	add_times(&text, "\xc3\xa9", 30);
	add_text(&text, "'");
	CHECK(!rcv_rules_parse(text.bytes, text.length, &memory, &rules, &error), "a string too many");
	CHECK(strcmp(error.message,
				 "syntax error at or near \"'y\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
				 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
				 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"") == 0,
		  "is shown up to 40 bytes, cut between characters");
	give_back(&blocks);
	free(text.bytes);
}

static void
test_refused(void)
{
	refuses("a: x\nb: y\na: z", 10, "two rules have the name \"a\"", "Join");
	refuses("a: else\nb: x", 8, "a rule stands after ELSE", "last");
	refuses("a [colour = red]: x", 3, "a rule has no such key", "The keys are family");
	refuses("a [note = x, note = y]: x", 13, "a key stands twice", "");
	refuses("a [family = good]: x", 0, "\"family\" of the rule \"a\"", "demographic");
	refuses("a [points = many]: x", 0, "\"points\" of the rule \"a\"", "10 or -2.5");
	refuses("a [points = 1e3]: x", 0, "\"points\"", "");
	refuses("a [points = 1.]: x", 0, "\"points\"", "");
	refuses("a [points = '']: x", 0, "\"points\"", "");
	refuses("a [points = '-']: x", 0, "\"points\"", "");
	refuses("a [points = 1234567890123456]: x", 0, "\"points\"", "");
	refuses("a [from = '2024-1-1']: x", 0, "\"from\" of the rule \"a\" is not a day", "YYYY-MM-DD");
	refuses("a [to = '2023-02-29']: x", 0, "\"to\" of the rule \"a\" is not a day", "");
	refuses("a [from = '2024-01-02', to = '2024-01-01']: x", 0, "ends before it begins", "");
	refuses("a: x > date '2023-02-29'", 7, "there is no such day", "");
	refuses("a: x > date 'today'", 7, "a day is not in ISO form", "");
	refuses("a: x::money > 1", 4, "no cast to this type", "The types are");
	refuses("a: x::regclass = 'y'", 4, "no cast", "");
	refuses("a: segment('b')", 3, "there is no rule \"b\"", "");
	refuses("a: segment('A')\nA: segment('x')", 19, "there is no rule \"x\"", "");
	refuses("a: segment('b')\nb: else", 3, "is ELSE and has no condition", "");
	refuses("a: segment('a')", 3, "in a circle through \"a\"", "");
	refuses("a: segment('b')\nb: x or segment('c')\nc: not segment('a')", 44, "in a circle", "");
	refuses("a: x keep segment('b')\nb: segment('a')", 26, "in a circle", "");
	refuses("a: segment('b') = true\nb: x", 3, "stands where a value belongs", "AND, OR and NOT");
	refuses("a: (x and segment('b')) is true\nb: x", 10, "stands where a value belongs", "");
	refuses("a: y in (x, not segment('b'))\nb: x", 16, "stands where a value belongs", "");
}

/* before, times x each, after; refused with RCV_ELIMIT or RCV_ETEXT, or not. */
static void
repeated(const char *before, const char *each, const char *middle, const char *each_after,
		 int times, rcv_status expected, const char *name)
{
	buffer text = {0};
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	rcv_rules rules;
	rcv_rule_error error = {.status = RCV_OK};

	add_text(&text, before);
	add_times(&text, each, times);
	add_text(&text, middle);
	add_times(&text, each_after, times);
	(void) rcv_rules_parse(text.bytes, text.length, &memory, &rules, &error);
	if (!CHECK(error.status == expected, name))
		printf("# %d: %s\n", error.status, error.message);
	give_back(&blocks);
	free(text.bytes);
}

static void
test_limits(void)
{
	repeated("a: ", "not ", "x", "", RCV_RULE_DEPTH_MAX, RCV_OK, "200 levels");
	repeated("a: ", "not ", "x", "", RCV_RULE_DEPTH_MAX + 1, RCV_ELIMIT, "201 levels");
	repeated("a: x = ", "1 + ", "1", "", RCV_RULE_DEPTH_MAX, RCV_ELIMIT, "a sum of 201");
	repeated("a: ", "(", "x", ")", 3000, RCV_OK, "3000 parentheses around one thing");
	repeated("a: ", "(", "x", ")", 400000, RCV_ELIMIT, "400,000 parentheses");
	repeated("a: ", "not ", "x", "", 200000, RCV_ELIMIT, "200,000 times NOT");
	repeated("a: x", " and x", "", "", 150000, RCV_OK, "a chain of 150,001");
	repeated("a: x", " and (x", "", ")", 3000, RCV_OK, "a chain that nests to the right");
	repeated("a: x in (1", ",1", ")", "", 400000, RCV_OK, "a list of 400,001");
	repeated("a: ", "(", "x", " between y and z)", 14, RCV_OK, "14 times BETWEEN within BETWEEN");
	repeated("a: ", "(", "x", " between y and z)", 15, RCV_ELIMIT, "15 times");
	repeated("a: ", "(", "x", " between y and z)", 199, RCV_ELIMIT, "199 times");
	repeated("a: ", "(", "x", " in (y, 1, 2))", 17, RCV_ELIMIT, "17 times IN within IN");
	repeated("a: ", "(", "x", " in (1, 2, 3))", 199, RCV_OK, "where it repeats nothing");
	repeated("a: x in (y", ", y", ")", "", 90000, RCV_OK, "a list of 90,001 columns");
	repeated("a: x + 1 in (y", ", y", ")", "", 90000, RCV_ELIMIT, "which repeat a sum");
	repeated("a: x", " and x between 1 and 2", "", "", 40000, RCV_OK, "40,000 times, side by side");
	repeated("", "a", ": x", "", RCV_RULE_NAME_MAX, RCV_OK, "a name of 200 bytes");
	repeated("", "a", ": x", "", RCV_RULE_NAME_MAX + 1, RCV_ETEXT, "a name of 201 bytes");
	repeated("", "a ", ": x", "", 500000, RCV_ETEXT, "a name of 500,000 words");
	repeated("a: segment('", "b", "')", "", 100000, RCV_ETEXT, "a reference of 100,000 bytes");
	repeated("a: '", "x", "' = y", "", RCV_RULE_TEXT_MAX - 9, RCV_OK, "1,048,576 bytes");
	repeated("a: '", "x", "' = y", "", RCV_RULE_TEXT_MAX - 8, RCV_ELIMIT, "1,048,577 bytes");
}

/* A chain of n references: each rule leads to the one after it, or before it. */
static rcv_status
chain(int n, bool backwards)
{
	buffer text = {0};
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	rcv_rules rules;
	rcv_rule_error error = {.status = RCV_OK};

	for (int i = 0; i <= n; i++)
	{
		char rule[64];
		int at = backwards ? n - i : i;

		if (at == n)
			snprintf(rule, sizeof(rule), "r%d: x\n", n);
		else
			snprintf(rule, sizeof(rule), "r%d: segment('r%d')\n", at, at + 1);
		add_text(&text, rule);
	}
	(void) rcv_rules_parse(text.bytes, text.length, &memory, &rules, &error);
	give_back(&blocks);
	free(text.bytes);
	return error.status;
}

static void
test_many(void)
{
	buffer text = {0};
	char *once;
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	rcv_rules rules;
	rcv_rule_error error;
	bool right = true;

	for (int i = 0; i < 10000; i++)
	{
		char rule[64];

		snprintf(rule, sizeof(rule), "rule %d: r = %d%s", i * 7919 % 10000, i,
				 i < 9999 ? "\n" : "");
		add_text(&text, rule);
	}
	once = canonical(text.bytes, text.length);
	CHECK(strcmp(once, text.bytes) == 0, "10,000 rules read and print");
	CHECK(rcv_rules_parse(text.bytes, text.length, &memory, &rules, &error) && rules.count == 10000,
		  "10,000 rules");
	for (int i = 0; i < rules.count; i++)
		right = right && rcv_rules_find(&rules, rules.by_position[i]->name) == i;
	CHECK(right, "each is found by its name");
	CHECK(rcv_rules_find(&rules, "rule 10000") == -1 && rcv_rules_find(&rules, "") == -1 &&
			  rcv_rules_find(&rules, "zzz") == -1,
		  "and no other");
	give_back(&blocks);
	free(once);
	free(text.bytes);
	CHECK(chain(RCV_RULE_DEPTH_MAX / 2, false) == RCV_OK, "a chain of references");
	CHECK(chain(RCV_RULE_DEPTH_MAX, true) == chain(RCV_RULE_DEPTH_MAX, false),
		  "a limit that does not ask for the order of the rules");
	CHECK(chain(RCV_RULE_DEPTH_MAX + 1, false) == RCV_ELIMIT, "too long a chain");
	CHECK(chain(RCV_RULE_DEPTH_MAX + 1, true) == RCV_ELIMIT, "too long a chain, backwards");
}

/* What the glue for JSON does: a tree put together by hand. */
static void
test_by_hand(void)
{
	block *blocks = NULL;
	rcv_rule_memory memory = {take, &blocks};
	rcv_rule_node *column = rcv_rule_node_make(&memory, RCV_RULE_COLUMN, -1, "x", NULL, NULL);
	rcv_rule_node *cast = rcv_rule_node_make(&memory, RCV_RULE_CAST, -1, "xml", column, NULL);
	rcv_rule rule = {.name = "", .condition = cast, .location = -1};
	rcv_rules rules = {.first = &rule, .count = 1};
	rcv_rule_error error;

	CHECK(!rcv_rules_check(&rules, &memory, &error) && strstr(error.message, "is empty") != NULL,
		  "a rule without a name");
	rule.name = "a";
	CHECK(!rcv_rules_check(&rules, &memory, &error) && strstr(error.message, "no cast") != NULL,
		  "a cast that no text has");
	rule.condition = column;
	CHECK(rcv_rules_check(&rules, &memory, &error) && rules.by_position[0] == &rule,
		  "a condition that is a column");
	column->text = "";
	CHECK(!rcv_rules_check(&rules, &memory, &error) &&
			  strstr(error.message, "a column is empty") != NULL,
		  "a column without a name");
	rules.count = 0;
	CHECK(!rcv_rules_check(&rules, &memory, &error) && strstr(error.message, "no rules") != NULL,
		  "no rules");
	give_back(&blocks);
}

int
main(void)
{
	test_precedence();
	test_operators();
	test_names();
	test_keys();
	test_sql();
	test_sql_limit();
	test_syntax_errors();
	test_word_is_cut();
	test_refused();
	test_limits();
	test_many();
	test_by_hand();
	return check_done();
}
