/*
 * policy_json_pg.c
 *		Dunning policies from JSON.
 */
#include "dunning/dunning_pg.h"

#include "pg/json.h"

static const char *const what_policy = "dunning_policy";

static const char *const policy_keys[] = {"ladders",
										  "progression",
										  "grace_days",
										  "min_gap_days",
										  "currency_scale",
										  "roll",
										  "promise_grace_days",
										  "promise_min_pct",
										  "promise_broken",
										  "dispute",
										  "minimum_includes_charges",
										  "blocked",
										  "charges_only",
										  "reset",
										  "stop",
										  "interest",
										  NULL};
static const char *const step_keys[] = {
	"step",		"base",		 "delay_days", "action",	  "channels", "template", "fee",
	"interest", "indemnity", "min_amount", "pay_by_days", "approval", "cost",	  NULL};
static const char *const fee_keys[] = {"fixed", "pct", "tiers", "per", NULL};
static const char *const tier_keys[] = {"up_to", "amount", NULL};
static const char *const interest_keys[] = {"rule", "day_count", "rounding", NULL};
static const char *const per_names[] = {"letter", "item", NULL};
static const char *const broken_names[] = {"carry_on", "next", NULL};

/* Parts of a policy as they are collected. */
typedef struct parts
{
	rcv_dunning_policy head;
	StringInfoData ladders;
	StringInfoData steps;
	StringInfoData tiers;
	StringInfoData minimums;
	StringInfoData channels;
	StringInfoData texts;
} parts;

#define APPEND(part, value) appendBinaryStringInfo((part), (const char *) &(value), sizeof(value))
#define COUNT(part, type) ((uint32) ((part)->len / sizeof(type)))

/* Single values -------------------------------------------------------------- */

static int32
read_days(const rcv_json *json, const char *key, int64 least, int64 most, int32 missing)
{
	int64 days = missing;

	rcv_json_int64(json, key, least, most, &days);
	return (int32) days;
}

/* A choice by its name; 0, the first one, when absent. */
static uint8
read_choice(const rcv_json *json, const char *key, const char *const *names)
{
	int choice = 0;

	rcv_json_choice(json, key, names, &choice);
	return (uint8) choice;
}

static bool
read_bool(const rcv_json *json, const char *key, bool missing)
{
	bool value = missing;

	rcv_json_bool(json, key, &value);
	return value;
}

/* An amount that is not negative. */
static bool
read_money(const rcv_json *json, const char *key, rcv_money *out)
{
	if (!rcv_json_money(json, key, out))
		return false;
	if (out->units < 0)
		rcv_json_error(json, "\"%s\" must not be negative.", key);
	return true;
}

static bool
read_amount(const rcv_json *json, const char *key, rcv_policy_amount *out)
{
	rcv_money money;

	if (!read_money(json, key, &money))
		return false;
	out->units = money.units;
	out->scale = money.scale;
	return true;
}

/* An amount in units of the policy's currency. */
static bool
read_units(const rcv_json *json, const char *key, const parts *policy, int64 *out)
{
	rcv_money money;
	int scale = policy->head.scale;
	int64 spare;

	if (!read_money(json, key, &money))
		return false;
	spare = rcv_pow10(Max(money.scale - scale, 0));
	if (money.units % spare != 0)
		rcv_json_error(json, "\"%s\" has more decimals than \"currency_scale\", %d.", key, scale);
	*out = money.units / spare;
	if (scale > money.scale)
		rcv_check(rcv_money_rescale(money.units, money.scale, scale, out), key);
	return true;
}

static bool
read_pct(const rcv_json *json, const char *key, int most, int64 *out)
{
	rcv_money pct;

	if (!read_money(json, key, &pct))
		return false;
	if (pct.scale > RCV_RATE_SCALE)
		rcv_json_error(json, "\"%s\" has more than %d decimals.", key, RCV_RATE_SCALE);
	if (rcv_money_rescale(pct.units, pct.scale, RCV_RATE_SCALE, out) != RCV_OK ||
		*out > most * INT64CONST(1000000))
		rcv_json_error(json, "\"%s\" must lie between 0 and %d.", key, most);
	return true;
}

