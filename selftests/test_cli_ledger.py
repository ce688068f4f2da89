#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""The ledger: several users, none, a damaged one, one of another machine."""

import subprocess

from prose_cli import Book
from prose_test import *


@test
def two_at_once(t):
    """six CLIs with one ledger at once: all are served, with disjoint ranges"""
    book = Book(t)
    book.attach("range 0")
    ps = [book.start("key", "extend", "dev", book.d.name, "id", "1", "range", "3",
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
          for _ in range(6)]
    t.eq([p.wait() for p in ps], [0] * 6, "exit codes")
    t.eq((book.next(), book.last()), (19, 18), "six ranges of three")


@test
def absent(t):
    """without a ledger the key is attached for receiving only; exit code 3 and what to do"""
    book = Book(t, init=None)
    p = book.attach(code=3)
    t.ok("there is no ledger" in p.stderr and "prose ledger init" in p.stderr, p.stderr)
    t.ok("receiving only" in p.stderr, p.stderr)
    t.eq(book.key()["key-state"], "no-range", "state")
    book("ledger init volatile")
    book.extend(4)
    t.eq(book.key()["key-state"], "active", "after init and extend")


@test
def damaged(t):
    """a damaged ledger grants nothing and is not overwritten"""
    book = Book(t)
    book.attach()
    path = f"{book.state}/ledger"
    with open(path, "rb") as f:
        good = f.read()
    before = book.last()
    for what, bad in (("truncated", good[:-20]), ("empty", b""), ("zeros", bytes(len(good))),
                      ("changed", good.replace(b"next=11", b"next=01")),
                      ("without its first line", b"".join(good.splitlines(True)[1:]))):
        with open(path, "wb") as f:
            f.write(bad)
        p = book.extend(code=3)
        t.ok("damaged" in p.stderr and "rm " in p.stderr, f"{what}: {p.stderr}")
        t.eq(book.last(), before, f"{what}: granted")
        book("ledger init volatile", 3)
        with open(path, "rb") as f:
            t.eq(f.read(), bad, f"{what}: the file")
    with open(path, "wb") as f:
        f.write(good)
    book.extend(1)


@test
def other_machine(t):
    """a ledger of another machine is refused"""
    book = Book(t)
    book.attach()
    other = f"{book.state}/machine-id"
    with open(other, "w", encoding="ascii") as f:
        f.write("f" * 32 + "\n")
    run("mount", "--bind", other, "/etc/machine-id")
    try:
        p = book.extend(code=3)
        t.ok("another machine" in p.stderr and "machine-id differs" in p.stderr, p.stderr)
    finally:
        run("umount", "/etc/machine-id")
    book.extend(1)


@test
def forgetful(t):
    """on tmpfs only a volatile ledger is made"""
    book = Book(t, init=None)
    p = book("ledger init", 3)
    t.ok("forgets" in p.stderr and "ledger init volatile" in p.stderr, p.stderr)
    p = book("ledger init volatile")
    t.ok("vouch" in p.stdout and "volatile" in p.stdout, p.stdout)
    p = book("ledger init volatile", 3)
    t.ok("already" in p.stderr, p.stderr)


main()
