CREATE SCHEMA test_portfolio;
SET search_path = test_portfolio, public;
-- plain use
CREATE TABLE line (customer bigint, day date, amount numeric);
INSERT INTO line VALUES
    (1, '2025-01-03', 120.00), (1, '2025-01-03', 30.00), (1, '2025-03-10', 60.25), (1, '2025-03-20', -15.50),
    (2, '2024-12-24', 9.99), (2, '2024-12-25', 0.00),
    (3, '2025-02-01', -5.00), (3, '2025-02-02', 0),
    (4, '2025-03-01', 500), (-5, '2025-01-15', 75.005), (9223372036854775807, '2025-03-31', 1), (-9223372036854775808, '1999-12-31', 2);
SELECT portfolio_agg(customer, day, amount) FROM line;
SELECT * FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line), DATE '2025-03-31') ORDER BY customer;
SELECT (s).* FROM (SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') AS s FROM line OFFSET 0) AS q ORDER BY customer;
SELECT * FROM portfolio_customers((SELECT portfolio_agg(customer, day, amount) FROM line)) ORDER BY customer;
SELECT rfm_fit(portfolio_agg(customer, day, amount), DATE '2025-03-31') FROM line;
SELECT rfm_fit(portfolio_agg(customer, day, amount), DATE '2025-03-31', bins => 2) FROM line;

-- a model of one's own; segments have names where it has five scores in each dimension
SELECT customer, r, f, m, segment
FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line),
                '{"recency": [30, 60, 90, 365], "frequency": [1, 2, 3, 4], "monetary": [10, 50, 100, 400]}'::rfm_model, DATE '2025-03-31') ORDER BY customer;
SELECT customer, r, f, m, segment
FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line),
                '{"recency": [30], "frequency": [1, 2, 3, 4], "monetary": [100]}'::rfm_model, DATE '2025-03-31') ORDER BY customer;
SELECT customer, r, f, m, segment
FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line), as_of => DATE '2025-04-30', bins => 3) ORDER BY customer;
SELECT count(*), max(r) AS r, max(f) AS f, max(m) AS m
FROM rfm_scores((SELECT portfolio_agg(i, DATE '2024-01-01' + i, i) FROM generate_series(1, 300) AS i), DATE '2025-03-31', 100);

-- a part of the lines; each line once; by group
SELECT portfolio_agg(customer, day, amount) FILTER (WHERE day <= DATE '2024-12-31') FROM line;
SELECT portfolio_agg(DISTINCT customer, day, amount) FROM (SELECT * FROM line UNION ALL SELECT * FROM line) AS twice WHERE customer < 3;
SELECT customer % 2 AS rest, portfolio_agg(customer, day, amount) FROM line WHERE customer BETWEEN 1 AND 4 GROUP BY customer % 2 ORDER BY 1;
SELECT portfolio_agg(customer, day, amount ORDER BY amount DESC) FROM line WHERE customer < 3;

-- stored portfolios, merged
CREATE TABLE branch (branch text, p portfolio);
INSERT INTO branch SELECT 'odd', portfolio_agg(customer, day, amount) FROM line WHERE customer % 2 <> 0;
INSERT INTO branch SELECT 'even', portfolio_agg(customer, day, amount) FROM line WHERE customer % 2 = 0;
INSERT INTO branch VALUES ('none', NULL), ('text', '[2025-03-01,2025-04-02]{1:10.001:3:2025-03-10+1,77:-1.00:0:}');
SELECT rollup(p) FROM branch;
SELECT rollup(p)::text = (SELECT portfolio_agg(customer, day, amount)::text FROM line) AS same FROM branch WHERE branch <> 'text';
SELECT count(DISTINCT rollup::text) AS one
FROM (SELECT rollup(p ORDER BY branch) FROM branch UNION ALL SELECT rollup(p ORDER BY branch DESC) FROM branch) AS both_ways;
SELECT portfolio_merge(a.p, b.p) FROM branch AS a, branch AS b WHERE a.branch = 'even' AND b.branch = 'text';
SELECT portfolio_merge(a.p, a.p) FROM branch AS a WHERE a.branch = 'text';
SELECT portfolio_merge(NULL, p) AS none_first, portfolio_merge(p, NULL) AS none_second, portfolio_merge(NULL, NULL) IS NULL AS none FROM branch WHERE branch = 'text';
SELECT portfolio_add(NULL, 3, '2025-01-01', 5), portfolio_add('[2025-01-01,2025-01-01]{3:5.00:1:2025-01-01}', 3, '2025-05-01', -1.5);

