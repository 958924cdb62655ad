CREATE SCHEMA test_cluster;
SET search_path = test_cluster, public;
-- cluster: k-means, silhouettes, Gower's distance
SET DateStyle = ISO;
-- digits that any machine agrees on
CREATE FUNCTION r(value float8, digits int DEFAULT 9) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round(value::numeric, digits)';
-- what a query ends with: SQLSTATE, message and detail
CREATE FUNCTION refused(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    detail text;
BEGIN
    EXECUTE query INTO answer;
    RETURN 'answers ' || coalesce(answer, 'null');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(': ', SQLSTATE, SQLERRM, nullif(detail, ''));
END $$;

-- 120 customers in three bunches: recency, frequency, value; made without chance
CREATE FUNCTION u(i int, what text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$SELECT (('x' || left(md5(what || i), 7))::bit(28)::int + 0.5) / 268435456$$;
CREATE TABLE customer AS
SELECT i AS id, CASE i % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' ELSE 'c' END AS bunch,
    round((10 + 100 * (i % 3) + 60 * u(i, 'r'))::numeric, 1) AS recency, 1 + floor((4 + 9 * (i % 3 = 0)::int) * u(i, 'f'))::int AS frequency,
    round((30 * exp(2 * u(i, 'v') + 2 * (i % 3 = 2)::int))::numeric, 2) AS value
FROM generate_series(1, 120) AS i;
CREATE VIEW row AS SELECT *, ARRAY[recency, frequency, value]::float8[] AS x FROM customer;

-- plain use
CREATE TABLE model AS SELECT kmeans_fit(x, 3) AS m FROM row;
SELECT r(parameter(m, 'objective')) AS objective, parameter(m, 'n') AS n, parameter(m, 'k') AS k, fit_status(m), m::jsonb -> 'sizes' AS sizes, m::jsonb ->> 'scale' AS scale FROM model;
SELECT cluster, size, col, name, r(center, 6) AS center, r(scaled, 6) AS scaled FROM model, kmeans_centers(m);
-- centres are means of their rows, sizes their number, the objective the sum of squares
SELECT count(*) AS cells, bool_and(abs(center - mean) < 1e-9 * abs(mean) AND size = rows) AS means
FROM model, kmeans_centers(m) JOIN (SELECT kmeans_assign(m, x) AS cluster, col, avg(x[col]) AS mean, count(*) AS rows FROM row, model, generate_series(1, 3) AS col GROUP BY 1, 2) AS q USING (cluster, col);
SELECT abs(sum(kmeans_distance(m, x) ^ 2) / parameter(m, 'objective') - 1) < 1e-12 AS objective FROM row, model GROUP BY m;
SELECT kmeans_assign(m, x) AS cluster, bunch, count(*) FROM row, model GROUP BY 1, 2 ORDER BY 1, 2;
-- z-scores with n - 1
SELECT col, abs((m::jsonb -> 'center' ->> col - 1)::float8 - avg(x[col])) < 1e-9 AS center, abs((m::jsonb -> 'spread' ->> col - 1)::float8 - stddev_samp(x[col])) < 1e-9 AS spread FROM model, row, generate_series(1, 3) AS col GROUP BY m, col ORDER BY col;
-- each scale; the least sums by R, see test/core/ref/cluster.R
SELECT scale, r(parameter(m, 'objective'), 6) AS objective, m::jsonb -> 'sizes' AS sizes, r(silhouette(m, x), 6) AS silhouette
FROM (SELECT scale, kmeans_fit(x, 3, jsonb_build_object('scale', scale)) AS m FROM row, unnest('{none,zscore,log1p,rank}'::text[]) AS scale GROUP BY scale) AS f, row GROUP BY scale, m ORDER BY scale;
-- the same scales before the fit, by hand
SELECT abs(parameter(kmeans_fit(ARRAY[ln(1 + x[1]), ln(1 + x[2]), ln(1 + x[3])], 3, '{"scale": "none"}'), 'objective') / parameter(kmeans_fit(x, 3, '{"scale": "log1p"}'), 'objective') - 1) < 1e-12 AS log1p FROM row;
SELECT abs(parameter(kmeans_fit(ARRAY[p1, p2], 3, '{"scale": "none"}'), 'objective') / parameter(kmeans_fit(ARRAY[x[1], x[2]], 3, '{"scale": "rank"}'), 'objective') - 1) < 1e-12 AS rank
FROM (SELECT x, (rank() OVER w1 - 1 + count(*) OVER w1e / 2.0) / count(*) OVER () AS p1, (rank() OVER w2 - 1 + count(*) OVER w2e / 2.0) / count(*) OVER () AS p2 FROM row WHERE id <= 100
      WINDOW w1 AS (ORDER BY x[1]), w1e AS (PARTITION BY x[1]), w2 AS (ORDER BY x[2]), w2e AS (PARTITION BY x[2])) AS q;
-- centres in the unit of the column
SELECT scale, cluster, col, r(center, 4) AS center, r(scaled, 4) AS scaled FROM (SELECT scale, kmeans_fit(ARRAY[x[3]], 2, jsonb_build_object('scale', scale, 'names', '{value}'::text[])) AS m FROM row, unnest('{none,log1p,rank}'::text[]) AS scale GROUP BY scale) AS f, kmeans_centers(m) ORDER BY 1, 2, 3;
SELECT DISTINCT name FROM (SELECT kmeans_fit(x, 2, '{"names": ["days", "pur\"chases", "montant €"]}') AS m FROM row) AS f, kmeans_centers(m) ORDER BY 1;

-- the same model in any order, from any number of parts, and from one seed; other seeds find the same optimum
SELECT (SELECT kmeans_fit(x, 3 ORDER BY id DESC) FROM row) = m AS backwards, (SELECT kmeans_fit(x, 3 ORDER BY md5(id::text)) FROM row) = m AS shuffled,
       (SELECT kmeans_fit(x, 3, '{}') FROM row) = m AS options, (SELECT kmeans_fit(x, 3, '{"seed": 7, "starts": 20}')::jsonb - '{seed,starts,iterations}'::text[] FROM row) = m::jsonb - '{seed,starts,iterations}'::text[] AS other_seed FROM model;
SELECT (SELECT kmeans_fit(x, 3) FILTER (WHERE id % 2 = 0) FROM row) = (SELECT kmeans_fit(x, 3) FROM row WHERE id % 2 = 0) AS filtered,
       (SELECT kmeans_fit(DISTINCT x, 3) FROM (SELECT x FROM row, generate_series(1, 3)) AS q) = m AS distinct_ones FROM model;
SELECT count(*) AS frames, count(*) FILTER (WHERE framed = (SELECT kmeans_fit(c.x, 1) FROM row AS c WHERE c.id BETWEEN q.id - 20 AND q.id)) AS right
FROM (SELECT id, kmeans_fit(x, 1) OVER (ORDER BY id ROWS BETWEEN 20 PRECEDING AND CURRENT ROW) AS framed FROM row) AS q WHERE id BETWEEN 40 AND 50;
SELECT bunch, kmeans_fit(x, 2) = (SELECT kmeans_fit(c.x, 2) FROM row AS c WHERE c.bunch = q.bunch) AS by_group FROM row AS q GROUP BY bunch ORDER BY bunch;
-- state functions by hand: two halves merged, in both orders, are the whole
CREATE TABLE half AS SELECT h, (SELECT state FROM (SELECT id, kmeans_fit_add(NULL, x, 3) AS state FROM row WHERE id = h + 1) AS q) AS state FROM generate_series(0, 1) AS h;
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT id, x FROM row WHERE id > 2 ORDER BY id LOOP
        UPDATE half SET state = kmeans_fit_add(state, c.x, 3) WHERE h = (c.id + 1) % 2;
    END LOOP;
END $$;
SELECT kmeans_fit_finish(kmeans_fit_merge(a.state, b.state)) = m AS merged, kmeans_fit_finish(kmeans_fit_merge(b.state, a.state)) = m AS other_way FROM half AS a, half AS b, model WHERE a.h = 0 AND b.h = 1;
-- all rows the same, one row each, one cluster, one row, a constant column
SELECT kmeans_fit(ARRAY[1, 2], 1) FROM generate_series(1, 5);
SELECT r(parameter(kmeans_fit(x, 120), 'objective')) AS each_its_own, r(parameter(kmeans_fit(x, 1), 'objective')) AS one FROM row;
SELECT kmeans_fit(ARRAY[3.5], 1, '{"scale": "none"}');
SELECT kmeans_fit(ARRAY[x[1], 7, x[2]], 3)::jsonb -> 'spread' ->> 1 AS spread, kmeans_fit(ARRAY[x[1], 7, x[2]], 3)::jsonb -> 'sizes' = kmeans_fit(ARRAY[x[1], x[2]], 3)::jsonb -> 'sizes' AS takes_no_part FROM row;
SELECT kmeans_assign('{"scale": "zscore", "center": [7, 0], "spread": [0, 1], "centroids": [[0, -1], [0, 1]]}', ARRAY[1000, 0.5]) AS constant_column_of_a_new_row;
-- ties go to the lowest number
SELECT kmeans_assign('{"scale": "none", "centroids": [[1], [3], [1]]}', ARRAY[x]) AS cluster, kmeans_distance('{"scale": "none", "centroids": [[1], [3], [1]]}', ARRAY[x]) AS distance FROM unnest('{0,1,2,2.5,3}'::float8[]) AS x;
-- 0 and -0 are one value
SELECT kmeans_fit(ARRAY[x], 2, '{"scale": "none"}') FROM unnest('{0,-0,5}'::float8[]) AS x;

-- NULL: rows are skipped and counted; none left: no model
SELECT parameter(m, 'n') AS n, m::jsonb -> 'skipped' AS skipped FROM (SELECT kmeans_fit(x, 1) AS m FROM (VALUES (ARRAY[1.0, 2]::float8[]), (NULL), (ARRAY[1, NULL]), (ARRAY[5, 6])) AS v (x)) AS f;
SELECT kmeans_fit(x, 3) FROM row WHERE false;
SELECT kmeans_fit(NULL, 3), kmeans_fit(ARRAY[NULL]::float8[], 3) FROM row;
SELECT kmeans_assign(m, NULL), kmeans_assign(m, ARRAY[1, NULL, 3]), kmeans_assign(NULL, ARRAY[1, 2, 3]), kmeans_distance(m, ARRAY[1, NULL, 3]), parameter(m, NULL) FROM model;
-- an array with a bitmap of nulls of which none is one, one with other bounds, one from a table
SELECT kmeans_assign(m, (ARRAY[NULL, 20, 3, 100])[2:4]), kmeans_assign(m, '[5:7]={20,3,100}'), (SELECT kmeans_assign(m, x) FROM row WHERE id = 1) IS NOT NULL FROM model;

-- the value: text, jsonb, binary, equality
SELECT m = m::text::kmeans_model AS text, m = m::jsonb::kmeans_model AS jsonb, kmeans_model_send(m) = kmeans_model_send(m::text::kmeans_model) AS binary FROM model;
SELECT bool_and(f = f::text::kmeans_model) AS text, count(DISTINCT f::text) AS different FROM (SELECT kmeans_fit(x, k, jsonb_build_object('scale', scale, 'names', names)) AS f FROM row, unnest('{none,zscore,log1p,rank}'::text[]) AS scale, generate_series(1, 5, 2) AS k, (VALUES ('{a,b,c}'::text[])) AS v (names) GROUP BY scale, k, names) AS q;
SELECT count(*) AS groups FROM (SELECT m FROM model UNION SELECT m FROM model UNION SELECT kmeans_fit(x, 2) FROM row) AS q;
SELECT m <> (SELECT kmeans_fit(x, 4) FROM row) AS other, kmeans_model_hash(m) = kmeans_model_hash(m::text::kmeans_model) AS hash, kmeans_model_hash_extended(m, 1) <> kmeans_model_hash_extended(m, 2) AS seeds FROM model;
SELECT '{"status": "not converged", "sizes": [4, 0], "centroids": [[-0.0, 1e3], [2, 3]], "scale": "none"}'::kmeans_model;
SELECT '{"scale": "rank", "knots": [2, 1], "values": [1, 5, 7], "shares": [0.25, 0.75, 0.5], "centroids": [[0.3, 0.5]]}'::kmeans_model AS m, kmeans_distance('{"scale": "rank", "knots": [2, 1], "values": [1, 5, 7], "shares": [0.25, 0.75, 0.5], "centroids": [[0.3, 0.5]]}', ARRAY[3, 100]) AS distance;
SELECT parameter('{"scale": "none", "centroids": [[1]]}'::kmeans_model, name) FROM unnest('{k,n,objective,iterations}'::text[]) AS name;
SELECT name, refused(format('SELECT %L::kmeans_model', text)) FROM (VALUES
    (1, '[]'), (2, '{}'), (3, '{"centroids": [[1]]}'), (4, '{"scale": "none", "centroids": [[1]], "kk": 1}'), (5, '{"scale": "none", "centroids": [[1, 2], [3]]}'), (6, '{"scale": "none", "centroids": []}'),
    (7, '{"scale": "none", "centroids": [[]]}'), (8, '{"scale": "none", "centroids": [1]}'), (9, '{"scale": "none", "centroids": [[1e141]]}'), (10, '{"scale": "zscore", "centroids": [[1]], "center": [1]}'),
    (11, '{"scale": "zscore", "centroids": [[1]], "center": [1], "spread": [-1]}'), (12, '{"scale": "none", "centroids": [[1]], "k": 2}'), (13, '{"scale": "none", "centroids": [[1]], "sizes": [2], "n": 3}'),
    (14, '{"scale": "none", "centroids": [[1]], "sizes": [1.5]}'), (15, '{"scale": "rank", "centroids": [[1]]}'), (16, '{"scale": "rank", "centroids": [[1]], "knots": [2], "values": [2, 1], "shares": [0, 1]}'),
    (17, '{"scale": "rank", "centroids": [[1]], "knots": [2], "values": [1, 2], "shares": [0, 1.5]}'), (18, '{"scale": "rank", "centroids": [[1]], "knots": [304], "values": [1, 2], "shares": [0, 1]}'),
    (19, '{"scale": "none", "centroids": [[1]], "names": ["a", "b"]}'), (20, '{"scale": "none", "centroids": [[1]], "names": [1]}'), (21, '{"scale": "none", "centroids": [[1]], "objective": -1}'),
    (22, '{"scale": "none", "centroids": [["1"]]}'), (23, '{"scale": "none", "centroids": [[1]], "names": "a"}'), (24, '{"scale": "none", "centroids": [[1]], "centroids": [[2]]}')) AS v (name, text) ORDER BY name;

-- errors
SELECT refused('SELECT kmeans_fit(x, 0) FROM row'), refused('SELECT kmeans_fit(x, 1001) FROM row'), refused('SELECT kmeans_fit(x, NULL) FROM row');
SELECT refused('SELECT kmeans_fit(x, 121) FROM row') AS more_than_rows, refused('SELECT kmeans_fit(ARRAY[id % 4], 5) FROM row') AS more_than_different, refused('SELECT kmeans_fit(ARRAY[id % 4], 4)::jsonb -> ''sizes'' FROM row') AS as_many;
SELECT refused('SELECT kmeans_fit(x, id) FROM row') AS varying_k, refused('SELECT kmeans_fit(x, 2, jsonb_build_object(''seed'', id)) FROM row') AS varying_options, refused('SELECT kmeans_fit(x, 2, NULL) FROM row') AS null_options;
SELECT refused(format('SELECT kmeans_fit(x, 2, %L) FROM row', o)) FROM unnest('{"{\"scale\": \"minmax\"}","{\"starts\": 0}","{\"seed\": 1.5}","{\"tolerance\": 2}","{\"max_mb\": 0}","{\"names\": [\"a\"]}","{\"weights\": 1}",[],"{\"max_iterations\": 100001}"}'::text[]) AS o;
SELECT refused('SELECT kmeans_fit(CASE WHEN id > 7 THEN x || 1::float8 ELSE x END, 2) FROM row') AS ragged, refused('SELECT kmeans_fit(ARRAY[x, x], 2) FROM row') AS two_dimensions, refused('SELECT kmeans_fit(''{}'', 2) FROM row') AS empty,
       refused('SELECT kmeans_fit(array_fill(1::float8, ARRAY[100]), 1)::jsonb -> ''columns''') AS columns_100, refused('SELECT kmeans_fit(array_fill(1::float8, ARRAY[101]), 1)') AS columns_101, refused('SELECT kmeans_fit(array_fill(1::float8, ARRAY[100000]), 1)') AS columns_100000;
SELECT v, refused(format('SELECT kmeans_fit(ARRAY[1, %L::float8], 1, ''{"scale": "none"}'')::jsonb -> ''centroids''', v)) FROM unnest('{NaN,Infinity,-Infinity,1e308,1e141,1e140,-1e140}'::text[]) AS v;
SELECT refused('SELECT kmeans_fit(ARRAY[x[1], -1], 2, ''{"scale": "log1p", "names": ["days", "balance"]}'') FROM row') AS log1p, refused('SELECT kmeans_assign(''{"scale": "log1p", "centroids": [[1, 2]]}'', ARRAY[1, -5])') AS log1p_of_a_row;
SELECT refused('SELECT kmeans_assign(m, ARRAY[1, 2]) FROM model') AS columns, refused('SELECT kmeans_assign(m, ''{1, 2, NaN}'') FROM model') AS nan, refused('SELECT parameter(m, ''r'') FROM model') AS name;
SELECT refused('SELECT kmeans_fit(array_fill(i::float8, ARRAY[100]), 1, ''{"max_mb": 1}'') FROM generate_series(1, 642) AS i') LIKE 'answers%' AS rows_642, refused('SELECT kmeans_fit(array_fill(i::float8, ARRAY[100]), 1, ''{"max_mb": 1}'') FROM generate_series(1, 643) AS i') AS rows_643;
-- an end before the end
SELECT fit_status(m), parameter(m, 'iterations') AS iterations, (SELECT sum(s::int) FROM jsonb_array_elements_text(m::jsonb -> 'sizes') AS s) AS n FROM (SELECT kmeans_fit(x, 20, '{"max_iterations": 1, "starts": 1}') AS m FROM row) AS f;
SELECT parameter(a, 'iterations') < parameter(b, 'iterations') AS fewer, parameter(a, 'objective') >= parameter(b, 'objective') AS not_better, fit_status(a) FROM (SELECT kmeans_fit(x, 20, '{"tolerance": 0.1, "starts": 1}') AS a, kmeans_fit(x, 20, '{"starts": 1}') AS b FROM row) AS f;
-- bytes from anywhere as a state
SELECT refused(format('SELECT kmeans_fit_finish(%L::bytea)', s)), refused(format('SELECT kmeans_fit_add(%L::bytea, ARRAY[1.0, 2], 3)', s)), refused(format('SELECT silhouette_finish(%L::bytea)', s)), refused(format('SELECT gower_fit_finish(%L::bytea)', s)) FROM unnest(ARRAY['\x', '\x0102', '\x' || repeat('00', 100), '\x01554c43' || repeat('00', 200)]) AS s;
SELECT count(*) AS changed, count(*) FILTER (WHERE answer ~ '^(22P03|answers)') AS fine
FROM (SELECT refused(format('SELECT kmeans_fit_finish(%L::bytea) IS NULL', set_byte(state, at, get_byte(state, at) # bits))) AS answer FROM (SELECT kmeans_fit_add(kmeans_fit_add(NULL, ARRAY[1, 2], 2, '{"names": ["a", "b"]}'), ARRAY[3, 5], 2, '{"names": ["a", "b"]}') AS state) AS q, generate_series(0, 235) AS at, unnest('{1,128,255}'::int[]) AS bits WHERE at < length(state)) AS a WHERE answer !~ 'fewer rows';
SELECT refused($$SELECT silhouette_finish(kmeans_fit_add(NULL, ARRAY[1, 2], 2)::bytea)$$) AS other_aggregate, refused($$SELECT kmeans_fit_finish(silhouette_add(NULL, ARRAY[1, 2], 2)::bytea)$$) AS and_back;

-- silhouettes: by hand, in plain SQL
SELECT r(silhouette(ARRAY[x], c, '{"scale": "none"}'), 12) AS by_hand, r((2 * (4.5 - 1) / 4.5 + 2 * (3.5 - 1) / 3.5) / 4, 12) AS expected FROM (VALUES (0, 1), (1, 1), (4, 2), (5, 2)) AS v (x, c);
CREATE FUNCTION plain_silhouette(scaled boolean) RETURNS float8 LANGUAGE sql STABLE AS $$
WITH p AS (SELECT id, ascii(bunch) AS c, ARRAY[x[1] / CASE WHEN scaled THEN stddev(x[1]) OVER () ELSE 1 END, x[2] / CASE WHEN scaled THEN stddev(x[2]) OVER () ELSE 1 END, x[3] / CASE WHEN scaled THEN stddev(x[3]) OVER () ELSE 1 END] AS x FROM row),
     d AS (SELECT a.id, a.c, b.c AS other, sum(sqrt((a.x[1] - b.x[1]) ^ 2 + (a.x[2] - b.x[2]) ^ 2 + (a.x[3] - b.x[3]) ^ 2)) / (count(*) - (a.c = b.c)::int) AS mean FROM p AS a, p AS b GROUP BY a.id, a.c, b.c)
SELECT avg((b - a) / greatest(a, b)) FROM (SELECT id, min(mean) FILTER (WHERE other = c) AS a, min(mean) FILTER (WHERE other <> c) AS b FROM d GROUP BY id) AS q $$;
SELECT r(silhouette(x, ascii(bunch)), 9) AS zscore, abs(silhouette(x, ascii(bunch)) - plain_silhouette(true)) < 1e-12 AS plain, r(silhouette(x, ascii(bunch), '{"scale": "none"}'), 9) AS none, abs(silhouette(x, ascii(bunch), '{"scale": "none"}') - plain_silhouette(false)) < 1e-12 AS plain FROM row;
SELECT silhouette(x, ascii(bunch) ORDER BY id) = silhouette(x, ascii(bunch) ORDER BY -id) AS any_order, silhouette(x, -ascii(bunch)) - silhouette(x, ascii(bunch)) < 1e-15 AS any_number FROM row;
SELECT abs(silhouette(m, x) - silhouette(x, kmeans_assign(m, x))) < 1e-12 AS of_a_model FROM row, model GROUP BY m;
SELECT silhouette(ARRAY[x], c, '{"scale": "none"}') AS single_rows FROM (VALUES (0, 1), (7, 2)) AS v (x, c);
SELECT silhouette(ARRAY[1, 2], id % 2) AS all_the_same, silhouette(x, 1) AS one_cluster, silhouette(x, NULL) AS no_cluster, silhouette(NULL, 1) AS no_row, silhouette(x, CASE WHEN id < 5 THEN id % 2 END) = (SELECT silhouette(x, id % 2) FROM row WHERE id < 5) AS skipped FROM row;
SELECT silhouette(x, 1) FROM row WHERE false;
SELECT refused('SELECT silhouette(ARRAY[i], 1) FROM generate_series(1, 50001) AS i') AS rows, refused('SELECT silhouette(x, 1, ''{"scales": 1}'') FROM row') AS options, refused('SELECT silhouette(kmeans_fit, x) FROM row, (SELECT kmeans_fit(c.x, k) FROM row AS c, generate_series(2, 3) AS k GROUP BY k) AS f') AS models,
       refused('SELECT silhouette(NULL::kmeans_model, x) FROM row') AS model, refused('SELECT silhouette(x[1:2] || CASE WHEN id = 9 THEN x END, 1) FROM row') AS ragged, refused('SELECT silhouette(ARRAY[-3], id, ''{"scale": "log1p"}'') FROM row') AS log1p;

-- Gower's distance; the figures of R's daisy(), see test/core/ref/cluster.R
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE debtor (id int, since date, turnover numeric, score float8, region text, paying boolean, class size);
INSERT INTO debtor VALUES (1, '2020-01-01', 100.00, 0.5, 'nord', true, 'small'), (2, '2022-07-01', 900.50, NULL, 'sud', true, 'large'), (3, '2024-12-31', NULL, 0.25, 'nord', false, 'small'), (4, NULL, 250, 0.75, NULL, NULL, 'large'), (5, '2021-03-15', 100, 0.5, 'est', true, NULL);
CREATE VIEW facts AS SELECT since, turnover, score, region, paying, class FROM debtor;
CREATE TABLE gower AS SELECT gower_fit(facts) AS g FROM facts;
SELECT g FROM gower;
SELECT a.id AS a, b.id AS b, r(gower(g, a, b), 7) AS distance, r(gower(g, a, b, '{"weights": {"turnover": 3, "region": 0.5, "paying": 0}}'), 7) AS weighted FROM gower, debtor AS a JOIN debtor AS b ON a.id < b.id ORDER BY 1, 2;
SELECT bool_and(gower(g, a, b) = gower(g, b, a)) AS symmetric, bool_and(gower(g, a, a) = 0) AS itself FROM gower, debtor AS a, debtor AS b;
SELECT gower(g, a, b) IS NULL AS nothing_in_common FROM (SELECT gower_fit(q) AS g FROM (SELECT since, region FROM debtor) AS q) AS f, (SELECT since, NULL::text AS region FROM debtor WHERE id = 1) AS a, (SELECT NULL::date AS since, region FROM debtor WHERE id = 1) AS b;
-- new values: beyond the range 1, and in a constant column 0 or 1
CREATE TYPE one AS (v numeric);
SELECT v, gower('{"columns": [{"name": "v", "kind": "number", "min": 0, "max": 10}]}', ROW(v)::one, ROW(0)::one) AS range, gower('{"columns": [{"name": "v", "kind": "number", "min": 7, "max": 7}]}', ROW(v)::one, ROW(0)::one) AS constant FROM unnest('{5,10,11,-4,0}'::numeric[]) AS v;
-- any order, halves, other columns and their order, other types of one kind
SELECT (SELECT gower_fit(f ORDER BY turnover) FROM facts AS f) = g AS other_order, gower_fit_finish(gower_fit_merge(a, b)) = g AS merged
FROM gower, (SELECT gower_fit_add(gower_fit_add(NULL, ROW(f.*)::facts), ROW(f2.*)::facts) AS a FROM facts AS f, facts AS f2 WHERE f.since = '2020-01-01' AND f2.since = '2022-07-01') AS p, (SELECT gower_fit_add(gower_fit_add(gower_fit_add(NULL, f1), f2), f3) AS b FROM facts AS f1, facts AS f2, facts AS f3 WHERE f1.since = '2024-12-31' AND f2.since IS NULL AND f3.region = 'est') AS q;
SELECT r(gower(g, a, b), 7) AS other_types FROM gower, (SELECT true AS paying, 'nord'::varchar AS region, 100 AS turnover, 0.5::real AS score, DATE '2020-01-01' AS since, 'small'::size AS class, 'x' AS more) AS a, debtor AS b WHERE b.id = 2;
SELECT gower_fit(q) AS nulls FROM (SELECT NULL::int AS a, NULL::text AS b FROM generate_series(1, 3)) AS q;
SELECT gower_fit(f) FROM facts AS f WHERE false;
SELECT gower_fit(NULL::facts), gower(g, NULL::facts, f) FROM gower, facts AS f GROUP BY g, f LIMIT 1;
SELECT gower('{"columns": [{"name": "c", "kind": "category"}]}', a, b) AS char_n FROM (SELECT 'x'::char(3) AS c) AS a, (SELECT 'x'::char(9) AS c) AS b;
-- the value
SELECT g = g::text::gower_model AS text, g = g::jsonb::gower_model AS jsonb, gower_model_hash(g) = gower_model_hash(g::text::gower_model) AS hash, g <> '{"columns": []}' AS other FROM gower;
SELECT count(*) FROM (SELECT g FROM gower UNION SELECT g FROM gower) AS q;
SELECT n, refused(format('SELECT %L::gower_model', text)) FROM (VALUES
    (1, '{}'), (2, '{"columns": [1]}'), (3, '{"columns": [{"name": "a"}]}'), (4, '{"columns": [{"kind": "number"}]}'), (5, '{"columns": [{"name": "a", "kind": "number", "min": 1}]}'), (6, '{"columns": [{"name": "a", "kind": "number", "min": 2, "max": 1}]}'),
    (7, '{"columns": [{"name": "a", "kind": "category", "min": 1, "max": 2}]}'), (8, '{"columns": [{"name": "a", "kind": "date", "min": 1, "max": 2}]}'), (9, '{"columns": [{"name": "a", "kind": "category"}, {"name": "a", "kind": "category"}]}'), (10, '{"columns": {}, "n": 1}'),
    (11, '{"columns": [{"name": "a", "kind": "date", "min": "2024-02-30", "max": "2024-03-01"}]}'), (12, '{"columns": [], "m": 1}'), (13, '{"columns": [{"name": "", "kind": "category"}]}'),
    (14, '{"columns": [{"name": "a", "kind": "category", "name": "b"}]}')) AS v (n, text) ORDER BY n;
-- errors
SELECT refused('SELECT gower(g, ROW(1), f) FROM gower, facts AS f') AS columns, refused('SELECT gower(g, a, f) FROM gower, facts AS f, (SELECT since, region AS turnover, score, region, paying, class FROM facts) AS a') AS kind,
       refused('SELECT gower(g, a, f) FROM gower, facts AS f, (SELECT since, turnover, score, region, region AS paying, class FROM facts) AS a') AS text_for_boolean, refused('SELECT gower_fit(q) FROM (SELECT now() AS at) AS q') AS timestamps,
       refused('SELECT gower_fit(q) FROM (SELECT 1 AS a, 2 AS a) AS q') AS twice, refused('SELECT gower_fit(q) FROM (SELECT float8 ''NaN'' AS a) AS q') AS nan, refused('SELECT gower_fit(q) FROM (SELECT date ''infinity'' AS a) AS q') AS infinity, refused('SELECT gower_fit(q) FROM (SELECT numeric ''NaN'' AS a) AS q') AS numeric_nan;
SELECT refused(format('SELECT gower(g, a, b, %L) FROM gower, facts AS a, facts AS b', o)) FROM unnest('{"{\"weights\": {\"turnovr\": 1}}","{\"weights\": {\"turnover\": -1}}","{\"weight\": {}}","{\"weights\": 1}"}'::text[]) AS o;
SELECT gower(g, a, b, '{"weights": {"since": 0, "turnover": 0, "score": 0, "region": 0, "paying": 0, "class": 0}}') IS NULL AS no_weight FROM gower, facts AS a, facts AS b LIMIT 1;
SELECT refused('SELECT gower_fit_finish(gower_fit_add(gower_fit_add(NULL, a), b)) FROM (SELECT 1 AS v) AS a, (SELECT 2 AS w) AS b') AS names, refused('SELECT gower_fit_finish(gower_fit_add(gower_fit_add(NULL, a), b)) FROM (SELECT 1 AS v) AS a, (SELECT true AS v) AS b') AS kinds, refused('SELECT gower_fit_finish(gower_fit_merge(gower_fit_add(NULL, a), gower_fit_add(NULL, b))) FROM (SELECT 1 AS v) AS a, (SELECT 2 AS v, 3 AS w) AS b') AS more;

-- more names than columns: found before they are copied
SELECT jsonb_build_object('scale', 'none', 'centroids', '[[1, 2]]'::jsonb, 'names', (SELECT jsonb_agg('n' || i) FROM generate_series(1, 100) AS i))::kmeans_model;
