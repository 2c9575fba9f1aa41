#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every experiment of forklab goes as the book says, on this kernel, and was carried out.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

FORKLAB=${COWSCOPE_TOOLS:-$HERE/../build/tools}/forklab

# Promise: the kernel does what a textbook says, and the module's numbers show it.
# Broken: a count that is not right, or an experiment that proves nothing.
as_the_book_says()
{
	said=$("$FORKLAB" run "$1" 2>&1)
	status=$?
	case $said in
	*SKIPPED*) status=1 ;;
	esac
	[ $status -eq 0 ] || echo "$said" | sed 's/^/# /'
	return $status
}

# Promise: what cannot be carried out is said, and is no failure.
# Broken: a machine without python3 is told that its kernel is not as the book says.
without_python()
{
	said=$(PATH=/nowhere "$FORKLAB" run refcount) || return 1
	note "$said"
	case $said in
	*"SKIPPED: python3 is not installed"*"0 of 1 experiments as the book says, 1 skipped."*) ;;
	*) return 1 ;;
	esac
}

loaded || { note "the module is not loaded"; exit 1; }
experiments=$("$FORKLAB" list | awk '{ print $1 }')
# shellcheck disable=SC2086 # words
set -- $experiments
[ $# -gt 0 ] || { note "no experiments"; exit 1; }
begin $(($# + 1))
for experiment; do
	check "$experiment" as_the_book_says "$experiment"
done
check "without python3 one experiment is skipped" without_python
finish
