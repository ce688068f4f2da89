#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Every frame that is not delivered is counted by its reason."""

from prose_test import *

SRC = 0x0A0B0C
PLAIN = codec.udp4("10.0.0.1", "224.0.0.3", payload(40))


def one(t):
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    return net, d, d.key(n=0), d.tap()


def expect(t, net, d, tap, raw, counter, what, lower=False):
    get = d.lower_counters if lower else d.counters
    before = get()
    rx = d.counters()["rx-packets"]
    net.inject(raw)
    t.wait(lambda: get()[counter] == before[counter] + 1, f"{what}: {counter} counts 1", 5)
    after = get()
    others = {k: (before.get(k), v) for k, v in after.items()
              if k != counter and v != before.get(k)}
    t.eq(others, {}, f"{what}: other counters that moved")
    t.eq(d.counters()["rx-packets"], rx, f"{what}: rx-packets")
    t.eq(len(tap.drain(0.02)), 0, f"{what}: frames delivered")


@test
def garbage_below_group(t):
    """what cannot be given to a device is counted at the lower device"""
    net, d, k, tap = one(t)
    head = codec.OUI_GROUP + codec.id24(GROUP) + bytes.fromhex("0c3303000009") + b"\x88\xb5"
    for n in range(0, 8):
        raw = head + (b"\x30" + codec.id24(SRC) + codec.id24(GROUP) + b"\x01")[:n]
        expect(t, net, d, tap, raw, "short", f"{n} octets after the Ethernet header", True)
    for v in (0, 1, 2, 4, 15):
        expect(t, net, d, tap, k.build(SRC, PLAIN, version=v), "version", f"V {v}", True)
    expect(t, net, d, tap, codec.build(SRC, GROUP + 1, k.pgk, PLAIN), "other-group",
           "another group", True)


@test
def garbage_for_group(t):
    """bad subheaders, LCIDs and lengths are counted at the device"""
    net, d, k, tap = one(t)
    pdu = codec.pdcp_header(0, 1, 1, 1) + bytes(40)
    for lcid in (0, 11, 27, 28, 30):
        expect(t, net, d, tap, k.build(SRC, PLAIN, lcid=lcid), "rx-lcid", f"LCID {lcid}")
    for name, sub in (("two PDUs", b"\x21\x80\x2d\x02"),
                      ("7-bit length", b"\x21\x2d\x1f"),
                      ("padding first", b"\x3f\x1f\x01"),
                      ("padding only", b"\x1f"),
                      ("three subheaders", b"\x21\x80\x2d\x3f\x00\x1f")):
        raw = k.build(SRC, None, data=bytes(40), sub=sub)
        before = d.counters()
        net.inject(raw)
        t.wait(lambda: sum(d.counters()[x] - before[x] for x in
                           ("rx-subheader", "rx-lcid", "rx-length")) == 1,
               f"{name}: counted as subheader, LCID or length")
        t.eq(d.counters()["rx-packets"], before["rx-packets"], f"{name}: rx-packets")
    expect(t, net, d, tap, k.build(SRC, None, data=bytes(40), sub=b"\x21\x80\x2d\x02"),
           "rx-subheader", "a second PDU")
    for length in (0, 4, len(pdu) + 1, 0x7FFF):
        expect(t, net, d, tap, k.build(SRC, None, data=bytes(40), form="pad", length=length),
               "rx-length", f"L {length}")
    for n in range(0, 5):
        raw = k.build(SRC, None, data=b"", header=bytes(5)[:n], form="fill")
        expect(t, net, d, tap, raw, "rx-length", f"a PDU of {n} octets")


@test
def keys_and_types(t):
    """no key of that index, all-zero headers, SDU types that are not carried"""
    net, d, k, tap = one(t)
    for idx in (0, 2, 31):
        expect(t, net, d, tap, k.build(SRC, PLAIN, index=idx), "rx-no-pgk", f"PGK index {idx}")
    expect(t, net, d, tap, k.build(SRC, None, data=PLAIN, header=bytes(5)),
           "rx-unprotected", "an all-zero PDCP header")
    for sdu in (2, 4, 5, 6, 7):
        expect(t, net, d, tap, k.build(SRC, PLAIN, sdu_type=sdu), "rx-sdu-type",
               f"SDU type {sdu}")
    whole = d.eth(PLAIN, src=codec.member_mac(SRC))
    expect(t, net, d, tap, k.build(SRC, whole, sdu_type=3), "rx-nonip",
           "a whole frame under a cipher-only key")
    # Ordinary values: PTK ID 0 with SN not 0, SN 0 and 65535, PTK ID 65535
    n = 0
    for ptk_id, sn in ((0, 1), (0, 65535), (1, 0), (1, 65535), (65535, 0), (65535, 65535)):
        n += 1
        net.inject(k.build(SRC, PLAIN, ptk_id=ptk_id, sn=sn))
        t.wait_eq(lambda: d.counter("rx-packets"), n, f"PTK ID {ptk_id} SN {sn} delivered")
    # What decides nothing
    for what, kw in (("Ethernet source", {"eth_src": b"\x02" * 6}),
                     ("Ethernet destination", {"eth_dst": b"\xff" * 6}),
                     ("R bits of SL-SCH", {"reserved": 15}),
                     ("R bits of the subheader", {"sub": b"\xc1", "form": "fill"})):
        n += 1
        net.inject(k.build(SRC, PLAIN, sn=100 + n, **kw))
        t.wait_eq(lambda: d.counter("rx-packets"), n, f"other {what}: delivered")


