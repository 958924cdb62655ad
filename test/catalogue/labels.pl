# labels.pl FILE...: what the catalogue cannot tell of install scripts.  Every
# CREATE FUNCTION writes out volatility, PARALLEL and COST, and says STRICT or, in
# a comment within it or at the head of its section, why it is "not STRICT".  An
# aggregate whose state is of type internal has a comment that says why.
use strict;
use warnings;

my $faults = 0;
my $functions = 0;

sub fault { print "@_\n"; $faults++; }

for my $file (@ARGV)
{
	open(my $in, '<', $file) or die "$file: $!\n";
	my $text = do { local $/; <$in> };

	my $section = '';

	while ($text =~ m{^(/\*.*?\*/)|^(CREATE (FUNCTION|AGGREGATE) .*?)(?=^(?:CREATE|COMMENT|ALTER|GRANT|REVOKE)\b|\z)}msg)
	{
		if (defined $1) { $section = $1; next; }
		my ($statement, $kind) = ($2, $3);
		my ($name) = $statement =~ /^CREATE \w+ (\w+)/;
		my $bare = $statement =~ s{/\*.*?\*/|--[^\n]*}{}gsr;

		if ($kind eq 'AGGREGATE')
		{
			fault("$file: aggregate $name: PARALLEL = SAFE is missing") if $bare !~ /\bPARALLEL = SAFE\b/;
			fault("$file: aggregate $name: no word on why its state is internal")
				if $bare =~ /\bSTYPE = internal\b/ && "$section$statement" !~ m{(/\*|--)[^*]*\binternal\b}s;
			next;
		}
		$functions++;
		fault("$file: function $name: volatility is missing") if $bare !~ /\b(IMMUTABLE|STABLE|VOLATILE)\b/;
		fault("$file: function $name: PARALLEL is missing") if $bare !~ /\bPARALLEL (SAFE|RESTRICTED|UNSAFE)\b/;
		fault("$file: function $name: COST is missing") if $bare !~ /\bCOST \d/;
		fault("$file: function $name: neither STRICT nor a word on why not")
			if $bare !~ /\bSTRICT\b/ && "$section$statement" !~ m{(/\*|--).*?\bnot STRICT\b[:,] \w}s;
	}
}
fault("no CREATE FUNCTION found") if !$functions;
exit($faults != 0);
