CREATE SCHEMA test_allocation;
SET search_path = test_allocation, public;
-- Plain use: the amounts of the golden figures.
SELECT split_amount(100.00, '{1,1,1}'), split_amount(0.05, '{1,1,1}'), split_amount(-100.00, '{1,1,1}');
SELECT split_amount(1000, '{1,2,3.5}', 0), split_amount(100.00, ARRAY[1 / 3.0, 2 / 3.0]), split_amount(0, '{0,1}');
-- 38 digits, and weights of more decimals than an amount may have
SELECT split_amount(99999999999999999999999999999999999.99, '{1,1,1}');
SELECT split_amount(0.000000000000000001, '{0.00000000000000000000000000000001,0.00000000000000000000000000000003}', 18);
SELECT split_amount(NULL, '{1}'), split_amount(1, NULL), split_amount(1, '{1}', NULL);
SELECT split_amount(1.005, '{1,1}');
SELECT split_amount(1e20 + 0.005, '{1,1}');
SELECT split_amount(1, '{}');
SELECT split_amount(1, '{{1,2}}');
SELECT split_amount(1, '{1,NULL}');
SELECT split_amount(1, '{0,0}');
SELECT split_amount(1, '{1,-1}');
SELECT split_amount(1, '{1,NaN}');
SELECT split_amount('Infinity', '{1}');
SELECT split_amount(1, '{1}', -1);
SELECT split_amount(1, '{1}', 19);
-- both ways give the same: in 64 bits, and as numerics
SELECT count(*) AS splits,
	count(*) FILTER (WHERE (SELECT sum(part) FROM unnest(split_amount(total, weights)) AS part) = total) AS exact,
	count(*) FILTER (WHERE split_amount(total, weights) = split_amount(total, ARRAY(SELECT w * 1e-30 FROM unnest(weights) WITH ORDINALITY AS u (w, n) ORDER BY n))) AS alike
FROM (SELECT (hashint8extended(i, 1) % 10000000) / 100.0 AS total, ARRAY(SELECT abs(hashint8extended(i * 10 + j, 2) % 1000) / 8.0 + (j = 1)::int FROM generate_series(1, 1 + i % 7) AS j) AS weights
	FROM generate_series(1, 2000) AS i) AS drawn;

-- Instalments of 60, 100 and 40, paid by 40 and by a credit note of 100.
CREATE TABLE invoice (customer bigint, currency text DEFAULT 'EUR', id bigint, day date, due date, amount numeric, interest numeric, costs numeric, weight numeric, reference bigint);
CREATE TABLE payment (customer bigint, currency text DEFAULT 'EUR', id bigint, day date, amount numeric, reference bigint);
INSERT INTO invoice (customer, id, day, due, amount) VALUES
	(1, 1, '2024-01-01', '2024-01-31', 60.00), (1, 2, '2024-01-01', '2024-02-29', 100.00), (1, 3, '2024-01-01', '2024-03-31', 40.00), (1, 9, '2024-02-10', NULL, -100.00);
INSERT INTO payment (customer, id, day, amount) VALUES (1, 1, '2024-01-20', 40.00);
CREATE VIEW document AS
SELECT customer, currency, NULL::bigint AS payment, id AS invoice, day, amount, due, reference, interest, costs, weight FROM invoice
UNION ALL SELECT customer, currency, id, reference, day, amount, NULL, NULL, NULL, NULL, NULL FROM payment;
CREATE VIEW by_group AS
SELECT customer, currency, (a).* FROM (
	SELECT customer, currency, unnest(allocate_payments(payment, invoice, day, amount, due)) AS a
	FROM document GROUP BY customer, currency OFFSET 0) AS q;
SELECT invoice, payment, credit_note, day, amount, kind FROM by_group;
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment');
-- as of earlier days: the credit note is not there yet, then no payment, then no invoice
SELECT invoice, payment, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment', '2024-02-09');
SELECT invoice, payment, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment', '2024-01-19');
SELECT count(*) FROM allocate_payments('TABLE invoice', 'TABLE payment', '2023-12-31');
SELECT (a).invoice, (a).amount, (a).kind FROM (SELECT unnest(allocate_payments(payment, invoice, day, amount, due, '2024-01-19', '{}')) AS a FROM document) AS q;

