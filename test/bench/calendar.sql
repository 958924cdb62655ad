-- calendar.sql: business days by the function against a table of numbered days.
-- Variables: invoices, the number of rows.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE issued AS
SELECT id, DATE '2015-01-01' + floor(4000 * bench.random(id, 41))::int AS day,
	DATE '2015-01-01' + floor(4000 * bench.random(id, 42))::int AS paid
FROM generate_series(1, :invoices) AS id;
VACUUM (FREEZE, ANALYZE) issued;

-- Every day with the number of business days up to it, and the business days by number.
CREATE UNLOGGED TABLE calendar_day AS
SELECT day::date AS day, sum(is_business_day(day::date, 'FR')::int) OVER (ORDER BY day)::int AS n,
	is_business_day(day::date, 'FR') AS worked
FROM generate_series(DATE '2014-01-01', DATE '2028-12-31', '1 day') AS t (day);
CREATE UNLOGGED TABLE numbered_day AS
SELECT day, row_number() OVER (ORDER BY day)::int AS n FROM calendar_day WHERE worked;
ALTER TABLE calendar_day ADD PRIMARY KEY (day);
ALTER TABLE numbered_day ADD PRIMARY KEY (n);
VACUUM (FREEZE, ANALYZE) calendar_day;
VACUUM (FREEZE, ANALYZE) numbered_day;

INSERT INTO bench.query (name, plan, sql) VALUES
('dates as they are', '^Seq Scan on issued', 'SELECT id, day FROM issued'),
('add 5 business days', '^Seq Scan on issued',
$$SELECT id, add_business_days(day, 5, 'FR') FROM issued$$),
('add 5 by joins', '^Hash Join',
$$SELECT id, b.day FROM issued AS i JOIN calendar_day AS c USING (day) JOIN numbered_day AS b ON b.n = c.n + 5$$),
('business days between', '^Seq Scan on issued',
$$SELECT id, business_days_between(day, paid, 'FR') FROM issued$$),
('between by joins', '^Hash Join',
$$SELECT id, p.n - c.n FROM issued AS i JOIN calendar_day AS c USING (day) JOIN calendar_day AS p ON p.day = i.paid$$),
('schedule', '^Seq Scan on issued',
$$SELECT id, roll(day, 'FR'), add_business_days(day, 5, 'FR'), add_business_days(day, 10, 'FR') FROM issued$$),
('schedule by joins', '^Hash Join',
$$SELECT id, a.day, b.day AS first, d.day AS second FROM issued AS i JOIN calendar_day AS c USING (day)
	JOIN numbered_day AS a ON a.n = c.n + CASE WHEN c.worked THEN 0 ELSE 1 END
	JOIN numbered_day AS b ON b.n = c.n + 5 JOIN numbered_day AS d ON d.n = c.n + 10$$),
('due date', '^Seq Scan on issued',
$$SELECT id, due_date(day, '45 days end of month', 'FR') FROM issued$$),
('due date by a join', '^Hash Join',
$$SELECT id, b.day FROM issued AS i
	JOIN calendar_day AS c ON c.day = (date_trunc('month', i.day + 45) + interval '1 month -1 day')::date
	JOIN numbered_day AS b ON b.n = c.n + CASE WHEN c.worked THEN 0 ELSE 1 END$$),
('is worked', '^Seq Scan on issued',
$$SELECT id, is_business_day(day, 'FR') FROM issued$$),
('is worked by a join', '^Hash Join',
$$SELECT id, worked FROM issued JOIN calendar_day USING (day)$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('add 5 business days', 'add 5 by joins'), ('business days between', 'between by joins'),
	('schedule', 'schedule by joins'), ('due date', 'due date by a join'), ('is worked', 'is worked by a join')) \g /dev/null

SELECT bench.compare('three dates a row / joins with numbered days', 'schedule', 'schedule by joins', 0.2);
SELECT bench.compare('due_date with a calendar / date_trunc and joins', 'due date', 'due date by a join', 0.2);
-- The scan of the table alone takes a fifth of a join that asks for one date.
SELECT bench.compare('add_business_days / joins, both over the scan', 'add 5 business days', 'add 5 by joins', 0.2, 'dates as they are');
SELECT bench.compare('business_days_between / joins, both over the scan', 'business days between', 'between by joins', 0.2, 'dates as they are');
SELECT 'shown, not judged:';
SELECT bench.compare('the scan / joins with numbered days', 'dates as they are', 'add 5 by joins');
SELECT bench.compare('add_business_days / joins with numbered days', 'add 5 business days', 'add 5 by joins');
SELECT bench.compare('business_days_between / joins with numbered days', 'business days between', 'between by joins');
SELECT bench.compare('is_business_day / join with a table of days', 'is worked', 'is worked by a join');
