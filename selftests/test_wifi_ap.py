#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: 6.12-amd64
"""Wi-Fi below: an access point with stations, on simulated radios."""

from prose_test import *
from prose_test.wifi import (AccessPoint, all_speak, connect, full_size, has_carrier, iw,
                             nothing_clear, radios, spoken)

# It says that it sleeps, and hears what is sent after a DTIM beacon. The simulator's
# other kinds of sleep hear nothing at all.
HWSIM_PS_AUTO_POLL = "2"


@test
def access_point(t):
    """an access point repeats to its stations, and with AP isolation it does not"""
    net = radios(t, 3)
    ap, one, two = net.m
    point = AccessPoint(t, ap)
    connect(t, one, two)
    devs, _ = net.group()
    all_speak(t, devs)
    t.ok(one.ping("10.33.0.3", timeout=10), "station to station")
    full_size(t, net)
    point.stop()
    for h in (one, two):
        t.wait(lambda h=h: not has_carrier(h), f"{h.ns} lost the access point", 60)
    AccessPoint(t, ap, ap_isolate=1)
    connect(t, one, two)
    for d in devs:
        t.wait_eq(d.operstate, "up", f"operational state of {d.ns}", 60)
    spoken(t, devs[0], devs[1:], "the access point is heard by both")
    time.sleep(1)
    n = devs[2].counter("rx-packets")
    spoken(t, devs[1], devs[:1], "a station is heard by the access point")
    t.eq(devs[2].counter("rx-packets"), n, "heard from station to station")
    nothing_clear(t, net)


@test
def disconnected(t):
    """disconnected: nothing goes out; connected again: as before"""
    net = radios(t, 2)
    ap, one = net.m
    AccessPoint(t, ap)
    connect(t, one)
    devs, keys = net.group()
    all_speak(t, devs)
    iw(one, "disconnect")
    t.wait_eq(devs[1].operstate, "lowerlayerdown", "operational state")
    net.frames()
    at = len(net.heard)
    out = devs[1].tap(incoming=False)
    for _ in range(5):
        out.send(devs[1].bcast(payload(80)))
    t.eq([f.body.hex() for f in net.frames()[at:] if f.prose], [], "frames in the air")
    connect(t, one)
    t.wait_eq(devs[1].operstate, "up", "operational state")
    all_speak(t, devs)
    t.eq(keys[1].get()["ptk-id"], 1, "PTK ID in use")
    nothing_clear(t, net)


@test
def power_save(t):
    """a station that sleeps gets all multicast, after the DTIM beacon"""
    net = radios(t, 3)
    ap, one, two = net.m
    AccessPoint(t, ap, dtim_period=3)
    connect(t, one, two)
    devs, _ = net.group()
    all_speak(t, devs)
    iw(one, "set", "power_save", "on")
    t.ok("on" in iw(one, "get", "power_save").stdout, "power save is on")
    with open(f"/sys/kernel/debug/ieee80211/{one.phy}/hwsim/ps", "w", encoding="ascii") as f:
        f.write(HWSIM_PS_AUTO_POLL)
    time.sleep(0.5)
    at = len(net.frames())
    before = [d.counter("rx-packets") for d in devs]
    out = devs[0].tap(incoming=False)
    for _ in range(20):
        out.send(devs[0].bcast(payload(80)))
    for i in (1, 2):
        t.wait_eq(lambda i=i: devs[i].counter("rx-packets") - before[i], 20,
                  f"{devs[i].ns} got all", 60)
    sent = [f for f in net.frames()[at:] if f.prose]
    t.ge(len(sent), 20, "frames in the air")
    t.ok(any(f.more_data for f in sent), "held back for the DTIM beacon (more data)")
    nothing_clear(t, net)


main()
