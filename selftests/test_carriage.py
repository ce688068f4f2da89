#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the paths are those of test_ip
"""What goes as IP or ARP, what as a whole frame; sizes; padding; rebuilt headers."""

from prose_test import *


class One:
    """A sender whose frames on the air are deciphered by the codec."""

    def __init__(self, t, **kw):
        self.t = t
        self.net = Net(t, 2)
        self.a = self.net.m[0].prose(**kw)
        self.b = self.net.m[1].prose(**kw)
        pgk = new_pgk()
        self.k = self.a.key(pgk)
        self.kb = self.b.key(pgk)
        t.wait_eq(self.a.operstate, "up", "operational state")
        self.air = self.net.hear(self.a.host)
        self.out = self.a.tap(incoming=False)
        self.at_b = self.b.tap()

    def send(self, raw, what):
        """The frame on the air and what arrives at the other member."""
        self.at_b.drain()
        self.out.send(raw)
        p = self.air.recv()
        self.t.ok(p, f"{what}: sent")
        q = self.at_b.recv()
        self.t.ok(q, f"{what}: received")
        f = parse(p.raw)
        return f, f.plain(self.k.pgk), q


@test
def sdu_types(t):
    """SDU type 0 and 1 only where the receiver rebuilds the same Ethernet header"""
    o = One(t, nonip="on")
    a, mac2 = o.a, o.b.mac
    ip = codec.udp4("10.33.0.1", "10.33.0.2", payload(60))
    bc = codec.udp4("10.33.0.1", "255.255.255.255", payload(60))
    mc = codec.udp4("10.33.0.1", "239.1.2.3", payload(60))
    ip6 = codec.ipv6("fd33::1", "fd33::2", payload(60))
    mc6 = codec.ipv6("fd33::1", "ff02::1:2", payload(60))
    req = codec.arp(1, a.mac, "10.33.0.1", bytes(6), "10.33.0.2")
    rep = codec.arp(2, a.mac, "10.33.0.1", mac2, "10.33.0.2")
    other = b"\x02\xaa\0\0\0\1"
    A, W = codec.ETH_P_ARP, 3
    cases = [
        ("broadcast", a.eth(bc), 0, bc),
        ("multicast", a.eth(mc, dst=codec.mcast_mac4("239.1.2.3")), 0, mc),
        ("IPv6 multicast", a.eth(mc6, dst=bytes.fromhex("333300010002")), 0, mc6),
        ("ARP request", a.eth(req, proto=A), 1, req),
        ("ARP request to a member", a.eth(req, dst=mac2, proto=A), 1, req),
        ("ARP reply", a.eth(rep, dst=mac2, proto=A), 1, rep),
        # A raw socket's frame has no route: it may be for a gateway
        ("unicast IP without a route", a.eth(ip, dst=mac2), W, None),
        ("unicast IPv6 without a route", a.eth(ip6, dst=mac2), W, None),
        ("multicast to an address that is not its own", a.eth(mc, dst=b"\1\0\x5e\0\0\1"), W, None),
        ("multicast sent as broadcast", a.eth(mc), W, None),
        ("broadcast IP to a member's address", a.eth(bc, dst=mac2), W, None),
        ("unicast IP to a foreign address", a.eth(ip, dst=other), W, None),
        ("a foreign source", a.eth(ip, dst=mac2, src=other), W, None),
        ("a VLAN tag", a.eth(b"\0\5\x08\0" + bc, proto=0x8100), W, None),
        ("another protocol", a.eth(payload(60), proto=0x1234), W, None),
        ("ARP reply to another address", a.eth(rep, dst=other, proto=A), W, None),
        ("ARP request to a foreign address", a.eth(req, dst=other, proto=A), W, None),
        ("IP that is none", a.eth(b"\x45" + bytes(50), proto=0x0800), W, None),
    ]
    for what, raw, sdu, plain in cases:
        o.at_b.drain()
        o.out.send(raw)
        p = o.air.recv(1)
        if p is None and what == "IP that is none":
            continue        # refusing it is as good
        t.ok(p, f"{what}: sent")
        f = parse(p.raw)
        got = f.plain(o.k.pgk)
        t.eq(f.sdu_type, sdu, f"{what}: SDU type")
        t.eq(got, plain if sdu != W else raw, f"{what}: Data")
        q = o.at_b.recv()
        t.ok(q, f"{what}: received")
        if sdu == W:
            t.eq(q.raw, raw, f"{what}: as received")
        else:
            t.eq(q.raw[6:], raw[6:], f"{what}: as received, after the destination")


