/*
 * clv_fit_pg.c
 *		Fitting: the aggregates clv_fit and spend_fit.
 *
 * The state is a bytea, so that it can travel between servers as text: what to
 * fit, then customers, identical ones counted together (clv_groups.h).  Any
 * user may call the state functions, so a state that was not made by this
 * backend's aggregate is checked, and all customers are before a fit.
 */
#include "clv/clv_pg.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "clv/clv_groups.h"
#include "num/exact.h"

#define FIRST_ENTRIES 64
#define DEFAULT_MAX_MB 512
#define CUSTOMERS_MAX 0x1p53
#define LOG_GAPS_MAX 1e12
#define MOST_MAX_MB 1000 /* a state may travel in a datum */

typedef struct fit_state
{
	int32 vl_len_;
	uint32 mark; /* STATE_MARK */
	rcv_clv_spec spec;
	int32 packed;		/* entries are keys with counts, else groups */
	int32 gaps_unknown; /* a customer came without a sum of log gaps */
	int64 n;			/* entries */
	int64 excluded;
	rcv_exact log_gaps;
	char entries[FLEXIBLE_ARRAY_MEMBER];
} fit_state;

#define STATE_MARK 0x434C5601 /* "CLV", version 1 */
#define STATE_HEADER offsetof(fit_state, entries)

StaticAssertDecl(STATE_HEADER % sizeof(double) == 0, "entries are aligned");

static const char *const option_keys[] = {"model", "k", "unit", "max_mb", NULL};

/* Options ---------------------------------------------------------------- */

void
rcv_clv_spec_init(rcv_clv_spec *spec, int kind)
{
	memset(spec, 0, sizeof(*spec));
	spec->kind = kind;
	spec->k = kind == RCV_CLV_CNBD ? 0 : 1;
	spec->unit_days = 1;
	spec->max_mb = DEFAULT_MAX_MB;
}

void *
rcv_clv_spec_of_options(Datum options, MemoryContext context)
{
	rcv_clv_spec *spec = MemoryContextAlloc(context, sizeof(*spec));
	rcv_json json = rcv_json_open(DatumGetJsonbP(options), "options of clv_fit", option_keys);
	const char *names[RCV_CLV_SPEND + 1] = {NULL}; /* gamma-gamma, the last, is spend_fit's */
	int kind = RCV_CLV_MBG;
	int64 number;

	memcpy(names, rcv_clv_kind_names, RCV_CLV_SPEND * sizeof(*names));
	rcv_json_choice(&json, "model", names, &kind);
	rcv_clv_spec_init(spec, kind);
	if (rcv_json_int64(&json, "k", 1, RCV_CLV_K_MAX, &number))
	{
		if (kind != RCV_CLV_CNBD)
			rcv_json_error(&json, "\"k\" belongs to the model mbg/cnbd-k.");
		spec->k = (int32) number;
	}
	if (rcv_json_int64(&json, "max_mb", 1, MOST_MAX_MB, &number))
		spec->max_mb = (int32) number;
	rcv_clv_unit(&json, "unit", &spec->unit_days);
	return spec;
}

static bool
spec_possible(const rcv_clv_spec *spec)
{
	return spec->kind >= 0 && spec->kind < RCV_CLV_KINDS && spec->k >= 0 &&
		   spec->k <= (spec->kind == RCV_CLV_CNBD ? RCV_CLV_K_MAX : 1) &&
		   (spec->k > 0 || spec->kind == RCV_CLV_CNBD) && spec->unit_days >= 1 &&
		   spec->unit_days <= RCV_CLV_UNIT_MAX && spec->max_mb >= 1 && spec->max_mb <= MOST_MAX_MB;
}

/* States ---------------------------------------------------------------- */

static Size
entry_size(const fit_state *state)
{
	return state->packed ? sizeof(rcv_keyed) : sizeof(rcv_clv_group);
}

static int64
entries_room(const fit_state *state)
{
	return (VARSIZE(state) - STATE_HEADER) / entry_size(state);
}

void
rcv_clv_limit_error(const rcv_clv_spec *spec, int64 n, Size entry)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("too many different customers in one fit"),
					errdetail("%lld of them take %d bytes each, and \"max_mb\" is %d.",
							  (long long) n, (int) entry, spec->max_mb),
					errhint("Raise the option \"max_mb\", up to %d, fit on a sample of the "
							"customers, or group them.",
							MOST_MAX_MB)));
	pg_unreachable();
}