-- Interest before principal: 3,000 on 20,000, and 18,000 paid.
TRUNCATE invoice, payment;
INSERT INTO invoice (customer, id, day, due, amount, interest, costs) VALUES (1, 1, '2024-01-01', '2024-01-31', 20000, 3000, 0);
INSERT INTO payment (customer, id, day, amount) VALUES (1, 1, '2024-06-30', 18000);
SELECT invoice, payment, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"method": "interest_first"}');
UPDATE invoice SET costs = 18000.01;
SELECT invoice, payment, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment');
SELECT (a).amount, (a).kind FROM (SELECT unnest(allocate_payments(payment, invoice, day, amount, due, reference, interest, costs, weight, 'infinity', '{"tolerance": 0.01}')) AS a FROM document) AS q;

-- The order of the law: what is named; matured; of most interest to the debtor; oldest; in proportion.
TRUNCATE invoice, payment;
INSERT INTO invoice (customer, id, day, due, amount, weight) VALUES
	(1, 1, '2024-01-01', '2024-12-31', 500, 0.30), (1, 2, '2024-01-02', '2024-02-15', 500, 0.10), (1, 3, '2024-01-03', '2024-02-10', 500, 0),
	(1, 4, '2024-01-04', '2024-02-20', 100, 0), (1, 5, '2024-01-04', '2024-02-20', 200, 0);
INSERT INTO payment (customer, id, day, amount, reference) VALUES (1, 1, '2024-03-01', 600, NULL), (1, 2, '2024-03-02', 100, 1), (1, 3, '2024-03-03', 500.01, NULL), (1, 4, '2024-03-04', 500, NULL);
SELECT payment, invoice, day, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"method": "statutory"}') ORDER BY payment, day, invoice;
-- by name only, and with the rest to the oldest due
SELECT payment, invoice, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"method": "specific"}') WHERE kind <> 'open';
SELECT payment, invoice, amount FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"method": "specific", "rest": "oldest_due"}') WHERE kind = 'principal';
SELECT payment, invoice, amount FROM allocate_payments('TABLE invoice', 'TABLE payment', '2024-03-01', '{"method": "proportional"}') WHERE kind = 'principal';
SELECT payment, invoice, amount FROM allocate_payments('TABLE invoice', 'TABLE payment', '2024-03-01', '{"method": "largest_first"}') WHERE kind = 'principal';
SELECT payment, invoice, amount FROM allocate_payments('TABLE invoice', 'TABLE payment', '2024-03-01', '{"method": "fifo"}') WHERE kind = 'principal';

-- Tolerance by currency; none for the third.
TRUNCATE invoice, payment;
INSERT INTO invoice (customer, currency, id, day, due, amount) SELECT 1, currency, n, '2024-01-01', '2024-01-31', 100 FROM unnest('{EUR,CHF,USD,NULL}'::text[]) WITH ORDINALITY AS c (currency, n);
INSERT INTO payment (customer, currency, id, day, amount) SELECT 1, currency, n, '2024-01-31', 99.96 FROM unnest('{EUR,CHF,USD,NULL}'::text[]) WITH ORDINALITY AS c (currency, n);
SELECT currency, invoice, payment, amount, kind FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"tolerance": 0.05, "tolerances": {"USD": 0.03, "CHF": 0.04}}') WHERE kind <> 'principal';

