-- Reminders 5, 15 and 30 days after the due date, then an agency after 60.
SELECT jsonb_build_object('ladders', jsonb_build_object('default', jsonb_agg(jsonb_build_object('step', step, 'delay_days', delay, 'action', action, 'cost', cost, 'fee', jsonb_build_object('fixed', fee)) ORDER BY step)))::dunning_policy AS policy
FROM (VALUES (1, 5, 'remind', 0.10, 0), (2, 15, 'letter', 1.50, 5), (3, 30, 'formal_notice', 6.00, 40), (4, 60, 'agency', 25.00, 0)) AS t (step, delay, action, cost, fee) \gset
CREATE TABLE plain (step int, delay int, cost numeric, fee numeric);
INSERT INTO plain VALUES (1, 5, 0.10, 0), (2, 15, 1.50, 5), (3, 30, 6.00, 40), (4, 60, 25.00, 0);

-- IBM: all is paid at once, on the day of settlement; a step falls on its day when nothing has come in by that evening.
SELECT min(issued) AS from_day, max(settled) AS to_day FROM ibm \gset
\set ibm_items '''SELECT invoice AS item, customer, due AS due_on, amount, issued AS issued_on FROM ibm ORDER BY %s'''
\set ibm_payments '''SELECT invoice AS item, settled AS day, amount FROM ibm ORDER BY %s'''
CREATE TABLE ibm_steps AS SELECT * FROM dunning_backtest(:'policy', format(:ibm_items, 'invoice'), format(:ibm_payments, 'invoice'), :'from_day', :'to_day');
CREATE TABLE ibm_plain AS
SELECT invoice AS item, customer, due + delay AS day, step, amount AS open, fee, cost, CASE WHEN settled <= lead(due + delay, 1, DATE '9999-12-31') OVER (PARTITION BY invoice ORDER BY step) THEN amount ELSE 0 END AS paid, settled - due - delay AS days
FROM ibm, plain WHERE due + delay < settled;
SELECT count(*) = 2466 AND count(DISTINCT invoice) = 2466 AND min(settled - issued) >= 0, format('IBM: 2,466 invoices over %s days, %s to %s', max(settled) - min(issued) + 1, min(issued), max(settled)) FROM ibm;
SELECT count(*) = 0, 'IBM: each step on the day after its delay unless settled by then, with what came in after it'
FROM ((SELECT item, customer, day, step, open_amount, fee, cost, paid_by_next, days_to_next_payment FROM ibm_steps EXCEPT ALL SELECT * FROM ibm_plain) UNION ALL
	(SELECT * FROM ibm_plain EXCEPT ALL SELECT item, customer, day, step, open_amount, fee, cost, paid_by_next, days_to_next_payment FROM ibm_steps)) AS q;
SELECT array_agg(n ORDER BY step) = (SELECT array_agg(n ORDER BY step) FROM (SELECT step, count(*) AS n FROM plain, ibm WHERE days_late > delay GROUP BY step) AS p), 'IBM: as many as the file''s own days late say: ' || string_agg(format('%s of step %s', n, step), ', ' ORDER BY step)
FROM (SELECT step, count(*) AS n FROM ibm_steps GROUP BY step) AS s;
SELECT bool_and(reason = 'due') AND sum(paid_by_next) = (SELECT sum(amount) FROM ibm WHERE days_late > 5), format('IBM: %s is received after a step, each invoice once; cost %s, fees %s', sum(paid_by_next), sum(cost), sum(fee)) FROM ibm_steps;
SELECT count(DISTINCT sum) = 1 AND count(*) = 3, 'IBM: the same rows again, and with the rows of both queries in other orders'
FROM (SELECT by, md5(string_agg(q::text, E'\n')) AS sum FROM unnest('{invoice,invoice DESC,md5(invoice)}'::text[]) AS by, dunning_backtest(:'policy', format(:ibm_items, by), format(:ibm_payments, by), :'from_day', :'to_day') AS q GROUP BY by) AS runs;

-- The same day by day: what dunning_next_step says on each of all days, given the steps so far.
SELECT count(*) = 0, 'IBM: dunning_next_step asked on every day of the files, for a tenth of the invoices' FROM (
	WITH RECURSIVE asked AS (
		SELECT invoice, issued AS day, 0 AS last_step, NULL::date AS last_on, 0 AS taken, amount, due, settled FROM ibm WHERE hashtext(invoice) % 10 = 0
		UNION ALL
		SELECT invoice, day + 1, CASE WHEN (s).due_on <= day THEN (s).step WHEN (s).due_on IS NULL THEN (s).step ELSE last_step END, CASE WHEN (s).due_on <= day THEN day ELSE last_on END, CASE WHEN (s).due_on <= day THEN (s).step ELSE 0 END, amount, due, settled
		FROM asked, LATERAL (SELECT dunning_next_step(:'policy', due, CASE WHEN settled <= day THEN 0 ELSE amount END, day, last_step, last_on) AS s OFFSET 0) AS q WHERE day <= :'to_day')
	(SELECT invoice, day - 1, taken FROM asked WHERE taken > 0 EXCEPT ALL SELECT item, day, step FROM ibm_plain)
	UNION ALL (SELECT item, day, step FROM ibm_plain WHERE hashtext(item) % 10 = 0 EXCEPT ALL SELECT invoice, day - 1, taken FROM asked WHERE taken > 0)) AS q;

