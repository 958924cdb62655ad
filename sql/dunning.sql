CREATE SCHEMA test_dunning;
SET search_path = test_dunning, public;
-- dunning: policies, the next step of an item at every edge, plans, reasons, and
-- one letter for a customer.
\pset null '(null)'
SET DateStyle = ISO;

\set three '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind"}, {"step": 2, "delay_days": 20, "action": "letter"}, {"step": 3, "delay_days": 40, "action": "formal_notice"}]}}'
\set ten '{"rates": [{"from": "2000-01-01", "rate_pct": 10}]}'

-- Golden figures ----------------------------------------------------------------

-- A1: three levels at 5, 20 and 40 days, inclusive; a level proposed and not processed stays, one is never skipped
SELECT after AS "D0+", history, s.step, s.action, s.due_on, s.reason, s.due_on <= as_of AS in_work_list
FROM (VALUES (4, 'none', 0, NULL::date, 100.00, NULL::date), (5, 'none', 0, NULL, 100, NULL), (30, 'L1 not processed', 0, NULL, 100, NULL), (30, 'L1', 1, '2024-03-06', 100, NULL),
	(30, 'L1, blocked', 1, '2024-03-06', 100, 'infinity'), (50, 'L1, paid', 1, '2024-03-06', 0, NULL)) AS c (after, history, last_step, last_on, open, hold),
	LATERAL (SELECT DATE '2024-03-01' + after AS as_of) AS d, dunning_next_step(:'three', '2024-03-01', open, as_of, last_step, last_on, hold_until => hold) AS s;

-- A2: a fixed fee, then 15 % of the item, not of item and fee
\set a2 '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 10}}, {"step": 2, "delay_days": 10, "action": "letter", "fee": {"pct": 15}}]}}'
SELECT step, due_on, fee, 100.00 + sum(fee) OVER (ORDER BY step) AS receivable FROM dunning_plan(:'a2', '2024-03-01', 100.00, '2024-03-01');
SELECT fee, reason FROM dunning_next_step(:'a2', '2024-03-01', 100.00, '2024-03-11', 1, '2024-03-06', open_charges => 10.00);
SELECT step, reason FROM dunning_next_step(:'a2', '2024-03-01', 100.00, '2024-03-11', 2, '2024-03-11');

-- A3: 100.00, fifteen days late, 10 % by act/365, fee 10.00; and a level without either
\set a3 '{"ladders": {"default": [{"step": 1, "delay_days": 15, "action": "remind", "fee": {"fixed": 10}, "interest": true}, {"step": 2, "delay_days": 20, "action": "letter"}]}}'
SELECT step, interest, interest + fee AS dunning, 100.00 + interest + fee AS total FROM dunning_plan(:'a3', '2024-03-01', 100.00, '2024-03-16', rates => :'ten');

-- A5: as of 2012-02-01
SELECT hold, s.reason, s.due_on <= '2012-02-01' AS eligible FROM unnest('{NULL,2012-01-31,2012-02-01,2012-02-02}'::date[]) AS hold, dunning_next_step(:'three', '2012-01-01', 100.00, '2012-02-01', hold_until => hold) AS s;

-- A8: a fee in another currency is converted outside, by a dated rate: 5.00 EUR at 0.654 EUR for 1 USD
SELECT s.fee FROM dunning_next_step(jsonb_build_object('ladders', jsonb_build_object('default', jsonb_build_array(jsonb_build_object('step', 1, 'delay_days', 0, 'action', 'remind',
	'fee', jsonb_build_object('fixed', round(5.00 / 0.654, 2))))))::dunning_policy, '2024-03-01', 100.00, '2024-03-01') AS s;

-- A11: 5.00 and 2.5 % of what is open; the second run of a day has nothing to do
\set a11 '{"ladders": {"default": [{"step": 1, "delay_days": 0, "action": "remind", "fee": {"fixed": 5, "pct": 2.5}}]}}'
SELECT open, s.fee FROM unnest('{1000.00,200.00}'::numeric[]) AS open, dunning_next_step(:'a11', '2024-03-01', open, '2024-03-01') AS s;
SELECT s.step, s.due_on, s.reason FROM dunning_next_step(:'a11', '2024-03-01', 1000.00, '2024-03-01', 1, '2024-03-01') AS s;

-- C3: the eighth of May is worked in TARGET and off in France
SELECT calendar, s.due_on, s.pay_by FROM unnest('{TARGET,FR}'::text[]) AS calendar,
	dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 7, "action": "remind", "pay_by_days": 2}]}}', '2025-05-01', 100.00, '2025-05-01', calendar => calendar::business_calendar) AS s;

-- Policies --------------------------------------------------------------------------

-- the text form: keys in order, without what is the default
SELECT dunning_policy '{"currency_scale": 2, "min_gap_days": 0, "grace_days": 0, "progression": "sequential", "roll": "following", "promise_broken": "carry_on", "stop": ["prescription", "insolvency", "written_off", "handed_over"],
	"reset": true, "charges_only": "forget", "interest": {"rule": "per_period"}, "promise_min_pct": 100, "ladders": {"vip": [], "default": [{"template": "r1", "base": "due", "pay_by_days": 14, "interest": false, "approval": false, "cost": 0,
	"min_amount": 0, "fee": {"fixed": 10, "per": "letter"}, "channels": ["email", "letter"], "action": "remind", "delay_days": 5, "step": 1, "indemnity": 0}]}}';
\set full '{"ladders": {"default": [{"step": 1, "delay_days": -3, "action": "remind", "channels": ["email"], "min_amount": {"EUR": 10, "JPY": 1500, "default": 5}}, {"step": 2, "base": "invoice", "delay_days": 40, "action": "call", "channels": ["phone", "email"], "template": "c1", "fee": {"fixed": 1, "pct": 0.125, "tiers": [{"up_to": 100, "amount": 5}, {"amount": 7.5}], "per": "item"}, "interest": true, "indemnity": [{"up_to": 1000, "amount": 40}, {"up_to": 10000, "amount": 70}, {"amount": 100}], "min_amount": 20, "pay_by_days": 0, "approval": true, "cost": 3.5}, {"step": 5, "base": "previous_month_end", "delay_days": 0, "action": "write_off", "indemnity": 40}]}, "progression": "highest", "grace_days": 2, "min_gap_days": 7, "currency_scale": 3, "roll": "preceding", "promise_grace_days": 4, "promise_min_pct": 80, "promise_broken": 5, "dispute": "hold", "minimum_includes_charges": true, "blocked": "skip", "charges_only": "dun", "reset": false, "stop": ["insolvency", "cost"], "interest": {"rule": "at_start", "day_count": "30/360", "rounding": "per_period"}}'
SELECT dunning_policy :'full';