-- Bad input.
UPDATE payment SET reference = 2 WHERE currency = 'EUR';
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment');
UPDATE payment SET reference = NULL;
INSERT INTO invoice SELECT * FROM invoice WHERE id = 2;
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment');
SELECT allocate_payments(payment, invoice, day, amount, due) FROM document;
SELECT * FROM allocate_payments('SELECT 1 AS customer', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1 AS amount', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1::float8 AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT ''A'' AS customer, 1 AS id, 1 AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1 AS amount, 2 AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1 AS amount, DATE ''2024-01-31'' AS due', 'SELECT 1 AS customer, 1 AS id, 1 AS amount, NULL::date AS day');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, -1 AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, NULL::int AS id, 1 AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, ''NaN''::numeric AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1 AS amount, DATE ''2024-01-31'' AS due, -1 AS interest', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1 AS amount, DATE ''infinity'' AS due', 'TABLE payment');
-- a currency in one of the two, ids that are texts, and days that are named otherwise
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 7 AS amount, ''EUR'' AS currency, DATE ''2024-01-31'' AS due', 'SELECT 1 AS customer, 1 AS id, 5 AS amount, DATE ''2024-01-31'' AS day');
SELECT * FROM allocate_payments_text('SELECT 1 AS customer, 1 AS id, 7 AS amount, DATE ''2024-01-31'' AS due', 'SELECT 1 AS customer, 1 AS id, 5 AS amount, DATE ''2024-01-31'' AS day, ''EUR'' AS currency');
SELECT * FROM allocate_payments_text('SELECT ''A'' AS customer, ''F2024-001'' AS id, 1 AS amount, DATE ''2024-01-31'' AS due', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 7 AS amount, DATE ''2024-01-31'' AS due', 'SELECT 1 AS customer, 1 AS id, 5 AS amount, DATE ''2024-01-31'' AS paid_on');
SELECT * FROM allocate_payments('SELECT 1 / 0', 'TABLE payment');
SELECT * FROM allocate_payments('DELETE FROM invoice RETURNING *', 'TABLE payment');
SELECT * FROM allocate_payments('SELECT 1; SELECT 2', 'TABLE payment');
SELECT * FROM allocate_payments('', 'TABLE payment');
SELECT * FROM allocate_payments('TABLE no_such', 'TABLE payment');
SELECT * FROM allocate_payments('WITH gone AS (DELETE FROM invoice RETURNING *) SELECT * FROM gone', 'TABLE payment');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"method": "newest"}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"methods": "fifo"}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"rest": "oldest_due"}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"kinds": ["open", "paid"]}');
SELECT allocate_payments(n, NULL, '2024-01-01', 1, NULL, 'infinity', CASE n WHEN 1 THEN '{"kinds": ["open"]}' ELSE '{}' END::jsonb) FROM generate_series(1, 2) AS n;
SELECT allocate_payments(1, NULL, '2024-01-01', 1, NULL, 'infinity', '{"kinds": ["open"]}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"kinds": []}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"kinds": "open"}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"kinds": [null]}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"tolerance": -1}');
SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"tolerances": {"EUR": "x"}}');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1 AS amount, DATE ''2024-01-31'' AS due', 'SELECT 1 AS customer, 1 AS id, 1 AS amount, DATE ''2024-01-31'' AS day, ''cash'' AS kind');
SELECT allocate_payments(NULL, NULL, '2024-01-01', 1, NULL);
SELECT allocate_payments(1, NULL, '2024-01-01', 1, NULL, NULL, '{}');
SELECT allocate_payments(n, NULL, '2024-01-01', 1, NULL, '2024-01-01'::date + n, '{}') FROM generate_series(1, 2) AS n;
SELECT allocate_payments(n, NULL, '2024-01-01', 1, NULL, 'infinity', CASE n WHEN 1 THEN '{}' ELSE '{"method": "fifo"}' END::jsonb) FROM generate_series(1, 2) AS n;
SELECT allocate_payments(NULL, 1, '2024-01-01', 1, NULL, NULL, -1, 0, 0, 'infinity', '{}');
SELECT allocate_finish('\x00'), allocate_finish(NULL);
SELECT allocate_finish(decode(repeat('00', 100), 'hex'));
SELECT allocate_merge(allocate_add(NULL, 1, NULL, '2024-01-01', 1, NULL), allocate_add(NULL, 1, NULL, '2024-01-01', 1, NULL, '2024-01-01', '{}'));

-- No row, rows with nulls only, empty queries; amounts of 1e15, and more.
SELECT allocate_payments(payment, invoice, day, amount, due) FROM document WHERE false;
SELECT allocate_payments(1, NULL, NULL, 1, NULL), allocate_payments(1, NULL, '2024-01-01', NULL, NULL);
SELECT count(*) FROM allocate_payments('SELECT * FROM invoice WHERE false', 'SELECT * FROM payment WHERE false');
SELECT count(*) FROM allocate_payments(NULL, 'TABLE payment');
SELECT invoice, payment, amount, kind FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 1e15 AS amount, DATE ''2024-01-31'' AS due', 'SELECT 1 AS customer, 1 AS id, 999999999999999.99 AS amount, DATE ''2024-01-31'' AS day');
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 9e16 AS amount, DATE ''2024-01-31'' AS due, 9e16 AS interest', 'SELECT 1 AS customer, 1 AS id, 1 AS amount, DATE ''2024-01-31'' AS day');

