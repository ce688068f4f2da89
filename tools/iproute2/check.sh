#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The plugin in the ip of this machine, as far as that goes without a kernel
# module: IP_LIB_DIR names the directory that holds link_prose.so.
set -eu

n=0
failed=0

# check NAME EXIT-CODE TEXT ARGUMENTS...
check()
{
	name=$1
	code=$2
	text=$3
	shift 3
	n=$((n + 1))
	seen=0
	out=$(ip link "$@" 2>&1) || seen=$?
	case $out in
	*"$text"*) found=1 ;;
	*) found=0 ;;
	esac
	if [ "$seen" = "$code" ] && [ $found = 1 ]; then
		echo "ok $n - $name"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $n - $name"
	echo "# expected exit code $code and \"$text\""
	echo "# saw exit code $seen and \"$out\""
}

add='add link lo name prose-check type prose'

echo "TAP version 13"
check "help" 0 "member { MEMBER | auto }" help prose
check "help names the new options" 0 "ptk-packets FRAMES" help prose
# shellcheck disable=SC2086
{
check "group in bare digits" 1 'write 0x445566 or 44:55:66' $add group 445566
check "group in bare letters" 1 'write 0xabcdef or ab:cd:ef' $add group abcdef
check "group 0" 1 '0 is not used' $add group 0x0
check "group too long" 1 '0xXXXXXX or aa:bb:cc' $add group 0x1445566
check "group without its value" 1 '"group" needs a value' $add group
check "member in bare digits" 1 'write 0x000012' $add group 0x445566 member 12
check "lcid out of range" 1 '1 to 10' $add group 0x445566 lcid 11
check "ethertype out of range" 1 '0x0600 to 0xffff' $add group 0x445566 ethertype 0x05ff
check "tx" 1 '"on" or "off"' $add group 0x445566 tx yes
check "nonip" 1 '"auto", "on" or "off"' $add group 0x445566 nonip aut
check "margin" 1 'seconds' $add group 0x445566 margin 1h
check "protect" 1 '"on" or "off"' $add group 0x445566 protect 0
check "protect off warns" 1 'IN CLEAR' $add group 0x445566 protect off lcid 0
check "require" 1 '"none", "integrity" or "aead"' $add group 0x445566 require eia2
check "window too small" 1 '32 to 4096' $add group 0x445566 window 31
check "window too large" 1 '32 to 4096' $add group 0x445566 window 4097
check "choice" 1 '"from" or "expiry"' $add group 0x445566 choice until
check "ptk-age" 1 '0 to 31622400' $add group 0x445566 ptk-age 1h
check "ptk-packets" 1 '0 to 65535' $add group 0x445566 ptk-packets 65536
check "an abbreviation" 1 'no option of prose' $add grou 0x445566
check "an option twice" 1 'given twice' $add lcid 3 lcid 3
}
echo "1..$n"
[ $failed = 0 ]
