/*
 * order.h
 *		An order of rows that depends on their values only: by a hash of the row,
 *		and where hashes are the same, by the values themselves.
 *
 * What is computed over rows in this order is the same to the last bit however
 * the rows came in.  As a hash is as good as random, the first of several rows
 * is not the smallest.
 */
#ifndef RCV_ORDER_H
#define RCV_ORDER_H

#include "cluster/block.h"
#include "num/radix.h"

/* A key that sorts as the number does; not of NaN, and -0 comes before 0. */
extern uint64_t rcv_order_key(double value);

/* The number of a key. */
extern double rcv_order_value(uint64_t key);

/* Hash of a row; no column may be -0. */
extern uint64_t rcv_order_hash(const double *row, int columns);

/* As rcv_radix_sort(), in parts with pauses between them. */
extern rcv_keyed *rcv_order_sort(rcv_keyed *items, rcv_keyed *spare, size_t n, rcv_pause_fn pause);

/*
 * The order of n rows, which lie one after the other: items or spare, each with
 * room for n; keys are hashes of rows, values their numbers.
 */
extern rcv_keyed *rcv_order_rows(const double *rows, size_t n, int columns, rcv_keyed *items,
								 rcv_keyed *spare, rcv_pause_fn pause);

#endif