-- A second policy beside it: one letter after 10 days and an agency after 45, over the payments that there were.
SELECT a.n > b.n AND a.cost > 0 AND b.cost > 0, format('IBM: %s steps at %s under the plain policy, %s at %s under one of two steps', a.n, a.cost, b.n, b.cost)
FROM (SELECT count(*) AS n, sum(cost) AS cost FROM ibm_steps) AS a,
	(SELECT count(*) AS n, sum(cost) AS cost FROM dunning_backtest('{"ladders": {"default": [{"step": 1, "delay_days": 10, "action": "letter", "cost": 1.5}, {"step": 2, "delay_days": 45, "action": "agency", "cost": 25}]}}',
		format(:ibm_items, 'invoice'), format(:ibm_payments, 'invoice'), :'from_day', :'to_day')) AS b
WHERE b.n = (SELECT count(*) FILTER (WHERE days_late > 10) + count(*) FILTER (WHERE days_late > 45) FROM ibm);

-- HighRadius, what was cleared: 40,000 invoices whose key is the customer and his count.
SELECT min(due) AS from_day, max(cleared) AS to_day FROM highradius_cleared \gset
\set items '''SELECT customer || ''''-'''' || seq AS item, customer, due AS due_on, amount FROM highradius_cleared'''
\set payments '''SELECT customer || ''''-'''' || seq AS item, cleared AS day, amount FROM highradius_cleared'''
CREATE TABLE cleared_steps AS SELECT * FROM dunning_backtest(:'policy', :items, :payments, :'from_day', :'to_day');
SELECT count(*) = 40000 AND min(amount) > 0, format('HighRadius: 40,000 cleared invoices over %s days, %s to %s', max(cleared) - min(due) + 1, min(due), max(cleared)) FROM highradius_cleared;
SELECT count(*) = 0, 'HighRadius, cleared: each step on the day after its delay unless cleared by then'
FROM ((SELECT item, day, step, open_amount FROM cleared_steps EXCEPT ALL SELECT customer || '-' || seq, due + delay, step, amount FROM highradius_cleared, plain WHERE days_late > delay) UNION ALL
	(SELECT customer || '-' || seq, due + delay, step, amount FROM highradius_cleared, plain WHERE days_late > delay EXCEPT ALL SELECT item, day, step, open_amount FROM cleared_steps)) AS q;
SELECT sum(paid_by_next) = (SELECT sum(amount) FROM highradius_cleared WHERE days_late > 5), format('HighRadius, cleared: %s steps at %s, %s received after one', count(*), sum(cost), sum(paid_by_next)) FROM cleared_steps;
SELECT count(DISTINCT sum) = 1 AND count(*) = 2, 'HighRadius, cleared: the same with the rows in another order'
FROM (SELECT 1, md5(string_agg(q::text, E'\n')) AS sum FROM cleared_steps AS q UNION ALL
	SELECT 2, md5(string_agg(q::text, E'\n')) FROM dunning_backtest(:'policy', :items || ' ORDER BY md5(customer), seq DESC', :payments || ' ORDER BY amount', :'from_day', :'to_day') AS q) AS runs;

-- HighRadius, what is open: nothing comes in, and all are known from the day on which they were posted.
SELECT min(posted) AS from_day, max(due) AS to_day FROM highradius_open \gset
\set items '''SELECT row_number AS item, customer, due AS due_on, amount, posted AS issued_on FROM highradius_open'''
CREATE TABLE open_steps AS SELECT * FROM dunning_backtest(:'policy', :items, NULL, :'from_day', :'to_day');
SELECT count(*) = 9681 AND count(DISTINCT row_number) = 9681, format('HighRadius: 9,681 open invoices over %s days, %s to %s; %s posted after they were due, %s credit notes', max(due) - min(posted) + 1, min(posted), max(due), count(*) FILTER (WHERE posted > due), count(*) FILTER (WHERE amount <= 0)) FROM highradius_open;
CREATE TABLE open_plain AS
WITH one AS (SELECT row_number, due, amount, greatest(due + 5, posted) AS one FROM highradius_open WHERE amount > 0), two AS (SELECT *, greatest(due + 15, one + 1) AS two FROM one), three AS (SELECT *, greatest(due + 30, two + 1) AS three FROM two), four AS (SELECT *, greatest(due + 60, three + 1) AS four FROM three)
SELECT row_number::text AS item, day, step, amount AS open FROM four, LATERAL unnest(ARRAY[one, two, three, four]) WITH ORDINALITY AS u (day, step) WHERE day <= :'to_day';
SELECT count(*) = 0, 'HighRadius, open: each step on the day after its delay, or on the first day that it can be'
FROM ((SELECT item, day, step, open_amount FROM open_steps EXCEPT ALL SELECT item, day, step, open FROM open_plain) UNION ALL (SELECT item, day, step, open FROM open_plain EXCEPT ALL SELECT item, day, step, open_amount FROM open_steps)) AS q;
SELECT bool_and(paid_by_next = 0 AND days_to_next_payment IS NULL), format('HighRadius, open: %s steps at %s, of which %s agencies', count(*), sum(cost), count(*) FILTER (WHERE action = 'agency')) FROM open_steps;
SELECT count(DISTINCT sum) = 1 AND count(*) = 2, 'HighRadius, open: the same with the rows in another order'
FROM (SELECT 1, md5(string_agg(q::text, E'\n')) AS sum FROM open_steps AS q UNION ALL
	SELECT 2, md5(string_agg(q::text, E'\n')) FROM dunning_backtest(:'policy', :items || ' ORDER BY md5(document::text), row_number', NULL, :'from_day', :'to_day') AS q) AS runs;
