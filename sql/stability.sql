CREATE SCHEMA test_stability;
SET search_path = test_stability, public;
GRANT USAGE ON SCHEMA test_stability TO PUBLIC;
-- stability: migrations of customers between segments, figures of them, and
-- the history of who was where.
\pset null '(null)'

CREATE TABLE moved (customer int, before text, after text);
INSERT INTO moved VALUES
	(1, 'Loyal', 'Loyal'), (2, 'Loyal', 'Loyal'), (3, 'Loyal', 'At Risk'), (4, 'Lost', 'Lost'),
	(5, 'Lost', NULL), (6, NULL, 'Recent'), (7, NULL, NULL), (8, 'At Risk', 'Loyal');

-- plain use: a null is no segment; with two of them a customer does not count
SELECT migration_agg(before, after) AS m FROM moved;
SELECT migration_agg(before, after) AS m FROM moved \gset
SELECT from_segment, to_segment, customers, round(share::numeric, 6) AS share FROM segment_migration(:'m'::migration);
-- 3 of the 5 with a segment on both sides; Rand index 1/21 by scikit-learn
SELECT stay_share(:'m'::migration), round(adjusted_rand(:'m'::migration)::numeric, 12) AS ari, psi(:'m'::migration);
-- before 1 3 2 0, after 1 3 1 1, and a half on each: by mpmath
SELECT round(psi(:'m'::migration, 0.5)::numeric, 12) AS psi;

-- shares of a row add up to 1, customers to all that count
SELECT from_segment, sum(share) = 1 AS whole, sum(customers) AS customers FROM segment_migration(:'m'::migration) GROUP BY from_segment ORDER BY from_segment;

-- arrays: a customer at each place
SELECT count(*), bool_and(q.customers = s.customers AND q.share = s.share)
FROM (SELECT array_agg(before ORDER BY customer) AS b, array_agg(after ORDER BY customer) AS a FROM moved) AS arrays,
	segment_migration(b, a) AS q
JOIN segment_migration(:'m'::migration) AS s
	ON s.from_segment IS NOT DISTINCT FROM q.from_segment AND s.to_segment IS NOT DISTINCT FROM q.to_segment;
SELECT round(adjusted_rand('{a,a,b,b}', '{x,x,y,z}')::numeric, 12) AS sklearn_0571428, adjusted_rand('{a,a,b,b}', '{b,b,a,a}') AS same_groups,
	adjusted_rand('{a,b,a,b}', '{a,a,b,b}') AS below_chance;
SELECT count(*) FROM segment_migration('{}', '{}');
SELECT segment_migration('{a,b}', '{a}');
SELECT segment_migration('{{a,b}}', '{a,b}');
SELECT adjusted_rand('{a,b}', '{{a},{b}}');

-- no row, only rows that do not count, one row
SELECT migration_agg(before, after) FROM moved WHERE customer > 100;
SELECT migration_agg(before, after) FROM moved WHERE customer = 7;
SELECT migration_agg(before, after) FROM moved WHERE customer = 1;
SELECT rollup(m) FROM (VALUES (NULL::migration)) AS v (m);
SELECT migration_agg(before, after) FILTER (WHERE customer < 3), migration_agg(DISTINCT before, after) FROM moved;

