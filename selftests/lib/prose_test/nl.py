# SPDX-License-Identifier: GPL-2.0
"""Netlink by hand, decoded strictly by Documentation/netlink/specs/prose.yaml.

A reply with an attribute that the spec does not give to the operation, or of
another size than the spec says, is an error of the module.
"""

import errno
import json
import os
import select
import socket
import struct
import time

from . import ns as nsmod

NETLINK_ROUTE, NETLINK_GENERIC = 0, 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_EXCL, NLM_F_CREATE = 1, 4, 0x200, 0x400
NLM_F_DUMP = 0x300
NLM_F_ACK_TLVS, NLM_F_CAPPED = 0x200, 0x100
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
NETLINK_GET_STRICT_CHK = 12
NLA_NESTED, NLA_TYPE_MASK = 0x8000, 0x3FFF

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK = 16, 17, 18, 19
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_LINK, IFLA_MASTER = 1, 3, 4, 5, 10
IFLA_OPERSTATE, IFLA_LINKMODE, IFLA_LINKINFO, IFLA_NET_NS_FD = 16, 17, 18, 28
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2


class NlError(Exception):
    """The kernel's refusal: number, text and the attribute it points at."""

    def __init__(self, err, msg="", attr=None, miss=None):
        self.errno = err
        self.msg = msg
        self.attr = attr
        self.miss = miss
        super().__init__(f"{errno.errorcode.get(err, err)} '{msg}'"
                         f"{f' at {attr}' if attr else ''}"
                         f"{f' missing {miss}' if miss else ''}")


class SpecError(Exception):
    """A reply that is not what the spec describes."""


def attr(kind, payload, nested=False):
    n = 4 + len(payload)
    return struct.pack("=HH", n, kind | (NLA_NESTED if nested else 0)) + \
        payload + bytes(-n % 4)


def attrs(buf, base=0):
    """Yield (type, payload, offset)."""
    pos = 0
    while pos + 4 <= len(buf):
        n, kind = struct.unpack_from("=HH", buf, pos)
        if n < 4 or pos + n > len(buf):
            raise SpecError(f"broken attribute at {base + pos}")
        yield kind & NLA_TYPE_MASK, buf[pos + 4:pos + n], base + pos
        pos += n + (-n % 4)
    if pos < len(buf):
        raise SpecError("octets after the last attribute")


class Sock:
    """One netlink socket, opened in namespace ns (None: our own)."""

    def __init__(self, proto, ns=None, groups=()):
        with nsmod.enter(ns):
            self.s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, proto)
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.s.bind((0, 0))
        for opt in (NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK):
            self.s.setsockopt(SOL_NETLINK, opt, 1)
        for g in groups:
            self.s.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, g)
        self.seq = 0

    def close(self):
        self.s.close()

    def request(self, kind, flags, payload, head):
        """Send and return the payloads of the replies; head is the length of
        the family's header, needed to find the attribute an error points at."""
        self.seq += 1
        dump = flags & NLM_F_DUMP == NLM_F_DUMP
        flags |= NLM_F_REQUEST | (0 if dump else NLM_F_ACK)
        msg = struct.pack("=IHHII", 16 + len(payload), kind, flags, self.seq,
                          0) + payload
        self.s.send(msg)
        out = []
        self.interrupted = False
        while True:
            if not select.select([self.s], [], [], 30)[0]:
                raise TimeoutError("no netlink reply within 30 s")
            buf = self.s.recv(1 << 18)
            pos = 0
            while pos + 16 <= len(buf):
                n, t, f, seq, _ = struct.unpack_from("=IHHII", buf, pos)
                body = buf[pos + 16:pos + n]
                pos += (n + 3) & ~3
                if seq != self.seq:
                    continue
                if f & NLM_F_DUMP_INTR:
                    self.interrupted = True
                if t == NLMSG_DONE:
                    err = struct.unpack_from("=i", body)[0]
                    if err:
                        raise self.error(-err, f, body[4:], msg, head)
                    return out
                if t == NLMSG_ERROR:
                    err = struct.unpack_from("=i", body)[0]
                    if err:
                        skip = 20 if f & NLM_F_CAPPED else \
                            4 + struct.unpack_from("=I", body, 4)[0]
                        raise self.error(-err, f, body[skip + (-skip % 4):],
                                         msg, head)
                    return out
                out.append(body)

    @staticmethod
    def error(err, flags, tlvs, request, head):
        text, where, miss = "", None, None
        if flags & NLM_F_ACK_TLVS:
            for kind, val, _ in attrs(tlvs):
                if kind == 1:
                    text = val.rstrip(b"\0").decode()
                elif kind == 2:
                    off = struct.unpack("=I", val)[0]
                    where = struct.unpack_from("=H", request, off + 2)[0] & NLA_TYPE_MASK
                elif kind == 5:
                    miss = struct.unpack("=I", val)[0]
        return NlError(err, text, where, miss)


