#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Another device with our member identity: proved, it stops sending until the
operator answers; a recording, a forgery, or a cipher alone never does."""

from prose_test import *

SUITES = (("aes128-gcm", "none"), ("eea2", "eia2"))
PLAIN = codec.udp4("10.33.0.9", "10.33.0.255", payload(60))
NOT_VERDICTS = ("rx-bytes", "rx-member-limit")


def verdicts(d):
    return {k: v for k, v in d.counters().items()
            if k.startswith("rx-") and k not in NOT_VERDICTS}


def put(t, net, d, raw, want, what):
    """One frame, and how it was counted."""
    before = verdicts(d)
    net.inject(raw, d.host)

    def grown():
        after = verdicts(d)
        return {k: after[k] - before[k] for k in after if after[k] != before[k]}

    t.eq(t.wait(grown, f"{what}: the frame is counted"), {want: 1}, what)


def burst(t, d, n, what, ok=True):
    """Send n broadcasts from d: all come out, or all are dropped for the conflict."""
    counter = "tx-packets" if ok else "tx-conflict"
    before, out = d.counter(counter), d.host.n_sent()
    raw = Raw(d.ns, d.name, proto=0)
    for _ in range(n):
        raw.send(d.bcast(payload(60)))
    raw.close()
    t.wait_eq(lambda: d.counter(counter) - before, n, f"{what}: {counter}", 5)
    t.wait_eq(lambda: d.host.n_sent() - out, n if ok else 0, f"{what}: frames sent", 5)


def stopped(d):
    return d.get().get("conflict", False)


def answer(k):
    k.dev.genl.do("member-reset", ifindex=k.dev.ifindex, pgk_id=k.id, member=k.dev.member)


def calm(t, d, ev, what):
    """Nothing was told, and it sends."""
    t.eq([e for e in ev.poll(0.2) if e["event"] == "member-conflict"], [], f"{what}: events")
    t.ok(not stopped(d), f"{what}: sending stopped")
    burst(t, d, 2, what)


def each(t, members=1, **key):
    """Per suite: its name, a device in a group of its own, its key, what is told."""
    net = Net(t, members)
    for i, (cipher, integ) in enumerate(SUITES):
        d = net.m[0].prose(f"p{i}", group=GROUP + i, ip=False)
        k = d.key(pgk_id=1, cipher=cipher, integrity=integ, **key)
        t.wait_eq(d.operstate, "up", f"{cipher}: operational state")
        yield cipher, net, d, k, d.host.events()


@test
def stops(t):
    """a frame of ours that we cannot have sent stops sending; the answer resumes it"""
    for cipher, net, d, k, ev in each(t, n=8):
        tap = d.tap()
        burst(t, d, 3, f"{cipher}: before")
        foreign = [k.build(d.member, PLAIN, ptk_id=500, sn=i) for i in (1, 2)]
        for i, raw in enumerate(foreign):
            put(t, net, d, raw, "rx-own-src-foreign", f"{cipher}: foreign frame {i + 1}")
            e = ev.wait("member-conflict")
            t.ok(e, f"{cipher}: event {i + 1}")
            t.eq((e["member"], e["pgk-id"]), (d.member, k.id), f"{cipher}: whose")
            t.ok(stopped(d), f"{cipher}: conflict in dev-get")
            t.wait_eq(k.state, "conflict", f"{cipher}: state of the key")
            burst(t, d, 3, f"{cipher}: in conflict", ok=False)
            answer(k)
            t.ok(not stopped(d), f"{cipher}: no conflict after the answer")
            t.wait_eq(k.state, "active", f"{cipher}: state of the key")
            burst(t, d, 3, f"{cipher}: after the answer")
        # What was heard of the other device is no news
        for raw in foreign:
            put(t, net, d, raw, "rx-duplicate", f"{cipher}: the foreign frame played back")
        calm(t, d, ev, f"{cipher}: played back")
        t.eq(tap.recv(0.3), None, f"{cipher}: delivered")


@test
def in_range(t):
    """within our range: an SN not issued, an ID not taken, with AEAD another salt"""
    for cipher, net, d, k, ev in each(t, n=8):
        burst(t, d, 3, f"{cipher}: before")
        mine = parse(d.host.sent()[-1])
        frames = [("an SN not issued", k.build(d.member, PLAIN, ptk_id=mine.ptk_id, sn=1000)),
                  ("an ID not taken", k.build(d.member, PLAIN, ptk_id=mine.ptk_id + 5, sn=1))]
        if cipher == SUITES[0][0]:
            frames.insert(0, ("another salt", k.build(d.member, PLAIN, ptk_id=mine.ptk_id,
                                                      sn=mine.sn, salt=b"\1\2\3\4")))
        for what, raw in frames:
            put(t, net, d, raw, "rx-own-src-foreign", f"{cipher}: {what}")
            t.ok(ev.wait("member-conflict"), f"{cipher}: {what}: event")
            t.ok(stopped(d), f"{cipher}: {what}: sending stopped")
            answer(k)
            burst(t, d, 1, f"{cipher}: {what}: answered")


@test
def recordings(t):
    """recordings of ours, of this range and of those from before, never stop anything"""
    for cipher, net, d, k, ev in each(t, first=10, last=20):
        burst(t, d, 3, f"{cipher}: before")
        for i, raw in enumerate(d.host.sent()[-3:]):
            for _ in range(2):
                put(t, net, d, raw, "rx-own-src", f"{cipher}: frame {i}")
        for ptk_id, sn in ((9, 1), (9, 65535), (1, 1), (0, 5)):
            put(t, net, d, k.build(d.member, PLAIN, ptk_id=ptk_id, sn=sn), "rx-own-src-old",
                f"{cipher}: PTK ID {ptk_id} of another life, SN {sn}")
        calm(t, d, ev, cipher)
        # Detached and attached again: what was sent before is still ours
        old = d.host.sent()[-1]
        integ = dict(SUITES)[cipher]
        k.delete()
        k = d.key(k.pgk, 1, n=0, cipher=cipher, integrity=integ)
        k.grant(first=k.get()["ptk-next-free"], last=30)
        t.wait_eq(d.operstate, "up", f"{cipher}: operational state")
        put(t, net, d, old, "rx-own-src", f"{cipher}: from before the detach")
        calm(t, d, ev, f"{cipher}: attached again")
        # And once more, with a range that is not taken from yet
        k.delete()
        k = d.key(k.pgk, 1, n=0, cipher=cipher, integrity=integ, standby=True)
        k.grant(first=k.get()["ptk-next-free"], last=40)
        put(t, net, d, old, "rx-own-src", f"{cipher}: attached as standby")
        k.set(**{"from": 0})
        t.wait_eq(d.operstate, "up", f"{cipher}: operational state")
        calm(t, d, ev, f"{cipher}: no longer standby")


@test
def forgeries(t):
    """frames that do not verify are counted as that, told to nobody, and stop nothing"""
    for cipher, net, d, k, ev in each(t, n=8):
        burst(t, d, 2, f"{cipher}: before")
        for sn in range(1, 11):
            raw = k.build(d.member, PLAIN, ptk_id=500, sn=sn)
            put(t, net, d, raw[:-1] + bytes([raw[-1] ^ 1]), "rx-bad-mac", f"{cipher}: SN {sn}")
        stranger = k.build(d.member, PLAIN, ptk_id=500, sn=1)
        put(t, net, d, stranger[:60] + os.urandom(len(stranger) - 60), "rx-bad-mac",
            f"{cipher}: noise")
        calm(t, d, ev, cipher)


@test
def cipher_alone(t):
    """with a cipher alone anybody can claim to be us: an event, and sending goes on"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    k = d.key(n=8)
    t.wait_eq(d.operstate, "up", "operational state")
    ev = d.host.events()
    burst(t, d, 2, "before")
    put(t, net, d, k.build(d.member, PLAIN, ptk_id=500, sn=1), "rx-own-src-foreign", "foreign")
    t.ok(ev.wait("member-conflict"), "event")
    t.ok(not stopped(d), "sending stopped")
    t.eq(k.state(), "active", "state of the key")
    burst(t, d, 2, "after")


@test
def for_others(t):
    """to the other members the second device is the same sender; only the first stops"""
    net = Net(t, 2)
    pgk = new_pgk()
    a, b = (h.prose(ip=False) for h in net.m)
    keys = [d.key(pgk, 1, n=8, cipher="aes128-gcm", integrity="none") for d in (a, b)]
    for d in (a, b):
        t.wait_eq(d.operstate, "up", "operational state")
    net.inject(keys[0].build(a.member, PLAIN, ptk_id=500, sn=1))
    t.wait_eq(lambda: b.counter("rx-packets"), 1, "delivered to the other member")
    t.wait(lambda: stopped(a), "its first owner stopped")
    t.ok(not stopped(b), "the other member goes on")
    burst(t, b, 2, "the other member")
    burst(t, a, 2, "the owner", ok=False)
    answer(keys[0])
    burst(t, a, 2, "answered")


main()
