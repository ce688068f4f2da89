#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Derivations: "direct" and what it is bound to, an operator's own, and names."""

import errno

from prose_test import *
from prose_test.pair import Pair, ip

SAMPLES = {"prose_operator_kdf": "PROSE_OPERATOR_KDF", "prose_wrong_kdf": "PROSE_WRONG_KDF"}


def insert(module, check=True):
    """Load a module of samples/."""
    ko = os.environ.get(SAMPLES[module])
    return run(*(["insmod", ko] if ko else ["modprobe", module]), check=check)


def loaded(module):
    return os.path.isdir(f"/sys/module/{module}")


def remove(module):
    for _ in range(100):
        if not loaded(module) or not run("rmmod", module, check=False).returncode:
            return
        time.sleep(0.1)
    raise Failed(f"{module} cannot be removed")


def operator(t):
    insert("prose_operator_kdf")
    t.defer(remove, "prose_operator_kdf")


@test
def names(t):
    """unknown and empty names are refused; 3gpp is the default, and told"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    for name in ("nosuch", "", "3GPP", "3gpp ", "direct2"):
        t.refused(lambda: d.key(pgk_id=1, n=0, suite=Suite()._replace(kdf=name)),
                  (errno.EPROTONOSUPPORT, errno.EINVAL), f"KDF '{name}'")
    t.eq(d.genl.dump("key-get"), [], "keys attached after it")
    for i, (kw, want) in enumerate((({}, "3gpp"), ({"kdf": "direct"}, "direct")), 1):
        k = d.key(pgk_id=i, n=0, **kw)
        t.eq(k.get()["kdf"], want, "KDF of key-get")


@test
def direct_suites(t):
    """direct takes neither EIA nor eea0: refused, nothing attached, nothing bound"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    pgk = new_pgk()
    for cipher in ("eea0", "eea1", "eea2", "eea3", "aes128-gcm", "aes256-gcm"):
        for integrity in ("none", "eia1", "eia2", "eia3"):
            if integrity == "none" and cipher != "eea0":
                continue
            t.refused(lambda: d.key(pgk, n=0, cipher=cipher, integrity=integrity,
                                    kdf="direct"),
                      (errno.EINVAL, errno.EOPNOTSUPP), f"direct with {cipher} and {integrity}")
    t.eq(d.genl.dump("key-get"), [], "keys attached after it")
    k = d.key(pgk, n=0)     # what was refused binds nothing
    t.eq(k.get()["kdf"], "3gpp", "the same value with 3gpp")


@test
def direct_bound(t):
    """a value used directly stays with its KDF, group and suite, whatever is deleted"""
    net = Net(t, 2)
    pgk = new_pgk()
    d = net.m[0].prose(ip=False)
    other = net.m[0].prose("p1", group=GROUP + 1, ip=False)
    away = net.m[1].prose(ip=False)
    k = d.key(pgk, n=4, kdf="direct")

    def refused(state):
        for what, dev, kw in (
                ("3gpp", d, {}), ("another suite", d, {"kdf": "direct", "cipher": "eea1"}),
                ("an AEAD suite", d, {"kdf": "direct", "cipher": "aes256-gcm"}),
                ("3gpp on another machine's device", away, {}),
                ("another group", other, {"kdf": "direct"}),
                ("3gpp in another group", other, {"cipher": "eea2", "integrity": "eia2"})):
            t.refused(lambda: dev.key(pgk, pgk_id=9, n=0, **kw), errno.EKEYREJECTED,
                      f"{state}: {what}", says="bound")
    refused("attached")
    k.delete()
    refused("detached")
    d.delete()
    d = net.m[0].prose(ip=False)
    refused("device deleted")
    k = d.key(pgk, pgk_id=2, n=0, kdf="direct")
    k.grant(first=k.get()["ptk-next-free"], last=k.get()["ptk-next-free"] + 3)
    t.eq(k.get()["kdf"], "direct", "the bound use")
    away.key(pgk, pgk_id=2, n=0, kdf="direct")      # by another member too


@test
def direct_half(t):
    """two values with the octets that a 128-bit suite takes in common are one key"""
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    first = new_pgk()
    second = new_pgk()[:16] + first[16:]
    zeroes = bytes(16) + first[16:]
    d.key(first, n=0, kdf="direct")
    for pgk in (second, zeroes):
        t.refused(lambda: d.key(pgk, pgk_id=9, n=0, kdf="direct"), errno.EKEYREJECTED,
                  "the same octets 16 to 31", says="bound")
    d.key(second, pgk_id=9, n=0, kdf="direct", cipher="aes256-gcm")     # takes all octets
    t.refused(lambda: d.key(second, pgk_id=10, n=0, kdf="direct"), errno.EKEYREJECTED,
              "bound to a suite now", says="bound")
    d.key(new_pgk(), pgk_id=11, n=0, kdf="direct")


