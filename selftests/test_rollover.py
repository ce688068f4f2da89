#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""From one PTK ID to the next under traffic: nothing lost, nothing reordered."""

from prose_test import *


@test
def rollover(t):
    """65535 frames and on: PTK ID 2 follows SN 65535 of PTK ID 1, all in order"""
    net = Net(t, 2)
    (a, b), (ka, kb) = net.group(n=4)
    ev = a.host.events()
    sink = udp_sink(b.host)
    frame = a.bcast(payload(16) + bytes(4))
    b.set_up(False)     # nobody need hear all of them
    sent, refused = blast(a.ns, "p0", 65500, frame)
    t.eq((sent, refused), (65500, 0), "frames given to the device")
    # The last ones by hand, so that the receiver is watched too
    n = 65500
    last = a.counters()["tx-packets"]
    t.eq(last, 65500, "tx-packets")
    b.set_up(True)
    t.wait_eq(b.operstate, "up", "operational state")
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
    counts = [count_of(f) for f in frames]
    t.eq(len(counts), 65600, "frames recorded")
    t.eq(counts, [1 << 16 | sn for sn in range(1, 65536)] +
         [2 << 16 | sn for sn in range(1, 66)], "COUNTs in order")
    # PTK ID 1 was taken when it was granted, before anybody listened
    taken = [e["ptk-id"] for e in ev.poll(0.2) if e["event"] == "ptk-taken"]
    t.eq(taken, [2], "ptk-taken events")
    t.eq(ka.get()["ptk-id"], 2, "PTK ID in key-get")


@test
def range_low(t):
    """range-low comes once, before the end; an extension goes on; then range-ended"""
    net = Net(t, 1)
    d = net.m[0].prose()
    k = d.key(first=65532, last=65533)
    ev = d.host.events()
    frame = d.bcast(payload(4))
    blast(d.ns, "p0", 65535, frame)
    t.eq([e for e in ev.poll(0.1) if e["event"] == "range-low"], [],
         "range-low with half of the range left")
    out = d.tap(incoming=False)
    out.send(frame)
    e = ev.wait("range-low", timeout=2)
    t.ok(e, "range-low with none of 2 left")
    t.eq((e["pgk-id"], e["ptk-left"]), (1, 0), "what it tells")
    k.grant(first=65534, last=65535)
    t.eq(k.get()["ptk-left"], 2, "PTK IDs left after the extension")
    out.send(frame)
    t.wait_eq(d.host.n_sent, 65535 + 2, "frames sent after the extension")
    t.eq([e for e in ev.poll(0.1) if e["event"] == "range-ended"], [],
         "further events")


main()
