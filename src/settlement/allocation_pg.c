/*
 * allocation_pg.c
 *		Options, texts and errors of both forms of allocate_payments.
 */
#include "settlement/allocation_pg.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "pg/json.h"

static const char *const what_options = "options of allocate_payments";
static const char *const keys[] = {"method", "rest", "tolerance", "scale", "kinds", NULL};
static const char *const currency_keys[] = {"method", "rest",	"tolerance", "tolerances",
											"scale",  "scales", "kinds",	 NULL};
#define SCALE_MAX 6 /* decimals of a currency */

static const char *const rests[] = {"unallocated", "oldest_due", NULL};

static const char *const methods[] = {
	[RCV_OLDEST_DUE] = "oldest_due",	   [RCV_FIFO] = "fifo",
	[RCV_SPECIFIC] = "specific",		   [RCV_PROPORTIONAL] = "proportional",
	[RCV_LARGEST_FIRST] = "largest_first", [RCV_INTEREST_FIRST] = "interest_first",
	[RCV_STATUTORY] = "statutory",		   [RCV_ALLOCATION_METHODS] = NULL,
};

typedef struct kind_name
{
	uint8 length;
	char name[15];
} kind_name;

#define KIND(name)                                                                                 \
	{                                                                                              \
		sizeof(name) - 1, name                                                                     \
	}

static const kind_name kinds[] = {
	[RCV_PRINCIPAL] = KIND("principal"),
	[RCV_INTEREST] = KIND("interest"),
	[RCV_COSTS] = KIND("costs"),
	[RCV_OPEN] = KIND("open"),
	[RCV_OPEN_INTEREST] = KIND("open_interest"),
	[RCV_OPEN_COSTS] = KIND("open_costs"),
	[RCV_WRITE_OFF] = KIND("write_off"),
	[RCV_UNALLOCATED] = KIND("unallocated"),
	[RCV_REFUND] = KIND("refund"),
};

StaticAssertDecl(lengthof(kinds) == RCV_ALLOCATED_KINDS, "a name for each kind");

static void
read_tolerance(const rcv_json *json, const char *key, rcv_money *out)
{
	if (rcv_json_money(json, key, out) && out->units < 0)
		rcv_json_error(json, "\"%s\" must not be negative.", key);
}

static int
read_scale(const rcv_json *json, const char *key)
{
	int64 scale = RCV_ALLOCATION_SCALE;

	rcv_json_int64(json, key, 0, SCALE_MAX, &scale);
	return (int) scale;
}

/* The currencies that are keys of an object; false when there is none. */
static bool
read_currencies(const rcv_json *json, const char *key, rcv_json *object, rcv_currencies *out)
{
	if (!rcv_json_object(json, key, NULL, object))
		return false;
	out->n = rcv_json_names(object, &out->names);
	return true;
}

static void
read_tolerances(const rcv_json *json, rcv_allocation_options *out)
{
	const rcv_currencies *with = &out->with_tolerance;
	rcv_json tolerances;

	if (!read_currencies(json, "tolerances", &tolerances, &out->with_tolerance))
		return;
	out->tolerances = palloc(Max(with->n, 1) * sizeof(rcv_money));
	for (int i = 0; i < with->n; i++)
		read_tolerance(&tolerances, with->names[i], &out->tolerances[i]);
}

static void
read_scales(const rcv_json *json, rcv_allocation_options *out)
{
	const rcv_currencies *with = &out->with_scale;
	rcv_json scales;

	if (!read_currencies(json, "scales", &scales, &out->with_scale))
		return;
	out->scales = palloc(Max(with->n, 1) * sizeof(int));
	for (int i = 0; i < with->n; i++)
		out->scales[i] = read_scale(&scales, with->names[i]);
}

static uint32
read_kinds(const rcv_json *json)
{
	const char *names[lengthof(kinds) + 1] = {NULL};
	uint32 bits = RCV_ALL_ALLOCATED;

	for (int i = 0; i < lengthof(kinds); i++)
		names[i] = kinds[i].name;
	rcv_json_choices(json, "kinds", names, &bits);
	return bits;
}

