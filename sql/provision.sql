CREATE SCHEMA test_provision;
SET search_path = test_provision, public;
-- provision: matrices of rates of loss, allowances item by item and in total,
-- rates from history, expected credit loss, and the register.
\pset null '(null)'
SET DateStyle = ISO;

\set ie12 '{"buckets": [{"up_to": 0, "rate_pct": 0.3}, {"up_to": 30, "rate_pct": 1.6}, {"up_to": 60, "rate_pct": 3.6}, {"up_to": 90, "rate_pct": 6.6}, {"rate_pct": 10.6}]}'
\set all '{"buckets": [{"up_to": 0, "rate_pct": 1}, {"up_to": 30, "rate_pct": 10, "scalar": 1.5}, {"rate_pct": 60}], "segments": {"public": [{"rate_pct": 0.5}], "export \\"x\\"": [{"up_to": 60, "rate_pct": 20}, {"rate_pct": 100}]}, "scalar": 1.1, "scalars": {"public": 0.5}, "scenarios": [{"name": "base", "weight": 0.6}, {"name": "down", "weight": 0.3, "scalar": 1.4}, {"name": "up", "weight": 0.1, "scalar": 0.8}], "from": "2024-01-01", "to": "2024-12-31", "source": "board, 2023-12-12", "scale": 3}'
\set all_of_it '{"buckets": [{"rate_pct": 100}]}'

-- Matrices ---------------------------------------------------------------------------

SELECT provision_matrix :'ie12';
SELECT provision_matrix :'all';
SELECT * FROM provision_buckets(:'ie12');
-- 60 % x 1.1: 66 %; by scenario 66, 92.4 and 52.8 %; 20 % x 1.1 = 22 %; 100 % is no more than that
SELECT segment, bucket, from_days, to_days, rate_pct, rate, rate = expected AS right
FROM provision_buckets(:'all') JOIN (VALUES (1, 0, 0.01 * 1.1 * 1.1), (1, 1, 0.1 * 1.5 * 1.1 * 1.1), (1, 2, 0.6 * 0.66 + 0.3 * 0.924 + 0.1 * 0.528),
	(2, 0, 0.005 * 0.5 * 1.1 * 1.1), (3, 0, 0.2 * 1.1 * 1.1), (3, 1, 0.6 + 0.3 + 0.1 * 0.88)) AS v (s, bucket, expected) USING (bucket)
WHERE s = CASE segment WHEN 'public' THEN 2 WHEN 'export "x"' THEN 3 ELSE 1 END OR (s = 1 AND segment IS NULL);
SELECT day, provision_valid(:'all', day), provision_valid(:'ie12', day) AS without FROM unnest('{2023-12-31,2024-01-01,2024-12-31,2025-01-01}'::date[]) AS day;
SELECT provision_valid(:'all', NULL), provision_valid(NULL, '2024-01-01'), (SELECT count(*) FROM provision_buckets(NULL)) AS rows;
SELECT provision_valid(:'ie12', 'infinity');
-- what is a default is not printed; digits are the shortest
SELECT provision_matrix '{"scale": 2, "contagion": "item", "scalar": 1.00, "buckets": [{"rate_pct": 5.000000000001, "scalar": 1}], "from": "0001-01-01", "to": "9999-12-31", "segments": {}, "scalars": {}, "source": ""}';

-- each error
SELECT provision_matrix '{"buckets": [{"up_to": 30, "rate_pct": 1}, {"up_to": 30, "rate_pct": 2}, {"rate_pct": 3}]}';
SELECT provision_matrix '{"buckets": [{"up_to": 60, "rate_pct": 1}, {"up_to": 30, "rate_pct": 2}, {"rate_pct": 3}]}';
SELECT provision_matrix '{"buckets": [{"up_to": 30, "rate_pct": 1}, {"up_to": 60, "rate_pct": 2}]}';
SELECT provision_matrix '{"buckets": [{"up_to": 30, "rate_pct": 1}, {"rate_pct": 2}, {"rate_pct": 3}]}';
SELECT provision_matrix '{"buckets": [{"up_to": -1, "rate_pct": 1}, {"rate_pct": 2}]}';
SELECT provision_matrix '{"buckets": [{"up_to": 1000001, "rate_pct": 1}, {"rate_pct": 2}]}';
SELECT provision_matrix '{"buckets": [{"up_to": 30.5, "rate_pct": 1}, {"rate_pct": 2}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 100.000000000001}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": -0.01}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 1e300}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 0.0000000000001}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": "5"}]}';
SELECT provision_matrix '{"buckets": [{"up_to": 0}]}';
SELECT provision_matrix '{"buckets": [{}]}';
SELECT provision_matrix '{"buckets": [{"rate": 5}]}';
SELECT provision_matrix '{"buckets": [5]}';
SELECT provision_matrix '{"buckets": []}';
SELECT provision_matrix '{}';
SELECT provision_matrix '[]';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "bucket": 1}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "buckets": [{"rate_pct": 6}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "segments": {"": [{"rate_pct": 5}]}}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "segments": {"public": []}}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "segments": {"public": [{"up_to": 30, "rate_pct": 5}]}}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "segments": [{"public": 5}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scalars": {"public": 1.1}}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scalar": 100.1}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scalar": 1.000000001}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scenarios": [{"name": "a", "weight": 0.5}, {"name": "b", "weight": 0.4}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scenarios": [{"name": "a", "weight": 0.5}, {"name": "a", "weight": 0.5}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scenarios": [{"name": "a", "scalar": 1}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scenarios": [{"weight": 1}]}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scenarios": []}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "from": "2025-01-01", "to": "2024-12-31"}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "contagion": "group"}';
SELECT provision_matrix '{"buckets": [{"rate_pct": 5}], "scale": 7}';
SELECT jsonb_build_object('buckets', jsonb_agg(jsonb_build_object('up_to', i, 'rate_pct', 1)))::provision_matrix FROM generate_series(1, 101) AS i;
SELECT jsonb_build_object('buckets', '[{"rate_pct": 1}]'::jsonb, 'segments', jsonb_object_agg(i, '[{"rate_pct": 1}]'::jsonb))::provision_matrix FROM generate_series(1, 1001) AS i;
SELECT jsonb_build_object('buckets', '[{"rate_pct": 1}]'::jsonb, 'source', repeat('x', 1001))::provision_matrix;

