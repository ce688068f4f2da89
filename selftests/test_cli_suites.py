#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""Suites and derivations by the tool: attached, named, refused."""

from prose_cli import Cli
from prose_test import *

CIPHERS = ("eea0", "eea1", "eea2", "eea3")
INTEGRITY = ("none", "eia1", "eia2", "eia3")
AEAD = ("aes128-gcm", "aes256-gcm")
PAIRS = [(c, i) for c in CIPHERS for i in INTEGRITY if (c, i) != ("eea0", "none")]


def setup(t, group=GROUP):
    net = Net(t, 1, record=False)
    d = net.m[0].prose(group=group)
    return net, d, Cli(t, d.ns)


def add(prose, d, pgk_id, words, code=0, pgk=None):
    return prose(f"key add dev {d.name} id {pgk_id} {words} range 0 file -", code,
                 stdin=pgk or new_pgk())


@test
def all_attached(t):
    """every suite is attached, and named in text and JSON"""
    _, d, prose = setup(t)
    suites = [(f"cipher {c} integrity {i}", f"{c} integrity {i}", c, i) for c, i in PAIRS]
    suites += [(f"cipher {c}", c, c, "none") for c in AEAD]
    suites += [(f"cipher {c} integrity none", c, c, "none") for c in AEAD]
    for words, name, cipher, integrity in suites:
        p = add(prose, d, 1, words)
        t.ok(f"is attached: {name}" in p.stdout, f"{words}: {p.stdout}")
        k, = prose.json("key show")
        t.eq((k["cipher"], k["integrity"], k["kdf"], k["clear_text"]),
             (cipher, integrity, "3gpp", cipher == "eea0"), words)
        text = prose("key show").stdout
        t.ok(f"suite: {name}" in text, f"{words}\n{text}")
        t.eq("CLEAR TEXT" in text, cipher == "eea0", f"{words}: marked\n{text}")
        prose(f"key del dev {d.name} id 1")


@test
def clear_text(t):
    """eea0 with integrity warns on stderr, and is marked in every listing"""
    _, d, prose = setup(t)
    p = add(prose, d, 1, "cipher eea0 integrity eia2")
    t.ok("Warning: " in p.stderr and "CLEAR TEXT" in p.stderr, p.stderr)
    t.ok("CLEAR TEXT" in p.stdout, p.stdout)
    for line in ("", "show", f"show {d.name}", "key show", f"key show dev {d.name}"):
        t.ok("CLEAR TEXT" in prose(line).stdout, f"prose {line}")
    p = add(prose, d, 2, "cipher eea2 integrity eia2")
    t.ok("CLEAR TEXT" not in p.stderr + p.stdout, f"eea2: {p.stdout}{p.stderr}")


@test
def wrong_pairs(t):
    """impossible pairs are refused and attach nothing; the lines to paste work"""
    _, d, prose = setup(t)
    key = prose.key_file(new_pgk())
    for words in ("cipher eea0 integrity none", "cipher eea1", "cipher eea0", "",
                  "cipher aes128-gcm integrity eia1", "cipher aes256-gcm integrity eia3",
                  "cipher eea1 integrity eia1 kdf direct", "cipher eea0 integrity eia1 kdf direct",
                  "cipher eea4 integrity none", "cipher eea1 integrity eia0"):
        prose(f"key add dev {d.name} id 1 {words} file {key}", 1)
    t.eq(prose.json("key show"), [], "attached")
    p = prose(f"key add dev {d.name} id 1 file {key}", 1)
    lines = [s.strip() for s in p.stderr.splitlines() if s.strip().startswith("prose key add")]
    t.eq(len(lines), 2, f"lines to paste in\n{p.stderr}")
    for line, cipher in zip(lines, ("aes256-gcm", "eea2")):
        prose(line.removeprefix("prose ") + " range 0")
        t.eq(prose.json("key show")[0]["cipher"], cipher, line)
        prose(f"key del dev {d.name} id 1")


@test
def require(t):
    """what a device requires refuses less, and says what to do"""
    _, d, prose = setup(t)
    prose(f"dev set {d.name} require integrity")
    p = add(prose, d, 1, "cipher eea2 integrity none", 2)
    t.ok("requires integrity" in p.stderr and "require none" in p.stderr, p.stderr)
    add(prose, d, 1, "cipher eea2 integrity eia2")
    p = prose(f"dev set {d.name} require aead", 2)
    t.ok("requires an AEAD suite" in p.stderr, p.stderr)
    t.eq(prose.json("show")[0]["require"], "integrity", "unchanged while a key gives less")
    prose(f"key del dev {d.name} id 1")
    prose(f"dev set {d.name} require aead")
    add(prose, d, 2, "cipher eea2 integrity eia2", 2)
    add(prose, d, 2, "cipher aes128-gcm")
    t.eq(prose.json("show")[0]["require"], "aead", "shown")


@test
def direct(t):
    """a value used with kdf direct is shown so, and bound in the ledger after the module forgot"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    add(prose, d, 1, "cipher eea2 integrity none kdf direct", pgk=pgk)
    t.eq(prose.json("key show")[0]["kdf"], "direct", "kdf")
    bound, = prose.json("ledger show")["bound"]
    t.eq((bound["fingerprint"], bound["cipher"], bound["group"]),
         (codec.fingerprint(pgk).hex(), "eea2", f"0x{d.group:06x}"), "in the ledger")
    prose(f"key del dev {d.name} id 1")
    add(prose, d, 1, "cipher eea2 integrity none", 2, pgk)   # the module refuses
    prose(f"dev del {d.name}")
    for used in (net.m[0].genl, net.m[0].rtnl):
        used.close()
    run("rmmod", "prose")
    run("modprobe", "prose")
    prose(f"dev add {d.name} link low group 0x{GROUP:06x}")
    # The last of these binds the value in the module to the wrong use.
    for words in ("cipher eea2 integrity none", "cipher aes256-gcm kdf direct"):
        p = add(prose, d, 1, words, 3, pgk)
        t.ok("bound to that" in p.stderr and "not attached" in p.stderr, f"{words}: {p.stderr}")
        t.eq(prose.json("key show"), [], f"{words}: attached")


@test
def refresh(t):
    """ptk next goes on with the key that is sent with, and says why it cannot"""
    _, d, prose = setup(t)
    prose(f"key add dev {d.name} id 1 cipher aes256-gcm range 10 file -", stdin=new_pgk())
    prose(f"key add dev {d.name} id 2 cipher aes256-gcm from standby file -", stdin=new_pgk())
    t.wait(lambda: "ptk_id" in prose.json("key show")[0], "a PTK ID in use")
    before = prose.json("key show")[0]["ptk_id"]
    after = prose.json(f"ptk next dev {d.name}")
    t.eq((after["pgk_id"], after.get("ptk_id", before + 1)), (1, before + 1), "the next")
    prose(f"ptk next dev {d.name} id 1")
    p = prose(f"ptk next dev {d.name} id 2", 2)
    t.ok("prose key use" in p.stderr, p.stderr)
    for _ in range(12):
        p = cli("ptk", "next", "dev", d.name, "id", "1", ns=d.ns, state=prose.state, check=False)
        if p.returncode:
            break
    t.ok(p.returncode == 2 and "key extend" in p.stderr, f"at the end of the range: {p.stderr}")


main()
