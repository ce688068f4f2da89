#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the guest of join_tpm does: first | again. Lines "@@WORD ..." tell it.
set -u

here=/persist/join
export PROSE_STATE_DIR=$here/radio7 PROSE_PKMF_DIR=$here/manager
mkdir -p $here /etc/prose
chmod 700 /etc/prose
cd $here || exit

# Two machines over one wire. The second one has its own files and directory.
ip netns add other
ip link add wlan0 type veth peer name wlan0 netns other
ip link set wlan0 up
ip -n other link set wlan0 up
mkdir -p /tmp/conf
other() {
	PROSE_STATE_DIR=$here/radio8 ip netns exec other unshare -m sh -c \
		'mount --bind /tmp/conf /etc/prose && exec "$@"' sh "$@"
}

keys() {
	prose -j key show dev fire 2> /dev/null | tr ',{' '\n' |
		sed -n 's/^"fingerprint":"\(.*\)"/\1/p' | sort | tr '\n' ' '
}

if [ "$1" = first ]; then
	prose-pkmf init --offline > init.txt
	prose-pkmf group add fire suite aes256-gcm ahead 1 address 10.33.0.0/24
	manager=$(sed -n '/^[0-9a-f]\{64\}$/p' init.txt)
	prose request r7 name radio7 manager "$manager"
	other prose request r8 name radio8 manager "$manager"
	prose-pkmf request add r7
	prose-pkmf request add r8
	prose-pkmf approve fire radio7
	prose-pkmf approve fire radio8
	prose-pkmf export fire all
	echo "@@SEAL $(prose -j seal status | sed 's/.*"kind":"\([a-z]*\)".*/\1/')"
	prose join radio7.prose lower wlan0
	other prose join radio8.prose lower wlan0
	cp /etc/prose/fire.conf $here/fire.conf
	cp /tmp/conf/fire.conf $here/fire8.conf
else
	cp $here/fire.conf /etc/prose/fire.conf
	cp $here/fire8.conf /tmp/conf/fire.conf
	if ! prose up fire > up.txt 2>&1; then
		cat up.txt
		echo "@@WHY $(grep -m 1 Error up.txt)"
	fi
	other prose up fire
fi
have=$(keys)
echo "@@KEYS ${have:-none}"
echo "@@FP ${have:-none}"
address=$(other ip -o -4 address show dev fire | sed 's/.*inet \([0-9.]*\).*/\1/')
if [ -n "$address" ] && ping -c 2 -W 3 "$address"; then
	echo "@@PING yes"
else
	echo "@@PING no"
fi
echo "@@PTK $(prose -j key show dev fire 2> /dev/null | tr ',' '\n' |
	sed -n 's/^"ptk_id":\([0-9]*\).*/\1/p' | head -n 1)"
sync