-- forms: text, JSON and binary; stored; the same again
CREATE TABLE form (id int, m provision_matrix);
INSERT INTO form VALUES (1, :'ie12'), (2, :'all'), (3, '{"buckets": [{"rate_pct": 100}], "contagion": "customer"}'), (4, provision_stress(:'all', 1.25, 1, 'down'));
INSERT INTO form SELECT 5, jsonb_build_object('buckets', '[{"rate_pct": 1}]'::jsonb, 'segments', jsonb_object_agg('s' || i, jsonb_build_array(jsonb_build_object('rate_pct', i / 10.0))))::provision_matrix FROM generate_series(1, 1000) AS i;
SELECT id, m::text::provision_matrix = m AS text, m::jsonb::provision_matrix = m AS jsonb, m::jsonb = m::text::jsonb AS same_json,
	provision_matrix_send(m) = '\x01' || convert_to(m::text, 'UTF8') AS binary_form FROM form ORDER BY id;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/provision.copy'
CREATE TABLE copied (LIKE form);
\set copy_out '\\copy form TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy_out
:copy_in
SELECT count(*) AS matrices, bool_and(c.m = f.m AND c.m::text = f.m::text) AS same FROM copied AS c JOIN form AS f USING (id);
SELECT count(*) AS same FROM form AS a JOIN form AS b ON a.m = b.m;
SELECT count(*) AS different, sum(n) AS all FROM (SELECT m, count(*) AS n FROM (SELECT m FROM form UNION ALL SELECT m FROM copied) AS q GROUP BY m) AS q;
SELECT a = b AS equal, a <> b AS unequal, a = c AS other, provision_matrix_hash(a) = provision_matrix_hash(b) AS hash,
	provision_matrix_hash_extended(a, 7) = provision_matrix_hash_extended(b, 7) AS extended
FROM (SELECT provision_matrix '{"buckets": [{"rate_pct": 5}]}', provision_matrix '{"scale": 2, "buckets": [{"rate_pct": 5.00}]}', provision_matrix '{"buckets": [{"rate_pct": 5}], "scale": 3}') AS q (a, b, c);
-- a thousand segments, each by its name
SELECT count(*) AS segments, bool_and(provision_amount(1000, 0, m, segment => 's' || i) = i) AS right, max(provision_amount(1000, 0, m, segment => 'none')) AS default
FROM form, generate_series(1, 1000) AS i WHERE id = 5;

-- Stress: a tenth more; one bucket worse; a scenario alone
SELECT provision_stress(:'ie12', 1.1);
SELECT provision_stress(:'ie12', worse => 1);
SELECT provision_stress(:'all', 1.25, 1, 'down');
SELECT provision_stress(:'ie12') = :'ie12' AS none, provision_stress(:'ie12', worse => 2000000000) = provision_stress(:'ie12', worse => 4) AS all_last, provision_stress(:'ie12', NULL), provision_stress(NULL);
SELECT provision_stress(:'ie12', -0.1);
SELECT provision_stress(provision_stress(:'ie12', 20), 20);
SELECT provision_stress(:'ie12', worse => -1);
SELECT provision_stress(:'ie12', scenario => 'down');

-- The allowance of an item --------------------------------------------------------------

-- IFRS 9, illustrative example 12: 580,000
CREATE TABLE ie12 (gross numeric, days int);
INSERT INTO ie12 VALUES (15000000, 0), (7500000, 30), (4000000, 60), (2500000, 90), (1000000, 91);
SELECT gross, days, provision_amount(gross, days, :'ie12') FROM ie12 ORDER BY days;
SELECT sum(provision_amount(gross, days, :'ie12')) AS total, provision_amount(gross, days, :'ie12', 0, 'line') AS by_line, provision_amount(gross, days, :'ie12', 0, 'bucket') AS by_bucket,
	sum(provision_amount(gross, days, :'ie12', scalar => 1.1)) AS a_tenth_more, provision_amount(gross, days, provision_stress(:'ie12', worse => 1), 0, 'line') AS one_bucket_worse FROM ie12;
