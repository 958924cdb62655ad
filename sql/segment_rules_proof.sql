CREATE SCHEMA test_segment_rules_proof;
SET search_path = test_segment_rules_proof, public;
-- segment_of gives what the CASE of segment_sql gives: 400 sets of rules, made
-- from a hash, on 500 rows with nulls in every column

CREATE TYPE mood AS ENUM ('low', 'fair', 'high');
CREATE DOMAIN small_number AS integer CHECK (VALUE < 100);

CREATE FUNCTION pick(key text, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashtextextended(key, 20240131) % choices + choices) % choices)::integer $$;

CREATE FUNCTION pick_of(key text, VARIADIC choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + pick(key, array_length(choices, 1))] $$;

CREATE TABLE proof (id integer, gone text, i2 smallint, i4 integer, i8 bigint, f4 real, f8 float8, n numeric,
	wide numeric, t text, v varchar(10), c char(4), b boolean, d date, ts timestamp, tz timestamptz,
	doc jsonb, e mood, s small_number, items integer[], "Quoted ""col""" integer, cc text COLLATE "C", "order" integer);

INSERT INTO proof
SELECT i, 'x', (pick('i2' || i, 11) - 5), pick('i4' || i, 21) - 10, pick('i8' || i, 9) * 1000000000000 - 4000000000000,
	(ARRAY['-0', '0', '0.1', '1.5', 'NaN', 'Infinity', '-Infinity', '-2', '1e-40'])[1 + pick('f4' || i, 9)]::real,
	(ARRAY['-0', '0', '0.1', '1.5', 'NaN', 'Infinity', '-Infinity', '-2', '1e-320'])[1 + pick('f8' || i, 9)]::float8,
	(ARRAY['0', '0.00', '2.5', '2.50000', '2.50001', '-2.5', '1000', '999999999999', 'NaN', 'Infinity', '-Infinity'])[1 + pick('n' || i, 11)]::numeric,
	(ARRAY['12345678901234567890', '-12345678901234567890', '0.00000000000000000001', '1e30', '1', '12345678901234567890.5'])[1 + pick('w' || i, 6)]::numeric,
	(ARRAY['', 'a', 'A', 'abc', 'a%', 'it''s', 'a\b', repeat('long ', 1000)])[1 + pick('t' || i, 8)],
	(ARRAY['', 'a', 'ab', 'abc ', 'B'])[1 + pick('v' || i, 5)], (ARRAY['a', 'ab  ', 'abcd', ''])[1 + pick('c' || i, 4)],
	pick('b' || i, 2) = 1, DATE '2024-01-01' + pick('d' || i, 40), TIMESTAMP '2024-01-01' + pick('ts' || i, 40) * INTERVAL '13 hours',
	TIMESTAMPTZ '2024-01-01 00:00+00' + pick('tz' || i, 40) * INTERVAL '13 hours',
	(ARRAY['{}', '{"k": 1}', '{"k": "2", "l": {"k": "x"}}', '{"k": null}', '[1, 2]'])[1 + pick('doc' || i, 5)]::jsonb,
	(ARRAY['low', 'fair', 'high'])[1 + pick('e' || i, 3)]::mood, pick('s' || i, 10), ARRAY[i], pick('q' || i, 10),
	(ARRAY['a', 'A', 'b'])[1 + pick('cc' || i, 3)], pick('o' || i, 10)
FROM generate_series(1, 500) AS i;
ALTER TABLE proof DROP COLUMN gone;
ALTER TABLE proof ADD COLUMN later integer DEFAULT 7;
DO $$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT attname FROM pg_attribute WHERE attrelid = 'proof'::regclass AND attnum > 1 AND NOT attisdropped LOOP
		EXECUTE format('UPDATE proof SET %I = NULL WHERE pick(%L || id, 6) = 0', name, 'null' || name);
	END LOOP;
END
$$;
VACUUM ANALYZE proof;

