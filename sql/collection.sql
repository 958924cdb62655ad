CREATE SCHEMA test_collection;
SET search_path = test_collection, public;
-- collection: instalments, promises, payment histories, and whom to call first.
\pset null '(null)'
SET DateStyle = ISO;

-- Plans -------------------------------------------------------------------------

-- golden: the remainder in the last part, or spread
SELECT debt, n, remainder, string_agg(p.amount::text, ' ' ORDER BY part) AS parts, sum(p.amount) = debt AS exact
FROM (VALUES (1000.00, 3), (100.00, 7), (0.05, 3), (999.99, 4)) AS v (debt, n), unnest(ARRAY['last', 'spread']) AS remainder, instalment_plan(debt, n, '2025-01-31', remainder => remainder) AS p
GROUP BY debt, n, remainder ORDER BY debt DESC, remainder;
-- month ends are counted from the first day; leap years, quarters, weeks, days
SELECT every, string_agg(due_on::text, ' ' ORDER BY part) FROM unnest('{1 month,3 months,1 year,2 weeks,10 days}'::interval[]) AS every, instalment_plan(500, 5, '2023-11-30', every) GROUP BY every ORDER BY every;
SELECT string_agg(due_on::text, ' ' ORDER BY part) FROM instalment_plan(500, 4, '2025-01-31');
SELECT string_agg(due_on::text, ' ' ORDER BY part) FROM instalment_plan(500, 3, '2024-02-29', '1 year');
-- interest on what is left: equal parts, and an annuity of 12 % a year
SELECT * FROM instalment_plan(1200.00, 4, '2025-01-15', rate_pct => 12);
SELECT * FROM instalment_plan(10000.00, 5, '2025-01-31', method => 'annuity', rate_pct => 12);
-- 10,000 x 0.01 / (1 - 1.01^-5); interest of 28 days: 365 a year
SELECT round(10000 * 0.01 / (1 - power(1.01, -5)), 2) AS payment;
SELECT part, due_on, amount, interest, balance, round(1000 * 0.073 * 28 / 365, 2) AS first_interest FROM instalment_plan(1000.00, 2, '2025-03-01', '4 weeks', 'annuity', 7.3);
-- without a rate an annuity is the amount by the number of parts, rounded
SELECT string_agg(amount::text, ' ' ORDER BY part), sum(principal) FROM instalment_plan(100.00, 7, '2025-01-01', method => 'annuity');
-- 30 years: the payments are one amount but for the last, and the principal adds up
SELECT count(*), count(DISTINCT amount) FILTER (WHERE part < 360) AS amounts, sum(principal), sum(interest) = sum(amount) - 200000 AS adds_up, bool_and(interest = round((balance + principal) * 3.6 / 1200, 2)) AS interest_exact, min(balance)
FROM instalment_plan(200000.00, 360, '2025-01-05', method => 'annuity', rate_pct => 3.6);
-- no decimals, three of them; one part; 1e15
SELECT string_agg(amount::text, ' ' ORDER BY part) FROM instalment_plan(1000, 3, '2025-01-01', scale => 0);
SELECT string_agg(amount::text, ' ' ORDER BY part) FROM instalment_plan(1, 3, '2025-01-01', scale => 3);
SELECT * FROM instalment_plan(80.10, 1, '2025-01-01');
SELECT amount, balance FROM instalment_plan(1e15, 3, '2025-01-01');
-- NULL, and each error
SELECT count(*) FROM instalment_plan(NULL, 3, '2025-01-01');
SELECT instalment_plan(0, 3, '2025-01-01');
SELECT instalment_plan(-100, 3, '2025-01-01');
SELECT instalment_plan(0.02, 3, '2025-01-01');
SELECT instalment_plan(100, 0, '2025-01-01');
SELECT instalment_plan(100, 1201, '2025-01-01');
SELECT instalment_plan(100, 3, '2025-01-01', '1 month 1 day');
SELECT instalment_plan(100, 3, '2025-01-01', '0 days');
SELECT instalment_plan(100, 3, '2025-01-01', '-1 month');
SELECT instalment_plan(100, 3, '2025-01-01', '24 hours');
SELECT instalment_plan(100, 3, '2025-01-01', '101 years');
SELECT instalment_plan(100, 3, '2025-01-01', method => 'balloon');
SELECT instalment_plan(100, 3, '2025-01-01', remainder => 'first');
SELECT instalment_plan(100, 3, '2025-01-01', method => 'annuity', remainder => 'spread');
SELECT instalment_plan(100, 3, '2025-01-01', rate_pct => -1);
SELECT instalment_plan(100, 3, '2025-01-01', rate_pct => 1001);
SELECT instalment_plan(100, 3, '2025-01-01', rate_pct => 'NaN');
SELECT instalment_plan(100.001, 3, '2025-01-01');
SELECT instalment_plan(100, 3, 'infinity');
SELECT instalment_plan(100, 3, '9999-12-01');
SELECT instalment_plan('NaN', 3, '2025-01-01');

