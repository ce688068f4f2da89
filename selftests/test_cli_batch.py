#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose -b: a command for each line of a file."""

from prose_conf import rig
from prose_test import *


@test
def batch_file(t):
    """-b runs a command for each line, stops at the first that fails, and names its line"""
    r = rig(t)
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


@test
def options(t):
    """each option does what it is for, in whatever way it is written"""
    r = rig(t)
    for word in ("-V", "--version"):
        t.ok(r(word).stdout.startswith("prose "), word)
    for word in ("-h", "--help"):
        t.ok(r(word).stdout.startswith("Usage: prose"), word)
    for word in ("-b", "-batch", "--batch"):
        t.eq(len(r(f"{word} -", 0, stdin="genkey\n").stdout), 65, word)
    for word in ("-j", "-json", "--json"):
        t.eq(r(f"{word} show").stdout.strip(), "[]", word)
    t.eq(len(r("--trust-clock genkey").stdout), 65, "--trust-clock")
    for word in ("-n", "-netns", "--netns"):
        t.ok("nosuch" in r(f"{word} nosuch show", 1).stderr, word)


main()
