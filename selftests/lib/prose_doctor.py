# SPDX-License-Identifier: GPL-2.0
"""prose doctor in tests: what it says, and that the commands it names mend it."""

import itertools
import json
import shlex
import subprocess
import threading

from prose_cli import Cli
from prose_test import *


class Patient(Cli):
    """A device, made by the test, and a state directory."""

    def __init__(self, t, ns, init="ledger init volatile"):
        self.pgk = new_pgk()
        super().__init__(t, ns, init)

    def doctor(self, verdict, code, words="dev p0 listen 0"):
        """The report on one device; both verdict and exit code are as said."""
        p = self.start("-j", "doctor", *words.split(), stdout=subprocess.PIPE, text=True)
        out, _ = p.communicate(timeout=60)
        r = json.loads(out)[0]
        self.t.eq((r["verdict"], p.returncode, r["code"]), (verdict, code, code),
                  f"prose doctor {words}: {r['text']}\n{out}")
        return r

    def mend(self, report, only=None, **words):
        """Run the commands as they are, but for the words that are the reader's to fill in."""
        self.t.ok(report["mend"], f"{report['verdict']}: a command that mends it")
        for line in report["mend"][:only]:
            for what, value in words.items():
                line = line.replace(what, value)
            run(*[PROSE if w == "prose" else w for w in shlex.split(line)], ns=self.ns)

    def agent(self, *words):
        """Start one, and wait until it is seen."""
        self.start(*(words or ["agent"]), stderr=subprocess.DEVNULL)
        self.t.wait(lambda: "agent" not in [c["verdict"] for c in self.json_checks()
                                            if c["result"] == "notice"], "an agent is seen", 30)

    def json_checks(self):
        p = self.start("-j", "doctor", "listen", "0", stdout=subprocess.PIPE, text=True)
        return json.loads(p.communicate(timeout=60)[0])[0]["checks"]

    def file(self, pgk=None):
        return self.key_file(pgk or self.pgk, "group.key")

    def attach(self, dev, words="", suite=codec.DEFAULT, pgk_id=1, pgk=None, code=0):
        """key add by the command, with a suite, noted for the check of recordings."""
        pgk = pgk or self.pgk
        if dev.host.net.rec:
            dev.host.net.rec.key(dev.group, dev.member, pgk_id & 31, pgk, suite=suite)
        name = f"cipher {suite.cipher}" + ("" if suite.aead else f" integrity {suite.integrity}")
        self(f"key add dev {dev.name} id {pgk_id} {name} {words} file -", code, stdin=pgk)


class Speaker:
    """Somebody who sends for as long as the doctor listens: make(n) is the nth frame."""

    def __init__(self, net, make):
        self.net, self.make = net, make
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._speak)

    def _speak(self):
        n = 0
        while not self.stop.is_set():
            n += 1
            self.net.inject(self.make(n))
            self.stop.wait(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join()


AEAD = codec.Suite("aes256-gcm", "none")


def patient(t, words="", members=1, attach=True, **dev):
    """A device that nothing is wrong with, but that no agent runs."""
    net = Net(t, members)
    d = net.m[0].prose(**dev)
    p = Patient(t, d.ns)
    if attach:
        p.attach(d, words, AEAD)
    return net, d, p


def record(net, d, p, pgk_id=1, pgk=None):
    """The key that a mending command attaches."""
    net.rec.key(d.group, d.member, pgk_id & 31, pgk or p.pgk, suite=AEAD)


SRC = 0x0A0B0C
NONE, MAC = codec.Suite("eea2", "none"), codec.Suite("eea2", "eia2")
GCM = AEAD
ptk_ids = itertools.count(10)
PLAIN = codec.udp4("10.33.0.9", "10.33.0.255", payload(60))
LISTEN = "dev p0 listen 1"


def ready(t, suite=GCM, attach=True, **dev):
    """A device with which all is well, an agent included."""
    net = Net(t, 1)
    d = net.m[0].prose(**dev)
    p = Patient(t, d.ns)
    if attach:
        p.attach(d, "range 8", suite)
    p.agent()
    return net, d, p


def frames(d, pgk, suite=GCM, src=SRC, sn=None, **kw):
    """What make(n) of a Speaker gives: frames of a member, each with an SN of its own."""
    kw.setdefault("index", 1)
    kw.setdefault("ptk_id", next(ptk_ids))
    group = kw.pop("group", d.group)
    sns = itertools.count(1)
    return lambda n: codec.build(src, group, pgk, PLAIN, suite=suite, sn=sn or next(sns), **kw)


def tagged(make, vlan):
    def frame(n):
        raw = make(n)
        return raw[:12] + struct.pack(">HH", 0x8100, vlan) + raw[12:]
    return frame


def hear(p, net, make, verdict, code):
    with Speaker(net, make):
        return p.doctor(verdict, code, LISTEN)


def line(t, r, **want):
    """The line of what was heard that has these."""
    for h in r["heard"]:
        if all(h.get(k) == v for k, v in want.items()):
            return h
    raise Failed(f"nothing was heard with {want}: {r['heard']}")
