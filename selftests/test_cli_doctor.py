#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose doctor, what it finds of module, devices and clock without listening: each fault is planted,
named by its verdict and exit code, and gone after the commands that the report names were run."""

import json
import subprocess

from prose_doctor import Patient, patient
from prose_test import *


@test
def no_module(t):
    """the module is not loaded; then there is no device; then it is made"""
    net = Net(t, 1)
    p = Patient(t, net.m[0].ns, init=None)
    t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
    p.mend(p.doctor("module", 10))
    t.ok(os.path.isdir("/sys/module/prose"), "loaded by the command")
    p.doctor("no-device", 11, "listen 0")
    r = p.doctor("no-device", 11)
    p.mend(r, **{"LOWER": "low", "0xXXXXXX": f"0x{GROUP:06x}"})
    r = p.doctor("down", 14)
    p.mend(r)
    p.doctor("no-key", 16)
    run("ip", "-n", p.ns, "link", "del", "p0")


@test
def candidates(t):
    """a device that is to be a lower one: type, port of another, MTU, fit"""
    net = Net(t, 1)
    p = Patient(t, net.m[0].ns, init=None)
    r = p.doctor("lower-type", 12, "dev lo")
    t.ok("no Ethernet device" in r["text"], r["text"])
    batch("link add br0 type bridge", "link set low master br0", ns=p.ns)
    p.mend(p.doctor("lower-enslaved", 12, "dev low"))
    batch("link set low mtu 100", ns=p.ns)
    p.mend(p.doctor("lower-mtu", 12, "dev low"))
    r = p.doctor("not-prose", 11, "dev low")
    t.ok("can be the lower device" in r["text"], r["text"])
    p.mend(r, **{"0xXXXXXX": f"0x{GROUP:06x}"})
    t.ok(net.m[0].rtnl.get("prose0")["data"]["group"] == GROUP, "made by the command")


@test
def links(t):
    """lower device down, without carrier, too small for IPv6; device down"""
    net, d, p = patient(t)
    p.doctor("agent", 20)
    batch("link set low down", ns=p.ns)
    p.mend(p.doctor("lower-down", 12))
    t.wait_eq(lambda: net.m[0].rtnl.get("low")["operstate"], "up", "carrier")
    p.doctor("agent", 20)
    batch("link set a1 down", ns=net.air)
    p.mend(p.doctor("lower-no-carrier", 12))
    batch("link set a1 up", ns=net.air)
    t.wait_eq(lambda: net.m[0].rtnl.get("low")["operstate"], "up", "carrier")
    batch("link set low mtu 1300", ns=p.ns)
    p.mend(p.doctor("mtu", 12))
    t.eq(d.link()["mtu"], 1500, "the MTU inside")
    d.set_up(False)
    p.mend(p.doctor("down", 14))
    p.doctor("agent", 20)


@test
def elsewhere(t):
    """a lower device in another network namespace is neither looked at nor listened to"""
    net, d, p = patient(t, members=2)
    run("ip", "-n", p.ns, "link", "set", "p0", "netns", net.m[1].ns)
    p.ns = net.m[1].ns
    batch("link set p0 up", ns=p.ns)
    p.agent()
    checks = p.doctor("well", 0, "dev p0 listen 1")["checks"]
    t.eq([c["verdict"] for c in checks if c["result"] == "skipped"],
         ["lower-elsewhere", "filter", "deaf"], "what was left out")


@test
def gone(t):
    """a device that is taken away while the doctor listens"""
    net, d, p = patient(t, "range 8")
    p.agent()
    doctor = p.start("-j", "doctor", "dev", "p0", "listen", "10", stdout=subprocess.PIPE, text=True)

    def sockets():
        with open(f"/proc/{doctor.pid}/net/packet", encoding="ascii") as f:
            return len(f.readlines()) - 1

    before = sockets()
    t.wait(lambda: sockets() > before, "it listens", 30)
    d.delete()
    out, _ = doctor.communicate(timeout=90)
    t.eq((json.loads(out)[0]["verdict"], doctor.returncode), ("gone", 11), out)


@test
def clock(t):
    """a clock that is surely wrong, unless one says that it is right"""
    net, d, p = patient(t)
    now, mono = time.time(), time.monotonic()

    def right():
        return now + time.monotonic() - mono

    t.defer(lambda: time.clock_settime(time.CLOCK_REALTIME, right()))
    time.clock_settime(time.CLOCK_REALTIME, now - 10 * 365 * 86400)
    r = p.doctor("clock", 15)
    # Trusted, it tells that the key is not due.
    p.doctor("pending", 17, "--trust-clock dev p0 listen 0")
    p.mend(r, **{"YYYY-MM-DD hh:mm:ss": time.strftime("%F %T", time.localtime(right() + 1))})
    p.doctor("agent", 20)
    t.ok(abs(time.time() - right()) < 60, "the clock is set")


@test
def words(t):
    """bad words, and a text for people"""
    net, d, p = patient(t, attach=False)
    for line, said in (("doctor dev", "needs the name"), ("doctor listen x", "listen"),
                       ("doctor listen 3601 dev p0", "3600")):
        q = p(line, 1)
        t.ok(said in q.stderr, f"{line}: {q.stderr}")
    text = p("doctor p0 listen 0", 16).stdout
    t.ok("FAULT" in text and "to mend it:" in text and "prose --state-dir" in text, text)


main()
