#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""The CLI is killed while it takes a range: no PTK ID is ever granted twice."""

import shutil

from prose_cli import Book
from prose_test import *

HOOKS = os.environ.get("PROSE_CLI_HOOKS", "prose-testhooks")
STEPS = ("after-lock", "after-write", "after-rename", "after-fsync-dir", "after-grant")


@test
def killed(t):
    """the CLI is killed at each step: the ledger is whole, and never behind the kernel"""
    if not shutil.which(HOOKS):
        skip("no prose-testhooks (make -C tools/prose TEST_HOOKS=1)")
    book = Book(t)
    book.attach("range 0")
    for step in STEPS:
        p = run(HOOKS, "key", "extend", "dev", book.d.name, "id", "1", "range", "7", ns=book.ns,
                check=False, env={"PROSE_STATE_DIR": book.state, "PROSE_FAULT": f"{step}=kill"})
        t.eq(p.returncode, -9, f"killed {step}: {p.stderr}")
        last = book.last()
        t.ok(book.next() > last, f"{step}: ledger {book.next()} is behind the kernel's {last}")
        burnt = book.next()
        book.extend(5)
        t.eq((book.last(), book.next()), (burnt + 4, burnt + 5), f"{step}: the next range")
    t.ge(book.key()["ptk-left"], 5 * len(STEPS) - 1, "all ranges are there")


main()
