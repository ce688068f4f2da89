# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by run and by the files of checks: how a check is run and told.

. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

LOGS=$TOP/out/package
# shellcheck disable=SC2034 # the files of checks use it
WORK=$CACHE/package/$$
passed=0 failed=0 skipped=0

# check NAME COMMAND...: a line "ok" or "FAIL", and what a failed one said.
# The command runs with set -e, as no part of a condition, so that each of its
# own commands counts.
check() {
	local name=$1 start=$SECONDS

	shift
	(set -e; "$@") > "$LOGS/$name.log" 2>&1 < /dev/null
	case $? in
	0)
		echo "ok   $name ($((SECONDS - start)) s)"
		passed=$((passed + 1)) ;;
	*)
		echo "FAIL $name; all of it is in out/package/$name.log"
		tail -n 15 "$LOGS/$name.log" | sed 's/^/     /'
		failed=$((failed + 1)) ;;
	esac
}

skip() {
	echo "skip $1: $2"
	skipped=$((skipped + 1))
}

# expect TEXT COMMAND...: it succeeds, and says so
expect() {
	local text=$1 out

	shift
	out=$("$@" 2>&1) || { echo "$out"; echo "failed: $*"; return 1; }
	echo "$out"
	grep -qF -- "$text" <<< "$out" || { echo "not said: $text"; return 1; }
}

# refuse TEXT COMMAND...: it fails, and says why
refuse() {
	local text=$1 out

	shift
	if out=$("$@" 2>&1); then
		echo "$out"; echo "not refused: $*"
		return 1
	fi
	echo "$out"
	grep -qF -- "$text" <<< "$out" || { echo "not said: $text"; return 1; }
}

# same A B: two texts are equal
same() {
	[ "$1" = "$2" ] || { echo "not the same: '$1' and '$2'"; return 1; }
}

version() {
	sed -n 's/.*PROSE_VERSION[^"]*"\(.*\)"/\1/p' "$TOP/prose/version.h"
}

# kernel_vars LINE: KVER and KDIR of the kernel that tests have of that line
kernel_vars() {
	eval "$("$TOP/scripts/kernel" "$1")"
}

# A key and a certificate that exist for the length of a check.
throwaway_key() {
	openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -batch \
		-subj "/CN=$2" -outform DER -keyout "$1.key" -out "$1.der" 2>/dev/null
}
