# Who may install the extension, where it may live, and that it goes without trace.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

my $database = database('install');
sql($database, 'DROP ROLE IF EXISTS rcv_owner, rcv_reader', 'CREATE ROLE rcv_owner', 'CREATE ROLE rcv_reader',
	"GRANT CREATE ON DATABASE $database TO rcv_owner");

like(error_of($database, 'SET ROLE rcv_reader', 'CREATE EXTENSION receivables'), qr/permission denied/,
	'a role without rights on the database cannot install');
is(error_of($database, 'SET ROLE rcv_owner', 'CREATE SCHEMA mine', 'CREATE EXTENSION receivables SCHEMA mine'), '',
	'a role with CREATE on the database can, without being superuser');
is(sql($database, 'GRANT USAGE ON SCHEMA mine TO rcv_reader', 'SET ROLE rcv_reader',
		"SELECT mine.frequency(mine.activity_agg(DATE '2025-01-03', 120.00))"),
	1, 'another role can use it by its qualified names');
is(error_of($database, 'SET ROLE rcv_owner', 'DROP EXTENSION receivables'), '', 'its owner can drop it');

for my $schema ('public', 'crm', '"Odd Schema; --"')
{
	sql($database, "CREATE SCHEMA IF NOT EXISTS $schema");
	my $before = sql($database, 'SELECT count(*) FROM pg_depend', 'SELECT count(*) FROM pg_proc', 'SELECT count(*) FROM pg_type');
	sql($database, "CREATE EXTENSION receivables SCHEMA $schema");
	is(sql($database, "SELECT count(*) FROM pg_depend JOIN pg_proc AS p ON objid = p.oid
			WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_extension'::regclass AND deptype = 'e'
			AND pronamespace = '$schema'::regnamespace AND proname = 'recency'") > 0, 1, "functions are in $schema");
	is(sql($database, "SELECT x.segment FROM $schema.rfm_scores((SELECT $schema.portfolio_agg(i, DATE '2025-01-01' + (i % 90)::int, i)
			FROM generate_series(1, 100::bigint) AS i), DATE '2025-06-01') AS x WHERE customer = 100") ne '', 1,
		"works from $schema without a search path");
	sql($database, 'DROP EXTENSION receivables');
	is(sql($database, 'SELECT count(*) FROM pg_depend', 'SELECT count(*) FROM pg_proc', 'SELECT count(*) FROM pg_type'),
		$before, "nothing is left of it in $schema");
}

like(error_of($database, 'CREATE EXTENSION receivables', 'CREATE SCHEMA x', 'ALTER EXTENSION receivables SET SCHEMA x'),
	qr/does not support SET SCHEMA/, 'it stays where it was put');

done_testing();
