-- compare.sql: what is compared.  First the same answers are asserted, then the
-- queries are timed.  as_of is the last day of the ledger.
\set ON_ERROR_STOP on

-- The answers, by plain SQL alone ----------------------------------------------

SELECT 'asserting that both sides of each comparison have the same answer ...';
CREATE UNLOGGED TABLE figures AS
WITH customer AS MATERIALIZED (
	SELECT customer_id, DATE '2024-12-31' - max(invoice_date) AS recency,
		count(DISTINCT invoice_date)::int AS frequency, sum(amount)::numeric(14, 2) AS monetary
	FROM invoice GROUP BY customer_id),
break AS (
	SELECT percentile_cont(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY recency) AS r,
		percentile_cont(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY frequency) AS f,
		percentile_cont(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY monetary::float8) AS m
	FROM customer)
SELECT customer_id, recency, frequency, monetary,
	(SELECT 5 - count(*) FROM break, unnest(break.r) AS edge WHERE edge < recency)::smallint AS r,
	(SELECT 1 + count(*) FROM break, unnest(break.f) AS edge WHERE edge < frequency)::smallint AS f,
	(SELECT 1 + count(*) FROM break, unnest(break.m) AS edge WHERE edge < monetary::float8)::smallint AS m
FROM customer;
VACUUM (FREEZE, ANALYZE) figures;

-- Stored breaks that are values of the data, and a boundary as width_bucket has it.
CREATE TABLE stored AS
SELECT rfm_fit(recency, frequency, monetary, '{"method": "disc", "boundary": "left"}'::jsonb) AS model FROM figures;
SELECT array_agg(up_to ORDER BY up_to) FILTER (WHERE dimension = 'recency') AS recency_breaks,
	array_agg(up_to ORDER BY up_to) FILTER (WHERE dimension = 'frequency') AS frequency_breaks,
	array_agg(up_to ORDER BY up_to) FILTER (WHERE dimension = 'monetary') AS monetary_breaks
FROM stored, rfm_breaks(model) WHERE up_to IS NOT NULL \gset

-- The queries --------------------------------------------------------------------

INSERT INTO bench.query (name, plan, sql) VALUES
('scores', '^ProjectSet.*->  Aggregate.*Seq Scan on invoice',
$$SELECT rfm_scores(portfolio_agg(customer_id, invoice_date, amount), '2024-12-31') FROM invoice$$),
('scores in FROM', 'Function Scan on rfm_scores.*Aggregate.*Seq Scan on invoice',
$$SELECT * FROM rfm_scores((SELECT portfolio_agg(customer_id, invoice_date, amount) FROM invoice), '2024-12-31')$$),
('ntile', 'WindowAgg.*WindowAgg.*WindowAgg.*HashAggregate.*Seq Scan on invoice',
$$SELECT customer_id, last_day, documents, value, ntile(5) OVER (ORDER BY last_day),
	ntile(5) OVER (ORDER BY documents), ntile(5) OVER (ORDER BY value)
FROM (SELECT customer_id, max(invoice_date) AS last_day, count(*) AS documents, sum(amount) AS value
		FROM invoice GROUP BY customer_id) AS customer$$),
('scan', '^Aggregate.*Seq Scan on invoice',
$$SELECT max(invoice_date), sum(amount) FROM invoice$$),
('activity scores', 'HashAggregate.*Seq Scan on invoice.*CTE Scan on customer',
$$WITH customer AS MATERIALIZED (
		SELECT customer_id, activity_agg(invoice_date, amount) AS a FROM invoice GROUP BY customer_id),
	model AS (SELECT rfm_fit(a, DATE '2024-12-31') AS model FROM customer)
SELECT customer_id, rfm_score(a, (SELECT model FROM model), '2024-12-31') AS s FROM customer$$),
('stored scores', '^Seq Scan on figures',
$$SELECT rfm_score(recency, frequency, monetary, (SELECT model FROM stored)) FROM figures$$),
('width_bucket', '^Seq Scan on figures',
format($$SELECT width_bucket(recency, %L::int[]), width_bucket(frequency, %L::int[]), width_bucket(monetary, %L::numeric[])
FROM figures$$, :'recency_breaks', :'frequency_breaks', :'monetary_breaks')),
('ageing', '^Aggregate.*Seq Scan on invoice',
$$SELECT ageing(amount, due_date, '2024-12-31', '{30,60,90,120}') FROM invoice$$),
('filter', '^Aggregate.*Seq Scan on invoice',
$$SELECT sum(amount) FILTER (WHERE DATE '2024-12-31' - due_date BETWEEN 0 AND 30),
	sum(amount) FILTER (WHERE DATE '2024-12-31' - due_date BETWEEN 31 AND 60),
	sum(amount) FILTER (WHERE DATE '2024-12-31' - due_date BETWEEN 61 AND 90),
	sum(amount) FILTER (WHERE DATE '2024-12-31' - due_date BETWEEN 91 AND 120),
	sum(amount) FILTER (WHERE DATE '2024-12-31' - due_date > 120)
FROM invoice$$),
('activity', '^HashAggregate.*Seq Scan on invoice',
$$SELECT customer_id, activity_agg(invoice_date, amount) FROM invoice GROUP BY customer_id$$),
('count', '^HashAggregate.*Seq Scan on invoice',
$$SELECT customer_id, count(*) FROM invoice GROUP BY customer_id$$),
('segment_of', '^Seq Scan on figures', $$SELECT segment_of(r, f, m) FROM figures$$),
('case', '^Seq Scan on figures',
$$SELECT CASE
	WHEN (r, fm) IN ((5, 5), (5, 4), (4, 5)) THEN 'Champions'
	WHEN (r, fm) IN ((5, 2), (4, 2), (3, 3), (4, 3)) THEN 'Potential Loyalist'
	WHEN (r, fm) IN ((5, 3), (4, 4), (3, 5), (3, 4)) THEN 'Loyal'
	WHEN (r, fm) IN ((5, 1)) THEN 'Recent'
	WHEN (r, fm) IN ((4, 1), (3, 1)) THEN 'Promising'
	WHEN (r, fm) IN ((3, 2), (2, 3), (2, 2)) THEN 'Need Attention'
	WHEN (r, fm) IN ((2, 1)) THEN 'About To Sleep'
	WHEN (r, fm) IN ((2, 5), (2, 4), (1, 3)) THEN 'At Risk'
	WHEN (r, fm) IN ((1, 5), (1, 4)) THEN 'Can''t Lose'
	WHEN (r, fm) IN ((1, 2)) THEN 'Hibernating'
	WHEN (r, fm) IN ((1, 1)) THEN 'Lost' END
FROM (SELECT r, (f + m + 1) / 2 AS fm FROM figures) AS score$$);