-- forms: text, JSON and binary; stored; the same again
CREATE TABLE form (id int, p dunning_policy);
INSERT INTO form VALUES (1, :'three'), (2, :'full'), (3, :'a2');
INSERT INTO form SELECT 4, jsonb_build_object('ladders', jsonb_object_agg('segment ' || i, (SELECT jsonb_agg(jsonb_build_object('step', k, 'delay_days', 3 * k, 'action', 'remind', 'template', 't' || k)) FROM generate_series(1, 100) AS k)))::dunning_policy FROM generate_series(1, 50) AS i;
SELECT id, p::text::dunning_policy = p AS text, p::jsonb::dunning_policy = p AS jsonb, p::jsonb = p::text::jsonb AS same_json, dunning_policy_send(p) = '\x01' || convert_to(p::text, 'UTF8') AS binary_form FROM form ORDER BY id;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/dunning.copy'
CREATE TABLE copied (LIKE form);
\set copy_out '\\copy form TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy_out
:copy_in
SELECT count(*) AS policies, bool_and(c.p = f.p AND c.p::text = f.p::text) AS same FROM copied AS c JOIN form AS f USING (id);
SELECT count(*) AS same FROM form AS a JOIN form AS b ON a.p = b.p;
SELECT count(*) AS different, sum(n) AS all FROM (SELECT p, count(*) AS n FROM (SELECT p FROM form UNION ALL SELECT p FROM copied) AS q GROUP BY p) AS q;
SELECT a <> b AS other, dunning_policy_hash(a) = dunning_policy_hash(b) AS hash, dunning_policy_hash_extended(a, 7) = dunning_policy_hash_extended(a, 8) AS other_seed
FROM (SELECT :'three'::dunning_policy, :'a2'::dunning_policy) AS q (a, b);
SELECT NULL::dunning_policy = :'three' AS null_is_null;
-- an indemnity of 0 is none, however it is written; tiers of 0 are kept
SELECT n, p, p = p::text::dunning_policy AS same
FROM (SELECT n, format('{"ladders": {"default": [{"step": 1, "delay_days": 1, "action": "remind", "indemnity": %s}, {"step": 2, "delay_days": 2, "action": "remind", "indemnity": [{"up_to": 5, "amount": 0}, {"amount": 7}]}]}}', indemnity)::dunning_policy
	FROM (VALUES (1, '0'), (2, '[{"amount": 0.00}]'), (3, '[{"amount": 40}]'), (4, '40.00'), (5, '[{"up_to": 1, "amount": 0}, {"amount": 0}]')) AS i (n, indemnity)) AS q (n, p);

-- its steps in plain columns
SELECT ladder, step, base, delay_days, action, channels, template, fee_fixed, fee_pct, fee_tiers, fee_per FROM dunning_ladder(:'full');
SELECT step, interest, indemnity, min_amount, pay_by_days, approval, cost FROM dunning_ladder(:'full', 'no such segment');
SELECT count(*) AS steps FROM dunning_ladder('{"ladders": {"default": [{"step": 1, "delay_days": 0, "action": "call"}], "vip": []}}', 'vip');
SELECT count(*) AS steps FROM dunning_ladder(NULL);

-- each error
CREATE FUNCTION refused(policy text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text; hint text;
BEGIN
	PERFORM policy::dunning_policy;
	RETURN 'accepted';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', sqlstate, sqlerrm, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT n, refused(format('{"ladders": {"vip": [%s]}}', steps)) FROM (VALUES
	(1, '{"step": 1, "delay_days": 20, "action": "remind"}, {"step": 2, "delay_days": 10, "action": "letter"}'),
	(2, '{"step": 1, "delay_days": 20, "action": "remind"}, {"step": 2, "base": "previous", "delay_days": 10, "action": "letter"}, {"step": 3, "delay_days": 20, "action": "letter"}'),
	(3, '{"step": 2, "delay_days": 5, "action": "remind"}, {"step": 1, "delay_days": 10, "action": "letter"}'),
	(4, '{"step": 1, "delay_days": 5, "action": "remind"}, {"step": 1, "delay_days": 10, "action": "letter"}'),
	(5, '{"step": 1, "delay_days": 5, "action": "dance"}'),
	(6, '{"step": 1, "delay_days": 5}'),
	(7, '{"step": 1, "base": "previous", "delay_days": 5, "action": "remind"}'),
	(8, '{"step": 1, "base": "previous_month_end", "delay_days": 5, "action": "remind"}'),
	(9, '{"step": 1, "delay_days": 5, "action": "remind"}, {"step": 2, "base": "previous", "delay_days": -1, "action": "call"}'),
	(10, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": -1}}'),
	(11, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"pct": -0.5}}'),
	(12, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"pct": 1000.01}}'),
	(13, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 1.005}}'),
	(14, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"tiers": [{"up_to": 10, "amount": 1}]}}'),
	(15, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"tiers": [{"up_to": 10, "amount": 1}, {"up_to": 10, "amount": 1}, {"amount": 1}]}}'),
	(16, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"tiers": []}}'),
	(17, '{"step": 1, "delay_days": 5, "action": "remind", "fee": {"per": "customer"}}'),
	(18, '{"step": 1, "delay_days": -3661, "action": "remind"}'),
	(19, '{"step": 1, "delay_days": 36601, "action": "remind"}'),
	(20, '{"step": 1, "delay_days": 5.5, "action": "remind"}'),
	(21, '{"step": 0, "delay_days": 5, "action": "remind"}'),
	(22, '{"delay_days": 5, "action": "remind"}'),
	(23, '{"step": 1, "action": "remind"}'),
	(24, '{"step": 1, "delay_days": 5, "action": "remind", "chanels": ["email"]}'),
	(25, '{"step": 1, "delay_days": 5, "action": "remind", "channels": ["email", "email"]}'),
	(26, '{"step": 1, "delay_days": 5, "action": "remind", "channels": [""]}'),
	(27, '{"step": 1, "delay_days": 5, "action": "remind", "base": "delivery"}'),
	(28, '{"step": 1, "delay_days": 5, "action": "remind", "min_amount": {"EUR": -1}}'),
	(29, '{"step": 1, "delay_days": 5, "action": "remind", "min_amount": "10"}'),
	(34, '{"step": 1, "delay_days": 5, "action": "remind", "min_amount": {"eur": 10}}'),
	(35, '{"step": 1, "delay_days": 5, "action": "remind", "min_amount": {"Default": 10}}'),
	(36, '{"step": 1, "delay_days": 5, "action": "remind", "min_amount": {"EUR": 10, "CHF": 0}}'),
	(30, '{"step": 1, "delay_days": 5, "action": "remind", "indemnity": -40}'),
	(31, '{"step": 1, "delay_days": 5, "action": "remind", "pay_by_days": -1}'),
	(32, '{"step": 1, "delay_days": 5, "action": "remind", "cost": 1e30}'),
	(33, '"remind"')) AS c (n, steps) ORDER BY n;
