CREATE FUNCTION near(value float8, expected float8, tolerance float8 = 1e-9) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(abs(value - expected) <= tolerance * abs(expected), false)';
CREATE FUNCTION sizes(m kmeans_model) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT m::jsonb ->> ''sizes''';
SELECT count(*) = 440 AND sum(fresh) = 5280131, 'customers' FROM spend;

-- The best known sums of squares, by ten starts
CREATE TABLE fit AS
SELECT scale, k, kmeans_fit(x, k, jsonb_build_object('scale', scale)) AS m FROM spend, (VALUES ('log1p', 3), ('zscore', 2), ('zscore', 6)) AS v (scale, k) GROUP BY scale, k;
SELECT fit_status(m) = 'ok' AND near(parameter(m, 'objective'), best) AND sizes(m) = sizes, format('%s, %s clusters: the best known, %s', scale, k, best)
FROM fit JOIN (VALUES ('log1p', 3, 2763.439052505543, '[218, 146, 76]'), ('zscore', 2, 1949.3478664896, '[399, 41]'), ('zscore', 6, 913.2836446330, '[278, 97, 52, 10, 2, 1]')) AS v (scale, k, best, sizes) USING (scale, k);
SELECT bool_and(parameter(m, 'objective') >= 913.28364463), 'none is below it, whatever the seed' FROM (SELECT seed, kmeans_fit(x, 6, jsonb_build_object('seed', seed)) AS m FROM spend, generate_series(1, 20) AS seed GROUP BY seed) AS q;
SELECT bool_and(m = same), 'the same in another order' FROM fit, LATERAL (SELECT kmeans_fit(x, k, jsonb_build_object('scale', scale) ORDER BY md5(id::text)) AS same FROM spend) AS q;
SELECT near(sum(kmeans_distance(m, x) ^ 2), parameter(m, 'objective'), 1e-12), format('%s, %s clusters: it is the sum of squares', scale, k) FROM fit, spend GROUP BY scale, k, m;
SELECT near(parameter(m, 'objective'), 439 * 6), 'one cluster: all of n - 1 for each column' FROM (SELECT kmeans_fit(x, 1) AS m FROM spend) AS q;

-- Silhouettes: cluster::silhouette() of R 4.2 gives 0.5914656
SELECT abs(silhouette(m, x) - 0.5914656) < 5e-8 AND abs(silhouette(x, kmeans_assign(m, x)) - 0.5914656) < 5e-8, 'silhouette of two clusters' FROM fit, spend WHERE scale = 'zscore' AND k = 2 GROUP BY m;

-- Gower: cluster::daisy(metric = "gower") on all columns, channel and region as factors
CREATE TABLE pair AS SELECT a.id AS a, b.id AS b, gower(g, a, b) AS d FROM (SELECT gower_fit(q) AS g FROM (SELECT channel::text, region::text, fresh, milk, grocery, frozen, detergents, delicassen FROM spend) AS q) AS f,
    (SELECT id, channel::text, region::text, fresh, milk, grocery, frozen, detergents, delicassen FROM spend) AS a JOIN (SELECT id, channel::text, region::text, fresh, milk, grocery, frozen, detergents, delicassen FROM spend) AS b ON a.id < b.id;
SELECT count(*) = 96580 AND near(sum(d), 16363.6451332494, 1e-12), 'distances of all pairs, as daisy()' FROM pair;
SELECT near(d, 0.165088740105477, 1e-12), 'the first with the fourth' FROM pair WHERE a = 1 AND b = 4;
