# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Both packages in a Debian 12 and a Debian 13 that have nothing else, with the headers
# of the kernels that tests have of them: installed, set up, purged.

# in_debian RELEASE: what follows is about that one
in_debian() {
	release=$1
	root=$WORK/$release
	# What the packages need, and what those of the headers depend on.
	packages=dkms,gcc,libmnl0,libkeyutils1,iproute2,openssl,pahole
	case $release in
	bookworm)
		lines="6.12 6.1"
		packages+=,libssl3,libpcap0.8,libelf1,libsqlite3-0
		packages+=,libtss2-esys-3.0.2-0,libtss2-mu0,libtss2-tctildr0 ;;
	*)
		lines="deb13-6.12 newest"
		packages+=,libssl3t64,libpcap0.8t64,libelf1t64,libsqlite3-0
		packages+=,libtss2-esys-3.0.2-0t64,libtss2-mu-4.0.1-0t64,libtss2-tctildr0t64 ;;
	esac
}

# in_root [--machine] COMMAND...: "--machine" is one whose process 1 is in the
# same root, so that it is no chroot to those who look.
in_root() {
	local how=()

	if [ "$1" = --machine ]; then
		shift
		how=(--pid --fork)
	fi
	# shellcheck disable=SC2016 # of the shell inside
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
		LC_ALL=C.UTF-8 unshare --mount "${how[@]}" bash -euc '
		root=$1 cache=$2
		shift 2
		mount --make-rprivate /
		mount --rbind "$root" "$root"
		mount -t proc proc "$root/proc"
		mount -t sysfs -o ro sysfs "$root/sys" || :
		mount --bind /dev "$root/dev"
		mkdir -p "$root$cache"
		mount --bind "$cache" "$root$cache"
		mount -o remount,bind,ro "$root$cache"
		exec chroot "$root" "$@"' in_root "$root" "$CACHE/kernels" "$@"
}

# Unpacking it again takes a tenth of the time.
chroot_made() {
	local tar line

	tar=$CACHE/rootfs/chroot-$release-$(sha256sum <<< "$packages" | cut -c 1-8).tar
	if [ ! -e "$tar" ]; then
		debian_sources "$release" > "$WORK/sources"
		[ -s "$WORK/sources" ]
		mkdir -p "$CACHE/rootfs"
		mmdebstrap --variant=minbase --mode=root --format=tar \
			--dpkgopt=force-unsafe-io \
			--include="$packages" "$release" "$WORK/chroot.tar" "$WORK/sources"
		mv "$WORK/chroot.tar" "$tar"
	fi
	mkdir -p "$root"
	tar -C "$root" -xf "$tar" --numeric-owner --exclude='./dev/*'
	mkdir -p "$root$CACHE/kernels"
	for line in $lines; do
		kernel_vars "$line"
		mkdir -p "$root/lib/modules/$KVER"
		ln -s "$KDIR" "$root/lib/modules/$KVER/build"
		touch "$root/lib/modules/$KVER/modules."{order,builtin}
	done
	echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
	all_files > "$WORK/before"
}

# Not what dpkg, apt, dkms and depmod keep for themselves, and of directories
# only ours.
all_files() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev \
		-o -path ./var/log -o -path ./var/cache -o -path ./var/lib/dpkg \
		-o -path ./var/lib/apt -o -path ./tmp -o -path ./root \) -prune -o \
		\( ! -type d -o -name '*prose*' \) -print) |
		grep -vE '^\./usr/lib/modules/[^/]*/modules\.|^\./var/lib/dkms/mok\.' | sort
}

chroot_installs() {
	local line built

	cp "$(deb_file dkms all)" "$(deb_file tools "$(dpkg --print-architecture)")" \
		"$root/tmp/"
	expect "this is a chroot" in_root sh -c 'dpkg -i /tmp/prose-*.deb' || {
		cat "$root/var/lib/dkms/prose/$(version)/build/make.log"
		return 1
	}
	in_root dkms status
	for line in $lines; do
		kernel_vars "$line"
		expect "installed" in_root dkms status -m prose -k "$KVER"
		built=$(cd "$root" && echo lib/modules/"$KVER"/updates/dkms/prose.ko*)
		same "$(version)" "$(in_root modinfo -F version "/$built")"
		same "DKMS module signing key" "$(in_root modinfo -F signer "/$built")"
	done
	[ ! -e "$root/var/lib/prose" ]
	[ -L "$root/etc/systemd/system/multi-user.target.wants/prose-agent.service" ]
	expect "prose $(version)" in_root prose --version
	refuse ptk-packets in_root ip link add type prose help
}

chroot_machine() {
	expect "A ledger of PTK Identities is kept in /var/lib/prose" \
		in_root --machine sh -c 'dpkg -i /tmp/prose-tools_*.deb'
	cp "$root/var/lib/prose/ledger" "$WORK/ledger"
	in_root --machine sh -c 'dpkg -i /tmp/prose-tools_*.deb'
	cmp "$WORK/ledger" "$root/var/lib/prose/ledger"
}

chroot_purges() {
	expect "/var/lib/prose stays" in_root dpkg --purge prose-tools prose-dkms
	cmp "$WORK/ledger" "$root/var/lib/prose/ledger"
	all_files > "$WORK/after"
	same "" "$(comm -13 "$WORK/before" "$WORK/after" | grep -vE '^\./var/lib/prose(/|$)')"
	same "" "$(comm -23 "$WORK/before" "$WORK/after")"
}

part_chroot() {
	if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
		skip chroot "needs root, and namespaces"
		return
	fi
	[ -e "$(deb_file dkms all)" ] || check deb-builds deb_builds
	for debian in bookworm trixie; do
		in_debian "$debian"
		check "chroot-$debian-made" chroot_made
		check "chroot-$debian-installs" chroot_installs
		check "chroot-$debian-machine" chroot_machine
		check "chroot-$debian-purges" chroot_purges
		rm -rf --one-file-system "$root"
	done
}
