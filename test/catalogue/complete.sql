-- Rules of the house that the catalogue can tell of: each row an offender, none
-- expected.  Prints TAP lines.
SET search_path = pg_catalog;

CREATE TEMPORARY VIEW member AS
	SELECT classid, objid, pg_describe_object(classid, objid, 0) AS name
	FROM pg_depend, pg_extension AS e
	WHERE refclassid = 'pg_extension'::regclass AND refobjid = e.oid
	  AND extname = 'receivables' AND deptype = 'e';

CREATE TEMPORARY VIEW routine AS
	SELECT p.*, name, CASE
		WHEN proname IN ('segment_check', 'segment_overlap', 'segment_diff', 'segment_explain',
			'segment_history_ddl', 'allocate_payments_text', 'dunning_backtest') THEN 'reader'
		WHEN proname = 'allocate_payments' AND prokind = 'f' THEN 'reader'
		WHEN proname IN ('segment_history_update') THEN 'writer'
		ELSE 'pure' END AS kind
	FROM pg_temp.member JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = oid;

WITH offence (rule, name) AS (
	SELECT 'every function has argument names', name FROM pg_temp.routine
	WHERE pronargs > 0
	  AND (proargnames IS NULL OR '' = ANY (proargnames[1:pronargs]))
	UNION ALL
	SELECT 'every function is immutable, or a known reader or writer of tables', name
	FROM pg_temp.routine
	WHERE provolatile <> CASE kind WHEN 'reader' THEN 's' WHEN 'writer' THEN 'v' ELSE 'i' END
	UNION ALL
	SELECT 'every function is parallel safe, or a known reader or writer of tables', name
	FROM pg_temp.routine
	WHERE proparallel <> CASE WHEN proname = 'segment_explain' THEN 'u' WHEN kind = 'reader' THEN 'r' WHEN kind = 'writer' THEN 'u' ELSE 's' END
	UNION ALL
	SELECT 'every function has a cost of 1, 10, 100 or 1000', name FROM pg_temp.routine
	WHERE procost NOT IN (1, 10, 100, 1000)
	UNION ALL
	SELECT 'every function is C of this library or has an SQL body parsed beforehand', name
	FROM pg_temp.routine JOIN pg_language AS l ON l.oid = prolang
	WHERE NOT (lanname = 'c' AND probin = '$libdir/receivables' AND starts_with(prosrc, 'pgrcv_')
			   OR lanname = 'sql' AND prosqlbody IS NOT NULL
			   OR prokind = 'a')
	UNION ALL
	SELECT 'no function runs as its owner', name FROM pg_temp.routine
	WHERE prosecdef
	UNION ALL
	SELECT 'every aggregate states the size of its state', name
	FROM pg_temp.routine AS r JOIN pg_aggregate ON aggfnoid = r.oid
	WHERE aggtransspace = 0
	UNION ALL
	SELECT 'every function, aggregate, type, operator and cast has a comment', name
	FROM pg_temp.member LEFT JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = t.oid
	WHERE classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass,
					  'pg_cast'::regclass, 'pg_opclass'::regclass)
	  AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = t.oid)
	  AND obj_description(objid, classid::regclass::text::name) IS NULL
	UNION ALL
	SELECT 'no table, sequence or other data belongs to the extension', name
	FROM pg_temp.member JOIN pg_class AS c ON classid = 'pg_class'::regclass AND objid = c.oid
	WHERE relkind NOT IN ('v', 'c')
	UNION ALL
	SELECT 'the extension has functions', 'none' WHERE NOT EXISTS (SELECT FROM pg_temp.routine)
), rule (rule) AS (
	VALUES ('every function has argument names'),
		   ('every function is immutable, or a known reader or writer of tables'),
		   ('every function is parallel safe, or a known reader or writer of tables'),
		   ('every function has a cost of 1, 10, 100 or 1000'),
		   ('every function is C of this library or has an SQL body parsed beforehand'),
		   ('no function runs as its owner'),
		   ('every aggregate states the size of its state'),
		   ('every function, aggregate, type, operator and cast has a comment'),
		   ('no table, sequence or other data belongs to the extension'),
		   ('the extension has functions')
)
SELECT CASE WHEN count(name) = 0 THEN 'ok - ' ELSE 'not ok - ' END || rule
	   || coalesce(E'\n' || string_agg('    ' || name, E'\n' ORDER BY name), '')
FROM rule LEFT JOIN offence USING (rule)
GROUP BY rule
ORDER BY rule;
