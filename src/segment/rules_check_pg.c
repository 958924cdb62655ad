/*
 * rules_check_pg.c
 *		Segment rules on the rows of a table or view, before they go live:
 *		segment_check, segment_overlap, segment_diff.
 *
 * The rows are read through the server's executor as the user who asks, so
 * that privileges and row security hold.
 */
#include "segment/rules_program_pg.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#define BATCH 1000		/* rows fetched at a time */
#define TINY 30			/* fewer rows tell nothing of a segment */
#define MATRIX_MAX 1000 /* rules of a matrix of all against all */

/* What is done with each row, once the programs of one or two sets of rules have it. */
typedef struct scan
{
	const rcv_rules_tree *trees[2];
	rcv_rules_program *programs[2];
	int sets;
	int32 as_of;
	MemoryContext context;
	void (*row)(struct scan *scan);
	void *counts;
	int64 rows;
} scan;

/* Rows ------------------------------------------------------------------- */

static void
bind_sets(scan *s, TupleDesc tuple_desc)
{
	MemoryContext old = MemoryContextSwitchTo(s->context);

	for (int i = 0; i < s->sets; i++)
		s->programs[i] =
			rcv_rules_bind_desc(s->trees[i], CreateTupleDescCopy(tuple_desc), s->as_of);
	for (int i = 1; i < s->sets; i++) /* all tests run in the memory of the first */
		s->programs[0]->allocates |= s->programs[i]->allocates;
	MemoryContextSwitchTo(old);
}

static void
take_batch(scan *s, const SPITupleTable *batch, uint64 n)
{
	for (uint64 i = 0; i < n; i++)
	{
		MemoryContext old;

		CHECK_FOR_INTERRUPTS();
		for (int set = 0; set < s->sets; set++)
			rcv_rules_tuple(s->programs[set], batch->vals[i]);
		old = MemoryContextSwitchTo(s->programs[0]->expr_context->ecxt_per_tuple_memory);
		s->row(s);
		MemoryContextSwitchTo(old);
		s->rows++;
	}
}

static char *
relation_query(Oid relation)
{
	char *name = get_rel_name(relation);

	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relation)));
	return psprintf("SELECT * FROM %s", quote_qualified_identifier(
											get_namespace_name(get_rel_namespace(relation)), name));
}

static void
scan_relation(scan *s, Oid relation)
{
	Portal portal;

	s->context = CurrentMemoryContext;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	portal =
		SPI_cursor_open_with_args(NULL, relation_query(relation), 0, NULL, NULL, NULL, true, 0);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, BATCH);
		if (s->programs[0] == NULL)
			bind_sets(s, SPI_tuptable->tupdesc);
		if (SPI_processed == 0)
			break;
		take_batch(s, SPI_tuptable, SPI_processed);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_finish();
}

static void
refuse_many(const rcv_rules_tree *tree)
{
	if (tree->rules.count > MATRIX_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a matrix of %d rules is too large", tree->rules.count),
						errdetail("At most %d rules are compared with each other.", MATRIX_MAX)));
}

/* segment_check ------------------------------------------------------------ */

typedef struct rule_counts
{
	int64 gross;	 /* rows for which the condition holds */
	int64 net;		 /* rows for which it is the first that does */
	int64 undecided; /* rows for which it is unknown */
	int64 shared;	 /* rows of gross for which another condition holds too */
} rule_counts;

typedef struct check_counts
{
	rule_counts *rules;
	int64 uncovered; /* rows without a segment */
	int64 undecided; /* of these, rows for which some condition is unknown */
	int *holding;
} check_counts;

