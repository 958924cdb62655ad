CREATE SCHEMA test_kpi;
SET search_path = test_kpi, public;
-- Figures of the receivables desk.
\pset null '(null)'

SELECT dso(30000, 60000, 90), dso(20000, 45000, 90), dso(18000, 20000, 30), dso(5700, 7600, 91);
SELECT best_possible_dso(20000, 60000, 90), add(30000, 20000, 60000, 90) AS delinquent, dso(30000, 60000, 90) - best_possible_dso(20000, 60000, 90) AS the_same;
SELECT round(cei_monthly(6200, 3390 + 3610 + 3890, 6340, 3590, 3)::numeric, 2) AS monthly, round(cei(6200, 10890, 6340, 3590)::numeric, 2) AS total, cei(100, 50, 20, 20) AS all_that_was_due;
SELECT round(turnover(4192200, 328800)::numeric, 2) AS turns, round(dso(328800, 4192200, 365)::numeric, 2) AS days, round(turnover(6205000, 335000)::numeric, 2) AS turns, round(dso(335000, 6205000, 365)::numeric, 2) AS days;
SELECT bad_debt_ratio(500, 100000), bad_debt_ratio(500, 100000, 200), bad_debt_ratio(500, 100000, recovered => 700), recovery_rate(80, 200);
-- nothing sold, nothing to collect, credit balances: no answer
SELECT dso(1, 0, 90), dso(1, -1, 90), dso(-1, 100, 90), best_possible_dso(-1, 100, 90), add(1, 2, 100, 90), add(1, -1, 100, 90), cei(0, 0, 0, 0), cei(0, 0, 0, 1), turnover(1, 0), bad_debt_ratio(1, 0), recovery_rate(1, 0), recovery_rate(1, -1);
-- credits netted: less is open than is not due; add() is the difference wherever both have an answer
SELECT count(*) AS cases, count(add) AS answers, count(*) FILTER (WHERE add < 0) AS below_0, bool_and(add IS NOT DISTINCT FROM difference OR abs(add - difference) < 1e-12) AS same FROM (
	SELECT add(receivables, not_due, sales, 90) AS add, dso(receivables, sales, 90) - best_possible_dso(not_due, sales, 90) AS difference
	FROM unnest('{-1,0,1,29999,30000}'::numeric[]) AS receivables, unnest('{-1,0,2,30001}'::numeric[]) AS not_due, unnest('{-1,0,60000}'::numeric[]) AS sales OFFSET 0) AS q;
SELECT round(add(30000, 30001, 60000, 90)::numeric, 6) AS add, round(cei(6200, 60000, 30000, 30001)::numeric, 6) AS cei, round(100 * (6200 + 60000 - 30000) / (6200 + 60000 - 30001.0), 6) AS by_hand;
SELECT dso(0, 100, 90) AS nothing_open, turnover(0, 1) AS nothing_sold, add(5, 5, 100, 90) AS nothing_late, recovery_rate(0, 1) AS nothing_in;
SELECT dso(NULL, 1, 1), dso(1, NULL, 1), dso(1, 1, NULL), add(1, 1, 1, NULL), cei(1, 1, 1, NULL), bad_debt_ratio(1, 1, NULL), dso_countback(NULL, '{1}', '{1}'::int[]), dso_countback_at(1, NULL, '2024-01-01'::date);
SELECT dso(1, 1, 0);
SELECT add(1, 1, 1, -5);
SELECT cei_monthly(1, 1, 1, 1, 0);
SELECT dso('NaN', 1, 1);
SELECT cei(1, 'Infinity', 1, 1);
SELECT dso(1e300, 1e-300, 90);

-- Count-back ------------------------------------------------------------------------------

SELECT round(dso_countback(2500, '{1200,800,700}', '{30,31,30}'::int[])::numeric, 2) AS actual, round(dso_countback_at(2500, '{1200,800,700}', '2024-11-30'::date)::numeric, 2) AS calendar, round(dso_countback(2500, '{1200,800,700}', '{30,30,30}'::int[])::numeric, 2) AS months_of_30,
	round(dso_countback_at(2500, '{1200,800,700}', '2024-11-15'::date)::numeric, 2) AS mid_month;
