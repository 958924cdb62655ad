/*
 * status.h
 *		What a function of the pure core answers; src/pg/check.c turns each
 *		status into an SQLSTATE.
 */
#ifndef RCV_STATUS_H
#define RCV_STATUS_H

typedef enum rcv_status
{
	RCV_OK = 0,
	RCV_EDOMAIN,   /* argument outside the domain: 22023 */
	RCV_EOVERFLOW, /* result too large to be held: 22003 */
	RCV_ENULL,	   /* null where a value is needed: 22004 */
	RCV_EDATE,	   /* day outside 0001-01-01 .. 9999-12-31: 22008 */
	RCV_ETEXT,	   /* malformed text: 22P02 */
	RCV_EBINARY,   /* malformed binary: 22P03 */
	RCV_ELIMIT,	   /* larger than a stated limit: 54000 */
	RCV_EVERSION,  /* written by another version: 0A000 */
	RCV_EROOM,	   /* buffer too small: the caller grows it */
	RCV_STATUS_COUNT
} rcv_status;

#endif
