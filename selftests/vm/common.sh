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

# vm_suite LABEL: the Debian suite of its packages, nothing when it is this computer's.
vm_suite()
{
	vm_field "$1" 4 ||
		die "$1: no such label in selftests/vm/kernels"
}

# vm_root LABEL: the root folder that the label's headers are installed in, nothing when
# it is this computer's.
vm_root()
{
	local suite

	suite=$(vm_suite "$1") || exit 1
	[ -z "$suite" ] || echo "$CACHE/root-$suite"
}

# vm_packages LABEL ARGUMENT...: dpkg-query on the packages of that root.
vm_packages()
{
	local root

	root=$(vm_root "$1") || exit 1
	dpkg-query --admindir="$root/var/lib/dpkg" "${@:2}" 2>/dev/null
}

# vm_built LABEL: which of the kernels that are built here (see debug/build), nothing when
# it is one of Debian's.
vm_built()
{
	[ "$(vm_field "$1" 2)" != built ] || vm_field "$1" 3
}

# vm_headers LABEL: where modules for the label's kernel are built; in its root.
vm_headers()
{
	local kind

	kind=$(vm_built "$1")
	if [ -n "$kind" ]; then
		echo "$("$VM_DIR/debug/build" "$kind")/build"
	else
		echo "/usr/src/linux-headers-$(vm_release "$1")"
	fi
}

# vm_release LABEL: the kernel release that the installed headers belong to,
# for instance 6.1.0-56-amd64.
vm_release()
{
	local headers kind release root

	root=$(vm_root "$1") || exit 1
	kind=$(vm_built "$1")
	if [ -n "$kind" ]; then
		cat "$("$VM_DIR/debug/build" "$kind")/release"
		return
	fi
	headers=$(vm_field "$1" 3)
	# shellcheck disable=SC2016 # the field names are dpkg-query's
	release=$(vm_packages "$1" -W -f '${db:Status-Status} ${Depends}\n' "$headers" |
		sed -n 's/^installed .*linux-headers-\([0-9][^ ,]*\).*/\1/p')
	[ -n "$release" ] ||
		die "$headers of $1: not installed: run make prepare KERNEL=$1 as root"
	[ -d "$root/usr/src/linux-headers-$release" ] ||
		die "$root/usr/src/linux-headers-$release: missing: reinstall $headers"
	echo "$release"
}

# The archive that this computer has its main packages from.
vm_mirror()
{
	# shellcheck disable=SC2016 # the field names are apt-get's
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
		'Created-By: Packages' |
		awk -v codename="$(. /etc/os-release && echo "$VERSION_CODENAME")" '
			$2 == codename && $3 == "main" { print $1; exit }'
}

# apt-get that says nothing but mistakes, and works in a folder of root's.
vm_apt_get()
{
	apt-get -qq -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 "$@"
}

# Whether VMs can run on the computer's own CPU instead of an emulated one. The device alone
# does not say so: where the CPU has no virtualization KVM may run none but kernels made for
# that (PVM), and Debian's never print a line.
vm_kvm()
{
	[ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qwE '^flags.*(vmx|svm)' /proc/cpuinfo
}
