-- experiment.sql: summaries of arms, and assignment.  Figures and covariates of
-- 2,000,000 units, made by hashing.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE unit AS
SELECT id, exp(4 + bench.random(id, 21))::float8 AS y, exp(3 + bench.random(id, 22))::float8 AS x FROM generate_series(1, 2000000::bigint) AS id;
VACUUM (FREEZE, ANALYZE) unit;

INSERT INTO bench.query (name, plan, sql) VALUES
('ab_stats', '^Aggregate.*Seq Scan on unit', 'SELECT ab_stats(y) FROM unit'),
('avg, stddev', '^Aggregate.*Seq Scan on unit', 'SELECT avg(y), stddev(y) FROM unit'),
('ab_stats of pairs', '^Aggregate.*Seq Scan on unit', 'SELECT ab_stats(y, x) FROM unit'),
('regr', '^Aggregate.*Seq Scan on unit', 'SELECT regr_count(y, x), regr_avgy(y, x), regr_syy(y, x), regr_avgx(y, x), regr_sxx(y, x), regr_sxy(y, x) FROM unit'),
('ab_assign', '^Aggregate.*Seq Scan on unit', $$SELECT count(ab_assign('experiment', id)) FROM unit$$),
('md5', '^Aggregate.*Seq Scan on unit', $$SELECT count(('x' || substr(md5('experiment' || id), 1, 7))::bit(28)::int % 2) FROM unit$$);

-- The same answers, to ten digits.
SELECT bench.assert_same('SELECT ab_n(s), round(ab_mean(s)::numeric, 8), round(ab_stddev(s)::numeric, 8), round(ab_mean_x(s)::numeric, 8) FROM (SELECT ab_stats(y, x) AS s FROM unit) AS q',
	'SELECT count(*), round(avg(y)::numeric, 8), round(stddev(y)::numeric, 8), round(avg(x)::numeric, 8) FROM unit') \g /dev/null

SELECT bench.compare('ab_stats(y) / avg(y), stddev(y)', 'ab_stats', 'avg, stddev', 1.3);
SELECT bench.compare('ab_stats(y, x) / regr_avgy, regr_syy, regr_sxy ...', 'ab_stats of pairs', 'regr', 1.3);
SELECT bench.compare('ab_assign / a part of md5()', 'ab_assign', 'md5', 1.0);
