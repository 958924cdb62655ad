-- collection.sql: how plans stand, and how likely open items are paid.  Variables:
-- parts, the number of rows of plans; a tenth of it is that of open items.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE plan_part AS
SELECT id % (:parts / 8) AS plan, DATE '2024-01-31' + (id / (:parts / 8) * 30 + id % 28)::int AS due_on, (50 + 400 * bench.random(id, 61))::numeric(12, 2) AS amount,
	CASE WHEN bench.random(id, 62) < 0.8 THEN (50 + 400 * bench.random(id, 61))::numeric(12, 2) WHEN bench.random(id, 62) < 0.85 THEN 20.00 END AS paid
FROM generate_series(0, :parts - 1) AS id;
VACUUM (FREEZE, ANALYZE) plan_part;
-- items that were all paid, so that the share is the plain one
CREATE UNLOGGED TABLE paid_item AS
SELECT floor(power(bench.random(id, 63), 2) * :parts / 50)::int AS customer, (floor(120 * power(bench.random(id, 64), 2)) - 10)::int AS days_late FROM generate_series(1, :parts) AS id;
CREATE INDEX ON paid_item (customer, days_late);
VACUUM (FREEZE, ANALYZE) paid_item;
CREATE UNLOGGED TABLE open_now AS
SELECT id, floor(power(bench.random(id, 65), 2) * :parts / 50)::int AS customer, floor(60 * bench.random(id, 66))::int AS days_late FROM generate_series(1, :parts / 10) AS id;
VACUUM (FREEZE, ANALYZE) open_now;
CREATE UNLOGGED TABLE kept_history AS SELECT customer, payment_history_agg(days_late, true) AS paid FROM paid_item GROUP BY customer;
VACUUM (FREEZE, ANALYZE) kept_history;
SELECT format('%s parts of %s plans; %s paid items of %s customers, %s open ones', (SELECT count(*) FROM plan_part), (SELECT count(DISTINCT plan) FROM plan_part), count(*), count(DISTINCT customer), (SELECT count(*) FROM open_now)) FROM paid_item;

INSERT INTO bench.query (name, plan, sql) VALUES
('instalment_status', 'HashAggregate.*Seq Scan on plan_part',
$$SELECT plan, (s).parts, (s).settled_parts, (s).late_parts, (s).amount, (s).paid, (s).open_amount, (s).overdue_amount, (s).next_on, (s).broken
FROM (SELECT plan, instalment_status(due_on, amount, paid, '2024-06-30') AS s FROM plan_part GROUP BY plan OFFSET 0) AS q$$),
('the same by FILTER', 'HashAggregate.*Seq Scan on plan_part',
$$SELECT plan, parts, settled_parts, late_parts, amount, paid, open_amount, overdue_amount, next_on, late_parts >= 2 OR coalesce(DATE '2024-06-30' - oldest > 30, false) AS broken
FROM (SELECT plan, count(*) AS parts, count(*) FILTER (WHERE paid >= amount) AS settled_parts, count(*) FILTER (WHERE coalesce(paid, 0) < amount AND due_on < '2024-06-30') AS late_parts,
	sum(amount) AS amount, coalesce(sum(paid), 0.00) AS paid, coalesce(sum(amount - coalesce(paid, 0)) FILTER (WHERE coalesce(paid, 0) < amount), 0.00) AS open_amount,
	coalesce(sum(amount - coalesce(paid, 0)) FILTER (WHERE coalesce(paid, 0) < amount AND due_on < '2024-06-30'), 0.00) AS overdue_amount,
	min(due_on) FILTER (WHERE coalesce(paid, 0) < amount AND due_on >= '2024-06-30') AS next_on, min(due_on) FILTER (WHERE coalesce(paid, 0) < amount) AS oldest
	FROM plan_part GROUP BY plan) AS q$$),
('p_paid', 'Hash (Right |Left )?Join.*HashAggregate.*Seq Scan on paid_item',
$$SELECT o.id, round(p_paid(h.paid, o.days_late, 30)::numeric, 9) AS p
FROM open_now AS o LEFT JOIN (SELECT customer, payment_history_agg(days_late, true) AS paid FROM paid_item GROUP BY customer) AS h USING (customer)$$),
('p_paid, stored', 'Hash (Right |Left )?Join.*Seq Scan on open_now',
$$SELECT o.id, round(p_paid(h.paid, o.days_late, 30)::numeric, 9) AS p FROM open_now AS o LEFT JOIN kept_history AS h USING (customer)$$),
('share by LATERAL', 'Nested Loop.*Seq Scan on open_now.*Index Only Scan using paid_item',
$$SELECT o.id, CASE WHEN n > 0 THEN round(((k + 0.5) / (n + 1)), 9) END AS p
FROM open_now AS o, LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE i.days_late <= o.days_late + 30) AS k FROM paid_item AS i WHERE i.customer = o.customer AND i.days_late > o.days_late) AS s$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('instalment_status', 'the same by FILTER'), ('p_paid', 'share by LATERAL'), ('p_paid, stored', 'share by LATERAL')) \g /dev/null

SELECT bench.compare('instalment_status / nine FILTER aggregates', 'instalment_status', 'the same by FILTER', 1.0);
SELECT bench.compare('p_paid of stored histories / LATERAL over paid items', 'p_paid, stored', 'share by LATERAL', 0.5);
SELECT bench.compare('p_paid of histories made on the way / LATERAL over paid items', 'p_paid', 'share by LATERAL');
