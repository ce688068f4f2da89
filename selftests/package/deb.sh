# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# make deb: what the packages hold, and what lintian says.

deb_file() {
	echo "$TOP/out/prose-$1_$(version)_$2.deb"
}

deb_builds() {
	make -s -C "$TOP" deb
	[ -e "$(deb_file dkms all)" ]
	[ -e "$(deb_file tools "$(dpkg --print-architecture)")" ]
}

# All that make install installs, wherever Debian wants it, is in the package.
deb_is_whole() {
	local d=$WORK/whole

	mk install-tools PREFIX=/usr DESTDIR="$d"
	find "$d" ! -type d -printf '%f\n' | sort > "$WORK/installed"
	dpkg-deb -c "$(deb_file tools "$(dpkg --print-architecture)")" |
		sed -n 's,^-.*/\([^/]*\)$,\1,p' | sed 's/\.\([0-9]\)\.gz$/.\1/' | sort > "$WORK/packaged"
	[ -s "$WORK/installed" ]
	same "" "$(comm -23 "$WORK/installed" "$WORK/packaged")"
}

deb_lintian() {
	local said

	said=$(lintian --allow-root --fail-on error,warning \
		"$TOP/out/prose_$(version)_$(dpkg --print-architecture).changes" 2>&1) ||
		{ echo "$said"; return 1; }
	same "" "$said"
}

part_deb() {
	kernel_vars 6.12
	check deb-builds deb_builds
	check deb-is-whole deb_is_whole
	check deb-lintian deb_lintian
}
