# calendars.awk: turns calendars.txt into calendar_data.c.

function text(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

function trim(s)
{
	sub(/^[ \t]+/, "", s)
	sub(/[ \t]+$/, "", s)
	return s
}

BEGIN {
	print "/* Made of calendars.txt by calendars.awk. */"
	print "#include \"calendar/calendar_data.h\""
	print ""
	print "const rcv_named_calendar rcv_named_calendars[] = {"
}

/^#/ || /^$/ { next }

/^\t/ {
	if (!open) { print FILENAME ":" FNR ": rules before a name" > "/dev/stderr"; exit 1 }
	printf "\t %s\n", text(trim($0) " ")
	next
}

{
	if (split($0, field, "|") != 3) { print FILENAME ":" FNR ": not NAME | title | source" > "/dev/stderr"; exit 1 }
	if (open) print "\t},"
	open = 1
	printf "\t{%s, %s, %s,\n", text(trim(field[1])), text(trim(field[2])), text(trim(field[3]))
}

END {
	if (open) print "\t},"
	print "\t{0, 0, 0, 0}};"
}