/* Place of a text. */
static uint32
add_text(const rcv_json *json, const char *key, const char *text, parts *policy)
{
	int place = policy->texts.len;
	Size length = strlen(text);

	if (length == 0 || length > RCV_DUNNING_TEXT_MAX)
		rcv_json_error(json, "\"%s\" must have 1 to %d bytes.", key, RCV_DUNNING_TEXT_MAX);
	appendBinaryStringInfo(&policy->texts, text, (int) length + 1);
	return (uint32) place;
}

/* Parts of a step ---------------------------------------------------------- */

static rcv_policy_tier
read_tier(const rcv_json_list *list, int i, const parts *policy)
{
	rcv_json json = rcv_json_item(list, i, tier_keys);
	rcv_policy_tier tier = {.up_to = {0, RCV_SCALE_MIN, 0}};

	if (!read_units(&json, "amount", policy, &tier.amount))
		rcv_json_error(&json, "A tier needs \"amount\".");
	if (read_amount(&json, "up_to", &tier.up_to) != (i < list->length - 1))
		rcv_json_error(&json, "The last tier, and no other, has no \"up_to\".");
	return tier;
}

/* Tiers under a key; how many. */
static uint16
read_tiers(const rcv_json *json, const char *key, parts *policy)
{
	uint32 first = COUNT(&policy->tiers, rcv_policy_tier);
	rcv_json_list list;

	if (!rcv_json_open_list(json, key, RCV_DUNNING_TIERS_MAX, &list))
		return 0;
	if (list.length == 0)
		rcv_json_error(json, "\"%s\" must be an array of at least one tier.", key);
	for (int i = 0; i < list.length; i++)
	{
		rcv_policy_tier tier = read_tier(&list, i, policy);

		APPEND(&policy->tiers, tier);
	}
	if (!rcv_policy_tiers_valid((rcv_policy_tier *) policy->tiers.data + first, list.length))
		rcv_json_error(json, "\"up_to\" of \"%s\" must ascend.", key);
	return (uint16) list.length;
}

static void
read_fee(const rcv_json *step_json, rcv_ladder_step *step, parts *policy)
{
	rcv_json json;

	step->fee_tier = COUNT(&policy->tiers, rcv_policy_tier);
	if (!rcv_json_object(step_json, "fee", fee_keys, &json))
		return;
	read_units(&json, "fixed", policy, &step->fee_fixed);
	read_pct(&json, "pct", 1000, &step->fee_pct);
	step->fee_tiers = read_tiers(&json, "tiers", policy);
	if (read_choice(&json, "per", per_names) == 1)
		step->flags |= RCV_STEP_FEE_PER_ITEM;
}

static JsonbValue *
value_of(const rcv_json *json, const char *key)
{
	return getKeyJsonValueFromContainer(json->object, key, (int) strlen(key), NULL);
}

/* A sum is one tier without an edge; 0 for all is none, however it is written. */
static void
read_indemnity(const rcv_json *json, rcv_ladder_step *step, parts *policy)
{
	JsonbValue *value = value_of(json, "indemnity");
	rcv_policy_tier tier = {.up_to = {0, RCV_SCALE_MIN, 0}};

	step->indemnity_tier = COUNT(&policy->tiers, rcv_policy_tier);
	if (value == NULL || value->type != jbvNumeric)
		step->indemnity_tiers = read_tiers(json, "indemnity", policy);
	else
	{
		read_units(json, "indemnity", policy, &tier.amount);
		APPEND(&policy->tiers, tier);
		step->indemnity_tiers = 1;
	}
	if (step->indemnity_tiers != 1 ||
		((rcv_policy_tier *) policy->tiers.data)[step->indemnity_tier].amount != 0)
		return;
	policy->tiers.len -= (int) sizeof(tier);
	step->indemnity_tiers = 0;
}

static void
add_minimum(const rcv_json *json, const char *key, uint32 currency, parts *policy)
{
	rcv_policy_minimum minimum = {.currency = currency};

	read_amount(json, key, &minimum.amount);
	if (currency == 0 && minimum.amount.units == 0)
		return;
	APPEND(&policy->minimums, minimum);
}

