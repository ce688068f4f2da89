#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""MAC-I with a cipher that is late or fails: it is of the plain text all the same."""

from prose_test import *
from test_async import Pair, param

SUITE = Suite("eea2", "eia2")


@test
def order(t):
    """late requests keep the order; every MAC-I fits; no frame is taken for a replay"""
    p = Pair(t, "async", suite=SUITE, delay_ms=2)
    p.send(100)
    t.eq(p.got(100), list(range(100)), "datagrams in order")
    frames = [parse(f) for f in p.a.host.sent()]
    t.eq([f.sn for f in frames], list(range(1, 101)), "SNs in order")
    t.eq([struct.unpack(">I", f.plain(p.ka)[-4:])[0] for f in frames], list(range(100)),
         "datagrams, verified and deciphered")
    c = p.b.counters()
    t.eq([c[x] for x in ("rx-bad-mac", "rx-late", "rx-duplicate", "rx-old-ptk", "rx-crypto")],
         [0] * 5, "drops")
    p.clean()


@test
def forged_between(t):
    """forged frames and duplicates among honest ones, all in flight at once"""
    p = Pair(t, "async", suite=SUITE, delay_ms=5)
    src = 0x0A0B0C

    def build(sn, **kw):
        return p.ka.build(src, codec.udp4("10.33.0.9", "255.255.255.255",
                                          payload(30) + struct.pack(">I", sn), dport=4000),
                          sn=sn, **kw)
    for sn in range(1, 4):
        p.net.inject(build(sn), p.b.host)
    t.eq(p.got(3), [1, 2, 3], "datagrams at first")
    for sn in range(4, 34):
        p.net.inject(build(sn, mac=b"\0\0\0\1"), p.b.host)
        p.net.inject(build(sn), p.b.host)
        p.net.inject(build(sn), p.b.host)
    t.eq(p.got(30), list(range(4, 34)), "honest datagrams, each once, in order")
    t.wait_eq(lambda: p.b.counter("rx-bad-mac"), 30, "rx-bad-mac")
    t.wait_eq(lambda: p.b.counter("rx-duplicate"), 30, "rx-duplicate")
    t.eq(p.got(1, 0.5), [], "datagrams beyond those")


@test
def errors(t):
    """a cipher that fails, at once or late, lets nothing out and spends the SN"""
    for mode in ("sync_error", "async_error"):
        p = Pair(t, suite=SUITE)
        p.send(5)
        t.eq(len(p.got(5)), 5, f"{mode}: datagrams before")
        before = p.a.host.n_sent()
        param("mode", mode)
        p.send(10)
        t.wait_eq(lambda: p.a.counter("tx-crypto"), 10, f"{mode}: tx-crypto")
        time.sleep(0.2)
        t.eq(p.a.host.n_sent(), before, f"{mode}: frames sent while the cipher fails")
        param("mode", "sync")
        p.send(5)
        t.eq(p.got(5), list(range(15, 20)), f"{mode}: datagrams after")
        t.eq([parse(f).sn for f in p.a.host.sent()], [*range(1, 6), *range(16, 21)],
             f"{mode}: SNs")
        # A frame that could not be deciphered was not received: it may come again
        raw = p.ka.build(0x0A0B0C, codec.udp4("10.33.0.9", "255.255.255.255",
                                              payload(30) + bytes(4), dport=4000), sn=7)
        param("mode", mode)
        p.net.inject(raw, p.b.host)
        t.wait_eq(lambda: p.b.counter("rx-crypto"), 1, f"{mode}: rx-crypto")
        param("mode", "sync")
        p.net.inject(raw, p.b.host)
        t.eq(p.got(1), [0], f"{mode}: the same frame, when the cipher works again")
        t.eq(p.b.counter("rx-duplicate"), 0, f"{mode}: rx-duplicate")
        p.clean()
        for e in t.close():
            raise Failed(e)


main()
