/*
 * gower.h
 *		How unlike two records of unlike columns are: Gower, A General Coefficient
 *		of Similarity and Some of Its Properties, Biometrics 27 (1971).
 *
 *	d = sum of w_j d_j / sum of w_j, over the columns that both records know
 *
 * d_j is |a - b| / range for numbers and days, by the range of the column in the
 * rows of a fit, at most 1; and 0 or 1 for categories, the same or not.  As in R's
 * cluster::daisy(metric = "gower"), a column that is the same in all rows counts
 * with a distance of 0; two new values in it that differ have 1.
 */
#ifndef RCV_GOWER_H
#define RCV_GOWER_H

#include <stdbool.h>
#include <stdint.h>

#define RCV_GOWER_COLUMNS_MAX 500
#define RCV_GOWER_NAME 64 /* bytes, with the zero at the end */

typedef enum rcv_gower_kind
{
	RCV_GOWER_NUMBER,
	RCV_GOWER_DATE,
	RCV_GOWER_CATEGORY,
	RCV_GOWER_KINDS
} rcv_gower_kind;

extern const char *const rcv_gower_kind_names[RCV_GOWER_KINDS + 1];

/* A column; all bytes are meant. */
typedef struct rcv_gower_column
{
	char name[RCV_GOWER_NAME]; /* zeros behind it */
	int32_t kind;
	int32_t known; /* there was a value, so that least and most hold; else they are 0 */
	double least;
	double most;
} rcv_gower_column;

/* Takes a finite value of a number or day into account. */
extern void rcv_gower_widen(rcv_gower_column *column, double value);

/* The ranges of both. */
extern void rcv_gower_merge(rcv_gower_column *column, const rcv_gower_column *other);

/* Distance of two numbers or days. */
extern double rcv_gower_apart(const rcv_gower_column *column, double a, double b);

#endif
