#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose up, down and save: a device from a configuration file."""

import json
import os
import stat

from prose_conf import DEVICE, KEY, LATER, Rig, rig
from prose_test import *


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
    link = json.loads(net.m[0].run("ip", "-j", "link", "show", "p0").stdout)[0]
    t.eq(link["mtu"], 1400, "MTU")
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
def saves(t):
    """save and up give the same device; keys by file stay so, and no key octet is written"""
    r = rig(t)
    hook = "PostUp = true # keep %i\n"
    r.write("# our fire brigade\n" + DEVICE + "Address = 10.33.0.1/24\n" + hook + KEY +
            f"Until = {LATER}\nRange = 20\n")
    r.up()
    r("dev set p0 margin 33 choice expiry")
    r.host.run("ip", "address", "add", "10.33.0.7/24", "dev", "p0")
    r.add(r.host.prose("q0", group=0x445567, up=False, ip=False), 9)
    p = r(f"save {r.path}")
    t.eq(p.stderr, "", "nothing to warn of")
    text = r.read()
    t.eq(stat.S_IMODE(os.stat(r.path).st_mode), 0o600, "mode")
    for line in ("# our fire brigade", "Margin = 33", "Choice = expiry", "Address = 10.33.0.7/24",
                 hook.strip(), "File = key", f"Until = {LATER}", "Range = 20"):
        t.ok(line in text.split("\n"), f"{line} in\n{text}")
    t.ok(r.pgk.hex() not in text.lower(), "no key in the file")
    t.ok("is up already" in r.up().stdout, "the saved file is the device")
    r.down()
    r.up()
    t.eq(r.json("show p0")[0]["margin"], 33, "margin after down and up")
    link = json.loads(r.host.run("ip", "-j", "address", "show", "p0").stdout)[0]
    t.eq([a["local"] for a in link["addr_info"]], ["10.33.0.1", "10.33.0.7"], "addresses")

    # A key that came by hand is written by its number; a device that has no file gets one.
    r.add(r.host.prose("p1", group=0x445568, up=False, ip=False), 3)
    fresh = f"{r.state}/p1.conf"
    p = r(f"save {fresh}")
    t.ok("serial number" in p.stderr, p.stderr)
    with open(fresh, encoding="ascii") as f:
        text = f.read()
    t.ok("\nSerial = " in text and "Member = 0x" in text, text)
    t.ok("is up" in r(f"up {fresh}").stdout, "up of what was saved")
    t.eq([n for n in os.listdir(r.state) if ".new" in n], [], "nothing else is left there")


@test
def replugged(t):
    """a lower device that comes back: up makes the device again, with a range of its own"""
    r = rig(t)
    low = ["link", "add", "usb0", "address", "0c:33:03:01:01:77", "type", "dummy"]
    r.write(DEVICE.replace("low", "usb0") + "PreUp = ip link set usb0 up\n" + KEY)
    r.host.run("ip", *low)
    r.up()
    first = r.json("show p0")[0]
    r.host.run("ip", "link", "del", "usb0")
    t.wait(lambda: r.json("show") == [], "the device goes with its lower device", timeout=60)
    t.ok("nothing to do" in r.down().stdout, "down then")
    p = r.up(2)
    t.ok('no device "usb0"' in p.stderr or "usb0" in p.stderr, p.stderr)
    r.host.run("ip", *low)
    r.up()
    second = r.json("show p0")[0]
    t.eq((second["group"], second["member"]), (first["group"], first["member"]), "identities")
    t.ok(second["keys"][0]["ptk_first"] > first["keys"][0]["ptk_id"], "no PTK ID twice")


main()
