/*
 * rule_text.c
 *		From the text of segment rules to their tree.
 */
#include <stdio.h>
#include <string.h>

#include "segment/rule_parse.h"
#include "segment/rule_parser.h"

extern int rcv_rule_yylex_init_extra(rcv_rule_parser *parser, void **scanner);
extern struct yy_buffer_state *rcv_rule_yy_scan_bytes(const char *text, int length, void *scanner);

void
rcv_rule_fail_hint(rcv_rule_parser *parser, int32_t at, const char *message, const char *hint)
{
	rcv_rule_error *error = parser->error;

	if (error->status != RCV_OK)
		return;
	error->status = RCV_ETEXT;
	error->location = at;
	snprintf(error->message, sizeof(error->message), "%s", message);
	snprintf(error->hint, sizeof(error->hint), "%s", hint);
}

void
rcv_rule_fail(rcv_rule_parser *parser, int32_t at, const char *message)
{
	rcv_rule_fail_hint(parser, at, message, "");
}

/* The first bytes of a word, cut where no character of UTF-8 is split. */
static int
shown_length(const char *word, int32_t length)
{
	int shown = length > 40 ? 40 : length;

	while (shown > 0 && shown < length && ((unsigned char) word[shown] & 0xC0) == 0x80)
		shown--;
	return shown;
}

void
rcv_rule_fail_syntax(rcv_rule_parser *parser, int32_t at, const char *hint)
{
	char message[sizeof(parser->error->message)];
	const char *word = parser->text + at;

	if (at >= parser->length)
		snprintf(message, sizeof(message), "syntax error at the end of the rules");
	else
		snprintf(message, sizeof(message), "syntax error at or near \"%.*s\"",
				 shown_length(word, parser->at - at), word);
	rcv_rule_fail_hint(parser, at, message, hint);
}

char *
rcv_rule_fold(char *name)
{
	for (char *c = name; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char) (*c - 'A' + 'a');
	return name;
}

const char *
rcv_rule_join(rcv_rule_parser *parser, const char *a, const char *between, const char *b)
{
	size_t left = strlen(a);
	size_t size = left + strlen(between) + strlen(b) + 1;
	char *out;

	if (left > RCV_RULE_NAME_MAX) /* too long whatever follows: no work for each further word */
		return a;
	out = parser->memory->alloc(parser->memory->context, size);
	snprintf(out, size, "%s%s%s", a, between, b);
	return out;
}

void
rcv_rule_begin(rcv_rule_parser *parser, const char *name, int32_t at)
{
	rcv_rule *rule = parser->memory->alloc(parser->memory->context, sizeof(*rule));

	memset(rule, 0, sizeof(*rule));
	rule->name = name;
	rule->location = at;
	if (parser->last == NULL)
		parser->rules->first = rule;
	else
		parser->last->next = rule;
	parser->last = parser->current = rule;
	parser->rules->count++;
}

void
rcv_rule_set(rcv_rule_parser *parser, const char *key, const char *value, int32_t at)
{
	int i = 0;

	while (i < RCV_RULE_KEYS && strcmp(rcv_rule_key_names[i], key) != 0)
		i++;
	if (i == RCV_RULE_KEYS)
		rcv_rule_fail_hint(
			parser, at, "a rule has no such key",
			"The keys are family, dunning, price, loyalty, offer, points, from, to, note.");
	else if (parser->current->values[i] != NULL)
		rcv_rule_fail(parser, at, "a key stands twice in one rule");
	else
		parser->current->values[i] = value;
}

rcv_rule_node *
rcv_rule_node_make(rcv_rule_memory *memory, rcv_rule_op op, int32_t location, const char *text,
				   rcv_rule_node *a, rcv_rule_node *b)
{
	rcv_rule_node *node = memory->alloc(memory->context, sizeof(*node));

	memset(node, 0, sizeof(*node));
	node->op = op;
	node->location = location;
	node->text = text;
	if (a != NULL)
		rcv_rule_node_add(node, a);
	if (b != NULL)
		rcv_rule_node_add(node, b);
	return node;
}

void
rcv_rule_node_add(rcv_rule_node *node, rcv_rule_node *argument)
{
	argument->next = NULL;
	if (node->last == NULL)
		node->first = argument;
	else
		node->last->next = argument;
	node->last = argument;
	node->count++;
	if (node->depth <= argument->depth)
		node->depth = argument->depth + 1;
}

void
rcv_rule_node_take(rcv_rule_node *node, rcv_rule_node *from)
{
	for (rcv_rule_node *item = from->first, *next; item != NULL; item = next)
	{
		next = item->next;
		rcv_rule_node_add(node, item);
	}
}

rcv_rule_node *
rcv_rule_node_chain(rcv_rule_memory *memory, rcv_rule_op op, int32_t location, rcv_rule_node *a,
					rcv_rule_node *b)
{
	rcv_rule_node *node = a->op == op ? a : rcv_rule_node_make(memory, op, location, NULL, a, NULL);

	if (b->op == op)
		rcv_rule_node_take(node, b);
	else
		rcv_rule_node_add(node, b);
	return node;
}

static bool
read_text(rcv_rule_parser *parser)
{
	void *scanner;

	if (rcv_rule_yylex_init_extra(parser, &scanner) != 0)
		return false;
	rcv_rule_yy_scan_bytes(parser->text, parser->length, scanner);
	return rcv_rule_yyparse(parser, scanner) == 0 && parser->error->status == RCV_OK;
}

bool
rcv_rules_parse(const char *text, size_t length, rcv_rule_memory *memory, rcv_rules *out,
				rcv_rule_error *error)
{
	rcv_rule_parser parser = {.memory = memory, .text = text, .rules = out, .error = error};
	const char *zero;

	memset(out, 0, sizeof(*out));
	memset(error, 0, sizeof(*error));
	error->location = -1;
	if (length > RCV_RULE_TEXT_MAX)
	{
		rcv_rule_fail(&parser, -1, "the rules take more than 1048576 bytes");
		error->status = RCV_ELIMIT;
		return false;
	}
	zero = memchr(text, '\0', length);
	if (zero != NULL) /* it would end a string or a name within */
	{
		rcv_rule_fail(&parser, (int32_t) (zero - text), "a character does not belong here");
		return false;
	}
	parser.length = (int32_t) length;
	return read_text(&parser) && rcv_rules_check(out, memory, error);
}
