/*
 * rcv_pg.h
 *		What the glue of every domain uses: statuses into errors, numerics and
 *		days into the core's types and back, parsed arguments kept for a query.
 */
#ifndef RCV_PG_H
#define RCV_PG_H

#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/date.h"
#include "utils/numeric.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "base/day.h"
#include "base/money.h"
#include "base/status.h"

#ifndef pg_attribute_noreturn /* until 17 */
#define pg_attribute_noreturn() __attribute__((noreturn))
#endif

/* Raises the error that belongs to a status; what = the thing at fault. */
extern void rcv_check_slow(rcv_status status, const char *what) pg_attribute_cold;

static inline void
rcv_check(rcv_status status, const char *what)
{
	if (unlikely(status != RCV_OK))
		rcv_check_slow(status, what);
}

/* numeric.c: amounts ----------------------------------------------------- */

/*
 * Exact amount of a numeric datum, read in place without a copy; an error for
 * NaN, an infinity, over RCV_SCALE_MAX decimals or more digits than an int64
 * can hold.  what names the argument in messages.
 */
extern rcv_money rcv_numeric_money(Datum value, const char *what);

/* The amount in units of 10^-scale; 22023 when it has more decimals than that. */
extern int64 rcv_numeric_at_scale(Datum value, int scale, const char *what);

/* The numeric with exactly scale decimals. */
extern Datum rcv_money_numeric(rcv_int128 units, int scale);

/* The same as a value within a tuple, of up to RCV_PACKED_NUMERIC bytes; returns its end. */
#define RCV_PACKED_NUMERIC 20
extern char *rcv_money_pack(int64 units, int scale, char *at);

/* A finite double of a numeric: the same one as of its decimal text. */
extern double rcv_numeric_double(Datum value, const char *what);

/*
 * The value in units of 10^-4 when it is a whole number of them with up to 12
 * digits before the point, as nearly all amounts are; else false.
 */
extern bool rcv_numeric_units(Datum value, int64 *out);

/* The numeric with the shortest digits that read back as this double. */
extern Datum rcv_double_numeric(double value);

/* argument.c: days, names and options ------------------------------------------- */

/* A day of the supported range, or an error that names the argument. */
extern int32 rcv_day_arg(DateADT day, const char *what);

/* The same, but 'infinity' is allowed: after all days. */
extern int32 rcv_day_or_infinity_arg(DateADT day, const char *what);

/* Decimals of amounts, 0 .. 6, or 22023. */
extern int rcv_scale_arg(int32 scale);

/* Names (NULL at the end of the list) with commas between them; allocated. */
extern char *rcv_list_names(const char *const *names);

/* The position of the name that these bytes are, blanks and hyphens standing for "_"; or -1. */
extern int rcv_find_name(const char *bytes, Size length, const char *const *names);

/* The position of the name that a text is, likewise, or 22023 with what there is. */
extern int rcv_choice_arg(const text *value, const char *what, const char *const *names);

/* Raises 22023: an argument of an aggregate changed from row to row. */
extern void rcv_varying_error(const char *what) pg_attribute_noreturn();

/* Raises 22004: a required argument of a fit or an aggregate is null. */
extern void rcv_null_error(const char *what) pg_attribute_noreturn();

/* Appends the shortest digits that read back as this double. */
extern void rcv_append_double(StringInfo out, double value);

/* function.c: state functions and rows -------------------------------------- */

/* For a line with a null: the state that argument 0 is, as it is. */
extern Datum rcv_same_state(FunctionCallInfo fcinfo);

/*
 * States of aggregates that are a bytea: any user may call their functions with
 * any bytes.  Whether argument 0 is memory of the running aggregate itself,
 * aligned, and of at least this size; and an aligned copy of one from anywhere
 * (22P03 when it is shorter).  The content is the caller's to check.
 */
extern bool rcv_state_is_own(FunctionCallInfo fcinfo, Size least);
extern void *rcv_state_copy(Datum state, Size least, const char *what);

/* The state of the running aggregate itself where the argument is it, else a copy. */
extern void *rcv_state_arg(FunctionCallInfo fcinfo, int arg, Size least, const char *what);

/*
 * Begins a function that returns a set of rows: its row type, and in user_fctx
 * zeroed room of this size that lasts for the whole set.
 */
extern FuncCallContext *rcv_first_call(FunctionCallInfo fcinfo, Size state_size);

/*
 * The row that a function returns each time, of its declared columns; their
 * description is kept in fn_extra, which is then not free for rcv_cached().
 */
extern Datum rcv_one_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* rowtype.c: what is kept for rows of one type ----------------------------- */

/* The type of a row, with the version of its columns: ALTER TABLE makes another one. */
typedef struct rcv_row_type
{
	Oid type;
	int32 typmod;
	struct TypeCacheEntry *entry; /* NULL: a record, whose typmod stands for its columns */
	uint64 version;
} rcv_row_type;

/* To be asked before the columns are: a change in between is then seen as one. */
extern rcv_row_type rcv_row_type_of(Oid type, int32 typmod);

extern bool rcv_row_type_is(const rcv_row_type *known, Oid type, int32 typmod);

/* cache.c: values parsed once for a query --------------------------------- */

/*
 * Makes a value of a varlena argument, in the given memory context, which
 * lives as long as the query's expression.
 */
typedef void *(*rcv_build_fn)(Datum argument, MemoryContext context);

/*
 * The value built from this argument, kept in fn_extra and built anew when the
 * bytes of the argument differ from those it was built from.
 */
extern void *rcv_cached(FunctionCallInfo fcinfo, Datum argument, rcv_build_fn build);

#endif
