#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# KCSAN: yes
"""Refresh of keys under load: not a packet lost, not one out of order.

By derivation: on demand, at the end of the SNs, by age, by number of frames. By
replacement: test_refresh_replace.py.
"""

import errno
import threading

from prose_test import *

SN_FIRST = "/sys/module/prose/parameters/sn_first"
BACKLOG = "/proc/sys/net/core/netdev_max_backlog"
BURST = 150 if os.environ.get("PROSE_DEBUG_KERNEL") else 500
NUMBER = 14 + 20 + 8 + 16       # where the frame has its number


def put(path, value):
    with open(path, "r+", encoding="ascii") as f:
        old = f.read().strip()
        f.seek(0)
        f.write(str(value))
    return old


def setup(t, suite, members=2, n=64, **dev):
    """Members that know each other, with room for what a busy receiver is behind."""
    t.defer(put, BACKLOG, put(BACKLOG, 50000))
    net = Net(t, members)
    net.one_queue()
    devs, keys = net.group(n=n, suite=suite, **dev)
    for d in devs:
        out = Raw(d.ns, "p0", proto=0)
        for _ in range(4):
            out.send(d.bcast(payload(20), dport=4001))
            time.sleep(0.05)
        out.close()
    for d in devs:
        t.wait(lambda d=d: len([m for m in d.members() if m.get("known")]) == members - 1,
               "the others are known")
    return net, devs, keys


class Load(threading.Thread):
    """Sends numbered datagrams as fast as it goes, in bursts, until told to stop."""

    def __init__(self, d, seconds=None, bursts=None):
        super().__init__()
        self.d, self.seconds, self.bursts = d, seconds, bursts
        self.error = None
        self.sent = 0

    def run(self):
        frame = self.d.bcast(payload(16) + bytes(4))
        end = time.monotonic() + (self.seconds or 1000)
        try:
            while time.monotonic() < end and self.sent != self.bursts:
                got = blast(self.d.ns, "p0", BURST, frame, at=NUMBER)
                if got != (BURST, 0):
                    raise Failed(f"{self.d.ns} sent {got} of {BURST}")
                self.sent += 1
        except Exception as e:      # told by the main thread
            self.error = e


class Ear:
    """What one member hears of one other, by numbers."""

    def __init__(self, host):
        self.s = udp_sink(host)
        self.s.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
        self.s.setblocking(False)
        self.got = []

    def take(self):
        while True:
            try:
                data = self.s.recv(2048)
            except BlockingIOError:
                return
            self.got.append(struct.unpack(">I", data[-4:])[0])


def lost(d):
    return {k: v for k, v in d.counters().items() if v and
            k not in ("tx-packets", "tx-bytes", "rx-packets", "rx-bytes")}


def under_load(t, senders, listener, action, seconds=None, bursts=None):
    """Run action while one or two send; the listener must hear all of the first, and
    the first all of the second. Returns the bursts sent by the first."""
    drops = {d: lost(d) for d in {listener, *senders}}
    ears = [Ear(listener.host)] + ([Ear(senders[0].host)] if len(senders) > 1 else [])
    loads = [Load(d, seconds, bursts) for d in senders]
    for x in loads:
        x.start()
    time.sleep(0.3)
    problem = None
    try:
        action()
    except Exception as e:      # the threads must end first
        problem = e
    while any(x.is_alive() for x in loads):
        for e in ears:
            e.take()
        time.sleep(0.02)
    if problem:
        raise problem
    for x, ear in zip(loads, ears):
        if x.error:
            raise x.error
        want = list(range(BURST)) * x.sent

        def all_there(ear=ear, n=len(want)):
            ear.take()
            return len(ear.got) >= n
        try:
            t.wait(all_there, f"{len(want)} datagrams of {x.d.ns}", 5)
        except Failed:
            t.eq(len(ear.got), len(want), f"datagrams of {x.d.ns} that were heard")
        t.ok(ear.got == want, f"their order, of {x.d.ns}")
    for d, before in drops.items():
        t.eq(lost(d), before, f"drops of {d.ns}, and those before")
    return loads[0].sent


def ptk_ids(raws):
    """The PTK IDs sent, each once, in the order they came; COUNTs must ascend."""
    counts = [count_of(r) for r in raws]
    if any(a >= b for a, b in zip(counts, counts[1:])):
        raise Failed("COUNTs on the air do not ascend")
    return sorted({c >> 16 for c in counts})


