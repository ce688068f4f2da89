#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""IPv4, IPv6, ARP, TCP, multicast and ICMP work inside a group."""

import json
import threading

from prose_test import *


def neigh(h, dst):
    for n in json.loads(h.run("ip", "-j", "neigh", "show", "dev", "p0").stdout or "[]"):
        if n["dst"] == dst:
            return n
    return {}


def is_udp(raw):
    """Not one of the stack's own frames (IGMP, ARP), which come when they like"""
    return raw[12:14] == b"\x08\x00" and raw[23] == socket.IPPROTO_UDP


@test
def ping_and_arp(t):
    """ping; ARP entries get REACHABLE and hold members' addresses"""
    net = Net(t, 3)
    devs, _ = net.group()
    a, b, c = net.m
    for x in (b, c):
        t.ok(a.ping(f"10.33.0.{x.i}"), f"ping of member {x.i}")
        n = neigh(a, f"10.33.0.{x.i}")
        t.eq(n.get("lladdr"), devs[x.i - 1].mac.hex(":"), "hardware address by ARP")
        t.eq(n.get("state"), ["REACHABLE"], "state of the neighbour")
    t.ok(b.ping("10.33.0.3"), "ping between the others")
    # ARP of ours: requests are broadcast, replies are not seen as broadcast
    for d in devs:
        cn = d.counters()
        t.eq({k: v for k, v in cn.items() if k not in
              ("tx-packets", "tx-bytes", "rx-packets", "rx-bytes") and v}, {},
             f"{d.ns}: drops")


@test
def broadcast_multicast(t):
    """limited and subnet broadcast and multicast reach all; groups are joined as usual"""
    net = Net(t, 3)
    devs, _ = net.group()
    sinks = [udp_sink(h) for h in net.m[1:]]
    src = udp_source(net.m[0], devs[0])
    for dst in ("255.255.255.255", "10.33.0.255"):
        src.sendto(payload(200), (dst, 4000))
        for s in sinks:
            t.eq(recv_udp(s), payload(200), f"datagram to {dst}")
    mreq = socket.inet_aton("239.1.2.3") + socket.inet_aton("0.0.0.0") + \
        struct.pack("=i", devs[1].ifindex)
    sinks[0].setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, mreq)
    src.sendto(payload(300), ("239.1.2.3", 4000))
    t.eq(recv_udp(sinks[0]), payload(300), "datagram to the multicast group joined")
    tap = devs[2].tap()
    src.sendto(payload(301), ("239.1.2.3", 4000))
    p = tap.recv(want=is_udp)
    t.ok(p, "seen by a tap of a member that did not join")
    t.eq(p.raw[:12], codec.mcast_mac4("239.1.2.3") + devs[0].mac, "addresses rebuilt")
    src.sendto(payload(10), ("10.33.0.255", 4000))
    t.eq(tap.recv(want=is_udp).raw[:6], b"\xff" * 6, "destination of subnet broadcast")


@test
def unicast_of_others(t):
    """unicast for another member is for taps only: PACKET_OTHERHOST, group address"""
    net = Net(t, 3)
    devs, _ = net.group()
    a, b, c = net.m
    t.ok(a.ping("10.33.0.2"), "ping")
    tap = devs[2].tap()
    mine = devs[1].tap()
    s = udp_source(a, devs[0])
    s.sendto(payload(50), ("10.33.0.2", 4000))
    p = tap.recv(want=is_udp)
    t.eq((p.kind, p.raw[:6]), (wire.OTHERHOST, codec.OUI_GROUP + codec.id24(GROUP)),
         "as a third member sees it")
    p = mine.recv(want=is_udp)
    t.eq((p.kind, p.raw[:6]), (wire.HOST, devs[1].mac), "as the addressee sees it")


@test
def no_forwarding(t):
    """a member with ip_forward=1 does not send on what is not for it"""
    net = Net(t, 3)
    devs, _ = net.group()
    a, b, c = net.m
    sysctl(c.ns, "ipv4/ip_forward", 1)
    sysctl(c.ns, "ipv4/conf/p0/send_redirects", 1)
    before = devs[2].counter("tx-packets")
    t.ok(a.ping("10.33.0.2", count=3, interval=0.2), "ping")
    s = udp_source(a, devs[0])
    for _ in range(10):
        s.sendto(payload(50), ("10.33.0.2", 4000))
    time.sleep(0.3)
    # The ARP requests are answered by b alone
    t.eq(devs[2].counter("tx-packets"), before, "frames that the router sent")
    t.ge(devs[2].counter("rx-packets"), 13, "frames that the router heard")


@test
def icmp_unreachable(t):
    """ICMP port unreachable comes back to the sender"""
    net = Net(t, 2)
    net.group()
    s = net.m[0].sock()
    s.connect(("10.33.0.2", 4999))
    s.settimeout(5)
    s.send(payload(20))
    try:
        s.recv(100)
        t.ok(False, "an answer of a port nobody listens at")
    except ConnectionRefusedError:
        pass


