#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Derivations: "direct" and what it is bound to, an operator's own, and names."""

import errno
import select
import threading

from prose_test import *
from prose_test.kdfs import held, insert, loaded, param, remove, test_kdf
from prose_test.pair import Pair, ip
from prose_test.user import in_child, own_namespaces

# Calls of one user that run at once, kdfcall.c
RUNNING_MAX = 16


def operator(t):
    insert("prose_operator_kdf")
    t.defer(remove, "prose_operator_kdf")


def first_frame():
    """Of a sender that nobody knows, which a KDF is asked for"""
    return codec.build(0x0A0B0C, GROUP, new_pgk(), ip(60), index=1, ptk_id=1, sn=1)


def grant_next(k):
    """A card's key is the same in all tests. Return: the first PTK ID."""
    first = k.get()["ptk-next-free"]
    k.grant(first=first, last=first + 3)
    return first


def alone(d):
    """Devices in a user namespace of an unprivileged user: netlink, indices."""
    own_namespaces()
    g, r = Genl(), Rtnl()
    run("ip", "link", "add", "va", "type", "veth", "peer", "name", "vb")
    return g, [r.add(f"p{i}", r.index("va"), {"group": GROUP, "member": i + 1}) for i in range(d)]


def add(g, idx, **kw):
    serial = keyring.add("prose", f"{GROUP:06x}:01", new_pgk())
    g.do("key-add", ifindex=idx, pgk_id=1, serial=serial, cipher="aes256-gcm",
         integrity="none", **kw)


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
def uicc_is_one_key(t):
    """whatever placeholder is loaded, a card's key is one key with one PTK-ID space"""
    test_kdf(t)
    net = Net(t, 2, record=False)
    d, e = (m.prose(ip=False) for m in net.m)
    k = d.key(pgk_id=1, n=0, kdf="uicc")
    first = k.get()["fingerprint"]
    start = grant_next(k)
    t.wait_eq(k.state, "active", "it sends")
    k.delete()
    k = d.key(pgk_id=1, n=0, kdf="uicc")        # other octets in the keyring
    t.eq(k.get()["fingerprint"], first, "fingerprint with another placeholder")
    t.refused(lambda: k.grant(first=start, last=start + 3), errno.ESTALE,
              "a range that was sent with")
    t.eq(e.key(pgk_id=1, n=0, kdf="uicc").get()["fingerprint"], first, "and of another member")
    k.delete()
    # Another PGK ID, or card, has another key
    t.ok(d.key(pgk_id=2, n=0, kdf="uicc").get()["fingerprint"] != first, "another PGK ID")
    param("card", 1)
    k = d.key(pgk_id=1, n=0, kdf="uicc")
    t.ok(k.get()["fingerprint"] != first, "another card")
    grant_next(k)
    t.wait_eq(k.state, "active", "it sends")


@test
def uicc_card_changed(t):
    """a card that is changed under an attached key is not sent with"""
    test_kdf(t)
    net = Net(t, 1, record=False)
    d = net.m[0].prose(ip=False)
    k = d.key(pgk_id=1, n=0, kdf="uicc")
    param("card", 1)
    grant_next(k)

    def drops():
        d.tap(incoming=False).send(d.eth(ip(60)))
        return d.counter("tx-crypto")
    t.wait(drops, "a frame that is dropped for want of a PTK", 10)
    t.eq(d.counter("tx-packets"), 0, "frames sent")
    param("card", 0)
    t.wait_eq(k.state, "active", "sent with when the card is back")


@test
def attach_waits_alone(t):
    """while a card is asked for a key's name, netlink and the device go on, or go"""
    test_kdf(t)
    net = Net(t, 1, record=False)
    h = net.m[0]
    d, e = h.prose(ip=False), h.prose("p1", group=GROUP + 1, ip=False)
    param("hold", 1)
    got = {}

    def attach(dev):
        g = Genl(h.ns)
        serial = add_pgk(dev.group, 1, new_pgk())
        try:
            got[dev.name] = g.do("key-add", ifindex=dev.ifindex, pgk_id=1, serial=serial,
                                 cipher="aes256-gcm", integrity="none", kdf="uicc")["pgk-id"]
        except NlError as err:
            got[dev.name] = err.errno
    serving = [threading.Thread(target=attach, args=(x,)) for x in (d, e)]
    for s in serving:
        s.start()
    held(t, 2)
    # Loading a module that registers a family needs what a request is served with.
    run("modprobe", "macsec")
    # It may be built in, as on the debug kernel, where this shows nothing.
    run("rmmod", "macsec", check=False)
    t.eq(d.genl.dump("key-get"), [], "keys that are attached")
    d.delete()
    param("hold", 0)
    for s in serving:
        s.join()
    t.eq(got, {"p0": errno.ENODEV, "p1": 1}, "what became of both")


