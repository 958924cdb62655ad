/*
 * query.c
 *		Queries given as text: one SELECT, run as the caller and read-only.
 */
#include "pg/query.h"

#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

static void
name_query(void *arg)
{
	const rcv_select *select = arg;

	errcontext("query for %s of %s", select->name, select->function);
}

/* SELECT INTO is called SELECT too, but makes a table. */
static bool
is_select(const CachedPlanSource *source)
{
	return source->commandTag == CMDTAG_SELECT &&
		   linitial_node(Query, source->query_list)->commandType == CMD_SELECT;
}

static SPIPlanPtr
prepare(const rcv_select *select, const char *sql)
{
	SPIPlanPtr plan = SPI_prepare(sql, 0, NULL);
	List *sources;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare: %s", SPI_result_code_string(SPI_result));
	sources = SPI_plan_get_plan_sources(plan);
	if (list_length(sources) != 1 || !is_select(linitial(sources)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the query for %s must be one SELECT", select->name),
						errhint("As in '%s'.", select->example)));
	return plan;
}

/* How many rows the planner expects. */
static double
rows_expected(SPIPlanPtr plan)
{
	MemoryContext planning =
		AllocSetContextCreate(CurrentMemoryContext, "planning", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(planning);
	CachedPlan *cached = SPI_plan_get_cached_plan(plan);
	double rows = linitial_node(PlannedStmt, cached->stmt_list)->planTree->plan_rows;

	ReleaseCachedPlan(cached, NULL);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(planning);
	return rows;
}

static void
end_rows(DestReceiver *self)
{
}

void
rcv_select_run(const rcv_select *select, DestReceiver *dest, const text *sql, double *expected)
{
	SPIExecuteOptions options = {.read_only = true, .must_return_tuples = true, .dest = dest};
	ErrorContextCallback context = {error_context_stack, name_query, (void *) select};
	SPIPlanPtr plan;

	dest->rShutdown = dest->rDestroy = end_rows;
	dest->mydest = DestTuplestore; /* to the executor it is like one */
	error_context_stack = &context;
	plan = prepare(select, text_to_cstring(sql));
	if (expected != NULL)
		*expected = rows_expected(plan);
	if (SPI_execute_plan_extended(plan, &options) != SPI_OK_SELECT)
		elog(ERROR, "a query of %s did not run as a SELECT", select->function);
	error_context_stack = context.previous;
}
