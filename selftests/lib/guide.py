# SPDX-License-Identifier: GPL-2.0
"""The field guide, read as a script: what is typed where, and what is then seen."""

import os
import re

DEVICES = ("alpha", "bravo", "charlie", "delta", "echo")
PROMPT = re.compile(rf"((?:all|{'|'.join(DEVICES)})(?: (?:{'|'.join(DEVICES)}))*)# (.*)")
HEREDOC = re.compile(r"<< (\w+)$")


class GuideError(Exception):
    pass


class Command:
    """A command, typed on some devices; what it prints, or None if that is not said."""

    def __init__(self, line, devices, text):
        self.line, self.devices, self.text, self.prints = line, devices, text, None

    def matches(self, output):
        return self.prints is None or \
            re.fullmatch(".*".join(re.escape(squeeze(x)) for x in self.prints.split("...")),
                         squeeze(output), re.S) is not None


class Stage:
    """What the world does, in a comment: ".. test: clock tomorrow 06:00:30"."""

    def __init__(self, line, what, args):
        self.line, self.what, self.args = line, what, args


def squeeze(text):
    """How blanks and lines are broken does not count."""
    return " ".join(text.split())


def find():
    """In the guest, or in the tree."""
    here = os.path.dirname(os.path.abspath(__file__))
    for top in ("/", os.path.join(here, "..", "..")):
        path = os.path.join(top, "Documentation", "field-guide.rst")
        if os.path.exists(path):
            return path
    raise GuideError("Documentation/field-guide.rst is not there")


def blocks(lines):
    """Literal blocks: (number of the first line, lines without their indent)."""
    i = 0
    while i < len(lines):
        if not lines[i].endswith("::") or lines[i].startswith(".."):
            i += 1
            continue
        i += 1
        block, start = [], None
        while i < len(lines) and (not lines[i] or lines[i].startswith("   ")):
            if lines[i] and start is None:
                start = i + 1
            if start is not None:
                block.append(lines[i][3:])
            i += 1
        yield start, block


def whole(block, i, text):
    """A command to its end: here documents, loops, lines that end with a backslash."""
    here = HEREDOC.search(text)
    while True:
        last = text.rsplit("\n", 1)[-1]
        if here:
            ended = last == here[1]
        else:
            ended = not last.endswith("\\") and len(re.findall(r"\bdo\b", text)) == \
                len(re.findall(r"\bdone\b", text))
        if ended:
            return i, text
        i += 1
        if i == len(block):
            raise GuideError(f"no end of: {text}")
        text += "\n" + block[i]


def commands(start, block):
    command = None
    i = 0
    while i < len(block):
        m = PROMPT.fullmatch(block[i])
        if m:
            devices = DEVICES if m[1] == "all" else tuple(m[1].split())
            line = start + i
            i, text = whole(block, i, m[2])
            command = Command(line, devices, text)
            yield command
        elif command is None:
            raise GuideError(f"line {start + i}: on which device is this typed?")
        elif block[i] or command.prints is not None:
            command.prints = (command.prints or "") + block[i] + "\n"
        i += 1


def pages(path=None):
    """{title: [Command or Stage, in order]}"""
    with open(path or find(), encoding="utf-8") as f:
        lines = f.read().splitlines()
    titles = {i + 1: lines[i] for i in range(len(lines) - 1)
              if lines[i] and re.fullmatch("=+", lines[i + 1]) and
              len(lines[i + 1]) >= len(lines[i]) and not re.match("[=. ]", lines[i])}
    items = [c for start, block in blocks(lines) for c in commands(start, block)]
    for i, line in enumerate(lines, 1):
        if line.startswith(".. test:"):
            what, *args = line.removeprefix(".. test:").split()
            items.append(Stage(i, what, args))
    result = {title: [] for title in titles.values()}
    for item in sorted(items, key=lambda x: x.line):
        result[titles[max(n for n in titles if n < item.line)]].append(item)
    return {title: found for title, found in result.items() if found}


def stood_in(path=None):
    """The programs of the guide's last table."""
    with open(path or find(), encoding="utf-8") as f:
        text = f.read().split("What the test stands in for\n")[-1]
    return set(re.findall(r"^``([\w-]+)`` ", text, re.M))
