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
