/*
 * ab_argument_pg.c
 *		Arguments and rows that functions of experiments have in common.
 */
#include "experiment/ab_pg.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

double
rcv_ab_conf_arg(double conf)
{
	if (!(conf > 0 && conf < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("confidence must lie between 0 and 1"),
						errhint("0.95 is usual: 19 of 20 such intervals hold the true value.")));
	return conf;
}

double
rcv_ab_tuning_arg(double tuning)
{
	if (!(tuning > 0 && isfinite(tuning)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tuning must be a positive number of rows"),
				 errhint("Give the number of rows of both arms at which the always-valid interval "
						 "shall be narrowest for its kind; 5000 is usual.")));
	return tuning;
}

rcv_ab_text
rcv_ab_utf8(text *value)
{
	int length = (int) VARSIZE_ANY_EXHDR(value);
	char *bytes = VARDATA_ANY(value);
	char *converted;

	if (likely(GetDatabaseEncoding() == PG_UTF8))
		return (rcv_ab_text){bytes, (size_t) length};
	converted = pg_server_to_any(bytes, length, PG_UTF8);
	return (rcv_ab_text){converted, converted == bytes ? (size_t) length : strlen(converted)};
}

const void *
rcv_ab_elements(ArrayType *array, const char *what, int *n)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must be an array of one dimension", what)));
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("%s must not contain nulls", what)));
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return ARR_DATA_PTR(array);
}

void
rcv_ab_put(rcv_ab_row *row, Datum value)
{
	row->nulls[row->n] = false;
	row->values[row->n++] = value;
}

void
rcv_ab_put_null(rcv_ab_row *row)
{
	row->values[row->n] = (Datum) 0;
	row->nulls[row->n++] = true;
}

void
rcv_ab_put_figure(rcv_ab_row *row, double figure)
{
	if (isnan(figure))
		rcv_ab_put_null(row);
	else
		rcv_ab_put(row, Float8GetDatum(figure));
}

void
rcv_ab_put_reason(rcv_ab_row *row, rcv_ab_reason reason)
{
	if (rcv_ab_reason_texts[reason] == NULL)
		rcv_ab_put_null(row);
	else
		rcv_ab_put(row, CStringGetTextDatum(rcv_ab_reason_texts[reason]));
}

Datum
rcv_ab_row_datum(FunctionCallInfo fcinfo, rcv_ab_row *row)
{
	TupleDesc type;

	if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE || type->natts != row->n)
		elog(ERROR, "function has another row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), row->values, row->nulls));
}
