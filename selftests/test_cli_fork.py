#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the kernel's side is in test_netlink, test_floors and test_uniqueness
"""A fork of the virtual machine in the ledger, as far as that goes without one."""

import hashlib

from prose_cli import Book
from prose_test import *


class Forked(Book):
    """A ledger in which a fork is recorded, as the agent writes it."""

    def mark(self):
        path = f"{self.state}/ledger"
        with open(path, encoding="ascii") as f:
            lines = f.read().splitlines()[:-1]
        lines[0] = "prose-ledger 2"
        lines.insert(6, "fork time=1700000000 load=unknown.0")
        self.write([s + " forked=1700000000" if s.startswith("record ") else s for s in lines])

    def write(self, lines):
        text = "".join(s + "\n" for s in lines)
        text += f"sha256={hashlib.sha256(text.encode()).hexdigest()}\n"
        with open(f"{self.state}/ledger", "w", encoding="ascii") as f:
            f.write(text)

    def lines(self):
        with open(f"{self.state}/ledger", encoding="ascii") as f:
            return f.read().splitlines()


@test
def refused(t):
    """a marked pair is granted nothing more without a salt, and ledger show tells it"""
    book = Forked(t)
    book.attach()
    book.mark()
    before = book.last()
    p = book.extend(code=3)
    t.ok("fork of this virtual machine" in p.stderr and "another PGK" in p.stderr, p.stderr)
    t.eq(book.last(), before, "granted")
    shown = book("ledger show").stdout
    t.ok("FORKED" in shown and "FORK of this virtual machine" in shown, shown)
    ledger = book.json("ledger show")
    t.eq((ledger["forked"], ledger["records"][0]["forked"]), (1700000000, 1700000000), "JSON")
    # Not by detaching and attaching it either: it receives only.
    book(f"key del dev {book.d.name} id 1")
    book.attach(code=3)
    t.eq(book.key()["key-state"], "no-range", "state")


@test
def salted_and_new(t):
    """an AEAD suite is granted a range all the same, and so is a new key"""
    book = Forked(t)
    book.attach()
    book.mark()
    book(f"key del dev {book.d.name} id 1")
    book.net.rec.key(book.d.group, book.d.member, 1, book.pgk,
                     suite=codec.Suite("aes256-gcm", "none"))
    book(f"key add dev {book.d.name} id 1 cipher aes256-gcm range 10 file -", stdin=book.pgk)
    t.eq(book.key()["key-state"], "active", "the forked pair with a salt")
    book.add(book.d, 2, "range 10")
    t.eq(len(book.json("ledger show")["records"]), 2, "records")
    t.ok("forked" not in book.json("ledger show")["records"][1], "the new one is not marked")


@test
def agent_gives_up(t):
    """an agent says once that a forked pair can be given nothing, and lives"""
    book = Forked(t)
    book.attach("range 0")
    book.extend(1)
    book.mark()
    book(f"key del dev {book.d.name} id 1")
    book.attach("range 0")
    log = f"{book.state}/log"
    with open(log, "w", encoding="utf-8") as f:
        a = book.start("agent", stderr=f)

    def said():
        with open(log, encoding="utf-8") as f:
            return f.read()

    t.wait(lambda: "not tried again" in said(), "given up")
    time.sleep(5)    # two retries would come by then
    t.eq(said().count("given nothing to send with"), 1, f"once\n{said()}")
    t.eq(a.poll(), None, "the agent lives")


@test
def unknown_lines(t):
    """a line or word that is not known makes the ledger unusable, not ignored"""
    book = Forked(t)
    book.attach()
    good = book.lines()[:-1]
    before = book.last()
    for bad in (good + ["limit ids=5"], [s + " sealed=1" if s.startswith("record ") else s
                                         for s in good]):
        book.write(bad)
        p = book.extend(code=3)
        t.ok("does not know" in p.stderr, p.stderr)
        t.eq(book.last(), before, "granted")
    book.write(["prose-ledger 4"] + good[1:])
    t.ok("version" in book.extend(code=3).stderr, "a version to come")
    book.write(good)
    book.extend(1)


main()