-- edges
SELECT days, provision_amount(1000, days, :'ie12') FROM unnest('{-2147483648,-1,0,1,30,31,60,61,90,91,2147483647}'::int[]) AS days;
-- from flows of payments: 27,567.39; with the rounded rate of 8.7 % it would be 27,570.00
SELECT provision_matrix_of('{0,30,60,90}', loss_rates(ARRAY[100000, 50000, 23000, 8000, 2000]));
SELECT balance, provision_amount(balance, days, m), sum(provision_amount(balance, days, m)) OVER () AS total
FROM (SELECT provision_matrix_of('{0,30,60,90}', loss_rates(ARRAY[100000, 50000, 23000, 8000, 2000])) AS m) AS q, (VALUES (300000, 0), (140000, 30), (60000, 60), (23000, 90), (5000, 91)) AS v (balance, days);
-- rounded half away from zero, at the matrix's scale
SELECT scale, provision_amount(1.25, 1, jsonb_build_object('buckets', '[{"rate_pct": 50}]'::jsonb, 'scale', scale)::provision_matrix) FROM generate_series(0, 6) AS scale;
SELECT provision_amount(0.10, 1, '{"buckets": [{"rate_pct": 45}]}') AS down, provision_amount(0.10, 1, '{"buckets": [{"rate_pct": 44.999999999999}]}') AS also, provision_amount(0.01, 1, '{"buckets": [{"rate_pct": 50}]}') AS up, provision_amount(0.01, 1, '{"buckets": [{"rate_pct": 49.999999999999}]}') AS nothing;
-- the numeric that comes out is, byte for byte, the server's own
SELECT count(*) AS amounts, count(*) FILTER (WHERE numeric_send(mine) <> numeric_send(plain) OR mine::text <> plain::text OR hash_numeric(mine) <> hash_numeric(plain)) AS other
FROM (SELECT provision_amount(x, 1, m) AS mine, trunc(x, scale) AS plain FROM (SELECT scale, jsonb_build_object('buckets', '[{"rate_pct": 100}]'::jsonb, 'scale', scale)::provision_matrix AS m FROM generate_series(0, 6) AS scale) AS s,
	(SELECT (i % 9 + 1) * 10.0 ^ (i % 15) / 100 + i % 7 * 0.0001 AS x FROM generate_series(1, 2000) AS i UNION ALL SELECT unnest('{0.00,0.01,0.0001,0.000001,9999.9999,10000,99999999.99,100000000,1e15,9999999999999999.99}'::numeric[])) AS v) AS q;
-- an individual rate wins over matrix and scalar; cover; cap; credit
SELECT provision_amount(4000, 45, :'ie12', 0.4) AS individual, provision_amount(4000, 45, :'ie12', 0.4, scalar => 2) AS scalar_is_not_for_it, provision_amount(4000, 45, :'ie12', 0) AS none, provision_amount(4000, 45, :'ie12', 1) AS all,
	provision_amount(4000, 45, :'ie12', cover => 1000) AS covered, provision_amount(4000, 45, :'ie12', 1, 3999.99) AS a_cent, provision_amount(4000, 45, :'ie12', 1, 5000) AS fully, provision_amount(4000, 45, :'ie12', scalar => 100) AS capped,
	provision_amount(-4000, 45, :'ie12') AS credit, provision_amount(-4000, 45, :'ie12', 1) AS credit_too, provision_amount(0, 45, :'ie12') AS zero;
SELECT provision_amount(3, 1, '{"buckets": [{"rate_pct": 0}]}', 1 / 3.0) AS third, provision_amount(100, 1, '{"buckets": [{"rate_pct": 30}]}', scalar => 1 / 3.0) AS scaled;
-- segments; contagion
SELECT segment, provision_amount(1000, 45, :'all', segment => segment) FROM unnest(ARRAY['public', 'export "x"', 'private', '', NULL]) AS segment;
SELECT provision_amount(1000, 10, m, customer_days => 100) AS customer, provision_amount(1000, 10, m, customer_days => 5) AS own FROM (SELECT (:'ie12'::jsonb || '{"contagion": "customer"}')::provision_matrix) AS q (m);
SELECT provision_amount(1000, 10, :'ie12', customer_days => 100) AS item;
SELECT provision_amount(1000, 10, '{"buckets": [{"rate_pct": 5}], "contagion": "customer"}');
-- never above the base, whose decimals may be more than those of an allowance: in each of these 100.006 or 0.0059 is the base
SELECT provision_amount(100.006, 1, :'all_of_it') AS item, provision_amount(0.0059, 1, '{"buckets": [{"rate_pct": 90}]}') AS no_cent, provision_amount(100.006, 1, :'all_of_it', 0.9999999) AS individual, provision_amount(100.0060000001, 1, :'all_of_it') AS long,
	provision_amount(0.5, 1, :'all_of_it', cover => 0.494) AS covered, (provision_explain(100.006, 1, :'all_of_it')).amount AS explained, provision_amount(100.006, 1, :'all_of_it', 0.9) AS below;
SELECT provision_amount(x, 1, :'all_of_it', 0, 'line') AS by_line, provision_amount(x, 1, :'all_of_it', 0, 'bucket') AS by_bucket, sum(x) AS base FROM (VALUES (100.006), (0.0059), (7.0041)) AS v (x);
-- 18 digits; more decimals than an allowance has
SELECT provision_amount(9999999999999999.99, 1, '{"buckets": [{"rate_pct": 99.999999999999}]}') = round(9999999999999999.99 * 0.99999999999999, 2) AS wide, provision_amount(0.123456789012345678, 1, '{"buckets": [{"rate_pct": 33.333333333333}], "scale": 6}') AS small,
	provision_amount(1.123456789012345678, 1, '{"buckets": [{"rate_pct": 50}], "scale": 6}', cover => 1) AS less;
-- nulls
SELECT provision_amount(NULL, 1, :'ie12'), provision_amount(1, NULL, :'ie12'), provision_amount(1, 1, NULL), provision_amount(1, 1, :'ie12', cover => NULL), provision_amount(1, 1, :'ie12', scalar => NULL);
SELECT provision_amount(NULL, 10, '{"buckets": [{"rate_pct": 5}], "contagion": "customer"}') AS amount_first;
-- each error
SELECT provision_amount('NaN', 1, :'ie12');
SELECT provision_amount('Infinity', 1, :'ie12');
SELECT provision_amount(1e30, 1, :'ie12');
SELECT provision_amount(1000, 1, :'ie12', 1.01);
SELECT provision_amount(1000, 1, :'ie12', 60);
SELECT provision_amount(1000, 1, :'ie12', -0.1);
SELECT provision_amount(1000, 1, :'ie12', 1e20);
SELECT provision_amount(1000, 1, :'ie12', 1.000000000000001);
SELECT provision_amount(1000, 1, :'ie12', -0.000000000000001);
SELECT provision_amount(1000, 1, :'ie12', 'NaN'::numeric);
SELECT provision_amount(1000, 1, :'ie12', cover => -1);
SELECT provision_amount(1000, 1, :'ie12', cover => 'NaN');
SELECT provision_amount(1000, 1, :'ie12', scalar => -1);
SELECT provision_amount(1000, 1, :'ie12', scalar => 101);
SELECT provision_amount(1e15, 1, :'ie12', cover => 0.00000001);

