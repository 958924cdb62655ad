-- cluster.sql: k-means.  Variables: rows, the number of them.  Eight bunches of
-- unlike size that overlap, six columns.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE bunches AS
SELECT ARRAY[c % 2 * 3 + e1 + e2, c / 2 % 2 * 3 + e2 + e3, c / 4 * 3 + e3 + e4, c % 3 + e4 + e5, c % 5 + e5 + e6, e6 + e1] AS x
FROM (SELECT floor(8 * power(bench.random(id, 30), 1.5))::int AS c, 2 * bench.random(id, 31) AS e1, 2 * bench.random(id, 32) AS e2,
		2 * bench.random(id, 33) AS e3, 2 * bench.random(id, 34) AS e4, 2 * bench.random(id, 35) AS e5, 2 * bench.random(id, 36) AS e6
	FROM generate_series(1, :rows) AS id) AS drawn;
VACUUM (FREEZE, ANALYZE) bunches;
SELECT format('%s rows of 6 columns to cluster', count(*)) FROM bunches;

INSERT INTO bench.query (name, plan, sql) VALUES
('kmeans', '^Aggregate.*Seq Scan on bunches',
$$SELECT kmeans_fit(x, 8, '{"scale": "none", "starts": 1, "max_iterations": 20}') FROM bunches$$),
('assign', '^Aggregate.*Seq Scan on bunches',
format($$SELECT sum(kmeans_assign(%L, x)) FROM bunches$$, (SELECT kmeans_fit(x, 8, '{"scale": "none", "starts": 1, "max_iterations": 20}') FROM bunches))),
('nearest by SQL', '^Aggregate.*Seq Scan on bunches',
(SELECT format('SELECT sum(CASE least(%s) %s END) FROM bunches', string_agg(square, ', ' ORDER BY cluster), string_agg(format('WHEN %s THEN %s', square, cluster), ' ' ORDER BY cluster))
 FROM (SELECT cluster, '(' || string_agg(format('(x[%s] - %s) ^ 2', col, center), ' + ' ORDER BY col) || ')' AS square
	FROM kmeans_centers((SELECT kmeans_fit(x, 8, '{"scale": "none", "starts": 1, "max_iterations": 20}') FROM bunches)) GROUP BY cluster) AS q));

-- Both sides give each row to the same cluster.
SELECT bench.assert_same((SELECT sql FROM bench.query WHERE name = 'assign'), (SELECT sql FROM bench.query WHERE name = 'nearest by SQL')) \g /dev/null

SELECT bench.compare('kmeans_assign / nearest of 8 centres by CASE', 'assign', 'nearest by SQL', 0.5);
SELECT bench.seconds('kmeans_fit, k 8, 20 iterations, seconds for 1,000,000 rows', 'kmeans', 1e6 / :rows, NULL);
