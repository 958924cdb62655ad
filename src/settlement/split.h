/*
 * split.h
 *		An amount in parts that add up to it exactly.
 */
#ifndef RCV_SPLIT_H
#define RCV_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "base/status.h"

/*
 * Splits total units in proportion to n weights by the method of the largest
 * remainder (Hamilton's: Balinski and Young, Fair Representation, 1982): each
 * part gets its share rounded towards zero, and the units left over go one by
 * one to the largest remainders, the first of equal ones first.  The parts of
 * -total are those of total with the other sign.
 *
 * Domain: total above -2^63; 1 to 2^31 - 1 weights, none negative, not all
 * 0; otherwise RCV_EDOMAIN.  spare has room for n; all arithmetic is exact.
 */
extern rcv_status rcv_split(int64_t total, const int64_t *weights, size_t n, rcv_int128 *spare,
							int64_t *parts);

#endif
