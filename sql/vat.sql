CREATE SCHEMA test_vat;
SET search_path = test_vat, public;
-- VAT that becomes due as an invoice is paid.
\pset null '(null)'
SET DateStyle = ISO;

-- three thirds of 20.00: 20.01 if each were rounded by itself
SELECT vat_on_receipt(20.00, 120.00, 0, 40.00) AS first, vat_on_receipt(20.00, 120.00, 40.00, 40.00) AS second, vat_on_receipt(20.00, 120.00, 80.00, 40.00) AS third, 3 * round(40.00 * 20 / 120, 2) AS naive;
-- base 100.00, 10 % on receipt, 5 % on invoice; 60.00 of 115.00
SELECT vat_on_receipt(100, 115, 0, 60) AS base, vat_on_receipt(10, 115, 0, 60) AS on_receipt, 5.00 AS on_invoice;
-- the first of two instalments
SELECT vat_on_receipt('{100,10}'::numeric[], 110, 0, 55) AS base_and_vat;
SELECT * FROM receipt_by_rate('{100}', '{10}', 0, 55);
SELECT * FROM receipt_by_rate('{100,0}', '{10,5}', 0, 60);

-- a discount larger than what is left; lines that cancel out
SELECT * FROM receipt_by_rate('{100,-60}', '{20,-12}', 0, 24);
SELECT * FROM receipt_by_rate('{100,-120}', '{20,0}', 0, 60);

-- receipts above the total, refunds, a refund after all VAT, one larger than all receipts
SELECT vat_on_receipt(20, 120, 100, 40) AS above, vat_on_receipt(20, 120, 120, 40) AS beyond, vat_on_receipt(20, 120, 120, -60) AS refund, vat_on_receipt(20, 120, 130, -10) AS refund_of_excess, vat_on_receipt(20, 120, 120, -200) AS refund_of_more, vat_on_receipt(20, 120, 0, -50) AS refund_of_nothing;
SELECT vat_collected(20, 120, -1) AS below, vat_collected(20, 120, 0) AS none, vat_collected(20, 120, 0.02) AS cents, vat_collected(20, 120, 119.99) AS nearly, vat_collected(20, 120, 120) AS whole, vat_collected(20, 120, 120.01) AS more;
-- a credit note and its refund; no VAT; no total; the whole is VAT
SELECT vat_on_receipt(-20, -120, 0, -60) AS credit_note, vat_on_receipt(-20, -120, 0, 60) AS wrong_way, vat_on_receipt(0, 120, 0, 60) AS no_vat, vat_on_receipt(0, 0, 0, 60) AS no_total, vat_on_receipt(0.01, 0.00, 0, 60) AS rounding_left, vat_on_receipt(20, 20, 0, 7) AS vat_only;
-- decimals of the currency, of the amounts; half away from zero
SELECT vat_on_receipt(1000, 11000, 0, 4000, 0) AS yen, vat_on_receipt(1.234, 11.234, 0, 4, 3) AS dinar, vat_on_receipt(0.25, 1.00, 0, 0.5) AS half, vat_on_receipt(-0.25, -1.00, 0, -0.5) AS half_below, vat_on_receipt(10.00000, 110.0, 0.005, 54.995000000000000) AS written_out;
SELECT vat_on_receipt(NULL, 120, 0, 40), vat_on_receipt(20, NULL, 0, 40), vat_on_receipt(20, 120, NULL, 40), vat_on_receipt(20, 120, 0, NULL), vat_on_receipt(20, 120, 0, 40, NULL), vat_collected(NULL, 1, 1), vat_on_receipt(NULL::numeric[], 1, 1, 1);
SELECT vat_on_receipt('{}'::numeric[], 120, 0, 40) AS none, vat_on_receipt('{20,-5,0}'::numeric[], 115, 0, 57.5) AS signs, (SELECT count(*) FROM receipt_by_rate('{}', '{}', 0, 40)) AS no_line, (SELECT count(*) FROM receipt_by_rate(NULL, '{}', 0, 40)) AS null_line;

