CREATE SCHEMA test_calendar;
SET search_path = test_calendar, public;
SET datestyle = 'ISO';

-- business days in France and in the payment system of the ECB
SELECT day, roll(day, 'TARGET') AS target, roll(day, 'FR') AS france
FROM unnest('{2025-04-18,2025-05-08,2025-12-26}'::date[]) AS day;
SELECT add_business_days(DATE '2025-04-30', 5, 'FR') AS n_before_calendar, add_business_days(DATE '2025-04-30', 'FR', 5) AS n_after;
SELECT is_business_day('2025-05-01', 'FR') AS labour_day, is_business_day(DATE '2025-05-02', 'FR') AS friday,
       is_business_day('2025-05-03', 'FR') AS saturday, is_business_day('2025-04-18', 'FR') AS good_friday,
       is_business_day('2025-04-18', 'FR-ALSACE') AS in_alsace;
SELECT day, next_business_day(day, 'FR') AS next, previous_business_day(day, 'FR') AS previous,
       roll(day, 'FR') AS same_or_next, add_business_days(day, 0, 'FR') AS plus_0, add_business_days(day, 1, 'FR') AS plus_1,
       add_business_days(day, -1, 'FR') AS minus_1
FROM unnest('{2025-05-07,2025-05-08,2025-05-10}'::date[]) AS day;
SELECT business_days_between('2025-04-30', '2025-05-09', 'FR') AS forth, business_days_between('2025-05-09', '2025-04-30', 'FR') AS back,
       business_days_between('2025-05-01', '2025-05-01', 'FR') AS none, business_days_between('2025-05-02', '2025-05-05', 'FR') AS monday;
SELECT day, roll(day, 'FR', 'preceding') AS preceding, roll(day, 'FR', 'modified_following') AS modified_following,
       roll(day, 'FR', 'modified') AS modified, roll(day, 'FR', 'modified following') AS in_words, roll(day, 'FR', 'modified_preceding') AS modified_preceding, roll(day, 'FR', 'none') AS none
FROM unnest('{2025-05-31,2025-06-01,2025-06-03}'::date[]) AS day;

-- Easter
SELECT day FROM calendar_holidays('{"holidays": [{"easter": 0}]}', '2024-01-01', '2027-12-31');

-- due dates: the two readings of 45 days end of month
SELECT issued, due_date(issued, '45 days end of month') AS a, due_date(issued, 'end of month 45 days') AS b
FROM unnest('{2025-03-10,2025-04-10,2011-10-05,2011-10-22,2023-01-15}'::date[]) AS issued;
SELECT terms, due_date('2025-01-31', terms) AS due, due_date('2025-01-31', terms, 'FR') AS rolled,
       due_date('2025-01-31', terms, 'FR', 'preceding') AS before
FROM unnest(ARRAY['30 days', 'net 30', '30 days net', '45 jours fin de mois', 'fin de mois 45 jours', '30 jours', 'à réception', 'end of month', '2 months',
                  '1 month end of month', 'on receipt', 'immediate', '30 days the 15th', '60 days day 15', '6 weeks', '90 days']) WITH ORDINALITY AS t (terms, i)
ORDER BY i;
SELECT * FROM due_dates('2025-01-15', '30% 30 days, 70% 60 days');
SELECT * FROM due_dates('2025-01-15', '33.33% on receipt; 33.33% 1 month; rest end of month', 'TARGET');
SELECT * FROM due_dates('2025-01-15', '30 days');
SELECT country, rule, terms, due_date('2025-03-10', terms) AS due FROM statutory_terms() WHERE country = 'FR';
SELECT count(*) AS not_read FROM statutory_terms() WHERE due_date('2025-03-10', terms) IS NULL;

-- calendars
SELECT 'FR'::business_calendar AS name, ' target '::business_calendar AS other_case, '"FR"'::jsonb::business_calendar AS from_json;
SELECT name, calendar FROM business_calendars();
SELECT 'TARGET'::business_calendar::jsonb;
SELECT '{"union": ["FR", "target", "FR"], "holidays": [{"name": "Bridge", "date": "2025-05-02"}], "working_days": ["2025-06-09", "2025-01-04", "2025-06-09"]}'::business_calendar;
SELECT '{"weekend": [7, 5, 7], "holidays": [{"day": 1, "month": 1, "observed": "nearest", "from": 2000, "to": 2020, "every": 4, "on": [7, 6], "source": "law \"1\""},
       {"weekday": 4, "month": 11, "nth": -1}, {"easter": -2}]}'::business_calendar;
