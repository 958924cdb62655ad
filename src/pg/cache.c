/*
 * cache.c
 *		Parsed arguments that live as long as the query's expression.
 */
#include "pg/rcv_pg.h"

#include "utils/memutils.h"

typedef struct cached
{
	MemoryContext context; /* holds key and value */
	struct varlena *key;
	Size size;
	void *value;
} cached;

static void *
build_value(cached *entry, MemoryContext parent, Datum argument, const struct varlena *key,
			rcv_build_fn build)
{
	if (entry->context != NULL)
	{
		MemoryContext old = entry->context;

		entry->context = NULL; /* an error in build leaves no half-made entry */
		MemoryContextDelete(old);
	}
	entry->value = NULL;
	entry->context =
		AllocSetContextCreate(parent, "receivables parsed argument", ALLOCSET_SMALL_SIZES);
	entry->size = VARSIZE_ANY(key);
	entry->key = MemoryContextAlloc(entry->context, entry->size);
	memcpy(entry->key, key, entry->size);
	entry->value = build(argument, entry->context);
	return entry->value;
}

void *
rcv_cached(FunctionCallInfo fcinfo, Datum argument, rcv_build_fn build)
{
	FmgrInfo *function = fcinfo->flinfo;
	struct varlena *key = PG_DETOAST_DATUM_PACKED(argument);
	cached *entry = function->fn_extra;

	if (entry == NULL)
		entry = function->fn_extra = MemoryContextAllocZero(function->fn_mcxt, sizeof(*entry));
	if (entry->value != NULL && entry->size == VARSIZE_ANY(key) &&
		memcmp(entry->key, key, entry->size) == 0)
		return entry->value;
	return build_value(entry, function->fn_mcxt, argument, key, build);
}
