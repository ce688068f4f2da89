#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the paths are those of test_suites and test_replay
"""Every bit of a frame changed, one at a time; valid packets under a wrong MAC.

What is outside the protection is listed here, and it is exactly that: both
Ethernet addresses, the four R bits of the first SL-SCH octet, the R bits of the
subheaders, and what follows the PDU. All else is refused and changes nothing.
"""

from prose_test import *
from prose_test.pair import ip

SRC = 0x5A5A5A      # no single bit away from the listener's member identity
PTK_ID, SN = 5, 4   # of the frame that is changed; 1 to SN - 1 were heard before
SLSCH, SUB, PDCP, BODY = 14, 21, 22, 27     # octets of a frame that fills itself
BAD_MAC = ("rx-bad-mac",)


def setup(t, suite):
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    k = d.key(pgk_id=1, n=0, suite=suite)
    tap = d.tap()
    for sn in range(1, SN):
        net.inject(k.build(SRC, ip(20), ptk_id=PTK_ID, sn=sn))
        t.ok(tap.recv(), f"{suite}: honest frame {sn} delivered")
    t.wait(lambda: [m for m in d.members() if m.get("known")], f"{suite}: the member is known")
    return net, d, k, tap


def state(d):
    """What the listener knows of the honest sender, without counters and time."""
    out = {}
    for m in d.members():
        if m["member"] == SRC:
            out = {x: m.get(x) for x in ("pgk-id", "ptk-id", "known", "floor")}
    return out


def where(bit):
    """Field of a bit of a frame, and how its change may be counted."""
    octet, mask = bit // 8, 0x80 >> bit % 8
    if octet == SLSCH:
        return ("V", "version") if mask >= 0x10 else ("R of SL-SCH", None)
    if octet < SLSCH + 4:
        return "SRC", BAD_MAC
    if octet < SUB:
        return "DST", "other-group"
    if octet == SUB:
        if mask >= 0x40:
            return "R of the subheader", None
        if mask == 0x20:
            return "E", ("rx-subheader", "rx-length", "rx-lcid")
        # From LCID 1: 17 and 0 are not user data; 9, 5 and 3 are another BEARER
        return "LCID", ("rx-lcid",) if mask in (16, 1) else BAD_MAC
    if octet == PDCP:
        if mask >= 0x20:    # from type 0: to 4 and 2, which are not carried, or to 1
            return "SDU type", BAD_MAC if mask == 0x20 else ("rx-sdu-type",)
        return "PGK index", ("rx-no-pgk",)
    if octet < PDCP + 3:
        # A PTK ID below the newest one is refused before it is verified
        return "PTK ID", ("rx-old-ptk",) if PTK_ID & mask and octet == PDCP + 2 else BAD_MAC
    if octet < BODY:
        return "SN", BAD_MAC
    return "Data, salt, MAC-I or tag", BAD_MAC


