# SPDX-License-Identifier: GPL-2.0
"""The scenarios of make bench, in the guest."""

import contextlib
import json
import pathlib
import socket
import struct
import subprocess
import sys
import time

from prose_test import codec, ns as nsmod

from layers import KEY, Pair, ip, macsec, null, prose, run, tell, veth

GROUP = 0x445566
PEER = 0x0A0000
ADDRESS = "10.3.0.2"
KEYS = 16
NO_SUCH_CPU = 77    # what vector exits with
QUICK = [("eea2", "none"), ("eea2", "eia2"), ("aes128-gcm", "none")]


def rollover(suites):
    """Every 32nd packet takes a new PTK ID, on both sides: what passes in the
    packet's own path, and that with the work that it leaves to others."""
    every = 32
    for cipher, integrity in suites:
        pair = Pair()
        dev, net = prose(cipher, integrity, "ptk-packets", str(every))(pair)
        for way in ("own", "each"):
            out = run("traffic", way, *pair.ns, f"10.{net}.0.2", dev, "22",
                      str(16 * every), str(every))
            tell(rollover=dict(zip(("sent", "received", "ordinary_sent",
                                    "ordinary_received"),
                                   map(int, out.split()))),
                 suite=f"{cipher} {integrity}", way=way, every=every)
        pair.close()


def dropped(ns, dev):
    """What a prose device has counted as dropped on receipt, by reason"""
    shown, = json.loads(run("prose", "-n", ns, "-s", "-j", "show", dev))
    return {name: value for name, value in shown["counters"].items()
            if value and name.startswith("rx_") and
            name not in ("rx_packets", "rx_bytes")}


def flood(count):
    """Frames with senders and PTK IDs that nobody has."""
    for cipher, integrity in (("eea2", "none"), ("eea2", "eia2")):
        pair = Pair()
        dev, net = prose(cipher, integrity)(pair)
        to = f"10.{net}.0.2"
        run("traffic", "udp", *pair.ns, to, dev, "22", "32", "32")
        alone = run("traffic", "each", *pair.ns, to, dev, "22", "512", "1")
        out = run("traffic", "flood", *pair.ns, to, dev, "22", str(count), "100")
        frame, packet = map(int, out.split())
        words = [int(word) for word in alone.split()]
        tell(flood=f"{cipher} {integrity}", frames=count, frame=frame,
             packet=packet, ordinary=words[2] + words[3],
             dropped=dropped(pair.ns[1], dev))
        pair.close()



def unreclaimable():
    """Octets of kernel memory that only those free who took them."""
    told = dict(line.split(":") for line in
                pathlib.Path("/proc/meminfo").read_text(encoding="ascii")
                .splitlines())
    return 1024 * sum(int(told[name].split()[0]) for name in
                      ("SUnreclaim", "Percpu", "VmallocUsed", "KernelStack"))


class Memory:
    """What each of a number of things took"""

    def __init__(self):
        self.each = {}
        self.start()

    def start(self):
        time.sleep(2)
        self.before = unreclaimable()

    def of(self, what, count):
        time.sleep(2)
        self.each[what] = round((unreclaimable() - self.before) / count)
        self.before = unreclaimable()


def key_file(i):
    """The key with this PGK ID: its file and its octets"""
    path = pathlib.Path(f"/tmp/key{i}")
    value = f"{i:02x}" + (2 * KEY)[2:]
    path.write_text(value + "\n", encoding="ascii")
    return path, bytes.fromhex(value)


def hear(ns, frames):
    """Members' frames, no faster than newcomers are taken: 64 a second. The
    third plausible one establishes."""
    with nsmod.enter(ns):
        out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with out:
        out.bind(("v0", 0))
        for raw in frames:
            for _ in range(3):
                out.send(raw)
            time.sleep(1 / 50)


def known(ns, dev):
    """How many members a device has established"""
    told = json.loads(run("prose", "-n", ns, "-j", "member", "show", "dev", dev))
    return sum(member["known"] for member in told)