-- each row of a moving window frame
SELECT customer, migration_agg(before, after) OVER (ORDER BY customer ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m FROM moved WHERE customer < 4 ORDER BY customer;

-- where there is no answer
SELECT stay_share(m), adjusted_rand(m), psi(m), psi(m, 0.5)
FROM (VALUES (migration '{"before": ["A"], "after": [null], "counts": [[5]]}'),
	('{"before": [null], "after": ["A"], "counts": [[5]]}'),
	('{"before": ["A"], "after": ["A"], "counts": [[1]]}'),
	('{"before": ["A"], "after": ["A"], "counts": [[2]]}'),
	('{"before": [], "after": [], "counts": []}'), (NULL)) AS v (m);

-- population stability: published shares, counts, and the same as shares
SELECT round(psi(ARRAY[.06, .19, .26, .30, .12, .07], ARRAY[.05, .15, .24, .33, .15, .08])::numeric, 10) AS "0.0237685467",
	round(psi(array_fill(100, ARRAY[10]), ARRAY[80, 95, 110, 105, 100, 90, 120, 105, 95, 100])::numeric, 10) AS "0.0111168437",
	round(psi(array_fill(0.1, ARRAY[10]), ARRAY[80, 95, 110, 105, 100, 90, 120, 105, 95, 100])::numeric, 10) AS "0.0111168437";
-- by the formula in SQL, with half counts
SELECT abs(psi(e, a, 0.5) - (SELECT sum((y / 43.0 - x / 33.0) * ln((y / 43.0) / (x / 33.0)))
	FROM unnest(ARRAY[10.5, 20.5, 0.5, 1.5], ARRAY[10.5, 25.5, 5.5, 1.5]) AS bin (x, y))::float8) < 1e-15 AS same
FROM (VALUES (ARRAY[10, 20, 0, 1]::float8[], ARRAY[10, 25, 5, 1]::float8[])) AS v (e, a);
-- a bin of 0 on one side has no finite value, one of 0 on both is none
SELECT psi(ARRAY[1, 0], ARRAY[1, 1]), psi(ARRAY[1, 1], ARRAY[1, 0]), psi(ARRAY[1, 1, 0], ARRAY[2, 2, 0]),
	psi(ARRAY[1, 1, 0], ARRAY[1, 2, 0], 0.5) = psi(ARRAY[1, 1], ARRAY[1, 2], 0.5) AS no_bin;
SELECT psi(NULL::float8[], ARRAY[1, 1]), psi(ARRAY[1, 1], ARRAY[1, 1], NULL), psi(NULL::migration);
SELECT psi(ARRAY[1, 2], ARRAY[1]);
SELECT psi(ARRAY[1, NULL], ARRAY[1, 2]);
SELECT psi(ARRAY[1, -2], ARRAY[1, 2]);
SELECT psi(ARRAY[1, 2], ARRAY[1, 'NaN'::float8]);
SELECT psi(ARRAY[1, 2], ARRAY['Infinity'::float8, 1]);
SELECT psi(ARRAY[1, 2], ARRAY[1, 1.1e300]);
SELECT psi(ARRAY[0, 0], ARRAY[1, 2]);
SELECT psi('{}'::float8[], '{}'::float8[]);
SELECT psi(ARRAY[[1, 2]], ARRAY[1, 2]);
SELECT psi(ARRAY[1, 2], ARRAY[1, 2], -0.5);
SELECT psi(:'m'::migration, 'NaN');

-- text form: canonical, whatever the order, and without those that have nobody
SELECT migration '{"counts": [[0, 1], [0, 2], [0, 0]], "after": ["x", null], "before": [null, "b", "a"]}';
SELECT migration '{"counts": [[1, 1], [0, 2], [0, 0]], "after": ["é \" \\ ", ""], "before": ["b", null, "a"]}';
SELECT m::jsonb -> 'before' AS before, m::jsonb::migration = m AS same, m::text::migration = m AS same_text, migration_recv_same
FROM (SELECT migration_agg(before, after) AS m FROM moved) AS q,
	LATERAL (SELECT encode(migration_send(m), 'escape') = '\001' || m::text AS migration_recv_same) AS form;
SELECT migration '{}';
SELECT migration '[]';
SELECT migration '{"before": ["A"], "after": ["A"]}';
SELECT migration '{"before": ["A"], "after": ["A"], "counts": [[1]], "count": 1}';
SELECT migration '{"before": ["A"], "after": ["A"], "counts": [[1]], "counts": [[2]]}';
SELECT migration '{"before": "A", "after": ["A"], "counts": [[1]]}';
SELECT migration '{"before": [1], "after": ["A"], "counts": [[1]]}';
SELECT migration '{"before": ["A", "A"], "after": ["A"], "counts": [[1], [1]]}';
SELECT migration '{"before": [null, null], "after": ["A"], "counts": [[1], [1]]}';
SELECT migration '{"before": [null], "after": [null], "counts": [[1]]}';
SELECT migration '{"before": ["A"], "after": ["A"], "counts": [[1, 2]]}';
SELECT migration '{"before": ["A"], "after": ["A"], "counts": [[1], [2]]}';
SELECT migration '{"before": ["A"], "after": ["A"], "counts": [[-1]]}';
SELECT migration '{"before": ["A"], "after": ["A"], "counts": [[1.5]]}';
SELECT migration '{"before": ["A"], "after": ["A", "B"], "counts": [[9007199254740992, 0]]}';
SELECT migration '{"before": ["A"], "after": ["A", "B"], "counts": [[9007199254740992, 1]]}';

-- equality and hash
SELECT a = b AS equal, a <> b AS unequal, migration_hash(a) = migration_hash(b) AS hash, migration_hash_extended(a, 7) = migration_hash_extended(b, 7) AS extended, a <> c AS other
FROM (SELECT migration_agg(before, after ORDER BY customer) AS a, migration_agg(before, after ORDER BY customer DESC) AS b,
	migration_agg(before, after) FILTER (WHERE customer > 1) AS c FROM moved) AS q;
SELECT count(*) FROM (SELECT migration_agg(before, after) AS m FROM moved, generate_series(1, 3) AS i GROUP BY i) AS q JOIN (SELECT migration_agg(before, after) AS m FROM moved) AS p USING (m);

-- merged parts are the whole, stored or not
CREATE TABLE many AS
SELECT i AS customer, i % 7 AS branch, CASE WHEN i % 11 > 0 THEN 'S' || i % 37 END AS before, CASE WHEN i % 13 > 0 THEN 'S' || i * 7 % 41 END AS after
FROM generate_series(1, 20000) AS i;
SELECT rollup(part) = whole AS same, (SELECT sum(customers) FROM segment_migration(whole)) AS customers
FROM (SELECT migration_agg(before, after) AS part FROM many GROUP BY branch) AS parts, (SELECT migration_agg(before, after) AS whole FROM many) AS q
GROUP BY whole;
SELECT count(*) AS differ
FROM (SELECT before, after, count(*) FROM many WHERE before IS NOT NULL OR after IS NOT NULL GROUP BY before, after
	EXCEPT SELECT from_segment, to_segment, customers FROM (SELECT migration_agg(before, after) AS m FROM many) AS q, segment_migration(m)) AS d;
SELECT rollup(m) FROM (VALUES (migration '{"before": ["A"], "after": ["A"], "counts": [[9007199254740991]]}'), ('{"before": ["A"], "after": ["B"], "counts": [[1]]}')) AS v (m);
SELECT rollup(m) FROM (VALUES (migration '{"before": ["A"], "after": ["A"], "counts": [[9007199254740992]]}'), ('{"before": ["A"], "after": ["B"], "counts": [[1]]}')) AS v (m);

-- limits: a thousand segments a side, of a thousand bytes
SELECT (SELECT count(*) FROM segment_migration(migration_agg(i::text, (i % 10)::text))) FROM generate_series(1, 1000) AS i;
SELECT migration_agg(i::text, 'A') FROM generate_series(1, 1001) AS i;
SELECT migration_agg('A', i::text) FROM generate_series(1, 1001) AS i;
SELECT migration_agg(least(i, 1000)::text, i::text) FROM generate_series(1, 1001) AS i;
SELECT rollup(m) FROM (SELECT migration_agg(least(i, 1000)::text, i::text) AS m FROM generate_series(1, 1500) AS i GROUP BY i % 2) AS q;
SELECT length(migration_agg(repeat('x', 1000), NULL)::text);
SELECT migration_agg(repeat('x', 1001), NULL);

-- state functions with bytes of anybody's
SELECT migration_finish(migration_add(migration_add(NULL, 'A', 'B'), 'A', NULL));
SELECT migration_finish(migration_merge(migration_add(NULL, 'A', 'B'), migration_add(NULL, 'A', 'A')));
SELECT migration_merge(NULL, NULL) IS NULL AS none, migration_add(NULL, NULL, NULL) IS NULL AS skipped;
SELECT migration_add('\x', 'A', 'B');
SELECT migration_merge(migration_add(NULL, 'A', 'B'), '\x0102');
SELECT migration_finish(decode(repeat('01', 2000), 'hex'));
-- the label of a slot lies outside
SELECT migration_finish(overlay(migration_add(NULL, 'A', 'B') PLACING '\xffffffff' FROM 677));

-- Membership history ---------------------------------------------------------------

SELECT segment_history_ddl('segment_history');
SELECT segment_history_ddl('Crm."Odd ""name""; --"', 'uuid') ~ '^CREATE TABLE crm\."Odd ""name""; --" \(\n    segmentation text NOT NULL,\n    customer_id pg_catalog\.uuid NOT NULL' AS quoted;
SELECT segment_history_ddl('a.b.c');
SELECT segment_history_ddl('');
SELECT segment_history_ddl(NULL) IS NULL AS nothing;
SELECT segment_history_ddl('segment_history') \gexec
SELECT array_agg(column_name::text ORDER BY ordinal_position), bool_and(col_description('segment_history'::regclass, ordinal_position) IS NOT NULL) AS commented
FROM information_schema.columns WHERE table_name = 'segment_history';

CREATE VIEW kept AS
SELECT segmentation, customer_id, segment, to_char(valid_from, 'YYYY-MM-DD') AS valid_from, to_char(valid_to, 'YYYY-MM-DD') AS valid_to, rules_version
FROM segment_history ORDER BY segmentation, customer_id, segment_history.valid_from;
CREATE TABLE now (customer bigint, segment text);
INSERT INTO now VALUES (1, 'A'), (2, 'B'), (3, NULL), (10, 'A');

-- the first day: all enter; a null segment is none
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-03-31', 'SELECT customer, segment FROM now', 'v1');
TABLE kept;
-- once more the same: no change, and the same rows
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-03-31', 'SELECT customer, segment FROM now', 'v1');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-04-30', 'SELECT customer, segment FROM now', 'v1');
TABLE kept;