-- Explained
\x
SELECT * FROM provision_explain(1000, 45, :'ie12');
SELECT * FROM provision_explain(1000, 20, :'all', cover => 100, scalar => 1.2);
SELECT * FROM provision_explain(1000, 20, :'all', 0.4, segment => 'public');
\x
-- a scenario that is capped: its weight and scalar are in the trail, not only their mean; and a segment that the matrix does not have, with what was asked for
SELECT base, rate, segment, trail -> 'scenarios' AS scenarios, trail -> 'segment' AS asked, trail -> 'from' AS "from", trail -> 'to' AS "to"
FROM provision_explain(1000, 20, '{"buckets": [{"rate_pct": 90}], "segments": {"retail": [{"rate_pct": 5}]}, "scenarios": [{"name": "base", "weight": 0.5}, {"name": "down", "weight": 0.5, "scalar": 1.4}], "from": "2024-01-01", "to": "2024-12-31"}', segment => 'retial "x"');
SELECT reason, method, base, rate, amount FROM (VALUES (-5, NULL::numeric, 0), (0, NULL, 0), (5, NULL, 5), (5, 0.5, 5), (5, 0.5, 0)) AS v (open, override, cover), provision_explain(open, 45, :'ie12', override, cover);
SELECT e.reason, e.amount, e.trail FROM (VALUES (NULL, 1, 0, 1), (1, NULL, 0, 1), (1, 1, NULL, 1), (1, 1, 0, NULL)) AS v (o, d, c, s), provision_explain(o, d, :'ie12', cover => c, scalar => s) AS e;
SELECT reason FROM provision_explain(1, 1, NULL);
SELECT (trail ->> 'days_past_due')::int AS own, (trail ->> 'days_used')::int AS used, from_days, amount FROM provision_explain(1000, 10, (:'ie12'::jsonb || '{"contagion": "customer"}')::provision_matrix, customer_days => 100);

-- Movement: golden 650 and 375; a loss that uses up an allowance
SELECT new, old, used, m.* FROM (VALUES (1600, 2250.00, 0), (3000, 2625, 0), (0, 6000, 0), (0, 6000, 6000), (1000, 6000, 5500), (1000, 6000, 4000), (0, 0, 0), (0.125, 0.1, 0)) AS v (new, old, used), provision_movement(new, old, used) AS m;
SELECT provision_movement(NULL, 1), provision_movement(1, NULL), provision_movement(1, 1, NULL);
SELECT provision_movement(-1, 1);
SELECT provision_movement(1, 1, 2);
SELECT provision_movement(1, 'NaN');

-- In total -------------------------------------------------------------------------------

CREATE TABLE item AS
SELECT id, (hashint8extended(id, 1) & 1048575) / 100.0 - 500 AS open, (hashint8extended(id, 2) & 255)::int - 60 AS days, CASE WHEN id % 3 = 0 THEN (hashint8extended(id, 3) & 262143) / 100.0 ELSE 0 END AS cover,
	CASE WHEN id % 50 = 0 THEN (id % 7) / 7.0 END AS override, CASE WHEN id % 4 > 0 THEN (ARRAY['public', 'export "x"', 'other'])[id % 4] END AS segment
FROM generate_series(1, 20000) AS id;

-- by line: the sum of items; by bucket: each bucket rounded once, individual items one by one
SELECT provision_amount(open, days, :'ie12', cover, 'line') = sum(provision_amount(open, days, :'ie12', cover => cover)) AS narrow,
	provision_amount(open, days, :'all', cover, 'line', override, segment, NULL) = sum(provision_amount(open, days, :'all', override, cover, 1, segment)) AS wide,
	sum(provision_amount(open, days, :'ie12', cover => cover)) = sum(round(greatest(greatest(open, 0) - cover, 0) * CASE WHEN days <= 0 THEN 0.003 WHEN days <= 30 THEN 0.016 WHEN days <= 60 THEN 0.036 WHEN days <= 90 THEN 0.066 ELSE 0.106 END, 2)) AS plain FROM item;
SELECT (SELECT provision_amount(open, days, :'all', cover, 'bucket', override, segment, NULL) FROM item) =
	(SELECT sum(amount) FROM (SELECT round(sum(greatest(greatest(open, 0) - cover, 0)) * rate, 3) AS amount FROM item, provision_explain(open, days, :'all', cover => cover, segment => segment) AS e WHERE override IS NULL GROUP BY e.segment, bucket, rate) AS q) +
	(SELECT sum(provision_amount(open, days, :'all', override, cover)) FROM item WHERE override IS NOT NULL) AS by_bucket;
-- lines by largest remainder add up to the total by bucket, each less than a cent away
WITH line AS (
	SELECT id, q.bucket, q.base * q.rate AS exact, round(sum(q.base * q.rate) OVER (PARTITION BY q.bucket), 2) AS total
	FROM (SELECT id, e.* FROM item, provision_explain(open, days, :'ie12', cover => cover) AS e OFFSET 0) AS q
), ranked AS (
	SELECT *, trunc(exact, 2) AS low, (total - sum(trunc(exact, 2)) OVER (PARTITION BY bucket)) * 100 AS cents, row_number() OVER (PARTITION BY bucket ORDER BY exact - trunc(exact, 2) DESC, id) AS rank FROM line
)
SELECT sum(low + (rank <= cents)::int * 0.01) = (SELECT provision_amount(open, days, :'ie12', cover, 'bucket') FROM item) AS adds_up, bool_and(abs(low + (rank <= cents)::int * 0.01 - exact) < 0.01) AS near,
	sum(low + (rank <= cents)::int * 0.01) <> (SELECT provision_amount(open, days, :'ie12', cover, 'line') FROM item) AS other_than_by_line FROM ranked;
