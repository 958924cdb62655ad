/*
 * provision.c
 *		Any bytes as a matrix, as an item, as states of totals and rolls, and as
 *		probabilities: the core refuses or answers, without undefined arithmetic.
 */
#include <math.h>

#include "provision/loss.h"
#include "provision/total.h"
#include "target.h"

/* From 0 to most, often one of both. */
static int64_t
take_upto(input *in, int64_t most)
{
	int64_t any;
	uint8_t kind = take_byte(in);

	take(in, &any, sizeof(any));
	if (kind % 4 == 0)
		return kind % 8 ? most : 0;
	return (int64_t) ((uint64_t) any % ((uint64_t) most + 1));
}

static rcv_money
take_money(input *in)
{
	rcv_money money;

	take(in, &money.units, sizeof(money.units));
	money.scale = RCV_SCALE_MIN + take_byte(in) % (RCV_SCALE_MAX - RCV_SCALE_MIN + 1);
	return money;
}

#define BUCKETS 5
#define SCENARIOS 3

typedef union room
{
	rcv_matrix matrix;
	int64_t bytes[100];
} room;

typedef union total_room
{
	rcv_total total;
	int64_t bytes[200];
} total_room;

/* A matrix with a segment, right but for what a byte damages. */
static rcv_matrix *
take_matrix(input *in, room *at)
{
	rcv_matrix *matrix = &at->matrix;
	int edge = 0;

	memset(at, 0, sizeof(*at));
	*matrix = (rcv_matrix){.version = RCV_MATRIX_VERSION,
						   .scale = take_byte(in) % (RCV_PROVISION_SCALE_MAX + 1),
						   .segments = 1,
						   .buckets = 1 + take_byte(in) % BUCKETS,
						   .scenarios = take_byte(in) % (SCENARIOS + 1),
						   .texts = SCENARIOS,
						   .scalar = take_upto(in, RCV_SCALAR_MAX)};
	rcv_matrix_segments(matrix)[0] =
		(rcv_matrix_segment){0, 0, 0, matrix->buckets, take_upto(in, RCV_SCALAR_MAX)};
	for (int b = 0; b < matrix->buckets; b++, edge += 1 + take_byte(in))
		rcv_matrix_buckets(matrix)[b] =
			(rcv_bucket){b == matrix->buckets - 1 ? INT32_MAX : edge, 0,
						 take_upto(in, RCV_LOSS_ALL), take_upto(in, RCV_SCALAR_MAX), 0};
	for (int i = 0; i < matrix->scenarios; i++)
		rcv_matrix_scenarios(matrix)[i] =
			(rcv_scenario){i, 1, i == 0 ? RCV_SCALAR_ONE : 0, take_upto(in, RCV_SCALAR_MAX)};
	if (matrix->scenarios > 1)
	{
		rcv_matrix_scenarios(matrix)[1].weight = take_upto(in, RCV_SCALAR_ONE);
		rcv_matrix_scenarios(matrix)[0].weight -= rcv_matrix_scenarios(matrix)[1].weight;
	}
	rcv_matrix_finish(matrix);
	must(rcv_matrix_check(matrix, rcv_matrix_size(matrix)) == RCV_OK);
	return matrix;
}

/* An allowance lies between nothing and its base, and its bucket holds its days. */
static void
try_item(input *in, const rcv_matrix *matrix, rcv_provision *out, rcv_status *status)
{
	rcv_provision_item item = {.open = take_money(in), .cover = take_money(in)};

	take(in, &item.days, sizeof(item.days));
	item.scalar = take_byte(in) % 2 ? RCV_SCALAR_ONE : take_upto(in, RCV_SCALAR_MAX);
	item.override = take_byte(in) % 2 ? RCV_NO_OVERRIDE : take_upto(in, RCV_LOSS_ALL);
	*status = rcv_provision_of(matrix, &item, out);
	must(*status == RCV_OK || *status == RCV_EDOMAIN || *status == RCV_EOVERFLOW);
	if (*status != RCV_OK)
		return;
	must(out->bucket >= 0 && out->bucket < matrix->buckets &&
		 item.days <= rcv_matrix_buckets(matrix)[out->bucket].up_to &&
		 (out->bucket == 0 || item.days > rcv_matrix_buckets(matrix)[out->bucket - 1].up_to));
	must(out->amount >= 0 && out->amount * rcv_pow10(out->base.scale) <=
								 (rcv_int128) out->base.units * rcv_pow10(matrix->scale));
	must(out->rate >= 0 && out->rate <= RCV_LOSS_ALL);
}

