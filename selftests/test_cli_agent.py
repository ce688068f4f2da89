#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the kernel's side is in test_netlink, test_floors and test_uniqueness
"""prose monitor and prose agent."""

import json
import select
import signal
import subprocess

from prose_cli import Book
from prose_test import *


class Setup(Book):
    def agent(self):
        p = self.start("agent", stderr=subprocess.PIPE, text=True)
        while "ready" not in read_line(self.t, p.stderr):
            pass
        return p


def read_line(t, f, timeout=20):
    t.ok(select.select([f], [], [], timeout)[0], f"a line within {timeout} s")
    return f.readline()


@test
def monitor(t):
    """events as lines and as JSON lines, each with its time"""
    s = Setup(t)
    text = s.start("monitor", stdout=subprocess.PIPE, text=True)
    lines = s.start("-j", "monitor", stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    s.attach("range 10")
    seen = []
    while "key-attached" not in seen:
        e = json.loads(read_line(t, lines.stdout))
        t.ok(e["time"].endswith("Z") and e["ifname"] == s.d.name, str(e))
        seen.append(e["event"])
    line = read_line(t, text.stdout)
    while "key-attached" not in line:
        line = read_line(t, text.stdout)
    t.ok(f"{s.d.name} key-attached key 1" in line and line[:2] == "20", line)


@test
def at_start(t):
    """an agent fills what is empty when it starts, and no warning comes while it runs"""
    s = Setup(t)
    s.attach("range 0")
    t.eq(s.key()["key-state"], "no-range", "before")
    a = s.agent()
    t.wait(lambda: s.key()["key-state"] == "active", "filled")
    p = s(f"key extend dev {s.d.name} id 1 range 2")
    t.ok("no prose agent" not in p.stderr, p.stderr)
    p = s("agent", code=3)
    t.ok("runs already" in p.stderr, p.stderr)
    a.send_signal(signal.SIGTERM)
    t.eq(a.wait(10), 0, "exit code after SIGTERM")
    p = s(f"key extend dev {s.d.name} id 1 range 2")
    t.ok("no prose agent" in p.stderr, p.stderr)


@test
def on_low(t):
    """a running agent extends a range that is low, and no other"""
    s = Setup(t)
    s.agent()
    s.attach("range 100")
    time.sleep(1)
    t.eq(s.last(), 100, "nothing is extended without need")
    s(f"key del dev {s.d.name} id 1")
    start = s.next()
    s.attach("range 1")    # taken at once, so none is left
    t.wait_eq(s.last, start + 256, "extended by 256")
    t.eq(s.next(), start + 257, "by the ledger")


@test
def device_gone(t):
    """the unused IDs of a device that goes by ip link del go back to the ledger"""
    s = Setup(t)
    s.agent()
    s.attach("range 100")
    s.d.tap().send(s.d.bcast(b"x"))
    taken = t.wait(lambda: s.key().get("ptk-id"), "a PTK ID taken")
    t.eq(s.next(), 101, "before")
    s.d.delete()
    t.wait(lambda: s.next() < 101, "given back")
    t.ok(s.next() > taken, f"the ledger's next ID {s.next()} is above the one used, {taken}")


@test
def without_ledger(t):
    """an agent without a ledger says so once for each try, and lives"""
    s = Setup(t)
    s.attach("range 0")
    os.unlink(f"{s.state}/ledger")
    a = s.start("agent", stderr=subprocess.PIPE, text=True)
    while "no ledger" not in read_line(t, a.stderr):
        pass
    t.eq(a.poll(), None, "the agent lives")
    s("ledger init volatile")
    t.wait(lambda: s.key()["key-state"] == "active", "filled after the ledger was made", timeout=30)


main()
