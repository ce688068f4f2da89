#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Checksum offload, GSO, nonlinear, cloned and headroom-less frames, qdisc bypass."""

from prose_test import *
from test_ip import tcp


@test
def checksums(t):
    """checksums left to the device are filled in before ciphering"""
    net = Net(t, 2)
    (a, b), (k, _) = net.group()
    s = udp_source(a.host, a)
    for n in (1, 2, 3, 99, 1400):
        s.sendto(payload(n), ("10.33.0.255", 4000))
    for f in a.host.sent():
        plain = parse(f).plain(k.pgk)
        t.eq(codec.checksum(plain[:20]), 0, "IPv4 checksum")
        pseudo = plain[12:20] + b"\0\x11" + plain[24:26]
        if plain[26:28] != b"\0\0":
            t.eq(codec.checksum(pseudo + plain[20:]), 0, "UDP checksum")
    t.eq(a.host.n_sent(), 5, "frames")
    for feature in ("tx", "sg", "gso", "tso"):
        for h in net.m:
            h.run("ethtool", "-K", "low", feature, "off", check=False)
            h.run("ethtool", "-K", "p0", feature, "off", check=False)
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2", n=50_000, port=5002)
    for feature in ("tx", "sg", "gso", "tso"):
        for h in net.m:
            h.run("ethtool", "-K", "low", feature, "on", check=False)
            h.run("ethtool", "-K", "p0", feature, "on", check=False)
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2", n=50_000, port=5003)


@test
def checksum_zero(t):
    """a UDP checksum that comes out as zero is sent as all ones (RFC 768, RFC 8200 8.1)"""
    net = Net(t, 2)
    (a, b), (k, _) = net.group(ipv6=True)
    for family, addrs, head in ((socket.AF_INET, ("10.33.0.1", "10.33.0.2"), 20),
                                (socket.AF_INET6, ("fd33::1", "fd33::2"), 40)):
        sink = b.host.sock(family=family)
        sink.bind((addrs[1], 4100))
        s = a.host.sock(family=family)
        s.bind((addrs[0], 4101))
        pseudo = (b"".join(socket.inet_pton(family, x) for x in addrs) +
                  struct.pack(">HHHHHH", 17, 10, 4101, 4100, 10, 0))
        datagram = struct.pack(">H", codec.checksum(pseudo))
        t.eq(codec.checksum(pseudo + datagram), 0, "the sum of what is sent")
        s.sendto(datagram, (addrs[1], 4100))
        t.eq(recv_udp(sink), datagram, "received")
        plain = [p for p in (parse(f).plain(k.pgk) for f in a.host.sent())
                 if p[head + 8:] == datagram]
        t.eq([p[head + 6:head + 8] for p in plain], [b"\xff\xff"], "the checksum")


@test
def gso(t):
    """large segments of TCP and UDP GSO are cut before they are ciphered"""
    net = Net(t, 2)
    (a, b), _ = net.group()
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2", n=400_000)
    sink = udp_sink(b.host)
    s = udp_source(a.host, a)
    try:
        s.setsockopt(socket.IPPROTO_UDP, 103, 1000)     # UDP_SEGMENT
        s.sendto(payload(10_000), ("10.33.0.2", 4000))
        got = b"".join(recv_udp(sink) or b"" for _ in range(10))
        t.eq(got, payload(10_000), "datagrams of one UDP GSO send")
    except OSError as e:
        t.log(f"UDP_SEGMENT: {e}")
    for raw in a.host.sent():
        t.le(len(raw), 1514, "length of a frame")


@test
def fragments(t):
    """IP fragments are carried as IP and put together"""
    net = Net(t, 2)
    (a, b), _ = net.group()
    t.ok(a.host.ping("10.33.0.2", size=6000), "ping of 6000 octets in fragments")
    sink = udp_sink(b.host)
    s = udp_source(a.host, a)
    s.sendto(payload(20_000), ("10.33.0.255", 4000))
    t.eq(recv_udp(sink), payload(20_000), "a datagram of 20,000 octets")


