# Stored values are the same after a dump is restored, in whatever schema the
# extension lives, and after COPY in binary form.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

my $n = 0;

# The stored values of a database, as text and in their binary form.
sub contents
{
	my ($database, $schema) = @_;
	return sql($database,
		"SELECT id, a, md5($schema.activity_send(a)), model FROM public.stored ORDER BY id",
		"SELECT *, md5($schema.clv_model_send(purchases)), md5($schema.spend_model_send(spend)) FROM public.fitted ORDER BY id",
		"SELECT *, md5($schema.segment_rules_send(rules)) FROM public.policy ORDER BY id",
		"SELECT id, purchases FROM public.summary ORDER BY id",
		"SELECT id, m, md5($schema.migration_send(m)) FROM public.moves ORDER BY id",
		"SELECT name, schedule, md5($schema.rate_schedule_send(schedule)) FROM public.rates ORDER BY name",
		"SELECT id, h, md5($schema.payment_history_send(h)) FROM public.past ORDER BY id");
}

sub calendars
{
	my ($database, $schema) = @_;
	return sql($database, "SELECT id, calendar, $schema.business_calendar_send(calendar), due FROM public.customer_calendar ORDER BY id");
}

for my $schema ('public', 'crm', '"Odd Schema"')
{
	$n++;
	my $from = database("dump_$n");
	my $to = database("restored_$n");
	my $dump = ($ENV{TMPDIR} // '/tmp') . "/dump.$$.$n";

	sql($from, "CREATE SCHEMA IF NOT EXISTS $schema", "CREATE EXTENSION receivables SCHEMA $schema",
		"SET search_path = $schema, public",
		"CREATE TABLE public.line AS SELECT i % 50 AS id, DATE '2024-01-01' + i * 7 % 400 AS day,
			(i * 37 % 1000 - 100)::numeric / (CASE WHEN i % 50 = 1 THEN 1000 ELSE 100 END) AS amount
			FROM generate_series(1, 2000) AS i",
		'CREATE TABLE public.stored (id int PRIMARY KEY, a activity, model rfm_model)',
		'INSERT INTO public.stored SELECT id, activity_agg(day, amount) FROM public.line GROUP BY id',
		"INSERT INTO public.stored VALUES (1000, '{}', NULL), (1001, NULL, NULL)",
		"UPDATE public.stored SET model = (SELECT rfm_fit(a, DATE '2025-03-01') FROM public.stored) WHERE id % 10 = 0",
		'CREATE TABLE public.fitted (id int PRIMARY KEY, purchases clv_model, spend spend_model)',
		"INSERT INTO public.fitted SELECT id % 7, clv_fit(a, DATE '2025-03-01', jsonb_build_object('unit', id % 7 + 1 || ' days')), spend_fit(a, DATE '2025-03-01')
			FROM public.stored WHERE id < 1000 GROUP BY id % 7, jsonb_build_object('unit', id % 7 + 1 || ' days')",
		# nothing to fit, no spread, counts that are large: what a fit may end with
		"INSERT INTO public.fitted SELECT 10, clv_fit(0, 0, i), spend_fit(0, 0) FROM generate_series(1, 9) AS i",
		"INSERT INTO public.fitted SELECT 11, clv_fit(i % 3, i % 3 * 10, 100, 1::bigint << 40), spend_fit(2, 10) FROM generate_series(1, 1000) AS i",
		"INSERT INTO public.fitted SELECT 12, clv_fit(i, i, i, '{\"model\": \"bg/bb\"}'::jsonb), NULL FROM unnest('{4,5,5,5,5,6,6,6}'::int[]) AS i",
		"CREATE TABLE public.moves AS SELECT id % 5 AS id, migration_agg('S' || id % 7, nullif('S' || id % 3, 'S1')) AS m FROM public.stored GROUP BY id % 5",
		'CREATE INDEX ON public.moves USING hash (m)',
		# rules that are stored, and a column that is made by some
		"CREATE TABLE public.policy (id int PRIMARY KEY, rules segment_rules, segment text GENERATED ALWAYS AS (segment_of(ROW(id), rules)) STORED)",
		"INSERT INTO public.policy VALUES (1, NULL), (2, 'a [points = 3]: f1 > 1'), (3, E'\"it''s\": f1 < 1\nno: not segment(''it''''s'') and f1::text like ''_''\nrest: else')",
		"INSERT INTO public.policy SELECT 4, string_agg(format('rule %s: f1 = %s and ''%s'' <> ''''', i, i, md5(i::text)), E'\n')::segment_rules FROM generate_series(1, 500) AS i",
		'CREATE TABLE public.past AS SELECT i % 7 AS id, payment_history_agg(i * 7919 % 900 - 50, i % 3 > 0) AS h FROM generate_series(1, 5000) AS i GROUP BY i % 7',
		'CREATE INDEX ON public.past USING hash (h)',
		'CREATE TABLE public.rates AS SELECT name, schedule FROM rate_schedules()',
		'CREATE INDEX ON public.rates USING hash (schedule)',
		"CREATE TABLE public.customer_calendar (id int, calendar business_calendar,
			due date GENERATED ALWAYS AS (due_date(DATE '2025-04-01' + id, '30 days', calendar)) STORED)",
		"INSERT INTO public.customer_calendar SELECT row_number() OVER (), calendar FROM business_calendars()",
		"INSERT INTO public.customer_calendar SELECT 20 + row_number() OVER (), calendar::jsonb::business_calendar FROM business_calendars()",
		'CREATE INDEX ON public.stored USING hash (a)',
		"CREATE VIEW public.answer AS SELECT id, recency(a, DATE '2025-03-01') AS recency FROM public.stored",
		'CREATE MATERIALIZED VIEW public.summary AS SELECT id, frequency(a) AS purchases FROM public.stored',
		# an expression index on a function of the extension is rebuilt by the restore
		'CREATE INDEX ON public.stored (frequency(a))');
	shell('pg_dump', '-f', $dump, $from);
	shell('psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $to, '-f', $dump);
	is(contents($to, $schema), contents($from, $schema), "same values restored with the extension in $schema");
	is(calendars($to, $schema), calendars($from, $schema), "same calendars restored with the extension in $schema");
	is(sql($to, 'SELECT count(due) FROM public.customer_calendar'), 24, "calendars are stored in $schema");
	cmp_ok(sql($to, 'SELECT count(model) FROM public.stored'), '>', 0, "models are stored in $schema");
	is(sql($to, 'SELECT count(purchases), count(spend) FROM public.fitted'), '10|9', "purchase and spend models are stored in $schema");
	is(sql($to, 'SELECT id, segment FROM public.policy ORDER BY id'), "1|\n2|a\n3|no\n4|rule 4", "same segments in $schema");
	is(sql($to, 'SELECT sum(recency) FROM public.answer'), sql($from, 'SELECT sum(recency) FROM public.answer'),
		"same answers of a view in $schema");
	is(sql($to, "SET search_path = $schema, public", 'SET enable_seqscan = off',
			'SELECT count(*) FROM stored WHERE a = (SELECT a FROM stored WHERE id = 7)'),
		1, "hash index finds a restored value in $schema");
	shell('pg_dump', '-f', "$dump.again", $to);
	# a dump holds a key of its own in some minor releases
	is(shell('sh', '-c', "grep -vE '^\\\\\\\\(un)?restrict ' $dump | diff - '$dump.again' | grep '^[<>]' | grep -vE '(un)?restrict ' | wc -l"),
		0, "dump of the restored database is the same in $schema");
	unlink $dump, "$dump.again";
}

# The extension already lives in another schema: only the data moves.
my $elsewhere = database('elsewhere');
my $file = ($ENV{TMPDIR} // '/tmp') . "/copy.$$";
sql($elsewhere, 'CREATE SCHEMA other', 'CREATE EXTENSION receivables SCHEMA other',
	'CREATE TABLE stored (id int PRIMARY KEY, a other.activity, model other.rfm_model)',
	'CREATE TABLE fitted (id int PRIMARY KEY, purchases other.clv_model, spend other.spend_model)',
	'CREATE TABLE moves (id int PRIMARY KEY, m other.migration)',
	'CREATE TABLE policy (id int PRIMARY KEY, rules other.segment_rules, segment text GENERATED ALWAYS AS (other.segment_of(ROW(id), rules)) STORED)',
	'CREATE TABLE rates (name text PRIMARY KEY, schedule other.rate_schedule)',
	'CREATE TABLE past (id int PRIMARY KEY, h other.payment_history)',
	'CREATE MATERIALIZED VIEW summary AS SELECT id, other.frequency(a) AS purchases FROM stored WITH NO DATA');
for my $format ('text', 'binary')
{
	sql('dump_1', "\\copy stored TO '$file' (FORMAT $format)", "\\copy fitted TO '$file.fitted' (FORMAT $format)", "\\copy moves TO '$file.moves' (FORMAT $format)",
		"\\copy rates TO '$file.rates' (FORMAT $format)", "\\copy past TO '$file.past' (FORMAT $format)", "\\copy policy (id, rules) TO '$file.policy' (FORMAT $format)");
	sql($elsewhere, 'TRUNCATE stored, fitted, moves, rates, past, policy', "\\copy stored FROM '$file' (FORMAT $format)",
		"\\copy fitted FROM '$file.fitted' (FORMAT $format)",
		"\\copy moves FROM '$file.moves' (FORMAT $format)",
		"\\copy rates FROM '$file.rates' (FORMAT $format)",
		"\\copy past FROM '$file.past' (FORMAT $format)",
		"\\copy policy (id, rules) FROM '$file.policy' (FORMAT $format)", 'REFRESH MATERIALIZED VIEW summary');
	is(contents($elsewhere, 'other'), contents('dump_1', 'public'), "same values copied to another schema as $format");
}
unlink $file, "$file.fitted", "$file.moves", "$file.rates", "$file.past", "$file.policy";

done_testing();
