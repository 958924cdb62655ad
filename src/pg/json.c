/*
 * json.c
 *		Reading options, policies and models from jsonb, and writing them.
 */
#include "pg/json.h"

#include <math.h>

#include "utils/builtins.h"

static bool
name_is(const JsonbValue *value, const char *name)
{
	int length = (int) strlen(name);

	return value->val.string.len == length && memcmp(value->val.string.val, name, length) == 0;
}

void
rcv_json_error(const rcv_json *json, const char *detail, ...)
{
	StringInfoData text;
	va_list args;
	int missing = 1;

	initStringInfo(&text);
	while (missing != 0)
	{
		va_start(args, detail);
		missing = appendStringInfoVA(&text, detail, args);
		va_end(args);
		if (missing != 0)
			enlargeStringInfo(&text, missing);
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid %s", json->what),
					errdetail("%s", text.data)));
	pg_unreachable();
}

/* Keys that come twice ---------------------------------------------------------- */

/* A key as it is written, in the object of this number. */
typedef struct text_key
{
	int object;
	int length;
	const char *at;
} text_key;

/*
 * The number of keys of a text that is JSON: each has a colon after it.  With
 * room for that many, the keys themselves too; keys may be NULL.
 */
static int
keys_of_text(const char *text, int room, text_key *keys)
{
	/* objects around a place; each but the innermost has a key before it */
	int *open = keys == NULL ? NULL : palloc_extended((room + 1) * sizeof(int), MCXT_ALLOC_HUGE);
	int depth = 0;
	int objects = 0;
	int n = 0;
	text_key last = {0, 0, NULL};

	for (const char *at = text; *at != '\0'; at++)
	{
		if (*at == '"')
		{
			last.at = at + 1;
			for (at++; *at != '"'; at++)
				at += *at == '\\';
			last.length = (int) (at - last.at);
		}
		else if (*at == ':' && keys != NULL)
		{
			last.object = open[depth - 1];
			keys[n++] = last;
		}
		else if (*at == ':')
			n++;
		else if (*at == '{' && keys != NULL)
			open[depth++] = objects++;
		else if (*at == '}')
			depth--;
	}
	return n;
}

static int
keys_of_jsonb(Jsonb *value)
{
	JsonbIterator *it = JsonbIteratorInit(&value->root);
	JsonbIteratorToken token;
	JsonbValue found;
	int n = 0;

	while ((token = JsonbIteratorNext(&it, &found, false)) != WJB_DONE)
		n += token == WJB_KEY;
	return n;
}

static int
compare_text_keys(const void *a, const void *b)
{
	const text_key *x = a;
	const text_key *y = b;
	int order = memcmp(x->at, y->at, Min(x->length, y->length));

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* n: the keys of the text. */
static pg_attribute_cold void
twice_error(const char *text, int n, const char *what)
{
	text_key *keys = palloc_extended(n * sizeof(*keys), MCXT_ALLOC_HUGE);
	const char *name = NULL; /* none: they are the same, but written differently */

	keys_of_text(text, n, keys);
	qsort(keys, n, sizeof(*keys), compare_text_keys);
	for (int i = 1; i < n && name == NULL; i++)
		if (compare_text_keys(&keys[i - 1], &keys[i]) == 0)
			name = pnstrdup(keys[i].at, keys[i].length);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid %s", what),
					name != NULL ? errdetail("An object has the key \"%s\" twice.", name)
								 : errdetail("An object has a key twice."),
					errhint("Only the last one would count: leave one out.")));
}

Jsonb *
rcv_json_of_text(const char *text, const char *what)
{
	Jsonb *value = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
	int n = keys_of_text(text, 0, NULL);

	if (n != keys_of_jsonb(value))
		twice_error(text, n, what);
	return value;
}

/* Fields ------------------------------------------------------------------------- */

void
rcv_json_check_keys(const rcv_json *json, const char *const *keys)
{
	JsonbIterator *it = JsonbIteratorInit(json->object);
	JsonbIteratorToken token;
	JsonbValue value;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		bool known = token != WJB_KEY;

		for (int i = 0; keys[i] != NULL && !known; i++)
			known = name_is(&value, keys[i]);
		if (!known)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown key \"%s\" in %s",
							pnstrdup(value.val.string.val, value.val.string.len), json->what),
					 errhint("Known keys: %s.", rcv_list_names(keys))));
	}
}

