#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The ledger and the kernel together: no PTK ID is ever granted twice."""

import json
import tempfile

from prose_test import *

HOOKS = os.environ.get("PROSE_CLI_HOOKS", "prose-testhooks")
STEPS = ("after-lock", "after-write", "after-rename", "after-fsync-dir", "after-grant")


class Book:
    """A ledger's directory and a device to grant to."""

    def __init__(self, t, init="volatile"):
        self.t = t
        self.net = Net(t, 1)
        self.d = self.net.m[0].prose()
        tmp = tempfile.TemporaryDirectory()
        t.defer(tmp.cleanup)
        self.state = tmp.name
        self.pgk = new_pgk()
        if init:
            self(f"ledger init {init}")

    def __call__(self, line, code=0, stdin=None, **kw):
        p = cli(*line.split(), ns=self.d.ns, state=self.state, check=False, stdin=stdin, **kw)
        self.t.eq(p.returncode, code, f"exit code of prose {line}\n{p.stdout}{p.stderr}")
        return p

    def add(self, code=0, pgk=None, extra="range 10"):
        return self(f"key add dev {self.d.name} id 1 cipher eea2 integrity none {extra} file -",
                    code, pgk or self.pgk)

    def key(self):
        return self.d.genl.dump("key-get", ifindex=self.d.ifindex)[0]

    def next(self):
        p = self("-j ledger show")
        for r in json.loads(p.stdout)["records"]:
            if r["fingerprint"] == codec.fingerprint(self.pgk).hex():
                return r["next"]
        return 1

    def reload(self):
        """The module forgets what it granted, as after a reboot."""
        self.d.delete()
        self.d.host.rtnl.close()
        run("rmmod", "prose")
        run("modprobe", "prose")


@test
def killed(t):
    """the CLI is killed at each step: the ledger is whole, and never behind the kernel"""
    if run("which", HOOKS, check=False).returncode:
        skip("no prose-testhooks (make -C tools/prose TEST_HOOKS=1)")
    book = Book(t)
    book.add(extra="range 0")
    granted = 0
    for step in STEPS:
        p = run(HOOKS, "key", "extend", "dev", book.d.name, "id", "1", "range", "7", ns=book.d.ns,
                check=False, env={"PROSE_STATE_DIR": book.state, "PROSE_TEST_STOP": step})
        t.eq(p.returncode, -9, f"killed {step}: {p.stderr}")
        last = book.key().get("ptk-last", 0)
        t.ok(book.next() > last, f"{step}: the ledger ({book.next()}) is behind the kernel ({last})")
        book(f"key extend dev {book.d.name} id 1 range 5")
        k = book.key()
        t.ok(k["ptk-last"] - 4 > last, f"{step}: {k['ptk-last'] - 4} was granted before")
        t.eq(book.next(), k["ptk-last"] + 1, f"{step}: the ledger afterwards")
        granted += 5
    t.ge(book.key()["ptk-left"], granted, "all ranges are there")


@test
def two_at_once(t):
    """two CLIs with one ledger: both are served, with disjoint ranges"""
    book = Book(t)
    book.add(extra="range 0")
    e = dict(os.environ, PROSE_STATE_DIR=book.state)
    ps = [popen("prose", "key", "extend", "dev", book.d.name, "id", "1", "range", "3",
                ns=book.d.ns, env=e) for _ in range(6)]
    t.eq([p.wait() for p in ps], [0] * 6, "exit codes")
    t.eq((book.next(), book.key()["ptk-last"]), (19, 18), "six ranges of three")


@test
def absent(t):
    """without a ledger the key is attached for receiving only; exit code 3 and what to do"""
    book = Book(t, init=None)
    p = book.add(code=3)
    t.ok("there is no ledger" in p.stderr and "prose ledger init" in p.stderr, p.stderr)
    t.ok("receiving only" in p.stderr, p.stderr)
    t.eq(book.key()["key-state"], "no-range", "state")
    book("ledger init", 3)
    book("ledger init volatile")
    book(f"key extend dev {book.d.name} id 1 range 4")
    t.eq(book.key()["key-state"], "active", "after init and extend")


