# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Results as TAP, for the checks that are scripts. To be sourced.

TAP_COUNT=0
TAP_FAILED=0

# tap STATUS NAME: one result line.
tap()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $TAP_COUNT $2"
	else
		TAP_FAILED=$((TAP_FAILED + 1))
		echo "not ok $TAP_COUNT $2"
	fi
}

# tap_run NAME COMMAND...: run it; what it prints is shown only if it fails.
tap_run()
{
	local name=$1 out status=0

	shift
	out=$("$@" 2>&1) || status=$?
	[ "$status" -eq 0 ] || [ -z "$out" ] || printf '# %s\n' "${out//$'\n'/$'\n# '}"
	tap "$status" "$name"
}

tap_end()
{
	echo "1..$TAP_COUNT"
	[ "$TAP_FAILED" -eq 0 ]
}
