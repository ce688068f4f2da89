#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose doctor on keys that cannot be used, a conflict, and a missing agent: planted, named by
verdict and exit code, and mended by the commands of the report."""

from prose_doctor import AEAD, patient, record
from prose_test import *


@test
def keys(t):
    """no key, standby, pending, within the margin, ending, expired, revoked"""
    net, d, p = patient(t, attach=False)
    path = p.file()
    record(net, d, p)
    p.mend(p.doctor("no-key", 16), FILE=path)
    p.doctor("agent", 20)
    p("key set dev p0 id 1 from standby")
    p.mend(p.doctor("standby", 17))
    p.doctor("agent", 20)
    p("key set dev p0 id 1 from +1h")
    p.mend(p.doctor("pending", 17))
    p.doctor("agent", 20)
    p("key set dev p0 id 1 until +200s")
    p.mend(p.doctor("key-ending", 16))
    p.doctor("agent", 20)
    p("dev set p0 margin 3600")
    p("key set dev p0 id 1 until +30m")
    p.mend(p.doctor("margin", 17))
    p("dev set p0 margin 0")
    p.doctor("agent", 20)
    p("key set dev p0 id 1 until +3s")
    t.wait(lambda: p.json("key show dev p0")[0]["state"] == "expired", "expired", 20)
    p.mend(p.doctor("key-expired", 16), FILE=path)
    p.doctor("agent", 20)
    p("key revoke dev p0 id 1")
    p.mend(p.doctor("key-revoked", 16), FILE=path)
    p.doctor("agent", 20)


@test
def agent(t):
    """no agent; with one all is well, as far as can be told without listening"""
    net, d, p = patient(t)
    r = p.doctor("agent", 20)
    t.ok(r["mend"][0].endswith(" agent"), str(r["mend"]))
    p.agent(*r["mend"][0].split()[1:])
    r = p.doctor("well", 0)
    t.eq(r["mend"], [], "nothing to mend")
    t.eq([c["result"] for c in r["checks"]], ["ok"] * 9 + ["skipped"], "checks")
    text = p("doctor dev p0 listen 0").stdout
    t.ok("all is well" in text and "FAULT" not in text, text)


@test
def conflict(t):
    """another device with our member ID stopped us; the answer lets us send"""
    net, d, p = patient(t)
    k = Key(d, p.pgk, 1, None, AEAD)
    net.inject(k.build(d.member, codec.udp4("10.33.0.9", "10.33.0.255", payload(60)),
                       ptk_id=7, sn=9))
    t.wait(lambda: d.get().get("conflict", False), "sending stopped")
    r = p.doctor("conflict", 19)
    t.ok("give one of the two another ID" in r["text"], r["text"])
    p.mend(r)
    p.doctor("agent", 20)


@test
def listen_only(t):
    """a listen-only device needs neither range nor sending"""
    net, d, p = patient(t, tx=0)
    r = p.doctor("agent", 20)
    results = {c["check"]: c["result"] for c in r["checks"]}
    t.eq((results["sending"], results["range"]), ("skipped", "skipped"), str(results))


main()
