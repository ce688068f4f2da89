# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# make install and uninstall, in a directory and on a machine.

mk() {
	make -s -C "$TOP" KDIR="$KDIR" KVER="$KVER" "$@"
}

left() {
	find "$1" ! -type d -printf '%P\n' 2>/dev/null | sort
}

versions_agree() {
	make -s -C "$TOP" tools
	same "$(version)" "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TOP/dkms.conf")"
	same "$(version)" "$(sed -n '1s/.*(\(.*\)).*/\1/p' "$TOP/debian/changelog")"
	same "prose $(version)" "$("$TOP/tools/prose/prose" --version)"
}

into_a_directory() {
	local d=$WORK/destdir plugins before
	local to="PREFIX=/usr DESTDIR=$d"

	before=$(stat -c '%n %Y' /var/lib/prose /var/lib/prose/ledger 2>/dev/null || :)
	plugins=$(make -s -C "$TOP/tools/iproute2" print-dir)
	grep -aqF "$plugins" "$(command -v ip)"
	# shellcheck disable=SC2086 # two words
	mk install $to
	left "$d"
	same "$KVER" "$(modinfo -F vermagic "$d/lib/modules/$KVER/updates/prose.ko" | sed 's/ .*//')"
	"$d/usr/sbin/prose" --version
	[ -e "$d$plugins/link_prose.so" ]
	[ -e "$d/usr/share/man/man8/prose.8" ]
	[ -e "$d/usr/share/man/man8/ip-link-prose.8" ]
	[ -e "$d/usr/share/bash-completion/completions/prose" ]
	[ -e "$d/usr/share/zsh/vendor-completions/_prose" ]
	[ -e "$d/usr/share/fish/vendor_completions.d/prose.fish" ]
	grep -q '^ExecStart=/usr/sbin/prose agent' "$d/usr/lib/systemd/system/prose-agent.service"
	[ ! -e "$d/var/lib/prose" ]
	same "$before" "$(stat -c '%n %Y' /var/lib/prose /var/lib/prose/ledger 2>/dev/null || :)"
	# Its help ends with a status of failure.
	IP_LIB_DIR=$d$plugins refuse ptk-packets ip link add type prose help
	# shellcheck disable=SC2086
	mk uninstall $to
	same "" "$(left "$d")"
}

one_part_alone() {
	local d=$WORK/parts

	mk install-module DESTDIR="$d"
	same "lib/modules/$KVER/updates/prose.ko" "$(left "$d")"
	mk uninstall-module DESTDIR="$d"
	same "" "$(left "$d")"
	# The tools ask for no kernel.
	mk install-tools KDIR=/nonexistent DESTDIR="$d"
	[ -x "$d/usr/local/sbin/prose" ]
	[ ! -e "$d/lib/modules" ] || same "" "$(left "$d/lib/modules")"
	mk uninstall-tools KDIR=/nonexistent DESTDIR="$d"
	same "" "$(left "$d")"
	mk install-dkms DESTDIR="$d"
	[ -e "$d/usr/src/prose-$(version)/dkms.conf" ]
	mk uninstall-dkms DESTDIR="$d"
	same "" "$(left "$d")"
}

# In a mount namespace, with directories of its own where it installs to.
on_a_machine() {
	local d=$WORK/machine

	mkdir -p "$d/lib" "$d/local" "$d/modules/$KVER"
	ln -s "$KDIR" "$d/modules/$KVER/build"
	touch "$d/modules/$KVER/modules."{order,builtin}
	mount --bind "$d/lib" /var/lib
	mount --bind "$d/local" /usr/local
	mount --bind "$d/modules" /lib/modules
	mount -t tmpfs tmpfs /run
	mkdir /run/etc
	cp -a /etc/. /run/etc
	mount --bind /run/etc /etc
	left /etc > "$d/etc-before"

	expect "A ledger of PTK Identities is kept in /var/lib/prose" \
		mk install IP_LIB_DIR=/usr/local/lib/ip
	grep '^updates/prose.ko:' "/lib/modules/$KVER/modules.dep"
	cp /var/lib/prose/ledger "$d/ledger"
	mk install IP_LIB_DIR=/usr/local/lib/ip
	cmp /var/lib/prose/ledger "$d/ledger"
	expect "/var/lib/prose stays" mk uninstall IP_LIB_DIR=/usr/local/lib/ip
	cmp /var/lib/prose/ledger "$d/ledger"
	! grep prose "/lib/modules/$KVER/modules.dep" || return 1
	same "" "$(left /usr/local)"
	left /etc | cmp - "$d/etc-before"

	# What a package installed stays what is loaded.
	install -D /dev/null "/lib/modules/$KVER/updates/dkms/prose.ko"
	refuse "prose-dkms" mk install-module
	[ ! -e "/lib/modules/$KVER/updates/prose.ko" ]

	# A ledger cannot be kept here: told, but installed all the same.
	mount -t tmpfs tmpfs /var/lib
	expect "there is no ledger yet" mk install-tools IP_LIB_DIR=/usr/local/lib/ip
	[ -x /usr/local/sbin/prose ]
}

part_destdir() {
	local made=

	kernel_vars 6.12
	check versions-agree versions_agree
	check install-into-a-directory into_a_directory
	check install-one-part one_part_alone
	if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
		skip install-on-a-machine "needs root, and namespaces"
		return
	fi
	# Something to mount over, where no kernel is installed.
	mkdir /lib/modules 2>/dev/null && made=1
	# With a process 1 of its own, or it would look like a chroot.
	check install-on-a-machine unshare --mount --pid --fork --mount-proc bash -e "$HERE/inside" \
		on_a_machine "$WORK" "$KVER" "$KDIR"
	[ -z "$made" ] || rmdir /lib/modules
}