def load_spec():
    """The spec, cached as JSON: YAML costs seconds on an emulated CPU."""
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.environ.get("PROSE_TOP") or os.path.normpath(os.path.join(here, "../../.."))
    path = os.path.join(root, "Documentation/netlink/specs/prose.yaml")
    cache = os.path.join(os.environ.get("TMPDIR", "/tmp"), "prose-spec.json")
    try:
        if os.stat(cache).st_mtime >= os.stat(path).st_mtime:
            with open(cache, encoding="utf-8") as f:
                return json.load(f)
    except (OSError, ValueError):
        pass
    import yaml
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with open(path, encoding="utf-8") as f:
        spec = yaml.load(f, loader)
    try:
        with open(f"{cache}.{os.getpid()}", "w", encoding="utf-8") as f:
            json.dump(spec, f)
        os.rename(f"{cache}.{os.getpid()}", cache)
    except OSError:
        pass
    return spec


FMT = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q", "s32": "=i", "s64": "=q"}


class Spec:
    """Encode and decode by the spec."""

    def __init__(self):
        spec = load_spec()
        self.consts, self.enums = {}, {}
        for d in spec["definitions"]:
            if d["type"] == "const":
                self.consts[d["name"]] = d["value"]
            else:
                names, value = [], d.get("value-start", 0)
                for e in d["entries"]:
                    if isinstance(e, dict):
                        value = e.get("value", value)
                        e = e["name"]
                    names.append((e, value))
                    value += 1
                self.enums[d["name"]] = dict(names)
        self.sets = {}
        for s in spec["attribute-sets"]:
            value, by_name = 0, {}
            for a in s["attributes"]:
                value = a.get("value", value + 1)
                by_name[a["name"]] = dict(a, value=value)
            self.sets[s["name"]] = by_name
        self.ops, value = {}, 0
        for op in spec["operations"]["list"]:
            value = op.get("value", value + 1)
            self.ops[op["name"]] = dict(op, value=value)
        self.by_cmd = {op["value"]: op for op in self.ops.values()}

    def encode(self, set_name, values):
        """values: a dictionary; a value of type bytes goes as it is."""
        out = b""
        for name, v in values.items():
            name = name.replace("_", "-")
            a = self.sets[set_name][name]
            if v is None:
                continue
            if isinstance(v, bytes):
                body = v
            elif a["type"] == "flag":
                if not v:
                    continue
                body = b""
            elif a["type"] == "string":
                body = v.encode() + b"\0"
            elif a["type"] in FMT:
                if isinstance(v, str):
                    v = self.enums[a["enum"]][v]
                body = struct.pack(FMT[a["type"]], v)
            else:
                raise ValueError(name)
            out += attr(a["value"], body)
        return out

    def decode(self, set_name, buf, allowed=None):
        by_value = {a["value"]: a for a in self.sets[set_name].values()}
        out = {}
        for kind, val, off in attrs(buf):
            a = by_value.get(kind)
            if a is None:
                raise SpecError(f"attribute {kind} is not in set {set_name}")
            name = a["name"]
            if a["type"] == "pad":
                continue
            if allowed is not None and name not in allowed:
                raise SpecError(f"{name} is not in the spec's reply")
            if name in out:
                raise SpecError(f"{name} twice")
            if a["type"] in FMT:
                if len(val) != struct.calcsize(FMT[a["type"]]):
                    raise SpecError(f"{name}: {len(val)} octets for a {a['type']}")
                v = struct.unpack(FMT[a["type"]], val)[0]
                if "enum" in a:
                    names = {n: k for k, n in self.enums[a["enum"]].items()}
                    if v not in names:
                        raise SpecError(f"{name}: {v} is not in {a['enum']}")
                    v = names[v]
            elif a["type"] == "string":
                if not val.endswith(b"\0"):
                    raise SpecError(f"{name}: string without its end")
                v = val[:-1].decode()
            elif a["type"] == "flag":
                if val:
                    raise SpecError(f"{name}: flag with a value")
                v = True
            elif a["type"] == "nest":
                v = self.decode(a["nested-attributes"], val)
            else:
                v = val
                want = a.get("checks", {}).get("exact-len")
                if want is not None and len(v) != self.consts.get(want, want):
                    raise SpecError(f"{name}: {len(v)} octets")
            out[name] = v
        return out

    def attr_name(self, set_name, value):
        for a in self.sets[set_name].values():
            if a["value"] == value:
                return a["name"]
        return value


