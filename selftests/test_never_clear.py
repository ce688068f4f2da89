#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Nothing leaves the lower device in clear, whatever state key and device are in.

Every payload holds the phrase; the recordings of all tests are searched for it
too, and any other Ethernet type on a lower device fails that check.
"""

from prose_test import *


class Angle:
    """One sender that tries, and what the lower device saw of it."""

    def __init__(self, t, **dev):
        self.t = t
        self.net = Net(t, 2)
        self.h = self.net.m[0]
        self.d = self.h.prose(**dev)
        self.out = self.d.tap(incoming=False)
        self.udp = udp_source(self.h, self.d)

    def try_all(self):
        """Every way into the device: raw frames of all kinds, and sockets."""
        ip = codec.udp4("10.33.0.1", "10.33.0.2", payload(80))
        mac2 = codec.member_mac(self.net.m[1].id)
        for raw in (self.d.eth(ip), self.d.eth(ip, dst=mac2),
                    self.d.eth(codec.udp4("10.33.0.1", "239.9.9.9", payload(80)),
                               dst=codec.mcast_mac4("239.9.9.9")),
                    self.d.eth(codec.arp(1, self.d.mac, "10.33.0.1", bytes(6), "10.33.0.2"),
                               proto=codec.ETH_P_ARP),
                    self.d.eth(codec.ipv6("fd33::1", "ff02::1", payload(80)),
                               dst=bytes.fromhex("333300000001")),
                    self.d.eth(payload(80), proto=0x1234),
                    self.d.eth(payload(80), proto=codec.ETH_P_PROSE),
                    self.d.eth(b"\0\1\x08\0" + payload(80), proto=0x8100)):
            try:
                self.out.send(raw)
            except OSError:     # the device is down
                pass
        for dst in ("255.255.255.255", "239.9.9.9", "10.33.0.2"):
            try:
                self.udp.sendto(payload(100), (dst, 4000))
            except OSError:
                pass

    def silent(self, what, counter=None):
        """All attempts fail: not one frame on the lower device."""
        before = self.h.n_sent()
        drops = self.d.counter(counter) if counter else 0
        self.try_all()
        time.sleep(0.2)
        frames = self.h.sent()[before:]
        self.t.eq([f.hex() for f in frames], [], f"{what}: frames on the lower device")
        if counter:
            self.t.ge(self.d.counter(counter) - drops, 5, f"{what}: {counter}")

    def ciphered(self, what):
        """Frames get out, and each is ciphered."""
        before = self.h.n_sent()
        self.try_all()
        self.t.wait(lambda: self.h.n_sent() > before, f"{what}: frames sent")
        for raw in self.h.sent()[before:]:
            parse(raw)
            self.t.ok(PHRASE[4:16] not in raw, f"{what}: clear text {raw.hex()}")


@test
def no_key(t):
    """without a key"""
    Angle(t).silent("no key", "tx-no-key")


@test
def receive_only(t):
    """with a key that holds no PTK IDs"""
    a = Angle(t)
    a.d.key(n=0)
    a.silent("no range", "tx-no-range")


@test
def standby_and_pending(t):
    """with a standby key, and one whose time has not come"""
    a = Angle(t)
    a.d.key(pgk_id=1, standby=True)
    a.silent("standby", "tx-no-key")
    a.d.key(pgk_id=2, **{"from": int(time.time()) + 3600})
    a.silent("pending", "tx-no-key")


@test
def device_down(t):
    """with the device down, with the lower device down"""
    a = Angle(t)
    a.d.key()
    a.ciphered("up")
    a.d.set_up(False)
    a.silent("down")
    a.d.set_up(True)
    low = a.h.rtnl.index("low")
    a.h.rtnl.set(low, up=False)
    a.silent("lower down")
    a.h.rtnl.set(low, up=True)
    t.wait_eq(a.d.operstate, "up", "operational state")
    a.ciphered("up again")


@test
def listen_only(t):
    """tx off sends nothing; switched off while sending too"""
    a = Angle(t, tx=0)
    k = a.d.key(n=0)
    t.eq(k.state(), "rx-only", "state of the key")
    t.wait_eq(a.d.operstate, "up", "operational state of a listener with a key")
    a.silent("tx off", "tx-listen-only")
    a.d.rtnl.change(a.d.ifindex, {"tx": 1})
    t.wait_eq(a.d.operstate, "dormant", "operational state, tx on without PTK IDs")
    k.grant(8)
    a.ciphered("tx on")
    a.d.rtnl.change(a.d.ifindex, {"tx": 0})
    a.silent("tx off again", "tx-listen-only")


@test
def expired(t):
    """after the key's end, and in the margin before it"""
    a = Angle(t, margin=6)
    a.d.key(until=int(time.time()) + 12)
    a.ciphered("valid")
    t.wait(lambda: a.d.genl.do("key-get", ifindex=a.d.ifindex, pgk_id=1)["key-state"] ==
           "margin", "margin before the end", 10)
    time.sleep(2.1)     # it is looked at once a second
    a.silent("margin", "tx-no-key")
    t.wait(lambda: a.d.genl.do("key-get", ifindex=a.d.ifindex, pgk_id=1)["key-state"] ==
           "expired", "end", 15)
    a.silent("expired", "tx-no-key")
    t.wait_eq(a.d.operstate, "dormant", "operational state")


@test
def revoked(t):
    """after revocation, invalidation and detachment"""
    for what, how in (("revoked", lambda k: keyring.revoke(k.serial)),
                      ("invalidated", lambda k: keyring.invalidate(k.serial)),
                      ("detached", lambda k: k.delete())):
        a = Angle(t)
        k = a.d.key()
        a.ciphered("valid")
        how(k)
        a.silent(what, "tx-no-key")


if __name__ == "__main__":
    main()
