/*
 * ab_pg.h
 *		What the glue of experiments shares: the type ab_summary, names and
 *		confidences as arguments, and rows of figures.
 */
#ifndef RCV_AB_PG_H
#define RCV_AB_PG_H

#include "pg/rcv_pg.h"

#include "utils/array.h"

#include "experiment/ab_hash.h"
#include "experiment/ab_test.h"

/* A summary datum: a varlena aligned as a double. */
typedef struct rcv_ab_value
{
	int32 vl_len_;
	int32 unused; /* zero */
	rcv_ab_summary summary;
} rcv_ab_value;

/* The summary of a datum; an error when another version wrote it. */
extern const rcv_ab_summary *rcv_ab_summary_arg(Datum datum);

/* A share of certainty such as 0.95, or an error. */
extern double rcv_ab_conf_arg(double conf);

/* The tuning of an always-valid p, or an error. */
extern double rcv_ab_tuning_arg(double tuning);

/* The bytes of a text in UTF-8. */
extern rcv_ab_text rcv_ab_utf8(text *value);

/* The elements of an array without nulls, in one dimension at most; read in place. */
extern const void *rcv_ab_elements(ArrayType *array, const char *what, int *n);

/* The row of a composite result, column by column. */
#define RCV_AB_COLUMNS_MAX 24
typedef struct rcv_ab_row
{
	int n;
	Datum values[RCV_AB_COLUMNS_MAX];
	bool nulls[RCV_AB_COLUMNS_MAX];
} rcv_ab_row;

extern void rcv_ab_put(rcv_ab_row *row, Datum value);
extern void rcv_ab_put_null(rcv_ab_row *row);
extern void rcv_ab_put_figure(rcv_ab_row *row, double figure); /* NaN: null */
extern void rcv_ab_put_reason(rcv_ab_row *row, rcv_ab_reason reason);

/* The datum of a row of the function's own result type. */
extern Datum rcv_ab_row_datum(FunctionCallInfo fcinfo, rcv_ab_row *row);

/* A figure as a result; NaN: null. */
#define RCV_AB_RETURN_FIGURE(figure)                                                               \
	do                                                                                             \
	{                                                                                              \
		double figure_ = (figure);                                                                 \
                                                                                                   \
		if (isnan(figure_))                                                                        \
			PG_RETURN_NULL();                                                                      \
		PG_RETURN_FLOAT8(figure_);                                                                 \
	} while (0)

#endif
