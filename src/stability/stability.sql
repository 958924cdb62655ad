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
