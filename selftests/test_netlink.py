#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every, 6.12-cloud-arm64
"""Generic netlink: permissions, policies, an extack on every refusal, dumps."""

import errno
import threading

from prose_test import *
from prose_test.user import give_up_root, in_child, own_namespaces


def setup(t):
    net = Net(t, 1)
    d = net.m[0].prose(ip=False)
    return net, d, d.key()


@test
def bad_values(t):
    """each value outside its limits, each length, each absent attribute: errno and extack"""
    net, d, k = setup(t)
    g = d.genl
    serial = add_pgk(GROUP, 9, new_pgk())
    base = {"ifindex": d.ifindex, "pgk_id": 9, "serial": serial, "cipher": "eea2",
            "integrity": "none"}

    def add(**kw):
        v = dict(base)
        v.update(kw)
        return lambda: g.do("key-add", **v)

    for name in ("ifindex", "pgk_id", "serial", "cipher", "integrity"):
        t.refused(add(**{name: None}), errno.EINVAL, f"key-add without {name}",
                  attr=name.replace("_", "-"))
    t.refused(add(ifindex=0), (errno.ERANGE, errno.EINVAL), "ifindex 0", attr="ifindex")
    t.refused(add(ifindex=0x80000000), (errno.ERANGE, errno.EINVAL), "ifindex 2^31",
              attr="ifindex")
    t.refused(add(ifindex=0x7FFFFFFF), errno.ENODEV, "no such device", attr="ifindex")
    lo = d.rtnl.index("lo")
    t.refused(add(ifindex=lo), (errno.EOPNOTSUPP, errno.ENODEV, errno.EINVAL),
              "a device that is not prose", attr="ifindex")
    t.refused(add(serial=0), (errno.ERANGE, errno.EINVAL), "serial 0", attr="serial")
    t.refused(add(serial=0xFFFFFFFF), (errno.ERANGE, errno.EINVAL), "a special keyring",
              attr="serial")
    for c in (6, 255, 0xFFFFFFFF):
        t.refused(add(cipher=c), (errno.EINVAL, errno.ERANGE), f"cipher {c}", attr="cipher")
        t.refused(add(integrity=c), (errno.EINVAL, errno.ERANGE), f"integrity {c}",
                  attr="integrity")
    t.refused(add(cipher="eea0"), (errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM),
              "EEA0 without integrity")
    t.refused(add(kdf="nosuch"), errno.EPROTONOSUPPORT, "an unknown KDF", attr="kdf")
    t.refused(add(kdf="x" * 16), (errno.EINVAL, errno.ERANGE), "a KDF name too long",
              attr="kdf")
    now = int(time.time())
    t.refused(add(until=now - 10), (errno.EINVAL, errno.EKEYEXPIRED, errno.ERANGE),
              "until in the past")
    t.refused(add(until=-5), (errno.EINVAL, errno.ERANGE, errno.EKEYEXPIRED), "until negative")
    t.refused(add(**{"from": now + 100, "until": now + 50}),
              (errno.EINVAL, errno.ERANGE), "until before from")
    t.refused(add(**{"from": now + 100, "standby": True}), errno.EINVAL, "from and standby")
    # Wrong lengths of every attribute of the request
    sizes = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "s32": 4, "s64": 8, "flag": 0}
    for name in nl.spec().ops["key-add"]["do"]["request"]["attributes"]:
        a = nl.spec().sets["prose"][name]
        if a["type"] not in sizes:
            continue
        for n in (0, 1, 2, 3, 5, 9):
            if n == sizes[a["type"]]:
                continue
            v = {k2: v2 for k2, v2 in base.items() if k2.replace("_", "-") != name}
            t.refused(lambda: g.do("key-add", **v, **{name: bytes(n)}),
                      (errno.EINVAL, errno.ERANGE), f"{name} with {n} octets", says=False)
    # What the operation does not take
    for name, v in (("ptk-first", 1), ("member", 5), ("sn", 1), ("event", 0)):
        t.refused(add(**{name: v}), errno.EINVAL, f"key-add with {name}", says=False)
    t.refused(lambda: g.do("key-add", extra=nl.attr(200, bytes(4)), **base), errno.EINVAL,
              "an unknown attribute", says=False)
    t.eq([x["pgk-id"] for x in g.dump("key-get")], [1], "attached keys after all this")
    g.do("key-add", **base)     # and the good one is taken


