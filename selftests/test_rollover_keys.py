#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
# KCSAN: yes
# CPUs: 2
"""From one key to the next when PTK IDs end, and two CPUs at a rollover."""

from prose_test import *


@test
def next_key_takes_over(t):
    """when the PTK IDs of a key end for good, another key sends on"""
    net = Net(t, 1)
    d = net.m[0].prose()
    now = int(time.time())
    d.key(pgk_id=1, n=2, **{"from": now - 100})
    d.key(pgk_id=2, first=65535, last=65535, **{"from": now - 50})
    ev = d.host.events()
    blast(d.ns, "p0", 65535, d.bcast(payload(4)))
    out = d.tap(incoming=False)
    for _ in range(3):
        out.send(d.bcast(payload(4)))
    t.wait_eq(lambda: d.host.n_sent(), 65538, "frames sent")
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
    t.wait_eq(lambda: d.host.n_sent(), c["tx-packets"], "frames recorded")
    counts = [count_of(f) for f in d.host.sent()]
    t.eq(len(set(counts)), len(counts), "different COUNTs")
    t.eq((len(counts) + sum(drops.values()), drops.get("tx-no-range", 0)), (sent, 0),
         f"frames sent or counted as dropped ({drops})")
    t.eq(drops, {}, "drops")


main()
