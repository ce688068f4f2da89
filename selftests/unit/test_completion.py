#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tab in a shell at a terminal: what the completion puts into the line is never run."""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile

import plan

TOOLS = os.path.realpath(f"{os.path.dirname(__file__)}/../../tools/prose")
HELPERS = "/usr/share/bash-completion/bash_completion"
# Names that run something, if they get into a line without quotes.
NAMES = ["$(touch PWNED).key", "`touch PWNED`.key", "a;touch PWNED;.key", "b'$(touch PWNED).key",
         'c"$(touch PWNED).key', "d&&touch PWNED&&.key", "e |touch PWNED.key", "f\\$(touch PWNED).key"]
PROMPT, OPEN = "now> ", "open> "
TIMEOUT = 60


class Terminal:
    """A shell at a terminal, with a "prose" that writes down its arguments."""

    def __init__(self, directory, command, setup):
        self.directory, self.command, self.setup = directory, command, setup
        self.start()

    def start(self):
        """A shell with these lines typed first, up to its prompt."""
        env = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": self.directory,
               "LC_ALL": "C.UTF-8", "PROSE_CONF_DIR": f"{self.directory}/.etc",
               "PROSE_NET_DIR": f"{self.directory}/.net"}
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(self.directory)
            os.execvpe(self.command[0], self.command, env)
        self.said, self.done = "", 0
        for s in self.setup:
            self.line(s)
        assert self.prompt(), f"a quote is open after {self.setup}"

    def line(self, s):
        os.write(self.fd, (s + "\n").encode())

    def read(self):
        if not select.select([self.fd], [], [], TIMEOUT)[0]:
            raise AssertionError(f"no prompt after {self.said!r}")
        self.said += os.read(self.fd, 4096).decode(errors="replace")

    def at_prompt(self):
        """Is the next prompt there?"""
        return self.said.endswith(PROMPT)

    def prompt(self):
        """Read up to the next prompt; False if a quote is open instead."""
        while not self.at_prompt():
            if OPEN in self.said:
                return False
            self.read()
        self.said = ""
        return True

    def tab(self, begun):
        """Arguments of the command after Tab and Enter, or None."""
        args = f"{self.directory}/args"
        if os.path.exists(args):
            os.unlink(args)
        self.line(f"{begun}\t")
        if not self.prompt():
            # A ^C just after the prompt of an open quote is lost by some shells.
            self.close()
            self.start()
        if not os.path.exists(args):
            return None
        with open(args, encoding="utf-8") as f:
            return f.read().split("\0")[:-1]

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Numbered(Terminal):
    """One that draws its line anew while it is typed: a number tells each command's end."""

    def at_prompt(self):
        if f"<{self.done + 1}>" not in self.said:
            return False
        self.done += 1
        return True


def bash(directory, scripts):
    return Terminal(directory, ["bash", "--norc", "--noprofile", "-i"], [
        "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'", *scripts,
        "prose() { printf '%s\\0' \"$@\" > args; }",
        # In two pieces, so that the echo of the line is not taken for a prompt.
        f"PS1='{PROMPT[:2]}''{PROMPT[2:]}' PS2='{OPEN[:2]}''{OPEN[2:]}'"])


def zsh(directory):
    """Numbers before each prompt; of what is typed before them, none."""
    return Numbered(directory, ["zsh", "-f", "-i"], [
        f"unset zle_bracketed_paste; bindkey -e; PS1= PS2='{OPEN[:2]}''{OPEN[2:]}' RPS1=",
        f"fpath=({MADE} $fpath); autoload -Uz compinit; compinit -D -u",
        "prose() { printf '%s\\0' \"$@\" > args }",
        "precmd() { print \"<$((++done))>\" }"])


def fish(directory):
    """The same of fish."""
    return Numbered(directory, ["fish", "--no-config", "--private", "-i"], [
        "function fish_prompt; end; set -g fish_autosuggestion_enabled 0",
        f"source {MADE}/prose.fish",
        "function prose; string join0 -- $argv > args; end",
        "function done --on-event fish_postexec; set -g n (math 0$n + 1); echo \"<$n>\"; end"])