SELECT '{}'::business_calendar AS plain, '{"weekend": []}'::business_calendar AS every_day, '{"union": ["FR"]}'::business_calendar AS a_name;
SELECT calendar::text::business_calendar = calendar AS text, calendar::jsonb::business_calendar::jsonb = calendar::jsonb AS json
FROM business_calendars() WHERE name IN ('FR', 'UK') UNION ALL
SELECT c::text::business_calendar = c, c::jsonb::business_calendar = c
FROM (SELECT '{"union": ["FR"], "holidays": [{"date": "2025-05-02"}], "working_days": ["2025-01-04"]}'::business_calendar) AS v (c);
SELECT 'FR'::business_calendar = 'fr' AS same, 'FR'::business_calendar <> 'BE' AS other, 'FR'::business_calendar = 'FR'::business_calendar::jsonb::business_calendar AS name_is_not_its_rules;
SELECT count(DISTINCT c::text), count(*) FROM (SELECT calendar FROM business_calendars() UNION SELECT calendar FROM business_calendars()) AS v (c);
SELECT * FROM calendar_holidays('{"union": ["FR", "TARGET"], "holidays": [{"date": "2025-05-02"}], "working_days": ["2025-06-09"]}', '2025-04-01', '2025-06-30');
SELECT * FROM calendar_holidays('UK', '2021-12-01', '2023-01-31');
SELECT * FROM calendar_holidays('US', '2021-06-01', '2021-12-31');
SELECT count(*) FROM calendar_holidays('FR', '2025-12-31', '2025-01-01');
-- a frozen calendar has the same days
SELECT count(*) AS days, count(*) FILTER (WHERE is_business_day(day::date, calendar) <> is_business_day(day::date, calendar::jsonb::business_calendar)) AS other
FROM business_calendars(), generate_series(DATE '1990-01-01', DATE '2100-12-31', '1 day') AS day;
-- a calendar of each row
SELECT count(*) FILTER (WHERE is_business_day('2025-12-26', calendar)) AS worked, count(*) FILTER (WHERE NOT is_business_day('2025-12-26', calendar)) AS off
FROM business_calendars(), generate_series(1, 20);

-- null
SELECT is_business_day(NULL, 'FR') IS NULL AS day, add_business_days('2025-01-01', NULL::int, 'FR') IS NULL AS n, roll('2025-01-01', NULL) IS NULL AS calendar,
       roll('2025-01-01', 'FR', NULL) IS NULL AS convention, due_date(NULL, '30 days') IS NULL AS issued, due_date('2025-01-01', NULL) IS NULL AS terms,
       due_date('2025-01-01', '30 days', 'FR', NULL) IS NULL AS due_convention, due_date('2025-01-01', '30 days', NULL) AS no_calendar,
       (SELECT count(*) FROM due_dates(NULL, '30 days')) AS parts, (SELECT count(*) FROM calendar_holidays(NULL, '2025-01-01', '2025-12-31')) AS holidays;