/* Place of a currency; 0 for all others. */
static uint32
currency_place(const rcv_json *json, const char *name, parts *policy)
{
	if (strcmp(name, "default") == 0)
		return 0;
	if (!rcv_currency_valid(name, strlen(name)))
		rcv_json_error(json,
					   "\"min_amount\" has \"%s\"; a currency has three letters from A to Z, "
					   "and \"default\" is any other one.",
					   name);
	return add_text(json, "min_amount", name, policy);
}

/* A number, or one for each currency and "default"; 0 for all is none. */
static void
read_minimum(const rcv_json *json, rcv_ladder_step *step, parts *policy)
{
	JsonbValue *value = value_of(json, "min_amount");
	rcv_json of_currency = {NULL, json->what};
	char **names;
	int n;

	step->minimum = COUNT(&policy->minimums, rcv_policy_minimum);
	if (value == NULL)
		return;
	if (value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data))
	{
		of_currency.object = value->val.binary.data;
		n = rcv_json_names(&of_currency, &names);
		if (n > RCV_DUNNING_MINIMUMS_MAX)
			rcv_json_error(json, "\"min_amount\" has more than %d currencies.",
						   RCV_DUNNING_MINIMUMS_MAX);
		for (int i = 0; i < n; i++)
			add_minimum(&of_currency, names[i], currency_place(json, names[i], policy), policy);
	}
	else
		add_minimum(json, "min_amount", 0, policy);
	step->minimums = (uint16) (COUNT(&policy->minimums, rcv_policy_minimum) - step->minimum);
}

static void
read_channels(const rcv_json *json, rcv_ladder_step *step, parts *policy)
{
	rcv_json_list list;

	step->channel = COUNT(&policy->channels, uint32);
	rcv_json_open_list(json, "channels", RCV_DUNNING_CHANNELS_MAX, &list);
	step->channels = (uint8) list.length;
	for (int i = 0; i < list.length; i++)
	{
		const char *text = rcv_json_item_text(&list, i);
		uint32 place = add_text(json, "channels", text, policy);
		const uint32 *own = (uint32 *) policy->channels.data + step->channel;

		for (int j = 0; j < i; j++)
			if (strcmp(policy->texts.data + own[j], text) == 0)
				rcv_json_error(json, "\"channels\" has \"%s\" twice.", text);
		APPEND(&policy->channels, place);
	}
}

/* Steps and ladders ----------------------------------------------------------- */

static void
read_action(const rcv_json *json, rcv_ladder_step *step)
{
	char *action = rcv_json_text(json, "action");
	int found = 0;

	if (action == NULL)
		rcv_json_error(json, "A step needs \"action\".");
	while (found < RCV_ACTIONS && strcmp(action, rcv_dunning_action_names[found]) != 0)
		found++;
	if (found == RCV_ACTIONS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown action \"%s\" in %s", action, json->what),
						errhint("Known actions: %s.", rcv_list_names(rcv_dunning_action_names))));
	step->action = (uint8) found;
}

static rcv_ladder_step
read_step(const rcv_json *json, parts *policy)
{
	rcv_ladder_step step;
	int64 number;
	char *template = rcv_json_text(json, "template");

	memset(&step, 0, sizeof(step));
	if (!rcv_json_int64(json, "step", 1, RCV_DUNNING_STEPS_MAX, &number))
		rcv_json_error(json, "A step needs \"step\", its number.");
	if (!rcv_json_has(json, "delay_days"))
		rcv_json_error(json, "A step needs \"delay_days\".");
	step.number = (int32) number;
	step.base = read_choice(json, "base", rcv_dunning_base_names);
	step.delay = read_days(json, "delay_days", RCV_DUNNING_DELAY_MIN, RCV_DUNNING_DELAY_MAX, 0);
	read_action(json, &step);
	read_channels(json, &step, policy);
	if (template != NULL)
		step.template = add_text(json, "template", template, policy);
	read_fee(json, &step, policy);
	if (read_bool(json, "interest", false))
		step.flags |= RCV_STEP_INTEREST;
	read_indemnity(json, &step, policy);
	read_minimum(json, &step, policy);
	step.pay_by_days = read_days(json, "pay_by_days", 0, RCV_DUNNING_DAYS_MAX, RCV_PAY_BY_NONE);
	if (read_bool(json, "approval", false))
		step.flags |= RCV_STEP_APPROVAL;
	step.cost.scale = RCV_SCALE_MIN;
	read_amount(json, "cost", &step.cost);
	return step;
}

