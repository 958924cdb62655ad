/*
 * ab_bandit.h
 *		Success rates as beta distributions: which arm is better, what a wrong
 *		choice costs, and which arm to play next.
 */
#ifndef RCV_AB_BANDIT_H
#define RCV_AB_BANDIT_H

#include "experiment/ab_rates.h"

#define RCV_AB_PRIOR_MIN 1e-6
#define RCV_AB_PRIOR_MAX 1e9
#define RCV_AB_TRIALS_MAX 1000000000000LL /* of an arm */

/*
 * rcv_ab_p_better, rcv_ab_expected_loss
 *		With independent posteriors beta(prior_a + successes, prior_b + failures):
 *		P(variant > control), and E max(control - variant, 0), what is lost on
 *		average by choosing the variant.
 *
 * Quadrature of both densities on the scale of the logit: some thousand terms,
 * whatever n.  The incomplete beta function is not asked: in double precision its
 * usual evaluation errs by 1e-9 at n = 1e9.
 *
 * RCV_EDOMAIN for impossible counts, n over RCV_AB_TRIALS_MAX, and priors outside
 * RCV_AB_PRIOR_MIN .. RCV_AB_PRIOR_MAX.  Absolute errors are below 1e-11 up to n = 1e9.
 */
extern rcv_status rcv_ab_p_better(rcv_ab_count control, rcv_ab_count variant, double prior_a,
								  double prior_b, double *out);
extern rcv_status rcv_ab_expected_loss(rcv_ab_count control, rcv_ab_count variant, double prior_a,
									   double prior_b, double *out);

/*
 * rcv_ab_draw
 *		One draw of beta(1 + successes, 1 + failures) by its quantile function;
 *		u lies within 0 .. 1, neither of them.
 *
 * RCV_EDOMAIN when a count is negative or over RCV_AB_TRIALS_MAX.
 */
extern rcv_status rcv_ab_draw(int64_t successes, int64_t failures, double u, double *out);

#endif
