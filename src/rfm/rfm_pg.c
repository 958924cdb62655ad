/*
 * rfm_pg.c
 *		Scores, their explanation, and the date of the next change.
 */
#include "rfm/rfm_pg.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "activity/activity_pg.h"

/* A composite of three smallints without null: copied, then filled. */
typedef struct scores_form
{
	Size length;
	HeapTupleHeader tuple;
} scores_form;

rcv_rfm_values
rcv_rfm_values_of(int32 recency, double frequency, Datum monetary)
{
	rcv_rfm_values values;

	if (recency < 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("recency must not be negative"),
			 errdetail("The recency given is %d days.", recency),
			 errhint(
				 "Recency is as_of minus the last purchase: leave out purchases after as_of.")));
	if (!isfinite(frequency) || frequency < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("frequency must be a finite number, not negative")));
	values.value[RCV_RECENCY] = recency;
	values.value[RCV_FREQUENCY] = frequency + 0.0; /* no negative zero */
	values.value[RCV_MONETARY] = rcv_numeric_double(monetary, "monetary");
	return values;
}

bool
rcv_rfm_values_of_activity(Datum activity, int32 as_of, rcv_rfm_values *out)
{
	rcv_activity_facts facts = rcv_activity_facts_arg(activity, as_of);

	if (facts.frequency == 0)
		return false;
	out->value[RCV_RECENCY] = as_of - facts.last_day;
	out->value[RCV_FREQUENCY] = facts.frequency;
	out->value[RCV_MONETARY] = rcv_money_double(facts.units, facts.scale);
	return true;
}

static scores_form *
build_form(FunctionCallInfo fcinfo)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	Datum values[RCV_RFM_DIMENSIONS] = {0};
	bool nulls[RCV_RFM_DIMENSIONS] = {false};
	scores_form *form = palloc(sizeof(*form));
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE ||
		desc->natts != RCV_RFM_DIMENSIONS)
		elog(ERROR, "rfm_score must return three scores");
	form->tuple = DatumGetHeapTupleHeader(
		HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
	form->length = HeapTupleHeaderGetDatumLength(form->tuple);
	MemoryContextSwitchTo(old);
	return form;
}

Datum
rcv_rfm_scores_datum(FunctionCallInfo fcinfo, const rcv_rfm_scores *scores)
{
	scores_form *form = fcinfo->flinfo->fn_extra;
	HeapTupleHeader tuple;

	if (form == NULL)
		form = fcinfo->flinfo->fn_extra = build_form(fcinfo);
	tuple = palloc(form->length);
	memcpy(tuple, form->tuple, form->length);
	memcpy((char *) tuple + tuple->t_hoff, scores->score, sizeof(scores->score));
	return HeapTupleHeaderGetDatum(tuple);
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_score_values);
Datum
pgrcv_rfm_score_values(PG_FUNCTION_ARGS)
{
	rcv_rfm_values values =
		rcv_rfm_values_of(PG_GETARG_INT32(0), PG_GETARG_FLOAT8(1), PG_GETARG_DATUM(2));
	rcv_rfm_scores scores = rcv_rfm_score(rcv_rfm_model_arg(PG_GETARG_DATUM(3)), &values);

	return rcv_rfm_scores_datum(fcinfo, &scores);
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_score_activity);
Datum
pgrcv_rfm_score_activity(PG_FUNCTION_ARGS)
{
	rcv_rfm_values values;
	rcv_rfm_scores scores;

	if (!rcv_rfm_values_of_activity(PG_GETARG_DATUM(0), rcv_day_arg(PG_GETARG_DATEADT(2), "as_of"),
									&values))
		PG_RETURN_NULL();
	scores = rcv_rfm_score(rcv_rfm_model_arg(PG_GETARG_DATUM(1)), &values);
	return rcv_rfm_scores_datum(fcinfo, &scores);
}

