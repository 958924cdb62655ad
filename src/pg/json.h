/*
 * json.h
 *		Fields of JSON objects that hold options, policies and models.
 *
 * Every reader takes the object, the key and, for messages, what the object
 * is ("rfm_model", "options of rfm_fit").  A value of the wrong kind or outside
 * its limits is an error 22023 that names the key.
 */
#ifndef RCV_JSON_H
#define RCV_JSON_H

#include "pg/rcv_pg.h"

#include "utils/jsonb.h"

typedef struct rcv_json
{
	JsonbContainer *object;
	const char *what;
} rcv_json;

/*
 * The jsonb of a text, in which no object has a key twice: jsonb itself keeps
 * the last of them and says nothing.  22P02 for what is not JSON, 22023 else.
 */
extern Jsonb *rcv_json_of_text(const char *text, const char *what);

/* Refuses anything but an object whose keys are all in the list (NULL at its end; no list: any). */
extern rcv_json rcv_json_open(Jsonb *value, const char *what, const char *const *keys);

/* Refuses keys that are not in the list. */
extern void rcv_json_check_keys(const rcv_json *json, const char *const *keys);

/* A nested object under a key, with the same checks (no list: any keys); false when absent. */
extern bool rcv_json_object(const rcv_json *json, const char *key, const char *const *keys,
							rcv_json *out);

extern bool rcv_json_has(const rcv_json *json, const char *key);
extern bool rcv_json_int64(const rcv_json *json, const char *key, int64 least, int64 most,
						   int64 *out);
extern bool rcv_json_double(const rcv_json *json, const char *key, double *out);
extern bool rcv_json_bool(const rcv_json *json, const char *key, bool *out);
extern bool rcv_json_day(const rcv_json *json, const char *key, int32 *out);

/* Allocated; NULL when absent. */
extern char *rcv_json_text(const rcv_json *json, const char *key);

/* One of the names (NULL at the end of the list): its position. */
extern bool rcv_json_choice(const rcv_json *json, const char *key, const char *const *names,
							int *out);

/* A list of at least one of the names (of up to 32): a bit for each position. */
extern bool rcv_json_choices(const rcv_json *json, const char *key, const char *const *names,
							 uint32 *bits);

/*
 * All numbers of an array, of arrays nested depth deep in order.  All arrays
 * of the same depth have the same length: sizes[] holds the wanted lengths,
 * outermost first, and takes the found one where it is RCV_JSON_ANY.  The
 * result is allocated, of at most that many numbers; NULL when the key is absent.
 */
#define RCV_JSON_ANY (-1)
extern double *rcv_json_doubles(const rcv_json *json, const char *key, int depth, int most,
								int *sizes);

/* The exact amount of a number. */
extern bool rcv_json_money(const rcv_json *json, const char *key, rcv_money *out);

/* Keys of the object, allocated, in the order of jsonb; their number. */
extern int rcv_json_names(const rcv_json *json, char ***names);

/* An array under a key. */
typedef struct rcv_json_list
{
	JsonbContainer *array;
	const char *key;
	const char *what;
	int length;
} rcv_json_list;

/* False, and an empty list, when absent; 54000 when it is longer than most. */
extern bool rcv_json_open_list(const rcv_json *json, const char *key, int most, rcv_json_list *out);

/* An element, counted from 0, as an object with these keys (no list: any) ... */
extern rcv_json rcv_json_item(const rcv_json_list *list, int i, const char *const *keys);

/* ... or as a text, allocated. */
extern char *rcv_json_item_text(const rcv_json_list *list, int i);

/* Writing an object: its next key, with a comma before it unless it is the first. */
extern void rcv_json_append_key(StringInfo out, const char *key);

/* Raises 22023 "invalid <what>" with this detail. */
extern void rcv_json_error(const rcv_json *json, const char *detail, ...) pg_attribute_printf(2, 3)
	pg_attribute_noreturn();

#endif
