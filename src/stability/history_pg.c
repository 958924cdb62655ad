/*
 * history_pg.c
 *		Membership history: who was in which segment from when to when.
 *
 * The table is the user's: segment_history_ddl() writes its definition, and
 * segment_history_update() brings it to a day.  Everything runs as the caller,
 * and what is put together here under a search path of pg_catalog only.
 */
#include "pg/rcv_pg.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tstoreReceiver.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/queryenvironment.h"
#include "utils/typcache.h"
#include "utils/varlena.h"

/* Definition ------------------------------------------------------------------- */

/* A name as one writes it in SQL, quoted where it must be. */
static char *
quoted_name(text *name)
{
	List *names = textToQualifiedNameList(name);
	char *schema = NULL;
	char *table = strVal(llast(names));

	if (list_length(names) > 2)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("history must be the name of a table"),
						errhint("Give table, or schema.table.")));
	if (list_length(names) == 2)
		schema = strVal(linitial(names));
	return quote_qualified_identifier(schema, table);
}

static const char *const column_comments[][2] = {
	{"segmentation", "name of the segmentation, as 'rfm'"},
	{"customer_id", "the customer"},
	{"segment", "the segment the customer is in"},
	{"valid_from", "first day in it"},
	{"valid_to", "first day no longer in it; null: still in it"},
	{"rules_version", "version of the rules by which the customer came into it"},
};

PG_FUNCTION_INFO_V1(pgrcv_segment_history_ddl);
Datum
pgrcv_segment_history_ddl(PG_FUNCTION_ARGS)
{
	char *name = quoted_name(PG_GETARG_TEXT_PP(0));
	char *type = format_type_extended(PG_GETARG_OID(1), -1,
									  FORMAT_TYPE_FORCE_QUALIFY | FORMAT_TYPE_TYPEMOD_GIVEN);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(
		&out,
		"CREATE TABLE %s (\n"
		"    segmentation text NOT NULL,\n"
		"    customer_id %s NOT NULL,\n"
		"    segment text NOT NULL,\n"
		"    valid_from date NOT NULL,\n"
		"    valid_to date,\n"
		"    rules_version text,\n"
		"    PRIMARY KEY (segmentation, customer_id, valid_from),\n"
		"    CHECK (isfinite(valid_from) AND isfinite(valid_to) AND valid_from < valid_to),\n"
		"    EXCLUDE USING btree (segmentation WITH =, customer_id WITH =)\n"
		"        WHERE (valid_to IS NULL) DEFERRABLE\n"
		");\n"
		"CREATE INDEX ON %s (segmentation, segment) WHERE valid_to IS NULL;\n"
		"COMMENT ON TABLE %s IS 'who was in which segment; kept by segment_history_update()';\n",
		name, type, name, name);
	for (int i = 0; i < lengthof(column_comments); i++)
		appendStringInfo(&out, "COMMENT ON COLUMN %s.%s IS %s;\n", name, column_comments[i][0],
						 quote_literal_cstr(column_comments[i][1]));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len - 1));
}

/* The table ---------------------------------------------------------------------- */

typedef struct history_table
{
	Oid relation;
	char *name;		 /* qualified and quoted */
	Oid customer;	 /* type of customer_id */
	char *type_name; /* of that one */
} history_table;

static Oid
column_type(Oid relation, const char *column, Oid wanted)
{
	AttrNumber number = get_attnum(relation, column);
	Oid type;

	if (number == InvalidAttrNumber)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("\"%s\" is not a membership history", get_rel_name(relation)),
						errdetail("It has no column \"%s\".", column),
						errhint("segment_history_ddl() writes the definition of one.")));
	type = get_atttype(relation, number);
	if (wanted != InvalidOid && getBaseType(type) != wanted)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("\"%s\" is not a membership history", get_rel_name(relation)),
						errdetail("Its column \"%s\" is of type %s, not %s.", column,
								  format_type_be(type), format_type_be(wanted)),
						errhint("segment_history_ddl() writes the definition of one.")));
	return type;
}

