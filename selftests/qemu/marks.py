# SPDX-License-Identifier: GPL-2.0
"""What a test file says of where it runs, in comments at its top:

# Kernels: every                the kernel's side of it differs: on each line
# Kernels: 6.12-amd64           only on kernels of that name; also a list, "every, ..."
# CPUs: 2                       needs so many; else one, which costs a third less
# Not on the debug kernel: ...  and why
# KCSAN: yes                    make check-kcsan runs it too

A file without a mark runs on one kernel, with one CPU, and on the debug kernel. What
looks like a mark and is none of these is an error, so that a misspelt one is seen.
"""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parents[1]
EVERY = "every"
# Beside the lines of kernels, these take only what names them.
FLAVOURS = ("-amd64", "-arm64")
MARK = re.compile(r"# ([A-Z][A-Za-z ]*): *(.*)")


def asked(names, *own):
    """Whether somebody who gives these names means what has these of its own;
    nothing means all."""
    return not names or bool(set(names.split()) & set(own))


class Wrong(Exception):
    """A mark that is not one."""


class Test:
    """A test file and its marks."""

    def __init__(self, path):
        self.path, self.name = path, path.name
        self.kernels, self.cpus, self.no_debug, self.races = (), 1, None, False
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            if not line.startswith("#"):
                break
            match = MARK.fullmatch(line)
            if match and not line.startswith("# SPDX"):
                self.mark(match[1], match[2])

    def mark(self, word, value):
        if not value:
            raise Wrong(f"{self.name}: '{word}' says nothing")
        if word == "Kernels":
            self.kernels = tuple(value.split(", "))
        elif word == "CPUs" and value.isdecimal():
            self.cpus = int(value)
        elif word == "KCSAN" and value == "yes":
            self.races = True
        elif word == "Not on the debug kernel":
            self.no_debug = value
        else:
            raise Wrong(f"{self.name}: not a mark of a test: '{word}: {value}'")

    def called(self, names):
        """Whether it is one of these; nothing means all."""
        stem = self.path.stem
        return asked(names, self.name, stem, stem.removeprefix("test_"))

    def fits(self, kernel):
        """Whether it can run on that kernel."""
        if kernel == "kcsan":
            return self.races
        if kernel.startswith("debug"):
            return not self.no_debug and (not self.kernels or
                                          bool({EVERY, "debug"} & set(self.kernels)))
        return not self.kernels or bool({EVERY, kernel} & set(self.kernels))

    def due(self, kernel, main):
        """Whether it runs there if nobody asks for it; *main* is the kernel for
        what does not differ between kernels."""
        line = not kernel.endswith(FLAVOURS)
        return (kernel in self.kernels or line and EVERY in self.kernels or
                not self.kernels and kernel == main)


def tests():
    """All of them, in order of their names."""
    return [Test(path) for path in sorted(HERE.glob("test_*.py"))]
