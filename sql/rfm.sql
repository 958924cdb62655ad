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
UNION ALL VALUES (20, 'DE', NULL), (21, 'DE', '{}'), (22, 'DE', '{2025-02-01:1:5.00}'), (23, 'IT', NULL), (24, 'IT', '{2024-12-01:0:-1.00}'), (25, 'ES', '{2024-12-01:1:7.00}');
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
SELECT rfm_score('{2025-01-01:1:5.00}', '{"recency": [1], "frequency": [1], "monetary": [1]}', 'infinity');
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
SELECT rfm_score(a, '2025-01-31', NULL) OVER () FROM ten_activity;
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
FROM (SELECT customer, DATE '2022-01-01' + (customer * 7919 + n * 104729) % 1100 AS day,
             round(((customer * 31 + n * 17) % 4000) / (CASE customer % 3 WHEN 0 THEN 100.0 ELSE 1 END) - 40, 2) AS amount
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
SELECT count(*) AS fits,
       count(*) FILTER (WHERE breaks_of(model, 'frequency') <> disc_f OR breaks_of(model, 'monetary') <> disc_m::float8[]) FILTER (WHERE method = 'disc') AS disc,
       max((SELECT max(abs(ours - theirs)) FROM unnest(breaks_of(model, 'monetary'), cont_m) AS u (ours, theirs))) FILTER (WHERE method = 'cont') < 1e-9 AS cont
FROM (SELECT i, model, options ->> 'method' AS method,
             percentile_disc(p) WITHIN GROUP (ORDER BY frequency) AS disc_f, percentile_disc(p) WITHIN GROUP (ORDER BY monetary) AS disc_m,
             percentile_cont(p) WITHIN GROUP (ORDER BY monetary) AS cont_m
      FROM rule, LATERAL (SELECT array_agg(i / (options ->> 'bins')::float8 ORDER BY i) AS p FROM generate_series(1, (options ->> 'bins')::int - 1) AS i) AS parts, figure
      WHERE options ->> 'method' <> 'rfm_pkg' AND options ->> 'bins' IN ('2', '5', '10') GROUP BY i, model, options) AS q;

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
-- ties are never split; rfm_pkg is the plain rule where figures and quantiles are whole
SELECT max(r_scores) AS r, max(f_scores) AS f
FROM (SELECT i, recency, count(DISTINCT (s).r) OVER_R AS r_scores, 1 AS f_scores FROM (SELECT 1 AS i, 1 AS recency, '(1,1,1)'::rfm AS s) AS q GROUP BY i, recency) AS q (i, recency, r_scores, f_scores);
