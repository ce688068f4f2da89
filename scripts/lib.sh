# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by the other scripts: where things are, and how to say so.

# shellcheck disable=SC2034 # the scripts that source this use them
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${PROSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/prose}
LINES="6.1 6.12"

note() {
	echo "prose: $*" >&2
}

die() {
	note "$*"
	exit 1
}

# Replace one simple path in a file's text, whatever characters it holds.
rewrite_path() {
	local file=$1 from=$2 to=$3 text

	text=$(cat "$file"; echo .)
	printf '%s' "${text//"$from"/"$to"}" | sed '$ d' > "$file.new"
	chmod --reference="$file" "$file.new"
	mv "$file.new" "$file"
}

# apt_get_source PACKAGE...: "package" or "package=version" into the current
# directory, refreshing stale package lists once if that is what it takes.
apt_fetch() {
	local opt=(-q -o APT::Sandbox::User=root)

	apt-get "${opt[@]}" download "$@" >&2 && return
	[ "$(id -u)" = 0 ] || return
	apt-get -q update >&2 && apt-get "${opt[@]}" download "$@" >&2
}
