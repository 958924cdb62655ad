# What the TAP tests share: SQL in the cluster that the environment names.
package Psql;
use strict;
use warnings;
use Exporter 'import';
use Test::More;
our @EXPORT = qw(database sql error_of shell);

# shell CMD...: what it prints; dies when it fails.
sub shell
{
	my ($out, $rc) = try_shell(@_);
	die "$_[-1]: $out\n" if $rc;
	return $out;
}

sub try_shell
{
	open(my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1 </dev/null', 'sh', @_) or die "@_: $!\n";
	my $out = do { local $/; <$pipe> } // '';
	close($pipe);
	chomp $out;
	return ($out, $?);
}

sub psql { return ('psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', @_); }

# sql(database, statement...): all in one session; what they print.
sub sql
{
	my ($database, @statements) = @_;
	return shell(psql($database, map { ('-c', $_) } @statements));
}

# error_of(database, statement...): the message of the error, '' when there is none.
sub error_of
{
	my ($database, @statements) = @_;
	my ($out, $rc) = try_shell(psql($database, map { ('-c', $_) } @statements));
	return $rc ? $out : '';
}

# A fresh database of this name.
sub database
{
	my ($name) = @_;
	sql('postgres', "DROP DATABASE IF EXISTS $name", "CREATE DATABASE $name");
	return $name;
}

1;
