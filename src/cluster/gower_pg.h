/*
 * gower_pg.h
 *		The SQL type gower_model as glue sees it, and columns of records as its
 *		columns.
 */
#ifndef RCV_GOWER_PG_H
#define RCV_GOWER_PG_H

#include "pg/rcv_pg.h"

#include "access/htup_details.h"

#include "cluster/gower.h"

#define RCV_GOWER_VERSION 1

/* A model, and with another mark the state of gower_fit: all bytes are meant. */
typedef struct rcv_gower_model
{
	int32 vl_len_;
	int32 mark;
	int32 columns;
	int32 unused; /* zero */
	int64 n;	  /* records */
	rcv_gower_column column[FLEXIBLE_ARRAY_MEMBER];
} rcv_gower_model;

#define RCV_GOWER_HEADER offsetof(rcv_gower_model, column)
#define RCV_GOWER_MODEL 0x474F4D01 /* "GOM", version 1 */
#define RCV_GOWER_STATE 0x474F5301 /* "GOS", version 1 */

extern const rcv_gower_model *rcv_gower_model_arg(Datum value);

/* Without columns yet, but with room for them; records that are zero. */
extern rcv_gower_model *rcv_gower_new(int32 mark, int columns);

/* A column of a record type. */
typedef struct rcv_gower_attribute
{
	int number; /* from 0 */
	Oid type;	/* without domains */
	int kind;	/* rcv_gower_kind */
} rcv_gower_attribute;

/* The kind of a column; -1: of a type that has none. */
extern int rcv_gower_kind_of(Oid type, int32 typmod, Oid *base);

/* A number or day. */
extern double rcv_gower_number(Datum value, Oid type, const char *name);

#endif