def costs(pair, dev, net, frames):
    """Of a packet through sockets, and of a frame of each member in turn, put
    on the lower device by a packet socket"""
    path = pathlib.Path("/tmp/frames")
    path.write_bytes(b"".join(struct.pack("=H", len(raw)) + raw
                              for raw in frames))
    out = run("traffic", "heard", *pair.ns, ADDRESS, dev, str(path),
              str(max(3, 500 // len(frames))))
    heard, most = map(int, out.split())
    return {"packet": pair.udp(22, 32, dev, net)[0], "heard": heard,
            "heard_most": most}


@contextlib.contextmanager
def null_devices(pair, count):
    """What a net device takes that does nothing"""
    ip(*(f"link add n{n} link v0 group 5 up type prosenull"
         for n in range(count)), ns=pair.ns[1])
    yield
    ip("link del group 5", ns=pair.ns[1])


def batch(pair, lines):
    """What lines(1) and lines(2) give, in the one and the other namespace"""
    path = pathlib.Path("/tmp/lines")
    for i, ns in enumerate(pair.ns, 1):
        path.write_text("".join(line + "\n" for line in lines(i)),
                        encoding="ascii")
        run("prose", "-n", ns, "-b", str(path))


def prose_devices(pair, count):
    """More of them on the same lower devices, each in a group of its own"""
    batch(pair, lambda i: [
        f"dev add p{n} link v0 group {GROUP + n:#x} member 0x00000{i}"
        for n in range(1, count)])
    for ns in pair.ns:
        ip(*(f"link set p{n} up" for n in range(1, count)), ns=ns)


def prose_keys(pair, count):
    """One for each of so many devices"""
    batch(pair, lambda _: [
        f"key add dev p{n} id 1 cipher eea2 integrity none range 0 file /tmp/key"
        for n in range(1, count + 1)])


def scale(devices, members):
    """So many devices on the lower one, 16 keys, and members heard, against
    one of each."""
    pair = Pair()
    dev, net = prose("eea2", "none")(pair)
    for ns in pair.ns:
        # Devices that are not measured say nothing of their own.
        run("ip", "netns", "exec", ns, "sh", "-c",
            "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
    data = codec.udp4("10.3.0.200", ADDRESS, bytes(22), dport=4242)

    def member_frames(key_id, pgk, count):
        return [codec.build(PEER + (key_id << 16) + n, GROUP, pgk, data,
                            index=key_id) for n in range(count)]

    pgk = bytes.fromhex(2 * KEY)
    frames = member_frames(1, pgk, members // KEYS)
    hear(pair.ns[0], frames[:1])
    before = costs(pair, dev, net, frames[:1])

    lines = []
    for i in range(2, KEYS + 1):
        path, pgk = key_file(i)
        lines.append(f"key add dev {dev} id {i} cipher eea2 integrity none "
                     f"file {path}")
        frames += member_frames(i, pgk, members // KEYS)
    batch(pair, lambda _: lines)
    memory = Memory()
    hear(pair.ns[0], frames)
    heard = known(pair.ns[1], dev)
    memory.of("member", heard)
    with_members = costs(pair, dev, net, frames)

    memory.start()
    with null_devices(pair, devices):
        memory.of("null device", devices)
    memory.start()
    prose_devices(pair, devices)
    memory.of("device", 2 * (devices - 1))
    keyed = min(devices - 1, 200)
    prose_keys(pair, keyed)
    memory.of("key", 2 * keyed)
    tell(scale={"one": before, "members": with_members,
                "all": costs(pair, dev, net, frames)},
         devices=devices, keys=KEYS, heard=heard, memory=memory.each)
    # All at once, which one by one would take minutes
    ip("link del v0", ns=pair.ns[0])
    pair.close()


def streams(octets, suites):
    """TCP, and UDP whose cutting is left to the kernel, both ways"""
    for name, make in (("veth", veth), ("null", null),
                       *((f"prose {c} {i}", prose(c, i)) for c, i in suites),
                       ("macsec", macsec)):
        pair = Pair()
        dev, net = make(pair)
        for way, (a, b, host) in (("there", (*pair.ns, 2)),
                                  ("back", (*reversed(pair.ns), 1))):
            for kind, words in (("stream", [str(octets)]), ("gso", ["1300", "40"])):
                out = run("traffic", kind, a, b, f"10.{net}.0.{host}", dev, *words)
                if out.strip() == "refused":
                    tell(bulk=kind, layer=name, way=way, cost=None)
                    continue
                cost, low, high, idle = map(int, out.split())
                tell(bulk=kind, layer=name, way=way, cost=cost, low=low,
                     high=high, idle=idle)
        pair.close()


def vector(sizes, missing):
    """SNOW 3G and ZUC with vector instructions, in user space; missing: why
    that program is not there"""
    def program(*words):
        result = subprocess.run(["vector", *words], text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode not in (0, NO_SUCH_CPU):
            sys.exit(f"vector {' '.join(words)}: {result.stderr}")
        return result

    if not missing:
        result = program("check")
        missing = result.returncode and result.stderr.strip()
    if missing:
        tell(vector_skipped="instructions", why=missing)
        return
    for size in sizes:
        for line in program("count", str(size)).stdout.splitlines():
            cipher, name, many, cost = line.split()
            tell(vector=cipher, code=name, streams=int(many), octets=size,
                 cost=int(cost))


def race(seconds):
    """Two senders on two CPUs against one. In real time, so in a guest that
    counts nothing. The lower device is one that drops."""
    ns = "r1"
    ip(f"netns add {ns}")
    ip("link set lo up", "link add v0 address 0c:33:03:00:00:01 type dummy",
       "link set v0 up", ns=ns)
    run("prose", "-n", ns, "dev", "add", "p0", "link", "v0", "group", "0x445566",
        "member", "0x000001")
    run("prose", "-n", ns, "key", "add", "dev", "p0", "id", "1",
        "cipher", "eea2", "integrity", "none", "file", "/tmp/key")
    ip("link add m0 link v0 type macsec cipher gcm-aes-128 encrypt on",
       f"macsec add m0 tx sa 0 pn 1 on key 01 {KEY}", ns=ns)
    for net, dev in enumerate(("v0", "p0", "m0"), 1):
        ip(f"address add 10.{net}.0.1/24 dev {dev}", f"link set {dev} up",
           f"neigh add 10.{net}.0.2 lladdr 02:33:03:00:00:02 dev {dev}", ns=ns)
        out = run("traffic", "race", ns, f"10.{net}.0.2", "22", str(seconds))
        one, two = map(int, out.split())
        tell(race=dev, one=one, two=two)
    run("ip", "netns", "del", ns)
