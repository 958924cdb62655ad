-- Calibration to 30 September 1997 (weeks 1 to 39), hold-out to 30 June 1998.
-- A line of 0.00 is a purchase to the papers, so it is given a cent here.
CREATE FUNCTION near(value float8, expected float8, tolerance float8 = 1e-6) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(abs(value - expected) <= tolerance * abs(expected), false)';
CREATE FUNCTION parameters(m clv_model) RETURNS float8[] LANGUAGE sql IMMUTABLE AS 'SELECT array_agg(estimate) FROM clv_params(m)';
CREATE FUNCTION errors(m clv_model) RETURNS float8[] LANGUAGE sql IMMUTABLE AS 'SELECT array_agg(std_error) FROM clv_params(m)';
CREATE FUNCTION all_near(value float8[], expected float8[], tolerance float8 = 1e-6) RETURNS bool LANGUAGE sql IMMUTABLE AS
'SELECT cardinality(value) = cardinality(expected) AND bool_and(near(v, e, tolerance)) FROM unnest(value, expected) AS q (v, e)';
CREATE FUNCTION rounded(value float8[], digits int = 3) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS 'SELECT array_agg(round(v::numeric, digits) ORDER BY i) FROM unnest(value) WITH ORDINALITY AS u (v, i)';

CREATE TABLE customer AS
SELECT customer, a, frequency(a, '1997-09-30') - 1 AS x, last_day(a, '1997-09-30') - first_day(a) AS t_x, tenure(a, '1997-09-30') AS t, frequency(a) - frequency(a, '1997-09-30') AS later
FROM (SELECT customer, activity_agg(day, greatest(amount, 0.01)) AS a FROM sale GROUP BY customer) AS q;
CREATE TABLE everybody AS SELECT customer, activity_agg(day, greatest(amount, 0.01)) AS a FROM master GROUP BY customer;
SELECT count(*) = 2357 AND sum(x) = 2457 AND sum(later) = 1882, 'customers, purchases, purchases of the hold-out' FROM customer;

-- Parameters: published, and at the maximum; weeks are days / 7
CREATE TABLE weeks AS SELECT k.kind, m FROM unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS k (kind), LATERAL (SELECT clv_fit(a, '1997-09-30', jsonb_build_object('model', k.kind, 'unit', 'week')) AS m FROM customer) AS f;
CREATE TABLE days AS SELECT k.kind, m FROM unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS k (kind), LATERAL (SELECT clv_fit(a, '1997-09-30', jsonb_build_object('model', k.kind)) AS m FROM customer) AS f;
SELECT bool_and(fit_status(m) = 'ok' AND (m::jsonb ->> 'n')::int = 2357), 'fits end well' FROM (SELECT m FROM weeks UNION ALL SELECT m FROM days) AS q;
SELECT rounded(parameters(m)) = expected AND round(log_likelihood(m)::numeric, 1) = loglik, kind || ': published parameters and log-likelihood'
FROM weeks JOIN (VALUES ('bg/nbd', '{0.243,4.414,0.793,2.426}'::numeric[], -9582.4), ('mbg/nbd', '{0.525,6.183,0.891,1.614}', -9582.1), ('pareto/nbd', '{0.553,10.578,0.606,11.669}', -9595.0)) AS v (kind, expected, loglik) USING (kind);
SELECT all_near(parameters(m), expected), kind || ': maximum in weeks' FROM weeks
JOIN (VALUES ('bg/nbd', '{0.242594522,4.41360202,0.792922017,2.42590678}'::float8[]), ('mbg/nbd', '{0.524843159,6.18308528,0.891359391,1.61400224}'), ('pareto/nbd', '{0.553277047,10.5776835,0.606239989,11.6687353}')) AS v (kind, expected) USING (kind);
SELECT abs(log_likelihood(m) - expected) < 1e-6, kind || ': log-likelihood in weeks' FROM weeks JOIN (VALUES ('bg/nbd', -9582.429207), ('mbg/nbd', -9582.135716), ('pareto/nbd', -9594.976179)) AS v (kind, expected) USING (kind);
SELECT all_near(errors(m), expected, 1e-3), kind || ': standard errors' FROM weeks
JOIN (VALUES ('bg/nbd', '{0.012557,0.37822,0.18573,0.70541}'::float8[]), ('mbg/nbd', '{0.083268,0.69562,0.15479,0.53749}'), ('pareto/nbd', '{0.047628,0.84272,0.18728,6.2111}')) AS v (kind, expected) USING (kind);
SELECT bool_and(m = same), 'the same from x, t_x / 7 and t / 7' FROM weeks, LATERAL (SELECT clv_fit(x, t_x / 7.0, t / 7.0, jsonb_build_object('model', kind, 'unit', 'week')) AS same FROM customer) AS f;
SELECT near(parameter(m, 'alpha'), alpha) AND (beta IS NULL OR near(parameter(m, 'beta'), beta)) AND abs(log_likelihood(m) - loglik) < 1e-6, kind || ': in days'
FROM days JOIN (VALUES ('bg/nbd', 30.8952141, NULL, -14363.530443), ('mbg/nbd', 43.281597, NULL, -14363.236952), ('pareto/nbd', 74.0437842, 81.681147, -14376.077415)) AS v (kind, alpha, beta, loglik) USING (kind);
SELECT bool_and(near(parameter(w.m, n), parameter(d.m, n))), 'days or weeks: the same r, a, b, s' FROM weeks AS w JOIN days AS d USING (kind), unnest('{r,a,b,s}'::text[]) AS n WHERE n = 'r' OR (n = 's') = (kind = 'pareto/nbd');
SELECT bool_and(all_near(parameters(m), expected) AND abs(log_likelihood(m) - loglik) < 1e-6), 'the summary printed with two decimals'
FROM (VALUES ('bg/nbd', '{0.242592907,4.41353156,0.792886148,2.42575344}'::float8[], -9582.425561), ('mbg/nbd', '{0.524837984,6.18299202,0.891356155,1.61399933}', -9582.132685)) AS v (kind, expected, loglik),
    LATERAL (SELECT clv_fit(x, t_x, t, jsonb_build_object('model', kind, 'unit', 'week')) AS m FROM summary) AS f;
