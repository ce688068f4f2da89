#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The tool in the kernel's company: devices, keys, members, events, refusals."""

import json
import signal

from prose_test import *
from test_ledger import Tool, key


def setup(t, members=1):
    net = Net(t, members)
    return net, [Tool(t, h) for h in net.m]


@test
def devices(t):
    """dev add, set, show, del; all options"""
    net, (tool,) = setup(t)
    tool("dev", "add", "fire", "link", "low", "group", "0x445566", "member", "0a:0b:0c", "lcid",
         "3", "ethertype", "0x8999", "nonip", "on", "margin", "20", "notice", "100")
    v = net.m[0].rtnl.get("fire")["data"]
    t.eq({k: v[k] for k in ("group", "member", "lcid", "ethertype", "nonip", "margin", "notice",
                            "tx")},
         {"group": 0x445566, "member": 0x0A0B0C, "lcid": 3, "ethertype": 0x8999, "nonip": "on",
          "margin": 20, "notice": 100, "tx": 1}, "link values")
    tool("dev", "set", "fire", "tx", "off", "nonip", "off", "margin", "30")
    v = net.m[0].rtnl.get("fire")["data"]
    t.eq((v["tx"], v["nonip"], v["margin"]), (0, "off", 30), "values after dev set")
    shown = tool.json("show")
    shown = shown if isinstance(shown, list) else shown["devices"]
    t.eq((shown[0]["ifname"], shown[0]["group"], shown[0]["member"]),
         ("fire", "0x445566", "0x0a0b0c"), "show")
    tool("dev", "add", "auto", "link", "low", "group", "44:55:67")
    t.eq(net.m[0].rtnl.get("auto")["data"]["member"], net.m[0].id, "member auto")
    for n in ("fire", "auto"):
        tool("dev", "del", n)
    t.eq(net.m[0].genl.dump("dev-get"), [], "devices at the end")


@test
def refusals(t):
    """bad input: a text, an exit status, nothing changed"""
    net, (tool,) = setup(t)
    d = net.m[0].prose()
    pgk = new_pgk().hex()
    add = ["key", "add", "dev", "p0", "id", "1", "cipher", "eea2", "integrity", "none"]
    cases = [
        (["dev", "add", "x", "link", "low", "group", "445566"], None),
        (["dev", "add", "x", "link", "low", "group", "0x1000000"], None),
        (["dev", "add", "x", "link", "nolow", "group", "0x1"], None),
        (["dev", "add", "x", "link", "low", "group", "0x1", "lcid", "11"], None),
        (["dev", "set", "p0", "lcid", "2"], None),
        (["dev", "del", "low"], None),
        (["key", "add", "dev", "p0", "id", "1", "file", "-"], pgk),
        (["key", "add", "dev", "p0", "id", "1", "cipher", "eea2", "file", "-"], pgk),
        (["key", "add", "dev", "p0", "id", "1", "cipher", "eea0", "integrity", "none", "file",
          "-"], pgk),
        ([*add, "file", "-"], pgk[:-2]),
        ([*add, "file", "-"], pgk + "00"),
        ([*add, "file", "-"], ""),
        ([*add, "file", "/nonexistent"], None),
        (["key", "add", "dev", "lo", "id", "1", "cipher", "eea2", "integrity", "none", "file",
          "-"], pgk),
        (["key", "add", "dev", "p0", "id", "256", "cipher", "eea2", "integrity", "none", "file",
          "-"], pgk),
        ([*add, "until", "+0s", "file", "-"], pgk),
        ([*add, "serial", "1"], None),
        ([*add, "serial", "2147483646"], None),
        (["key", "del", "dev", "p0", "id", "9"], None),
        (["key", "use", "dev", "p0", "id", "9"], None),
        (["key", "extend", "dev", "p0", "id", "9"], None),
        (["key", "revoke", "dev", "p0", "id", "9"], None),
        (["ke", "show"], None), (["key", "ad"], None), (["nosuch"], None),
    ]
    for args, stdin in cases:
        p = tool(*args, stdin=stdin, check=False)
        t.ok(p.returncode > 0, f"{' '.join(args)}: exit status {p.returncode}")
        t.ok(p.stderr.strip(), f"{' '.join(args)}: a text")
        for i in range(0, len(pgk) - 8, 2):
            t.ok(pgk[i:i + 8] not in p.stderr + p.stdout, f"{' '.join(args)}: key octets shown")
    t.eq(d.genl.dump("key-get"), [], "keys after all this")
    t.eq(len(d.genl.dump("dev-get")), 1, "devices after all this")