-- How a plan stands ---------------------------------------------------------------

CREATE TABLE part AS SELECT 1 AS plan, part, due_on, amount, CASE part WHEN 1 THEN 200.00 WHEN 2 THEN 50.00 END AS paid FROM instalment_plan(1000, 5, '2025-01-31');
\x
SELECT (s).* FROM (SELECT instalment_status(due_on, amount, paid, '2025-03-10') AS s FROM part) AS q;
\x
-- day after day: the second part is 30 days late on the 30th of March, and more than that on the 31st
SELECT day, (s).standing, (s).late_parts AS late, (s).due_amount AS due, (s).overdue_amount AS overdue, (s).next_on, (s).next_amount AS next, (s).hold_until, (s).broken_on, (s).broken_by
FROM (SELECT day::date, instalment_status(due_on, amount, paid, day::date) AS s FROM part, unnest('{2025-02-28,2025-03-01,2025-03-30,2025-03-31,2025-04-01}'::date[]) AS day GROUP BY day) AS q ORDER BY day;
-- two late parts break it before that; three do not; days of grace
SELECT options, day, (s).standing, (s).late_parts AS late, (s).hold_until, (s).broken_on, (s).broken_by
FROM (SELECT options, day::date, instalment_status(due_on, amount, paid, day::date, options) AS s
	FROM part, unnest(ARRAY['{"late_days": 60}', '{"late_days": 60, "grace_days": 5}', '{"late_parts": 3, "late_days": 3660}', '{"late_parts": 1}']::jsonb[]) AS options, unnest('{2025-03-01,2025-04-05,2025-04-06}'::date[]) AS day GROUP BY options, day) AS q ORDER BY options::text, day;
-- settled; a cent is missing; more than asked for does not help another part
SELECT (instalment_status(due_on, amount, amount, '2026-01-01')).standing, (instalment_status(due_on, amount, amount - 0.01, '2026-01-01')).open_amount, (instalment_status(due_on, amount, amount * part, '2026-01-01')).settled_parts FROM part;
SELECT (s).standing, (s).next_on, (s).next_amount, (s).hold_until, (s).broken, (s).broken_on FROM (SELECT instalment_status(due_on, amount, 300, '2026-01-01') AS s FROM part) AS q;
-- hold_until is the last day on which it is not broken when nothing more is paid
SELECT bool_and((b).broken = (day > (a).hold_until)) AS holds, min(day) FILTER (WHERE (b).broken) AS broken_on, count(DISTINCT (b).broken_on) AS one
FROM (SELECT day::date, (SELECT instalment_status(due_on, amount, paid, '2025-01-01') FROM part) AS a, (SELECT instalment_status(due_on, amount, paid, day::date) FROM part) AS b FROM generate_series(DATE '2025-01-01', '2025-06-30', interval '1 day') AS day) AS q;
-- the same by plain SQL, for 2,000 plans
CREATE TABLE many AS SELECT plan, p.*, CASE WHEN (plan * 7919 + part * 104729) % 10 < 8 THEN p.amount WHEN plan % 3 = 0 THEN round(p.amount / 2, 2) END AS paid
FROM generate_series(1, 2000) AS plan, instalment_plan(100 + plan, 3 + plan % 9, DATE '2024-10-31' + plan % 60) AS p;
SELECT count(*) AS plans, bool_and(((s).parts, (s).settled_parts, (s).late_parts) = (a, b, c)) AS counts, bool_and(((s).paid, (s).open_amount, (s).due_amount, (s).overdue_amount) = (d, e, f, g)) AS sums,
	bool_and(((s).next_on, (s).oldest_unpaid_on) IS NOT DISTINCT FROM (h, i)) AS days, bool_and((s).broken = (c >= 2 OR coalesce(DATE '2025-03-15' - i > 30, false))) AS broken, count(*) FILTER (WHERE (s).broken) AS n_broken
