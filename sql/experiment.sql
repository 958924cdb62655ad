CREATE SCHEMA test_experiment;
SET search_path = test_experiment, public;
-- experiment: who gets what, and whether it worked
SET extra_float_digits = 0; -- 15 digits: the last ones differ between processors
-- assignment: the published vectors of GrowthBook's hash
SELECT seed, key, version, ab_bucket(seed, key, version) AS bucket, ab_bucket(seed, key, version) = expected AS published
FROM (VALUES ('', 'a', 1, .22), ('', 'b', 1, .077), ('b', 'a', 1, .946), ('ef', 'd', 1, .652), ('asdf', '8952klfjas09ujk', 1, .549), ('', '123', 1, .011), ('', '___)((*":&', 1, .563),
    ('seed', 'a', 2, .0505), ('seed', 'b', 2, .2696), ('foo', 'ab', 2, .2575), ('foo', 'def', 2, .2019), ('89123klj', '8952klfjas09ujkasdf', 2, .124),
    ('90850943850283058242805', '123', 2, .7516), ('()**(%$##$%#$#', '___)((*":&', 2, .0128)) AS v (seed, key, version, expected);
-- numbers are hashed as text; literals resolve
SELECT ab_bucket('seed', 123) = ab_bucket('seed', '123') AS number, ab_bucket('seed', -9223372036854775808) = ab_bucket('seed', '-9223372036854775808') AS longest,
       ab_assign('e', 7) = ab_assign('e', '7') AS arm, ab_assign('e', 7, '{0.2,0.8}', 1, 1) = ab_assign('e', '7', '{0.2,0.8}', 1, 1) AS arm_1;
-- published: coverage of 0.4, and three arms, keys 1 to 9
SELECT array_agg(ab_assign('my-test', k, '{0.5,0.5}', 0.4, 1) ORDER BY k) AS part, array_agg(ab_assign('my-test', k, '{0.333333333333333,0.333333333333333,0.333333333333334}', 1, 1) ORDER BY k) AS three
FROM generate_series(1, 9) AS k;
SELECT min(n) >= 9780 AND max(n) <= 10130 AS even, count(*) AS deciles FROM (SELECT floor(ab_bucket('experiment', id) * 10) AS decile, count(*) AS n FROM generate_series(0, 99999) AS id GROUP BY 1) AS q;
-- a growing coverage lets keys in and moves none
SELECT count(*) FILTER (WHERE small <> large) AS moved, count(small) BETWEEN 2900 AND 3100 AS small, count(large) BETWEEN 7900 AND 8100 AS large
FROM (SELECT ab_assign('ladder', k, '{0.2,0.5,0.3}', 0.3) AS small, ab_assign('ladder', k, '{0.2,0.5,0.3}', 0.8) AS large FROM generate_series(1, 10000) AS k) AS q;
SELECT ab_bucket(NULL, 'a') AS no_seed, ab_assign('e', NULL::text) AS no_key, ab_assign('e', 'k', '{0.5,0.5}', 0) AS no_coverage, ab_assign('e', 'k', '{1}') AS one_arm;
-- as published: who has no key is not in the experiment
SELECT ab_assign('my-test', '') AS empty, ab_assign('my-test', ' ') IS NOT NULL AS blank, ab_assign('my-test', '', '{0.5,0.5}', 1, 1) AS empty_1, ab_bucket('', '') IS NOT NULL AS bucket;
SELECT ab_bucket('a', 'b', 3);
SELECT ab_assign('e', 'k', '{0.5,0.6}');
SELECT ab_assign('e', 'k', '{}');
SELECT ab_assign('e', 'k', '{1.005,-0.005}');
SELECT ab_assign('e', 'k', '{0.5,NULL}');
SELECT ab_assign('e', 'k', '{{0.5,0.5}}');
SELECT ab_assign('e', 'k', '{0.5,NaN}');
SELECT ab_assign('e', 'k', array_fill(0.001::float8, '{1001}'));
SELECT ab_assign('e', 'k', '{0.5,0.5}', 1.1);
SELECT ab_assign('e', 'k', '{0.5,0.5}', 'NaN');
SELECT ab_assign('e', 'k', '{0.5,0.5}', 1, 0);

