#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the commands, which run on any kernel
"""Every line of "A lab without network", read from there and typed on four machines."""

import os
import re
import tempfile

import guide
from prose_test import *

DEVICES = ("alpha", "bravo", "charlie")
PLACES = ("var/lib/prose", "var/lib/prose-pkmf", "etc/prose")
PROMPT = re.compile(r"((?:manager|alpha|bravo|charlie)(?: (?:bravo|charlie))*)# (.*)")
PAGES = ("From nothing to talking", "Next week's keys", "Somebody leaves",
         "A device is installed anew", "The manager's disk")


def commands():
    """{title: [Command]} of the page."""
    path = os.path.join(os.path.dirname(guide.find()), "lab-guide.rst")
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    guide.PROMPT = PROMPT
    titles = {i: lines[i - 1] for i in range(1, len(lines)) if re.fullmatch("=+", lines[i]) and
              len(lines[i]) == len(lines[i - 1])}
    result = {}
    for start, block in guide.blocks(lines):
        title = titles[max(n for n in titles if n < start)]
        result.setdefault(title, []).extend(guide.commands(start, block))
    return result


class Machine:
    """A machine of its own: files, host name, and a radio if it has one."""

    def __init__(self, world, name, host):
        self.world, self.name, self.host = world, name, host
        self.root = f"{world}/{name}"
        for place in PLACES:
            os.makedirs(f"{self.root}/{place}", mode=0o700)
        if host:
            host.run("ip", "link", "set", "low", "down")
            host.run("ip", "link", "set", "low", "name", "wlan0", "up")

    def type(self, text):
        mounts = " && ".join(f"mount --bind {self.root}/{p} /{p}" for p in PLACES)
        script = f"hostname {self.name} && {mounts} && mount --bind {self.world}/stick " \
                 f"/media/stick && cd /root && {text}"
        p = run("unshare", "-m", "-u", "bash", "-c", script, check=False, timeout=120,
                ns=self.host.ns if self.host else None, env={"LC_ALL": "C.UTF-8"})
        return p.returncode, p.stdout, p.stderr


@test
def lines(t):
    """every line of the page is typed, and prints what the page says"""
    # A ledger is kept where nothing is forgotten.
    world = tempfile.TemporaryDirectory(dir="/persist")
    t.defer(world.cleanup)
    for place in PLACES + ("media/stick",):
        os.makedirs(f"/{place}", mode=0o700, exist_ok=True)
    os.mkdir(f"{world.name}/stick")
    net = Net(t, len(DEVICES), record=False)
    machines = {"manager": Machine(world.name, "manager", None)}
    machines.update((n, Machine(world.name, n, net.m[i])) for i, n in enumerate(DEVICES))
    pages = commands()
    t.eq([x for x in pages if x not in PAGES], [], "pages that nobody knows")
    for title in PAGES:
        for c in pages.get(title, ()):
            for name in c.devices:
                code, said, errors = machines[name].type(c.text)
                where = f"lab-guide.rst:{c.line}, on {name}: {c.text}"
                t.eq(code, 0, f"{where}\n{said}{errors}")
                t.ok(c.matches(said) or c.matches(errors + said), f"{where}\nexpected:\n{c.prints}\nsaw:\n{said}")


main()
