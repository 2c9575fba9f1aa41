# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the stories share: a place to work, processes that are ended, views of one process,
# what a reader is shown, and the second truth. To be sourced by bash.

STORIES=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/lib/script.sh
. "$STORIES/../lib/script.sh"
# shellcheck source=selftests/demo/lib.sh
. "$STORIES/../demo/lib.sh"
PATH=${COWSCOPE_TOOLS:-$STORIES/../../build/tools}:$PATH
# Debian's own, whatever else is installed on the machine whose files the VM sees.
PYTHON=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1

work=/run/story.$$
started=()

# The last started is ended first, and waited for: nothing is left to the next story. Some do
# not listen to a friendly word (unshare).
end_story()
{
	local i

	echo clear >"$SCOPE/watch"
	for ((i = ${#started[@]} - 1; i >= 0; i--)); do
		kill -CONT "${started[i]}" 2>/dev/null
		kill "${started[i]}" 2>/dev/null
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 "${started[i]}" 2>/dev/null || break
			sleep 0.2
		done
		kill -KILL "${started[i]}" 2>/dev/null
		wait "${started[i]}" 2>/dev/null
	done
	cd /
	rm -rf "$work"
}

mkdir -p "$work" && cd "$work" || exit 1
trap end_story EXIT

# till "what" COMMAND...: waits until the command succeeds.
till()
{
	local what=$1

	shift
	for _ in $(seq 300); do
		"$@" && return
		sleep 0.1
	done
	note "still not: $what"
	return 1
}

# show COMMAND...: what somebody at a terminal types and sees; "shown" has it for a look.
show()
{
	note "\$ $*"
	"$@" >"$work/shown" 2>&1
	local status=$?

	cut -c1-110 "$work/shown" | sed 's/^/#   /'
	return $status
}

# view PID VIEW: of any process.
view()
{
	exec 5<>"$SCOPE/query" && echo "$1 $2" >&5 && cat <&5
	exec 5>&-
}

watch()
{
	local pid

	for pid; do
		echo "$pid" >"$SCOPE/watch" || return 1
	done
}

# count PID CAUSE: counted in a living process.
count()
{
	number "$SCOPE/processes" "$1" "$2"
}

# has PID VIEW ROW COLUMN: one cell of a view.
has()
{
	view "$1" "$2" >"$work/view"
	cell "$work/view" "$3" "$4"
}

still()
{
	local pid task

	kill -STOP "$@"
	for pid; do
		for task in /proc/"$pid"/task/*; do
			till "$pid stopped" grep -q '^State:.*T (stopped)' "$task/status" || return 1
		done
	done
}

go_on()
{
	kill -CONT "$@"
}

# What the view family of the first says that it shares with the second.
shared_by_family()
{
	view "$1" family | awk -v pid="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["pid"] == pid && $at["region"] == "total" { print $at["shared_pages"]; exit }'
}

# clones_of PID COLUMNS: the rows of clones of this parent, these columns of them.
clones_of()
{
	awk -v pid="$1" -v names="$2" '
		BEGIN { n = split(names, want) }
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["parent"] == pid { for (i = 1; i <= n; i++) printf "%s ", $at[want[i]]; print "" }' "$SCOPE/clones"
}

# Promise: as many pages are shared as pagemap has in the same frames. Both stand still. Sets
# same and apart.
family_is_true()
{
	local told

	read -r same apart <<<"$("$PYTHON" "$STORIES/frames.py" "$1" "$2")"
	told=$(shared_by_family "$1" "$2")
	note "$1 and $2 share $told pages; pagemap: $same in the same frame, $apart apart"
	[ -n "$same" ] && [ "$told" = "$same" ]
}

# Promise: the rows of sites are all that was counted in the process.
sites_are_all()
{
	local sum total

	sum=$(view "$1" sites | awk 'NR > 1 { sum += $6 } END { print sum + 0 }')
	total=$(has "$1" cow total copied)
	note "sites of $1 copied $sum pages, cow $total"
	[ "$sum" -gt 0 ] && [ "$sum" = "$total" ]
}

# health_is_ok: nothing was lost in the whole story.
health_is_ok()
{
	[ "$(status health)" = ok ] && [ "$(status unclassified)" = 0 ]
}

# section TITLE: the code in this section of the README, without its indent.
section()
{
	awk -v title="## $1" '/^## / { on = $0 == title } on && /^    / { print substr($0, 5) }' \
		"$STORIES/../../README.md"
}
