#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Queues below that serve flows in turn: voice overtakes video, and no window is left.

An SN is taken before the frame comes into the lower device's queue, so what overtakes
there makes the others late by as many frames as wait.
"""

from prose_test import *

QUEUES = {
    "pfifo": ["pfifo", "limit", "10000"],
    # No drops: what is lost is lost by the window.
    "fq_codel": ["fq_codel", "limit", "10000", "target", "10s", "interval", "100s"],
    "fq": ["fq", "limit", "10000", "flow_limit", "10000"],
}
VIDEOS, FRAMES, VOICE_EVERY = 3, 300, 30


def shape(host, rate, how="add"):
    run("tc", "qdisc", how, "dev", "low", "root", "handle", "1:", "tbf", "rate", rate,
        "burst", "3100", "limit", "6000000", ns=host.ns)


def put_queue(host, queue):
    """That queue in front of a link on which nearly nothing gets away."""
    shape(host, "64kbit")
    run("tc", "qdisc", "add", "dev", "low", "parent", "1:", "handle", "10:", *QUEUES[queue],
        ns=host.ns)


def source(a, port):
    s = udp_source(a.host, a)
    s.setsockopt(socket.SOL_SOCKET, 32, 4 << 20)    # SO_SNDBUFFORCE
    # Connected, as most are: then all of it is one flow.
    s.connect(("10.33.0.2", port))
    return s


def voice_beside_video(t, queue, window):
    """How many frames were late of how many."""
    net = Net(t, 2, record=False)
    net.one_queue()
    (a, b), _ = net.group(suite=Suite("aes128-gcm"), **({"window": window} if window else {}))
    a.host.ping("10.33.0.2")
    put_queue(a.host, queue)
    before = {d: d.counters() for d in (a, b)}
    sinks = [udp_sink(b.host, port) for port in (*range(4001, 4001 + VIDEOS), 4900)]
    videos = [source(a, 4001 + i) for i in range(VIDEOS)]
    voice = source(a, 4900)
    for i in range(FRAMES):
        for s in videos:
            s.send(payload(1000))
        if not i % VOICE_EVERY:
            voice.send(payload(40))
    sent = VIDEOS * FRAMES + FRAMES // VOICE_EVERY

    def grown(d, *names):
        now = d.counters()
        return sum(now.get(n, 0) - before[d].get(n, 0) for n in names)
    t.wait(lambda: grown(a, "tx-packets") >= sent, "all frames are on the way")
    shape(a.host, "40mbit", "change")
    t.wait(lambda: grown(b, "rx-packets", "rx-late") >= grown(a, "tx-packets"),
           "all frames are there", 20)
    late = grown(b, "rx-late")
    for s in (*sinks, *videos, voice):
        s.close()
    t.log(f"{queue}, window {window or 'as it is'}: {late} of {sent} late")
    return late


@test
def default(t):
    """with the default window none is late, whichever queue is below"""
    for queue in QUEUES:
        t.eq(voice_beside_video(t, queue, None), 0, f"frames late with {queue} below")
        for e in t.close():
            raise Failed(e)


@test
def small(t):
    """with a window of 64 most would be, behind a queue of flows only"""
    for queue in QUEUES:
        late = voice_beside_video(t, queue, 64)
        if queue == "pfifo":
            t.eq(late, 0, "frames late with pfifo below")
        else:
            t.ok(late > 100, f"frames are late with {queue} below: {late}")
        for e in t.close():
            raise Failed(e)


main()
