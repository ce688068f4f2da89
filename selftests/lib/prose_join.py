# SPDX-License-Identifier: GPL-2.0
"""A group manager and devices that join its groups by files."""

import json
import os
import tempfile

from prose_test import run

FIRE = "fire"


def directory(t):
    d = tempfile.TemporaryDirectory()
    t.defer(d.cleanup)
    return d.name


class Manager:
    """manager("status") runs prose-pkmf and checks its exit code."""

    def __init__(self, t, suite="aes256-gcm", words="ahead 1 address 10.33.0.0/24", group=FIRE):
        self.t, self.state = t, directory(t)
        self("init --offline")
        if group:
            self(f"group add {group} suite {suite} {words}")
        self.key = self.json("status")["key"]

    def __call__(self, line, code=0):
        p = run("prose-pkmf", *line.split(), check=False, env={"PROSE_PKMF_DIR": self.state})
        self.t.eq(p.returncode, code, f"exit code of prose-pkmf {line}\n{p.stdout}{p.stderr}")
        return p

    def json(self, line, code=0):
        return json.loads(self("-j " + line, code).stdout)

    def keys(self, group=FIRE):
        return {k["pgk_id"]: k for k in self.json(f"group show {group}")[0]["keys"]}

    def add(self, radio, group=FIRE):
        """It asks, is approved, and gets a file."""
        self(f"request add {radio.request(self.key)}")
        self(f"approve {group} {radio.name}")
        return self.export(radio, group)

    def export(self, radio, group=FIRE):
        self(f"export {group} {radio.name} to {radio.files}")
        return f"{radio.files}/{radio.name}.prose"

    def state_of(self, radio, group=FIRE):
        """Of the member's last file."""
        return [m for m in self.json(f"member list {group}") if m["device"] == radio.name][0]


class Radio:
    """A device in a member's namespace: with a ledger, configuration files and files of
    its own, as if it were alone on its machine."""

    def __init__(self, t, host, name, init="ledger init volatile"):
        self.t, self.host, self.name = t, host, name
        self.state, self.conf, self.files = (directory(t) for _ in range(3))
        os.makedirs("/etc/prose", mode=0o700, exist_ok=True)
        if init:
            self(init)

    def __call__(self, line, code=0, env=None):
        mount = f"mount --bind {self.conf} /etc/prose && exec prose \"$@\""
        p = run("unshare", "-m", "sh", "-c", mount, "prose", *line.split(), ns=self.host.ns,
                check=False, env=dict({"PROSE_STATE_DIR": self.state}, **(env or {})))
        if code is not None:
            self.t.eq(p.returncode, code, f"exit code of prose {line}\n{p.stdout}{p.stderr}")
        return p

    def json(self, line, code=0):
        return json.loads(self("-j " + line, code).stdout)

    def request(self, manager):
        path = f"{self.files}/request"
        self(f"request {path} name {self.name} manager {manager}")
        return path

    def join(self, path, code=0):
        return self(f"join {path} lower {self.host.low}", code)

    def keys(self, dev=FIRE):
        return {k["pgk_id"]: k for k in self.json(f"key show dev {dev}")}

    def address(self, dev=FIRE):
        link = json.loads(self.host.run("ip", "-j", "address", "show", dev).stdout)[0]
        return [a["local"] for a in link["addr_info"] if a["family"] == "inet"][0]