SELECT n, refused(policy) FROM (VALUES
	(1, '{}'), (2, '{"ladders": {}}'), (3, '{"ladders": []}'), (4, '{"ladders": {"default": {}}}'), (5, '[]'), (6, '7'), (7, '{"ladders": {"default": []}, "grace": 3}'),
	(8, '{"ladders": {"default": []}, "grace_days": -1}'), (9, '{"ladders": {"default": []}, "currency_scale": 7}'), (10, '{"ladders": {"default": []}, "progression": "random"}'),
	(11, '{"ladders": {"default": []}, "promise_broken": 0}'), (12, '{"ladders": {"default": []}, "promise_broken": "never"}'), (13, '{"ladders": {"default": []}, "promise_min_pct": 100.01}'),
	(14, '{"ladders": {"default": []}, "stop": ["death"]}'), (15, '{"ladders": {"default": []}, "dispute": true}'), (16, '{"ladders": {"default": []}, "interest": {"rate": 3}}'),
	(17, '{"ladders": {"": []}}'), (18, '{"ladders": {"default": ['), (19, '{"ladders": {"default": []}, "blocked": "wait"}')) AS c (n, policy) ORDER BY n;
SELECT refused(jsonb_build_object('ladders', jsonb_build_object('default', (SELECT jsonb_agg(jsonb_build_object('step', i, 'delay_days', i, 'action', 'remind')) FROM generate_series(1, 101) AS i)))::text);
-- a key that comes twice in one object, however deep; the same key in two objects, and braces, colons and quotation marks in names, are none
SELECT n, refused(policy) FROM (VALUES
	(1, '{"ladders": {"default": [], "vip": [], "default": []}}'), (2, '{"ladders": {"vip": [{"step": 1, "delay_days": 5, "action": "remind", "step": 2}]}}'), (3, '{"grace_days": 1, "ladders": {"vip": []}, "grace_days": 2}'),
	(4, '{"ladders": {"vip": [{"step": 1, "delay_days": 5, "action": "remind", "min_amount": {"EUR": 10, "EUR": 20}}]}}'), (5, '{"ladders": {"default": [], "d\u0065fault": []}}'),
	(6, '{"ladders": {"default": []}, "ladders": {"default": [], "vip": []}}'), (7, '{"ladders": {"default": [], "default ": [], "Default": []}}'),
	(8, '{"ladders": {"a: \"{\\": [], "a: \"{": [], "}\\\"": [{"step": 1, "delay_days": 5, "action": "call"}, {"step": 2, "delay_days": 6, "action": "call"}], "é": [{"step": 1, "delay_days": 5, "action": "call"}]}}')) AS c (n, policy) ORDER BY n;
-- also in the binary form; JSON has lost the first of two before it comes here
CREATE TABLE received (p dunning_policy);
CREATE TABLE sent AS SELECT '\x01' || convert_to('{"ladders": {"vip": [], "vip": []}}', 'UTF8') AS p;
\set file :abs_builddir '/dunning.twice'
\set copy_out '\\copy sent TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy received FROM ' :'file' ' (FORMAT binary)'
:copy_out
\set VERBOSITY terse
:copy_in
\set VERBOSITY default
SELECT '{"ladders": {"vip": [], "vip": []}}'::jsonb::dunning_policy AS "from jsonb";

-- The fifteen decisions, each at its edge: a day or a cent before, at and after -----

CREATE FUNCTION asked(policy text, options jsonb, as_of date DEFAULT '2024-03-31', open numeric DEFAULT 100.00, due date DEFAULT '2024-03-01', OUT step int, OUT action text, OUT due_on date, OUT reason text)
LANGUAGE sql AS $$
	SELECT s.step, s.action, s.due_on, s.reason FROM dunning_next_step((policy::jsonb || coalesce(options -> 'policy', '{}'))::dunning_policy, due, open, as_of,
		(options ->> 'last_step')::int, (options ->> 'last_step_on')::date, (options ->> 'promise_on')::date, (options ->> 'promise_amount')::numeric, (options ->> 'disputed_amount')::numeric,
		(options ->> 'hold_until')::date, (options ->> 'open_charges')::numeric, options ->> 'segment', (SELECT array_agg(c) FROM jsonb_array_elements_text(options -> 'channels') AS c),
		(options ->> 'calendar')::business_calendar, NULL, (options ->> 'invoice_on')::date, options ->> 'currency', options ->> 'stop', (options ->> 'prescribed_on')::date) AS s
$$;

-- 1 the day: at base + delay; an item that is due today is not overdue, but a step may fall on it
SELECT as_of, s.* FROM unnest('{2024-02-29,2024-03-01,2024-03-02}'::date[]) AS as_of, asked('{"ladders": {"default": [{"step": 1, "delay_days": 0, "action": "remind"}]}}', '{}', as_of) AS s;
SELECT as_of, s.* FROM unnest('{2024-03-01,2024-03-02,2024-03-03}'::date[]) AS as_of, asked('{"ladders": {"default": [{"step": 1, "delay_days": 1, "action": "remind"}]}}', '{}', as_of) AS s;
-- 2 the amount: at least the minimum, of what is not disputed, and of charges if they count; per currency
\set least '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "min_amount": {"EUR": 50, "JPY": 1500, "default": 20}}]}}'
SELECT open, s.reason FROM unnest('{49.99,50.00,50.01}'::numeric[]) AS open, asked(:'least', '{"currency": "EUR"}', open => open) AS s;
SELECT currency, s.reason FROM unnest('{JPY,USD,NULL}'::text[]) AS currency, asked(:'least', jsonb_build_object('currency', currency), open => 20.00) AS s;
SELECT options, s.reason FROM unnest(ARRAY['{"disputed_amount": 50.00}', '{"disputed_amount": 50.01}', '{"disputed_amount": 60, "open_charges": 10}', '{"disputed_amount": 60, "open_charges": 10, "policy": {"minimum_includes_charges": true}}',
	'{"disputed_amount": 60, "open_charges": 9.99, "policy": {"minimum_includes_charges": true}}']::jsonb[]) AS options, asked(:'least', options || '{"currency": "EUR"}') AS s;
-- 3 the base: due date, its month end, the step before, its month end, the invoice; below 0 is before it
SELECT base, s.due_on FROM (VALUES ('due'), ('due_month_end'), ('previous'), ('previous_month_end'), ('invoice')) AS b (base),
	asked(format('{"ladders": {"default": [{"step": 1, "delay_days": -30, "action": "remind"}, {"step": 2, "base": "%s", "delay_days": 10, "action": "letter"}]}}', base), '{"last_step": 1, "last_step_on": "2024-02-12", "invoice_on": "2024-01-31"}', due => '2024-02-10') AS s;
