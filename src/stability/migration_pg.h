/*
 * migration_pg.h
 *		What the glue files of stability share.
 */
#ifndef RCV_MIGRATION_PG_H
#define RCV_MIGRATION_PG_H

#include "pg/rcv_pg.h"

#include "stability/migration.h"

/* A migration argument: detoasted and checked. */
extern const rcv_migration *rcv_migration_arg(Datum datum);

/* An open migration to add to; each of these returns it, or a larger one. */
extern rcv_migration *rcv_migration_open(void);
extern rcv_migration *rcv_migration_open_label(rcv_migration *open, int side, rcv_label label,
											   uint32_t *out);
extern rcv_migration *rcv_migration_open_add(rcv_migration *open, rcv_label before, rcv_label after,
											 int64 n);

/* The value of an open migration. */
extern rcv_migration *rcv_migration_value(const rcv_migration *open);

/* The migration of two arrays of segments, a customer at each place. */
extern rcv_migration *rcv_migration_of_arrays(Datum before, Datum after);

#endif
