#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose up, down and save: a device from a configuration file."""

import json
import os
import stat

from prose_cli import Cli
from prose_test import *

DEVICE = "[Device]\nLower = low\nGroup = 0x445566\n"
KEY = "[Key]\nId = 1\nCipher = aes256-gcm\nFile = key\n"
LATER = "2099-01-01T00:00:00Z"


class Rig(Cli):
    """A member, its ledger, and a file for the device p0."""

    def __init__(self, t, host, init="ledger init volatile"):
        super().__init__(t, host.ns, init)
        self.host = host
        self.path = f"{self.state}/p0.conf"
        self.pgk = new_pgk()
        self.key_file(self.pgk)

    def write(self, text, mode=0o600, name="p0"):
        path = f"{self.state}/{name}.conf"
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def read(self):
        with open(self.path, encoding="ascii") as f:
            return f.read()

    def up(self, code=0):
        return self(f"up {self.path}", code)

    def down(self, code=0):
        return self(f"down {self.path}", code)

    def marks(self):
        """What the hooks wrote."""
        try:
            with open(f"{self.state}/marks", encoding="ascii") as f:
                return f.read().split()
        except FileNotFoundError:
            return []

    def state_of(self):
        """All that up could change: devices, addresses, options, keys, file."""
        links = json.loads(self.host.run("ip", "-j", "address").stdout)
        for link in links:      # a veth goes up and down in its own time
            link.pop("operstate", None)
            for a in link["addr_info"]:
                a.pop("valid_life_time", None)
        devices = self.json("show")
        for d in devices:
            for k in ("counters", "lower_counters", "members"):
                d.pop(k, None)
            for key in d["keys"]:
                for k in ("counters", "sn", "rate"):
                    key.pop(k, None)
        return links, devices


def setup(t, **kw):
    net = Net(t, 1, record=False)
    return Rig(t, net.m[0], **kw)


@test
def talks(t):
    """two members made by up talk; down takes all away, and down again says so"""
    net = Net(t, 2)
    rigs = [Rig(t, h) for h in net.m]
    for i, r in enumerate(rigs):
        if i:
            r.key_file(rigs[0].pgk)
        net.rec.key(0x445566, r.host.id, 1, rigs[0].pgk, suite=Suite("aes256-gcm", "none"))
        r.write(DEVICE + f"MTU = 1400\nAddress = 10.33.0.{i + 1}/24, fd33::{i + 1}/64\n" + KEY +
                f"Until = {LATER}\n")
        p = r.up()
        t.ok("p0: is up" in p.stdout, p.stdout)
    t.ok(net.m[0].ping("10.33.0.2", timeout=20), "ping")
    link = json.loads(net.m[0].run("ip", "-j", "link", "show", "p0").stdout)[0]
    t.eq(link["mtu"], 1400, "MTU")
    for r in rigs:
        r.down()
        t.eq(r.json("show"), [], "devices after down")
        t.ok("nothing to do" in r.down().stdout, "down of nothing")
    left = [r["next"] for r in rigs[0].json("ledger show")["records"]]
    t.ok(left and left[0] < 256, f"unused PTK IDs went back: {left}")


@test
def again(t):
    """a second up changes nothing; it mends what may be mended, and tells of the rest"""
    r = setup(t)
    r.write(DEVICE + "Margin = 5\nMTU = 1400\nAddress = 10.33.0.1/24\n" + KEY)
    r.up()
    before = r.state_of()
    t.ok("is up already" in r.up().stdout, "second up")
    t.eq(r.state_of(), before, "after the second up")
    serial = r.json("key show")[0]["serial"]

    r("dev set p0 margin 20")
    for line in ("address del 10.33.0.1/24 dev p0", "address add 10.33.0.9/24 dev p0",
                 "link set p0 mtu 1300"):
        r.host.run("ip", *line.split())
    p = r.up()
    t.ok("10.33.0.9/24, which is not in" in p.stderr, p.stderr)
    r.host.run("ip", "address", "del", "10.33.0.9/24", "dev", "p0")
    t.eq(r.state_of(), before, "mended")
    r("key del dev p0 id 1")
    r.host.run("ip", "link", "set", "p0", "down")
    r.up()
    t.ok(r.json("key show")[0]["serial"] != serial, "a new key is attached")
    r.write(DEVICE + "Margin = 5\nMTU = 1400\nAddress = 10.33.0.1/24\n" + KEY + f"Until = {LATER}\n")
    r.up()
    t.eq(r.json("key show")[0]["until_utc"], LATER, "until is mended")

    before = r.state_of()
    r.write("[Device]\nLower = low\nGroup = 0x445567\nMargin = 7\n" + KEY)
    p = r.up(1)
    t.ok(f"{r.path}:3: Group = 0x445567, but p0 has 0x445566" in p.stderr, p.stderr)
    r.write(DEVICE + "Margin = 7\n" + KEY)
    r.key_file(new_pgk())
    p = r.up(1)
    t.ok("key 1 of p0 has another value" in p.stderr, p.stderr)
    r.key_file(r.pgk)
    r.write(DEVICE + "Margin = 7\n" + KEY.replace("aes256", "aes128"))
    t.ok("key 1 of p0 has cipher aes256-gcm" in r.up(1).stderr, "another suite")
    t.eq(r.state_of(), before, "after three that are refused")


