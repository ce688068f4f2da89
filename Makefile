# SPDX-License-Identifier: GPL-2.0
# What people type; "make help" lists it. The kernel's build reads Kbuild.

KVER   ?= $(shell uname -r)
KDIR   ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local

export PROSE_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/prose
# A build directory of its own for each tree and kernel build directory.
build := $(PROSE_CACHE)/build/$(notdir $(CURDIR))-$(shell \
	printf %s "$(CURDIR)" | sha256sum | cut -c 1-8)
key    = $(shell printf %s "$(KDIR) $(ARCH)" | sha256sum | cut -c 1-8)

tools := $(patsubst %/Makefile,%,$(wildcard tools/prose/Makefile tools/pkmf/Makefile \
	tools/iproute2/Makefile tools/decap/Makefile \
	tools/wireshark/Makefile))

# The kernels of make check; K= chooses one. What does not differ between kernels
# is tested on the first; selftests/qemu/marks.py has how a test says what it needs.
LINES  = 6.12 6.1 deb13-6.12 newest
KINDS  = 6.12-amd64
ARM64  = 6.12-cloud-arm64
ifneq ($(BZIMAGE),)
export BZIMAGE KDIR
K     ?= own
endif
run    = /usr/bin/python3 -B selftests/qemu/run
filter = $(if $(T),-T "$(T)") $(if $(filter 1,$(V)),-v)

all: module tools

module:
	KDIR="$(KDIR)" scripts/build-module "$(build)/own-$(key)" \
		$(if $(ARCH),ARCH=$(ARCH)) \
		$(if $(CROSS_COMPILE),CROSS_COMPILE=$(CROSS_COMPILE)) \
		$(if $(W),W=$(W)) $(if $(C),C=$(C) CF=-D__CHECK_ENDIAN__) \
		$(if $(V),V=$(V))
	@mkdir -p out
	@cp "$(build)/own-$(key)/prose/prose.ko" out/prose.ko
	@echo "  built   out/prose.ko"

tools:
	@set -e; for dir in $(tools); do $(MAKE) -C $$dir; done

# As root the packages come by themselves; else only when some are missing.
ready:
	@if [ "$$(id -u)" = 0 ]; then QUIET=1 scripts/deps; \
	else scripts/deps --check; fi

ready-guest:
	@if [ "$$(id -u)" = 0 ]; then QUIET=1 scripts/deps guest; \
	else scripts/deps --check guest; fi

deps:
	@scripts/deps

check: ready
ifneq ($(HOLD),)
	@$(run) check --hold $(filter) $(or $(K),6.12)
else ifeq ($(K),)
	@$(run) check --unit --multiboot $(filter) --main $(firstword $(LINES)) \
		$(LINES) $(KINDS)
else ifeq ($(K),multiboot)
	@$(run) check --multiboot $(filter)
else
	@$(run) check $(filter) $(K)
endif

check-unit: ready
	@$(run) check --unit $(filter)

check-debug: ready
	@$(run) check $(filter) $(or $(K),debug)

check-kcsan: ready
	@$(run) check $(filter) -j 1 kcsan

check-arm64: ready
	@if [ "$$(id -u)" = 0 ]; then QUIET=1 scripts/deps arm64; fi
	@$(run) check $(filter) $(if $(K),$(K),--main $(firstword $(LINES)) $(ARM64))

shell: ready-guest
	@$(run) shell $(or $(K),6.12)

demo: ready-guest
	@demo/run $(K)

bench: ready-guest
	@selftests/bench/run $(if $(filter 1,$(QUICK)),--quick) \
		$(if $(filter 1,$(FULL)),--full) $(or $(K),$(wordlist 1,2,$(LINES)))

lint: ready
	@scripts/lint $(L)

regen: ready
	@scripts/ynl

# The release of the kernel that KDIR is for.
release = $(or $(shell cat "$(KDIR)/include/config/kernel.release" \
	2>/dev/null),$(KVER))
installed = $(DESTDIR)/lib/modules/$(release)/updates/prose.ko
packaged = /lib/modules/$(release)/updates/dkms/prose.ko
version = $(shell sed -n 's/.*PROSE_VERSION[^"]*"\(.*\)"/\1/p' prose/version.h)

# Of two prose.ko, modprobe would take one that nobody chose.
install: install-module install-tools
uninstall: uninstall-module uninstall-tools

