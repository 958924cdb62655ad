# No byte of a value is trusted: cut and changed binary and text forms give an
# error of a fitting SQLSTATE or a sound value, and never harm the server.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

# 08P01 is the server's own for a message that ends too early, 22021 for bytes
# that are no characters, 22P04 for a COPY file.
my $fitting = qr/^(08P01|0A000|22003|22008|22021|22023|22P02|22P03|22P04|54000)$/;

my %example = (
	business_calendar => q('{"weekend": [6, 7], "holidays": [{"month": 5, "weekday": 1, "nth": -1, "from": 1990}, {"easter": 1}], "working_days": ["2026-01-03"], "union": ["FR"]}'),
	activity => "'{2025-01-03:1:120.00,2025-02-10:0:-20.00,2025-02-11:5:0.125}'",
	rfm_model => "(SELECT rfm_fit(i % 90, (i % 7)::float8, i::numeric) FROM generate_series(1, 500) AS i)",
	clv_model => "(SELECT clv_fit(i % 4, i % 4 * (i % 9), 30 + i % 5) FROM generate_series(1, 90) AS i)",
	spend_model => "(SELECT spend_fit(1 + i % 5, 10 + i * 37 % 100) FROM generate_series(1, 500) AS i)",
	dunning_policy => "'{\"ladders\": {\"default\": [{\"step\": 1, \"delay_days\": 5, \"action\": \"remind\", \"channels\": [\"email\"], \"min_amount\": {\"EUR\": 10}}], \"vip\": []}, \"grace_days\": 2}'",
	rate_schedule => "'{\"rates\": [{\"from\": \"2024-01-01\", \"rate_pct\": 14.50}, {\"from\": \"2024-07-01\", \"rate_pct\": 14.25}], \"to\": \"2024-12-31\"}'",
	migration => "(SELECT migration_agg('A' || i % 3, nullif('A' || i % 2, 'A1')) FROM generate_series(1, 9) AS i)",
	ab_summary => "(SELECT ab_stats(i * i / 7.0, i % 13) FROM generate_series(1, 90) AS i)",
	segment_rules => "E'best [points = 3, from = ''2024-01-01'']: r >= 4 AND \"F\" IN (4, 5) KEEP r > 2.5\\nnew one: segment(''best'') OR doc ->> ''k'' LIKE ''a%''\\nrest: ELSE'",
	kmeans_model => "(SELECT kmeans_fit(ARRAY[i % 7, i * 37 % 100], 3, '{\"names\": [\"a\", \"b\"]}') FROM generate_series(1, 90) AS i)",
	gower_model => "(SELECT gower_fit(q) FROM (SELECT i AS a, 'x'::text AS b, DATE '2025-01-01' + i AS c FROM generate_series(1, 9) AS i) AS q)",
	portfolio => "(SELECT portfolio_agg(i % 5, DATE '2025-01-01' + i::int * 3, i * 1.25) FROM generate_series(1, 20::bigint) AS i)");

my $database = database('bad_input');
my $dir = ($ENV{TMPDIR} // '/tmp') . "/bad_input.$$";
mkdir $dir or die "$dir: $!\n";
sql($database, 'CREATE EXTENSION receivables');

# Variants of some bytes: each shorter, some longer, each bit of them other.
sub variants
{
	my ($bytes) = @_;
	my $n = length $bytes;
	my @variants = map { substr $bytes, 0, $_ } 0 .. $n - 1;
	push @variants, $bytes . "\0", $bytes . $bytes;
	for my $at (0 .. ($n > 150 ? 149 : $n - 1))
	{
		push @variants, $bytes ^ ("\0" x $at . chr(1 << $_)) for 0 .. 7;
	}
	return @variants;
}

for my $type (sort keys %example)
{
	my $table = "t_$type";
	my $bytes = pack 'H*', sql($database, "CREATE TABLE $table (v $type)", "SELECT encode(${type}_send($example{$type}), 'hex')");
	my $script = "\\set VERBOSITY sqlstate\n";
	my $n = 0;

	for my $variant (variants($bytes))
	{
		open(my $out, '>:raw', "$dir/$n") or die "$!\n";
		print $out "PGCOPY\n\377\r\n\0", pack('NNnN', 0, 0, 1, length $variant), $variant, pack('n', 0xffff);
		close($out);
		$script .= "\\copy $table FROM '$dir/$n' (FORMAT binary)\n";
		$n++;
	}
	open(my $out, '>', "$dir/script") or die "$!\n";
	print $out $script;
	close($out);
	my $output = `psql -Xq -d $database -f '$dir/script' 2>&1`;
	my @states = $output =~ /ERROR: +(\w+)/g;
	my %odd = map { $_ => 1 } grep { !/$fitting/ } @states;

	cmp_ok(scalar @states, '>', length $bytes, "$type: damaged binary values are refused");
	is(join(' ', sort keys %odd), '', "$type: with a fitting SQLSTATE");
	unlike($output, qr/server closed|FATAL|PANIC/, "$type: the server goes on");
	is($n - @states, sql($database, "SELECT count(*) FROM $table"), "$type: all others are values");
	is(sql($database, "SELECT count(*) FROM $table WHERE ${type}_send(v::text::$type) IS DISTINCT FROM ${type}_send(v)"), 0,
		"$type: and sound ones, the same as their text");

	# The same with the text form.
	sql($database, "CREATE TABLE text_$type (v $type)");
	my $odd = sql($database, "CREATE FUNCTION pg_temp.spoil(source text) RETURNS TABLE (code text, spoilt text) LANGUAGE plpgsql AS \$\$
		DECLARE
			n int := length(source);
			h int;
			v $type;
		BEGIN
			FOR i IN 1 .. 3000 LOOP
				h := ('x' || substr(md5(i::text), 1, 7))::bit(28)::int;
				spoilt := CASE i % 4
					WHEN 0 THEN left(source, h % n)
					WHEN 1 THEN overlay(source PLACING substr('0123456789-+.:,{}[]\"eE x', h / n % 24 + 1, 1) FROM h % n + 1 FOR 1)
					WHEN 2 THEN overlay(source PLACING substr('0123456789-+.:,{}[]\"eE x', h / n % 24 + 1, 1) FROM h % n + 1 FOR 0)
					ELSE overlay(source PLACING '' FROM h % n + 1 FOR h / n % 3 + 1) END;
				BEGIN
					v := spoilt::$type;
					INSERT INTO text_$type VALUES (v);
				EXCEPTION WHEN OTHERS THEN
					code := SQLSTATE;
					RETURN NEXT;
				END;
			END LOOP;
		END \$\$",
		"CREATE TEMP TABLE refused AS SELECT * FROM pg_temp.spoil(($example{$type})::${type}::text)",
		'SELECT count(*) > 100 FROM refused',
		"SELECT DISTINCT code FROM refused ORDER BY code");
	my ($many, @codes) = split /\n/, $odd;
	is($many, 't', "$type: damaged texts are refused");
	is(join(' ', grep { !/$fitting/ } @codes), '', "$type: texts with a fitting SQLSTATE");
	is(sql($database, "SELECT count(*) FROM text_$type WHERE ${type}_send(v::text::$type) IS DISTINCT FROM ${type}_send(v)"), 0,
		"$type: texts that pass are sound values");
}

system('rm', '-rf', $dir);
done_testing();
