# SPDX-License-Identifier: GPL-2.0
"""Two members for tests that go through many suites: one talks, one listens.

What the module sends is taken from the air and deciphered by the codec; what the
codec builds is put on the air and must come out of the listener. Namespaces and
devices are made once, keys for each suite.
"""

from . import codec, net as netmod

SENDERS = (0x000001, 0x0A0B0C, 0xFFFFFF)


def ip(n, payload=None):
    """An IPv4 packet of n octets, 20 at least, to the limited broadcast."""
    return codec.ipv4("10.33.0.9", "255.255.255.255",
                      netmod.payload(n - 20) if payload is None else payload, proto=253)


class Pair:
    def __init__(self, t, lcid=1, group=netmod.GROUP, **dev):
        self.t, self.lcid = t, lcid
        self.net = netmod.Net(t, 2)
        self.a, self.b = (h.prose(ip=False, lcid=lcid, group=group, **dev)
                          for h in self.net.m)
        self.air = self.net.hear(self.a.host)
        self.out = self.a.tap(incoming=False)
        self.at_b = self.b.tap()
        self.ka = self.kb = None

    def attach(self, suite, pgk_id=1, first=1, n=2, pgk=None):
        """A key on both, that one sends with."""
        pgk = pgk or netmod.new_pgk()
        self.ka = self.a.key(pgk, pgk_id, first=first, last=min(first + n - 1, 65535),
                             suite=suite)
        self.kb = self.b.key(pgk, pgk_id, n=0, suite=suite)

    def detach(self):
        self.ka.delete()
        self.kb.delete()

    def drops(self):
        """What of the listener's frames was not delivered, by reason."""
        return {k: v for k, v in self.b.counters().items()
                if k.startswith("rx-") and v and k not in ("rx-packets", "rx-bytes")}

    def send(self, raw, what):
        """The frame on the air, and the Ethernet frame that the listener gets."""
        self.out.send(raw)
        p = self.air.recv()
        self.t.ok(p, f"{what}: sent")
        q = self.at_b.recv()
        self.t.ok(q, f"{what}: received")
        return codec.parse(p.raw), q.raw

    def sends(self, suite, plain, what, ptk_id, sn):
        """The module's frame is, to the octet, what the codec takes it for."""
        t, k = self.t, self.ka
        f, got = self.send(self.a.eth(plain), what)
        t.eq((f.src, f.dst, f.lcid, f.sdu_type, f.index, f.ptk_id, f.sn),
             (self.a.member, self.a.group, self.lcid, 0, k.index, ptk_id, sn),
             f"{what}: SRC, DST, LCID, SDU type, PGK index, PTK ID, SN")
        t.eq(len(f.data), suite.head + len(plain) + suite.tail,
             f"{what}: octets after the PDCP header")
        t.eq(f.plain(k), plain, f"{what}: deciphered by the codec")
        again = codec.build(f.src, f.dst, k.pgk, plain, lcid=f.lcid, index=f.index,
                            ptk_id=ptk_id, sn=sn, suite=suite, eth_src=self.a.host.mac,
                            salt=f.salt() if suite.aead else None)
        t.eq(f.raw, again, f"{what}: the frame, and the codec's")
        t.eq(got, b"\xff" * 6 + self.a.mac + b"\x08\0" + plain, f"{what}: as received")
        return f

    def takes(self, src, plain, what, want=None, **kw):
        """The codec's frame comes out of the listener."""
        t = self.t
        self.net.inject(self.kb.build(src, plain, **kw), self.b.host)
        p = self.at_b.recv()
        if p is None:
            t.eq(self.drops(), {}, f"{what}: not delivered; drops")
        t.ok(p, f"{what}: delivered")
        if want is not None:
            t.eq(p.raw, want, f"{what}: as delivered")
        else:
            t.eq(p.raw[6:], codec.member_mac(src) + p.raw[12:14] + plain,
                 f"{what}: source and packet as delivered")
