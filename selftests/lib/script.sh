# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# TAP for the tests that are scripts, and the few things they share. Sourced. A
# script calls check for each promise and finish at its end.

SCOPE=/sys/kernel/debug/cowscope
TESTS_DONE=0
TESTS_FAILED=0

# The module's file: named by the caller, else by the VM, else beside the tree.
KO=${COWSCOPE_KO:-${VM_MODULE:-}}
if [ -z "$KO" ]; then
	KO=$(dirname "$0")/../cowscope.ko
fi

begin()
{
	echo "TAP version 13"
	echo "1..$1"
	PLAN=$1
}

# check "promise" COMMAND...: one line of TAP by the command's status.
check()
{
	what=$1
	shift
	TESTS_DONE=$((TESTS_DONE + 1))
	if "$@"; then
		echo "ok $TESTS_DONE $what"
	else
		echo "not ok $TESTS_DONE $what"
		TESTS_FAILED=$((TESTS_FAILED + 1))
	fi
}

finish()
{
	echo "# Totals: pass:$((TESTS_DONE - TESTS_FAILED)) fail:$TESTS_FAILED xfail:0 xpass:0 skip:0 error:0"
	[ "$TESTS_DONE" -eq "$PLAN" ] && [ "$TESTS_FAILED" -eq 0 ]
}

note()
{
	echo "# $*"
}

# kernel_at_least MAJOR MINOR: is the running kernel of this version or a later one? What
# kernels do differently is a stated expectation, never a reason to skip.
kernel_at_least()
{
	uname -r | awk -F '[.-]' -v major="$1" -v minor="$2" \
		'{ exit !($1 > major || ($1 == major && $2 >= minor)) }'
}

loaded()
{
	[ -d /sys/module/cowscope ]
}

# status KEY: the value behind a key.
status()
{
	awk -v key="$1" '$1 == key { $1 = ""; sub(/^ +/, ""); print; exit }' "$SCOPE/status"
}

# hook_states MECHANISM: the states of its hooks, each once.
hook_states()
{
	awk -v wanted="$1" '$1 == "hook" && $3 == wanted && $5 != "unused" { print $5 }' "$SCOPE/status" |
		sort -u | tr '\n' ' '
}

# The kernel log from now on is what log_since_mark prints.
mark_log()
{
	MARK="cowscope-selftest mark $(date +%s%N)"
	echo "$MARK" >/dev/kmsg
}

log_since_mark()
{
	dmesg | sed "1,/$MARK/d"
}