def on_demand(t, suite):
    net, (a, b), (ka, kb) = setup(t, suite)
    ev = a.host.events()
    told = []

    def action():
        for _ in range(4):
            r = a.genl.do("ptk-next", ifindex=a.ifindex, pgk_id=ka.id)
            told.append(r["ptk-id"])
            time.sleep(0.5)
            t.wait(lambda: ka.get()["sn"] > 1, f"frames with PTK ID {r['ptk-id']}")

    under_load(t, [a], b, action, seconds=6)
    t.eq(told, [2, 3, 4, 5], "PTK IDs in the replies of ptk-next")
    t.eq(ptk_ids(a.host.sent()), [1, 2, 3, 4, 5], "PTK IDs on the air")
    t.eq([e["ptk-id"] for e in ev.poll(0.2) if e["event"] == "ptk-taken"], [2, 3, 4, 5],
         "ptk-taken events")
    if suite.aead:      # the salt of each PTK ID; no frame here is padded
        salts = {(count_of(r) >> 16, r[27:31]) for r in a.host.sent()}
        t.eq((len(salts), len({s for _, s in salts})), (5, 5),
             f"PTK IDs with their salts, and salts, of {salts}")


@test
def next_cipher_only(t):
    """ptk-next four times under load, with a cipher alone"""
    on_demand(t, Suite("eea2"))


@test
def next_integrity(t):
    """ptk-next four times under load, with MAC-I and the second-frame rule"""
    on_demand(t, Suite("eea2", "eia2"))


@test
def next_aead(t):
    """ptk-next four times under load, with an AEAD suite: a salt for each PTK ID"""
    on_demand(t, Suite("aes256-gcm"))


@test
def next_refused(t):
    """ptk-next of a key that is not sent with, without an ID to go on to, not attached"""
    net = Net(t, 1)
    d = net.m[0].prose()
    now = int(time.time())

    def go(pgk_id):
        return d.genl.do("ptk-next", ifindex=d.ifindex, pgk_id=pgk_id)
    k = d.key(pgk_id=1, n=1, **{"from": now - 50})
    other = d.key(pgk_id=2, n=4, **{"from": now - 100})
    t.eq((k.state(), other.state()), ("active", "ready"), "states")
    t.refused(lambda: go(1), errno.ERANGE, "no PTK ID to go on to")
    t.refused(lambda: go(2), errno.EAGAIN, "not the one that is sent with")
    t.refused(lambda: go(3), errno.ENOENT, "not attached", attr="pgk-id")
    t.eq((k.state(), k.get()["ptk-id"]), ("active", 1), "the key after it")
    d.tap(incoming=False).send(d.bcast(payload(20)))
    t.wait_eq(d.host.n_sent, 1, "frames sent after it")


