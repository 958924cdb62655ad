/*
 * rule_parser.h
 *		What the scanner and the grammar of segment rules share: private to
 *		rule_scan.l, rule_parse.y and rule_text.c.
 */
#ifndef RCV_SEGMENT_RULE_PARSER_H
#define RCV_SEGMENT_RULE_PARSER_H

#include "segment/rule.h"

typedef struct rcv_rule_parser
{
	rcv_rule_memory *memory;
	const char *text;
	int32_t length;
	int32_t at; /* bytes read */
	rcv_rules *rules;
	rcv_rule *last;		   /* the rule read last */
	rcv_rule *current;	   /* that takes the keys that are read */
	rcv_rule_error *error; /* status RCV_OK until something is wrong */
} rcv_rule_parser;

typedef struct rcv_rule_place
{
	int32_t at;
} rcv_rule_place;

/* Notes the first thing that is wrong, with or without a hint. */
extern void rcv_rule_fail(rcv_rule_parser *parser, int32_t at, const char *message);
extern void rcv_rule_fail_hint(rcv_rule_parser *parser, int32_t at, const char *message,
							   const char *hint);

/* Notes a syntax error at the word that was read last. */
extern void rcv_rule_fail_syntax(rcv_rule_parser *parser, int32_t at, const char *hint);

/* The next rule, without a condition so far. */
extern void rcv_rule_begin(rcv_rule_parser *parser, const char *name, int32_t at);
extern void rcv_rule_set(rcv_rule_parser *parser, const char *key, const char *value, int32_t at);

/* Two words as one, with what belongs between them. */
extern const char *rcv_rule_join(rcv_rule_parser *parser, const char *a, const char *between,
								 const char *b);

/* The name of a column as SQL folds it, in place. */
extern char *rcv_rule_fold(char *name);

/* The scanner; the type of its state is private to it. */
extern int rcv_rule_scan_begin(rcv_rule_parser *parser, const char *text, size_t length,
							   void **scanner);

#endif