@test
def only_from_the_host(t):
    """a KDF with a key of its own is for the initial user namespace, unless it says otherwise"""
    test_kdf(t)

    def attempt():
        g, (idx,) = alone(1)
        try:
            add(g, idx, kdf="uicc")
            return "attached"
        except NlError as e:
            if e.errno != errno.EPERM or "initial user namespace" not in str(e):
                return str(e)
        add(g, idx, kdf="slow")
        g.do("key-grant", ifindex=idx, pgk_id=1, ptk_first=1, ptk_last=4)
        for _ in range(100):
            if g.do("key-get", ifindex=idx, pgk_id=1)["key-state"] == "active":
                return "done"
            time.sleep(0.1)
        return "the other one does not send"
    t.eq(in_child(attempt), "done", "what an unprivileged user could do")
    t.eq(param("attacher"), 65534, "who the KDF was told has attached the key")


@test
def deleted_while_deriving(t):
    """a device goes while its KDF is at work, on either way, and holds nobody's RTNL"""
    test_kdf(t)
    net = Net(t, 2, record=False)
    d = net.m[0].prose(ip=False)
    param("hold", 1)
    d.key(n=4, kdf="slow")
    held(t, 1)
    net.inject(first_frame())
    held(t, 2)
    for cmd in (("link", "del", "p0"), ("link", "add", "dx", "type", "dummy")):
        p = popen("ip", *cmd, ns=net.m[cmd[1] == "add"].ns)
        t.wait(lambda: p.poll() is not None, f"the end of ip {' '.join(cmd)}", 20)
        t.eq(p.returncode, 0, f"ip {' '.join(cmd)}")
    t.eq(param("held"), 2, "derivations that wait still")


@test
def takes_rtnl(t):
    """a KDF that takes RTNL derives, and a device that goes meanwhile does not hang"""
    test_kdf(t)
    net = Net(t, 1, record=False)
    d = net.m[0].prose(ip=False)
    param("take_rtnl", 1)
    k = d.key(n=4, kdf="slow")
    t.wait_eq(k.state, "active", "it sends")
    t.wait_eq(lambda: param("held"), 0, "the PTK after it is derived, too")
    param("hold", 1)
    net.inject(first_frame())
    t.wait(lambda: param("held"), "a derivation that waits")
    p = popen("ip", "link", "del", "p0", ns=net.m[0].ns)
    param("hold", 0)
    t.wait(lambda: p.poll() is not None, "the end of ip link del", 20)


@test
def one_user_bounded(t):
    """however many devices an unprivileged user has on a slow KDF, others do not wait"""
    test_kdf(t)
    param("hold", 1)
    go, ready = os.pipe()
    stop, end = os.pipe()

    def attempt():
        g, idx = alone(RUNNING_MAX + 4)
        for i in idx:
            add(g, i, kdf="slow")
            g.do("key-grant", ifindex=i, pgk_id=1, ptk_first=1, ptk_last=2)
        os.write(ready, b"x")
        os.read(stop, 1)
        return "done"
    out = []
    attacker = threading.Thread(target=lambda: out.append(in_child(attempt)))

    def leave():
        os.write(end, b"x")
        attacker.join()
    attacker.start()
    t.defer(leave)
    t.wait(lambda: select.select([go], [], [], 0)[0], "all devices of the user", 60)
    held(t, RUNNING_MAX)
    net = Net(t, 1, record=False)
    d = net.m[0].prose(ip=False)
    k = d.key(n=4)
    net.inject(k.build(0x0A0B0C, ip(60), ptk_id=1, sn=1))
    t.wait_eq(lambda: d.counter("rx-packets"), 1, "a first frame with 3gpp")
    t.eq(param("held"), RUNNING_MAX, "derivations of the user that wait")
    k = net.m[0].prose("p1", group=GROUP + 1, ip=False).key(n=4, kdf="slow")
    held(t, RUNNING_MAX + 1)
    param("hold", 0)
    t.wait_eq(k.state, "active", "the other user's key")
    leave()
    t.eq(out, ["done"], "the user")


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
