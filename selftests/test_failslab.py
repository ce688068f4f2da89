#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: debug
"""Allocations that fail, one after the other: nothing in clear, nothing leaked.

Needs a kernel with FAILSLAB and per-task fault injection (make check-debug).
"""

from prose_test import *

DEBUGFS = "/sys/kernel/debug/failslab"


def need():
    if not os.path.exists("/proc/self/fail-nth"):
        skip("this kernel cannot inject failing allocations (no CONFIG_FAILSLAB)")
    for name, value in (("verbose", "0"), ("ignore-gfp-wait", "N"), ("task-filter", "Y"),
                        ("probability", "0"), ("times", "-1")):
        try:
            with open(f"{DEBUGFS}/{name}", "w", encoding="ascii") as f:
                f.write(value)
        except OSError:
            pass


def fail_nth():
    """The control file, open before anything fails: to open it allocates too."""
    return os.open("/proc/thread-self/fail-nth", os.O_RDWR)


def injected(fd):
    """Whether the failure asked for has happened."""
    return os.pread(fd, 32, 0).strip(b"\0\n ") == b"0"


def until_good(fn, most=80):
    """fn() with the 1st, 2nd, ... allocation failing, until none fails."""
    failed = 0
    fd = fail_nth()
    try:
        for i in range(1, most):
            os.pwrite(fd, b"%d" % i, 0)
            try:
                fn(i)
            except (NlError, OSError, MemoryError):
                failed += 1
            finally:
                hit = injected(fd)
                os.pwrite(fd, b"0", 0)
            if not hit:
                return failed
    finally:
        os.close(fd)
    return failed


@test
def sending(t):
    """each allocation of the sending path fails in turn: counted, never in clear"""
    need()
    net = Net(t, 2)
    (a, b), (k, kb) = net.group()
    out = a.tap(incoming=False)
    frame = a.bcast(payload(200))
    sent = 0

    def one(_):
        out.send(frame)

    n = until_good(one)
    t.log(f"{n} sends refused, {a.counters()['tx-no-memory']} counted as without memory")
    for size in (0, 20, 1400):
        frame = a.bcast(payload(size))
        until_good(one)
    time.sleep(0.2)
    for raw in a.host.sent():
        t.ok(PHRASE[4:16] not in raw, "clear text")
        t.eq(parse(raw).plain(k.pgk)[:1], b"\x45", "deciphers")
        sent += 1
    t.ge(sent, 4, "frames sent in the end")
    # The recorder's own copy of a frame is an allocation that fails, too.
    t.ge(a.counters()["tx-packets"], sent, "frames counted")
    t.eq(b.counter("rx-packets"), a.counters()["tx-packets"], "frames received")


@test
def receiving(t):
    """each allocation of the receiving path fails in turn"""
    need()
    net = Net(t, 1)
    d = net.m[0].prose()
    k = d.key(n=0)
    # On a veth the receiving end runs in the sender's context, mostly
    raw = Raw(net.air, net.m[0].port, proto=0)
    t.defer(raw.close)

    def one(i):
        raw.send(k.build(0x0A0B00 + i, codec.udp4("10.0.0.1", "224.0.0.3", payload(99)), sn=i))

    until_good(one)
    rx = d.counter("rx-packets")
    raw.send(k.build(0x0A0BFF, codec.udp4("10.0.0.1", "224.0.0.3", payload(99))))
    t.wait(lambda: d.counter("rx-packets") > rx, "received with memory")


@test
def commands(t):
    """each allocation of each command fails in turn; what failed left nothing"""
    need()
    net = Net(t, 1)
    h = net.m[0]
    low = h.rtnl.index("low")
    n = {}

    def link(i):
        h.rtnl.add("px", low, {"group": GROUP})

    n["link"] = until_good(link)
    d = h.prose("p1", group=GROUP + 1, ip=False)
    serial = add_pgk(GROUP + 1, 1, new_pgk())

    def attach(i):
        d.genl.do("key-add", ifindex=d.ifindex, pgk_id=1, serial=serial, cipher="eea2",
                  integrity="none")

    n["key-add"] = until_good(attach, 200)
    t.eq(len(d.genl.dump("key-get", ifindex=d.ifindex)), 1, "keys attached")
    first = [1]

    def grant(i):
        first[0] = d.genl.do("key-get", ifindex=d.ifindex, pgk_id=1)["ptk-next-free"]
        d.genl.do("key-grant", ifindex=d.ifindex, pgk_id=1, ptk_first=first[0],
                  ptk_last=first[0] + 1)

    n["key-grant"] = until_good(grant, 200)
    n["dumps"] = until_good(lambda i: d.genl.dump("key-get"))
    n["key-del"] = until_good(lambda i: d.genl.do("key-del", ifindex=d.ifindex, pgk_id=1))
    n["delete"] = until_good(lambda i: d.rtnl.delete(d.ifindex))
    t.log(f"refused: {n}")
    t.ge(n["link"] + n["key-add"], 3, "commands that an allocation failed")


main()
