#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# cowstat live: by family, by cgroup and as metrics, beside the module's own files at the
# same moment: sums that a fleet is judged by are those that the kernel counted.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

STAT=${COWSCOPE_TOOLS:-$HERE/../build/tools}/cowstat
CGROUP=/sys/fs/cgroup/cowstat-test
OUT=$(mktemp -d)
LEADER=
trap 'end_family; rmdir "$CGROUP" "$CGROUP-one" "$CGROUP-two"; rm -rf "$OUT"' EXIT

# A cgroup in which something was counted and nothing lives any more.
ended_in()
{
	# shellcheck disable=SC2016 # for the other shell
	mkdir "$1" && bash -c 'echo $$ >"$0/cgroup.procs"; (:); (:)' "$1"
}

# A family in a cgroup of its own: a shell that keeps its memory shared with three children,
# which write a part of it, then wait.
begin_family()
{
	mkdir "$CGROUP" && ended_in "$CGROUP-one" && ended_in "$CGROUP-two" || return 1
	cat >"$OUT/family" <<-'END'
		echo $$ >"$1/cgroup.procs"
		words=$(seq 20000)
		for i in 1 2 3; do
			(more="$words $i"; : >"$2/ready$i"; while :; do sleep 1; done) &
		done
		wait
	END
	bash "$OUT/family" "$CGROUP" "$OUT" &
	LEADER=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -e "$OUT/ready1" ] && [ -e "$OUT/ready2" ] && [ -e "$OUT/ready3" ] && return 0
		sleep 0.2
	done
	return 1
}

end_family()
{
	[ ! -d "$CGROUP" ] || echo 1 >"$CGROUP/cgroup.kill"
	[ -z "$LEADER" ] || wait "$LEADER" 2>/dev/null
	LEADER=
}

# A saved copy is one moment: the tool and the files it is compared with are of the same.
saved()
{
	echo "$LEADER" >"$SCOPE/watch" || return 1
	"$STAT" --save "$OUT/tree" || return 1
	kill -STOP "$LEADER"
}

# sums FIRST LAST: columns of a table on stdin, over its lines below the header.
sums()
{
	awk 'NR > 1 { for (i = first; i <= last; i++) sum[i] += $i }
		END { for (i = first; i <= last; i++) printf "%d ", sum[i] }' first="$1" last="$2" -
}

by_columns()
{
	"$STAT" --root "$OUT/tree" -a -r -o "$(echo "$CAUSES" | tr ' ' ,)" "$@" | sums 1 18
}

same()
{
	[ -n "$1" ] && [ "$1" = "$2" ] && return 0
	note "$1"
	note "$2"
	return 1
}

cgroup_sums()
{
	same "$(by_columns --by cgroup)" "$(sums 4 21 <"$OUT/tree/cgroups")"
}

family_sums()
{
	same "$(by_columns --by family)" "$(sums 4 21 <"$OUT/tree/processes")"
}

# The shell, its three children, and the sleep of each, which is a program of its own.
family_row()
{
	"$STAT" --by family -r -n -o family,processes,watched,worst_pages,fits -p "$LEADER" >"$OUT/row" ||
		return 1
	read -r family processes watched worst fits <"$OUT/row"
	[ "$family" = "$LEADER" ] && [ "$processes" -ge 4 ] && [ "$watched" -ge 1 ] &&
		[ "${worst#\~}" -gt 0 ] && [ "$fits" = yes ] && return 0
	sed 's/^/# /' "$OUT/row"
	return 1
}

# The worst case is what the view says: the leader stands still, and its children wait.
family_worst()
{
	exec 3<>"$SCOPE/query"
	echo "$LEADER family" >&3
	view=$(awk '$1 == "worst_case_family_pages" { print $2 }' <&3)
	exec 3<&-
	same "$("$STAT" --by family -r -n -o worst_pages -p "$LEADER")" "$view"
}

cgroup_row()
{
	"$STAT" --by cgroup -r -n -o live,id,cgroup >"$OUT/rows" || return 1
	read -r live id _ <<-END
	$(grep ' /cowstat-test$' "$OUT/rows")
	END
	[ "$live" -ge 4 ] && same "$id" "$(stat -c %i "$CGROUP")"
}

# prom NAME: sum over its lines, of the metrics of the saved copy.
prom()
{
	awk -v name="cowscope_$1" '{ n = $1; sub(/{.*/, "", n) } n == name { sum += $2 } END { print sum + 0 }' "$OUT/prom"
}

metrics_sums()
{
	"$STAT" --root "$OUT/tree" --openmetrics "$OUT/prom" --max-cgroups 1 2>"$OUT/err" || return 1
	pages=0
	for cause in copied file ksm unshared pinned reused zero notified kept userfault lost; do
		at=$(echo "$CAUSES" | tr ' ' '\n' | grep -nx "$cause" | cut -d : -f 1)
		n=$(awk '$1 == "total"' "$OUT/tree/totals" | cut -d ' ' -f $((at + 1)))
		pages=$((pages + n))
	done
	raw=0
	for n in $(sums 4 21 <"$OUT/tree/cgroups"); do
		raw=$((raw + n))
	done
	all=$(($(prom cgroup_cow_pages) + $(prom cgroup_cow_subset_pages) +
		$(prom cgroup_cow_huge_pages) + $(prom cgroup_cow_splits)))
	[ "$(prom cgroups_in_rest)" -ge 3 ] && same "$(prom cow_pages_total) $all" "$pages $raw"
}

# Live: written by the running module, as its cgroup has it.
metrics_live()
{
	"$STAT" --openmetrics "$OUT/prom" || return 1
	grep -qx 'cowscope_up 1' "$OUT/prom" && grep -qx 'cowscope_watched_up 1' "$OUT/prom" &&
		grep -q '^cowscope_watched_worst_case_bytes{cgroup="/cowstat-test"} [1-9][0-9]*$' "$OUT/prom" &&
		grep -q '^cowscope_cgroup_address_spaces{cgroup="/cowstat-test",scope="live"} [4-9]$' "$OUT/prom" &&
		[ "$(prom memory_available_bytes)" -gt 0 ]
}

not_loaded()
{
	end_family
	rmmod cowscope || return 1
	"$STAT" --openmetrics "$OUT/prom" 2>"$OUT/err"
	code=$?
	insmod "$KO"
	[ $code -eq 3 ] && same "$(grep -v '^#' "$OUT/prom")" "cowscope_up 0"
}

loaded || insmod "$KO"
CAUSES=$(head -n 1 "$SCOPE/totals" | cut -d ' ' -f 2-)
begin 10
check "a family in a cgroup of its own" begin_family
check "is watched and saved" saved
check "by cgroup: sums of all rows of the file" cgroup_sums
check "by family: sums of all processes" family_sums
check "the family is a row, with its worst case" family_row
check "which is that of its view" family_worst
check "the cgroup is a row, with the number of its directory" cgroup_row
check "metrics: sums of totals and cgroups, most cgroups in one" metrics_sums
check "metrics of the running module" metrics_live
check "without the module: down, and exit status 3" not_loaded
finish
