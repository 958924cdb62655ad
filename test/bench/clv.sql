-- clv.sql: lifetime models.  Variables: customers, the number of them.  They
-- behave as the model says: geometric numbers of purchases by drop-out and by
-- rate, over up to three years.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE history AS
SELECT id, x::float8 AS x, t::float8 AS t, CASE WHEN x = 0 THEN 0
	WHEN x = arrivals THEN ceil(t * power(u, 1.0 / x))
	ELSE ceil(t * (x - 0.5 + u) / (arrivals + 1)) END::float8 AS t_x
FROM (SELECT id, t, u, arrivals, least(arrivals, floor(ln(bench.random(id, 14)) / ln(1 - risk))) AS x
	FROM (SELECT id, 1 + floor(1095 * bench.random(id, 11)) AS t, bench.random(id, 12) AS u,
			least(0.999, greatest(1e-6, 1 - power(bench.random(id, 15), 1 / 2.2))) AS risk,
			floor(ln(bench.random(id, 13)) / ln((1 + floor(1095 * bench.random(id, 11)))
				/ (95 + floor(1095 * bench.random(id, 11))))) AS arrivals
		FROM generate_series(1, :customers) AS id) AS drawn) AS alive;
VACUUM (FREEZE, ANALYZE) history;

-- Their ledger: the first purchase, the last one, and the others between them.
CREATE UNLOGGED TABLE purchase AS
SELECT customer_id, purchase_day, amount
FROM (SELECT id AS customer_id, round(exp(3 + bench.random(id * 1000 + j, 16))::numeric, 2)::numeric(12, 2) AS amount,
		DATE '2025-01-01' - t::int + CASE j WHEN 0 THEN 0 WHEN x THEN t_x::int
			ELSE ceil(t_x * bench.random(id * 1000 + j, 17))::int END AS purchase_day
	FROM history, generate_series(0, x::int) AS j) AS line
ORDER BY purchase_day, hashint8extended(customer_id, 18);
VACUUM (FREEZE, ANALYZE) purchase;
SELECT format('%s customers of a model, %s different histories, and their %s ledger lines', count(*),
	(SELECT count(*) FROM (SELECT DISTINCT x, t_x, t FROM history) AS h), (SELECT count(*) FROM purchase)) FROM history;

INSERT INTO bench.query (name, plan, sql) VALUES
('clv_fit', '^Aggregate.*Seq Scan on history', 'SELECT clv_fit(x, t_x, t) FROM history'),
('averages', '^Aggregate.*Seq Scan on history', 'SELECT avg(x), avg(t_x), avg(t) FROM history'),
('clv scores', '^Aggregate.*Seq Scan on history',
$$SELECT sum(p_alive('{"model": "mbg/nbd", "r": 1.2, "alpha": 90, "a": 1.0, "b": 2.0}', x, t_x, t)),
	sum(expected_purchases('{"model": "mbg/nbd", "r": 1.2, "alpha": 90, "a": 1.0, "b": 2.0}', x, t_x, t, 365))
FROM history$$),
('ledger to scores', 'Function Scan on clv_scores',
$$WITH ledger AS MATERIALIZED (SELECT portfolio_agg(customer_id, purchase_day, amount) AS p FROM purchase),
	fit AS MATERIALIZED (SELECT clv_fit(p, '2025-01-01') AS model FROM ledger)
SELECT score.* FROM ledger, fit, clv_scores(p, model, '2025-01-01', 365) AS score$$),
('bare group', '^HashAggregate.*Seq Scan on purchase',
$$SELECT customer_id, count(*), min(purchase_day), max(purchase_day), sum(amount) FROM purchase GROUP BY customer_id$$);

-- The same answers: counts of each history in both tables, by plain SQL.
SELECT bench.assert_same($$SELECT customer_id, count(DISTINCT purchase_day) - 1, max(purchase_day) - min(purchase_day),
	DATE '2025-01-01' - min(purchase_day) FROM purchase GROUP BY customer_id$$, format($$
	SELECT customer, x, t_x::int, t::int FROM (%s) AS q$$, sql)) FROM bench.query WHERE name = 'ledger to scores' \g /dev/null
-- Two ways of fitting: groups of identical customers counted, and one by one in another order.
SELECT bench.assert_same('SELECT clv_fit(x, t_x, t) FROM history', $$
	SELECT clv_fit(x, t_x, t, n ORDER BY n DESC, t)
	FROM (SELECT x, t_x, t, count(*) AS n FROM history GROUP BY x, t_x, t) AS h$$) \g /dev/null

SELECT bench.compare('clv_fit / avg(x), avg(t_x), avg(t)', 'clv_fit', 'averages', 5);
SELECT bench.compare('portfolio_agg, clv_fit, clv_scores / bare GROUP BY of the ledger', 'ledger to scores', 'bare group', 1.5);
SELECT bench.seconds('clv_fit, seconds for 1,000,000 customers', 'clv_fit', 1e6 / :customers, 0.6);
SELECT bench.seconds('p_alive + expected_purchases, seconds for 1,000,000 customers', 'clv scores', 1e6 / :customers, 0.6);