SELECT count(*) = 23570, 'all 23,570 customers' FROM everybody;
SELECT all_near(parameters(m), '{0.25162396,33.5226007,0.72343358,2.16108836}') AND abs(log_likelihood(m) + 142726.059231) < 1e-6, 'their model, BG in days' FROM (SELECT clv_fit(a, '1997-09-30', '{"model": "bg/nbd"}') AS m FROM everybody) AS q;
SELECT (regular::jsonb ->> 'k')::int = 1 AND parameters(regular) = parameters(m) AND log_likelihood(regular) = log_likelihood(m), 'mbg/cnbd-k: purchases of records are irregular, k is 1'
FROM (SELECT clv_fit(a, '1997-09-30', '{"model": "mbg/cnbd-k"}') AS regular FROM customer) AS q, days WHERE kind = 'mbg/nbd';

-- Spend: repeat customers, two decimals as published
CREATE TABLE spend AS SELECT spend_fit(x, zbar) AS s FROM with_spend;
SELECT (s::jsonb ->> 'n')::int = 946 AND near(parameter(s, 'p'), 6.24880249) AND near(parameter(s, 'q'), 3.74458845) AND near(parameter(s, 'v'), 15.447748) AND abs(log_likelihood(s) + 4055.923244) < 1e-6, 'gamma-gamma' FROM spend;
SELECT round(parameter(s, 'p')::numeric, 2) = 6.25 AND round(parameter(s, 'q')::numeric, 2) = 3.74 AND round(parameter(s, 'v')::numeric, 1) = 15.4, 'gamma-gamma as published' FROM spend;
SELECT abs((s::jsonb ->> 'correlation')::float8 - (SELECT corr(x, zbar) FROM with_spend WHERE x > 0)) < 1e-12, 'correlation of frequency and spend' FROM spend;
SELECT bool_and(abs(expected_spend(s, x, zbar) - expected) < 0.1), 'conditional mean of the first ten customers'
FROM spend, unnest('{24.65,18.91,35.17,35.17,35.17,71.46,18.91,35.17,27.28,35.17}'::numeric[]) WITH ORDINALITY AS u (expected, customer) JOIN with_spend USING (customer);
SELECT count(*) = 2357, 'spend of everybody from the ledger, as from the figures'
FROM spend, customer JOIN (SELECT customer, (monetary(a, '1997-09-30') - amount_between(a, '-infinity', first_day(a)))::float8 AS repeat_value FROM customer) AS v USING (customer)
WHERE expected_spend(s, a, '1997-09-30') = expected_spend(s, x, CASE WHEN x > 0 THEN repeat_value / x ELSE 0 END);

