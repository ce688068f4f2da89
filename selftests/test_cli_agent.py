#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose monitor and prose agent."""

import json
import select
import signal
import subprocess
import tempfile

from prose_test import *


class Setup:
    def __init__(self, t):
        self.t = t
        self.net = Net(t, 1)
        self.d = self.net.m[0].prose()
        tmp = tempfile.TemporaryDirectory()
        t.defer(tmp.cleanup)
        self.env = dict(os.environ, PROSE_STATE_DIR=tmp.name)
        self.state = tmp.name
        self("ledger init volatile")

    def __call__(self, line, code=0, stdin=None):
        p = cli(*line.split(), ns=self.d.ns, state=self.state, check=False, stdin=stdin)
        self.t.eq(p.returncode, code, f"exit code of prose {line}\n{p.stdout}{p.stderr}")
        return p

    def start(self, *args, **kw):
        p = popen("prose", *args, ns=self.d.ns, env=self.env, **kw)
        self.t.defer(p.kill)
        return p

    def agent(self):
        p = self.start("agent", stderr=subprocess.PIPE, text=True)
        line = read_line(self.t, p.stderr)
        while "ready" not in line:
            line = read_line(self.t, p.stderr)
        return p

    def key(self):
        return self.d.genl.dump("key-get", ifindex=self.d.ifindex)[0]

    def add(self, extra):
        return self(f"key add dev {self.d.name} id 1 cipher eea2 integrity none {extra} file -",
                    stdin=new_pgk())


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
    s.add("range 10")
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
    s.add("range 0")
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
    """a range that runs low is extended"""
    s = Setup(t)
    s.add("range 4")
    s.agent()
    first = s.key()["ptk-last"]
    d = s.d
    tap_ = d.tap(incoming=False)
    # One PTK ID holds 65535 frames: use them up quickly by taking the next.
    t.wait(lambda: burn(d, tap_) or s.key()["ptk-last"] > first, "extended", timeout=90, step=0)
    t.eq(s.key()["ptk-last"], first + 256, "by 256")


def burn(d, sock):
    frame = d.bcast(b"x")
    for _ in range(2000):
        sock.send(frame)


@test
def without_ledger(t):
    """an agent without a ledger says so once for each try, and lives"""
    s = Setup(t)
    s.add("range 0")
    os.unlink(f"{s.state}/ledger")
    a = s.start("agent", stderr=subprocess.PIPE, text=True)
    while "no ledger" not in read_line(t, a.stderr):
        pass
    t.eq(a.poll(), None, "the agent lives")
    s("ledger init volatile")
    t.wait(lambda: s.key()["key-state"] == "active", "filled after the ledger was made", timeout=30)


main()
