-- vat.sql: VAT that each receipt makes due, by the window function and by plain SQL.
-- Variables: receipts, the number of rows; some two and a half to an invoice, one in
-- twenty a refund.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE vat_receipt AS
SELECT id, invoice, day, vat, total, round(total * part, 2)::numeric(12, 2) AS amount
FROM (SELECT id, invoice, DATE '2024-01-01' + floor(400 * bench.random(id, 62))::int AS day, net * 2 / 10 AS vat, net + net * 2 / 10 AS total,
			CASE WHEN id % 20 = 0 THEN -0.2 ELSE (0.1 + 0.7 * bench.random(id, 63))::numeric END AS part
		FROM (SELECT id, invoice, (exp(9 * bench.random(invoice, 64)))::numeric(12, 1) AS net
			FROM (SELECT id, 1 + floor(0.4 * :receipts * bench.random(id, 61) * bench.random(id, 65))::int AS invoice FROM generate_series(1, :receipts) AS id) AS drawn) AS invoiced) AS dated;
CREATE INDEX vat_receipt_order ON vat_receipt (invoice, day, id) INCLUDE (vat, total, amount);
CREATE UNLOGGED TABLE vat_receipt_heap AS SELECT * FROM vat_receipt;
VACUUM (FREEZE, ANALYZE) vat_receipt;
VACUUM (FREEZE, ANALYZE) vat_receipt_heap;
SELECT format('%s receipts on %s invoices', count(*), count(DISTINCT invoice)) FROM vat_receipt;

INSERT INTO bench.query (name, plan, sql)
SELECT format(name, suffix), plan || scan, format(sql, relation)
FROM (VALUES
('vat_on_receipt%s', '^WindowAgg',
$$SELECT id, vat_on_receipt(vat, total, amount) OVER (PARTITION BY invoice ORDER BY day, id) AS due FROM %s$$),
('vat by running sums%s', '^Subquery Scan.*WindowAgg',
$$SELECT id, round(vat * least(greatest(received, 0), total) / total, 2) - round(vat * least(greatest(received - amount, 0), total) / total, 2) AS due
	FROM (SELECT id, vat, total, amount, sum(amount) OVER (PARTITION BY invoice ORDER BY day, id) AS received FROM %s) AS q$$)) AS q (name, plan, sql),
	(VALUES ('', '.*Index Only Scan', 'vat_receipt'), (', sorted', '.*Sort.*Seq Scan', 'vat_receipt_heap')) AS form (suffix, scan, relation);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('vat_on_receipt', 'vat by running sums'), ('vat_on_receipt, sorted', 'vat by running sums, sorted')) \g /dev/null

SELECT bench.compare('vat_on_receipt OVER, by an index / round() of running sums', 'vat_on_receipt', 'vat by running sums', 0.5);
SELECT bench.compare('the same with a sort on both sides', 'vat_on_receipt, sorted', 'vat by running sums, sorted');