void
rcv_allocation_options_read(Jsonb *value, bool by_currency, rcv_allocation_options *out)
{
	rcv_json json = rcv_json_open(value, what_options, by_currency ? currency_keys : keys);
	int method = RCV_OLDEST_DUE;
	int rest = 0;

	rcv_json_choice(&json, "method", methods, &method);
	if (rcv_json_choice(&json, "rest", rests, &rest) && method != RCV_SPECIFIC)
		rcv_json_error(&json, "\"rest\" goes with the method \"specific\" only.");
	*out = (rcv_allocation_options){.method = method,
									.rest = rest == 1,
									.scale = read_scale(&json, "scale"),
									.tolerance = {0, RCV_SCALE_MIN},
									.kinds = read_kinds(&json)};
	read_tolerance(&json, "tolerance", &out->tolerance);
	if (by_currency)
	{
		read_tolerances(&json, out);
		read_scales(&json, out);
	}
}

static bool
shared(rcv_allocation_method method)
{
	return method == RCV_PROPORTIONAL || method == RCV_STATUTORY;
}

/* A tolerance in units of 10^-scale; what is finer than a unit makes no difference. */
static int64
tolerance_units(rcv_money tolerance, int scale)
{
	int64 units;

	if (tolerance.scale > scale)
		return tolerance.units / rcv_pow10(tolerance.scale - scale);
	if (rcv_money_rescale(tolerance.units, tolerance.scale, scale, &units) != RCV_OK)
		return PG_INT64_MAX;
	return units;
}

/* The place of a currency (or NULL) among those named, or -1. */
static int
place_of(const rcv_currencies *named, const char *currency)
{
	for (int i = 0; i < named->n && currency != NULL; i++)
		if (strcmp(named->names[i], currency) == 0)
			return i;
	return -1;
}

/* Decimals of shares in a currency. */
static int
share_scale(const rcv_allocation_options *options, const char *currency)
{
	int at = place_of(&options->with_scale, currency);

	return at < 0 ? options->scale : options->scales[at];
}

int
rcv_allocation_least_scale(const rcv_allocation_options *options, const char *currency)
{
	return shared(options->method) ? Max(share_scale(options, currency), RCV_SCALE_MIN)
								   : RCV_SCALE_MIN;
}

int
rcv_allocation_finest_scale(const rcv_allocation_options *options)
{
	int scale = rcv_allocation_least_scale(options, NULL);

	for (int i = 0; i < options->with_scale.n; i++)
		scale = Max(scale, rcv_allocation_least_scale(options, options->with_scale.names[i]));
	return scale;
}

rcv_allocation_terms
rcv_allocation_terms_of(const rcv_allocation_options *options, const char *currency, int scale)
{
	int at = place_of(&options->with_tolerance, currency);
	rcv_money tolerance = at < 0 ? options->tolerance : options->tolerances[at];
	int coarser = Max(scale - share_scale(options, currency), 0);

	return (rcv_allocation_terms){.method = options->method,
								  .rest = options->rest,
								  .tolerance = tolerance_units(tolerance, scale),
								  .unit = shared(options->method) ? rcv_pow10(coarser) : 1,
								  .kinds = options->kinds};
}

const char *
rcv_allocation_source(const char *column, bool payments)
{
	static const char *const sources[][2] = {{"customer", "customer_id"},
											 {"amount", "total"},
											 {"due", "due_on"},
											 {"reference", "invoice_id"}};

	for (int i = 0; i < lengthof(sources); i++)
		if (strcmp(sources[i][0], column) == 0)
			return sources[i][1];
	if (strcmp(column, "day") == 0)
		return payments ? "paid_on" : "issued_on";
	return payments ? "payment_id" : "invoice_id";
}

const char *
rcv_allocation_cast_hint(const char *column)
{
	if (strcmp(column, "customer") == 0)
		return "allocate_payments_text takes customers of any type.";
	if (strcmp(column, "id") == 0 || strcmp(column, "reference") == 0)
		return "Cast it, or give each document a number with row_number() and join back by it.";
	return "Cast it in the query.";
}

