#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loading: parameters, refusals and their line in the kernel log. Unloads and
# loads the module; leaves it loaded with the parameters' defaults.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

# refused "TEXT" PARAM...: the load fails with one line of ours that has the text.
refused()
{
	text=$1
	shift
	mark_log
	if insmod "$KO" "$@" 2>/dev/null; then
		note "$*: loaded"
		rmmod cowscope
		return 1
	fi
	lines=$(log_since_mark | grep -c 'cowscope: ')
	if [ "$lines" -ne 1 ] || ! log_since_mark | grep -qF -- "$text"; then
		note "$*: $lines lines"
		log_since_mark | sed 's/^/#   /'
		return 1
	fi
	! loaded
}

# Promise: a value outside its range is refused with a line that names it.
# Broken: a typo at load gives a module that drops everything, or an oops.
bad_values_are_refused()
{
	result=0
	for value in records_max=63 records_max=4294967295 exited_max=0 exited_max=65537 \
		clones_max=0 clones_max=65537 watched_max=0 watched_max=4097 \
		cgroups_max=15 cgroups_max=16385; do
		refused "cowscope: $value" "$value" || result=1
	done
	return $result
}

# Promise: what is no number at all is refused as well.
# Broken: "records_max=lots" is taken for the default.
not_a_number_is_refused()
{
	result=0
	for value in records_max=lots records_max=-1 watched_max=18446744073709551616; do
		if insmod "$KO" "$value" 2>/dev/null; then
			note "$value: loaded"
			rmmod cowscope
			result=1
		fi
	done
	return $result
}

# Promise: watch= takes numbers of processes that exist, once each.
# Broken: a wrong number at boot is ignored, and nothing is watched.
bad_watch_is_refused()
{
	result=0
	for value in 0 1x 4194303 2 1,1; do
		refused "cowscope: watch=$value" "watch=$value" || result=1
	done
	return $result
}

# Promise: a load that fails after it has watched somebody leaves nothing behind:
# no file, no hook, no memory; the next load works and watches nobody.
# Broken: a wrong number in a boot script spoils every load until the next boot.
regress_failed_watch_leaves_nothing()
{
	sleep 60 &
	one=$!
	refused "cowscope: watch=$one,4194303" "watch=$one,4194303"
	result=$?
	for left in "$SCOPE" /proc/cowscope; do
		[ ! -e "$left" ] || { note "left: $left"; result=1; }
	done
	if grep cws_ /sys/kernel/tracing/enabled_functions; then
		result=1
	fi
	# The caller of an area that a module has left has no name any more.
	if awk '$3 ~ /^0x/ { print "# left:", $0; n++ } END { exit !n }' /proc/vmallocinfo; then
		result=1
	fi
	{ insmod "$KO" && [ "$(status watched)" = 0 ] && [ "$(status health)" = ok ] &&
		rmmod cowscope; } || { note "next load"; result=1; }
	kill $one
	return $result
}

# Promise: loading while function tracing is off fails and says why.
# Broken: a module that never counts anything loads without a word.
ftrace_off_is_refused()
{
	echo 0 >/proc/sys/kernel/ftrace_enabled
	refused "ftrace_enabled"
	result=$?
	echo 1 >/proc/sys/kernel/ftrace_enabled
	return $result
}

# Promise: modinfo explains every parameter, with its default.
# Broken: administrators have to read the source.
modinfo_documents_parameters()
{
	result=0
	for parameter in records_max exited_max clones_max watched_max cgroups_max; do
		modinfo -F parm "$KO" | grep -q "^$parameter:.*default [0-9]" ||
			{ note "$parameter"; result=1; }
	done
	modinfo -F parm "$KO" | grep -q '^watch:' || result=1
	[ "$(modinfo -F license "$KO")" = GPL ] || result=1
	[ -n "$(modinfo -F description "$KO")" ] || result=1
	return $result
}

# Promise: good values are taken over and shown by status.
# Broken: caps are silently other than asked for.
good_values_are_shown()
{
	sleep 60 &
	one=$!
	sleep 60 &
	two=$!
	insmod "$KO" records_max=64 exited_max=16 clones_max=17 watched_max=3 \
		"watch=$one,$two" || return 1
	[ "$(status records_max)" = 64 ] && [ "$(status exited_max)" = 16 ] &&
		[ "$(status clones_max)" = 17 ] && [ "$(status watched_max)" = 3 ] &&
		[ "$(status watched)" = 2 ] && [ -r "$SCOPE/watched/$one/cow" ] &&
		grep -q "^ *$one yes live " "$SCOPE/watch" &&
		grep -q "^ *$two yes live " "$SCOPE/watch"
	result=$?
	kill $one $two
	return $result
}

