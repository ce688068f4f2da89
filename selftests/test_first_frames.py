#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# CPUs: 2
# KCSAN: yes
"""First frames of a PTK: in order, lost only where a queue is full, each sender in turn."""

from prose_test import *
from prose_test.kdfs import held, param, test_kdf

AEAD = Suite("aes128-gcm")
BURST = 4000
NUMBER = 14 + 20 + 8 + 16       # where the frame has its number

# rx_wait.c, member.h
CALLS_MAX = 4
KNOWN_RATE, KNOWN_BURST = 64, 1024
MEMBER_BURST = 8


def grown(d, before):
    """What a device's counters of received frames have grown by."""
    return {k: v - before.get(k, 0) for k, v in d.counters().items()
            if k.startswith("rx-") and k != "rx-bytes" and v != before.get(k, 0)}


def burst_of_a_new_ptk(t, a, b):
    """A sender jumps to a PTK ID that nobody expects, at full speed."""
    for _ in range(3):
        a.genl.do("ptk-next", ifindex=a.ifindex, pgk_id=1)
    before = b.counters()
    frame = a.bcast(payload(16) + bytes(4))
    t.eq(blast(a.ns, "p0", BURST, frame, bypass=True, at=NUMBER), (BURST, 0), "frames sent")
    t.wait(lambda: sum(grown(b, before).values()) >= BURST, f"{BURST} frames counted")
    return grown(b, before)


def nothing_late(t, suite):
    net = Net(t, 2, record=False)
    net.one_queue()
    (a, b), _ = net.group(suite=suite, n=40)
    a.tap(incoming=False).send(a.bcast(payload(20)))
    t.wait(lambda: [m for m in b.members() if m.get("known")], "the sender is known")
    for i in range(5):
        got = burst_of_a_new_ptk(t, a, b)
        t.log(f"burst {i}: {got}")
        t.eq(set(got) - {"rx-packets", "rx-queue-full"}, set(), "how frames were lost")


@test
def established(t):
    """frames of a known sender that jumps to another PTK ID: none is late"""
    nothing_late(t, AEAD)


@test
def in_order(t):
    """a newcomer's first frames come in the order in which they were sent"""
    net = Net(t, 2, record=False)
    net.one_queue()
    (a, b), (ka, kb) = net.group(n=40)
    sink = udp_sink(b.host)
    for i in range(4):
        kb.delete()
        kb = b.key(ka.pgk, 1, 0)
        before = b.counters()
        frame = a.bcast(payload(16) + bytes(4))
        t.eq(blast(a.ns, "p0", 1500, frame, at=NUMBER), (1500, 0), "frames sent")
        t.wait(lambda: sum(grown(b, before).values()) >= 1500, "1500 frames counted")
        got = []
        while (data := recv_udp(sink, 0)) is not None:
            got.append(struct.unpack(">I", data[-4:])[0])
        lost = grown(b, before)
        t.log(f"burst {i}: {lost}")
        t.eq(set(lost) - {"rx-packets", "rx-queue-full"}, set(), "how frames were lost")
        t.eq(got, sorted(got), "numbers heard")


def known_senders(t, net, d, k, n):
    """So many senders that are established."""
    senders = [0x100000 + i for i in range(n)]
    plain = codec.udp4("10.33.0.200", "10.33.0.255", payload(4), dport=4001)
    for i, src in enumerate(senders):
        # Newcomers have a budget.
        t.wait(lambda i=i: len(d.members()) >= i - 16, "the senders before are heard")
        net.inject(k.build(src, plain))
    t.wait(lambda: len([m for m in d.members() if m.get("known")]) == n,
           f"{n} senders are known")
    return senders


@test
def turns(t):
    """a newcomer does not wait until every known sender has its PTK"""
    test_kdf(t)
    net = Net(t, 1, record=False)
    d = net.m[0].prose()
    k = d.key(n=0, suite=Suite("aes128-gcm", kdf="slow"))
    senders = known_senders(t, net, d, k, 16)
    t.wait_eq(lambda: param("derived"), 2 * len(senders), "PTKs derived, with the next ones")
    sink = udp_sink(d.host)
    param("hold", 1)

    def first_of(src, ptk_id):
        plain = codec.udp4("10.33.0.200", "10.33.0.255", struct.pack(">I", src),
                            dport=4000)
        net.inject(k.build(src, plain, ptk_id=ptk_id))
    for src in senders:
        first_of(src, 500)
    held(t, CALLS_MAX)
    first_of(0x200000, 1)
    param("hold", 0)
    heard = [struct.unpack(">I", recv_udp(sink)[-4:])[0] for _ in range(len(senders) + 1)]
    t.eq(sorted(heard), senders + [0x200000], "senders heard")
    # It is asked for as soon as one of those before it is there.
    t.le(heard.index(0x200000), 2 * CALLS_MAX, "senders heard before the newcomer")


@test
def forged_known(t):
    """frames that claim to be of known senders cost a bounded number of derivations"""
    net = Net(t, 1, record=False)
    d = net.m[0].prose()
    k = d.key(n=0, suite=AEAD)
    senders = known_senders(t, net, d, k, 192)
    forged = [k.build(src, b"", ptk_id=1000 + i, data=bytes(80))
              for i in range(MEMBER_BURST) for src in senders]
    before, start = d.counters(), time.monotonic()
    for raw in forged:
        net.inject(raw)
    t.wait(lambda: sum(grown(d, before).values()) >= len(forged), "forged frames counted")
    took = time.monotonic() - start
    got = grown(d, before)
    t.log(f"{len(forged)} forged in {took:.1f} s: {got}")
    t.le(got["rx-bad-mac"], KNOWN_BURST + int(KNOWN_RATE * (took + 1)),
         "forged frames that a PTK was derived for")
    t.ok(got.get("rx-derive-limit"), "the others are dropped by the limit")


main()
