#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: the kernel's side is in test_netlink, test_floors and test_uniqueness
"""What the ledger and the kernel tell each other."""

import json
import tempfile

from prose_cli import SUITE, Book
from prose_test import *


@test
def writable_by_others(t):
    """a state directory that others can write to is refused"""
    book = Book(t)
    os.chmod(book.state, 0o777)
    p = book.attach(code=3)
    t.ok("writable by nobody else" in p.stderr, p.stderr)
    os.chmod(book.state, 0o700)


@test
def other_ledger(t):
    """a second ledger begins where the kernel says, and the first one catches up"""
    book = Book(t)
    book.attach()
    directory = tempfile.TemporaryDirectory()
    t.defer(directory.cleanup)
    first, book.state = book.state, directory.name
    book("ledger init volatile")
    book.extend(10)
    t.eq((book.last(), book.next()), (20, 21), "the second ledger")
    book.state = first
    t.eq(book.next(), 11, "the first ledger knows nothing of it")
    book.extend(10)
    t.eq((book.last(), book.next()), (30, 31), "the first ledger afterwards")


@test
def module_reloaded(t):
    """after the module was loaded anew the ledger goes on above what it granted"""
    book = Book(t)
    book.attach()
    d = book.d
    d.delete()
    for used in (d.host.genl, d.host.rtnl):
        used.close()
    run("rmmod", "prose")
    run("modprobe", "prose")
    book(f"dev add {d.name} link low group 0x{GROUP:06x} member 0x{d.member:06x}")
    book.add(d, 1, "range 10", pgk=book.pgk)
    k, = book.json("key show")
    t.ge(k.get("ptk_id", k["ptk_first"]), 11, "first ID of the new range")
    t.eq(k["ptk_last"], 20, "last ID")


@test
def busy(t):
    """a refused grant leaves the ledger as it was"""
    book = Book(t)
    # The same group and member on another lower device
    batch("link add low2 type dummy", "link set low2 up", ns=book.ns)
    book(f"dev add other link low2 group 0x{GROUP:06x} member 0x{book.d.member:06x}")
    book.attach()
    before = book.next()
    serial = book.key()["serial"]
    p = book(f"key add dev other id 1 {SUITE} serial {serial}", 2)
    t.ok("receiving only" in p.stderr and "another device" in p.stderr, p.stderr)
    t.eq(book.next(), before, "the ledger")
    t.eq([k["state"] for k in book.json("key show dev other")], ["no-range"], "the other key")


@test
def the_end(t):
    """near the end what is left is granted; then a message to install another key"""
    book = Book(t)
    book.attach("range 65530")
    p = book.extend()
    t.ok("only 5 PTK IDs were left" in p.stderr, p.stderr)
    t.eq(book.last(), 65535, "the last one")
    p = book.extend(code=3)
    t.ok("used up" in p.stderr and "another PGK" in p.stderr, p.stderr)
    t.eq(json.loads(book("-j ledger show").stdout)["records"][0]["left"], 0, "left")


main()