-- The same answers ---------------------------------------------------------------

SELECT bench.assert_same('SELECT customer_id, recency, frequency, monetary, r, f, m FROM figures', $$
	SELECT (s).customer, (s).recency, (s).frequency, (s).monetary::numeric(14, 2), (s).r, (s).f, (s).m
	FROM (SELECT rfm_scores(portfolio_agg(customer_id, invoice_date, amount), '2024-12-31') AS s FROM invoice) AS q$$) \g /dev/null
SELECT bench.assert_same('SELECT customer_id, recency, monetary FROM figures', format($$
	SELECT customer_id, DATE '2024-12-31' - last_day, value::numeric(14, 2) FROM (%s) AS q$$, sql))
FROM bench.query WHERE name = 'ntile' \g /dev/null
SELECT bench.assert_same('SELECT min(recency), sum(monetary) FROM figures', format($$
	SELECT DATE '2024-12-31' - max, sum FROM (%s) AS q$$, sql)) FROM bench.query WHERE name = 'scan' \g /dev/null
SELECT bench.assert_same('SELECT customer_id, r, f, m FROM figures', format($$
	SELECT customer_id, (s).r, (s).f, (s).m FROM (%s) AS q$$, sql)) FROM bench.query WHERE name = 'activity scores' \g /dev/null
SELECT bench.assert_same(format($$SELECT (s).r, (s).f, (s).m FROM (%s) AS q (s)$$, a.sql),
	format($$SELECT 5 - r, 1 + f, 1 + m FROM (%s) AS q (r, f, m)$$, b.sql))
FROM bench.query AS a, bench.query AS b WHERE a.name = 'stored scores' AND b.name = 'width_bucket' \g /dev/null
SELECT bench.assert_same(format($$SELECT a[1], a[2], a[3], a[4], a[5] FROM (%s) AS q (a)$$, a.sql), b.sql)
FROM bench.query AS a, bench.query AS b WHERE a.name = 'ageing' AND b.name = 'filter' \g /dev/null
SELECT bench.assert_same(a.sql, b.sql)
FROM bench.query AS a, bench.query AS b WHERE a.name = 'segment_of' AND b.name = 'case' \g /dev/null
SELECT bench.assert_same(format('SELECT customer_id, documents(a) FROM (%s) AS q (customer_id, a)', a.sql),
	format('SELECT customer_id, count FROM (%s) AS q', b.sql))
FROM bench.query AS a, bench.query AS b WHERE a.name = 'activity' AND b.name = 'count' \g /dev/null

-- The comparisons ----------------------------------------------------------------

SELECT rpad('', 66) || 'ratio of CPU time [min..max] xrounds, of wall time';
SELECT bench.compare('portfolio_agg + rfm_scores / three ntile(5) over GROUP BY', 'scores', 'ntile', 0.15);
SELECT bench.compare('portfolio_agg + rfm_scores / ungrouped max(), sum()', 'scores', 'scan', 1.6);
SELECT bench.compare('activity_agg, rfm_fit, rfm_score / three ntile(5) over GROUP BY', 'activity scores', 'ntile', 0.75);
SELECT bench.compare('rfm_score with stored breaks / three width_bucket', 'stored scores', 'width_bucket', 1.0);
SELECT bench.compare('ageing, 5 buckets / five sum() FILTER', 'ageing', 'filter', 1.0);
SELECT 'shown, not judged:';
SELECT bench.compare('rfm_scores in FROM / in the select list', 'scores in FROM', 'scores');
SELECT bench.compare('GROUP BY with activity_agg / with count(*)', 'activity', 'count');
SELECT bench.compare('segment_of / CASE', 'segment_of', 'case');

CREATE INDEX covering ON invoice (customer_id) INCLUDE (invoice_date, amount);
VACUUM (FREEZE, ANALYZE) invoice;
SET enable_hashagg = off;			-- the planner prices the index as if on disk
SET enable_sort = off;
INSERT INTO bench.query (name, plan, sql)
SELECT 'activity, index', 'GroupAggregate.*Index Only Scan using covering', sql
FROM bench.query WHERE name = 'activity';
SELECT count(activity_agg) FROM (SELECT activity_agg(invoice_date, amount) FROM invoice GROUP BY customer_id) AS warm_up \g /dev/null
SELECT bench.compare('activity_agg by a covering index / portfolio_agg + rfm_scores', 'activity, index', 'scores');
DROP INDEX covering;