@test
def direct_until_unload(t):
    """after the module was unloaded the value is free again"""
    net = Net(t, 1)
    pgk = new_pgk()
    d = net.m[0].prose(ip=False)
    d.key(pgk, n=0, kdf="direct")
    t.refused(lambda: d.key(pgk, pgk_id=2, n=0), errno.EKEYREJECTED, "before", says="bound")
    d.delete()
    d.host._genl.close()        # it holds the family's module
    d.host._genl = None
    t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
    ko = os.environ.get("PROSE_KO")
    run(*(["insmod", ko] if ko else ["modprobe", "prose"]))
    d = net.m[0].prose(ip=False)
    k = d.key(pgk, n=0)
    t.eq(k.get()["kdf"], "3gpp", "KDF after it")


@test
def operators(t):
    """an operator's derivation, by module: both ways, with integrity too"""
    operator(t)
    for i, suite in enumerate((Suite("eea2", kdf="operator"), Suite("eea2", "eia2", "operator"),
                               Suite("aes256-gcm", kdf="operator"))):
        p = Pair(t)
        p.attach(suite, pgk_id=i)
        t.eq(p.ka.get()["kdf"], "operator", "KDF of key-get")
        shown = cli("key", "show", "dev", "p0", ns=p.a.ns).stdout
        t.ok("operator" in shown, f"prose key show tells it: {shown}")
        p.sends(suite, ip(60), f"{suite}, sent", 1, 1)
        for sn in range(1, 5):
            p.takes(0x0A0B0C, ip(50 + sn), f"{suite}, SN {sn}", sn=sn)
        t.eq(p.drops(), {}, f"{suite}: dropped")
        for e in t.close():
            raise Failed(e)
        operator(t)


@test
def operator_rolls_over(t):
    """the next PTK and those of other senders come from the operator's derivation too"""
    operator(t)
    p = Pair(t)
    suite = Suite("eea2", "eia2", "operator")
    p.attach(suite, n=4)
    p.sends(suite, ip(60), "PTK ID 1", 1, 1)
    p.a.genl.do("ptk-next", ifindex=p.a.ifindex, pgk_id=1)
    p.sends(suite, ip(60), "PTK ID 2", 2, 1)
    for src in (0x000002, 0x000003, 0xFFFFFE):
        for ptk_id in (1, 2, 9):
            p.takes(src, ip(40), f"sender {src:06x}, PTK ID {ptk_id}", ptk_id=ptk_id)
    t.eq(p.drops(), {}, "dropped")


@test
def operator_in_use(t):
    """its module cannot be removed while a key uses it; then it can, and the name is gone"""
    operator(t)
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    k = d.key(n=4, kdf="operator")
    p = run("rmmod", "prose_operator_kdf", check=False)
    t.ok(p.returncode and "in use" in p.stderr, f"removal is refused: {p.stderr}")
    d.tap(incoming=False).send(d.eth(ip(60)))
    t.wait_eq(lambda: d.counter("tx-packets"), 1, "it goes on")
    k.delete()
    remove("prose_operator_kdf")
    t.refused(lambda: d.key(n=0, kdf="operator"), errno.EPROTONOSUPPORT, "after its removal",
              attr="kdf")
    # And back: the same name may be registered again
    insert("prose_operator_kdf")
    t.eq(d.key(pgk_id=2, n=0, kdf="operator").get()["kdf"], "operator", "registered again")


@test
def wrong(t):
    """one that says it depends on the sender and does not is not registered"""
    with open("/dev/kmsg", "rb", buffering=0) as log:
        os.set_blocking(log.fileno(), False)
        os.lseek(log.fileno(), 0, os.SEEK_END)
        p = insert("prose_wrong_kdf", check=False)
        t.ok(p.returncode, "loading it fails")
        t.ok("Invalid argument" in p.stderr or "nvalid parameters" in p.stderr,
             f"with EINVAL: {p.stderr}")
        said = []
        while True:
            try:
                said.append(os.read(log.fileno(), 8192).decode(errors="replace"))
            except BlockingIOError:
                break
            except BrokenPipeError:
                continue
    t.ok([x for x in said if "sender" in x or "member" in x],
         f"the kernel's log says why: {said}")
    t.ok(not loaded("prose_wrong_kdf"), "it is not loaded")
    t.eq(run("rmmod", "prose_wrong_kdf", check=False).returncode != 0, True, "nothing to remove")


main()
