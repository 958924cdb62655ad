/*
 * rules_type_pg.c
 *		The type segment_rules: text and binary forms, equality, errors.
 */
#include "segment/rules_pg.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#define VERSION 1
#define NUMBER_DIGITS_MAX 400 /* before the point, and after it */
#define SHOWN_BEFORE 120	  /* bytes of a line that an error shows before its place, and after */
#define SHOWN_AFTER 120

static const char *const what_rules = "segment_rules";

/* Memory and text ------------------------------------------------------ */

static void *
alloc(void *context, size_t size)
{
	return palloc(size); /* an error for a size that is too large */
}

rcv_rule_memory *
rcv_rules_memory(void)
{
	static rcv_rule_memory memory = {alloc, NULL};

	return &memory;
}

static void
append(void *context, const char *bytes, size_t length)
{
	appendBinaryStringInfo(context, bytes, (int) length);
}

rcv_rule_sink
rcv_rules_sink(StringInfo out)
{
	return (rcv_rule_sink){append, out};
}

char *
rcv_rules_node_text(const rcv_rule_node *node)
{
	StringInfoData out;
	rcv_rule_sink sink = rcv_rules_sink(&out);

	initStringInfo(&out);
	rcv_rule_print_node(node, &sink);
	return out.data;
}

/* Errors ---------------------------------------------------------------- */

int
rcv_rules_errposition(const char *text, int length, int location)
{
	int begin = location;
	int end = location;

	if (location < 0 || location > length)
		return 0;
	while (begin > 0 && text[begin - 1] != '\n' && location - begin < SHOWN_BEFORE)
		begin--;
	while (end < length && text[end] != '\n' && end - location < SHOWN_AFTER)
		end++;
	while (begin > 0 && begin < location && ((unsigned char) text[begin] & 0xC0) == 0x80)
		begin++; /* not within a character */
	end = begin + pg_mbcliplen(text + begin, end - begin, end - begin);
	internalerrquery(pnstrdup(text + begin, end - begin));
	return internalerrposition(pg_mbstrlen_with_len(text + begin, location - begin) + 1);
}

/* Within ereport(): the line and the character of this byte. */
static int
place_detail(const char *text, int location)
{
	int line = 1;
	int begin = 0;

	for (int i = 0; i < location; i++)
		if (text[i] == '\n')
		{
			line++;
			begin = i + 1;
		}
	return errdetail("Line %d of the rules, character %d.", line,
					 pg_mbstrlen_with_len(text + begin, location - begin) + 1);
}

static void
raise(const rcv_rule_error *error, const char *text, Size length)
{
	const char *hint = error->hint;
	/* where characters are not those of UTF-8, a word may have been cut within one */
	const char *message = pg_verifymbstr(error->message, (int) strlen(error->message), true)
							  ? error->message
							  : "syntax error";
	bool placed = text != NULL && error->location >= 0 && error->location <= (int64) length;

	ereport(ERROR, (errcode(error->status == RCV_ELIMIT ? ERRCODE_PROGRAM_LIMIT_EXCEEDED
														: ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid %s: %s", what_rules, message),
					hint[0] != '\0' ? errhint("%s", hint) : 0,
					placed ? place_detail(text, error->location) : 0,
					placed ? rcv_rules_errposition(text, (int) length, error->location) : 0));
}

/* Reading --------------------------------------------------------------- */

static bool
is_plain_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	size_t decimals;

	if (digits == 0 || digits > NUMBER_DIGITS_MAX || (text[0] == '0' && digits > 1))
		return false;
	if (text[digits] == '\0')
		return true;
	decimals = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") : 0;
	return decimals > 0 && decimals <= NUMBER_DIGITS_MAX && text[digits + 1 + decimals] == '\0';
}

/*
 * A number as numeric prints it: one text for one number of the same scale.
 * What was written with a point or an exponent keeps a point, since SQL takes
 * 1e3 for a numeric and 1000 for an integer, which divide differently.
 */
static const char *
canonical_number(const char *text)
{
	Datum number;
	char *out;

	if (is_plain_number(text))
		return text;
	number = DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	out = DatumGetCString(DirectFunctionCall1(numeric_out, number));
	if (text[strspn(text, "0123456789")] != '\0' && strchr(out, '.') == NULL)
		out = psprintf("%s.0", out);
	if (strlen(out) > 2 * NUMBER_DIGITS_MAX)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("invalid %s: a number has more than %d digits", what_rules,
							   2 * NUMBER_DIGITS_MAX)));
	return out;
}

static void
canonical_numbers(rcv_rule_node *node)
{
	if (node->op == RCV_RULE_NUMBER)
		node->text = canonical_number(node->text);
	for (rcv_rule_node *item = node->first; item != NULL; item = item->next)
		canonical_numbers(item);
}