-- a number; within arithmetic no literal that would take it out of range
CREATE FUNCTION number_of(key text, depth integer, inside boolean DEFAULT false) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$
BEGIN
	IF depth > 0 AND pick(key || 'deep', 3) = 0 THEN
		CASE pick(key || 'operator', 6)
			WHEN 0 THEN RETURN number_of(key || 'l', depth - 1, true) || ' + ' || number_of(key || 'r', depth - 1, true);
			WHEN 1 THEN RETURN number_of(key || 'l', depth - 1, true) || ' - ' || number_of(key || 'r', depth - 1, true);
			WHEN 2 THEN RETURN '- ' || number_of(key || 'l', depth - 1, true);
			WHEN 3 THEN RETURN '(' || number_of(key || 'l', depth - 1, true) || ')::numeric / ' || pick_of(key || 'r', '2', '3.', '4e0', '-5');
			WHEN 4 THEN RETURN '(' || number_of(key || 'l', depth - 1, true) || ') * 2';
			ELSE RETURN pick_of(key || 'l', 'i2', 'i4', 'i8', 's') || pick_of(key || 'r', ' % 3', ' / 2', ' / 2.', ' / 1e1', '::text::numeric');
		END CASE;
	END IF;
	IF pick(key || 'literal', 4) = 0 AND NOT inside THEN
		RETURN pick_of(key || 'number', '4000000000000', '12345678901234567890', '.00000000000000000001', '100000', '2147483648', '-2147483648', '- -2147483648', '32768', '-32768', '999999999999.9999', '1000000000000');
	ELSIF pick(key || 'literal', 4) = 1 THEN
		RETURN pick_of(key || 'number', '0', '1', '-2', '- -3', '2.5', '-2.50000', '0.1', '1e1', '-0');
	END IF;
	RETURN pick_of(key || 'column', 'i2', 'i4', 'i8', 'f4', 'f8', 'n', 'wide', 's', '"Quoted ""col"""', '"order"', 'later', '(doc ->> ''none'')::int');
END
$$;

