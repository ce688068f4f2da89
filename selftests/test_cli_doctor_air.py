#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose doctor listens: what is heard by sender and PGK index, nothing at all, or others only; the
commands of the report mend it where they can."""

from prose_doctor import (GCM, LISTEN, SRC, Patient, Speaker, frames, hear, line, ready,
                          tagged)
from prose_test import *


@test
def well_and_silence(t):
    """nothing at all, what we send ourselves apart; then a member that is understood"""
    net, d, p = ready(t)
    tap = d.tap(incoming=False)
    tap.send(d.bcast(payload(20)))
    t.wait_eq(lambda: d.counter("tx-packets"), 1, "sent")
    r = p.doctor("silence", 30, LISTEN)
    t.eq((r["heard"], r["mend_elsewhere"]), ([], True), "heard")
    r = hear(p, net, frames(d, p.pgk), "well", 0)
    h = line(t, r, member=f"0x{SRC:06x}", group=f"0x{GROUP:06x}", pgk_index=1)
    t.eq((h["verdict"], h["counter"]), ("delivered", "rx-packets"), str(h))
    with Speaker(net, frames(d, p.pgk)):
        text = p("doctor " + LISTEN).stdout
    t.ok("member 0x0a0b0c PGK index 1" in text and "delivered" in text, text)


@test
def others(t):
    """another group, another Ethernet type, a VLAN: the device is made anew as the report says"""
    net, d, p = ready(t)
    for make, verdict in (
            (frames(d, p.pgk, group=GROUP + 1), "other-group"),
            (frames(d, p.pgk, ethertype=0x1234), "other-ethertype"),
            (tagged(frames(d, p.pgk), 7), "other-vlan")):
        r = hear(p, net, make, verdict, 31)
        p.mend(r)
        new = p.json("show p0")[0]
        d.group = int(new["group"], 16)
        p.attach(d, "range 8", GCM)
        hear(p, net, make, "well", 0)
        p("dev del p0")
        d = net.m[0].prose(ip=False)
        p.attach(d, "range 8", GCM)
    hear(p, net, frames(d, p.pgk, version=1), "not-prose", 31)


@test
def multicast_filter(t):
    """a lower device that keeps out what it was not told of, and allmulticast as the remedy"""
    net = Net(t, 1)
    h = net.m[0]
    p = run("ip", "-n", h.ns, "link", "add", "mv", "link", "low", "type", "macvlan",
            "mode", "bridge", check=False)
    if p.returncode:
        skip(f"no macvlan here: {p.stderr.strip()}")
    batch("link set mv up", ns=h.ns)
    d = h.prose(lower="mv", ip=False)
    p = Patient(t, d.ns)
    p.attach(d, "range 8", GCM)
    p.agent()
    # Its filter has 256 places: find an address that is not in one of those used.
    for last in range(1, 8):
        make = frames(d, p.pgk, eth_dst=bytes.fromhex("03330300ab") + bytes([last]))
        before = d.counter("rx-packets")
        net.inject(make(1000))
        time.sleep(0.3)
        if d.counter("rx-packets") == before:
            break
    p.mend(hear(p, net, make, "filter", 13))
    hear(p, net, make, "well", 0)


main()
