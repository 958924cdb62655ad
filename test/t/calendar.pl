# Holidays of the calendars that have a name, 1990 to 2100, against those of
# other programs (test/core/ref/calendars.py), with the known differences.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

my $ref = "$FindBin::Bin/../core/ref";
my $database = database('calendar');
my (%theirs, %years, %mine);

sub lines
{
	my ($name) = @_;
	open(my $in, '<', "$ref/$name") or die "$name: $!\n";
	return grep { !/^#/ && /\S/ } <$in>;
}

for (lines('holidays.txt'))
{
	my ($calendar, $year, @days) = split;
	$years{$calendar}{$year} = 1;
	$theirs{$calendar}{ "$year-" . substr($_, 0, 2) . '-' . substr($_, 2) } = 1 for @days;
}
for (lines('holidays_differences.txt'))
{
	my ($calendar, $day, $sign, $reason) = /^(\S+) (\S+) ([+-]) (\S.*)/ or die "not a difference: $_";
	my $known = delete $theirs{$calendar}{$day};
	ok($sign eq '-' ? $known : !$known, "$calendar $day: is a difference");
	if ($sign eq '+') { $theirs{$calendar}{$day} = $years{$calendar}{ substr($day, 0, 4) } = 1; }
}
sql($database, 'CREATE EXTENSION receivables');
for (split /\n/, sql($database, "SELECT name, day FROM business_calendars(),
	generate_series(DATE '1990-01-01', DATE '2100-12-31', '1 day') AS t (day)
	WHERE extract(isodow FROM day) < 6 AND NOT is_business_day(day::date, calendar)"))
{
	my ($calendar, $day) = /^(.+)\|(\d+-\d+-\d+)/ or die "$_\n";
	$mine{$calendar}{$day} = 1;
}
is(join(' ', sort keys %mine), join(' ', sort keys %theirs), 'all calendars are compared');
for my $calendar (sort keys %mine)
{
	my @extra = grep { $years{$calendar}{ substr($_, 0, 4) } && !$theirs{$calendar}{$_} } sort keys %{ $mine{$calendar} };
	my @missing = grep { !$mine{$calendar}{$_} } sort keys %{ $theirs{$calendar} };
	is("@extra / @missing", ' / ', "$calendar: the same days off in " . keys(%{ $years{$calendar} }) . ' years');
}

# Each day of a year: what is listed, with weekends, is what is off.
is(sql($database, "CREATE TEMPORARY TABLE listed AS
	SELECT DISTINCT c.name, h.day FROM business_calendars() AS c, calendar_holidays(calendar, '1990-01-01', '2100-12-31') AS h",
	"SELECT count(*) FROM business_calendars() AS c CROSS JOIN generate_series(DATE '1990-01-01', DATE '2100-12-31', '1 day') AS t (day)
	LEFT JOIN listed AS l ON l.name = c.name AND l.day = t.day::date
	WHERE is_business_day(t.day::date, calendar) = (extract(isodow FROM t.day) > 5 OR l.day IS NOT NULL)"), 0,
	'days off are weekends and the holidays listed');

# Counting and moving, against a table of business days.
is(sql($database, "CREATE TEMPORARY TABLE numbered AS
	SELECT day::date, row_number() OVER (ORDER BY day) AS n
	FROM generate_series(DATE '2020-01-01', DATE '2030-12-31', '1 day') AS t (day) WHERE is_business_day(day::date, 'UK')",
	"CREATE TEMPORARY TABLE day AS SELECT d::date AS day, (SELECT max(n) FROM numbered AS b WHERE b.day <= d) AS n
	FROM generate_series(DATE '2024-01-01', DATE '2025-12-31', '1 day') AS t (d)",
	"SELECT count(*) FROM day AS d CROSS JOIN generate_series(-300, 300, 7) AS k
	LEFT JOIN numbered AS b ON b.n = d.n + k + CASE WHEN k < 0 AND NOT is_business_day(d.day, 'UK') THEN 1 ELSE 0 END
	WHERE k <> 0 AND add_business_days(d.day, k, 'UK') IS DISTINCT FROM b.day",
	"SELECT count(*) FROM day AS a, day AS b WHERE a.day <= b.day AND business_days_between(a.day, b.day, 'UK') <> b.n - a.n"), "0\n0",
	'business days are added and counted as in a numbered table');

done_testing();
