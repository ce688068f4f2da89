# SPDX-License-Identifier: GPL-2.0
"""The tool with a ledger of its own, in a member's namespace."""

import json
import os
import tempfile

from prose_test import Net, cli, codec, new_pgk, popen

SUITE = "cipher eea2 integrity none"


class Cli:
    """prose("key show") runs it and checks its exit code."""

    def __init__(self, t, ns, init="ledger init volatile"):
        # The directory is on tmpfs, so the ledger is a volatile one.
        directory = tempfile.TemporaryDirectory()
        t.defer(directory.cleanup)
        self.t, self.ns, self.state = t, ns, directory.name
        if init:
            self(init)

    def __call__(self, line, code=0, stdin=None, env=None):
        p = cli(*line.split(), ns=self.ns, state=self.state, check=False, stdin=stdin, env=env)
        if isinstance(stdin, bytes):    # then the output is bytes too
            p.stdout, p.stderr = p.stdout.decode(), p.stderr.decode()
        self.t.eq(p.returncode, code, f"exit code of prose {line}\n{p.stdout}{p.stderr}")
        return p

    def json(self, line):
        return json.loads(self("-j " + line).stdout)

    def add(self, dev, pgk_id, words="", code=0, pgk=None):
        """key add, the key by standard input."""
        pgk = pgk or new_pgk()
        rec = dev.host.net.rec
        if rec and not code:
            rec.key(dev.group, dev.member, pgk_id & 31, pgk)
        return self(f"key add dev {dev.name} id {pgk_id} {SUITE} {words} file -", code,
                    stdin=pgk)

    def start(self, *args, **kw):
        p = popen("prose", *args, ns=self.ns, env=dict(os.environ, PROSE_STATE_DIR=self.state),
                  **kw)
        self.t.defer(p.kill)
        return p

    def key_file(self, pgk, name="key", mode=0o600):
        path = f"{self.state}/{name}"
        with open(path, "w", encoding="ascii") as f:
            f.write(pgk.hex() + "\n")
        os.chmod(path, mode)
        return path


class Book(Cli):
    """A ledger and a device to grant to."""

    def __init__(self, t, init="ledger init volatile"):
        self.net = Net(t, 1)
        self.d = self.net.m[0].prose()
        self.pgk = new_pgk()
        super().__init__(t, self.d.ns, init)

    def attach(self, words="range 10", code=0):
        return self.add(self.d, 1, words, code, self.pgk)

    def extend(self, n=256, code=0):
        return self(f"key extend dev {self.d.name} id 1 range {n}", code)

    def key(self):
        return self.d.genl.dump("key-get", ifindex=self.d.ifindex)[0]

    def last(self):
        """Highest ID granted, as the kernel knows it."""
        return self.key()["ptk-next-free"] - 1

    def next(self):
        for r in self.json("ledger show")["records"]:
            if r["fingerprint"] == codec.fingerprint(self.pgk).hex():
                return r["next"]
        return 1
