#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tab in a bash at a terminal: what the completion puts into the line is never run."""

import os
import pty
import select
import sys

import plan

COMPLETION = os.path.realpath(f"{os.path.dirname(__file__)}/../../tools/prose/prose.bash-completion")
HELPERS = "/usr/share/bash-completion/bash_completion"
# Names that run something, if they get into a line without quotes.
NAMES = ["$(touch PWNED).key", "`touch PWNED`.key", "a;touch PWNED;.key", "b'$(touch PWNED).key",
         'c"$(touch PWNED).key', "d&&touch PWNED&&.key", "e |touch PWNED.key", "f\\$(touch PWNED).key"]
PROMPT, OPEN = "now> ", "open> "
TIMEOUT = 60


class Shell:
    """A bash at a terminal, with a "prose" that writes down its arguments."""

    def __init__(self, directory, setup):
        env = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": directory, "LC_ALL": "C.UTF-8",
               "PROSE_CONF_DIR": f"{directory}/.etc", "PROSE_NET_DIR": f"{directory}/.net"}
        pid, self.fd = pty.fork()
        if not pid:
            os.chdir(directory)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], env)
        self.pid, self.directory, self.said = pid, directory, ""
        self.line("bind 'set bell-style none'; bind 'set enable-bracketed-paste off'")
        for s in setup:
            self.line(s)
        self.line("prose() { printf '%s\\0' \"$@\" > args; }")
        # In two pieces, so that the echo of the line is not taken for a prompt.
        self.line(f"PS1='{PROMPT[:2]}''{PROMPT[2:]}' PS2='{OPEN[:2]}''{OPEN[2:]}'")
        self.prompt()

    def line(self, s):
        os.write(self.fd, (s + "\n").encode())

    def read(self):
        if not select.select([self.fd], [], [], TIMEOUT)[0]:
            raise AssertionError(f"no prompt after {self.said!r}")
        self.said += os.read(self.fd, 4096).decode(errors="replace")

    def prompt(self):
        """Read up to the next prompt; what an open quote goes on with is given up."""
        while not self.said.endswith(PROMPT):
            self.read()
            if self.said.endswith(OPEN):
                os.write(self.fd, b"\x03")
        self.said = ""

    def tab(self, begun):
        """Arguments of the command after Tab and Enter, or None."""
        args = f"{self.directory}/args"
        if os.path.exists(args):
            os.unlink(args)
        self.line(f"{begun}\t")
        self.prompt()
        if not os.path.exists(args):
            return None
        with open(args, encoding="utf-8") as f:
            return f.read().split("\0")[:-1]

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def ran(directory):
    """Was anything run? And not again."""
    found = [n for n in os.listdir(directory) if n.startswith("PWNED")]
    for n in found:
        os.unlink(f"{directory}/{n}")
    return found


def one(directory, name, setup):
    """A file of this name, offered at each place that takes one."""
    for sub in (".etc", ".net"):
        os.mkdir(f"{directory}/{sub}")
    with open(f"{directory}/{name}", "w", encoding="ascii"):
        pass
    os.mkdir(f"{directory}/sub$(touch PWNED)")
    shell = Shell(directory, setup)
    # Only this one begins so; "$" is typed as who knows a shell does.
    begun = f"\\{name[0]}" if name[0] in "$`" else name[0]
    saw = {"file": shell.tab(f"prose key add dev fire file {begun}")}
    assert saw["file"] == ["key", "add", "dev", "fire", "file", name], f"{name}: {saw}"
    for line in (f'prose -b "{begun}', f"prose -b '{name[0]}", f"prose up ./{begun}",
                 "prose --state-dir s"):
        saw[line] = shell.tab(line)
    assert saw["prose --state-dir s"][1].rstrip("/") == "sub$(touch PWNED)", f"{saw}"
    assert not ran(directory), f"{name}: something was run: {saw}"
    shell.close()


def own(directory):
    """names that would run something: offered as they are, and never run"""
    for i, name in enumerate(NAMES):
        os.mkdir(f"{directory}/{i}")
        one(f"{directory}/{i}", name, [f". {COMPLETION}"])


def helpers(directory):
    """the same with the helpers of bash-completion"""
    for i, name in enumerate(NAMES):
        os.mkdir(f"{directory}/{i}")
        one(f"{directory}/{i}", name, [f". {HELPERS}", f". {COMPLETION}"])


TESTS = [own] + [helpers] * os.path.exists(HELPERS)
sys.exit(plan.run("completion", TESTS, lambda where: where))