FROM (SELECT plan, instalment_status(due_on, amount, paid, '2025-03-15') AS s, count(*) AS a, count(*) FILTER (WHERE paid >= amount) AS b, count(*) FILTER (WHERE coalesce(paid, 0) < amount AND due_on < '2025-03-15') AS c,
	coalesce(sum(paid), 0) AS d, sum(amount - coalesce(paid, 0)) AS e, coalesce(sum(amount) FILTER (WHERE due_on <= '2025-03-15'), 0) AS f, coalesce(sum(amount - coalesce(paid, 0)) FILTER (WHERE due_on < '2025-03-15'), 0) AS g,
	min(due_on) FILTER (WHERE due_on >= '2025-03-15' AND coalesce(paid, 0) < amount) AS h, min(due_on) FILTER (WHERE coalesce(paid, 0) < amount) AS i FROM many GROUP BY plan) AS q;
-- no row, rows without a part, one row, FILTER, DISTINCT, a window, another order
SELECT instalment_status(due_on, amount, paid, '2025-03-10') FROM part WHERE false;
SELECT instalment_status(NULL, amount, paid, '2025-03-10'), instalment_status(due_on, NULL, paid, '2025-03-10') FROM part;
SELECT (instalment_status('2025-01-01', 1, NULL, '2025-01-01')).standing, (instalment_status('2025-01-01', 1, NULL, '2025-01-02')).standing;
SELECT (instalment_status(due_on, amount, paid, '2025-03-10') FILTER (WHERE part > 1)).parts, (instalment_status(DISTINCT '2025-01-01', amount, 0, '2025-03-10')).amount FROM part;
SELECT part, (instalment_status(due_on, amount, paid, '2025-03-10') OVER (ORDER BY part ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)).open_amount FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10' ORDER BY part) = instalment_status(due_on, amount, paid, '2025-03-10' ORDER BY part DESC) AS same FROM part;
-- states as any user may call them
SELECT instalment_status_finish(instalment_status_merge(instalment_status_add(NULL, '2025-01-01', 1, 1, '2025-02-01'), instalment_status_add(NULL, '2025-01-31', 2.125, 1, '2025-02-01')));
SELECT instalment_status_merge(instalment_status_add(NULL, '2025-01-01', 1, 1, '2025-02-01'), instalment_status_add(NULL, '2025-01-01', 1, 1, '2025-02-02'));
SELECT instalment_status_merge(instalment_status_add(NULL, '2025-01-01', 1, 1, '2025-02-01'), instalment_status_add(NULL, '2025-01-01', 1, 1, '2025-02-01', '{"late_parts": 3}'));
SELECT instalment_status_finish('');
SELECT instalment_status_finish(decode(repeat('00', 556), 'hex'));
SELECT instalment_status_add(instalment_status_add(NULL, '2025-01-01', 1, 1, '2025-02-01') || '\x00', '2025-01-01', 1, 1, '2025-02-01');
-- each error
SELECT instalment_status(due_on, amount, paid, NULL) FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', NULL) FROM part;
SELECT instalment_status(due_on, amount, paid, due_on) FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', jsonb_build_object('late_parts', part)) FROM part;
SELECT instalment_status(due_on, 0, paid, '2025-03-10') FROM part;
SELECT instalment_status(due_on, amount, -1, '2025-03-10') FROM part;
SELECT instalment_status(due_on, amount, 'NaN', '2025-03-10') FROM part;
SELECT instalment_status('infinity', amount, 1, '2025-03-10') FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', '{"late": 3}') FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', '{"late_parts": 0}') FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', '{"late_parts": 101}') FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', '{"grace_days": 31}') FROM part;
SELECT instalment_status(due_on, amount, paid, '2025-03-10', '[]') FROM part;

