#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the kernel's side is in test_netlink, test_floors and test_uniqueness
"""prose key: ranges, times and overlaps."""

from prose_cli import Cli
from prose_test import *


def setup(t):
    net = Net(t, 2)
    d = net.m[0].prose()
    return net, d, Cli(t, d.ns)


@test
def no_range(t):
    """range 0, standby and tx off take no PTK IDs; use and extend do"""
    net, d, prose = setup(t)
    prose.add(d, 1, "range 0")
    t.eq(prose.json("key show")[0]["state"], "no-range", "range 0")
    t.eq(prose.json("ledger show")["records"], [], "the ledger")
    prose(f"key extend dev {d.name} id 1 range 10")
    k, = prose.json("key show")
    t.eq((k["state"], k["ptk_last"]), ("active", 10), "extended")
    prose.add(d, 2, "from standby")
    k = prose.json("key show")[1]
    t.eq((k["state"], k["ptk_left"]), ("standby", 0), "standby")
    prose(f"key use dev {d.name} id 2")
    states = {k["pgk_id"]: k["state"] for k in prose.json("key show")}
    t.eq(states, {1: "ready", 2: "active"}, "used")
    listen = net.m[1].prose()
    prose2 = Cli(t, listen.ns)
    prose2(f"dev set {listen.name} tx off")
    prose2.add(listen, 1)
    t.eq(prose2.json("key show")[0]["state"], "rx-only", "tx off")
    t.eq(prose2.json("ledger show")["records"], [], "the ledger of the listener")
    t.ok("listen only" in prose2("show").stdout, "said so")


@test
def give_back(t):
    """key del gives the unused IDs back: the next range begins there"""
    _, d, prose = setup(t)
    pgk = new_pgk()
    prose.add(d, 1, pgk=pgk)
    d.tap().send(d.bcast(b"x"))
    taken = t.wait(lambda: [k for k in d.genl.dump("key-get", ifindex=d.ifindex)
                            if k.get("ptk-id")], "a PTK ID taken")[0]
    p = prose(f"key del dev {d.name} id 1")
    t.ok("went back to the ledger" in p.stdout, p.stdout)
    left = prose.json("ledger show")["records"][0]["next"]
    t.ok(taken["ptk-id"] < left < 250, f"the ledger's next ID: {left}")
    prose.add(d, 1, pgk=pgk)
    again, = d.genl.dump("key-get", ifindex=d.ifindex)
    t.eq(again["ptk-last"], left + 255, "last ID of the next range")
    t.ok(again.get("ptk-id", again["ptk-first"]) > taken["ptk-id"], "no ID is used again")
    # dev del detaches first, so it gives back too
    prose(f"dev del {d.name}")
    t.ok(left <= prose.json("ledger show")["records"][0]["next"] < left + 250, "after dev del")


@test
def twice(t):
    """a second key of the same ID, or of equal low bits, is refused with the reason"""
    _, d, prose = setup(t)
    prose.add(d, 1)
    for i in (1, 33):
        p = prose.add(d, i, code=2)
        t.ok(p.stderr.startswith("Error: ") and "key show" in p.stderr, p.stderr)
    t.eq(len(prose.json("key show")), 1, "keys")


@test
def overlap(t):
    """a warning if two keys overlap by less than a minute"""
    _, d, prose = setup(t)
    prose.add(d, 1, "until +10m")
    p = prose.add(d, 2, "from +570s")
    t.ok("overlap by only" in p.stderr, p.stderr)
    p = prose.add(d, 3, "from +11m")
    t.ok("without any key" in p.stderr, p.stderr)
    prose(f"key del dev {d.name} id 2")
    prose(f"key del dev {d.name} id 3")
    p = prose.add(d, 4, "from +8m")
    t.ok("overlap" not in p.stderr, p.stderr)


@test
def clock(t):
    """times are refused while the clock is before the ledger's last write"""
    _, d, prose = setup(t)
    now, mono = time.time(), time.monotonic()
    t.defer(lambda: time.clock_settime(time.CLOCK_REALTIME, now + time.monotonic() - mono))
    time.clock_settime(time.CLOCK_REALTIME, now - 10 * 365 * 86400)
    p = prose.add(d, 1, "until +8h", code=4)
    t.ok("the clock says" in p.stderr and "--trust-clock" in p.stderr, p.stderr)
    prose.add(d, 1)
    prose(f"key del dev {d.name} id 1")
    prose.add(d, 1, "until +8h --trust-clock")


main()
