#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every, 6.12-cloud-arm64
# KCSAN: yes
"""Replays, late frames and forgeries through the whole packet path.

The table is that of unit/test_replay.c, with every verdict read off the
device's, the key's and the member's counters.
"""

from prose_test import *

STRONG, WEAK = ("aes128-gcm", "none"), ("eea2", "eia2")     # tag of 16, MAC of 4
SUITES = (STRONG, WEAK)
OK, LATE, DUP, OLD, BAD = ("rx-packets", "rx-late", "rx-duplicate", "rx-old-ptk",
                           "rx-bad-mac")
PLAIN = codec.udp4("10.33.0.9", "10.33.0.255", payload(60))
NOT_VERDICTS = ("rx-bytes", "rx-member-limit")


def setup(t, members=1):
    """A listener with a key of each suite: PGK ID 1 and 2. Its window is 64."""
    net = Net(t, members)
    d = net.m[0].prose(ip=False, window=64)
    keys = [d.key(pgk_id=i + 1, n=0, cipher=c, integrity=g)
            for i, (c, g) in enumerate(SUITES)]
    return net, d, keys


def verdicts(d):
    return {k: v for k, v in d.counters().items()
            if k.startswith("rx-") and k not in NOT_VERDICTS}


def grown(before, after):
    return {k: after[k] - before[k] for k in after if after[k] != before[k]}


def put(t, net, d, raw, want, what):
    """One frame, and how it was counted."""
    before = verdicts(d)
    net.inject(raw, d.host)
    saw = t.wait(lambda: grown(before, verdicts(d)), f"{what}: the frame is counted")
    t.eq(saw, {want: 1}, what)


def put_all(t, net, d, frames, what):
    """Many at once: how many of each verdict."""
    want = {}
    for _, w in frames:
        want[w] = want.get(w, 0) + 1
    before = verdicts(d)
    for raw, _ in frames:
        net.inject(raw, d.host)
    t.wait(lambda: sum(grown(before, verdicts(d)).values()) >= len(frames),
           f"{what}: all frames are counted", 20)
    t.eq(grown(before, verdicts(d)), want, what)


def play(t, net, k, src, table, what):
    """Frames of src by (PTK ID, SN), each with its verdict."""
    for ptk_id, sn, want in table:
        put(t, net, k.dev, k.build(src, PLAIN, ptk_id=ptk_id, sn=sn), want,
            f"{what}: PTK ID {ptk_id}, SN {sn}")


def forged(raw):
    """The same with a wrong last octet: that of MAC-I or tag, since the PDU fills
    the frame."""
    return raw[:-1] + bytes([raw[-1] ^ 1])


def member(k, src):
    for m in k.dev.members():
        if m["member"] == src and m["pgk-id"] == k.id:
            return m
    return None


def floor(k, src):
    m = member(k, src)
    return m.get("floor") if m else None


def floors(k, genl=None):
    return {f["member"]: f["floor"] for f in (genl or k.dev.genl).dump("floor-get")
            if f["fingerprint"] == codec.fingerprint(k.pgk)}


@test
def table(t):
    """the window, W 64, both kinds of suites: 0, 1, W-1, W, W+1, both ends of SN and PTK ID"""
    net, d, keys = setup(t)
    edges = [(1, 1000, OK), (1, 1001, OK), (1, 1000, DUP), (1, 1001, DUP),
             (1, 1001 - 63, OK), (1, 1001 - 63, DUP), (1, 1001 - 64, LATE),
             (1, 1001 - 65, LATE), (1, 1, LATE), (1, 0, LATE), (0, 65535, OLD),
             (1, 1001 + 64, OK), (1, 1002, OK), (1, 1002, DUP), (1, 1001, LATE),
             (1, 1065, DUP), (1, 1064, OK), (2, 1, OK), (2, 2, OK), (2, 1, DUP),
             (2, 2, DUP), (0, 1, OLD)]
    low = [(0, 0, OK), (0, 1, OK), (0, 0, DUP), (0, 1, DUP), (0, 65535, OK),
           (0, 65535, DUP), (0, 65534, OK), (0, 65534, DUP)]
    high = [(65535, 65534, OK), (65535, 65535, OK), (65535, 65535, DUP), (65535, 0, LATE),
            (65534, 1, OLD), (65535, 65535 - 63, OK), (65535, 65535 - 64, LATE)]
    for k, (cipher, _) in zip(keys, SUITES):
        before = k.counters()
        for i, tab in enumerate((edges, low, high)):
            play(t, net, k, 0x0A0001 + i, tab, cipher)
            m = member(k, 0x0A0001 + i)["counters"]
            for want in (OK, LATE, DUP, OLD):
                t.eq(m[want], len([x for x in tab if x[2] == want]), f"{cipher}: member's {want}")
        after = k.counters()
        for want in (OK, LATE, DUP, OLD):
            t.eq(after[want] - before[want],
                 len([x for x in edges + low + high if x[2] == want]), f"{cipher}: key's {want}")
        t.eq(floor(k, 0x0A0001), 2 << 16 | 2, f"{cipher}: floor")
        t.eq(floor(k, 0x0A0003), 0xFFFFFFFF, f"{cipher}: floor at the end of all COUNTs")