-- summaries: 2, 4, 4, 4, 5, 5, 7, 9 have a mean of 5 and squares of 32
CREATE TABLE row8 (y float8, x float8);
INSERT INTO row8 VALUES (2, 1), (4, 2), (4, 3), (4, 4), (5, 5), (5, 6), (7, 7), (9, 8), (NULL, 1);
SELECT ab_stats(y) AS y, ab_stats(y, x) AS y_x FROM row8;
SELECT ab_n(s), ab_mean(s), ab_mean_x(s), round(ab_stddev(s)::numeric, 10) AS stddev, round(ab_lower(s)::numeric, 10) AS lower, round(ab_upper(s, 0.99)::numeric, 10) AS upper_99 FROM (SELECT ab_stats(y, x) AS s FROM row8) AS q;
-- no row, only nulls, one row, all the same
SELECT ab_stats(y) AS no_row FROM row8 WHERE false;
SELECT ab_stats(NULL::float8) AS nulls, ab_stats(1::float8, NULL) AS half FROM row8;
SELECT ab_n(s), ab_mean(s), ab_mean_x(s), ab_stddev(s), ab_lower(s), ab_upper(s), s FROM (VALUES (1, '{"n": 0, "mean": 0, "squares": 0}'::ab_summary), (2, '{"n": 1, "mean": 3, "squares": 0}'), (3, '{"n": 4, "mean": 3, "squares": 0}')) AS v (i, s) ORDER BY i;
-- merged, in any order, by FILTER, over a moving window, once each
SELECT rollup(s) = (SELECT ab_stats(y) FROM row8) AS whole, rollup(s) FILTER (WHERE false) AS nothing
FROM (SELECT ab_stats(y) AS s FROM row8 GROUP BY x < 4 UNION ALL SELECT NULL UNION ALL SELECT '{"n": 0, "mean": 0, "squares": 0}') AS part;
SELECT ab_stats(DISTINCT y) AS distinct_y FROM row8;
SELECT x, ab_stats(y) OVER (ORDER BY x ROWS 1 PRECEDING) AS two, ab_n(ab_stats(y) OVER (ORDER BY x)) AS n FROM row8 WHERE y IS NOT NULL ORDER BY x;
SELECT abs(ab_mean(a) / ab_mean(b) - 1) < 1e-13 AND abs(ab_stddev(a) / ab_stddev(b) - 1) < 1e-12 AND abs(ab_stddev(a) / expected - 1) < 1e-12 AS any_order
FROM (SELECT ab_stats(y ORDER BY y) AS a, ab_stats(y ORDER BY md5(y::text)) AS b, stddev(y::numeric)::float8 AS expected FROM (SELECT exp(i % 997 / 100.0)::float8 AS y FROM generate_series(1, 20000) AS i) AS q) AS q;
-- small deviations of large figures, in ascending, descending and mixed order, whole and merged: d^2 (n^2 - 1) n / 12 / (n - 1) is the variance of n rows at distances d
SELECT mean, abs(ab_stddev(up) / expected - 1) < 1e-14 AS up, abs(ab_stddev(down) / expected - 1) < 1e-14 AS down, abs(ab_stddev(mixed) / expected - 1) < 1e-14 AS mixed, abs(ab_stddev(merged) / expected - 1) < 1e-14 AS merged,
       ab_mean(up) = mean + 99999 / 2048.0 AND ab_mean(up) = ab_mean(down) AND ab_mean(up) = ab_mean(mixed) AND ab_mean(up) = ab_mean(merged) AS means
