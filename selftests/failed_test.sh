#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Calls that fail, one for each reason: with failed_clones=1 the log says why.
# Unloads and loads the module; leaves it loaded with the parameters' defaults.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

FAILING=${COWSCOPE_TESTS:-$HERE/../build/selftests}/failing_clones
[ -x "$FAILING" ] || FAILING=$HERE/failing_clones

# shellcheck disable=SC2120 # check gives arguments
reload()
{
	! loaded || rmmod cowscope || return 1
	insmod "$KO" "$@"
}

# rows PID COLUMN...: those columns of the failed calls of a process.
rows()
{
	awk -v pid="$1" -v columns="$2" 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			n = split(columns, column, " ")
		}
		$at["parent"] == pid && $at["result"] == "failed" {
			for (i = 1; i <= n; i++)
				printf "%s%s", $at[column[i]], i < n ? " " : "\n"
		}' "$SCOPE/clones"
}

# fails CASE ERRNO ROWS [PATH]: the call fails with that errno, and the log says so.
fails()
{
	said=$("$FAILING" "$1" ${4:+"$4"}) || { note "$1: not tried"; return 1; }
	seen=$(rows "${said% *}" "errno child duration_ns exec_ns")
	if [ "${said#* }" != "$2" ] || [ "$seen" != "$3" ]; then
		note "$1: $said, log \"$seen\", expected $2, \"$3\""
		return 1
	fi
}

# Promise: a call that copy_process refuses is in the log with its errno.
# Broken: "fork failed" in a server's log stays a riddle.
every_reason_is_named()
{
	result=0
	while read -r name errno; do
		fails "$name" "$errno" "$errno - - -" || result=1
	done <<-EOF
	thread_alone EINVAL
	sighand_alone EINVAL
	mounts_and_fs EINVAL
	users_and_fs EINVAL
	pids_and_thread EINVAL
	pidfd_detached EINVAL
	pidfd_nowhere EFAULT
	pid_taken EEXIST
	cgroup_nowhere EBADF
	no_right EPERM
	too_many_of_user EAGAIN
	namespace_is_dead ENOMEM
	EOF
	return $result
}

# Promise: a cgroup's limit of processes fails a fork with EAGAIN, like any limit.
# Broken: forks in a full container are taken for lack of memory.
full_cgroup_is_eagain()
{
	mount=$(mktemp -d)
	mount -t cgroup2 none "$mount" || return 1
	echo +pids >"$mount/cgroup.subtree_control" && mkdir "$mount/cowscope" &&
		echo 1 >"$mount/cowscope/pids.max" &&
		fails cgroup_is_full EAGAIN "EAGAIN - - -" "$mount/cowscope"
	result=$?
	rmdir "$mount/cowscope"
	umount "$mount"
	rmdir "$mount"
	return $result
}

# Promise: what kernel_clone refuses before it copies is a failed call without errno.
# Broken: an errno is made up.
early_refusal_has_no_errno()
{
	fails pidfd_twice EINVAL "- - - -"
}

# Promise: what clone3 refuses by its arguments never was a call, and has no row.
# Broken: the log counts calls that the kernel never made.
bad_arguments_are_no_call()
{
	result=0
	fails size_too_small EINVAL "" || result=1
	fails size_too_large E2BIG "" || result=1
	fails unknown_bit EINVAL "" || result=1
	fails clear_and_share EINVAL "" || result=1
	# 7.3 asks for the signal in kernel_clone: a call, without errno.
	if kernel_at_least 7 0; then
		fails no_such_signal EINVAL "- - - -" || result=1
	else
		fails no_such_signal EINVAL "" || result=1
	fi
	return $result
}

# Promise: a failed call leaves nothing: no record, no lineage, no process.
# Broken: a fork bomb against its limit fills the module's tables.
nothing_is_left()
{
	before=$(status records)
	for _ in 1 2 3 4 5 6 7 8; do
		"$FAILING" too_many_of_user >/dev/null || return 1
	done
	[ "$(status records)" = "$before" ] || { note "records $before, $(status records)"; return 1; }
}

# Promise: the return probe is proven, and missed nothing.
# Broken: errors go unseen, and status keeps quiet.
return_probe_is_shown()
{
	line=$(awk '$1 == "hook" && $2 == "copy_process" { print $3, $4, $5, $7 }' "$SCOPE/status")
	[ "$line" = "kretprobe optional proven 0" ] || { note "$line"; return 1; }
	[ "$(status health)" = ok ] || { note "$(status health)"; return 1; }
}

# Promise: without the parameter there is no return probe, and failed calls say "-".
# Broken: every fork pays for what nobody asked for.
off_by_default()
{
	reload || return 1
	line=$(awk '$1 == "hook" && $2 == "copy_process" { print $3, $5, $6 }' "$SCOPE/status")
	[ "$line" = "kretprobe unused 0" ] || { note "$line"; return 1; }
	[ "$(status health)" = ok ] || { note "$(status health)"; return 1; }
	fails thread_alone EINVAL "- - - -"
}

begin 8
check "failed_clones=1 loads" reload failed_clones=1
check every_reason_is_named every_reason_is_named
check full_cgroup_is_eagain full_cgroup_is_eagain
check early_refusal_has_no_errno early_refusal_has_no_errno
check bad_arguments_are_no_call bad_arguments_are_no_call
check nothing_is_left nothing_is_left
check return_probe_is_shown return_probe_is_shown
check off_by_default off_by_default
finish
