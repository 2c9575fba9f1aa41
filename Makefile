# SPDX-License-Identifier: GPL-2.0-only
#
# For people; the kernel's build reads Kbuild instead. "make help" explains.

# Kernel of the VM: a label from selftests/vm/kernels; KERNEL= says the same.
KERNEL ?= 6.1
LABEL ?= $(KERNEL)
VM := selftests/vm

# Headers for "make modules": the running kernel's, else the newest installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /usr/src/linux-headers-*/.config 2>/dev/null | sort -rV | sed 's,/.config$$,,'))

help:		## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | \
		while IFS='	' read -r target text; do \
			printf '  make %-14s %s\n' "$$target" "$$text"; done
	@echo "  LABEL=... or KERNEL=... chooses the kernel of the VM (see $(VM)/kernels), now $(LABEL)"

demo:		## see it work in a VM: experiments, then a Redis server saving (under 5 minutes)
	@selftests/run_demo $(LABEL)

check:		## prove every number: static checks, host tests, tests in the VM (under 15 minutes)
	@selftests/run_check $(LABEL)

matrix:		## the same on each Debian kernel of selftests/vm/kernels, then README's table of kernels
	@selftests/run_matrix

check-debug:	## the tests in a VM whose kernel has KASAN, lockdep, leak and object checks, and faults injected
	@selftests/run_debug debug

check-kcsan:	## the tests in a VM whose kernel looks for data races
	@selftests/run_debug kcsan

fuzz:		## a million worsened inputs for the module's files in a VM; the tools' parsers under libFuzzer
	@selftests/run_fuzz

vm:		## a root shell in a VM with the module loaded and the tools on PATH
	@selftests/run_shell $(LABEL)

bench:		## what it costs beside what people use today, counted in instructions (under 20 minutes)
	@selftests/run_bench $(LABEL)

storm:		## each kind of load in a VM with readers on every file; then load and unload 200 times (under an hour)
	@selftests/run_storm $(LABEL)

modules:	## build cowscope.ko (KDIR=... names the kernel headers)
	@[ -n "$(KDIR)" ] || { echo "make modules: no kernel headers found: \
	apt-get install linux-headers-amd64, or give KDIR=" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:		## build the tools
	$(MAKE) -C tools

selftests:	## build the tests
	@$(VM)/source >/dev/null
	$(MAKE) -C selftests

prepare:	## install the Debian packages that all of this needs (root, if any is missing)
	@$(VM)/prepare $(LABEL) build vm demo check

deb:		## Debian packages cowscope-dkms and cowscope-tools, in build/deb
	@selftests/run_deb

check-packages:	## install those in a fresh Debian root: DKMS builds the module for its kernels
	@selftests/run_packages

install: modules tools	## install module, tools and man pages (DESTDIR is heeded)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=updates modules_install
	$(MAKE) -C tools install

uninstall:	## remove what "make install" installed
	release=$$($(MAKE) -s -C $(KDIR) kernelrelease) && \
	rm -f "$(DESTDIR)/lib/modules/$$release/updates"/cowscope.ko* && \
	{ [ -n "$(DESTDIR)" ] || depmod "$$release"; }
	$(MAKE) -C tools uninstall

clean:		## remove everything that was built, but not what was downloaded
	[ -z "$(KDIR)" ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C tools clean
	find build -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} + 2>/dev/null || true

.PHONY: help demo check check-debug check-kcsan fuzz matrix bench vm storm modules tools selftests prepare deb check-packages \
	install uninstall clean
