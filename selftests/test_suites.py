#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every, 6.12-cloud-arm64
"""Every suite of AES through the whole path, both ways, against the codec.

Those of SNOW 3G and ZUC are in test_suites_snow3g.py and test_suites_zuc.py: the
codec's implementations of them are slow.
"""

from prose_test import *
from prose_test.pair import SENDERS, Pair, ip

# Around the borders of cipher blocks, words and the Ethernet minimum
LENGTHS = (20, 21, 23, 24, 25, 28, 29, 31, 32, 33, 36, 37, 47, 48, 49, 63, 64, 65, 255, 256,
           257, 1000, 1448)
EDGES = ((0, 1), (0, 65535), (1, 0), (1, 65535), (65535, 0), (65535, 65535))


def through(t, suite, pgk_id, lengths, mtu=True, lcid=1, last=False):
    """All that one suite must do, over devices of its own."""
    p = Pair(t, lcid=lcid)
    top = p.a.link()["mtu"]
    p.attach(suite, pgk_id, first=65535 if last else 1)
    ptk_id = 65535 if last else 1
    frames = []
    # The module sends
    for sn, n in enumerate((*lengths, *((top,) if mtu else ())), 1):
        frames.append(p.sends(suite, ip(n), f"{suite}, {n} octets sent", ptk_id, sn))
    if suite.aead:
        t.eq(len({f.salt() for f in frames}), 1, f"{suite}: salts of one PTK ID")
    t.eq(p.ka.get()["cipher"], suite.cipher, "cipher of key-get")
    t.eq(p.ka.get()["integrity"], suite.integrity, "integrity of key-get")
    # The codec sends: both forms, every LCID, padding of any kind
    sn, src = 0, SENDERS[pgk_id % 3]
    forms = (("fill", b""), ("pad", b""), ("pad", b"\xff" * 30))
    for n in (*lengths, *((top,) if mtu else ())):
        sn += 1
        form, padding = forms[sn % 3]
        if n + len(padding) > top:
            padding = b""      # no room for more
        p.takes(src, ip(n), f"{suite}, {n} octets, LCID {sn % 10 + 1}, form {form}",
                sn=sn, lcid=sn % 10 + 1, form=form, padding=padding)
    for i, other in enumerate(((codec.ipv6("fd33::9", "ff02::1:2", payload(30)), 0),
                               (codec.arp(1, codec.member_mac(src), "10.33.0.9", bytes(6),
                                          "10.33.0.2"), 1))):
        p.takes(src, other[0], f"{suite}, {('IPv6', 'ARP')[i]}", sdu_type=other[1], sn=sn + 1 + i)
    # COUNT at its ends; ascending, as one sender would
    src = SENDERS[(pgk_id + 1) % 3]
    for pid, s in EDGES:
        p.takes(src, ip(40), f"{suite}, PTK ID {pid} SN {s}", ptk_id=pid, sn=s)
    t.eq(p.drops(), {}, f"{suite}: dropped")
    p.detach()


def one(cipher, integrity="none", kdf="3gpp", pgk_id=0, lcid=1, last=False,
        lengths=LENGTHS, mtu=True):
    suite = Suite(cipher, integrity, kdf)

    def run_suite(t):
        through(t, suite, pgk_id, lengths, mtu=mtu, lcid=lcid, last=last)
    run_suite.__name__ = str(suite).replace("+", "_").replace("-", "_").replace("/", "_")
    run_suite.__doc__ = f"{suite}: sent and received, PGK ID {pgk_id}, LCID {lcid}"
    run_suite.__module__ = "__main__"      # also when another file asks
    return test(run_suite)


def slow(cipher, own, other):
    """The suites of an algorithm that the codec takes long over: few lengths."""
    short = {"lengths": (20, 23, 33, 64), "mtu": False}
    one(cipher, "none", pgk_id=31, lcid=10, last=True, **short)
    one(cipher, own, pgk_id=0, lcid=1, **dict(short, mtu=True))
    one(cipher, "eia2", pgk_id=31, lcid=1, **short)
    one(cipher, other, pgk_id=1, lcid=10, last=True, **short)
    one("eea0", own, pgk_id=0, lcid=10, **short)
    one("eea2", own, pgk_id=31, lcid=1, last=True, **short)
    one(cipher, "none", "direct", pgk_id=0, lcid=1, **short)


if __name__ == "__main__":
    one("eea0", "eia2", pgk_id=31)
    one("eea2", "none", pgk_id=0, last=True)
    one("eea2", "eia2", pgk_id=31, lcid=10)
    one("aes128-gcm", pgk_id=0, lcid=10)
    one("aes256-gcm", pgk_id=255, last=True)
    main()