def tcp(t, src, dst, family, addr, n=200_000, port=5001, before=lambda: None, zero_copy=False):
    """n octets over TCP, compared at the end."""
    lst = dst.sock(socket.SOCK_STREAM, family)
    lst.bind((addr, port))
    lst.listen(1)
    lst.settimeout(20)
    data = payload(n)
    got = bytearray()
    err = []

    def serve():
        try:
            c, _ = lst.accept()
            c.settimeout(60)
            while True:
                b = c.recv(65536)
                if not b:
                    break
                got.extend(b)
            c.close()
        except OSError as e:
            err.append(e)

    th = threading.Thread(target=serve)
    th.start()
    c = src.sock(socket.SOCK_STREAM, family)
    c.settimeout(60)
    c.connect((addr, port))
    before()
    if zero_copy:
        path = f"/tmp/prose-sendfile-{os.getpid()}"
        with open(path, "wb") as f:
            f.write(data)
        with open(path, "rb") as f:
            c.sendfile(f)
        os.unlink(path)
    else:
        c.sendall(data)
    c.close()
    th.join(80)
    t.eq(err, [], "errors of the receiver")
    t.eq(len(got), n, "octets received")
    t.ok(bytes(got) == data, "the octets are those sent")


@test
def tcp4(t):
    """TCP over IPv4, with drop_unicast_in_l2_multicast=1"""
    net = Net(t, 2)
    net.group()
    for h in net.m:
        for i in ("all", "p0"):
            sysctl(h.ns, f"ipv4/conf/{i}/drop_unicast_in_l2_multicast", 1)
    tcp(t, *net.m, socket.AF_INET, "10.33.0.2")


@test
def tcp6(t):
    """IPv6: ND to REACHABLE, ping, multicast, TCP, with drop_unicast_in_l2_multicast=1"""
    net = Net(t, 2)
    devs, _ = net.group(ipv6=True)
    for h in net.m:
        for i in ("all", "p0"):
            sysctl(h.ns, f"ipv6/conf/{i}/drop_unicast_in_l2_multicast", 1)
    a, b = net.m
    t.ok(a.ping("fd33:0::2", extra=("-6",)), "ping over IPv6")
    t.eq(neigh(a, "fd33::2").get("lladdr"), devs[1].mac.hex(":"), "address found by ND")
    t.ok(neigh(a, "fd33::2").get("state") in (["REACHABLE"], ["DELAY"]), "reachable")
    t.ok(a.ping("ff02::1%p0", extra=("-6",)), "ping of all nodes")
    tcp(t, a, b, socket.AF_INET6, "fd33::2")
    for d in devs:
        t.eq(d.counter("rx-implausible") + d.counter("rx-leftover"), 0, "implausible frames")


@test
def dad(t):
    """a link-local address that another member has fails duplicate address detection"""
    net = Net(t, 2)
    net.group(ipv6=True)
    a, b = net.m
    run("ip", "addr", "add", "fe80::99/64", "dev", "p0", "nodad", ns=b.ns)
    run("ip", "addr", "add", "fe80::99/64", "dev", "p0", ns=a.ns)

    def failed():
        return "dadfailed" in a.run("ip", "-6", "addr", "show", "dev", "p0").stdout

    t.wait(failed, "the duplicate is found", 15, 0.3)


@test
def dad_dormant(t):
    """while nothing can be sent, DAD does not complete"""
    net = Net(t, 1)
    d = net.m[0].prose(ipv6=True, ip=False, up=True)
    t.wait_eq(d.operstate, "dormant", "operational state")
    run("ip", "addr", "add", "fe80::99/64", "dev", "p0", ns=net.m[0].ns, check=False)
    time.sleep(4)
    out = net.m[0].run("ip", "-6", "addr", "show", "dev", "p0").stdout
    t.ok("tentative" in out, f"addresses still tentative\n{out}")
    t.eq(net.m[0].n_sent(), 0, "frames sent")
    d.key()
    t.wait(lambda: "tentative" not in net.m[0].run(
        "ip", "-6", "addr", "show", "dev", "p0").stdout, "addresses valid with a key", 20, 0.5)


@test
def sendfile_loss_taps(t):
    """sendfile over TCP with loss on the air and taps on both devices: all octets right"""
    net = Net(t, 2)
    devs, _ = net.group()
    a, b = net.m
    for h in net.m:
        # Page-cache pages go into the frames: they must not be ciphered in place
        Raw(h.ns, "p0")
        Raw(h.ns, "low")
        t.defer(Raw(h.ns, "p0").close)
        t.defer(Raw(h.ns, "low").close)
    run("tc", "qdisc", "add", "dev", a.port, "root", "netem", "loss", "3%", "delay", "2ms",
        ns=net.air)
    run("tc", "qdisc", "add", "dev", b.port, "root", "netem", "loss", "3%", "delay", "2ms",
        ns=net.air)
    tcp(t, a, b, socket.AF_INET, "10.33.0.2", n=300_000, zero_copy=True)


if __name__ == "__main__":
    main()
