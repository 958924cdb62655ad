CREATE SCHEMA test_backtest;
SET search_path = test_backtest, public;
GRANT USAGE ON SCHEMA test_backtest TO PUBLIC;
-- backtest: the steps that a policy would have taken, of one item and of a ledger.
\pset null '(null)'
SET DateStyle = ISO;

\set three '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "channels": ["email", "letter"], "template": "r1"}, {"step": 2, "delay_days": 15, "action": "letter", "fee": {"fixed": 5, "pct": 1}, "cost": 2.5}, {"step": 3, "delay_days": 30, "action": "formal_notice", "interest": true, "indemnity": 40, "approval": true}]}}'
\set ten '{"rates": [{"from": "2000-01-01", "rate_pct": 10}]}'

-- One item -----------------------------------------------------------------------

-- 100.00 due on 1 March; 40.00 paid on 12 March, the rest on the day after the last step: act/365 on 60.00 over 30 days at 10 % is 0.49
SELECT * FROM dunning_simulate(:'three', '2024-03-01', '{100,-40,-60}', '{2024-02-01,2024-03-12,2024-04-01}', '2024-01-01', '2024-12-31', rates => :'ten');
-- paid on the very day: it is in by the evening, and there is no third step
SELECT day, step, open_amount FROM dunning_simulate(:'three', '2024-03-01', '{100,-40,-60}', '{2024-02-01,2024-03-12,2024-03-31}', '2024-01-01', '2024-12-31');
-- in another order the same; amounts of a day come together
SELECT day, step, open_amount FROM dunning_simulate(:'three', '2024-03-01', '{-60,100,-45,5}', '{2024-03-31,2024-02-01,2024-03-12,2024-03-12}', '2024-01-01', '2024-12-31');
-- the first and the last day are asked about
SELECT from_day, to_day, array_agg(day ORDER BY day) AS days, array_agg(step ORDER BY day) AS steps
FROM (VALUES (DATE '2024-03-06', DATE '2024-03-06'), ('2024-03-05', '2024-03-05'), ('2024-03-01', '2024-03-31'), ('2024-03-01', '2024-03-30'), ('2024-04-10', '2024-12-31')) AS t (from_day, to_day),
	dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', from_day, to_day) GROUP BY 1, 2 ORDER BY 1, 2;
-- nothing is asked about before the item is there
SELECT day, step FROM dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-03-10}', '2024-01-01', '2024-12-31') ORDER BY day;
-- steps taken before
SELECT last_step, last_on, day, step FROM (VALUES (1, DATE '2024-03-06'), (2, '2024-03-20'), (3, '2024-03-01'), (NULL, NULL)) AS t (last_step, last_on),
	dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-03-20', '2024-12-31', last_step => last_step, last_step_on => last_on) ORDER BY 1, 3;
-- a payment that comes back: being paid has reset the ladder, or not
SELECT reset, array_agg(step ORDER BY day) AS steps, array_agg(day ORDER BY day) AS days FROM unnest('{true,false}'::boolean[]) AS reset,
	dunning_simulate((:'three'::jsonb || jsonb_build_object('reset', reset))::dunning_policy, '2024-03-01', '{100,-100,100}', '{2024-02-01,2024-03-10,2024-04-05}', '2024-01-01', '2024-12-31') GROUP BY 1 ORDER BY 1;
-- segment, channels, calendar, base "invoice", currency, prescription
\set more '{"ladders": {"default": [], "vip": [{"step": 1, "base": "invoice", "delay_days": 37, "action": "remind", "channels": ["email", "letter"], "min_amount": {"JPY": 1500, "default": 10}}, {"step": 2, "base": "previous", "delay_days": 10, "action": "call"}]}}'
SELECT id, day, step, channel FROM (VALUES (1, NULL, NULL::text[], NULL::business_calendar, 'EUR', NULL::date), (2, 'vip', NULL, NULL, 'EUR', NULL), (3, 'vip', '{letter}', NULL, 'EUR', NULL), (4, 'vip', '{}', NULL, 'EUR', NULL),
	(5, 'vip', NULL, 'FR', 'EUR', NULL), (6, 'vip', NULL, NULL, 'JPY', NULL), (7, 'vip', NULL, NULL, 'EUR', '2024-05-18')) AS t (id, segment, channels, calendar, currency, prescribed_on),
	dunning_simulate(:'more', '2024-05-01', '{100}', '{2024-04-01}', '2024-01-01', '2024-12-31', segment, channels, calendar, NULL, '2024-04-01', currency, prescribed_on => prescribed_on) ORDER BY 1, 2;