-- any order, groups, workers
SELECT provision_amount(open, days, :'ie12', cover, r) = (SELECT provision_amount(open, days, :'ie12', cover, r ORDER BY md5(id::text)) FROM item) AS same_total FROM item, (VALUES ('line'), ('bucket')) AS v (r) GROUP BY r ORDER BY r;
SELECT count(*) AS groups, sum(total) = (SELECT provision_amount(open, days, :'ie12', cover, 'line') FROM item) AS adds_up FROM (SELECT provision_amount(open, days, :'ie12', cover, 'line') AS total FROM item GROUP BY id % 97) AS q;

CREATE AGGREGATE state_of(numeric, int, provision_matrix, numeric, text, numeric, text, int) (SFUNC = provision_amount_add, STYPE = bytea);
CREATE AGGREGATE two_parts(bytea) (SFUNC = provision_amount_merge, STYPE = bytea, FINALFUNC = provision_amount_finish);
SELECT r, two_parts(state) = max(whole) AS merged FROM (SELECT r, state_of(open, days, :'all'::provision_matrix, cover, r, override, segment, NULL::int) AS state FROM item, (VALUES ('line'), ('bucket')) AS v (r) GROUP BY r, id % 5) AS q
	JOIN (SELECT r, provision_amount(open, days, :'all', cover, r, override, segment, NULL) AS whole FROM item, (VALUES ('line'), ('bucket')) AS v (r) GROUP BY r) AS w USING (r) GROUP BY r ORDER BY r;
SELECT count(*) AS rows, bool_and(moving = single + coalesce(before, 0)) AS window_frame
FROM (SELECT provision_amount(open, days, :'ie12', cover, 'line') OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS moving, provision_amount(open, days, :'ie12', cover => cover) AS single,
		lag(provision_amount(open, days, :'ie12', cover => cover)) OVER (ORDER BY id) AS before FROM item WHERE id <= 100) AS q;
