#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the paths are those of test_netlink
"""Options of a device that judge its keys: require, choice; and the window's range."""

import errno

from prose_test import *
from prose_test.pair import ip

# What each suite gives
NONE = (Suite("eea2"), Suite("eea1"), Suite("eea3"), Suite("eea2", kdf="direct"))
INTEGRITY = (Suite("eea2", "eia2"), Suite("eea0", "eia2"), Suite("eea1", "eia1"),
             Suite("eea3", "eia3"))
AEAD = (Suite("aes128-gcm"), Suite("aes256-gcm"), Suite("aes256-gcm", kdf="direct"))


@test
def at_attach(t):
    """a key below what the device requires is refused, and nothing is attached"""
    net = Net(t, 1)
    for i, (level, taken, refused) in enumerate((
            ("none", NONE + INTEGRITY + AEAD, ()),
            ("integrity", INTEGRITY + AEAD, NONE),
            ("aead", AEAD, NONE + INTEGRITY))):
        d = net.m[0].prose(f"p{i}", group=GROUP + i, ip=False, require=level)
        t.eq((d.get()["require"], d.link()["data"]["require"]), (level, level), "as told")
        for suite in refused:
            t.refused(lambda: d.key(n=0, suite=suite), None, f"{level}: {suite}", says="require")
        t.eq(d.genl.dump("key-get", ifindex=d.ifindex), [], f"{level}: keys attached")
        for n, suite in enumerate(taken):
            d.key(pgk_id=n, n=0, suite=suite)
        t.eq(len(d.genl.dump("key-get", ifindex=d.ifindex)), len(taken),
             f"{level}: keys attached")


@test
def raised(t):
    """raised while a weaker key is attached: refused, and nothing of the request is done"""
    net = Net(t, 2)
    d = net.m[0].prose()
    weak = d.key(pgk_id=1)
    strong = d.key(pgk_id=2, suite=Suite("aes256-gcm"))

    def change(**kw):
        d.rtnl.change(d.ifindex, kw)

    for level in ("integrity", "aead"):
        t.refused(lambda: change(require=level, margin=77, nonip="off", ptk_age=5), None,
                  f"require {level} with a weaker key", says="require")
        now = d.get()
        t.eq((now["require"], now["margin"], now["nonip"], now["ptk-age"]),
             ("none", 10, "auto", 0), "options after it")
    d.tap(incoming=False).send(d.bcast(payload(30)))
    t.wait_eq(d.host.n_sent, 1, "it still sends")
    weak.delete()
    mac = d.key(pgk_id=3, n=0, suite=Suite("eea2", "eia2"))
    t.refused(lambda: change(require="aead"), None, "require aead with MAC-I", says="require")
    change(require="integrity")
    t.eq(d.get()["require"], "integrity", "require")
    mac.delete()
    change(require="aead")
    t.refused(lambda: d.key(pgk_id=4, n=0, suite=Suite("eea2", "eia2")), None, "MAC-I under aead",
              says="require")
    t.eq(strong.state(), "active", "the strong key")
    change(require="none")
    # A dead key cannot be used: it does not stand in the way
    k = d.key(pgk_id=4, n=0)
    t.refused(lambda: change(require="aead"), None, "with a weaker key again", says="require")
    keyring.revoke(k.serial)
    t.wait_eq(k.state, "revoked", "state of the weaker key")
    change(require="aead")
    t.eq(d.get()["require"], "aead", "require")


def next_index(t, d, air):
    d.tap(incoming=False).send(d.bcast(payload(60)))
    p = air.recv(3)
    t.ok(p, "a frame is sent")
    return parse(p.raw).index


