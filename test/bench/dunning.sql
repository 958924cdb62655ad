-- dunning.sql: the next dunning step by a policy of five steps against the same by
-- hand, by CASE and by LATERAL over a table of steps, for the plain case: no holds,
-- promises, disputes, calendars, segments, minimums, or days of the last step.
-- Variables: items, the number of rows.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE open_item AS
SELECT id, CASE WHEN id % 50 = 0 THEN 0.00 WHEN id % 50 = 1 THEN -1 ELSE 1 END * round((exp(9 * bench.random(id, 51)))::numeric, 2) AS open,
	CASE WHEN id % 1000 <> 7 THEN DATE '2024-06-30' - floor(90 * bench.random(id, 52))::int END AS due_on,
	floor(5.2 * bench.random(id, 53))::int AS last_step
FROM generate_series(1, :items) AS id;
VACUUM (FREEZE, ANALYZE) open_item;
CREATE UNLOGGED TABLE step_row (step int PRIMARY KEY, delay_days int NOT NULL, action text NOT NULL, channel text NOT NULL, template text NOT NULL, fee numeric(12, 2) NOT NULL, pay_by_days int NOT NULL);
INSERT INTO step_row VALUES (1, 5, 'remind', 'email', 'r1', 0, 14), (2, 15, 'remind', 'letter', 'r2', 5, 14), (3, 30, 'call', 'phone', 'r3', 5, 7),
	(4, 45, 'formal_notice', 'registered', 'r4', 40, 8), (5, 60, 'agency', 'letter', 'r5', 0, 8);
VACUUM (FREEZE, ANALYZE) step_row;
SELECT jsonb_build_object('ladders', jsonb_build_object('default', jsonb_agg(jsonb_build_object('step', step, 'delay_days', delay_days, 'action', action,
	'channels', jsonb_build_array(channel), 'template', template, 'fee', jsonb_build_object('fixed', fee), 'pay_by_days', pay_by_days) ORDER BY step)))::dunning_policy AS policy
FROM step_row \gset
SELECT format('%s open items, %s steps', count(*), (SELECT count(*) FROM step_row)) FROM open_item;

\set fields '(s).step, (s).action, (s).channel, (s).template, (s).due_on, (s).pay_by, (s).fee, (s).interest, (s).indemnity, (s).reason'
\set row_type 'step, action, channel, template, due_on, pay_by, fee, interest, indemnity, reason'

-- By hand: the item, then its step, then what follows of both.
CREATE VIEW by_case AS
SELECT id, CASE WHEN fault IS NULL THEN step WHEN fault = 'settled' THEN 0 ELSE last_step END AS step,
	CASE WHEN fault IS NULL THEN CASE step WHEN 1 THEN 'remind' WHEN 2 THEN 'remind' WHEN 3 THEN 'call' WHEN 4 THEN 'formal_notice' ELSE 'agency' END END AS action,
	CASE WHEN fault IS NULL THEN CASE step WHEN 1 THEN 'email' WHEN 2 THEN 'letter' WHEN 3 THEN 'phone' WHEN 4 THEN 'registered' ELSE 'letter' END END AS channel,
	CASE WHEN fault IS NULL THEN CASE step WHEN 1 THEN 'r1' WHEN 2 THEN 'r2' WHEN 3 THEN 'r3' WHEN 4 THEN 'r4' ELSE 'r5' END END AS template,
	CASE WHEN fault IS NULL THEN day END AS due_on,
	CASE WHEN fault IS NULL THEN greatest(day, DATE '2024-06-30') + CASE step WHEN 1 THEN 14 WHEN 2 THEN 14 WHEN 3 THEN 7 ELSE 8 END END AS pay_by,
	CASE WHEN fault IS NULL THEN CASE step WHEN 1 THEN 0.00 WHEN 2 THEN 5.00 WHEN 3 THEN 5.00 WHEN 4 THEN 40.00 ELSE 0.00 END END AS fee,
	CASE WHEN fault IS NULL THEN 0.00 END AS interest, CASE WHEN fault IS NULL THEN 0.00 END AS indemnity,
	CASE WHEN fault IS NOT NULL THEN fault WHEN day <= DATE '2024-06-30' THEN 'due' ELSE 'not_due' END AS reason
