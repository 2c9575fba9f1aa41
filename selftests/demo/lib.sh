# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the parts of the demo share: words on the screen, numbers from the
# module's tables. A number that is missing ends the demo. To be sourced.

# shellcheck disable=SC2034 # used by the scripts that read this one
SCOPE=/sys/kernel/debug/cowscope

say()
{
	printf '%s\n' "$*"
}

title()
{
	printf '\n=== %s\n\n' "$*"
}

die()
{
	echo
	echo "${0##*/}: $*" >&2
	exit 1
}

# cell FILE KEY NAME: the cell in column NAME of the first row whose first column
# is KEY. Columns are found by name, as every program should.
cell()
{
	awk -v key="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) col = i; next }
		$1 == key && col { print $col; found = 1; exit }
		END { exit !found }' "$1"
}

# number FILE KEY NAME: a cell that has to be there and to be a number.
number()
{
	local value

	value=$(cell "$1" "$2" "$3") || die "${1##*/}: no row $2 with a column $3"
	[[ $value =~ ^[0-9]+$ ]] || die "${1##*/}: $3 of $2 is \"$value\", not a number"
	echo "$value"
}

# mib PAGES: as a size
mib()
{
	awk -v pages="$1" 'BEGIN { printf "%.1f MiB", pages / 256 }'
}