-- nothing to answer
SELECT count(*) AS none FROM (SELECT dunning_simulate(NULL, '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', '2024-12-31') UNION ALL
	SELECT dunning_simulate(:'three', NULL, '{100}', '{2024-02-01}', '2024-01-01', '2024-12-31') UNION ALL SELECT dunning_simulate(:'three', '2024-03-01', NULL, '{2024-02-01}', '2024-01-01', '2024-12-31') UNION ALL
	SELECT dunning_simulate(:'three', '2024-03-01', '{100}', NULL, '2024-01-01', '2024-12-31') UNION ALL SELECT dunning_simulate(:'three', '2024-03-01', '{}', '{}', '2024-01-01', '2024-12-31') UNION ALL
	SELECT dunning_simulate(:'three', '2024-03-01', '{-100}', '{2024-02-01}', '2024-01-01', '2024-12-31')) AS q;
-- amounts of 10^15, and a step ten years late
SELECT day, step, open_amount, fee FROM dunning_simulate('{"ladders": {"default": [{"step": 1, "delay_days": 3653, "action": "remind", "fee": {"pct": 1}}]}}', '2024-03-01', '{1e15,-0.01}', '{2024-02-01,2024-03-12}', '2024-01-01', '9999-12-31');
-- errors
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-02', '2024-01-01');
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', NULL, '2024-01-01');
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', NULL);
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', 'infinity');
SELECT dunning_simulate(:'three', '2024-03-01', '{100,-1}', '{2024-02-01}', '2024-01-01', '2024-12-31');
SELECT dunning_simulate(:'three', '2024-03-01', '{100,NULL}', '{2024-02-01,2024-02-02}', '2024-01-01', '2024-12-31');
SELECT dunning_simulate(:'three', '2024-03-01', '{100,-1}', '{2024-02-01,NULL}', '2024-01-01', '2024-12-31');
SELECT dunning_simulate(:'three', '2024-03-01', '{NaN}', '{2024-02-01}', '2024-01-01', '2024-12-31');
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{-infinity}', '2024-01-01', '2024-12-31');
SELECT dunning_simulate(:'three', '2024-03-01', '{90000000000000000,90000000000000000}', '{2024-02-01,2024-02-01}', '2024-01-01', '2024-12-31');
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', '2024-12-31', last_step => -1);
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', '2024-12-31', currency => 'eur');
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', '2024-12-31', last_step => 1, last_step_on => '2024-01-02');
SELECT dunning_simulate(:'three', '2024-03-01', '{100}', '{2024-02-01}', '2024-01-01', '2024-12-31', rates => '{"rates": [{"from": "2024-03-10", "rate_pct": 10}]}');

-- Every day --------------------------------------------------------------------------

-- dunning_next_step asked on every day of 300, with the steps that it gave before
CREATE FUNCTION every_day(policy dunning_policy, due_on date, amounts numeric[], days date[], from_day date, to_day date, segment text, calendar business_calendar, rates rate_schedule, issued date,
	OUT day date, OUT step integer, OUT open numeric, OUT sums numeric[], OUT reason text) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	answer dunning_step;
	last_step integer := 0;
	last_on date;
BEGIN
	FOR i IN 0 .. to_day - from_day LOOP
		day := from_day + i;
		SELECT coalesce(sum(a), 0) INTO open FROM unnest(amounts, days) AS c (a, d) WHERE d <= day;
		answer := dunning_next_step(policy, due_on, open, day, last_step, last_on, segment => segment, calendar => calendar, rates => rates, invoice_on => issued);
		IF answer.due_on <= day THEN
			step := answer.step;
			sums := ARRAY[answer.fee, answer.interest, answer.indemnity];
			reason := answer.reason;
			RETURN NEXT;
			last_step := answer.step;
			last_on := day;
		ELSIF answer.due_on IS NULL THEN
			last_step := answer.step;
		END IF;
	END LOOP;
