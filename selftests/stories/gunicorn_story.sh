#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Why do my workers' memory grow? gunicorn with preload: requests that never touch the big table
# copy it all the same, when Python's collector looks at every object; gc.freeze() before the
# fork takes that away; requests that read the table copy it with or without. The README's four
# commands are run as they stand there, with this master's PID.
# shellcheck source=selftests/stories/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
SECTION="Why do my workers' memory grow?"
VISITS=25

# serve OPTION...: sets master and workers.
serve()
{
	: >log
	gunicorn --preload -w 2 -b "unix:$work/socket" --chdir "$STORIES" "$@" shop:application >log 2>&1 &
	master=$!
	started+=("$master")
	till "two workers" booted_or_gone 2
	booted 2 || { sed 's/^/# /' log; return 1; }
	find_workers && read -r _ table read_pages <<<"$(visit /pages 1)"
	note "master $master, workers ${workers[*]}; a collection writes to $table pages of the table, reading to $read_pages"
	[ "$table" -gt 2000 ] && [ "$read_pages" -gt 2000 ]
}

booted_or_gone()
{
	booted "$1" || ! kill -0 "$master" 2>/dev/null
}

booted()
{
	[ "$(grep -c 'Booting worker' log)" = "$1" ] && [ "$(pgrep -c -P "$master")" = 2 ]
}

find_workers()
{
	mapfile -t workers <<<"$(pgrep -P "$master")"
}

stop_serving()
{
	kill "$master"
	wait "$master"
}

visit()
{
	"$PYTHON" "$STORIES/visitors.py" "$work/socket" "$@"
}

# told N: the Nth command of the README, its master's PID replaced by this one's.
told()
{
	section "$SECTION" | sed -n 's/^# //p' | sed -n "$1p" | sed "s/\b$(told_master)\b/$master/g"
}

told_master()
{
	section "$SECTION" | sed -n 's/^# cowmap --family //p' | head -1
}

# run N: into the file "shown".
run()
{
	show sh -c "$(told "$1")"
}

# copied_least PAGES: by each worker since its birth.
copied_least()
{
	local pid copied

	for pid in "${workers[@]}"; do
		copied=$(count "$pid" copied)
		note "$pid copied $copied pages"
		[ "$copied" -ge "$1" ] || return 1
	done
}

# collected_meanwhile COMMAND...: whether each worker collected everything once at least.
collected_meanwhile()
{
	local before after

	before=$(visit /gc 1) && "$@" >/dev/null && after=$(visit /gc 1) || return 1
	note "full collections: $(tr '\n' ' ' <<<"$before"), then $(tr '\n' ' ' <<<"$after")"
	awk 'NR <= 2 { n[$1] = $2; next } $2 <= n[$1] { exit 1 }' <<<"$before"$'\n'"$after"
}

# Promise: visits that do not touch the table copy every page of it, in each worker.
visits_copy_the_table()
{
	collected_meanwhile visit / $VISITS && copied_least "$table"
}

# Promise: cowstat has the two workers first.
who_copies()
{
	run 1 && [ "$(awk '$NF == "gunicorn" && ++n <= 2 { print $1 }' shown | sort)" = "$(printf '%s\n' "${workers[@]}" | sort)" ]
}

# Promise: workers that are made from now on are watched from their birth.
new_workers()
{
	run 2 && till "new workers" booted 4 && find_workers || return 1
	note "workers ${workers[*]}"
	[ "$(find "$SCOPE/watched" -mindepth 1 -maxdepth 1 | wc -l)" -ge 3 ]
}

# Promise: both are in the picture, with what they share still.
what_is_shared()
{
	local pid

	run 3 || return 1
	for pid in "${workers[@]}"; do
		[ "$(awk -v pid="$pid" '$1 ~ pid && $2 == "child" { print $4 }' shown)" -gt 0 ] || return 1
	done
}

true_of_both()
{
	still "$master" "${workers[@]}" &&
		family_is_true "$master" "${workers[0]}" && family_is_true "$master" "${workers[1]}" &&
		sites_are_all "${workers[0]}" && sites_are_all "${workers[1]}" || return 1
	go_on "$master" "${workers[@]}"
}

# Promise: the first line is the collector, and most of all copies are its.
it_is_the_collector()
{
	run 4 && mostly 'Python garbage collector'
}

# mostly NOTE: in what cowsites has shown the first line is known for this, and has most copies.
mostly()
{
	awk -v note="$1" '
		NR == 2 { first = $1; known = index($0, note) }
		/; the rows add up to cow$/ { sub(/.*copied /, ""); all = $0 + 0 }
		END { exit !(known && first * 2 > all && all) }' shown
}

# Promise: the same visits and collections copy a fraction of the table.
freeze_takes_it_away()
{
	local before=() i copied

	watch "${workers[@]}" || return 1
	before=("$(count "${workers[0]}" copied)" "$(count "${workers[1]}" copied)")
	collected_meanwhile visit / $VISITS || return 1
	for i in 0 1; do
		copied=$(($(count "${workers[i]}" copied) - before[i]))
		note "${workers[i]} copied $copied pages meanwhile"
		[ "$copied" -le $((table / 4)) ] || return 1
	done
}

# Promise: who reads an object writes its reference count; freeze is no help there.
reading_copies_all_the_same()
{
	visit /stock 1 >/dev/null && copied_least "$read_pages" || return 1
	show cowsites --by function -l 4 "${workers[0]}" && mostly 'reference count'
}

# Huge pages that are put together meanwhile take pages out of the sharing between two looks.
echo never >/sys/kernel/mm/transparent_hugepage/enabled
# The README's own words.
section "$SECTION" | sed -n '/^import gc/,/gc.freeze/p' >freeze.py

begin 15
check "four commands in the README" test "$(section "$SECTION" | grep -c '^# ')" -eq 4
check "gunicorn with two workers" serve
check "visits that do not touch the table copy it" visits_copy_the_table
check "1: who copies" who_copies
check "2: new workers are watched" new_workers
check "they copy the table, too" visits_copy_the_table
check "3: what is shared still" what_is_shared
check "4: which code: the garbage collector" it_is_the_collector
check "family and sites are true" true_of_both
check "ends" stop_serving
check "gunicorn with gc.freeze()" serve -c "$work/freeze.py"
check "the same visits copy little" freeze_takes_it_away
check "reading the table copies it all the same" reading_copies_all_the_same
check "family and sites are true of that" true_of_both
check "nothing was lost" health_is_ok
finish