@test
def mending_fails(t):
    """what a second up mended is taken back when a later step fails"""
    r = setup(t)
    r.write(DEVICE + "Address = 10.33.0.1/24\n" + KEY)
    r.up()
    before = r.state_of()
    # aes128-gcm is attached, then the address cannot be: 0.0.0.0 is none.
    r.key_file(new_pgk(), "key2")
    r.write(DEVICE + "Margin = 20\nTx = off\nMTU = 1200\nAddress = 10.33.0.2/24, fd33::1/128\n" + KEY +
            f"Until = {LATER}\n" + KEY.replace("Id = 1", "Id = 2").replace("key", "key2"))
    sysctl(r.ns, "ipv6/conf/p0/disable_ipv6", 1)
    p = r.up(2)
    t.ok("is undone" in p.stderr, p.stderr)
    t.eq(r.state_of(), before, "after the failure")


@test
def saves(t):
    """save and up give the same device; keys by file stay so, and no key octet is written"""
    r = setup(t)
    hook = "PostUp = true # keep %i\n"
    r.write("# our fire brigade\n" + DEVICE + "Address = 10.33.0.1/24\n" + hook + KEY +
            f"Until = {LATER}\nRange = 20\n")
    r.up()
    r("dev set p0 margin 33 choice expiry")
    r.host.run("ip", "address", "add", "10.33.0.7/24", "dev", "p0")
    r.add(r.host.prose("q0", group=0x445567, up=False, ip=False), 9)
    p = r(f"save {r.path}")
    t.eq(p.stderr, "", "nothing to warn of")
    text = r.read()
    t.eq(stat.S_IMODE(os.stat(r.path).st_mode), 0o600, "mode")
    for line in ("# our fire brigade", "Margin = 33", "Choice = expiry", "Address = 10.33.0.7/24",
                 hook.strip(), "File = key", f"Until = {LATER}", "Range = 20"):
        t.ok(line in text.split("\n"), f"{line} in\n{text}")
    t.ok(r.pgk.hex() not in text.lower(), "no key in the file")
    before = r.state_of()
    t.ok("is up already" in r.up().stdout, "the saved file is the device")
    r.down()
    r.up()
    after = r.state_of()
    t.eq(after[1][0]["margin"], 33, "margin after down and up")
    t.eq(len(after[0][-1]["addr_info"]), len(before[0][1]["addr_info"])
         if before[0][1]["ifname"] == "p0" else 2, "addresses after down and up")

    # A key that came by hand is written by its number; a device that has no file gets one.
    r.add(r.host.prose("p1", group=0x445568, up=False, ip=False), 3)
    fresh = f"{r.state}/p1.conf"
    p = r(f"save {fresh}")
    t.ok("serial number" in p.stderr, p.stderr)
    with open(fresh, encoding="ascii") as f:
        text = f.read()
    t.ok("\nSerial = " in text and "Member = 0x" in text, text)
    t.ok("is up" in r(f"up {fresh}").stdout, "up of what was saved")
    t.eq([n for n in os.listdir(r.state) if ".new" in n], [], "nothing else is left there")


