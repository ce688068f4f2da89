#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The guest's side of make bench: guest.py OPTIONS-AS-JSON.

Tells what it measured in lines "@@BENCH {...}" on the console.
"""

import json
import os
import pathlib
import re
import sys
import time

from layers import (BATCH, KEY, Pair, esp, macsec, null, prose, run, tell, veth,
                    wireguard)
from scenarios import QUICK, flood, race, rollover, scale, streams, vector

QUIET = 20      # seconds of the guest's clock after which it repeats
RUN = pathlib.Path("/sys/module/prose_bench_crypto/parameters/run")
SIZES = (22, 1300)
HEADERS = 28    # IPv4 and UDP: what is ciphered of a payload
SUITES = [("eea0", "eia1"), ("eea0", "eia2"), ("eea0", "eia3")] + [
    (f"eea{c}", i) for c in (1, 2, 3)
    for i in ("none", "eia1", "eia2", "eia3")] + [
    ("aes128-gcm", "none"), ("aes256-gcm", "none")]
OPTIONS = json.loads(sys.argv[1])
SLOW = ("eea1", "eea3", "eia1", "eia3")


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
    pair = Pair()
    dev, net = make(pair)
    for size in sizes:
        few = BATCH if any(word in name for word in SLOW) else count
        for many in (False, True) if multicast else (False,):
            cost, low, high = pair.udp(size, few, dev, net, many)
            tell(of=name, size=size, multicast=many, cost=cost, low=low,
                 high=high)
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


def measure_layers(options):
    """Every layer that is wanted; none if only scenarios are."""
    count, several = options["count"], options["multicast"]
    layers = [(f"prose {cipher} {integrity}", prose(cipher, integrity),
               several and (cipher, integrity) in QUICK)
              for cipher, integrity in (SUITES if options["full"] else QUICK)]
    layers.append(("macsec", macsec, several))
    if not options["thin"]:
        layers += [("esp", esp, False), ("wireguard", wireguard, False)]
    layers = [layer for layer in layers if re.search(options["only"], layer[0])]
    if not layers:
        return
    measure_crypto()
    for name, make, many in (("veth", veth, several), ("null", null, several),
                             *layers):
        measure(name, make, SIZES, count, many)


def prepare():
    run("modprobe", "-a", "prose", "prose_bench_null", "prose_bench_crypto",
        "macsec", "wireguard", "esp4", "veth", "dummy", "ccm", "gcm", "cmac", "ctr",
        "aesni_intel")
    os.umask(0o077)
    pathlib.Path("/tmp/key").write_text(2 * KEY + "\n", encoding="ascii")
    os.makedirs("/var/lib/prose", exist_ok=True)
    run("prose", "ledger", "init", "volatile")


def main():
    options = OPTIONS
    if options["race"]:
        prepare()
        race(options["race"])
        tell(done=True)
        return
    step = run("traffic", "calibrate").strip()
    tell(calibration=int(step))
    if abs(int(step) - 1000000) > 10000:
        sys.exit(f"a million instructions took {step} steps of the clock")
    prepare()
    time.sleep(QUIET)

    measure_layers(options)
    if not options["thin"]:
        # Each suite is set up anew, which is most of what a short run takes.
        suites = QUICK if options["profile"] else QUICK[:1]
        scenario("rollover", rollover, suites)
        scenario("flood", flood, options["flood"])
        scenario("scale", scale, options["devices"], options["members"])
        scenario("stream", streams, options["octets"], suites)
        scenario("vector", vector, [size + HEADERS for size in SIZES],
                 options["no_vector"])
        for cipher, integrity in QUICK if options["profile"] and \
                os.path.exists("/usr/bin/perf") else ():
            for size in SIZES:
                scenario("profile", profile, cipher, integrity, size,
                         options["count"])
    tell(done=True)


main()
