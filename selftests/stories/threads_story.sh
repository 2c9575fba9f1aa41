#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same server twice: a thread for each request, then a process for each. Threads share
# everything and copy nothing; processes copy, each time.
# shellcheck source=selftests/stories/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
REQUESTS=23
HELD=5

cat >server.py <<'END'
import os, socketserver, sys, threading

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.readline() == b"hold\n":
            self.wfile.write(b"held\n")
            self.rfile.readline()
        self.wfile.write(f"{os.getpid()} {threading.get_native_id()}\n".encode())

kind = {"threads": socketserver.ThreadingMixIn, "processes": socketserver.ForkingMixIn}[sys.argv[1]]
class Server(kind, socketserver.UnixStreamServer):
    request_queue_size = 64
Server(sys.argv[2], Handler).serve_forever()
END
cat >client.py <<'END'
import socket, sys, time
path, requests, held = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def ask(word):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.sendall(word)
    return s
for _ in range(requests - held):
    ask(b"go\n").makefile().read()
waiting = [ask(b"hold\n") for _ in range(held)]
for s in waiting:
    s.recv(5)
print("held", flush=True)
sys.stdin.readline()
END

# serve KIND: sets server; HELD requests are still open when it returns.
serve()
{
	"$PYTHON" server.py "$1" "$work/$1" &
	server=$!
	started+=("$server")
	till "a server" test -S "$work/$1" || return 1
	watch "$server"
	before=$(count "$server" copied)
	[ -p hold ] || mkfifo hold
	"$PYTHON" client.py "$work/$1" $REQUESTS $HELD <>hold >"held.$1" &
	started+=($!)
	till "requests are held" grep -qs held "held.$1"
}

# Promise: each request is one thread, for which nothing was copied: no page, no page table.
threads_copy_nothing()
{
	note "rows of clones: $(clones_of "$server" "shape pages pgtable_bytes" | sort | uniq -c | tr '\n' ';')"
	note "copied meanwhile: $(($(count "$server" copied) - before))"
	[ "$(clones_of "$server" "shape pages pgtable_bytes" | sort | uniq -c | awk '{ $1 = $1; print }')" = "$REQUESTS thread 0 0" ] &&
		[ "$(count "$server" copied)" = "$before" ]
}

# Promise: as many tasks share the memory as /proc has, in one address space.
threads_share_all()
{
	local tasks

	tasks=$(find "/proc/$server/task" -mindepth 1 -maxdepth 1 | wc -l)
	note "tasks: $(count "$server" tasks), /proc has $tasks"
	show lsshare "$server"
	[ "$tasks" -eq $((HELD + 1)) ] && [ "$(count "$server" tasks)" = "$tasks" ] || return 1
	# No relative, and nothing that a relative could map: there is one address space.
	[ -z "$(view "$server" family | awk 'NR > 1 && $1 != "self" && $3 == "total"')" ]
}

# Promise: each request is a process that copied pages.
processes_copy()
{
	note "rows of clones: $(clones_of "$server" "shape" | sort | uniq -c | tr '\n' ';')"
	[ "$(clones_of "$server" shape | sort | uniq -c | awk '{ $1 = $1; print }')" = "$REQUESTS process" ] || return 1
	mapfile -t children <<<"$(pgrep -P "$server")"
	still "$server" "${children[@]}" || return 1
	show lsshare --pair "$server" "${children[0]}"
	for child in "${children[@]}"; do
		note "child $child copied $(count "$child" copied)"
		[ "$(count "$child" copied)" -gt 0 ] && family_is_true "$server" "$child" || return 1
	done
	[ ${#children[@]} -eq $HELD ]
}

begin 6
check "a server with threads" serve threads
check "threads copy nothing" threads_copy_nothing
check "threads share all" threads_share_all
check "the same with processes" serve processes
check "processes copy" processes_copy
check "nothing was lost" health_is_ok
kill -KILL "${children[@]}"
finish
