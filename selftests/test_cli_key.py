#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose key: adding, using, extending, detaching, revoking; what it shows."""

import glob
import json
import tempfile

from prose_test import *

SUITE = ["cipher", "eea2", "integrity", "none"]


class Cli:
    """The tool with a ledger of its own, in one namespace."""

    def __init__(self, t, ns, init=True):
        self.dir = tempfile.TemporaryDirectory()
        t.defer(self.dir.cleanup)
        self.t, self.ns, self.state = t, ns, self.dir.name
        if init:
            self("ledger init volatile")

    def __call__(self, line, code=0, stdin=None, env=None):
        p = cli(*line.split(), ns=self.ns, state=self.state, check=False, stdin=stdin, env=env)
        self.t.eq(p.returncode, code, f"exit code of prose {line}\n{p.stdout}{p.stderr}")
        return p

    def json(self, line):
        return json.loads(self("-j " + line).stdout)

    def key_file(self, pgk, name="key", mode=0o600):
        path = f"{self.state}/{name}"
        with open(path, "w", encoding="ascii") as f:
            f.write(pgk.hex() + "\n")
        os.chmod(path, mode)
        return path


def setup(t, **kw):
    net = Net(t, 2)
    d = net.m[0].prose(**kw)
    return net, d, Cli(t, d.ns)


@test
def add_and_show(t):
    """key add from a file: attached, ranged, and shown in text and JSON"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    p = prose(f"key add dev {d.name} id 1 cipher eea2 integrity none until +8h "
              f"file {prose.key_file(pgk)}")
    t.ok("PTK IDs 1 to 256" in p.stdout, p.stdout)
    t.ok("frames/s" in p.stdout, f"how long it lasts: {p.stdout}")
    t.ok("no prose agent runs" in p.stderr, p.stderr)
    k, = d.genl.dump("key-get", ifindex=d.ifindex)
    t.eq((k["ptk-last"], k["ptk-left"] + ("ptk-id" in k)), (256, 256), "the range")
    shown, = prose.json(f"key show dev {d.name}")
    t.eq(shown["fingerprint"], codec.fingerprint(pgk).hex(), "fingerprint")
    t.eq(shown["serial"], k["serial"], "serial")
    t.eq(shown["state"], "active", "state")
    t.eq(shown["cipher"] + shown["integrity"], "eea2none", "suite")
    t.ok(8 * 3600 - 60 < shown["until"] - time.time() <= 8 * 3600, "until")
    text = prose("key show").stdout
    for want in ("state: active", "eea2 integrity none", "until: ", "(in 7 h 59 min)",
                 "PTK ID: ", "256", shown["fingerprint"], f"serial: {k['serial']}"):
        t.ok(want in text, f"'{want}' in\n{text}")
    ledger = prose.json("ledger show")
    t.eq([(r["fingerprint"], r["member"], r["next"]) for r in ledger["records"]],
         [(shown["fingerprint"], f"0x{d.member:06x}", 257)], "the ledger")


@test
def key_sources(t):
    """raw octets, hexadecimal digits, standard input, serial; a warning for open files"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    add = f"key add dev {d.name} id %d cipher eea2 integrity none range 0 "
    prose(add % 1 + "file -", stdin=pgk)
    prose(add % 2 + "file -", stdin=pgk.hex().encode())
    p = prose(add % 3 + f"file {prose.key_file(pgk, 'open', 0o644)}")
    t.ok("open to others" in p.stderr and "0644" in p.stderr, p.stderr)
    p = prose(add % 4 + f"file {prose.key_file(pgk, 'closed')}")
    t.ok("open to others" not in p.stderr, p.stderr)
    serial = prose.json(f"key show dev {d.name}")[0]["serial"]
    # A key that the user manages: of group and ID, in the session keyring
    mine = add_pgk(GROUP, 5, pgk)
    keyring.setperm(mine, 0x3F3F0000)
    prose(add % 5 + f"serial {mine}")
    keys = prose.json("key show")
    t.eq({k["fingerprint"] for k in keys}, {codec.fingerprint(pgk).hex()}, "one value, five ways")
    t.eq(sorted(k["pgk_id"] for k in keys), [1, 2, 3, 4, 5], "attached")
    prose(add % 6 + f"serial {serial}", code=2)


