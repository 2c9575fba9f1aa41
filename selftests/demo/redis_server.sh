# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A Redis server that saves its memory slowly, and clients that overwrite keys: for the demo
# and for the story that is tested. To be sourced after lib.sh, with "work" set.
# shellcheck disable=SC2034,SC2154 # set for, and by, the scripts that read this one

KEYS=24000
VALUE_BYTES=1000
OVERWRITE=6000
# The child sleeps this long after each key (microseconds): without it the save
# would be over before the first overwritten key. Who has other plans has set it.
DELAY=${DELAY:-400}

redis()
{
	redis-cli -s "$work/socket" "$@"
}

info()
{
	redis INFO "$1" | tr -d '\r' | sed -n "s/^$2://p"
}

answers()
{
	redis PING 2>/dev/null | grep -q PONG
}

# Debian's redis-tools has the server's program under its checking name; the
# name that it is started by decides what it is. No service is needed. Sets parent.
start_server()
{
	local program

	program=$(command -v redis-check-rdb) || die "redis-check-rdb: not installed"
	ln -s "$program" "$work/redis-server"
	echo 1 >/proc/sys/vm/overcommit_memory
	"$work/redis-server" --port 0 --unixsocket "$work/socket" --dir "$work" \
		--save "" --appendonly no --rdbcompression no \
		--enable-debug-command local --rdb-key-save-delay "$DELAY" \
		--loglevel warning --logfile "$work/log" &
	parent=$!
	for _ in $(seq 100); do
		answers && return
		sleep 0.2
	done
	cat "$work/log" >&2
	die "redis-server does not answer"
}

fill_server()
{
	redis DEBUG POPULATE $KEYS key $VALUE_BYTES >/dev/null
	[ "$(redis DBSIZE)" = $KEYS ] || die "redis has not taken the keys"
}

# overwrite FIRST LAST: new values for these keys, as a client would send them.
overwrite()
{
	awk -v first="$1" -v last="$2" -v size=$VALUE_BYTES 'BEGIN {
		value = sprintf("%*s", size, ""); gsub(/ /, "x", value)
		for (i = first; i <= last; i++)
			printf "SET key:%d %s\r\n", i, value
	}' | redis --pipe >/dev/null
}

# The child is the one that the watched parent forked: it is watched as well. Sets child.
find_child()
{
	local dir

	for _ in $(seq 100); do
		for dir in "$SCOPE"/watched/*; do
			[ "${dir##*/}" = "$parent" ] || { child=${dir##*/}; return; }
		done
		sleep 0.1
	done
	die "no child of process $parent in $SCOPE/watched"
}

# at_risk: what a fork of it now would put at risk, in pages.
foresee_risk()
{
	at_risk=$(awk '$1 == "at_risk_pages" { print $2 }' "$SCOPE/watched/$parent/forecast")
	[[ $at_risk =~ ^[0-9]+$ ]] || die "forecast: no at_risk_pages for process $parent"
}

saving()
{
	[ "$(info persistence rdb_bgsave_in_progress)" = 1 ]
}

# Sets child_copied and cow_bytes.
wait_for_save()
{
	for _ in $(seq 600); do
		saving || break
		sleep 0.2
	done
	[ "$(info persistence rdb_last_bgsave_status)" = ok ] || die "the save failed"
	child_copied=$(number "$SCOPE/exited" "$child" copied)
	cow_bytes=$(info persistence rdb_last_cow_size)
	[[ $cow_bytes =~ ^[0-9]+$ ]] || die "redis does not report rdb_last_cow_size"
}

# agrees SUM: whether the pages that both copied are about what Redis reports, in pages. Redis
# counts what the child has for itself, new memory included.
agrees()
{
	local redis_pages=$((cow_bytes / 4096))

	[ $((redis_pages * 10)) -ge $(($1 * 8)) ] && [ $((redis_pages * 10)) -le $(($1 * 13 + 5000)) ]
}