-- each month in turn; whole months; none; more than all of them; a month without sales, one with credit notes only
SELECT balance, dso_countback(balance, '{1200,800,700}', '{30,31,30}'::int[]) FROM unnest('{-1,0,600,1200,1600,2000,2350,2700,2700.01}'::numeric[]) AS balance;
SELECT balance, dso_countback(balance, '{0,-50,100}', '{30,31,30}'::int[]) FROM unnest('{0,25,50,51}'::numeric[]) AS balance;
SELECT dso_countback(0, '{}', '{}'::int[]) AS nothing, dso_countback(1, '{}', '{}'::int[]) AS no_months, dso_countback(0.3, '{0.1,0.2}', '{30,30}'::int[]) AS exact;
-- a year from its last day has its days
SELECT dso_countback_at(12, array_fill(1, '{12}'), '2024-12-31'::date) AS leap, dso_countback_at(12, array_fill(1, '{12}'), '2023-12-31'::date) AS common;
SELECT dso_countback(1, '{1,2}', '{30}'::int[]);
SELECT dso_countback(1, '{1,NULL}', '{30,31}'::int[]);
SELECT dso_countback(1, '{1,2}', '{30,NULL}'::int[]);
SELECT dso_countback(1, '{1,2}', '{30,0}'::int[]);
SELECT dso_countback(1, '{1,2}', '{30,367}'::int[]);
SELECT dso_countback(1, '{{1},{2}}', '{30,31}'::int[]);
SELECT dso_countback('NaN', '{1}', '{30}'::int[]);
SELECT dso_countback(1, '{Infinity}', '{30}'::int[]);
SELECT dso_countback_at(1, '{1}', 'infinity'::date);
SELECT dso_countback_at(1, array_fill(1, '{1201}'), '2024-12-31'::date);

-- Means over items ----------------------------------------------------------------------------

CREATE TABLE item (id int, amount numeric, issued date, due date, paid date);
INSERT INTO item VALUES (1, 100, '2024-01-01', '2024-01-31', '2024-01-21'), (2, 300, '2024-02-01', '2024-03-02', '2024-04-01'), (3, 200.50, '2024-05-01', '2024-05-31', NULL), (4, 50, '2024-06-01', '2024-07-01', 'infinity'),
	(5, -20, '2024-03-01', '2024-03-01', NULL), (6, NULL, '2024-01-01', '2024-01-31', NULL), (7, 10, NULL, NULL, NULL), (8, 999, '2024-07-01', '2024-07-31', '2024-07-02');
-- by hand: days until 30 June 2024 or payment; item 8 is not there yet
SELECT dso_true(amount, issued, paid, '2024-06-30') AS dso, (100 * 20 + 300 * 60 + 200.50 * 60 + 50 * 29 - 20 * 121)::float8 / 630.50 AS by_hand,
	add_true(amount, due, paid, '2024-06-30') FILTER (WHERE issued <= '2024-06-30') AS late, (300 * 30 + 200.50 * 30 - 20 * 121)::float8 / 630.50 AS by_hand,
	dso_true(amount, issued, paid, '2024-06-30') FILTER (WHERE paid <= '2024-06-30') AS paid_only, (100 * 20 + 300 * 60)::float8 / 400 AS by_hand FROM item;
-- no row, nulls only, credit notes only, one row; paid after that day is unpaid then
SELECT dso_true(amount, issued, paid, '2024-06-30') FILTER (WHERE false) AS none, dso_true(amount, issued, paid, '2024-06-30') FILTER (WHERE id IN (6, 7)) AS nulls, dso_true(amount, issued, paid, '2024-06-30') FILTER (WHERE id = 5) AS credit,
	dso_true(amount, issued, paid, '2024-06-30') FILTER (WHERE id = 1) AS one, dso_true(amount, issued, paid, '2024-01-11') FILTER (WHERE id = 1) AS unpaid_then, add_true(amount, due, paid, '2024-01-11') FILTER (WHERE id = 1) AS not_late FROM item;
SELECT dso_true(amount, issued, paid, NULL) FROM item;
SELECT dso_true(amount, issued, paid, due) FROM item;
SELECT dso_true('NaN', issued, paid, '2024-06-30') FROM item;
SELECT dso_true(amount, '-infinity', paid, '2024-06-30') FROM item;
SELECT dso_true(amount, issued, paid, 'infinity') FROM item;
SELECT dso_true(amount, issued, '-infinity', '2024-06-30') FROM item;
SELECT add_true(9e16, '2024-01-01', NULL, '2024-06-30') > 180 AS large, add_true(x, '0001-01-01', NULL, '9999-12-31') FROM (VALUES (9e16), (1e-18)) AS v (x);