SELECT s.* FROM asked('{"ladders": {"default": [{"step": 1, "base": "invoice", "delay_days": 10, "action": "remind"}]}}', '{}') AS s;
SELECT s.* FROM asked('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind"}, {"step": 2, "base": "previous", "delay_days": 10, "action": "letter"}]}}', '{"last_step": 1}') AS s;
-- a courtesy before the due date is not sent after it
SELECT as_of, s.* FROM unnest('{2024-02-26,2024-02-27,2024-03-01,2024-03-02}'::date[]) AS as_of, asked('{"ladders": {"default": [{"step": 1, "delay_days": -3, "action": "remind"}, {"step": 2, "delay_days": 5, "action": "letter"}]}}', '{}', as_of) AS s;
-- 4 progression, and the gap from the day of the last step
SELECT as_of, a.step AS sequential, a.due_on, b.step AS highest, b.due_on FROM unnest('{2024-03-05,2024-03-20,2024-03-21,2024-04-09,2024-04-10}'::date[]) AS as_of, asked(:'three', '{}', as_of) AS a, asked(:'three', '{"policy": {"progression": "highest"}}', as_of) AS b;
SELECT last_on, s.* FROM unnest('{2024-03-16,2024-03-17,2024-03-18}'::date[]) AS last_on, asked(:'three', jsonb_build_object('last_step', 1, 'last_step_on', last_on, 'policy', '{"min_gap_days": 14}'::jsonb)) AS s;
SELECT as_of, s.* FROM unnest('{2024-03-07,2024-03-08,2024-03-09}'::date[]) AS as_of, asked(:'three', '{"policy": {"grace_days": 7}}', as_of) AS s;
-- 5 hold: the day itself is still held
SELECT hold, s.* FROM unnest('{2024-03-30,2024-03-31,2024-04-01,infinity}'::date[]) AS hold, asked(:'three', jsonb_build_object('hold_until', hold)) AS s;
-- 6 promise: until its day and grace; broken the day after; of a part only if large enough
SELECT promise, s.* FROM unnest('{2024-03-27,2024-03-28,2024-03-29}'::date[]) AS promise, asked(:'three', jsonb_build_object('promise_on', promise, 'policy', '{"promise_grace_days": 3}'::jsonb)) AS s;
SELECT amount, s.* FROM unnest('{NULL,79.99,80.00,80.01}'::numeric[]) AS amount, asked(:'three', jsonb_build_object('promise_on', '2024-04-15', 'promise_amount', amount, 'policy', '{"promise_min_pct": 80}'::jsonb)) AS s;
SELECT broken, s.* FROM unnest(ARRAY['"carry_on"', '"next"', '3', '9']::jsonb[]) AS broken, asked(:'three', jsonb_build_object('promise_on', '2024-03-10', 'last_step', 1, 'last_step_on', '2024-03-06', 'policy', jsonb_build_object('promise_broken', broken)), '2024-03-12') AS s;
SELECT s.* FROM asked(:'three', '{"promise_on": "2024-03-10", "last_step": 1, "last_step_on": "2024-03-11", "policy": {"promise_broken": 3}}', '2024-03-21') AS s;
-- one that ran out before the item was overdue, or within its grace, brings nothing forward
SELECT c.due_on, promise, grace, s.due_on AS step_on, s.reason FROM (VALUES (DATE '2024-04-05', DATE '2024-03-10', 0), ('2024-03-30', '2024-03-29', 0), ('2024-03-30', '2024-03-30', 0), ('2024-03-30', '2024-03-31', 0), ('2024-03-20', '2024-03-22', 10), ('2024-03-20', '2024-03-30', 10)) AS c (due_on, promise, grace),
	dunning_next_step(jsonb_build_object('ladders', :'three'::jsonb -> 'ladders', 'promise_broken', 'next', 'grace_days', grace)::dunning_policy, c.due_on, 100.00, '2024-03-31', 1, '2024-03-01', promise) AS s;
-- what is waited for is promise_pending until it is broken, also where that brings the step forward; a hold that lasts longer is hold
\set soon '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind"}, {"step": 2, "delay_days": 45, "action": "letter"}]}, "promise_grace_days": 3, "promise_broken": "next"}'
SELECT as_of, hold, s.step, s.due_on, s.reason FROM (VALUES (DATE '2024-12-31', NULL::date), ('2025-01-04', NULL), ('2025-01-05', NULL), ('2025-01-06', NULL), ('2024-12-31', '2025-01-05')) AS c (as_of, hold),
	dunning_next_step(:'soon', '2024-12-01', 100, as_of, 1, '2024-12-10', '2025-01-01', hold_until => hold) AS s;
SELECT promise, e.rule, e.result FROM unnest('{2024-12-20,2025-01-01,2025-01-11,2025-01-12}'::date[]) AS promise, dunning_explain(:'soon', '2024-12-01', 100, '2024-12-31', 1, '2024-12-10', promise, calendar => 'FR') AS e WHERE rule IN ('promise', 'day', 'answer') ORDER BY promise, "position";
SELECT inputs, result, would_change FROM dunning_explain(:'soon', '2024-12-01', 100, '2024-12-31', 1, '2024-12-10', '2025-01-01', hold_until => '2025-01-09') WHERE rule = 'day';
-- 7 dispute: the disputed part is excluded, holds all, or is ignored
SELECT disputed, exclude.reason AS exclude, hold.reason AS hold, ignore.reason AS ignore FROM unnest('{0,0.01,99.99,100.00,100.01}'::numeric[]) AS disputed, asked(:'three', jsonb_build_object('disputed_amount', disputed)) AS exclude,
	asked(:'three', jsonb_build_object('disputed_amount', disputed, 'policy', '{"dispute": "hold"}'::jsonb)) AS hold, asked(:'three', jsonb_build_object('disputed_amount', disputed, 'policy', '{"dispute": "ignore"}'::jsonb)) AS ignore;
-- 9 approval
SELECT as_of, s.* FROM unnest('{2024-03-05,2024-03-06}'::date[]) AS as_of, asked('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "legal", "approval": true}]}}', '{}', as_of) AS s;
-- 10 paid: back to the start, unless charges remain and are dunned
SELECT open, options, s.* FROM (VALUES (0.00, '{}'::jsonb), (0, '{"policy": {"reset": false}}'), (0, '{"open_charges": 10}'), (0, '{"open_charges": 10, "policy": {"charges_only": "dun"}}'), (0.01, '{"open_charges": 10}'), (-0.01, '{"open_charges": 10}')) AS c (open, options),
	asked(:'three', '{"last_step": 1, "last_step_on": "2024-03-06"}' || options, open => open) AS s;