-- moved, left by no row, left by a null, entered; the version of those who stay stays
TRUNCATE now;
INSERT INTO now VALUES (1, 'B'), (2, 'B'), (3, 'C'), (10, NULL);
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-06-30', 'SELECT customer, segment FROM now;', 'v2');
TABLE kept;

-- the day is corrected: no row of no length, and what was closed goes on
UPDATE now SET segment = 'A' WHERE customer IN (1, 3, 10);
INSERT INTO now VALUES (4, 'D');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-06-30', 'SELECT customer, segment FROM now -- corrected', 'v2');
TABLE kept;
DELETE FROM now WHERE customer IN (3, 4);
UPDATE now SET segment = 'C' WHERE customer IN (1, 10);
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-06-30', 'TABLE now', 'v3');
TABLE kept;
SELECT count(*) FILTER (WHERE valid_from >= valid_to) AS of_no_length FROM segment_history;

-- any number of corrections leave what the last one alone would have left
BEGIN;
SELECT count(*) FROM segment_history_update('segment_history', 'abc', '2024-07-01', 'SELECT customer, ''X'' FROM now', 'v4');
SELECT count(*) FROM segment_history_update('segment_history', 'abc', '2024-07-01', 'SELECT 1, NULL WHERE false', 'v4');
SELECT count(*) FROM segment_history_update('segment_history', 'abc', '2024-07-01', 'SELECT i, ''Y'' FROM generate_series(1, 20) AS i', 'v4');
SELECT count(*) FROM segment_history_update('segment_history', 'abc', '2024-07-01', 'TABLE now', 'v4');
TABLE kept;
ROLLBACK;

