#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The text of the ABI, lib/debugfs-cowscope, against the files of the loaded module: which
# there are, their modes, the first line of each table, the keys of each list.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

TEXT=$HERE/lib/debugfs-cowscope
PROC=/proc/cowscope
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"; kill "$WATCHED" 2>/dev/null' EXIT

sleep 600 &
WATCHED=$!
echo clear >"$SCOPE/watch"
echo "$WATCHED" >"$SCOPE/watch"
# Its directory is made by a work item.
tries=0
while [ ! -e "$SCOPE/watched/$WATCHED/latency" ] && [ $tries -lt 50 ]; do
	sleep 0.1
	tries=$((tries + 1))
done

# One line per file: its name, then the value behind a label of its description, with the
# word CAUSES as the columns that it stands for.
told()
{
	awk -v label="$1:" '
		/^What:/ { if (said) { nr = 0; said = 0 } name[++nr] = $2; next }
		/^Description:/ { said = 1; of = 0; next }
		/^[A-Z]/ || NF == 0 { of = 0; next }
		match($0, /^\t\t[A-Z][a-z ]*: /) && label_of($0) ~ /^(Mode|First line|Keys):$/ {
			of = label_of($0) == label
			sub(/^\t\t[A-Z][a-z ]*: /, "")
			for (i = 1; of && i <= nr; i++)
				order[++files] = name[i]
		}
		of { for (i = 1; i <= nr; i++) value[name[i]] = value[name[i]] " " $0 }
		function label_of(line) {
			sub(/^\t\t/, "", line)
			return substr(line, 1, index(line, ":"))
		}
		END { for (i = 1; i <= files; i++) print order[i] value[order[i]] }
	' "$TEXT" | sed "s/\bCAUSES\b/$(causes)/" | tr -s ' \t' ' '
}

causes()
{
	head -n 1 "$SCOPE/totals" | tr -s ' ' | cut -d ' ' -f 2-
}

# The files that there are, with the PID of a watched one as the text writes it.
live()
{
	find "$SCOPE" "$PROC" -type f | grep -v "/watched/" | sort
	find "$SCOPE/watched/$WATCHED" -type f | sed "s,/$WATCHED/,/<PID>/," | sort
}

# Sets $path: what a file of the text is called here.
path_of()
{
	case $1 in
	*"<PID>"*) path=${1%%"<PID>"*}$WATCHED${1#*"<PID>"} ;;
	*) path=$1 ;;
	esac
}

# Promise: the text has every file, and no other.
# Broken: users build on files that nobody promised, or look for some that are gone.
every_file()
{
	sed -n 's/^What:[[:space:]]*//p' "$TEXT" | sort >"$WORK/said"
	live | sort >"$WORK/there"
	[ "$(wc -l <"$WORK/there")" -gt 25 ] && diff "$WORK/said" "$WORK/there" | sed 's/^/# /' >"$WORK/out"
	cat "$WORK/out"
	[ ! -s "$WORK/out" ]
}

# Promise: modes are those of the text; in procfs all are for reading alone.
# Broken: a file is open to more than is said.
modes()
{
	told Mode >"$WORK/said"
	[ -s "$WORK/said" ] || return 1
	while read -r name mode; do
		path_of "$name"
		[ "0$(stat -c %a "$path")" = "$mode" ] || { note "$name"; return 1; }
	done <"$WORK/said"
}

# answer NAME: what the file says.
answer()
{
	path_of "$1"
	case $1 in
	*/walk)
		exec 3<>"$path"
		echo 0x1000 >&3
		cat <&3
		exec 3>&-
		;;
	*)
		cat "$path"
		;;
	esac
}

# Promise: the columns of every table are those of the text.
# Broken: a program that was written by the text finds no column.
first_lines()
{
	told 'First line' >"$WORK/said"
	[ "$(wc -l <"$WORK/said")" -gt 15 ] || return 1
	while read -r name columns; do
		found=$(answer "$name" | awk 'NR == 1 { $1 = $1; print }')
		[ "$found" = "$columns" ] || { note "$name: $found"; return 1; }
	done <"$WORK/said"
}

# Promise: the keys of every list are those of the text, in that order.
# Broken: likewise for keys.
keys()
{
	told Keys >"$WORK/said"
	[ "$(wc -l <"$WORK/said")" -ge 6 ] || return 1
	while read -r name wanted; do
		first=${wanted%% *}
		# Behind a table they follow its rows.
		found=$(answer "$name" | awk -v first="$first" '
			$1 == first { on = 1 }
			on && !seen[$1]++ { printf "%s%s", sep, $1; sep = " " }')
		[ "$found" = "$wanted" ] || { note "$name: $found"; return 1; }
	done <"$WORK/said"
}

begin 4
check "every file is in the text of the ABI, and no other" every_file
check "modes are those of the text" modes
check "the first line of each table is that of the text" first_lines
check "the keys of each list are those of the text" keys
finish
