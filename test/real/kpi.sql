CREATE TABLE expected (as_of date, open_items int, open numeric, not_due numeric, sales numeric, dso float8, best float8, countback float8, dso_true float8, add_true float8, buckets numeric[]);
INSERT INTO expected VALUES
('2012-12-31', 99, 5725.06, 4867.11, 19196.81, 26.840678, 22.818369, 27.329907, 26.819847, 3.619051, '{4867.11,846.51,11.44,0}'),
('2013-06-30', 84, 5119.85, 4077.90, 19903.70, 23.150796, 18.439335, 26.257481, 26.908548, 3.664469, '{4077.90,1041.95,0,0}'),
('2013-11-30', 79, 4788.88, 4158.65, 18747.63, 22.989530, 19.964043, 22.573546, 26.199355, 3.481575, '{4158.65,630.23,0,0}');

CREATE TABLE figures AS
SELECT as_of, count(*) FILTER (WHERE settled > as_of) AS open_items, sum(amount) FILTER (WHERE settled > as_of) AS open, sum(amount) FILTER (WHERE settled > as_of AND due > as_of) AS not_due,
       sum(amount) FILTER (WHERE issued > as_of - 90) AS sales, ageing(amount, due, as_of, '{15,30}') FILTER (WHERE settled > as_of) AS a,
       dso_true(amount, issued, settled, as_of), add_true(amount, due, settled, as_of)
FROM ibm, expected WHERE issued <= as_of GROUP BY as_of;
CREATE TABLE months AS
SELECT as_of, array_agg(sales ORDER BY month DESC) AS sales
FROM (SELECT as_of, date_trunc('month', issued) AS month, sum(amount) AS sales FROM ibm, expected WHERE issued <= as_of GROUP BY 1, 2) AS q GROUP BY as_of;

SELECT count(*) = 3 AND bool_and(f.open_items = e.open_items AND f.open = e.open AND f.not_due = e.not_due AND f.sales = e.sales), 'IBM: open, not due and sales of 90 days at three days'
FROM figures AS f JOIN expected AS e USING (as_of);
SELECT count(*) = 3 AND bool_and(a[0] = buckets[1] AND a[1] = buckets[2] AND a[2] = buckets[3] AND a[3] = buckets[4]), 'IBM: ageing at three days'
FROM figures JOIN expected USING (as_of);
SELECT count(*) = 3 AND bool_and(abs(dso(f.open, f.sales, 90) - e.dso) < 1e-6 AND abs(best_possible_dso(f.not_due, f.sales, 90) - e.best) < 1e-6
        AND abs(add(f.open, f.not_due, f.sales, 90) - (e.dso - e.best)) < 2e-6), 'IBM: DSO, best possible DSO and days delinquent at three days'
FROM figures AS f JOIN expected AS e USING (as_of);
SELECT count(*) = 3 AND bool_and(abs(dso_countback_at(open, m.sales, as_of) - countback) < 1e-6), 'IBM: DSO by count-back at three days'
FROM expected JOIN months AS m USING (as_of);
SELECT count(*) = 3 AND bool_and(abs(f.dso_true - e.dso_true) < 1e-6 AND abs(f.add_true - e.add_true) < 1e-6), 'IBM: DSO and days late over items at three days'
FROM figures AS f JOIN expected AS e USING (as_of);
-- all settled: the file's own columns
SELECT abs(dso_true(amount, issued, settled, '2014-12-31') - (sum(amount * days_to_settle) / sum(amount))::float8) < 1e-12 AND abs(add_true(amount, due, settled, '2014-12-31') - (sum(amount * days_late) / sum(amount))::float8) < 1e-12,
    'IBM: means of the file''s days to settle and days late' FROM ibm;
