-- Purchases until 30 September 1997, in weeks with two decimals as published:
-- x repeat days, t_x from the first to the last, T from the first to the cut,
-- zbar the mean value of the repeat days.
CREATE TABLE customer AS
SELECT customer, a, greatest(frequency(a, '1997-09-30') - 1, 0) AS x, last_day(a, '1997-09-30') - first_day(a) AS t_x,
       tenure(a, '1997-09-30') AS t, monetary(a, '1997-09-30') - amount_between(a, '-infinity', first_day(a)) AS repeat_value
FROM (SELECT customer, activity_agg(day, amount) AS a FROM sale GROUP BY customer) AS q;

-- A customer all of whose lines are of 0.00 has no purchase here; the published
-- summary counts such a line as the first one.
SELECT count(*) = 8 AND bool_and(documents = 0 AND lines = 1), 'eight customers have a single line, of 0.00'
FROM (SELECT customer, documents(a) AS documents, (SELECT count(*) FROM activity_days(a)) AS lines FROM customer WHERE t IS NULL) AS q;
UPDATE customer SET t_x = 0, repeat_value = 0, t = DATE '1997-09-30' - (SELECT min(day) FROM activity_days(a)) WHERE t IS NULL;

SELECT (SELECT count(*) FROM customer) = 2357, 'customers';
SELECT count(*) = 2357, 'x, t_x and T of all customers as published'
FROM customer AS c JOIN summary AS s USING (customer)
WHERE c.x = s.x AND round(c.t_x / 7.0, 2) = s.t_x AND round(c.t / 7.0, 2) = s.t;
SELECT count(*) = 2357, 'and mean repeat spend'
FROM customer AS c JOIN with_spend AS s USING (customer)
WHERE c.x = s.x AND round(c.t_x / 7.0, 2) = s.t_x AND round(c.t / 7.0, 2) = s.t
    AND round(CASE WHEN c.x > 0 THEN repeat_value / c.x ELSE 0 END, 2) = s.zbar;
SELECT sum(x) = 2457 AND count(*) FILTER (WHERE x > 0) = 946, 'sum of repeat purchases, customers with any' FROM customer;

-- The sample ends at 30 June 1998: what came after the cut is not seen by it.
SELECT bool_and((c.x, c.t_x, c.t) IS NOT DISTINCT FROM (before.x, before.t_x, before.t)), 'the same from the lines until the cut alone'
FROM customer AS c JOIN (
    SELECT customer, greatest(frequency(a) - 1, 0) AS x, coalesce(last_day(a) - first_day(a), 0) AS t_x,
           coalesce(tenure(a, '1997-09-30'), DATE '1997-09-30' - (SELECT min(day) FROM activity_days(a))) AS t
    FROM (SELECT customer, activity_agg(day, amount) AS a FROM sale WHERE day <= '1997-09-30' GROUP BY customer) AS q) AS before USING (customer);

-- All customers.
CREATE TABLE all_customers AS SELECT customer, activity_agg(day, amount) AS a FROM master GROUP BY customer;
SELECT count(*) = 23570 AND sum(monetary(a)) = 2500315.63 AND sum(documents(a)) = 69659 - 80, 'all 23,570 customers: value and purchases' FROM all_customers;
SELECT monetary(rollup(a)) = 2500315.63 AND documents(rollup(a)) = 69579, 'rolled up into one' FROM all_customers;
SELECT count(*) = 23570, 'the same as by plain SQL'
FROM all_customers JOIN (
    SELECT customer, max(day) FILTER (WHERE amount > 0) AS last, count(DISTINCT day) FILTER (WHERE amount > 0) AS days,
           min(day) FILTER (WHERE amount > 0) AS first, sum(amount) AS value FROM master GROUP BY customer) AS plain USING (customer)
WHERE (last_day(a), frequency(a), first_day(a), monetary(a)) IS NOT DISTINCT FROM (last, days::int, first, value);

-- The R package rfm: breaks are quantiles (type 7) + 1, a value at a break goes up.
CREATE TABLE fitted AS SELECT rfm_fit(a, DATE '1998-07-01', '{"method": "rfm_pkg"}'::jsonb) AS model FROM all_customers;
CREATE TABLE figures AS
SELECT customer, recency(a, '1998-07-01')::float8 AS r, frequency(a)::float8 AS f, monetary(a)::float8 AS m, rfm_score(a, model, DATE '1998-07-01') AS ours
FROM all_customers, fitted;
SELECT count(*) = (SELECT count(*) FROM figures WHERE f > 0) AND count(*) > 23000, 'rule of the R package rfm, every customer'
FROM figures, (
    SELECT percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY r) AS rq,
           percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY f) AS fq,
           percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY m) AS mq
    FROM figures WHERE f > 0) AS q
WHERE (ours).r = 5 - (SELECT count(*) FROM unnest(rq) AS b WHERE r >= b + 1)
    AND (ours).f = 1 + (SELECT count(*) FROM unnest(fq) AS b WHERE f >= b + 1)
    AND (ours).m = 1 + (SELECT count(*) FROM unnest(mq) AS b WHERE m >= b + 1);
SELECT bool_and(ours IS NULL), 'no purchase, no scores' FROM figures WHERE f = 0;
