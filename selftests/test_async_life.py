#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# KCSAN: yes
"""Asynchronous requests in flight while PTK IDs, keys and devices come and go."""

import errno

from prose_test import *
from test_async import Pair, param


@test
def rollover_pending(t):
    """at a rollover with requests of the old PTK pending, nothing is lost or reordered"""
    p = Pair(t)
    # Nobody need hear the many before
    p.b.set_up(False)
    blast(p.a.ns, "p0", 65530, p.a.bcast(payload(4)))
    p.b.set_up(True)
    p.n = 65530
    param("mode", "async")
    param("delay_ms", 20)
    start = p.n
    p.send(12)
    got = p.got(12, 3)
    t.eq(got, list(range(start, start + 12)), "datagrams in order")
    t.eq([(parse(f).ptk_id, parse(f).sn) for f in p.a.host.sent()[-12:]],
         [(1, sn) for sn in range(65531, 65536)] + [(2, sn) for sn in range(1, 8)],
         "PTK IDs and SNs in order")
    p.clean()


@test
def delete_in_flight(t):
    """key, device and namespace deleted with requests in flight"""
    for what in ("key", "revoke", "device", "lower", "namespace"):
        p = Pair(t, "async", delay_ms=10)
        p.send(20)
        for i in range(5):
            p.net.inject(p.ka.build(0x0A0B0C, codec.udp4("10.33.0.9", "255.255.255.255",
                                                         payload(30)), sn=i + 1), p.a.host)
        {"key": p.ka.delete, "revoke": lambda: keyring.revoke(p.ka.serial),
         "device": p.a.delete,
         "lower": lambda: p.a.rtnl.delete(p.a.rtnl.index("low")),
         "namespace": lambda: (p.out.close(), p.a.host.delete())}[what]()
        t.wait_eq(lambda: int(param("pending")), 0, f"{what}: requests that are left", 10)
        p.clean()
        # The pair's devices go before the next one's: the cipher must be free
        for e in t.close():
            raise Failed(f"{what}: {e}")


@test
def setkey_fails(t):
    """a cipher that refuses the key: no range is granted as usable, nothing is sent"""
    p = Pair(t)
    param("setkey_error", -errno.ENOMEM)
    d = p.a
    d2 = p.net.m[1].prose("p1", group=GROUP + 1, ip=False)
    try:
        d2.key(n=2)
    except NlError as e:
        t.log(f"attach: {e}")
    out = d2.tap(incoming=False)
    before = d2.host.n_sent()
    for _ in range(3):
        out.send(d2.bcast(payload(50)))
    time.sleep(0.3)
    t.eq(d2.host.n_sent(), before, "frames sent")
    param("setkey_error", 0)
    p.send(3)
    t.eq(len(p.got(3)), 3, "the other device")
    del d


main()
