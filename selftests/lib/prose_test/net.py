# SPDX-License-Identifier: GPL-2.0
"""The radio of the tests, and members on it.

        namespace air                     one namespace a member
     +-------------------+
     |      br0 (hub)    |    member i: "low" (veth, 0c:33:03 + member ID)
     |  a1    a2    a3   |              "p0"  (prose over it, 10.33.0.i)
     +--|-----|-----|----+
       low   low   low        What the bridge hears, everybody hears: nothing
       m1    m2    m3         is learnt, everything flooded.
"""

import os
import secrets
import socket

from . import codec, keyring, nl, ns as nsmod, tap, wire
from .ns import batch, run, sysctl

PROSE = os.environ.get("PROSE_CLI", "prose")
PHRASE = b"THE-CLEAR-PHRASE-MUST-NOT-LEAK."
GROUP = 0x445566
_serial = 0


def missing():
    """Why no test can run here at all, or None."""
    if os.geteuid():
        return "needs root"
    if not os.path.isdir("/sys/module/prose"):
        ko = os.environ.get("PROSE_KO")
        run(*(["insmod", ko] if ko else ["modprobe", "prose"]), check=False)
    if not os.path.isdir("/sys/module/prose"):
        return "the module prose is not loaded and cannot be"
    return None


def payload(n):
    """n octets of the phrase that must never be seen on a lower device."""
    return (PHRASE * (n // len(PHRASE) + 1))[:n]


def new_pgk():
    return secrets.token_bytes(32)


class Ledger:
    """PTK IDs taken by this test run; key values are random, so each starts
    at 1. A stand-in for the CLI's ledger where a test speaks netlink."""

    next = {}

    @classmethod
    def take(cls, pgk, member, n):
        k = (codec.fingerprint(pgk), member)
        first = cls.next.get(k, 1)
        cls.next[k] = first + n
        return first, first + n - 1


class Key:
    """A PGK attached to a device."""

    def __init__(self, dev, pgk, pgk_id, serial, suite=codec.DEFAULT):
        self.dev, self.pgk, self.id, self.serial = dev, pgk, pgk_id, serial
        self.suite = suite
        self.index = pgk_id & 31

    def get(self):
        return self.dev.genl.do("key-get", ifindex=self.dev.ifindex, pgk_id=self.id)

    def counters(self):
        return self.get()["counters"]

    def state(self):
        return self.get()["key-state"]

    def set(self, **kw):
        return self.dev.genl.do("key-set", ifindex=self.dev.ifindex,
                                pgk_id=self.id, **kw)

    def grant(self, n=None, first=None, last=None):
        if first is None:
            first, last = Ledger.take(self.pgk, self.dev.member, n)
        return self.dev.genl.do("key-grant", ifindex=self.dev.ifindex,
                                pgk_id=self.id, ptk_first=first, ptk_last=last)

    def delete(self):
        return self.dev.genl.do("key-del", ifindex=self.dev.ifindex, pgk_id=self.id)

    def build(self, src, plain, **kw):
        """A frame of member src under this key, as the codec makes it; with
        ptk_id, sn, salt, mac, suite and all else of codec.build() as told."""
        kw.setdefault("index", self.index)
        kw.setdefault("lcid", self.dev.lcid)
        kw.setdefault("suite", self.suite)
        return codec.build(src, self.dev.group, self.pgk, plain, **kw)


class Device:
    """A prose device of a member."""

    def __init__(self, host, name, group, member, lcid, ifindex):
        self.host, self.name, self.group = host, name, group
        self.member, self.lcid, self.ifindex = member, lcid, ifindex
        self.genl, self.rtnl = host.genl, host.rtnl
        self.ns = host.ns
        self.ip = self.ip6 = None
        self.mac = codec.member_mac(member)
        self.ethertype = codec.ETH_P_PROSE

    def key(self, pgk=None, pgk_id=1, n=16, first=None, last=None, cipher="eea2",
            integrity="none", kdf=None, suite=None, serial=None, **kw):
        """Attach a PGK and, unless n is 0, grant it n PTK IDs."""
        pgk = pgk or new_pgk()
        suite = suite or codec.Suite(cipher, integrity, kdf)
        if serial is None:
            serial = add_pgk(self.group, pgk_id, pgk)
        rec = self.host.net.rec
        if rec:
            rec.key(self.group, self.member, pgk_id & 31, pgk, suite=suite)
        self.genl.do("key-add", ifindex=self.ifindex, pgk_id=pgk_id, serial=serial,
                     cipher=suite.cipher, integrity=suite.integrity,
                     kdf=None if suite.kdf == "3gpp" else suite.kdf, **kw)
        k = Key(self, pgk, pgk_id, serial, suite)
        if first is not None:
            k.grant(first=first, last=last)
        elif n:
            k.grant(n)
        return k

    def get(self):
        return self.genl.do("dev-get", ifindex=self.ifindex)

    def counters(self):
        return self.get()["counters"]

    def counter(self, name):
        return self.get()["counters"].get(name, 0)

    def lower_counters(self):
        return self.get()["lower-counters"]

    def link(self):
        return self.rtnl.get(ifindex=self.ifindex)

    def operstate(self):
        return self.link()["operstate"]

    def members(self):
        return self.genl.dump("member-get", ifindex=self.ifindex)

    def tap(self, incoming=True, **kw):
        """A raw socket on the prose device, closed with the test."""
        r = wire.Raw(self.ns, self.name, incoming=incoming, **kw)
        self.host.net.t.defer(r.close)
        return r

    def set_up(self, up=True):
        self.rtnl.set(self.ifindex, up=up)

    def delete(self):
        self.rtnl.delete(self.ifindex)

    def eth(self, plain, dst=b"\xff" * 6, proto=None, src=None):
        """An Ethernet frame as the stack would give it to this device."""
        if proto is None:
            proto = codec.ETH_P_IPV6 if plain[0] >> 4 == 6 else codec.ETH_P_IP
        return dst + (src or self.mac) + proto.to_bytes(2, "big") + plain

    def bcast(self, data, dport=4000):
        """A frame with a UDP broadcast of this device's, ready to be sent."""
        return self.eth(codec.udp4(self.ip or "10.33.0.99", "255.255.255.255",
                                   data, dport=dport))


class Host:
    """One member's namespace with its lower device."""

    def __init__(self, net, i, ident):
        self.net, self.i, self.id = net, i, ident
        self.ns = f"{net.prefix}m{i}"
        self.port = f"a{i}"
        self.low = "low"
        self.mac = bytes.fromhex("0c3303") + codec.id24(ident)
        self._genl = self._rtnl = None
        self.rec = None

    @property
    def genl(self):
        if self._genl is None:
            self._genl = nl.Genl(self.ns)
            self.net.t.defer(self._genl.close)
        return self._genl

    @property
    def rtnl(self):
        if self._rtnl is None:
            self._rtnl = nl.Rtnl(self.ns)
            self.net.t.defer(self._rtnl.close)
        return self._rtnl

    def release(self):
        """Close the tests' own sockets here: each keeps the namespace alive."""
        for s in (self._genl, self._rtnl):
            if s is not None:
                s.close()
        self._genl = self._rtnl = None
        if self.rec:
            self.net.rec.stop_file(self.rec)

    def delete(self):
        """Delete the namespace, for good."""
        self.release()
        run("ip", "netns", "del", self.ns)

    def events(self):
        e = nl.Events(self.ns)
        self.net.t.defer(e.close)
        return e

    def prose(self, name="p0", group=GROUP, lower=None, up=True, ip=True, ipv6=False,
              member=None, address=None, subnet=0, **values):
        """Create a prose device by netlink."""
        values["group"] = group
        if member is not None:
            values["member"] = member
        sysctl(self.ns, "ipv6/conf/default/disable_ipv6", 0 if ipv6 else 1)
        idx = self.rtnl.add(name, self.rtnl.index(lower or self.low), values,
                            address=address)
        ident = self.rtnl.get(ifindex=idx)["data"]["member"]
        d = Device(self, name, group, ident, values.get("lcid", 1), idx)
        d.ethertype = values.get("ethertype", codec.ETH_P_PROSE)
        if values.get("protect") == 0 and self.net.rec:
            self.net.rec.clear(group, ident)
        cmds = []
        if ip:
            d.ip = f"10.33.{subnet}.{self.i}"
            cmds.append(f"addr add {d.ip}/24 broadcast 10.33.{subnet}.255 dev {name}")
        if up:
            cmds.append(f"link set {name} up")
        if ipv6:
            d.ip6 = f"fd33:{subnet:x}::{self.i}"
            cmds.append(f"addr add {d.ip6}/64 dev {name} nodad")
        if cmds:
            batch(*cmds, ns=self.ns)
        return d

    def sock(self, kind=socket.SOCK_DGRAM, family=socket.AF_INET):
        with nsmod.enter(self.ns):
            s = socket.socket(family, kind)
        self.net.t.defer(s.close)
        return s

    def run(self, *cmd, **kw):
        return run(*cmd, ns=self.ns, **kw)

    def ping(self, dst, count=1, timeout=5, size=None, interval=None, extra=()):
        cmd = ["ping", "-n", "-c", count, "-W", timeout]
        if size is not None:
            cmd += ["-s", size]
        if interval is not None:
            cmd += ["-i", interval]
        return self.run(*cmd, *extra, dst, check=False, timeout=60).returncode == 0

    def sent(self):
        """Frames that went out on the lower device so far."""
        return self.net.rec.frames(self.rec)

    def n_sent(self):
        return self.net.rec.count(self.rec)


class Net:
    """The air and its members."""

    def __init__(self, t, members=2, record=True, ids=None, only_prose=True):
        global _serial
        _serial += 1
        self.t = t
        t.nets.append(self)
        self.prefix = f"t{os.getpid()}-{_serial}-"
        self.air = f"{self.prefix}air"
        self.rec = None
        self.m = [Host(self, i + 1, ids[i] if ids else 0x010100 + i + 1)
                  for i in range(members)]
        t.defer(self._delete)
        batch(f"netns add {self.air}", *[f"netns add {h.ns}" for h in self.m])
        sysctl(self.air, "ipv6/conf/default/disable_ipv6", 1)
        for h in self.m:
            sysctl(h.ns, "ipv6/conf/default/disable_ipv6", 1)
        cmds = ["link add br0 type bridge stp_state 0 forward_delay 0 "
                "ageing_time 0 mcast_snooping 0", "link set br0 up"]
        for h in self.m:
            cmds += [f"link add {h.port} type veth peer name low netns {h.ns} "
                     f"address {h.mac.hex(':')}",
                     f"link set {h.port} master br0 up"]
        batch(*cmds, ns=self.air)
        for h in self.m:
            batch("link set lo up", "link set low arp off multicast on up", ns=h.ns)
        for h in self.m:
            self.t.wait(lambda h=h: h.rtnl.get(h.low)["operstate"] == "up",
                        f"carrier of {h.ns}")
        if record:
            self.rec = wire.Recorder(tap.OUT, f"{tap.NAME}-{t.name}-{_serial}")
            t.defer(self.rec.stop)
            for h in self.m:
                h.rec = self.rec.add(h.ns, h.low, f"m{h.i}", only_prose)
        self.inject_sock = None

    def namespaces(self):
        return [h.ns for h in self.m]

    def _delete(self):
        # One by one: some may be gone already
        for n in [self.air] + [h.ns for h in self.m]:
            if os.path.exists(nsmod.path(n)):
                run("ip", "netns", "del", n, check=False)

    def one_queue(self):
        """All frames through the backlog of one CPU: else a veth pair itself puts out
        of order what two CPUs send, or one task that moves from one to the other."""
        for ns in (self.air, *self.namespaces()):
            run("ip", "netns", "exec", ns, "sh", "-c",
                # Only kernels for more than one CPU have it.
                "for f in /sys/class/net/*/queues/rx-*/rps_cpus; do "
                "[ ! -e $f ] || echo 1 > $f; done")

    def inject(self, raw, to=None):
        """Put a frame on the air: to all members, or to one."""
        if to is not None:
            if not hasattr(to, "_inject"):
                to._inject = wire.Raw(self.air, to.port)
                self.t.defer(to._inject.close)
            to._inject.send(raw)
            return
        if self.inject_sock is None:
            self.inject_sock = wire.Raw(self.air, "br0", proto=0)
            self.t.defer(self.inject_sock.close)
        self.inject_sock.send(raw)

    def hear(self, host):
        """A tap in the air on what host sends."""
        r = wire.Raw(self.air, host.port, incoming=True)
        self.t.defer(r.close)
        return r

    def group(self, pgk=None, pgk_id=1, n=16, members=None, suite=None, **dev):
        """All members in one group with one key; returns devices, keys."""
        pgk = pgk or new_pgk()
        devs, keys = [], []
        for h in members or self.m:
            d = h.prose(**dev)
            devs.append(d)
            keys.append(d.key(pgk, pgk_id, n, suite=suite))
        for d in devs:
            self.t.wait_eq(d.operstate, "up", f"operational state of {d.ns} {d.name}")
        return devs, keys

    def state(self):
        """Lines for a failure's report: counters of all devices."""
        out = []
        for h in self.m:
            try:
                g = nl.Genl(h.ns)
            except Exception:
                continue
            try:
                for d in g.dump("dev-get"):
                    c = {k: v for k, v in d["counters"].items() if v}
                    out.append(f"{h.ns} {d['ifname']}: {c} lower "
                               f"{ {k: v for k, v in d.get('lower-counters', {}).items() if v} }")
                for k in g.dump("key-get"):
                    c = {n: v for n, v in k["counters"].items() if v}
                    out.append(f"{h.ns} {k['ifname']} PGK {k['pgk-id']} {k['key-state']} "
                               f"ptk {k.get('ptk-id')} sn {k.get('sn')} left {k.get('ptk-left')}: {c}")
            except Exception as e:
                out.append(f"{h.ns}: {e}")
            finally:
                g.close()
        return out


def add_pgk(group, pgk_id, pgk, ring=keyring.PROCESS):
    """Put a PGK into the keyring; returns its serial number.

    A key of the same description leaves the ring by that and lives on where it
    is attached. Root may do everything with it, possessed or not.
    """
    serial = keyring.add("prose", f"{group:06x}:{pgk_id:02x}", pgk, ring)
    keyring.setperm(serial, 0x3F3F0000)
    return serial


def cli(*args, ns=None, check=True, stdin=None, state=None, env=None):
    """Run the tool; state is its ledger's directory."""
    cmd = [PROSE] + [str(a) for a in args]
    e = dict(env or {})
    if state:
        e["PROSE_STATE_DIR"] = state
    return run(*cmd, ns=ns, check=check, stdin=stdin, env=e)


def udp_sink(host, port=4000, family=socket.AF_INET, bind=""):
    s = host.sock(family=family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
    s.bind((bind, port))
    s.settimeout(5)
    return s


def udp_source(host, dev=None, family=socket.AF_INET):
    s = host.sock(family=family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    if dev is not None:
        s.setsockopt(socket.SOL_SOCKET, 25, dev.name.encode() + b"\0")
    return s


def recv_udp(s, timeout=5.0):
    s.settimeout(timeout)
    try:
        return s.recv(65536)
    except (TimeoutError, BlockingIOError):
        return None
