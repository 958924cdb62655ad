/*
 * experiment.c
 *		Any bytes as the summaries of two arms, as counts of successes, and as
 *		keys and shares of an assignment.
 */
#include <math.h>

#include "experiment/ab_bandit.h"
#include "experiment/ab_hash.h"
#include "target.h"

/* A result has either a p-value or a reason, and no infinity. */
static void
sound(const rcv_ab_result *r)
{
	const double *figure = &r->mean_control;

	must(!isnan(r->p_value) || (r->reason != RCV_AB_FINE && r->reason != RCV_AB_NO_CONTROL_MEAN));
	must(!isnan(r->lift) || r->reason != RCV_AB_FINE);
	must(isnan(r->p_value) || (r->p_value >= 0 && r->p_value <= 1 && r->std_error > 0));
	must(isnan(r->always_valid_p) || (r->always_valid_p >= 0 && r->always_valid_p <= 1));
	for (int i = 0; i < 16; i++)
		must(!isinf(figure[i]));
}

static void
two_arms(const rcv_ab_summary *arms)
{
	rcv_ab_summary both = arms[0];

	if (rcv_ab_summary_fault(&arms[0]) != NULL || rcv_ab_summary_fault(&arms[1]) != NULL)
		return;
	for (int method = 0; method < RCV_AB_METHODS; method++)
	{
		rcv_ab_result r;

		must(rcv_ab_test(&arms[0], &arms[1], (rcv_ab_method) method, .95, 5000, &r) == RCV_OK);
		sound(&r);
	}
	if (rcv_ab_summary_merge(&both, &arms[1]) != RCV_OK)
		return;
	rcv_ab_summary_finish(&both);
	must(rcv_ab_summary_fault(&both) == NULL);
}

/* Figures of any size, from few bytes each. */
static double
figure(const uint8_t *data)
{
	return ldexp((double) (int8_t) data[0], (int8_t) data[1]);
}

static void
rows(const uint8_t *data, size_t size)
{
	rcv_ab_summary arms[2];

	rcv_ab_summary_init(&arms[0], true);
	rcv_ab_summary_init(&arms[1], true);
	for (; size >= 4; data += 4, size -= 4)
		must(rcv_ab_summary_add_pair(&arms[size / 4 % 2], figure(data), figure(data + 2)) ==
			 RCV_OK);
	rcv_ab_summary_finish(&arms[0]);
	rcv_ab_summary_finish(&arms[1]);
	two_arms(arms);
}

static void
counts(const int64_t *in)
{
	rcv_ab_count c = {in[0], in[1]};
	rcv_ab_count v = {in[2], in[3]};
	rcv_ab_prop_result r;
	double p;

	if (rcv_ab_prop_test(c, v, .9, 100, &r) == RCV_OK)
		must(isnan(r.p_value) || (r.p_value >= 0 && r.p_value <= 1));
	if (rcv_ab_p_better(c, v, 1, 1, &p) == RCV_OK)
		must(p >= 0 && p <= 1);
	if (rcv_ab_expected_loss(c, v, .5, .5, &p) == RCV_OK)
		must(p >= 0 && p <= 1);
	if (rcv_ab_draw(in[0], in[1], .5, &p) == RCV_OK)
		must(p >= 0 && p <= 1);
}

static void
assign(const uint8_t *data, size_t size)
{
	rcv_ab_text key = {(const char *) data, size};
	double weights[4];
	double bucket;

	must(rcv_ab_bucket(key, key, 1 + (int) size % 2, &bucket) == RCV_OK && bucket >= 0 &&
		 bucket < 1);
	memcpy(weights, data, sizeof(weights));
	if (rcv_ab_weights_fault(weights, 4) == NULL)
		must(rcv_ab_arm(bucket, weights, 4, .5) < 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rcv_ab_summary arms[2];
	int64_t in[4];

	rows(data, size);
	if (size >= sizeof(in))
	{
		memcpy(in, data, sizeof(in));
		counts(in);
		for (int i = 0; i < 4; i++)
			in[i] &= (INT64_C(1) << (i % 2 ? 40 : 20)) - 1;
		counts(in);
		assign(data, size);
	}
	if (size >= sizeof(arms))
	{
		memcpy(arms, data, sizeof(arms));
		two_arms(arms);
	}
	return 0;
}