-- Promises ----------------------------------------------------------------------

CREATE TABLE promise (promised numeric, pay_by date, received numeric);
INSERT INTO promise VALUES (1000, '2025-03-01', 1000), (500, '2025-03-01', 499.99), (700, '2025-03-01', NULL), (800, '2025-02-01', 900), (300, '2025-03-31', 300), (100, '2025-04-01', 100), (NULL, '2025-03-01', 5), (40, NULL, 5);
\x
SELECT (p).* FROM (SELECT promise_kept(promised, pay_by, received, '2025-04-01', 0) AS p FROM promise) AS q;
\x
-- due once its day and the days of grace have passed
SELECT grace, (p).due, (p).pending, (p).kept, (p).due_amount FROM (SELECT grace, promise_kept(promised, pay_by, received, '2025-04-01', grace) AS p FROM promise, unnest(ARRAY[0, 1, 30, 31, 59, 3660]) AS grace GROUP BY grace) AS q ORDER BY grace;
-- no row, none due, one; another order; states
SELECT promise_kept(promised, pay_by, received, '2025-04-01', 0) FROM promise WHERE false;
SELECT promise_kept(100, '2025-04-01', 100, '2025-04-01', 0), promise_kept(100, '2025-03-31', 100, '2025-04-01', 0), promise_kept(NULL, '2025-03-31', 100, '2025-04-01', 0);
SELECT promise_kept(promised, pay_by, received, '2025-04-01', 0 ORDER BY received) = promise_kept(promised, pay_by, received, '2025-04-01', 0 ORDER BY received DESC) AS same FROM promise;
SELECT promise_kept_finish(promise_kept_merge(promise_kept_add(NULL, 1, '2025-01-01', 1, '2025-02-01', 0), promise_kept_add(NULL, 2.125, '2025-01-01', 1, '2025-02-01', 0)));
SELECT promise_kept_merge(promise_kept_add(NULL, 1, '2025-01-01', 1, '2025-02-01', 0), promise_kept_add(NULL, 1, '2025-01-01', 1, '2025-02-02', 0));
SELECT promise_kept_finish('\x00');
SELECT promise_kept_finish(decode(repeat('ff', 100), 'hex'));
SELECT promise_kept_add(decode(repeat('00', 100), 'hex'), 1, '2025-01-01', 1, '2025-02-01', 0);
-- each error
SELECT promise_kept(promised, pay_by, received, NULL, 0) FROM promise;
SELECT promise_kept(promised, pay_by, received, '2025-04-01', NULL) FROM promise;
SELECT promise_kept(promised, pay_by, received, '2025-04-01', -1) FROM promise;
SELECT promise_kept(promised, pay_by, received, '2025-04-01', promised::int) FROM promise;
SELECT promise_kept(promised, pay_by, received, pay_by, 0) FROM promise;
SELECT promise_kept(0, pay_by, received, '2025-04-01', 0) FROM promise;
SELECT promise_kept(promised, pay_by, -1, '2025-04-01', 0) FROM promise;
SELECT promise_kept('NaN', pay_by, received, '2025-04-01', 0) FROM promise;