FROM unnest('{0,100,1e6,1e9}'::float8[]) AS mean, LATERAL (SELECT ab_stats(mean + i / 1024.0::float8 ORDER BY i) AS up, ab_stats(mean + i / 1024.0::float8 ORDER BY i DESC) AS down, ab_stats(mean + i / 1024.0::float8 ORDER BY i::bigint * 7919 % 100000) AS mixed,
    sqrt((1e10 - 1) / 12 * 1e5 / 99999) / 1024 AS expected FROM generate_series(0, 99999) AS i) AS q,
    LATERAL (SELECT rollup(s) AS merged FROM (SELECT ab_stats(mean + i / 1024.0::float8 ORDER BY i) AS s FROM generate_series(0, 99999) AS i GROUP BY i / 7000) AS part) AS r ORDER BY mean;
-- a test around 1e9 is that around 0, with rows in ascending order
SELECT m.method, abs(far.difference / near.difference - 1) < 1e-12 AND abs(far.statistic / near.statistic - 1) < 1e-12 AND abs(far.std_error / near.std_error - 1) < 1e-12 AS same
FROM (SELECT ab_stats(i / 1024.0::float8, x) FILTER (WHERE i % 2 = 0) AS c, ab_stats(i / 1024.0::float8 + 0.125, x) FILTER (WHERE i % 2 = 1) AS v,
        ab_stats(1e9 + i / 1024.0::float8, 1e9 + x) FILTER (WHERE i % 2 = 0) AS c9, ab_stats(1e9 + i / 1024.0::float8 + 0.125, 1e9 + x) FILTER (WHERE i % 2 = 1) AS v9
    FROM (SELECT i, i % 7 / 8.0::float8 AS x FROM generate_series(0, 9999) AS i ORDER BY i) AS unit) AS q,
    unnest('{welch,pooled,z,cuped,ancova}'::text[]) WITH ORDINALITY AS m (method, n), ab_test(c9, v9, m.method) AS far, ab_test(c, v, m.method) AS near ORDER BY n;
-- text, JSON and binary forms
SELECT s::text::ab_summary = s AS text, s::jsonb::ab_summary = s AS json, s::jsonb ->> 'n' AS n, s <> ab_summary_add(s, 1, 1) AS other FROM (SELECT ab_stats(y / 3, x / 7) AS s FROM row8) AS q;
SELECT encode(ab_summary_send('{"n": 2, "mean": 1, "squares": 2}'), 'hex') AS plain, length(ab_summary_send('{"n": 2, "mean": 1, "squares": 2, "mean_x": 0, "squares_x": 1, "products": 1}')) AS with_x;
-- the low digits of a mean of many standard errors; where they mean nothing, they are left out
SELECT '{"n": 2, "mean": 1e9, "mean_low": 2e-8, "squares": 1}'::ab_summary AS low, encode(ab_summary_send('{"n": 2, "mean": 1e9, "mean_low": 2e-8, "squares": 1}'), 'hex') AS low_hex, '{"n": 2, "mean": 0.3, "mean_low": 1e-17, "squares": 1}'::ab_summary AS nothing;
SELECT '{"n": 2, "mean": 0.3, "mean_low": 1e-15, "squares": 1}'::ab_summary;
SELECT '{"n": 2, "mean": -0.0, "squares": 0}'::ab_summary = '{"n": 2, "mean": 0, "squares": 0}' AS zero;
SELECT s, count(*) FROM (VALUES ('{"n": 1, "mean": 1, "squares": 0}'::ab_summary), ('{"n": 1, "mean": 1.0, "squares": 0}')) AS v (s) GROUP BY s;
SELECT '{"n": 2, "mean": 1}'::ab_summary;
SELECT '{"mean": 1, "squares": 1}'::ab_summary;
SELECT '{"n": 2, "mean": 1, "squares": 1, "mean_x": 1}'::ab_summary;
SELECT '{"n": 2, "mean": 1, "squares": -1}'::ab_summary;
SELECT '{"n": 1, "mean": 1, "squares": 1}'::ab_summary;
SELECT '{"n": -1, "mean": 1, "squares": 1}'::ab_summary;
SELECT '{"n": 3, "mean": 1, "squares": 1, "mean_x": 1, "squares_x": 1, "products": 1.1}'::ab_summary;
SELECT '{"n": 3, "mean": 1, "squares": 1, "median": 1}'::ab_summary;
SELECT '{"n": 3, "mean": 1, "squares": 1, "n": 4}'::ab_summary;
SELECT '[]'::ab_summary;
SELECT 'x'::ab_summary;
SELECT ab_stats('NaN'::float8);
SELECT ab_stats(1::float8, '-Infinity'::float8);
SELECT ab_stats(y) FROM unnest('{1e200,-1e200}'::float8[]) AS y;
SELECT ab_summary_merge('{"n": 1, "mean": 1, "squares": 0}', '{"n": 1, "mean": 1, "squares": 0, "mean_x": 1, "squares_x": 0, "products": 0}');
SELECT ab_summary_add('{"n": 1, "mean": 1, "squares": 0}', 1, 1);
SELECT ab_summary_add('{"n": 1, "mean": 1, "squares": 0, "mean_x": 1, "squares_x": 0, "products": 0}', 1);
SELECT ab_summary_merge('{"n": 9007199254740992, "mean": 1, "squares": 0}', '{"n": 1, "mean": 1, "squares": 0}');
SELECT ab_summary_add('{"n": 9007199254740992, "mean": 1, "squares": 0}', 1);
SELECT ab_lower('{"n": 2, "mean": 1, "squares": 1}', 1);
-- figures at the edge of rounding and of underflow read back
SELECT bool_and(s::text::ab_summary = s) AS sound
FROM (SELECT ab_stats(scale * (shift + i % 7), shift + i % 7) AS s FROM generate_series(1, 1000) AS i, unnest('{1e-300,1e-160,1,1e140}'::float8[]) AS scale, unnest('{0,1e15,1e9}'::float8[]) AS shift GROUP BY scale, shift) AS q;

