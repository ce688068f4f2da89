#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What is remembered of senders beyond a key, a device and a restart; what can be
forgotten by command; and how many senders there is a place for."""

from prose_test import *
from test_replay import (STRONG, SUITES, OK, DUP, OLD, PLAIN, setup, put, play, member, floor,
                         floors)


@test
def outlives(t):
    """recordings are refused after detach, with another PGK ID, and on a new device"""
    net, d, keys = setup(t, 2)
    src = 0x0A0001
    for k, (cipher, integ) in zip(keys, SUITES):
        old = [k.build(src, PLAIN, ptk_id=2, sn=sn, index=9) for sn in range(1, 5)]
        play(t, net, k, src, [(2, sn, OK) for sn in range(1, 5)], cipher)
        want = {src: 2 << 16 | 4}
        t.eq(floors(k), want, f"{cipher}: floor while attached")
        k.delete()
        t.eq(floors(k), want, f"{cipher}: floor after detach")
        k2 = d.key(k.pgk, 9, n=0, cipher=cipher, integrity=integ)
        for raw in old:
            put(t, net, d, raw, DUP, f"{cipher}: a recording after the key was added again")
        put(t, net, d, k2.build(src, PLAIN, ptk_id=1, sn=9), OLD, f"{cipher}: an old PTK ID")
        put(t, net, d, k2.build(src, PLAIN, ptk_id=2, sn=5), OK, f"{cipher}: a new frame")
        put(t, net, d, k2.build(src, PLAIN, ptk_id=2, sn=6), OK, f"{cipher}: a new frame")
        k2.delete()
    d.delete()
    e = net.m[0].prose("p1", ip=False)
    initial = Genl()
    t.defer(initial.close)
    for k, (cipher, integ) in zip(keys, SUITES):
        k3 = e.key(k.pgk, 9, n=0, cipher=cipher, integrity=integ)
        play(t, net, k3, src, [(2, 4, DUP), (2, 6, DUP), (2, 7, OK)], f"{cipher}: a new device")
        t.eq(floors(k3), {src: 2 << 16 | 7}, f"{cipher}: floor")
        t.eq(floors(k3, initial), {src: 2 << 16 | 7}, f"{cipher}: the initial namespace sees it")
        t.eq(floors(k3, net.m[1].genl), {}, f"{cipher}: another one does not")
        k3.delete()


def reload(t, net):
    """The module anew: what a reboot does to it."""
    for h in net.m:
        if h._genl:     # it holds the family's module
            h._genl.close()
            h._genl = None
    t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
    ko = os.environ.get("PROSE_KO")
    run(*(["insmod", ko] if ko else ["modprobe", "prose"]))


@test
def restart(t):
    """after a restart recordings are refused with the floors restored, accepted without"""
    net = Net(t, 1)
    h = net.m[0]
    src = 0x0A0001
    for cipher, integ in SUITES:
        for restored in (True, False):
            what = f"{cipher}, floors {'' if restored else 'not '}restored"
            d = h.prose(ip=False)
            k = d.key(n=0, cipher=cipher, integrity=integ)
            play(t, net, k, src, [(2, sn, OK) for sn in range(1, 5)], what)
            saved = [f for f in d.genl.dump("floor-get")
                     if f["fingerprint"] == codec.fingerprint(k.pgk)]
            t.eq([f["floor"] for f in saved], [2 << 16 | 4], f"{what}: saved")
            d.delete()
            reload(t, net)
            t.eq(h.genl.dump("floor-get"), [], f"{what}: nothing is known after the restart")
            for f in saved if restored else []:
                h.genl.do("floor-set", **f)
            d = h.prose(ip=False)
            k = d.key(k.pgk, 1, n=0, cipher=cipher, integrity=integ)
            play(t, net, k, src, [(2, 4, DUP if restored else OK), (1, 1, OLD), (2, 5, OK)]
                 if restored or cipher == STRONG[0] else [(2, 4, OK), (2, 5, OK)], what)
            d.delete()


@test
def floor_set(t):
    """floors are only raised, only while no such key is attached, only with all attributes"""
    net = Net(t, 2)
    h, other = net.m
    pgk = new_pgk()
    f = dict(group=GROUP, fingerprint=codec.fingerprint(pgk), member=0x0A0001)

    def set_floor(value, genl=None, **kw):
        (genl or h.genl).do("floor-set", **{**f, "floor": value, **kw})

    def told():
        return {x["member"]: x["floor"] for x in h.genl.dump("floor-get")
                if (x["fingerprint"], x["group"]) == (f["fingerprint"], GROUP)}

    set_floor(5 << 16 | 100)
    set_floor(5 << 16 | 99)
    t.eq(told(), {0x0A0001: 5 << 16 | 100}, "not lowered")
    set_floor(0xFFFFFFFF, member=0xFFFFFF)
    set_floor(0, member=0)
    t.eq(told(), {0x0A0001: 5 << 16 | 100, 0xFFFFFF: 0xFFFFFFFF, 0: 0}, "the ends")
    t.refused(lambda: set_floor(6 << 16, other.genl), errno.EPERM, "of another namespace")
    t.refused(lambda: set_floor(1, member=0x1000000), (errno.ERANGE, errno.EINVAL), "no member")
    t.refused(lambda: set_floor(1, fingerprint=bytes(15)), (errno.ERANGE, errno.EINVAL),
              "a short fingerprint")
    for missing in ("group", "fingerprint", "member", "floor"):
        t.refused(lambda m=missing: set_floor(1 if m != "floor" else None,
                                              **({m: None} if m != "floor" else {})),
                  errno.EINVAL, f"without {missing}", attr=missing)
    d = h.prose(ip=False)
    k = d.key(pgk, 1, n=0, cipher="aes128-gcm", integrity="none")
    t.refused(lambda: set_floor(6 << 16), errno.EBUSY, "while attached", says="attached")
    play(t, net, k, 0x0A0001, [(5, 100, DUP), (4, 1, OLD), (5, 101, OK)], "from the floor")
    e = h.prose("p1", group=GROUP + 1, ip=False)
    k2 = e.key(pgk, 1, n=0, cipher="aes128-gcm", integrity="none")
    play(t, net, k2, 0x0A0001, [(1, 1, OK)], "another group has its own")
    k.delete()
    set_floor(6 << 16)
    t.eq(told()[0x0A0001], 6 << 16, "raised after detach")


@test
def floor_dump(t):
    """a dump of many floors tells each once, while others come"""
    net = Net(t, 1)
    g = net.m[0].genl
    fp = os.urandom(16)
    n = 600
    for i in range(n):
        g.do("floor-set", group=GROUP, fingerprint=fp, member=i, floor=i << 16 | i)
    saw = [(f["member"], f["floor"]) for f in g.dump("floor-get") if f["fingerprint"] == fp]
    t.eq(saw, [(i, i << 16 | i) for i in range(n)], "floors")


@test
def reset(t):
    """member-reset: the sender begins anew; who is unknown, or has no such state, is refused"""
    net, d, keys = setup(t)
    plain = d.key(pgk_id=3, n=0)
    src = 0x0A0001

    def reset_member(k, who):
        d.genl.do("member-reset", ifindex=d.ifindex, pgk_id=k.id, member=who)

    for k, (cipher, integ) in zip(keys, SUITES):
        t.refused(lambda k=k: reset_member(k, src), errno.ENOENT, f"{cipher}: unknown")
        play(t, net, k, src, [(7, 1, OK), (7, 2, OK), (7, 2, DUP), (6, 1, OLD)], cipher)
        reset_member(k, src)
        t.eq(floor(k, src), None, f"{cipher}: floor after reset")
        t.eq(floors(k), {}, f"{cipher}: floor to be saved after reset")
        play(t, net, k, src, [(2, 1, OK), (2, 2, OK), (2, 1, DUP), (1, 1, OLD), (2, 3, OK)],
             f"{cipher}: anew")
        t.eq(member(k, src)["ptk-id"], 2, f"{cipher}: current PTK ID")
        # Of a key added again, before the sender is heard
        k.delete()
        k = d.key(k.pgk, k.id, n=0, cipher=cipher, integrity=integ)
        reset_member(k, src)
        play(t, net, k, src, [(2, 1, OK), (2, 1, DUP)], f"{cipher}: reset before it is heard")
    put(t, net, d, plain.build(src, PLAIN), OK, "cipher alone")
    t.refused(lambda: reset_member(plain, src), errno.EOPNOTSUPP, "cipher alone",
              says="integrity")


@test
def member_limit(t):
    """1,024 senders are known; others are refused, counted, told; the known are undisturbed"""
    net = Net(t, 1, record=False)
    d = net.m[0].prose(ip=False)
    k = d.key(n=0, cipher="aes128-gcm", integrity="none")
    srcs = list(range(0x0A0000, 0x0A0000 + 1024))
    missing = srcs
    end = time.monotonic() + 90
    while missing:
        t.ok(time.monotonic() < end, f"{len(missing)} of 1024 not known after 90 s")
        for src in missing:
            net.inject(k.build(src, PLAIN, sn=1), d.host)
            time.sleep(0.012)       # newcomers: 64 derivations a second at least
        time.sleep(0.3)
        known = {m["member"] for m in d.members() if m.get("known")}
        missing = [s for s in srcs if s not in known]
    # Not before: a thousand members that are new overrun the socket.
    ev = d.host.events()
    stranger = k.build(0x0BBBBB, PLAIN, sn=1)
    put(t, net, d, stranger, "rx-member-refused", "the 1,025th")
    t.ok(ev.wait("member-limit", member=0x0BBBBB), "event member-limit")
    put(t, net, d, stranger, "rx-member-refused", "and again")
    t.eq(len([m for m in d.members() if m.get("known")]), 1024, "known members")
    play(t, net, k, srcs[0], [(1, 1, DUP), (1, 2, OK)], "the first known one")
    play(t, net, k, srcs[-1], [(1, 1, DUP), (1, 2, OK), (2, 1, OK)], "the last known one")
    k.delete()
    k = d.key(k.pgk, 1, n=0, cipher="aes128-gcm", integrity="none")
    put(t, net, d, stranger, OK, "there is room once the key was added again")
    put(t, net, d, k.build(srcs[0], PLAIN, sn=2), DUP, "and still no replay")


main()