static history_table
open_history(Oid relation)
{
	history_table h = {.relation = relation};
	char *name = get_rel_name(relation);

	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relation)));
	column_type(relation, "segmentation", TEXTOID);
	column_type(relation, "segment", TEXTOID);
	column_type(relation, "valid_from", DATEOID);
	column_type(relation, "valid_to", DATEOID);
	column_type(relation, "rules_version", TEXTOID);
	h.customer = column_type(relation, "customer_id", InvalidOid);
	/* with a type modifier of -1 "character" is no char(1) */
	h.type_name =
		format_type_extended(h.customer, -1, FORMAT_TYPE_FORCE_QUALIFY | FORMAT_TYPE_TYPEMOD_GIVEN);
	h.name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name);
	return h;
}

/* left = right, with the equality of the customers' own type, wherever it lives. */
static void
append_equality(StringInfo out, const history_table *h, const char *left, const char *right)
{
	Oid operator= lookup_type_cache(h->customer, TYPECACHE_EQ_OPR)->eq_opr;

	if (!OidIsValid(operator))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not identify an equality operator for type %s", h->type_name)));
	generate_operator_clause(out, left, h->customer, operator, right, h->customer);
}

/* The members ---------------------------------------------------------------------- */

static SPIPlanPtr
prepare_members(const char *query)
{
	SPIPlanPtr plan = SPI_prepare(query, 0, NULL);
	CachedPlanSource *source;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare: %s", SPI_result_code_string(SPI_result));
	source = list_length(SPI_plan_get_plan_sources(plan)) == 1
				 ? linitial(SPI_plan_get_plan_sources(plan))
				 : NULL;
	if (source == NULL || source->commandTag != CMDTAG_SELECT || source->resultDesc == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("members must be one SELECT"),
				 errhint("As in 'SELECT customer_id, segment FROM current_segments'.")));
	if (source->resultDesc->natts != 2)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("members must return two columns, customer and segment"),
						errdetail("It returns %d.", source->resultDesc->natts)));
	return plan;
}

/* The columns of the members under names of ours; the customer must be of the type kept. */
static TupleDesc
members_columns(SPIPlanPtr plan, const history_table *h)
{
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(plan));
	TupleDesc columns = CreateTupleDescCopy(source->resultDesc);
	Oid type = TupleDescAttr(columns, 0)->atttypid;

	if (!can_coerce_type(1, &type, &h->customer, COERCION_IMPLICIT))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("the customer in members is of type %s, in the history of type %s",
							   format_type_be(type), format_type_be(h->customer)),
						errhint("Cast it in the query.")));
	namestrcpy(&TupleDescAttr(columns, 0)->attname, "customer_id");
	namestrcpy(&TupleDescAttr(columns, 1)->attname, "segment");
	return columns;
}

/* Runs a plan or, without one, a text; its rows go into the store. */
static int
run_into(Tuplestorestate *store, MemoryContext context, SPIPlanPtr plan, const char *query,
		 ParamListInfo params)
{
	SPIExecuteOptions options = {.params = params, .must_return_tuples = true};
	int result;

	options.dest = CreateDestReceiver(DestTuplestore);
	SetTuplestoreDestReceiverParams(options.dest, store, context, true, NULL, NULL);
	result = plan != NULL ? SPI_execute_plan_extended(plan, &options)
						  : SPI_execute_extended(query, &options);
	options.dest->rDestroy(options.dest);
	return result;
}

/* Runs the query once; from here on SQL sees its rows, which are returned, as the table "members". */
static Tuplestorestate *
collect_members(const char *query, const history_table *h)
{
	SPIPlanPtr plan = prepare_members(query);
	EphemeralNamedRelation members = palloc0(sizeof(*members));
	Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);

	members->md.name = "members";
	members->md.reliddesc = InvalidOid;
	members->md.tupdesc = members_columns(plan, h);
	members->md.enrtype = ENR_NAMED_TUPLESTORE;
	members->reldata = store;
	if (run_into(store, CurrentMemoryContext, plan, NULL, NULL) != SPI_OK_SELECT)
		elog(ERROR, "members did not run as a SELECT");
	members->md.enrtuples = tuplestore_tuple_count(store);
	if (SPI_register_relation(members) != SPI_OK_REL_REGISTER)
		elog(ERROR, "could not register members");
	return store;
}

