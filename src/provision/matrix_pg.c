/*
 * matrix_pg.c
 *		Making matrices of parts, and what is asked of one: its buckets, its
 *		days, and itself under stress.
 */
#include "provision/provision_pg.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "pg/json.h"

/* Parts ------------------------------------------------------------------- */

void
rcv_matrix_parts_init(rcv_matrix_parts *parts)
{
	*parts = (rcv_matrix_parts){.head = {.version = RCV_MATRIX_VERSION,
										 .scale = 2,
										 .from = RCV_DAY_MIN,
										 .to = RCV_DAY_MAX,
										 .scalar = RCV_SCALAR_ONE}};
	parts->segments = palloc(sizeof(rcv_matrix_segment));
	parts->buckets = palloc(sizeof(rcv_bucket));
	parts->scenarios = palloc(sizeof(rcv_scenario));
	initStringInfo(&parts->texts);
}

static void *
copied(const void *from, Size size)
{
	return memcpy(palloc(size + 1), from, size);
}

void
rcv_matrix_parts_of(rcv_matrix_parts *parts, const rcv_matrix *matrix)
{
	parts->head = *matrix;
	parts->segments =
		copied(rcv_matrix_segments(matrix), matrix->segments * sizeof(rcv_matrix_segment));
	parts->buckets = copied(rcv_matrix_buckets(matrix), matrix->buckets * sizeof(rcv_bucket));
	parts->scenarios =
		copied(rcv_matrix_scenarios(matrix), matrix->scenarios * sizeof(rcv_scenario));
	initStringInfo(&parts->texts);
	appendBinaryStringInfo(&parts->texts, rcv_matrix_texts(matrix), matrix->texts);
}

rcv_matrix_segment *
rcv_matrix_parts_segment(rcv_matrix_parts *parts, const char *name)
{
	int32 i = parts->head.segments++;
	rcv_matrix_segment *segment;

	parts->segments = repalloc(parts->segments, (i + 1) * sizeof(rcv_matrix_segment));
	segment = &parts->segments[i];
	*segment = (rcv_matrix_segment){.first = parts->head.buckets, .scalar = RCV_SCALAR_ONE};
	if (name == NULL)
		return segment;
	segment->name = parts->texts.len;
	segment->name_length = (int) strlen(name);
	appendStringInfoString(&parts->texts, name);
	return segment;
}

Datum
rcv_matrix_datum(rcv_matrix_parts *parts)
{
	rcv_matrix *matrix;
	Size size;

	parts->head.texts = parts->texts.len;
	size = rcv_matrix_size(&parts->head);
	matrix = palloc0(size);
	*matrix = parts->head;
	memcpy(rcv_matrix_segments(matrix), parts->segments,
		   matrix->segments * sizeof(rcv_matrix_segment));
	memcpy(rcv_matrix_buckets(matrix), parts->buckets, matrix->buckets * sizeof(rcv_bucket));
	memcpy(rcv_matrix_scenarios(matrix), parts->scenarios,
		   matrix->scenarios * sizeof(rcv_scenario));
	memcpy(rcv_matrix_texts(matrix), parts->texts.data, matrix->texts);
	rcv_matrix_finish(matrix);
	SET_VARSIZE(matrix, size);
	rcv_check(rcv_matrix_check(matrix, size), "provision_matrix");
	return PointerGetDatum(matrix);
}

/* Numbers ------------------------------------------------------------------ */

/* Whether a numeric of any length lies between 0 and most; NaN and infinities are not asked about. */
static bool
is_between(Datum value, int64 most)
{
	Datum bound = rcv_money_numeric(most, 0);
	Datum zero = rcv_money_numeric(0, 0);

	return DatumGetBool(DirectFunctionCall2(numeric_ge, value, zero)) &&
		   DatumGetBool(DirectFunctionCall2(numeric_le, value, bound));
}

