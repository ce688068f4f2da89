#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose save, and a lower device that comes back."""

import json
import os
import stat

from prose_conf import DEVICE, KEY, LATER, rig
from prose_test import *


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
    t.ok("is mended" in r(f"up {fresh}").stdout, "what was saved is the device, but for its being down")
    t.eq([n for n in os.listdir(r.state) if n.startswith(".new")], [], "nothing else is left there")


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
    t.ok("PreUp failed" in r.up(4).stderr, "up without it")
    r.host.run("ip", *low)
    r.up()
    second = r.json("show p0")[0]
    t.eq((second["group"], second["member"]), (first["group"], first["member"]), "identities")
    t.ok(second["keys"][0]["ptk_first"] > first["keys"][0]["ptk_id"], "no PTK ID twice")


main()
