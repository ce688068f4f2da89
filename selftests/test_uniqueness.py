#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
# KCSAN: yes
# CPUs: 2
"""(key value, COUNT) never twice, whatever is done to device, key and range.

The recorder checks every frame of every test; here every event that could
rewind a counter is made to happen, and that frames flow after it.
"""

import errno

from prose_test import *


def burst(t, d, n, what, ok=True):
    """Send n broadcasts from d; all must come out on the lower device, or none."""
    before = d.host.n_sent() if d.host.rec else 0
    out = Raw(d.ns, d.name, proto=0)
    for _ in range(n):
        out.send(d.bcast(payload(60)))
    out.close()
    if not ok:
        time.sleep(0.3)
    t.wait_eq(lambda: d.host.n_sent() - before, n if ok else 0,
              f"{what}: frames on the lower device", 5)


def unique(t, net, pgks):
    """No COUNT twice over all members and these key values."""
    seen = {}
    n = 0
    for h in net.m:
        for raw in h.sent():
            f = parse(raw)
            for pgk in pgks:
                plain = f.plain(pgk)
                if plain[:1] == b"\x45" and plain[2:4] == struct.pack(">H", len(plain)):
                    break
            else:
                t.ok(False, f"frame of no known key: {raw.hex()}")
            k = (pgk, f.src, f.dst, f.count())
            t.ok(k not in seen, f"COUNT {f.count():08x} twice: {k}")
            seen[k] = True
            n += 1
    return n


@test
def device_events(t):
    """down/up, changelink, rename, address, MTU, netns move and back: SN goes on"""
    net = Net(t, 2)
    h, other = net.m
    d = h.prose()
    k = d.key(n=4)
    burst(t, d, 3, "at first")
    last = parse(h.sent()[-1])
    t.eq((last.ptk_id, last.sn), (1, 3), "PTK ID and SN")
    steps = [
        ("down and up", lambda: (d.set_up(False), d.set_up(True))),
        ("changelink", lambda: d.rtnl.change(d.ifindex, {"margin": 11, "nonip": "off"})),
        ("tx off and on", lambda: (d.rtnl.change(d.ifindex, {"tx": 0}),
                                   d.rtnl.change(d.ifindex, {"tx": 1}))),
        ("MTU", lambda: d.rtnl.set(d.ifindex, mtu=1200)),
        ("lower down and up", lambda: (h.rtnl.set(h.rtnl.index("low"), up=False),
                                       h.rtnl.set(h.rtnl.index("low"), up=True))),
    ]
    for what, step in steps:
        step()
        t.wait_eq(d.operstate, "up", f"{what}: operational state")
        before = h.n_sent()
        burst(t, d, 2, what)
        seen = {count_of(r) for r in h.sent()[:before]}
        for r in h.sent()[before:]:
            t.ok(count_of(r) not in seen, f"{what}: COUNT not seen before")
    unique(t, net, [k.pgk])


@test
def netns_move(t):
    """moved to another netns and back, the device goes on where it was"""
    net = Net(t, 2)
    h, other = net.m
    d = h.prose()
    k = d.key(n=4)
    burst(t, d, 2, "at first")
    fd = os.open(ns.path(other.ns), os.O_RDONLY)
    home = os.open(ns.path(h.ns), os.O_RDONLY)
    t.defer(os.close, fd)
    t.defer(os.close, home)
    h.rtnl.set(d.ifindex, netns_fd=fd)
    link = other.rtnl.get("p0")
    g = Genl(other.ns)
    t.defer(g.close)
    key = g.do("key-get", ifindex=link["ifindex"], pgk_id=1)
    t.eq(key["serial"], k.serial, "the key came along")
    batch("link set p0 up", ns=other.ns)
    dev = g.do("dev-get", ifindex=link["ifindex"])
    t.ok("lower-netnsid" in dev, "the reply tells that the lower device is elsewhere")
    out = Raw(other.ns, "p0", proto=0)
    n = h.n_sent()
    out.send(d.bcast(payload(60)))
    out.close()
    t.wait_eq(lambda: h.n_sent() - n, 1, "sent from the other namespace")
    other.rtnl.set(link["ifindex"], netns_fd=home)
    d.ifindex = h.rtnl.index("p0")
    batch("link set p0 up", ns=h.ns)
    burst(t, d, 2, "back")
    t.eq(unique(t, net, [k.pgk]), 5, "frames")


@test
def detach_and_attach(t):
    """detach, device deleted, attached anew under other IDs: a used range is -ESTALE"""
    net = Net(t, 1)
    h = net.m[0]
    pgk = new_pgk()
    d = h.prose()
    k = d.key(pgk, 1, first=1, last=8)
    burst(t, d, 3, "first")
    r = k.delete()
    t.eq(r["fingerprint"], codec.fingerprint(pgk), "fingerprint in the reply of key-del")
    t.eq((r["ptk-last"], r["ptk-next-free"]), (8, 2), "what can be given back")
    # The same key value, another ID
    k = d.key(pgk, 2, n=0)
    t.refused(lambda: k.grant(first=1, last=4), errno.ESTALE, "a range that was used",
              says="2")
    t.eq(k.get()["ptk-next-free"], 2, "first free PTK ID")
    k.grant(first=2, last=5)
    burst(t, d, 2, "under another ID")
    f = parse(h.sent()[-1])
    t.eq((f.ptk_id, f.index), (2, 2), "PTK ID and index")
    # Deleted with its key attached
    d.delete()
    d = h.prose()
    k = d.key(pgk, 3, n=0)
    first = k.get()["ptk-next-free"]
    t.ge(first, 3, "first free PTK ID after the device was deleted")
    t.refused(lambda: k.grant(first=2, last=5), errno.ESTALE, "the old range")
    k.grant(first=first, last=first + 3)
    burst(t, d, 2, "after deletion")
    unique(t, net, [pgk])


