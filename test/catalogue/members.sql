-- Everything the extension consists of, a line for each column of each object,
-- without OIDs: the same text for two installations just when their catalogues are
-- the same.
SET search_path = pg_catalog;

WITH member AS (
	SELECT classid, objid FROM pg_depend, pg_extension AS e
	WHERE refclassid = 'pg_extension'::regclass AND refobjid = e.oid
	  AND extname = 'receivables' AND deptype = 'e'
), described AS (
	-- each class of object with all its columns; those that hold OIDs by name
	-- (attoptions: not settable here, and some minor releases note a number there)
	SELECT classid, objid,
		   to_jsonb(p) - '{oid,pronamespace,proowner,prolang,prorettype,provariadic,proargtypes,
				proallargtypes,protrftypes,proargdefaults,prosqlbody}'::text[]
		   || jsonb_build_object(
				'language', (SELECT lanname FROM pg_language WHERE oid = prolang),
				'arguments', pg_get_function_arguments(oid),
				'result', pg_get_function_result(oid),
				'variadic', provariadic::regtype,
				'transforms', protrftypes::regtype[],
				'body', pg_get_function_sqlbody(oid)) AS columns
	FROM member JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND objid = oid
	UNION ALL
	SELECT classid, objid,
		   to_jsonb(a) - '{aggsortop,aggtranstype,aggmtranstype}'::text[]
		   || jsonb_build_object(
				'aggsortop', aggsortop::regoperator,
				'aggtranstype', aggtranstype::regtype,
				'aggmtranstype', aggmtranstype::regtype)
	FROM member JOIN pg_aggregate AS a ON classid = 'pg_proc'::regclass AND objid = aggfnoid
	UNION ALL
	SELECT classid, objid,
		   to_jsonb(t) - '{oid,typnamespace,typowner,typrelid,typelem,typarray,typbasetype,
				typcollation,typdefaultbin}'::text[]
		   || jsonb_build_object(
				'typelem', typelem::regtype,
				'typarray', typarray::regtype,
				'typbasetype', typbasetype::regtype,
				'typcollation', typcollation::regcollation,
				'attributes', (
					SELECT jsonb_agg(to_jsonb(a) - '{attrelid,atttypid,attcollation,attoptions}'::text[]
						   || jsonb_build_object(
								'type', format_type(atttypid, atttypmod),
								'collation', attcollation::regcollation,
								'comment', col_description(attrelid, attnum)) ORDER BY attnum)
					FROM pg_attribute AS a WHERE attrelid = typrelid),
				'labels', (
					SELECT jsonb_agg(enumlabel ORDER BY enumsortorder)
					FROM pg_enum WHERE enumtypid = t.oid),
				'constraints', (
					SELECT jsonb_agg(conname || ' ' || pg_get_constraintdef(c.oid) ORDER BY conname)
					FROM pg_constraint AS c WHERE contypid = t.oid))
	FROM member JOIN pg_type AS t ON classid = 'pg_type'::regclass AND objid = oid
	UNION ALL
	SELECT classid, objid,
		   to_jsonb(o) - '{oid,oprnamespace,oprowner,oprleft,oprright,oprresult,oprcom,oprnegate}'::text[]
		   || jsonb_build_object(
				'oprresult', oprresult::regtype,
				'oprcom', oprcom::regoperator,
				'oprnegate', oprnegate::regoperator)
	FROM member JOIN pg_operator AS o ON classid = 'pg_operator'::regclass AND objid = oid
	UNION ALL
	SELECT classid, objid,
		   to_jsonb(c) - '{oid,castsource,casttarget,castfunc}'::text[]
		   || jsonb_build_object('function', castfunc::regprocedure)
	FROM member JOIN pg_cast AS c ON classid = 'pg_cast'::regclass AND objid = oid
	UNION ALL
	SELECT classid, objid,
		   to_jsonb(c) - '{oid,opcmethod,opcnamespace,opcowner,opcfamily,opcintype,opckeytype}'::text[]
		   || jsonb_build_object(
				'opcintype', opcintype::regtype,
				'opckeytype', opckeytype::regtype,
				'family', pg_describe_object('pg_opfamily'::regclass, opcfamily, 0))
	FROM member JOIN pg_opclass AS c ON classid = 'pg_opclass'::regclass AND objid = oid
	UNION ALL
	SELECT classid, objid,
		   jsonb_build_object(
				'operators', (
					SELECT jsonb_agg(pg_describe_object('pg_amop'::regclass, oid, 0) ORDER BY amopstrategy, 1)
					FROM pg_amop WHERE amopfamily = f.oid),
				'functions', (
					SELECT jsonb_agg(pg_describe_object('pg_amproc'::regclass, oid, 0) ORDER BY amprocnum, 1)
					FROM pg_amproc WHERE amprocfamily = f.oid))
	FROM member JOIN pg_opfamily AS f ON classid = 'pg_opfamily'::regclass AND objid = oid
	UNION ALL
	SELECT classid, objid, jsonb_build_object('view', pg_get_viewdef(oid))
	FROM member JOIN pg_class ON classid = 'pg_class'::regclass AND objid = oid
)
SELECT line
FROM (
	SELECT concat_ws(' ', i.type, i.identity, c.key, '=', coalesce(c.value, 'null')) AS line
	FROM member LEFT JOIN described USING (classid, objid)
		 CROSS JOIN pg_identify_object(classid, objid, 0) AS i
		 CROSS JOIN jsonb_each_text(coalesce(columns, '{}') || jsonb_build_object(
			'comment', obj_description(objid, classid::regclass::text::name),
			'initial privileges', (SELECT initprivs::text FROM pg_init_privs
								   WHERE classoid = classid AND objoid = objid))) AS c
) AS described_members
ORDER BY line COLLATE "C";
