/*
 * promise.c
 *		Promises to pay, summed up.
 */
#include "collection/promise.h"

#include <string.h>

void
rcv_promises_init(rcv_promises *promises, int32_t as_of, int32_t grace_days)
{
	memset(promises, 0, sizeof(*promises));
	promises->as_of = as_of;
	promises->grace_days = grace_days;
	promises->scale = RCV_SCALE_MIN;
}

bool
rcv_promises_valid(const rcv_promises *promises)
{
	return rcv_day_valid(promises->as_of) && promises->grace_days >= 0 &&
		   promises->grace_days <= RCV_PROMISE_GRACE_MAX && promises->due >= 0 &&
		   promises->due <= RCV_PROMISES_MAX && promises->pending >= 0 &&
		   promises->pending <= RCV_PROMISES_MAX && promises->kept >= 0 && promises->partly >= 0 &&
		   promises->kept <= promises->due && promises->partly <= promises->due - promises->kept &&
		   rcv_sums_scale_valid(promises->scale);
}

static int
compare(rcv_money a, rcv_money b)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;
	rcv_int128 x = (rcv_int128) a.units * rcv_pow10(scale - a.scale);
	rcv_int128 y = (rcv_int128) b.units * rcv_pow10(scale - b.scale);

	return (x > y) - (x < y);
}

rcv_status
rcv_promises_add(rcv_promises *promises, rcv_money promised, int32_t pay_by, rcv_money received)
{
	bool kept = compare(received, promised) >= 0;
	rcv_status status;

	if (promised.units <= 0 || received.units < 0)
		return RCV_EDOMAIN;
	if (!rcv_day_valid(pay_by))
		return RCV_EDATE;
	if (promises->as_of - pay_by <= promises->grace_days)
	{
		promises->pending++;
		return RCV_OK;
	}
	status =
		rcv_sums_add(promises->sums, RCV_PROMISE_SUMS, &promises->scale, RCV_PROMISED, promised);
	if (status == RCV_OK && kept)
		status = rcv_sums_add(promises->sums, RCV_PROMISE_SUMS, &promises->scale, RCV_PROMISED_KEPT,
							  promised);
	if (status == RCV_OK)
		status = rcv_sums_add(promises->sums, RCV_PROMISE_SUMS, &promises->scale,
							  RCV_PROMISE_RECEIVED, kept ? promised : received);
	promises->due++;
	promises->kept += kept;
	promises->partly += !kept && received.units > 0;
	return status;
}

rcv_status
rcv_promises_merge(rcv_promises *promises, const rcv_promises *other)
{
	promises->due += other->due; /* counts are at most RCV_PROMISES_MAX */
	promises->pending += other->pending;
	promises->kept += other->kept;
	promises->partly += other->partly;
	return rcv_sums_merge(promises->sums, RCV_PROMISE_SUMS, &promises->scale, other->sums,
						  other->scale);
}