-- two arms: R 4.2.2, t.test(c(5,7,9,11,14), c(1,4,6,8))
CREATE TABLE trial (arm int, y float8, x float8);
INSERT INTO trial VALUES (0, 1, 2), (0, 4, 3), (0, 6, 5), (0, 8, 6), (1, 5, 3), (1, 7, 4), (1, 9, 6), (1, 11, 5), (1, 14, 9);
CREATE VIEW arms AS SELECT ab_stats(y, x) FILTER (WHERE arm = 0) AS c, ab_stats(y, x) FILTER (WHERE arm = 1) AS v FROM trial;
SELECT method, n_control, n_variant, round(mean_control::numeric, 8) AS mean_control, round(mean_variant::numeric, 8) AS mean_variant, round(difference::numeric, 8) AS difference, round(std_error::numeric, 8) AS std_error,
       round(statistic::numeric, 8) AS statistic, round(df::numeric, 8) AS df, round(p_value::numeric, 8) AS p_value, round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper
FROM arms, unnest('{welch,pooled,z,cuped,ancova,ratio}'::text[]) AS m, ab_test(c, v, m);
SELECT method, round(lift::numeric, 8) AS lift, round(lift_lower::numeric, 8) AS lift_lower, round(lift_upper::numeric, 8) AS lift_upper, round(always_valid_p::numeric, 8) AS always_valid_p,
       round(always_valid_lower::numeric, 6) AS always_valid_lower, round(always_valid_upper::numeric, 6) AS always_valid_upper, round(variance_ratio::numeric, 8) AS variance_ratio, reason
