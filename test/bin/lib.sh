# Shared by the scripts beside it, which source it.
set -euo pipefail
umask 022
unset MAKEFLAGS MFLAGS MAKELEVEL
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PG_CONFIG=${PG_CONFIG:-pg_config}

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# scratch: makes $dir, a temporary directory; cleanup() of the caller ends it,
# however the script ends.
scratch()
{
	case ${TMPDIR:-} in *[[:space:]]*) die "TMPDIR must not hold white space" ;; esac
	dir=$(mktemp -d "${TMPDIR:-/tmp}/receivables.XXXXXX")
	child=
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'trap "" HUP INT TERM; [ -z "$child" ] || end_child; cleanup' EXIT
}

# run CMD...: with this script's own input, and ended by a signal to this script.
run()
{
	local rc=0

	(trap - INT QUIT; exec "$@") <&0 &
	child=$!
	wait "$child" || rc=$?
	child=
	return "$rc"
}

end_child()
{
	kill "$child" 2>/dev/null || true
	wait "$child" 2>/dev/null || true
}
