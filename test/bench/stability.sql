-- stability.sql: migrations between segments.  Variables: customers, the number of
-- them.  They are in one of eleven segments on two days: a third stays, the others
-- are anywhere, some are new or gone.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE moves AS
SELECT id AS customer_id, name[before] AS before,
	name[CASE WHEN bench.random(id, 22) < 0.33 THEN before ELSE 1 + floor(12 * bench.random(id, 23))::int END] AS after
FROM (SELECT id, 1 + floor(12 * power(bench.random(id, 21), 1.3))::int AS before, ARRAY['Champions', 'Loyal', 'Potential Loyalist',
		'Recent', 'Promising', 'Need Attention', 'About To Sleep', 'At Risk', 'Can''t Lose', 'Hibernating', 'Lost'] AS name
	FROM generate_series(1, :customers) AS id) AS drawn;
DELETE FROM moves WHERE before IS NULL AND after IS NULL;
VACUUM (FULL, FREEZE, ANALYZE) moves;
SELECT format('%s customers on two days, in %s segments', count(*), count(DISTINCT before)) FROM moves;

INSERT INTO bench.query (name, plan, sql) VALUES
('migration_agg', '^Aggregate.*Seq Scan on moves', 'SELECT migration_agg(before, after) FROM moves'),
('group by pairs', '^HashAggregate.*Seq Scan on moves', 'SELECT before, after, count(*) FROM moves GROUP BY before, after');

SELECT bench.assert_same(b.sql, format('SELECT from_segment, to_segment, customers FROM (%s) AS q, segment_migration(migration_agg)', a.sql))
FROM bench.query AS a, bench.query AS b WHERE a.name = 'migration_agg' AND b.name = 'group by pairs' \g /dev/null

SELECT bench.compare('migration_agg / GROUP BY before, after with count(*)', 'migration_agg', 'group by pairs', 1.0);

-- The history: a first day, and one on which some move; not judged, as there is no other way to compare with.
SELECT segment_history_ddl('bench.membership') \gexec
\timing on
SELECT 'customers who enter on the first day: ' || count(*) FROM segment_history_update('bench.membership', 'rfm', '2024-06-30', 'SELECT customer_id, before FROM moves');
\timing off
ANALYZE bench.membership;
\timing on
SELECT 'one in a hundred moves: ' || count(*) FROM segment_history_update('bench.membership', 'rfm', '2024-07-01',
	'SELECT customer_id, CASE WHEN customer_id % 100 > 0 THEN before ELSE ''Other'' END FROM moves');
SELECT 'nobody moves: ' || count(*) FROM segment_history_update('bench.membership', 'rfm', '2024-07-02',
	'SELECT customer_id, CASE WHEN customer_id % 100 > 0 THEN before ELSE ''Other'' END FROM moves');
\timing off
