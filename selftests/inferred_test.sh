#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Families that are older than the module: before_load begins them while the module
# is out, and loads it. Leaves it loaded. To be run when hook_test.sh is done, since a
# load forgets which hooks were proven.
HERE=$(dirname "$0")
. "$HERE/lib/script.sh"

PROGRAM=${COWSCOPE_TESTS:-$HERE/../build/selftests}/before_load
[ -x "$PROGRAM" ] || PROGRAM=$HERE/before_load
COWSCOPE_KO=$KO
export COWSCOPE_KO
exec "$PROGRAM"