/* A state with the header of another one, and room for this many entries if that may be. */
static fit_state *
new_state(const fit_state *like, int packed, int64 room)
{
	Size entry = packed ? sizeof(rcv_keyed) : sizeof(rcv_clv_group);
	int64 most = (((int64) like->spec.max_mb << 20) - STATE_HEADER) / entry;
	Size size = STATE_HEADER + Min(room, most) * entry;
	fit_state *state;

	/* with an eighth to spare, customers are not merged for each new one */
	if (like->n + like->n / 8 >= most)
		rcv_clv_limit_error(&like->spec, like->n, entry);
	CHECK_FOR_INTERRUPTS();
	state = palloc0(size); /* no stray bytes in a state that travels */
	memcpy(state, like, STATE_HEADER);
	SET_VARSIZE(state, size);
	state->packed = packed;
	return state;
}

static fit_state *
first_state(const rcv_clv_spec *spec)
{
	fit_state empty = {.mark = STATE_MARK, .spec = *spec};

	return new_state(&empty, spec->kind != RCV_CLV_SPEND, FIRST_ENTRIES);
}

static bool
state_possible(const fit_state *state)
{
	return state->mark == STATE_MARK && state->n >= 0 && state->n <= entries_room(state) &&
		   state->excluded >= 0;
}

/* A state from anywhere, aligned. */
static fit_state *
copied_state(Datum datum)
{
	fit_state *state = rcv_state_copy(datum, STATE_HEADER, "state of a fit");

	if (!state_possible(state) || !spec_possible(&state->spec))
		rcv_check(RCV_EBINARY, "state of a fit");
	return state;
}

/* The state of the running aggregate itself, or a checked copy. */
static fit_state *
own_state(FunctionCallInfo fcinfo)
{
	Datum datum = PG_GETARG_DATUM(0);
	fit_state *state = (fit_state *) DatumGetPointer(datum);

	if (rcv_state_is_own(fcinfo, STATE_HEADER) && state_possible(state))
		return state;
	return copied_state(datum);
}

/*
 * Counts identical customers together; the state has the same room.  A final
 * function may do so too: the customers are the same before and after.
 */
static void
merge_entries(fit_state *state)
{
	Size size = state->n * entry_size(state);
	void *spare = MemoryContextAllocHuge(CurrentMemoryContext, size + 1);

	CHECK_FOR_INTERRUPTS();
	if (state->packed)
		state->n = rcv_clv_merge_keys((rcv_keyed *) state->entries, spare, state->n);
	else
		state->n = rcv_clv_merge_groups((rcv_clv_group *) state->entries, spare, state->n);
	pfree(spare);
}

/* The same customers, not packed. */
static fit_state *
unpack(const fit_state *state)
{
	fit_state *out = new_state(state, false, Max(state->n * 2, FIRST_ENTRIES));

	rcv_clv_unpack_keys((const rcv_keyed *) state->entries, state->n,
						(rcv_clv_group *) out->entries);
	return out;
}

/* A state with room for one customer more. */
static fit_state *
with_room(fit_state *state)
{
	fit_state *larger;

	if (likely(state->n < entries_room(state)))
		return state;
	merge_entries(state);
	if (state->n <= entries_room(state) / 2)
		return state;
	larger = new_state(state, state->packed, state->n * 2);
	memcpy(larger->entries, state->entries, state->n * entry_size(state));
	return larger;
}

static fit_state *
put_group(fit_state *state, const rcv_clv_group *group)
{
	uint64 key;
	bool packs = state->packed && rcv_clv_pack(&group->customer, &key);

	state = with_room(state);
	if (state->packed && !packs)
		state = unpack(state);
	if (packs)
		((rcv_keyed *) state->entries)[state->n++] = (rcv_keyed){key, (uint64) group->n};
	else
		((rcv_clv_group *) state->entries)[state->n++] = *group;
	return state;
}