bool
rcv_fraction_arg(Datum value, const char *what, int decimals, int64 most, int64 *out)
{
	rcv_money money;
	int64 units;

	if (rcv_numeric_units(value, &units))
		money = (rcv_money){units, 4};
	else if (numeric_is_nan(DatumGetNumeric(value)) || numeric_is_inf(DatumGetNumeric(value)) ||
			 is_between(value, most / rcv_pow10(decimals)))
		money = rcv_numeric_money(
			DirectFunctionCall2(numeric_round, value, Int32GetDatum(decimals)), what);
	else
		return false;
	return money.units >= 0 &&
		   rcv_money_rescale(money.units, money.scale, decimals, out) == RCV_OK && *out <= most;
}

int64
rcv_scalar_arg(Datum value, const char *what)
{
	int64 scalar;

	if (!rcv_fraction_arg(value, what, RCV_SCALAR_SCALE, RCV_SCALAR_MAX, &scalar))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must lie between 0 and 100", what),
						errdetail("It multiplies the rates: 1.1 adds a tenth to each.")));
	return scalar;
}

/* The same units without zeros at the end. */
static rcv_int128
shortest(rcv_int128 units, int *scale)
{
	for (; *scale > 0 && units % 10 == 0; (*scale)--)
		units /= 10;
	return units;
}

Datum
rcv_shortest_numeric(rcv_int128 units, int scale)
{
	units = shortest(units, &scale);
	return rcv_money_numeric(units, scale);
}

void
rcv_append_shortest(StringInfo out, int64 units, int scale)
{
	char text[RCV_MONEY_TEXT];

	units = (int64) shortest(units, &scale);
	rcv_money_print(units, scale, text);
	appendStringInfoString(out, text);
}

/* What is asked of a matrix ---------------------------------------------------- */

static void
put_bucket(ReturnSetInfo *result, const rcv_matrix *matrix, int32 s, int32 b)
{
	const rcv_matrix_segment *segment = &rcv_matrix_segments(matrix)[s];
	const rcv_bucket *bucket = &rcv_matrix_buckets(matrix)[segment->first + b];
	Datum values[6];
	bool nulls[6] = {s == 0, false, b == 0, bucket->up_to == INT32_MAX};

	values[0] = PointerGetDatum(
		cstring_to_text_with_len(rcv_matrix_texts(matrix) + segment->name, segment->name_length));
	values[1] = Int32GetDatum(b);
	values[2] = Int32GetDatum(b == 0 ? 0 : bucket[-1].up_to + 1);
	values[3] = Int32GetDatum(bucket->up_to);
	values[4] = rcv_shortest_numeric(bucket->rate, RCV_LOSS_SCALE - 2);
	values[5] = rcv_shortest_numeric(rcv_matrix_rate(matrix, s, b, RCV_SCALAR_ONE), RCV_LOSS_SCALE);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(pgrcv_provision_buckets);
Datum
pgrcv_provision_buckets(PG_FUNCTION_ARGS)
{
	const rcv_matrix *matrix = rcv_matrix_arg(PG_GETARG_DATUM(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int32 s = 0; s < matrix->segments; s++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int32 b = 0; b < rcv_matrix_segments(matrix)[s].count; b++)
			put_bucket((ReturnSetInfo *) fcinfo->resultinfo, matrix, s, b);
	}
	PG_RETURN_NULL();
}

PG_FUNCTION_INFO_V1(pgrcv_provision_valid);
Datum
pgrcv_provision_valid(PG_FUNCTION_ARGS)
{
	const rcv_matrix *matrix = rcv_matrix_arg(PG_GETARG_DATUM(0));
	int32 day = rcv_day_arg(PG_GETARG_DATEADT(1), "day");

	PG_RETURN_BOOL(day >= matrix->from && day <= matrix->to);
}

/* Stress -------------------------------------------------------------------- */

/* Each bucket takes rate and scalar of the one so many places later, or of the last. */
static void
make_worse(rcv_matrix_parts *parts, int32 worse)
{
	for (int32 s = 0; s < parts->head.segments; s++)
	{
		rcv_bucket *buckets = &parts->buckets[parts->segments[s].first];
		int32 last = parts->segments[s].count - 1;

		for (int32 b = 0; b <= last; b++)
		{
			const rcv_bucket *from = &buckets[worse > last - b ? last : b + worse];

			buckets[b].rate = from->rate;
			buckets[b].scalar = from->scalar;
		}
	}
}

/* One scenario alone, with all the weight. */
static void
keep_scenario(rcv_matrix_parts *parts, const text *name)
{
	for (int32 i = 0; i < parts->head.scenarios; i++)
	{
		const rcv_scenario *scenario = &parts->scenarios[i];

		if (scenario->name_length != VARSIZE_ANY_EXHDR(name) ||
			memcmp(parts->texts.data + scenario->name, VARDATA_ANY(name), scenario->name_length) !=
				0)
			continue;
		parts->scenarios[0] = *scenario;
		parts->scenarios[0].weight = RCV_SCALAR_ONE;
		parts->head.scenarios = 1;
		return;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the provision matrix has no scenario \"%s\"", text_to_cstring(name))));
}

