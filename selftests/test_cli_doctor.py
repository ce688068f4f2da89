#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose doctor, what it finds without listening: each fault is planted, named by its verdict and
exit code, and gone after the commands that the report names were run."""

import hashlib
import re

from prose_doctor import Patient
from prose_test import *

AEAD = codec.Suite("aes256-gcm", "none")


def patient(t, words="", members=1, attach=True, **dev):
    """A device that nothing is wrong with, but that no agent runs."""
    net = Net(t, members)
    d = net.m[0].prose(**dev)
    p = Patient(t, d.ns)
    if attach:
        p.attach(d, words, AEAD)
    return net, d, p


def record(net, d, p, pgk_id=1, pgk=None):
    """The key that a mending command attaches."""
    net.rec.key(d.group, d.member, pgk_id & 31, pgk or p.pgk, suite=AEAD)


@test
def no_module(t):
    """the module is not loaded; then there is no device; then it is made"""
    net = Net(t, 1)
    p = Patient(t, net.m[0].ns, init=None)
    t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
    p.mend(p.doctor("module", 10))
    t.ok(os.path.isdir("/sys/module/prose"), "loaded by the command")
    p.doctor("no-device", 11, "listen 0")
    r = p.doctor("no-device", 11)
    p.mend(r, **{"LOWER": "low", "0xXXXXXX": f"0x{GROUP:06x}"})
    r = p.doctor("down", 14)
    p.mend(r)
    p.doctor("no-key", 16)
    run("ip", "-n", p.ns, "link", "del", "p0")


@test
def candidates(t):
    """a device that is to be a lower one: type, port of another, MTU, fit"""
    net = Net(t, 1)
    p = Patient(t, net.m[0].ns, init=None)
    r = p.doctor("lower-type", 12, "dev lo")
    t.ok("no Ethernet device" in r["text"], r["text"])
    batch("link add br0 type bridge", "link set low master br0", ns=p.ns)
    p.mend(p.doctor("lower-enslaved", 12, "dev low"))
    batch("link set low mtu 100", ns=p.ns)
    p.mend(p.doctor("lower-mtu", 12, "dev low"))
    r = p.doctor("not-prose", 11, "dev low")
    t.ok("can be the lower device" in r["text"], r["text"])
    p.mend(r, **{"0xXXXXXX": f"0x{GROUP:06x}"})
    t.ok(net.m[0].rtnl.get("prose0")["data"]["group"] == GROUP, "made by the command")


@test
def links(t):
    """lower device down, without carrier, too small for IPv6; device down"""
    net, d, p = patient(t)
    p.doctor("agent", 20)
    batch("link set low down", ns=p.ns)
    p.mend(p.doctor("lower-down", 12))
    t.wait_eq(lambda: net.m[0].rtnl.get("low")["operstate"], "up", "carrier")
    p.doctor("agent", 20)
    batch("link set a1 down", ns=net.air)
    p.mend(p.doctor("lower-no-carrier", 12))
    batch("link set a1 up", ns=net.air)
    t.wait_eq(lambda: net.m[0].rtnl.get("low")["operstate"], "up", "carrier")
    batch("link set low mtu 1300", ns=p.ns)
    p.mend(p.doctor("mtu", 12))
    t.eq(d.link()["mtu"], 1500, "the MTU inside")
    d.set_up(False)
    p.mend(p.doctor("down", 14))
    p.doctor("agent", 20)


@test
def clock(t):
    """a clock that is surely wrong, unless one says that it is right"""
    net, d, p = patient(t)
    now, mono = time.time(), time.monotonic()

    def right():
        return now + time.monotonic() - mono

    t.defer(lambda: time.clock_settime(time.CLOCK_REALTIME, right()))
    time.clock_settime(time.CLOCK_REALTIME, now - 10 * 365 * 86400)
    r = p.doctor("clock", 15)
    # Trusted, it tells that the key is not due.
    p.doctor("pending", 17, "--trust-clock dev p0 listen 0")
    p.mend(r, **{"YYYY-MM-DD hh:mm:ss": time.strftime("%F %T", time.localtime(right() + 1))})
    p.doctor("agent", 20)
    t.ok(abs(time.time() - right()) < 60, "the clock is set")


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
    p("key set dev p0 id 1 until +1s")
    t.wait(lambda: p.json("key show dev p0")[0]["state"] == "expired", "expired", 20)
    p.mend(p.doctor("key-expired", 16), FILE=path)
    p.doctor("agent", 20)
    p("key revoke dev p0 id 1")
    p.mend(p.doctor("key-revoked", 16), FILE=path)
    p.doctor("agent", 20)


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


@test
def words(t):
    """bad words, and a text for people"""
    net, d, p = patient(t, attach=False)
    for line, said in (("doctor dev", "needs the name"), ("doctor listen x", "listen"),
                       ("doctor listen 3601 dev p0", "3600"), ("doctor p0", "no option")):
        q = p(line, 1)
        t.ok(said in q.stderr, f"{line}: {q.stderr}")
    text = p("doctor listen 0", 16).stdout
    t.ok("FAULT" in text and "to mend it:" in text and "prose --state-dir" in text, text)


main()
