-- harness.sql: functions of the benchmark's protocol, see doc/benchmarks.md.

CREATE TABLE bench.query (name text PRIMARY KEY, sql text NOT NULL, plan text NOT NULL);
COMMENT ON TABLE bench.query IS 'queries to time, each with a regular expression for the plan it must have';

CREATE TABLE bench.round (block text, a_cpu float8, b_cpu float8, a_wall float8, b_wall float8);
COMMENT ON TABLE bench.round IS 'seconds of both sides of a comparison, round by round';

CREATE TABLE bench.result (block text, verdict text);
COMMENT ON TABLE bench.result IS 'judged comparisons: pass, FAIL or skip';

-- Seconds of CPU that this backend has had.  Kernels without schedstat count in
-- hundredths of a second.
CREATE FUNCTION bench.cpu() RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	text text := pg_read_file('/proc/self/schedstat', 0, 100, true);
BEGIN
	IF text IS NOT NULL THEN
		RETURN split_part(text, ' ', 1)::float8 / 1e9;
	END IF;
	text := regexp_replace(pg_read_file('/proc/self/stat', 0, 1000), '^.*\) ', '');
	RETURN (split_part(text, ' ', 12)::float8 + split_part(text, ' ', 13)::float8) / 100;
END $$;

-- Seconds of one execution, from several in a row.  Nothing is sent to a client.
CREATE FUNCTION bench.once(asked text, times int, OUT cpu float8, OUT wall float8)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	command text := 'EXPLAIN (ANALYZE, TIMING OFF) ' || (SELECT sql FROM bench.query WHERE name = asked);
	start_wall timestamptz := clock_timestamp();
	start_cpu float8 := bench.cpu();
BEGIN
	FOR i IN 1 .. times LOOP
		EXECUTE command;
	END LOOP;
	cpu := (bench.cpu() - start_cpu) / times;
	wall := extract(epoch FROM clock_timestamp() - start_wall)::float8 / times;
END $$;

-- One execution to warm up, with a look at the plan: its seconds of CPU.
CREATE FUNCTION bench.warm_up(asked text) RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	query bench.query;
	line text;
	seen text := '';
	start float8 := bench.cpu();
BEGIN
	SELECT * INTO STRICT query FROM bench.query WHERE name = asked;
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, COSTS OFF) ' || query.sql LOOP
		seen := seen || line || E'\n';
	END LOOP;
	seen := split_part(seen, 'Planning:', 1);
	IF seen !~ query.plan OR seen ~ 'Disk|Gather| read=|Batches: [2-9]|Heap Fetches: [1-9]' THEN
		RAISE 'not the intended plan of %: %', asked, seen;
	END IF;
	RETURN bench.cpu() - start;
END $$;

-- Both queries must return the same rows, in any order.
CREATE FUNCTION bench.assert_same(a text, b text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	form text := 'SELECT format(''%%s rows, checksum %%s'', count(*), sum(hashtextextended(q::text, 0))) FROM (%s) AS q';
	answer_a text;
	answer_b text;
BEGIN
	EXECUTE format(form, a) INTO answer_a;
	EXECUTE format(form, b) INTO answer_b;
	IF answer_a <> answer_b THEN
		RAISE 'not the same answer: % and %', answer_a, answer_b;
	END IF;
END $$;

-- Ratios spread too widely in the rounds so far?
CREATE FUNCTION bench.noisy(asked text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT max(a_cpu / b_cpu) - min(a_cpu / b_cpu)
		> 0.4 * percentile_cont(0.5) WITHIN GROUP (ORDER BY a_cpu / b_cpu)
	FROM bench.round WHERE block = asked
$$;

-- The line of a comparison; a goal that is null is only shown.
CREATE FUNCTION bench.verdict(asked text, goal float8) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	ratio float8;
	verdict text;
	figures text;
BEGIN
	SELECT m, format('%s [%s..%s] x%s', lpad(to_char(m, 'FM990.000'), 6), to_char(low, 'FM990.000'),
			to_char(high, 'FM990.000'), rpad(n::text, 3)) || format('wall %s  cpu %s / %s s',
			to_char(wall, 'FM990.000'), to_char(a, 'FM990.000'), to_char(b, 'FM990.000'))
		INTO ratio, figures
	FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a_cpu / b_cpu) AS m, count(*) AS n,
			min(a_cpu / b_cpu) AS low, max(a_cpu / b_cpu) AS high,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY a_wall / b_wall) AS wall,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY a_cpu) AS a,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY b_cpu) AS b
		FROM bench.round WHERE block = asked) AS q;
	verdict := CASE WHEN ratio <= goal * 1.15 THEN 'pass' ELSE 'FAIL' END;
	IF goal IS NOT NULL THEN
		INSERT INTO bench.result VALUES (asked, verdict);
	END IF;
	RETURN rpad(asked, 66) || figures || CASE
		WHEN goal IS NULL THEN ''
		WHEN verdict = 'pass' AND ratio > goal THEN format('  goal %s  pass (over it, within the margin of noise)', goal)
		ELSE format('  goal %s  %s', goal, verdict) END;
END $$;

-- Times query a against query b: A B, B A, ...  Nine rounds, three of slow ones and
-- of those without a goal; up to three blocks of them while the ratios spread too
-- widely.  With base, what that query takes is first subtracted from both.
CREATE FUNCTION bench.compare(asked text, a text, b text, goal float8 DEFAULT NULL, base text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	warm_a float8;
	warm_b float8;
	times int;
	rounds int;
	one record;
	other record;
	less record;
BEGIN
	warm_a := bench.warm_up(a);
	warm_b := bench.warm_up(b);
	SELECT 0::float8 AS cpu, 0::float8 AS wall INTO less;
	IF base IS NOT NULL THEN
		PERFORM bench.warm_up(base);
	END IF;
	times := ceil(0.2 / greatest(0.001, least(warm_a, warm_b)));
	rounds := CASE WHEN goal IS NULL OR greatest(warm_a, warm_b) > 3 THEN 3 ELSE 9 END;
	FOR attempt IN 1 .. 3 LOOP
		FOR i IN 1 .. rounds LOOP
			IF i % 2 = 1 THEN
				one := bench.once(a, times);
				other := bench.once(b, times);
			ELSE
				other := bench.once(b, times);
				one := bench.once(a, times);
			END IF;
			IF base IS NOT NULL THEN
				less := bench.once(base, times);
			END IF;
			INSERT INTO bench.round VALUES (asked, one.cpu - less.cpu, other.cpu - less.cpu, one.wall - less.wall, other.wall - less.wall);
		END LOOP;
		EXIT WHEN goal IS NULL OR NOT bench.noisy(asked);
	END LOOP;
	RETURN bench.verdict(asked, goal);
EXCEPTION WHEN others THEN
	INSERT INTO bench.result VALUES (asked, 'FAIL');
	RETURN rpad(asked, 66) || 'FAIL: ' || sqlerrm;
END $$;

-- Seconds of CPU of a query, times a factor, against a goal in seconds.
CREATE FUNCTION bench.seconds(asked text, a text, factor float8, goal float8) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	times int := ceil(0.2 / greatest(0.001, bench.warm_up(a)));
	one record;
BEGIN
	FOR i IN 1 .. 9 LOOP
		one := bench.once(a, times);
		INSERT INTO bench.round VALUES (asked, one.cpu * factor, 1, one.wall * factor, 1);
	END LOOP;
	RETURN bench.verdict(asked, goal);
END $$;
