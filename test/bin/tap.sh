# Functions that print test results as TAP lines, for the parts of the suite.

ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; }
skip() { echo "ok - $1 # skip $2"; }

# limited CMD...: a program gets ten minutes; a function of the shell is just called.
limited()
{
	if declare -F "$1" >/dev/null; then "$@"; else timeout -k 10 600 "$@"; fi 2>&1 </dev/null
}

# try NAME CMD...: ok when CMD succeeds; its output only when it does not.
try()
{
	local name=$1 out
	shift
	if out=$(limited "$@"); then
		ok "$name"
	else
		not_ok "$name"
		sed 's/^/    /' <<<"$out"
	fi
}

# fails NAME CMD...: ok when CMD fails, as a check must on a planted fault.
fails()
{
	local name=$1
	shift
	if limited "$@" >/dev/null; then
		not_ok "$name"
	else
		ok "$name"
	fi
}

# tap NAME CMD...: CMD prints TAP itself.  A death or a silence is a failure too.
tap()
{
	local name=$1 out rc=0
	shift
	out=$(limited "$@") || rc=$?
	sed -E "s|^((not )?ok)( [0-9]+)?( -)?|\1 - $name:|; s|^1\.\.0 # *[Ss][Kk][Ii][Pp]|ok - $name # skip|" <<<"$out"
	if ! grep -qE '^(not )?ok\b|^1\.\.0' <<<"$out" ||
		{ [ "$rc" != 0 ] && ! grep -q '^not ok' <<<"$out"; }; then
		not_ok "$name: ended with exit code $rc"
		grep -v '^ok' <<<"$out" | tail -20 | sed 's/^/    /'
	fi
}

# fresh DATABASE: an empty database of this name, made PGDATABASE.
fresh()
{
	PGDATABASE=postgres psql -X -q -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning' \
		-c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" 2>&1
	export PGDATABASE=$1
}
