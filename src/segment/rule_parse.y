/*
 * rule_parse.y
 *		Grammar of segment rules, with SQL's precedence: see rule.h.
 */
%require "3.6"
%define api.pure full
%define api.prefix {rcv_rule_yy}
%define api.location.type {rcv_rule_place}
%define parse.error custom
%locations
%expect 0
%parse-param {rcv_rule_parser *parser} {void *scanner}
%lex-param {void *scanner}

%code requires
{
#include "segment/rule_parser.h"
}

%code
{
#define YYLLOC_DEFAULT(current, rhs, n) ((current).at = YYRHSLOC(rhs, (n) > 0 ? 1 : 0).at)

/* The parser's stack is of the same memory as all else. */
#define YYMALLOC(size) parser->memory->alloc(parser->memory->context, size)
#define YYFREE(memory) ((void) (memory))

extern int rcv_rule_yylex(RCV_RULE_YYSTYPE *value, rcv_rule_place *place, void *scanner);

static void
rcv_rule_yyerror(rcv_rule_place *place, rcv_rule_parser *parser, void *scanner,
				 const char *message)
{
	(void) scanner;
	(void) message; /* "memory exhausted", the only one: the stack is at its limit */
	rcv_rule_fail(parser, place->at, "parentheses are nested too deeply");
	parser->error->status = RCV_ELIMIT;
}

#define MAKE(op, at, text, a, b) rcv_rule_node_make(parser->memory, op, at, text, a, b)

static rcv_rule_node *
negate(rcv_rule_node *node)
{
	node->negated = true;
	return node;
}

static rcv_rule_node *
ternary(rcv_rule_node *node, rcv_rule_node *last)
{
	rcv_rule_node_add(node, last);
	return node;
}

/* "value IN (list)": the list as further arguments of a node that has the value. */
static rcv_rule_node *
member(rcv_rule_parser *parser, rcv_rule_node *value, rcv_rule_node *list, int32_t at)
{
	rcv_rule_node *node = MAKE(RCV_RULE_IN, at, NULL, value, NULL);

	rcv_rule_node_take(node, list);
	return node;
}
}

%union
{
	char *text;
	const char *name;
	rcv_rule_node *node;
}

%token <text> NUMBER STRING DATE WORD QUOTED
%token AND OR NOT IS NULL_WORD TRUE_WORD FALSE_WORD UNKNOWN DISTINCT FROM BETWEEN IN_WORD LIKE ILIKE
%token ELSE KEEP NOT_BETWEEN NOT_IN NOT_LIKE NOT_ILIKE SEGMENT_OPEN
%token LE GE NE FIELD FIELD_TEXT COLON_COLON FAILED

%type <name> name key setting
%type <node> condition value list

%left OR
%left AND
%right NOT
%nonassoc IS
%nonassoc '<' '>' '=' LE GE NE
%nonassoc BETWEEN IN_WORD LIKE ILIKE NOT_BETWEEN NOT_IN NOT_LIKE NOT_ILIKE
%left FIELD FIELD_TEXT
%left '+' '-'
%left '*' '/' '%'
%right UMINUS
%left COLON_COLON

%%

rules:
	rule
	| rules rule
	| rules ';'
	;

rule:
	head keys ':' ELSE
	| head keys ':' condition					{ parser->current->condition = $condition; }
	| head keys ':' condition[enter] KEEP condition[keep]
		{
			parser->current->condition = $enter;
			parser->current->keep = $keep;
		}
	;

head:
	name										{ rcv_rule_begin(parser, $name, @name.at); }
	;

name:
	WORD										{ $$ = $WORD; }
	| QUOTED									{ $$ = $QUOTED; }
	| name[first] WORD							{ $$ = rcv_rule_join(parser, $first, " ", $WORD); }
	| name[first] NUMBER						{ $$ = rcv_rule_join(parser, $first, " ", $NUMBER); }
	;

keys:
	%empty
	| '[' settings ']'
	;

settings:
	one_setting
	| settings ',' one_setting
	;

one_setting:
	key '=' setting								{ rcv_rule_set(parser, $key, $setting, @key.at); }
	;

key:
	WORD										{ $$ = rcv_rule_fold($WORD); }
	| FROM										{ $$ = "from"; }
	;