-- a condition that is neither AND nor OR nor NOT
CREATE FUNCTION test_of(key text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
	compares text := pick_of(key || 'compares', '=', '<>', '<', '<=', '>', '>=', '!=', ' is distinct from ', ' is not distinct from ');
	no text := pick_of(key || 'no', '', ' not');
	texts text := pick_of(key || 'texts', 't', 'v', 'c', 'cc', 'doc ->> ''k''', 'doc -> ''l'' ->> ''k''', 't::text', 'i4::text', 'b::text');
	word text := pick_of(key || 'word', '''a''', '''A''', '''ab''', '''it''''s''', '''a\b''', '''''', '''1''', '''a%''', 't', 'v');
	other text := pick_of(key || 'other', '''abc''', '''b''', '''x''', '''2''', 'null', 'v', '''ab  ''');
	day text := pick_of(key || 'day', 'date ''2024-01-10''', '''2024-01-20''', '''infinity''', 'd');
	moment text := pick_of(key || 'moment', '''2024-01-10''', '''2024-01-12 13:00''', 'date ''2024-01-20''', '''2024-01-05T01:02:03.5''', 'd::timestamp', 'ts');
	"column" text := pick_of(key || 'column', 'i2', 'f4', 'f8', 'n', 't', 'c', 'b', 'd', 'ts', 'tz', 'doc', 'e', 's', 'items', '"Quoted ""col"""', 'cc', 'later');
BEGIN
	CASE pick(key || 'test', 16)
		WHEN 0, 1, 2, 3 THEN RETURN number_of(key || 'l', 2) || compares || number_of(key || 'r', 1);
		WHEN 4 THEN RETURN number_of(key || 'l', 1) || no || ' between ' || number_of(key || 'low', 1) || ' and ' || number_of(key || 'high', 1);
		WHEN 5 THEN RETURN number_of(key || 'l', 1) || no || ' in (' || number_of(key || '1', 0) || ', ' || pick_of(key || '2', '1', '2', 'null', '2.5') || ', ' || number_of(key || '3', 0) || ')';
		WHEN 6 THEN RETURN texts || compares || word;
		WHEN 7 THEN RETURN texts || no || ' in (' || word || ', ' || other || ', ''a'')';
		WHEN 8 THEN RETURN texts || no || pick_of(key || 'like', ' like ', ' ilike ') || pick_of(key || 'pattern', '''a%''', '''%B''', '''_''', '''it''''s''', '''a\\b''', '''%''', 'v');
		WHEN 9 THEN RETURN pick_of(key || 'bool', 'b', '(b)', 'b = true', 'b <> false', '(b and i2 > 0)', '(i4 > 0)', 'b::int = 1') || pick_of(key || 'is', '', ' is true', ' is not true', ' is false', ' is not false', ' is unknown', ' is not unknown');
		WHEN 10 THEN RETURN pick_of(key || 'd', 'd', 'date ''2024-01-15''') || compares || day;
		WHEN 11 THEN RETURN 'ts' || compares || moment;
		WHEN 12 THEN RETURN pick_of(key || 'zone', '''2024-01-10 00:00+01''', '''2024-01-12 13:00Z''', 'tz') || compares || 'tz';
		WHEN 13 THEN RETURN 'e' || pick_of(key || 'e', ' = ''low''', ' <> ''high''', ' >= ''fair''', ' in (''low'', ''high'')', ' between ''fair'' and ''high''', ' is distinct from ''low''', ' in (''fair'', null)');
		WHEN 14 THEN RETURN pick_of(key || 'literal', 'true', 'false', 'null', 'not null', '1 = 1', '''a'' = ''b''', 'd - date ''2024-01-10'' > 5', 'd + 3 < ''2024-01-20''');
		ELSE RETURN "column" || ' is' || no || ' null';
	END CASE;
END
$$;

CREATE FUNCTION condition_of(key text, depth integer, rule integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
	parts text[];
	part text;
BEGIN
	IF rule > 1 AND pick(key || 'segment', 12) = 0 THEN
		RETURN format('segment(''r %s'')', 1 + pick(key || 'which', rule - 1));
	ELSIF depth = 0 OR pick(key || 'leaf', 3) = 0 THEN
		RETURN test_of(key);
	ELSIF pick(key || 'not', 5) = 0 THEN
		RETURN 'not (' || condition_of(key || 'n', depth - 1, rule) || ')';
	END IF;
	FOR i IN 1 .. 2 + pick(key || 'parts', 3) LOOP
		part := condition_of(key || i, depth - 1, rule);
		parts := parts || CASE pick(key || 'parentheses' || i, 2) WHEN 0 THEN part ELSE '(' || part || ')' END;
	END LOOP;
	RETURN array_to_string(parts, pick_of(key || 'join', ' and ', ' or '));
END
$$;

-- each set: up to seven rules, of which later ones may refer to those before
CREATE TABLE sets AS
SELECT s AS id, rules, rules::segment_rules AS value
FROM generate_series(1, 400) AS s,
	LATERAL (SELECT string_agg(format('r %s: %s', r, condition_of(s || 'rule' || r, 2, r)), E'\n' ORDER BY r)
		|| CASE pick(s || 'else', 3) WHEN 0 THEN E'\nthe rest: else' ELSE '' END AS rules
		FROM generate_series(1, 1 + pick(s || 'rules', 7)) AS r) AS q;

-- each part of the language is in it
SELECT word FROM unnest('{ AND , OR ,NOT ,IS NULL,IS NOT NULL,TRUE,FALSE,UNKNOWN,DISTINCT FROM,NOT DISTINCT, = , <> , < , <= , > , >= , BETWEEN , NOT BETWEEN , IN (, NOT IN (, LIKE , NOT LIKE , ILIKE , NOT ILIKE , ->> , -> , + , - , * , / , % ,::,segment(,DATE,ELSE}'::text[]) AS word
WHERE NOT EXISTS (SELECT FROM sets WHERE position(word IN value::text) > 0);

-- the proof: rows on which two expressions differ
CREATE FUNCTION differences(left_side text, right_side text, rules segment_rules) RETURNS bigint LANGUAGE plpgsql AS
$$
DECLARE
	found bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM proof AS whole WHERE (%s) IS DISTINCT FROM (%s)', left_side, right_side) INTO found USING rules;
	RETURN found;
END
$$;

CREATE FUNCTION prove(expected text, actual text DEFAULT 'segment_of(whole, (SELECT $1 OFFSET 0))') RETURNS bigint LANGUAGE plpgsql AS
$$
DECLARE
	one sets;
	found bigint;
	proven bigint := 0;
	sql text;
BEGIN
	FOR one IN SELECT * FROM sets ORDER BY id LOOP
		EXECUTE format('SELECT %s', expected) INTO sql USING one.value;
		found := differences(format(actual, quote_literal(one.rules)), sql, one.value);
		IF found > 0 THEN
			RAISE E'% rows differ for\n%\nas SQL\n%', found, one.value, sql;
		END IF;
		proven := proven + 1;
	END LOOP;
	RETURN proven;
END
$$;

-- rules that the planner does not know, and a constant of the query, for which it plans a CASE
SELECT prove('segment_sql($1)') AS proven;
SELECT prove('segment_sql($1)', 'segment_of(whole, %s)') AS proven;
SET standard_conforming_strings = off;
SELECT prove('segment_sql($1)') AS proven;
RESET standard_conforming_strings;

-- they tell rows apart
SELECT count(*) > 300 AS most FROM sets
WHERE (SELECT count(DISTINCT coalesce(segment_of(whole, value), '')) FROM proof AS whole WHERE id <= 100) > 1;

-- the proof sees a rule that is another one: each change of an operator but those that no row decides by
DO $$
DECLARE
	one sets;
	changed segment_rules;
	tried bigint := 0;
	seen bigint := 0;
BEGIN
	FOR one IN SELECT * FROM sets WHERE value::text ~ '^[^\n]* (=|<=) ' ORDER BY id LOOP
		changed := regexp_replace(one.value::text, ' (=|<=) ', ' > ')::segment_rules;
		tried := tried + 1;
		seen := seen + (differences('segment_of(whole, (SELECT $1 OFFSET 0))', segment_sql(changed), one.value) > 0)::integer;
	END LOOP;
	IF tried < 100 OR seen < tried * 0.4 THEN
		RAISE 'only % of % changes were seen', seen, tried;
	END IF;
END
$$;
DO $$
BEGIN
	PERFORM prove('replace(segment_sql($1), '' >= '', '' > '')');
	RAISE 'not seen';
EXCEPTION WHEN raise_exception THEN
	IF SQLERRM NOT LIKE '%rows differ%' THEN
		RAISE;
	END IF;
END
$$;

-- columns named by each word that SQL knows
DO $$
DECLARE
	word text;
	rules text;
	found text;
	expected text;
BEGIN
	FOR word IN SELECT k.word FROM pg_get_keywords() AS k ORDER BY k.word LOOP
		EXECUTE format('CREATE TABLE words (%I integer, zz integer)', word);
		INSERT INTO words VALUES (5, 1);
		rules := format('a: NOT %1$s <= 3 AND %1$s IS NOT NULL AND %1$s IN (5, 6) AND - %1$s < 0 AND zz * %1$s BETWEEN 1 AND 9 AND %1$s::text LIKE ''5''', '"' || word || '"');
		EXECUTE format('SELECT segment_of(words, (SELECT $1 OFFSET 0)), %s FROM words', segment_sql(rules::segment_rules)) INTO found, expected USING rules::segment_rules;
		IF found IS NULL OR found IS DISTINCT FROM expected OR rules::segment_rules::text::segment_rules <> rules::segment_rules THEN
			RAISE 'the word % is read as another', word;
		END IF;
		DROP TABLE words;
	END LOOP;
END
$$;

-- the first of all that hold, unless it is ELSE, is the one that segment_of names
SELECT prove('$$(segment_all(whole, $1))[1]$$') AS proven;

-- so says the explanation, and its verdicts are those of all
SELECT count(*) AS wrong
FROM sets, proof AS whole
WHERE whole.id = 1 + sets.id % 50 AND sets.id % 4 = 0
	AND ((SELECT segment FROM segment_explain(whole, value) WHERE chosen) IS DISTINCT FROM segment_of(whole, value)
	OR ARRAY(SELECT segment FROM segment_explain(whole, value) WHERE verdict AND segment <> 'the rest' ORDER BY position) IS DISTINCT FROM array_remove(segment_all(whole, value), 'the rest'));

-- text and JSON read back as the same rules
SELECT count(*) AS wrong FROM sets WHERE value::text::segment_rules::text <> value::text;
SELECT count(*) AS wrong FROM sets WHERE value::jsonb::segment_rules <> value;
SELECT count(*) AS wrong FROM sets WHERE value::jsonb::segment_rules::jsonb <> value::jsonb;

-- KEEP: its condition counts for who is in
CREATE TABLE keeping AS
SELECT s AS id, string_agg(format('r %s: %s keep %s', r, test_of(s || 'enter' || r), condition_of(s || 'keep' || r, 1, 1)), E'\n' ORDER BY r)::segment_rules AS value
FROM generate_series(1, 100) AS s, generate_series(1, 4) AS r GROUP BY s;
DO $$
DECLARE
	one keeping;
	sql text;
	found bigint;
	kept bigint := 0;
BEGIN
	FOR one IN SELECT * FROM keeping ORDER BY id LOOP
		SELECT 'CASE ' || string_agg(format('WHEN (%s) OR (whole.id %% 5 = %s AND (%s)) THEN %L', condition, position, keep, segment), ' ' ORDER BY position) || ' END'
		INTO sql FROM segment_list(one.value);
		sql := regexp_replace(sql, '\morder\M', '"order"', 'g'); -- a column of rules may have a name that SQL keeps to itself
		found := differences('segment_on(whole, $1, NULL, ''r '' || id % 5)', sql, one.value);
		IF found > 0 THEN
			RAISE E'% rows differ for\n%', found, one.value;
		END IF;
		kept := kept + differences('segment_of(whole, $1)', sql, one.value);
	END LOOP;
	IF kept < 1000 THEN
		RAISE 'only % rows were kept', kept;
	END IF;
END
$$;
SELECT count(*) AS wrong FROM keeping WHERE value::jsonb::segment_rules <> value;

-- workers give the same as one process
ALTER TABLE proof SET (parallel_workers = 2);
CREATE VIEW sums AS SELECT sum(hashtextextended(segment_of(whole, 'r 1: n > 2 or f8 > 1
r 2: t like ''a%'' and not b
r 3: wide > 12345678901234567890 and d > date ''2024-01-05''
r 4: e = ''high'' and c in (''a'', ''ab'')
rest: else'), id)) AS sum FROM proof AS whole;
CREATE TABLE alone AS SELECT * FROM sums;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
DO $$
DECLARE
	plan text;
BEGIN
	FOR plan IN EXECUTE 'EXPLAIN (COSTS OFF) SELECT * FROM sums' LOOP
		IF plan LIKE '%Parallel%' THEN
			RETURN;
		END IF;
	END LOOP;
	RAISE 'no worker was asked';
END
$$;
SELECT (SELECT sum FROM sums) = sum AS same FROM alone;
