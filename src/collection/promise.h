/*
 * promise.h
 *		Promises to pay: how many are kept, and how much of the money.
 *
 * A promise is judged once its day and the days of grace have passed; until
 * then it is pending, whatever has come in: to count early payers at once, and
 * the others later, would flatter the rate of the last weeks.
 */
#ifndef RCV_PROMISE_H
#define RCV_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"
#include "base/money.h"
#include "collection/sums.h"

#define RCV_PROMISE_GRACE_MAX 3660
#define RCV_PROMISES_MAX (INT64_C(1) << 52)

typedef enum rcv_promise_sum
{
	RCV_PROMISED,		  /* on promises that are due */
	RCV_PROMISED_KEPT,	  /* on those of them that were kept in full */
	RCV_PROMISE_RECEIVED, /* what came in, none beyond its promise */
	RCV_PROMISE_SUMS
} rcv_promise_sum;

/* No stray bytes. */
typedef struct rcv_promises
{
	int32_t as_of;
	int32_t grace_days;
	int64_t due;
	int64_t pending;
	int64_t kept;
	int64_t partly; /* something came in, not all */
	int32_t scale;
	int32_t unused;
	rcv_sum sums[RCV_PROMISE_SUMS];
} rcv_promises;

extern void rcv_promises_init(rcv_promises *promises, int32_t as_of, int32_t grace_days);

/* Whether any bytes can be worked with. */
extern bool rcv_promises_valid(const rcv_promises *promises);

/* RCV_EDOMAIN: promised not above 0 or received below; RCV_EDATE, RCV_EOVERFLOW. */
extern rcv_status rcv_promises_add(rcv_promises *promises, rcv_money promised, int32_t pay_by,
								   rcv_money received);

/* Both of one as_of and grace. */
extern rcv_status rcv_promises_merge(rcv_promises *promises, const rcv_promises *other);

#endif
