#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose doctor on ranges and the ledger: planted, named by verdict and exit code, and mended by the
commands of the report."""

import hashlib
import re

from prose_doctor import AEAD, patient, record
from prose_test import *


def rewrite(p, change):
    """The ledger with its lines changed, whole again."""
    path = f"{p.state}/ledger"
    with open(path, encoding="ascii") as f:
        lines = change(f.read().splitlines()[:-1])
    text = "".join(s + "\n" for s in lines)
    text += f"sha256={hashlib.sha256(text.encode()).hexdigest()}\n"
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


@test
def ranges(t):
    """no range, little of it left, no ledger, a damaged one, one of another machine"""
    net, d, p = patient(t, "range 0")
    p.mend(p.doctor("no-range", 18))
    p.doctor("agent", 20)
    ledger = f"{p.state}/ledger"
    for verdict in ("ledger-absent", "ledger-damaged", "ledger-other-machine"):
        p("key del dev p0 id 1")
        p.pgk = new_pgk()
        p.attach(d, "range 0", AEAD)
        if verdict == "ledger-absent":
            os.unlink(ledger)
        elif verdict == "ledger-damaged":
            with open(ledger, "a", encoding="ascii") as f:
                f.write("x")
        else:
            rewrite(p, lambda lines: ["machine=" + "0" * 64 if s.startswith("machine") else s
                                      for s in lines])
        r = p.doctor(verdict, 18)
        # The directory of the tests is on tmpfs: that much is to be said besides.
        r["mend"] = [x + " volatile" if x.endswith("ledger init") else x for x in r["mend"]]
        p.mend(r)
        p.doctor("agent", 20)
    p("key del dev p0 id 1")
    p.attach(d, "range 1", AEAD)
    p.mend(p.doctor("range-low", 18))
    p.doctor("agent", 20)


@test
def spent(t):
    """all PTK IDs used up: another key; a copied virtual machine: an AEAD suite"""
    net, d, p = patient(t, "range 10")
    p("key del dev p0 id 1")
    rewrite(p, lambda lines: [re.sub(r" next=\d+", " next=65536", s) for s in lines])
    with open(f"{p.state}/ledger", encoding="ascii") as f:
        t.ok(" next=65536" in f.read(), "planted")
    p.attach(d, "", AEAD, code=3)
    other = new_pgk()
    record(net, d, p, 2, other)
    p.mend(p.doctor("exhausted", 18), FILE=p.key_file(other, "other.key"))
    p.doctor("agent", 20)


@test
def forked(t):
    """a copied virtual machine: the key is attached with an AEAD suite"""
    net, d, p = patient(t, attach=False)
    p.attach(d, "range 10")
    p("key del dev p0 id 1")

    def mark(lines):
        lines[0] = "prose-ledger 2"
        lines.insert(6, "fork time=1700000000 load=unknown.0")
        return [s + " forked=1700000000" if s.startswith("record ") else s for s in lines]

    rewrite(p, mark)
    p.attach(d, "", code=3)
    record(net, d, p)
    p.mend(p.doctor("forked", 18), FILE=p.file())
    p.doctor("agent", 20)


main()
