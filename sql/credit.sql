CREATE SCHEMA test_credit;
SET search_path = test_credit, public;
-- credit: credit notes in parts, discounts for early payment, and what it costs to
-- let one go.
\pset null '(null)'
SET DateStyle = ISO;

-- Credit notes ------------------------------------------------------------------

-- golden: the tax of the sum, and not more than the rest
SELECT * FROM credit_note_split(200.00, 25, 0, 193.33);
SELECT * FROM credit_note_split(769.00, 20, 0, 726.86) UNION ALL SELECT * FROM credit_note_split(769.00, 20, 726.86, 42.14);
-- three thirds: 6.67, 6.66, 6.67; naive rounding gives 20.01
SELECT n, c.net, c.tax, c.total, sum(c.tax) OVER (ORDER BY n) AS so_far FROM generate_series(0, 2) AS n, credit_note_split(100.00, 20, 33.33 * n, CASE n WHEN 2 THEN 33.34 ELSE 33.33 END) AS c ORDER BY n;
-- the invoice printed 20.03 of tax, rounded line by line; the first note took 10.10
SELECT * FROM credit_note_split(100.00, 20, 50.00, 50.00, invoice_tax => 20.03, tax_before => 10.10);
SELECT * FROM credit_note_split(100.00, 20, 50.00, 50.00, invoice_tax => 20.03);
-- a tax credited too high before is not taken back, but caught up
SELECT * FROM credit_note_split(100.00, 20, 50.00, 0.10, tax_before => 10.50);
-- nothing, a line below zero, no tax, no decimals, three of them
SELECT * FROM credit_note_split(100.00, 20, 50.00, 0);
SELECT * FROM credit_note_split(-100.00, 5.5, -33.33, -0.01);
SELECT * FROM credit_note_split(-100.00, 5.5, -33.33, -66.67);
SELECT * FROM credit_note_split(100.00, 0, 0, 12.34);
SELECT * FROM credit_note_split(1000, 10, 0, 333, scale => 0);
SELECT * FROM credit_note_split(100.000, 19, 0, 33.333, scale => 3);
SELECT * FROM credit_note_split(0, 20, 0, 0);
-- several rates
SELECT * FROM credit_note_split(ARRAY[100, 50, 10], ARRAY[20, 5.5, 0], ARRAY[0, 0, 0], ARRAY[33.33, 50, 0]);
SELECT * FROM credit_note_split(ARRAY[100, 50], ARRAY[20, 5.5], ARRAY[33.33, 50], ARRAY[66.67, 0], invoice_tax => ARRAY[20.01, 2.75], tax_before => ARRAY[6.67, 2.75]);
SELECT count(*) FROM credit_note_split('{}'::numeric[], '{}', '{}', '{}');
-- any number of notes closes any invoice, to the cent
CREATE TABLE note AS
SELECT invoice, n, net, pct, CASE n WHEN 9 THEN net - sum(part) FILTER (WHERE n < 9) OVER invoices ELSE part END AS now,
	coalesce(sum(part) OVER (PARTITION BY invoice ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
FROM (SELECT invoice, n, 10 + invoice * 37 % 9973 * 0.11 AS net, (ARRAY[20, 5.5, 2.1, 8.1])[1 + invoice % 4] AS pct,
		round((10 + invoice * 37 % 9973 * 0.11) * (n + invoice % 7) / 150, 2) AS part FROM generate_series(1, 500) AS invoice, generate_series(0, 9) AS n) AS q
WINDOW invoices AS (PARTITION BY invoice);
SELECT count(*) AS invoices, bool_and(tax = round(net * pct / 100, 2)) AS tax_exact, bool_and(total = net + tax) AS total_exact, count(*) FILTER (WHERE naive <> tax) > 100 AS naive_fails
FROM (SELECT invoice, note.net, pct, sum(c.tax) AS tax, sum(c.total) AS total, sum(round(now * pct / 100, 2)) AS naive
	FROM note, credit_note_split(note.net, pct, before, now) AS c GROUP BY invoice, note.net, pct) AS q;
-- large
SELECT * FROM credit_note_split(1e15, 20, 1e14, 1e14);

-- NULL, and each error
SELECT credit_note_split(NULL, 20, 0, 1) IS NULL, credit_note_split(100, NULL, 0, 1) IS NULL, credit_note_split(100, 20, NULL, 1) IS NULL, credit_note_split(100, 20, 0, NULL) IS NULL;
SELECT count(*) FROM credit_note_split(NULL::numeric[], '{20}', '{0}', '{1}');
SELECT credit_note_split(769, 20, 726.86, 42.15);
SELECT credit_note_split(100, 20, 100, 0.01);
SELECT credit_note_split(100, 20, 0, -1);
SELECT credit_note_split(0, 20, 0, 1);
SELECT credit_note_split(100, 20, 100.01, 0);
SELECT credit_note_split(100, 20, -1, 0);
SELECT credit_note_split(100, 20, 0, 1, invoice_tax => -20);
SELECT credit_note_split(100, 20, 0, 1, tax_before => 20.01);
SELECT credit_note_split(100, -1, 0, 1);
SELECT credit_note_split(100, 1000.000001, 0, 1);
SELECT credit_note_split(100, 20, 0, 1.001);
SELECT credit_note_split(100, 20, 0, 1, scale => 7);
SELECT credit_note_split('NaN', 20, 0, 1);
SELECT credit_note_split(100, 'Infinity', 0, 1);
SELECT credit_note_split(1e17, 20, 0, 1);
SELECT credit_note_split('{100,50}'::numeric[], '{20}', '{0,0}', '{1,1}');
SELECT credit_note_split('{100,NULL}'::numeric[], '{20,20}', '{0,0}', '{1,1}');
SELECT credit_note_split('{{100},{50}}'::numeric[], '{20,20}', '{0,0}', '{1,1}');

-- Discounts for early payment ---------------------------------------------------

-- golden: 2 % within 7 days, the 8th of January included
SELECT paid_on, d.taken, d.valid_until, d.to_pay FROM unnest(ARRAY['2025-01-01', '2025-01-08', '2025-01-09', '2025-01-31']::date[]) AS paid_on, early_payment_discount(100.00, 0, '2025-01-01', paid_on, 2, 7) AS d;
SELECT valid_until FROM early_payment_discount(100, 0, '2019-01-01', '2019-01-01', 2, 10);
-- golden: 10 % of 1,500.00 + 15 %, and the two other modes
SELECT mode, paid_on, d.taken, d.discount_net, d.discount_tax, d.tax_due, d.to_pay
FROM unnest(ARRAY['on_payment', 'never', 'always']) AS mode, unnest(ARRAY['2025-01-08', '2025-01-09']::date[]) AS paid_on, early_payment_discount(1500.00, 225.00, '2025-01-01', paid_on, 10, 7, mode) AS d;
-- a tax that is never reduced; a discount as an amount; a credit note; no days; 0 and 100 %
SELECT to_pay, tax_due FROM early_payment_discount(100, 20, '2025-01-01', '2025-01-02', 2, 7, excluded_tax => 0.50);
SELECT discount_net, discount_tax, to_pay FROM early_payment_discount(100, 20, '2025-01-01', '2025-01-02', NULL, 7, discount_amount => 3.33);
SELECT discount_net, discount_tax, to_pay FROM early_payment_discount(-100, -20, '2025-01-01', '2025-01-02', 2.5, 7);
SELECT taken, to_pay FROM early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 2, 0);
SELECT to_pay, scale(to_pay) FROM early_payment_discount(1005, 100, '2025-01-01', '2025-01-01', 0.5, 0, scale => 0);
SELECT a.to_pay, b.to_pay FROM early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 0, 0) AS a, early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 100, 0) AS b;
-- NULL, and each error
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', NULL, 7) IS NULL, early_payment_discount(100, 20, '2025-01-01', NULL, 2, 7) IS NULL;
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 2, 7, discount_amount => 2);
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', NULL, 7, discount_amount => 100.01);
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 101, 7);
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 2, -1);
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 2, 7, 'included');
SELECT early_payment_discount(100, 20, '9999-12-31', '9999-12-31', 2, 1);
SELECT early_payment_discount(100, 20, '2025-01-01', 'infinity', 2, 1);
SELECT early_payment_discount(100, 20, '2025-01-01', '2025-01-01', 'NaN', 7);