BAD = [
    # text after [Device], mode, part of the message, line
    (DEVICE + "Groop = 1\n" + KEY, 0o600, '"Groop" is unknown in [Device]; did you mean Group?', 4),
    (DEVICE + KEY + "Cypher = eea2\n", 0o600, '"Cypher" is unknown in [Key]; did you mean Cipher?', 8),
    (DEVICE + KEY.replace("File = key", "File = nowhere"), 0o600, "there is no key file", 7),
    (DEVICE + KEY.replace("File = key", "File = open"), 0o600, "chmod 600", 7),
    (DEVICE + KEY.replace("File = key", "File = short"), 0o600, "a group key has 256 bits", 7),
    (DEVICE + KEY + "Until = 2020-01-01T00:00:00Z\n", 0o600, "key 1 has ended", 8),
    (DEVICE + KEY + "Until = +8h\n", 0o600, "count anew", 8),
    (DEVICE + KEY + "Integrity = eia2\n", 0o600, "protects integrity itself", 8),
    (DEVICE + KEY.replace("aes256-gcm", "eea2"), 0o600, "Integrity=", 6),
    (DEVICE + KEY.replace("aes256-gcm", "eea2") + "Integrity=eia2\nKdf=direct\n", 0o600,
     "kdf direct", 9),
    (DEVICE + "Require = aead\n" + KEY.replace("aes256-gcm", "eea2") + "Integrity = eia2\n", 0o600,
     "Require = aead in line 4", 7),
    (DEVICE + "Address = 10.33.0.1\n" + KEY, 0o600, "10.4.5.1/24", 4),
    (DEVICE.replace("low", "nowhere") + KEY, 0o600, 'no device "nowhere"', 2),
    (DEVICE + KEY + KEY.replace("Id = 1", "Id = 33"), 0o600, "five low bits", 9),
    ("Group = 1\n", 0o600, "before the first section", 1),
    (DEVICE + KEY, 0o644, "chmod 600", None),
]


@test
def bad_input(t):
    """each bad file is refused with file, line, reason and remedy, and nothing is changed"""
    r = setup(t)
    r.key_file(r.pgk, "open", 0o644)
    r.key_file(r.pgk[:16], "short")
    before = r.state_of()
    ledger = r.json("ledger show")
    for text, mode, says, line in BAD:
        # The hook would tell that something was begun.
        text = text.replace("[Key]", f"PreUp = echo up >> {r.state}/marks\n[Key]", 1) \
            if line and line < 4 and "nowhere" not in text else text
        r.write(text, mode)
        p = r.up(1)
        where = f"{r.path}:{line}: " if line else r.path
        t.ok(where in p.stderr and says in p.stderr, f"{says}, line {line}, of {text}\n{p.stderr}")
        t.eq(r.state_of(), before, f"after {says}")
    t.eq((r.marks(), r.json("ledger show")), ([], ledger), "hooks and ledger")
    t.ok("prose.conf(5)" in r("up nosuch", 1).stderr, "no file at all")
    t.ok("must end in .conf" in r(f"up {r.state}/p0", 1).stderr, "a path of another form")
    r.host.run("ip", "link", "add", "p0", "type", "dummy")
    r.write(DEVICE + KEY)
    for line in ("up", "down", "save"):
        t.ok("no prose device" in r(f"{line} {r.path}", 2).stderr, f"{line} of a dummy")
    t.eq(r.read(), DEVICE + KEY, "the file")


def hooked(r, **fail):
    """Hooks that tell what they are; the one of the name fails."""
    lines = ""
    for word in ("PreUp", "PostUp", "PreDown", "PostDown"):
        lines += f"{word} = echo {word}-%i >> {r.state}/marks\n"
        if word in fail:
            lines += f"{word} = {fail[word]}\n"
    return lines


@test
def hooks(t):
    """hooks run in their order with the device's name, and not for a device that is there"""
    r = setup(t)
    r.write(DEVICE + hooked(r) + f"PostUp = echo 100%% >> {r.state}/marks\n" + KEY)
    r.up()
    r.up()
    t.eq(r.marks(), ["PreUp-p0", "PostUp-p0", "100%"], "hooks of up")
    r.down()
    r.down()
    t.eq(r.marks()[3:], ["PreDown-p0", "PostDown-p0"], "hooks of down")
    r.write(DEVICE + hooked(r, PreDown="false") + KEY)
    r.up()
    p = r.down(1)
    t.ok(":6: PreDown failed with status 1" in p.stderr or "PreDown failed" in p.stderr, p.stderr)
    t.eq(r.json("show"), [], "a hook keeps no device there")
    r.write(DEVICE + f"PreUp = {PROSE} save {r.path}\n" + KEY)
    t.ok("in use by another prose" in r.up(1).stderr, "a hook that would wait for itself")


