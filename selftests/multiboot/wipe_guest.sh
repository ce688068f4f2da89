#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What runs in the guest of wipe: two members talk with a key, then it goes in
# the way that $1 says. The host looks into the memory at each @@ line.
set -eu
export PROSE_STATE_DIR=/tmp/ledger
prose ledger init volatile > /dev/null

for n in 1 2; do
	ip netns add "m$n"
done
ip -n m1 link add w0 address 02:00:00:00:00:01 type veth \
	peer name w0 netns m2 address 02:00:00:00:00:02
serial=$(secret_key 445566:01)
for n in 1 2; do
	ip -n "m$n" link set w0 up
	ip -n "m$n" link add link w0 name p0 type prose group 0x445566 \
		member "0x00000$n"
	ip -n "m$n" addr add "10.9.9.$n/24" dev p0
	ip -n "m$n" link set p0 up
	prose -n "m$n" key add dev p0 id 1 cipher eea2 integrity none range 8 \
		serial "$serial" > /dev/null
done
ip netns exec m1 ping -c 8 -i 0.2 10.9.9.2 > /dev/null
echo "@@TALKED"
read -r _

case $1 in
revoke)
	keyctl revoke "$serial" ;;
expire)
	keyctl timeout "$serial" 1
	sleep 2 ;;
delete)
	for n in 1 2; do
		prose -n "m$n" key del dev p0 id 1 > /dev/null
	done
	keyctl unlink "$serial" @u ;;
unload)
	# With its type the keyring drops the key itself.
	rmmod prose ;;
esac
# At most a second late, then grace periods, and the keyring's collector.
sleep 8
echo "@@GONE"
read -r _