static void
check_row(scan *s)
{
	rcv_rules_program *program = s->programs[0];
	check_counts *counts = s->counts;
	int n = 0;
	bool unknown = false;

	for (int i = 0; i < program->count; i++)
	{
		rcv_truth truth;

		if (!program->rules[i].valid || (program->rules[i].enter == NULL && n > 0))
			continue;
		truth = rcv_rule_asked(program, i);
		counts->rules[i].undecided += truth == RCV_UNKNOWN;
		unknown |= truth == RCV_UNKNOWN;
		if (truth == RCV_TRUE)
			counts->holding[n++] = i;
	}
	for (int i = 0; i < n; i++)
	{
		counts->rules[counts->holding[i]].gross++;
		counts->rules[counts->holding[i]].shared += n > 1;
	}
	if (n > 0)
		counts->rules[counts->holding[0]].net++;
	counts->uncovered += n == 0;
	counts->undecided += n == 0 && unknown;
}

typedef enum check_column
{
	CHECK_POSITION,
	CHECK_SEGMENT,
	CHECK_GROSS,
	CHECK_NET,
	CHECK_SHARE,
	CHECK_SHARED,
	CHECK_UNDECIDED,
	CHECK_FINDING,
	CHECK_COLUMNS
} check_column;

static const char *
rule_finding(const rule_counts *counts)
{
	if (counts->gross == 0)
		return "never matches";
	if (counts->net == 0)
		return "never first";
	return counts->net < TINY ? "tiny" : NULL;
}

static void
put_check(ReturnSetInfo *result, const scan *s, int position, const rule_counts *counts,
		  const char *finding)
{
	Datum values[CHECK_COLUMNS] = {0};
	bool nulls[CHECK_COLUMNS] = {false};

	nulls[CHECK_POSITION] = nulls[CHECK_SEGMENT] = position < 0;
	if (position >= 0)
	{
		values[CHECK_POSITION] = Int32GetDatum(position + 1);
		values[CHECK_SEGMENT] = s->programs[0]->rules[position].name;
	}
	values[CHECK_GROSS] = Int64GetDatum(counts->gross);
	values[CHECK_NET] = Int64GetDatum(counts->net);
	nulls[CHECK_SHARE] = s->rows == 0;
	values[CHECK_SHARE] = Float8GetDatum(s->rows == 0 ? 0.0 : (double) counts->net / s->rows);
	values[CHECK_SHARED] = Int64GetDatum(counts->shared);
	values[CHECK_UNDECIDED] = Int64GetDatum(counts->undecided);
	nulls[CHECK_FINDING] = finding == NULL;
	if (finding != NULL)
		values[CHECK_FINDING] = CStringGetTextDatum(finding);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* The scan of a function of rules, relation and as_of; false for a null. */
static bool
scan_args(FunctionCallInfo fcinfo, int sets, scan *s)
{
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i <= sets; i++)
		if (PG_ARGISNULL(i))
			return false;
	for (int i = 0; i < sets; i++)
		s->trees[i] = rcv_rules_arg(fcinfo, i);
	s->sets = sets;
	s->as_of = rcv_rules_day_arg(fcinfo, sets + 1);
	return true;
}

/* segment_check(rules, relation, as_of): not strict, as the day may be null. */
PG_FUNCTION_INFO_V1(pgrcv_segment_check);
Datum
pgrcv_segment_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	check_counts counts = {0};
	rule_counts uncovered = {0};
	scan s = {.row = check_row, .counts = &counts};

	if (!scan_args(fcinfo, 1, &s))
		PG_RETURN_NULL();
	counts.rules = palloc0(s.trees[0]->rules.count * sizeof(*counts.rules));
	counts.holding = palloc(s.trees[0]->rules.count * sizeof(*counts.holding));
	scan_relation(&s, PG_GETARG_OID(1));
	for (int i = 0; i < s.programs[0]->count; i++)
		put_check(result, &s, i, &counts.rules[i],
				  !s.programs[0]->rules[i].valid ? "not valid"
				  : s.rows == 0					 ? "no rows"
												 : rule_finding(&counts.rules[i]));
	uncovered.gross = uncovered.net = counts.uncovered;
	uncovered.undecided = counts.undecided;
	put_check(result, &s, -1, &uncovered, counts.uncovered > 0 ? "uncovered" : NULL);
	PG_RETURN_NULL();
}

