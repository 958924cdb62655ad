/*
 * simulate.c
 *		An item through time under a policy.
 */
#include "dunning/simulate.h"

#include "base/day.h"

/* *sum += sign x units of a change, at this scale, which is not below its own. */
static rcv_status
add(rcv_int128 *sum, const rcv_change *change, int sign, int scale)
{
	rcv_int128 units = (rcv_int128) change->units * rcv_pow10(scale - change->scale);

	return __builtin_add_overflow(*sum, sign * units, sum) ? RCV_EOVERFLOW : RCV_OK;
}

/* The largest scale of some changes, at least RCV_SCALE_MIN. */
static int
common_scale(const rcv_change *changes, size_t from, size_t end)
{
	int scale = RCV_SCALE_MIN;

	for (size_t i = from; i < end; i++)
		scale = changes[i].scale > scale ? changes[i].scale : scale;
	return scale;
}

static rcv_status
check_changes(const rcv_change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		if (!rcv_day_valid(changes[i].day))
			return RCV_EDATE;
		if (changes[i].scale < 0 || changes[i].scale > RCV_SCALE_MAX ||
			(i > 0 && changes[i].day < changes[i - 1].day))
			return RCV_EDOMAIN;
	}
	return RCV_OK;
}

rcv_status
rcv_simulation_begin(rcv_simulation *s, const rcv_dunning_policy *policy,
					 const rcv_dunning_facts *facts, const rcv_change *changes, size_t n,
					 int32_t to)
{
	rcv_status status = check_changes(changes, n);

	*s = (rcv_simulation){.policy = policy,
						  .facts = *facts,
						  .changes = changes,
						  .n = n,
						  .scale = RCV_SCALE_MIN,
						  .to = to,
						  .next = RCV_DAY_NONE};
	if (status != RCV_OK)
		return status;
	if (!rcv_day_valid(facts->as_of) || !rcv_day_valid(to))
		return RCV_EDATE;
	s->scale = common_scale(changes, 0, n);
	if (n == 0 || !facts->has_open)
		return RCV_OK;
	s->next = changes[0].day > facts->as_of ? changes[0].day : facts->as_of;
	if (s->next > to)
		s->next = RCV_DAY_NONE;
	return RCV_OK;
}

rcv_status
rcv_simulation_ask(rcv_simulation *s, rcv_dunning_answer *answer, bool *taken)
{
	rcv_status status;

	*taken = false;
	for (; s->at < s->n && s->changes[s->at].day <= s->next; s->at++)
	{
		status = add(&s->balance, &s->changes[s->at], 1, s->scale);
		if (status != RCV_OK)
			return status;
	}
	s->facts.as_of = s->next;
	status = rcv_money_reduce(s->balance, s->scale, &s->facts.open);
	if (status == RCV_OK)
		status = rcv_dunning_decide(s->policy, &s->facts, answer);
	if (status != RCV_OK)
		return status;
	*taken = answer->step != NULL && answer->due_on <= s->facts.as_of;
	return RCV_OK;
}

/* Nearer of two days after as_of, of which the second may lie before it, or be none. */
static int32_t
nearer(int32_t day, int32_t other, int32_t as_of)
{
	return other > as_of && (day == RCV_DAY_NONE || other < day) ? other : day;
}

void
rcv_simulation_go_on(rcv_simulation *s, const rcv_dunning_answer *answer, bool taken)
{
	int32_t as_of = s->facts.as_of;

	s->facts.last_step = answer->step == NULL || taken ? answer->number : s->facts.last_step;
	s->next = RCV_DAY_NONE;
	if (taken)
	{
		s->facts.last_on = as_of;
		s->next = as_of + 1;
	}
	else
	{
		s->next = nearer(s->next, answer->due_on, as_of);
		s->next = nearer(s->next, answer->turn, as_of);
		if (s->at < s->n)
			s->next = nearer(s->next, s->changes[s->at].day, as_of);
	}
	if (s->next > s->to)
		s->next = RCV_DAY_NONE;
}

size_t
rcv_changes_after(const rcv_change *changes, size_t n, size_t from, int32_t day)
{
	while (from < n && changes[from].day <= day)
		from++;
	return from;
}

rcv_status
rcv_changes_received(const rcv_change *changes, size_t from, size_t end, rcv_money *out)
{
	int scale = common_scale(changes, from, end);
	rcv_int128 sum = 0;
	rcv_status status;

	for (size_t i = from; i < end; i++)
	{
		status = changes[i].received ? add(&sum, &changes[i], -1, scale) : RCV_OK;
		if (status != RCV_OK)
			return status;
	}
	return rcv_money_reduce(sum, scale, out);
}

size_t
rcv_changes_next_payment(const rcv_change *changes, size_t from, size_t end)
{
	while (from < end && !(changes[from].received && changes[from].units < 0))
		from++;
	return from;
}
