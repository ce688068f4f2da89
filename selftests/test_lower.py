#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""The lower device: refused ones, deletion, renaming, move, MTU, carrier, filters."""

import errno
import json

from prose_test import *


@test
def enslaved_first(t):
    """a bridge, bond or team port, or one with a macvlan, is refused with a text"""
    net = Net(t, 1)
    h = net.m[0]
    made = 0
    for kind, cmds in (
            ("bridge", ["link add x0 type bridge", "link set low master x0"]),
            ("bond", ["link set low down", "link add x0 type bond", "link set low master x0"]),
            ("team", ["link set low down", "link add x0 type team", "link set low master x0"]),
            ("macvlan", ["link add x0 link low type macvlan mode bridge"]),
            ("ipvlan", ["link add x0 link low type ipvlan"])):
        try:
            batch(*cmds, ns=h.ns)
        except ns.CmdError as e:
            t.log(f"{kind}: not here: {e}")
            run("ip", "-n", h.ns, "link", "del", "x0", check=False)
            continue
        made += 1
        t.refused(lambda: h.rtnl.add("p0", h.rtnl.index("low"), {"group": GROUP}),
                  errno.EBUSY, f"over a port of a {kind}")
        batch("link del x0", "link set low up", ns=h.ns)
    t.ge(made, 2, "kinds that could be made")


@test
def enslaved_later(t):
    """a lower device in use cannot become a port; VLAN, VRF and MACsec are allowed"""
    net = Net(t, 1)
    h = net.m[0]
    d = h.prose()
    batch("link add br9 type bridge", ns=h.ns)
    low, br = h.rtnl.index("low"), h.rtnl.index("br9")
    t.refused(lambda: h.rtnl.set(low, master=br), (errno.EBUSY, errno.EOPNOTSUPP, errno.EINVAL),
              "made a bridge port")
    for kind, cmd in (("bond", "link add x0 type bond"), ("team", "link add x0 type team")):
        p = run("ip", "-n", h.ns, *cmd.split(), check=False)
        if p.returncode:
            continue
        t.refused(lambda: h.rtnl.set(low, master=h.rtnl.index("x0")),
                  (errno.EBUSY, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM),
                  f"made a {kind} port", says=False)
        batch("link del x0", ns=h.ns)
    p = run("ip", "-n", h.ns, "link", "add", "mv0", "link", "low", "type", "macvlan",
            check=False)
    t.ok(p.returncode, "a macvlan on the lower device was allowed")
    ok = 0
    for kind, cmd in (("vlan", "link add x0 link low type vlan id 5"),
                      ("macsec", "link add x0 link low type macsec")):
        p = run("ip", "-n", h.ns, *cmd.split(), check=False)
        if "nknown" in p.stderr or "not supported" in p.stderr:
            continue
        t.eq(p.returncode, 0, f"{kind} beside prose: {p.stderr}")
        ok += 1
        k = d.key(pgk_id=ok, n=0)
        net.inject(k.build(0x0A0B0C, codec.udp4("10.0.0.1", "224.0.0.3", payload(20)), sn=ok))
        t.wait_eq(lambda: d.counter("rx-packets"), ok, f"received beside a {kind}")
        batch("link del x0", ns=h.ns)
    p = run("ip", "-n", h.ns, "link", "add", "vrf0", "type", "vrf", "table", "10", check=False)
    if not p.returncode:
        batch("link set low master vrf0", "link set low nomaster", ns=h.ns)
        ok += 1
    t.ge(ok, 1, "kinds beside it that could be tried")
    # After the last prose device is gone the lower device is free again
    d.delete()
    batch("link set low master br9", ns=h.ns)


@test
def deleted(t):
    """the lower device deleted under traffic takes its prose devices along"""
    net = Net(t, 2)
    (a, b), _ = net.group()
    h = a.host
    h.prose("p1", group=GROUP + 1, ip=False).key()
    p = blast(a.ns, "p0", 10 ** 9, a.bcast(payload(60)), wait=False)
    t.wait(lambda: b.counter("rx-packets") > 20, "traffic")
    h.rtnl.delete(h.rtnl.index("low"))
    p.wait(20)
    p.stdout.close()
    p.stderr.close()
    for n in ("p0", "p1"):
        try:
            h.rtnl.get(n)
            t.ok(False, f"{n} still exists")
        except NlError as e:
            t.eq(e.errno, errno.ENODEV, f"{n}")
    t.eq(h.genl.dump("key-get"), [], "keys")


def rename(rtnl, ifindex, name):
    """Before 6.2 a device must be down to take a name."""
    try:
        rtnl.set(ifindex, name=name)
    except NlError as e:
        if e.errno != errno.EBUSY:
            raise
        rtnl.set(ifindex, up=False)
        rtnl.set(ifindex, name=name)
        rtnl.set(ifindex, up=True)


