CREATE SCHEMA test_activity;
SET search_path = test_activity, public;
-- activity: lines of one customer into a summary, and questions to it
SET DateStyle = ISO;
CREATE TABLE line (customer int, day date, amount numeric);
INSERT INTO line VALUES
    (1, '2025-01-03', 100.00), (1, '2025-01-03', 20.00), (1, '2025-01-31', -15.50), (1, '2025-02-10', 60.25),
    (2, '2024-12-24', 9.99), (3, '2025-02-01', -5.00), (4, '2025-02-02', 0.00);
SELECT customer, activity_agg(day, amount) AS a FROM line GROUP BY customer ORDER BY customer;
SELECT customer, recency(a, '2025-02-28') AS recency, frequency(a) AS frequency, documents(a) AS documents, monetary(a) AS monetary,
       first_day(a) AS first_day, last_day(a) AS last_day, tenure(a, '2025-02-28') AS tenure, average_gap(a) AS gap
FROM (SELECT customer, activity_agg(day, amount) AS a FROM line GROUP BY customer) AS q ORDER BY customer;
SELECT active_days(a, '2025-01-03', '2025-02-10') AS both_ends, active_days(a, '2025-01-04', '2025-02-09') AS between,
       amount_between(a, '2025-01-03', '2025-01-31') AS january, amount_between(a, '2025-01-31', '2025-01-31') AS one_day,
       amount_between(a, '-infinity', 'infinity') = monetary(a) AS all_days,
       active_days(a, '2025-02-10', '2025-01-03') AS turned_round, amount_between(a, '2025-02-10', '2025-01-03') AS nothing
FROM (SELECT activity_agg(day, amount) AS a FROM line WHERE customer = 1) AS q;
SELECT d.* FROM activity_days((SELECT activity_agg(day, amount) FROM line WHERE customer = 1)) AS d ORDER BY day;

-- a credit note takes value off; it is no purchase and moves neither first nor last day
SELECT activity_agg(day, amount) AS a FROM (VALUES (DATE '2025-03-01', -1.00), ('2025-01-01', 10.00), ('2025-02-01', -4.00), ('2024-12-01', -2.00)) AS v (day, amount) \gset
SELECT first_day(:'a'), last_day(:'a'), frequency(:'a'), documents(:'a'), monetary(:'a'), recency(:'a', '2025-03-01');
-- a day with a purchase and a larger credit note is a purchase day
SELECT frequency(a), documents(a), monetary(a) FROM (SELECT activity_agg('2025-01-01', amount) AS a FROM unnest('{10.00,-30.00}'::numeric[]) AS amount) AS q;
-- an amount of zero is no purchase; its day is kept
SELECT a, frequency(a), documents(a), first_day(a) IS NULL AS never
FROM (SELECT activity_agg(DATE '2025-01-01' + i, CASE i WHEN 0 THEN 0.00 ELSE -0.0 END) AS a FROM generate_series(0, 1) AS i) AS q;

-- days after as_of do not exist
SELECT as_of, recency(a, as_of), frequency(a, as_of), documents(a, as_of), monetary(a, as_of), last_day(a, as_of), tenure(a, as_of), average_gap(a, as_of)
FROM (SELECT '{2025-01-03:2:120.00,2025-01-31:0:-15.50,2025-02-10:1:60.25}'::activity AS a) AS q,
     unnest('{2024-12-31,2025-01-02,2025-01-03,2025-01-30,2025-01-31,2025-02-09,2025-02-10,2026-01-01}'::date[]) AS as_of ORDER BY as_of;
SELECT frequency(a, as_of) = frequency(before) AND documents(a, as_of) = documents(before) AND monetary(a, as_of) = monetary(before)
       AND last_day(a, as_of) IS NOT DISTINCT FROM last_day(before) AS same_as_if_never_entered
FROM (SELECT as_of, activity_agg(day, amount) AS a, coalesce(activity_agg(day, amount) FILTER (WHERE day <= as_of), '{}') AS before
      FROM line, unnest('{2025-01-02,2025-01-03,2025-01-31,2025-02-10}'::date[]) AS as_of WHERE customer = 1 GROUP BY as_of) AS q;

