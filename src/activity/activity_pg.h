/*
 * activity_pg.h
 *		The SQL type activity as other domains' glue sees it.
 */
#ifndef RCV_ACTIVITY_PG_H
#define RCV_ACTIVITY_PG_H

#include "pg/rcv_pg.h"

#include "activity/activity.h"

/*
 * The canonical image of an activity datum: its own bytes where it is already
 * canonical, else a copy in the current memory context.
 */
extern const uint8_t *rcv_activity_image(Datum value);

/* A canonical activity of lines in any order; changes the lines. */
extern struct varlena *rcv_activity_of_lines(rcv_activity_line *lines, Size n, int scale);

/* An error unless the reader came to the end of its lines. */
static inline void
rcv_activity_end(const rcv_activity_reader *reader)
{
	if (unlikely(reader->left > 0))
		rcv_check_slow(RCV_EBINARY, "activity");
}

/* Facts of the days up to as_of. */
extern rcv_activity_facts rcv_activity_facts_arg(Datum value, int32 as_of);

#endif