/* provision_stress(matrix, scalar, worse, scenario) */
PG_FUNCTION_INFO_V1(pgrcv_provision_stress);
Datum
pgrcv_provision_stress(PG_FUNCTION_ARGS)
{
	rcv_matrix_parts parts;
	rcv_int128 scalar;
	int32 worse;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	rcv_matrix_parts_of(&parts, rcv_matrix_arg(PG_GETARG_DATUM(0)));
	worse = PG_GETARG_INT32(2);
	if (worse < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("worse must not be negative")));
	scalar = (rcv_int128) parts.head.scalar * rcv_scalar_arg(PG_GETARG_DATUM(1), "scalar");
	if (scalar % RCV_SCALAR_ONE != 0 || scalar / RCV_SCALAR_ONE > RCV_SCALAR_MAX)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the scalar of the matrix times this one is out of range"),
						errdetail("Scalars lie between 0 and 100 and have up to %d decimals.",
								  RCV_SCALAR_SCALE)));
	parts.head.scalar = (int64) (scalar / RCV_SCALAR_ONE);
	make_worse(&parts, worse);
	if (!PG_ARGISNULL(3))
		keep_scenario(&parts, PG_GETARG_TEXT_PP(3));
	/* through its text, which leaves out names that nothing needs any more */
	PG_RETURN_DATUM(DirectFunctionCall1(
		pgrcv_provision_matrix_in,
		DirectFunctionCall1(pgrcv_provision_matrix_out, rcv_matrix_datum(&parts))));
}

/* A matrix from edges and rates ------------------------------------------------- */

static Datum *
open_array(ArrayType *array, Oid type, int length, bool by_value, const char *what, int *n)
{
	Datum *items;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must be a one-dimensional array", what)));
	if (array_contains_nulls(array))
		rcv_null_error(what);
	deconstruct_array(array, type, length, by_value, TYPALIGN_INT, &items, NULL, n);
	return items;
}

/* provision_matrix_of(up_to, rates): through JSON, so that the same is checked. */
PG_FUNCTION_INFO_V1(pgrcv_provision_matrix_of);
Datum
pgrcv_provision_matrix_of(PG_FUNCTION_ARGS)
{
	int edges;
	int n;
	Datum *up_to = open_array(PG_GETARG_ARRAYTYPE_P(0), INT4OID, 4, true, "up_to", &edges);
	Datum *rates = open_array(PG_GETARG_ARRAYTYPE_P(1), NUMERICOID, -1, false, "rates", &n);
	StringInfoData out;

	if (n != edges + 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there must be one rate more than there are edges"),
						errdetail("There are %d rates and %d edges.", n, edges),
						errhint("The last bucket has no upper edge.")));
	initStringInfo(&out);
	appendStringInfoString(&out, "{\"buckets\": [");
	for (int i = 0; i < n; i++)
	{
		int64 rate;

		if (!rcv_fraction_arg(rates[i], "rate", RCV_LOSS_SCALE, RCV_LOSS_ALL, &rate))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("rates must lie between 0 and 1"), errhint("4 %% is 0.04.")));
		appendStringInfoString(&out, i > 0 ? ", {" : "{");
		if (i < edges)
			appendStringInfo(&out, "\"up_to\": %d, ", DatumGetInt32(up_to[i]));
		appendStringInfoString(&out, "\"rate_pct\": ");
		rcv_append_shortest(&out, rate, RCV_LOSS_SCALE - 2);
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoString(&out, "]}");
	return DirectFunctionCall1(pgrcv_provision_matrix_in, CStringGetDatum(out.data));
}
