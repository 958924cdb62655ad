/*
 * loss.h
 *		Expected credit loss from probabilities of default, and rates of loss
 *		from what rolls from one bucket into a later one.
 */
#ifndef RCV_PROVISION_LOSS_H
#define RCV_PROVISION_LOSS_H

#include "base/money.h"
#include "base/status.h"
#include "provision/wide.h"

/* What a probability of a period is. */
typedef enum rcv_pd_kind
{
	RCV_PD_MARGINAL,	/* to default in this period, seen from today */
	RCV_PD_CONDITIONAL, /* to default in this period, once the ones before it are survived */
	RCV_PD_KINDS
} rcv_pd_kind;

extern const char *const rcv_pd_kind_names[RCV_PD_KINDS + 1];

/*
 * Expected credit loss over the first n periods:
 *
 *	sum over t = 1 .. n of p_t x lgd x ead_t x (1 + eir)^(-t / periods)
 *
 * with p_t = pd_t, or pd_t x product over s < t of (1 - pd_s) when pd is
 * conditional (IFRS 9, 5.5.17 and B5.5.44: weighted by probability, discounted at the
 * effective interest rate of a year).  A default is taken to happen at the end
 * of its period; there are so many periods in a year.  Domain: pd and lgd 0 .. 1,
 * marginal pd adding up to no more than 1 (+ 1e-12), ead >= 0, eir > -1, periods > 0;
 * otherwise RCV_EDOMAIN.  RCV_EOVERFLOW.
 */
extern rcv_status rcv_ecl(const double *pd, const double *ead, int n, double lgd, double eir,
						  double periods, rcv_pd_kind kind, double *out);

#define RCV_ROLL_BUCKETS_MAX 102 /* as an ageing has */
#define RCV_ROLL_PAID (-1)		 /* the bucket of what has been paid */

/* Amounts in a bucket, and what of them was in a later one at the next snapshot. */
typedef struct rcv_roll
{
	rcv_wide total; /* in units of the table's scale */
	rcv_wide rolled;
} rcv_roll;

/* Flat, and of one size. */
typedef struct rcv_rolls
{
	uint32_t container; /* belongs to what holds the table */
	uint32_t mark;
	int32_t scale;
	int32_t last; /* bucket seen */
	rcv_roll bucket[RCV_ROLL_BUCKETS_MAX];
} rcv_rolls;

#define RCV_ROLLS_MARK 0x4C4F5201 /* "ROL", version 1 */

extern void rcv_rolls_init(rcv_rolls *rolls);

/* RCV_EBINARY. */
extern rcv_status rcv_rolls_check(const rcv_rolls *rolls);

/*
 * Adds an amount that was in one bucket and is in another, or paid.  RCV_EDOMAIN
 * for a bucket outside 0 .. RCV_ROLL_BUCKETS_MAX - 1 or a negative amount, RCV_EOVERFLOW.
 */
extern rcv_status rcv_rolls_add(rcv_rolls *rolls, int32_t from, int32_t to, rcv_money amount);

extern rcv_status rcv_rolls_merge(rcv_rolls *rolls, const rcv_rolls *other);

#endif