/* Of n customers with the same sum of log gaps. */
static void
put_log_gaps(fit_state *state, double log_gaps, int64 n)
{
	if (isnan(log_gaps))
		state->gaps_unknown = 1;
	else
		rcv_exact_add(&state->log_gaps, log_gaps, n);
}

/* The state to add to: the given one, begun with the same spec, or a new one. */
static fit_state *
state_for(FunctionCallInfo fcinfo, const rcv_clv_spec *spec)
{
	fit_state *state;

	if (PG_ARGISNULL(0))
		return first_state(spec);
	state = own_state(fcinfo);
	if (state->spec.dated != spec->dated || state->spec.as_of != spec->as_of)
		rcv_varying_error("as_of of a fit");
	if (memcmp(&state->spec, spec, sizeof(*spec)) != 0)
		rcv_varying_error("options of a fit");
	return state;
}

/* The spec of a constant kind, or of an options argument; kept in fn_extra. */
static rcv_clv_spec *
spec_of(FunctionCallInfo fcinfo, int kind, int options)
{
	rcv_clv_spec *spec = fcinfo->flinfo->fn_extra;

	if (options > 0)
	{
		if (PG_ARGISNULL(options))
			rcv_null_error("options");
		return rcv_cached(fcinfo, PG_GETARG_DATUM(options), rcv_clv_spec_of_options);
	}
	if (spec == NULL)
	{
		spec = fcinfo->flinfo->fn_extra =
			MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(*spec));
		rcv_clv_spec_init(spec, kind);
	}
	return spec;
}

/* Customers from days ---------------------------------------------------------- */

static void
set_as_of(FunctionCallInfo fcinfo, rcv_clv_spec *spec)
{
	if (PG_ARGISNULL(2))
		rcv_null_error("as_of");
	spec->dated = 1;
	spec->as_of = rcv_day_arg(PG_GETARG_DATEADT(2), "as_of");
}

static Datum
add_activity(FunctionCallInfo fcinfo, int options)
{
	rcv_clv_spec *spec = spec_of(fcinfo, RCV_CLV_MBG, options);
	rcv_clv_group group = {.n = 1};
	double log_gaps = 0;
	fit_state *state;

	set_as_of(fcinfo, spec);
	if (PG_ARGISNULL(1) ||
		!rcv_clv_customer_arg(PG_GETARG_DATUM(1), spec->as_of, spec->kind, spec->unit_days,
							  &group.customer, spec->kind == RCV_CLV_CNBD ? &log_gaps : NULL))
		return rcv_same_state(fcinfo);
	rcv_clv_check_customer(spec->kind, &group.customer);
	state = state_for(fcinfo, spec);
	put_log_gaps(state, log_gaps, 1);
	PG_RETURN_POINTER(put_group(state, &group));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_activity);
Datum
pgrcv_clv_fit_add_activity(PG_FUNCTION_ARGS)
{
	return add_activity(fcinfo, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_activity_options);
Datum
pgrcv_clv_fit_add_activity_options(PG_FUNCTION_ARGS)
{
	return add_activity(fcinfo, 3);
}

/* Customers from their figures ------------------------------------------------- */

/* How many customers a row stands for; false: none. */
static bool
count_arg(FunctionCallInfo fcinfo, int argument, double *n)
{
	*n = 1;
	if (argument == 0)
		return true;
	if (PG_ARGISNULL(argument))
		return false;
	if (PG_GETARG_INT64(argument) < 0 || PG_GETARG_INT64(argument) > INT64CONST(1) << 40)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n must be a number of customers, not negative"),
				 errdetail("The number given is " INT64_FORMAT ".", PG_GETARG_INT64(argument))));
	*n = (double) PG_GETARG_INT64(argument);
	return *n > 0;
}