-- Single customers
SELECT near(p_alive(m, x, t_x, t), 0.706126) AND near(expected_purchases(m, x, t_x, t, 39), 1.262669, 2e-6), 'customer 1: P(alive) and 39 weeks, MBG'
FROM summary, (SELECT clv_fit(x, t_x, t, '{"unit": "week"}'::jsonb) AS m FROM summary) AS q WHERE customer = 1;
SELECT near(expected_spend(s, x, zbar)::float8, 24.6586, 1e-5), 'customer 1: mean spend' FROM spend, with_spend WHERE customer = 1;
-- published with the packages' own optima, which end a little before the maximum
SELECT near(expected_purchases(m, 26, 30.857, 31, 52), purchases, 1e-4) AND near(p_alive(m, 26, 30.857, 31), alive, 1e-5), kind || ': customer 1516'
FROM weeks JOIN (VALUES ('pareto/nbd', 25.4541832736, 0.997873408), ('bg/nbd', 25.7565380518, 0.968852152)) AS v (kind, purchases, alive) USING (kind);
SELECT count(*) = 3 * 2357, 'scores of activities are those of their figures'
FROM weeks, customer WHERE near(p_alive(m, a, '1997-09-30'), p_alive(m, x, t_x / 7.0, t / 7.0), 1e-12) AND near(expected_purchases(m, a, '1997-09-30', 273), expected_purchases(m, x, t_x / 7.0, t / 7.0, 39), 1e-12);

-- Hold-out of 39 weeks by frequency
SELECT array_agg(customers ORDER BY x) = '{1411,439,214,100,62,38,29,64}' AND array_agg(round(actual, 3) ORDER BY x) = '{0.237,0.697,1.393,1.560,2.532,2.947,3.862,6.359}', 'hold-out by frequency: what came'
FROM (SELECT least(x, 7) AS x, count(*) AS customers, avg(later) AS actual FROM customer GROUP BY 1) AS q;
SELECT array_agg(round(predicted::numeric, 3) ORDER BY x) = '{0.225,0.523,1.044,1.520,2.164,2.654,3.504,6.157}', 'hold-out by frequency: what BG expected'
FROM (SELECT least(x, 7) AS x, avg(expected_purchases(m, a, '1997-09-30', 273)) AS predicted FROM customer, weeks WHERE kind = 'bg/nbd' GROUP BY 1) AS q;
SELECT round((total).estimate::numeric, digits) = estimate AND round((total).std_error) = coalesce(std_error, round((total).std_error)) AND (total).customers = 2357, kind || ': total of the hold-out and its error'
FROM (SELECT kind, expected_purchases_total(m, a, '1997-09-30', 273) AS total FROM weeks, customer GROUP BY kind) AS q
JOIN (VALUES ('bg/nbd', 1653.4, 1, 74), ('mbg/nbd', 1577, 0, 66), ('pareto/nbd', 1666, 0, NULL)) AS v (kind, estimate, digits, std_error) USING (kind);
SELECT near((total).estimate, sum, 1e-9), kind || ': the total is the sum of the scores'
FROM (SELECT kind, expected_purchases_total(m, a, '1997-09-30', 273) AS total, sum(expected_purchases(m, a, '1997-09-30', 273)) AS sum FROM weeks, customer GROUP BY kind) AS q;

-- The same from a portfolio, in any order, and in parallel
SELECT bool_and(clv_fit(p, '1997-09-30', jsonb_build_object('model', kind, 'unit', 'week')) = m), 'a portfolio has the same models' FROM weeks, (SELECT portfolio_agg(customer::bigint, day, greatest(amount, 0.01)) FILTER (WHERE day <= '1997-09-30') AS p FROM sale) AS q;
SELECT count(*) = 2357, 'and the same scores' FROM weeks, (SELECT portfolio_agg(customer::bigint, day, greatest(amount, 0.01)) FILTER (WHERE day <= '1997-09-30') AS p FROM sale) AS q, clv_scores(p, m, '1997-09-30', 273) AS b
JOIN customer AS c USING (customer) WHERE kind = 'mbg/nbd' AND b.x = c.x AND b.p_alive = p_alive(m, a, '1997-09-30') AND b.expected_purchases = expected_purchases(m, a, '1997-09-30', 273) AND b.p_purchase = p_purchase(m, a, '1997-09-30', 273);
SELECT bool_and(m::text = shuffled::text), 'the same models in another order of the rows' FROM weeks, LATERAL (SELECT clv_fit(a, '1997-09-30', jsonb_build_object('model', kind, 'unit', 'week') ORDER BY md5(customer::text)) AS shuffled FROM customer) AS f;
ANALYZE everybody;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT clv_fit(a, '1997-09-30') AS m, clv_fit(a, '1997-09-30', '{"unit": "week"}') AS w, spend_fit(a, '1997-09-30') AS s FROM everybody;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE parallel AS SELECT clv_fit(a, '1997-09-30') AS m, clv_fit(a, '1997-09-30', '{"unit": "week"}') AS w, spend_fit(a, '1997-09-30') AS s FROM everybody;
SELECT serial::text = parallel::text, 'the same models with parallel workers' FROM serial, parallel;