_spec = None


def spec():
    global _spec
    if _spec is None:
        _spec = Spec()
    return _spec


class Genl:
    """The generic netlink family "prose", in one namespace."""

    def __init__(self, ns=None):
        self.ns = ns
        self.sock = Sock(NETLINK_GENERIC, ns)
        self.id, self.groups = self.resolve("prose")

    def close(self):
        self.sock.close()

    def resolve(self, name):
        payload = struct.pack("=BBH", 3, 1, 0) + attr(2, name.encode() + b"\0")
        out = self.sock.request(16, 0, payload, 4)
        fam, groups = None, {}
        for kind, val, _ in attrs(out[0][4:]):
            if kind == 1:
                fam = struct.unpack("=H", val)[0]
            elif kind == 7:
                for _, g, _ in attrs(val):
                    d = {k: v for k, v, _ in attrs(g)}
                    groups[d[1].rstrip(b"\0").decode()] = struct.unpack("=I", d[2])[0]
        return fam, groups

    def raw(self, cmd, payload, flags=0, version=1):
        """cmd by number, payload as octets; decodes nothing."""
        try:
            return self.sock.request(
                self.id, flags, struct.pack("=BBH", cmd, version, 0) + payload, 4)
        except NlError as e:
            if e.attr is not None:
                e.attr = spec().attr_name("prose", e.attr)
            if e.miss is not None:
                e.miss = spec().attr_name("prose", e.miss)
            raise NlError(e.errno, e.msg, e.attr, e.miss) from None

    def _reply(self, op, mode, body):
        cmd = struct.unpack_from("=B", body)[0]
        if cmd != op["value"]:
            raise SpecError(f"reply with command {cmd} to {op['name']}")
        return spec().decode("prose", body[4:],
                             op[mode]["reply"]["attributes"])

    def do(self, name, extra=b"", **values):
        op = spec().ops[name]
        out = self.raw(op["value"], spec().encode("prose", values) + extra)
        if not out:
            return None
        return self._reply(op, "do", out[0])

    def dump(self, name, **values):
        op = spec().ops[name]
        out = self.raw(op["value"], spec().encode("prose", values), NLM_F_DUMP)
        return [self._reply(op, "dump", b) for b in out]


class Events:
    """Listener of the family's events in one namespace."""

    def __init__(self, ns=None):
        g = Genl(ns)
        self.id = g.id
        self.sock = Sock(NETLINK_GENERIC, ns, [g.groups["events"]])
        g.close()
        self.seen = []

    def close(self):
        self.sock.close()

    def poll(self, timeout=0.0):
        """Take in what has come; wait at most timeout for the first."""
        while select.select([self.sock.s], [], [], timeout)[0]:
            timeout = 0
            buf = self.sock.s.recv(1 << 18)
            pos = 0
            while pos + 16 <= len(buf):
                n, t, _, _, _ = struct.unpack_from("=IHHII", buf, pos)
                body = buf[pos + 16:pos + n]
                pos += (n + 3) & ~3
                if t != self.id:
                    continue
                op = spec().ops["event"]
                if body[0] != op["value"]:
                    raise SpecError(f"event with command {body[0]}")
                self.seen.append(spec().decode(
                    "prose", body[4:], op["event"]["attributes"]))
        return self.seen

    def wait(self, kind, timeout=5.0, **match):
        """The first event of that kind that matches, removed; or None."""
        end = time.monotonic() + timeout
        while True:
            for e in self.seen:
                if e["event"] == kind and all(
                        e.get(k.replace("_", "-")) == v for k, v in match.items()):
                    self.seen.remove(e)
                    return e
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.poll(left)


