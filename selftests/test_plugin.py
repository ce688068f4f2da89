#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The iproute2 plugin: ip link add ... type prose with the stock ip."""

import json

from prose_test import *


def ip(h, *args, check=True):
    return run("ip", "-n", h.ns, *args, check=check)


@test
def add_show_set(t):
    """add with all options, show as text and JSON, set, delete"""
    net = Net(t, 1)
    h = net.m[0]
    ip(h, "link", "add", "link", "low", "name", "fire", "type", "prose", "group", "0x445566",
       "member", "0a:0b:0c", "lcid", "3", "ethertype", "0x8999", "tx", "on", "nonip", "on",
       "margin", "20", "notice", "100")
    v = h.rtnl.get("fire")["data"]
    t.eq({k: v[k] for k in ("group", "member", "lcid", "ethertype", "nonip", "margin", "notice",
                            "tx")},
         {"group": 0x445566, "member": 0x0A0B0C, "lcid": 3, "ethertype": 0x8999, "nonip": "on",
          "margin": 20, "notice": 100, "tx": 1}, "link values")
    text = ip(h, "-d", "link", "show", "fire").stdout
    for word in ("prose", "0x445566", "0x0a0b0c", "lcid 3"):
        t.ok(word in text, f"'{word}' in\n{text}")
    j = json.loads(ip(h, "-d", "-j", "link", "show", "fire").stdout)[0]
    t.eq(j["linkinfo"]["info_kind"], "prose", "info_kind")
    t.eq(j["linkinfo"]["info_data"]["group"], "0x445566", "group in JSON")
    ip(h, "link", "set", "fire", "type", "prose", "tx", "off", "margin", "30")
    v = h.rtnl.get("fire")["data"]
    t.eq((v["tx"], v["margin"], v["nonip"]), (0, 30, "on"), "values after set")
    ip(h, "link", "add", "link", "low", "name", "auto", "type", "prose", "group", "44:55:67",
       "member", "auto")
    t.eq(h.rtnl.get("auto")["data"]["member"], h.id, "member auto")
    ip(h, "link", "del", "fire")
    text = ip(h, "link", "help", "prose", check=False)
    t.ok("group" in text.stdout + text.stderr, "help")


@test
def refusals(t):
    """bare digits and values out of range are refused with a hint, before the kernel"""
    net = Net(t, 1)
    h = net.m[0]
    for args in (["group", "445566"], ["group", "0x445566", "member", "123456"],
                 ["group", "0x1000000"], ["group", "0"], [], ["group"],
                 ["group", "0x1", "lcid", "11"], ["group", "0x1", "nonip", "maybe"],
                 ["group", "0x1", "tx", "2"], ["group", "0x1", "nosuch", "1"],
                 ["group", "0x1", "ethertype", "0x100"], ["group", "44:55"],
                 ["group", "0x1", "margin", "-1"]):
        p = ip(h, "link", "add", "link", "low", "name", "x", "type", "prose", *args, check=False)
        t.ok(p.returncode, f"{args}: exit status")
        t.ok(p.stderr.strip(), f"{args}: a text")
    p = ip(h, "link", "add", "link", "low", "name", "x", "type", "prose", "group", "445566",
           check=False)
    t.ok("0x445566" in p.stderr, f"a hint: {p.stderr}")
    ip(h, "link", "add", "link", "low", "name", "x", "type", "prose", "group", "0x445566")
    p = ip(h, "link", "add", "link", "low", "name", "y", "type", "prose", "group", "0x445566",
           check=False)
    t.ok("Error" in p.stderr, f"the kernel's text: {p.stderr}")


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
    run("ip", "netns", "del", net.m[0].ns)
    t.wait(lambda: run("ip", "-n", net.m[1].ns, "link", "show", "far", check=False).returncode,
           "it goes with the lower device's namespace", 10)


main()