@test
def undone(t):
    """whatever fails, all that was done before is undone, hooks too"""
    r = setup(t)
    before = r.state_of()
    pair = "Address = 10.33.0.1/24\n"
    two = KEY + KEY.replace("Id = 1", "Id = 2")
    up = ["PreUp-p0"]
    cases = [
        # what fails, the file, exit code, which hooks ran
        ("PreUp", DEVICE + hooked(r, PreUp="exit 3") + pair + KEY, 1, up + ["PostDown-p0"]),
        ("the device", DEVICE.replace("low", "lo") + hooked(r) + pair + KEY, 2,
         up + ["PostDown-p0"]),
        ("the lower device", DEVICE.replace("low", "nowhere") + hooked(r) + KEY, 2,
         up + ["PostDown-p0"]),
        ("MTU", DEVICE + "MTU = 60000\n" + hooked(r) + pair + KEY, 2, up + ["PostDown-p0"]),
        ("the second key", DEVICE + hooked(r) + pair + two.replace(
            "Id = 2\nCipher = aes256-gcm\nFile = key", "Id=2\nCipher=aes256-gcm\nSerial=1"), 2,
         up + ["PostDown-p0"]),
        ("an address", DEVICE + hooked(r) + pair + "Address = ff02::1/128\n" + KEY, 2,
         up + ["PostDown-p0"]),
        ("PostUp", DEVICE + hooked(r, PostUp="kill -9 $$") + pair + KEY, 1,
         up + ["PostUp-p0", "PreDown-p0", "PostDown-p0"]),
    ]
    for what, text, code, ran in cases:
        r.write(text)
        p = r.up(code)
        t.ok("all that was done is undone" in p.stderr, f"{what}: {p.stderr}")
        t.eq(r.state_of(), before, f"after {what} failed")
        t.eq(r.marks(), ran, f"hooks when {what} failed")
        os.unlink(f"{r.state}/marks")
    # A range that went back is there for the next.
    t.eq([k["next"] for k in r.json("ledger show")["records"]], [1], "ledger")


@test
def no_ledger(t):
    """without a ledger nothing is half up; a file that only listens needs none"""
    r = setup(t, init=None)
    before = r.state_of()
    r.write(DEVICE + KEY)
    p = r.up(3)
    t.ok("ledger init" in p.stderr and "is undone" in p.stderr, p.stderr)
    t.eq(r.state_of(), before, "after it")
    r.write(DEVICE + "Tx = off\n" + KEY)
    r.up()
    t.eq(r.json("key show")[0]["state"], "rx-only", "a listener's key")


@test
def interrupted(t):
    """a signal in the middle is one more reason to undo all"""
    r = setup(t)
    before = r.state_of()
    r.write(DEVICE + hooked(r, PostUp=f"touch {r.state}/there; while sleep 0.1; do :; done") + KEY)
    p = r.start("up", r.path)
    t.wait(lambda: os.path.exists(f"{r.state}/there"), "the hook", timeout=60)
    run("pkill", "-P", p.pid, "-x", "sh")
    p.terminate()
    t.eq(p.wait(60), 1, "exit code")
    t.eq(r.state_of(), before, "after it")
    t.eq(r.marks()[-2:], ["PreDown-p0", "PostDown-p0"], "hooks")


@test
def replugged(t):
    """a lower device that comes back: up makes the device again, with a range of its own"""
    r = setup(t)
    low = ["link", "add", "usb0", "address", "0c:33:03:01:01:77", "type", "dummy"]
    r.write(DEVICE.replace("low", "usb0") + "PreUp = ip link set usb0 up\n" + KEY)
    r.host.run("ip", *low)
    r.up()
    first = r.json("show p0")[0]
    r.host.run("ip", "link", "del", "usb0")
    t.wait(lambda: r.json("show") == [], "the device goes with its lower device", timeout=60)
    t.ok("nothing to do" in r.down().stdout, "down then")
    p = r.up(2)
    t.ok('no device "usb0"' in p.stderr or "usb0" in p.stderr, p.stderr)
    r.host.run("ip", *low)
    r.up()
    second = r.json("show p0")[0]
    t.eq((second["group"], second["member"]), (first["group"], first["member"]), "identities")
    t.ok(second["keys"][0]["ptk_first"] > first["keys"][0]["ptk_id"], "no PTK ID twice")


@test
def batch_file(t):
    """-b runs a command for each line, stops at the first that fails, and names its line"""
    r = setup(t)
    path = r.write("# a device by hand\n\ndev add q0 link low group 0x445566 # and its key\n"
                   f"key add dev q0 id 1 cipher aes256-gcm range 0 \"file\" {r.state}/'key'\n"
                   "key show dev nosuch\ndev del q0\n", name="lines")
    p = r(f"-b {path}", 2)
    t.ok(f"{path}:5: this line" in p.stderr, p.stderr)
    t.eq(len(r.json("key show dev q0")), 1, "the lines before it are done, those after it not")
    p = r("-b -", 0, stdin="dev del q0\n")
    t.eq(r.json("show"), [], "from standard input")
    for text, says in (("-n foo show", "options stand on the command line"),
                       ("show 'q0", "no other to end it"), ("sho", 'write out "show"')):
        t.ok(says in r("-b -", 1, stdin=text).stderr, text)
    t.ok("commands stand in the file" in r(f"-b {path} show", 1).stderr, "both")


main()
