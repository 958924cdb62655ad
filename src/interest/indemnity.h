/*
 * indemnity.h
 *		The fixed sum for recovery costs, by tiers of the amount that is late.
 */
#ifndef RCV_INTEREST_INDEMNITY_H
#define RCV_INTEREST_INDEMNITY_H

#include <stdbool.h>

#include "base/money.h"

#define RCV_TIERS_MAX 1000

typedef struct rcv_tier
{
	rcv_money up_to; /* upper edge, inclusive */
	rcv_money amount;
	bool open; /* the last tier: no upper edge */
} rcv_tier;

typedef struct rcv_tiers
{
	int count;
	rcv_tier tier[];
} rcv_tiers;

/* RCV_EDOMAIN unless the edges ascend and the last tier alone is open. */
extern rcv_status rcv_tiers_check(const rcv_tiers *tiers);

/* The sum of the tier of an amount; 0 for an amount that is not above 0. */
extern rcv_money rcv_recovery_indemnity(const rcv_tiers *tiers, rcv_money amount);

#endif
