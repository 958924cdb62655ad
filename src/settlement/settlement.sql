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