setting:
	WORD										{ $$ = $WORD; }
	| QUOTED									{ $$ = $QUOTED; }
	| STRING									{ $$ = $STRING; }
	| DATE										{ $$ = $DATE; }
	| NUMBER									{ $$ = $NUMBER; }
	| '-' NUMBER								{ $$ = rcv_rule_join(parser, "-", "", $NUMBER); }
	;

condition:
	value
	| condition[a] AND condition[b]				{ $$ = rcv_rule_node_chain(parser->memory, RCV_RULE_AND, @2.at, $a, $b); }
	| condition[a] OR condition[b]				{ $$ = rcv_rule_node_chain(parser->memory, RCV_RULE_OR, @2.at, $a, $b); }
	| NOT condition[a]							{ $$ = MAKE(RCV_RULE_NOT, @1.at, NULL, $a, NULL); }
	| condition[a] IS NULL_WORD					{ $$ = MAKE(RCV_RULE_IS_NULL, @2.at, NULL, $a, NULL); }
	| condition[a] IS NOT NULL_WORD %prec IS	{ $$ = negate(MAKE(RCV_RULE_IS_NULL, @2.at, NULL, $a, NULL)); }
	| condition[a] IS TRUE_WORD					{ $$ = MAKE(RCV_RULE_IS_TRUE, @2.at, NULL, $a, NULL); }
	| condition[a] IS NOT TRUE_WORD %prec IS	{ $$ = negate(MAKE(RCV_RULE_IS_TRUE, @2.at, NULL, $a, NULL)); }
	| condition[a] IS FALSE_WORD				{ $$ = MAKE(RCV_RULE_IS_FALSE, @2.at, NULL, $a, NULL); }
	| condition[a] IS NOT FALSE_WORD %prec IS	{ $$ = negate(MAKE(RCV_RULE_IS_FALSE, @2.at, NULL, $a, NULL)); }
	| condition[a] IS UNKNOWN					{ $$ = MAKE(RCV_RULE_IS_UNKNOWN, @2.at, NULL, $a, NULL); }
	| condition[a] IS NOT UNKNOWN %prec IS		{ $$ = negate(MAKE(RCV_RULE_IS_UNKNOWN, @2.at, NULL, $a, NULL)); }
	| condition[a] IS DISTINCT FROM condition[b] %prec IS
												{ $$ = MAKE(RCV_RULE_DISTINCT, @2.at, NULL, $a, $b); }
	| condition[a] IS NOT DISTINCT FROM condition[b] %prec IS
												{ $$ = negate(MAKE(RCV_RULE_DISTINCT, @2.at, NULL, $a, $b)); }
	| condition[a] '=' condition[b]				{ $$ = MAKE(RCV_RULE_EQ, @2.at, NULL, $a, $b); }
	| condition[a] NE condition[b]				{ $$ = MAKE(RCV_RULE_NE, @2.at, NULL, $a, $b); }
	| condition[a] '<' condition[b]				{ $$ = MAKE(RCV_RULE_LT, @2.at, NULL, $a, $b); }
	| condition[a] LE condition[b]				{ $$ = MAKE(RCV_RULE_LE, @2.at, NULL, $a, $b); }
	| condition[a] '>' condition[b]				{ $$ = MAKE(RCV_RULE_GT, @2.at, NULL, $a, $b); }
	| condition[a] GE condition[b]				{ $$ = MAKE(RCV_RULE_GE, @2.at, NULL, $a, $b); }
	| condition[a] BETWEEN value[low] AND value[high] %prec BETWEEN
												{ $$ = ternary(MAKE(RCV_RULE_BETWEEN, @2.at, NULL, $a, $low), $high); }
	| condition[a] NOT_BETWEEN value[low] AND value[high] %prec BETWEEN
												{ $$ = negate(ternary(MAKE(RCV_RULE_BETWEEN, @2.at, NULL, $a, $low), $high)); }
	| condition[a] IN_WORD '(' list ')'			{ $$ = member(parser, $a, $list, @2.at); }
	| condition[a] NOT_IN '(' list ')'			{ $$ = negate(member(parser, $a, $list, @2.at)); }
	| condition[a] LIKE condition[b]			{ $$ = MAKE(RCV_RULE_LIKE, @2.at, NULL, $a, $b); }
	| condition[a] NOT_LIKE condition[b]		{ $$ = negate(MAKE(RCV_RULE_LIKE, @2.at, NULL, $a, $b)); }
	| condition[a] ILIKE condition[b]			{ $$ = MAKE(RCV_RULE_ILIKE, @2.at, NULL, $a, $b); }
	| condition[a] NOT_ILIKE condition[b]		{ $$ = negate(MAKE(RCV_RULE_ILIKE, @2.at, NULL, $a, $b)); }
	;