-- Customers that are texts, and uuids.
SELECT customer, invoice, payment, amount, kind FROM allocate_payments_text(
	$$VALUES ('B', 1, 10, DATE '2024-01-31'), ('A', 2, 20, '2024-01-31')$$, 'TABLE payment');
SELECT customer, invoice, payment, amount, kind FROM allocate_payments_text(
	$$SELECT * FROM (VALUES ('B', 1, 10, DATE '2024-01-31'), ('A', 2, 20, '2024-01-31'), ('AA', 3, 30, '2024-01-31')) AS i (customer, id, amount, due)$$,
	$$SELECT 'A' AS customer, 1 AS id, 25 AS amount, DATE '2024-02-01' AS day$$);
SELECT customer, amount, kind FROM allocate_payments_text(
	$$SELECT '00000000-0000-0000-0000-000000000001'::uuid AS customer, 1 AS id, 10 AS amount, DATE '2024-01-31' AS due$$,
	$$SELECT '00000000-0000-0000-0000-000000000001'::uuid AS customer, 1 AS id, 4 AS amount, DATE '2024-01-31' AS day, 'credit_note' AS kind$$);
-- domains
CREATE DOMAIN account AS bigint;
CREATE DOMAIN euro AS numeric(12, 2);
SELECT customer, invoice, payment, amount, kind FROM allocate_payments($$SELECT 1::account AS customer, 1 AS id, 10::euro AS amount, DATE '2024-01-31' AS due$$, $$SELECT 1 AS customer, 1 AS id, 10 AS amount, DATE '2024-01-31' AS day$$);
-- blanks at the end of a character(n) are none, as in SQL
SELECT customer || '|' AS customer, currency || '|' AS currency, invoice, payment, amount, kind FROM allocate_payments_text(
	$$SELECT 'A'::char(5) AS customer, 'EUR'::char(4) AS currency, 1 AS id, 10 AS amount, DATE '2024-01-31' AS due$$,
	$$SELECT 'A' AS customer, 'EUR' AS currency, 1 AS id, 9.99 AS amount, DATE '2024-01-31' AS day$$, options => '{"tolerances": {"EUR": 0.01}}');

-- Laws on a random ledger, for each method: documents add up; both forms say the same.
TRUNCATE invoice, payment;
INSERT INTO invoice (customer, currency, id, day, due, amount, interest, costs, weight, reference)
SELECT i % 97, CASE WHEN i % 5 = 0 THEN 'CHF' ELSE 'EUR' END, i, DATE '2024-01-01' + d, DATE '2024-01-01' + d + i % 60,
	CASE WHEN i % 11 = 0 THEN -1 ELSE 1 END * (1 + abs(hashint8extended(i, 4) % 100000)) / 100.0,
	CASE WHEN i % 4 = 0 AND i % 11 <> 0 THEN 1.11 END, CASE WHEN i % 6 = 0 AND i % 11 <> 0 THEN 40 END, i % 3, CASE WHEN i % 22 = 0 THEN i + 97 * 5 END
FROM (SELECT i, (abs(hashint8extended(i, 3)) % 200)::int AS d FROM generate_series(1, 3000) AS i) AS drawn;
INSERT INTO payment (customer, currency, id, day, amount, reference)
SELECT i % 97, CASE WHEN i % 5 = 0 THEN 'CHF' ELSE 'EUR' END, i, DATE '2024-01-01' + (abs(hashint8extended(i, 5)) % 250)::int,
	CASE WHEN i % 13 = 0 THEN -1 ELSE 1 END * (1 + abs(hashint8extended(i, 6) % 120000)) / 100.0, CASE WHEN i % 2 = 0 THEN i END
FROM generate_series(1, 3000) AS i;
CREATE TABLE result AS
SELECT method, a.* FROM unnest('{oldest_due,fifo,specific,proportional,largest_first,interest_first,statutory}'::text[]) AS method,
	allocate_payments('TABLE invoice', 'TABLE payment', options => jsonb_build_object('method', method, 'tolerance', 0.10)) AS a;
SELECT method, count(*) AS documents, count(*) FILTER (WHERE total IS DISTINCT FROM allocated) AS wrong
FROM (SELECT method, customer, currency, 'invoice' AS what, id, amount + coalesce(interest, 0) + coalesce(costs, 0) AS total FROM invoice, (SELECT DISTINCT method FROM result) AS m WHERE amount > 0
	UNION ALL SELECT method, customer, currency, 'credit_note', id, -amount FROM invoice, (SELECT DISTINCT method FROM result) AS m WHERE amount < 0
	UNION ALL SELECT method, customer, currency, 'payment', id, amount FROM payment, (SELECT DISTINCT method FROM result) AS m) AS document
