/*
 * migration.h
 *		Where customers went: counts of customers by the segment they were in
 *		before and the one they are in after.
 *
 * A migration is one flat piece of memory, read in place: a header, a matrix
 * of counts, labels, and the text they point to.  Row and column 0 are "no
 * segment": of a customer who is new, or gone.  Labels count from 1.
 *
 * A closed one is a value: labels ascend bytewise, each has a customer, and
 * there is no room to spare, so that equal migrations have equal bytes.  An
 * open one is the state of an aggregate: labels in the order they came, found
 * by their hash, and room for more of them.
 */
#ifndef RCV_MIGRATION_H
#define RCV_MIGRATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RCV_MIGRATION_VERSION 1
#define RCV_MIGRATION_LABELS_MAX 1000 /* a side */
#define RCV_MIGRATION_LABEL_BYTES_MAX 1000
#define RCV_MIGRATION_TOTAL_MAX (INT64_C(1) << 53) /* customers: exact as a double */
#define RCV_MIGRATION_FIRST_ROOM 8
#define RCV_MIGRATION_FIRST_TEXT 128

enum
{
	RCV_BEFORE,
	RCV_AFTER,
	RCV_SIDES
};

typedef struct rcv_migration
{
	uint32_t length; /* the varlena's own word, not looked at here */
	uint8_t version;
	uint8_t open;
	uint16_t unused;		  /* zero */
	uint32_t n[RCV_SIDES];	  /* labels */
	uint32_t room[RCV_SIDES]; /* for that many; a power of two when open */
	uint32_t text_used;
	uint32_t text_room;
	/* int64_t counts[room + 1][room + 1]; then labels, hashes and slots, text */
} rcv_migration;

/* A label from outside; text NULL: no segment. */
typedef struct rcv_label
{
	const char *text;
	uint32_t length;
} rcv_label;

/* Bytes of a migration with this room. */
extern size_t rcv_migration_size(int open, const uint32_t *room, uint32_t text_room);

/* An open one without labels in zeroed memory of that size. */
extern void rcv_migration_init(rcv_migration *m, const uint32_t *room, uint32_t text_room);

/*
 * RCV_EBINARY unless these bytes have the layout of an open migration.  Labels
 * and counts are not looked at: whatever reads them minds their bounds.
 */
extern rcv_status rcv_migration_check_open(const rcv_migration *m, size_t size);

/* RCV_EBINARY or RCV_EVERSION unless these bytes are a closed one, sound in each part. */
extern rcv_status rcv_migration_check_closed(const rcv_migration *m, size_t size);

/* Customers who went from label i (0: none) to label j of a sound migration. */
extern int64_t rcv_migration_count(const rcv_migration *m, uint32_t i, uint32_t j);

/* Label i of a sound one; i = 0 has the text NULL. */
extern rcv_label rcv_migration_label(const rcv_migration *m, int side, uint32_t i);

/*
 * The number of a label in an open migration, added when it is new; RCV_EROOM
 * asks for a larger copy, RCV_ELIMIT: more than RCV_MIGRATION_LABELS_MAX.
 */
extern rcv_status rcv_migration_find(rcv_migration *m, int side, rcv_label label, uint32_t *out);

/* Counts n >= 0 customers more; besides the above, RCV_EOVERFLOW. */
extern rcv_status rcv_migration_add(rcv_migration *m, rcv_label before, rcv_label after, int64_t n);

/* Makes an open migration with more room, initialised, the same as another open one. */
extern rcv_status rcv_migration_copy(const rcv_migration *from, rcv_migration *to);

/* Which label of one migration is which of another, found so far. */
typedef struct rcv_migration_map
{
	uint32_t done[RCV_SIDES];
	uint32_t index[RCV_SIDES][RCV_MIGRATION_LABELS_MAX + 1];
} rcv_migration_map;

/*
 * Adds the customers of another one, open or closed, to an open one.  After
 * RCV_EROOM it goes on with the larger copy and the same map, zeroed at first.
 */
extern rcv_status rcv_migration_merge(rcv_migration *m, const rcv_migration *other,
									  rcv_migration_map *map);

/* The labels that have customers, ascending, and the bytes of their text. */
typedef struct rcv_migration_order
{
	uint32_t n[RCV_SIDES];
	uint32_t text;
	uint32_t index[RCV_SIDES][RCV_MIGRATION_LABELS_MAX];
} rcv_migration_order;

/*
 * What a closed copy of an open migration holds.  RCV_EBINARY when it is not
 * sound, RCV_EDOMAIN when customers stand in no segment on both sides,
 * RCV_EOVERFLOW when they are more than RCV_MIGRATION_TOTAL_MAX.
 */
extern rcv_status rcv_migration_sort(const rcv_migration *m, rcv_migration_order *order);

/* Makes the closed copy in zeroed memory of size(0, order->n, order->text). */
extern void rcv_migration_close(const rcv_migration *m, const rcv_migration_order *order,
								rcv_migration *out);

/* Bytewise, a prefix before what it begins; below, at or over 0. */
extern int rcv_label_compare(rcv_label a, rcv_label b);

#endif
