/*
 * rules.c
 *		Any bytes as segment rules: what is read prints, and the print reads as
 *		itself; as SQL it keeps to its limit.
 */
#include "segment/rule.h"
#include "target.h"

#define BLOCKS 100000
#define TEXT_ROOM 65536
#define SQL_LIMIT 2000

typedef struct text
{
	size_t length;
	char bytes[TEXT_ROOM];
} text;

static void *blocks[BLOCKS];
static int n_blocks;
static text once;
static text twice;
static text as_sql;

/* Each block on its own, so that one byte too far is seen. */
static void *
set_aside(void *context, size_t size)
{
	(void) context;
	must(n_blocks < BLOCKS && size < (size_t) 1 << 24);
	must((blocks[n_blocks] = malloc(size)) != NULL);
	return blocks[n_blocks++];
}

static void
give_back(void)
{
	while (n_blocks > 0)
		free(blocks[--n_blocks]);
}

static void
put(void *context, const char *bytes, size_t length)
{
	text *out = context;

	must(out->length + length <= TEXT_ROOM);
	memcpy(out->bytes + out->length, bytes, length);
	out->length += length;
}

static void
print_sql(const rcv_rules *rules)
{
	rcv_rule_sink sink = {put, &as_sql};

	for (const rcv_rule *rule = rules->first; rule != NULL; rule = rule->next)
	{
		as_sql.length = 0;
		if (rule->condition != NULL)
			(void) rcv_rule_print_sql(rules, rule->condition, SQL_LIMIT, &sink);
		must(as_sql.length <= SQL_LIMIT);
	}
}

/* Reads a text, and prints it. */
static bool
read_text(const char *bytes, size_t length, text *out)
{
	rcv_rule_memory memory = {set_aside, NULL};
	rcv_rule_sink sink = {put, out};
	rcv_rules rules;
	rcv_rule_error error;
	bool passed = rcv_rules_parse(bytes, length, &memory, &rules, &error);

	out->length = 0;
	if (passed)
	{
		rcv_rules_print(&rules, &sink);
		print_sql(&rules);
	}
	else
	{
		must(error.status == RCV_ETEXT || error.status == RCV_ELIMIT);
		must(error.location >= -1 && error.location <= (int64_t) length);
		must(error.message[0] != '\0' && strlen(error.message) < sizeof(error.message));
		must(strlen(error.hint) < sizeof(error.hint));
	}
	give_back();
	return passed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!read_text((const char *) data, size, &once))
		return 0;
	must(read_text(once.bytes, once.length, &twice));
	must(once.length == twice.length && memcmp(once.bytes, twice.bytes, once.length) == 0);
	return 0;
}
