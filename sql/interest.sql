CREATE SCHEMA test_interest;
SET search_path = test_interest, public;
-- interest: rates by date, late interest on an amount and on a balance, and the
-- sum for recovery costs.
\pset null '(null)'
SET DateStyle = ISO;

\set fr '{"rates": [{"from": "2024-01-01", "rate_pct": 14.50}, {"from": "2024-07-01", "rate_pct": 14.25}], "to": "2024-12-31"}'
\set ten '{"rates": [{"from": "2000-01-01", "rate_pct": 10}]}'

-- Schedules ------------------------------------------------------------------------

SELECT rate_schedule :'fr';
SELECT day, rate_at(:'fr', day) FROM unnest('{2023-12-31,2024-01-01,2024-06-30,2024-07-01,2024-12-31,2025-01-01}'::date[]) AS day;
SELECT * FROM schedule_rates(:'fr');
SELECT * FROM schedule_rates('{"rates": [{"from": "0001-01-01", "rate_pct": -0.5}, {"from": "2016-07-01", "rate_pct": 0.000001}]}');
SELECT rate_at(NULL, '2024-01-01'), rate_at(:'fr', NULL), (SELECT count(*) FROM schedule_rates(NULL)) AS rows;
SELECT rate_at(:'fr', 'infinity');

-- a rate may say its last day; shortest digits, but two decimals at least
SELECT rate_schedule '{"rates": [{"rate_pct": 14.5000, "from": "2024-01-01", "to": "2024-06-30"}, {"from": "2024-07-01", "rate_pct": 1e1, "to": "2024-12-31"}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-01-01", "rate_pct": -1000}, {"from": "2024-07-01", "rate_pct": 1000}], "to": "9999-12-31"}';

-- each error
SELECT rate_schedule '{"rates": [{"from": "2024-01-01", "to": "2024-05-31", "rate_pct": 14.5}, {"from": "2024-07-01", "rate_pct": 14.25}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-01-01", "to": "2024-07-15", "rate_pct": 14.5}, {"from": "2024-07-01", "rate_pct": 14.25}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 14.25}, {"from": "2024-01-01", "rate_pct": 14.5}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 14.25}, {"from": "2024-07-01", "rate_pct": 14.5}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "to": "2024-06-30", "rate_pct": 14.25}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 14.25}], "to": "2024-06-30"}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "to": "2024-12-31", "rate_pct": 14.25}], "to": "2025-06-30"}';
SELECT rate_schedule '{"rates": [{"from": "2024-02-30", "rate_pct": 14.25}]}';
SELECT rate_schedule 'fr_late_payment';
SELECT rate_schedule '{"rates": [{"from": null, "rate_pct": 14.25}]}';
SELECT rate_schedule '{"rates": [{"rate_pct": 14.25}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01"}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": "14.25"}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 0.0000001}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 1000.01}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": -1000.000001}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 1e30}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate": 14.25}]}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 14.25}], "until": "2024-12-31"}';
SELECT rate_schedule '{"rates": [{"from": "2024-07-01", "rate_pct": 14.25, "rate_pct": 14.5}]}';
SELECT rate_schedule '{"rates": [14.25]}';
SELECT rate_schedule '{"rates": [["2024-07-01", 14.25]]}';
SELECT rate_schedule '{"rates": []}';
SELECT rate_schedule '{"rates": 14.25}';
SELECT rate_schedule '{}';
SELECT rate_schedule '[]';
SELECT rate_schedule '14.25';
-- 10,000 rates and one more
SELECT count(*) FROM (SELECT jsonb_build_object('rates', jsonb_agg(jsonb_build_object('from', DATE '2000-01-01' + i, 'rate_pct', i % 7)))::rate_schedule AS s FROM generate_series(1, 10000) AS i) AS q, schedule_rates(s);
SELECT jsonb_build_object('rates', jsonb_agg(jsonb_build_object('from', DATE '2000-01-01' + i, 'rate_pct', i % 7)))::rate_schedule FROM generate_series(1, 10001) AS i;

