#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# unshare as a container: which namespaces are its own, which are the host's, and that its
# memory is its own from the exec on.
# shellcheck source=selftests/stories/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
OWN="mnt uts ipc pid net"
HOSTS="user cgroup time"

setup()
{
	unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc \
		/bin/sh -c 'hostname shop; sleep 300 & wait' &
	started+=($!)
	till "a first process" first_process && till "a second" second_process
}

first_process()
{
	inside=$(pgrep -P "${started[0]}")
	[ -n "$inside" ] && [ "$(tr '\0' ' ' <"/proc/$inside/cmdline" | cut -c1-7)" = "/bin/sh" ]
}

second_process()
{
	second=$(pgrep -P "$inside") && [ "$(cat "/proc/$second/comm")" = sleep ]
}

ns()
{
	readlink "/proc/$1/ns/$2" | tr -dc 0-9
}

# Promise: what lsshare says of each namespace is what /proc says.
namespaces()
{
	local kind told

	show lsshare --pair $$ "$inside" || return 1
	lsshare --pair -r -n -o kind,same $$ "$inside" >pair || return 1
	for kind in $OWN $HOSTS; do
		told=$(awk -v kind="${kind}_ns" '$1 == kind { print $2 }' pair)
		[ "$(ns $$ "$kind")" = "$(ns "$inside" "$kind")" ] && want=yes || want=no
		note "$kind: $told, /proc says $want"
		[ "$told" = "$want" ] || return 1
	done
}

which_are_own()
{
	local kind

	for kind in $OWN; do [ "$(ns $$ "$kind")" != "$(ns "$inside" "$kind")" ] || return 1; done
	for kind in $HOSTS; do [ "$(ns $$ "$kind")" = "$(ns "$inside" "$kind")" ] || return 1; done
}

# Promise: PIDs inside are 1 and the next, in the table as in /proc.
inner_pids()
{
	local pid

	for pid in "$inside" "$second"; do
		note "$pid is $(cell "$SCOPE/processes" "$pid" inner_pid) inside"
		[ "$(cell "$SCOPE/processes" "$pid" inner_pid)" = "$(awk '/^NSpid/ { print $NF }' "/proc/$pid/status")" ] || return 1
	done
	[ "$(cell "$SCOPE/processes" "$inside" inner_pid)" = 1 ]
}

# Promise: after its exec no anonymous page is the host's.
memory_is_its_own()
{
	show lsshare --tree "${started[0]}"
	[ "$("$PYTHON" "$STORIES/frames.py" $$ "$inside" | cut -d' ' -f1)" = 0 ] &&
		[ -z "$(shared_by_family "$inside" $$)" ]
}

begin 6
check "a container with two processes" setup
check "some namespaces are its own, some the host's" which_are_own
check "lsshare says so" namespaces
check "PIDs inside" inner_pids
check "its memory is its own" memory_is_its_own
check "nothing was lost" health_is_ok
finish