-- any order, any number of workers: the same bits
CREATE TABLE items AS SELECT i, (hashint4(i) & 16777215)::numeric / CASE i % 3 WHEN 0 THEN 100 WHEN 1 THEN 1000 ELSE 10 END AS amount, DATE '2022-01-01' + (hashint4(i + 1) & 1023) AS issued, CASE WHEN i % 5 > 0 THEN DATE '2022-01-10' + (hashint4(i + 1) & 1023) + (hashint4(i + 2) & 127) END AS paid FROM generate_series(1, 20000) AS i;
ALTER TABLE items SET (parallel_workers = 3);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
SELECT dso_true(amount, issued, paid, '2024-06-30') AS many, add_true(amount, issued + 30, paid, '2024-06-30') FILTER (WHERE issued <= '2024-06-30') AS late_many FROM items \gset
SET max_parallel_workers_per_gather = 0;
SELECT dso_true(amount, issued, paid, '2024-06-30') = :'many'::float8 AS alone, dso_true(amount, issued, paid, '2024-06-30' ORDER BY i DESC) = :'many'::float8 AS backwards, add_true(amount, issued + 30, paid, '2024-06-30') = :'late_many'::float8 AS late,
	abs(:'many'::float8 / (sum(amount * (least(paid, '2024-06-30') - issued)) / sum(amount))::float8 - 1) < 1e-14 AS plain_sql,
	abs(:'late_many'::float8 / (sum(amount * greatest(least(paid, '2024-06-30') - issued - 30, 0)) / sum(amount))::float8 - 1) < 1e-14 AS late_plain_sql FROM items WHERE issued <= '2024-06-30';
RESET max_parallel_workers_per_gather;
SELECT i, round((dso_true(amount, issued, paid, '2025-06-30') OVER (ORDER BY i ROWS 1 PRECEDING))::numeric, 6) AS frame FROM items WHERE i <= 3 ORDER BY i;

-- state functions with bytes of anybody's
SELECT dso_true_add(NULL, 100, '2024-01-01', NULL, '2024-06-30') AS state \gset
SELECT days_mean_finish(:'state') AS one, days_mean_finish(days_mean_merge(:'state', dso_true_add(NULL, 300, '2024-06-20', NULL, '2024-06-30'))) AS merged, dso_true_add(:'state', NULL, '2024-01-01', NULL, '2024-06-30') = :'state' AS skipped, days_mean_merge(NULL, :'state') IS NULL AS strict, dso_true_add(NULL, 1, NULL, NULL, '2024-06-30') IS NULL AS none;
SELECT days_mean_finish('\x');
SELECT days_mean_finish(decode(repeat('01', 40), 'hex'));
SELECT days_mean_finish(:'state'::bytea || '\x00');
SELECT dso_true_add('\x01', 1, '2024-01-01', NULL, '2024-06-30');
SELECT days_mean_merge(:'state', dso_true_add(NULL, 1, '2024-01-01', NULL, '2024-06-29'));
SELECT dso_true_add(:'state', 1, '2024-01-01', NULL, '2024-06-29');
SELECT dso_true_add(set_byte(:'state', 23, 127), 0.001, '2024-01-01', NULL, '2024-06-30');
CREATE FUNCTION outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'answer';
EXCEPTION WHEN invalid_binary_representation OR numeric_value_out_of_range OR invalid_parameter_value OR feature_not_supported THEN
	RETURN 'refused';
END $$;
SELECT outcome, count(*) > 0 AS some FROM generate_series(0, 39) AS at, unnest('{0,1,127,128,255}'::int[]) AS byte,
	outcome(format($$SELECT days_mean_finish(%1$L), days_mean_finish(days_mean_merge(%1$L, %2$L)), days_mean_finish(dso_true_add(%1$L, -1, '2024-06-20', NULL, '2024-06-30'))$$, set_byte(:'state', at, byte), :'state')) GROUP BY outcome ORDER BY outcome;
-- also when an aggregate of one's own begins with them
CREATE FUNCTION begin_with(state bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE AGGREGATE begins_with(numeric, date, date, date) (SFUNC = dso_true_add, STYPE = bytea, FINALFUNC = days_mean_finish, INITCOND = %L)', state);
	RETURN (SELECT begins_with(amount, issued, paid, '2024-06-30') IS NOT NULL FROM item WHERE amount > 0);
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
SELECT begin_with(:'state') AS whole;
DROP AGGREGATE begins_with(numeric, date, date, date);
SELECT begin_with('') AS empty, begin_with(substr(:'state'::bytea, 1, 39)) AS short, begin_with(set_byte(:'state', 2, 99)) AS scale;
