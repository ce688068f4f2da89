#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: many of what other tests have few of, for minutes there
"""1,000 devices on one lower device, 1,024 members heard with 16 keys.

These sizes on Debian's 6.12; elsewhere fewer, for the time that it takes. 10,000
members are heard in the benchmark, which loses no frame of theirs, or fails.
"""

import json

from prose_test import *
from prose_test import ns as nsmod, wire

WHOLE = os.uname().release.startswith("6.12.") and \
    not os.environ.get("PROSE_DEBUG_KERNEL")
DEVICES = 1000 if WHOLE else 100
KEYS = 16
MEMBERS = 64 if WHOLE else 16       # of a key
PEER = 0x0A0000
DATA = codec.udp4("10.33.0.200", "239.9.9.9", payload(20))


def kernel_memory():
    """KiB that only those free who took them"""
    with open("/proc/meminfo", encoding="ascii") as f:
        told = dict(line.split(":") for line in f)
    return sum(int(told[name].split()[0])
               for name in ("SUnreclaim", "Percpu", "VmallocUsed"))


def cipher_handles():
    """Of all that are in use in the kernel"""
    with open("/proc/crypto", encoding="ascii") as f:
        return sum(int(line.split(":")[1]) - 1 for line in f
                   if line.startswith("refcnt"))


class Watch:
    """Tells how long each part takes"""

    def __init__(self, t):
        self.t = t
        self.since = time.monotonic()

    def __call__(self, what):
        now = time.monotonic()
        self.t.log(f"{now - self.since:.1f} s: {what}")
        self.since = now


class Crowd:
    """Devices on one lower device, p0, p1 and so on, each in a group of its
    own, GROUP, GROUP + 1 and so on; some have a key."""

    def __init__(self, host, n):
        self.host = host
        sysctl(host.ns, "ipv6/conf/default/disable_ipv6", 1)
        batch(*(f"link add link {host.low} name p{i} up type prose group {GROUP + i:#x}"
                for i in range(n)), ns=host.ns)
        self.devs = self.show()
        self.pgks = {}

    def ask(self, *words):
        """Of the command, which is faster than this library where there is much"""
        return json.loads(cli("-n", self.host.ns, "-j", *words).stdout)

    def show(self):
        """What is told of each device, in the order of their groups"""
        return sorted(self.ask("-s", "show"), key=lambda dev: dev["group"])

    def counters(self, *names):
        return [tuple(dev["counters"][name] for name in names)
                for dev in self.show()]

    def attach(self, which):
        ring = keyring.PROCESS
        for i in which:
            ifindex = self.host.rtnl.index(f"p{i}")
            pgk = self.pgks[i] = new_pgk()
            serial = add_pgk(GROUP + i, 1, pgk, ring)
            self.host.genl.do("key-add", ifindex=ifindex, pgk_id=1,
                              serial=serial, cipher="eea2", integrity="none")
            self.host.genl.do("key-grant", ifindex=ifindex, pgk_id=1,
                              ptk_first=1, ptk_last=4)
            keyring.unlink(serial, ring)

    def frame(self, i, src):
        """What a member of the i-th group sends"""
        return codec.build(src, GROUP + i, self.pgks[i], DATA, index=1)

    def known(self, i):
        """The members that the i-th device has established"""
        return {int(m["member"], 0) for m in
                self.ask("member", "show", "dev", f"p{i}") if m["known"]}


def all_heard(t, air, crowd, keyed):
    """Send members' frames, as fast as newcomers are taken, until all are
    established. A device takes 64 a second."""
    waiting = [{PEER + m: crowd.frame(i, PEER + m) for m in range(MEMBERS)}
               for i in keyed]
    end = time.monotonic() + 60
    while any(waiting):
        for turn in range(max(map(len, waiting))):
            start = time.monotonic()
            for frames in waiting:
                if turn < len(frames):
                    raw = list(frames.values())[turn]
                    # Established by the third plausible one
                    for _ in range(3):
                        air.send(raw)
            time.sleep(max(0, start + 1 / 64 - time.monotonic()))
        for i, frames in zip(keyed, waiting):
            for src in crowd.known(i):
                frames.pop(src, None)
        t.ok(time.monotonic() < end, f"members not heard: {[*map(len, waiting)]}")


@test
def many(t):
    """each device has its frames, all members are heard, and the memory comes back"""
    net = Net(t, 1, record=False)
    host = net.m[0]
    host.genl.dump("dev-get")
    air = wire.Raw(net.air, host.port, proto=0)
    t.defer(air.close)
    before, handles = kernel_memory(), cipher_handles()
    watch = Watch(t)

    crowd = Crowd(host, DEVICES)
    t.eq([int(dev["group"], 0) for dev in crowd.devs],
         [GROUP + i for i in range(DEVICES)], "devices")
    with_devices = kernel_memory()
    watch(f"{DEVICES} devices made")
    # First and last ones, and some between them
    keyed = [i * (DEVICES - 1) // (2 * KEYS - 1) for i in range(2 * KEYS)]
    crowd.attach(keyed)
    t.wait(lambda: all(host.rtnl.get(f"p{i}")["operstate"] == "up" for i in keyed),
           "operational state")
    watch(f"{len(keyed)} keys attached")

    heard = net.hear(host)
    with nsmod.enter(host.ns):
        out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    t.defer(out.close)
    for i in keyed:
        mac = codec.member_mac(int(crowd.devs[i]["member"], 0))
        out.sendto(codec.mcast_mac4("239.9.9.9") + mac + b"\x08\x00" + DATA,
                   (f"p{i}", 0))
    frames = [parse(p.raw) for p in heard.drain(1)]
    t.eq(sorted(f.dst for f in frames), [GROUP + i for i in keyed],
         "groups of the frames sent")
    for f in frames:
        t.eq(f.plain(crowd.pgks[f.dst - GROUP]), DATA, "a frame sent, deciphered")
    heard.close()
    for i in range(DEVICES):
        air.send(crowd.frame(i, PEER) if i in crowd.pgks else
                 codec.build(PEER, GROUP + i, None, None, index=1, data=bytes(60)))
    expected = [(1, 1, 0) if i in crowd.pgks else (0, 0, 1) for i in range(DEVICES)]
    t.wait_eq(lambda: crowd.counters("tx_packets", "rx_packets", "rx_no_pgk"), expected,
              "frames sent, received, and refused without a key, by device")
    watch("a frame for each device")

    with_frames = kernel_memory()
    all_heard(t, air, crowd, keyed[::2])
    with_members = kernel_memory()
    watch(f"{KEYS * MEMBERS} members heard")
    t.eq([len(crowd.known(i)) for i in keyed[::2]], [MEMBERS] * KEYS, "members")
    t.ok(cipher_handles() - handles >= KEYS * MEMBERS, "each member has a handle")
    t.log(f"KiB: {DEVICES} devices {with_devices - before}, "
          f"{KEYS * MEMBERS} members {with_members - with_frames}")

    # Everything goes with the lower device, in one piece.
    batch(f"link del {host.low}", ns=host.ns)
    t.eq(crowd.show(), [], "devices left")
    watch("deleted")
    # Those of wrappers stay, which are remembered
    t.wait(lambda: cipher_handles() - handles < KEYS, "handles of members are freed", 20)
    if WHOLE:
        # Pages that are still in use for something else stay, a few per cent
        t.wait(lambda: kernel_memory() - before < (with_members - before) // 5,
               f"four fifths of {with_members - before} KiB come back", 20, 0.5)
        t.log(f"KiB left: {kernel_memory() - before}")


main()
