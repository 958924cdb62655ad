CREATE TABLE sale AS
SELECT row_number() OVER () AS line, nullif(customer_id, '')::numeric::int AS customer, invoice_date::date AS day, quantity * unit_price AS amount FROM raw;
SELECT count(*) = 541909 AND count(customer) = 406829 AND count(DISTINCT customer) = 4372, 'lines, lines with a customer, customers' FROM sale;

-- The ledger's total, to the last tenth of a penny; lines without a customer are a group of their own.
CREATE TABLE summary AS SELECT customer, activity_agg(day, amount) AS a FROM sale GROUP BY customer;
SELECT sum(monetary(a)) = 9747747.934 AND count(*) = 4373, 'total value of all customers and of none' FROM summary;
SELECT sum(monetary(a)) = 8300065.814, 'total value of the customers' FROM summary WHERE customer IS NOT NULL;
SELECT monetary(rollup(a)) = 9747747.934, 'total value, rolled up' FROM summary;
SELECT monetary(activity_agg(day, amount)) = 9747747.934, 'total value, in one summary' FROM sale;
SELECT sum(documents(a)) = (SELECT count(*) FROM sale WHERE amount > 0), 'purchases' FROM summary;

-- The questions against plain SQL, at two days; a customer who came later has nothing yet.
CREATE TABLE plain AS
SELECT as_of, customer, max(day) FILTER (WHERE amount > 0 AND day <= as_of) AS last, min(day) FILTER (WHERE amount > 0 AND day <= as_of) AS first,
       count(DISTINCT day) FILTER (WHERE amount > 0 AND day <= as_of) AS days, count(*) FILTER (WHERE amount > 0 AND day <= as_of) AS documents,
       coalesce(sum(amount) FILTER (WHERE day <= as_of), 0) AS value
FROM sale, unnest('{2011-06-30,2011-12-10}'::date[]) AS as_of GROUP BY as_of, customer;
SELECT count(*) = 4373 AND bool_and((recency(a, as_of), last_day(a, as_of), tenure(a, as_of), frequency(a, as_of), documents(a, as_of), monetary(a, as_of))
        IS NOT DISTINCT FROM (as_of - last, last, as_of - first, days::int, documents::int, value)),
    'facts at ' || as_of || ' are those of plain SQL'
FROM plain JOIN summary ON plain.customer IS NOT DISTINCT FROM summary.customer
GROUP BY as_of ORDER BY as_of;

-- Scores in one query, in both forms.
CREATE TABLE scored AS
WITH per_customer AS (SELECT customer, activity_agg(day, amount) AS a FROM sale WHERE customer IS NOT NULL GROUP BY customer)
SELECT customer, recency(a, '2011-12-10'), frequency(a), monetary(a), rfm_score(a, (SELECT rfm_fit(a, DATE '2011-12-10') FROM per_customer), DATE '2011-12-10') AS rfm
FROM per_customer;
CREATE TABLE bulk AS SELECT * FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM sale), DATE '2011-12-10');

SELECT count(*) = 4372 AND sum(monetary) = 8300065.814, 'every customer in the bulk form, with the whole value' FROM bulk;
SELECT count(*) = 4372, 'both forms: the same figures, scores and segments'
FROM scored AS s JOIN bulk AS b USING (customer)
WHERE (s.recency, s.frequency, s.monetary, (s.rfm).r, (s.rfm).f, (s.rfm).m, segment_of(s.rfm))
    IS NOT DISTINCT FROM (b.recency, b.frequency, b.monetary, b.r, b.f, b.m, b.segment);
SELECT count(*) = (SELECT count(*) FROM bulk WHERE frequency > 0) AND count(*) > 4300, 'scores as by percentile_cont'
FROM bulk, (
    SELECT percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY recency) AS rq,
           percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY frequency) AS fq,
           percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY monetary::float8) AS mq
    FROM bulk WHERE frequency > 0) AS q
