#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The tool and its ledger: no PTK ID twice, whatever happens between the two."""

import ctypes
import json
import platform
import shutil
import signal
import tempfile

from prose_test import *

PTRACE_TRACEME, PTRACE_PEEKUSER, PTRACE_CONT, PTRACE_KILL, PTRACE_SYSCALL = 0, 3, 7, 8, 24
PTRACE_SETOPTIONS, PTRACE_O_TRACESYSGOOD, PTRACE_O_EXITKILL = 0x4200, 1, 0x100000
ORIG_RAX = 15 * 8
# Calls that leave traces outside the process: files, sockets, keys
STEPS = {1: "write", 2: "open", 20: "writev", 44: "sendto", 46: "sendmsg", 47: "recvmsg",
         45: "recvfrom", 74: "fsync", 75: "fdatasync", 82: "rename", 87: "unlink",
         248: "add_key", 250: "keyctl", 257: "openat", 263: "unlinkat", 264: "renameat",
         316: "renameat2", 73: "flock"}
libc = ctypes.CDLL(None, use_errno=True)


class Tool:
    """The tool with a ledger of its own, in one member's namespace."""

    def __init__(self, t, host, ledger=True):
        self.dir = tempfile.mkdtemp(prefix="prose-ledger-")
        t.defer(shutil.rmtree, self.dir, ignore_errors=True)
        self.host, self.t = host, t
        if ledger:
            self("ledger", "init", "volatile")

    def __call__(self, *args, **kw):
        return cli(*args, ns=self.host.ns, state=self.dir, **kw)

    def json(self, *args):
        return json.loads(self("-j", *args).stdout)

    def add(self, d, pgk, pgk_id=1, *args, check=True):
        rec = self.host.net.rec
        if rec:
            rec.key(d.group, d.member, pgk_id & 31, pgk)
        return self("key", "add", "dev", d.name, "id", pgk_id, "cipher", "eea2", "integrity",
                    "none", *args, "file", "-", stdin=pgk.hex() + "\n", check=check)

    def next(self, pgk, member):
        for r in self.json("ledger", "show")["records"]:
            if r["fingerprint"] == codec.fingerprint(pgk).hex() and \
                    int(r["member"], 16) == member:
                return r["next"]
        return 1


def key(d, pgk_id=1):
    return d.genl.do("key-get", ifindex=d.ifindex, pgk_id=pgk_id)


def send(t, d, n=1):
    before = d.host.n_sent()
    out = Raw(d.ns, d.name, proto=0)
    for _ in range(n):
        out.send(d.bcast(payload(60)))
    out.close()
    t.wait_eq(d.host.n_sent, before + n, "frames sent")


def different(t, net):
    counts = [parse(f).count() for h in net.m for f in h.sent()]
    t.eq(len(set(counts)), len(counts), "different COUNTs")


@test
def add_extend_delete(t):
    """key add takes a range, extend another, del gives back the tail"""
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0])
    pgk = new_pgk()
    tool.add(d, pgk)
    k = key(d)
    t.eq((k["ptk-first"], k["ptk-last"]), (1, 256), "range granted")
    t.eq(k["fingerprint"], codec.fingerprint(pgk), "fingerprint")
    t.eq(tool.next(pgk, d.member), 257, "first free in the ledger")
    send(t, d)
    tool("key", "extend", "dev", "p0", "id", "1", "range", "10")
    t.eq(key(d)["ptk-last"], 266, "last PTK ID after key extend")
    tool("key", "del", "dev", "p0", "id", "1")
    t.eq(tool.next(pgk, d.member), 2, "first free in the ledger after key del")
    tool.add(d, pgk, 2, "range", "5")
    k = key(d, 2)
    t.eq((k["ptk-first"], k["ptk-last"]), (2, 6), "range granted under another ID")
    send(t, d)
    different(t, net)