-- no row; only nulls; a null in a row; FILTER
SELECT provision_amount(open, days, :'ie12', cover, 'line') AS no_row FROM item WHERE false;
SELECT provision_amount(open, NULL, :'ie12', cover, 'line') AS only_nulls FROM item;
SELECT provision_amount(o, d, m::provision_matrix, c, 'line') AS one FROM (VALUES (100, 10, :'ie12', 0), (NULL, 10, :'ie12', 0), (100, NULL, :'ie12', 0), (100, 10, NULL, 0), (100, 10, :'ie12', NULL)) AS v (o, d, m, c);
SELECT provision_amount(100, 10, :'ie12', 0, 'line') FILTER (WHERE i > 1) AS filter FROM generate_series(1, 3) AS i;
-- by line the matrix may change, with its scale; by bucket it may not
SELECT provision_amount(o, 1, m::provision_matrix, 0, 'line') AS scales FROM (VALUES (1.2345, '{"buckets": [{"rate_pct": 100}], "scale": 0}'), (1.2345, '{"buckets": [{"rate_pct": 100}], "scale": 3}')) AS v (o, m);
SELECT provision_amount(o, 1, m::provision_matrix, 0, 'bucket') FROM (VALUES (1, '{"buckets": [{"rate_pct": 100}]}'), (1, '{"buckets": [{"rate_pct": 99}]}')) AS v (o, m);
SELECT provision_amount(o, 1, :'ie12', 0, r) FROM (VALUES (1, 'line'), (1, 'bucket')) AS v (o, r);
SELECT provision_amount(1, 1, :'ie12', 0, 'item');
SELECT provision_amount(1, 1, :'ie12', 0, NULL::text);
SELECT provision_amount(1, 1, :'ie12', -1, 'line');
SELECT provision_amount(1, 1, '{"buckets": [{"rate_pct": 5}], "contagion": "customer"}', 0, 'line');
SELECT provision_amount(1, 1, '{"buckets": [{"rate_pct": 5}, {"rate_pct": 5}]}', 0, 'line');
SELECT provision_amount(o, 1, '{"buckets": [{"rate_pct": 50}]}', 0, 'bucket') AS wide FROM (VALUES (9999999999999999.98), (0.000000000000000002)) AS v (o);
-- states from anywhere
SELECT provision_amount_add('\x', 1, 1, :'ie12', 0, 'line');
SELECT provision_amount_add(decode(repeat('00', 40), 'hex'), 1, 1, :'ie12', 0, 'line');
SELECT provision_amount_finish(provision_amount_add(NULL, 1, 1, :'ie12', 0, 'bucket') || '\x00');
SELECT provision_amount_merge(provision_amount_add(NULL, 1, 1, :'ie12', 0, 'line'), provision_amount_add(NULL, 1, 1, :'ie12', 0, 'bucket'));
SELECT provision_amount_finish(set_byte(s, 60, 77)) FROM provision_amount_add(NULL, 1, 1, :'ie12', 0, 'bucket') AS s;
SELECT provision_amount_finish(set_byte(s, length(s) - 1, 255)) FROM provision_amount_add(NULL, 1, 1, :'ie12', 0, 'bucket') AS s;
-- every byte of a state, damaged: an answer or an error, nothing worse
CREATE FUNCTION damaged(state bytea, i int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN 'answer ' || (provision_amount_finish(provision_amount_merge(set_byte(state, i, 255 - get_byte(state, i)), state)) IS NOT NULL);
EXCEPTION WHEN data_exception OR numeric_value_out_of_range OR feature_not_supported THEN
	RETURN sqlstate;
END $$;
SELECT count(*) = max(length(s)) AS all_bytes, bool_and(damaged(s, i) IN ('answer true', '22P03', '22003', '22023', '0A000')) AS fine FROM provision_amount_add(NULL, 1, 1, :'ie12', 0, 'bucket') AS s, LATERAL generate_series(0, length(s) - 1) AS i;

-- Rates from history -----------------------------------------------------------------------

SELECT loss_rates(ARRAY[100000, 50000, 23000, 8000, 2000]), roll_rates(ARRAY[100000, 50000, 23000, 8000, 2000]);
SELECT loss_rates(ARRAY[100, 0, 0]), roll_rates(ARRAY[100, 0, 0]), loss_rates(NULL), roll_rates(NULL);
SELECT loss_rates(ARRAY[100]);
SELECT loss_rates(ARRAY[100, 101]);
SELECT loss_rates(ARRAY[100, -1]);
SELECT roll_rates(ARRAY[100, NULL]);
SELECT roll_rates(ARRAY[100, 'NaN'::numeric]);
SELECT roll_rates(ARRAY[[100, 50], [20, 10]]);
CREATE TABLE snapshot (bucket int, next_bucket int, amount numeric);
INSERT INTO snapshot VALUES (0, 1, 50000), (0, -1, 50000.00), (1, 2, 20000), (1, 3, 3000), (1, -1, 27000), (2, 3, 8000), (2, 1, 5000), (2, 2, 10000), (3, 4, 2000), (3, -1, 6000), (NULL, 1, 99), (1, NULL, 99), (1, 1, NULL);
SELECT roll_rates(bucket, next_bucket, amount) AS roll, loss_rates(bucket, next_bucket, amount) AS loss FROM snapshot;
SELECT loss_rates(bucket, next_bucket, amount) = loss_rates(bucket, next_bucket, amount ORDER BY amount) AS any_order, roll_rates(bucket, next_bucket, amount) FILTER (WHERE bucket > 1) AS gap, loss_rates(bucket, next_bucket, amount) FILTER (WHERE bucket <> 2) AS unknown FROM snapshot;
SELECT provision_matrix_of('{0,30,60,90}', loss_rates(bucket, next_bucket, amount)) AS matrix FROM snapshot;
SELECT roll_rates_finish(roll_rates_merge(a, b)) = (SELECT roll_rates(f, t, x) FROM (VALUES (0, 1, 1), (0, 0, 2.125), (1, 2, 5)) AS v (f, t, x)) AS merged, loss_rates_finish(roll_rates_merge(b, a)) = loss_rates_finish(roll_rates_merge(a, b)) AS either_way
FROM (SELECT roll_rates_add(NULL, 0, 1, 1), roll_rates_add(roll_rates_add(NULL, 0, 0, 2.125), 1, 2, 5)) AS q (a, b);
SELECT roll_rates(b, n, 1) AS roll, loss_rates(b, n, 1) AS loss FROM (VALUES (0, -1)) AS v (b, n);
SELECT roll_rates(b, n, 1) AS roll, loss_rates(b, n, 1) AS loss FROM (VALUES (0, 0)) AS v (b, n) WHERE false;
SELECT roll_rates(-1, 0, 1);
SELECT roll_rates(0, 102, 1);
SELECT loss_rates(100000, 50000, 23000);
SELECT roll_rates(0, -2, 1);
SELECT roll_rates(0, 1, -1);
SELECT roll_rates(0, 1, 'NaN');
SELECT roll_rates_add('\x00', 0, 1, 1);
SELECT roll_rates_finish(set_byte(s, 10, 1)) FROM roll_rates_add(NULL, 0, 1, 1) AS s;
SELECT roll_rates_finish(set_byte(s, 12 + 15, 255)) FROM roll_rates_add(NULL, 0, 1, 1) AS s;
SELECT provision_matrix_of('{0,30}', ARRAY[0.1, 0.2]);
SELECT provision_matrix_of('{0}', ARRAY[0.1, 2]);
SELECT provision_matrix_of('{30,0}', ARRAY[0.1, 0.2, 0.3]);
SELECT provision_matrix_of('{NULL}', ARRAY[0.1, 0.2]);
SELECT provision_matrix_of('{}', ARRAY[1 / 3.0]);

-- Expected credit loss -----------------------------------------------------------------------

-- by hand: 0.01 x 0.45 x 1000 / 1.05 + 0.02 x 0.45 x 800 / 1.05^2 + 0.03 x 0.45 x 600 / 1.05^3
SELECT abs(ecl(ARRAY[0.01, 0.02, 0.03], 0.45, ARRAY[1000, 800, 600], 0.05, 'marginal') - (4.5 / 1.05 + 7.2 / 1.05 ^ 2 + 8.1 / 1.05 ^ 3)) < 1e-12 AS marginal,
	abs(ecl(ARRAY[0.01, 0.02, 0.03], 0.45, ARRAY[1000, 800, 600], 0.05, 'conditional') - (4.5 / 1.05 + 7.2 * 0.99 / 1.05 ^ 2 + 8.1 * 0.99 * 0.98 / 1.05 ^ 3)) < 1e-12 AS conditional,
	abs(ecl(ARRAY[0.01, 0.02, 0.03], 0.45, ARRAY[1000, 800, 600], 0.05, 'marginal', horizon => '12-month') - 4.5 / 1.05) < 1e-12 AS year,
	abs(ecl(ARRAY[0.01, 0.02, 0.03], 0.45, ARRAY[1000, 800, 600], 0.05, 'marginal', 2, '12-month') - (4.5 / 1.05 ^ 0.5 + 7.2 / 1.05)) < 1e-12 AS halves;
SELECT ecl(ARRAY[0.5, 0.5], 1, ARRAY[100, 100], 0, 'marginal') AS certain, ecl(ARRAY[1, 1], 1, ARRAY[100, 100], 0, 'conditional') AS at_once, ecl(ARRAY[0.1], 0, ARRAY[100], 0, 'marginal') AS nothing, ecl(ARRAY[0.1], 1, ARRAY[100], -0.5, 'marginal') AS negative_rate, ecl(NULL, 0, ARRAY[100], 0, 'marginal');
SELECT ecl(ARRAY[0.5, 0.51], 1, ARRAY[100, 100], 0, 'marginal');
SELECT ecl(ARRAY[0.1, 1.1], 1, ARRAY[100, 100], 0, 'conditional', horizon => '12-month');
SELECT ecl(ARRAY[0.1], 1, ARRAY[100], -1, 'marginal');
SELECT ecl(ARRAY[0.1], 1.1, ARRAY[100], 0, 'marginal');
SELECT ecl(ARRAY[0.1], 1, ARRAY[-100], 0, 'marginal');
SELECT ecl('{NaN}', 1, ARRAY[100], 0, 'marginal');
SELECT ecl(ARRAY[0.1], 'NaN', ARRAY[100], 0, 'marginal');
SELECT ecl(ARRAY[0.1], 1, '{Infinity}', 0, 'marginal');
SELECT ecl(ARRAY[0.1], 1, ARRAY[100, 100], 0, 'marginal');
SELECT ecl('{}', 1, '{}', 0, 'marginal');
SELECT ecl(ARRAY[0.1, NULL], 1, ARRAY[100, 100], 0, 'marginal');
SELECT ecl(ARRAY[0.1], 1, ARRAY[100], 0, 'annual');
SELECT ecl(ARRAY[0.1], 1, ARRAY[100], 0, 'marginal', 0);
SELECT ecl(array_fill(0, ARRAY[10001]), 1, array_fill(1, ARRAY[10001]), 0, 'marginal');
SELECT stage, from_days, source FROM ecl_presumptions();
SELECT days, ecl_stage(days, 31, 90), ecl_stage(days, 60, 180) AS rebutted FROM unnest('{-5,0,30,31,59,60,89,90,180,NULL}'::int[]) AS days;
SELECT ecl_stage(10, 90, 30);
SELECT ecl_stage(10, 0, 30);

-- The register, with the exercise of the manual: 650, 375, and a loss ---------------------------

CREATE SCHEMA "Closing 2024";
SELECT provision_register_ddl('Closing 2024') \gexec
SET search_path = test_provision, public, "Closing 2024";
-- the year before: 60 % of 12,000, 30 % of 9,000 and 70 % of 4,500, all of which become doubtful
INSERT INTO provision_register (closing, item, event, event_on, method, rate, base_excl_vat, amount, doubtful)
SELECT '2023-12-31', client, 'receivership', '2023-11-02', 'individual', rate, gross / 1.2, provision_amount(round(gross / 1.2, 2), 0, '{"buckets": [{"rate_pct": 0}]}', rate), gross
FROM (VALUES ('A', 12000, 0.6), ('B', 9000, 0.3), ('C', 4500, 0.7)) AS v (client, gross, rate);
INSERT INTO provision_register (closing, item, event, event_on, method, rate, base_excl_vat, amount, previous, loss_excl_vat, loss_vat, doubtful, previous_doubtful, doubtful_paid, deductible, deductible_reason)
SELECT '2024-12-31', client, event, event_on::date, 'individual', rate, base, provision_amount(base, 0, '{"buckets": [{"rate_pct": 0}]}', rate), previous, loss, vat, CASE WHEN settled THEN 0 ELSE gross - received END, gross, received, base * rate, 'individual event known at the closing'
FROM (SELECT client, gross, received, settled, event, event_on, coalesce(rate, 0) AS rate, CASE WHEN settled THEN 0 ELSE round((gross - received) / 1.2, 2) END AS base, round(gross / 1.2 * old_rate, 2) AS previous,
		CASE WHEN settled THEN round((gross - received) / 1.2, 2) ELSE 0 END AS loss, CASE WHEN settled THEN gross - received - round((gross - received) / 1.2, 2) ELSE 0 END AS vat
	FROM (VALUES ('A', 12000, 0.6, 6000, NULL::numeric, true, 'settlement', '2024-06-30'), ('B', 9000, 0.3, 4200, 0.4, false, 'receivership', '2023-11-02'), ('C', 4500, 0.7, 0, 0.8, false, 'liquidation', '2023-12-15'))
		AS v (client, gross, old_rate, received, rate, settled, event, event_on)) AS q;
SELECT closing, item, base_excl_vat::numeric(10,2) AS base_excl_vat, amount, previous, charge, reversal, use, loss_excl_vat AS loss, loss_vat, doubtful, transfer FROM provision_statement ORDER BY closing, item;
SELECT closing, item, account, debit, credit FROM provision_entry ORDER BY closing, item, debit DESC, account;
-- debits and credits are equal, and the accounts hold what the register says: 416 once the cash entries have credited it with 10,200
SELECT sum(debit) = sum(credit) AS balanced, sum(debit) FROM provision_entry;
SELECT sum(debit - credit) FILTER (WHERE account = '416') - 10200 AS doubtful, sum(credit - debit) FILTER (WHERE account = '491') AS allowance FROM provision_entry;
-- where cash entries credit 411, what was paid goes back with the transfer, and 416 holds the same
BEGIN;
UPDATE provision_register SET doubtful_paid = 0;
SELECT item, account, debit, credit FROM provision_entry WHERE closing = '2024-12-31' AND account IN ('411', '416') ORDER BY item, debit DESC, account;
SELECT sum(debit - credit) FILTER (WHERE account = '416') AS doubtful, sum(debit) = sum(credit) AS balanced FROM provision_entry;
ROLLBACK;
-- doubtful and no longer; lost at once; lost in part, its VAT waiting for a receipt; a payment that bounced
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, previous, used, loss_excl_vat, loss_vat, loss_vat_waiting, doubtful, previous_doubtful, doubtful_paid)
VALUES ('2025-12-31', 'becomes', 'matrix', 0, 0, 0, 0, 0, 0, 0, 0, 120, 0, 0), ('2025-12-31', 'no longer', 'matrix', 0, 0, 0, 0, 0, 0, 0, 0, 0, 120, 50),
	('2025-12-31', 'lost', 'matrix', 0, 0, 0, 30, 30, 100, 20, 0, 0, 0, 0), ('2025-12-31', 'in part', 'matrix', 0.5, 40, 20, 60, 0, 60, 0, 12, 48, 120, 0),
	('2025-12-31', 'bounced', 'matrix', 0, 0, 0, 0, 0, 0, 0, 0, 120, 70, -50), ('2025-12-31', 'paid', 'matrix', 0, 0, 0, 0, 0, 0, 0, 0, 0, 120, 120);