LEFT JOIN (SELECT method, customer, currency, what, id, sum(amount) AS allocated
	FROM result, LATERAL (VALUES ('invoice', invoice), ('payment', payment), ('credit_note', credit_note)) AS v (what, id)
	WHERE id IS NOT NULL GROUP BY method, customer, currency, what, id) AS a USING (method, customer, currency, what, id)
GROUP BY method ORDER BY method;
CREATE FUNCTION grouped(method text) RETURNS SETOF result LANGUAGE sql AS $$
SELECT method, customer, currency, (a).invoice, (a).payment, (a).credit_note, (a).day, (a).amount, (a).kind FROM (
	SELECT customer, currency, unnest(allocate_payments(payment, invoice, day, amount, due, reference, interest, costs, weight, 'infinity', jsonb_build_object('method', method, 'tolerance', 0.10))) AS a
	FROM document GROUP BY customer, currency OFFSET 0) AS q $$;
SELECT count(*) AS differences FROM (
	(TABLE result EXCEPT ALL SELECT g.* FROM (SELECT DISTINCT method FROM result) AS m, grouped(m.method) AS g)
	UNION ALL (SELECT g.* FROM (SELECT DISTINCT method FROM result) AS m, grouped(m.method) AS g EXCEPT ALL TABLE result)) AS d;
-- a SELECT that makes a table is none
SELECT * FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 5 AS amount, DATE ''2024-01-01'' AS due INTO made', 'TABLE payment');
-- states that no row made: of no kind, and of kinds that are not there; of different kinds
SELECT allocate_finish(set_byte(set_byte(allocate_add(NULL, 1, NULL, '2024-01-01', 1, NULL), 58, 255), 59, 255));
SELECT allocate_finish(set_byte(set_byte(allocate_add(NULL, 1, NULL, '2024-01-01', 1, NULL), 58, 0), 59, 0));
SELECT allocate_merge(allocate_add(NULL, 1, NULL, '2024-01-01', 1, NULL), allocate_add(NULL, 1, NULL, '2024-01-01', 1, NULL, 'infinity', '{"kinds": ["open"]}'));
-- some kinds of rows only, in both forms
WITH asked AS (
	SELECT method, kinds, jsonb_build_object('method', method, 'tolerance', 0.10, 'kinds', kinds) AS options
	FROM unnest('{oldest_due,proportional,statutory}'::text[]) AS method, (VALUES ('{principal,interest,costs}'::text[]), ('{open}'), ('{refund,write_off,unallocated}')) AS k (kinds)
), wanted AS (
	SELECT kinds, result.* FROM asked JOIN result USING (method) WHERE kind = ANY (kinds)
), bulk AS (
	SELECT kinds, method, a.* FROM asked, allocate_payments('TABLE invoice', 'TABLE payment', options => options) AS a
), grouped AS (
	SELECT kinds, method, customer, currency, (a).invoice, (a).payment, (a).credit_note, (a).day, (a).amount, (a).kind FROM (
		SELECT kinds, method, customer, currency, unnest(allocate_payments(payment, invoice, day, amount, due, reference, interest, costs, weight, 'infinity', options)) AS a
		FROM asked, document GROUP BY kinds, method, options, customer, currency OFFSET 0) AS q
)
SELECT kinds, (SELECT count(*) FROM wanted WHERE wanted.kinds = k.kinds) AS rows,
	(SELECT count(*) FROM ((TABLE bulk EXCEPT ALL TABLE wanted) UNION ALL (TABLE wanted EXCEPT ALL TABLE bulk)
		UNION ALL (TABLE grouped EXCEPT ALL TABLE wanted) UNION ALL (TABLE wanted EXCEPT ALL TABLE grouped)) AS d WHERE d.kinds = k.kinds) AS differences
