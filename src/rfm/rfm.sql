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