SELECT item, transfer FROM provision_statement WHERE closing = '2025-12-31' ORDER BY item;
SELECT item, account, debit, credit FROM provision_entry WHERE closing = '2025-12-31' ORDER BY item, debit DESC, account;
SELECT item, sum(debit) = sum(credit) AS balanced, coalesce(sum(debit - credit) FILTER (WHERE account = '416'), 0) = doubtful - previous_doubtful + doubtful_paid AS "416"
FROM provision_statement LEFT JOIN provision_entry USING (closing, item) WHERE closing = '2025-12-31' GROUP BY closing, item, doubtful, previous_doubtful, doubtful_paid ORDER BY item;
-- a thousand items of all kinds: balanced one by one, and each account moves as its amounts say
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, previous, used, loss_excl_vat, loss_vat, loss_vat_waiting, doubtful, previous_doubtful, doubtful_paid)
SELECT '2026-12-31', i, 'matrix', 1, d[1], d[1], d[2], least(d[2], d[3]), d[3], d[4], d[5], d[6], d[7], d[8] - d[9]
FROM generate_series(1, 1000) AS i, LATERAL (SELECT array_agg(CASE WHEN hashint4(i * 9 + k) % 3 = 0 THEN 0 ELSE abs(hashint4(i * 9 + k)::bigint) % 100000 / 100.0 END ORDER BY k) AS d FROM generate_series(1, 9) AS k) AS q;
SELECT count(*) AS items, bool_and(debit = credit) AS balanced, bool_and(a416 = doubtful - previous_doubtful + doubtful_paid) AS "416", bool_and(a491 = amount - previous) AS "491",
	bool_and(a411 = -transfer) AS "411", bool_and(a654 = loss_excl_vat - use) AS "654", count(*) FILTER (WHERE transfer < 0) > 100 AND count(*) FILTER (WHERE transfer > 0) > 100 AS both_ways
