/*
 * provision_pg.h
 *		The type provision_matrix, for the files of its glue.
 */
#ifndef RCV_PROVISION_PG_H
#define RCV_PROVISION_PG_H

#include "pg/rcv_pg.h"

#include "provision/amount.h"

/*
 * The matrix of an argument, read in place; checked only as far as that needs,
 * as every value of the type was made by this library.
 */
static inline const rcv_matrix *
rcv_matrix_arg(Datum datum)
{
	const rcv_matrix *matrix = (const rcv_matrix *) DatumGetPointer(datum);

	if (unlikely(!VARATT_IS_4B_U(matrix)))
		matrix = (const rcv_matrix *) PG_DETOAST_DATUM(datum);
	rcv_check(rcv_matrix_fits(matrix, VARSIZE(matrix)), "provision_matrix");
	return matrix;
}

/* Parts of a matrix that is being made. */
typedef struct rcv_matrix_parts
{
	rcv_matrix head; /* its numbers of parts count those below */
	rcv_matrix_segment *segments;
	rcv_bucket *buckets;
	rcv_scenario *scenarios;
	StringInfoData texts; /* the source comes last, of head.source bytes */
} rcv_matrix_parts;

/* A matrix without anything but its defaults, and room for parts. */
extern void rcv_matrix_parts_init(rcv_matrix_parts *parts);

/* The parts of an existing matrix, copied. */
extern void rcv_matrix_parts_of(rcv_matrix_parts *parts, const rcv_matrix *matrix);

/* A segment more, whose buckets follow; its name: NULL for the default. */
extern rcv_matrix_segment *rcv_matrix_parts_segment(rcv_matrix_parts *parts, const char *name);

/* Its text form, read and printed. */
extern Datum pgrcv_provision_matrix_in(PG_FUNCTION_ARGS);
extern Datum pgrcv_provision_matrix_out(PG_FUNCTION_ARGS);

/* Keys of its text form, with a comma before each; nothing where it has none of them. */
extern void rcv_matrix_append_scenarios(StringInfo out, const rcv_matrix *matrix);
extern void rcv_matrix_append_days(StringInfo out, const rcv_matrix *matrix);

/* The value; 54000 or an internal error when it is none. */
extern Datum rcv_matrix_datum(rcv_matrix_parts *parts);

/* A numeric, rounded to so many decimals, in units of them; false unless it is 0 .. most. */
extern bool rcv_fraction_arg(Datum value, const char *what, int decimals, int64 most, int64 *out);

/* The scalar of an argument, or 22023. */
extern int64 rcv_scalar_arg(Datum value, const char *what);

/* The numeric of units of 10^-scale without zeros at its end. */
extern Datum rcv_shortest_numeric(rcv_int128 units, int scale);

/* The same as text. */
extern void rcv_append_shortest(StringInfo out, int64 units, int scale);

#endif
