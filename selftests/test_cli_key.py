#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the kernel's side is in test_netlink, test_floors and test_uniqueness
"""prose key: sources of a key, what is shown, keyctl, revoking."""

import glob

from prose_cli import Cli
from prose_test import *


def setup(t):
    net = Net(t, 1)
    d = net.m[0].prose()
    return net, d, Cli(t, d.ns)


@test
def add_and_show(t):
    """key add from a file: attached, ranged, and shown in text and JSON"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    p = prose(f"key add dev {d.name} id 1 cipher eea2 integrity none until +8h "
              f"file {prose.key_file(pgk)}")
    t.ok("PTK IDs 1 to 256" in p.stdout, p.stdout)
    t.ok("frames/s" in p.stdout, f"how long it lasts: {p.stdout}")
    t.ok("no prose agent runs" in p.stderr, p.stderr)
    k, = d.genl.dump("key-get", ifindex=d.ifindex)
    t.eq((k["ptk-last"], k["ptk-left"] + ("ptk-id" in k)), (256, 256), "the range")
    shown, = prose.json(f"key show dev {d.name}")
    t.eq(shown["fingerprint"], codec.fingerprint(pgk).hex(), "fingerprint")
    t.eq(shown["serial"], k["serial"], "serial")
    t.eq(shown["state"], "active", "state")
    t.eq(shown["cipher"] + shown["integrity"], "eea2none", "suite")
    t.ok(8 * 3600 - 60 < shown["until"] - time.time() <= 8 * 3600, "until")
    text = prose("key show").stdout
    # In the second of the attach there are still eight hours left.
    t.ok("(in 7 h 59 min)" in text or "(in 8 h 0 min)" in text, text)
    for want in ("state: active", "eea2 integrity none", "until: ", "PTK ID: ", "256", shown["fingerprint"], f"serial: {k['serial']}"):
        t.ok(want in text, f"'{want}' in\n{text}")
    ledger = prose.json("ledger show")
    t.eq([(r["fingerprint"], r["member"], r["next"]) for r in ledger["records"]],
         [(shown["fingerprint"], f"0x{d.member:06x}", 257)], "the ledger")


@test
def key_sources(t):
    """raw octets, hexadecimal digits, standard input, serial; a warning for open files"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    add = f"key add dev {d.name} id %d cipher eea2 integrity none range 0 "
    prose(add % 1 + "file -", stdin=pgk)
    prose(add % 2 + "file -", stdin=pgk.hex().encode())
    p = prose(add % 3 + f"file {prose.key_file(pgk, 'open', 0o644)}")
    t.ok("open to others" in p.stderr and "0644" in p.stderr, p.stderr)
    p = prose(add % 4 + f"file {prose.key_file(pgk, 'closed')}")
    t.ok("open to others" not in p.stderr, p.stderr)
    serial = prose.json(f"key show dev {d.name}")[0]["serial"]
    # A key that the user manages: of group and ID, in the session keyring
    mine = add_pgk(GROUP, 5, pgk)
    keyring.setperm(mine, 0x3F3F0000)
    prose(add % 5 + f"serial {mine}")
    keys = prose.json("key show")
    t.eq({k["fingerprint"] for k in keys}, {codec.fingerprint(pgk).hex()}, "one value, five ways")
    t.eq(sorted(k["pgk_id"] for k in keys), [1, 2, 3, 4, 5], "attached")
    prose(add % 6 + f"serial {serial}", code=2)


@test
def secrecy(t):
    """the key is in no file of the process, cannot be read, and is viewed by its owner"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    prose.add(d, 1, pgk=pgk)
    serial = prose.json("key show")[0]["serial"]
    desc = keyring.describe(serial)
    t.ok(desc.startswith("prose;0;") and desc.endswith(f"{GROUP:06x}:01"), desc)
    try:
        keyring.read(serial)
        t.ok(False, "the key was read")
    except OSError as e:
        t.ok(e.errno in (errno.EOPNOTSUPP, errno.EACCES), str(e))
    for path in glob.glob(f"{prose.state}/*"):
        with open(path, "rb") as f:
            data = f.read()
        t.ok(pgk not in data and pgk.hex().encode() not in data, f"the key is in {path}")


@test
def keyctl_elsewhere(t):
    """keyctl timeout and revoke work from another session"""
    net, d, prose = setup(t)
    for i in (1, 2):
        prose(f"key add dev {d.name} id {i} cipher eea2 integrity none file -", stdin=new_pgk())
    a, b = [k["serial"] for k in sorted(prose.json("key show"), key=lambda k: k["pgk_id"])]
    run("keyctl", "session", "-", "keyctl", "timeout", str(a), "100")
    t.wait(lambda: [k for k in prose.json("key show") if k["pgk_id"] == 1
                    and 0 < k.get("key_expiry", 0) - time.time() <= 100], "the timeout is shown")
    run("keyctl", "session", "-", "keyctl", "revoke", str(b))
    t.wait(lambda: [k for k in prose.json("key show") if k["pgk_id"] == 2
                    and k["state"] == "revoked"], "revoked")


@test
def revoke(t):
    """key revoke stops every device that uses the key, and lists them"""
    net, d, prose = setup(t)
    other = net.m[0].prose(name="p1", member=0x0a0b0c)
    prose.add(d, 1)
    serial = prose.json("key show")[0]["serial"]
    prose(f"key add dev {other.name} id 1 cipher eea2 integrity none serial {serial}")
    p = prose(f"key revoke dev {d.name} id 1")
    t.ok(d.name in p.stdout and other.name in p.stdout, p.stdout)
    t.wait(lambda: all(k["state"] == "revoked" for k in prose.json("key show")), "all revoked")
    t.ok("state: revoked" in prose("show").stdout, "shown as such")


@test
def old_for_new(t):
    """a new key that is the old one: told when it is added and when that one is revoked"""
    _, d, prose = setup(t)
    old = new_pgk()
    prose.add(d, 1, pgk=old)
    p = prose.add(d, 2, "range 0", pgk=old)
    t.ok("key 2 HAS THE SAME VALUE AS KEY 1" in p.stderr, p.stderr)
    p = prose(f"key revoke dev {d.name} id 1", 1)
    t.ok(f"STILL IN USE: key 2 of {d.name}" in p.stderr, p.stderr)
    t.wait(lambda: prose.json("key show")[0]["state"] == "revoked", "revoked all the same")
    prose(f"key del dev {d.name} id 2")
    p = prose.add(d, 3, code=1, pgk=old)
    t.ok("REVOKED" in p.stderr and "genkey" in p.stderr, p.stderr)
    mine = add_pgk(GROUP, 4, old)
    keyring.setperm(mine, 0x3F3F0000)
    p = prose(f"key add dev {d.name} id 4 cipher eea2 integrity none serial {mine}", 1)
    t.ok("REVOKED" in p.stderr, p.stderr)
    p = prose.add(d, 3)
    t.ok("VALUE" not in p.stderr, p.stderr)
    t.eq([k["pgk_id"] for k in prose.json("key show")], [1, 3], "attached")


main()
