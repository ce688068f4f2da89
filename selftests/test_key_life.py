#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
# KCSAN: yes
"""Life of a key: activation, replacement, expiry, revocation, clock steps."""

import errno

from prose_test import *


def sender(t, members=2, **dev):
    net = Net(t, members)
    devs = [h.prose(**dev) for h in net.m]
    return net, devs


def index_on_air(net, d, timeout):
    """The PGK index of the next frame that d sends, None if it sends none."""
    air = net.hear(d.host)
    out = Raw(d.ns, d.name, proto=0)
    out.send(d.bcast(payload(60)))
    out.close()
    p = air.recv(timeout)
    return parse(p.raw).index if p else None


def index_sent(t, net, d, what="a frame"):
    """The same where one must be sent."""
    index = index_on_air(net, d, 10)
    t.ok(index is not None, f"{what} is sent")
    return index


@test
def events_of_a_life(t):
    """attached, activated, PTK taken, new member, range low, revoked, detached: events"""
    net, (a, b) = sender(t)
    ev, evb = a.host.events(), b.host.events()
    pgk = new_pgk()
    k = a.key(pgk, 1, n=0)
    e = ev.wait("key-attached")
    t.ok(e, "key-attached")
    t.eq((e["ifindex"], e["ifname"], e["pgk-id"], e["serial"], e["fingerprint"]),
         (a.ifindex, "p0", 1, k.serial, codec.fingerprint(pgk)), "what it tells")
    k.grant(first=1, last=4)
    t.ok(ev.wait("key-activated", pgk_id=1), "key-activated with the first range")
    kb = b.key(pgk, 1)
    out = a.tap(incoming=False)
    out.send(a.bcast(payload(50)))
    e = ev.wait("ptk-taken")
    t.ok(e, "ptk-taken")
    t.eq(e["ptk-id"], 1, "the PTK ID")
    for _ in range(4):      # 3 plausible frames make a member
        out.send(a.bcast(payload(50)))
    e = evb.wait("member-new")
    t.ok(e, "member-new at the receiver")
    t.eq(e["member"], a.member, "the member")
    keyring.revoke(k.serial)
    t.ok(ev.wait("key-revoked", pgk_id=1), "key-revoked")
    k.delete()
    t.ok(ev.wait("key-detached", pgk_id=1), "key-detached")
    t.ok(not [x for x in evb.poll(0.2) if x["ifindex"] == a.ifindex and
              x["event"].startswith("key-rev")], "the other namespace hears nothing of it")
    kb.delete()


@test
def replacement(t):
    """a second PGK takes over at its time, without a lost frame"""
    net, (a, b) = sender(t)
    p1, p2 = new_pgk(), new_pgk()
    a.key(p1, 1)
    b.key(p1, 1)
    t.eq(index_sent(t, net, a), 1, "PGK index at first")
    start = int(time.time()) + 4
    b.key(p2, 2, **{"from": start})
    k2 = a.key(p2, 2, **{"from": start})
    t.eq(k2.state(), "pending", "state of the new key")
    t.eq(index_sent(t, net, a), 1, "PGK index before its time")
    ev = a.host.events()
    sink = udp_sink(b.host)
    src = udp_source(a.host, a)
    n, end = 0, time.monotonic() + 7
    while time.monotonic() < end:
        src.sendto(payload(50) + struct.pack(">I", n), ("255.255.255.255", 4000))
        n += 1
        time.sleep(0.02)
    got = set()
    while True:
        d = recv_udp(sink, 0.5)
        if d is None:
            break
        got.add(struct.unpack(">I", d[-4:])[0])
    t.eq(sorted(set(range(n)) - got), [], f"datagrams of {n} that were lost")
    t.ok(ev.wait("key-activated", pgk_id=2, timeout=1), "key-activated")
    t.eq(k2.state(), "active", "state of the new key")
    seen = [parse(r).index for r in a.host.sent()]
    t.eq(sorted(seen), seen, "order of the PGK indexes")
    t.eq(seen[-1], 2, "the last one")


