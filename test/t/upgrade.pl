# Values stored and objects made under an archived release go on after the update.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

my @archived = map { /--([0-9.]+)\.sql$/ ? $1 : () } glob("$FindBin::Bin/../../src/upgrade/archive/*.sql");
cmp_ok(scalar @archived, '>', 0, 'there are archived releases');

for my $version (@archived)
{
	my $database = database('upgrade');

	sql($database, "CREATE EXTENSION receivables VERSION '$version'",
		'CREATE TABLE stored (id int PRIMARY KEY, a activity)',
		"INSERT INTO stored SELECT i % 20, activity_agg(DATE '2024-01-01' + i * 7 % 400, i * 37 % 1000 - 100)
			FROM generate_series(1, 1000) AS i GROUP BY 1",
		'CREATE INDEX ON stored USING hash (a)',
		"CREATE VIEW answer AS SELECT id, recency(a, DATE '2025-03-01'), frequency(a), monetary(a) FROM stored");
	my $before = sql($database, 'SELECT * FROM stored ORDER BY id', 'SELECT * FROM answer ORDER BY id');
	is(sql($database, "SELECT extversion FROM pg_extension WHERE extname = 'receivables'"), $version, "$version is installed");
	sql($database, 'ALTER EXTENSION receivables UPDATE');
	isnt(sql($database, "SELECT extversion FROM pg_extension WHERE extname = 'receivables'"), $version, "$version is updated");
	is(sql($database, 'SELECT * FROM stored ORDER BY id', 'SELECT * FROM answer ORDER BY id'), $before,
		"values and views of $version answer as before");
	is(sql($database, 'SELECT count(*) FROM stored AS s JOIN stored AS t ON s.a = t.a'), 20, "values of $version compare");
	isnt(sql($database, "SELECT rfm_fit(a, DATE '2025-03-01') FROM stored"), '', "a model is fitted to values of $version");
}

done_testing();