-- each error once
SELECT vat_on_receipt(120, 20, 0, 40);
-- opposite signs, in each form but that of parts, and what was exchanged
SELECT vat_on_receipt(20, -120, 0, 60);
SELECT vat_collected(-20, 120, 60);
SELECT vat_on_receipt(-20, 120, 60) OVER ();
SELECT vat_on_receipt('{-20}'::numeric[], 180, 0, 90) AS returned;
SELECT vat_on_receipt('{60,60}'::numeric[], 100, 0, 100);
SELECT vat_on_receipt('{60,60.01,-20}'::numeric[], 100, 0, 100);
SELECT vat_on_receipt('{60,60,-20}'::numeric[], 100, 0, 100) AS sum, vat_on_receipt('{60,60}'::numeric[], 0, 0, 100) AS no_total;
SELECT * FROM receipt_by_rate('{20,2.75}', '{100,50}', 0, 60);
SELECT * FROM receipt_by_rate('{100,10}', '{20,10.01}', 0, 60);
SELECT * FROM receipt_by_rate('{100,0,10}', '{20,5,10}', 0, 145);
SELECT vat_on_receipt(20, 120, 0, 40, -1);
SELECT vat_on_receipt(20, 120, 0, 40, 7);
SELECT vat_on_receipt('NaN', 120, 0, 40);
SELECT vat_on_receipt(20, 'Infinity', 0, 40);
SELECT vat_on_receipt(20, 120, '-Infinity', 40);
SELECT vat_on_receipt(20, 1e17, 0, 40);
SELECT vat_on_receipt(9e15, 9e16, 0, 8.9e16, 6);
SELECT vat_on_receipt('{20,NULL}'::numeric[], 120, 0, 40);
SELECT vat_on_receipt('{{20},{5}}'::numeric[], 120, 0, 40);
SELECT vat_on_receipt('{20,NaN}'::numeric[], 120, 0, 40);
SELECT vat_on_receipt(array_fill(0.01, '{1001}'), 120, 0, 40);
SELECT * FROM receipt_by_rate('{100}', '{10,5}', 0, 60);
SELECT * FROM receipt_by_rate('{100,NULL}', '{10,5}', 0, 60);
SELECT * FROM receipt_by_rate(array_fill(1, '{1001}'), array_fill(0, '{1001}'), 0, 60);

-- Window function --------------------------------------------------------------------------

CREATE TABLE receipt (invoice int, day date, vat numeric, total numeric, amount numeric);
INSERT INTO receipt VALUES (1, '2025-01-05', 20, 120, 40), (1, '2025-02-05', 20, 120, 40), (1, '2025-03-05', 20, 120, 40), (1, '2025-04-05', 20, 120, 10),
	(2, '2025-01-10', 16.67, 100, 100), (2, '2025-01-20', 16.67, 100, -100), (2, '2025-02-20', 16.67, 100, 33.33), (3, '2025-01-10', 20, 120, NULL), (3, '2025-01-11', 20, 120, 60),
	(4, '2025-01-10', 20, 120, 90), (4, '2025-02-10', 10, 60, 0), (4, '2025-02-15', 10, 60, -30);
-- invoice 2: a cheque that bounced; 4: a credit note of 60.00 in February, then the refund
SELECT invoice, day, amount, vat_on_receipt(vat, total, amount) OVER (PARTITION BY invoice ORDER BY day) AS due FROM receipt ORDER BY invoice, day;
SELECT invoice, day, vat_on_receipt(vat, total, amount, options => '{"scale": 0}') OVER w AS yen, vat_on_receipt(vat, total, amount, '{}'::jsonb) OVER w AS cents FROM receipt WHERE invoice = 1 WINDOW w AS (PARTITION BY invoice ORDER BY day) ORDER BY day;
SELECT vat_on_receipt(vat, total, amount, options => '{"scale": 7}') OVER () FROM receipt;
SELECT vat_on_receipt(vat, total, amount, options => '{"decimals": 0}') OVER () FROM receipt;
SELECT vat_on_receipt(vat, total, amount, NULL::jsonb) OVER () FROM receipt;
SELECT vat_on_receipt(vat, total, amount, CASE WHEN invoice = 1 THEN '{}' ELSE '{"scale": 0}' END::jsonb) OVER (ORDER BY invoice, day) FROM receipt;
SELECT vat_on_receipt(total, vat, amount) OVER () FROM receipt;
SELECT vat_on_receipt(vat, total, 'NaN') OVER () FROM receipt;
SELECT vat_on_receipt(vat, total, amount) FROM receipt;