install-module: module $(if $(KEY)$(CERT),sign)
	@test -n "$(DESTDIR)" || ! test -e "$(packaged)" || { \
	echo "prose: $(packaged) is there,"; \
	echo "of DKMS. Remove that first: apt-get remove prose-dkms"; \
	echo "or: make uninstall-dkms"; exit 1; } >&2
	install -D -m 644 out/prose.ko "$(installed)"
	$(if $(DESTDIR),,depmod $(release))

uninstall-module:
	rm -f "$(installed)"
	$(if $(DESTDIR),,depmod $(release))

install-tools: tools
	@set -e; for dir in $(tools); do \
		$(MAKE) -C $$dir install PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"; \
	done
	$(if $(DESTDIR),,scripts/settle in "$(PREFIX)/sbin/prose")

uninstall-tools:
	$(if $(DESTDIR),,scripts/settle out "$(PREFIX)/sbin/prose")
	@set -e; for dir in $(tools); do \
		$(MAKE) -C $$dir uninstall PREFIX="$(PREFIX)" \
			DESTDIR="$(DESTDIR)"; \
	done

# The sources go where dkms looks for them; it builds for every new kernel.
dkms_source = $(DESTDIR)/usr/src/prose-$(version)

install-dkms:
	scripts/dkms-source "$(dkms_source)"
	$(if $(DESTDIR),,dkms install --force -m prose -v $(version) -k $(KVER))

uninstall-dkms:
	$(if $(DESTDIR),,dkms remove -m prose -v $(version) --all || :)
	rm -rf "$(dkms_source)"

# From a fresh copy: sign-file appends, and one signature is enough.
sign: module
	@cp "$(build)/own-$(key)/prose/prose.ko" out/prose.ko
	@scripts/sign-module "$(KDIR)" "$(KEY)" "$(CERT)" out/prose.ko

deb:
	@scripts/deb

check-install:
	@selftests/package/run $(T)

clean:
	@set -e; for dir in $(tools); do $(MAKE) -C $$dir clean; done
	rm -rf out "$(build)"

help:
	@sed -n 's/^#? \{0,1\}//p' Makefile

#? make                 build the module for the running kernel, and the tools
#? make module|tools    only the one or the other
#? make check           every test, on Debian's kernels 6.1 and 6.12 in QEMU
#? make check-unit      only the tests that need no kernel
#? make check-debug     every test on a kernel with KASAN, lockdep, kmemleak
#? make check-kcsan     tests of the data path on a kernel with KCSAN, two CPUs at once
#? make check-arm64     some tests on Debian's kernel 6.12 for arm64
#? make demo            see what it does, in QEMU
#? make bench           what a packet costs, beside MACsec, ESP and WireGuard
#? make shell           a prompt in QEMU with the module loaded
#? make lint            checkpatch, sparse, shellcheck, documentation, YNL; L=name one
#? make deps            install the Debian packages needed (as root)
#? make install         module and tools; also: uninstall, clean; only the one or
#?                      the other: install-module, install-tools, install-dkms
#? make deb             the Debian packages prose-dkms and prose-tools, into out/
#? make sign            sign out/prose.ko: KEY=FILE CERT=FILE, also with install
#? make check-install   all of these, in directories of their own and a chroot
#? make regen           regenerate the netlink code and reference from the YNL spec
#?
#? KDIR=DIR ARCH= CROSS_COMPILE=     build for that kernel; W=1 C=1 V=1 as there
#? KDIR=DIR BZIMAGE=FILE             check, shell: with a kernel of your own, its
#?                                   modules in /lib/modules or MODDIR=DIR
#? K=6.1|6.12|6.12-amd64|debug       check, shell, demo: only that kernel; also
#?   deb13-6.12|newest              Debian 13's, and what its backports have
#? T="NAME ..."                      check: only the tests of these names
#? T=NAME HOLD=1                     a failure of it stops at a prompt in the guest
#? V=1                               check: show the console
#? QUICK=1 FULL=1                    bench: a short run, or one of every suite
#?
#? Kernels and builds are kept in ~/.cache/prose (or PROSE_CACHE=DIR).

.PHONY: all module tools ready ready-guest deps check check-unit check-debug \
	shell demo lint regen install uninstall install-module \
	uninstall-module install-tools uninstall-tools install-dkms \
	uninstall-dkms sign deb check-install bench check-arm64 check-kcsan clean help
