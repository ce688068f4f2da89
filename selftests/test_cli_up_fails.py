#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose up with what cannot be done: refused, or undone whole."""

import os

from prose_conf import DEVICE, KEY, LATER, hooked, rig
from prose_test import *

BAD = [
    # text after [Device], mode, part of the message, line
    (DEVICE + "Groop = 1\n" + KEY, 0o600, '"Groop" is unknown in [Device]; did you mean Group?', 4),
    (DEVICE + KEY + "Cypher = eea2\n", 0o600, '"Cypher" is unknown in [Key]; did you mean Cipher?', 8),
    (DEVICE + KEY.replace("File = key", "File = nowhere"), 0o600, "there is no key file", 7),
    (DEVICE + KEY.replace("File = key", "File = open"), 0o600, "chmod 600", 7),
    (DEVICE + KEY.replace("File = key", "File = short"), 0o600, "a group key has 256 bits", 7),
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
    ("Group = 1\n", 0o600, "before the first section", 1),
    (DEVICE + KEY, 0o644, "chmod 600", None),
]


@test
def bad_input(t):
    """each bad file is refused with file, line, reason and remedy, and nothing is changed"""
    r = rig(t)
    r.key_file(r.pgk, "open", 0o644)
    r.key_file(r.pgk[:16], "short")
    before = r.state_of()
    ledger = r.json("ledger show")
    for text, mode, says, line in BAD:
        r.write(text, mode)
        p = r.up(1)
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
def mending_fails(t):
    """what a second up mended is taken back when a later step fails"""
    r = rig(t)
    r.write(DEVICE + "Address = 10.33.0.1/24\n" + KEY)
    r.up()
    before = r.state_of()
    r.key_file(new_pgk(), "key2")
    r.write(DEVICE + "Margin = 20\nNotice = 20\nMTU = 1200\nAddress = 10.33.0.2/24, fd33::1/128\n" + KEY +
            f"Until = {LATER}\n" + KEY.replace("Id = 1", "Id = 2").replace("key", "key2"))
    sysctl(r.ns, "ipv6/conf/p0/disable_ipv6", 1)
    p = r.up(2)
    t.ok("is undone" in p.stderr, p.stderr)
    t.eq(r.state_of(), before, "after the failure")


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
    p = r.down(1)
    t.ok(":6: PreDown failed with status 1" in p.stderr or "PreDown failed" in p.stderr, p.stderr)
    t.eq(r.json("show"), [], "a hook keeps no device there")
    r.write(DEVICE + f"PreUp = {PROSE} save {r.path}\n" + KEY)
    t.ok("in use by another prose" in r.up(1).stderr, "a hook that would wait for itself")


@test
def undone(t):
    """whatever fails, all that was done before is undone, hooks too"""
    r = rig(t)
    before = r.state_of()
    pair = "Address = 10.33.0.1/24\n"
    two = KEY + KEY.replace("Id = 1", "Id = 2")
    up = ["PreUp-p0"]
    cases = [
        # what fails, the file, exit code, which hooks ran
        ("PreUp", DEVICE + hooked(r, PreUp="exit 3") + pair + KEY, 1, up + ["PostDown-p0"]),
        ("the device", DEVICE.replace("low", "lo") + hooked(r) + pair + KEY, 2,
         up + ["PostDown-p0"]),
        ("the lower device", DEVICE.replace("low", "nowhere") + hooked(r) + KEY, 2,
         up + ["PostDown-p0"]),
        ("MTU", DEVICE + "MTU = 60000\n" + hooked(r) + pair + KEY, 2, up + ["PostDown-p0"]),
        ("the second key", DEVICE + hooked(r) + pair + two.replace(
            "Id = 2\nCipher = aes256-gcm\nFile = key", "Id=2\nCipher=aes256-gcm\nSerial=1"), 2,
         up + ["PostDown-p0"]),
        ("an address", DEVICE + hooked(r) + pair + "Address = ff02::1/128\n" + KEY, 2,
         up + ["PostDown-p0"]),
        ("PostUp", DEVICE + hooked(r, PostUp="kill -9 $$") + pair + KEY, 1,
         up + ["PostUp-p0", "PreDown-p0", "PostDown-p0"]),
    ]
    for what, text, code, ran in cases:
        r.write(text)
        p = r.up(code)
        t.ok("all that was done is undone" in p.stderr, f"{what}: {p.stderr}")
        t.eq(r.json("show"), [], f"devices after {what} failed")
        t.eq(r.marks(), ran, f"hooks when {what} failed")
        os.unlink(f"{r.state}/marks")
    t.eq(r.state_of(), before, "after all of them")
    # A range that went back is there for the next.
    t.eq([k["next"] for k in r.json("ledger show")["records"]], [1], "ledger")


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


@test
def interrupted(t):
    """a signal in the middle is one more reason to undo all"""
    r = rig(t)
    before = r.state_of()
    r.write(DEVICE + hooked(r, PostUp=f"touch {r.state}/there; while sleep 0.1; do :; done") + KEY)
    p = r.start("up", r.path)
    t.wait(lambda: os.path.exists(f"{r.state}/there"), "the hook", timeout=60)
    run("pkill", "-P", p.pid, "-x", "sh")
    p.terminate()
    t.eq(p.wait(60), 1, "exit code")
    t.eq(r.state_of(), before, "after it")
    t.eq(r.marks()[-2:], ["PreDown-p0", "PostDown-p0"], "hooks")


main()