-- Properties over a made-up ledger: 2,000 invoices of two rates, 12,000 receipts and refunds -------

CREATE TABLE invoice AS
SELECT i AS invoice, base20, base10, round(base20 * 0.2, 2) AS vat20, round(base10 * 0.1, 2) AS vat10
FROM (SELECT i, (hashint4(i) & 65535)::numeric / 100 AS base20, (hashint4(i + 9999) & 16383)::numeric / 100 AS base10 FROM generate_series(1, 2000) AS i) AS q WHERE base20 + base10 > 0;
CREATE TABLE paid AS
SELECT r AS id, invoice, DATE '2024-01-01' + (hashint4(r) & 511) AS day, vat20, vat10, base20, base10, base20 + base10 + vat20 + vat10 AS total,
	round((base20 + base10 + vat20 + vat10) * ((hashint4(r + 77) & 63) - 12) / 100, 2) AS amount
FROM generate_series(1, 12000) AS r JOIN invoice ON invoice = 1 + r % 2000;
CREATE TABLE due AS
SELECT *, sum(amount) OVER w - amount AS before, vat_on_receipt(vat20, total, amount) OVER w AS due20, vat_on_receipt(vat10, total, amount) OVER w AS due10
FROM paid WINDOW w AS (PARTITION BY invoice ORDER BY day, id);
-- the window function, the scalar, the array, the split, and plain SQL say the same
SELECT count(*) AS receipts, count(*) FILTER (WHERE amount < 0) > 1000 AS refunds, count(*) FILTER (WHERE before + amount > total) > 100 AS above,
	count(*) FILTER (WHERE due20 IS DISTINCT FROM vat_on_receipt(vat20, total, before, amount) OR ARRAY[due20, due10] IS DISTINCT FROM vat_on_receipt(ARRAY[vat20, vat10], total, before, amount)) AS differ,
	count(*) FILTER (WHERE due20 <> round(vat20 * least(greatest(before + amount, 0), total) / total, 2) - round(vat20 * least(greatest(before, 0), total) / total, 2)) AS differ_from_sql
FROM due;
-- by period and rate, by day, by invoice: the same to the cent as what was collected at the end
SELECT sum(by_month) = sum(collected20) AS months, (SELECT sum(due20 + due10) FROM due) = sum(collected20 + collected10) AS receipts, sum(collected20) < (SELECT sum(vat20) FROM invoice) AS not_all
FROM (SELECT invoice, vat_collected(vat20, total, sum(amount)) AS collected20, vat_collected(vat10, total, sum(amount)) AS collected10 FROM paid GROUP BY invoice, vat20, vat10, total) AS q
JOIN (SELECT invoice, sum(m) AS by_month FROM (SELECT invoice, date_trunc('month', day), sum(due20) AS m FROM due GROUP BY 1, 2) AS months GROUP BY invoice) AS months USING (invoice);
-- lines: base + VAT = received, the lines add up to the receipt within the total, VAT as above
SELECT count(*) FILTER (WHERE base_received + vat_received <> received) AS line_differs, count(*) FILTER (WHERE vat_received <> CASE line WHEN 1 THEN due20 ELSE due10 END) AS vat_differs,
	count(DISTINCT id) FILTER (WHERE sum <> least(greatest(before + amount, 0), total) - least(greatest(before, 0), total)) AS receipt_differs
FROM (SELECT due.*, s.*, sum(received) OVER (PARTITION BY id) FROM due, receipt_by_rate(ARRAY[base20, base10], ARRAY[vat20, vat10], before, amount) AS s) AS q;
-- an invoice that is paid in the end has brought its VAT
SELECT count(*) FILTER (WHERE due20 + rest <> vat20) AS differ, count(*)
FROM (SELECT invoice, vat20, sum(due20) AS due20, vat_on_receipt(vat20, total, sum(amount), 10 * total) AS rest FROM due GROUP BY invoice, vat20, total) AS q;

-- Data of the law -----------------------------------------------------------------------------

SELECT country, means, counts_on, meaning FROM vat_receipt_rules() ORDER BY means;
SELECT bool_and(source <> '' AND meaning <> ''), count(DISTINCT (country, means)) = count(*) AS one_each FROM vat_receipt_rules();