FROM arms, unnest('{welch,pooled,z,cuped,ancova,ratio}'::text[]) AS m, ab_test(c, v, m);
-- always valid, s = 1 and 5000 rows: a half width of 0.0429243372
SELECT round((always_valid_upper - difference)::numeric, 10) AS half FROM ab_test('{"n": 2500, "mean": 0, "squares": 624.75}', '{"n": 2500, "mean": 0, "squares": 624.75}');
-- where there is no answer: nulls, and why
SELECT i, mean_control, mean_variant, difference, p_value, lower, lift, always_valid_p, reason
FROM (VALUES (1, NULL::ab_summary, '{"n": 3, "mean": 1, "squares": 1}'::ab_summary, 'welch'), (2, '{"n": 3, "mean": 1, "squares": 1}', '{"n": 0, "mean": 0, "squares": 0}', 'welch'),
    (3, '{"n": 1, "mean": 1, "squares": 0}', '{"n": 3, "mean": 1, "squares": 1}', 'pooled'), (4, '{"n": 3, "mean": 1, "squares": 1}', '{"n": 1, "mean": 2, "squares": 0}', 'z'),
    (5, '{"n": 3, "mean": 2, "squares": 0}', '{"n": 3, "mean": 1, "squares": 0}', 'welch'), (6, '{"n": 3, "mean": 2, "squares": 1}', '{"n": 3, "mean": 1, "squares": 1}', 'cuped'),
    (7, '{"n": 3, "mean": 2, "squares": 1}', '{"n": 3, "mean": 1, "squares": 1}', 'ratio'), (8, '{"n": 2, "mean": 0, "squares": 2}', '{"n": 2, "mean": 1, "squares": 2}', 'welch'),
    (9, '{"n": 2, "mean": 1, "squares": 2, "mean_x": 3, "squares_x": 0, "products": 0}', '{"n": 2, "mean": 1, "squares": 2, "mean_x": 4, "squares_x": 0, "products": 0}', 'ancova'),
    (10, '{"n": 2, "mean": 1, "squares": 2, "mean_x": 0, "squares_x": 2, "products": 0}', '{"n": 2, "mean": 1, "squares": 2, "mean_x": 4, "squares_x": 0, "products": 0}', 'ratio'),
    (11, '{"n": 2, "mean": 1.7e308, "squares": 1e300}', '{"n": 2, "mean": -1.7e308, "squares": 2}', 'welch')) AS v (i, c, v, m), ab_test(c, v, m) ORDER BY i;
SELECT ab_test(c, v, NULL) IS NULL AS no_method, ab_test(c, v, 'welch', NULL) IS NULL AS no_conf FROM arms;
SELECT ab_test(c, v, 'students') FROM arms;
SELECT ab_test(c, v, 'welch', 95) FROM arms;
SELECT ab_test(c, v, conf => 'NaN') FROM arms;
SELECT ab_test(c, v, tuning => 0) FROM arms;
-- segments, corrected; without an answer not counted
SELECT segment, n_variant, round(p_value::numeric, 6) AS p_value, round(p_adjusted::numeric, 6) AS p_adjusted, reason
FROM ab_test_by('{a,b,c,NULL}', ARRAY['{"n": 50, "mean": 10, "squares": 900}', '{"n": 40, "mean": 10, "squares": 900}', NULL, '{"n": 60, "mean": 10, "squares": 900}']::ab_summary[],
    ARRAY['{"n": 50, "mean": 12, "squares": 900}', '{"n": 40, "mean": 10.5, "squares": 900}', '{"n": 40, "mean": 12, "squares": 900}', '{"n": 60, "mean": 12, "squares": 900}']::ab_summary[]);
SELECT adjust, array_agg(round(p_adjusted::numeric, 6)) AS p_adjusted
FROM arms, unnest('{holm,bh,bonferroni,none}'::text[]) WITH ORDINALITY AS a (adjust, i), ab_test_by('{a,b}', ARRAY[c, v], ARRAY[v, v], 'cuped', 0.9, adjust) GROUP BY i, adjust ORDER BY i;
SELECT count(*) AS none FROM ab_test_by('{}', '{}', '{}');
SELECT count(*) AS null_argument FROM ab_test_by(NULL, '{}', '{}');
SELECT * FROM arms, ab_test_by('{a,b}', ARRAY[c], ARRAY[v]);
SELECT * FROM arms, ab_test_by('{a}', ARRAY[c], ARRAY[v], adjust => 'sidak');
SELECT * FROM arms, ab_test_by('{a}', ARRAY[c], ARRAY[v], 'median');