@test
def damaged(t):
    """a damaged ledger grants nothing and is not overwritten"""
    book = Book(t)
    book.add()
    path = f"{book.state}/ledger"
    with open(path, "rb") as f:
        good = f.read()
    for what, bad in (("truncated", good[:-20]), ("empty", b""), ("zeros", bytes(len(good))),
                      ("changed", good.replace(b"next=11", b"next=01")),
                      ("without a line", b"".join(good.splitlines(True)[1:]))):
        with open(path, "wb") as f:
            f.write(bad)
        before = book.key()["ptk-last"]
        p = book(f"key extend dev {book.d.name} id 1", 3)
        t.ok("damaged" in p.stderr and "rm " in p.stderr, f"{what}: {p.stderr}")
        t.eq(book.key()["ptk-last"], before, f"{what}: granted")
        book("ledger show", 3)
        book("ledger init volatile", 3)
        with open(path, "rb") as f:
            t.eq(f.read(), bad, f"{what}: the file")
    with open(path, "wb") as f:
        f.write(good)
    book(f"key extend dev {book.d.name} id 1 range 1")


@test
def other_machine(t):
    """a ledger of another machine is refused"""
    book = Book(t)
    book.add()
    other = f"{book.state}/machine-id"
    with open(other, "w", encoding="ascii") as f:
        f.write("f" * 32 + "\n")
    run("mount", "--bind", other, "/etc/machine-id")
    try:
        p = book(f"key extend dev {book.d.name} id 1", 3)
        t.ok("another machine" in p.stderr and "machine-id differs" in p.stderr, p.stderr)
    finally:
        run("umount", "/etc/machine-id")
    book(f"key extend dev {book.d.name} id 1 range 1")


@test
def forgetful(t):
    """on tmpfs only a volatile ledger is made, and a copied one is refused"""
    book = Book(t, init=None)
    p = book("ledger init", 3)
    t.ok("forgets" in p.stderr and "ledger init volatile" in p.stderr, p.stderr)
    p = book("ledger init volatile")
    t.ok("vouch" in p.stdout and "volatile" in p.stdout, p.stdout)
    p = book("ledger init volatile", 3)
    t.ok("already" in p.stderr, p.stderr)


@test
def writable_by_others(t):
    """a state directory that others can write to is refused"""
    book = Book(t)
    os.chmod(book.state, 0o777)
    p = book.add(code=3)
    t.ok("writable by nobody else" in p.stderr, p.stderr)
    os.chmod(book.state, 0o700)


@test
def other_ledger(t):
    """a second ledger begins where the kernel says, and the first one catches up"""
    book = Book(t)
    book.add(extra="range 10")
    tmp = tempfile.TemporaryDirectory()
    t.defer(tmp.cleanup)
    first = book.state
    book.state = tmp.name
    book("ledger init volatile")
    book(f"key extend dev {book.d.name} id 1 range 10")
    t.eq((book.key()["ptk-last"], book.next()), (20, 21), "the second ledger")
    book.state = first
    t.eq(book.next(), 11, "the first ledger knows nothing of it")
    book(f"key extend dev {book.d.name} id 1 range 10")
    t.eq((book.key()["ptk-last"], book.next()), (30, 31), "the first ledger afterwards")


@test
def module_reloaded(t):
    """after the module was loaded anew the ledger goes on above what it granted"""
    book = Book(t)
    book.add()
    name, ns = book.d.name, book.d.ns
    book.reload()
    book(f"dev add {name} link low group 0x{GROUP:06x} member 0x{book.d.member:06x}")
    cli("key", "add", "dev", name, "id", 1, "cipher", "eea2", "integrity", "none", "range", 10,
        "file", "-", ns=ns, state=book.state, stdin=book.pgk)
    k = json.loads(cli("-j", "key", "show", ns=ns, state=book.state).stdout)[0]
    t.ge(k["ptk_first"], 11, "first ID of the new range")


@test
def busy(t):
    """a refused grant leaves the ledger as it was"""
    book = Book(t)
    other = book.net.m[0].prose(name="p1", member=book.d.member, ethertype=0x88b6)
    book.add()
    before = book.next()
    serial = book.key()["serial"]
    p = book(f"key add dev {other.name} id 1 cipher eea2 integrity none serial {serial}", 2)
    t.ok("receiving only" in p.stderr, p.stderr)
    t.eq(book.next(), before, "the ledger")


@test
def the_end(t):
    """near the end what is left is granted; then a message to install another key"""
    book = Book(t)
    book.add(extra="range 65530")
    p = book(f"key extend dev {book.d.name} id 1")
    t.ok("only 5 PTK IDs were left" in p.stderr, p.stderr)
    t.eq(book.key()["ptk-last"], 65535, "the last one")
    p = book(f"key extend dev {book.d.name} id 1", 3)
    t.ok("used up" in p.stderr and "another PGK" in p.stderr, p.stderr)


main()
