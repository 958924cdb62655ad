CREATE SCHEMA test_segment;
SET search_path = test_segment, public;
-- plain use
SELECT segment_of(5, 5, 5) AS best, segment_of(1, 1, 1) AS last, segment_of(5, 1, 1) AS recent;
SELECT segment_of(2, 5, 4), segment_of(2, 5, 4, 'rf10') AS rf10, segment_of(2, 5, 4, map => 'rfm125') AS rfm125;
SELECT segment_of(ROW(5, 4, 3)::rfm), segment_of('(5,1,1)'::rfm, 'rf10') AS rf10;
SELECT segment_of(2::smallint, 5::smallint, 4::smallint) AS smallints;

-- the map may come from a row
SELECT map, segment_of(1, 5, 3, map) AS scores, segment_of(ROW(1, 5, 3)::rfm, map) AS composite
FROM (VALUES (1, 'rfm11'), (2, 'rf10'), (3, 'rfm125'), (4, NULL), (5, 'rfm_pkg'), (6, 'putler'), (7, 'rfm11')) AS v (i, map)
ORDER BY i;

-- the rules
SELECT map, basis, count(*) AS rules, min(rule) AS first, max(rule) AS last, count(DISTINCT segment) AS segments, source
FROM segment_maps() GROUP BY map, basis, source ORDER BY map;
SELECT rule, segment, cells FROM segment_maps() WHERE map = 'rfm11' ORDER BY rule;
SELECT rule, segment, cells FROM segment_maps() WHERE map = 'rfm_pkg' ORDER BY rule;

-- gaps and overlaps: no row is a complete partition
SELECT * FROM segment_map_check('rfm11');
SELECT * FROM segment_map_check('rf10');
SELECT * FROM segment_map_check('rfm125');
SELECT kind, count(*), max(rules) AS most FROM segment_map_check('rfm_pkg') GROUP BY kind ORDER BY kind;
SELECT string_agg(format('%s%s%s', r, f, m), ' ' ORDER BY r, f, m) AS gaps FROM segment_map_check('rfm_pkg') WHERE kind = 'gap';
SELECT * FROM segment_map_check('rfm_pkg') WHERE rules IN (0, 5) ORDER BY r, f, m;
SELECT kind, count(*) FROM segment_map_check('putler') GROUP BY kind;

-- null: no score at all is a prospect, a score that the map needs is unknown
SELECT segment_of(NULL, NULL, NULL) AS scores, segment_of(NULL::rfm) AS composite, segment_of(ROW(NULL, NULL, NULL)::rfm) AS fields;
SELECT segment_of(NULL, NULL, NULL, 'putler') AS prospect, segment_of(NULL, NULL, NULL, NULL) AS no_map, segment_of(5, 5, 5, NULL) AS no_map, segment_of(NULL::rfm, NULL) AS no_map;
SELECT map, segment_of(NULL, 4, 4, map) AS no_r, segment_of(4, NULL, 4, map) AS no_f, segment_of(4, 4, NULL, map) AS no_m
FROM (SELECT DISTINCT map FROM segment_maps()) AS m ORDER BY map;
SELECT map, segment_of(ROW(NULL, 4, 4)::rfm, map) AS no_r, segment_of(ROW(4, NULL, 4)::rfm, map) AS no_f, segment_of(ROW(4, 4, NULL)::rfm, map) AS no_m
FROM (SELECT DISTINCT map FROM segment_maps()) AS m ORDER BY map;
SELECT * FROM segment_map_check(NULL);

-- limits
SELECT segment_of(1, 5, 5) AS low_r, segment_of(5, 1, 5) AS low_f, segment_of(5, 5, 1) AS low_m;

-- errors
SELECT segment_of(0, 1, 1);
\echo :LAST_ERROR_SQLSTATE
SELECT segment_of(6, 1, 1);
SELECT segment_of(1, -1, 1);
SELECT segment_of(1, 1, 2147483647);
SELECT segment_of(1, 1, 6, 'rf10');
SELECT segment_of(9, NULL, 1);
SELECT segment_of(ROW(1, 10, 1)::rfm);
SELECT segment_of(1, 1, 1, 'rfm12');
\echo :LAST_ERROR_SQLSTATE
SELECT segment_of(NULL, NULL, NULL, '');
SELECT segment_of(ROW(1, 1, 1)::rfm, 'RFM11');
SELECT * FROM segment_map_check('none');
\echo :LAST_ERROR_SQLSTATE

-- properties
CREATE TABLE cell AS
    SELECT r, f, m, ROW(r, f, m)::rfm AS scores, map
    FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m,
         (SELECT DISTINCT map FROM segment_maps()) AS maps;

-- a cell notation is a regular expression too: the first rule that matches wins
SELECT map, count(*) AS cells, count(*) FILTER (WHERE segment IS DISTINCT FROM expected) AS different
FROM (SELECT map, segment_of(r, f, m, map) AS segment, coalesce((
          SELECT rules.segment FROM segment_maps() AS rules
          WHERE rules.map = cell.map
            AND CASE basis WHEN 'r,f,m' THEN format('%s%s%s', r, f, m) WHEN 'r,f' THEN format('%s%s', r, f)
                WHEN 'r,fm' THEN format('%s%s', r, floor((f + m + 1) / 2.0)) END
                ~ ('^(' || replace(cells, ' ', '|') || ')$')
          ORDER BY rule LIMIT 1), 'Others') AS expected
      FROM cell) AS compared
GROUP BY map ORDER BY map;

-- a composite is its three scores, also when it was stored
SELECT count(*) AS different FROM cell WHERE segment_of(scores, map) IS DISTINCT FROM segment_of(r, f, m, map);
SELECT count(*) AS different
FROM (SELECT nullif(r, 1) AS r, nullif(f, 2) AS f, nullif(m, 3) AS m, map FROM cell) AS c
WHERE segment_of(ROW(r, f, m)::rfm, map) IS DISTINCT FROM segment_of(r, f, m, map);

-- the check says what the maps do: a gap is Others, the first name of an overlap wins
SELECT map, kind, count(*) AS cells,
       count(*) FILTER (WHERE segment_of(r, f, m, map) IS DISTINCT FROM coalesce(split_part(segments, ', ', 1), 'Others')) AS different
FROM (SELECT DISTINCT map FROM segment_maps()) AS maps, segment_map_check(map)
GROUP BY map, kind ORDER BY map, kind;

-- segments that a map names but no cell has
SELECT map, segment FROM segment_maps()
EXCEPT SELECT map, segment_of(r, f, m, map) FROM cell ORDER BY map, segment;

-- workers give the same as one process
CREATE TABLE many AS SELECT 1 + i % 5 AS r, 1 + i / 5 % 5 AS f, 1 + i / 25 % 5 AS m FROM generate_series(0, 124999) AS i;
ALTER TABLE many SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT segment_of(r, f, m) AS segment, count(*) FROM many GROUP BY segment ORDER BY segment;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- usable in an index
CREATE INDEX ON many (segment_of(r, f, m, 'rfm125'));
SELECT count(*) FROM many WHERE segment_of(r, f, m, 'rfm125') = 'Champions';