SELECT fee, interest, reason FROM dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 1, "pct": 10}, "interest": true}]}, "charges_only": "dun"}', '2024-03-01', 0, '2024-03-31', open_charges => 50, rates => :'ten');
-- 11 calendar roll: Saturday, the last day but one of a month
SELECT roll, s.due_on FROM unnest('{following,preceding,modified_following,modified_preceding,none}'::text[]) AS roll, asked(:'three', jsonb_build_object('calendar', 'TARGET', 'policy', jsonb_build_object('roll', roll)), due => '2024-03-25') AS s;
SELECT s.* FROM asked(:'three', '{"calendar": "FR", "hold_until": "2024-03-29", "policy": {"roll": "preceding"}}', '2024-03-29') AS s;
-- 12 the same day again, the day before and the day after
SELECT last_on, s.* FROM unnest('{2024-03-30,2024-03-31}'::date[]) AS last_on, asked(:'three', jsonb_build_object('last_step', 1, 'last_step_on', last_on)) AS s;
SELECT * FROM asked(:'three', '{"last_step": 1, "last_step_on": "2024-04-01"}');
SELECT s.* FROM asked(:'three', '{"last_step": 3, "last_step_on": "2024-03-31"}') AS s;
SELECT s.* FROM asked(:'three', '{"last_step": 3, "last_step_on": "2024-03-30"}') AS s;
-- 13 pay_by: from the day of the step, or today when it is late
SELECT as_of, s.due_on, s.pay_by FROM unnest('{2024-03-05,2024-03-06,2024-03-07}'::date[]) AS as_of, dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "pay_by_days": 14}]}}', '2024-03-01', 100, as_of) AS s;
-- 14 channels: the first that is there
SELECT channels, s.channel, s.due_on, s.reason FROM (VALUES (NULL::text[]), ('{letter,email}'), ('{letter,NULL}'), ('{phone}'), ('{}')) AS c (channels),
	dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "channels": ["email", "letter"]}]}}', '2024-03-01', 100, '2024-03-31', channels => channels) AS s;
-- 14b a step that is blocked ends it, or is passed over; when all are, the first one says why
\set blocked '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "channels": ["email"]}, {"step": 2, "delay_days": 20, "action": "letter", "channels": ["letter"], "min_amount": 50}, {"step": 3, "base": "previous", "delay_days": 10, "action": "call", "channels": ["phone", "email"], "min_amount": {"EUR": 100, "default": 20}}, {"step": 4, "delay_days": 60, "action": "legal", "min_amount": 500}]}}'
SELECT :'blocked'::jsonb || '{"blocked": "skip"}' AS skip \gset
SELECT channels, open, stop.step, stop.reason, skip.step, skip.channel, skip.due_on, skip.reason
FROM (VALUES ('{email}'::text[], 100.00), ('{letter}', 100), ('{letter}', 49.99), ('{phone}', 100), ('{phone}', 99.99), ('{}', 499.99), ('{}', 500), (NULL, 10)) AS c (channels, open),
	dunning_next_step(:'blocked', '2024-03-01', open, '2024-03-31', channels => channels, currency => 'EUR') AS stop, dunning_next_step(:'skip', '2024-03-01', open, '2024-03-31', channels => channels, currency => 'EUR') AS skip;
SELECT rule, inputs, result FROM dunning_explain(:'skip', '2024-03-01', 100, '2024-03-31', channels => '{phone}', currency => 'EUR') WHERE rule IN ('step', 'channel', 'day', 'answer');
SELECT step, action, channel, due_on FROM dunning_plan(:'skip', '2024-03-01', 5000, '2024-03-01', channels => '{phone}', currency => 'EUR');
-- what is passed over may as well not be in the ladder
CREATE FUNCTION ladder_of(mask int, without text) RETURNS dunning_policy LANGUAGE sql AS $$
	SELECT jsonb_build_object('ladders', jsonb_build_object('default', coalesce(jsonb_agg(jsonb_build_object('step', k, 'delay_days', 9 * k - 12, 'action', 'remind', 'channels', jsonb_build_array('c' || (mask >> k) % 3), 'min_amount', 20 * (mask >> (k + 2)) % 90) ORDER BY k)
			FILTER (WHERE without IS NULL OR ((mask >> k) % 3 <> 0 AND 20 * (mask >> (k + 2)) % 90 <= without::numeric)), '[]')),
		'blocked', CASE WHEN without IS NULL THEN 'skip' ELSE 'stop' END, 'progression', CASE mask % 2 WHEN 0 THEN 'sequential' ELSE 'highest' END, 'min_gap_days', mask % 5, 'promise_broken', CASE mask % 3 WHEN 0 THEN '"next"' WHEN 1 THEN '3' ELSE '"carry_on"' END::jsonb)::dunning_policy FROM generate_series(1, 5) AS k
$$;
SELECT count(*) AS items, count(a.due_on) AS with_a_day, count(DISTINCT a.step) AS steps, count(*) FILTER (WHERE c.step IS DISTINCT FROM a.step OR c.due_on IS DISTINCT FROM a.due_on) AS passed_over,
	count(*) FILTER (WHERE (a.step, a.channel, a.due_on, a.reason) IS DISTINCT FROM (b.step, b.channel, b.due_on, b.reason)) AS differences
FROM generate_series(1, 4000) AS i, LATERAL (SELECT hashtext('m' || i) & 4095 AS mask, (hashtext('o' || i) & 127)::numeric AS open, DATE '2024-02-20' + (hashtext('d' || i) & 63) AS as_of, CASE WHEN i % 4 = 0 THEN DATE '2024-03-10' + i % 30 END AS promise) AS f,
	LATERAL (SELECT ladder_of(mask, NULL) AS skip, ladder_of(mask, open::text) AS shorter) AS p,
	dunning_next_step(skip, '2024-03-01', open, as_of, i % 3, promise_on => promise, channels => '{c1,c2}') AS a, dunning_next_step(shorter, '2024-03-01', open, as_of, i % 3, promise_on => promise, channels => '{c1,c2}') AS b,
	dunning_next_step((skip::jsonb - 'blocked')::dunning_policy, '2024-03-01', open, as_of, i % 3, promise_on => promise, channels => '{c1,c2}') AS c
WHERE b.reason <> 'no_more_levels';
-- 15 what stops it for good
SELECT prescribed, s.*, f.due_on AS from_the_fifth, f.reason FROM unnest('{2024-03-20,2024-03-21,2024-03-22}'::date[]) AS prescribed, asked(:'three', jsonb_build_object('prescribed_on', prescribed, 'last_step', 1), '2024-03-21') AS s,
	asked(:'three', jsonb_build_object('prescribed_on', prescribed, 'last_step', 1), '2024-03-05') AS f;
-- not prescribed yet, but before the day of the step
SELECT as_of, prescribed, s.step, s.due_on, s.reason FROM (VALUES (DATE '2024-03-04', DATE '2024-03-04'), ('2024-03-04', '2024-03-05'), ('2024-03-04', '2024-03-06'), ('2024-03-04', '2024-03-07'), ('2024-03-05', '2024-03-06'), ('2024-03-06', '2024-03-06')) AS c (as_of, prescribed),
	asked(:'three', jsonb_build_object('prescribed_on', prescribed), as_of) AS s;
SELECT rule, inputs, result, would_change FROM dunning_explain(:'three', '2024-03-01', 100, '2024-03-04', prescribed_on => '2024-03-06') WHERE rule IN ('stop', 'prescription', 'answer');
SELECT stop, s.reason, off.reason AS policy_without FROM unnest('{insolvency,written_off,handed_over}'::text[]) AS stop, asked(:'three', jsonb_build_object('stop', stop)) AS s, asked(:'three', jsonb_build_object('stop', stop, 'policy', '{"stop": []}'::jsonb)) AS off;
SELECT open, s.reason, off.reason AS policy_without FROM unnest('{7.79,7.80,7.81}'::numeric[]) AS open, asked('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "letter", "cost": 7.80}]}, "stop": ["cost"]}', '{}', open => open) AS s,
	asked('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "letter", "cost": 7.80}]}}', '{}', open => open) AS off;