-- rates: prop.test, Hillstrom's men's mail
SELECT round(difference::numeric, 10) AS difference, round(z::numeric, 10) AS z, round(chi2::numeric, 6) AS chi2, round(chi2_yates::numeric, 6) AS chi2_yates, p_value < 1e-111 AS p, p_yates > p_value AS p_yates,
       round(lower::numeric, 7) AS lower, round(upper::numeric, 7) AS upper, round(newcombe_lower::numeric, 7) AS newcombe_lower, round(newcombe_upper::numeric, 7) AS newcombe_upper, round(lift::numeric, 6) AS lift, always_valid_p < 1e-100 AS always_valid, reason
FROM ab_prop_test(2262, 21306, 3894, 21307);
SELECT i, rate_control, rate_variant, difference, round(p_value::numeric, 8) AS p_value, lower, round(newcombe_lower::numeric, 8) AS newcombe_lower, round(newcombe_upper::numeric, 8) AS newcombe_upper, lift, always_valid_p IS NULL AS no_p, reason
FROM (VALUES (1, 0, 10, 0, 20), (2, 10, 10, 20, 20), (3, 0, 10, 20, 20), (4, 0, 0, 1, 2), (5, 1, 2, 0, 0), (6, 0, 10, 5, 20)) AS v (i, s1, n1, s2, n2), ab_prop_test(s1, n1, s2, n2) ORDER BY i;
SELECT ab_prop_test(1, 2, NULL, 3) IS NULL AS null_count;
SELECT ab_prop_test(3, 2, 1, 3);
SELECT ab_prop_test(1, 2, -1, 3);
SELECT ab_prop_test(1, 2, 1, 3, 1);
SELECT ab_prop_test(1, 2, 1, 3, 0.9, -1);
-- shares
SELECT round(chi2::numeric, 8) AS chi2, df, round(p_value::numeric, 8) AS p_value FROM ab_srm('{5000,5250}');
SELECT round(chi2::numeric, 8) AS chi2, df, round(p_value::numeric, 8) AS p_value FROM ab_srm('{50,30,20}', '{0.5,0.25,0.25}');
-- weights as ab_assign takes them: three times 0.333 are equal shares, an arm of weight 0 is none
SELECT (s.chi2, s.df, s.p_value) = (e.chi2, e.df, e.p_value) AS equal, round(z.chi2::numeric, 8) AS chi2_without, z.df FROM ab_srm('{30,20,40}', '{0.333,0.333,0.333}') AS s, ab_srm('{30,20,40}') AS e, ab_srm('{50,0,30,20}', '{0.505,0,0.2525,0.2525}') AS z;
SELECT ab_srm('{5,6,1}', '{0.5,0.5,0}');
SELECT ab_srm('{5,0}', '{1,0}');
SELECT * FROM ab_srm('{0,0}');
SELECT ab_srm(NULL) IS NULL AS null_counts, ab_srm('{1,2}', NULL) IS NULL AS null_weights;
SELECT ab_srm('{5}');
SELECT ab_srm('{5,-1}');
SELECT ab_srm('{5,6}', '{0.5,0.4}');
SELECT ab_srm('{5,6}', '{0.5,0.25,0.25}');
SELECT ab_srm('{5,NULL}');
-- sizes: power.prop.test, power.t.test
SELECT round(ab_sample_size(0.10, 0.12)::numeric, 3) AS rates, round(ab_power(3841, 0.10, 0.12)::numeric, 6) AS power, round(ab_sample_size_mean(1, 2)::numeric, 5) AS means, round(ab_power_mean(64, -1, 2)::numeric, 6) AS power_mean,
       round(ab_sample_size(0.10, 0.12, 0.9, 0.01)::numeric, 3) AS strict, ab_sample_size_mean(100, 1) AS least;
