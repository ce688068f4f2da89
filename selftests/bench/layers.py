# SPDX-License-Identifier: GPL-2.0
"""The layers that make bench compares, in the guest: each over a pair of
namespaces, as a function that gives device and net."""

import json
import pathlib
import subprocess
import sys

BATCH = 32
KEY = "00112233445566778899aabbccddeeff"


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
