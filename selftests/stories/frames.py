#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""frames.py PID PID: the second truth about what two processes share, from the kernel's own
pagemap and kpageflags, without the module: how many anonymous pages both map at the same
address in the same frame, how many in frames of their own. The zero page belongs to nobody."""
import struct
import sys

PAGE = 4096
PRESENT = 1 << 63
FRAME = (1 << 55) - 1
ANON = 1 << 12
ZERO_PAGE = 1 << 24


def frames(pid):
    """Address of each present page: its frame."""
    found = {}
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/pagemap", "rb", 0) as pagemap:
        for line in maps:
            start, end = (int(n, 16) for n in line.split()[0].split("-"))
            if line.endswith("[vsyscall]\n"):
                continue
            pagemap.seek(start // PAGE * 8)
            data = pagemap.read((end - start) // PAGE * 8)
            for i, (entry,) in enumerate(struct.iter_unpack("Q", data)):
                if entry & PRESENT:
                    found[start + i * PAGE] = entry & FRAME
    return found


def main():
    one, other = (frames(pid) for pid in sys.argv[1:3])
    same = apart = 0
    with open("/proc/kpageflags", "rb", 0) as file:
        def anonymous(frame):
            file.seek(frame * 8)
            (flags,) = struct.unpack("Q", file.read(8))
            return flags & ANON and not flags & ZERO_PAGE

        for address, frame in one.items():
            partner = other.get(address)
            if partner is None or not anonymous(frame):
                continue
            if partner == frame:
                same += 1
            elif anonymous(partner):
                apart += 1
    print(same, apart)


main()
