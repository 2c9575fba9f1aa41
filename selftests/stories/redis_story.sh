#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Redis saves in a forked child while clients write: who pays, which code it is, what Redis
# itself says, and a flame graph by perf of what the module counted.
# shellcheck source=selftests/stories/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# The child stands still while the clients write: the save waits for the story.
DELAY=0
# shellcheck source=selftests/demo/redis_server.sh
. "$STORIES/../demo/redis_server.sh"
SECTION="Which code breaks the sharing"

setup()
{
	start_server
	started+=("$parent")
	fill_server
	watch "$parent" && foresee_risk
	copied_before=$(count "$parent" copied)
	redis CONFIG SET rdb-key-save-delay 400 >/dev/null && redis BGSAVE >/dev/null &&
		find_child && still "$child"
}

# all_counted PID: what stands in its matrix, as the tracepoint has one event for each.
all_counted()
{
	view "$1" cow | awk '
		NR == 1 { for (i = 2; i <= NF; i++) if ($i != "sole" && $i != "remote") use[i] }
		$1 == "total" { for (i in use) sum += $i; print sum + 0 }'
}

# told START: the command of the README that begins so, its server's PID being this one's.
told()
{
	section "$SECTION" | awk -v start="# $1" '
		/^[^ ]/ { on = index($0, start) == 1 && !/bash -c/ } on { sub(/^# /, ""); print }' |
		sed "s/-p [0-9]*/-p $parent/"
}

# perf begins and ends while the server stands still, so that both count the same time.
recorded_while_writing()
{
	still "$parent" || return 1
	note "\$ $(told 'perf record')"
	sh -c "exec $(told 'perf record')" >perf.log 2>&1 &
	perf=$!
	till "perf listens" listens || { sed 's/^/# /' perf.log; return 1; }
	before=$(all_counted "$parent")
	go_on "$parent"
	overwrite 0 $((OVERWRITE - 1))
	still "$parent" || return 1
	counted=$(($(all_counted "$parent") - before))
	kill -INT "$perf"
	wait "$perf"
	sed 's/^/#   /' perf.log
	[ "$counted" -gt $((OVERWRITE * VALUE_BYTES / 4096)) ]
}

# Its buffers are mapped before the events are switched on; then it waits.
listens()
{
	grep -qs 'perf_event' "/proc/$perf/maps" && grep -q '^State:.*S (sleeping)' "/proc/$perf/status" &&
		[ "$(cat "/proc/$perf/wchan")" = do_sys_poll ]
}

# Promise: perf has a sample for each thing that was counted, and says of none that it is lost.
# Broken: a flame graph of a part is taken for the whole.
no_sample_is_missing()
{
	samples=$(perf script -F event 2>/dev/null | grep -c 'cowscope:cow')
	lost=$(grep -c 'lost' perf.log)
	note "counted $counted, perf has $samples samples, says that it lost some: $lost"
	[ "$samples" = "$counted" ] && [ "$lost" = 0 ]
}

# Promise: the stacks' weights are the samples, and they make a picture that names who wrote.
flame_graph()
{
	local weights

	sh -c "$(told 'perf script')" 2>err || { sed 's/^/# /' err; return 1; }
	weights=$(awk '{ sum += $NF } END { print sum + 0 }' folded)
	note "weights of the folded stacks: $weights; the heaviest:"
	awk '{ print $NF, $0 }' folded | sort -rn | head -5 | cut -c1-300 | sed 's/ [0-9]*$//; s/^/#   /'
	sh -c "$(told perl)" 2>err || { sed 's/^/# /' err; return 1; }
	[ "$weights" = "$samples" ] && grep -q '<title>.*_sdsnewlen' cow.svg
}

family_of_two()
{
	family_is_true "$parent" "$child" || return 1
	show cowmap --family "$parent"
}

# Promise: what the child lost to the parent is what the parent copied, or less: pages that the
# child had given back by then are nobody's loss.
who_broke_it()
{
	parent_copied=$(($(count "$parent" copied) - copied_before))
	broke=$(has "$child" inherited total parent_broke_pages)
	note "the parent copied $parent_copied pages since the fork, $broke of them broke the child's"
	[ "$broke" -gt 500 ] && [ "$broke" -le "$parent_copied" ]
}

which_code()
{
	show cowsites --by function -l 6 "$parent" && sites_are_all "$parent"
}

saved()
{
	go_on "$child" "$parent"
	wait_for_save
	sum=$((parent_copied + child_copied))
	note "parent $parent_copied, child $child_copied, sum $sum pages; rdb_last_cow_size $((cow_bytes / 4096)) pages; at risk were $at_risk"
	agrees "$sum" && [ "$sum" -le "$at_risk" ]
}

begin 9
check "a server that saves" setup
check "clients overwrite keys while perf listens" recorded_while_writing
check "the family is what pagemap says" family_of_two
check "the parent broke what the child lost" who_broke_it
check "which code: sites are all that was counted" which_code
check "perf has a sample for each count" no_sample_is_missing
check "a flame graph of all of them" flame_graph
check "Redis reports about the sum, and the forecast is above it" saved
check "nothing was lost" health_is_ok
finish
