/* segment: named maps from scores to segments */

CREATE FUNCTION segment_of(r integer, f integer, m integer, map text DEFAULT 'rfm11') RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_of'
/* not STRICT: no score at all is a prospect, and a map may need two scores only */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_of(integer, integer, integer, text) IS
'segment of R, F and M scores from 1 to 5 by a named map; prospect without scores';

CREATE FUNCTION segment_of(scores rfm, map text DEFAULT 'rfm11') RETURNS text
AS 'MODULE_PATHNAME', 'pgrcv_segment_of_rfm'
/* not STRICT: no score at all is a prospect, and a map may need two scores only */
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION segment_of(rfm, text) IS
'segment of R, F and M scores from 1 to 5 by a named map; prospect without scores';

CREATE FUNCTION segment_maps(OUT map text, OUT basis text, OUT rule integer, OUT segment text,
	OUT cells text, OUT source text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_maps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 53;
COMMENT ON FUNCTION segment_maps() IS
'rules of all segment maps; in a map, the first rule that has a cell wins it';

CREATE FUNCTION segment_map_check(map text, OUT kind text, OUT r integer, OUT f integer,
	OUT m integer, OUT rules integer, OUT segments text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'pgrcv_segment_map_check'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION segment_map_check(text) IS
'cells of a map that no rule has (gap) or that several have (overlap); no row for a complete partition';
