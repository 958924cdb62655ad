/*
 * rowtype.c
 *		Types of rows that something is kept for, and whether they are still the same.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "utils/typcache.h"

rcv_row_type
rcv_row_type_of(Oid type, int32 typmod)
{
	rcv_row_type known = {type, typmod, NULL, 0};

	if (type != RECORDOID)
	{
		known.entry = lookup_type_cache(type, TYPECACHE_TUPDESC);
		known.version = known.entry->tupDesc_identifier;
	}
	return known;
}

/* The server gives no identifier twice; the entry lives as long as the session. */
bool
rcv_row_type_is(const rcv_row_type *known, Oid type, int32 typmod)
{
	return known->type == type && known->typmod == typmod &&
		   (known->entry == NULL || known->entry->tupDesc_identifier == known->version);
}
