SELECT count(*) = 2466 AND sum(amount) = 147703.18, 'IBM: invoices and their total' FROM ibm;
SELECT count(*) = 2466 AND count(*) FILTER (WHERE days_late > 0) = 877, 'IBM: days late and days to settle of every row, from its dates'
FROM ibm WHERE days_late = greatest(settled - due, 0) AND days_to_settle = settled - issued;

-- A bucket for each number of days late: the file's own column, row by row.
SELECT count(*) = 2466, 'IBM: bucket at the day of settlement is the file''s days late'
FROM ibm, (SELECT array_agg(i ORDER BY i) AS days FROM generate_series(0, 60) AS i) AS b
WHERE CASE WHEN settled < due THEN ageing_bucket(settled, due, days) = 0 AND days_late = 0
    ELSE ageing_bucket(settled, due, days) = days_late + 1 END;

-- Open at a day: issued until then and settled later.  Buckets of 30 days.
CREATE TABLE aged AS
SELECT as_of, a, outstanding, plain
FROM unnest('{2012-01-31,2012-06-30,2012-12-31,2013-06-30,2013-12-31,2014-06-30}'::date[]) AS as_of, LATERAL (
    SELECT ageing(amount, due, as_of, '{30,60,90}') AS a, sum(amount) AS outstanding,
           ARRAY[sum(amount) FILTER (WHERE as_of - due < 0), sum(amount) FILTER (WHERE as_of - due BETWEEN 0 AND 30), sum(amount) FILTER (WHERE as_of - due BETWEEN 31 AND 60),
                 sum(amount) FILTER (WHERE as_of - due BETWEEN 61 AND 90), sum(amount) FILTER (WHERE as_of - due > 90)] AS plain
    FROM ibm WHERE issued <= as_of AND settled > as_of OFFSET 0) AS q;
SELECT bool_and(CASE WHEN outstanding IS NULL THEN a IS NULL ELSE array_lower(a, 1) = 0 AND array_upper(a, 1) = 4 AND
        a[0] + a[1] + a[2] + a[3] + a[4] = outstanding END) AND count(outstanding) >= 4, 'IBM: buckets add up to what is open, at six days' FROM aged;
SELECT bool_and(outstanding IS NULL OR (SELECT bool_and(a[i] = coalesce(plain[i + 1], 0)) FROM generate_series(0, 4) AS i)), 'IBM: each bucket as by FILTER' FROM aged;
-- As if all were open for ever.
SELECT a[0] + a[1] + a[2] + a[3] + a[4] + a[5] = 147703.18 AND a[0] > 0 AND a[5] > 0, 'IBM: all invoices at one day'
FROM (SELECT ageing(amount, due, '2013-06-30', '{30,60,90,120}') AS a FROM ibm) AS q;

SELECT count(*) = 9681 AND sum(amount) = 310427858.973999998430616, 'HighRadius: open invoices and their total' FROM highradius;
SELECT bool_and((SELECT sum(part) FROM unnest(a) AS part) = outstanding) AND count(*) = 5, 'HighRadius: buckets add up exactly, at five days, tails of digits too'
FROM (SELECT as_of, ageing(amount, due, as_of, '{0,15,30,45,60,90}') AS a, sum(amount) AS outstanding
      FROM highradius, unnest('{2020-02-26,2020-03-31,2020-05-22,2020-07-10,2021-01-01}'::date[]) AS as_of GROUP BY as_of) AS q;
SELECT count(*) = 694 AND bool_and((SELECT sum(part) FROM unnest(a) AS part) = outstanding) AND sum(a[0] + a[1] + a[2] + a[3]) = 310427858.973999998430616,
    'HighRadius: and for each of 694 customers'
FROM (SELECT customer, ageing(amount, due, '2020-05-22', '{30,60}') AS a, sum(amount) AS outstanding FROM highradius GROUP BY customer) AS q;
SELECT a[0] = not_due AND a[1] = to_30 AND a[2] = to_60 AND a[3] = over_60, 'HighRadius: each bucket as by FILTER'
FROM (SELECT ageing(amount, due, '2020-05-22', '{30,60}') AS a,
             sum(amount) FILTER (WHERE due > '2020-05-22') AS not_due, sum(amount) FILTER (WHERE due BETWEEN '2020-04-22' AND '2020-05-22') AS to_30,
             sum(amount) FILTER (WHERE due BETWEEN '2020-03-23' AND '2020-04-21') AS to_60, sum(amount) FILTER (WHERE due < '2020-03-23') AS over_60
      FROM highradius) AS q;
SELECT ageing(amount, due, '2020-05-22', '{30,60}') = (SELECT ageing(amount, due, '2020-05-22', '{30,60}' ORDER BY md5(row_number::text)) FROM highradius),
    'HighRadius: in any order'
FROM highradius;