@test
def add_twice(t):
    """the same ID again is -EEXIST and changes nothing"""
    net = Net(t, 1)
    d = net.m[0].prose()
    pgk = new_pgk()
    k = d.key(pgk, 1, n=4)
    burst(t, d, 2, "first")
    t.refused(lambda: d.key(pgk, 1, n=0, serial=k.serial), errno.EEXIST, "added twice")
    t.refused(lambda: d.key(new_pgk(), 1, n=0), errno.EEXIST, "another key, same ID")
    t.refused(lambda: d.key(new_pgk(), 33, n=0), errno.EADDRINUSE, "another ID, equal 5 low bits")
    if net.rec:     # what was refused is not attached
        net.rec.key(GROUP, d.member, 1, pgk)
    burst(t, d, 2, "after it")
    t.eq([parse(r).sn for r in d.host.sent()], [1, 2, 3, 4], "SNs")


@test
def two_lower_devices(t):
    """the same key, group and member on two lower devices: one range at a time, -EBUSY"""
    net = Net(t, 2)
    h = net.m[0]
    batch("link add low2 type veth peer name peer2", "link set peer2 up",
          "link set low2 arp off up", ns=h.ns)
    net.rec.add(h.ns, "low2", "second")
    pgk = new_pgk()
    a = h.prose(member=0x111111)
    b = h.prose("p1", lower="low2", member=0x111111, ip=False)
    ka = a.key(pgk, 1, first=1, last=4)
    kb = b.key(pgk, 1, n=0)
    t.refused(lambda: kb.grant(first=5, last=8), errno.EBUSY, "a second live range")
    burst(t, a, 2, "the one with the range")
    out = Raw(h.ns, "p1", proto=0)
    t.defer(out.close)
    out.send(b.bcast(payload(60)))
    t.wait_eq(lambda: b.counter("tx-no-range"), 1, "the one without")
    ka.delete()
    t.refused(lambda: kb.grant(first=1, last=4), errno.ESTALE, "the range used elsewhere")
    kb.grant(first=2, last=4)
    out.send(b.bcast(payload(60)))
    t.wait_eq(lambda: b.counter("tx-packets"), 1, "now the other sends")


@test
def two_groups(t):
    """one key value and member in two groups: disjoint ranges of one space"""
    net = Net(t, 2)
    h = net.m[0]
    pgk = new_pgk()
    a = h.prose()
    b = h.prose("p1", group=GROUP + 1, ip=False)
    ka = a.key(pgk, 1, first=1, last=4)
    kb = b.key(pgk, 1, n=0)
    t.eq(kb.get()["ptk-next-free"], 5, "first free PTK ID in the other group")
    t.refused(lambda: kb.grant(first=4, last=8), errno.ESTALE, "an overlapping range")
    kb.grant(first=5, last=8)
    burst(t, a, 3, "group one")
    burst(t, b, 3, "group two")
    t.refused(lambda: ka.grant(first=5, last=6), errno.ESTALE, "a range of the other group")
    ka.grant(first=9, last=10)
    unique(t, net, [pgk])


@test
def foreign_address(t):
    """two members with the same key on one machine have their own spaces"""
    net = Net(t, 2)
    pgk = new_pgk()
    a, b = (h.prose() for h in net.m)
    a.key(pgk, 1, first=1, last=4)
    b.key(pgk, 1, first=1, last=4)
    burst(t, a, 2, "member one")
    burst(t, b, 2, "member two")
    t.eq(unique(t, net, [pgk]), 4, "frames")


@test
def range_edges(t):
    """ranges: 0, backwards, above 65535 are refused; one ID works; extension too"""
    net = Net(t, 1)
    d = net.m[0].prose()
    k = d.key(n=0)
    for first, last in ((0, 4), (5, 4), (1, 65536), (65536, 65536), (0, 0)):
        t.refused(lambda: k.grant(first=first, last=last), (errno.EINVAL, errno.ERANGE),
                  f"range {first}..{last}", says=None)
    t.eq(k.get()["ptk-next-free"], 1, "nothing changed")
    k.grant(first=1, last=1)
    k.grant(first=2, last=3)
    t.eq(k.get()["ptk-left"] + (1 if "ptk-id" in k.get() else 0), 3, "PTK IDs in hand")
    burst(t, d, 1, "with three")
    t.refused(lambda: k.grant(first=3, last=4), errno.ESTALE, "overlap with its own range")


@test
def id_end(t):
    """PTK IDs end at 65535: nothing is sent beyond, nothing wraps"""
    net = Net(t, 1)
    d = net.m[0].prose()
    k = d.key(first=65535, last=65535)
    burst(t, d, 2, "the last PTK ID")
    t.eq(k.get()["ptk-next-free"], 65536, "no ID is left")
    t.refused(lambda: k.grant(first=1, last=4), errno.ESTALE, "from the start again")
    k.delete()
    k = d.key(k.pgk, 1, n=0)
    t.eq(k.get()["ptk-next-free"], 65536, "still none after attaching again")
    t.refused(lambda: k.grant(first=65535, last=65535), errno.ESTALE, "the last one again")
    burst(t, d, 2, "with no ID left", ok=False)
    t.ge(d.counter("tx-no-range"), 2, "tx-no-range")


main()
