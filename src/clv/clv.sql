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
