#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""visitors.py SOCKET PAGE N: asks for a page, two at a time, until each of two workers has
answered N times; prints the last answer of each."""
import socket
import sys
from collections import Counter

ENOUGH = 40


def ask(path, page):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.sendall(f"GET {page} HTTP/1.0\r\n\r\n".encode())
    return s


def answer(s):
    with s, s.makefile("rb") as f:
        return f.read().split(b"\r\n\r\n")[1].decode().split(None, 1)


def main():
    path, page, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
    served, last = Counter(), {}
    for _ in range(least * ENOUGH):
        for s in [ask(path, page), ask(path, page)]:
            pid, value = answer(s)
            served[pid] += 1
            last[pid] = value.strip()
        if len(served) == 2 and min(served.values()) >= least:
            break
    else:
        sys.exit(f"{page}: not two workers that answer: {dict(served)}")
    for pid, value in sorted(last.items()):
        print(pid, value)


main()