/* segment_overlap ----------------------------------------------------------- */

typedef struct overlap_counts
{
	int64 *pairs; /* count x count */
	int *holding;
} overlap_counts;

static void
overlap_row(scan *s)
{
	rcv_rules_program *program = s->programs[0];
	overlap_counts *counts = s->counts;
	int n = 0;

	for (int i = 0; i < program->count; i++)
		if (program->rules[i].valid && program->rules[i].enter != NULL &&
			rcv_rule_asked(program, i) == RCV_TRUE)
			counts->holding[n++] = i;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			counts->pairs[counts->holding[i] * program->count + counts->holding[j]]++;
}

static void
put_pair(ReturnSetInfo *result, Datum first, Datum second, int64 n, int64 of)
{
	Datum values[4] = {first, second, Int64GetDatum(n), 0};
	bool nulls[4] = {first == 0, second == 0, false, of == 0};

	values[3] = Float8GetDatum(of == 0 ? 0.0 : (double) n / of);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* segment_overlap(rules, relation, as_of): not strict, as the day may be null. */
PG_FUNCTION_INFO_V1(pgrcv_segment_overlap);
Datum
pgrcv_segment_overlap(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	overlap_counts counts;
	scan s = {.row = overlap_row, .counts = &counts};
	int n;

	if (!scan_args(fcinfo, 1, &s))
		PG_RETURN_NULL();
	refuse_many(s.trees[0]);
	n = s.trees[0]->rules.count;
	counts.pairs = palloc0(n * n * sizeof(*counts.pairs));
	counts.holding = palloc(n * sizeof(*counts.holding));
	scan_relation(&s, PG_GETARG_OID(1));
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			if (i != j && counts.pairs[i * n + j] > 0)
				put_pair(result, s.programs[0]->rules[i].name, s.programs[0]->rules[j].name,
						 counts.pairs[i * n + j], counts.pairs[i * n + i]);
	PG_RETURN_NULL();
}

/* segment_diff ----------------------------------------------------------------- */

/* Rows by their old and new segment; the last of each is none. */
static void
diff_row(scan *s)
{
	int64 *moves = s->counts;
	int old = rcv_rules_first(s->programs[0], NULL);
	int new = rcv_rules_first(s->programs[1], NULL);

	if (old < 0)
		old = s->programs[0]->count;
	if (new < 0)
		new = s->programs[1]->count;
	moves[old * (s->programs[1]->count + 1) + new]++;
}

static Datum
segment_name(const rcv_rules_program *program, int position)
{
	return position < program->count ? program->rules[position].name : 0;
}

static void
put_moves(ReturnSetInfo *result, const scan *s, int old, const int64 *moves)
{
	int n = s->programs[1]->count + 1;
	int64 total = 0;

	for (int new = 0; new < n; new ++)
		total += moves[old * n + new];
	for (int new = 0; new < n; new ++)
		if (moves[old * n + new] > 0)
			put_pair(result, segment_name(s->programs[0], old), segment_name(s->programs[1], new),
					 moves[old * n + new], total);
}

/* segment_diff(old, new, relation, as_of): not strict, as the day may be null. */
PG_FUNCTION_INFO_V1(pgrcv_segment_diff);
Datum
pgrcv_segment_diff(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	scan s = {.row = diff_row};

	if (!scan_args(fcinfo, 2, &s))
		PG_RETURN_NULL();
	refuse_many(s.trees[0]);
	refuse_many(s.trees[1]);
	s.counts =
		palloc0((s.trees[0]->rules.count + 1) * (s.trees[1]->rules.count + 1) * sizeof(int64));
	scan_relation(&s, PG_GETARG_OID(2));
	for (int old = 0; old <= s.programs[0]->count; old++)
		put_moves(result, &s, old, s.counts);
	PG_RETURN_NULL();
}