@test
def other_commands(t):
    """key-get, key-set, key-grant, key-del, dev-get: missing keys, IDs, devices"""
    net, d, k = setup(t)
    g = d.genl
    for op in ("key-get", "key-set", "key-del"):
        what = {"from": 1} if op == "key-set" else {}
        t.refused(lambda: g.do(op, ifindex=d.ifindex, pgk_id=77, **what), errno.ENOENT,
                  f"{op} of a key that is not attached", attr="pgk-id")
        t.refused(lambda: g.do(op, ifindex=d.ifindex), errno.EINVAL, f"{op} without ID",
                  attr="pgk-id")
        t.refused(lambda: g.do(op, pgk_id=1), errno.EINVAL, f"{op} without device",
                  attr="ifindex")
    t.refused(lambda: g.do("key-grant", ifindex=d.ifindex, pgk_id=77, ptk_first=1, ptk_last=2),
              errno.ENOENT, "key-grant of a key that is not attached", attr="pgk-id")
    t.refused(lambda: g.do("key-grant", ifindex=d.ifindex, pgk_id=1, ptk_first=100),
              errno.EINVAL, "key-grant without last", attr="ptk-last")
    t.refused(lambda: g.do("dev-get", ifindex=d.ifindex + 1000), errno.ENODEV, "dev-get",
              attr="ifindex")
    t.refused(lambda: g.do("dev-get"), errno.EINVAL, "dev-get without device", attr="ifindex")
    # PGK IDs whose 5 low bits are equal are not the same
    t.refused(lambda: g.do("key-get", ifindex=d.ifindex, pgk_id=33), errno.ENOENT, "ID 33")
    for cmd in (0, 12, 13, 100, 255):
        t.refused(lambda: g.raw(cmd, b""), (errno.EOPNOTSUPP, errno.EINVAL), f"command {cmd}",
                  says=False)
    for body in (b"\0", b"\1\0\0\0", b"\xff" * 8, b"\x08\0\1\0\1", bytes(100)):
        for cmd in range(1, 12):
            try:
                g.raw(cmd, body)
            except (NlError, TimeoutError):
                pass
    t.eq(k.state(), "active", "the key after broken messages")


@test
def link_values(t):
    """link options: every bad value refused with a text, nothing left behind"""
    net = Net(t, 1)
    h = net.m[0]
    low = h.rtnl.index("low")
    E = None    # each reason has its own

    def add(link=low, **kw):
        v = {"group": GROUP, **kw}
        return lambda: h.rtnl.add("px", link, {k: x for k, x in v.items() if x is not None})

    t.refused(add(group=None), E, "no group")
    for what, kw in (("group 0", {"group": 0}), ("group 2^24", {"group": 1 << 24}),
                     ("member 0", {"member": 0}), ("member 2^24", {"member": 1 << 24}),
                     ("lcid 0", {"lcid": 0}), ("lcid 11", {"lcid": 11}),
                     ("ethertype 0x5ff", {"ethertype": 0x5FF}), ("tx 2", {"tx": 2}),
                     ("nonip 3", {"nonip": 3}), ("margin", {"margin": 86401}),
                     ("notice", {"notice": 367 * 86400})):
        t.refused(add(**kw), E, what)
    t.refused(add(link=None), E, "no lower device")
    t.refused(add(link=0x7FFFFFF), errno.ENODEV, "a lower device that is not there", says=False)
    t.refused(add(link=h.rtnl.index("lo")), E, "over loopback")
    for name, size in (("group", 3), ("group", 0), ("member", 1), ("tx", 0), ("margin", 2)):
        t.refused(lambda: h.rtnl.add("px", low, {"group": GROUP, name: bytes(size)}), E,
                  f"{name} of {size} octets", says=False)
    a = h.prose("pa", member=0x0A0A0A, ip=False)
    t.refused(add(member=0x0A0A0A), (errno.EEXIST, errno.EBUSY),
              "the same group and member on this lower device")
    for name, v in (("group", GROUP + 1), ("member", 7), ("lcid", 2), ("ethertype", 0x88B6)):
        t.refused(lambda: h.rtnl.change(a.ifindex, {name: v}),
                  E, f"{name} changed later")
    h.rtnl.change(a.ifindex, {"group": GROUP, "member": 0x0A0A0A, "lcid": 1, "margin": 30,
                              "notice": 60, "nonip": "on", "tx": 0})
    v = h.rtnl.get("pa")["data"]
    t.eq((v["margin"], v["notice"], v["nonip"], v["tx"]), (30, 60, "on", 0), "changed values")
    # A change with one bad value changes nothing
    t.refused(lambda: h.rtnl.change(a.ifindex, {"margin": 40, "lcid": 2}),
              E, "one of two is bad")
    t.eq(h.rtnl.get("pa")["data"]["margin"], 30, "margin after it")
    try:
        h.rtnl.get("px")
        t.ok(False, "px exists")
    except NlError:
        pass


