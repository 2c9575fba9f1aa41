#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The hooks after everything else has run: each one proven, none that can be
# silenced without being shown off. To be run after the other tests.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

KPROBES=/sys/kernel/debug/kprobes/enabled
FTRACE=/proc/sys/kernel/ftrace_enabled
TRACING=/sys/kernel/tracing

# Promise: the suite has exercised every hook that is used, and each was seen to work.
# Broken: a symbol that no longer does what we think goes unnoticed.
every_hook_is_proven()
{
	unproven=$(awk '$1 == "hook" && $5 != "proven" && $5 != "unused" { print $2, $5 }' \
		"$SCOPE/status")
	[ -n "$(status hook)" ] || return 1
	[ -z "$unproven" ] || { note "$unproven"; return 1; }
}

# Promise: no hit was missed and nothing was lost over the whole suite.
# Broken: numbers are short of what happened, and status kept quiet.
nothing_was_missed()
{
	missed=$(awk '$1 == "hook" && $7 != "0" && $7 != "-" { print $2, $7 }' "$SCOPE/status")
	[ -z "$missed" ] || { note "missed: $missed"; return 1; }
	for key in unclassified unknown_callers orphans slots_dropped splits_dropped \
		clone_slots_dropped records_dropped lineages_dropped inherits_dropped sites_dropped; do
		[ "$(status $key)" = 0 ] || { note "$key $(status $key)"; return 1; }
	done
}

# Promise: switching function tracing off is refused, or shown.
# Broken: sysctl kernel.ftrace_enabled=0 freezes all counts silently.
ftrace_cannot_be_silenced()
{
	if (echo 0 >$FTRACE) 2>/dev/null; then
		states=$(hook_states ftrace)
		echo 1 >$FTRACE
		[ "$states" = "off " ] || { note "ftrace hooks: $states"; return 1; }
	fi
	[ "$(cat $FTRACE)" = 1 ] && [ "$(hook_states ftrace)" = "proven " ]
}

# Promise: disarmed kprobes are shown off, in the hook lines and in health.
# Broken: execs are no longer seen, and the user trusts an old table.
disarmed_kprobes_are_shown()
{
	echo 0 >$KPROBES
	states=$(hook_states kprobe)
	health=$(status health)
	echo 1 >$KPROBES
	[ "$states" = "off " ] || { note "kprobe hooks: $states"; return 1; }
	[ "$health" != ok ] || { note "health: $health"; return 1; }
}

# Promise: armed again, they are proven again and count.
# Broken: a passing switch blinds the module for good.
rearmed_kprobes_work()
{
	before=$(awk '$3 == "kprobe" { sum += $6 } END { print sum }' "$SCOPE/status")
	/bin/true
	after=$(awk '$3 == "kprobe" { sum += $6 } END { print sum }' "$SCOPE/status")
	[ "$(hook_states kprobe)" = "proven " ] && [ "$after" -gt "$before" ]
}

# Promise: a function tracer on the same functions changes no count.
# Broken: whoever debugs the kernel makes us lie.
counts_survive_a_tracer()
{
	test=${COWSCOPE_TESTS:-.}/cow_test
	[ -x "$test" ] || test=$(dirname "$0")/../build/selftests/cow_test
	awk '$1 == "hook" && $3 == "ftrace" { print $2 }' "$SCOPE/status" \
		>$TRACING/set_graph_function
	echo 1 >$TRACING/max_graph_depth
	echo function_graph >$TRACING/current_tracer || return 1
	"$test" >/tmp/cow_test.$$ 2>&1
	result=$?
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_graph_function
	echo 0 >$TRACING/max_graph_depth
	[ $result -eq 0 ] || sed 's/^/# /' /tmp/cow_test.$$
	rm -f /tmp/cow_test.$$
	return $result
}

# Promise: status stays readable by many at once, under load.
# Broken: monitoring itself gets stuck.
status_is_readable_in_parallel()
{
	for reader in 1 2 3 4; do
		# Built-in commands alone, so that the readers do meet in the kernel.
		for round in $(seq 100); do
			while read -r key _ && [ "$key" != health ]; do :; done \
				<"$SCOPE/status" && [ "$key" = health ] ||
				echo "$reader $round"
		done &
	done >/tmp/readers.$$ 2>&1
	wait
	[ ! -s /tmp/readers.$$ ]
	result=$?
	rm -f /tmp/readers.$$
	return $result
}

begin 7
check every_hook_is_proven every_hook_is_proven
check nothing_was_missed nothing_was_missed
check ftrace_cannot_be_silenced ftrace_cannot_be_silenced
check disarmed_kprobes_are_shown disarmed_kprobes_are_shown
check rearmed_kprobes_work rearmed_kprobes_work
check counts_survive_a_tracer counts_survive_a_tracer
check status_is_readable_in_parallel status_is_readable_in_parallel
finish
