# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by the other scripts: where things are, and how to say so.

# shellcheck disable=SC2034 # the scripts that source this use them
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${PROSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/prose}

note() {
	echo "prose: $*" >&2
}

die() {
	note "$*"
	exit 1
}

# The release that this machine has.
host_release() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# The archives that apt of this machine takes Debian from, as lines for its list of
# them, with the suites of a release in place of this machine's.
debian_sources() {
	local release=$1 suite uri label keys=/usr/share/keyrings/debian-archive-keyring.gpg

	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' | sort -u | while read -r label uri; do
		case $label in
		Debian-Security)
			echo "deb [signed-by=$keys] $uri $release-security main" ;;
		Debian)
			for suite in "$release" "$release-updates"; do
				echo "deb [signed-by=$keys] $uri $suite main"
			done
			[ "$release" != trixie ] ||
				echo "deb [signed-by=$keys] $uri $release-backports main" ;;
		esac
	done
}

# apt_of RELEASE ARCH: apt_cache and apt_fetch are about that release of Debian and
# that architecture from here on, with lists of their own where these are not the
# machine's: its packages and settings stay as they are.
apt_options=()
apt_of() {
	local release=$1 arch=$2 dir=$CACHE/apt-$1-$2

	[ "$release $arch" != "$(host_release) $(dpkg --print-architecture)" ] || return 0
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/none/partial"
	: > "$dir/status"
	debian_sources "$release" > "$dir/sources.$$"
	# It names none while another apt-get update is at it.
	if [ -s "$dir/sources.$$" ]; then
		cmp -s "$dir/sources.$$" "$dir/sources.list" || rm -f "$dir/updated"
		mv "$dir/sources.$$" "$dir/sources.list"
	else
		rm "$dir/sources.$$"
		[ -s "$dir/sources.list" ] ||
			die "apt of this machine names no archive of Debian to get $release from: as root, apt-get update"
	fi
	apt_options=(-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache"
		-o "Dir::State::status=$dir/status" -o "Dir::Etc::SourceList=$dir/sources.list"
		-o Dir::Etc::SourceParts=/dev/null -o "APT::Architecture=$arch"
		-o "APT::Architectures=$arch" -o APT::Sandbox::User=root)
	# One at a time: apt fails, and leaves no lists, where another one updates.
	(
		flock 7
		[ -n "$(find "$dir/updated" -mmin -1440 2>/dev/null)" ] ||
			{ apt-get -qq "${apt_options[@]}" update >&2 && touch "$dir/updated"; } ||
			note "no new package lists of $release $arch: apt-get update failed"
	) 7> "$dir/.lock"
}

apt_cache() {
	apt-cache "${apt_options[@]}" "$@"
}

# apt_fetch PACKAGE...: "package" or "package=version" into the current
# directory, refreshing stale package lists once if that is what it takes.
apt_fetch() {
	local opt=(-q -o APT::Sandbox::User=root "${apt_options[@]}")

	apt-get "${opt[@]}" download "$@" >&2 && return
	[ "$(id -u)" = 0 ] || return
	apt-get -q update >&2 && apt-get "${opt[@]}" download "$@" >&2
}

# source_deb LINE: have Debian's linux-source of that line in the cache and
# print its file name, which ends in the version.
source_deb() {
	local package=linux-source-$1 version file

	version=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
	if [ -z "$version" ] && [ "$(id -u)" = 0 ]; then
		apt-get -qq update >&2
		version=$(apt-cache policy "$package" |
			sed -n 's/^  Candidate: //p')
	fi
	mkdir -p "$CACHE/source"
	(
		flock 8
		file=$CACHE/source/${package}_${version//:/%3a}_all.deb
		if [ -z "$version" ] || [ ! -e "$file" ]; then
			[ -z "$version" ] || (cd "$CACHE/source" &&
				apt_fetch "$package=$version") || version=
		fi
		if [ -z "$version" ]; then
			# Better an old one than none.
			file=$(find "$CACHE/source" -name "${package}_*.deb" |
				sort -V | tail -n 1)
			[ -n "$file" ] ||
				die "cannot get $package; as root: apt-get update"
		fi
		find "$CACHE/source" -name "${package}_*.deb" ! -path "$file" -delete
		echo "$file"
	) 8> "$CACHE/source/.lock"
}

# unpack_source DEB [TAR-ARGUMENT...]: its kernel tree into this directory.
unpack_source() {
	local deb=$1

	shift
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO --wildcards '*/linux-source-*.tar.xz' |
		tar -xJ --strip-components=1 --wildcards "$@"
}
