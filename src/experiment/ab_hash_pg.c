/*
 * ab_hash_pg.c
 *		Assignment: ab_bucket and ab_assign.
 */
#include "experiment/ab_pg.h"

#include "utils/builtins.h"

/* A key that is a number is hashed as its decimal text. */
static rcv_ab_text
number_text(int64 key, char *room)
{
	return (rcv_ab_text){room, (size_t) pg_lltoa(key, room)};
}

static double
bucket_of(rcv_ab_text seed, rcv_ab_text key, int32 version)
{
	double bucket;

	if (rcv_ab_bucket(seed, key, version, &bucket) != RCV_OK)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there is no version %d of the hash", version),
						errhint("Use version 2; version 1 is that of older experiments.")));
	return bucket;
}

PG_FUNCTION_INFO_V1(pgrcv_ab_bucket);
Datum
pgrcv_ab_bucket(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(bucket_of(rcv_ab_utf8(PG_GETARG_TEXT_PP(0)), rcv_ab_utf8(PG_GETARG_TEXT_PP(1)),
							   PG_GETARG_INT32(2)));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_bucket_number);
Datum
pgrcv_ab_bucket_number(PG_FUNCTION_ARGS)
{
	char room[MAXINT8LEN + 1];

	PG_RETURN_FLOAT8(bucket_of(rcv_ab_utf8(PG_GETARG_TEXT_PP(0)),
							   number_text(PG_GETARG_INT64(1), room), PG_GETARG_INT32(2)));
}

static Datum
assign(FunctionCallInfo fcinfo, rcv_ab_text key)
{
	int n;
	const double *weights = rcv_ab_elements(PG_GETARG_ARRAYTYPE_P(2), "weights", &n);
	double coverage = PG_GETARG_FLOAT8(3);
	const char *fault = rcv_ab_weights_fault(weights, (size_t) n);
	int arm;

	if (fault != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("weights are not the shares of arms"), errdetail("%s", fault),
						errhint("Give a share for each arm, as in '{0.5,0.5}'.")));
	if (!(coverage >= 0 && coverage <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("coverage must lie within 0 .. 1"),
						errhint("1 lets all keys in, 0.1 a tenth of them.")));
	if (key.length == 0) /* who has no key is in no experiment */
		PG_RETURN_NULL();
	arm = rcv_ab_arm(bucket_of(rcv_ab_utf8(PG_GETARG_TEXT_PP(0)), key, PG_GETARG_INT32(4)), weights,
					 (size_t) n, coverage);
	if (arm == RCV_AB_OUTSIDE)
		PG_RETURN_NULL();
	PG_RETURN_INT32(arm);
}

PG_FUNCTION_INFO_V1(pgrcv_ab_assign);
Datum
pgrcv_ab_assign(PG_FUNCTION_ARGS)
{
	return assign(fcinfo, rcv_ab_utf8(PG_GETARG_TEXT_PP(1)));
}

PG_FUNCTION_INFO_V1(pgrcv_ab_assign_number);
Datum
pgrcv_ab_assign_number(PG_FUNCTION_ARGS)
{
	char room[MAXINT8LEN + 1];

	return assign(fcinfo, number_text(PG_GETARG_INT64(1), room));
}
