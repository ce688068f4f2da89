#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# KCSAN: yes
# CPUs: 2
# Not on the debug kernel: the paths are those of test_rollover_keys
"""A rollover every few frames: nothing lost, nothing reordered, no COUNT twice."""

from prose_test import *
from test_async import Pair

SN_FIRST = "/sys/module/prose/parameters/sn_first"
PER_PTK = 4


def few_sns(t):
    """From now on a PTK has PER_PTK SNs."""
    def write(value):
        with open(SN_FIRST, "w", encoding="ascii") as f:
            f.write(str(value))
    t.defer(write, 1)
    write(65536 - PER_PTK)


def counts(n):
    """The COUNTs of the first n frames."""
    return [i // PER_PTK + 1 << 16 | 65536 - PER_PTK + i % PER_PTK for i in range(n)]


def sent(t, host, n):
    t.wait_eq(host.n_sent, n, "frames on the wire", 20)
    return [count_of(f) for f in host.sent()]


@test
def one_sender(t):
    """one sender, a synchronous cipher"""
    few_sns(t)
    net = Net(t, 2)
    (a, b), _ = net.group(n=200)
    sink = udp_sink(b.host)
    src = udp_source(a.host, a)
    for i in range(300):
        src.sendto(payload(16) + struct.pack(">I", i), ("255.255.255.255", 4000))
        time.sleep(0.002)
    got = []
    while len(got) < 300:
        d = recv_udp(sink, 3)
        if d is None:
            break
        if len(d) == 20:
            got.append(struct.unpack(">I", d[16:])[0])
    t.eq(got, list(range(300)), "datagrams")
    t.eq(sent(t, a.host, 300), counts(300), "COUNTs in order")


@test
def asynchronous(t):
    """a driver that holds every request for a while: PTKs wait for each other"""
    few_sns(t)
    p = Pair(t, "async", delay_ms=3)
    p.ka.grant(n=100)
    p.send(100)
    t.eq(p.got(100), list(range(100)), "datagrams in order")
    t.eq(sent(t, p.a.host, 100), counts(100), "COUNTs in order")
    t.eq(p.a.counter("tx-hold-full"), 0, "frames dropped for waiting")
    p.clean()


@test
def two_cpus(t):
    """two senders at once, as fast as they can"""
    few_sns(t)
    net = Net(t, 1)
    d = net.m[0].prose()
    d.key(n=600)
    n = 1000
    jobs = [blast(d.ns, "p0", n, d.bcast(payload(20)), wait=False) for _ in range(2)]
    for job in jobs:
        out, err = job.communicate(timeout=100)
        t.eq(job.returncode, 0, f"blast: {err}")
        t.eq(out.split(), [str(n), "0"], "frames taken and refused")
    t.eq(sorted(sent(t, d.host, 2 * n)), counts(2 * n), "every COUNT once, none left out")
    t.eq(d.counter("tx-hold-full"), 0, "frames dropped for waiting")


main()