@test
def no_ledger(t):
    """without a ledger, or with another machine's or a damaged one: receive-only, and why"""
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0], ledger=False)
    p = tool.add(d, new_pgk(), 1, check=False)
    t.ok(p.returncode, "exit status")
    t.ok("ledger init" in p.stderr, f"it says what to do: {p.stderr}")
    k = key(d)
    t.ok("ptk-id" not in k and not k.get("ptk-left"), "no PTK IDs")
    t.eq(k["key-state"], "no-range", "state")
    tool("key", "del", "dev", "p0", "id", "1", check=False)
    # /tmp of the guest is a tmpfs: it forgets
    p = tool("ledger", "init", check=False)
    if p.returncode:
        t.ok("volatile" in p.stderr, f"why not: {p.stderr}")
    tool("ledger", "init", "volatile")
    tool.add(d, new_pgk(), 2)
    # Damaged
    path = os.path.join(tool.dir, "ledger")
    with open(path, "rb") as f:
        good = f.read()
    for what, bad in (("empty", b""), ("cut off", good[:-10]),
                      ("one octet changed", good[:len(good) // 2] +
                       bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1:])):
        with open(path, "wb") as f:
            f.write(bad)
        i = 3 + ("empty", "cut off", "one octet changed").index(what)
        p = tool.add(d, new_pgk(), i, check=False)
        t.ok(p.returncode, f"{what}: exit status")
        k = key(d, i)
        t.ok("ptk-id" not in k and not k.get("ptk-left"), f"{what}: no PTK IDs")
        with open(path, "rb") as f:
            t.eq(f.read(), bad, f"{what}: the ledger is not touched")


@test
def second_ledger(t):
    """a second tool with another ledger: -ESTALE is met and healed"""
    net = Net(t, 1)
    d = net.m[0].prose()
    one, two = Tool(t, net.m[0]), Tool(t, net.m[0])
    pgk = new_pgk()
    one.add(d, pgk, 1, "range", "8")
    send(t, d, 2)
    one("key", "del", "dev", "p0", "id", "1")
    two.add(d, pgk, 1, "range", "8")
    t.eq(key(d)["ptk-first"], 2, "the second ledger's range starts at the first free ID")
    t.eq(two.next(pgk, d.member), 10, "the second ledger has learnt")
    send(t, d, 2)
    two("key", "extend", "dev", "p0", "id", "1", "range", "4")
    one("key", "extend", "dev", "p0", "id", "1", "range", "4")
    t.eq(key(d)["ptk-last"], 17, "extended by both in turn")
    send(t, d, 2)
    different(t, net)


@test
def two_at_once(t):
    """tools at work at the same time with one ledger"""
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0])
    tool.add(d, new_pgk(), 1, "range", "1")
    ps = [popen(PROSE, "key", "extend", "dev", "p0", "id", "1", "range", "3", ns=net.m[0].ns,
                env=dict(os.environ, PROSE_STATE_DIR=tool.dir)) for _ in range(4)]
    for p in ps:
        t.eq(p.wait(60), 0, "exit status")
    t.eq(key(d)["ptk-last"], 13, "last PTK ID")
    t.eq(key(d)["ptk-left"] + ("ptk-id" in key(d)), 13, "PTK IDs in hand")


