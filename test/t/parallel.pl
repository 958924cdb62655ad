# An aggregate gives the same answer, to the last bit, from one process, from
# parallel workers, and from workers some of which see no row.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

my $database = database('parallel');
sql($database, 'CREATE EXTENSION receivables',
	"CREATE TABLE line AS SELECT (i * 7919 % 3001)::bigint AS id, i * 7919 % 50 AS branch, DATE '2023-01-01' + (i * 31 % 900) AS day,
		(i * 37 % 100000 - 5000)::numeric / 100 AS amount, DATE '2023-01-01' + (i * 13 % 900) AS due
		FROM generate_series(1, 60000) AS i",
	'CREATE TABLE stored AS SELECT id, activity_agg(day, amount) AS a FROM line GROUP BY id',
	"CREATE TABLE kept AS SELECT branch, migration_agg('S' || id % 17, 'S' || id % 5) AS m FROM line GROUP BY branch",
	'CREATE TABLE few AS SELECT * FROM line LIMIT 3',
	'CREATE TABLE none AS SELECT * FROM line LIMIT 0',
	'CREATE TABLE arm AS SELECT id, ab_stats(amount::float8) AS arm FROM line GROUP BY id',
	'CREATE TABLE past AS SELECT id, payment_history_agg(due - day, branch > 9) AS h FROM line GROUP BY id', 'ANALYZE past',
	'ANALYZE line', 'ANALYZE stored', 'ANALYZE kept', 'ANALYZE arm', 'ANALYZE few', 'ANALYZE none');

my @serial = ('SET max_parallel_workers_per_gather = 0');
my @parallel = ('SET parallel_setup_cost = 0', 'SET parallel_tuple_cost = 0.1', 'SET min_parallel_table_scan_size = 0',
	'SET max_parallel_workers_per_gather = 3');
my @workers_only = (@parallel, 'SET parallel_leader_participation = off');

my $model = '{"model": "mbg/nbd", "r": 0.5, "alpha": 40, "a": 0.9, "b": 1.6, "covariance": [[0.01,0,0,0],[0,9,0,0],[0,0,0.04,0],[0,0,0,0.09]]}';
my $spend = '{"p": 6.25, "q": 3.74, "v": 15.44, "covariance": [[1,0,0],[0,0.1,0],[0,0,4]]}';

my $rates = '{"rates": [{"from": "2023-01-01", "rate_pct": 12.5}, {"from": "2024-01-01", "rate_pct": 14.5}]}';
my $policy = '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "template": "r1", "fee": {"fixed": 1, "pct": 0.5}, "pay_by_days": 8}, {"step": 2, "delay_days": 20, "action": "call", "template": "r2", "fee": {"pct": 1.25}}]}}';
# fees once per letter and per item
my $kinds = '{"ladders": {"default": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"fixed": 1, "per": "item"}}, {"step": 2, "delay_days": 20, "action": "call", "fee": {"pct": 1.25}}, {"step": 3, "delay_days": 40, "action": "legal", "fee": {"fixed": 9}}],
	"S1": [{"step": 1, "delay_days": 5, "action": "remind", "fee": {"pct": 0.5}}, {"step": 2, "delay_days": 9, "action": "visit", "fee": {"fixed": 2.5, "per": "item"}}, {"step": 3, "delay_days": 40, "action": "legal", "fee": {"fixed": 1, "per": "item"}}]}}';

