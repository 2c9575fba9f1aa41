#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The one-liners of the README, as they stand there, on a family of which is known who wrote
# how many pages: each must say what was known before, or what another source has.
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/stories/lib.sh
. "$HERE/stories/lib.sh"

# line N: the Nth command of the README's section.
line()
{
	section "Ten one-liners" | grep -v '^#' | sed -n "$1p"
}

# run N: runs it where the README says, into "out".
run()
{
	(cd "$SCOPE" && eval "$(line "$1")") >"$work/out" 2>"$work/err"
	note "$(line "$1" | cut -c1-90)"
	head -4 "$work/out" | cut -c1-100 | sed 's/^/#   /'
	sed 's/^/# error: /' "$work/err"
	[ -s "$work/out" ] && [ ! -s "$work/err" ]
}

cat >family.py <<'END'
import mmap, os, sys, time
m = mmap.mmap(-1, 997 * 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
m.madvise(mmap.MADV_NOHUGEPAGE)
for i in range(997):
    m[i * 4096] = 1
open("filled", "w").close()
while not os.path.exists("fork"):
    time.sleep(0.05)
for pages in (101, 503, 907):
    if os.fork() == 0:
        while not os.path.exists("go"):
            time.sleep(0.05)
        for i in range(pages):
            m[i * 4096] = 2
        with open(f"child.{pages}", "w") as f:
            f.write(str(os.getpid()))
        time.sleep(600)
open("ready", "w").close()
time.sleep(600)
END

setup()
{
	cp "$PYTHON" shop-family
	./shop-family family.py &
	parent=$!
	started+=("$parent")
	till "a parent" test -e filled && watch "$parent" && touch fork && till "a family" test -e ready &&
		mapfile -t children <<<"$(pgrep -P "$parent")" && [ ${#children[@]} -eq 3 ] && touch go || return 1
	till "they wrote" test -s child.907 && till "they wrote" test -s child.503 &&
		till "they wrote" test -s child.101 || return 1
	few=$(cat child.101) some=$(cat child.503) many=$(cat child.907)
	for _ in 1 2 3 4 5; do /bin/true; done
	still "$parent" "${children[@]}"
}

# 1: who copied most: in the order in which they were told to write, each at least that much
# (Python writes a few pages of its own).
who_copied_most()
{
	run 1 && [ "$(awk '$3 == "shop-family" { print $1 }' out | head -3 | tr '\n' ' ')" = "$many $some $few " ] &&
		[ "$(awk -v p="$many" '$1 == p { print $2 }' out)" = "$(cowstat -r -n -p "$many" -o copied | awk '{ print $1 }')" ]
}

# 2: copied by user, beside what ps and cowstat know.
by_user()
{
	run 2 && [ "$(awk -v p="$some" '$2 == p { print $1, $3 }' out)" = "$(count "$some" copied) root" ]
}

# 3: copied of what was got at fork, each with the percentage.
who_broke()
{
	local pid copied inherited

	run 3 || return 1
	for pid in "$few" "$many"; do
		copied=$(count "$pid" copied) inherited=$(count "$pid" inherited_pages)
		[ "$(awk -v p="$pid" '$1 == p { print $3, $4, $5 }' out)" = "$copied $inherited $((100 * copied / inherited))" ] || return 1
	done
	[ "$(count "$few" copied)" -ge 101 ] && [ "$(count "$few" copied)" -lt 503 ] && [ "$(count "$many" copied)" -ge 907 ]
}

# 4: who may cost most, as cowmap has it.
who_may_cost_most()
{
	local pid pages

	run 4 && read -r pages pid <<<"$(head -1 out)" &&
		[ "$(view "$pid" family | awk '$1 == "worst_case_pages" { print $2 }')" = "$pages" ] &&
		[ "$(awk '{ print $1 }' out)" = "$(awk '{ print $1 }' out | sort -nr)" ] &&
		[ "$(wc -l <out)" -ge 4 ]
}

# 5: in which regions: a mapping without a name.
in_which_region()
{
	run 5 && [ "$(awk '{ print $1, $2 }' out | head -1)" = "anon $(($(count "$few" copied) + \
		$(count "$some" copied) + $(count "$many" copied) + $(count "$parent" copied) - \
		$(awk 'NR > 1 { sum += $2 } END { print sum + 0 }' out)))" ]
}

# 6: still shared: what pagemap has in the same frames.
still_shared()
{
	run 6 && read -r same apart <<<"$("$PYTHON" "$STORIES/frames.py" "$parent" "$many")" &&
		note "$many: $same in the same frame, $apart apart" &&
		[ "$(awk -v p="$many" '$1 == p { print $2 }' out)" = "$same" ]
}

# 7: forks that ran a program: the five of this shell.
forks_for_exec()
{
	run 7 && [ "$(awk -v me=$$ '$1 == me { print $2 }' out)" -ge 5 ]
}

# 8: every attempt has an outcome, as status says itself.
the_balance()
{
	run 8 && [ "$(cat out)" = 0 ]
}

# 9: which code: the rows of sites of the one that copied most add up to cow.
which_code()
{
	run 9 && [ "$(awk '{ print $1 }' out | sort -nr | head -1)" = "$(awk 'NR == 1 { print $1 }' out)" ] &&
		[ "$(awk 'NR == 1 { print $1 }' out)" -ge $((101 + 503 + 907)) ]
}

# 10: shared kernel objects by kind: as many kinds as are in the table.
kinds_of_objects()
{
	run 10 && [ "$(awk '{ sum += $1 } END { print sum }' out)" = "$(($(wc -l <"$SCOPE/sharing") - 1))" ]
}

begin 13
check "the README has ten" test "$(line "1,\$" | wc -l)" -eq 10
check "a family" setup
check "who copied most" who_copied_most
check "copied, beside what ps knows" by_user
check "who broke what it got" who_broke
check "who may cost most" who_may_cost_most
check "in which regions" in_which_region
check "still shared with the parent" still_shared
check "forks that ran a program" forks_for_exec
check "every attempt has an outcome" the_balance
check "which code" which_code
check "objects by kind" kinds_of_objects
check "nothing was lost" health_is_ok
finish