@test
def routed(t):
    """unicast on a route of its own goes as IP; through a gateway it goes whole"""
    o = One(t, nonip="on")
    a = o.a.host
    batch("route add 10.66.0.0/16 via 10.33.0.2", "route add 10.67.0.0/16 dev p0", ns=a.ns)
    batch(f"neigh add 10.33.0.2 lladdr {o.b.mac.hex(':')} dev p0",
          f"neigh add 10.67.0.1 lladdr {o.b.mac.hex(':')} dev p0", ns=a.ns)
    s = udp_source(a)
    for dst, sdu in (("10.33.0.2", 0), ("10.66.0.1", 3), ("10.67.0.1", 0)):
        s.sendto(payload(40), (dst, 4000))
        f = parse(o.air.recv().raw)
        while f.sdu_type == codec.SDU_ARP:      # about answers of the other member
            f = parse(o.air.recv().raw)
        t.eq(f.sdu_type, sdu, f"SDU type to {dst}")
        plain = f.plain(o.k.pgk)
        t.eq(plain[:14] if sdu == 3 else None,
             o.b.mac + o.a.mac + b"\x08\0" if sdu == 3 else None, "Ethernet header")


@test
def rebuilt(t):
    """destination addresses that the receiver builds"""
    o = One(t)
    k, b = o.kb, o.b
    src = 0x0A0B0C
    grp = codec.OUI_GROUP + codec.id24(GROUP)
    req = codec.arp(1, codec.member_mac(src), "10.33.0.9", bytes(6), "10.33.0.2")
    rep = codec.arp(2, codec.member_mac(src), "10.33.0.9", b.mac, "10.33.0.2")
    sn = 0
    for what, sdu, plain, dst, kind in (
            ("our unicast", 0, codec.udp4("10.33.0.9", "10.33.0.2", payload(9)), b.mac, wire.HOST),
            ("unicast for another", 0, codec.udp4("10.33.0.9", "10.33.0.77", payload(9)), grp,
             wire.OTHERHOST),
            ("limited broadcast", 0, codec.udp4("10.33.0.9", "255.255.255.255"), b"\xff" * 6,
             wire.BROADCAST),
            ("subnet broadcast", 0, codec.udp4("10.33.0.9", "10.33.0.255"), b"\xff" * 6,
             wire.BROADCAST),
            ("multicast", 0, codec.udp4("10.33.0.9", "239.129.2.3"),
             bytes.fromhex("01005e010203"), wire.MULTICAST),
            ("IPv6 multicast", 0, codec.ipv6("fd33::9", "ff0e::1:2:3"),
             bytes.fromhex("333300020003"), wire.MULTICAST),
            ("IPv6 for another", 0, codec.ipv6("fd33::9", "fd33::77"), grp, wire.OTHERHOST),
            ("ARP request", 1, req, b"\xff" * 6, wire.BROADCAST),
            ("ARP reply to us", 1, rep, b.mac, wire.HOST)):
        sn += 1
        o.at_b.drain()
        o.net.inject(k.build(src, plain, sdu_type=sdu, sn=sn), b.host)
        q = o.at_b.recv()
        t.ok(q, f"{what}: received")
        t.eq(q.raw[:6], dst, f"{what}: destination")
        t.eq(q.raw[6:12], codec.member_mac(src), f"{what}: source")
        t.eq(q.kind, kind, f"{what}: packet type")


@test
def sizes(t):
    """every size up to the MTU: exact length, padding only below the minimum, octets right"""
    o = One(t)
    mtu = o.a.link()["mtu"]
    for n in (*range(28, 48), 60, 61, 100, 511, 512, 513, 1000, mtu - 1, mtu):
        plain = codec.udp4("10.33.0.1", "255.255.255.255", payload(n - 28))
        f, got, q = o.send(o.a.eth(plain), f"{n} octets")
        t.eq(got, plain, f"{n} octets deciphered")
        t.eq(q.raw[14:], plain, f"{n} octets received")
        t.eq(f.padded, 14 + 8 + 5 + n < 60, f"{n} octets: padded")
        t.le(len(f.raw), 14 + 1500, f"{n} octets: length of the frame")


