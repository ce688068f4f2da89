#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Hibernation drops every range, so that no image holds a usable one.

There is no swap space here: the image is made, cannot be written, and the
machine goes on, after all that concerns the module has happened.
"""

from prose_test import *


@test
def ranges_dropped(t):
    """an attempt to hibernate drops the ranges; nothing is sent until a new one"""
    try:
        with open("/sys/power/state", encoding="ascii") as f:
            states = f.read().split()
    except OSError:
        states = []
    if "disk" not in states:
        skip("this kernel cannot hibernate")
    net = Net(t, 2)
    (a, b), (k, kb) = net.group(n=8)
    out = a.tap(incoming=False)
    out.send(a.bcast(payload(60)))
    t.wait_eq(lambda: b.counter("rx-packets"), 1, "received before")
    ev = a.host.events()
    with open("/sys/power/disk", "w", encoding="ascii") as f:
        f.write("shutdown")
    try:
        with open("/sys/power/state", "w", encoding="ascii") as f:
            f.write("disk")
        t.log("hibernation returned")
    except OSError as e:
        t.log(f"hibernation: {e}")
    log = run("dmesg", check=False).stdout
    if "hibernat" not in log.lower():
        skip("the kernel did not try")
    key = k.get()
    if key["key-state"] == "active":
        # The attempt may have ended before anybody was told
        t.ok("Freezing user space" not in log, "user space was frozen, and the key still sends")
        skip("the attempt ended before modules were told")
    t.eq(key["key-state"], "no-range", "state of the key")
    t.eq(key.get("ptk-left", 0), 0, "PTK IDs left")
    t.ok(ev.wait("range-ended", timeout=3), "range-ended")
    before = a.host.n_sent()
    out.send(a.bcast(payload(60)))
    time.sleep(0.2)
    t.eq(a.host.n_sent(), before, "frames sent")
    t.wait_eq(a.operstate, "dormant", "operational state")
    t.eq(key["ptk-next-free"], 9, "what was dropped is not free again")
    k.grant(4)
    out.send(a.bcast(payload(60)))
    t.wait_eq(lambda: b.counter("rx-packets"), 2, "received with a new range")
    t.eq(parse(a.host.sent()[-1]).ptk_id, 9, "PTK ID after it")


main()
