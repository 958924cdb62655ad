CREATE SCHEMA test_segment_rules;
SET search_path = test_segment_rules, public;
GRANT USAGE ON SCHEMA test_segment_rules TO PUBLIC;
CREATE TABLE customer (id integer, r integer, f integer, m numeric, country text, vip boolean, since date, doc jsonb);
INSERT INTO customer VALUES
	(1, 5, 5, 1000, 'FR', true, '2020-01-01', '{"income": 50}'),
	(2, 1, 5, 10, 'DE', NULL, '2024-01-01', NULL),
	(3, NULL, 1, 5.55555, 'FR', false, NULL, '{}'),
	(4, 3, 2, 'NaN', NULL, true, 'infinity', '{"income": "7"}');

-- plain use: a row of a table, of a sub-query, and one typed in
SELECT id, segment_of(customer, 'champions: r >= 4 AND f >= 4
french: country = ''FR'' AND vip
recent: since >= ''2023-06-01'' and m between 5 and 20
little: m < 5.6 and not vip
others: ELSE') FROM customer ORDER BY id;
SELECT segment_of(q, 'high: score >= 70
low: else') FROM (VALUES (70), (69.9999), (NULL)) AS q (score);
SELECT segment_of(ROW(1, 2.5), 'more: f2 > f1') AS more, segment_of(ROW(3, 2.5), 'more: f2 > f1') AS none;
SELECT id, segment_all(customer, 'a [points = 3]: r >= 4
b [points = -1.5]: country in (''FR'', ''BE'')
c: (doc ->> ''income'')::numeric > 20
d: ELSE'), segment_score(customer, 'a [points = 3]: r >= 4
b [points = -1.5]: country in (''FR'', ''BE'')
c [points = 100]: else'), segment_score(customer, 'a: r >= 4') AS no_points FROM customer ORDER BY id;

-- the canonical text; equality and hash are those of it
SELECT 'A [points=3,family = Demographic]: X>1'::segment_rules;
SELECT 'A [points=3.0, family = demographic] : X>1.50 and(y or z); "b":else'::segment_rules;
SELECT 'a: x>1'::segment_rules = E'a:\n\tX > 1 -- one' AS same, 'a: x > 1'::segment_rules <> 'a: x > 1.0' AS other,
	(SELECT count(*) FROM (SELECT DISTINCT rules FROM (VALUES ('a: x > 1'::segment_rules), ('a: x>1'), ('b: x > 1')) AS v (rules)) AS q) AS two;
SELECT segment_rules_hash('a: x>1') = segment_rules_hash('a: x > 1') AS same, segment_rules_hash('a: x > 1') <> segment_rules_hash('a: x > 2') AS other,
	segment_rules_hash_extended('a: x>1', 7) = segment_rules_hash_extended('a: x > 1', 7) AS same,
	segment_rules_hash_extended('a: x > 1', 7) <> segment_rules_hash_extended('a: x > 1', 8) AS seed;
SELECT segment_rules_send('a: x>1');
SELECT 'a: x > 1e2 and x > .5 and x > 007 and x > 1. and x > 0.10 and x / 1e0 > 1'::segment_rules;

-- null: no row, no rules, a row of nulls
SELECT segment_of(NULL::customer, 'a: r is null') AS no_row, segment_of(customer, NULL::segment_rules) AS no_rules,
	segment_of(ROW(NULL, NULL)::record, 'a: f1 is null') AS nulls, segment_all(NULL::customer, 'a: r is null') AS no_row,
	segment_score(customer, NULL) AS no_rules, segment_sql(NULL) AS no_rules, segment_strategy(NULL, 'a', 'price') AS no_rules
FROM customer WHERE id = 1;
SELECT count(*) FROM segment_explain(NULL::customer, 'a: r = 1'), segment_list(NULL), segment_check(NULL, 'customer'), segment_gaps(NULL);
SELECT segment_of(q, 'a: not (x > 1)
b: x > 1 or y
c: x > 1 and not y
d: (x > 1) is unknown') FROM (VALUES (NULL::integer, NULL::boolean), (NULL, true), (NULL, false), (2, false), (0, NULL)) AS q (x, y);

-- columns of each type; one that was dropped, one of a type that no rule may read
CREATE TYPE level AS ENUM ('low', 'high');
CREATE DOMAIN percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE typed (gone integer, i2 smallint, i4 integer, i8 bigint, f4 real, f8 float8, n numeric, t text, v varchar(5), c char(5),
	b boolean, d date, ts timestamp, tz timestamptz, doc jsonb, e level, p percent, "Odd ""name""" integer, items integer[], u uuid, s interval);
ALTER TABLE typed DROP COLUMN gone;
INSERT INTO typed VALUES (-32768, 2147483647, -9223372036854775808, 0.1, '-0', 12345678901234567890.5, 'it''s', 'a', 'a',
	true, '2024-02-29', '2024-02-29 12:00', '2024-02-29 12:00+01', '{"a": {"b": "7"}}', 'high', 50, 3, '{1,2}',
	'00000000-0000-0000-0000-000000000001', '1 day');
CREATE FUNCTION holds(condition text) RETURNS boolean LANGUAGE sql AS
$$ SELECT CASE segment_of(typed, ('yes: ' || condition || E'\nno: not (' || condition || ')')::segment_rules) WHEN 'yes' THEN true WHEN 'no' THEN false END FROM typed $$;
SELECT condition, holds(condition) FROM unnest(ARRAY[
	'i2 = -32768', 'i2 < -32768', 'i2 <= 2147483647', 'i2 > 9223372036854775807', 'i2 < 0.5', 'i4 = 2147483647', 'i4 > 2147483647',
	'i4 >= 2147483648', 'i8 < -9223372036854775807', 'i8 = -9223372036854775808', 'i8 > -9223372036854775809', 'f4 = 0.1', 'f4 = ''0.1''', 'f4 between ''0.1'' and 0.2', '0.5 > f4', '7 < i4', '''2024-03-01'' > d', 'f4::numeric = 0.1', 'f4::float8 = 0.1',
	'f8 = 0', 'f8 < 0', 'f8 >= ''-infinity''', 'f8 < ''NaN''', 'n > 12345678901234567890', 'n = 12345678901234567890.5', 'n < ''Infinity''',
	'n = ''NaN''', 't = ''it''''s''', 't like ''%''''_''', 'v = ''a''', 'v = ''a ''', 'c = ''a''', 'c = ''a   ''', 'b', 'not b', 'b = ''f''', 'd = ''2024-02-29''',
	'd > date ''2024-02-28''', 'd < ''infinity''', 'd = ts', 'd < ts', 'ts > ''2024-02-29 11:59:59.999999''', 'tz = ''2024-02-29 11:00Z''', 'tz > ''2024-02-29 11:00:00.1+00:00''',
	'doc -> ''a'' ->> ''b'' = ''7''', '(doc -> ''a'' ->> ''b'')::int = 7', 'doc ->> ''none'' is null', 'e = ''high''', 'e > ''low''', 'e in (''low'')', 'p = 50', 'p between 50 and ''50''',
	'"Odd ""name""" = 3', 'items is not null', 'u = ''00000000-0000-0000-0000-000000000001''', 's is null', '1 = 2']) WITH ORDINALITY AS c (condition, i) ORDER BY i;

-- collations: C, and one in which a and A are equal, where the server has such
SET client_min_messages = warning;
DO $$
BEGIN
	CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
EXCEPTION WHEN feature_not_supported OR undefined_object THEN
	CREATE COLLATION loose FROM "C";
END
$$;
RESET client_min_messages;
CREATE TABLE collated (x text COLLATE "C", y text COLLATE loose);
INSERT INTO collated VALUES ('a', 'a'), ('A', 'A'), ('b', 'b');
SELECT count(*) AS wrong FROM collated
WHERE segment_of(collated, 'a: x = ''a''
b: y = ''a''
c: y <> ''b''') IS DISTINCT FROM CASE WHEN x = 'a' THEN 'a' WHEN y = 'a' THEN 'b' WHEN y <> 'b' THEN 'c' END;
SELECT segment_of(collated, 'a: x = y') FROM collated;
SELECT segment_of(collated, (SELECT 'a: x = y'::segment_rules OFFSET 0)) FROM collated;

-- JSON and back; what only JSON can get wrong
SELECT ('a [family=demographic, points = 3]: r BETWEEN 1 and -5 or not (x is not null and (y->>''k'')::int = -3.50) KEEP segment(''b'')
b: x like ''a%'' and d > date ''2024-01-01'' and v in (-0, - 2, - -2)
"Can''t": ELSE'::segment_rules)::jsonb;
SELECT rules = rules::jsonb::segment_rules AS same FROM (SELECT 'a [family=demographic, points = 3, from=''2024-01-01'']: r BETWEEN 1 and -5 or not (x is not null and (y->>''k'')::int = -3.50) KEEP segment(''b'')
b: x not like ''a%'' and d > date ''2024-01-01'' and v not in (-0, - 2, - -2, -x) and w is not distinct from null and z is not unknown and 1.50 = -0.0
"Can''t": ELSE'::segment_rules AS rules) AS q;
SELECT '{"rules": [{"name": "a", "points": 2, "when": {"and": [{"op": ">=", "args": [{"column": "r"}, 4]}, {"op": "Not In", "args": [{"column": "C"}, "x", 1e2]}]}}, {"name": "o", "else": true}]}'::jsonb::segment_rules;
CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
	hint text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;
SELECT error_of(format('SELECT %L::jsonb::segment_rules', json)) FROM unnest(ARRAY['[]', '{}', '{"rules": 1}', '{"rules": []}', '{"rules": [1]}', '{"rule": []}',
	'{"rules": [{"name": "a"}]}', '{"rules": [{"when": true}]}', '{"rules": [{"name": "a", "when": true, "else": true}]}', '{"rules": [{"name": "a", "colour": "red", "when": true}]}',
	'{"rules": [{"name": "a", "when": []}]}', '{"rules": [{"name": "a", "when": {"column": "x", "op": "="}}]}', '{"rules": [{"name": "a", "when": {"op": "="}}]}',
	'{"rules": [{"name": "a", "when": {"op": "=", "args": [1]}}]}', '{"rules": [{"name": "a", "when": {"op": "=", "args": [1, 2, 3]}}]}', '{"rules": [{"name": "a", "when": {"op": "~", "args": [1, 2]}}]}',
	'{"rules": [{"name": "a", "when": {"arg": 1}}]}', '{"rules": [{"name": "a", "when": {"and": [true]}}]}', '{"rules": [{"name": "a", "when": {"cast": "xml", "arg": "x"}}]}',
	'{"rules": [{"name": "a", "when": {"date": "today"}}]}', '{"rules": [{"name": "a", "when": {"segment": "b"}}]}', '{"rules": [{"name": "a", "points": "x", "when": true}]}',
	'{"rules": [{"name": "a", "from": 3, "when": true}]}', '{"rules": [{"name": "", "when": true}]}', '{"rules": [{"name": "a", "else": true, "keep": true}]}']) AS json;
SELECT error_of(format('SELECT (''{"rules": [{"name": "a", "when": %s}]}'')::jsonb::segment_rules', repeat('{"not": ', 201) || 'true' || repeat('}', 201)));

-- rules as rows, as SQL, and what belongs to a segment
SELECT * FROM segment_list('champions [family=transactional, dunning=vip, points=3, from=''2024-01-01'']: r >= 4 AND f >= 4 KEEP r >= 3
others [price=list, loyalty=none, offer=first, note=''it''''s'', to=''2024-12-31'']: ELSE');
SELECT key, segment_strategy('a [dunning=vip, points=3.50]: x
b: else', segment, key) FROM (VALUES ('a', 'dunning'), ('a', 'points'), ('a', 'price'), ('b', 'dunning'), ('c', 'dunning'), (NULL, 'dunning')) AS v (segment, key);
SELECT segment_sql('champions: r >= 4 AND f >= 4
seg: not segment(''champions'') and (m between 100 and 200 or segment(''champions''))
"it''s": x = ''a''''b'' or x = ''a\b'' or "User" = 1 or user = 2
others: ELSE');
SELECT segment_sql('others: ELSE'), segment_sql('a [from=''2024-01-01'']: x
b [to=''2023-12-31'']: y', '2023-06-01') AS before, segment_sql('a [from=''2024-01-01'']: x', '2023-06-01') AS none;

-- why: each rule on one row
SELECT * FROM segment_explain((SELECT customer FROM customer WHERE id = 2), 'champions: r >= 4 AND f >= 4
french: country = ''FR'' AND vip
both: not segment(''champions'') and m between 100 and 200
recent: since >= ''2023-06-01'' and m between 5 and 20
pattern: country like ''X%'' or m + r > 100
vip: vip
others: ELSE');
SELECT segment, verdict, chosen, decided_by, value, distance, missing, nearest FROM segment_explain((SELECT customer FROM customer WHERE id = 3), 'a: r between 1 and 3
b: r + r > 3 and f > 1
c: f > 5.5
d: not f < 4 and not m > 1');
SELECT segment, verdict, chosen, decided_by, missing FROM segment_explain(ROW(65), 'high: f1 >= 70 KEEP f1 >= 60
low: ELSE', previous => 'high');

-- texts that hang on a setting: how many digits a float has, and how bytes are written; as a number or by numeric they do not
SELECT condition, error_of(format('SELECT segment_of(q, %L) FROM (SELECT 0.1::float8 + 0.2 AS f, 0.3::real AS r, ''\x01''::bytea AS b, ''(1,2)''::point AS p, 1.50 AS n, 7 AS i) AS q', 'a: ' || condition))
FROM unnest(ARRAY['f::text = ''0.3''', 'r::text = ''0.3''', 'b::text = ''x''', 'p::text = ''x''', '0.5::float8::text = ''0.5''', 'f::numeric::text = ''0.3''', 'n::text = ''1.50''', 'i::text = ''7''']) WITH ORDINALITY AS t (condition, i) ORDER BY i;
-- a plus sign is one; a byte order mark before the rules is no part of them
SELECT segment_of(q, 'a: i = +7') AS plus, segment_of(q, 'a: i = 3 + +4') AS plus_plus, segment_of(q, 'a: i = -+-7') AS minus, segment_rules 'a: i = +7' AS rules, segment_of(q, E'\uFEFFhome: i = 7'::text::segment_rules) = 'home' AS mark FROM (SELECT 7 AS i) AS q;
SELECT error_of('SELECT segment_rules ''a: d > DATE ''''2024-02-30''''''') AS no_day, error_of('SELECT segment_rules ''a: d > DATE ''''2024-2-1''''''') AS no_iso;

-- columns of ROW() without a type: text beside text, else what they are compared with; null is null of any type
SELECT segment_of(ROW(1, 'FR'), 'home: f2 = ''FR''  away: ELSE'), segment_of(ROW(NULL, NULL), 'a: f1 > 5 b: ELSE') AS nothing, segment_of(ROW(NULL, NULL), 'a: not (f1 > f2) b: f1 = f2 c: f1 is null') AS both,
	segment_of(ROW('7'), 'a: f1 > 5 b: ELSE') AS seven, segment_of(ROW('t'), 'a: f1') AS truth, segment_of(ROW('4'), 'a: f1::numeric * 2 = 8') AS eight;
SELECT segment_all(ROW(1, 'FR'), 'home: f2 like ''F%''  eu: f2 IN (''FR'', ''DE'') near: f2 between ''FQ'' and ''FS'' other: f2 is distinct from ''FR''') AS tags, segment_score(ROW(NULL), 'a [points=2]: f1 is null'), segment_on(ROW(1, 'FR'), 'a: f2 = ''FR''', '2024-01-01');
SELECT e.segment, verdict, decided_by, value, distance FROM segment_explain(ROW(1, 'FR', NULL), 'home: f2 = ''FR'' x: f3 > 5 y: f2 = ''DE'' OR f1 > 3') AS e;
SELECT x, segment_of(x, 'home: f2 = ''FR''  five: f2 > ''G'' none: f2 is null') FROM (VALUES (ROW(1, 'FR')), (ROW(1, NULL)), (ROW(2, 'ZZ'))) AS v (x);
SELECT segment_of(ROW('x'), 'a: f1 > 5 b: ELSE');
SELECT segment_of(ROW(NULL), 'a: f1 > DATE ''2024-01-01'' b: ELSE');

-- what an AND guards, and rules after the one that holds: explained where segment_of answers, as not reached
CREATE VIEW divided AS SELECT i AS id, i % 3 AS n, i AS m, '{"type": "t", "v": "n/a"}'::jsonb AS j FROM generate_series(3, 4) AS i;
SELECT id, segment_of(q, 'hi: n > 0 AND m / n > 3  zero: n = 0  lo: m / n >= 0'), e.position, e.segment, verdict, chosen, decided_by, value, distance, missing, nearest
FROM divided AS q, segment_explain(q, 'hi: n > 0 AND m / n > 3  zero: n = 0  lo: m / n >= 0') AS e ORDER BY id, e.position;
SELECT e.segment, verdict, chosen, decided_by, value, missing FROM divided AS q, segment_explain(q, $$high: j ->> 'type' = 'n' AND (j ->> 'v')::int > 5
rest: ELSE$$) AS e WHERE id = 3;
SELECT e.segment, verdict, chosen, decided_by, value, missing FROM divided AS q, segment_explain(q, $$zero: n = 0
both: segment('range') AND segment('range')
range: m / n BETWEEN 1 AND 5
either: n < 5 OR m / n > 3
open: NULL AND m / n > 3$$) AS e WHERE id = 3;
-- where segment_of fails, so does it; errors name the rule
SELECT segment_of(q, 'hi: m / n > 3') FROM divided AS q;
SELECT e.* FROM divided AS q, segment_explain(q, 'hi: m / n > 3') AS e;
SELECT segment_all(q, 'zero: n = 0  hi: m / n > 3') FROM divided AS q;
SELECT segment_score(q, 'zero [points=1]: n = 0  hi: m / n > 3') FROM divided AS q;
SELECT * FROM segment_check('zero: n = 0  hi: m / n > 3', 'divided');
SELECT * FROM segment_overlap('zero: n = 0  hi: m / n > 3', 'divided');
-- the nearest of an OR, in any order; what was true and should not be
SELECT e.segment, decided_by, value, distance, missing FROM (SELECT 5 AS a, 3 AS b, 'x' AS t) AS q, segment_explain(q, 'a1: a >= 6 OR b > 100
a2: b > 100 OR a >= 6
a3: t = ''y'' OR b > 4
a4: a > 7 AND b > 7 OR b > 100
n1: NOT (a = 5 OR b > 100)
n2: a <> 5
n3: NOT (a BETWEEN 1 AND 6)
n4: NOT (b < 100 AND a < 6)
s1: segment(''a1'') OR b >= 4') AS e ORDER BY e.position;
SELECT count(*) AS doubling FROM (SELECT 5 AS a) AS q, segment_explain(q, (SELECT string_agg(format('r%s: segment(''r%s'') or segment(''r%s'')', i, i + 1, i + 1), E'\n' ORDER BY i) || E'\nr91: a = 1' FROM generate_series(1, 90) AS i)::segment_rules) AS e WHERE decided_by = 'a = 1';

-- KEEP: who is in stays in until the weaker condition fails
SELECT score, previous, segment_on(q, 'hi: score >= 70 KEEP score >= 60
lo: ELSE', NULL, previous) FROM (VALUES (65, 'hi'), (65, 'lo'), (71, 'lo'), (59, 'hi'), (60, 'hi'), (65, NULL), (65, 'other'), (NULL, 'hi')) AS q (score, previous);

-- validity: rules with dates need a day
SELECT day, segment_on(q, 'new [from=''2024-01-01'', to=''2024-01-31'']: x > 1
old [to=''2023-12-31'']: x > 1
rest: else', day), segment_all(q, 'new [from=''2024-01-01'']: x > 1
all: x > 1', day), segment_score(q, 'new [from=''2024-01-01'', points=2]: x > 1', day)
FROM (SELECT 2 AS x) AS q, unnest('{2023-12-31,2024-01-01,2024-01-31,2024-02-01}'::date[]) AS day ORDER BY day;
SELECT error_of(format('SELECT segment_on(q, ''a [from=''''2024-01-01'''']: x > 1'', %s) FROM (SELECT 2 AS x) AS q', day)) FROM unnest(ARRAY['NULL', '''infinity''', '''10000-01-01''']) AS day;

-- the rows of a relation
SELECT * FROM segment_check('a: r > 2
b: f > 2
c: r > 9
d: r > 3
rest: country is null', 'customer');
SELECT * FROM segment_check('a [from=''2024-01-01'']: r > 2
rest: else', 'customer', '2023-01-01');
SELECT * FROM segment_overlap('a: r > 2
b: f > 2
c: else', 'customer');
SELECT * FROM segment_diff('a: r > 2
c: else', 'a: r > 3
b: f > 3', 'customer');
CREATE VIEW nobody AS SELECT * FROM customer WHERE id < 0;
SELECT * FROM segment_check('a: r > 2', 'nobody');
SELECT (SELECT count(*) FROM segment_overlap('a: r > 2', 'nobody')) AS overlaps, (SELECT count(*) FROM segment_diff('a: r > 2', 'b: r > 2', 'nobody')) AS moves;
SELECT count(*) AS rules, sum(gross) AS gross, sum(net) AS net FROM segment_check((SELECT string_agg(format('rule %s: r = %s', i, i % 10), E'\n' ORDER BY i)::segment_rules FROM generate_series(1, 10000) AS i), 'customer');
SELECT error_of(format('SELECT segment_overlap((SELECT string_agg(format(''rule %%s: r = 1'', i), E''\n'')::segment_rules FROM generate_series(1, %s) AS i), ''nobody'')', n)) FROM unnest(ARRAY[1000, 1001]) AS n;
SELECT error_of('SELECT segment_check(''a: rr > 2'', ''nobody'')'), error_of('SELECT segment_check(''a: r > 2'', ''customer_missing'')'), error_of('SELECT segment_check(''a: r > 2'', 1::oid)');
CREATE SCHEMA "Odd schema";
CREATE TABLE "Odd schema"."Odd ""table""" AS SELECT 7 AS "R";
ALTER TABLE "Odd schema"."Odd ""table""" ADD COLUMN later integer DEFAULT 5;
SELECT segment, gross FROM segment_check('a: "R" = 7 and later = 5', '"Odd schema"."Odd ""table"""');
SELECT segment_of(t, 'a: "R" = 7 and later = 5') FROM "Odd schema"."Odd ""table""" AS t;

-- they read as the user who asks: privileges and row security hold
CREATE ROLE regress_rules_user;
GRANT SELECT ON nobody TO regress_rules_user;
CREATE TABLE secret AS SELECT i AS x FROM generate_series(1, 10) AS i;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY small ON secret FOR SELECT USING (x <= 3);
GRANT SELECT ON secret TO regress_rules_user;
SET ROLE regress_rules_user;
SELECT error_of('SELECT segment_check(''a: r > 2'', ''customer'')');
SELECT segment, gross FROM segment_check('a: x > 0', 'secret');
RESET ROLE;
SELECT segment, gross FROM segment_check('a: x > 0', 'secret');
DROP OWNED BY regress_rules_user;
DROP ROLE regress_rules_user;

-- without a row: the ten ranges of the map of the R package rfm, see segment_map_check('rfm_pkg')
CREATE TABLE package AS SELECT 'Champions: r = 5 AND f = 5 AND m = 5
Potential: r BETWEEN 3 AND 5 AND f BETWEEN 3 AND 5 AND m BETWEEN 2 AND 5
Loyal: r between 2 and 4 and f between 2 and 4 and m between 2 and 4
Promising: r between 3 and 4 and f between 1 and 3 and m between 3 and 5
New: r between 4 and 5 and f between 1 and 3 and m between 1 and 5
"Can''t Lose": r between 1 and 2 and f between 3 and 4 and m between 4 and 5
At Risk: r between 1 and 2 and f between 2 and 5 and m between 4 and 5
Need Attention: r between 1 and 3 and f between 3 and 5 and m between 3 and 5
About To Sleep: r between 2 and 3 and f between 1 and 3 and m between 1 and 4
Lost: r = 1 AND f between 1 and 5 and m between 1 and 5'::segment_rules AS rules;
CREATE TABLE cell AS SELECT r, f, m FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m;
SELECT finding, count(*) FROM package, segment_gaps(rules, '{"r": [1, 5], "f": [1, 5], "m": [1, 5]}') GROUP BY finding ORDER BY finding;
SELECT region FROM package, segment_gaps(rules, '{"r": [1, 5], "f": [1, 5], "m": [1, 5]}') WHERE finding = 'gap' ORDER BY region;
-- the same by counting the cells with plain SQL
SELECT count(*) FILTER (WHERE segment IS NULL) AS gaps, count(*) FILTER (WHERE cardinality(every) > 1) AS overlaps
FROM (SELECT segment_of(cell, rules) AS segment, segment_all(cell, rules) AS every FROM cell, package) AS q;
SELECT finding, segments, rules_count, region FROM segment_gaps('a: x < 3
b: x > 3 and x <= 10
c: x > 5 and x < 7
d: x > 6 and x < 5') ORDER BY finding, region;
SELECT * FROM segment_gaps('a: x < 3 and c in (''a'',''it''''s'')
b: x >= 3 and v
c: not v') ORDER BY finding, region;
SELECT * FROM segment_gaps('a: d >= date ''2024-01-01'' and d < date ''2024-01-03''
b: d > date ''2024-01-01''') ORDER BY finding, region;
SELECT * FROM segment_gaps('a: x < 0.5', '{"x": {"from": 0, "to": 1}}') ORDER BY finding, region;
SELECT count(*) AS findings FROM segment_gaps('a: x < 0.5
b: else');
SELECT error_of(format('SELECT segment_gaps(%L, %L)', rules, domain)) FROM (VALUES ('a: x + 1 > 2', '{}'), ('a: x > y', '{}'), ('a: x like ''b''', '{}'), ('a: x > ''b''', '{}'), ('a: x > 1 or x', '{}'), ('a: x or x > 1', '{}'),
	('a: x > 1', '{"y": [1, 2]}'), ('a: x > 1', '{"x": 1}'), ('a: x > 1', '{"x": [1]}'), ('a: x > 1', '{"x": [5, 1]}'), ('a: x > 1', '{"x": [1.5, 2]}'), ('a: x > 1', '{"x": {"from": 1}}'), ('a: x', '{"x": [0, 1]}'), ('a: x > 1', '[]'), ('a: x > 1 or x is null', '{"x": [0, 1]}')) AS v (rules, domain);
SELECT error_of(format('SELECT segment_gaps(%L)', (SELECT 'a: ' || string_agg(format('x%s > 1', i), ' and ') FROM generate_series(1, 20) AS i)));
SELECT error_of(format('SELECT segment_gaps(%L, %L)', (SELECT 'a: ' || string_agg(format('x%s = 1', i), ' and ') FROM generate_series(1, 40000) AS i), (SELECT jsonb_object_agg('x' || i, '[1, 1]'::jsonb) FROM generate_series(1, 40000) AS i)));

-- where an expression may stand: a generated column, a view, an index, a check, a prepared statement
CREATE TABLE scored (a integer, b integer, segment text GENERATED ALWAYS AS (segment_of(ROW(a, b), 'more: f2 > f1
rest: else')) STORED);
INSERT INTO scored VALUES (1, 2), (3, 2);
UPDATE scored SET b = 4 WHERE a = 3;
SELECT * FROM scored ORDER BY a;
CREATE VIEW segments AS SELECT id, segment_of(customer, 'a: r > 3
b: ELSE') AS segment FROM customer;
ALTER TABLE customer RENAME COLUMN f TO frequency;
SELECT * FROM segments ORDER BY id;
ALTER TABLE customer RENAME COLUMN r TO recency;
SELECT * FROM segments ORDER BY id;
ALTER TABLE customer RENAME COLUMN recency TO r;
ALTER TABLE customer RENAME COLUMN frequency TO f;
CREATE INDEX ON scored (segment_of(ROW(a, b), 'x: f1 > 1'));
SET enable_seqscan = off;
SELECT a FROM scored WHERE segment_of(ROW(a, b), 'x: f1 > 1') = 'x';
RESET enable_seqscan;
SET plan_cache_mode = force_generic_plan;
PREPARE by_rules(segment_rules) AS SELECT id, segment_of(customer, $1) FROM customer WHERE id < 3 ORDER BY id;
EXECUTE by_rules('a: r > 3');
EXECUTE by_rules('b: r < 3');
RESET plan_cache_mode;

-- rules from a table: forty sets in one query, more than are kept, in and out of line, compressed or not
CREATE TABLE policy (id integer, rules segment_rules);
INSERT INTO policy SELECT i, format('segment %s: id = %s', i, i)::segment_rules FROM generate_series(1, 20) AS i;
INSERT INTO policy SELECT i, (format('segment %s: id = %s', i, i) || (SELECT string_agg(format(E'\nrule %s of %s: id = -1 and ''%s'' = ''''', j, i, md5(format('%s %s', i, j))), '') FROM generate_series(1, 100) AS j))::segment_rules FROM generate_series(21, 30) AS i;
ALTER TABLE policy ALTER COLUMN rules SET STORAGE EXTERNAL;
INSERT INTO policy SELECT i, (format('segment %s: id = %s', i, i) || (SELECT string_agg(format(E'\nrule %s of %s: id = -1', j, i), '') FROM generate_series(1, 200) AS j))::segment_rules FROM generate_series(31, 40) AS i;
SELECT count(*) AS rows, count(segment) AS found, count(*) FILTER (WHERE segment IS DISTINCT FROM CASE WHEN id = row_id THEN 'segment ' || id END) AS wrong
FROM (SELECT policy.id, q.id AS row_id, segment_of(q, rules) AS segment FROM (SELECT i AS id FROM generate_series(1, 40) AS i) AS q, policy, generate_series(1, 3) AS again ORDER BY md5(format('%s %s %s', q.id, policy.id, again))) AS q;
SELECT count(*) AS wrong FROM generate_series(1, 40) AS i (id), LATERAL (SELECT segment_of(q, rules) AS segment FROM policy, (SELECT i.id) AS q WHERE policy.id = i.id OFFSET 0) AS found
WHERE segment IS DISTINCT FROM 'segment ' || id;
-- one call, whose rules are chosen row by row, of which some are constants
SELECT id, segment_of(customer, CASE id WHEN 1 THEN 'a: r > 1'::segment_rules WHEN 2 THEN 'b: r = 1' WHEN 3 THEN 'c: f = 1' END) FROM customer ORDER BY id;
-- rules that change between two calls of a loop, at the same place in memory
DO $$
DECLARE
	rules segment_rules;
	found text;
	one record;
BEGIN
	FOR i IN 1 .. 300 LOOP
		rules := format('segment %s: x = %s', 100 + i % 37, i);
		SELECT i AS x, 'text' AS y INTO one;
		found := segment_of(one, rules);
		IF found IS DISTINCT FROM format('segment %s', 100 + i % 37) THEN
			RAISE 'turn %: %', i, found;
		END IF;
	END LOOP;
END
$$;
-- rules out of line that are replaced between two calls; a join by hash on them
DO $$
DECLARE
	found text;
BEGIN
	FOR i IN 1 .. 40 LOOP
		UPDATE policy SET rules = (format('turn %s: id = 7', i) || (SELECT string_agg(format(E'\nrule %s: id = -1', j), '') FROM generate_series(1, 300) AS j))::segment_rules WHERE id = 31;
		found := (SELECT segment_of(q, rules) FROM policy, (SELECT 7 AS id) AS q WHERE policy.id = 31);
		IF found IS DISTINCT FROM 'turn ' || i THEN
			RAISE 'turn %: %', i, found;
		END IF;
	END LOOP;
END
$$;
SET enable_mergejoin = off;
SET enable_nestloop = off;
SELECT count(*) FROM policy AS a JOIN policy AS b USING (rules);
RESET enable_mergejoin;
RESET enable_nestloop;
-- row types that change between two calls
DO $$
DECLARE
	one record;
	found text := '';
BEGIN
	FOR i IN 1 .. 9 LOOP
		IF i % 3 = 0 THEN
			SELECT i AS x, 'b' AS y INTO one;
		ELSIF i % 3 = 1 THEN
			SELECT 'b'::text AS y, i::numeric AS x INTO one;
		ELSE
			SELECT * FROM (SELECT NULL::date AS z, 'b'::varchar AS y, i::float8 AS x) AS q INTO one;
		END IF;
		found := found || segment_of(one, 'low: x < 4 and y = ''b''
middle: x <= 6 and y = ''b''
high: y = ''b''') || ' ';
	END LOOP;
	RAISE NOTICE '%', found;
END
$$;
-- a type whose attributes change between two calls
CREATE TYPE pair AS (x integer, y integer);
DO $$
DECLARE
	found text := '';
BEGIN
	FOR i IN 1 .. 3 LOOP
		DECLARE
			one pair := ROW(1, 2);
		BEGIN
			found := found || coalesce(segment_of(one, 'first: x = 1
second: x = 2'), 'none') || ' ';
		END;
		IF i = 1 THEN
			ALTER TYPE pair RENAME ATTRIBUTE x TO z;
			ALTER TYPE pair RENAME ATTRIBUTE y TO x;
		ELSIF i = 2 THEN
			ALTER TYPE pair ALTER ATTRIBUTE x TYPE numeric;
		END IF;
	END LOOP;
	RAISE NOTICE '%', found;
END
$$;
-- a table whose columns change within a transaction, read by one trigger
CREATE TABLE watched (x text, segment text);
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
	NEW.segment := segment_of(NEW, 'small: x = ''5''
large: x = ''12345678''');
	RETURN NEW;
END
$$;
CREATE TRIGGER watch BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION watch();
BEGIN;
INSERT INTO watched VALUES ('5');
ALTER TABLE watched ALTER COLUMN x TYPE bigint USING x::bigint;
INSERT INTO watched VALUES (12345678);
ALTER TABLE watched ADD COLUMN y integer DEFAULT 3, DROP COLUMN x;
ALTER TABLE watched RENAME COLUMN y TO x;
INSERT INTO watched (x) VALUES (5);
COMMIT;
SELECT segment, x FROM watched ORDER BY segment, x;
CREATE TABLE changing (x text);
INSERT INTO changing VALUES ('5');
DO $$
DECLARE
	found text;
BEGIN
	FOR i IN 1 .. 2 LOOP
		IF i = 2 THEN
			ALTER TABLE changing ALTER COLUMN x TYPE bigint USING 12345678;
		END IF;
		DECLARE
			one changing;
		BEGIN
			SELECT * FROM changing INTO one;
			found := segment_of(one, 'small: x = ''5''
large: x = ''12345678''');
			RAISE NOTICE '%', found;
		END;
	END LOOP;
END
$$;
-- an error on the way leaves the next call as it was
DO $$
DECLARE
	found text := '';
	one record;
BEGIN
	FOR i IN -2 .. 2 LOOP
		BEGIN
			SELECT i AS x INTO one;
			IF i = 1 THEN
				SELECT i AS y INTO one;
			END IF;
			found := found || segment_of(one, 'big: 4 / x > 1
small: else') || ' ';
		EXCEPTION WHEN division_by_zero OR undefined_column THEN
			found := found || SQLERRM || ' ';
		END;
	END LOOP;
	RAISE NOTICE '%', found;
END
$$;

-- memory does not grow with the rows, however long their texts
CREATE TABLE long AS SELECT i AS id, repeat('long text ' || i, 3000) AS x FROM generate_series(1, 4000) AS i;
CREATE FUNCTION used() RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts); END $$;
SELECT count(segment) AS none, max(used) - min(used) < 5000000 AS bounded
FROM (SELECT segment_on(long, 'a: x = ''b'' or x <> ''c'' and id < 0', NULL, previous => x) AS segment,
	CASE WHEN id % 1999 = 1 THEN used() END AS used FROM long OFFSET 0) AS q;

-- each error once
SELECT segment_of(customer, 'a: contry = ''x''') FROM customer;
SELECT segment_of(customer, 'b: r > 1
a: country > 5') FROM customer;
SELECT 'a: x > 1 y > 2'::segment_rules;
\echo :LAST_ERROR_SQLSTATE
SELECT segment_of(customer, ('first: true and false
"second rule": r + f')::segment_rules) FROM customer;
SELECT segment_of(customer, (SELECT 'a: f > 1 and 1 / (r - 5) > 1
b: r / (f - 1) > 1'::segment_rules OFFSET 0)) FROM customer WHERE id = 1;
\echo :LAST_ERROR_SQLSTATE
SELECT error_of(format('SELECT %L::segment_rules', text)) FROM unnest(ARRAY['', ' ', 'a', 'a: ', 'a: x x', 'a: x = ''', 'a: x
a: y', 'a: else
b: x', 'a [colour = red]: x', 'a [family = good]: x', 'a [points = many]: x', 'a [from = ''1.1.2024'']: x', 'a: lower(x) = ''b''', 'a: x = date ''today''', 'a: segment(''b'')
b: segment(''c'')
c: not segment(''a'')', 'a: segment(''b'')
b: else', 'a: (x and segment(''b'')) is true
b: y', 'a: ' || repeat('(', 30) || 'x' || repeat(' between y and z)', 30), 'a: ' || repeat('(', 30) || 'x' || repeat(' in (y, z))', 30), 'a: x::regclass = 1', 'a: x > 1e797', 'a: x > 1e798', 'a: x > 1e99999999', repeat('a', 201) || ': x', 'a: segment(''' || repeat('b', 201) || ''')', repeat(chr(97), 100) || ' ' || repeat('b', 120) || ': x']) WITH ORDINALITY AS t (text, i) ORDER BY i;
SELECT error_of(format('SELECT segment_of(typed, %L) FROM typed', 'a: ' || condition)) FROM unnest(ARRAY['i4 > ''abc''', 'd > ''today''', 'd > ''1.2.2024''', 'd > ''2024-2-1''', 'd > ''2024-02-30''', 'ts > ''yesterday''', 'ts > ''2024-01-01 10''', 'tz > ''2024-01-01''',
	'tz > ''2024-01-01 00:00''', 'tz > ''2024-01-01 00:00 Europe/Paris''', 'tz::date > date ''2024-01-01''', 'tz > ts', 'd::text = ''2024-02-29''', 't::date = d', '''now''::timestamp > ts', 's > ''1 day''', 'items = ''{1}''', 'e = ''middle''', 'e::text = ''high''', 'p = ''x''',
	'n', 't', 'null + 1 > 1', 't > 1', 'b > 1', 'oid > 1', 'ctid is null', 'typed is null', 'gone > 1', '"........pg.dropped.1........" > 1', 't = E''x''', 'i4 in (1, ''x'')']) WITH ORDINALITY AS t (condition, i) ORDER BY i;
SELECT error_of('SELECT segment_of(q, ''a: x > 1'') FROM (SELECT 1 AS x, 2 AS x) AS q'), error_of('SELECT segment_of(1, ''a: x > 1'')');
SELECT error_of('SELECT segment_strategy(''a: x'', ''a'', ''colour'')');

-- limits
SELECT length(('a: ' || repeat('not ', 200) || 'x')::segment_rules::text), error_of(format('SELECT %L::segment_rules', 'a: ' || repeat('not ', 201) || 'x'));
SELECT ('a: ' || repeat('(', 1000) || 'x' || repeat(')', 1000))::segment_rules, error_of(format('SELECT %L::segment_rules', 'a: ' || repeat('(', 20000) || 'x' || repeat(')', 20000)));
SELECT error_of(format('SELECT %L::segment_rules', 'a: x = ''' || repeat('b', 1048576) || ''''));
SELECT segment_of(q, 'a: x > -1e797 and x < 1e-797') FROM (VALUES (0)) AS q (x);
SELECT error_of(format('SELECT %L::segment_rules', 'a: x in (1' || repeat(',1', 500000) || ')'));
SELECT segment_of(q, ('a: x in (' || (SELECT string_agg(i::text, ',') FROM generate_series(1, 100000) AS i) || ')')::segment_rules) FROM (VALUES (0), (1), (100000)) AS q (x);
SELECT error_of(format('SELECT segment_sql(%L)', (SELECT string_agg(format('r%s: segment(''r%s'') and segment(''r%s'')', i, i + 1, i + 1), E'\n' ORDER BY i) || E'\nr91: x' FROM generate_series(1, 90) AS i)));
-- ... which segment_of reads once a row
SELECT segment_of(q, (SELECT string_agg(format('r%s: segment(''r%s'') and segment(''r%s'')', i, i + 1, i + 1), E'\n' ORDER BY i) || E'\nr91: x = 1' FROM generate_series(1, 90) AS i)::segment_rules),
	(SELECT max(missing) FROM segment_explain(q, (SELECT string_agg(format('r%s: segment(''r%s'') and segment(''r%s'')', i, i + 1, i + 1), E'\n' ORDER BY i) || E'\nr91: x = 1' FROM generate_series(1, 90) AS i)::segment_rules)) > 1000000 AS many
FROM (VALUES (1), (2)) AS q (x);
SELECT segment_of(q, string_agg(format('rule %s: x = %s', i, i), E'\n' ORDER BY i)::segment_rules) FROM generate_series(1, 10000) AS i, (VALUES (1), (5000), (10000), (10001)) AS q (x) GROUP BY q, x ORDER BY x;

-- constant rules on the rows of a relation are planned as the CASE that they are ...
CREATE TABLE account (id integer PRIMARY KEY, gone integer, country text COLLATE "C", orders bigint, since date);
ALTER TABLE account DROP COLUMN gone;
INSERT INTO account VALUES (1, 'FR', 9, '2020-01-01'), (2, 'DE', 1, '2024-01-01'), (3, NULL, NULL, NULL);
EXPLAIN (VERBOSE, COSTS OFF) SELECT segment_of(a, 'early: since < ''2021-01-01'' AND orders >= 5 KEEP orders > 2
french: country IN (''FR'', ''MC'') OR NOT segment(''early'')
others: ELSE') FROM account AS a;
CREATE FUNCTION planned(statement text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF, FORMAT json) ' || statement INTO plan;
	RETURN CASE WHEN plan::text ~ 'segment_of\(' THEN 'call' ELSE 'case' END;
END
$$;
SELECT E'french: country = ''FR''\ndomestic: country IS NOT NULL\nothers: ELSE' AS rules \gset
SELECT planned(replace(statement, 'RULES', quote_literal(:'rules'))), left(statement, 100) AS statement FROM unnest(ARRAY[
	'SELECT segment_of(a, RULES) FROM account AS a',
	'SELECT segment_of(a, RULES) FROM (SELECT country, orders FROM account) AS a',
	'SELECT segment_of(a, RULES) FROM (SELECT country, sum(orders) AS orders FROM account GROUP BY country) AS a',
	'WITH a AS MATERIALIZED (SELECT country FROM account) SELECT segment_of(a, RULES) FROM a',
	'SELECT segment_of(ROW(country, orders), ''a: f1 = ''''FR'''''') FROM account',
	'SELECT segment_of(a, RULES), count(*) FROM account AS a GROUP BY 1',
	'UPDATE account AS a SET orders = 2 WHERE segment_of(a, RULES) = ''french'' RETURNING segment_of(a, RULES)',
	-- ... but not where a column is computed, a row may be null, or the rules are not known
	'SELECT segment_of(a, RULES) FROM (SELECT lower(country) AS country FROM account) AS a',
	'SELECT segment_of(b, RULES) FROM account AS a LEFT JOIN account AS b ON b.id = a.id + 1',
	'SELECT segment_of(b, RULES) FROM account AS a LEFT JOIN (SELECT country, count(*) FROM account GROUP BY 1) AS b ON b.country = a.country',
	'SELECT segment_of(a, RULES), count(*) FROM account AS a GROUP BY ROLLUP (a)',
	'SELECT (SELECT segment_of(a, RULES)) FROM account AS a',
	'SELECT segment_of(a, ''x [from=''''2024-01-01'''']: orders > 1'') FROM account AS a',
	'SELECT segment_of(a, (SELECT RULES::segment_rules OFFSET 0)) FROM account AS a',
	'SELECT segment_of(a, ''x: order > 1'') FROM account AS a',
	format('SELECT segment_of(a, %L) FROM account AS a', (SELECT string_agg(format('r%s: orders = %s', i, i), E'\n') FROM generate_series(1, 1000) AS i))]) WITH ORDINALITY AS t (statement, i) ORDER BY i;
-- the answers are the same: there is no segment where there is no row
SELECT a.id, segment_of(b, :'rules') AS planned, segment_of(b, (SELECT :'rules'::segment_rules OFFSET 0)) AS called FROM account AS a LEFT JOIN account AS b ON b.id = a.id + 1 ORDER BY 1;
SELECT segment_of(a, :'rules'), count(*) FROM account AS a GROUP BY ROLLUP (a) ORDER BY 2, 1;
SELECT segment_of(j, :'rules') FROM (account AS a LEFT JOIN (SELECT id AS b, country AS home FROM account) AS b ON b.b = a.id + 1) AS j ORDER BY 1;
SELECT a.id, (SELECT segment_of(a, :'rules')), l.segment FROM account AS a LEFT JOIN LATERAL segment_of(a, :'rules') AS l (segment) ON true ORDER BY 1;
SELECT a.id, b.id AS b, l.segment FROM account AS a LEFT JOIN account AS b ON b.id = a.id + 1 LEFT JOIN LATERAL (SELECT segment_of(b, :'rules') AS segment OFFSET 0) AS l ON true ORDER BY 1;
SELECT a.id, b.id AS b, l.segment FROM account AS a LEFT JOIN account AS b ON b.id = a.id + 1 LEFT JOIN LATERAL segment_of(b, :'rules') AS l (segment) ON true ORDER BY 1;
-- an index on it serves, also under another name of the table
CREATE INDEX account_segment ON account (segment_of(account, :'rules'));
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM account AS a WHERE segment_of(a, :'rules') = 'domestic';
SELECT id FROM account AS a WHERE segment_of(a, :'rules') = 'domestic';
RESET enable_seqscan;
-- ... and when it can no longer be made, its table can still be read
ALTER TABLE account RENAME country TO land;
\c -
SET search_path = test_segment_rules, public;
SELECT count(*) FROM account;
INSERT INTO account VALUES (4, 'FR', 1, NULL);
ALTER TABLE account RENAME land TO country;
\c -
SET search_path = test_segment_rules, public;
INSERT INTO account VALUES (4, 'FR', 1, NULL);
-- partitions have their columns in an order of their own
CREATE TABLE world (orders integer, country text, year integer) PARTITION BY LIST (year);
CREATE TABLE world_2024 (country text, year integer, orders integer);
ALTER TABLE world ATTACH PARTITION world_2024 FOR VALUES IN (2024);
CREATE TABLE world_2025 PARTITION OF world FOR VALUES IN (2025);
INSERT INTO world VALUES (1, 'FR', 2024), (2, 'DE', 2025), (3, NULL, 2024);
SELECT orders, segment_of(w, :'rules'), segment_of(w, (SELECT :'rules'::segment_rules OFFSET 0)) AS called FROM world AS w ORDER BY 1;
CREATE VIEW recent AS SELECT country, year FROM world WHERE year > 2024;
SELECT planned(format('SELECT segment_of(r, %L) FROM recent AS r', :'rules')), segment_of(r, :'rules') FROM recent AS r;
SELECT world.year, x.country, segment_of(x, :'rules') FROM recent AS x RIGHT JOIN world USING (year) ORDER BY 1, 2;
-- an EXISTS, which is simplified with the relations of the query around it
SELECT id FROM generate_series(1, 2000) AS id WHERE id = 1500 OR EXISTS (SELECT 1 FROM account AS a LEFT JOIN account AS b ON b.id = a.id + 1 WHERE a.id = id.id AND segment_of(b, :'rules') = 'others') ORDER BY 1;
SELECT s.id FROM (SELECT 1 AS orders, 'FR' AS country, generate_series(1, 2000) AS id) AS s WHERE id = 1500 OR EXISTS (SELECT 1 FROM (SELECT country, orders, id FROM account OFFSET 0) AS a WHERE a.id = s.id AND segment_of(a, :'rules') = 'french') ORDER BY 1;
-- an index serves beside an outer join, and ON CONFLICT finds it
SELECT planned(format(statement, :'rules')), statement FROM (VALUES
	(1, 'SELECT segment_of(a, %L) FROM account AS a LEFT JOIN account AS b USING (id)'),
	(2, 'SELECT segment_of(b, %L) FROM account AS a LEFT JOIN (account AS b JOIN account AS c USING (id)) USING (id)'),
	(3, 'SELECT segment_of(a, %L) FROM account AS a RIGHT JOIN account AS b USING (id)'),
	(4, 'SELECT segment_of(b, %L) FROM account AS a FULL JOIN account AS b USING (id)')) AS t (i, statement) ORDER BY i;
BEGIN;
CREATE UNIQUE INDEX account_one ON account (segment_of(account, :'rules')) WHERE id < 4;
INSERT INTO account SELECT 0, 'FR', NULL, NULL FROM (VALUES (1)) AS a (x) LEFT JOIN (VALUES (2)) AS b (x) USING (x) ON CONFLICT (segment_of(account, :'rules')) WHERE id < 4 DO UPDATE SET orders = length(segment_of(excluded, :'rules')) RETURNING id, orders, segment_of(account, :'rules');
ROLLBACK;
-- what else the row does is done: rows of a set, numbers of a sequence
SELECT segment_of(ROW(country, generate_series(1, 2)), 'a: f1 = ''FR''') FROM account WHERE id = 1;
CREATE SEQUENCE drawn;
SELECT segment_of(ROW(country, nextval('drawn')), 'a: f1 = ''FR''') FROM account WHERE id = 1;
SELECT last_value, is_called FROM drawn;
-- a row of a domain, and a type that changes under a plan
CREATE TYPE place AS (country text, city text);
CREATE DOMAIN known_place AS place CHECK ((value).country IS NOT NULL);
CREATE FUNCTION here() RETURNS known_place LANGUAGE plpgsql AS $$ BEGIN RETURN ROW('FR', 'Lyon')::place; END $$;
CREATE FUNCTION places() RETURNS SETOF place LANGUAGE plpgsql AS $$ BEGIN RETURN NEXT ROW('FR', 'DE')::place; RETURN NEXT NULL; END $$;
SELECT segment_of(h, :'rules') FROM here() AS h;
PREPARE french AS SELECT segment_of(p, :'rules') FROM places() AS p;
EXECUTE french;
ALTER TYPE place RENAME ATTRIBUTE country TO land;
EXECUTE french;
ALTER TYPE place RENAME ATTRIBUTE city TO country;
EXECUTE french;
-- JSON is read out once where it is read often
CREATE TABLE asked (id integer, attrs jsonb);
SELECT planned('SELECT segment_of(a, ''x: attrs ->> ''''b'''' = ''''1'''''') FROM asked AS a') AS once, planned('SELECT segment_of(a, ''x: attrs ->> ''''b'''' = ''''1'''' OR attrs ->> ''''c'''' = ''''1'''''') FROM asked AS a') AS twice;
-- who may not call the function, may not by a CASE
REVOKE EXECUTE ON FUNCTION segment_of(record, segment_rules) FROM public;
CREATE ROLE regress_no_segments;
GRANT SELECT ON world TO regress_no_segments;
SET ROLE regress_no_segments;
SELECT segment_of(w, :'rules') FROM world AS w;
RESET ROLE;
GRANT EXECUTE ON FUNCTION segment_of(record, segment_rules) TO public;
DROP OWNED BY regress_no_segments;
DROP ROLE regress_no_segments;
-- a trigger sees the row as it is
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a % account', segment_of(new, TG_ARGV[0]::segment_rules); END $$;
CREATE TRIGGER domestic BEFORE UPDATE ON account FOR EACH ROW WHEN (segment_of(new, 'domestic: country <> ''FR''') = 'domestic' AND segment_of(old, 'few: orders < 5') = 'few') EXECUTE FUNCTION stop('domestic: country <> ''FR''');
UPDATE account SET orders = 3 WHERE id = 1;
UPDATE account SET orders = 3 WHERE id = 2;
-- what an explanation looks at must not fail either: opposites, numbers that only look like some; nor does it keep memory for each row that fails
SELECT segment, verdict, value, distance FROM (SELECT 0 AS b) AS r, segment_explain(r, E'zero: b = 0\nB: -(1/b) < -3\nrest: ELSE'::segment_rules);
SELECT segment, verdict, value, distance FROM (SELECT -2147483648 AS b) AS r, segment_explain(r, E'low: b < 0\nB: -b < -3\nrest: ELSE'::segment_rules);
SELECT segment, verdict, value, distance FROM (SELECT '1'::money AS x, '2'::money AS y) AS r, segment_explain(r, E'a: x > y\nb: ELSE'::segment_rules);
SELECT count(*) AS rules, max(CASE WHEN i = 20000 THEN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name LIKE 'segment rule%') END) < 1000000 AS small
FROM (SELECT 0 AS b, i FROM generate_series(1, 20000) AS i) AS r, LATERAL segment_explain(row(b), E'zero: f1 = 0\nB: 1/f1 < -3\nrest: ELSE'::segment_rules);