SELECT * FROM asked(:'three', '{"stop": "holiday"}');

-- segments: a ladder of their own, the default one, or none
SELECT segment, s.* FROM unnest('{vip,other,NULL}'::text[]) AS segment, asked('{"ladders": {"vip": [{"step": 1, "delay_days": 15, "action": "call"}], "default": [{"step": 1, "delay_days": 5, "action": "remind"}]}}', jsonb_build_object('segment', segment)) AS s;
SELECT segment, e.result, e.would_change FROM unnest('{vip,Vip,NULL}'::text[]) AS segment, dunning_explain('{"ladders": {"vip": [], "default": [{"step": 1, "delay_days": 5, "action": "remind"}]}}', '2024-03-01', 100, '2024-03-31', segment => segment) AS e WHERE rule = 'ladder';
SELECT segment, s.* FROM unnest('{vip,vi,NULL}'::text[]) AS segment, asked('{"ladders": {"vip": []}}', jsonb_build_object('segment', segment)) AS s;

-- Amounts and facts -------------------------------------------------------------------

-- fee tiers and indemnities by what is open, edges inclusive (D7); half a cent is one
SELECT open, s.fee, s.indemnity FROM unnest('{0.01,1000.00,1000.01,10000,10000.01}'::numeric[]) AS open, dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 0, "action": "letter",
	"fee": {"tiers": [{"up_to": 1000, "amount": 5}, {"amount": 10}]}, "indemnity": [{"up_to": 1000, "amount": 40}, {"up_to": 10000, "amount": 70}, {"amount": 100}]}]}}', '2024-03-01', open, '2024-03-01') AS s;
SELECT scale, s.fee FROM unnest('{0,2,6}'::int[]) AS scale, dunning_next_step(format('{"ladders": {"default": [{"step": 1, "delay_days": 0, "action": "letter", "fee": {"pct": 12.5}}]}, "currency_scale": %s}', scale)::dunning_policy, '2024-03-01', 1234.04, '2024-03-01') AS s;
-- a fee of over 2^63 units in the row before, with the same low 64 bits
SELECT open, s.fee FROM (VALUES (18446744073709551.62), (0.004)) AS o (open), dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 0, "action": "letter", "fee": {"pct": 1000}}]}}', '2024-03-01', open, '2024-03-01') AS s;
-- fee and interest on what is not disputed: D3 with a part excluded
SELECT fee, interest FROM dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 122, "action": "letter", "fee": {"pct": 1}, "interest": true}]}}', '2024-05-31', 15000, '2024-05-31', disputed_amount => 3000,
	rates => '{"rates": [{"from": "2024-01-01", "rate_pct": 14.50}, {"from": "2024-07-01", "rate_pct": 14.25}]}');
SELECT interest FROM dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 122, "action": "letter", "interest": true}]}, "interest": {"rounding": "per_period"}}', '2024-05-31', 12000, '2024-05-31',
	rates => '{"rates": [{"from": "2024-01-01", "rate_pct": 14.50}, {"from": "2024-07-01", "rate_pct": 14.25}]}');
-- rates that end before the step's day: not known yet; before today: an error
SELECT interest, reason FROM dunning_next_step(:'a3', '2024-03-01', 100, '2024-03-10', rates => '{"rates": [{"from": "2000-01-01", "rate_pct": 10}], "to": "2024-03-10"}');
SELECT interest FROM dunning_next_step(:'a3', '2024-03-01', 100, '2024-03-11', rates => '{"rates": [{"from": "2000-01-01", "rate_pct": 10}], "to": "2024-03-10"}');
SELECT interest FROM dunning_next_step(:'a3', '2024-03-01', 100, '2024-03-16');

-- nulls
SELECT dunning_next_step(NULL, '2024-03-01', 100, '2024-03-31') IS NULL AS policy, (dunning_next_step(:'three', NULL, 100, '2024-03-31')).reason AS due_on, (dunning_next_step(:'three', '2024-03-01', NULL, '2024-03-31')).reason AS open_amount;
SELECT dunning_next_step(:'three', '2024-03-01', 100, NULL);
SELECT dunning_next_step(:'three', '2024-03-01', 100, '2024-03-31', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) = dunning_next_step(:'three', '2024-03-01', 100, '2024-03-31') AS all_null_is_default;
-- refused
SELECT dunning_next_step(:'three', '2024-03-01', 'NaN', '2024-03-31');
SELECT dunning_next_step(:'three', '2024-03-01', 'Infinity', '2024-03-31');
SELECT dunning_next_step(:'three', 'infinity', 100, '2024-03-31');
SELECT dunning_next_step(:'three', '2024-03-01', 100, '2024-03-31', -1);
SELECT dunning_next_step(:'three', '2024-03-01', 100, '2024-03-31', disputed_amount => -1);
SELECT dunning_next_step(:'three', '9999-12-31', 100, '2024-03-31');
SELECT dunning_next_step(:'three', '2599-12-31', 100, '2024-03-31', calendar => 'FR');
-- a currency that no policy can name, for each function
SELECT dunning_next_step(:'least', '2024-03-01', 1.00, '2024-03-31', currency => 'eur');
SELECT dunning_next_on(:'three', '2024-03-01', 1.00, '2024-03-31', currency => 'EURO');
SELECT dunning_plan(:'three', '2024-03-01', 1.00, '2024-03-31', currency => 'EU');
SELECT dunning_explain(:'three', '2024-03-01', 1.00, '2024-03-31', currency => '');
-- ten years late, and a thousand million million
SELECT step, due_on, interest, fee FROM dunning_next_step('{"ladders": {"default": [{"step": 1, "delay_days": 36600, "action": "legal", "interest": true, "fee": {"pct": 1000}}]}}', '2014-03-01', 1e15, '2024-03-31', rates => :'ten');
SELECT step, due_on, interest FROM dunning_next_step(:'a3', '2014-03-01', 1e15, '2024-03-01', rates => :'ten');

-- the day alone is that of the row
SELECT count(*) AS items, count(*) FILTER (WHERE d IS NULL) AS never, bool_and(d IS NOT DISTINCT FROM (s).due_on) AS same
FROM (SELECT dunning_next_on(:'three', due, open, '2024-03-31', last_step, hold_until => hold, calendar => 'FR') AS d, dunning_next_step(:'three', due, open, '2024-03-31', last_step, hold_until => hold, calendar => 'FR') AS s
	FROM (SELECT DATE '2024-01-01' + i AS due, (i % 7 - 1)::numeric AS open, i % 5 AS last_step, CASE WHEN i % 3 = 0 THEN DATE '2024-03-20' + i % 30 END AS hold FROM generate_series(0, 150) AS i) AS q OFFSET 0) AS q;

-- Plans and reasons ----------------------------------------------------------------------

