-- One summary for each arm: spend, and visits beside what was known before the mailing.
CREATE TABLE arm AS
SELECT segment, ab_stats(spend) AS spend, ab_stats(visit, recency) AS visit_recency, ab_stats(visit, history) AS visit_history,
       ab_stats(spend, history) AS spend_history, count(*) AS n, sum(visit) AS visits
FROM hillstrom GROUP BY segment;
CREATE VIEW test AS
SELECT v.segment, v.n, v.visits, c.n AS control_n, c.visits AS control_visits, ab_test(c.spend, v.spend) AS welch, ab_test(c.spend, v.spend, 'pooled') AS pooled,
       ab_test(c.visit_recency, v.visit_recency, 'cuped') AS cuped, ab_test(c.visit_recency, v.visit_recency, 'ancova') AS ancova,
       ab_test(c.spend_history, v.spend_history, 'ancova') AS spend_ancova
FROM arm AS c, arm AS v WHERE c.segment = 'No E-Mail' AND v.segment <> c.segment;
CREATE FUNCTION pg_temp.near(got float8, expected float8, error float8 DEFAULT 1e-9) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(abs(got - expected) <= error * abs(expected), false);

SELECT sum(n) = 64000 AND sum(n) FILTER (WHERE segment = 'Mens E-Mail') = 21307, 'Hillstrom: rows' FROM arm;
SELECT bool_and(pg_temp.near(chi2, 0.20253125) AND pg_temp.near(p_value, 0.903692957560419) AND df = 2), 'the arms are equally large'
FROM (SELECT (ab_srm(array_agg(n))).* FROM arm) AS q;

SELECT pg_temp.near((welch).difference, 0.769827155894536) AND pg_temp.near((welch).std_error, 0.145246560248687) AND pg_temp.near((welch).statistic, 5.30014035841167)
   AND pg_temp.near((welch).df, 36671.1579773605) AND pg_temp.near((welch).p_value, 1.16381496822548e-07) AND pg_temp.near((welch).lower, 0.485139732568407)
   AND pg_temp.near((welch).upper, 1.05451457922067), 'spend, men''s mail: R''s t.test' FROM test WHERE segment = 'Mens E-Mail';
SELECT pg_temp.near((welch).difference, 0.424412215936597) AND pg_temp.near((welch).statistic, 3.25637157602539) AND pg_temp.near((welch).df, 40064.8844065307)
   AND pg_temp.near((welch).p_value, 0.00112939710236325) AND pg_temp.near((welch).lower, 0.168956789883779), 'spend, women''s mail: R''s t.test' FROM test WHERE segment = 'Womens E-Mail';
SELECT pg_temp.near((pooled).statistic, 5.30009029446547) AND (pooled).df = 42611 AND pg_temp.near((pooled).p_value, 1.16320087260588e-07)
   AND pg_temp.near((pooled).lower, 0.485138353321579), 'the same with equal variances' FROM test WHERE segment = 'Mens E-Mail';
SELECT pg_temp.near((cuped).difference, 0.0767819173820898) AND pg_temp.near((cuped).variance_ratio, 0.993585624711633)
   AND (cuped).std_error < 0.00339, 'visits on recency: CUPED' FROM test WHERE segment = 'Mens E-Mail';
SELECT pg_temp.near((ancova).difference, 0.0767828132739465) AND pg_temp.near((ancova).std_error, 0.00337477751480221) AND pg_temp.near((ancova).statistic, 22.7519630367127)
   AND pg_temp.near((ancova).df, 40589.8678104347) AND pg_temp.near((ancova).p_value, 7.09427403648829e-114, 1e-8), 'visits on recency: the coefficient of R''s lm' FROM test WHERE segment = 'Mens E-Mail';
SELECT pg_temp.near((spend_ancova).difference, 0.767449619313351) AND pg_temp.near((spend_ancova).p_value, 1.26478554467439e-07), 'spend on history: the coefficient of R''s lm'
FROM test WHERE segment = 'Mens E-Mail';

SELECT pg_temp.near(z, 22.4860408272, 1e-11) AND pg_temp.near(chi2, 505.622032082182) AND pg_temp.near(chi2_yates, 505.002532257371) AND pg_temp.near(difference, 0.0765895637, 1e-9)
   AND pg_temp.near(lower, 0.0699535, 1e-6) AND pg_temp.near(upper, 0.0832256, 1e-6) AND pg_temp.near(newcombe_lower, 0.0699533, 1e-6) AND pg_temp.near(newcombe_upper, 0.0832267, 1e-6),
   'visits, men''s mail: R''s prop.test' FROM test, ab_prop_test(control_visits, control_n, visits, n) WHERE segment = 'Mens E-Mail';

-- Spend of rows in groups of customers that are alike, as of invoices of a customer.
SELECT pg_temp.near((t).mean_control, 0.652789355111236) AND pg_temp.near((t).difference, 0.769827155894539) AND pg_temp.near((t).std_error, 0.150511442389944)
   AND pg_temp.near((t).df, 1688.99745849303) AND pg_temp.near((t).p_value, 3.4994399051197e-07), 'ratio: the cluster-robust variance from R''s lm'
FROM (SELECT ab_test(ab_stats(y, x) FILTER (WHERE segment = 'No E-Mail'), ab_stats(y, x) FILTER (WHERE segment = 'Mens E-Mail'), 'ratio') AS t
      FROM (SELECT segment, sum(spend) AS y, count(*) AS x FROM hillstrom GROUP BY segment, recency, zip_code, channel, newbie, history_segment) AS cell) AS q;

-- Three channels, corrected.
CREATE TABLE by_channel AS
SELECT channel, ab_stats(visit) FILTER (WHERE segment = 'No E-Mail') AS control, ab_stats(visit) FILTER (WHERE segment = 'Mens E-Mail') AS variant
FROM hillstrom GROUP BY channel;
SELECT bool_and(pg_temp.near(p_adjusted, expected, 1e-8)), 'by channel: p.adjust, ' || adjust
FROM (VALUES ('holm', '{1.66118912686403e-15,1.77056783437275e-54,3.19277052665696e-46}'::float8[]),
             ('bh', '{1.66118912686403e-15,1.77056783437275e-54,2.39457789499272e-46}')) AS how (adjust, expecteds),
     (SELECT array_agg(channel ORDER BY channel) AS channels, array_agg(control ORDER BY channel) AS controls, array_agg(variant ORDER BY channel) AS variants FROM by_channel) AS q,
     ab_test_by(channels, controls, variants, adjust => adjust) WITH ORDINALITY AS t, unnest(expecteds) WITH ORDINALITY AS e (expected, i)
WHERE t.ordinality = e.i GROUP BY adjust;
SELECT ab_n(whole) = 64000 AND abs(ab_mean(whole) - (SELECT avg(spend) FROM hillstrom)) < 1e-13 AND abs(ab_stddev(whole) / (SELECT stddev(spend) FROM hillstrom) - 1) < 1e-13, 'arms merged are the whole'
FROM (SELECT rollup(spend) AS whole FROM arm) AS q;

-- Each customer may be found again in his arm, whoever asks.
SELECT bool_and(n BETWEEN 21000 AND 21700) AND count(*) = 3, 'ab_assign makes three equal arms of 64,000'
FROM (SELECT ab_assign('mailing', id, '{0.3333,0.3333,0.3334}') AS a, count(*) AS n FROM generate_series(1, 64000) AS id GROUP BY a) AS q;