# Each query has one row that sums up its answer, and the plan's own aggregate.
my %query = (
	activity_agg => 'SELECT activity_agg(day, amount) FROM line',
	'activity_agg by branch' => 'SELECT count(*), sum(hashtext(branch || a::text)::numeric) FROM
		(SELECT branch, activity_agg(day, amount) AS a FROM line GROUP BY branch) AS q',
	rollup => 'SELECT rollup(a) FROM stored',
	rfm_fit => "SELECT rfm_fit(a, DATE '2025-07-01') FROM stored",
	portfolio_agg => "SELECT md5(string_agg(q::text, ',' ORDER BY customer)) FROM
		rfm_scores((SELECT portfolio_agg(id, day, amount) FROM line), DATE '2025-07-01') AS q",
	clv_fit => "SELECT clv_fit(a, DATE '2025-07-01') FROM stored",
	'clv_fit in weeks' => "SELECT clv_fit(a, DATE '2025-07-01', '{\"model\": \"pareto/nbd\", \"unit\": \"week\"}'::jsonb) FROM stored",
	'clv_fit with k' => "SELECT clv_fit(a, DATE '2025-07-01', '{\"model\": \"mbg/cnbd-k\"}'::jsonb) FROM stored",
	'clv_fit of figures' => 'SELECT clv_fit(id % 9, id % 9 * (id % 13), 130 + id % 7) FROM line',
	spend_fit => "SELECT spend_fit(a, DATE '2025-07-01') FROM stored",
	expected_purchases_total => "SELECT expected_purchases_total('$model', a, DATE '2025-07-01', 90) FROM stored",
	clv_total => "SELECT clv_total('$model', '$spend', a, DATE '2025-07-01', 90, 0.1, 0.4, 30, 0.02) FROM stored",
	migration_agg => "SELECT migration_agg(nullif('S' || id % 17, 'S3'), 'S' || branch) FROM line",
	'rollup of migrations' => 'SELECT rollup(m) FROM kept',
	# statistics of figures: sums of different parts differ in the last digits
	ab_stats => 'SELECT ab_n(s), round(ab_mean(s)::numeric, 9), round(ab_stddev(s)::numeric, 9) FROM (SELECT ab_stats(amount::float8, id) AS s FROM line) AS q',
	'rollup of ab_summary' => 'SELECT ab_n(s), round(ab_mean(s)::numeric, 9), round(ab_stddev(s)::numeric, 9) FROM
		(SELECT rollup(arm) AS s FROM arm) AS q',
	late_interest_agg => "SELECT late_interest_agg(amount, day, '$rates', DATE '2025-07-01') FROM line",
	'late_interest_agg by branch' => "SELECT string_agg(i::text, ',' ORDER BY branch) FROM
		(SELECT branch, late_interest_agg(amount, due, '$rates', DATE '2025-07-01', '{\"day_count\": \"30/360\", \"rounding\": \"per_period\"}'::jsonb) AS i FROM line GROUP BY branch) AS q",
	dunning_merge => "SELECT dunning_merge(dunning_next_step('$policy', due, amount, DATE '2025-07-01', id::int % 2, day)) FROM line",
	'dunning_merge of fees' => "SELECT string_agg(m::text, ' ' ORDER BY branch) FROM
		(SELECT branch, dunning_merge(dunning_next_step('$policy', due, amount, DATE '2025-07-01', id::int % 2, day), '{\"fee\": \"item\"}'::jsonb) AS m FROM line GROUP BY branch) AS q",
	'dunning_merge by a policy' => "SELECT string_agg(m::text, ' ' ORDER BY branch) FROM
		(SELECT branch, dunning_merge(dunning_next_step('$kinds', due, amount, DATE '2025-07-01', id::int % 3, day, segment => 'S' || id % 2), '$kinds', 'S' || id % 2) AS m FROM line GROUP BY branch) AS q",
	kmeans_fit => "SELECT kmeans_fit(ARRAY[amount, due - day, id % 9], 5, '{\"starts\": 2}') FROM line",
	'kmeans_fit of one cluster' => 'SELECT kmeans_fit(CASE WHEN id % 50 > 0 THEN ARRAY[amount] END, 1) FROM line',
	silhouette => 'SELECT silhouette(ARRAY[amount, due - day], branch % 4) FROM line WHERE branch < 4',
	gower_fit => 'SELECT gower_fit(q) FROM line AS q',
	instalment_status => "SELECT instalment_status(due, 60 + amount, id % 90, DATE '2025-01-31') FROM line",
	'instalment_status by branch' => "SELECT string_agg(s::text, ',' ORDER BY branch) FROM
		(SELECT branch, instalment_status(day, 60 + amount, 1, DATE '2025-01-31', '{\"late_parts\": 100, \"late_days\": 900}'::jsonb) AS s FROM line GROUP BY branch) AS q",
	promise_kept => "SELECT promise_kept(60 + amount, due, id % 90, DATE '2025-01-31', 3) FROM line",
	payment_history_agg => 'SELECT payment_history_agg(due - day, id % 3 > 0) FROM line',
	'rollup of histories' => 'SELECT rollup(h) FROM past',
	ageing => "SELECT ageing(amount, due, DATE '2025-01-31', ARRAY[30, 60, 90]) FROM line");

for my $name (sort keys %query)
{
	my $serial = sql($database, @serial, $query{$name});
	isnt($serial, '', "$name has an answer");
	for my $case ([ 'parallel', @parallel ], [ 'workers only', @workers_only ])
	{
		my ($title, @settings) = @$case;
		like(sql($database, @settings, "EXPLAIN (COSTS off) $query{$name}"), qr/Partial (Hash|Group)?Aggregate/,
			"$name: plan is $title");
		is(sql($database, @settings, "PREPARE q AS $query{$name}", 'EXECUTE q'), $serial, "$name: same answer $title");
	}
	for my $table ('few', 'none')
	{
		my $small = $query{$name} =~ s/FROM (line|stored)/FROM $table/r;
		next if $small =~ /\brfm_fit|rollup\b|ARRAY\[amount, due/ || $query{$name} =~ /\ba, DATE.*FROM stored/;
		is(sql($database, @workers_only, $small), sql($database, @serial, $small), "$name: same answer from table $table");
	}
}

# Plain functions run in workers too.
my $scalar = "SELECT count(*) FILTER (WHERE recency(a, DATE '2025-07-01') > 50), sum(frequency(a)), sum(monetary(a)),
	sum(round(clv('$model', '$spend', a, DATE '2025-07-01', 90, 0.1), 6)),
	sum(late_interest(monetary(a), DATE '2025-01-01' + recency(a, DATE '2025-07-01'), DATE '2025-07-01', '$rates')) FROM stored";
is(sql($database, @workers_only, $scalar), sql($database, @serial, $scalar), 'functions in workers');

done_testing();