/* The scores of an rfm composite; false when one of them is null. */
static bool
scores_of_row(HeapTupleHeader row, rcv_rfm_scores *scores)
{
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
	{
		bool isnull;
		Datum value = GetAttributeByNum(row, (AttrNumber) (d + 1), &isnull);

		if (isnull)
			return false;
		scores->score[d] = DatumGetInt16(value);
	}
	return true;
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_code);
Datum
pgrcv_rfm_code(PG_FUNCTION_ARGS)
{
	rcv_rfm_scores scores;
	const char *form = "%d%d%d";

	if (!scores_of_row(PG_GETARG_HEAPTUPLEHEADER(0), &scores))
		PG_RETURN_NULL();
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		if (scores.score[d] > 9 || scores.score[d] < 0)
			form = "%d-%d-%d";
	PG_RETURN_TEXT_P(
		cstring_to_text(psprintf(form, scores.score[0], scores.score[1], scores.score[2])));
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_total);
Datum
pgrcv_rfm_total(PG_FUNCTION_ARGS)
{
	rcv_rfm_scores scores;
	double total;

	if (!scores_of_row(PG_GETARG_HEAPTUPLEHEADER(0), &scores))
		PG_RETURN_NULL();
	total = rcv_rfm_total(rcv_rfm_model_arg(PG_GETARG_DATUM(1)), &scores);
	if (!isfinite(total))
		float_overflow_error();
	PG_RETURN_FLOAT8(total);
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_next_change);
Datum
pgrcv_rfm_next_change(PG_FUNCTION_ARGS)
{
	const rcv_rfm_model *model = rcv_rfm_model_arg(PG_GETARG_DATUM(1));
	int32 as_of = rcv_day_arg(PG_GETARG_DATEADT(2), "as_of");
	rcv_rfm_scores none = {{1, 1, 1}};
	rcv_rfm_values values;
	rcv_rfm_position position;
	double recency;
	double day;

	if (!rcv_rfm_values_of_activity(PG_GETARG_DATUM(0), as_of, &values))
		PG_RETURN_NULL();
	recency = values.value[RCV_RECENCY];
	position = rcv_rfm_position_of(model, RCV_RECENCY, &none, recency);
	if (isinf(position.above))
		PG_RETURN_NULL();
	day = as_of + rcv_rfm_past(model, position.above, 1) - recency;
	if (day > RCV_DAY_MAX)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT((DateADT) day);
}

/* Explanation ---------------------------------------------------------- */

static const char *const letters[RCV_RFM_DIMENSIONS] = {"R", "F", "M"};
static const double per_unit[RCV_RFM_DIMENSIONS] = {1, 1, 100};

static Datum
text_datum(const char *text)
{
	return PointerGetDatum(cstring_to_text(text));
}

/* What must happen for the score to change, in words. */
static char *
change_message(const rcv_rfm_rule *rule, int dimension, const rcv_rfm_position *position,
			   double change)
{
	static const char *const one[] = {"day without an order", "order", NULL};
	static const char *const many[] = {"days without an order", "orders", "value"};
	const char *becomes = rule->low_best[dimension] ? "falls to" : "becomes";
	char *number;

	if (isinf(position->above))
		return psprintf("%s is %d: more %s do%s not change it", letters[dimension], position->score,
						many[dimension], dimension == RCV_MONETARY ? "es" : "");
	number = DatumGetCString(DirectFunctionCall1(numeric_out, rcv_double_numeric(change)));
	if (dimension == RCV_MONETARY)
		return psprintf("%s more and M %s %d", number, becomes, position->next_score);
	return psprintf("%s more %s and %s %s %d", number,
					change == 1 ? one[dimension] : many[dimension], letters[dimension], becomes,
					position->next_score);
}

static void
explain_dimension(ReturnSetInfo *result, const rcv_rfm_model *model, const rcv_rfm_values *values,
				  const rcv_rfm_scores *scores, int dimension)
{
	double value = values->value[dimension];
	rcv_rfm_position position = rcv_rfm_position_of(model, dimension, scores, value);
	bool last = isinf(position.above);
	double change = 0;
	Datum row[8];
	bool nulls[8] = {false};

	if (!last)
		change = rcv_rfm_past(model, position.above, per_unit[dimension]) - value;
	if (fabs(change) < 1e9)
		change = rint(change * 1e6) / 1e6; /* a difference of two cents amounts */
	if (!isfinite(change))
		float_overflow_error();
	row[0] = text_datum(rcv_rfm_names[dimension]);
	row[1] = rcv_double_numeric(value);
	row[2] = Int16GetDatum((int16) position.score);
	nulls[3] = isinf(position.below);
	row[3] = nulls[3] ? (Datum) 0 : rcv_double_numeric(position.below);
	nulls[4] = nulls[5] = nulls[6] = last;
	row[4] = last ? (Datum) 0 : rcv_double_numeric(position.above);
	row[5] = last ? (Datum) 0 : rcv_double_numeric(change);
	row[6] = Int16GetDatum((int16) position.next_score);
	row[7] = text_datum(change_message(&model->rule, dimension, &position, change));
	tuplestore_putvalues(result->setResult, result->setDesc, row, nulls);
}