-- forms: text, JSON and binary; stored; the same again
CREATE TABLE form (id int, s rate_schedule);
INSERT INTO form SELECT row_number() OVER (), schedule FROM rate_schedules();
INSERT INTO form VALUES (5, :'fr'), (6, '{"rates": [{"from": "0001-01-01", "rate_pct": -0.000001}]}');
INSERT INTO form SELECT 7, jsonb_build_object('rates', jsonb_agg(jsonb_build_object('from', DATE '2000-01-01' + i, 'rate_pct', i % 7)))::rate_schedule FROM generate_series(1, 5000) AS i;
SELECT id, s::text::rate_schedule = s AS text, s::jsonb::rate_schedule = s AS jsonb, s::jsonb = s::text::jsonb AS same_json,
	rate_schedule_send(s) = '\x01' || convert_to(s::text, 'UTF8') AS binary_form FROM form ORDER BY id;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/interest.copy'
CREATE TABLE copied (LIKE form);
\set copy_out '\\copy form TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy_out
:copy_in
SELECT count(*) AS schedules, bool_and(c.s = f.s AND c.s::text = f.s::text) AS same FROM copied AS c JOIN form AS f USING (id);

-- equality and hash
SELECT count(*) AS same FROM form AS a JOIN form AS b ON a.s = b.s;
SELECT count(*) AS different, sum(n) AS all FROM (SELECT s, count(*) AS n FROM (SELECT s FROM form UNION ALL SELECT s FROM copied) AS q GROUP BY s) AS q;
SELECT a = b AS equal, a <> b AS unequal, a = c AS other_end, a = d AS other_rate, a <> d AS other, rate_schedule_hash(a) = rate_schedule_hash(b) AS hash,
	rate_schedule_hash_extended(a, 7) = rate_schedule_hash_extended(b, 7) AS extended, rate_schedule_hash_extended(a, 7) = rate_schedule_hash_extended(a, 8) AS other_seed
FROM (SELECT rate_schedule '{"rates": [{"from": "2024-01-01", "rate_pct": 14.5}]}', rate_schedule '{"to": "9999-12-31", "rates": [{"rate_pct": 14.500000, "from": "2024-01-01"}]}',
	rate_schedule '{"rates": [{"from": "2024-01-01", "rate_pct": 14.5}], "to": "9999-12-30"}', rate_schedule '{"rates": [{"from": "2024-01-01", "rate_pct": 14.500001}]}') AS q (a, b, c, d);

-- a contractual rate and its floor of three times the legal one
SELECT f.* FROM rate_schedules(), schedule_rates(rate_floor('{"rates": [{"from": "2022-07-01", "rate_pct": 12}], "to": "2026-06-30"}', schedule, 3)) AS f WHERE name = 'fr_legal';
SELECT rate_floor(NULL, :'fr', 3), rate_floor(:'fr', NULL, 3), rate_floor(:'fr', :'fr', NULL);
SELECT rate_floor(:'fr', :'fr', 0) = :'fr' AS none, rate_floor(:'fr', :'fr', 1) = :'fr' AS same, rate_floor(:'fr', :'ten', 1.425);
SELECT rate_floor(:'fr', '{"rates": [{"from": "2025-01-01", "rate_pct": 12}]}', 3);
SELECT rate_floor(:'fr', :'ten', -1);
SELECT rate_floor(:'fr', :'ten', 100.000001);
SELECT rate_floor(:'fr', :'ten', 3.00000001);
SELECT rate_floor(:'fr', :'ten', 'NaN');
SELECT rate_floor(a, b, 1) FROM (SELECT jsonb_build_object('rates', jsonb_agg(jsonb_build_object('from', DATE '2000-01-01' + 2 * i, 'rate_pct', 5 * (i % 2))))::rate_schedule AS a, jsonb_build_object('rates', jsonb_agg(jsonb_build_object('from', DATE '2000-01-02' + 2 * i, 'rate_pct', 3 + i % 3)))::rate_schedule AS b FROM generate_series(1, 9000) AS i) AS q;

-- Interest on an amount ----------------------------------------------------------------

-- published: 41.10 and 0.41; over two half-years 574.03 once, 143.01 + 431.01 per period
SELECT late_interest(5000.00, '2024-01-01', '2024-01-31', :'ten') AS d1, late_interest(100.00, '2012-01-01', '2012-01-16', :'ten') AS a3,
	late_interest(12000.00, '2024-05-31', '2024-09-30', :'fr') AS d3, late_interest(12000.00, '2024-05-31', '2024-09-30', :'fr', rounding => 'per_period') AS d3_parts;