-- other segmentations of the same table, and one that is retired
SELECT * FROM segment_history_update('segment_history', 'It''s', '2024-01-01', 'VALUES (1, ''A''), (2, ''Z'')');
SELECT * FROM segment_history_update('segment_history', 'It''s', '2024-06-30', 'SELECT 1, NULL::text WHERE false');
SELECT * FROM kept WHERE segmentation <> 'abc';

-- days go forward
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-06-29', 'TABLE now');
SELECT count(*) FROM segment_history_update('segment_history', 'new', '2020-01-01', 'TABLE now');

-- members that cannot be
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT * FROM (VALUES (7, ''A''), (7, ''B'')) AS v');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT * FROM (VALUES (7, NULL), (7, NULL)) AS v');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT NULL::int, ''A''');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT customer FROM now');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT 1.5, ''A''');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'DELETE FROM now RETURNING customer, segment');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT 1, 2; DROP TABLE now');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'SELECT 1, 2) AS members, (SELECT 3, 4');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', '');
SELECT * FROM segment_history_update('segment_history', 'abc', 'infinity', 'TABLE now');
SELECT * FROM segment_history_update('segment_history', 'abc', NULL, 'TABLE now');
SELECT * FROM segment_history_update('segment_history', NULL, '2024-09-30', 'TABLE now');
SELECT count(*) FROM now;

-- tables that are no history
SELECT * FROM segment_history_update('now', 'abc', '2024-09-30', 'TABLE now');
CREATE TABLE nearly (segmentation text, customer_id int, segment text, valid_from timestamp, valid_to timestamp, rules_version text);
SELECT * FROM segment_history_update('nearly', 'abc', '2024-09-30', 'TABLE now');

