# Rules in a database whose characters are not those of UTF-8: the same answers,
# and errors whose words end with a whole character.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Psql;
use Test::More;

my $database = 'encoding';
my $sign = "\xe6\xbc\xa2"; # one character, three bytes in UTF-8, two in EUC_JP
my @utf8 = ('SET client_encoding = utf8');

sql('postgres', "DROP DATABASE IF EXISTS $database",
	"CREATE DATABASE $database ENCODING 'EUC_JP' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
sql($database, 'CREATE EXTENSION receivables');

my $rules = "$sign a: $sign > 1 AND x = '$sign'";
is(sql($database, @utf8, "SELECT \$\$$rules\$\$::segment_rules::jsonb::segment_rules"), $rules, 'rules and their JSON form');
is(sql($database, @utf8, "SELECT segment_of(q, \$\$$rules\$\$) FROM (SELECT 2 AS $sign, '$sign' AS x) AS q"), "$sign a", 'a segment');
like(sql($database, @utf8, "SELECT segment_sql(\$\$$rules\$\$)"), qr/WHEN "$sign" > 1 AND x = '$sign' THEN '$sign a'/, 'SQL');
like(error_of($database, @utf8, "SELECT segment_of(q, 'a: $sign$sign > 1') FROM (SELECT 2 AS $sign) AS q"),
	qr/no column "$sign$sign".*\n.*a: $sign$sign > 1/, 'an unknown column');
for my $word ($sign x 30, 'y' . $sign x 30, $sign x 5)
{
	like(error_of($database, @utf8, "SELECT 'a: x > 1 ''$word'''::segment_rules"), qr/invalid segment_rules: syntax error/, 'a long word too many');
}
sql('postgres', "DROP DATABASE $database");

done_testing();