@test
def key_forms(t):
    """32 raw octets and 64 digits are the same key; serial N; standby, use, revoke"""
    net, (tool,) = setup(t)
    d = net.m[0].prose()
    pgk = new_pgk()
    path = os.path.join(tool.dir, "key.bin")
    with open(path, "wb") as f:
        f.write(pgk)
    os.chmod(path, 0o600)
    tool("key", "add", "dev", "p0", "id", "0x05", "cipher", "eea2", "integrity", "none", "range",
         "0", "file", path)
    t.eq(key(d, 5)["fingerprint"], codec.fingerprint(pgk), "raw octets")
    tool("key", "del", "dev", "p0", "id", "5")
    tool.add(d, pgk, 5)
    t.eq(key(d, 5)["fingerprint"], codec.fingerprint(pgk), "hexadecimal digits")
    serial = add_pgk(GROUP, 6, new_pgk(), keyring.SESSION)
    tool("key", "add", "dev", "p0", "id", "6", "cipher", "eea2", "integrity", "none", "serial",
         serial)
    t.eq(key(d, 6)["serial"], serial, "serial")
    tool.add(d, new_pgk(), 7, "standby")
    t.eq(key(d, 7)["key-state"], "standby", "standby")
    t.ok("ptk-last" not in key(d, 7) or not key(d, 7)["ptk-last"], "a standby key has no range")
    tool("key", "use", "dev", "p0", "id", "7")
    t.wait_eq(lambda: key(d, 7)["key-state"], "active", "key use")
    k = key(d, 7)
    t.ok(k["ptk-left"] + ("ptk-id" in k) > 0, "key use takes a range")
    tool("key", "revoke", "dev", "p0", "id", "7")
    t.wait_eq(lambda: key(d, 7)["key-state"], "revoked", "key revoke")
    # keyctl of root, from another session, on a key that the tool made
    s = key(d, 5)["serial"]
    run("keyctl", "session", "-", "keyctl", "timeout", str(s), "1")
    t.wait_eq(lambda: key(d, 5)["key-state"], "expired", "keyctl timeout", 5)


@test
def members_and_show(t):
    """member show and statistics tell who was heard"""
    net, tools = setup(t, 2)
    pgk = new_pgk()
    devs = [h.prose() for h in net.m]
    for tool, d in zip(tools, devs):
        tool.add(d, pgk)
        t.wait_eq(d.operstate, "up", "operational state")
    t.ok(net.m[0].ping("10.33.0.2", count=4, interval=0.2), "ping")
    m = tools[1].json("member", "show")
    m = m if isinstance(m, list) else m["members"]
    t.eq([x["member"] for x in m], [f"0x{devs[0].member:06x}"], "members heard")
    text = tools[1]("-s", "show").stdout
    t.ok("p0" in text and "rx-packets" in text.replace("_", "-").replace("rx packets",
                                                                         "rx-packets"),
         f"statistics\n{text}")
    t.ok(codec.fingerprint(pgk).hex()[:8] in tools[1]("key", "show").stdout,
         "the fingerprint in key show")


@test
def monitor(t):
    """monitor tells events as lines of JSON"""
    net, (tool,) = setup(t)
    d = net.m[0].prose()
    path = os.path.join(tool.dir, "events")
    with open(path, "w", encoding="ascii") as f:
        p = popen(PROSE, "-j", "monitor", ns=net.m[0].ns, stdout=f, stderr=f)
    t.defer(p.wait)
    t.defer(p.kill)
    time.sleep(1)
    pgk = new_pgk()
    tool.add(d, pgk)
    tool("key", "del", "dev", "p0", "id", "1")

    def told():
        with open(path, encoding="ascii") as f:
            text = f.read()
        return text if "key-detached" in text else None

    text = t.wait(told, "key-attached and key-detached", 5)
    lines = [json.loads(x) for x in text.splitlines() if x.strip()]
    t.ok(any("key-attached" in json.dumps(x) for x in lines), "key-attached")
    t.ok(codec.fingerprint(pgk).hex() in text, "the fingerprint")
    p.send_signal(signal.SIGINT)
    p.wait(10)


@test
def agent(t):
    """the agent extends a range that runs low"""
    net, (tool,) = setup(t)
    d = net.m[0].prose()
    tool.add(d, new_pgk(), 1, "range", "1")
    p = popen(PROSE, "agent", ns=net.m[0].ns, env=dict(os.environ, PROSE_STATE_DIR=tool.dir))
    t.defer(p.wait)
    t.defer(p.kill)
    time.sleep(1)
    out = d.tap(incoming=False)
    out.send(d.bcast(payload(20)))      # takes the only PTK ID
    t.wait(lambda: key(d).get("ptk-left", 0) > 10, "the agent extends the range", 15)
    blast(d.ns, "p0", 65540, d.bcast(payload(4)))
    t.wait_eq(d.host.n_sent, 65541, "frames over the end of the first PTK ID")
    t.eq(d.counter("tx-no-range"), 0, "tx-no-range")


@test
def genkey(t):
    """genkey gives 64 digits, each time others"""
    a, b = cli("genkey").stdout.strip(), cli("genkey").stdout.strip()
    t.eq((len(bytes.fromhex(a)), len(bytes.fromhex(b))), (32, 32), "octets")
    t.ok(a != b, "two keys differ")


main()