rcv_json
rcv_json_open(Jsonb *value, const char *what, const char *const *keys)
{
	rcv_json json = {&value->root, what};

	if (!JB_ROOT_IS_OBJECT(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be a JSON object", what),
				 keys != NULL ? errhint("Known keys: %s.", rcv_list_names(keys)) : 0));
	if (keys != NULL)
		rcv_json_check_keys(&json, keys);
	return json;
}

static JsonbValue *
get(const rcv_json *json, const char *key)
{
	return getKeyJsonValueFromContainer(json->object, key, (int) strlen(key), NULL);
}

bool
rcv_json_has(const rcv_json *json, const char *key)
{
	return get(json, key) != NULL;
}

bool
rcv_json_object(const rcv_json *json, const char *key, const char *const *keys, rcv_json *out)
{
	JsonbValue *value = get(json, key);

	if (value == NULL)
		return false;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		rcv_json_error(json, "\"%s\" must be an object.", key);
	out->object = value->val.binary.data;
	out->what = json->what;
	if (keys != NULL)
		rcv_json_check_keys(out, keys);
	return true;
}

/* A number as a double; an error when it is too large for one. */
static double
number(const rcv_json *json, const char *key, const JsonbValue *value)
{
	if (value->type != jbvNumeric)
		rcv_json_error(json, "\"%s\" holds something that is not a number.", key);
	return rcv_numeric_double(NumericGetDatum(value->val.numeric), key);
}

bool
rcv_json_int64(const rcv_json *json, const char *key, int64 least, int64 most, int64 *out)
{
	JsonbValue *value = get(json, key);
	double found;

	if (value == NULL)
		return false;
	found = number(json, key, value);
	if (found != floor(found) || found < (double) least || found > (double) most)
		rcv_json_error(json,
					   "\"%s\" must be a whole number from " INT64_FORMAT " to " INT64_FORMAT ".",
					   key, least, most);
	*out = (int64) found;
	return true;
}

bool
rcv_json_double(const rcv_json *json, const char *key, double *out)
{
	JsonbValue *value = get(json, key);

	if (value == NULL)
		return false;
	*out = number(json, key, value);
	return true;
}

char *
rcv_json_text(const rcv_json *json, const char *key)
{
	JsonbValue *value = get(json, key);

	if (value == NULL)
		return NULL;
	if (value->type != jbvString)
		rcv_json_error(json, "\"%s\" must be a text.", key);
	return pnstrdup(value->val.string.val, value->val.string.len);
}

bool
rcv_json_bool(const rcv_json *json, const char *key, bool *out)
{
	JsonbValue *value = get(json, key);

	if (value == NULL)
		return false;
	if (value->type != jbvBool)
		rcv_json_error(json, "\"%s\" must be true or false.", key);
	*out = value->val.boolean;
	return true;
}

bool
rcv_json_day(const rcv_json *json, const char *key, int32 *out)
{
	JsonbValue *value = get(json, key);
	const char *text;

	if (value == NULL)
		return false;
	text = value->type == jbvString ? value->val.string.val : NULL;
	if (text == NULL || value->val.string.len != RCV_DAY_TEXT ||
		rcv_day_parse(text, text + RCV_DAY_TEXT, out) != RCV_OK)
		rcv_json_error(json, "\"%s\" must be a day written as \"YYYY-MM-DD\".", key);
	return true;
}

bool
rcv_json_choice(const rcv_json *json, const char *key, const char *const *names, int *out)
{
	JsonbValue *value = get(json, key);

	if (value == NULL)
		return false;
	*out = value->type == jbvString
			   ? rcv_find_name(value->val.string.val, value->val.string.len, names)
			   : -1;
	if (*out < 0)
		rcv_json_error(json, "\"%s\" must be one of: %s.", key, rcv_list_names(names));
	return true;
}

#define CHOICES_MAX 32 /* bits */