-- null: a line with one is skipped; no line, no portfolio
SELECT portfolio_agg(customer, day, amount) FROM (VALUES (1, DATE '2025-01-03', 5.00), (NULL, '2025-01-04', 5.00), (2, NULL, 5.00), (3, '2025-01-05', NULL)) AS v (customer, day, amount);
SELECT portfolio_agg(NULL, day, amount) AS only_nulls, portfolio_agg(customer, day, amount) FILTER (WHERE false) AS no_line, rollup(NULL::portfolio) AS no_portfolio FROM line;
SELECT portfolio_agg(customer, day, amount) IS NULL AS empty FROM line WHERE false;
SELECT * FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line WHERE false), DATE '2025-03-31');
SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') FROM line WHERE false;
SELECT * FROM portfolio_customers(NULL);
SELECT rfm_fit(NULL::portfolio, DATE '2025-03-31') IS NULL AS no_model;
SELECT portfolio_add(NULL, NULL, DATE '2025-01-01', 1) IS NULL AS nothing, portfolio_add('[]{}', 1, NULL, 1);

-- no purchase at all: prospects, and nothing to fit
SELECT * FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line WHERE amount <= 0), DATE '2025-03-31') ORDER BY customer;
SELECT * FROM portfolio_customers((SELECT portfolio_agg(customer, day, amount) FROM line WHERE amount <= 0)) ORDER BY customer;
SELECT rfm_fit(portfolio_agg(customer, day, amount), DATE '2025-03-31') IS NULL AS no_model FROM line WHERE amount <= 0;
SELECT * FROM rfm_scores('[]{}', DATE '2025-03-31');
SELECT rollup(p) FROM (VALUES ('[]{}'::portfolio), ('[]{}')) AS v (p);

-- one customer, and all equal: one score for all
SELECT * FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line WHERE customer = 1), DATE '2025-03-31');
SELECT r, f, m, segment, count(*) FROM rfm_scores((SELECT portfolio_agg(i, DATE '2025-01-01', 10) FROM generate_series(1, 1000) AS i), DATE '2025-03-31') GROUP BY r, f, m, segment;

-- limits: the first and the last day, the largest values, many decimals
SELECT portfolio_agg(customer, day, amount) FROM (VALUES (1, DATE '0001-01-01', 1.00), (1, '9999-12-31', 1), (1, '2000-01-01', 1)) AS v (customer, day, amount);
SELECT portfolio_agg(1, DATE '2025-01-01', amount) FROM (VALUES (92233720368547758.07), (-0.01), (0.01)) AS v (amount);
SELECT portfolio_agg(1, DATE '2025-01-01', -92233720368547758.08);
SELECT portfolio_agg(1, DATE '2025-01-01', amount) FROM (VALUES (1.000000000000000001), (8.2)) AS v (amount);
SELECT portfolio_agg(i % 3, CASE i WHEN 1 THEN DATE '0001-01-01' WHEN 9999 THEN '9999-12-31' ELSE '2025-01-01' END, 1)::text ~ '^\[0001-01-01,9999-12-31\]' AS far_apart
FROM generate_series(1, 9999) AS i;
SELECT * FROM rfm_scores('[2025-03-31,2025-03-31]{1:1.00:1:2025-03-31}', DATE '2025-03-31');
SELECT recency FROM rfm_scores('[0001-01-01,0001-01-01]{1:1.00:1:0001-01-01}', DATE '9999-12-31');

-- decimals that no value needs are not shown, whatever the form of the portfolio
CREATE TABLE fine_line AS
    SELECT 1 AS customer, DATE '2025-01-01' AS day, amount FROM (VALUES (1.00001), (2.5), (-0.00001)) AS v (amount);
