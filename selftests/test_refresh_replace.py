#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A PGK replaced by another one with another suite, under load: not a packet lost,
not one out of order, with members whose times differ by 5 s."""

from prose_test import *
from test_refresh import ptk_ids, setup, under_load


def replaced(t, first, second):
    """Two members send to each other; one takes the new key 5 s after the other."""
    net, (a, b), _ = setup(t, first)
    pgk = new_pgk()
    start = int(time.time()) + 2
    ka = a.key(pgk, 2, suite=second, **{"from": start})
    kb = b.key(pgk, 2, suite=second, **{"from": start + 5})

    def action():
        t.wait_eq(ka.state, "active", "state of the new key where it is earlier", 10)
        t.ok(kb.state() == "pending" or time.time() >= start + 5, "the other waits")
        t.wait_eq(kb.state, "active", "state of the new key where it is later", 15)

    under_load(t, [a, b], b, action, seconds=10)
    for d in (a, b):
        seen = [r[22] & 31 for r in d.host.sent() if not r[21] & 0x20]
        t.eq(sorted(set(seen)), [1, 2], f"PGK indexes that {d.ns} sent")
        t.ok(seen == sorted(seen), f"{d.ns} never went back to the old key")
    f = parse(a.host.sent()[-1])
    t.eq(f.plain(ka)[-20:-4], payload(16), "the last frame, by the new suite")
    for index in (1, 2):
        ptk_ids([r for r in a.host.sent() if r[22] & 31 == index])


@test
def replaced_by_aead(t):
    """a PGK replaced by one with an AEAD suite, clocks 5 s apart, both ways under load"""
    replaced(t, Suite("eea2"), Suite("aes256-gcm"))


@test
def replaced_by_integrity(t):
    """a PGK with an AEAD suite replaced by one with SNOW 3G and CMAC"""
    replaced(t, Suite("aes128-gcm"), Suite("eea1", "eia2"))


main()