-- the rate of the first day, and of the last: 12,000 x 122 x 14.5 (14.25) / 36,500
SELECT rule, late_interest(12000.00, '2024-05-31', '2024-09-30', :'fr', rule => rule) FROM unnest('{per_period,at_start,at_end}'::text[]) AS rule;
-- 31 days over the end of 2023, 16 of them in 2023 and 15 in the leap year; 30 days by months of 30
SELECT day_count, late_interest(100000, '2023-12-15', '2024-01-15', :'ten', day_count => day_count), round(f::numeric, 2) AS by_hand
FROM (VALUES ('act/365', 1e4 * 31 / 365), ('act/360', 1e4 * 31 / 360), ('act/act', 1e4 * (16 / 365.0 + 15 / 366.0)), ('30/360', 1e4 * 30 / 360), ('30e/360', 1e4 * 30 / 360)) AS v (day_count, f);
-- the end of a month, in days: 30/360 keeps the 31st when the first day is before the 30th
SELECT day_count, late_interest(3600, '2024-01-29', '2024-03-31', :'ten', day_count => day_count, scale => 0) AS from_29, late_interest(3600, '2024-01-30', '2024-03-31', :'ten', day_count => day_count, scale => 0) AS from_30,
	late_interest(3600, '2024-02-29', '2024-03-01', :'ten', day_count => day_count, scale => 0) AS leap_day FROM unnest('{act/360,30/360,30e/360}'::text[]) AS day_count;
-- a rate that does not change is one, also where a month of 31 days is cut
SELECT day_count, late_interest(3600, '2023-12-15', '2024-01-15', :'ten', day_count => day_count) AS one, late_interest(3600, '2023-12-15', '2024-01-15', '{"rates": [{"from": "2023-01-01", "rate_pct": 10}, {"from": "2024-01-01", "rate_pct": 10}]}', day_count => day_count) AS two
FROM unnest('{act/365,act/360,act/act,30/360,30e/360}'::text[]) AS day_count;
-- scale; halves away from zero, on both sides of 0; no -0.00
SELECT scale, late_interest(12000.00, '2024-05-31', '2024-09-30', :'fr', scale => scale) FROM generate_series(0, 6) AS scale;
SELECT late_interest(p, '2024-01-01', '2024-01-06', :'ten', scale => 0) AS whole, late_interest(p, '2024-01-01', '2024-01-06', :'ten') FROM unnest('{365.00,364.99,-365.00,-364.99,-0.01,0,-0.00}'::numeric[]) AS p;
-- a payment in time, on the day, a day late; within days of grace, and beyond: from the due date
SELECT late_interest(36500, '2024-03-10', day, :'ten') AS interest, late_interest(36500, '2024-03-10', day, :'ten', grace_days => 3) AS grace FROM unnest('{2024-03-01,2024-03-10,2024-03-11,2024-03-13,2024-03-14}'::date[]) AS day;
-- a paid amount needs no rate
SELECT late_interest(100, '2030-01-01', '2030-01-01', :'fr') AS in_time, late_interest(0, '2020-01-01', '2030-01-01', :'fr') AS nothing, late_interest(100, '2024-12-31', '2024-12-31', :'fr') AS last_day;
-- rates below 0
SELECT late_interest(36500, '2024-01-01', '2024-01-11', '{"rates": [{"from": "2024-01-01", "rate_pct": -1}]}');
-- ten years with twenty rates, against a sum over days
SELECT late_interest(98765.43, '2008-02-29', '2017-12-31', s, scale => 6) = round((SELECT sum(98765.43 * rate_at(s, day::date)) FROM generate_series(DATE '2008-03-01', '2017-12-31', interval '1 day') AS day) / 36500, 6) AS same
FROM (SELECT jsonb_build_object('rates', jsonb_agg(jsonb_build_object('from', make_date(2008 + i / 2, 1 + i % 2 * 6, 1), 'rate_pct', 10 + i * 0.37)))::rate_schedule AS s FROM generate_series(0, 19) AS i) AS q;
-- 10^15 over ten years; the largest amount of all
SELECT late_interest(1e15, '2014-01-01', '2024-01-01', :'ten') AS interest, round(1e15 * 3652 / 3650, 2) AS by_hand;
SELECT late_interest(92233720368547758.07, '0001-01-01', '9999-12-31', '{"rates": [{"from": "0001-01-01", "rate_pct": 1000}]}') AS interest, round(92233720368547758.07 * 10 * (DATE '9999-12-31' - DATE '0001-01-01') / 365, 2) AS by_hand;
SELECT late_interest(92233720368547758.07, '0001-01-01', '9999-12-31', '{"rates": [{"from": "0001-01-01", "rate_pct": 1000}]}', day_count => 'act/act', scale => 6);

