# SPDX-License-Identifier: GPL-2.0
"""prose doctor in tests: what it says, and that the commands it names mend it."""

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