SELECT ab_sample_size(0.1, 0.1);
SELECT ab_sample_size(0.1, 1);
SELECT ab_sample_size(0.1, 0.2, 0.01);
SELECT ab_power(0, 0.1, 0.2);
SELECT ab_sample_size_mean(0, 1);
SELECT ab_sample_size_mean(1e-9, 1);
SELECT ab_power_mean(1, 1, 1);
SELECT ab_sample_size(0.1, 'NaN');
-- corrections: p.adjust
SELECT holm('{0.01,0.04,NULL,0.03,0.005}') AS holm, bh('{0.01,0.04,NULL,0.03,0.005}') AS bh, holm('{}') AS empty, holm(NULL) AS nothing, bh('{NULL}') AS no_p, bh('[0:1]={0.5,0.1}') AS subscripts;
SELECT holm('{0.5,1.1}');
SELECT bh('{NaN}');
SELECT bh(array_fill(0.5::float8, '{1000001}'));
-- rates and scores of one group
SELECT round(wilson_lower(82, 100)::numeric, 6) AS lower, round(wilson_upper(82, 100)::numeric, 6) AS upper, wilson_lower(0, 10) AS zero, wilson_upper(10, 10) AS one, wilson_lower(0, 0) AS nobody, wilson_upper(1, NULL) AS null_n;
SELECT nps(60, 15, 100), round((nps(60, 15, 100) - nps_lower(60, 15, 100))::numeric, 4) AS below, round((nps_upper(60, 15, 100, 0.95) - 45)::numeric, 4) AS above, nps(0, 0, 0) AS nobody, nps(3, 0, 3) AS all_promote, nps_lower(3, 0, 3) AS no_width;
SELECT wilson_lower(11, 10);
SELECT wilson_lower(1, 10, 0);
SELECT nps(60, 50, 100);
SELECT nps_lower(-1, 0, 100);

-- posteriors
SELECT round(p_better(20, 100, 30, 100)::numeric, 12) AS p_better, round(expected_loss(20, 100, 30, 100)::numeric, 14) AS expected_loss, round(p_better(0, 0, 0, 0)::numeric, 12) AS unknown, round(p_better(20, 100, 30, 100, 0.5, 0.5)::numeric, 10) AS jeffreys;
SELECT round(p_better(500000000, 1000000000, 500010000, 1000000000)::numeric, 10) AS billions, round((p_better(3, 70, 9, 90) + p_better(9, 90, 3, 70))::numeric, 12) AS both_sides;
SELECT p_better(2, 1, 0, 1);
SELECT p_better(1, 2, 0, 1, 0);
SELECT expected_loss(1, 1000000000001, 0, 1);
-- bandit: the same seed picks the same arm; the better arm is played more and more
SELECT thompson_pick('{1,2}', '{3,4}', 42) = thompson_pick('{1,2}', '{3,4}', 42::bigint) AS number, thompson_pick('{1,2}', '{3,4}', 'k 2025-01-31') = thompson_pick('{1,2}', '{3,4}', 'k 2025-01-31'::text) AS text, thompson_pick('{9}', '{1}', 1) AS only_arm;
SELECT n, round(avg(pick), 2) AS share_of_better FROM unnest('{1,10,100}'::int[]) AS n, LATERAL (SELECT thompson_pick(ARRAY[20 * n, 25 * n], ARRAY[80 * n, 75 * n], seed) AS pick FROM generate_series(1, 4000) AS seed) AS q GROUP BY n ORDER BY n;
SELECT thompson_pick('{1}', '{3,4}', 1);
SELECT thompson_pick('{}', '{}', 1);
SELECT thompson_pick('{1,-2}', '{3,4}', 1);
SELECT thompson_pick('{1,NULL}', '{3,4}', 1);