@test
def sn_end(t):
    """the end of the SNs, every 700 frames, under load"""
    t.defer(put, SN_FIRST, 1)
    put(SN_FIRST, 65536 - 700)
    net, (a, b), _ = setup(t, Suite("eea2", "eia2"))
    n = under_load(t, [a], b, lambda: None, bursts=8)
    sent = 4 + n * BURST
    t.eq(ptk_ids(a.host.sent()), list(range(1, (sent - 1) // 700 + 2)), "PTK IDs on the air")


@test
def packets(t):
    """ptk-packets: so many frames per PTK ID, changed and ended while it sends"""
    net, (a, b), _ = setup(t, Suite("aes128-gcm"), ptk_packets=300)
    under_load(t, [a], b, lambda: None, bursts=4)
    raws = a.host.sent()
    t.eq([count_of(r) for r in raws], [(i // 300 + 1) << 16 | i % 300 + 1
                                       for i in range(4 + 4 * BURST)], "COUNTs")
    under_load(t, [a], b, lambda: a.rtnl.change(a.ifindex, {"ptk_packets": 0}), bursts=4)
    # The PTK of that moment and the next one, which was ready, have their end still.
    under_load(t, [a], b, lambda: None, bursts=2 * 300 // BURST + 1)
    last = ptk_ids(a.host.sent())[-1]
    under_load(t, [a], b, lambda: None, bursts=2)
    t.eq(ptk_ids(a.host.sent())[-1], last, "last PTK ID, when it is off again")
    t.eq(a.get()["ptk-packets"], 0, "what dev-get tells")


@test
def age(t):
    """ptk-age: a new PTK ID every second, also where nothing is sent for a while"""
    net, (a, b), (ka, _) = setup(t, Suite("eea2", "eia2"))
    t.eq(ka.get()["ptk-id"], 1, "PTK ID at first")
    a.rtnl.change(a.ifindex, {"ptk_age": 1})
    start, ids = time.monotonic(), [1]
    # How late a second's end is noticed depends on the machine; never early.
    while len(ids) < 4 and time.monotonic() < start + 60:
        under_load(t, [a], b, lambda: None, seconds=2)
        ids = ptk_ids(a.host.sent())
    took = time.monotonic() - start
    t.ge(len(ids), 4, f"PTK IDs in {took:.1f} s, {ids}")
    t.le(len(ids), took + 2, f"PTK IDs in {took:.1f} s, {ids}")
    time.sleep(2.5)
    out = Raw(a.ns, "p0", proto=0)
    out.send(a.bcast(payload(20), dport=4001))
    out.close()
    t.wait(lambda: ptk_ids(a.host.sent())[-1] > ids[-1], "a new PTK ID after a pause")
    a.rtnl.change(a.ifindex, {"ptk_age": 0})
    time.sleep(0.2)
    now = ka.get()["ptk-id"]
    time.sleep(2)
    t.eq(ka.get()["ptk-id"], now, "PTK ID two seconds after it was switched off")


@test
def exhausting(t):
    """an age or a number that would use the IDs up before `until` is refused"""
    net = Net(t, 2)
    now = int(time.time())
    d = net.m[0].prose()
    k = d.key(n=16, until=now + 86400)

    def change(**kw):
        return lambda: d.rtnl.change(d.ifindex, kw)
    t.refused(change(ptk_age=1), None, "86400 PTK IDs in a day", says="PTK ID")
    t.eq(d.get()["ptk-age"], 0, "ptk-age after it")
    change(ptk_age=2)()
    t.eq(d.get()["ptk-age"], 2, "ptk-age of 2 s: 43200 will do")
    # Then it is the key that may not live longer, or another that may not come
    t.refused(lambda: k.set(until=now + 4 * 86400), None, "a later end of the key",
              says="PTK ID")
    t.eq(k.get()["until"], now + 86400, "until after it")
    t.refused(lambda: d.key(pgk_id=2, n=0, until=now + 4 * 86400), None,
              "another key that lasts longer", says="PTK ID")
    t.eq(len(d.genl.dump("key-get")), 1, "keys attached")
    change(ptk_age=0)()
    # By frames it depends on the rate that the key has
    out = d.tap(incoming=False)
    for _ in range(150):
        out.send(d.bcast(payload(20)))
        time.sleep(0.02)
    t.ge(k.get()["rate"], 2, "rate of the key")
    t.refused(change(ptk_packets=1), None, "a PTK ID for each frame", says="PTK ID")
    t.eq(d.get()["ptk-packets"], 0, "ptk-packets after it")
    change(ptk_packets=60000)()
    t.eq(d.get()["ptk-packets"], 60000, "a number that will do")


@test
def option_range(t):
    """ptk-age and ptk-packets out of range are refused at creation and later"""
    net = Net(t, 1)
    d = net.m[0].prose(ptk_age=100, ptk_packets=1000)
    t.eq((d.get()["ptk-age"], d.get()["ptk-packets"]), (100, 1000), "as created")
    for kw in ({"ptk_age": 366 * 86400 + 1}, {"ptk_age": 0xFFFFFFFF}, {"ptk_packets": 65536},
               {"ptk_packets": 0xFFFFFFFF}):
        t.refused(lambda: d.rtnl.change(d.ifindex, kw), (errno.ERANGE, errno.EINVAL), str(kw))
        t.refused(lambda: net.m[0].prose("p1", group=GROUP + 1, **kw),
                  (errno.ERANGE, errno.EINVAL), f"{kw} at creation")
    t.eq((d.get()["ptk-age"], d.get()["ptk-packets"]), (100, 1000), "after it")


if __name__ == "__main__":
    main()
