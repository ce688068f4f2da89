# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# make KDIR=: a tree that the module cannot be built for is refused in one line, and
# nothing was built. The trees are made up: none of it gets as far as a compiler.

# kdir_made RELEASE [CONFIG...]: a tree of a kernel of that release
kdir_made() {
	rm -rf "$WORK/kdir"
	mkdir -p "$WORK/kdir/include/config"
	echo 'modules: ; @echo "prose/link.c:1:1: error: made up" >&2; exit 1' \
		> "$WORK/kdir/Makefile"
	echo "$1" > "$WORK/kdir/include/config/kernel.release"
	touch "$WORK/kdir/Module.symvers"
	shift
	printf 'CONFIG_%s=y\n' "$@" > "$WORK/kdir/include/config/auto.conf"
}

# kdir_refused TEXT [MAKE-ARGUMENT...]: in one line, and before anything is built
kdir_refused() {
	local text=$1 said

	shift
	refuse "$text" env KDIR="$WORK/kdir" "$TOP/scripts/build-module" "$WORK/build" "$@"
	said=$(KDIR=$WORK/kdir "$TOP/scripts/build-module" "$WORK/build" "$@" 2>&1 || :)
	same 1 "$(wc -l <<< "$said")"
	[ ! -e "$WORK/build" ]
}

own_machine() {
	case $(uname -m) in
	x86_64) echo X86 ;;
	aarch64) echo ARM64 ;;
	esac
}

kdir_no_headers() {
	mkdir -p "$WORK/kdir"
	kdir_refused "no kernel headers in $WORK/kdir: install"
	refuse "apt-get install linux-headers-6.66.0-none" \
		make -s -C "$TOP" module KVER=6.66.0-none
}

kdir_not_prepared() {
	kdir_made 6.12.1 "$(own_machine)" 64BIT MODULES
	rm "$WORK/kdir/include/config/auto.conf"
	kdir_refused "is not prepared"
	kdir_made 6.12.1 "$(own_machine)" 64BIT MODULES
	rm "$WORK/kdir/Module.symvers"
	kdir_refused "has no Module.symvers"
}

kdir_other_machine() {
	kdir_made 6.12.1 RISCV 64BIT MODULES
	kdir_refused "is for riscv, not "
	kdir_refused "is for riscv, not arm64" ARCH=arm64
	kdir_made 6.12.1 "$(own_machine)" MODULES
	kdir_refused "has 32 bits"
	kdir_made 6.12.1 "$(own_machine)" 64BIT
	kdir_refused "loads no modules"
}

kdir_too_old() {
	kdir_made 5.10.0-1-amd64 "$(own_machine)" 64BIT MODULES
	kdir_refused "is too old: 6.1 is the oldest"
}

# The compiler's own words come first; a supported kernel is not said to be new.
kdir_unknown_newer() {
	kdir_made 99.1.0-rc1 "$(own_machine)" 64BIT MODULES
	refuse "error: made up" env KDIR="$WORK/kdir" "$TOP/scripts/build-module" "$WORK/build"
	refuse "the kernel 99.1.0-rc1 is newer than" \
		env KDIR="$WORK/kdir" "$TOP/scripts/build-module" "$WORK/build"
	kdir_made 6.12.1 "$(own_machine)" 64BIT MODULES
	same "" "$(KDIR=$WORK/kdir "$TOP/scripts/build-module" "$WORK/build" 2>&1 |
		grep newer)"
}

part_kdir() {
	check kdir-no-headers kdir_no_headers
	check kdir-not-prepared kdir_not_prepared
	check kdir-other-machine kdir_other_machine
	check kdir-too-old kdir_too_old
	check kdir-unknown-newer kdir_unknown_newer
}