-- infinity means all days, where a day is not counted from
SELECT frequency(a, 'infinity'), documents(a, 'infinity'), monetary(a, 'infinity'), last_day(a, 'infinity'), average_gap(a, 'infinity')
FROM (SELECT '{2025-01-03:1:1.00,9999-12-31:1:2.00}'::activity AS a) AS q;
SELECT recency('{2025-01-03:1:1.00}', 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT tenure('{2025-01-03:1:1.00}', '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT frequency('{2025-01-03:1:1.00}', '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT active_days('{2025-01-03:1:1.00}', 'infinity', 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT amount_between('{2025-01-03:1:1.00}', '-infinity', '-infinity');
\echo :LAST_ERROR_SQLSTATE

-- null: a line without a day or an amount is skipped, no line at all gives null
SELECT activity_agg(day, amount) FROM (VALUES (DATE '2025-01-01', NULL), (NULL, 5.00), ('2025-01-02', 7.00), (NULL, NULL)) AS v (day, amount);
SELECT activity_agg(NULL, NULL) IS NULL AS only_nulls, activity_agg(day, NULL) IS NULL AS no_amount, rollup(NULL::activity) IS NULL AS no_summary FROM line;
SELECT activity_agg(day, amount) IS NULL AS no_line, rollup(NULL::activity) IS NULL AS no_summary FROM line WHERE false;
SELECT rollup(a) FROM (VALUES ('{2025-01-01:1:5.00}'::activity), (NULL), ('{}')) AS v (a);
SELECT num_nulls(recency(NULL, '2025-01-01'), recency('{}', NULL), frequency(NULL), frequency('{}', NULL), documents('{}', NULL), monetary(NULL),
       monetary('{}', NULL), first_day(NULL), last_day('{}', NULL), tenure('{}', NULL), average_gap('{}', NULL), active_days('{}', NULL, '2025-01-01'),
       amount_between('{}', '2025-01-01', NULL), NULL::activity = '{}') AS nulls_of_14;
-- a null adds nothing and loses nothing
SELECT activity_merge('{2025-01-01:1:5.00}', NULL) AS a, activity_merge(NULL, '{2025-01-01:1:5.00}') AS b, activity_merge(NULL, NULL) IS NULL AS c;
SELECT count(*) AS no_rows FROM activity_days(NULL);
-- no purchase
SELECT recency(a, '2025-01-01'), frequency(a), documents(a), monetary(a), first_day(a), last_day(a), tenure(a, '2025-01-01'), average_gap(a),
       active_days(a, '2024-01-01', '2025-01-01'), amount_between(a, '2024-01-01', '2025-01-01') FROM (SELECT '{}'::activity AS a) AS q;

-- text form: any order, spaces, merged days; output is exact whatever DateStyle says
SELECT ' { 2025-02-10:0:-20.500 , 2025-01-03:1:+100,2025-01-03:1:20.000 } '::activity AS tidy, '{}'::activity AS empty, '{2025-01-01:3:0.1234}'::activity AS decimals;
SET DateStyle = 'German, DMY';
SELECT '{2025-02-10:1:1234567.80}'::activity AS iso;
SET DateStyle = ISO;
SELECT ''::activity;
\echo :LAST_ERROR_SQLSTATE
SELECT '{2025-01-01:1:5.00'::activity;
SELECT '{2025-01-01:1:5.00,}'::activity;
SELECT '{2025-01-01:1:5.00;2025-01-02:1:5.00}'::activity;
SELECT '{2025-01-01:1:5.00} x'::activity;
SELECT '{01/02/2025:1:5.00}'::activity;
SELECT '{2025-02-30:1:5.00}'::activity;
\echo :LAST_ERROR_SQLSTATE
SELECT '{2025-01-01:-1:5.00}'::activity;
SELECT '{2025-01-01:1.5:5.00}'::activity;
SELECT '{2025-01-01:2147483648:5.00}'::activity;
SELECT '{2025-01-01:1:}'::activity;
SELECT '{2025-01-01:1:NaN}'::activity;
SELECT '{2025-01-01:0:5.00}'::activity;
\echo :LAST_ERROR_SQLSTATE
SELECT '{2025-01-01:1:92233720368547758.08}'::activity;
\echo :LAST_ERROR_SQLSTATE

-- limits: days 0001-01-01 .. 9999-12-31
SELECT a, recency(a, '9999-12-31') AS recency, tenure(a, '9999-12-31') AS tenure, average_gap(a) AS gap,
       active_days(a, '-infinity', 'infinity') AS all_days, active_days(a, '0001-01-02', '9999-12-30') AS between
FROM (SELECT activity_agg(day, 1) AS a FROM (VALUES (DATE '9999-12-31'), ('0001-01-01')) AS v (day)) AS q;
SELECT activity_agg('10000-01-01', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('0001-12-31 BC', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('infinity', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('-infinity', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT frequency('{}', '10000-01-01');
\echo :LAST_ERROR_SQLSTATE

-- limits: an amount is a whole number of 64 bits at its own scale, a total is not limited
SELECT activity_agg('2025-01-01', 92233720368547758.07) AS most, activity_agg('2025-01-01', -92233720368547758.08) AS least,
       activity_agg('2025-01-01', 0.000000000000000001) AS finest;
SELECT monetary(activity_agg(DATE '2025-01-01' + i, 92233720368547758.07)) AS total FROM generate_series(1, 1000) AS i;
SELECT activity_agg('2025-01-01', 92233720368547758.08);
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('2025-01-01', 0.0000000000000000001);
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('2025-01-01', 'NaN');
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('2025-01-01', '-Infinity');
\echo :LAST_ERROR_SQLSTATE
-- a day's total is held in 64 bits too, but in no order do amounts overflow that cancel out
SELECT activity_agg('2025-01-01', 92233720368547758.07) FROM generate_series(1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT activity_agg('2025-01-01', CASE WHEN i <= 500 THEN 90000000000000000.00 ELSE -90000000000000000.00 END ORDER BY i) AS plus_first,
       activity_agg('2025-01-01', CASE WHEN i <= 500 THEN 90000000000000000.00 ELSE -90000000000000000.00 END ORDER BY i % 500) AS by_turns
FROM generate_series(1, 1000) AS i;
-- all amounts of a customer are held at the finest scale among them
SELECT activity_agg('2025-01-01', amount) FROM unnest('{0.000000000000000001,10.00}'::numeric[]) AS amount;
\echo :LAST_ERROR_SQLSTATE
-- documents
SELECT documents('{2025-01-01:2147483647:1.00}') AS most;
SELECT documents('{2025-01-01:2147483647:1.00,2025-01-02:1:1.00}');
\echo :LAST_ERROR_SQLSTATE
SELECT '{2025-01-01:2147483647:1.00,2025-01-01:1:1.00}'::activity;
\echo :LAST_ERROR_SQLSTATE

-- the scale is the smallest that holds all amounts, and at least 2
SELECT activity_agg('2025-01-01', amount) AS cents, activity_agg(DATE '2025-01-01' + n::int, amount) AS mills
FROM unnest('{1.0050,2.0050,3,4.500000}'::numeric[]) WITH ORDINALITY AS v (amount, n);

-- numerics are read as numeric itself means them, however they are stored: the
-- amount itself, or an error just where no 64-bit number of at most 18 decimals is it
CREATE FUNCTION read_amount(amount numeric) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN trim_scale(monetary(activity_agg('2025-01-01', amount)));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION right_answer(amount numeric) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN amount IN ('NaN', 'Infinity', '-Infinity') THEN '22023'
                WHEN scale(trim_scale(amount)) > 18 OR
                     amount * 10 ^ greatest(scale(trim_scale(amount)), 2)::numeric NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN '22003'
                ELSE trim_scale(amount)::text END $$;
CREATE TABLE amount (plain numeric, long_form numeric, fixed numeric(60, 20));
INSERT INTO amount (plain)
SELECT DISTINCT sign * (base + off * 0.1 ^ decimals) FROM
    (SELECT 10::numeric ^ e FROM generate_series(-19, 38) AS e
     UNION SELECT 9999::numeric * 10000::numeric ^ e FROM generate_series(-4, 8) AS e
     UNION VALUES (0), (9999.9999), (92233720368547758), (92233720368547.75807), (9.223372036854775), (12345678.125)) AS b (base),
    unnest('{-1,0,1}'::numeric[]) AS off, unnest('{1,2,4,18,19}'::numeric[]) AS decimals, unnest('{1,-1}'::numeric[]) AS sign;
-- values that, in 128 bits, are a little over a multiple of 2^128 in units of 10^-e
INSERT INTO amount (plain) SELECT ceil(m * 340282366920938463463374607431768211456 / 10::numeric ^ e) FROM generate_series(1, 9) AS m, generate_series(0, 8) AS e;
INSERT INTO amount (plain) VALUES (0.00), (7.10000000), (100000.000000000000000000), ('NaN'), ('Infinity'), ('-Infinity');
-- over 63 decimals make the long form; a column of fixed scale holds trailing zeros
UPDATE amount SET long_form = plain + 0::numeric(100, 70), fixed = CASE WHEN abs(plain) < 1e39 THEN plain END;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE right_answer(plain) = '22003') > 100 AS many_refused,
       count(*) FILTER (WHERE read_amount(plain) IS DISTINCT FROM right_answer(plain)) AS wrong,
       count(*) FILTER (WHERE read_amount(plain + 0) IS DISTINCT FROM right_answer(plain)) AS wrong_in_memory,
       count(*) FILTER (WHERE read_amount(long_form) IS DISTINCT FROM right_answer(plain)) AS wrong_long,
       count(*) FILTER (WHERE read_amount(fixed) IS DISTINCT FROM right_answer(fixed)) AS wrong_fixed
FROM amount;
-- and written so: each amount alone, straight from the stored columns
SELECT count(*) > 500 AS many, count(*) FILTER (WHERE monetary(a) <> plain OR monetary(b) <> plain OR monetary(a)::text <> round(plain, scale(monetary(a)))::text) AS wrong
FROM (SELECT max(plain) AS plain, activity_agg('2025-01-01', plain) AS a, activity_agg('2025-01-01', long_form) AS b
      FROM amount WHERE right_answer(plain) NOT IN ('22003', '22023') GROUP BY ctid) AS q;

-- properties, on 20,000 lines of 40 customers
CREATE TABLE many AS
SELECT i % 40 AS customer, DATE '2023-01-01' + (i * 7919 % 900) AS day,
       ((i * 37 % 10000) - 1500)::numeric / (CASE WHEN i % 40 = 7 THEN 1000 ELSE 100 END) AS amount
FROM generate_series(1, 20000) AS i;
CREATE TABLE stored AS SELECT customer, activity_agg(day, amount) AS a FROM many GROUP BY customer;

-- the questions, against plain SQL
SELECT count(*) AS customers,
       count(*) FILTER (WHERE (recency(a, '2025-07-01'), frequency(a), documents(a), monetary(a), first_day(a), last_day(a), tenure(a, '2025-07-01'))
           IS DISTINCT FROM (DATE '2025-07-01' - last, days, docs, value, first, last, DATE '2025-07-01' - first)) AS wrong,
       count(*) FILTER (WHERE (recency(a, '2024-03-01'), frequency(a, '2024-03-01'), documents(a, '2024-03-01'), monetary(a, '2024-03-01'), last_day(a, '2024-03-01'))
           IS DISTINCT FROM (DATE '2024-03-01' - last_then, days_then, docs_then, value_then, last_then)) AS wrong_then,
       count(*) FILTER (WHERE (active_days(a, '2024-01-01', '2024-03-01'), amount_between(a, '2024-01-01', '2024-03-01'))
           IS DISTINCT FROM (days_between, value_between)) AS wrong_between,
       count(*) FILTER (WHERE average_gap(a) IS DISTINCT FROM (last - first)::float8 / (days - 1)) AS wrong_gap
FROM stored JOIN (
    SELECT customer, min(day) FILTER (WHERE amount > 0) AS first, max(day) FILTER (WHERE amount > 0) AS last,
           count(DISTINCT day) FILTER (WHERE amount > 0)::int AS days, count(*) FILTER (WHERE amount > 0)::int AS docs, sum(amount) AS value,
           max(day) FILTER (WHERE amount > 0 AND day <= '2024-03-01') AS last_then,
           count(DISTINCT day) FILTER (WHERE amount > 0 AND day <= '2024-03-01')::int AS days_then,
           count(*) FILTER (WHERE amount > 0 AND day <= '2024-03-01')::int AS docs_then, coalesce(sum(amount) FILTER (WHERE day <= '2024-03-01'), 0) AS value_then,
           count(DISTINCT day) FILTER (WHERE amount > 0 AND day BETWEEN '2024-01-01' AND '2024-03-01')::int AS days_between,
           coalesce(sum(amount) FILTER (WHERE day BETWEEN '2024-01-01' AND '2024-03-01'), 0) AS value_between
    FROM many GROUP BY customer) AS plain USING (customer);
SELECT count(*) AS wrong_days FROM
    (SELECT customer, day, count(*) FILTER (WHERE amount > 0)::int AS documents, sum(amount) AS amount FROM many GROUP BY customer, day) AS plain
    FULL JOIN (SELECT customer, d.* FROM stored, activity_days(a) AS d) AS ours USING (customer, day, documents, amount)
WHERE plain.customer IS NULL OR ours.customer IS NULL;

-- any order of rows gives the same value, in text and in bytes
SELECT seed, count(*) AS customers, bool_and(q.a = s.a AND q.a::text = s.a::text AND activity_send(q.a) = activity_send(s.a)) AS same
FROM (SELECT seed, customer, activity_agg(day, amount ORDER BY md5(seed || ' ' || day || ' ' || amount)) AS a
      FROM many, generate_series(1, 3) AS seed GROUP BY seed, customer) AS q JOIN stored AS s USING (customer) GROUP BY seed ORDER BY seed;
SELECT bool_and(q.a = s.a) AS newest_first FROM (SELECT customer, activity_agg(day, amount ORDER BY day DESC) AS a FROM many GROUP BY customer) AS q JOIN stored AS s USING (customer);

-- rollup of any split is the whole, and so is merging by hand
SELECT parts, bool_and(q.a = s.a) AS same FROM
    (SELECT parts, customer, rollup(a ORDER BY md5(a::text)) AS a FROM
        (SELECT parts, customer, activity_agg(day, amount) AS a FROM many, unnest('{1,2,7,100,1000}'::int[]) AS parts
         GROUP BY parts, customer, abs(hashtext(day || ' ' || amount)) % parts) AS part
     GROUP BY parts, customer) AS q JOIN stored AS s USING (customer) GROUP BY parts ORDER BY parts;
SELECT rollup(a) = (SELECT activity_agg(day, amount) FROM many) AS same FROM stored;
SELECT bool_and(activity_merge(x.a, y.a) = activity_merge(y.a, x.a)) AS either_way,
       bool_and(activity_merge(activity_merge(x.a, y.a), x.a) = activity_merge(x.a, activity_merge(y.a, x.a))) AS any_grouping
FROM stored AS x, stored AS y WHERE x.customer < 8 AND y.customer BETWEEN 5 AND 12;
SELECT bool_and(activity_merge(a, '{}') = a AND activity_merge('{}', a) = a AND activity_finish(a) = a) AS neutral FROM stored;
SELECT activity_add(activity_add(NULL, '2025-01-02', 5), '2025-01-01', 0.125) AS by_hand, activity_add('{2025-01-01:1:5.00}', NULL, 1) AS unchanged, activity_add(NULL, NULL, 1) AS nothing;

-- a value made by hand is as small as one made at once
SELECT bool_and(pg_column_size(activity_merge(a, a)) = pg_column_size(activity_merge(a, a)::text::activity)
       AND pg_column_size(activity_add(a, '2020-01-01', 5)) = pg_column_size(activity_add(a, '2020-01-01', 5)::text::activity)) AS tight FROM stored;

-- text and binary forms round trip
SELECT bool_and(a::text::activity = a AND activity_send(a::text::activity) = activity_send(a)) AS text FROM stored;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/activity.copy'
CREATE TABLE copied (LIKE stored);
\set copy_out '\\copy stored TO ' :'file' ' (FORMAT binary)'
\set copy_in '\\copy copied FROM ' :'file' ' (FORMAT binary)'
:copy_out
:copy_in
SELECT count(*) AS customers, bool_and(c.a = s.a AND c.a::text = s.a::text) AS same FROM copied AS c JOIN stored AS s USING (customer);
SELECT activity_send('{}'), activity_send('{2025-01-31:2:-0.5}'), activity_send('{0001-01-01:1:0.001}');

-- equality: grouping, set operations, joins, hash index, toasted values
SELECT '{2025-01-01:1:5.00}'::activity = '{2025-01-01:1:5.000}' AS same, '{2025-01-01:1:5.00}'::activity <> '{2025-01-01:2:5.00}' AS documents,
       '{2025-01-01:1:5.00}'::activity = '{2025-01-01:1:5.01}' AS amount, '{2025-01-01:0:0}'::activity = '{}' AS empty_day;
SELECT a, count(*) FROM (SELECT activity_agg(DATE '2025-01-01' + i % 2, 1) AS a FROM generate_series(1, 9) AS i GROUP BY i) AS q GROUP BY a ORDER BY a::text;
SELECT count(*) FROM (SELECT a FROM stored UNION SELECT a FROM copied) AS q;
CREATE INDEX stored_a ON stored USING hash (a);
SET enable_seqscan = off;
SELECT customer FROM stored WHERE a = (SELECT activity_agg(day, amount ORDER BY amount) FROM many WHERE customer = 7);
SELECT count(*) FROM stored WHERE a = '{}';
RESET enable_seqscan;
CREATE TABLE large AS SELECT activity_agg(DATE '2025-01-01' - i, i * i % 100003 + 0.01) AS a FROM generate_series(1, 5000) AS i;
ALTER TABLE large ALTER a SET STORAGE external;
INSERT INTO large SELECT a FROM large;
SELECT count(DISTINCT activity_hash(a)) AS hashes, count(DISTINCT activity_hash_extended(a, 42)) AS seeded, min(frequency(a)) AS days, bool_and(a = (SELECT a FROM large LIMIT 1)) AS same FROM large;
SELECT rollup(a) FROM (SELECT a FROM large LIMIT 0) AS q;
SELECT monetary(rollup(a)) = 2 * monetary((SELECT a FROM large LIMIT 1)) AS twice FROM large;
-- there is no order of activities
SELECT count(DISTINCT a) FROM stored;
\echo :LAST_ERROR_SQLSTATE

-- parallel workers find the same
ALTER TABLE many SET (parallel_workers = 2);
ALTER TABLE stored SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT bool_and(q.a = s.a) AS same FROM (SELECT customer, activity_agg(day, amount) AS a FROM many GROUP BY customer) AS q JOIN stored AS s USING (customer);
SELECT activity_agg(day, amount) = (SELECT rollup(a) FROM stored) AS same FROM many;
SET parallel_leader_participation = off;
SELECT activity_agg(day, amount) = (SELECT rollup(a) FROM stored) AS same FROM many;
SELECT activity_agg(day, amount) IS NULL AS no_row FROM many WHERE amount = 77777;
RESET parallel_leader_participation;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- FILTER, DISTINCT, ORDER BY, grouping sets, two results of one state
SELECT activity_agg(day, amount) FILTER (WHERE amount > 50) AS large, activity_agg(DISTINCT day, sign(amount)) AS signs, frequency(activity_agg(day, amount)) AS frequency
FROM line WHERE customer = 1;
SELECT customer, activity_agg(day, amount) AS a FROM line WHERE customer < 3 GROUP BY ROLLUP (customer) ORDER BY customer;

-- windows: a growing and a moving frame
SELECT day, amount, activity_agg(day, amount) OVER (ORDER BY day, amount) AS so_far,
       activity_agg(day, amount) OVER (ORDER BY day, amount ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS last_two
FROM line WHERE customer = 1 ORDER BY day, amount;
SELECT bool_and(so_far = again) AS same FROM
    (SELECT customer, day, amount, activity_agg(day, amount) OVER w AS so_far, rollup(activity_add('{}', day, amount)) OVER w AS again
     FROM many WHERE customer IN (7, 8) WINDOW w AS (PARTITION BY customer ORDER BY day, amount)) AS q;

-- a million days in one summary, in any order
CREATE TABLE long AS SELECT activity_agg(DATE '0001-01-01' + i, i % 97 + 0.25) AS a FROM generate_series(0, 999999) AS i;
SELECT frequency(a), documents(a), monetary(a), first_day(a), last_day(a), frequency(a, '1000-01-01') FROM long;
SELECT activity_agg(DATE '0001-01-01' + i, i % 97 + 0.25) = (SELECT a FROM long) AS same FROM (SELECT (n * 7919::bigint % 1000000)::int AS i FROM generate_series(0, 999999) AS n) AS q;
SELECT a::text::activity = a AS text, monetary(activity_merge(a, a)) = 2 * monetary(a) AS merged, (SELECT sum(amount) FROM activity_days(a)) = monetary(a) AS days FROM long;
-- a million lines of one day
SELECT activity_agg('2025-01-01', i % 2 - 0.5) FROM generate_series(1, 1000000) AS i;