void
rcv_allocation_digits_error(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s has too many digits beside the other amounts", what),
			 errdetail("All are kept with the decimals of the one that has most, in 18 digits."),
			 errhint("Round amounts to the decimals of their currency, as in round(amount, 2).")));
	pg_unreachable();
}

void
rcv_allocation_currency_error(const char *query)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("the query for %s returns no column \"currency\", the other one does", query),
			 errdetail("A payment and an invoice belong together when their currencies are "
					   "the same; none is one of its own."),
			 errhint("Name it in both queries, or in none.")));
}

void
rcv_allocation_fault_error(const rcv_allocation_fault *fault, const char *customer)
{
	const char *what = !fault->credit ? "invoice" : fault->note ? "credit note" : "payment";

	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s " INT64_FORMAT " occurs more than once", what, (int64) fault->id),
					customer ? errdetail("It is one of customer %s.", customer) : 0,
					errhint("Give each document once, with its whole amount; instalments of an "
							"invoice need ids of their own.")));
	pg_unreachable();
}

/* Documents ----------------------------------------------------------------- */

void
rcv_allocation_unpack(rcv_packed_reader *reader, int scale, rcv_debt *debts, int32 n,
					  rcv_credit *credits, int32 m, const char *what)
{
	while (n > 0 || m > 0)
	{
		rcv_document document;
		rcv_charges charges;

		rcv_check(rcv_document_unpack(reader, &document, &charges), what);
		if (unlikely(reader->before.scale != scale) &&
			rcv_document_rescale(&document, &charges, reader->before.scale, scale) != RCV_OK)
			rcv_allocation_digits_error("amount");
		if (rcv_document_kind_of(&document) == RCV_DOCUMENT_INVOICE)
			rcv_check(n-- > 0 ? rcv_document_debt(&document, &charges, debts++) : RCV_EBINARY,
					  what);
		else
			rcv_check(m-- > 0 ? rcv_document_credit(&document, credits++) : RCV_EBINARY, what);
		if ((n + m) % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

/* Rows ---------------------------------------------------------------------- */

HeapTuple
rcv_allocated_head(TupleDesc desc, const Datum *values, const bool *nulls)
{
	HeapTuple head = heap_form_tuple(desc, (Datum *) values, (bool *) nulls);

	head->t_data->t_infomask |= HEAP_HASVARWIDTH;
	return head;
}

/* Up to where a column of 8 bytes begins: zeros. */
static inline char *
fill_gap(char *end)
{
	char *aligned = (char *) MAXALIGN(end);

	memset(end, 0, aligned - end);
	return aligned;
}

static inline char *
fill_int64(char *end, int64 value)
{
	memcpy(end, &value, sizeof(value));
	return end + sizeof(value);
}

static inline char *
fill_day(char *end, int32 day)
{
	memcpy(end, &day, sizeof(day));
	return end + sizeof(day);
}

static inline char *
fill_kind(char *end, const kind_name *kind)
{
	SET_VARSIZE_SHORT(end, VARHDRSZ_SHORT + kind->length);
	memcpy(end + VARHDRSZ_SHORT, kind->name, sizeof(kind->name));
	return end + VARHDRSZ_SHORT + kind->length;
}

/*
 * The columns as heap_fill_tuple() lays them out: ids first, so that a day
 * behind them is in its place; then what needs no alignment.
 */
char *
rcv_allocated_fill(const rcv_allocated *row, int scale, bits8 *bits, int first, char *end)
{
	const rcv_credit *credit = row->credit;
	int invoice = row->debt != NULL;
	int payment = credit != NULL && !credit->note;
	int note = credit != NULL && credit->note;
	int day = row->day != RCV_DAY_ALWAYS;
	int present = invoice | payment << 1 | note << 2 | day << 3 | 1 << 4 | 1 << 5;

	*bits = (*bits & ((1 << first) - 1)) | present << first;
	end = fill_gap(end);
	if (invoice)
		end = fill_int64(end, row->debt->id);
	if (credit != NULL)
		end = fill_int64(end, credit->id);
	if (day)
		end = fill_day(end, row->day);
	return fill_kind(rcv_money_pack(row->units, scale, end), &kinds[row->kind]);
}
