\echo Use "ALTER EXTENSION receivables UPDATE TO '0.2.0'" to load this file. \quit
/* rfm: recency, frequency and monetary scores */

CREATE TYPE rfm AS (r smallint, f smallint, m smallint);
COMMENT ON TYPE rfm IS 'scores of recency, frequency and monetary value; the highest is the best';

CREATE TYPE rfm_model;

CREATE FUNCTION rfm_model_in(input cstring) RETURNS rfm_model
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_model_in(cstring) IS
'reads a model written as JSON: recency, frequency, monetary (breaks), and optionally as_of, bins, method, boundary, direction, weights, nested, n';

CREATE FUNCTION rfm_model_out(model rfm_model) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_model_out(rfm_model) IS
'prints a model as JSON, keys in a fixed order, defaults left out';

CREATE FUNCTION rfm_model_recv(input internal) RETURNS rfm_model
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_model_recv(internal) IS
'reads the binary form of a model: a version byte and its JSON text';

CREATE FUNCTION rfm_model_send(model rfm_model) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_model_send(rfm_model) IS
'binary form of a model: a version byte and its JSON text';

CREATE TYPE rfm_model (
	INPUT = rfm_model_in,
	OUTPUT = rfm_model_out,
	RECEIVE = rfm_model_recv,
	SEND = rfm_model_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE rfm_model IS
'breaks between the scores of recency (days), frequency (purchase days) and monetary value, with the rule that applies them; made by rfm_fit';

CREATE FUNCTION rfm_model_from_jsonb(model jsonb) RETURNS rfm_model
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_model_from_jsonb(jsonb) IS 'model of the same JSON as its text form';

CREATE FUNCTION rfm_model_to_jsonb(model rfm_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_model_to_jsonb(rfm_model) IS 'JSON of a model, as its text form';

CREATE CAST (jsonb AS rfm_model) WITH FUNCTION rfm_model_from_jsonb(jsonb);
CREATE CAST (rfm_model AS jsonb) WITH FUNCTION rfm_model_to_jsonb(rfm_model);
COMMENT ON CAST (jsonb AS rfm_model) IS 'reads a model from JSON';
COMMENT ON CAST (rfm_model AS jsonb) IS 'model as JSON';

CREATE FUNCTION rfm_model_eq(a rfm_model, b rfm_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_model_eq(rfm_model, rfm_model) IS 'implementation of = operator';

CREATE FUNCTION rfm_model_ne(a rfm_model, b rfm_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_model_ne(rfm_model, rfm_model) IS 'implementation of <> operator';

CREATE FUNCTION rfm_model_hash(model rfm_model) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_model_hash(rfm_model) IS 'hash of a model';

CREATE FUNCTION rfm_model_hash_extended(model rfm_model, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_rfm_model_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_model_hash_extended(rfm_model, bigint) IS '64-bit hash of a model with a seed';

CREATE OPERATOR = (
	LEFTARG = rfm_model, RIGHTARG = rfm_model, FUNCTION = rfm_model_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (rfm_model, rfm_model) IS 'same rule, breaks, date and number of customers';

CREATE OPERATOR <> (
	LEFTARG = rfm_model, RIGHTARG = rfm_model, FUNCTION = rfm_model_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (rfm_model, rfm_model) IS 'not the same model';

CREATE OPERATOR CLASS rfm_model_ops DEFAULT FOR TYPE rfm_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 rfm_model_hash(rfm_model),
	FUNCTION 2 rfm_model_hash_extended(rfm_model, bigint);
COMMENT ON OPERATOR CLASS rfm_model_ops USING hash IS 'equality of models';

/* Fitting: state functions are not STRICT, because a null row is skipped and a null option is an error */

CREATE FUNCTION rfm_fit_add(state bytea, a activity, as_of date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_add_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_fit_add(bytea, activity, date) IS
'state of rfm_fit with one customer more';

CREATE FUNCTION rfm_fit_add(state bytea, a activity, as_of date, bins integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_add_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_fit_add(bytea, activity, date, integer) IS
'state of rfm_fit with one customer more';

CREATE FUNCTION rfm_fit_add(state bytea, a activity, as_of date, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_add_activity_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_fit_add(bytea, activity, date, jsonb) IS
'state of rfm_fit with one customer more';

CREATE FUNCTION rfm_fit_add(state bytea, recency integer, frequency float8, monetary numeric)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_add_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_fit_add(bytea, integer, float8, numeric) IS
'state of rfm_fit with one customer more';

CREATE FUNCTION rfm_fit_add(state bytea, recency integer, frequency float8, monetary numeric, bins integer)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_add_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_fit_add(bytea, integer, float8, numeric, integer) IS
'state of rfm_fit with one customer more';

CREATE FUNCTION rfm_fit_add(state bytea, recency integer, frequency float8, monetary numeric, options jsonb)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_add_values_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_fit_add(bytea, integer, float8, numeric, jsonb) IS
'state of rfm_fit with one customer more';

CREATE FUNCTION rfm_fit_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_fit_merge(bytea, bytea) IS
'state of rfm_fit with the customers of two states';

CREATE FUNCTION rfm_fit_finish(state bytea) RETURNS rfm_model
AS 'MODULE_PATHNAME', 'pgrcv_rfm_fit_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION rfm_fit_finish(bytea) IS
'model of the customers in a state of rfm_fit: breaks by selection, without sorting';

CREATE AGGREGATE rfm_fit(a activity, as_of date) (
	SFUNC = rfm_fit_add, STYPE = bytea, SSPACE = 8192,
	FINALFUNC = rfm_fit_finish, COMBINEFUNC = rfm_fit_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm_fit(activity, date) IS
'model with five scores a dimension; breaks at the quintiles of the customers with a purchase up to as_of';

CREATE AGGREGATE rfm_fit(a activity, as_of date, bins integer) (
	SFUNC = rfm_fit_add, STYPE = bytea, SSPACE = 8192,
	FINALFUNC = rfm_fit_finish, COMBINEFUNC = rfm_fit_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm_fit(activity, date, integer) IS
'model with bins scores (2 to 100) a dimension';

CREATE AGGREGATE rfm_fit(a activity, as_of date, options jsonb) (
	SFUNC = rfm_fit_add, STYPE = bytea, SSPACE = 8192,
	FINALFUNC = rfm_fit_finish, COMBINEFUNC = rfm_fit_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm_fit(activity, date, jsonb) IS
'model fitted with options: bins, method (cont, disc, rfm_pkg), boundary (right, left), direction, weights, nested, and own breaks under recency, frequency, monetary';

CREATE AGGREGATE rfm_fit(recency integer, frequency float8, monetary numeric) (
	SFUNC = rfm_fit_add, STYPE = bytea, SSPACE = 8192,
	FINALFUNC = rfm_fit_finish, COMBINEFUNC = rfm_fit_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm_fit(integer, float8, numeric) IS
'model with five scores a dimension, from one row of plain figures a customer';

CREATE AGGREGATE rfm_fit(recency integer, frequency float8, monetary numeric, bins integer) (
	SFUNC = rfm_fit_add, STYPE = bytea, SSPACE = 8192,
	FINALFUNC = rfm_fit_finish, COMBINEFUNC = rfm_fit_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm_fit(integer, float8, numeric, integer) IS
'model with bins scores (2 to 100) a dimension, from plain figures';

CREATE AGGREGATE rfm_fit(recency integer, frequency float8, monetary numeric, options jsonb) (
	SFUNC = rfm_fit_add, STYPE = bytea, SSPACE = 8192,
	FINALFUNC = rfm_fit_finish, COMBINEFUNC = rfm_fit_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm_fit(integer, float8, numeric, jsonb) IS
'model fitted with options, from plain figures';

/* Scoring */

CREATE FUNCTION rfm_score(a activity, model rfm_model, as_of date) RETURNS rfm
AS 'MODULE_PATHNAME', 'pgrcv_rfm_score_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_score(activity, rfm_model, date) IS
'scores of a customer at as_of: 1 + number of breaks below the value, recency reversed; null without a purchase';

CREATE FUNCTION rfm_score(recency integer, frequency float8, monetary numeric, model rfm_model)
RETURNS rfm
AS 'MODULE_PATHNAME', 'pgrcv_rfm_score_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_score(integer, float8, numeric, rfm_model) IS
'scores of plain figures: 1 + number of breaks below the value, recency reversed';

CREATE FUNCTION rfm_score(a activity, as_of date, bins integer) RETURNS rfm
AS 'MODULE_PATHNAME', 'pgrcv_rfm_score_window'
/* not STRICT: a null activity has null scores, a null as_of or bins is an error */
LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION rfm_score(activity, date, integer) IS
'window function: scores of each customer among those of its partition, fitted and applied in one step';

CREATE FUNCTION rfm_code(scores rfm) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_rfm_code'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_code(rfm) IS
'scores as text: 543, or 10-4-3 where a score has two digits; null when a score is null';

CREATE FUNCTION rfm_total(scores rfm, model rfm_model) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_rfm_total'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rfm_total(rfm, rfm_model) IS
'weighted sum of the scores; weights are the model''s, 100, 10 and 1 unless set';

CREATE FUNCTION rfm_next_change(a activity, model rfm_model, as_of date) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_rfm_next_change'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rfm_next_change(activity, rfm_model, date) IS
'first day after as_of on which the recency score changes if no purchase comes; null when it can''t change any more';

CREATE FUNCTION rfm_explain(a activity, model rfm_model, as_of date,
	OUT dimension text, OUT value numeric, OUT score smallint, OUT above numeric, OUT up_to numeric,
	OUT change numeric, OUT next_score smallint, OUT message text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_rfm_explain_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION rfm_explain(activity, rfm_model, date) IS
'for each dimension: the value, its score, the breaks around it, and by how much the value must rise for the score to change';

CREATE FUNCTION rfm_explain(recency integer, frequency float8, monetary numeric, model rfm_model,
	OUT dimension text, OUT value numeric, OUT score smallint, OUT above numeric, OUT up_to numeric,
	OUT change numeric, OUT next_score smallint, OUT message text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_rfm_explain_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION rfm_explain(integer, float8, numeric, rfm_model) IS
'the same for plain figures';

CREATE FUNCTION rfm_breaks(model rfm_model,
	OUT dimension text, OUT r smallint, OUT f smallint, OUT score smallint,
	OUT above numeric, OUT up_to numeric, OUT used boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_rfm_breaks'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 15;
COMMENT ON FUNCTION rfm_breaks(rfm_model) IS
'the interval of each score; r and f name the cell of a nested model; used is false where equal breaks leave a score to nobody';
/* segment: named maps from scores to segments */

CREATE FUNCTION segment_of(r integer, f integer, m integer, map text DEFAULT 'rfm11') RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_of'
/* not STRICT: no score at all is a prospect, and a map may need two scores only */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_of(integer, integer, integer, text) IS
'segment of R, F and M scores from 1 to 5 by a named map; prospect without scores';

CREATE FUNCTION segment_of(scores rfm, map text DEFAULT 'rfm11') RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_of_rfm'
/* not STRICT: no score at all is a prospect, and a map may need two scores only */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_of(rfm, text) IS
'segment of R, F and M scores from 1 to 5 by a named map; prospect without scores';

CREATE FUNCTION segment_maps(OUT map text, OUT basis text, OUT rule integer, OUT segment text,
	OUT cells text, OUT source text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_maps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 53;
COMMENT ON FUNCTION segment_maps() IS
'rules of all segment maps; in a map, the first rule that has a cell wins it';

CREATE FUNCTION segment_map_check(map text, OUT kind text, OUT r integer, OUT f integer,
	OUT m integer, OUT rules integer, OUT segments text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_map_check'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION segment_map_check(text) IS
'cells of a map that no rule has (gap) or that several have (overlap); no row for a complete partition';

/* Rules: segments by any criterion, written as conditions on the columns of a row */

CREATE TYPE segment_rules;

CREATE FUNCTION segment_rules_in(input cstring) RETURNS segment_rules
AS 'MODULE_PATHNAME', 'pgrcv_segment_rules_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_rules_in(cstring) IS
'reads rules, one a line: name [key = value, ...]: condition';

CREATE FUNCTION segment_rules_out(rules segment_rules) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_segment_rules_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_rules_out(segment_rules) IS
'prints rules, one a line, in their canonical form';

CREATE FUNCTION segment_rules_recv(input internal) RETURNS segment_rules
AS 'MODULE_PATHNAME', 'pgrcv_segment_rules_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_rules_recv(internal) IS
'reads the binary form of rules: a version byte and their text';

CREATE FUNCTION segment_rules_send(rules segment_rules) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_segment_rules_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_rules_send(segment_rules) IS
'binary form of rules: a version byte and their text';

CREATE TYPE segment_rules (
	INPUT = segment_rules_in,
	OUTPUT = segment_rules_out,
	RECEIVE = segment_rules_recv,
	SEND = segment_rules_send,
	STORAGE = extended
);
COMMENT ON TYPE segment_rules IS
'ordered rules "name [key = value, ...]: condition KEEP condition"; the first that holds names the segment. Conditions are a subset of SQL''s; keys are family, dunning, price, loyalty, offer, points, from, to, note';

CREATE FUNCTION segment_rules_from_jsonb(rules jsonb) RETURNS segment_rules
AS 'MODULE_PATHNAME', 'pgrcv_segment_rules_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_rules_from_jsonb(jsonb) IS
'rules of a JSON tree: {"rules": [{"name": ..., "when": {"and": [{"op": ">=", "args": [{"column": ...}, 4]}, ...]}}, {"name": ..., "else": true}]}';

CREATE FUNCTION segment_rules_to_jsonb(rules segment_rules) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_segment_rules_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_rules_to_jsonb(segment_rules) IS
'rules as a JSON tree, which reads back as the same rules';

CREATE CAST (jsonb AS segment_rules) WITH FUNCTION segment_rules_from_jsonb(jsonb);
CREATE CAST (segment_rules AS jsonb) WITH FUNCTION segment_rules_to_jsonb(segment_rules);
COMMENT ON CAST (jsonb AS segment_rules) IS 'reads rules from a JSON tree';
COMMENT ON CAST (segment_rules AS jsonb) IS 'rules as a JSON tree';

CREATE FUNCTION segment_rules_eq(a segment_rules, b segment_rules) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_rules_eq(segment_rules, segment_rules) IS
'implementation of = operator';

CREATE FUNCTION segment_rules_ne(a segment_rules, b segment_rules) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_rules_ne(segment_rules, segment_rules) IS
'implementation of <> operator';

CREATE FUNCTION segment_rules_hash(rules segment_rules) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_rules_hash(segment_rules) IS
'hash of rules';

CREATE FUNCTION segment_rules_hash_extended(rules segment_rules, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_rules_hash_extended(segment_rules, bigint) IS
'64-bit hash of rules with a seed';

CREATE OPERATOR = (
	LEFTARG = segment_rules, RIGHTARG = segment_rules, FUNCTION = segment_rules_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (segment_rules, segment_rules) IS 'the same rules in the same order';

CREATE OPERATOR <> (
	LEFTARG = segment_rules, RIGHTARG = segment_rules, FUNCTION = segment_rules_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (segment_rules, segment_rules) IS 'not the same rules';

CREATE OPERATOR CLASS segment_rules_ops DEFAULT FOR TYPE segment_rules USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 segment_rules_hash(segment_rules),
	FUNCTION 2 segment_rules_hash_extended(segment_rules, bigint);
COMMENT ON OPERATOR CLASS segment_rules_ops USING hash IS 'equality of rules';

CREATE FUNCTION segment_of_support(request internal) RETURNS internal
AS 'MODULE_PATHNAME', 'pgrcv_segment_of_support'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_of_support(internal) IS
'for the planner: segment_of on the rows of a relation with constant rules is a CASE on its columns';

CREATE FUNCTION segment_of(rec record, rules segment_rules) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_of_row'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10
SUPPORT segment_of_support;
COMMENT ON FUNCTION segment_of(record, segment_rules) IS
'name of the first rule that holds for a row; null when none does';

CREATE FUNCTION segment_on(rec record, rules segment_rules, as_of date DEFAULT NULL,
	previous text DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_on'
/* not STRICT: the day and the segment before may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_on(record, segment_rules, date, text) IS
'the same on a day, for rules with validity dates, and with the segment before, which the KEEP condition of its rule may keep; either may be null';

CREATE FUNCTION segment_all(rec record, rules segment_rules, as_of date DEFAULT NULL) RETURNS text[]
AS 'MODULE_PATHNAME', 'pgrcv_segment_all'
/* not STRICT: the day may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_all(record, segment_rules, date) IS
'names of all rules that hold for a row, in order; ELSE only where no other does';

CREATE FUNCTION segment_score(rec record, rules segment_rules, as_of date DEFAULT NULL) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_segment_score'
/* not STRICT: the day may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION segment_score(record, segment_rules, date) IS
'sum of the points of all rules that hold for a row, null when no rule has points; ELSE counts only where no other does';

CREATE FUNCTION segment_explain(rec record, rules segment_rules, as_of date DEFAULT NULL,
	previous text DEFAULT NULL, OUT "position" integer, OUT segment text, OUT verdict boolean,
	OUT chosen boolean, OUT decided_by text, OUT value text, OUT distance numeric,
	OUT missing integer, OUT nearest boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_explain'
/* not STRICT: the day and the segment before may be null */
LANGUAGE C STABLE PARALLEL UNSAFE COST 100 ROWS 10; /* subtransactions around what may fail */
COMMENT ON FUNCTION segment_explain(record, segment_rules, date, text) IS
'each rule on one row: verdict (null: unknown), whether it is the one chosen, the comparison that decided with its values, how far off a number is, how many comparisons are missing, and whether no other rule misses fewer';

CREATE FUNCTION segment_list(rules segment_rules, OUT "position" integer, OUT segment text,
	OUT condition text, OUT keep text, OUT family text, OUT dunning text, OUT price text,
	OUT loyalty text, OUT offer text, OUT points numeric, OUT valid_from date, OUT valid_to date,
	OUT note text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_list'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION segment_list(segment_rules) IS
'rules as rows: conditions, family, strategy keys, points, validity and note';

CREATE FUNCTION segment_strategy(rules segment_rules, segment text, key text) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_strategy'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_strategy(segment_rules, text, text) IS
'value of a key (dunning, price, loyalty, offer, family, points, from, to, note) of the rule of a segment; null when it has none';

CREATE FUNCTION segment_sql(rules segment_rules, as_of date DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_sql'
/* not STRICT: the day may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_sql(segment_rules, date) IS
'the CASE expression that gives the same segment as segment_of, or as segment_on on a day';

CREATE FUNCTION segment_check(rules segment_rules, relation regclass, as_of date DEFAULT NULL,
	OUT "position" integer, OUT segment text, OUT gross bigint, OUT net bigint, OUT share float8,
	OUT shared bigint, OUT undecided bigint, OUT finding text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_check'
/* not STRICT: the day may be null */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10;
COMMENT ON FUNCTION segment_check(segment_rules, regclass, date) IS
'rules on the rows of a table or view: rows for which each holds (gross), for which it is the first (net, and its share), that it shares with other rules, for which it is unknown; findings: never matches, never first, tiny (net below 30), not valid, no rows; last, without a position, the rows that no rule covers';

CREATE FUNCTION segment_overlap(rules segment_rules, relation regclass, as_of date DEFAULT NULL,
	OUT segment text, OUT other_segment text, OUT customers bigint, OUT share float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_overlap'
/* not STRICT: the day may be null */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10;
COMMENT ON FUNCTION segment_overlap(segment_rules, regclass, date) IS
'rows of a table or view for which two rules hold, with their share of those of the first rule; pairs without such rows are left out';

CREATE FUNCTION segment_diff(old segment_rules, new segment_rules, relation regclass,
	as_of date DEFAULT NULL, OUT old_segment text, OUT new_segment text, OUT customers bigint,
	OUT share float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_diff'
/* not STRICT: the day may be null */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10;
COMMENT ON FUNCTION segment_diff(segment_rules, segment_rules, regclass, date) IS
'what a change of rules would move: rows of a table or view by their segment under the old and under the new rules, with their share of the old segment; null: in no segment; KEEP conditions are left aside';

CREATE FUNCTION segment_gaps(rules segment_rules, domain jsonb DEFAULT '{}', OUT finding text,
	OUT segments text, OUT rules_count integer, OUT region text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_gaps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 20;
COMMENT ON FUNCTION segment_gaps(segment_rules, jsonb) IS
'what rules that only compare columns with constants leave out (gap), share (overlap, the winner first) or never reach (unreachable), without a row; domain: {"r": [1, 5]} for whole numbers, {"x": {"from": 0, "to": 1}} for all between; a null is tried where a rule asks IS NULL; validity dates are left aside';
/* portfolio: all customers of a ledger in one value, for questions that would need a GROUP BY of it all */

CREATE TYPE portfolio;

CREATE FUNCTION portfolio_in(input cstring) RETURNS portfolio
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION portfolio_in(cstring) IS
'reads the text form of a portfolio';

CREATE FUNCTION portfolio_out(p portfolio) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION portfolio_out(portfolio) IS
'prints [first day,last day]{customer:value:documents:first purchase+days+days...,...} by ascending customer';

CREATE FUNCTION portfolio_recv(input internal) RETURNS portfolio
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION portfolio_recv(internal) IS
'reads the binary form of a portfolio, checking every field';

CREATE FUNCTION portfolio_send(p portfolio) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION portfolio_send(portfolio) IS
'binary form of a portfolio: version, scale, span, number of customers, then each customer';

CREATE TYPE portfolio (
	INPUT = portfolio_in,
	OUTPUT = portfolio_out,
	RECEIVE = portfolio_recv,
	SEND = portfolio_send,
	ALIGNMENT = double,
	STORAGE = external
);
COMMENT ON TYPE portfolio IS
'all customers of a ledger: first and last purchase, documents, value and days with a purchase; made by portfolio_agg';

CREATE FUNCTION portfolio_add(state portfolio, customer bigint, day date, amount numeric)
RETURNS portfolio
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_add'
/* not STRICT: a line with a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION portfolio_add(portfolio, bigint, date, numeric) IS
'the portfolio with one ledger line more; a line with a null changes nothing';

CREATE FUNCTION portfolio_merge(a portfolio, b portfolio) RETURNS portfolio
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_merge'
/* not STRICT: the first state of an aggregate must become its own object */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION portfolio_merge(portfolio, portfolio) IS
'the customers of two portfolios; a null one changes nothing';

CREATE FUNCTION portfolio_finish(state portfolio) RETURNS portfolio
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION portfolio_finish(portfolio) IS
'result of an aggregate''s state: the same portfolio';

CREATE AGGREGATE portfolio_agg(customer bigint, day date, amount numeric) (
	SFUNC = portfolio_add,
	STYPE = portfolio,
	SSPACE = 150000,
	FINALFUNC = portfolio_finish,
	COMBINEFUNC = portfolio_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE portfolio_agg(bigint, date, numeric) IS
'portfolio of ledger lines, without GROUP BY: customer, day and signed amount, negative for a credit note; lines with a null are skipped';

CREATE AGGREGATE rollup(p portfolio) (
	SFUNC = portfolio_merge,
	STYPE = portfolio,
	SSPACE = 150000,
	FINALFUNC = portfolio_finish,
	COMBINEFUNC = portfolio_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(portfolio) IS
'one portfolio of several, in any order; exact for lines that stand in one of them only';

CREATE FUNCTION rfm_scores(p portfolio, as_of date, bins integer DEFAULT 5,
	OUT customer bigint, OUT recency integer, OUT frequency integer, OUT monetary numeric,
	OUT r smallint, OUT f smallint, OUT m smallint, OUT segment text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_scores'
/* not STRICT: a null as_of or bins is an error, a null portfolio has no rows */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100000;
COMMENT ON FUNCTION rfm_scores(portfolio, date, integer) IS
'figures, scores and segment (map rfm11, with five bins) of each customer, breaks fitted on all of them';

CREATE FUNCTION rfm_scores(p portfolio, model rfm_model, as_of date,
	OUT customer bigint, OUT recency integer, OUT frequency integer, OUT monetary numeric,
	OUT r smallint, OUT f smallint, OUT m smallint, OUT segment text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_scores_model'
/* not STRICT: a null model or as_of is an error, a null portfolio has no rows */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100000;
COMMENT ON FUNCTION rfm_scores(portfolio, rfm_model, date) IS
'the same with the breaks of a stored model';

CREATE FUNCTION rfm_fit(p portfolio, as_of date, bins integer DEFAULT 5) RETURNS rfm_model
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_rfm_fit'
/* not STRICT: a null as_of or bins is an error */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION rfm_fit(portfolio, date, integer) IS
'model of all customers of a portfolio: the breaks that rfm_scores applies';

CREATE FUNCTION portfolio_customers(p portfolio,
	OUT customer bigint, OUT first_day date, OUT last_day date, OUT frequency integer,
	OUT documents integer, OUT monetary numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_customers'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100000;
COMMENT ON FUNCTION portfolio_customers(portfolio) IS
'what a portfolio keeps of each customer';
/* settlement: what is open, and for how long */

CREATE FUNCTION ageing_bucket(as_of date, due date, bounds integer[]) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ageing_bucket'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ageing_bucket(date, date, integer[]) IS
'number of the ageing bucket: 0 not yet due, 1 up to bounds[1] days past due, ..., n + 1 past the last of n bounds';

CREATE FUNCTION ageing_add(state bytea, amount numeric, due date, as_of date, bounds integer[])
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_ageing_add'
/* not STRICT: a null amount or due leaves the state as it is, a null as_of or bounds is an error */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ageing_add(bytea, numeric, date, date, integer[]) IS
'state of ageing with one open item more; a null amount or due changes nothing';

CREATE FUNCTION ageing_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_ageing_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ageing_merge(bytea, bytea) IS
'one state of ageing from two, of the same as_of and bounds';

CREATE FUNCTION ageing_finish(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_ageing_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ageing_finish(bytea) IS
'sums of a state of ageing, with subscripts from 0';

/*
 * The state is bytea, not internal: a server that splits aggregates over other
 * servers moves states of SQL types only.
 */
CREATE AGGREGATE ageing(amount numeric, due date, as_of date, bounds integer[]) (
	SFUNC = ageing_add,
	STYPE = bytea,
	SSPACE = 144,
	FINALFUNC = ageing_finish,
	COMBINEFUNC = ageing_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ageing(numeric, date, date, integer[]) IS
'open amounts by days past due at as_of: [0] not yet due, [1] .. [n + 1] the buckets; they add up to all that is open; items with a null amount or due are skipped';

/* Credit notes and discounts for early payment */

CREATE FUNCTION credit_note_split(invoice_net numeric, tax_pct numeric, credited_before numeric,
	credited_now numeric, scale integer DEFAULT 2, invoice_tax numeric DEFAULT NULL,
	tax_before numeric DEFAULT NULL, OUT net numeric, OUT tax numeric, OUT total numeric)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_credit_note_split'
/* not STRICT: without invoice_tax or tax_before they follow from the rate */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION credit_note_split(numeric, numeric, numeric, numeric, integer, numeric, numeric) IS
'net, tax and total of a credit note for a part of an invoice at one rate of tax: the rounded tax of all that is credited by then, less that of the notes before, so that the last note closes the invoice exactly';

CREATE FUNCTION credit_note_split(invoice_net numeric[], tax_pct numeric[], credited_before numeric[],
	credited_now numeric[], scale integer DEFAULT 2, invoice_tax numeric[] DEFAULT NULL,
	tax_before numeric[] DEFAULT NULL, OUT part integer, OUT net numeric, OUT tax numeric, OUT total numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_credit_note_split_rates'
/* not STRICT: without invoice_tax or tax_before they follow from the rates */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION credit_note_split(numeric[], numeric[], numeric[], numeric[], integer, numeric[], numeric[]) IS
'the same for an invoice of several rates: one element of each array and one row for each of them';

CREATE FUNCTION early_payment_discount(net numeric, tax numeric, issued_on date, paid_on date,
	discount_pct numeric, discount_days integer, tax_mode text DEFAULT 'on_payment',
	excluded_tax numeric DEFAULT 0, scale integer DEFAULT 2, discount_amount numeric DEFAULT NULL,
	OUT taken boolean, OUT valid_until date, OUT discount_net numeric, OUT discount_tax numeric,
	OUT tax_due numeric, OUT to_pay numeric)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_early_payment_discount'
/* not STRICT: a discount is a percentage or an amount */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION early_payment_discount(numeric, numeric, date, date, numeric, integer, text, numeric, integer, numeric) IS
'what is paid on a day for an invoice with a discount up to and with day n after issue; tax_mode: the tax is reduced never, on_payment in time, or always; excluded_tax is never reduced';

CREATE FUNCTION effective_discount_rate(discount_pct numeric, discount_days integer, net_days integer,
	method text DEFAULT 'compound', basis integer DEFAULT 365) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_effective_discount_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION effective_discount_rate(numeric, integer, integer, text, integer) IS
'yearly rate, as a fraction, of the credit that is taken by paying on net_days instead of with the discount on discount_days; compound or simple';

/* split_amount, allocate_payments */

CREATE FUNCTION split_amount(total numeric, weights numeric[], scale integer DEFAULT 2)
RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_split_amount'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION split_amount(numeric, numeric[], integer) IS
'parts of an amount in proportion to weights, which add up to it exactly: largest remainder, ties to the first';

CREATE TYPE payment_allocation AS (
	invoice bigint,
	payment bigint,
	credit_note bigint,
	day date,
	amount numeric,
	kind text
);
COMMENT ON TYPE payment_allocation IS
'what a payment or credit note pays of an invoice; or, without one of them, what is left of the other';

CREATE FUNCTION allocate_add(state bytea, payment bigint, invoice bigint, day date, amount numeric, due date)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_add'
/* not STRICT: nulls tell a payment from an invoice; without an amount the state stays as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION allocate_add(bytea, bigint, bigint, date, numeric, date) IS
'state of allocate_payments with one document more';

CREATE FUNCTION allocate_add(state bytea, payment bigint, invoice bigint, day date, amount numeric, due date,
	as_of date, options jsonb)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_add'
/* not STRICT: nulls tell a payment from an invoice; without an amount the state stays as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION allocate_add(bytea, bigint, bigint, date, numeric, date, date, jsonb) IS
'state of allocate_payments with one document more';

CREATE FUNCTION allocate_add(state bytea, payment bigint, invoice bigint, day date, amount numeric, due date,
	reference bigint, interest numeric, costs numeric, weight numeric,
	as_of date, options jsonb)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_add'
/* not STRICT: nulls tell a payment from an invoice; without an amount the state stays as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION allocate_add(bytea, bigint, bigint, date, numeric, date, bigint, numeric, numeric, numeric, date, jsonb) IS
'state of allocate_payments with one document more';

CREATE FUNCTION allocate_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_allocate_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION allocate_merge(bytea, bytea) IS
'one state of allocate_payments from two, of the same as_of and options';

CREATE FUNCTION allocate_finish(state bytea) RETURNS payment_allocation[]
AS 'MODULE_PATHNAME', 'pgrcv_allocate_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION allocate_finish(bytea) IS
'allocations of a state of allocate_payments';

/*
 * The state is bytea, not internal: a server that splits aggregates over other
 * servers moves states of SQL types only.
 */
CREATE AGGREGATE allocate_payments(payment bigint, invoice bigint, day date, amount numeric, due date) (
	SFUNC = allocate_add,
	STYPE = bytea,
	SSPACE = 700,
	FINALFUNC = allocate_finish,
	COMBINEFUNC = allocate_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocate_payments(bigint, bigint, date, numeric, date) IS
'which payment pays which invoice of an account: oldest due first; a row with the id of a payment is one, else it is an invoice, or a credit note when below 0';

CREATE AGGREGATE allocate_payments(payment bigint, invoice bigint, day date, amount numeric, due date,
	as_of date, options jsonb) (
	SFUNC = allocate_add,
	STYPE = bytea,
	SSPACE = 700,
	FINALFUNC = allocate_finish,
	COMBINEFUNC = allocate_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocate_payments(bigint, bigint, date, numeric, date, date, jsonb) IS
'which payment pays which invoice of an account, by a method and as of a day';

CREATE AGGREGATE allocate_payments(payment bigint, invoice bigint, day date, amount numeric, due date,
	reference bigint, interest numeric, costs numeric, weight numeric,
	as_of date, options jsonb) (
	SFUNC = allocate_add,
	STYPE = bytea,
	SSPACE = 700,
	FINALFUNC = allocate_finish,
	COMBINEFUNC = allocate_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocate_payments(bigint, bigint, date, numeric, date, bigint, numeric, numeric, numeric, date, jsonb) IS
'the same for invoices that bear interest and costs, or weigh on the debtor differently';

CREATE FUNCTION allocate_payments(invoices text, payments text, as_of date DEFAULT 'infinity', options jsonb DEFAULT '{}')
RETURNS TABLE (customer bigint, currency text, invoice bigint, payment bigint, credit_note bigint, day date, amount numeric, kind text)
AS 'MODULE_PATHNAME', 'pgrcv_allocate_bulk'
/* not STRICT: a null argument is an error, not a ledger without rows */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100000;
COMMENT ON FUNCTION allocate_payments(text, text, date, jsonb) IS
'allocations of a whole ledger, whose customers are numbers: of the invoices and payments that two queries return';

CREATE FUNCTION allocate_payments_text(invoices text, payments text, as_of date DEFAULT 'infinity', options jsonb DEFAULT '{}')
RETURNS TABLE (customer text, currency text, invoice bigint, payment bigint, credit_note bigint, day date, amount numeric, kind text)
AS 'MODULE_PATHNAME', 'pgrcv_allocate_bulk'
/* not STRICT: a null argument is an error, not a ledger without rows */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 100000;
COMMENT ON FUNCTION allocate_payments_text(text, text, date, jsonb) IS
'allocations of a whole ledger, whose customers are texts: of the invoices and payments that two queries return';
/* clv: how often, how long and for how much customers buy: fitted models, and what they predict */

CREATE TYPE clv_model;

CREATE FUNCTION clv_model_in(input cstring) RETURNS clv_model
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_model_in(cstring) IS
'reads a model written as JSON: model (mbg/nbd, bg/nbd, mbg/cnbd-k: r, alpha, a, b; pareto/nbd: r, alpha, s, beta; bg/bb: alpha, beta, gamma, delta; sbg: alpha, beta), and optionally k, unit, loglik, aic, n, iterations, status, covariance';

CREATE FUNCTION clv_model_out(model clv_model) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_model_out(clv_model) IS
'prints a model as JSON, keys in a fixed order, what is not known left out';

CREATE FUNCTION clv_model_recv(input internal) RETURNS clv_model
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_model_recv(internal) IS
'reads the binary form of a model: a version byte and its JSON text';

CREATE FUNCTION clv_model_send(model clv_model) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_model_send(clv_model) IS
'binary form of a model: a version byte and its JSON text';

CREATE TYPE clv_model (
	INPUT = clv_model_in,
	OUTPUT = clv_model_out,
	RECEIVE = clv_model_recv,
	SEND = clv_model_send,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE clv_model IS
'fitted model of purchases and drop-out: parameters with their covariance, log-likelihood, number of customers, unit of time and how the fit ended; made by clv_fit';

CREATE FUNCTION clv_model_from_jsonb(model jsonb) RETURNS clv_model
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_model_from_jsonb(jsonb) IS
'model of the same JSON as its text form';

CREATE FUNCTION clv_model_to_jsonb(model clv_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_model_to_jsonb(clv_model) IS
'JSON of a model, as its text form';

CREATE CAST (jsonb AS clv_model) WITH FUNCTION clv_model_from_jsonb(jsonb);
CREATE CAST (clv_model AS jsonb) WITH FUNCTION clv_model_to_jsonb(clv_model);
COMMENT ON CAST (jsonb AS clv_model) IS 'reads a model from JSON';
COMMENT ON CAST (clv_model AS jsonb) IS 'model as JSON';

CREATE FUNCTION clv_model_eq(a clv_model, b clv_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_model_eq(clv_model, clv_model) IS
'implementation of = operator';

CREATE FUNCTION clv_model_ne(a clv_model, b clv_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_model_ne(clv_model, clv_model) IS
'implementation of <> operator';

CREATE FUNCTION clv_model_hash(model clv_model) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_model_hash(clv_model) IS
'hash of a model';

CREATE FUNCTION clv_model_hash_extended(model clv_model, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_model_hash_extended(clv_model, bigint) IS
'64-bit hash of a model with a seed';

CREATE OPERATOR = (
	LEFTARG = clv_model, RIGHTARG = clv_model, FUNCTION = clv_model_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (clv_model, clv_model) IS 'same parameters, fit and customers';

CREATE OPERATOR <> (
	LEFTARG = clv_model, RIGHTARG = clv_model, FUNCTION = clv_model_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (clv_model, clv_model) IS 'not the same model';

CREATE OPERATOR CLASS clv_model_ops DEFAULT FOR TYPE clv_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 clv_model_hash(clv_model),
	FUNCTION 2 clv_model_hash_extended(clv_model, bigint);
COMMENT ON OPERATOR CLASS clv_model_ops USING hash IS 'equality of models';

CREATE FUNCTION parameter(model clv_model, name text) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_parameter'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION parameter(clv_model, text) IS
'parameter of a model by its name; NULL when the fit gave no estimate';

CREATE FUNCTION log_likelihood(model clv_model) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_log_likelihood'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION log_likelihood(clv_model) IS
'log-likelihood where the fit ended';

CREATE FUNCTION aic(model clv_model) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_aic'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION aic(clv_model) IS
'Akaike''s criterion, 2 parameters - 2 log-likelihood: of two models of the same customers the lower one fits better';

CREATE FUNCTION fit_status(model clv_model) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_status'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION fit_status(clv_model) IS
'how the fit ended, in words: ok, or why scores of this model are NULL';

CREATE FUNCTION clv_params(model clv_model, confidence float8 DEFAULT 0.95,
	OUT name text, OUT estimate float8, OUT std_error float8, OUT lower float8, OUT upper float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_clv_params'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION clv_params(clv_model, float8) IS
'parameters with standard errors, and intervals computed on the logarithmic scale, so never negative';

CREATE TYPE spend_model;

CREATE FUNCTION spend_model_in(input cstring) RETURNS spend_model
AS 'MODULE_PATHNAME', 'pgrcv_spend_model_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION spend_model_in(cstring) IS
'reads a model written as JSON: p, q, v, and optionally model (gamma-gamma), loglik, aic, n, excluded, correlation, iterations, status, covariance';

CREATE FUNCTION spend_model_out(model spend_model) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION spend_model_out(spend_model) IS
'prints a model as JSON, keys in a fixed order, what is not known left out';

CREATE FUNCTION spend_model_recv(input internal) RETURNS spend_model
AS 'MODULE_PATHNAME', 'pgrcv_spend_model_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION spend_model_recv(internal) IS
'reads the binary form of a model: a version byte and its JSON text';

CREATE FUNCTION spend_model_send(model spend_model) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION spend_model_send(spend_model) IS
'binary form of a model: a version byte and its JSON text';

CREATE TYPE spend_model (
	INPUT = spend_model_in,
	OUTPUT = spend_model_out,
	RECEIVE = spend_model_recv,
	SEND = spend_model_send,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE spend_model IS
'fitted gamma-gamma model of the mean spend: parameters with their covariance, log-likelihood, customers fitted and left out, correlation of frequency and spend; made by spend_fit';

CREATE FUNCTION spend_model_from_jsonb(model jsonb) RETURNS spend_model
AS 'MODULE_PATHNAME', 'pgrcv_spend_model_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION spend_model_from_jsonb(jsonb) IS
'model of the same JSON as its text form';

CREATE FUNCTION spend_model_to_jsonb(model spend_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION spend_model_to_jsonb(spend_model) IS
'JSON of a model, as its text form';

CREATE CAST (jsonb AS spend_model) WITH FUNCTION spend_model_from_jsonb(jsonb);
CREATE CAST (spend_model AS jsonb) WITH FUNCTION spend_model_to_jsonb(spend_model);
COMMENT ON CAST (jsonb AS spend_model) IS 'reads a model from JSON';
COMMENT ON CAST (spend_model AS jsonb) IS 'model as JSON';

CREATE FUNCTION spend_model_eq(a spend_model, b spend_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_model_eq(spend_model, spend_model) IS
'implementation of = operator';

CREATE FUNCTION spend_model_ne(a spend_model, b spend_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_model_ne(spend_model, spend_model) IS
'implementation of <> operator';

CREATE FUNCTION spend_model_hash(model spend_model) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_model_hash(spend_model) IS
'hash of a model';

CREATE FUNCTION spend_model_hash_extended(model spend_model, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_clv_model_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_model_hash_extended(spend_model, bigint) IS
'64-bit hash of a model with a seed';

CREATE OPERATOR = (
	LEFTARG = spend_model, RIGHTARG = spend_model, FUNCTION = spend_model_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (spend_model, spend_model) IS 'same parameters, fit and customers';

CREATE OPERATOR <> (
	LEFTARG = spend_model, RIGHTARG = spend_model, FUNCTION = spend_model_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (spend_model, spend_model) IS 'not the same model';

CREATE OPERATOR CLASS spend_model_ops DEFAULT FOR TYPE spend_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 spend_model_hash(spend_model),
	FUNCTION 2 spend_model_hash_extended(spend_model, bigint);
COMMENT ON OPERATOR CLASS spend_model_ops USING hash IS 'equality of models';

CREATE FUNCTION parameter(model spend_model, name text) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_parameter'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION parameter(spend_model, text) IS
'parameter of a model by its name; NULL when the fit gave no estimate';

CREATE FUNCTION log_likelihood(model spend_model) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_log_likelihood'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION log_likelihood(spend_model) IS
'log-likelihood where the fit ended';

CREATE FUNCTION aic(model spend_model) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_aic'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION aic(spend_model) IS
'Akaike''s criterion, 2 parameters - 2 log-likelihood: of two models of the same customers the lower one fits better';

CREATE FUNCTION fit_status(model spend_model) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_status'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION fit_status(spend_model) IS
'how the fit ended, in words: ok, or why scores of this model are NULL';

CREATE FUNCTION clv_params(model spend_model, confidence float8 DEFAULT 0.95,
	OUT name text, OUT estimate float8, OUT std_error float8, OUT lower float8, OUT upper float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_clv_params'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION clv_params(spend_model, float8) IS
'parameters with standard errors, and intervals computed on the logarithmic scale, so never negative';

/* Fitting: state functions are not STRICT, because a null row is skipped and a null option is an error */

CREATE FUNCTION clv_fit_add(state bytea, a activity, as_of date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, activity, date) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_add(state bytea, a activity, as_of date, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_activity_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, activity, date, jsonb) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_add(state bytea, x float8, t_x float8, t float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, float8, float8, float8) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_add(state bytea, x float8, t_x float8, t float8, n bigint) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_values_n'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, float8, float8, float8, bigint) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_add(state bytea, x float8, t_x float8, t float8, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_values_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, float8, float8, float8, jsonb) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_add(state bytea, x float8, t_x float8, t float8, n bigint, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_values_n_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, float8, float8, float8, bigint, jsonb) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_add(state bytea, x float8, t_x float8, t float8, n bigint, log_gaps float8, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_add_values_gaps'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_fit_add(bytea, float8, float8, float8, bigint, float8, jsonb) IS
'state of clv_fit with one customer, or n alike, more';

CREATE FUNCTION spend_fit_add(state bytea, a activity, as_of date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_spend_fit_add_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_fit_add(bytea, activity, date) IS
'state of spend_fit with one customer, or n alike, more';

CREATE FUNCTION spend_fit_add(state bytea, x float8, mean float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_spend_fit_add_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_fit_add(bytea, float8, float8) IS
'state of spend_fit with one customer, or n alike, more';

CREATE FUNCTION spend_fit_add(state bytea, x float8, mean float8, n bigint) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_spend_fit_add_values_n'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION spend_fit_add(bytea, float8, float8, bigint) IS
'state of spend_fit with one customer, or n alike, more';

CREATE FUNCTION clv_fit_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_fit_merge(bytea, bytea) IS
'customers of two states of clv_fit or spend_fit';

CREATE FUNCTION clv_fit_finish(state bytea) RETURNS clv_model
AS 'MODULE_PATHNAME', 'pgrcv_clv_fit_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION clv_fit_finish(bytea) IS
'fit of the customers of a state';

CREATE FUNCTION spend_fit_finish(state bytea) RETURNS spend_model
AS 'MODULE_PATHNAME', 'pgrcv_spend_fit_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION spend_fit_finish(bytea) IS
'fit of the customers of a state';

CREATE AGGREGATE clv_fit(a activity, as_of date) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(activity, date) IS
'model of purchases and drop-out of customers (mbg/nbd), from their purchase days up to as_of; times in days';

CREATE AGGREGATE clv_fit(a activity, as_of date, options jsonb) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(activity, date, jsonb) IS
'the same with options: model, k (of mbg/cnbd-k; left out: the most likely of 1 .. 12), unit ("day", "week", "30 days"), max_mb (most memory, 512)';

CREATE AGGREGATE clv_fit(x float8, t_x float8, t float8) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(float8, float8, float8) IS
'the same from x repeat purchases, time t_x from the first to the last purchase and t to now, in any unit';

CREATE AGGREGATE clv_fit(x float8, t_x float8, t float8, n bigint) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(float8, float8, float8, bigint) IS
'the same with n customers alike a row';

CREATE AGGREGATE clv_fit(x float8, t_x float8, t float8, options jsonb) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(float8, float8, float8, jsonb) IS
'the same with options';

CREATE AGGREGATE clv_fit(x float8, t_x float8, t float8, n bigint, options jsonb) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(float8, float8, float8, bigint, jsonb) IS
'the same with n customers alike a row, and options';

CREATE AGGREGATE clv_fit(x float8, t_x float8, t float8, n bigint, log_gaps float8, options jsonb) (
	SFUNC = clv_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_fit(float8, float8, float8, bigint, float8, jsonb) IS
'the same with log_gaps, the sum of ln(gap) between a customer''s purchases, by which k of mbg/cnbd-k is chosen';

CREATE AGGREGATE spend_fit(a activity, as_of date) (
	SFUNC = spend_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = spend_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE spend_fit(activity, date) IS
'gamma-gamma model of the mean spend, from the net amounts after the first purchase day up to as_of; who has a mean of 0 or less is left out and counted';

CREATE AGGREGATE spend_fit(x float8, mean float8) (
	SFUNC = spend_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = spend_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE spend_fit(float8, float8) IS
'the same from x repeat purchases and their mean amount; who has none is left out';

CREATE AGGREGATE spend_fit(x float8, mean float8, n bigint) (
	SFUNC = spend_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = spend_fit_finish,
	COMBINEFUNC = clv_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE spend_fit(float8, float8, bigint) IS
'the same with n customers alike a row';

/* Scores: NULL when the model's fit_status says that it cannot be asked, or without a purchase by as_of */

CREATE FUNCTION p_alive(model clv_model, a activity, as_of date) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_p_alive_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION p_alive(clv_model, activity, date) IS
'probability that the customer has not dropped out by as_of';

CREATE FUNCTION p_alive(model clv_model, x float8, t_x float8, t float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_p_alive_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION p_alive(clv_model, float8, float8, float8) IS
'the same from x repeat purchases, the last at t_x, of t observed';

CREATE FUNCTION expected_purchases(model clv_model, a activity, as_of date, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_expected_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION expected_purchases(clv_model, activity, date, integer) IS
'expected number of purchases in the days after as_of';

CREATE FUNCTION expected_purchases(model clv_model, x float8, t_x float8, t float8, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_expected_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION expected_purchases(clv_model, float8, float8, float8, float8) IS
'the same from x, t_x and t, to a horizon in the model''s unit';

CREATE FUNCTION expected_purchases(model clv_model, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_expected_new'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION expected_purchases(clv_model, float8) IS
'expected purchases of a new customer from the first purchase to the horizon, in the model''s unit';

CREATE FUNCTION p_purchase(model clv_model, a activity, as_of date, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_purchase_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION p_purchase(clv_model, activity, date, integer) IS
'probability of a purchase in the days after as_of; churn is 1 minus it';

CREATE FUNCTION p_purchase(model clv_model, x float8, t_x float8, t float8, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_purchase_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION p_purchase(clv_model, float8, float8, float8, float8) IS
'the same from x, t_x and t, to a horizon in the model''s unit';

CREATE FUNCTION p_purchase(model clv_model, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_purchase_new'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION p_purchase(clv_model, float8) IS
'probability that a new customer buys again by the horizon, in the model''s unit';

CREATE FUNCTION purchases_quantile(model clv_model, a activity, as_of date, days integer, q float8) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_clv_quantile_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION purchases_quantile(clv_model, activity, date, integer, float8) IS
'number of purchases in the days after as_of that is not exceeded with probability q';

CREATE FUNCTION purchases_quantile(model clv_model, x float8, t_x float8, t float8, horizon float8, q float8) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_clv_quantile_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION purchases_quantile(clv_model, float8, float8, float8, float8, float8) IS
'the same from x, t_x and t, to a horizon in the model''s unit';

CREATE FUNCTION residual_purchases(model clv_model, a activity, as_of date, annual_rate float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_residual_purchases_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION residual_purchases(clv_model, activity, date, float8) IS
'expected purchases without end, discounted at an effective annual rate above 0 (DERT)';

CREATE FUNCTION residual_purchases(model clv_model, x float8, t_x float8, t float8, annual_rate float8) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_clv_residual_purchases_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION residual_purchases(clv_model, float8, float8, float8, float8) IS
'the same from x, t_x and t';

CREATE FUNCTION expected_spend(model spend_model, a activity, as_of date) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_clv_spend_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION expected_spend(spend_model, activity, date) IS
'expected mean amount of a purchase: the customer''s own, drawn towards that of all; NULL when the own one is 0 or less';

CREATE FUNCTION expected_spend(model spend_model, x float8, mean float8) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_clv_spend_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION expected_spend(spend_model, float8, float8) IS
'the same from x repeat purchases and their mean amount';

CREATE FUNCTION clv(model clv_model, spend spend_model, a activity, as_of date, days integer,
	annual_rate float8 DEFAULT 0, margin float8 DEFAULT 1,
	pay_delay_days float8 DEFAULT 0, loss_rate float8 DEFAULT 0) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_clv_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION clv(clv_model, spend_model, activity, date, integer, float8, float8, float8, float8) IS
'value of the purchases expected in the days after as_of: margin x (1 - loss_rate) x expected spend x purchases discounted at the annual rate, paid pay_delay_days later';

CREATE FUNCTION clv(model clv_model, spend spend_model, x float8, t_x float8, t float8,
	mean float8, horizon float8,
	annual_rate float8 DEFAULT 0, margin float8 DEFAULT 1,
	pay_delay_days float8 DEFAULT 0, loss_rate float8 DEFAULT 0) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_clv_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION clv(clv_model, spend_model, float8, float8, float8, float8, float8, float8, float8, float8, float8) IS
'the same from x, t_x, t and the mean amount, to a horizon in the model''s unit';

CREATE FUNCTION residual_clv(model clv_model, spend spend_model, a activity, as_of date,
	annual_rate float8, margin float8 DEFAULT 1,
	pay_delay_days float8 DEFAULT 0, loss_rate float8 DEFAULT 0) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_clv_residual_activity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION residual_clv(clv_model, spend_model, activity, date, float8, float8, float8, float8) IS
'value of all purchases still expected, without end, discounted at an annual rate above 0';

CREATE FUNCTION residual_clv(model clv_model, spend spend_model, x float8, t_x float8, t float8,
	mean float8,
	annual_rate float8, margin float8 DEFAULT 1,
	pay_delay_days float8 DEFAULT 0, loss_rate float8 DEFAULT 0) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_clv_residual_values'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION residual_clv(clv_model, spend_model, float8, float8, float8, float8, float8, float8, float8, float8) IS
'the same from x, t_x, t and the mean amount';

CREATE FUNCTION clv_explain(model clv_model, spend spend_model, a activity, as_of date, days integer,
	annual_rate float8 DEFAULT 0, margin float8 DEFAULT 1,
	pay_delay_days float8 DEFAULT 0, loss_rate float8 DEFAULT 0,
	OUT x float8, OUT t_x float8, OUT t float8, OUT p_alive float8,
	OUT expected_purchases float8, OUT discounted_purchases float8, OUT mean_spend numeric,
	OUT expected_spend numeric, OUT margin_kept float8, OUT not_lost float8,
	OUT paid_later float8, OUT value numeric, OUT reason text)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_clv_explain'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION clv_explain(clv_model, spend_model, activity, date, integer, float8, float8, float8, float8) IS
'each figure of clv: value = discounted_purchases x expected_spend x margin_kept x not_lost x paid_later';

/*
 * Totals over customers, with the standard error that the parameters' errors give (delta method);
 * state functions are not STRICT, because a row with a null is skipped
 */

CREATE TYPE purchases_estimate AS (customers bigint, estimate float8, std_error float8, lower float8, upper float8);
COMMENT ON TYPE purchases_estimate IS
'estimate of a number of purchases over customers, with its standard error and 95 % interval; these are NULL for a model without covariance';

CREATE TYPE money_estimate AS (customers bigint, estimate numeric, std_error numeric, lower numeric, upper numeric);
COMMENT ON TYPE money_estimate IS
'estimate of an amount over customers, with its standard error and 95 % interval; these are NULL for a model without covariance';

CREATE FUNCTION expected_purchases_total_add(state bytea, model clv_model, a activity, as_of date, days integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_add_purchases_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION expected_purchases_total_add(bytea, clv_model, activity, date, integer) IS
'state of expected_purchases_total with one customer more';

CREATE FUNCTION expected_purchases_total_add(state bytea, model clv_model, x float8, t_x float8, t float8, horizon float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_add_purchases_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION expected_purchases_total_add(bytea, clv_model, float8, float8, float8, float8) IS
'state of expected_purchases_total with one customer more';

CREATE FUNCTION clv_total_add(state bytea, model clv_model, spend spend_model, a activity, as_of date, days integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_add_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_total_add(bytea, clv_model, spend_model, activity, date, integer) IS
'state of clv_total with one customer more';

CREATE FUNCTION clv_total_add(state bytea, model clv_model, spend spend_model, a activity, as_of date, days integer,
	annual_rate float8, margin float8, pay_delay_days float8, loss_rate float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_add_activity'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_total_add(bytea, clv_model, spend_model, activity, date, integer, float8, float8, float8, float8) IS
'state of clv_total with one customer more';

CREATE FUNCTION clv_total_add(state bytea, model clv_model, spend spend_model, x float8, t_x float8, t float8,
	mean float8, horizon float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_add_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_total_add(bytea, clv_model, spend_model, float8, float8, float8, float8, float8) IS
'state of clv_total with one customer more';

CREATE FUNCTION clv_total_add(state bytea, model clv_model, spend spend_model, x float8, t_x float8, t float8,
	mean float8, horizon float8,
	annual_rate float8, margin float8, pay_delay_days float8, loss_rate float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_add_values'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION clv_total_add(bytea, clv_model, spend_model, float8, float8, float8, float8, float8, float8, float8, float8, float8) IS
'state of clv_total with one customer more';

CREATE FUNCTION clv_total_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_total_merge(bytea, bytea) IS
'customers of two states of expected_purchases_total or clv_total';

CREATE FUNCTION expected_purchases_total_finish(state bytea) RETURNS purchases_estimate
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_purchases'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION expected_purchases_total_finish(bytea) IS
'result of a state of expected_purchases_total';

CREATE FUNCTION clv_total_finish(state bytea) RETURNS money_estimate
AS 'MODULE_PATHNAME', 'pgrcv_clv_total_money'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION clv_total_finish(bytea) IS
'result of a state of clv_total';

CREATE AGGREGATE expected_purchases_total(model clv_model, a activity, as_of date, days integer) (
	SFUNC = expected_purchases_total_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = expected_purchases_total_finish,
	COMBINEFUNC = clv_total_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE expected_purchases_total(clv_model, activity, date, integer) IS
'total of expected_purchases over customers, with its standard error';

CREATE AGGREGATE expected_purchases_total(model clv_model, x float8, t_x float8, t float8, horizon float8) (
	SFUNC = expected_purchases_total_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = expected_purchases_total_finish,
	COMBINEFUNC = clv_total_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE expected_purchases_total(clv_model, float8, float8, float8, float8) IS
'the same from x, t_x and t';

CREATE AGGREGATE clv_total(model clv_model, spend spend_model, a activity, as_of date, days integer) (
	SFUNC = clv_total_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_total_finish,
	COMBINEFUNC = clv_total_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_total(clv_model, spend_model, activity, date, integer) IS
'total of clv over customers, with its standard error: undiscounted revenue';

CREATE AGGREGATE clv_total(model clv_model, spend spend_model, a activity, as_of date, days integer,
	annual_rate float8, margin float8, pay_delay_days float8, loss_rate float8) (
	SFUNC = clv_total_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_total_finish,
	COMBINEFUNC = clv_total_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_total(clv_model, spend_model, activity, date, integer, float8, float8, float8, float8) IS
'the same with the terms of clv';

CREATE AGGREGATE clv_total(model clv_model, spend spend_model, x float8, t_x float8, t float8,
	mean float8, horizon float8) (
	SFUNC = clv_total_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_total_finish,
	COMBINEFUNC = clv_total_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_total(clv_model, spend_model, float8, float8, float8, float8, float8) IS
'the same from x, t_x, t and the mean amount';

CREATE AGGREGATE clv_total(model clv_model, spend spend_model, x float8, t_x float8, t float8,
	mean float8, horizon float8,
	annual_rate float8, margin float8, pay_delay_days float8, loss_rate float8) (
	SFUNC = clv_total_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = clv_total_finish,
	COMBINEFUNC = clv_total_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE clv_total(clv_model, spend_model, float8, float8, float8, float8, float8, float8, float8, float8, float8) IS
'the same from x, t_x, t and the mean amount, with the terms of clv';

/* The same of a whole portfolio */

CREATE FUNCTION clv_fit(p portfolio, as_of date) RETURNS clv_model
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_clv_fit'
/* not STRICT: a null as_of is an error */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION clv_fit(portfolio, date) IS
'model (mbg/nbd) of all customers of a portfolio';

CREATE FUNCTION clv_fit(p portfolio, as_of date, options jsonb) RETURNS clv_model
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_clv_fit_options'
/* not STRICT: a null as_of or options is an error */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION clv_fit(portfolio, date, jsonb) IS
'the same with the options of the aggregate';

CREATE FUNCTION clv_scores(p portfolio, model clv_model, as_of date, days integer,
	OUT customer bigint, OUT x integer, OUT t_x float8, OUT t float8,
	OUT p_alive float8, OUT expected_purchases float8, OUT p_purchase float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_portfolio_clv_scores'
/* not STRICT: a null model, as_of or days is an error, a null portfolio has no rows */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 100000;
COMMENT ON FUNCTION clv_scores(portfolio, clv_model, date, integer) IS
'what a model says of each customer of a portfolio, for the days after as_of';
/* stability: segments over time: who moved, how much, and who was where */

CREATE TYPE migration;

CREATE FUNCTION migration_in(input cstring) RETURNS migration
AS 'MODULE_PATHNAME', 'pgrcv_migration_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_in(cstring) IS
'reads a migration written as JSON: before and after, the names of segments (null: none), and counts, a row for each one before';

CREATE FUNCTION migration_out(m migration) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_migration_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_out(migration) IS
'prints a migration as JSON, segments in bytewise order, null last';

CREATE FUNCTION migration_recv(input internal) RETURNS migration
AS 'MODULE_PATHNAME', 'pgrcv_migration_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_recv(internal) IS
'reads the binary form of a migration: a version byte and its JSON text';

CREATE FUNCTION migration_send(m migration) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_migration_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_send(migration) IS
'binary form of a migration: a version byte and its JSON text';

CREATE TYPE migration (
	INPUT = migration_in,
	OUTPUT = migration_out,
	RECEIVE = migration_recv,
	SEND = migration_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE migration IS
'numbers of customers by the segment before and the segment after, null for none; made by migration_agg, merged by rollup';

CREATE FUNCTION migration_from_jsonb(m jsonb) RETURNS migration
AS 'MODULE_PATHNAME', 'pgrcv_migration_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_from_jsonb(jsonb) IS
'migration of the same JSON as its text form';

CREATE FUNCTION migration_to_jsonb(m migration) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_migration_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_to_jsonb(migration) IS
'JSON of a migration, as its text form';

CREATE CAST (jsonb AS migration) WITH FUNCTION migration_from_jsonb(jsonb);
CREATE CAST (migration AS jsonb) WITH FUNCTION migration_to_jsonb(migration);
COMMENT ON CAST (jsonb AS migration) IS 'reads a migration from JSON';
COMMENT ON CAST (migration AS jsonb) IS 'migration as JSON';

CREATE FUNCTION migration_eq(a migration, b migration) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION migration_eq(migration, migration) IS
'implementation of = operator';

CREATE FUNCTION migration_ne(a migration, b migration) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION migration_ne(migration, migration) IS
'implementation of <> operator';

CREATE FUNCTION migration_hash(m migration) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION migration_hash(migration) IS
'hash of a migration';

CREATE FUNCTION migration_hash_extended(m migration, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION migration_hash_extended(migration, bigint) IS
'64-bit hash of a migration with a seed';

CREATE OPERATOR = (
	LEFTARG = migration, RIGHTARG = migration, FUNCTION = migration_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (migration, migration) IS 'same segments with the same customers between them';

CREATE OPERATOR <> (
	LEFTARG = migration, RIGHTARG = migration, FUNCTION = migration_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (migration, migration) IS 'not the same segments or customers';

CREATE OPERATOR CLASS migration_ops DEFAULT FOR TYPE migration USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 migration_hash(migration),
	FUNCTION 2 migration_hash_extended(migration, bigint);
COMMENT ON OPERATOR CLASS migration_ops USING hash IS 'equality of migrations';

/* Aggregates */

CREATE FUNCTION migration_add(state bytea, before text, after text) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_migration_add'
/* not STRICT: a null segment is none, and two of them leave the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION migration_add(bytea, text, text) IS
'state of migration_agg with one customer more';

CREATE FUNCTION migration_add(state bytea, m migration) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_migration_add_value'
/* not STRICT: a null migration leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_add(bytea, migration) IS
'state of rollup with one migration more';

CREATE FUNCTION migration_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_migration_merge'
/* not STRICT: a null state adds nothing */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_merge(bytea, bytea) IS
'all customers of two states of migration_agg';

CREATE FUNCTION migration_finish(state bytea) RETURNS migration
AS 'MODULE_PATHNAME', 'pgrcv_migration_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION migration_finish(bytea) IS
'migration of a state: segments sorted, those without customers left out';

CREATE AGGREGATE migration_agg(before text, after text) (
	SFUNC = migration_add,
	STYPE = bytea,
	SSPACE = 1100,
	FINALFUNC = migration_finish,
	COMBINEFUNC = migration_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE migration_agg(text, text) IS
'migration of customers, a row each: segment before and segment after, null for none (a new customer, or one who is gone); rows with two nulls are skipped';

CREATE AGGREGATE rollup(m migration) (
	SFUNC = migration_add,
	STYPE = bytea,
	SSPACE = 1100,
	FINALFUNC = migration_finish,
	COMBINEFUNC = migration_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(migration) IS
'one migration of several, of different customers, in any order';

/* Questions */

CREATE FUNCTION segment_migration(m migration, OUT from_segment text, OUT to_segment text,
	OUT customers bigint, OUT share float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_migration'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 50;
COMMENT ON FUNCTION segment_migration(migration) IS
'the moves that customers made, in order: how many, and which share of those in from_segment';

CREATE FUNCTION segment_migration(before text[], after text[], OUT from_segment text,
	OUT to_segment text, OUT customers bigint, OUT share float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_migration_arrays'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 50;
COMMENT ON FUNCTION segment_migration(text[], text[]) IS
'the same from two arrays with a customer at each place';

CREATE FUNCTION stay_share(m migration) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_stay_share'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION stay_share(migration) IS
'share of customers in the same segment before and after, among those with one on both sides; null when there are none';

CREATE FUNCTION adjusted_rand(m migration) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_adjusted_rand'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION adjusted_rand(migration) IS
'adjusted Rand index of the customers with a segment on both sides: 1 the same groups, 0 as by chance; null under two customers';

CREATE FUNCTION adjusted_rand(before text[], after text[]) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_adjusted_rand_arrays'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION adjusted_rand(text[], text[]) IS
'the same from two arrays with a customer at each place';

CREATE FUNCTION psi(m migration, add float8 DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_psi_migration'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION psi(migration, float8) IS
'population stability index of the mix of segments after against the one before; null when a segment is empty on one side and add is 0, or a whole side is';

CREATE FUNCTION psi(expected float8[], actual float8[], add float8 DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_psi'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION psi(float8[], float8[], float8) IS
'population stability index of actual against expected counts or shares, add (0.5: half counts) put on each first; null when a bin is empty on one side and add is 0';

/* Membership history */

CREATE FUNCTION segment_history_ddl(history text, customer_type regtype DEFAULT 'bigint')
RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_history_ddl'
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 10;
COMMENT ON FUNCTION segment_history_ddl(text, regtype) IS
'statements that create a table of membership history: to be read, then run with \gexec';

CREATE FUNCTION segment_history_update(history regclass, segmentation text, as_of date,
	members text, rules_version text DEFAULT NULL, OUT customer_id text, OUT from_segment text,
	OUT to_segment text, OUT change text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_history_update'
/* not STRICT: rules_version may be null; another null is an error */
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1000;
COMMENT ON FUNCTION segment_history_update(regclass, text, date, text, text) IS
'brings the history of a segmentation to a day, from a query of customers and their segments, and returns who entered, left or moved';
/* experiment: who gets what, and whether it worked: assignment, summaries of arms, tests, corrections, posteriors */

/* Assignment: GrowthBook's public hash */

CREATE FUNCTION ab_bucket(seed text, key text, version integer DEFAULT 2) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_bucket'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_bucket(text, text, integer) IS
'place of a key within 0 .. 1 for a seed, by the public hash of GrowthBook in its version 1 or 2';

CREATE FUNCTION ab_bucket(seed text, key bigint, version integer DEFAULT 2) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_bucket_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_bucket(text, bigint, integer) IS
'place of a number, hashed as its decimal text, within 0 .. 1 for a seed';

CREATE FUNCTION ab_assign(experiment text, key text, weights float8[] DEFAULT '{0.5,0.5}', coverage float8 DEFAULT 1, version integer DEFAULT 2)
RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ab_assign'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_assign(text, text, float8[], float8, integer) IS
'arm of a key in an experiment as GrowthBook assigns it: 0 for the control, then 1, 2 ...; null when the key is empty or falls outside the coverage';

CREATE FUNCTION ab_assign(experiment text, key bigint, weights float8[] DEFAULT '{0.5,0.5}', coverage float8 DEFAULT 1, version integer DEFAULT 2)
RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ab_assign_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_assign(text, bigint, float8[], float8, integer) IS
'arm of a number, hashed as its decimal text, in an experiment; null when it falls outside the coverage';

/* Summaries */

CREATE TYPE ab_summary;

CREATE FUNCTION ab_summary_in(input cstring) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_in(cstring) IS
'reads a summary written as JSON: n, mean, mean_low, squares, and with a covariate mean_x, mean_x_low, squares_x, products';

CREATE FUNCTION ab_summary_out(summary ab_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_out(ab_summary) IS
'prints a summary as JSON with exact figures';

CREATE FUNCTION ab_summary_recv(input internal) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_recv(internal) IS
'reads the binary form of a summary, checking every field';

CREATE FUNCTION ab_summary_send(summary ab_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_send(ab_summary) IS
'binary form of a summary: version, whether there is a covariate, number of rows, figures';

CREATE TYPE ab_summary (
	INPUT = ab_summary_in,
	OUTPUT = ab_summary_out,
	RECEIVE = ab_summary_recv,
	SEND = ab_summary_send,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE ab_summary IS
'one arm of an experiment summed up: number of rows, mean and squared deviations of a figure, and of a covariate beside it; made by ab_stats, merged by rollup';

CREATE FUNCTION ab_summary_from_jsonb(summary jsonb) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_from_jsonb(jsonb) IS
'summary of the same JSON as its text form';

CREATE FUNCTION ab_summary_to_jsonb(summary ab_summary) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ab_summary_to_jsonb(ab_summary) IS
'JSON of a summary, as its text form';

CREATE CAST (jsonb AS ab_summary) WITH FUNCTION ab_summary_from_jsonb(jsonb);
CREATE CAST (ab_summary AS jsonb) WITH FUNCTION ab_summary_to_jsonb(ab_summary);
COMMENT ON CAST (jsonb AS ab_summary) IS 'reads a summary from JSON';
COMMENT ON CAST (ab_summary AS jsonb) IS 'summary as JSON';

CREATE FUNCTION ab_summary_eq(a ab_summary, b ab_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_eq(ab_summary, ab_summary) IS
'implementation of = operator';

CREATE FUNCTION ab_summary_ne(a ab_summary, b ab_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_ne(ab_summary, ab_summary) IS
'implementation of <> operator';

CREATE FUNCTION ab_summary_hash(summary ab_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_hash(ab_summary) IS
'hash of a summary';

CREATE FUNCTION ab_summary_hash_extended(summary ab_summary, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_hash_extended(ab_summary, bigint) IS
'64-bit hash of a summary with a seed';

CREATE OPERATOR = (
	LEFTARG = ab_summary, RIGHTARG = ab_summary, FUNCTION = ab_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (ab_summary, ab_summary) IS 'the same figures to the last digit';

CREATE OPERATOR <> (
	LEFTARG = ab_summary, RIGHTARG = ab_summary, FUNCTION = ab_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (ab_summary, ab_summary) IS 'not the same figures';

CREATE OPERATOR CLASS ab_summary_ops DEFAULT FOR TYPE ab_summary USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 ab_summary_hash(ab_summary),
	FUNCTION 2 ab_summary_hash_extended(ab_summary, bigint);
COMMENT ON OPERATOR CLASS ab_summary_ops USING hash IS 'equality of summaries';

/* Aggregates */

CREATE FUNCTION ab_summary_add(state ab_summary, y float8) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_add'
/* not STRICT: a null row leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_add(ab_summary, float8) IS
'the summary with one row more; a null row changes nothing';

CREATE FUNCTION ab_summary_add(state ab_summary, y float8, x float8) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_add_pair'
/* not STRICT: a row with a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_add(ab_summary, float8, float8) IS
'the summary with one row more and its covariate; a row with a null changes nothing';

CREATE FUNCTION ab_summary_merge(a ab_summary, b ab_summary) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_merge'
/* not STRICT: a null summary adds nothing */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_merge(ab_summary, ab_summary) IS
'all rows of two summaries; a null one adds nothing';

CREATE FUNCTION ab_summary_finish(state ab_summary) RETURNS ab_summary
AS 'MODULE_PATHNAME', 'pgrcv_ab_summary_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_summary_finish(ab_summary) IS
'the summary of a state, with sums rounded to a double';

CREATE AGGREGATE ab_stats(y float8) (
	SFUNC = ab_summary_add,
	STYPE = ab_summary,
	SSPACE = 104,
	FINALFUNC = ab_summary_finish,
	COMBINEFUNC = ab_summary_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ab_stats(float8) IS
'one arm summed up: number of rows, mean and squared deviations of y; null rows are skipped';

CREATE AGGREGATE ab_stats(y float8, x float8) (
	SFUNC = ab_summary_add,
	STYPE = ab_summary,
	SSPACE = 104,
	FINALFUNC = ab_summary_finish,
	COMBINEFUNC = ab_summary_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ab_stats(float8, float8) IS
'one arm summed up with a covariate x, such as the figure before the test, or what y is a ratio to; rows with a null are skipped';

CREATE AGGREGATE rollup(s ab_summary) (
	SFUNC = ab_summary_merge,
	STYPE = ab_summary,
	SSPACE = 104,
	FINALFUNC = ab_summary_finish,
	COMBINEFUNC = ab_summary_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(ab_summary) IS
'one summary of stored ones, in any order; right for rows that stand in one of them only';

/* Questions to one arm */

CREATE FUNCTION ab_n(s ab_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_ab_n'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_n(ab_summary) IS
'number of rows';

CREATE FUNCTION ab_mean(s ab_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_mean'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_mean(ab_summary) IS
'mean of y; null without rows';

CREATE FUNCTION ab_mean_x(s ab_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_mean_x'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_mean_x(ab_summary) IS
'mean of the covariate; null without rows or covariate';

CREATE FUNCTION ab_stddev(s ab_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_stddev'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ab_stddev(ab_summary) IS
'sample standard deviation of y; null under two rows';

CREATE FUNCTION ab_lower(s ab_summary, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_lower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_lower(ab_summary, float8) IS
'lower bound of the mean of y by Student''s distribution; null under two rows and when all are the same';

CREATE FUNCTION ab_upper(s ab_summary, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_upper'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_upper(ab_summary, float8) IS
'upper bound of the mean of y by Student''s distribution; null under two rows and when all are the same';

/* Two arms */

CREATE TYPE ab_result AS (
	method text,
	n_control bigint,
	n_variant bigint,
	mean_control float8,
	mean_variant float8,
	difference float8,
	std_error float8,
	statistic float8,
	df float8,
	p_value float8,
	lower float8,
	upper float8,
	lift float8,
	lift_lower float8,
	lift_upper float8,
	always_valid_p float8,
	always_valid_lower float8,
	always_valid_upper float8,
	variance_ratio float8,
	reason text
);
COMMENT ON TYPE ab_result IS
'control and variant compared: difference and lift with their intervals, p-values for one look and for any number of looks; where a figure is null, reason says why';

CREATE FUNCTION ab_test(control ab_summary, variant ab_summary, method text DEFAULT 'welch', conf float8 DEFAULT 0.95, tuning float8 DEFAULT 5000)
RETURNS ab_result
AS 'MODULE_PATHNAME', 'pgrcv_ab_test'
/* not STRICT: a null arm has no rows, and the answer says so */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_test(ab_summary, ab_summary, text, float8, float8) IS
'variant less control by method welch, pooled, z, cuped or ancova (adjusted by the covariate) or ratio (sum of y over sum of x); null figures have a reason';

CREATE TYPE ab_segment_result AS (
	segment text,
	method text,
	n_control bigint,
	n_variant bigint,
	mean_control float8,
	mean_variant float8,
	difference float8,
	std_error float8,
	statistic float8,
	df float8,
	p_value float8,
	lower float8,
	upper float8,
	lift float8,
	lift_lower float8,
	lift_upper float8,
	always_valid_p float8,
	always_valid_lower float8,
	always_valid_upper float8,
	variance_ratio float8,
	reason text,
	p_adjusted float8
);
COMMENT ON TYPE ab_segment_result IS
'control and variant of one segment compared, and the p-value corrected for the number of segments';

CREATE FUNCTION ab_test_by(segments text[], controls ab_summary[], variants ab_summary[], method text DEFAULT 'welch', conf float8 DEFAULT 0.95, adjust text DEFAULT 'holm', tuning float8 DEFAULT 5000)
RETURNS SETOF ab_segment_result
AS 'MODULE_PATHNAME', 'pgrcv_ab_test_by'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION ab_test_by(text[], ab_summary[], ab_summary[], text, float8, text, float8) IS
'ab_test for each segment, its p-values corrected for the number of segments by holm, bh, bonferroni or none';

CREATE FUNCTION ab_prop_test(control_successes bigint, control_n bigint, variant_successes bigint, variant_n bigint, conf float8 DEFAULT 0.95, tuning float8 DEFAULT 5000,
	OUT rate_control float8, OUT rate_variant float8, OUT difference float8, OUT z float8, OUT chi2 float8, OUT p_value float8,
	OUT chi2_yates float8, OUT p_yates float8, OUT lower float8, OUT upper float8, OUT newcombe_lower float8, OUT newcombe_upper float8,
	OUT lift float8, OUT always_valid_p float8, OUT reason text)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_ab_prop_test'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_prop_test(bigint, bigint, bigint, bigint, float8, float8) IS
'two success rates compared: pooled z, chi-square with and without Yates''s correction, intervals of Wald and Newcombe, always-valid p';

CREATE FUNCTION ab_srm(counts bigint[], OUT chi2 float8, OUT df float8, OUT p_value float8) RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_ab_srm'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_srm(bigint[]) IS
'sample ratio mismatch: chi-square test that the numbers in the arms come from equal shares';

CREATE FUNCTION ab_srm(counts bigint[], weights float8[], OUT chi2 float8, OUT df float8, OUT p_value float8)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_ab_srm_weights'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_srm(bigint[], float8[]) IS
'sample ratio mismatch: chi-square test that the numbers in the arms come from these shares';

/* Before and beside a test */

CREATE FUNCTION ab_sample_size(p_control float8, p_variant float8, power float8 DEFAULT 0.8, alpha float8 DEFAULT 0.05)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_sample_size'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_sample_size(float8, float8, float8, float8) IS
'rows in each arm to tell these two rates apart with this power, by a two-sided test';

CREATE FUNCTION ab_power(n float8, p_control float8, p_variant float8, alpha float8 DEFAULT 0.05) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_power'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_power(float8, float8, float8, float8) IS
'chance to tell these two rates apart with n rows in each arm, by a two-sided test';

CREATE FUNCTION ab_sample_size_mean(difference float8, stddev float8, power float8 DEFAULT 0.8, alpha float8 DEFAULT 0.05)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_sample_size_mean'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION ab_sample_size_mean(float8, float8, float8, float8) IS
'rows in each arm to find this difference of means with this power, by Student''s two-sided test';

CREATE FUNCTION ab_power_mean(n float8, difference float8, stddev float8, alpha float8 DEFAULT 0.05) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ab_power_mean'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION ab_power_mean(float8, float8, float8, float8) IS
'chance to find this difference of means with n rows in each arm, by Student''s two-sided test';

CREATE FUNCTION holm(p float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'pgrcv_holm'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION holm(float8[]) IS
'p-values corrected for their number by Holm''s method; nulls stay and are not counted';

CREATE FUNCTION bh(p float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'pgrcv_bh'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION bh(float8[]) IS
'p-values corrected for the false discovery rate by Benjamini and Hochberg; nulls stay and are not counted';

CREATE FUNCTION wilson_lower(successes bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_wilson_lower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wilson_lower(bigint, bigint, float8) IS
'lower bound of a rate by Wilson''s score interval; null when n is 0';

CREATE FUNCTION wilson_upper(successes bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_wilson_upper'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION wilson_upper(bigint, bigint, float8) IS
'upper bound of a rate by Wilson''s score interval; null when n is 0';

CREATE FUNCTION nps(promoters bigint, detractors bigint, n bigint) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_nps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION nps(bigint, bigint, bigint) IS
'net promoter score: 100 (promoters - detractors) / n; null when n is 0';

CREATE FUNCTION nps_lower(promoters bigint, detractors bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_nps_lower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION nps_lower(bigint, bigint, bigint, float8) IS
'lower bound of a net promoter score; null when n is 0 and when all answers are of one kind';

CREATE FUNCTION nps_upper(promoters bigint, detractors bigint, n bigint, conf float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_nps_upper'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION nps_upper(bigint, bigint, bigint, float8) IS
'upper bound of a net promoter score; null when n is 0 and when all answers are of one kind';

/* Posteriors */

CREATE FUNCTION p_better(control_successes bigint, control_n bigint, variant_successes bigint, variant_n bigint, prior_a float8 DEFAULT 1, prior_b float8 DEFAULT 1)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_p_better'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION p_better(bigint, bigint, bigint, bigint, float8, float8) IS
'chance that the variant has the higher success rate, with beta posteriors';

CREATE FUNCTION expected_loss(control_successes bigint, control_n bigint, variant_successes bigint, variant_n bigint, prior_a float8 DEFAULT 1, prior_b float8 DEFAULT 1)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_expected_loss'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION expected_loss(bigint, bigint, bigint, bigint, float8, float8) IS
'success rate that is lost on average by choosing the variant, with beta posteriors';

CREATE FUNCTION thompson_pick(successes bigint[], failures bigint[], seed bigint) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_thompson_pick'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION thompson_pick(bigint[], bigint[], bigint) IS
'arm to play next, from 0: the largest draw of beta(1 + successes, 1 + failures); the same seed picks the same arm';

CREATE FUNCTION thompson_pick(successes bigint[], failures bigint[], seed text) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_thompson_pick_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION thompson_pick(bigint[], bigint[], text) IS
'arm to play next, from 0; the same seed, such as a key and a day, picks the same arm';
/* cluster: groups of rows that are alike: k-means, silhouettes, Gower's distance */

CREATE TYPE kmeans_model;

CREATE FUNCTION kmeans_model_in(input cstring) RETURNS kmeans_model
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_model_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_model_in(cstring) IS
'reads a model written as JSON: scale (zscore, none, log1p, rank), centroids, with zscore center and spread, with rank knots, values and shares; and optionally k, columns, names, sizes, n, skipped, objective, iterations, starts, seed, status';

CREATE FUNCTION kmeans_model_out(model kmeans_model) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_model_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_model_out(kmeans_model) IS
'prints a model as JSON, keys in a fixed order, what is not known left out';

CREATE FUNCTION kmeans_model_recv(input internal) RETURNS kmeans_model
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_model_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_model_recv(internal) IS
'reads the binary form of a model: a version byte and its JSON text';

CREATE FUNCTION kmeans_model_send(model kmeans_model) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_model_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_model_send(kmeans_model) IS
'binary form of a model: a version byte and its JSON text';

CREATE TYPE kmeans_model (
	INPUT = kmeans_model_in,
	OUTPUT = kmeans_model_out,
	RECEIVE = kmeans_model_recv,
	SEND = kmeans_model_send,
	ALIGNMENT = double,
	STORAGE = external
);
COMMENT ON TYPE kmeans_model IS
'clusters found by k-means: how columns are scaled, centres in that scale, sizes, sum of squares and how the fit ended; made by kmeans_fit';

CREATE FUNCTION kmeans_model_from_jsonb(model jsonb) RETURNS kmeans_model
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_model_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_model_from_jsonb(jsonb) IS
'model of the same JSON as its text form';

CREATE FUNCTION kmeans_model_to_jsonb(model kmeans_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_model_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_model_to_jsonb(kmeans_model) IS
'JSON of a model, as its text form';

CREATE CAST (jsonb AS kmeans_model) WITH FUNCTION kmeans_model_from_jsonb(jsonb);
CREATE CAST (kmeans_model AS jsonb) WITH FUNCTION kmeans_model_to_jsonb(kmeans_model);
COMMENT ON CAST (jsonb AS kmeans_model) IS 'reads a model from JSON';
COMMENT ON CAST (kmeans_model AS jsonb) IS 'model as JSON';

CREATE FUNCTION kmeans_model_eq(a kmeans_model, b kmeans_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION kmeans_model_eq(kmeans_model, kmeans_model) IS
'implementation of = operator';

CREATE FUNCTION kmeans_model_ne(a kmeans_model, b kmeans_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION kmeans_model_ne(kmeans_model, kmeans_model) IS
'implementation of <> operator';

CREATE FUNCTION kmeans_model_hash(model kmeans_model) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION kmeans_model_hash(kmeans_model) IS
'hash of a model';

CREATE FUNCTION kmeans_model_hash_extended(model kmeans_model, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION kmeans_model_hash_extended(kmeans_model, bigint) IS
'64-bit hash of a model with a seed';

CREATE OPERATOR = (
	LEFTARG = kmeans_model, RIGHTARG = kmeans_model, FUNCTION = kmeans_model_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (kmeans_model, kmeans_model) IS 'the same in all their keys';

CREATE OPERATOR <> (
	LEFTARG = kmeans_model, RIGHTARG = kmeans_model, FUNCTION = kmeans_model_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (kmeans_model, kmeans_model) IS 'not the same model';

CREATE OPERATOR CLASS kmeans_model_ops DEFAULT FOR TYPE kmeans_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 kmeans_model_hash(kmeans_model),
	FUNCTION 2 kmeans_model_hash_extended(kmeans_model, bigint);
COMMENT ON OPERATOR CLASS kmeans_model_ops USING hash IS 'equality of models';

CREATE FUNCTION parameter(model kmeans_model, name text) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_parameter'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION parameter(kmeans_model, text) IS
'k, n, objective or iterations of a fit; NULL when not known';

CREATE FUNCTION fit_status(model kmeans_model) RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_fit_status'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION fit_status(kmeans_model) IS
'how the fit ended: ok, or not converged';

CREATE FUNCTION kmeans_centers(model kmeans_model,
	OUT cluster integer, OUT size bigint, OUT col integer, OUT name text, OUT center float8, OUT scaled float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_centers'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 50;
COMMENT ON FUNCTION kmeans_centers(kmeans_model) IS
'centres of the clusters, a row for each column: in the unit of the column, and scaled';

/* The fit; the state function is not STRICT, because a row that is null is skipped and counted */

CREATE FUNCTION kmeans_fit_add(state bytea, x float8[], k integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_fit_add'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION kmeans_fit_add(bytea, float8[], integer) IS
'state of kmeans_fit with one row more';

CREATE FUNCTION kmeans_fit_add(state bytea, x float8[], k integer, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_fit_add_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION kmeans_fit_add(bytea, float8[], integer, jsonb) IS
'state of kmeans_fit with one row more';

CREATE FUNCTION kmeans_fit_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rows_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION kmeans_fit_merge(bytea, bytea) IS
'rows of two states of kmeans_fit';

CREATE FUNCTION kmeans_fit_finish(state bytea) RETURNS kmeans_model
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_fit_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION kmeans_fit_finish(bytea) IS
'fit of the rows of a state';

CREATE AGGREGATE kmeans_fit(x float8[], k integer) (
	SFUNC = kmeans_fit_add,
	STYPE = bytea,
	SSPACE = 10000,
	FINALFUNC = kmeans_fit_finish,
	COMBINEFUNC = kmeans_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE kmeans_fit(float8[], integer) IS
'k clusters of rows with the least sum of squared distances from their centres; columns as z-scores, ten starts by k-means++';

CREATE AGGREGATE kmeans_fit(x float8[], k integer, options jsonb) (
	SFUNC = kmeans_fit_add,
	STYPE = bytea,
	SSPACE = 10000,
	FINALFUNC = kmeans_fit_finish,
	COMBINEFUNC = kmeans_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE kmeans_fit(float8[], integer, jsonb) IS
'the same with options: scale ("zscore", "none", "log1p", "rank"), starts (10), seed (1), max_iterations (300), tolerance (0), max_mb (512), names (of the columns)';

/* What a model says of a row */

CREATE FUNCTION kmeans_assign(model kmeans_model, x float8[]) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_assign'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_assign(kmeans_model, float8[]) IS
'number of the cluster whose centre is nearest to a row, 1 .. k; NULL for a row with a null';

CREATE FUNCTION kmeans_distance(model kmeans_model, x float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_kmeans_distance'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION kmeans_distance(kmeans_model, float8[]) IS
'distance of a row from the centre of its cluster, in the scale of the model';

/* Silhouettes; state functions are not STRICT, because a row with a null is skipped */

CREATE FUNCTION silhouette_add(state bytea, x float8[], cluster integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_silhouette_add'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION silhouette_add(bytea, float8[], integer) IS
'state of silhouette with one row more';

CREATE FUNCTION silhouette_add(state bytea, x float8[], cluster integer, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_silhouette_add_options'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION silhouette_add(bytea, float8[], integer, jsonb) IS
'state of silhouette with one row more';

CREATE FUNCTION silhouette_add(state bytea, model kmeans_model, x float8[]) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_silhouette_add_model'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION silhouette_add(bytea, kmeans_model, float8[]) IS
'state of silhouette with one row more';

CREATE FUNCTION silhouette_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rows_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION silhouette_merge(bytea, bytea) IS
'rows of two states of silhouette';

CREATE FUNCTION silhouette_finish(state bytea) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_silhouette_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION silhouette_finish(bytea) IS
'mean silhouette of the rows of a state';

CREATE AGGREGATE silhouette(x float8[], cluster integer) (
	SFUNC = silhouette_add,
	STYPE = bytea,
	SSPACE = 10000,
	FINALFUNC = silhouette_finish,
	COMBINEFUNC = silhouette_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE silhouette(float8[], integer) IS
'mean silhouette of rows in their clusters, -1 .. 1, by the distances of all pairs; columns as z-scores; at most 50,000 rows; NULL for a single cluster';

CREATE AGGREGATE silhouette(x float8[], cluster integer, options jsonb) (
	SFUNC = silhouette_add,
	STYPE = bytea,
	SSPACE = 10000,
	FINALFUNC = silhouette_finish,
	COMBINEFUNC = silhouette_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE silhouette(float8[], integer, jsonb) IS
'the same with the option scale ("zscore", "none", "log1p", "rank")';

CREATE AGGREGATE silhouette(model kmeans_model, x float8[]) (
	SFUNC = silhouette_add,
	STYPE = bytea,
	SSPACE = 10000,
	FINALFUNC = silhouette_finish,
	COMBINEFUNC = silhouette_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE silhouette(kmeans_model, float8[]) IS
'the same of the clusters of a model, in its scale';

CREATE TYPE gower_model;

CREATE FUNCTION gower_model_in(input cstring) RETURNS gower_model
AS 'MODULE_PATHNAME', 'pgrcv_gower_model_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_model_in(cstring) IS
'reads a model written as JSON: columns, each with name, kind (number, date, category) and, but for categories, min and max; and optionally n';

CREATE FUNCTION gower_model_out(model gower_model) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_gower_model_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_model_out(gower_model) IS
'prints a model as JSON';

CREATE FUNCTION gower_model_recv(input internal) RETURNS gower_model
AS 'MODULE_PATHNAME', 'pgrcv_gower_model_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_model_recv(internal) IS
'reads the binary form of a model: a version byte and its JSON text';

CREATE FUNCTION gower_model_send(model gower_model) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_gower_model_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_model_send(gower_model) IS
'binary form of a model: a version byte and its JSON text';

CREATE TYPE gower_model (
	INPUT = gower_model_in,
	OUTPUT = gower_model_out,
	RECEIVE = gower_model_recv,
	SEND = gower_model_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE gower_model IS
'columns of records with the ranges of numbers and days, by which Gower''s distance is taken; made by gower_fit';

CREATE FUNCTION gower_model_from_jsonb(model jsonb) RETURNS gower_model
AS 'MODULE_PATHNAME', 'pgrcv_gower_model_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_model_from_jsonb(jsonb) IS
'model of the same JSON as its text form';

CREATE FUNCTION gower_model_to_jsonb(model gower_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_gower_model_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_model_to_jsonb(gower_model) IS
'JSON of a model, as its text form';

CREATE CAST (jsonb AS gower_model) WITH FUNCTION gower_model_from_jsonb(jsonb);
CREATE CAST (gower_model AS jsonb) WITH FUNCTION gower_model_to_jsonb(gower_model);
COMMENT ON CAST (jsonb AS gower_model) IS 'reads a model from JSON';
COMMENT ON CAST (gower_model AS jsonb) IS 'model as JSON';

CREATE FUNCTION gower_model_eq(a gower_model, b gower_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION gower_model_eq(gower_model, gower_model) IS
'implementation of = operator';

CREATE FUNCTION gower_model_ne(a gower_model, b gower_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION gower_model_ne(gower_model, gower_model) IS
'implementation of <> operator';

CREATE FUNCTION gower_model_hash(model gower_model) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION gower_model_hash(gower_model) IS
'hash of a model';

CREATE FUNCTION gower_model_hash_extended(model gower_model, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION gower_model_hash_extended(gower_model, bigint) IS
'64-bit hash of a model with a seed';

CREATE OPERATOR = (
	LEFTARG = gower_model, RIGHTARG = gower_model, FUNCTION = gower_model_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (gower_model, gower_model) IS 'the same in all their keys';

CREATE OPERATOR <> (
	LEFTARG = gower_model, RIGHTARG = gower_model, FUNCTION = gower_model_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (gower_model, gower_model) IS 'not the same model';

CREATE OPERATOR CLASS gower_model_ops DEFAULT FOR TYPE gower_model USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 gower_model_hash(gower_model),
	FUNCTION 2 gower_model_hash_extended(gower_model, bigint);
COMMENT ON OPERATOR CLASS gower_model_ops USING hash IS 'equality of models';

/* The fit; the state function is not STRICT, because a null is skipped */

CREATE FUNCTION gower_fit_add(state bytea, rec record) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_gower_fit_add'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION gower_fit_add(bytea, record) IS
'state of gower_fit with one record more';

CREATE FUNCTION gower_fit_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_gower_fit_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_fit_merge(bytea, bytea) IS
'records of two states of gower_fit';

CREATE FUNCTION gower_fit_finish(state bytea) RETURNS gower_model
AS 'MODULE_PATHNAME', 'pgrcv_gower_fit_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower_fit_finish(bytea) IS
'model of the records of a state';

CREATE AGGREGATE gower_fit(rec record) (
	SFUNC = gower_fit_add,
	STYPE = bytea,
	SSPACE = 2048,
	FINALFUNC = gower_fit_finish,
	COMBINEFUNC = gower_fit_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE gower_fit(record) IS
'columns of records and their ranges, for gower()';

CREATE FUNCTION gower(model gower_model, a record, b record) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_gower'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower(gower_model, record, record) IS
'Gower''s distance of two records, 0 .. 1: mean over the columns that both know of |a - b| / range, or 0 and 1 for categories; NULL when they have nothing in common';

CREATE FUNCTION gower(model gower_model, a record, b record, options jsonb) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_gower_options'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION gower(gower_model, record, record, jsonb) IS
'the same with weights of columns, 1 unless given, as in {"weights": {"age": 2}}';
/* calendar: business days, and due dates by terms of payment */

CREATE TYPE business_calendar;

CREATE FUNCTION business_calendar_in(input cstring) RETURNS business_calendar
AS 'MODULE_PATHNAME', 'pgrcv_calendar_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_in(cstring) IS
'reads a calendar: a name, or JSON with weekend, holidays, working_days, union';

CREATE FUNCTION business_calendar_out(calendar business_calendar) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_calendar_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_out(business_calendar) IS
'prints a calendar: its name, or JSON with keys in a fixed order';

CREATE FUNCTION business_calendar_recv(input internal) RETURNS business_calendar
AS 'MODULE_PATHNAME', 'pgrcv_calendar_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_recv(internal) IS
'reads the binary form of a calendar: a version byte and its text';

CREATE FUNCTION business_calendar_send(calendar business_calendar) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_calendar_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_send(business_calendar) IS
'binary form of a calendar: a version byte and its text';

CREATE TYPE business_calendar (
	INPUT = business_calendar_in,
	OUTPUT = business_calendar_out,
	RECEIVE = business_calendar_recv,
	SEND = business_calendar_send,
	STORAGE = extended
);
COMMENT ON TYPE business_calendar IS
'which days are worked: a name (business_calendars() lists them) or JSON as in {"weekend": [6, 7], "holidays": [{"month": 5, "day": 1}, {"easter": 1}, {"date": "2026-01-02"}]}';

CREATE FUNCTION business_calendar_from_jsonb(calendar jsonb) RETURNS business_calendar
AS 'MODULE_PATHNAME', 'pgrcv_calendar_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_from_jsonb(jsonb) IS
'calendar of the same JSON as its text form, or of a JSON string with its name';

CREATE FUNCTION business_calendar_to_jsonb(calendar business_calendar) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_calendar_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_calendar_to_jsonb(business_calendar) IS
'rules of a calendar as JSON; of a calendar that is a name, the rules behind it';

CREATE CAST (jsonb AS business_calendar) WITH FUNCTION business_calendar_from_jsonb(jsonb);
CREATE CAST (business_calendar AS jsonb) WITH FUNCTION business_calendar_to_jsonb(business_calendar);
COMMENT ON CAST (jsonb AS business_calendar) IS 'reads a calendar from JSON';
COMMENT ON CAST (business_calendar AS jsonb) IS 'rules of a calendar as JSON; a name gives the rules behind it';

CREATE FUNCTION business_calendar_eq(a business_calendar, b business_calendar) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_eq(business_calendar, business_calendar) IS
'implementation of = operator';

CREATE FUNCTION business_calendar_ne(a business_calendar, b business_calendar) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_ne(business_calendar, business_calendar) IS
'implementation of <> operator';

CREATE FUNCTION business_calendar_hash(calendar business_calendar) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_hash(business_calendar) IS
'hash of a calendar';

CREATE FUNCTION business_calendar_hash_extended(calendar business_calendar, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_calendar_hash_extended(business_calendar, bigint) IS
'64-bit hash of a calendar with a seed';

CREATE OPERATOR = (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (business_calendar, business_calendar) IS 'the same name, or the same rules in the same order';

CREATE OPERATOR <> (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (business_calendar, business_calendar) IS 'not the same calendar';

CREATE OPERATOR CLASS business_calendar_ops DEFAULT FOR TYPE business_calendar USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 business_calendar_hash(business_calendar),
	FUNCTION 2 business_calendar_hash_extended(business_calendar, bigint);
COMMENT ON OPERATOR CLASS business_calendar_ops USING hash IS 'equality of calendars';

CREATE FUNCTION business_calendars(OUT name text, OUT title text, OUT source text, OUT calendar business_calendar)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_business_calendars'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 12;
COMMENT ON FUNCTION business_calendars() IS
'calendars that have a name, with the law or the authority that each follows';

CREATE FUNCTION calendar_holidays(calendar business_calendar, from_day date, to_day date, OUT day date, OUT name text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_calendar_holidays'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION calendar_holidays(business_calendar, date, date) IS
'holidays of a calendar from one day to another, those that fall on a weekend and do not move included';

CREATE FUNCTION is_business_day(day date, calendar business_calendar) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_is_business_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION is_business_day(date, business_calendar) IS
'whether a day is worked';

CREATE FUNCTION next_business_day(day date, calendar business_calendar) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_next_business_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION next_business_day(date, business_calendar) IS
'the first business day after a day; roll() gives the day itself when it is one';

CREATE FUNCTION previous_business_day(day date, calendar business_calendar) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_previous_business_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION previous_business_day(date, business_calendar) IS
'the last business day before a day';

CREATE FUNCTION add_business_days(day date, n integer, calendar business_calendar) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_add_business_days'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add_business_days(date, integer, business_calendar) IS
'the nth business day after a day, before it when n is negative; n = 0: the day, or the next business day when it is off';

CREATE FUNCTION add_business_days(day date, calendar business_calendar, n integer) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_add_business_days_last'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add_business_days(date, business_calendar, integer) IS
'the nth business day after a day, as add_business_days(day, n, calendar)';

CREATE FUNCTION business_days_between(from_day date, to_day date, calendar business_calendar) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_business_days_between'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION business_days_between(date, date, business_calendar) IS
'business days after one day up to and including another; negative when the second is earlier';

CREATE FUNCTION roll(day date, calendar business_calendar, convention text DEFAULT 'following') RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_roll'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION roll(date, business_calendar, text) IS
'the day when it is worked, else a business day by a convention: following, preceding, modified_following, modified_preceding, none';

CREATE FUNCTION due_date(issued date, terms text, calendar business_calendar DEFAULT NULL,
	convention text DEFAULT 'following') RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_due_date'
/* not STRICT: without a calendar the day is not rolled */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION due_date(date, text, business_calendar, text) IS
'day on which an invoice is due by terms as 30 days, 45 days end of month, end of month 45 days, 2 months, on receipt, 30 days the 15th; rolled when a calendar is given';

CREATE FUNCTION due_dates(issued date, terms text, calendar business_calendar DEFAULT NULL,
	convention text DEFAULT 'following', OUT part integer, OUT share_pct numeric, OUT due_on date)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_due_dates'
/* not STRICT: without a calendar the days are not rolled */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION due_dates(date, text, business_calendar, text) IS
'instalments by terms as 30% 30 days, 70% 60 days: shares in percent and the day each is due';

CREATE FUNCTION statutory_terms(OUT country text, OUT rule text, OUT terms text, OUT counted_from text,
	OUT valid_from date, OUT valid_to date, OUT source text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 7
BEGIN ATOMIC
	SELECT * FROM (VALUES
		('FR', 'default', '30 days', 'receipt of goods or service', DATE '2009-01-01', NULL::date,
			'Code de commerce, art. L441-10 I (until 2019-04-25 art. L441-6), loi 2008-776'),
		('FR', 'maximum', '60 days', 'invoice', DATE '2009-01-01', NULL,
			'Code de commerce, art. L441-10 I (until 2019-04-25 art. L441-6), loi 2008-776'),
		('FR', 'maximum if expressly agreed', '45 days end of month', 'invoice', DATE '2009-01-01', NULL,
			'Code de commerce, art. L441-10 I (until 2019-04-25 art. L441-6), loi 2008-776; the order of the steps is not in the law, see end of month 45 days'),
		('EU', 'default', '30 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 3(3)(b)'),
		('EU', 'maximum unless expressly agreed', '60 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 3(5)'),
		('EU', 'default, public authority', '30 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 4(3)'),
		('EU', 'maximum, public authority', '60 days', 'receipt of the invoice', DATE '2013-03-16', NULL,
			'Directive 2011/7/EU, art. 4(4) and 4(6)')
	) AS t (country, rule, terms, counted_from, valid_from, valid_to, source);
END;
COMMENT ON FUNCTION statutory_terms() IS
'longest and default terms of payment between firms by law, as terms that due_date reads; valid_to is null while the rule holds';
/* interest: rates by date, interest on what is paid late, and the sum for recovery costs */

CREATE TYPE rate_schedule;

CREATE FUNCTION rate_schedule_in(input cstring) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_in(cstring) IS
'reads {"rates": [{"from": day, "rate_pct": number}, ...], "to": day}';

CREATE FUNCTION rate_schedule_out(schedule rate_schedule) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_out(rate_schedule) IS
'prints {"rates": [{"from": day, "rate_pct": number}, ...], "to": day}';

CREATE FUNCTION rate_schedule_recv(input internal) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_recv(internal) IS
'reads the binary form of a schedule: a version byte and its JSON text';

CREATE FUNCTION rate_schedule_send(schedule rate_schedule) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_send(rate_schedule) IS
'binary form of a schedule: a version byte and its JSON text';

CREATE TYPE rate_schedule (
	INPUT = rate_schedule_in,
	OUTPUT = rate_schedule_out,
	RECEIVE = rate_schedule_recv,
	SEND = rate_schedule_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE rate_schedule IS
'rates of interest in percent a year by their first day; each holds until the day before the next, the last one until "to" or without end';

CREATE FUNCTION rate_schedule_from_jsonb(schedule jsonb) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_from_jsonb(jsonb) IS
'schedule of the same JSON as its text form; a rate may say its last day in "to", and a gap or an overlap is an error';

CREATE FUNCTION rate_schedule_to_jsonb(schedule rate_schedule) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_rate_schedule_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_schedule_to_jsonb(rate_schedule) IS
'JSON of a schedule, as its text form';

CREATE CAST (jsonb AS rate_schedule) WITH FUNCTION rate_schedule_from_jsonb(jsonb);
CREATE CAST (rate_schedule AS jsonb) WITH FUNCTION rate_schedule_to_jsonb(rate_schedule);
COMMENT ON CAST (jsonb AS rate_schedule) IS 'reads a schedule from JSON';
COMMENT ON CAST (rate_schedule AS jsonb) IS 'schedule as JSON';

CREATE FUNCTION rate_schedule_eq(a rate_schedule, b rate_schedule) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_eq(rate_schedule, rate_schedule) IS
'implementation of = operator';

CREATE FUNCTION rate_schedule_ne(a rate_schedule, b rate_schedule) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_ne(rate_schedule, rate_schedule) IS
'implementation of <> operator';

CREATE FUNCTION rate_schedule_hash(schedule rate_schedule) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_hash(rate_schedule) IS
'hash of a schedule';

CREATE FUNCTION rate_schedule_hash_extended(schedule rate_schedule, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_schedule_hash_extended(rate_schedule, bigint) IS
'64-bit hash of a schedule with a seed';

CREATE OPERATOR = (
	LEFTARG = rate_schedule, RIGHTARG = rate_schedule, FUNCTION = rate_schedule_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (rate_schedule, rate_schedule) IS 'the same list of rates and the same end';

CREATE OPERATOR <> (
	LEFTARG = rate_schedule, RIGHTARG = rate_schedule, FUNCTION = rate_schedule_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (rate_schedule, rate_schedule) IS 'another list of rates or another end';

CREATE OPERATOR CLASS rate_schedule_ops DEFAULT FOR TYPE rate_schedule USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 rate_schedule_hash(rate_schedule),
	FUNCTION 2 rate_schedule_hash_extended(rate_schedule, bigint);
COMMENT ON OPERATOR CLASS rate_schedule_ops USING hash IS 'equality of schedules';

CREATE FUNCTION rate_at(schedule rate_schedule, day date) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_rate_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION rate_at(rate_schedule, date) IS
'rate of a day in percent a year; null when the schedule has none';

CREATE FUNCTION schedule_rates(schedule rate_schedule, OUT from_day date, OUT to_day date,
	OUT rate_pct numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_schedule_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION schedule_rates(rate_schedule) IS
'rates of a schedule with their first and last day; null: without end';

CREATE FUNCTION rate_floor(contract rate_schedule, legal rate_schedule, factor numeric) RETURNS rate_schedule
AS 'MODULE_PATHNAME', 'pgrcv_rate_floor'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_floor(rate_schedule, rate_schedule, numeric) IS
'contractual rates, but on no day below the legal rate times a factor (3 in France, art. L441-10 of the Code de commerce); on the days that both schedules have';

CREATE FUNCTION late_interest(principal numeric, from_day date, to_day date, rates rate_schedule,
	rule text DEFAULT 'per_period', day_count text DEFAULT 'act/365', rounding text DEFAULT 'once',
	grace_days integer DEFAULT 0, scale integer DEFAULT 2) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_late_interest'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION late_interest(numeric, date, date, rate_schedule, text, text, text, integer, integer) IS
'simple interest on the days after from_day (the due date) up to and with to_day. rule: rate of each day (per_period), of from_day (at_start) or of to_day (at_end); day_count: act/365, act/360, act/act, 30/360, 30e/360; rounding, half away from zero to scale decimals: once or per_period; 0 up to grace_days of delay';

/* Interest on a balance: each delta counts from the day after it */

CREATE FUNCTION late_interest_add(state bytea, delta numeric, on_day date, rates rate_schedule,
	to_day date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_add'
/* not STRICT: a null line leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION late_interest_add(bytea, numeric, date, rate_schedule, date) IS
'state of late_interest_agg with one change of the balance more';

CREATE FUNCTION late_interest_add(state bytea, delta numeric, on_day date, rates rate_schedule,
	to_day date, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_add'
/* not STRICT: a null line leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION late_interest_add(bytea, numeric, date, rate_schedule, date, jsonb) IS
'state of late_interest_agg with one change of the balance more';

CREATE FUNCTION late_interest_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION late_interest_merge(bytea, bytea) IS
'two states of late_interest_agg as one';

CREATE FUNCTION late_interest_finish(state bytea) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_late_interest_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION late_interest_finish(bytea) IS
'interest of a state of late_interest_agg';

CREATE AGGREGATE late_interest_agg(delta numeric, on_day date, rates rate_schedule, to_day date) (
	SFUNC = late_interest_add,
	STYPE = bytea,
	SSPACE = 600,
	FINALFUNC = late_interest_finish,
	COMBINEFUNC = late_interest_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE late_interest_agg(numeric, date, rate_schedule, date) IS
'interest up to to_day on a balance that changes: the amount due on its due date, payments as negative deltas on their days; in any order; days with a balance below zero bear none; lines with a null delta or day are skipped';

CREATE AGGREGATE late_interest_agg(delta numeric, on_day date, rates rate_schedule, to_day date,
	options jsonb) (
	SFUNC = late_interest_add,
	STYPE = bytea,
	SSPACE = 600,
	FINALFUNC = late_interest_finish,
	COMBINEFUNC = late_interest_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE late_interest_agg(numeric, date, rate_schedule, date, jsonb) IS
'the same with options: rule, day_count, rounding, scale, as in late_interest';

CREATE FUNCTION recovery_indemnity(tiers jsonb, amount numeric) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_recovery_indemnity'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION recovery_indemnity(jsonb, numeric) IS
'fixed sum for recovery costs of one late invoice: {"tiers": [{"up_to": amount, "amount": sum}, ..., {"amount": sum}]}, edges inclusive; 0 for an amount not above 0';

/* Rates and sums set by authorities: data with their days and their source */

CREATE FUNCTION rate_schedules(OUT name text, OUT country text, OUT title text,
	OUT schedule rate_schedule, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 4
BEGIN ATOMIC
	SELECT q.name, q.country, q.title, q.schedule::rate_schedule, q.source
	FROM (VALUES
		('ecb_refi', 'EU', 'Main refinancing rate of the European Central Bank on 1 January and 1 July',
		'{"rates": [
		{"from": "2013-01-01", "rate_pct": 0.75}, {"from": "2013-07-01", "rate_pct": 0.50},
		{"from": "2014-01-01", "rate_pct": 0.25}, {"from": "2014-07-01", "rate_pct": 0.15},
		{"from": "2015-01-01", "rate_pct": 0.05}, {"from": "2015-07-01", "rate_pct": 0.05},
		{"from": "2016-01-01", "rate_pct": 0.05}, {"from": "2016-07-01", "rate_pct": 0.00},
		{"from": "2017-01-01", "rate_pct": 0.00}, {"from": "2017-07-01", "rate_pct": 0.00},
		{"from": "2018-01-01", "rate_pct": 0.00}, {"from": "2018-07-01", "rate_pct": 0.00},
		{"from": "2019-01-01", "rate_pct": 0.00}, {"from": "2019-07-01", "rate_pct": 0.00},
		{"from": "2020-01-01", "rate_pct": 0.00}, {"from": "2020-07-01", "rate_pct": 0.00},
		{"from": "2021-01-01", "rate_pct": 0.00}, {"from": "2021-07-01", "rate_pct": 0.00},
		{"from": "2022-01-01", "rate_pct": 0.00}, {"from": "2022-07-01", "rate_pct": 0.00},
		{"from": "2023-01-01", "rate_pct": 2.50}, {"from": "2023-07-01", "rate_pct": 4.00},
		{"from": "2024-01-01", "rate_pct": 4.50}, {"from": "2024-07-01", "rate_pct": 4.25},
		{"from": "2025-01-01", "rate_pct": 3.15}, {"from": "2025-07-01", "rate_pct": 2.15}],
		"to": "2025-12-31"}',
		'European Central Bank, key interest rates'),
		('fr_late_payment', 'FR', 'Rate of late payment between traders where the contract says none: the above plus 10 points',
		'{"rates": [
		{"from": "2013-01-01", "rate_pct": 10.75}, {"from": "2013-07-01", "rate_pct": 10.50},
		{"from": "2014-01-01", "rate_pct": 10.25}, {"from": "2014-07-01", "rate_pct": 10.15},
		{"from": "2015-01-01", "rate_pct": 10.05}, {"from": "2015-07-01", "rate_pct": 10.05},
		{"from": "2016-01-01", "rate_pct": 10.05}, {"from": "2016-07-01", "rate_pct": 10.00},
		{"from": "2017-01-01", "rate_pct": 10.00}, {"from": "2017-07-01", "rate_pct": 10.00},
		{"from": "2018-01-01", "rate_pct": 10.00}, {"from": "2018-07-01", "rate_pct": 10.00},
		{"from": "2019-01-01", "rate_pct": 10.00}, {"from": "2019-07-01", "rate_pct": 10.00},
		{"from": "2020-01-01", "rate_pct": 10.00}, {"from": "2020-07-01", "rate_pct": 10.00},
		{"from": "2021-01-01", "rate_pct": 10.00}, {"from": "2021-07-01", "rate_pct": 10.00},
		{"from": "2022-01-01", "rate_pct": 10.00}, {"from": "2022-07-01", "rate_pct": 10.00},
		{"from": "2023-01-01", "rate_pct": 12.50}, {"from": "2023-07-01", "rate_pct": 14.00},
		{"from": "2024-01-01", "rate_pct": 14.50}, {"from": "2024-07-01", "rate_pct": 14.25},
		{"from": "2025-01-01", "rate_pct": 13.15}, {"from": "2025-07-01", "rate_pct": 12.15}],
		"to": "2025-12-31"}',
		'Code de commerce, art. L441-10 II; the rate of 1 January and of 1 July holds for six months'),
		('fr_legal', 'FR', 'Legal rate of interest for creditors in business (taux de l''intérêt légal)',
		'{"rates": [
		{"from": "2015-01-01", "rate_pct": 0.93}, {"from": "2015-07-01", "rate_pct": 0.99},
		{"from": "2016-01-01", "rate_pct": 1.01}, {"from": "2016-07-01", "rate_pct": 0.93},
		{"from": "2017-01-01", "rate_pct": 0.90}, {"from": "2017-07-01", "rate_pct": 0.90},
		{"from": "2018-01-01", "rate_pct": 0.89}, {"from": "2018-07-01", "rate_pct": 0.88},
		{"from": "2019-01-01", "rate_pct": 0.86}, {"from": "2019-07-01", "rate_pct": 0.87},
		{"from": "2020-01-01", "rate_pct": 0.87}, {"from": "2020-07-01", "rate_pct": 0.84},
		{"from": "2021-01-01", "rate_pct": 0.79}, {"from": "2021-07-01", "rate_pct": 0.76},
		{"from": "2022-01-01", "rate_pct": 0.76}, {"from": "2022-07-01", "rate_pct": 0.77},
		{"from": "2023-01-01", "rate_pct": 2.06}, {"from": "2023-07-01", "rate_pct": 4.22},
		{"from": "2024-01-01", "rate_pct": 5.07}, {"from": "2024-07-01", "rate_pct": 4.92},
		{"from": "2025-01-01", "rate_pct": 3.71}, {"from": "2025-07-01", "rate_pct": 2.76}],
		"to": "2025-12-31"}',
		'Code monétaire et financier, art. L313-2; decrees of each half-year in the Journal officiel'),
		('fr_legal_persons', 'FR', 'Legal rate of interest for creditors who are natural persons and not in business',
		'{"rates": [
		{"from": "2015-01-01", "rate_pct": 4.06}, {"from": "2015-07-01", "rate_pct": 4.29},
		{"from": "2016-01-01", "rate_pct": 4.54}, {"from": "2016-07-01", "rate_pct": 4.35},
		{"from": "2017-01-01", "rate_pct": 4.16}, {"from": "2017-07-01", "rate_pct": 3.94},
		{"from": "2018-01-01", "rate_pct": 3.73}, {"from": "2018-07-01", "rate_pct": 3.60},
		{"from": "2019-01-01", "rate_pct": 3.40}, {"from": "2019-07-01", "rate_pct": 3.26},
		{"from": "2020-01-01", "rate_pct": 3.15}, {"from": "2020-07-01", "rate_pct": 3.11},
		{"from": "2021-01-01", "rate_pct": 3.14}, {"from": "2021-07-01", "rate_pct": 3.12},
		{"from": "2022-01-01", "rate_pct": 3.13}, {"from": "2022-07-01", "rate_pct": 3.15},
		{"from": "2023-01-01", "rate_pct": 4.47}, {"from": "2023-07-01", "rate_pct": 6.82},
		{"from": "2024-01-01", "rate_pct": 8.01}, {"from": "2024-07-01", "rate_pct": 8.16},
		{"from": "2025-01-01", "rate_pct": 7.21}, {"from": "2025-07-01", "rate_pct": 6.65}],
		"to": "2025-12-31"}',
		'Code monétaire et financier, art. L313-2; decrees of each half-year in the Journal officiel'))
		AS q (name, country, title, schedule, source);
END;
COMMENT ON FUNCTION rate_schedules() IS
'rates set by authorities, with their source; a day after the last one known has no rate';

CREATE FUNCTION recovery_indemnities(OUT country text, OUT title text, OUT currency text,
	OUT tiers jsonb, OUT valid_from date, OUT valid_to date, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 2
BEGIN ATOMIC
	SELECT q.country, q.title, q.currency, q.tiers::jsonb, q.valid_from::date, q.valid_to::date, q.source
	FROM (VALUES
		('FR', 'Fixed indemnity for recovery costs, between traders, each late invoice once', 'EUR',
		'{"tiers": [{"amount": 40.00}]}', '2013-01-01', NULL,
		'Code de commerce, art. L441-10 II and D441-5 (decree 2012-1115)'),
		('IE', 'Compensation for recovery costs, between businesses, each late invoice once', 'EUR',
		'{"tiers": [{"up_to": 1000.00, "amount": 40.00}, {"up_to": 10000.00, "amount": 70.00}, {"amount": 100.00}]}',
		'2013-03-16', NULL, 'European Communities (Late Payment in Commercial Transactions) Regulations, S.I. 580/2012'))
		AS q (country, title, currency, tiers, valid_from, valid_to, source);
END;
COMMENT ON FUNCTION recovery_indemnities() IS
'tiers for recovery_indemnity set by law, with their days and source; null: still in force';
/* collection: instalments, promises, how likely an open item is paid, and whom to call first */

/* Instalments */

CREATE FUNCTION instalment_plan(amount numeric, parts integer, first_on date,
	every interval DEFAULT '1 month', method text DEFAULT 'equal', rate_pct numeric DEFAULT 0,
	remainder text DEFAULT 'last', scale integer DEFAULT 2, OUT part integer, OUT due_on date,
	OUT amount numeric, OUT principal numeric, OUT interest numeric, OUT balance numeric) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_instalment_plan'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 12;
COMMENT ON FUNCTION instalment_plan(numeric, integer, date, interval, text, numeric, text, integer) IS
'parts in which an amount is paid off: equal parts of it with interest on what is left, or an annuity; the remainder of equal parts in the last one, or spread over the first ones; days are counted from the first one, so that month ends come back';

CREATE TYPE instalment_standing AS (
	standing text, parts bigint, settled_parts bigint, late_parts bigint, amount numeric, paid numeric,
	open_amount numeric, due_amount numeric, overdue_amount numeric, oldest_unpaid_on date, next_on date,
	next_amount numeric, hold_until date, broken boolean, broken_on date, broken_by text
);
COMMENT ON TYPE instalment_standing IS
'how a plan of instalments stands: settled, on_time, late or broken; its parts and sums; the next part; until when it holds back dunning; since when and by which rule it is broken';

CREATE FUNCTION instalment_status_add(state bytea, due_on date, amount numeric, paid numeric,
	as_of date) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_add'
/* not STRICT: a null part leaves the state as it is, a null paid is nothing paid */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION instalment_status_add(bytea, date, numeric, numeric, date) IS
'state of instalment_status with one part of the plan more';

CREATE FUNCTION instalment_status_add(state bytea, due_on date, amount numeric, paid numeric,
	as_of date, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_add'
/* not STRICT: a null part leaves the state as it is, a null paid is nothing paid */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION instalment_status_add(bytea, date, numeric, numeric, date, jsonb) IS
'state of instalment_status with one part of the plan more';

CREATE FUNCTION instalment_status_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION instalment_status_merge(bytea, bytea) IS
'two states of instalment_status as one';

CREATE FUNCTION instalment_status_finish(state bytea) RETURNS instalment_standing
AS 'MODULE_PATHNAME', 'pgrcv_instalment_status_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION instalment_status_finish(bytea) IS
'standing of a state of instalment_status';

CREATE AGGREGATE instalment_status(due_on date, amount numeric, paid numeric, as_of date) (
	SFUNC = instalment_status_add,
	STYPE = bytea,
	SSPACE = 560,
	FINALFUNC = instalment_status_finish,
	COMBINEFUNC = instalment_status_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE instalment_status(date, numeric, numeric, date) IS
'how a plan stands at as_of, from one row for each part with what is paid on it (null: nothing); broken by 2 late parts or one more than 30 days late; parts with a null due_on or amount are skipped';

CREATE AGGREGATE instalment_status(due_on date, amount numeric, paid numeric, as_of date, options jsonb) (
	SFUNC = instalment_status_add,
	STYPE = bytea,
	SSPACE = 560,
	FINALFUNC = instalment_status_finish,
	COMBINEFUNC = instalment_status_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE instalment_status(date, numeric, numeric, date, jsonb) IS
'the same with options: late_parts, late_days, grace_days';

/* Promises */

CREATE TYPE promise_rates AS (
	promises bigint, pending bigint, due bigint, kept bigint, partly bigint, broken bigint,
	due_amount numeric, kept_amount numeric, received_amount numeric,
	kept_rate float8, kept_amount_rate float8, received_rate float8
);
COMMENT ON TYPE promise_rates IS
'promises to pay: how many are pending and how many due, and of these kept, kept in part, and broken; amounts due, kept in full, and received; the rates of kept to due by number and by amount, and of received to due';

CREATE FUNCTION promise_kept_add(state bytea, promised numeric, pay_by date, received numeric, as_of date,
	grace_days integer) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_promise_kept_add'
/* not STRICT: a null promise leaves the state as it is, a null received is nothing received */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION promise_kept_add(bytea, numeric, date, numeric, date, integer) IS
'state of promise_kept with one promise more';

CREATE FUNCTION promise_kept_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_promise_kept_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION promise_kept_merge(bytea, bytea) IS
'two states of promise_kept as one';

CREATE FUNCTION promise_kept_finish(state bytea) RETURNS promise_rates
AS 'MODULE_PATHNAME', 'pgrcv_promise_kept_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION promise_kept_finish(bytea) IS
'rates of a state of promise_kept';

CREATE AGGREGATE promise_kept(promised numeric, pay_by date, received numeric, as_of date, grace_days integer) (
	SFUNC = promise_kept_add,
	STYPE = bytea,
	SSPACE = 112,
	FINALFUNC = promise_kept_finish,
	COMBINEFUNC = promise_kept_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE promise_kept(numeric, date, numeric, date, integer) IS
'how many promises to pay are kept, and how much of the money: one row for each promise with what came in on it by pay_by and grace_days more (null: nothing); promises whose days have not passed at as_of are pending; those with a null amount or day are skipped';

/* Payment histories */

CREATE TYPE payment_history;

CREATE FUNCTION payment_history_in(input cstring) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_in(cstring) IS
'reads {"days": [[days late, paid, open], ...]}';

CREATE FUNCTION payment_history_out(history payment_history) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_out(payment_history) IS
'prints {"days": [[days late, paid, open], ...]}';

CREATE FUNCTION payment_history_recv(input internal) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_recv(internal) IS
'reads the binary form of a history: a version byte and its JSON text';

CREATE FUNCTION payment_history_send(history payment_history) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_send(payment_history) IS
'binary form of a history: a version byte and its JSON text';

CREATE TYPE payment_history (
	INPUT = payment_history_in,
	OUTPUT = payment_history_out,
	RECEIVE = payment_history_recv,
	SEND = payment_history_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE payment_history IS
'how many items were paid, and how many seen open for the last time, by days after their due date; made by payment_history_agg, merged by rollup';

CREATE FUNCTION payment_history_from_jsonb(history jsonb) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_from_jsonb(jsonb) IS
'history of the same JSON as its text form';

CREATE FUNCTION payment_history_to_jsonb(history payment_history) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_to_jsonb(payment_history) IS
'JSON of a history, as its text form';

CREATE CAST (jsonb AS payment_history) WITH FUNCTION payment_history_from_jsonb(jsonb);
CREATE CAST (payment_history AS jsonb) WITH FUNCTION payment_history_to_jsonb(payment_history);
COMMENT ON CAST (jsonb AS payment_history) IS 'reads a history from JSON';
COMMENT ON CAST (payment_history AS jsonb) IS 'history as JSON';

CREATE FUNCTION payment_history_eq(a payment_history, b payment_history) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_eq(payment_history, payment_history) IS
'implementation of = operator';

CREATE FUNCTION payment_history_ne(a payment_history, b payment_history) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_ne(payment_history, payment_history) IS
'implementation of <> operator';

CREATE FUNCTION payment_history_hash(history payment_history) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_hash(payment_history) IS
'hash of a history';

CREATE FUNCTION payment_history_hash_extended(history payment_history, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_hash_extended(payment_history, bigint) IS
'64-bit hash of a history with a seed';

CREATE OPERATOR = (
	LEFTARG = payment_history, RIGHTARG = payment_history, FUNCTION = payment_history_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (payment_history, payment_history) IS 'the same numbers on the same days';

CREATE OPERATOR <> (
	LEFTARG = payment_history, RIGHTARG = payment_history, FUNCTION = payment_history_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (payment_history, payment_history) IS 'other numbers or other days';

CREATE OPERATOR CLASS payment_history_ops DEFAULT FOR TYPE payment_history USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 payment_history_hash(payment_history),
	FUNCTION 2 payment_history_hash_extended(payment_history, bigint);
COMMENT ON OPERATOR CLASS payment_history_ops USING hash IS 'equality of histories';

CREATE FUNCTION payment_history_add(state bytea, days_late integer, paid boolean) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_add'
/* not STRICT: an item with a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION payment_history_add(bytea, integer, boolean) IS
'state of payment_history_agg with one item more';

CREATE FUNCTION payment_history_rollup(state bytea, history payment_history) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_rollup'
/* not STRICT: a null history leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_rollup(bytea, payment_history) IS
'state of rollup with one history more';

CREATE FUNCTION payment_history_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_merge(bytea, bytea) IS
'two states of payment histories as one';

CREATE FUNCTION payment_history_finish(state bytea) RETURNS payment_history
AS 'MODULE_PATHNAME', 'pgrcv_payment_history_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION payment_history_finish(bytea) IS
'history of a state';

CREATE AGGREGATE payment_history_agg(days_late integer, paid boolean) (
	SFUNC = payment_history_add,
	STYPE = bytea,
	SSPACE = 400,
	FINALFUNC = payment_history_finish,
	COMBINEFUNC = payment_history_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE payment_history_agg(integer, boolean) IS
'history of items: days from the due date to the payment, or for one that is not paid to the day it was last looked at; items with a null are skipped';

CREATE AGGREGATE rollup(history payment_history) (
	SFUNC = payment_history_rollup,
	STYPE = bytea,
	SSPACE = 1600,
	FINALFUNC = payment_history_finish,
	COMBINEFUNC = payment_history_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(payment_history) IS
'one history of several, as if made of all their items';

CREATE FUNCTION p_paid(history payment_history, days_late integer, within_days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_p_paid'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION p_paid(payment_history, integer, integer) IS
'probability that an item still open after days_late days is paid within so many days more, as if one more item had been paid by half; null when the history has none that was open so long';

CREATE FUNCTION p_paid(history payment_history, segment payment_history, days_late integer, within_days integer,
	weight float8 DEFAULT 10) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_p_paid_segment'
/* not STRICT: a null history is a customer without one */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION p_paid(payment_history, payment_history, integer, integer, float8) IS
'the same for a customer with few items: the segment counts as weight items; null when the segment has none that was open so long';

CREATE FUNCTION items_at_risk(history payment_history, days_late integer) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_items_at_risk'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION items_at_risk(payment_history, integer) IS
'number of items that were open after days_late days: what p_paid rests on';

CREATE FUNCTION history_days(history payment_history, OUT days_late integer, OUT paid bigint, OUT still_open bigint) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_history_days'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 50;
COMMENT ON FUNCTION history_days(payment_history) IS
'days of a history, with the items paid on them and those seen open for the last time';

/* Priority */

CREATE FUNCTION collection_priority(open_amount numeric, p_pay float8, value numeric DEFAULT 0,
	cost numeric DEFAULT 0, p_chased float8 DEFAULT 1, scale integer DEFAULT 2) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_collection_priority'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION collection_priority(numeric, float8, numeric, numeric, float8, integer) IS
'what an action on an open item gains: open_amount x (p_chased - p_pay) - value - cost; p_pay and p_chased: the probability of payment without and with it, value: what it puts at risk of the customer''s value';
/* dunning: whom to remind when and how, by a policy that is a value */

CREATE TYPE dunning_policy;

CREATE FUNCTION dunning_policy_in(input cstring) RETURNS dunning_policy
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_in(cstring) IS
'reads {"ladders": {segment: [{"step": number, "delay_days": days, "action": name, ...}, ...], ...}, ...}';

CREATE FUNCTION dunning_policy_out(policy dunning_policy) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_out(dunning_policy) IS
'prints a policy as JSON, with keys in a fixed order and without what is the default';

CREATE FUNCTION dunning_policy_recv(input internal) RETURNS dunning_policy
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_recv(internal) IS
'reads the binary form of a policy: a version byte and its JSON text';

CREATE FUNCTION dunning_policy_send(policy dunning_policy) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_send(dunning_policy) IS
'binary form of a policy: a version byte and its JSON text';

CREATE TYPE dunning_policy (
	INPUT = dunning_policy_in,
	OUTPUT = dunning_policy_out,
	RECEIVE = dunning_policy_recv,
	SEND = dunning_policy_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE dunning_policy IS
'ladders of dunning steps, one for each segment, and the rules that hold for all of them';

CREATE FUNCTION dunning_policy_from_jsonb(policy jsonb) RETURNS dunning_policy
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_from_jsonb(jsonb) IS
'policy of the same JSON as its text form';

CREATE FUNCTION dunning_policy_to_jsonb(policy dunning_policy) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_dunning_policy_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_policy_to_jsonb(dunning_policy) IS
'JSON of a policy, as its text form';

CREATE CAST (jsonb AS dunning_policy) WITH FUNCTION dunning_policy_from_jsonb(jsonb);
CREATE CAST (dunning_policy AS jsonb) WITH FUNCTION dunning_policy_to_jsonb(dunning_policy);
COMMENT ON CAST (jsonb AS dunning_policy) IS 'reads a policy from JSON';
COMMENT ON CAST (dunning_policy AS jsonb) IS 'policy as JSON';

CREATE FUNCTION dunning_policy_eq(a dunning_policy, b dunning_policy) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_eq(dunning_policy, dunning_policy) IS
'implementation of = operator';

CREATE FUNCTION dunning_policy_ne(a dunning_policy, b dunning_policy) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_ne(dunning_policy, dunning_policy) IS
'implementation of <> operator';

CREATE FUNCTION dunning_policy_hash(policy dunning_policy) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_hash(dunning_policy) IS
'hash of a policy';

CREATE FUNCTION dunning_policy_hash_extended(policy dunning_policy, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_policy_hash_extended(dunning_policy, bigint) IS
'64-bit hash of a policy with a seed';

CREATE OPERATOR = (
	LEFTARG = dunning_policy, RIGHTARG = dunning_policy, FUNCTION = dunning_policy_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (dunning_policy, dunning_policy) IS 'the same ladders and rules';

CREATE OPERATOR <> (
	LEFTARG = dunning_policy, RIGHTARG = dunning_policy, FUNCTION = dunning_policy_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (dunning_policy, dunning_policy) IS 'another ladder or rule';

CREATE OPERATOR CLASS dunning_policy_ops DEFAULT FOR TYPE dunning_policy USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 dunning_policy_hash(dunning_policy),
	FUNCTION 2 dunning_policy_hash_extended(dunning_policy, bigint);
COMMENT ON OPERATOR CLASS dunning_policy_ops USING hash IS 'equality of policies';

CREATE FUNCTION dunning_ladder(policy dunning_policy, segment text DEFAULT NULL, OUT ladder text,
	OUT step integer, OUT base text, OUT delay_days integer, OUT action text, OUT channels text,
	OUT template text, OUT fee_fixed numeric, OUT fee_pct numeric, OUT fee_tiers text, OUT fee_per text,
	OUT interest boolean, OUT indemnity text, OUT min_amount text, OUT pay_by_days integer,
	OUT approval boolean, OUT cost numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_ladder'
/* not STRICT: a null segment has the ladder called default */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION dunning_ladder(dunning_policy, text) IS
'steps of the ladder that a segment has, in plain columns; no row when there is no such ladder';

/* The next step of one item */

CREATE TYPE dunning_step AS (
	step integer, action text, channel text, template text, due_on date, pay_by date,
	fee numeric, interest numeric, indemnity numeric, reason text
);
COMMENT ON TYPE dunning_step IS
'a step of dunning: which one, what is done by which channel with which text, on which day, what is asked for, and why';

CREATE FUNCTION dunning_next_step(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL) RETURNS dunning_step
AS 'MODULE_PATHNAME', 'pgrcv_dunning_next_step'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_next_step(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date) IS
'next dunning step of an item by what is known of it on a day: due when its due_on is not after as_of, with a reason always; null due_on: there is none to take';

CREATE FUNCTION dunning_next_on(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_dunning_next_on'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dunning_next_on(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date) IS
'day of the next dunning step alone, to filter and sort by; null: there is none to take';

CREATE FUNCTION dunning_plan(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL, until date DEFAULT NULL) RETURNS SETOF dunning_step
AS 'MODULE_PATHNAME', 'pgrcv_dunning_plan'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION dunning_plan(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date, date) IS
'steps to come of an item if nothing is paid, each taken on its day, up to and with a last day';

CREATE FUNCTION dunning_explain(policy dunning_policy, due_on date, open_amount numeric, as_of date,
	last_step integer DEFAULT 0, last_step_on date DEFAULT NULL, promise_on date DEFAULT NULL,
	promise_amount numeric DEFAULT NULL, disputed_amount numeric DEFAULT 0, hold_until date DEFAULT NULL,
	open_charges numeric DEFAULT 0, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, stop text DEFAULT NULL,
	prescribed_on date DEFAULT NULL,
	OUT "position" integer, OUT rule text, OUT inputs text, OUT result text, OUT would_change text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_explain'
/* not STRICT: most facts may be null, and a missing due date has an answer of its own */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 15;
COMMENT ON FUNCTION dunning_explain(dunning_policy, date, numeric, date, integer, date, date, numeric, numeric, date, numeric, text, text[], business_calendar, rate_schedule, date, text, text, date) IS
'each rule that dunning_next_step looks at, in order: what it saw, what it said, and what would change that';

/* One letter for a customer */

CREATE FUNCTION dunning_merge_add(state bytea, step dunning_step) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_add'
/* not STRICT: a null step leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_add(bytea, dunning_step) IS
'state of dunning_merge with one step more';

CREATE FUNCTION dunning_merge_add(state bytea, step dunning_step, options jsonb) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_add'
/* not STRICT: a null step leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_add(bytea, dunning_step, jsonb) IS
'state of dunning_merge with one step more';

CREATE FUNCTION dunning_merge_add(state bytea, step dunning_step, policy dunning_policy, segment text) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_add'
/* not STRICT: a null step leaves the state as it is, and a null segment has the ladder called default */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_add(bytea, dunning_step, dunning_policy, text) IS
'state of dunning_merge with one step more';

CREATE FUNCTION dunning_merge_combine(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_combine'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_combine(bytea, bytea) IS
'two states of dunning_merge as one';

CREATE FUNCTION dunning_merge_finish(state bytea) RETURNS dunning_step
AS 'MODULE_PATHNAME', 'pgrcv_dunning_merge_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dunning_merge_finish(bytea) IS
'step of a state of dunning_merge';

CREATE AGGREGATE dunning_merge(step dunning_step) (
	SFUNC = dunning_merge_add,
	STYPE = bytea,
	SSPACE = 300,
	FINALFUNC = dunning_merge_finish,
	COMBINEFUNC = dunning_merge_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dunning_merge(dunning_step) IS
'steps of the items of one customer as one letter: the highest step with its fee once, interest and indemnities summed up, the earliest days; null steps and those without a day are skipped';

CREATE AGGREGATE dunning_merge(step dunning_step, options jsonb) (
	SFUNC = dunning_merge_add,
	STYPE = bytea,
	SSPACE = 300,
	FINALFUNC = dunning_merge_finish,
	COMBINEFUNC = dunning_merge_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dunning_merge(dunning_step, jsonb) IS
'the same with options: "fee", "letter" (default: that of the highest step) or "item" (all of them summed up)';

CREATE AGGREGATE dunning_merge(step dunning_step, policy dunning_policy, segment text) (
	SFUNC = dunning_merge_add,
	STYPE = bytea,
	SSPACE = 300,
	FINALFUNC = dunning_merge_finish,
	COMBINEFUNC = dunning_merge_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dunning_merge(dunning_step, dunning_policy, text) IS
'the same with fees as the policy says for each step in the ladder of its segment: that of the highest step once where it is per letter, and those of all steps that are per item';

/* What a policy would have done */

CREATE FUNCTION dunning_simulate(policy dunning_policy, due_on date, amounts numeric[], days date[],
	from_day date, to_day date, segment text DEFAULT NULL, channels text[] DEFAULT NULL,
	calendar business_calendar DEFAULT NULL, rates rate_schedule DEFAULT NULL,
	invoice_on date DEFAULT NULL, currency text DEFAULT NULL, last_step integer DEFAULT 0,
	last_step_on date DEFAULT NULL, prescribed_on date DEFAULT NULL,
	OUT day date, OUT step integer, OUT action text, OUT channel text, OUT template text,
	OUT open_amount numeric, OUT fee numeric, OUT interest numeric, OUT indemnity numeric,
	OUT reason text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_simulate'
/* not STRICT: most facts may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION dunning_simulate(dunning_policy, date, numeric[], date[], date, date, text, text[], business_calendar, rate_schedule, date, text, integer, date, date) IS
'steps of an item whose open amount changes (amounts on days: what was invoiced, then payments below 0) as if asked for in the evening of each day from from_day to to_day, each taken when it is due';

CREATE FUNCTION dunning_backtest(policy dunning_policy, items text, payments text, from_day date,
	to_day date, options jsonb DEFAULT '{}', calendar business_calendar DEFAULT NULL,
	rates rate_schedule DEFAULT NULL,
	OUT item text, OUT customer text, OUT segment text, OUT day date, OUT step integer,
	OUT action text, OUT channel text, OUT template text, OUT open_amount numeric, OUT fee numeric,
	OUT interest numeric, OUT indemnity numeric, OUT cost numeric, OUT paid_by_next numeric,
	OUT days_to_next_payment integer, OUT reason text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_dunning_backtest'
/* not STRICT: calendar, rates and payments may be null */
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 ROWS 10000;
COMMENT ON FUNCTION dunning_backtest(dunning_policy, text, text, date, date, jsonb, business_calendar, rate_schedule) IS
'dunning_simulate for all items of a query (item, due_on, amount; customer, segment, currency, issued_on, last_step, last_step_on, prescribed_on), less the payments of another one (item, day, amount; received: false for what is no money; null: none), with what was received after each step; options: "channels", the ones there are';
/* provision: allowance for doubtful debts by matrix or item by item, with its trail */

CREATE TYPE provision_matrix;

CREATE FUNCTION provision_matrix_in(input cstring) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_in(cstring) IS
'reads {"buckets": [{"up_to": days, "rate_pct": number}, ..., {"rate_pct": number}], ...}';

CREATE FUNCTION provision_matrix_out(matrix provision_matrix) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_out(provision_matrix) IS
'prints {"buckets": [{"up_to": days, "rate_pct": number}, ..., {"rate_pct": number}], ...}';

CREATE FUNCTION provision_matrix_recv(input internal) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_recv(internal) IS
'reads the binary form of a matrix: a version byte and its JSON text';

CREATE FUNCTION provision_matrix_send(matrix provision_matrix) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_send(provision_matrix) IS
'binary form of a matrix: a version byte and its JSON text';

CREATE TYPE provision_matrix (
	INPUT = provision_matrix_in,
	OUTPUT = provision_matrix_out,
	RECEIVE = provision_matrix_recv,
	SEND = provision_matrix_send,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE provision_matrix IS
'rates of loss in percent by days past due, upper edges inclusive, with segments, forward-looking scalars, weighted scenarios, the days on which it holds, and its source';

CREATE FUNCTION provision_matrix_from_jsonb(matrix jsonb) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_from_jsonb(jsonb) IS
'matrix of the same JSON as its text form';

CREATE FUNCTION provision_matrix_to_jsonb(matrix provision_matrix) RETURNS jsonb
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_to_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_to_jsonb(provision_matrix) IS
'JSON of a matrix, as its text form';

CREATE CAST (jsonb AS provision_matrix) WITH FUNCTION provision_matrix_from_jsonb(jsonb);
CREATE CAST (provision_matrix AS jsonb) WITH FUNCTION provision_matrix_to_jsonb(provision_matrix);
COMMENT ON CAST (jsonb AS provision_matrix) IS 'reads a matrix from JSON';
COMMENT ON CAST (provision_matrix AS jsonb) IS 'matrix as JSON';

CREATE FUNCTION provision_matrix_eq(a provision_matrix, b provision_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_eq(provision_matrix, provision_matrix) IS
'implementation of = operator';

CREATE FUNCTION provision_matrix_ne(a provision_matrix, b provision_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_value_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_ne(provision_matrix, provision_matrix) IS
'implementation of <> operator';

CREATE FUNCTION provision_matrix_hash(matrix provision_matrix) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_value_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_hash(provision_matrix) IS
'hash of a matrix';

CREATE FUNCTION provision_matrix_hash_extended(matrix provision_matrix, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_value_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_matrix_hash_extended(provision_matrix, bigint) IS
'64-bit hash of a matrix with a seed';

CREATE OPERATOR = (
	LEFTARG = provision_matrix, RIGHTARG = provision_matrix, FUNCTION = provision_matrix_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (provision_matrix, provision_matrix) IS
'the same buckets, segments, scalars, scenarios and terms';

CREATE OPERATOR <> (
	LEFTARG = provision_matrix, RIGHTARG = provision_matrix, FUNCTION = provision_matrix_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (provision_matrix, provision_matrix) IS
'other buckets, segments, scalars, scenarios or terms';

CREATE OPERATOR CLASS provision_matrix_ops DEFAULT FOR TYPE provision_matrix USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 provision_matrix_hash(provision_matrix),
	FUNCTION 2 provision_matrix_hash_extended(provision_matrix, bigint);
COMMENT ON OPERATOR CLASS provision_matrix_ops USING hash IS 'equality of matrices';

CREATE FUNCTION provision_buckets(matrix provision_matrix, OUT segment text, OUT bucket integer,
	OUT from_days integer, OUT to_days integer, OUT rate_pct numeric, OUT rate numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_provision_buckets'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION provision_buckets(provision_matrix) IS
'buckets of a matrix: days past due, null without end; the rate as given in percent, and as a fraction with all scalars and scenarios; segment null: the default';

CREATE FUNCTION provision_valid(matrix provision_matrix, day date) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_provision_valid'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_valid(provision_matrix, date) IS
'whether a day lies between "from" and "to" of a matrix';

CREATE FUNCTION provision_stress(matrix provision_matrix, scalar numeric DEFAULT 1,
	worse integer DEFAULT 0, scenario text DEFAULT NULL)
RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_stress'
/* not STRICT: scenario may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_stress(provision_matrix, numeric, integer, text) IS
'the matrix with its rates multiplied by a scalar, each bucket at the rate of the one so many places later, and one scenario instead of all';

CREATE FUNCTION provision_matrix_of(up_to integer[], rates numeric[]) RETURNS provision_matrix
AS 'MODULE_PATHNAME', 'pgrcv_provision_matrix_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_matrix_of(integer[], numeric[]) IS
'matrix of upper edges in days past due and of rates as fractions, one more than edges, rounded to 14 decimals';

/* The allowance of an item */

CREATE FUNCTION provision_amount(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, override_rate numeric DEFAULT NULL, cover numeric DEFAULT 0,
	scalar numeric DEFAULT 1, segment text DEFAULT NULL, customer_days integer DEFAULT NULL)
RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount'
/* not STRICT: override_rate, segment and customer_days may be null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_amount(numeric, integer, provision_matrix, numeric, numeric, numeric, text, integer) IS
'allowance for an open item: (open_excl_vat - cover) x rate of its bucket x scalar, or x override_rate (a fraction) where there is one; never below 0 nor above the base';

CREATE FUNCTION provision_explain(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, override_rate numeric DEFAULT NULL, cover numeric DEFAULT 0,
	INOUT scalar numeric DEFAULT 1, INOUT segment text DEFAULT NULL,
	customer_days integer DEFAULT NULL, OUT bucket integer, OUT from_days integer,
	OUT to_days integer, OUT base numeric, OUT rate numeric, OUT method text, OUT amount numeric,
	OUT reason text, OUT trail jsonb)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_provision_explain'
/* not STRICT: it says what is missing */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION provision_explain(numeric, integer, provision_matrix, numeric, numeric, numeric, text, integer) IS
'the allowance of provision_amount with what it comes from: amount = base x rate; scalar: all of them multiplied, null with an individual rate; segment: null for the default; method individual or matrix; reason matrix, individual, credit, covered, or missing_...; trail: every figure on the way';

CREATE FUNCTION provision_movement(new numeric, old numeric, used numeric DEFAULT 0,
	OUT charge numeric, OUT reversal numeric, OUT use numeric)
RETURNS record
AS 'MODULE_PATHNAME', 'pgrcv_provision_movement'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_movement(numeric, numeric, numeric) IS
'how an allowance moves: new = old - use + charge - reversal, with a charge or a reversal, never both';

/* The allowance of many items */

CREATE FUNCTION provision_amount_add(state bytea, open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_add'
/* not STRICT: a null item leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_amount_add(bytea, numeric, integer, provision_matrix, numeric, text) IS
'state of the aggregate provision_amount with one item more';

CREATE FUNCTION provision_amount_add(state bytea, open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text, override_rate numeric, segment text,
	customer_days integer)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_add'
/* not STRICT: a null item leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION provision_amount_add(bytea, numeric, integer, provision_matrix, numeric, text, numeric, text, integer) IS
'state of the aggregate provision_amount with one item more';

CREATE FUNCTION provision_amount_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_amount_merge(bytea, bytea) IS
'two states of the aggregate provision_amount as one';

CREATE FUNCTION provision_amount_finish(state bytea) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_provision_amount_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION provision_amount_finish(bytea) IS
'total of a state of the aggregate provision_amount';

CREATE AGGREGATE provision_amount(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text) (
	SFUNC = provision_amount_add,
	STYPE = bytea,
	SSPACE = 500,
	FINALFUNC = provision_amount_finish,
	COMBINEFUNC = provision_amount_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE provision_amount(numeric, integer, provision_matrix, numeric, text) IS
'total allowance of open items; rounding: of each line, or of each bucket of the matrix; items with a null amount, days, matrix or cover are skipped';

CREATE AGGREGATE provision_amount(open_excl_vat numeric, days_past_due integer,
	matrix provision_matrix, cover numeric, rounding text, override_rate numeric, segment text,
	customer_days integer) (
	SFUNC = provision_amount_add,
	STYPE = bytea,
	SSPACE = 500,
	FINALFUNC = provision_amount_finish,
	COMBINEFUNC = provision_amount_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE provision_amount(numeric, integer, provision_matrix, numeric, text, numeric, text, integer) IS
'the same with an individual rate, a segment and the customer''s days, each of which may be null';

/* Rates from history */

CREATE FUNCTION loss_rates(flows numeric[]) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_loss_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION loss_rates(numeric[]) IS
'share of each flow that is lost in the end: the last one by each; null of nothing';

CREATE FUNCTION roll_rates(flows numeric[]) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION roll_rates(numeric[]) IS
'share of each flow that becomes the next one; null of nothing';

CREATE FUNCTION roll_rates_add(state bytea, bucket integer, next_bucket integer, amount numeric)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates_add'
/* not STRICT: a null leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION roll_rates_add(bytea, integer, integer, numeric) IS
'state of roll_rates and loss_rates with one item more';

CREATE FUNCTION roll_rates_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION roll_rates_merge(bytea, bytea) IS
'two states of roll_rates and loss_rates as one';

CREATE FUNCTION roll_rates_finish(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_roll_rates_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION roll_rates_finish(bytea) IS
'shares of a state of roll_rates, with subscripts from 0';

CREATE FUNCTION loss_rates_finish(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_loss_rates_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION loss_rates_finish(bytea) IS
'shares of a state of loss_rates, with subscripts from 0';

CREATE AGGREGATE roll_rates(bucket integer, next_bucket integer, amount numeric) (
	SFUNC = roll_rates_add,
	STYPE = bytea,
	SSPACE = 3300,
	FINALFUNC = roll_rates_finish,
	COMBINEFUNC = roll_rates_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE roll_rates(integer, integer, numeric) IS
'share of the amount of each bucket, from 0, that was in a later one at the next snapshot; next_bucket -1: paid; null where a bucket was empty';

CREATE AGGREGATE loss_rates(bucket integer, next_bucket integer, amount numeric) (
	SFUNC = roll_rates_add,
	STYPE = bytea,
	SSPACE = 3300,
	FINALFUNC = loss_rates_finish,
	COMBINEFUNC = roll_rates_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE loss_rates(integer, integer, numeric) IS
'share of the amount of each bucket, from 0, that comes to the last bucket, where all is lost: the product of the roll rates from it on';

CREATE FUNCTION ecl(pd float8[], lgd float8, ead float8[], eir float8, pd_kind text,
	periods_per_year integer DEFAULT 1, horizon text DEFAULT 'lifetime') RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_ecl'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ecl(float8[], float8, float8[], float8, text, integer, text) IS
'expected credit loss: sum of pd x lgd x ead, discounted at the yearly rate eir to the end of each period; pd_kind marginal or conditional (on having survived); horizon lifetime or 12-month';

CREATE FUNCTION ecl_stage(days_past_due integer, stage_2_from integer, stage_3_from integer)
RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_ecl_stage'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION ecl_stage(integer, integer, integer) IS
'stage 1, 2 or 3 by days past due and the first days of stages 2 and 3, which are policy';

CREATE FUNCTION ecl_presumptions(OUT stage integer, OUT from_days integer, OUT title text, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 2
BEGIN ATOMIC
	SELECT q.stage, q.from_days, q.title, q.source
	FROM (VALUES
		(2, 31, 'Credit risk has increased significantly: more than 30 days past due', 'IFRS 9, 5.5.11; rebuttable'),
		(3, 90, 'Default: 90 days past due at the latest', 'IFRS 9, B5.5.37; rebuttable'))
		AS q (stage, from_days, title, source);
END;
COMMENT ON FUNCTION ecl_presumptions() IS
'days past due at which IFRS 9 presumes stages 2 and 3 to begin; both presumptions are rebuttable, so they are data';

/* Tables of the user's own */

CREATE FUNCTION provision_register_ddl(schema text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT replace('CREATE TABLE {schema}.provision_account (
    entry text PRIMARY KEY CHECK (entry IN (''receivable'', ''doubtful'', ''allowance'', ''charge'', ''reversal'', ''loss'', ''vat'', ''vat_waiting'')),
    account text NOT NULL,
    title text NOT NULL
);
COMMENT ON TABLE {schema}.provision_account IS ''accounts of the entries of provision_entry'';
INSERT INTO {schema}.provision_account VALUES
    (''receivable'', ''411'', ''Customers''),
    (''doubtful'', ''416'', ''Doubtful or disputed customers''),
    (''allowance'', ''491'', ''Depreciation of customer accounts''),
    (''charge'', ''6817'', ''Charges to depreciation of current assets''),
    (''reversal'', ''7817'', ''Reversals of depreciation of current assets''),
    (''loss'', ''654'', ''Losses on irrecoverable debts''),
    (''vat'', ''44571'', ''VAT collected''),
    (''vat_waiting'', ''4458'', ''VAT that falls due on receipt'');
CREATE TABLE {schema}.provision_register (
    closing date NOT NULL,
    item text NOT NULL,
    customer text,
    event text,
    event_on date,
    method text NOT NULL CHECK (method IN (''individual'', ''statistical'', ''matrix'')),
    rate numeric NOT NULL CHECK (rate BETWEEN 0 AND 1),
    base_excl_vat numeric NOT NULL CHECK (base_excl_vat >= 0 AND base_excl_vat < ''Infinity''),
    amount numeric NOT NULL CONSTRAINT amount_within_base CHECK (amount BETWEEN 0 AND base_excl_vat),
    previous numeric NOT NULL DEFAULT 0 CHECK (previous >= 0 AND previous < ''Infinity''),
    used numeric NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND previous),
    loss_excl_vat numeric NOT NULL DEFAULT 0 CHECK (loss_excl_vat >= 0 AND loss_excl_vat < ''Infinity''),
    loss_vat numeric NOT NULL DEFAULT 0 CHECK (loss_vat >= 0 AND loss_vat < ''Infinity''),
    loss_vat_waiting numeric NOT NULL DEFAULT 0 CHECK (loss_vat_waiting >= 0 AND loss_vat_waiting < ''Infinity''),
    doubtful numeric NOT NULL DEFAULT 0 CHECK (doubtful >= 0 AND doubtful < ''Infinity''),
    previous_doubtful numeric NOT NULL DEFAULT 0 CHECK (previous_doubtful >= 0 AND previous_doubtful < ''Infinity''),
    doubtful_paid numeric NOT NULL DEFAULT 0 CHECK (doubtful_paid > ''-Infinity'' AND doubtful_paid < ''Infinity''),
    deductible numeric NOT NULL DEFAULT 0 CHECK (deductible BETWEEN 0 AND amount),
    deductible_reason text,
    trail jsonb,
    PRIMARY KEY (closing, item),
    CONSTRAINT event_known_at_closing CHECK (isfinite(closing) AND event_on <= closing),
    CONSTRAINT individual_has_event CHECK (method <> ''individual'' OR amount = 0 OR (event IS NOT NULL AND event_on IS NOT NULL)),
    CONSTRAINT deductible_has_reason CHECK (deductible = 0 OR deductible_reason IS NOT NULL)
);
COMMENT ON TABLE {schema}.provision_register IS ''allowance of each item at each closing, and why'';
COMMENT ON COLUMN {schema}.provision_register.event IS ''what makes the loss probable, as known at the closing'';
COMMENT ON COLUMN {schema}.provision_register.previous IS ''allowance at the closing before'';
COMMENT ON COLUMN {schema}.provision_register.used IS ''part of previous that a loss has used up; 0 where it is reversed instead'';
COMMENT ON COLUMN {schema}.provision_register.loss_vat IS ''VAT of the loss that had fallen due'';
COMMENT ON COLUMN {schema}.provision_register.loss_vat_waiting IS ''VAT of the loss that falls due on receipt, and so never did'';
COMMENT ON COLUMN {schema}.provision_register.doubtful IS ''what is open of a doubtful item, with VAT: its balance on the account of doubtful customers'';
COMMENT ON COLUMN {schema}.provision_register.previous_doubtful IS ''the same at the closing before'';
COMMENT ON COLUMN {schema}.provision_register.doubtful_paid IS ''what payments and credit notes since then have credited to the account of doubtful customers, less what bounced; 0 where they credit the other one'';
COMMENT ON COLUMN {schema}.provision_register.deductible IS ''part of amount that is claimed as deductible, and deductible_reason says why'';
COMMENT ON COLUMN {schema}.provision_register.trail IS ''as provision_explain gives it'';
CREATE VIEW {schema}.provision_statement AS
    SELECT closing, item, customer, event, event_on, method, rate, base_excl_vat, amount, previous,
        greatest(amount - (previous - used), 0) AS charge, greatest(previous - used - amount, 0) AS reversal,
        used AS use, loss_excl_vat, loss_vat, loss_vat_waiting, doubtful, previous_doubtful, doubtful_paid,
        doubtful - previous_doubtful + doubtful_paid + loss_excl_vat + loss_vat + loss_vat_waiting AS transfer,
        deductible, deductible_reason
    FROM {schema}.provision_register;
COMMENT ON VIEW {schema}.provision_statement IS ''the register with how each allowance moves, and what goes to the account of doubtful customers (transfer, negative: comes back)'';
CREATE VIEW {schema}.provision_entry AS
    SELECT e.closing, e.item, a.account, a.title, e.debit, e.credit
    FROM (SELECT s.closing, s.item, v.entry, v.debit, v.credit
        FROM {schema}.provision_statement AS s, LATERAL (VALUES
            (''doubtful'', greatest(s.transfer, 0), greatest(-s.transfer, 0)),
            (''receivable'', greatest(-s.transfer, 0), greatest(s.transfer, 0)),
            (''charge'', s.charge, 0), (''allowance'', 0, s.charge),
            (''allowance'', s.reversal, 0), (''reversal'', 0, s.reversal),
            (''allowance'', s.use, 0), (''loss'', 0, s.use),
            (''loss'', s.loss_excl_vat, 0), (''vat'', s.loss_vat, 0), (''vat_waiting'', s.loss_vat_waiting, 0),
            (''doubtful'', 0, s.loss_excl_vat + s.loss_vat + s.loss_vat_waiting)) AS v (entry, debit, credit)
        WHERE v.debit <> 0 OR v.credit <> 0) AS e
    JOIN {schema}.provision_account AS a USING (entry);
COMMENT ON VIEW {schema}.provision_entry IS ''entries of transfers, charges, reversals, uses and losses; debits and credits of an item are equal'';', '{schema}', quote_ident(schema));
END;
COMMENT ON FUNCTION provision_register_ddl(text) IS
'definition of the tables provision_account and provision_register, and of the views provision_statement and provision_entry, to be read and then run in a schema of the user';
/* vat: tax that becomes due as an invoice is paid */

CREATE FUNCTION vat_collected(vat numeric, total numeric, received numeric, scale integer DEFAULT 2)
RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_collected'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION vat_collected(numeric, numeric, numeric, integer) IS
'VAT in what has been received of an invoice so far: round(vat x received / total), received cut to 0 .. total';

CREATE FUNCTION vat_on_receipt(vat numeric, total numeric, received_before numeric,
	received_now numeric, scale integer DEFAULT 2) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION vat_on_receipt(numeric, numeric, numeric, numeric, integer) IS
'VAT that a receipt makes due: vat_collected after it less vat_collected before it, so that the receipts of an invoice add up to its VAT';

CREATE FUNCTION vat_on_receipt(vat numeric[], total numeric, received_before numeric,
	received_now numeric, scale integer DEFAULT 2) RETURNS numeric[]
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt_rates'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION vat_on_receipt(numeric[], numeric, numeric, numeric, integer) IS
'the same for the VAT of each rate of an invoice';

CREATE FUNCTION vat_on_receipt(vat numeric, total numeric, received numeric) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt_window'
/* not STRICT: a window function; a row with a null has a null answer and changes nothing */
LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION vat_on_receipt(numeric, numeric, numeric) IS
'window function, OVER (PARTITION BY invoice ORDER BY day): VAT that each receipt makes due, with two decimals; a credit note is a row of its own with received 0 and vat and total as they are from then on';

CREATE FUNCTION vat_on_receipt(vat numeric, total numeric, received numeric, options jsonb) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_vat_on_receipt_window'
/* not STRICT: a window function; a row with a null has a null answer and changes nothing */
LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION vat_on_receipt(numeric, numeric, numeric, jsonb) IS
'the same with options => {"scale": decimals of the currency}';

CREATE FUNCTION receipt_by_rate(base numeric[], vat numeric[], received_before numeric,
	received_now numeric, scale integer DEFAULT 2,
	OUT line integer, OUT base_received numeric, OUT vat_received numeric, OUT received numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_receipt_by_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION receipt_by_rate(numeric[], numeric[], numeric, numeric, integer) IS
'a receipt split over the lines of an invoice, one for each rate: base and VAT of each add up to what it received, and these to the receipt';

/* What the law says of days: data with its validity and its source */

CREATE FUNCTION vat_receipt_rules(OUT country text, OUT means text, OUT counts_on text, OUT meaning text,
	OUT valid_from date, OUT valid_to date, OUT source text)
RETURNS SETOF record
/* not STRICT: there is no argument, and a query takes its rows in at planning */
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
	SELECT q.country, q.means, q.counts_on, q.meaning, q.valid_from::date, q.valid_to::date, q.source
	FROM (VALUES
		('FR', 'cheque', 'handed_over', 'the day on which the cheque is handed over, not the one on which it is cashed', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, receipt by cheque'),
		('FR', 'transfer', 'credited', 'the day on which the supplier''s account is credited', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, receipt by transfer'),
		('FR', 'bill', 'matures', 'the day on which the bill falls due and is paid, also when it was discounted before', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, bills of exchange'),
		('FR', 'dailly', 'debtor_pays', 'the day on which the debtor pays the bank that the debt was assigned to', NULL, NULL,
		'CGI, art. 269-2 c; BOI-TVA-BASE-20-20, assigned debts'),
		('FR', 'factor', 'debtor_pays', 'the day on which the debtor pays the factor: its advance is a loan', NULL, NULL,
		'CGI, art. 269-2 c; instruction 3 D-6-94 of 29 September 1994'))
		AS q (country, means, counts_on, meaning, valid_from, valid_to, source);
END;
COMMENT ON FUNCTION vat_receipt_rules() IS
'the day on which a receipt counts for VAT, by means of payment, with its source; null: no limit known';
/* factoring: what a factor pays for an invoice, and what that costs */

CREATE FUNCTION factoring_quote(amount numeric, days integer, terms jsonb, on_day date DEFAULT NULL,
	OUT advance numeric, OUT commission numeric, OUT fees numeric, OUT financing numeric,
	OUT vat numeric, OUT retention numeric, OUT cash_day_0 numeric, OUT total_cost numeric,
	OUT cost_of_cash_pct float8, OUT cost_of_advance_pct float8, OUT annual_360_pct float8,
	OUT annual_365_pct float8, OUT effective_annual_pct float8, OUT overdraft_cost numeric,
	OUT over_overdraft numeric)
AS 'MODULE_PATHNAME', 'pgrcv_factoring_quote'
/* not STRICT: on_day may be null; a null amount, days or terms gives null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION factoring_quote(numeric, integer, jsonb, date) IS
'what a factor pays for an invoice that its customer pays after so many days, and what that costs, beside an overdraft; terms are {"advance_pct": 90, "commission_pct": 0.9, "financing_pct": 3.2, "vat_pct": 20, ...}; on_day must be a day of theirs';

CREATE FUNCTION factoring_year(turnover numeric, invoices integer, days integer, terms jsonb,
	on_day date DEFAULT NULL,
	OUT outstanding numeric, OUT funds numeric, OUT commission numeric, OUT fees numeric,
	OUT financing numeric, OUT vat numeric, OUT savings numeric, OUT total_cost numeric,
	OUT cost_of_funds_pct float8, OUT cost_of_turnover_pct float8)
AS 'MODULE_PATHNAME', 'pgrcv_factoring_year'
/* not STRICT: on_day may be null; any other null gives null */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION factoring_year(numeric, integer, integer, jsonb, date) IS
'what a year of a factoring contract costs, with its yearly minimum, fees and savings, for a turnover that is paid after so many days in the mean';

CREATE FUNCTION simple_annual_rate(cost numeric, funds numeric, days integer, year_days integer DEFAULT 365)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_simple_annual_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION simple_annual_rate(numeric, numeric, integer, integer) IS
'rate a year, as a fraction, of a cost for funds over so many days: cost / funds x year_days / days; null without funds';

CREATE FUNCTION effective_annual_rate(cost numeric, funds numeric, days integer, year_days integer DEFAULT 365)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_effective_annual_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION effective_annual_rate(numeric, numeric, integer, integer) IS
'the same compounded: (1 + cost / funds)^(year_days / days) - 1; null without funds';
/* kpi: figures of the receivables desk */

CREATE FUNCTION dso(receivables numeric, credit_sales numeric, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dso(numeric, numeric, integer) IS
'days sales outstanding of a period of so many days: receivables / credit_sales x days; null without sales';

CREATE FUNCTION best_possible_dso(not_due numeric, credit_sales numeric, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION best_possible_dso(numeric, numeric, integer) IS
'days sales outstanding if nobody paid late: receivables not yet due / credit_sales x days; null without sales';

CREATE FUNCTION add(receivables numeric, not_due numeric, credit_sales numeric, days integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_add'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add(numeric, numeric, numeric, integer) IS
'average days delinquent: dso less best_possible_dso; null without sales';

CREATE FUNCTION dso_countback(balance numeric, sales numeric[], days integer[]) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso_countback'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dso_countback(numeric, numeric[], integer[]) IS
'days of sales that a balance is made of, by count-back over months, the latest first, with their days; null when the balance is larger than all of them';

CREATE FUNCTION dso_countback_at(balance numeric, sales numeric[], as_of date) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_dso_countback_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dso_countback_at(numeric, numeric[], date) IS
'the same with the days of the calendar: the first month is that of as_of, up to that day';

CREATE FUNCTION cei(opening numeric, credit_sales numeric, closing numeric, closing_not_due numeric)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_cei'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION cei(numeric, numeric, numeric, numeric) IS
'collection effectiveness index, 100 = all that was due, with the total sales of the period; null when nothing could be collected';

CREATE FUNCTION cei_monthly(opening numeric, credit_sales numeric, closing numeric, closing_not_due numeric,
	months integer) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_cei_monthly'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION cei_monthly(numeric, numeric, numeric, numeric, integer) IS
'the same with the sales of the mean month of the period';

CREATE FUNCTION turnover(credit_sales numeric, receivables numeric) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_turnover'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION turnover(numeric, numeric) IS
'how often receivables turn over: credit_sales / receivables; null without receivables';

CREATE FUNCTION bad_debt_ratio(written_off numeric, credit_sales numeric, recovered numeric DEFAULT 0)
RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_bad_debt_ratio'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION bad_debt_ratio(numeric, numeric, numeric) IS
'what was written off, less what was recovered of it, as a fraction of credit sales; null without sales';

CREATE FUNCTION recovery_rate(collected numeric, collectable numeric) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_recovery_rate'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION recovery_rate(numeric, numeric) IS
'what was collected as a fraction of what could be; null when nothing could';

/* Means over items, weighted by their amounts.  The state is bytea, so that it can be moved to another server. */

CREATE FUNCTION dso_true_add(state bytea, amount numeric, issued_on date, paid_on date, as_of date)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_dso_true_add'
/* not STRICT: paid_on may be null; a null amount or day leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dso_true_add(bytea, numeric, date, date, date) IS
'state of dso_true with one item more';

CREATE FUNCTION add_true_add(state bytea, amount numeric, due_on date, paid_on date, as_of date)
RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_add_true_add'
/* not STRICT: paid_on may be null; a null amount or day leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION add_true_add(bytea, numeric, date, date, date) IS
'state of add_true with one item more';

CREATE FUNCTION days_mean_merge(a bytea, b bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_days_mean_merge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_mean_merge(bytea, bytea) IS
'two states of dso_true, or of add_true, as one';

CREATE FUNCTION days_mean_finish(state bytea) RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_days_mean_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION days_mean_finish(bytea) IS
'mean days of a state of dso_true or add_true';

CREATE AGGREGATE dso_true(amount numeric, issued_on date, paid_on date, as_of date) (
	SFUNC = dso_true_add,
	STYPE = bytea,
	SSPACE = 44,
	FINALFUNC = days_mean_finish,
	COMBINEFUNC = days_mean_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE dso_true(numeric, date, date, date) IS
'days from issue to payment, or to as_of while unpaid, weighted by amounts; items issued after as_of, or with a null amount or day of issue, are skipped';

CREATE AGGREGATE add_true(amount numeric, due_on date, paid_on date, as_of date) (
	SFUNC = add_true_add,
	STYPE = bytea,
	SSPACE = 44,
	FINALFUNC = days_mean_finish,
	COMBINEFUNC = days_mean_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE add_true(numeric, date, date, date) IS
'days late, weighted by amounts: from due date to payment, or to as_of while unpaid, 0 when not late; items with a null amount or due date are skipped';