def killed_at(cmd, env, netns, stop, stdin):
    """Run cmd, kill it before its call number stop of those that count.

    Returns (name of the call, or None if it ended before)."""
    r, w = os.pipe()
    pid = os.fork()
    if not pid:
        os.dup2(r, 0)
        null = os.open("/dev/null", os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        ns.setns(os.open(ns.path(netns), os.O_RDONLY))
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        os.execvpe(cmd[0], cmd, env)
    os.close(r)
    os.write(w, stdin.encode())
    os.close(w)
    os.waitpid(pid, 0)
    libc.ptrace(PTRACE_SETOPTIONS, pid, None,
                ctypes.c_long(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
    libc.ptrace.restype = ctypes.c_long
    seen, entry = 0, True
    sig = 0
    while True:
        libc.ptrace(PTRACE_SYSCALL, pid, None, ctypes.c_long(sig))
        sig = 0
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return None
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            sig = os.WSTOPSIG(status)
            if sig == signal.SIGTRAP:
                sig = 0
            continue
        if entry:
            nr = libc.ptrace(PTRACE_PEEKUSER, pid, ctypes.c_void_p(ORIG_RAX), None)
            if nr in STEPS:
                seen += 1
                if seen == stop:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    return STEPS[nr]
        entry = not entry


def kill_everywhere(t, make, check):
    """make(i) gives the command of attempt i, check(what, i) looks after it."""
    budget = time.monotonic() + float(os.environ.get("PROSE_KILL_SECONDS", "35"))
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    i, step, last = 0, 1, {}
    while True:
        i += 1
        cmd, env, netns, stdin = make(i)
        what = killed_at(cmd, env, netns, step, stdin)
        check(f"killed before step {step} ({what})", i)
        if what is None:
            break
        last[what] = last.get(what, 0) + 1
        # The many openings of libraries at the start are all alike
        step += 1
        if time.monotonic() > budget:
            step += 7
    t.log(f"{i} runs, killed before {last}")
    return i


@test
def killed_at_each_step(t):
    """key add killed before each of its system calls: no PTK ID is ever used twice"""
    if platform.machine() != "x86_64":
        skip("the tracer knows x86-64 only")
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0])
    pgk = new_pgk()
    net.rec.key(d.group, d.member, 1, pgk)
    env = dict(os.environ, PROSE_STATE_DIR=tool.dir)

    def make(_):
        return ([PROSE, "key", "add", "dev", "p0", "id", "1", "cipher", "eea2", "integrity",
                 "none", "range", "2", "file", "-"], env, net.m[0].ns, pgk.hex())

    def check(what, _):
        try:
            k = key(d)
        except NlError:
            return      # it came not so far
        top = k.get("ptk-last", 0)
        if top:
            t.ok(tool.next(pgk, d.member) > top,
                 f"{what}: granted up to {top}, ledger {tool.next(pgk, d.member)}")
            send(t, d)
        # As after a crash: detached without the tool, nothing given back
        d.genl.do("key-del", ifindex=d.ifindex, pgk_id=1)

    n = kill_everywhere(t, make, check)
    t.ge(n, 20, "runs")
    t.ok(tool("ledger", "show", check=False).returncode == 0, "the ledger is readable")
    t.ge(net.m[0].n_sent(), 2, "frames sent on the way")
    different(t, net)


@test
def del_killed(t):
    """key del killed before each of its system calls: nothing used is given back"""
    if platform.machine() != "x86_64":
        skip("the tracer knows x86-64 only")
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0])
    pgk = new_pgk()
    env = dict(os.environ, PROSE_STATE_DIR=tool.dir)
    used = [0]

    def make(_):
        try:
            key(d)
        except NlError:
            tool.add(d, pgk, 1, "range", "3")
            send(t, d)
            used[0] = max(used[0], parse(d.host.sent()[-1]).ptk_id)
        return [PROSE, "key", "del", "dev", "p0", "id", "1"], env, net.m[0].ns, ""

    def check(what, _):
        t.ok(tool.next(pgk, d.member) > used[0],
             f"{what}: used {used[0]}, ledger {tool.next(pgk, d.member)}")

    kill_everywhere(t, make, check)
    different(t, net)


@test
def after_reload(t):
    """rmmod and insmod: the kernel has forgotten, the ledger has not"""
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0])
    pgk = new_pgk()
    tool.add(d, pgk, 1, "range", "4")
    send(t, d)
    d.delete()      # without the tool: the rest of the range is burnt
    for h in net.m:
        for s in (h._genl, h._rtnl):
            if s:
                s.close()
        h._genl = h._rtnl = None
    t.wait(lambda: not run("rmmod", "prose", check=False).returncode, "removed", 20, 0.2)
    run(*(["insmod", os.environ["PROSE_KO"]] if "PROSE_KO" in os.environ else
          ["modprobe", "prose"]))
    d = net.m[0].prose()
    tool.add(d, pgk, 1, "range", "4")
    t.eq(key(d)["ptk-first"], 5, "first PTK ID after it")
    send(t, d)
    different(t, net)


@test
def octets_stay(t):
    """neither ledger nor listings nor environment hold octets of the key"""
    net = Net(t, 1)
    d = net.m[0].prose()
    tool = Tool(t, net.m[0])
    pgk = new_pgk()
    tool.add(d, pgk)
    text = tool("-s", "show").stdout + tool("-j", "-s", "show").stdout + \
        tool("key", "show").stdout + tool("ledger", "show").stdout
    for f in os.listdir(tool.dir):
        with open(os.path.join(tool.dir, f), "rb") as fd:
            text += fd.read().hex() + fd.read().decode(errors="replace")
    for i in range(29):
        t.ok(pgk[i:i + 4].hex() not in text, f"octets of the key at {i}")
    t.ok(codec.fingerprint(pgk).hex() in text, "the fingerprint is told")


if __name__ == "__main__":
    main()
