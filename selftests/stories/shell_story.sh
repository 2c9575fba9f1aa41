#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A shell starts programs: each fork copies page tables and a few pages, and exec throws them
# away. What vfork or posix_spawn would have copied: nothing.
# shellcheck source=selftests/stories/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
PROGRAMS=29

setup()
{
	cp /bin/bash "$work/shop-shell"
	# Waits for a word, starts programs, keeps a child that has not run its program yet.
	"$work/shop-shell" -c "read -r _ <$work/begin
		for ((i = 0; i < $PROGRAMS; i++)); do /bin/true; done
		(kill -STOP \$BASHPID; exec /bin/true) &
		read -r _ <$work/end" &
	shell=$!
	started+=("$shell")
	watch "$shell"
}

# Promise: a row for each fork, each of which ran a program.
a_row_for_each()
{
	echo >"$work/begin"
	till "the last child stopped" stopped_child || return 1
	clones_of "$shell" "shape pages pgtable_bytes exec_ns exec_copied_pages" >"$work/rows"
	head -3 "$work/rows" | sed 's/^/#   /'
	[ "$(wc -l <"$work/rows")" -eq $((PROGRAMS + 1)) ] &&
		[ "$(awk '$1 == "process" && $2 > 0 && $3 > 0 && $4 != "-" && $5 > 0' "$work/rows" | wc -l)" -eq $PROGRAMS ]
}

stopped_child()
{
	child=$(pgrep -P "$shell") && [ "$(wc -w <<<"$child")" = 1 ] &&
		grep -q '^State:.*T (stopped)' "/proc/$child/status"
}

# Promise: what the children copied up to their exec is what stands in exited for the address
# spaces that the exec threw away.
exited_says_the_same()
{
	local logged ended

	logged=$(awk '$5 != "-" { sum += $5 } END { print sum }' "$work/rows")
	ended=$(awk -v pid="$shell" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["comm"] == "shop-shell" && $at["end"] == "exec" { sum += $at["copied"]; n++ }
		END { print n + 0, sum + 0 }' "$SCOPE/exited")
	note "copied before exec: clones $logged, exited (rows, pages) $ended"
	[ "$ended" = "$PROGRAMS $logged" ]
}

family_before_exec()
{
	still "$shell" && family_is_true "$shell" "$child"
}

transcript()
{
	"$STORIES/../../build/tools/clonesnoop" --help >/dev/null &&
		show cowstat -p "$shell" -o pid,copied,reused,comm &&
		show cowmap --family "$child"
}

mkfifo "$work/begin" "$work/end"
begin 7
check "a shell with a name of its own" setup
check "a row for each fork" a_row_for_each
check "exited says the same" exited_says_the_same
check "family is what pagemap says, before the exec" family_before_exec
check "sites are all that was counted" sites_are_all "$shell"
check "tools tell it" transcript
check "nothing was lost" health_is_ok
kill -KILL "$child"
finish