-- NULL, and each error
SELECT late_interest(NULL, '2024-05-31', '2024-09-30', :'fr'), late_interest(1, NULL, '2024-09-30', :'fr'), late_interest(1, '2024-05-31', NULL, :'fr'), late_interest(1, '2024-05-31', '2024-09-30', NULL);
SELECT late_interest(12000, '2024-05-31', '2025-09-30', :'fr');
SELECT late_interest(12000, '2023-05-31', '2024-09-30', :'fr');
SELECT late_interest(12000, '2025-05-31', '2025-06-01', :'fr');
SELECT late_interest(12000, '2023-05-31', '2025-06-01', :'fr', rule => 'at_start');
SELECT late_interest(12000, '2024-05-31', '2025-06-01', :'fr', rule => 'at_end');
SELECT late_interest(12000, '2023-12-31', '2024-06-01', :'fr', rule => 'at_start');
SELECT late_interest(12000, '2024-05-31', '2024-09-30', :'fr', rule => 'at_due');
SELECT late_interest(12000, '2024-05-31', '2024-09-30', :'fr', day_count => 'ACT/365');
SELECT late_interest(12000, '2024-05-31', '2024-09-30', :'fr', rounding => '');
SELECT late_interest(12000, '2024-05-31', '2024-09-30', :'fr', grace_days => -1);
SELECT late_interest(12000, '2024-05-31', '2024-09-30', :'fr', scale => 7);
SELECT late_interest(12000, '2024-05-31', '2024-09-30', :'fr', scale => -1);
SELECT late_interest('NaN', '2024-05-31', '2024-09-30', :'fr');
SELECT late_interest('Infinity', '2024-05-31', '2024-09-30', :'fr');
SELECT late_interest(1e17, '2024-05-31', '2024-09-30', :'fr');
SELECT late_interest(1, '-infinity', '2024-09-30', :'fr');
SELECT late_interest(1, '2024-05-31', 'infinity', :'fr');
SELECT late_interest(1, '2024-05-31', '10000-01-01', :'fr');

-- Interest on a balance ------------------------------------------------------------------

CREATE TABLE account (id int, delta numeric, day date);
INSERT INTO account VALUES (1, 12000.00, '2024-05-31'), (1, -2000, '2024-07-15'), (1, -4000, '2024-08-01'), (1, NULL, '2024-08-02'), (1, -6000, NULL);
-- what is left after each payment: 12,000, 10,000, 6,000
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30') AS agg, late_interest(12000, '2024-05-31', '2024-07-15', :'fr', scale => 6) + late_interest(10000, '2024-07-15', '2024-08-01', :'fr', scale => 6) + late_interest(6000, '2024-08-01', '2024-09-30', :'fr', scale => 6) AS parts FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '{"scale": 6}') AS scale, late_interest_agg(delta, day, :'fr', '2024-09-30', '{"rounding": "per_period"}') AS per_period,
	late_interest_agg(delta, day, :'fr', '2024-09-30', '{"rule": "at_start", "day_count": "act/360"}') AS at_start, late_interest_agg(delta, day, :'fr', '2024-09-30', '{"rule": "at_end", "day_count": "30/360"}') AS at_end,
	late_interest_agg(delta, day, :'fr', '2024-09-30', '{}') AS defaults FROM account;
