#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The guest's side of make bench: guest.py OPTIONS-AS-JSON.

Tells what it measured in lines "@@BENCH {...}" on the console.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

QUIET = 20      # seconds of the guest's clock after which it repeats
BATCH = 32
RUN = pathlib.Path("/sys/module/prose_bench_crypto/parameters/run")
KEY = "00112233445566778899aabbccddeeff"
SIZES = (22, 1300)
HEADERS = 28    # IPv4 and UDP: what is ciphered of a payload
SUITES = [("eea0", "eia1"), ("eea0", "eia2"), ("eea0", "eia3")] + [
    (f"eea{c}", i) for c in (1, 2, 3)
    for i in ("none", "eia1", "eia2", "eia3")] + [
    ("aes128-gcm", "none"), ("aes256-gcm", "none")]
QUICK = [("eea2", "none"), ("eea2", "eia2"), ("aes128-gcm", "none")]
OPTIONS = json.loads(sys.argv[1])
SLOW = ("eea1", "eea3", "eia1", "eia3")


def run(*words, stdin=None):
    result = subprocess.run(words, text=True, input=stdin, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        sys.exit(f"{' '.join(words)}: {result.stdout}")
    return result.stdout


def ip(*lines, ns=None):
    run("ip", *(["-n", ns] if ns else []), "-batch", "-",
        stdin="\n".join(lines) + "\n")


def tell(**what):
    print("@@BENCH " + json.dumps(what), flush=True)


class Pair:
    """Two namespaces with a veth pair between them."""

    serial = 0

    def __init__(self):
        Pair.serial += 1
        self.ns = [f"{side}{Pair.serial}" for side in "ab"]
        a, b = self.ns
        ip(f"netns add {a}", f"netns add {b}",
           f"link add v0 netns {a} address 0c:33:03:00:00:01 type veth "
           f"peer name v0 netns {b} address 0c:33:03:00:00:02")
        for i, ns in enumerate(self.ns, 1):
            path = "/proc/sys/net/ipv6/conf/v0/disable_ipv6"
            run("ip", "netns", "exec", ns, "sh", "-c", f"echo 1 > {path}")
            ip("link set lo up", f"address add 10.1.0.{i}/24 dev v0",
               "link set v0 up", ns=ns)

    def address(self, dev, net):
        for i, ns in enumerate(self.ns, 1):
            path = f"/proc/sys/net/ipv6/conf/{dev}/disable_ipv6"
            run("ip", "netns", "exec", ns, "sh", "-c", f"echo 1 > {path}")
            ip(f"address add 10.{net}.0.{i}/24 dev {dev}",
               f"link set {dev} up", ns=ns)

    def close(self):
        for ns in self.ns:
            for dev in ("p0", "n0", "m0", "w0"):
                subprocess.run(["ip", "-n", ns, "link", "del", dev],
                               stderr=subprocess.DEVNULL, check=False)
        for ns in self.ns:
            run("ip", "netns", "del", ns)

    def udp(self, size, count, dev, net, multicast=False):
        to = "239.1.2.3" if multicast else f"10.{net}.0.2"
        out = run("traffic", "udp", *self.ns, to, dev, str(size), str(count),
                  str(BATCH))
        return [int(word) for word in out.split()]


def veth(_pair):
    return "v0", 1


def null(pair):
    for ns in pair.ns:
        ip("link add n0 link v0 type prosenull", ns=ns)
    pair.address("n0", 2)
    return "n0", 2


def prose(cipher, integrity, *more):
    def make(pair):
        for i, ns in enumerate(pair.ns, 1):
            run("prose", "-n", ns, "dev", "add", "p0", "link", "v0", "group",
                "0x445566", "member", f"0x00000{i}", *more)
            run("prose", "-n", ns, "key", "add", "dev", "p0", "id", "1", "cipher",
                cipher, "integrity", integrity, "file", "/tmp/key")
        pair.address("p0", 3)
        return "p0", 3
    return make


def macsec(pair):
    for i, ns in enumerate(pair.ns, 1):
        peer = f"0c:33:03:00:00:0{3 - i}"
        ip("link add link v0 m0 type macsec cipher gcm-aes-128 encrypt on",
           f"macsec add m0 tx sa 0 pn 1 on key 0{i} {KEY}",
           f"macsec add m0 rx port 1 address {peer}",
           f"macsec add m0 rx port 1 address {peer} sa 0 pn 1 on "
           f"key 0{3 - i} {KEY}", ns=ns)
    pair.address("m0", 4)
    return "m0", 4


def esp(pair):
    for i, ns in enumerate(pair.ns, 1):
        lines = []
        for src, dst, spi in ((1, 2, 1), (2, 1, 2)):
            lines.append(
                f"xfrm state add src 10.1.0.{src} dst 10.1.0.{dst} "
                f"proto esp spi {spi} mode transport aead rfc4106(gcm(aes)) "
                f"0x{KEY}01020304 128 replay-window 64")
            way = "out" if src == i else "in"
            lines.append(
                f"xfrm policy add src 10.1.0.{src} dst 10.1.0.{dst} "
                f"dir {way} tmpl src 10.1.0.{src} dst 10.1.0.{dst} proto esp "
                f"spi {spi} mode transport")
        ip(*lines, ns=ns)
    return "v0", 1


def wireguard(pair):
    private = [run("wg", "genkey").strip() for _ in pair.ns]
    public = [run("wg", "pubkey", stdin=key).strip() for key in private]
    for i, ns in enumerate(pair.ns):
        ip("link add w0 type wireguard", ns=ns)
        pathlib.Path("/tmp/wg").write_text(private[i] + "\n", encoding="ascii")
        run("ip", "netns", "exec", ns, "wg", "set", "w0", "private-key",
            "/tmp/wg", "listen-port", "5000", "peer", public[1 - i],
            "allowed-ips", "10.5.0.0/24", "endpoint", f"10.1.0.{2 - i}:5000")
    pair.address("w0", 5)
    return "w0", 5


def crypto(kind, algorithm, key_len, size):
    RUN.write_text(f"{kind} {algorithm} {key_len} {size} 500", encoding="ascii")
    driver, cost = RUN.read_text(encoding="ascii").split()
    return driver, int(cost)


def measure_crypto():
    for kind, algorithm, key_len in (
            ("skcipher", "ctr(aes)", 16), ("aead", "gcm(aes)", 16),
            ("aead", "gcm(aes)", 32), ("shash", "cmac(aes)", 16),
            ("skcipher", "cbc(aes)", 16)):
        for size in SIZES:
            length = size + HEADERS
            if algorithm == "cbc(aes)":
                length += -length % 16
            driver, cost = crypto(kind, algorithm, key_len, length)
            tell(crypto=algorithm, key=8 * key_len, size=size, driver=driver,
                 cost=cost)


def measure(name, make, sizes, count, multicast):
    if not wanted(name):
        return
    pair = Pair()
    dev, net = make(pair)
    for size in sizes:
        few = BATCH if any(word in name for word in SLOW) else count
        for many in (False, True) if multicast else (False,):
            cost, low, high = pair.udp(size, few, dev, net, many)
            tell(of=name, size=size, multicast=many, cost=cost, low=low,
                 high=high)
    pair.close()


def rollover():
    """Every 32nd packet takes a new PTK ID, on both sides."""
    every = 32
    pair = Pair()
    dev, net = prose("eea2", "none", "ptk-packets", str(every))(pair)
    out = run("traffic", "each", *pair.ns, f"10.{net}.0.2", dev, "22",
              str(16 * every), str(every))
    tell(rollover=dict(zip(("sent", "received", "ordinary_sent",
                            "ordinary_received"), map(int, out.split()))),
         every=every)
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


def profile(cipher, integrity, size, count):
    """Where a packet's instructions go, by function."""
    pair = Pair()
    dev, net = prose(cipher, integrity)(pair)
    cost = pair.udp(size, count, dev, net)[0]
    run("perf", "record", "-q", "-e", "cpu-clock", "-c", "9973", "-a", "-o",
        "/tmp/perf.data", "--", "traffic", "udp", *pair.ns, f"10.{net}.0.2", dev,
        str(size), "128", str(BATCH))
    report = run("perf", "report", "-i", "/tmp/perf.data", "--stdio", "-q",
                 "--comm", "traffic", "--percentage", "relative", "--sort",
                 "dso,symbol", "--percent-limit", "0.05", "-F",
                 "overhead,dso,symbol")
    own = {line.split()[2] for line in
           pathlib.Path("/proc/kallsyms").read_text(encoding="ascii").splitlines()
           if line.endswith("[prose]")}
    lines = []
    for line in report.splitlines():
        match = re.match(r"\s*([0-9.]+)%\s+(\S+)\s+\[.\]\s+(\S+)", line)
        if match:
            lines.append((float(match[1]), match[2], match[3]))
    # Chosen here, because a console takes seconds for a page
    lines = sorted(((round(share * cost / 100), symbol)
                    for share, _, symbol in lines), reverse=True)
    ours = [line for line in lines if line[1] in own]
    if not ours:
        sys.exit("perf shows no function of prose")
    tell(profile=f"{cipher} {integrity}", size=size, cost=cost, ours=ours[:40],
         others=[line for line in lines if line[1] not in own][:20])
    pair.close()


def scenario(name, call, *args):
    """A scenario that fails takes nothing else with it, but is told."""
    if not re.search(OPTIONS["only"], name):
        return
    try:
        call(*args)
    except SystemExit as failure:
        tell(failed=name, why=str(failure))


def wanted(name):
    return name in ("veth", "null") or re.search(OPTIONS["only"], name)


def main():
    options = OPTIONS
    step = run("traffic", "calibrate").strip()
    tell(calibration=int(step))
    if abs(int(step) - 1000000) > 10000:
        sys.exit(f"a million instructions took {step} steps of the clock")
    run("modprobe", "-a", "prose", "prose_bench_null", "prose_bench_crypto",
        "macsec", "wireguard", "esp4", "veth", "ccm", "gcm", "cmac", "ctr",
        "aesni_intel")
    os.umask(0o077)
    pathlib.Path("/tmp/key").write_text(2 * KEY + "\n", encoding="ascii")
    os.makedirs("/var/lib/prose", exist_ok=True)
    run("prose", "ledger", "init", "volatile")
    time.sleep(QUIET)

    count = options["count"]
    measure_crypto()
    suites = SUITES if options["full"] else QUICK
    several = options["multicast"]
    measure("veth", veth, SIZES, count, several)
    measure("null", null, SIZES, count, several)
    for cipher, integrity in suites:
        measure(f"prose {cipher} {integrity}", prose(cipher, integrity), SIZES,
                count, several and (cipher, integrity) in QUICK)
    measure("macsec", macsec, SIZES, count, several)
    if not options["thin"]:
        measure("esp", esp, SIZES, count, False)
        measure("wireguard", wireguard, SIZES, count, False)
        scenario("rollover", rollover)
        scenario("flood", flood, options["flood"])
        for cipher, integrity in QUICK if options["profile"] and \
                os.path.exists("/usr/bin/perf") else ():
            for size in SIZES:
                scenario("profile", profile, cipher, integrity, size, count)
    tell(done=True)


main()