@test
def bypass(t):
    """PACKET_QDISC_BYPASS sends with no MAC header set"""
    net = Net(t, 2)
    (a, b), (k, _) = net.group()
    out = Raw(a.ns, "p0", proto=0, bypass=True)
    t.defer(out.close)
    for n in (0, 20, 500, 1400):
        out.send(a.bcast(payload(n)))
    t.wait_eq(lambda: b.counter("rx-packets"), 4, "received")
    for f in a.host.sent():
        t.eq(parse(f).plain(k.pgk)[:1], b"\x45", "deciphers to IPv4")
    for junk in (b"\xff" * 14, b"\xff" * 15, b"\0" * 60, b"\xff" * 12 + b"\x08\0" + b"\x45" * 3,
                 b"\xff" * 12 + b"\x81\0" + b"\0"):
        try:
            out.send(junk)
        except OSError:
            pass
    t.eq(a.host.n_sent(), 4, "frames of junk sent")


@test
def qdiscs(t):
    """a qdisc on prose and lower device: nothing lost, order kept"""
    net = Net(t, 2)
    (a, b), _ = net.group()
    for dev in ("p0", "low"):
        run("tc", "qdisc", "add", "dev", dev, "root", "netem", "delay", "10ms", ns=a.ns)
    sink = udp_sink(b.host)
    s = udp_source(a.host, a)
    for i in range(50):
        s.sendto(payload(20) + bytes([i]), ("10.33.0.255", 4000))
    got = [recv_udp(sink) for _ in range(50)]
    t.eq([g[-1] if g else None for g in got], list(range(50)), "datagrams in order")


@test
def shared_frames(t):
    """frames that taps share are not ciphered in place: the taps see plain text"""
    net = Net(t, 2)
    (a, b), (k, kb) = net.group()
    taps = [a.tap(incoming=False) for _ in range(3)]
    src = udp_source(a.host, a)
    for i in range(30):
        src.sendto(payload(30 * i), ("10.33.0.255", 4000))
    for tap in taps:
        got = tap.drain(0.2)
        t.eq(len(got), 30, "frames seen by a tap on the prose device")
        for i, p in enumerate(got):
            t.eq(p.raw[42:], payload(30 * i), "plain text in the tap")
    # Mirrored by tc: the frame is cloned on its way
    p = run("tc", "qdisc", "add", "dev", "p0", "clsact", ns=a.ns, check=False)
    if not p.returncode:
        batch("link add d0 type dummy", "link set d0 up", ns=a.ns)
        p = run("tc", "filter", "add", "dev", "p0", "egress", "matchall", "action", "mirred",
                "egress", "mirror", "dev", "d0", ns=a.ns, check=False)
    if p.returncode:
        t.log(f"no mirroring here: {p.stderr.strip()}")
        return
    tap = Raw(a.ns, "d0", incoming=False)
    t.defer(tap.close)
    sink = udp_sink(b.host)
    for i in range(20):
        src.sendto(payload(40 + i), ("10.33.0.255", 4000))
        t.eq(tap.recv().raw[42:], payload(40 + i), "the mirrored frame")
        t.eq(recv_udp(sink), payload(40 + i), "the frame received")


@test
def headroom(t):
    """frames from a device without headroom (a tap's) and nonlinear ones get through"""
    net = Net(t, 2)
    (a, b), (k, _) = net.group()
    h = a.host
    # Routed from another device: another headroom, cloned headers
    run("ip", "netns", "add", f"{h.ns}-r")
    t.defer(run, "ip", "netns", "del", f"{h.ns}-r", check=False)
    batch("link add r0 type veth peer name r1", f"link set r1 netns {h.ns}-r",
          "addr add 10.55.0.1/24 dev r0", "link set r0 up", ns=h.ns)
    batch("addr add 10.55.0.2/24 dev r1", "link set r1 up", "route add default via 10.55.0.1",
          ns=f"{h.ns}-r")
    sysctl(h.ns, "ipv4/ip_forward", 1)
    batch("route add 10.55.0.0/24 via 10.33.0.1", ns=b.ns)
    for size in (10, 1300, 5000):
        # The answers are routed through a member: they would go as whole frames,
        # which a cipher-only key does not carry, so only the requests count.
        run("ping", "-n", "-c1", "-W1", "-s", size, "10.33.0.2", ns=f"{h.ns}-r", check=False)
    t.ge(b.counter("rx-packets"), 6, "routed frames received")
    t.ge(b.counter("tx-nonip"), 1, "answers through a member, refused without nonip")
    # Receiving: a frame in pieces, by way of a veth with fragments from GRO or sendfile
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2", n=100_000, zero_copy=True)


main()