-- per period: 12,000 for 30 and 15 days, 10,000 for 17, 6,000 for 60, each rounded
SELECT round(12000 * 30 * 14.5 / 36500, 2) + round(12000 * 15 * 14.25 / 36500, 2) + round(10000 * 17 * 14.25 / 36500, 2) + round(6000 * 60 * 14.25 / 36500, 2) AS per_period,
	round((12000 * 45 + 10000 * 17 + 6000 * 60) * 14.5 / 36000, 2) AS at_start,
	-- 30/360 from 31 May: 45 days to 15 July, 61 to 1 August, 120 to 30 September
	round((12000 * 45 + 10000 * (61 - 45) + 6000 * (120 - 61)) * 14.25 / 36000, 2) AS at_end;

-- no row, nulls only, one row, changes to come, paid off, paid too much, due again
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30') AS no_row FROM account WHERE id > 1;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30') AS nulls FROM account WHERE delta IS NULL OR day IS NULL;
SELECT late_interest_agg(delta, day, :'fr', '2024-05-31') AS not_late, late_interest_agg(delta, day, :'fr', '2023-01-01') AS no_rate_needed, late_interest_agg(delta, day, :'fr', '2024-06-01') AS one_day FROM account;
SELECT id, late_interest_agg(delta, day, :'ten', '2024-12-31') AS interest, by_hand
FROM (VALUES (1, 36500, DATE '2024-01-10', 100.00), (1, -36500, '2024-01-20', 100), (2, 36500, '2024-01-10', 100), (2, -40000, '2024-01-20', 100), (3, -1000, '2024-01-01', 90), (3, 10125, '2024-01-10', 90), (3, -9125, '2024-02-15', 90),
	(4, 36500, '2024-01-10', 0), (4, -36500, '2024-01-10', 0), (5, 3650, '2024-01-01', 31), (5, -3650, '2024-01-31', 31), (5, 3650, '2024-12-30', 31)) AS v (id, delta, day, by_hand) GROUP BY id, by_hand ORDER BY id;
-- with the rate of its first day, a balance that rises above zero again starts anew
SELECT late_interest_agg(delta, day, :'fr', '2024-08-20', '{"rule": "at_start"}') AS anew, round(36500 * 10 * 14.5 / 36500 + 36500 * 10 * 14.25 / 36500, 2) AS by_hand
FROM (VALUES (-10, DATE '2023-01-01'), (36510, '2024-03-10'), (-36500, '2024-03-20'), (36500, '2024-08-10')) AS v (delta, day);

-- any order, the same bits; many changes on a day; decimals that come later
CREATE TABLE ledger_like AS
SELECT i, i % 40 AS id, CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END * (i * 7919 % 100000)::numeric / CASE i % 5 WHEN 0 THEN 1000 ELSE 100 END AS delta, DATE '2024-01-01' + i * 31 % 360 AS day FROM generate_series(1, 20000) AS i;
SELECT count(*) FILTER (WHERE a IS DISTINCT FROM b OR a IS DISTINCT FROM c) AS differ, count(*), sum(a) > 0 AS some
FROM (SELECT id, late_interest_agg(delta, day, :'fr', '2024-12-31', '{"scale": 6}') AS a, late_interest_agg(delta, day, :'fr', '2024-12-31', '{"scale": 6}' ORDER BY i DESC) AS b,
	late_interest_agg(delta, day, :'fr', '2024-12-31', '{"scale": 6}' ORDER BY day, delta) AS c FROM ledger_like GROUP BY id) AS q;
-- the balance of each day, in plain SQL
SELECT count(*) AS differ FROM
	(SELECT id, late_interest_agg(delta, day, :'fr', '2024-12-31', '{"scale": 6}') AS a FROM ledger_like GROUP BY id) AS agg
FULL JOIN (SELECT id, round(sum(greatest(balance, 0) * rate_at(:'fr', day + 1)) / 36500, 6) AS b FROM
		(SELECT id, day, sum(sum(delta)) OVER (PARTITION BY id ORDER BY day) AS balance FROM
			(SELECT id, day, delta FROM ledger_like UNION ALL SELECT i, day::date, 0 FROM generate_series(0, 39) AS i, generate_series(DATE '2024-01-01', '2024-12-30', interval '1 day') AS day) AS u GROUP BY id, day) AS daily
	GROUP BY id) AS plain USING (id) WHERE a IS DISTINCT FROM b;
