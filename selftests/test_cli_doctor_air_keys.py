#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose doctor listens: frames of our group that no key, or not the right one, or not with the right
suite is there for; the commands of the report mend it."""

from prose_doctor import GCM, MAC, NONE, frames, hear, line, ready
from prose_test import *


@test
def unknown_key(t):
    """our group with a PGK index that no key has; the key that is added is taken"""
    net, d, p = ready(t)
    other = new_pgk()
    make = frames(d, other, index=3)
    r = hear(p, net, make, "no-pgk", 32)
    line(t, r, pgk_index=3, counter="rx-no-pgk")
    net.rec.key(d.group, d.member, 3, other, suite=GCM)
    p.mend(r, FILE=p.file(other))
    hear(p, net, make, "well", 0)


@test
def dead_key(t):
    """one of two keys has expired here and is still sent with there"""
    net, d, p = ready(t)
    other = new_pgk()
    p.attach(d, "range 8", GCM, pgk_id=3, pgk=other)
    p("key set dev p0 id 3 until +3s")
    t.wait(lambda: "expired" in [k["state"] for k in p.json("key show dev p0")], "expired", 20)
    make = frames(d, other, index=3)
    p.mend(hear(p, net, make, "key-dead", 32), FILE=p.file(other))
    hear(p, net, make, "well", 0)


@test
def wrong_key(t):
    """another key value: implausible packets with a cipher alone, wrong MACs with integrity"""
    for suite, verdict in ((NONE, "implausible"), (GCM, "bad-mac")):
        net, d, p = ready(t, suite)
        theirs = new_pgk()
        make = frames(d, theirs, suite)
        r = hear(p, net, make, verdict, 33)
        net.rec.key(d.group, d.member, 1, theirs, suite=suite)
        p.mend(r, FILE=p.file(theirs))
        hear(p, net, make, "well", 0)


@test
def wrong_suite(t):
    """the right key with another suite, of which the frames show which it is"""
    for ours, theirs, verdict in ((GCM, NONE, "bad-mac"), (NONE, GCM, "implausible"),
                                  (NONE, MAC, "leftover")):
        net, d, p = ready(t, ours)
        make = frames(d, p.pgk, theirs)
        r = hear(p, net, make, verdict, 34)
        t.ok("suite" in r["text"], r["text"])
        net.rec.key(d.group, d.member, 1, p.pgk, suite=theirs)
        p.mend(r, FILE=p.file())
        hear(p, net, make, "well", 0)
    net, d, p = ready(t, GCM)
    hear(p, net, frames(d, p.pgk, data=bytes(12)), "too-short", 34)


main()
