#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""The tool killed before each of its system calls: no PTK ID is ever used twice.

The shipped tool is run, under ptrace: any call may be its last."""

import ctypes
import json
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
                ctypes.c_void_p(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
    libc.ptrace.restype = ctypes.c_long
    seen, entry = 0, True
    sig = 0
    while True:
        libc.ptrace(PTRACE_SYSCALL, pid, None, ctypes.c_void_p(sig))
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
    if os.uname().machine != "x86_64":
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
    if os.uname().machine != "x86_64":
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


main()
