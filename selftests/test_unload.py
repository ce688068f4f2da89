#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# KCSAN: yes
"""Namespaces deleted and the module removed under traffic; after it, a new start."""

from prose_test import *


def stream(t, d, n=10 ** 9):
    p = blast(d.ns, d.name, n, d.bcast(payload(100)), wait=False)

    def stop():
        if p.poll() is None:
            p.terminate()
            p.wait(20)
        p.stdout.close()
        p.stderr.close()

    t.defer(stop)
    return p


@test
def namespaces(t):
    """namespaces deleted under traffic, in both orders"""
    for order in ((0, 1, 2), (2, 1, 0)):
        net = Net(t, 3)
        devs, _ = net.group()
        streams = [stream(t, d) for d in devs]
        t.wait(lambda: all(d.counter("rx-packets") > 10 for d in devs), "traffic", 20)
        for i in order:
            net.m[i].delete()
            streams[i].kill()       # the last socket that keeps it alive
            time.sleep(0.05)
        for e in t.close():
            raise Failed(e)


@test
def moved_and_deleted(t):
    """a device moved away from its lower device; either namespace deleted first"""
    for first in (0, 1):
        net = Net(t, 3)
        devs, _ = net.group(members=net.m[:2])
        fd = os.open(ns.path(net.m[2].ns), os.O_RDONLY)
        net.m[0].rtnl.set(devs[0].ifindex, netns_fd=fd)
        os.close(fd)
        batch("link set p0 up", ns=net.m[2].ns)
        devs[0].ns = net.m[2].ns
        streams = [stream(t, d) for d in devs]
        time.sleep(0.2)
        for i in ((0, 2) if first else (2, 0)):
            net.m[i].delete()
            if i == 2:
                streams[0].kill()
            time.sleep(0.1)
        for e in t.close():
            raise Failed(e)


def reload():
    if not os.path.isdir("/sys/module/prose"):
        ko = os.environ.get("PROSE_KO")
        run(*(["insmod", ko] if ko else ["modprobe", "prose"]))


@test
def rmmod(t):
    """the module cannot be had away under devices, or takes them along; never in clear"""
    for _ in range(2):
        net = Net(t, 2)
        devs, keys = net.group()
        for d in devs:
            stream(t, d)
        t.wait(lambda: all(d.counter("rx-packets") > 10 for d in devs), "traffic", 20)
        p = run("rmmod", "prose", check=False, timeout=30)
        if p.returncode:
            t.ok("in use" in p.stderr, f"refused because it is in use: {p.stderr}")
            for d in devs:
                d.delete()
            t.wait(lambda: not run("rmmod", "prose", check=False).returncode,
                   "module removed after its devices", 20, 0.2)
        for h in net.m:
            for raw in h.sent():
                t.ok(PHRASE[4:16] not in raw, "clear text")
        reload()
        for e in t.close():
            raise Failed(e)


@test
def again(t):
    """after rmmod and insmod a group works again; the ledger's next range is a new one"""
    net = Net(t, 2)
    devs, keys = net.group(n=2)
    pgk = keys[0].pgk
    out = Raw(devs[0].ns, "p0", proto=0)
    out.send(devs[0].bcast(payload(40)))
    out.close()
    t.wait_eq(lambda: devs[1].counter("rx-packets"), 1, "received before")
    for d in devs:
        d.delete()
    for h in net.m:
        h._genl.close()     # it holds the family's module
        h._genl = None
    t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
    reload()
    net2_devs, net2_keys = net.group(pgk, n=2)
    out = Raw(net2_devs[0].ns, "p0", proto=0)
    out.send(net2_devs[0].bcast(payload(40)))
    out.close()
    t.wait_eq(lambda: net2_devs[1].counter("rx-packets"), 1, "received after")
    counts = [count_of(r) for r in net.m[0].sent()]
    t.eq(len(set(counts)), len(counts), "different COUNTs")
    t.eq(net2_keys[0].get()["ptk-last"], 4, "last PTK ID of the second range")


@test
def quick(t):
    """devices made and deleted 24 times with a key, traffic and rmmod at the end"""
    net = Net(t, 2)
    b = net.m[1].prose()
    pgk = new_pgk()
    kb = b.key(pgk)
    for i in range(24):
        d = net.m[0].prose(member=0x400 + i, ip=False)
        d.key(pgk, n=1)
        out = Raw(d.ns, "p0", proto=0)
        out.send(d.bcast(payload(50)))
        net.inject(kb.build(0x990000 + i, codec.udp4("10.0.0.1", "224.0.0.3", payload(9))))
        out.close()
        d.delete()
    t.wait_eq(lambda: b.counter("rx-packets"), 48, "all heard by the other member")


main()
