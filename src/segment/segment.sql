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