@test
def choice(t):
    """the latest activated key sends; standby ones wait for key-set"""
    net, (a, b) = sender(t)
    now = int(time.time())
    a.key(pgk_id=1, **{"from": now - 100})
    t.eq(index_sent(t, net, a), 1, "the only key")
    k2 = a.key(pgk_id=2, **{"from": now - 50})
    t.eq(index_sent(t, net, a), 2, "reached later")
    k3 = a.key(pgk_id=3, **{"from": now - 200})
    t.eq(k3.state(), "ready", "state of one reached before")
    t.eq(index_sent(t, net, a), 2, "one reached before changes nothing")
    k4 = a.key(pgk_id=4, standby=True)
    t.eq(k4.state(), "standby", "state of a standby key")
    t.eq(index_sent(t, net, a), 2, "standby changes nothing")
    k4.set(**{"from": now})
    t.wait_eq(k4.state, "active", "state of it after key-set", 5)
    t.eq(index_sent(t, net, a), 4, "activated")
    k4.delete()
    t.eq(index_sent(t, net, a), 2, "the active one deleted: the one before it")
    keyring.revoke(k2.serial)

    def after_it():
        # What meets the dead key before it is replaced is dropped, never sent
        index = index_on_air(net, a, 1)
        t.ok(index != 2, "no frame with the revoked key")
        return index

    t.wait_eq(after_it, 1, "revoked: the one before it")
    # Ties go to the one that ends first
    a.key(pgk_id=5, **{"from": now, "until": now + 5000})
    a.key(pgk_id=6, **{"from": now, "until": now + 3000})
    t.eq(index_sent(t, net, a), 6, "same activation, earlier end")
    # But what is told to be used now is, also within the second of another
    k7 = a.key(pgk_id=7, standby=True, until=now + 9000)
    k7.set(**{"from": now})
    t.eq(index_sent(t, net, a), 7, "told last, later end")
    k8 = a.key(pgk_id=8, standby=True, until=now + 8000)
    for key in (k8, k7):
        key.set(**{"from": now})
        t.eq(index_sent(t, net, a), key.id, "told last")


@test
def expiry_while_sending(t):
    """the end comes while frames flow both ways: sending and receiving stop in time"""
    net, (a, b) = sender(t, margin=0)
    pgk = new_pgk()
    end = int(time.time()) + 4
    a.key(pgk, 1, until=end)
    kb = b.key(pgk, 1, until=end)
    eva, evb = a.host.events(), b.host.events()
    src = udp_source(a.host, a)
    while time.time() < end - 0.3:
        src.sendto(payload(50), ("255.255.255.255", 4000))
        time.sleep(0.02)
    t.ge(b.counter("rx-packets"), 20, "frames received before the end")
    while time.time() < end + 0.05:
        time.sleep(0.01)
    sent = a.host.n_sent()
    for _ in range(10):
        src.sendto(payload(50), ("255.255.255.255", 4000))
    time.sleep(0.2)
    t.eq(a.host.n_sent(), sent, "frames sent after the end")
    t.ok(eva.wait("key-expired", timeout=5), "key-expired at the sender")
    t.ok(evb.wait("key-expired", timeout=5), "key-expired at the receiver")
    rx = b.counter("rx-packets")
    net.inject(codec.build(0x0A0B0C, GROUP, pgk, codec.udp4("10.0.0.1", "224.0.0.3"), index=1))
    t.wait(lambda: b.counter("rx-key-dead") + b.counter("rx-no-pgk") >= 1,
           "dropped for the dead key")
    t.eq(b.counter("rx-packets"), rx, "frames received after the end")
    t.eq(kb.state(), "expired", "state")


@test
def revoke_while_receiving(t):
    """after revocation not one frame is delivered, and nothing is forgiven"""
    net, (a, b) = sender(t)
    pgk = new_pgk()
    a.key(pgk, 1)
    kb = b.key(pgk, 1)
    out = a.tap(incoming=False)
    for _ in range(5):
        out.send(a.bcast(payload(50)))
    t.wait_eq(lambda: b.counter("rx-packets"), 5, "received before")
    keyring.revoke(kb.serial)
    for _ in range(5):
        out.send(a.bcast(payload(50)))
    t.wait_eq(lambda: b.counter("rx-key-dead"), 5, "dropped after")
    t.eq(b.counter("rx-packets"), 5, "received after")
    t.eq(kb.state(), "revoked", "state")
    t.refused(lambda: kb.grant(4), (errno.EKEYREVOKED, errno.EKEYEXPIRED, errno.ENOKEY),
              "a range for a revoked key")
    t.refused(lambda: kb.set(**{"from": 1}),
              (errno.EKEYREVOKED, errno.EKEYEXPIRED, errno.ENOKEY), "activation of it")


