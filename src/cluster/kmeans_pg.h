/*
 * kmeans_pg.h
 *		The SQL type kmeans_model as glue sees it.
 */
#ifndef RCV_KMEANS_PG_H
#define RCV_KMEANS_PG_H

#include "pg/rcv_pg.h"

#include "pg/json.h"

#include "cluster/kmeans.h"

/* A model datum: a varlena aligned as a double. */
typedef struct rcv_kmeans_value
{
	int32 vl_len_;
	int32 unused; /* zero */
	rcv_kmeans_model model;
} rcv_kmeans_value;

/* The model of a datum; an error when another version wrote it. */
extern const rcv_kmeans_model *rcv_kmeans_model_arg(Datum value);

/* A datum with room for a model of this header, the rest of which is zero. */
extern rcv_kmeans_value *rcv_kmeans_new_value(const rcv_kmeans_model *header);

/*
 * The texts of the array "names", each into RCV_KMEANS_NAME bytes of out, which
 * has room for most of them; how many.  More of them are an error.
 */
extern int rcv_kmeans_names(const rcv_json *json, int most, char *out);

/*
 * The row of a float8[] argument, scaled by a model; false when it is null or
 * has a null.
 */
extern bool rcv_kmeans_scaled_arg(FunctionCallInfo fcinfo, int arg, const rcv_kmeans_model *model,
								  const rcv_kmeans_parts *parts, double *out);

#endif
