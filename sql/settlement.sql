CREATE SCHEMA test_settlement;
SET search_path = test_settlement, public;
-- ageing bucket: edges as in ERPNext's receivables report, bounds 30/60/90/120
SELECT late, ageing_bucket(DATE '2025-06-30', DATE '2025-06-30' - late, '{30,60,90,120}') AS bucket
FROM unnest(ARRAY[-1, 0, 30, 31, 60, 61, 90, 91, 120, 121]) AS late;

-- ageing: [0] not yet due, then the buckets
SELECT ageing(open, due, DATE '2025-06-30', '{30,60,90,120}')
FROM (VALUES (100.00, DATE '2025-07-01'), (10.00, '2025-06-30'), (20.50, '2025-05-31'), (30.25, '2025-05-30'),
             (40.10, '2025-04-30'), (50.20, '2025-03-02'), (60.00, '2025-03-01'), (-5.05, '2024-01-01')) AS item (open, due);
SELECT a[0] AS not_due, a[1] AS up_to_30, a[2] AS over_30, a[0] + a[1] + a[2] = outstanding AS add_up
FROM (SELECT ageing(open, due, '2025-06-30', ARRAY[30]) AS a, sum(open) AS outstanding
      FROM (VALUES (100.00, DATE '2025-07-15'), (7.5, '2025-06-01'), (1000, '2025-05-01')) AS item (open, due)) AS aged;

-- null: scalars give null; an item without amount or due is skipped
SELECT ageing_bucket(NULL, '2025-01-01', '{30}') IS NULL AS as_of, ageing_bucket('2025-01-01', NULL, '{30}') IS NULL AS due,
       ageing_bucket('2025-01-01', '2025-01-01', NULL) IS NULL AS bounds;
