#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the paths are those of test_suites
"""KDF "direct" with AES, and what suites do to whole frames and to wrong suites."""

from prose_test import *
from prose_test.pair import Pair, ip
from test_suites import one


@test
def same_count(t):
    """two members with one direct key and the same COUNT: two key streams"""
    net = Net(t, 2)
    pgk = new_pgk()
    suite = Suite("eea2", kdf="direct")
    plain = ip(60)
    sent = []
    for h in net.m:
        d = h.prose(ip=False)
        k = d.key(pgk, first=1, last=1, suite=suite)
        d.tap(incoming=False).send(d.eth(plain))
        t.wait_eq(h.n_sent, 1, "frames sent")
        f = parse(h.sent()[0])
        t.eq((f.ptk_id, f.sn), (1, 1), "PTK ID and SN")
        t.eq(f.plain(k), plain, "deciphered")
        sent.append(f.data)
    t.ok(sent[0] != sent[1], "the same text under the same COUNT, ciphered differently")
    # SRC is in the IV and nowhere else: with that of the other it does not decipher
    first, other = (parse(h.sent()[0]) for h in net.m)
    first.src = other.src
    t.ok(first.plain(pgk, suite) != plain, "SRC is in the IV")


@test
def nonip(t):
    """whole frames: carried with integrity and nonip auto, refused with a cipher alone"""
    for suite in (Suite("eea2"), Suite("eea2", kdf="direct"), Suite("eea2", "eia2"),
                  Suite("eea0", "eia2"), Suite("aes128-gcm"),
                  Suite("aes256-gcm", kdf="direct")):
        p = Pair(t)
        p.attach(suite)
        whole = p.a.eth(payload(60), proto=0x1234, dst=b"\x02\0\0\0\0\1")
        if suite.authenticated:
            f, got = p.send(whole, f"{suite}, a whole frame")
            t.eq((f.sdu_type, f.plain(p.ka)), (3, whole), f"{suite}: SDU type and Data")
            t.eq(got, whole, f"{suite}: as received")
            p.takes(0x0A0B0C, whole, f"{suite}, the codec's", want=whole, sdu_type=3)
            t.eq(p.drops(), {}, f"{suite}: dropped")
        else:
            p.out.send(whole)
            t.wait_eq(lambda: p.a.counter("tx-nonip"), 1, f"{suite}: tx-nonip")
            p.net.inject(p.kb.build(0x0A0B0C, whole, sdu_type=3), p.b.host)
            t.wait_eq(lambda: p.b.counter("rx-nonip"), 1, f"{suite}: rx-nonip")
            t.eq(len(p.at_b.drain(0.1)), 0, f"{suite}: whole frames delivered")
        for e in t.close():
            raise Failed(e)


@test
def wrong_suite(t):
    """another suite on one side: nothing is delivered, all is counted"""
    cases = [
        # listens, sends, the counter; None: whatever garbage looks like
        (Suite("eea2", "eia2"), Suite("eea2"), "rx-bad-mac"),
        (Suite("eea2", "eia2"), Suite("eea2", "eia1"), "rx-bad-mac"),
        (Suite("eea2", "eia2"), Suite("eea1", "eia2"), "rx-bad-mac"),
        (Suite("eea2", "eia2"), Suite("eea0", "eia2"), "rx-bad-mac"),
        (Suite("eea0", "eia2"), Suite("eea2", "eia2"), "rx-bad-mac"),
        (Suite("eea2", "eia2"), Suite("aes128-gcm"), "rx-bad-mac"),
        (Suite("aes128-gcm"), Suite("eea2"), "rx-bad-mac"),
        (Suite("aes128-gcm"), Suite("eea2", "eia2"), "rx-bad-mac"),
        (Suite("aes128-gcm"), Suite("aes256-gcm"), "rx-bad-mac"),
        (Suite("aes128-gcm"), Suite("aes128-gcm", kdf="direct"), "rx-bad-mac"),
        (Suite("aes256-gcm", kdf="direct"), Suite("aes256-gcm"), "rx-bad-mac"),
        (Suite("eea2"), Suite("eea2", "eia2"), "rx-leftover"),
        (Suite("eea2"), Suite("eea1"), None),
        (Suite("eea2"), Suite("eea3"), None),
        (Suite("eea2"), Suite("aes128-gcm"), None),
        (Suite("eea2"), Suite("eea2", kdf="direct"), None),
        (Suite("eea2", kdf="direct"), Suite("eea2"), None),
    ]
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    tap = d.tap()
    for i, (ours, theirs, counter) in enumerate(cases):
        k = d.key(pgk_id=i, n=0, suite=ours)
        what = f"{ours} hears {theirs}"
        for sn in range(1, 5):
            net.inject(k.build(0x0A0B0C, ip(64), sn=sn, suite=theirs))
        counters = (counter,) if counter else ("rx-implausible", "rx-leftover")
        t.wait_eq(lambda: sum(k.counters()[c] for c in counters), 4,
                  f"{what}: {' or '.join(counters)} of the key")
        t.eq(k.counters()["rx-packets"], 0, f"{what}: delivered")
        # The right one is heard all the same: nothing of the others was believed
        net.inject(k.build(0x0A0B0C, ip(64), sn=1))
        p = tap.recv()
        t.ok(p, f"{what}: then a right frame is delivered")
        t.eq(p.raw[14:], ip(64), f"{what}: the right frame")
        k.delete()


if __name__ == "__main__":
    one("eea2", kdf="direct", pgk_id=31)
    one("aes128-gcm", kdf="direct", pgk_id=0, last=True)
    one("aes256-gcm", kdf="direct", pgk_id=31, lcid=10)
    main()