/* Items into a total; then its bytes damaged, and it is refused or answers. */
static void
try_total(input *in, const rcv_matrix *matrix)
{
	total_room at;
	total_room other;
	size_t size = rcv_matrix_size(matrix);
	rcv_provision_rounding rounding = take_byte(in) % RCV_PROVISION_ROUNDINGS;
	size_t total_size = rcv_total_size(rounding, matrix, size);
	rcv_int128 value;
	rcv_provision item;
	rcv_status status;

	rcv_total_init(&at.total, rounding, matrix, size);
	for (int i = take_byte(in) % 8; i >= 0; i--)
	{
		try_item(in, matrix, &item, &status);
		if (status == RCV_OK && rounding == RCV_PROVISION_BY_LINE)
			must(rcv_total_add_line(&at.total, item.amount, matrix->scale) == RCV_OK);
		else if (status == RCV_OK)
			rcv_total_add_base(&at.total, item.bucket, item.base);
	}
	must(rcv_total_check(&at.total, total_size) == RCV_OK);
	other = at;
	for (int i = take_byte(in) % 4; i > 0; i--)
		((uint8_t *) &other)[take_upto(in, (int64_t) total_size - 1)] = take_byte(in);
	if (rcv_total_check(&other.total, total_size) != RCV_OK)
		return;
	rcv_total_value(&other.total, &value);
	rcv_total_merge(&at.total, &other.total);
	rcv_total_value(&at.total, &value);
}

static void
try_rolls(input *in)
{
	rcv_rolls rolls;
	rcv_rolls other;

	rcv_rolls_init(&rolls);
	for (int i = take_byte(in) % 8; i > 0; i--)
		rcv_rolls_add(&rolls, (int8_t) take_byte(in), (int8_t) take_byte(in), take_money(in));
	must(rcv_rolls_check(&rolls) == RCV_OK);
	other = rolls;
	for (int i = take_byte(in) % 4; i > 0; i--)
		((uint8_t *) &other)[take_upto(in, sizeof(other) - 1)] = take_byte(in);
	if (rcv_rolls_check(&other) == RCV_OK)
		rcv_rolls_merge(&rolls, &other);
}

static void
try_ecl(input *in)
{
	double pd[6];
	double ead[6];
	double rates[3];
	double out;
	int n = take_byte(in) % 7;
	rcv_status status;

	for (int i = 0; i < 6; i++)
	{
		take(in, &pd[i], sizeof(double));
		take(in, &ead[i], sizeof(double));
		if (take_byte(in) % 4)
			pd[i] = take_byte(in) / 1000.0;
		if (take_byte(in) % 4)
			ead[i] = fabs(ead[i]);
	}
	take(in, rates, sizeof(rates));
	if (take_byte(in) % 4)
		rates[0] = 0.45;
	if (take_byte(in) % 4)
		rates[1] = take_byte(in) / 100.0 - 1;
	if (take_byte(in) % 4)
		rates[2] = 12;
	status = rcv_ecl(pd, ead, n, rates[0], rates[1], rates[2], take_byte(in) % RCV_PD_KINDS, &out);
	must(status == RCV_OK ? isfinite(out) && out >= 0
						  : status == RCV_EDOMAIN || status == RCV_EOVERFLOW);
}

/* Bytes that nobody made are looked at, no more. */
static void
try_bytes(input *in)
{
	room at;
	total_room total;

	take(in, &at, sizeof(at));
	rcv_matrix_check(&at.matrix, take_byte(in) % 2 ? sizeof(at) : take_byte(in));
	at.matrix.version = RCV_MATRIX_VERSION;
	rcv_matrix_check(&at.matrix, sizeof(at));
	take(in, &total, sizeof(total));
	rcv_total_check(&total.total, take_byte(in));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input in = {data, size};
	room at;
	rcv_provision item;
	rcv_status status;
	rcv_matrix *matrix;

	if (take_byte(&in) % 4 == 0)
	{
		try_bytes(&in);
		return 0;
	}
	matrix = take_matrix(&in, &at);
	try_item(&in, matrix, &item, &status);
	try_total(&in, matrix);
	try_rolls(&in);
	try_ecl(&in);
	return 0;
}