@test
def other_lowers(t):
    """lower devices that are not Ethernet are refused"""
    net = Net(t, 1)
    h = net.m[0]
    made = 0
    for kind, cmd in (("tun", "tuntap add tun9 mode tun"),
                      ("sit", "link add tun9 type sit remote 10.9.9.9 local 10.9.9.8"),
                      ("ipip", "link add tun9 type ipip remote 10.9.9.9 local 10.9.9.8"),
                      ("gre", "link add tun9 type gre remote 10.9.9.9 local 10.9.9.8")):
        p = run("ip", "-n", h.ns, *cmd.split(), check=False)
        if p.returncode:
            continue
        made += 1
        t.refused(lambda: h.rtnl.add("px", h.rtnl.index("tun9"), {"group": GROUP}),
                  None, f"over {kind}")
        run("ip", "-n", h.ns, "link", "del", "tun9")
    t.ge(made, 1, "kinds of other devices that could be made")


@test
def unprivileged(t):
    """every command and dump without CAP_NET_ADMIN is EPERM; so is listening"""
    net, d, k = setup(t)

    def attempt():
        g = Genl(d.ns)
        give_up_root()
        bad = []
        for op in nl.spec().ops.values():
            if "event" in op:
                continue
            if "do" in op:
                try:
                    g.raw(op["value"], nl.spec().encode("prose", {
                        "ifindex": d.ifindex, "pgk_id": 1, "serial": k.serial,
                        "cipher": "eea2", "integrity": "none"} if op["name"] == "key-add" else {
                        "ifindex": d.ifindex, "pgk_id": 1}))
                    bad.append(f"{op['name']} done")
                except NlError as e:
                    if e.errno != errno.EPERM:
                        bad.append(f"{op['name']}: {e}")
            if "dump" in op:
                try:
                    g.raw(op["value"], b"", nl.NLM_F_DUMP)
                    bad.append(f"{op['name']} dumped")
                except NlError as e:
                    if e.errno != errno.EPERM:
                        bad.append(f"dump of {op['name']}: {e}")
        try:
            g.sock.s.setsockopt(nl.SOL_NETLINK, nl.NETLINK_ADD_MEMBERSHIP, g.groups["events"])
            bad.append("events joined")
        except OSError as e:
            if e.errno != errno.EPERM:
                bad.append(f"events: {e}")
        return bad

    t.eq(in_child(attempt), "[]", "what an unprivileged user could do")


@test
def user_namespace(t):
    """an unprivileged user namespace can use its own devices, and no others"""
    net, d, k = setup(t)

    def attempt():
        own_namespaces()
        g, r = Genl(), Rtnl()
        if g.dump("dev-get") or g.dump("key-get"):
            return "it sees foreign devices"
        try:
            g.do("dev-get", ifindex=d.ifindex)
            return "it gets a foreign device"
        except NlError as e:
            if e.errno != errno.ENODEV:
                return f"foreign device: {e}"
        p = run("ip", "link", "add", "va", "type", "veth", "peer", "name", "vb", check=False)
        if p.returncode:
            return f"SKIP veth: {p.stderr}"
        idx = r.add("p0", r.index("va"), {"group": GROUP})
        serial = keyring.add("prose", f"{GROUP:06x}:01", new_pgk())
        g.do("key-add", ifindex=idx, pgk_id=1, serial=serial, cipher="eea2", integrity="none")
        g.do("key-grant", ifindex=idx, pgk_id=1, ptk_first=1, ptk_last=4)
        return "done" if g.do("key-get", ifindex=idx, pgk_id=1)["ptk-left"] else "no range"

    t.eq(in_child(attempt), "done", "what it could do")


