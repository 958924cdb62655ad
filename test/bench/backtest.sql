-- backtest.sql: a year of a ledger under a policy of five steps.  Variables: items,
-- the number of invoices; most are paid, in up to three payments, some a year late.
-- The SQL that it replaces is asked about every fiftieth of them only.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE dunned_item AS
SELECT id, id % (:items / 10) AS customer, round((exp(9 * bench.random(id, 61)))::numeric, 2) AS amount, due_on, due_on - 30 AS issued_on
FROM (SELECT id, DATE '2023-12-01' + floor(365 * bench.random(id, 62))::int AS due_on FROM generate_series(1, :items) AS id) AS drawn;
CREATE UNLOGGED TABLE dunned_payment AS
SELECT id AS item, due_on - 10 + floor(120 * power(bench.random(id, 63 + k), 3))::int AS day, CASE WHEN k = parts THEN amount - (parts - 1) * round(amount / parts, 2) ELSE round(amount / parts, 2) END AS amount
FROM (SELECT *, 1 + (bench.random(id, 67) * 1.5)::int AS parts FROM dunned_item WHERE id % 12 <> 0) AS i, generate_series(1, 3) AS k WHERE k <= parts;
CREATE INDEX ON dunned_payment (item, day) INCLUDE (amount);
CREATE UNLOGGED TABLE sampled_item AS SELECT * FROM dunned_item WHERE id % 50 = 0;
VACUUM (FREEZE, ANALYZE) dunned_item, dunned_payment, sampled_item;
SELECT format('%s invoices, %s payments, each invoice asked about on 366 days', (SELECT count(*) FROM dunned_item), (SELECT count(*) FROM dunned_payment));
SELECT '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "channels": ["email"], "template": "r1"}, {"step": 2, "delay_days": 15, "action": "remind", "channels": ["letter"], "template": "r2", "fee": {"fixed": 5}},
	{"step": 3, "delay_days": 30, "action": "call", "channels": ["phone"], "template": "r3", "fee": {"fixed": 5}}, {"step": 4, "delay_days": 45, "action": "formal_notice", "fee": {"fixed": 40}}, {"step": 5, "delay_days": 60, "action": "agency"}]}}'::dunning_policy AS policy \gset

\set payments 'SELECT item, day, amount FROM dunned_payment'
INSERT INTO bench.query (name, plan, sql) VALUES
('dunning_backtest', '^Function Scan on dunning_backtest',
format($$SELECT * FROM dunning_backtest(%L, 'SELECT id AS item, customer, due_on, amount, issued_on FROM dunned_item', %L, '2024-01-01', '2024-12-31')$$, :'policy', :'payments')),
('backtest of a fiftieth', '^Function Scan on dunning_backtest',
format($$SELECT item::int AS id, day, step, open_amount AS open, fee FROM dunning_backtest(%L, 'SELECT id AS item, customer, due_on, amount, issued_on FROM sampled_item', %L, '2024-01-01', '2024-12-31')$$,
	:'policy', 'SELECT item, day, amount FROM dunned_payment WHERE item % 50 = 0')),
('dunning_simulate', '^Nested Loop.*Function Scan on dunning_simulate',
format($$SELECT i.id, s.day, s.step, s.open_amount AS open, s.fee FROM dunned_item AS i LEFT JOIN (SELECT item, array_agg(-amount) AS amounts, array_agg(day) AS days FROM dunned_payment GROUP BY item) AS p ON p.item = i.id,
	LATERAL dunning_simulate(%L, due_on, i.amount || amounts, issued_on || days, '2024-01-01', '2024-12-31', invoice_on => issued_on) AS s$$, :'policy')),
('fields of backtest', '^Function Scan on dunning_backtest',
format($$SELECT item::int AS id, day, step, open_amount AS open, fee FROM dunning_backtest(%L, 'SELECT id AS item, customer, due_on, amount, issued_on FROM dunned_item', %L, '2024-01-01', '2024-12-31')$$, :'policy', :'payments')),
('every day', 'Recursive Union',
format($$SELECT i.id, q.last_on AS day, q.last_step AS step, q.open::numeric(12, 2), q.fee FROM sampled_item AS i, LATERAL (
	WITH RECURSIVE asked AS (
		SELECT greatest(DATE '2024-01-01', i.issued_on) - 1 AS day, 0 AS last_step, NULL::date AS last_on, false AS taken, 0.00 AS open, 0.00 AS fee
		UNION ALL
		SELECT day, CASE WHEN (s).due_on <= day OR (s).due_on IS NULL THEN (s).step ELSE last_step END, CASE WHEN (s).due_on <= day THEN day ELSE last_on END, coalesce((s).due_on <= day, false), r.open, (s).fee
		FROM (SELECT day, last_step, last_on, open, dunning_next_step(%L, i.due_on, open, day, last_step, last_on) AS s
			FROM (SELECT day + 1 AS day, last_step, last_on, i.amount - coalesce((SELECT sum(p.amount) FROM dunned_payment AS p WHERE p.item = i.id AND p.day <= asked.day + 1), 0) AS open
				FROM asked WHERE asked.day < '2024-12-31' OFFSET 0) AS o OFFSET 0) AS r)
	SELECT * FROM asked WHERE taken) AS q$$, :'policy')),
-- Of this policy alone, whose steps wait for nothing but their day: one a day until the ladder is caught up with.
('days by a window', 'Subquery Scan.*WindowAgg.*Index Only Scan',
$$SELECT id, day, step, open, fee FROM (
	SELECT id, amount, step, fee, max(greatest(due_on + delay, issued_on, DATE '2024-01-01') - step) OVER (PARTITION BY id ORDER BY step) + step AS day
	FROM dunned_item, (VALUES (1, 5, 0.00), (2, 15, 5.00), (3, 30, 5.00), (4, 45, 40.00), (5, 60, 0.00)) AS s (step, delay, fee)) AS d, LATERAL (
	SELECT (d.amount - coalesce(sum(p.amount), 0))::numeric(12, 2) AS open FROM dunned_payment AS p WHERE p.item = d.id AND p.day <= d.day) AS q
WHERE day <= '2024-12-31' AND open > 0$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('backtest of a fiftieth', 'every day'), ('fields of backtest', 'dunning_simulate'), ('fields of backtest', 'days by a window')) \g /dev/null

SELECT 'shown, not judged:';
SELECT bench.seconds('dunning_backtest, ' || :items || ' invoices over 366 days, seconds', 'dunning_backtest', 1, NULL);
SELECT bench.compare('a fiftieth of them / dunning_next_step on every day by recursion', 'backtest of a fiftieth', 'every day');
SELECT bench.compare('dunning_backtest / dunning_simulate over arrays', 'fields of backtest', 'dunning_simulate');
SELECT bench.compare('dunning_backtest / days by a window, for this policy alone', 'fields of backtest', 'days by a window');
