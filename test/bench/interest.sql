-- interest.sql: late interest under rates that change every half-year.  Variables:
-- invoices, the number of rows.  Nine in ten are paid late, by up to three years.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE paid_invoice AS
SELECT id, (exp(9 * bench.random(id, 41)))::numeric(12, 2) AS amount, due_on, due_on - 20 + floor(200 * power(bench.random(id, 43), 0.9))::int
	+ CASE WHEN id % 10 = 0 THEN floor(900 * bench.random(id, 44))::int ELSE 0 END AS paid_on
FROM (SELECT id, DATE '2022-01-01' + floor(550 * bench.random(id, 42))::int AS due_on FROM generate_series(1, :invoices) AS id) AS drawn;
VACUUM (FREEZE, ANALYZE) paid_invoice;
CREATE UNLOGGED TABLE half_year AS
SELECT DATE '2022-01-01' AS from_day, DATE '2022-06-30' AS to_day, 10.00 AS rate_pct
UNION ALL VALUES (DATE '2022-07-01', DATE '2022-12-31', 10.00), ('2023-01-01', '2023-06-30', 12.50), ('2023-07-01', '2023-12-31', 14.00),
	('2024-01-01', '2024-06-30', 14.50), ('2024-07-01', '2024-12-31', 14.25), ('2025-01-01', '2027-06-30', 13.15);
VACUUM (FREEZE, ANALYZE) half_year;
SELECT format('%s invoices paid %s days late in the mean, %s rates', count(*), round(avg(paid_on - due_on)), (SELECT count(*) FROM half_year)) FROM paid_invoice;
SELECT jsonb_build_object('rates', jsonb_agg(to_jsonb(r) - 'from_day' - 'to_day' || jsonb_build_object('from', from_day, 'to', to_day) ORDER BY from_day))::rate_schedule AS rates FROM half_year AS r \gset

INSERT INTO bench.query (name, plan, sql) VALUES
('late_interest', '^Seq Scan on paid_invoice',
format('SELECT id, late_interest(amount, due_on, paid_on, %L) AS interest FROM paid_invoice', :'rates')),
('rates by LATERAL', '^Nested Loop.*Seq Scan on paid_invoice.*Seq Scan on half_year',
$$SELECT id, q.interest FROM paid_invoice AS i, LATERAL (
	SELECT coalesce(round(sum(i.amount * r.rate_pct * (least(i.paid_on, r.to_day) - greatest(i.due_on, r.from_day - 1))) / 36500, 2), 0.00) AS interest
	FROM half_year AS r WHERE r.from_day <= i.paid_on AND r.to_day > i.due_on AND i.paid_on > i.due_on) AS q$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE a.name = 'late_interest' AND b.name = 'rates by LATERAL' \g /dev/null

SELECT bench.compare('late_interest, seven rates / LATERAL over a table of them', 'late_interest', 'rates by LATERAL', 0.167);