SELECT (s).monetary FROM (SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') AS s FROM fine_line OFFSET 0) AS q;
SELECT monetary FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM fine_line), DATE '2025-03-31');
SELECT (portfolio_customers(portfolio_agg(customer, day, amount))).monetary FROM fine_line;
SELECT (portfolio_customers(portfolio_agg(customer, day, amount))).monetary FROM fine_line WHERE amount > 0;

-- errors
SELECT rfm_scores(portfolio_agg(customer, day, amount), NULL) FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(portfolio_agg(customer, day, amount), NULL) FROM line;
SELECT rfm_scores(NULL::portfolio, NULL::date);
SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-30') FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_fit(portfolio_agg(customer, day, amount), DATE '2025-03-30') FROM line;
SELECT rfm_scores(portfolio_agg(customer, day, amount), 'infinity') FROM line;
SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31', 1) FROM line;
\echo :LAST_ERROR_SQLSTATE
SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31', 101) FROM line;
SELECT rfm_scores(NULL::portfolio, DATE '2025-03-31', 0);
SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31', NULL::integer) FROM line;
SELECT rfm_fit(portfolio_agg(customer, day, amount), DATE '2025-03-31', 101) FROM line;
SELECT rfm_scores(portfolio_agg(customer, day, amount), NULL::rfm_model, DATE '2025-03-31') FROM line;
SELECT portfolio_agg(1, 'infinity', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT portfolio_agg(1, '-infinity', 1);
SELECT portfolio_agg(1, '0001-12-31 BC', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT portfolio_agg(1, '10000-01-01', 1);
SELECT portfolio_agg(1, DATE '2025-01-01', 'NaN');
SELECT portfolio_agg(1, DATE '2025-01-01', '-Infinity');
SELECT portfolio_agg(1, DATE '2025-01-01', 92233720368547758.08);
\echo :LAST_ERROR_SQLSTATE
SELECT portfolio_agg(1, DATE '2025-01-01', 0.0000000000000000001);
SELECT portfolio_agg(1, DATE '2025-01-01', amount) FROM (VALUES (92233720368547758.07), (0.01)) AS v (amount);
\echo :LAST_ERROR_SQLSTATE
SELECT portfolio_agg(i, DATE '2025-01-01', amount) FROM (VALUES (1, 10.00), (2, 0.000000000000000001)) AS v (i, amount);
SELECT portfolio_add('[2025-01-01,2025-01-01]{1:92233720368547758.07:1:2025-01-01}', 1, DATE '2025-01-01', 0.01);
SELECT rollup(p) FROM (VALUES ('[2025-01-01,2025-01-01]{1:1.00:2147483647:2025-01-01}'::portfolio), ('[2025-01-01,2025-01-01]{1:1.00:1:2025-01-01}')) AS v (p);
SELECT portfolio_agg(i, CASE WHEN i % 2 = 0 THEN DATE '0001-01-01' ELSE '9999-12-31' END, 1) FROM generate_series(1, 5000) AS i;
\echo :LAST_ERROR_SQLSTATE

-- malformed text
SELECT ''::portfolio;
\echo :LAST_ERROR_SQLSTATE
SELECT '[2025-01-01'::portfolio;
SELECT '[2025-02-30,2025-03-01]{}'::portfolio;
SELECT '[2025-01-02,2025-01-01]{1:1.00:1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]'::portfolio;
SELECT '[2025-01-01,2025-01-02]{}'::portfolio;
SELECT '[]{1:-1.00:0:}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{'::portfolio;
SELECT '[2025-01-01,2025-01-02]{ 1:1.00:1:2025-01-01}'::portfolio;
SELECT E'[2025-01-01,2025-01-02]{\t1:1.00:1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{9223372036854775808:1.00:1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:x:1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:92233720368547758.08:1:2025-01-01}'::portfolio;
\echo :LAST_ERROR_SQLSTATE
SELECT '[2025-01-01,2025-01-02]{1:10.00:1:2025-01-01,2:0.000000000000000001:1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:-1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:2147483648:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:1:2025-01-03}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:1:2024-12-31}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:2:2025-01-01+0}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:2:2025-01-01+2}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:2:2025-01-01++1}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:2:2025-01-01+1,}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:2:2025-01-01+1} '::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:1:2025-01-01+1}'::portfolio;
\echo :LAST_ERROR_SQLSTATE
SELECT '[2025-01-01,2025-01-02]{1:1.00:0:}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:1:}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{2:1.00:1:2025-01-01,1:1.00:1:2025-01-01}'::portfolio;
SELECT '[2025-01-01,2025-01-02]{1:1.00:1:2025-01-01,1:1.00:1:2025-01-01}'::portfolio;
SELECT ('[0001-01-01,9999-12-31]{' || repeat(',', 3000))::portfolio;
\echo :LAST_ERROR_SQLSTATE
SELECT '[2025-01-01,2025-01-02]{+1:1.00:1:2025-01-01}'::portfolio;
-- other spellings of the same
SELECT '[2025-01-01,2025-01-02]{-0:+1.5000:007:2025-01-01+01}'::portfolio;

-- a made-up ledger: 24,000 lines of 3,100 customers, same-day lines, credit notes, several scales
CREATE TABLE ledger_line AS
    SELECT i, (h1 % 3100 - 50)::bigint AS customer, DATE '2022-05-01' + (h2 % 1000)::int AS day,
           CASE WHEN h3 % 11 = 0 THEN -(h3 % 5000) / 100.0 WHEN h3 % 97 = 0 THEN 0
                WHEN h3 % 53 = 0 THEN (h3 % 100000) / 1000.0 WHEN h3 % 101 = 0 THEN (h3 % 100000) / 100000.0
                ELSE (h3 % 100000) / 100.0 END AS amount,
           (ARRAY['North', 'South', 'East', 'West', NULL])[1 + h1 % 5] AS region
    FROM (SELECT i, hashint4(i)::bigint & 2147483647 AS h1, hashint4(i + 100000)::bigint & 2147483647 AS h2,
                 hashint4(i + 200000)::bigint & 2147483647 AS h3 FROM generate_series(1, 22000) AS i) AS h;
INSERT INTO ledger_line SELECT i + 22000, customer, day, amount + 1, region FROM ledger_line WHERE i <= 1500;
INSERT INTO ledger_line SELECT i + 24000, -1000 - i, day, -abs(amount) - 0.01, 'North' FROM ledger_line WHERE i <= 500;
SELECT count(*) AS lines, count(DISTINCT customer) AS customers, count(DISTINCT day) AS days, max(scale(trim_scale(amount))) AS scale FROM ledger_line;
CREATE TABLE whole AS SELECT portfolio_agg(customer, day, amount) AS p FROM ledger_line;

-- the same figures, scores and segments as GROUP BY with activity_agg
CREATE TABLE by_group AS
    WITH activity AS (SELECT customer, activity_agg(day, amount) AS a FROM ledger_line GROUP BY customer),
         fit AS (SELECT rfm_fit(a, DATE '2025-03-31') AS model FROM activity),
         scored AS (SELECT customer, a, rfm_score(a, model, DATE '2025-03-31') AS s FROM activity, fit OFFSET 0)
    SELECT customer, recency(a, DATE '2025-03-31') AS recency, frequency(a) AS frequency, monetary(a) AS monetary,
           (s).r, (s).f, (s).m, segment_of(s) AS segment, first_day(a) AS first_day, last_day(a) AS last_day, documents(a) AS documents
    FROM scored;
CREATE TABLE by_portfolio AS SELECT * FROM rfm_scores((SELECT p FROM whole), DATE '2025-03-31');
CREATE TABLE in_select_list AS
    SELECT (s).* FROM (SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') AS s FROM ledger_line OFFSET 0) AS q;
SELECT count(*) AS customers, count(r) AS scored, count(*) FILTER (WHERE segment = 'prospect') AS prospects, sum(monetary) AS value FROM by_portfolio;
SELECT count(*) AS different FROM by_portfolio AS a FULL JOIN by_group AS b USING (customer)
WHERE (a.recency, a.frequency, a.monetary, a.r, a.f, a.m, a.segment) IS DISTINCT FROM (b.recency, b.frequency, b.monetary, b.r, b.f, b.m, b.segment);
SELECT count(*) AS different FROM by_portfolio AS a FULL JOIN in_select_list AS b USING (customer) WHERE a::text IS DISTINCT FROM b::text;
SELECT count(*) AS different FROM portfolio_customers((SELECT p FROM whole)) AS a FULL JOIN by_group AS b USING (customer)
WHERE (a.first_day, a.last_day, a.frequency, a.documents, a.monetary) IS DISTINCT FROM (b.first_day, b.last_day, b.frequency, b.documents, b.monetary);
SELECT rfm_fit(p, DATE '2025-03-31') = (SELECT rfm_fit(a, DATE '2025-03-31') FROM (SELECT activity_agg(day, amount) AS a FROM ledger_line GROUP BY customer) AS q) AS same_model FROM whole;
SELECT count(*) AS different
FROM rfm_scores((SELECT p FROM whole), (SELECT rfm_fit(p, DATE '2025-03-31') FROM whole), DATE '2025-03-31') AS a
FULL JOIN by_portfolio AS b USING (customer) WHERE a::text IS DISTINCT FROM b::text;

-- the order of lines changes nothing
SELECT count(DISTINCT p::text) AS one FROM (
    SELECT p FROM whole
    UNION ALL SELECT portfolio_agg(customer, day, amount ORDER BY hashint4(i)) FROM ledger_line
    UNION ALL SELECT portfolio_agg(customer, day, amount ORDER BY day DESC, i) FROM ledger_line
    UNION ALL SELECT portfolio_agg(customer, day, amount ORDER BY amount, i) FROM ledger_line
    UNION ALL SELECT rollup(p ORDER BY part) FROM (SELECT i % 7 AS part, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY 1) AS parts
    UNION ALL SELECT rollup(p ORDER BY part DESC) FROM (SELECT date_part('month', day) AS part, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY 1) AS parts
) AS forms (p);

-- text and binary forms are exact
SELECT p::text::portfolio::text = p::text AS same_text, portfolio_send(p::text::portfolio) = portfolio_send(p) AS same_binary, length(portfolio_send(p)) AS bytes FROM whole;
SELECT md5(portfolio_send(portfolio_agg(customer, day, amount))) = (SELECT md5(portfolio_send(p)) FROM whole) AS same FROM ledger_line;
CREATE TABLE stored AS
    SELECT 'whole' AS name, p FROM whole UNION ALL SELECT 'branch ' || branch, p FROM branch
    UNION ALL SELECT 'empty', '[]{}'
    UNION ALL SELECT 'region ' || region, portfolio_agg(customer, day, amount) FROM ledger_line GROUP BY region;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/portfolio.copy'
CREATE TABLE copied (LIKE stored);
\set copy_out '\\copy stored TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy_out
:copy_in
SELECT count(*), count(c.p), bool_and(c.p::text IS NOT DISTINCT FROM s.p::text AND portfolio_send(c.p) IS NOT DISTINCT FROM portfolio_send(s.p)) AS same
FROM copied AS c JOIN stored AS s ON c.name IS NOT DISTINCT FROM s.name;
SELECT portfolio_send('[]{}'), portfolio_send('[2025-01-01,2025-01-31]{-1:-0.5:0:,7:1.125:2:2025-01-03+1}');

-- workers give the same as one process
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT portfolio_agg(customer, day, amount)::text = (SELECT p::text FROM whole) AS same FROM ledger_line;
SELECT bool_and(p::text = (SELECT s.p::text FROM stored AS s WHERE s.name = 'region ' || region)) AS same, count(*)
FROM (SELECT region, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY region OFFSET 0) AS g WHERE region IS NOT NULL;
SELECT count(*) AS different
FROM (SELECT (s).* FROM (SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') AS s FROM ledger_line OFFSET 0) AS q OFFSET 0) AS a
FULL JOIN by_portfolio AS b USING (customer) WHERE a::text IS DISTINCT FROM b::text;
-- workers without a line, and lines that are all worth nothing
SELECT portfolio_agg(customer, day, amount) FROM ledger_line WHERE i = 22001;
SELECT portfolio_agg(customer, day, amount) IS NULL AS nothing FROM ledger_line WHERE i < 0;
SELECT (portfolio_customers(portfolio_agg(1, day, 0))).* FROM ledger_line;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- a portfolio lives as long as it is needed: groups sorted, hashed, spilled to disk, in sets, kept in arrays
CREATE VIEW checked AS SELECT name, md5(p::text) AS md5 FROM stored WHERE name LIKE 'region %';
CREATE TABLE by_part AS
    SELECT part, md5(portfolio_agg(customer, day, amount)::text) AS md5, count(*) AS lines
    FROM (SELECT customer % 200 AS part, * FROM ledger_line) AS l GROUP BY part;
SET work_mem = '64kB';
SET enable_hashagg = off;
SELECT count(*) AS parts, count(*) FILTER (WHERE md5(p::text) <> md5) AS different
FROM (SELECT customer % 200 AS part, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY 1) AS g JOIN by_part USING (part);
RESET enable_hashagg;
SET enable_sort = off;
SELECT count(*) AS parts, count(*) FILTER (WHERE md5(p::text) <> md5) AS different
FROM (SELECT customer % 200 AS part, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY 1) AS g JOIN by_part USING (part);
RESET enable_sort;
SELECT count(*) AS parts, count(*) FILTER (WHERE md5(p::text) <> md5) AS different
FROM (SELECT * FROM (SELECT customer % 200 AS part, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY 1) AS g ORDER BY part DESC, length(p::text) OFFSET 0) AS sorted JOIN by_part USING (part);
SELECT count(*) AS parts, count(*) FILTER (WHERE md5(all_of_them[n]::text) <> md5) AS different
FROM (SELECT array_agg(part ORDER BY part DESC) AS part, array_agg(p ORDER BY part DESC) AS all_of_them
      FROM (SELECT customer % 200 AS part, portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY 1) AS g) AS a,
     LATERAL unnest(a.part) WITH ORDINALITY AS u (part, n) JOIN by_part USING (part);
RESET work_mem;
SELECT coalesce(region, 'none') AS region, year, count(*) OVER () AS sets, (SELECT count(*) FROM portfolio_customers(p)) AS customers, (SELECT sum(monetary) FROM portfolio_customers(p)) AS value
FROM (SELECT region, date_part('year', day) AS year, portfolio_agg(customer, day, amount) AS p FROM ledger_line WHERE region < 'O'
      GROUP BY GROUPING SETS ((region), (year), (region, year), ())) AS g ORDER BY 1, 2;
SELECT md5((rollup(p))::text) = (SELECT md5(p::text) FROM whole) AS same FROM (SELECT portfolio_agg(customer, day, amount) AS p FROM ledger_line GROUP BY customer % 50) AS g;
SELECT region, customers, best FROM (
    SELECT region, count(*) AS customers, string_agg(customer::text, ' ' ORDER BY customer) FILTER (WHERE segment = 'Champions' AND customer < 100) AS best
    FROM (SELECT region, rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') AS s FROM ledger_line GROUP BY region OFFSET 0) AS q, LATERAL (SELECT (s).customer, (s).segment) AS f
    GROUP BY region) AS r ORDER BY region;

-- one portfolio asked twice; half of the answer
SELECT (rfm_scores(p, DATE '2025-03-31')).r, (portfolio_customers(p)).last_day FROM (SELECT portfolio_agg(customer, day, amount) AS p FROM line WHERE customer BETWEEN 1 AND 4 OFFSET 0) AS q;
SELECT rfm_fit(portfolio_agg(customer, day, amount), DATE '2025-03-31')::jsonb ->> 'n' AS n, length(portfolio_agg(customer, day, amount)::text) AS length,
       portfolio_customers(portfolio_agg(customer, day, amount)) AS customer FROM line LIMIT 2;
WITH p AS MATERIALIZED (SELECT portfolio_agg(customer, day, amount) AS p FROM ledger_line)
SELECT (SELECT count(*) FROM rfm_scores((SELECT p FROM p), DATE '2025-03-31')) AS scores, (SELECT count(*) FROM portfolio_customers((SELECT p FROM p))) AS customers;
WITH p AS NOT MATERIALIZED (SELECT portfolio_agg(customer, day, amount) AS p FROM ledger_line)
SELECT s.r, s.f, s.m, c.documents FROM p, rfm_scores(p.p, DATE '2025-03-31') AS s, portfolio_customers(p.p) AS c WHERE s.customer = 7 AND c.customer = 7;
SELECT p FROM (SELECT portfolio_agg(customer, day, amount) AS p FROM line WHERE customer = 1 UNION ALL SELECT portfolio_agg(customer, day, amount) FROM line WHERE customer = 2) AS u;
SELECT (rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31')).customer FROM line LIMIT 1;

-- executed again for each row
SELECT n, (SELECT sum(monetary) FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM line WHERE customer <= n), DATE '2025-03-31')) AS value,
       (SELECT count(*) FROM portfolio_customers((SELECT portfolio_agg(customer, day, amount) FROM line WHERE customer <= n))) AS customers
FROM generate_series(-10, 4) AS n ORDER BY n;
SELECT n, c.customer, c.monetary FROM generate_series(1, 3) AS n, LATERAL (SELECT portfolio_agg(customer, day, amount * n) AS p FROM line WHERE customer BETWEEN 1 AND n OFFSET 0) AS q, LATERAL portfolio_customers(q.p) AS c ORDER BY n, c.customer;

-- over a window: the whole, up to the row, a moving frame
SELECT customer, day, (SELECT count(*) FROM portfolio_customers(whole)) AS whole, so_far, last_two
FROM (SELECT customer, day, portfolio_agg(customer, day, amount) OVER () AS whole,
             portfolio_agg(customer, day, amount) OVER (ORDER BY day, customer) AS so_far,
             portfolio_agg(customer, day, amount) OVER (ORDER BY day, customer ROWS 1 PRECEDING) AS last_two
      FROM line WHERE customer BETWEEN 1 AND 3) AS w ORDER BY day, customer;
SELECT day, rfm_scores(portfolio_agg(customer, day, amount) OVER (ORDER BY day, customer), day) FROM line WHERE customer BETWEEN 1 AND 2 ORDER BY day;

-- a variable, a cursor
DO $$
DECLARE
    p portfolio;
    kept portfolio;
    n bigint;
    row record;
    scores CURSOR FOR SELECT rfm_scores(portfolio_agg(customer, day, amount), DATE '2025-03-31') AS s FROM ledger_line;
BEGIN
    SELECT portfolio_agg(customer, day, amount) INTO p FROM line WHERE customer = 1;
    kept := p;
    FOR i IN 2 .. 4 LOOP
        p := portfolio_add(p, i, DATE '2025-01-01' + i, i);
        p := portfolio_finish(portfolio_merge(p, kept));
    END LOOP;
    RAISE NOTICE '%', p;
    RAISE NOTICE '%', kept;
    BEGIN
        p := portfolio_add(p, 2, DATE '2025-01-01', 92233720368547758);
        RAISE NOTICE 'not reached: %', p;
    EXCEPTION WHEN numeric_value_out_of_range THEN
        RAISE NOTICE 'refused: %', p;
    END;
    p := portfolio_add(p, NULL, DATE '2025-01-01', 1);
    n := 0;
    OPEN scores;
    LOOP
        FETCH scores INTO row;
        EXIT WHEN NOT FOUND;
        n := n + 1;
    END LOOP;
    CLOSE scores;
    RAISE NOTICE '% rows', n;
    FOR row IN SELECT * FROM rfm_scores(p, DATE '2025-03-31') LOOP
        RAISE NOTICE '%', row;
    END LOOP;
END $$;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT portfolio_customers(portfolio_agg(customer, day, amount)) AS p FROM line WHERE customer BETWEEN 1 AND 4;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
FETCH ALL FROM c;
COMMIT;

-- an aggregate of one's own on the same functions, with a first state
CREATE AGGREGATE pg_temp.portfolio_from (bigint, date, numeric) (SFUNC = portfolio_add, STYPE = portfolio, INITCOND = '[2025-01-01,2025-01-01]{2:1.00:1:2025-01-01}');
SELECT pg_temp.portfolio_from(customer, day, amount) FROM line WHERE customer BETWEEN 1 AND 2;
SELECT pg_temp.portfolio_from(customer, day, amount) FROM line WHERE false;
SELECT customer % 2 AS rest, pg_temp.portfolio_from(customer, day, amount) FROM line WHERE customer BETWEEN 1 AND 3 GROUP BY 1 ORDER BY 1;
