-- desk.sql: what the desk asks of one row at a time, against the same in plain SQL:
-- parts of an amount, a discount, a factor's quote, count-back.  Variables: rows.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE deal AS
SELECT id, (exp(9 * bench.random(id, 71)))::numeric(12, 2) + 100 AS amount, 30 + floor(90 * bench.random(id, 72))::int AS days,
	DATE '2024-01-01' + floor(366 * bench.random(id, 73))::int AS issued, floor(20 * bench.random(id, 74))::int AS taken,
	(SELECT array_agg(1 + floor(1000 * bench.random(id, 80 + part))::numeric ORDER BY part) FROM generate_series(1, 5) AS part) AS weights,
	(SELECT array_agg(round((1000 * exp(bench.random(id, 90 + month)))::numeric, 2) ORDER BY month) FROM generate_series(1, 12) AS month) AS sales
FROM generate_series(1, :rows::bigint) AS id;
VACUUM (FREEZE, ANALYZE) deal;
SELECT format('%s rows: amounts, 5 weights and 12 months each', count(*)) FROM deal;
\set days_of_months '{31,29,31,30,31,30,31,31,30,31,30,31}'
\set terms '{"advance_pct": 90, "commission_pct": 0.9, "commission_min": 5, "financing_pct": 3.2, "vat_pct": 20, "overdraft_pct": 8}'

INSERT INTO bench.query (name, plan, sql) VALUES
('split_amount', '^Seq Scan on deal', 'SELECT id, split_amount(amount, weights) AS parts FROM deal'),
('parts by ranks', '^Seq Scan on deal.*WindowAgg',
$$SELECT id, (SELECT array_agg(round(part + CASE WHEN place <= round(100 * (amount - floored)) THEN 0.01 ELSE 0 END, 2) ORDER BY n)
	FROM (SELECT n, part, sum(part) OVER () AS floored, row_number() OVER (ORDER BY mod(100 * amount * weight, whole) DESC, n) AS place
		FROM (SELECT n, weight, whole, div(100 * amount * weight, whole) / 100 AS part
			FROM (SELECT n, weight, sum(weight) OVER () AS whole FROM unnest(weights) WITH ORDINALITY AS u (weight, n)) AS w) AS p) AS r) AS parts
FROM deal$$),
('dso_countback', '^Seq Scan on deal',
format('SELECT id, round(dso_countback(2 * amount, sales, %L)::numeric, 6) AS dso FROM deal', :'days_of_months')),
('count-back by running sums', '^Seq Scan on deal.*WindowAgg',
format('SELECT id, (SELECT CASE WHEN sum(sale) >= 2 * amount THEN round(sum(days * least(1, greatest(0, 2 * amount - before) / sale)), 6) END
	FROM (SELECT sale, days, sum(sale) OVER (ORDER BY n) - sale AS before FROM unnest(sales, %L::int[]) WITH ORDINALITY AS u (sale, days, n)) AS m) AS dso
FROM deal', :'days_of_months')),
('early_payment_discount', '^Subquery Scan.*Seq Scan on deal',
$$SELECT id, (d).taken, (d).valid_until, (d).discount_net, (d).discount_tax, (d).tax_due, (d).to_pay
FROM (SELECT id, early_payment_discount(amount, round(amount * 0.2, 2), issued, issued + taken, 2, 10) AS d FROM deal OFFSET 0) AS q$$),
('discount by CASE', '^Subquery Scan.*Seq Scan on deal',
$$SELECT id, taken, issued + 10 AS valid_until, discount_net, discount_tax, tax - discount_tax AS tax_due, amount + tax - discount_net - discount_tax AS to_pay
FROM (SELECT id, taken, issued, amount, tax, CASE WHEN taken THEN round(amount * 0.02, 2) ELSE 0.00 END AS discount_net,
		CASE WHEN taken THEN round(tax * 0.02, 2) ELSE 0.00 END AS discount_tax
	FROM (SELECT id, amount, issued, taken <= 10 AS taken, round(amount * 0.2, 2) AS tax FROM deal OFFSET 0) AS a OFFSET 0) AS b$$),
('factoring_quote', '^Subquery Scan.*Seq Scan on deal',
format('SELECT id, (q).advance, (q).commission, (q).financing, (q).vat, (q).retention, (q).cash_day_0, (q).total_cost, (q).overdraft_cost,
	round((q).effective_annual_pct::numeric, 4) AS annual_pct
FROM (SELECT id, factoring_quote(amount, days, %L) AS q FROM deal OFFSET 0) AS q', :'terms')),
('quote in SQL', '^Subquery Scan.*Seq Scan on deal',
$$SELECT id, advance, commission, financing, vat, retention, cash, cost, round(greatest(cash, 0) * 0.08 * days / 360, 2) AS overdraft_cost,
	CASE WHEN cash > 0 THEN round((100 * (power((1 + cost / cash)::float8, 365.0 / days) - 1))::numeric, 4) END AS annual_pct
FROM (SELECT id, days, advance, commission, financing, round(commission * 0.2, 2) AS vat, amount - advance AS retention,
		advance - commission - financing AS cash, commission + financing AS cost
	FROM (SELECT id, amount, days, advance, commission, round(advance * 0.032 * days / 360, 2) AS financing
		FROM (SELECT id, amount, days, round(amount * 0.9, 2) AS advance, greatest(round(amount * 0.009, 2), 5.00) AS commission
			FROM deal OFFSET 0) AS a OFFSET 0) AS b OFFSET 0) AS c$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('split_amount', 'parts by ranks'), ('dso_countback', 'count-back by running sums'),
	('early_payment_discount', 'discount by CASE'), ('factoring_quote', 'quote in SQL')) \g /dev/null

SELECT bench.compare('split_amount / largest remainders by ranks', 'split_amount', 'parts by ranks', 0.5);
SELECT bench.compare('dso_countback / running sums over its months', 'dso_countback', 'count-back by running sums', 0.5);
SELECT bench.compare('early_payment_discount, its six fields / the same by CASE', 'early_payment_discount', 'discount by CASE');
SELECT bench.compare('factoring_quote, nine fields / the same in SQL', 'factoring_quote', 'quote in SQL');