static void
canonical_rules(rcv_rules *rules)
{
	for (rcv_rule *rule = rules->first; rule != NULL; rule = rule->next)
	{
		if (rule->condition != NULL)
			canonical_numbers((rcv_rule_node *) rule->condition);
		if (rule->keep != NULL)
			canonical_numbers((rcv_rule_node *) rule->keep);
		if (rule->values[RCV_RULE_POINTS] != NULL)
			rule->values[RCV_RULE_POINTS] = DatumGetCString(DirectFunctionCall1(
				numeric_out,
				DirectFunctionCall3(numeric_in, CStringGetDatum(rule->values[RCV_RULE_POINTS]),
									ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1))));
	}
}

rcv_rules_tree *
rcv_rules_read(const char *text, Size length)
{
	rcv_rules_tree *tree = palloc0(sizeof(*tree));
	rcv_rule_error error;

	if (length <= RCV_RULE_TEXT_MAX)
		text = pnstrdup(text, length);
	if (!rcv_rules_parse(text, length, rcv_rules_memory(), &tree->rules, &error))
		raise(&error, text, length);
	canonical_rules(&tree->rules);
	tree->text = text;
	tree->length = (int) length;
	tree->context = CurrentMemoryContext;
	return tree;
}

void
rcv_rules_finish(rcv_rules *rules)
{
	rcv_rule_error error;

	if (!rcv_rules_check(rules, rcv_rules_memory(), &error))
		raise(&error, NULL, 0);
	canonical_rules(rules);
}

Datum
rcv_rules_datum(const rcv_rules *rules)
{
	StringInfoData out;
	rcv_rule_sink sink = rcv_rules_sink(&out);

	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	appendStringInfoChar(&out, VERSION);
	rcv_rules_print(rules, &sink);
	if (out.len - VARHDRSZ - 1 > RCV_RULE_TEXT_MAX)
		rcv_check(RCV_ELIMIT, what_rules);
	SET_VARSIZE(out.data, out.len);
	return PointerGetDatum(out.data);
}

/* The text of a value, which does not end with a zero byte. */
static const char *
value_text(Datum datum, Size *length)
{
	const struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	Size size = VARSIZE_ANY_EXHDR(value);

	if (size < 1)
		rcv_check(RCV_EBINARY, what_rules);
	if (VARDATA_ANY(value)[0] != VERSION)
		rcv_check(RCV_EVERSION, what_rules);
	*length = size - 1;
	return VARDATA_ANY(value) + 1;
}

rcv_rules_tree *
rcv_rules_of(Datum value)
{
	Size length;
	const char *text = value_text(value, &length);

	return rcv_rules_read(text, length);
}

static void *
build_tree(Datum argument, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	rcv_rules_tree *tree = rcv_rules_of(argument);

	MemoryContextSwitchTo(old);
	return tree;
}

rcv_rules_tree *
rcv_rules_arg(FunctionCallInfo fcinfo, int arg)
{
	return rcv_cached(fcinfo, PG_GETARG_DATUM(arg), build_tree);
}

/* Input and output ------------------------------------------------------- */

/* Files of some editors begin with a byte order mark, which is no part of a name. */
static const char *
without_mark(const char *text)
{
	return GetDatabaseEncoding() == PG_UTF8 && strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3
																					 : text;
}

PG_FUNCTION_INFO_V1(pgrcv_segment_rules_in);
Datum
pgrcv_segment_rules_in(PG_FUNCTION_ARGS)
{
	const char *text = without_mark(PG_GETARG_CSTRING(0));

	PG_RETURN_DATUM(rcv_rules_datum(&rcv_rules_read(text, strlen(text))->rules));
}

PG_FUNCTION_INFO_V1(pgrcv_segment_rules_out);
Datum
pgrcv_segment_rules_out(PG_FUNCTION_ARGS)
{
	Size length;
	const char *text = value_text(PG_GETARG_DATUM(0), &length);

	PG_RETURN_CSTRING(pnstrdup(text, length));
}

PG_FUNCTION_INFO_V1(pgrcv_segment_rules_recv);
Datum
pgrcv_segment_rules_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int length;
	char *text;

	if (pq_getmsgbyte(in) != VERSION)
		rcv_check(RCV_EVERSION, what_rules);
	text = pq_getmsgtext(in, in->len - in->cursor, &length);
	PG_RETURN_DATUM(rcv_rules_datum(&rcv_rules_read(text, length)->rules));
}

PG_FUNCTION_INFO_V1(pgrcv_segment_rules_send);
Datum
pgrcv_segment_rules_send(PG_FUNCTION_ARGS)
{
	StringInfoData out;
	Size length;
	const char *text = value_text(PG_GETARG_DATUM(0), &length);

	pq_begintypsend(&out);
	pq_sendbyte(&out, VERSION);
	pq_sendtext(&out, text, (int) length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}