list:
	condition									{ $$ = MAKE(RCV_RULE_IN, @1.at, NULL, $condition, NULL); }
	| list[items] ',' condition					{ rcv_rule_node_add($items, $condition); $$ = $items; }
	;

value:
	NUMBER										{ $$ = MAKE(RCV_RULE_NUMBER, @1.at, $1, NULL, NULL); }
	| STRING									{ $$ = MAKE(RCV_RULE_STRING, @1.at, $1, NULL, NULL); }
	| DATE										{ $$ = MAKE(RCV_RULE_DATE, @1.at, $1, NULL, NULL); }
	| TRUE_WORD									{ $$ = MAKE(RCV_RULE_TRUE, @1.at, NULL, NULL, NULL); }
	| FALSE_WORD								{ $$ = MAKE(RCV_RULE_FALSE, @1.at, NULL, NULL, NULL); }
	| NULL_WORD									{ $$ = MAKE(RCV_RULE_NULL, @1.at, NULL, NULL, NULL); }
	| WORD										{ $$ = MAKE(RCV_RULE_COLUMN, @1.at, rcv_rule_fold($1), NULL, NULL); }
	| QUOTED									{ $$ = MAKE(RCV_RULE_COLUMN, @1.at, $1, NULL, NULL); }
	| SEGMENT_OPEN STRING ')'					{ $$ = MAKE(RCV_RULE_SEGMENT, @1.at, $2, NULL, NULL); }
	| '(' condition ')'							{ $$ = $condition; }
	| value[a] FIELD value[b]					{ $$ = MAKE(RCV_RULE_FIELD, @2.at, NULL, $a, $b); }
	| value[a] FIELD_TEXT value[b]				{ $$ = MAKE(RCV_RULE_FIELD_TEXT, @2.at, NULL, $a, $b); }
	| value[a] '+' value[b]						{ $$ = MAKE(RCV_RULE_ADD, @2.at, NULL, $a, $b); }
	| value[a] '-' value[b]						{ $$ = MAKE(RCV_RULE_SUBTRACT, @2.at, NULL, $a, $b); }
	| value[a] '*' value[b]						{ $$ = MAKE(RCV_RULE_MULTIPLY, @2.at, NULL, $a, $b); }
	| value[a] '/' value[b]						{ $$ = MAKE(RCV_RULE_DIVIDE, @2.at, NULL, $a, $b); }
	| value[a] '%' value[b]						{ $$ = MAKE(RCV_RULE_REMAINDER, @2.at, NULL, $a, $b); }
	| '-' value[a] %prec UMINUS					{ $$ = MAKE(RCV_RULE_MINUS, @1.at, NULL, $a, NULL); }
	| '+' value[a] %prec UMINUS					{ $$ = $a; }
	| value[a] COLON_COLON WORD					{ $$ = MAKE(RCV_RULE_CAST, @2.at, rcv_rule_fold($3), $a, NULL); }
	;

%%

/* Whether the parser could go on with this kind of token. */
static bool
expects(const yypcontext_t *context, yysymbol_kind_t kind)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);

	for (int i = 0; i < n; i++)
		if (kinds[i] == kind)
			return true;
	return false;
}

static const char *
syntax_hint(const yypcontext_t *context)
{
	yysymbol_kind_t kind = yypcontext_token(context);

	if (expects(context, YYTRANSLATE(':')))
		return "This is where the name of a rule ends, with a colon. Is an AND or an OR missing "
			   "before it? A name with a sign or a keyword in it needs double quotes.";
	if (kind >= YYSYMBOL_AND && kind <= YYSYMBOL_NOT_ILIKE && expects(context, YYSYMBOL_QUOTED))
		return "This is a word of the language: as a name it needs double quotes.";
	if (kind == YYTRANSLATE('='))
		return "Equal is written with one sign: =";
	if (kind == YYTRANSLATE('('))
		return "Rules have no functions but segment('name'): put the figure into a column.";
	return "";
}

static int
yyreport_syntax_error(const yypcontext_t *context, rcv_rule_parser *parser, void *scanner)
{
	(void) scanner;
	rcv_rule_fail_syntax(parser, yypcontext_location(context)->at, syntax_hint(context));
	return 0;
}
