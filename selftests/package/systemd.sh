# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# prose-tools in a Debian 12 that is booted, twice, with systemd, udev and
# networkd. systemd/steps is what is done there. The module is the one of the
# tests, put onto the disk: DKMS is what "chroot" is for.

systemd_packages=systemd-sysv,udev,dbus,kmod,iproute2,iputils-ping
systemd_packages+=,libmnl0,libkeyutils1,libssl3,libpcap0.8,libsqlite3-0,tcpdump
systemd_packages+=,libtss2-esys-3.0.2-0,libtss2-mu0,libtss2-tctildr0

# A file system with that and no prose, kept as it is.
systemd_image() {
	local dir=$WORK/debian image=$1 unit

	debian_sources bookworm > "$WORK/sources"
	[ -s "$WORK/sources" ]
	mmdebstrap --variant=minbase --mode=root --format=tar \
		--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--include="$systemd_packages" bookworm "$WORK/debian.tar" "$WORK/sources"
	mkdir "$dir"
	tar -C "$dir" -xf "$WORK/debian.tar" --numeric-owner --exclude='./dev/*' \
		--exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*'
	echo 0123456789abcdef0123456789abcdef > "$dir/etc/machine-id"
	mkdir -p "$dir/var/log/journal"
	ln -s /srv/prose-test.service "$dir/etc/systemd/system/"
	ln -s /srv/prose-test.service "$dir/etc/systemd/system/multi-user.target.wants/"
	ln -s /srv/10-radio.link /srv/50-radio.netdev /srv/60-all.network \
		"$dir/etc/systemd/network/"
	ln -s /lib/systemd/system/systemd-networkd.service \
		"$dir/etc/systemd/system/multi-user.target.wants/"
	# What takes long, emulated, and nobody here asks for.
	for unit in systemd-binfmt.service proc-sys-fs-binfmt_misc.automount e2scrub_reap.service \
		apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
		e2scrub_all.timer fstrim.timer modprobe@.service systemd-logind.service \
		systemd-user-sessions.service systemd-update-utmp.service \
		systemd-pstore.service dev-hugepages.mount dev-mqueue.mount \
		sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount; do
		ln -sf /dev/null "$dir/etc/systemd/system/$unit"
	done
	mkdir "$dir/etc/systemd/system-generators"
	for unit in "$dir"/lib/systemd/system-generators/*; do
		ln -s /dev/null "$dir/etc/systemd/system-generators/${unit##*/}"
	done
	# Of all devices udev is told of at boot, network devices are looked at.
	install -D -m 644 /dev/stdin \
		"$dir/etc/systemd/system/systemd-udev-trigger.service.d/net.conf" <<-EOF
		[Service]
		ExecStart=
		ExecStart=-udevadm trigger --action=add --subsystem-match=net
	EOF
	touch "$dir/etc/.updated" "$dir/var/.updated"
	truncate -s 1G "$WORK/debian.img"
	mkfs.ext4 -q -F -O ^has_journal -d "$dir" "$WORK/debian.img"
	mkdir -p "$(dirname "$image")"
	mv "$WORK/debian.img" "$image"
	rm -rf --one-file-system "$dir" "$WORK/debian.tar"
}

systemd_disk() {
	local image

	image=$CACHE/rootfs/systemd-$({
		declare -f systemd_image
		echo "$systemd_packages"
	} | sha256sum | cut -c 1-8).img
	[ -e "$image" ] || systemd_image "$image"
	cp --sparse=always "$image" "$WORK/disk.img"
	cp -r "$HERE/systemd" "$WORK/srv"
	cp "$(deb_file tools "$(dpkg --print-architecture)")" "$WORK/srv/prose-tools.deb"
}

# systemd_boot STAGE: each of its steps is a check of its own.
systemd_boot() {
	local tap=$LOGS/systemd-$1/tap line name

	check "systemd-$1-boot" systemd_stage "$1"
	while read -r line; do
		name=$(sed -E 's/^(not )?ok [0-9]+ - //' <<< "$line")
		case $line in
		ok*)
			echo "ok   systemd: $name"
			passed=$((passed + 1)) ;;
		*)
			echo "FAIL systemd: $name; all of it is in ${tap#"$TOP/"}"
			sed -n "/^${line%%:*}:/,/^\(not \)\?ok/p" "$tap" | sed -n '2,20s/^#/    /p'
			failed=$((failed + 1)) ;;
		esac
	done < <(grep -E '^(not )?ok ' "$tap")
}

# No step is left out that the plan has.
systemd_stage() {
	local out=$LOGS/systemd-$1 status=0 plan

	mkdir -p "$out"
	"$HERE/systemd/boot" "$WORK/disk.img" "$out" "$1" "$WORK/srv" || status=1
	tr -d '\r' < "$out/console.log" | sed -n '/^TAP version/,$p' > "$out/tap"
	plan=$(sed -n 's/^1\.\.//p' "$out/tap")
	same "$plan" "$(grep -cE '^(not )?ok ' "$out/tap")"
	return $status
}

# What is tried here are units above all, which one changes and tries again.
systemd_deb_is_current() {
	local deb

	deb=$(deb_file tools "$(dpkg --print-architecture)")
	[ -e "$deb" ] && [ -z "$(find "$TOP/debian" "$TOP/tools" -newer "$deb" -type f \
		\( -name '*.[ch]' -o -name '*.service' -o -name Makefile -o -path '*/system/*' \
		-o -path "$TOP/debian/*" \) -print -quit)" ]
}

part_systemd() {
	if [ "$(id -u)" != 0 ]; then
		skip systemd "needs root, to make a file system of root's"
		return
	fi
	systemd_deb_is_current || check deb-builds deb_builds
	check systemd-disk systemd_disk
	systemd_boot first
	# What the first has left is what the second is about.
	! grep -q '^1\.\.' "$LOGS/systemd-first/tap" || systemd_boot second
}
