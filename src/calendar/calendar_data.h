/*
 * calendar_data.h
 *		Calendars that have a name; calendar_data.c is made of calendars.txt.
 */
#ifndef RCV_CALENDAR_DATA_H
#define RCV_CALENDAR_DATA_H

typedef struct rcv_named_calendar
{
	const char *name;
	const char *title;
	const char *source;
	const char *rules; /* JSON, in ASCII */
} rcv_named_calendar;

extern const rcv_named_calendar rcv_named_calendars[]; /* the last has no name */

#endif
