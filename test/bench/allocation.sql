-- allocation.sql: payments against invoices, first in, first out.  Variables:
-- invoices, the number of invoices, of payments too: few customers have many, as in
-- ledger.sql.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE due_invoice AS
SELECT key AS id, customer, DATE '2022-01-01' + floor(1096 * bench.random(key, 52))::int AS issued, (exp(4 + 3 * bench.random(key, 53)))::numeric(12, 2) AS amount
FROM (SELECT customer, customer * 10000 + j AS key
	FROM (SELECT i AS customer, greatest(1, 8000 / i, round(13.65 * exp(0.87 *
			sqrt(-2 * ln(bench.random(i, 1))) * cos(2 * pi() * bench.random(i, 2)))))::int AS n FROM generate_series(1, :invoices / 15::bigint) AS i) AS customer,
		generate_series(1, n) AS j
	LIMIT :invoices) AS line
ORDER BY issued, hashint8extended(key, 54);
VACUUM (FREEZE, ANALYZE) due_invoice;
CREATE UNLOGGED TABLE receipt AS
SELECT id, customer, DATE '2022-01-31' + floor(1096 * bench.random(id, 56))::int AS paid, (exp(4 + 3 * bench.random(id, 57)))::numeric(12, 2) AS amount
FROM due_invoice
ORDER BY paid, hashint8extended(id, 58);
VACUUM (FREEZE, ANALYZE) receipt;
SELECT format('%s invoices and %s payments of %s customers, at most %s invoices of one', sum(n), (SELECT count(*) FROM receipt), count(*), max(n))
FROM (SELECT count(*) AS n FROM due_invoice GROUP BY customer) AS customer;

SET work_mem = '2GB';

INSERT INTO bench.query (name, plan, sql) VALUES
('allocate_payments of two queries', '^Function Scan on allocate_payments',
$$SELECT customer, invoice, payment, amount FROM allocate_payments('SELECT customer, id, issued AS day, amount FROM due_invoice',
	'SELECT customer, id, paid AS day, amount FROM receipt', 'infinity', '{"method": "fifo", "kinds": ["principal"]}')$$),
('allocate_payments, aggregate', 'ProjectSet.*Aggregate',
$$SELECT customer, (a).invoice, (a).payment, (a).amount FROM (
	SELECT customer, unnest(allocate_payments(payment, invoice, day, amount, NULL, 'infinity', '{"method": "fifo", "kinds": ["principal"]}')) AS a FROM (
		SELECT customer, NULL AS payment, id AS invoice, issued AS day, amount FROM due_invoice
		UNION ALL SELECT customer, id, NULL, paid, amount FROM receipt) AS document
	GROUP BY customer) AS q$$),
('ranges of running sums', '(Hash|Merge) Join.*WindowAgg.*WindowAgg',
$$SELECT i.customer, i.id AS invoice, p.id AS payment, least(i.upto, p.upto) - greatest(i.upto - i.amount, p.upto - p.amount) AS amount
FROM (SELECT *, sum(amount) OVER (PARTITION BY customer ORDER BY issued, id ROWS UNBOUNDED PRECEDING) AS upto FROM due_invoice) AS i
JOIN (SELECT *, sum(amount) OVER (PARTITION BY customer ORDER BY paid, id ROWS UNBOUNDED PRECEDING) AS upto FROM receipt) AS p
	ON i.customer = p.customer AND i.upto > p.upto - p.amount AND p.upto > i.upto - i.amount$$),
-- each stretch between two boundaries belongs to the next invoice and the next payment that end there
('boundaries by windows', '(Hash|Merge) Join.*WindowAgg',
$$WITH i AS MATERIALIZED (
	SELECT customer, id, row_number() OVER w AS n, sum(amount) OVER (w ROWS UNBOUNDED PRECEDING) AS upto
	FROM due_invoice WINDOW w AS (PARTITION BY customer ORDER BY issued, id)
), p AS MATERIALIZED (
	SELECT customer, id, row_number() OVER w AS n, sum(amount) OVER (w ROWS UNBOUNDED PRECEDING) AS upto
	FROM receipt WINDOW w AS (PARTITION BY customer ORDER BY paid, id)
), stretch AS (
	SELECT customer, min(i) OVER w AS i, min(p) OVER w AS p, upto - lead(upto, 1, 0) OVER w AS amount
	FROM (SELECT customer, upto, n AS i, NULL::bigint AS p FROM i UNION ALL SELECT customer, upto, NULL, n FROM p) AS boundary
	WINDOW w AS (PARTITION BY customer ORDER BY upto DESC, i NULLS LAST)
)
SELECT s.customer, i.id AS invoice, p.id AS payment, s.amount
FROM stretch AS s JOIN i ON i.customer = s.customer AND i.n = s.i JOIN p ON p.customer = s.customer AND p.n = s.p
WHERE s.amount > 0$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE a.name = 'boundaries by windows' AND b.name IN ('allocate_payments of two queries', 'allocate_payments, aggregate') \g /dev/null

-- the slower of the two forms in SQL takes minutes
SELECT :invoices >= 1000000 AS whole \gset
\if :whole
SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE a.name = 'boundaries by windows' AND b.name = 'ranges of running sums' \g /dev/null
SELECT bench.compare('ranges of running sums / boundaries by windows', 'ranges of running sums', 'boundaries by windows');
\endif
SELECT bench.compare('allocate_payments of two queries / boundaries by windows', 'allocate_payments of two queries', 'boundaries by windows', 0.0833);
SELECT bench.compare('allocate_payments, aggregate / boundaries by windows', 'allocate_payments, aggregate', 'boundaries by windows', 0.25);
