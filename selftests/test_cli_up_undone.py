#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose up that fails in the middle is undone whole."""

import os

from prose_conf import DEVICE, KEY, LATER, hooked, rig
from prose_test import *


@test
def mending_fails(t):
    """what a second up mended is taken back when a later step fails"""
    r = rig(t)
    r.write(DEVICE + "Address = 10.33.0.1/24\n" + KEY)
    r.up()
    before = r.state_of()
    r.key_file(new_pgk(), "key2")
    r.write(DEVICE + "Margin = 20\nNotice = 20\nMTU = 1200\nAddress = 10.33.0.2/24, fd33::1/128\n" + KEY +
            f"Until = {LATER}\n" + KEY.replace("Id = 1", "Id = 2").replace("key", "key2") +
            "From = 2098-01-01T00:00:00Z\n")
    sysctl(r.ns, "ipv6/conf/p0/disable_ipv6", 1)
    p = r.up(2)
    t.ok("is undone" in p.stderr, p.stderr)
    t.eq(r.state_of(), before, "after the failure")


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
        ("PreUp", DEVICE + hooked(r, PreUp="exit 3") + pair + KEY, 4, up + ["PostDown-p0"]),
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
        ("PostUp", DEVICE + hooked(r, PostUp="kill -9 $$") + pair + KEY, 4,
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
    # Of each range only the PTK ID that was in use is gone; the rest went back.
    t.le(max(k["next"] for k in r.json("ledger show")["records"]), len(cases) + 1, "ledger")


@test
def not_undone(t):
    """what cannot be undone is not said to be, and the rest is undone"""
    r = rig(t)
    before = r.state_of()
    r.write(DEVICE + hooked(r, PostUp="exit 3", PostDown="exit 4") + KEY)
    p = r.up(4)
    t.ok("NOT all that was done could be undone" in p.stderr, p.stderr)
    t.ok("PostDown failed with status 4" in p.stderr, p.stderr)
    t.ok("all that was done is undone" not in p.stderr, p.stderr)
    t.eq(r.state_of(), before, "the rest")


@test
def interrupted(t):
    """a signal in the middle is one more reason to undo all"""
    r = rig(t)
    before = r.state_of()
    r.write(DEVICE + hooked(r, PostUp=f"touch {r.state}/there; until [ -e {r.state}/end ]; "
                                              "do sleep 0.1; done") + KEY)
    p = r.start("up", r.path)
    t.wait(lambda: os.path.exists(f"{r.state}/there"), "the hook", timeout=60)
    p.terminate()
    r.write("", name="end")
    os.rename(f"{r.state}/end.conf", f"{r.state}/end")
    t.eq(p.wait(60), 1, "exit code")
    t.eq(r.state_of(), before, "after it")
    t.eq(r.marks()[-2:], ["PreDown-p0", "PostDown-p0"], "hooks")


main()