@test
def dumps(t):
    """dumps of many keys and devices are whole, strict, and survive deletion meanwhile"""
    net = Net(t, 1)
    h = net.m[0]
    devs = [h.prose(f"p{i}", group=GROUP + i, ip=False, up=False) for i in range(12)]
    for d in devs:
        for i in range(8):
            d.key(pgk_id=i, n=0)
    g = h.genl
    t.eq(len(g.dump("dev-get")), 12, "devices in the dump")
    keys = g.dump("key-get")
    t.eq(len(keys), 96, "keys in the dump")
    t.eq(len({(k["ifindex"], k["pgk-id"]) for k in keys}), 96, "different ones")
    t.eq(len(g.dump("key-get", ifindex=devs[3].ifindex)), 8, "keys of one device")
    a = g.raw(nl.spec().ops["key-get"]["value"], b"", nl.NLM_F_DUMP)
    b = g.raw(nl.spec().ops["key-get"]["value"], b"", nl.NLM_F_DUMP)
    t.ok(a == b, "two dumps are equal, octet for octet")
    stop = threading.Event()
    errors = []

    def dumper():
        g2 = Genl(h.ns)
        while not stop.is_set():
            try:
                g2.dump("key-get")
                g2.dump("dev-get")
            except NlError as e:
                errors.append(str(e))
        g2.close()

    th = threading.Thread(target=dumper)
    th.start()
    for d in devs:
        for i in range(8):
            g.do("key-del", ifindex=d.ifindex, pgk_id=i)
        d.delete()
    stop.set()
    th.join()
    t.eq([e for e in errors if "ENODEV" not in e and "EINTR" not in e], [],
         "errors of dumps while deleting")
    t.eq(g.dump("dev-get"), [], "devices at the end")


@test
def namespaces(t):
    """devices, keys and events of another namespace are neither seen nor reached"""
    net = Net(t, 2)
    a = net.m[0].prose(ip=False)
    other = net.m[1]
    ev = other.events()
    a.key()
    g = other.genl
    t.eq(g.dump("dev-get"), [], "devices in the other namespace")
    t.eq(g.dump("key-get"), [], "keys in the other namespace")
    t.eq(ev.poll(0.3), [], "events in the other namespace")


@test
def policy(t):
    """the kernel's policy has the attributes that the spec gives each request"""
    net = Net(t, 1)
    g = net.m[0].genl
    # CTRL_CMD_GETPOLICY
    out = g.sock.request(16, nl.NLM_F_DUMP,
                         struct.pack("=BBH", 10, 1, 0) + nl.attr(1, struct.pack("=H", g.id)), 4)
    ops, policies = {}, {}
    for body in out:
        for kind, val, _ in nl.attrs(body[4:]):
            if kind == 9:       # CTRL_ATTR_OP_POLICY
                for cmd, v, _ in nl.attrs(val):
                    ops.setdefault(cmd, {}).update(
                        {k: struct.unpack("=I", x)[0] for k, x, _ in nl.attrs(v)})
            elif kind == 8:     # CTRL_ATTR_POLICY
                for idx, v, _ in nl.attrs(val):
                    for a, _, _ in nl.attrs(v):
                        policies.setdefault(idx, set()).add(a)
    t.ok(ops and policies, "policies are told")
    for op in nl.spec().ops.values():
        want = op.get("do", {}).get("request", {}).get("attributes")
        if want is None:
            continue
        want = {nl.spec().sets["prose"][a]["value"] for a in want}
        idx = ops.get(op["value"], {}).get(1)
        t.ok(idx is not None, f"policy of {op['name']}")
        t.eq(policies[idx], want, f"attributes of {op['name']}")


main()
