#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PostgreSQL: a backend is forked for each connection. The buffers are shared memory, which
# copy-on-write leaves alone; what a backend costs is the postmaster's private memory that it
# writes to, and its own caches.
# shellcheck source=selftests/stories/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
BACKENDS=3
BIN=$(echo "$STORIES"/../../build/cache/postgresql-15_*/usr/lib/postgresql/15/bin)
PSQL=/usr/lib/postgresql/15/bin/psql
AS="setpriv --reuid nobody --regid nogroup --clear-groups"

setup()
{
	chown nobody "$work" && chmod 755 "$work" && mkdir data && chown nobody data || return 1
	$AS "$BIN/initdb" -D "$work/data" -A trust -U shop -E UTF8 --no-locale -N >log 2>&1 &&
		$AS "$BIN/postgres" -D "$work/data" -k "$work" -c listen_addresses= -c autovacuum=off \
			-c fsync=off -c jit=off -c shared_buffers=64MB >>log 2>&1 &
	launcher=$!
	started+=("$launcher")
	till "a socket" test -S "$work/.s.PGSQL.5432" || { tail -5 log | sed 's/^/# /'; return 1; }
	postmaster=$(head -1 data/postmaster.pid)
	started+=("$postmaster")
	till "it answers" sql 'select 1' || return 1
	sql "create table stock as select i, repeat('x', 500) as t from generate_series(1, 20000) i" &&
		watch "$postmaster" || return 1
	# Less than a quarter of the buffers: whoever reads the table maps all of it.
	table=$(($(ask "select pg_relation_size('stock')") / 4096))
	note "the table has $table pages of 4 KiB"
	[ "$table" -gt 2000 ]
}

ask()
{
	"$PSQL" -q -A -t -h "$work" -U shop -d postgres -c "$1" 2>>log
}

sql()
{
	"$PSQL" -q -h "$work" -U shop -d postgres -v ON_ERROR_STOP=1 -c "$1" >/dev/null 2>>log
}

# Backends that have read the whole table and written a part of it, and stay.
connect()
{
	local i

	for ((i = 0; i < BACKENDS; i++)); do
		mkfifo "in.$i"
		"$PSQL" -q -h "$work" -U shop -d postgres <>"in.$i" >"out.$i" 2>&1 &
		started+=($!)
		printf '%s\n' "select count(*) from stock;" \
			"update stock set t = repeat('y', 500) where i % 100 = $i;" '\echo done' >"in.$i"
	done
	for ((i = 0; i < BACKENDS; i++)); do
		till "backend $i" grep -q '^done' "out.$i" || return 1
	done
	mapfile -t backends <<<"$(pgrep -P "$postmaster" -f 'shop postgres')"
	note "postmaster $postmaster, backends ${backends[*]}"
	[ ${#backends[@]} -eq $BACKENDS ]
}

# Promise: no page of the shared buffers was copied, though each backend maps all of the table in
# them and writes some.
buffers_are_left_alone()
{
	local pid shmem

	for pid in "${backends[@]}"; do
		shmem=$(awk '/^RssShmem/ { print $2 / 4 }' "/proc/$pid/status")
		note "$pid: shared memory $shmem pages resident; copied there $(has "$pid" cow mapshared copied)"
		[ "$(has "$pid" cow mapshared copied)" = 0 ] && [ "$shmem" -ge "$table" ] || return 1
	done
}

# Promise: what a backend copied is less than what it inherited, and all of it private memory;
# what is still shared is what pagemap says.
a_backend_costs_its_own()
{
	local pid

	still "$postmaster" "${backends[@]}" || return 1
	for pid in "${backends[@]}"; do
		copied=$(count "$pid" copied)
		inherited=$(count "$pid" inherited_pages)
		note "$pid copied $copied of $inherited inherited pages"
		[ "$copied" -gt 0 ] && [ "$copied" -lt "$inherited" ] &&
			family_is_true "$postmaster" "$pid" || return 1
	done
	show cowstat -s copied -o pid,copied,file,inherited_pages,comm -p "$(IFS=,; echo "${backends[*]}")"
	show cowmap --family "${backends[0]}"
	go_on "$postmaster" "${backends[@]}"
}

which_code()
{
	show cowsites --by function -l 5 "${backends[0]}" && sites_are_all "${backends[0]}"
}

begin 6
check "a database with a table" setup
check "backends that read and write it" connect
check "the shared buffers were not copied" buffers_are_left_alone
check "a backend costs what it writes of its own" a_backend_costs_its_own
check "which code: sites are all that was counted" which_code
check "nothing was lost" health_is_ok
finish
