#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Bridges on top (with nonip on), macvlan and VLANs on top, VLANs below."""

from prose_test import *


@test
def bridged(t):
    """hosts behind bridges on two members reach each other, with nonip on"""
    net = Net(t, 2)
    pgk = new_pgk()
    for h in net.m:
        d = h.prose(nonip="on", ip=False)
        d.key(pgk)
        run("ip", "netns", "add", f"{h.ns}-h")
        t.defer(run, "ip", "netns", "del", f"{h.ns}-h", check=False)
        batch("link add br9 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
              "link set p0 master br9", "link set br9 up",
              "link add h0 type veth peer name h1", "link set h0 master br9 up",
              f"link set h1 netns {h.ns}-h", ns=h.ns)
        batch(f"addr add 192.168.9.{h.i}/24 dev h1", "link set h1 up", ns=f"{h.ns}-h")
    a, b = net.m

    def ping(size=56):
        return run("ping", "-n", "-c1", "-W3", "-s", size, "192.168.9.2", ns=f"{a.ns}-h",
                   check=False).returncode == 0

    t.wait(ping, "ping from host to host", 10)
    t.ok(ping(1300), "with 1300 octets")
    batch("link set br9 mtu 1449", ns=a.ns)
    for f in a.sent():
        t.eq(parse(f).sdu_type, 3, "SDU type of bridged frames")


@test
def bridged_auto(t):
    """without nonip on, a bridge's foreign frames are counted, not sent"""
    net = Net(t, 1)
    h = net.m[0]
    d = h.prose(ip=False)
    d.key()
    d.tap(incoming=False).send(d.eth(codec.udp4("10.0.0.1", "255.255.255.255"),
                                     src=b"\x02\0\0\0\0\7"))
    t.wait_eq(lambda: d.counter("tx-nonip"), 1, "tx-nonip")
    t.eq(h.n_sent(), 0, "frames sent")


@test
def macvlan_on_top(t):
    """a macvlan on a prose device works with nonip on"""
    net = Net(t, 2)
    pgk = new_pgk()
    for h in net.m:
        h.prose(nonip="on").key(pgk)
    a, b = net.m
    p = run("ip", "-n", a.ns, "link", "add", "mv0", "link", "p0", "type", "macvlan",
            check=False)
    if p.returncode:
        skip(f"no macvlan here: {p.stderr.strip()}")
    batch("addr add 10.44.0.1/24 dev mv0", "link set mv0 up", ns=a.ns)
    batch("addr add 10.44.0.2/24 dev p0", ns=b.ns)
    t.ok(a.ping("10.44.0.2"), "ping")


@test
def vlan_on_top(t):
    """a VLAN over the prose device, tagged in the frame or beside it"""
    net = Net(t, 2)
    pgk = new_pgk()
    devs = [h.prose(nonip="on") for h in net.m]
    for h, d in zip(net.m, devs):
        d.key(pgk)
        batch("link add p0.7 link p0 type vlan id 7", f"addr add 10.77.0.{h.i}/24 dev p0.7",
              "link set p0.7 up", ns=h.ns)
    a, b = net.m
    t.ok(a.ping("10.77.0.2"), "ping over the VLAN")
    t.ok(a.ping("10.77.0.2", size=1400), "with 1400 octets")
    # the MTU leaves room for the tag
    mtu = devs[0].link()["mtu"]
    batch(f"link set p0.7 mtu {mtu}", ns=a.ns)
    batch(f"link set p0.7 mtu {mtu}", ns=b.ns)
    t.ok(a.ping("10.77.0.2", size=mtu - 28, extra=("-M", "do")), "with a full MTU and a tag")
    for f in a.sent():
        t.le(len(f), 1514, "length on the lower device")


@test
def vlan_below(t):
    """a VLAN as the lower device, with frames of the other VLAN unheard"""
    net = Net(t, 2)
    pgk = new_pgk()
    devs = []
    for h in net.m:
        batch("link add low.5 link low type vlan id 5", "link set low.5 arp off up", ns=h.ns)
        d = h.prose(lower="low.5")
        d.key(pgk)
        devs.append(d)
    for d in devs:
        t.wait_eq(d.operstate, "up", "operational state")
    t.eq(devs[0].link()["mtu"], 1449, "MTU")
    t.ok(net.m[0].ping("10.33.0.2"), "ping")
    t.ok(net.m[0].ping("10.33.0.2", size=1421, extra=("-M", "do")), "ping with a full MTU")
    for f in net.m[0].sent():
        t.eq(f[12:16], b"\x81\0\0\5", "tag on the wire")
    plain = net.m[1].prose("p1", group=GROUP, member=0x777, ip=False)
    plain.key(pgk)
    rx = plain.counter("rx-packets")
    devs[0].tap(incoming=False).send(devs[0].bcast(payload(50)))
    time.sleep(0.2)
    t.eq(plain.counter("rx-packets"), rx, "heard without the tag")


main()