END $$;
-- a number from 0 to 1 for each id and k
CREATE FUNCTION draw(id int, k int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint8extended(id, k) & 65535) / 65536.0 $$;
CREATE TABLE policy (id int, p dunning_policy);
INSERT INTO policy VALUES
	(0, :'three'),
	(1, (:'three'::jsonb || '{"progression": "highest", "grace_days": 8, "min_gap_days": 12}')::dunning_policy),
	(2, '{"ladders": {"default": [{"step": 1, "delay_days": -5, "action": "remind", "min_amount": 300}, {"step": 2, "delay_days": 3, "action": "remind"}, {"step": 3, "base": "previous", "delay_days": 7, "action": "call", "interest": true}, {"step": 4, "base": "previous_month_end", "delay_days": 10, "action": "letter", "fee": {"pct": 2.5}, "min_amount": 100}]}, "stop": ["cost"]}'),
	(3, '{"ladders": {"default": [{"step": 1, "base": "due_month_end", "delay_days": 10, "action": "remind", "cost": 400}, {"step": 2, "delay_days": 12, "action": "remind"}, {"step": 3, "base": "invoice", "delay_days": 60, "action": "letter", "min_amount": 250}, {"step": 4, "base": "previous", "delay_days": 20, "action": "legal", "approval": true}], "b": [{"step": 2, "delay_days": -2, "action": "call"}, {"step": 7, "delay_days": 33, "action": "collect", "indemnity": 40}]}, "progression": "highest", "roll": "modified_following", "reset": false, "stop": ["cost"]}');
CREATE TABLE item AS
SELECT id, id % 4 AS policy, DATE '2024-02-01' + (60 * draw(id, 1))::int AS due_on, DATE '2024-01-01' + (40 * draw(id, 2))::int AS issued, round((1000 * draw(id, 3))::numeric, 2) AS amount,
	CASE WHEN draw(id, 4) < 0.4 THEN 'b' END AS segment, CASE WHEN draw(id, 5) < 0.5 THEN business_calendar 'FR' END AS calendar, CASE WHEN draw(id, 6) < 0.5 THEN rate_schedule :'ten' END AS rates
FROM generate_series(1, 80) AS id;
CREATE TABLE payment AS
SELECT id AS item, issued + (100 * draw(id, 10 + k))::int AS day, round((CASE WHEN draw(id, 20 + k) < 0.2 THEN amount WHEN draw(id, 20 + k) < 0.3 THEN -amount ELSE amount * draw(id, 30 + k) END)::numeric, 2) AS amount
FROM item, generate_series(1, 4) AS k WHERE k <= 5 * draw(id, 9);
CREATE TABLE simulated AS
SELECT i.*, s.* FROM item AS i JOIN policy ON policy.id = i.policy, LATERAL (SELECT array_agg(-amount) AS amounts, array_agg(day) AS days FROM payment WHERE item = i.id) AS c,
	dunning_simulate(p, due_on, i.amount || amounts, issued || days, '2024-01-10', '2024-11-05', i.segment, NULL, calendar, rates, issued) AS s;
CREATE TABLE daily AS
SELECT i.id, d.* FROM item AS i JOIN policy ON policy.id = i.policy, LATERAL (SELECT array_agg(-amount) AS amounts, array_agg(day) AS days FROM payment WHERE item = i.id) AS c,
	every_day(p, due_on, i.amount || amounts, issued || days, '2024-01-10', '2024-11-05', i.segment, calendar, rates, issued) AS d;
SELECT count(*) > 150 AS enough, count(DISTINCT policy) AS policies, count(DISTINCT step) AS steps FROM simulated;
CREATE VIEW asked AS SELECT id, day, step, open, sums, reason FROM daily;
CREATE VIEW jumped AS SELECT id, day, step, open_amount, ARRAY[fee, interest, indemnity] AS sums, reason FROM simulated;
SELECT count(*) AS differences FROM ((SELECT * FROM asked EXCEPT ALL SELECT * FROM jumped) UNION ALL (SELECT * FROM jumped EXCEPT ALL SELECT * FROM asked)) AS q;

-- A ledger ------------------------------------------------------------------------------

