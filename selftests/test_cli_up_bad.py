#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose up of a file that cannot be, without a ledger, and with hooks."""

from prose_conf import DEVICE, KEY, hooked, rig
from prose_test import *

BAD = [
    # text after [Device], mode, part of the message, line
    (DEVICE + "Groop = 1\n" + KEY, 0o600, '"Groop" is unknown in [Device]; did you mean Group?', 4),
    (DEVICE + KEY + "Cypher = eea2\n", 0o600, '"Cypher" is unknown in [Key]; did you mean Cipher?', 8),
    (DEVICE + KEY.replace("File = key", "File = nowhere"), 0o600, "there is no key file", 7),
    (DEVICE + KEY.replace("File = key", "File = open"), 0o600, "chmod 600", 7),
    (DEVICE + KEY.replace("File = key", "File = short"), 0o600, "64 hexadecimal digits are expected", 7),
    (DEVICE + KEY + "Until = 2020-01-01T00:00:00Z\n", 0o600, "key 1 has ended", 8),
    (DEVICE + KEY + "Until = +8h\n", 0o600, "count anew", 8),
    (DEVICE + KEY + "Integrity = eia2\n", 0o600, "protects integrity itself", 8),
    (DEVICE + KEY.replace("aes256-gcm", "eea2"), 0o600, "Integrity=", 6),
    (DEVICE + KEY.replace("aes256-gcm", "eea2") + "Integrity=eia2\nKdf=direct\n", 0o600,
     "kdf direct", 9),
    (DEVICE + "Require = aead\n" + KEY.replace("aes256-gcm", "eea2") + "Integrity = eia2\n", 0o600,
     "Require = aead in line 4", 7),
    (DEVICE + "Address = 10.33.0.1\n" + KEY, 0o600, "10.4.5.1/24", 4),
    (DEVICE.replace("low", "nowhere") + KEY, 0o600, 'no device "nowhere"', 2),
    (DEVICE + KEY + KEY.replace("Id = 1", "Id = 33"), 0o600, "five low bits", 9),
    (DEVICE + KEY + KEY.replace("Id = 1", "Id = 2"), 0o600, "the same value as key 1 (File= in line 7)", 11),
    (DEVICE + KEY.replace("File = key", "File = zeros"), 0o600, "all its octets are equal", 7),
    ("Group = 1\n", 0o600, "before the first section", 1),
    (DEVICE + KEY, 0o644, "chmod 600", None),
]


@test
def bad_input(t):
    """each bad file is refused with file, line, reason and remedy, and nothing is changed"""
    r = rig(t)
    r.key_file(r.pgk, "open", 0o644)
    r.key_file(r.pgk[:16], "short")
    r.key_file(bytes(32), "zeros")
    before = r.state_of()
    ledger = r.json("ledger show")
    for text, mode, says, line in BAD:
        r.write(text, mode)
        p = r.up(4 if "no device" in says else 1)
        where = f"{r.path}:{line}: " if line else r.path
        t.ok(where in p.stderr and says in p.stderr, f"{says}, line {line}, of {text}\n{p.stderr}")
    t.eq(r.state_of(), before, "after all of them")
    t.eq(r.json("ledger show"), ledger, "ledger")
    t.ok("prose.conf(5)" in r("up nosuch", 1).stderr, "no file at all")
    t.ok("must end in .conf" in r(f"up {r.state}/p0", 1).stderr, "a path of another form")
    r.host.run("ip", "link", "add", "p0", "type", "dummy")
    r.write(DEVICE + KEY)
    for line in ("up", "down", "save"):
        t.ok("no prose device" in r(f"{line} {r.path}", 2).stderr, f"{line} of a dummy")
    t.eq(r.read(), DEVICE + KEY, "the file")


@test
def broken_since(t):
    """a file that was broken under its device: down tells how to take that away"""
    r = rig(t)
    r.write(DEVICE + KEY)
    r.up()
    r.write(DEVICE + "Grup = 1\n" + KEY)
    p = r.down(1)
    t.ok(f"{r.path}:4: " in p.stderr and "prose dev del p0" in p.stderr, p.stderr)
    r("dev del p0")
    t.ok("prose dev del" not in r.down(1).stderr, "when it is gone")


@test
def yesterdays_key(t):
    """a key that has ended is left out, loudly, if the file has another one"""
    r = rig(t)
    r.write(DEVICE + KEY + "Until = 2020-01-01T00:00:00Z\n" + KEY.replace("Id = 1", "Id = 2"))
    p = r.up()
    t.ok(f"{r.path}:8: key 1 has ended" in p.stderr and "left out" in p.stderr, p.stderr)
    t.eq([k["pgk_id"] for k in r.json("key show")], [2], "keys attached")
    t.ok("is up already" in r.up().stdout, "once more")


@test
def hooks(t):
    """hooks run in their order with the device's name, and not for a device that is there"""
    r = rig(t)
    r.write(DEVICE + hooked(r) + f"PostUp = echo 100%% >> {r.state}/marks\n" + KEY)
    r.up()
    r.up()
    t.eq(r.marks(), ["PreUp-p0", "PostUp-p0", "100%"], "hooks of up")
    r.down()
    r.down()
    t.eq(r.marks()[3:], ["PreDown-p0", "PostDown-p0"], "hooks of down")
    r.write(DEVICE + hooked(r, PreDown="false") + KEY)
    r.up()
    p = r.down(4)
    t.ok(":6: PreDown failed with status 1" in p.stderr or "PreDown failed" in p.stderr, p.stderr)
    t.eq(r.json("show"), [], "a hook keeps no device there")
    r.write(DEVICE + f"PreUp = {PROSE} save {r.path}\n" + KEY)
    t.ok("in use by another prose" in r.up(4).stderr, "a hook that would wait for itself")


@test
def no_ledger(t):
    """without a ledger nothing is half up; a file that only listens needs none"""
    r = rig(t, init=None)
    before = r.state_of()
    r.write(DEVICE + KEY)
    p = r.up(3)
    t.ok("ledger init" in p.stderr and "is undone" in p.stderr, p.stderr)
    t.eq(r.state_of(), before, "after it")
    r.write(DEVICE + "Tx = off\n" + KEY)
    r.up()
    t.eq(r.json("key show")[0]["state"], "rx-only", "a listener's key")


main()
