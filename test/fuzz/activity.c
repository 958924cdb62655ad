/*
 * activity.c
 *		Any bytes as an image of an activity, and any lines put into one.
 */
#include "activity/activity.h"
#include "base/day.h"
#include "target.h"

/* Lines written and read again are the same lines. */
static void
write_and_read(const rcv_activity_line *lines, size_t n, int scale)
{
	size_t room = rcv_activity_room(lines, n);
	uint8_t *image = malloc(room);
	rcv_activity_line *again = malloc((n + 1) * sizeof(*again));

	must(image != NULL && again != NULL);
	must(rcv_activity_write(image, room, lines, n, scale) == RCV_OK);
	must(rcv_activity_check(image, rcv_activity_size(image)) == RCV_OK);
	must(rcv_activity_count(image) == n);
	must(rcv_activity_lines(image, again) == RCV_OK);
	for (size_t i = 0; i < n; i++)
		must(again[i].day == lines[i].day && again[i].documents == lines[i].documents &&
			 again[i].units == lines[i].units);
	free(image);
	free(again);
}

static void
any_image(const uint8_t *data, size_t size)
{
	rcv_activity_facts facts;
	rcv_activity_line *lines;
	rcv_activity_line *spare;
	size_t n;
	int scale;

	if (rcv_activity_check(data, size) != RCV_OK)
		return;
	(void) rcv_activity_facts_at(data, 0, &facts);
	(void) rcv_activity_facts_between(data, RCV_DAY_MIN, RCV_DAY_MAX, &facts);
	n = rcv_activity_count(data);
	lines = malloc((n + 1) * sizeof(*lines));
	spare = malloc((n + 1) * sizeof(*spare));
	must(lines != NULL && spare != NULL);
	if (rcv_activity_lines(data, lines) == RCV_OK &&
		rcv_activity_merge_lines(lines, &n, spare) == RCV_OK)
	{
		scale = rcv_activity_reduce_scale(lines, n, rcv_activity_scale(data));
		must(rcv_activity_rescale_lines(lines, n, rcv_activity_scale(data), scale) == RCV_OK);
		write_and_read(lines, n, scale);
	}
	free(lines);
	free(spare);
}

/* Each twelve bytes a line, appended in the order they come. */
static void
any_lines(const uint8_t *data, size_t size)
{
	size_t n = size / 12;
	size_t merged = n;
	size_t room = RCV_ACTIVITY_HEADER + n * RCV_ACTIVITY_LINE_MAX;
	uint8_t *image = malloc(room);
	rcv_activity_line *lines = malloc((n + 1) * sizeof(*lines));
	rcv_activity_line *spare = malloc((n + 1) * sizeof(*spare));

	must(image != NULL && lines != NULL && spare != NULL);
	rcv_activity_init(image);
	for (size_t i = 0; i < n; i++)
	{
		const uint8_t *at = data + i * 12;
		int32_t day;
		int64_t units;

		memcpy(&day, at, sizeof(day));
		memcpy(&units, at + 4, sizeof(units));
		if (at[0] & 1)
			day = day % 5000;
		lines[i] = (rcv_activity_line){day % (RCV_DAY_MAX + 1), at[3] % 7, units};
		if (lines[i].day < RCV_DAY_MIN)
			lines[i].day = RCV_DAY_MIN;
		must(rcv_activity_append(image, room, &lines[i]) == RCV_OK);
	}
	must(rcv_activity_check(image, room) == RCV_OK);
	must(rcv_activity_lines(image, lines) == RCV_OK);
	if (rcv_activity_merge_lines(lines, &merged, spare) == RCV_OK)
		write_and_read(lines, merged, RCV_SCALE_MIN);
	free(image);
	free(lines);
	free(spare);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	any_image(data, size);
	any_lines(data, size);
	return 0;
}