-- customers of another type, in order of that type; names that must be quoted; segments of any type
CREATE SCHEMA "Odd history";
SELECT segment_history_ddl('"Odd history"."Its ""history"""', 'text') \gexec
SELECT * FROM segment_history_update('"Odd history"."Its ""history"""', 'abc', '2024-01-31', 'SELECT name::varchar(9), n FROM (VALUES (''b'', 1), (''a'', 2), ('''', 3)) AS v (name, n)');
SELECT customer_id, segment FROM "Odd history"."Its ""history""" ORDER BY customer_id;

-- it runs as the caller, and no operator of the caller's search path gets in
CREATE ROLE regress_stability_reader;
GRANT SELECT ON segment_history, now TO regress_stability_reader;
SET ROLE regress_stability_reader;
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-09-30', 'TABLE now');
RESET ROLE;
CREATE FUNCTION never(date, date) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
CREATE OPERATOR public.= (LEFTARG = date, RIGHTARG = date, FUNCTION = never);
SET search_path = test_stability, public, pg_catalog;
BEGIN;
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-06-30', 'SELECT customer, segment FROM now WHERE customer = 2');
SELECT * FROM segment_history_update('segment_history', 'abc', '2024-06-30', 'TABLE now');
SHOW search_path;
TABLE kept;
ROLLBACK;
SET search_path = test_stability, public;
DROP OPERATOR public.= (date, date);
REVOKE ALL ON segment_history, now FROM regress_stability_reader;
DROP ROLE regress_stability_reader;

-- members on a day, and the migration between two
SELECT customer_id, segment FROM segment_history WHERE segmentation = 'abc' AND valid_from <= '2024-04-15' AND (valid_to IS NULL OR '2024-04-15' < valid_to) ORDER BY customer_id;
SELECT from_segment, to_segment, customers
FROM (SELECT migration_agg(a.segment, b.segment) AS m
	FROM (SELECT * FROM segment_history WHERE segmentation = 'abc' AND valid_from <= '2024-04-15' AND (valid_to IS NULL OR '2024-04-15' < valid_to)) AS a
	FULL JOIN (SELECT * FROM segment_history WHERE segmentation = 'abc' AND valid_from <= '2024-07-15' AND (valid_to IS NULL OR '2024-07-15' < valid_to)) AS b USING (customer_id)) AS q,
	segment_migration(m);

-- a random walk: after each day the open rows are the members, rows never overlap,
-- and the changes returned lead from day to day
CREATE TABLE walk (day date, customer bigint, segment text, PRIMARY KEY (day, customer));
INSERT INTO walk
SELECT DATE '2025-01-01' + d, c, CASE WHEN h % 7 > 0 THEN 'S' || h % 3 END
FROM generate_series(0, 9) AS d, generate_series(1, 300) AS c, abs(hashint8(c * 100 + d / 2 * 7)) AS h WHERE h % 5 > 0;
CREATE TABLE event (day date, attempt int, customer_id bigint, from_segment text, to_segment text, change text);
DO $$
DECLARE
	d date;
	query text;
BEGIN
	FOR d IN SELECT DISTINCT day FROM walk ORDER BY day LOOP
		query := format('SELECT customer, segment FROM walk WHERE day = %L', d);
		INSERT INTO event SELECT d, 1, customer_id::bigint, from_segment, to_segment, change FROM segment_history_update('segment_history', 'walk', d,
			'SELECT customer, ''S'' || abs(hashint8(customer)) % 4 FROM generate_series(1, 300) AS customer WHERE customer % 3 > 0');
		INSERT INTO event SELECT d, 2, customer_id::bigint, from_segment, to_segment, change FROM segment_history_update('segment_history', 'walk', d, query);
		INSERT INTO event SELECT d, 3, customer_id::bigint, from_segment, to_segment, change FROM segment_history_update('segment_history', 'walk', d, query);
	END LOOP;
END $$;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE attempt = 3) AS third_attempts FROM event;
SELECT count(*) AS wrong FROM (
	(SELECT day, customer, segment FROM walk WHERE segment IS NOT NULL
	EXCEPT SELECT day, customer_id, segment FROM (SELECT DISTINCT day FROM walk) AS days, segment_history
		WHERE segmentation = 'walk' AND valid_from <= day AND (valid_to IS NULL OR day < valid_to))
	UNION ALL
	(SELECT day, customer_id, segment FROM (SELECT DISTINCT day FROM walk) AS days, segment_history
		WHERE segmentation = 'walk' AND valid_from <= day AND (valid_to IS NULL OR day < valid_to)
	EXCEPT SELECT day, customer, segment FROM walk WHERE segment IS NOT NULL)) AS d;
SELECT count(*) AS overlaps FROM segment_history AS a JOIN segment_history AS b USING (segmentation, customer_id)
WHERE a.valid_from < b.valid_from AND (a.valid_to IS NULL OR b.valid_from < a.valid_to);
SELECT count(*) AS same_segment_twice FROM segment_history AS a JOIN segment_history AS b USING (segmentation, customer_id, segment) WHERE a.valid_to = b.valid_from;
SELECT count(*) AS broken FROM (
	SELECT from_segment, lag(to_segment) OVER (PARTITION BY customer_id ORDER BY day, attempt) AS last FROM event) AS steps
WHERE from_segment IS DISTINCT FROM last;
