#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""The table of states and packets in Documentation/counters.rst, cell by cell."""

import errno

from prose_test import *

SRC = 0x0A0B0C
PLAIN = codec.udp4("10.33.0.9", "224.0.0.3", payload(60))
SUITE = Suite("aes128-gcm")
# rx-bytes goes with rx-packets.
VERDICTS = ("rx-bytes", "tx-bytes")


class Cells:
    """A device of its own, and one packet after the other through it."""

    serial = 0

    def __init__(self, t, net=None, **dev):
        Cells.serial += 1
        self.t, self.net, self.sn = t, net or Net(t, 1), 0
        self.d = self.net.m[0].prose(f"p{Cells.serial}", group=GROUP + Cells.serial, ip=False,
                                     **dev)
        self.air = self.net.hear(self.net.m[0])
        self.out = self.d.tap(incoming=False)
        self.pgk = new_pgk()
        self.key = None

    def add(self, **kw):
        self.key = self.d.key(self.pgk, 1, suite=SUITE, **kw)
        return self

    def state(self, want):
        self.t.wait_eq(self.key.state, want, "state of the key")

    def moved(self, do, want, what):
        """do() moves this counter by one, and no other."""
        before = self.d.counters()
        do()

        def now():
            after = self.d.counters()
            return {k: v - before[k] for k, v in after.items()
                    if v != before[k] and k not in VERDICTS}

        self.t.wait(now, f"{what}: counted")
        self.t.eq(now(), {want: 1}, what)

    def frame(self, index=1, **kw):
        self.sn += 1
        return codec.build(SRC, self.d.group, self.pgk, PLAIN, index=index, suite=SUITE,
                           sn=self.sn, lcid=1, **kw)

    def check(self, send, receive):
        """A packet out, a frame in, and one in with a key that is not here."""
        self.air.drain(0)
        self.moved(lambda: self.out.send(self.d.bcast(payload(60))), send, "a packet to be sent")
        if send != "tx-packets":
            self.t.eq(len(self.air.drain(0.05)), 0, "frames on the air")
        self.moved(lambda: self.net.inject(self.frame()), receive, "a frame received")
        self.moved(lambda: self.net.inject(self.frame(index=2)), "rx-no-pgk",
                   "a frame with another PGK index")


@test
def no_key(t):
    """no key: nothing out, nothing in"""
    Cells(t).check("tx-no-key", "rx-no-pgk")


@test
def not_due(t):
    """standby, pending, margin: nothing out, all in"""
    net = Net(t, 1)
    for state, times in (("standby", {"standby": True}),
                         ("pending", {"from": int(time.time()) + 10000}),
                         ("margin", {"until": int(time.time()) + 1000})):
        c = Cells(t, net, margin=5000).add(**times)
        c.state(state)
        c.check("tx-no-key", "rx-packets")


@test
def margin_of_one(t):
    """margin of one key, another is due: sent with that"""
    c = Cells(t, margin=5000).add(until=int(time.time()) + 1000)
    c.d.key(new_pgk(), 2, suite=SUITE, **{"from": 1})
    c.state("margin")
    c.moved(lambda: c.out.send(c.d.bcast(payload(60))), "tx-packets", "a packet to be sent")
    t.eq(parse(c.air.recv(3).raw).index, 2, "PGK index of the frame")


@test
def range_and_active(t):
    """no range: tx-no-range; with one it is active; all 65535 used: tx-no-range again"""
    c = Cells(t, ptk_packets=1).add(n=0)
    c.state("no-range")
    c.check("tx-no-range", "rx-packets")
    c.key.grant(first=65535, last=65535)
    c.state("active")
    c.check("tx-packets", "rx-packets")
    c.moved(lambda: c.out.send(c.d.bcast(payload(60))), "tx-no-range", "after the last PTK ID")
    c.state("no-range")
    c.check("tx-no-range", "rx-packets")


@test
def dead(t):
    """expired, revoked: nothing out, nothing in"""
    net = Net(t, 1)
    expired = Cells(t, net, margin=0).add(until=int(time.time()) + 3)
    revoked = Cells(t, net).add()
    keyring.revoke(revoked.key.serial)
    for c, state in ((revoked, "revoked"), (expired, "expired")):
        c.state(state)
        c.check("tx-no-key", "rx-key-dead")


@test
def listen_only(t):
    """tx off: nothing out, all in"""
    c = Cells(t, tx=0).add(n=0)
    c.state("rx-only")
    c.check("tx-listen-only", "rx-packets")


@test
def conflict(t):
    """another device with our member ID: nothing out, all in"""
    c = Cells(t).add()
    c.state("active")
    c.moved(lambda: c.net.inject(c.key.build(c.d.member, PLAIN, ptk_id=500, sn=1)),
            "rx-own-src-foreign", "a frame that we did not send")
    c.state("conflict")
    c.check("tx-conflict", "rx-packets")


@test
def lower_down(t):
    """the lower device is down: nothing out"""
    c = Cells(t).add()
    c.state("active")
    c.air.drain(0)
    c.net.m[0].run("ip", "link", "set", "low", "down")
    for _ in range(10):
        try:
            c.out.send(c.d.bcast(payload(60)))
        except OSError as e:    # without carrier the stack takes nothing, in a while
            t.eq(e.errno, errno.ENOBUFS, "why it was not taken")
        time.sleep(0.2)
    t.eq(c.d.counter("tx-packets"), 0, "tx-packets")
    t.eq(len(c.air.drain(0.05)), 0, "frames on the air")


@test
def unprotected(t):
    """protect off: all out in clear, only unprotected frames in"""
    c = Cells(t, protect=0)
    c.moved(lambda: c.out.send(c.d.bcast(b"x" * 60)), "tx-packets", "a packet to be sent")
    c.moved(lambda: c.net.inject(c.frame()), "rx-protected", "a protected frame")
    c.moved(lambda: c.net.inject(codec.build(SRC, c.d.group, c.pgk, None, data=PLAIN,
                                             header=bytes(5), lcid=1)),
            "rx-packets", "an unprotected frame")


main()