-- Payment histories ---------------------------------------------------------------

SELECT payment_history_agg(late, paid) FROM (VALUES (5, true), (-3, true), (5, true), (5, false), (40, false), (NULL, true), (3, NULL)) AS v (late, paid);
SELECT * FROM history_days('{"days": [[-3, 1, 0], [5, 2, 1], [40, 0, 1]]}');
-- of the 4 that were open on the due date two were paid on day 5; one more was last seen open then, so that it says nothing of later days
SELECT d, w, items_at_risk(h, d) AS n, round(p_paid(h, d, w)::numeric, 6) AS p FROM (SELECT payment_history '{"days": [[-3, 1, 0], [5, 2, 1], [40, 0, 1]]}' AS h) AS q, (VALUES (-10, 5), (-10, 100), (0, 4), (0, 5), (0, 100), (5, 100), (39, 1), (40, 1)) AS v (d, w);
-- by hand: (4 x 0.5 + 0.5) / 5; 1 - 4/5 x 2/4 = 0.6 of 5: (5 x 0.6 + 0.5) / 6; (1 x 0 + 0.5) / 2
SELECT round(2.5 / 5, 6), round(3.5 / 6, 6), round(0.5 / 2, 6);
-- Kaplan and Meier by plain SQL, on 500 items
CREATE TABLE item AS SELECT i, i % 5 AS customer, (i * 7919 % 211) - 20 AS late, i * 31 % 7 > 1 AS paid FROM generate_series(1, 500) AS i;
SELECT d, w, round(p_paid(h, d, w)::numeric, 12) = round(((n * (1 - coalesce(open, 1)) + 0.5) / (n + 1))::numeric, 12) AS same
FROM (SELECT payment_history_agg(late, paid) AS h FROM item) AS h, (VALUES (-20, 20), (0, 30), (30, 30), (60, 300), (180, 30)) AS v (d, w),
	LATERAL (SELECT (SELECT count(*) FROM item WHERE late > d) AS n, (SELECT exp(sum(ln(1 - events / at_risk::float8)))
		FROM (SELECT late, count(*) FILTER (WHERE paid) AS events, (SELECT count(*) FROM item AS b WHERE b.late >= a.late) AS at_risk FROM item AS a WHERE late > d AND late <= d + w GROUP BY late) AS day) AS open) AS s;
-- for a customer: shrunk to the segment by its weight, or the segment alone
SELECT round(p_paid(h, s, 0, 30)::numeric, 6) AS ten, round(p_paid(h, s, 0, 30, 1000)::numeric, 6) AS thousand, round(p_paid(h, s, 0, 30, 1e-9)::numeric, 6) AS own, round(p_paid(NULL, s, 0, 30)::numeric, 6) AS no_history, round(p_paid(s, 0, 30)::numeric, 6) AS segment, p_paid(h, s, 500, 30) AS none,
	round(p_paid('{"days": [[0, 9, 0]]}', s, 0, 30)::numeric, 6) AS never_late
