/*
 * indemnity.c
 *		The fixed sum for recovery costs.
 */
#include "interest/indemnity.h"

/* Whether a <= b, whatever their scales. */
static bool
at_most(rcv_money a, rcv_money b)
{
	return (rcv_int128) a.units * rcv_pow10(b.scale) <= (rcv_int128) b.units * rcv_pow10(a.scale);
}

rcv_status
rcv_tiers_check(const rcv_tiers *tiers)
{
	if (tiers->count < 1)
		return RCV_EDOMAIN;
	for (int i = 0; i < tiers->count; i++)
		if (tiers->tier[i].open != (i == tiers->count - 1) ||
			(i > 0 && !tiers->tier[i].open &&
			 at_most(tiers->tier[i].up_to, tiers->tier[i - 1].up_to)))
			return RCV_EDOMAIN;
	return RCV_OK;
}

rcv_money
rcv_recovery_indemnity(const rcv_tiers *tiers, rcv_money amount)
{
	int i = 0;

	if (amount.units <= 0)
		return (rcv_money){0, RCV_SCALE_MIN};
	while (!tiers->tier[i].open && !at_most(amount, tiers->tier[i].up_to))
		i++;
	return tiers->tier[i].amount;
}
