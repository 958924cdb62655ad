/*
 * amount.h
 *		Allowance for one open item, and how it moves.
 *
 *	base = max(0, open amount - cover)
 *	allowance = base x rate, rounded half away from zero to the matrix's scale
 *
 * The rate is that of the item's bucket in a matrix, or an individual one that
 * takes its place.  It lies between 0 and 1, and where a base has more decimals
 * than the scale, rounding does not go above it: all of 1.006 is 1.00.  So the
 * allowance is never above the base.  Items in credit have none.
 */
#ifndef RCV_PROVISION_AMOUNT_H
#define RCV_PROVISION_AMOUNT_H

#include "provision/matrix.h"

/* What an allowance comes from. */
typedef enum rcv_provision_reason
{
	RCV_PROVISION_MATRIX,	  /* the rate of its bucket */
	RCV_PROVISION_INDIVIDUAL, /* a rate for this item */
	RCV_PROVISION_CREDIT,	  /* open amount not above 0 */
	RCV_PROVISION_COVERED,	  /* cover not below the open amount */
	RCV_PROVISION_REASONS
} rcv_provision_reason;

extern const char *const rcv_provision_reason_names[RCV_PROVISION_REASONS + 1];

#define RCV_NO_OVERRIDE INT64_C(-1)

typedef struct rcv_provision_item
{
	rcv_money open;
	rcv_money cover;  /* not negative */
	int32_t days;	  /* past due; 0 or less: not overdue */
	int32_t segment;  /* of the matrix */
	int64_t scalar;	  /* of the call, 0 .. RCV_SCALAR_MAX */
	int64_t override; /* in units of 10^-14, 0 .. RCV_LOSS_ALL; or RCV_NO_OVERRIDE */
} rcv_provision_item;

typedef struct rcv_provision
{
	rcv_provision_reason reason;
	int32_t bucket; /* of the segment, counted from 0 */
	rcv_money base;
	int64_t rate;	   /* in units of 10^-14 */
	rcv_int128 amount; /* in units of the matrix's scale */
} rcv_provision;

/*
 * value x factor x 10^-decimals, of units of 10^-from into units of 10^-to, half away
 * from zero; none of them negative.  RCV_EOVERFLOW.
 */
extern rcv_status rcv_provision_scaled(rcv_int128 value, int from, int64_t factor, int decimals,
									   int to, rcv_int128 *out);

/* The same for a part of the value, factor <= 10^decimals: never above the value. */
extern rcv_status rcv_provision_part(rcv_int128 value, int from, int64_t factor, int decimals,
									 int to, rcv_int128 *out);

/* RCV_EDOMAIN for a negative cover; RCV_EOVERFLOW where open - cover has over 18 digits. */
extern rcv_status rcv_provision_of(const rcv_matrix *matrix, const rcv_provision_item *item,
								   rcv_provision *out);

/*
 * value / 10^digits, half up.  Divided by constants, which costs a multiplication:
 * rates have few decimals.
 */
static inline uint64_t
rcv_provision_divide(uint64_t value, int digits)
{
	switch (digits)
	{
		case 3:
			return (value + 500) / 1000;
		case 4:
			return (value + 5000) / 10000;
		case 5:
			return (value + 50000) / 100000;
		case 6:
			return (value + 500000) / 1000000;
		case 7:
			return (value + 5000000) / 10000000;
		default:
			return (value + (uint64_t) rcv_pow10(digits) / 2) / (uint64_t) rcv_pow10(digits);
	}
}

/*
 * rcv_provision_part() of a base in units of 10^-4 and the factor of its bucket, in
 * 64 bits; false where these do not suffice.
 */
static inline bool
rcv_provision_quick(int64_t base, const rcv_bucket *bucket, int scale, int64_t *out)
{
	static const uint16_t units[] = {10000, 1000, 100, 10}; /* of 10^-4 in one of the scale */
	int digits = 4 + bucket->decimals - scale;
	int64_t product;

	if (digits < 0 || digits > RCV_SCALE_MAX ||
		__builtin_mul_overflow(base, bucket->factor, &product))
		return false;
	*out = (int64_t) rcv_provision_divide((uint64_t) product, digits);
	if (scale < 4)
		*out -= (uint64_t) *out * units[scale] > (uint64_t) base;
	return true;
}

/*
 * How an allowance moves: new = old - used + charge - reversal, with no more
 * than one of charge and reversal.  All in the same units.  RCV_EDOMAIN for a
 * negative one, or one used above the old.
 */
extern rcv_status rcv_provision_movement(rcv_int128 now, rcv_int128 old, rcv_int128 used,
										 rcv_int128 *charge, rcv_int128 *reversal);

#endif
