#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""ip link add loads the module, and makes devices across namespaces."""

from prose_test import *


def ip(h, *args, check=True):
    return run("ip", "-n", h.ns, *args, check=check)


@test
def autoload(t):
    """ip link add loads the module"""
    p = run("rmmod", "prose", check=False)
    if p.returncode:
        skip(f"the module cannot be removed: {p.stderr.strip()}")
    net = Net(t, 1)
    p = ip(net.m[0], "link", "add", "link", "low", "name", "x", "type", "prose", "group", "0x1",
           check=False)
    t.eq(p.returncode, 0, f"ip link add: {p.stderr}")


@test
def netns_options(t):
    """made in one namespace over a lower device of another"""
    net = Net(t, 2)
    p = run("ip", "-n", net.m[0].ns, "link", "add", "link", "low", "name", "far", "netns",
            net.m[1].ns, "type", "prose", "group", "0x445566", check=False)
    if p.returncode:
        t.ok("Error" in p.stderr, f"refused with a text: {p.stderr}")
        return
    link = net.m[1].rtnl.get("far")
    t.eq(link["data"]["member"], net.m[0].id, "member of the lower device")
    net.m[0].delete()
    t.wait(lambda: run("ip", "-n", net.m[1].ns, "link", "show", "far", check=False).returncode,
           "it goes with the lower device's namespace", 10)


main()
