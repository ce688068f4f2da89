#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose doctor listens: replays, our own member ID from another, no protection, foreign headers; the
commands of the report mend it where they can."""

from prose_doctor import GCM, NONE, PLAIN, frames, hear, ready
from prose_test import *


@test
def replayed(t):
    """frames heard before, and a sender that began anew, which is forgotten on command"""
    net, d, p = ready(t)
    make = frames(d, p.pgk, ptk_id=9, sn=1)
    net.inject(make(1))
    t.wait_eq(lambda: d.counter("rx-packets"), 1, "delivered")
    r = hear(p, net, make, "duplicate", 35)
    t.eq(r["mend"], [], "nothing to mend")
    old = frames(d, p.pgk, ptk_id=2)
    r = hear(p, net, old, "old-ptk", 35)
    p.mend(r)
    hear(p, net, old, "well", 0)


@test
def own_member(t):
    """our member ID from another, with a cipher alone: this device takes another one"""
    net, d, p = ready(t, NONE)
    make = frames(d, p.pgk, NONE, src=d.member, ptk_id=700)
    r = hear(p, net, make, "own-member", 36)
    p.mend(r)
    d.member = int(p.json("show p0")[0]["member"], 16)
    p.attach(d, "range 8", NONE)
    hear(p, net, make, "well", 0)
    # With integrity it is proved while the doctor listens.
    net, d, p = ready(t, GCM)
    r = hear(p, net, frames(d, p.pgk, src=d.member, ptk_id=700), "conflict", 19)
    p.mend(r)
    p.doctor("well", 0, "dev p0 listen 0")


@test
def unprotected(t):
    """one side protects, the other does not"""
    net, d, p = ready(t)
    clear = frames(d, p.pgk, header=bytes(5), data=PLAIN)
    r = hear(p, net, clear, "unprotected", 37)
    t.ok(r["mend_elsewhere"], "it is the other who is to change")
    p("dev del p0")
    d = net.m[0].prose(protect=0, ip=False)
    r = hear(p, net, frames(d, p.pgk), "protected", 37)
    p.mend(r)
    p.attach(d, "range 8", GCM)
    hear(p, net, frames(d, p.pgk), "well", 0)


@test
def foreign(t):
    """headers that nobody here sends"""
    net, d, p = ready(t)
    r = hear(p, net, frames(d, p.pgk, lcid=29), "foreign", 38)
    p.mend(r, only=1)


@test
def other_contents(t):
    """packets with the right key that this device does not carry"""
    net, d, p = ready(t, nonip="off")
    hear(p, net, frames(d, p.pgk, sdu_type=codec.SDU_NONIP), "nonip", 38)
    hear(p, net, frames(d, p.pgk, sdu_type=7), "sdu-type", 38)
    hear(p, net, frames(d, p.pgk), "well", 0)


main()