-- What it costs to let one go ---------------------------------------------------

-- golden: 2/10 net 30 and 1/10 net 45 (percent, 10 decimals), 2/20 net 45
SELECT round((100 * effective_discount_rate(2, 10, 30))::numeric, 10) AS compound, round((100 * effective_discount_rate(2, 10, 30, 'simple'))::numeric, 10) AS simple,
	round((100 * effective_discount_rate(2, 10, 30, 'simple', 360))::numeric, 10) AS simple_360, round((100 * effective_discount_rate(1, 10, 45))::numeric, 10) AS one_net_45,
	round((100 * effective_discount_rate(1, 10, 45, 'simple'))::numeric, 2) AS simple_45, round((100 * effective_discount_rate(2, 20, 45))::numeric, 2) AS two_20_net_45;
SELECT effective_discount_rate(0, 10, 30), effective_discount_rate(0, 0, 1, 'simple'), effective_discount_rate(NULL, 10, 30);
SELECT effective_discount_rate(100, 10, 30);
SELECT effective_discount_rate(-1, 10, 30);
SELECT effective_discount_rate('NaN', 10, 30);
SELECT effective_discount_rate(2, 30, 30);
SELECT effective_discount_rate(2, -1, 30);
SELECT effective_discount_rate(2, 10, 30, 'linear');
SELECT effective_discount_rate(2, 10, 30, basis => 0);
SELECT effective_discount_rate(99.9, 0, 1);