static Datum
explain(FunctionCallInfo fcinfo, const rcv_rfm_model *model, const rcv_rfm_values *values)
{
	rcv_rfm_scores scores = rcv_rfm_score(model, values);

	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		explain_dimension((ReturnSetInfo *) fcinfo->resultinfo, model, values, &scores, d);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_explain_values);
Datum
pgrcv_rfm_explain_values(PG_FUNCTION_ARGS)
{
	rcv_rfm_values values;

	InitMaterializedSRF(fcinfo, 0);
	values = rcv_rfm_values_of(PG_GETARG_INT32(0), PG_GETARG_FLOAT8(1), PG_GETARG_DATUM(2));
	return explain(fcinfo, rcv_rfm_model_arg(PG_GETARG_DATUM(3)), &values);
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_explain_activity);
Datum
pgrcv_rfm_explain_activity(PG_FUNCTION_ARGS)
{
	rcv_rfm_values values;

	InitMaterializedSRF(fcinfo, 0);
	if (!rcv_rfm_values_of_activity(PG_GETARG_DATUM(0), rcv_day_arg(PG_GETARG_DATEADT(2), "as_of"),
									&values))
		return (Datum) 0;
	return explain(fcinfo, rcv_rfm_model_arg(PG_GETARG_DATUM(1)), &values);
}

/* The intervals of one set of breaks, one row for each score. */
static void
put_intervals(ReturnSetInfo *result, const rcv_rfm_model *model, int dimension,
			  const rcv_rfm_scores *cell)
{
	const rcv_rfm_rule *rule = &model->rule;
	const double *breaks = rcv_rfm_set(model, dimension, cell);
	int n = rule->breaks[dimension];

	for (int i = 0; i <= n; i++)
	{
		Datum row[7];
		bool nulls[7] = {false};

		row[0] = text_datum(rcv_rfm_names[dimension]);
		nulls[1] = !rule->nested || dimension < RCV_FREQUENCY;
		row[1] = Int16GetDatum(cell->score[RCV_RECENCY]);
		nulls[2] = !rule->nested || dimension < RCV_MONETARY;
		row[2] = Int16GetDatum(cell->score[RCV_FREQUENCY]);
		row[3] = Int16GetDatum((int16) (rule->low_best[dimension] ? n + 1 - i : i + 1));
		nulls[4] = i == 0;
		row[4] = i == 0 ? (Datum) 0 : rcv_double_numeric(breaks[i - 1]);
		nulls[5] = i == n;
		row[5] = i == n ? (Datum) 0 : rcv_double_numeric(breaks[i]);
		row[6] = BoolGetDatum(i == 0 || i == n || breaks[i - 1] < breaks[i]);
		tuplestore_putvalues(result->setResult, result->setDesc, row, nulls);
	}
}

PG_FUNCTION_INFO_V1(pgrcv_rfm_breaks);
Datum
pgrcv_rfm_breaks(PG_FUNCTION_ARGS)
{
	const rcv_rfm_model *model = rcv_rfm_model_arg(PG_GETARG_DATUM(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int d = 0; d < RCV_RFM_DIMENSIONS; d++)
		for (int set = 0; set < rcv_rfm_sets(&model->rule, d); set++)
		{
			int inner = d == RCV_MONETARY ? model->rule.breaks[RCV_FREQUENCY] + 1 : 1;
			rcv_rfm_scores cell = {{(int16) (set / inner + 1), (int16) (set % inner + 1), 1}};

			CHECK_FOR_INTERRUPTS();
			put_intervals((ReturnSetInfo *) fcinfo->resultinfo, model, d, &cell);
		}
	return (Datum) 0;
}
