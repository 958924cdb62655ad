/*
 * late_pg.c
 *		late_interest, and the indemnity for recovery costs.
 */
#include "interest/interest_pg.h"

#include "utils/builtins.h"

#include "interest/indemnity.h"
#include "pg/json.h"

void
rcv_interest_terms_options(rcv_interest_terms *terms, const rcv_json *json)
{
	int choice;
	int64 scale;

	*terms = (rcv_interest_terms){.scale = 2};
	if (rcv_json_choice(json, "rule", rcv_rate_rule_names, &choice))
		terms->rule = choice;
	if (rcv_json_choice(json, "day_count", rcv_day_count_names, &choice))
		terms->day_count = choice;
	if (rcv_json_choice(json, "rounding", rcv_interest_rounding_names, &choice))
		terms->rounding = choice;
	if (rcv_json_int64(json, "scale", 0, RCV_INTEREST_SCALE_MAX, &scale))
		terms->scale = (int) scale;
}

/* late_interest(principal, from, to, rates, rule, day_count, rounding, grace_days, scale) */
PG_FUNCTION_INFO_V1(pgrcv_late_interest);
Datum
pgrcv_late_interest(PG_FUNCTION_ARGS)
{
	rcv_money principal = rcv_numeric_money(PG_GETARG_DATUM(0), "principal");
	int32 from = rcv_day_arg(PG_GETARG_DATEADT(1), "from_day");
	int32 to = rcv_day_arg(PG_GETARG_DATEADT(2), "to_day");
	rcv_schedule schedule = rcv_schedule_arg(PG_GETARG_DATUM(3));
	int32 grace = PG_GETARG_INT32(7);
	rcv_interest_terms terms = {
		.rule = rcv_choice_arg(PG_GETARG_TEXT_PP(4), "rate rule", rcv_rate_rule_names),
		.day_count = rcv_choice_arg(PG_GETARG_TEXT_PP(5), "day count", rcv_day_count_names),
		.rounding = rcv_choice_arg(PG_GETARG_TEXT_PP(6), "rounding", rcv_interest_rounding_names),
		.scale = rcv_scale_arg(PG_GETARG_INT32(8))};
	rcv_rate_gap gap;
	rcv_int128 interest = 0;
	rcv_status status;

	if (grace < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("grace_days must not be negative")));
	if (to - from > grace)
	{
		status = rcv_late_interest(principal, from, to, &schedule, &terms, &interest, &gap);
		if (unlikely(status == RCV_EDOMAIN))
			rcv_rate_gap_error(&gap);
		rcv_check(status, "late interest");
	}
	PG_RETURN_DATUM(rcv_money_numeric(interest, terms.scale));
}

/* Indemnity ---------------------------------------------------------------- */

static const char *const indemnity_keys[] = {"tiers", NULL};
static const char *const tier_keys[] = {"up_to", "amount", NULL};

static bool
read_amount(const rcv_json *json, const char *key, rcv_money *out)
{
	if (!rcv_json_money(json, key, out))
		return false;
	if (out->units < 0)
		rcv_json_error(json, "\"%s\" must not be negative.", key);
	return true;
}

static rcv_tier
read_tier(const rcv_json_list *tiers, int i)
{
	rcv_json json = rcv_json_item(tiers, i, tier_keys);
	rcv_tier tier = {{0}};

	if (!read_amount(&json, "amount", &tier.amount))
		rcv_json_error(&json, "A tier needs \"amount\".");
	tier.open = !read_amount(&json, "up_to", &tier.up_to);
	if (tier.open != (i == tiers->length - 1))
		rcv_json_error(&json, "The last tier, and no other, has no \"up_to\".");
	return tier;
}

static void *
build_tiers(Datum argument, MemoryContext context)
{
	Jsonb *jsonb = DatumGetJsonbP(argument);
	rcv_json json = rcv_json_open(jsonb, "tiers of recovery_indemnity", indemnity_keys);
	rcv_json_list list;
	rcv_tiers *tiers;

	rcv_json_open_list(&json, "tiers", RCV_TIERS_MAX, &list);
	if (list.length == 0)
		rcv_json_error(&json, "\"tiers\" must be an array of at least one tier.");
	tiers = MemoryContextAlloc(context, sizeof(*tiers) + list.length * sizeof(rcv_tier));
	tiers->count = list.length;
	for (int i = 0; i < list.length; i++)
		tiers->tier[i] = read_tier(&list, i);
	if (rcv_tiers_check(tiers) != RCV_OK)
		rcv_json_error(&json, "\"up_to\" must ascend.");
	return tiers;
}

/* recovery_indemnity(tiers, amount) */
PG_FUNCTION_INFO_V1(pgrcv_recovery_indemnity);
Datum
pgrcv_recovery_indemnity(PG_FUNCTION_ARGS)
{
	const rcv_tiers *tiers = rcv_cached(fcinfo, PG_GETARG_DATUM(0), build_tiers);
	rcv_money amount = rcv_numeric_money(PG_GETARG_DATUM(1), "amount");
	rcv_money indemnity = rcv_recovery_indemnity(tiers, amount);

	PG_RETURN_DATUM(rcv_money_numeric(indemnity.units, indemnity.scale));
}