def ran(directory):
    """Was anything run? And not again."""
    found = [n for n in os.listdir(directory) if n.startswith("PWNED")]
    for n in found:
        os.unlink(f"{directory}/{n}")
    return found


def one(directory, name, start, plain="$`"):
    """A file of this name, offered at each place that takes one."""
    for sub in (".etc", ".net"):
        os.mkdir(f"{directory}/{sub}")
    with open(f"{directory}/{name}", "w", encoding="ascii"):
        pass
    os.mkdir(f"{directory}/sub$(touch PWNED)")
    shell = start(directory)
    # Only this one begins so; "$" is typed as who knows a shell does.
    begun = f"\\{name[0]}" if name[0] in plain else name[0]
    saw = {"file": shell.tab(f"prose key add dev fire file {begun}")}
    assert saw["file"] == ["key", "add", "dev", "fire", "file", name], f"{name}: {saw}"
    for line in (f'prose -b "{begun}', f"prose -b '{name[0]}", f"prose up ./{begun}",
                 "prose --state-dir s"):
        saw[line] = shell.tab(line)
    assert saw["prose --state-dir s"][1].rstrip("/") == "sub$(touch PWNED)", f"{saw}"
    assert not ran(directory), f"{name}: something was run: {saw}"
    shell.close()


def each(directory, start, plain="$`"):
    """Every name in a directory of its own."""
    for i, name in enumerate(NAMES):
        os.mkdir(f"{directory}/{i}")
        one(f"{directory}/{i}", name, start, plain)


def own(directory):
    """bash: names that would run something: offered as they are, and never run"""
    each(directory, lambda d: bash(d, [f". {MADE}/prose.bash"]))


def helpers(directory):
    """the same with the helpers of bash-completion"""
    each(directory, lambda d: bash(d, [f". {HELPERS}", f". {MADE}/prose.bash"]))


def in_zsh(directory):
    """the same in zsh"""
    each(directory, zsh)


def in_fish(directory):
    """the same in fish"""
    each(directory, fish, "$")


def devices(directory):
    """a device and a file of /etc/prose with such a name: offered in each shell, never run"""
    starts = [lambda d: bash(d, [f". {MADE}/prose.bash"])] + [zsh] * has("zsh") + [fish] * has("fish")
    for i, start in enumerate(starts):
        d = f"{directory}/{i}"
        os.makedirs(f"{d}/.etc")
        os.makedirs(f"{d}/.net/e$(touch${{IFS}}PWNED)")
        with open(f"{d}/.etc/f$(touch${{IFS}}PWNED).conf", "w", encoding="ascii"):
            pass
        with open(f"{d}/.net/e$(touch${{IFS}}PWNED)/uevent", "w", encoding="ascii") as f:
            f.write("DEVTYPE=prose\n")
        shell = start(d)
        saw = shell.tab("prose up f"), shell.tab("prose show e"), shell.tab("prose key del dev e")
        assert not ran(d), f"something was run: {saw}"
        assert saw == (["up", "f$(touch${IFS}PWNED)"], ["show", "e$(touch${IFS}PWNED)"],
                       ["key", "del", "dev", "e$(touch${IFS}PWNED)"]), f"{saw}"
        shell.close()


def has(program):
    """Is it there?"""
    return shutil.which(program) is not None


with tempfile.TemporaryDirectory() as made:
    MADE = f"{made}/completions"
    subprocess.run(["make", "-s", "-C", TOOLS, f"O={made}", "completion"], check=True,
                   stdout=subprocess.DEVNULL)
    shutil.copy(f"{MADE}/prose.zsh", f"{MADE}/_prose")
    tests = [own] + [helpers] * os.path.exists(HELPERS)
    tests += [in_zsh] * has("zsh") + [in_fish] * has("fish") + [devices]
    failed = plan.run("completion", tests, lambda where: where)
sys.exit(failed)
