# SPDX-License-Identifier: GPL-2.0
"""Members on Wi-Fi: simulated radios (mac80211_hwsim), one a namespace.

       namespace m1        namespace m2        the namespace of the test
         p0  (prose)         p0                  hwsim0: every 802.11 frame
         wlan0 (mac80211)    wlan0                       of all radios
           |                   |                    |
       ----+-------------------+--------------------+----  simulated air
"""

import os
import pathlib
import shutil
import struct
import tempfile
import time

from . import codec, nl, ns as nsmod, tap, wire
from .net import PHRASE, Host, Net, payload
from .ns import batch, run, sysctl

MODULE = "mac80211_hwsim"
SSID = "prose"
FREQ = 2412
BSSID = "02:33:03:00:00:01"
SNAP = bytes.fromhex("aaaa03000000")
DATA = 2
RADIOTAP_RATE = 2
# Of <linux/nl80211.h>
CMD_JOIN_OCB = 108
ATTR_IFINDEX, ATTR_WIPHY_FREQ, ATTR_CHANNEL_WIDTH = 3, 38, 159
CHAN_WIDTH_20_NOHT = 0


def missing_wifi():
    """Why there are no simulated radios here, or None."""
    if run("modprobe", "-n", MODULE, check=False).returncode:
        return f"this kernel has no {MODULE} (the cloud flavour has none)"
    for tool in ("iw", "hostapd"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    return None


class AirFrame:
    """An 802.11 frame as hwsim0 shows it, behind a radiotap header."""

    def __init__(self, raw):
        self.raw = raw
        length, present = struct.unpack_from("<HI", raw, 2)
        at = 8
        while present & 1 << 31 and struct.unpack_from("<I", raw, at)[0] & 1 << 31:
            at += 4
        self.rate = None
        if present & 1 << RADIOTAP_RATE:
            # Before the rate: TSFT (aligned, 8 octets) and flags (1 octet).
            self.rate = raw[at + 8 * (present & 1) + (present >> 1 & 1)] * 500
        self.body = raw[length:]

    @property
    def prose(self):
        """A data frame with a frame of ours in it?"""
        mark = SNAP + codec.ETH_P_PROSE.to_bytes(2, "big")
        return len(self.body) > 24 and self.body[0] >> 2 & 3 == DATA and mark in self.body

    @property
    def more_data(self):
        return bool(self.body[1] & 0x20)


class Radios(Net):
    """As Net, with radios in place of veth pairs and a bridge."""

    count = 0

    def __init__(self, t, members=2):
        # pylint: disable=super-init-not-called
        Radios.count += 1
        self.t = t
        t.nets.append(self)
        self.prefix = f"w{os.getpid()}-{Radios.count}-"
        self.air = None
        self.inject_sock = None
        self.m = [Host(self, i + 1, 0x020200 + i + 1) for i in range(members)]
        t.defer(self._delete)
        run("modprobe", MODULE, f"radios={members}")
        phys = sorted(os.listdir("/sys/class/ieee80211"), key=lambda p: int(p[3:]))
        batch(*[f"netns add {h.ns}" for h in self.m], "link set hwsim0 up")
        self.tap = wire.Raw(None, "hwsim0")
        t.defer(self.tap.close)
        self.heard = []
        for h, phy in zip(self.m, phys):
            h.low, h.phy = "wlan0", phy
            name = os.listdir(f"/sys/class/ieee80211/{phy}/device/net")[0]
            sysctl(h.ns, "ipv6/conf/default/disable_ipv6", 1)
            run("iw", "phy", phy, "set", "netns", "name", h.ns)
            sysctl(h.ns, "ipv6/conf/all/disable_ipv6", 1)
            batch("link set lo up", f"link set {name} name wlan0",
                  f"link set wlan0 address {h.mac.hex(':')} arp off", ns=h.ns)
        self.rec = wire.Recorder(tap.OUT, f"{tap.NAME}-{t.name}-{Radios.count}")
        t.defer(self.rec.stop)
        for h in self.m:
            h.rec = self.rec.add(h.ns, h.low, f"m{h.i}")

    def _delete(self):
        for h in self.m:
            h.release()
            if os.path.exists(nsmod.path(h.ns)):
                run("ip", "netns", "del", h.ns, check=False)
        # Radios come back from a namespace that goes, a little later.
        self.t.wait(lambda: run("rmmod", MODULE, check=False).returncode == 0,
                    f"{MODULE} unloaded", 60)

    def frames(self):
        """All that was in the air so far."""
        end = time.monotonic() + 0.3        # there is never silence: beacons
        while True:
            p = self.tap.recv(max(0, end - time.monotonic()))
            if p is None or time.monotonic() > end + 5:
                return self.heard
            self.heard.append(AirFrame(p.raw))

    def clear(self):
        """Frames in the air that hold the phrase."""
        return [f.body.hex() for f in self.frames() if PHRASE in f.body]


def iw(host, *args, check=True):
    return host.run("iw", "dev", host.low, *args, check=check, timeout=100)


def set_type(host, kind):
    batch(f"link set {host.low} down", ns=host.ns)
    iw(host, "set", "type", kind)
    batch(f"link set {host.low} up", ns=host.ns)


def has_carrier(host):
    return host.rtnl.get(host.low)["operstate"] == "up"


def join_ibss(net, *more, hosts=None):
    for h in hosts or net.m:
        set_type(h, "ibss")
        # With a BSSID nobody looks for the others before starting.
        iw(h, "ibss", "join", SSID, FREQ, "fixed-freq", BSSID, *more)
    for h in hosts or net.m:
        net.t.wait(lambda h=h: has_carrier(h), f"{h.ns} joined the IBSS", 60)


def join_ocb(net):
    """With 20 MHz: iw knows 5 and 10 only, and of these mac80211_hwsim complains."""
    for h in net.m:
        set_type(h, "ocb")
        family, _ = h.genl.resolve("nl80211")
        values = ((ATTR_IFINDEX, h.rtnl.index(h.low)), (ATTR_WIPHY_FREQ, FREQ),
                  (ATTR_CHANNEL_WIDTH, CHAN_WIDTH_20_NOHT))
        h.genl.sock.request(family, 0, struct.pack("=BBH", CMD_JOIN_OCB, 0, 0) + b"".join(
            nl.attr(kind, struct.pack("=I", value)) for kind, value in values), 4)
        net.t.wait(lambda h=h: has_carrier(h), f"{h.ns} joined", 60)


class AccessPoint:
    """hostapd on the radio of one member, without security of its own."""

    def __init__(self, t, host, **settings):
        self.t, self.host = t, host
        # It sends again what stations sent, and each COUNT would be there twice.
        if host.rec:
            host.net.rec.stop_file(host.rec)
            host.rec = None
        self.dir = tempfile.mkdtemp(prefix="prose-ap-")
        t.defer(shutil.rmtree, self.dir)
        config = {"interface": host.low, "driver": "nl80211", "ssid": SSID,
                  "hw_mode": "g", "channel": 1, "beacon_int": 100} | settings
        path = pathlib.Path(self.dir, "hostapd.conf")
        path.write_text("".join(f"{k}={v}\n" for k, v in config.items()), encoding="ascii")
        self.log = open(f"{tap.OUT}/hostapd-{host.ns}.log", "ab")
        t.defer(self.log.close)
        self.process = nsmod.popen("hostapd", str(path), ns=host.ns, stdout=self.log,
                                   stderr=self.log)
        t.defer(self.stop)
        t.wait(lambda: has_carrier(host), "the access point is up", 60)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def connect(t, *stations):
    for h in stations:
        batch(f"link set {h.low} up", ns=h.ns)

        def connected(h=h):
            if has_carrier(h):
                return True
            iw(h, "connect", "-w", SSID, FREQ, check=False)
            return has_carrier(h)
        t.wait(connected, f"{h.ns} is connected", 100)


def radios(t, members):
    """Simulated radios, or the test is skipped."""
    why = missing_wifi()
    if why:
        tap.skip(why)
    return Radios(t, members)


def spoken(t, sender, receivers, what):
    """One frame after the other until all have heard one: the first make radios
    know each other."""
    out = sender.tap(incoming=False)
    before = [d.counter("rx-packets") for d in receivers]

    def heard():
        out.send(sender.bcast(payload(80)))
        time.sleep(0.1)
        return all(d.counter("rx-packets") > n for d, n in zip(receivers, before))
    t.wait(heard, what, 60)


def all_speak(t, devs):
    for d in devs:
        spoken(t, d, [x for x in devs if x is not d], f"{d.ns} is heard by all")


def nothing_clear(t, net):
    """There was something in the air, and all of it ciphered."""
    t.ok(any(f.prose for f in net.frames()), "frames of ours were in the air")
    t.eq(net.clear(), [], "frames in the air that hold the phrase")


def full_size(t, net):
    """MTU 1551 below gives 1500 inside, and packets of that size get through."""
    for h in net.m:
        batch("link set wlan0 mtu 1551", ns=h.ns)
    t.eq([h.rtnl.get("p0")["mtu"] for h in net.m], [1500] * len(net.m), "MTU over 1551")
    t.wait(lambda: net.m[0].ping("10.33.0.2", size=1472, extra=("-M", "do")),
           "ping of 1500 octets", 60)
