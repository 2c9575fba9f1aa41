#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# clonesnoop live: a known number of forks, vforks and failed calls, its summary, its end
# by a signal. Unloads and loads the module; leaves it loaded with the defaults.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

SNOOP=${COWSCOPE_TOOLS:-$HERE/../build/tools}/clonesnoop
FAILING=${COWSCOPE_TESTS:-$HERE/../build/selftests}/failing_clones
[ -x "$FAILING" ] || FAILING=$HERE/failing_clones
INSTANCES=/sys/kernel/tracing/instances
OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT

# shellcheck disable=SC2120 # check gives arguments
reload()
{
	! loaded || rmmod cowscope || return 1
	insmod "$KO" "$@"
}

# begin_snoop OPTION...: runs in the background, and has its events by the time this returns.
begin_snoop()
{
	"$SNOOP" "$@" >"$OUT/out" 2>"$OUT/err" &
	SNOOP_PID=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sleep 0.2
		[ "$(cat "$INSTANCES/clonesnoop-$SNOOP_PID/events/cowscope/enable" 2>/dev/null)" = X ] &&
			return 0
	done
	return 1
}

# end_snoop SIGNAL: its exit code.
end_snoop()
{
	kill -"$1" "$SNOOP_PID"
	wait "$SNOOP_PID"
}

# 7 forks of subshells by a bash with a name of its own, 5 of which run a program.
forks()
{
	cp /bin/bash "$OUT/forker"
	# shellcheck disable=SC2016 # for the other shell
	"$OUT/forker" -c 'for i in 1 2; do (:); done; for i in 1 2 3 4 5; do /bin/true; done; :'
}

seven_lines()
{
	begin_snoop -n forker -r -o comm,shape,result,latency_us,pages &&
		forks && sleep 0.5 && end_snoop TERM || return 1
	sed 's/^/# /' "$OUT/out" "$OUT/err"
	[ "$(grep -c '^forker process ok [1-9][0-9]* [1-9][0-9]*$' "$OUT/out")" -eq 7 ] &&
		[ "$(wc -l <"$OUT/out")" -eq 8 ] &&
		grep -q '^clonesnoop: 7 calls, 0 events lost$' "$OUT/err"
}

summary_adds_up()
{
	begin_snoop -n forker --summary && forks && sleep 0.5 && end_snoop INT || return 1
	awk '$1 == "fork" { if ($2 == 7 && $3 == 0 && $8 == 5) ways = 1 }
		$2 == "forker" { if ($3 == 7 && $4 == 5 && $6 > 0 && $8 > 0) advice = 1 }
		END { exit !(ways && advice) }' "$OUT/out" && return 0
	sed 's/^/# /' "$OUT/out"
	return 1
}

objects()
{
	begin_snoop -n forker -J && forks && sleep 0.5 && end_snoop HUP || return 1
	[ "$(grep -c '^{"time": "[0-9:.]*", "parent": [0-9]*, "child": [0-9]*, "comm": "forker", .*}$' \
		"$OUT/out")" -eq 7 ]
}

no_instance()
{
	[ -z "$(find "$INSTANCES" -maxdepth 1 -name 'clonesnoop*')" ]
}

duration_ends()
{
	timeout 20 "$SNOOP" -d 0.5 >"$OUT/out" 2>"$OUT/err" && no_instance
}

failed_needs_parameter()
{
	"$SNOOP" --failed -d 1 >"$OUT/out" 2>"$OUT/err"
	[ $? -eq 1 ] && grep -q failed_clones=1 "$OUT/err" && no_instance
}

# Every call of failing_clones is one line with its errno; others are not shown.
failed_calls()
{
	reload failed_clones=1 && begin_snoop --failed -r -o parent,result,child || return 1
	: >"$OUT/want"
	for case in thread_alone sighand_alone; do
		said=$("$FAILING" "$case") || { note "$case: not tried"; continue; }
		echo "$said" | awk '{ print $1, $2, "-" }' >>"$OUT/want"
	done
	forks
	sleep 0.5
	end_snoop TERM || return 1
	sed 1d "$OUT/out" | diff - "$OUT/want" && [ -s "$OUT/want" ]
}

# A buffer that nobody empties: the tool is stopped while more happens than fits.
lost_are_told()
{
	begin_snoop -n forker || return 1
	echo 4 >"$INSTANCES/clonesnoop-$SNOOP_PID/buffer_size_kb"
	kill -STOP "$SNOOP_PID"
	# More than the buffers of two CPUs hold, and the pages that are set apart for readers.
	for _ in $(seq 48); do forks; done
	kill -CONT "$SNOOP_PID"
	sleep 0.5
	end_snoop TERM
	sed 's/^/# /' "$OUT/err"
	grep -q '^clonesnoop: [1-9][0-9]* events lost: the buffer was full$' "$OUT/err" &&
		grep -q '^clonesnoop: [0-9]* calls, [1-9][0-9]* events lost$' "$OUT/err"
}

not_loaded()
{
	rmmod cowscope
	"$SNOOP" -d 1 >"$OUT/out" 2>"$OUT/err"
	code=$?
	reload
	[ $code -eq 3 ]
}

loaded || reload
begin 10
check "a line for each fork" seven_lines
check "no instance is left after TERM" no_instance
check "the summary counts forks and execs" summary_adds_up
check "a JSON object for each fork" objects
check "no instance is left after INT and HUP" no_instance
check "a duration ends it" duration_ends
check "--failed says what it needs" failed_needs_parameter
check "a failed call is a line with its errno" failed_calls
check "lost events are told" lost_are_told
check "without the module it exits with 3" not_loaded
finish