# Promise: the rings keep as many lines as asked for, and count the rest.
# Broken: memory grows without bound, or lines vanish uncounted.
rings_are_bounded()
{
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		/bin/true "$i"
	done
	[ "$(($(wc -l <"$SCOPE/exited") - 1))" -eq 16 ] &&
		[ "$(($(wc -l <"$SCOPE/clones") - 1))" -eq 17 ] &&
		[ "$(status exited_dropped)" -gt 0 ] && [ "$(status clones_dropped)" -gt 0 ]
}

# Promise: more processes than records are counted as dropped, and in totals.
# Broken: a busy machine runs out of memory, or loses copies without a word.
records_are_capped()
{
	sleepers=
	for i in $(seq 80); do
		sleep 60 &
		sleepers="$sleepers $!"
	done
	dropped=$(status records_dropped)
	records=$(status records)
	balance=$(awk 'NR > 1 { sum[$1] = $2 } END {
		print sum["total"] - sum["live"] - sum["exited"] - sum["untracked"] }' \
		"$SCOPE/totals")
	untracked=$(awk '$1 == "untracked" { for (i = 2; i <= NF; i++) n += $i; print n }' \
		"$SCOPE/totals")
	# shellcheck disable=SC2086
	kill $sleepers
	wait
	note "records $records, dropped $dropped, untracked $untracked"
	[ "$records" -le 64 ] && [ "$dropped" -gt 0 ] && [ "$balance" -eq 0 ] &&
		[ "$untracked" -gt 0 ] && [ "$(status unclassified)" -eq 0 ]
}

# Promise: a second load of the loaded module is refused.
# Broken: everything is counted twice.
second_load_is_refused()
{
	loaded && ! insmod "$KO" 2>/dev/null && loaded && rmmod cowscope && ! loaded
}

# Read by one program, since each that is started counts something itself.
cgroups_add_up()
{
	awk -v name="$1" '
		FNR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		FILENAME ~ /totals$/ { if ($1 == "total") total = $at; next }
		{ sum += $at }
		END { exit sum != total || !sum }' "$SCOPE/totals" "$SCOPE/cgroups"
}

# Promise: more cgroups than rows are told in the row "other" and counted, none is lost.
# Broken: whoever makes many cgroups hides what he did.
cgroups_are_capped()
{
	top=/sys/fs/cgroup/cowscope-cap
	insmod "$KO" cgroups_max=16 || return 1
	[ "$(status cgroups_max)" = 16 ] && mkdir "$top" || return 1
	for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
		mkdir "$top/$n"
		sh -c 'echo $$ >"$1/cgroup.procs"; (:;:)' sh "$top/$n"
	done
	result=0
	rows=$(grep -c "^/cowscope-cap/.* exited " "$SCOPE/cgroups")
	other=$(awk '$1 == "other" && $2 == "exited" { print $3 }' "$SCOPE/cgroups")
	note "$rows rows, $other in other, dropped $(status cgroups_dropped)"
	[ "$rows" -le 16 ] && [ "$rows" -ge 14 ] && [ "${other:-0}" -ge 8 ] || result=1
	[ "$other" = "$(status cgroups_dropped)" ] || result=1
	status health | grep -q "cgroups_dropped $other" || result=1
	cgroups_add_up copied || result=1
	rmdir "$top"/*
	# Removed ones make room.
	grep -q '^/cowscope-cap removed ' "$SCOPE/cgroups" || result=1
	! grep -q '^/cowscope-cap/' "$SCOPE/cgroups" || result=1
	rmdir "$top"
	rmmod cowscope || result=1
	return $result
}

# Promise: the defaults are those that modinfo gives.
# Broken: documentation and behaviour differ.
defaults_are_as_documented()
{
	insmod "$KO" || return 1
	for parameter in records_max exited_max clones_max watched_max cgroups_max; do
		text=$(modinfo -F parm "$KO" | sed -n "s/^$parameter:.*default \([0-9]*\).*/\1/p")
		[ "$(status $parameter)" = "$text" ] || { note "$parameter"; return 1; }
	done
}

begin 12
if loaded; then
	rmmod cowscope
fi
check bad_values_are_refused bad_values_are_refused
check not_a_number_is_refused not_a_number_is_refused
check bad_watch_is_refused bad_watch_is_refused
check regress_failed_watch_leaves_nothing regress_failed_watch_leaves_nothing
check ftrace_off_is_refused ftrace_off_is_refused
check modinfo_documents_parameters modinfo_documents_parameters
check good_values_are_shown good_values_are_shown
check rings_are_bounded rings_are_bounded
check records_are_capped records_are_capped
check second_load_is_refused second_load_is_refused
check cgroups_are_capped cgroups_are_capped
check defaults_are_as_documented defaults_are_as_documented
finish
