#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""The link kind by the plugin of ip and by prose dev."""

import json

from prose_test import *

ALL = {"group": "0x445566", "member": "0x0a0b0c", "lcid": 3, "ethertype": "0x88b6",
       "tx": False, "nonip": "on", "margin": 5, "notice": 60, "protect": True,
       "require": "aead", "window": 128, "choice": "expiry", "ptk_age": 3600, "ptk_packets": 1000}
CHANGES = ("tx off nonip on margin 5 notice 60 require aead choice expiry ptk-age 3600 "
           "ptk-packets 1000")
WORDS = f"group 0x445566 member 0a:0b:0c lcid 3 ethertype 0x88b6 window 128 {CHANGES}"
DEFAULTS = {"tx": True, "nonip": "auto", "margin": 10, "notice": 300, "require": "none",
            "choice": "from", "ptk_age": 0, "ptk_packets": 0}


def ip(t, ns, line, code=0):
    p = run("ip", "-n", ns, *line.split(), check=False)
    t.eq(p.returncode, code, f"exit code of ip {line}\n{p.stdout}{p.stderr}")
    return p


def info(t, ns, name):
    return json.loads(ip(t, ns, f"-j -d link show {name}").stdout)[0]["linkinfo"]


def setup(t):
    net = Net(t, 1, record=False)
    ns = net.m[0].ns
    if "prose" not in run("ip", "link", "help", "prose", check=False).stdout:
        skip("ip finds no link_prose.so")
    return net.m[0], ns


@test
def add_and_show(t):
    """ip link add takes every option, and -d show gives it back in text and JSON"""
    _, ns = setup(t)
    ip(t, ns, f"link add link low name fire type prose {WORDS}")
    seen = info(t, ns, "fire")
    t.eq(seen["info_kind"], "prose", "kind")
    t.eq(seen["info_data"], ALL, "options")
    text = ip(t, ns, "-d link show fire").stdout
    t.ok("prose group 0x445566 member 0x0a0b0c lcid 3 ethertype 0x88b6 tx off nonip on "
         "margin 5 notice 60 protect on require aead window 128 choice expiry ptk-age 3600 "
         "ptk-packets 1000" in text, text)


@test
def defaults(t):
    """what is left out has its default; member auto is the lower device's address"""
    host, ns = setup(t)
    ip(t, ns, "link add link low name fire type prose group 44:55:66 member auto")
    want = dict(ALL, member=f"0x{int.from_bytes(host.mac[3:], 'big'):06x}", lcid=1,
                ethertype="0x88b5", window=4096, **DEFAULTS)
    t.eq(info(t, ns, "fire")["info_data"], want, "options")


@test
def change(t):
    """ip link set changes what is not fixed when the device is made, and nothing else"""
    _, ns = setup(t)
    ip(t, ns, "link add link low name fire type prose group 0x445566 member 0x0a0b0c lcid 3 "
              "ethertype 0x88b6 window 128")
    ip(t, ns, f"link set fire type prose {CHANGES}")
    t.eq(info(t, ns, "fire")["info_data"], ALL, "options")
    for words in ("group 0x445567", "member 0x0a0b0d", "lcid 4", "ethertype 0x88b7", "window 64",
                  "protect off"):
        p = ip(t, ns, f"link set fire type prose {words}", 2)
        t.ok("Error: " in p.stderr, f"{words}: {p.stderr}")
    t.eq(info(t, ns, "fire")["info_data"], ALL, "options after what was refused")


@test
def by_prose_dev(t):
    """prose dev add, set and del do the same without the plugin"""
    _, ns = setup(t)
    cli(*f"dev add fire link low {WORDS}".split(), ns=ns)
    t.eq(info(t, ns, "fire")["info_data"], ALL, "options")
    cli(*"dev set fire tx on nonip auto margin 10 notice 300 require none choice from "
        "ptk-age 0 ptk-packets 0".split(), ns=ns)
    t.eq(info(t, ns, "fire")["info_data"], dict(ALL, **DEFAULTS), "changed")
    p = cli(*"dev add fire link low group 0x445567".split(), ns=ns, check=False)
    t.eq(p.returncode, 2, f"a second one of the name: {p.stderr}")
    shown = json.loads(cli("-j", "show", "fire", ns=ns).stdout)[0]
    t.eq((shown["link"], shown["ethertype"], shown["margin"]), ("low", "0x88b6", 10), "prose show")
    cli("dev", "del", "fire", ns=ns)
    ip(t, ns, "link show fire", 1)


@test
def clear_text(t):
    """protect off warns in both tools, and every listing marks the device"""
    _, ns = setup(t)
    p = ip(t, ns, "link add link low name plain type prose group 0x445566 protect off")
    t.ok("IN CLEAR" in p.stderr, f"ip link add: {p.stderr}")
    p = cli(*"dev add bare link low group 0x445567 protect off".split(), ns=ns)
    t.ok("IN CLEAR" in p.stderr, f"prose dev add: {p.stderr}")
    t.ok("protect off (EVERYTHING IN CLEAR)" in ip(t, ns, "-d link show plain").stdout, "ip")
    for line in ("show", "key show", "member show"):
        out = cli(*line.split(), ns=ns).stdout
        t.eq(out.count("CLEAR TEXT"), 2, f"marks in prose {line}\n{out}")
    for dev in json.loads(cli("-j", "show", ns=ns).stdout):
        t.eq((dev["protect"], dev["clear_text"]), (False, True), dev["ifname"])
    p = cli(*"dev add other link low group 0x445566 member 0x010203".split(), ns=ns, check=False)
    t.eq(p.returncode, 2, f"a protected device beside it: {p.stderr}")


main()
