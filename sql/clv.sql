CREATE SCHEMA test_clv;
SET search_path = test_clv, public;
-- clv: models of purchases and spend, fitted and asked
SET DateStyle = ISO;
-- digits that any machine agrees on
CREATE FUNCTION r(value float8, digits int DEFAULT 9) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round(value::numeric, digits)';
CREATE FUNCTION rel(value float8, other float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT abs(value / other - 1)';
-- what a query ends with: SQLSTATE and message
CREATE FUNCTION refused(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE query INTO answer;
    RETURN 'answers ' || coalesce(answer, 'null');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || left(SQLERRM, 80);
END $$;

-- plain use: 400 customers of a ledger, simulated: exponential purchase rates, drop-out of chance u squared, gamma-gamma amounts (1, 3, 40)
CREATE FUNCTION u(i int, what text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$SELECT (('x' || left(md5(what || i), 7))::bit(28)::int + 0.5) / 268435456$$;
CREATE TABLE line AS
SELECT id, DATE '2025-06-30' - t AS day, 100.00 AS amount FROM (SELECT id, 100 + id % 50 AS t FROM generate_series(1, 400) AS id) AS q
UNION ALL
SELECT id, DATE '2025-06-30' - t + at, round((0.01 + 40 * ln(u(id * 100 + n, 'amount')) / ln(u(id, 'm1') * u(id, 'm2') * u(id, 'm3')))::numeric, 2)
FROM (SELECT id, n, 100 + id % 50 AS t, ceil(sum(-15 * ln(u(id * 100 + n, 'gap')) / -ln(u(id, 'rate'))) OVER (PARTITION BY id ORDER BY n))::int AS at
      FROM generate_series(1, 400) AS id, generate_series(1, 60) AS n WHERE (1 - u(id, 'drop') ^ 2) ^ n > u(id, 'left')) AS q WHERE at <= t;
CREATE TABLE customer AS SELECT id, DATE '2025-06-30' - min(day) AS t, count(DISTINCT day) - 1 AS x, max(day) - min(day) AS t_x FROM line GROUP BY id;
CREATE TABLE stored AS SELECT id, activity_agg(day, amount) AS a FROM line GROUP BY id;
CREATE TABLE model AS SELECT clv_fit(a, DATE '2025-06-30') AS m, spend_fit(a, DATE '2025-06-30') AS s FROM stored;
SELECT name, r(estimate, 5) AS estimate, r(std_error, 5) AS std_error, r(lower, 5) AS lower, r(upper, 5) AS upper FROM model, clv_params(m);
SELECT fit_status(m), r(log_likelihood(m), 6) AS log_likelihood, r(aic(m), 6) AS aic, r(parameter(m, 'alpha'), 5) AS alpha FROM model;
SELECT name, r(estimate, 5) AS estimate, r(std_error, 5) AS std_error, r(lower, 5) AS lower, r(upper, 5) AS upper FROM model, clv_params(s, 0.5);
SELECT fit_status(s), r(log_likelihood(s), 6) AS log_likelihood, r(aic(s), 6) AS aic, r(parameter(s, 'q'), 5) AS q, r((s::jsonb ->> 'correlation')::float8, 6) AS correlation, s::jsonb ->> 'n' AS n FROM model;
SELECT id, x, t_x, t, r(p_alive(m, a, '2025-06-30'), 6) AS p_alive, r(expected_purchases(m, a, '2025-06-30', 90), 6) AS expected, r(p_purchase(m, a, '2025-06-30', 90), 6) AS p_purchase,
       purchases_quantile(m, a, '2025-06-30', 90, 0.9) AS most, round(expected_spend(s, a, '2025-06-30'), 6) AS spend, round(clv(m, s, a, '2025-06-30', 90), 6) AS clv
FROM customer JOIN stored USING (id), model WHERE id IN (1, 2, 7, 9, 100, 101) ORDER BY id;
SELECT r((p).estimate, 6) AS purchases, r((p).std_error, 4) AS std_error, r((p).lower, 4) AS lower, r((p).upper, 4) AS upper, (p).customers, round((v).estimate, 4) AS value, round((v).std_error, 3) AS std_error,
       round((v).lower, 3) AS lower, round((v).upper, 3) AS upper, (v).customers
FROM (SELECT expected_purchases_total(m, a, '2025-06-30', 90) AS p, clv_total(m, s, a, '2025-06-30', 90) AS v FROM stored, model OFFSET 0) AS q;
-- each kind
SELECT kind, fit_status(m), m::jsonb ->> 'k' AS k, r(log_likelihood(m), 5) AS log_likelihood, (SELECT string_agg(name || ' ' || r(estimate, 3), ', ') FROM clv_params(m)) AS parameters
FROM (SELECT i, kind, clv_fit(a, DATE '2025-06-30', jsonb_build_object('model', kind, 'unit', CASE WHEN i > 4 THEN '10 days' ELSE 'day' END)) AS m
      FROM stored, unnest('{mbg/nbd,bg/nbd,pareto/nbd,mbg/cnbd-k,bg/bb,sbg}'::text[]) WITH ORDINALITY AS k (kind, i) GROUP BY i, kind) AS q ORDER BY i;

-- published customers and figures (Fader, Hardie, Lee 2005; Fader, Hardie, Shang 2010; packages CLVTools and BTYD)
CREATE TABLE published (name text PRIMARY KEY, m clv_model);
INSERT INTO published VALUES ('bg', '{"model": "bg/nbd", "unit": "week", "r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}'),
    ('pareto', '{"model": "pareto/nbd", "unit": "week", "r": 0.5629966, "alpha": 12.559037, "s": 0.4081095, "beta": 10.5148048}'),
    ('bg/bb', '{"model": "bg/bb", "unit": "365 days", "alpha": 1.2035, "beta": 0.7497, "gamma": 0.6567, "delta": 2.7836}'),
    ('sbg', '{"model": "sbg", "unit": "365 days", "alpha": 0.668, "beta": 3.806}');
SELECT rel(expected_purchases(m, 2, 30.43, 38.86, 39), 1.2260281747671) < 1e-12 AS next_39_weeks FROM published WHERE name = 'bg';
SELECT string_agg(r(expected_purchases(m, t), 4)::text, ' ' ORDER BY t) AS new_customer, r(1 - min(p_purchase(m, 39)), 7) AS none_in_39_weeks
FROM published, unnest('{0.1429,1,3,31.8571,32,78}'::float8[]) AS t WHERE name = 'bg';
SELECT t_x, r(residual_purchases(m, 7, t_x, 77.86, exp(0.0027 * 365.25 / 7) - 1)::float8, 10) AS dert FROM published, unnest('{0,20,40,60,77.86}'::float8[]) AS t_x WHERE name = 'pareto' ORDER BY t_x;
-- 11,104 donors over six years (Fader, Hardie, Shang 2010, table 1): 1.204, .750, .657, 2.783 and -33225.6
SELECT r(parameter(m, 'alpha'), 3) AS alpha, r(parameter(m, 'beta'), 3) AS beta, r(parameter(m, 'gamma'), 3) AS gamma, r(parameter(m, 'delta'), 3) AS delta, r(log_likelihood(m), 1) AS log_likelihood, m::jsonb -> 'n' AS n
FROM (SELECT clv_fit(x, t_x, 6, n, '{"model": "bg/bb"}'::jsonb) AS m FROM (VALUES (6, 6, 1203), (5, 6, 728), (4, 6, 512), (3, 6, 357), (2, 6, 234), (1, 6, 129), (5, 5, 335), (4, 5, 284), (3, 5, 225), (2, 5, 173), (1, 5, 119),
    (4, 4, 240), (3, 4, 181), (2, 4, 155), (1, 4, 78), (3, 3, 322), (2, 3, 255), (1, 3, 129), (2, 2, 613), (1, 2, 277), (1, 1, 1091), (0, 0, 3464)) AS v (x, t_x, n)) AS q;
-- 1,000 contracts over seven years (Fader, Hardie 2007): .704, 1.182 and .668, 3.806
SELECT what, r(parameter(m, 'alpha'), 8) AS alpha, r(parameter(m, 'beta'), 7) AS beta, r(log_likelihood(m), 6) AS log_likelihood
FROM (SELECT what, clv_fit(x, x, 7, n, '{"model": "sbg", "unit": "365 days"}'::jsonb) AS m FROM (VALUES ('regular', '{369,163,86,56,37,27,21,241}'::int[]), ('high end', '{131,126,90,60,42,34,26,491}')) AS v (what, lost),
    LATERAL (SELECT i - 1 AS x, n FROM unnest(lost) WITH ORDINALITY AS u (n, i)) AS l GROUP BY what) AS q ORDER BY what DESC;
-- published DERT is discounted a period at a time: 0.1 a year
SELECT x, t_x, r(p_alive(m, x, t_x, 6), 6) AS p_alive, r(expected_purchases(m, x, t_x, 6, 5), 6) AS next_5, r(residual_purchases(m, x, t_x, 6, 1.1 ^ (365.25 / 365) - 1), 6) AS discounted
FROM published, (VALUES (0, 0), (2, 4), (6, 6)) AS v (x, t_x) WHERE name = 'bg/bb' ORDER BY x;
-- sbg: survival of the first years 0.851, 0.732 ...; retention rises
SELECT n, r(expected_purchases(m, n, n, n, 1), 6) AS renews, r(p_purchase(m, n, n, n, 1), 6) AS same, r((3.806 + n) / (0.668 + 3.806 + n), 6) AS formula, p_alive(m, n, n, n + 1) AS lost FROM published, generate_series(0, 3) AS n WHERE name = 'sbg' ORDER BY n;
SELECT string_agg(r(expected_spend('{"p": 6.25, "q": 3.74, "v": 15.44}', x, mean)::float8, 6)::text, ' ' ORDER BY i) AS spend FROM (VALUES (1, 2, 22.35), (2, 1, 11.77), (3, 0, 0)) AS v (i, x, mean);

-- the same customers as figures: any order, any grouping, each overload
SELECT plain = m AS plain, other_order = m AS other_order, ones = m AS ones, options = m AS options, all_options = m AS all_options, gaps = m AS gaps
FROM (SELECT clv_fit(x, t_x, t ORDER BY id) AS plain, clv_fit(x, t_x, t ORDER BY -id) AS other_order, clv_fit(x, t_x, t, 1::bigint) AS ones, clv_fit(x, t_x, t, '{}'::jsonb) AS options,
       clv_fit(x, t_x, t, 1::bigint, '{"model": "mbg/nbd", "unit": "day", "max_mb": 1}'::jsonb) AS all_options, clv_fit(x, t_x, t, 1::bigint, 0, '{}') AS gaps FROM customer) AS q, model;
SELECT spend_fit(x, mean) = s AS plain, spend_fit(x, mean, 1::bigint) = s AS ones
FROM (SELECT x, (monetary(a, '2025-06-30') - 100)::float8 / nullif(x, 0) AS mean FROM customer JOIN stored USING (id)) AS q, model GROUP BY s;
SELECT clv_fit(x, t_x, t, 2::bigint) = (SELECT clv_fit(x, t_x, t) FROM customer, generate_series(1, 2)) AS twice FROM customer;
SELECT spend_fit(1 + i % 3, 10 + i, 3::bigint) = (SELECT spend_fit(1 + i % 3, 10 + i) FROM generate_series(1, 50) AS i, generate_series(1, 3)) AS thrice FROM generate_series(1, 50) AS i;
SELECT (SELECT clv_fit(x, t_x, t, n, 0, '{}') FROM (SELECT x, t_x, t, count(*) AS n FROM customer GROUP BY 1, 2, 3) AS q) = m AS grouped,
       (SELECT clv_fit(DISTINCT x, t_x, t) FROM (SELECT x, t_x, t FROM customer, generate_series(1, 3)) AS q) = (SELECT clv_fit(x, t_x, t) FROM (SELECT DISTINCT x, t_x, t FROM customer) AS q) AS distinct_ones,
       (SELECT clv_fit(x, t_x, t) FILTER (WHERE id % 2 = 0) FROM customer) = (SELECT clv_fit(x, t_x, t) FROM customer WHERE id % 2 = 0) AS filtered FROM model;
SELECT parity, clv_fit(x, t_x, t) = (SELECT clv_fit(c.x, c.t_x, c.t) FROM customer AS c WHERE c.id % 2 = parity) AS by_group FROM (SELECT *, id % 2 AS parity FROM customer) AS q GROUP BY parity ORDER BY parity;
SELECT count(*) AS frames, count(DISTINCT framed::text) AS models, count(*) FILTER (WHERE framed = (SELECT clv_fit(c.x, c.t_x, c.t) FROM customer AS c WHERE c.id BETWEEN q.id - 100 AND q.id)) AS right
FROM (SELECT id, clv_fit(x, t_x, t) OVER (ORDER BY id ROWS BETWEEN 100 PRECEDING AND CURRENT ROW) AS framed FROM customer) AS q WHERE id BETWEEN 150 AND 160;
-- weeks are days / 7, exactly; fractions are fitted as they are; of days in weeks only alpha and the likelihood move
CREATE TABLE in_weeks AS SELECT clv_fit(a, DATE '2025-06-30', '{"unit": "week"}'::jsonb) AS w FROM stored;
SELECT w = (SELECT clv_fit(x, t_x / 7.0, t / 7.0, '{"unit": "week"}'::jsonb) FROM customer) AS as_fractions, rel(parameter(w, 'r'), parameter(m, 'r')) < 1e-7 AS r, rel(parameter(w, 'alpha') * 7, parameter(m, 'alpha')) < 1e-7 AS alpha,
       abs(log_likelihood(w) - log_likelihood(m) - ln(7) * (SELECT sum(x) FROM customer)) < 1e-6 AS log_likelihood, w::jsonb ->> 'unit' AS unit FROM in_weeks, model;
SELECT bool_and(rel(p_alive(w, a, '2025-06-30'), p_alive(m, a, '2025-06-30')) < 1e-6 AND rel(expected_purchases(w, a, '2025-06-30', 90), expected_purchases(m, a, '2025-06-30', 90)) < 1e-6
    AND rel(clv(w, s, a, '2025-06-30', 90, 0.1)::float8, clv(m, s, a, '2025-06-30', 90, 0.1)::float8) < 1e-6 AND rel(residual_purchases(w, a, '2025-06-30', 0.1), residual_purchases(m, a, '2025-06-30', 0.1)) < 1e-6) AS same_scores FROM stored, in_weeks, model;
-- k from the gaps of a ledger, or from their logarithms
SELECT clv_fit(x, t_x, t, 1::bigint, coalesce(log_gaps, 0), '{"model": "mbg/cnbd-k"}') = (SELECT clv_fit(a, DATE '2025-06-30', '{"model": "mbg/cnbd-k"}'::jsonb) FROM stored) AS same_k
FROM customer JOIN (SELECT id, sum(ln(day - before)) FILTER (WHERE before IS NOT NULL) AS log_gaps FROM (SELECT id, day, lag(day) OVER (PARTITION BY id ORDER BY day) AS before FROM (SELECT DISTINCT id, day FROM line) AS d) AS g GROUP BY id) AS gaps USING (id);
SELECT clv_fit(x, t_x, t, '{"model": "mbg/cnbd-k", "k": 1}'::jsonb)::jsonb - 'model' - 'k' = m::jsonb - 'model' AS k_1_is_mbg FROM customer, model GROUP BY m;

-- scores on an activity and on its figures
SELECT count(*) AS customers, bool_and(p_alive(m, a, d) = p_alive(m, x, t_x, t) AND expected_purchases(m, a, d, 30) = expected_purchases(m, x, t_x, t, 30) AND p_purchase(m, a, d, 30) = p_purchase(m, x, t_x, t, 30)
    AND purchases_quantile(m, a, d, 30, 0.75) = purchases_quantile(m, x, t_x, t, 30, 0.75) AND residual_purchases(m, a, d, 0.2) = residual_purchases(m, x, t_x, t, 0.2)
    AND expected_spend(s, a, d) = expected_spend(s, x, mean) AND clv(m, s, a, d, 30, 0.1, 0.4, 45, 0.02) = clv(m, s, x, t_x, t, mean, 30, 0.1, 0.4, 45, 0.02)
    AND residual_clv(m, s, a, d, 0.1, 0.4, 45, 0.02) = residual_clv(m, s, x, t_x, t, mean, 0.1, 0.4, 45, 0.02)) AS agree
FROM (SELECT *, DATE '2025-06-30' AS d, coalesce((monetary(a, '2025-06-30') - 100)::float8 / nullif(x, 0), 0) AS mean FROM customer JOIN stored USING (id)) AS q, model;
-- purchases after as_of do not exist
SELECT bool_and(p_alive(m, a, '2025-03-31') IS NOT DISTINCT FROM p_alive(m, before, '2025-03-31') AND expected_spend(s, a, '2025-03-31') IS NOT DISTINCT FROM expected_spend(s, before, '2025-03-31')) AS as_of
FROM stored LEFT JOIN (SELECT id, activity_agg(day, amount) AS before FROM line WHERE day <= '2025-03-31' GROUP BY id) AS b USING (id), model;
-- a new customer is one of x = 0, t = 0
SELECT expected_purchases(m, 30) = expected_purchases(m, 0, 0, 0, 30) AS expected, p_purchase(m, 30) = p_purchase(m, 0, 0, 0, 30) AS purchase FROM model;
-- terms: value = margin x (1 - loss) x spend x purchases x delay
SELECT clv(m, s, a, d, 90) = clv(m, s, a, d, 90, 0, 1, 0, 0) AS defaults, rel(clv(m, s, a, d, 90)::float8, expected_spend(s, a, d)::float8 * expected_purchases(m, a, d, 90)) < 1e-9 AS product,
       rel(clv(m, s, a, d, 90, margin => 0.3, loss_rate => 0.25)::float8, 0.225 * clv(m, s, a, d, 90)::float8) < 1e-9 AS margin_and_loss, clv(m, s, a, d, 90, margin => -0.3) = -clv(m, s, a, d, 90, margin => 0.3) AS loss_maker,
       rel(clv(m, s, a, d, 90, 0.1, pay_delay_days => 365.25)::float8, clv(m, s, a, d, 90, 0.1)::float8 / 1.1) < 1e-9 AS a_year_later, clv(m, s, a, d, 90, 0.1) < clv(m, s, a, d, 90) AS discounted,
       clv(m, s, a, d, 90, 0.1) > clv(m, s, a, d, 90)::float8 / 1.1 ^ (90 / 365.25) AS not_by_more, clv(m, s, a, d, 90, pay_delay_days => 1000) = clv(m, s, a, d, 90) AS no_rate, clv(m, s, a, d, 90, loss_rate => 1) AS all_lost
FROM stored, model, (SELECT DATE '2025-06-30' AS d) AS q WHERE id = 100;
-- a rate below zero makes later money worth more: halfway between today's and the end's
SELECT clv(m, s, a, d, 90, -0.05) > clv(m, s, a, d, 90) AS more, clv(m, s, a, d, 90, -0.05) < clv(m, s, a, d, 90)::float8 / 0.95 ^ (90 / 365.25) AS not_by_more, rel(clv(m, s, a, d, 90, -1e-9)::float8, clv(m, s, a, d, 90)::float8) < 1e-9 AS continuous,
       rel(clv('{"model": "bg/bb", "unit": "30 days", "alpha": 1, "beta": 2, "gamma": 1, "delta": 9}', s, 1, 2, 3, 20, 2, -0.5)::float8,
           expected_spend(s, 1, 20)::float8 * (e1 * 2 ^ (30 / 365.25) + (e2 - e1) * 2 ^ (60 / 365.25))) < 1e-9 AS bg_bb
FROM stored, model, (SELECT DATE '2025-06-30' AS d) AS q, (SELECT expected_purchases(b, 1, 2, 3, 1) AS e1, expected_purchases(b, 1, 2, 3, 2) AS e2 FROM (SELECT '{"model": "bg/bb", "unit": "30 days", "alpha": 1, "beta": 2, "gamma": 1, "delta": 9}'::clv_model AS b) AS q) AS e WHERE id = 100;
-- without end: a long horizon; more at a lower rate
SELECT rel(residual_clv(m, s, a, d, 0.2)::float8, clv(m, s, a, d, 200000, 0.2)::float8) < 1e-9 AS long_horizon, residual_clv(m, s, a, d, 0.1) > residual_clv(m, s, a, d, 0.2) AS rate,
       rel(residual_clv(m, s, a, d, 0.2)::float8, residual_purchases(m, a, d, 0.2) * expected_spend(s, a, d)::float8) < 1e-9 AS product, rel(residual_clv(m, s, a, d, 0.2, 0.5, 365.25, 0.1)::float8, 0.45 / 1.2 * residual_clv(m, s, a, d, 0.2)::float8) < 1e-9 AS terms
FROM stored, model, (SELECT DATE '2025-06-30' AS d) AS q WHERE id = 100;
-- explained: the figures that multiply to the value
SELECT x, t_x, t, r(discounted_purchases * expected_spend::float8 * margin_kept * not_lost * paid_later / value::float8) AS product, margin_kept, not_lost, r(paid_later, 6) AS paid_later, r(p_alive, 6) AS p_alive, round(mean_spend, 4) AS mean_spend, reason
FROM model, clv_explain(m, s, (SELECT a FROM stored WHERE id = 100), '2025-06-30', 90, 0.1, 0.4, 30, 0.02);
SELECT i, x, value IS NULL AS no_value, mean_spend, reason FROM model, (VALUES (1, '{2025-01-01:1:50.00}'::activity), (2, '{}'), (3, '{2025-07-01:1:50.00}'), (4, '{2025-01-01:1:50.00,2025-02-01:1:20.00,2025-02-10:0:-20.00}')) AS v (i, a),
    clv_explain(m, s, a, '2025-06-30', 90) ORDER BY i;
SELECT reason FROM model, clv_explain('{"model": "mbg/nbd", "status": "no time observed"}', s, '{2025-01-01:1:50.00}', '2025-06-30', 90);
SELECT reason FROM model, clv_explain(m, '{"status": "boundary: no finite mean spend"}', '{2025-01-01:1:50.00}', '2025-06-30', 90);
-- a credit note is no purchase and moves no day; it lowers the mean spend
SELECT p_alive(m, b, d) = p_alive(m, a, d) AS p_alive, expected_purchases(m, b, d, 90) = expected_purchases(m, a, d, 90) AS expected, expected_spend(s, b, d) < expected_spend(s, a, d) AS spend,
       clv_fit(b, d) OVER () = clv_fit(a, d) OVER () AS fit
FROM model, (SELECT '{2025-01-01:1:50.00,2025-02-01:1:20.00,2025-03-01:2:44.50}'::activity AS a, '{2025-01-01:1:50.00,2025-02-01:1:20.00,2025-03-01:2:44.50,2025-05-05:0:-10.00}'::activity AS b, DATE '2025-06-30' AS d) AS q;
-- whose mean spend is 0 or less is left out of the spend fit and counted
SELECT s::jsonb ->> 'n' AS n, s::jsonb ->> 'excluded' AS excluded FROM (SELECT spend_fit(x, m) AS s FROM (VALUES (1, 10.0), (2, 20), (3, 15), (4, 11), (1, 0), (2, -5), (0, 0), (0, 7)) AS v (x, m)) AS q;
SELECT s::jsonb ->> 'n' AS n, s::jsonb ->> 'excluded' AS excluded FROM (SELECT spend_fit(a, '2025-06-30') AS s FROM (VALUES ('{2025-01-01:1:50.00,2025-02-01:1:20.00,2025-02-10:0:-20.00}'::activity), ('{2025-01-01:1:50.00}'), ('{}'),
    ('{2025-01-01:1:50.00,2025-02-01:1:20.00}'), ('{2025-01-01:1:50.00,2025-02-01:1:20.00,2025-02-11:1:21.00}')) AS v (a)) AS q;

-- totals: sums of the scores; the same in any order; nobody to score
SELECT rel((expected_purchases_total(m, a, '2025-06-30', 90)).estimate, sum(expected_purchases(m, a, '2025-06-30', 90))) < 1e-9 AS purchases, rel((clv_total(m, s, a, '2025-06-30', 90)).estimate::float8, sum(clv(m, s, a, '2025-06-30', 90))::float8) < 1e-9 AS revenue,
       rel((clv_total(m, s, a, '2025-06-30', 90, 0.1, 0.4, 30, 0.02)).estimate::float8, sum(clv(m, s, a, '2025-06-30', 90, 0.1, 0.4, 30, 0.02))::float8) < 1e-9 AS terms,
       expected_purchases_total(m, a, '2025-06-30', 90 ORDER BY id) = expected_purchases_total(m, a, '2025-06-30', 90 ORDER BY -id) AS any_order FROM stored, model;
SELECT expected_purchases_total(m, x, t_x, t, 90) = (SELECT expected_purchases_total(m, a, '2025-06-30', 90) FROM stored, model) AS purchases,
       clv_total(m, s, x, t_x, t, mean, 90) = (SELECT clv_total(m, s, a, '2025-06-30', 90) FROM stored, model) AS revenue,
       clv_total(m, s, x, t_x, t, mean, 90, 0.1, 0.4, 30, 0.02) = (SELECT clv_total(m, s, a, '2025-06-30', 90, 0.1, 0.4, 30, 0.02) FROM stored, model) AS terms
FROM (SELECT *, coalesce((monetary(a, '2025-06-30') - 100)::float8 / nullif(x, 0), 0) AS mean FROM customer JOIN stored USING (id)) AS q, model;
-- the error by hand: gradient by differences, times the covariance
SELECT r(sqrt(sum(gi * gj * (c -> (i - 1)::int ->> (j - 1)::int)::float8)) / max(std_error), 5) AS delta_method FROM (SELECT std_error, m::jsonb -> 'covariance' AS c FROM model, (SELECT (expected_purchases_total(m, a, '2025-06-30', 90)).std_error FROM stored, model) AS e) AS q,
    (WITH g AS (SELECT i, sum(expected_purchases(jsonb_set(m::jsonb, ARRAY[p], to_jsonb(parameter(m, p) * 1.001))::clv_model, a, '2025-06-30', 90) - expected_purchases(jsonb_set(m::jsonb, ARRAY[p], to_jsonb(parameter(m, p) * 0.999))::clv_model, a, '2025-06-30', 90))
         / (max(parameter(m, p)) * 0.002) AS g FROM stored, model, unnest('{r,alpha,a,b}'::text[]) WITH ORDINALITY AS n (p, i) GROUP BY i) SELECT x.i, y.i AS j, x.g AS gi, y.g AS gj FROM g AS x, g AS y) AS pairs;
SELECT expected_purchases_total(m, NULL::activity, '2025-06-30', 90) IS NULL AS nulls, (SELECT clv_total(m, s, a, '2025-06-30', 90) FROM stored, model WHERE false) IS NULL AS no_row, expected_purchases_total('{"model": "mbg/nbd", "status": "no time observed"}', 1, 1, 2, 90) IS NULL AS no_answer,
       (expected_purchases_total('{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1}', 1, 1, 2, 90)).std_error IS NULL AS no_covariance FROM model;

-- models of different customers are independent: their variances add up
SELECT rel((mixed).estimate, (one).estimate + (other).estimate) < 1e-12 AS estimate, rel((mixed).std_error, sqrt((one).std_error ^ 2 + (other).std_error ^ 2)) < 1e-9 AS std_error, (mixed).customers
FROM (SELECT expected_purchases_total(CASE WHEN id % 2 = 0 THEN f ELSE m END, x, t_x, t, 90) AS mixed, expected_purchases_total(m, x, t_x, t, 90) FILTER (WHERE id % 2 = 1) AS one, expected_purchases_total(f, x, t_x, t, 90) FILTER (WHERE id % 2 = 0) AS other
      FROM customer, model, (SELECT clv_fit(x, t_x, t) AS f FROM customer WHERE id % 2 = 0) AS q) AS q;

-- whole portfolios
CREATE TABLE bulk AS SELECT portfolio_agg(id, day, amount) AS p FROM (SELECT id::bigint, day, amount FROM line UNION ALL VALUES (1000, DATE '2025-05-05', -5), (1, '2025-06-01', -20)) AS l;
SELECT clv_fit(p, '2025-06-30') = m AS defaults, clv_fit(p, '2025-06-30', '{"unit": "week"}') = w AS weeks, clv_fit(p, '2025-06-30', '{"model": "mbg/cnbd-k"}') = (SELECT clv_fit(a, DATE '2025-06-30', '{"model": "mbg/cnbd-k"}'::jsonb) FROM stored) AS k,
       clv_fit(p, '2025-06-30', '{"model": "bg/bb", "unit": "10 days"}') = (SELECT clv_fit(a, DATE '2025-06-30', '{"model": "bg/bb", "unit": "10 days"}'::jsonb) FROM stored) AS occasions,
       clv_fit(p, '2025-06-30', '{"model": "sbg", "unit": "10 days"}') = (SELECT clv_fit(a, DATE '2025-06-30', '{"model": "sbg", "unit": "10 days"}'::jsonb) FROM stored) AS renewals FROM bulk, model, in_weeks;
SELECT count(*) AS rows, count(*) FILTER (WHERE b.x = c.x AND b.t_x = c.t_x AND b.t = c.t AND b.p_alive = p_alive(m, a, '2025-06-30') AND b.expected_purchases = expected_purchases(m, a, '2025-06-30', 90) AND b.p_purchase = p_purchase(m, a, '2025-06-30', 90)) AS same
FROM bulk CROSS JOIN model CROSS JOIN clv_scores(p, m, '2025-06-30', 90) AS b LEFT JOIN customer AS c ON c.id = customer LEFT JOIN stored AS s ON s.id = customer;
SELECT customer, b.* IS NULL AS all_null, num_nulls(x, t_x, t, p_alive, expected_purchases, p_purchase) AS nulls FROM bulk, model, clv_scores(p, m, '2025-06-30', 90) AS b WHERE customer >= 1000 ORDER BY customer;
SELECT count(*) AS rows, count(x) AS x, count(p_alive) AS scored FROM bulk, clv_scores(p, '{"model": "mbg/nbd", "status": "no repeat purchases"}', '2025-06-30', 90);
SELECT r(sum(expected_purchases), 6) AS occasions, sum(x) AS x FROM bulk, clv_scores(p, '{"model": "bg/bb", "unit": "10 days", "alpha": 1, "beta": 2, "gamma": 1, "delta": 9}', '2025-06-30', 95);
SELECT clv_fit(NULL::portfolio, '2025-06-30') IS NULL AS fit, clv_fit(portfolio_agg(1, '2025-01-01', -5), '2025-06-30') IS NULL AS nobody_bought, (SELECT count(*) FROM clv_scores(NULL, m, '2025-06-30', 90)) AS scores FROM model GROUP BY m;

-- fits without an inner maximum have a status, keep what is known, and score nothing where nothing can be said
SELECT what, fit_status(m), (SELECT string_agg(name, ' ') FROM clv_params(m) WHERE estimate IS NOT NULL) AS known, p_alive(m, 1, 1, 2) IS NULL AS no_score, m::text::clv_model = m AS reads_back
FROM (SELECT 1 AS i, 'no repeats' AS what, clv_fit(0, 0, i) AS m FROM generate_series(1, 9) AS i UNION ALL SELECT 2, 'no time', clv_fit(i % 2, 0, 0) FROM generate_series(1, 9) AS i
      UNION ALL SELECT 3, 'one customer', clv_fit(3, 12, 20) UNION ALL SELECT 4, 'all the same', clv_fit(3, 12, 20) FROM generate_series(1, 99)
      UNION ALL SELECT 5, 'no drop-out', clv_fit(x, x * t / (x + 1), t) FROM (SELECT 5 * (1 + i % 5) + i / 5 % 5 - 2 AS x, 60 + i % 3 AS t FROM generate_series(1, 150) AS i) AS q
      UNION ALL SELECT 6, 'sbg, nobody renews', clv_fit(0, 0, i, '{"model": "sbg"}'::jsonb) FROM generate_series(1, 9) AS i UNION ALL SELECT 7, 'sbg, all renew', clv_fit(i, i, i, '{"model": "sbg"}'::jsonb) FROM generate_series(1, 9) AS i
      UNION ALL SELECT 9, 'bg/bb, always', clv_fit(i, i, i, '{"model": "bg/bb"}'::jsonb) FROM unnest('{4,5,5,5,5,6,6,6}'::int[]) AS i
      UNION ALL SELECT 8, 'pareto, no drop-out', clv_fit(x, x * t / (x + 1), t, '{"model": "pareto/nbd"}'::jsonb) FROM (SELECT 5 * (1 + i % 5) + i / 5 % 5 - 2 AS x, 60 + i % 3 AS t FROM generate_series(1, 150) AS i) AS q) AS q ORDER BY i;
SELECT what, fit_status(s) <> 'ok' AS not_ok, expected_spend(s, 1, 20) IS NULL AS no_score, s::text::spend_model = s AS reads_back
FROM (SELECT 1 AS i, 'no repeats' AS what, spend_fit(0, 0) AS s UNION ALL SELECT 2, 'no spread', spend_fit(2, 10) FROM generate_series(1, 9) UNION ALL SELECT 3, 'only credit', spend_fit(2, -10) FROM generate_series(1, 9)) AS q ORDER BY i;
SELECT num_nulls(p_alive(m, 1, 1, 2), expected_purchases(m, 1, 1, 2, 3), expected_purchases(m, 3), p_purchase(m, 1, 1, 2, 3), p_purchase(m, 3), purchases_quantile(m, 1, 1, 2, 3, 0.5), residual_purchases(m, 1, 1, 2, 0.1), clv(m, s, 1, 1, 2, 5, 3), residual_clv(m, s, 1, 1, 2, 5, 0.1),
       expected_spend(s, 1, 5), log_likelihood(m), aic(m), parameter(m, 'a'), parameter(s, 'q')) AS nulls_of_14
FROM (SELECT '{"model": "mbg/nbd", "r": 1, "alpha": 2, "status": "boundary: no drop-out"}'::clv_model AS m, '{"status": "boundary: no finite mean spend", "p": 1, "v": 3}'::spend_model AS s) AS q;
-- a rupiah more or less: the same spend in another currency has another v alone
SELECT bool_and(rel(parameter(a, n), parameter(b, n) * CASE n WHEN 'v' THEN 1e-9 ELSE 1 END) < 1e-6 AND fit_status(a) = fit_status(b)) AS same
FROM (SELECT spend_fit(x, mean) AS a, spend_fit(x, mean * 1e9) AS b FROM (SELECT 1 + i % 5 AS x, 10 + i * 37 % 100 AS mean FROM generate_series(1, 1000) AS i) AS q) AS q, unnest('{p,q,v}'::text[]) AS n;

-- null: rows are skipped; no customer makes no model; no answer to a null
SELECT clv_fit(x, t_x, t, n, 0, '{}') = (SELECT clv_fit(x, t_x, t) FROM (VALUES (2, 5, 9), (0, 0, 8), (1, 2, 7)) AS v (x, t_x, t)) AS skipped
FROM (VALUES (2, 5, 9, 1::bigint), (0, 0, 8, 1), (NULL, 1, 2, 1), (1, NULL, 2, 1), (1, 1, NULL, 1), (1, 2, 7, 1), (1, 1, 2, NULL), (1, 1, 2, 0)) AS v (x, t_x, t, n);
SELECT clv_fit(a, '2025-06-30') = (SELECT m FROM model) AS skipped FROM (SELECT a FROM stored UNION ALL VALUES (NULL), ('{}'::activity), ('{2025-07-01:1:5.00}'), ('{2025-05-01:0:-5.00}')) AS q;
SELECT num_nulls(clv_fit(a, '2025-06-30'), clv_fit(a, '2025-06-30', '{}'::jsonb), clv_fit(1, 1, 1), clv_fit(1, 1, 1, 1::bigint), clv_fit(1, 1, 1, '{}'::jsonb), clv_fit(1, 1, 1, 1::bigint, '{}'::jsonb), clv_fit(1, 1, 1, 1::bigint, 1, '{}'), spend_fit(a, '2025-06-30'), spend_fit(1, 1), spend_fit(1, 1, 1::bigint)) AS no_row
FROM stored WHERE false;
SELECT num_nulls(clv_fit(NULL::activity, '2025-06-30'), clv_fit(NULL, 1, 1), clv_fit(1, 1, 1, NULL::bigint), clv_fit(a, '2000-01-01'), spend_fit(NULL::activity, '2025-06-30'), spend_fit(1, NULL), spend_fit(1, 1, 0::bigint)) AS only_nulls_7 FROM stored;
SELECT num_nulls(p_alive(NULL, a, '2025-06-30'), p_alive(m, NULL, '2025-06-30'), p_alive(m, a, NULL), p_alive(m, 1, NULL, 2), expected_purchases(m, a, '2025-06-30', NULL), p_purchase(m, NULL::float8), purchases_quantile(m, a, '2025-06-30', 9, NULL), residual_purchases(m, a, '2025-06-30', NULL),
       expected_spend(NULL, a, '2025-06-30'), clv(m, s, a, '2025-06-30', 9, NULL), residual_clv(m, NULL, a, '2025-06-30', 0.1), parameter(m, NULL), p_alive(m, '{}', '2025-06-30'), p_alive(m, a, '2000-01-01'), NULL::jsonb::clv_model, NULL::spend_model::jsonb, m = NULL) AS nulls_of_17 FROM stored, model WHERE id = 1;

-- limits
SELECT r(p_alive(m, 1e9, 1e7, 1e7), 3) AS most, r(expected_purchases(m, 0, 0, 0, 1e7), 3) AS longest, p_alive(m, 0, 0, 0) < 1 AS at_once, r(p_alive(m, 3, 0, 0), 6) AS same_day, p_purchase(m, 1e-300) < 1e-290 AS shortest FROM model;
SELECT r(expected_purchases(m, 20000, 999.9, 1000, 365), 3) AS busy, purchases_quantile(m, 20000, 999.9, 1000, 365, 0) AS least, purchases_quantile(m, 20000, 900, 1000, 365, 0.999) AS gone, purchases_quantile(m, 20000, 999, 1000, 365, 0.999999) > purchases_quantile(m, 20000, 999, 1000, 365, 0.5) AS most FROM model;
-- nothing is singular where published forms divide by zero
SELECT kind, bool_and(rel(expected_purchases(format(j, kind, 1)::clv_model, x, t_x, 40, h), (expected_purchases(format(j, kind, 1 - 1e-6)::clv_model, x, t_x, 40, h) + expected_purchases(format(j, kind, 1 + 1e-6)::clv_model, x, t_x, 40, h)) / 2) < 1e-9) AS smooth
FROM (VALUES ('bg/nbd', '{"model": "%s", "r": 0.5, "alpha": 10, "a": %s, "b": 2}'), ('mbg/nbd', '{"model": "%s", "r": 0.5, "alpha": 10, "a": %s, "b": 1e-3}'), ('pareto/nbd', '{"model": "%s", "r": 0.5, "alpha": 10, "s": %s, "beta": 10}')) AS v (kind, j),
    (VALUES (0, 0), (2, 0), (3, 40), (20000, 39)) AS c (x, t_x), unnest('{1,365,36500}'::float8[]) AS h GROUP BY kind ORDER BY kind;
-- memory: distinct customers, not rows
SELECT fit_status(clv_fit(1 + i % 7, 10 + i % 11, 30 + i % 13, '{"max_mb": 1}'::jsonb)) FROM generate_series(1, 200000) AS i;
SELECT clv_fit(1 + i % 300, 400 + i / 300, 1000, '{"max_mb": 1}'::jsonb) FROM generate_series(1, 100000) AS i;
\echo :LAST_ERROR_SQLSTATE
SELECT clv_fit(1, 1 + i / 3.0, 1e6, '{"max_mb": 1}'::jsonb) FROM generate_series(1, 100000) AS i;
SELECT clv_fit(portfolio_agg(i, DATE '2025-01-01' + i % 5, 1), '2025-06-30', '{"max_mb": 1}') FROM generate_series(1, 100000) AS i;
SELECT fit_status(clv_fit(portfolio_agg(i, DATE '2025-01-01' + i % 5, 1), '2025-06-30', '{"max_mb": 2}')) FROM generate_series(1, 100000) AS i;
-- the number of customers is one that text, JSON and a double hold exactly
SELECT m::text::clv_model = m AS same, m::jsonb -> 'n' AS n FROM (SELECT clv_fit(i % 3, (i % 3) * 10, 100, 1::bigint << 40) AS m FROM generate_series(1, 8191) AS i) AS q;
SELECT clv_fit(i % 3, (i % 3) * 10, 100, 1::bigint << 40) FROM generate_series(1, 8200) AS i;
\echo :LAST_ERROR_SQLSTATE

-- errors: each once, naming the argument and the row's values
SELECT clv_fit(3, 12, 10);
\echo :LAST_ERROR_SQLSTATE
SELECT i, refused(q) FROM (VALUES (1, 'SELECT clv_fit(0, 5, 10)'), (2, 'SELECT clv_fit(1.5, 5, 10)'), (3, 'SELECT clv_fit(-1, 0, 10)'), (4, 'SELECT clv_fit(1, -1, 10)'), (5, 'SELECT clv_fit(0, 0, -1)'), (6, $$SELECT clv_fit(1, 'NaN', 10)$$),
    (7, $$SELECT clv_fit(1, 1, 'Infinity')$$), (8, 'SELECT clv_fit(2e9, 1, 10)'), (9, 'SELECT clv_fit(1, 1, 2e7)'), (10, 'SELECT clv_fit(1, 1, 2, -1::bigint)'), (11, 'SELECT clv_fit(1, 1, 2, 2::bigint << 40)'),
    (12, $$SELECT clv_fit(1, 1, 2, 1::bigint, 'NaN', '{}')$$), (13, $$SELECT clv_fit(1, 1, 2, 1::bigint, 1e13, '{}')$$), (14, $$SELECT clv_fit(1, 0.5, 2, '{"model": "sbg"}'::jsonb)$$), (15, $$SELECT clv_fit(1, 2, 2, '{"model": "sbg"}'::jsonb)$$),
    (16, $$SELECT clv_fit(3, 2, 2, '{"model": "bg/bb"}'::jsonb)$$), (17, $$SELECT clv_fit(3, 3, 1001, '{"model": "bg/bb"}'::jsonb)$$), (18, $$SELECT clv_fit(1, 1, 2, '{"model": "mbg/cnbd-k"}'::jsonb)$$), (19, $$SELECT spend_fit(1, 'NaN')$$), (20, 'SELECT spend_fit(1.5, 10)'),
    (21, 'SELECT spend_fit(1, 10, -1::bigint)'), (22, 'SELECT clv_fit(a, NULL) FROM stored'), (23, 'SELECT spend_fit(a, NULL) FROM stored'), (24, $$SELECT clv_fit(a, 'infinity') FROM stored$$), (25, 'SELECT clv_fit(1, 1, 2, NULL::jsonb)'),
    (26, $$SELECT clv_fit(a, DATE '2025-06-30' + id) FROM stored$$), (27, $$SELECT clv_fit(x, t_x, t, jsonb_build_object('max_mb', id)) FROM customer$$), (31, $$SELECT clv_fit(p, '2025-06-01') FROM bulk$$), (28, 'SELECT clv_fit(p, NULL) FROM bulk'), (29, $$SELECT clv_fit(p, '2025-06-30', NULL) FROM bulk$$),
    (30, $$SELECT spend_fit(a, DATE '2025-06-30' + id) FROM stored$$)) AS v (i, q) ORDER BY i;
-- options
SELECT i, refused(format('SELECT clv_fit(1, 1, 2, %L::jsonb)', o)) FROM unnest('{"{\"modell\": \"sbg\"}","{\"model\": \"ggom\"}","{\"model\": \"gamma-gamma\"}","{\"model\": 1}","{\"k\": 2}","{\"model\": \"mbg/cnbd-k\", \"k\": 13}","{\"model\": \"mbg/cnbd-k\", \"k\": 1.5}","{\"unit\": \"month\"}","{\"unit\": \"0 days\"}","{\"unit\": \"3661 days\"}","{\"unit\": \"7 days!\"}","{\"max_mb\": 0}","{\"max_mb\": 1001}","[]"}'::text[]) WITH ORDINALITY AS u (o, i) ORDER BY i;
-- scores
SELECT expected_purchases(m, 3, 12, 10, 30) FROM model;
\echo :LAST_ERROR_SQLSTATE
SELECT i, refused('SELECT ' || q || ' FROM model, stored, published WHERE id = 1 AND name = ''bg/bb''') FROM (VALUES (1, 'p_alive(model.m, 0, 1, 2)'), (2, $$p_alive(model.m, 1, 'NaN', 2)$$), (3, 'expected_purchases(model.m, 1, 1, 2, 0)'), (4, 'expected_purchases(model.m, 1, 1, 2, -3)'),
    (5, $$expected_purchases(model.m, 1, 1, 2, 'NaN')$$), (6, $$expected_purchases(model.m, 1, 1, 2, 'Infinity')$$), (7, 'p_purchase(model.m, 0)'), (8, 'expected_purchases(model.m, 1e8)'), (9, $$expected_purchases(model.m, a, '2025-06-30', 0)$$), (10, $$p_purchase(model.m, a, '2025-06-30', -1)$$),
    (11, $$expected_purchases(model.m, a, 'infinity', 9)$$), (12, 'purchases_quantile(model.m, 1, 1, 2, 3, 1)'), (13, 'purchases_quantile(model.m, 1, 1, 2, 3, -0.1)'), (14, $$purchases_quantile(model.m, 1, 1, 2, 3, 'NaN')$$), (15, 'residual_purchases(model.m, 1, 1, 2, 0)'),
    (16, 'residual_purchases(model.m, 1, 1, 2, -0.1)'), (17, $$residual_purchases(model.m, 1, 1, 2, 'Infinity')$$), (18, $$clv(model.m, s, a, '2025-06-30', 90, -1)$$), (19, $$clv(model.m, s, a, '2025-06-30', 90, 'NaN')$$), (20, $$clv(model.m, s, a, '2025-06-30', 90, 0, 'NaN')$$),
    (21, $$clv(model.m, s, a, '2025-06-30', 90, 0, 1, -1)$$), (22, $$clv(model.m, s, a, '2025-06-30', 90, 0, 1, 0, 1.1)$$), (23, $$clv(model.m, s, a, '2025-06-30', 90, 0, 1, 0, -0.1)$$), (24, $$clv(model.m, s, 1, 1, 2, 'NaN', 90)$$), (25, $$residual_clv(model.m, s, a, '2025-06-30', 0)$$),
    (26, 'expected_purchases(published.m, 1, 1, 2, 1.5)'), (27, 'expected_purchases(published.m, 1, 1.5, 2, 1)'), (28, 'expected_purchases(published.m, 1, 1, 2, 1001)'), (29, 'expected_spend(s, -1, 5)'), (30, $$expected_spend(s, 1, 'NaN')$$), (31, $$parameter(model.m, 's')$$), (32, $$parameter(s, 'r')$$),
    (33, '(SELECT count(*) FROM clv_params(model.m, 1))'), (34, $$(SELECT count(*) FROM clv_params(model.m, 'NaN'))$$), (35, $$(SELECT count(*) FROM bulk, clv_scores(p, NULL, '2025-06-30', 90))$$), (36, $$(SELECT count(*) FROM bulk, clv_scores(p, model.m, NULL, 90))$$), (37, $$(SELECT count(*) FROM bulk, clv_scores(p, model.m, '2025-06-30', NULL))$$),
    (38, $$(SELECT count(*) FROM bulk, clv_scores(p, model.m, '2025-06-30', 0))$$), (39, $$clv(model.m, s, a, '2025-06-30', 90, 0, -1e308)$$), (40, $$(SELECT value FROM clv_explain(model.m, s, a, '2025-06-30', 90, 0, -1e308))$$), (41, $$expected_purchases(published.m, a, '2025-06-30', 364)$$), (42, $$clv(model.m, s, a, '2025-06-30', 90, 8)$$), (43, $$clv(model.m, s, a, '2025-06-30', 90, 0, 35)$$), (44, $$(SELECT expected_purchases_total(model.m, b.a, DATE '2025-06-30' + b.id, 90) FROM stored AS b)$$), (45, $$(SELECT expected_purchases_total(model.m, b.a, '2025-06-30', 0) FROM stored AS b)$$)) AS v (i, q) ORDER BY i;
-- a model of the wrong kind cannot get into a function: the types differ
SELECT i, refused(q) FROM (VALUES (1, 'SELECT p_alive(s, 1, 1, 2) FROM model'), (2, 'SELECT expected_spend(m, 1, 1) FROM model'), (3, $$SELECT '{"model": "gamma-gamma", "p": 1, "q": 2, "v": 3}'::clv_model$$), (4, $$SELECT '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1}'::spend_model$$)) AS v (i, q) ORDER BY i;

-- text and JSON of models
SELECT m, m::text::clv_model = m AS text, m::jsonb::clv_model = m AS json FROM published ORDER BY name;
SELECT '{"model": "sbg", "alpha": 4, "beta": 1, "alpha": 5}'::clv_model;
SELECT '{"p": 6.25, "q": 3.74, "v": 15.44, "p": 6}'::spend_model;
SELECT '{"p": 6.25, "q": 3.74, "v": 15.44, "excluded": 2, "correlation": -0.25, "n": 946}'::spend_model AS spend, '{"r": 1e-15, "model": "mbg/cnbd-k", "k": 12, "alpha": 1e15, "a": 0.1, "b": 5e-5, "unit": "7 days", "status": "not converged"}'::clv_model AS limits;
SELECT '{"model": "mbg/nbd", "r": 1, "alpha": 2, "a": 3, "b": 4, "loglik": -10.5, "aic": 7, "n": 9, "iterations": 3, "covariance": [[1,0,0,0.5],[0,2,0,0],[0,0,3,0],[0.5,0,0,4]]}'::clv_model AS complete;
SELECT m::text::clv_model = m AS text, m::jsonb::clv_model = m AS json, s::text::spend_model = s AS spend, s::jsonb::spend_model = s AS spend_json, substr(clv_model_send(m), 2) = convert_to(m::text, 'UTF8') AS binary, get_byte(clv_model_send(m), 0) AS version, substr(spend_model_send(s), 2) = convert_to(s::text, 'UTF8') AS spend_binary FROM model;
SELECT i, refused(format('SELECT %L::clv_model', t)) FROM unnest(ARRAY['', '{}', '[1]', '{"model": "mbg/nbd"}', '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1}', '{"model": "mbg/nbd", "r": 0, "alpha": 1, "a": 1, "b": 1}', '{"model": "mbg/nbd", "r": -1, "alpha": 1, "a": 1, "b": 1}',
    '{"model": "mbg/nbd", "r": 1e16, "alpha": 1, "a": 1, "b": 1}', '{"model": "mbg/nbd", "r": 1e400, "alpha": 1, "a": 1, "b": 1}', '{"model": "mbg/nbd", "r": "1", "alpha": 1, "a": 1, "b": 1}', '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1, "s": 1}', '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1, "k": 2}',
    '{"model": "mbg/cnbd-k", "r": 1, "alpha": 1, "a": 1, "b": 1}', '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1, "unit": "year"}', '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1, "status": "fine"}', '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1, "n": -1}',
    '{"model": "mbg/nbd", "r": 1, "alpha": 1, "a": 1, "b": 1, "covariance": [[1]]}', '{"model": "sbg", "alpha": 1, "beta": 1, "covariance": [[1, 2], [3, 1]]}', '{"model": "sbg", "alpha": 1, "beta": 1, "covariance": [[-1, 0], [0, 1]]}', '{"model": "sbg", "alpha": 1, "beta": 1, "covariance": null}']) WITH ORDINALITY AS u (t, i) ORDER BY i;
SELECT i, refused(format('SELECT %L::spend_model', t)) FROM unnest(ARRAY['{}', '{"p": 1, "q": 2}', '{"p": 1, "q": 2, "v": 3, "unit": "day"}', '{"p": 1, "q": 2, "v": 3, "correlation": "x"}']) WITH ORDINALITY AS u (t, i) ORDER BY i;
SELECT string_agg(name || ' ' || coalesce(estimate::text, 'null') || ' ' || coalesce(std_error::text, 'null') || ' ' || coalesce(r(lower, 6)::text, 'null') || ' ' || coalesce(r(upper, 6)::text, 'null'), ', ') AS without_covariance FROM clv_params('{"model": "mbg/nbd", "r": 1, "alpha": 2, "status": "boundary: no drop-out"}'::clv_model);
-- interval on the log scale: 4 with an error of 2, factor exp(1.96 / 2)
SELECT r(lower, 6) AS lower, r(upper, 6) AS upper, r(4 / exp(1.959963984540054 / 2), 6) AS by_hand FROM clv_params('{"model": "sbg", "alpha": 4, "beta": 1, "covariance": [[4, 0], [0, 1]]}'::clv_model) WHERE name = 'alpha';
-- equality, hash
SELECT count(*) AS kept, count(DISTINCT m::text) AS texts FROM (SELECT m FROM published UNION SELECT m FROM published UNION SELECT m FROM model) AS q;
SELECT m <> (m::jsonb || '{"n": 7}')::clv_model AS n, m <> (m::jsonb || '{"unit": "week"}')::clv_model AS unit, m <> (m::jsonb - 'covariance')::clv_model AS covariance, s <> (s::jsonb || '{"excluded": 7}')::spend_model AS excluded FROM model;
CREATE TABLE by_model (m clv_model, s spend_model) PARTITION BY HASH (m, s);
CREATE TABLE by_model_0 PARTITION OF by_model FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_model_1 PARTITION OF by_model FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_model SELECT format('{"model":"sbg","alpha":%s,"beta":1}', i)::clv_model, format('{"p":1,"q":%s,"v":1}', i + 1)::spend_model FROM generate_series(1, 40) AS i;
SELECT count(*), count(DISTINCT tableoid) AS partitions FROM by_model;
CREATE INDEX ON by_model USING hash (m);
SET enable_seqscan = off;
SELECT s FROM by_model WHERE m = '{"model":"sbg","alpha":7,"beta":1}';
RESET enable_seqscan;

-- states: merged by hand they are the aggregate
SELECT clv_fit_finish(clv_fit_merge(clv_fit_add(clv_fit_add(NULL, 3, 12, 20), 0, 0, 30), clv_fit_add(NULL, 1, 2.5, 40))) = (SELECT clv_fit(x, t_x, t) FROM (VALUES (1, 2.5, 40), (3, 12, 20), (0, 0, 30)) AS v (x, t_x, t)) AS merged,
       spend_fit_finish(clv_fit_merge(spend_fit_add(NULL, 1, 10), spend_fit_add(spend_fit_add(NULL, 2, 30), 3, -1))) = (SELECT spend_fit(x, m) FROM (VALUES (1, 10), (2, 30), (3, -1)) AS v (x, m)) AS spend,
       clv_fit_add(s, NULL, 1, 2) = s AS unchanged, clv_fit_add(NULL::bytea, NULL, 1::float8, 2) IS NULL AS nothing, clv_fit_finish(NULL) IS NULL AS no_state FROM (SELECT clv_fit_add(NULL, 3, 12, 20) AS s) AS q;
SELECT (SELECT clv_fit_finish(a) FROM (SELECT clv_fit_merge(x, y) AS a) AS q) = (SELECT clv_fit_finish(a) FROM (SELECT clv_fit_merge(y, x) AS a) AS q) AS either_way
FROM (SELECT clv_fit_add(clv_fit_add(NULL, 3, 12, 20), 0, 0, 30) AS x, clv_fit_add(clv_fit_add(NULL, 3, 12.25, 20), 0, 0, 30) AS y) AS q;
SELECT expected_purchases_total_finish(clv_total_merge(expected_purchases_total_add(NULL, m, 1, 2, 3, 4), expected_purchases_total_add(NULL, m, 0, 0, 3, 4))) = (SELECT expected_purchases_total(m, x, x * 2, 3, 4) FROM generate_series(0, 1) AS x) AS total FROM model;
SELECT i, refused(q) FROM (VALUES (1, $$SELECT clv_fit_merge(clv_fit_add(NULL, 1, 1, 2, '{"unit": "week"}'::jsonb), clv_fit_add(NULL, 1, 1, 2))$$), (2, $$SELECT clv_fit_merge(clv_fit_add(NULL::bytea, '{2025-01-01:1:1.00}'::activity, '2025-01-31'), clv_fit_add(NULL::bytea, '{2025-01-01:1:1.00}'::activity, '2025-02-28'))$$),
    (3, 'SELECT clv_fit_merge(clv_fit_add(NULL, 1, 1, 2), spend_fit_add(NULL, 1, 1))'), (5, $$SELECT clv_fit_finish('\x')$$),
    (6, $$SELECT clv_fit_add('\x00', 1, 1, 2)$$), (7, $$SELECT clv_fit_merge('\x00', '\x00')$$), (8, $$SELECT clv_total_finish('\x')$$), (9, $$SELECT clv_total_merge('\x00', '\x00')$$)) AS v (i, q) ORDER BY i;
-- a state of one type cannot be finished as the other
CREATE AGGREGATE spend_as_clv(float8, float8) (SFUNC = spend_fit_add, STYPE = bytea, FINALFUNC = clv_fit_finish);
CREATE AGGREGATE clv_as_spend(float8, float8, float8) (SFUNC = clv_fit_add, STYPE = bytea, FINALFUNC = spend_fit_finish);
SELECT i, refused(q) FROM (VALUES (1, 'SELECT p_alive(spend_as_clv(1 + i % 5, 100 + i * 37 % 100 * 2), 1, 1, 2) FROM generate_series(1, 1000) AS i'), (2, 'SELECT expected_spend(clv_as_spend(x, t_x, t), 1, 10) FROM customer'),
    (3, 'SELECT clv_fit_finish(spend_fit_add(NULL, 1, 10))'), (4, 'SELECT spend_fit_finish(clv_fit_add(NULL, 3, 12, 20))')) AS v (i, q) ORDER BY i;
-- any other bytes are refused, or are those of another state; nothing else happens
CREATE FUNCTION answer(query text, state bytea, other bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    got text;
BEGIN
    EXECUTE query INTO got USING state, other;
    RETURN CASE WHEN got IS NULL THEN 'empty' ELSE 'answer' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION take(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT $2';
CREATE AGGREGATE forged(bytea) (SFUNC = take, STYPE = bytea, FINALFUNC = clv_fit_finish);
CREATE AGGREGATE forged_merge(bytea) (SFUNC = clv_fit_merge, STYPE = bytea, FINALFUNC = clv_fit_finish);
CREATE AGGREGATE forged_total(bytea) (SFUNC = take, STYPE = bytea, FINALFUNC = expected_purchases_total_finish);
CREATE TABLE asked (i int, total bool, query text);
INSERT INTO asked VALUES (1, false, 'SELECT clv_fit_finish($1)'), (2, false, 'SELECT clv_fit_finish(clv_fit_add($1, 1, 2, 3))'), (3, false, 'SELECT clv_fit_finish(clv_fit_merge($1, $2))'), (4, false, 'SELECT clv_fit_finish(clv_fit_merge($2, $1))'),
    (5, false, 'SELECT forged(s) FROM unnest(ARRAY[$2, $1]) AS s'), (6, false, 'SELECT forged_merge(s) FROM unnest(ARRAY[$1, $2]) AS s'), (7, false, 'SELECT forged_merge(s) FROM unnest(ARRAY[$2, $1]) AS s'), (8, false, 'SELECT spend_fit_finish(spend_fit_add($1, 2, 10))'),
    (9, true, 'SELECT expected_purchases_total_finish($1)'), (10, true, 'SELECT expected_purchases_total_finish(expected_purchases_total_add($1, m, 1, 2, 3, 4)) FROM model'), (11, true, 'SELECT expected_purchases_total_finish(clv_total_merge($1, $2))'), (12, true, 'SELECT forged_total(s) FROM unnest(ARRAY[$2, $1]) AS s'),
    (13, true, 'SELECT clv_total_finish($1)'), (14, true, 'SELECT expected_purchases_total_finish(clv_total_merge($2, $1))');
CREATE TABLE state AS SELECT false AS total, clv_fit_add(clv_fit_add(NULL, 1, 10, 100), 2, 20, 200) AS s UNION ALL SELECT true, expected_purchases_total_add(NULL, m, 1, 2, 3, 4) FROM model;
SELECT i, answer(query, s, s) AS whole, answer(query, '\x00', s) AS one_byte FROM asked JOIN state USING (total) ORDER BY i;
SELECT asked.i, answer(query, bytes, s) AS answer, count(*) FROM (SELECT decode(repeat(md5(i::text), i % 300), 'hex') AS bytes FROM generate_series(1, 300) AS i) AS random, asked JOIN state USING (total) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT asked.i, answer(query, substr(s, 1, cut), s) AS answer, count(*) > 10 AS many FROM asked JOIN state USING (total), generate_series(0, 400, 5) AS cut GROUP BY 1, 2 ORDER BY 1, 2;
SELECT asked.i, count(*) > 200 AS many, count(*) FILTER (WHERE answer IN ('22P03', '22023', '54000')) > 20 AS refused, string_agg(DISTINCT answer, ' ') FILTER (WHERE answer NOT IN ('22P03', '22023', '54000', 'answer', 'empty')) AS other
FROM (SELECT i, answer(query, set_byte(s, n, (get_byte(s, n) + d) % 256), s) AS answer FROM asked JOIN state USING (total), generate_series(0, length(s) - 1) AS n, unnest('{1,128,255}'::int[]) AS d WHERE n < 160 OR n % 64 = 6) AS asked GROUP BY i ORDER BY i;