static void
check_members(const history_table *h)
{
	StringInfoData query;
	char *customer;

	initStringInfo(&query);
	appendStringInfo(&query,
					 "SELECT customer_id::text FROM (SELECT customer_id::%s AS customer_id FROM "
					 "members) AS m GROUP BY customer_id "
					 "HAVING customer_id IS NULL OR count(*) > 1 ORDER BY m.customer_id LIMIT 1",
					 h->type_name);
	if (SPI_execute(query.data, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not check the members");
	if (SPI_processed == 0)
		return;
	customer = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (customer == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a customer in members is null")));
	ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
					errmsg("customer %s is in members more than once", customer),
					errhint("A segmentation puts a customer into one segment; keep overlapping "
							"ones under names of their own.")));
}

/* The update ----------------------------------------------------------------------- */

/* $1 segmentation, $2 as_of, $3 rules_version. */
static ParamListInfo
parameters(Datum segmentation, Datum as_of, NullableDatum rules_version)
{
	ParamListInfo params = makeParamList(3);

	params->params[0] = (ParamExternData){segmentation, false, PARAM_FLAG_CONST, TEXTOID};
	params->params[1] = (ParamExternData){as_of, false, PARAM_FLAG_CONST, DATEOID};
	params->params[2] =
		(ParamExternData){rules_version.value, rules_version.isnull, PARAM_FLAG_CONST, TEXTOID};
	return params;
}

/* Days go forward: nothing may be recorded after as_of. */
static void
check_day(const history_table *h, ParamListInfo params)
{
	SPIExecuteOptions options = {.params = params};
	StringInfoData query;
	HeapTuple row;
	char *segmentation;

	initStringInfo(&query);
	appendStringInfo(&query,
					 "SELECT to_char(last, 'YYYY-MM-DD'), to_char($2, 'YYYY-MM-DD'), $1 FROM "
					 "(SELECT max(greatest(valid_from, valid_to)) FROM %s WHERE segmentation = $1) "
					 "AS changes (last) WHERE last > $2",
					 h->name);
	if (SPI_execute_extended(query.data, &options) != SPI_OK_SELECT)
		elog(ERROR, "could not read the last change");
	if (SPI_processed == 0)
		return;
	row = SPI_tuptable->vals[0];
	segmentation = SPI_getvalue(row, SPI_tuptable->tupdesc, 3);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("segmentation \"%s\" has changes after that day", segmentation),
					errdetail("Its last change is of %s, as_of is %s.",
							  SPI_getvalue(row, SPI_tuptable->tupdesc, 1),
							  SPI_getvalue(row, SPI_tuptable->tupdesc, 2)),
					errhint("Days go forward; only the last one can be corrected.")));
}

/*
 * Who differs from the members: held is the open row, closed the one that an
 * earlier call for this very day has closed.
 */
static void
append_changes(StringInfo out, const history_table *h)
{
	appendStringInfo(
		out,
		"WITH change AS MATERIALIZED (SELECT coalesce(held.customer_id, wanted.customer_id) AS "
		"customer_id, held.segment AS from_segment, wanted.segment AS to_segment, "
		"coalesce(held.valid_from = $2, false) AS today, "
		"coalesce(closed.segment = wanted.segment, false) AS reopen "
		"FROM (SELECT customer_id, segment, valid_from FROM %s "
		"WHERE segmentation = $1 AND valid_to IS NULL) AS held "
		"FULL JOIN (SELECT customer_id::%s AS customer_id, segment::text AS segment FROM members "
		"WHERE segment IS NOT NULL) AS wanted ON ",
		h->name, h->type_name);
	append_equality(out, h, "held.customer_id", "wanted.customer_id");
	appendStringInfo(out,
					 " LEFT JOIN (SELECT customer_id, segment FROM %s "
					 "WHERE segmentation = $1 AND valid_to = $2) AS closed ON ",
					 h->name);
	append_equality(out, h, "closed.customer_id", "coalesce(held.customer_id, wanted.customer_id)");
	appendStringInfoString(out, " WHERE held.segment IS DISTINCT FROM wanted.segment)");
}

