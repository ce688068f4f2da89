# SPDX-License-Identifier: GPL-2.0
"""A device from a configuration file: prose up, down and save."""

import json
import os

from prose_cli import Cli
from prose_test import Net, new_pgk

DEVICE = "[Device]\nLower = low\nGroup = 0x445566\n"
KEY = "[Key]\nId = 1\nCipher = aes256-gcm\nFile = key\n"
LATER = "2099-01-01T00:00:00Z"


class Rig(Cli):
    """A member, its ledger, and a file for the device p0."""

    def __init__(self, t, host, init="ledger init volatile"):
        super().__init__(t, host.ns, init)
        self.host = host
        self.path = f"{self.state}/p0.conf"
        self.pgk = new_pgk()
        self.key_file(self.pgk)

    def write(self, text, mode=0o600, name="p0"):
        path = f"{self.state}/{name}.conf"
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def read(self):
        with open(self.path, encoding="ascii") as f:
            return f.read()

    def up(self, code=0):
        return self(f"up {self.path}", code)

    def down(self, code=0):
        return self(f"down {self.path}", code)

    def marks(self):
        """What the hooks wrote."""
        try:
            with open(f"{self.state}/marks", encoding="ascii") as f:
                return f.read().split()
        except FileNotFoundError:
            return []

    def state_of(self):
        """All that up could change: devices, addresses, options, keys, file."""
        links = json.loads(self.host.run("ip", "-j", "address").stdout)
        for link in links:      # the carrier comes and goes in its own time
            link.pop("operstate", None)
            link["flags"] = sorted(set(link["flags"]) - {"NO-CARRIER", "LOWER_UP"})
            for a in link["addr_info"]:
                a.pop("valid_life_time", None)
        devices = self.json("show")
        for d in devices:
            for k in ("counters", "lower_counters", "members"):
                d.pop(k, None)
            for key in d["keys"]:
                for k in ("counters", "sn", "rate"):
                    key.pop(k, None)
        return links, devices


def rig(t, **kw):
    """One member without a device."""
    net = Net(t, 1, record=False)
    return Rig(t, net.m[0], **kw)


def hooked(r, **fail):
    """Hooks that tell what they are; the one of the name fails."""
    lines = ""
    for word in ("PreUp", "PostUp", "PreDown", "PostDown"):
        lines += f"{word} = echo {word}-%i >> {r.state}/marks\n"
        if word in fail:
            lines += f"{word} = {fail[word]}\n"
    return lines
