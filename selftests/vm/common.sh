# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script of the VM needs: where things stand, which release a label
# means, one form of error message. To be sourced.

PATH=$PATH:/usr/sbin:/sbin
VM_DIR=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd -- "$VM_DIR/../.." && pwd)
BUILD=$TOP/build
# shellcheck disable=SC2034 # used by the scripts that read this one
CACHE=${COWSCOPE_CACHE:-$BUILD/cache}

# The first two fields of every message: who, what. The caller adds why.
say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# vm_field LABEL N: the Nth field of the label's line in the table.
vm_field()
{
	awk -v label="$1" -v n="$2" '$1 == label { print $n; found = 1 }
		END { exit !found }' "$VM_DIR/kernels"
}

# vm_release LABEL: the kernel release that the installed headers belong to,
# for instance 6.1.0-56-amd64.
vm_release()
{
	local headers release

	headers=$(vm_field "$1" 3) ||
		die "$1: no such label in selftests/vm/kernels"
	# shellcheck disable=SC2016 # the field names are dpkg-query's
	release=$(dpkg-query -W -f '${db:Status-Status} ${Depends}\n' "$headers" 2>/dev/null |
		sed -n 's/^installed .*linux-headers-\([0-9][^ ,]*\).*/\1/p')
	[ -n "$release" ] ||
		die "$headers: not installed: run make prepare as root"
	[ -d "/usr/src/linux-headers-$release" ] ||
		die "/usr/src/linux-headers-$release: missing: reinstall $headers"
	echo "$release"
}
