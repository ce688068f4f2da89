#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the paths are those of test_offload
"""Large, nonlinear, cloned and page-cache frames with MAC-I, with a salt and a tag.

The salt needs room in front and MAC-I or tag behind, of frames that have none or
that others see too; and a MAC is of the text before it was ciphered.
"""

from prose_test import *
from test_ip import tcp

REASONS = ("rx-bad-mac", "rx-late", "rx-duplicate", "rx-old-ptk", "rx-implausible",
           "rx-leftover", "rx-length", "rx-crypto", "tx-crypto", "tx-too-long", "tx-malformed")


def through(t, suite, sample):
    """TCP from the page cache, UDP of all sizes and GSO, under taps; all octets right."""
    net = Net(t, 2)
    (a, b), (k, _) = net.group(suite=suite, n=32)
    taps = [a.tap(incoming=False), b.tap()]
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2", n=100_000, zero_copy=True)
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2", n=100_000, port=5002)
    for tap in taps:
        tap.drain(0.1)
    t.ok(net.m[0].ping("10.33.0.2", size=6000), f"{suite}: ping of 6000 octets in fragments")
    for tap in taps:
        tap.drain(0.1)
    sink = udp_sink(b.host)
    src = udp_source(a.host, a)
    for n in (0, 1, 15, 16, 17, 500, 1401, 1421):
        src.sendto(payload(n), ("10.33.0.255", 4000))
        t.eq(recv_udp(sink), payload(n), f"{suite}: a datagram of {n} octets")
        for tap, what in zip(taps, ("sender", "receiver")):
            p = tap.recv(want=lambda raw: raw[12:14] == b"\x08\0" and raw[23] == 17)
            t.ok(p, f"{suite}: a tap on the {what}'s device sees it")
            t.eq(p.raw[42:], payload(n), f"{suite}: plain text in the {what}'s tap")
    src.sendto(payload(20_000), ("10.33.0.255", 4000))
    t.eq(recv_udp(sink), payload(20_000), f"{suite}: a datagram in 14 fragments")
    try:
        src.setsockopt(socket.IPPROTO_UDP, 103, 1000)       # UDP_SEGMENT
        src.sendto(payload(10_000), ("10.33.0.2", 4000))
        got = b"".join(recv_udp(sink) or b"" for _ in range(10))
        t.eq(got, payload(10_000), f"{suite}: datagrams of one UDP GSO send")
    except OSError as e:
        t.log(f"UDP_SEGMENT: {e}")
    for d in (a, b):
        c = d.counters()
        t.eq({x: c[x] for x in REASONS if c[x]}, {}, f"{suite}: drops of {d.ns}")
    sent = a.host.sent()
    t.ge(len(sent), 150, f"{suite}: frames sent")
    for raw in sent:
        t.le(len(raw), 1514, f"{suite}: length of a frame")
    for raw in sent[::len(sent) // sample]:
        t.ok(parse(raw).plain(k)[:1] in (b"\x45", b"\0"), f"{suite}: verified by the codec")


@test
def cmac(t):
    """AES with CMAC"""
    through(t, Suite("eea2", "eia2"), 40)


@test
def gcm(t):
    """AES-256-GCM"""
    through(t, Suite("aes256-gcm"), 40)


@test
def zuc_snow3g(t):
    """ZUC with the MAC of SNOW 3G"""
    through(t, Suite("eea3", "eia1"), 4)


@test
def direct(t):
    """AES used directly"""
    through(t, Suite("eea2", kdf="direct"), 40)


main()