-- workers, one of which may see no row
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE ledger_like SET (parallel_workers = 3);
SET max_parallel_workers_per_gather = 0;
SELECT late_interest_agg(delta, day, :'fr', '2024-12-31', '{"scale": 6}') AS alone FROM ledger_like \gset
SET max_parallel_workers_per_gather = 3;
SELECT late_interest_agg(delta, day, :'fr', '2024-12-31', '{"scale": 6}') = :'alone' AS same, late_interest_agg(delta, day, :'fr', '2024-12-31') = round(:'alone', 2) AS cents FROM ledger_like;
RESET max_parallel_workers_per_gather;
-- FILTER, a moving window frame
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30') FILTER (WHERE delta > 0) AS due, late_interest_agg(delta, day, :'fr', '2024-09-30') FILTER (WHERE delta > 1e6) AS none FROM account;
SELECT day, late_interest_agg(delta, day, :'fr', '2024-09-30') OVER w AS frame, late_interest_agg(delta, day, :'fr', '2024-09-30') OVER (ORDER BY day) AS so_far
FROM account WHERE delta IS NOT NULL AND day IS NOT NULL WINDOW w AS (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY day;

-- a constant balance bears what the amount does, by any convention
SELECT count(*) AS differ FROM (SELECT a.amount, a.from_day, rule, day_count, rounding,
	late_interest(a.amount, a.from_day, '2024-12-31', :'fr', rule, day_count, rounding) AS scalar,
	(SELECT late_interest_agg(delta, day, :'fr', '2024-12-31', jsonb_build_object('rule', rule, 'day_count', day_count, 'rounding', rounding))
		FROM (VALUES (a.amount, a.from_day), (0, a.from_day + 20), (5, a.from_day + 40), (-5, a.from_day + 40)) AS v (delta, day)) AS agg
	FROM (SELECT (i * 7919 % 100000)::numeric / 100 + 1 AS amount, DATE '2024-01-01' + i * 7 % 360 AS from_day FROM generate_series(1, 60) AS i) AS a, unnest('{per_period,at_start,at_end}'::text[]) AS rule,
		unnest('{act/365,act/360,act/act,30/360,30e/360}'::text[]) AS day_count, unnest('{once,per_period}'::text[]) AS rounding) AS q WHERE scalar IS DISTINCT FROM agg;
-- interest up to a day and from then on is that of both, but by 30/360
SELECT day_count, count(*) FILTER (WHERE abs(late_interest(p, a, b, :'fr', day_count => day_count, scale => 6) + late_interest(p, b, c, :'fr', day_count => day_count, scale => 6) - late_interest(p, a, c, :'fr', day_count => day_count, scale => 6)) > 0.000001) > 0 AS differ
FROM (SELECT 1000 + i AS p, DATE '2024-01-01' + i * 3 % 120 AS a, DATE '2024-05-01' + i * 5 % 100 AS b, DATE '2024-09-01' + i * 7 % 120 AS c FROM generate_series(1, 200) AS i) AS v, unnest('{act/365,act/360,act/act,30/360,30e/360}'::text[]) AS day_count GROUP BY day_count ORDER BY day_count;

-- each error
SELECT late_interest_agg(delta, day, :'fr', '2025-03-31') FROM account;
SELECT late_interest_agg(delta, day, CASE WHEN delta > 0 THEN :'fr'::rate_schedule ELSE :'ten' END, '2024-09-30') FROM account;
SELECT late_interest_agg(delta, day, :'fr', day + 30) FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', CASE WHEN delta > 0 THEN '{}' ELSE '{"scale": 3}' END::jsonb) FROM account;
SELECT late_interest_agg(delta, day, NULL, '2024-09-30') FROM account;
SELECT late_interest_agg(delta, day, :'fr', NULL) FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', NULL) FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '{"grace_days": 3}') FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '{"rule": "at_due"}') FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '{"day_count": 365}') FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '{"scale": 7}') FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '{"scale": 1.5}') FROM account;
SELECT late_interest_agg(delta, day, :'fr', '2024-09-30', '[]') FROM account;
SELECT late_interest_agg('NaN', day, :'fr', '2024-09-30') FROM account;
SELECT late_interest_agg(delta, 'infinity', :'fr', '2024-09-30') FROM account;
SELECT late_interest_agg(92233720368547758.07, day, :'fr', '2024-09-30') FROM account;

-- ten million changes and one more
SELECT late_interest_agg(1.00, '2024-05-31', :'fr', '2024-09-30') FROM generate_series(1, 10000001) AS i;

-- state functions with bytes of anybody's
SELECT late_interest_add(NULL, 12000, '2024-05-31', :'fr', '2024-09-30') AS state \gset
SELECT late_interest_finish(:'state') AS one, late_interest_finish(late_interest_add(:'state', -2000, '2024-07-15', :'fr', '2024-09-30')) = late_interest_finish(late_interest_merge(late_interest_add(NULL, -2000, '2024-07-15', :'fr', '2024-09-30'), :'state')) AS merged,
	late_interest_add(:'state', NULL, '2024-07-15', :'fr', '2024-09-30') = :'state' AS skipped, late_interest_add(NULL, NULL, NULL, NULL, NULL) IS NULL AS none, late_interest_merge(NULL, :'state') IS NULL AS strict;
SELECT late_interest_add('\x', 1, '2024-05-31', :'fr', '2024-09-30');
SELECT late_interest_finish('\x00');
SELECT late_interest_finish(decode(repeat('01', 500), 'hex'));
SELECT late_interest_merge(:'state', decode(repeat('ff', 500), 'hex'));
SELECT late_interest_merge(:'state', late_interest_add(NULL, 1, '2024-05-31', :'ten', '2024-09-30'));
SELECT late_interest_merge(:'state', late_interest_add(NULL, 1, '2024-05-31', :'fr', '2024-10-30'));
SELECT late_interest_merge(:'state', late_interest_add(NULL, 1, '2024-05-31', :'fr', '2024-09-30', '{"scale": 3}'));
SELECT late_interest_merge(late_interest_add(NULL, 92233720368547758.07, '2024-05-31', :'fr', '2024-09-30'), late_interest_add(NULL, 0.001, '2024-05-31', :'fr', '2024-09-30'));
-- each byte of the header, and of the rates and the change, in turn: an error or an answer
CREATE FUNCTION outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'answer';
EXCEPTION WHEN invalid_binary_representation OR numeric_value_out_of_range OR invalid_parameter_value THEN
	RETURN 'refused';
END $$;
SELECT outcome, count(*) > 0 AS some FROM generate_series(0, 95) AS at, unnest('{0,1,127,255}'::int[]) AS byte,
	outcome(format($$SELECT late_interest_finish(%1$L), late_interest_finish(late_interest_merge(%1$L, %2$L)), late_interest_finish(late_interest_add(%1$L, -1, '2024-06-30', %3$L, '2024-09-30'))$$, set_byte(:'state', at, byte), :'state', :'fr'))
WHERE at < length(:'state'::bytea) GROUP BY outcome ORDER BY outcome;
-- also when an aggregate of one's own begins with them: too many rates, too many changes, no such rule, a day outside
CREATE FUNCTION begin_with(state bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE AGGREGATE begins_with(numeric, date, rate_schedule, date) (SFUNC = late_interest_add, STYPE = bytea, FINALFUNC = late_interest_finish, INITCOND = %L)', state);
	RETURN (SELECT begins_with(delta, day, '{"rates": [{"from": "2024-01-01", "rate_pct": 14.50}, {"from": "2024-07-01", "rate_pct": 14.25}], "to": "2024-12-31"}', '2024-09-30') FROM account WHERE delta < 0);
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
SELECT begin_with(:'state') AS whole;
DROP AGGREGATE begins_with(numeric, date, rate_schedule, date);
SELECT begin_with(set_byte(set_byte(:'state', 28, 127), 31, 127)) AS rates, begin_with(set_byte(set_byte(:'state', 36, 127), 43, 127)) AS changes, begin_with(set_byte(set_byte(:'state', 4, 127), 7, 127)) AS rule,
	begin_with(set_byte(set_byte(:'state', 76, 127), 79, 127)) AS day, begin_with(substr(:'state'::bytea, 1, 43)) AS short, begin_with('') AS empty;

-- Recovery costs -----------------------------------------------------------------------

SELECT amount, max(recovery_indemnity(tiers, amount)) FILTER (WHERE country = 'FR') AS fr, max(recovery_indemnity(tiers, amount)) FILTER (WHERE country = 'IE') AS ie
FROM recovery_indemnities(), unnest('{-1,0,0.01,1000.00,1000.01,10000.00,10000.01,92233720368547758.07}'::numeric[]) AS amount GROUP BY amount ORDER BY amount;
SELECT recovery_indemnity(NULL, 1), recovery_indemnity('{"tiers": [{"amount": 40}]}', NULL), recovery_indemnity('{"tiers": [{"amount": 0}]}', 5) AS none, recovery_indemnity('{"tiers": [{"up_to": 0.001, "amount": 1.2345}, {"amount": 40}]}', 0.001) AS decimals;
SELECT recovery_indemnity('{"tiers": []}', 1);
SELECT recovery_indemnity('{"tiers": {"amount": 40}}', 1);
SELECT recovery_indemnity('{"tiers": [40]}', 1);
SELECT recovery_indemnity('{"tiers": [{"up_to": 1000, "amount": 40}]}', 1);
SELECT recovery_indemnity('{"tiers": [{"amount": 40}, {"amount": 70}]}', 1);
SELECT recovery_indemnity('{"tiers": [{"up_to": 1000, "amount": 40}, {"up_to": 1000.00, "amount": 70}, {"amount": 100}]}', 1);
SELECT recovery_indemnity('{"tiers": [{"up_to": 1000}, {"amount": 100}]}', 1);
SELECT recovery_indemnity('{"tiers": [{"amount": -40}]}', 1);
SELECT recovery_indemnity('{"tiers": [{"amount": "40"}]}', 1);
SELECT recovery_indemnity('{"tiers": [{"amount": 40, "from": 0}]}', 1);
SELECT recovery_indemnity('{"tier": [{"amount": 40}]}', 1);
SELECT recovery_indemnity('[]', 1);
SELECT recovery_indemnity('{"tiers": [{"amount": 40}]}', 'NaN');
SELECT recovery_indemnity(jsonb_build_object('tiers', jsonb_agg(CASE WHEN i < 1001 THEN jsonb_build_object('up_to', i, 'amount', i) ELSE '{"amount": 1}' END)), 1) FROM generate_series(1, 1001) AS i;

-- Data set by authorities ------------------------------------------------------------------

SELECT name, country, title, source, f.* FROM rate_schedules(), schedule_rates(schedule) AS f WHERE from_day >= '2022-01-01' ORDER BY name, from_day;
-- half a year each, from January or July; and ten points over the reference rate on each day
SELECT bool_and(from_day = date_trunc('month', from_day) AND extract(month FROM from_day) IN (1, 7)) AS half_years, bool_and(r.rate_pct + 10 = rate_at(f.schedule, r.from_day)) AS ten_points, count(*) = (SELECT count(*) FROM schedule_rates(f.schedule)) AS as_many
FROM rate_schedules() AS e, schedule_rates(e.schedule) AS r, rate_schedules() AS f WHERE e.name = 'ecb_refi' AND f.name = 'fr_late_payment' GROUP BY f.schedule;
SELECT country, title, currency, tiers, valid_from, valid_to, source FROM recovery_indemnities() ORDER BY country;
-- every half-year has its rate; two of the same are two lines of a statement
SELECT name, count(*) AS lines, bool_and(to_day = (from_day + interval '6 months')::date - 1) AS half_years FROM rate_schedules(), schedule_rates(schedule) GROUP BY name ORDER BY name;
SELECT late_interest(12000, '2015-03-01', '2016-03-01', schedule) AS once, late_interest(12000, '2015-03-01', '2016-03-01', schedule, rounding => 'per period') AS per_period,
	round(12000 * 10.05 / 100 * 121 / 365, 2) + round(12000 * 10.05 / 100 * 184 / 365, 2) + round(12000 * 10.05 / 100 * 61 / 365, 2) AS by_hand
FROM rate_schedules() WHERE name = 'fr_late_payment';
-- options are read before a row without an amount is skipped
SELECT late_interest_agg(NULL, '2025-01-01', schedule, '2025-02-01', '{"bogus": 1}') FROM rate_schedules() WHERE name = 'ecb_refi';