@test
def secrecy(t):
    """the key is in no file of the process, cannot be read, and is viewed by its owner"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    prose(f"key add dev {d.name} id 1 cipher eea2 integrity none file -", stdin=pgk)
    serial = prose.json("key show")[0]["serial"]
    desc = keyring.describe(serial)
    t.ok(desc.startswith("prose;0;") and desc.endswith(f"{GROUP:06x}:01"), desc)
    try:
        keyring.read(serial)
        t.ok(False, "the key was read")
    except OSError as e:
        t.ok(e.errno in (errno.EOPNOTSUPP, errno.EACCES), str(e))
    for path in glob.glob(f"{prose.state}/*"):
        with open(path, "rb") as f:
            data = f.read()
        t.ok(pgk not in data and pgk.hex().encode() not in data, f"the key is in {path}")


@test
def keyctl_elsewhere(t):
    """keyctl timeout and revoke work from another session"""
    net, d, prose = setup(t)
    for i in (1, 2):
        prose(f"key add dev {d.name} id {i} cipher eea2 integrity none file -", stdin=new_pgk())
    a, b = [k["serial"] for k in sorted(prose.json("key show"), key=lambda k: k["pgk_id"])]
    run("keyctl", "session", "-", "keyctl", "timeout", str(a), "100")
    t.wait(lambda: [k for k in prose.json("key show") if k["pgk_id"] == 1
                    and 0 < k.get("key_expiry", 0) - time.time() <= 100], "the timeout is shown")
    run("keyctl", "session", "-", "keyctl", "revoke", str(b))
    t.wait(lambda: [k for k in prose.json("key show") if k["pgk_id"] == 2
                    and k["state"] == "revoked"], "revoked")


@test
def revoke(t):
    """key revoke stops every device that uses the key, and lists them"""
    net, d, prose = setup(t)
    other = net.m[0].prose(name="p1", member=0x0a0b0c)
    prose(f"key add dev {d.name} id 1 cipher eea2 integrity none file -", stdin=new_pgk())
    serial = prose.json("key show")[0]["serial"]
    prose(f"key add dev {other.name} id 1 cipher eea2 integrity none serial {serial}")
    p = prose(f"key revoke dev {d.name} id 1")
    t.ok(d.name in p.stdout and other.name in p.stdout, p.stdout)
    t.wait(lambda: all(k["state"] == "revoked" for k in prose.json("key show")), "all revoked")
    t.ok("state: revoked" in prose("show").stdout, "shown as such")


@test
def no_range(t):
    """range 0, standby and tx off take no PTK IDs; use and extend do"""
    net, d, prose = setup(t)
    prose(f"key add dev {d.name} id 1 cipher eea2 integrity none range 0 file -", stdin=new_pgk())
    t.eq(prose.json("key show")[0]["state"], "no-range", "range 0")
    t.eq(prose.json("ledger show")["records"], [], "the ledger")
    prose(f"key extend dev {d.name} id 1 range 10")
    k, = prose.json("key show")
    t.eq((k["state"], k["ptk_last"]), ("active", 10), "extended")
    prose(f"key add dev {d.name} id 2 cipher eea2 integrity none from standby file -",
          stdin=new_pgk())
    k = prose.json("key show")[1]
    t.eq((k["state"], k["ptk_left"]), ("standby", 0), "standby")
    prose(f"key use dev {d.name} id 2")
    states = {k["pgk_id"]: k["state"] for k in prose.json("key show")}
    t.eq(states, {1: "ready", 2: "active"}, "used")
    listen = net.m[1].prose()
    prose2 = Cli(t, listen.ns)
    prose2(f"dev set {listen.name} tx off")
    prose2(f"key add dev {listen.name} id 1 cipher eea2 integrity none file -", stdin=new_pgk())
    t.eq(prose2.json("key show")[0]["state"], "rx-only", "tx off")
    t.eq(prose2.json("ledger show")["records"], [], "the ledger of the listener")
    t.ok("listen only" in prose2("show").stdout, "said so")


@test
def give_back(t):
    """key del gives the unused IDs back: the next range begins there"""
    net, d, prose = setup(t)
    pgk = new_pgk()
    add = f"key add dev {d.name} id 1 cipher eea2 integrity none file -"
    prose(add, stdin=pgk)
    tap_ = d.host.sock()
    tap_.sendto(b"x", ("10.33.0.255", 9)) if d.ip else None
    taken = d.genl.dump("key-get", ifindex=d.ifindex)[0]
    p = prose(f"key del dev {d.name} id 1")
    t.ok("went back to the ledger" in p.stdout, p.stdout)
    left = prose.json("ledger show")["records"][0]["next"]
    t.le(left, 1 + 256 - taken["ptk-left"], "next ID of the ledger")
    prose(add, stdin=pgk)
    again = d.genl.dump("key-get", ifindex=d.ifindex)[0]
    t.eq(again.get("ptk-id", again["ptk-first"]), left, "first ID of the next range")
    if "ptk-id" in taken:
        t.ok(again.get("ptk-id", again["ptk-first"]) > taken["ptk-id"], "no ID is used again")
    # dev del detaches first, so it gives back too
    prose(f"dev del {d.name}")
    t.le(prose.json("ledger show")["records"][0]["next"], left + 256, "after dev del")


@test
def twice(t):
    """a second key of the same ID, or of equal low bits, is refused with the reason"""
    net, d, prose = setup(t)
    add = f"key add dev {d.name} id %d cipher eea2 integrity none file -"
    prose(add % 1, stdin=new_pgk())
    for i in (1, 33):
        p = prose(add % i, stdin=new_pgk(), code=2)
        t.ok("Error: " in p.stderr and "key show" in p.stderr, p.stderr)
    t.eq(len(prose.json("key show")), 1, "keys")


@test
def overlap(t):
    """a warning if two keys overlap by less than a minute"""
    net, d, prose = setup(t)
    add = f"key add dev {d.name} id %d cipher eea2 integrity none %s file -"
    prose(add % (1, "until +10m"), stdin=new_pgk())
    p = prose(add % (2, "from +570s"), stdin=new_pgk())
    t.ok("overlap by only" in p.stderr, p.stderr)
    p = prose(add % (3, "from +11m"), stdin=new_pgk())
    t.ok("without any key" in p.stderr, p.stderr)
    prose(f"key del dev {d.name} id 2")
    prose(f"key del dev {d.name} id 3")
    p = prose(add % (4, "from +8m"), stdin=new_pgk())
    t.ok("overlap" not in p.stderr, p.stderr)


@test
def clock(t):
    """times are refused while the clock is before the ledger's last write"""
    net, d, prose = setup(t)
    now = time.time()
    t.defer(lambda: time.clock_settime(time.CLOCK_REALTIME,
                                       now + time.monotonic() - mono))
    mono = time.monotonic()
    time.clock_settime(time.CLOCK_REALTIME, now - 10 * 365 * 86400)
    add = f"key add dev {d.name} id 1 cipher eea2 integrity none until +8h file -"
    p = prose(add, stdin=new_pgk(), code=1)
    t.ok("the clock says" in p.stderr and "--trust-clock" in p.stderr, p.stderr)
    prose(add.replace(" until +8h", ""), stdin=new_pgk())
    prose(f"key del dev {d.name} id 1")
    prose("--trust-clock " + add, stdin=new_pgk())


