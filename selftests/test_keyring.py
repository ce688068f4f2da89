#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""Keys of the kernel keyring: what may be attached, and what never comes out."""

import errno

from prose_test import *


def setup(t):
    net = Net(t, 1)
    return net, net.m[0].prose()


@test
def key_type(t):
    """descriptions and lengths that the key type takes; no reading, no updating"""
    good = add_pgk(GROUP, 0x25, new_pgk())
    t.ok(keyring.describe(good).startswith("prose;"), "type")
    for what, fn, errs in (
            ("read", lambda: keyring.read(good), (errno.EOPNOTSUPP,)),
            ("update", lambda: keyring.update(good, new_pgk()), (errno.EOPNOTSUPP,))):
        try:
            fn()
            t.ok(False, f"{what} was not refused")
        except OSError as e:
            t.ok(e.errno in errs, f"{what}: {e}")
    for desc in ("445566", "445566:2", "445566:025", "44556:25", "445566:2G", "ABCDEF:25",
                 "abcdef:2F", "445566-25", "", "x" * 100, "445566:25 "):
        try:
            keyring.add("prose", desc, new_pgk())
            t.ok(False, f"description '{desc}' was accepted")
        except OSError as e:
            t.eq(e.errno, errno.EINVAL, f"description '{desc}'")
    for n in (0, 1, 16, 31, 33, 64, 1000):
        try:
            keyring.add("prose", "445566:26", bytes(n))
            t.ok(False, f"{n} octets were accepted")
        except OSError as e:
            t.eq(e.errno, errno.EINVAL, f"{n} octets")


@test
def refused_keys(t):
    """wrong type, group, ID, dead, absent: an errno and a text for each"""
    net, d = setup(t)

    def attach(serial, pgk_id=1):
        return lambda: d.genl.do("key-add", ifindex=d.ifindex, pgk_id=pgk_id, serial=serial,
                                 cipher="eea2", integrity="none")

    seen = {}
    user = keyring.add("user", "445566:01", bytes(32))
    logon = keyring.add("logon", "prose:445566:01", bytes(32))
    seen["type"] = t.refused(attach(user), errno.EKEYREJECTED, "a user key").errno
    t.refused(attach(logon), errno.EKEYREJECTED, "a logon key")
    ring = keyring.add("keyring", "ring", b"")
    t.refused(attach(ring), errno.EKEYREJECTED, "a keyring")
    other = add_pgk(GROUP + 1, 1, new_pgk())
    seen["group"] = t.refused(attach(other), (errno.ENODEV, errno.EINVAL, errno.EDOM, errno.EXDEV,
                                              errno.EKEYREJECTED), "a key of another group").errno
    two = add_pgk(GROUP, 2, new_pgk())
    seen["id"] = t.refused(attach(two, 1), (errno.EDOM, errno.EINVAL, errno.EKEYREJECTED,
                                            errno.ENODEV, errno.EXDEV),
                           "a key of another PGK ID").errno
    gone = add_pgk(GROUP, 3, new_pgk())
    keyring.revoke(gone)
    seen["revoked"] = t.refused(attach(gone, 3), errno.EKEYREVOKED, "a revoked key").errno
    old = add_pgk(GROUP, 4, new_pgk())
    keyring.timeout(old, 1)
    time.sleep(1.3)
    seen["expired"] = t.refused(attach(old, 4), (errno.EKEYEXPIRED, errno.ENOKEY),
                                "an expired key").errno
    seen["absent"] = t.refused(attach(0x7FFFFFF0), errno.ENOKEY, "no such serial").errno
    t.ok(len({seen["type"], seen["revoked"], seen["expired"], seen["absent"]}) == 4,
         f"an errno for each reason: {seen}")
    t.eq(d.genl.dump("key-get", ifindex=d.ifindex), [], "attached keys")


@test
def permission(t):
    """without search permission a key cannot be attached, not even by root"""
    net, d = setup(t)
    serial = keyring.add("prose", f"{GROUP:06x}:01", new_pgk())
    keyring.setperm(serial, 0x21210000)     # view and setattr
    t.refused(lambda: d.genl.do("key-add", ifindex=d.ifindex, pgk_id=1, serial=serial,
                                cipher="eea2", integrity="none"),
              errno.EACCES, "without search permission")
    keyring.setperm(serial, 0x3F3F0000)
    d.genl.do("key-add", ifindex=d.ifindex, pgk_id=1, serial=serial, cipher="eea2",
              integrity="none")