static void
order_error(const rcv_ladder_step *before, const rcv_ladder_step *step, const char *ladder)
{
	if (before->number == step->number)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dunning step %d of ladder \"%s\" is there twice", step->number, ladder)));
	if (before->number > step->number)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dunning step %d of ladder \"%s\" is out of order", step->number, ladder),
				 errdetail("It is listed after step %d.", before->number),
				 errhint("List the steps by increasing number.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("dunning step %d of ladder \"%s\" is out of order", step->number, ladder),
			 errdetail("Step %d starts %d days after its base, step %d before it %d days after the "
					   "same.",
					   step->number, step->delay, before->number, before->delay),
			 errhint("List the steps by increasing delay.")));
}

static void
read_ladder(const rcv_json *ladders, const char *name, parts *policy)
{
	rcv_dunning_ladder ladder = {.name = add_text(ladders, "ladders", name, policy),
								 .first = COUNT(&policy->steps, rcv_ladder_step)};
	rcv_json_list list;

	rcv_json_open_list(ladders, name, RCV_DUNNING_STEPS_MAX, &list);
	for (int i = 0; i < list.length; i++)
	{
		rcv_json json;
		rcv_ladder_step step;
		const rcv_ladder_step *steps;
		const char *fault;
		int before;

		list.what = psprintf("step %d of ladder \"%s\" of dunning_policy", i + 1, name);
		json = rcv_json_item(&list, i, step_keys);
		step = read_step(&json, policy);
		APPEND(&policy->steps, step);
		steps = (rcv_ladder_step *) policy->steps.data + ladder.first;
		fault = rcv_ladder_step_fault(steps, i);
		if (fault != NULL)
			rcv_json_error(&json, "%c%s.", pg_toupper((unsigned char) fault[0]), fault + 1);
		before = rcv_ladder_step_disorder(steps, i);
		if (before >= 0)
			order_error(&steps[before], &steps[i], name);
	}
	ladder.count = (uint32) list.length;
	APPEND(&policy->ladders, ladder);
}

/* The ladder called "default" first, the others in the order of jsonb. */
static void
read_ladders(const rcv_json *json, parts *policy)
{
	JsonbValue *value = value_of(json, "ladders");
	rcv_json ladders = {NULL, json->what};
	char **names;
	int n;

	if (value == NULL || value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		rcv_json_error(json, "\"ladders\" must be an object: a list of steps for each segment.");
	ladders.object = value->val.binary.data;
	n = rcv_json_names(&ladders, &names);
	if (n == 0 || n > RCV_DUNNING_LADDERS_MAX)
		rcv_json_error(json, "\"ladders\" must have 1 to %d of them.", RCV_DUNNING_LADDERS_MAX);
	if (rcv_json_has(&ladders, "default"))
		read_ladder(&ladders, "default", policy);
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], "default") != 0)
			read_ladder(&ladders, names[i], policy);
}

/* The policy ----------------------------------------------------------------- */

static void
read_broken(const rcv_json *json, rcv_dunning_policy *head)
{
	JsonbValue *value = value_of(json, "promise_broken");
	int choice = 0;

	if (value != NULL && value->type == jbvNumeric)
	{
		head->promise_broken = read_days(json, "promise_broken", 1, RCV_DUNNING_STEPS_MAX, 1);
		return;
	}
	rcv_json_choice(json, "promise_broken", broken_names, &choice);
	head->promise_broken = choice == 0 ? RCV_PROMISE_CARRY_ON : RCV_PROMISE_NEXT;
}

static void
read_stop(const rcv_json *json, rcv_dunning_policy *head)
{
	rcv_json_list list;

	head->stop = RCV_STOP_DEFAULT;
	if (!rcv_json_open_list(json, "stop", RCV_STOPS, &list))
		return;
	head->stop = 0;
	for (int i = 0; i < list.length; i++)
	{
		const char *name = rcv_json_item_text(&list, i);
		int stop = 0;

		while (stop < RCV_STOPS && strcmp(name, rcv_dunning_stop_names[stop]) != 0)
			stop++;
		if (stop == RCV_STOPS)
			rcv_json_error(json, "\"stop\" has \"%s\"; there are: %s.", name,
						   rcv_list_names(rcv_dunning_stop_names));
		head->stop |= (uint8) (1 << stop);
	}
}

