/*
 * terms.h
 *		Terms of payment as people write them, and the days they mean.
 *
 *		terms   = part { ("," | ";") part }
 *		part    = [ share ] ( "on receipt" | "net" number | step { ["+"] step } )
 *		share   = number "%" | "rest"
 *		step    = number ( "days" | "weeks" | "months" )
 *				| "end of month"
 *				| "the" number			a day of the month, this one or the next
 *
 * Steps are taken in the order they are written: "45 days end of month" adds 45
 * days and then goes to the end of that month, "end of month 45 days" goes to
 * the end of the month of issue and then adds 45 days.  terms.c lists the words
 * for each, in English and French; case does not matter.
 */
#ifndef RCV_TERMS_H
#define RCV_TERMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"

#define RCV_TERMS_PARTS_MAX 60
#define RCV_TERMS_STEPS_MAX 4
#define RCV_TERMS_DAYS_MAX 3660	 /* of one step */
#define RCV_TERMS_MONTHS_MAX 120 /* of one step */
#define RCV_SHARE_DECIMALS_MAX 6
#define RCV_SHARE_WHOLE 100000000 /* 100 % in units of 10^-6 % */

typedef enum rcv_term_kind
{
	RCV_TERM_DAYS,
	RCV_TERM_MONTHS,
	RCV_TERM_MONTH_END,
	RCV_TERM_DAY_OF_MONTH
} rcv_term_kind;

typedef struct rcv_term_step
{
	int16_t kind;
	int16_t count;
} rcv_term_step;

typedef struct rcv_terms_part
{
	int32_t share; /* units of 10^-6 % */
	int32_t steps;
	rcv_term_step step[RCV_TERMS_STEPS_MAX];
} rcv_terms_part;

typedef struct rcv_terms
{
	int32_t parts;
	int32_t decimals; /* of shares: the most that any has */
	rcv_terms_part part[RCV_TERMS_PARTS_MAX];
} rcv_terms;

/* What is wrong, and from which byte to which. */
typedef struct rcv_terms_error
{
	const char *message;
	size_t at;
	size_t end;
} rcv_terms_error;

/* Reads terms, in UTF-8 where they are not ASCII: RCV_ETEXT with the error set. */
extern rcv_status rcv_terms_parse(const char *text, size_t length, rcv_terms *out,
								  rcv_terms_error *error);

/*
 * Day on which a part is due.  A month later is the same day of that month, or
 * its last day; a day of the month is the next such day on or after, the last
 * of a shorter month.  RCV_EDATE past 9999-12-31.
 */
extern rcv_status rcv_terms_due(const rcv_terms_part *part, int32_t issued, int32_t *out);

#endif
