#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the kernel's side is in test_netlink, test_floors and test_uniqueness
"""Floors over a restart: the agent saves them, key add and the agent restore them."""

import signal
import subprocess

from prose_cli import Cli
from prose_test import *

SUITE = "cipher aes256-gcm"
SECONDS = 40    # until the agent has saved; it does so every 10


class Pair:
    """Two members; the second has the tool, and its floors are looked at."""

    def __init__(self, t):
        self.t = t
        self.net = Net(t, 2)
        self.pgk = new_pgk()
        self.suite = codec.Suite("aes256-gcm", "none")
        self.a, self.b = (h.prose() for h in self.net.m)
        self.a.key(self.pgk, 1, 8, suite=self.suite)
        self.prose = Cli(t, self.b.ns)
        self.attach()

    def attach(self, code=0):
        return self.prose(f"key add dev {self.b.name} id 1 {SUITE} range 0 file -", code,
                          stdin=self.pgk)

    def send(self, n=3):
        """n frames of a, heard by b; the raw frames."""
        before = len(self.net.m[0].sent())
        heard = self.counters()["rx_packets"]
        tap = self.a.tap(incoming=False)
        for _ in range(n):
            tap.send(self.a.bcast(payload(60)))
        self.t.wait(lambda: self.counters()["rx_packets"] >= heard + n, "all are heard")
        self.t.ok(self.floors(), "a floor in the module")
        frames = self.net.m[0].sent()[before:]
        self.t.eq(len(frames), n, "frames sent")
        return frames

    def floors(self):
        return {(f["fingerprint"], f["member"]): (f["ptk_id"], f["sn"])
                for f in self.prose.json("floors show")}

    def file(self):
        try:
            with open(f"{self.prose.state}/floors", encoding="ascii") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def agent(self):
        p = self.prose.start("agent", stderr=subprocess.PIPE, text=True)
        while "ready" not in p.stderr.readline():
            self.t.eq(p.poll(), None, "the agent lives")
        return p

    def restart(self):
        """The module forgets; b's device is made anew."""
        for d in (self.a, self.b):
            d.delete()
        for h in self.net.m:
            h.genl.close()
            h.rtnl.close()
        self.t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
        run("modprobe", "prose")
        self.prose(f"dev add {self.b.name} link low group 0x{GROUP:06x} "
                   f"member 0x{self.b.member:06x}")
        run("ip", "link", "set", self.b.name, "up", ns=self.b.ns)
        self.t.eq(self.floors(), {}, "the module has forgotten")

    def counters(self):
        return self.prose.json(f"-s show {self.b.name}")[0]["counters"]


@test
def agent_saves(t):
    """the agent saves what rises, and after a restart a recording is refused"""
    s = Pair(t)
    s.agent()
    recorded = s.send()
    t.wait(lambda: f"0x{s.a.member:06x}" in s.file(), "saved", SECONDS, 0.5)
    before = s.floors()
    shown, = s.prose.json("member show")
    t.eq((shown["floor_ptk_id"], shown["floor_sn"]),
         before[(codec.fingerprint(s.pgk).hex(), f"0x{s.a.member:06x}")], "in member show")
    t.ok("floor: PTK ID" in s.prose("member show").stdout, "and in its text")
    # What was saved may be from between two of them; the last look is not.
    s.prose("floors save")
    s.restart()
    s.attach()
    t.eq(s.floors(), before, "restored by key add")
    for raw in recorded:
        s.net.inject(raw)
    t.wait(lambda: sum(s.counters()[c] for c in ("rx_duplicate", "rx_late", "rx_old_ptk")) >= 3,
           "refused as replays")
    t.eq(s.counters()["rx_packets"], 0, "delivered")


@test
def without_saved(t):
    """without a saved floor the same recording is taken: what the file is for"""
    s = Pair(t)
    recorded = s.send()
    s.restart()
    s.attach()
    for raw in recorded:
        s.net.inject(raw)
    t.wait(lambda: s.counters()["rx_packets"] >= 1, "delivered")


@test
def at_exit_and_start(t):
    """an agent that is stopped saves; one that starts restores, before any key is attached"""
    s = Pair(t)
    a = s.agent()
    s.send()
    a.send_signal(signal.SIGTERM)
    t.eq(a.wait(20), 0, "exit code")
    before = s.floors()
    t.ok(before and f"0x{s.a.member:06x}" in s.file(), f"saved: {before} {s.file()}")
    s.restart()
    s.agent()
    t.eq(s.floors(), before, "restored")


@test
def at_detach(t):
    """a key that is detached has its floors saved at once; they are never lowered"""
    s = Pair(t)
    s.agent()
    s.send()
    s.prose(f"key del dev {s.b.name} id 1")
    t.wait(lambda: f"0x{s.a.member:06x}" in s.file(), "saved", SECONDS, 0.5)
    high, = s.floors().values()
    path = f"{s.prose.state}/low"
    s.prose(f"floors save {path}")
    with open(path, encoding="ascii") as f:
        t.ok(f"{high[0]} {high[1]}" in f.read(), "saved to a file too")
    s.attach()
    s.send()
    higher, = s.floors().values()
    t.ok(higher > high, f"{higher} is above {high}")
    s.prose(f"key del dev {s.b.name} id 1")
    s.prose(f"floors restore {path}")
    t.eq(list(s.floors().values()), [higher], "after a lower one was restored")


@test
def reset(t):
    """member reset takes the saved floor away too, or it would be undone"""
    s = Pair(t)
    s.send()
    s.prose("floors save")
    t.ok(f"0x{s.a.member:06x}" in s.file(), "saved")
    s.prose(f"member reset dev {s.b.name} id 1 member 0x{s.a.member:06x}")
    t.ok(f"0x{s.a.member:06x}" not in s.file(), f"still saved: {s.file()}")
    p = s.prose(f"member reset dev {s.b.name} id 1 member 0x{s.b.member:06x}")
    t.ok("our member ID" in p.stdout, p.stdout)


@test
def damaged(t):
    """a damaged file is never overwritten, and no key with integrity is attached past it"""
    s = Pair(t)
    s.send()
    s.prose("floors save")
    good = s.file()
    path = f"{s.prose.state}/floors"
    s.prose(f"key del dev {s.b.name} id 1")
    for bad in (good[:-9], "", good.replace("prose-floors 1", "prose-floors 2")):
        with open(path, "w", encoding="ascii") as f:
            f.write(bad)
        p = s.attach(3)
        t.ok("cannot be used" in p.stderr and "mv " in p.stderr, p.stderr)
        t.eq(s.prose.json("key show"), [], "attached")
        s.prose("floors save", 3)
        t.eq(s.file(), bad, "the file")
    os.rename(path, path + ".bad")
    s.attach()


main()