SELECT ageing(open, due, '2025-06-30', '{30}')
FROM (VALUES (NULL, DATE '2025-06-01'), (1.00, NULL), (2.00, '2025-06-01'), (NULL, NULL)) AS item (open, due);
SELECT ageing(open, due, '2025-06-30', '{30}') FROM (VALUES (NULL::numeric, DATE '2025-06-01')) AS item (open, due);
SELECT ageing(1, '2025-06-01', '2025-06-30', '{30}') WHERE false;
SELECT ageing(NULL, NULL, NULL, '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(1, '2025-06-01', '2025-06-30', NULL);
\echo :LAST_ERROR_SQLSTATE

-- limits
SELECT ageing_bucket('2025-01-31', '2025-01-31', '{0}') AS today, ageing_bucket('2025-01-31', '2025-01-30', '{0}') AS yesterday;
SELECT ageing_bucket('9999-12-31', '0001-01-01', '{2147483646,2147483647}') AS late, ageing_bucket('0001-01-01', '9999-12-31', '{0}') AS early;
SELECT ageing_bucket('2025-01-31', '2025-01-31', '[5:6]={0,1}') AS other_subscripts;
SELECT ageing_bucket(DATE '2025-01-01' + 99, '2025-01-01', array_agg(i)) AS hundred_bounds FROM generate_series(1, 100) AS i;
SELECT ageing_bucket('2025-01-31', '2025-01-31', array_agg(i)) FROM generate_series(1, 101) AS i;
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(-92233720368547758.08, '2025-01-01', '2025-01-01', '{0}') AS lowest_amount;
SELECT ageing(92233720368547758.07, '2025-01-01', '2025-01-01', '{0}') AS sum_past_64_bits FROM generate_series(1, 1000);
SELECT ageing(92233720368547758.08, '2025-01-01', '2025-01-01', '{0}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(CASE i WHEN 0 THEN 0.000000000000000001 ELSE 92233720368547758.07 END, '2025-01-01', '2025-01-01', '{0}')
FROM generate_series(0, 2000) AS i;
\echo :LAST_ERROR_SQLSTATE

-- the scale is the one that the amounts need, and at least 2
SELECT ageing(open, '2025-01-01', '2025-01-01', '{0}')
FROM (VALUES (1, 5), (2, 38170.314999999995), (3, -0.1000)) AS item (i, open);
SELECT ageing(5, '2025-01-01', '2025-01-01', '{0}'), ageing(0.000, '2025-01-01', '2025-01-01', '{0}');

-- errors
SELECT ageing_bucket('2025-01-01', '2025-01-01', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('2025-01-01', '2025-01-01', '{30,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('2025-01-01', '2025-01-01', '{{30,60},{90,120}}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('2025-01-01', '2025-01-01', '{-1,30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('2025-01-01', '2025-01-01', '{30,60,60}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('infinity', '2025-01-01', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('2025-01-01', '-infinity', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_bucket('2025-01-01', '0001-12-31 BC', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(1, '2025-01-01', '2025-01-01', '{60,30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(1, '2025-01-01', 'infinity', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(1, 'infinity', '2025-01-01', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing('NaN', '2025-01-01', '2025-01-01', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing('infinity', '2025-01-01', '2025-01-01', '{30}');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(1, '2025-01-01', as_of, '{30}') FROM (VALUES (DATE '2025-01-01'), ('2025-01-02')) AS v (as_of);
\echo :LAST_ERROR_SQLSTATE
SELECT ageing(1, '2025-01-01', '2025-01-01', bounds) FROM (VALUES ('{30,60}'::int[]), ('{30,61}')) AS v (bounds);
SELECT ageing(1, '2025-01-01', '2025-01-01', bounds) FROM (VALUES ('{30}'::int[]), ('{30,60}')) AS v (bounds);

-- the state functions trust no byte
SELECT ageing_finish('');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_finish('\x0200020100000000');
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_merge(state, substr(state, 1, length(state) - 1)) FROM (SELECT ageing_add(NULL, 1, '2025-01-01', '2025-01-01', '{30}') AS state) AS s;
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_merge(set_byte(state, 2, 19), state) FROM (SELECT ageing_add(NULL, 1, '2025-01-01', '2025-01-01', '{30}') AS state) AS s;
SELECT ageing_add('\x00', 1, '2025-01-01', '2025-01-01', '{30}');
SELECT ageing_merge(ageing_add(NULL, 1, '2025-01-01', '2025-01-01', '{30}'), ageing_add(NULL, 1, '2025-01-01', '2025-01-02', '{30}'));
\echo :LAST_ERROR_SQLSTATE
SELECT ageing_merge(ageing_add(NULL, 1, '2025-01-01', '2025-01-01', '{30}'), ageing_add(NULL, 1, '2025-01-01', '2025-01-01', '{30,60}'));
CREATE AGGREGATE forged (numeric, date, date, int[]) (SFUNC = ageing_add, STYPE = bytea, INITCOND = '\x0100640100000000', FINALFUNC = ageing_finish);
SELECT forged(1, '2025-01-01', '2025-01-01', '{30}');
-- nor do they change what they are given
SELECT ageing_finish(state) AS before, ageing_finish(ageing_add(state, 2, '2025-01-01', '2025-01-01', '{30}')) AS one_more,
       ageing_finish(ageing_merge(state, state)) AS twice, ageing_finish(state) AS after
FROM (SELECT ageing_add(NULL, 1, '2025-01-01', '2025-01-01', '{30}') AS state OFFSET 0) AS s;

-- properties, on items from nine months before the day to three after it
CREATE TABLE item AS
    SELECT i, i % 97 AS customer, (hashint4(i) % 1000000)::numeric / 100 AS open,
           DATE '2025-06-30' - 270 + (hashint4(i + 7) & 1048575) % 360 AS due
    FROM generate_series(1, 20000) AS i;

CREATE VIEW plain AS
    SELECT customer,
           ARRAY[coalesce(sum(open) FILTER (WHERE late < 0), 0), coalesce(sum(open) FILTER (WHERE late BETWEEN 0 AND 30), 0),
                 coalesce(sum(open) FILTER (WHERE late BETWEEN 31 AND 60), 0), coalesce(sum(open) FILTER (WHERE late BETWEEN 61 AND 90), 0),
                 coalesce(sum(open) FILTER (WHERE late > 90), 0)] AS sums, sum(open) AS outstanding
    FROM (SELECT customer, open, DATE '2025-06-30' - due AS late FROM item) AS i GROUP BY GROUPING SETS ((), customer);

-- the same as sums with FILTER, and not due + buckets = outstanding
SELECT count(*) AS groups, count(*) FILTER (WHERE aged[0:4] = sums) AS equal,
       count(*) FILTER (WHERE (SELECT sum(part) FROM unnest(aged) AS part) = outstanding) AS add_up
FROM (SELECT customer, ageing(open, due, '2025-06-30', '{30,60,90}') AS aged FROM item GROUP BY GROUPING SETS ((), customer)) AS a
JOIN plain ON plain.customer IS NOT DISTINCT FROM a.customer;

-- the same as its buckets one by one
SELECT bool_and(aged[bucket] = total) AS equal, count(*)
FROM (SELECT ageing_bucket('2025-06-30', due, '{30,60,90}') AS bucket, sum(open) AS total FROM item GROUP BY bucket) AS b,
     (SELECT ageing(open, due, '2025-06-30', '{30,60,90}') AS aged FROM item) AS a;

-- any order; FILTER; DISTINCT
SELECT ageing(open, due, '2025-06-30', '{30,60,90}' ORDER BY open) = ageing(open, due, '2025-06-30', '{30,60,90}' ORDER BY i DESC) AS any_order FROM item;
SELECT bool_and(owed[i] + credited[i] = all_of_it[i]) AS add_up, bool_and(owed[i] > 0 AND credited[i] < 0) AS signs
FROM (SELECT ageing(open, due, '2025-06-30', '{30,60,90}') FILTER (WHERE open > 0) AS owed,
             ageing(open, due, '2025-06-30', '{30,60,90}') FILTER (WHERE open < 0) AS credited,
             ageing(open, due, '2025-06-30', '{30,60,90}') AS all_of_it FROM item) AS a, generate_series(0, 4) AS i;
SELECT ageing(DISTINCT open, due, '2025-06-30', '{30}')
FROM (VALUES (1.00, DATE '2025-06-01'), (1.00, '2025-06-01'), (2.00, '2025-06-01')) AS item (open, due);

-- bounds from a table, and from a variable
CREATE TABLE policy (customers int4range, bounds int[]);
INSERT INTO policy VALUES ('[0,50)', '{30,60,90}'), ('[50,97)', '{45}');
SELECT upper(customers), array_length(ageing(open, due, '2025-06-30', bounds), 1) AS buckets,
       ageing(open, due, '2025-06-30', bounds) = ageing(open, due, '2025-06-30', (bounds || 0)[:cardinality(bounds)]) AS equal
FROM item JOIN policy ON customer <@ customers GROUP BY customers ORDER BY 1;

DO $$
DECLARE
    bounds int[] := '{30}';
BEGIN
    bounds := bounds || 60;
    RAISE NOTICE '%, %', ageing_bucket('2025-06-30', '2025-05-01', bounds),
        (SELECT ageing(1, '2025-05-01', '2025-06-30', bounds));
END $$;

-- a moving window frame is what the frame alone gives
SELECT count(*) AS rows, count(*) FILTER (WHERE a = alone) AS equal
FROM (SELECT i, ageing(open, due, '2025-06-30', '{30}') OVER (ORDER BY i ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS a
      FROM item WHERE i <= 50) AS moving
JOIN LATERAL (SELECT ageing(open, due, '2025-06-30', '{30}') AS alone FROM item WHERE item.i BETWEEN moving.i - 2 AND moving.i) AS f ON true;

-- parts merged in any order are the whole, also when their scales differ
SELECT ageing_finish(ageing_merge(a, b)) = ageing_finish(ageing_merge(b, a)) AS either, ageing_finish(ageing_merge(a, b)) AS merged
FROM (SELECT ageing_add(NULL, 1.5, '2025-01-01', '2025-01-01', '{30}') AS a, ageing_add(NULL, 0.12345, '2025-01-02', '2025-01-01', '{30}') AS b) AS s;

-- workers give the same as one process, also those that see no row
CREATE FUNCTION in_parts(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan text;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN plan LIKE '%"Partial Mode": "Partial"%';
END $$;
CREATE TABLE serial AS SELECT customer, ageing(open, due, '2025-06-30', '{30,60,90}') AS aged FROM item GROUP BY customer;
CREATE TABLE serial_total AS SELECT ageing(open, due, '2025-06-30', '{30,60,90}') AS aged FROM item;
ALTER TABLE item SET (parallel_workers = 4);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
SELECT in_parts($$SELECT ageing(open, due, '2025-06-30', '{30,60,90}') FROM item$$) AS total,
       in_parts($$SELECT customer, ageing(open, due, '2025-06-30', '{30,60,90}') FROM item GROUP BY customer$$) AS by_customer;
SELECT aged = (SELECT aged FROM serial_total) AS equal FROM (SELECT ageing(open, due, '2025-06-30', '{30,60,90}') AS aged FROM item) AS p;
SELECT count(*) AS groups, count(*) FILTER (WHERE p.aged = s.aged) AS equal
FROM (SELECT customer, ageing(open, due, '2025-06-30', '{30,60,90}') AS aged FROM item GROUP BY customer) AS p
JOIN serial AS s USING (customer);
SELECT sums = ARRAY(SELECT unnest(aged)) AS one_row
FROM (SELECT ageing(open, due, '2025-06-30', '{360}') AS aged, ARRAY[0, sum(open), 0] AS sums FROM item WHERE i = 7) AS a;
SELECT ageing(open, due, '2025-06-30', '{30,60,90}') AS no_row FROM item WHERE i < 0;
-- unequal days, in one worker or in several
\set SHOW_CONTEXT never
SELECT ageing(open, due, DATE '2025-06-30' + i / 10000, '{30,60,90}') FROM item;
SELECT ageing(NULL::numeric, '2025-01-01', '2025-06-30', '{60,30}');