FROM (SELECT payment_history_agg(late, paid) AS s, payment_history_agg(late, paid) FILTER (WHERE i <= 3) AS h FROM item) AS q;
SELECT i, late, paid FROM item WHERE i <= 3;
SELECT p_paid(NULL, 0, 30), p_paid('{"days": [[0, 1, 0]]}', NULL, 30), p_paid('{"days": [[0, 1, 0]]}', 0, 30), p_paid('{"days": [[0, 1, 0]]}', NULL, 0, 30), p_paid(NULL, '{"days": [[9, 1, 0]]}', 2147483647, 2147483647);
-- merged: as if made of all items
SELECT rollup(h) = (SELECT payment_history_agg(late, paid) FROM item) AS same FROM (SELECT payment_history_agg(late, paid) AS h FROM item GROUP BY customer UNION ALL SELECT NULL) AS q;
SELECT payment_history_agg(late, paid ORDER BY i) = payment_history_agg(late, paid ORDER BY i DESC) AS same FROM item;
SELECT payment_history_agg(late, paid), rollup(NULL::payment_history) FROM item WHERE false;
SELECT sum(paid), sum(still_open) FROM history_days((SELECT payment_history_agg(late, paid) FROM item));
-- text, JSON and binary forms, equality, hash
SELECT payment_history ' {"days":[[-3, 1.0, 0], [5, 2, 1e0]]}', '{"days": [[5, 2, 1]]}'::jsonb::payment_history, payment_history '{"days": [[5, 2, 1]]}'::jsonb;
SELECT payment_history_send('{"days": [[5, 2, 1]]}'), payment_history '{"days": [[5, 2, 1]]}' = '{"days": [[5, 2, 1]]}' AS eq, payment_history '{"days": [[5, 2, 1]]}' <> '{"days": [[5, 2, 0]]}' AS ne;
SELECT count(DISTINCT h::text), count(*) FROM (SELECT h FROM unnest(ARRAY['{"days": [[5, 2, 1]]}', '{"days": [[5, 2, 1.0]]}', '{"days": [[5, 2, 0]]}']::payment_history[]) AS h GROUP BY h) AS q;
-- each error
SELECT payment_history '{"days": []}';
SELECT payment_history '{}';
SELECT payment_history '{"days": [[5, 2]]}';
SELECT payment_history '{"days": [[5, 2, 1], [5, 1, 1]]}';
SELECT payment_history '{"days": [[5, 0, 0]]}';
SELECT payment_history '{"days": [[5.5, 1, 0]]}';
SELECT payment_history '{"days": [[36601, 1, 0]]}';
SELECT payment_history '{"days": [[5, -1, 0]]}';
SELECT payment_history '{"days": [[5, 1e300, 0]]}';
SELECT payment_history '{"days": [[5, 1, 0]], "n": 1}';
SELECT payment_history '{"days": [[5, 1, 0]], "days": [[6, 1, 0]]}';
SELECT payment_history_agg(36601, true);
SELECT p_paid('{"days": [[5, 2, 1]]}', 0, -1);
SELECT p_paid(NULL, '{"days": [[5, 2, 1]]}', 0, 1, 0);
SELECT p_paid(NULL, '{"days": [[5, 2, 1]]}', 0, 1, 'NaN');
SELECT payment_history_finish('');
SELECT payment_history_finish('\x000000000000000000000000');
SELECT payment_history_add('\x014948500a0000000000000000', 1, true);
SELECT payment_history_finish(payment_history_merge(payment_history_add(NULL, 1, true), payment_history_add(NULL, 2, false)));

-- Whom to call first ----------------------------------------------------------------

SELECT collection_priority(1000, 0.6, 25, 5) AS with_value, collection_priority(1000, 0.6, cost => 5) AS plain, collection_priority(1000, 0.6, cost => 5, p_chased => 0.7) AS chased, collection_priority(1000, 0.9, p_chased => 0.8) AS worse, collection_priority(-50, 0.5) AS credit;
SELECT collection_priority(1000.555, 0.5, 1.005), collection_priority(1000.555, 0, scale => 3), collection_priority(1000.5, 0.5, scale => 0), collection_priority(NULL, 0.5), collection_priority(1e15, 0.3333333333);
SELECT collection_priority(1000, 60);
SELECT collection_priority(1000, 'NaN');
SELECT collection_priority(1000, 0.6, p_chased => -0.1);
SELECT collection_priority(1000, 0.6, -1);
SELECT collection_priority(1000, 0.6, cost => -1);
SELECT collection_priority('Infinity', 0.6);
SELECT collection_priority(1000, 0.6, scale => -1);
-- what holds for all rows is looked at before a row is skipped
SELECT promise_kept(NULL, '2025-01-01', 0, '2025-02-01', -5);
SELECT instalment_status('2025-01-01', NULL, 0, '2025-02-01', '{"bogus": 1}');
