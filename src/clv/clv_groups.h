/*
 * clv_groups.h
 *		Customers to fit, identical ones counted together.
 *
 * Most ledgers know times in whole days, and few customers of a million have a
 * history of their own: x, t_x and t are packed into one key of 64 bits and
 * counted.  Times that are fractions, or too large to be packed, are kept as
 * they are.
 */
#ifndef RCV_CLV_GROUPS_H
#define RCV_CLV_GROUPS_H

#include "clv/clv.h"
#include "num/radix.h"

/* The key of a customer in ascending order of x, t_x, t; false: cannot be packed. */
extern bool rcv_clv_pack(const rcv_clv_customer *customer, uint64_t *key);
extern rcv_clv_customer rcv_clv_unpack(uint64_t key);

/*
 * Sorts by key and adds up the counts of the same key, in place; the number of
 * keys is returned.  spare has room for n.
 */
extern size_t rcv_clv_merge_keys(rcv_keyed *keys, rcv_keyed *spare, size_t n);

/* The same of unpacked groups. */
extern size_t rcv_clv_merge_groups(rcv_clv_group *groups, rcv_clv_group *spare, size_t n);

/* Groups of keys; out has room for n. */
extern void rcv_clv_unpack_keys(const rcv_keyed *keys, size_t n, rcv_clv_group *out);

#endif
