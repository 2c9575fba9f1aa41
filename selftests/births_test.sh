#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The cap of births: as many are kept as records_max says, each one more is counted.
# Unloads and loads the module; leaves it loaded with the parameters' defaults.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

# Half of them may be of processes that have ended, so that births run out well
# before records do, without which there is no view.
MAX=64
LIVING=40
sleepers=

# value KEY: sets $value to what status says, without a fork.
value()
{
	value=
	while read -r key rest; do
		[ "$key" != "$1" ] || value=$rest
	done <"$SCOPE/status"
}

# asked PID: what birth knows of one flag that the shell never asks for.
asked()
{
	exec 3<>"$SCOPE/query"
	echo "$1 birth" >&3
	awk '$1 == "fs" { print $3 }' <&3
	exec 3<&-
}

# shellcheck disable=SC2120 # check gives arguments
reload()
{
	! loaded || rmmod cowscope || return 1
	insmod "$KO" "$@"
}

# Promise: births are kept up to the cap and not one beyond.
# Broken: a machine with many processes loses memory to the module.
as_many_as_asked_for()
{
	value births_max
	[ "$value" = $MAX ] || { note "births_max $value"; return 1; }
	i=0
	while [ $i -lt $((MAX / 2)) ]; do
		/bin/true
		i=$((i + 1))
	done
	i=0
	while [ $i -lt $LIVING ]; do
		sleep 300 &
		sleepers="$sleepers $!"
		i=$((i + 1))
	done
	value births
	[ "$value" = $MAX ] || { note "births $value"; return 1; }
	value records_dropped
	[ "$value" = 0 ] || { note "records_dropped $value"; return 1; }
}

# Promise: each process beyond the cap is one drop, and drops are shown.
# Broken: births are missing, and nobody can tell whether and how many.
each_drop_is_counted()
{
	value births_dropped
	before=$value
	for i in 1 2 3 4 5 6 7; do
		/bin/true $i
	done
	value births_dropped
	[ "$((value - before))" -eq 7 ] || { note "$before, then $value"; return 1; }
	value health
	[ "$value" != ok ] || { note "health $value"; return 1; }
}

# Promise: a process whose birth was dropped is shown with "-", one that was kept is not.
# Broken: what was asked for is made up.
dropped_is_not_known()
{
	# shellcheck disable=SC2086 # the first and the last of a list
	set -- $sleepers
	first=$1
	while [ $# -gt 1 ]; do
		shift
	done
	said="$(asked "$first") $(asked "$1")"
	[ "$said" = "no -" ] || { note "first and last: $said"; return 1; }
}

# Promise: when processes end there is room again.
# Broken: after one crowd no birth is known any more.
room_comes_back()
{
	# shellcheck disable=SC2086 # a list
	kill $sleepers
	wait
	# What an ended process left is freed after a grace period.
	for i in 1 2 3 4 5 6 7 8 9 10; do
		value births
		[ "$value" -eq $MAX ] || break
		sleep 1
	done
	value births_dropped
	before=$value
	sleep 300 &
	one=$!
	value births_dropped
	said="$((value - before)) $(asked $one)"
	kill $one
	[ "$said" = "0 no" ] || { note "dropped, asked: $said"; return 1; }
}

begin 5
check "records_max=$MAX loads" reload records_max=$MAX
check as_many_as_asked_for as_many_as_asked_for
check each_drop_is_counted each_drop_is_counted
check dropped_is_not_known dropped_is_not_known
check room_comes_back room_comes_back
reload
finish