/* Positions of the optional arguments, 0: absent. */
static Datum
add_values(FunctionCallInfo fcinfo, int n, int log_gaps, int options)
{
	rcv_clv_spec *spec = spec_of(fcinfo, RCV_CLV_MBG, options);
	rcv_clv_group group;
	double gaps = NAN;
	fit_state *state;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || !count_arg(fcinfo, n, &group.n))
		return rcv_same_state(fcinfo);
	if (log_gaps > 0)
	{
		if (PG_ARGISNULL(log_gaps))
			return rcv_same_state(fcinfo);
		gaps = rcv_clv_finite_arg(PG_GETARG_FLOAT8(log_gaps), "log_gaps");
		if (fabs(gaps) > LOG_GAPS_MAX)
			rcv_check(RCV_EDOMAIN, "log_gaps");
	}
	group.customer = (rcv_clv_customer){PG_GETARG_FLOAT8(1) + 0.0, PG_GETARG_FLOAT8(2) + 0.0,
										PG_GETARG_FLOAT8(3) + 0.0};
	rcv_clv_check_customer(spec->kind, &group.customer);
	state = state_for(fcinfo, spec);
	put_log_gaps(state, gaps, (int64) group.n);
	PG_RETURN_POINTER(put_group(state, &group));
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_values);
Datum
pgrcv_clv_fit_add_values(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, 0, 0, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_values_n);
Datum
pgrcv_clv_fit_add_values_n(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, 4, 0, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_values_options);
Datum
pgrcv_clv_fit_add_values_options(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, 0, 0, 4);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_values_n_options);
Datum
pgrcv_clv_fit_add_values_n_options(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, 4, 0, 5);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_add_values_gaps);
Datum
pgrcv_clv_fit_add_values_gaps(PG_FUNCTION_ARGS)
{
	return add_values(fcinfo, 4, 5, 6);
}

/* Spend -------------------------------------------------------------------------- */

/* A customer with a mean spend of 0 or less is counted, and left out. */
static Datum
add_spend(FunctionCallInfo fcinfo, const rcv_clv_spec *spec, double x, double mean, double n)
{
	rcv_clv_group group = {{x, mean, 0}, n};
	fit_state *state = state_for(fcinfo, spec);

	if (x > 0 && mean > 0)
		state = put_group(state, &group);
	else if (x > 0)
		state->excluded += (int64) n;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_fit_add_activity);
Datum
pgrcv_spend_fit_add_activity(PG_FUNCTION_ARGS)
{
	rcv_clv_spec *spec = spec_of(fcinfo, RCV_CLV_SPEND, 0);
	double mean;
	double x;

	set_as_of(fcinfo, spec);
	if (PG_ARGISNULL(1) || !rcv_clv_spend_arg(PG_GETARG_DATUM(1), spec->as_of, &x, &mean))
		return rcv_same_state(fcinfo);
	return add_spend(fcinfo, spec, x, mean, 1);
}

static Datum
add_spend_values(FunctionCallInfo fcinfo, int count)
{
	rcv_clv_spec *spec = spec_of(fcinfo, RCV_CLV_SPEND, 0);
	rcv_clv_customer customer = {0};
	double mean;
	double n;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || !count_arg(fcinfo, count, &n))
		return rcv_same_state(fcinfo);
	customer.x = PG_GETARG_FLOAT8(1) + 0.0;
	rcv_clv_check_customer(spec->kind, &customer);
	mean = rcv_clv_finite_arg(PG_GETARG_FLOAT8(2), "mean");
	return add_spend(fcinfo, spec, customer.x, mean, n);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_fit_add_values);
Datum
pgrcv_spend_fit_add_values(PG_FUNCTION_ARGS)
{
	return add_spend_values(fcinfo, 0);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_fit_add_values_n);
Datum
pgrcv_spend_fit_add_values_n(PG_FUNCTION_ARGS)
{
	return add_spend_values(fcinfo, 3);
}

/* Merging and the fit itself ------------------------------------------------------- */

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_merge);
Datum
pgrcv_clv_fit_merge(PG_FUNCTION_ARGS)
{
	fit_state *other = copied_state(PG_GETARG_DATUM(1));
	fit_state *state = state_for(fcinfo, &other->spec);

	rcv_exact_merge(&state->log_gaps, &other->log_gaps);
	state->gaps_unknown |= other->gaps_unknown;
	state->excluded += other->excluded;
	for (int64 i = 0; i < other->n; i++)
	{
		rcv_clv_group group;

		if (other->packed)
			rcv_clv_unpack_keys((rcv_keyed *) other->entries + i, 1, &group);
		else
			group = ((rcv_clv_group *) other->entries)[i];
		state = put_group(state, &group);
	}
	PG_RETURN_POINTER(state);
}

