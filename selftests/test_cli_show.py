#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""What prose prints: JSON, counters, hints."""

import json

from prose_cli import Cli
from prose_test import *


def setup(t):
    net = Net(t, 1)
    d = net.m[0].prose()
    return net, d, Cli(t, d.ns)


@test
def json_is_valid(t):
    """every command that prints JSON prints valid JSON, pretty or not"""
    net, d, prose = setup(t)
    p = prose.add(d, 1, "-j")
    t.eq(json.loads(p.stdout)["pgk_id"], 1, "key add")
    for line in ("-j show", "-jp show", "-js show", f"-jps show {d.name}", "-j key show",
                 "-js key show", "-j member show", "-j ledger show", "-j", "-j floors show",
                 "-j floors save", "-jp floors restore",
                 f"-j key use dev {d.name} id 1", f"-j key set dev {d.name} id 1 until +1h",
                 f"-j key extend dev {d.name} id 1 range 2", f"-j key revoke dev {d.name} id 1",
                 f"-j key del dev {d.name} id 1"):
        p = prose(line)
        try:
            json.loads(p.stdout)
        except ValueError as e:
            t.ok(False, f"prose {line}: {e}\n{p.stdout}")
    dev, = prose.json("-s show")
    t.eq((dev["ifname"], dev["group"], dev["tx"]), (d.name, f"0x{GROUP:06x}", True), "device")
    t.ok("rx_implausible" in dev["counters"] and "other_group" in dev["lower_counters"],
         f"counters: {dev}")


@test
def implausible(t):
    """frames of another key are hinted at in text without -s"""
    net, d, prose = setup(t)
    prose.add(d, 1)
    t.ok("rx-implausible" not in prose("show").stdout, "nothing heard yet")
    wrong = new_pgk()
    for sn in range(5):
        net.inject(codec.build(0x0d0e0f, GROUP, wrong, codec.udp4("10.33.0.9", "255.255.255.255"),
                               index=1, sn=sn, ptk_id=3, lcid=1))
    t.wait(lambda: "rx-implausible" in prose("show").stdout, "the hint")
    t.ok("rx-implausible" in prose(f"member show dev {d.name}").stdout, "and in member show")


@test
def grammar(t):
    """a device is named in one way by all commands, and options in every usual form"""
    _, d, prose = setup(t)
    prose.add(d, 1)
    same = prose("key show").stdout
    for line in (f"key show {d.name}", f"key show dev {d.name}", f"--netns={d.ns} key show",
                 f"-n{d.ns} key show", f"-n {d.ns} -- key show", f"key ls --state-dir={prose.state}"):
        t.eq(prose(line).stdout.split("serial")[0], same.split("serial")[0], line)
    for line in (f"show {d.name}", f"show dev {d.name}", f"member show {d.name}"):
        prose(line)
    for line in (f"doctor {d.name} listen 0", f"doctor dev {d.name} listen 0"):
        prose(line, 20)     # no agent runs
    for line in ("help key", "key --help", "key help"):
        said = prose(line).stdout
        t.ok("prose key revoke" not in said and "del | revoke dev" in said and
             "prose dev add" not in said, f"{line}: {said}")
    t.ok("takes no value" in prose("--json=1 show", 1).stderr, "a value that is not taken")
    t.ok("did you mean" in prose("doctor lisen 0", 1).stderr, "a keyword mistyped")


main()