SELECT step, action, due_on, reason FROM dunning_plan(:'three', '2024-03-01', 100, '2024-03-01');
SELECT step, action, due_on, reason FROM dunning_plan(:'three', '2024-03-01', 100, '2024-03-31', calendar => 'FR', until => '2024-04-09');
SELECT step, due_on, reason FROM dunning_plan(:'three', '2024-03-01', 100, '2024-03-06', 1, '2024-03-06');
SELECT count(*) AS steps FROM dunning_plan(:'three', '2024-03-01', 0, '2024-03-31');
SELECT count(*) AS steps FROM dunning_plan(NULL, '2024-03-01', 0, '2024-03-31');
-- each step of a plan is the answer on its day, when the ones before were taken on theirs
SELECT bool_and(p.step = s.step AND p.due_on = s.due_on AND p.fee = s.fee) AS same, count(*) AS steps
FROM (SELECT *, lag(step) OVER (ORDER BY step) AS last_step, lag(due_on) OVER (ORDER BY step) AS last_on FROM dunning_plan(:'full', '2024-03-01', 5000, '2024-02-01', invoice_on => '2024-01-31', calendar => 'FR')) AS p,
	dunning_next_step(:'full', '2024-03-01', 5000, p.due_on, p.last_step, p.last_on, invoice_on => '2024-01-31', calendar => 'FR') AS s;
SELECT * FROM dunning_explain(:'three', '2024-03-01', 100.00, '2024-03-31', 1, '2024-03-06', hold_until => '2024-04-05');
SELECT * FROM dunning_explain(:'least', '2024-03-01', 60.00, '2024-03-31', disputed_amount => 20, currency => 'EUR') WHERE "position" > 9;
-- the last row of an explanation is the answer, whatever it is
SELECT DISTINCT s.reason, bool_and(e.result = s.reason || CASE WHEN s.due_on IS NULL THEN '' ELSE format(': step %s on %s', s.step, s.due_on) END) AS explained
FROM generate_series(0, 400) AS i, LATERAL (SELECT CASE WHEN i % 11 = 0 THEN 0 ELSE i % 90 - 3 END::numeric AS open, i % 5 AS last_step, CASE WHEN i % 4 = 0 THEN DATE '2024-03-07' + i % 25 END AS last_on,
	CASE WHEN i % 5 = 0 THEN DATE '2024-03-20' + i % 23 END AS promise, CASE WHEN i % 6 = 0 THEN DATE '2024-03-20' + i % 19 END AS hold, (i % 13 * 5)::numeric AS disputed) AS f,
	dunning_next_step(:'three', '2024-03-01', open, '2024-03-31', last_step, last_on, promise, NULL, disputed, hold) AS s,
	LATERAL (SELECT result FROM dunning_explain(:'three', '2024-03-01', open, '2024-03-31', last_step, last_on, promise, NULL, disputed, hold) ORDER BY "position" DESC LIMIT 1) AS e
GROUP BY s.reason ORDER BY s.reason;

-- One letter for a customer ---------------------------------------------------------------

CREATE TABLE item (customer int, s dunning_step);
INSERT INTO item VALUES (1, '(1,remind,email,r1,2024-03-06,2024-03-20,5.00,0.41,0.00,due)'), (1, '(2,letter,letter,r2,2024-03-10,2024-03-18,10.00,1.20,40.00,due)'), (1, '(2,letter,email,r2,2024-03-09,2024-03-19,12.00,0.07,40.00,due)'),
	(1, '(3,legal,,,,,,,,below_minimum)'), (1, NULL), (2, '(1,remind,email,r1,2024-03-06,,500,7,0,due)'), (3, '(2,,,,,,,,,settled)'), (4, '(1,remind,email,r1,2024-03-06,2024-03-20,5.00,,0.00,due)'), (4, '(1,remind,email,r0,2024-03-06,2024-03-20,,1.00,0.00,due)');
SELECT customer, (m).* FROM (SELECT customer, dunning_merge(s) AS m FROM item GROUP BY customer OFFSET 0) AS q ORDER BY customer;
SELECT customer, (m).fee FROM (SELECT customer, dunning_merge(s, '{"fee": "item"}') AS m FROM item GROUP BY customer OFFSET 0) AS q ORDER BY customer;
SELECT dunning_merge(s) IS NULL AS no_row FROM item WHERE false;
SELECT dunning_merge(NULL) IS NULL AS only_null;
-- fees as the policy says: three items of 5.00 each, or 5.00 once
SELECT per, (m).fee FROM (SELECT per, dunning_merge(s, policy, NULL) AS m FROM unnest('{item,letter}'::text[]) AS per,
	LATERAL (SELECT format('{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 5, "per": "%s"}}]}}', per)::dunning_policy AS policy) AS f, generate_series(1, 3),
	dunning_next_step(policy, '2024-03-01', 100, '2024-04-01') AS s GROUP BY per OFFSET 0) AS q ORDER BY per;
-- steps of both kinds: step 1 is per item, 2 per letter, 3 per item; of vip customers step 2 is per item
\set kinds '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 1.5, "per": "item"}}, {"step": 2, "delay_days": 9, "action": "letter", "fee": {"pct": 5}}, {"step": 3, "delay_days": 20, "action": "agency", "fee": {"fixed": 20, "per": "item"}}], "vip": [{"step": 2, "delay_days": 9, "action": "call", "fee": {"fixed": 3, "per": "item"}}]}}'
\set both '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 1}}, {"step": 2, "delay_days": 9, "action": "letter", "fee": {"pct": 5, "per": "item"}}, {"step": 3, "delay_days": 20, "action": "agency", "fee": {"fixed": 20}}], "vip": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 1, "per": "item"}}, {"step": 2, "delay_days": 9, "action": "letter", "fee": {"pct": 5}}, {"step": 3, "delay_days": 20, "action": "agency", "fee": {"fixed": 20, "per": "item"}}]}}'
CREATE TABLE owed (customer int, id int, step int, fee numeric, segment text, PRIMARY KEY (customer, id));
INSERT INTO owed VALUES (1, 1, 1, 1.50, NULL), (1, 2, 2, 5.00, NULL), (1, 3, 2, 8.25, NULL), (1, 4, 1, 1.50, 'shop'),	-- 2 x 1.50 + 8.25
	(2, 1, 2, 5.00, NULL), (2, 2, 3, 20.00, NULL), (2, 3, 1, 1.50, NULL), (2, 4, 3, 20.00, NULL),	-- 2 x 20.00 + 1.50, and not 5.00
	(3, 1, 2, 3.00, 'vip'), (3, 2, 2, 5.00, NULL), (3, 3, 2, 4.00, NULL),	-- of the same step, 3.00 and 5.00
	(4, 1, 2, 5.00, NULL), (4, 2, 2, 7, 'shop'), (5, 1, 3, 20, NULL), (5, 2, NULL, 9, NULL), (5, 3, 3, NULL, NULL), -- 7.00; not known
	(6, 1, 1, NULL, NULL), (6, 2, 2, 5, NULL), (7, 1, 2, NULL, NULL), (7, 2, 2, 3, 'vip'), (8, 1, 1, 0, NULL), (8, 2, 2, NULL, NULL), (8, 3, 3, 20.00, NULL); -- not known twice; 20.00