/* Correlation of frequency and mean spend over customers: the model assumes none. */
static double
spend_correlation(const rcv_clv_group *groups, Size n)
{
	double total = 0;
	double mean_x = 0;
	double mean_m = 0;
	double xx = 0;
	double mm = 0;
	double xm = 0;

	for (Size i = 0; i < n; i++)
	{
		double dx = groups[i].customer.x - mean_x;
		double dm = groups[i].customer.t_x - mean_m;
		double part;

		total += groups[i].n;
		part = groups[i].n / total;
		mean_x += dx * part;
		mean_m += dm * part;
		xx += groups[i].n * dx * (groups[i].customer.x - mean_x);
		mm += groups[i].n * dm * (groups[i].customer.t_x - mean_m);
		xm += groups[i].n * dx * (groups[i].customer.t_x - mean_m);
	}
	return xx > 0 && mm > 0 ? xm / sqrt(xx * mm) : NAN;
}

Datum
rcv_clv_fit_groups(const rcv_clv_spec *spec, rcv_clv_group *groups, Size n, double log_gaps,
				   int64 excluded)
{
	rcv_clv_fit fit = {.groups = groups, .n = n, .log_gaps = log_gaps};

	fit.model.kind = (uint8) spec->kind;
	fit.model.k = (uint8) spec->k;
	fit.model.unit_days = spec->unit_days;
	fit.model.excluded = excluded;
	fit.model.correlation = spec->kind == RCV_CLV_SPEND ? spend_correlation(groups, n) : NAN;
	if (rcv_clv_fit_begin(&fit) != RCV_OK)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("k of mbg/cnbd-k cannot be chosen without log_gaps"),
						errhint("Give log_gaps, the sum of ln(gap) of each customer, or k as an "
								"option, or fit from activities.")));
	do
		CHECK_FOR_INTERRUPTS();
	while (rcv_clv_fit_step(&fit));
	return rcv_clv_model_datum(&fit.model);
}

/* All customers of a state as sorted groups, checked. */
static rcv_clv_group *
groups_of(fit_state *state)
{
	rcv_clv_group *groups;
	double customers = (double) state->excluded;

	merge_entries(state);
	if (!state->packed)
		groups = (rcv_clv_group *) state->entries;
	else
	{
		groups = MemoryContextAllocHuge(CurrentMemoryContext, (state->n + 1) * sizeof(*groups));
		rcv_clv_unpack_keys((rcv_keyed *) state->entries, state->n, groups);
	}
	for (int64 i = 0; i < state->n; i++)
	{
		rcv_clv_customer customer = groups[i].customer;

		if (state->spec.kind == RCV_CLV_SPEND)
		{
			if (!(customer.t_x > 0 && isfinite(customer.t_x) && customer.x > 0))
				rcv_check(RCV_EBINARY, "state of a fit");
			customer.t_x = customer.t = 0;
		}
		if (rcv_clv_customer_fault(state->spec.kind, &customer) != NULL || !(groups[i].n >= 1))
			rcv_check(RCV_EBINARY, "state of a fit");
		customers += groups[i].n;
	}
	if (customers > CUSTOMERS_MAX)
		rcv_check(RCV_ELIMIT, "number of customers");
	return groups;
}

/* A state of the other aggregate must not become a model of this one's type. */
static Datum
finish(FunctionCallInfo fcinfo, bool spend)
{
	fit_state *state = own_state(fcinfo);
	rcv_clv_group *groups;
	double log_gaps;

	if (!spec_possible(&state->spec) || (state->spec.kind == RCV_CLV_SPEND) != spend)
		rcv_check(RCV_EBINARY, "state of a fit");
	groups = groups_of(state);
	log_gaps = state->gaps_unknown ? NAN : rcv_exact_value(&state->log_gaps);
	return rcv_clv_fit_groups(&state->spec, groups, state->n, log_gaps, state->excluded);
}

PG_FUNCTION_INFO_V1(pgrcv_clv_fit_finish);
Datum
pgrcv_clv_fit_finish(PG_FUNCTION_ARGS)
{
	return finish(fcinfo, false);
}

PG_FUNCTION_INFO_V1(pgrcv_spend_fit_finish);
Datum
pgrcv_spend_fit_finish(PG_FUNCTION_ARGS)
{
	return finish(fcinfo, true);
}