@test
def json_is_valid(t):
    """every command that prints JSON prints valid JSON, pretty or not"""
    net, d, prose = setup(t)
    p = prose(f"-j key add dev {d.name} id 1 cipher eea2 integrity none file -", stdin=new_pgk())
    t.eq(json.loads(p.stdout)["pgk_id"], 1, "key add")
    for line in ("-j show", "-jp show", "-js show", f"-jps show {d.name}", "-j key show",
                 "-js key show", "-j member show", "-j ledger show", "-j",
                 f"-j key use dev {d.name} id 1", f"-j key set dev {d.name} id 1 until +1h",
                 f"-j key extend dev {d.name} id 1 range 2", f"-j key revoke dev {d.name} id 1",
                 f"-j key del dev {d.name} id 1"):
        p = prose(line)
        try:
            json.loads(p.stdout)
        except ValueError as e:
            t.ok(False, f"prose {line}: {e}\n{p.stdout}")
    dev, = prose.json("-s show")
    t.eq((dev["ifname"], dev["group"], dev["tx"]), (d.name, f"0x{GROUP:06x}", True), "device")
    t.ok("rx_implausible" in dev["counters"] and "other_group" in dev["lower_counters"],
         f"counters: {dev}")


@test
def implausible(t):
    """frames of another key are hinted at in text without -s"""
    net, d, prose = setup(t)
    prose(f"key add dev {d.name} id 1 cipher eea2 integrity none file -", stdin=new_pgk())
    t.ok("rx-implausible" not in prose("show").stdout, "nothing heard yet")
    wrong = new_pgk()
    for sn in range(5):
        net.inject(codec.build(0x0d0e0f, GROUP, wrong, codec.udp4("10.33.0.9", "255.255.255.255"),
                               index=1, sn=sn, ptk_id=3, lcid=1))
    t.wait(lambda: "rx-implausible" in prose("show").stdout, "the hint")
    t.ok("rx-implausible" in prose(f"member show dev {d.name}").stdout, "and in member show")


main()