WHERE r = 5 - (SELECT count(*) FROM unnest(rq) AS b WHERE b < recency)
    AND f = 1 + (SELECT count(*) FROM unnest(fq) AS b WHERE b < frequency)
    AND m = 1 + (SELECT count(*) FROM unnest(mq) AS b WHERE b < monetary::float8);
SELECT count(*) = 34 AND count(*) = (SELECT count(*) FROM (SELECT customer FROM sale WHERE customer IS NOT NULL GROUP BY customer HAVING max(amount) <= 0) AS q)
    AND bool_and(segment = 'prospect' AND r IS NULL), '34 customers without a purchase are prospects'
FROM bulk WHERE frequency = 0;

-- The R package rfm: breaks are quantiles (type 7) + 1, a value at a break goes up.
SELECT count(*) = (SELECT count(*) FROM bulk WHERE frequency > 0), 'rule of the R package rfm, every customer'
FROM (SELECT customer, rfm_score(a, (SELECT rfm_fit(a, DATE '2011-12-10', '{"method": "rfm_pkg"}'::jsonb) FROM summary WHERE customer IS NOT NULL), DATE '2011-12-10') AS ours
      FROM summary) AS s JOIN bulk USING (customer), (
    SELECT percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY recency) AS rq,
           percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY frequency) AS fq,
           percentile_cont('{0.2,0.4,0.6,0.8}'::float8[]) WITHIN GROUP (ORDER BY monetary::float8) AS mq
    FROM bulk WHERE frequency > 0) AS q
WHERE (ours).r = 5 - (SELECT count(*) FROM unnest(rq) AS b WHERE recency >= b + 1)
    AND (ours).f = 1 + (SELECT count(*) FROM unnest(fq) AS b WHERE frequency >= b + 1)
    AND (ours).m = 1 + (SELECT count(*) FROM unnest(mq) AS b WHERE monetary::float8 >= b + 1);

-- One check sum over all results of both forms, of the rows as they lie in a table.
CREATE FUNCTION results(source regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    sums text;
BEGIN
    EXECUTE format('WITH per_customer AS (SELECT customer, activity_agg(day, amount) AS a FROM %1$s GROUP BY customer),
        model AS (SELECT rfm_fit(a, DATE ''2011-12-10'') AS model FROM per_customer WHERE customer IS NOT NULL)
        SELECT concat_ws('' '',
            (SELECT md5(string_agg(concat_ws('':'', customer, a, rfm_score(a, model, DATE ''2011-12-10'')), '','' ORDER BY customer)) FROM per_customer, model),
            (SELECT md5(model::text) FROM model),
            (SELECT md5(string_agg(s::text, '','' ORDER BY customer)) FROM rfm_scores((SELECT portfolio_agg(customer, day, amount) FROM %1$s), DATE ''2011-12-10'') AS s))', source)
    INTO sums;
    RETURN sums;
END $$;
CREATE FUNCTION workers(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS off, TIMING off) ' || query LOOP
        IF line LIKE '%Workers Launched: 2%' THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE known AS SELECT results('sale') AS sums;
SELECT length(sums) = 3 * 32 + 2, 'check sums of all results' FROM known;

-- The order of rows changes nothing.
CREATE TABLE shuffled (LIKE sale);
INSERT INTO shuffled SELECT * FROM sale ORDER BY md5('1 ' || line);
SELECT results('shuffled') = sums, 'the same in a random order' FROM known;
TRUNCATE shuffled;
INSERT INTO shuffled SELECT * FROM sale ORDER BY md5('2 ' || line);
SELECT results('shuffled') = sums, 'and in another one' FROM known;
TRUNCATE shuffled;
INSERT INTO shuffled SELECT * FROM sale ORDER BY amount DESC, day DESC, line;
SELECT results('shuffled') = sums, 'and by falling amounts' FROM known;

-- Parallel workers find the same.
ANALYZE sale;
ALTER TABLE sale SET (parallel_workers = 2);
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT workers('SELECT customer, activity_agg(day, amount) FROM sale GROUP BY customer') AND workers('SELECT portfolio_agg(customer, day, amount) FROM sale'), 'two workers are at work';
SELECT results('sale') = sums, 'and find the same' FROM known;