@test
def keyctl_timeout(t):
    """keyctl timeout shortens and extends; dead once is dead for ever"""
    net, (a, b) = sender(t, margin=0)
    k = a.key()
    t.eq(index_sent(t, net, a), 1, "at first")
    keyring.timeout(k.serial, 3600)
    e = k.get()["key-expiry"]
    t.ok(abs(e - time.time() - 3600) < 10, f"key-expiry {e} is in an hour")
    keyring.timeout(k.serial, 2)
    time.sleep(0.5)
    keyring.timeout(k.serial, 100)
    time.sleep(3)
    t.eq(k.state(), "active", "state after the timeout was extended")
    t.eq(index_sent(t, net, a), 1, "after the timeout was extended")
    keyring.timeout(k.serial, 1)
    t.wait_eq(k.state, "expired", "state after the timeout was shortened", 5)
    try:
        keyring.timeout(k.serial, 1000)
    except OSError:
        pass
    time.sleep(1.5)
    t.eq(k.state(), "expired", "state after an attempt to revive it")
    before = a.host.n_sent()
    out = a.tap(incoming=False)
    out.send(a.bcast(payload(50)))
    time.sleep(0.2)
    t.eq(a.host.n_sent(), before, "frames sent by a dead key")


@test
def clock_steps(t):
    """the clock set forward ends a key at once; set back it revives none"""
    net, (a, b) = sender(t, margin=0)
    wall, mono = time.time(), time.monotonic()

    def restore():
        time.clock_settime(time.CLOCK_REALTIME, wall + time.monotonic() - mono)

    t.defer(restore)
    k = a.key(pgk_id=1, until=int(wall) + 1000)
    later = a.key(pgk_id=2, **{"from": int(wall) + 500})
    t.eq(index_sent(t, net, a), 1, "before the step")
    ev = a.host.events()
    time.clock_settime(time.CLOCK_REALTIME, wall + 600)
    t.wait_eq(later.state, "active", "forward past its activation", 5)
    t.eq(index_sent(t, net, a), 2, "after the step to its activation")
    time.clock_settime(time.CLOCK_REALTIME, wall + 2000)
    t.wait_eq(k.state, "expired", "forward past the end", 5)
    t.ok(ev.wait("key-expired", pgk_id=1, timeout=3), "key-expired")
    time.clock_settime(time.CLOCK_REALTIME, wall)
    time.sleep(1.5)
    t.eq(k.state(), "expired", "set back: dead is dead")
    # A clock set back does not lengthen a key's life
    k3 = a.key(pgk_id=3, until=int(time.time()) + 3)
    time.clock_settime(time.CLOCK_REALTIME, time.time() - 10000)
    t.wait_eq(k3.state, "expired", "the end comes by the time that passed", 8)


@test
def expiring_notice(t):
    """a warning comes the settable time before the end"""
    net, (a, b) = sender(t, margin=0, notice=3)
    ev = a.host.events()
    end = int(time.time()) + 6
    a.key(until=end)
    e = ev.wait("key-expiring", timeout=8)
    now = time.time()
    t.ok(e, "key-expiring")
    t.ok(end - 3.2 <= now <= end - 0.5, f"it came {end - now:.1f} s before the end")
    t.eq(e.get("until"), end, "it tells the end")
    t.ok(ev.wait("key-expired", timeout=8), "key-expired")
    t.eq([x for x in ev.seen if x["event"] == "key-expiring"], [], "more warnings")


@test
def no_key_event(t):
    """drops for want of a key are announced, not more than a few times"""
    net, (a, b) = sender(t)
    ev = a.host.events()
    out = a.tap(incoming=False)
    for _ in range(100):
        out.send(a.bcast(payload(50)))
    t.ok(ev.wait("no-key", timeout=3), "no-key")
    n = len([e for e in ev.poll(0.3) if e["event"] == "no-key"])
    t.le(n, 5, "further no-key events of 100 drops")


main()
