#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# cowsites live: site_writer writes known numbers of pages from known lines; built with
# and without debug information and symbols, at an address of its own or not; living,
# ended, its file deleted or replaced, or in a mount namespace of its own.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

SITES=${COWSCOPE_TOOLS:-$HERE/../build/tools}/cowsites
OUT=$(mktemp -d)
RUNNING=
trap 'end_writer; umount "$OUT" && rmdir "$OUT"' EXIT

# build NAME STRIP FLAG...: a program and its library in a directory of its own.
build()
{
	dir=$OUT/$1 strip=$2
	shift 2
	mkdir "$dir" || return 1
	cc -O1 -g "$@" -fPIC -shared -o "$dir/libsite.so" "$HERE/site_library.c" &&
		cc -D_GNU_SOURCE -O1 -g "$@" -o "$dir/site_writer" "$HERE/site_writer.c" \
			-L"$dir" -lsite -Wl,-rpath,"$dir" || return 1
	[ "$strip" = no ] || strip "$dir/site_writer" "$dir/libsite.so"
}

# line MARK FILE: "FILE:NUMBER" of the line that is marked.
line()
{
	echo "$2:$(grep -n "LINE $1 " "$HERE/$2" | cut -d : -f 1)"
}

# wait_for TEXT: until the running program has said so.
wait_for()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q "$1" "$OUT/said" && return 0
		sleep 0.1
	done
	return 1
}

# begin_writer COMMAND...: runs it until its watched child has written; CHILD is its PID.
begin_writer()
{
	"$@" >"$OUT/said" 2>&1 &
	RUNNING=$!
	wait_for '^[0-9]' || return 1
	CHILD=$(head -n 1 "$OUT/said")
	echo "$CHILD" >"$SCOPE/watch" && kill -USR1 "$CHILD" && wait_for "done"
}

end_writer()
{
	[ -n "$RUNNING" ] || return 0
	kill -USR2 "$CHILD"
	wait "$RUNNING"
	code=$?
	RUNNING=
	return $code
}

# has ROW...: each is a row of the last report.
has()
{
	for row in "$@"; do
		grep -Fqx -- "$row" "$OUT/report" && continue
		note "no row: $row"
		sed 's/^/# /' "$OUT/report"
		return 1
	done
}

# report COLUMNS OPTION...: of the child, one row a line, into $OUT/report.
report()
{
	columns=$1
	shift
	"$SITES" -r -n -o "$columns" "$@" "$CHILD" >"$OUT/report" 2>"$OUT/err" &&
		[ ! -s "$OUT/err" ] && return 0
	sed 's/^/# /' "$OUT/err"
	return 1
}

built()
{
	build plain no && begin_writer "$OUT/plain/site_writer"
}

functions_and_lines()
{
	report copied,by,function,source,object,image &&
		has "101 user program_write $(line program site_writer.c) site_writer same" \
			"23 user around_inlined $(line inlined site_writer.c) site_writer same" \
			"37 user library_write $(line library site_library.c) libsite.so same"
}

inlined()
{
	report copied,function,inlined && has "23 around_inlined touch" "101 program_write -"
}

call_by_name()
{
	report copied,by,syscall,code && has '29 syscall read read(2)'
}

run_time_code()
{
	report copied,by,code,image,note &&
		has '13 user anonymous+0x0 - code\x20made\x20at\x20run\x20time'
}

in_vdso()
{
	report copied,by,function,object &&
		sed -i 's/ __vdso_getcpu / getcpu /' "$OUT/report" && has '11 user getcpu [vdso]'
}

# adds_up OPTION...: every cause, over all rows, is the total of cow.
adds_up()
{
	causes=$(head -n 1 "$SCOPE/watched/$CHILD/cow" | cut -d ' ' -f 2- | tr ' ' ,)
	report "$causes" "$@" || return 1
	awk '{ for (i = 1; i <= NF; i++) sum[i] += $i; n = NF }
		END { for (i = 1; i <= n; i++) printf " %d", sum[i] }' "$OUT/report" >"$OUT/sum"
	grep '^total ' "$SCOPE/watched/$CHILD/cow" | sed 's/^total//' | tr -d '\n' | diff - "$OUT/sum"
}

all_add_up()
{
	adds_up && adds_up --by=function && adds_up --by mapping && adds_up -l 2 &&
		"$SITES" "$CHILD" | tail -n 1 | grep -q '; the rows add up to cow$'
}

by_function_and_mapping()
{
	report copied,code --by=function && has '101 program_write' '29 read(2)' '13 anonymous' &&
		report copied,code,function --by mapping && has '124 site_writer -' '37 libsite.so library_write'
}

# What was counted before the watch is a row, and what found no room, too.
always_there()
{
	report by -l 1 && [ "$(tail -n 3 "$OUT/report" | tr '\n' ' ')" = 'rest other before ' ]
}