@test
def renamed(t):
    """lower and prose device renamed: traffic goes on, replies tell the new name"""
    net = Net(t, 2)
    (a, b), _ = net.group()
    h = a.host
    rename(h.rtnl, h.rtnl.index("low"), "wlan9")
    rename(h.rtnl, a.ifindex, "fire")
    a.name = "fire"
    t.eq(a.get()["ifname"], "fire", "name in dev-get")
    t.wait_eq(a.operstate, "up", "operational state")
    a.tap(incoming=False).send(a.bcast(payload(50)))
    t.wait_eq(lambda: b.counter("rx-packets"), 1, "received")


@test
def moved(t):
    """the lower device moved to another netns: the prose device goes on or goes, no leak"""
    net = Net(t, 2)
    (a, b), _ = net.group()
    fd = os.open(ns.path(net.m[1].ns), os.O_RDONLY)
    t.defer(os.close, fd)
    h = a.host
    batch("link set low down", ns=h.ns)
    h.rtnl.set(h.rtnl.index("low"), netns_fd=fd, extra=nl.attr(nl.IFLA_IFNAME, b"other\0"))
    batch("link set other arp off up", ns=net.m[1].ns)
    net.rec.add(net.m[1].ns, "other", "moved")
    try:
        state = a.get()
    except NlError:
        return      # it went with its lower device
    t.ok("lower-netnsid" in state, "it tells that its lower device is elsewhere")
    t.wait_eq(a.operstate, "up", "operational state")
    n = b.counter("rx-packets")
    a.tap(incoming=False).send(a.bcast(payload(50)))
    t.wait_eq(lambda: b.counter("rx-packets"), n + 1, "received")


@test
def mtu(t):
    """MTU is the lower one's less 51 and follows it; too long is counted, never cut"""
    net = Net(t, 2)
    h = net.m[0]
    (a, b), _ = net.group()
    t.eq(a.link()["mtu"], 1449, "MTU over 1500")
    for host in net.m:
        batch("link set low mtu 1551", ns=host.ns)
        batch(f"link set {host.port} mtu 1551", ns=net.air)
    batch("link set br0 mtu 1551", ns=net.air)
    t.eq((a.link()["mtu"], b.link()["mtu"]), (1500, 1500), "MTU over 1551")
    t.ok(h.ping("10.33.0.2", size=1472, extra=("-M", "do")), "ping of 1500 octets")
    low = h.rtnl.index("low")
    h.rtnl.set(low, mtu=1000)
    t.eq(a.link()["mtu"], 949, "MTU over 1000")
    out = a.tap(incoming=False)
    # The largest that fits the lower MTU: 13 octets before the packet
    before = a.counters()
    big = codec.udp4("10.33.0.1", "255.255.255.255", payload(1000))
    n = h.n_sent()
    try:
        out.send(a.eth(big))
        t.wait(lambda: a.counter("tx-too-long") == before["tx-too-long"] + 1, "tx-too-long")
    except OSError as e:
        t.eq(e.errno, errno.EMSGSIZE, "refused by the packet socket")
    t.eq(h.n_sent(), n, "frames of it on the lower device")
    for bad in (67, 1, 0, 1000, 65536, 1 << 31):
        try:
            h.rtnl.set(a.ifindex, mtu=bad)
            t.ok(bad in (67, 0, 1) and False, f"MTU {bad} was accepted")
        except NlError as e:
            t.ok(e.errno in (errno.EINVAL, errno.ERANGE), f"MTU {bad}: {e}")
    h.rtnl.set(a.ifindex, mtu=500)
    h.rtnl.set(low, mtu=1500)
    t.ok(a.link()["mtu"] in (500, 1449), f"an MTU of one's own ({a.link()['mtu']})")


@test
def carrier(t):
    """the lower device's carrier and keys make the operational state"""
    net = Net(t, 2)
    h = net.m[0]
    d = h.prose()
    t.wait_eq(d.operstate, "dormant", "without a key")
    k = d.key(n=0)
    t.wait_eq(d.operstate, "dormant", "without PTK IDs")
    k.grant(4)
    t.wait_eq(d.operstate, "up", "with a sending key", 2)
    batch(f"link set {h.port} down", ns=net.air)
    t.wait_eq(d.operstate, "lowerlayerdown", "without carrier", 3)
    batch(f"link set {h.port} up", ns=net.air)
    t.wait_eq(d.operstate, "up", "with carrier again", 3)
    k.delete()
    t.wait_eq(d.operstate, "dormant", "key detached", 2)
    lo = h.prose("p2", group=GROUP + 2, tx=0)
    t.eq(lo.operstate(), "dormant" if lo.operstate() == "dormant" else "down", "listener, no key")
    k2 = lo.key(n=0)
    t.wait_eq(lo.operstate, "up", "listener with a key", 2)
    keyring.revoke(k2.serial)
    t.ok(lo.operstate() != "up" or t.wait(lambda: lo.operstate() != "up",
                                          "listener, its key revoked", 3), "not up")


