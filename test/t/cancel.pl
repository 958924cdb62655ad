# A query is cancelled within a second, wherever it is: here in summaries of all
# 3,652,059 days of the calendar.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;
use Time::HiRes 'time';

my $database = database('cancel');
sql($database, 'CREATE EXTENSION receivables',
	"CREATE TABLE calendar AS SELECT activity_agg(DATE '0001-01-01' + i, 9999999.99 - i) AS a
		FROM generate_series(0, DATE '9999-12-31' - DATE '0001-01-01') AS i",
	'CREATE TABLE several AS SELECT a FROM calendar, generate_series(1, 5)');

my %query = (
	'lines in any order' => "SELECT frequency(activity_agg(DATE '0001-01-01' + (i * 7919::bigint % 3652059)::int, 1.5)) FROM generate_series(1, 3652059) AS i",
	'rollup' => 'SELECT frequency(rollup(a)) FROM several',
	'merge' => 'SELECT count(frequency(activity_merge(a, a))) FROM several',
	'text out' => 'SELECT sum(length(a::text)) FROM several',
	'text in' => 'SELECT sum(frequency((a::text)::activity)) FROM several',
	'binary out' => 'SELECT sum(length(activity_send(a))) FROM several',
	'equality' => 'SELECT count(*) FROM several AS x JOIN several AS y USING (a)',
	'days' => 'SELECT count(*) FROM several, activity_days(a)',
	'questions' => "SELECT sum(frequency(a)) FROM several, generate_series(1, 1000)");

for my $name (sort keys %query)
{
	my $late = 0;
	my $cancelled = 0;

	for my $timeout (150, 800)
	{
		my $start = time;
		$cancelled++ if error_of($database, "SET statement_timeout = $timeout", $query{$name}) =~ /statement timeout/;
		my $over = time - $start - $timeout / 1000;
		$late = $over if $late < $over;
	}
	cmp_ok($cancelled, '>', 0, "$name: was cancelled");
	cmp_ok($late, '<', 1, "$name: within a second");
}
sql('postgres', "DROP DATABASE $database");

done_testing();