@test
def trimmed(t):
    """octets after the IP or ARP packet (Ethernet padding) are not sent"""
    o = One(t)
    plain = codec.udp4("10.33.0.1", "255.255.255.255", b"hello")
    f, got, q = o.send(o.a.eth(plain).ljust(60, b"\xee"), "padded IPv4")
    t.eq(got, plain, "Data")
    t.eq(q.raw[14:], plain, "received")
    arp = codec.arp(1, o.a.mac, "10.33.0.1", bytes(6), "10.33.0.2")
    f, got, q = o.send(o.a.eth(arp, proto=codec.ETH_P_ARP).ljust(60, b"\xee"), "padded ARP")
    t.eq(got, arp, "Data of ARP")


@test
def nonip_modes(t):
    """whole frames: auto and off refuse them under a cipher alone, on carries them"""
    for mode, ok in (("auto", False), ("off", False), ("on", True)):
        net = Net(t, 2)
        pgk = new_pgk()
        a, b = (h.prose(nonip=mode) for h in net.m)
        ka = a.key(pgk)
        b.key(pgk)
        raw = a.eth(payload(80), proto=0x1234)
        tap = b.tap(incoming=True)
        a.tap(incoming=False).send(raw)
        if ok:
            q = tap.recv()
            t.ok(q, "whole frame received")
            t.eq(q.raw, raw, "whole frame")
            # From the wire: too short for an Ethernet header
            net.inject(ka.build(0x0A0B0C, b"\xff" * 13, sdu_type=3), b.host)
            t.wait_eq(lambda: b.counter("rx-implausible"), 1, "13 octets as a frame")
        else:
            t.wait_eq(lambda: a.counter("tx-nonip"), 1, f"{mode}: tx-nonip")
            net.inject(ka.build(0x0A0B0C, raw, sdu_type=3), b.host)
            t.wait_eq(lambda: b.counter("rx-nonip"), 1, f"{mode}: rx-nonip")
        for e in t.close():
            raise Failed(e)


@test
def lcids(t):
    """any LCID from 1 to 10 is sent as set and received from others"""
    net = Net(t, 1)
    h = net.m[0]
    for lcid in (1, 5, 10):
        d = h.prose("p0", group=GROUP + lcid, lcid=lcid, ip=False)
        k = d.key()
        d.tap(incoming=False).send(d.bcast(payload(70)))
        f = parse(h.sent()[-1])
        t.eq(f.lcid, lcid, "LCID sent")
        t.eq(f.plain(k.pgk)[-70:], payload(70), "deciphered with BEARER = LCID")
        for other in (1, 2, 10):
            rx = d.counter("rx-packets")
            net.inject(k.build(0x0A0B0C, codec.udp4("10.0.0.1", "224.0.0.3"), lcid=other,
                               sn=other))
            t.wait_eq(lambda: d.counter("rx-packets"), rx + 1, f"LCID {other} received")
        d.delete()


@test
def ethertype(t):
    """another Ethernet type is another world"""
    net = Net(t, 2, only_prose=False)
    pgk = new_pgk()
    a = net.m[0].prose(ethertype=0x8999)
    b = net.m[1].prose(ethertype=0x8999)
    c = net.m[1].prose("p1", member=0x777, ip=False)
    for d in (a, b, c):
        d.key(pgk)
    a.tap(incoming=False).send(a.bcast(payload(60)))
    t.wait_eq(lambda: b.counter("rx-packets"), 1, "received with the same type")
    parse(net.m[0].sent()[-1], 0x8999)
    t.eq(c.counter("rx-packets"), 0, "received with another type")


@test
def several_groups(t):
    """groups on one lower device do not mix; a wrong group's frame reaches nobody"""
    net = Net(t, 2)
    pgk = new_pgk()
    g = [[h.prose(f"p{i}", group=GROUP + i, subnet=i) for i in range(3)] for h in net.m]
    for devs in g:
        for i, d in enumerate(devs):
            d.key(pgk, n=4)
    for i in range(3):
        g[0][i].tap(incoming=False).send(g[0][i].bcast(payload(70)))
        t.wait_eq(lambda: [d.counter("rx-packets") for d in g[1]],
                  [1] * (i + 1) + [0] * (2 - i), f"received after group {i} sent")
    t.ok(net.m[0].ping("10.33.1.2"), "ping in group 1")
    t.ok(net.m[0].ping("10.33.2.2"), "ping in group 2")


main()