FROM (SELECT DISTINCT kinds FROM asked) AS k ORDER BY kinds;
-- the rows in another order, and the figures of the window function in SQL
SELECT count(*) AS differences FROM (
	SELECT * FROM allocate_payments('SELECT * FROM invoice ORDER BY hashint8(id)', 'SELECT * FROM payment ORDER BY amount')
	EXCEPT ALL SELECT * FROM allocate_payments('TABLE invoice', 'TABLE payment')) AS d;
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.amount IS DISTINCT FROM s.amount) AS different FROM (
	SELECT customer, invoice, payment, amount FROM allocate_payments('SELECT customer, id, day, amount FROM invoice WHERE amount > 0', 'SELECT customer, id, day, amount FROM payment WHERE amount > 0', options => '{"method": "fifo"}')
	WHERE kind = 'principal') AS a
FULL JOIN (SELECT i.customer, i.id AS invoice, p.id AS payment, least(i.upto, p.upto) - greatest(i.upto - i.amount, p.upto - p.amount) AS amount
	FROM (SELECT *, sum(amount) OVER (PARTITION BY customer ORDER BY day, id) AS upto FROM invoice WHERE amount > 0) AS i
	JOIN (SELECT *, sum(amount) OVER (PARTITION BY customer ORDER BY day, id) AS upto FROM payment WHERE amount > 0) AS p
		ON i.customer = p.customer AND i.upto > p.upto - p.amount AND p.upto > i.upto - i.amount) AS s USING (customer, invoice, payment);
-- what an earlier day knew is what was allocated up to it
SELECT method, count(*) AS differences FROM (
	SELECT method, a.* FROM (SELECT DISTINCT method FROM result) AS m, allocate_payments('TABLE invoice', 'TABLE payment', '2024-05-01', jsonb_build_object('method', method, 'tolerance', 0.10)) AS a
	WHERE kind NOT LIKE 'open%' AND kind <> 'unallocated'
	EXCEPT ALL SELECT * FROM result WHERE day <= '2024-05-01') AS d GROUP BY method;

-- Parallel workers.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ALTER TABLE invoice SET (parallel_workers = 2);
ALTER TABLE payment SET (parallel_workers = 2);
SELECT count(*) AS differences FROM (
	(TABLE result EXCEPT ALL SELECT g.* FROM (SELECT DISTINCT method FROM result) AS m, grouped(m.method) AS g)
	UNION ALL (SELECT g.* FROM (SELECT DISTINCT method FROM result) AS m, grouped(m.method) AS g EXCEPT ALL TABLE result)) AS d;
DROP TABLE invoice, payment, result CASCADE;

-- shares are of the currency: 100 yen, euros and dinars over three invoices, and what is finer in one account makes no difference to another
CREATE TABLE share (currency text, id bigint, amount numeric);
INSERT INTO share SELECT currency, i, 100 FROM unnest('{EUR,JPY,KWD}'::text[]) AS currency, generate_series(1, 3) AS i;
SELECT method, currency, string_agg(amount::text, ' + ' ORDER BY invoice) AS shares
FROM unnest('{proportional,statutory}'::text[]) AS method, LATERAL allocate_payments('SELECT 1 AS customer, currency, id, DATE ''2024-01-01'' AS day, DATE ''2024-01-01'' AS due, amount FROM share',
	'SELECT 1 AS customer, ''JPY'' AS currency, 1 AS id, DATE ''2024-01-02'' AS day, 100 AS amount UNION ALL SELECT 1, ''EUR'', 2, ''2024-01-02'', 100.00 UNION ALL SELECT 1, ''KWD'', 3, ''2024-01-02'', 100',
	'infinity', jsonb_build_object('method', method, 'scales', '{"JPY": 0, "KWD": 3}'::jsonb))
WHERE kind = 'principal' GROUP BY method, currency ORDER BY method, currency;
SELECT scale, string_agg((a).amount::text, ' + ' ORDER BY (a).invoice) AS shares
FROM (SELECT scale, unnest(allocate_payments(payment, invoice, DATE '2024-01-01', amount, NULL, 'infinity', jsonb_build_object('method', 'proportional', 'scale', scale))) AS a
	FROM generate_series(0, 4) AS scale, (VALUES (NULL::bigint, 1::bigint, 100), (NULL, 2, 100), (NULL, 3, 100), (9, NULL, 50)) AS v (payment, invoice, amount) GROUP BY scale) AS q
