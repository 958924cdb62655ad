-- provision.sql: allowances by a matrix of five buckets against CASE.  Variables:
-- items, the number of rows; one in four is not overdue, four segments have
-- matrices of their own.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE provision_item AS
SELECT id, (ARRAY['private', 'business', 'public', 'export'])[1 + id % 4] AS segment, amount,
	CASE WHEN id % 3 = 0 THEN round(amount * bench.random(id, 53)::numeric, 2) ELSE 0 END::numeric(12, 2) AS paid,
	floor(160 * bench.random(id, 52))::int - 40 AS days
FROM (SELECT id, (exp(9 * bench.random(id, 51)))::numeric(12, 2) AS amount FROM generate_series(1, :items::bigint) AS id) AS drawn;
VACUUM (FREEZE, ANALYZE) provision_item;

CREATE UNLOGGED TABLE segment_matrix (segment text PRIMARY KEY, matrix provision_matrix NOT NULL);
CREATE UNLOGGED TABLE segment_rate (segment text, from_days int, to_days int, rate numeric);
\set matrix '{"buckets": [{"up_to": 0, "rate_pct": 0.3}, {"up_to": 30, "rate_pct": 1.6}, {"up_to": 60, "rate_pct": 3.6}, {"up_to": 90, "rate_pct": 6.6}, {"rate_pct": 10.6}]}'
INSERT INTO segment_matrix
SELECT segment, (jsonb_build_object('scalar', k) || :'matrix')::provision_matrix
FROM (VALUES ('private', 1.5), ('business', 1.0), ('public', 0.5), ('export', 2.0)) AS v (segment, k);
INSERT INTO segment_rate
SELECT m.segment, coalesce(b.from_days, -1000000), coalesce(b.to_days, 1000000), b.rate
FROM segment_matrix AS m, provision_buckets(m.matrix) AS b;
VACUUM (FREEZE, ANALYZE) segment_matrix;
VACUUM (FREEZE, ANALYZE) segment_rate;

INSERT INTO bench.query (name, plan, sql) VALUES
('provision_amount', '^Seq Scan on provision_item',
format('SELECT id, provision_amount(amount, days, %L) FROM provision_item', :'matrix')),
('provision by CASE', '^Seq Scan on provision_item',
'SELECT id, round(CASE WHEN days <= 0 THEN 0.003 WHEN days <= 30 THEN 0.016 WHEN days <= 60 THEN 0.036 WHEN days <= 90 THEN 0.066 ELSE 0.106 END * amount, 2) FROM provision_item'),
('provision total', '^Aggregate.*Seq Scan on provision_item',
format('SELECT provision_amount(amount, days, %L, paid, %L) FROM provision_item', :'matrix', 'line')),
('provision total by bucket', '^Aggregate.*Seq Scan on provision_item',
format('SELECT provision_amount(amount, days, %L, paid, %L) FROM provision_item', :'matrix', 'bucket')),
('sum by CASE', '^Aggregate.*Seq Scan on provision_item',
'SELECT sum(round(CASE WHEN days <= 0 THEN 0.003 WHEN days <= 30 THEN 0.016 WHEN days <= 60 THEN 0.036 WHEN days <= 90 THEN 0.066 ELSE 0.106 END * (amount - paid), 2)) FROM provision_item'),
('matrix by segment', '^Hash Join.*Seq Scan on provision_item',
'SELECT id, provision_amount(amount, days, matrix) FROM provision_item JOIN segment_matrix USING (segment)'),
('rates by join', 'Join.*Seq Scan on provision_item',
'SELECT id, round(rate * amount, 2) FROM provision_item AS i JOIN segment_rate AS r ON r.segment = i.segment AND i.days BETWEEN r.from_days AND r.to_days');

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE (a.name, b.name) IN (('provision_amount', 'provision by CASE'), ('provision total', 'sum by CASE'), ('matrix by segment', 'rates by join')) \g /dev/null

SELECT bench.compare('provision_amount, constant matrix / CASE', 'provision_amount', 'provision by CASE', 0.5);
SELECT bench.compare('provision_amount aggregate by line / sum of CASE', 'provision total', 'sum by CASE', 0.4);
SELECT bench.compare('provision_amount, matrix by segment / join with rates', 'matrix by segment', 'rates by join', 0.4);
SELECT bench.compare('provision_amount aggregate by bucket / sum of CASE', 'provision total by bucket', 'sum by CASE', 0.4);