@test
def windows(t):
    """the smallest and the largest window are what the device was told"""
    net = Net(t, 1)
    for i, w in enumerate((32, 16384)):
        d = net.m[0].prose(f"p{i}", group=GROUP + i, window=w, ip=False)
        for j, (c, g) in enumerate(SUITES):
            k = d.key(pgk_id=j + 1, n=0, cipher=c, integrity=g)
            play(t, net, k, 0x0A0001,
                 [(1, 29999, OK), (1, 30000, OK), (1, 30000 - w + 1, OK),
                  (1, 30000 - w + 1, DUP), (1, 30000 - w, LATE), (1, 30000 + w, OK),
                  (1, 30001, OK), (1, 30000, LATE), (1, 30001, DUP)], f"{c}, W {w}")


@test
def grace(t):
    """the PTK ID before the newest one within its 2 s and after them"""
    net, _, keys = setup(t)
    for k, (cipher, _) in zip(keys, SUITES):
        src = 0x0A0001

        def raw(ptk_id, sn, k=k, src=src):
            return k.build(src, PLAIN, ptk_id=ptk_id, sn=sn)

        play(t, net, k, src, [(5, 100, OK), (5, 101, OK)], cipher)
        step = [(raw(6, 1), OK), (raw(6, 2), OK)]
        within = [(raw(5, 102), OK), (raw(5, 101), DUP), (raw(5, 100), DUP), (raw(5, 99), OK),
                  (raw(5, 37), LATE), (raw(4, 1), OLD), (raw(6, 2), DUP)]
        for r, want in step:
            put(t, net, k.dev, r, want, f"{cipher}: step")
        put_all(t, net, k.dev, within, f"{cipher}: within the grace")
        time.sleep(2.2)
        play(t, net, k, src, [(5, 103, OLD), (5, 101, OLD), (6, 3, OK)], f"{cipher}: after it")


@test
def bad_mac(t):
    """frames that do not verify are counted and change nothing, however far ahead"""
    net, d, keys = setup(t)
    ev = d.host.events()
    for k, (cipher, _) in zip(keys, SUITES):
        src = 0x0A0001
        put(t, net, d, forged(k.build(src, PLAIN, sn=7)), BAD, f"{cipher}: a stranger")
        m = member(k, src)
        t.ok(m and not m.get("known") and "last-heard" not in m and "floor" not in m,
             f"{cipher}: nothing is known of a stranger: {m}")
        play(t, net, k, src, [(3, 10, OK), (3, 11, OK)], cipher)
        was = floor(k, src)
        for ptk_id, sn in ((3, 12), (3, 65535), (4, 1), (9, 500), (65535, 65535)):
            put(t, net, d, forged(k.build(src, PLAIN, ptk_id=ptk_id, sn=sn)), BAD,
                f"{cipher}: forged PTK ID {ptk_id}, SN {sn}")
        m = member(k, src)
        t.eq((m["floor"], m["ptk-id"]), (was, 3), f"{cipher}: floor and PTK ID after forgeries")
        t.eq(m["counters"][BAD], 6, f"{cipher}: member's {BAD}")
        t.eq(k.counters()[BAD], 6, f"{cipher}: key's {BAD}")
        play(t, net, k, src, [(3, 12, OK), (3, 11, DUP), (3, 13, OK), (4, 1, OK), (4, 2, OK)],
             f"{cipher}: honest after forgeries")
        t.eq(len([e for e in ev.poll(0.2) if e["event"] == "member-new" and
                  e["pgk-id"] == k.id]), 1, f"{cipher}: member-new events")