@test
def choice(t):
    """choice expiry sends with the key that ends first, choice from with the last begun"""
    net = Net(t, 1)
    now = int(time.time())
    d = net.m[0].prose(choice="expiry")
    air = net.hear(d.host)
    t.eq((d.get()["choice"], d.link()["data"]["choice"]), ("expiry", "expiry"), "as told")
    k1 = d.key(pgk_id=1, **{"from": now - 300, "until": now + 3000})
    k2 = d.key(pgk_id=2, **{"from": now - 200, "until": now + 5000})
    k3 = d.key(pgk_id=3, **{"from": now - 100})
    pending = d.key(pgk_id=4, **{"from": now + 500, "until": now + 1000})
    t.eq([k.state() for k in (k1, k2, k3, pending)], ["active", "ready", "ready", "pending"],
         "states with choice expiry")
    t.eq(next_index(t, d, air), 1, "the one that ends first")
    ev = d.host.events()
    d.rtnl.change(d.ifindex, {"choice": "from"})
    t.ok(ev.wait("key-activated", pgk_id=3, timeout=3), "key-activated")
    t.eq(next_index(t, d, air), 3, "choice from: the one begun last")
    d.rtnl.change(d.ifindex, {"choice": "expiry"})
    t.ok(ev.wait("key-activated", pgk_id=1, timeout=3), "key-activated")
    t.eq(next_index(t, d, air), 1, "choice expiry again")
    # Ends change
    k2.set(until=now + 2000)
    t.wait_eq(k2.state, "active", "state of the one that ends first now", 5)
    t.eq(next_index(t, d, air), 2, "the one that ends first now")
    # Within the margin of its end it is not sent with
    k2.set(until=int(time.time()) + 9)
    t.wait_eq(k2.state, "margin", "state 9 s before its end", 5)
    t.eq(next_index(t, d, air), 1, "the next one")
    k1.delete()
    t.eq(next_index(t, d, air), 3, "the one without end is the last")
    for value in (2, 255):
        t.refused(lambda: d.rtnl.change(d.ifindex, {"choice": value}),
                  (errno.ERANGE, errno.EINVAL), f"choice {value}")


@test
def window(t):
    """a window of 32 to 16384, fixed at creation"""
    net = Net(t, 1)
    h = net.m[0]
    for i, (value, want) in enumerate(((None, 4096), (32, 32), (33, 33), (16384, 16384))):
        d = h.prose(f"p{i}", group=GROUP + i, ip=False,
                    **({} if value is None else {"window": value}))
        t.eq((d.get()["window"], d.link()["data"]["window"]), (want, want), "window, as told")
    for value in (0, 1, 31, 16385, 65536, 0xFFFFFFFF):
        t.refused(lambda: h.prose("px", group=GROUP + 9, ip=False, window=value),
                  (errno.ERANGE, errno.EINVAL), f"window {value}")
    t.eq(len(d.genl.dump("dev-get")), 4, "devices after it")
    t.refused(lambda: d.rtnl.change(d.ifindex, {"window": 64}), (errno.EOPNOTSUPP, errno.EINVAL),
              "another window later")
    d.rtnl.change(d.ifindex, {"window": 16384})
    t.eq(d.get()["window"], 16384, "window after it")
    for value in (3, 255):
        t.refused(lambda: d.rtnl.change(d.ifindex, {"require": value}),
                  (errno.ERANGE, errno.EINVAL), f"require {value}")


@test
def pairs(t):
    """impossible pairs of cipher and integrity are refused with a text"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    for cipher, integrity in (("eea0", "none"), *((c, i) for c in codec.AEADS
                                                  for i in ("eia1", "eia2", "eia3"))):
        t.refused(lambda: d.key(n=0, cipher=cipher, integrity=integrity),
                  (errno.EINVAL, errno.EOPNOTSUPP), f"{cipher} with {integrity}")
    t.eq(d.genl.dump("key-get"), [], "keys attached")
    for n in (0, 16, 31, 33, 64):       # a PGK has 32 octets, whatever the suite
        try:
            add_pgk(GROUP, 1, os.urandom(n))
        except OSError as e:
            t.eq(e.errno, errno.EINVAL, f"a PGK of {n} octets")
        else:
            raise Failed(f"a PGK of {n} octets was taken")
    k = d.key(suite=Suite("eea0", "eia2"))      # clear text, but not without a MAC
    d.tap(incoming=False).send(d.eth(ip(40)))
    t.wait_eq(d.host.n_sent, 1, "frames sent")
    t.ok(ip(40) in d.host.sent()[0], "eea0 is clear text")
    t.eq(parse(d.host.sent()[0]).plain(k), ip(40), "and has a MAC that fits")


main()
