/*
 * segment_pg.c
 *		Segments of scores, and the maps as rows.
 *
 * segment_of() runs once a row: the texts of a map's cells are made at its
 * first use in a query and kept in fn_extra, a list of as many maps as the
 * calls name, so that the map may change from row to row.
 */
#include "pg/rcv_pg.h"

#include "access/htup_details.h"
#include "utils/builtins.h"

#include "segment/segment_map.h"

#define SCORES 3
#define NO_SCORE (RCV_NEEDS_R | RCV_NEEDS_F | RCV_NEEDS_M)

/* A map with the texts of its cells. */
typedef struct map_texts
{
	struct map_texts *next;
	const char *name;
	Size name_length;
	int needs; /* RCV_NEEDS_... */
	Datum prospect;
	Datum cells[RCV_SEGMENT_CELLS];
} map_texts;

/* R, F and M of a row; bits of nulls as RCV_NEEDS_... */
typedef struct score_args
{
	int scores[SCORES];
	int nulls;
} score_args;

static void
map_error(const text *name)
{
	StringInfoData names;
	const rcv_segment_map *map;

	initStringInfo(&names);
	for (int i = 0; (map = rcv_segment_map_at(i)) != NULL; i++)
		appendStringInfo(&names, "%s%s", i == 0 ? "" : ", ", map->name);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("there is no segment map \"%s\"", text_to_cstring(name)),
					errhint("The maps are: %s.", names.data)));
}

static const rcv_segment_map *
find_map(const text *name)
{
	const rcv_segment_map *map = rcv_segment_map_find(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (map == NULL)
		map_error(name);
	return map;
}

static map_texts *
make_texts(const rcv_segment_map *map, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	map_texts *texts = palloc(sizeof(*texts));
	const char *segments[RCV_SEGMENT_CELLS];

	rcv_check(rcv_segment_table(map, segments), map->name);
	texts->name = map->name;
	texts->name_length = strlen(map->name);
	texts->needs = rcv_segment_needs(map->basis);
	texts->prospect = CStringGetTextDatum(RCV_SEGMENT_PROSPECT);
	for (int cell = 0; cell < RCV_SEGMENT_CELLS; cell++)
		texts->cells[cell] = CStringGetTextDatum(segments[cell]);
	MemoryContextSwitchTo(old);
	return texts;
}

/* The texts of the map that an argument names; they stay until the query ends. */
static inline const map_texts *
map_arg(FunctionCallInfo fcinfo, int arg)
{
	const text *name = PG_GETARG_TEXT_PP(arg);
	map_texts *texts = fcinfo->flinfo->fn_extra;

	for (; texts != NULL; texts = texts->next)
		if (texts->name_length == VARSIZE_ANY_EXHDR(name) &&
			memcmp(texts->name, VARDATA_ANY(name), texts->name_length) == 0)
			return texts;
	texts = make_texts(find_map(name), fcinfo->flinfo->fn_mcxt);
	texts->next = fcinfo->flinfo->fn_extra;
	fcinfo->flinfo->fn_extra = texts;
	return texts;
}

static void
score_error(int dimension, int score)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("score %c is outside the cells of a segment map", "rfm"[dimension]),
					errdetail("It is %d; segment maps are made for scores from 1 to %d.", score,
							  RCV_SEGMENT_SCORE_MAX),
					errhint("Score with %d bins.", RCV_SEGMENT_SCORE_MAX)));
}

static Datum
segment_of(FunctionCallInfo fcinfo, score_args *args, const map_texts *map)
{
	if (unlikely(args->nulls != 0))
	{
		if (args->nulls == NO_SCORE)
			PG_RETURN_DATUM(map->prospect);
		for (int i = 0; i < SCORES; i++)
			if (args->nulls >> i & 1)
				args->scores[i] = 1; /* any score will do where the map needs none */
	}
	for (int i = 0; i < SCORES; i++)
		if (unlikely(!rcv_segment_score_valid(args->scores[i])))
			score_error(i, args->scores[i]);
	if (unlikely(args->nulls & map->needs))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(
		map->cells[rcv_segment_cell(args->scores[0], args->scores[1], args->scores[2])]);
}

/* segment_of(r, f, m, map): not strict, because no score at all is a prospect. */
PG_FUNCTION_INFO_V1(pgrcv_segment_of);
Datum
pgrcv_segment_of(PG_FUNCTION_ARGS)
{
	score_args args = {{0}, 0};

	if (PG_ARGISNULL(SCORES))
		PG_RETURN_NULL();
	for (int i = 0; i < SCORES; i++)
	{
		args.scores[i] = PG_GETARG_INT32(i);
		args.nulls |= PG_ARGISNULL(i) << i;
	}
	return segment_of(fcinfo, &args, map_arg(fcinfo, SCORES));
}