FROM (SELECT id, last_step, step, due_on + CASE step WHEN 1 THEN 5 WHEN 2 THEN 15 WHEN 3 THEN 30 WHEN 4 THEN 45 ELSE 60 END AS day,
	CASE WHEN due_on IS NULL OR open IS NULL THEN 'missing_due' WHEN open < 0 THEN 'credit' WHEN open = 0 THEN 'settled' WHEN step > 5 THEN 'no_more_levels' END AS fault
	FROM (SELECT id, due_on, open, last_step, last_step + 1 AS step FROM open_item OFFSET 0) AS a OFFSET 0) AS b;

CREATE VIEW by_lateral AS
SELECT i.id, CASE WHEN r.step IS NOT NULL THEN r.step WHEN open = 0 THEN 0 ELSE last_step END AS step, r.action, r.channel, r.template, i.due_on + r.delay_days AS due_on,
	greatest(i.due_on + r.delay_days, DATE '2024-06-30') + r.pay_by_days AS pay_by, r.fee, CASE WHEN r.step IS NOT NULL THEN 0.00 END AS interest,
	CASE WHEN r.step IS NOT NULL THEN 0.00 END AS indemnity,
	CASE WHEN due_on IS NULL OR open IS NULL THEN 'missing_due' WHEN open < 0 THEN 'credit' WHEN open = 0 THEN 'settled' WHEN r.step IS NULL THEN 'no_more_levels'
		WHEN i.due_on + r.delay_days <= DATE '2024-06-30' THEN 'due' ELSE 'not_due' END AS reason
FROM open_item AS i LEFT JOIN LATERAL
	(SELECT * FROM step_row AS s WHERE s.step > i.last_step AND i.open > 0 AND i.due_on IS NOT NULL ORDER BY s.step LIMIT 1) AS r ON true;

INSERT INTO bench.query (name, plan, sql) VALUES
('dunning_next_step', '^Seq Scan on open_item',
format($$SELECT id, dunning_next_step(%L, due_on, open, DATE '2024-06-30', last_step) AS s FROM open_item$$, :'policy')),
('fields of dunning_next_step', '^Subquery Scan.*Seq Scan on open_item',
format($$SELECT id, %s FROM (SELECT id, dunning_next_step(%L, due_on, open, DATE '2024-06-30', last_step) AS s FROM open_item OFFSET 0) AS q$$, :'fields', :'policy')),
('dunning_next_on', '^Seq Scan on open_item',
format($$SELECT id, dunning_next_on(%L, due_on, open, DATE '2024-06-30', last_step) FROM open_item$$, :'policy')),
('row by CASE', '^Subquery Scan.*Seq Scan on open_item', format('SELECT id, ROW(%s)::dunning_step AS s FROM by_case', :'row_type')),
('fields by CASE', '^Subquery Scan.*Seq Scan on open_item', 'SELECT * FROM by_case'),
('row by LATERAL', '^Nested Loop.*open_item.*step_row', format('SELECT id, ROW(%s)::dunning_step AS s FROM by_lateral', :'row_type')),
('fields by LATERAL', '^Nested Loop.*open_item.*step_row', 'SELECT * FROM by_lateral'),
('day by CASE', '^Subquery Scan.*Seq Scan on open_item', 'SELECT id, due_on FROM by_case'),
('scan of items', '^Seq Scan on open_item', 'SELECT id, due_on, open, last_step FROM open_item');

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('dunning_next_step', 'row by CASE'), ('dunning_next_step', 'row by LATERAL'), ('fields of dunning_next_step', 'fields by CASE'),
	('fields of dunning_next_step', 'fields by LATERAL'), ('dunning_next_on', 'day by CASE')) \g /dev/null

SELECT bench.compare('dunning_next_step / the same row by CASE', 'dunning_next_step', 'row by CASE', 1);
SELECT bench.compare('dunning_next_step / the same row by LATERAL over a table of steps', 'dunning_next_step', 'row by LATERAL', 1);
SELECT bench.compare('its ten fields / the same by LATERAL', 'fields of dunning_next_step', 'fields by LATERAL', 1);
SELECT bench.seconds('dunning_next_step, microseconds a row with the scan', 'dunning_next_step', 1e6 / :items, 1);
SELECT 'shown, not judged:';
SELECT bench.compare('its ten fields / the same by CASE', 'fields of dunning_next_step', 'fields by CASE');
SELECT bench.compare('dunning_next_on / day by CASE', 'dunning_next_on', 'day by CASE');
SELECT bench.compare('dunning_next_on / dunning_next_step', 'dunning_next_on', 'dunning_next_step');
SELECT bench.seconds('the scan alone, microseconds a row', 'scan of items', 1e6 / :items, NULL);
