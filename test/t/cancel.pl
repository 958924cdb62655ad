# A query is cancelled within a second, wherever it is: here in summaries of all
# 3,652,059 days of the calendar, and in fits of customers all of whom differ.
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
	'CREATE TABLE several AS SELECT a FROM calendar, generate_series(1, 5)',
	# x, t_x, t of no two customers are the same
	'CREATE TABLE customer AS SELECT 1 + i % 12 AS x, (i * 7919::bigint % 200000) / 500.0 AS t_x, 400 + (i * 31::bigint % 200003) / 500.0 AS t FROM generate_series(1, 200000) AS i');

my %query = (
	'lines in any order' => "SELECT frequency(activity_agg(DATE '0001-01-01' + (i * 7919::bigint % 3652059)::int, 1.5)) FROM generate_series(1, 3652059) AS i",
	'rollup' => 'SELECT frequency(rollup(a)) FROM several',
	'merge' => 'SELECT count(frequency(activity_merge(a, a))) FROM several',
	'text out' => 'SELECT sum(length(a::text)) FROM several',
	'text in' => 'SELECT sum(frequency((a::text)::activity)) FROM several',
	'binary out' => 'SELECT sum(length(activity_send(a))) FROM several',
	'equality' => 'SELECT count(*) FROM several AS x JOIN several AS y USING (a)',
	'days' => 'SELECT count(*) FROM several, activity_days(a)',
	'fit of k' => "SELECT clv_fit(x, t_x, t, 1::bigint, x * 2.5, '{\"model\": \"mbg/cnbd-k\"}') FROM customer",
	'fit with integrals' => "SELECT clv_fit(x, t_x, t, '{\"model\": \"pareto/nbd\"}'::jsonb) FROM customer",
	'rows of a fit' => "SELECT clv_fit(c.x, c.t_x, c.t + i) FROM customer AS c, generate_series(1, 100) AS i",
	'spend' => "SELECT spend_fit(c.x, c.t + i) FROM customer AS c, generate_series(1, 100) AS i",
	'scores' => "SELECT sum(residual_purchases('{\"model\": \"mbg/cnbd-k\", \"k\": 3, \"r\": 0.5, \"alpha\": 40, \"a\": 0.9, \"b\": 1.6}', x, t_x, t, 0.1)) FROM customer",
	'k-means' => "SELECT kmeans_fit(ARRAY[c.x, c.t_x, c.t, i], 50) FROM customer AS c, generate_series(1, 5) AS i",
	'silhouette' => "SELECT silhouette(ARRAY[x, t_x, t], x::int) FROM (SELECT * FROM customer LIMIT 50000) AS q",
	'total' => "SELECT expected_purchases_total('{\"model\": \"pareto/nbd\", \"r\": 0.5, \"alpha\": 40, \"s\": 0.9, \"beta\": 16}', x, t_x, t, 365) FROM customer",
	'migrations in and out' => "SELECT sum(length(m::text::migration::text)) FROM (SELECT migration_agg((i % 1000)::text, (i * 7919::bigint / 1000 % 1000)::text) AS m FROM generate_series(1, 1000000) AS i) AS q, generate_series(1, 100)",
	'migrations merged' => 'SELECT rollup(m) FROM (SELECT migration_agg((i % 1000)::text, (i / 1000)::text) AS m FROM generate_series(0, 999999) AS i) AS q, generate_series(1, 10000)',
	'check of rules' => "SELECT count(*) FROM segment_check((SELECT string_agg(format('rule %s: x * %s + t_x = t and x > 3', i, i), E'\n') FROM generate_series(1, 1000) AS i)::segment_rules, 'customer')",
	'rules of a row' => "SELECT count(segment_of(c, (SELECT string_agg(format('rule %s: x = -%s', i, i), E'\n') FROM generate_series(1, 9000) AS i)::segment_rules)) FROM customer AS c",
	'gaps' => "SELECT count(*) FROM segment_gaps((SELECT string_agg(format('rule %s: a = %s and b = %s and c = %s', i, i, i, i), E'\n') FROM generate_series(1, 40) AS i)::segment_rules)",
	'changes of a balance' => "SELECT sum(i) FROM (SELECT late_interest_agg(1.00, DATE '0001-01-01' + (i * 7919::bigint % 3652059)::int, '{\"rates\": [{\"from\": \"0001-01-01\", \"rate_pct\": 3}]}', '9999-12-31') AS i FROM generate_series(1, 4000000) AS i) AS q",
	'balances merged' => "SELECT count(late_interest_merge(s, s)) FROM (SELECT late_interest_merge(t, t) AS s FROM (SELECT late_interest_add(NULL, 1, '2024-01-01', '{\"rates\": [{\"from\": \"0001-01-01\", \"rate_pct\": 3}]}', '2024-12-31') AS t) AS q) AS q, generate_series(1, 100000000)",
	'histories merged' => "SELECT count(payment_history_merge(b, a)) FROM (SELECT payment_history_rollup(NULL, payment_history_agg(i * 2, true)) AS a, payment_history_rollup(NULL, payment_history_agg(i * 2 + 1, true)) AS b
		FROM generate_series(-18000, 18000) AS i) AS q, generate_series(1, 1000)",
	'a ledger under a policy' => "SELECT count(*) FROM dunning_backtest('{\"ladders\": {\"default\": [{\"step\": 1, \"delay_days\": 5, \"action\": \"remind\"}]}}', 'SELECT i AS item, date ''2024-01-01'' + i % 300 AS due_on, 100 AS amount FROM generate_series(1, 3000000) AS i', NULL, '2024-01-01', '2024-12-31')",
	'one item under a policy' => "SELECT count(*) FROM generate_series(1, 100) AS i, dunning_backtest('{\"ladders\": {\"default\": [{\"step\": 1, \"delay_days\": 5, \"action\": \"remind\"}]}}', 'SELECT 1 AS item, date ''0001-01-01'' AS due_on, 100 AS amount', 'SELECT 1 AS item, date ''0001-01-01'' + (i * 7919::bigint % 999999)::int AS day, CASE WHEN i % 2 = 0 THEN 100 ELSE -100 END AS amount FROM generate_series(1, 999999) AS i', '0001-01-01', ('9999-12-' || 1 + i % 2)::date)",
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