/* The rows of the history that belong to changes. */
static void
append_rows(StringInfo out, const history_table *h, const char *which)
{
	appendStringInfoString(out, "WHERE h.segmentation = $1 AND ");
	append_equality(out, h, "h.customer_id", "change.customer_id");
	appendStringInfo(out, " AND %s)", which);
}

/*
 * Each row of the history is changed by one of these at most.  A row that began
 * on this day is corrected or taken away, so that none is of no length; one
 * that was closed on this day is opened again where its customer is back.
 */
static char *
update_statement(const history_table *h)
{
	StringInfoData out;

	initStringInfo(&out);
	append_changes(&out, h);
	appendStringInfo(&out, ", ended AS (UPDATE %s AS h SET valid_to = $2 FROM change ", h->name);
	append_rows(&out, h, "h.valid_to IS NULL AND NOT change.today");
	appendStringInfo(&out, ", reopened AS (UPDATE %s AS h SET valid_to = NULL FROM change ",
					 h->name);
	append_rows(&out, h, "h.valid_to = $2 AND change.reopen");
	appendStringInfo(&out,
					 ", corrected AS (UPDATE %s AS h SET segment = change.to_segment, "
					 "rules_version = $3 FROM change ",
					 h->name);
	append_rows(&out, h,
				"h.valid_from = $2 AND change.today AND NOT change.reopen AND "
				"change.to_segment IS NOT NULL");
	appendStringInfo(&out, ", removed AS (DELETE FROM %s AS h USING change ", h->name);
	append_rows(&out, h,
				"h.valid_from = $2 AND change.today AND (change.reopen OR "
				"change.to_segment IS NULL)");
	appendStringInfo(&out,
					 ", added AS (INSERT INTO %s (segmentation, customer_id, segment, valid_from, "
					 "rules_version) SELECT $1, customer_id, to_segment, $2, $3 FROM change "
					 "WHERE to_segment IS NOT NULL AND NOT today AND NOT reopen) "
					 "SELECT customer_id::text, from_segment, to_segment, CASE "
					 "WHEN from_segment IS NULL THEN 'entered' WHEN to_segment IS NULL THEN 'left' "
					 "ELSE 'moved' END FROM change ORDER BY change.customer_id",
					 h->name);
	return out.data;
}

static void
lock_history(const history_table *h)
{
	char *query = psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", h->name);

	if (SPI_execute(query, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not lock the history");
}

static void
check_arguments(FunctionCallInfo fcinfo)
{
	static const char *const names[] = {"history", "segmentation", "as_of", "members"};

	for (int i = 0; i < lengthof(names); i++)
		if (PG_ARGISNULL(i))
			rcv_null_error(names[i]);
	rcv_day_arg(PG_GETARG_DATEADT(2), "as_of");
}

/*
 * Two calls at once wait for each other: whoever comes second sees what the
 * first one committed, as each statement has a snapshot of its own.
 */
PG_FUNCTION_INFO_V1(pgrcv_segment_history_update);
Datum
pgrcv_segment_history_update(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	NullableDatum rules_version = {PG_GETARG_DATUM(4), PG_ARGISNULL(4)};
	history_table h;
	ParamListInfo params;
	Tuplestorestate *members;
	int nest;

	check_arguments(fcinfo);
	InitMaterializedSRF(fcinfo, 0);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	h = open_history(PG_GETARG_OID(0));
	params = parameters(PG_GETARG_DATUM(1), PG_GETARG_DATUM(2), rules_version);
	lock_history(&h);
	members = collect_members(text_to_cstring(PG_GETARG_TEXT_PP(3)), &h);
	nest = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	check_members(&h);
	check_day(&h, params);
	if (run_into(result->setResult, result->econtext->ecxt_per_query_memory, NULL,
				 update_statement(&h), params) != SPI_OK_SELECT)
		elog(ERROR, "could not update the history");
	AtEOXact_GUC(false, nest);
	SPI_unregister_relation("members");
	tuplestore_end(members);
	SPI_finish();
	PG_RETURN_NULL();
}