bool
rcv_json_choices(const rcv_json *json, const char *key, const char *const *names, uint32 *bits)
{
	rcv_json_list list;

	if (!rcv_json_open_list(json, key, CHOICES_MAX, &list))
		return false;
	*bits = 0;
	for (int i = 0; i < list.length; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(list.array, (uint32) i);
		int at = value->type == jbvString
					 ? rcv_find_name(value->val.string.val, value->val.string.len, names)
					 : -1;

		if (at < 0)
			rcv_json_error(json, "\"%s\" must hold some of: %s.", key, rcv_list_names(names));
		*bits |= UINT32_C(1) << at;
	}
	if (*bits == 0)
		rcv_json_error(json, "\"%s\" is an empty list.", key);
	return true;
}

/* Appends to out, which holds *n of at most most numbers. */
static void
collect(const rcv_json *json, const char *key, JsonbContainer *array, int depth, int *sizes,
		int most, double *out, int *n)
{
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbIteratorToken token;
	JsonbValue value;
	int length = 0;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		length++;
		if (depth > 1)
		{
			if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
				rcv_json_error(json, "\"%s\" must hold arrays, one for each cell.", key);
			collect(json, key, value.val.binary.data, depth - 1, sizes + 1, most, out, n);
			continue;
		}
		if (*n == most)
			rcv_json_error(json, "\"%s\" holds more than %d numbers.", key, most);
		out[(*n)++] = number(json, key, &value);
	}
	if (*sizes == RCV_JSON_ANY)
		*sizes = length;
	if (*sizes != length)
		rcv_json_error(json, "\"%s\" holds an array of length %d where %d is needed.", key, length,
					   *sizes);
}

double *
rcv_json_doubles(const rcv_json *json, const char *key, int depth, int most, int *sizes)
{
	JsonbValue *value = get(json, key);
	double *out;
	int n = 0;

	if (value == NULL)
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		rcv_json_error(json, "\"%s\" must be an array of numbers.", key);
	out = palloc(most * sizeof(double));
	collect(json, key, value->val.binary.data, depth, sizes, most, out, &n);
	return out;
}

bool
rcv_json_money(const rcv_json *json, const char *key, rcv_money *out)
{
	JsonbValue *value = get(json, key);

	if (value == NULL)
		return false;
	if (value->type != jbvNumeric)
		rcv_json_error(json, "\"%s\" must be a number.", key);
	*out = rcv_numeric_money(NumericGetDatum(value->val.numeric), key);
	return true;
}

int
rcv_json_names(const rcv_json *json, char ***names)
{
	JsonbIterator *it = JsonbIteratorInit(json->object);
	JsonbIteratorToken token;
	JsonbValue value;
	int n = 0;

	*names = palloc(Max(JsonContainerSize(json->object), 1) * sizeof(char *));
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
		if (token == WJB_KEY)
			(*names)[n++] = pnstrdup(value.val.string.val, value.val.string.len);
	return n;
}

bool
rcv_json_open_list(const rcv_json *json, const char *key, int most, rcv_json_list *out)
{
	JsonbValue *value = get(json, key);

	*out = (rcv_json_list){NULL, key, json->what, 0};
	if (value == NULL)
		return false;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		rcv_json_error(json, "\"%s\" must be an array.", key);
	out->array = value->val.binary.data;
	if (JsonContainerSize(out->array) > (uint32) most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s is too large", json->what),
				 errdetail("\"%s\" has more than %d elements.", key, most)));
	out->length = (int) JsonContainerSize(out->array);
	return true;
}

rcv_json
rcv_json_item(const rcv_json_list *list, int i, const char *const *keys)
{
	JsonbValue *value = getIthJsonbValueFromContainer(list->array, (uint32) i);
	rcv_json json = {NULL, list->what};

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		rcv_json_error(&json, "\"%s\" must hold objects.", list->key);
	json.object = value->val.binary.data;
	if (keys != NULL)
		rcv_json_check_keys(&json, keys);
	return json;
}

char *
rcv_json_item_text(const rcv_json_list *list, int i)
{
	JsonbValue *value = getIthJsonbValueFromContainer(list->array, (uint32) i);
	rcv_json json = {NULL, list->what};

	if (value->type != jbvString)
		rcv_json_error(&json, "\"%s\" must hold texts.", list->key);
	return pnstrdup(value->val.string.val, value->val.string.len);
}

void
rcv_json_append_key(StringInfo out, const char *key)
{
	appendStringInfo(out, "%s\"%s\": ", out->len > 1 ? ", " : "", key);
}
