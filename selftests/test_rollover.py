#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""From one PTK ID to the next under traffic: nothing lost, nothing reordered."""

from prose_test import *


def numbers(frames, pgk):
    """The running number that blast put at the end of each payload."""
    return [struct.unpack(">I", parse(f).plain(pgk)[-4:])[0] for f in frames]


@test
def rollover(t):
    """65535 frames and on: PTK ID 2 follows SN 65535 of PTK ID 1, all in order"""
    net = Net(t, 2)
    (a, b), (ka, kb) = net.group(n=4)
    ev = a.host.events()
    sink = udp_sink(b.host)
    frame = a.bcast(payload(16) + bytes(4))
    sent, refused = blast(a.ns, "p0", 65500, frame)
    t.eq((sent, refused), (65500, 0), "frames given to the device")
    # The last ones by hand, so that the receiver is watched too
    n = 65500
    last = a.counters()["tx-packets"]
    t.eq(last, 65500, "tx-packets")
    while recv_udp(sink, 0.05) is not None:
        pass
    src = udp_source(a.host, a)
    want = []
    for i in range(100):
        data = payload(16) + struct.pack(">I", n + i)
        src.sendto(data, ("255.255.255.255", 4000))
        want.append(data)
        time.sleep(0.001)
    got = []
    while len(got) < 100:
        d = recv_udp(sink, 2)
        if d is None:
            break
        if len(d) == 20:
            got.append(d)
    t.eq(len(got), 100, "datagrams around the rollover")
    t.ok(got == want, "their order")
    frames = a.host.sent()
    counts = [parse(f).count() for f in frames]
    t.eq(len(counts), 65600, "frames recorded")
    t.eq(counts, [1 << 16 | sn for sn in range(1, 65536)] +
         [2 << 16 | sn for sn in range(1, 66)], "COUNTs in order")
    taken = [e["ptk-id"] for e in ev.poll(0.2) if e["event"] == "ptk-taken"]
    t.eq(taken, [1, 2], "ptk-taken events")
    t.eq(ka.get()["ptk-id"], 2, "PTK ID in key-get")


@test
def range_low(t):
    """range-low comes once at a quarter, before the end; an extension goes on"""
    net = Net(t, 1)
    d = net.m[0].prose()
    k = d.key(first=65530, last=65533)
    ev = d.host.events()
    frame = d.bcast(payload(4))
    for i in range(3):
        blast(d.ns, "p0", 65535, frame)
        if i < 1:
            t.eq([e for e in ev.poll(0.1) if e["event"] == "range-low"], [],
                 f"range-low after {i + 1} PTK IDs of 4")
    t.ok(ev.wait("range-low", timeout=2), "range-low with 1 of 4 left or in use")
    k.grant(first=65534, last=65535)
    out = d.tap(incoming=False)
    out.send(frame)
    t.wait(lambda: len(d.host.sent()) == 3 * 65535 + 1, "sent after the extension")
    t.eq(parse(d.host.sent()[-1]).ptk_id, 65533, "PTK ID")
    t.eq([e for e in ev.poll(0.1) if e["event"] == "range-ended"], [], "range-ended events")


@test
def next_key_takes_over(t):
    """when a key's range ends, another key with a range sends on"""
    net = Net(t, 1)
    d = net.m[0].prose()
    now = int(time.time())
    d.key(pgk_id=1, n=2, **{"from": now - 100})
    d.key(pgk_id=2, n=1, **{"from": now - 50})
    ev = d.host.events()
    blast(d.ns, "p0", 65535, d.bcast(payload(4)))
    out = d.tap(incoming=False)
    for _ in range(3):
        out.send(d.bcast(payload(4)))
    t.wait_eq(lambda: len(d.host.sent()), 65538, "frames sent")
    t.eq([parse(f).index for f in d.host.sent()[-4:]], [2, 1, 1, 1], "PGK indexes at the end")
    t.ok(ev.wait("range-ended", pgk_id=2, timeout=3), "range-ended")
    t.ok(ev.wait("key-activated", pgk_id=1, timeout=3), "key-activated of the other")


@test
def two_cpus(t):
    """two CPUs over a rollover: no COUNT twice, none lost"""
    if os.cpu_count() < 2:
        skip("one CPU")
    net = Net(t, 1)
    d = net.m[0].prose()
    d.key(n=4)
    frame = d.bcast(payload(4))
    ps = [blast(d.ns, "p0", 36000, frame, bypass=True, wait=False) for _ in range(2)]
    sent = 0
    for p in ps:
        out, err = p.communicate(timeout=100)
        t.eq(err, "", "errors of the sender")
        sent += int(out.split()[0])
    c = d.counters()
    drops = {k: v for k, v in c.items() if k.startswith("tx-") and v and
             k not in ("tx-packets", "tx-bytes")}
    t.wait_eq(lambda: len(d.host.sent()), c["tx-packets"], "frames recorded")
    counts = [parse(f).count() for f in d.host.sent()]
    t.eq(len(set(counts)), len(counts), "different COUNTs")
    t.eq((len(counts) + sum(drops.values()), drops.get("tx-no-range", 0)), (sent, 0),
         f"frames sent or counted as dropped ({drops})")
    t.eq(drops, {}, "drops")


main()
