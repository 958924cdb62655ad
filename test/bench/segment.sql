-- segment.sql: ten rules of three conditions each on the columns of a row.
-- Variables: accounts, the number of rows.
\set ON_ERROR_STOP on

CREATE UNLOGGED TABLE account AS
SELECT id, floor(365 * bench.random(id, 31))::int AS recency, floor(40 * bench.random(id, 32))::int AS frequency,
	(exp(10 * bench.random(id, 33)))::numeric(12, 2) AS monetary,
	(ARRAY['FR', 'DE', 'BE', 'CH', 'IT'])[1 + floor(5 * bench.random(id, 34))] AS country,
	DATE '2020-01-01' + floor(1500 * bench.random(id, 35))::int AS since,
	bench.random(id, 36) < 0.5 AS consent, bench.random(id, 37) AS overdue
FROM generate_series(1, :accounts) AS id;
VACUUM (FREEZE, ANALYZE) account;
CREATE UNLOGGED TABLE account_document AS SELECT id, to_jsonb(a) AS attributes FROM account AS a;
VACUUM (FREEZE, ANALYZE) account_document;

SELECT $$new large: recency < 30 AND since >= DATE '2023-06-01' AND monetary >= 2000
regular: recency < 60 AND frequency >= 20 AND overdue < 0.2
large: monetary >= 3000 AND frequency >= 10 AND recency < 180
swiss: country = 'CH' AND consent AND monetary > 100
late: overdue > 0.8 AND monetary > 500 AND recency > 30
german: country = 'DE' AND consent AND frequency BETWEEN 5 AND 20
sleeping: recency > 200 AND frequency >= 5 AND since < DATE '2022-01-01'
lost: recency > 270 AND frequency < 5 AND monetary < 300
small: monetary < 50 AND overdue < 0.5 AND country IN ('FR', 'BE')
silent: NOT consent AND recency > 90 AND overdue < 0.4
others: ELSE$$ AS rules \gset

CREATE UNLOGGED TABLE account_rules AS SELECT :'rules'::segment_rules AS rules;

-- The equivalent CASE is what segment_sql writes; jsonpath's by hand.
INSERT INTO bench.query (name, plan, sql) VALUES
('rules on rows', '^Seq Scan on account a',
format('SELECT segment_of(a, %L) FROM account AS a', :'rules')),
('rules on columns', '^Subquery Scan on a|^Seq Scan on account',
format('SELECT segment_of(a, %L) FROM (SELECT recency, frequency, monetary, country, since, consent, overdue FROM account) AS a', :'rules')),
('rules not known to the planner', '^Seq Scan on account a',
'SELECT segment_of(a, (SELECT rules FROM account_rules)) FROM account AS a'),
('rules as CASE', '^Seq Scan on account',
format('SELECT %s FROM account', segment_sql(:'rules'))),
('rules as jsonpath', '^Seq Scan on account_document',
$$SELECT CASE
	WHEN attributes @@ '$.recency < 30 && $.since >= "2023-06-01" && $.monetary >= 2000' THEN 'new large'
	WHEN attributes @@ '$.recency < 60 && $.frequency >= 20 && $.overdue < 0.2' THEN 'regular'
	WHEN attributes @@ '$.monetary >= 3000 && $.frequency >= 10 && $.recency < 180' THEN 'large'
	WHEN attributes @@ '$.country == "CH" && $.consent == true && $.monetary > 100' THEN 'swiss'
	WHEN attributes @@ '$.overdue > 0.8 && $.monetary > 500 && $.recency > 30' THEN 'late'
	WHEN attributes @@ '$.country == "DE" && $.consent == true && $.frequency >= 5 && $.frequency <= 20' THEN 'german'
	WHEN attributes @@ '$.recency > 200 && $.frequency >= 5 && $.since < "2022-01-01"' THEN 'sleeping'
	WHEN attributes @@ '$.recency > 270 && $.frequency < 5 && $.monetary < 300' THEN 'lost'
	WHEN attributes @@ '$.monetary < 50 && $.overdue < 0.5 && ($.country == "FR" || $.country == "BE")' THEN 'small'
	WHEN attributes @@ '$.consent == false && $.recency > 90 && $.overdue < 0.4' THEN 'silent'
	ELSE 'others' END FROM account_document$$);

SELECT bench.assert_same(a.sql, b.sql) FROM bench.query AS a, bench.query AS b
WHERE a.name = 'rules on rows' AND b.name IN ('rules on columns', 'rules not known to the planner', 'rules as CASE', 'rules as jsonpath') \g /dev/null

SELECT bench.compare('segment_of(row, ten rules) / the same CASE', 'rules on rows', 'rules as CASE', 1.4);
SELECT bench.compare('segment_of(row, ten rules) / jsonpath on a stored document', 'rules on rows', 'rules as jsonpath', 0.2);
SELECT 'shown, not judged:';
SELECT bench.compare('segment_of(the columns needed, ten rules) / the same CASE', 'rules on columns', 'rules as CASE');
SELECT bench.compare('segment_of(row, ten rules read from a table) / the same CASE', 'rules not known to the planner', 'rules as CASE');
