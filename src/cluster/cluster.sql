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
