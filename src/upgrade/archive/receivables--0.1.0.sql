\echo Use "CREATE EXTENSION receivables VERSION '0.1.0'" to load this file. \quit
/* activity: one customer's ledger lines, summed up by day */

CREATE TYPE activity;

CREATE FUNCTION activity_in(input cstring) RETURNS activity
AS 'MODULE_PATHNAME', 'pgrcv_activity_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_in(cstring) IS
'reads {day:documents:amount,...}; lines of the same day are merged';

CREATE FUNCTION activity_out(a activity) RETURNS cstring
AS 'MODULE_PATHNAME', 'pgrcv_activity_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_out(activity) IS
'prints {day:documents:amount,...} with ISO days and exact amounts';

CREATE FUNCTION activity_recv(input internal) RETURNS activity
AS 'MODULE_PATHNAME', 'pgrcv_activity_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_recv(internal) IS
'reads the binary form of an activity, checking every field';

CREATE FUNCTION activity_send(a activity) RETURNS bytea
AS 'MODULE_PATHNAME', 'pgrcv_activity_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_send(activity) IS
'binary form of an activity: version, scale, then day, documents and units of each day';

CREATE TYPE activity (
	INPUT = activity_in,
	OUTPUT = activity_out,
	RECEIVE = activity_recv,
	SEND = activity_send,
	STORAGE = extended
);
COMMENT ON TYPE activity IS
'ledger lines of one customer summed up by day: documents (purchases) and net amount; made by activity_agg, merged by rollup';

/* Aggregates */

CREATE FUNCTION activity_add(state activity, day date, amount numeric) RETURNS activity
AS 'MODULE_PATHNAME', 'pgrcv_activity_add'
/* not STRICT: a null day or amount leaves the state as it is */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION activity_add(activity, date, numeric) IS
'the activity with one ledger line more; a null line changes nothing';

CREATE FUNCTION activity_merge(a activity, b activity) RETURNS activity
AS 'MODULE_PATHNAME', 'pgrcv_activity_merge'
/* not STRICT: a null activity adds nothing */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_merge(activity, activity) IS
'all ledger lines of two activities; a null one adds nothing';

CREATE FUNCTION activity_finish(state activity) RETURNS activity
AS 'MODULE_PATHNAME', 'pgrcv_activity_finish'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_finish(activity) IS
'canonical form of an aggregate''s state: days sorted and merged';

CREATE AGGREGATE activity_agg(day date, amount numeric) (
	SFUNC = activity_add,
	STYPE = activity,
	SSPACE = 160,
	FINALFUNC = activity_finish,
	COMBINEFUNC = activity_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE activity_agg(date, numeric) IS
'activity of one customer from its ledger lines: day and signed amount, negative for a credit note; lines with a null are skipped';

CREATE AGGREGATE rollup(a activity) (
	SFUNC = activity_merge,
	STYPE = activity,
	SSPACE = 160,
	FINALFUNC = activity_finish,
	COMBINEFUNC = activity_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(activity) IS
'one activity of stored ones, in any order; exact for lines that stand in one of them only';

/* Questions: days after as_of do not exist */

CREATE FUNCTION recency(a activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_activity_recency'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION recency(activity, date) IS
'days from the last purchase to as_of; null without a purchase';

CREATE FUNCTION frequency(a activity, as_of date DEFAULT 'infinity') RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_activity_frequency'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION frequency(activity, date) IS
'number of days with a purchase up to as_of; infinity means all days';

CREATE FUNCTION documents(a activity, as_of date DEFAULT 'infinity') RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_activity_documents'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION documents(activity, date) IS
'number of purchases (ledger lines over zero) up to as_of; infinity means all days';

CREATE FUNCTION monetary(a activity, as_of date DEFAULT 'infinity') RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_activity_monetary'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION monetary(activity, date) IS
'net value up to as_of, credit notes taken off, exact; infinity means all days';

CREATE FUNCTION first_day(a activity) RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_activity_first_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION first_day(activity) IS
'day of the first purchase; null without one';

CREATE FUNCTION last_day(a activity, as_of date DEFAULT 'infinity') RETURNS date
AS 'MODULE_PATHNAME', 'pgrcv_activity_last_day'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION last_day(activity, date) IS
'day of the last purchase up to as_of; null without one; infinity means all days';

CREATE FUNCTION tenure(a activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_activity_tenure'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION tenure(activity, date) IS
'days from the first purchase to as_of; null without a purchase up to as_of';

CREATE FUNCTION average_gap(a activity, as_of date DEFAULT 'infinity') RETURNS float8
AS 'MODULE_PATHNAME', 'pgrcv_activity_average_gap'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION average_gap(activity, date) IS
'mean days from one purchase day to the next up to as_of: (last - first) / (frequency - 1); null under two purchase days';

CREATE FUNCTION active_days(a activity, from_day date, to_day date) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_activity_active_days'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION active_days(activity, date, date) IS
'number of days with a purchase from from_day to to_day, both included';

CREATE FUNCTION amount_between(a activity, from_day date, to_day date) RETURNS numeric
AS 'MODULE_PATHNAME', 'pgrcv_activity_amount_between'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION amount_between(activity, date, date) IS
'net value from from_day to to_day, both included, exact';

CREATE FUNCTION activity_days(a activity, OUT day date, OUT documents integer, OUT amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_activity_days'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION activity_days(activity) IS
'the days of an activity in order, each with its purchases and net amount';

/* Equality */

CREATE FUNCTION activity_eq(a activity, b activity) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_activity_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_eq(activity, activity) IS
'implementation of = operator';

CREATE FUNCTION activity_ne(a activity, b activity) RETURNS boolean
AS 'MODULE_PATHNAME', 'pgrcv_activity_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_ne(activity, activity) IS
'implementation of <> operator';

CREATE FUNCTION activity_hash(a activity) RETURNS integer
AS 'MODULE_PATHNAME', 'pgrcv_activity_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_hash(activity) IS
'hash of an activity';

CREATE FUNCTION activity_hash_extended(a activity, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'pgrcv_activity_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION activity_hash_extended(activity, bigint) IS
'64-bit hash of an activity with a seed';

CREATE OPERATOR = (
	LEFTARG = activity, RIGHTARG = activity, FUNCTION = activity_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (activity, activity) IS 'same days with the same documents and amounts';

CREATE OPERATOR <> (
	LEFTARG = activity, RIGHTARG = activity, FUNCTION = activity_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (activity, activity) IS 'not the same days, documents or amounts';

CREATE OPERATOR CLASS activity_ops DEFAULT FOR TYPE activity USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 activity_hash(activity),
	FUNCTION 2 activity_hash_extended(activity, bigint);
COMMENT ON OPERATOR CLASS activity_ops USING hash IS 'equality of activities';