FROM provision_statement JOIN (SELECT closing, item, sum(debit) AS debit, sum(credit) AS credit, coalesce(sum(debit - credit) FILTER (WHERE account = '416'), 0) AS a416, coalesce(sum(credit - debit) FILTER (WHERE account = '491'), 0) AS a491,
		coalesce(sum(debit - credit) FILTER (WHERE account = '411'), 0) AS a411, coalesce(sum(debit - credit) FILTER (WHERE account = '654'), 0) AS a654 FROM provision_entry GROUP BY closing, item) AS e USING (closing, item)
WHERE closing = '2026-12-31';
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, doubtful) VALUES ('2024-12-31', 'D', 'matrix', 0, 0, 0, -1);
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, doubtful) VALUES ('2024-12-31', 'D', 'matrix', 0, 0, 0, 'NaN');
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, previous_doubtful) VALUES ('2024-12-31', 'D', 'matrix', 0, 0, 0, 'Infinity');
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, doubtful_paid) VALUES ('2024-12-31', 'D', 'matrix', 0, 0, 0, '-Infinity');
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, loss_vat_waiting) VALUES ('2024-12-31', 'D', 'matrix', 0, 0, 0, -1);
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount) VALUES ('2024-12-31', 'D', 'individual', 0.5, 100, 50);
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount) VALUES ('2024-12-31', 'D', 'matrix', 0.5, 100, 101);
INSERT INTO provision_register (closing, item, method, rate, base_excl_vat, amount, deductible) VALUES ('2024-12-31', 'D', 'matrix', 0.5, 100, 50, 50);
INSERT INTO provision_register (closing, item, event, event_on, method, rate, base_excl_vat, amount) VALUES ('2024-12-31', 'D', 'liquidation', '2025-01-01', 'individual', 0.5, 100, 50);
SELECT provision_register_ddl(NULL) IS NULL AS no_schema;
-- a quoted cover is taken for the rounding of a total, which says so also where the item would be skipped
SELECT provision_amount(1000, 45, '{"buckets": [{"rate_pct": 10}]}', NULL, 100) AS allowance, provision_amount(1000, 45, '{"buckets": [{"rate_pct": 10}]}', NULL, cover => '100') AS named;
SELECT provision_amount(1000, 45, '{"buckets": [{"rate_pct": 10}]}', NULL, '100');
-- covers and scalars that vary, beside constant ones
SELECT count(*) FILTER (WHERE provision_amount(amount, days, m, NULL, cover) <> provision_amount(amount - cover, days, m)) AS covers, count(*) FILTER (WHERE provision_amount(amount, days, m, NULL, 0, scalar) <> provision_amount(amount * scalar, days, m)) AS scalars
FROM (SELECT i * 7.25 AS amount, i % 120 AS days, i % 7 * 1.25 AS cover, 1 + i % 2 AS scalar, provision_matrix '{"buckets": [{"up_to": 30, "rate_pct": 1}, {"up_to": 90, "rate_pct": 8}, {"rate_pct": 40}]}' AS m FROM generate_series(10, 400) AS i) AS q;
