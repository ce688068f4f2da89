#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
# KCSAN: yes
"""GRO of what was deciphered: TCP segments merged on their way to the stack."""

import itertools
import json
import threading

from prose_test import *
from test_ip import tcp


def pump(stop, step):
    """Do a step of a stream once and again, for as long as it can be done."""
    while not stop.is_set():
        try:
            if not step():
                return
        except TimeoutError:
            continue
        except OSError:
            return


def dropped(dev):
    link = json.loads(dev.host.run("ip", "-s", "-j", "link", "show", dev.name).stdout)[0]
    return link["stats64"]["rx"]["dropped"]


@test
def merged(t):
    """segments of TCP are merged on their way to the stack, unless that is turned off"""
    net = Net(t, 2)
    (_, b), _ = net.group(ipv6=True)
    port = itertools.count(5010)
    before = dropped(b)
    for family, addr in ((socket.AF_INET, "10.33.0.2"), (socket.AF_INET6, "fd33::2")):
        for on in (True, False):
            b.host.run("ethtool", "-K", "p0", "gro", "on" if on else "off")
            tap = b.tap()
            tcp(t, *net.m, family, addr, n=150_000, port=next(port))
            longest = max(len(p.raw) for p in tap.drain(0.2))
            t.eq(longest > 1514, on, f"merged; the longest has {longest} octets")
    t.eq(dropped(b), before, "segments dropped")


@test
def end(t):
    """a device goes down, or away, while segments wait to be merged"""
    for how in ("down", "del", "down", "del"):
        net = Net(t, 2)
        (_, b), _ = net.group()
        lst = b.host.sock(socket.SOCK_STREAM)
        lst.bind(("10.33.0.2", 5020))
        lst.listen(1)
        c = net.m[0].sock(socket.SOCK_STREAM)
        c.connect(("10.33.0.2", 5020))
        c.settimeout(0.5)
        taker, _ = lst.accept()
        taker.settimeout(0.5)
        stop = threading.Event()
        threads = [threading.Thread(target=pump, args=(stop, f))
                   for f in (lambda c=c: c.send(bytes(65536)), lambda s=taker: s.recv(1 << 20))]
        for th in threads:
            th.start()
        t.wait(lambda b=b: b.counter("rx-packets") > 100, "traffic", 20)
        run("ip", "link", *(("set", "p0", "down") if how == "down" else ("del", "p0")),
            ns=b.ns)
        stop.set()
        for s in (c, taker, lst):
            s.close()
        for th in threads:
            th.join(20)
        for e in t.close():
            raise Failed(e)


main()