# The parent has done nothing since the watch; both together add up, too.
family()
{
	parent=$(ps -o ppid= -p "$CHILD" | tr -d ' ')
	"$SITES" --family "$CHILD" >"$OUT/report" 2>"$OUT/err"
	grep -q '^cowsites: inexact: relatives that are not watched: [1-9]' "$OUT/err" &&
		echo "$parent" >"$SCOPE/watch" &&
		report copied,processes,function --family && has '101 1 program_write' '37 1 library_write' &&
		"$SITES" "$CHILD" "$parent" | tail -n 1 | grep -q '^2 processes: .*; the rows add up'
}

after_the_end()
{
	end_writer && functions_and_lines && inlined && in_vdso && run_time_code && all_add_up
}

# The file that ran is not the one that is there now.
replaced_after()
{
	cp "$OUT/plain/site_writer" "$OUT/plain/new" && mv "$OUT/plain/new" "$OUT/plain/site_writer" &&
		report copied,function,image,object &&
		has '101 - replaced site_writer' '37 library_write same libsite.so' &&
		report copied,function,image --any-file && has '101 program_write other'
}

written_after()
{
	printf '\0' >>"$OUT/plain/libsite.so"
	report copied,function,image,object && has '37 - replaced libsite.so'
}

# Deleted, it is known as long as it runs; and is called so afterwards.
deleted()
{
	build gone no && begin_writer "$OUT/gone/site_writer" && rm "$OUT/gone/site_writer" &&
		report copied,function,image,object && has '101 program_write same site_writer' &&
		end_writer && report copied,function,image,object,note &&
		has '101 - deleted site_writer no\x20symbol:\x20the\x20file\x20was\x20deleted' \
			'37 library_write same libsite.so -'
}

# Only its offset is told, and it is that of the instruction in the file.
stripped()
{
	build bare yes && begin_writer "$OUT/bare/site_writer" || return 1
	report copied,code,function,source,object || return 1
	has '37 library_write+0x'"$(into "$OUT/plain/libsite.so" library_write)"' library_write - libsite.so' &&
		[ "$(grep -c '^\(101\|23\) site_writer+0x[0-9a-f]* - - site_writer$' "$OUT/report")" -eq 2 ]
}

# into FILE FUNCTION: its only instruction that writes a byte, counted from its beginning.
into()
{
	# shellcheck disable=SC2046 # two words
	set -- $(objdump -d --no-show-raw-insn "$1" | awk -v name="<$2>:" '
		$2 == name { start = $1 }
		start && /movb/ { sub(/:/, "", $1); print $1, start; exit }')
	printf %x $((0x$1 - 0x$2))
}

no_pie()
{
	build fixed no -no-pie && begin_writer "$OUT/fixed/site_writer" &&
		file_is_fixed "$OUT/fixed/site_writer" && functions_and_lines && end_writer &&
		functions_and_lines
}

file_is_fixed()
{
	readelf -h "$1" | grep -q 'Type: *EXEC'
}

# In a mount namespace: its files are where nobody else sees them.
own_mounts()
{
	# shellcheck disable=SC2016 # for the other shell
	mkdir "$OUT/hidden" && begin_writer unshare -m sh -c '
		mount -t tmpfs none "$1/hidden" && cp "$1/fixed/site_writer" "$1/fixed/libsite.so" "$1/hidden" &&
			cd / && LD_LIBRARY_PATH=$1/hidden "$1/hidden/site_writer"; exit' - "$OUT" &&
		functions_and_lines && [ -z "$(ls "$OUT/hidden")" ] &&
		end_writer && report copied,function,image,object && has '101 - missing site_writer'
}

# A file of the same name here is not what ran there.
not_the_other()
{
	cp "$OUT/fixed/site_writer" "$OUT/hidden/" && report copied,function,image,object &&
		has '101 - replaced site_writer'
}

not_watched()
{
	"$SITES" $$ >"$OUT/report" 2>"$OUT/err"
	[ $? -eq 1 ] && grep -q "^cowsites: $$: not watched" "$OUT/err"
}

mount -t tmpfs none "$OUT" || exit 1
loaded || insmod "$KO"
begin 19
check "the program is built and writes" built
check "function, line, program and library" functions_and_lines
check "a function in place of a call" inlined
check "a system call by its name" call_by_name
check "code made at run time has no name" run_time_code
check "the vdso" in_vdso
check "the rows add up to cow" all_add_up
check "by function and by mapping" by_function_and_mapping
check "other and before are always shown" always_there
check "the family, and who of it is not watched" family
check "all of it after the end" after_the_end
check "a file that was replaced" replaced_after
check "a file that was written since" written_after
check "a deleted file, while it runs and after" deleted
check "stripped: symbols of the library, else the place in the file" stripped
end_writer
check "a program at a fixed address" no_pie
check "files of another mount namespace" own_mounts
check "a file of the same name is not taken for it" not_the_other
check "who is not watched" not_watched
echo clear >"$SCOPE/watch"
finish