@test
def multicast_filter(t):
    """the group's address is in the lower device's filter while up, and only then"""
    net = Net(t, 1)
    h = net.m[0]

    def filtered():
        out = json.loads(h.run("ip", "-j", "maddr", "show", "dev", "low").stdout)
        return sum(m.get("users", 1) for m in out[0].get("maddr", [])
                   if m.get("link", "").startswith("03:33:03:44:55:66"))

    t.eq(filtered(), 0, "before")
    d = h.prose(member=1)
    t.eq(filtered(), 1, "while up")
    d2 = h.prose("p1", member=2, ip=False)
    t.eq(filtered(), 2, "with a second member, up too")
    d2.delete()
    d.set_up(False)
    t.eq(filtered(), 0, "while down")
    d.set_up(True)
    h.rtnl.set(h.rtnl.index("low"), up=False)
    h.rtnl.set(h.rtnl.index("low"), up=True)
    t.eq(filtered(), 1, "after the lower device went down and up")
    d.delete()
    t.eq(filtered(), 0, "after deletion")


@test
def promiscuity(t):
    """promiscuous mode and allmulti leave the lower device's counts as they were"""
    net = Net(t, 1)
    h = net.m[0]
    d = h.prose()

    def counts():
        j = json.loads(h.run("ip", "-d", "-j", "link", "show", "low").stdout)[0]
        return j.get("promiscuity"), j.get("allmulti")

    start = counts()
    for order in (("promisc on", "up", "down", "promisc off"),
                  ("up", "promisc on", "down", "promisc off"),
                  ("promisc on", "up", "promisc off", "down"),
                  ("up", "allmulticast on", "down", "allmulticast off", "up"),
                  ("up", "promisc on", "promisc off", "down", "up")):
        for step in order:
            batch(f"link set p0 {step}", ns=h.ns)
        batch("link set p0 up", ns=h.ns)
        t.eq(counts(), start, f"after {order}")
    batch("link set p0 promisc on", ns=h.ns)
    d.delete()
    t.eq(counts(), start, "after deletion in promiscuous mode")


@test
def stacked(t):
    """prose over prose, loops and depth: refused or working, never a crash"""
    net = Net(t, 2)
    h = net.m[0]
    h.prose(member=5).key()
    below, made = "p0", 1
    for i in range(1, 12):
        try:
            h.prose(f"p{i}", lower=below, member=5, ip=False, nonip="on").key()
        except NlError as e:
            t.log(f"depth {i}: {e}")
            break
        below, made = f"p{i}", made + 1
    t.ok(made < 12, "depth is limited")
    for i in range(20):
        out = Raw(h.ns, below, proto=0)
        out.send(b"\xff" * 6 + bytes(8) + bytes([i]) * 60)
        out.close()
    h.rtnl.delete(h.rtnl.index("p0"))


@test
def several_members(t):
    """members on one lower device each get a copy and do not hear one another"""
    net = Net(t, 2)
    h = net.m[0]
    pgk = new_pgk()
    devs = [h.prose(f"p{i}", member=0x20 + i, ip=False) for i in range(4)]
    for d in devs:
        d.key(pgk)
    k = net.m[1].prose(ip=False).key(pgk)
    k.dev.tap(incoming=False).send(k.dev.bcast(payload(50)))
    for d in devs:
        t.wait_eq(lambda d=d: d.counter("rx-packets"), 1, f"copy of {d.name}")
    devs[0].tap(incoming=False).send(devs[0].bcast(payload(50)))
    t.wait_eq(lambda: k.dev.counter("rx-packets"), 1, "heard on the air")
    time.sleep(0.1)
    t.eq([d.counter("rx-packets") for d in devs], [1, 1, 1, 1], "heard by its neighbours")


@test
def own_source(t):
    """frames with our own member identity are never delivered: reflected, old, foreign"""
    net = Net(t, 2)
    pgk = new_pgk()
    a, b = (h.prose() for h in net.m)
    ka = a.key(pgk, first=100, last=103)
    b.key(pgk)
    ev = a.host.events()
    air = net.hear(a.host)
    a.tap(incoming=False).send(a.bcast(payload(50)))
    f = air.recv()
    net.inject(f.raw, a.host)
    t.wait_eq(lambda: a.counter("rx-own-src"), 1, "a reflection")
    plain = codec.udp4("10.33.0.1", "255.255.255.255", payload(50))
    net.inject(ka.build(a.member, plain, ptk_id=50), a.host)
    t.wait_eq(lambda: a.counter("rx-own-src-old"), 1, "below what was granted")
    t.eq(ev.wait("member-conflict", timeout=0.3), None, "an event for these")
    net.inject(ka.build(a.member, plain, ptk_id=100, sn=500), a.host)
    t.wait_eq(lambda: a.counter("rx-own-src-foreign"), 1, "not sent by us")
    t.ok(ev.wait("member-conflict", timeout=3), "member-conflict")
    net.inject(ka.build(a.member, plain, ptk_id=2000, sn=1), a.host)
    t.wait_eq(lambda: a.counter("rx-own-src-foreign"), 2, "an ID never granted")
    t.eq(a.counter("rx-packets"), 0, "delivered")


main()
