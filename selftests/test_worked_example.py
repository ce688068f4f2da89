#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every, 6.12-cloud-arm64
# Not on the debug kernel: the paths are those of test_suites
"""The worked example, byte for byte on the wire, both directions.

This key value is used for sending in this file only, and PTK ID 1 of it in one
function only: a recording of a boot must never hold a COUNT twice.
"""

from prose_test import *
from prose_test.codec import (EX_GRP, EX_LCID, EX_PDU, EX_PDUS, EX_PGK, EX_PGK_ID, EX_PLAIN,
                              EX_SRC, EX_PTK_ID)

HEAD = bytes.fromhex("033303445566 0c3303a1b2c3 88b5 30a1b2c3445566")


def fixed(plain):
    """The example's packet with a right IPv4 header checksum."""
    c = codec.checksum(plain[:10] + bytes(2) + plain[12:20])
    return plain[:10] + struct.pack(">H", c) + plain[12:]


@test
def send(t):
    """the first frame of the example's sender is the example's, octet for octet"""
    net = Net(t, 2, ids=[EX_SRC, 0x000001])
    d = net.m[0].prose(group=EX_GRP, lcid=EX_LCID, ip=False)
    t.eq(d.member, EX_SRC, "member identity from the lower device's address")
    t.eq(d.link()["mac"], codec.member_mac(EX_SRC), "address of the prose device")
    d.key(EX_PGK, EX_PGK_ID, first=EX_PTK_ID, last=EX_PTK_ID + 3)
    air = net.hear(net.m[0])
    up = d.tap(incoming=False)
    # The example's packet has IPv4 header checksum 0, which no receiver delivers
    # and no sender takes for IP. With the right one, two octets of it differ, and
    # by the example's key stream the same two of the frame.
    good = fixed(EX_PLAIN)
    up.send(d.eth(good, dst=codec.mcast_mac4("224.0.0.3")))
    p = air.recv()
    t.ok(p, "a frame on the air")
    pdu = EX_PDU[1][:5] + bytes(a ^ b ^ c for a, b, c in zip(EX_PDU[1][5:], EX_PLAIN, good))
    t.eq(sum(a != b for a, b in zip(pdu, EX_PDU[1])), 2, "octets unlike the example's")
    want = HEAD + bytes([0x20 | EX_LCID]) + struct.pack(">H", 0x8000 | len(pdu)) + \
        bytes([31]) + pdu
    want = want.ljust(60, b"\0")
    t.eq(p.raw, want, "frame on the lower device")
    c = d.counters()
    t.eq((c["tx-packets"], c["tx-bytes"]), (1, 14 + len(EX_PLAIN)), "tx counters")
    # A longer one fills its frame
    long = codec.udp4("10.0.0.1", "224.0.0.3", payload(100))
    up.send(d.eth(long, dst=codec.mcast_mac4("224.0.0.3")))
    f = parse(air.recv().raw)
    t.eq((f.padded, f.ptk_id, f.sn, f.index, f.lcid), (False, 1, 2, 5, EX_LCID),
         "form, PTK ID, SN, PGK index and LCID of the second frame")
    t.eq(f.plain(EX_PGK), long, "its plain text")


@test
def receive(t):
    """frames made by the test's codec are deciphered and delivered"""
    net = Net(t, 1, ids=[0x000001])
    d = net.m[0].prose(group=EX_GRP, ip=False)
    d.key(EX_PGK, EX_PGK_ID, n=0)
    t.wait_eq(d.operstate, "dormant", "operational state without a sending key")
    tap = d.tap()
    good = fixed(EX_PLAIN)
    for sn in (0x0000, 0x0001, 0xFFFF):
        # The example's packet has no header checksum: what fits is delivered,
        # so the right checksum is put in, by way of the example's key stream.
        data = bytes(a ^ b ^ c for a, b, c in zip(EX_PDU[sn][5:], EX_PLAIN, good))
        raw = codec.build(EX_SRC, EX_GRP, EX_PGK, None, lcid=EX_LCID, index=5,
                          ptk_id=1, sn=sn, data=data)
        net.inject(raw)
        p = tap.recv()
        t.ok(p, f"SN {sn:04x} delivered")
        t.eq(p.raw, codec.mcast_mac4("224.0.0.3") + codec.member_mac(EX_SRC) +
             b"\x08\0" + good, f"frame rebuilt from SN {sn:04x}")
        t.eq(p.kind, wire.MULTICAST, "packet type")
    c = d.counters()
    t.eq((c["rx-packets"], c["rx-bytes"]), (3, 3 * (14 + 28)), "rx counters")


@test
def receive_others(t):
    """the example's frames of SNOW 3G and ZUC, which no code of the tests ciphered"""
    net = Net(t, 1, ids=[0x000001])
    d = net.m[0].prose(group=EX_GRP, ip=False)
    tap = d.tap()
    good = fixed(EX_PLAIN)
    for alg in (1, 3):
        k = d.key(EX_PGK, EX_PGK_ID, n=0, cipher=f"eea{alg}")
        for sn, pdu in EX_PDUS[alg].items():
            data = bytes(a ^ b ^ c for a, b, c in zip(pdu[5:], EX_PLAIN, good))
            net.inject(codec.build(EX_SRC, EX_GRP, EX_PGK, None, lcid=EX_LCID, index=5,
                                   ptk_id=1, sn=sn, data=data))
            p = tap.recv()
            t.ok(p, f"128-EEA{alg}, SN {sn:04x} delivered")
            t.eq(p.raw[14:], good, f"128-EEA{alg}, SN {sn:04x}")
        k.delete()


@test
def receive_bad_checksum(t):
    """the example's own packet, with IPv4 checksum 0, is implausible and dropped"""
    net = Net(t, 1, ids=[0x000001])
    d = net.m[0].prose(group=EX_GRP, ip=False)
    k = d.key(EX_PGK, EX_PGK_ID, n=0)
    tap = d.tap()
    net.inject(codec.build(EX_SRC, EX_GRP, EX_PGK, EX_PLAIN, lcid=EX_LCID, index=5))
    t.wait_eq(lambda: d.counter("rx-implausible"), 1, "rx-implausible of the device")
    t.eq(k.counters()["rx-implausible"], 1, "rx-implausible of the key")
    t.eq(tap.recv(0.2), None, "delivered")


@test
def both_forms(t):
    """both forms of subheader are taken for any length, padding ignored"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    k = d.key(n=0)
    tap = d.tap()
    sn = 0
    for n in (0, 1, 3, 28, 100, 1000):
        plain = codec.udp4("10.0.0.1", "224.0.0.3", payload(n))
        for form, padding in (("fill", b""), ("pad", b""), ("pad", b"\xff" * 40)):
            sn += 1
            net.inject(k.build(0x0A0B0C, plain, sn=sn, form=form, padding=padding))
            p = tap.recv()
            t.ok(p, f"{n} octets, form {form}, {len(padding)} octets of padding delivered")
            t.eq(p.raw[14:], plain, f"{n} octets, form {form}")
    t.eq(d.counters()["rx-packets"], sn, "rx-packets")


main()