static void
read_head(const rcv_json *json, rcv_dunning_policy *head)
{
	rcv_json interest;

	head->version = RCV_DUNNING_VERSION;
	head->progression = read_choice(json, "progression", rcv_dunning_progression_names);
	head->grace_days = read_days(json, "grace_days", 0, RCV_DUNNING_DAYS_MAX, 0);
	head->min_gap_days = read_days(json, "min_gap_days", 0, RCV_DUNNING_DAYS_MAX, 0);
	head->scale = (uint8) read_days(json, "currency_scale", 0, RCV_DUNNING_SCALE_MAX, 2);
	head->roll = read_choice(json, "roll", rcv_roll_names);
	head->promise_grace_days = read_days(json, "promise_grace_days", 0, RCV_DUNNING_DAYS_MAX, 0);
	head->promise_min_pct = 100 * INT64CONST(1000000);
	read_pct(json, "promise_min_pct", 100, &head->promise_min_pct);
	read_broken(json, head);
	head->dispute = read_choice(json, "dispute", rcv_dispute_rule_names);
	head->minimum_includes_charges = read_bool(json, "minimum_includes_charges", false);
	head->blocked = read_choice(json, "blocked", rcv_blocked_rule_names);
	head->charges = read_choice(json, "charges_only", rcv_charges_rule_names);
	head->reset = read_bool(json, "reset", true);
	read_stop(json, head);
	if (rcv_json_object(json, "interest", interest_keys, &interest))
	{
		head->rate_rule = read_choice(&interest, "rule", rcv_rate_rule_names);
		head->day_count = read_choice(&interest, "day_count", rcv_day_count_names);
		head->rounding = read_choice(&interest, "rounding", rcv_interest_rounding_names);
	}
}

/* The flat value of the parts. */
static Datum
close_parts(parts *in)
{
	const StringInfoData *all[] = {&in->ladders,  &in->steps,	 &in->tiers,
								   &in->minimums, &in->channels, &in->texts};
	Size size = sizeof(in->head);
	char *value;
	char *at;

	in->head.ladders = COUNT(&in->ladders, rcv_dunning_ladder);
	in->head.steps = COUNT(&in->steps, rcv_ladder_step);
	in->head.tiers = COUNT(&in->tiers, rcv_policy_tier);
	in->head.minimums = COUNT(&in->minimums, rcv_policy_minimum);
	in->head.channels = COUNT(&in->channels, uint32);
	in->head.texts = (uint32) in->texts.len;
	for (int i = 0; i < lengthof(all); i++)
		size += all[i]->len;
	if (size > RCV_DUNNING_SIZE_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s is too large", what_policy),
				 errdetail("It would take %zu bytes, of at most %d.", size, RCV_DUNNING_SIZE_MAX)));
	value = palloc0(size);
	memcpy(value, &in->head, sizeof(in->head));
	at = value + sizeof(in->head);
	for (int i = 0; i < lengthof(all); i++)
	{
		memcpy(at, all[i]->data, all[i]->len);
		at += all[i]->len;
	}
	SET_VARSIZE(value, size);
	rcv_check(rcv_policy_check(value, size), what_policy);
	return PointerGetDatum(value);
}

Datum
rcv_dunning_policy_of_jsonb(Jsonb *in)
{
	rcv_json json = rcv_json_open(in, what_policy, policy_keys);
	parts policy;
	StringInfo all[] = {&policy.ladders,  &policy.steps,	&policy.tiers,
						&policy.minimums, &policy.channels, &policy.texts};

	memset(&policy.head, 0, sizeof(policy.head));
	for (int i = 0; i < lengthof(all); i++)
		initStringInfo(all[i]);
	appendStringInfoChar(&policy.texts, '\0');
	read_head(&json, &policy.head);
	read_ladders(&json, &policy);
	return close_parts(&policy);
}