CREATE TABLE invoice (id int, customer_id bigint, due_on date, issued_on date, total numeric, line text);
INSERT INTO invoice VALUES (1, 10, '2024-03-01', '2024-02-01', 100, NULL), (2, 10, '2024-03-05', '2024-02-01', 250, NULL), (10, 11, '2024-04-01', '2024-03-01', 80, 'x'), (11, 12, NULL, '2024-03-01', 80, NULL), (12, 12, '2024-03-01', NULL, NULL, NULL), (13, 12, '2024-03-01', '2024-02-01', -50, NULL);
CREATE TABLE receipt (invoice_id int, paid_on date, paid numeric);
INSERT INTO receipt VALUES (1, '2024-03-12', 40), (1, '2024-03-16', 10), (1, '2024-03-20', 30), (1, '2024-03-25', -5), (2, '2024-03-10', 250), (3, '2024-03-10', 70), (NULL, NULL, 1000), (10, '2024-05-30', 80), (10, '2024-05-01', 0);
\set items '''SELECT id AS item, customer_id AS customer, due_on, total AS amount, line AS segment, issued_on FROM invoice'''
\set payments '''SELECT invoice_id AS item, paid_on AS day, paid AS amount FROM receipt'''
SELECT * FROM dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-12-31', rates => :'ten');
-- what is received after the last day is not known on it
SELECT item, day, step, paid_by_next, days_to_next_payment FROM dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-03-19');
-- what is no money counts as paid, and is not received: 40.00 of item 1 by a credit note
SELECT item, day, step, open_amount, paid_by_next, days_to_next_payment FROM dunning_backtest(:'three', :items, 'SELECT invoice_id AS item, paid_on AS day, paid AS amount, CASE WHEN paid_on = ''2024-03-12'' THEN false WHEN paid = 10 THEN true END AS received FROM receipt', '2024-01-01', '2024-12-31') WHERE item = '1';
-- nothing is ever paid
SELECT item, count(*), sum(open_amount), sum(paid_by_next) FROM dunning_backtest(:'three', :items, NULL, '2024-01-01', '2024-12-31') GROUP BY item ORDER BY item;
-- channels that there are
SELECT DISTINCT step, channel FROM dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-12-31', '{"channels": ["fax", "letter"]}') WHERE step = 1;
SELECT count(*) FROM dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-12-31', '{"channels": []}');
-- columns of other types: items by name, whose blanks do not count; amounts as integers; customers that have a text form
SELECT item, customer, day, step, open_amount, paid_by_next FROM dunning_backtest(:'three', 'SELECT name::char(20) AS item, DATE ''2024-03-01'' AS due_on, 100 AS amount, ''{1,2}''::int[] AS customer FROM unnest(''{b10,b9,é}''::text[]) AS name',
	'SELECT ''b9''::text AS item, DATE ''2024-03-07'' AS day, 30::smallint AS amount', '2024-01-01', '2024-03-31');
-- steps taken before, prescription, currency
SELECT item, day, step FROM dunning_backtest(:'three', 'SELECT i AS item, DATE ''2024-03-01'' AS due_on, 100 AS amount, i % 3 AS last_step, CASE WHEN i % 3 > 0 THEN DATE ''2024-01-01'' END AS last_step_on,
	CASE WHEN i = 4 THEN DATE ''2024-03-31'' END AS prescribed_on FROM generate_series(3, 5) AS i', NULL, '2024-01-01', '2024-12-31') ORDER BY item, day;
-- the same as dunning_simulate, in any order of rows
CREATE FUNCTION tested(p int, by text) RETURNS TABLE (p int, item int, day date, step int, action text, open_amount numeric, fee numeric, interest numeric, indemnity numeric, reason text, segment text) LANGUAGE sql AS $$
	SELECT $1, item::int, day, step, action, open_amount, fee, interest, indemnity, reason, segment
	FROM dunning_backtest((SELECT policy.p FROM policy WHERE id = $1), format('SELECT id AS item, due_on, amount, segment, issued AS issued_on FROM item WHERE policy = %s AND calendar IS NULL AND rates IS NULL ORDER BY %s', $1, by),
		'SELECT * FROM payment ORDER BY ' || replace(by, 'id', 'item'), '2024-01-10', '2024-11-05') $$;
CREATE VIEW one AS SELECT policy, id, day, step, action, open_amount, fee, interest, indemnity, reason, segment FROM simulated WHERE calendar IS NULL AND rates IS NULL;
SELECT by, count(*) > 30 AS enough, count(DISTINCT p) AS policies, (SELECT count(*) FROM ((SELECT * FROM one EXCEPT ALL SELECT t.* FROM generate_series(0, 3) AS i, tested(i, by) AS t) UNION ALL (SELECT t.* FROM generate_series(0, 3) AS i, tested(i, by) AS t EXCEPT ALL SELECT * FROM one)) AS q) AS differences
FROM unnest('{id,id DESC,hashint8(id)}'::text[]) AS by, generate_series(0, 3) AS i, tested(i, by) AS t GROUP BY by ORDER BY by;
-- and the rows come by item and day
SELECT array_agg(ROW(item, day)::text) = array_agg(ROW(item, day)::text ORDER BY item, day) AS ordered FROM tested(0, 'hashint8(id)');
-- what was received after each step, by plain SQL; nothing is counted twice
WITH steps AS (SELECT item::int, day, paid_by_next, days_to_next_payment, coalesce(lead(day) OVER (PARTITION BY item ORDER BY day), '2024-11-05') AS until
	FROM dunning_backtest((SELECT p FROM policy WHERE id = 0), 'SELECT id AS item, due_on, amount, issued AS issued_on FROM item', 'SELECT * FROM payment', '2024-01-10', '2024-11-05'))
SELECT count(*) > 100 AS enough, count(*) FILTER (WHERE paid_by_next <> 0) > 30 AS paid, count(*) FILTER (WHERE paid_by_next <> received) AS wrong_sums, count(*) FILTER (WHERE days_to_next_payment IS DISTINCT FROM days) AS wrong_days
FROM steps AS s, LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE p.day <= until), 0) AS received, min(p.day) FILTER (WHERE amount > 0) - s.day AS days FROM payment AS p WHERE p.item = s.item AND p.day > s.day AND p.day <= '2024-11-05') AS q;