@test
def implausible(t):
    """IP and ARP that do not fit exactly are dropped; leftovers have their counter"""
    net, d, k, tap = one(t)
    ok = PLAIN
    short = struct.pack(">BB", 0x45, 0)
    cases = [
        ("empty", b""), ("one octet", b"\x45"), ("19 octets", ok[:19]),
        ("version 5", b"\x55" + ok[1:]), ("header length 4", b"\x44" + ok[1:]),
        ("checksum", ok[:10] + b"\x12\x34" + ok[12:]),
        ("cut off", ok[:-1]),
        ("header length beyond", codec.ipv4("10.0.0.1", "10.0.0.2")[:20].replace(b"\x45", b"\x4f", 1)),
        ("IPv6 cut off", codec.ipv6("fd33::1", "ff02::1", payload(20))[:-1]),
        ("IPv6 header cut", codec.ipv6("fd33::1", "ff02::1")[:39]),
        ("random", os.urandom(60)[:59] + b"\0"),
    ]
    del short
    for name, plain in cases:
        if name == "random":
            plain = b"\x00" + plain[1:]
        expect(t, net, d, tap, k.build(SRC, plain), "rx-implausible", name)
    expect(t, net, d, tap, k.build(SRC, ok + b"\0"), "rx-leftover", "an octet after IPv4")
    expect(t, net, d, tap, k.build(SRC, ok + bytes(4)), "rx-leftover", "four octets after IPv4")
    expect(t, net, d, tap, k.build(SRC, codec.ipv6("fd33::1", "ff02::1") + bytes(16)),
           "rx-leftover", "16 octets after IPv6")
    a = codec.arp(1, codec.member_mac(SRC), "10.0.0.1", bytes(6), "10.0.0.2")
    expect(t, net, d, tap, k.build(SRC, a + bytes(4), sdu_type=1), "rx-leftover", "after ARP")
    expect(t, net, d, tap, k.build(SRC, a[:-1], sdu_type=1), "rx-implausible", "ARP cut off")
    expect(t, net, d, tap, k.build(SRC, b"\0\2" + a[2:], sdu_type=1), "rx-implausible",
           "ARP for other hardware")
    expect(t, net, d, tap, k.build(SRC, a[:2] + b"\x86\xdd" + a[4:], sdu_type=1),
           "rx-implausible", "ARP for another protocol")
    t.ok(k.counters()["rx-implausible"] >= len(cases), "the key counts implausible ones too")


@test
def other_key(t):
    """an outsider with the same group and PGK ID but another key reads nothing"""
    net, d, k, tap = one(t)
    wrong = new_pgk()
    for sn in range(1, 21):
        net.inject(codec.build(SRC, GROUP, wrong, PLAIN, index=1, sn=sn))
    t.wait_eq(lambda: d.counter("rx-implausible") + d.counter("rx-leftover"), 20,
              "frames dropped as implausible")
    t.eq(len(tap.drain(0.1)), 0, "frames delivered")
    t.eq(d.counter("rx-packets"), 0, "rx-packets")


@test
def reasons_of_senders(t):
    """no key, no range, listen only, too long, non-IP: each counts by itself"""
    net = Net(t, 1)
    h = net.m[0]
    d = h.prose(ip=False)
    air = net.hear(h)
    out = d.tap(incoming=False)
    frame = d.bcast(payload(40))

    def drop(dev, tap, raw, counter, what):
        before = dev.counters()
        tap.send(raw)
        t.wait(lambda: dev.counter(counter) == before[counter] + 1, f"{what}: {counter}")
        t.eq(dev.counter("tx-packets"), before["tx-packets"], f"{what}: tx-packets")
        t.eq(len(air.drain(0.05)), 0, f"{what}: frames on the air")

    drop(d, out, frame, "tx-no-key", "without a key")
    k = d.key(n=0)
    drop(d, out, frame, "tx-no-range", "without PTK IDs")
    k.grant(4)
    out.send(frame)
    t.ok(air.recv(), "sent with PTK IDs")
    drop(d, out, d.eth(b"\x11" * 50, proto=0x1234), "tx-nonip", "another protocol")
    drop(d, out, d.eth(PLAIN, src=b"\x02\0\0\0\0\1"), "tx-nonip", "another source address")
    drop(d, out, d.eth(PLAIN, dst=b"\x02\0\0\0\0\1"), "tx-nonip", "a foreign destination")
    d2 = h.prose("p2", group=GROUP + 1, ip=False, tx=0)
    d2.key(n=0)
    drop(d2, d2.tap(incoming=False), d2.bcast(payload(40)), "tx-listen-only", "a listen-only device")
    st = h.run("ip", "-s", "-j", "link", "show", "p0").stdout
    import json
    s = json.loads(st)[0]["stats64"]
    t.eq(s["tx"]["packets"], 1, "rtnl tx packets")
    t.eq(s["tx"]["bytes"], len(frame), "rtnl tx bytes")
    t.ge(s["tx"]["dropped"] + s["tx"]["errors"], 5, "rtnl tx drops and errors")


main()
