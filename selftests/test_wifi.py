#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: 6.12-amd64
"""Wi-Fi below: IBSS, OCB, other types, suspension, on simulated radios.

Nothing of Wi-Fi's own security is used, so what is heard in the air shows what
the module lets out. The commands here are those of Documentation/wifi.rst.
"""

from prose_test import *
from prose_test.wifi import (all_speak, full_size, join_ibss, join_ocb, nothing_clear,
                             radios, set_type, spoken)

PM = "/sys/power"


@test
def tap_catches(t):
    """what a device without protection sends is seen in clear in the air"""
    net = radios(t, 2)
    join_ibss(net)
    a, b = (h.prose(protect=0) for h in net.m)
    spoken(t, a, [b], "in clear")
    t.ok(net.clear(), "the phrase is seen in the air")


@test
def ibss(t):
    """IBSS: all hear each other, 1500 octets inside, multicast at the rate asked for"""
    net = radios(t, 3)
    join_ibss(net, "mcast-rate", 12)
    devs, _ = net.group()
    all_speak(t, devs)
    full_size(t, net)
    t.eq({f.rate for f in net.frames() if f.prose}, {12000}, "rates of our frames, kbit/s")
    nothing_clear(t, net)


@test
def ocb(t):
    """OCB: all hear each other, 1500 octets inside"""
    net = radios(t, 2)
    join_ocb(net)
    devs, _ = net.group()
    all_speak(t, devs)
    full_size(t, net)
    nothing_clear(t, net)


@test
def type_changed(t):
    """the interface type changes under a device: to another, to monitor, and back"""
    net = radios(t, 2)
    join_ibss(net)
    devs, _ = net.group()
    all_speak(t, devs)
    h, d = net.m[0], devs[0]
    out = d.tap(incoming=False)

    def silent(what):
        t.wait_eq(d.operstate, "lowerlayerdown", f"operational state as {what}")
        at = len(net.frames())
        before = d.counter("tx-packets")
        for _ in range(5):
            out.send(d.bcast(payload(80)))
        t.eq([f.body.hex() for f in net.frames()[at:] if f.prose], [], f"sent as {what}")
        return d.counter("tx-packets") - before

    set_type(h, "managed")
    silent("station without access point")
    set_type(h, "monitor")
    t.eq(silent("monitor"), 0, "frames told to be sent as monitor")
    join_ibss(net, hosts=[h])
    t.wait_eq(d.operstate, "up", "operational state, back in the IBSS")
    all_speak(t, devs)
    nothing_clear(t, net)


@test
def monitor_refused(t):
    """no device is stacked on a monitor interface"""
    net = radios(t, 1)
    set_type(net.m[0], "monitor")
    t.refused(net.m[0].prose, errno.EAFNOSUPPORT, "a monitor below", says="Ethernet")


def suspend():
    """All devices are suspended and resumed, the machine stays awake."""
    for path, value in ((f"{PM}/pm_test", "devices"),
                        ("/sys/module/suspend/parameters/pm_test_delay", "1"),
                        (f"{PM}/state", "freeze")):
        with open(path, "w", encoding="ascii") as f:
            f.write(value)


@test
def suspended(t):
    """the radios are suspended and come back; in between nothing in clear"""
    net = radios(t, 2)
    if not os.path.exists(f"{PM}/pm_test"):
        skip("the kernel cannot test suspension (CONFIG_PM_DEBUG)")
    join_ibss(net)
    devs, keys = net.group()
    all_speak(t, devs)
    suspend()
    # Suspension leaves the IBSS; whoever manages the radio joins again.
    for d in devs:
        t.wait_eq(d.operstate, "lowerlayerdown", f"operational state of {d.ns}")
    join_ibss(net)
    for d in devs:
        t.wait_eq(d.operstate, "up", f"operational state of {d.ns}")
    all_speak(t, devs)
    t.eq([k.get()["ptk-id"] for k in keys], [1, 1], "PTK IDs in use")
    nothing_clear(t, net)


main()
