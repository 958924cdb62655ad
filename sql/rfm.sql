CREATE SCHEMA test_rfm;
SET search_path = test_rfm, public;
-- rfm: breaks between scores from customers, scores from breaks
SET DateStyle = ISO;
-- plain use: ten customers in steps of 10 days, 1 order, 100; the quintiles lie at 1.8, 3.6, 5.4 and 7.2 of the 9 steps
CREATE TABLE ten AS SELECT i AS customer, i * 10 AS recency, i::float8 AS frequency, i * 100.00 AS monetary FROM generate_series(1, 10) AS i;
SELECT rfm_fit(recency, frequency, monetary) FROM ten;
SELECT rfm_fit(recency, frequency, monetary, 2) AS halves, rfm_fit(recency, frequency, monetary, jsonb '{"bins": 3, "method": "disc"}') AS thirds FROM ten;
SELECT customer, recency, frequency, monetary, (s).r, (s).f, (s).m, rfm_code(s) AS code, rfm_total(s, model) AS total
FROM (SELECT *, rfm_score(recency, frequency, monetary, model) AS s
      FROM ten, (SELECT rfm_fit(recency, frequency, monetary) AS model FROM ten) AS fit OFFSET 0) AS scored ORDER BY customer;
-- the same from summaries of a ledger: a purchase each 10 days before as_of, 100 in all for each
CREATE TABLE ten_activity AS
SELECT customer, activity_agg(DATE '2025-01-31' - recency - 1000 * n, 100) AS a FROM ten, generate_series(0, frequency::int - 1) AS n GROUP BY customer;
SELECT rfm_fit(a, '2025-01-31') FROM ten_activity;
SELECT rfm_fit(a, '2025-01-31', 2) AS halves, rfm_fit(a, '2025-01-31', jsonb '{"bins": 3, "method": "disc"}') AS thirds FROM ten_activity;
SELECT string_agg(rfm_code(rfm_score(a, model, '2025-01-31')), ' ' ORDER BY customer) AS at_fit, string_agg(rfm_code(rfm_score(a, model, '2025-02-28')), ' ' ORDER BY customer) AS four_weeks_later
FROM ten_activity, (SELECT rfm_fit(a, '2025-01-31') AS model FROM ten_activity) AS fit;
-- window form: customers are scored among those of their partition
CREATE TABLE account AS
SELECT customer, CASE WHEN customer <= 10 THEN 'FR' ELSE 'DE' END AS country, a FROM ten_activity
UNION ALL SELECT 10 + i, 'DE', activity_agg(DATE '2025-01-31' - i, i) FROM generate_series(1, 3) AS i GROUP BY i
UNION ALL VALUES (20, 'DE', NULL::activity), (21, 'DE', '{}'), (22, 'DE', '{2025-02-01:1:5.00}'), (23, 'IT', NULL), (24, 'IT', '{2024-12-01:0:-1.00}'), (25, 'ES', '{2024-12-01:1:7.00}');
SELECT customer, country, rfm_score(a, '2025-01-31', 5) OVER (PARTITION BY country) AS scores FROM account ORDER BY customer;
SELECT string_agg(rfm_code(s), ' ' ORDER BY customer) AS all_together FROM (SELECT customer, rfm_score(a, '2025-01-31', 2) OVER () AS s FROM account) AS q;
-- a frame or an order makes no difference to it
SELECT bool_and(plain IS NOT DISTINCT FROM framed) AS same
FROM (SELECT rfm_score(a, '2025-01-31', 5) OVER (PARTITION BY country) AS plain,
             rfm_score(a, '2025-01-31', 5) OVER (PARTITION BY country ORDER BY customer ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS framed FROM account) AS q;

-- methods, boundaries, directions, weights, own breaks
SELECT option, rfm_fit(recency, frequency, monetary, option) AS model
FROM ten, unnest(ARRAY['{}', '{"method": "cont"}', '{"method": "disc"}', '{"method": "rfm_pkg"}', '{"boundary": "left"}', '{"method": "rfm_pkg", "boundary": "right"}',
    '{"direction": {"recency": "high", "monetary": "low"}}', '{"weights": [3, 2, 0.5]}', '{"bins": 2, "monetary": [250, 500, 750]}',
    '{"recency": [30], "frequency": [2, 2], "monetary": [0]}']::jsonb[]) WITH ORDINALITY AS o (option, i)
GROUP BY i, option ORDER BY i;
-- a value at a break: boundary right counts the breaks below it, left those at or below it as width_bucket does
SELECT x, (rfm_score(x, x, x, m)).*, (rfm_score(x, x, x, l)).*, 1 + width_bucket(x::float8, '{10,20,20,30}'::float8[]) AS width_bucket
FROM unnest('{9,10,11,20,21,30,31}'::int[]) AS x,
     (SELECT rfm_model '{"recency": [10, 20, 20, 30], "frequency": [10, 20, 20, 30], "monetary": [10, 20, 20, 30]}' AS m,
             rfm_model '{"boundary": "left", "recency": [10, 20, 20, 30], "frequency": [10, 20, 20, 30], "monetary": [10, 20, 20, 30]}' AS l) AS q ORDER BY x;
SELECT rfm_score(15, 15, 15, '{"direction": {"recency": "high", "frequency": "low"}, "recency": [10, 20], "frequency": [10], "monetary": [10]}') AS turned,
       rfm_score(15, 15, 15, '{"recency": [10, 20], "frequency": [10], "monetary": [10]}') AS usual;
-- quantiles of money are exact
SELECT rfm_fit(1, 1, m, 5)::jsonb -> 'monetary' AS breaks FROM unnest('{254,255}'::numeric[]) AS m;
SELECT rfm_fit(1, 1, m, 10)::jsonb -> 'monetary' AS breaks FROM unnest('{1.10,1.20}'::numeric[]) AS m;
-- published: the R package's breaks are the quantiles and 1; its customer of 98 days, 7 orders and 596 is 5 4 4
SELECT rfm_score(98, 7, 596, '{"recency": [114, 180, 296.4, 481], "frequency": [3, 4, 5, 7], "monetary": [254.8, 381, 505.4, 665]}') AS plain,
       rfm_score(98, 7, 596, '{"method": "rfm_pkg", "recency": [115, 181, 297.4, 482], "frequency": [4, 5, 6, 8], "monetary": [255.8, 382, 506.4, 666]}') AS rfm_pkg;
-- and it fails for amounts in thousands
SELECT m, (rfm_score(1, 1, m, rfm_fit(1, 1, m, jsonb '{"method": "rfm_pkg"}') OVER ())).m AS rfm_pkg, (rfm_score(1, 1, m, rfm_fit(1, 1, m) OVER ())).m AS plain
FROM unnest('{0.254,0.381,0.505,0.665,0.9}'::numeric[]) AS m ORDER BY m;

-- nested: orders within each score of recency, money within each pair
SELECT model AS nested, rfm_score(1, 2, 30, model), rfm_score(9, 2, 30, model)
FROM (SELECT rfm_fit(r, f, m, jsonb '{"bins": 2, "nested": true}') AS model
      FROM (VALUES (1, 1, 10.00), (1, 2, 20), (1, 3, 30), (1, 4, 40), (9, 1, 50), (9, 1, 60), (9, 1, 70), (9, 1, 80)) AS v (r, f, m)) AS q;
SELECT * FROM rfm_breaks('{"nested": true, "recency": [5], "frequency": [[1], [2.5]], "monetary": [[[65], [45]], [[15], [35]]]}');

-- explained
SELECT * FROM rfm_explain(98, 3, 254.80, '{"recency": [114, 180, 296.4, 481], "frequency": [3, 4, 5, 7], "monetary": [254.8, 381, 505.4, 665]}');
SELECT * FROM rfm_explain(98, 3, 254.80, '{"boundary": "left", "recency": [114, 180, 296.4, 481], "frequency": [3, 4, 5, 7], "monetary": [254.8, 381, 505.4, 665]}');
SELECT message FROM rfm_explain(480, 9, -3.5, '{"recency": [114, 480, 480, 481], "frequency": [3, 4, 5, 7], "monetary": [-3.51, -3.5, -3.5, 0]}');
SELECT message FROM rfm_explain(480, 9, 100, '{"direction": {"recency": "high", "frequency": "low", "monetary": "low"}, "recency": [481], "frequency": [9], "monetary": [100]}');
SELECT e.* FROM rfm_explain('{2025-01-03:1:120.00,2025-01-20:1:35.50,2025-02-01:1:999.00}', '{"recency": [20], "frequency": [2], "monetary": [500]}', '2025-01-31') AS e;
SELECT count(*) AS without_a_purchase FROM rfm_explain('{2025-02-01:1:999.00}', '{"recency": [20], "frequency": [2], "monetary": [500]}', '2025-01-31');
SELECT * FROM rfm_breaks('{"recency": [114, 180], "frequency": [3, 3], "monetary": [-254.8]}');

-- the day on which recency changes
SELECT as_of, rfm_score(a, model, as_of) AS scores, rfm_next_change(a, model, as_of)
FROM (SELECT '{2025-01-01:1:5.00}'::activity AS a, '{"recency": [10, 20.5, 20.5, 30], "frequency": [1], "monetary": [1]}'::rfm_model AS model) AS q,
     unnest('{2024-12-31,2025-01-01,2025-01-11,2025-01-12,2025-01-21,2025-01-22,2025-01-31,2025-02-01,9999-12-31}'::date[]) AS as_of ORDER BY as_of;
SELECT rfm_next_change('{2025-01-01:1:5.00}', '{"boundary": "left", "recency": [10], "frequency": [1], "monetary": [1]}', '2025-01-10') AS reached,
       rfm_next_change('{9999-12-01:1:5.00}', '{"recency": [10, 29], "frequency": [1], "monetary": [1]}', '9999-12-12') AS last_day,
       rfm_next_change('{9999-12-01:1:5.00}', '{"recency": [10, 30], "frequency": [1], "monetary": [1]}', '9999-12-12') AS past_the_calendar;

-- codes
SELECT rfm_code('(5,4,3)') AS digits, rfm_code('(10,4,3)') AS ten, rfm_code('(1,1,100)') AS hundred, rfm_code('(5,,3)') AS unknown, rfm_code(NULL) AS nothing,
       rfm_code(rfm_score(1, 100, 100, rfm_fit(i, i, i, 100))) AS best_of_100 FROM generate_series(1, 100) AS i;
SELECT rfm_total('(5,4,3)', m) AS usual, rfm_total('(5,4,3)', (m::jsonb || '{"weights": [0.5, -1, 0]}')::rfm_model) AS own, rfm_total('(,4,3)', m) AS unknown
FROM (SELECT '{"recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model AS m) AS q;

-- null: a customer without a figure or a purchase is not fitted; no customer makes no model
SELECT rfm_fit(r, f, m, 2) FROM (VALUES (1, 1::float8, 1.00), (NULL, 9, 9), (9, NULL, 9), (9, 9, NULL), (3, 3, 3)) AS v (r, f, m);
SELECT rfm_fit(a, '2025-01-31', 2) FROM (VALUES (NULL), ('{}'::activity), ('{2025-01-30:1:5.00}'), ('{2025-02-01:1:9.00}'), ('{2025-01-01:0:-5.00}')) AS v (a);
SELECT rfm_fit(a, '2025-01-31') IS NULL AS no_row, rfm_fit(a, '2025-01-31', 3) IS NULL AS bins, rfm_fit(a, '2025-01-31', jsonb '{}') IS NULL AS options,
       rfm_fit(1, 1, 1) IS NULL AS plain, rfm_fit(1, 1, 1, 3) IS NULL AS plain_bins, rfm_fit(1, 1, 1, jsonb '{}') IS NULL AS plain_options FROM ten_activity WHERE false;
SELECT rfm_fit(a, '2000-01-01') IS NULL AS before_all_purchases, rfm_fit(NULL::activity, '2025-01-01') IS NULL AS only_nulls FROM ten_activity WHERE customer = 1;
SELECT rfm_fit('{}'::activity, '2025-01-31') IS NULL AS nobody_bought FROM ten;
SELECT num_nulls(rfm_score(NULL::activity, m, '2025-01-31'), rfm_score('{2025-01-30:1:5.00}', NULL::rfm_model, '2025-01-31'), rfm_score('{2025-01-30:1:5.00}', m, NULL), rfm_score('{}', m, '2025-01-31'),
       rfm_score('{2025-01-30:1:5.00}', m, '2025-01-29'), rfm_score(NULL, 1, 1, m), rfm_score(1, NULL, 1, m), rfm_score(1, 1, NULL, m), rfm_score(1, 1, 1, NULL), rfm_total(NULL, m),
       rfm_total('(1,1,1)', NULL), rfm_next_change(NULL, m, '2025-01-31'), rfm_next_change('{}', NULL, '2025-01-31'), rfm_next_change('{}', m, NULL), rfm_next_change('{}', m, '2025-01-31'),
       NULL::jsonb::rfm_model, NULL::rfm_model::jsonb, m = NULL::rfm_model) AS nulls_of_18
FROM (SELECT '{"recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model AS m) AS q;
SELECT (SELECT count(*) FROM rfm_explain(NULL, 1, 1, '{"recency": [1], "frequency": [1], "monetary": [1]}')) AS explain, (SELECT count(*) FROM rfm_breaks(NULL)) AS breaks;

-- limits
SELECT jsonb_array_length(rfm_fit(i, i, i, 100)::jsonb -> 'recency') AS breaks, (rfm_score(1, 1e9, 1e9, rfm_fit(i, i, i, 100))).* FROM generate_series(1, 10) AS i;
SELECT jsonb_array_length(rfm_fit(i, i, i, 2)::jsonb -> 'recency') AS breaks FROM generate_series(1, 10) AS i;
SELECT rfm_fit(1, 1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, 1, 101);
SELECT rfm_fit(1, 1, 1, 0);
SELECT rfm_fit(1, 1, 1, -2147483648);
SELECT rfm_fit('{2025-01-01:1:5.00}'::activity, '2025-01-31', 2147483647);
SELECT rfm_score(a, '2025-01-31', 1) OVER () FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS breaks FROM rfm_breaks((SELECT rfm_fit(i, i, i, jsonb '{"nested": true, "bins": 10}') FROM generate_series(1, 3000) AS i));
SELECT rfm_fit(1, 1, 1, jsonb '{"nested": true, "bins": 11}');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, 1, jsonb '{"nested": true, "bins": 2, "monetary": [1,2,3,4,5,6,7,8,9,10]}');
-- the largest and smallest numbers
SELECT rfm_fit(2147483647, 1.7976931348623157e308, m, 2) AS most, (rfm_score(2147483647, 5e-324, -1.7976931348623157e308, rfm_fit(2147483647, 1.7976931348623157e308, m, 2))).*
FROM unnest('{-1.7976931348623157e308,1.7976931348623157e308}'::numeric[]) AS m;
\set VERBOSITY sqlstate
SELECT rfm_fit(1, 1, 1e309);
SELECT rfm_fit(1, 1, -1e1000);
SELECT rfm_fit(1, 1, 1e-400);
SELECT rfm_score(1, 1, 1e309, '{"recency": [1], "frequency": [1], "monetary": [1]}');
SELECT '{"recency": [1], "frequency": [1], "monetary": [1e309]}'::rfm_model;
SELECT rfm_fit(1, 1, 1, '{"weights": [1e309, 1, 1]}'::jsonb);
\set VERBOSITY default
SELECT rfm_total('(5,5,5)', '{"weights": [1e308, -1e308, 1], "recency": [1], "frequency": [1], "monetary": [1]}');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_explain(1, 1, -1.7e308, '{"recency": [1], "frequency": [1], "monetary": [1.7e308]}');
\echo :LAST_ERROR_SQLSTATE
-- zero has no sign
SELECT rfm_fit(1, f, 1, 2) FROM unnest('{-0,0,-0}'::float8[]) AS f;
-- days
SELECT rfm_fit('{0001-01-01:1:1.00}'::activity, '9999-12-31', 2) AS longest;

-- errors
SELECT rfm_fit(a, NULL) FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(NULL::activity, NULL);
SELECT rfm_fit(a, 'infinity') FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(a, '-infinity') FROM ten_activity;
SELECT rfm_fit(a, '10000-01-01') FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_score('{2025-01-01:1:5.00}', '{"recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model, 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_next_change('{2025-01-01:1:5.00}', '{"recency": [1], "frequency": [1], "monetary": [1]}', '-infinity');
SELECT rfm_fit(a, DATE '2025-01-31' + customer) FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(a, '2025-01-31', customer + 2) FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(recency, frequency, monetary, jsonb_build_object('bins', customer + 1)) FROM ten;
SELECT rfm_fit(recency, frequency, monetary, jsonb_build_object('recency', jsonb_build_array(customer))) FROM ten;
SELECT rfm_fit(1, 1, 1, NULL::int);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, 1, NULL::jsonb);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_score(a, NULL, 5) OVER () FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_score(a, '2025-01-31', NULL::int) OVER () FROM ten_activity;
SELECT rfm_score(a, 'infinity', 5) OVER () FROM ten_activity;
SELECT rfm_score(a, DATE '2025-01-31' + customer, 5) OVER () FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_score(a, '2025-01-31', customer + 2) OVER () FROM ten_activity;
SELECT rfm_score(a, '2025-01-31', 5) FROM ten_activity;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(-1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 'NaN', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 'Infinity', 1);
SELECT rfm_fit(1, -1, 1);
SELECT rfm_fit(1, 1, 'NaN');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, '-Infinity');
SELECT rfm_score(-2147483648, 1, 1, '{"recency": [1], "frequency": [1], "monetary": [1]}');
SELECT * FROM rfm_explain(1, 'NaN', 1, '{"recency": [1], "frequency": [1], "monetary": [1]}');
-- options
SELECT rfm_fit(1, 1, 1, jsonb '{"bin": 5}');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, 1, jsonb '{"as_of": "2025-01-31"}');
SELECT rfm_fit(1, 1, 1, jsonb '{"method": "ntile"}');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, 1, jsonb '{"method": 7}');
SELECT rfm_fit(1, 1, 1, jsonb '{"boundary": null}');
SELECT rfm_fit(1, 1, 1, jsonb '{"bins": 5.5}');
SELECT rfm_fit(1, 1, 1, jsonb '{"bins": "5"}');
SELECT rfm_fit(1, 1, 1, jsonb '{"bins": 101}');
SELECT rfm_fit(1, 1, 1, jsonb '{"nested": 1}');
SELECT rfm_fit(1, 1, 1, jsonb '{"direction": "low"}');
SELECT rfm_fit(1, 1, 1, jsonb '{"direction": {"value": "low"}}');
SELECT rfm_fit(1, 1, 1, jsonb '{"direction": {"recency": "best"}}');
SELECT rfm_fit(1, 1, 1, jsonb '{"weights": [1, 2]}');
SELECT rfm_fit(1, 1, 1, jsonb '{"weights": [1, 2, 3, 4]}');
SELECT rfm_fit(1, 1, 1, jsonb '{"weights": 1}');
SELECT rfm_fit(1, 1, 1, jsonb '{"recency": []}');
SELECT rfm_fit(1, 1, 1, jsonb '{"recency": [30, 20]}');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(1, 1, 1, jsonb '{"recency": [1, null]}');
SELECT rfm_fit(1, 1, 1, jsonb '{"recency": [[1]]}');
SELECT rfm_fit(1, 1, 1, jsonb_build_object('recency', (SELECT jsonb_agg(i) FROM generate_series(1, 100) AS i)));
SELECT rfm_fit(1, 1, 1, jsonb '[]');
SELECT rfm_fit(1, 1, 1, jsonb '5');
\echo :LAST_ERROR_SQLSTATE
-- models
SELECT '{"recency": [1], "frequency": [1]}'::rfm_model;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"recency": [2, 1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"recency": [], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"recency": 1, "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"recency": [1], "frequency": ["1"], "monetary": [1]}'::rfm_model;
SELECT '{"bins": 3, "recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"bins": 2, "recency": [1], "frequency": [1], "monetary": [1, 2]}'::rfm_model;
SELECT '{"as_of": "31/01/2025", "recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"as_of": "2025-02-30", "recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"n": -1, "recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"breaks": 1, "recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"recency": [1], "frequency": [1], "monetary": [1], "recency": [2]}'::rfm_model;
SELECT '{"nested": true, "recency": [1], "frequency": [1], "monetary": [1]}'::rfm_model;
SELECT '{"nested": true, "recency": [1], "frequency": [[1]], "monetary": [[[1], [1]], [[1], [1]]]}'::rfm_model;
SELECT '{"nested": true, "recency": [1], "frequency": [[1], [1, 2]], "monetary": [[[1], [1]], [[1], [1]]]}'::rfm_model;
SELECT '{"nested": true, "recency": [1], "frequency": [[1], [2]], "monetary": [[[1], [2], [3], [4]]]}'::rfm_model;
SELECT '{"nested": true, "recency": [1], "frequency": [[1], [2]], "monetary": [[[1], [2]], [[3], []]]}'::rfm_model;
SELECT '{"nested": true, "recency": [1], "frequency": [[2], [1]], "monetary": [[[1], [1]], [[1, 2], [2, 1]]]}'::rfm_model;
SELECT '{"nested": true, "recency": [1,2,3,4,5,6,7,8,9,10], "frequency": [[1],[1],[1],[1],[1],[1],[1],[1],[1],[1],[1]], "monetary": [[[1]]]}'::rfm_model;
SELECT '[]'::rfm_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'null'::jsonb::rfm_model;
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
SELECT 'garbage'::rfm_model;
SELECT ''::rfm_model;
SELECT '{"recency": [1], "frequency": [1], "monetary": [1]'::rfm_model;
\set VERBOSITY default

-- properties, on 2,000 customers with many ties, of whom every 40th has not bought
CREATE TABLE line AS
SELECT customer, day, amount
FROM (SELECT customer, DATE '2022-01-01' + (customer * 7919 + n * 104729) % 1050 AS day,
             round(((customer * 31 + n * 17) % 4000) / (CASE customer % 3 WHEN 0 THEN 100.0 ELSE 1 END) - 4, 2) AS amount
      FROM generate_series(1, 2000) AS customer, generate_series(1, 1 + customer % 12) AS n) AS l
WHERE customer % 40 <> 0;
CREATE TABLE customer AS SELECT customer, activity_agg(day, amount) AS a FROM line GROUP BY customer;
INSERT INTO customer SELECT i, CASE WHEN i % 80 = 0 THEN '{2023-01-01:0:-5.00}'::activity END FROM generate_series(40, 2000, 40) AS i;
CREATE TABLE figure AS
SELECT customer, country, recency, frequency, monetary FROM
    (SELECT customer, customer % 7 AS country, DATE '2024-12-31' - max(day) FILTER (WHERE amount > 0) AS recency,
            count(DISTINCT day) FILTER (WHERE amount > 0)::float8 AS frequency, sum(amount) AS monetary FROM line GROUP BY customer) AS f
WHERE recency IS NOT NULL;
SELECT count(*) AS customers, count(DISTINCT recency) AS recencies, count(DISTINCT frequency) AS frequencies, min(monetary) < 0 AS negative_too FROM figure;
CREATE TABLE rule (i int PRIMARY KEY, options jsonb, model rfm_model);
INSERT INTO rule (i, options)
SELECT row_number() OVER (ORDER BY bins, method, boundary), jsonb_build_object('bins', bins, 'method', method, 'boundary', boundary)
FROM unnest('{2,3,5,10,37,100}'::int[]) AS bins, unnest('{cont,disc,rfm_pkg}'::text[]) AS method, unnest('{left,right}'::text[]) AS boundary;
UPDATE rule SET model = (SELECT rfm_fit(recency, frequency, monetary, options) FROM figure);

-- a fit is that of plain SQL: exact positions, in numeric
CREATE FUNCTION plain_breaks(values_in numeric[], bins int, method text) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
    WITH sorted AS (SELECT array_agg(v ORDER BY v) AS s, count(*) - 1 AS last FROM unnest(values_in) AS v)
    SELECT array_agg((CASE WHEN method = 'disc' THEN s[ceil((last + 1) * i / bins::numeric)::int]
                           ELSE s[1 + last * i / bins] + CASE last * i % bins WHEN 0 THEN 0 ELSE (s[2 + last * i / bins] - s[1 + last * i / bins]) * (last * i % bins) / bins END END
                      + CASE method WHEN 'rfm_pkg' THEN 1 ELSE 0 END)::float8 ORDER BY i)
    FROM sorted, generate_series(1, bins - 1) AS i $$;
CREATE FUNCTION breaks_of(model rfm_model, dimension text) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(b::float8 ORDER BY i) FROM jsonb_array_elements_text(model::jsonb -> dimension) WITH ORDINALITY AS e (b, i) $$;
SELECT dimension, count(*) AS fits,
       count(*) FILTER (WHERE breaks_of(model, dimension) IS DISTINCT FROM plain_breaks(v, (options ->> 'bins')::int, options ->> 'method')) AS different
FROM rule, (SELECT d.* FROM (SELECT array_agg(recency::numeric) AS r, array_agg(frequency::numeric) AS f, array_agg(monetary) AS m FROM figure) AS q,
                 LATERAL (VALUES ('recency', r), ('frequency', f), ('monetary', m)) AS d (dimension, v)) AS figures
WHERE options ->> 'method' <> 'rfm_pkg' GROUP BY dimension ORDER BY dimension;
SELECT count(*) AS fits, bool_and(abs(ours - plain) <= 1e-9 * abs(plain)) AS pkg_is_quantile_and_1
FROM (SELECT unnest(breaks_of(p.model, d)) AS ours, unnest(breaks_of(c.model, d)) + 1 AS plain
      FROM rule AS p JOIN rule AS c ON p.options ->> 'bins' = c.options ->> 'bins', unnest('{recency,frequency,monetary}'::text[]) AS d
      WHERE p.options @> '{"method": "rfm_pkg", "boundary": "left"}' AND c.options @> '{"method": "cont", "boundary": "left"}') AS q;
-- and of percentile_cont and percentile_disc
SELECT options ->> 'method' AS method, count(*) AS fits,
       count(*) FILTER (WHERE breaks_of(model, 'monetary') = (SELECT percentile_disc(p) WITHIN GROUP (ORDER BY monetary)::float8[] FROM figure)) AS as_percentile_disc,
       count(*) FILTER (WHERE 1e-9 > (SELECT max(abs(ours - theirs)) FROM unnest(breaks_of(model, 'monetary'), (SELECT percentile_cont(p) WITHIN GROUP (ORDER BY monetary) FROM figure)) AS u (ours, theirs))) AS as_percentile_cont
FROM rule, LATERAL (SELECT array_agg(n / (options ->> 'bins')::float8 ORDER BY n) AS p FROM generate_series(1, (options ->> 'bins')::int - 1) AS n) AS parts
WHERE options ->> 'bins' IN ('2', '5', '10') GROUP BY 1 ORDER BY 1;
-- scores are the breaks counted, and with the left boundary those of width_bucket
SELECT options ->> 'boundary' AS boundary, count(*) AS scores,
       count(*) FILTER (WHERE (s).r <> bins - br OR (s).f <> 1 + bf OR (s).m <> 1 + bm) AS wrong,
       count(*) FILTER (WHERE options ->> 'boundary' = 'left' AND ((s).f <> 1 + width_bucket(frequency, fs) OR (s).m <> 1 + width_bucket(monetary::float8, ms))) AS not_width_bucket
FROM (SELECT options, bins, frequency, monetary, fs, ms, rfm_score(recency, frequency, monetary, model) AS s,
             (SELECT count(*) FROM unnest(rs) AS b WHERE b < recency OR left_too AND b = recency) AS br,
             (SELECT count(*) FROM unnest(fs) AS b WHERE b < frequency OR left_too AND b = frequency) AS bf,
             (SELECT count(*) FROM unnest(ms) AS b WHERE b < monetary OR left_too AND b = monetary) AS bm
      FROM figure, (SELECT *, (options ->> 'bins')::int AS bins, options ->> 'boundary' = 'left' AS left_too,
                           breaks_of(model, 'recency') AS rs, breaks_of(model, 'frequency') AS fs, breaks_of(model, 'monetary') AS ms
                    FROM rule WHERE options ->> 'bins' IN ('2', '5', '10') OFFSET 0) AS r OFFSET 0) AS q
GROUP BY boundary ORDER BY boundary;
-- ties are never split, and a better figure has no lower score
SELECT count(*) AS figures, max(scores) AS scores_of_one_figure, bool_and(low >= before) AS ascending
FROM (SELECT i, dimension, count(DISTINCT score) AS scores, min(score) AS low, coalesce(lag(max(score)) OVER (PARTITION BY i, dimension ORDER BY value), 0) AS before
      FROM (SELECT i, d.* FROM (SELECT i, recency, frequency, monetary, rfm_score(recency, frequency, monetary, model) AS s FROM figure, rule OFFSET 0) AS q,
                 LATERAL (VALUES ('r', -recency::numeric, (s).r), ('f', frequency::numeric, (s).f), ('m', monetary, (s).m)) AS d (dimension, value, score)) AS q
      GROUP BY i, dimension, value) AS q;
-- rfm_pkg is the plain rule where figures and quantiles are whole
SELECT count(*) AS customers, count(*) FILTER (WHERE rfm_score(r, f, m, pkg) <> rfm_score(r, f, m, plain)) AS different
FROM (SELECT i * 7919 % 100 AS r, i * 31 % 23 AS f, i * 104729 % 1000 - 200 AS m FROM generate_series(0, 200) AS i) AS v,
     (SELECT rfm_fit(r, f, m, jsonb '{"method": "rfm_pkg"}') AS pkg, rfm_fit(r, f, m) AS plain
      FROM (SELECT i * 7919 % 100 AS r, i * 31 % 23 AS f, i * 104729 % 1000 - 200 AS m FROM generate_series(0, 200) AS i) AS v) AS fits;

-- nested is a fit in each cell
WITH n AS (SELECT rfm_fit(recency, frequency, monetary, jsonb '{"bins": 4, "nested": true}') AS model FROM figure),
     r AS (SELECT *, (rfm_score(recency, 1, 1, (SELECT rfm_fit(recency, 1, 1, 4) FROM figure))).r AS r FROM figure),
     f_fit AS (SELECT r, rfm_fit(1, frequency, 1, 4) AS model FROM r GROUP BY r),
     f AS (SELECT r.*, (rfm_score(1, frequency, 1, model)).f AS f FROM r JOIN f_fit USING (r)),
     m_fit AS (SELECT r, f, rfm_fit(1, 1, monetary, 4) AS model FROM f GROUP BY r, f),
     m AS (SELECT f.*, (rfm_score(1, 1, monetary, model)).m AS m FROM f JOIN m_fit USING (r, f))
SELECT count(*) AS customers, count(DISTINCT (r, f, m)) AS cells, count(*) FILTER (WHERE rfm_score(recency, frequency, monetary, model) <> (r, f, m)::rfm) AS different FROM m, n;

-- an activity is its figures
SELECT options ->> 'method' AS method, options ->> 'boundary' AS boundary, rfm_fit(a, '2024-12-31', options) = (model::jsonb || '{"as_of": "2024-12-31"}')::rfm_model AS same
FROM customer, rule WHERE options ->> 'bins' = '5' GROUP BY i, options, model ORDER BY i;
SELECT count(*) AS customers, count(s) AS scored, count(*) FILTER (WHERE s IS DISTINCT FROM plain) AS different
FROM (SELECT rfm_score(a, model, '2024-12-31') AS s, rfm_score(recency, frequency, monetary, model) AS plain
      FROM customer LEFT JOIN figure USING (customer), (SELECT rfm_fit(a, '2024-12-31') AS model FROM customer) AS fit OFFSET 0) AS q;
-- the past is scored as it was
SELECT rfm_fit(a, '2023-06-30') = (SELECT rfm_fit(known, '2023-06-30') FROM (SELECT activity_agg(day, amount) AS known FROM line WHERE day <= '2023-06-30' GROUP BY customer) AS q) AS same FROM customer;

-- the window form is fit and score
SELECT country, count(*) AS customers, count(w) AS scored, count(*) FILTER (WHERE w IS DISTINCT FROM rfm_score(a, model, '2024-12-31')) AS different
FROM (SELECT customer, customer % 7 AS country, a, rfm_score(a, '2024-12-31', 5) OVER (PARTITION BY customer % 7) AS w FROM customer) AS windowed
JOIN (SELECT customer % 7 AS country, rfm_fit(a, '2024-12-31', 5) AS model FROM customer GROUP BY 1) AS fitted USING (country) GROUP BY country ORDER BY country;

-- any order of rows makes the same model, in text and in bytes
SELECT seed, count(*) AS fits, count(*) FILTER (WHERE q.model::text <> rule.model::text OR rfm_model_send(q.model) <> rfm_model_send(rule.model) OR q.model <> rule.model) AS different
FROM (SELECT seed, i, rfm_fit(recency, frequency, monetary, options ORDER BY md5(seed || ' ' || customer)) AS model
      FROM figure, rule, generate_series(1, 3) AS seed WHERE options ->> 'boundary' = 'left' GROUP BY seed, i) AS q JOIN rule USING (i) GROUP BY seed ORDER BY seed;
SELECT rfm_fit(recency, frequency, monetary, jsonb '{"nested": true}' ORDER BY customer) = rfm_fit(recency, frequency, monetary, jsonb '{"nested": true}' ORDER BY monetary DESC, customer) AS nested FROM figure;

-- parallel workers make the same model
CREATE FUNCTION has_node(query text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
        IF strpos(line, node) > 0 THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE FUNCTION all_fits() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN concat_ws(E'\n', (SELECT rfm_fit(a, '2024-12-31') FROM customer), (SELECT rfm_fit(a, '2024-12-31', 7) FROM customer),
        (SELECT rfm_fit(a, '2024-12-31', jsonb '{"nested": true, "bins": 4}') FROM customer), (SELECT rfm_fit(recency, frequency, monetary) FROM figure),
        (SELECT rfm_fit(recency, frequency, monetary, 100) FROM figure), (SELECT rfm_fit(recency, frequency, monetary, jsonb '{"monetary": [10.5]}') FROM figure));
END $$;
SELECT md5(all_fits()) AS serial \gset
ALTER TABLE customer SET (parallel_workers = 2);
ALTER TABLE figure SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT has_node('SELECT rfm_fit(a, ''2024-12-31'') FROM customer', 'Partial Aggregate') AS parallel;
SELECT md5(all_fits()) = :'serial' AS same;
SET parallel_leader_participation = off;
SELECT md5(all_fits()) = :'serial' AS same;
SELECT rfm_fit(a, '2024-12-31') IS NULL AS no_row FROM customer WHERE customer < 0;
SELECT rfm_fit(a, '2024-12-31', 2) FROM customer WHERE customer = 1;
RESET parallel_leader_participation;
SELECT has_node('SELECT sum((rfm_score(recency, frequency, monetary, model)).r) FROM figure, rule WHERE i = 3', 'Gather') AS parallel;
SELECT md5(string_agg(rfm_code(rfm_score(recency, frequency, monetary, model)), ' ' ORDER BY customer)) AS by_workers FROM figure, rule WHERE i = 3 \gset
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
SELECT md5(string_agg(rfm_code(rfm_score(recency, frequency, monetary, model)), ' ' ORDER BY customer)) = :'by_workers' AS same FROM figure, rule WHERE i = 3;

-- FILTER, DISTINCT, grouping sets, a growing and a moving frame
SELECT rfm_fit(recency, frequency, monetary, 2) FILTER (WHERE customer > 5) AS filtered, rfm_fit(DISTINCT recency % 20, 1, 1, 2) AS distinct_only FROM ten;
SELECT country, rfm_fit(a, '2025-01-31', 2) FROM account GROUP BY ROLLUP (country) ORDER BY country;
SELECT customer, rfm_fit(1, frequency, 1, 2) OVER (ORDER BY customer)::jsonb -> 'frequency' AS so_far,
       rfm_fit(1, frequency, 1, 2) OVER (ORDER BY customer ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)::jsonb -> 'frequency' AS two_before
FROM ten WHERE customer <= 5 ORDER BY customer;

-- recency changes on the day that rfm_next_change tells, and on no day before
CREATE TABLE coming AS
SELECT customer, a, model, as_of, (rfm_score(a, model, as_of)).r AS r, rfm_next_change(a, model, as_of) AS next
FROM customer, rule, unnest('{2023-03-01,2024-12-31}'::date[]) AS as_of WHERE options ->> 'bins' IN ('2', '5', '37');
SELECT as_of, count(*) AS customers, count(r) AS scored, count(next) AS changing,
       count(*) FILTER (WHERE r IS NULL AND next IS NOT NULL) AS without_purchase, count(*) FILTER (WHERE next <= as_of) AS not_after,
       count(*) FILTER (WHERE (rfm_score(bought, model, next)).r = r) AS unchanged_then,
       count(*) FILTER (WHERE (rfm_score(bought, model, next - 1)).r <> r) AS changed_before,
       count(*) FILTER (WHERE next IS NULL AND (rfm_score(bought, model, '9999-12-31')).r <> r) AS changed_though_none
FROM coming LEFT JOIN (SELECT customer, as_of, activity_agg(day, amount) AS bought FROM line, unnest('{2023-03-01,2024-12-31}'::date[]) AS as_of WHERE day <= as_of GROUP BY customer, as_of) AS l
     USING (customer, as_of) GROUP BY as_of ORDER BY as_of;

-- the change that rfm_explain tells is enough, and one unit less is not
CREATE TABLE explained AS
SELECT e.*, recency, frequency, monetary, model, CASE dimension WHEN 'monetary' THEN 0.01 ELSE 1 END AS unit
FROM figure, rule, LATERAL rfm_explain(recency, frequency, monetary, model) AS e WHERE options ->> 'bins' IN ('2', '5', '10') AND customer % 10 = 1;
CREATE FUNCTION score_with(e explained, more numeric) RETURNS smallint LANGUAGE sql AS $$
    SELECT CASE e.dimension WHEN 'recency' THEN (rfm_score(e.recency + more::int, 1, 1, e.model)).r
                            WHEN 'frequency' THEN (rfm_score(1, e.frequency + more, 1, e.model)).f
                            ELSE (rfm_score(1, 1, e.monetary + more, e.model)).m END $$;
SELECT dimension, count(*) AS rows, count(change) AS changing, count(*) FILTER (WHERE score <> score_with(e, 0)) AS other_score,
       count(*) FILTER (WHERE next_score <> score_with(e, change)) AS not_enough, count(*) FILTER (WHERE score <> score_with(e, change - unit)) AS more_than_needed
FROM explained AS e GROUP BY dimension ORDER BY dimension;
-- rfm_breaks says where each customer is
SELECT b.dimension, count(DISTINCT score) AS scores, count(DISTINCT score) FILTER (WHERE NOT used) AS unused, count(customer) AS customers, count(customer) FILTER (WHERE NOT used) AS there
FROM rule, rfm_breaks(model) AS b
LEFT JOIN (SELECT customer, d.* FROM figure, LATERAL (VALUES ('recency', recency::numeric), ('frequency', frequency::numeric), ('monetary', monetary)) AS d (dimension, value)) AS f
     ON f.dimension = b.dimension AND (above IS NULL OR value > above) AND (up_to IS NULL OR value <= up_to)
WHERE options = '{"bins": 37, "method": "cont", "boundary": "right"}' GROUP BY b.dimension ORDER BY b.dimension;

-- text, jsonb and binary forms round trip, of the fits and of made-up models
CREATE TABLE kept (i int PRIMARY KEY, model rfm_model);
INSERT INTO kept SELECT i, model FROM rule;
INSERT INTO kept
SELECT 1000 + i, (jsonb_build_object('method', (ARRAY['cont', 'disc', 'rfm_pkg'])[1 + i % 3], 'boundary', (ARRAY['right', 'left'])[1 + i / 3 % 2], 'recency', r, 'frequency', f, 'monetary', m)
    || CASE i % 5 WHEN 0 THEN jsonb_build_object('as_of', to_char(DATE '0001-01-01' + i * 3651, 'YYYY-MM-DD'), 'n', i::bigint * 9007199254740) ELSE '{}' END
    || CASE i % 7 WHEN 0 THEN jsonb_build_object('weights', jsonb_build_array(i / 7.0, -i, 1e-300 * i)) ELSE '{}' END
    || CASE i % 4 WHEN 0 THEN '{"direction": {"recency": "high", "monetary": "low"}}'::jsonb ELSE '{}' END)::rfm_model
FROM (SELECT i, (SELECT jsonb_agg(x ORDER BY x) FROM (SELECT hashint4(i * 100 + k)::float8 / 7 AS x FROM generate_series(1, 1 + i % 99) AS k) AS q) AS r,
                (SELECT jsonb_agg(x ORDER BY x) FROM (SELECT hashint4(i * 100 + k)::float8 * 1e-300 AS x FROM generate_series(1, 1 + i % 3) AS k) AS q) AS f,
                (SELECT jsonb_agg(x ORDER BY x) FROM (SELECT hashint4(i + k)::float8 * 1e-9 * 10::float8 ^ (hashint4(i - k) % 290) AS x FROM generate_series(1, 1 + i % 17) AS k) AS q) AS m
      FROM generate_series(1, 500) AS i) AS random;
INSERT INTO kept SELECT 2000 + b, rfm_fit(recency, frequency, monetary, jsonb_build_object('nested', true, 'bins', b, 'weights', '[1,1,1]'::jsonb)) FROM figure, generate_series(2, 10) AS b GROUP BY b;
INSERT INTO kept SELECT 3000, rfm_fit(recency, frequency, monetary, jsonb '{"nested": true, "bins": 3, "recency": [100], "monetary": [1, 2, 3]}') FROM figure;
SELECT count(*) AS models, count(*) FILTER (WHERE model::text::rfm_model <> model OR model::text::rfm_model::text <> model::text) AS text,
       count(*) FILTER (WHERE model::jsonb::rfm_model <> model OR model::jsonb <> model::text::jsonb) AS json,
       count(*) FILTER (WHERE rfm_model_hash(model) <> rfm_model_hash(model::text::rfm_model)) AS hash FROM kept;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/rfm.copy'
CREATE TABLE copied (LIKE kept);
\set copy_out '\\copy kept TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy_out
:copy_in
SELECT count(*) AS models, count(*) FILTER (WHERE c.model <> k.model OR c.model::text <> k.model::text) AS different FROM copied AS c JOIN kept AS k USING (i);
-- keys in any order, numbers in any form, defaults said or not: one value
SELECT count(*) AS texts, count(DISTINCT m::text) AS values, bool_and(m = '{"recency": [1, 2.5], "frequency": [3], "monetary": [100]}') AS equal
FROM unnest(ARRAY['{"recency": [1, 2.5], "frequency": [3], "monetary": [100]}', '{"monetary":[1e2],"frequency":[3.000],"recency":[10e-1,2.50]}',
    '{"method": "cont", "boundary": "right", "nested": false, "weights": [100, 10, 1], "n": 0, "direction": {"recency": "low"}, "recency": [1, 2.5], "frequency": [3], "monetary": [1.00e+2]}']::rfm_model[]) AS m;
SELECT m, m::text::rfm_model = m AS same FROM (SELECT '{"method": "rfm_pkg", "boundary": "right", "direction": {"frequency": "low"}, "weights": [1, 0.1, 1e-9], "n": 9007199254740992, "as_of": "0001-01-01",
    "recency": [0.1], "frequency": [1e22], "monetary": [-1e-7]}'::rfm_model AS m) AS q;
SELECT rfm_model_send('{"recency": [1], "frequency": [2], "monetary": [3]}') = '\x01'::bytea || convert_to('{"bins": 2, "method": "cont", "recency": [1], "frequency": [2], "monetary": [3]}', 'UTF8') AS binary;

-- equality: grouping, set operations, joins, hash index, toasted values
SELECT '{"recency": [1], "frequency": [2], "monetary": [3]}'::rfm_model <> ALL (ARRAY['{"recency": [1], "frequency": [2], "monetary": [4]}', '{"recency": [1], "frequency": [2], "monetary": [3, 3]}',
    '{"boundary": "left", "recency": [1], "frequency": [2], "monetary": [3]}', '{"method": "disc", "recency": [1], "frequency": [2], "monetary": [3]}', '{"as_of": "2000-01-01", "recency": [1], "frequency": [2], "monetary": [3]}',
    '{"n": 1, "recency": [1], "frequency": [2], "monetary": [3]}', '{"weights": [1, 1, 1], "recency": [1], "frequency": [2], "monetary": [3]}']::rfm_model[]) AS all_differ;
SELECT count(*) FROM (SELECT model FROM kept UNION SELECT model FROM copied) AS q;
SELECT count(DISTINCT model::text) = (SELECT count(*) FROM (SELECT model FROM kept GROUP BY model) AS q) AS grouped FROM kept;
CREATE INDEX kept_model ON kept USING hash (model);
SET enable_seqscan = off;
SELECT i FROM kept WHERE model = (SELECT model FROM copied WHERE i = 2010);
RESET enable_seqscan;
ALTER TABLE copied ALTER model SET STORAGE external;
UPDATE copied SET model = (model::jsonb || '{"n": 7}')::rfm_model;
SELECT count(*) AS models, max(pg_column_size(c.model)) > 8000 AS large, count(*) FILTER (WHERE c.model <> (k.model::jsonb || '{"n": 7}')::rfm_model) AS different,
       count(*) FILTER (WHERE rfm_score(30, 3, 50, c.model) <> rfm_score(30, 3, 50, k.model)) AS scored_otherwise
FROM copied AS c JOIN kept AS k USING (i);
-- a table of models used by a join
CREATE TABLE scoring (country int, valid_from date, model rfm_model NOT NULL, PRIMARY KEY (country, valid_from));
INSERT INTO scoring SELECT customer % 7, day, rfm_fit(a, day) FROM customer, unnest('{2024-06-30,2024-12-31}'::date[]) AS day GROUP BY 1, 2;
SELECT count(*) AS customers, count(s) AS scored, count(*) FILTER (WHERE s IS DISTINCT FROM w) AS different
FROM (SELECT rfm_score(a, model, '2024-12-31') AS s, rfm_score(a, '2024-12-31', 5) OVER (PARTITION BY country) AS w
      FROM customer JOIN scoring ON country = customer % 7 AND valid_from = '2024-12-31') AS q;

-- states: merged by hand they are the aggregate; rows that are skipped leave them as they are
SELECT rfm_fit_finish(rfm_fit_merge(rfm_fit_add(rfm_fit_add(NULL, 10, 1, 100.00, 2), 20, 2, 200.00, 2), rfm_fit_add(NULL, 30, 3, 300.00, 2))) = (SELECT rfm_fit(recency, frequency, monetary, 2) FROM ten WHERE customer <= 3) AS same;
SELECT rfm_fit_add(s, NULL, 1, 1, 2) = s AS unchanged, rfm_fit_add(NULL::bytea, NULL::int, 1, 1) IS NULL AS nothing, rfm_fit_finish(NULL) IS NULL AS no_state, rfm_fit_add(NULL, 10, 1, 100.00, 2) = s AS repeatable
FROM (SELECT rfm_fit_add(NULL, 10, 1, 100.00, 2) AS s) AS q;
SELECT rfm_fit_merge(rfm_fit_add(NULL, 10, 1, 100.00, 2), rfm_fit_add(NULL, 10, 1, 100.00, 3)) IS NULL;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit_merge(rfm_fit_add(NULL::bytea, '{2025-01-01:1:1.00}'::activity, '2025-01-31'), rfm_fit_add(NULL::bytea, '{2025-01-01:1:1.00}'::activity, '2025-02-28')) IS NULL;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit_finish('\x');
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit_add('\x00', 10, 1, 100.00);
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit_merge('\x00', '\x00');
\echo :LAST_ERROR_SQLSTATE
-- any other bytes are refused, or are those of another state; nothing else happens
CREATE FUNCTION answer(query text, state bytea, other bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    model rfm_model;
BEGIN
    EXECUTE query INTO model USING state, other;
    RETURN CASE WHEN model::text::rfm_model = model THEN 'model' ELSE 'empty' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION take(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT $2';
CREATE AGGREGATE forged(bytea) (SFUNC = take, STYPE = bytea, FINALFUNC = rfm_fit_finish);
CREATE AGGREGATE forged_merge(bytea) (SFUNC = rfm_fit_merge, STYPE = bytea, FINALFUNC = rfm_fit_finish);
CREATE TABLE asked (i int, query text);
INSERT INTO asked VALUES (1, 'SELECT rfm_fit_finish($1)'), (2, 'SELECT rfm_fit_finish(rfm_fit_add($1, 10, 1, 100.00, jsonb ''{"monetary": [50]}''))'),
    (3, 'SELECT rfm_fit_finish(rfm_fit_merge($1, $2))'), (4, 'SELECT rfm_fit_finish(rfm_fit_merge($2, $1))'),
    (5, 'SELECT forged(s) FROM unnest(ARRAY[$2, $1]) AS s'), (6, 'SELECT forged_merge(s) FROM unnest(ARRAY[$1, $2]) AS s'), (7, 'SELECT forged_merge(s) FROM unnest(ARRAY[$2, $1]) AS s');
CREATE TABLE state AS SELECT rfm_fit_add(rfm_fit_add(NULL, 10, 1, 100.00, jsonb '{"monetary": [50]}'), 20, 2, 200.00, jsonb '{"monetary": [50]}') AS s;
SELECT i, answer(query, s, s) AS whole, answer(query, '\x00', s) AS one_byte FROM asked, state ORDER BY i;
-- random bytes, of the length of a state too
SELECT asked.i, answer(query, bytes, s) AS answer, count(*) FROM (SELECT decode(repeat(md5(i::text), i % 300), 'hex') AS bytes FROM generate_series(1, 600) AS i) AS random, state, asked GROUP BY 1, 2 ORDER BY 1, 2;
-- cut short: of 64 places for customers, the last ones are not used
SELECT asked.i, answer(query, substr(s, 1, length(s) - cut), s) AS answer, count(*) FROM state, asked, unnest('{1,23,24,48,1000,1487,1488}'::int[]) AS cut GROUP BY 1, 2 ORDER BY 1, 2;
SELECT asked.i, answer(query, substr(s, 1, cut), s) AS answer, count(*) FROM state, asked, generate_series(0, 400, 5) AS cut GROUP BY 1, 2 ORDER BY 1, 2;
-- one byte changed
SELECT asked.i, count(*) > 1000 AS many, count(*) FILTER (WHERE answer IN ('22P03', '22023')) > 20 AS refused, count(*) FILTER (WHERE answer NOT IN ('22P03', '22023', 'model', 'empty')) AS other
FROM (SELECT i, answer(query, set_byte(s, n, (get_byte(s, n) + d) % 256), s) AS answer
      FROM state, asked, generate_series(0, length(s) - 1) AS n, unnest('{1,128,255}'::int[]) AS d WHERE n < 160 OR n % 8 = 6 AND n < 2700) AS asked GROUP BY i ORDER BY i;

-- bytes through COPY BINARY
CREATE TABLE received (i int, model rfm_model);
CREATE TABLE sending AS
SELECT i, name, lo_from_bytea(0, '\x5047434f50590aff0d0a00'::bytea || int4send(0) || int4send(0) || int2send(2::int2) || int4send(4) || int4send(i) || int4send(length(b)) || b || int2send((-1)::int2)) AS lo
FROM (SELECT rfm_model_send('{"recency": [1], "frequency": [2], "monetary": [3]}') AS sent) AS s,
     LATERAL (VALUES (1, 'whole', sent), (2, 'other version', set_byte(sent, 0, 2)), (3, 'truncated', substr(sent, 1, length(sent) - 1)), (4, 'bit flipped', set_byte(sent, 2, get_byte(sent, 2) # 64)),
         (5, 'not text', sent || '\xff'), (6, 'a zero byte', sent || '\x00'), (7, 'version only', substr(sent, 1, 1)), (8, 'nothing', ''::bytea), (9, 'two texts', sent || substr(sent, 2))) AS v (i, name, b);
\set copy_in '\\copy received FROM ' :'file' ' (FORMAT binary)'
\set VERBOSITY sqlstate
SELECT lo, name FROM sending WHERE i = 1 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 2 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 3 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 4 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 5 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 6 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 7 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 8 \gset
\lo_export :lo :file
\echo :name
:copy_in
SELECT lo, name FROM sending WHERE i = 9 \gset
\lo_export :lo :file
\echo :name
:copy_in
\set VERBOSITY default
SELECT * FROM received;
SELECT count(lo_unlink(lo)) AS removed FROM sending;

-- equal values have equal scores, whatever decimals they were added up from
SELECT monetary(a), value, score
FROM (VALUES ('{2025-01-01:1:498461695.49}'::activity),
	('{2024-12-31:1:498461695.4800000001,2025-01-01:1:0.0099999999}')) AS v (a),
	rfm_explain(a, '{"recency":[1],"frequency":[3],"monetary":[498461695.49],"boundary":"left"}', '2025-06-01')
WHERE dimension = 'monetary';

-- the window form's constants are checked also where nobody has a purchase
SELECT id, rfm_score(a, d, 5) OVER (ORDER BY id)
FROM (VALUES (1, '{2025-01-01:1:10}'::activity, DATE '2024-01-01'), (2, '{2025-01-01:1:10}', '2025-06-01')) AS v (id, a, d);
SELECT id, rfm_score(a, '2024-01-01', bins) OVER (ORDER BY id)
FROM (VALUES (1, '{2025-01-01:1:10}'::activity, 5), (2, NULL, 4)) AS v (id, a, bins);

-- hash partitions
CREATE TABLE by_model (model rfm_model) PARTITION BY HASH (model);
CREATE TABLE by_model_0 PARTITION OF by_model FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_model_1 PARTITION OF by_model FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_model SELECT format('{"recency":[%s],"frequency":[1],"monetary":[1]}', i)::rfm_model FROM generate_series(1, 20) AS i;
SELECT count(*), count(DISTINCT tableoid) AS partitions FROM by_model;