/*
 * A row of the type rfm, read in place: three smallint, one behind the other
 * because they need no padding and a null takes no room.
 */
static score_args
read_scores(HeapTupleHeader row)
{
	const char *at = (const char *) row + row->t_hoff;
	score_args args = {{0}, 0};

	for (int i = 0; i < SCORES; i++)
	{
		int16 score;

		if (i >= HeapTupleHeaderGetNatts(row) ||
			((row->t_infomask & HEAP_HASNULL) && att_isnull(i, row->t_bits)))
		{
			args.nulls |= 1 << i;
			continue;
		}
		memcpy(&score, at, sizeof(score));
		at += sizeof(score);
		args.scores[i] = score;
	}
	return args;
}

/* segment_of(scores, map): not strict, for the same reason. */
PG_FUNCTION_INFO_V1(pgrcv_segment_of_rfm);
Datum
pgrcv_segment_of_rfm(PG_FUNCTION_ARGS)
{
	score_args args = {{0}, NO_SCORE};

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(0))
		args = read_scores(PG_GETARG_HEAPTUPLEHEADER(0));
	return segment_of(fcinfo, &args, map_arg(fcinfo, 1));
}

/* Rows ----------------------------------------------------------------- */

typedef struct rule_position
{
	int map;
	int rule;
} rule_position;

PG_FUNCTION_INFO_V1(pgrcv_segment_maps);
Datum
pgrcv_segment_maps(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	rule_position *at;
	const rcv_segment_map *map;
	const rcv_segment_rule *rule;
	Datum values[6];
	bool nulls[6] = {false};

	if (SRF_IS_FIRSTCALL())
		rcv_first_call(fcinfo, sizeof(rule_position));
	call = SRF_PERCALL_SETUP();
	at = call->user_fctx;
	map = rcv_segment_map_at(at->map);
	if (map == NULL)
		SRF_RETURN_DONE(call);
	rule = &map->rules[at->rule++];
	values[0] = CStringGetTextDatum(map->name);
	values[1] = CStringGetTextDatum(rcv_segment_basis_text(map->basis));
	values[2] = Int32GetDatum(at->rule);
	values[3] = CStringGetTextDatum(rule->segment);
	values[4] = CStringGetTextDatum(rule->cells);
	values[5] = CStringGetTextDatum(map->source);
	if (at->rule == map->count)
		*at = (rule_position){at->map + 1, 0};
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

typedef struct map_check
{
	const rcv_segment_map *map;
	int cell;
	uint32 rules[RCV_SEGMENT_CELLS];
} map_check;

/* Names of the rules in a cell, the one that wins it first. */
static Datum
rule_names(const rcv_segment_map *map, uint32 rules)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < map->count; i++)
		if (rules >> i & 1)
			appendStringInfo(&names, "%s%s", names.len == 0 ? "" : ", ", map->rules[i].segment);
	return CStringGetTextDatum(names.data);
}

static HeapTuple
check_row(TupleDesc tuple_desc, const rcv_segment_map *map, int cell, uint32 rules)
{
	int count = __builtin_popcount(rules);
	Datum values[6] = {0};
	bool nulls[6] = {false};

	values[0] = CStringGetTextDatum(count == 0 ? "gap" : "overlap");
	for (int i = SCORES; i > 0; i--, cell /= RCV_SEGMENT_SCORE_MAX)
		values[i] = Int32GetDatum(cell % RCV_SEGMENT_SCORE_MAX + 1);
	values[4] = Int32GetDatum(count);
	nulls[5] = count == 0;
	if (count > 0)
		values[5] = rule_names(map, rules);
	return heap_form_tuple(tuple_desc, values, nulls);
}

PG_FUNCTION_INFO_V1(pgrcv_segment_map_check);
Datum
pgrcv_segment_map_check(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	map_check *check;

	if (SRF_IS_FIRSTCALL())
	{
		const rcv_segment_map *map = find_map(PG_GETARG_TEXT_PP(0));

		check = rcv_first_call(fcinfo, sizeof(*check))->user_fctx;
		check->map = map;
		rcv_check(rcv_segment_cover(map, check->rules), map->name);
	}
	call = SRF_PERCALL_SETUP();
	check = call->user_fctx;
	while (check->cell < RCV_SEGMENT_CELLS)
	{
		int cell = check->cell++;
		uint32 rules = check->rules[cell];

		if (__builtin_popcount(rules) != 1)
			SRF_RETURN_NEXT(
				call, HeapTupleGetDatum(check_row(call->tuple_desc, check->map, cell, rules)));
	}
	SRF_RETURN_DONE(call);
}
