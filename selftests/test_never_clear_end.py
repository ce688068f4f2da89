#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Nothing leaves in clear when PTK IDs end, and while keys and devices go."""

from prose_test import *
from test_never_clear import Angle


@test
def range_end(t):
    """when the last PTK ID has come to its end"""
    a = Angle(t)
    a.d.key(n=1)
    a.ciphered("start")
    n = 65535 - parse(a.h.sent()[-1]).sn
    sent, _ = blast(a.h.ns, a.d.name, n + 50, a.d.bcast(payload(20)))
    t.eq(sent, n + 50, "frames given to the device")
    t.wait(lambda: a.d.counter("tx-no-range") >= 50, "drops at the end", 60)
    frames = a.h.sent()
    t.eq(parse(frames[-1]).sn, 65535, "last SN")
    t.eq(len({count_of(f) for f in frames}), len(frames), "different COUNTs")
    a.silent("range ended", "tx-no-range")


@test
def while_deleting(t):
    """while keys, devices come and go under a stream of frames"""
    a = Angle(t)
    frame = a.d.bcast(payload(60))
    p = blast(a.h.ns, a.d.name, 10 ** 9, frame, wait=False)
    try:
        for i in range(6):
            k = a.d.key(pgk_id=1 + i % 2, n=2)
            time.sleep(0.05)
            if i % 3 == 0:
                keyring.revoke(k.serial)
                time.sleep(0.02)
            k.delete()
        a.d.key(pgk_id=7, n=2)
        time.sleep(0.05)
        a.d.delete()
    finally:
        p.terminate()
        p.wait(10)
        p.stdout.close()
        p.stderr.close()
    frames = a.h.sent()
    t.ge(len(frames), 50, "frames sent")
    for raw in frames:
        t.ok(PHRASE[4:16] not in raw, "clear text")


main()
