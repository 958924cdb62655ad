/*
 * cache.c
 *		Parsed arguments that live as long as the query's expression.
 *
 * A few of them are kept, the last used first, so that a join with a table of
 * policies does not parse one anew for each row.  A value is known by its
 * bytes as they are stored, compressed or out of line, so that it is not even
 * read again; a constant of the query is known without a look.
 */
#include "pg/rcv_pg.h"

#include "nodes/primnodes.h"
#include "utils/memutils.h"

#define MOST 16 /* values kept */

typedef struct cached
{
	MemoryContext context; /* holds key and value; NULL: free */
	rcv_build_fn build;	   /* what made the value: the bytes of two types may be the same */
	struct varlena *key;
	Size size;
	void *value;
} cached;

typedef struct cache
{
	void *constant; /* value of an argument that is a constant of the query, or NULL */
	int argument;	/* its number */
	int count;
	cached entries[MOST];
} cache;

/* The number of the argument with this value when it is a constant of the query, else -1. */
static int
constant_argument(FunctionCallInfo fcinfo, Datum argument)
{
	Node *call = fcinfo->flinfo->fn_expr;
	List *arguments = call != NULL && IsA(call, FuncExpr) ? ((FuncExpr *) call)->args : NIL;

	for (int i = 0; i < fcinfo->nargs && i < list_length(arguments); i++)
	{
		const Const *constant = list_nth(arguments, i);

		if (IsA(constant, Const) && !constant->constbyval && fcinfo->args[i].value == argument)
			return i;
	}
	return -1;
}

/* The bytes as they are stored; an expanded or an indirect value is flattened. */
static struct varlena *
stored_bytes(Datum argument)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(argument);

	if (VARATT_IS_EXTERNAL(stored) && !VARATT_IS_EXTERNAL_ONDISK(stored))
		return PG_DETOAST_DATUM(argument);
	return stored;
}

static cached
build_entry(MemoryContext parent, Datum argument, const struct varlena *key, rcv_build_fn build)
{
	MemoryContext context = AllocSetContextCreate(
		CurrentMemoryContext, "receivables parsed argument", ALLOCSET_SMALL_SIZES);
	cached entry = {.context = context, .build = build, .size = VARSIZE_ANY(key)};

	entry.key = MemoryContextAlloc(context, entry.size);
	memcpy(entry.key, key, entry.size);
	entry.value = build(argument, context); /* an error takes the context away */
	MemoryContextSetParent(context, parent);
	return entry;
}

/* Puts an entry before those in front of position i. */
static void *
put_first(cache *kept, cached entry, int i)
{
	memmove(&kept->entries[1], &kept->entries[0], i * sizeof(entry));
	kept->entries[0] = entry;
	return entry.value;
}

void *
rcv_cached(FunctionCallInfo fcinfo, Datum argument, rcv_build_fn build)
{
	FmgrInfo *function = fcinfo->flinfo;
	cache *kept = function->fn_extra;
	struct varlena *key;
	Size size;
	cached entry;

	if (unlikely(kept == NULL))
	{
		kept = function->fn_extra = MemoryContextAllocZero(function->fn_mcxt, sizeof(*kept));
		kept->argument = constant_argument(fcinfo, argument);
	}
	if (kept->constant != NULL && fcinfo->args[kept->argument].value == argument)
		return kept->constant;
	key = stored_bytes(argument);
	size = VARSIZE_ANY(key);
	for (int i = 0; i < kept->count; i++)
		if (kept->entries[i].size == size && kept->entries[i].build == build &&
			memcmp(kept->entries[i].key, key, size) == 0)
			return i == 0 ? kept->entries[0].value : put_first(kept, kept->entries[i], i);
	entry = build_entry(function->fn_mcxt, argument, key, build);
	if (kept->argument >= 0 && fcinfo->args[kept->argument].value == argument)
		return kept->constant = entry.value;
	if (kept->count == MOST)
		MemoryContextDelete(kept->entries[--kept->count].context);
	return put_first(kept, entry, kept->count++);
}