def flips(raw):
    """All frames with one bit changed, by field."""
    out = {}
    for bit in range(8 * SLSCH, 8 * len(raw)):
        forged = bytearray(raw)
        forged[bit // 8] ^= 0x80 >> bit % 8
        out.setdefault(where(bit), []).append(bytes(forged))
    return out


def counted(d, counters):
    if isinstance(counters, str):
        return d.lower_counters()[counters]
    c = d.counters()
    return sum(c[x] for x in counters)


def refuse(t, net, d, tap, frames, counters, what):
    """All of them are dropped for one of these reasons, and none is delivered."""
    slow = "SRC" in what or "PTK ID" in what    # a derivation each, which is budgeted
    rx = d.counters()["rx-packets"]
    limit = d.counters()["rx-derive-limit"]
    for some in [[f] for f in frames] if slow else [frames]:
        before = counted(d, counters)
        for attempt in range(20):
            for f in some:
                net.inject(f)
            t.wait(lambda: counted(d, counters) >= before + len(some) or
                   d.counters()["rx-derive-limit"] > limit, f"{what}: {counters}")
            now = d.counters()["rx-derive-limit"]
            if now == limit:
                break
            limit = now
            time.sleep(0.2)
        t.eq(counted(d, counters), before + len(some), f"{what}: {counters}")
        t.eq(d.counters()["rx-packets"], rx, f"{what}: delivered")
    t.eq(len(tap.drain(0.05)), 0, f"{what}: frames at the device")


def every_bit(t, suite):
    net, d, k, tap = setup(t, suite)
    honest = k.build(SRC, ip(20), ptk_id=PTK_ID, sn=SN, form="fill")
    t.eq(len(honest), BODY + suite.head + 20 + suite.tail, f"{suite}: octets of the frame")
    before = state(d)
    t.eq((before["pgk-id"], before["ptk-id"], before["known"]), (1, PTK_ID, True),
         f"{suite}: the honest sender")
    t.eq(before["floor"], PTK_ID << 16 | SN - 1, f"{suite}: floor of the honest sender")
    for (what, counters), frames in flips(honest).items():
        if counters:
            refuse(t, net, d, tap, frames, counters, f"{suite}, {what}")
            t.eq(state(d), before, f"{suite}, {what}: state of the honest sender")
    strangers = [m for m in d.members() if m["member"] != SRC and
                 (m.get("known") or "floor" in m)]
    t.eq(strangers, [], f"{suite}: invented senders that are believed")
    # The honest frame, and what is not protected
    net.inject(honest)
    p = tap.recv()
    t.ok(p, f"{suite}: the honest frame is delivered after all")
    t.eq(p.raw[14:], ip(20), f"{suite}: the honest frame")
    t.eq(state(d)["floor"], PTK_ID << 16 | SN, f"{suite}: floor after it")
    sn = SN
    for bit in [*range(0, 8 * 12), *range(8 * SLSCH + 4, 8 * SLSCH + 8),
                8 * SUB, 8 * SUB + 1]:
        if bit >= 8 * SLSCH:
            t.eq(where(bit)[1], None, f"bit {bit} is outside the protection")
        elif bit % 8 > 1:
            continue        # two bits of each octet of the addresses will do
        sn += 1
        forged = bytearray(k.build(SRC, ip(20), ptk_id=PTK_ID, sn=sn, form="fill"))
        forged[bit // 8] ^= 0x80 >> bit % 8
        net.inject(bytes(forged))
        t.ok(tap.recv(), f"{suite}: bit {bit}, which nothing protects, decides nothing")


@test
def eea2_eia2(t):
    """AES and CMAC: each single bit refused, counted, without effect"""
    every_bit(t, Suite("eea2", "eia2"))


@test
def aes128_gcm(t):
    """AES-GCM, salt and tag too: each single bit refused, counted, without effect"""
    every_bit(t, Suite("aes128-gcm"))


@test
def padded(t):
    """the second form: L, its subheaders and padding, bit by bit"""
    for suite in (Suite("aes128-gcm"), Suite("eea2", "eia2")):
        net, d, k, tap = setup(t, suite)
        before = state(d)
        padding = bytes(8)
        honest = k.build(SRC, ip(20), ptk_id=PTK_ID, sn=SN, form="pad", padding=padding)
        for octet in (22, 23, 24):
            for bit in range(8):
                what = f"{suite}, octet {octet}, bit {bit}"
                if octet == 24 and bit < 2:
                    continue        # R
                forged = bytearray(honest)
                forged[octet] ^= 0x80 >> bit
                refuse(t, net, d, tap, [bytes(forged)],
                       ("rx-subheader", "rx-length", "rx-lcid", "rx-bad-mac"), what)
        t.eq(state(d), before, f"{suite}: state of the honest sender")
        sn = SN
        for octet, bit in ((24, 0), (24, 1), *((len(honest) - 1 - i, 7) for i in range(8))):
            forged = bytearray(k.build(SRC, ip(20), ptk_id=PTK_ID, sn=sn, form="pad",
                                       padding=padding))
            forged[octet] ^= 0x80 >> bit
            sn += 1
            net.inject(bytes(forged))
            t.ok(tap.recv(), f"{suite}: octet {octet}, bit {bit} decides nothing")
        for e in t.close():
            raise Failed(e)


@test
def valid_inside(t):
    """a packet that is valid in every respect, under another packet's MAC, is refused by it"""
    one, two = ip(60, payload(40)), ip(60, payload(41)[1:])
    for suite in (Suite("eea0", "eia2"), Suite("eea2", "eia2"), Suite("eea1", "eia1"),
                  Suite("eea3", "eia3"), Suite("aes128-gcm"), Suite("aes256-gcm")):
        net, d, k, tap = setup(t, suite)
        before = state(d)
        kw = {"ptk_id": PTK_ID, "sn": SN, "form": "fill"}
        real, other = k.build(SRC, one, **kw), k.build(SRC, two, **kw)
        cut = len(real) - suite.tail
        # The cipher text is right for the second packet, as whoever knows the
        # first can make it by flipping bits; only the MAC is of the first.
        forged = other[:cut] + real[cut:]
        text = bytes(a ^ b ^ c for a, b, c in zip(real[BODY + suite.head:cut], one, two))
        t.eq(forged[BODY + suite.head:cut], text, f"{suite}: forged by flipping bits")
        refuse(t, net, d, tap, [forged], BAD_MAC, f"{suite}, the other's MAC")
        c = d.counters()
        t.eq((c["rx-implausible"], c["rx-leftover"]), (0, 0), f"{suite}: refused for its looks")
        t.eq(state(d), before, f"{suite}: state of the honest sender")
        net.inject(other)
        p = tap.recv()
        t.ok(p, f"{suite}: with its own MAC it is delivered")
        t.eq(p.raw[14:], two, f"{suite}: the packet")
        for e in t.close():
            raise Failed(e)


@test
def cut_and_swapped(t):
    """frames without MAC or salt, too short, or with the MAC in another place"""
    for suite in (Suite("eea2", "eia2"), Suite("aes256-gcm")):
        net, d, k, tap = setup(t, suite)
        before = state(d)
        kw = {"ptk_id": PTK_ID, "sn": SN, "form": "fill"}
        good = k.build(SRC, ip(40), **kw)
        body = good[BODY:]
        for n in range(suite.head + suite.tail):
            raw = k.build(SRC, None, data=body[:n], **kw)
            refuse(t, net, d, tap, [raw], ("rx-length",), f"{suite}, {n} octets after the header")
        for what, data in (("without its last octet", body[:-1]),
                           ("with one more", body + b"\0"),
                           ("MAC or tag of zeroes", body[:-suite.tail] + bytes(suite.tail)),
                           ("MAC or tag in front", body[-suite.tail:] + body[:-suite.tail]),
                           ("no Data", body[:suite.head] + body[-suite.tail:])):
            refuse(t, net, d, tap, [k.build(SRC, None, data=data, **kw)], BAD_MAC,
                   f"{suite}, {what}")
        t.eq(state(d), before, f"{suite}: state of the honest sender")
        net.inject(good)
        t.ok(tap.recv(), f"{suite}: the honest frame")
        for e in t.close():
            raise Failed(e)


if __name__ == "__main__":
    main()