class Rtnl:
    """Links, in one namespace."""

    def __init__(self, ns=None):
        self.ns = ns
        self.sock = Sock(NETLINK_ROUTE, ns)

    def close(self):
        self.sock.close()

    def _link(self, kind, flags, ifindex=0, body=b"", ifflags=0, change=0):
        head = struct.pack("=BxHiII", 0, 0, ifindex, ifflags, change)
        return self.sock.request(kind, flags, head + body, 16)

    def index(self, name):
        return self.get(name)["ifindex"]

    def get(self, name=None, ifindex=0):
        body = attr(IFLA_IFNAME, name.encode() + b"\0") if name else b""
        out = self._link(RTM_GETLINK, 0, ifindex, body)[0]
        _, kind, idx, flags, _ = struct.unpack_from("=BxHiII", out)
        d = {"ifindex": idx, "flags": flags, "attrs": {}}
        for k, v, _ in attrs(out[16:]):
            d["attrs"][k] = v
        a = d["attrs"]
        d["ifname"] = a[IFLA_IFNAME].rstrip(b"\0").decode()
        d["mtu"] = struct.unpack("=I", a[IFLA_MTU])[0]
        d["mac"] = a.get(IFLA_ADDRESS, b"")
        d["operstate"] = ["unknown", "notpresent", "down", "lowerlayerdown",
                          "testing", "dormant", "up"][a[IFLA_OPERSTATE][0]]
        d["link"] = struct.unpack("=i", a[IFLA_LINK])[0] if IFLA_LINK in a else None
        if IFLA_LINKINFO in a:
            info = {k: v for k, v, _ in attrs(a[IFLA_LINKINFO])}
            d["kind"] = info[IFLA_INFO_KIND].rstrip(b"\0").decode()
            if d["kind"] == "prose":
                d["data"] = spec().decode("link", info[IFLA_INFO_DATA])
        return d

    def _info(self, values):
        if isinstance(values, bytes):
            data = values
        else:
            data = spec().encode("link", values)
        return attr(IFLA_LINKINFO, attr(IFLA_INFO_KIND, b"prose\0") +
                    attr(IFLA_INFO_DATA, data, True), True)

    def add(self, name, link, values, address=None, mtu=None, up=False, extra=b""):
        """Create a prose device over the device of index link."""
        body = attr(IFLA_IFNAME, name.encode() + b"\0")
        if link is not None:
            body += attr(IFLA_LINK, struct.pack("=i", link))
        if address:
            body += attr(IFLA_ADDRESS, address)
        if mtu is not None:
            body += attr(IFLA_MTU, struct.pack("=I", mtu))
        self._link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0,
                   body + self._info(values) + extra,
                   1 if up else 0, 1 if up else 0)
        return self.index(name)

    def change(self, ifindex, values):
        self._link(RTM_NEWLINK, 0, ifindex, self._info(values))

    def set(self, ifindex, up=None, extra=b"", **kw):
        body = extra
        if "mtu" in kw:
            body += attr(IFLA_MTU, struct.pack("=I", kw["mtu"]))
        if "name" in kw:
            body += attr(IFLA_IFNAME, kw["name"].encode() + b"\0")
        if "address" in kw:
            body += attr(IFLA_ADDRESS, kw["address"])
        if "master" in kw:
            body += attr(IFLA_MASTER, struct.pack("=I", kw["master"]))
        if "netns_fd" in kw:
            body += attr(IFLA_NET_NS_FD, struct.pack("=I", kw["netns_fd"]))
        self._link(RTM_NEWLINK, 0, ifindex, body, 1 if up else 0,
                   0 if up is None else 1)

    def delete(self, ifindex):
        self._link(RTM_DELLINK, 0, ifindex)