-- Queries that cannot be ------------------------------------------------------------------

\set bt 'SELECT count(*) FROM dunning_backtest(' :'three' ','
\set span ',''2024-01-01'',''2024-12-31'')'
:bt 'SELECT id AS item, due_on FROM invoice', NULL :span;
:bt 'SELECT id AS item, total AS amount FROM invoice', NULL :span;
:bt 'SELECT due_on, total AS amount FROM invoice', NULL :span;
:bt 'SELECT id AS item, due_on, total AS amount, 1 AS amount FROM invoice', NULL :span;
:bt 'SELECT id AS item, due_on::text, total AS amount FROM invoice', NULL :span;
:bt 'SELECT id AS item, due_on, total::float8 AS amount FROM invoice', NULL :span;
:bt 'SELECT id AS item, due_on, total AS amount, 1::bigint AS last_step FROM invoice', NULL :span;
:bt :items, 'SELECT invoice_id AS item, paid AS amount FROM receipt' :span;
:bt :items, 'SELECT invoice_id AS item, paid_on AS day, paid AS amount, 1 AS received FROM receipt' :span;
:bt :items, 'SELECT invoice_id::text AS item, paid_on AS day, paid AS amount FROM receipt' :span;
:bt 'SELECT id::text AS item, due_on, total AS amount FROM invoice', :payments :span;
:bt 'SELECT NULL::int AS item, due_on, total AS amount FROM invoice', NULL :span;
:bt :items, 'SELECT invoice_id AS item, NULL::date AS day, paid AS amount FROM receipt' :span;
:bt :items, 'SELECT invoice_id AS item, paid_on AS day, NULL::int AS amount FROM receipt' :span;
:bt 'SELECT id / 10 AS item, due_on, total AS amount FROM invoice', NULL :span;
:bt 'SELECT id AS item, due_on, total * ''Infinity'' AS amount FROM invoice WHERE id = 1', NULL :span;
:bt 'SELECT id AS item, date ''infinity'' AS due_on, total AS amount FROM invoice WHERE id = 1', NULL :span;
:bt 'SELECT id AS item, due_on, total AS amount, ''eur'' AS currency FROM invoice', NULL :span;
:bt 'SELECT id AS item, due_on, total AS amount, 1 AS last_step, date ''2024-01-02'' AS last_step_on FROM invoice WHERE id = 1', NULL :span;
:bt 'SELECT', NULL :span;
:bt 'SELECT 1 / 0 AS item, due_on, total AS amount FROM invoice', NULL :span;
:bt 'DELETE FROM invoice RETURNING id AS item, due_on, total AS amount', NULL :span;
:bt 'WITH gone AS (DELETE FROM invoice RETURNING *) SELECT id AS item, due_on, total AS amount FROM gone', NULL :span;
:bt 'SELECT 1; SELECT 2', NULL :span;
:bt '', NULL :span;
:bt NULL, NULL :span;
SELECT dunning_backtest(NULL, :items, :payments, '2024-01-01', '2024-12-31');
SELECT dunning_backtest(:'three', :items, :payments, '2024-01-02', '2024-01-01');
SELECT dunning_backtest(:'three', :items, :payments, NULL, '2024-01-01');
SELECT dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-12-31', '{"chanels": []}');
SELECT dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-12-31', '{"channels": [1]}');
SELECT dunning_backtest(:'three', :items, :payments, '2024-01-01', '2024-12-31', NULL);
-- it runs as the caller
CREATE ROLE regress_backtest_reader;
GRANT SELECT ON receipt TO regress_backtest_reader;
SET ROLE regress_backtest_reader;
:bt :items, :payments :span;
RESET ROLE;
GRANT SELECT ON invoice TO regress_backtest_reader;
SET ROLE regress_backtest_reader;
:bt :items, :payments :span;
RESET ROLE;
DROP OWNED BY regress_backtest_reader;
DROP ROLE regress_backtest_reader;
SELECT count(*) AS invoices FROM invoice;
