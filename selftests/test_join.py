#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A group by files: joined, talking, rotated, left, and one removed who stays deaf. What
is refused, and why, needs no kernel: selftests/unit/test_provisioning.py."""

import os

from prose_join import FIRE, Manager, Radio
from prose_test import *


def two(t, n=2, **kw):
    net = Net(t, n, record=False)
    manager = Manager(t, **kw)
    return manager, [Radio(t, net.m[i], f"radio{i + 1}") for i in range(n)], net


def joined(t, n=2, **kw):
    manager, radios, net = two(t, n, **kw)
    for r in radios:
        r.join(manager.add(r))
    return manager, radios, net


def active(manager):
    return [i for i, k in manager.keys().items() if k["state"] == "active"][0]


@test
def life(t):
    """two devices join by one file each, talk through a changeover and to another suite, and leave"""
    manager, (a, b), net = two(t)
    air = net.hear(a.host)
    p = a.join(manager.add(a))
    t.ok("fire: talking, 0 members heard" in p.stdout, p.stdout)
    t.eq(os.stat(f"{a.conf}/fire.conf").st_mode & 0o777, 0o600, "mode of the file")
    b.join(manager.add(b))
    t.ok(a.host.ping(b.address()), "a hears b")
    p = b.join(f"{b.files}/radio2.prose")
    t.ok("fire: talking, 1 member heard" in p.stdout, p.stdout)
    frames = air.drain()
    t.ok(len(frames) >= 2, "something was on the air")
    t.eq([f for f in frames if b"\x08\x00E\x00" in bytes(f.raw)], [], "no IP header on the air")
    t.eq({i: k["fingerprint"] for i, k in a.keys().items()},
         {i: k["fingerprint"] for i, k in manager.keys().items()}, "keys attached")
    manager(f"receipt add {a.files}/radio1.prose.receipt")
    t.eq(manager.state_of(a)["delivery"], "in use", "what the receipt says")

    first = active(manager)
    manager(f"changeover {FIRE} now")
    a(f"import {manager.export(a)}")
    t.ok(active(manager) != first and "ptk_id" in a.keys()[active(manager)], "a sends with the next key")
    t.ok(a.host.ping(b.address()), "one has changed over, the other has not: they talk")
    manager(f"rotate {FIRE} suite eea2 integrity none kdf direct")
    manager(f"changeover {FIRE} now")
    for r in (a, b):
        r(f"import {manager.export(r)}")
        k = r.keys()[active(manager)]
        t.eq((k["cipher"], k["kdf"]), ("eea2", "direct"), f"{r.name}'s key")
    t.ok(a.host.ping(b.address()), "they talk with it")

    # The agent has back what was taken off by hand.
    for k in a.keys():
        a(f"key del dev fire id {k}")
    mount = f"mount --bind {a.conf} /etc/prose && exec prose agent"
    p = popen("unshare", "-m", "sh", "-c", mount, ns=a.host.ns,
              env=dict(os.environ, PROSE_STATE_DIR=a.state))
    t.defer(p.kill)
    t.wait(lambda: set(a.keys()) == set(manager.keys()), "all keys are back")
    t.ok(a.host.ping(b.address()), "and talk")
    t.ok("Keys = manager" in a("showconf fire").stdout, "the source of the keys is saved")
    a("restart fire")
    t.eq(set(a.keys()), set(manager.keys()), "the keys after down and up")
    a("leave fire")
    t.eq(a.keys(), {}, "keys of who has left")
    t.ok(not b.host.ping(a.address(), timeout=2), "it is deaf")


@test
def removed(t):
    """who is removed has no key that is made after it, and neither hears nor is heard"""
    manager, (a, b, c), _ = joined(t, 3)
    t.ok(a.host.ping(c.address()), "before it, all hear all")
    old = set(manager.keys())
    # Rotated keys are in its hands already, and must not help it.
    p = manager(f"remove {FIRE} radio3", 4)
    t.ok("radio1" in p.stdout and "radio2" in p.stdout and "radio3" not in p.stdout.split("These")[1],
         p.stdout)
    new = set(manager.keys())
    t.eq(old & new, set(), "no key from before is left in the list")
    for r in (a, b):
        r(f"import {manager.export(r)}")
        t.eq(set(r.keys()), new, f"{r.name} has the new keys and no old one")
    t.ok(a.host.ping(b.address()), "the others talk on")
    t.ok(not a.host.ping(c.address(), timeout=2), "the removed one does not hear them")
    t.ok(not c.host.ping(b.address(), timeout=2), "nor do they hear it")
    t.eq(set(c.keys()), old, "it still has its old keys")
    p = c(f"import {manager.export(c)}")
    t.ok("no member any more" in p.stdout, p.stdout)
    t.eq(c.keys(), {}, "its own file takes them off")
    t.ok(not manager.json("inventory")[-1]["device"] == "radio3" or
         not [x for x in manager.json("inventory") if x["device"] == "radio3" and x["live"]],
         "the manager knows it to have no live key")


@test
def one_source(t):
    """a group whose keys come from a file takes none from a manager"""
    manager, (a, _), _ = two(t)
    path = manager.add(a)
    group = manager.json(f"group show {FIRE}")[0]["group"]
    with open(f"{a.conf}/mine.conf", "w", encoding="ascii") as f:
        f.write(f"[Device]\nLower = low\nGroup = {group}\n")
    os.chmod(f"{a.conf}/mine.conf", 0o600)
    p = a(f"import {path}", 1)
    t.ok("local keys" in p.stderr and "Keys = manager" in p.stderr, p.stderr)
    manager(f"receipt add {path}.receipt")
    t.eq(manager.state_of(a)["reason"], "local keys", "the manager is told")
    with open(f"{a.conf}/mine.conf", "a", encoding="ascii") as f:
        f.write("Keys = manager\n")
    a(f"import {path}")
    a("up mine")
    t.eq(set(a.keys("mine")), set(manager.keys()), "with Keys = manager they are its")
    t.ok("Keys = manager" in a("showconf mine").stdout, "and stay so in the file")
    t.ok("[Key]" not in a("showconf mine").stdout, "which has none of its own")


main()
