#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""protect off: a group without protection, for interoperability tests only.

TS 36.323 5.6.1, "not configured": PGK index, PTK ID and SN are zero, the Data is
clear. Such a device takes no keys and nothing else, and no protected device of the
group is beside it.
"""

import errno

from prose_test import *
from prose_test.pair import ip

SRC = 0x0A0B0C


def bare(d, plain, sdu_type=0, src=SRC, **kw):
    """A frame without protection, as the codec makes it."""
    kw.setdefault("header", codec.pdcp_header(sdu_type, 0, 0, 0))
    return codec.build(src, d.group, None, None, data=plain, lcid=d.lcid, **kw)


@test
def sends_clear(t):
    """what it sends: an all-zero PDCP header but for the SDU type, and clear Data"""
    net = Net(t, 2)
    a, b = (h.prose(protect=0, nonip="on") for h in net.m)
    for d in (a, b):
        t.wait_eq(d.operstate, "up", "operational state, without a key")
        t.eq((d.get()["protect"], d.link()["data"]["protect"]), (0, 0), "protect, as told")
    out, tap = a.tap(incoming=False), b.tap()
    whole = a.eth(payload(60), proto=0x1234)
    arp = codec.arp(1, a.mac, a.ip, bytes(6), b.ip)
    mtu = a.link()["mtu"]
    n = a.host.n_sent()
    for what, raw, sdu, plain in (
            ("IPv4", a.eth(ip(60)), 0, ip(60)),
            ("the smallest", a.eth(ip(20)), 0, ip(20)),
            ("the largest", a.eth(ip(mtu)), 0, ip(mtu)),
            ("IPv6", a.eth(codec.ipv6("fd33::1", "ff02::1", payload(30)),
                           dst=bytes.fromhex("333300000001")), 0,
             codec.ipv6("fd33::1", "ff02::1", payload(30))),
            ("ARP", a.eth(arp, proto=codec.ETH_P_ARP), 1, arp),
            ("a whole frame", whole, 3, whole)):
        tap.drain()
        out.send(raw)
        n += 1
        t.wait_eq(a.host.n_sent, n, f"{what}: sent")
        f = parse(a.host.sent()[-1])
        t.eq((f.sdu_type, f.index, f.ptk_id, f.sn), (sdu, 0, 0, 0), f"{what}: PDCP header")
        t.eq(f.data, plain, f"{what}: Data, in clear, without salt, MAC-I or tag")
        p = tap.recv()
        t.ok(p, f"{what}: received")
        t.eq(p.raw, raw, f"{what}: as received")
    t.ok(net.m[0].ping(b.ip), "ping")
    t.eq(b.counter("rx-protected"), 0, "rx-protected")


@test
def takes_zero_only(t):
    """it takes nothing but all-zero headers; rx-protected counts the others"""
    net = Net(t, 1)
    d = net.m[0].prose(protect=0, ip=False)
    tap = d.tap()
    pgk = new_pgk()
    for i, form in enumerate(("fill", "pad", "auto")):
        net.inject(bare(d, ip(40 + i), form=form))
        p = tap.recv()
        t.ok(p, f"an all-zero header, form {form}: delivered")
        t.eq(p.raw[6:], codec.member_mac(SRC) + b"\x08\0" + ip(40 + i), f"form {form}: packet")
    n = 0
    for kw in ({"sn": 1}, {"sn": 65535}, {"ptk_id": 1}, {"ptk_id": 65535}, {"index": 1},
               {"index": 31}, {"index": 5, "ptk_id": 1, "sn": 1}):
        kw = {"index": 0, "ptk_id": 0, "sn": 0, **kw}
        for frame in (bare(d, ip(40), header=codec.pdcp_header(0, **kw)),
                      codec.build(SRC, GROUP, pgk, ip(40), lcid=1, **kw)):
            net.inject(frame)
            n += 1
            t.wait_eq(lambda: d.counter("rx-protected"), n, f"rx-protected: {kw}")
    t.eq(d.counter("rx-packets"), 3, "delivered")
    # The rest is checked as ever
    for what, frame, counter in (
            ("SDU type 2", bare(d, ip(40), 2), "rx-sdu-type"),
            ("SDU type 7", bare(d, ip(40), 7), "rx-sdu-type"),
            ("octets after the packet", bare(d, ip(40) + b"\0"), "rx-leftover"),
            ("no IP packet", bare(d, bytes(40)), "rx-implausible"),
            ("no Data", bare(d, b""), "rx-implausible"),
            ("our own member", bare(d, ip(40), src=d.member), "rx-own-src"),
            ("LCID 11", bare(d, ip(40), sub=b"\x0b"), "rx-lcid"),
            ("a whole frame with nonip auto", bare(d, d.eth(ip(40)), 3), "rx-nonip")):
        before = d.counters()
        net.inject(frame)
        own = [x for x in before if x.startswith("rx-own-src")] if counter == "rx-own-src" \
            else [counter]
        t.wait(lambda: sum(d.counters()[x] - before[x] for x in own) == 1, f"{what}: {counter}")
    t.eq(d.counter("rx-packets"), 3, "delivered after it all")
    t.eq(len(tap.drain(0.1)), 0, "frames at the device")


@test
def no_keys(t):
    """no key can be attached, of any suite"""
    net = Net(t, 1)
    d = net.m[0].prose(protect=0, ip=False)
    for suite in (Suite(), Suite("eea0", "eia2"), Suite("aes256-gcm"),
                  Suite("eea2", kdf="direct")):
        t.refused(lambda: d.key(n=0, suite=suite), (errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM),
                  f"a key, {suite}", says="protect")
    t.eq(d.genl.dump("key-get"), [], "keys attached")
    t.wait_eq(d.operstate, "up", "operational state")


@test
def not_beside(t):
    """refused beside a protected device of the same group and lower device, both ways"""
    net = Net(t, 1)
    h = net.m[0]
    batch("link add low2 type veth peer name peer2", "link set peer2 up",
          "link set low2 arp off up", ns=h.ns)
    net.rec.add(h.ns, "low2", "second")
    first = h.prose(ip=False)
    errors = (errno.EBUSY, errno.EEXIST, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM,
              errno.EADDRINUSE)

    def new(protect, **kw):
        return lambda: h.prose("px", member=0x777, ip=False, protect=protect, **kw)
    t.refused(new(0), errors, "an unprotected device beside a protected one", says="protect")
    t.eq([x["ifname"] for x in first.genl.dump("dev-get")], ["p0"], "devices")
    new(1)().delete()                       # a protected one may come
    new(0, group=GROUP + 1)().delete()      # or of another group
    new(0, lower="low2")().delete()         # or on another lower device
    first.delete()
    first = h.prose(ip=False, protect=0)
    t.refused(new(1), errors, "a protected device beside an unprotected one", says="protect")
    t.eq([x["ifname"] for x in first.genl.dump("dev-get")], ["p0"], "devices")
    new(0)().delete()


@test
def fixed(t):
    """protect cannot be changed later; only 0 and 1 are taken"""
    net = Net(t, 1)
    d = net.m[0].prose(protect=0, ip=False)
    e = net.m[0].prose("p1", group=GROUP + 1, ip=False)
    for dev, other in ((d, 1), (e, 0)):
        t.refused(lambda: dev.rtnl.change(dev.ifindex, {"protect": other}),
                  (errno.EOPNOTSUPP, errno.EINVAL), f"protect {other} later")
        t.eq(dev.get()["protect"], 1 - other, "protect after it")
        dev.rtnl.change(dev.ifindex, {"protect": 1 - other})    # the same is no change
    for value in (2, 255):
        t.refused(lambda: net.m[0].prose("p2", group=GROUP + 2, protect=value),
                  (errno.ERANGE, errno.EINVAL), f"protect {value}")
    t.eq(e.counter("rx-packets"), 0, "nothing came")


@test
def protected_drops_zero(t):
    """a protected device drops all-zero headers, with whatever suite and SDU type"""
    net = Net(t, 2)
    a = net.m[0].prose(protect=0, ip=False, nonip="on")
    b = net.m[1].prose(ip=False, nonip="on")
    tap = b.tap()
    n = 0
    for i, suite in enumerate((None, Suite(), Suite("eea0", "eia2"), Suite("aes256-gcm"))):
        if suite:       # PGK ID 0 and 32 have the index that the zeroes name
            b.key(pgk_id=(0, 32, 64, 96)[i], n=0, suite=suite)
        a.tap(incoming=False).send(a.eth(ip(60)))
        n += 1
        t.wait_eq(lambda: b.counter("rx-unprotected"), n, f"rx-unprotected, {suite}")
        for sdu, plain in ((0, ip(60)), (1, codec.arp(1, codec.member_mac(SRC), "10.0.0.1",
                                                     bytes(6), "10.0.0.2")),
                           (3, a.eth(ip(60)))):
            net.inject(bare(b, plain, sdu), b.host)
            n += 1
            t.wait_eq(lambda: b.counter("rx-unprotected"), n, f"{suite}, SDU type {sdu}")
        if suite:
            b.genl.do("key-del", ifindex=b.ifindex, pgk_id=(0, 32, 64, 96)[i])
    t.eq(b.counter("rx-packets"), 0, "delivered")
    t.eq(len(tap.drain(0.1)), 0, "frames at the device")


@test
def nonip(t):
    """whole frames as with a cipher alone: only with nonip on"""
    for mode, ok in (("auto", False), ("off", False), ("on", True)):
        net = Net(t, 2)
        a, b = (h.prose(protect=0, ip=False, nonip=mode) for h in net.m)
        whole = a.eth(payload(60), proto=0x1234)
        tap = b.tap()
        a.tap(incoming=False).send(whole)
        if ok:
            p = tap.recv()
            t.ok(p, f"{mode}: received")
            t.eq(p.raw, whole, f"{mode}: the frame")
        else:
            t.wait_eq(lambda: a.counter("tx-nonip"), 1, f"{mode}: tx-nonip")
        for e in t.close():
            raise Failed(e)


main()
