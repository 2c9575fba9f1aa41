#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may read and write the files: a user, a user who is root of a user namespace of
# their own, root of one, root of a container; and that none of the files tells where in
# memory a page lies, neither by address nor by number.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

PROC=/proc/cowscope
NOBODY=65534
OUT=$(mktemp -d) && chmod 755 "$OUT"
SLEEPER=
trap 'end_sleeper; mount -o remount,mode=700 /sys/kernel/debug; rm -rf "$OUT"' EXIT

# The directories are opened, so that it is the files that refuse.
open_directories()
{
	mount -o remount,mode=755 /sys/kernel/debug &&
		find "$SCOPE" "$PROC" -type d -exec chmod 755 {} + &&
		find "$SCOPE" "$PROC" -type f >"$OUT/files" && [ -s "$OUT/files" ]
}

close_directories()
{
	find "$SCOPE" -type d -exec chmod 700 {} + && mount -o remount,mode=700 /sys/kernel/debug
}

begin_sleeper()
{
	sleep 600 &
	SLEEPER=$!
	echo $SLEEPER >"$SCOPE/watch" || return 1
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -e "$SCOPE/watched/$SLEEPER/pages" ] && return 0
		sleep 0.2
	done
	return 1
}

end_sleeper()
{
	[ -z "$SLEEPER" ] || kill "$SLEEPER"
	SLEEPER=
}

# refused REASON COMMAND...: each file, to read and to write, by a shell that the command
# runs; with this reason and no other.
refused()
{
	reason=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	"$@" sh -c '
		while read -r file; do
			(exec 3<"$file") && echo "read: $file"
			(exec 3>"$file") && echo "written: $file"
		done <"$1"
		echo "asked $(wc -l <"$1")"' sh "$OUT/files" >"$OUT/said" 2>"$OUT/errors"
	asked=$(sed -n 's/^asked //p' "$OUT/said")
	[ "$asked" = "$(wc -l <"$OUT/files")" ] || { note "asked for \"$asked\""; return 1; }
	! grep -v '^asked' "$OUT/said" || return 1
	[ "$(grep -c "$reason" "$OUT/errors")" -eq $((2 * asked)) ] ||
		{ grep -v "$reason" "$OUT/errors" | head -n 5; return 1; }
}

# Promise: a user can neither read nor write a file, though the directories are open.
# Broken: users see each other's processes.
a_user()
{
	refused "Permission denied" setpriv --reuid $NOBODY --regid $NOBODY --clear-groups
}

# Promise: nor as root of a user namespace of their own.
# Broken: whoever can call unshare reads the whole machine.
a_user_as_root()
{
	refused "Permission denied" setpriv --reuid $NOBODY --regid $NOBODY --clear-groups \
		unshare --user --map-root-user
}

# Promise: nor root in a user namespace, to whom the files belong there, too.
# Broken: root of an unprivileged container reads the whole machine.
root_of_a_namespace()
{
	refused "Operation not permitted\|Permission denied" unshare --user --map-root-user
}

# Promise: root of a container that has the host's user namespace may read, and finds the
# processes of the container by the numbers that they have there, no others.
# Broken: containers learn the numbers of their neighbours.
root_of_a_container()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --pid --fork --mount-proc sh -c '
		awk "NR == 1 { for (i = 1; i <= NF; i++) if (\$i == \"pid\") at = i; next }
			\$at != \"-\" { print \$at }" "$1/processes"' sh "$SCOPE" |
		sort -n | tr '\n' ' ' >"$OUT/seen" || return 1
	[ "$(cat "$OUT/seen")" = "1 2 " ] || { note "seen: $(cat "$OUT/seen")"; return 1; }
}

# Promise: there a number of the host names nobody.
# Broken: a container watches a stranger.
number_of_the_host()
{
	echo $$ | unshare --pid --fork --mount-proc \
		dd "of=$SCOPE/watch" conv=notrunc status=none 2>"$OUT/errors"
	grep -q "No such process" "$OUT/errors" || { cat "$OUT/errors"; return 1; }
}

# Everything there is to read, and every view of one process.
dump()
{
	while read -r file; do
		cat "$file" || return 1
	done <"$OUT/readable"
}

list_readable()
{
	find "$SCOPE" "$PROC" -type f -perm -400 ! -name query ! -name walk ! -name README \
		>"$OUT/readable"
	[ "$(wc -l <"$OUT/readable")" -gt 25 ]
}

# Promise: no file shows an address of the kernel's.
# Broken: the addresses that KASLR hides are there for the asking.
no_kernel_address()
{
	list_readable || return 1
	dump >"$OUT/dump" || return 1
	[ "$(wc -l <"$OUT/dump")" -gt 200 ] || { note "only $(wc -l <"$OUT/dump") lines"; return 1; }
	! grep -iE '(^|[^0-9a-f])(0x)?ff[0-9a-f]{14}([^0-9a-f]|$)' "$OUT/dump" | head -n 3 |
		grep .
}

# Frames of the watched process, one a line, from pagemap; it sleeps.
frames()
{
	grep -v vsyscall "/proc/$SLEEPER/maps" | while read -r range _; do
		start=$((0x${range%-*})) end=$((0x${range#*-}))
		dd "if=/proc/$SLEEPER/pagemap" bs=8 skip=$((start / 4096)) \
			count=$(((end - start) / 4096)) 2>/dev/null
	done | od -An -v -t u4 -w8 | awk '$2 >= 2147483648 && $1 { print $1; printf "%x\n", $1 }' |
		sort -u
}

# Promise: nor where in memory a page lies: of the frames of a watched process next to none
# is among all the numbers there are, in decimal or hexadecimal. A count may equal one.
# Broken: what pagemap keeps from those without the capability is in a file that is kept.
no_frame()
{
	frames >"$OUT/frames"
	[ "$(wc -l <"$OUT/frames")" -gt 200 ] ||
		{ note "only $(wc -l <"$OUT/frames") frames"; return 1; }
	tr -c '0-9a-fA-F' '\n' <"$OUT/dump" | sed 's/^0*//' | sort -u >"$OUT/numbers"
	comm -12 "$OUT/frames" "$OUT/numbers" >"$OUT/both"
	[ "$(wc -l <"$OUT/both")" -lt 10 ] || { head -n 5 "$OUT/both"; return 1; }
}

begin 9
check "a process to watch" begin_sleeper
check "the directories can be opened up" open_directories
check "a user: nothing" a_user
check "a user who is root of a namespace: nothing" a_user_as_root
check "root of a user namespace: nothing" root_of_a_namespace
close_directories
check "root of a container: its own processes" root_of_a_container
check "a number of the host names nobody there" number_of_the_host
check "no address of the kernel's" no_kernel_address
check "no frame number" no_frame
finish