@test
def lucky(t):
    """one lucky forgery far ahead, MAC of 4: honest frames go on, none comes twice"""
    net, d, (gcm, eia2) = setup(t)
    src = 0x0A0001
    play(t, net, eia2, src, [
        (3, 1, OK), (3, 2, OK),
        (3, 60000, OK), (9, 500, OK),           # the lucky ones
        (3, 3, OK), (3, 4, OK), (3, 60000, DUP), (9, 500, DUP),
        (4, 1, OK), (4, 2, OK), (4, 1, DUP), (9, 500, DUP)], "eia2")
    t.eq(floor(eia2, src), 4 << 16 | 2, "floor: the lucky ones did not move it")
    t.eq(member(eia2, src)["ptk-id"], 4, "current PTK ID")
    play(t, net, eia2, 0x0A0002, [(700, 7, OK), (3, 1, OK), (3, 2, OK), (700, 7, DUP),
                                  (3, 1, DUP), (3, 3, OK)], "eia2, the first ever heard is lucky")
    # Nobody is lucky with 16 octets: a frame that verifies moves the state
    play(t, net, gcm, src, [(3, 1, OK), (3, 60000, OK), (3, 2, LATE), (9, 500, OK),
                            (8, 1, OLD)], "gcm")


@test
def implausible(t):
    """a frame that verified but is no IP packet is dropped, and cannot come again"""
    net, d, keys = setup(t)
    for k, (cipher, _) in zip(keys, SUITES):
        raw = k.build(0x0A0001, b"\x00" * 60, sn=5)
        put(t, net, d, raw, "rx-implausible", f"{cipher}: first")
        put(t, net, d, raw, DUP, f"{cipher}: again")


@test
def copies(t):
    """two members on one lower device each get a copy, and neither gets it twice"""
    net = Net(t, 1)
    pgk = new_pgk()
    for n, (c, g) in enumerate(SUITES):
        a = net.m[0].prose(f"a{n}", group=GROUP + n, member=0x111111, ip=False)
        b = net.m[0].prose(f"b{n}", group=GROUP + n, member=0x222222, ip=False)
        ka = a.key(pgk, 1, n=0, cipher=c, integrity=g)
        b.key(pgk, 1, n=0, cipher=c, integrity=g)
        frames = [ka.build(0x0A0001, PLAIN, sn=i) for i in range(1, 6)]
        for f in frames * 2:
            net.inject(f, net.m[0])
        for d in (a, b):
            t.wait_eq(lambda d=d: (d.counter(OK), d.counter(DUP)), (5, 5), f"{c}: {d.name}")


@test
def no_filter(t):
    """with a cipher alone nothing is refused as a replay"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    k = d.key(n=0)
    play(t, net, k, 0x0A0001, [(2, 500, OK), (2, 500, OK), (2, 1, OK), (1, 1, OK)], "eea2")
    t.ok("floor" not in member(k, 0x0A0001), "no floor")
    t.eq(floors(k), {}, "floors to be saved")


@test
def mac_failures(t):
    """an event at every 4096th frame of a key with a wrong MAC"""
    net, d, (_, k) = setup(t)
    ev = d.host.events()
    raw = forged(k.build(0x0A0001, PLAIN))
    put(t, net, d, raw, BAD, "the first")
    rounds = 0
    while k.counters()[BAD] < 4096:     # what the host drops is sent again
        left = 4096 - k.counters()[BAD]
        if left <= 64:
            t.eq([e for e in ev.poll() if e["event"] == "mac-failures"], [], "events so far")
        blast(net.air, d.host.port, min(left, 500), raw)
        seen = -1
        while seen != k.counters()[BAD]:
            seen = k.counters()[BAD]
            time.sleep(0.05)
        rounds += 1
        t.le(rounds, 200, "rounds")
    e = ev.wait("mac-failures")
    t.ok(e, "event mac-failures")
    t.eq((e["pgk-id"], e["fingerprint"]), (k.id, codec.fingerprint(k.pgk)), "its key")
    put(t, net, d, raw, BAD, "one more")
    t.eq(ev.wait("mac-failures", 0.3), None, "an event for one more")


if __name__ == "__main__":
    main()