CREATE FUNCTION step_of(owed) RETURNS dunning_step RETURN ROW($1.step, 'letter', NULL, NULL, '2024-03-06', NULL, $1.fee, 0, 0, 'due')::dunning_step;
SELECT customer, (m).step, (m).fee FROM (SELECT customer, dunning_merge(step_of(owed), :'kinds', segment) AS m FROM owed GROUP BY customer OFFSET 0) AS q ORDER BY customer;
SELECT dunning_merge(NULL, :'kinds', NULL) IS NULL AS only_null;
-- in any order, and in parts
CREATE AGGREGATE dunning_merge_state(dunning_step, dunning_policy, text) (SFUNC = dunning_merge_add, STYPE = bytea);
SELECT count(DISTINCT (customer, m::text)) AS letters FROM (SELECT customer, dunning_merge(step_of(owed), :'kinds', segment ORDER BY hashint4(10 * i + id)) AS m FROM owed, generate_series(1, 50) AS i GROUP BY customer, i) AS q;
SELECT bool_and(dunning_merge_finish(CASE WHEN a IS NULL THEN b WHEN b IS NULL THEN a ELSE dunning_merge_combine(a, b) END)::text = whole::text) AS same, count(*)
FROM (SELECT cut, dunning_merge(step_of(owed), :'kinds', segment) AS whole, dunning_merge_state(step_of(owed), :'kinds', segment) FILTER (WHERE id & cut > 0) AS a,
	dunning_merge_state(step_of(owed), :'kinds', segment) FILTER (WHERE id & cut = 0) AS b FROM owed, generate_series(0, 7) AS cut GROUP BY customer, cut) AS q;

-- 500 letters of steps of both kinds in two ladders, by plain SQL
WITH fact AS (SELECT i % 500 AS customer, CASE WHEN i % 7 < 3 THEN 'vip' END AS segment, 1 + hashint4(i) & 3 AS k, round((hashint4(i + 99) & 4095) / 100.0, 2) AS fee FROM generate_series(1, 3000) AS i),
	item AS (SELECT customer, segment, fee_per, ROW(k % 3 + 1, 'letter', NULL, NULL, '2024-03-06', NULL, fact.fee, 0, 0, 'due')::dunning_step AS s, k % 3 + 1 AS step, fact.fee, max(k % 3 + 1) OVER (PARTITION BY customer) AS top
		FROM fact JOIN unnest('{NULL,vip}'::text[]) AS l (name) ON l.name IS NOT DISTINCT FROM segment, dunning_ladder(:'both', l.name) AS d WHERE d.step = k % 3 + 1)
SELECT count(*), count(*) FILTER (WHERE (m).fee <> once + each) AS wrong, count(*) FILTER (WHERE once > 0 AND each > 0) > 100 AS of_both, count(*) FILTER (WHERE once = 0) > 10 AS of_items
FROM (SELECT dunning_merge(s, :'both', segment) AS m, coalesce(max(fee) FILTER (WHERE step = top AND fee_per = 'letter'), 0) AS once, coalesce(sum(fee) FILTER (WHERE fee_per = 'item'), 0) AS each FROM item GROUP BY customer OFFSET 0) AS q;

-- in any order, in parts, and in a moving frame
CREATE AGGREGATE dunning_merge_state(dunning_step) (SFUNC = dunning_merge_add, STYPE = bytea);
SELECT count(DISTINCT m::text) AS answers FROM (SELECT dunning_merge(s ORDER BY hashtext(s::text || i)) AS m FROM item, generate_series(1, 50) AS i WHERE customer = 1 GROUP BY i) AS q;
SELECT bool_and(dunning_merge_finish(CASE WHEN left_part IS NULL THEN right_part WHEN right_part IS NULL THEN left_part ELSE dunning_merge_combine(left_part, right_part) END) = whole) AS same
FROM (SELECT i, (SELECT dunning_merge(s) FROM item WHERE customer = 1) AS whole, (SELECT dunning_merge_state(s) FROM (SELECT s, row_number() OVER (ORDER BY s) AS n FROM item WHERE customer = 1) AS q WHERE n <= i) AS left_part,
	(SELECT dunning_merge_state(s) FROM (SELECT s, row_number() OVER (ORDER BY s) AS n FROM item WHERE customer = 1) AS q WHERE n > i) AS right_part FROM generate_series(0, 5) AS i) AS q;
SELECT (dunning_merge(s) OVER (ORDER BY s ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)).fee FROM item WHERE customer = 1 ORDER BY s;
-- refused
SELECT dunning_merge(s, '{"fees": "item"}') FROM item;
SELECT dunning_merge(s, '{"fee": "all"}') FROM item;
SELECT dunning_merge(s, NULL::jsonb) FROM item;
SELECT dunning_merge(s, CASE customer WHEN 1 THEN '{}' ELSE '{"fee": "item"}' END::jsonb) FROM item;
SELECT dunning_merge(ROW(1, repeat('x', 1001), NULL, NULL, '2024-03-06', NULL, 1, 1, 1, NULL)::dunning_step);
SELECT dunning_merge(ROW(1, 'x', NULL, NULL, '2024-03-06', NULL, 'NaN', 1, 1, NULL)::dunning_step);
SELECT dunning_merge(ROW(1, 'x', NULL, NULL, '2024-03-06', NULL, 9e16, 1, 1, NULL)::dunning_step) FROM generate_series(1, 2);
SELECT dunning_merge(step_of(owed), :'kinds', 'vip') FROM owed WHERE customer = 2;
SELECT dunning_merge(step_of(owed), '{"ladders": {"vip": []}}', NULL) FROM owed WHERE customer = 2;
SELECT dunning_merge(step_of(owed), NULL::dunning_policy, NULL) FROM owed WHERE customer = 2;
SELECT dunning_merge_combine(dunning_merge_state(step_of(owed)), dunning_merge_state(step_of(owed), :'kinds', NULL)) FROM owed WHERE customer = 2;
SELECT dunning_merge_finish(set_byte(dunning_merge_state(step_of(owed)), 84, 3)) FROM owed WHERE customer = 2;
SELECT dunning_merge_finish(set_byte(dunning_merge_state(step_of(owed)), 96, 1)) FROM owed WHERE customer = 2;
SELECT dunning_merge_finish(set_byte(dunning_merge_state(step_of(owed), :'kinds', NULL), 96, 2)) FROM owed WHERE customer = 2;
SELECT dunning_merge_finish('\x');
SELECT dunning_merge_finish(decode(repeat('00', 104), 'hex'));
SELECT dunning_merge_add('\x0102030405060708', s) FROM item LIMIT 1;
SELECT dunning_merge(NULL::dunning_step, NULL::dunning_policy, 'x');