-- limits
SELECT is_business_day('1583-01-03', 'FR') AS first, is_business_day('2599-12-31', 'FR') AS last;
SELECT is_business_day('1582-12-31', 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT roll('2600-01-01', 'FR', 'none');
\echo :LAST_ERROR_SQLSTATE
SELECT business_days_between('2025-01-01', '2600-01-01', 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT add_business_days('2599-12-31', 1, 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT add_business_days('2025-01-01', 2147483647, 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT add_business_days('2025-01-01', -2147483648, 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT next_business_day('infinity', 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM calendar_holidays('FR', '-infinity', '2025-01-01');
\echo :LAST_ERROR_SQLSTATE
SELECT due_date('infinity', '30 days');
\echo :LAST_ERROR_SQLSTATE
SELECT due_date('9999-12-31', '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT due_date('9999-12-31', 'end of month') AS without_calendar;
SELECT due_date('9999-12-31', 'end of month', 'FR');
\echo :LAST_ERROR_SQLSTATE
SELECT next_business_day('2025-01-01', jsonb_build_object('weekend', '[1,2,3,4,5,6]'::jsonb, 'holidays', jsonb_agg(jsonb_build_object('month', m, 'weekday', 7, 'nth', n)))::business_calendar)
FROM generate_series(1, 12) AS m, generate_series(1, 5) AS n;
\echo :LAST_ERROR_SQLSTATE
SELECT length(jsonb_build_object('holidays', jsonb_agg(jsonb_build_object('date', DATE '2000-01-01' + i)))::business_calendar::text) AS thousand FROM generate_series(1, 1000) AS i;
SELECT jsonb_build_object('holidays', jsonb_agg(jsonb_build_object('date', DATE '2000-01-01' + i)))::business_calendar FROM generate_series(1, 1001) AS i;
\echo :LAST_ERROR_SQLSTATE
SELECT jsonb_build_object('holidays', jsonb_agg(jsonb_build_object('date', DATE '2000-01-01' + i, 'name', repeat('x', 500))))::business_calendar FROM generate_series(1, 200) AS i;
\echo :LAST_ERROR_SQLSTATE

-- errors
SELECT 'Atlantis'::business_calendar;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::business_calendar;
SELECT '[1]'::business_calendar;
SELECT '{"weekend": [1, 2, 3, 4, 5, 6, 7]}'::business_calendar;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"union": ["FR"], "weekend": [1, 2, 3, 4, 5]}'::business_calendar;
SELECT '{"weekends": [6]}'::business_calendar;
SELECT ' {"holidays": [{"month": 5, "day": 1, "month": 6}]}'::business_calendar;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"weekend": [0]}'::business_calendar;
SELECT '{"union": "FR"}'::business_calendar;
SELECT '{"union": ["FR", "XX"]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "day": 1}, {"month": 2, "day": 30}]}'::business_calendar;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"holidays": [1]}'::business_calendar;
SELECT '{"holidays": [{"name": "x"}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "weekday": 1}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "day": 1, "nth": 1}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "weekday": 1, "nth": 1, "day": 3}]}'::business_calendar;
SELECT '{"holidays": [{"easter": 1, "month": 3}]}'::business_calendar;
SELECT '{"holidays": [{"date": "2025-02-29"}]}'::business_calendar;
SELECT '{"holidays": [{"date": "2025-02-28", "from": 2025}]}'::business_calendar;
SELECT '{"holidays": [{"date": "1582-02-28"}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "day": 1, "from": 2026, "to": 2025}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "day": 1, "every": 5}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "day": 1, "on": []}]}'::business_calendar;
SELECT '{"holidays": [{"month": 5, "day": 1, "observed": "sometimes"}]}'::business_calendar;
SELECT '{"working_days": ["2025-6-9"]}'::business_calendar;
SELECT roll('2025-01-01', 'FR', 'up');
\echo :LAST_ERROR_SQLSTATE
SELECT due_date('2025-01-01', '30 daze');
\echo :LAST_ERROR_SQLSTATE
SELECT due_date('2025-01-01', 'à réception demain');
SELECT due_date('2025-01-01', '30% 30 days, 70% 60 days');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM due_dates('2025-01-01', '30% 30 days, 60% 60 days');
\echo :LAST_ERROR_SQLSTATE

-- binary form
CREATE TABLE stored (id int, calendar business_calendar);
INSERT INTO stored VALUES (1, 'FR'), (2, '{"holidays": [{"month": 5, "day": 1, "name": "Fête"}]}'), (3, NULL);
SELECT id, business_calendar_send(calendar) FROM stored WHERE id = 1;
SELECT count(*) AS same FROM stored AS a JOIN stored AS b ON a.calendar = b.calendar;

-- properties: adding and counting are inverse, in any calendar
SELECT count(*) AS pairs, count(*) FILTER (WHERE business_days_between(day, add_business_days(day, n, calendar), calendar) <> n) AS wrong,
       count(*) FILTER (WHERE NOT is_business_day(add_business_days(day, n, calendar), calendar)) AS on_a_day_off
FROM business_calendars(), generate_series(1, 30) AS n, (SELECT DATE '2024-12-20' + i FROM generate_series(0, 60) AS i) AS d (day);
SELECT count(*) AS wrong FROM business_calendars(), (SELECT DATE '2024-12-20' + i FROM generate_series(0, 400) AS i) AS d (day)
WHERE NOT is_business_day(roll(day, calendar), calendar) OR roll(day, calendar) < day OR roll(day, calendar, 'preceding') > day
   OR date_trunc('month', roll(day, calendar, 'modified_following')) <> date_trunc('month', day)
   OR next_business_day(day, calendar) <= day OR roll(day, calendar) <> add_business_days(day, 0, calendar)
   OR next_business_day(day, calendar) <> roll(day + 1, calendar) OR previous_business_day(day, calendar) <> roll(day - 1, calendar, 'preceding');
-- an index on a due date
CREATE INDEX ON stored (due_date(DATE '2025-01-01' + id, '30 days', calendar));