WHERE (a).kind = 'principal' GROUP BY scale ORDER BY scale;
-- an amount finer than the scale: shares are as fine
SELECT string_agg((a).amount::text, ' + ' ORDER BY (a).invoice) AS shares
FROM (SELECT unnest(allocate_payments(payment, invoice, DATE '2024-01-01', amount, NULL, 'infinity', '{"method": "proportional", "scale": 0}')) AS a
	FROM (VALUES (NULL::bigint, 1::bigint, 100), (NULL, 2, 100), (NULL, 3, 100), (9, NULL, 100.5)) AS v (payment, invoice, amount)) AS q
WHERE (a).kind = 'principal';
SELECT count(*) FROM allocate_payments('TABLE invoice', 'TABLE payment', NULL);
SELECT count(*) FROM allocate_payments('TABLE invoice', 'TABLE payment', options => '{"scales": {"EUR": 7}}');
SELECT allocate_payments(1, NULL, '2024-01-01', 1, NULL, 'infinity', '{"scales": {"EUR": 2}}');
SELECT allocate_payments(n, NULL, '2024-01-01', CASE n WHEN 1 THEN 1234567890123456 ELSE 0.000000001 END, NULL) FROM generate_series(1, 2) AS n;
SELECT count(*) FROM allocate_payments('SELECT 1 AS customer, 1 AS id, DATE ''2024-01-01'' AS due, 1234567890123456 AS amount', 'SELECT 1 AS customer, 1 AS id, DATE ''2024-01-01'' AS day, 0.000000001 AS amount');
SELECT count(*) FROM allocate_payments('SELECT 1 AS customer, ''JPY'' AS currency, 1 AS id, DATE ''2024-01-01'' AS due, 100 AS amount', 'SELECT 1 AS customer, ''JPY'' AS currency, 1 AS id, DATE ''2024-01-01'' AS day, 100 AS amount', options => '{"scales": {"JPY": 0, "USD": 2}}');
SELECT count(*) FROM allocate_payments('SELECT 1 AS customer, ''JPY'' AS currency, 1 AS id, DATE ''2024-01-01'' AS due, 100 AS amount', 'SELECT 1 AS customer, ''JPY'' AS currency, 1 AS id, DATE ''2024-01-01'' AS day, 100 AS amount', options => '{"scales": {"jpy": 0}}');
SELECT count(*) FROM allocate_payments('SELECT 1 AS customer, 1 AS id, DATE ''2024-01-01'' AS due, 100 AS amount', 'SELECT 1 AS customer, 1 AS id, DATE ''2024-01-01'' AS day, 100 AS amount', options => '{"tolerances": {"EUR": 0.05}}');
-- a row after the day asked for decides nothing; "null" is no name for accounts without a currency; options are read before a row is skipped
SELECT kind, amount FROM allocate_payments('SELECT 1 AS customer, 1 AS id, 12345678901.00 AS amount, DATE ''2025-01-01'' AS day, DATE ''2025-01-01'' AS due UNION ALL SELECT 2, 7, 0.0000000001, ''2026-01-01'', ''2026-01-01''',
	'SELECT 1 AS customer, 2 AS id, 9.00 AS amount, DATE ''2025-01-02'' AS day', '2025-06-30') ORDER BY kind;
SELECT kind, amount FROM allocate_payments('SELECT 1 AS customer, currency, id, 10 AS amount, DATE ''2025-01-01'' AS due FROM (VALUES (NULL, 1), (''EUR'', 2)) AS v (currency, id)',
	'SELECT 1 AS customer, NULL::text AS currency, 2 AS id, 9 AS amount, DATE ''2025-01-02'' AS day', options => '{"tolerances": {"null": 5}}') ORDER BY kind, amount;
SELECT allocate_payments(1, NULL, DATE '2025-01-01', NULL::numeric, NULL, 'infinity', '{"metod": 1}');
SELECT count(*) FROM allocate_payments('SELECT 1 AS customer, NULL::bigint AS id, DATE ''2026-01-01'' AS day, DATE ''2026-01-31'' AS due, 1 AS amount', 'TABLE payment', '2025-06-30');
-- more rows than the planner expects
SELECT kind, count(*), sum(amount) FROM allocate_payments('SELECT 1 AS customer, id, 1 AS amount, DATE ''2024-01-01'' AS due, 2 AS interest FROM unnest(ARRAY(SELECT generate_series(1, 10000))) AS id',
	'SELECT 1 AS customer, id, 2 AS amount, DATE ''2024-01-01'' AS day FROM unnest(ARRAY(SELECT generate_series(1, 10000))) AS id') GROUP BY kind ORDER BY kind;
