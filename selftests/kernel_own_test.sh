#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own tests of clone3 and kcmp, without the module and with it. Unloads
# and loads the module; leaves it loaded with the parameters' defaults.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

# Beside our programs, or in the kernel tree that these tests stand in.
OWN=${COWSCOPE_TESTS:-$HERE/../build/selftests}/kernel
[ -d "$OWN" ] || OWN=$HERE/..
OWN=$(realpath "$OWN")
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# outcome PROGRAM FILE: its results without PIDs, and how it ended.
outcome()
{
	(
		cd "$WORK" || exit 1
		timeout 60 "$OWN/$1" 2>&1
		echo "exit status $?"
	) | grep -E '^(ok|not ok|PASS|FAIL|1\.\.|# Totals|exit status)' | sed 's/\[[0-9]*\]/[PID]/g' >"$2"
}

# all_outcomes NAME: of every program, into a folder of that name.
all_outcomes()
{
	mkdir "$WORK/$1"
	for program in $PROGRAMS; do
		outcome "$program" "$WORK/$1/${program##*/}"
	done
}

# same PROGRAM TOTALS: the same with the module, and so many passed and failed.
same()
{
	name=${1##*/}
	totals=$(sed -n 's/^# Totals: \(pass:[0-9]* fail:[0-9]*\).*/\1/p' "$WORK/with/$name")
	note "$name: $totals"
	diff "$WORK/without/$name" "$WORK/with/$name" | sed 's/^/# /'
	cmp -s "$WORK/without/$name" "$WORK/with/$name" && [ "$totals" = "$2" ]
}

# Promise: what those tests did was seen: their calls are in the log, none is lost.
# Broken: they agree because the module was asleep.
module_saw_them()
{
	seen=$(awk 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["syscall"] == "clone3" && $at["comm"] ~ /^clone3/ { n++ }
		END { print n + 0 }' "$SCOPE/clones")
	note "clone3 calls in the log: $seen; health $(status health)"
	[ "$seen" -ge 17 ] && [ "$(status health)" = ok ] && [ "$(status balance)" = 0 ] &&
		[ "$(status unclassified)" = 0 ]
}

# Not clone3_cap_checkpoint_restore: it sets bits in a structure of libcap that has changed
# since, and ends for lack of a right before it calls clone3.
PROGRAMS="clone3/clone3 clone3/clone3_clear_sighand clone3/clone3_set_tid kcmp/kcmp_test"
for program in $PROGRAMS; do
	if [ ! -x "$OWN/$program" ]; then
		echo "TAP version 13"
		echo "1..0 # SKIP $program is not built"
		exit 4
	fi
done

begin 5
! loaded || rmmod cowscope
all_outcomes without
insmod "$KO"
all_outcomes with
check "clone3: the same results" same clone3/clone3 "pass:19 fail:0"
check "clone3_clear_sighand: the same results" same clone3/clone3_clear_sighand \
	"pass:1 fail:0"
check "clone3_set_tid: the same results" same clone3/clone3_set_tid "pass:29 fail:0"
check "kcmp_test: the same results" same kcmp/kcmp_test "pass:3 fail:0"
check module_saw_them module_saw_them
finish
