#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose up and down: a device from a configuration file."""

import json

from prose_conf import DEVICE, KEY, LATER, Rig, rig
from prose_test import *


def mtu_of(r):
    return json.loads(r.host.run("ip", "-j", "link", "show", "p0").stdout)[0]["mtu"]


@test
def talks(t):
    """two members made by up talk; down takes all away, and down again says so"""
    net = Net(t, 2)
    rigs = [Rig(t, h) for h in net.m]
    for i, r in enumerate(rigs):
        if i:
            r.key_file(rigs[0].pgk)
        sysctl(r.ns, "ipv6/conf/default/disable_ipv6", 0)
        net.rec.key(0x445566, r.host.id, 1, rigs[0].pgk, suite=Suite("aes256-gcm", "none"))
        r.write(DEVICE + f"MTU = 1400\nAddress = 10.33.0.{i + 1}/24, fd33::{i + 1}/64\n" + KEY +
                f"Until = {LATER}\n")
        p = r.up()
        t.ok("p0: is up" in p.stdout, p.stdout)
    t.ok(net.m[0].ping("10.33.0.2", timeout=20), "ping")
    t.eq(mtu_of(rigs[0]), 1400, "MTU")
    for r in rigs:
        r.down()
        t.eq(r.json("show"), [], "devices after down")
        t.ok("nothing to do" in r.down().stdout, "down of nothing")
    left = [r["next"] for r in rigs[0].json("ledger show")["records"]]
    t.ok(left and left[0] < 256, f"unused PTK IDs went back: {left}")


@test
def again(t):
    """a second up changes nothing; it mends what may be mended, and tells of the rest"""
    r = rig(t)
    r.write(DEVICE + "Margin = 5\nMTU = 1400\nAddress = 10.33.0.1/24\n" + KEY)
    r.up()
    before = r.state_of()
    t.ok("is up already" in r.up().stdout, "second up")
    t.eq(r.state_of(), before, "after the second up")
    serial = r.json("key show")[0]["serial"]

    r("dev set p0 margin 20")
    for line in ("address del 10.33.0.1/24 dev p0", "address add 10.34.0.9/24 dev p0",
                 "link set p0 mtu 1300"):
        r.host.run("ip", *line.split())
    p = r.up()
    t.ok("10.34.0.9/24, which is not in" in p.stderr, p.stderr)
    r.host.run("ip", "address", "del", "10.34.0.9/24", "dev", "p0")
    t.eq(r.state_of(), before, "mended")
    r("key del dev p0 id 1")
    r.host.run("ip", "link", "set", "p0", "down")
    r.up()
    t.ok(r.json("key show")[0]["serial"] != serial, "a new key is attached")
    r.write(DEVICE + "Margin = 5\nMTU = 1400\nAddress = 10.33.0.1/24\n" + KEY + f"Until = {LATER}\n")
    r.up()
    t.eq(r.json("key show")[0]["until_utc"], LATER, "until is mended")

    before = r.state_of()
    r.write("[Device]\nLower = low\nGroup = 0x445567\nMargin = 7\n" + KEY)
    p = r.up(1)
    t.ok(f"{r.path}:3: Group = 0x445567, but p0 has 0x445566" in p.stderr, p.stderr)
    r.write(DEVICE + "Margin = 7\n" + KEY)
    r.key_file(new_pgk())
    p = r.up(1)
    t.ok("key 1 of p0 has another value" in p.stderr, p.stderr)
    r.key_file(r.pgk)
    r.write(DEVICE + "Margin = 7\n" + KEY.replace("aes256", "aes128"))
    t.ok("key 1 of p0 has cipher aes256-gcm" in r.up(1).stderr, "another suite")
    t.eq(r.state_of(), before, "after three that are refused")


@test
def lines_taken_out(t):
    """a line that is taken out of the file: its default is back, or up says why it cannot be"""
    r = rig(t)
    r.write(DEVICE + KEY)
    r.up()
    t.ok("is up already, as" in r.up().stdout, "defaults of the kernel are those of the command")
    before = r.json("show")[0] | {"keys": []}, mtu_of(r)

    r.write(DEVICE + "Tx = off\nMargin = 5\nRequire = aead\nMTU = 1400\n" + KEY +
            f"Until = {LATER}\n")
    r.up()
    r.write(DEVICE + KEY)
    p = r.up()
    t.ok("is mended: Tx, Margin, Require, MTU, Until of key 1" in p.stdout, p.stdout)
    after = r.json("show")[0] | {"keys": []}, mtu_of(r)
    t.eq(after, before, "all is as before the lines")
    t.ok("until" not in r.json("key show")[0], "the key has no end any more")
    before = r.state_of()
    r(f"key set dev p0 id 1 until {LATER}")
    r("key set dev p0 id 1 until never")
    t.eq(r.state_of(), before, "until never")
    r(f"save {r.path}")
    t.ok("Until" not in r.read(), r.read())
    t.ok("is up already, as" in r.up().stdout, "what was saved")

    r.down()
    r.write(DEVICE + "Tx = off\n" + KEY + "From = standby\n")
    r.up()
    r.write(DEVICE + KEY)
    p = r.up()
    t.ok("is mended: Tx, PTK IDs of key 1, From of key 1" in p.stdout, p.stdout)
    t.eq(r.json("key show")[0]["state"], "active", "the key is sent with")

    r.down()
    r.write(DEVICE + "Member = 0x0a0b0c\nWindow = 32\n" + KEY)
    r.up()
    r.write(DEVICE + KEY)
    p = r.up(1)
    for word in ("Member", "Window"):
        t.ok(f"{r.path}:1: without {word}= it is " in p.stderr, p.stderr)


main()