@test
def under_construction(t):
    """a key under construction does not hang the attach"""
    net, d = setup(t)
    # request_key(2) with callout information starts /sbin/request-key; one that
    # sleeps leaves the key under construction meanwhile.
    path = "/sbin/request-key"
    real = os.path.realpath(path)
    if os.path.exists(real) and not os.path.exists(real + ".real"):
        os.rename(real, real + ".real")
        t.defer(os.rename, real + ".real", real)
    with open(real, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\nsleep 8\nkeyctl negate $2 1 0\n")
    os.chmod(real, 0o755)
    pid = os.fork()
    if not pid:
        try:
            keyring._call(keyring.SYS_REQUEST_KEY, "prose", f"{GROUP:06x}:01", "callout",
                          keyring.SESSION)
        except OSError:
            pass
        os._exit(0)
    t.defer(os.waitpid, pid, 0)

    def constructing():
        with open("/proc/keys", encoding="ascii", errors="replace") as f:
            for line in f:
                w = line.split()
                if len(w) > 7 and w[7] == "prose" and "U" in w[1]:
                    return int(w[0], 16)
        return 0

    try:
        serial = t.wait(constructing, "a key under construction", 4)
    except Failed:
        skip("no key under construction can be had here")
    start = time.monotonic()
    e = t.refused(lambda: d.genl.do("key-add", ifindex=d.ifindex, pgk_id=1, serial=serial,
                                    cipher="eea2", integrity="none"),
                  (errno.ENOKEY, errno.EACCES), "a key under construction")
    t.le(time.monotonic() - start, 3.0, f"seconds to the refusal ({e})")


@test
def other_session(t):
    """keyctl from another session times out and revokes an attached key by its serial"""
    net, d = setup(t)
    k = d.key()
    for cmd, state in ((["keyctl", "timeout", k.serial, "1"], "expired"),):
        # A new session, without the process keyring of the test
        run("keyctl", "session", "-", *[str(c) for c in cmd])
        t.wait_eq(k.state, state, f"{' '.join(map(str, cmd))}: state", 5)
    k2 = d.key(pgk_id=2)
    run("keyctl", "session", "-", "keyctl", "revoke", str(k2.serial))
    t.wait_eq(k2.state, "revoked", "keyctl revoke: state", 5)


@test
def unlinked(t):
    """an attached key lives on when its keyring goes"""
    net, d = setup(t)
    k = d.key()
    keyring.unlink(k.serial, PROCESS)
    time.sleep(0.2)
    t.eq(k.state(), "active", "state")
    out = d.tap(incoming=False)
    out.send(d.bcast(payload(50)))
    t.wait_eq(lambda: d.counter("tx-packets"), 1, "tx-packets")


@test
def no_octets(t):
    """no reply, listing or log holds octets of the key"""
    net, d = setup(t)
    pgk = new_pgk()
    k = d.key(pgk)
    ptk = codec.ptk(pgk, d.member, 1, GROUP)
    pek = codec.pek(ptk)
    op = nl.spec().ops
    enc = nl.spec().encode("prose", {"ifindex": d.ifindex, "pgk_id": 1})
    heap = b"".join(d.genl.raw(op["key-get"]["value"], enc))
    for name in ("dev-get", "key-get", "member-get"):
        heap += b"".join(d.genl.raw(op[name]["value"], b"", nl.NLM_F_DUMP))
    for f in ("/proc/keys", "/proc/crypto"):
        with open(f, "rb") as fd:
            heap += fd.read()
    heap += run("dmesg", check=False).stdout.encode()
    for name, secret in (("PGK", pgk), ("PTK", ptk), ("PEK", pek)):
        for i in range(len(secret) - 3):
            t.ok(secret[i:i + 4] not in heap, f"octets of the {name} at {i}")
            t.ok(secret[i:i + 4].hex().encode() not in heap, f"{name} in hexadecimal")
    del k


@test
def references(t):
    """attaching, detaching and refusing leak no key"""
    net, d = setup(t)

    def prose_keys():
        with open("/proc/keys", encoding="ascii", errors="replace") as f:
            return len([1 for line in f if line.split()[7:8] == ["prose"]])

    def cycle(i):
        pgk = new_pgk()
        k = d.key(pgk, 1 + i % 20, n=2)
        for bad in ({"cipher": "eea0"}, {"kdf": "nosuch"}):
            try:
                d.genl.do("key-add", ifindex=d.ifindex, pgk_id=k.id, serial=k.serial,
                          **{"cipher": "eea2", "integrity": "none", **bad})
            except NlError:
                pass
        if i % 2:
            k.delete()
            keyring.unlink(k.serial)
        else:
            keyring.unlink(k.serial)
            k.delete()

    cycle(0)
    time.sleep(0.5)
    before = prose_keys()
    for i in range(1, 13):
        cycle(i)
    t.wait(lambda: prose_keys() <= before, "keys of type prose back to the number before", 15, 0.3)


main()
