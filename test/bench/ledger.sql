-- ledger.sql: the ledger of the benchmark, the same on every run.  Variables:
-- lines, customers, middle (invoices of the customer in the middle, as a median).
--
-- Few customers have many invoices: their numbers are log-normal, with the first
-- hundreds of customers as a heavier tail.  Invoices come in order of date, so
-- that customers are random along the heap.
\set ON_ERROR_STOP on

CREATE SCHEMA bench;

-- A number from 0 to 1 that depends on its arguments only.
CREATE FUNCTION bench.random(number bigint, series bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(number, series) & 1048575) + 0.5) / 1048576.0::float8;

SET work_mem = '2GB';
CREATE UNLOGGED TABLE invoice AS
SELECT customer_id, invoice_date, amount, invoice_date + 15 * (key % 5)::int AS due_date,
	CASE WHEN bench.random(key, 5) < 0.11 THEN amount ELSE 0 END::numeric(12, 2) AS open_amount
FROM (SELECT customer_id, key, DATE '2022-01-01' + floor(1096 * bench.random(key, 3))::int AS invoice_date,
			round(exp(4 + 1.2 * (2 * bench.random(key, 4) - 1) * 3)::numeric, 2)::numeric(12, 2) AS amount
		FROM (SELECT i AS customer_id, i * 10000 + j AS key
				FROM (SELECT i, greatest(1, 8000 / i, round(:middle * exp(0.87 *
							sqrt(-2 * ln(bench.random(i, 1))) * cos(2 * pi() * bench.random(i, 2)))))::int AS n
						FROM generate_series(1, :customers::bigint) AS i) AS customer,
					generate_series(1, n) AS j
				LIMIT :lines) AS line) AS dated
ORDER BY invoice_date, hashint8extended(key, 6);
RESET work_mem;
VACUUM (FREEZE, ANALYZE) invoice;

SELECT format('%s invoices of %s customers (median %s each, p99 %s, at most %s), %s, %s %% open',
	sum(n), count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY n),
	percentile_disc(0.99) WITHIN GROUP (ORDER BY n), max(n),
	pg_size_pretty(pg_relation_size('invoice')), round(100 * sum(open) / sum(n)))
FROM (SELECT count(*) AS n, count(*) FILTER (WHERE open_amount > 0) AS open FROM invoice GROUP BY customer_id) AS customer;
